/* SPDX-License-Identifier: Apache-2.0 */
/*
 * extent_list.h - the extents of one head, ordered by DPA.
 *
 * A list holds what a Get Dynamic Capacity Extent List (CXL r3.1 8.2.9.9.9.2,
 * opcode 4801h) reports: the extents a host has accepted. The same structure
 * serves for extents that are offered and not yet answered. Extents are never
 * empty, never overlap, never merge, and keep tag and sequence when part of
 * them is taken away. Every operation on one extent takes O(log n).
 *
 * Changing a list is done in two beats, so that a command fails whole or not at
 * all:
 *
 *     if (!dcd_extent_list_reserve(list, n))      the only step that can fail
 *         return out of memory;
 *     dcd_extent_list_insert(list, ...);          up to n of these two
 *     dcd_extent_list_remove(list, ...);
 *     dcd_extent_list_changed(list);              once: the command is done
 *
 * Generation. Hosts compare generation numbers to learn that the list moved
 * between two partial reads (4801h), so it moves once per command, however
 * many extents the command touched. Insert, remove and clear therefore leave
 * it alone: whoever commits a command that moved the list calls
 * dcd_extent_list_changed() once. It starts at 0 and never returns to 0.
 *
 * Addresses are DPAs in bytes. Alignment and regions are not known here. An
 * extent may hold the byte 2^64 - 1; ranges given to a question or to remove
 * may reach beyond it, where there is nothing. Not thread-safe.
 */
#ifndef DCD_EXTENT_LIST_H
#define DCD_EXTENT_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "range_tree.h"

struct dcd_extent {
    uint64_t dpa;
    uint64_t length;   /* bytes, not 0 */
    uint32_t tag;      /* interned id, 0 = no tag */
    uint16_t sequence; /* place within a sharable tag, else 0 */
};

/* Embeddable. Members are private to extent_list.c. */
struct dcd_extent_list {
    struct dcd_range_tree tree;
    uint64_t bytes;
    uint32_t generation;
};

/* An empty list owns no memory; destroying it leaves an empty list. */
void dcd_extent_list_init(struct dcd_extent_list *list);
void dcd_extent_list_destroy(struct dcd_extent_list *list);

/*
 * Make the next [more] calls of insert or remove safe, in any mixture: each
 * adds one extent at most (a remove from the middle leaves two pieces).
 * Counted from now, not on top of earlier reservations. False when out of
 * memory; then nothing has changed.
 */
bool dcd_extent_list_reserve(struct dcd_extent_list *list, size_t more);

size_t dcd_extent_list_count(const struct dcd_extent_list *list);

/* Sum of all lengths; the list never holds 2^64 bytes or more. */
uint64_t dcd_extent_list_bytes(const struct dcd_extent_list *list);

uint32_t dcd_extent_list_generation(const struct dcd_extent_list *list);

/* The list moved: step the generation on, past 0 when it wraps. */
void dcd_extent_list_changed(struct dcd_extent_list *list);

/* Add [extent], which overlaps none in the list and was reserved for. */
void dcd_extent_list_insert(struct dcd_extent_list *list,
                            const struct dcd_extent *extent);

/*
 * Every extent loses what it has in [dpa, dpa + length); what remains before
 * and after stays, with tag and sequence. Returns the bytes taken away: 0 says
 * that the list did not move. Needs room for one extent if it cuts a hole.
 */
uint64_t dcd_extent_list_remove(struct dcd_extent_list *list, uint64_t dpa,
                                uint64_t length);

/* Remove everything, in O(1); memory is kept for what comes next. */
void dcd_extent_list_clear(struct dcd_extent_list *list);

/*
 * The three finders fill [out] and return true, or leave [out] alone and
 * return false when there is no such extent.
 *
 * at:   the [index]-th by rising DPA, from 0.
 * find: the one that holds the byte [dpa].
 * next: the first that has a byte at or above [from]: the one that holds
 *       [from], or else the nearest above. To walk a range or the whole list.
 */
bool dcd_extent_list_at(const struct dcd_extent_list *list, size_t index,
                        struct dcd_extent *out);
bool dcd_extent_list_find(const struct dcd_extent_list *list, uint64_t dpa,
                          struct dcd_extent *out);
bool dcd_extent_list_next(const struct dcd_extent_list *list, uint64_t from,
                          struct dcd_extent *out);

/* Whether some byte of the range is in some extent; false for length 0. */
bool dcd_extent_list_overlaps(const struct dcd_extent_list *list, uint64_t dpa,
                              uint64_t length);

/*
 * Whether each byte of the range is in some extent, be it one or several that
 * touch; true for length 0. O(log n) per extent in the range.
 */
bool dcd_extent_list_covers(const struct dcd_extent_list *list, uint64_t dpa,
                            uint64_t length);

#endif
