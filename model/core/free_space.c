/* SPDX-License-Identifier: Apache-2.0 */
/*
 * free_space.c - unassigned ranges: a range tree whose neighbours never touch.
 */
#include "free_space.h"

#include <assert.h>

void dcd_free_space_init(struct dcd_free_space *space)
{
    dcd_range_tree_init(&space->tree);
    space->bytes = 0;
}

void dcd_free_space_destroy(struct dcd_free_space *space)
{
    dcd_range_tree_destroy(&space->tree);
    space->bytes = 0;
}

bool dcd_free_space_reserve(struct dcd_free_space *space, size_t more)
{
    return dcd_range_tree_reserve(&space->tree, more);
}

uint64_t dcd_free_space_bytes(const struct dcd_free_space *space)
{
    return space->bytes;
}

uint64_t dcd_free_space_longest(const struct dcd_free_space *space)
{
    return dcd_range_tree_longest(&space->tree);
}

/* ---- changes ---------------------------------------------------------- */

void dcd_free_space_give(struct dcd_free_space *space, uint64_t start,
                         uint64_t length)
{
    struct dcd_range_tree *tree = &space->tree;
    struct dcd_range range = {start, length};
    const struct dcd_range_entry *above = dcd_range_tree_next(tree, start);

    assert(length > 0 && length <= UINT64_MAX - space->bytes);
    assert(above == NULL || (above->range.start > start &&
                             above->range.start - start >= length));
    space->bytes += length;
    /* The neighbour above is swallowed; the one below grows. */
    if (above != NULL && above->range.start - start == length) {
        range.length += above->range.length;
        dcd_range_tree_remove(tree, above->range.start);
    }
    const struct dcd_range_entry *below =
        start == 0 ? NULL : dcd_range_tree_find(tree, start - 1);
    if (below == NULL) {
        dcd_range_tree_insert(tree, range, 0, 0);
        return;
    }
    range.start = below->range.start;
    range.length += below->range.length;
    dcd_range_tree_resize(tree, range.start, range);
}

void dcd_free_space_take(struct dcd_free_space *space, uint64_t start,
                         uint64_t length)
{
    assert(length > 0 && dcd_free_space_has(space, start, length));

    const struct dcd_range_entry *node =
        dcd_range_tree_find(&space->tree, start);
    space->bytes -=
        dcd_range_tree_cut(&space->tree, node, start, start + (length - 1));
}

/* ---- questions -------------------------------------------------------- */

bool dcd_free_space_has(const struct dcd_free_space *space, uint64_t start,
                        uint64_t length)
{
    const struct dcd_range_entry *node =
        dcd_range_tree_find(&space->tree, start);

    return node != NULL &&
           length <= node->range.length - (start - node->range.start);
}

bool dcd_free_space_next(const struct dcd_free_space *space, uint64_t from,
                         struct dcd_range *out)
{
    const struct dcd_range_entry *node =
        dcd_range_tree_next(&space->tree, from);

    if (node == NULL)
        return false;
    *out = node->range;
    if (out->start < from) {
        out->length -= from - out->start;
        out->start = from;
    }
    return true;
}

bool dcd_free_space_lowest_run(const struct dcd_free_space *space,
                               uint64_t length, uint64_t *start)
{
    const struct dcd_range_entry *node =
        dcd_range_tree_lowest_fit(&space->tree, length);

    if (node == NULL)
        return false;
    *start = node->range.start;
    return true;
}
