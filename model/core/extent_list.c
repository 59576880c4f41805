/* SPDX-License-Identifier: Apache-2.0 */
/*
 * extent_list.c - the extents of one head: a range tree with byte count and
 * generation number.
 */
#include "extent_list.h"

#include <assert.h>

void dcd_extent_list_init(struct dcd_extent_list *list)
{
    dcd_range_tree_init(&list->tree);
    list->bytes = 0;
    list->generation = 0;
}

void dcd_extent_list_destroy(struct dcd_extent_list *list)
{
    dcd_range_tree_destroy(&list->tree);
    dcd_extent_list_init(list);
}

bool dcd_extent_list_reserve(struct dcd_extent_list *list, size_t more)
{
    return dcd_range_tree_reserve(&list->tree, more);
}

size_t dcd_extent_list_count(const struct dcd_extent_list *list)
{
    return dcd_range_tree_count(&list->tree);
}

uint64_t dcd_extent_list_bytes(const struct dcd_extent_list *list)
{
    return list->bytes;
}

uint32_t dcd_extent_list_generation(const struct dcd_extent_list *list)
{
    return list->generation;
}

void dcd_extent_list_changed(struct dcd_extent_list *list)
{
    /* 0 is for a list that never moved, so a wrapped count starts at 1. */
    if (++list->generation == 0)
        list->generation = 1;
}

/* ---- changes ---------------------------------------------------------- */

void dcd_extent_list_insert(struct dcd_extent_list *list,
                            const struct dcd_extent *extent)
{
    struct dcd_range range = {extent->dpa, extent->length};

    assert(extent->length <= UINT64_MAX - list->bytes);
    dcd_range_tree_insert(&list->tree, range, extent->tag, extent->sequence);
    list->bytes += extent->length;
}

uint64_t dcd_extent_list_remove(struct dcd_extent_list *list, uint64_t dpa,
                                uint64_t length)
{
    const struct dcd_range_entry *node;
    uint64_t taken = 0;

    if (length == 0)
        return 0;
    uint64_t last =
        length - 1 > UINT64_MAX - dpa ? UINT64_MAX : dpa + (length - 1);
    while (taken < length &&
           (node = dcd_range_tree_next(&list->tree, dpa)) != NULL &&
           node->range.start <= last)
        taken += dcd_range_tree_cut(&list->tree, node, dpa, last);
    list->bytes -= taken;
    return taken;
}

void dcd_extent_list_clear(struct dcd_extent_list *list)
{
    dcd_range_tree_clear(&list->tree);
    list->bytes = 0;
}

/* ---- questions -------------------------------------------------------- */

static bool give(const struct dcd_range_entry *node, struct dcd_extent *out)
{
    if (node == NULL)
        return false;
    *out = (struct dcd_extent){.dpa = node->range.start,
                               .length = node->range.length,
                               .tag = node->tag,
                               .sequence = node->sequence};
    return true;
}

bool dcd_extent_list_at(const struct dcd_extent_list *list, size_t index,
                        struct dcd_extent *out)
{
    return give(dcd_range_tree_at(&list->tree, index), out);
}

bool dcd_extent_list_find(const struct dcd_extent_list *list, uint64_t dpa,
                          struct dcd_extent *out)
{
    return give(dcd_range_tree_find(&list->tree, dpa), out);
}

bool dcd_extent_list_next(const struct dcd_extent_list *list, uint64_t from,
                          struct dcd_extent *out)
{
    return give(dcd_range_tree_next(&list->tree, from), out);
}

bool dcd_extent_list_overlaps(const struct dcd_extent_list *list, uint64_t dpa,
                              uint64_t length)
{
    return dcd_range_tree_overlaps(&list->tree, dpa, length);
}

bool dcd_extent_list_covers(const struct dcd_extent_list *list, uint64_t dpa,
                            uint64_t length)
{
    while (length > 0) {
        const struct dcd_range_entry *node =
            dcd_range_tree_find(&list->tree, dpa);
        if (node == NULL)
            return false;
        uint64_t last = dcd_range_last(&node->range);
        if (last - dpa >= length - 1)
            return true;
        if (last == UINT64_MAX)
            return false;
        length -= last - dpa + 1;
        dpa = last + 1;
    }
    return true;
}
