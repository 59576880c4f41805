/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_poison.c - the poison list, injecting and clearing (CXL r3.1
 * 8.2.9.9.4.1-.3).
 */
#include "media_support.h"

#include <string.h>

/* --- 4301h Inject Poison ---------------------------------------------------
 */

C_TEST(poison, an_injected_line_is_listed_and_reads_poisoned)
{
    struct harness h;

    media_ready(&h);
    expect_poison(&h, 0, NO_LINES);
    C_EXPECT_EQ(OK, inject(&h, 0, 4096));
    expect_poison(&h, 0, LINES({4096, 1}));
    C_EXPECT_EQ(DCD_ACCESS_POISONED, touch(&h, 0, 4096 + 56));
    C_EXPECT_EQ(DCD_ACCESS_OK, touch(&h, 0, 4096 + 64));
    C_EXPECT_EQ(DCD_ACCESS_OK, touch(&h, 0, 4096 - 8));
    harness_free(&h);
}

/* 4301h and 4302h check the same, in this order. */
C_TEST(poison, a_line_is_aligned_and_the_heads_own)
{
    static const struct {
        uint64_t dpa;
        uint16_t code;
    } rows[] = {
        {0, OK},
        {1, INPUT},
        {32, INPUT},
        {PERSISTENT, OK},
        {R0 - 64, OK},
        {R0, ADDRESS}, /* not accepted */
        {R0 + 1, INPUT},
        {R0 + MIB(2), OK},
        {R0 + MIB(4) - 64, OK},
        {R0 + MIB(4), ADDRESS},
        {R1 + MIB(2), ADDRESS}, /* the other head's */
        {END, ADDRESS},
        {END + 1, INPUT},
        {UINT64_MAX - 63, ADDRESS},
        {UINT64_MAX, INPUT},
    };

    for (unsigned i = 0; i < COUNT(rows); i++) {
        struct harness h;

        C_CONTEXT("row %u", i);
        media_ready(&h);
        hold(&h, 0, RANGES({R0 + MIB(2), MIB(2)}));
        hold(&h, 1, RANGES({R1 + MIB(2), MIB(2)}));
        C_EXPECT_EQ(rows[i].code, inject(&h, 0, rows[i].dpa));
        C_EXPECT_EQ(rows[i].code, clear_poison(&h, 0, rows[i].dpa, 0x5a));
        harness_free(&h);
    }
}

/* Neither may a host that can only read spoil what others read. */
C_TEST(poison, read_only_memory_is_not_the_heads_to_change)
{
    struct harness h;

    media_ready(&h);
    hold(&h, 1, RANGES({R2, 64}));
    C_EXPECT_EQ(ADDRESS, inject(&h, 1, R2));
    C_EXPECT_EQ(ADDRESS, clear_poison(&h, 1, R2, 0x5a));
    C_EXPECT_EQ(0, peek(&h, 1, R2));
    hold(&h, 0, RANGES({R2 + 64, 64}));
    C_EXPECT_EQ(OK, inject(&h, 0, R2 + 64));
    /* What it is given later may be poisoned, and is listed. */
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({R2 + 64, 64})));
    hold(&h, 1, RANGES({R2 + 64, 64}));
    expect_poison(&h, 1, LINES({R2 + 64, 1}));
    C_EXPECT_EQ(DCD_ACCESS_POISONED, touch(&h, 1, R2 + 64));
    harness_free(&h);
}

/* Inject and clear look at the address; scans reach dynamic capacity. */
C_TEST(known_fault, device_10_1_row_22)
{
    struct harness h;
    uint64_t value = UINT64_C(0x0123456789abcdef);

    media_ready(&h);
    hold(&h, 0, RANGES({R0, MIB(2)}));
    poke(&h, 0, R0, value);
    C_EXPECT_EQ(ADDRESS, inject(&h, 0, END));
    C_EXPECT_EQ(ADDRESS, inject(&h, 1, R0));
    C_EXPECT_EQ(ADDRESS, clear_poison(&h, 1, R0, 0x5a));
    C_EXPECT_EQ(value, peek(&h, 0, R0)); /* nothing was written */
    C_EXPECT_EQ(OK, inject(&h, 0, R0 + 64));
    C_EXPECT_EQ(OK, scan_caps(&h, 0, R0, MIB(2)));
    C_EXPECT_EQ(STARTED, scan(&h, 0, R0, MIB(2), 0));
    finish(&h);
    C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_GET_SCAN_MEDIA_RESULTS));
    expect_lines(&h, 0, LINES({R0 + 64, 1}));
    harness_free(&h);
}

C_TEST(poison, the_limit_is_of_lines_that_are_still_poisoned)
{
    struct harness h;

    media_config(&h);
    h.config.poison_inject_limit = 2;
    media_build(&h);
    C_EXPECT_EQ(OK, inject(&h, 0, 0));
    C_EXPECT_EQ(OK, inject(&h, 0, 64));
    C_EXPECT_EQ(DCD_RC_INJECT_POISON_LIMIT, inject(&h, 0, 128));
    C_EXPECT_EQ(DCD_ACCESS_OK, touch(&h, 0, 128));
    /* Alignment and address come first. */
    C_EXPECT_EQ(INPUT, inject(&h, 0, 129));
    C_EXPECT_EQ(ADDRESS, inject(&h, 0, R0));
    /* A line that is poisoned already takes nothing from it. */
    C_EXPECT_EQ(OK, inject(&h, 0, 64));
    /* Nor does the other head. */
    C_EXPECT_EQ(OK, inject(&h, 1, 0));
    C_EXPECT_EQ(OK, clear_poison(&h, 0, 0, 0));
    C_EXPECT_EQ(OK, inject(&h, 0, 128));
    C_EXPECT_EQ(DCD_RC_INJECT_POISON_LIMIT, inject(&h, 0, 0));
    harness_free(&h);
}

C_TEST(poison, no_limit_is_no_limit)
{
    struct harness h;

    media_ready(&h);
    for (uint64_t i = 0; i < 300; i++)
        C_ASSERT_EQ(OK, inject(&h, 0, i * 64));
    expect_poison(&h, 0, LINES({0, 300}));
    harness_free(&h);
}

/* CXL r3.1 8.2.9.2.1, 8.2.9.2.1.1. */
static void expect_inject_event(struct harness *h, uint64_t dpa, uint64_t want)
{
    static const uint8_t uuid[16] = {0xfb, 0xcd, 0x0a, 0x77, 0xc2, 0x60,
                                     0x41, 0x7f, 0x85, 0xa9, 0x08, 0x8b,
                                     0x16, 0x21, 0xeb, 0xa6};
    const struct dcd_general_media_event *e;
    uint8_t zeros[79] = {0};

    C_CONTEXT("DPA %#llx", (unsigned long long)dpa);
    C_ASSERT_EQ(OK, inject(h, 0, dpa));
    C_ASSERT_EQ(1, records(h, 0, DCD_LOG_INFORMATIONAL));
    e = media_event(h, 0);
    C_EXPECT_MEMEQ(uuid, e->header.type.b, sizeof(uuid));
    C_EXPECT_EQ(0x80, e->header.length);
    C_EXPECT_EQ(h->config.revision >= DCD_REVISION_3_2 ? 0x180 : 0,
                dcd_get24(e->header.flags));
    C_EXPECT(dcd_get16(e->header.handle) != 0);
    C_EXPECT_EQ(want, dcd_get64(e->dpa));
    C_EXPECT_EQ(DCD_MEDIA_EVENT_UNCORRECTABLE, e->descriptor);
    C_EXPECT_EQ(0, e->type);
    C_EXPECT_EQ(DCD_MEDIA_TRANSACTION_INJECT, e->transaction);
    C_EXPECT_MEMEQ(zeros, (const uint8_t *)e + 0x3b, 0x80 - 0x3b);
    C_CONTEXT("");
}

C_TEST(poison, injecting_leaves_a_record_that_names_the_line)
{
    static const struct {
        uint64_t dpa;
        unsigned is_volatile;
    } rows[] = {
        {64, 1},
        {PERSISTENT + 64, 0},
        {R0 + 128, 1},
        {R1 + MIB(2) - 64, 0},
    };

    for (unsigned i = 0; i < 2 * COUNT(rows); i++) {
        struct harness h;

        media_config(&h);
        h.config.revision = i % 2 ? DCD_REVISION_3_2 : DCD_REVISION_3_1;
        media_build(&h);
        hold(&h, 0, RANGES({R0, MIB(2)}, {R1, MIB(2)}));
        expect_inject_event(&h, rows[i / 2].dpa,
                            rows[i / 2].dpa | rows[i / 2].is_volatile);
        harness_free(&h);
    }
}

C_TEST(poison, a_second_injection_leaves_no_second_record)
{
    struct harness h;

    media_ready(&h);
    C_EXPECT_EQ(OK, inject(&h, 0, 64));
    C_EXPECT_EQ(OK, inject(&h, 0, 64));
    C_EXPECT_EQ(1, records(&h, 0, DCD_LOG_INFORMATIONAL));
    C_EXPECT_EQ(0, records(&h, 1, DCD_LOG_INFORMATIONAL));
    C_EXPECT_EQ(INPUT, inject(&h, 0, 65));
    C_EXPECT_EQ(1, records(&h, 0, DCD_LOG_INFORMATIONAL));
    harness_free(&h);
}

C_TEST(poison, the_first_record_interrupts)
{
    struct harness h;

    media_ready(&h);
    enable_interrupts(&h, 0);
    C_EXPECT_EQ(OK, inject(&h, 0, 64));
    C_EXPECT_EQ(1, h.interrupts[0][DCD_VECTOR_INFORMATIONAL]);
    C_EXPECT_EQ(1u << DCD_LOG_INFORMATIONAL,
                reg_read(&h, 0, EVENT_STATUS_AT, 8));
    C_EXPECT_EQ(OK, inject(&h, 0, 128));
    C_EXPECT_EQ(1, h.interrupts[0][DCD_VECTOR_INFORMATIONAL]);
    harness_free(&h);
}

/* Mode of the informational log, and what its first record then sends. */
C_TEST(poison, the_record_interrupts_as_the_policy_says)
{
    static const struct {
        uint8_t mode;
        unsigned messages;
    } rows[] = {{DCD_INTERRUPT_NONE, 0},
                {DCD_INTERRUPT_MSI, 1},
                {DCD_INTERRUPT_FIRMWARE, 0}};

    for (unsigned i = 0; i < COUNT(rows); i++) {
        uint8_t policy[5] = {rows[i].mode, 1, 1, 1, 1};
        struct harness h;

        C_CONTEXT("mode %u", rows[i].mode);
        media_ready(&h);
        enable_interrupts(&h, 0);
        enable_interrupts(&h, 1);
        C_EXPECT_EQ(OK, mailbox(&h, 0, DCD_OP_SET_INTERRUPT_POLICY, policy, 5));
        C_EXPECT_EQ(OK, inject(&h, 0, 64));
        for (unsigned v = 0; v < DCD_MSIX_VECTORS; v++) {
            C_EXPECT_EQ(v == 2 ? rows[i].messages : 0, h.interrupts[0][v]);
            C_EXPECT_EQ(0, h.interrupts[1][v]);
        }
        harness_free(&h);
    }
}

C_TEST(poison, records_beyond_the_log_are_counted)
{
    const struct dcd_get_event_records_rsp *rsp;
    struct dcd_timestamp clock = {dcd_put64(1000)};
    uint8_t all[6] = {DCD_LOG_INFORMATIONAL, DCD_CLEAR_EVENTS_ALL};
    struct harness h;

    media_config(&h);
    h.config.event_log = 2;
    media_build(&h);
    rsp = (void *)h.out;
    enable_interrupts(&h, 0);
    C_EXPECT_EQ(OK, mailbox(&h, 0, DCD_OP_SET_TIMESTAMP, &clock, 8));
    for (uint64_t i = 0; i < 5; i++) {
        C_EXPECT_EQ(OK, inject(&h, 0, i * 64));
        h.now += 1000000; /* 1 us */
    }
    C_EXPECT_EQ(2, records(&h, 0, DCD_LOG_INFORMATIONAL));
    C_EXPECT_EQ(DCD_GET_EVENTS_OVERFLOW, rsp->flags);
    C_EXPECT_EQ(3, dcd_get16(rsp->overflow_count));
    C_EXPECT_EQ(3000, dcd_get64(rsp->first_overflow));
    C_EXPECT_EQ(5000, dcd_get64(rsp->last_overflow));
    C_EXPECT_EQ(64 | DCD_MEDIA_EVENT_VOLATILE,
                dcd_get64(media_event(&h, 1)->dpa));
    expect_poison(&h, 0, LINES({0, 5})); /* nothing else is lost */
    C_EXPECT_EQ(OK, mailbox(&h, 0, DCD_OP_CLEAR_EVENT_RECORDS, all, 6));
    C_EXPECT_EQ(0, reg_read(&h, 0, EVENT_STATUS_AT, 8));
    C_EXPECT_EQ(1, h.interrupts[0][DCD_VECTOR_INFORMATIONAL]);
    C_EXPECT_EQ(OK, inject(&h, 0, 4096));
    C_EXPECT_EQ(2, h.interrupts[0][DCD_VECTOR_INFORMATIONAL]);
    harness_free(&h);
}

/* --- 4302h Clear Poison ----------------------------------------------------
 */

C_TEST(poison, clearing_writes_the_line)
{
    struct harness h;

    media_ready(&h);
    for (uint64_t at = 0; at < 192; at += 8)
        poke(&h, 0, at, 1);
    C_EXPECT_EQ(OK, inject(&h, 0, 64));
    C_EXPECT_EQ(OK, clear_poison(&h, 0, 64, 0x5a));
    C_EXPECT_EQ(1, peek(&h, 0, 56));
    for (uint64_t at = 64; at < 128; at += 8)
        C_EXPECT_EQ(UINT64_C(0x5a5a5a5a5a5a5a5a), peek(&h, 0, at));
    C_EXPECT_EQ(1, peek(&h, 0, 128));
    expect_poison(&h, 0, NO_LINES);
    harness_free(&h);
}

C_TEST(poison, clearing_writes_a_line_that_is_not_poisoned_too)
{
    struct harness h;

    media_ready(&h);
    hold(&h, 0, RANGES({R0, MIB(2)}));
    C_EXPECT_EQ(OK, inject(&h, 0, R0));
    C_EXPECT_EQ(OK, clear_poison(&h, 0, R0 + 64, 0xa5));
    C_EXPECT_EQ(UINT64_C(0xa5a5a5a5a5a5a5a5), peek(&h, 0, R0 + 64));
    expect_poison(&h, 0, LINES({R0, 1}));
    harness_free(&h);
}

/* --- 4300h Get Poison List -------------------------------------------------
 */

C_TEST(poison, ranges_of_the_list_are_checked)
{
    static const struct {
        uint64_t dpa;
        uint64_t lines;
        uint16_t code;
    } rows[] = {
        {0, 1, OK},
        {1, 1, OK}, /* restart */
        {2, 1, INPUT},
        {32, 1, INPUT},
        {33, 0, INPUT}, /* comes first */
        {0, 0, ADDRESS},
        {0, END / 64, OK},
        {0, END / 64 + 1, ADDRESS},
        {64, END / 64, ADDRESS},
        {END - 64, 1, OK},
        {END, 1, ADDRESS},
        {R0, GIB(2) / 64, OK}, /* the head has nothing there */
        {UINT64_MAX - 63, 1, ADDRESS},
        {64, UINT64_MAX / 64, ADDRESS},
        {64, UINT64_MAX / 64 + 1, ADDRESS},
        {0, UINT64_C(1) << 58, ADDRESS}, /* 2^64 bytes */
        {0, (UINT64_C(1) << 58) + 1, ADDRESS},
        {0, UINT64_MAX, ADDRESS},
    };
    struct harness h;

    media_ready(&h);
    for (unsigned i = 0; i < COUNT(rows); i++) {
        struct dcd_media_range req = {dcd_put64(rows[i].dpa),
                                      dcd_put64(rows[i].lines)};

        C_CONTEXT("row %u", i);
        C_EXPECT_EQ(rows[i].code,
                    mailbox(&h, 0, DCD_OP_GET_POISON_LIST, &req, sizeof(req)));
    }
    harness_free(&h);
}

C_TEST(poison, lines_that_touch_are_one_record)
{
    struct harness h;

    media_ready(&h);
    hold(&h, 0, RANGES({R0, MIB(2)}, {R0 + MIB(2), MIB(2)}));
    C_EXPECT_EQ(OK, inject(&h, 0, 128));
    C_EXPECT_EQ(OK, inject(&h, 0, 0));
    expect_poison(&h, 0, LINES({0, 1}, {128, 1}));
    C_EXPECT_EQ(OK, inject(&h, 0, 64));
    expect_poison(&h, 0, LINES({0, 3}));
    /* Over the border of two extents, but not of two partitions. */
    C_EXPECT_EQ(OK, inject(&h, 0, R0 + MIB(2) - 64));
    C_EXPECT_EQ(OK, inject(&h, 0, R0 + MIB(2)));
    C_EXPECT_EQ(OK, inject(&h, 0, PERSISTENT - 64));
    C_EXPECT_EQ(OK, inject(&h, 0, PERSISTENT));
    expect_poison(&h, 0,
                  LINES({0, 3}, {PERSISTENT - 64, 1}, {PERSISTENT, 1},
                        {R0 + MIB(2) - 64, 2}));
    harness_free(&h);
}

C_TEST(poison, records_are_cut_to_the_range_asked_for)
{
    struct harness h;

    media_ready(&h);
    for (uint64_t at = 0; at < 640; at += 64)
        C_EXPECT_EQ(OK, inject(&h, 0, at));
    C_EXPECT_EQ(OK, poison_list(&h, 0, 128, 256));
    expect_lines(&h, 0, LINES({128, 4}));
    C_EXPECT_EQ(OK, poison_list(&h, 0, 576, MIB(1)));
    expect_lines(&h, 0, LINES({576, 1}));
    C_EXPECT_EQ(OK, poison_list(&h, 0, 640, MIB(1)));
    expect_lines(&h, 0, NO_LINES);
    harness_free(&h);
}

C_TEST(poison, static_poison_is_each_heads_own)
{
    struct harness h;

    media_ready(&h);
    C_EXPECT_EQ(OK, inject(&h, 0, 64));
    C_EXPECT_EQ(OK, inject(&h, 1, PERSISTENT));
    expect_poison(&h, 0, LINES({64, 1}));
    expect_poison(&h, 1, LINES({PERSISTENT, 1}));
    C_EXPECT_EQ(DCD_ACCESS_OK, touch(&h, 1, 64));
    harness_free(&h);
}

/* Poison belongs to the bytes. */
C_TEST(poison, goes_along_when_capacity_changes_hands)
{
    struct harness h;

    media_ready(&h);
    hold(&h, 0, RANGES({R0, MIB(4)}));
    C_EXPECT_EQ(OK, inject(&h, 0, R0 + 64));
    C_EXPECT_EQ(OK, inject(&h, 0, R0 + MIB(2)));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({R0, MIB(2)})));
    expect_poison(&h, 0, LINES({R0 + MIB(2), 1}));
    expect_poison(&h, 1, NO_LINES);
    hold(&h, 1, RANGES({R0, MIB(2)}));
    expect_poison(&h, 1, LINES({R0 + 64, 1}));
    C_EXPECT_EQ(DCD_ACCESS_POISONED, touch(&h, 1, R0 + 64));
    C_EXPECT_EQ(ADDRESS, clear_poison(&h, 0, R0 + 64, 0));
    C_EXPECT_EQ(OK, clear_poison(&h, 1, R0 + 64, 0));
    expect_poison(&h, 1, NO_LINES);
    harness_free(&h);
}

C_TEST(poison, ends_when_released_bytes_are_erased)
{
    struct harness h;

    media_config(&h);
    h.config.regions[0].sanitize = DCD_SANITIZE_YES;
    media_build(&h);
    hold(&h, 0, RANGES({R0, MIB(4)}));
    C_EXPECT_EQ(OK, inject(&h, 0, R0 + 64));
    C_EXPECT_EQ(OK, inject(&h, 0, R0 + MIB(2)));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({R0, MIB(2)})));
    hold(&h, 1, RANGES({R0, MIB(2)}));
    expect_poison(&h, 1, NO_LINES);
    expect_poison(&h, 0, LINES({R0 + MIB(2), 1}));
    harness_free(&h);
}

C_TEST(poison, of_memory_that_stays_outlives_a_reset)
{
    struct harness h;

    media_ready(&h);
    C_EXPECT_EQ(OK, inject(&h, 0, 64));
    for (int kind = DCD_RESET_FUNCTION_LEVEL; kind >= 0; kind--) {
        dcd_device_reset(h.device, 0, (enum dcd_reset_kind)kind);
        expect_poison(&h, 0, LINES({64, 1}));
    }
    harness_free(&h);
}

/* Blocks of 64 bytes of which the head has every other one. */
C_TEST(poison, only_lines_that_the_head_has_are_listed)
{
    struct harness h;

    media_ready(&h);
    hold(&h, 0, RANGES({R2, 4 * 64}));
    for (uint64_t i = 0; i < 4; i++)
        C_EXPECT_EQ(OK, inject(&h, 0, R2 + i * 64));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({R2 + 64, 64})));
    expect_poison(&h, 0, LINES({R2, 1}, {R2 + 128, 2}));
    hold(&h, 1, RANGES({R2 + 64, 64}));
    expect_poison(&h, 1, LINES({R2 + 64, 1}));
    harness_free(&h);
}

/* A payload of 256 bytes takes 14 records. */
static void build_many(struct harness *h, uint32_t lines)
{
    media_config(h);
    h->config.mailbox_payload = 256;
    media_build(h);
    for (uint32_t i = 0; i < lines; i++)
        C_EXPECT_EQ(OK, inject(h, 0, i * 128));
}

static void expect_page(struct harness *h, uint8_t flags, uint32_t first,
                        uint32_t count)
{
    struct lines lines[16];

    for (uint32_t i = 0; i < count; i++)
        lines[i] = (struct lines){(first + i) * 128, 1};
    expect_lines(h, flags, lines, count);
}

C_TEST(poison, a_long_list_comes_in_parts)
{
    struct harness h;

    build_many(&h, 30);
    C_EXPECT_EQ(OK, poison_list(&h, 0, 0, END));
    expect_page(&h, DCD_POISON_LIST_MORE, 0, 14);
    C_EXPECT_EQ(OK, poison_list(&h, 0, 0, END));
    expect_page(&h, DCD_POISON_LIST_MORE, 14, 14);
    C_EXPECT_EQ(OK, poison_list(&h, 0, 0, END));
    expect_page(&h, 0, 28, 2);
    /* And from the start. */
    C_EXPECT_EQ(OK, poison_list(&h, 0, 0, END));
    expect_page(&h, DCD_POISON_LIST_MORE, 0, 14);
    harness_free(&h);
}

C_TEST(poison, exactly_one_payload_has_no_more)
{
    struct harness h;

    build_many(&h, 14);
    C_EXPECT_EQ(OK, poison_list(&h, 0, 0, END));
    expect_page(&h, 0, 0, 14);
    harness_free(&h);
}

C_TEST(poison, restart_begins_the_list_anew)
{
    struct harness h;

    build_many(&h, 20);
    C_EXPECT_EQ(OK, poison_list(&h, 0, 0, END));
    C_EXPECT_EQ(OK, poison_list(&h, 0, 1, END));
    expect_page(&h, DCD_POISON_LIST_MORE | DCD_POISON_LIST_RESTARTED, 0, 14);
    C_EXPECT_EQ(OK, poison_list(&h, 0, 0, END));
    expect_page(&h, 0, 14, 6);
    harness_free(&h);
}

C_TEST(poison, another_range_begins_anew_and_a_refused_one_does_not)
{
    struct harness h;

    build_many(&h, 20);
    C_EXPECT_EQ(OK, poison_list(&h, 0, 0, END));
    C_EXPECT_EQ(ADDRESS, poison_list(&h, 0, 0, END + 64));
    C_EXPECT_EQ(OK, poison_list(&h, 0, 0, END));
    expect_page(&h, 0, 14, 6);
    C_EXPECT_EQ(OK, poison_list(&h, 0, 0, END));
    C_EXPECT_EQ(OK, poison_list(&h, 0, 0, END - 64));
    expect_page(&h, DCD_POISON_LIST_MORE, 0, 14);
    C_EXPECT_EQ(OK, poison_list(&h, 0, 0, END));
    expect_page(&h, DCD_POISON_LIST_MORE, 0, 14);
    harness_free(&h);
}

C_TEST(poison, a_list_that_is_too_short_overflows)
{
    const struct dcd_poison_list_rsp *rsp;
    struct dcd_timestamp clock = {dcd_put64(1000)};
    struct harness h;

    media_config(&h);
    h.config.poison_list = 3;
    media_build(&h);
    rsp = (void *)h.out;
    C_EXPECT_EQ(OK, mailbox(&h, 0, DCD_OP_SET_TIMESTAMP, &clock, 8));
    for (uint64_t i = 0; i < 3; i++)
        C_EXPECT_EQ(OK, inject(&h, 0, i * 128));
    C_EXPECT_EQ(OK, inject(&h, 0, 64)); /* touches: a record less */
    C_EXPECT_EQ(OK, inject(&h, 0, 4096));
    C_EXPECT_EQ(OK, poison_list(&h, 0, 0, END));
    expect_lines(&h, 0, LINES({0, 3}, {256, 1}, {4096, 1}));
    C_EXPECT_EQ(0, dcd_get64(rsp->overflow_timestamp));

    h.now += 5000000; /* 5 us */
    C_EXPECT_EQ(OK, inject(&h, 0, 8192));
    h.now += 5000000;
    C_EXPECT_EQ(OK, inject(&h, 0, 16384));
    C_EXPECT_EQ(OK, poison_list(&h, 0, 0, END));
    expect_lines(&h, DCD_POISON_LIST_OVERFLOW,
                 LINES({0, 3}, {256, 1}, {4096, 1}));
    C_EXPECT_EQ(6000, dcd_get64(rsp->overflow_timestamp));
    C_EXPECT_EQ(DCD_ACCESS_POISONED, touch(&h, 0, 8192));
    C_EXPECT_EQ(OK, poison_list(&h, 0, 8192, 64));
    expect_lines(&h, DCD_POISON_LIST_OVERFLOW, NO_LINES);

    C_EXPECT_EQ(OK, clear_poison(&h, 0, 0, 0)); /* as many records as before */
    C_EXPECT_EQ(OK, clear_poison(&h, 0, 4096, 0));
    C_EXPECT_EQ(OK, clear_poison(&h, 0, 256, 0));
    C_EXPECT_EQ(OK, poison_list(&h, 0, 0, END));
    expect_lines(&h, 0, LINES({64, 2}, {8192, 1}, {16384, 1}));
    C_EXPECT_EQ(0, dcd_get64(rsp->overflow_timestamp));
    harness_free(&h);
}

/* The list was whole in between, whether a host looked at it or not. */
C_TEST(poison, a_list_that_overflows_again_tells_the_new_time)
{
    const struct dcd_poison_list_rsp *rsp;
    struct dcd_timestamp clock = {dcd_put64(1000)};
    struct harness h;

    media_config(&h);
    h.config.poison_list = 1;
    media_build(&h);
    C_EXPECT_EQ(OK, mailbox(&h, 0, DCD_OP_SET_TIMESTAMP, &clock, 8));
    C_EXPECT_EQ(OK, inject(&h, 0, 0));
    C_EXPECT_EQ(OK, inject(&h, 0, 128));
    C_EXPECT_EQ(OK, clear_poison(&h, 0, 128, 0));
    h.now += 5000000; /* 5 us */
    C_EXPECT_EQ(OK, inject(&h, 0, 128));
    C_EXPECT_EQ(OK, poison_list(&h, 0, 0, END));
    expect_lines(&h, DCD_POISON_LIST_OVERFLOW, LINES({0, 1}));
    rsp = (void *)h.out;
    C_EXPECT_EQ(6000, dcd_get64(rsp->overflow_timestamp));
    harness_free(&h);
}

C_TEST(poison, a_list_in_parts_may_have_overflowed_too)
{
    struct harness h;

    media_config(&h);
    h.config.mailbox_payload = 256;
    h.config.poison_list = 16;
    media_build(&h);
    for (uint32_t i = 0; i < 17; i++)
        C_EXPECT_EQ(OK, inject(&h, 0, i * 128));
    C_EXPECT_EQ(OK, poison_list(&h, 0, 0, END));
    expect_page(&h, DCD_POISON_LIST_MORE | DCD_POISON_LIST_OVERFLOW, 0, 14);
    C_EXPECT_EQ(OK, poison_list(&h, 0, 0, END));
    expect_page(&h, DCD_POISON_LIST_OVERFLOW, 14, 2);
    harness_free(&h);
}

C_TEST(poison, a_conventional_reset_begins_the_list_anew)
{
    const struct dcd_poison_list_rsp *rsp;
    struct dcd_timestamp clock = {dcd_put64(1000)};
    struct harness h;

    media_config(&h);
    h.config.mailbox_payload = 256;
    h.config.poison_list = 16;
    media_build(&h);
    C_EXPECT_EQ(OK, mailbox(&h, 0, DCD_OP_SET_TIMESTAMP, &clock, 8));
    for (uint32_t i = 0; i < 17; i++)
        C_EXPECT_EQ(OK, inject(&h, 0, i * 128));
    C_EXPECT_EQ(OK, poison_list(&h, 0, 0, END));
    expect_page(&h, DCD_POISON_LIST_MORE | DCD_POISON_LIST_OVERFLOW, 0, 14);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    C_EXPECT_EQ(OK, poison_list(&h, 0, 0, END));
    expect_page(&h, DCD_POISON_LIST_MORE | DCD_POISON_LIST_OVERFLOW, 0, 14);
    rsp = (void *)h.out;
    C_EXPECT_EQ(0, dcd_get64(rsp->overflow_timestamp)); /* no clock is set */
    harness_free(&h);
}

C_TEST(poison, the_list_says_when_a_scan_runs)
{
    struct harness h;

    media_ready(&h);
    C_EXPECT_EQ(STARTED, scan(&h, 0, 0, GIB(1), 0));
    C_EXPECT_EQ(OK, poison_list(&h, 0, 0, END));
    expect_lines(&h, DCD_POISON_LIST_SCAN_RUNNING, NO_LINES);
    C_EXPECT_EQ(OK, poison_list(&h, 1, 0, END));
    expect_lines(&h, 0, NO_LINES);
    finish(&h);
    C_EXPECT_EQ(OK, poison_list(&h, 0, 0, END));
    expect_lines(&h, 0, NO_LINES);
    harness_free(&h);
}

/* --- What others notice -----------------------------------------------------
 */

C_TEST(poison, injecting_takes_pointers_back_and_only_of_that_line)
{
    struct dcd_span span;
    struct harness h;

    media_ready(&h);
    C_ASSERT(dcd_device_dmi(h.device, 0, WINDOW, &span));
    C_EXPECT_EQ(WINDOW + PERSISTENT - 1, span.last);
    h.revocations = 0;
    C_EXPECT_EQ(OK, inject(&h, 0, 4096));
    C_EXPECT_EQ(1, h.revocations);
    C_EXPECT_EQ(0, h.revoked_head);
    C_EXPECT_EQ(WINDOW + 4096, h.revoked_first);
    C_EXPECT_EQ(WINDOW + 4096 + 63, h.revoked_last);
    C_ASSERT(dcd_device_dmi(h.device, 0, WINDOW, &span));
    C_EXPECT_EQ(WINDOW + 4095, span.last);
    C_EXPECT_EQ(OK, clear_poison(&h, 0, 4096, 0));
    C_EXPECT_EQ(2, h.revocations);
    C_ASSERT(dcd_device_dmi(h.device, 0, WINDOW, &span));
    C_EXPECT_EQ(WINDOW + PERSISTENT - 1, span.last);
    harness_free(&h);
}

static enum dcd_access seen;

static void look_inside(struct harness *h)
{
    struct dcd_span span;

    seen = touch(h, 0, 4096);
    C_EXPECT(!dcd_device_dmi(h->device, 0, WINDOW + 4096, &span));
}

/* The line is closed before pointers are taken back. */
C_TEST(poison, a_revocation_sees_the_line_poisoned)
{
    struct harness h;

    media_ready(&h);
    seen = DCD_ACCESS_OK;
    h.on_revoke = look_inside;
    C_EXPECT_EQ(OK, inject(&h, 0, 4096));
    C_EXPECT_EQ(DCD_ACCESS_POISONED, seen);
    harness_free(&h);
}
