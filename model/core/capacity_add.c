/* SPDX-License-Identifier: Apache-2.0 */
/* capacity_add.c - offering capacity (5604h) and answering an offer (4802h). */
#include "capacity_private.h"

#include <assert.h>
#include <stdlib.h>

/* --- 5604h Initiate Dynamic Capacity Add, CXL r3.1 7.6.7.6.5 ------------ */

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

/* Extents and tags of a request, collected before anything is committed. */
struct draft {
    struct dcd_group *group;   /* extents in the order of the request */
    struct dcd_tag_table tags; /* the request's own, none of them alive yet */
};

/*
 * Numbers the extents of each tag in the draft's own table: [held] counts
 * all of them, [extents] those in sharable regions, whose sequence numbers
 * have to rise from 0 without a gap.
 */
static uint16_t number_extent(struct dcd_capacity *capacity, unsigned head,
                              struct draft *draft,
                              const struct dcd_extent_wire *wire,
                              struct dcd_extent *extent)
{
    unsigned region = dcd_capacity_region(capacity, extent->dpa);
    bool sharable = dcd_capacity_sharable(capacity, head, region);
    struct dcd_tag *tag;

    extent->sequence = 0;
    extent->tag = dcd_tag_table_find(&draft->tags, &wire->tag);
    if (dcd_uuid_is_null(&wire->tag))
        return DCD_RC_SUCCESS;
    if (extent->tag == DCD_NO_TAG)
        extent->tag = dcd_tag_table_add(&draft->tags, &wire->tag);
    tag = dcd_tag_table_at(&draft->tags, extent->tag);
    tag->held++;
    if (!sharable)
        return DCD_RC_SUCCESS;
    extent->sequence = dcd_get16(wire->sequence);
    return extent->sequence == tag->extents++ ? DCD_RC_SUCCESS
                                              : DCD_RC_INVALID_EXTENT_LIST;
}

static uint16_t draft_extents(struct dcd_capacity *capacity, unsigned head,
                              struct draft *draft,
                              const struct dcd_extent_wire *extents,
                              uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
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

static uint16_t check_resources(const struct dcd_capacity *capacity,
                                unsigned head, const struct draft *draft)
{
    const struct dcd_group *group = draft->group;

    for (uint32_t i = 0; i < group->count; i++) {
        const struct dcd_extent *e = &group->extents[i];
        unsigned region = dcd_capacity_region(capacity, e->dpa);

        if (!dcd_free_space_has(&capacity->free[region], e->dpa, e->length))
            return DCD_RC_RESOURCES_EXHAUSTED;
    }
    if (group->count > dcd_capacity_available_extents(capacity, head) ||
        dcd_tag_table_count(&draft->tags) >
            dcd_capacity_available_tags(capacity) ||
        group->count > capacity->config->dc_log)
        return DCD_RC_RESOURCES_EXHAUSTED;
    return dcd_capacity_log_fits(capacity, head, group->count)
               ? DCD_RC_SUCCESS
               : DCD_RC_RETRY_REQUIRED;
}

/* Brings the draft's tags to life; extents then bear the device's ids. */
static void adopt_tags(struct dcd_capacity *capacity, struct draft *draft)
{
    for (uint32_t i = 0; i < draft->group->count; i++) {
        struct dcd_extent *extent = &draft->group->extents[i];
        struct dcd_uuid uuid = dcd_tag_table_uuid(&draft->tags, extent->tag);
        uint32_t id = dcd_tag_table_find(&capacity->tags, &uuid);

        if (extent->tag == DCD_NO_TAG)
            continue;
        if (id == DCD_NO_TAG) {
            id = dcd_tag_table_add(&capacity->tags, &uuid);
            dcd_tag_table_at(&capacity->tags, id)->extents =
                dcd_tag_table_at(&draft->tags, extent->tag)->extents;
        }
        dcd_tag_table_at(&capacity->tags, id)->held++;
        extent->tag = id;
    }
}

static int by_dpa(const void *a, const void *b)
{
    const struct dcd_extent *x = a;
    const struct dcd_extent *y = b;

    return (x->dpa > y->dpa) - (x->dpa < y->dpa);
}

/* Takes the blocks and puts the group behind those that wait already. */
static void queue_group(struct dcd_capacity *capacity, unsigned head,
                        struct dcd_group *group)
{
    struct dcd_holder *holder = &capacity->holder[head];

    for (uint32_t i = 0; i < group->count; i++) {
        const struct dcd_extent *e = &group->extents[i];
        unsigned region = dcd_capacity_region(capacity, e->dpa);

        dcd_free_space_take(&capacity->free[region], e->dpa, e->length);
        dcd_extent_list_insert(&holder->pending, e);
        dcd_capacity_trace(capacity, DCD_TRACE_OFFERED, head, e);
    }
    qsort(group->extents, group->count, sizeof(group->extents[0]), by_dpa);
    if (holder->last)
        holder->last->next = group;
    else
        holder->first = group;
    holder->last = group;
}

/* The records carry what was recorded: the sequence of an extent that cannot
 * be shared is 0, whatever the request said. */
static void offer(struct dcd_capacity *capacity, unsigned head,
                  struct draft *draft, struct dcd_extent_wire *wires)
{
    struct dcd_group *group = draft->group;
    uint32_t count = group->count;

    adopt_tags(capacity, draft);
    for (uint32_t i = 0; i < count; i++)
        wires[i] = dcd_capacity_wire(capacity, &group->extents[i]);
    queue_group(capacity, head, group);
    draft->group = NULL;
    dcd_capacity_report(capacity, head, DCD_EVENT_ADD_CAPACITY, head, wires,
                        count);
}

static uint16_t add_drafted(struct dcd_capacity *capacity, unsigned head,
                            struct draft *draft,
                            const struct dcd_extent_wire *extents,
                            struct dcd_extent_wire *wires)
{
    uint32_t count = draft->group->count;
    uint16_t rc = draft_extents(capacity, head, draft, extents, count);

    if (rc == DCD_RC_SUCCESS)
        rc = check_resources(capacity, head, draft);
    if (rc != DCD_RC_SUCCESS)
        return rc;
    if (!dcd_capacity_reserve(capacity, head, count) ||
        !dcd_tag_table_reserve(&capacity->tags, count))
        return DCD_RC_INTERNAL_ERROR;
    offer(capacity, head, draft, wires);
    return DCD_RC_SUCCESS;
}

static uint16_t add_checked(struct dcd_capacity *capacity, unsigned head,
                            const struct dcd_extent_wire *extents,
                            uint32_t count)
{
    struct draft draft;
    struct dcd_extent_wire *wires = malloc(count * sizeof(*wires));
    uint16_t rc = DCD_RC_INTERNAL_ERROR;

    dcd_tag_table_init(&draft.tags);
    draft.group =
        malloc(sizeof(*draft.group) + count * sizeof(draft.group->extents[0]));
    if (wires && draft.group && dcd_tag_table_reserve(&draft.tags, count)) {
        draft.group->next = NULL;
        draft.group->dead = false;
        draft.group->count = count;
        rc = add_drafted(capacity, head, &draft, extents, wires);
    }
    free(draft.group);
    free(wires);
    dcd_tag_table_destroy(&draft.tags);
    return rc;
}

uint16_t dcd_capacity_add(struct dcd_capacity *capacity, unsigned head,
                          const struct dcd_extent_wire *extents, uint32_t count)
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

/* --- 4802h Add Dynamic Capacity Response, CXL r3.1 8.2.9.9.9.3 ----------- */

/* The first extent of [group] with a byte at or above [dpa], or NULL. */
static const struct dcd_extent *next_in_group(const struct dcd_group *group,
                                              uint64_t dpa)
{
    uint32_t low = 0;
    uint32_t high = group->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct dcd_extent *e = &group->extents[middle];

        if (e->dpa + (e->length - 1) < dpa)
            low = middle + 1;
        else
            high = middle;
    }
    return low < group->count ? &group->extents[low] : NULL;
}

/* The extent of [group] that [entry] lies in, or NULL. */
static const struct dcd_extent *find_in_group(const struct dcd_group *group,
                                              const struct dcd_dpa_range *entry)
{
    const struct dcd_extent *e = next_in_group(group, entry->dpa);

    if (!e || entry->dpa < e->dpa ||
        entry->length > e->length - (entry->dpa - e->dpa))
        return NULL;
    return e;
}

static bool touches_group(const struct dcd_group *group,
                          const struct dcd_dpa_range *entry)
{
    const struct dcd_extent *e = next_in_group(group, entry->dpa);

    return e && e->dpa <= entry->dpa + (entry->length - 1);
}

/*
 * Nothing in the list belongs to the oldest group, and all of it to groups
 * behind: the host answers out of order.
 */
static bool out_of_order(const struct dcd_holder *holder,
                         const struct dcd_request *request)
{
    for (uint32_t i = 0; i < request->count; i++) {
        const struct dcd_dpa_range *entry = &request->entries[i];
        struct dcd_extent e;

        if (touches_group(holder->first, entry) ||
            !dcd_extent_list_find(&holder->pending, entry->dpa, &e) ||
            entry->length > e.length - (entry->dpa - e.dpa))
            return false;
    }
    return true;
}

/* Counts, for each sharable tag of the oldest group, the extents that the
 * request accepts as a whole. */
static void count_whole_extents(struct dcd_capacity *capacity, unsigned head,
                                const struct dcd_request *request)
{
    const struct dcd_group *group = capacity->holder[head].first;

    for (uint32_t i = 0; i < group->count; i++)
        if (group->extents[i].tag != DCD_NO_TAG)
            dcd_tag_table_at(&capacity->tags, group->extents[i].tag)->counted =
                0;
    for (uint32_t i = 0; i < request->count; i++) {
        const struct dcd_dpa_range *entry = &request->entries[i];
        const struct dcd_extent *e = find_in_group(group, entry);

        if (e && dcd_capacity_is_share(capacity, head, e) &&
            entry->length == e->length)
            dcd_tag_table_at(&capacity->tags, e->tag)->counted++;
    }
}

/* Sharable capacity is accepted in whole extents, and whole tags or none.
 * count_whole_extents() comes first. */
static bool takes_part_of_share(struct dcd_capacity *capacity, unsigned head,
                                const struct dcd_dpa_range *entry,
                                const struct dcd_extent *extent)
{
    const struct dcd_tag *tag;

    if (!dcd_capacity_is_share(capacity, head, extent))
        return false;
    tag = dcd_tag_table_at(&capacity->tags, extent->tag);
    return entry->length != extent->length || tag->counted != tag->extents;
}

/*
 * Inside the oldest group, and all or nothing of what is shared. That no entry
 * overlaps accepted capacity follows: what is pending is never accepted at the
 * same time.
 */
static uint16_t check_offered(struct dcd_capacity *capacity, unsigned head,
                              const struct dcd_request *request)
{
    const struct dcd_holder *holder = &capacity->holder[head];

    count_whole_extents(capacity, head, request);
    for (uint32_t i = 0; i < request->count; i++) {
        const struct dcd_dpa_range *entry = &request->entries[i];
        const struct dcd_extent *e = find_in_group(holder->first, entry);

        if (!e)
            return out_of_order(holder, request)
                       ? DCD_RC_INVALID_INPUT
                       : DCD_RC_INVALID_PHYSICAL_ADDRESS;
        if (takes_part_of_share(capacity, head, entry, e))
            return DCD_RC_INVALID_EXTENT_LIST;
    }
    return DCD_RC_SUCCESS;
}

static void accept(struct dcd_capacity *capacity, unsigned head,
                   const struct dcd_extent *extent)
{
    struct dcd_holder *holder = &capacity->holder[head];
    unsigned i = dcd_capacity_region(capacity, extent->dpa);
    const struct dcd_region *region = &capacity->regions.region[i];

    dcd_extent_list_insert(&holder->accepted, extent);
    if (extent->tag != DCD_NO_TAG)
        dcd_tag_table_at(&capacity->tags, extent->tag)->held++;
    dcd_block_map_open(&holder->map[i], dcd_region_block(region, extent->dpa),
                       extent->length >> region->block_shift);
    dcd_capacity_trace(capacity, DCD_TRACE_ACCEPTED, head, extent);
}

static void accept_all(struct dcd_capacity *capacity, unsigned head,
                       const struct dcd_request *request,
                       struct dcd_extent_wire *wires)
{
    struct dcd_holder *holder = &capacity->holder[head];

    for (uint32_t i = 0; i < request->count; i++) {
        const struct dcd_dpa_range *entry = &request->entries[i];
        struct dcd_extent extent = *find_in_group(holder->first, entry);

        extent.dpa = entry->dpa;
        extent.length = entry->length;
        accept(capacity, head, &extent);
        wires[i] = dcd_capacity_wire(capacity, &extent);
    }
    dcd_capacity_end_group(capacity, head);
    dcd_extent_list_changed(&holder->accepted);
    dcd_capacity_report(capacity, DCD_PORT_FM, DCD_EVENT_ADD_RESPONSE, head,
                        wires, request->count);
}

static uint16_t respond_checked(struct dcd_capacity *capacity, unsigned head,
                                struct dcd_request *request)
{
    struct dcd_holder *holder = &capacity->holder[head];
    struct dcd_extent_wire *wires;
    uint16_t rc = dcd_request_check_form(request, &capacity->regions);

    if (rc == DCD_RC_SUCCESS)
        rc = check_offered(capacity, head, request);
    if (rc != DCD_RC_SUCCESS)
        return rc;
    wires = malloc(request->count * sizeof(*wires));
    /* Each accepted piece may leave a refused one on either side. */
    if (wires &&
        dcd_capacity_reserve(capacity, head,
                             (size_t)request->count * 2 + holder->first->count))
        accept_all(capacity, head, request, wires);
    else
        rc = DCD_RC_INTERNAL_ERROR;
    free(wires);
    return rc;
}

/* Any answer ends a dead group (CXL r4.0 7.6.7.6.6). */
static uint16_t respond_to_dead(struct dcd_capacity *capacity, unsigned head,
                                uint32_t count)
{
    if (!dcd_capacity_refuse_group(capacity, head))
        return DCD_RC_INTERNAL_ERROR;
    return count ? DCD_RC_INVALID_PHYSICAL_ADDRESS : DCD_RC_SUCCESS;
}

uint16_t dcd_capacity_respond(struct dcd_capacity *capacity, unsigned head,
                              const struct dcd_dpa_range *entries,
                              uint32_t count)
{
    const struct dcd_group *group = capacity->holder[head].first;
    struct dcd_request request;
    uint16_t rc;

    if (!group)
        return DCD_RC_INVALID_INPUT;
    if (group->dead)
        return respond_to_dead(capacity, head, count);
    if (count == 0)
        return dcd_capacity_refuse_group(capacity, head)
                   ? DCD_RC_SUCCESS
                   : DCD_RC_INTERNAL_ERROR;
    /* The group itself goes, so it does not count against the limit. */
    if ((uint64_t)count + dcd_capacity_tracked(capacity, head) - group->count >
        capacity->config->extents)
        return DCD_RC_RESOURCES_EXHAUSTED;
    dcd_request_init(&request, entries, count);
    rc = respond_checked(capacity, head, &request);
    dcd_request_destroy(&request);
    return rc;
}
