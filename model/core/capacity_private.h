/* SPDX-License-Identifier: Apache-2.0 */
/* capacity_private.h - what the files of capacity share among themselves. */
#ifndef DCD_CAPACITY_PRIVATE_H
#define DCD_CAPACITY_PRIVATE_H

#include "capacity.h"

#include <cxldcd/ctypes/return_code.h>

/*
 * A list of ranges under examination. The tree holds every entry that passed
 * the form checks, its payload the entry's place in the list.
 */
struct dcd_request {
    const struct dcd_dpa_range *entries;
    uint32_t count;
    struct dcd_range_tree tree;
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

/* Whether [extent] lies in a region that [head] may share. */
bool dcd_capacity_is_share(const struct dcd_capacity *capacity, unsigned head,
                           const struct dcd_extent *extent);

/* Index of the region that holds [dpa], which has been checked. */
unsigned dcd_capacity_region(const struct dcd_capacity *capacity, uint64_t dpa);

/* Memory for [changes] more pieces in everything that a commit touches. */
bool dcd_capacity_reserve(struct dcd_capacity *capacity, unsigned head,
                          size_t changes);

/*
 * Returns a range that [head] no longer lists to free space, sanitised if the
 * region or an FM wants that; not if another head holds it too.
 */
void dcd_capacity_give_back(struct dcd_capacity *capacity, unsigned head,
                            uint64_t dpa, uint64_t length);

/* Lets go of what the group offered, without those parts that [head] has
 * accepted meanwhile, and frees it; it is the oldest one. */
void dcd_capacity_end_group(struct dcd_capacity *capacity, unsigned head);

/*
 * Ends the oldest group with nothing accepted; the FM gets a type 4 record of
 * length 0 that names the group's first extent. False: out of memory, and
 * nothing has changed.
 */
bool dcd_capacity_refuse_group(struct dcd_capacity *capacity, unsigned head);

/* Whether a chain of [count] records fits log 4 of [port] now. */
bool dcd_capacity_log_fits(const struct dcd_capacity *capacity, unsigned port,
                           uint32_t count);

/*
 * Writes one chain of records, whole or not at all; in the latter case the log
 * overflows by so many. [head] is the host that the records are about.
 */
void dcd_capacity_report(struct dcd_capacity *capacity, unsigned port,
                         enum dcd_dc_event_type type, unsigned head,
                         const struct dcd_extent_wire *extents, uint32_t count);

void dcd_capacity_trace(struct dcd_capacity *capacity, unsigned kind,
                        unsigned head, const struct dcd_extent *extent);

#endif
