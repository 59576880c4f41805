/* SPDX-License-Identifier: Apache-2.0 */
/* range_node.h - what a range tree does inside one of its nodes. */
#ifndef DCD_RANGE_NODE_H
#define DCD_RANGE_NODE_H

#include "range_tree.h"

#include <string.h>

/* The last child that starts at or below [address], or the first. */
static inline uint32_t dcd_range_node_child_at(const struct dcd_range_node *n,
                                               uint64_t address)
{
    const uint64_t *start = n->u.child.start;
    uint32_t low = 0;
    uint32_t size = n->used;

    while (size > 1) {
        uint32_t half = size / 2;

        low += start[low + half] <= address ? half : 0;
        size -= half;
    }
    return low;
}

/* How many ranges of the leaf start at or below [address]. */
static inline uint32_t
dcd_range_node_entries_at(const struct dcd_range_node *leaf, uint64_t address)
{
    const struct dcd_range_entry *entry = leaf->u.entry;
    uint32_t low = 0;
    uint32_t size = leaf->used;

    while (size > 1) {
        uint32_t half = size / 2;

        low += entry[low + half].range.start <= address ? half : 0;
        size -= half;
    }
    return size && entry[low].range.start <= address ? low + 1 : low;
}

static inline uint64_t dcd_range_node_longest(const struct dcd_range_node *n,
                                              bool leaf)
{
    uint64_t longest = 0;

    for (uint32_t i = 0; i < n->used; i++) {
        uint64_t length =
            leaf ? n->u.entry[i].range.length : n->u.child.longest[i];

        longest = length > longest ? length : longest;
    }
    return longest;
}

static inline uint64_t dcd_range_node_start(const struct dcd_range_node *n,
                                            bool leaf)
{
    return leaf ? n->u.entry[0].range.start : n->u.child.start[0];
}

static inline uint32_t dcd_range_node_count(const struct dcd_range_node *n,
                                            bool leaf)
{
    uint32_t count = 0;

    for (uint32_t i = 0; !leaf && i < n->used; i++)
        count += n->u.child.count[i];
    return leaf ? n->used : count;
}

/* Moves the children from slot [from] of [n] on to slot [to] of [other]. */
static inline void dcd_range_node_move_children(struct dcd_range_node *other,
                                                uint32_t to,
                                                const struct dcd_range_node *n,
                                                uint32_t from, uint32_t count)
{
    struct dcd_range_children *a = &other->u.child;
    const struct dcd_range_children *b = &n->u.child;

    memmove(&a->start[to], &b->start[from], count * sizeof(a->start[0]));
    memmove(&a->longest[to], &b->longest[from], count * sizeof(a->longest[0]));
    memmove(&a->count[to], &b->count[from], count * sizeof(a->count[0]));
    memmove(&a->node[to], &b->node[from], count * sizeof(a->node[0]));
}

static inline void dcd_range_node_move_slots(struct dcd_range_node *other,
                                             uint32_t to,
                                             const struct dcd_range_node *n,
                                             uint32_t from, uint32_t count,
                                             bool leaf)
{
    if (leaf)
        memmove(&other->u.entry[to], &n->u.entry[from],
                count * sizeof(n->u.entry[0]));
    else
        dcd_range_node_move_children(other, to, n, from, count);
}

#endif
