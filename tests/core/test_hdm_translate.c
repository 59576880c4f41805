/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_hdm_translate.c - more of HPA to DPA: runs, overlaps, any registers.
 */
#include "hdm_registers.h"

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

/* --- Backwards, and where nothing is decoded ------------------------------ */

C_TEST(hdm_decoder, gap_reaches_to_the_next_decoded_hpa)
{
    struct dcd_hdm_decoders hdm;

    start(&hdm, 4);
    C_EXPECT_EQ(UINT64_MAX, dcd_hdm_gap(&hdm, 0));
    C_EXPECT_EQ(1, dcd_hdm_gap(&hdm, UINT64_MAX));
    live(&hdm, 0, 4 * UNIT, UNIT, 0, 0);
    live(&hdm, 1, 8 * UNIT, UNIT, 0, 0);
    C_EXPECT_EQ(4 * UNIT, dcd_hdm_gap(&hdm, 0));
    C_EXPECT_EQ(1, dcd_hdm_gap(&hdm, 4 * UNIT - 1));
    C_EXPECT_EQ(3 * UNIT, dcd_hdm_gap(&hdm, 5 * UNIT));
    C_EXPECT_EQ(0 - 9 * UNIT, dcd_hdm_gap(&hdm, 9 * UNIT));
}

/* Whether some decoded range, turned round, holds [hpa] for [at]. */
static bool reverse_holds(const struct dcd_hdm_decoders *hdm, uint64_t at,
                          uint64_t length, uint64_t hpa)
{
    uint64_t first;
    uint64_t last;

    for (unsigned i = 0; i < DCD_HDM_RANGES_MAX; i++)
        if (dcd_hdm_reverse(hdm, i, at, length, &first, &last) &&
            hpa >= first && hpa <= last)
            return true;
    return false;
}

C_TEST(hdm_decoder, reverse_is_exact_with_one_way)
{
    struct dcd_hdm_decoders hdm;
    uint64_t first = 0;
    uint64_t last = 0;

    start(&hdm, 4);
    live(&hdm, 0, 4 * UNIT, 2 * UNIT, UNIT, 0);
    C_EXPECT(dcd_hdm_reverse(&hdm, 0, UNIT + 64, 128, &first, &last));
    C_EXPECT_EQ(4 * UNIT + 64, first);
    C_EXPECT_EQ(4 * UNIT + 191, last);
    C_EXPECT(dcd_hdm_reverse(&hdm, 0, 0, 4 * UNIT, &first, &last));
    C_EXPECT_EQ(4 * UNIT, first);
    C_EXPECT_EQ(6 * UNIT - 1, last);
    C_EXPECT(!dcd_hdm_reverse(&hdm, 0, 0, UNIT, &first, &last));
    C_EXPECT(!dcd_hdm_reverse(&hdm, 0, 3 * UNIT, UNIT, &first, &last));
    C_EXPECT(!dcd_hdm_reverse(&hdm, 0, UNIT, 0, &first, &last));
    C_EXPECT(!dcd_hdm_reverse(&hdm, 1, UNIT, 1, &first, &last));
}

C_TEST(hdm_decoder, reverse_holds_every_hpa_that_reaches_a_dpa)
{
    static const uint32_t codes[] = {0, 1, 2, 3, 4, 8, 9, 10};
    uint64_t dice = 12345;

    for (unsigned i = 0; i < 8; i++) {
        for (uint32_t granularity = 0; granularity < 7; granularity++) {
            struct dcd_hdm_decoders hdm;

            start(&hdm, 4);
            live(&hdm, 0, 12 * UNIT, 12 * UNIT, UNIT,
                 codes[i] << 4 | granularity);
            for (unsigned n = 0; n < 200; n++) {
                uint64_t hpa = 12 * UNIT + roll(&dice, 12 * UNIT);
                uint64_t at = dpa(&hdm, hpa);
                uint64_t before = roll(&dice, 4096);

                C_ASSERT(at != UINT64_MAX);
                C_EXPECT(reverse_holds(&hdm, at, 1, hpa));
                C_EXPECT(reverse_holds(&hdm, at - before, before + 1, hpa));
            }
        }
    }
}
