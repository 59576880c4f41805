/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_msix.c - MSI-X: masks, pending bits, what goes out when.
 */
#include "msix.h"
#include "gtest_c.h"

#include <cxldcd/ctypes/le.h>
#include <cxldcd/ctypes/registers.h>

static void write4(struct dcd_msix *msix, uint64_t offset, uint32_t value)
{
    uint8_t bytes[4];

    dcd_store_le(bytes, 4, value);
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_register_file_write(&msix->table, offset, bytes, 4));
}

static void mask(struct dcd_msix *msix, unsigned vector, bool masked)
{
    write4(msix, DCD_MSIX_ENTRY_SIZE * vector + DCD_MSIX_VECTOR_CONTROL,
           masked);
}

static uint64_t pending(const struct dcd_msix *msix)
{
    return dcd_register_file_get(&msix->pending, 0, 8);
}

/* Enabled, and no vector masked. */
static void build(struct dcd_msix *msix)
{
    C_ASSERT(dcd_msix_init(msix));
    msix->enabled = true;
    for (unsigned v = 0; v < DCD_MSIX_VECTORS; v++)
        mask(msix, v, false);
}

C_TEST(msix, every_vector_is_masked_after_reset)
{
    struct dcd_msix msix;

    C_ASSERT(dcd_msix_init(&msix));
    msix.enabled = true;
    for (unsigned v = 0; v < DCD_MSIX_VECTORS; v++) {
        C_EXPECT(!dcd_msix_raise(&msix, v));
        C_EXPECT(pending(&msix) >> v & 1);
    }
    dcd_msix_destroy(&msix);
}

C_TEST(msix, unmasked_vector_goes_out_at_once)
{
    struct dcd_msix msix;

    build(&msix);
    for (unsigned v = 0; v < DCD_MSIX_VECTORS; v++)
        C_EXPECT(dcd_msix_raise(&msix, v));
    C_EXPECT_EQ(0, pending(&msix));
    C_EXPECT_EQ(0, dcd_msix_released(&msix));
    dcd_msix_destroy(&msix);
}

C_TEST(msix, masked_vector_goes_out_once_when_unmasked)
{
    struct dcd_msix msix;

    build(&msix);
    mask(&msix, 6, true);
    C_EXPECT(!dcd_msix_raise(&msix, 6));
    C_EXPECT(!dcd_msix_raise(&msix, 6));
    C_EXPECT_EQ(1u << 6, pending(&msix));
    C_EXPECT_EQ(0, dcd_msix_released(&msix));
    mask(&msix, 6, false);
    C_EXPECT_EQ(1u << 6, dcd_msix_released(&msix));
    C_EXPECT_EQ(0, pending(&msix));
    C_EXPECT_EQ(0, dcd_msix_released(&msix));
    dcd_msix_destroy(&msix);
}

C_TEST(msix, function_mask_holds_all_vectors_back)
{
    struct dcd_msix msix;

    build(&msix);
    msix.function_mask = true;
    C_EXPECT(!dcd_msix_raise(&msix, 0));
    C_EXPECT(!dcd_msix_raise(&msix, 7));
    mask(&msix, 0, true);
    msix.function_mask = false;
    C_EXPECT_EQ(1u << 7, dcd_msix_released(&msix));
    C_EXPECT_EQ(1, pending(&msix));
    dcd_msix_destroy(&msix);
}

C_TEST(msix, disabled_function_loses_events_and_releases_nothing)
{
    struct dcd_msix msix;

    build(&msix);
    mask(&msix, 2, true);
    dcd_msix_raise(&msix, 2);
    msix.enabled = false;
    C_EXPECT(!dcd_msix_raise(&msix, 3));
    mask(&msix, 2, false);
    C_EXPECT_EQ(0, dcd_msix_released(&msix));
    C_EXPECT_EQ(1u << 2, pending(&msix));
    msix.enabled = true;
    C_EXPECT_EQ(1u << 2, dcd_msix_released(&msix));
    dcd_msix_destroy(&msix);
}

C_TEST(msix, reset_masks_and_forgets)
{
    struct dcd_msix msix;

    build(&msix);
    mask(&msix, 1, true);
    dcd_msix_raise(&msix, 1);
    dcd_msix_reset(&msix);
    C_EXPECT(!msix.enabled);
    C_EXPECT(!msix.function_mask);
    C_EXPECT_EQ(0, pending(&msix));
    msix.enabled = true;
    C_EXPECT(!dcd_msix_raise(&msix, 0));
    dcd_msix_destroy(&msix);
}

/* PCIe 6.0 7.7.2.5-.8: address 1:0 and control 31:1 are not writable. */
C_TEST(msix, table_entry_keeps_address_data_and_mask)
{
    struct dcd_msix msix;
    uint32_t entry = 3 * DCD_MSIX_ENTRY_SIZE;

    build(&msix);
    for (uint32_t at = 0; at < DCD_MSIX_ENTRY_SIZE; at += 4)
        write4(&msix, entry + at, UINT32_MAX);
    C_EXPECT_EQ(UINT64_MAX - 3, dcd_register_file_get(&msix.table, entry, 8));
    C_EXPECT_EQ(UINT32_MAX, dcd_register_file_get(&msix.table, entry + 8, 4));
    C_EXPECT_EQ(1, dcd_register_file_get(&msix.table, entry + 12, 4));
    dcd_msix_destroy(&msix);
}

C_TEST(msix, software_cannot_write_pending_bits)
{
    static const uint8_t ones[8] = {255, 255, 255, 255, 255, 255, 255, 255};
    struct dcd_msix msix;

    build(&msix);
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_register_file_write(&msix.pending, 0, ones, 8));
    C_EXPECT_EQ(0, pending(&msix));
    dcd_msix_destroy(&msix);
}
