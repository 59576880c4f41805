/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_registers.c - BAR 0: where registers lie, which accesses they take and
 * what can be written to them (CXL r3.1 8.2.3, 8.2.8).
 */
#include "host_support.h"

#include "gtest_c.h"
#include "register_file.h"

#include <string.h>

#define DEVICE(offset) (DCD_BAR_DEVICE + (offset))
#define CM(offset) (DCD_BAR_COMPONENT + DCD_CM_BASE + (offset))
#define MEMDEV DEVICE(DCD_DEV_MEMDEV_STATUS(2048))
#define WINDOW_END (DCD_BAR_DEVICE + DCD_BAR_DEVICE_SIZE)

/* --- Where --------------------------------------------------------------- */

/* A host finds the blocks through the array, whatever their order. */
C_TEST(registers, the_capability_array_leads_to_every_block)
{
    struct harness h;
    uint64_t found[3] = {0};
    uint32_t count;

    harness_d1(&h);
    C_EXPECT_EQ(0, reg_read(&h, 0, DEVICE(0), 2)); /* id of the array */
    C_EXPECT_EQ(1, reg_read(&h, 0, DEVICE(2), 1)); /* its version */
    count = (uint32_t)reg_read(&h, 0, DEVICE(4), 2);
    C_ASSERT_EQ(3, count);
    for (uint32_t n = 1; n <= count; n++) {
        uint64_t at = DEVICE(0x10 * n);
        uint64_t id = reg_read(&h, 0, at, 2);
        uint64_t length = reg_read(&h, 0, at + 8, 4);

        C_EXPECT_EQ(0, reg_read(&h, 0, at + 12, 4));
        if (id == 0x0001) {
            C_EXPECT_EQ(2, reg_read(&h, 0, at + 2, 1));
            C_EXPECT_EQ(8, length);
            found[0] = reg_read(&h, 0, at + 4, 4);
        } else if (id == 0x0002) {
            C_EXPECT_EQ(2048 + 0x20, length);
            found[1] = reg_read(&h, 0, at + 4, 4);
        } else if (id == 0x4000) {
            C_EXPECT_EQ(8, length);
            found[2] = reg_read(&h, 0, at + 4, 4);
        }
    }
    C_EXPECT_EQ(DCD_DEV_STATUS, found[0]);
    C_EXPECT_EQ(DCD_DEV_MAILBOX, found[1]);
    C_EXPECT_EQ(DCD_DEV_MEMDEV_STATUS(2048), found[2]);
    harness_free(&h);
}

C_TEST(registers, mailbox_capabilities)
{
    struct harness h;
    uint64_t caps;

    harness_d1(&h);
    caps = reg_read(&h, 0, MAILBOX_AT(DCD_MBOX_CAPABILITIES), 4);
    C_EXPECT_EQ(11, caps & 0x1f);
    C_EXPECT_EQ(0, caps >> 5 & 1); /* no doorbell interrupt */
    C_EXPECT_EQ(1, caps >> 6 & 1); /* background completion interrupt */
    C_EXPECT_EQ(DCD_VECTOR_MAILBOX, caps >> 7 & 15);
    C_EXPECT_EQ(0, caps >> 11);
    harness_free(&h);
}

C_TEST(registers, media_and_mailbox_are_ready_at_once)
{
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(0x14, reg_read(&h, 0, MEMDEV, 8));
    harness_free(&h);
}

/* --- Width and alignment ------------------------------------------------- */

/* Registers of the device block: offset and width. */
static const struct {
    uint32_t at;
    uint32_t width;
} device_registers[] = {
    {0x00, 8}, {0x08, 8}, {0x10, 4},
    {0x14, 4}, {0x18, 4}, {0x1c, 4},
    {0x20, 4}, {0x24, 4}, {0x28, 4},
    {0x2c, 4}, {0x30, 4}, {0x34, 4},
    {0x38, 4}, {0x3c, 4}, {0x80, 8},
    {0x88, 4}, {0x8c, 4}, {0x90, 8},
    {0x98, 8}, {0xa0, 8}, {DCD_DEV_MEMDEV_STATUS(2048), 8},
};

/* Any part of a register that is naturally aligned agrees with the whole. */
C_TEST(registers, parts_of_a_register_can_be_read)
{
    struct harness h;

    harness_d1(&h);
    reg_write(&h, 0, MAILBOX_AT(DCD_MBOX_COMMAND), 8, UINT64_C(0x1234567890));
    for (uint32_t i = 0; i < COUNT(device_registers); i++) {
        uint64_t at = DEVICE(device_registers[i].at);
        uint32_t width = device_registers[i].width;
        uint64_t whole = reg_read(&h, 0, at, width);

        C_CONTEXT("register %03x", device_registers[i].at);
        for (unsigned part = 1; part <= width; part *= 2)
            for (unsigned k = 0; k < width; k += part)
                C_EXPECT_EQ(whole >> 8 * k & (UINT64_MAX >> (64 - 8 * part)),
                            reg_read(&h, 0, at + k, part));
    }
    C_CONTEXT("");
    harness_free(&h);
}

C_TEST(registers, no_access_reaches_into_the_next_register)
{
    uint8_t bytes[8];
    struct harness h;

    harness_d1(&h);
    for (uint32_t i = 0; i < COUNT(device_registers); i++) {
        uint64_t at = DEVICE(device_registers[i].at);

        C_CONTEXT("register %03x", device_registers[i].at);
        if (device_registers[i].width == 4 && at % 8 == 0)
            bar_read(&h, 0, at, 8, DCD_ACCESS_WIDTH);
        bar_read(&h, 0, at, 3, DCD_ACCESS_WIDTH);
        bar_read(&h, 0, at, 5, DCD_ACCESS_WIDTH);
        bar_read(&h, 0, at, 0, DCD_ACCESS_WIDTH);
        bar_read(&h, 0, at + 1, 2, DCD_ACCESS_WIDTH);
        bar_read(&h, 0, at + 2, 4, DCD_ACCESS_WIDTH);
        if (device_registers[i].width == 8)
            C_EXPECT(dcd_device_mmio_read(h.device, 0, at + 4, bytes, 8) !=
                     DCD_ACCESS_OK);
    }
    C_CONTEXT("");
    harness_free(&h);
}

C_TEST(registers, an_illegal_write_changes_nothing)
{
    static const unsigned widths[] = {0, 3, 5, 6, 7, 16};
    const uint64_t command_at = MAILBOX_AT(DCD_MBOX_COMMAND);
    struct harness h;

    harness_d1(&h);
    reg_write(&h, 0, command_at, 8, 0x4000);
    for (unsigned i = 0; i < COUNT(widths); i++)
        bar_write(&h, 0, command_at, widths[i], UINT64_MAX, DCD_ACCESS_WIDTH);
    bar_write(&h, 0, command_at + 4, 8, UINT64_MAX, DCD_ACCESS_WIDTH);
    bar_write(&h, 0, command_at + 1, 2, UINT64_MAX, DCD_ACCESS_WIDTH);
    bar_write(&h, 0, MAILBOX_AT(0), 8, UINT64_MAX, DCD_ACCESS_WIDTH);
    C_EXPECT_EQ(0x4000, reg_read(&h, 0, command_at, 8));
    C_EXPECT_EQ(0, reg_read(&h, 0, MAILBOX_AT(DCD_MBOX_CONTROL), 4));
    C_EXPECT_EQ(0, h.warnings);
    harness_free(&h);
}

C_TEST(registers, a_register_can_be_written_in_parts)
{
    const uint64_t at = MAILBOX_AT(DCD_MBOX_COMMAND);
    struct harness h;

    harness_d1(&h);
    reg_write(&h, 0, at, 2, 0x4801);
    reg_write(&h, 0, at + 2, 1, 8);
    C_EXPECT_EQ(0x084801, reg_read(&h, 0, at, 8));
    reg_write(&h, 0, at + 4, 4, 0xffffffff);
    C_EXPECT_EQ(UINT64_C(0x1f00084801), reg_read(&h, 0, at, 8));
    reg_write(&h, 0, at + 4, 1, 0);
    /* The doorbell is a bit of one byte. */
    reg_write(&h, 0, MAILBOX_AT(DCD_MBOX_CONTROL), 1, DCD_MBOX_DOORBELL);
    C_EXPECT_EQ(0x104801, reg_read(&h, 0, at, 8)); /* 16 bytes came out */
    C_EXPECT_EQ(0, reg_read(&h, 0, MAILBOX_AT(DCD_MBOX_CONTROL), 1));
    harness_free(&h);
}

C_TEST(registers, the_payload_takes_any_width_and_alignment)
{
    const uint64_t at = MAILBOX_AT(DCD_MBOX_PAYLOAD);
    uint8_t bytes[2048];
    uint8_t seen[2048];
    struct harness h;

    harness_d1(&h);
    for (unsigned i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i * 7 + i / 256);
    for (unsigned i = 0, n = 1; i < sizeof(bytes); i += n, n = n % 13 + 1) {
        if (n > sizeof(bytes) - i)
            n = (unsigned)sizeof(bytes) - i;
        C_EXPECT_EQ(DCD_ACCESS_OK,
                    dcd_device_mmio_write(h.device, 0, at + i, bytes + i, n));
    }
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_mmio_read(h.device, 0, at, seen, sizeof(seen)));
    C_EXPECT_MEMEQ(bytes, seen, sizeof(seen));
    C_EXPECT_EQ(dcd_load_le(bytes + 1001, 7), reg_read(&h, 0, at + 1001, 7));
    harness_free(&h);
}

C_TEST(registers, an_access_may_not_leave_the_payload)
{
    const uint64_t payload = MAILBOX_AT(DCD_MBOX_PAYLOAD);
    struct harness h;

    harness_d1(&h);
    bar_read(&h, 0, payload + 2044, 8, DCD_ACCESS_WIDTH);
    bar_write(&h, 0, payload + 2047, 2, 0, DCD_ACCESS_WIDTH);
    bar_read(&h, 0, payload + 2040, 8, DCD_ACCESS_OK);
    bar_read(&h, 0, payload - 4, 8, DCD_ACCESS_NO_REGISTER);
    bar_write(&h, 0, payload - 8, 16, 0, DCD_ACCESS_NO_REGISTER);
    harness_free(&h);
}

C_TEST(registers, component_registers_take_four_bytes_only)
{
    static const unsigned widths[] = {0, 1, 2, 3, 8, 16};
    static const uint32_t offsets[] = {
        0x0, CM(0), CM(0x80), CM(0xd8), CM(DCD_CM_HDM), 0x3000, 0xfff8};
    struct harness h;

    harness_d1(&h);
    for (unsigned i = 0; i < COUNT(offsets); i++) {
        C_CONTEXT("offset %x", offsets[i]);
        for (unsigned k = 0; k < COUNT(widths); k++) {
            bar_read(&h, 0, offsets[i], widths[k], DCD_ACCESS_WIDTH);
            bar_write(&h, 0, offsets[i], widths[k], 0, DCD_ACCESS_WIDTH);
        }
        bar_read(&h, 0, offsets[i] + 2, 4, DCD_ACCESS_WIDTH);
        bar_read(&h, 0, offsets[i], 4, DCD_ACCESS_OK);
    }
    C_CONTEXT("");
    harness_free(&h);
}

C_TEST(registers, there_is_nothing_between_the_blocks)
{
    static const struct {
        uint64_t at;
        enum dcd_access access;
    } rows[] = {
        {0xfffc, DCD_ACCESS_OK},
        {DCD_BAR_MSIX_TABLE + 124, DCD_ACCESS_OK},
        {DCD_BAR_MSIX_TABLE + 128, DCD_ACCESS_NO_REGISTER},
        {DCD_BAR_MSIX_PBA - 4, DCD_ACCESS_NO_REGISTER},
        {DCD_BAR_MSIX_PBA + 4, DCD_ACCESS_OK},
        {DCD_BAR_MSIX_PBA + 8, DCD_ACCESS_NO_REGISTER},
        {DCD_BAR_DEVICE - 4, DCD_ACCESS_NO_REGISTER},
        {DEVICE(0x50), DCD_ACCESS_OK},
        {MEMDEV + 8, DCD_ACCESS_OK},
        {WINDOW_END - 4, DCD_ACCESS_OK},
        {WINDOW_END, DCD_ACCESS_NO_REGISTER},
        {UINT64_C(1) << 32, DCD_ACCESS_NO_REGISTER},
        {UINT64_MAX - 3, DCD_ACCESS_NO_REGISTER},
    };
    struct harness h;

    harness_d1(&h);
    for (unsigned i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("row %u", i);
        bar_read(&h, 0, rows[i].at, 4, rows[i].access);
        bar_write(&h, 0, rows[i].at, 4, 0, rows[i].access);
    }
    C_CONTEXT("");
    harness_free(&h);
}

C_TEST(registers, holes_of_the_device_block_read_zero_and_ignore_writes)
{
    static const uint32_t holes[] = {0x40,  0x48,   0x50,    0x78,
                                     0x8b0, 0x1000, 0x1ffff8};
    struct harness h;

    harness_d1(&h);
    for (unsigned i = 0; i < COUNT(holes); i++) {
        for (unsigned width = 1; width <= 8; width *= 2) {
            bar_write(&h, 0, DEVICE(holes[i]), width, UINT64_MAX,
                      DCD_ACCESS_OK);
            C_EXPECT_EQ(
                0, bar_read(&h, 0, DEVICE(holes[i]), width, DCD_ACCESS_OK));
        }
        bar_read(&h, 0, DEVICE(holes[i]) + 1, 2, DCD_ACCESS_WIDTH);
        bar_read(&h, 0, DEVICE(holes[i]), 3, DCD_ACCESS_WIDTH);
    }
    harness_free(&h);
}

C_TEST(registers, a_head_that_does_not_exist_has_no_registers)
{
    struct harness h;

    harness_d1(&h);
    bar_read(&h, 1, DEVICE(0), 4, DCD_ACCESS_NO_HEAD);
    bar_write(&h, 1, DEVICE(0), 4, 0, DCD_ACCESS_NO_HEAD);
    bar_read(&h, UINT32_MAX, DEVICE(0), 4, DCD_ACCESS_NO_HEAD);
    harness_free(&h);
}

/* --- What can be written ------------------------------------------------- */

/* Offset, width, bits that take what is written; without the doorbell. */
static const struct {
    uint64_t at;
    unsigned width;
    uint64_t writable;
} writable_rows[] = {
    {DEVICE(0x80), 8, 0},
    {MAILBOX_AT(DCD_MBOX_CAPABILITIES), 4, 0},
    {MAILBOX_AT(DCD_MBOX_CONTROL), 4, DCD_MBOX_BACKGROUND_INTERRUPT},
    {MAILBOX_AT(DCD_MBOX_COMMAND), 8, UINT64_C(0x1fffffffff)},
    {MAILBOX_AT(DCD_MBOX_STATUS), 8, 0},
    {MAILBOX_AT(DCD_MBOX_BACKGROUND_STATUS), 8, 0},
    {MEMDEV, 8, 0},
    {CM(0x00), 4, 0},
    {CM(0x0c), 4, 0},
    {CM(0x80), 4, 0},       /* uncorrectable status, RW1C */
    {CM(0x84), 4, 0x1cfff}, /* its mask */
    {CM(0x88), 4, 0x1cfff}, /* its severity */
    {CM(0x8c), 4, 0},       /* correctable status, RW1C */
    {CM(0x90), 4, 0x7f},    /* its mask */
    {CM(0x94), 4, 0},       /* capabilities and control */
    {CM(DCD_CM_HDM), 4, 0},
};

C_TEST(registers, the_capability_array_cannot_be_written)
{
    struct harness h;

    harness_d1(&h);
    for (uint32_t i = 0; i < COUNT(device_registers); i++) {
        uint64_t at = DEVICE(device_registers[i].at);
        unsigned width = device_registers[i].width;
        uint64_t before = reg_read(&h, 0, at, width);

        if (device_registers[i].at >= 0x40)
            continue;
        C_CONTEXT("register %llx", (unsigned long long)at);
        reg_write(&h, 0, at, width, UINT64_MAX);
        C_EXPECT_EQ(before, reg_read(&h, 0, at, width));
        reg_write(&h, 0, at, width, 0);
        C_EXPECT_EQ(before, reg_read(&h, 0, at, width));
    }
    C_CONTEXT("");
    harness_free(&h);
}

C_TEST(registers, only_writable_bits_take_what_is_written)
{
    struct harness h;

    harness_d1(&h);
    for (uint32_t i = 0; i < COUNT(writable_rows); i++) {
        uint64_t at = writable_rows[i].at;
        unsigned width = writable_rows[i].width;
        uint64_t bits = writable_rows[i].writable;
        uint64_t keep = reg_read(&h, 0, at, width) & ~bits;
        uint64_t doorbell =
            at == MAILBOX_AT(DCD_MBOX_CONTROL) ? DCD_MBOX_DOORBELL : 0;

        C_CONTEXT("register %llx", (unsigned long long)at);
        reg_write(&h, 0, at, width, UINT64_MAX & ~doorbell);
        C_EXPECT_EQ(keep | bits, reg_read(&h, 0, at, width));
        reg_write(&h, 0, at, width, 0);
        C_EXPECT_EQ(keep, reg_read(&h, 0, at, width));
    }
    C_CONTEXT("");
    harness_free(&h);
}

C_TEST(registers, component_capabilities_when_new_and_after_a_reset)
{
    static const struct {
        uint32_t at;
        uint32_t value;
    } rows[] = {
        {0x00, 0x03110001}, {0x04, 0x08020002}, {0x08, 0x0d820004},
        {0x0c, 0x12810005}, {0x10, 0},          {0x80, 0},
        {0x84, 0x0001cfff}, {0x88, 0x0001cfff}, {0x8c, 0},
        {0x90, 0x7f},       {0x94, 0x200},      {0x98, 0},
        {0x128, 0x1b12},    {0x12c, 0},
    };
    struct harness h;

    harness_d1(&h);
    for (unsigned twice = 0; twice < 2; twice++) {
        for (unsigned i = 0; i < COUNT(rows); i++) {
            C_CONTEXT("register %x", rows[i].at);
            C_EXPECT_EQ(rows[i].value, reg_read(&h, 0, CM(rows[i].at), 4));
            reg_write(&h, 0, CM(rows[i].at), 4, 0);
        }
        dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    }
    C_CONTEXT("");
    harness_free(&h);
}

/* Nothing in this device sets an error bit, so this is the table's rule alone:
 * a written 1 clears, a written 0 does not, in any part of the register. */
C_TEST(registers, a_written_one_clears_a_status_bit)
{
    static const struct dcd_register_rules rules = {1, 8};
    static const struct dcd_register status = {8, 4, 0, 0xf0, 0x7f0f};
    static const uint8_t clear_some[4] = {0x05, 0xff, 0xff, 0xff};
    static const uint8_t none[4] = {0};
    struct dcd_register_file file;

    C_ASSERT(dcd_register_file_init(&file, &status, 1, 16, rules));
    dcd_register_file_set(&file, 8, 4, 0xffff);
    C_EXPECT_EQ(DCD_ACCESS_OK, dcd_register_file_write(&file, 8, none, 4));
    C_EXPECT_EQ(0xff0f, dcd_register_file_get(&file, 8, 4));
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_register_file_write(&file, 8, clear_some, 1));
    C_EXPECT_EQ(0xff0a, dcd_register_file_get(&file, 8, 4));
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_register_file_write(&file, 9, clear_some + 1, 1));
    C_EXPECT_EQ(0x800a, dcd_register_file_get(&file, 8, 4));
    dcd_register_file_destroy(&file);
}
