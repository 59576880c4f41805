/* SPDX-License-Identifier: Apache-2.0 */
/*
 * poison.h - which lines of the media are poisoned.
 *
 * A line is DCD_LINE bytes; offsets are those of the media, so that poison
 * belongs to the bytes and not to whoever happens to hold them: it stays when
 * capacity changes hands, and it goes when the bytes are erased or the whole
 * line is written. An offset may be that of any byte of the line.
 *
 * Nearly always there is no poison at all, and dcd_poison_any() is the one
 * test that this costs. Each line is a range of its own in the tree, so that
 * taking one out needs no memory. Not thread-safe.
 */
#ifndef DCD_POISON_H
#define DCD_POISON_H

#include "range_tree.h"

#include <cxldcd/ctypes/memory_device.h>

/* Who poisoned a line: a number below this one. */
#define DCD_POISON_OWNERS 16u

/* Embeddable. Members are private to poison.c and the test below. */
struct dcd_poison {
    struct dcd_range_tree lines; /* tag: the source; sequence: the owner */
    uint32_t count;
    uint32_t owned[DCD_POISON_OWNERS]; /* of count */
};

struct dcd_poison_line {
    uint64_t offset; /* of its first byte */
    enum dcd_poison_source source;
};

/* An empty set owns no memory; a zeroed one is empty. */
void dcd_poison_init(struct dcd_poison *poison);
void dcd_poison_destroy(struct dcd_poison *poison);

static inline bool dcd_poison_any(const struct dcd_poison *poison)
{
    return poison->count != 0;
}

/* Lines that are poisoned, by anybody and by [owner]. */
uint32_t dcd_poison_count(const struct dcd_poison *poison);
uint32_t dcd_poison_owned(const struct dcd_poison *poison, unsigned owner);

bool dcd_poison_has(const struct dcd_poison *poison, uint64_t offset);

/*
 * The line becomes poisoned; one that is already keeps source and owner. False
 * when out of memory; then nothing has changed.
 */
bool dcd_poison_add(struct dcd_poison *poison, uint64_t offset,
                    enum dcd_poison_source source, unsigned owner);

/* The line is poisoned no longer; false: it was not. */
bool dcd_poison_remove(struct dcd_poison *poison, uint64_t offset);

/* Those lines of which every byte lies in [offset, offset + length). */
void dcd_poison_remove_range(struct dcd_poison *poison, uint64_t offset,
                             uint64_t length);

/* The first poisoned line with a byte at or above [from]; false, and [line]
 * left alone, if there is none. */
bool dcd_poison_next(const struct dcd_poison *poison, uint64_t from,
                     struct dcd_poison_line *line);

/*
 * How far around the byte at [offset] there is no poison: cuts [*before],
 * bytes below it, and [*after], bytes from it on, to that. False, and no
 * change, when its own line is poisoned.
 */
bool dcd_poison_clear_around(const struct dcd_poison *poison, uint64_t offset,
                             uint64_t *before, uint64_t *after);

#endif
