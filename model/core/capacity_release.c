/* SPDX-License-Identifier: Apache-2.0 */
/* capacity_release.c - a host gives capacity back (4803h). */
#include "capacity_private.h"

#include <stdlib.h>

void dcd_removal_destroy(struct dcd_removal *removal)
{
    free(removal->pieces);
    free(removal->wires);
}

/* What [extent] has in [range]. */
static struct dcd_extent intersect(const struct dcd_extent *extent,
                                   const struct dcd_dpa_range *range)
{
    struct dcd_extent part = *extent;
    uint64_t last = extent->dpa + (extent->length - 1);

    if (part.dpa < range->dpa)
        part.dpa = range->dpa;
    if (last > dcd_dpa_range_last(range))
        last = dcd_dpa_range_last(range);
    part.length = last - part.dpa + 1;
    return part;
}

bool dcd_capacity_next_touched(const struct dcd_extent_list *list,
                               const struct dcd_dpa_range *range, uint64_t *at,
                               struct dcd_extent *extent)
{
    if (*at > dcd_dpa_range_last(range) ||
        !dcd_extent_list_next(list, *at, extent) ||
        extent->dpa > dcd_dpa_range_last(range))
        return false;
    *at = extent->dpa + extent->length;
    return true;
}

static uint32_t count_touched(const struct dcd_extent_list *list,
                              const struct dcd_request *request)
{
    struct dcd_extent extent;
    uint32_t count = 0;

    for (uint32_t i = 0; i < request->count; i++) {
        uint64_t at = request->entries[i].dpa;

        while (
            dcd_capacity_next_touched(list, &request->entries[i], &at, &extent))
            count++;
    }
    return count;
}

static void collect_pieces(struct dcd_removal *removal,
                           const struct dcd_capacity *capacity,
                           const struct dcd_extent_list *list,
                           const struct dcd_dpa_range *range)
{
    uint64_t at = range->dpa;
    struct dcd_extent extent;

    while (dcd_capacity_next_touched(list, range, &at, &extent)) {
        struct dcd_extent piece = intersect(&extent, range);

        removal->wires[removal->count] = dcd_capacity_wire(capacity, &piece);
        removal->pieces[removal->count++] = piece;
    }
}

bool dcd_removal_init(struct dcd_removal *removal,
                      struct dcd_capacity *capacity, unsigned head,
                      const struct dcd_request *request)
{
    const struct dcd_extent_list *list = &capacity->holder[head].accepted;
    uint32_t count = count_touched(list, request);

    removal->count = 0;
    removal->pieces = malloc(count * sizeof(*removal->pieces) + 1);
    removal->wires = malloc(count * sizeof(*removal->wires) + 1);
    if (!removal->pieces || !removal->wires ||
        !dcd_capacity_reserve(capacity, head, count))
        return false;
    for (uint32_t i = 0; i < request->count; i++)
        collect_pieces(removal, capacity, list, &request->entries[i]);
    return true;
}

static void close_blocks(struct dcd_capacity *capacity, unsigned head,
                         const struct dcd_extent *piece)
{
    unsigned i = dcd_capacity_region(capacity, piece->dpa);
    const struct dcd_region *region = &capacity->regions.region[i];

    dcd_block_map_close(&capacity->holder[head].map[i],
                        dcd_region_block(region, piece->dpa),
                        piece->length >> region->block_shift);
}

/* One piece leaves the list; what it was cut from may split or vanish. */
static void unlist(struct dcd_capacity *capacity, unsigned head,
                   const struct dcd_extent *piece)
{
    struct dcd_extent_list *list = &capacity->holder[head].accepted;
    size_t before = dcd_extent_list_count(list);
    size_t after;

    dcd_extent_list_remove(list, piece->dpa, piece->length);
    after = dcd_extent_list_count(list);
    dcd_capacity_give_back(capacity, piece);
    if (after > before)
        dcd_tag_table_accept(&capacity->tags, piece->tag, head);
    else if (after < before &&
             dcd_tag_table_release(&capacity->tags, piece->tag, head))
        dcd_capacity_bury(capacity, piece->tag);
}

void dcd_capacity_take_away(struct dcd_capacity *capacity, unsigned head,
                            const struct dcd_removal *removal,
                            unsigned trace_kind)
{
    const struct dcd_capacity_ops *ops = capacity->ops;

    for (uint32_t i = 0; i < removal->count; i++)
        close_blocks(capacity, head, &removal->pieces[i]);
    for (uint32_t i = 0; i < removal->count; i++)
        ops->revoke(ops->context, head, removal->pieces[i].dpa,
                    removal->pieces[i].length);
    for (uint32_t i = 0; i < removal->count; i++) {
        dcd_capacity_trace(capacity, trace_kind, head, &removal->pieces[i]);
        unlist(capacity, head, &removal->pieces[i]);
    }
    if (removal->count)
        dcd_extent_list_changed(&capacity->holder[head].accepted);
}

/* --- Checks that 4803h and 5605h share ----------------------------------- */

bool dcd_request_covers(const struct dcd_request *request,
                        const struct dcd_extent *extent)
{
    const struct dcd_range_entry *node =
        dcd_range_tree_find(&request->tree, extent->dpa);

    return node &&
           request->run_last[node->tag] >= extent->dpa + (extent->length - 1);
}

/* An extent that several entries touch is counted with the one that holds its
 * first byte. */
static void count_share(const struct dcd_request *request,
                        struct dcd_capacity *capacity, uint32_t i,
                        const struct dcd_extent *extent)
{
    if (extent->dpa >= request->entries[i].dpa &&
        dcd_request_covers(request, extent))
        dcd_tag_table_at(&capacity->tags, extent->tag)->counted++;
}

void dcd_request_count_shares(const struct dcd_request *request,
                              struct dcd_capacity *capacity,
                              const struct dcd_extent_list *list)
{
    struct dcd_extent extent;

    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < request->count; i++) {
            uint64_t at = request->entries[i].dpa;

            while (dcd_request_sound(request, i) &&
                   dcd_capacity_next_touched(list, &request->entries[i], &at,
                                             &extent)) {
                if (!dcd_capacity_is_share(capacity, &extent))
                    continue;
                if (pass == 0)
                    dcd_tag_table_at(&capacity->tags, extent.tag)->counted = 0;
                else
                    count_share(request, capacity, i, &extent);
            }
        }
    }
}

int64_t dcd_request_count_change(const struct dcd_request *request,
                                 const struct dcd_holder *holder, uint32_t i)
{
    const struct dcd_dpa_range *entry = &request->entries[i];
    struct dcd_extent extent;
    uint64_t at = entry->dpa;
    int64_t change = 0;

    while (dcd_capacity_next_touched(&holder->accepted, entry, &at, &extent)) {
        change--;
        if (extent.dpa < entry->dpa &&
            !dcd_request_earlier(request, entry->dpa - 1, i))
            change++;
        if (extent.dpa + (extent.length - 1) > dcd_dpa_range_last(entry) &&
            !dcd_request_earlier(request, dcd_dpa_range_last(entry) + 1, i))
            change++;
    }
    return change;
}

/* --- 4803h Release Dynamic Capacity, CXL r3.1 8.2.9.9.9.4 ---------------- */

/*
 * Whether entry [i] takes only part of what may only go as a whole: an extent
 * that is shared, and all that [head] has of its allocation with it unless
 * extents may go one by one. dcd_request_count_shares() comes first.
 */
static bool takes_part_of_share(const struct dcd_capacity *capacity,
                                unsigned head,
                                const struct dcd_request *request, uint32_t i)
{
    const struct dcd_holder *holder = &capacity->holder[head];
    bool one_by_one =
        capacity->config->sharable_release == DCD_SHARABLE_RELEASE_EXTENT;
    uint64_t at = request->entries[i].dpa;
    struct dcd_extent extent;

    while (dcd_capacity_next_touched(&holder->accepted, &request->entries[i],
                                     &at, &extent)) {
        const struct dcd_tag_table *tags = &capacity->tags;

        if (!dcd_capacity_is_share(capacity, &extent))
            continue;
        if (one_by_one ? !dcd_request_covers(request, &extent)
                       : dcd_tag_table_at(tags, extent.tag)->counted !=
                             dcd_tag_table_accepted(tags, extent.tag, head))
            return true;
    }
    return false;
}

static uint16_t check_release(struct dcd_capacity *capacity, unsigned head,
                              const struct dcd_request *request)
{
    const struct dcd_holder *holder = &capacity->holder[head];
    int64_t tracked = dcd_capacity_tracked(capacity, head);

    dcd_request_count_shares(request, capacity, &holder->accepted);
    for (uint32_t i = 0; i < request->count; i++) {
        const struct dcd_dpa_range *entry = &request->entries[i];

        if (!dcd_extent_list_covers(&holder->accepted, entry->dpa,
                                    entry->length))
            return DCD_RC_INVALID_PHYSICAL_ADDRESS;
        if (takes_part_of_share(capacity, head, request, i))
            return DCD_RC_INVALID_EXTENT_LIST;
        tracked += dcd_request_count_change(request, holder, i);
        if (tracked > (int64_t)capacity->config->extents)
            return DCD_RC_RESOURCES_EXHAUSTED;
    }
    return DCD_RC_SUCCESS;
}

static uint16_t release_checked(struct dcd_capacity *capacity, unsigned head,
                                const struct dcd_request *request)
{
    struct dcd_removal removal;
    uint16_t rc = DCD_RC_INTERNAL_ERROR;

    if (dcd_removal_init(&removal, capacity, head, request)) {
        dcd_capacity_take_away(capacity, head, &removal, DCD_TRACE_RELEASED);
        dcd_capacity_report(capacity, DCD_PORT_FM, DCD_EVENT_CAPACITY_RELEASED,
                            head, removal.wires, removal.count);
        rc = DCD_RC_SUCCESS;
    }
    dcd_removal_destroy(&removal);
    return rc;
}

uint16_t dcd_capacity_release(struct dcd_capacity *capacity, unsigned head,
                              const struct dcd_dpa_range *entries,
                              uint32_t count)
{
    struct dcd_request request;
    uint16_t rc;

    if (count == 0)
        return DCD_RC_INVALID_INPUT;
    dcd_request_init(&request, entries, count);
    rc = dcd_request_check_form(&request, &capacity->regions);
    if (rc == DCD_RC_SUCCESS)
        rc = check_release(capacity, head, &request);
    if (rc == DCD_RC_SUCCESS)
        rc = release_checked(capacity, head, &request);
    dcd_request_destroy(&request);
    return rc;
}
