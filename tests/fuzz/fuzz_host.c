/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_host.c - any bytes as what a host does: registers of any width at any
 * offset, mailbox commands, configuration space, memory, resets, time. */
#include "fuzz.h"
#include "fuzz_device.h"

#include <cxldcd/ctypes/opcode.h>
#include <cxldcd/ctypes/registers.h>

#define MAILBOX (DCD_BAR_DEVICE + DCD_DEV_MAILBOX)

static void command(struct dcd_device *device, unsigned head, struct input *in)
{
    /* Every command that has a name, and one that has none. */
    static const uint16_t opcodes[] = {
#define X(name, value, text, section) value,
        DCD_OPCODES(X)
#undef X
            0xffff,
    };
    uint8_t payload[256];
    uint8_t bytes[8];
    uint64_t opcode =
        opcodes[take(in, 1) % (sizeof(opcodes) / sizeof(opcodes[0]))];
    uint64_t length = take(in, 1);

    for (size_t i = 0; i < length; i++)
        payload[i] = (uint8_t)take(in, 1);
    dcd_device_mmio_write(device, head, MAILBOX + DCD_MBOX_PAYLOAD, payload,
                          length);
    dcd_store_le(bytes, 8, opcode | length << DCD_MBOX_LENGTH_SHIFT);
    dcd_device_mmio_write(device, head, MAILBOX + DCD_MBOX_COMMAND, bytes, 8);
    dcd_store_le(bytes, 4, DCD_MBOX_DOORBELL);
    dcd_device_mmio_write(device, head, MAILBOX + DCD_MBOX_CONTROL, bytes, 4);
}

static void registers(struct dcd_device *device, unsigned head,
                      struct input *in)
{
    static const uint64_t blocks[] = {0, DCD_BAR_HDM, DCD_BAR_MSIX_TABLE,
                                      DCD_BAR_DEVICE};
    uint8_t bytes[256] = {0};
    uint64_t offset = blocks[take(in, 1) & 3] + take(in, 2);
    uint64_t width = take(in, 1);
    uint64_t value = take(in, 8);

    dcd_store_le(bytes, 8, value);
    dcd_device_mmio_write(device, head, offset, bytes, width & 8 ? width : 4);
    dcd_device_mmio_read(device, head, offset, bytes, width);
}

static void configuration(struct dcd_device *device, unsigned head,
                          struct input *in)
{
    uint8_t bytes[256] = {0};
    uint64_t offset = take(in, 2);

    dcd_store_le(bytes, 8, take(in, 4));
    dcd_device_config_write(device, head, offset, bytes, take(in, 1));
    dcd_device_config_read(device, head, offset, bytes, take(in, 1));
}

static void memory(struct dcd_device *device, unsigned head, struct input *in)
{
    uint8_t bytes[256] = {0};
    uint64_t hpa = take(in, 8);
    struct dcd_span span;

    dcd_device_write(device, head, hpa, bytes, take(in, 1));
    dcd_device_read(device, head, hpa, bytes, take(in, 1));
    dcd_device_debug_read(device, head, hpa, bytes, take(in, 1));
    dcd_device_dmi(device, head, hpa, &span);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    uint64_t now = 0;
    struct dcd_device *device = fuzz_device(&now, 2, DCD_MULTI_HEADED);

    while (in.size > 0) {
        unsigned what = (unsigned)take(&in, 1);
        unsigned head = what >> 6;

        now += what >> 3 & 3;
        switch (what & 7) {
        case 1:
            registers(device, head, &in);
            break;
        case 2:
            configuration(device, head, &in);
            break;
        case 3:
            memory(device, head, &in);
            break;
        case 4:
            /* Most operations last less than this. */
            now += take(&in, 1) * 64;
            dcd_device_wake(device);
            break;
        case 5:
            dcd_device_reset(device, head,
                             (enum dcd_reset_kind)(take(&in, 1) % 3));
            break;
        default:
            command(device, head, &in);
            break;
        }
    }
    fuzz_device_end(device);
    return 0;
}
