/* SPDX-License-Identifier: Apache-2.0 */
/* commands_memory_device.c - identity, partitions, labels and security state,
 * CXL r3.1 8.2.9.9.1-.2, .6. */
#include "cci.h"

#include <cxldcd/ctypes/memory_device.h>
#include <cxldcd/ctypes/return_code.h>

#include <string.h>

/* Partitions meet at any multiple of it, in DCD_CAPACITY_UNIT. */
#define PARTITION_ALIGNMENT 1u

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
    memcpy(rsp.firmware_revision,
           dcd_firmware_revision(&call->memory->firmware),
           sizeof(rsp.firmware_revision));
    rsp.total = units(dcd_config_static(config));
    rsp.volatile_only = units(config->static_volatile);
    rsp.persistent_only = units(config->static_persistent);
    rsp.partition_alignment =
        dcd_put64(config->static_partitionable ? PARTITION_ALIGNMENT : 0);
    for (unsigned i = 0; i < 4; i++)
        rsp.log_size[i] = dcd_put16((uint16_t)config->event_log);
    rsp.lsa_size = dcd_put32(config->lsa);
    rsp.poison_list_max = dcd_put24(config->poison_list);
    rsp.inject_poison_limit = dcd_put16(config->poison_inject_limit);
    /* No poison capability: what is injected does not outlive the device, and
     * nothing is looked for unless a host asks for a scan. */
    rsp.dc_log_size = dcd_put16((uint16_t)config->dc_log);
    return dcd_answer(call, &rsp, sizeof(rsp));
}

/* --- Partitions --------------------------------------------------------- */

/* 4100h Get Partition Info, CXL r3.1 8.2.9.9.2.1: two zeros say that nothing
 * is going to change. */
uint16_t dcd_get_partition_info(struct dcd_cci_call *call)
{
    const struct dcd_memory_device *memory = call->memory;
    struct dcd_partition_info_rsp rsp;

    memset(&rsp, 0, sizeof(rsp));
    rsp.active_volatile = units(memory->active_volatile);
    rsp.active_persistent = units(memory->active_persistent);
    if (memory->next_given) {
        rsp.next_volatile = units(memory->next_volatile);
        rsp.next_persistent =
            units(dcd_config_static(call->config) - memory->next_volatile);
    }
    return dcd_answer(call, &rsp, sizeof(rsp));
}

/* 4101h Set Partition Info, CXL r3.1 8.2.9.9.2.2: how much of what can be
 * either is to be volatile. */
uint16_t dcd_set_partition_info(struct dcd_cci_call *call)
{
    const struct dcd_set_partition_info_req *req = (const void *)call->in;
    const struct dcd_config *config = call->config;
    const uint64_t wanted = dcd_get64(req->volatile_capacity);
    uint64_t bytes;

    if (req->flags & ~DCD_PARTITION_IMMEDIATE)
        return DCD_RC_INVALID_INPUT;
    /* Compared in units: in bytes the request might wrap. */
    if (wanted > config->static_partitionable / DCD_CAPACITY_UNIT)
        return DCD_RC_INVALID_INPUT;
    bytes = config->static_volatile + wanted * DCD_CAPACITY_UNIT;
    if (req->flags & DCD_PARTITION_IMMEDIATE)
        dcd_memory_device_partition(call->memory, bytes);
    else
        dcd_memory_device_partition_next(call->memory, bytes);
    return DCD_RC_SUCCESS;
}

/* --- Labels ------------------------------------------------------------- */

static bool inside_lsa(const struct dcd_config *config, uint32_t offset,
                       uint32_t length)
{
    return offset <= config->lsa && length <= config->lsa - offset;
}

/* 4102h Get LSA, CXL r3.1 8.2.9.9.2.3. */
uint16_t dcd_get_lsa(struct dcd_cci_call *call)
{
    const struct dcd_get_lsa_req *req = (const void *)call->in;
    const uint32_t offset = dcd_get32(req->offset);
    const uint32_t length = dcd_get32(req->length);

    if (!inside_lsa(call->config, offset, length) ||
        length > call->out_capacity)
        return DCD_RC_INVALID_INPUT;
    memcpy(call->out, call->memory->lsa + offset, length);
    call->out_length = length;
    return DCD_RC_SUCCESS;
}

/* 4103h Set LSA, CXL r3.1 8.2.9.9.2.4. */
uint16_t dcd_set_lsa(struct dcd_cci_call *call)
{
    const struct dcd_set_lsa_req *req = (const void *)call->in;
    const uint32_t offset = dcd_get32(req->offset);
    const uint32_t length = call->in_length - (uint32_t)sizeof(*req);

    if (!inside_lsa(call->config, offset, length))
        return DCD_RC_INVALID_INPUT;
    memcpy(call->memory->lsa + offset, call->in + sizeof(*req), length);
    return DCD_RC_SUCCESS;
}

/* --- Security ----------------------------------------------------------- */

/* 4500h Get Security State, CXL r3.1 8.2.9.9.6.1: there is no passphrase that
 * could lock anything. */
uint16_t dcd_get_security_state(struct dcd_cci_call *call)
{
    memset(call->out, 0, sizeof(struct dcd_security_state_rsp));
    call->out_length = sizeof(struct dcd_security_state_rsp);
    return DCD_RC_SUCCESS;
}
