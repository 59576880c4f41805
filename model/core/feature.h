/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feature.h - what a host can tune, by UUID (CXL r3.1 8.2.9.6).
 *
 * A feature is a row of dcd_feature_table. Its writable attributes are what a
 * head keeps, three times: the value in use, the one that a reset brings back,
 * and, in the table, the one it was made with. Its readable attributes are
 * written from them when somebody asks. Another feature is one more row.
 *
 * A value comes as a whole, or in parts that follow each other; the latest
 * part may be sent once more. One transfer at a time, of all features. A part
 * that is out of order and a conventional or CXL reset end it.
 *
 * (A header named features.h would hide the one of the C library.)
 */
#ifndef DCD_FEATURE_H
#define DCD_FEATURE_H

#include <cxldcd/config.h>
#include <cxldcd/ctypes/generic.h>

#define DCD_FEATURE_READABLE 0x14 /* bytes of the largest, readable */
#define DCD_FEATURE_WRITABLE 3    /* and writable */

/* By index, as 0500h counts them. */
enum dcd_feature_index {
    DCD_FEATURE_PATROL_SCRUB,
    DCD_FEATURE_SOFT_PPR,
    DCD_FEATURE_HARD_PPR,
    DCD_FEATURE_COUNT,
};

struct dcd_feature {
    const struct dcd_uuid *id;
    uint16_t get_size;   /* bytes */
    uint16_t set_size;   /* bytes */
    uint16_t set_least;  /* bytes; those behind may be left out, as zeroes */
    uint16_t effects;    /* DCD_EFFECT_... of a set */
    uint32_t attributes; /* DCD_FEATURE_... */
    uint8_t get_version;
    uint8_t set_version;
    uint8_t made_with[DCD_FEATURE_WRITABLE]; /* the default value */
    /* Writes get_size bytes, zeroed before, from set_size. */
    void (*get)(const uint8_t *writable, uint8_t *readable);
    /* Whether the device can work with this value. */
    bool (*valid)(const uint8_t *writable);
};

extern const struct dcd_feature dcd_feature_table[DCD_FEATURE_COUNT];

struct dcd_feature_value {
    uint8_t bytes[DCD_FEATURE_WRITABLE];
};

struct dcd_feature_progress {
    bool under_way;
    bool save;        /* said by its first part */
    unsigned feature; /* index */
    uint16_t latest;  /* offset of the latest part */
    uint16_t size;    /* bytes so far */
    struct dcd_feature_value value;
};

/* Embeddable. */
struct dcd_features {
    struct dcd_feature_value current[DCD_FEATURE_COUNT];
    struct dcd_feature_value saved[DCD_FEATURE_COUNT];
    struct dcd_feature_progress transfer;
};

/* One 0502h. */
struct dcd_feature_part {
    struct dcd_uuid id; /* all ones: the feature whose transfer is under way */
    unsigned action;    /* enum dcd_feature_transfer */
    bool save;          /* looked at with full and start */
    uint16_t offset;    /* bytes; not looked at with full */
    uint8_t version;
    const uint8_t *data;
    uint32_t length; /* bytes */
};

void dcd_features_init(struct dcd_features *features);

/* Conventional reset or CXL reset; what returns to the saved value is said by
 * the attributes (CXL r3.1 Table 8-98). */
void dcd_features_reset(struct dcd_features *features, bool conventional);

/* Index of the feature [id], or -1. */
int dcd_features_find(const struct dcd_uuid *id);

/*
 * 0501h, as a return code: with success [readable] (of DCD_FEATURE_READABLE
 * bytes) holds the whole feature.
 */
uint16_t dcd_features_get(const struct dcd_features *features, unsigned feature,
                          unsigned selection, uint8_t *readable);

/* Whether repairs of that kind, DCD_FEATURE_..._PPR, end with a Memory Sparing
 * Event Record. */
bool dcd_features_ppr_reports(const struct dcd_features *features,
                              enum dcd_feature_index ppr);

/*
 * 0502h, as a return code. Out of order (1Ch), and a complete value that is
 * not valid (02h), end the transfer; any other refusal leaves it as it was.
 */
uint16_t dcd_features_set(struct dcd_features *features,
                          const struct dcd_feature_part *part);

#endif
