/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan.h - what a head is told about poison, and where it was interrupted: the
 * poison list (CXL r3.1 8.2.9.9.4.1, 4300h) and the results of the latest scan
 * (8.2.9.9.4.6, 4305h).
 *
 * Both may be longer than a payload and are fetched in several commands; this
 * is the place in between. What is poisoned now is asked of the media; what a
 * scan found is kept here.
 */
#ifndef DCD_SCAN_H
#define DCD_SCAN_H

#include <cxldcd/ctypes/memory_device.h>

#include <stdbool.h>
#include <stddef.h>

/* Embeddable; all zero at first. */
struct dcd_poison_list {
    bool more; /* a 4300h of [dpa, length] goes on at [next] */
    uint64_t dpa;
    uint64_t length;
    uint64_t next;
    bool overflowed;             /* more records than the list can hold */
    uint64_t overflow_timestamp; /* ns, when that was first seen */
};

/* Embeddable; all zero at first. Owns [records]. */
struct dcd_scan {
    bool done; /* there was a scan */
    uint32_t count;
    uint32_t next; /* first record that 4305h has not handed out */
    struct dcd_media_error *records;
    uint64_t restart_dpa; /* where it stopped early; length 0: it did not */
    uint64_t restart_length;
};

/* What a scan has come to; takes [records] over, which may be NULL for none. */
void dcd_scan_finish(struct dcd_scan *scan, struct dcd_media_error *records,
                     uint32_t count, uint64_t restart_dpa,
                     uint64_t restart_length);

/* There was no scan. */
void dcd_scan_forget(struct dcd_scan *scan);

#endif
