/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capacity.h - the heart: who holds which block.
 *
 * Life of an extent (CXL r3.2 9.13.3, 7.6.7.6):
 *
 *     free --add (5604h)--> pending --respond (4802h)--> accepted
 *      ^                     |    |                        |    |
 *      |<--- not listed -----+    | forced                 |    |
 *      |                          v (5605h)                |    |
 *      |<--- answered -------- dead                        |    |
 *      |<--- release (4803h), at the host's will ----------+    |
 *      |<--- forced release (5605h), reset -----------------------+
 *
 * What is added in a region that the head may share is one allocation, named
 * by its tag: other heads may be offered the same extents (5604h, enable shared
 * access), and the FM may hold on to them itself (5606h). Its blocks become
 * free together, when the tag dies.
 *
 * Extents that one add offered are one group; a host answers its groups in
 * order, each as a whole. Every entry point checks everything, then reserves
 * all memory that it will need, then commits: a return code other than success
 * has changed nothing (one exception: any answer to a dead group ends it).
 *
 * Blocks close in three steps: the block map, so that nobody gets in any
 * more; the pointers that were handed out (ops.revoke); then the bytes are
 * erased or handed on. A callback may look at everything, and sees the block
 * closed; it must not start another of the functions below.
 */
#ifndef DCD_CAPACITY_H
#define DCD_CAPACITY_H

#include "block_map.h"
#include "extent_list.h"
#include "free_space.h"
#include "port.h"
#include "range_tree.h"
#include "region.h"
#include "tag_table.h"

#include <cxldcd/trace.h>

/* What capacity asks of the device around it; no callback may be NULL. */
struct dcd_capacity_ops {
    void *context;
    /* Simulated time in ps. */
    uint64_t (*now)(void *context);
    /* [head] can no longer touch this range: take its pointers back. */
    void (*revoke)(void *context, unsigned head, uint64_t dpa, uint64_t length);
    /* Bytes of [region] that nobody holds become zero. */
    void (*erase)(void *context, unsigned region, uint64_t dpa,
                  uint64_t length);
    /* A region has blocks of another size; nobody holds any of them. */
    void (*reshaped)(void *context, unsigned region);
    /* A record entered a log, or found no room (NULL). */
    void (*logged)(void *context, unsigned port,
                   const struct dcd_dc_event *record);
    /* A dynamic capacity log went from empty to not empty. */
    void (*log_rose)(void *context, unsigned port);
    /* A step in the life of an extent; [kind] is enum dcd_trace_kind. */
    void (*trace)(void *context, unsigned kind, unsigned head,
                  const struct dcd_extent *extent);
};

/* Extents that one add offered to one head. */
struct dcd_group {
    struct dcd_group *next;
    bool dead;
    uint32_t count;
    struct dcd_extent extents[]; /* by rising DPA */
};

/* What one head holds. */
struct dcd_holder {
    struct dcd_extent_list accepted;
    struct dcd_extent_list pending; /* of all groups, dead ones too */
    struct dcd_group *first;        /* the oldest */
    struct dcd_group *last;
    struct dcd_block_map map[DCD_MAX_REGIONS];
    uint8_t attributes[DCD_MAX_REGIONS];
};

struct dcd_capacity {
    const struct dcd_config *config;
    const struct dcd_capacity_ops *ops;
    struct dcd_port *ports; /* by number, DCD_MAX_PORTS of them */
    struct dcd_regions regions;
    struct dcd_free_space free[DCD_MAX_REGIONS];
    struct dcd_tag_table tags;
    /* Extents of living allocations that can be shared. */
    size_t shared[DCD_MAX_REGIONS];
    /* Ranges that an FM wants sanitised when they become free (5605h). */
    struct dcd_range_tree sanitize;
    struct dcd_holder holder[DCD_MAX_HEADS];
};

/* All three pointers have to outlive [capacity]. False: out of memory. */
bool dcd_capacity_init(struct dcd_capacity *capacity,
                       const struct dcd_config *config, struct dcd_port *ports,
                       const struct dcd_capacity_ops *ops);
void dcd_capacity_destroy(struct dcd_capacity *capacity);

/* Extents that count against the head's limit: accepted, pending and dead. */
uint32_t dcd_capacity_tracked(const struct dcd_capacity *capacity,
                              unsigned head);
uint32_t dcd_capacity_available_extents(const struct dcd_capacity *capacity,
                                        unsigned head);
uint32_t dcd_capacity_available_tags(const struct dcd_capacity *capacity);

static inline bool dcd_capacity_sharable(const struct dcd_capacity *capacity,
                                         unsigned head, unsigned region)
{
    return capacity->holder[head].attributes[region] & DCD_REGION_ATTR_SHARABLE;
}

/*
 * Whether nobody but [head], if that, holds the byte at [dpa]: no other head
 * has accepted it or was offered it, and the FM has no reference to it. Cuts
 * [*length] to the bytes from there on for which the answer is the same.
 */
bool dcd_capacity_is_alone(const struct dcd_capacity *capacity, unsigned head,
                           uint64_t dpa, uint64_t *length);

/* An extent of the wire, from one of the lists. */
struct dcd_extent_wire dcd_capacity_wire(const struct dcd_capacity *capacity,
                                         const struct dcd_extent *extent);

/*
 * The functions below answer with a return code (enum dcd_return_code).
 */

/* 5604h, prescriptive: offers [count] extents to [head] as one group. */
uint16_t dcd_capacity_add_prescriptive(struct dcd_capacity *capacity,
                                       unsigned head,
                                       const struct dcd_extent_wire *extents,
                                       uint32_t count);

/*
 * 5604h, free and contiguous: offers [length] bytes of [region], which exists.
 * Free takes the lowest free blocks, an extent for each run of them; contiguous
 * takes the lowest run that is long enough.
 */
uint16_t dcd_capacity_add_free(struct dcd_capacity *capacity, unsigned head,
                               unsigned region, uint64_t length,
                               const struct dcd_uuid *tag);
uint16_t dcd_capacity_add_contiguous(struct dcd_capacity *capacity,
                                     unsigned head, unsigned region,
                                     uint64_t length,
                                     const struct dcd_uuid *tag);

/* 5604h, enable shared access: offers the extents of [tag] to [head], too. */
uint16_t dcd_capacity_share(struct dcd_capacity *capacity, unsigned head,
                            unsigned region, const struct dcd_uuid *tag);

/* 4802h: the answer to the oldest group of [head]. */
uint16_t dcd_capacity_respond(struct dcd_capacity *capacity, unsigned head,
                              const struct dcd_dpa_range *entries,
                              uint32_t count);

/* 4803h: [head] gives ranges back. */
uint16_t dcd_capacity_release(struct dcd_capacity *capacity, unsigned head,
                              const struct dcd_dpa_range *entries,
                              uint32_t count);

/* 5605h: asks [head] for capacity, or takes it away. */
struct dcd_withdrawal {
    bool forced;
    bool sanitize; /* before anybody else gets it */
};

/* Prescriptive: ranges, whatever tag and sequence the entries bear. */
uint16_t dcd_capacity_withdraw(struct dcd_capacity *capacity, unsigned head,
                               const struct dcd_extent_wire *extents,
                               uint32_t count, struct dcd_withdrawal how);

/* Tag-based: [length] bytes of what [head] has of [tag], lowest DPA first. */
uint16_t dcd_capacity_withdraw_tag(struct dcd_capacity *capacity, unsigned head,
                                   const struct dcd_uuid *tag, uint64_t length,
                                   struct dcd_withdrawal how);

/* 5606h and 5607h: the FM holds on to an allocation that can be shared. */
uint16_t dcd_capacity_add_reference(struct dcd_capacity *capacity,
                                    const struct dcd_uuid *tag);
uint16_t dcd_capacity_remove_reference(struct dcd_capacity *capacity,
                                       const struct dcd_uuid *tag);

/* 5602h: blocks of [block_size] bytes, and whether they are sanitised on
 * release, for a [region] of which nobody holds anything. */
uint16_t dcd_capacity_configure(struct dcd_capacity *capacity, unsigned region,
                                uint64_t block_size, bool sanitize);

/*
 * Conventional reset of [head], as config.reset says. False: out of memory;
 * what was not let go is still held, and calling again goes on from there.
 */
bool dcd_capacity_reset(struct dcd_capacity *capacity, unsigned head);

/* All invariants; false: [why] is a sentence. */
bool dcd_capacity_check(const struct dcd_capacity *capacity, char *why,
                        size_t why_size);

#endif
