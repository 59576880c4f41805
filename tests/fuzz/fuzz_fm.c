/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_fm.c - any bytes as CCI messages of a fabric manager, with hosts that
 * answer now and then, so that requests find capacity in every state. */
#include "fuzz.h"
#include "fuzz_device.h"

#include <cxldcd/ctypes/cci.h>
#include <cxldcd/ctypes/opcode.h>
#include <cxldcd/ctypes/registers.h>

#define MAILBOX (DCD_BAR_DEVICE + DCD_DEV_MAILBOX)

static void write_register(struct dcd_device *device, unsigned head,
                           uint64_t offset, unsigned width, uint64_t value)
{
    uint8_t bytes[8];

    dcd_store_le(bytes, width, value);
    dcd_device_mmio_write(device, head, offset, bytes, width);
}

/* 4802h with what the input says, or an empty list. */
static void answer(struct dcd_device *device, struct input *in)
{
    unsigned head = (unsigned)take(in, 1) & 1;
    uint32_t count = (uint32_t)take(in, 1) & 3;
    uint8_t payload[8 + 3 * 24] = {0};

    payload[0] = (uint8_t)count;
    for (uint32_t i = 0; i < count; i++) {
        dcd_store_le(payload + 8 + 24 * i, 8,
                     (take(in, 1) + 4) * DCD_CAPACITY_UNIT / 4 +
                         take(in, 1) * 64);
        dcd_store_le(payload + 16 + 24 * i, 8, take(in, 1) * 64);
    }
    dcd_device_mmio_write(device, head, MAILBOX + DCD_MBOX_PAYLOAD, payload,
                          8 + 24 * count);
    write_register(device, head, MAILBOX + DCD_MBOX_COMMAND, 8,
                   DCD_OP_ADD_DC_RESPONSE | (uint64_t)(8 + 24 * count)
                                                << DCD_MBOX_LENGTH_SHIFT);
    write_register(device, head, MAILBOX + DCD_MBOX_CONTROL, 4,
                   DCD_MBOX_DOORBELL);
}

/* Raw bytes, or a message whose header agrees with its length. */
static void send(struct dcd_device *device, struct input *in, bool raw)
{
    uint8_t message[512];
    uint8_t response[64];
    size_t size = (size_t)take(in, 1) * 2;
    size_t at = 0;

    if (!raw) {
        uint16_t opcode = (uint16_t)(0x5600 + (take(in, 1) & 7));
        struct dcd_cci_header header =
            dcd_cci_request(1, opcode, (uint32_t)size);

        memcpy(message, &header, sizeof(header));
        at = sizeof(header);
        size += at;
    }
    if (size > sizeof(message))
        size = sizeof(message);
    for (; at < size; at++)
        message[at] = (uint8_t)take(in, 1);
    dcd_device_fm_request(device, message, size);
    dcd_device_fm_response(device, response, sizeof(response));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    uint64_t now = 0;
    struct dcd_device *device = fuzz_device(&now);

    while (in.size > 0) {
        switch (take(&in, 1) & 7) {
        case 0:
            send(device, &in, true);
            break;
        case 1:
            answer(device, &in);
            break;
        case 2:
            dcd_device_reset(device, (unsigned)take(&in, 1),
                             DCD_RESET_CONVENTIONAL);
            break;
        default:
            send(device, &in, false);
            break;
        }
    }
    fuzz_device_end(device);
    return 0;
}
