/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reference.h - a device in the simplest possible words, to compare with.
 *
 * It is written from the tables of the specification alone and knows nothing
 * of the device but what is on the wire. Every block is an array element that
 * knows what each head has of it; nothing is indexed, cached or counted ahead.
 * Rules are written down in the order in which they are to be applied, without
 * regard to speed.
 *
 * A "cell" is a block of the smallest size that its region supports, so that
 * cells stay what they are when a fabric manager sets another block size.
 */
#ifndef DCD_TEST_REFERENCE_H
#define DCD_TEST_REFERENCE_H

#include <cxldcd/ctypes/event.h>
#include <cxldcd/ctypes/fm_api.h>
#include <cxldcd/ctypes/return_code.h>

#include <stdbool.h>
#include <stdint.h>

#define REF_HEADS 16
#define REF_REGIONS 8
#define REF_CELLS 256  /* of all regions together, at most */
#define REF_OFFERS 320 /* extents that all heads may have pending */
#define REF_LOG 160    /* records of a log */
#define REF_LIST 256   /* ranges of one list */
#define REF_NAMES 20   /* tags have the numbers 1 ... REF_NAMES */

enum ref_sanitize { REF_NEVER, REF_ALWAYS, REF_CONFIGURABLE };

struct ref_region_config {
    uint64_t length;
    uint64_t block;
    uint64_t blocks;    /* bit n: 2^n bytes is supported; 0: only block */
    uint8_t attributes; /* DCD_REGION_ATTR_... */
    enum ref_sanitize sanitize;
};

struct ref_config {
    unsigned revision; /* 30, 31, 32, 40 */
    unsigned heads;
    unsigned extents; /* that one head can track */
    unsigned tags;    /* that the device can track */
    unsigned dc_log;  /* records in a host's log */
    unsigned fm_log;  /* records in the FM's log */
    bool lossy;
    bool keep;      /* accepted capacity survives a reset */
    bool by_extent; /* sharable extents may be released one by one */
    unsigned regions;
    struct ref_region_config region[REF_REGIONS];
    /* What single heads see otherwise; 0: as the region says. */
    uint8_t attributes[REF_HEADS][REF_REGIONS];
};
/* In ref_config.attributes: none, and that is meant. */
#define REF_NO_ATTRIBUTES 0x80u

/* A tag is a number; 0 is the null tag. */
struct ref_range {
    uint64_t dpa;
    uint64_t length;
    unsigned tag;
    unsigned sequence;
};

enum ref_state { REF_NOTHING, REF_PENDING, REF_ACCEPTED };

/* Neighbours with the same extent belong to one extent. */
struct ref_cell {
    unsigned extent; /* 0: free */
    unsigned tag;
    unsigned sequence;
    bool sharable;
    bool wanted; /* an FM asked for it to be sanitised */
    enum ref_state state[REF_HEADS];
    uint64_t data; /* its first eight bytes */
};

struct ref_region {
    uint64_t base;
    uint64_t block;
    uint64_t cell;
    unsigned first; /* index of its first cell */
    unsigned cells;
    bool sanitize; /* on every release */
};

/* One extent that a head was offered; extents of one group stand together. */
struct ref_offer {
    unsigned head;
    unsigned group;
    bool dead;
    struct ref_range range;
};

struct ref_record {
    uint8_t type;
    bool more;
    unsigned host;   /* types 4 and 5, else 0 */
    unsigned region; /* type 3, else 0 */
    struct ref_range range;
    unsigned available_extents;
    unsigned available_tags;
};

struct ref_log {
    unsigned depth;
    unsigned count;
    unsigned lost; /* overflow count */
    struct ref_record record[REF_LOG];
};

/* A deliberate mistake, to see that it is noticed. */
enum ref_fault {
    REF_SOUND,
    REF_FORGETS_REFERENCE, /* 5606h does not keep the capacity */
    REF_NEVER_SPLITS,      /* a release takes whole extents */
    REF_KEEPS_BYTES,       /* nothing is sanitised */
    REF_FORGETS_SHARERS,   /* the first release ends a sharable allocation */
    REF_LOSES_MORE,        /* records do not say that others follow */
};

struct reference {
    struct ref_config config;
    enum ref_fault fault;
    struct ref_region region[REF_REGIONS];
    unsigned cells;
    struct ref_cell cell[REF_CELLS];
    unsigned offers; /* in the order in which they were made */
    struct ref_offer offer[REF_OFFERS];
    bool referenced[REF_NAMES + 1]; /* by the FM */
    struct ref_log log[REF_HEADS];
    struct ref_log fm_log;
    unsigned extents; /* numbers given to extents so far */
    unsigned groups;  /* numbers given to groups so far */
};

void ref_init(struct reference *r, const struct ref_config *config);

/* The UUID of a tag; of 0 the null UUID. */
struct dcd_uuid ref_uuid(unsigned tag);

/* --- Commands; the result is the return code ----------------------------- */

/* 5604h. [list] counts for the prescriptive policy, [region], [length] and
 * [tag] for the others. */
struct ref_add {
    unsigned head;
    unsigned policy;
    unsigned region;
    uint64_t length;
    unsigned tag;
    const struct ref_range *list;
    unsigned count;
};
uint16_t ref_add(struct reference *r, const struct ref_add *add);

/* 5605h. [list] counts for the prescriptive policy, [length] and [tag] for the
 * other one. */
struct ref_take {
    unsigned head;
    unsigned policy;
    bool forced;
    bool sanitize;
    uint64_t length;
    unsigned tag;
    const struct ref_range *list;
    unsigned count;
};
uint16_t ref_initiate_release(struct reference *r, const struct ref_take *take);

/* 4802h and 4803h, all payloads together. */
uint16_t ref_respond(struct reference *r, unsigned head,
                     const struct ref_range *list, unsigned count);
uint16_t ref_release(struct reference *r, unsigned head,
                     const struct ref_range *list, unsigned count);

uint16_t ref_configure(struct reference *r, unsigned region, uint64_t block,
                       bool sanitize);                            /* 5602h */
uint16_t ref_add_reference(struct reference *r, unsigned tag);    /* 5606h */
uint16_t ref_remove_reference(struct reference *r, unsigned tag); /* 5607h */

/* Conventional reset of [head]. */
void ref_reset(struct reference *r, unsigned head);

/* 0101h for the [count] oldest records, or, if it is [all], for what an
 * overflow has left. */
uint16_t ref_clear(struct ref_log *log, unsigned count, bool all);

/* A store of eight bytes at the start of a cell; false: refused. */
bool ref_write(struct reference *r, unsigned head, unsigned cell,
               uint64_t data);

/* --- What can be seen ---------------------------------------------------- */

/* Cell that holds [dpa], or -1; region that holds [dpa], or -1. */
int ref_cell_at(const struct reference *r, uint64_t dpa);
int ref_region_at(const struct reference *r, uint64_t dpa);
uint64_t ref_dpa(const struct reference *r, unsigned cell);
unsigned ref_region_of(const struct reference *r, unsigned cell);
uint8_t ref_attributes(const struct reference *r, unsigned head,
                       unsigned region);

/* The accepted list of [head] by rising DPA; the number of extents. */
unsigned ref_list(const struct reference *r, unsigned head,
                  struct ref_range list[REF_LIST]);
unsigned ref_available_extents(const struct reference *r, unsigned head);
unsigned ref_available_tags(const struct reference *r);

/* 5608h: false, the tag is not alive. */
struct ref_tag {
    bool sharable;
    bool referenced;
    unsigned references; /* bit k: head k has extents of it */
    unsigned pending;    /* bit k: head k was offered it */
};
bool ref_tag(const struct reference *r, unsigned tag, struct ref_tag *entry);

bool ref_readable(const struct reference *r, unsigned head, unsigned cell);
bool ref_writable(const struct reference *r, unsigned head, unsigned cell);

/* Extents of the oldest group of [head] that waits, in the order in which they
 * were offered; [dead] says whether it is dead. */
unsigned ref_oldest_group(const struct reference *r, unsigned head,
                          struct ref_range list[REF_LIST], bool *dead);

#endif
