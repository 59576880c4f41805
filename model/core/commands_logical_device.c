/* SPDX-License-Identifier: Apache-2.0 */
/* commands_logical_device.c - logical devices behind one port, CXL r3.1
 * 7.6.7.4. */
#include "cci.h"

#include <cxldcd/ctypes/fm_devices.h>
#include <cxldcd/ctypes/return_code.h>

#define GRANULARITY_256_MIB 0u

/* [start, start + count) is a range of logical devices, and not an empty one.
 */
static bool lds_exist(const struct dcd_config *config, unsigned start,
                      unsigned count)
{
    return count > 0 && start + count <= config->heads;
}

/* --- Capacity ------------------------------------------------------------ */

/* Static capacity of all, and the dynamic capacity that they share. */
static uint64_t memory_size(const struct dcd_config *config)
{
    uint64_t size = config->heads * dcd_config_static(config);

    for (unsigned i = 0; i < config->region_count; i++)
        size += config->regions[i].length;
    return size;
}

/* 5400h Get LD Info, CXL r3.1 7.6.7.4.1. */
uint16_t dcd_get_ld_info(struct dcd_cci_call *call)
{
    struct dcd_ld_info_rsp rsp = {
        .memory_size = dcd_put64(memory_size(call->config)),
        .lds = dcd_put16((uint16_t)call->config->heads),
        .qos = DCD_QOS_ALL,
    };

    return dcd_answer(call, &rsp, sizeof(rsp));
}

/* [count] entries behind the [header] bytes of an answer. All logical devices
 * have the same, and the second range is not in use. */
static void put_allocations(struct dcd_cci_call *call, uint32_t header,
                            uint32_t count)
{
    const struct dcd_ld_allocation allocation = {
        .range1 =
            dcd_put64(dcd_config_static(call->config) / DCD_CAPACITY_UNIT),
    };

    for (uint32_t i = 0; i < count; i++)
        memcpy(call->out + header + i * sizeof(allocation), &allocation,
               sizeof(allocation));
    call->out_length = header + count * (uint32_t)sizeof(allocation);
}

/* 5401h Get LD Allocations, CXL r3.1 7.6.7.4.2. */
uint16_t dcd_get_ld_allocations(struct dcd_cci_call *call)
{
    const struct dcd_get_ld_allocations_req *req = (const void *)call->in;
    const unsigned lds = call->config->heads;
    struct dcd_get_ld_allocations_rsp rsp;
    uint32_t count;

    if (req->start >= lds || req->limit == 0)
        return DCD_RC_INVALID_INPUT;
    count = dcd_least(req->limit, lds - req->start);
    count = dcd_least(
        count, dcd_room(call, sizeof(rsp), sizeof(struct dcd_ld_allocation)));
    rsp.lds = (uint8_t)lds;
    rsp.granularity = GRANULARITY_256_MIB;
    rsp.start = req->start;
    rsp.count = (uint8_t)count;
    memcpy(call->out, &rsp, sizeof(rsp));
    put_allocations(call, sizeof(rsp), count);
    return DCD_RC_SUCCESS;
}

/*
 * 5402h Set LD Allocations, CXL r3.1 7.6.7.4.3. Static capacity is what the
 * platform says, so that nothing changes; the answer has what is in force,
 * which is where an FM is told to look for what became of its request.
 */
uint16_t dcd_set_ld_allocations(struct dcd_cci_call *call)
{
    const struct dcd_set_ld_allocations *req = (const void *)call->in;
    const uint32_t entry = (uint32_t)sizeof(struct dcd_ld_allocation);
    struct dcd_set_ld_allocations rsp = {0};
    uint32_t count;

    if (call->in_length - sizeof(*req) < (size_t)req->count * entry)
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    if (!lds_exist(call->config, req->start, req->count))
        return DCD_RC_INVALID_INPUT;
    count = dcd_least(req->count, dcd_room(call, sizeof(rsp), entry));
    rsp.count = (uint8_t)count;
    rsp.start = req->start;
    memcpy(call->out, &rsp, sizeof(rsp));
    put_allocations(call, sizeof(rsp), count);
    return DCD_RC_SUCCESS;
}

/* --- Quality of service -------------------------------------------------- */

/* 5403h Get QoS Control, CXL r3.1 7.6.7.4.4. */
uint16_t dcd_get_qos_control(struct dcd_cci_call *call)
{
    return dcd_answer(call, &call->qos->control, sizeof(call->qos->control));
}

/* 5404h Set QoS Control, CXL r3.1 7.6.7.4.5. */
uint16_t dcd_set_qos_control(struct dcd_cci_call *call)
{
    if (!dcd_qos_set_control(call->qos, (const void *)call->in))
        return DCD_RC_INVALID_INPUT;
    return dcd_get_qos_control(call);
}

/* 5405h Get QoS Status, CXL r3.1 7.6.7.4.6: nothing ever waits at the port. */
uint16_t dcd_get_qos_status(struct dcd_cci_call *call)
{
    const struct dcd_qos_status_rsp rsp = {0};

    return dcd_answer(call, &rsp, sizeof(rsp));
}

/* The [fractions] of the logical devices that the request names. */
static uint16_t put_fractions(struct dcd_cci_call *call,
                              const uint8_t *fractions)
{
    const struct dcd_qos_bandwidth which =
        *(const struct dcd_qos_bandwidth *)call->in;

    memcpy(call->out, &which, sizeof(which));
    memcpy(call->out + sizeof(which), fractions + which.start, which.count);
    call->out_length = (uint32_t)sizeof(which) + which.count;
    return DCD_RC_SUCCESS;
}

static uint16_t get_fractions(struct dcd_cci_call *call,
                              const uint8_t *fractions)
{
    const struct dcd_qos_bandwidth *req = (const void *)call->in;

    if (!lds_exist(call->config, req->start, req->count))
        return DCD_RC_INVALID_INPUT;
    return put_fractions(call, fractions);
}

/* Whether 5407h or 5409h names logical devices and has a byte for each. */
static uint16_t check_fractions(const struct dcd_cci_call *call)
{
    const struct dcd_qos_bandwidth *req = (const void *)call->in;

    if (call->in_length - sizeof(*req) < req->count)
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    return lds_exist(call->config, req->start, req->count)
               ? DCD_RC_SUCCESS
               : DCD_RC_INVALID_INPUT;
}

/* 5406h Get QoS Allocated BW, CXL r3.1 7.6.7.4.7. */
uint16_t dcd_get_qos_allocated_bw(struct dcd_cci_call *call)
{
    return get_fractions(call, call->qos->allocated);
}

/* 5407h Set QoS Allocated BW, CXL r3.1 7.6.7.4.8. */
uint16_t dcd_set_qos_allocated_bw(struct dcd_cci_call *call)
{
    const struct dcd_qos_bandwidth *req = (const void *)call->in;
    uint16_t rc = check_fractions(call);

    if (rc != DCD_RC_SUCCESS)
        return rc;
    if (!dcd_qos_allocate(call->qos, req->start, req->count,
                          (const uint8_t *)(req + 1)))
        return DCD_RC_INVALID_INPUT;
    return put_fractions(call, call->qos->allocated);
}

/* 5408h Get QoS BW Limit, CXL r3.1 7.6.7.4.9. */
uint16_t dcd_get_qos_bw_limit(struct dcd_cci_call *call)
{
    return get_fractions(call, call->qos->limit);
}

/* 5409h Set QoS BW Limit, CXL r3.1 7.6.7.4.10. */
uint16_t dcd_set_qos_bw_limit(struct dcd_cci_call *call)
{
    const struct dcd_qos_bandwidth *req = (const void *)call->in;
    uint16_t rc = check_fractions(call);

    if (rc != DCD_RC_SUCCESS)
        return rc;
    memcpy(call->qos->limit + req->start, req + 1, req->count);
    return put_fractions(call, call->qos->limit);
}
