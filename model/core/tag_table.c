/* SPDX-License-Identifier: Apache-2.0 */
/* tag_table.c - a chained hash table over an array of tags. */
#include "tag_table.h"

#include <assert.h>
#include <stdlib.h>

void dcd_tag_table_init(struct dcd_tag_table *table)
{
    memset(table, 0, sizeof(*table));
}

void dcd_tag_table_destroy(struct dcd_tag_table *table)
{
    free(table->tags);
    free(table->buckets);
    dcd_tag_table_init(table);
}

uint32_t dcd_tag_table_count(const struct dcd_tag_table *table)
{
    return table->count;
}

/* FNV-1a: tags come from people and counters, so every byte has to count. */
static uint32_t hash(const struct dcd_uuid *uuid)
{
    uint32_t h = UINT32_C(2166136261);

    for (size_t i = 0; i < sizeof(uuid->b); i++)
        h = (h ^ uuid->b[i]) * UINT32_C(16777619);
    return h;
}

static void link_tag(struct dcd_tag_table *table, uint32_t id)
{
    struct dcd_tag *tag = dcd_tag_table_at(table, id);
    uint32_t *bucket =
        &table->buckets[hash(&tag->uuid) & (table->bucket_count - 1)];

    tag->next = *bucket;
    *bucket = id;
}

static bool grow_buckets(struct dcd_tag_table *table, uint32_t entries)
{
    uint32_t n = table->bucket_count ? table->bucket_count : 16;
    uint32_t *buckets;

    while (n < entries)
        n *= 2;
    if (n == table->bucket_count)
        return true;
    buckets = calloc(n, sizeof(*buckets));
    if (!buckets)
        return false;
    free(table->buckets);
    table->buckets = buckets;
    table->bucket_count = n;
    for (uint32_t id = 1; id <= table->size; id++)
        if (dcd_tag_table_at(table, id)->held)
            link_tag(table, id);
    return true;
}

bool dcd_tag_table_reserve(struct dcd_tag_table *table, size_t more)
{
    size_t needed = table->count + more;
    size_t size = table->size ? table->size : 16;
    struct dcd_tag *tags;

    if (needed <= table->size)
        return true;
    while (size < needed)
        size *= 2;
    if (size > UINT32_MAX / 2)
        return false;
    tags = realloc(table->tags, size * sizeof(*tags));
    if (!tags)
        return false;
    table->tags = tags;
    memset(tags + table->size, 0, (size - table->size) * sizeof(*tags));
    while (table->size < size) {
        tags[table->size].next = table->unused;
        table->unused = ++table->size;
    }
    return grow_buckets(table, (uint32_t)size);
}

uint32_t dcd_tag_table_find(const struct dcd_tag_table *table,
                            const struct dcd_uuid *uuid)
{
    uint32_t id;

    if (table->count == 0 || dcd_uuid_is_null(uuid))
        return DCD_NO_TAG;
    id = table->buckets[hash(uuid) & (table->bucket_count - 1)];
    while (id && !dcd_uuid_equal(&table->tags[id - 1].uuid, uuid))
        id = table->tags[id - 1].next;
    return id;
}

uint32_t dcd_tag_table_add(struct dcd_tag_table *table,
                           const struct dcd_uuid *uuid)
{
    uint32_t id = table->unused;
    struct dcd_tag *tag;

    assert(id && "dcd_tag_table_reserve comes first");
    tag = dcd_tag_table_at(table, id);
    table->unused = tag->next;
    memset(tag, 0, sizeof(*tag));
    tag->uuid = *uuid;
    link_tag(table, id);
    table->count++;
    return id;
}

static void unlink_tag(struct dcd_tag_table *table, uint32_t id)
{
    struct dcd_tag *tag = dcd_tag_table_at(table, id);
    uint32_t *link =
        &table->buckets[hash(&tag->uuid) & (table->bucket_count - 1)];

    while (*link != id)
        link = &dcd_tag_table_at(table, *link)->next;
    *link = tag->next;
}

void dcd_tag_table_drop(struct dcd_tag_table *table, uint32_t id)
{
    struct dcd_tag *tag;

    if (id == DCD_NO_TAG)
        return;
    tag = dcd_tag_table_at(table, id);
    assert(tag->held > 0);
    if (--tag->held)
        return;
    unlink_tag(table, id);
    tag->next = table->unused;
    table->unused = id;
    table->count--;
}

struct dcd_uuid dcd_tag_table_uuid(const struct dcd_tag_table *table,
                                   uint32_t id)
{
    static const struct dcd_uuid none = {{0}};

    return id == DCD_NO_TAG ? none : table->tags[id - 1].uuid;
}
