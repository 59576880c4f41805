/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tag_table.h - the tags that are alive in the device, as small numbers.
 *
 * A tag names one allocation. It lives as long as an extent that is offered or
 * accepted bears it, and may be used again afterwards (CXL r3.2 9.13.3).
 */
#ifndef DCD_TAG_TABLE_H
#define DCD_TAG_TABLE_H

#include <cxldcd/ctypes/uuid.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DCD_NO_TAG 0u

struct dcd_tag {
    struct dcd_uuid uuid;
    uint32_t held;    /* extents that bear it, over all heads */
    uint32_t extents; /* sharable: extents of the whole allocation */
    uint32_t counted; /* scratch of one command */
    uint32_t wanted;  /* scratch of one command */
    uint32_t next;    /* hash chain, or list of unused entries */
};

/* Embeddable. Ids are 1 ... and stay while the tag lives. */
struct dcd_tag_table {
    struct dcd_tag *tags; /* tags[id - 1] */
    uint32_t size;
    uint32_t unused; /* id of the first unused entry, or 0 */
    uint32_t count;
    uint32_t *buckets; /* ids */
    uint32_t bucket_count;
};

void dcd_tag_table_init(struct dcd_tag_table *table);
void dcd_tag_table_destroy(struct dcd_tag_table *table);

/* Tags alive. */
uint32_t dcd_tag_table_count(const struct dcd_tag_table *table);

/* Makes the next [more] calls of add safe; false: out of memory. */
bool dcd_tag_table_reserve(struct dcd_tag_table *table, size_t more);

/* The tag's id, or DCD_NO_TAG: not alive, or the null UUID. */
uint32_t dcd_tag_table_find(const struct dcd_tag_table *table,
                            const struct dcd_uuid *uuid);

/* Brings a tag to life that was not, held by nothing yet. */
uint32_t dcd_tag_table_add(struct dcd_tag_table *table,
                           const struct dcd_uuid *uuid);

/* Lets one extent go; the tag dies with the last. DCD_NO_TAG is ignored. */
void dcd_tag_table_drop(struct dcd_tag_table *table, uint32_t id);

static inline struct dcd_tag *dcd_tag_table_at(struct dcd_tag_table *table,
                                               uint32_t id)
{
    return &table->tags[id - 1];
}

/* The null UUID for DCD_NO_TAG. */
struct dcd_uuid dcd_tag_table_uuid(const struct dcd_tag_table *table,
                                   uint32_t id);

#endif
