/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_vectors.c - what lies on the wire, byte for byte.
 *
 * The device is the one of the reference vectors: no static memory, two
 * regions of 2 GiB with blocks of 2 MiB, 512 extents, no tags, logs of 8, a
 * mailbox of 2 KiB, CXL r3.1.
 */
#include "host_support.h"

#include "gtest_c.h"

#include <string.h>

/* --- 12.1 Registers ------------------------------------------------------ */

/* Offset in the device registers, then sixteen or eight bytes. */
static const struct {
    uint32_t at;
    uint32_t size;
    uint8_t bytes[16];
} register_rows[] = {
    {0x000, 16, {0, 0, 1, 0, 3}},
    {0x010, 16, {1, 0, 2, 0, 0x80, 0, 0, 0, 8}},
    {0x020, 16, {2, 0, 1, 0, 0x88, 0, 0, 0, 0x20, 8}},
    {0x030, 16, {0, 0x40, 1, 0, 0xa8, 8, 0, 0, 8}},
    {0x080, 8, {0}},
    {0x088, 8, {0xcb, 3}},
    {0x8a8, 8, {0x14}},
};

static void expect_register_rows(struct harness *h)
{
    for (uint32_t i = 0; i < COUNT(register_rows); i++) {
        uint8_t seen[16];

        C_CONTEXT("row %03x", register_rows[i].at);
        for (uint32_t k = 0; k < register_rows[i].size; k += 4)
            dcd_store_le(
                seen + k, 4,
                reg_read(h, 0, DCD_BAR_DEVICE + register_rows[i].at + k, 4));
        C_EXPECT_MEMEQ(register_rows[i].bytes, seen, register_rows[i].size);
    }
    C_CONTEXT("");
}

C_TEST(vectors, device_12_1_vector_registers_when_new)
{
    struct harness h;

    harness_d1(&h);
    expect_register_rows(&h);
    harness_free(&h);
}

C_TEST(vectors, device_12_1_vector_registers_after_a_reset)
{
    struct harness h;

    harness_d1(&h);
    enable_interrupts(&h, 0);
    offer(&h, 0, RANGES({0, MIB(128)}));
    reg_write(&h, 0, MAILBOX_AT(DCD_MBOX_CONTROL), 4,
              DCD_MBOX_BACKGROUND_INTERRUPT);
    C_EXPECT_EQ(DC_LOG_BIT, reg_read(&h, 0, EVENT_STATUS_AT, 8));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_register_rows(&h);
    harness_free(&h);
}

/* --- 12.2, 12.3 Identify and configuration ------------------------------- */

C_TEST(vectors, device_12_2_vector_identify)
{
    static const uint8_t expected[0x45] = {
        /* 00 */ 0x42, 0x57, 0x46, 0x57, 0x20, 0x56, 0x45, 0x52,
        /* 08 */ 0x53, 0x49, 0x4f, 0x4e, 0x20, 0x30, 0x30, 0x00,
        /* 10 */ 0,    0,    0,    0,    0,    0,    0,    0,
        /* 18 */ 0,    0,    0,    0,    0,    0,    0,    0,
        /* 20 */ 0,    0,    0,    0,    0,    0,    0,    0,
        /* 28 */ 0,    0,    0,    0,    0,    0,    0,    0,
        /* 30 */ 0x08, 0x00, 0x08, 0x00, 0x08, 0x00, 0x08, 0x00,
        /* 38 */ 0,    0,    0,    0,    0,    0x01, 0,    0,
        /* 40 */ 0,    0,    0,    0x08, 0,
    };
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, command(&h, 0, 0x4000));
    C_ASSERT_EQ(sizeof(expected), h.out_length);
    C_EXPECT_MEMEQ(expected, h.out, sizeof(expected));
    harness_free(&h);
}

C_TEST(vectors, device_12_3_vector_dc_configuration)
{
    static const uint8_t in[] = {8, 0};
    static const uint8_t expected[104] = {
        /* 00 */ 2, 2, 0,    0,    0, 0, 0, 0,
        0,          0, 0,    0,    0, 0, 0, 0,
        /* 10 */ 8, 0, 0,    0,    0, 0, 0, 0,
        0,          0, 0,    0x80, 0, 0, 0, 0,
        /* 20 */ 0, 0, 32,   0,    0, 0, 0, 0,
        0,          0, 0,    0,    0, 0, 0, 0,
        /* 30 */ 0, 0, 0,    0x80, 0, 0, 0, 0,
        8,          0, 0,    0,    0, 0, 0, 0,
        /* 40 */ 0, 0, 0,    0x80, 0, 0, 0, 0,
        0,          0, 0x20, 0,    0, 0, 0, 0,
        /* 50 */ 1, 0, 0,    0,    0, 0, 0, 0,
        0,          2, 0,    0,    0, 2, 0, 0,
        /* 60 */ 0, 0, 0,    0,    0, 0, 0, 0,
    };
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(&h, 0, 0x4800, in, sizeof(in)));
    C_ASSERT_EQ(sizeof(expected), h.out_length);
    C_EXPECT_MEMEQ(expected, h.out, sizeof(expected));
    harness_free(&h);
}

C_TEST(vectors, device_12_3_vector_extent_list_of_a_new_device)
{
    static const uint8_t in[8] = {0x32};
    static const uint8_t expected[16] = {0};
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(&h, 0, 0x4801, in, sizeof(in)));
    C_ASSERT_EQ(sizeof(expected), h.out_length);
    C_EXPECT_MEMEQ(expected, h.out, sizeof(expected));
    harness_free(&h);
}

/* --- 12.4 Event records -------------------------------------------------- */

/* Header of 0100h and one record: region 0, offset 0, 128 MiB. */
static const uint8_t add_event[0xa0] = {
    /* 00 */ 0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    /* 08 */ 0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    /* 10 */ 0,
    0,
    0,
    0,
    1,
    0,
    0,
    0,
    /* 18 */ 0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    /* record */
    /* 00 */ 0xca,
    0x95,
    0xaf,
    0xa7,
    0xf1,
    0x83,
    0x40,
    0x18,
    /* 08 */ 0x8c,
    0x2f,
    0x95,
    0x26,
    0x8e,
    0x10,
    0x1a,
    0x2a,
    /* 10 */ 0x80,
    0x00,
    0x00,
    0x00,
    0x01,
    0x00,
    0x00,
    0x00,
    /* 18 */ 0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    /* 20 */ 0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    /* 28 */ 0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    /* 30 */ 0x00,
    0x01,
    0,
    0,
    0,
    0,
    0,
    0,
    /* 38 */ 0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    /* 40 */ 0,
    0,
    0,
    0x08,
    0,
    0,
    0,
    0,
    /* 48 */ 0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    /* 50 */ 0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    /* 58 */ 0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    /* 60 */ 0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    /* 68 */ 0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    /* 70 */ 0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    /* 78 */ 0xff,
    0x01,
    0,
    0,
    0,
    0,
    0,
    0,
};
enum { RECORD = 0x20, HANDLE = 0x14, TIME = 0x18, TYPE = 0x30, LEFT = 0x78 };

static const uint8_t clear_first[8] = {4, 0, 1, 0, 0, 0, 1, 0};

/* 0100h for log 4 answers [expected], 160 bytes. */
static void expect_events(struct harness *h, const uint8_t *expected)
{
    static const uint8_t log = 4;

    C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(h, 0, 0x0100, &log, 1));
    C_ASSERT_EQ(sizeof(add_event), h->out_length);
    C_EXPECT_MEMEQ(expected, h->out, sizeof(add_event));
}

C_TEST(vectors, device_12_4_vector_add_event)
{
    struct harness h;

    harness_d1(&h);
    offer(&h, 0, RANGES({0, MIB(128)}));
    C_EXPECT_EQ(0x10, reg_read(&h, 0, EVENT_STATUS_AT, 8));
    expect_events(&h, add_event);
    C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(&h, 0, 0x0101, clear_first, 8));
    C_EXPECT_EQ(0, reg_read(&h, 0, EVENT_STATUS_AT, 8));
    harness_free(&h);
}

C_TEST(vectors, device_12_4_vector_timestamp_of_a_set_clock)
{
    static const uint8_t set[8] = {0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 1};
    uint8_t expected[sizeof(add_event)];
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(&h, 0, 0x0301, set, sizeof(set)));
    h.now += 3000; /* 3 ns */
    offer(&h, 0, RANGES({0, MIB(128)}));
    memcpy(expected, add_event, sizeof(expected));
    memcpy(expected + RECORD + TIME, set, sizeof(set));
    expected[RECORD + TIME] += 3;
    expect_events(&h, expected);
    harness_free(&h);
}

C_TEST(vectors, device_12_4_vector_release_and_forced_release_events)
{
    uint8_t expected[sizeof(add_event)];
    uint8_t clear[8];
    struct harness h;

    memcpy(expected, add_event, sizeof(expected));
    memcpy(clear, clear_first, sizeof(clear));
    harness_d1(&h);
    offer(&h, 0, RANGES({0, MIB(128)}));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, RANGES({0, MIB(128)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(&h, 0, 0x0101, clear, 8));

    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&h, 0, 0, RANGES({0, MIB(128)})));
    expected[RECORD + HANDLE] = clear[6] = 2;
    expected[RECORD + TYPE] = 1;
    expect_events(&h, expected);
    C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(&h, 0, 0x0101, clear, 8));

    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, DCD_RELEASE_FORCED, RANGES({0, MIB(128)})));
    expected[RECORD + HANDLE] = 3;
    expected[RECORD + TYPE] = 2;
    expected[RECORD + LEFT] = 0x00; /* all 512 are left again */
    expected[RECORD + LEFT + 1] = 0x02;
    expect_events(&h, expected);
    harness_free(&h);
}

/* --- 12.5 Accept, list, release ------------------------------------------ */

C_TEST(vectors, device_12_5_vector_accept_list_release)
{
    static const uint8_t list[32] = {
        [0] = 1,
        [0x13] = 8,
    };
    static const uint8_t get[8] = {0x32};
    static const uint8_t expected[56] = {
        [0] = 1,
        [4] = 1,
        [0x1b] = 8,
    };
    static const uint8_t none[8] = {0};
    uint8_t seen[56];
    struct harness h;

    harness_d1(&h);
    offer(&h, 0, RANGES({0, MIB(128)}));
    C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(&h, 0, 0x4802, list, sizeof(list)));
    C_EXPECT_EQ(0, h.out_length);

    C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(&h, 0, 0x4801, get, sizeof(get)));
    C_ASSERT_EQ(sizeof(expected), h.out_length);
    memcpy(seen, h.out, sizeof(seen));
    C_EXPECT(dcd_load_le(seen + 8, 4) != 0); /* the generation has moved */
    dcd_store_le(seen + 8, 4, 0);
    C_EXPECT_MEMEQ(expected, seen, sizeof(expected));

    C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(&h, 0, 0x4803, list, sizeof(list)));
    C_EXPECT_EQ(0, h.out_length);
    C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(&h, 0, 0x4801, get, sizeof(get)));
    C_EXPECT_EQ(16, h.out_length);
    C_EXPECT_MEMEQ(none, h.out, 8);
    harness_free(&h);
}

C_TEST(vectors, device_12_5_vector_reject_all)
{
    static const uint8_t reject[8] = {0};
    static const struct range first[] = {{0, 0}};
    struct harness h;

    harness_d1(&h);
    offer(&h, 0, RANGES({0, MIB(128)}));
    C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(&h, 0, 0x4802, reject, sizeof(reject)));
    C_EXPECT_EQ(0, h.out_length);
    expect_fm(&h, DCD_EVENT_ADD_RESPONSE, 0, first, 1);
    expect_list(&h, 0, NO_RANGES);
    expect_no_pending(&h, 0);
    harness_free(&h);
}

/* --- Revisions ----------------------------------------------------------- */

enum { KINDS = 3 }; /* add, release, forced release */
enum { FM_RECORDS = 2 };

struct records {
    struct dcd_dc_event host[KINDS];
    struct dcd_dc_event fm[FM_RECORDS];
};

/* The same story on head 1 of a device of [revision]. */
static void tell(enum dcd_revision revision, struct records *records)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.revision = revision;
    h.config.heads = 2;
    harness_build(&h);
    offer(&h, 1, RANGES({MIB(4), MIB(2)}));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 1, RANGES({MIB(4), MIB(2)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&h, 1, 0, RANGES({MIB(4), MIB(2)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&h, 1, DCD_RELEASE_FORCED,
                                           RANGES({MIB(4), MIB(2)})));
    C_ASSERT_EQ(KINDS, get_events(&h, 1));
    memcpy(records->host, event_at(&h, 0), sizeof(records->host));
    C_ASSERT_EQ(FM_RECORDS, fm_get_events(&h));
    memcpy(records->fm, event_at(&h, 0), sizeof(records->fm));
    harness_free(&h);
}

/* r3.2 fills in LD-ID and head-ID and says so; nothing else differs. */
static void name_origin(struct dcd_dc_event *record)
{
    C_EXPECT_EQ(0, dcd_get24(record->header.flags));
    C_EXPECT_EQ(0, dcd_get16(record->header.ld_id));
    C_EXPECT_EQ(0, record->header.head_id);
    record->header.flags = dcd_put24(0x180);
    record->header.ld_id = dcd_put16(1);
    record->header.head_id = 1;
}

static void expect_origin_only(enum dcd_revision revision)
{
    struct records older;
    struct records newer;

    memset(&older, 0, sizeof(older));
    memset(&newer, 0xff, sizeof(newer));
    tell(DCD_REVISION_3_1, &older);
    tell(revision, &newer);
    for (unsigned i = 0; i < KINDS; i++)
        name_origin(&older.host[i]);
    for (unsigned i = 0; i < FM_RECORDS; i++)
        name_origin(&older.fm[i]);
    C_EXPECT_MEMEQ(&older, &newer, sizeof(older));
}

C_TEST(vectors, records_of_r3_2_differ_by_ld_id_and_head_id_only)
{
    expect_origin_only(DCD_REVISION_3_2);
}

C_TEST(vectors, records_of_r4_0_differ_by_ld_id_and_head_id_only)
{
    expect_origin_only(DCD_REVISION_4_0);
}

/* Available extents and tags, and their validity, came with r3.1. */
static void forget_available(struct dcd_dc_event *record)
{
    C_EXPECT_EQ(DCD_EVENT_AVAILABLE_VALID, record->validity);
    record->validity = 0;
    record->available_extents = dcd_put32(0);
    record->available_tags = dcd_put32(0);
}

C_TEST(vectors, records_of_r3_0_say_nothing_of_what_is_available)
{
    struct records older;
    struct records newer;

    memset(&older, 0xff, sizeof(older));
    memset(&newer, 0, sizeof(newer));
    tell(DCD_REVISION_3_0, &older);
    tell(DCD_REVISION_3_1, &newer);
    for (unsigned i = 0; i < KINDS; i++)
        forget_available(&newer.host[i]);
    for (unsigned i = 0; i < FM_RECORDS; i++)
        forget_available(&newer.fm[i]);
    C_EXPECT_MEMEQ(&newer, &older, sizeof(older));
}

C_TEST(vectors, configuration_of_r3_0_has_no_trailer)
{
    static const uint8_t in[] = {8, 0};
    struct harness h;

    harness_d1_config(&h);
    h.config.revision = DCD_REVISION_3_0;
    harness_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(&h, 0, 0x4800, in, sizeof(in)));
    C_EXPECT_EQ(104 - 16, h.out_length);
    C_EXPECT_EQ(2, h.out[0]);
    C_EXPECT_EQ(2, h.out[1]);
    harness_free(&h);
}
