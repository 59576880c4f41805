/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_config_space.c - what an enumerating host finds: the header, the BAR,
 * and every capability once (PCIe 6.0 7.5, CXL r3.1 8.1).
 */
#include "host_support.h"

#include <cxldcd/ctypes/doe.h>

#include "gtest_c.h"

#include <string.h>

/* Each capability in the order in which a driver meets it. */
struct capability {
    uint64_t at;
    uint64_t id;
    uint64_t length;
};

static uint64_t length_of(uint64_t id)
{
    return id == 0x10 ? 0x3c : id == 0x11 ? 0x0c : 0;
}

static uint64_t extended_length_of(struct harness *h, uint64_t at, uint64_t id)
{
    switch (id) {
    case DCD_PCI_AER:
        return 0x2c;
    case DCD_PCI_SERIAL:
        return 0x0c;
    case DCD_PCI_DVSEC:
        return config_read(h, 0, at + 4, 4) >> 20;
    case DCD_PCI_DOE:
        return 0x18;
    default:
        return 0;
    }
}

#define MOST 16

/* How many there are in [list], which has room for MOST. */
static unsigned walk(struct harness *h, struct capability *list)
{
    unsigned n = 0;

    for (uint64_t at = config_read(h, 0, 0x34, 1); at && n < MOST;
         at = config_read(h, 0, at + 1, 1)) {
        list[n].at = at;
        list[n].id = config_read(h, 0, at, 1);
        list[n].length = length_of(list[n].id);
        n++;
    }
    return n;
}

static unsigned walk_extended(struct harness *h, struct capability *list)
{
    unsigned n = 0;

    for (uint64_t at = DCD_PCI_EXTENDED; at && n < MOST;
         at = config_read(h, 0, at, 4) >> 20) {
        list[n].at = at;
        list[n].id = config_read(h, 0, at, 2);
        list[n].length = extended_length_of(h, at, list[n].id);
        n++;
    }
    return n;
}

C_TEST(config_space, the_header_says_cxl_memory_device)
{
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(0x1e98, config_read(&h, 0, 0x00, 2));
    C_EXPECT(config_read(&h, 0, 0x02, 2) != 0xffff);
    C_EXPECT_EQ(0x10, config_read(&h, 0, 0x06, 2) & 0x10); /* has a list */
    C_EXPECT_EQ(0x05, config_read(&h, 0, 0x0b, 1));
    C_EXPECT_EQ(0x02, config_read(&h, 0, 0x0a, 1));
    C_EXPECT_EQ(0x10, config_read(&h, 0, 0x09, 1));
    C_EXPECT_EQ(0x00, config_read(&h, 0, 0x0e, 1)); /* header type 0 */
    C_EXPECT_EQ(0x00, config_read(&h, 0, 0x3d, 1)); /* no INTx */
    harness_free(&h);
}

C_TEST(config_space, the_bar_is_64_bit_and_4_mib)
{
    struct harness h;
    uint64_t size;

    harness_d1(&h);
    C_EXPECT_EQ(4, config_read(&h, 0, 0x10, 4) & 15); /* memory, 64 bit, not
                                                   prefetchable */
    config_write(&h, 0, 0x10, 4, 0xffffffff);
    config_write(&h, 0, 0x14, 4, 0xffffffff);
    size = (uint64_t)config_read(&h, 0, 0x14, 4) << 32 |
           (config_read(&h, 0, 0x10, 4) & ~15u);
    C_EXPECT_EQ(DCD_BAR_SIZE, ~size + 1);
    for (uint32_t bar = 0x18; bar <= 0x24; bar += 4) {
        config_write(&h, 0, bar, 4, 0xffffffff);
        C_EXPECT_EQ(0, config_read(&h, 0, bar, 4));
    }
    config_write(&h, 0, 0x30, 4, 0xffffffff); /* no expansion ROM */
    C_EXPECT_EQ(0, config_read(&h, 0, 0x30, 4));
    config_write(&h, 0, 0x10, 4, 0xfe000000);
    config_write(&h, 0, 0x14, 4, 0x12);
    C_EXPECT_EQ(0xfe000004, config_read(&h, 0, 0x10, 4));
    C_EXPECT_EQ(0x12, config_read(&h, 0, 0x14, 4));
    harness_free(&h);
}

C_TEST(config_space, pci_express_and_msi_x_are_met_once)
{
    struct capability list[MOST];
    struct harness h;

    harness_d1(&h);
    C_ASSERT_EQ(2, walk(&h, list));
    C_EXPECT_EQ(0x10, list[0].id);
    C_EXPECT_EQ(2, config_read(&h, 0, list[0].at + 2, 2) & 15); /* version */
    C_EXPECT_EQ(0, config_read(&h, 0, list[0].at + 2, 2) >> 4 & 15);
    /* It can be reset alone, and is fast enough for CXL. */
    C_EXPECT_EQ(1, config_read(&h, 0, list[0].at + 4, 4) >> 28 & 1);
    C_EXPECT(config_read(&h, 0, list[0].at + 0x12, 2) % 16 > 2);

    C_EXPECT_EQ(0x11, list[1].id);
    C_EXPECT_EQ(DCD_MSIX_VECTORS - 1,
                config_read(&h, 0, list[1].at + 2, 2) & 0x7ff);
    C_EXPECT_EQ(DCD_BAR_MSIX_TABLE, config_read(&h, 0, list[1].at + 4, 4));
    C_EXPECT_EQ(DCD_BAR_MSIX_PBA, config_read(&h, 0, list[1].at + 8, 4));
    harness_free(&h);
}

C_TEST(config_space, the_serial_number_is_the_configured_one)
{
    struct capability list[MOST];
    struct harness h;

    harness_d1_config(&h);
    h.config.serial = UINT64_C(0x1122334455667788);
    harness_build(&h);
    C_ASSERT(walk_extended(&h, list) > 0);
    C_EXPECT_EQ(DCD_PCI_SERIAL, list[0].id);
    C_EXPECT_EQ(0x55667788, config_read(&h, 0, list[0].at + 4, 4));
    C_EXPECT_EQ(0x11223344, config_read(&h, 0, list[0].at + 8, 4));
    harness_free(&h);
}

/* Id, DVSEC id and first header dword, in order. */
C_TEST(config_space, every_extended_capability_is_met_once_and_in_order)
{
    static const struct {
        uint32_t id;
        uint32_t version;
        uint32_t header; /* of a DVSEC: vendor, revision, length */
        uint32_t dvsec;
    } rows[] = {
        {DCD_PCI_SERIAL, 1, 0, 0},
        {DCD_PCI_DVSEC, 1, 0x03c31e98, DCD_DVSEC_CXL_DEVICE},
        {DCD_PCI_DVSEC, 1, 0x02401e98, DCD_DVSEC_REGISTER_LOCATOR},
        {DCD_PCI_DVSEC, 1, 0x01001e98, DCD_DVSEC_GPF_DEVICE},
        {DCD_PCI_DVSEC, 1, 0x02021e98, DCD_DVSEC_FLEX_BUS_PORT},
        {DCD_PCI_DOE, 1, 0, 0},
        {DCD_PCI_AER, 2, 0, 0},
    };
    struct capability list[MOST];
    struct harness h;

    harness_d1(&h);
    C_ASSERT_EQ(COUNT(rows), walk_extended(&h, list));
    for (unsigned i = 0; i < COUNT(rows); i++) {
        uint64_t at = list[i].at;

        C_CONTEXT("capability %u at %03x", i, (unsigned)at);
        C_EXPECT_EQ(rows[i].id, list[i].id);
        C_EXPECT_EQ(rows[i].version, config_read(&h, 0, at + 2, 2) & 15);
        if (rows[i].id == DCD_PCI_DVSEC) {
            C_EXPECT_EQ(rows[i].header, config_read(&h, 0, at + 4, 4));
            C_EXPECT_EQ(rows[i].dvsec, config_read(&h, 0, at + 8, 2));
        }
    }
    C_CONTEXT("");
    harness_free(&h);
}

static void expect_apart(const struct capability *list, unsigned n,
                         uint64_t from, uint64_t to)
{
    for (unsigned i = 0; i < n; i++) {
        C_CONTEXT("capability %u at %03x", i, (unsigned)list[i].at);
        C_EXPECT(list[i].length > 0);
        C_EXPECT_EQ(0, list[i].at % 4);
        C_EXPECT(list[i].at >= from && list[i].at + list[i].length <= to);
        for (unsigned k = 0; k < i; k++)
            C_EXPECT(list[k].at + list[k].length <= list[i].at ||
                     list[i].at + list[i].length <= list[k].at);
    }
    C_CONTEXT("");
}

/* The serial number is what moved DVSECs into DOE. */
C_TEST(config_space, device_10_1_row_31_no_two_capabilities_overlap)
{
    struct capability list[MOST];
    struct harness h;

    harness_d1_config(&h);
    h.config.serial = 1;
    harness_build(&h);
    expect_apart(list, walk(&h, list), 0x40, 0x100);
    expect_apart(list, walk_extended(&h, list), 0x100, 0x1000);
    harness_free(&h);
}

/* CXL r3.1 8.1.9: one entry for each block of registers, then none. */
C_TEST(config_space, the_register_locator_points_at_both_blocks)
{
    static const uint32_t entries[] = {
        1 << 8 | DCD_BAR_COMPONENT, 0, 3 << 8 | DCD_BAR_DEVICE, 0, 0, 0};
    struct harness h;
    uint64_t at;

    harness_d1(&h);
    at = find_dvsec(&h, 0, DCD_DVSEC_REGISTER_LOCATOR);
    for (unsigned i = 0; i < COUNT(entries); i++)
        C_EXPECT_EQ(entries[i], config_read(&h, 0, at + 0x0c + 4 * i, 4));
    harness_free(&h);
}

C_TEST(config_space, persistent_flush_and_flex_bus)
{
    static const struct {
        uint64_t dvsec;
        uint64_t at;
        unsigned width;
        uint32_t value;
    } rows[] = {
        {DCD_DVSEC_GPF_DEVICE, 0x0a, 2, 0x0603},
        {DCD_DVSEC_GPF_DEVICE, 0x0c, 4, 0x33},
        {DCD_DVSEC_FLEX_BUS_PORT, 0x0a, 2, 0x26},
        {DCD_DVSEC_FLEX_BUS_PORT, 0x0c, 2, 0x02},
        {DCD_DVSEC_FLEX_BUS_PORT, 0x0e, 2, 0x26},
        {DCD_DVSEC_FLEX_BUS_PORT, 0x10, 4, 0xef},
        {DCD_DVSEC_FLEX_BUS_PORT, 0x14, 4, 0},
        {DCD_DVSEC_FLEX_BUS_PORT, 0x18, 4, 0},
        {DCD_DVSEC_FLEX_BUS_PORT, 0x1c, 4, 0},
    };
    struct harness h;

    harness_d1(&h);
    for (unsigned i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("row %u", i);
        C_EXPECT_EQ(rows[i].value,
                    config_read(&h, 0,
                                find_dvsec(&h, 0, rows[i].dvsec) + rows[i].at,
                                rows[i].width));
    }
    C_CONTEXT("");
    harness_free(&h);
}

/* Whatever the width, it is the same register. */
C_TEST(config_space, a_register_can_be_had_in_parts)
{
    struct harness h;

    harness_d1(&h);
    for (uint64_t at = 0; at < DCD_CONFIG_AER + 0x30; at += 4) {
        uint64_t whole = config_read(&h, 0, at, 4);

        C_CONTEXT("offset %03x", (unsigned)at);
        C_EXPECT_EQ(whole, config_read(&h, 0, at, 2) |
                               config_read(&h, 0, at + 2, 2) << 16);
        for (unsigned i = 0; i < 4; i++)
            C_EXPECT_EQ(whole >> 8 * i & 0xff, config_read(&h, 0, at + i, 1));
    }
    C_CONTEXT("");
    config_write(&h, 0, 0x13, 1, 0xfe);
    config_write(&h, 0, 0x12, 1, 0xc0);
    C_EXPECT_EQ(0xfec00004, config_read(&h, 0, 0x10, 4));
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
    C_EXPECT_EQ(0x1e98, config_read(&h, 0, 0, 2));
    C_EXPECT_EQ(DCD_ACCESS_NO_HEAD,
                dcd_device_config_read(h.device, 1, 0, bytes, 4));
    C_EXPECT_EQ(DCD_ACCESS_NO_HEAD,
                dcd_device_config_write(h.device, 1, 0, bytes, 4));
    harness_free(&h);
}

/*
 * All 4 KiB written with ones and with zeros: ids, sizes, pointers stay. What
 * starts something, locks something or moves on has tests of its own.
 */
C_TEST(config_space, only_what_pcie_and_cxl_make_writable_can_be_written)
{
    static const struct {
        uint32_t at;
        uint32_t writable;
        bool left_out;
    } rows[] = {
        {0x04, 0x00000546},
        {0x0c, 0x000000ff},
        {0x10, 0xffc00000},
        {0x14, 0xffffffff},
        {0x3c, 0x000000ff},
        {DCD_CONFIG_PCIE + 0x08, 0, true},
        {DCD_CONFIG_PCIE + 0x10, 0x000000c8},
        {DCD_CONFIG_MSIX, 0xc0000000},
        {DCD_CONFIG_CXL_DEVICE + DCD_CXL_CONTROL, 0x00004ffd},
        {DCD_CONFIG_CXL_DEVICE + DCD_CXL_CONTROL2, 0, true},
        {DCD_CONFIG_CXL_DEVICE + DCD_CXL_LOCK, 0, true},
        {DCD_CONFIG_CXL_DEVICE + 0x20, 0xffffffff},
        {DCD_CONFIG_CXL_DEVICE + 0x24, 0xf0000000},
        {DCD_CONFIG_CXL_DEVICE + 0x30, 0xffffffff},
        {DCD_CONFIG_CXL_DEVICE + 0x34, 0xf0000000},
        {DCD_CONFIG_DOE + DCD_DOE_CONTROL, 0, true},
        {DCD_CONFIG_DOE + DCD_DOE_READ_MAILBOX, 0, true},
        {DCD_CONFIG_AER + 0x08, 0x005ff010},
        {DCD_CONFIG_AER + 0x0c, 0x005ff010},
        {DCD_CONFIG_AER + 0x14, 0x000071c1},
    };
    struct harness h;

    harness_d1(&h);
    for (uint32_t at = 0; at < 0x1000; at += 4) {
        uint64_t before = config_read(&h, 0, at, 4);
        uint32_t bits = 0;
        bool left_out = false;

        for (unsigned i = 0; i < COUNT(rows); i++) {
            if (rows[i].at == at) {
                bits = rows[i].writable;
                left_out = rows[i].left_out;
            }
        }
        if (left_out)
            continue;
        C_CONTEXT("offset %03x", at);
        config_write(&h, 0, at, 4, 0xffffffff);
        C_EXPECT_EQ(before | bits, config_read(&h, 0, at, 4));
        config_write(&h, 0, at, 4, 0);
        C_EXPECT_EQ(before & ~(uint64_t)bits, config_read(&h, 0, at, 4));
    }
    C_CONTEXT("");
    harness_free(&h);
}

C_TEST(config_space, a_reset_restores_it)
{
    struct harness h;

    harness_d1(&h);
    config_write(&h, 0, 0x04, 2, 0x0006);
    config_write(&h, 0, 0x10, 4, 0xfe000000);
    config_write(&h, 0, 0x82, 2, 0xc000);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    C_EXPECT_EQ(0, config_read(&h, 0, 0x04, 2));
    C_EXPECT_EQ(4, config_read(&h, 0, 0x10, 4));
    C_EXPECT_EQ(DCD_MSIX_VECTORS - 1, config_read(&h, 0, 0x82, 2));
    harness_free(&h);
}
