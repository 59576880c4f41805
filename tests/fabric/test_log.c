/* SPDX-License-Identifier: Apache-2.0 */
/* test_log.c - the FM's own log, who learns what, and what is always true. */
#include "fabric.h"

#include <string.h>

#define FORCED DCD_RELEASE_FORCED

/* --- The FM's log -------------------------------------------------------- */

C_TEST(fm_log, tells_which_parts_of_an_offer_were_accepted)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(
        DCD_RC_SUCCESS,
        fm_add(&h, 1, RANGES({R0, MIB(8), TAG_A}, {MIB(20), MIB(2), TAG_B})));
    expect_no_fm_events(&h);
    C_EXPECT_EQ(
        DCD_RC_SUCCESS,
        add_response(
            &h, 1, RANGES({MIB(6), MIB(2)}, {MIB(20), MIB(2)}, {R0, MIB(4)})));
    C_ASSERT_EQ(3, fm_get_events(&h));
    C_EXPECT_EQ(13, dcd_get32(event_at(&h, 0)->available_extents));
    C_EXPECT_EQ(2, dcd_get32(event_at(&h, 0)->available_tags));
    expect_fm_chain(&h, DCD_EVENT_ADD_RESPONSE, 1,
                    RANGES({MIB(6), MIB(2), TAG_A}, {MIB(20), MIB(2), TAG_B},
                           {R0, MIB(4), TAG_A}));
    harness_free(&h);
}

C_TEST(fm_log, a_refused_group_is_one_record_of_length_zero)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(
        DCD_RC_SUCCESS,
        fm_add(&h, 1, RANGES({R0, MIB(2), TAG_A}, {MIB(4), MIB(2), TAG_B})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 1, NO_RANGES));
    C_ASSERT_EQ(1, fm_get_events(&h));
    C_EXPECT_EQ(16, dcd_get32(event_at(&h, 0)->available_extents));
    C_EXPECT_EQ(4, dcd_get32(event_at(&h, 0)->available_tags));
    expect_fm_chain(&h, DCD_EVENT_ADD_RESPONSE, 1, RANGES({R0, 0, TAG_A}));
    harness_free(&h);
}

C_TEST(fm_log, a_failed_answer_tells_nothing)
{
    struct harness h;

    fabric_build(&h);
    hold(&h, 0, RANGES({MIB(8), MIB(2)}));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(0x0f, add_response(&h, 0, RANGES({MIB(4), MIB(2)})));
    C_EXPECT_EQ(0x0f, release(&h, 0, RANGES({MIB(4), MIB(2)})));
    C_EXPECT_EQ(0x1e, release(&h, 0, RANGES({MIB(8), MIB(1)})));
    expect_no_fm_events(&h);
    harness_free(&h);
}

C_TEST(fm_log, is_cleared_like_any_other)
{
    static const uint8_t all[] = {4, 1, 0, 0, 0, 0};
    static const uint8_t zero[] = {4, 0, 1, 0, 0, 0, 0, 0};
    static const uint8_t second[] = {4, 0, 1, 0, 0, 0, 2, 0};
    static const uint8_t both[] = {4, 0, 2, 0, 0, 0, 1, 0, 2, 0};
    static const uint8_t none[] = {5, 0, 0, 0, 0, 0};
    uint8_t unknown_log = 5;
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, RANGES({R0, MIB(4)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                add_response(&h, 0, RANGES({R0, MIB(2)}, {MIB(2), MIB(2)})));
    C_EXPECT_EQ(0x02, fm(&h, DCD_OP_GET_EVENT_RECORDS, &unknown_log, 1));
    C_EXPECT_EQ(0x02, fm(&h, DCD_OP_CLEAR_EVENT_RECORDS, none, sizeof(none)));
    C_EXPECT_EQ(0x02, fm(&h, DCD_OP_CLEAR_EVENT_RECORDS, all, sizeof(all)));
    C_EXPECT_EQ(0x0e, fm(&h, DCD_OP_CLEAR_EVENT_RECORDS, zero, sizeof(zero)));
    C_EXPECT_EQ(0x0e,
                fm(&h, DCD_OP_CLEAR_EVENT_RECORDS, second, sizeof(second)));
    C_EXPECT_EQ(2, fm_get_events(&h));
    C_EXPECT_EQ(0x00, fm(&h, DCD_OP_CLEAR_EVENT_RECORDS, both, sizeof(both)));
    expect_no_fm_events(&h);
    /* The host's log is another one. */
    C_EXPECT_EQ(1, get_events(&h, 0));
    for (uint8_t log = 0; log < 4; log++) {
        C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_GET_EVENT_RECORDS, &log, 1));
        C_EXPECT_EQ(0x20, h.out_length);
    }
    harness_free(&h);
}

static void expect_fm_overflow(struct harness *h, uint16_t lost)
{
    const struct dcd_get_event_records_rsp *rsp = (void *)h->out;

    fm_get_events(h);
    C_EXPECT_EQ(lost ? DCD_GET_EVENTS_OVERFLOW : 0, rsp->flags);
    C_EXPECT_EQ(lost, dcd_get16(rsp->overflow_count));
}

C_TEST(fm_log, a_chain_that_does_not_fit_is_lost_as_a_whole)
{
    static const uint8_t all[] = {4, 1, 0, 0, 0, 0};
    struct harness h;

    fabric_config(&h);
    h.config.fm_log = 4;
    harness_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0,
                                       RANGES({R0, MIB(2)}, {MIB(4), MIB(2)},
                                              {MIB(8), MIB(2)})));
    C_EXPECT_EQ(
        DCD_RC_SUCCESS,
        add_response(&h, 0,
                     RANGES({R0, MIB(2)}, {MIB(4), MIB(2)}, {MIB(8), MIB(2)})));
    expect_fm_overflow(&h, 0);
    /* Two records, room for one: the host has its way all the same. */
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                release(&h, 0, RANGES({R0, MIB(2)}, {MIB(4), MIB(2)})));
    expect_held(&h, 0, RANGES({MIB(8), MIB(2)}));
    C_EXPECT_EQ(3, fm_get_events(&h));
    expect_fm_overflow(&h, 2);
    C_EXPECT_EQ(2, h.warnings);
    /* A shorter chain still fits. */
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({MIB(8), MIB(2)})));
    C_ASSERT_EQ(4, fm_get_events(&h));
    expect_chain(&h, 3, DCD_EVENT_CAPACITY_RELEASED, 0,
                 RANGES({MIB(8), MIB(2)}));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, NO_RANGES));
    expect_fm_overflow(&h, 3);
    C_EXPECT_EQ(0x00, fm(&h, DCD_OP_CLEAR_EVENT_RECORDS, all, sizeof(all)));
    expect_no_fm_events(&h);
    expect_fm_overflow(&h, 0);
    harness_free(&h);
}

C_TEST(fm_log, a_chain_longer_than_the_log_never_gets_in)
{
    struct harness h;

    fabric_config(&h);
    h.config.fm_log = 1;
    harness_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, RANGES({R0, MIB(4)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                add_response(&h, 0, RANGES({R0, MIB(2)}, {MIB(2), MIB(2)})));
    C_EXPECT_EQ(0, fm_get_events(&h));
    expect_fm_overflow(&h, 2);
    expect_held(&h, 0, RANGES({R0, MIB(2)}, {MIB(2), MIB(2)}));
    harness_free(&h);
}

C_TEST(fm_log, the_first_record_raises_the_interrupt_and_no_other)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_add(&h, 0, RANGES({R0, MIB(2)}, {MIB(4), MIB(2)})));
    C_EXPECT_EQ(0, h.fm_interrupts);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                add_response(&h, 0, RANGES({R0, MIB(2)}, {MIB(4), MIB(2)})));
    C_EXPECT_EQ(1, h.fm_interrupts);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(1, h.fm_interrupts);
    fm_drain_events(&h);
    C_EXPECT_EQ(1, h.fm_interrupts);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({MIB(4), MIB(2)})));
    C_EXPECT_EQ(2, h.fm_interrupts);
    harness_free(&h);
}

/* --- Who sees what ------------------------------------------------------- */

/* Host 0 holds [0, 8M), host 1 [100M, 102M); interrupts are on. */
static void build_held(struct harness *h)
{
    fabric_build(h);
    hold(h, 0, RANGES({R0, MIB(8)}));
    hold(h, 1, RANGES({MIB(100), MIB(2)}));
    enable_interrupts(h, 0);
    enable_interrupts(h, 1);
    h->fm_interrupts = 0;
}

static void expect_interrupts(const struct harness *h, unsigned host,
                              unsigned others, unsigned fms)
{
    C_EXPECT_EQ(host, h->interrupts[0][DCD_VECTOR_DYNAMIC_CAPACITY]);
    C_EXPECT_EQ(others, h->interrupts[1][DCD_VECTOR_DYNAMIC_CAPACITY]);
    C_EXPECT_EQ(fms, h->fm_interrupts);
}

C_TEST(fm_who_sees,
       fm_7_1_row_01_an_add_the_host_first_and_the_fm_with_the_answer)
{
    struct harness h;

    build_held(&h);
    C_EXPECT_EQ(0, fm_add(&h, 0, RANGES({MIB(20), MIB(2)}, {MIB(30), MIB(2)})));
    expect_interrupts(&h, 1, 0, 0);
    expect_no_fm_events(&h);
    expect_host_chain(&h, 0, DCD_EVENT_ADD_CAPACITY,
                      RANGES({MIB(20), MIB(2)}, {MIB(30), MIB(2)}));
    C_EXPECT_EQ(0, add_response(&h, 0, RANGES({MIB(30), MIB(2)})));
    expect_interrupts(&h, 1, 0, 1);
    expect_fm_chain(&h, DCD_EVENT_ADD_RESPONSE, 0, RANGES({MIB(30), MIB(2)}));
    expect_no_events(&h, 0);
    expect_no_events(&h, 1);
    harness_free(&h);
}

C_TEST(fm_who_sees,
       fm_7_1_row_02_a_release_the_host_first_and_the_fm_with_the_answer)
{
    struct harness h;

    build_held(&h);
    C_EXPECT_EQ(0, fm_release(&h, 0, 0, RANGES({R0, MIB(4)})));
    expect_interrupts(&h, 1, 0, 0);
    expect_no_fm_events(&h);
    expect_host_chain(&h, 0, DCD_EVENT_RELEASE_CAPACITY, RANGES({R0, MIB(4)}));
    C_EXPECT_EQ(0, release(&h, 0, RANGES({R0, MIB(2)})));
    expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 0, RANGES({R0, MIB(2)}));
    expect_interrupts(&h, 1, 0, 1);
    expect_no_events(&h, 0);
    expect_no_events(&h, 1);
    harness_free(&h);
}

C_TEST(fm_who_sees, fm_7_1_row_03_a_forced_release_both_at_once)
{
    struct harness h;

    build_held(&h);
    C_EXPECT_EQ(0, fm_release(&h, 0, FORCED, RANGES({R0, MIB(4)})));
    expect_interrupts(&h, 1, 0, 1);
    expect_host_chain(&h, 0, DCD_EVENT_FORCED_RELEASE, RANGES({R0, MIB(4)}));
    expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 0, RANGES({R0, MIB(4)}));
    expect_no_events(&h, 1);
    harness_free(&h);
}

C_TEST(fm_who_sees,
       fm_7_1_row_04_a_forced_release_of_an_offer_only_the_fm_and_later)
{
    struct harness h;

    build_held(&h);
    C_EXPECT_EQ(0, fm_add(&h, 0, RANGES({MIB(20), MIB(2)})));
    C_EXPECT_EQ(0, clear_events(&h, 0, 1));
    C_EXPECT_EQ(0, fm_release(&h, 0, FORCED, RANGES({MIB(20), MIB(2)})));
    expect_interrupts(&h, 1, 0, 0);
    expect_no_events(&h, 0);
    expect_no_fm_events(&h);
    C_EXPECT_EQ(0x0f, add_response(&h, 0, RANGES({MIB(20), MIB(2)})));
    expect_fm_chain(&h, DCD_EVENT_ADD_RESPONSE, 0, RANGES({MIB(20), 0}));
    expect_interrupts(&h, 1, 0, 1);
    harness_free(&h);
}

C_TEST(fm_who_sees, fm_7_1_row_06_a_release_that_nobody_asked_for_the_fm)
{
    struct harness h;

    build_held(&h);
    C_EXPECT_EQ(0, release(&h, 0, RANGES({MIB(6), MIB(2)}, {R0, MIB(2)})));
    expect_interrupts(&h, 0, 0, 1);
    expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 0,
                    RANGES({MIB(6), MIB(2)}, {R0, MIB(2)}));
    expect_no_events(&h, 0);
    expect_no_events(&h, 1);
    harness_free(&h);
}

C_TEST(fm_who_sees, questions_nobody)
{
    struct harness h;

    build_held(&h);
    C_EXPECT_EQ(0, fm(&h, DCD_OP_GET_DCD_INFO, NULL, 0));
    expect_held(&h, 0, RANGES({R0, MIB(8)}));
    C_EXPECT_EQ(15, fm_available_extents(&h, 0));
    expect_interrupts(&h, 0, 0, 0);
    expect_no_events(&h, 0);
    expect_no_events(&h, 1);
    expect_no_fm_events(&h);
    harness_free(&h);
}

C_TEST(fm_who_sees, fm_7_1_row_08_a_reset_the_fm)
{
    struct harness h;

    build_held(&h);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_interrupts(&h, 0, 0, 1);
    expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 0, RANGES({R0, MIB(8)}));
    expect_no_events(&h, 0);
    expect_no_events(&h, 1);
    harness_free(&h);
}

/* --- What is always true ------------------------------------------------- */

C_TEST(fm_invariant, fm_8_row_01_a_block_belongs_to_one_host_at_most)
{
    struct harness h;

    fabric_build(&h);
    for (unsigned owner = 0; owner < 2; owner++) {
        unsigned other = 1 - owner;

        C_CONTEXT("owner %u", owner);
        C_EXPECT_EQ(0, fm_add(&h, owner, RANGES({R0, MIB(2)})));
        C_EXPECT_EQ(0x1e, fm_add(&h, other, RANGES({R0, MIB(4)})));
        C_EXPECT_EQ(0, add_response(&h, owner, RANGES({R0, MIB(2)})));
        C_EXPECT_EQ(0x1e, fm_add(&h, other, RANGES({R0, MIB(2)})));
        C_EXPECT_EQ(0, fm_release(&h, owner, 0, RANGES({R0, MIB(2)})));
        C_EXPECT_EQ(0x1e, fm_add(&h, other, RANGES({R0, MIB(2)})));
        C_EXPECT_EQ(0, release(&h, owner, RANGES({R0, MIB(2)})));
    }
    harness_free(&h);
}

C_TEST(fm_invariant, fm_8_row_02_available_is_supported_minus_tracked)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(0,
                fm_add(&h, 0, RANGES({R0, MIB(2), TAG_A}, {MIB(4), MIB(2)})));
    C_EXPECT_EQ(0, fm_add(&h, 0, RANGES({MIB(8), MIB(6), TAG_B})));
    C_EXPECT_EQ(13, fm_available_extents(&h, 0)); /* all pending */
    C_EXPECT_EQ(2, fm_available_tags(&h, 0));
    C_EXPECT_EQ(0, add_response(&h, 0, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(14, fm_available_extents(&h, 0)); /* one added, one not */
    C_EXPECT_EQ(0, fm_release(&h, 0, FORCED, RANGES({MIB(8), MIB(2)})));
    C_EXPECT_EQ(14, fm_available_extents(&h, 0)); /* dead */
    C_EXPECT_EQ(2, fm_available_tags(&h, 0));
    C_EXPECT_EQ(0, add_response(&h, 0, NO_RANGES));
    C_EXPECT_EQ(15, fm_available_extents(&h, 0));
    C_EXPECT_EQ(3, fm_available_tags(&h, 0));
    C_EXPECT_EQ(0, fm_release(&h, 0, 0, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(15, fm_available_extents(&h, 0));
    C_EXPECT_EQ(0, release(&h, 0, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(16, fm_available_extents(&h, 0));
    C_EXPECT_EQ(4, fm_available_tags(&h, 0));
    C_EXPECT_EQ(16, available_extents(&h, 0));
    harness_free(&h);
}

C_TEST(fm_invariant, fm_8_row_03_the_oldest_offer_is_answered_first)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(0, fm_add(&h, 0, RANGES({R0, MIB(2)}, {MIB(4), MIB(2)})));
    C_EXPECT_EQ(0, fm_add(&h, 0, RANGES({MIB(8), MIB(2)})));
    C_EXPECT_EQ(0x02, add_response(&h, 0, RANGES({MIB(8), MIB(2)})));
    C_EXPECT_EQ(0x0f,
                add_response(&h, 0, RANGES({R0, MIB(2)}, {MIB(8), MIB(2)})));
    C_EXPECT_EQ(0x0f, add_response(&h, 0, RANGES({MIB(12), MIB(2)})));
    expect_no_fm_events(&h);
    /* Any order inside the chain; what is not listed is refused. */
    C_EXPECT_EQ(0, add_response(&h, 0, RANGES({MIB(4), MIB(2)}, {R0, MIB(2)})));
    C_EXPECT_EQ(0, add_response(&h, 0, NO_RANGES));
    expect_held(&h, 0, RANGES({R0, MIB(2)}, {MIB(4), MIB(2)}));
    hold(&h, 1, RANGES({MIB(8), MIB(2)}));
    harness_free(&h);
}

C_TEST(fm_invariant, fm_8_row_04_a_list_with_more_ends_with_the_last_payload)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(
        0, fm_add(&h, 0,
                  RANGES({R0, MIB(2)}, {MIB(4), MIB(2)}, {MIB(8), MIB(2)})));
    C_EXPECT_EQ(0, add_response_more(&h, 0, RANGES({R0, MIB(2)})));
    expect_no_fm_events(&h);
    C_EXPECT_EQ(13, fm_available_extents(&h, 0));
    C_EXPECT_EQ(0x1e, fm_add(&h, 1, RANGES({MIB(8), MIB(2)})));
    C_EXPECT_EQ(0, add_response(&h, 0, RANGES({MIB(4), MIB(2)})));
    expect_fm_chain(&h, DCD_EVENT_ADD_RESPONSE, 0,
                    RANGES({R0, MIB(2)}, {MIB(4), MIB(2)}));
    hold(&h, 1, RANGES({MIB(8), MIB(2)}));
    C_EXPECT_EQ(0, release_more(&h, 0, RANGES({R0, MIB(2)})));
    expect_no_fm_events(&h);
    C_EXPECT_EQ(0, release(&h, 0, RANGES({MIB(4), MIB(2)})));
    expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 0,
                    RANGES({R0, MIB(2)}, {MIB(4), MIB(2)}));
    harness_free(&h);
}

C_TEST(fm_invariant, fm_8_row_05_a_host_releases_any_blocks_at_any_time)
{
    struct harness h;

    fabric_config(&h);
    h.config.extents = 2;
    harness_build(&h);
    hold(&h, 0, RANGES({R0, MIB(20), TAG_A}));
    C_EXPECT_EQ(0, release(&h, 0, RANGES({MIB(8), MIB(2)})));
    expect_held(&h, 0, RANGES({R0, MIB(8), TAG_A}, {MIB(10), MIB(10), TAG_A}));
    /* A third piece cannot be tracked, but pieces may become shorter. */
    C_EXPECT_EQ(0x1d, release(&h, 0, RANGES({MIB(2), MIB(2)})));
    C_EXPECT_EQ(0, release(&h, 0, RANGES({R0, MIB(2)}, {MIB(16), MIB(4)})));
    expect_held(&h, 0,
                RANGES({MIB(2), MIB(6), TAG_A}, {MIB(10), MIB(6), TAG_A}));
    C_EXPECT_EQ(0, release(&h, 0, RANGES({MIB(2), MIB(6)}, {MIB(12), MIB(2)})));
    expect_held(&h, 0,
                RANGES({MIB(10), MIB(2), TAG_A}, {MIB(14), MIB(2), TAG_A}));
    harness_free(&h);
}

/* The record is gone, the offer is not: only the host has forgotten it. */
C_TEST(fm_invariant, fm_8_row_09_a_record_may_be_cleared_before_the_answer)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(0, fm_add(&h, 0, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(0, clear_events(&h, 0, 1));
    expect_no_events(&h, 0);
    C_EXPECT_EQ(15, fm_available_extents(&h, 0));
    C_EXPECT_EQ(0x1e, fm_add(&h, 1, RANGES({R0, MIB(2)})));
    expect_no_fm_events(&h);
    C_EXPECT_EQ(0, add_response(&h, 0, RANGES({R0, MIB(2)})));
    expect_held(&h, 0, RANGES({R0, MIB(2)}));
    harness_free(&h);
}
