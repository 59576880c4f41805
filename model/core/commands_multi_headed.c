/* SPDX-License-Identifier: Apache-2.0 */
/* commands_multi_headed.c - the heads of a device, CXL r3.1 7.6.7.5. */
#include "cci.h"
#include "config_space.h"

#include <cxldcd/ctypes/fm_devices.h>
#include <cxldcd/ctypes/return_code.h>

/* 5500h Get Multi-Headed Info, CXL r3.1 7.6.7.5.1: each head has the logical
 * device of its own number. */
uint16_t dcd_get_mhd_info(struct dcd_cci_call *call)
{
    const struct dcd_get_mhd_info_req *req = (const void *)call->in;
    const unsigned heads = call->config->heads;
    struct dcd_get_mhd_info_rsp rsp = {0};
    uint32_t count;

    if (req->start >= heads || req->limit == 0)
        return DCD_RC_INVALID_INPUT;
    count = dcd_least(req->limit, heads - req->start);
    rsp.lds = (uint8_t)heads;
    rsp.heads = (uint8_t)heads;
    rsp.start = req->start;
    rsp.count = (uint8_t)count;
    memcpy(call->out, &rsp, sizeof(rsp));
    for (uint32_t i = 0; i < count; i++)
        call->out[sizeof(rsp) + i] = (uint8_t)(req->start + i);
    call->out_length = (uint32_t)sizeof(rsp) + count;
    return DCD_RC_SUCCESS;
}

/* What the host at [head] sees of the link in its configuration space. */
static struct dcd_head_info info_of(const struct dcd_config *config,
                                    unsigned head)
{
    struct dcd_head_info info = {0};

    info.port = dcd_config_space_port(config, head);
    info.max_width = DCD_LINK_WIDTH;
    info.width = DCD_LINK_WIDTH;
    info.speeds = DCD_LINK_SPEEDS;
    info.max_speed = DCD_LINK_SPEED;
    info.speed = DCD_LINK_SPEED;
    info.ltssm = DCD_LTSSM_L0;
    return info;
}

/* 5501h Get Head Info, CXL r3.1 7.6.7.5.2: the links of all heads are up. */
uint16_t dcd_get_head_info(struct dcd_cci_call *call)
{
    const struct dcd_get_head_info_req *req = (const void *)call->in;
    struct dcd_get_head_info_rsp rsp = {0};

    if (req->count == 0 || req->start + req->count > (int)call->config->heads)
        return DCD_RC_INVALID_INPUT;
    rsp.heads = req->count;
    memcpy(call->out, &rsp, sizeof(rsp));
    for (unsigned i = 0; i < req->count; i++) {
        struct dcd_head_info info = info_of(call->config, req->start + i);

        memcpy(call->out + sizeof(rsp) + i * sizeof(info), &info, sizeof(info));
    }
    call->out_length =
        (uint32_t)(sizeof(rsp) + req->count * sizeof(struct dcd_head_info));
    return DCD_RC_SUCCESS;
}
