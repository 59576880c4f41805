/* SPDX-License-Identifier: Apache-2.0 */
/* capacity.c - state, accounting and the checks that all lists share. */
#include "capacity_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static bool init_holder(struct dcd_capacity *capacity, unsigned head)
{
    struct dcd_holder *holder = &capacity->holder[head];

    dcd_extent_list_init(&holder->accepted);
    dcd_extent_list_init(&holder->pending);
    for (unsigned i = 0; i < capacity->regions.count; i++) {
        const struct dcd_region *r = &capacity->regions.region[i];

        holder->attributes[i] =
            dcd_config_attributes(capacity->config, head, i);
        if (!dcd_block_map_init(&holder->map[i], r->length >> r->block_shift))
            return false;
    }
    return true;
}

bool dcd_capacity_init(struct dcd_capacity *capacity,
                       const struct dcd_config *config, struct dcd_port *ports,
                       const struct dcd_capacity_ops *ops)
{
    bool ok = true;

    memset(capacity, 0, sizeof(*capacity));
    capacity->config = config;
    capacity->ports = ports;
    capacity->ops = ops;
    dcd_regions_init(&capacity->regions, config);
    dcd_tag_table_init(&capacity->tags, config->heads);
    dcd_range_tree_init(&capacity->sanitize);
    for (unsigned i = 0; i < capacity->regions.count; i++) {
        const struct dcd_region *r = &capacity->regions.region[i];

        dcd_free_space_init(&capacity->free[i]);
        if (dcd_free_space_reserve(&capacity->free[i], 1))
            dcd_free_space_give(&capacity->free[i], r->base, r->length);
        else
            ok = false;
    }
    for (unsigned head = 0; head < config->heads; head++)
        ok = init_holder(capacity, head) && ok;
    return ok;
}

static void free_groups(struct dcd_holder *holder)
{
    while (holder->first) {
        struct dcd_group *next = holder->first->next;

        free(holder->first);
        holder->first = next;
    }
    holder->last = NULL;
}

void dcd_capacity_destroy(struct dcd_capacity *capacity)
{
    for (unsigned head = 0; head < DCD_MAX_HEADS; head++) {
        struct dcd_holder *holder = &capacity->holder[head];

        free_groups(holder);
        dcd_extent_list_destroy(&holder->accepted);
        dcd_extent_list_destroy(&holder->pending);
        for (unsigned i = 0; i < DCD_MAX_REGIONS; i++)
            dcd_block_map_destroy(&holder->map[i]);
    }
    for (unsigned i = 0; i < DCD_MAX_REGIONS; i++)
        dcd_free_space_destroy(&capacity->free[i]);
    dcd_tag_table_destroy(&capacity->tags);
    dcd_range_tree_destroy(&capacity->sanitize);
}

uint32_t dcd_capacity_tracked(const struct dcd_capacity *capacity,
                              unsigned head)
{
    const struct dcd_holder *holder = &capacity->holder[head];

    return (uint32_t)(dcd_extent_list_count(&holder->accepted) +
                      dcd_extent_list_count(&holder->pending));
}

uint32_t dcd_capacity_available_extents(const struct dcd_capacity *capacity,
                                        unsigned head)
{
    return capacity->config->extents - dcd_capacity_tracked(capacity, head);
}

uint32_t dcd_capacity_available_tags(const struct dcd_capacity *capacity)
{
    return capacity->config->tags - dcd_tag_table_count(&capacity->tags);
}

struct dcd_extent_wire dcd_capacity_wire(const struct dcd_capacity *capacity,
                                         const struct dcd_extent *extent)
{
    struct dcd_extent_wire wire;

    memset(&wire, 0, sizeof(wire));
    wire.dpa = dcd_put64(extent->dpa);
    wire.length = dcd_put64(extent->length);
    wire.tag = dcd_tag_table_uuid(&capacity->tags, extent->tag);
    wire.sequence = dcd_put16(extent->sequence);
    return wire;
}

void dcd_capacity_trace(struct dcd_capacity *capacity, unsigned kind,
                        unsigned head, const struct dcd_extent *extent)
{
    capacity->ops->trace(capacity->ops->context, kind, head, extent);
}

unsigned dcd_capacity_region(const struct dcd_capacity *capacity, uint64_t dpa)
{
    int region = dcd_regions_find(&capacity->regions, dpa);

    assert(region >= 0);
    return (unsigned)region;
}

bool dcd_capacity_is_share(const struct dcd_capacity *capacity,
                           const struct dcd_extent *extent)
{
    return extent->tag != DCD_NO_TAG &&
           dcd_tag_table_at(&capacity->tags, extent->tag)->sharable;
}

/* --- Requests ----------------------------------------------------------- */

void dcd_request_init(struct dcd_request *request,
                      const struct dcd_dpa_range *entries, uint32_t count)
{
    request->entries = entries;
    request->count = count;
    request->run_last = NULL;
    dcd_range_tree_init(&request->tree);
}

void dcd_request_destroy(struct dcd_request *request)
{
    dcd_range_tree_destroy(&request->tree);
    free(request->run_last);
}

static uint16_t check_entry(struct dcd_request *request,
                            const struct dcd_regions *regions, uint32_t i)
{
    const struct dcd_dpa_range *entry = &request->entries[i];
    struct dcd_range range = {entry->dpa, entry->length};
    unsigned region;

    switch (dcd_regions_check(regions, entry->dpa, entry->length, &region)) {
    case DCD_RANGE_EMPTY:
        return DCD_RC_INVALID_EXTENT_LIST;
    case DCD_RANGE_OUTSIDE:
        return DCD_RC_INVALID_PHYSICAL_ADDRESS;
    case DCD_RANGE_MISALIGNED:
        return DCD_RC_INVALID_EXTENT_LIST;
    case DCD_RANGE_OK:
        break;
    }
    if (dcd_range_tree_overlaps(&request->tree, entry->dpa, entry->length))
        return DCD_RC_INVALID_EXTENT_LIST;
    dcd_range_tree_insert(&request->tree, range, i, 0);
    return DCD_RC_SUCCESS;
}

/* From the highest entry down, so that what follows is known. */
static void note_runs(struct dcd_request *request)
{
    const struct dcd_range_entry *above = NULL;

    for (size_t i = dcd_range_tree_count(&request->tree); i-- > 0;) {
        const struct dcd_range_entry *node =
            dcd_range_tree_at(&request->tree, i);
        uint64_t last = dcd_range_last(&node->range);
        bool goes_on = above && above->range.start - 1 == last;

        request->run_last[node->tag] =
            goes_on ? request->run_last[above->tag] : last;
        above = node;
    }
}

uint16_t dcd_request_check_form(struct dcd_request *request,
                                const struct dcd_regions *regions)
{
    uint16_t rc = DCD_RC_SUCCESS;

    request->run_last = malloc(request->count * sizeof(*request->run_last) + 1);
    if (!request->run_last ||
        !dcd_range_tree_reserve(&request->tree, request->count))
        return DCD_RC_INTERNAL_ERROR;
    for (uint32_t i = 0; i < request->count; i++) {
        uint16_t fault = check_entry(request, regions, i);

        if (rc == DCD_RC_SUCCESS)
            rc = fault;
    }
    note_runs(request);
    return rc;
}

bool dcd_request_sound(const struct dcd_request *request, uint32_t index)
{
    const struct dcd_range_entry *node =
        dcd_range_tree_find(&request->tree, request->entries[index].dpa);

    return node && node->tag == index;
}

bool dcd_request_earlier(const struct dcd_request *request, uint64_t address,
                         uint32_t index)
{
    const struct dcd_range_entry *node =
        dcd_range_tree_find(&request->tree, address);

    return node && node->tag < index;
}

struct dcd_dpa_range *dcd_capacity_ranges(const struct dcd_extent_wire *extents,
                                          uint32_t count)
{
    struct dcd_dpa_range *ranges = malloc(count * sizeof(*ranges) + 1);

    for (uint32_t i = 0; ranges && i < count; i++) {
        ranges[i].dpa = dcd_get64(extents[i].dpa);
        ranges[i].length = dcd_get64(extents[i].length);
    }
    return ranges;
}

/* --- Commit ------------------------------------------------------------- */

/* What a commit frees are the pieces that it takes and, where a tag dies with
 * them, the other extents of its allocation. */
bool dcd_capacity_reserve_free(struct dcd_capacity *capacity, size_t changes)
{
    size_t shared = 0;

    for (unsigned i = 0; i < capacity->regions.count; i++) {
        shared += capacity->shared[i];
        if (!dcd_free_space_reserve(&capacity->free[i],
                                    changes + capacity->shared[i]))
            return false;
    }
    return dcd_range_tree_reserve(&capacity->sanitize, changes + shared);
}

bool dcd_capacity_reserve(struct dcd_capacity *capacity, unsigned head,
                          size_t changes)
{
    struct dcd_holder *holder = &capacity->holder[head];

    if (!dcd_extent_list_reserve(&holder->accepted, changes) ||
        !dcd_extent_list_reserve(&holder->pending, changes) ||
        !dcd_capacity_reserve_free(capacity, changes))
        return false;
    for (unsigned i = 0; i < capacity->regions.count; i++)
        if (!dcd_block_map_reserve(&holder->map[i], changes))
            return false;
    return true;
}

/* How far from [dpa] on the list has extents, or has none. */
static bool holds(const struct dcd_extent_list *list, uint64_t dpa,
                  uint64_t *length)
{
    struct dcd_extent extent;

    *length = UINT64_MAX;
    if (!dcd_extent_list_next(list, dpa, &extent))
        return false;
    if (extent.dpa > dpa) {
        *length = extent.dpa - dpa;
        return false;
    }
    *length = extent.length - (dpa - extent.dpa);
    return true;
}

/* Whether the FM refers to what [head] has at [dpa]; cuts [*length] to the
 * extent. */
static bool is_referenced(const struct dcd_capacity *capacity, unsigned head,
                          uint64_t dpa, uint64_t *length)
{
    struct dcd_extent extent;

    if (!dcd_extent_list_find(&capacity->holder[head].accepted, dpa, &extent))
        return false;
    if (extent.length - (dpa - extent.dpa) < *length)
        *length = extent.length - (dpa - extent.dpa);
    return extent.tag != DCD_NO_TAG &&
           dcd_tag_table_at(&capacity->tags, extent.tag)->referenced;
}

bool dcd_capacity_is_alone(const struct dcd_capacity *capacity, unsigned head,
                           uint64_t dpa, uint64_t *length)
{
    uint64_t until = UINT64_MAX; /* of the first that begins, or of one held */
    bool alone = !is_referenced(capacity, head, dpa, length);

    for (unsigned i = 0; i < capacity->config->heads; i++) {
        const struct dcd_holder *other = &capacity->holder[i];
        const struct dcd_extent_list *lists[] = {&other->accepted,
                                                 &other->pending};

        for (unsigned k = 0; k < 2 && i != head && alone; k++) {
            uint64_t run;

            alone = !holds(lists[k], dpa, &run);
            until = !alone || run < until ? run : until;
        }
    }
    *length = until < *length ? until : *length;
    return alone;
}

/* Erases those parts of a range that an FM wanted sanitised. */
static void sanitize_wanted(struct dcd_capacity *capacity, unsigned region,
                            uint64_t dpa, uint64_t length)
{
    uint64_t last = dpa + (length - 1);
    const struct dcd_range_entry *node;

    while ((node = dcd_range_tree_next(&capacity->sanitize, dpa)) &&
           node->range.start <= last) {
        uint64_t first = node->range.start > dpa ? node->range.start : dpa;
        uint64_t end = dcd_range_last(&node->range);

        if (end > last)
            end = last;
        dcd_range_tree_cut(&capacity->sanitize, node, first, end);
        capacity->ops->erase(capacity->ops->context, region, first,
                             end - first + 1);
    }
}

/* Blocks that nobody holds any more. */
static void free_blocks(struct dcd_capacity *capacity, uint64_t dpa,
                        uint64_t length)
{
    unsigned i = dcd_capacity_region(capacity, dpa);

    sanitize_wanted(capacity, i, dpa, length);
    if (capacity->regions.region[i].sanitize_on_release)
        capacity->ops->erase(capacity->ops->context, i, dpa, length);
    dcd_free_space_give(&capacity->free[i], dpa, length);
}

void dcd_capacity_give_back(struct dcd_capacity *capacity,
                            const struct dcd_extent *piece)
{
    if (!dcd_capacity_is_share(capacity, piece))
        free_blocks(capacity, piece->dpa, piece->length);
}

void dcd_capacity_bury(struct dcd_capacity *capacity, uint32_t id)
{
    const struct dcd_tag *tag = dcd_tag_table_at(&capacity->tags, id);

    for (uint32_t i = 0; tag->sharable && i < tag->count; i++) {
        const struct dcd_extent *e = &tag->extents[i];

        capacity->shared[dcd_capacity_region(capacity, e->dpa)]--;
        free_blocks(capacity, e->dpa, e->length);
    }
    dcd_tag_table_remove(&capacity->tags, id);
}

/* Gives back the parts of [extent] that [head] has not accepted. */
static void give_back_refused(struct dcd_capacity *capacity, unsigned head,
                              const struct dcd_extent *extent)
{
    const struct dcd_holder *holder = &capacity->holder[head];
    uint64_t at = extent->dpa;
    uint64_t end = extent->dpa + extent->length;
    struct dcd_extent next = {0};

    while (at < end) {
        uint64_t stop = end;

        if (dcd_extent_list_next(&holder->accepted, at, &next) &&
            next.dpa < end)
            stop = next.dpa;
        if (stop > at) {
            struct dcd_extent part = *extent;

            part.dpa = at;
            part.length = stop - at;
            dcd_capacity_give_back(capacity, &part);
            dcd_capacity_trace(capacity, DCD_TRACE_REFUSED, head, &part);
        }
        at = stop < end ? next.dpa + next.length : end;
    }
}

void dcd_capacity_end_group(struct dcd_capacity *capacity, unsigned head)
{
    struct dcd_holder *holder = &capacity->holder[head];
    struct dcd_group *group = holder->first;

    for (uint32_t i = 0; i < group->count; i++)
        dcd_extent_list_remove(&holder->pending, group->extents[i].dpa,
                               group->extents[i].length);
    for (uint32_t i = 0; i < group->count; i++) {
        uint32_t tag = group->extents[i].tag;

        give_back_refused(capacity, head, &group->extents[i]);
        if (dcd_tag_table_answered(&capacity->tags, tag, head))
            dcd_capacity_bury(capacity, tag);
    }
    holder->first = group->next;
    if (!holder->first)
        holder->last = NULL;
    free(group);
}

bool dcd_capacity_refuse_group(struct dcd_capacity *capacity, unsigned head)
{
    const struct dcd_group *group = capacity->holder[head].first;
    struct dcd_extent first = group->extents[0];
    struct dcd_extent_wire wire;

    if (!dcd_capacity_reserve(capacity, head, group->count))
        return false;
    first.length = 0;
    wire = dcd_capacity_wire(capacity, &first);
    dcd_capacity_end_group(capacity, head);
    dcd_capacity_report(capacity, DCD_PORT_FM, DCD_EVENT_ADD_RESPONSE, head,
                        &wire, 1);
    return true;
}

/* --- Conventional reset ------------------------------------------------- */

/*
 * Everything that [head] holds, in whole extents: a release that nothing but
 * a lack of memory can refuse.
 */
static bool release_all(struct dcd_capacity *capacity, unsigned head)
{
    struct dcd_holder *holder = &capacity->holder[head];
    uint32_t count = (uint32_t)dcd_extent_list_count(&holder->accepted);
    struct dcd_dpa_range *ranges = malloc(count * sizeof(*ranges) + 1);
    struct dcd_extent extent;
    uint16_t rc;

    if (!ranges)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        dcd_extent_list_at(&holder->accepted, i, &extent);
        ranges[i].dpa = extent.dpa;
        ranges[i].length = extent.length;
    }
    rc = count ? dcd_capacity_release(capacity, head, ranges, count)
               : DCD_RC_SUCCESS;
    free(ranges);
    return rc == DCD_RC_SUCCESS;
}

/* CXL r3.2 9.13.3: no record tells the host; the FM learns what came back. */
bool dcd_capacity_reset(struct dcd_capacity *capacity, unsigned head)
{
    while (capacity->holder[head].first)
        if (!dcd_capacity_refuse_group(capacity, head))
            return false;
    return capacity->config->reset == DCD_RESET_KEEP ||
           release_all(capacity, head);
}
