/* SPDX-License-Identifier: Apache-2.0 */
/* test_scan.c - looking for poison in the background (CXL r3.1
 * 8.2.9.9.4.4-.6). */
#include "media_support.h"

#define QUIET DCD_SCAN_NO_EVENTS

static void expect_results(struct harness *h, uint8_t flags,
                           const struct lines *lines, uint32_t count)
{
    C_ASSERT_EQ(OK, command(h, 0, DCD_OP_GET_SCAN_MEDIA_RESULTS));
    expect_lines(h, flags, lines, count);
}

static void scan_all(struct harness *h, uint8_t flags)
{
    C_EXPECT_EQ(STARTED, scan(h, 0, 0, END, flags));
    finish(h);
    C_EXPECT_EQ(OK, background_code(h, 0));
}

/* 4303h and 4304h check the same. */
C_TEST(scan, ranges_are_checked)
{
    static const struct {
        uint64_t dpa;
        uint64_t length;
        uint16_t code;
    } rows[] = {
        {0, 64, OK},
        {1, 64, INPUT},
        {2, 64, INPUT},
        {32, 64, INPUT},
        {63, 0, INPUT},
        {0, 0, ADDRESS},
        {0, END, OK},
        {64, END, ADDRESS},
        {END - 64, 64, OK},
        {END, 64, ADDRESS},
        {R0, GIB(2), OK}, /* reaches dynamic capacity */
        {UINT64_MAX - 63, 64, ADDRESS},
        {64, UINT64_MAX, ADDRESS},
    };

    for (unsigned i = 0; i < COUNT(rows); i++) {
        struct harness h;

        C_CONTEXT("row %u", i);
        media_ready(&h);
        C_EXPECT_EQ(rows[i].code,
                    scan_caps(&h, 0, rows[i].dpa, rows[i].length));
        C_EXPECT_EQ(rows[i].code == OK ? STARTED : rows[i].code,
                    scan(&h, 0, rows[i].dpa, rows[i].length, 0));
        harness_free(&h);
    }
}

C_TEST(scan, reserved_flags_are_refused)
{
    struct harness h;

    media_ready(&h);
    for (unsigned flag = 2; flag < 256; flag *= 2)
        C_EXPECT_EQ(INPUT, scan(&h, 0, 0, 64, (uint8_t)flag));
    C_EXPECT_EQ(STARTED, scan(&h, 0, 0, 64, QUIET));
    harness_free(&h);
}

C_TEST(scan, takes_as_long_as_was_said_before)
{
    static const struct {
        uint64_t length;
        uint32_t ms;
    } rows[] = {
        {64, 0},     {MIB(1), 1},    {MIB(512), 1},
        {GIB(1), 1}, {MIB(1025), 2}, {END, 4},
    };
    struct harness h;

    media_ready(&h);
    for (unsigned i = 0; i < COUNT(rows); i++) {
        uint64_t start = h.now;

        C_CONTEXT("row %u", i);
        C_EXPECT_EQ(OK, scan_caps(&h, 0, 0, rows[i].length));
        C_EXPECT_EQ(4, h.out_length);
        C_EXPECT_EQ(rows[i].ms, dcd_load_le(h.out, 4));
        C_EXPECT_EQ(STARTED, scan(&h, 0, 0, rows[i].length, 0));
        if (h.scheduled > h.now)
            finish(&h);
        C_EXPECT(h.now - start <= rows[i].ms * MS);
        C_EXPECT(h.now - start + MS > rows[i].ms * MS);
        C_EXPECT_EQ(OK, background_code(&h, 0));
    }
    harness_free(&h);
}

C_TEST(scan, never_scanned_is_unsupported)
{
    struct harness h;

    media_ready(&h);
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED,
                command(&h, 0, DCD_OP_GET_SCAN_MEDIA_RESULTS));
    C_EXPECT_EQ(STARTED, scan(&h, 0, 0, GIB(1), 0));
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED,
                command(&h, 0, DCD_OP_GET_SCAN_MEDIA_RESULTS));
    finish(&h);
    expect_results(&h, 0, NO_LINES);
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED,
                command(&h, 1, DCD_OP_GET_SCAN_MEDIA_RESULTS));
    harness_free(&h);
}

C_TEST(scan, finds_what_the_head_has_at_its_end)
{
    struct harness h;

    media_ready(&h);
    hold(&h, 0, RANGES({R0, MIB(4)}, {R1, MIB(2)}));
    hold(&h, 1, RANGES({R0 + MIB(4), MIB(2)}));
    C_EXPECT_EQ(OK, inject(&h, 0, 64));
    C_EXPECT_EQ(OK, inject(&h, 0, 128));
    C_EXPECT_EQ(OK, inject(&h, 0, R0));
    C_EXPECT_EQ(OK, inject(&h, 0, R0 + MIB(2)));
    C_EXPECT_EQ(OK, inject(&h, 0, R1));
    C_EXPECT_EQ(OK, inject(&h, 1, R0 + MIB(4))); /* another's */
    C_EXPECT_EQ(STARTED, scan(&h, 0, 0, END, 0));
    /* What changes while it runs counts. */
    C_EXPECT_EQ(OK, inject(&h, 0, PERSISTENT));
    C_EXPECT_EQ(OK, clear_poison(&h, 0, R1, 0));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({R0 + MIB(2), MIB(2)})));
    finish(&h);
    expect_results(&h, 0, LINES({64, 2}, {PERSISTENT, 1}, {R0, 1}));
    /* What changes later does not. */
    C_EXPECT_EQ(OK, clear_poison(&h, 0, R0, 0));
    expect_results(&h, 0, LINES({64, 2}, {PERSISTENT, 1}, {R0, 1}));
    harness_free(&h);
}

C_TEST(scan, looks_at_its_range_only)
{
    struct harness h;

    media_ready(&h);
    for (uint64_t at = 0; at < 512; at += 64)
        C_EXPECT_EQ(OK, inject(&h, 0, at));
    C_EXPECT_EQ(STARTED, scan(&h, 0, 128, 128, 0));
    run_until(&h, h.now + MS);
    expect_results(&h, 0, LINES({128, 2}));
    harness_free(&h);
}

C_TEST(scan, leaves_a_record_for_each_finding)
{
    struct harness h;

    media_ready(&h);
    hold(&h, 0, RANGES({R1, MIB(2)}));
    C_EXPECT_EQ(OK, inject(&h, 0, 64));
    C_EXPECT_EQ(OK, inject(&h, 0, 128));
    C_EXPECT_EQ(OK, inject(&h, 0, R1));
    C_EXPECT_EQ(3, records(&h, 0, DCD_LOG_INFORMATIONAL));
    scan_all(&h, 0);
    C_ASSERT_EQ(5, records(&h, 0, DCD_LOG_INFORMATIONAL));
    C_EXPECT_EQ(64 | 1, dcd_get64(media_event(&h, 3)->dpa));
    C_EXPECT_EQ(DCD_MEDIA_TRANSACTION_SCAN, media_event(&h, 3)->transaction);
    C_EXPECT_EQ(R1, dcd_get64(media_event(&h, 4)->dpa));
    C_EXPECT_EQ(DCD_MEDIA_TRANSACTION_SCAN, media_event(&h, 4)->transaction);
    harness_free(&h);
}

C_TEST(scan, leaves_no_record_when_told_so)
{
    struct harness h;

    media_ready(&h);
    C_EXPECT_EQ(OK, inject(&h, 0, 64));
    scan_all(&h, QUIET);
    C_EXPECT_EQ(1, records(&h, 0, DCD_LOG_INFORMATIONAL));
    expect_results(&h, 0, LINES({64, 1}));
    harness_free(&h);
}

C_TEST(scan, stops_early_when_it_finds_more_than_the_list_can_hold)
{
    const struct dcd_scan_media_results_rsp *rsp;
    struct harness h;

    media_config(&h);
    h.config.poison_list = 2;
    media_build(&h);
    rsp = (void *)h.out;
    for (uint64_t i = 0; i < 4; i++)
        C_EXPECT_EQ(OK, inject(&h, 0, i * 256));
    scan_all(&h, 0);
    expect_results(&h, DCD_SCAN_STOPPED_EARLY, LINES({0, 1}, {256, 1}));
    C_EXPECT_EQ(512, dcd_get64(rsp->restart_dpa));
    C_EXPECT_EQ((END - 512) / 64, dcd_get64(rsp->restart_length));
    /* From there on. */
    C_EXPECT_EQ(STARTED, scan(&h, 0, 512, END - 512, 0));
    finish(&h);
    expect_results(&h, 0, LINES({512, 1}, {768, 1}));
    C_EXPECT_EQ(0, dcd_get64(rsp->restart_dpa));
    C_EXPECT_EQ(0, dcd_get64(rsp->restart_length));
    harness_free(&h);
}

C_TEST(scan, results_come_in_parts)
{
    struct lines lines[14];
    struct harness h;

    media_config(&h);
    h.config.mailbox_payload = 256;
    media_build(&h);
    for (uint32_t i = 0; i < 20; i++) {
        C_EXPECT_EQ(OK, inject(&h, 0, i * 128));
        if (i < 14)
            lines[i] = (struct lines){i * 128, 1};
    }
    scan_all(&h, 0);
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 14; i++)
            lines[i].dpa = i * 128;
        expect_results(&h, DCD_SCAN_MORE, lines, 14);
        for (uint32_t i = 0; i < 6; i++)
            lines[i].dpa = (14 + i) * 128;
        expect_results(&h, 0, lines, 6);
    }
    /* A new scan begins with its first. */
    C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_GET_SCAN_MEDIA_RESULTS));
    C_EXPECT_EQ(STARTED, scan(&h, 0, 128, 64, 0));
    run_until(&h, h.now + MS);
    expect_results(&h, 0, LINES({128, 1}));
    harness_free(&h);
}

C_TEST(scan, that_is_aborted_leaves_what_the_last_one_found)
{
    struct harness h;

    media_ready(&h);
    C_EXPECT_EQ(OK, inject(&h, 0, 64));
    scan_all(&h, QUIET);
    C_EXPECT_EQ(OK, inject(&h, 0, 4096));
    C_EXPECT_EQ(STARTED, scan(&h, 0, 0, END, 0));
    run_until(&h, h.now + MS);
    expect_results(&h, 0, LINES({64, 1}));
    C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_REQUEST_ABORT));
    C_EXPECT_EQ(DCD_RC_ABORTED, background_code(&h, 0));
    run_until(&h, h.now + 10 * MS);
    expect_results(&h, 0, LINES({64, 1}));
    C_EXPECT_EQ(2, records(&h, 0, DCD_LOG_INFORMATIONAL)); /* two injections */
    harness_free(&h);
}

C_TEST(scan, conventional_reset_forgets_results_and_stops_a_scan)
{
    struct harness h;

    media_ready(&h);
    C_EXPECT_EQ(OK, inject(&h, 0, 64));
    scan_all(&h, QUIET);
    C_EXPECT_EQ(STARTED, scan(&h, 0, 0, END, 0));
    dcd_device_reset(h.device, 0, DCD_RESET_CXL);
    expect_results(&h, 0, LINES({64, 1}));
    C_EXPECT_EQ(STARTED, scan(&h, 0, 0, END, 0));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    run_until(&h, h.now + 10 * MS);
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED,
                command(&h, 0, DCD_OP_GET_SCAN_MEDIA_RESULTS));
    C_EXPECT_EQ(0, records(&h, 0, DCD_LOG_INFORMATIONAL));
    harness_free(&h);
}

C_TEST(scan, a_second_one_while_it_runs_is_busy)
{
    struct harness h;

    media_ready(&h);
    C_EXPECT_EQ(STARTED, scan(&h, 0, 0, END, 0));
    C_EXPECT_EQ(DCD_RC_BUSY, scan(&h, 0, 0, 64, 0));
    C_EXPECT_EQ(STARTED, scan(&h, 1, 0, END, 0)); /* another mailbox */
    finish(&h);
    harness_free(&h);
}
