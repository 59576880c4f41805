/* SPDX-License-Identifier: Apache-2.0 */
/* commands_dynamic_capacity.c - what a host asks, CXL r3.1 8.2.9.9.9. */
#include "cci.h"

#include <cxldcd/ctypes/opcode.h>
#include <cxldcd/ctypes/return_code.h>

#include <string.h>

/*
 * Most entries that a list of 4803h may have over all its payloads, so that a
 * host cannot make the device collect without end. A list of 4802h is bounded
 * by the extents that the device can track.
 */
#define MAX_RELEASE_ENTRIES (UINT32_C(1) << 20)

struct dcd_dc_config_trailer
dcd_config_trailer(const struct dcd_capacity *capacity, unsigned head)
{
    struct dcd_dc_config_trailer t;

    t.supported_extents = dcd_put32(capacity->config->extents);
    t.available_extents =
        dcd_put32(dcd_capacity_available_extents(capacity, head));
    t.supported_tags = dcd_put32(capacity->config->tags);
    t.available_tags = dcd_put32(dcd_capacity_available_tags(capacity));
    return t;
}

static struct dcd_dc_region_config region_config(const struct dcd_region *r)
{
    struct dcd_dc_region_config c;

    memset(&c, 0, sizeof(c));
    c.base = dcd_put64(r->base);
    c.decode_length = dcd_put64(r->decode / DCD_CAPACITY_UNIT);
    c.length = dcd_put64(r->length);
    c.block_size = dcd_put64(r->block_size);
    c.dsmad_handle = dcd_put32(r->dsmad);
    c.flags = r->sanitize_on_release ? DCD_REGION_SANITIZE_ON_RELEASE : 0;
    return c;
}

/* 4800h Get Dynamic Capacity Configuration, CXL r3.1 8.2.9.9.9.1. The trailer
 * came with r3.1. */
uint16_t dcd_get_dc_config(struct dcd_cci_call *call)
{
    const struct dcd_get_dc_config_req *req = (const void *)call->in;
    const struct dcd_regions *regions = &call->capacity->regions;
    struct dcd_get_dc_config_rsp rsp;
    struct dcd_dc_config_trailer trailer =
        dcd_config_trailer(call->capacity, call->port->number);
    bool has_trailer = call->config->revision >= DCD_REVISION_3_1;
    uint32_t frame =
        (uint32_t)(sizeof(rsp) + (has_trailer ? sizeof(trailer) : 0));
    uint8_t *out = call->out + sizeof(rsp);
    uint32_t count;

    if (req->start >= regions->count)
        return DCD_RC_INVALID_INPUT;
    count = dcd_least(req->count, regions->count - req->start);
    count = dcd_least(
        count, dcd_room(call, frame, sizeof(struct dcd_dc_region_config)));
    memset(&rsp, 0, sizeof(rsp));
    rsp.available = (uint8_t)regions->count;
    rsp.returned = (uint8_t)count;
    memcpy(call->out, &rsp, sizeof(rsp));
    for (uint32_t i = 0; i < count; i++) {
        struct dcd_dc_region_config c =
            region_config(&regions->region[req->start + i]);

        memcpy(out, &c, sizeof(c));
        out += sizeof(c);
    }
    if (has_trailer)
        memcpy(out, &trailer, sizeof(trailer));
    call->out_length =
        frame + count * (uint32_t)sizeof(struct dcd_dc_region_config);
    return DCD_RC_SUCCESS;
}

uint32_t dcd_copy_extents(const struct dcd_capacity *capacity, unsigned head,
                          uint32_t start, uint32_t count, uint8_t *out)
{
    const struct dcd_extent_list *list = &capacity->holder[head].accepted;
    struct dcd_extent extent;
    uint32_t copied = 0;
    bool more = count && dcd_extent_list_at(list, start, &extent);

    while (more) {
        struct dcd_extent_wire wire = dcd_capacity_wire(capacity, &extent);

        memcpy(out + copied * sizeof(wire), &wire, sizeof(wire));
        copied++;
        more = copied < count &&
               dcd_extent_list_next(list, extent.dpa + extent.length, &extent);
    }
    return copied;
}

/* 4801h Get Dynamic Capacity Extent List, CXL r3.1 8.2.9.9.9.2. */
uint16_t dcd_get_dc_extent_list(struct dcd_cci_call *call)
{
    const struct dcd_get_extent_list_req *req = (const void *)call->in;
    const struct dcd_extent_list *list =
        &call->capacity->holder[call->port->number].accepted;
    uint32_t total = (uint32_t)dcd_extent_list_count(list);
    uint32_t start = dcd_get32(req->start);
    struct dcd_get_extent_list_rsp rsp;
    uint32_t count;

    if (start > total)
        return DCD_RC_INVALID_INPUT;
    count =
        dcd_least(dcd_get32(req->count),
                  dcd_room(call, sizeof(rsp), sizeof(struct dcd_extent_wire)));
    count = dcd_copy_extents(call->capacity, call->port->number, start, count,
                             call->out + sizeof(rsp));
    memset(&rsp, 0, sizeof(rsp));
    rsp.returned = dcd_put32(count);
    rsp.total = dcd_put32(total);
    rsp.generation = dcd_put32(dcd_extent_list_generation(list));
    memcpy(call->out, &rsp, sizeof(rsp));
    call->out_length =
        (uint32_t)(sizeof(rsp) + count * sizeof(struct dcd_extent_wire));
    return DCD_RC_SUCCESS;
}

/* --- Lists in one or more payloads --------------------------------------- */

typedef uint16_t list_function(struct dcd_capacity *capacity, unsigned head,
                               const struct dcd_dpa_range *entries,
                               uint32_t count);

/* How 4802h and 4803h differ. */
struct list_rules {
    uint16_t opcode;
    uint32_t limit;   /* entries over all payloads */
    bool limit_first; /* it is looked at before the length */
    list_function *function;
};

/* Takes the entries of one payload. */
static uint16_t collect(struct dcd_cci_call *call,
                        const struct list_rules *rules)
{
    const struct dcd_updated_extent_list *req = (const void *)call->in;
    const struct dcd_updated_extent *entries;
    struct dcd_chain *chain = &call->port->chain;
    uint64_t count;
    bool complete;
    bool too_many;

    if (call->in_length < sizeof(*req))
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    count = dcd_get32(req->count);
    complete = call->in_length >= sizeof(*req) + count * sizeof(*entries);
    too_many = chain->count + count > rules->limit;
    if (too_many && (rules->limit_first || complete))
        return DCD_RC_RESOURCES_EXHAUSTED;
    if (!complete)
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    entries = (const void *)(call->in + sizeof(*req));
    return dcd_chain_append(chain, entries, (uint32_t)count)
               ? DCD_RC_SUCCESS
               : DCD_RC_INTERNAL_ERROR;
}

/* Collects while More is set, then hands the whole list on. Any error ends
 * the list. */
static uint16_t take_list(struct dcd_cci_call *call,
                          const struct list_rules *rules)
{
    const struct dcd_updated_extent_list *req = (const void *)call->in;
    struct dcd_chain *chain = &call->port->chain;
    uint16_t rc = collect(call, rules);

    if (rc == DCD_RC_SUCCESS && (req->flags & DCD_EXTENT_LIST_MORE)) {
        chain->opcode = rules->opcode;
        return rc;
    }
    if (rc == DCD_RC_SUCCESS)
        rc = rules->function(call->capacity, call->port->number, chain->entries,
                             chain->count);
    dcd_chain_drop(chain);
    return rc;
}

/* 4802h Add Dynamic Capacity Response, CXL r3.1 8.2.9.9.9.3. */
uint16_t dcd_add_dc_response(struct dcd_cci_call *call)
{
    const struct list_rules rules = {DCD_OP_ADD_DC_RESPONSE,
                                     call->config->extents, true,
                                     dcd_capacity_respond};

    return take_list(call, &rules);
}

/* 4803h Release Dynamic Capacity, CXL r3.1 8.2.9.9.9.4. */
uint16_t dcd_release_dc(struct dcd_cci_call *call)
{
    const struct list_rules rules = {DCD_OP_RELEASE_DC, MAX_RELEASE_ENTRIES,
                                     false, dcd_capacity_release};

    return take_list(call, &rules);
}
