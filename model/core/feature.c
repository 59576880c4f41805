/* SPDX-License-Identifier: Apache-2.0 */
/* feature.c - the table of features, and their values. */
#include "feature.h"

#include <cxldcd/ctypes/return_code.h>

#include <string.h>

/* --- Patrol scrub (CXL r3.1 8.2.9.9.11.1) -------------------------------- */

#define SCRUB_HOURS_LEAST 1
#define SCRUB_HOURS_DEFAULT 12
#define SCRUB_CYCLE_CAN_CHANGE 1
#define SCRUB_ENABLED 1u

/* Writable: hours, flags. */
static void get_scrub(const uint8_t *writable, uint8_t *readable)
{
    readable[0] = SCRUB_CYCLE_CAN_CHANGE;
    readable[1] = writable[0];
    readable[2] = SCRUB_HOURS_LEAST;
    readable[3] = writable[1];
}

static bool scrub_is_valid(const uint8_t *writable)
{
    return writable[0] >= SCRUB_HOURS_LEAST &&
           (writable[1] & ~SCRUB_ENABLED) == 0;
}

/* --- Post package repair (CXL r3.1 8.2.9.7.2.1-.2) ----------------------- */

#define PPR_LATENCY 0x10 /* at most 1 x 1 us */
#define PPR_BY_DPA 1u
#define PPR_REPORTS 4u       /* can write Memory Sparing Event Records */
#define PPR_REPORT_ENABLE 1u /* and does */

/* Writable: operation mode (2 bytes), PPR operation mode. The first is always
 * 0, see ppr_is_valid(). No restriction is shown: accesses go on, and data are
 * retained. */
static void get_ppr(const uint8_t *writable, uint8_t *readable,
                    uint8_t subclass)
{
    readable[0] = PPR_LATENCY;
    readable[5] = DCD_MAINTENANCE_PPR;
    readable[6] = subclass;
    readable[0x10] = PPR_BY_DPA | PPR_REPORTS;
    readable[0x13] = writable[2];
}

static void get_soft_ppr(const uint8_t *writable, uint8_t *readable)
{
    get_ppr(writable, readable, DCD_PPR_SOFT);
}

static void get_hard_ppr(const uint8_t *writable, uint8_t *readable)
{
    get_ppr(writable, readable, DCD_PPR_HARD);
}

/* The device never repairs by itself. */
static bool ppr_is_valid(const uint8_t *writable)
{
    return writable[0] == 0 && writable[1] == 0 &&
           (writable[2] & ~PPR_REPORT_ENABLE) == 0;
}

#define SET_EFFECTS (DCD_EFFECT_IMMEDIATE_CONFIG | DCD_EFFECT_RESET_BITS_VALID)
/* Soft and hard repair are tuned alike. */
#define PPR(uuid, getter)                                                 \
    {                                                                     \
        .id = &(uuid), .get_size = 0x14, .set_size = 3, .set_least = 2,   \
        .effects = SET_EFFECTS,                                           \
        .attributes = DCD_FEATURE_CHANGEABLE | DCD_FEATURE_DEFAULT_KNOWN, \
        .get_version = 2, .set_version = 2, .get = (getter),              \
        .valid = ppr_is_valid                                             \
    }

const struct dcd_feature dcd_feature_table[DCD_FEATURE_COUNT] = {
    [DCD_FEATURE_PATROL_SCRUB] = {.id = &dcd_uuid_patrol_scrub,
                                  .get_size = 4,
                                  .set_size = 2,
                                  .set_least = 2,
                                  .effects = SET_EFFECTS,
                                  .attributes =
                                      DCD_FEATURE_CHANGEABLE |
                                      DCD_FEATURE_RESTORED_BY_HOT_RESET
                                          << DCD_FEATURE_PERSISTENCE_SHIFT |
                                      DCD_FEATURE_KEPT_BY_FW_UPDATE |
                                      DCD_FEATURE_DEFAULT_KNOWN |
                                      DCD_FEATURE_SAVED_KNOWN,
                                  .get_version = 1,
                                  .set_version = 1,
                                  .made_with = {SCRUB_HOURS_DEFAULT, 0},
                                  .get = get_scrub,
                                  .valid = scrub_is_valid},
    [DCD_FEATURE_SOFT_PPR] = PPR(dcd_uuid_soft_ppr, get_soft_ppr),
    [DCD_FEATURE_HARD_PPR] = PPR(dcd_uuid_hard_ppr, get_hard_ppr),
};

/* --- Life ---------------------------------------------------------------- */

static struct dcd_feature_value made_with(unsigned feature)
{
    struct dcd_feature_value value;

    memcpy(value.bytes, dcd_feature_table[feature].made_with,
           sizeof(value.bytes));
    return value;
}

void dcd_features_init(struct dcd_features *features)
{
    memset(features, 0, sizeof(*features));
    for (unsigned i = 0; i < DCD_FEATURE_COUNT; i++) {
        features->current[i] = made_with(i);
        features->saved[i] = made_with(i);
    }
}

/* Values that cannot be saved are saved as they were made: one rule for both
 * (CXL r3.1 Table 8-98, note 1). */
void dcd_features_reset(struct dcd_features *features, bool conventional)
{
    memset(&features->transfer, 0, sizeof(features->transfer));
    for (unsigned i = 0; i < DCD_FEATURE_COUNT; i++) {
        unsigned restored =
            dcd_feature_table[i].attributes >> DCD_FEATURE_PERSISTENCE_SHIFT &
            DCD_FEATURE_PERSISTENCE_MASK;

        if (conventional || restored < DCD_FEATURE_RESTORED_BY_HOT_RESET)
            features->current[i] = features->saved[i];
    }
}

int dcd_features_find(const struct dcd_uuid *id)
{
    for (int i = 0; i < DCD_FEATURE_COUNT; i++)
        if (dcd_uuid_equal(dcd_feature_table[i].id, id))
            return i;
    return -1;
}

/* --- 0501h --------------------------------------------------------------- */

static bool select_value(const struct dcd_features *features, unsigned feature,
                         unsigned selection, struct dcd_feature_value *value)
{
    uint32_t attributes = dcd_feature_table[feature].attributes;

    switch (selection) {
    case DCD_FEATURE_CURRENT:
        *value = features->current[feature];
        return true;
    case DCD_FEATURE_DEFAULT:
        *value = made_with(feature);
        return attributes & DCD_FEATURE_DEFAULT_KNOWN;
    case DCD_FEATURE_SAVED:
        *value = features->saved[feature];
        return attributes & DCD_FEATURE_SAVED_KNOWN;
    default:
        return false;
    }
}

uint16_t dcd_features_get(const struct dcd_features *features, unsigned feature,
                          unsigned selection, uint8_t *readable)
{
    struct dcd_feature_value value;

    if (!select_value(features, feature, selection, &value))
        return DCD_RC_FEATURE_SELECTION;
    memset(readable, 0, DCD_FEATURE_READABLE);
    dcd_feature_table[feature].get(value.bytes, readable);
    return DCD_RC_SUCCESS;
}

bool dcd_features_ppr_reports(const struct dcd_features *features,
                              enum dcd_feature_index ppr)
{
    return features->current[ppr].bytes[2] & PPR_REPORT_ENABLE;
}

/* --- 0502h --------------------------------------------------------------- */

static bool is_first(const struct dcd_feature_part *part)
{
    return part->action == DCD_FEATURE_FULL ||
           part->action == DCD_FEATURE_START;
}

static bool is_last(const struct dcd_feature_part *part)
{
    return part->action == DCD_FEATURE_FULL || part->action == DCD_FEATURE_END;
}

static uint32_t begin_of(const struct dcd_feature_part *part)
{
    return part->action == DCD_FEATURE_FULL ? 0 : part->offset;
}

/* The feature that is meant: by its UUID, or as the one under way (CXL r3.1
 * Table 8-101). */
static int find_meant(const struct dcd_features *features,
                      const struct dcd_uuid *id)
{
    struct dcd_uuid all_ones;

    memset(&all_ones, 0xff, sizeof(all_ones));
    if (dcd_uuid_equal(id, &all_ones) && features->transfer.under_way)
        return (int)features->transfer.feature;
    return dcd_features_find(id);
}

/* Whether such a part of [feature] may come now, wherever it lies. */
static uint16_t check_action(const struct dcd_feature_progress *transfer,
                             unsigned feature,
                             const struct dcd_feature_part *part)
{
    if (transfer->under_way)
        return is_first(part) || feature != transfer->feature
                   ? DCD_RC_FEATURE_IN_PROGRESS
                   : DCD_RC_SUCCESS;
    if (is_first(part))
        return DCD_RC_SUCCESS;
    return part->action == DCD_FEATURE_ABORT ? DCD_RC_INVALID_INPUT
                                             : DCD_RC_FEATURE_OUT_OF_ORDER;
}

/* It begins where the latest part ended, or is that part once more. */
static bool is_in_order(const struct dcd_feature_progress *transfer,
                        const struct dcd_feature_part *part)
{
    uint32_t begin = begin_of(part);

    if (is_first(part))
        return begin == 0;
    return begin == transfer->size || (begin == transfer->latest &&
                                       begin + part->length == transfer->size);
}

static uint16_t check_data(const struct dcd_feature_progress *transfer,
                           const struct dcd_feature *feature,
                           const struct dcd_feature_part *part)
{
    uint32_t begin = begin_of(part);

    if (part->version != feature->set_version)
        return DCD_RC_FEATURE_VERSION;
    if (begin > feature->set_size || part->length > feature->set_size - begin)
        return DCD_RC_INVALID_INPUT;
    if (!is_in_order(transfer, part))
        return DCD_RC_FEATURE_OUT_OF_ORDER;
    if (is_last(part) && begin + part->length < feature->set_least)
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    return DCD_RC_SUCCESS;
}

static void add_part(struct dcd_feature_progress *transfer, unsigned feature,
                     const struct dcd_feature_part *part)
{
    uint32_t begin = begin_of(part);

    if (is_first(part)) {
        memset(transfer, 0, sizeof(*transfer));
        transfer->under_way = true;
        transfer->save = part->save;
        transfer->feature = feature;
    }
    memcpy(transfer->value.bytes + begin, part->data, part->length);
    transfer->latest = (uint16_t)begin;
    transfer->size = (uint16_t)(begin + part->length);
}

/* The transfer ends, whether its value can be used or not. */
static uint16_t apply(struct dcd_features *features)
{
    struct dcd_feature_progress *transfer = &features->transfer;
    const struct dcd_feature *feature = &dcd_feature_table[transfer->feature];

    transfer->under_way = false;
    if (!feature->valid(transfer->value.bytes))
        return DCD_RC_INVALID_INPUT;
    features->current[transfer->feature] = transfer->value;
    /* Linux asks for it without a look at the attributes. */
    if (transfer->save && feature->attributes & DCD_FEATURE_SAVED_KNOWN)
        features->saved[transfer->feature] = transfer->value;
    return DCD_RC_SUCCESS;
}

/* What a part is before one looks at features. */
static uint16_t check_form(const struct dcd_feature_part *part)
{
    if (part->action > DCD_FEATURE_ABORT)
        return DCD_RC_INVALID_INPUT;
    if (part->length == 0 && part->action != DCD_FEATURE_ABORT)
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    return DCD_RC_SUCCESS;
}

/* With success, [feature] is the one that is meant. */
static uint16_t check_part(const struct dcd_features *features,
                           const struct dcd_feature_part *part,
                           unsigned *feature)
{
    int meant = find_meant(features, &part->id);
    uint16_t rc = check_form(part);

    if (rc != DCD_RC_SUCCESS)
        return rc;
    if (meant < 0)
        return DCD_RC_UNSUPPORTED;
    *feature = (unsigned)meant;
    rc = check_action(&features->transfer, *feature, part);
    if (rc != DCD_RC_SUCCESS || part->action == DCD_FEATURE_ABORT)
        return rc;
    return check_data(&features->transfer, &dcd_feature_table[meant], part);
}

uint16_t dcd_features_set(struct dcd_features *features,
                          const struct dcd_feature_part *part)
{
    unsigned feature = 0;
    uint16_t rc = check_part(features, part, &feature);

    /* "The transfer was aborted", says the description of 1Ch. */
    if (rc == DCD_RC_FEATURE_OUT_OF_ORDER)
        features->transfer.under_way = false;
    if (rc != DCD_RC_SUCCESS)
        return rc;
    if (part->action == DCD_FEATURE_ABORT) {
        features->transfer.under_way = false;
        return DCD_RC_SUCCESS;
    }
    add_part(&features->transfer, feature, part);
    return is_last(part) ? apply(features) : DCD_RC_SUCCESS;
}
