/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_bytes.c - what becomes of the bytes when capacity changes hands: they
 * stay, unless somebody wanted them sanitised (CXL r3.2 9.13.3).
 */
#include "gtest_c.h"
#include "memory_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Two heads; region 0 has blocks of 2 MiB, region 1 blocks of 64 B. */
static void build(struct harness *h, enum dcd_sanitize sanitize)
{
    harness_d1_config(h);
    h->config.heads = 2;
    h->config.extents = 4096;
    h->config.static_volatile = MIB(256);
    h->config.regions[0].length = GIB(1);
    h->config.regions[1].length = MIB(1);
    h->config.regions[1].block_size = 64;
    for (unsigned i = 0; i < 2; i++)
        h->config.regions[i].sanitize = sanitize;
    harness_build(h);
    for (unsigned head = 0; head < 2; head++)
        commit_decoder(h, head, 0, BASE, GIB(2), 0);
}

#define REGION0 MIB(256)
#define REGION1 (MIB(256) + GIB(1))

static void expect_zeros(struct harness *h, unsigned head, uint64_t hpa,
                         uint64_t length)
{
    uint8_t *zeros = calloc(1, length);
    uint8_t *bytes = malloc(length);

    C_ASSERT(zeros && bytes);
    memset(bytes, 0x55, length);
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_read(h->device, head, hpa, bytes, length));
    C_EXPECT_MEMEQ(zeros, bytes, length);
    free(zeros);
    free(bytes);
}

C_TEST(bytes, memory_never_written_reads_zero)
{
    struct harness h;

    build(&h, DCD_SANITIZE_NO);
    hold(&h, 0, RANGES({REGION0, MIB(4)}));
    expect_zeros(&h, 0, BASE, 4096);
    expect_zeros(&h, 0, BASE + REGION0, MIB(4));
    harness_free(&h);
}

C_TEST(bytes, next_head_finds_what_the_last_one_left)
{
    struct harness h;

    build(&h, DCD_SANITIZE_NO);
    hold(&h, 0, RANGES({REGION0, MIB(4)}));
    put_bytes(&h, 0, BASE + REGION0, MIB(4), 1);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({REGION0, MIB(4)})));
    hold(&h, 1, RANGES({REGION0, MIB(4)}));
    expect_bytes(&h, 1, BASE + REGION0, MIB(4), 1);
    harness_free(&h);
}

C_TEST(bytes, next_head_finds_zeros_where_release_sanitizes)
{
    struct harness h;

    build(&h, DCD_SANITIZE_YES);
    hold(&h, 0, RANGES({REGION0, MIB(4)}));
    put_bytes(&h, 0, BASE + REGION0, MIB(4), 1);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({REGION0, MIB(4)})));
    hold(&h, 1, RANGES({REGION0, MIB(4)}));
    expect_zeros(&h, 1, BASE + REGION0, MIB(4));
    harness_free(&h);
}

C_TEST(bytes, forced_release_sanitizes_as_the_region_does)
{
    struct harness h;

    build(&h, DCD_SANITIZE_YES);
    hold(&h, 0, RANGES({REGION0, MIB(4)}));
    put_bytes(&h, 0, BASE + REGION0, MIB(4), 1);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&h, 0, DCD_RELEASE_FORCED,
                                           RANGES({REGION0, MIB(4)})));
    hold(&h, 1, RANGES({REGION0, MIB(4)}));
    expect_zeros(&h, 1, BASE + REGION0, MIB(4));
    harness_free(&h);
}

C_TEST(bytes, reset_sanitizes_as_the_region_does_and_spares_static_memory)
{
    struct harness h;

    build(&h, DCD_SANITIZE_YES);
    hold(&h, 0, RANGES({REGION0, MIB(4)}));
    put_bytes(&h, 0, BASE + REGION0, MIB(4), 1);
    put_bytes(&h, 0, BASE + MIB(8), 4096, 2);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    commit_decoder(&h, 0, 0, BASE, GIB(2), 0);
    expect_bytes(&h, 0, BASE + MIB(8), 4096, 2);
    hold(&h, 1, RANGES({REGION0, MIB(4)}));
    expect_zeros(&h, 1, BASE + REGION0, MIB(4));
    harness_free(&h);
}

C_TEST(bytes, reset_leaves_bytes_where_nobody_sanitizes)
{
    struct harness h;

    build(&h, DCD_SANITIZE_NO);
    hold(&h, 0, RANGES({REGION0, MIB(2)}));
    put_bytes(&h, 0, BASE + REGION0, 4096, 1);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    hold(&h, 1, RANGES({REGION0, MIB(2)}));
    expect_bytes(&h, 1, BASE + REGION0, 4096, 1);
    harness_free(&h);
}

/* An FM's wish, where the region itself does not care. */
C_TEST(bytes, forced_release_sanitizes_what_the_fm_asks_for)
{
    const uint64_t at = BASE + REGION0;
    struct harness h;

    build(&h, DCD_SANITIZE_CONFIGURABLE);
    hold(&h, 0, RANGES({REGION0, MIB(8)}));
    put_bytes(&h, 0, at, MIB(2), 1);
    put_bytes(&h, 0, at + MIB(2), MIB(4), 2);
    put_bytes(&h, 0, at + MIB(6), MIB(2), 3);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, DCD_RELEASE_FORCED | DCD_RELEASE_SANITIZE,
                           RANGES({REGION0 + MIB(2), MIB(4)})));
    expect_bytes(&h, 0, at, MIB(2), 1);
    expect_bytes(&h, 0, at + MIB(6), MIB(2), 3);
    hold(&h, 0, RANGES({REGION0 + MIB(2), MIB(4)}));
    expect_zeros(&h, 0, at + MIB(2), MIB(4));
    harness_free(&h);
}

/* The wish stays until the host lets go, and dies with that. */
C_TEST(bytes, wish_to_sanitize_is_kept_until_the_release)
{
    const uint64_t at = BASE + REGION0;
    struct harness h;

    build(&h, DCD_SANITIZE_CONFIGURABLE);
    hold(&h, 0, RANGES({REGION0, MIB(4)}));
    put_bytes(&h, 0, at, MIB(4), 1);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&h, 0, DCD_RELEASE_SANITIZE,
                                           RANGES({REGION0, MIB(2)})));
    expect_bytes(&h, 0, at, MIB(4), 1);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({REGION0, MIB(4)})));
    hold(&h, 0, RANGES({REGION0, MIB(4)}));
    expect_zeros(&h, 0, at, MIB(2));
    put_bytes(&h, 0, at, MIB(4), 2);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({REGION0, MIB(4)})));
    hold(&h, 0, RANGES({REGION0, MIB(4)}));
    expect_bytes(&h, 0, at, MIB(4), 2);
    harness_free(&h);
}

/* Erasing is exact to the block, far below a page. */
C_TEST(bytes, small_blocks_are_sanitized_without_their_neighbours)
{
    const uint64_t at = BASE + REGION1;
    struct harness h;

    build(&h, DCD_SANITIZE_YES);
    hold(&h, 0, RANGES({REGION1, 65536}));
    put_bytes(&h, 0, at, 65536, 1);
    for (uint64_t i = 0; i < 1024; i += 3)
        C_EXPECT_EQ(DCD_RC_SUCCESS,
                    release(&h, 0, RANGES({REGION1 + 64 * i, 64})));
    for (uint64_t i = 0; i < 1024; i += 3)
        hold(&h, 0, RANGES({REGION1 + 64 * i, 64}));
    {
        static uint8_t want[65536];
        static uint8_t got[65536];

        fill(want, sizeof(want), 1);
        for (uint64_t i = 0; i < 1024; i += 3)
            memset(want + 64 * i, 0, 64);
        C_EXPECT_EQ(DCD_ACCESS_OK,
                    dcd_device_read(h.device, 0, at, got, sizeof(got)));
        C_EXPECT_MEMEQ(want, got, sizeof(want));
    }
    harness_free(&h);
}

/* The last block of region 0 and the first of region 1 are not neighbours in
 * the backing. */
C_TEST(bytes, regions_do_not_share_bytes)
{
    struct harness h;

    build(&h, DCD_SANITIZE_YES);
    hold(&h, 0, RANGES({REGION0 + GIB(1) - MIB(2), MIB(2)}, {REGION1, 4096}));
    put_bytes(&h, 0, BASE + REGION0 + GIB(1) - MIB(2), MIB(2), 1);
    put_bytes(&h, 0, BASE + REGION1, 4096, 2);
    expect_bytes(&h, 0, BASE + REGION0 + GIB(1) - MIB(2), MIB(2), 1);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({REGION1, 4096})));
    expect_bytes(&h, 0, BASE + REGION0 + GIB(1) - MIB(2), MIB(2), 1);
    harness_free(&h);
}

/* --- Backings ------------------------------------------------------------- */

static void configure_backing(struct harness *h, enum dcd_backing backing,
                              const char *path)
{
    harness_d1_config(h);
    h->config.backing = backing;
    h->config.backing_path = path;
    h->config.region_count = 1;
    h->config.regions[0].length = MIB(256);
    h->config.regions[0].sanitize = DCD_SANITIZE_YES;
    harness_build(h);
    commit_decoder(h, 0, 0, BASE, MIB(256), 0);
    hold(h, 0, RANGES({0, MIB(8)}));
}

C_TEST(bytes, memory_file_behaves_as_memory_does)
{
    struct harness h;

    configure_backing(&h, DCD_BACKING_MEMFD, NULL);
    put_bytes(&h, 0, BASE, MIB(8), 1);
    expect_bytes(&h, 0, BASE, MIB(8), 1);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({MIB(2), MIB(2)})));
    hold(&h, 0, RANGES({MIB(2), MIB(2)}));
    expect_zeros(&h, 0, BASE + MIB(2), MIB(2));
    harness_free(&h);
}

C_TEST(bytes, file_outlives_the_device)
{
    char path[64];
    struct harness h;

    snprintf(path, sizeof(path), "/tmp/dcd-bytes-%ld.img", (long)getpid());
    configure_backing(&h, DCD_BACKING_FILE, path);
    put_bytes(&h, 0, BASE + MIB(4), 4096, 1);
    put_bytes(&h, 0, BASE, 4096, 2);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({0, MIB(2)})));
    harness_free(&h);
    configure_backing(&h, DCD_BACKING_FILE, path);
    expect_bytes(&h, 0, BASE + MIB(4), 4096, 1);
    expect_zeros(&h, 0, BASE, 4096);
    harness_free(&h);
    C_EXPECT_EQ(0, unlink(path));
}
