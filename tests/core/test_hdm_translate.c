/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_hdm_translate.c - more of HPA to DPA: runs, overlaps, any registers.
 */
#include "hdm_decoder.h"

#include <cxldcd/ctypes/le.h>
#include <gtest_c.h>

#define UNIT DCD_CAPACITY_UNIT

enum { CAPABILITY = 0x00, GLOBAL = 0x04, ENABLE = 0x2 };
enum { BASE = 0x00, SIZE = 0x08, CONTROL = 0x10, SKIP = 0x14 };
enum { LOCK = 0x100, COMMIT = 0x200, COMMITTED = 0x400, ERROR = 0x800 };

static uint32_t reg(unsigned decoder, uint32_t field)
{
    return 0x10 + 0x20 * decoder + field;
}

static void put64(struct dcd_hdm_decoders *hdm, uint32_t offset, uint64_t value)
{
    dcd_hdm_write(hdm, offset, (uint32_t)value);
    dcd_hdm_write(hdm, offset + 4, (uint32_t)(value >> 32));
}

static void place(struct dcd_hdm_decoders *hdm, unsigned n, uint64_t base,
                  uint64_t size, uint64_t skip)
{
    put64(hdm, reg(n, BASE), base);
    put64(hdm, reg(n, SIZE), size);
    put64(hdm, reg(n, SKIP), skip);
}

static uint32_t control(const struct dcd_hdm_decoders *hdm, unsigned n)
{
    return dcd_hdm_read(hdm, reg(n, CONTROL));
}

/* Programs decoder [n] and commits it; the outcome bits. */
static uint32_t commit(struct dcd_hdm_decoders *hdm, unsigned n, uint64_t base,
                       uint64_t size, uint64_t skip, uint32_t bits)
{
    place(hdm, n, base, size, skip);
    dcd_hdm_write(hdm, reg(n, CONTROL), bits | COMMIT);
    return control(hdm, n) & (COMMITTED | ERROR);
}

/* The same where the outcome is not what is tested. */
static void live(struct dcd_hdm_decoders *hdm, unsigned n, uint64_t base,
                 uint64_t size, uint64_t skip, uint32_t bits)
{
    C_EXPECT_EQ(COMMITTED, commit(hdm, n, base, size, skip, bits));
}

static void start(struct dcd_hdm_decoders *hdm, unsigned count)
{
    C_ASSERT(dcd_hdm_init(hdm, count));
    C_EXPECT(dcd_hdm_write(hdm, GLOBAL, ENABLE));
}

static bool decodes(struct dcd_hdm_decoders *hdm, uint64_t hpa)
{
    struct dcd_hdm_hit hit = {0};

    return dcd_hdm_translate(hdm, hpa, &hit);
}

/* DPA of [hpa], or all ones when it is not decoded. */
static uint64_t dpa(struct dcd_hdm_decoders *hdm, uint64_t hpa)
{
    struct dcd_hdm_hit hit = {0};

    return dcd_hdm_translate(hdm, hpa, &hit) ? hit.dpa : UINT64_MAX;
}

static uint64_t roll(uint64_t *dice, uint64_t sides)
{
    *dice ^= *dice << 13;
    *dice ^= *dice >> 7;
    *dice ^= *dice << 17;
    return (*dice * UINT64_C(0x2545f4914f6cdd1d) >> 8) % sides;
}

#define TOP UINT64_C(0xfffffffff) /* unit that ends at 2^64 */

C_TEST(hdm_decoder, one_way_is_linear_over_the_whole_decoder)
{
    struct dcd_hdm_decoders hdm;
    struct dcd_hdm_hit hit = {0};

    start(&hdm, 2);
    live(&hdm, 0, 8 * UNIT, 4 * UNIT, UNIT, 0x6);
    C_ASSERT(dcd_hdm_translate(&hdm, 9 * UNIT + 5, &hit));
    C_EXPECT_EQ(2 * UNIT + 5, hit.dpa);
    C_EXPECT_EQ(3 * UNIT - 5, hit.contiguous);
    C_EXPECT_EQ(UNIT + 5, hit.preceding);
    C_EXPECT_EQ(8 * UNIT, hit.hpa_base);
    C_EXPECT_EQ(12 * UNIT - 1, hit.hpa_end_inclusive);
    C_EXPECT_EQ(0, hit.decoder);
    C_ASSERT(dcd_hdm_translate(&hdm, 12 * UNIT - 1, &hit));
    C_EXPECT_EQ(1, hit.contiguous);
    C_EXPECT(!decodes(&hdm, 12 * UNIT));
    C_EXPECT(!decodes(&hdm, 8 * UNIT - 1));
    C_EXPECT(!decodes(&hdm, 0));
    C_EXPECT(!decodes(&hdm, UINT64_MAX));
}

C_TEST(hdm_decoder, later_decoders_start_behind_earlier_shares_and_skips)
{
    struct dcd_hdm_decoders hdm;

    start(&hdm, 4);
    live(&hdm, 0, 0, 8 * UNIT, UNIT, LOCK | 0x30);
    live(&hdm, 1, 8 * UNIT, 2 * UNIT, 0, LOCK);
    live(&hdm, 2, 16 * UNIT, 6 * UNIT, 3 * UNIT, LOCK | 0x80);
    live(&hdm, 3, 32 * UNIT, UNIT, UNIT, LOCK);
    C_EXPECT_EQ(UNIT, dpa(&hdm, 0));
    C_EXPECT_EQ(2 * UNIT, dpa(&hdm, 8 * UNIT));   /* 1 skipped, 8/8 used */
    C_EXPECT_EQ(7 * UNIT, dpa(&hdm, 16 * UNIT));  /* 2 used, 3 skipped */
    C_EXPECT_EQ(10 * UNIT, dpa(&hdm, 32 * UNIT)); /* 6/3 used, 1 skipped */
    C_EXPECT(!decodes(&hdm, 10 * UNIT));
}

C_TEST(hdm_decoder, the_first_of_overlapping_decoders_decides)
{
    struct dcd_hdm_decoders hdm;
    struct dcd_hdm_hit hit = {0};

    start(&hdm, 2);
    live(&hdm, 0, 4 * UNIT, 2 * UNIT, 0, 0);
    live(&hdm, 1, 2 * UNIT, 8 * UNIT, 0, 0);
    C_ASSERT(dcd_hdm_translate(&hdm, 3 * UNIT, &hit));
    C_EXPECT_EQ(3 * UNIT, hit.dpa);
    /* A pointer for this run must not reach into decoder 0. */
    C_EXPECT_EQ(UNIT, hit.contiguous);
    C_EXPECT_EQ(4 * UNIT - 1, hit.hpa_end_inclusive);
    C_EXPECT_EQ(UNIT, dpa(&hdm, 5 * UNIT));
    C_ASSERT(dcd_hdm_translate(&hdm, 7 * UNIT, &hit));
    C_EXPECT_EQ(7 * UNIT, hit.dpa);
    C_EXPECT_EQ(UNIT, hit.preceding);
    C_EXPECT_EQ(6 * UNIT, hit.hpa_base);
}

/* Registers take whatever is thrown at them. */
C_TEST(hdm_decoder, random_registers_never_break_an_invariant)
{
    uint64_t d = UINT64_C(0x5eed);
    struct dcd_hdm_decoders hdm;
    unsigned step;

    start(&hdm, 10);
    for (step = 0; step < 200000; step++) {
        struct dcd_hdm_hit hit = {0};
        uint64_t hpa = roll(&d, UINT64_MAX) << roll(&d, 8);

        if (step % 500 == 0) {
            dcd_hdm_reset(&hdm);
            dcd_hdm_write(&hdm, GLOBAL, ENABLE);
        }
        dcd_hdm_write(&hdm, (uint32_t)roll(&d, 0x160),
                      (uint32_t)(roll(&d, UINT64_MAX)));
        dcd_hdm_write(&hdm, reg((unsigned)roll(&d, 10), CONTROL),
                      COMMIT | (uint32_t)roll(&d, 0xb0));
        if (!dcd_hdm_translate(&hdm, hpa, &hit))
            continue;
        C_ASSERT(hit.hpa_base <= hpa && hpa <= hit.hpa_end_inclusive);
        C_ASSERT(hit.preceding <= hpa - hit.hpa_base);
        C_ASSERT(hit.contiguous > 0 &&
                 hit.contiguous - 1 <= hit.hpa_end_inclusive - hpa);
        C_ASSERT(hit.dpa + (hit.contiguous - 1) >= hit.dpa);
    }
}
