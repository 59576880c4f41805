/* SPDX-License-Identifier: Apache-2.0 */
/* test_add_limits.c - 5604h: extents, tags and room in the log to the last
 * one, and the records that an offer becomes. */
#include "fabric.h"

#include <string.h>

/* [count] ranges of 2 MiB each, with a gap behind each, from [dpa]. */
static void scatter(struct range *ranges, uint32_t count, uint64_t dpa)
{
    for (uint32_t i = 0; i < count; i++)
        ranges[i] = (struct range){dpa + i * MIB(4), MIB(2)};
}

static uint16_t add_one(struct harness *h, unsigned head, uint64_t dpa,
                        const char *tag)
{
    return fm_add(h, head, RANGES({dpa, MIB(2), tag}));
}

/* --- Extents ------------------------------------------------------------- */

C_TEST(fm_add_limit, the_last_extent_fits_and_the_next_one_does_not)
{
    struct range ranges[5];
    struct harness h;
    uint64_t full;

    fabric_config(&h);
    h.config.extents = 5;
    harness_build(&h);
    scatter(ranges, 5, R0);
    C_EXPECT_EQ(5, fm_available_extents(&h, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, ranges, 3));
    C_EXPECT_EQ(2, fm_available_extents(&h, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, ranges, 2));
    C_EXPECT_EQ(3, fm_available_extents(&h, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, ranges + 2, 3));
    C_EXPECT_EQ(0, fm_available_extents(&h, 0));
    C_EXPECT_EQ(0, available_extents(&h, 0));
    full = visible_state(&h);
    C_EXPECT_EQ(0x1d, add_one(&h, 0, R1 - MIB(2), NULL));
    C_EXPECT_EQ(full, visible_state(&h));
    /* The other host's limit is its own. */
    C_EXPECT_EQ(5, fm_available_extents(&h, 1));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_one(&h, 1, R1 - MIB(2), NULL));
    harness_free(&h);
}

C_TEST(fm_add_limit, a_group_counts_as_a_whole)
{
    struct range ranges[6];
    struct harness h;

    fabric_config(&h);
    h.config.extents = 5;
    harness_build(&h);
    scatter(ranges, 6, R0);
    C_EXPECT_EQ(0x1d, fm_add(&h, 0, ranges, 6));
    C_EXPECT_EQ(5, fm_available_extents(&h, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, ranges, 5));
    harness_free(&h);
}

C_TEST(fm_add_limit, refusing_and_releasing_make_room_again)
{
    struct range ranges[4];
    struct harness h;

    fabric_config(&h);
    h.config.extents = 2;
    harness_build(&h);
    scatter(ranges, 4, R0);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, ranges, 2));
    C_EXPECT_EQ(0x1d, fm_add(&h, 0, ranges + 2, 1));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, ranges, 1));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, ranges + 2, 1));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, ranges + 2, 1));
    C_EXPECT_EQ(0x1d, fm_add(&h, 0, ranges + 3, 1));
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, ranges, 1));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, ranges + 3, 1));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, NO_RANGES));
    C_EXPECT_EQ(1, fm_available_extents(&h, 0));
    harness_free(&h);
}

/* --- Tags ---------------------------------------------------------------- */

C_TEST(fm_add_limit, the_last_tag_fits_and_the_next_one_does_not)
{
    struct harness h;
    uint64_t full;

    fabric_config(&h);
    h.config.tags = 3;
    harness_build(&h);
    C_EXPECT_EQ(3, fm_available_tags(&h, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_one(&h, 0, R0, TAG_A));
    /* Tags are the device's: every host sees the same number. */
    C_EXPECT_EQ(2, fm_available_tags(&h, 0));
    C_EXPECT_EQ(2, fm_available_tags(&h, 1));
    C_EXPECT_EQ(2, available_tags(&h, 1));
    C_EXPECT_EQ(0x1d, fm_add(&h, 1,
                             RANGES({R0 + MIB(4), MIB(2), TAG_B},
                                    {R0 + MIB(8), MIB(2), TAG_C},
                                    {R0 + MIB(12), MIB(2), TAG_D})));
    C_EXPECT_EQ(2, fm_available_tags(&h, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 1,
                                       RANGES({R0 + MIB(4), MIB(2), TAG_B},
                                              {R0 + MIB(8), MIB(2), TAG_C},
                                              {R0 + MIB(12), MIB(2), TAG_B})));
    C_EXPECT_EQ(0, fm_available_tags(&h, 0));
    full = visible_state(&h);
    C_EXPECT_EQ(0x1d, add_one(&h, 0, R0 + MIB(16), TAG_D));
    C_EXPECT_EQ(0x1d, add_one(&h, 1, R0 + MIB(16), TAG_D));
    C_EXPECT_EQ(full, visible_state(&h));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_one(&h, 0, R0 + MIB(16), NULL));
    harness_free(&h);
}

C_TEST(fm_add_limit, without_tags_only_untagged_capacity_can_be_added)
{
    struct harness h;

    fabric_config(&h);
    h.config.tags = 0;
    harness_build(&h);
    C_EXPECT_EQ(0, fm_available_tags(&h, 0));
    C_EXPECT_EQ(0x1d, add_one(&h, 0, R0, TAG_A));
    C_EXPECT_EQ(0x1d, add_one(&h, 0, R2, TAG_A));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_one(&h, 0, R0, NULL));
    harness_free(&h);
}

/* Tag A is offered once more; alive says what is expected. */
static void expect_tag_alive(struct harness *h, bool alive)
{
    C_EXPECT_EQ(alive ? 0x02 : 0x00, add_one(h, 1, R1 - MIB(2), TAG_A));
    if (!alive) {
        C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(h, 1, NO_RANGES));
        C_EXPECT_EQ(DCD_RC_SUCCESS, clear_events(h, 1, 1));
    }
    C_EXPECT_EQ(alive ? 3 : 4, fm_available_tags(h, 1));
}

C_TEST(fm_add_tag, dies_with_a_refused_offer)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0,
                                       RANGES({R0, MIB(2), TAG_A},
                                              {R0 + MIB(4), MIB(2), TAG_A})));
    expect_tag_alive(&h, true);
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, NO_RANGES));
    expect_tag_alive(&h, false);
    harness_free(&h);
}

C_TEST(fm_add_tag, lives_as_long_as_a_piece_of_its_capacity)
{
    struct harness h;

    fabric_build(&h);
    hold(&h, 0, RANGES({R0, MIB(6), TAG_A}, {R0 + MIB(8), MIB(2), TAG_A}));
    expect_tag_alive(&h, true);
    /* A split leaves two extents of the tag. */
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({MIB(2), MIB(2)})));
    expect_held(&h, 0,
                RANGES({R0, MIB(2), TAG_A}, {R0 + MIB(4), MIB(2), TAG_A},
                       {R0 + MIB(8), MIB(2), TAG_A}));
    expect_tag_alive(&h, true);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                release(&h, 0, RANGES({R0, MIB(2)}, {MIB(8), MIB(2)})));
    expect_tag_alive(&h, true);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&h, 0, DCD_RELEASE_FORCED,
                                           RANGES({R0 + MIB(4), MIB(2)})));
    expect_tag_alive(&h, false);
    harness_free(&h);
}

C_TEST(fm_add_tag, of_a_dead_group_lives_until_the_host_answers)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_one(&h, 0, R0, TAG_A));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, DCD_RELEASE_FORCED, RANGES({R0, MIB(2)})));
    expect_tag_alive(&h, true);
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, NO_RANGES));
    expect_tag_alive(&h, false);
    harness_free(&h);
}

C_TEST(fm_add_tag, dies_when_its_host_is_reset)
{
    struct harness h;

    fabric_build(&h);
    hold(&h, 0, RANGES({R0, MIB(2), TAG_A}));
    expect_tag_alive(&h, true);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_tag_alive(&h, false);
    harness_free(&h);
}

C_TEST(fm_add_tag, may_span_regions_inside_one_request)
{
    struct harness h;

    fabric_build(&h);
    hold(&h, 0,
         RANGES({R0, MIB(2), TAG_A}, {R1, MIB(128), TAG_A},
                {R3, MIB(2), TAG_A}));
    C_EXPECT_EQ(3, fm_available_tags(&h, 0));
    harness_free(&h);
}

/* --- Sequence ------------------------------------------------------------ */

C_TEST(fm_add_sequence, fm_15_row_14_of_a_shared_tag_starts_at_zero)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(0x1e, fm_add(&h, 0, RANGES({R2, MIB(2), TAG_A, 1})));
    C_EXPECT_EQ(0x1e, fm_add(&h, 0,
                             RANGES({R2, MIB(2), TAG_A, 1},
                                    {R2 + MIB(4), MIB(2), TAG_A, 2})));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_add(&h, 0,
                       RANGES({R2, MIB(2), TAG_A, 0},
                              {R2 + MIB(4), MIB(2), TAG_A, 1})));
    expect_host_chain(
        &h, 0, DCD_EVENT_ADD_CAPACITY,
        RANGES({R2, MIB(2), TAG_A, 0}, {R2 + MIB(4), MIB(2), TAG_A, 1}));
    harness_free(&h);
}

/* It is the tag that is numbered, not the list; DPAs may fall meanwhile. */
C_TEST(fm_add_sequence, each_tag_of_a_list_is_numbered_by_itself)
{
    static const struct range offer[] = {
        {R2 + MIB(40), MIB(2), TAG_A, 0}, {R2 + MIB(20), MIB(2), TAG_B, 0},
        {R2 + MIB(10), MIB(2), TAG_A, 1}, {R0, MIB(2), NULL, 0},
        {R2 + MIB(60), MIB(2), TAG_B, 1}, {R2, MIB(2), TAG_A, 2},
    };
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, offer, COUNT(offer)));
    expect_host_chain(&h, 0, DCD_EVENT_ADD_CAPACITY, offer, COUNT(offer));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, offer, COUNT(offer)));
    expect_held(&h, 0,
                RANGES({R0, MIB(2), NULL, 0}, {R2, MIB(2), TAG_A, 2},
                       {R2 + MIB(10), MIB(2), TAG_A, 1},
                       {R2 + MIB(20), MIB(2), TAG_B, 0},
                       {R2 + MIB(40), MIB(2), TAG_A, 0},
                       {R2 + MIB(60), MIB(2), TAG_B, 1}));
    expect_fm_chain(&h, DCD_EVENT_ADD_RESPONSE, 0, offer, COUNT(offer));
    harness_free(&h);
}

C_TEST(fm_add_sequence, is_recorded_as_zero_where_nothing_is_shared)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0,
                                       RANGES({R0, MIB(2), TAG_A, 7},
                                              {R0 + MIB(4), MIB(2), TAG_A, 7},
                                              {R0 + MIB(8), MIB(2), NULL, 9})));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                add_response(&h, 0, RANGES({R0, MIB(2)}, {MIB(8), MIB(2)})));
    expect_host_chain(
        &h, 0, DCD_EVENT_ADD_CAPACITY,
        RANGES({R0, MIB(2), TAG_A}, {MIB(4), MIB(2), TAG_A}, {MIB(8), MIB(2)}));
    expect_held(&h, 0, RANGES({R0, MIB(2), TAG_A}, {MIB(8), MIB(2)}));
    harness_free(&h);
}

/* A region is sharable as each host sees it (CXL r3.1 7.6.7.6.2). */
C_TEST(fm_add_sequence, goes_by_the_hosts_own_attributes)
{
    struct harness h;

    fabric_config(&h);
    h.config.head[1].attributes_given[2] = true;
    harness_build(&h);
    C_EXPECT_EQ(0x02, fm_add(&h, 0, RANGES({R2, MIB(2)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 1, RANGES({R2, MIB(2)})));
    C_EXPECT_EQ(0x1e, fm_add(&h, 0, RANGES({R2 + MIB(4), MIB(2), TAG_A, 3})));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_add(&h, 1, RANGES({R2 + MIB(4), MIB(2), TAG_A, 3})));
    harness_free(&h);
}

/* --- Room in the host's log ---------------------------------------------- */

C_TEST(fm_add_log, a_group_as_large_as_the_log_fits_and_a_larger_one_never)
{
    struct range ranges[9];
    struct harness h;
    uint64_t before;

    fabric_build(&h);
    scatter(ranges, 9, R0);
    before = visible_state(&h);
    C_EXPECT_EQ(0x1d, fm_add(&h, 0, ranges, 9));
    C_EXPECT_EQ(before, visible_state(&h));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, ranges, 8));
    expect_host_chain(&h, 0, DCD_EVENT_ADD_CAPACITY, ranges, 8);
    harness_free(&h);
}

C_TEST(fm_add_log, without_room_the_fm_has_to_try_again)
{
    struct range ranges[9];
    struct harness h;
    uint64_t before;

    fabric_build(&h);
    scatter(ranges, 9, R0);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, ranges, 6));
    before = visible_state(&h);
    C_EXPECT_EQ(0x05, fm_add(&h, 0, ranges + 6, 3));
    C_EXPECT_EQ(before, visible_state(&h));
    C_EXPECT_EQ(0, h.warnings);
    /* Answering makes no room, clearing does. */
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, NO_RANGES));
    C_EXPECT_EQ(0x05, fm_add(&h, 0, ranges + 6, 3));
    C_EXPECT_EQ(DCD_RC_SUCCESS, clear_events(&h, 0, 1));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, ranges + 6, 3));
    C_EXPECT_EQ(0x05, fm_add(&h, 0, ranges, 1));
    /* The other host's log has room. */
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 1, ranges, 1));
    harness_free(&h);
}

/* --- Records ------------------------------------------------------------- */

C_TEST(fm_add_record, goes_to_the_named_host_alone)
{
    struct harness h;

    fabric_config(&h);
    h.config.heads = 16;
    harness_build(&h);
    for (unsigned head = 0; head < 16; head++)
        C_EXPECT_EQ(DCD_RC_SUCCESS,
                    fm_add(&h, head, RANGES({R0 + head * MIB(2), MIB(2)})));
    for (unsigned head = 0; head < 16; head++) {
        C_CONTEXT("head %u", head);
        expect_host_chain(&h, head, DCD_EVENT_ADD_CAPACITY,
                          RANGES({R0 + head * MIB(2), MIB(2)}));
    }
    expect_no_fm_events(&h);
    harness_free(&h);
}

C_TEST(fm_add_record, all_of_a_chain_say_what_is_left_behind_it)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_add(&h, 0,
                       RANGES({R0, MIB(2), TAG_A}, {MIB(4), MIB(2), TAG_B},
                              {MIB(8), MIB(2), TAG_A})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, RANGES({MIB(12), MIB(2)})));
    C_ASSERT_EQ(4, get_events(&h, 0));
    for (uint32_t i = 0; i < 4; i++) {
        const struct dcd_dc_event *e = event_at(&h, i);

        C_CONTEXT("record %u", i);
        C_EXPECT_EQ(i + 1, dcd_get16(e->header.handle));
        C_EXPECT_EQ(i < 2 ? DCD_EVENT_MORE : 0, e->flags);
        C_EXPECT_EQ(1, e->validity);
        C_EXPECT_EQ(i < 3 ? 13 : 12, dcd_get32(e->available_extents));
        C_EXPECT_EQ(2, dcd_get32(e->available_tags));
    }
    harness_free(&h);
}

C_TEST(fm_add_record, fm_15_row_16_is_informational)
{
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&h, 0, 0, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, DCD_RELEASE_FORCED, RANGES({R0, MIB(2)})));
    C_ASSERT_EQ(3, get_events(&h, 0));
    for (uint32_t i = 0; i < 3; i++)
        C_EXPECT_EQ(0, dcd_get24(event_at(&h, i)->header.flags));
    C_ASSERT_EQ(2, fm_get_events(&h));
    for (uint32_t i = 0; i < 2; i++)
        C_EXPECT_EQ(0, dcd_get24(event_at(&h, i)->header.flags));
    harness_free(&h);
}

static const struct revision {
    enum dcd_revision revision;
    uint32_t flags; /* 7: LD-ID valid, 8: head-ID valid */
    uint8_t id;     /* of head 1 */
    uint8_t validity;
    uint32_t extents;
    uint32_t tags;
} revisions[] = {
    {DCD_REVISION_3_0, 0, 0, 0, 0, 0},
    {DCD_REVISION_3_1, 0, 0, 1, 15, 3},
    {DCD_REVISION_3_2, 0x180, 1, 1, 15, 3},
    {DCD_REVISION_4_0, 0x180, 1, 1, 15, 3},
};

static void expect_revision(const struct revision *r,
                            const struct dcd_dc_event *e)
{
    static const uint8_t zeros[0x18] = {0};

    C_EXPECT_EQ(0x80, e->header.length);
    C_EXPECT_EQ(r->flags, dcd_get24(e->header.flags));
    C_EXPECT_EQ(0, dcd_get16(e->header.related));
    C_EXPECT_EQ(0, e->header.maintenance_class);
    C_EXPECT_EQ(0, e->header.maintenance_subclass);
    C_EXPECT_EQ(r->id, dcd_get16(e->header.ld_id));
    C_EXPECT_EQ(r->id, e->header.head_id);
    C_EXPECT_MEMEQ(zeros, e->header.reserved, sizeof(e->header.reserved));
    C_EXPECT_EQ(r->validity, e->validity);
    C_EXPECT_EQ(0, e->region);
    C_EXPECT_MEMEQ(zeros, e->reserved, sizeof(e->reserved));
    C_EXPECT_MEMEQ(zeros, e->reserved2, sizeof(e->reserved2));
    C_EXPECT_EQ(r->extents, dcd_get32(e->available_extents));
    C_EXPECT_EQ(r->tags, dcd_get32(e->available_tags));
}

C_TEST(fm_add_record, grows_with_the_revision)
{
    for (size_t i = 0; i < COUNT(revisions); i++) {
        struct harness h;

        C_CONTEXT("revision %s", dcd_revision_name(revisions[i].revision));
        fabric_config(&h);
        h.config.revision = revisions[i].revision;
        harness_build(&h);
        C_EXPECT_EQ(DCD_RC_SUCCESS, add_one(&h, 1, R0, TAG_A));
        C_ASSERT_EQ(1, get_events(&h, 1));
        expect_revision(&revisions[i], event_at(&h, 0));
        C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 1, RANGES({R0, MIB(2)})));
        C_ASSERT_EQ(1, fm_get_events(&h));
        expect_revision(&revisions[i], event_at(&h, 0));
        harness_free(&h);
    }
}

/* --- Several hosts, several block sizes ---------------------------------- */

C_TEST(fm_add, hosts_take_from_the_same_regions)
{
    struct harness h;

    fabric_build(&h);
    hold(&h, 0, RANGES({R0, MIB(2)}, {R1 + MIB(128), MIB(128)}));
    hold(&h, 1, RANGES({R0 + MIB(2), MIB(2)}, {R1, MIB(128)}));
    C_EXPECT_EQ(0x1e, fm_add(&h, 0, RANGES({R0 + MIB(2), MIB(2)})));
    C_EXPECT_EQ(0x1e, fm_add(&h, 1, RANGES({R1, MIB(256)})));
    expect_held(&h, 0, RANGES({R0, MIB(2)}, {R1 + MIB(128), MIB(128)}));
    expect_held(&h, 1, RANGES({R0 + MIB(2), MIB(2)}, {R1, MIB(128)}));
    harness_free(&h);
}

C_TEST(fm_add, a_whole_region_can_be_offered_and_none_of_it_again)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_add(&h, 0, RANGES({R0, GIB(1)}, {R1, GIB(1)})));
    C_EXPECT_EQ(0x1e, fm_add(&h, 1, RANGES({R1 - MIB(2), MIB(2)})));
    C_EXPECT_EQ(0x1e, fm_add(&h, 1, RANGES({R1, MIB(128)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, NO_RANGES));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_add(&h, 1, RANGES({R1, GIB(1)}, {R0, GIB(1)})));
    harness_free(&h);
}

C_TEST(fm_add, what_was_refused_goes_back_block_by_block)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, RANGES({R0, MIB(10)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0,
                                             RANGES({R0 + MIB(2), MIB(2)},
                                                    {R0 + MIB(6), MIB(2)})));
    for (unsigned i = 0; i < 5; i++) {
        C_CONTEXT("block %u", i);
        C_EXPECT_EQ(i % 2 ? 0x1e : 0x00,
                    fm_add(&h, 1, RANGES({R0 + i * MIB(2), MIB(2)})));
    }
    harness_free(&h);
}
