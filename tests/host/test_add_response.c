/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_add_response.c - 4802h Add Dynamic Capacity Response: every check, and
 * which of two faults counts (CXL r3.1 8.2.9.9.9.3).
 *
 * The checks have an order: those of the form are made for each entry in turn,
 * then those against what was offered for each entry in turn. The first fault
 * in that order decides the return code.
 */
#include "host_support.h"

#include "gtest_c.h"

#include <string.h>

#define OK DCD_RC_SUCCESS
#define ORDER DCD_RC_INVALID_INPUT
#define ADDRESS DCD_RC_INVALID_PHYSICAL_ADDRESS
#define LENGTH DCD_RC_INVALID_PAYLOAD_LENGTH
#define EXHAUSTED DCD_RC_RESOURCES_EXHAUSTED
#define LIST DCD_RC_INVALID_EXTENT_LIST

#define TAG_A "aaaaaaaa-0000-1111-2222-333333333333"
#define TAG_B "bbbbbbbb-0000-1111-2222-333333333333"

/* What is offered in most tests: [0,128) and [128,256) in one group, then
 * [512,640) in another. */
#define FIRST_GROUP RANGES({0, MIB(128)}, {MIB(128), MIB(128)})
#define SECOND_GROUP RANGES({MIB(512), MIB(128)})

static void begin(struct harness *h)
{
    harness_d1(h);
    hold(h, 0, RANGES({GIB(3), MIB(64)}));
    offer(h, 0, FIRST_GROUP);
    offer(h, 0, SECOND_GROUP);
}

static void expect_both_answerable(struct harness *h)
{
    expect_answerable(h, 0, FIRST_GROUP);
    expect_answerable(h, 0, SECOND_GROUP);
    harness_free(h);
}

/* One answer that is refused, and changes nothing. */
static void expect_code(uint16_t rc, const struct range *ranges, uint32_t count)
{
    struct harness h;
    struct view before;

    begin(&h);
    before = look(&h, 0);
    C_EXPECT_EQ(rc, add_response(&h, 0, ranges, count));
    C_EXPECT_EQ(0, h.out_length);
    expect_unchanged(&h, 0, &before);
    expect_both_answerable(&h);
}

/* --- Length and count: 1 to 3 -------------------------------------------- */

C_TEST(add_response, device_5_5_row_01_shorter_than_its_header)
{
    struct harness h;
    struct view before;

    begin(&h);
    before = look(&h, 0);
    for (uint32_t length = 0; length < 8; length++)
        C_EXPECT_EQ(LENGTH, list_raw(&h, DCD_OP_ADD_DC_RESPONSE, 0, 0, length));
    expect_unchanged(&h, 0, &before);
    expect_both_answerable(&h);
}

C_TEST(add_response, device_5_5_row_02_more_entries_than_can_be_tracked)
{
    struct harness h;
    struct view before;

    begin(&h);
    before = look(&h, 0);
    /* Before the length, which is wrong as well. */
    C_EXPECT_EQ(EXHAUSTED, list_raw(&h, DCD_OP_ADD_DC_RESPONSE, 513, 0, 8));
    C_EXPECT_EQ(EXHAUSTED,
                list_raw(&h, DCD_OP_ADD_DC_RESPONSE, UINT32_MAX, 0, 32));
    C_EXPECT_EQ(EXHAUSTED,
                list_raw(&h, DCD_OP_ADD_DC_RESPONSE, UINT32_MAX, 1, 2048));
    C_EXPECT_EQ(LENGTH, list_raw(&h, DCD_OP_ADD_DC_RESPONSE, 512, 0, 8));
    expect_unchanged(&h, 0, &before);
    expect_both_answerable(&h);
}

C_TEST(add_response, device_5_5_row_02_also_over_several_payloads)
{
    struct harness h;
    struct view before;

    begin(&h);
    before = look(&h, 0);
    for (unsigned i = 0; i < 6; i++)
        C_EXPECT_EQ(OK, list_raw(&h, DCD_OP_ADD_DC_RESPONSE, 85, 1,
                                 2048)); /* 510 so far */
    C_EXPECT_EQ(EXHAUSTED, list_raw(&h, DCD_OP_ADD_DC_RESPONSE, 3, 1, 8));
    /* The list was dropped: this is another one, and whole. */
    C_EXPECT_EQ(LENGTH, list_raw(&h, DCD_OP_ADD_DC_RESPONSE, 512, 1, 8));
    for (unsigned i = 0; i < 6; i++)
        C_EXPECT_EQ(OK, list_raw(&h, DCD_OP_ADD_DC_RESPONSE, 85, 1, 2048));
    C_EXPECT_EQ(OK, list_raw(&h, DCD_OP_ADD_DC_RESPONSE, 2, 1,
                             2048)); /* 512: just enough */
    C_EXPECT_EQ(EXHAUSTED, list_raw(&h, DCD_OP_ADD_DC_RESPONSE, 1, 1, 2048));
    expect_unchanged(&h, 0, &before);
    expect_both_answerable(&h);
}

C_TEST(add_response, device_5_5_row_03_shorter_than_its_entries)
{
    struct harness h;
    struct view before;

    begin(&h);
    before = look(&h, 0);
    C_EXPECT_EQ(LENGTH, list_raw(&h, DCD_OP_ADD_DC_RESPONSE, 1, 0, 8));
    C_EXPECT_EQ(LENGTH, list_raw(&h, DCD_OP_ADD_DC_RESPONSE, 1, 0, 31));
    C_EXPECT_EQ(LENGTH, list_raw(&h, DCD_OP_ADD_DC_RESPONSE, 2, 0, 32));
    C_EXPECT_EQ(LENGTH, list_raw(&h, DCD_OP_ADD_DC_RESPONSE, 86, 0, 2048));
    expect_unchanged(&h, 0, &before);
    expect_both_answerable(&h);
}

C_TEST(add_response, device_5_5_row_03_bytes_behind_the_entries_are_ignored)
{
    struct harness h;

    begin(&h);
    C_EXPECT_EQ(OK, list_raw(&h, DCD_OP_ADD_DC_RESPONSE, 1, 0, 2048));
    expect_list(&h, 0, RANGES({0, MIB(2)}, {GIB(3), MIB(64)}));
    harness_free(&h);
}

/* --- The group: 4 to 7 --------------------------------------------------- */

C_TEST(add_response, device_5_5_row_04_nothing_is_pending)
{
    struct harness h;
    struct view before;

    harness_d1(&h);
    hold(&h, 0, RANGES({0, MIB(4)}));
    before = look(&h, 0);
    C_EXPECT_EQ(ORDER, add_response(&h, 0, NO_RANGES));
    C_EXPECT_EQ(ORDER, add_response(&h, 0, RANGES({0, MIB(4)})));
    C_EXPECT_EQ(ORDER, add_response(&h, 0, RANGES({MIB(1), 0}))); /* before 8 */
    C_EXPECT_EQ(LENGTH,
                list_raw(&h, DCD_OP_ADD_DC_RESPONSE, 1, 0, 8)); /* behind 3 */
    expect_unchanged(&h, 0, &before);
    harness_free(&h);
}

static void begin_dead(struct harness *h)
{
    harness_d1_config(h);
    h->config.revision = DCD_REVISION_4_0;
    harness_build(h);
    offer(h, 0, FIRST_GROUP);
    offer(h, 0, SECOND_GROUP);
    /* A part of one extent is enough: a group dies as a whole. */
    C_EXPECT_EQ(
        OK, fm_release(h, 0, DCD_RELEASE_FORCED, RANGES({MIB(130), MIB(2)})));
}

/* Any answer but one of a wrong length ends a dead group. */
static void expect_end_of_dead(uint16_t rc, const struct range *ranges,
                               uint32_t count)
{
    struct harness h;

    begin_dead(&h);
    C_EXPECT_EQ(509, available_extents(&h, 0));
    C_EXPECT_EQ(LENGTH, list_raw(&h, DCD_OP_ADD_DC_RESPONSE, 1, 0, 8));
    C_EXPECT_EQ(509, available_extents(&h, 0));
    C_EXPECT_EQ(rc, add_response(&h, 0, ranges, count));
    C_EXPECT_EQ(511, available_extents(&h, 0));
    C_EXPECT_EQ(0, generation(&h, 0));
    expect_fm(&h, DCD_EVENT_ADD_RESPONSE, 0, RANGES({0, 0}));
    expect_answerable(&h, 0, SECOND_GROUP);
    expect_no_pending(&h, 0);
    expect_free(&h, 0, FIRST_GROUP);
    harness_free(&h);
}

C_TEST(add_response, device_5_5_row_05_a_dead_group_is_refused)
{
    expect_end_of_dead(OK, NO_RANGES);
}

C_TEST(add_response, device_5_5_row_05_a_dead_group_is_accepted)
{
    expect_end_of_dead(ADDRESS, FIRST_GROUP);
}

/* Before the checks of entries. */
C_TEST(add_response, device_5_5_row_05_a_dead_group_is_answered_with_nonsense)
{
    expect_end_of_dead(ADDRESS, RANGES({MIB(1), 0}));
}

C_TEST(add_response, device_5_5_row_06_an_empty_answer_refuses_the_group)
{
    struct harness h;
    struct view before;

    begin(&h);
    before = look(&h, 0);
    C_EXPECT_EQ(OK, add_response(&h, 0, NO_RANGES));
    expect_after(&h, 0, &before, false, 2, RANGES({GIB(3), MIB(64)}));
    expect_fm(&h, DCD_EVENT_ADD_RESPONSE, 0, RANGES({0, 0}));
    expect_answerable(&h, 0, SECOND_GROUP);
    expect_free(&h, 0, FIRST_GROUP);
    harness_free(&h);
}

/* Three extents can be tracked; one is held. */
static void begin_tight(struct harness *h)
{
    harness_d1_config(h);
    h->config.extents = 3;
    harness_build(h);
    hold(h, 0, RANGES({GIB(2), MIB(2)}));
    offer(h, 0, RANGES({0, MIB(128)}));
}

C_TEST(add_response, device_5_5_row_07_the_group_itself_does_not_count)
{
    struct harness h;

    begin_tight(&h);
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({0, MIB(2)}, {MIB(4), MIB(2)})));
    C_EXPECT_EQ(0, available_extents(&h, 0));
    harness_free(&h);
}

C_TEST(add_response, device_5_5_row_07_more_than_can_be_tracked)
{
    struct harness h;
    struct view before;

    begin_tight(&h);
    before = look(&h, 0);
    C_EXPECT_EQ(EXHAUSTED, add_response(&h, 0,
                                        RANGES({0, MIB(2)}, {MIB(4), MIB(2)},
                                               {MIB(8), MIB(2)})));
    /* Before the checks of entries. */
    C_EXPECT_EQ(EXHAUSTED,
                add_response(&h, 0, RANGES({0, 0}, {1, 1}, {GIB(9), 2})));
    expect_unchanged(&h, 0, &before);
    expect_answerable(&h, 0, RANGES({0, MIB(128)}));
    harness_free(&h);
}

/* A later group counts, too. */
C_TEST(add_response, device_5_5_row_07_other_groups_count)
{
    struct harness h;

    begin_tight(&h);
    offer(&h, 0, RANGES({MIB(512), MIB(2)}));
    C_EXPECT_EQ(EXHAUSTED,
                add_response(&h, 0, RANGES({0, MIB(2)}, {MIB(4), MIB(2)})));
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({0, MIB(2)})));
    harness_free(&h);
}

/* --- Form: 8 to 11 ------------------------------------------------------- */

C_TEST(add_response, device_5_5_row_08_no_length)
{
    expect_code(LIST, RANGES({0, 0}));
    expect_code(LIST, RANGES({GIB(100), 0})); /* before 10 */
    expect_code(LIST, RANGES({MIB(1), 0}));
    expect_code(LIST, RANGES({0, MIB(2)}, {MIB(4), 0}));
}

C_TEST(add_response, device_5_5_row_09_the_end_wraps)
{
    expect_code(ADDRESS, RANGES({MIB(2), UINT64_MAX - MIB(2) + 1}));
    /* It is a fault of the form, so it comes before the next entry. */
    expect_code(ADDRESS,
                RANGES({MIB(2), UINT64_MAX - MIB(2) + 1}, {MIB(1), MIB(2)}));
    expect_code(ADDRESS, RANGES({0, UINT64_MAX}));
    expect_code(ADDRESS, RANGES({UINT64_MAX - MIB(2) + 1, MIB(2)}));
    expect_code(ADDRESS, RANGES({UINT64_MAX, 2})); /* before 11 */
}

C_TEST(add_response, device_5_5_row_10_not_in_one_region)
{
    expect_code(ADDRESS, RANGES({GIB(4), MIB(2)}));
    expect_code(ADDRESS, RANGES({GIB(4) - MIB(2), MIB(4)}));
    expect_code(ADDRESS, RANGES({GIB(2) - MIB(2), MIB(4)}));
    expect_code(ADDRESS, RANGES({0, GIB(4)}));
    expect_code(ADDRESS, RANGES({GIB(4) + 1, 1})); /* before 11 */
}

/* Addresses behind a region's length decode, but hold no capacity. */
C_TEST(add_response, device_5_5_row_10_behind_the_length_of_a_region)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.regions[0].length = MIB(256);
    h.config.regions[0].decode = GIB(2);
    harness_build(&h);
    offer(&h, 0, RANGES({MIB(128), MIB(128)}));
    C_EXPECT_EQ(ADDRESS, add_response(&h, 0, RANGES({MIB(256), MIB(2)})));
    C_EXPECT_EQ(ADDRESS, add_response(&h, 0, RANGES({MIB(254), MIB(4)})));
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({MIB(254), MIB(2)})));
    harness_free(&h);
}

C_TEST(add_response, device_5_5_row_11_misaligned)
{
    expect_code(LIST, RANGES({MIB(1), MIB(2)}));
    expect_code(LIST, RANGES({0, MIB(3)}));
    expect_code(LIST, RANGES({0, MIB(2) + 1}));
    expect_code(LIST, RANGES({64, MIB(2)}));
    expect_code(LIST, RANGES({GIB(1) + 1, 1})); /* before 12: not offered */
}

C_TEST(add_response, device_5_5_row_11_overlapping)
{
    expect_code(LIST, RANGES({0, MIB(4)}, {MIB(2), MIB(4)}));
    expect_code(LIST, RANGES({0, MIB(4)}, {0, MIB(4)}));
    expect_code(LIST, RANGES({MIB(2), MIB(2)}, {0, MIB(128)}));
    expect_code(LIST, RANGES({0, MIB(2)}, {MIB(4), MIB(2)}, {0, MIB(2)}));
    /* Before 12: neither was offered. */
    expect_code(LIST, RANGES({GIB(1), MIB(4)}, {GIB(1), MIB(4)}));
}

/* --- Against the offer: 12 to 14 ----------------------------------------- */

C_TEST(add_response, device_5_5_row_12_not_offered)
{
    expect_code(ADDRESS, RANGES({MIB(256), MIB(2)}));
    expect_code(ADDRESS, RANGES({MIB(254), MIB(4)}));
    expect_code(ADDRESS, RANGES({MIB(126), MIB(4)})); /* over two extents */
    expect_code(ADDRESS, RANGES({0, MIB(2)}, {GIB(1), MIB(2)}));
}

C_TEST(add_response, device_5_5_row_12_a_later_group_is_a_matter_of_order)
{
    expect_code(ORDER, SECOND_GROUP);
    expect_code(ORDER, RANGES({MIB(514), MIB(2)}));
    expect_code(ORDER, RANGES({MIB(514), MIB(2)}, {MIB(520), MIB(2)}));
    /* Not all of it, or some of the first group, too. */
    expect_code(ADDRESS, RANGES({MIB(638), MIB(4)}));
    expect_code(ADDRESS, RANGES({MIB(514), MIB(2)}, {GIB(1), MIB(2)}));
    expect_code(ADDRESS, RANGES({MIB(514), MIB(2)}, {0, MIB(2)}));
    expect_code(ADDRESS, RANGES({0, MIB(2)}, {MIB(514), MIB(2)}));
}

C_TEST(add_response, device_5_5_row_13_already_accepted)
{
    expect_code(ADDRESS, RANGES({GIB(3), MIB(64)}));
    expect_code(ADDRESS, RANGES({0, MIB(2)}, {GIB(3), MIB(2)}));
    expect_code(ADDRESS, RANGES({GIB(3) + MIB(62), MIB(4)}));
}

/* Region 0 can be shared: tag A has two extents, tag B one. */
static void begin_shared(struct harness *h)
{
    static const struct range shared[] = {{0, MIB(64), TAG_A, 0},
                                          {MIB(64), MIB(64), TAG_A, 1},
                                          {MIB(128), MIB(64), TAG_B, 0}};

    harness_d1_config(h);
    h->config.tags = 8;
    h->config.regions[0].attributes = DCD_REGION_ATTR_SHARABLE;
    harness_build(h);
    offer(h, 0, shared, 3);
}

static void expect_shared_code(uint16_t rc, const struct range *ranges,
                               uint32_t count)
{
    struct harness h;
    struct view before;

    begin_shared(&h);
    before = look(&h, 0);
    C_EXPECT_EQ(rc, add_response(&h, 0, ranges, count));
    expect_unchanged(&h, 0, &before);
    expect_answerable(
        &h, 0, RANGES({0, MIB(64)}, {MIB(64), MIB(64)}, {MIB(128), MIB(64)}));
    harness_free(&h);
}

C_TEST(add_response, device_5_5_row_14_part_of_a_sharable_extent)
{
    expect_shared_code(LIST, RANGES({MIB(128), MIB(32)}));
    expect_shared_code(LIST, RANGES({MIB(160), MIB(32)}));
    /* Both halves are two extents, not the one that was offered. */
    expect_shared_code(LIST, RANGES({MIB(128), MIB(32)}, {MIB(160), MIB(32)}));
}

C_TEST(add_response, device_5_5_row_14_some_extents_of_a_sharable_tag)
{
    expect_shared_code(LIST, RANGES({0, MIB(64)}));
    expect_shared_code(LIST, RANGES({MIB(64), MIB(64)}));
    expect_shared_code(LIST, RANGES({MIB(64), MIB(64)}, {MIB(128), MIB(64)}));
}

C_TEST(add_response, device_5_5_row_14_all_extents_of_a_tag_or_none)
{
    static const struct range both[] = {{0, MIB(64), TAG_A, 0},
                                        {MIB(64), MIB(64), TAG_A, 1}};
    static const struct range one[] = {{MIB(128), MIB(64), TAG_B, 0}};
    struct harness h;

    begin_shared(&h);
    C_EXPECT_EQ(OK,
                add_response(&h, 0, RANGES({MIB(64), MIB(64)}, {0, MIB(64)})));
    expect_list(&h, 0, both, 2);
    C_EXPECT_EQ(7, available_tags(&h, 0));
    harness_free(&h);
    begin_shared(&h);
    C_EXPECT_EQ(OK, add_response(&h, 0, one, 1));
    expect_list(&h, 0, one, 1);
    harness_free(&h);
}

/* Entry for entry: the first one's share is wrong before the second one's
 * address is. */
C_TEST(add_response, device_5_5_row_14_of_an_entry_comes_before_12_of_the_next)
{
    expect_shared_code(LIST, RANGES({MIB(128), MIB(32)}, {GIB(1), MIB(2)}));
    expect_shared_code(LIST, RANGES({0, MIB(64)}, {GIB(1), MIB(2)}));
    expect_shared_code(ADDRESS, RANGES({GIB(1), MIB(2)}, {MIB(128), MIB(32)}));
    expect_shared_code(ADDRESS, RANGES({GIB(1), MIB(2)}, {0, MIB(64)}));
}

/* --- Commit: 15 ---------------------------------------------------------- */

C_TEST(add_response, device_5_5_row_15_everything_or_nothing)
{
    struct harness h;
    struct view before;

    begin(&h);
    before = look(&h, 0);
    C_EXPECT_EQ(
        OK,
        add_response(&h, 0, RANGES({MIB(160), MIB(32)}, {MIB(64), MIB(32)})));
    expect_after(
        &h, 0, &before, true, 4,
        RANGES({MIB(64), MIB(32)}, {MIB(160), MIB(32)}, {GIB(3), MIB(64)}));
    expect_fm(&h, DCD_EVENT_ADD_RESPONSE, 0,
              RANGES({MIB(160), MIB(32)}, {MIB(64), MIB(32)}));
    expect_free(&h, 0,
                RANGES({0, MIB(64)}, {MIB(96), MIB(64)}, {MIB(192), MIB(64)}));
    harness_free(&h);
}

/* --- Two faults: the first in the order of the checks -------------------- */

C_TEST(add_response, form_faults_count_entry_for_entry)
{
    expect_code(LIST, RANGES({MIB(1), MIB(2)}, {GIB(100), MIB(2)}));
    expect_code(ADDRESS, RANGES({GIB(100), MIB(2)}, {MIB(1), MIB(2)}));
    expect_code(LIST, RANGES({0, 0}, {0, UINT64_MAX}));
    expect_code(ADDRESS, RANGES({0, UINT64_MAX}, {0, 0}));
}

C_TEST(add_response, form_faults_of_any_entry_come_before_the_offer)
{
    expect_code(LIST, RANGES({GIB(1), MIB(2)}, {MIB(1), MIB(2)}));
    expect_code(LIST, RANGES({MIB(514), MIB(2)}, {0, 0}));
    expect_code(ADDRESS, RANGES({MIB(514), MIB(2)}, {GIB(100), MIB(2)}));
}

/* --- What an accepted extent keeps --------------------------------------- */

C_TEST(add_response, tag_and_sequence_come_from_the_offer)
{
    static const struct range offered[] = {{0, MIB(64), TAG_A, 0},
                                           {MIB(64), MIB(64), TAG_B, 0}};
    static const struct range parts[] = {{MIB(2), MIB(2), TAG_A, 0},
                                         {MIB(8), MIB(2), TAG_A, 0},
                                         {MIB(66), MIB(2), TAG_B, 0}};
    static const struct range split[] = {{0, MIB(64), TAG_A, 0},
                                         {MIB(64), MIB(2), TAG_B, 0},
                                         {MIB(70), MIB(58), TAG_B, 0}};
    struct harness h;

    harness_d1_config(&h);
    h.config.tags = 2;
    harness_build(&h);
    offer(&h, 0, offered, 2);
    C_EXPECT_EQ(OK, add_response(&h, 0, parts, 3));
    expect_list(&h, 0, parts, 3);
    C_EXPECT_EQ(0, available_tags(&h, 0));
    C_EXPECT_EQ(OK, release(&h, 0, parts, 3));
    C_EXPECT_EQ(2, available_tags(&h, 0));

    hold(&h, 0, offered, 2);
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(66), MIB(4)})));
    expect_list(&h, 0, split, 3);
    harness_free(&h);
}

C_TEST(add_response, a_tag_that_was_refused_is_free_again)
{
    static const struct range offered[] = {{0, MIB(64), TAG_A, 0}};
    struct harness h;

    harness_d1_config(&h);
    h.config.tags = 1;
    harness_build(&h);
    offer(&h, 0, offered, 1);
    C_EXPECT_EQ(0, available_tags(&h, 0));
    C_EXPECT_EQ(OK, add_response(&h, 0, NO_RANGES));
    C_EXPECT_EQ(1, available_tags(&h, 0));
    offer(&h, 0, offered, 1);
    harness_free(&h);
}
