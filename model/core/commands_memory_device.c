/* SPDX-License-Identifier: Apache-2.0 */
/* commands_memory_device.c - static capacity, CXL r3.1 8.2.9.9.1-.2. */
#include "cci.h"

#include <cxldcd/ctypes/memory_device.h>
#include <cxldcd/ctypes/return_code.h>

#include <string.h>

/* Records that the poison list can hold. */
#define POISON_LIST_MAX 256

static struct dcd_le64 units(uint64_t bytes)
{
    return dcd_put64(bytes / DCD_CAPACITY_UNIT);
}

/* 4000h Identify Memory Device: dynamic capacity is not counted here. */
uint16_t dcd_identify_memory_device(struct dcd_cci_call *call)
{
    const struct dcd_config *config = call->config;
    struct dcd_identify_memory_device_rsp rsp;

    memset(&rsp, 0, sizeof(rsp));
    memcpy(rsp.firmware_revision, config->firmware_revision,
           sizeof(rsp.firmware_revision));
    rsp.total = units(config->static_volatile + config->static_persistent);
    rsp.volatile_only = units(config->static_volatile);
    rsp.persistent_only = units(config->static_persistent);
    for (unsigned i = 0; i < 4; i++)
        rsp.log_size[i] = dcd_put16((uint16_t)config->event_log);
    rsp.lsa_size = dcd_put32(config->lsa);
    rsp.poison_list_max = dcd_put24(POISON_LIST_MAX);
    rsp.dc_log_size = dcd_put16((uint16_t)config->dc_log);
    memcpy(call->out, &rsp, sizeof(rsp));
    call->out_length = sizeof(rsp);
    return DCD_RC_SUCCESS;
}

/* 4100h Get Partition Info: partitions are fixed, nothing is pending. */
uint16_t dcd_get_partition_info(struct dcd_cci_call *call)
{
    struct dcd_partition_info_rsp rsp;

    memset(&rsp, 0, sizeof(rsp));
    rsp.active_volatile = units(call->config->static_volatile);
    rsp.active_persistent = units(call->config->static_persistent);
    memcpy(call->out, &rsp, sizeof(rsp));
    call->out_length = sizeof(rsp);
    return DCD_RC_SUCCESS;
}
