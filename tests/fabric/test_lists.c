/* SPDX-License-Identifier: Apache-2.0 */
/* test_lists.c - what an FM can ask: 5600h, 5601h and 5603h. */
#include "fabric.h"

#include <stdlib.h>
#include <string.h>

/* --- 5600h Get DCD Info -------------------------------------------------- */

C_TEST(fm_info, counts_hosts_regions_and_capacity)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.heads = 16;
    h.config.region_count = 8;
    for (unsigned i = 0; i < 8; i++) {
        h.config.regions[i].length = MIB(256) * (i + 1);
        h.config.regions[i].block_size = UINT64_C(64) << i;
        h.config.regions[i].sanitize = (enum dcd_sanitize)(i % 3);
    }
    /* Decode length is no capacity. */
    h.config.regions[7].decode = GIB(64);
    harness_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_GET_DCD_INFO, NULL, 0));
    C_ASSERT_EQ(0x54, h.out_length);
    C_EXPECT_EQ(16, h.out[0]);
    C_EXPECT_EQ(8, h.out[1]);
    C_EXPECT_EQ(0, dcd_load_le(h.out + 2, 2));
    C_EXPECT_EQ(0, dcd_load_le(h.out + 6, 2));
    C_EXPECT_EQ(0x24, h.out[0x0a]); /* regions 2 and 5 are configurable */
    C_EXPECT_EQ(0, h.out[0x0b]);
    C_EXPECT_EQ(36, dcd_load_le(h.out + 0x0c, 8));
    for (unsigned i = 0; i < 8; i++)
        C_EXPECT_EQ(UINT64_C(64) << i, dcd_load_le(h.out + 0x14 + 8 * i, 8));
    harness_free(&h);
}

C_TEST(fm_info, block_sizes_of_regions_that_are_not_there_are_zero)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.region_count = 1;
    h.config.regions[0].block_sizes = MIB(2) | MIB(128) | GIB(1) | 64;
    harness_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_GET_DCD_INFO, NULL, 0));
    C_EXPECT_EQ(1, h.out[1]);
    C_EXPECT_EQ(MIB(2) | MIB(128) | GIB(1) | 64, dcd_load_le(h.out + 0x14, 8));
    for (unsigned i = 1; i < 8; i++)
        C_EXPECT_EQ(0, dcd_load_le(h.out + 0x14 + 8 * i, 8));
    harness_free(&h);
}

/* Policies are bits, not numbers; what is advertised is what is taken. */
C_TEST(fm_info, fm_15_row_03_policies_are_masks)
{
    struct harness h;
    uint16_t adds;
    uint16_t releases;

    fabric_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_GET_DCD_INFO, NULL, 0));
    adds = (uint16_t)dcd_load_le(h.out + 4, 2);
    releases = (uint16_t)dcd_load_le(h.out + 8, 2);
    C_EXPECT(adds & 1u << DCD_ADD_PRESCRIPTIVE);
    C_EXPECT_EQ(0, adds & ~7u); /* policy 3 is never advertised */
    C_EXPECT(releases & 1u << DCD_RELEASE_PRESCRIPTIVE);
    C_EXPECT_EQ(0, releases & ~3u);
    hold(&h, 0, RANGES({R0, MIB(2)}));
    for (uint8_t policy = 0; policy < 3; policy++)
        if (!(adds >> policy & 1))
            C_EXPECT_EQ(0x02, initiate(&h, DCD_OP_INITIATE_DC_ADD, 0, policy,
                                       RANGES({MIB(8), MIB(2)})));
    if (!(releases & 1))
        C_EXPECT_EQ(0x02, initiate(&h, DCD_OP_INITIATE_DC_RELEASE, 0, 0,
                                   RANGES({R0, MIB(2)})));
    harness_free(&h);
}

/* --- 5601h Get Host DC Region Configuration ------------------------------ */

static uint16_t get_regions(struct harness *h, uint16_t host, uint8_t count,
                            uint8_t start)
{
    struct dcd_get_host_dc_config_req req = {dcd_put16(host), count, start};

    return fm(h, DCD_OP_GET_HOST_DC_CONFIG, &req, sizeof(req));
}

/* clang-format off */
static const uint8_t host_one[] = {
    0x01, 0x00, 0x04, 0x02,
    /* R1: 1 GiB, decode 4 units, length, block 128 MiB, no attribute */
    0x00, 0x00, 0x00, 0x40, 0, 0, 0, 0, 0x04, 0, 0, 0, 0, 0, 0, 0,
    0x00, 0x00, 0x00, 0x40, 0, 0, 0, 0, 0x00, 0x00, 0x00, 0x08, 0, 0, 0, 0,
    0x00, 0, 0, 0, 0x00, 0, 0, 0,
    /* R2: 2 GiB, decode 4 units, length 1 GiB, block 2 MiB, sharable */
    0x00, 0x00, 0x00, 0x80, 0, 0, 0, 0, 0x04, 0, 0, 0, 0, 0, 0, 0,
    0x00, 0x00, 0x00, 0x40, 0, 0, 0, 0, 0x00, 0x00, 0x20, 0x00, 0, 0, 0, 0,
    0x08, 0, 0, 0, 0x00, 0, 0, 0,
    /* 16 extents, 14 left; 4 tags, 3 left */
    0x10, 0, 0, 0, 0x0e, 0, 0, 0, 0x04, 0, 0, 0, 0x03, 0, 0, 0};
/* clang-format on */

C_TEST(fm_regions, fm_15_row_04_entries_have_attributes_and_no_dsmad)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_add(&h, 1, RANGES({R0, MIB(2), TAG_A}, {MIB(4), MIB(2)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, get_regions(&h, 1, 2, 1));
    C_ASSERT_EQ(sizeof(host_one), h.out_length);
    C_EXPECT_MEMEQ(host_one, h.out, sizeof(host_one));
    harness_free(&h);
}

C_TEST(fm_regions, decode_is_in_units_and_length_in_bytes)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, get_regions(&h, 0, 1, 3));
    C_EXPECT_EQ(R3, dcd_load_le(h.out + 4, 8));
    C_EXPECT_EQ(4, dcd_load_le(h.out + 4 + 0x08, 8));
    C_EXPECT_EQ(MIB(512), dcd_load_le(h.out + 4 + 0x10, 8));
    C_EXPECT_EQ(MIB(2), dcd_load_le(h.out + 4 + 0x18, 8));
    C_EXPECT_EQ(1, h.out[4 + 0x24]); /* sanitises on release */
    C_EXPECT_EQ(DCD_RC_SUCCESS, get_regions(&h, 0, 1, 1));
    C_EXPECT_EQ(0, h.out[4 + 0x24]); /* only if it were configured so */
    harness_free(&h);
}

C_TEST(fm_regions, attributes_are_each_hosts_own)
{
    struct harness h;

    fabric_config(&h);
    h.config.heads = 3;
    h.config.regions[0].attributes = 0x7c;
    h.config.head[1].attributes_given[0] = true;
    h.config.head[1].attributes[0] = DCD_REGION_ATTR_READ_ONLY;
    h.config.head[2].attributes_given[0] = true;
    harness_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, get_regions(&h, 0, 1, 0));
    C_EXPECT_EQ(0x7c, h.out[4 + 0x20]);
    C_EXPECT_EQ(DCD_RC_SUCCESS, get_regions(&h, 1, 1, 0));
    C_EXPECT_EQ(0x40, h.out[4 + 0x20]);
    C_EXPECT_EQ(DCD_RC_SUCCESS, get_regions(&h, 2, 1, 0));
    C_EXPECT_EQ(0x00, h.out[4 + 0x20]);
    harness_free(&h);
}

C_TEST(fm_regions, counts_and_bounds)
{
    static const struct {
        uint8_t count;
        uint8_t start;
        uint16_t rc;
        uint8_t returned;
    } rows[] = {
        {0, 0, 0x00, 0},   {1, 0, 0x00, 1},   {4, 0, 0x00, 4},
        {5, 0, 0x00, 4},   {255, 0, 0x00, 4}, {1, 3, 0x00, 1},
        {255, 3, 0x00, 1}, {0, 3, 0x00, 0},   {0, 4, 0x02, 0},
        {1, 4, 0x02, 0},   {1, 255, 0x02, 0}, {255, 255, 0x02, 0},
    };
    struct harness h;

    fabric_build(&h);
    for (size_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("%u from %u", rows[i].count, rows[i].start);
        C_EXPECT_EQ(rows[i].rc,
                    get_regions(&h, 1, rows[i].count, rows[i].start));
        if (rows[i].rc) {
            C_EXPECT_EQ(0, h.out_length);
            continue;
        }
        C_ASSERT_EQ(4 + 0x28u * rows[i].returned + 16, h.out_length);
        C_EXPECT_EQ(1, dcd_load_le(h.out, 2));
        C_EXPECT_EQ(4, h.out[2]);
        C_EXPECT_EQ(rows[i].returned, h.out[3]);
        C_EXPECT_EQ(16, dcd_load_le(h.out + h.out_length - 16, 4));
        if (rows[i].returned)
            C_EXPECT_EQ(rows[i].start * GIB(1), dcd_load_le(h.out + 4, 8));
    }
    C_CONTEXT("");
    C_EXPECT_EQ(0x02, get_regions(&h, 2, 1, 0));
    C_EXPECT_EQ(0x02, get_regions(&h, 0x100, 1, 0));
    harness_free(&h);
}

/* --- 5603h Get DC Region Extent Lists ------------------------------------ */

static uint16_t get_list(struct harness *h, uint16_t host, uint32_t count,
                         uint32_t start)
{
    struct dcd_get_region_extent_lists_req req = {
        dcd_put16(host), {0xff, 0xff}, dcd_put32(count), dcd_put32(start)};

    return fm(h, DCD_OP_GET_DC_REGION_EXTENT_LISTS, &req, sizeof(req));
}

/* Generation that the FM sees; the host has to see the same. */
static uint32_t list_generation(struct harness *h, unsigned head)
{
    uint32_t seen;

    C_EXPECT_EQ(DCD_RC_SUCCESS, get_list(h, (uint16_t)head, 0, 0));
    seen = (uint32_t)dcd_load_le(h->out + 0x10, 4);
    C_EXPECT_EQ(seen, generation(h, head));
    return seen;
}

C_TEST(fm_list, byte_for_byte)
{
    /* clang-format off */
    static const uint8_t good[] = {
        0x01, 0, 0, 0, 0x01, 0, 0, 0, 0x01, 0, 0, 0, 0x02, 0, 0, 0,
        0x01, 0, 0, 0, 0x00, 0, 0, 0,
        0x00, 0x00, 0x20, 0x80, 0, 0, 0, 0, 0x00, 0x00, 0x40, 0x00, 0, 0, 0, 0,
        0xaa, 0xaa, 0xaa, 0xaa, 0, 1, 0, 2, 0, 3, 0, 0, 0, 0, 0, 1,
        0x01, 0x00, 0, 0, 0, 0, 0, 0};
    /* clang-format on */
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(0, list_generation(&h, 1));
    hold(&h, 1,
         RANGES({R2, MIB(2), TAG_A, 0}, {R2 + MIB(2), MIB(4), TAG_A, 1}));
    C_EXPECT_EQ(1, list_generation(&h, 1));
    C_EXPECT_EQ(DCD_RC_SUCCESS, get_list(&h, 1, 5, 1));
    C_ASSERT_EQ(sizeof(good), h.out_length);
    C_EXPECT_MEMEQ(good, h.out, sizeof(good));
    harness_free(&h);
}

C_TEST(fm_list, counts_and_bounds)
{
    static const struct {
        uint32_t count;
        uint32_t start;
        uint16_t rc;
        uint32_t returned;
    } rows[] = {
        {0, 0, 0x00, 0},          {1, 0, 0x00, 1},
        {3, 0, 0x00, 3},          {4, 0, 0x00, 3},
        {2, 2, 0x00, 1},          {0, 3, 0x00, 0},
        {1, 3, 0x00, 0},          {1, 4, 0x02, 0},
        {0, 4, 0x02, 0},          {1, UINT32_MAX, 0x02, 0},
        {UINT32_MAX, 1, 0x00, 2}, {UINT32_MAX, UINT32_MAX, 0x02, 0},
    };
    struct harness h;

    fabric_build(&h);
    hold(&h, 0, RANGES({R0, MIB(2)}, {MIB(4), MIB(2)}, {MIB(8), MIB(2)}));
    for (size_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("%u from %u", rows[i].count, rows[i].start);
        C_EXPECT_EQ(rows[i].rc, get_list(&h, 0, rows[i].count, rows[i].start));
        if (rows[i].rc) {
            C_EXPECT_EQ(0, h.out_length);
            continue;
        }
        C_ASSERT_EQ(0x18 + 0x28 * rows[i].returned, h.out_length);
        C_EXPECT_EQ(rows[i].start, dcd_load_le(h.out + 4, 4));
        C_EXPECT_EQ(rows[i].returned, dcd_load_le(h.out + 8, 4));
        C_EXPECT_EQ(3, dcd_load_le(h.out + 12, 4));
        for (uint32_t k = 0; k < rows[i].returned; k++)
            C_EXPECT_EQ((rows[i].start + k) * MIB(4),
                        dcd_load_le(h.out + 0x18 + 0x28 * k, 8));
    }
    C_CONTEXT("");
    C_EXPECT_EQ(0x02, get_list(&h, 2, 0, 0));
    C_EXPECT_EQ(0x02, get_list(&h, 0x100, 0, 0));
    harness_free(&h);
}

C_TEST(fm_list, fm_15_row_20_has_what_is_accepted_and_nothing_else)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, RANGES({R0, MIB(8)})));
    expect_held(&h, 0, NO_RANGES);
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, RANGES({R0, MIB(4)})));
    expect_held(&h, 0, RANGES({R0, MIB(4)}));
    /* Asked for, not answered: it stays. */
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&h, 0, 0, RANGES({R0, MIB(4)})));
    expect_held(&h, 0, RANGES({R0, MIB(4)}));
    /* Dead: it was never in. */
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, RANGES({MIB(8), MIB(2)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&h, 0, DCD_RELEASE_FORCED,
                                           RANGES({MIB(8), MIB(2)})));
    expect_held(&h, 0, RANGES({R0, MIB(4)}));
    expect_held(&h, 1, NO_RANGES);
    harness_free(&h);
}

C_TEST(fm_list, generation_moves_with_the_list_and_only_then)
{
    struct harness h;
    uint32_t now;
    uint32_t other;

    fabric_build(&h);
    other = list_generation(&h, 1);
    now = list_generation(&h, 0);
#define STAYS C_EXPECT_EQ(now, list_generation(&h, 0))
#define MOVES                                   \
    do {                                        \
        uint32_t next = list_generation(&h, 0); \
                                                \
        C_EXPECT(next != now && next != 0);     \
        now = next;                             \
    } while (0)
    C_EXPECT_EQ(0, fm_add(&h, 0, RANGES({R0, MIB(8)}, {MIB(20), MIB(2)})));
    STAYS;
    C_EXPECT_EQ(0, add_response(&h, 0, RANGES({R0, MIB(8)})));
    MOVES;
    C_EXPECT_EQ(0, fm_add(&h, 0, RANGES({MIB(30), MIB(2)})));
    C_EXPECT_EQ(0, add_response(&h, 0, NO_RANGES));
    STAYS;
    C_EXPECT_EQ(0, fm_release(&h, 0, 0, RANGES({R0, MIB(2)})));
    STAYS;
    C_EXPECT_EQ(0, release(&h, 0, RANGES({R0, MIB(2)})));
    MOVES;
    C_EXPECT_EQ(0x0f, release(&h, 0, RANGES({R0, MIB(2)})));
    STAYS;
    C_EXPECT_EQ(
        0, fm_release(&h, 0, DCD_RELEASE_FORCED, RANGES({MIB(4), MIB(2)})));
    MOVES;
    C_EXPECT_EQ(0, fm_add(&h, 0, RANGES({MIB(30), MIB(2)})));
    C_EXPECT_EQ(
        0, fm_release(&h, 0, DCD_RELEASE_FORCED, RANGES({MIB(30), MIB(2)})));
    STAYS;
    C_EXPECT_EQ(0x0f, add_response(&h, 0, RANGES({MIB(30), MIB(2)})));
    STAYS;
#undef STAYS
#undef MOVES
    C_EXPECT_EQ(other, list_generation(&h, 1));
    harness_free(&h);
}

C_TEST(fm_list, pages_of_a_long_list_make_the_whole)
{
    enum { N = 300 };
    struct range *ranges = calloc(N, sizeof(*ranges));
    struct harness h;
    uint8_t limit = 8;

    fabric_config(&h);
    h.config.extents = N;
    h.config.dc_log = N;
    h.config.fm_log = N;
    h.config.mailbox_payload = 8192;
    harness_build(&h);
    for (uint32_t i = 0; i < N; i++)
        ranges[i] = (struct range){R0 + i * MIB(2), MIB(2)};
    hold(&h, 0, ranges, N);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_SET_MESSAGE_LIMIT, &limit, 1));
    expect_held(&h, 0, ranges, N);
    free(ranges);
    harness_free(&h);
}
