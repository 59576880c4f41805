/* SPDX-License-Identifier: Apache-2.0 */
/*
 * range_tree.h - an ordered set of disjoint address ranges in O(log n).
 *
 * The ground under extent_list and free_space: ranges [start, start + length)
 * of 64-bit addresses, none empty, no two sharing a byte, kept by rising start.
 * Neighbours may touch; the tree never joins them.
 *
 *     - insert, remove, resize, find, successor and n-th take O(log n) steps;
 *     - every node knows how many nodes its subtree has, which is both what
 *       keeps the tree balanced and what finds the n-th range;
 *     - every node knows the longest range of its subtree, which finds the
 *       lowest range that is long enough.
 *
 * Addresses go up to the very end: a range may hold the byte 2^64 - 1. So
 * `start + length` may wrap and is never the way to compare; take the distance
 * from `start` and compare it with `length`.
 *
 * Memory. Nodes live in one array that grows by reallocation; links are 32-bit
 * indices into it. Only dcd_range_tree_reserve() allocates and only it can
 * fail: it promises room for so many more ranges than there are at that
 * moment. A caller reserves, sees it succeed, and then changes the tree without
 * looking back. A removed range gives its room back to the promise.
 *
 * Returned node pointers are for reading, and valid until the next change or
 * reservation. Nothing here is thread-safe or calls back.
 */
#ifndef DCD_RANGE_TREE_H
#define DCD_RANGE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Most ranges one tree can hold; keeps three times a count in 32 bits. */
#define DCD_RANGE_TREE_MAX (UINT32_C(1) << 30)

/* The bytes start ... start + (length - 1); length is at least 1. */
struct dcd_range {
    uint64_t start;
    uint64_t length;
};

/* Readers take `range`, `tag` and `sequence`; the rest is the tree's. */
struct dcd_range_node {
    struct dcd_range range;
    uint64_t longest; /* longest range in this subtree, bytes */
    uint32_t left;    /* node index, 0 = none; links the free list too */
    uint32_t right;
    uint32_t count; /* nodes in this subtree */
    uint32_t tag;   /* the owner's payload, carried and not looked at */
    uint16_t sequence;
};

/* Embeddable. Members are private to range_tree.c. */
struct dcd_range_tree {
    struct dcd_range_node *nodes; /* [0] is the empty subtree: all zero */
    uint32_t root;
    uint32_t capacity; /* nodes allocated, [0] included */
    uint32_t fresh;    /* first index never used since the last clear */
    uint32_t free;     /* head of the list of removed nodes, 0 = none */
};

/* An empty tree owns no memory; destroying it leaves an empty tree. */
void dcd_range_tree_init(struct dcd_range_tree *tree);
void dcd_range_tree_destroy(struct dcd_range_tree *tree);

/*
 * Make room for [more] ranges above the present number of them. False when
 * memory or index space does not suffice; then nothing has changed. A later
 * call with a smaller number takes no promise back.
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
 * Take the bytes [first, last] out of the range [node], which has some of them.
 * What remains below and above keeps the payload. Needs room for one range if
 * both remain. Returns the number of bytes taken; [node] is no longer valid.
 */
uint64_t dcd_range_tree_cut(struct dcd_range_tree *tree,
                            const struct dcd_range_node *node, uint64_t first,
                            uint64_t last);

/* Forget every range in O(1); the array stays for the next ones. */
void dcd_range_tree_clear(struct dcd_range_tree *tree);

/* The [index]-th range by rising start, from 0; NULL past the last. */
const struct dcd_range_node *
dcd_range_tree_at(const struct dcd_range_tree *tree, size_t index);

/* The range that holds the byte [address]; NULL if none does. */
const struct dcd_range_node *
dcd_range_tree_find(const struct dcd_range_tree *tree, uint64_t address);

/* The lowest range with a byte at or above [from]; NULL if there is none. */
const struct dcd_range_node *
dcd_range_tree_next(const struct dcd_range_tree *tree, uint64_t from);

/* The highest range that starts below [address]; NULL if there is none. */
const struct dcd_range_node *
dcd_range_tree_previous(const struct dcd_range_tree *tree, uint64_t address);

/* The lowest range of at least [length] bytes (not 0); NULL if none. */
const struct dcd_range_node *
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
