/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_poison.c - the set of poisoned lines.
 */
#include "gtest_c.h"
#include "poison.h"

#define INJECTED DCD_POISON_INJECTED

static void add(struct dcd_poison *p, uint64_t offset)
{
    C_EXPECT(dcd_poison_add(p, offset, INJECTED, 0));
}

/* Bytes without poison around [offset], of 10000 each way; -1: poisoned. */
static void expect_around(const struct dcd_poison *p, uint64_t offset,
                          int before, int after)
{
    uint64_t b = 10000;
    uint64_t a = 10000;
    bool clear = dcd_poison_clear_around(p, offset, &b, &a);

    C_CONTEXT("around %llu", (unsigned long long)offset);
    C_EXPECT_EQ(after >= 0, clear);
    C_EXPECT_EQ(clear ? (uint64_t)before : 10000, b);
    C_EXPECT_EQ(clear ? (uint64_t)after : 10000, a);
    C_CONTEXT("");
}

C_TEST(poison, a_set_is_empty_at_first_and_owns_nothing)
{
    struct dcd_poison p;
    struct dcd_poison_line line;

    dcd_poison_init(&p);
    C_EXPECT(!dcd_poison_any(&p));
    C_EXPECT_EQ(0, dcd_poison_count(&p));
    C_EXPECT(!dcd_poison_has(&p, 0));
    C_EXPECT(!dcd_poison_remove(&p, 0));
    C_EXPECT(!dcd_poison_next(&p, 0, &line));
    dcd_poison_remove_range(&p, 0, 1 << 20);
    expect_around(&p, 5, 10000, 10000);
}

C_TEST(poison, a_line_is_64_bytes_whichever_of_them_is_named)
{
    struct dcd_poison p;

    dcd_poison_init(&p);
    add(&p, 4096 + 17);
    C_EXPECT(!dcd_poison_has(&p, 4095));
    C_EXPECT(dcd_poison_has(&p, 4096));
    C_EXPECT(dcd_poison_has(&p, 4096 + 63));
    C_EXPECT(!dcd_poison_has(&p, 4096 + 64));
    C_EXPECT(!dcd_poison_remove(&p, 4096 + 64));
    C_EXPECT(dcd_poison_remove(&p, 4096 + 63));
    C_EXPECT(!dcd_poison_any(&p));
    dcd_poison_destroy(&p);
}

C_TEST(poison, a_line_keeps_its_first_source_and_owner)
{
    struct dcd_poison p;
    struct dcd_poison_line line;

    dcd_poison_init(&p);
    C_EXPECT(dcd_poison_add(&p, 128, DCD_POISON_EXTERNAL, 3));
    C_EXPECT(dcd_poison_add(&p, 191, INJECTED, 5));
    C_EXPECT_EQ(1, dcd_poison_count(&p));
    C_EXPECT_EQ(1, dcd_poison_owned(&p, 3));
    C_EXPECT_EQ(0, dcd_poison_owned(&p, 5));
    C_ASSERT(dcd_poison_next(&p, 0, &line));
    C_EXPECT_EQ(DCD_POISON_EXTERNAL, line.source);
    C_EXPECT_EQ(128, line.offset);
    dcd_poison_destroy(&p);
    C_EXPECT_EQ(0, dcd_poison_owned(&p, 3));
}

C_TEST(poison, owners_are_counted_by_what_is_still_poisoned)
{
    struct dcd_poison p;

    dcd_poison_init(&p);
    for (unsigned i = 0; i < 10; i++)
        C_EXPECT(dcd_poison_add(&p, i * 64, INJECTED, i % 2 ? 15 : 0));
    C_EXPECT_EQ(10, dcd_poison_count(&p));
    C_EXPECT_EQ(5, dcd_poison_owned(&p, 0));
    C_EXPECT_EQ(5, dcd_poison_owned(&p, 15));
    C_EXPECT(dcd_poison_remove(&p, 64));
    dcd_poison_remove_range(&p, 256, 192); /* lines 4, 5 and 6 */
    C_EXPECT_EQ(6, dcd_poison_count(&p));
    C_EXPECT_EQ(3, dcd_poison_owned(&p, 0));
    C_EXPECT_EQ(3, dcd_poison_owned(&p, 15));
    dcd_poison_destroy(&p);
}

C_TEST(poison, a_range_takes_only_whole_lines)
{
    static const struct {
        uint64_t offset;
        uint64_t length;
        bool left[4]; /* of the lines at 64, 128, 192, 256 */
    } rows[] = {
        {64, 256, {false, false, false, false}},
        {65, 255, {true, false, false, false}},
        {64, 255, {false, false, false, true}},
        {65, 254, {true, false, false, true}},
        {64, 63, {true, true, true, true}},
        {127, 66, {true, false, true, true}},
        {130, 20, {true, true, true, true}},
        {128, 0, {true, true, true, true}},
        {0, UINT64_C(1) << 62, {false, false, false, false}},
    };

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dcd_poison p;

        C_CONTEXT("row %u", i);
        dcd_poison_init(&p);
        for (unsigned k = 1; k <= 4; k++)
            add(&p, k * 64);
        dcd_poison_remove_range(&p, rows[i].offset, rows[i].length);
        for (unsigned k = 0; k < 4; k++)
            C_EXPECT_EQ(rows[i].left[k], dcd_poison_has(&p, (k + 1) * 64));
        dcd_poison_destroy(&p);
    }
}

C_TEST(poison, next_goes_up_from_line_to_line)
{
    struct dcd_poison p;
    struct dcd_poison_line line = {77, INJECTED};

    dcd_poison_init(&p);
    add(&p, 640);
    add(&p, 64);
    C_ASSERT(dcd_poison_next(&p, 0, &line));
    C_EXPECT_EQ(64, line.offset);
    C_ASSERT(dcd_poison_next(&p, 127, &line)); /* the line's last byte */
    C_EXPECT_EQ(64, line.offset);
    C_ASSERT(dcd_poison_next(&p, 128, &line));
    C_EXPECT_EQ(640, line.offset);
    C_EXPECT(!dcd_poison_next(&p, 704, &line));
    C_EXPECT_EQ(640, line.offset);
    dcd_poison_destroy(&p);
}

C_TEST(poison, room_around_a_byte_ends_with_the_lines_on_both_sides)
{
    struct dcd_poison p;

    dcd_poison_init(&p);
    add(&p, 1024);
    expect_around(&p, 0, 10000, 1024);
    expect_around(&p, 1023, 10000, 1);
    expect_around(&p, 1024, -1, -1);
    expect_around(&p, 1087, -1, -1);
    expect_around(&p, 1088, 0, 10000);
    expect_around(&p, 5000, 5000 - 1088, 10000);
    add(&p, 4096);
    expect_around(&p, 1088, 0, 4096 - 1088);
    expect_around(&p, 4095, 4095 - 1088, 1);
    expect_around(&p, 1 << 20, 10000, 10000);
    dcd_poison_destroy(&p);
}

/* Against a plain array, with lines added and taken out at random. */
C_TEST(poison, agrees_with_a_table_of_lines)
{
    enum { LINES = 256 };
    bool table[LINES] = {false};
    uint64_t state = 88172645463325252;
    struct dcd_poison p;

    dcd_poison_init(&p);
    for (unsigned step = 0; step < 20000; step++) {
        unsigned line;
        uint64_t before = LINES * 64;
        uint64_t after = LINES * 64;
        unsigned low;
        unsigned high;

        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        line = (unsigned)(state >> 20) % LINES;
        if (state & 1)
            C_ASSERT(dcd_poison_add(&p, line * 64, INJECTED, 1));
        else
            C_ASSERT_EQ(table[line], dcd_poison_remove(&p, line * 64));
        table[line] = state & 1;
        line = (unsigned)(state >> 40) % LINES;
        for (low = line; low > 0 && !table[low - 1];)
            low--;
        for (high = line; high < LINES && !table[high];)
            high++;
        C_ASSERT_EQ(!table[line], dcd_poison_clear_around(&p, line * 64 + 3,
                                                          &before, &after));
        if (table[line])
            continue;
        C_ASSERT_EQ(low ? (line - low) * 64 + 3 : before, before);
        C_ASSERT_EQ(high < LINES ? (high - line) * 64 - 3 : after, after);
        C_ASSERT_EQ(dcd_poison_count(&p), dcd_poison_owned(&p, 1));
    }
    dcd_poison_destroy(&p);
}
