/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_hdm_decoder.c - HDM decoder registers, commit rules, HPA to DPA.
 *
 * Tests named device_2_5_row_NN are the rows of the commit rules (CXL r3.1
 * 8.2.4.20). Row 5 (distinct targets) is about ports; a device has its DPA
 * skip where a port has the target list, and that is what its test shows.
 */
#include "hdm_registers.h"

#include <string.h>

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

static const struct {
    unsigned code;
    unsigned ways;
} ways_codes[] = {{0, 1},  {1, 2}, {2, 4}, {3, 8},
                  {4, 16}, {8, 3}, {9, 6}, {10, 12}};

static uint64_t get64(const struct dcd_hdm_decoders *hdm, uint32_t offset)
{
    uint64_t high = dcd_hdm_read(hdm, offset + 4);

    return high << 32 | dcd_hdm_read(hdm, offset);
}

C_TEST(hdm_decoder, capability_tells_count_ways_and_granularities)
{
    static const struct {
        unsigned count;
        uint32_t capability;
        unsigned bytes;
    } rows[] = {{1, 0x1b10, 0x30}, {2, 0x1b11, 0x50},  {4, 0x1b12, 0x90},
                {6, 0x1b13, 0xd0}, {8, 0x1b14, 0x110}, {10, 0x1b15, 0x150}};
    struct dcd_hdm_decoders hdm;
    unsigned count, i = 0;

    for (count = 0; count < 300; count++) {
        bool good = i < ROWS(rows) && rows[i].count == count;

        C_CONTEXT("%u decoders", count);
        C_ASSERT_EQ(good, dcd_hdm_init(&hdm, count));
        if (!good)
            continue;
        C_EXPECT(!dcd_hdm_write(&hdm, CAPABILITY, 0xffffffff));
        C_EXPECT_EQ(rows[i].capability, dcd_hdm_read(&hdm, CAPABILITY));
        C_EXPECT_EQ(rows[i++].bytes, dcd_hdm_register_bytes(&hdm));
    }
}

C_TEST(hdm_decoder, masks_of_every_register)
{
    /* Of a decoder, by offset / 4; control has its own test. */
    static const uint32_t decoder_mask[8] = {0xf0000000, 0xffffffff, 0xf0000000,
                                             0xffffffff, 0,          0xf0000000,
                                             0xffffffff, 0};
    struct dcd_hdm_decoders hdm;
    uint32_t offset, other;

    C_ASSERT(dcd_hdm_init(&hdm, 10));
    for (offset = 8; offset < 0x150; offset += 4) {
        uint32_t mask = offset < 0x10 ? 0 : decoder_mask[offset / 4 % 8 ^ 4];

        C_CONTEXT("offset %x", offset);
        if (offset >= 0x10 && (offset - 0x10) % 0x20 == CONTROL)
            continue;
        C_EXPECT(!dcd_hdm_write(&hdm, offset, 0xffffffff));
        for (other = 4; other < 0x150; other += 4)
            C_ASSERT_EQ(other == offset ? mask : 0, dcd_hdm_read(&hdm, other));
        C_EXPECT(!dcd_hdm_write(&hdm, offset, 0));
    }
    C_EXPECT_EQ(0, dcd_hdm_read(&hdm, offset - 4));
}

C_TEST(hdm_decoder, control_takes_bits_9_to_0_and_12)
{
    struct dcd_hdm_decoders hdm;

    C_ASSERT(dcd_hdm_init(&hdm, 1));
    dcd_hdm_write(&hdm, reg(0, CONTROL), 0xffffffff & ~(uint32_t)COMMIT);
    C_EXPECT_EQ(0x11ff, control(&hdm, 0));
    /* All ones has reserved codes: an error, and bit 10 stays the device's. */
    dcd_hdm_write(&hdm, reg(0, CONTROL), 0xffffffff);
    C_EXPECT_EQ(0x13ff | ERROR, control(&hdm, 0));
    dcd_hdm_write(&hdm, reg(0, CONTROL), 0);
    C_EXPECT_EQ(0, control(&hdm, 0));
    dcd_hdm_write(&hdm, reg(0, CONTROL), COMMITTED | ERROR);
    C_EXPECT_EQ(0, control(&hdm, 0));
}

C_TEST(hdm_decoder, global_control_has_only_the_enable)
{
    struct dcd_hdm_decoders hdm;

    C_ASSERT(dcd_hdm_init(&hdm, 1));
    C_EXPECT(!dcd_hdm_write(&hdm, GLOBAL, 0x1)); /* poison: not capable */
    C_EXPECT_EQ(0, dcd_hdm_read(&hdm, GLOBAL));
    C_EXPECT(dcd_hdm_write(&hdm, GLOBAL, 0xffffffff));
    C_EXPECT_EQ(ENABLE, dcd_hdm_read(&hdm, GLOBAL));
    C_EXPECT(!dcd_hdm_write(&hdm, GLOBAL, ENABLE));
}

C_TEST(hdm_decoder, outside_the_block_and_misaligned_is_nothing)
{
    static const uint32_t offsets[] = {
        0x30, 0x34, 0x150,      0x1000,     0x1,  0x5,        0x6,       0x11,
        0x12, 0x21, 0x7ffffff0, 0xfffffff0, 0x22, 0xfffffffc, 0xffffffff};
    struct dcd_hdm_decoders hdm, before;
    size_t i;

    start(&hdm, 1);
    commit(&hdm, 0, UNIT, UNIT, UNIT, 0);
    memcpy(&before, &hdm, sizeof(hdm));
    for (i = 0; i < ROWS(offsets); i++) {
        C_CONTEXT("offset %x", offsets[i]);
        C_EXPECT_EQ(0, dcd_hdm_read(&hdm, offsets[i]));
        C_EXPECT(!dcd_hdm_write(&hdm, offsets[i], 0xffffffff));
        C_EXPECT(!dcd_hdm_write(&hdm, offsets[i], 0));
    }
    C_EXPECT_MEMEQ(&before, &hdm, sizeof(hdm));
}

C_TEST(hdm_decoder, device_2_5_row_01_commit_sets_exactly_one)
{
    struct dcd_hdm_decoders hdm;
    uint32_t bits;

    for (bits = 0; bits < COMMIT; bits++) { /* IG, IW and lock */
        uint32_t ig = bits & 0xf, iw = bits >> 4 & 0xf;
        bool good = ig <= 6 && (iw <= 4 || (iw >= 8 && iw <= 10));

        C_CONTEXT("control %x", bits);
        start(&hdm, 1);
        C_EXPECT_EQ(good ? COMMITTED : ERROR,
                    commit(&hdm, 0, 0, 3 * UNIT, 0, bits));
        C_EXPECT_EQ(bits | COMMIT, control(&hdm, 0) & 0x3ff);
        C_EXPECT_EQ(good, decodes(&hdm, 0));
    }
}

C_TEST(hdm_decoder, error_stays_until_commit_is_cleared_and_set_again)
{
    struct dcd_hdm_decoders hdm;

    start(&hdm, 1);
    C_EXPECT_EQ(ERROR, commit(&hdm, 0, 0, UNIT, 0, LOCK | 0x80));
    /* Not committed is not locked. */
    place(&hdm, 0, UNIT, 3 * UNIT, 0);
    C_EXPECT_EQ(3 * UNIT, get64(&hdm, reg(0, SIZE)));
    C_EXPECT(!dcd_hdm_write(&hdm, reg(0, CONTROL), COMMIT | 0x81));
    C_EXPECT_EQ(COMMIT | ERROR | 0x81, control(&hdm, 0));
    C_EXPECT(!decodes(&hdm, UNIT));
    C_EXPECT(!dcd_hdm_write(&hdm, reg(0, CONTROL), 0x81));
    C_EXPECT_EQ(0x81, control(&hdm, 0));
    C_EXPECT(dcd_hdm_write(&hdm, reg(0, CONTROL), COMMIT | LOCK | 0x81));
    C_EXPECT_EQ(COMMIT | COMMITTED | LOCK | 0x81, control(&hdm, 0));
    C_EXPECT(decodes(&hdm, UNIT));
}

/*
 * Two decoders, ranges in units of 256 MiB. The first is committed and not
 * locked, the second is locked: its fate. Without lock it is never checked.
 */
struct pair_row {
    uint64_t base0, size0, base1, size1;
    uint32_t bits1, outcome;
};

static void expect_pairs(const struct pair_row *row, size_t n)
{
    struct dcd_hdm_decoders hdm;
    size_t i;

    for (i = 0; i < n; i++, row++) {
        C_CONTEXT("row %zu", i);
        start(&hdm, 2);
        live(&hdm, 0, row->base0 * UNIT, row->size0 * UNIT, 0, 0);
        C_EXPECT_EQ(row->outcome,
                    commit(&hdm, 1, row->base1 * UNIT, row->size1 * UNIT, 0,
                           row->bits1 | LOCK));
        start(&hdm, 2);
        live(&hdm, 0, row->base0 * UNIT, row->size0 * UNIT, 0, 0);
        live(&hdm, 1, row->base1 * UNIT, row->size1 * UNIT, 0, row->bits1);
    }
}

#define TOP UINT64_C(0xfffffffff) /* unit that ends at 2^64 */

/* In the last two the previous one wraps: nothing is above its end. */
C_TEST(hdm_decoder, device_2_5_row_02_base_not_below_the_end_of_the_previous)
{
    static const struct pair_row rows[] = {
        {4, 4, 8, 1, 0, COMMITTED}, {4, 4, 9, 1, 0, COMMITTED},
        {4, 4, 7, 1, 0, ERROR},     {4, 4, 4, 1, 0, ERROR},
        {4, 4, 0, 1, 0, ERROR},     {4, 4, 3, 1, 0, ERROR},
        {4, 4, 7, 0, 0, ERROR},     {4, 0, 4, 1, 0, COMMITTED},
        {4, 0, 3, 1, 0, ERROR},     {0, TOP, TOP, 0, 0, COMMITTED},
        {TOP, 2, 1, 1, 0, ERROR},   {TOP, 2, TOP, 0, 0, ERROR}};

    expect_pairs(rows, ROWS(rows));
}

C_TEST(hdm_decoder, device_2_5_row_03_end_must_not_wrap)
{
    static const struct pair_row rows[] = {
        {0, 1, TOP, 0, 0, COMMITTED},     {0, 1, TOP - 1, 1, 0, COMMITTED},
        {0, 1, TOP, 1, 0, ERROR},         {0, 1, TOP, 2, 0, ERROR},
        {0, 1, 1, TOP - 1, 0, COMMITTED}, {0, 1, 1, TOP, 0, ERROR},
        {0, 1, 2, TOP, 0, ERROR}};

    expect_pairs(rows, ROWS(rows));
}

C_TEST(hdm_decoder, device_2_5_row_04_three_way_sizes_are_multiples_of_3)
{
    static const struct pair_row rows[] = {
        {0, 1, 1, 3, 0x80, COMMITTED}, {0, 1, 1, 1, 0x80, ERROR},
        {0, 1, 1, 2, 0x80, ERROR},     {0, 1, 1, 4, 0x80, ERROR},
        {0, 1, 1, 6, 0x90, COMMITTED}, {0, 1, 1, 3, 0x90, COMMITTED},
        {0, 1, 1, 8, 0x90, ERROR},     {0, 1, 1, 9, 0xa0, COMMITTED},
        {0, 1, 1, 16, 0xa0, ERROR},    {0, 1, 1, 0, 0x80, COMMITTED},
        {0, 1, 1, 1, 0x10, COMMITTED}, {0, 1, 1, 5, 0x40, COMMITTED}};

    expect_pairs(rows, ROWS(rows));
}

/* Not applicable to a device: what is the target list there is the skip. */
C_TEST(hdm_decoder, device_2_5_row_05_target_list_is_the_dpa_skip)
{
    struct dcd_hdm_decoders hdm;

    start(&hdm, 1);
    live(&hdm, 0, 0, UNIT, 0x230000000, LOCK);
    C_EXPECT_EQ(0x230000000, get64(&hdm, reg(0, SKIP)));
    C_EXPECT_EQ(0x230000000, dpa(&hdm, 0));
}

C_TEST(hdm_decoder, device_2_5_row_06_locked_needs_its_predecessor)
{
    struct dcd_hdm_decoders hdm;
    uint32_t lock;

    for (lock = 0; lock <= LOCK; lock += LOCK) {
        start(&hdm, 4);
        C_EXPECT_EQ(lock ? ERROR : COMMITTED,
                    commit(&hdm, 1, UNIT, UNIT, 0, lock));
        C_EXPECT(!decodes(&hdm, UNIT)); /* the walk ends at decoder 0 */
        dcd_hdm_write(&hdm, reg(1, CONTROL), 0);
        live(&hdm, 0, 0, UNIT, 0, lock);
        live(&hdm, 1, UNIT, UNIT, 0, lock);
        C_EXPECT(decodes(&hdm, UNIT));
        C_EXPECT_EQ(lock ? ERROR : COMMITTED,
                    commit(&hdm, 3, 3 * UNIT, UNIT, 0, lock));
        C_EXPECT(!decodes(&hdm, 3 * UNIT));
    }
    /* A predecessor in error is not committed either. */
    start(&hdm, 2);
    C_EXPECT_EQ(ERROR, commit(&hdm, 0, 0, UNIT, 0, 0xf));
    C_EXPECT_EQ(ERROR, commit(&hdm, 1, UNIT, UNIT, 0, LOCK));
}

C_TEST(hdm_decoder, device_2_5_row_07_clearing_commit_uncommits)
{
    struct dcd_hdm_decoders hdm;

    start(&hdm, 4);
    live(&hdm, 0, 0, 2 * UNIT, 0, 0);
    live(&hdm, 1, UNIT, 2 * UNIT, 0, 0); /* aliasing is allowed */
    live(&hdm, 2, 4 * UNIT, UNIT, 0, 0);
    C_EXPECT(decodes(&hdm, 2 * UNIT) && decodes(&hdm, 4 * UNIT));
    C_EXPECT(dcd_hdm_write(&hdm, reg(1, CONTROL), 0x1));
    C_EXPECT_EQ(0x1, control(&hdm, 1));
    C_EXPECT(!dcd_hdm_write(&hdm, reg(1, CONTROL), 0));
    /* The walk ends there, though decoder 2 is still committed. */
    C_EXPECT(decodes(&hdm, 0));
    C_EXPECT(!decodes(&hdm, 2 * UNIT) && !decodes(&hdm, 4 * UNIT));
    C_EXPECT(dcd_hdm_write(&hdm, reg(1, CONTROL), COMMIT));
    C_EXPECT_EQ(4 * UNIT, dpa(&hdm, 4 * UNIT));
}

C_TEST(hdm_decoder, device_12_8_row_08_uncommitted_is_not_decoded)
{
    struct dcd_hdm_decoders hdm;

    start(&hdm, 4);
    live(&hdm, 0, 0, 16 * UNIT, 0, 0);
    C_EXPECT_EQ(128 * DCD_MIB, dpa(&hdm, 128 * DCD_MIB));
    C_EXPECT(dcd_hdm_write(&hdm, reg(0, CONTROL), 0));
    C_EXPECT(!decodes(&hdm, 128 * DCD_MIB));
}

C_TEST(hdm_decoder, committed_fields_are_read_only)
{
    struct dcd_hdm_decoders hdm;
    uint32_t lock, i;

    for (lock = 0; lock <= LOCK; lock += LOCK) {
        start(&hdm, 1);
        live(&hdm, 0, 4 * UNIT, 2 * UNIT, 8 * UNIT, lock | 0x1000);
        /* As a control value this keeps COMMIT set and asks for 2 ways. */
        for (i = 0; i < 0x20; i += 4)
            C_EXPECT(!dcd_hdm_write(&hdm, reg(0, i), 0x50000310));
        C_EXPECT_EQ(4 * UNIT, get64(&hdm, reg(0, BASE)));
        C_EXPECT_EQ(2 * UNIT, get64(&hdm, reg(0, SIZE)));
        C_EXPECT_EQ(8 * UNIT, get64(&hdm, reg(0, SKIP)));
        C_EXPECT_EQ(lock | 0x1000 | COMMIT | COMMITTED, control(&hdm, 0));
    }
}

C_TEST(hdm_decoder, device_2_5_row_08_locked_cannot_be_uncommitted)
{
    struct dcd_hdm_decoders hdm;
    static const uint32_t tries[] = {0, LOCK, COMMIT, 0x16, 0xffffffff};
    size_t i;

    start(&hdm, 1);
    live(&hdm, 0, 0, UNIT, 0, LOCK | 0x1000);
    for (i = 0; i < ROWS(tries); i++) {
        C_EXPECT(!dcd_hdm_write(&hdm, reg(0, CONTROL), tries[i]));
        C_EXPECT_EQ(LOCK | COMMIT | COMMITTED | 0x1000, control(&hdm, 0));
        C_EXPECT(decodes(&hdm, UNIT - 1));
    }
}

C_TEST(hdm_decoder, device_2_5_row_09_size_0_commits_and_decodes_nothing)
{
    struct dcd_hdm_decoders hdm;

    start(&hdm, 4);
    live(&hdm, 0, 0, 0, 0, LOCK);
    live(&hdm, 1, 0, UNIT, 0, LOCK);
    live(&hdm, 2, UNIT, 0, 2 * UNIT, 0);
    live(&hdm, 3, UNIT, UNIT, 0, LOCK);
    C_EXPECT_EQ(UNIT - 1, dpa(&hdm, UNIT - 1));
    /* It keeps the order, and its skip counts. */
    C_EXPECT_EQ(3 * UNIT, dpa(&hdm, UNIT));
}

C_TEST(hdm_decoder, device_2_5_row_10_reset_clears_everything)
{
    struct dcd_hdm_decoders hdm;
    uint32_t offset;

    start(&hdm, 4);
    live(&hdm, 0, 0, UNIT, UNIT, LOCK);
    live(&hdm, 1, UNIT, UNIT, 0, 0);
    C_EXPECT_EQ(ERROR, commit(&hdm, 3, 0, UNIT, 0, LOCK));
    C_EXPECT(decodes(&hdm, 0));
    dcd_hdm_reset(&hdm);
    C_EXPECT(!decodes(&hdm, 0));
    for (offset = 0; offset < 0x90; offset += 4)
        C_EXPECT_EQ(offset ? 0 : 0x1b12, dcd_hdm_read(&hdm, offset));
    C_EXPECT(dcd_hdm_write(&hdm, GLOBAL, ENABLE));
    C_EXPECT(!decodes(&hdm, 0));
}

/* A lock holds what a CXL reset would take, and what it needs. */
C_TEST(hdm_decoder, reset_of_what_is_not_locked)
{
    struct dcd_hdm_decoders hdm;

    start(&hdm, 4);
    live(&hdm, 0, 0, UNIT, UNIT, LOCK);
    live(&hdm, 1, UNIT, UNIT, 0, 0);
    C_EXPECT_EQ(ERROR, commit(&hdm, 2, 0, UNIT, 0, LOCK));
    dcd_hdm_reset_unlocked(&hdm);
    C_EXPECT_EQ(UNIT, dpa(&hdm, 0));
    C_EXPECT(!decodes(&hdm, UNIT));
    C_EXPECT_EQ(UNIT, dcd_hdm_read(&hdm, reg(0, SIZE)));
    for (unsigned n = 1; n < 4; n++) {
        C_EXPECT_EQ(0, dcd_hdm_read(&hdm, reg(n, SIZE)));
        C_EXPECT_EQ(0, dcd_hdm_read(&hdm, reg(n, CONTROL)));
    }
    C_EXPECT_EQ(ENABLE, dcd_hdm_read(&hdm, GLOBAL));

    /* Without a lock, nothing is left. */
    start(&hdm, 4);
    live(&hdm, 0, 0, UNIT, 0, 0);
    dcd_hdm_reset_unlocked(&hdm);
    C_EXPECT(!decodes(&hdm, 0));
    C_EXPECT_EQ(0, dcd_hdm_read(&hdm, GLOBAL));
}

/* A rule for software: decoders know no partitions, they just translate. */
C_TEST(hdm_decoder, device_2_5_row_11_any_dpa_range_may_be_decoded)
{
    struct dcd_hdm_decoders hdm;
    struct dcd_hdm_hit hit = {0};

    start(&hdm, 1);
    live(&hdm, 0, 0, DCD_TIB, 3 * UNIT, LOCK);
    C_ASSERT(dcd_hdm_translate(&hdm, 7, &hit));
    C_EXPECT_EQ(DCD_TIB - 7, hit.contiguous);
    C_EXPECT_EQ(7, hit.preceding);
}

/* The formula of the specification with plain divisions. */
static uint64_t formula(uint64_t o, uint64_t g, uint64_t w)
{
    return o / (g * w) * g + o % g;
}

C_TEST(hdm_decoder, example_translations)
{
    static const struct {
        uint64_t base, size, skip;
        uint32_t bits;
        uint64_t offset, expected;
    } rows[] = {{512, 16, 16, 0x31, DCD_GIB + 1028, UINT64_C(0x108000004)},
                {512, 96, 16, 0xa1, 24920, UINT64_C(0x100000958)},
                {0, 12, 0, 0x10, 0x12345, 0x9145},
                {0, 12, 0, 0x24, 0x123456, 0x48456},
                {0, 12, 0, 0x82, 0x54321, 0x1c321},
                {0, 12, 0, 0x90, 0xabcdef, 0x1ca2ef},
                {0, 12, 0, 0x46, 0x3fffffff, 0x3ffffff}};
    struct dcd_hdm_decoders hdm;
    size_t i;

    for (i = 0; i < ROWS(rows); i++) {
        uint64_t base = rows[i].base * UNIT;

        C_CONTEXT("row %zu", i);
        start(&hdm, 1);
        live(&hdm, 0, base, rows[i].size * UNIT, rows[i].skip * UNIT,
             LOCK | rows[i].bits);
        C_EXPECT_EQ(rows[i].expected, dpa(&hdm, base + rows[i].offset));
    }
}

static void expect_formula(struct dcd_hdm_decoders *hdm, uint64_t base,
                           uint64_t o, uint64_t g, uint64_t w)
{
    struct dcd_hdm_hit hit = {0};

    C_ASSERT(dcd_hdm_translate(hdm, base + o, &hit));
    C_ASSERT_EQ(UNIT + formula(o, g, w), hit.dpa);
    C_ASSERT_EQ(base, hit.hpa_base);
    C_ASSERT(w == 1 || hit.contiguous == g - o % g);
    C_ASSERT(w == 1 || hit.preceding == o % g);
}

C_TEST(hdm_decoder, all_ways_and_granularities_follow_the_formula)
{
    uint64_t d = UINT64_C(0x1234567890abcdef);
    struct dcd_hdm_decoders hdm;
    uint64_t base = 128 * DCD_GIB, size = 96 * DCD_GIB;
    unsigned i, ig, k;

    for (i = 0; i < 7 * ROWS(ways_codes); i++) {
        uint32_t code = ways_codes[i / 7].code, w = ways_codes[i / 7].ways;

        ig = i % 7;
        C_CONTEXT("%u ways, granule %u", w, 256u << ig);
        start(&hdm, 1);
        live(&hdm, 0, base, size, UNIT, LOCK | code << 4 | ig);
        for (k = 0; k < 2000; k++)
            expect_formula(&hdm, base, roll(&d, size), 256u << ig, w);
        expect_formula(&hdm, base, size - 1, 256u << ig, w);
    }
}

C_TEST(hdm_decoder, ten_decoders_in_any_order_of_access)
{
    uint64_t d = 77;
    struct dcd_hdm_decoders hdm;
    unsigned n, k;

    start(&hdm, 10);
    for (n = 0; n < 10; n++)
        live(&hdm, n, 4 * n * UNIT, 2 * UNIT, UNIT, LOCK);
    for (k = 0; k < 10000; k++) {
        uint64_t hpa = roll(&d, 44 * UNIT);
        uint64_t o = hpa % (4 * UNIT);
        bool inside = hpa < 40 * UNIT && o < 2 * UNIT;

        C_ASSERT_EQ(inside ? (hpa / (4 * UNIT) * 3 + 1) * UNIT + o : UINT64_MAX,
                    dpa(&hdm, hpa));
    }
}

C_TEST(hdm_decoder, device_8_2_row_01_nothing_is_decoded_before_the_enable)
{
    struct dcd_hdm_decoders hdm;

    C_ASSERT(dcd_hdm_init(&hdm, 1));
    C_EXPECT(!decodes(&hdm, 0));
    live(&hdm, 0, 0, UNIT, 0, 0);
    C_EXPECT(!decodes(&hdm, 0));
    C_EXPECT(dcd_hdm_write(&hdm, GLOBAL, ENABLE));
    C_EXPECT(decodes(&hdm, 0));
    C_EXPECT(!decodes(&hdm, UNIT));
    C_EXPECT(dcd_hdm_write(&hdm, GLOBAL, 0));
    C_EXPECT(!decodes(&hdm, 0));
}

C_TEST(hdm_decoder, unlocked_decoder_at_the_top_does_not_wrap_to_0)
{
    struct dcd_hdm_decoders hdm;
    struct dcd_hdm_hit hit = {0};

    start(&hdm, 1);
    live(&hdm, 0, TOP * UNIT, 4 * UNIT, 0, 0);
    C_ASSERT(dcd_hdm_translate(&hdm, UINT64_MAX, &hit));
    C_EXPECT_EQ(UNIT - 1, hit.dpa);
    C_EXPECT_EQ(1, hit.contiguous);
    C_EXPECT_EQ(UINT64_MAX, hit.hpa_end_inclusive);
    C_EXPECT(!decodes(&hdm, 0) && !decodes(&hdm, UNIT));
}

C_TEST(hdm_decoder, dpa_does_not_wrap_to_0)
{
    static const struct {
        uint64_t size, skip;
        uint32_t bits;
        uint64_t decoded; /* units of HPA */
    } rows[] = {{4, TOP, 0, 1},
                {4, TOP, 0x10, 2},
                {9, TOP, 0x80, 3},
                {16, TOP, 0x40, 16},
                {4, TOP - 3, 0, 4}};
    struct dcd_hdm_decoders hdm;
    size_t i;

    for (i = 0; i < ROWS(rows); i++) {
        uint64_t end = rows[i].decoded * UNIT, skip = rows[i].skip * UNIT;

        C_CONTEXT("row %zu", i);
        start(&hdm, 1);
        live(&hdm, 0, 0, rows[i].size * UNIT, skip, rows[i].bits);
        C_EXPECT_EQ(skip, dpa(&hdm, 0));
        C_EXPECT(decodes(&hdm, end - 1) && dpa(&hdm, end - 1) >= skip);
        C_EXPECT(!decodes(&hdm, end));
    }
    /* Skips alone can leave the address space, too. */
    start(&hdm, 2);
    live(&hdm, 0, 0, UNIT, (TOP - 1) * UNIT, 0);
    live(&hdm, 1, UNIT, UNIT, 2 * UNIT, 0);
    C_EXPECT(decodes(&hdm, 0) && !decodes(&hdm, UNIT));
}

static unsigned ways_of(uint32_t bits)
{
    size_t i;

    for (i = 0; i < ROWS(ways_codes); i++) {
        if (ways_codes[i].code == (bits >> 4 & 0xf))
            return ways_codes[i].ways;
    }
    return 0;
}

/* Decoder by decoder, from nothing but the registers; all ones is a miss. */
static uint64_t walk(const struct dcd_hdm_decoders *hdm, uint64_t hpa,
                     unsigned *decoder)
{
    uint64_t reached = 0;
    unsigned n;

    if (!(dcd_hdm_read(hdm, GLOBAL) & ENABLE))
        return UINT64_MAX;
    for (n = 0; n < 10 && (control(hdm, n) & COMMITTED); n++) {
        uint64_t base = get64(hdm, reg(n, BASE));
        uint64_t size = get64(hdm, reg(n, SIZE));
        uint64_t g = UINT64_C(256) << (control(hdm, n) & 0xf);

        *decoder = n;
        reached += get64(hdm, reg(n, SKIP));
        if (hpa >= base && hpa - base < size)
            return reached + formula(hpa - base, g, ways_of(control(hdm, n)));
        reached += size / ways_of(control(hdm, n));
    }
    return UINT64_MAX;
}

static void expect_at(struct dcd_hdm_decoders *hdm, uint64_t hpa, uint64_t to,
                      unsigned decoder)
{
    unsigned other = ~0u;
    uint64_t there = walk(hdm, hpa, &other);

    C_ASSERT(to == UINT64_MAX || there == to);
    C_ASSERT_EQ(decoder, other);
}

static void expect_walk(struct dcd_hdm_decoders *hdm, uint64_t hpa)
{
    unsigned decoder = 0;
    uint64_t expected = walk(hdm, hpa, &decoder);
    struct dcd_hdm_hit hit = {0};

    C_ASSERT_EQ(expected != UINT64_MAX, dcd_hdm_translate(hdm, hpa, &hit));
    if (expected == UINT64_MAX)
        return;
    C_ASSERT_EQ(expected, hit.dpa);
    C_ASSERT_EQ(decoder, hit.decoder);
    C_ASSERT(hit.contiguous > 0);
    /* Both ends of the run are linear, both ends of the range one decoder. */
    expect_at(hdm, hpa + (hit.contiguous - 1), hit.dpa + (hit.contiguous - 1),
              decoder);
    expect_at(hdm, hpa - hit.preceding, hit.dpa - hit.preceding, decoder);
    expect_at(hdm, hit.hpa_base, UINT64_MAX, decoder);
    expect_at(hdm, hit.hpa_end_inclusive, UINT64_MAX, decoder);
}

/* A field or a control bit of some decoder becomes something else. */
static bool random_write(struct dcd_hdm_decoders *hdm, uint64_t *d)
{
    unsigned n = (unsigned)roll(d, 10);
    uint32_t code = ways_codes[roll(d, ROWS(ways_codes))].code;
    uint32_t bits = code << 4 | (uint32_t)roll(d, 7);

    if (roll(d, 40) == 0)
        return dcd_hdm_write(hdm, GLOBAL, roll(d, 4) ? ENABLE : 0);
    if (roll(d, 6) == 0)
        return dcd_hdm_write(hdm, reg(n, CONTROL), bits);
    place(hdm, n, roll(d, 24) * UNIT, roll(d, 9) * UNIT, roll(d, 3) * UNIT);
    if (roll(d, 10) == 0)
        bits = 0xf;
    return dcd_hdm_write(hdm, reg(n, CONTROL), bits | COMMIT);
}

C_TEST(hdm_decoder, random_programs_agree_with_the_walk)
{
    uint64_t d = UINT64_C(0xfeedfacecafef00d);
    struct dcd_hdm_decoders hdm;
    uint64_t map[34];
    unsigned step, k, silent = 0;

    start(&hdm, 10);
    for (step = 0; step < 20000; step++) {
        C_CONTEXT("step %u", step);
        if (step % 2000 == 1999) {
            dcd_hdm_reset(&hdm);
            C_EXPECT(dcd_hdm_write(&hdm, GLOBAL, ENABLE));
        }
        for (k = 0; k < 34; k++)
            map[k] = dpa(&hdm, k * UNIT + 0x12345);
        /* A write that reports no change must change nothing. */
        if (!random_write(&hdm, &d)) {
            silent++;
            for (k = 0; k < 34; k++)
                C_ASSERT_EQ(map[k], dpa(&hdm, k * UNIT + 0x12345));
        }
        for (k = 0; k < 8; k++)
            expect_walk(&hdm, roll(&d, 34 * UNIT));
        expect_walk(&hdm, roll(&d, 34) * UNIT);
    }
    C_EXPECT(silent > 1000);
}
