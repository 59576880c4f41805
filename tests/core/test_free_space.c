/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_free_space.c - unassigned ranges: joining, cutting, lowest run.
 */
#include "free_space.h"
#include "gtest_c.h"

#include <string.h>

static void give(struct dcd_free_space *space, uint64_t start, uint64_t length)
{
    C_ASSERT(dcd_free_space_reserve(space, 1));
    dcd_free_space_give(space, start, length);
}

static void take(struct dcd_free_space *space, uint64_t start, uint64_t length)
{
    C_ASSERT(dcd_free_space_reserve(space, 1));
    dcd_free_space_take(space, start, length);
}

static void expect_ranges(const struct dcd_free_space *space,
                          const struct dcd_range *want, size_t count)
{
    struct dcd_range have;
    uint64_t from = 0;
    uint64_t bytes = 0;
    uint64_t longest = 0;

    for (size_t i = 0; i < count; i++) {
        C_ASSERT(dcd_free_space_next(space, from, &have));
        C_EXPECT_EQ(want[i].start, have.start);
        C_EXPECT_EQ(want[i].length, have.length);
        from = have.start + have.length;
        bytes += want[i].length;
        longest = want[i].length > longest ? want[i].length : longest;
    }
    /* A range that ends with the last byte leaves no place to go on from. */
    if (count == 0 || from != 0)
        C_EXPECT(!dcd_free_space_next(space, from, &have));
    C_EXPECT_EQ(bytes, dcd_free_space_bytes(space));
    C_EXPECT_EQ(longest, dcd_free_space_longest(space));
}

C_TEST(free_space, nothing_is_free_at_first)
{
    struct dcd_free_space space;
    uint64_t start;

    dcd_free_space_init(&space);
    expect_ranges(&space, NULL, 0);
    C_EXPECT(!dcd_free_space_has(&space, 0, 1));
    C_EXPECT(!dcd_free_space_lowest_run(&space, 1, &start));
    dcd_free_space_destroy(&space);
}

C_TEST(free_space, given_ranges_join_their_neighbours)
{
    /* [100, 200) and [300, 400) are free, then one more is given. */
    static const struct {
        struct dcd_range give;
        size_t count;
        struct dcd_range want[3];
    } rows[] = {
        {{220, 60}, 3, {{100, 100}, {220, 60}, {300, 100}}},
        {{200, 50}, 2, {{100, 150}, {300, 100}}},
        {{250, 50}, 2, {{100, 100}, {250, 150}}},
        {{200, 100}, 1, {{100, 300}}},
        {{0, 100}, 2, {{0, 200}, {300, 100}}},
        {{0, 99}, 3, {{0, 99}, {100, 100}, {300, 100}}},
        {{400, 1}, 2, {{100, 100}, {300, 101}}},
        {{401, 1}, 3, {{100, 100}, {300, 100}, {401, 1}}},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dcd_free_space space;
        C_CONTEXT("row %zu", i);
        dcd_free_space_init(&space);
        give(&space, 100, 100);
        give(&space, 300, 100);
        give(&space, rows[i].give.start, rows[i].give.length);
        expect_ranges(&space, rows[i].want, rows[i].count);
        dcd_free_space_destroy(&space);
    }
}

C_TEST(free_space, taken_ranges_leave_what_is_around_them)
{
    static const struct {
        struct dcd_range take;
        size_t count;
        struct dcd_range want[2];
    } rows[] = {
        {{100, 100}, 0, {{0, 0}}},
        {{100, 1}, 1, {{101, 99}}},
        {{199, 1}, 1, {{100, 99}}},
        {{120, 10}, 2, {{100, 20}, {130, 70}}},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dcd_free_space space;
        C_CONTEXT("row %zu", i);
        dcd_free_space_init(&space);
        give(&space, 100, 100);
        take(&space, rows[i].take.start, rows[i].take.length);
        expect_ranges(&space, rows[i].want, rows[i].count);
        dcd_free_space_destroy(&space);
    }
}

C_TEST(free_space, has_asks_for_every_byte)
{
    static const struct {
        struct dcd_range range;
        bool has;
    } rows[] = {
        {{100, 100}, true},         {{100, 1}, true},   {{199, 1}, true},
        {{150, 10}, true},          {{99, 1}, false},   {{99, 2}, false},
        {{200, 1}, false},          {{199, 2}, false},  {{100, 101}, false},
        {{150, UINT64_MAX}, false}, {{100, 300}, false}};
    struct dcd_free_space space;

    dcd_free_space_init(&space);
    give(&space, 100, 100);
    give(&space, 300, 100);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        C_CONTEXT("row %zu", i);
        C_EXPECT_EQ(rows[i].has, dcd_free_space_has(&space, rows[i].range.start,
                                                    rows[i].range.length));
    }
    dcd_free_space_destroy(&space);
}

C_TEST(free_space, next_cuts_off_what_lies_below)
{
    struct dcd_free_space space;
    struct dcd_range out = {0, 0};

    dcd_free_space_init(&space);
    give(&space, 100, 100);
    give(&space, 300, 100);
    C_ASSERT(dcd_free_space_next(&space, 130, &out));
    C_EXPECT_EQ(130, out.start);
    C_EXPECT_EQ(70, out.length);
    C_ASSERT(dcd_free_space_next(&space, 200, &out));
    C_EXPECT_EQ(300, out.start);
    C_EXPECT_EQ(100, out.length);
    C_EXPECT(!dcd_free_space_next(&space, 400, &out));
    C_EXPECT_EQ(300, out.start);
    dcd_free_space_destroy(&space);
}

C_TEST(free_space, lowest_run_is_lowest_not_best)
{
    static const struct {
        uint64_t length, start; /* 0: none */
    } rows[] = {{1, 100},  {10, 100}, {11, 200}, {50, 200},
                {51, 400}, {99, 400}, {100, 0},  {UINT64_MAX, 0}};
    struct dcd_free_space space;

    dcd_free_space_init(&space);
    give(&space, 300, 20);
    give(&space, 400, 99);
    give(&space, 200, 50);
    give(&space, 100, 10);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t start = 0;
        C_CONTEXT("row %zu", i);
        C_EXPECT_EQ(rows[i].start != 0,
                    dcd_free_space_lowest_run(&space, rows[i].length, &start));
        C_EXPECT_EQ(rows[i].start, start);
    }
    dcd_free_space_destroy(&space);
}

C_TEST(free_space, reaches_to_both_ends_of_the_address_space)
{
    static const struct dcd_range all = {1, UINT64_MAX};
    static const struct dcd_range ends[] = {{0, 1}, {UINT64_MAX, 1}};
    struct dcd_free_space space;

    dcd_free_space_init(&space);
    give(&space, UINT64_MAX, 1);
    give(&space, 0, 1);
    expect_ranges(&space, ends, 2);
    take(&space, 0, 1);
    give(&space, 1, UINT64_MAX - 1);
    expect_ranges(&space, &all, 1);
    C_EXPECT(dcd_free_space_has(&space, 1, UINT64_MAX));
    take(&space, UINT64_MAX, 1);
    C_EXPECT(!dcd_free_space_has(&space, UINT64_MAX, 1));
    dcd_free_space_destroy(&space);
}

/* ---- memory ----------------------------------------------------------- */

C_TEST(free_space, refused_reservation_changes_nothing)
{
    static const struct dcd_range want = {100, 100};
    struct dcd_free_space space;

    dcd_free_space_init(&space);
    give(&space, 100, 100);
    C_EXPECT(!dcd_free_space_reserve(&space, SIZE_MAX));
    expect_ranges(&space, &want, 1);
    dcd_free_space_destroy(&space);
}

C_TEST(free_space, reserved_takes_and_gives_allocate_nothing)
{
    static const struct dcd_range all = {0, 4000};
    struct dcd_free_space space;

    dcd_free_space_init(&space);
    give(&space, 0, 4000);
    C_ASSERT(dcd_free_space_reserve(&space, 1000));
    const void *nodes = space.tree.nodes;
    for (uint64_t i = 0; i < 1000; i++)
        dcd_free_space_take(&space, i * 4 + 1, 2);
    C_EXPECT_EQ(2000, dcd_free_space_bytes(&space));
    C_EXPECT_EQ(2, dcd_free_space_longest(&space));
    for (uint64_t i = 0; i < 1000; i++)
        dcd_free_space_give(&space, i * 7 % 1000 * 4 + 1, 2);
    C_EXPECT(space.tree.nodes == nodes);
    expect_ranges(&space, &all, 1);
    dcd_free_space_destroy(&space);
}

/* ---- against a naive model -------------------------------------------- */

/* The top 1024 bytes there are, one flag each. */
enum { SPACE = 1024 };
#define BASE (UINT64_MAX - (SPACE - 1))

static uint64_t random_state;

/* splitmix64: a fixed seed gives the same test everywhere. */
static size_t random_below(size_t bound)
{
    uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (size_t)((z ^ z >> 31) % bound);
}

/* How many flags from [at] on are as [at]'s. */
static size_t model_run(const bool *model, size_t at)
{
    size_t run = 0;

    while (at + run < SPACE && model[at + run] == model[at])
        run++;
    return run;
}

/* First index from [at] on where [length] are free, SPACE if none. */
static size_t model_fit(const bool *model, size_t at, size_t length)
{
    while (at < SPACE && !(model[at] && model_run(model, at) >= length))
        at++;
    return at;
}

/* Flip up to 40 bytes of one state: give if they are taken, else take. */
static void change(struct dcd_free_space *space, bool *model)
{
    size_t at = random_below(SPACE);
    size_t run = model_run(model, at);
    size_t length = 1 + random_below(40);

    if (length > run || random_below(8) == 0)
        length = run;
    if (model[at])
        dcd_free_space_take(space, BASE + at, length);
    else
        dcd_free_space_give(space, BASE + at, length);
    memset(model + at, !model[at], length);
}

static void expect_same_answers(const struct dcd_free_space *space,
                                const bool *model)
{
    size_t at = random_below(SPACE);
    size_t length = 1 + random_below(60);
    struct dcd_range out = {0, 0};
    uint64_t start = 0;

    C_EXPECT_EQ(model[at] && model_run(model, at) >= length,
                dcd_free_space_has(space, BASE + at, length));
    size_t next = model_fit(model, at, 1);
    C_EXPECT_EQ(next < SPACE, dcd_free_space_next(space, BASE + at, &out));
    C_EXPECT_EQ(next < SPACE ? BASE + next : 0, out.start);
    C_EXPECT_EQ(next < SPACE ? model_run(model, next) : 0, out.length);
    size_t fit = model_fit(model, 0, length);
    C_EXPECT_EQ(fit < SPACE, dcd_free_space_lowest_run(space, length, &start));
    C_EXPECT_EQ(fit < SPACE ? BASE + fit : 0, start);
}

static void expect_same_sums(const struct dcd_free_space *space,
                             const bool *model)
{
    size_t bytes = 0;
    size_t longest = 0;

    for (size_t at = 0; at < SPACE; at += model_run(model, at)) {
        size_t run = model[at] ? model_run(model, at) : 0;
        bytes += run;
        longest = run > longest ? run : longest;
    }
    C_EXPECT_EQ(bytes, dcd_free_space_bytes(space));
    C_EXPECT_EQ(longest, dcd_free_space_longest(space));
}

C_TEST(free_space, agrees_with_a_naive_model_over_random_operations)
{
    struct dcd_free_space space;
    static bool model[SPACE];
    size_t most = 0;

    random_state = 4;
    dcd_free_space_init(&space);
    for (unsigned i = 0; i < 40000; i++) {
        C_CONTEXT("operation %u", i);
        C_ASSERT(dcd_free_space_reserve(&space, 1));
        change(&space, model);
        expect_same_answers(&space, model);
        if (i % 8 == 0)
            expect_same_sums(&space, model);
        if (dcd_range_tree_count(&space.tree) > most)
            most = dcd_range_tree_count(&space.tree);
    }
    C_EXPECT(most > 20);
    dcd_free_space_destroy(&space);
}
