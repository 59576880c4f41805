/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_access_rows.c - what a host may reach in each state of its capacity,
 * where memory that is not there is an error, and where it is passed over.
 */
#include "gtest_c.h"
#include "memory_support.h"

#include <string.h>

#define STRICT DCD_UNBACKED_ERROR
#define IGNORE DCD_UNBACKED_IGNORE
#define HELD RANGES({0, MIB(128)})

/* D1 whose host has accepted [0, 128 MiB). */
static void d1_holding(struct harness *h, enum dcd_unbacked unbacked)
{
    d1_decoded(h, unbacked);
    hold(h, 0, HELD);
}

/* Eight bytes where four can be reached: all-ones and memory side by side. */
static void expect_half(struct harness *h, uint64_t hpa)
{
    static const uint8_t ones[4] = {0xff, 0xff, 0xff, 0xff};
    uint8_t bytes[8];
    uint8_t half[4];

    put_bytes(h, 0, hpa, 4, 3);
    C_EXPECT_EQ(DCD_ACCESS_OK, dcd_device_read(h->device, 0, hpa, bytes, 8));
    fill(half, 4, 3);
    C_EXPECT_MEMEQ(half, bytes, 4);
    C_EXPECT_MEMEQ(ones, bytes + 4, 4);
    put_bytes(h, 0, hpa, 8, 4);
    fill(bytes, 8, 4);
    C_EXPECT_EQ(DCD_ACCESS_OK, dcd_device_read(h->device, 0, hpa, half, 4));
    C_EXPECT_MEMEQ(bytes, half, 4);
}

/* --- Access scenarios ----------------------------------------------------- */

static const struct {
    uint64_t dpa;
    uint64_t length;
} anywhere[] = {
    {0, 1},           {0, 8},      {MIB(2) - 4, 8}, {MIB(128), 64},
    {GIB(2) - 8, 16}, {GIB(2), 8}, {GIB(4) - 8, 8}, {GIB(1) + 3, MIB(3)},
};

C_TEST(access, device_12_8_row_01)
{
    struct harness h;

    d1_decoded(&h, STRICT);
    for (size_t i = 0; i < COUNT(anywhere); i++)
        expect_refused(&h, 0, BASE + anywhere[i].dpa, anywhere[i].length,
                       DCD_ACCESS_NOT_BACKED);
    harness_free(&h);
}

C_TEST(access, device_12_8_row_01_ignored)
{
    struct harness h;

    d1_decoded(&h, IGNORE);
    for (size_t i = 0; i < COUNT(anywhere); i++)
        expect_ignored(&h, 0, BASE + anywhere[i].dpa, anywhere[i].length,
                       DCD_ACCESS_NOT_BACKED);
    harness_free(&h);
}

/* What is only offered is not there yet either. */
C_TEST(access, device_12_8_row_01_offered)
{
    struct harness h;

    d1_decoded(&h, STRICT);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, HELD));
    expect_refused(&h, 0, BASE, 8, DCD_ACCESS_NOT_BACKED);
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, NO_RANGES));
    expect_refused(&h, 0, BASE, 8, DCD_ACCESS_NOT_BACKED);
    harness_free(&h);
}

C_TEST(access, device_12_8_row_02)
{
    struct harness h;

    for (int mode = STRICT; mode <= IGNORE; mode++) {
        d1_holding(&h, (enum dcd_unbacked)mode);
        expect_works(&h, 0, BASE, 8);
        expect_works(&h, 0, BASE + MIB(128) - 8, 8);
        harness_free(&h);
    }
}

C_TEST(access, device_12_8_row_03)
{
    struct harness h;

    d1_holding(&h, STRICT);
    expect_refused(&h, 0, BASE + MIB(128), 8, DCD_ACCESS_NOT_BACKED);
    harness_free(&h);
}

C_TEST(access, device_12_8_row_03_ignored)
{
    struct harness h;

    d1_holding(&h, IGNORE);
    expect_ignored(&h, 0, BASE + MIB(128), 8, DCD_ACCESS_NOT_BACKED);
    harness_free(&h);
}

C_TEST(access, device_12_8_row_04)
{
    struct harness h;

    d1_holding(&h, STRICT);
    put_bytes(&h, 0, BASE + MIB(128) - 4, 4, 1);
    expect_refused(&h, 0, BASE + MIB(128) - 4, 8, DCD_ACCESS_NOT_BACKED);
    expect_bytes(&h, 0, BASE + MIB(128) - 4, 4, 1);
    harness_free(&h);
}

C_TEST(access, device_12_8_row_04_ignored)
{
    struct harness h;

    d1_holding(&h, IGNORE);
    expect_half(&h, BASE + MIB(128) - 4);
    harness_free(&h);
}

C_TEST(access, device_12_8_row_05)
{
    struct harness h;

    d1_holding(&h, STRICT);
    put_bytes(&h, 0, BASE + MIB(64), 64, 1);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&h, 0, 0, HELD));
    C_EXPECT_EQ(1, get_events(&h, 0));
    expect_bytes(&h, 0, BASE + MIB(64), 64, 1);
    expect_works(&h, 0, BASE, 8);
    harness_free(&h);
}

C_TEST(access, device_12_8_row_06)
{
    struct harness h;

    d1_holding(&h, STRICT);
    put_bytes(&h, 0, BASE, 64, 1);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, HELD));
    expect_refused(&h, 0, BASE, 8, DCD_ACCESS_NOT_BACKED);
    /* The region does not sanitise: the bytes are still there. */
    hold(&h, 0, HELD);
    expect_bytes(&h, 0, BASE, 64, 1);
    harness_free(&h);
}

C_TEST(access, device_12_8_row_06_erased)
{
    static const uint8_t zeros[64];
    uint8_t bytes[64];
    struct harness h;

    harness_d1_config(&h);
    h.config.regions[0].sanitize = DCD_SANITIZE_YES;
    harness_build(&h);
    commit_decoder(&h, 0, 0, BASE, GIB(4), 0);
    hold(&h, 0, HELD);
    put_bytes(&h, 0, BASE, 64, 1);
    put_bytes(&h, 0, BASE + MIB(128) - 64, 64, 2);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, HELD));
    expect_refused(&h, 0, BASE, 8, DCD_ACCESS_NOT_BACKED);
    hold(&h, 0, HELD);
    C_EXPECT_EQ(DCD_ACCESS_OK, dcd_device_read(h.device, 0, BASE, bytes, 64));
    C_EXPECT_MEMEQ(zeros, bytes, 64);
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_read(h.device, 0, BASE + MIB(128) - 64, bytes, 64));
    C_EXPECT_MEMEQ(zeros, bytes, 64);
    harness_free(&h);
}

C_TEST(access, device_12_8_row_06_ignored)
{
    struct harness h;

    d1_holding(&h, IGNORE);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, HELD));
    expect_ignored(&h, 0, BASE, 8, DCD_ACCESS_NOT_BACKED);
    harness_free(&h);
}

C_TEST(access, device_12_8_row_07)
{
    struct harness h;

    d1_holding(&h, STRICT);
    expect_works(&h, 0, BASE + MIB(10), 8);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&h, 0, DCD_RELEASE_FORCED,
                                           RANGES({MIB(10), MIB(2)})));
    expect_refused(&h, 0, BASE + MIB(10), 8, DCD_ACCESS_NOT_BACKED);
    expect_refused(&h, 0, BASE + MIB(12) - 8, 8, DCD_ACCESS_NOT_BACKED);
    expect_works(&h, 0, BASE + MIB(10) - 8, 8);
    expect_works(&h, 0, BASE + MIB(12), 8);
    harness_free(&h);
}

C_TEST(access, device_12_8_row_07_ignored)
{
    struct harness h;

    d1_holding(&h, IGNORE);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&h, 0, DCD_RELEASE_FORCED,
                                           RANGES({MIB(10), MIB(2)})));
    expect_ignored(&h, 0, BASE + MIB(10), 64, DCD_ACCESS_NOT_BACKED);
    harness_free(&h);
}

C_TEST(access, device_12_8_row_08)
{
    struct harness h;

    d1_holding(&h, STRICT);
    put_bytes(&h, 0, BASE, 8, 1);
    uncommit_decoder(&h, 0, 0);
    expect_refused(&h, 0, BASE, 8, DCD_ACCESS_NOT_DECODED);
    commit_decoder(&h, 0, 0, BASE, GIB(4), 0);
    expect_bytes(&h, 0, BASE, 8, 1);
    harness_free(&h);
}

C_TEST(access, device_12_8_row_08_ignored)
{
    struct harness h;

    d1_holding(&h, IGNORE);
    put_bytes(&h, 0, BASE, 8, 1);
    uncommit_decoder(&h, 0, 0);
    expect_ignored(&h, 0, BASE, 8, DCD_ACCESS_NOT_DECODED);
    commit_decoder(&h, 0, 0, BASE, GIB(4), 0);
    expect_bytes(&h, 0, BASE, 8, 1);
    harness_free(&h);
}

/* Static memory of 1 GiB in front, in two partitions. */
static void static_and_dynamic(struct harness *h, enum dcd_unbacked unbacked)
{
    harness_d1_config(h);
    h->config.static_volatile = MIB(768);
    h->config.static_persistent = MIB(256);
    h->config.unbacked_reads = unbacked;
    h->config.unbacked_writes = unbacked;
    harness_build(h);
    commit_decoder(h, 0, 0, BASE, GIB(5), 0);
}

C_TEST(access, device_12_8_row_10)
{
    struct harness h;

    static_and_dynamic(&h, STRICT);
    put_bytes(&h, 0, BASE + GIB(1) - 8, 8, 1);
    expect_refused(&h, 0, BASE + GIB(1) - 8, 16, DCD_ACCESS_NOT_BACKED);
    expect_bytes(&h, 0, BASE + GIB(1) - 8, 8, 1);
    hold(&h, 0, RANGES({GIB(1), MIB(2)}));
    expect_works(&h, 0, BASE + GIB(1) - 8, 16);
    harness_free(&h);
}

C_TEST(access, device_12_8_row_10_ignored)
{
    struct harness h;

    static_and_dynamic(&h, IGNORE);
    expect_half(&h, BASE + GIB(1) - 4);
    hold(&h, 0, RANGES({GIB(1), MIB(2)}));
    expect_works(&h, 0, BASE + GIB(1) - 8, 16);
    harness_free(&h);
}

/* --- Decision table of one access ----------------------------------------- */

C_TEST(access, device_8_2_row_01)
{
    struct harness h;

    d1_holding(&h, STRICT);
    expect_refused(&h, 0, 0, 8, DCD_ACCESS_NOT_DECODED);
    expect_refused(&h, 0, BASE - 1, 1, DCD_ACCESS_NOT_DECODED);
    expect_refused(&h, 0, BASE - 4, 8, DCD_ACCESS_NOT_DECODED);
    expect_refused(&h, 0, BASE + GIB(4), 8, DCD_ACCESS_NOT_DECODED);
    expect_refused(&h, 0, UINT64_MAX, 1, DCD_ACCESS_NOT_DECODED);
    harness_free(&h);
}

C_TEST(access, device_8_2_row_01_ignored)
{
    struct harness h;

    d1_holding(&h, IGNORE);
    expect_ignored(&h, 0, 0, 8, DCD_ACCESS_NOT_DECODED);
    expect_ignored(&h, 0, BASE - 8, 8, DCD_ACCESS_NOT_DECODED);
    expect_ignored(&h, 0, BASE + GIB(4), 4096, DCD_ACCESS_NOT_DECODED);
    expect_ignored(&h, 0, UINT64_MAX - 7, 8, DCD_ACCESS_NOT_DECODED);
    harness_free(&h);
}

/* Decoders that are committed but not enabled decode nothing. */
C_TEST(access, device_8_2_row_01_disabled)
{
    struct harness h;

    d1_holding(&h, STRICT);
    expect_works(&h, 0, BASE, 8);
    reg_write(&h, 0, DCD_BAR_HDM + DCD_HDM_GLOBAL_CONTROL, 4, 0);
    expect_refused(&h, 0, BASE, 8, DCD_ACCESS_NOT_DECODED);
    reg_write(&h, 0, DCD_BAR_HDM + DCD_HDM_GLOBAL_CONTROL, 4,
              DCD_HDM_GLOBAL_ENABLE);
    expect_works(&h, 0, BASE, 8);
    harness_free(&h);
}

C_TEST(access, device_8_2_row_02)
{
    struct harness h;

    harness_d1(&h);
    commit_decoder(&h, 0, 0, BASE, GIB(8), 0);
    expect_refused(&h, 0, BASE + GIB(4), 8, DCD_ACCESS_BEYOND);
    expect_refused(&h, 0, BASE + GIB(8) - 1, 1, DCD_ACCESS_BEYOND);
    expect_refused(&h, 0, BASE + GIB(8) - 1, 2, DCD_ACCESS_BEYOND);
    harness_free(&h);
}

C_TEST(access, device_8_2_row_02_ignored)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.unbacked_reads = IGNORE;
    h.config.unbacked_writes = IGNORE;
    harness_build(&h);
    commit_decoder(&h, 0, 0, BASE, GIB(8), 0);
    expect_ignored(&h, 0, BASE + GIB(4), 8, DCD_ACCESS_BEYOND);
    expect_ignored(&h, 0, BASE + GIB(8) - 64, 64, DCD_ACCESS_BEYOND);
    harness_free(&h);
}

C_TEST(access, device_8_2_row_03)
{
    struct harness h;

    static_and_dynamic(&h, STRICT);
    expect_works(&h, 0, BASE, 8);
    expect_works(&h, 0, BASE + MIB(768) - 8, 8);
    expect_works(&h, 0, BASE + MIB(768) - 4, 8); /* both kinds */
    expect_works(&h, 0, BASE + MIB(768), 8);
    expect_works(&h, 0, BASE + GIB(1) - 8, 8);
    harness_free(&h);
}

C_TEST(access, device_8_2_row_04)
{
    struct harness h;

    d1_decoded(&h, STRICT);
    hold(&h, 0, RANGES({MIB(4), MIB(2)}, {MIB(6), MIB(6)}));
    hold(&h, 0, RANGES({MIB(12), MIB(2)}));
    expect_works(&h, 0, BASE + MIB(4), MIB(10));
    expect_works(&h, 0, BASE + MIB(6) - 3, 7);  /* two extents */
    expect_works(&h, 0, BASE + MIB(8) - 3, 7);  /* two blocks of one */
    expect_works(&h, 0, BASE + MIB(12) - 3, 7); /* of two groups */
    harness_free(&h);
}

/* The middle of three blocks is missing. */
C_TEST(access, device_8_2_row_05)
{
    struct harness h;

    d1_decoded(&h, STRICT);
    hold(&h, 0, RANGES({0, MIB(2)}, {MIB(4), MIB(2)}));
    expect_works(&h, 0, BASE, MIB(2));
    expect_works(&h, 0, BASE + MIB(4), MIB(2));
    expect_refused(&h, 0, BASE + MIB(2) - 8, MIB(2) + 16,
                   DCD_ACCESS_NOT_BACKED);
    expect_refused(&h, 0, BASE, MIB(6), DCD_ACCESS_NOT_BACKED);
    expect_refused(&h, 0, BASE + MIB(4) - 1, 2, DCD_ACCESS_NOT_BACKED);
    harness_free(&h);
}

C_TEST(access, device_8_2_row_05_ignored)
{
    const uint64_t length = MIB(2) + 16;
    static uint8_t bytes[(2 << 20) + 16];
    static uint8_t want[(2 << 20) + 16];
    struct harness h;

    d1_decoded(&h, IGNORE);
    hold(&h, 0, RANGES({0, MIB(2)}, {MIB(4), MIB(2)}));
    put_bytes(&h, 0, BASE + MIB(2) - 8, length, 1);
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_read(h.device, 0, BASE + MIB(2) - 8, bytes, length));
    fill(want, length, 1);
    memset(want + 8, 0xff, MIB(2));
    C_EXPECT_MEMEQ(want, bytes, length);
    harness_free(&h);
}

/* Region 0 is read-only for head 1; head 0 fills it, and lets it go. */
static void read_only(struct harness *h, enum dcd_unbacked unbacked)
{
    harness_d1_config(h);
    h->config.heads = 2;
    h->config.head[1].attributes_given[0] = true;
    h->config.head[1].attributes[0] = DCD_REGION_ATTR_READ_ONLY;
    h->config.unbacked_reads = unbacked;
    h->config.unbacked_writes = unbacked;
    harness_build(h);
    commit_decoder(h, 0, 0, BASE, GIB(4), 0);
    commit_decoder(h, 1, 0, BASE, GIB(4), 0);
    hold(h, 0, HELD);
    put_bytes(h, 0, BASE, 64, 1);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(h, 0, HELD));
    hold(h, 1, HELD);
}

C_TEST(access, device_8_2_row_06)
{
    static const uint8_t zeros[64];
    struct harness h;

    read_only(&h, STRICT);
    C_EXPECT_EQ(DCD_ACCESS_OK, dcd_device_probe(h.device, 1, BASE, 64, false));
    C_EXPECT_EQ(DCD_ACCESS_READ_ONLY,
                dcd_device_probe(h.device, 1, BASE, 64, true));
    C_EXPECT_EQ(DCD_ACCESS_READ_ONLY,
                dcd_device_write(h.device, 1, BASE, zeros, 64));
    C_EXPECT_EQ(0, dcd_device_debug_write(h.device, 1, BASE, zeros, 64));
    expect_bytes(&h, 1, BASE, 64, 1);
    /* Of what it has not got, the missing block is the reason. */
    expect_refused(&h, 1, BASE + MIB(128), 8, DCD_ACCESS_NOT_BACKED);
    harness_free(&h);
}

C_TEST(access, device_8_2_row_06_ignored)
{
    static const uint8_t zeros[64];
    struct harness h;

    read_only(&h, IGNORE);
    C_EXPECT_EQ(DCD_ACCESS_OK, dcd_device_probe(h.device, 1, BASE, 64, true));
    C_EXPECT_EQ(DCD_ACCESS_OK, dcd_device_write(h.device, 1, BASE, zeros, 64));
    expect_bytes(&h, 1, BASE, 64, 1);
    harness_free(&h);
}

/* Two regions that touch: blocks, regions and their states in all mixtures. */
C_TEST(access, device_8_2_row_09)
{
    static const struct range below = {GIB(2) - MIB(2), MIB(2), NULL, 0};
    static const struct range above = {GIB(2), MIB(2), NULL, 0};
    struct harness h;

    d1_decoded(&h, STRICT);
    expect_refused(&h, 0, BASE + GIB(2) - 4, 8, DCD_ACCESS_NOT_BACKED);
    hold(&h, 0, &below, 1);
    expect_refused(&h, 0, BASE + GIB(2) - 4, 8, DCD_ACCESS_NOT_BACKED);
    expect_refused(&h, 0, BASE + GIB(2) - 1, 2, DCD_ACCESS_NOT_BACKED);
    hold(&h, 0, &above, 1);
    expect_works(&h, 0, BASE + GIB(2) - 4, 8);
    expect_works(&h, 0, BASE + GIB(2) - 1, 2);
    expect_works(&h, 0, BASE + GIB(2) - MIB(2), MIB(4));
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, &below, 1));
    expect_refused(&h, 0, BASE + GIB(2) - 4, 8, DCD_ACCESS_NOT_BACKED);
    expect_works(&h, 0, BASE + GIB(2), 8);
    harness_free(&h);
}

C_TEST(access, device_8_2_row_09_ignored)
{
    struct harness h;

    d1_decoded(&h, IGNORE);
    hold(&h, 0, RANGES({GIB(2) - MIB(2), MIB(2)}));
    expect_half(&h, BASE + GIB(2) - 4);
    harness_free(&h);
}

/* --- Each direction has its own answer ------------------------------------ */

C_TEST(access, reads_may_fail_where_writes_are_dropped)
{
    uint8_t bytes[8] = {0};
    struct harness h;

    harness_d1_config(&h);
    h.config.unbacked_writes = IGNORE;
    harness_build(&h);
    commit_decoder(&h, 0, 0, BASE, GIB(4), 0);
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED,
                dcd_device_read(h.device, 0, BASE, bytes, 8));
    C_EXPECT_EQ(DCD_ACCESS_OK, dcd_device_write(h.device, 0, BASE, bytes, 8));
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED,
                dcd_device_probe(h.device, 0, BASE, 8, false));
    C_EXPECT_EQ(DCD_ACCESS_OK, dcd_device_probe(h.device, 0, BASE, 8, true));
    harness_free(&h);
}

C_TEST(access, writes_may_fail_where_reads_give_ones)
{
    uint8_t bytes[8] = {0};
    struct harness h;

    harness_d1_config(&h);
    h.config.unbacked_reads = IGNORE;
    harness_build(&h);
    commit_decoder(&h, 0, 0, BASE, GIB(4), 0);
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED,
                dcd_device_write(h.device, 0, BASE, bytes, 8));
    C_EXPECT_EQ(DCD_ACCESS_OK, dcd_device_read(h.device, 0, BASE, bytes, 8));
    C_EXPECT_EQ(UINT64_MAX, dcd_load_le(bytes, 8));
    harness_free(&h);
}

C_TEST(access, head_that_is_not_there)
{
    uint8_t bytes[8] = {0};
    struct harness h;

    d1_holding(&h, IGNORE);
    for (unsigned head = 1; head < 40; head += 13) {
        C_EXPECT_EQ(DCD_ACCESS_NO_HEAD,
                    dcd_device_read(h.device, head, BASE, bytes, 8));
        C_EXPECT_EQ(DCD_ACCESS_NO_HEAD,
                    dcd_device_write(h.device, head, BASE, bytes, 8));
        C_EXPECT_EQ(DCD_ACCESS_NO_HEAD,
                    dcd_device_probe(h.device, head, BASE, 8, false));
        C_EXPECT_EQ(0, dcd_device_debug_read(h.device, head, BASE, bytes, 8));
        C_EXPECT_EQ(0, dcd_device_debug_write(h.device, head, BASE, bytes, 8));
    }
    harness_free(&h);
}

/* --- Reset ---------------------------------------------------------------- */

/* Decoders are registers: even what stays cannot be reached any more. */
C_TEST(access, reset_ends_decoding)
{
    struct harness h;

    static_and_dynamic(&h, STRICT);
    hold(&h, 0, RANGES({GIB(1), MIB(2)}));
    expect_works(&h, 0, BASE + GIB(1), 8);
    put_bytes(&h, 0, BASE, 8, 1);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_refused(&h, 0, BASE, 8, DCD_ACCESS_MEM_DISABLED);
    enable_mem(&h, 0);
    expect_refused(&h, 0, BASE, 8, DCD_ACCESS_NOT_DECODED);
    expect_refused(&h, 0, BASE + GIB(1), 8, DCD_ACCESS_NOT_DECODED);
    commit_decoder(&h, 0, 0, BASE, GIB(5), 0);
    expect_bytes(&h, 0, BASE, 8, 1);
    expect_refused(&h, 0, BASE + GIB(1), 8, DCD_ACCESS_NOT_BACKED);
    harness_free(&h);
}

C_TEST(access, reset_that_keeps_capacity_ends_decoding_too)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.reset = DCD_RESET_KEEP;
    harness_build(&h);
    commit_decoder(&h, 0, 0, BASE, GIB(4), 0);
    hold(&h, 0, HELD);
    put_bytes(&h, 0, BASE, 8, 1);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_refused(&h, 0, BASE, 8, DCD_ACCESS_MEM_DISABLED);
    enable_mem(&h, 0);
    expect_refused(&h, 0, BASE, 8, DCD_ACCESS_NOT_DECODED);
    commit_decoder(&h, 0, 0, BASE, GIB(4), 0);
    expect_bytes(&h, 0, BASE, 8, 1);
    harness_free(&h);
}

/* The other heads go on as if nothing had happened. */
C_TEST(access, reset_of_one_head_leaves_the_others_alone)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.heads = 2;
    harness_build(&h);
    for (unsigned head = 0; head < 2; head++)
        commit_decoder(&h, head, 0, BASE, GIB(4), 0);
    hold(&h, 0, RANGES({0, MIB(2)}));
    hold(&h, 1, RANGES({MIB(2), MIB(2)}));
    put_bytes(&h, 1, BASE + MIB(2), 64, 1);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_bytes(&h, 1, BASE + MIB(2), 64, 1);
    expect_works(&h, 1, BASE + MIB(2), 8);
    harness_free(&h);
}
