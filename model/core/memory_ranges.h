/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory_ranges.h - the memory that one head has, by DPA: its static
 * partitions, and of the regions what it has accepted. Where that lies in the
 * media, where it is poisoned, and how it is erased.
 *
 * Ranges are [first, last], both in; a range may name anything, and what the
 * head has in it is looked at. No function here calls back.
 */
#ifndef DCD_MEMORY_RANGES_H
#define DCD_MEMORY_RANGES_H

#include "memory_device.h"

/* Bytes that the head has, in one piece of one partition. */
struct dcd_memory_piece {
    uint64_t dpa;
    uint64_t length;
    uint64_t media; /* offset of the first byte */
    const struct dcd_partition *partition;
};

/* Poisoned lines that touch, have one source and lie in one partition. */
struct dcd_poisoned {
    uint64_t dpa;
    uint64_t length;
    enum dcd_poison_source source;
};

/* Whether [dpa, dpa + length) is a range of DPAs at all: not empty, and inside
 * the address space of partitions and regions, be there memory or not. */
bool dcd_memory_is_range(const struct dcd_memory_device *memory, uint64_t dpa,
                         uint64_t length);

/* The first piece in [first, last] that the head has; false: there is none. */
bool dcd_memory_next(const struct dcd_memory_device *memory, uint64_t first,
                     uint64_t last, struct dcd_memory_piece *piece);

/* Whether the head has every byte of [dpa, dpa + length), and may write it. */
bool dcd_memory_has_writable(const struct dcd_memory_device *memory,
                             uint64_t dpa, uint64_t length);

/* Where a byte that the head has lies in the media. */
uint64_t dcd_memory_media(const struct dcd_memory_device *memory, uint64_t dpa);

/* Whether a byte that the head has is lost without power. */
bool dcd_memory_is_volatile(const struct dcd_memory_device *memory,
                            uint64_t dpa);

/* The first poisoned lines in [first, last] that the head has, as many as
 * belong together; [first] is that of a line. False: there are none. */
bool dcd_memory_next_poisoned(const struct dcd_memory_device *memory,
                              uint64_t first, uint64_t last,
                              struct dcd_poisoned *poisoned);

/* What the head has of [first, last] becomes zero, and is poisoned no more. */
void dcd_memory_erase(struct dcd_memory_device *memory, uint64_t first,
                      uint64_t last);

/* --- What belongs to the head alone --------------------------------------- */

/* Static partitions, and dynamic capacity that no other head has accepted or
 * was offered; and the label storage area. */
#define DCD_OWN_VOLATILE 1u
#define DCD_OWN_PERSISTENT 2u
#define DCD_OWN_LABELS 4u
#define DCD_OWN_ALL (DCD_OWN_VOLATILE | DCD_OWN_PERSISTENT | DCD_OWN_LABELS)

/* How many bytes of the kinds [own] there are. */
uint64_t dcd_memory_own_bytes(const struct dcd_memory_device *memory,
                              unsigned own);

/*
 * They become zero, and are poisoned no more. Pointers that were granted stay
 * good; whoever does not want them to be used takes them back before
 * (ops->access_changed).
 */
void dcd_memory_erase_own(struct dcd_memory_device *memory, unsigned own);

#endif
