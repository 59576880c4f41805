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

/* What anybody holds is not free, and is held once unless it is shared. */
static bool check_owner(const struct dcd_capacity *capacity, unsigned head,
                        const struct dcd_extent *e,
                        const struct verdict *verdict)
{
    unsigned i = dcd_capacity_region(capacity, e->dpa);
    struct dcd_range next;

    if (dcd_free_space_next(&capacity->free[i], e->dpa, &next) &&
        next.start < e->dpa + e->length)
        return broken(verdict, "head %u: %#llx is held and free", head,
                      (unsigned long long)next.start);
    if (capacity->sharable[i])
        return true;
    for (unsigned other = head + 1; other < capacity->config->heads; other++) {
        const struct dcd_holder *h = &capacity->holder[other];

        if (dcd_extent_list_overlaps(&h->accepted, e->dpa, e->length) ||
            dcd_extent_list_overlaps(&h->pending, e->dpa, e->length))
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

/* Free and held bytes add up, where each byte is held once at most. */
static bool check_sums(const struct dcd_capacity *capacity,
                       const struct verdict *verdict)
{
    for (unsigned i = 0; i < capacity->regions.count; i++) {
        const struct dcd_region *r = &capacity->regions.region[i];
        uint64_t bytes = dcd_free_space_bytes(&capacity->free[i]);
        struct dcd_extent e;

        if (capacity->sharable[i])
            continue;
        for (unsigned head = 0; head < capacity->config->heads; head++) {
            const struct dcd_holder *h = &capacity->holder[head];
            const struct dcd_extent_list *lists[] = {&h->accepted, &h->pending};

            for (unsigned k = 0; k < 2; k++)
                for (uint64_t at = r->base;
                     dcd_extent_list_next(lists[k], at, &e) &&
                     e.dpa - r->base < r->length;
                     at = e.dpa + e.length)
                    bytes += e.length;
        }
        if (bytes != r->length)
            return broken(
                verdict, "region %u: %#llx bytes are free or held, of %#llx", i,
                (unsigned long long)bytes, (unsigned long long)r->length);
    }
    return true;
}

/* A tag is held by exactly as many extents as bear it. */
static bool check_tags(const struct dcd_capacity *capacity,
                       const struct verdict *verdict)
{
    uint64_t held = 0;
    uint64_t bearing = 0;
    struct dcd_extent e;

    for (uint32_t id = 1; id <= capacity->tags.size; id++)
        held += capacity->tags.tags[id - 1].held;
    for (unsigned head = 0; head < capacity->config->heads; head++) {
        const struct dcd_holder *h = &capacity->holder[head];
        const struct dcd_extent_list *lists[] = {&h->accepted, &h->pending};

        for (unsigned k = 0; k < 2; k++)
            for (uint64_t at = 0; dcd_extent_list_next(lists[k], at, &e);
                 at = e.dpa + e.length)
                bearing += e.tag != DCD_NO_TAG;
    }
    if (held != bearing)
        return broken(verdict, "tags are held %llu times, extents bear %llu",
                      (unsigned long long)held, (unsigned long long)bearing);
    if (dcd_tag_table_count(&capacity->tags) > capacity->config->tags)
        return broken(verdict, "%u tags are alive, of %u",
                      dcd_tag_table_count(&capacity->tags),
                      capacity->config->tags);
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
