/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event_log.c - a bounded log of 128-byte event records, kept as a ring.
 */
#include "event_log.h"

#include <cxldcd/ctypes/le.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Common Event Record, CXL r3.1 Table 8-43. */
enum { HANDLE_AT = 0x14, TIMESTAMP_AT = 0x18 };

static uint8_t *slot(const struct dcd_event_log *log, uint32_t i)
{
    uint32_t at = log->oldest + i; /* below 2 x 65,535 */

    if (at >= log->depth)
        at -= log->depth;
    return log->records + (size_t)at * DCD_EVENT_RECORD_SIZE;
}

static void end_overflow(struct dcd_event_log *log)
{
    log->lost = 0;
    log->first_lost = 0;
    log->last_lost = 0;
}

static uint16_t take_handle(struct dcd_event_log *log)
{
    uint16_t handle = log->next_handle;

    log->next_handle = handle == UINT16_MAX ? 1 : (uint16_t)(handle + 1u);
    return handle;
}

bool dcd_event_log_init(struct dcd_event_log *log, uint32_t depth)
{
    memset(log, 0, sizeof(*log));
    if (depth == 0 || depth > DCD_EVENT_LOG_DEPTH_MAX)
        return false;
    log->records = calloc(depth, DCD_EVENT_RECORD_SIZE);
    if (!log->records)
        return false;
    log->depth = depth;
    log->next_handle = 1;
    return true;
}

void dcd_event_log_destroy(struct dcd_event_log *log)
{
    free(log->records);
    memset(log, 0, sizeof(*log));
}

uint32_t dcd_event_log_depth(const struct dcd_event_log *log)
{
    return log->depth;
}

uint32_t dcd_event_log_count(const struct dcd_event_log *log)
{
    return log->count;
}

uint32_t dcd_event_log_room(const struct dcd_event_log *log)
{
    return log->depth - log->count;
}

bool dcd_event_log_append(struct dcd_event_log *log, const uint8_t *record,
                          uint64_t timestamp)
{
    uint8_t *copy;

    assert(log->count < log->depth);
    copy = slot(log, log->count);
    memcpy(copy, record, DCD_EVENT_RECORD_SIZE);
    dcd_store_le(copy + HANDLE_AT, 2, take_handle(log));
    dcd_store_le(copy + TIMESTAMP_AT, 8, timestamp);
    return log->count++ == 0;
}

bool dcd_event_log_append_group(struct dcd_event_log *log,
                                const uint8_t *records, uint32_t n,
                                uint64_t timestamp, bool *rose)
{
    bool fits = n <= dcd_event_log_room(log);
    bool first = false;
    uint32_t i;

    for (i = 0; fits && i < n; i++)
        first |= dcd_event_log_append(
            log, records + (size_t)i * DCD_EVENT_RECORD_SIZE, timestamp);
    if (rose)
        *rose = first;
    return fits;
}

void dcd_event_log_overflow(struct dcd_event_log *log, uint32_t lost,
                            uint64_t timestamp)
{
    if (lost == 0)
        return;
    if (log->lost == 0)
        log->first_lost = timestamp;
    log->last_lost = timestamp;
    if (lost > (uint32_t)(UINT16_MAX - log->lost))
        log->lost = UINT16_MAX;
    else
        log->lost = (uint16_t)(log->lost + lost);
}

const uint8_t *dcd_event_log_at(const struct dcd_event_log *log, uint32_t i)
{
    return i < log->count ? slot(log, i) : NULL;
}

bool dcd_event_log_overflowed(const struct dcd_event_log *log)
{
    return log->lost != 0;
}

uint16_t dcd_event_log_overflow_count(const struct dcd_event_log *log)
{
    return log->lost;
}

uint64_t dcd_event_log_first_overflow(const struct dcd_event_log *log)
{
    return log->first_lost;
}

uint64_t dcd_event_log_last_overflow(const struct dcd_event_log *log)
{
    return log->last_lost;
}

bool dcd_event_log_clear(struct dcd_event_log *log, const uint8_t *handles,
                         uint32_t n)
{
    uint32_t i;

    if (n > log->count)
        return false;
    for (i = 0; i < n; i++) {
        if (memcmp(slot(log, i) + HANDLE_AT, handles + 2 * (size_t)i, 2) != 0)
            return false;
    }
    if (n == 0)
        return true;
    log->oldest = (log->oldest + n) % log->depth;
    log->count -= n;
    end_overflow(log);
    return true;
}

void dcd_event_log_clear_all(struct dcd_event_log *log)
{
    log->oldest = 0;
    log->count = 0;
    end_overflow(log);
}

void dcd_event_log_reset(struct dcd_event_log *log)
{
    dcd_event_log_clear_all(log);
    log->next_handle = 1;
}
