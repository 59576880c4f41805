/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_background.c - start, progress and end of a background operation
 * (CXL r3.1 8.2.8.4.7).
 */
#include "background.h"

#include "gtest_c.h"

#include <cxldcd/ctypes/registers.h>
#include <cxldcd/ctypes/return_code.h>

#include <string.h>

#define OPCODE 0x4400

static uint64_t percent(const struct dcd_background *b, uint64_t now)
{
    return dcd_background_status(b, now) >> DCD_MBOX_PERCENT_SHIFT & 0x7f;
}

static uint64_t code(const struct dcd_background *b)
{
    return dcd_background_status(b, 0) >> DCD_MBOX_RETURN_CODE_SHIFT & 0xffff;
}

C_TEST(background, the_register_is_zero_before_the_first_operation)
{
    struct dcd_background b;

    memset(&b, 0, sizeof(b));
    C_EXPECT_EQ(0, dcd_background_status(&b, 0));
    C_EXPECT_EQ(0, dcd_background_status(&b, UINT64_MAX));
}

C_TEST(background, progress_follows_time)
{
    static const struct {
        uint64_t now, percent;
    } rows[] = {
        {0, 0},        {1000, 0},   {1099, 0},   {1100, 1},   {5999, 49},
        {6000, 50},    {10900, 99}, {10999, 99}, {11000, 99}, /* not 100 before
                                                                 it is done */
        {1000000, 99},
    };
    struct dcd_background b;

    memset(&b, 0, sizeof(b));
    dcd_background_start(&b, OPCODE, 1000, 10000);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        C_CONTEXT("row %zu", i);
        C_EXPECT_EQ(rows[i].percent, percent(&b, rows[i].now));
        C_EXPECT_EQ(OPCODE | rows[i].percent << 16,
                    dcd_background_status(&b, rows[i].now));
    }
    C_CONTEXT("%s", "");
}

/* Callers with annotated delays may be behind the one that started it. */
C_TEST(background, there_is_no_progress_before_its_start)
{
    struct dcd_background b;

    memset(&b, 0, sizeof(b));
    dcd_background_start(&b, OPCODE, 1000, 10);
    C_EXPECT_EQ(0, percent(&b, 0));
    C_EXPECT_EQ(0, percent(&b, 999));
    C_EXPECT_EQ(0, percent(&b, 1000));
    C_EXPECT_EQ(10, percent(&b, 1001));
}

C_TEST(background, an_end_shows_100_percent_and_the_code)
{
    struct dcd_background b;

    memset(&b, 0, sizeof(b));
    dcd_background_start(&b, OPCODE, 1000, 10000);
    C_EXPECT(b.running);
    dcd_background_finish(&b, DCD_RC_INTERNAL_ERROR);
    C_EXPECT(!b.running);
    C_EXPECT_EQ(100, percent(&b, 11000));
    C_EXPECT_EQ(100, percent(&b, 99999999));
    C_EXPECT_EQ(DCD_RC_INTERNAL_ERROR, code(&b));
}

C_TEST(background, an_abort_keeps_the_progress_made)
{
    struct dcd_background b;

    memset(&b, 0, sizeof(b));
    dcd_background_start(&b, OPCODE, 1000, 10000);
    dcd_background_abort(&b, 3500);
    C_EXPECT(!b.running);
    C_EXPECT_EQ(25, percent(&b, 3500));
    C_EXPECT_EQ(25, percent(&b, 20000));
    C_EXPECT_EQ(DCD_RC_ABORTED, code(&b));
    C_EXPECT_EQ(OPCODE, dcd_background_status(&b, 20000) & 0xffff);
}

C_TEST(background, an_abort_at_the_last_moment_is_short_of_100_percent)
{
    struct dcd_background b;

    memset(&b, 0, sizeof(b));
    dcd_background_start(&b, OPCODE, 1000, 10000);
    dcd_background_abort(&b, 11000);
    C_EXPECT_EQ(99, percent(&b, 20000));
}

C_TEST(background, the_next_operation_forgets_the_last)
{
    struct dcd_background b;

    memset(&b, 0, sizeof(b));
    dcd_background_start(&b, OPCODE, 1000, 10000);
    dcd_background_abort(&b, 3500);
    dcd_background_start(&b, 0x4304, 5000, 1000);
    C_EXPECT_EQ(0x4304, dcd_background_status(&b, 5000));
    dcd_background_finish(&b, DCD_RC_SUCCESS);
    C_EXPECT_EQ(0x644304, dcd_background_status(&b, 9000));
}

C_TEST(background, a_reset_leaves_no_trace)
{
    struct dcd_background b;

    memset(&b, 0, sizeof(b));
    dcd_background_start(&b, OPCODE, 1000, 10000);
    dcd_background_reset(&b);
    C_EXPECT(!b.running);
    C_EXPECT_EQ(0, dcd_background_status(&b, 5000));
}

/* Neither the end nor a product wraps. */
C_TEST(background, times_may_be_huge)
{
    struct dcd_background b;

    memset(&b, 0, sizeof(b));
    dcd_background_start(&b, OPCODE, 10, UINT64_MAX);
    C_EXPECT_EQ(UINT64_MAX, b.due);
    C_EXPECT_EQ(0, percent(&b, 10));
    C_EXPECT_EQ(49, percent(&b, UINT64_MAX / 2));
    C_EXPECT(percent(&b, UINT64_MAX - 1) <= 99);
    dcd_background_start(&b, OPCODE, UINT64_MAX - 4, 2);
    C_EXPECT_EQ(50, percent(&b, UINT64_MAX - 3));
}

C_TEST(background, an_operation_without_duration_has_no_progress)
{
    struct dcd_background b;

    memset(&b, 0, sizeof(b));
    dcd_background_start(&b, OPCODE, 1000, 0);
    C_EXPECT_EQ(1000, b.due);
    C_EXPECT(percent(&b, 1000) < 100);
    dcd_background_finish(&b, DCD_RC_SUCCESS);
    C_EXPECT_EQ(100, percent(&b, 1000));
}
