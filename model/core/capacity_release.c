/* SPDX-License-Identifier: Apache-2.0 */
/* capacity_release.c - giving capacity back (4803h) and taking it (5605h). */
#include "capacity_private.h"

#include <stdlib.h>

/* Parts of accepted extents that leave a head's list. */
struct removal {
    struct dcd_extent *pieces;
    struct dcd_extent_wire *wires;
    uint32_t count;
};

static void free_removal(struct removal *removal)
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

/* Steps through the accepted extents that [range] touches; [at] starts at
 * range->dpa. */
static bool next_touched(const struct dcd_holder *holder,
                         const struct dcd_dpa_range *range, uint64_t *at,
                         struct dcd_extent *extent)
{
    if (*at > dcd_dpa_range_last(range) ||
        !dcd_extent_list_next(&holder->accepted, *at, extent) ||
        extent->dpa > dcd_dpa_range_last(range))
        return false;
    *at = extent->dpa + extent->length;
    return true;
}

static uint32_t count_touched(const struct dcd_holder *holder,
                              const struct dcd_request *request)
{
    struct dcd_extent extent;
    uint32_t count = 0;

    for (uint32_t i = 0; i < request->count; i++) {
        uint64_t at = request->entries[i].dpa;

        while (next_touched(holder, &request->entries[i], &at, &extent))
            count++;
    }
    return count;
}

/* All accepted parts of the request, and the memory to take them away. */
static bool prepare_removal(struct dcd_capacity *capacity, unsigned head,
                            const struct dcd_request *request,
                            struct removal *removal)
{
    const struct dcd_holder *holder = &capacity->holder[head];
    uint32_t count = count_touched(holder, request);
    struct dcd_extent extent;

    removal->count = 0;
    removal->pieces = malloc(count * sizeof(*removal->pieces) + 1);
    removal->wires = malloc(count * sizeof(*removal->wires) + 1);
    if (!removal->pieces || !removal->wires ||
        !dcd_capacity_reserve(capacity, head, count))
        return false;
    for (uint32_t i = 0; i < request->count; i++) {
        uint64_t at = request->entries[i].dpa;

        while (next_touched(holder, &request->entries[i], &at, &extent)) {
            struct dcd_extent piece = intersect(&extent, &request->entries[i]);

            removal->wires[removal->count] =
                dcd_capacity_wire(capacity, &piece);
            removal->pieces[removal->count++] = piece;
        }
    }
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
    dcd_capacity_give_back(capacity, head, piece->dpa, piece->length);
    if (after > before && piece->tag != DCD_NO_TAG)
        dcd_tag_table_at(&capacity->tags, piece->tag)->held++;
    else if (after < before)
        dcd_tag_table_drop(&capacity->tags, piece->tag);
}

/* The three steps of closing, each over the whole list. */
static void take_away(struct dcd_capacity *capacity, unsigned head,
                      const struct removal *removal, unsigned trace_kind)
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

static bool request_covers(const struct dcd_request *request,
                           const struct dcd_extent *extent)
{
    uint64_t at = extent->dpa;
    uint64_t end = extent->dpa + extent->length;

    while (at < end) {
        const struct dcd_range_node *node =
            dcd_range_tree_find(&request->tree, at);

        if (!node)
            return false;
        at = node->range.start + node->range.length;
    }
    return true;
}

/* Counts, for each sharable tag, the extents that the request covers. */
static void count_whole_extents(struct dcd_capacity *capacity, unsigned head,
                                const struct dcd_request *request)
{
    const struct dcd_holder *holder = &capacity->holder[head];
    struct dcd_extent extent;

    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < request->count; i++) {
            uint64_t at = request->entries[i].dpa;

            while (dcd_request_sound(request, i) &&
                   next_touched(holder, &request->entries[i], &at, &extent)) {
                struct dcd_tag *tag;

                if (!dcd_capacity_is_share(capacity, head, &extent))
                    continue;
                tag = dcd_tag_table_at(&capacity->tags, extent.tag);
                if (pass == 0)
                    tag->counted = 0;
                else if (extent.dpa >= request->entries[i].dpa &&
                         request_covers(request, &extent))
                    tag->counted++;
            }
        }
    }
}

/*
 * Whether entry [i] takes only part of what may only go as a whole: an extent
 * of a sharable region, and all extents of its tag with it unless extents may
 * go one by one. count_whole_extents() comes first.
 */
static bool takes_part_of_share(struct dcd_capacity *capacity, unsigned head,
                                const struct dcd_request *request, uint32_t i)
{
    const struct dcd_holder *holder = &capacity->holder[head];
    bool one_by_one =
        capacity->config->sharable_release == DCD_SHARABLE_RELEASE_EXTENT;
    uint64_t at = request->entries[i].dpa;
    struct dcd_extent extent;

    while (next_touched(holder, &request->entries[i], &at, &extent)) {
        const struct dcd_tag *tag;

        if (!dcd_capacity_is_share(capacity, head, &extent))
            continue;
        tag = dcd_tag_table_at(&capacity->tags, extent.tag);
        if (one_by_one ? !request_covers(request, &extent)
                       : tag->counted != tag->extents)
            return true;
    }
    return false;
}

/*
 * By how much the number of extents changes when entry [i] goes, after all
 * entries before it: touched extents vanish, and a piece stays on a side where
 * the extent goes on and no earlier entry has taken that part.
 */
static int64_t count_change(const struct dcd_holder *holder,
                            const struct dcd_request *request, uint32_t i)
{
    const struct dcd_dpa_range *entry = &request->entries[i];
    struct dcd_extent extent;
    uint64_t at = entry->dpa;
    int64_t change = 0;

    while (next_touched(holder, entry, &at, &extent)) {
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

static uint16_t check_release(struct dcd_capacity *capacity, unsigned head,
                              const struct dcd_request *request)
{
    const struct dcd_holder *holder = &capacity->holder[head];
    int64_t tracked = dcd_capacity_tracked(capacity, head);

    count_whole_extents(capacity, head, request);
    for (uint32_t i = 0; i < request->count; i++) {
        const struct dcd_dpa_range *entry = &request->entries[i];

        if (!dcd_extent_list_covers(&holder->accepted, entry->dpa,
                                    entry->length))
            return DCD_RC_INVALID_PHYSICAL_ADDRESS;
        if (takes_part_of_share(capacity, head, request, i))
            return DCD_RC_INVALID_EXTENT_LIST;
        tracked += count_change(holder, request, i);
        if (tracked > (int64_t)capacity->config->extents)
            return DCD_RC_RESOURCES_EXHAUSTED;
    }
    return DCD_RC_SUCCESS;
}

static uint16_t release_checked(struct dcd_capacity *capacity, unsigned head,
                                const struct dcd_request *request)
{
    struct removal removal;
    uint16_t rc = DCD_RC_INTERNAL_ERROR;

    if (prepare_removal(capacity, head, request, &removal)) {
        take_away(capacity, head, &removal, DCD_TRACE_RELEASED);
        dcd_capacity_report(capacity, DCD_PORT_FM, DCD_EVENT_CAPACITY_RELEASED,
                            head, removal.wires, removal.count);
        rc = DCD_RC_SUCCESS;
    }
    free_removal(&removal);
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

/* --- 5605h Initiate Dynamic Capacity Release, CXL r3.1 7.6.7.6.6 --------- */

/* Sanitising was asked for where the device cannot. */
static bool cannot_sanitize(const struct dcd_capacity *capacity,
                            const struct dcd_dpa_range *ranges, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        int region = dcd_regions_find(&capacity->regions, ranges[i].dpa);

        if (region >= 0 && !capacity->regions.region[region].sanitizes)
            return true;
    }
    return false;
}

/* Whether every block of [range] is accepted by or offered to the head. */
static bool assigned(const struct dcd_holder *holder,
                     const struct dcd_dpa_range *range)
{
    uint64_t at = range->dpa;
    uint64_t end = range->dpa + range->length;
    struct dcd_extent extent;

    while (at < end) {
        if (!dcd_extent_list_find(&holder->accepted, at, &extent) &&
            !dcd_extent_list_find(&holder->pending, at, &extent))
            return false;
        at = extent.dpa + extent.length;
    }
    return true;
}

static bool touches_pending(const struct dcd_holder *holder,
                            const struct dcd_request *request)
{
    for (uint32_t i = 0; i < request->count; i++)
        if (dcd_extent_list_overlaps(&holder->pending, request->entries[i].dpa,
                                     request->entries[i].length))
            return true;
    return false;
}

/* The well-formed entries name a part of what may only go as a whole. */
static bool names_part_of_share(struct dcd_capacity *capacity, unsigned head,
                                const struct dcd_request *request)
{
    count_whole_extents(capacity, head, request);
    for (uint32_t i = 0; i < request->count; i++)
        if (dcd_request_sound(request, i) &&
            takes_part_of_share(capacity, head, request, i))
            return true;
    return false;
}

static uint16_t check_assigned(const struct dcd_capacity *capacity,
                               unsigned head, const struct dcd_request *request)
{
    const struct dcd_holder *holder = &capacity->holder[head];
    int64_t tracked = dcd_capacity_tracked(capacity, head);

    for (uint32_t i = 0; i < request->count; i++)
        if (!assigned(holder, &request->entries[i]))
            return DCD_RC_INVALID_EXTENT_LIST;
    for (uint32_t i = 0; i < request->count; i++) {
        tracked += count_change(holder, request, i);
        if (tracked > (int64_t)capacity->config->extents)
            return DCD_RC_RESOURCES_EXHAUSTED;
    }
    return DCD_RC_SUCCESS;
}

/* Notes what has to be erased when it becomes free; room is reserved. */
static void want_sanitized(struct dcd_capacity *capacity,
                           const struct dcd_request *request)
{
    struct dcd_range_tree *tree = &capacity->sanitize;

    for (uint32_t i = 0; i < request->count; i++) {
        const struct dcd_dpa_range *entry = &request->entries[i];
        struct dcd_range range = {entry->dpa, entry->length};
        uint64_t last = dcd_dpa_range_last(entry);
        const struct dcd_range_node *node;

        while ((node = dcd_range_tree_next(tree, entry->dpa)) &&
               node->range.start <= last) {
            uint64_t start = node->range.start;
            uint64_t end = dcd_range_last(&node->range);

            dcd_range_tree_cut(tree, node,
                               start > entry->dpa ? start : entry->dpa,
                               end < last ? end : last);
        }
        dcd_range_tree_insert(tree, range, 0, 0);
    }
}

/* Groups that a forced release touches die as a whole (r4.0 7.6.7.6.6). */
static void kill_groups(struct dcd_capacity *capacity, unsigned head,
                        const struct dcd_request *request)
{
    struct dcd_group *group = capacity->holder[head].first;

    for (; group; group = group->next) {
        bool touched = false;

        if (group->dead)
            continue;
        for (uint32_t i = 0; i < group->count && !touched; i++) {
            const struct dcd_extent *e = &group->extents[i];
            const struct dcd_range_node *node =
                dcd_range_tree_next(&request->tree, e->dpa);

            touched = node && node->range.start < e->dpa + e->length;
        }
        if (!touched)
            continue;
        group->dead = true;
        for (uint32_t i = 0; i < group->count; i++)
            dcd_capacity_trace(capacity, DCD_TRACE_DEAD, head,
                               &group->extents[i]);
    }
}

static void force(struct dcd_capacity *capacity, unsigned head,
                  const struct dcd_request *request,
                  const struct removal *removal)
{
    take_away(capacity, head, removal, DCD_TRACE_FORCED);
    kill_groups(capacity, head, request);
    if (removal->count == 0)
        return;
    dcd_capacity_report(capacity, head, DCD_EVENT_FORCED_RELEASE, head,
                        removal->wires, removal->count);
    dcd_capacity_report(capacity, DCD_PORT_FM, DCD_EVENT_CAPACITY_RELEASED,
                        head, removal->wires, removal->count);
}

/*
 * One record for each range that the FM named, with tag and sequence of the
 * extent that it begins in: what the host compares with its own list.
 */
static bool ask(struct dcd_capacity *capacity, unsigned head,
                const struct dcd_request *request)
{
    const struct dcd_holder *holder = &capacity->holder[head];
    struct dcd_extent_wire *wires = malloc(request->count * sizeof(*wires));
    struct dcd_extent extent;

    if (!wires)
        return false;
    for (uint32_t i = 0; i < request->count; i++) {
        dcd_extent_list_find(&holder->accepted, request->entries[i].dpa,
                             &extent);
        extent.dpa = request->entries[i].dpa;
        extent.length = request->entries[i].length;
        wires[i] = dcd_capacity_wire(capacity, &extent);
    }
    dcd_capacity_report(capacity, head, DCD_EVENT_RELEASE_CAPACITY, head, wires,
                        request->count);
    free(wires);
    return true;
}

static uint16_t check_log(const struct dcd_capacity *capacity, unsigned head,
                          uint32_t count)
{
    if (count > capacity->config->dc_log)
        return DCD_RC_RESOURCES_EXHAUSTED;
    return dcd_capacity_log_fits(capacity, head, count) ? DCD_RC_SUCCESS
                                                        : DCD_RC_RETRY_REQUIRED;
}

/* Wanting a range sanitised may cut another one, then enters it. */
static bool reserve_wanted(struct dcd_capacity *capacity,
                           const struct dcd_request *request, size_t more)
{
    return dcd_range_tree_reserve(&capacity->sanitize,
                                  (size_t)request->count * 2 + more);
}

static uint16_t carry_out_asking(struct dcd_capacity *capacity, unsigned head,
                                 const struct dcd_request *request,
                                 bool sanitize)
{
    if (!reserve_wanted(capacity, request, 0) || !ask(capacity, head, request))
        return DCD_RC_INTERNAL_ERROR;
    if (sanitize)
        want_sanitized(capacity, request);
    return DCD_RC_SUCCESS;
}

static uint16_t carry_out_forced(struct dcd_capacity *capacity, unsigned head,
                                 const struct dcd_request *request,
                                 bool sanitize)
{
    struct removal removal;
    uint16_t rc = DCD_RC_INTERNAL_ERROR;

    if (prepare_removal(capacity, head, request, &removal) &&
        reserve_wanted(capacity, request, removal.count)) {
        if (sanitize)
            want_sanitized(capacity, request);
        force(capacity, head, request, &removal);
        rc = DCD_RC_SUCCESS;
    }
    free_removal(&removal);
    return rc;
}

/* Before r4.0 a pending range could not be withdrawn, forced or not. */
static bool may_kill(const struct dcd_capacity *capacity, bool forced)
{
    return forced && capacity->config->revision >= DCD_REVISION_4_0;
}

static uint16_t initiate_release(struct dcd_capacity *capacity, unsigned head,
                                 struct dcd_request *request, bool forced,
                                 bool sanitize)
{
    uint16_t rc = dcd_request_check_form(request, &capacity->regions);

    if (names_part_of_share(capacity, head, request))
        return DCD_RC_INVALID_INPUT;
    if (rc != DCD_RC_SUCCESS)
        return rc;
    if (!may_kill(capacity, forced) &&
        touches_pending(&capacity->holder[head], request))
        return DCD_RC_INVALID_PHYSICAL_ADDRESS;
    rc = check_assigned(capacity, head, request);
    if (rc == DCD_RC_SUCCESS && !forced)
        rc = check_log(capacity, head, request->count);
    if (rc == DCD_RC_SUCCESS)
        rc = forced ? carry_out_forced(capacity, head, request, sanitize)
                    : carry_out_asking(capacity, head, request, sanitize);
    return rc;
}

uint16_t dcd_capacity_initiate_release(struct dcd_capacity *capacity,
                                       unsigned head,
                                       const struct dcd_extent_wire *extents,
                                       uint32_t count, bool forced,
                                       bool sanitize)
{
    struct dcd_dpa_range *ranges = dcd_capacity_ranges(extents, count);
    struct dcd_request request;
    uint16_t rc;

    if (!ranges)
        return DCD_RC_INTERNAL_ERROR;
    dcd_request_init(&request, ranges, count);
    if (sanitize && cannot_sanitize(capacity, ranges, count))
        rc = DCD_RC_INVALID_INPUT;
    else if (count == 0)
        rc = DCD_RC_INVALID_EXTENT_LIST;
    else
        rc = initiate_release(capacity, head, &request, forced, sanitize);
    dcd_request_destroy(&request);
    free(ranges);
    return rc;
}
