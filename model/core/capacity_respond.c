/* SPDX-License-Identifier: Apache-2.0 */
/* capacity_respond.c - a host answers what it was offered (4802h). */
#include "capacity_private.h"

#include <stdlib.h>

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

        if (e && dcd_capacity_is_share(capacity, e) &&
            entry->length == e->length)
            dcd_tag_table_at(&capacity->tags, e->tag)->counted++;
    }
}

/* Sharable capacity is accepted in whole extents, and whole tags or none.
 * count_whole_extents() comes first. */
static bool takes_part_of_share(const struct dcd_capacity *capacity,
                                const struct dcd_extent *extent)
{
    const struct dcd_tag *tag;

    if (!dcd_capacity_is_share(capacity, extent))
        return false;
    tag = dcd_tag_table_at(&capacity->tags, extent->tag);
    return tag->counted != tag->count;
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
        if (takes_part_of_share(capacity, e))
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
    dcd_tag_table_accept(&capacity->tags, extent->tag, head);
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
