/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event_log.h - a bounded log of 128-byte event records.
 *
 * One log of a Component Command Interface: informational, warning, failure,
 * fatal or Dynamic Capacity (CXL r3.1 8.2.9.2). Records enter at the tail, are
 * read from the head as often as wanted and leave in the order in which they
 * came. A full log keeps what it has; what came too late is only counted.
 *
 *       oldest                         newest
 *     +--------+--------+-- ... --+--------+- - - - - -+
 *     | at(0)  | at(1)  |         |at(n-1) |   room    |
 *     +--------+--------+-- ... --+--------+- - - - - -+
 *      clear -->                            <-- append
 *
 * Of a record's contents the log knows two fields, which it fills in itself
 * while appending (Common Event Record, CXL r3.1 Table 8-43): the handle at
 * 14h and the timestamp at 18h.
 *
 * A log that is full is the caller's affair: whoever may be refused asks for
 * room first, or appends a group that goes in whole or not at all; whoever may
 * not be refused reports what was lost with dcd_event_log_overflow().
 */
#ifndef CXLDCD_CORE_EVENT_LOG_H
#define CXLDCD_CORE_EVENT_LOG_H

#include <cxldcd/ctypes/event.h> /* DCD_EVENT_RECORD_SIZE */

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* There are 65,535 different handles, as 0 is none. */
#define DCD_EVENT_LOG_DEPTH_MAX 65535

/* All members are private; the struct is visible so that it can be embedded. */
struct dcd_event_log {
    uint8_t *records; /* ring of depth records, owned */
    uint32_t depth;
    uint32_t oldest; /* slot of at(0) */
    uint32_t count;
    uint16_t next_handle;
    uint16_t lost; /* since the last clear, stops at 65,535 */
    uint64_t first_lost;
    uint64_t last_lost;
};

/*
 * Prepares an empty log of 1 to DCD_EVENT_LOG_DEPTH_MAX records. False when
 * the depth is outside that range or there is no memory; [log] then holds
 * nothing and may still be destroyed.
 */
bool dcd_event_log_init(struct dcd_event_log *log, uint32_t depth);

/* Frees what the log owns. A zeroed or destroyed log is accepted. */
void dcd_event_log_destroy(struct dcd_event_log *log);

uint32_t dcd_event_log_depth(const struct dcd_event_log *log);
uint32_t dcd_event_log_count(const struct dcd_event_log *log);

/* Records that can still be appended: depth - count. */
uint32_t dcd_event_log_room(const struct dcd_event_log *log);

/*
 * Copies the DCD_EVENT_RECORD_SIZE bytes at [record] to the tail and stamps
 * handle and [timestamp] (ns since 1970, 0 = clock never set) into the copy.
 * Precondition: room >= 1. True when the log went from empty to non-empty,
 * which is the only moment an event interrupt is due.
 *
 * Handles count up from 1 and skip 0 at the wrap. A handle in the log is never
 * given out twice: records leave in the order of their handles, so those
 * inside are always the last ones given out, fewer than there are handles.
 */
bool dcd_event_log_append(struct dcd_event_log *log, const uint8_t *record,
                          uint64_t timestamp);

/*
 * Appends [n] records that lie one behind the other, or none of them when
 * they do not all fit (false). [*rose], if not NULL, tells as append does
 * whether the log went from empty to non-empty. n = 0 is true and no change.
 */
bool dcd_event_log_append_group(struct dcd_event_log *log,
                                const uint8_t *records, uint32_t n,
                                uint64_t timestamp, bool *rose);

/*
 * Notes that [lost] records found no room at [timestamp]. The count stops at
 * 65,535; the first and the last timestamp are kept. lost = 0 is no change.
 */
void dcd_event_log_overflow(struct dcd_event_log *log, uint32_t lost,
                            uint64_t timestamp);

/*
 * Record [i], 0 being the oldest; NULL from count on. Points into the log and
 * stays valid until that record is cleared.
 */
const uint8_t *dcd_event_log_at(const struct dcd_event_log *log, uint32_t i);

/* Overflow since a record was last cleared; the rest is 0 without one. */
bool dcd_event_log_overflowed(const struct dcd_event_log *log);
uint16_t dcd_event_log_overflow_count(const struct dcd_event_log *log);
uint64_t dcd_event_log_first_overflow(const struct dcd_event_log *log);
uint64_t dcd_event_log_last_overflow(const struct dcd_event_log *log);

/*
 * Clears the oldest [n] records, whose handles must be the [n] little-endian
 * 16-bit values at [handles], in order. False (Invalid Handle, 0Eh) when one
 * of them is 0, unknown or out of order, or there are more handles than
 * records; then nothing was cleared. Clearing at least one record ends the
 * overflow. n = 0 is true and no change; [handles] may then be NULL.
 */
bool dcd_event_log_clear(struct dcd_event_log *log, const uint8_t *handles,
                         uint32_t n);

/* Empties the log and ends the overflow. The handles go on counting. */
void dcd_event_log_clear_all(struct dcd_event_log *log);

/* Conventional reset: as clear_all, and the handles start again at 1. */
void dcd_event_log_reset(struct dcd_event_log *log);

#ifdef __cplusplus
}
#endif

#endif
