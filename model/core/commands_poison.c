/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commands_poison.c - poisoned lines and the search for them, CXL r3.1
 * 8.2.9.9.4.
 */
#include "cci.h"
#include "memory_ranges.h"

#include <cxldcd/ctypes/opcode.h>
#include <cxldcd/ctypes/return_code.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define PS_PER_MS UINT64_C(1000000000)

static_assert(DCD_MAX_HEADS <= DCD_POISON_OWNERS, "every head can own poison");

/* --- Ranges, records, events ---------------------------------------------- */

/* A range of 4300h, 4303h or 4304h, in bytes. [allowed] are the low bits of
 * the address that may be set. */
static uint16_t decode_range(const struct dcd_cci_call *call, uint64_t allowed,
                             struct dcd_dpa_range *range)
{
    struct dcd_media_range req;
    uint64_t lines;

    memcpy(&req, call->in, sizeof(req));
    range->dpa = dcd_get64(req.dpa);
    if (range->dpa & (DCD_LINE - 1) & ~allowed)
        return DCD_RC_INVALID_INPUT;
    range->dpa &= ~(uint64_t)(DCD_LINE - 1);
    lines = dcd_get64(req.length);
    if (lines > UINT64_MAX / DCD_LINE ||
        !dcd_memory_is_range(call->memory, range->dpa, lines * DCD_LINE))
        return DCD_RC_INVALID_PHYSICAL_ADDRESS;
    range->length = lines * DCD_LINE;
    return DCD_RC_SUCCESS;
}

static struct dcd_media_error encode(const struct dcd_poisoned *poisoned)
{
    struct dcd_media_error record;

    memset(&record, 0, sizeof(record));
    record.dpa = dcd_put64(poisoned->dpa | poisoned->source);
    record.length = dcd_put32((uint32_t)(poisoned->length / DCD_LINE));
    return record;
}

/* General Media Event Record, CXL r3.1 8.2.9.2.1.1. */
static void report(const struct dcd_memory_device *memory, uint64_t dpa,
                   enum dcd_media_transaction transaction)
{
    struct dcd_general_media_event event;

    memset(&event, 0, sizeof(event));
    event.header = dcd_port_event_header(memory->config, memory->head,
                                         &dcd_uuid_general_media_event,
                                         DCD_EVENT_SEVERITY_INFO);
    if (dcd_memory_is_volatile(memory, dpa))
        dpa |= DCD_MEDIA_EVENT_VOLATILE;
    event.dpa = dcd_put64(dpa);
    event.descriptor = DCD_MEDIA_EVENT_UNCORRECTABLE;
    event.transaction = (uint8_t)transaction;
    memory->ops->event(memory->ops->context, memory->head,
                       DCD_LOG_INFORMATIONAL, &event);
}

/* --- 4300h Get Poison List, CXL r3.1 8.2.9.9.4.1 -------------------------- */

/*
 * The last DPA that the list of the head covers: it holds so many records, the
 * lowest ones. More lines than records there must be before any is left out.
 */
static uint64_t end_of_list(const struct dcd_memory_device *memory)
{
    const uint32_t most = memory->config->poison_list;
    struct dcd_poisoned found;
    uint64_t at = 0;

    if (dcd_poison_count(&memory->media->poison) <= most)
        return UINT64_MAX;
    for (uint32_t i = 0;
         dcd_memory_next_poisoned(memory, at, UINT64_MAX, &found); i++) {
        if (i == most)
            return found.dpa - 1;
        at = found.dpa + found.length;
    }
    return UINT64_MAX;
}

/* Notes when the list began to overflow, or that it does no longer. */
static uint64_t look_at_list(struct dcd_memory_device *memory, uint64_t now)
{
    struct dcd_poison_list *list = &memory->poison_list;
    uint64_t end = end_of_list(memory);
    bool overflows = end != UINT64_MAX;

    if (overflows && !list->overflowed)
        list->overflow_timestamp = dcd_port_timestamp(memory->port, now);
    list->overflowed = overflows;
    return end;
}

static bool scan_is_running(const struct dcd_memory_device *memory)
{
    return memory->background.running &&
           memory->background.opcode == DCD_OP_SCAN_MEDIA;
}

static uint8_t list_flags(const struct dcd_memory_device *memory, bool restart)
{
    const struct dcd_poison_list *list = &memory->poison_list;
    unsigned flags = 0;

    if (list->more)
        flags |= DCD_POISON_LIST_MORE;
    if (list->overflowed)
        flags |= DCD_POISON_LIST_OVERFLOW;
    if (scan_is_running(memory))
        flags |= DCD_POISON_LIST_SCAN_RUNNING;
    if (restart)
        flags |= DCD_POISON_LIST_RESTARTED;
    return (uint8_t)flags;
}

/* Records of [list->next, last], as many as fit; the rest is for next time. */
static uint32_t put_records(struct dcd_cci_call *call, uint64_t last)
{
    struct dcd_poison_list *list = &call->memory->poison_list;
    uint32_t header = sizeof(struct dcd_poison_list_rsp);
    uint32_t room = dcd_room(call, header, sizeof(struct dcd_media_error));
    struct dcd_poisoned found;
    uint32_t count = 0;

    while ((list->more = dcd_memory_next_poisoned(call->memory, list->next,
                                                  last, &found)) &&
           count < room) {
        struct dcd_media_error record = encode(&found);

        memcpy(call->out + header + count * sizeof(record), &record,
               sizeof(record));
        list->next = found.dpa + found.length;
        count++;
    }
    call->out_length =
        header + count * (uint32_t)sizeof(struct dcd_media_error);
    return count;
}

uint16_t dcd_get_poison_list(struct dcd_cci_call *call)
{
    struct dcd_poison_list *list = &call->memory->poison_list;
    struct dcd_poison_list_rsp rsp;
    struct dcd_dpa_range range;
    bool restart = call->in[0] & DCD_POISON_RESTART;
    uint16_t rc = decode_range(call, DCD_POISON_RESTART, &range);
    uint64_t end;

    if (rc != DCD_RC_SUCCESS)
        return rc;
    if (restart || !list->more || list->dpa != range.dpa ||
        list->length != range.length)
        list->next = range.dpa;
    list->dpa = range.dpa;
    list->length = range.length;
    end = look_at_list(call->memory, call->now);
    memset(&rsp, 0, sizeof(rsp));
    rsp.count = dcd_put16((uint16_t)put_records(
        call,
        end < dcd_dpa_range_last(&range) ? end : dcd_dpa_range_last(&range)));
    rsp.flags = list_flags(call->memory, restart);
    if (list->overflowed)
        rsp.overflow_timestamp = dcd_put64(list->overflow_timestamp);
    memcpy(call->out, &rsp, sizeof(rsp));
    return DCD_RC_SUCCESS;
}

/* --- 4301h and 4302h: one line -------------------------------------------- */

/* Alignment first, then whether the head has the line and may change it. */
static uint16_t check_line(const struct dcd_memory_device *memory, uint64_t dpa)
{
    if (dpa & (DCD_LINE - 1))
        return DCD_RC_INVALID_INPUT;
    return dcd_memory_has_writable(memory, dpa, DCD_LINE)
               ? DCD_RC_SUCCESS
               : DCD_RC_INVALID_PHYSICAL_ADDRESS;
}

static void poison_changed(const struct dcd_memory_device *memory, uint64_t dpa)
{
    memory->ops->poison_changed(memory->ops->context, memory->head, dpa,
                                DCD_LINE);
}

/* 4301h Inject Poison, CXL r3.1 8.2.9.9.4.2. */
uint16_t dcd_inject_poison(struct dcd_cci_call *call)
{
    struct dcd_memory_device *memory = call->memory;
    struct dcd_poison *poison = &memory->media->poison;
    const uint32_t limit = memory->config->poison_inject_limit;
    struct dcd_inject_poison_req req;
    uint64_t dpa;
    uint16_t rc;

    memcpy(&req, call->in, sizeof(req));
    dpa = dcd_get64(req.dpa);
    rc = check_line(memory, dpa);
    if (rc != DCD_RC_SUCCESS ||
        dcd_poison_has(poison, dcd_memory_media(memory, dpa)))
        return rc;
    if (limit && dcd_poison_owned(poison, memory->head) >= limit)
        return DCD_RC_INJECT_POISON_LIMIT;
    if (!dcd_poison_add(poison, dcd_memory_media(memory, dpa),
                        DCD_POISON_INJECTED, memory->head))
        return DCD_RC_INTERNAL_ERROR;
    poison_changed(memory, dpa);
    look_at_list(memory, call->now);
    report(memory, dpa, DCD_MEDIA_TRANSACTION_INJECT);
    return DCD_RC_SUCCESS;
}

/* 4302h Clear Poison, CXL r3.1 8.2.9.9.4.3: the data goes in, poisoned or not.
 */
uint16_t dcd_clear_poison(struct dcd_cci_call *call)
{
    struct dcd_memory_device *memory = call->memory;
    struct dcd_media *media = memory->media;
    struct dcd_clear_poison_req req;
    uint64_t offset;
    uint64_t dpa;
    uint16_t rc;

    memcpy(&req, call->in, sizeof(req));
    dpa = dcd_get64(req.dpa);
    rc = check_line(memory, dpa);
    if (rc != DCD_RC_SUCCESS)
        return rc;
    offset = dcd_memory_media(memory, dpa);
    memcpy(media->bytes + offset, req.data, DCD_LINE);
    if (dcd_poison_remove(&media->poison, offset)) {
        poison_changed(memory, dpa);
        look_at_list(memory, call->now);
    }
    return DCD_RC_SUCCESS;
}

/* --- 4303h to 4305h: scans ------------------------------------------------ */

/* 4303h Get Scan Media Capabilities, CXL r3.1 8.2.9.9.4.4. */
uint16_t dcd_get_scan_media_caps(struct dcd_cci_call *call)
{
    struct dcd_scan_media_caps_rsp rsp;
    struct dcd_dpa_range range;
    uint16_t rc = decode_range(call, 0, &range);
    uint64_t ms;

    if (rc != DCD_RC_SUCCESS)
        return rc;
    ms = (dcd_memory_device_pass(call->memory, range.length) + PS_PER_MS - 1) /
         PS_PER_MS;
    rsp.ms = dcd_put32(ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX);
    return dcd_answer(call, &rsp, sizeof(rsp));
}

/* 4304h Scan Media, CXL r3.1 8.2.9.9.4.5. */
uint16_t dcd_scan_media(struct dcd_cci_call *call)
{
    uint8_t flags = call->in[offsetof(struct dcd_scan_media_req, flags)];
    struct dcd_memory_device *memory = call->memory;
    struct dcd_dpa_range range;
    uint16_t rc;

    if (flags & ~DCD_SCAN_NO_EVENTS)
        return DCD_RC_INVALID_INPUT;
    rc = decode_range(call, 0, &range);
    if (rc != DCD_RC_SUCCESS)
        return rc;
    if (!dcd_media_job_begin(&memory->job, flags, 1))
        return DCD_RC_INTERNAL_ERROR;
    memory->job.ranges[0] = range;
    call->duration = dcd_memory_device_pass(memory, range.length);
    return DCD_RC_BACKGROUND_STARTED;
}

/* Finds in [*at, last], at most so many as the poison list can hold; [*at]
 * moves behind them. With [records] NULL they are only counted. */
static uint32_t search(const struct dcd_memory_device *memory, uint64_t *at,
                       uint64_t last, struct dcd_media_error *records)
{
    struct dcd_poisoned found;
    uint32_t count = 0;

    while (count < memory->config->poison_list &&
           dcd_memory_next_poisoned(memory, *at, last, &found)) {
        if (records)
            records[count] = encode(&found);
        *at = found.dpa + found.length;
        count++;
    }
    return count;
}

static void report_found(const struct dcd_memory_device *memory)
{
    const struct dcd_scan *scan = &memory->scan;

    for (uint32_t i = 0; i < scan->count; i++)
        report(memory,
               dcd_get64(scan->records[i].dpa) & ~(uint64_t)(DCD_LINE - 1),
               DCD_MEDIA_TRANSACTION_SCAN);
}

/* The whole range has been read; findings beyond the list stop the scan early,
 * at the first that is left. */
uint16_t dcd_scan_media_complete(struct dcd_cci_call *call)
{
    struct dcd_memory_device *memory = call->memory;
    const struct dcd_dpa_range range = memory->job.ranges[0];
    const bool quiet = memory->job.flags & DCD_SCAN_NO_EVENTS;
    struct dcd_media_error *records;
    struct dcd_poisoned left = {0};
    uint64_t at = range.dpa;
    uint32_t count = search(memory, &at, dcd_dpa_range_last(&range), NULL);

    dcd_media_job_end(&memory->job);
    records = malloc(count * sizeof(*records) + 1);
    if (!records)
        return DCD_RC_INTERNAL_ERROR;
    at = range.dpa;
    search(memory, &at, dcd_dpa_range_last(&range), records);
    if (dcd_memory_next_poisoned(memory, at, dcd_dpa_range_last(&range), &left))
        dcd_scan_finish(&memory->scan, records, count, left.dpa,
                        dcd_dpa_range_last(&range) - left.dpa + 1);
    else
        dcd_scan_finish(&memory->scan, records, count, 0, 0);
    if (!quiet)
        report_found(memory);
    return DCD_RC_SUCCESS;
}

/* 4305h Get Scan Media Results, CXL r3.1 8.2.9.9.4.6. Behind the last record
 * it begins again with the first. */
uint16_t dcd_get_scan_media_results(struct dcd_cci_call *call)
{
    struct dcd_scan *scan = &call->memory->scan;
    struct dcd_scan_media_results_rsp rsp;
    uint32_t room = dcd_room(call, sizeof(rsp), sizeof(*scan->records));
    uint32_t count = dcd_least(scan->count - scan->next, room);

    if (!scan->done)
        return DCD_RC_UNSUPPORTED;
    memset(&rsp, 0, sizeof(rsp));
    rsp.restart_dpa = dcd_put64(scan->restart_dpa);
    rsp.restart_length = dcd_put64(scan->restart_length / DCD_LINE);
    rsp.count = dcd_put16((uint16_t)count);
    if (scan->restart_length)
        rsp.flags |= DCD_SCAN_STOPPED_EARLY;
    if (scan->next + count < scan->count)
        rsp.flags |= DCD_SCAN_MORE;
    memcpy(call->out, &rsp, sizeof(rsp));
    memcpy(call->out + sizeof(rsp), scan->records + scan->next,
           count * sizeof(*scan->records));
    call->out_length =
        (uint32_t)sizeof(rsp) + count * (uint32_t)sizeof(*scan->records);
    scan->next += count;
    if (scan->next == scan->count)
        scan->next = 0;
    return DCD_RC_SUCCESS;
}
