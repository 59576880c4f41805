/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tag_table.h - the tags that are alive in the device, as small numbers, and
 * the allocations that they name (CXL r3.2 9.13.3).
 *
 * A tag names one allocation: the extents that one add gave it. It lives as
 * long as anybody holds on to it - a head that was offered one of its extents
 * or has accepted it, or the FM by its reference (5606h) - and may be used
 * again afterwards. This table counts who holds on; what becomes of the blocks
 * is capacity's affair.
 *
 * Adding a tag is done in two beats: dcd_tag_table_reserve() may fail, the rest
 * cannot. Not thread-safe.
 */
#ifndef DCD_TAG_TABLE_H
#define DCD_TAG_TABLE_H

#include "extent_list.h"

#include <cxldcd/ctypes/uuid.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DCD_NO_TAG 0u

struct dcd_tag {
    struct dcd_uuid uuid;
    struct dcd_extent *extents; /* as they were added, by sequence; owned */
    uint32_t count;             /* of them */
    uint32_t held;    /* extents that heads have or were offered, and the FM's
                         reference; the tag dies with the last */
    bool sharable;    /* the allocation is in one piece until the tag dies */
    bool referenced;  /* by the FM */
    uint16_t pending; /* bit k: head k was offered it */
    uint32_t counted; /* scratch of one command */
    uint32_t next;    /* hash chain, or list of unused entries */
    uint32_t place;   /* among the living */
};

/* Embeddable. Ids are 1 ... and stay while the tag lives. */
struct dcd_tag_table {
    struct dcd_tag *tags; /* tags[id - 1] */
    uint32_t *accepted;   /* of tag id by head: [(id - 1) * heads + head] */
    uint32_t *living;     /* ids, as many as there are */
    uint32_t size;
    uint32_t unused; /* id of the first unused entry, or 0 */
    uint32_t count;
    uint32_t generation;
    uint32_t *buckets; /* ids */
    uint32_t bucket_count;
    unsigned heads;
};

/* [heads] of the device. Empty, and without memory. */
void dcd_tag_table_init(struct dcd_tag_table *table, unsigned heads);
void dcd_tag_table_destroy(struct dcd_tag_table *table);

/* Tags alive. */
uint32_t dcd_tag_table_count(const struct dcd_tag_table *table);

/* Moves with everything that 5608h lists. */
uint32_t dcd_tag_table_generation(const struct dcd_tag_table *table);

/* Makes the next [more] calls of add safe; false: out of memory. */
bool dcd_tag_table_reserve(struct dcd_tag_table *table, size_t more);

/* The tag's id, or DCD_NO_TAG: not alive, or the null UUID. */
uint32_t dcd_tag_table_find(const struct dcd_tag_table *table,
                            const struct dcd_uuid *uuid);

/* The [index]-th living tag, from 0; the order holds while the generation
 * does. [index] < dcd_tag_table_count(). */
uint32_t dcd_tag_table_living(const struct dcd_tag_table *table,
                              uint32_t index);

/* Brings a tag to life that was not, held by nobody yet. */
uint32_t dcd_tag_table_add(struct dcd_tag_table *table,
                           const struct dcd_uuid *uuid);

/*
 * [head] is offered an extent of the tag, or has one more of them or one less
 * in its accepted list; the FM takes or drops its reference. DCD_NO_TAG is
 * ignored, and so is a reference that is there already, or is not.
 */
void dcd_tag_table_offer(struct dcd_tag_table *table, uint32_t id,
                         unsigned head);
void dcd_tag_table_accept(struct dcd_tag_table *table, uint32_t id,
                          unsigned head);
void dcd_tag_table_refer(struct dcd_tag_table *table, uint32_t id);

/*
 * The three ways to let go, the first for one extent of a group that has been
 * answered. True: nobody holds on any more; the caller frees what the tag kept
 * and calls dcd_tag_table_remove().
 */
bool dcd_tag_table_answered(struct dcd_tag_table *table, uint32_t id,
                            unsigned head);
bool dcd_tag_table_release(struct dcd_tag_table *table, uint32_t id,
                           unsigned head);
bool dcd_tag_table_unrefer(struct dcd_tag_table *table, uint32_t id);

/* The tag dies, with its extents. */
void dcd_tag_table_remove(struct dcd_tag_table *table, uint32_t id);

static inline struct dcd_tag *
dcd_tag_table_at(const struct dcd_tag_table *table, uint32_t id)
{
    return &table->tags[id - 1];
}

/* Extents of the tag in the accepted list of [head]. */
static inline uint32_t dcd_tag_table_accepted(const struct dcd_tag_table *table,
                                              uint32_t id, unsigned head)
{
    return table->accepted[(size_t)(id - 1) * table->heads + head];
}

/* The null UUID for DCD_NO_TAG. */
struct dcd_uuid dcd_tag_table_uuid(const struct dcd_tag_table *table,
                                   uint32_t id);

#endif
