/* SPDX-License-Identifier: Apache-2.0 */
/* commands_health.c - health, alerts and shutdown state, CXL r3.1 8.2.9.9.3. */
#include "cci.h"

#include <cxldcd/ctypes/memory_device.h>
#include <cxldcd/ctypes/return_code.h>

#include <string.h>

static struct dcd_le16 put_signed(int16_t value)
{
    return dcd_put16((uint16_t)value);
}

static int16_t get_signed(struct dcd_le16 value)
{
    return (int16_t)dcd_get16(value);
}

/* 4200h Get Health Info, CXL r3.1 8.2.9.9.3.1. */
uint16_t dcd_get_health_info(struct dcd_cci_call *call)
{
    const struct dcd_health *health = &call->memory->health;
    struct dcd_health_info_rsp rsp;

    memset(&rsp, 0, sizeof(rsp));
    rsp.media = call->memory->media_status == DCD_MEDIA_READY
                    ? DCD_MEDIA_HEALTH_NORMAL
                    : DCD_MEDIA_HEALTH_NOT_READY;
    rsp.additional = dcd_health_additional(health);
    rsp.life_used = health->life_used;
    rsp.temperature = put_signed(health->temperature);
    rsp.dirty_shutdowns = dcd_put32(health->dirty_shutdowns);
    rsp.corrected_volatile = dcd_put32(health->corrected_volatile);
    rsp.corrected_persistent = dcd_put32(health->corrected_persistent);
    return dcd_answer(call, &rsp, sizeof(rsp));
}

/* 4201h Get Alert Configuration, CXL r3.1 8.2.9.9.3.2. */
uint16_t dcd_get_alert_config(struct dcd_cci_call *call)
{
    const struct dcd_warnings *w = &call->memory->health.warnings;
    struct dcd_alert_config_rsp rsp;

    memset(&rsp, 0, sizeof(rsp));
    rsp.valid = w->enabled;
    rsp.programmable = DCD_ALERT_ALL;
    rsp.life_critical = DCD_LIFE_CRITICAL;
    rsp.life_warning = w->life;
    rsp.over_temperature_critical = put_signed(DCD_OVER_TEMPERATURE_CRITICAL);
    rsp.under_temperature_critical = put_signed(DCD_UNDER_TEMPERATURE_CRITICAL);
    rsp.over_temperature_warning = put_signed(w->over_temperature);
    rsp.under_temperature_warning = put_signed(w->under_temperature);
    rsp.corrected_volatile_warning = dcd_put16(w->corrected_volatile);
    rsp.corrected_persistent_warning = dcd_put16(w->corrected_persistent);
    return dcd_answer(call, &rsp, sizeof(rsp));
}

/* 4202h Set Alert Configuration, CXL r3.1 8.2.9.9.3.3. */
uint16_t dcd_set_alert_config(struct dcd_cci_call *call)
{
    const struct dcd_set_alert_config_req *req = (const void *)call->in;
    struct dcd_warnings warnings = {
        .enabled = req->enable,
        .life = req->life_warning,
        .over_temperature = get_signed(req->over_temperature_warning),
        .under_temperature = get_signed(req->under_temperature_warning),
        .corrected_volatile = dcd_get16(req->corrected_volatile_warning),
        .corrected_persistent = dcd_get16(req->corrected_persistent_warning),
    };

    if (((req->valid | req->enable) & ~DCD_ALERT_ALL) || req->reserved)
        return DCD_RC_INVALID_INPUT;
    return dcd_health_set_warnings(&call->memory->health, req->valid, &warnings)
               ? DCD_RC_SUCCESS
               : DCD_RC_INVALID_INPUT;
}

/* 4203h Get Shutdown State, CXL r3.1 8.2.9.9.3.4. */
uint16_t dcd_get_shutdown_state(struct dcd_cci_call *call)
{
    call->out[0] = call->memory->health.dirty ? DCD_SHUTDOWN_DIRTY : 0;
    call->out_length = sizeof(struct dcd_shutdown_state);
    return DCD_RC_SUCCESS;
}

/* 4204h Set Shutdown State, CXL r3.1 8.2.9.9.3.5. */
uint16_t dcd_set_shutdown_state(struct dcd_cci_call *call)
{
    const struct dcd_shutdown_state *req = (const void *)call->in;

    if (req->state & ~DCD_SHUTDOWN_DIRTY)
        return DCD_RC_INVALID_INPUT;
    dcd_memory_device_set_shutdown(call->memory,
                                   req->state & DCD_SHUTDOWN_DIRTY);
    return DCD_RC_SUCCESS;
}
