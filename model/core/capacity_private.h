/* SPDX-License-Identifier: Apache-2.0 */
/* capacity_private.h - what the files of capacity share among themselves. */
#ifndef DCD_CAPACITY_PRIVATE_H
#define DCD_CAPACITY_PRIVATE_H

#include "capacity.h"

#include <cxldcd/ctypes/return_code.h>

/*
 * A list of ranges under examination. The tree holds every entry that passed
 * the form checks, its payload the entry's place in the list. Of these,
 * [run_last] has the last byte that the entry and those which follow it without
 * a gap reach: an extent may lie in as many entries as it has blocks, and each
 * of them asks whether all of it is there.
 */
struct dcd_request {
    const struct dcd_dpa_range *entries;
    uint32_t count;
    struct dcd_range_tree tree;
    uint64_t *run_last; /* by place in the list, owned */
};

void dcd_request_init(struct dcd_request *request,
                      const struct dcd_dpa_range *entries, uint32_t count);
void dcd_request_destroy(struct dcd_request *request);

/*
 * The checks that every list gets first, for each entry in order: length 0 is
 * an Invalid Extent List, wrapping or not inside exactly one region an Invalid
 * Physical Address, misaligned or overlapping an earlier entry an Invalid
 * Extent List. Out of memory is an Internal Error. The first fault is the
 * answer; the entries behind it are looked at all the same.
 */
uint16_t dcd_request_check_form(struct dcd_request *request,
                                const struct dcd_regions *regions);

/* Whether entry [index] passed the form checks. */
bool dcd_request_sound(const struct dcd_request *request, uint32_t index);

/* Whether [address] lies in an entry before entry [index]. */
bool dcd_request_earlier(const struct dcd_request *request, uint64_t address,
                         uint32_t index);

/* Copies DPA and length out of extents; NULL: out of memory. */
struct dcd_dpa_range *dcd_capacity_ranges(const struct dcd_extent_wire *extents,
                                          uint32_t count);

/* Whether [extent] is of an allocation that can be shared. */
bool dcd_capacity_is_share(const struct dcd_capacity *capacity,
                           const struct dcd_extent *extent);

/* Index of the region that holds [dpa], which has been checked. */
unsigned dcd_capacity_region(const struct dcd_capacity *capacity, uint64_t dpa);

/* Memory for [changes] more pieces in everything that a commit touches, and
 * for the end of every allocation that is shared. */
bool dcd_capacity_reserve(struct dcd_capacity *capacity, unsigned head,
                          size_t changes);

/* The same where no head is concerned. */
bool dcd_capacity_reserve_free(struct dcd_capacity *capacity, size_t changes);

/*
 * A range that a head no longer lists returns to free space, sanitised if the
 * region or an FM wants that; what is shared waits for dcd_capacity_bury().
 */
void dcd_capacity_give_back(struct dcd_capacity *capacity,
                            const struct dcd_extent *piece);

/* A tag that nobody holds any more dies, and what it shared becomes free. */
void dcd_capacity_bury(struct dcd_capacity *capacity, uint32_t id);

/* Lets go of what the group offered, without those parts that [head] has
 * accepted meanwhile, and frees it; it is the oldest one. */
void dcd_capacity_end_group(struct dcd_capacity *capacity, unsigned head);

/*
 * Ends the oldest group with nothing accepted; the FM gets a type 4 record of
 * length 0 that names the group's first extent. False: out of memory, and
 * nothing has changed.
 */
bool dcd_capacity_refuse_group(struct dcd_capacity *capacity, unsigned head);

/*
 * Writes one chain of records, whole or not at all; in the latter case the log
 * overflows by so many. (With config.lossy it goes in as far as it fits.)
 * [head] is the host that the records are about.
 */
void dcd_capacity_report(struct dcd_capacity *capacity, unsigned port,
                         enum dcd_dc_event_type type, unsigned head,
                         const struct dcd_extent_wire *extents, uint32_t count);

/* A record of type 3 about [region], for [head]. */
void dcd_capacity_report_region(struct dcd_capacity *capacity, unsigned head,
                                unsigned region);

/* Whether [head]'s log takes a chain of [count] records: Resources Exhausted
 * if it never can, Retry Required if not now. */
uint16_t dcd_capacity_check_log(const struct dcd_capacity *capacity,
                                unsigned head, uint32_t count);

void dcd_capacity_trace(struct dcd_capacity *capacity, unsigned kind,
                        unsigned head, const struct dcd_extent *extent);

/* --- Taking accepted capacity away (4803h, 5605h) ------------------------ */

/* Parts of accepted extents that leave a head's list. */
struct dcd_removal {
    struct dcd_extent *pieces;
    struct dcd_extent_wire *wires;
    uint32_t count;
};

/* All accepted parts of the request, and the memory to take them away; false:
 * out of memory. To be destroyed in either case. */
bool dcd_removal_init(struct dcd_removal *removal,
                      struct dcd_capacity *capacity, unsigned head,
                      const struct dcd_request *request);
void dcd_removal_destroy(struct dcd_removal *removal);

/* The three steps of closing, each over the whole list. */
void dcd_capacity_take_away(struct dcd_capacity *capacity, unsigned head,
                            const struct dcd_removal *removal,
                            unsigned trace_kind);

/* Steps through the extents of [list] that [range] touches; [at] starts at
 * range->dpa. */
bool dcd_capacity_next_touched(const struct dcd_extent_list *list,
                               const struct dcd_dpa_range *range, uint64_t *at,
                               struct dcd_extent *extent);

/* Whether the entries of [request] together hold all of [extent]. */
bool dcd_request_covers(const struct dcd_request *request,
                        const struct dcd_extent *extent);

/* Counts in [counted] of each shared tag the extents of [list] that the
 * request covers. */
void dcd_request_count_shares(const struct dcd_request *request,
                              struct dcd_capacity *capacity,
                              const struct dcd_extent_list *list);

/*
 * By how much the number of accepted extents changes when entry [i] goes,
 * after all entries before it: touched extents vanish, and a piece stays on a
 * side where the extent goes on and no earlier entry has taken that part.
 */
int64_t dcd_request_count_change(const struct dcd_request *request,
                                 const struct dcd_holder *holder, uint32_t i);

#endif
