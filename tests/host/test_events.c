/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_events.c - event logs of a host: reading, clearing, overflow, the
 * interrupt policy and the clock (CXL r3.1 8.2.9.2, 8.2.9.4).
 */
#include "host_support.h"

#include "gtest_c.h"

#include <string.h>

/* One record of type 0 a call, each at another block. */
static void add_event(struct harness *h, unsigned head, unsigned i)
{
    struct range r = {MIB(2) * i, MIB(2)};

    offer(h, head, &r, 1);
}

static uint16_t get_log(struct harness *h, uint8_t log)
{
    return mailbox(h, 0, DCD_OP_GET_EVENT_RECORDS, &log, 1);
}

static const struct dcd_get_event_records_rsp *answer(const struct harness *h)
{
    return (const void *)h->out;
}

/* 0101h with everything said. */
static uint16_t clear(struct harness *h, uint8_t log, uint8_t flags,
                      const uint16_t *handles, uint8_t count)
{
    struct dcd_clear_event_records_req req = {log, flags, count, {0}};
    uint8_t in[sizeof(req) + 2 * 255];

    memcpy(in, &req, sizeof(req));
    for (unsigned i = 0; i < count; i++)
        dcd_store_le(in + sizeof(req) + 2u * i, 2, handles[i]);
    return mailbox(h, 0, DCD_OP_CLEAR_EVENT_RECORDS, in,
                   (uint32_t)sizeof(req) + 2u * count);
}

#define DC DCD_LOG_DYNAMIC_CAPACITY
#define ALL DCD_CLEAR_EVENTS_ALL
#define HANDLES(...)                 \
    (const uint16_t[]){__VA_ARGS__}, \
        (uint8_t)COUNT(((const uint16_t[]){__VA_ARGS__}))

/* --- 0100h Get Event Records --------------------------------------------- */

C_TEST(events, five_logs_can_be_read_and_no_sixth)
{
    struct harness h;

    harness_d1(&h);
    for (uint8_t log = 0; log < 5; log++) {
        C_EXPECT_EQ(DCD_RC_SUCCESS, get_log(&h, log));
        C_EXPECT_EQ(0x20, h.out_length);
        for (unsigned i = 0; i < 0x20; i++)
            C_EXPECT_EQ(0, h.out[i]);
    }
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, get_log(&h, 5));
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, get_log(&h, 0xff));
    harness_free(&h);
}

C_TEST(events, reading_always_starts_at_the_oldest_and_takes_nothing)
{
    struct harness h;

    harness_d1(&h);
    for (unsigned i = 0; i < 3; i++)
        add_event(&h, 0, i);
    for (unsigned twice = 0; twice < 2; twice++) {
        C_EXPECT_EQ(3, get_events(&h, 0));
        for (unsigned i = 0; i < 3; i++) {
            C_EXPECT_EQ(i + 1, dcd_get16(event_at(&h, i)->header.handle));
            C_EXPECT_EQ(MIB(2) * i, dcd_get64(event_at(&h, i)->extent.dpa));
        }
    }
    C_EXPECT_EQ(DCD_RC_SUCCESS, clear_events(&h, 0, 1));
    C_EXPECT_EQ(2, get_events(&h, 0));
    C_EXPECT_EQ(2, dcd_get16(event_at(&h, 0)->header.handle));
    harness_free(&h);
}

C_TEST(events, more_records_is_said_only_when_more_than_fit)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.dc_log = 32;
    harness_build(&h);
    for (unsigned i = 0; i < 17; i++) {
        add_event(&h, 0, i);
        C_EXPECT_EQ(i < 15 ? i + 1 : 15, get_events(&h, 0));
        C_EXPECT_EQ(i < 15 ? 0 : DCD_GET_EVENTS_MORE, answer(&h)->flags);
    }
    C_EXPECT_EQ(DCD_RC_SUCCESS, clear_events(&h, 0, 2));
    C_EXPECT_EQ(15, get_events(&h, 0));
    C_EXPECT_EQ(0, answer(&h)->flags);
    harness_free(&h);
}

C_TEST(events, dynamic_capacity_records_are_in_their_own_log_only)
{
    struct harness h;

    harness_d1(&h);
    add_event(&h, 0, 0);
    for (uint8_t log = 0; log < 4; log++) {
        C_EXPECT_EQ(DCD_RC_SUCCESS, get_log(&h, log));
        C_EXPECT_EQ(0, dcd_get16(answer(&h)->count));
    }
    C_EXPECT_EQ(1, get_events(&h, 0));
    harness_free(&h);
}

C_TEST(events, each_head_has_its_own_logs_and_status)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.heads = 2;
    harness_build(&h);
    add_event(&h, 1, 0);
    C_EXPECT_EQ(0, reg_read(&h, 0, EVENT_STATUS_AT, 8));
    C_EXPECT_EQ(DC_LOG_BIT, reg_read(&h, 1, EVENT_STATUS_AT, 8));
    C_EXPECT_EQ(0, get_events(&h, 0));
    C_EXPECT_EQ(1, get_events(&h, 1));
    harness_free(&h);
}

C_TEST(events, more_of_a_record_links_the_extents_of_one_request)
{
    struct harness h;

    harness_d1(&h);
    offer(&h, 0, RANGES({0, MIB(2)}, {MIB(8), MIB(2)}, {MIB(4), MIB(2)}));
    add_event(&h, 0, 8);
    C_ASSERT_EQ(4, get_events(&h, 0));
    for (unsigned i = 0; i < 4; i++)
        C_EXPECT_EQ(i < 2 ? DCD_EVENT_MORE : 0, event_at(&h, i)->flags);
    harness_free(&h);
}

/* --- 0101h Clear Event Records ------------------------------------------- */

/* A log of three records with handles 1, 2, 3. */
static void three_records(struct harness *h)
{
    harness_d1(h);
    for (unsigned i = 0; i < 3; i++)
        add_event(h, 0, i);
}

static void expect_handles(struct harness *h, uint16_t first, uint32_t count)
{
    C_EXPECT_EQ(count, get_events(h, 0));
    for (uint32_t i = 0; i < count; i++)
        C_EXPECT_EQ(first + i, dcd_get16(event_at(h, i)->header.handle));
}

C_TEST(events, device_3_4_row_01_length)
{
    static const uint8_t short_of_handles[] = {4, 0, 2, 0, 0, 0, 1, 0, 2};
    static const uint8_t wrong_log[] = {9, 0, 2, 0, 0, 0, 1, 0, 2};
    struct harness h;

    three_records(&h);
    for (uint32_t n = 0; n < 6; n++)
        C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH,
                    mailbox(&h, 0, 0x0101, short_of_handles, n));
    for (uint32_t n = 6; n <= sizeof(short_of_handles); n++)
        C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH,
                    mailbox(&h, 0, 0x0101, short_of_handles, n));
    /* Before anything else. */
    C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH,
                mailbox(&h, 0, 0x0101, wrong_log, (uint32_t)sizeof(wrong_log)));
    expect_handles(&h, 1, 3);
    harness_free(&h);
}

C_TEST(events, device_3_4_row_02_no_such_log)
{
    struct harness h;

    three_records(&h);
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, clear(&h, 5, 0, HANDLES(1)));
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, clear(&h, 0xff, ALL, NULL, 0));
    /* Before the handles, which would be wrong, too. */
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, clear(&h, 5, 0, HANDLES(77)));
    expect_handles(&h, 1, 3);
    harness_free(&h);
}

C_TEST(events, device_3_4_row_03_clear_all_without_overflow)
{
    struct harness h;

    three_records(&h);
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, clear(&h, DC, ALL, NULL, 0));
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, clear(&h, DC, ALL, HANDLES(1)));
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, clear(&h, 0, ALL, NULL, 0));
    /* Before the handles. */
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, clear(&h, DC, ALL, HANDLES(2)));
    expect_handles(&h, 1, 3);
    harness_free(&h);
}

C_TEST(events, device_3_4_row_04_handles_that_are_not_next)
{
    struct harness h;

    three_records(&h);
    C_EXPECT_EQ(DCD_RC_INVALID_HANDLE, clear(&h, DC, 0, HANDLES(0)));
    C_EXPECT_EQ(DCD_RC_INVALID_HANDLE, clear(&h, DC, 0, HANDLES(4)));
    C_EXPECT_EQ(DCD_RC_INVALID_HANDLE, clear(&h, DC, 0, HANDLES(2)));
    C_EXPECT_EQ(DCD_RC_INVALID_HANDLE, clear(&h, DC, 0, HANDLES(1, 3)));
    C_EXPECT_EQ(DCD_RC_INVALID_HANDLE, clear(&h, DC, 0, HANDLES(1, 1)));
    C_EXPECT_EQ(DCD_RC_INVALID_HANDLE, clear(&h, DC, 0, HANDLES(1, 2, 0)));
    C_EXPECT_EQ(DCD_RC_INVALID_HANDLE, clear(&h, 0, 0, HANDLES(1)));
    expect_handles(&h, 1, 3);
    harness_free(&h);
}

C_TEST(events, device_3_4_row_05_more_handles_than_records)
{
    struct harness h;

    three_records(&h);
    C_EXPECT_EQ(DCD_RC_INVALID_HANDLE, clear(&h, DC, 0, HANDLES(1, 2, 3, 4)));
    C_EXPECT_EQ(DCD_RC_INVALID_HANDLE, clear(&h, DC, 0, HANDLES(1, 2, 3, 1)));
    expect_handles(&h, 1, 3);
    harness_free(&h);
}

C_TEST(events, device_3_4_row_06_clearing_from_the_oldest)
{
    struct harness h;

    three_records(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, clear(&h, DC, 0, HANDLES(1, 2)));
    expect_handles(&h, 3, 1);
    C_EXPECT_EQ(DC_LOG_BIT, reg_read(&h, 0, EVENT_STATUS_AT, 8));
    C_EXPECT_EQ(DCD_RC_INVALID_HANDLE, clear(&h, DC, 0, HANDLES(1)));
    C_EXPECT_EQ(DCD_RC_SUCCESS, clear(&h, DC, 0, HANDLES(3)));
    C_EXPECT_EQ(0, reg_read(&h, 0, EVENT_STATUS_AT, 8));
    C_EXPECT_EQ(0, get_events(&h, 0));
    /* Handles go on. */
    add_event(&h, 0, 5);
    expect_handles(&h, 4, 1);
    harness_free(&h);
}

C_TEST(events, clearing_nothing_is_no_error)
{
    struct harness h;

    three_records(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, clear(&h, DC, 0, NULL, 0));
    expect_handles(&h, 1, 3);
    harness_free(&h);
}

C_TEST(events, the_offer_outlives_its_record)
{
    struct harness h;

    harness_d1(&h);
    offer(&h, 0, RANGES({0, MIB(2)}));
    drain(&h, 0);
    expect_answerable(&h, 0, RANGES({0, MIB(2)}));
    harness_free(&h);
}

/* --- Overflow ------------------------------------------------------------ */

/*
 * A record of type 2 cannot be refused. A host with sixteen blocks, a full
 * log of eight offers, and a clock that shows 1000 ns.
 */
static void full_log(struct harness *h)
{
    struct dcd_timestamp at = {dcd_put64(1000)};

    harness_d1(h);
    hold(h, 0, RANGES({GIB(2), MIB(32)}));
    for (unsigned i = 0; i < 8; i++)
        add_event(h, 0, i);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                mailbox(h, 0, DCD_OP_SET_TIMESTAMP, &at, sizeof(at)));
}

static void lose(struct harness *h, unsigned block)
{
    struct range r = {GIB(2) + MIB(2) * block, MIB(2)};

    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(h, 0, DCD_RELEASE_FORCED, &r, 1));
}

static void expect_overflow(struct harness *h, uint16_t count, uint64_t first,
                            uint64_t last)
{
    C_EXPECT_EQ(8, get_events(h, 0));
    C_EXPECT_EQ(DCD_GET_EVENTS_OVERFLOW, answer(h)->flags);
    C_EXPECT_EQ(count, dcd_get16(answer(h)->overflow_count));
    C_EXPECT_EQ(first, dcd_get64(answer(h)->first_overflow));
    C_EXPECT_EQ(last, dcd_get64(answer(h)->last_overflow));
}

static void expect_no_overflow(struct harness *h, uint32_t count)
{
    C_EXPECT_EQ(count, get_events(h, 0));
    C_EXPECT_EQ(0, answer(h)->flags);
    C_EXPECT_EQ(0, dcd_get16(answer(h)->overflow_count));
    C_EXPECT_EQ(0, dcd_get64(answer(h)->first_overflow));
    C_EXPECT_EQ(0, dcd_get64(answer(h)->last_overflow));
}

C_TEST(events, a_record_that_nobody_can_refuse_overflows_a_full_log)
{
    struct harness h;

    full_log(&h);
    expect_no_overflow(&h, 8);
    h.now += 7000;
    lose(&h, 0);
    expect_overflow(&h, 1, 1007, 1007);
    h.now += 2000;
    lose(&h, 2);
    expect_overflow(&h, 2, 1007, 1009);
    for (unsigned i = 0; i < 8; i++) /* the old ones are kept */
        C_EXPECT_EQ(DCD_EVENT_ADD_CAPACITY, event_at(&h, i)->type);
    harness_free(&h);
}

C_TEST(events, a_chain_is_lost_as_a_whole)
{
    struct harness h;

    full_log(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, clear_events(&h, 0, 1));
    /* Three records, room for one: none of them goes in. */
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, DCD_RELEASE_FORCED,
                           RANGES({GIB(2), MIB(2)}, {GIB(2) + MIB(4), MIB(2)},
                                  {GIB(2) + MIB(8), MIB(2)})));
    C_EXPECT_EQ(7, get_events(&h, 0));
    C_EXPECT_EQ(DCD_GET_EVENTS_OVERFLOW, answer(&h)->flags);
    C_EXPECT_EQ(3, dcd_get16(answer(&h)->overflow_count));
    /* One that fits goes in, although the log has overflowed. */
    lose(&h, 6);
    C_EXPECT_EQ(8, get_events(&h, 0));
    C_EXPECT_EQ(DCD_EVENT_FORCED_RELEASE, event_at(&h, 7)->type);
    C_EXPECT_EQ(DCD_GET_EVENTS_OVERFLOW, answer(&h)->flags);
    harness_free(&h);
}

C_TEST(events, clearing_one_record_ends_the_overflow)
{
    struct harness h;

    full_log(&h);
    lose(&h, 0);
    C_EXPECT_EQ(DCD_RC_SUCCESS, clear(&h, DC, 0, NULL, 0));
    expect_overflow(&h, 1, 1000, 1000);
    C_EXPECT_EQ(DCD_RC_SUCCESS, clear_events(&h, 0, 1));
    expect_no_overflow(&h, 7);
    harness_free(&h);
}

C_TEST(events, clear_all_empties_a_log_that_has_overflowed)
{
    struct harness h;

    full_log(&h);
    lose(&h, 0);
    /* With handles it is refused even then. */
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, clear(&h, DC, ALL, HANDLES(2)));
    expect_overflow(&h, 1, 1000, 1000);
    C_EXPECT_EQ(DCD_RC_SUCCESS, clear(&h, DC, ALL, NULL, 0));
    expect_no_overflow(&h, 0);
    C_EXPECT_EQ(0, reg_read(&h, 0, EVENT_STATUS_AT, 8));
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, clear(&h, DC, ALL, NULL, 0));
    harness_free(&h);
}

C_TEST(events, an_offer_is_refused_rather_than_lost)
{
    struct harness h;
    struct view before;

    full_log(&h);
    before = look(&h, 0);
    C_EXPECT_EQ(DCD_RC_RETRY_REQUIRED,
                fm_add(&h, 0, RANGES({MIB(512), MIB(2)})));
    C_EXPECT_EQ(DCD_RC_RETRY_REQUIRED,
                fm_release(&h, 0, 0, RANGES({GIB(2), MIB(2)})));
    expect_unchanged(&h, 0, &before);
    expect_no_overflow(&h, 8);
    harness_free(&h);
}

/* 4000h says how many records fit, and so many do. */
C_TEST(events, the_depth_of_the_log_is_the_one_reported)
{
    struct harness h;
    uint32_t depth;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, command(&h, 0, DCD_OP_IDENTIFY_MEMORY_DEVICE));
    depth = (uint32_t)dcd_load_le(h.out + 0x43, 2);
    for (unsigned i = 0; i < depth; i++)
        add_event(&h, 0, i);
    C_EXPECT_EQ(DCD_RC_RETRY_REQUIRED,
                fm_add(&h, 0, RANGES({MIB(512), MIB(2)})));
    C_EXPECT_EQ(depth, get_events(&h, 0));
    harness_free(&h);
}

/* --- Clock --------------------------------------------------------------- */

static uint64_t timestamp(struct harness *h, unsigned head)
{
    C_EXPECT_EQ(DCD_RC_SUCCESS, command(h, head, DCD_OP_GET_TIMESTAMP));
    C_EXPECT_EQ(8, h->out_length);
    return dcd_load_le(h->out, 8);
}

static void set_timestamp(struct harness *h, unsigned head, uint64_t ns)
{
    struct dcd_timestamp in = {dcd_put64(ns)};

    C_EXPECT_EQ(DCD_RC_SUCCESS,
                mailbox(h, head, DCD_OP_SET_TIMESTAMP, &in, sizeof(in)));
    C_EXPECT_EQ(0, h->out_length);
}

C_TEST(events, the_clock_stands_at_zero_until_it_is_set)
{
    struct harness h;

    harness_d1(&h);
    h.now = 5000000;
    C_EXPECT_EQ(0, timestamp(&h, 0));
    add_event(&h, 0, 0);
    C_EXPECT_EQ(1, get_events(&h, 0));
    C_EXPECT_EQ(0, dcd_get64(event_at(&h, 0)->header.timestamp));
    harness_free(&h);
}

C_TEST(events, the_clock_runs_from_where_it_was_set)
{
    struct harness h;

    harness_d1(&h);
    h.now = 5000000;
    set_timestamp(&h, 0, UINT64_C(1700000000000000000));
    C_EXPECT_EQ(UINT64_C(1700000000000000000), timestamp(&h, 0));
    h.now += 1999;
    C_EXPECT_EQ(UINT64_C(1700000000000000001), timestamp(&h, 0));
    h.now += 1000000;
    C_EXPECT_EQ(UINT64_C(1700000000000001001), timestamp(&h, 0));
    set_timestamp(&h, 0, 5);
    C_EXPECT_EQ(5, timestamp(&h, 0));
    harness_free(&h);
}

/* Another initiator may be a delay behind the one that set it. */
C_TEST(events, the_clock_waits_for_time_that_is_behind_its_setting)
{
    struct harness h;

    harness_d1(&h);
    h.now = 5000000;
    set_timestamp(&h, 0, 100);
    h.now -= 2000;
    C_EXPECT_EQ(100, timestamp(&h, 0));
    h.now += 3000;
    C_EXPECT_EQ(101, timestamp(&h, 0));
    harness_free(&h);
}

C_TEST(events, each_head_has_its_own_clock_and_a_reset_stops_it)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.heads = 2;
    harness_build(&h);
    set_timestamp(&h, 0, 100);
    C_EXPECT_EQ(100, timestamp(&h, 0));
    C_EXPECT_EQ(0, timestamp(&h, 1));
    set_timestamp(&h, 1, 200);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    C_EXPECT_EQ(0, timestamp(&h, 0));
    C_EXPECT_EQ(200, timestamp(&h, 1));
    harness_free(&h);
}
