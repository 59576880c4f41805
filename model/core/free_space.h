/* SPDX-License-Identifier: Apache-2.0 */
/*
 * free_space.h - the unassigned address ranges of one region.
 *
 * What no head holds, neither accepted nor offered. Ranges are kept as long as
 * they can be: one that touches another joins it, so a run of free bytes is
 * always one range, and "is there a run of n?" is a question for one number.
 * Every operation takes O(log n).
 *
 * Addresses and lengths are bytes in whatever space the caller chooses (DPA, or
 * offset in the region); alignment is the caller's. Less than 2^64 bytes are
 * free at any time. Give and take cannot fail once room is reserved:
 *
 *     if (!dcd_free_space_reserve(space, n))
 *         return out of memory;
 *     ... up to n calls of give or take
 *
 * Not thread-safe.
 */
#ifndef DCD_FREE_SPACE_H
#define DCD_FREE_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "range_tree.h"

/* Embeddable. Members are private to free_space.c. */
struct dcd_free_space {
    struct dcd_range_tree tree;
    uint64_t bytes;
};

/* Nothing is free at first, and no memory is owned. */
void dcd_free_space_init(struct dcd_free_space *space);
void dcd_free_space_destroy(struct dcd_free_space *space);

/*
 * Make the next [more] calls of give or take safe, in any mixture: each adds
 * one range at most (a give that touches nothing, a take from the middle).
 * Counted from now, not on top of earlier reservations. False when out of
 * memory; then nothing has changed.
 */
bool dcd_free_space_reserve(struct dcd_free_space *space, size_t more);

/* [start, start + length), not empty, becomes free; no byte of it was. */
void dcd_free_space_give(struct dcd_free_space *space, uint64_t start,
                         uint64_t length);

/* [start, start + length), not empty, is assigned; every byte was free. */
void dcd_free_space_take(struct dcd_free_space *space, uint64_t start,
                         uint64_t length);

/* Whether every byte of the range is free; [length] may be anything but 0. */
bool dcd_free_space_has(const struct dcd_free_space *space, uint64_t start,
                        uint64_t length);

/*
 * The first free range with a byte at or above [from], without what it has
 * below [from]. False, and [out] left alone, if nothing is free from there on.
 * To take the lowest free blocks, or to walk all of them.
 */
bool dcd_free_space_next(const struct dcd_free_space *space, uint64_t from,
                         struct dcd_range *out);

/*
 * Where the lowest free run of at least [length] bytes (not 0) starts. False,
 * and [start] left alone, if there is none.
 */
bool dcd_free_space_lowest_run(const struct dcd_free_space *space,
                               uint64_t length, uint64_t *start);

/* All free bytes, and those of the longest run. */
uint64_t dcd_free_space_bytes(const struct dcd_free_space *space);
uint64_t dcd_free_space_longest(const struct dcd_free_space *space);

#endif
