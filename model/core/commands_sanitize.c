/* SPDX-License-Identifier: Apache-2.0 */
/* commands_sanitize.c - erasing, as a whole and by ranges, CXL r3.1
 * 8.2.9.9.5. */
#include "cci.h"
#include "memory_ranges.h"

#include <cxldcd/ctypes/return_code.h>

#include <string.h>

/* --- 4400h Sanitize, CXL r3.1 8.2.9.9.5.1 --------------------------------- */

/*
 * Media are disabled from here to a success, whatever stops the operation.
 * Logs 0-3 tell of the data that goes; the dynamic capacity log tells of
 * groups that the host still has to answer, and stays.
 */
uint16_t dcd_sanitize(struct dcd_cci_call *call)
{
    struct dcd_memory_device *memory = call->memory;

    call->duration = dcd_memory_device_pass(
        memory, dcd_memory_own_bytes(memory, DCD_OWN_ALL));
    for (unsigned i = 0; i < DCD_LOG_DYNAMIC_CAPACITY; i++)
        dcd_event_log_clear_all(&call->port->log[i]);
    dcd_memory_device_set_media(memory, DCD_MEDIA_DISABLED);
    return DCD_RC_BACKGROUND_STARTED;
}

uint16_t dcd_sanitize_complete(struct dcd_cci_call *call)
{
    dcd_memory_erase_own(call->memory, DCD_OWN_ALL);
    dcd_memory_device_set_media(call->memory, DCD_MEDIA_READY);
    return DCD_RC_SUCCESS;
}

/* 4401h Secure Erase, CXL r3.1 8.2.9.9.5.2: the key changes, at once. */
uint16_t dcd_secure_erase(struct dcd_cci_call *call)
{
    struct dcd_memory_device *memory = call->memory;

    memory->ops->access_changed(memory->ops->context, memory->head);
    dcd_memory_erase_own(memory, DCD_OWN_ALL);
    return DCD_RC_SUCCESS;
}

/* --- 4402h Media Operations, CXL r3.1 8.2.9.9.5.3 ------------------------- */

static const struct media_operation {
    uint8_t operation_class;
    uint8_t subclass;
} operations[] = {
    {DCD_MEDIA_OPERATION_SANITIZE, 0}, /* sanitize */
    {DCD_MEDIA_OPERATION_SANITIZE, 1}, /* zero */
};

#define OPERATIONS (sizeof(operations) / sizeof(operations[0]))

static bool is_discovery(const struct dcd_media_operations_req *req)
{
    return req->operation_class == DCD_MEDIA_OPERATION_GENERAL &&
           req->subclass == 0;
}

static bool is_known(const struct dcd_media_operations_req *req)
{
    for (size_t i = 0; i < OPERATIONS; i++)
        if (operations[i].operation_class == req->operation_class &&
            operations[i].subclass == req->subclass)
            return true;
    return is_discovery(req);
}

/* Which operations there are besides this one. */
static uint16_t discover(struct dcd_cci_call *call)
{
    struct dcd_media_discovery_req req;
    struct dcd_media_discovery_rsp rsp;
    uint32_t count;
    uint16_t start;

    memcpy(&req, call->in + sizeof(struct dcd_media_operations_req),
           sizeof(req));
    start = dcd_get16(req.start);
    if (start > OPERATIONS)
        return DCD_RC_INVALID_INPUT;
    count = dcd_least(dcd_get16(req.max), (uint32_t)OPERATIONS - start);
    count =
        dcd_least(count, dcd_room(call, sizeof(rsp), sizeof(operations[0])));
    rsp.granularity = dcd_put64(DCD_LINE);
    rsp.total = dcd_put16(OPERATIONS);
    rsp.returned = dcd_put16((uint16_t)count);
    memcpy(call->out, &rsp, sizeof(rsp));
    memcpy(call->out + sizeof(rsp), operations + start,
           count * sizeof(operations[0]));
    call->out_length =
        (uint32_t)sizeof(rsp) + count * (uint32_t)sizeof(operations[0]);
    return DCD_RC_SUCCESS;
}

static struct dcd_dpa_range range_at(const struct dcd_cci_call *call,
                                     uint32_t i)
{
    struct dcd_media_operation_range wire;

    memcpy(&wire,
           call->in + sizeof(struct dcd_media_operations_req) +
               i * sizeof(wire),
           sizeof(wire));
    return (struct dcd_dpa_range){dcd_get64(wire.dpa), dcd_get64(wire.length)};
}

static bool ranges_are_good(const struct dcd_cci_call *call, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct dcd_dpa_range range = range_at(call, i);

        if ((range.dpa | range.length) & (DCD_LINE - 1) ||
            !dcd_memory_has_writable(call->memory, range.dpa, range.length))
            return false;
    }
    return true;
}

/* Sanitizing and writing zeros come to the same here. */
static uint16_t start_erasing(struct dcd_cci_call *call, uint32_t count)
{
    struct dcd_memory_device *memory = call->memory;
    uint64_t bytes = 0;

    if (!ranges_are_good(call, count))
        return DCD_RC_INVALID_INPUT;
    if (count == 0)
        return DCD_RC_SUCCESS;
    if (!dcd_media_job_begin(&memory->job, 0, count))
        return DCD_RC_INTERNAL_ERROR;
    /* At most 2^16 ranges of less than 2^47 bytes: no sum wraps. */
    for (uint32_t i = 0; i < count; i++) {
        memory->job.ranges[i] = range_at(call, i);
        bytes += memory->job.ranges[i].length;
    }
    call->duration = dcd_memory_device_pass(memory, bytes);
    return DCD_RC_BACKGROUND_STARTED;
}

uint16_t dcd_media_operations(struct dcd_cci_call *call)
{
    struct dcd_media_operations_req req;
    uint64_t length;
    uint32_t count;

    memcpy(&req, call->in, sizeof(req));
    count = dcd_get32(req.count);
    length = sizeof(req) +
             count * (uint64_t)sizeof(struct dcd_media_operation_range);
    if (!is_known(&req))
        return DCD_RC_INVALID_INPUT;
    if (is_discovery(&req))
        length += sizeof(struct dcd_media_discovery_req);
    if (call->in_length != length)
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    if (!is_discovery(&req))
        return start_erasing(call, count);
    return count == 0 ? discover(call) : DCD_RC_INVALID_INPUT;
}

/*
 * What the host has given back or lost meanwhile is not erased: it may be
 * another's. What it shares is: the host named it, and it may write it.
 */
uint16_t dcd_media_operations_complete(struct dcd_cci_call *call)
{
    struct dcd_memory_device *memory = call->memory;
    const struct dcd_memory_ops *ops = memory->ops;

    for (uint32_t i = 0; i < memory->job.count; i++) {
        const struct dcd_dpa_range *range = &memory->job.ranges[i];

        dcd_memory_erase(memory, range->dpa, dcd_dpa_range_last(range));
        ops->poison_changed(ops->context, memory->head, range->dpa,
                            range->length);
    }
    dcd_media_job_end(&memory->job);
    return DCD_RC_SUCCESS;
}
