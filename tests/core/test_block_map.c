/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_block_map.c - which blocks are open: chunks, bits, memory.
 */
#include "block_map.h"
#include "gtest_c.h"

#include <string.h>

/* Blocks of one chunk, the unit that is closed, open or mixed. */
#define CHUNK (UINT64_C(1) << DCD_BLOCK_CHUNK_SHIFT)

static void set(struct dcd_block_map *map, uint64_t first, uint64_t count,
                bool open)
{
    C_ASSERT(dcd_block_map_reserve(map, 1));
    if (open)
        dcd_block_map_open(map, first, count);
    else
        dcd_block_map_close(map, first, count);
}

/* Exactly [first, first + count) is open: asked in each way there is. */
static void expect_only_open(const struct dcd_block_map *map, uint64_t first,
                             uint64_t count)
{
    uint64_t blocks = dcd_block_map_blocks(map);
    uint64_t end = first + count;

    C_EXPECT_EQ(count, dcd_block_map_open_blocks(map));
    C_EXPECT_EQ(first, dcd_block_map_run(map, 0, first, false));
    C_EXPECT_EQ(count, dcd_block_map_run(map, first, blocks - first, true));
    C_EXPECT_EQ(blocks - end, dcd_block_map_run(map, end, blocks - end, false));
    C_EXPECT(dcd_block_map_all_open(map, first, count));
    C_EXPECT(!dcd_block_map_any_open(map, 0, first));
    C_EXPECT(!dcd_block_map_any_open(map, end, blocks - end));
    if (first > 0)
        C_EXPECT(!dcd_block_map_test(map, first - 1));
    C_EXPECT(dcd_block_map_test(map, first));
    C_EXPECT(dcd_block_map_test(map, end - 1));
    if (end < blocks)
        C_EXPECT(!dcd_block_map_test(map, end));
}

/* Chunks that own bits; the two shared arrays are always there. */
static uint64_t mixed_chunks(const struct dcd_block_map *map)
{
    return map->used - 2;
}

C_TEST(block_map, starts_closed)
{
    struct dcd_block_map map;

    C_ASSERT(dcd_block_map_init(&map, 3 * CHUNK + 5));
    C_EXPECT_EQ(0, dcd_block_map_open_blocks(&map));
    C_EXPECT(!dcd_block_map_test(&map, 0));
    C_EXPECT(!dcd_block_map_test(&map, 3 * CHUNK + 4));
    C_EXPECT(!dcd_block_map_any_open(&map, 0, 3 * CHUNK + 5));
    C_EXPECT_EQ(3 * CHUNK + 5,
                dcd_block_map_run(&map, 0, 3 * CHUNK + 5, false));
    C_EXPECT_EQ(0, dcd_block_map_run(&map, 0, 1, true));
    dcd_block_map_destroy(&map);
}

C_TEST(block_map, may_have_no_blocks)
{
    struct dcd_block_map map;

    C_ASSERT(dcd_block_map_init(&map, 0));
    C_EXPECT(dcd_block_map_reserve(&map, 100));
    dcd_block_map_open(&map, 0, 0);
    C_EXPECT(dcd_block_map_all_open(&map, 0, 0));
    C_EXPECT(!dcd_block_map_any_open(&map, 0, 0));
    C_EXPECT(!dcd_block_map_holds(&map, 0, 1));
    dcd_block_map_destroy(&map);
}

C_TEST(block_map, opens_and_closes_any_range)
{
    static const struct {
        uint64_t blocks, first, count;
    } rows[] = {
        {1, 0, 1},
        {64, 0, 64},
        {64, 63, 1},
        {100, 0, 1},
        {100, 99, 1},
        {100, 37, 63},
        {200, 63, 2},
        {200, 64, 64},
        {CHUNK, 0, CHUNK},
        {CHUNK, 1, CHUNK - 2},
        {CHUNK + 1, CHUNK, 1},
        {CHUNK + 1, CHUNK - 1, 2},
        {4 * CHUNK, CHUNK, CHUNK},
        {4 * CHUNK, CHUNK - 1, CHUNK + 2},
        {4 * CHUNK, CHUNK + 1, 2 * CHUNK - 2},
        {4 * CHUNK + 77, 5, 4 * CHUNK + 70},
        {4 * CHUNK + 77, 4 * CHUNK + 3, 74},
        {4 * CHUNK + 77, 0, 4 * CHUNK + 77},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dcd_block_map map;
        C_CONTEXT("row %zu", i);
        C_ASSERT(dcd_block_map_init(&map, rows[i].blocks));
        set(&map, rows[i].first, rows[i].count, true);
        expect_only_open(&map, rows[i].first, rows[i].count);
        /* The same again by closing all that is around it. */
        set(&map, 0, rows[i].blocks, true);
        set(&map, 0, rows[i].first, false);
        set(&map, rows[i].first + rows[i].count,
            rows[i].blocks - rows[i].first - rows[i].count, false);
        expect_only_open(&map, rows[i].first, rows[i].count);
        set(&map, rows[i].first, rows[i].count, false);
        C_EXPECT_EQ(0, dcd_block_map_open_blocks(&map));
        C_EXPECT_EQ(0, mixed_chunks(&map));
        dcd_block_map_destroy(&map);
    }
}

C_TEST(block_map, opening_and_closing_twice_is_once)
{
    struct dcd_block_map map;

    C_ASSERT(dcd_block_map_init(&map, 3 * CHUNK));
    for (int i = 0; i < 2; i++) {
        set(&map, 10, 2 * CHUNK, true);
        expect_only_open(&map, 10, 2 * CHUNK);
    }
    set(&map, 50, 100, true);
    expect_only_open(&map, 10, 2 * CHUNK);
    for (int i = 0; i < 2; i++) {
        set(&map, 10, CHUNK, false);
        expect_only_open(&map, CHUNK + 10, CHUNK);
    }
    dcd_block_map_destroy(&map);
}

C_TEST(block_map, run_stops_where_the_state_changes_or_at_the_limit)
{
    struct dcd_block_map map;

    C_ASSERT(dcd_block_map_init(&map, 2 * CHUNK));
    set(&map, 70, 200, true);
    C_EXPECT_EQ(70, dcd_block_map_run(&map, 0, 2 * CHUNK, false));
    C_EXPECT_EQ(69, dcd_block_map_run(&map, 0, 69, false));
    C_EXPECT_EQ(0, dcd_block_map_run(&map, 69, 100, true));
    C_EXPECT_EQ(0, dcd_block_map_run(&map, 70, 100, false));
    C_EXPECT_EQ(200, dcd_block_map_run(&map, 70, 500, true));
    C_EXPECT_EQ(130, dcd_block_map_run(&map, 70, 130, true));
    C_EXPECT_EQ(1, dcd_block_map_run(&map, 269, 500, true));
    C_EXPECT_EQ(0, dcd_block_map_run(&map, 70, 0, true));
    dcd_block_map_destroy(&map);
}

C_TEST(block_map, all_and_any_tell_part_from_whole)
{
    static const struct {
        uint64_t first, count;
        bool all, any;
    } rows[] = {{0, 100, false, false}, {0, 101, false, true},
                {100, 50, true, true},  {99, 2, false, true},
                {149, 1, true, true},   {149, 2, false, true},
                {150, 9, false, false}, {120, 0, true, false}};
    struct dcd_block_map map;

    C_ASSERT(dcd_block_map_init(&map, 1000));
    set(&map, 100, 50, true);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        C_CONTEXT("row %zu", i);
        C_EXPECT_EQ(rows[i].all,
                    dcd_block_map_all_open(&map, rows[i].first, rows[i].count));
        C_EXPECT_EQ(rows[i].any,
                    dcd_block_map_any_open(&map, rows[i].first, rows[i].count));
    }
    dcd_block_map_destroy(&map);
}

/* ---- chunks and memory ------------------------------------------------ */

C_TEST(block_map, only_mixed_chunks_own_bits)
{
    struct dcd_block_map map;

    C_ASSERT(dcd_block_map_init(&map, 10 * CHUNK + 100));
    set(&map, CHUNK / 2, 8 * CHUNK, true);
    C_EXPECT_EQ(2, mixed_chunks(&map));
    set(&map, 3 * CHUNK, 1, false);
    C_EXPECT_EQ(3, mixed_chunks(&map));
    set(&map, 3 * CHUNK, 1, true);
    C_EXPECT_EQ(2, mixed_chunks(&map));
    set(&map, 0, CHUNK / 2, true);
    C_EXPECT_EQ(1, mixed_chunks(&map));
    set(&map, 8 * CHUNK, CHUNK / 2, false);
    C_EXPECT_EQ(0, mixed_chunks(&map));
    expect_only_open(&map, 0, 8 * CHUNK);
    dcd_block_map_destroy(&map);
}

C_TEST(block_map, a_short_last_chunk_collapses_too)
{
    struct dcd_block_map map;

    C_ASSERT(dcd_block_map_init(&map, CHUNK + 100));
    set(&map, CHUNK, 99, true);
    C_EXPECT_EQ(1, mixed_chunks(&map));
    set(&map, CHUNK + 99, 1, true);
    C_EXPECT_EQ(0, mixed_chunks(&map));
    set(&map, CHUNK, 1, false);
    C_EXPECT_EQ(1, mixed_chunks(&map));
    expect_only_open(&map, CHUNK + 1, 99);
    set(&map, CHUNK + 1, 99, false);
    C_EXPECT_EQ(0, mixed_chunks(&map));
    dcd_block_map_destroy(&map);
}

C_TEST(block_map, a_collapsing_chunk_leaves_the_others_their_bits)
{
    struct dcd_block_map map;

    C_ASSERT(dcd_block_map_init(&map, 8 * CHUNK));
    for (uint64_t i = 0; i < 8; i++)
        set(&map, i * CHUNK + i, 100, true);
    for (uint64_t i = 0; i < 8; i += 2)
        set(&map, i * CHUNK, CHUNK, i % 4 == 0);
    C_EXPECT_EQ(4, mixed_chunks(&map));
    for (uint64_t i = 1; i < 8; i += 2) {
        C_EXPECT_EQ(i, dcd_block_map_run(&map, i * CHUNK, CHUNK, false));
        C_EXPECT_EQ(100,
                    dcd_block_map_run(&map, i * CHUNK + i, CHUNK - i, true));
    }
    C_EXPECT_EQ(2 * CHUNK + 400, dcd_block_map_open_blocks(&map));
    dcd_block_map_destroy(&map);
}

C_TEST(block_map, reserved_calls_allocate_nothing)
{
    struct dcd_block_map map;

    C_ASSERT(dcd_block_map_init(&map, 64 * CHUNK));
    C_ASSERT(dcd_block_map_reserve(&map, 16));
    const uint64_t *words = map.words;
    uint32_t capacity = map.capacity;
    for (uint64_t i = 0; i < 16; i++)
        dcd_block_map_open(&map, i * 4 * CHUNK + 1, 2 * CHUNK);
    C_EXPECT_EQ(32, mixed_chunks(&map));
    C_EXPECT(map.words == words);
    C_EXPECT_EQ(capacity, map.capacity);
    dcd_block_map_destroy(&map);
}

C_TEST(block_map, never_needs_more_bits_than_it_has_chunks)
{
    struct dcd_block_map map;

    C_ASSERT(dcd_block_map_init(&map, 3 * CHUNK));
    C_ASSERT(dcd_block_map_reserve(&map, SIZE_MAX));
    C_EXPECT_EQ(2 + 3, map.capacity);
    for (uint64_t i = 0; i < 1000; i++)
        dcd_block_map_open(&map, i * 3 * CHUNK / 1000, 7);
    C_EXPECT_EQ(3, mixed_chunks(&map));
    C_EXPECT_EQ(7000, dcd_block_map_open_blocks(&map));
    dcd_block_map_destroy(&map);
}

C_TEST(block_map, idle_bits_go_back_with_a_later_reservation)
{
    struct dcd_block_map map;

    C_ASSERT(dcd_block_map_init(&map, 2000 * CHUNK));
    for (uint64_t i = 0; i < 2000; i++)
        set(&map, i * CHUNK, 1, true);
    C_EXPECT_EQ(2000, mixed_chunks(&map));
    C_ASSERT(dcd_block_map_reserve(&map, 1));
    dcd_block_map_close(&map, 1, 1999 * CHUNK);
    C_EXPECT_EQ(1, mixed_chunks(&map));
    C_EXPECT(map.capacity >= 2000);
    C_ASSERT(dcd_block_map_reserve(&map, 1));
    C_EXPECT(map.capacity < 100);
    expect_only_open(&map, 0, 1);
    dcd_block_map_destroy(&map);
}

C_TEST(block_map, more_blocks_than_addresses_are_refused)
{
    struct dcd_block_map map;

    C_EXPECT(!dcd_block_map_init(&map, UINT64_MAX));
    C_EXPECT(!dcd_block_map_init(&map, (UINT64_C(1) << 46) + 1));
    C_EXPECT_EQ(0, dcd_block_map_blocks(&map));
    dcd_block_map_destroy(&map);
}

C_TEST(block_map, a_terabyte_of_cache_lines_is_cheap)
{
    const uint64_t blocks = UINT64_C(1) << 34;
    struct dcd_block_map map;

    C_ASSERT(dcd_block_map_init(&map, blocks));
    set(&map, 12345, blocks - 23456, true);
    expect_only_open(&map, 12345, blocks - 23456);
    C_EXPECT_EQ(2, mixed_chunks(&map));
    C_EXPECT(map.capacity <= 8);
    set(&map, 0, blocks, false);
    C_EXPECT_EQ(0, mixed_chunks(&map));
    dcd_block_map_destroy(&map);
}

/* ---- against a naive model -------------------------------------------- */

/* Seven chunks, the last of them short; one flag a block. */
enum { BLOCKS = 6 * 32768 + 1000 };

static uint64_t random_state;

/* splitmix64: a fixed seed gives the same test everywhere. */
static size_t random_below(size_t bound)
{
    uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (size_t)((z ^ z >> 31) % bound);
}

/* A few blocks, much of a chunk, several chunks; edges come up often. */
static void random_range(size_t *first, size_t *count)
{
    static const size_t spans[] = {4, 200, CHUNK, CHUNK, 3 * CHUNK, BLOCKS};

    *first = random_below(BLOCKS);
    if (random_below(3) == 0)
        *first -= *first % CHUNK;
    *count = random_below(spans[random_below(6)] + 1);
    if (random_below(3) == 0)
        *count += CHUNK - (*first + *count) % CHUNK;
    if (*count > BLOCKS - *first)
        *count = BLOCKS - *first;
}

static size_t model_run(const char *model, size_t first, size_t limit,
                        bool open)
{
    const char *other = memchr(model + first, !open, limit);

    return other == NULL ? limit : (size_t)(other - (model + first));
}

static void expect_same_answers(const struct dcd_block_map *map,
                                const char *model)
{
    size_t first;
    size_t count;

    random_range(&first, &count);
    size_t open = model_run(model, first, count, true);
    size_t closed = model_run(model, first, count, false);
    C_EXPECT_EQ(open, dcd_block_map_run(map, first, count, true));
    C_EXPECT_EQ(closed, dcd_block_map_run(map, first, count, false));
    C_EXPECT_EQ(open == count, dcd_block_map_all_open(map, first, count));
    C_EXPECT_EQ(closed < count, dcd_block_map_any_open(map, first, count));
    for (unsigned i = 0; i < 4; i++) {
        size_t block = random_below(BLOCKS);
        C_EXPECT_EQ(model[block], dcd_block_map_test(map, block));
    }
}

/* Every block, the total, and that exactly the mixed chunks own bits. */
static void expect_same(const struct dcd_block_map *map, const char *model)
{
    uint64_t open = 0;
    uint64_t mixed = 0;
    uint64_t wrong = 0;

    for (size_t block = 0; block < BLOCKS; block++) {
        open += model[block] != 0;
        wrong += dcd_block_map_test(map, block) != (model[block] != 0);
    }
    for (size_t first = 0; first < BLOCKS; first += CHUNK) {
        size_t count = BLOCKS - first < CHUNK ? BLOCKS - first : CHUNK;
        mixed += model_run(model, first, count, model[first] != 0) < count;
    }
    C_EXPECT_EQ(0, wrong);
    C_EXPECT_EQ(open, dcd_block_map_open_blocks(map));
    C_EXPECT_EQ(mixed, mixed_chunks(map));
}

C_TEST(block_map, agrees_with_a_naive_model_over_random_operations)
{
    struct dcd_block_map map;
    static char model[BLOCKS];

    C_ASSERT(dcd_block_map_init(&map, BLOCKS));
    random_state = 5;
    for (unsigned i = 0; i < 25000; i++) {
        size_t first;
        size_t count;
        bool open = random_below(2) != 0;
        C_CONTEXT("operation %u", i);
        random_range(&first, &count);
        set(&map, first, count, open);
        memset(model + first, open, count);
        expect_same_answers(&map, model);
        if (i % 128 == 0)
            expect_same(&map, model);
    }
    dcd_block_map_destroy(&map);
}
