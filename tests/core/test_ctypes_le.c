/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ctypes_le.c - integers as they lie on the wire.
 */
#include "gtest_c.h"

#include <cxldcd/ctypes/cci.h>
#include <cxldcd/ctypes/le.h>

C_TEST(ctypes_le, lowest_byte_comes_first)
{
    static const uint8_t bytes[8] = {0xef, 0xcd, 0xab, 0x89,
                                     0x67, 0x45, 0x23, 0x01};
    struct dcd_le16 w16 = dcd_put16(0xcdef);
    struct dcd_le24 w24 = dcd_put24(0xabcdef);
    struct dcd_le32 w32 = dcd_put32(0x89abcdef);
    struct dcd_le64 w64 = dcd_put64(UINT64_C(0x0123456789abcdef));

    C_EXPECT_MEMEQ(bytes, w16.b, sizeof(w16));
    C_EXPECT_MEMEQ(bytes, w24.b, sizeof(w24));
    C_EXPECT_MEMEQ(bytes, w32.b, sizeof(w32));
    C_EXPECT_MEMEQ(bytes, w64.b, sizeof(w64));
}

C_TEST(ctypes_le, every_bit_survives_the_way_there_and_back)
{
    for (unsigned bit = 0; bit < 64; bit++) {
        uint64_t v = UINT64_C(1) << bit;

        C_CONTEXT("bit %u", bit);
        C_EXPECT_EQ((uint16_t)v, dcd_get16(dcd_put16((uint16_t)v)));
        C_EXPECT_EQ(v & 0xffffff, dcd_get24(dcd_put24((uint32_t)v)));
        C_EXPECT_EQ((uint32_t)v, dcd_get32(dcd_put32((uint32_t)v)));
        C_EXPECT_EQ(v, dcd_get64(dcd_put64(v)));
    }
}

C_TEST(ctypes_le, put24_drops_what_has_no_place)
{
    C_EXPECT_EQ(0x345678, dcd_get24(dcd_put24(0x12345678)));
}

C_TEST(ctypes_le, raw_bytes_load_and_store_in_every_width)
{
    static const uint8_t whole[8] = {1, 2, 3, 4, 5, 6, 7, 8};

    for (size_t width = 0; width <= 8; width++) {
        uint8_t bytes[9];
        uint64_t mask =
            width == 8 ? UINT64_MAX : (UINT64_C(1) << 8 * width) - 1;

        C_CONTEXT("width %zu", width);
        memset(bytes, 0xaa, sizeof(bytes));
        dcd_store_le(bytes, width, UINT64_C(0x0807060504030201));
        C_EXPECT_MEMEQ(whole, bytes, width);
        C_EXPECT_EQ(0xaa, bytes[width]);
        C_EXPECT_EQ(UINT64_C(0x0807060504030201) & mask,
                    dcd_load_le(bytes, width));
    }
}

C_TEST(ctypes_le, integers_may_lie_at_any_address)
{
    uint8_t bytes[16];

    for (size_t at = 0; at < 8; at++) {
        const struct dcd_le64 *w = (const void *)(bytes + at);

        memset(bytes, 0, sizeof(bytes));
        dcd_store_le(bytes + at, 8, UINT64_C(0x1122334455667788));
        C_EXPECT_EQ(UINT64_C(0x1122334455667788), dcd_get64(*w));
    }
}

C_TEST(ctypes_le, message_length_has_21_bits)
{
    static const uint32_t lengths[] = {0,        1,        0xffff,
                                       0x010000, 0x100000, DCD_CCI_MAX_PAYLOAD};

    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct dcd_cci_header h = dcd_cci_request(7, 0x5604, lengths[i]);

        C_EXPECT_EQ(lengths[i], dcd_cci_length(&h));
        C_EXPECT_EQ(DCD_CCI_REQUEST, h.category);
        C_EXPECT_EQ(7, h.tag);
        C_EXPECT_EQ(0x5604, dcd_get16(h.opcode));
        C_EXPECT_EQ(0, dcd_get16(h.return_code));
    }
}

C_TEST(ctypes_le, message_length_leaves_the_background_bit_alone)
{
    struct dcd_cci_header h = dcd_cci_request(0, 0, DCD_CCI_MAX_PAYLOAD);

    h.length_high |= DCD_CCI_BACKGROUND;
    C_EXPECT_EQ(DCD_CCI_MAX_PAYLOAD, dcd_cci_length(&h));
    dcd_cci_set_length(&h, 5);
    C_EXPECT_EQ(5, dcd_cci_length(&h));
    C_EXPECT(h.length_high & DCD_CCI_BACKGROUND);
}
