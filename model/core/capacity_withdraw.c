/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capacity_withdraw.c - the FM asks a host for capacity, or takes it away
 * (5605h, CXL r3.1 7.6.7.6.6).
 */
#include "capacity_private.h"

#include <stdlib.h>

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

/*
 * Whether the well-formed entries name a part of what [head] has of an
 * allocation that is shared, accepted or offered.
 */
static bool names_part_of_share(struct dcd_capacity *capacity, unsigned head,
                                const struct dcd_request *request,
                                const struct dcd_extent_list *list,
                                bool accepted)
{
    const struct dcd_tag_table *tags = &capacity->tags;
    struct dcd_extent extent;

    dcd_request_count_shares(request, capacity, list);
    for (uint32_t i = 0; i < request->count; i++) {
        uint64_t at = request->entries[i].dpa;

        while (dcd_request_sound(request, i) &&
               dcd_capacity_next_touched(list, &request->entries[i], &at,
                                         &extent)) {
            const struct dcd_tag *tag;

            if (!dcd_capacity_is_share(capacity, &extent))
                continue;
            tag = dcd_tag_table_at(tags, extent.tag);
            if (tag->counted !=
                (accepted ? dcd_tag_table_accepted(tags, extent.tag, head)
                          : tag->count))
                return true;
        }
    }
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
        tracked += dcd_request_count_change(request, holder, i);
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
        const struct dcd_range_entry *node;

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

            touched =
                dcd_range_tree_overlaps(&request->tree, e->dpa, e->length);
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
                  const struct dcd_removal *removal)
{
    dcd_capacity_take_away(capacity, head, removal, DCD_TRACE_FORCED);
    if (touches_pending(&capacity->holder[head], request))
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

/* Wanting a range sanitised may cut another one, then enters it. */
static size_t wanted_changes(const struct dcd_request *request)
{
    return (size_t)request->count * 2;
}

static uint16_t ask_for(struct dcd_capacity *capacity, unsigned head,
                        const struct dcd_request *request, bool sanitize)
{
    if (!dcd_range_tree_reserve(&capacity->sanitize, wanted_changes(request)) ||
        !ask(capacity, head, request))
        return DCD_RC_INTERNAL_ERROR;
    if (sanitize)
        want_sanitized(capacity, request);
    return DCD_RC_SUCCESS;
}

static uint16_t take(struct dcd_capacity *capacity, unsigned head,
                     const struct dcd_request *request, bool sanitize)
{
    struct dcd_removal removal;
    uint16_t rc = DCD_RC_INTERNAL_ERROR;

    /* What becomes free, pieces and whole allocations, comes on top. */
    if (dcd_removal_init(&removal, capacity, head, request) &&
        dcd_capacity_reserve_free(capacity,
                                  wanted_changes(request) + removal.count)) {
        if (sanitize)
            want_sanitized(capacity, request);
        force(capacity, head, request, &removal);
        rc = DCD_RC_SUCCESS;
    }
    dcd_removal_destroy(&removal);
    return rc;
}

/* Before r4.0 a pending range could not be withdrawn, forced or not. */
static bool may_kill(const struct dcd_capacity *capacity, bool forced)
{
    return forced && capacity->config->revision >= DCD_REVISION_4_0;
}

/* [excess]: more was asked for than there is. */
static uint16_t check_state(const struct dcd_capacity *capacity, unsigned head,
                            const struct dcd_request *request, bool forced,
                            bool excess)
{
    uint16_t rc;

    if (!may_kill(capacity, forced) &&
        touches_pending(&capacity->holder[head], request))
        return DCD_RC_INVALID_PHYSICAL_ADDRESS;
    if (excess)
        return DCD_RC_RESOURCES_EXHAUSTED;
    rc = check_assigned(capacity, head, request);
    if (rc == DCD_RC_SUCCESS && !forced)
        rc = dcd_capacity_check_log(capacity, head, request->count);
    return rc;
}

/* The form of [request] has been found to be [rc]. */
static uint16_t withdraw(struct dcd_capacity *capacity, unsigned head,
                         const struct dcd_request *request,
                         struct dcd_withdrawal how, uint16_t rc, bool excess)
{
    const struct dcd_holder *holder = &capacity->holder[head];

    if (names_part_of_share(capacity, head, request, &holder->accepted, true) ||
        names_part_of_share(capacity, head, request, &holder->pending, false))
        return DCD_RC_INVALID_INPUT;
    if (rc == DCD_RC_SUCCESS)
        rc = check_state(capacity, head, request, how.forced, excess);
    if (rc != DCD_RC_SUCCESS)
        return rc;
    return how.forced ? take(capacity, head, request, how.sanitize)
                      : ask_for(capacity, head, request, how.sanitize);
}

/* --- Prescriptive -------------------------------------------------------- */

static uint16_t withdraw_ranges(struct dcd_capacity *capacity, unsigned head,
                                const struct dcd_dpa_range *ranges,
                                uint32_t count, struct dcd_withdrawal how,
                                bool excess)
{
    struct dcd_request request;
    uint16_t rc;

    if (how.sanitize && cannot_sanitize(capacity, ranges, count))
        return DCD_RC_INVALID_INPUT;
    if (count == 0)
        return DCD_RC_INVALID_EXTENT_LIST;
    dcd_request_init(&request, ranges, count);
    rc = dcd_request_check_form(&request, &capacity->regions);
    rc = withdraw(capacity, head, &request, how, rc, excess);
    dcd_request_destroy(&request);
    return rc;
}

uint16_t dcd_capacity_withdraw(struct dcd_capacity *capacity, unsigned head,
                               const struct dcd_extent_wire *extents,
                               uint32_t count, struct dcd_withdrawal how)
{
    struct dcd_dpa_range *ranges = dcd_capacity_ranges(extents, count);
    uint16_t rc = DCD_RC_INTERNAL_ERROR;

    if (ranges)
        rc = withdraw_ranges(capacity, head, ranges, count, how, false);
    free(ranges);
    return rc;
}

/* --- Tag-based ----------------------------------------------------------- */

/* What a head has of a tag. */
struct tagged {
    struct dcd_dpa_range *ranges;
    uint32_t count;
    size_t most; /* all there are */
    uint64_t bytes;
};

/* The extents of [list] that are left of [whole], an extent as it was added.
 * Its blocks may have come to other tags since; nobody looks further than to
 * the last one. */
static void collect_tagged(struct tagged *tagged,
                           const struct dcd_extent_list *list,
                           const struct dcd_extent *whole)
{
    const struct dcd_dpa_range range = {whole->dpa, whole->length};
    uint64_t at = whole->dpa;
    struct dcd_extent extent;

    while (tagged->count < tagged->most &&
           dcd_capacity_next_touched(list, &range, &at, &extent)) {
        struct dcd_dpa_range *r = &tagged->ranges[tagged->count];

        if (extent.tag != whole->tag)
            continue;
        r->dpa = extent.dpa;
        r->length = extent.length;
        tagged->count++;
        tagged->bytes += extent.length;
    }
}

static int by_dpa(const void *a, const void *b)
{
    const struct dcd_dpa_range *x = a;
    const struct dcd_dpa_range *y = b;

    return (x->dpa > y->dpa) - (x->dpa < y->dpa);
}

/* By rising DPA; false: out of memory. */
static bool find_tagged(const struct dcd_capacity *capacity, unsigned head,
                        uint32_t id, struct tagged *tagged)
{
    const struct dcd_holder *holder = &capacity->holder[head];
    const struct dcd_tag *tag = dcd_tag_table_at(&capacity->tags, id);

    tagged->count = 0;
    tagged->bytes = 0;
    tagged->most = dcd_tag_table_accepted(&capacity->tags, id, head);
    tagged->most += tag->pending >> head & 1 ? tag->count : 0;
    tagged->ranges = malloc(tagged->most * sizeof(*tagged->ranges) + 1);
    if (!tagged->ranges)
        return false;
    for (uint32_t i = 0; i < tag->count && tagged->count < tagged->most; i++) {
        collect_tagged(tagged, &holder->accepted, &tag->extents[i]);
        collect_tagged(tagged, &holder->pending, &tag->extents[i]);
    }
    qsort(tagged->ranges, tagged->count, sizeof(tagged->ranges[0]), by_dpa);
    return true;
}

/* Leaves the lowest [length] bytes; false: that cuts a block. */
static bool cut_tagged(const struct dcd_capacity *capacity,
                       struct tagged *tagged, uint64_t length)
{
    uint32_t i = 0;
    unsigned region;

    if (length >= tagged->bytes)
        return true;
    while (tagged->ranges[i].length < length)
        length -= tagged->ranges[i++].length;
    tagged->ranges[i].length = length;
    tagged->count = i + 1;
    region = dcd_capacity_region(capacity, tagged->ranges[i].dpa);
    return (length & (capacity->regions.region[region].block_size - 1)) == 0;
}

static uint16_t withdraw_tagged(struct dcd_capacity *capacity, unsigned head,
                                uint64_t length, struct dcd_withdrawal how,
                                struct tagged *tagged)
{
    bool excess = length > tagged->bytes;

    if (tagged->count == 0 || length == 0 ||
        !cut_tagged(capacity, tagged, length))
        return DCD_RC_INVALID_INPUT;
    return withdraw_ranges(capacity, head, tagged->ranges, tagged->count, how,
                           excess);
}

uint16_t dcd_capacity_withdraw_tag(struct dcd_capacity *capacity, unsigned head,
                                   const struct dcd_uuid *tag, uint64_t length,
                                   struct dcd_withdrawal how)
{
    uint32_t id = dcd_tag_table_find(&capacity->tags, tag);
    struct tagged tagged;
    uint16_t rc = DCD_RC_INTERNAL_ERROR;

    if (id == DCD_NO_TAG)
        return DCD_RC_INVALID_INPUT;
    if (find_tagged(capacity, head, id, &tagged))
        rc = withdraw_tagged(capacity, head, length, how, &tagged);
    free(tagged.ranges);
    return rc;
}
