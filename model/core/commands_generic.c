/* SPDX-License-Identifier: Apache-2.0 */
/* commands_generic.c - identity, background, message limit, abort and clock. */
#include "cci.h"
#include "config_space.h"

#include <cxldcd/ctypes/generic.h>
#include <cxldcd/ctypes/registers.h>
#include <cxldcd/ctypes/return_code.h>

#include <string.h>

/* 0001h Identify, CXL r3.1 8.2.9.1.1. */
uint16_t dcd_identify(struct dcd_cci_call *call)
{
    struct dcd_identify_rsp rsp;

    memset(&rsp, 0, sizeof(rsp));
    rsp.vendor_id = dcd_put16(DCD_PCI_VENDOR_ID);
    rsp.device_id = dcd_put16(DCD_PCI_DEVICE_ID);
    rsp.subsystem_vendor_id = dcd_put16(DCD_PCI_VENDOR_ID);
    rsp.subsystem_id = dcd_put16(DCD_PCI_DEVICE_ID);
    rsp.serial = dcd_put64(call->config->serial);
    rsp.message_limit = DCD_MESSAGE_LIMIT_MAX;
    rsp.component_type = DCD_COMPONENT_TYPE3;
    return dcd_answer(call, &rsp, sizeof(rsp));
}

/* As the Background Command Status register has it (CXL r3.1 8.2.8.4.7). */
static struct dcd_background_status_rsp
status_of(const struct dcd_background *background, uint64_t now)
{
    const uint64_t status = dcd_background_status(background, now);
    struct dcd_background_status_rsp rsp;

    memset(&rsp, 0, sizeof(rsp));
    rsp.status = (uint8_t)((status >> DCD_MBOX_PERCENT_SHIFT & 0x7f) << 1 |
                           background->running);
    rsp.opcode = dcd_put16((uint16_t)status);
    rsp.return_code =
        dcd_put16((uint16_t)(status >> DCD_MBOX_RETURN_CODE_SHIFT));
    return rsp;
}

/*
 * 0002h Background Operation Status, CXL r3.1 8.2.9.1.2. A logical device tells
 * of what its host has started; at the FM's port nothing ever runs.
 */
uint16_t dcd_background_status_command(struct dcd_cci_call *call)
{
    static const struct dcd_background none;
    struct dcd_background_status_rsp rsp =
        status_of(call->memory ? &call->memory->background : &none, call->now);

    return dcd_answer(call, &rsp, sizeof(rsp));
}

static uint16_t put_limit(struct dcd_cci_call *call)
{
    call->out[0] = call->port->message_limit;
    call->out_length = sizeof(struct dcd_message_limit);
    return DCD_RC_SUCCESS;
}

/* 0003h Get Response Message Limit, CXL r3.1 8.2.9.1.3. */
uint16_t dcd_get_message_limit(struct dcd_cci_call *call)
{
    return put_limit(call);
}

/* 0004h Set Response Message Limit, CXL r3.1 8.2.9.1.4. */
uint16_t dcd_set_message_limit(struct dcd_cci_call *call)
{
    uint8_t limit = call->in[0];

    if (limit < DCD_MESSAGE_LIMIT_MIN || limit > DCD_MESSAGE_LIMIT_MAX)
        return DCD_RC_INVALID_INPUT;
    call->port->message_limit = limit;
    return put_limit(call);
}

/*
 * 0005h Request Abort Background Operation, CXL r3.1 8.2.9.1.5. Where nothing
 * runs, nothing is left to be stopped, and that is a success: a host cannot
 * know whether the operation ends before its request arrives. At the FM's port
 * nothing ever runs.
 */
uint16_t dcd_request_abort(struct dcd_cci_call *call)
{
    struct dcd_background *background;
    const struct dcd_command *running;

    if (!call->memory || !call->memory->background.running)
        return DCD_RC_SUCCESS;
    background = &call->memory->background;
    running = dcd_cci_find(call->table, call->config, background->opcode);
    if (!(running->effects & DCD_EFFECT_ABORTABLE))
        return DCD_RC_ABORT_NOT_SUPPORTED;
    dcd_background_abort(background, call->now);
    return DCD_RC_SUCCESS;
}

/* 0300h Get Timestamp, CXL r3.1 8.2.9.4.1. */
uint16_t dcd_get_timestamp(struct dcd_cci_call *call)
{
    struct dcd_timestamp rsp = {
        dcd_put64(dcd_port_timestamp(call->port, call->now))};

    return dcd_answer(call, &rsp, sizeof(rsp));
}

/* 0301h Set Timestamp, CXL r3.1 8.2.9.4.2. */
uint16_t dcd_set_timestamp(struct dcd_cci_call *call)
{
    const struct dcd_timestamp *req = (const void *)call->in;

    call->port->clock_set = true;
    call->port->clock_ns = dcd_get64(req->ns);
    call->port->clock_set_at = call->now;
    return DCD_RC_SUCCESS;
}
