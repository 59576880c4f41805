/* SPDX-License-Identifier: Apache-2.0 */
/* commands_firmware.c - firmware update, CXL r3.1 8.2.9.3. */
#include "cci.h"

#include <cxldcd/ctypes/generic.h>
#include <cxldcd/ctypes/return_code.h>

#include <string.h>

/* 0200h Get FW Info, CXL r3.1 8.2.9.3.1. */
uint16_t dcd_get_fw_info(struct dcd_cci_call *call)
{
    const struct dcd_firmware *firmware = &call->memory->firmware;
    struct dcd_fw_info_rsp rsp;

    memset(&rsp, 0, sizeof(rsp));
    rsp.slots = DCD_FW_SLOTS;
    rsp.slot_info = (uint8_t)(firmware->active | firmware->staged << 3);
    rsp.capabilities = DCD_FW_ONLINE_ACTIVATION;
    for (unsigned i = 0; i < DCD_FW_SLOTS; i++)
        memcpy(rsp.revision[i], firmware->slot[i].revision, DCD_FW_REVISION);
    return dcd_answer(call, &rsp, sizeof(rsp));
}

/* 0201h Transfer FW, CXL r3.1 8.2.9.3.2. */
uint16_t dcd_transfer_fw(struct dcd_cci_call *call)
{
    const struct dcd_transfer_fw_req *req = (const void *)call->in;
    struct dcd_firmware_part part = {
        .action = req->action,
        .slot = req->slot,
        .offset = dcd_get32(req->offset),
        .data = call->in + sizeof(*req),
        .length = call->in_length - (uint32_t)sizeof(*req),
    };

    return dcd_firmware_transfer(&call->memory->firmware, &part, call->now,
                                 &call->duration);
}

uint16_t dcd_transfer_fw_complete(struct dcd_cci_call *call)
{
    return dcd_firmware_complete(&call->memory->firmware, call->now);
}

/* 0202h Activate FW, CXL r3.1 8.2.9.3.3. */
uint16_t dcd_activate_fw(struct dcd_cci_call *call)
{
    const struct dcd_activate_fw_req *req = (const void *)call->in;

    return dcd_firmware_activate(&call->memory->firmware, req->action,
                                 req->slot, call->now, &call->duration);
}

uint16_t dcd_activate_fw_complete(struct dcd_cci_call *call)
{
    return dcd_firmware_complete(&call->memory->firmware, call->now);
}
