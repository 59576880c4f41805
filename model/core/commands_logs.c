/* SPDX-License-Identifier: Apache-2.0 */
/* commands_logs.c - the logs that a device describes itself by. */
#include "cci.h"

#include <cxldcd/ctypes/generic.h>
#include <cxldcd/ctypes/return_code.h>

#include <string.h>

/* Commands of the CCI, as the device is configured. */
static uint32_t cel_entries(const struct dcd_cci_call *call)
{
    const struct dcd_command_table *table = call->table;
    uint32_t count = 0;

    for (size_t i = 0; i < table->count; i++)
        count += dcd_command_exists(&table->commands[i], call->config);
    return count;
}

static uint32_t cel_size(const struct dcd_cci_call *call)
{
    return cel_entries(call) * (uint32_t)sizeof(struct dcd_cel_entry);
}

/* 0400h Get Supported Logs, CXL r3.1 8.2.9.5.1. */
uint16_t dcd_get_supported_logs(struct dcd_cci_call *call)
{
    struct {
        struct dcd_supported_logs_rsp header;
        struct dcd_supported_log log;
    } rsp;

    memset(&rsp, 0, sizeof(rsp));
    rsp.header.count = dcd_put16(1);
    rsp.log.log = dcd_uuid_command_effects_log;
    rsp.log.size = dcd_put32(cel_size(call));
    return dcd_answer(call, &rsp, sizeof(rsp));
}

/* Copies those bytes of one entry at [at] that lie in [offset, offset+n). */
static void copy_window(struct dcd_cci_call *call,
                        const struct dcd_cel_entry *entry, uint32_t at,
                        uint32_t offset, uint32_t n)
{
    const uint8_t *bytes = (const uint8_t *)entry;

    for (uint32_t i = 0; i < sizeof(*entry); i++)
        if (at + i >= offset && at + i - offset < n)
            call->out[at + i - offset] = bytes[i];
}

/* Command Effects Log, CXL r3.1 8.2.9.5.2.1: by rising opcode. */
static void put_cel(struct dcd_cci_call *call, uint32_t offset, uint32_t n)
{
    const struct dcd_command_table *table = call->table;
    uint32_t at = 0;

    for (size_t i = 0; i < table->count; i++) {
        const struct dcd_command *c = &table->commands[i];
        struct dcd_cel_entry entry = {dcd_put16(c->opcode),
                                      dcd_put16(c->effects)};

        if (!dcd_command_exists(c, call->config))
            continue;
        copy_window(call, &entry, at, offset, n);
        at += (uint32_t)sizeof(entry);
    }
    call->out_length = n;
}

/* 0401h Get Log, CXL r3.1 8.2.9.5.2. Offset and length are bytes. */
uint16_t dcd_get_log(struct dcd_cci_call *call)
{
    const struct dcd_get_log_req *req = (const void *)call->in;
    uint32_t offset = dcd_get32(req->offset);
    uint32_t length = dcd_get32(req->length);

    if (length > call->out_capacity)
        return DCD_RC_INVALID_INPUT;
    if (!dcd_uuid_equal(&req->log, &dcd_uuid_command_effects_log))
        return DCD_RC_INVALID_LOG;
    if (offset > cel_size(call) || length > cel_size(call) - offset)
        return DCD_RC_INVALID_INPUT;
    put_cel(call, offset, length);
    return DCD_RC_SUCCESS;
}
