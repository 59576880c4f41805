/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_config_space.c - what an enumerating host finds: the header, the BAR,
 * and every capability once (PCIe 6.0 7.5, CXL r3.1 8.1).
 */
#include "host_support.h"

#include "gtest_c.h"

#include <string.h>

static uint32_t cfg_read(struct harness *h, uint64_t offset, unsigned width)
{
    uint8_t bytes[4] = {0};

    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_config_read(h->device, 0, offset, bytes, width));
    return (uint32_t)dcd_load_le(bytes, width);
}

static void cfg_write(struct harness *h, uint64_t offset, unsigned width,
                      uint32_t value)
{
    uint8_t bytes[4];

    dcd_store_le(bytes, width, value);
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_config_write(h->device, 0, offset, bytes, width));
}

/* Where capability [id] lies; [*seen] counts how often it was met. */
static uint32_t find_capability(struct harness *h, uint8_t id, unsigned *seen)
{
    uint32_t found = 0;
    uint32_t at = cfg_read(h, 0x34, 1);

    *seen = 0;
    for (unsigned steps = 0; at && steps < 48; steps++) {
        C_EXPECT(at >= 0x40 && at < 0x100 && at % 4 == 0);
        if (cfg_read(h, at, 1) == id) {
            found = at;
            ++*seen;
        }
        at = cfg_read(h, at + 1, 1);
    }
    C_EXPECT_EQ(0, at); /* the chain ends */
    return found;
}

/* Visits extended capabilities by rising offset. */
static uint32_t next_extended(struct harness *h, uint32_t at)
{
    uint32_t next = at ? cfg_read(h, at, 4) >> 20 : 0x100;

    C_EXPECT(!next || (next > at && next >= 0x100 && next % 4 == 0));
    return next;
}

C_TEST(config_space, the_header_says_cxl_memory_device)
{
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(0x1e98, cfg_read(&h, 0x00, 2));
    C_EXPECT(cfg_read(&h, 0x02, 2) != 0xffff);
    C_EXPECT_EQ(0x10, cfg_read(&h, 0x06, 2) & 0x10); /* has a list */
    C_EXPECT_EQ(0x05, cfg_read(&h, 0x0b, 1));
    C_EXPECT_EQ(0x02, cfg_read(&h, 0x0a, 1));
    C_EXPECT_EQ(0x10, cfg_read(&h, 0x09, 1));
    C_EXPECT_EQ(0x00, cfg_read(&h, 0x0e, 1)); /* header type 0 */
    C_EXPECT_EQ(0x00, cfg_read(&h, 0x3d, 1)); /* no INTx */
    harness_free(&h);
}

C_TEST(config_space, the_bar_is_64_bit_and_4_mib)
{
    struct harness h;
    uint64_t size;

    harness_d1(&h);
    C_EXPECT_EQ(4, cfg_read(&h, 0x10, 4) & 15); /* memory, 64 bit, not
                                                   prefetchable */
    cfg_write(&h, 0x10, 4, 0xffffffff);
    cfg_write(&h, 0x14, 4, 0xffffffff);
    size =
        (uint64_t)cfg_read(&h, 0x14, 4) << 32 | (cfg_read(&h, 0x10, 4) & ~15u);
    C_EXPECT_EQ(DCD_BAR_SIZE, ~size + 1);
    for (uint32_t bar = 0x18; bar <= 0x24; bar += 4) {
        cfg_write(&h, bar, 4, 0xffffffff);
        C_EXPECT_EQ(0, cfg_read(&h, bar, 4));
    }
    cfg_write(&h, 0x30, 4, 0xffffffff); /* no expansion ROM */
    C_EXPECT_EQ(0, cfg_read(&h, 0x30, 4));
    cfg_write(&h, 0x10, 4, 0xfe000000);
    cfg_write(&h, 0x14, 4, 0x12);
    C_EXPECT_EQ(0xfe000004, cfg_read(&h, 0x10, 4));
    C_EXPECT_EQ(0x12, cfg_read(&h, 0x14, 4));
    harness_free(&h);
}

C_TEST(config_space, pci_express_and_msi_x_are_met_once)
{
    struct harness h;
    unsigned seen;
    uint32_t at;

    harness_d1(&h);
    at = find_capability(&h, 0x10, &seen);
    C_EXPECT_EQ(1, seen);
    C_EXPECT_EQ(2, cfg_read(&h, at + 2, 2) & 15);      /* version */
    C_EXPECT_EQ(0, cfg_read(&h, at + 2, 2) >> 4 & 15); /* endpoint */

    at = find_capability(&h, 0x11, &seen);
    C_EXPECT_EQ(1, seen);
    C_EXPECT_EQ(DCD_MSIX_VECTORS - 1, cfg_read(&h, at + 2, 2) & 0x7ff);
    C_EXPECT_EQ(DCD_BAR_MSIX_TABLE, cfg_read(&h, at + 4, 4)); /* BAR 0 */
    C_EXPECT_EQ(DCD_BAR_MSIX_PBA, cfg_read(&h, at + 8, 4));
    harness_free(&h);
}

C_TEST(config_space, the_serial_number_is_the_configured_one)
{
    struct harness h;
    unsigned seen = 0;

    harness_d1_config(&h);
    h.config.serial = UINT64_C(0x1122334455667788);
    harness_build(&h);
    for (uint32_t at = next_extended(&h, 0); at; at = next_extended(&h, at)) {
        if ((cfg_read(&h, at, 4) & 0xfffff) != 0x10003)
            continue;
        seen++;
        C_EXPECT_EQ(0x55667788, cfg_read(&h, at + 4, 4));
        C_EXPECT_EQ(0x11223344, cfg_read(&h, at + 8, 4));
    }
    C_EXPECT_EQ(1, seen);
    harness_free(&h);
}

/* CXL r3.1 8.1.9: one entry for each block of registers, then none. */
C_TEST(config_space, the_register_locator_points_at_both_blocks)
{
    struct harness h;
    unsigned seen = 0;
    unsigned component = 0;
    unsigned device = 0;

    harness_d1(&h);
    for (uint32_t at = next_extended(&h, 0); at; at = next_extended(&h, at)) {
        uint32_t length;

        if ((cfg_read(&h, at, 4) & 0xfffff) != 0x10023 ||
            cfg_read(&h, at + 8, 2) != 8)
            continue;
        seen++;
        C_EXPECT_EQ(0x1e98, cfg_read(&h, at + 4, 2));
        length = cfg_read(&h, at + 4, 4) >> 20;
        for (uint32_t e = at + 0x0c; e < at + length; e += 8) {
            uint32_t low = cfg_read(&h, e, 4);

            C_EXPECT_EQ(0, low & 7); /* BAR 0 */
            C_EXPECT_EQ(0, cfg_read(&h, e + 4, 4));
            if ((low >> 8 & 0xff) == 1) {
                component++;
                C_EXPECT_EQ(DCD_BAR_COMPONENT, low & 0xffff0000);
            } else if ((low >> 8 & 0xff) == 3) {
                device++;
                C_EXPECT_EQ(DCD_BAR_DEVICE, low & 0xffff0000);
            }
        }
    }
    C_EXPECT_EQ(1, seen);
    C_EXPECT_EQ(1, component);
    C_EXPECT_EQ(1, device);
    harness_free(&h);
}

C_TEST(config_space, extended_capabilities_do_not_overlap)
{
    struct harness h;
    uint32_t end = 0x100;

    harness_d1(&h);
    for (uint32_t at = next_extended(&h, 0); at; at = next_extended(&h, at)) {
        uint32_t id = cfg_read(&h, at, 2);

        C_EXPECT(at >= end);
        if (id == 0x0003)
            end = at + 0x0c;
        else if (id == 0x0023)
            end = at + (cfg_read(&h, at + 4, 4) >> 20);
        else
            end = at + 4;
    }
    C_EXPECT(end <= 0x1000);
    harness_free(&h);
}

C_TEST(config_space, accesses_are_aligned_and_of_one_two_or_four_bytes)
{
    static const struct {
        uint64_t at;
        uint64_t length;
        enum dcd_access access;
    } rows[] = {
        {0x00, 1, DCD_ACCESS_OK},
        {0x02, 2, DCD_ACCESS_OK},
        {0x00, 4, DCD_ACCESS_OK},
        {0xffc, 4, DCD_ACCESS_OK},
        {0x00, 0, DCD_ACCESS_WIDTH},
        {0x00, 3, DCD_ACCESS_WIDTH},
        {0x00, 8, DCD_ACCESS_WIDTH},
        {0x01, 2, DCD_ACCESS_WIDTH},
        {0x02, 4, DCD_ACCESS_WIDTH},
        {0x1000, 4, DCD_ACCESS_NO_REGISTER},
        {0xffe, 4, DCD_ACCESS_NO_REGISTER},
        {0x500, 8, DCD_ACCESS_WIDTH},
        {UINT64_MAX, 1, DCD_ACCESS_NO_REGISTER},
    };
    uint8_t bytes[8];
    struct harness h;

    harness_d1(&h);
    for (unsigned i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("row %u", i);
        memset(bytes, 0xee, sizeof(bytes));
        C_EXPECT_EQ(rows[i].access,
                    dcd_device_config_read(h.device, 0, rows[i].at, bytes,
                                           rows[i].length));
        C_EXPECT(rows[i].access == DCD_ACCESS_OK || bytes[0] == 0xee);
        C_EXPECT_EQ(rows[i].access,
                    dcd_device_config_write(h.device, 0, rows[i].at, bytes,
                                            rows[i].length));
    }
    C_CONTEXT("");
    C_EXPECT_EQ(0x1e98, cfg_read(&h, 0, 2));
    C_EXPECT_EQ(DCD_ACCESS_NO_HEAD,
                dcd_device_config_read(h.device, 1, 0, bytes, 4));
    C_EXPECT_EQ(DCD_ACCESS_NO_HEAD,
                dcd_device_config_write(h.device, 1, 0, bytes, 4));
    harness_free(&h);
}

/* All 4 KiB written with ones and with zeros: ids, sizes, pointers stay. */
C_TEST(config_space, only_what_pcie_makes_writable_can_be_written)
{
    static const struct {
        uint32_t at;
        uint32_t writable;
    } rows[] = {
        {0x04, 0x00000546}, {0x0c, 0x000000ff}, {0x10, 0xffc00000},
        {0x14, 0xffffffff}, {0x3c, 0x000000ff}, {0x48, 0x00007fff},
        {0x80, 0xc0000000},
    };
    struct harness h;

    harness_d1(&h);
    for (uint32_t at = 0; at < 0x1000; at += 4) {
        uint32_t before = cfg_read(&h, at, 4);
        uint32_t bits = 0;

        for (unsigned i = 0; i < COUNT(rows); i++)
            if (rows[i].at == at)
                bits = rows[i].writable;
        C_CONTEXT("offset %03x", at);
        cfg_write(&h, at, 4, 0xffffffff);
        C_EXPECT_EQ(before | bits, cfg_read(&h, at, 4));
        cfg_write(&h, at, 4, 0);
        C_EXPECT_EQ(before & ~bits, cfg_read(&h, at, 4));
    }
    C_CONTEXT("");
    harness_free(&h);
}

C_TEST(config_space, a_reset_restores_it)
{
    struct harness h;

    harness_d1(&h);
    cfg_write(&h, 0x04, 2, 0x0006);
    cfg_write(&h, 0x10, 4, 0xfe000000);
    cfg_write(&h, 0x82, 2, 0xc000);
    dcd_device_reset(h.device, 0);
    C_EXPECT_EQ(0, cfg_read(&h, 0x04, 2));
    C_EXPECT_EQ(4, cfg_read(&h, 0x10, 4));
    C_EXPECT_EQ(DCD_MSIX_VECTORS - 1, cfg_read(&h, 0x82, 2));
    harness_free(&h);
}
