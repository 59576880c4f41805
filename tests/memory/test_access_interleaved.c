/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_access_interleaved.c - a device that is one of several ways. It does
 * not check whose granule an HPA is: that is the host's routing, and granules
 * of other ways fall on the same DPAs (CXL r3.1 8.2.4.20).
 */
#include "gtest_c.h"
#include "memory_support.h"

#include <stdlib.h>
#include <string.h>

/* Accepted: DPA 0 ... 2 MiB and its neighbour, of a region of 768 MiB. */
#define WINDOW MIB(4)

static const struct {
    unsigned code;
    unsigned ways;
} all_ways[] = {{0, 1},  {1, 2}, {2, 4}, {3, 8},
                {4, 16}, {8, 3}, {9, 6}, {10, 12}};

static void build(struct harness *h, enum dcd_unbacked unbacked)
{
    harness_d1_config(h);
    h->config.region_count = 1;
    h->config.regions[0].length = MIB(768);
    h->config.unbacked_reads = unbacked;
    h->config.unbacked_writes = unbacked;
    harness_build(h);
    hold(h, 0, RANGES({0, MIB(2)}, {MIB(2), MIB(2)}));
}

/* The chunk formula: DPA of offset [o] with granules of [g] bytes. */
static uint64_t dpa_of(uint64_t o, uint64_t g, uint64_t ways)
{
    return o / (g * ways) * g + o % g;
}

/* An offset that falls on [dpa], in the granule of [way]. */
static uint64_t offset_of(uint64_t dpa, uint64_t g, uint64_t ways, uint64_t way)
{
    return dpa / g * (g * ways) + way * g + dpa % g;
}

/* Writes and reads against a copy of the memory, byte by byte. */
static void exercise(struct harness *h, uint8_t *shadow, uint64_t g,
                     uint64_t ways, uint64_t *state)
{
    static uint8_t bytes[8192];

    for (unsigned i = 0; i < 200; i++) {
        uint64_t length = draw(state) % 3 ? draw(state) % 64 + 1
                                          : draw(state) % sizeof(bytes) + 1;
        uint64_t o = offset_of(draw(state) % (WINDOW - sizeof(bytes)), g, ways,
                               draw(state) % ways);

        if (draw(state) % 2) {
            fill(bytes, length, draw(state));
            C_ASSERT_EQ(DCD_ACCESS_OK, dcd_device_write(h->device, 0, BASE + o,
                                                        bytes, length));
            for (uint64_t k = 0; k < length; k++)
                shadow[dpa_of(o + k, g, ways)] = bytes[k];
        } else {
            C_ASSERT_EQ(DCD_ACCESS_OK,
                        dcd_device_read(h->device, 0, BASE + o, bytes, length));
            for (uint64_t k = 0; k < length; k++)
                C_ASSERT_EQ(shadow[dpa_of(o + k, g, ways)], bytes[k]);
        }
    }
}

/* What was written through the ways is where a linear decoder finds it. */
static void expect_linear(struct harness *h, const uint8_t *shadow)
{
    uint8_t *bytes = malloc(WINDOW);

    C_ASSERT(bytes);
    uncommit_decoder(h, 0, 0);
    commit_decoder(h, 0, 0, GIB(100), MIB(768), 0);
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_read(h->device, 0, GIB(100), bytes, WINDOW));
    C_EXPECT_MEMEQ(shadow, bytes, WINDOW);
    uncommit_decoder(h, 0, 0);
    free(bytes);
}

C_TEST(interleaved, all_ways_and_granularities_reach_the_dpas_of_the_formula)
{
    uint8_t *shadow = calloc(1, WINDOW);
    uint64_t state = 20240711;
    struct harness h;

    C_ASSERT(shadow);
    build(&h, DCD_UNBACKED_ERROR);
    for (size_t w = 0; w < COUNT(all_ways); w++)
        for (unsigned ig = 0; ig <= 6; ig++) {
            C_CONTEXT("%u ways, granularity %u", all_ways[w].ways, 256u << ig);
            commit_interleaved(&h, 0, 0, BASE, MIB(768) * all_ways[w].ways,
                               all_ways[w].code, ig);
            exercise(&h, shadow, UINT64_C(256) << ig, all_ways[w].ways, &state);
            expect_linear(&h, shadow);
        }
    harness_free(&h);
    free(shadow);
}

/* The last accepted granule, then the first of a block that is not. */
C_TEST(interleaved, granule_of_a_closed_block_is_refused)
{
    struct harness h;

    build(&h, DCD_UNBACKED_ERROR);
    for (size_t w = 0; w < COUNT(all_ways); w++)
        for (unsigned ig = 0; ig <= 6; ig += 3) {
            uint64_t g = UINT64_C(256) << ig;
            uint64_t ways = all_ways[w].ways;
            uint64_t end = BASE + offset_of(WINDOW, g, ways, 0);

            C_CONTEXT("%u ways, granularity %u", all_ways[w].ways, 256u << ig);
            commit_interleaved(&h, 0, 0, BASE, MIB(768) * ways,
                               all_ways[w].code, ig);
            expect_works(&h, 0, end - g, g);
            expect_refused(&h, 0, end, 8, DCD_ACCESS_NOT_BACKED);
            expect_refused(&h, 0, end - 4, 8, DCD_ACCESS_NOT_BACKED);
            expect_refused(&h, 0, end + ways * g, g, DCD_ACCESS_NOT_BACKED);
            uncommit_decoder(&h, 0, 0);
        }
    harness_free(&h);
}

C_TEST(interleaved, mixed_granules_are_passed_over_piecewise)
{
    uint8_t bytes[8];
    struct harness h;

    build(&h, DCD_UNBACKED_IGNORE);
    commit_interleaved(&h, 0, 0, BASE, MIB(1536), 1, 0);
    put_bytes(&h, 0, BASE + 2 * WINDOW - 4, 4, 1);
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_read(h.device, 0, BASE + 2 * WINDOW - 4, bytes, 8));
    C_EXPECT(dcd_load_le(bytes, 4) < 0x80000000);
    C_EXPECT_EQ(UINT32_MAX, dcd_load_le(bytes + 4, 4));
    harness_free(&h);
}

/* The decoder behind an interleaved one starts where its share ends. */
C_TEST(interleaved, next_decoder_goes_on_behind_the_share)
{
    struct harness h;

    harness_d1(&h);
    hold(&h, 0, RANGES({MIB(254), MIB(4)}));
    commit_interleaved(&h, 0, 0, BASE, GIB(1), 2, 6); /* 256 MiB of DPA */
    commit_decoder(&h, 0, 1, BASE + GIB(1), MIB(256), 0);
    put_bytes(&h, 0, BASE + GIB(1), 64, 3);
    expect_works(&h, 0, BASE + GIB(1) - 16 * DCD_KIB, 64);
    uncommit_decoder(&h, 0, 1);
    uncommit_decoder(&h, 0, 0);
    commit_decoder(&h, 0, 0, BASE, MIB(512), 0);
    expect_bytes(&h, 0, BASE + MIB(256), 64, 3);
    harness_free(&h);
}
