/* SPDX-License-Identifier: Apache-2.0 */
/* test_forced.c - 5605h with Forced Removal: what is taken without asking. */
#include "fabric.h"

#include <string.h>

#define FORCED DCD_RELEASE_FORCED

/* --- Accepted capacity --------------------------------------------------- */

C_TEST(fm_forced, fm_15_row_15_accepted_capacity_is_gone_at_once)
{
    struct harness h;
    uint32_t was;

    fabric_build(&h);
    open_window(&h, 0);
    hold(&h, 0, RANGES({R0, MIB(6), TAG_A}, {R0 + MIB(20), MIB(2)}));
    was = generation(&h, 0);
    poke(&h, 0, R0, 1);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, FORCED,
                           RANGES({R0 + MIB(20), MIB(2)}, {MIB(2), MIB(2)})));
    C_EXPECT_EQ(DCD_ACCESS_OK, touch(&h, 0, R0));
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(&h, 0, R0 + MIB(2)));
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(&h, 0, R0 + MIB(4) - 8));
    C_EXPECT_EQ(DCD_ACCESS_OK, touch(&h, 0, R0 + MIB(4)));
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(&h, 0, R0 + MIB(20)));
    expect_held(&h, 0, RANGES({R0, MIB(2), TAG_A}, {MIB(4), MIB(2), TAG_A}));
    C_EXPECT(generation(&h, 0) != was);
    C_EXPECT_EQ(14, fm_available_extents(&h, 0));
    expect_host_chain(&h, 0, DCD_EVENT_FORCED_RELEASE,
                      RANGES({R0 + MIB(20), MIB(2)}, {MIB(2), MIB(2), TAG_A}));
    expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 0,
                    RANGES({R0 + MIB(20), MIB(2)}, {MIB(2), MIB(2), TAG_A}));
    /* The host's late answer. */
    C_EXPECT_EQ(0x0f, release(&h, 0, RANGES({MIB(2), MIB(2)})));
    C_EXPECT_EQ(0x0f, release(&h, 0, RANGES({R0, MIB(6)})));
    /* The blocks are free for anybody. */
    hold(&h, 1, RANGES({MIB(2), MIB(2)}, {R0 + MIB(20), MIB(2)}));
    harness_free(&h);
}

C_TEST(fm_forced, writes_are_refused_as_reads_are)
{
    static const uint64_t value = 7;
    struct harness h;

    fabric_build(&h);
    open_window(&h, 0);
    hold(&h, 0, RANGES({R0, MIB(2)}));
    poke(&h, 0, R0, value);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, FORCED, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED,
                dcd_device_write(h.device, 0, WINDOW + R0, &value, 8));
    C_EXPECT_EQ(0, dcd_device_debug_write(h.device, 0, WINDOW + R0, &value, 8));
    harness_free(&h);
}

C_TEST(fm_forced, revokes_pointers_into_what_it_takes)
{
    struct harness h;
    struct dcd_span span;

    fabric_build(&h);
    open_window(&h, 0);
    hold(&h, 0, RANGES({R0, MIB(6)}));
    C_EXPECT(dcd_device_dmi(h.device, 0, WINDOW + MIB(2), &span));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, FORCED, RANGES({R0 + MIB(2), MIB(2)})));
    C_EXPECT_EQ(1, h.revocations);
    C_EXPECT_EQ(0, h.revoked_head);
    C_EXPECT(h.revoked_first <= WINDOW + MIB(2));
    C_EXPECT(h.revoked_last >= WINDOW + MIB(4) - 1);
    C_EXPECT(!dcd_device_dmi(h.device, 0, WINDOW + MIB(2), &span));
    harness_free(&h);
}

C_TEST(fm_forced, one_entry_over_several_extents_is_one_record_an_extent)
{
    struct harness h;

    fabric_build(&h);
    hold(&h, 0,
         RANGES({R0, MIB(4), TAG_A}, {R0 + MIB(4), MIB(2), TAG_B},
                {R0 + MIB(6), MIB(4)}));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, FORCED, RANGES({R0 + MIB(2), MIB(6)})));
    expect_host_chain(&h, 0, DCD_EVENT_FORCED_RELEASE,
                      RANGES({MIB(2), MIB(2), TAG_A}, {MIB(4), MIB(2), TAG_B},
                             {MIB(6), MIB(2)}));
    expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 0,
                    RANGES({MIB(2), MIB(2), TAG_A}, {MIB(4), MIB(2), TAG_B},
                           {MIB(6), MIB(2)}));
    expect_held(&h, 0, RANGES({R0, MIB(2), TAG_A}, {MIB(8), MIB(2)}));
    C_EXPECT_EQ(3, fm_available_tags(&h, 0));
    harness_free(&h);
}

C_TEST(fm_forced, a_shared_tag_goes_as_a_whole)
{
    struct harness h;

    fabric_build(&h);
    hold(&h, 0,
         RANGES({R2, MIB(2), TAG_A, 0}, {R2 + MIB(2), MIB(2), TAG_A, 1},
                {R2 + MIB(8), MIB(2), TAG_B, 0}));
    C_EXPECT_EQ(0x02, fm_release(&h, 0, FORCED, RANGES({R2, MIB(2)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, FORCED, RANGES({R2, MIB(4)})));
    expect_held(&h, 0, RANGES({R2 + MIB(8), MIB(2), TAG_B, 0}));
    expect_fm_chain(
        &h, DCD_EVENT_CAPACITY_RELEASED, 0,
        RANGES({R2, MIB(2), TAG_A, 0}, {R2 + MIB(2), MIB(2), TAG_A, 1}));
    C_EXPECT_EQ(3, fm_available_tags(&h, 0));
    harness_free(&h);
}

/* --- A full log ---------------------------------------------------------- */

/* 0100h's header of [head]: overflow flag, count, first and last timestamp. */
static void expect_overflow(struct harness *h, unsigned head, uint16_t lost,
                            uint64_t first, uint64_t last)
{
    const struct dcd_get_event_records_rsp *rsp = (void *)h->out;

    get_events(h, head);
    C_EXPECT_EQ(lost ? DCD_GET_EVENTS_OVERFLOW : 0,
                rsp->flags & DCD_GET_EVENTS_OVERFLOW);
    C_EXPECT_EQ(lost, dcd_get16(rsp->overflow_count));
    C_EXPECT_EQ(first, dcd_get64(rsp->first_overflow));
    C_EXPECT_EQ(last, dcd_get64(rsp->last_overflow));
}

C_TEST(fm_forced, goes_ahead_when_the_hosts_log_is_full)
{
    static const uint8_t clock[8] = {0};
    struct harness h;

    fabric_build(&h);
    open_window(&h, 0);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                mailbox(&h, 0, DCD_OP_SET_TIMESTAMP, clock, sizeof(clock)));
    hold(&h, 0, RANGES({R0, MIB(8)}));
    for (unsigned i = 0; i < 7; i++)
        C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&h, 0, 0, RANGES({R0, MIB(8)})));
    expect_overflow(&h, 0, 0, 0, 0);
    /* Two records, room for one: none is written, both count as lost. */
    h.now = 5000;
    C_EXPECT_EQ(
        DCD_RC_SUCCESS,
        fm_release(&h, 0, FORCED, RANGES({R0, MIB(2)}, {MIB(6), MIB(2)})));
    C_EXPECT_EQ(7, get_events(&h, 0));
    expect_overflow(&h, 0, 2, 5, 5);
    C_EXPECT_EQ(2, h.warnings);
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(&h, 0, R0));
    expect_held(&h, 0, RANGES({MIB(2), MIB(4)}));
    expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 0,
                    RANGES({R0, MIB(2)}, {MIB(6), MIB(2)}));
    /* One record still fits; the overflow stays noted. */
    h.now = 6000;
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, FORCED, RANGES({MIB(2), MIB(2)})));
    C_EXPECT_EQ(8, get_events(&h, 0));
    expect_overflow(&h, 0, 2, 5, 5);
    h.now = 9000;
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, FORCED, RANGES({MIB(4), MIB(2)})));
    expect_overflow(&h, 0, 3, 5, 9);
    C_EXPECT_EQ(DCD_RC_SUCCESS, clear_events(&h, 0, 1));
    expect_overflow(&h, 0, 0, 0, 0);
    harness_free(&h);
}

/* --- Pending capacity ---------------------------------------------------- */

C_TEST(fm_dead, a_pending_group_dies_and_the_host_is_not_told)
{
    struct dcd_dc_event offer[2];
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(
        DCD_RC_SUCCESS,
        fm_add(&h, 0, RANGES({R0, MIB(2), TAG_A}, {MIB(4), MIB(2), TAG_A})));
    C_ASSERT_EQ(2, get_events(&h, 0));
    memcpy(offer, event_at(&h, 0), sizeof(offer));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, FORCED, RANGES({R0, MIB(2)})));
    C_ASSERT_EQ(2, get_events(&h, 0));
    C_EXPECT_MEMEQ(offer, event_at(&h, 0), sizeof(offer));
    expect_no_fm_events(&h);
    /* It counts, and its blocks are nobody else's. */
    C_EXPECT_EQ(14, fm_available_extents(&h, 0));
    C_EXPECT_EQ(3, fm_available_tags(&h, 0));
    C_EXPECT_EQ(0x1e, fm_add(&h, 1, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(0x1e, fm_add(&h, 0, RANGES({MIB(4), MIB(2)})));
    C_EXPECT_EQ(0x0f, fm_release(&h, 0, 0, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, FORCED, RANGES({MIB(4), MIB(2)})));
    harness_free(&h);
}

static void expect_dead_answer(const struct range *answer, uint32_t count,
                               uint16_t rc)
{
    struct harness h;
    uint32_t was;

    fabric_build(&h);
    open_window(&h, 0);
    was = generation(&h, 0);
    C_EXPECT_EQ(
        DCD_RC_SUCCESS,
        fm_add(&h, 0, RANGES({R0, MIB(2), TAG_A}, {MIB(4), MIB(2), TAG_A})));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, FORCED, RANGES({MIB(4), MIB(2)})));
    C_EXPECT_EQ(rc, add_response(&h, 0, answer, count));
    expect_fm_chain(&h, DCD_EVENT_ADD_RESPONSE, 0, RANGES({R0, 0, TAG_A}));
    expect_held(&h, 0, NO_RANGES);
    C_EXPECT_EQ(was, generation(&h, 0));
    C_EXPECT_EQ(16, fm_available_extents(&h, 0));
    C_EXPECT_EQ(4, fm_available_tags(&h, 0));
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(&h, 0, R0));
    C_EXPECT_EQ(2, get_events(&h, 0));
    C_EXPECT_EQ(0x02, add_response(&h, 0, NO_RANGES));
    hold(&h, 1, RANGES({R0, MIB(6)}));
    harness_free(&h);
}

C_TEST(fm_dead, an_empty_answer_is_a_success_and_ends_the_group)
{
    expect_dead_answer(NO_RANGES, DCD_RC_SUCCESS);
}

C_TEST(fm_dead, any_other_answer_is_an_invalid_address_and_ends_it_too)
{
    expect_dead_answer(RANGES({R0, MIB(2)}), 0x0f);
    expect_dead_answer(RANGES({R0, MIB(2)}, {MIB(4), MIB(2)}), 0x0f);
    expect_dead_answer(RANGES({R0, 0}), 0x0f);
    expect_dead_answer(RANGES({DPA_END, MIB(2)}), 0x0f);
}

C_TEST(fm_dead, waits_for_its_turn_between_living_groups)
{
    struct harness h;

    fabric_build(&h);
    for (unsigned i = 0; i < 3; i++)
        C_EXPECT_EQ(DCD_RC_SUCCESS,
                    fm_add(&h, 0, RANGES({R0 + i * MIB(4), MIB(2)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, FORCED, RANGES({MIB(4), MIB(2)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, NO_RANGES));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, RANGES({MIB(8), MIB(2)})));
    expect_held(&h, 0, RANGES({R0, MIB(2)}, {MIB(8), MIB(2)}));
    C_ASSERT_EQ(3, fm_get_events(&h));
    expect_chain(&h, 0, DCD_EVENT_ADD_RESPONSE, 0, RANGES({R0, MIB(2)}));
    expect_chain(&h, 1, DCD_EVENT_ADD_RESPONSE, 0, RANGES({MIB(4), 0}));
    expect_chain(&h, 2, DCD_EVENT_ADD_RESPONSE, 0, RANGES({MIB(8), MIB(2)}));
    harness_free(&h);
}

C_TEST(fm_dead, did_not_exist_before_revision_4)
{
    static const enum dcd_revision before[] = {
        DCD_REVISION_3_0, DCD_REVISION_3_1, DCD_REVISION_3_2};

    for (size_t i = 0; i < COUNT(before); i++) {
        struct harness h;
        uint64_t state;

        C_CONTEXT("revision %s", dcd_revision_name(before[i]));
        fabric_config(&h);
        h.config.revision = before[i];
        harness_build(&h);
        hold(&h, 0, RANGES({MIB(8), MIB(2)}));
        C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, RANGES({R0, MIB(2)})));
        state = visible_state(&h);
        C_EXPECT_EQ(0x0f, fm_release(&h, 0, FORCED, RANGES({R0, MIB(2)})));
        C_EXPECT_EQ(0x0f, fm_release(&h, 0, FORCED,
                                     RANGES({MIB(8), MIB(2)}, {R0, MIB(2)})));
        C_EXPECT_EQ(state, visible_state(&h));
        C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, RANGES({R0, MIB(2)})));
        C_EXPECT_EQ(DCD_RC_SUCCESS,
                    fm_release(&h, 0, FORCED, RANGES({R0, MIB(2)})));
        harness_free(&h);
    }
}

/* --- Mixed lists --------------------------------------------------------- */

/* Accepted [0, 4M); pending {[4M, 6M), [12M, 14M)} and {[8M, 10M)}. */
static void build_mixed(struct harness *h)
{
    fabric_build(h);
    open_window(h, 0);
    hold(h, 0, RANGES({R0, MIB(4)}));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_add(h, 0, RANGES({MIB(4), MIB(2)}, {MIB(12), MIB(2)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(h, 0, RANGES({MIB(8), MIB(2)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, clear_events(h, 0, 3));
}

C_TEST(fm_forced_mixed, takes_what_is_accepted_and_kills_whole_groups)
{
    struct harness h;

    build_mixed(&h);
    C_EXPECT_EQ(
        DCD_RC_SUCCESS,
        fm_release(&h, 0, FORCED, RANGES({MIB(12), MIB(2)}, {MIB(2), MIB(2)})));
    expect_host_chain(&h, 0, DCD_EVENT_FORCED_RELEASE,
                      RANGES({MIB(2), MIB(2)}));
    expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 0,
                    RANGES({MIB(2), MIB(2)}));
    expect_held(&h, 0, RANGES({R0, MIB(2)}));
    /* The first group is dead, the second one is not. */
    C_EXPECT_EQ(0x0f, add_response(&h, 0, RANGES({MIB(4), MIB(2)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, RANGES({MIB(8), MIB(2)})));
    harness_free(&h);
}

C_TEST(fm_forced_mixed, one_entry_may_span_accepted_and_pending_blocks)
{
    struct harness h;

    build_mixed(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, FORCED, RANGES({MIB(2), MIB(4)})));
    expect_host_chain(&h, 0, DCD_EVENT_FORCED_RELEASE,
                      RANGES({MIB(2), MIB(2)}));
    C_EXPECT_EQ(0x0f, add_response(&h, 0, RANGES({MIB(12), MIB(2)})));
    harness_free(&h);
}

C_TEST(fm_forced_mixed, several_groups_die_at_once)
{
    struct harness h;

    build_mixed(&h);
    C_EXPECT_EQ(
        DCD_RC_SUCCESS,
        fm_release(&h, 0, FORCED, RANGES({MIB(8), MIB(2)}, {MIB(12), MIB(2)})));
    expect_no_events(&h, 0);
    expect_no_fm_events(&h);
    C_EXPECT_EQ(0x0f, add_response(&h, 0, RANGES({MIB(4), MIB(2)})));
    C_EXPECT_EQ(0x00, add_response(&h, 0, NO_RANGES));
    expect_held(&h, 0, RANGES({R0, MIB(4)}));
    harness_free(&h);
}

C_TEST(fm_forced_mixed, nothing_happens_when_any_entry_is_bad)
{
    static const struct {
        uint16_t rc;
        struct range range;
    } bad[] = {
        {0x1e, {MIB(14), MIB(2)}},
        {0x1e, {R0, 0}},
        {0x1e, {R0, MIB(1)}},
        {0x0f, {DPA_END, MIB(2)}},
    };
    struct harness h;
    uint64_t before;

    build_mixed(&h);
    before = visible_state(&h);
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct range list[] = {
            {MIB(4), MIB(2)}, {MIB(2), MIB(2)}, bad[i].range};

        C_CONTEXT("row %zu", i);
        C_EXPECT_EQ(bad[i].rc, fm_release(&h, 0, FORCED, list, 3));
        C_EXPECT_EQ(before, visible_state(&h));
        C_EXPECT_EQ(DCD_ACCESS_OK, touch(&h, 0, MIB(2)));
        C_EXPECT_EQ(0, h.revocations);
    }
    C_CONTEXT("");
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, RANGES({MIB(4), MIB(2)})));
    harness_free(&h);
}
