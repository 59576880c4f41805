/* SPDX-License-Identifier: Apache-2.0 */
/* test_notification.c - what makes the fabric manager's interrupt rise (0104h
 * to 0106h), and what its port says of background operations. */
#include "fabric.h"

#define LOG_4 DCD_NOTIFY_LOG(DCD_LOG_DYNAMIC_CAPACITY)
#define BLOCK MIB(2)

static uint16_t set_policy(struct harness *h, uint16_t events)
{
    struct dcd_mctp_event_policy req = {dcd_put16(events)};

    return fm(h, DCD_OP_SET_MCTP_EVENT_POLICY, &req, sizeof(req));
}

static uint16_t get_policy(struct harness *h)
{
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(h, DCD_OP_GET_MCTP_EVENT_POLICY, NULL, 0));
    C_EXPECT_EQ(2, h->out_length);
    return (uint16_t)dcd_load_le(h->out, 2);
}

/* 0106h. */
static uint16_t ask(struct harness *h, uint16_t events)
{
    struct dcd_mctp_event_policy req = {dcd_put16(events)};

    return fm(h, DCD_OP_EVENT_NOTIFICATION, &req, sizeof(req));
}

/* Host 0 refuses an offer: one record for the FM. */
static void cause_record(struct harness *h)
{
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(h, 0, RANGES({0, BLOCK})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(h, 0, NO_RANGES));
    C_EXPECT_EQ(DCD_RC_SUCCESS, clear_events(h, 0, 1));
}

/* A record comes, and the interrupt has risen so often for it; then the log is
 * empty again. */
static void expect_rises(struct harness *h, unsigned times)
{
    h->fm_interrupts = 0;
    cause_record(h);
    C_EXPECT_EQ(times, h->fm_interrupts);
    C_EXPECT_EQ(1, fm_drain_events(h));
    C_EXPECT_EQ(times, h->fm_interrupts);
}

/* --- 0104h and 0105h ------------------------------------------------------ */

C_TEST(fm_notification, policy_starts_with_the_dynamic_capacity_log)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(0x0010, get_policy(&h));
    expect_rises(&h, 1);
    harness_free(&h);
}

C_TEST(fm_notification, policy_is_what_was_set_and_other_bits_are_invalid)
{
    struct harness h;

    fabric_build(&h);
    for (unsigned bit = 0; bit < 16; bit++) {
        bool allowed = bit <= 4 || bit == 15;
        uint16_t events = (uint16_t)(1u << bit | 0x0010);

        C_CONTEXT("bit %u", bit);
        C_EXPECT_EQ(DCD_RC_SUCCESS, set_policy(&h, 0x0003));
        C_EXPECT_EQ(allowed ? DCD_RC_SUCCESS : DCD_RC_INVALID_INPUT,
                    set_policy(&h, events));
        C_EXPECT_EQ(allowed ? events : 0x0003, get_policy(&h));
    }
    C_CONTEXT("");
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_policy(&h, 0x801f));
    C_EXPECT_EQ(0x801f, get_policy(&h));
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, set_policy(&h, 0xffff));
    C_EXPECT_EQ(0x801f, get_policy(&h));
    harness_free(&h);
}

C_TEST(fm_notification, a_policy_without_the_log_is_silent)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_policy(&h, 0));
    expect_rises(&h, 0);
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_policy(&h, 0x800f));
    expect_rises(&h, 0);
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_policy(&h, LOG_4));
    expect_rises(&h, 1);
    harness_free(&h);
}

/* It is about the first record of a log, as at a host. */
C_TEST(fm_notification, a_policy_that_comes_late_does_not_rise_by_itself)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_policy(&h, 0));
    cause_record(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_policy(&h, LOG_4));
    cause_record(&h);
    C_EXPECT_EQ(0, h.fm_interrupts);
    fm_drain_events(&h);
    expect_rises(&h, 1);
    harness_free(&h);
}

C_TEST(fm_notification, a_policy_of_the_fm_is_none_of_the_hosts)
{
    struct harness h;

    fabric_build(&h);
    enable_interrupts(&h, 0);
    enable_interrupts(&h, 1);
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_policy(&h, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 1, RANGES({0, BLOCK})));
    C_EXPECT_EQ(0, h.interrupts[0][DCD_VECTOR_DYNAMIC_CAPACITY]);
    C_EXPECT_EQ(1, h.interrupts[1][DCD_VECTOR_DYNAMIC_CAPACITY]);
    harness_free(&h);
}

/* --- 0106h ---------------------------------------------------------------- */

/* An FM that attaches late finds records, and the edge is long gone. */
C_TEST(fm_notification, is_given_at_once_when_there_are_records)
{
    struct harness h;

    fabric_build(&h);
    cause_record(&h);
    h.fm_interrupts = 0;
    C_EXPECT_EQ(DCD_RC_SUCCESS, ask(&h, LOG_4));
    C_EXPECT_EQ(0, h.out_length);
    C_EXPECT_EQ(1, h.fm_interrupts);
    C_EXPECT_EQ(DCD_RC_SUCCESS, ask(&h, LOG_4 | 0x000f));
    C_EXPECT_EQ(2, h.fm_interrupts);
    /* Given is given: nothing is left for the next record. */
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_policy(&h, 0));
    fm_drain_events(&h);
    expect_rises(&h, 0);
    harness_free(&h);
}

C_TEST(fm_notification, is_given_once_with_the_next_record)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_policy(&h, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS, ask(&h, LOG_4));
    C_EXPECT_EQ(0, h.fm_interrupts);
    expect_rises(&h, 1);
    expect_rises(&h, 0);
    C_EXPECT_EQ(DCD_RC_SUCCESS, ask(&h, LOG_4 | 0x800f));
    expect_rises(&h, 1);
    expect_rises(&h, 0);
    harness_free(&h);
}

C_TEST(fm_notification, with_a_policy_for_the_same_record_rises_once)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, ask(&h, LOG_4));
    expect_rises(&h, 1);
    expect_rises(&h, 1);
    harness_free(&h);
}

C_TEST(fm_notification, is_about_the_logs_that_it_names)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_policy(&h, 0));
    cause_record(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, ask(&h, 0x800f));
    C_EXPECT_EQ(0, h.fm_interrupts);
    fm_drain_events(&h);
    expect_rises(&h, 0);
    harness_free(&h);
}

C_TEST(fm_notification, the_latest_request_counts)
{
    static const struct {
        const char *what;
        uint16_t first;
        uint16_t then;
        unsigned rises;
    } rows[] = {
        {"none takes it back", LOG_4, 0, 0},
        {"other logs take it back", LOG_4, 0x000f, 0},
        {"the same again is one", LOG_4, LOG_4, 1},
        {"from other logs to this", 0x000f, LOG_4, 1},
    };
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_policy(&h, 0));
    for (uint32_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("%s", rows[i].what);
        C_EXPECT_EQ(DCD_RC_SUCCESS, ask(&h, rows[i].first));
        C_EXPECT_EQ(DCD_RC_SUCCESS, ask(&h, rows[i].then));
        expect_rises(&h, rows[i].rises);
    }
    harness_free(&h);
}

C_TEST(fm_notification, of_undefined_bits_is_refused_and_changes_nothing)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_policy(&h, 0));
    for (unsigned bit = 5; bit < 15; bit++) {
        C_CONTEXT("bit %u", bit);
        C_EXPECT_EQ(DCD_RC_SUCCESS, ask(&h, LOG_4));
        C_EXPECT_EQ(DCD_RC_INVALID_INPUT, ask(&h, (uint16_t)(1u << bit)));
        C_EXPECT_EQ(0, h.fm_interrupts);
        expect_rises(&h, 1);
        h.fm_interrupts = 0;
    }
    cause_record(&h);
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, ask(&h, LOG_4 | 0x0020));
    C_EXPECT_EQ(0, h.fm_interrupts);
    harness_free(&h);
}

C_TEST(fm_notification, outlives_the_resets_of_a_head)
{
    struct harness h;

    for (int kind = DCD_RESET_CONVENTIONAL; kind <= DCD_RESET_FUNCTION_LEVEL;
         kind++) {
        C_CONTEXT("reset of kind %d", kind);
        fabric_build(&h);
        C_EXPECT_EQ(DCD_RC_SUCCESS, set_policy(&h, 0x8003));
        C_EXPECT_EQ(DCD_RC_SUCCESS, ask(&h, LOG_4));
        dcd_device_reset(h.device, 0, (enum dcd_reset_kind)kind);
        dcd_device_reset(h.device, 1, (enum dcd_reset_kind)kind);
        C_EXPECT_EQ(0, h.fm_interrupts);
        C_EXPECT_EQ(0x8003, get_policy(&h));
        expect_rises(&h, 1);
        harness_free(&h);
    }
}

C_TEST(fm_notification, can_be_asked_for_through_the_pool)
{
    struct dcd_mctp_event_policy req = {dcd_put16(LOG_4)};
    struct harness h;

    fabric_build(&h);
    cause_record(&h);
    h.fm_interrupts = 0;
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                tunnel(&h, DCD_TUNNEL_LD_POOL, 0, DCD_OP_EVENT_NOTIFICATION,
                       &req, sizeof(req)));
    C_EXPECT_EQ(1, h.fm_interrupts);
    harness_free(&h);
}

/* --- 0002h and 0005h at the FM's port ------------------------------------- */

/* What runs behind a mailbox is none of the FM's. */
C_TEST(fm_background, nothing_ever_runs_at_the_fm_port)
{
    static const uint8_t idle[8] = {0};
    struct harness h;

    fabric_config(&h);
    h.config.static_volatile = GIB(1);
    h.config.sanitize_per_gib = 1000000;
    harness_build(&h);
    for (unsigned step = 0; step < 2; step++) {
        C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_BACKGROUND_STATUS, NULL, 0));
        C_ASSERT_EQ(sizeof(idle), h.out_length);
        C_EXPECT_MEMEQ(idle, h.out, sizeof(idle));
        C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_REQUEST_ABORT, NULL, 0));
        C_EXPECT_EQ(0, h.out_length);
        if (step == 0)
            C_EXPECT_EQ(DCD_RC_BACKGROUND_STARTED,
                        mailbox(&h, 1, DCD_OP_SANITIZE, NULL, 0));
    }
    /* The request to abort was not for the one of head 1. */
    C_EXPECT_EQ(DCD_RC_BUSY, mailbox(&h, 1, DCD_OP_SANITIZE, NULL, 0));
    harness_free(&h);
}
