/* SPDX-License-Identifier: Apache-2.0 */
/* tag_table.c - a chained hash table over an array of tags. */
#include "tag_table.h"

#include <assert.h>
#include <stdlib.h>

void dcd_tag_table_init(struct dcd_tag_table *table, unsigned heads)
{
    memset(table, 0, sizeof(*table));
    table->heads = heads;
}

void dcd_tag_table_destroy(struct dcd_tag_table *table)
{
    for (uint32_t i = 0; i < table->size; i++)
        free(table->tags[i].extents);
    free(table->tags);
    free(table->accepted);
    free(table->living);
    free(table->buckets);
    dcd_tag_table_init(table, table->heads);
}

uint32_t dcd_tag_table_count(const struct dcd_tag_table *table)
{
    return table->count;
}

uint32_t dcd_tag_table_generation(const struct dcd_tag_table *table)
{
    return table->generation;
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
    for (uint32_t i = 0; i < table->count; i++)
        link_tag(table, table->living[i]);
    return true;
}

/* The arrays that go by id, for [size] ids; false: out of memory, and those
 * that have grown already are merely longer than needed. */
static bool grow_entries(struct dcd_tag_table *table, size_t size)
{
    const size_t accepted = sizeof(*table->accepted) * table->heads;
    uint32_t *living = realloc(table->living, size * sizeof(*living));
    uint32_t *counts;
    struct dcd_tag *tags;

    if (!living)
        return false;
    table->living = living;
    /* A table without heads counts nothing, but its array is there. */
    counts = realloc(table->accepted, size * accepted + 1);
    if (!counts)
        return false;
    table->accepted = counts;
    tags = realloc(table->tags, size * sizeof(*tags));
    if (!tags)
        return false;
    table->tags = tags;
    return true;
}

bool dcd_tag_table_reserve(struct dcd_tag_table *table, size_t more)
{
    size_t needed = table->count + more;
    size_t size = table->size ? table->size : 16;

    if (needed <= table->size)
        return true;
    while (size < needed)
        size *= 2;
    if (size > UINT32_MAX / 2 || !grow_buckets(table, (uint32_t)size) ||
        !grow_entries(table, size))
        return false;
    while (table->size < size) {
        struct dcd_tag *tag = &table->tags[table->size];

        tag->extents = NULL;
        tag->next = table->unused;
        table->unused = ++table->size;
    }
    return true;
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

uint32_t dcd_tag_table_living(const struct dcd_tag_table *table, uint32_t index)
{
    assert(index < table->count);
    return table->living[index];
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
    memset(&table->accepted[(size_t)(id - 1) * table->heads], 0,
           sizeof(*table->accepted) * table->heads);
    tag->uuid = *uuid;
    tag->place = table->count;
    link_tag(table, id);
    table->living[table->count++] = id;
    table->generation++;
    return id;
}

/* --- Holding on and letting go ------------------------------------------- */

static uint32_t *accepted_of(struct dcd_tag_table *table, uint32_t id,
                             unsigned head)
{
    return &table->accepted[(size_t)(id - 1) * table->heads + head];
}

void dcd_tag_table_offer(struct dcd_tag_table *table, uint32_t id,
                         unsigned head)
{
    struct dcd_tag *tag;

    if (id == DCD_NO_TAG)
        return;
    tag = dcd_tag_table_at(table, id);
    tag->held++;
    if (tag->pending >> head & 1)
        return;
    tag->pending |= (uint16_t)(1u << head);
    table->generation++;
}

void dcd_tag_table_accept(struct dcd_tag_table *table, uint32_t id,
                          unsigned head)
{
    if (id == DCD_NO_TAG)
        return;
    dcd_tag_table_at(table, id)->held++;
    if ((*accepted_of(table, id, head))++ == 0)
        table->generation++;
}

void dcd_tag_table_refer(struct dcd_tag_table *table, uint32_t id)
{
    struct dcd_tag *tag = dcd_tag_table_at(table, id);

    if (tag->referenced)
        return;
    tag->referenced = true;
    tag->held++;
    table->generation++;
}

static bool let_go(struct dcd_tag *tag)
{
    assert(tag->held > 0);
    return --tag->held == 0;
}

bool dcd_tag_table_answered(struct dcd_tag_table *table, uint32_t id,
                            unsigned head)
{
    struct dcd_tag *tag;

    if (id == DCD_NO_TAG)
        return false;
    tag = dcd_tag_table_at(table, id);
    if (tag->pending >> head & 1) {
        tag->pending &= (uint16_t) ~(1u << head);
        table->generation++;
    }
    return let_go(tag);
}

bool dcd_tag_table_release(struct dcd_tag_table *table, uint32_t id,
                           unsigned head)
{
    if (id == DCD_NO_TAG)
        return false;
    assert(*accepted_of(table, id, head) > 0);
    if (--*accepted_of(table, id, head) == 0)
        table->generation++;
    return let_go(dcd_tag_table_at(table, id));
}

bool dcd_tag_table_unrefer(struct dcd_tag_table *table, uint32_t id)
{
    struct dcd_tag *tag = dcd_tag_table_at(table, id);

    if (!tag->referenced)
        return false;
    tag->referenced = false;
    table->generation++;
    return let_go(tag);
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

void dcd_tag_table_remove(struct dcd_tag_table *table, uint32_t id)
{
    struct dcd_tag *tag = dcd_tag_table_at(table, id);
    uint32_t last = table->living[--table->count];

    assert(tag->held == 0);
    unlink_tag(table, id);
    table->living[tag->place] = last;
    dcd_tag_table_at(table, last)->place = tag->place;
    free(tag->extents);
    tag->extents = NULL;
    tag->next = table->unused;
    table->unused = id;
    table->generation++;
}

struct dcd_uuid dcd_tag_table_uuid(const struct dcd_tag_table *table,
                                   uint32_t id)
{
    static const struct dcd_uuid none = {{0}};

    return id == DCD_NO_TAG ? none : table->tags[id - 1].uuid;
}
