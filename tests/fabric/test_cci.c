/* SPDX-License-Identifier: Apache-2.0 */
/* test_cci.c - messages at the fabric manager's port, whatever they carry. */
#include "fabric.h"

#include <stdlib.h>
#include <string.h>

#define HEADER ((uint32_t)sizeof(struct dcd_cci_header))

/* A request with [length] bytes of payload, all zero; to be freed. */
static uint8_t *request(uint8_t tag, uint16_t opcode, uint32_t length)
{
    struct dcd_cci_header header = dcd_cci_request(tag, opcode, length);
    uint8_t *message = calloc(1, (size_t)HEADER + length);

    memcpy(message, &header, HEADER);
    return message;
}

/* Sends raw bytes; the answer's header comes back, its payload is in h->out. */
static struct dcd_cci_header exchange(struct harness *h, const void *message,
                                      size_t size)
{
    struct dcd_cci_header header;
    size_t have;
    uint8_t *all;

    memset(&header, 0xee, sizeof(header));
    C_EXPECT(dcd_device_fm_request(h->device, message, size));
    have = dcd_device_fm_response_size(h->device);
    C_EXPECT(have >= HEADER);
    if (have < HEADER)
        return header;
    all = malloc(have);
    dcd_device_fm_response(h->device, all, have);
    memcpy(&header, all, HEADER);
    h->out_length = (uint32_t)have - HEADER;
    memcpy(h->out, all + HEADER, h->out_length);
    free(all);
    return header;
}

/* The return code of an empty or zero-filled request. */
static uint16_t code_of(struct harness *h, uint16_t opcode, uint32_t length)
{
    uint8_t *message = request(1, opcode, length);
    struct dcd_cci_header header = exchange(h, message, HEADER + length);

    free(message);
    C_EXPECT_EQ(opcode, dcd_get16(header.opcode));
    return dcd_get16(header.return_code);
}

/* --- Header -------------------------------------------------------------- */

C_TEST(fm_header, echoes_tag_and_opcode_and_says_response)
{
    static const uint8_t tags[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    struct harness h;

    harness_d1(&h);
    for (size_t i = 0; i < sizeof(tags); i++) {
        const uint8_t ask[] = {0x00, tags[i], 0, 0x03, 0, 0, 0, 0, 0, 0, 0, 0};
        const uint8_t good[] = {0x01, tags[i], 0, 0x03, 0, 1, 0, 0, 0, 0, 0, 0};
        struct dcd_cci_header header = exchange(&h, ask, sizeof(ask));

        C_CONTEXT("tag %02x", tags[i]);
        C_EXPECT_MEMEQ(good, &header, sizeof(good));
        C_EXPECT_EQ(1, h.out_length);
    }
    harness_free(&h);
}

C_TEST(fm_header, carries_the_return_code_and_then_no_payload)
{
    const uint8_t ask[] = {0x00, 0x21, 0, 0x00, 0x51, 0, 0, 0, 0, 0, 0, 0};
    const uint8_t good[] = {0x01, 0x21, 0, 0x00, 0x51, 0, 0, 0, 3, 0, 0, 0};
    struct harness h;
    struct dcd_cci_header header;

    harness_d1(&h);
    header = exchange(&h, ask, sizeof(ask));
    C_EXPECT_MEMEQ(good, &header, sizeof(good));
    C_EXPECT_EQ(0, h.out_length);
    harness_free(&h);
}

C_TEST(fm_header, fm_15_row_01_vendor_bytes_of_a_request_are_ignored)
{
    const uint8_t ask[] = {0x00, 7, 0, 0x00, 0x56, 0, 0, 0, 0, 0, 0xcd, 0xab};
    const uint8_t good[] = {0x01, 7, 0, 0x00, 0x56, 0x54, 0, 0, 0, 0, 0, 0};
    struct harness h;
    struct dcd_cci_header header;

    harness_d1(&h);
    header = exchange(&h, ask, sizeof(ask));
    C_EXPECT_MEMEQ(good, &header, sizeof(good));
    harness_free(&h);
}

C_TEST(fm_header, reserved_bits_and_the_return_code_of_a_request_are_ignored)
{
    const uint8_t ask[] = {0xf0, 7,    0xff, 0x03, 0x00, 0,
                           0,    0xe0, 0x02, 0x00, 0,    0};
    const uint8_t good[] = {0x01, 7, 0, 0x03, 0, 1, 0, 0, 0, 0, 0, 0};
    struct harness h;
    struct dcd_cci_header header;

    harness_d1(&h);
    header = exchange(&h, ask, sizeof(ask));
    C_EXPECT_MEMEQ(good, &header, sizeof(good));
    harness_free(&h);
}

/* Both directions with more than 64 KiB, so that bits 20:16 are in use. */
C_TEST(fm_header, fm_15_row_02_category_and_length_lie_in_the_low_bits)
{
    enum { N = 1700 };
    struct range *ranges = calloc(N, sizeof(*ranges));
    struct dcd_get_region_extent_lists_req req = {
        dcd_put16(0), {0}, dcd_put32(N), dcd_put32(0)};
    uint8_t ask[HEADER + sizeof(req)] = {0x00, 9, 0, 0x03, 0x56, 12};
    /* 18h + 1700 * 28h = 109B8h */
    const uint8_t good[] = {0x01, 9, 0, 3, 0x56, 0xb8, 0x09, 1, 0, 0, 0, 0};
    struct harness h;
    struct dcd_cci_header header;

    harness_d1_config(&h);
    h.config.extents = N;
    h.config.dc_log = N;
    h.config.fm_log = N;
    h.config.mailbox_payload = 1u << 16;
    harness_build(&h);
    for (uint32_t i = 0; i < N; i++)
        ranges[i] = (struct range){i * MIB(2), MIB(2)};
    /* 20h + 1700 * 28h = 109C0h bytes */
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, ranges, N));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, ranges, N));

    memcpy(ask + HEADER, &req, sizeof(req));
    header = exchange(&h, ask, sizeof(ask));
    C_EXPECT_MEMEQ(good, &header, sizeof(good));
    C_EXPECT_EQ(0x109b8, h.out_length);
    free(ranges);
    harness_free(&h);
}

C_TEST(fm_header, a_response_sent_as_a_request_is_invalid_input)
{
    struct harness h;

    harness_d1(&h);
    for (unsigned category = 1; category < 16; category++) {
        const uint8_t ask[] = {
            (uint8_t)category, 5, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0};
        const uint8_t bad[] = {0x01, 5, 0, 3, 0, 0, 0, 0, 0x02, 0, 0, 0};
        struct dcd_cci_header header = exchange(&h, ask, sizeof(ask));

        C_CONTEXT("category %u", category);
        C_EXPECT_MEMEQ(bad, &header, sizeof(bad));
        C_EXPECT_EQ(0, h.out_length);
    }
    harness_free(&h);
}

/* --- Length -------------------------------------------------------------- */

C_TEST(fm_length, a_message_without_a_whole_header_is_not_taken)
{
    struct harness h;
    uint8_t before[13];
    uint8_t after[13];
    uint8_t *ask = request(0x44, DCD_OP_GET_MESSAGE_LIMIT, 0);

    harness_d1(&h);
    for (size_t n = 0; n < HEADER; n++)
        C_EXPECT(!dcd_device_fm_request(h.device, ask, n));
    C_EXPECT_EQ(0, dcd_device_fm_response_size(h.device));
    C_EXPECT(dcd_device_fm_request(h.device, ask, HEADER));
    dcd_device_fm_response(h.device, before, sizeof(before));
    ask[1] = 0x45;
    for (size_t n = 0; n < HEADER; n++)
        C_EXPECT(!dcd_device_fm_request(h.device, ask, n));
    C_EXPECT_EQ(sizeof(after), dcd_device_fm_response_size(h.device));
    dcd_device_fm_response(h.device, after, sizeof(after));
    C_EXPECT_EQ(0x44, after[1]);
    C_EXPECT_MEMEQ(before, after, sizeof(after));
    free(ask);
    harness_free(&h);
}

C_TEST(fm_length, the_length_field_has_to_agree_with_the_bytes)
{
    /* 0004h takes one byte; its value would be accepted. */
    static const struct {
        uint32_t field;
        uint32_t bytes;
    } rows[] = {{0, 1}, {2, 1}, {1, 2}, {0x10001, 1}, {0x100001, 1}, {1, 0}};
    struct harness h;

    harness_d1(&h);
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t *ask = request(3, DCD_OP_SET_MESSAGE_LIMIT, rows[i].bytes);
        struct dcd_cci_header header =
            dcd_cci_request(3, DCD_OP_SET_MESSAGE_LIMIT, rows[i].field);

        C_CONTEXT("row %zu", i);
        memcpy(ask, &header, HEADER);
        if (rows[i].bytes)
            ask[HEADER] = 9;
        header = exchange(&h, ask, HEADER + rows[i].bytes);
        C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH,
                    dcd_get16(header.return_code));
        C_EXPECT_EQ(3, header.tag);
        C_EXPECT_EQ(DCD_OP_SET_MESSAGE_LIMIT, dcd_get16(header.opcode));
        C_EXPECT_EQ(0, h.out_length);
        free(ask);
    }
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_GET_MESSAGE_LIMIT, NULL, 0));
    C_EXPECT_EQ(20, h.out[0]);
    harness_free(&h);
}

/* A valid 5604h of one extent, filled up behind it to [payload] bytes. */
static uint16_t add_with_tail(struct harness *h, uint32_t payload)
{
    uint8_t *ask = request(1, DCD_OP_INITIATE_DC_ADD, payload);
    uint8_t *in = ask + HEADER;
    struct dcd_cci_header header;

    in[2] = DCD_ADD_PRESCRIPTIVE;
    in[0x1c] = 1;
    dcd_store_le(in + 0x28, 8, MIB(2));
    header = exchange(h, ask, (size_t)HEADER + payload);
    free(ask);
    return dcd_get16(header.return_code);
}

C_TEST(fm_length, a_message_of_one_mebibyte_is_taken_and_a_longer_one_not)
{
    const uint32_t mebibyte = 1u << 20;
    static const uint32_t too_long[] = {
        (1u << 20) - 11,      /* one byte more */
        (1u << 20),           /* bit 20 of the length field */
        (1u << 21) - 1,       /* all bits of it */
        (1u << 21),           /* one more than it can say */
        (1u << 21) + 0x28 + 4 /* the field says 2Ch */
    };
    struct harness h;

    harness_d1(&h);
    for (size_t i = 0; i < COUNT(too_long); i++) {
        C_CONTEXT("payload of %u bytes", too_long[i]);
        C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH,
                    add_with_tail(&h, too_long[i]));
        C_EXPECT_EQ(0, get_events(&h, 0));
    }
    C_CONTEXT("");
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_with_tail(&h, mebibyte - HEADER));
    C_EXPECT_EQ(1, get_events(&h, 0));
    harness_free(&h);
}

C_TEST(fm_length, commands_of_fixed_length_take_that_length_only)
{
    static const struct {
        uint16_t opcode;
        uint32_t length;
    } rows[] = {
        {0x0001, 0},    {0x0003, 0}, {0x0004, 1}, {0x0100, 1},    {0x0400, 0},
        {0x0401, 0x18}, {0x5600, 0}, {0x5601, 4}, {0x5603, 0x0c},
    };
    struct harness h;

    harness_d1(&h);
    for (size_t i = 0; i < COUNT(rows); i++)
        for (uint32_t n = 0; n <= rows[i].length + 8; n++) {
            uint16_t rc = code_of(&h, rows[i].opcode, n);

            C_CONTEXT("%04x with %u bytes", rows[i].opcode, n);
            C_EXPECT_EQ(n != rows[i].length,
                        rc == DCD_RC_INVALID_PAYLOAD_LENGTH);
        }
    harness_free(&h);
}

C_TEST(fm_length, lists_may_not_be_shorter_than_their_count_says)
{
    static const struct {
        const char *what;
        uint16_t opcode;
        uint8_t at; /* byte that is set to [value] */
        uint8_t value;
        uint32_t count_at; /* little-endian count of four bytes, 0: none */
        uint32_t count;
        uint32_t length;
        bool too_short;
    } rows[] = {
        {"0101h without handles", 0x0101, 0, 4, 0, 0, 5, true},
        {"0101h without handles", 0x0101, 0, 4, 0, 0, 6, false},
        {"0101h, 2 handles", 0x0101, 2, 2, 0, 0, 9, true},
        {"0101h, 2 handles", 0x0101, 2, 2, 0, 0, 10, false},
        {"0101h, 255 handles", 0x0101, 2, 255, 0, 0, 515, true},
        {"0101h, 255 handles", 0x0101, 2, 255, 0, 0, 516, false},
        {"5604h, empty", 0x5604, 0, 0, 0, 0, 0, true},
        {"5604h, free", 0x5604, 2, 0, 0, 0, 0x1b, true},
        {"5604h, prescriptive, no count", 0x5604, 2, 2, 0, 0, 0x1c, true},
        {"5604h, prescriptive, part of count", 0x5604, 2, 2, 0, 0, 0x1f, true},
        {"5604h, prescriptive, count 0", 0x5604, 2, 2, 0, 0, 0x20, false},
        {"5604h, one extent", 0x5604, 2, 2, 0x1c, 1, 0x47, true},
        {"5604h, one extent", 0x5604, 2, 2, 0x1c, 1, 0x48, false},
        {"5604h, two extents", 0x5604, 2, 2, 0x1c, 2, 0x6f, true},
        {"5604h, 2^32 - 1", 0x5604, 2, 2, 0x1c, UINT32_MAX, 0x48, true},
        /* 28h * 66666666h = ...FFFFFFF0h: a product of 32 bits is small */
        {"5604h, wraps", 0x5604, 2, 2, 0x1c, 0x06666667, 0x48, true},
        {"5605h, tag-based", 0x5605, 2, 0, 0, 0, 0x1b, true},
        {"5605h, prescriptive, no count", 0x5605, 2, 1, 0, 0, 0x1f, true},
        {"5605h, prescriptive, count 0", 0x5605, 2, 1, 0, 0, 0x20, false},
        {"5605h, one extent", 0x5605, 2, 1, 0x1c, 1, 0x47, true},
        {"5605h, one extent", 0x5605, 2, 1, 0x1c, 1, 0x48, false},
        {"5605h, wraps", 0x5605, 2, 0x11, 0x1c, 0x06666667, 0x48, true},
    };
    struct harness h;

    harness_d1(&h);
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t *ask = request(1, rows[i].opcode, rows[i].length);
        struct dcd_cci_header header;

        if (rows[i].at < rows[i].length)
            ask[HEADER + rows[i].at] = rows[i].value;
        if (rows[i].count_at)
            dcd_store_le(ask + HEADER + rows[i].count_at, 4, rows[i].count);
        header = exchange(&h, ask, HEADER + rows[i].length);
        C_CONTEXT("%s, %u bytes", rows[i].what, rows[i].length);
        C_EXPECT_EQ(rows[i].too_short, dcd_get16(header.return_code) ==
                                           DCD_RC_INVALID_PAYLOAD_LENGTH);
        free(ask);
    }
    harness_free(&h);
}

/* --- Opcodes ------------------------------------------------------------- */

C_TEST(fm_opcode, unknown_commands_are_unsupported)
{
    static const uint16_t opcodes[] = {0x0000, 0x00ff, 0x0107, 0x4804, 0x5100,
                                       0x5203, 0x5609, 0x56ff, 0x5700, 0xffff};
    struct harness h;

    harness_d1(&h);
    for (size_t i = 0; i < COUNT(opcodes); i++) {
        C_CONTEXT("%04x", opcodes[i]);
        C_EXPECT_EQ(DCD_RC_UNSUPPORTED, code_of(&h, opcodes[i], 0));
        C_EXPECT_EQ(DCD_RC_UNSUPPORTED, code_of(&h, opcodes[i], 40));
    }
    harness_free(&h);
}

C_TEST(fm_opcode, commands_of_the_mailbox_alone_belong_to_another_cci)
{
    static const uint16_t opcodes[] = {0x0102, 0x0103, 0x0300, 0x0301, 0x4000,
                                       0x4100, 0x4800, 0x4801, 0x4802, 0x4803};
    struct harness h;

    harness_d1(&h);
    for (size_t i = 0; i < COUNT(opcodes); i++) {
        C_CONTEXT("%04x", opcodes[i]);
        C_EXPECT_EQ(DCD_RC_UNSUPPORTED_MAILBOX, code_of(&h, opcodes[i], 0));
        C_EXPECT_EQ(DCD_RC_UNSUPPORTED_MAILBOX, code_of(&h, opcodes[i], 9));
    }
    harness_free(&h);
}

C_TEST(fm_opcode, a_device_without_regions_has_no_capacity_commands)
{
    static const uint16_t opcodes[] = {0x5600, 0x5601, 0x5602, 0x5603,
                                       0x5604, 0x5605, 0x5606, 0x5607,
                                       0x5608, 0x4800, 0x4802};
    struct harness h;

    harness_d1_config(&h);
    h.config.region_count = 0;
    h.config.static_volatile = MIB(256);
    harness_build(&h);
    for (size_t i = 0; i < COUNT(opcodes); i++) {
        C_CONTEXT("%04x", opcodes[i]);
        C_EXPECT_EQ(DCD_RC_UNSUPPORTED, code_of(&h, opcodes[i], 0));
    }
    C_CONTEXT("");
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_GET_SUPPORTED_LOGS, NULL, 0));
    C_EXPECT_EQ(12 * 4, dcd_load_le(h.out + 0x18, 4));
    harness_free(&h);
}

C_TEST(fm_opcode, identify_says_what_the_device_is)
{
    struct harness h;
    uint8_t ids[8];

    harness_d1_config(&h);
    h.config.serial = UINT64_C(0x1122334455667788);
    harness_build(&h);
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_config_read(h.device, 0, 0x00, ids, 4));
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_config_read(h.device, 0, 0x2c, ids + 4, 4));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_IDENTIFY, NULL, 0));
    C_ASSERT_EQ(0x12, h.out_length);
    C_EXPECT_MEMEQ(ids, h.out, sizeof(ids));
    C_EXPECT_EQ(h.config.serial, dcd_load_le(h.out + 8, 8));
    C_EXPECT_EQ(20, h.out[0x10]);
    C_EXPECT_EQ(3, h.out[0x11]); /* a type 3 device */
    harness_free(&h);
}

/* --- Command Effects Log ------------------------------------------------- */

static const uint8_t cel[] = {
    0x01, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00,
    0x04, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00,
    0x01, 0x01, 0x10, 0x00, 0x04, 0x01, 0x00, 0x00, 0x05, 0x01, 0x08, 0x00,
    0x06, 0x01, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x01, 0x04, 0x00, 0x00,
    0x00, 0x56, 0x00, 0x00, 0x01, 0x56, 0x00, 0x00, 0x02, 0x56, 0x07, 0x0e,
    0x03, 0x56, 0x00, 0x00, 0x04, 0x56, 0x07, 0x0e, 0x05, 0x56, 0x07, 0x0e,
    0x06, 0x56, 0x03, 0x0e, 0x07, 0x56, 0x03, 0x0e, 0x08, 0x56, 0x00, 0x00,
};

static uint16_t get_log(struct harness *h, const char *uuid, uint32_t offset,
                        uint32_t length)
{
    struct dcd_get_log_req req = {{{0}}, dcd_put32(offset), dcd_put32(length)};

    C_EXPECT(dcd_uuid_parse(uuid, &req.log));
    return fm(h, DCD_OP_GET_LOG, &req, sizeof(req));
}

#define CEL "0da9c0b5-bf41-4b78-8f79-96b1623b3f17"

C_TEST(fm_effects, the_command_effects_log_byte_for_byte)
{
    static const uint8_t supported[] = {
        1,    0,    0,    0,    0,    0,    0,    0,    0x0d, 0xa9,
        0xc0, 0xb5, 0xbf, 0x41, 0x4b, 0x78, 0x8f, 0x79, 0x96, 0xb1,
        0x62, 0x3b, 0x3f, 0x17, 84,   0,    0,    0};
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_GET_SUPPORTED_LOGS, NULL, 0));
    C_ASSERT_EQ(sizeof(supported), h.out_length);
    C_EXPECT_MEMEQ(supported, h.out, sizeof(supported));
    C_EXPECT_EQ(DCD_RC_SUCCESS, get_log(&h, CEL, 0, sizeof(cel)));
    C_ASSERT_EQ(sizeof(cel), h.out_length);
    C_EXPECT_MEMEQ(cel, h.out, sizeof(cel));
    harness_free(&h);
}

C_TEST(fm_effects, any_window_of_the_log_can_be_read)
{
    struct harness h;

    harness_d1(&h);
    for (uint32_t offset = 0; offset <= sizeof(cel); offset++)
        for (uint32_t n = 0; n <= sizeof(cel) + 1 - offset; n += 3) {
            bool inside = offset + n <= sizeof(cel);

            C_CONTEXT("%u bytes at %u", n, offset);
            C_EXPECT_EQ(inside ? DCD_RC_SUCCESS : DCD_RC_INVALID_INPUT,
                        get_log(&h, CEL, offset, n));
            C_ASSERT_EQ(inside ? n : 0, h.out_length);
            C_EXPECT_MEMEQ(cel + offset, h.out, h.out_length);
        }
    harness_free(&h);
}

C_TEST(fm_effects, what_is_no_part_of_a_log_is_refused)
{
    static const struct {
        const char *uuid;
        uint32_t offset;
        uint32_t length;
        uint16_t rc;
    } rows[] = {
        {"5e1819d9-11a9-400c-811f-d60719403d86", 0, 4, DCD_RC_INVALID_LOG},
        {"00000000-0000-0000-0000-000000000000", 0, 4, DCD_RC_INVALID_LOG},
        {CEL, 0, sizeof(cel) + 1, DCD_RC_INVALID_INPUT},
        {CEL, sizeof(cel) + 1, 0, DCD_RC_INVALID_INPUT},
        {CEL, sizeof(cel) - 4, 5, DCD_RC_INVALID_INPUT},
        {CEL, UINT32_MAX, 2, DCD_RC_INVALID_INPUT},
        {CEL, 0, UINT32_MAX, DCD_RC_INVALID_INPUT},
        {CEL, 4, UINT32_MAX - 3, DCD_RC_INVALID_INPUT},
    };
    struct harness h;

    harness_d1(&h);
    for (size_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("row %zu", i);
        C_EXPECT_EQ(rows[i].rc,
                    get_log(&h, rows[i].uuid, rows[i].offset, rows[i].length));
    }
    harness_free(&h);
}
