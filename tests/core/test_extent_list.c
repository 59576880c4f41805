/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_extent_list.c - a head's ordered extents: order, splitting, generation.
 */
#include "extent_list.h"
#include "gtest_c.h"

static void add(struct dcd_extent_list *list, uint64_t dpa, uint64_t length,
                uint32_t tag, uint16_t sequence)
{
    struct dcd_extent extent = {dpa, length, tag, sequence};

    C_ASSERT(dcd_extent_list_reserve(list, 1));
    dcd_extent_list_insert(list, &extent);
}

static uint64_t take(struct dcd_extent_list *list, uint64_t dpa,
                     uint64_t length)
{
    bool reserved = dcd_extent_list_reserve(list, 1);

    C_EXPECT(reserved);
    return reserved ? dcd_extent_list_remove(list, dpa, length) : 0;
}

/* Extents 1: [100, 200), 2: [200, 300), 3: [400, 500); sequence tag * 10. */
static void init_three(struct dcd_extent_list *list)
{
    dcd_extent_list_init(list);
    add(list, 400, 100, 3, 30);
    add(list, 100, 100, 1, 10);
    add(list, 200, 100, 2, 20);
}

static void expect_extent(const struct dcd_extent *want,
                          const struct dcd_extent *have)
{
    C_EXPECT_EQ(want->dpa, have->dpa);
    C_EXPECT_EQ(want->length, have->length);
    C_EXPECT_EQ(want->tag, have->tag);
    C_EXPECT_EQ(want->sequence, have->sequence);
}

static void expect_list(const struct dcd_extent_list *list,
                        const struct dcd_extent *want, size_t count)
{
    struct dcd_extent have;
    uint64_t bytes = 0;

    C_ASSERT_EQ(count, dcd_extent_list_count(list));
    for (size_t i = 0; i < count; i++) {
        C_ASSERT(dcd_extent_list_at(list, i, &have));
        expect_extent(&want[i], &have);
        bytes += want[i].length;
    }
    C_EXPECT_EQ(bytes, dcd_extent_list_bytes(list));
    C_EXPECT(!dcd_extent_list_at(list, count, &have));
}

C_TEST(extent_list, starts_empty)
{
    struct dcd_extent_list list;
    struct dcd_extent out;

    dcd_extent_list_init(&list);
    expect_list(&list, NULL, 0);
    C_EXPECT_EQ(0, dcd_extent_list_generation(&list));
    C_EXPECT(!dcd_extent_list_find(&list, 0, &out));
    C_EXPECT(!dcd_extent_list_next(&list, 0, &out));
    C_EXPECT(!dcd_extent_list_overlaps(&list, 0, UINT64_MAX));
    C_EXPECT(!dcd_extent_list_covers(&list, 0, 1));
    C_EXPECT_EQ(0, dcd_extent_list_remove(&list, 0, UINT64_MAX));
    dcd_extent_list_destroy(&list);
}

C_TEST(extent_list, lists_extents_by_rising_dpa_unmerged)
{
    static const struct dcd_extent want[] = {
        {100, 100, 1, 10}, {200, 100, 2, 20}, {400, 100, 3, 30}};
    struct dcd_extent_list list;

    init_three(&list);
    expect_list(&list, want, 3);
    dcd_extent_list_destroy(&list);
}

C_TEST(extent_list, adjacent_extents_of_one_tag_stay_two)
{
    static const struct dcd_extent want[] = {{0, 10, 5, 1}, {10, 10, 5, 1}};
    struct dcd_extent_list list;

    dcd_extent_list_init(&list);
    add(&list, 0, 10, 5, 1);
    add(&list, 10, 10, 5, 1);
    expect_list(&list, want, 2);
    dcd_extent_list_destroy(&list);
}

C_TEST(extent_list, find_gives_the_extent_that_holds_the_byte)
{
    static const struct {
        uint64_t dpa;
        uint32_t tag; /* 0: none */
    } rows[] = {{99, 0},  {100, 1}, {199, 1},       {200, 2},
                {299, 2}, {300, 0}, {399, 0},       {499, 3},
                {500, 0}, {0, 0},   {UINT64_MAX, 0}};
    struct dcd_extent_list list;

    init_three(&list);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dcd_extent out = {0, 0, 0, 0};
        C_CONTEXT("row %zu", i);
        C_EXPECT_EQ(rows[i].tag != 0,
                    dcd_extent_list_find(&list, rows[i].dpa, &out));
        C_EXPECT_EQ(rows[i].tag, out.tag);
        C_EXPECT_EQ(rows[i].tag * 10, out.sequence);
    }
    dcd_extent_list_destroy(&list);
}

C_TEST(extent_list, next_gives_the_extent_at_or_above)
{
    static const struct {
        uint64_t from;
        uint32_t tag; /* 0: none */
    } rows[] = {{0, 1},   {100, 1}, {199, 1}, {200, 2},
                {300, 3}, {450, 3}, {499, 3}, {500, 0}};
    struct dcd_extent_list list;

    init_three(&list);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dcd_extent out = {0, 0, 0, 0};
        C_CONTEXT("row %zu", i);
        C_EXPECT_EQ(rows[i].tag != 0,
                    dcd_extent_list_next(&list, rows[i].from, &out));
        C_EXPECT_EQ(rows[i].tag, out.tag);
    }
    dcd_extent_list_destroy(&list);
}

C_TEST(extent_list, overlap_and_cover_see_every_byte_of_a_range)
{
    static const struct {
        uint64_t dpa, length;
        bool overlaps, covers;
    } rows[] = {
        {0, 100, false, false},   {0, 101, true, false},
        {100, 0, false, true},    {350, 0, false, true},
        {100, 100, true, true},   {100, 200, true, true},
        {150, 100, true, true},   {100, 201, true, false},
        {299, 1, true, true},     {300, 1, false, false},
        {300, 100, false, false}, {300, 101, true, false},
        {199, 2, true, true},     {0, UINT64_MAX, true, false},
        {499, 1, true, true},     {499, UINT64_MAX, true, false},
        {500, 1, false, false},   {500, UINT64_MAX, false, false},
    };
    struct dcd_extent_list list;

    init_three(&list);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        C_CONTEXT("row %zu", i);
        C_EXPECT_EQ(rows[i].overlaps, dcd_extent_list_overlaps(
                                          &list, rows[i].dpa, rows[i].length));
        C_EXPECT_EQ(rows[i].covers,
                    dcd_extent_list_covers(&list, rows[i].dpa, rows[i].length));
    }
    dcd_extent_list_destroy(&list);
}

C_TEST(extent_list, removal_splits_and_keeps_tag_and_sequence)
{
    static const struct {
        uint64_t dpa, length, taken;
        size_t count;
        struct dcd_extent want[4];
    } rows[] = {
        /* nothing there */
        {300,
         100,
         0,
         3,
         {{100, 100, 1, 10}, {200, 100, 2, 20}, {400, 100, 3, 30}}},
        {150,
         0,
         0,
         3,
         {{100, 100, 1, 10}, {200, 100, 2, 20}, {400, 100, 3, 30}}},
        /* one whole, with and without more around it */
        {100, 100, 100, 2, {{200, 100, 2, 20}, {400, 100, 3, 30}}},
        {350, 1000, 100, 2, {{100, 100, 1, 10}, {200, 100, 2, 20}}},
        /* head, tail, middle */
        {100,
         1,
         1,
         3,
         {{101, 99, 1, 10}, {200, 100, 2, 20}, {400, 100, 3, 30}}},
        {499,
         1,
         1,
         3,
         {{100, 100, 1, 10}, {200, 100, 2, 20}, {400, 99, 3, 30}}},
        {210,
         80,
         80,
         4,
         {{100, 100, 1, 10},
          {200, 10, 2, 20},
          {290, 10, 2, 20},
          {400, 100, 3, 30}}},
        /* over a seam, over a gap, over everything */
        {150,
         100,
         100,
         3,
         {{100, 50, 1, 10}, {250, 50, 2, 20}, {400, 100, 3, 30}}},
        {150, 300, 200, 2, {{100, 50, 1, 10}, {450, 50, 3, 30}}},
        {0, UINT64_MAX, 300, 0, {{0, 0, 0, 0}}},
        /* beyond the end of the address space there is nothing */
        {450,
         UINT64_MAX,
         50,
         3,
         {{100, 100, 1, 10}, {200, 100, 2, 20}, {400, 50, 3, 30}}},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dcd_extent_list list;
        C_CONTEXT("row %zu", i);
        init_three(&list);
        C_EXPECT_EQ(rows[i].taken, take(&list, rows[i].dpa, rows[i].length));
        expect_list(&list, rows[i].want, rows[i].count);
        dcd_extent_list_destroy(&list);
    }
}

C_TEST(extent_list, an_extent_may_end_with_the_last_byte)
{
    static const struct dcd_extent want = {UINT64_MAX - 9, 10, 4, 2};
    struct dcd_extent_list list;
    struct dcd_extent out;

    dcd_extent_list_init(&list);
    add(&list, want.dpa, want.length, want.tag, want.sequence);
    C_ASSERT(dcd_extent_list_find(&list, UINT64_MAX, &out));
    expect_extent(&want, &out);
    C_EXPECT(dcd_extent_list_covers(&list, UINT64_MAX, 1));
    C_EXPECT(dcd_extent_list_overlaps(&list, 0, UINT64_MAX));
    /* A range does not go on from the last byte to the first. */
    add(&list, 0, 10, 5, 0);
    C_EXPECT(!dcd_extent_list_covers(&list, UINT64_MAX, 2));
    C_EXPECT_EQ(1, take(&list, UINT64_MAX, 1));
    C_EXPECT(!dcd_extent_list_next(&list, UINT64_MAX, &out));
    C_EXPECT_EQ(19, dcd_extent_list_bytes(&list));
    dcd_extent_list_destroy(&list);
}

C_TEST(extent_list, clear_empties_the_list_for_reuse)
{
    static const struct dcd_extent want = {5, 5, 1, 1};
    struct dcd_extent_list list;

    init_three(&list);
    dcd_extent_list_clear(&list);
    expect_list(&list, NULL, 0);
    add(&list, 5, 5, 1, 1);
    expect_list(&list, &want, 1);
    dcd_extent_list_destroy(&list);
}

/* ---- generation and memory -------------------------------------------- */

C_TEST(extent_list, only_changed_moves_the_generation)
{
    struct dcd_extent_list list;

    init_three(&list);
    take(&list, 150, 10);
    dcd_extent_list_clear(&list);
    C_EXPECT_EQ(0, dcd_extent_list_generation(&list));
    dcd_extent_list_changed(&list);
    C_EXPECT_EQ(1, dcd_extent_list_generation(&list));
    dcd_extent_list_changed(&list);
    C_EXPECT_EQ(2, dcd_extent_list_generation(&list));
    dcd_extent_list_destroy(&list);
}

C_TEST(extent_list, generation_wraps_past_zero)
{
    struct dcd_extent_list list;

    dcd_extent_list_init(&list);
    list.generation = UINT32_MAX - 1;
    dcd_extent_list_changed(&list);
    C_EXPECT_EQ(UINT32_MAX, dcd_extent_list_generation(&list));
    dcd_extent_list_changed(&list);
    C_EXPECT_EQ(1, dcd_extent_list_generation(&list));
    dcd_extent_list_destroy(&list);
}

C_TEST(extent_list, refused_reservation_changes_nothing)
{
    static const struct dcd_extent want[] = {
        {100, 100, 1, 10}, {200, 100, 2, 20}, {400, 100, 3, 30}};
    struct dcd_extent_list list;

    init_three(&list);
    C_EXPECT(!dcd_extent_list_reserve(&list, SIZE_MAX));
    C_EXPECT(!dcd_extent_list_reserve(&list, DCD_RANGE_TREE_MAX));
    expect_list(&list, want, 3);
    dcd_extent_list_destroy(&list);
}

C_TEST(extent_list, one_reservation_serves_a_whole_command)
{
    struct dcd_extent_list list;

    dcd_extent_list_init(&list);
    add(&list, 0, 100000, 1, 0);
    C_ASSERT(dcd_extent_list_reserve(&list, 2000));
    const void *nodes = list.tree.nodes;
    for (uint64_t i = 0; i < 1000; i++) {
        struct dcd_extent extent = {i * 100 + 10, 5, 2, 0};
        C_EXPECT_EQ(10, dcd_extent_list_remove(&list, i * 100 + 10, 10));
        dcd_extent_list_insert(&list, &extent);
    }
    C_EXPECT(list.tree.nodes == nodes);
    C_EXPECT_EQ(2001, dcd_extent_list_count(&list));
    C_EXPECT_EQ(100000 - 5000, dcd_extent_list_bytes(&list));
    dcd_extent_list_destroy(&list);
}

/* ---- against a naive model -------------------------------------------- */

/*
 * The top 1024 bytes there are. Each extent has its own tag, so an extent is a
 * run of bytes with one tag; pieces of one extent never touch each other.
 */
enum { SPACE = 1024 };
#define BASE (UINT64_MAX - (SPACE - 1))

struct model {
    uint32_t tag[SPACE];
    uint32_t last_tag;
};

static uint64_t random_state;

/* splitmix64: a fixed seed gives the same test everywhere. */
static size_t random_below(size_t bound)
{
    uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (size_t)((z ^ z >> 31) % bound);
}

static size_t model_next(const struct model *model, size_t at)
{
    while (at < SPACE && model->tag[at] == 0)
        at++;
    return at;
}

/* Past the run of equal tags at [at]. */
static size_t model_end(const struct model *model, size_t at)
{
    size_t end = at;

    while (end < SPACE && model->tag[end] == model->tag[at])
        end++;
    return end;
}

static size_t model_used(const struct model *model, size_t at, size_t length)
{
    size_t used = 0;

    for (size_t i = at; i < SPACE && i < at + length; i++)
        used += model->tag[i] != 0;
    return used;
}

static void model_fill(struct model *model, size_t at, size_t length,
                       uint32_t tag)
{
    for (size_t i = at; i < SPACE && i < at + length; i++)
        model->tag[i] = tag;
}

static void insert_somewhere(struct dcd_extent_list *list, struct model *model)
{
    size_t at = random_below(SPACE);
    size_t length = 1 + random_below(24);

    if (length > SPACE - at)
        length = SPACE - at;
    bool taken = model_used(model, at, length) > 0;
    C_EXPECT_EQ(taken, dcd_extent_list_overlaps(list, BASE + at, length));
    if (taken)
        return;
    uint32_t tag = ++model->last_tag;
    struct dcd_extent extent = {BASE + at, length, tag, (uint16_t)(tag * 7)};
    dcd_extent_list_insert(list, &extent);
    model_fill(model, at, length, tag);
}

static void remove_somewhere(struct dcd_extent_list *list, struct model *model)
{
    size_t at = random_below(SPACE);
    size_t length = random_below(random_below(8) == 0 ? SPACE : 16);

    C_EXPECT_EQ(model_used(model, at, length),
                dcd_extent_list_remove(list, BASE + at, length));
    model_fill(model, at, length, 0);
}

static void expect_same_answers(const struct dcd_extent_list *list,
                                const struct model *model)
{
    struct dcd_extent out = {0, 0, 0, 0};
    size_t at = random_below(SPACE);
    size_t length = random_below(40);
    size_t used = model_used(model, at, length);
    size_t next = model_next(model, at);

    C_EXPECT_EQ(model->tag[at] != 0,
                dcd_extent_list_find(list, BASE + at, &out));
    C_EXPECT_EQ(model->tag[at], out.tag);
    C_EXPECT_EQ(used > 0, dcd_extent_list_overlaps(list, BASE + at, length));
    C_EXPECT_EQ(used == length,
                dcd_extent_list_covers(list, BASE + at, length));
    C_EXPECT_EQ(next < SPACE, dcd_extent_list_next(list, BASE + at, &out));
    if (next < SPACE)
        C_EXPECT_EQ(model->tag[next], out.tag);
}

static void expect_same(const struct dcd_extent_list *list,
                        const struct model *model)
{
    size_t index = 0;
    struct dcd_extent out = {0, 0, 0, 0};

    for (size_t at = model_next(model, 0); at < SPACE;) {
        size_t end = model_end(model, at);
        struct dcd_extent want = {BASE + at, end - at, model->tag[at],
                                  (uint16_t)(model->tag[at] * 7)};
        C_ASSERT(dcd_extent_list_at(list, index++, &out));
        expect_extent(&want, &out);
        at = model_next(model, end);
    }
    C_EXPECT_EQ(index, dcd_extent_list_count(list));
    C_EXPECT_EQ(model_used(model, 0, SPACE), dcd_extent_list_bytes(list));
}

C_TEST(extent_list, agrees_with_a_naive_model_over_random_operations)
{
    struct dcd_extent_list list;
    static struct model model;
    size_t most = 0;

    random_state = 3;
    dcd_extent_list_init(&list);
    for (unsigned i = 0; i < 40000; i++) {
        C_CONTEXT("operation %u", i);
        C_ASSERT(dcd_extent_list_reserve(&list, 1));
        if (random_below(4) != 0)
            insert_somewhere(&list, &model);
        else
            remove_somewhere(&list, &model);
        expect_same_answers(&list, &model);
        if (i % 8 == 0)
            expect_same(&list, &model);
        if (dcd_extent_list_count(&list) > most)
            most = dcd_extent_list_count(&list);
    }
    C_EXPECT(most > 30);
    dcd_extent_list_destroy(&list);
}
