/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_12_7.c - the scenarios of 4802h and 4803h, each with all that has to be
 * true behind it.
 *
 * Every test is one row: the state before, one or two commands, their return
 * codes, the state after. Region 0 is [0, 2 GiB), region 1 [2 GiB, 4 GiB),
 * blocks have 2 MiB, a host can track 512 extents.
 */
#include "host_support.h"

#include "gtest_c.h"

#include <string.h>

#define GROUP_1 RANGES({0, MIB(128)})
#define GROUP_2 RANGES({MIB(256), MIB(128)})

/* --- 1 to 7: one group --------------------------------------------------- */

C_TEST(scenarios, device_12_7_row_01_a_group_is_accepted)
{
    struct harness h;
    struct view before;

    harness_d1(&h);
    offer(&h, 0, GROUP_1);
    before = look(&h, 0);
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, GROUP_1));
    expect_after(&h, 0, &before, true, 1, GROUP_1);
    C_EXPECT_EQ(before.generation + 1, generation(&h, 0));
    expect_fm(&h, DCD_EVENT_ADD_RESPONSE, 0, GROUP_1);
    expect_no_pending(&h, 0);
    harness_free(&h);
}

C_TEST(scenarios, device_12_7_row_02_an_empty_list_refuses_the_group)
{
    struct harness h;
    struct view before;

    harness_d1(&h);
    offer(&h, 0, GROUP_1);
    before = look(&h, 0);
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, NO_RANGES));
    expect_after(&h, 0, &before, false, 0, NO_RANGES);
    expect_fm(&h, DCD_EVENT_ADD_RESPONSE, 0, RANGES({0, 0}));
    expect_no_pending(&h, 0);
    expect_free(&h, 0, GROUP_1);
    harness_free(&h);
}

C_TEST(scenarios, device_12_7_row_03_the_rest_of_an_extent_is_free_again)
{
    struct harness h;
    struct view before;

    harness_d1(&h);
    offer(&h, 0, GROUP_1);
    before = look(&h, 0);
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, RANGES({0, MIB(64)})));
    expect_after(&h, 0, &before, true, 1, RANGES({0, MIB(64)}));
    expect_fm(&h, DCD_EVENT_ADD_RESPONSE, 0, RANGES({0, MIB(64)}));
    expect_no_pending(&h, 0);
    expect_free(&h, 0, RANGES({MIB(64), MIB(64)}));
    harness_free(&h);
}

C_TEST(scenarios, device_12_7_row_04_two_parts_of_one_extent)
{
    struct harness h;
    struct view before;

    harness_d1(&h);
    offer(&h, 0, GROUP_1);
    before = look(&h, 0);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                add_response(&h, 0, RANGES({0, MIB(32)}, {MIB(64), MIB(32)})));
    expect_after(&h, 0, &before, true, 2,
                 RANGES({0, MIB(32)}, {MIB(64), MIB(32)}));
    expect_fm(&h, DCD_EVENT_ADD_RESPONSE, 0,
              RANGES({0, MIB(32)}, {MIB(64), MIB(32)}));
    expect_free(&h, 0, RANGES({MIB(32), MIB(32)}, {MIB(96), MIB(32)}));
    harness_free(&h);
}

/* The answer [ranges] to group 1 is refused with [rc] and leaves all as it
 * was: the group can still be answered. */
static void expect_refusal(uint16_t rc, const struct range *ranges,
                           uint32_t count)
{
    struct harness h;
    struct view before;

    harness_d1(&h);
    offer(&h, 0, GROUP_1);
    before = look(&h, 0);
    C_EXPECT_EQ(rc, add_response(&h, 0, ranges, count));
    expect_unchanged(&h, 0, &before);
    expect_answerable(&h, 0, GROUP_1);
    harness_free(&h);
}

C_TEST(scenarios, device_12_7_row_05_entries_that_overlap)
{
    expect_refusal(DCD_RC_INVALID_EXTENT_LIST,
                   RANGES({0, MIB(64)}, {MIB(32), MIB(64)}));
}

C_TEST(scenarios, device_12_7_row_06_an_entry_between_blocks)
{
    expect_refusal(DCD_RC_INVALID_EXTENT_LIST, RANGES({MIB(1), MIB(2)}));
}

C_TEST(scenarios, device_12_7_row_07_more_than_was_offered)
{
    expect_refusal(DCD_RC_INVALID_PHYSICAL_ADDRESS, RANGES({0, MIB(130)}));
}

/* --- 8 to 12: groups in order, and none ---------------------------------- */

static void offer_two_groups(struct harness *h)
{
    harness_d1(h);
    offer(h, 0, GROUP_1);
    offer(h, 0, GROUP_2);
}

C_TEST(scenarios, device_12_7_row_08_the_second_group_first)
{
    struct harness h;
    struct view before;

    offer_two_groups(&h);
    before = look(&h, 0);
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, add_response(&h, 0, GROUP_2));
    expect_unchanged(&h, 0, &before);
    expect_answerable(&h, 0, GROUP_1);
    expect_answerable(&h, 0, GROUP_2);
    harness_free(&h);
}

C_TEST(scenarios, device_12_7_row_09_two_groups_in_order)
{
    struct harness h;
    struct view before;

    offer_two_groups(&h);
    before = look(&h, 0);
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, GROUP_1));
    expect_after(&h, 0, &before, true, 2, GROUP_1);
    expect_fm(&h, DCD_EVENT_ADD_RESPONSE, 0, GROUP_1);
    before = look(&h, 0);
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, GROUP_2));
    expect_after(&h, 0, &before, true, 2,
                 RANGES({0, MIB(128)}, {MIB(256), MIB(128)}));
    expect_fm(&h, DCD_EVENT_ADD_RESPONSE, 0, GROUP_2);
    expect_no_pending(&h, 0);
    harness_free(&h);
}

C_TEST(scenarios, device_12_7_row_10_two_groups_in_one_list)
{
    struct harness h;
    struct view before;

    offer_two_groups(&h);
    before = look(&h, 0);
    C_EXPECT_EQ(
        DCD_RC_INVALID_PHYSICAL_ADDRESS,
        add_response(&h, 0, RANGES({0, MIB(128)}, {MIB(256), MIB(128)})));
    expect_unchanged(&h, 0, &before);
    expect_answerable(&h, 0, GROUP_1);
    expect_answerable(&h, 0, GROUP_2);
    harness_free(&h);
}

C_TEST(scenarios, device_12_7_row_11_an_empty_answer_to_nothing)
{
    struct harness h;
    struct view before;

    harness_d1(&h);
    before = look(&h, 0);
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, add_response(&h, 0, NO_RANGES));
    expect_unchanged(&h, 0, &before);
    harness_free(&h);
}

C_TEST(scenarios, device_12_7_row_12_an_answer_to_nothing)
{
    struct harness h;
    struct view before;

    harness_d1(&h);
    before = look(&h, 0);
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, add_response(&h, 0, RANGES({0, MIB(2)})));
    expect_unchanged(&h, 0, &before);
    expect_free(&h, 0, RANGES({0, MIB(2)}));
    harness_free(&h);
}

/* --- 13 to 16: what is offered ------------------------------------------- */

C_TEST(scenarios, device_12_7_row_13_an_offer_of_what_the_host_has)
{
    struct harness h;
    struct view before;

    harness_d1(&h);
    hold(&h, 0, GROUP_1);
    before = look(&h, 0);
    C_EXPECT_EQ(DCD_RC_INVALID_EXTENT_LIST,
                fm_add(&h, 0, RANGES({0, MIB(64)})));
    expect_unchanged(&h, 0, &before);
    C_EXPECT_EQ(0, get_events(&h, 0));
    expect_no_pending(&h, 0);
    harness_free(&h);
}

#define TWO_OFFERED RANGES({0, MIB(128)}, {MIB(128), MIB(128)})

static void offer_two_extents(struct harness *h)
{
    harness_d1(h);
    offer(h, 0, TWO_OFFERED);
    C_EXPECT_EQ(2, get_events(h, 0));
    C_EXPECT_EQ(DCD_EVENT_MORE, event_at(h, 0)->flags);
    C_EXPECT_EQ(0, event_at(h, 1)->flags);
}

C_TEST(scenarios, device_12_7_row_14_one_entry_over_two_offered_extents)
{
    struct harness h;
    struct view before;

    offer_two_extents(&h);
    before = look(&h, 0);
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS,
                add_response(&h, 0, RANGES({0, MIB(256)})));
    expect_unchanged(&h, 0, &before);
    expect_answerable(&h, 0, TWO_OFFERED);
    harness_free(&h);
}

C_TEST(scenarios, device_12_7_row_15_two_entries_for_two_offered_extents)
{
    struct harness h;
    struct view before;

    offer_two_extents(&h);
    before = look(&h, 0);
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, TWO_OFFERED));
    expect_after(&h, 0, &before, true, 2, TWO_OFFERED);
    expect_fm(&h, DCD_EVENT_ADD_RESPONSE, 0, TWO_OFFERED);
    expect_no_pending(&h, 0);
    harness_free(&h);
}

C_TEST(scenarios, device_12_7_row_16_an_entry_across_regions)
{
    struct harness h;
    struct view before;

    harness_d1(&h);
    offer(&h, 0, RANGES({MIB(1920), MIB(128)}, {MIB(2048), MIB(128)}));
    before = look(&h, 0);
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS,
                add_response(&h, 0, RANGES({MIB(1984), MIB(128)})));
    expect_unchanged(&h, 0, &before);
    expect_answerable(&h, 0,
                      RANGES({MIB(1920), MIB(128)}, {MIB(2048), MIB(128)}));
    harness_free(&h);
}

/* --- 17, 18, 26: at the limit of 512 extents ----------------------------- */

/* Fills [list], whose first [n] entries are small extents in region 1 that
 * the host holds, behind [first]; logs and mailbox have room for all. */
static void hold_many(struct harness *h, struct range *list, uint32_t n,
                      const struct range *first)
{
    uint32_t more = first ? 1 : 0;

    harness_d1_config(h);
    h->config.dc_log = 512;
    h->config.fm_log = 2048;
    h->config.mailbox_payload = 16384;
    harness_build(h);
    if (first)
        list[0] = *first;
    scattered(list + more, n, GIB(2), MIB(2));
    hold(h, 0, list, n + more);
    fm_drain(h);
}

C_TEST(scenarios, device_12_7_row_17_the_last_extent_that_can_be_tracked)
{
    struct range list[512];
    struct range last = {MIB(512), MIB(2)};
    struct harness h;
    struct view before;

    hold_many(&h, list, 511, NULL);
    offer(&h, 0, &last, 1);
    before = look(&h, 0);
    C_EXPECT_EQ(0, before.extents);
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, &last, 1));
    memmove(list + 1, list, 511 * sizeof(list[0]));
    list[0] = last;
    expect_after(&h, 0, &before, true, 512, list, 512);
    expect_fm(&h, DCD_EVENT_ADD_RESPONSE, 0, &last, 1);
    harness_free(&h);
}

C_TEST(scenarios, device_12_7_row_18_one_extent_more_than_can_be_tracked)
{
    struct range list[512];
    struct harness h;
    struct view before;

    hold_many(&h, list, 511, NULL);
    offer(&h, 0, RANGES({0, MIB(512)}));
    before = look(&h, 0);
    C_EXPECT_EQ(
        DCD_RC_RESOURCES_EXHAUSTED,
        add_response(&h, 0, RANGES({0, MIB(128)}, {MIB(256), MIB(128)})));
    expect_unchanged(&h, 0, &before);
    expect_answerable(&h, 0, RANGES({0, MIB(512)}));
    harness_free(&h);
}

C_TEST(scenarios, device_12_7_row_26_a_split_beyond_the_limit)
{
    static const struct range large = {0, MIB(128)};
    struct range list[512];
    struct harness h;
    struct view before;

    hold_many(&h, list, 511, &large);
    before = look(&h, 0);
    C_EXPECT_EQ(0, before.extents);
    C_EXPECT_EQ(DCD_RC_RESOURCES_EXHAUSTED,
                release(&h, 0, RANGES({MIB(32), MIB(32)})));
    expect_unchanged(&h, 0, &before);
    /* The same length from the end needs no extent more. */
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({MIB(96), MIB(32)})));
    list[0].length = MIB(96);
    expect_after(&h, 0, &before, true, 512, list, 512);
    harness_free(&h);
}

/* --- 19 to 27: release --------------------------------------------------- */

/* A host that holds [held] and nothing else releases [ranges]. */
static void begin_release(struct harness *h, struct view *before,
                          const struct range *held, uint32_t count)
{
    harness_d1(h);
    hold(h, 0, held, count);
    *before = look(h, 0);
}

C_TEST(scenarios, device_12_7_row_19_a_whole_extent)
{
    struct harness h;
    struct view before;

    begin_release(&h, &before, GROUP_1);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, GROUP_1));
    expect_after(&h, 0, &before, true, 0, NO_RANGES);
    expect_fm(&h, DCD_EVENT_CAPACITY_RELEASED, 0, GROUP_1);
    expect_free(&h, 0, GROUP_1);
    harness_free(&h);
}

C_TEST(scenarios, device_12_7_row_20_the_middle_of_an_extent)
{
    struct harness h;
    struct view before;

    begin_release(&h, &before, GROUP_1);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({MIB(32), MIB(32)})));
    expect_after(&h, 0, &before, true, 2,
                 RANGES({0, MIB(32)}, {MIB(64), MIB(64)}));
    expect_fm(&h, DCD_EVENT_CAPACITY_RELEASED, 0, RANGES({MIB(32), MIB(32)}));
    expect_free(&h, 0, RANGES({MIB(32), MIB(32)}));
    harness_free(&h);
}

C_TEST(scenarios, device_12_7_row_21_over_the_border_of_two_extents)
{
    struct harness h;
    struct view before;

    begin_release(&h, &before, TWO_OFFERED);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({MIB(64), MIB(128)})));
    expect_after(&h, 0, &before, true, 2,
                 RANGES({0, MIB(64)}, {MIB(192), MIB(64)}));
    expect_fm(&h, DCD_EVENT_CAPACITY_RELEASED, 0,
              RANGES({MIB(64), MIB(64)}, {MIB(128), MIB(64)}));
    expect_free(&h, 0, RANGES({MIB(64), MIB(128)}));
    harness_free(&h);
}

C_TEST(scenarios, device_12_7_row_22_a_range_with_a_hole)
{
    struct harness h;
    struct view before;

    begin_release(&h, &before, RANGES({0, MIB(128)}, {MIB(192), MIB(64)}));
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS,
                release(&h, 0, RANGES({0, MIB(256)})));
    expect_unchanged(&h, 0, &before);
    harness_free(&h);
}

C_TEST(scenarios, device_12_7_row_23_what_is_only_pending)
{
    struct harness h;
    struct view before;

    harness_d1(&h);
    hold(&h, 0, GROUP_1);
    offer(&h, 0, RANGES({MIB(128), MIB(128)}));
    before = look(&h, 0);
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS,
                release(&h, 0, RANGES({MIB(128), MIB(128)})));
    expect_unchanged(&h, 0, &before);
    expect_answerable(&h, 0, RANGES({MIB(128), MIB(128)}));
    harness_free(&h);
}

C_TEST(scenarios, device_12_7_row_24_an_empty_release)
{
    struct harness h;
    struct view before;

    begin_release(&h, &before, GROUP_1);
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, release(&h, 0, NO_RANGES));
    expect_unchanged(&h, 0, &before);
    harness_free(&h);
}

C_TEST(scenarios, device_12_7_row_25_the_same_release_twice)
{
    struct harness h;
    struct view before;

    begin_release(&h, &before, GROUP_1);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, GROUP_1));
    before = look(&h, 0);
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS, release(&h, 0, GROUP_1));
    expect_unchanged(&h, 0, &before);
    harness_free(&h);
}

C_TEST(scenarios, device_12_7_row_27_one_bad_entry_releases_nothing)
{
    struct harness h;
    struct view before;

    begin_release(&h, &before, GROUP_1);
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS,
                release(&h, 0, RANGES({0, MIB(64)}, {MIB(200), MIB(2)})));
    expect_unchanged(&h, 0, &before);
    harness_free(&h);
}

/* --- 28 to 34: form, tags, dead groups, lists in parts ------------------- */

C_TEST(scenarios, device_12_7_row_28_seven_bytes)
{
    static const uint8_t in[7] = {0};
    struct harness h;
    struct view before;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH,
                mailbox(&h, 0, DCD_OP_ADD_DC_RESPONSE, in, sizeof(in)));
    offer(&h, 0, GROUP_1);
    before = look(&h, 0);
    C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH,
                mailbox(&h, 0, DCD_OP_ADD_DC_RESPONSE, in, sizeof(in)));
    expect_unchanged(&h, 0, &before);
    expect_answerable(&h, 0, GROUP_1);
    harness_free(&h);
}

C_TEST(scenarios, device_12_7_row_29_fewer_entries_than_counted)
{
    static const uint8_t in[32] = {[0] = 2, [0x13] = 8};
    struct harness h;
    struct view before;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH,
                mailbox(&h, 0, DCD_OP_ADD_DC_RESPONSE, in, sizeof(in)));
    offer(&h, 0, GROUP_1);
    before = look(&h, 0);
    C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH,
                mailbox(&h, 0, DCD_OP_ADD_DC_RESPONSE, in, sizeof(in)));
    expect_unchanged(&h, 0, &before);
    expect_answerable(&h, 0, GROUP_1);
    harness_free(&h);
}

#define TAG "0f0e0d0c-0b0a-0908-0706-050403020100"

C_TEST(scenarios, device_12_7_row_30_part_of_a_shared_tag)
{
    static const struct range shared[] = {{0, MIB(64), TAG, 0},
                                          {MIB(128), MIB(64), TAG, 1}};
    struct harness h;
    struct view before;

    harness_d1_config(&h);
    h.config.tags = 4;
    h.config.regions[0].attributes = DCD_REGION_ATTR_SHARABLE;
    harness_build(&h);
    hold(&h, 0, shared, 2);
    before = look(&h, 0);
    C_EXPECT_EQ(3, before.tags);
    C_EXPECT_EQ(DCD_RC_INVALID_EXTENT_LIST, release(&h, 0, shared, 1));
    expect_unchanged(&h, 0, &before);
    expect_list(&h, 0, shared, 2);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, shared, 2));
    C_EXPECT_EQ(4, available_tags(&h, 0));
    harness_free(&h);
}

C_TEST(scenarios, device_12_7_row_31_an_end_that_wraps)
{
    static const struct range wraps = {MIB(2), UINT64_MAX - MIB(2) + 1};
    struct harness h;
    struct view before;

    expect_refusal(DCD_RC_INVALID_PHYSICAL_ADDRESS, &wraps, 1);
    begin_release(&h, &before, GROUP_1);
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS, release(&h, 0, &wraps, 1));
    expect_unchanged(&h, 0, &before);
    harness_free(&h);
}

C_TEST(scenarios, device_12_7_row_32_an_entry_without_length)
{
    struct harness h;
    struct view before;

    expect_refusal(DCD_RC_INVALID_EXTENT_LIST, RANGES({0, 0}));
    begin_release(&h, &before, GROUP_1);
    C_EXPECT_EQ(DCD_RC_INVALID_EXTENT_LIST, release(&h, 0, RANGES({0, 0})));
    expect_unchanged(&h, 0, &before);
    harness_free(&h);
}

C_TEST(scenarios, device_12_7_row_33_an_empty_answer_to_a_dead_group)
{
    struct harness h;
    struct view before;

    harness_d1_config(&h);
    h.config.revision = DCD_REVISION_4_0;
    harness_build(&h);
    offer(&h, 0, GROUP_1);
    before = look(&h, 0);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&h, 0, DCD_RELEASE_FORCED, GROUP_1));
    /* The record of the offer stays, and the group counts until answered. */
    expect_unchanged(&h, 0, &before);
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, NO_RANGES));
    expect_after(&h, 0, &before, false, 0, NO_RANGES);
    expect_fm(&h, DCD_EVENT_ADD_RESPONSE, 0, RANGES({0, 0}));
    expect_no_pending(&h, 0);
    expect_free(&h, 0, GROUP_1);
    harness_free(&h);
}

C_TEST(scenarios, device_12_7_row_34_a_list_in_two_parts)
{
    struct harness h;
    struct view before;

    offer_two_extents(&h);
    before = look(&h, 0);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                add_response_more(&h, 0, RANGES({0, MIB(128)})));
    expect_fm_silent(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                add_response(&h, 0, RANGES({MIB(128), MIB(64)})));
    expect_after(&h, 0, &before, true, 2,
                 RANGES({0, MIB(128)}, {MIB(128), MIB(64)}));
    C_EXPECT_EQ(before.generation + 1, generation(&h, 0));
    expect_fm(&h, DCD_EVENT_ADD_RESPONSE, 0,
              RANGES({0, MIB(128)}, {MIB(128), MIB(64)}));
    expect_no_pending(&h, 0);
    harness_free(&h);
}
