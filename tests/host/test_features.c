/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_features.c - features as a host finds, reads and writes them: 0500h,
 * 0501h and 0502h (CXL r3.1 8.2.9.6).
 */
#include "host_support.h"

#include "gtest_c.h"

#include <string.h>

#define OK DCD_RC_SUCCESS
#define SCRUB "96dad7d6-fde8-482b-a733-75774e06db8a"
#define SOFT_PPR "892ba475-fad8-474e-9d3e-692c917568bb"
#define HARD_PPR "80ea4521-786f-4127-afb1-ec7459fb0e24"
#define NOBODY "00000000-0000-0000-0000-000000000001"
#define UNDER_WAY "ffffffff-ffff-ffff-ffff-ffffffffffff"

enum {
    FEATURES = 3,
    ENTRY = 0x30,
    FULL = DCD_FEATURE_FULL,
    START = DCD_FEATURE_START,
    CONTINUE = DCD_FEATURE_CONTINUE,
    END = DCD_FEATURE_END,
    ABORT = DCD_FEATURE_ABORT,
    SAVE = DCD_FEATURE_SAVE,
};

static struct dcd_uuid uuid(const char *text)
{
    struct dcd_uuid id = {{0}};

    C_EXPECT(dcd_uuid_parse(text, &id));
    return id;
}

static uint16_t list(struct harness *h, uint32_t bytes, uint16_t start)
{
    struct dcd_get_supported_features_req req = {
        dcd_put32(bytes), dcd_put16(start), {0}};

    return mailbox(h, 0, DCD_OP_GET_SUPPORTED_FEATURES, &req, sizeof(req));
}

static uint16_t get(struct harness *h, const char *id, uint16_t offset,
                    uint16_t count, uint8_t selection)
{
    struct dcd_get_feature_req req = {uuid(id), dcd_put16(offset),
                                      dcd_put16(count), selection};

    return mailbox(h, 0, DCD_OP_GET_FEATURE, &req, sizeof(req));
}

/* 0502h with [length] bytes of [data]. */
static uint16_t set_version(struct harness *h, const char *id, uint32_t flags,
                            uint16_t offset, uint8_t version, const char *data,
                            uint32_t length)
{
    uint8_t in[64] = {0};
    struct dcd_set_feature_req *req = (void *)in;

    req->id = uuid(id);
    req->flags = dcd_put32(flags);
    req->offset = dcd_put16(offset);
    req->version = version;
    memcpy(in + sizeof(*req), data, length);
    return mailbox(h, 0, DCD_OP_SET_FEATURE, in,
                   (uint32_t)sizeof(*req) + length);
}

static uint16_t set(struct harness *h, const char *id, uint32_t flags,
                    uint16_t offset, const char *data, uint32_t length)
{
    bool scrub = strcmp(id, SCRUB) == 0 || strcmp(id, UNDER_WAY) == 0;

    return set_version(h, id, flags, offset, scrub ? 1 : 2, data, length);
}

/* The first byte of a patrol scrub cycle of 24 hours comes. */
static void begin(struct harness *h)
{
    C_EXPECT_EQ(OK, set(h, SCRUB, START, 0, "\x18", 1));
}

/* The patrol scrub cycle, and whether it is on. */
static void expect_scrub(struct harness *h, uint8_t selection, uint8_t hours,
                         uint8_t on)
{
    const uint8_t data[4] = {1, hours, 1, on};

    C_EXPECT_EQ(OK, get(h, SCRUB, 0, 4, selection));
    C_ASSERT_EQ(4, h->out_length);
    C_EXPECT_MEMEQ(data, h->out, 4);
}

static void expect_ppr(struct harness *h, const char *id, uint8_t subclass,
                       uint8_t reports)
{
    uint8_t data[0x14] = {0x10, 0, 0, 0, 0, 1, subclass};

    data[0x10] = 5;
    data[0x13] = reports;
    C_EXPECT_EQ(OK, get(h, id, 0, 0x14, DCD_FEATURE_CURRENT));
    C_ASSERT_EQ(0x14, h->out_length);
    C_EXPECT_MEMEQ(data, h->out, 0x14);
}

/* Every value is the one that the device was made with. */
static void expect_defaults(struct harness *h)
{
    for (uint8_t selection = 0; selection < 3; selection++)
        expect_scrub(h, selection, 12, 0);
    expect_ppr(h, SOFT_PPR, 0, 0);
    expect_ppr(h, HARD_PPR, 1, 0);
}

/* --- 0500h --------------------------------------------------------------- */

C_TEST(features, each_is_described_by_an_entry)
{
    static const struct {
        const char *id;
        uint16_t get_size;
        uint16_t set_size;
        uint32_t attributes;
        uint8_t version;
    } rows[FEATURES] = {
        {SCRUB, 4, 2, 0x75, 1},
        {SOFT_PPR, 0x14, 3, 0x21, 2},
        {HARD_PPR, 0x14, 3, 0x21, 2},
    };
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(OK, list(&h, UINT32_MAX, 0));
    C_ASSERT_EQ(8 + FEATURES * ENTRY, h.out_length);
    C_EXPECT_EQ(FEATURES, dcd_load_le(h.out, 2));
    C_EXPECT_EQ(FEATURES, dcd_load_le(h.out + 2, 2));
    C_EXPECT_EQ(0, dcd_load_le(h.out + 4, 4));
    for (uint16_t i = 0; i < FEATURES; i++) {
        uint8_t entry[ENTRY] = {0};
        struct dcd_uuid id = uuid(rows[i].id);

        C_CONTEXT("feature %u", i);
        memcpy(entry, &id, 16);
        dcd_store_le(entry + 0x10, 2, i);
        dcd_store_le(entry + 0x12, 2, rows[i].get_size);
        dcd_store_le(entry + 0x14, 2, rows[i].set_size);
        dcd_store_le(entry + 0x16, 4, rows[i].attributes);
        entry[0x1a] = rows[i].version;
        entry[0x1b] = rows[i].version;
        dcd_store_le(entry + 0x1c, 2, 0x0202);
        C_EXPECT_MEMEQ(entry, h.out + 8 + i * ENTRY, ENTRY);
    }
    harness_free(&h);
}

C_TEST(features, a_list_has_as_many_whole_entries_as_were_asked_for)
{
    static const struct {
        uint32_t bytes;
        uint16_t start;
        uint16_t rc;
        uint16_t returned;
    } rows[] = {
        {0, 0, 0x02, 0},
        {7, 0, 0x02, 0},
        {8, 0, OK, 0},
        {8 + ENTRY - 1, 0, OK, 0},
        {8 + ENTRY, 0, OK, 1},
        {8 + 2 * ENTRY - 1, 0, OK, 1},
        {8 + 2 * ENTRY, 0, OK, 2},
        {8 + 3 * ENTRY, 0, OK, 3},
        {8 + 4 * ENTRY, 0, OK, 3},
        {UINT32_MAX, 1, OK, 2},
        {8 + ENTRY, 2, OK, 1},
        {UINT32_MAX, 2, OK, 1},
        {8, 2, OK, 0},
        {UINT32_MAX, FEATURES, 0x02, 0},
        {8, UINT16_MAX, 0x02, 0},
    };
    struct harness h;

    harness_d1(&h);
    for (size_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("row %zu", i);
        C_EXPECT_EQ(rows[i].rc, list(&h, rows[i].bytes, rows[i].start));
        if (rows[i].rc != OK) {
            C_EXPECT_EQ(0, h.out_length);
            continue;
        }
        C_ASSERT_EQ(8 + rows[i].returned * ENTRY, h.out_length);
        C_EXPECT_EQ(rows[i].returned, dcd_load_le(h.out, 2));
        C_EXPECT_EQ(FEATURES, dcd_load_le(h.out + 2, 2));
        for (uint16_t k = 0; k < rows[i].returned; k++)
            C_EXPECT_EQ(rows[i].start + k,
                        dcd_load_le(h.out + 8 + k * ENTRY + 0x10, 2));
    }
    harness_free(&h);
}

/* --- 0501h --------------------------------------------------------------- */

C_TEST(features, they_start_with_their_defaults)
{
    struct harness h;

    harness_d1(&h);
    expect_defaults(&h);
    harness_free(&h);
}

C_TEST(features, reads_end_where_the_feature_ends)
{
    static const uint8_t scrub[4] = {1, 12, 1, 0};
    struct harness h;

    harness_d1(&h);
    for (uint16_t offset = 0; offset < 4; offset++) {
        for (uint16_t count = 0; count < 8; count++) {
            uint16_t expected =
                (uint16_t)(count < 4 - offset ? count : 4 - offset);

            C_CONTEXT("%u bytes at %u", count, offset);
            C_EXPECT_EQ(OK, get(&h, SCRUB, offset, count, 0));
            C_ASSERT_EQ(expected, h.out_length);
            C_EXPECT_MEMEQ(scrub + offset, h.out, expected);
        }
    }
    C_EXPECT_EQ(OK, get(&h, SCRUB, 1, UINT16_MAX, 0));
    C_EXPECT_EQ(3, h.out_length);
    harness_free(&h);
}

C_TEST(features, reads_are_refused_for_what_is_wrong_with_them)
{
    static const struct {
        const char *id;
        uint16_t offset;
        uint8_t selection;
        uint16_t rc;
    } rows[] = {
        {NOBODY, 0, 0, DCD_RC_UNSUPPORTED},
        {NOBODY, 9, 9, DCD_RC_UNSUPPORTED},
        {UNDER_WAY, 0, 0, DCD_RC_UNSUPPORTED},
        {SCRUB, 0, 3, DCD_RC_FEATURE_SELECTION},
        {SCRUB, 4, 255, DCD_RC_FEATURE_SELECTION},
        {SOFT_PPR, 0, DCD_FEATURE_SAVED, DCD_RC_FEATURE_SELECTION},
        {HARD_PPR, 0, DCD_FEATURE_SAVED, DCD_RC_FEATURE_SELECTION},
        {HARD_PPR, 0, DCD_FEATURE_DEFAULT, OK},
        {SCRUB, 4, 0, DCD_RC_INVALID_INPUT},
        {SCRUB, UINT16_MAX, 1, DCD_RC_INVALID_INPUT},
        {SOFT_PPR, 0x14, 0, DCD_RC_INVALID_INPUT},
        {SOFT_PPR, 0x13, 0, OK},
    };
    struct harness h;

    harness_d1(&h);
    for (size_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("row %zu", i);
        C_EXPECT_EQ(rows[i].rc,
                    get(&h, rows[i].id, rows[i].offset, 1, rows[i].selection));
        C_EXPECT_EQ(rows[i].rc == OK, h.out_length);
    }
    harness_free(&h);
}

/* --- 0502h --------------------------------------------------------------- */

C_TEST(features, a_whole_value_takes_effect_at_once)
{
    struct harness h;

    harness_d1(&h);
    /* The offset is not looked at. */
    C_EXPECT_EQ(OK, set(&h, SCRUB, FULL, 7, "\x18\x01", 2));
    expect_scrub(&h, DCD_FEATURE_CURRENT, 24, 1);
    expect_scrub(&h, DCD_FEATURE_DEFAULT, 12, 0);
    expect_scrub(&h, DCD_FEATURE_SAVED, 12, 0);
    C_EXPECT_EQ(OK, set(&h, SCRUB, FULL | SAVE, 0, "\x01\x00", 2));
    expect_scrub(&h, DCD_FEATURE_CURRENT, 1, 0);
    expect_scrub(&h, DCD_FEATURE_SAVED, 1, 0);
    expect_scrub(&h, DCD_FEATURE_DEFAULT, 12, 0);
    C_EXPECT_EQ(OK, set(&h, SCRUB, FULL, 0, "\xff\x01", 2));
    expect_scrub(&h, DCD_FEATURE_CURRENT, 255, 1);
    expect_scrub(&h, DCD_FEATURE_SAVED, 1, 0);
    harness_free(&h);
}

C_TEST(features, a_value_in_parts_takes_effect_with_the_last)
{
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(OK, set(&h, SCRUB, START | SAVE, 0, "\x18", 1));
    expect_scrub(&h, DCD_FEATURE_CURRENT, 12, 0);
    C_EXPECT_EQ(OK, set(&h, SCRUB, END, 1, "\x01", 1));
    expect_scrub(&h, DCD_FEATURE_CURRENT, 24, 1);
    expect_scrub(&h, DCD_FEATURE_SAVED, 24, 1);
    /* Whether it is to be saved is said by the first part. */
    C_EXPECT_EQ(OK, set(&h, SOFT_PPR, START, 0, "\x00", 1));
    C_EXPECT_EQ(OK, set(&h, SOFT_PPR, CONTINUE, 1, "\x00", 1));
    C_EXPECT_EQ(OK, set(&h, SOFT_PPR, END, 2, "\x01", 1));
    expect_ppr(&h, SOFT_PPR, 0, 1);
    expect_ppr(&h, HARD_PPR, 1, 0);
    C_EXPECT_EQ(OK, set(&h, SCRUB, START, 0, "\x30", 1));
    C_EXPECT_EQ(OK, set(&h, SCRUB, END | SAVE, 1, "\x00", 1));
    expect_scrub(&h, DCD_FEATURE_CURRENT, 48, 0);
    expect_scrub(&h, DCD_FEATURE_SAVED, 24, 1);
    harness_free(&h);
}

C_TEST(features, the_latest_part_may_be_sent_once_more)
{
    struct harness h;

    harness_d1(&h);
    begin(&h);
    C_EXPECT_EQ(OK, set(&h, SCRUB, CONTINUE, 0, "\x19", 1));
    C_EXPECT_EQ(OK, set(&h, SCRUB, CONTINUE, 1, "\x00", 1));
    C_EXPECT_EQ(OK, set(&h, SCRUB, END, 1, "\x01", 1));
    expect_scrub(&h, DCD_FEATURE_CURRENT, 25, 1);
    harness_free(&h);
}

C_TEST(features, all_ones_are_the_feature_under_way)
{
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED, set(&h, UNDER_WAY, FULL, 0, "\x18\x01", 2));
    begin(&h);
    C_EXPECT_EQ(OK, set(&h, UNDER_WAY, END, 1, "\x01", 1));
    expect_scrub(&h, DCD_FEATURE_CURRENT, 24, 1);
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED, set(&h, UNDER_WAY, END, 1, "\x01", 1));
    begin(&h);
    C_EXPECT_EQ(OK, set(&h, UNDER_WAY, ABORT, 0, "", 0));
    begin(&h);
    harness_free(&h);
}

C_TEST(features, a_tail_that_may_be_left_out_is_zero)
{
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(OK, set(&h, HARD_PPR, FULL, 0, "\x00\x00\x01", 3));
    expect_ppr(&h, HARD_PPR, 1, 1);
    C_EXPECT_EQ(OK, set(&h, HARD_PPR, FULL, 0, "\x00\x00", 2));
    expect_ppr(&h, HARD_PPR, 1, 0);
    harness_free(&h);
}

C_TEST(features, saving_what_cannot_be_saved_is_only_setting_it)
{
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(OK, set(&h, SOFT_PPR, FULL | SAVE, 0, "\x00\x00\x01", 3));
    expect_ppr(&h, SOFT_PPR, 0, 1);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_ppr(&h, SOFT_PPR, 0, 0);
    harness_free(&h);
}

C_TEST(features, values_are_refused_that_the_device_cannot_work_with)
{
    static const struct {
        const char *id;
        const char *data;
        uint32_t length;
    } rows[] = {
        {SCRUB, "\x00\x01", 2},        {SCRUB, "\x18\x02", 2},
        {SCRUB, "\x18\x80", 2},        {SOFT_PPR, "\x01\x00\x00", 3},
        {SOFT_PPR, "\x00\x80\x00", 3}, {SOFT_PPR, "\x00\x00\x02", 3},
        {HARD_PPR, "\x00\x00\x81", 3},
    };
    struct harness h;

    for (size_t i = 0; i < COUNT(rows); i++) {
        uint16_t rest = (uint16_t)(rows[i].length - 1);

        C_CONTEXT("row %zu", i);
        harness_d1(&h);
        C_EXPECT_EQ(DCD_RC_INVALID_INPUT, set(&h, rows[i].id, FULL | SAVE, 0,
                                              rows[i].data, rows[i].length));
        C_EXPECT_EQ(OK, set(&h, rows[i].id, START | SAVE, 0, rows[i].data, 1));
        C_EXPECT_EQ(DCD_RC_INVALID_INPUT,
                    set(&h, rows[i].id, END, 1, rows[i].data + 1, rest));
        expect_defaults(&h);
        /* Its transfer has come to its end all the same. */
        C_EXPECT_EQ(OK, set(&h, SCRUB, FULL, 0, "\x18\x01", 2));
        harness_free(&h);
    }
}

C_TEST(features, parts_are_refused_for_what_is_wrong_with_them)
{
    static const struct {
        const char *what;
        bool before; /* the first byte of patrol scrub has come */
        const char *id;
        uint32_t action;
        uint16_t offset;
        uint8_t version;
        uint32_t length;
        uint16_t rc;
        bool after; /* its transfer goes on */
    } rows[] = {
        {"full, no data", false, SCRUB, FULL, 0, 1, 0, 0x16, false},
        {"start, no data", false, SCRUB, START, 0, 1, 0, 0x16, false},
        {"continue, no data", true, SCRUB, CONTINUE, 1, 1, 0, 0x16, true},
        {"end, no data", true, SCRUB, END, 1, 1, 0, 0x16, true},
        {"nobody, no data", false, NOBODY, FULL, 0, 1, 0, 0x16, false},
        {"no such action", false, SCRUB, 5, 0, 1, 2, 0x02, false},
        {"no such action", true, SCRUB, 7, 1, 1, 1, 0x02, true},
        {"unknown feature", false, NOBODY, FULL, 0, 1, 2, 0x03, false},
        {"unknown feature", true, NOBODY, CONTINUE, 1, 1, 1, 0x03, true},
        {"unknown, abort", true, NOBODY, ABORT, 0, 1, 0, 0x03, true},
        {"full under way", true, SCRUB, FULL, 0, 1, 2, 0x1b, true},
        {"start under way", true, SCRUB, START, 0, 1, 1, 0x1b, true},
        {"other, full", true, SOFT_PPR, FULL, 0, 2, 3, 0x1b, true},
        {"other, start", true, SOFT_PPR, START, 0, 2, 1, 0x1b, true},
        {"other, continue", true, SOFT_PPR, CONTINUE, 1, 2, 1, 0x1b, true},
        {"other, end", true, HARD_PPR, END, 1, 2, 2, 0x1b, true},
        {"other, abort", true, HARD_PPR, ABORT, 0, 2, 0, 0x1b, true},
        {"older version", false, SCRUB, FULL, 0, 0, 2, 0x19, false},
        {"newer version", false, SCRUB, START, 0, 2, 1, 0x19, false},
        {"newer version", true, SCRUB, END, 1, 2, 1, 0x19, true},
        {"older version", false, SOFT_PPR, FULL, 0, 1, 3, 0x19, false},
        {"full, too long", false, SCRUB, FULL, 0, 1, 3, 0x02, false},
        {"start, too long", false, SCRUB, START, 0, 1, 3, 0x02, false},
        {"start, far off", false, SCRUB, START, 0xffff, 1, 1, 0x02, false},
        {"continue, too long", true, SCRUB, CONTINUE, 1, 1, 2, 0x02, true},
        {"end, too long", true, SCRUB, END, 1, 1, 2, 0x02, true},
        {"end, far off", true, SCRUB, END, 0xffff, 1, 1, 0x02, true},
        {"start not at 0", false, SCRUB, START, 1, 1, 1, 0x1c, false},
        {"continue of none", false, SCRUB, CONTINUE, 0, 1, 1, 0x1c, false},
        {"end of none", false, SCRUB, END, 0, 1, 2, 0x1c, false},
        {"repeated, longer", true, SCRUB, CONTINUE, 0, 1, 2, 0x1c, false},
        {"end from the start", true, SCRUB, END, 0, 1, 2, 0x1c, false},
        {"full, too short", false, SCRUB, FULL, 0, 1, 1, 0x16, false},
        {"end, too short", true, SCRUB, END, 0, 1, 1, 0x16, true},
        {"abort of none", false, SCRUB, ABORT, 0, 1, 0, 0x02, false},
    };
    struct harness h;

    for (size_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("row %zu: %s", i, rows[i].what);
        harness_d1(&h);
        if (rows[i].before)
            begin(&h);
        C_EXPECT_EQ(rows[i].rc,
                    set_version(&h, rows[i].id, rows[i].action, rows[i].offset,
                                rows[i].version, "\x19\x00\x00\x00",
                                rows[i].length));
        expect_scrub(&h, DCD_FEATURE_CURRENT, 12, 0);
        C_EXPECT_EQ(rows[i].after ? OK : DCD_RC_FEATURE_OUT_OF_ORDER,
                    set(&h, SCRUB, END, 1, "\x01", 1));
        expect_scrub(&h, DCD_FEATURE_CURRENT, rows[i].after ? 24 : 12,
                     rows[i].after);
        harness_free(&h);
    }
}

C_TEST(features, less_than_the_header_is_too_short)
{
    static const uint8_t in[0x20] = {0};
    struct harness h;

    harness_d1(&h);
    for (uint32_t length = 0; length < 0x20; length++)
        C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH,
                    mailbox(&h, 0, DCD_OP_SET_FEATURE, in, length));
    harness_free(&h);
}

C_TEST(features, abort_ends_a_transfer)
{
    struct harness h;

    harness_d1(&h);
    begin(&h);
    C_EXPECT_EQ(OK, set(&h, SCRUB, ABORT, 0, "", 0));
    C_EXPECT_EQ(DCD_RC_FEATURE_OUT_OF_ORDER, set(&h, SCRUB, END, 1, "\x01", 1));
    C_EXPECT_EQ(OK, set(&h, SOFT_PPR, START, 0, "\x00", 1));
    expect_scrub(&h, DCD_FEATURE_CURRENT, 12, 0);
    harness_free(&h);
}

/* --- Resets -------------------------------------------------------------- */

C_TEST(features, a_conventional_reset_brings_back_what_was_saved)
{
    static const struct {
        enum dcd_reset_kind kind;
        uint8_t hours;
        uint8_t on;
        uint8_t reports;
        bool transfer;
    } rows[] = {
        {DCD_RESET_CONVENTIONAL, 6, 1, 0, false},
        {DCD_RESET_CXL, 24, 0, 0, false},
        {DCD_RESET_FUNCTION_LEVEL, 24, 0, 1, true},
    };
    struct harness h;

    for (size_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("row %zu", i);
        harness_d1(&h);
        C_EXPECT_EQ(OK, set(&h, SCRUB, FULL | SAVE, 0, "\x06\x01", 2));
        C_EXPECT_EQ(OK, set(&h, SCRUB, FULL, 0, "\x18\x00", 2));
        C_EXPECT_EQ(OK, set(&h, SOFT_PPR, FULL, 0, "\x00\x00\x01", 3));
        C_EXPECT_EQ(OK, set(&h, HARD_PPR, START, 0, "\x00\x00", 2));
        dcd_device_reset(h.device, 0, rows[i].kind);
        expect_scrub(&h, DCD_FEATURE_CURRENT, rows[i].hours, rows[i].on);
        expect_scrub(&h, DCD_FEATURE_SAVED, 6, 1);
        expect_ppr(&h, SOFT_PPR, 0, rows[i].reports);
        C_EXPECT_EQ(rows[i].transfer ? OK : DCD_RC_FEATURE_OUT_OF_ORDER,
                    set(&h, HARD_PPR, END, 2, "\x01", 1));
        expect_ppr(&h, HARD_PPR, 1, rows[i].transfer);
        harness_free(&h);
    }
}

C_TEST(features, each_head_has_its_own)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.heads = 2;
    harness_build(&h);
    C_EXPECT_EQ(OK, set(&h, SCRUB, FULL | SAVE, 0, "\x18\x01", 2));
    C_EXPECT_EQ(OK, set(&h, SCRUB, START, 0, "\x19", 1));
    dcd_device_reset(h.device, 1, DCD_RESET_CONVENTIONAL);
    expect_scrub(&h, DCD_FEATURE_CURRENT, 24, 1);
    C_EXPECT_EQ(OK, set(&h, SCRUB, END, 1, "\x00", 1));
    expect_scrub(&h, DCD_FEATURE_CURRENT, 25, 0);
    harness_free(&h);
}
