/* SPDX-License-Identifier: Apache-2.0 */
/* commands_fabric_manager.c - DCD management, CXL r3.1 7.6.7.6. */
#include "cci.h"

#include <cxldcd/ctypes/fm_api.h>
#include <cxldcd/ctypes/return_code.h>

#include <string.h>

/* What 5600h advertises. Shared access is not a policy of its table: whether it
 * can be enabled is an attribute of a region (5601h). */
#define ADD_POLICIES \
    (1u << DCD_ADD_FREE | 1u << DCD_ADD_CONTIGUOUS | 1u << DCD_ADD_PRESCRIPTIVE)
#define RELEASE_POLICIES \
    (1u << DCD_RELEASE_TAG_BASED | 1u << DCD_RELEASE_PRESCRIPTIVE)

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

/* 5602h Set DC Region Configuration, CXL r3.1 7.6.7.6.3. */
uint16_t dcd_set_dc_region_config(struct dcd_cci_call *call)
{
    const struct dcd_set_dc_region_config_req *req = (const void *)call->in;

    if (req->region >= call->capacity->regions.count)
        return DCD_RC_INVALID_INPUT;
    return dcd_capacity_configure(call->capacity, req->region,
                                  dcd_get64(req->block_size),
                                  req->flags & DCD_REGION_SANITIZE_ON_RELEASE);
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

static uint16_t add(struct dcd_cci_call *call, unsigned policy)
{
    const struct dcd_initiate_dc_add_req *req = (const void *)call->in;
    struct dcd_capacity *capacity = call->capacity;
    unsigned head = dcd_get16(req->host_id);
    uint64_t length = dcd_get64(req->length);

    if (policy == DCD_ADD_PRESCRIPTIVE)
        return dcd_capacity_add_prescriptive(
            capacity, head, (const void *)(call->in + sizeof(*req)),
            dcd_get32(req->count));
    if (req->region >= capacity->regions.count)
        return DCD_RC_INVALID_INPUT;
    if (policy == DCD_ADD_FREE)
        return dcd_capacity_add_free(capacity, head, req->region, length,
                                     &req->tag);
    if (policy == DCD_ADD_CONTIGUOUS)
        return dcd_capacity_add_contiguous(capacity, head, req->region, length,
                                           &req->tag);
    return dcd_capacity_share(capacity, head, req->region, &req->tag);
}

/* 5604h Initiate Dynamic Capacity Add, CXL r3.1 7.6.7.6.5. */
uint16_t dcd_initiate_dc_add(struct dcd_cci_call *call)
{
    const struct dcd_initiate_dc_add_req *req = (const void *)call->in;
    unsigned policy = req->policy & DCD_POLICY_MASK;

    if (!long_enough(call, policy == DCD_ADD_PRESCRIPTIVE))
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    if (!host_exists(call, req->host_id) ||
        policy > DCD_ADD_ENABLE_SHARED_ACCESS)
        return DCD_RC_INVALID_INPUT;
    return add(call, policy);
}

/* 5605h Initiate Dynamic Capacity Release, CXL r3.1 7.6.7.6.6. */
uint16_t dcd_initiate_dc_release(struct dcd_cci_call *call)
{
    const struct dcd_initiate_dc_release_req *req = (const void *)call->in;
    unsigned policy = req->flags & DCD_POLICY_MASK;
    unsigned head = dcd_get16(req->host_id);
    const struct dcd_withdrawal how = {req->flags & DCD_RELEASE_FORCED,
                                       req->flags & DCD_RELEASE_SANITIZE};

    if (!long_enough(call, policy == DCD_RELEASE_PRESCRIPTIVE))
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    if (!host_exists(call, req->host_id) || !(RELEASE_POLICIES >> policy & 1))
        return DCD_RC_INVALID_INPUT;
    if (policy == DCD_RELEASE_TAG_BASED)
        return dcd_capacity_withdraw_tag(call->capacity, head, &req->tag,
                                         dcd_get64(req->length), how);
    return dcd_capacity_withdraw(call->capacity, head,
                                 (const void *)(call->in + sizeof(*req)),
                                 dcd_get32(req->count), how);
}

/* 5606h Dynamic Capacity Add Reference, CXL r3.1 7.6.7.6.7. */
uint16_t dcd_add_reference(struct dcd_cci_call *call)
{
    const struct dcd_tag_reference_req *req = (const void *)call->in;

    return dcd_capacity_add_reference(call->capacity, &req->tag);
}

/* 5607h Dynamic Capacity Remove Reference, CXL r3.1 7.6.7.6.8. */
uint16_t dcd_remove_reference(struct dcd_cci_call *call)
{
    const struct dcd_tag_reference_req *req = (const void *)call->in;

    return dcd_capacity_remove_reference(call->capacity, &req->tag);
}

static struct dcd_tag_info tag_info(const struct dcd_capacity *capacity,
                                    uint32_t id)
{
    const struct dcd_tag *tag = dcd_tag_table_at(&capacity->tags, id);
    struct dcd_tag_info info;

    memset(&info, 0, sizeof(info));
    info.tag = tag->uuid;
    info.flags = tag->referenced ? DCD_TAG_FM_REFERENCE : 0;
    for (unsigned head = 0; head < capacity->config->heads; head++) {
        uint8_t bit = (uint8_t)(1u << head % 8);

        if (dcd_tag_table_accepted(&capacity->tags, id, head))
            info.references[head / 8] |= bit;
        if (tag->pending >> head & 1)
            info.pending[head / 8] |= bit;
    }
    return info;
}

/* 5608h Dynamic Capacity List Tags, CXL r3.1 7.6.7.6.9. */
uint16_t dcd_list_tags(struct dcd_cci_call *call)
{
    const struct dcd_list_tags_req *req = (const void *)call->in;
    const struct dcd_tag_table *tags = &call->capacity->tags;
    uint32_t start = dcd_get32(req->start);
    uint32_t total = dcd_tag_table_count(tags);
    struct dcd_list_tags_rsp rsp;
    uint8_t *out = call->out + sizeof(rsp);
    uint32_t count = start < total ? total - start : 0;

    count = dcd_least(count, dcd_get32(req->count));
    count = dcd_least(count,
                      dcd_room(call, sizeof(rsp), sizeof(struct dcd_tag_info)));
    memset(&rsp, 0, sizeof(rsp));
    rsp.generation = dcd_put32(dcd_tag_table_generation(tags));
    rsp.total = dcd_put32(total);
    rsp.returned = dcd_put32(count);
    rsp.validity = DCD_TAG_REFERENCES_VALID | DCD_TAG_PENDING_VALID;
    memcpy(call->out, &rsp, sizeof(rsp));
    for (uint32_t i = 0; i < count; i++) {
        struct dcd_tag_info info =
            tag_info(call->capacity, dcd_tag_table_living(tags, start + i));

        memcpy(out + i * sizeof(info), &info, sizeof(info));
    }
    call->out_length =
        (uint32_t)(sizeof(rsp) + count * sizeof(struct dcd_tag_info));
    return DCD_RC_SUCCESS;
}
