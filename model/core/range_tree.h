/* SPDX-License-Identifier: Apache-2.0 */
/*
 * range_tree.h - an ordered set of disjoint address ranges in O(log n).
 *
 * The ground under extent_list and free_space: ranges [start, start + length)
 * of 64-bit addresses, none empty, no two sharing a byte, kept by rising start.
 * Neighbours may touch; the tree never joins them.
 *
 * It is a B+ tree: ranges lie side by side in leaves of up to 64, and a node
 * above says of each of its up to 64 children where it starts, how many ranges
 * it has and how long its longest one is. So
 *
 *     - insert, remove, resize, find, successor and n-th visit four nodes in a
 *       tree of a million ranges, and one in a tree of a few;
 *     - the lowest range that is long enough is found as fast.
 *
 * Addresses go up to the very end: a range may hold the byte 2^64 - 1. So
 * `start + length` may wrap and is never the way to compare; take the distance
 * from `start` and compare it with `length`.
 *
 * Memory. All nodes live in one array that grows by reallocation; links are
 * 32-bit indices into it. Only dcd_range_tree_reserve() allocates and only it
 * can fail: it makes so many changes safe. A caller reserves, sees it succeed,
 * and then changes the tree without looking back.
 *
 * Returned entries are for reading, and valid until the next change or
 * reservation. Nothing here is thread-safe or calls back.
 */
#ifndef DCD_RANGE_TREE_H
#define DCD_RANGE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Most ranges one tree can hold. */
#define DCD_RANGE_TREE_MAX (UINT32_C(1) << 30)

/* Ranges in a leaf, children of a node above; at least so many in each but the
 * root. */
#define DCD_RANGE_FANOUT 64
#define DCD_RANGE_FILL 8

/* The bytes start ... start + (length - 1); length is at least 1. */
struct dcd_range {
    uint64_t start;
    uint64_t length;
};

/* A range with its owner's payload, which is carried and not looked at. */
struct dcd_range_entry {
    struct dcd_range range;
    uint32_t tag;
    uint16_t sequence;
};

/* What a node above knows of its children. */
struct dcd_range_children {
    uint64_t start[DCD_RANGE_FANOUT];   /* of the lowest range in it */
    uint64_t longest[DCD_RANGE_FANOUT]; /* length of a range in it, bytes */
    uint32_t count[DCD_RANGE_FANOUT];   /* ranges in it */
    uint32_t node[DCD_RANGE_FANOUT];
};

struct dcd_range_node {
    uint32_t used; /* entries or children */
    uint32_t next; /* of the nodes not in use, as `free` below */
    union {
        struct dcd_range_entry entry[DCD_RANGE_FANOUT];
        struct dcd_range_children child;
    } u;
};

/* Embeddable. Members are private to range_tree.c. */
struct dcd_range_tree {
    struct dcd_range_node *nodes;
    uint32_t root;
    uint32_t height;   /* levels above the leaves */
    uint32_t count;    /* ranges */
    uint32_t capacity; /* nodes allocated */
    uint32_t fresh;    /* first node never used since the last clear */
    uint32_t free;     /* of those given back, the first plus 1; 0: none */
    uint32_t in_use;   /* nodes in use */
};

/* An empty tree is all zero and owns no memory; destroying a tree leaves an
 * empty one. */
void dcd_range_tree_init(struct dcd_range_tree *tree);
void dcd_range_tree_destroy(struct dcd_range_tree *tree);

/*
 * Make the next [more] changes safe, in any mixture: each adds one range at
 * most. Counted from now, not on top of earlier reservations. False when memory
 * or index space does not suffice; then nothing has changed.
 */
bool dcd_range_tree_reserve(struct dcd_range_tree *tree, size_t more);

size_t dcd_range_tree_count(const struct dcd_range_tree *tree);

/* Length of the longest range; 0 when there is none. */
uint64_t dcd_range_tree_longest(const struct dcd_range_tree *tree);

/*
 * Add [range]. It is not empty, touches no byte of another range, and there is
 * room for it.
 */
void dcd_range_tree_insert(struct dcd_range_tree *tree, struct dcd_range range,
                           uint32_t tag, uint16_t sequence);

/* Take out the range that starts at [start]; there is one. */
void dcd_range_tree_remove(struct dcd_range_tree *tree, uint64_t start);

/*
 * Give the range that starts at [start] the new bounds [range], payload
 * unchanged. The new bounds reach into no other range.
 */
void dcd_range_tree_resize(struct dcd_range_tree *tree, uint64_t start,
                           struct dcd_range range);

/*
 * Take the bytes [first, last] out of the range [entry], which has some of
 * them. What remains below and above keeps the payload. Returns the number of
 * bytes taken; [entry] is no longer valid.
 */
uint64_t dcd_range_tree_cut(struct dcd_range_tree *tree,
                            const struct dcd_range_entry *entry, uint64_t first,
                            uint64_t last);

/* Forget every range in O(1); the array stays for the next ones. */
void dcd_range_tree_clear(struct dcd_range_tree *tree);

/* The [index]-th range by rising start, from 0; NULL past the last. */
const struct dcd_range_entry *
dcd_range_tree_at(const struct dcd_range_tree *tree, size_t index);

/* The range that holds the byte [address]; NULL if none does. */
const struct dcd_range_entry *
dcd_range_tree_find(const struct dcd_range_tree *tree, uint64_t address);

/* The lowest range with a byte at or above [from]; NULL if there is none. */
const struct dcd_range_entry *
dcd_range_tree_next(const struct dcd_range_tree *tree, uint64_t from);

/* The highest range that starts below [address]; NULL if there is none. */
const struct dcd_range_entry *
dcd_range_tree_previous(const struct dcd_range_tree *tree, uint64_t address);

/* Whether some byte of [start, start + length) is in a range; the end may lie
 * beyond the last address. False for length 0. */
bool dcd_range_tree_overlaps(const struct dcd_range_tree *tree, uint64_t start,
                             uint64_t length);

/* The lowest range of at least [length] bytes (not 0); NULL if none. */
const struct dcd_range_entry *
dcd_range_tree_lowest_fit(const struct dcd_range_tree *tree, uint64_t length);

static inline uint64_t dcd_least_bytes(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Whether the byte [address] is one of [range]; right up to 2^64 - 1. */
static inline bool dcd_range_holds(const struct dcd_range *range,
                                   uint64_t address)
{
    return address >= range->start && address - range->start < range->length;
}

/* Whether some byte of [range] is at or above [from]. */
static inline bool dcd_range_reaches(const struct dcd_range *range,
                                     uint64_t from)
{
    return from < range->start || from - range->start < range->length;
}

/* Address of the last byte; the range is not empty and does not wrap. */
static inline uint64_t dcd_range_last(const struct dcd_range *range)
{
    return range->start + (range->length - 1);
}

#endif
