/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_fm.c - any bytes as CCI messages of a fabric manager, with hosts that
 * answer now and then, so that requests find capacity in every state; at a
 * device of several heads, of one, or of several logical devices. */
#include "fuzz.h"
#include "fuzz_device.h"

#include <cxldcd/ctypes/cci.h>
#include <cxldcd/ctypes/fm_devices.h>
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

#define MAX_MESSAGE 640
#define HEADER sizeof(struct dcd_cci_header)

static void send(struct dcd_device *device, const uint8_t *message, size_t size)
{
    uint8_t response[64];

    dcd_device_fm_request(device, message, size);
    dcd_device_fm_response(device, response, sizeof(response));
}

static void send_raw(struct dcd_device *device, struct input *in)
{
    uint8_t message[MAX_MESSAGE];
    size_t size = (size_t)take(in, 1) * 2;

    for (size_t at = 0; at < size; at++)
        message[at] = (uint8_t)take(in, 1);
    send(device, message, size);
}

/* Commands of every set at the port, and some of a logical device. */
static uint16_t take_opcode(struct input *in)
{
    static const uint16_t first[] = {0x5600, 0x5600, 0x5601, 0x5601,
                                     0x0000, 0x0100, 0x0400, 0x4000,
                                     0x4200, 0x5400, 0x5408, 0x5500};
    size_t set = take(in, 1) % (sizeof(first) / sizeof(first[0]));

    return (uint16_t)(first[set] + (take(in, 1) & 7));
}

/* The message at [message] into a 5300h; its size then. */
static size_t wrap(uint8_t *message, size_t size, struct input *in)
{
    struct dcd_tunnel_req req = {(uint8_t)(take(in, 1) & 3),
                                 (uint8_t)(take(in, 1) & 3),
                                 dcd_put16((uint16_t)size)};
    struct dcd_cci_header header =
        dcd_cci_request(2, DCD_OP_TUNNEL, (uint32_t)(sizeof(req) + size));

    memmove(message + HEADER + sizeof(req), message, size);
    memcpy(message, &header, HEADER);
    memcpy(message + HEADER, &req, sizeof(req));
    return HEADER + sizeof(req) + size;
}

/* A message whose lengths agree, in up to seven tunnels. */
static void send_sound(struct dcd_device *device, struct input *in,
                       unsigned layers)
{
    uint8_t message[MAX_MESSAGE];
    size_t size = (size_t)take(in, 1) * 2;
    struct dcd_cci_header header =
        dcd_cci_request(1, take_opcode(in), (uint32_t)size);

    memcpy(message, &header, HEADER);
    size += HEADER;
    for (size_t at = HEADER; at < size; at++)
        message[at] = (uint8_t)take(in, 1);
    while (layers--)
        size = wrap(message, size, in);
    send(device, message, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    uint64_t now = 0;
    uint64_t kind = take(&in, 1);
    struct dcd_device *device =
        fuzz_device(&now, kind & 6 ? 2 : 1,
                    kind & 1 ? DCD_MULTI_LOGICAL : DCD_MULTI_HEADED);

    while (in.size > 0) {
        switch (take(&in, 1) & 7) {
        case 0:
            send_raw(device, &in);
            break;
        case 1:
            answer(device, &in);
            break;
        case 2:
            dcd_device_reset(device, (unsigned)take(&in, 1),
                             DCD_RESET_CONVENTIONAL);
            break;
        case 3:
            send_sound(device, &in, (unsigned)take(&in, 1) & 7);
            break;
        default:
            send_sound(device, &in, 0);
            break;
        }
    }
    fuzz_device_end(device);
    return 0;
}
