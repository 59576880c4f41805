/* SPDX-License-Identifier: Apache-2.0 */
/* commands_fabric_manager.c - DCD management, CXL r3.1 7.6.7.6. */
#include "cci.h"

#include <cxldcd/ctypes/fm_api.h>
#include <cxldcd/ctypes/return_code.h>

#include <string.h>

/* What 5600h advertises is what 5604h and 5605h take. */
#define ADD_POLICIES (1u << DCD_ADD_PRESCRIPTIVE)
#define RELEASE_POLICIES (1u << DCD_RELEASE_PRESCRIPTIVE)

/* 5600h Get DCD Info, CXL r3.1 7.6.7.6.1. */
uint16_t dcd_get_dcd_info(struct dcd_cci_call *call)
{
    const struct dcd_regions *regions = &call->capacity->regions;
    struct dcd_get_dcd_info_rsp rsp;
    uint64_t total = 0;

    memset(&rsp, 0, sizeof(rsp));
    rsp.hosts = (uint8_t)call->config->heads;
    rsp.regions = (uint8_t)regions->count;
    rsp.add_policies = dcd_put16(ADD_POLICIES);
    rsp.release_policies = dcd_put16(RELEASE_POLICIES);
    for (unsigned i = 0; i < regions->count; i++) {
        const struct dcd_region *r = &regions->region[i];

        total += r->length;
        rsp.block_sizes[i] = dcd_put64(r->block_sizes);
        if (r->sanitize_configurable)
            rsp.sanitize_configurable |= (uint8_t)(1u << i);
    }
    rsp.total_capacity = dcd_put64(total / DCD_CAPACITY_UNIT);
    return dcd_answer(call, &rsp, sizeof(rsp));
}

static bool host_exists(const struct dcd_cci_call *call, struct dcd_le16 host)
{
    return dcd_get16(host) < call->config->heads;
}

static struct dcd_host_dc_region_config
host_region(const struct dcd_capacity *capacity, unsigned head, unsigned i)
{
    const struct dcd_region *r = &capacity->regions.region[i];
    struct dcd_host_dc_region_config c;

    memset(&c, 0, sizeof(c));
    c.base = dcd_put64(r->base);
    c.decode_length = dcd_put64(r->decode / DCD_CAPACITY_UNIT);
    c.length = dcd_put64(r->length);
    c.block_size = dcd_put64(r->block_size);
    c.attributes = capacity->holder[head].attributes[i];
    c.flags = r->sanitize_on_release ? DCD_REGION_SANITIZE_ON_RELEASE : 0;
    return c;
}

/* 5601h Get Host DC Region Configuration, CXL r3.1 7.6.7.6.2. */
uint16_t dcd_get_host_dc_config(struct dcd_cci_call *call)
{
    const struct dcd_get_host_dc_config_req *req = (const void *)call->in;
    uint32_t available = call->capacity->regions.count;
    struct dcd_get_host_dc_config_rsp rsp;
    struct dcd_dc_config_trailer trailer;
    uint8_t *out = call->out + sizeof(rsp);
    uint32_t count;
    unsigned head;

    if (!host_exists(call, req->host_id) || req->start >= available)
        return DCD_RC_INVALID_INPUT;
    head = dcd_get16(req->host_id);
    count = dcd_least(req->count, available - req->start);
    count =
        dcd_least(count, dcd_room(call, sizeof(rsp) + sizeof(trailer),
                                  sizeof(struct dcd_host_dc_region_config)));
    rsp.host_id = req->host_id;
    rsp.available = (uint8_t)available;
    rsp.returned = (uint8_t)count;
    memcpy(call->out, &rsp, sizeof(rsp));
    for (uint32_t i = 0; i < count; i++) {
        struct dcd_host_dc_region_config c =
            host_region(call->capacity, head, req->start + i);

        memcpy(out, &c, sizeof(c));
        out += sizeof(c);
    }
    trailer = dcd_config_trailer(call->capacity, head);
    memcpy(out, &trailer, sizeof(trailer));
    call->out_length = (uint32_t)(out + sizeof(trailer) - call->out);
    return DCD_RC_SUCCESS;
}

/* 5603h Get DC Region Extent Lists, CXL r3.1 7.6.7.6.4. */
uint16_t dcd_get_dc_region_extent_lists(struct dcd_cci_call *call)
{
    const struct dcd_get_region_extent_lists_req *req = (const void *)call->in;
    const struct dcd_extent_list *list;
    struct dcd_get_region_extent_lists_rsp rsp;
    unsigned head = dcd_get16(req->host_id);
    uint32_t start = dcd_get32(req->start);
    uint32_t count;

    if (!host_exists(call, req->host_id))
        return DCD_RC_INVALID_INPUT;
    list = &call->capacity->holder[head].accepted;
    if (start > dcd_extent_list_count(list))
        return DCD_RC_INVALID_INPUT;
    count =
        dcd_least(dcd_get32(req->count),
                  dcd_room(call, sizeof(rsp), sizeof(struct dcd_extent_wire)));
    count = dcd_copy_extents(call->capacity, head, start, count,
                             call->out + sizeof(rsp));
    memset(&rsp, 0, sizeof(rsp));
    rsp.host_id = req->host_id;
    rsp.start = req->start;
    rsp.returned = dcd_put32(count);
    rsp.total = dcd_put32((uint32_t)dcd_extent_list_count(list));
    rsp.generation = dcd_put32(dcd_extent_list_generation(list));
    memcpy(call->out, &rsp, sizeof(rsp));
    call->out_length =
        (uint32_t)(sizeof(rsp) + count * sizeof(struct dcd_extent_wire));
    return DCD_RC_SUCCESS;
}

/*
 * Only a prescriptive request has to carry a count, and then the extents it
 * counts. Bytes behind them are ignored.
 */
static bool long_enough(const struct dcd_cci_call *call, bool prescriptive)
{
    const uint64_t count_offset = DCD_INITIATE_SHORT;
    struct dcd_le32 count;

    if (!prescriptive)
        return true;
    if (call->in_length < count_offset + sizeof(count))
        return false;
    memcpy(&count, call->in + count_offset, sizeof(count));
    return call->in_length >=
           count_offset + sizeof(count) +
               (uint64_t)dcd_get32(count) * sizeof(struct dcd_extent_wire);
}

/* 5604h Initiate Dynamic Capacity Add, CXL r3.1 7.6.7.6.5. */
uint16_t dcd_initiate_dc_add(struct dcd_cci_call *call)
{
    const struct dcd_initiate_dc_add_req *req = (const void *)call->in;
    unsigned policy;

    if (call->in_length < DCD_INITIATE_SHORT)
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    policy = req->policy & DCD_POLICY_MASK;
    if (!long_enough(call, policy == DCD_ADD_PRESCRIPTIVE))
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    if (!host_exists(call, req->host_id) || !(ADD_POLICIES >> policy & 1))
        return DCD_RC_INVALID_INPUT;
    return dcd_capacity_add(call->capacity, dcd_get16(req->host_id),
                            (const void *)(call->in + sizeof(*req)),
                            dcd_get32(req->count));
}

/* 5605h Initiate Dynamic Capacity Release, CXL r3.1 7.6.7.6.6. */
uint16_t dcd_initiate_dc_release(struct dcd_cci_call *call)
{
    const struct dcd_initiate_dc_release_req *req = (const void *)call->in;
    unsigned policy;

    if (call->in_length < DCD_INITIATE_SHORT)
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    policy = req->flags & DCD_POLICY_MASK;
    if (!long_enough(call, policy == DCD_RELEASE_PRESCRIPTIVE))
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    if (!host_exists(call, req->host_id) || !(RELEASE_POLICIES >> policy & 1))
        return DCD_RC_INVALID_INPUT;
    return dcd_capacity_initiate_release(
        call->capacity, dcd_get16(req->host_id),
        (const void *)(call->in + sizeof(*req)), dcd_get32(req->count),
        req->flags & DCD_RELEASE_FORCED, req->flags & DCD_RELEASE_SANITIZE);
}
