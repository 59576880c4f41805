/* SPDX-License-Identifier: Apache-2.0 */
/* commands_events.c - event logs and who is told of them, CXL r3.1 8.2.9.2. */
#include "cci.h"

#include <cxldcd/ctypes/event.h>
#include <cxldcd/ctypes/return_code.h>

#include <string.h>

/* 0100h Get Event Records, CXL r3.1 8.2.9.2.2. */
uint16_t dcd_get_event_records(struct dcd_cci_call *call)
{
    uint8_t id = call->in[0];
    struct dcd_get_event_records_rsp rsp;
    const struct dcd_event_log *log;
    uint32_t count;

    if (id >= DCD_LOG_COUNT)
        return DCD_RC_INVALID_INPUT;
    log = &call->port->log[id];
    count = dcd_least(dcd_event_log_count(log),
                      dcd_room(call, sizeof(rsp), DCD_EVENT_RECORD_SIZE));
    memset(&rsp, 0, sizeof(rsp));
    if (dcd_event_log_overflowed(log))
        rsp.flags |= DCD_GET_EVENTS_OVERFLOW;
    if (count < dcd_event_log_count(log))
        rsp.flags |= DCD_GET_EVENTS_MORE;
    rsp.overflow_count = dcd_put16(dcd_event_log_overflow_count(log));
    rsp.first_overflow = dcd_put64(dcd_event_log_first_overflow(log));
    rsp.last_overflow = dcd_put64(dcd_event_log_last_overflow(log));
    rsp.count = dcd_put16((uint16_t)count);
    memcpy(call->out, &rsp, sizeof(rsp));
    for (uint32_t i = 0; i < count; i++)
        memcpy(call->out + sizeof(rsp) + i * DCD_EVENT_RECORD_SIZE,
               dcd_event_log_at(log, i), DCD_EVENT_RECORD_SIZE);
    call->out_length =
        (uint32_t)sizeof(rsp) + count * (uint32_t)DCD_EVENT_RECORD_SIZE;
    return DCD_RC_SUCCESS;
}

/* "All" is for a log that lost records: then no handles are listed. */
static uint16_t clear_all(struct dcd_event_log *log, uint8_t handles)
{
    if (!dcd_event_log_overflowed(log) || handles != 0)
        return DCD_RC_INVALID_INPUT;
    dcd_event_log_clear_all(log);
    return DCD_RC_SUCCESS;
}

/* 0101h Clear Event Records, CXL r3.1 8.2.9.2.3. */
uint16_t dcd_clear_event_records(struct dcd_cci_call *call)
{
    const struct dcd_clear_event_records_req *req = (const void *)call->in;
    struct dcd_event_log *log;

    if (call->in_length < sizeof(*req) ||
        call->in_length < sizeof(*req) + 2u * req->count)
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    if (req->log >= DCD_LOG_COUNT)
        return DCD_RC_INVALID_INPUT;
    log = &call->port->log[req->log];
    if (req->flags & DCD_CLEAR_EVENTS_ALL)
        return clear_all(log, req->count);
    return dcd_event_log_clear(log, call->in + sizeof(*req), req->count)
               ? DCD_RC_SUCCESS
               : DCD_RC_INVALID_HANDLE;
}

/* 0102h Get Event Interrupt Policy, CXL r3.1 8.2.9.2.4. */
uint16_t dcd_get_interrupt_policy(struct dcd_cci_call *call)
{
    for (unsigned i = 0; i < DCD_LOG_COUNT; i++) {
        call->out[i] = call->port->policy[i];
        if (call->out[i] == DCD_INTERRUPT_MSI)
            call->out[i] |=
                (uint8_t)(dcd_port_vector(i) << DCD_INTERRUPT_MESSAGE_SHIFT);
    }
    call->out_length = sizeof(struct dcd_interrupt_policy);
    return DCD_RC_SUCCESS;
}

static bool mode_allowed(unsigned log, uint8_t mode)
{
    if (log == DCD_LOG_DYNAMIC_CAPACITY)
        return mode <= DCD_INTERRUPT_MSI;
    return mode <= DCD_INTERRUPT_FIRMWARE;
}

/*
 * 0103h Set Event Interrupt Policy, CXL r3.1 8.2.9.2.5. The byte for dynamic
 * capacity came later; where it is missing it counts as 0 (8.2.9, minor
 * versions).
 */
uint16_t dcd_set_interrupt_policy(struct dcd_cci_call *call)
{
    uint8_t policy[DCD_LOG_COUNT] = {0};

    if (call->in_length < DCD_LOG_COUNT - 1 || call->in_length > DCD_LOG_COUNT)
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    for (uint32_t i = 0; i < call->in_length; i++) {
        policy[i] = call->in[i] & DCD_INTERRUPT_MODE_MASK;
        if (!mode_allowed(i, policy[i]))
            return DCD_RC_INVALID_INPUT;
        /* With that mode the host says which vector; else the device does. */
        if (policy[i] == DCD_INTERRUPT_FIRMWARE)
            policy[i] |=
                (uint8_t)(call->in[i] >> DCD_INTERRUPT_MESSAGE_SHIFT
                                             << DCD_INTERRUPT_MESSAGE_SHIFT);
    }
    memcpy(call->port->policy, policy, sizeof(policy));
    return DCD_RC_SUCCESS;
}

/* --- Telling the FM (MCTP) ---------------------------------------------- */

/* The bits of a request that names logs; false: one of them has no meaning. */
static bool get_named(const struct dcd_cci_call *call, uint16_t *events)
{
    const struct dcd_mctp_event_policy *req = (const void *)call->in;

    *events = dcd_get16(req->events);
    return (*events & ~(DCD_NOTIFY_LOGS | DCD_NOTIFY_BACKGROUND)) == 0;
}

/* 0104h Get MCTP Event Interrupt Policy, CXL r3.1 8.2.9.2.6. */
uint16_t dcd_get_mctp_event_policy(struct dcd_cci_call *call)
{
    struct dcd_mctp_event_policy rsp = {dcd_put16(call->port->notices.policy)};

    return dcd_answer(call, &rsp, sizeof(rsp));
}

/* 0105h Set MCTP Event Interrupt Policy, CXL r3.1 8.2.9.2.7. */
uint16_t dcd_set_mctp_event_policy(struct dcd_cci_call *call)
{
    uint16_t events;

    if (!get_named(call, &events))
        return DCD_RC_INVALID_INPUT;
    call->port->notices.policy = events;
    return DCD_RC_SUCCESS;
}

/*
 * 0106h Event Notification, CXL r3.1 8.2.9.2.8: the message by which a device
 * tells that logs have records. Here that message is the FM's interrupt, and
 * the command asks for it: at once if a log that it names has records, else
 * with the first record that one of them gets. So an FM that came too late for
 * the edge waits for nothing. The latest request counts; one without logs
 * takes it back.
 */
uint16_t dcd_event_notification(struct dcd_cci_call *call)
{
    struct dcd_notices *notices = &call->port->notices;
    uint16_t events;

    if (!get_named(call, &events))
        return DCD_RC_INVALID_INPUT;
    notices->asked = events;
    if (events & dcd_port_filled_logs(call->port)) {
        notices->asked = 0;
        call->ops->notify(call->ops->context);
    }
    return DCD_RC_SUCCESS;
}
