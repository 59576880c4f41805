/* SPDX-License-Identifier: Apache-2.0 */
/* commands_tunnel.c - commands for somebody else, CXL r3.1 7.6.7.3. */
#include "cci.h"

#include <cxldcd/ctypes/cci.h>
#include <cxldcd/ctypes/fm_devices.h>
#include <cxldcd/ctypes/return_code.h>

/* 5300h inside each other; the FM's own is the first. */
#define MAX_LAYERS 3u
/* What 16 bits can say of a response inside another. */
#define MAX_INNER UINT16_MAX

/*
 * Whose CCI it is: that of a logical device, or that of the pool of a
 * multi-headed device, which is the one at the FM's port.
 */
static bool find_target(const struct dcd_config *config,
                        const struct dcd_tunnel_req *req, unsigned *target)
{
    switch (req->target & DCD_TUNNEL_TARGET_MASK) {
    case DCD_TUNNEL_PORT_OR_LD:
        *target = req->id;
        return req->id < config->heads;
    case DCD_TUNNEL_LD_POOL:
        *target = DCD_PORT_FM;
        return config->topology == DCD_MULTI_HEADED;
    default:
        return false;
    }
}

/* The call inside [call], for the payload behind [request]. */
static struct dcd_cci_call inner_call(const struct dcd_cci_call *call,
                                      const struct dcd_cci_header *request,
                                      uint32_t length)
{
    const uint32_t before = (uint32_t)(sizeof(struct dcd_tunnel_rsp) +
                                       sizeof(struct dcd_cci_header));
    struct dcd_cci_call inner = {0};

    inner.in = (const uint8_t *)(request + 1);
    inner.in_length = length;
    inner.out = call->out + before;
    inner.out_capacity =
        dcd_least(dcd_room(call, before, 1),
                  MAX_INNER - (uint32_t)sizeof(struct dcd_cci_header));
    inner.depth = call->depth + 1;
    return inner;
}

/* Carries [request] out, whatever comes of it, and answers with what did. */
static uint16_t pass_on(struct dcd_cci_call *call, unsigned target,
                        const struct dcd_cci_header *request, uint32_t length)
{
    struct dcd_cci_call inner = inner_call(call, request, length);
    struct dcd_tunnel_rsp rsp = {{{0}}, {0}};
    struct dcd_cci_header header;
    uint16_t rc = DCD_RC_INVALID_PAYLOAD_LENGTH;

    if (dcd_cci_length(request) == length)
        rc = call->ops->tunnel(call->ops->context, target,
                               dcd_get16(request->opcode), &inner);
    header = dcd_cci_response(request, rc, inner.out_length);
    rsp.length = dcd_put16((uint16_t)(sizeof(header) + inner.out_length));
    memcpy(call->out, &rsp, sizeof(rsp));
    memcpy(call->out + sizeof(rsp), &header, sizeof(header));
    call->out_length =
        (uint32_t)(sizeof(rsp) + sizeof(header)) + inner.out_length;
    return DCD_RC_SUCCESS;
}

/*
 * 5300h Tunnel Management Command, CXL r3.1 7.6.7.3.1. Its return code is about
 * the tunnel alone; how the command inside it went is in the response inside.
 */
uint16_t dcd_tunnel(struct dcd_cci_call *call)
{
    const struct dcd_tunnel_req *req = (const void *)call->in;
    const struct dcd_cci_header *request = (const void *)(req + 1);
    const uint32_t length = call->in_length - (uint32_t)sizeof(*req);
    unsigned target;

    if (call->depth >= MAX_LAYERS)
        return DCD_RC_UNSUPPORTED;
    /* There is a whole header: the row asks for it. */
    if (dcd_get16(req->length) != length)
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    if ((request->category & DCD_CCI_CATEGORY_MASK) != DCD_CCI_REQUEST ||
        !find_target(call->config, req, &target))
        return DCD_RC_INVALID_INPUT;
    return pass_on(call, target, request, length - (uint32_t)sizeof(*request));
}
