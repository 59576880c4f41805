/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_memory_ranges.c - the memory that one head has, and what is shared.
 */
#include "gtest_c.h"
#include "memory_ranges.h"

#include <string.h>

#define MIB(n) ((uint64_t)(n)*DCD_MIB)
#define ALL_BYTES 0, UINT64_MAX

/* Region 0 is volatile and read-only for head 1, region 1 is not volatile;
 * each has 1024 blocks of 64 bytes. */
#define PERSISTENT MIB(256)
#define R0 MIB(512)
#define R1 MIB(768)
#define LENGTH UINT64_C(65536)
#define LABELS 100u /* not even whole lines */

struct fixture {
    struct dcd_config config;
    struct dcd_capacity_ops ops;
    struct dcd_port ports[DCD_MAX_PORTS];
    struct dcd_capacity capacity;
    struct dcd_media media;
    struct dcd_dc_decoder decoder[2];
    struct dcd_memory_device memory[2];
};

static void init_head(struct fixture *f, unsigned head)
{
    struct dcd_memory_place place;
    uint64_t regions = dcd_regions_media_size(&f->capacity.regions);

    place.static_media = regions + head * MIB(512);
    place.own_media =
        regions + MIB(1024) + head * dcd_memory_device_own(&f->config);
    C_ASSERT(dcd_dc_decoder_init(&f->decoder[head], 1, &f->capacity.regions,
                                 f->capacity.holder[head].map, &f->media));
    dcd_partitions_init(&f->decoder[head].partitions, &f->capacity.regions,
                        &f->config, head, place.static_media);
    C_ASSERT(dcd_memory_device_init(&f->memory[head], head, &f->config, NULL,
                                    &f->ports[head], &f->capacity,
                                    &f->decoder[head], &f->media, place));
}

static void build(struct fixture *f)
{
    struct dcd_config *c = &f->config;
    char why[80];

    memset(f, 0, sizeof(*f));
    dcd_config_init(c);
    c->heads = 2;
    c->static_volatile = MIB(256);
    c->static_persistent = MIB(256);
    c->lsa = LABELS;
    c->region_count = 2;
    for (unsigned i = 0; i < 2; i++) {
        c->regions[i].length = LENGTH;
        c->regions[i].block_size = 64;
    }
    c->regions[1].attributes = DCD_REGION_ATTR_NONVOLATILE;
    c->head[1].attributes_given[0] = true;
    c->head[1].attributes[0] = DCD_REGION_ATTR_READ_ONLY;
    C_ASSERT(dcd_capacity_init(&f->capacity, c, f->ports, &f->ops));
    C_ASSERT(
        dcd_media_open(&f->media, DCD_MEDIA_MEMORY, NULL,
                       MIB(1032) + dcd_regions_media_size(&f->capacity.regions),
                       why, sizeof(why)));
    for (unsigned head = 0; head < 2; head++)
        init_head(f, head);
}

static void free_fixture(struct fixture *f)
{
    for (unsigned head = 0; head < 2; head++)
        dcd_memory_device_destroy(&f->memory[head]);
    dcd_media_close(&f->media);
    dcd_capacity_destroy(&f->capacity);
}

/* [head] has, or was only offered, blocks [first, first + count) of [region],
 * whoever else does. */
static void give(struct fixture *f, unsigned head, unsigned region,
                 uint64_t first, uint64_t count, bool accepted)
{
    struct dcd_holder *holder = &f->capacity.holder[head];
    struct dcd_extent_list *list =
        accepted ? &holder->accepted : &holder->pending;
    struct dcd_extent extent = {region ? R1 : R0, count * 64, 0, 0};

    extent.dpa += first * 64;
    C_ASSERT(dcd_extent_list_reserve(list, 1));
    dcd_extent_list_insert(list, &extent);
    if (!accepted)
        return;
    C_ASSERT(dcd_block_map_reserve(&holder->map[region], 1));
    dcd_block_map_open(&holder->map[region], first, count);
}

static void poison(struct fixture *f, unsigned head, uint64_t dpa)
{
    C_ASSERT(dcd_poison_add(&f->media.poison,
                            dcd_memory_media(&f->memory[head], dpa),
                            DCD_POISON_INJECTED, head));
}

C_TEST(memory_ranges, pieces_are_partitions_and_runs_of_open_blocks)
{
    static const struct {
        uint64_t first;
        uint64_t last;
        uint64_t dpa; /* length 0: there is none */
        uint64_t length;
    } rows[] = {
        {0, UINT64_MAX, 0, MIB(256)},
        {5, UINT64_MAX, 5, MIB(256) - 5},
        {5, 5, 5, 1},
        {5, PERSISTENT, 5, MIB(256) - 5},
        {PERSISTENT, UINT64_MAX, PERSISTENT, MIB(256)},
        {R0 - 1, UINT64_MAX, R0 - 1, 1},
        {R0, UINT64_MAX, R0 + 128, 192},
        {R0, R0 + 127, 0, 0},
        {R0, R0 + 128, R0 + 128, 1},
        {R0 + 130, R0 + 200, R0 + 130, 71},
        {R0 + 320, UINT64_MAX, R0 + LENGTH - 64, 64},
        {R0 + LENGTH, R1 - 1, 0, 0},
        {R0 + LENGTH, UINT64_MAX, R1, 64},
        {R1 + 64, UINT64_MAX, 0, 0},
        {UINT64_MAX, UINT64_MAX, 0, 0},
    };
    struct fixture f;

    build(&f);
    give(&f, 0, 0, 2, 3, true);
    give(&f, 0, 0, 1023, 1, true);
    give(&f, 0, 1, 0, 1, true);
    give(&f, 0, 0, 10, 4, false);
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dcd_memory_piece piece = {0};
        bool found =
            dcd_memory_next(&f.memory[0], rows[i].first, rows[i].last, &piece);

        C_CONTEXT("row %u", i);
        C_ASSERT_EQ(rows[i].length != 0, found);
        C_EXPECT_EQ(rows[i].dpa, piece.dpa);
        C_EXPECT_EQ(rows[i].length, piece.length);
        if (found)
            C_EXPECT_EQ(dcd_memory_media(&f.memory[0], piece.dpa), piece.media);
    }
    free_fixture(&f);
}

C_TEST(memory_ranges, writable_is_what_the_head_has_without_a_gap)
{
    static const struct {
        unsigned head;
        uint64_t dpa;
        uint64_t length;
        bool writable;
    } rows[] = {
        {0, 0, MIB(512), true},
        {0, 0, MIB(512) + 1, false},
        {0, R0 + 64, 128, true},
        {0, R0 + 64, 129, false},
        {0, R0 + 63, 64, false},
        {0, R0 + 64, 0, false},
        {1, R0 + 192, 64, false}, /* read-only */
        {1, 0, 64, true},
        {0, UINT64_MAX - 63, 64, false},
        {0, 64, UINT64_MAX - 63, false},
        {0, 1, UINT64_MAX, false},
    };
    struct fixture f;

    build(&f);
    give(&f, 0, 0, 1, 1, true);
    give(&f, 0, 0, 2, 1, true);
    give(&f, 1, 0, 3, 1, true);
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        C_CONTEXT("row %u", i);
        C_EXPECT_EQ(rows[i].writable,
                    dcd_memory_has_writable(&f.memory[rows[i].head],
                                            rows[i].dpa, rows[i].length));
    }
    free_fixture(&f);
}

C_TEST(memory_ranges, volatile_is_said_of_each_partition)
{
    struct fixture f;

    build(&f);
    C_EXPECT(dcd_memory_is_volatile(&f.memory[0], 0));
    C_EXPECT(!dcd_memory_is_volatile(&f.memory[0], PERSISTENT));
    C_EXPECT(dcd_memory_is_volatile(&f.memory[0], R0));
    C_EXPECT(!dcd_memory_is_volatile(&f.memory[0], R1));
    free_fixture(&f);
}

/* Poison in every second line of a region of which the head has some. */
C_TEST(memory_ranges, poison_is_found_where_the_head_has_memory)
{
    struct dcd_poisoned found;
    struct fixture f;
    uint64_t at = 0;

    build(&f);
    for (uint64_t i = 0; i < 1024; i += 2)
        poison(&f, 0, R0 + i * 64);
    poison(&f, 0, R1);
    C_EXPECT(!dcd_memory_next_poisoned(&f.memory[0], ALL_BYTES, &found));
    give(&f, 0, 0, 100, 5, true);
    give(&f, 0, 0, 1001, 2, true);
    give(&f, 0, 1, 1, 5, true);
    for (unsigned i = 0; i < 4; i++) {
        static const uint64_t lines[] = {100, 102, 104, 1002};

        C_ASSERT(
            dcd_memory_next_poisoned(&f.memory[0], at, UINT64_MAX, &found));
        C_EXPECT_EQ(R0 + lines[i] * 64, found.dpa);
        C_EXPECT_EQ(64, found.length);
        at = found.dpa + found.length;
    }
    C_EXPECT(!dcd_memory_next_poisoned(&f.memory[0], at, UINT64_MAX, &found));
    C_EXPECT(!dcd_memory_next_poisoned(&f.memory[1], ALL_BYTES, &found));
    free_fixture(&f);
}

/* --- Alone, and not alone
 * ------------------------------------------------------ */

static void expect_alone(const struct fixture *f, uint64_t block, bool alone,
                         uint64_t count)
{
    uint64_t length = 8 * 64;

    C_CONTEXT("block %llu", (unsigned long long)block);
    C_EXPECT_EQ(alone, dcd_capacity_is_alone(&f->capacity, 0, R0 + block * 64,
                                             &length));
    C_EXPECT_EQ(count * 64, length);
    C_CONTEXT("");
}

C_TEST(memory_ranges, a_head_is_alone_between_what_others_hold)
{
    struct fixture f;

    build(&f);
    expect_alone(&f, 0, true, 8);
    give(&f, 1, 0, 4, 2, true);
    give(&f, 1, 0, 10, 1, false);
    give(&f, 0, 0, 0, 20, true); /* its own does not count */
    expect_alone(&f, 0, true, 4);
    expect_alone(&f, 3, true, 1);
    expect_alone(&f, 4, false, 2);
    expect_alone(&f, 5, false, 1);
    expect_alone(&f, 6, true, 4);
    expect_alone(&f, 10, false, 1);
    expect_alone(&f, 11, true, 8);
    free_fixture(&f);
}

/* Static memory of both heads, labels, and R0 with blocks 2 to 4 shared. */
static void build_full(struct fixture *f)
{
    build(f);
    give(f, 0, 0, 0, 8, true);
    give(f, 1, 0, 2, 2, true);
    give(f, 1, 0, 4, 1, false);
    give(f, 0, 1, 0, 2, true);
    for (unsigned head = 0; head < 2; head++) {
        memset(f->media.bytes + dcd_memory_media(&f->memory[head], 0), 1, 64);
        memset(f->media.bytes + dcd_memory_media(&f->memory[head], PERSISTENT),
               1, 64);
        memset(f->memory[head].lsa, 1, LABELS);
        poison(f, head, 0);
    }
    memset(f->media.bytes + dcd_memory_media(&f->memory[0], R0), 1, 16 * 64);
    memset(f->media.bytes + dcd_memory_media(&f->memory[0], R1), 1, 16 * 64);
    poison(f, 0, R0);
    poison(f, 0, R0 + 2 * 64);
}

static bool erased(const struct fixture *f, unsigned head, uint64_t dpa)
{
    return f->media.bytes[dcd_memory_media(&f->memory[head], dpa)] == 0;
}

C_TEST(memory_ranges, what_is_shared_is_not_erased)
{
    struct dcd_poisoned found;
    struct fixture f;

    build_full(&f);
    C_EXPECT_EQ(MIB(512) + 5 * 64 + 2 * 64 + LABELS,
                dcd_memory_own_bytes(&f.memory[0], DCD_OWN_ALL));
    dcd_memory_erase_own(&f.memory[0], DCD_OWN_ALL);
    C_EXPECT(erased(&f, 0, 0));
    C_EXPECT(erased(&f, 0, PERSISTENT));
    C_EXPECT_EQ(0, f.memory[0].lsa[0]);
    C_EXPECT_EQ(0, f.memory[0].lsa[LABELS - 1]);
    for (uint64_t i = 0; i < 16; i++) {
        bool own = i < 8 && (i < 2 || i > 4);

        C_CONTEXT("block %llu", (unsigned long long)i);
        C_EXPECT_EQ(own, erased(&f, 0, R0 + i * 64));
        C_EXPECT_EQ(i < 2, erased(&f, 0, R1 + i * 64));
    }
    C_CONTEXT("");
    C_EXPECT(!erased(&f, 1, 0));
    C_EXPECT(!erased(&f, 1, PERSISTENT));
    C_EXPECT_EQ(1, f.memory[1].lsa[0]);
    C_ASSERT(dcd_memory_next_poisoned(&f.memory[0], ALL_BYTES, &found));
    C_EXPECT_EQ(R0 + 2 * 64, found.dpa);
    C_EXPECT_EQ(2, dcd_poison_count(&f.media.poison)); /* and head 1's */
    free_fixture(&f);
}

C_TEST(memory_ranges, kinds_can_be_erased_one_by_one)
{
    static const struct {
        unsigned own;
        uint64_t bytes;
        bool erased[5]; /* volatile, persistent, R0, R1, labels */
    } rows[] = {
        {DCD_OWN_VOLATILE,
         MIB(256) + 5 * 64,
         {true, false, true, false, false}},
        {DCD_OWN_PERSISTENT,
         MIB(256) + 2 * 64,
         {false, true, false, true, false}},
        {DCD_OWN_LABELS, LABELS, {false, false, false, false, true}},
        {0, 0, {false, false, false, false, false}},
    };

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fixture f;

        C_CONTEXT("row %u", i);
        build_full(&f);
        C_EXPECT_EQ(rows[i].bytes,
                    dcd_memory_own_bytes(&f.memory[0], rows[i].own));
        dcd_memory_erase_own(&f.memory[0], rows[i].own);
        C_EXPECT_EQ(rows[i].erased[0], erased(&f, 0, 0));
        C_EXPECT_EQ(rows[i].erased[1], erased(&f, 0, PERSISTENT));
        C_EXPECT_EQ(rows[i].erased[2], erased(&f, 0, R0));
        C_EXPECT_EQ(rows[i].erased[3], erased(&f, 0, R1));
        C_EXPECT_EQ(rows[i].erased[4], f.memory[0].lsa[0] == 0);
        free_fixture(&f);
    }
}

/* By ranges, what is shared is erased too: the host has named it. */
C_TEST(memory_ranges, a_range_is_erased_where_the_head_has_it)
{
    struct fixture f;

    build_full(&f);
    dcd_memory_erase(&f.memory[0], R0 + 64, R0 + 10 * 64 - 1);
    for (uint64_t i = 0; i < 16; i++)
        C_EXPECT_EQ(i >= 1 && i < 8, erased(&f, 0, R0 + i * 64));
    free_fixture(&f);
}
