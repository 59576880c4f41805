/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_release.c - 4803h Release Dynamic Capacity: every check, and which of
 * two faults counts (CXL r3.1 8.2.9.9.9.4).
 */
#include "host_support.h"

#include "gtest_c.h"

#include <string.h>

#define OK DCD_RC_SUCCESS
#define INPUT DCD_RC_INVALID_INPUT
#define ADDRESS DCD_RC_INVALID_PHYSICAL_ADDRESS
#define LENGTH DCD_RC_INVALID_PAYLOAD_LENGTH
#define EXHAUSTED DCD_RC_RESOURCES_EXHAUSTED
#define LIST DCD_RC_INVALID_EXTENT_LIST

#define TAG_A "aaaaaaaa-0000-1111-2222-333333333333"
#define TAG_B "bbbbbbbb-0000-1111-2222-333333333333"

#define HELD RANGES({0, MIB(128)}, {MIB(128), MIB(128)}, {GIB(2), MIB(64)})

/* [0,128), [128,256) and 64 MiB of region 1 are held, [512,640) is pending. */
static void begin(struct harness *h)
{
    harness_d1(h);
    hold(h, 0, HELD);
    offer(h, 0, RANGES({MIB(512), MIB(128)}));
}

static void expect_code(uint16_t rc, const struct range *ranges, uint32_t count)
{
    struct harness h;
    struct view before;

    begin(&h);
    before = look(&h, 0);
    C_EXPECT_EQ(rc, release(&h, 0, ranges, count));
    C_EXPECT_EQ(0, h.out_length);
    expect_unchanged(&h, 0, &before);
    expect_answerable(&h, 0, RANGES({MIB(512), MIB(128)}));
    harness_free(&h);
}

/* --- Length and count: 1 to 3 -------------------------------------------- */

C_TEST(release, device_5_6_row_01_shorter_than_its_header)
{
    struct harness h;
    struct view before;

    begin(&h);
    before = look(&h, 0);
    for (uint32_t length = 0; length < 8; length++)
        C_EXPECT_EQ(LENGTH, list_raw(&h, DCD_OP_RELEASE_DC, 0, 0, length));
    expect_unchanged(&h, 0, &before);
    harness_free(&h);
}

C_TEST(release, device_5_6_row_02_no_entries)
{
    expect_code(INPUT, NO_RANGES);
}

C_TEST(release, device_5_6_row_03_shorter_than_its_entries)
{
    static const uint32_t counts[] = {
        1, 2, 513, 1u << 20, (1u << 20) + 1, 1u << 31, UINT32_MAX};
    struct harness h;
    struct view before;

    begin(&h);
    before = look(&h, 0);
    for (uint32_t i = 0; i < COUNT(counts); i++) {
        C_CONTEXT("count %u", counts[i]);
        C_EXPECT_EQ(LENGTH, list_raw(&h, DCD_OP_RELEASE_DC, counts[i], 0, 8));
        C_EXPECT_EQ(LENGTH, list_raw(&h, DCD_OP_RELEASE_DC, counts[i], 0, 31));
    }
    C_CONTEXT("");
    C_EXPECT_EQ(LENGTH, list_raw(&h, DCD_OP_RELEASE_DC, 86, 0, 2048));
    expect_unchanged(&h, 0, &before);
    C_EXPECT_EQ(OK, list_raw(&h, DCD_OP_RELEASE_DC, 2, 0, 2048));
    expect_list(
        &h, 0,
        RANGES({MIB(4), MIB(124)}, {MIB(128), MIB(128)}, {GIB(2), MIB(64)}));
    harness_free(&h);
}

/* --- Form: 4 to 7 -------------------------------------------------------- */

C_TEST(release, device_5_6_row_04_no_length)
{
    expect_code(LIST, RANGES({0, 0}));
    expect_code(LIST, RANGES({GIB(100), 0})); /* before 6 */
    expect_code(LIST, RANGES({0, MIB(2)}, {MIB(4), 0}));
}

C_TEST(release, device_5_6_row_05_the_end_wraps)
{
    expect_code(ADDRESS, RANGES({MIB(2), UINT64_MAX - MIB(2) + 1}));
    /* It is a fault of the form, so it comes before the next entry. */
    expect_code(ADDRESS,
                RANGES({MIB(2), UINT64_MAX - MIB(2) + 1}, {MIB(1), MIB(2)}));
    expect_code(ADDRESS, RANGES({0, UINT64_MAX}));
    expect_code(ADDRESS, RANGES({UINT64_MAX, 2})); /* before 7 */
}

C_TEST(release, device_5_6_row_06_not_in_one_region)
{
    expect_code(ADDRESS, RANGES({GIB(4), MIB(2)}));
    expect_code(ADDRESS, RANGES({GIB(2) - MIB(2), MIB(4)}));
    expect_code(ADDRESS, RANGES({GIB(4) + 1, 1})); /* before 7 */
}

C_TEST(release, device_5_6_row_07_misaligned)
{
    expect_code(LIST, RANGES({MIB(1), MIB(2)}));
    expect_code(LIST, RANGES({0, MIB(3)}));
    expect_code(LIST, RANGES({GIB(1) + 1, 1})); /* before 8 */
}

C_TEST(release, device_5_6_row_07_overlapping)
{
    expect_code(LIST, RANGES({0, MIB(64)}, {MIB(32), MIB(64)}));
    expect_code(LIST, RANGES({0, MIB(2)}, {MIB(4), MIB(2)}, {0, MIB(2)}));
    expect_code(LIST, RANGES({GIB(1), MIB(4)}, {GIB(1), MIB(4)}));
}

/* --- Against what is held: 8 to 10 --------------------------------------- */

C_TEST(release, device_5_6_row_08_not_accepted)
{
    expect_code(ADDRESS, RANGES({MIB(256), MIB(2)}));
    expect_code(ADDRESS, RANGES({MIB(254), MIB(4)}));
    expect_code(ADDRESS, RANGES({MIB(512), MIB(128)})); /* pending */
    expect_code(ADDRESS, RANGES({0, MIB(2)}, {GIB(1), MIB(2)}));
}

C_TEST(release, device_5_6_row_08_already_released)
{
    struct harness h;
    struct view before;

    begin(&h);
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(64), MIB(2)})));
    before = look(&h, 0);
    C_EXPECT_EQ(ADDRESS, release(&h, 0, RANGES({MIB(64), MIB(2)})));
    C_EXPECT_EQ(ADDRESS, release(&h, 0, RANGES({0, MIB(128)})));
    expect_unchanged(&h, 0, &before);
    harness_free(&h);
}

C_TEST(release, device_5_6_row_08_forcibly_released)
{
    struct harness h;

    begin(&h);
    C_EXPECT_EQ(OK,
                fm_release(&h, 0, DCD_RELEASE_FORCED, RANGES({0, MIB(128)})));
    C_EXPECT_EQ(ADDRESS, release(&h, 0, RANGES({0, MIB(128)})));
    harness_free(&h);
}

static const struct range shared[] = {{0, MIB(64), TAG_A, 0},
                                      {MIB(64), MIB(64), TAG_A, 1},
                                      {MIB(256), MIB(64), TAG_B, 0}};

/* Region 0 can be shared; tag A has two extents, tag B one, and 64 MiB of
 * region 1 are the host's alone. */
static void begin_shared(struct harness *h, enum dcd_sharable_release policy)
{
    harness_d1_config(h);
    h->config.tags = 8;
    h->config.sharable_release = policy;
    h->config.regions[0].attributes = DCD_REGION_ATTR_SHARABLE;
    harness_build(h);
    hold(h, 0, shared, 3);
    hold(h, 0, RANGES({GIB(2), MIB(64)}));
}

static void expect_shared_code(enum dcd_sharable_release policy, uint16_t rc,
                               const struct range *ranges, uint32_t count)
{
    struct harness h;
    struct view before;

    begin_shared(&h, policy);
    before = look(&h, 0);
    C_EXPECT_EQ(rc, release(&h, 0, ranges, count));
    if (rc != OK)
        expect_unchanged(&h, 0, &before);
    harness_free(&h);
}

#define TAG_WISE DCD_SHARABLE_RELEASE_TAG
#define ONE_BY_ONE DCD_SHARABLE_RELEASE_EXTENT

C_TEST(release, device_5_6_row_09_part_of_a_sharable_tag)
{
    expect_shared_code(TAG_WISE, LIST, RANGES({0, MIB(64)}));
    expect_shared_code(TAG_WISE, LIST, RANGES({MIB(64), MIB(64)}));
    expect_shared_code(TAG_WISE, LIST, RANGES({0, MIB(32)}));
    expect_shared_code(TAG_WISE, LIST, RANGES({0, MIB(126)}));
    expect_shared_code(TAG_WISE, LIST, RANGES({MIB(256), MIB(62)}));
    expect_shared_code(TAG_WISE, LIST, RANGES({GIB(2), MIB(64)}, {0, MIB(64)}));
}

C_TEST(release, device_5_6_row_09_whole_tags)
{
    expect_shared_code(TAG_WISE, OK, RANGES({MIB(256), MIB(64)}));
    expect_shared_code(TAG_WISE, OK, RANGES({0, MIB(128)}));
    expect_shared_code(TAG_WISE, OK, RANGES({MIB(64), MIB(64)}, {0, MIB(64)}));
    expect_shared_code(TAG_WISE, OK, RANGES({0, MIB(32)}, {MIB(32), MIB(96)}));
    /* What is the host's alone can be split. */
    expect_shared_code(TAG_WISE, OK, RANGES({GIB(2) + MIB(2), MIB(2)}));
}

/* A device may let them go one by one; then only whole ones. */
C_TEST(release, device_5_6_row_09_whole_extents_where_the_device_allows_it)
{
    expect_shared_code(ONE_BY_ONE, OK, RANGES({0, MIB(64)}));
    expect_shared_code(ONE_BY_ONE, OK, RANGES({MIB(64), MIB(64)}));
    expect_shared_code(ONE_BY_ONE, LIST, RANGES({0, MIB(62)}));
    expect_shared_code(ONE_BY_ONE, LIST, RANGES({0, MIB(96)}));
    expect_shared_code(ONE_BY_ONE, OK,
                       RANGES({0, MIB(32)}, {MIB(32), MIB(32)}));
}

C_TEST(release, a_tag_goes_with_the_last_of_its_extents)
{
    struct harness h;

    begin_shared(&h, ONE_BY_ONE);
    C_EXPECT_EQ(6, available_tags(&h, 0));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({0, MIB(64)})));
    C_EXPECT_EQ(6, available_tags(&h, 0));
    expect_list(&h, 0,
                RANGES({MIB(64), MIB(64), TAG_A, 1},
                       {MIB(256), MIB(64), TAG_B, 0}, {GIB(2), MIB(64)}));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(64), MIB(64)})));
    C_EXPECT_EQ(7, available_tags(&h, 0));
    harness_free(&h);
}

/* Two extents can be tracked, and one is held: [0,128). */
static void begin_tight(struct harness *h)
{
    harness_d1_config(h);
    h->config.extents = 2;
    harness_build(h);
    hold(h, 0, RANGES({0, MIB(128)}));
}

static void expect_tight_code(uint16_t rc, const struct range *ranges,
                              uint32_t count)
{
    struct harness h;
    struct view before;

    begin_tight(&h);
    before = look(&h, 0);
    C_EXPECT_EQ(rc, release(&h, 0, ranges, count));
    if (rc != OK)
        expect_unchanged(&h, 0, &before);
    harness_free(&h);
}

C_TEST(release, device_5_6_row_10_splits_beyond_the_limit)
{
    expect_tight_code(OK, RANGES({MIB(2), MIB(2)}));
    expect_tight_code(EXHAUSTED, RANGES({MIB(2), MIB(2)}, {MIB(8), MIB(2)}));
    /* Only ends are taken: nothing splits. */
    expect_tight_code(OK, RANGES({0, MIB(2)}, {MIB(126), MIB(2)}));
    expect_tight_code(OK,
                      RANGES({0, MIB(2)}, {MIB(2), MIB(2)}, {MIB(8), MIB(2)}));
}

/* Entry by entry: three pieces on the way to two are too many. */
C_TEST(release, device_5_6_row_10_is_cumulative_in_the_order_of_the_list)
{
    expect_tight_code(EXHAUSTED,
                      RANGES({MIB(2), MIB(2)}, {MIB(8), MIB(2)}, {0, MIB(2)}));
    expect_tight_code(OK,
                      RANGES({0, MIB(2)}, {MIB(2), MIB(2)}, {MIB(8), MIB(2)}));
    expect_tight_code(OK,
                      RANGES({MIB(2), MIB(2)}, {0, MIB(2)}, {MIB(8), MIB(2)}));
}

/* What is pending counts against the limit, too. */
C_TEST(release, device_5_6_row_10_pending_extents_count)
{
    struct harness h;

    begin_tight(&h);
    offer(&h, 0, RANGES({MIB(256), MIB(2)}));
    C_EXPECT_EQ(EXHAUSTED, release(&h, 0, RANGES({MIB(2), MIB(2)})));
    C_EXPECT_EQ(OK, add_response(&h, 0, NO_RANGES));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(2), MIB(2)})));
    harness_free(&h);
}

/* --- Commit: 11 ---------------------------------------------------------- */

/* What is held, what is released, what is left. */
struct commit {
    struct range held[3];
    uint32_t held_count;
    struct range gone[3];
    uint32_t gone_count;
    struct range left[4];
    uint32_t left_count;
};

static const struct commit commits[] = {
    /* whole, head, tail, middle of one extent */
    {{{0, MIB(128)}}, 1, {{0, MIB(128)}}, 1, {{0, 0}}, 0},
    {{{0, MIB(128)}}, 1, {{0, MIB(2)}}, 1, {{MIB(2), MIB(126)}}, 1},
    {{{0, MIB(128)}}, 1, {{MIB(126), MIB(2)}}, 1, {{0, MIB(126)}}, 1},
    {{{0, MIB(128)}},
     1,
     {{MIB(32), MIB(32)}},
     1,
     {{0, MIB(32)}, {MIB(64), MIB(64)}},
     2},
    /* a superset of two adjacent ones, and over their border */
    {{{0, MIB(128)}, {MIB(128), MIB(128)}}, 2, {{0, MIB(256)}}, 1, {{0, 0}}, 0},
    {{{0, MIB(128)}, {MIB(128), MIB(128)}},
     2,
     {{MIB(64), MIB(128)}},
     1,
     {{0, MIB(64)}, {MIB(192), MIB(64)}},
     2},
    {{{0, MIB(128)}, {MIB(128), MIB(128)}},
     2,
     {{MIB(64), MIB(192)}},
     1,
     {{0, MIB(64)}},
     1},
    /* several entries in one extent, out of order */
    {{{0, MIB(128)}},
     1,
     {{MIB(96), MIB(16)}, {0, MIB(16)}, {MIB(48), MIB(16)}},
     3,
     {{MIB(16), MIB(32)}, {MIB(64), MIB(32)}, {MIB(112), MIB(16)}},
     3},
    /* both regions */
    {{{0, MIB(64)}, {GIB(2), MIB(64)}},
     2,
     {{GIB(2), MIB(32)}, {MIB(32), MIB(32)}},
     2,
     {{0, MIB(32)}, {GIB(2) + MIB(32), MIB(32)}},
     2},
};

C_TEST(release, device_5_6_row_11_what_is_left)
{
    for (uint32_t i = 0; i < COUNT(commits); i++) {
        const struct commit *c = &commits[i];
        struct harness h;
        struct view before;

        C_CONTEXT("row %u", i);
        harness_d1(&h);
        hold(&h, 0, c->held, c->held_count);
        before = look(&h, 0);
        C_EXPECT_EQ(OK, release(&h, 0, c->gone, c->gone_count));
        expect_after(&h, 0, &before, true, c->left_count, c->left,
                     c->left_count);
        expect_free(&h, 0, c->gone, c->gone_count);
        harness_free(&h);
    }
    C_CONTEXT("");
}

C_TEST(release, needs_no_request_of_the_fabric_manager)
{
    struct harness h;

    harness_d1(&h);
    hold(&h, 0, RANGES({0, MIB(4)}));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({0, MIB(2)})));
    /* A request that is outstanding asks for no bookkeeping. */
    C_EXPECT_EQ(OK, fm_release(&h, 0, 0, RANGES({MIB(2), MIB(2)})));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(2), MIB(2)})));
    C_EXPECT_EQ(DCD_RC_INVALID_EXTENT_LIST,
                fm_release(&h, 0, 0, RANGES({MIB(2), MIB(2)})));
    harness_free(&h);
}

/* --- Two faults ---------------------------------------------------------- */

C_TEST(release, form_faults_count_entry_for_entry)
{
    expect_code(LIST, RANGES({MIB(1), MIB(2)}, {GIB(100), MIB(2)}));
    expect_code(ADDRESS, RANGES({GIB(100), MIB(2)}, {MIB(1), MIB(2)}));
    expect_code(LIST, RANGES({GIB(1), MIB(2)}, {MIB(1), MIB(2)}));
    expect_code(LIST, RANGES({0, 0}, {0, UINT64_MAX}));
}

C_TEST(release, faults_against_the_list_count_entry_for_entry)
{
    expect_shared_code(TAG_WISE, LIST, RANGES({0, MIB(64)}, {GIB(1), MIB(2)}));
    expect_shared_code(TAG_WISE, ADDRESS,
                       RANGES({GIB(1), MIB(2)}, {0, MIB(64)}));
    expect_tight_code(
        ADDRESS, RANGES({MIB(2), MIB(2)}, {GIB(1), MIB(2)}, {MIB(8), MIB(2)}));
    expect_tight_code(EXHAUSTED, RANGES({MIB(2), MIB(2)}, {MIB(8), MIB(2)},
                                        {GIB(1), MIB(2)}));
}
