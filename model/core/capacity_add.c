/* SPDX-License-Identifier: Apache-2.0 */
/* capacity_add.c - offering capacity to a host (5604h). */
#include "capacity_private.h"

#include <stdlib.h>
#include <string.h>

/* Sequence numbers have 16 bits. */
#define MAX_SHARED_EXTENTS (UINT32_C(1) << 16)

/* --- Drafts ------------------------------------------------------------- */

/* Extents and tags of a request, collected before anything is committed. */
struct draft {
    struct dcd_group *group; /* extents in the order of their records */
    struct dcd_extent_wire *wires;
    struct dcd_tag_table tags; /* new ones, none of them alive yet */
    bool shares; /* the extents are those of a living tag, which they bear */
};

/* False: out of memory. To be destroyed in either case. */
static bool draft_init(struct draft *draft, uint32_t count)
{
    dcd_tag_table_init(&draft->tags, 0);
    draft->shares = false;
    draft->wires = malloc(count * sizeof(*draft->wires) + 1);
    draft->group = malloc(sizeof(*draft->group) +
                          count * sizeof(draft->group->extents[0]));
    if (!draft->wires || !draft->group)
        return false;
    draft->group->next = NULL;
    draft->group->dead = false;
    draft->group->count = count;
    return true;
}

static void draft_destroy(struct draft *draft)
{
    free(draft->group);
    free(draft->wires);
    dcd_tag_table_destroy(&draft->tags);
}

/* Each new tag gets a copy of its extents. Until then [count] is the number of
 * extents that bear it, [counted] that of those copied. */
static bool collect_allocations(struct draft *draft)
{
    const struct dcd_group *group = draft->group;

    for (uint32_t i = 0; i < group->count && !draft->shares; i++) {
        const struct dcd_extent *extent = &group->extents[i];
        struct dcd_tag *tag;

        if (extent->tag == DCD_NO_TAG)
            continue;
        tag = dcd_tag_table_at(&draft->tags, extent->tag);
        if (!tag->extents) {
            tag->extents = malloc(tag->count * sizeof(*tag->extents));
            tag->counted = 0;
        }
        if (!tag->extents)
            return false;
        tag->extents[tag->counted++] = *extent;
    }
    return true;
}

/* What the device may lack, apart from free blocks. */
static uint16_t check_limits(const struct dcd_capacity *capacity, unsigned head,
                             uint32_t extents, uint32_t tags)
{
    if (extents > dcd_capacity_available_extents(capacity, head) ||
        tags > dcd_capacity_available_tags(capacity))
        return DCD_RC_RESOURCES_EXHAUSTED;
    return dcd_capacity_check_log(capacity, head, extents);
}

/* The tag comes to life with its allocation, whose extents bear its id. */
static uint32_t adopt_tag(struct dcd_capacity *capacity, struct dcd_tag *draft)
{
    uint32_t id = dcd_tag_table_add(&capacity->tags, &draft->uuid);
    struct dcd_tag *tag = dcd_tag_table_at(&capacity->tags, id);

    tag->extents = draft->extents;
    tag->count = draft->count;
    tag->sharable = draft->sharable;
    draft->extents = NULL;
    for (uint32_t i = 0; i < tag->count; i++) {
        struct dcd_extent *e = &tag->extents[i];

        e->tag = id;
        if (tag->sharable)
            capacity->shared[dcd_capacity_region(capacity, e->dpa)]++;
    }
    return id;
}

/* Brings the draft's tags to life; extents then bear the device's ids. */
static void adopt_tags(struct dcd_capacity *capacity, struct draft *draft)
{
    struct dcd_group *group = draft->group;

    if (draft->shares)
        return;
    for (uint32_t i = 0; i < dcd_tag_table_count(&draft->tags); i++) {
        struct dcd_tag *tag = dcd_tag_table_at(
            &draft->tags, dcd_tag_table_living(&draft->tags, i));

        tag->counted = adopt_tag(capacity, tag);
    }
    for (uint32_t i = 0; i < group->count; i++)
        if (group->extents[i].tag != DCD_NO_TAG)
            group->extents[i].tag =
                dcd_tag_table_at(&draft->tags, group->extents[i].tag)->counted;
}

static int by_dpa(const void *a, const void *b)
{
    const struct dcd_extent *x = a;
    const struct dcd_extent *y = b;

    return (x->dpa > y->dpa) - (x->dpa < y->dpa);
}

/* Puts the group behind those that wait already. */
static void queue_group(struct dcd_capacity *capacity, unsigned head,
                        struct dcd_group *group)
{
    struct dcd_holder *holder = &capacity->holder[head];

    for (uint32_t i = 0; i < group->count; i++) {
        const struct dcd_extent *e = &group->extents[i];

        dcd_extent_list_insert(&holder->pending, e);
        dcd_tag_table_offer(&capacity->tags, e->tag, head);
        dcd_capacity_trace(capacity, DCD_TRACE_OFFERED, head, e);
    }
    qsort(group->extents, group->count, sizeof(group->extents[0]), by_dpa);
    if (holder->last)
        holder->last->next = group;
    else
        holder->first = group;
    holder->last = group;
}

static void take_blocks(struct dcd_capacity *capacity,
                        const struct dcd_group *group)
{
    for (uint32_t i = 0; i < group->count; i++) {
        const struct dcd_extent *e = &group->extents[i];

        dcd_free_space_take(
            &capacity->free[dcd_capacity_region(capacity, e->dpa)], e->dpa,
            e->length);
    }
}

/* The last check, and the commit. The records carry what was recorded: the
 * sequence of an extent that cannot be shared is 0, whatever the request said.
 */
static uint16_t offer(struct dcd_capacity *capacity, unsigned head,
                      struct draft *draft)
{
    struct dcd_group *group = draft->group;
    uint32_t count = group->count;
    uint32_t tags = dcd_tag_table_count(&draft->tags);
    uint16_t rc = check_limits(capacity, head, count, tags);

    if (rc != DCD_RC_SUCCESS)
        return rc;
    if (!collect_allocations(draft) ||
        !dcd_capacity_reserve(capacity, head, count) ||
        !dcd_tag_table_reserve(&capacity->tags, tags))
        return DCD_RC_INTERNAL_ERROR;
    adopt_tags(capacity, draft);
    for (uint32_t i = 0; i < count; i++)
        draft->wires[i] = dcd_capacity_wire(capacity, &group->extents[i]);
    if (!draft->shares)
        take_blocks(capacity, group);
    queue_group(capacity, head, group);
    draft->group = NULL;
    dcd_capacity_report(capacity, head, DCD_EVENT_ADD_CAPACITY, head,
                        draft->wires, count);
    return DCD_RC_SUCCESS;
}

/* --- Prescriptive, CXL r3.1 7.6.7.6.5 ------------------------------------ */

/*
 * A block that this head holds already, or that another head holds in a
 * region that cannot be shared. Blocks that are taken in a sharable region
 * are a matter of capacity.
 */
static bool already_accessible(const struct dcd_capacity *capacity,
                               unsigned head, const struct dcd_dpa_range *range)
{
    const struct dcd_holder *holder = &capacity->holder[head];
    unsigned region = dcd_capacity_region(capacity, range->dpa);

    if (!dcd_capacity_sharable(capacity, head, region))
        return !dcd_free_space_has(&capacity->free[region], range->dpa,
                                   range->length);
    return dcd_extent_list_overlaps(&holder->accepted, range->dpa,
                                    range->length) ||
           dcd_extent_list_overlaps(&holder->pending, range->dpa,
                                    range->length);
}

static uint16_t check_holders(const struct dcd_capacity *capacity,
                              unsigned head, const struct dcd_request *request)
{
    for (uint32_t i = 0; i < request->count; i++)
        if (already_accessible(capacity, head, &request->entries[i]))
            return DCD_RC_INVALID_EXTENT_LIST;
    return DCD_RC_SUCCESS;
}

/* A sharable extent needs a tag, and a tag that lives names another
 * allocation (CXL r3.2 9.13.3). */
static uint16_t check_tags(const struct dcd_capacity *capacity, unsigned head,
                           const struct dcd_extent_wire *extents,
                           uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct dcd_uuid *tag = &extents[i].tag;
        unsigned region =
            dcd_capacity_region(capacity, dcd_get64(extents[i].dpa));

        if (dcd_capacity_sharable(capacity, head, region) &&
            dcd_uuid_is_null(tag))
            return DCD_RC_INVALID_INPUT;
        if (dcd_tag_table_find(&capacity->tags, tag) != DCD_NO_TAG)
            return DCD_RC_INVALID_INPUT;
    }
    return DCD_RC_SUCCESS;
}

/*
 * Numbers the extents of each tag. What can be shared lies in one region, and
 * its sequence numbers rise from 0 without a gap.
 */
static uint16_t number_extent(const struct dcd_capacity *capacity,
                              unsigned head, struct draft *draft,
                              const struct dcd_extent_wire *wire,
                              struct dcd_extent *extent)
{
    unsigned region = dcd_capacity_region(capacity, extent->dpa);
    bool sharable = dcd_capacity_sharable(capacity, head, region);
    struct dcd_tag *tag;

    extent->sequence = 0;
    extent->tag = DCD_NO_TAG;
    if (dcd_uuid_is_null(&wire->tag))
        return DCD_RC_SUCCESS;
    extent->tag = dcd_tag_table_find(&draft->tags, &wire->tag);
    if (extent->tag == DCD_NO_TAG) {
        if (!dcd_tag_table_reserve(&draft->tags, 1))
            return DCD_RC_INTERNAL_ERROR;
        extent->tag = dcd_tag_table_add(&draft->tags, &wire->tag);
        tag = dcd_tag_table_at(&draft->tags, extent->tag);
        tag->sharable = sharable;
        tag->counted = region;
    }
    tag = dcd_tag_table_at(&draft->tags, extent->tag);
    if ((sharable || tag->sharable) && tag->counted != region)
        return DCD_RC_INVALID_EXTENT_LIST;
    if (sharable) {
        extent->sequence = dcd_get16(wire->sequence);
        if (extent->sequence != tag->count)
            return DCD_RC_INVALID_EXTENT_LIST;
    }
    tag->count++;
    return DCD_RC_SUCCESS;
}

static uint16_t draft_extents(const struct dcd_capacity *capacity,
                              unsigned head, struct draft *draft,
                              const struct dcd_extent_wire *extents)
{
    for (uint32_t i = 0; i < draft->group->count; i++) {
        struct dcd_extent *extent = &draft->group->extents[i];
        uint16_t rc;

        extent->dpa = dcd_get64(extents[i].dpa);
        extent->length = dcd_get64(extents[i].length);
        rc = number_extent(capacity, head, draft, &extents[i], extent);
        if (rc != DCD_RC_SUCCESS)
            return rc;
    }
    return DCD_RC_SUCCESS;
}

/* In a region that can be shared, what others hold is not there to be given. */
static uint16_t check_free(const struct dcd_capacity *capacity,
                           const struct dcd_group *group)
{
    for (uint32_t i = 0; i < group->count; i++) {
        const struct dcd_extent *e = &group->extents[i];
        unsigned region = dcd_capacity_region(capacity, e->dpa);

        if (!dcd_free_space_has(&capacity->free[region], e->dpa, e->length))
            return DCD_RC_RESOURCES_EXHAUSTED;
    }
    return DCD_RC_SUCCESS;
}

static uint16_t add_checked(struct dcd_capacity *capacity, unsigned head,
                            const struct dcd_extent_wire *extents,
                            uint32_t count)
{
    struct draft draft;
    uint16_t rc = DCD_RC_INTERNAL_ERROR;

    if (draft_init(&draft, count))
        rc = draft_extents(capacity, head, &draft, extents);
    if (rc == DCD_RC_SUCCESS)
        rc = check_free(capacity, draft.group);
    if (rc == DCD_RC_SUCCESS)
        rc = offer(capacity, head, &draft);
    draft_destroy(&draft);
    return rc;
}

uint16_t dcd_capacity_add_prescriptive(struct dcd_capacity *capacity,
                                       unsigned head,
                                       const struct dcd_extent_wire *extents,
                                       uint32_t count)
{
    struct dcd_dpa_range *ranges;
    struct dcd_request request;
    uint16_t rc;

    if (count == 0)
        return DCD_RC_INVALID_EXTENT_LIST;
    ranges = dcd_capacity_ranges(extents, count);
    if (!ranges)
        return DCD_RC_INTERNAL_ERROR;
    dcd_request_init(&request, ranges, count);
    rc = dcd_request_check_form(&request, &capacity->regions);
    if (rc == DCD_RC_SUCCESS)
        rc = check_holders(capacity, head, &request);
    if (rc == DCD_RC_SUCCESS)
        rc = check_tags(capacity, head, extents, count);
    dcd_request_destroy(&request);
    free(ranges);
    return rc == DCD_RC_SUCCESS ? add_checked(capacity, head, extents, count)
                                : rc;
}

/* --- Free and contiguous ------------------------------------------------- */

/* The runs of the lowest free blocks of [region], [length] bytes in all, which
 * are there; stores them where [runs] is not NULL. Returns how many they are,
 * which is as good as any number above [most]. */
static uint32_t lowest_free(const struct dcd_capacity *capacity,
                            unsigned region, uint64_t length,
                            struct dcd_extent *runs, uint32_t most)
{
    uint64_t at = capacity->regions.region[region].base;
    struct dcd_range run;
    uint32_t n = 0;

    for (; length && n <= most &&
           dcd_free_space_next(&capacity->free[region], at, &run);
         n++) {
        if (run.length > length)
            run.length = length;
        if (runs && n < most) {
            runs[n].dpa = run.start;
            runs[n].length = run.length;
        }
        length -= run.length;
        at = run.start + run.length;
    }
    return n;
}

/* All extents of the draft bear [tag], as one allocation. */
static bool name_draft(struct draft *draft, const struct dcd_uuid *tag,
                       bool sharable)
{
    struct dcd_group *group = draft->group;
    uint32_t id = DCD_NO_TAG;

    if (!dcd_uuid_is_null(tag)) {
        if (!dcd_tag_table_reserve(&draft->tags, 1))
            return false;
        id = dcd_tag_table_add(&draft->tags, tag);
        dcd_tag_table_at(&draft->tags, id)->sharable = sharable;
        dcd_tag_table_at(&draft->tags, id)->count = group->count;
    }
    for (uint32_t i = 0; i < group->count; i++) {
        group->extents[i].tag = id;
        group->extents[i].sequence = sharable ? (uint16_t)i : 0;
    }
    return true;
}

/* What both policies ask of a request; the tag as in check_tags(). */
static uint16_t check_wish(const struct dcd_capacity *capacity, unsigned head,
                           unsigned region, uint64_t length,
                           const struct dcd_uuid *tag)
{
    const struct dcd_region *r = &capacity->regions.region[region];

    if (length == 0 || (length & (r->block_size - 1)) ||
        (dcd_capacity_sharable(capacity, head, region) &&
         dcd_uuid_is_null(tag)) ||
        dcd_tag_table_find(&capacity->tags, tag) != DCD_NO_TAG)
        return DCD_RC_INVALID_INPUT;
    return length > dcd_free_space_bytes(&capacity->free[region])
               ? DCD_RC_RESOURCES_EXHAUSTED
               : DCD_RC_SUCCESS;
}

uint16_t dcd_capacity_add_free(struct dcd_capacity *capacity, unsigned head,
                               unsigned region, uint64_t length,
                               const struct dcd_uuid *tag)
{
    bool sharable = dcd_capacity_sharable(capacity, head, region);
    uint16_t rc = check_wish(capacity, head, region, length, tag);
    uint32_t available = dcd_capacity_available_extents(capacity, head);
    struct draft draft;
    uint32_t count;

    if (rc != DCD_RC_SUCCESS)
        return rc;
    count = lowest_free(capacity, region, length, NULL, available);
    if ((sharable && count > MAX_SHARED_EXTENTS) || count > available)
        return DCD_RC_RESOURCES_EXHAUSTED;
    rc = DCD_RC_INTERNAL_ERROR;
    if (draft_init(&draft, count)) {
        lowest_free(capacity, region, length, draft.group->extents, count);
        if (name_draft(&draft, tag, sharable))
            rc = offer(capacity, head, &draft);
    }
    draft_destroy(&draft);
    return rc;
}

uint16_t dcd_capacity_add_contiguous(struct dcd_capacity *capacity,
                                     unsigned head, unsigned region,
                                     uint64_t length,
                                     const struct dcd_uuid *tag)
{
    uint16_t rc = check_wish(capacity, head, region, length, tag);
    struct draft draft;
    uint64_t start;

    if (rc != DCD_RC_SUCCESS)
        return rc;
    if (!dcd_free_space_lowest_run(&capacity->free[region], length, &start))
        return DCD_RC_RESOURCES_EXHAUSTED;
    rc = DCD_RC_INTERNAL_ERROR;
    if (draft_init(&draft, 1)) {
        draft.group->extents[0].dpa = start;
        draft.group->extents[0].length = length;
        if (name_draft(&draft, tag,
                       dcd_capacity_sharable(capacity, head, region)))
            rc = offer(capacity, head, &draft);
    }
    draft_destroy(&draft);
    return rc;
}

/* --- Enable shared access, CXL r3.2 9.13.3.2 ------------------------------ */

/* The tag names an allocation of [region] that [head] may share and has
 * nothing of: DCD_NO_TAG if not. */
static uint32_t find_share(const struct dcd_capacity *capacity, unsigned head,
                           unsigned region, const struct dcd_uuid *uuid)
{
    uint32_t id = dcd_tag_table_find(&capacity->tags, uuid);
    const struct dcd_tag *tag;

    if (id == DCD_NO_TAG || !dcd_capacity_sharable(capacity, head, region))
        return DCD_NO_TAG;
    tag = dcd_tag_table_at(&capacity->tags, id);
    if (!tag->sharable || (tag->pending >> head & 1) ||
        dcd_tag_table_accepted(&capacity->tags, id, head) ||
        dcd_capacity_region(capacity, tag->extents[0].dpa) != region)
        return DCD_NO_TAG;
    return id;
}

uint16_t dcd_capacity_share(struct dcd_capacity *capacity, unsigned head,
                            unsigned region, const struct dcd_uuid *tag)
{
    uint32_t id = find_share(capacity, head, region, tag);
    const struct dcd_tag *shared;
    struct draft draft;
    uint16_t rc = DCD_RC_INTERNAL_ERROR;

    if (id == DCD_NO_TAG)
        return DCD_RC_INVALID_INPUT;
    shared = dcd_tag_table_at(&capacity->tags, id);
    if (draft_init(&draft, shared->count)) {
        draft.shares = true;
        memcpy(draft.group->extents, shared->extents,
               shared->count * sizeof(*shared->extents));
        rc = offer(capacity, head, &draft);
    }
    draft_destroy(&draft);
    return rc;
}
