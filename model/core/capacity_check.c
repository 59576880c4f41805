/* SPDX-License-Identifier: Apache-2.0 */
/* capacity_check.c - what must always be true of capacity. */
#include "capacity_private.h"

#include <stdarg.h>
#include <stdio.h>

/* Where the sentence about a broken invariant goes. */
struct verdict {
    char *why;
    size_t size;
};

static bool broken(const struct verdict *verdict, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Always false, so that a check can end with it. */
static bool broken(const struct verdict *verdict, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(verdict->why, verdict->size, format, arguments);
    va_end(arguments);
    return false;
}

/* Extents lie inside one region, on block boundaries. */
static bool check_shape(const struct dcd_capacity *capacity, unsigned head,
                        const struct dcd_extent *e,
                        const struct verdict *verdict)
{
    unsigned region;

    if (dcd_regions_check(&capacity->regions, e->dpa, e->length, &region) ==
        DCD_RANGE_OK)
        return true;
    return broken(verdict, "head %u: extent %#llx+%#llx is malformed", head,
                  (unsigned long long)e->dpa, (unsigned long long)e->length);
}

/* The block map opens what the list holds; together with the sums below,
 * nothing else. */
static bool check_open(const struct dcd_capacity *capacity, unsigned head,
                       const struct dcd_extent *e,
                       const struct verdict *verdict)
{
    unsigned i = dcd_capacity_region(capacity, e->dpa);
    const struct dcd_region *r = &capacity->regions.region[i];

    if (dcd_block_map_all_open(&capacity->holder[head].map[i],
                               dcd_region_block(r, e->dpa),
                               e->length >> r->block_shift))
        return true;
    return broken(verdict, "head %u: accepted extent %#llx+%#llx is closed",
                  head, (unsigned long long)e->dpa,
                  (unsigned long long)e->length);
}

/* Another head's hold on a part of [e]: never, or as long and with the same
 * sequence number where both share the allocation. */
static bool check_other(const struct dcd_extent_list *list,
                        const struct dcd_extent *e, bool share)
{
    struct dcd_extent other;

    if (!dcd_extent_list_next(list, e->dpa, &other) ||
        other.dpa >= e->dpa + e->length)
        return true;
    return share && other.dpa == e->dpa && other.length == e->length &&
           other.tag == e->tag && other.sequence == e->sequence;
}

/* What anybody holds is not free, and is held once unless it is shared. */
static bool check_owner(const struct dcd_capacity *capacity, unsigned head,
                        const struct dcd_extent *e,
                        const struct verdict *verdict)
{
    unsigned i = dcd_capacity_region(capacity, e->dpa);
    bool share = dcd_capacity_is_share(capacity, e);
    struct dcd_range next;

    if (dcd_free_space_next(&capacity->free[i], e->dpa, &next) &&
        next.start < e->dpa + e->length)
        return broken(verdict, "head %u: %#llx is held and free", head,
                      (unsigned long long)next.start);
    for (unsigned other = head + 1; other < capacity->config->heads; other++) {
        const struct dcd_holder *h = &capacity->holder[other];

        if (!check_other(&h->accepted, e, share) ||
            !check_other(&h->pending, e, share))
            return broken(verdict,
                          "heads %u and %u both hold a part of %#llx+%#llx",
                          head, other, (unsigned long long)e->dpa,
                          (unsigned long long)e->length);
    }
    return true;
}

static bool check_accepted(const struct dcd_capacity *capacity, unsigned head,
                           const struct verdict *verdict)
{
    const struct dcd_holder *holder = &capacity->holder[head];
    uint64_t open[DCD_MAX_REGIONS] = {0};
    struct dcd_extent e;
    uint64_t end = 0;

    for (uint64_t at = 0; dcd_extent_list_next(&holder->accepted, at, &e);
         at = e.dpa + e.length) {
        if (e.dpa < end)
            return broken(verdict, "head %u: extents overlap at %#llx", head,
                          (unsigned long long)e.dpa);
        end = e.dpa + e.length;
        if (!check_shape(capacity, head, &e, verdict) ||
            !check_open(capacity, head, &e, verdict) ||
            !check_owner(capacity, head, &e, verdict))
            return false;
        if (dcd_extent_list_overlaps(&holder->pending, e.dpa, e.length))
            return broken(verdict, "head %u: %#llx is accepted and pending",
                          head, (unsigned long long)e.dpa);
        open[dcd_capacity_region(capacity, e.dpa)] += e.length;
    }
    for (unsigned i = 0; i < capacity->regions.count; i++)
        if (dcd_block_map_open_blocks(&holder->map[i])
                << capacity->regions.region[i].block_shift !=
            open[i])
            return broken(verdict,
                          "head %u: region %u has open blocks that no "
                          "accepted extent covers",
                          head, i);
    return true;
}

static bool check_pending(const struct dcd_capacity *capacity, unsigned head,
                          const struct verdict *verdict)
{
    const struct dcd_holder *holder = &capacity->holder[head];
    size_t listed = 0;

    for (const struct dcd_group *g = holder->first; g; g = g->next) {
        listed += g->count;
        for (uint32_t i = 0; i < g->count; i++) {
            const struct dcd_extent *e = &g->extents[i];

            if (!check_shape(capacity, head, e, verdict) ||
                !check_owner(capacity, head, e, verdict))
                return false;
            if (!dcd_extent_list_covers(&holder->pending, e->dpa, e->length))
                return broken(verdict, "head %u: %#llx is offered, not pending",
                              head, (unsigned long long)e->dpa);
        }
    }
    if (listed != dcd_extent_list_count(&holder->pending))
        return broken(verdict, "head %u: groups and pending list differ", head);
    return true;
}

static bool check_counts(const struct dcd_capacity *capacity, unsigned head,
                         const struct verdict *verdict)
{
    if (dcd_capacity_tracked(capacity, head) > capacity->config->extents)
        return broken(verdict, "head %u tracks %u extents of %u", head,
                      dcd_capacity_tracked(capacity, head),
                      capacity->config->extents);
    return true;
}

/* Bytes of region [i] that [list] holds, but for what is shared. */
static uint64_t own_bytes(const struct dcd_capacity *capacity, unsigned i,
                          const struct dcd_extent_list *list)
{
    const struct dcd_region *r = &capacity->regions.region[i];
    uint64_t bytes = 0;
    struct dcd_extent e;

    for (uint64_t at = r->base;
         dcd_extent_list_next(list, at, &e) && e.dpa - r->base < r->length;
         at = e.dpa + e.length)
        if (!dcd_capacity_is_share(capacity, &e))
            bytes += e.length;
    return bytes;
}

/* Bytes of region [i] in living allocations that can be shared. */
static uint64_t shared_bytes(const struct dcd_capacity *capacity, unsigned i)
{
    const struct dcd_tag_table *tags = &capacity->tags;
    uint64_t bytes = 0;

    for (uint32_t k = 0; k < dcd_tag_table_count(tags); k++) {
        const struct dcd_tag *tag =
            dcd_tag_table_at(tags, dcd_tag_table_living(tags, k));

        for (uint32_t n = 0; tag->sharable && n < tag->count; n++)
            if (dcd_capacity_region(capacity, tag->extents[n].dpa) == i)
                bytes += tag->extents[n].length;
    }
    return bytes;
}

/* Free and held bytes add up: each byte is one or the other, and once. */
static bool check_sums(const struct dcd_capacity *capacity,
                       const struct verdict *verdict)
{
    for (unsigned i = 0; i < capacity->regions.count; i++) {
        const struct dcd_region *r = &capacity->regions.region[i];
        uint64_t bytes = dcd_free_space_bytes(&capacity->free[i]) +
                         shared_bytes(capacity, i);

        for (unsigned head = 0; head < capacity->config->heads; head++) {
            const struct dcd_holder *h = &capacity->holder[head];

            bytes += own_bytes(capacity, i, &h->accepted) +
                     own_bytes(capacity, i, &h->pending);
        }
        if (bytes != r->length)
            return broken(
                verdict, "region %u: %#llx bytes are free or held, of %#llx", i,
                (unsigned long long)bytes, (unsigned long long)r->length);
    }
    return true;
}

/* Extents of [list] that bear the tag [id]; -1: one of them is not, or not
 * with that sequence number, among those that the tag was added with. */
static int64_t count_bearing(const struct dcd_extent_list *list,
                             const struct dcd_tag *tag, uint32_t id)
{
    int64_t bearing = 0;

    for (uint32_t i = 0; i < tag->count; i++) {
        const struct dcd_extent *was = &tag->extents[i];
        uint64_t at = was->dpa;
        struct dcd_extent e;

        if (tag->sharable && was->sequence != i)
            return -1;
        for (; dcd_extent_list_next(list, at, &e) &&
               e.dpa < was->dpa + was->length;
             at = e.dpa + e.length) {
            if (e.tag != id)
                continue;
            if (e.dpa < was->dpa || e.length > was->length ||
                e.sequence != was->sequence ||
                (tag->sharable && e.length != was->length))
                return -1;
            bearing++;
        }
    }
    return bearing;
}

/* A host has been offered all of what is shared; what it has accepted of it, it
 * gives back as a whole, unless extents may go one by one. */
static bool is_whole(const struct dcd_capacity *capacity,
                     const struct dcd_tag *tag, int64_t accepted,
                     int64_t pending)
{
    bool one_by_one =
        capacity->config->sharable_release == DCD_SHARABLE_RELEASE_EXTENT;

    return !tag->sharable ||
           ((pending == 0 || pending == tag->count) &&
            (accepted == 0 || accepted == tag->count || one_by_one));
}

/* What the table says of a tag is what the lists hold. */
static bool check_tag(const struct dcd_capacity *capacity, uint32_t id,
                      const struct verdict *verdict)
{
    const struct dcd_tag *tag = dcd_tag_table_at(&capacity->tags, id);
    uint64_t held = tag->referenced;

    for (unsigned head = 0; head < capacity->config->heads; head++) {
        const struct dcd_holder *h = &capacity->holder[head];
        int64_t accepted = count_bearing(&h->accepted, tag, id);
        int64_t pending = count_bearing(&h->pending, tag, id);

        if (accepted != dcd_tag_table_accepted(&capacity->tags, id, head) ||
            pending < 0 || (pending > 0) != (tag->pending >> head & 1))
            return broken(verdict,
                          "head %u: tag %u is not on the lists as it is in "
                          "the table",
                          head, id);
        if (!is_whole(capacity, tag, accepted, pending))
            return broken(verdict,
                          "head %u has a part of tag %u, which is "
                          "shared",
                          head, id);
        held += (uint64_t)(accepted + pending);
    }
    if (held != tag->held || held == 0)
        return broken(verdict, "tag %u is held %u times, not %llu", id,
                      tag->held, (unsigned long long)held);
    return true;
}

/* Extents of [list] that bear some tag. */
static uint64_t count_tagged(const struct dcd_extent_list *list)
{
    uint64_t tagged = 0;
    struct dcd_extent e;

    for (uint64_t at = 0; dcd_extent_list_next(list, at, &e);
         at = e.dpa + e.length)
        tagged += e.tag != DCD_NO_TAG;
    return tagged;
}

static bool check_tags(const struct dcd_capacity *capacity,
                       const struct verdict *verdict)
{
    const struct dcd_tag_table *tags = &capacity->tags;
    uint64_t held = 0;
    uint64_t bearing = 0;

    for (uint32_t i = 0; i < dcd_tag_table_count(tags); i++) {
        uint32_t id = dcd_tag_table_living(tags, i);
        const struct dcd_tag *tag = dcd_tag_table_at(tags, id);

        if (!check_tag(capacity, id, verdict))
            return false;
        held += tag->held - tag->referenced;
    }
    for (unsigned head = 0; head < capacity->config->heads; head++)
        bearing += count_tagged(&capacity->holder[head].accepted) +
                   count_tagged(&capacity->holder[head].pending);
    if (held != bearing)
        return broken(verdict, "tags are held %llu times, extents bear %llu",
                      (unsigned long long)held, (unsigned long long)bearing);
    if (dcd_tag_table_count(tags) > capacity->config->tags)
        return broken(verdict, "%u tags are alive, of %u",
                      dcd_tag_table_count(tags), capacity->config->tags);
    return true;
}

bool dcd_capacity_check(const struct dcd_capacity *capacity, char *why,
                        size_t why_size)
{
    struct verdict verdict = {why, why_size};

    for (unsigned head = 0; head < capacity->config->heads; head++)
        if (!check_accepted(capacity, head, &verdict) ||
            !check_pending(capacity, head, &verdict) ||
            !check_counts(capacity, head, &verdict))
            return false;
    return check_sums(capacity, &verdict) && check_tags(capacity, &verdict);
}
