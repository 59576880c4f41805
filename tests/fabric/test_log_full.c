/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_log_full.c - no event is lost silently: what can be refused is refused
 * when a log has no room, and what cannot be goes ahead and is counted.
 */
#include "ask.h"

#define FORCED DCD_RELEASE_FORCED
#define DEPTH 4 /* of the logs of hosts */

/* --- Requests that can be refused ----------------------------------------- */

/* [n] ranges of host 0, one by one. */
static void has_ranges(struct harness *h, uint32_t n)
{
    struct range ranges[DEPTH + 1];

    spread(ranges, n, R0, NULL);
    hold_each(h, 0, ranges, n);
}

/* Every second block of R0 is host 1's, so that n blocks are n extents. */
static void has_gaps(struct harness *h, uint32_t n)
{
    struct range ranges[DEPTH + 1];

    spread(ranges, n, R0 + MIB(2), NULL);
    hold_each(h, 1, ranges, n);
}

static void has_nothing(struct harness *h, uint32_t n)
{
    (void)h;
    (void)n;
}

/* Host 1 holds a shared tag of [n] extents. */
static void has_tag(struct harness *h, uint32_t n)
{
    struct range ranges[DEPTH + 1];

    spread(ranges, n, R2, TAG_A);
    hold(h, 1, ranges, n);
}

/* Host 0 has [n] extents of tag A, which was added with fewer. */
static void has_pieces(struct harness *h, uint32_t n)
{
    hold(h, 0, RANGES({R0, n * MIB(4) - MIB(2), TAG_A}));
    for (uint32_t i = 1; i < n; i++)
        C_EXPECT_EQ(0, release(h, 0, RANGES({i * MIB(4) - MIB(2), MIB(2)})));
    fm_drain_events(h);
}

static uint16_t add_ranges(struct harness *h, uint32_t n)
{
    struct range ranges[DEPTH + 1];

    spread(ranges, n, R0, NULL);
    return fm_add(h, 0, ranges, n);
}

static uint16_t add_runs(struct harness *h, uint32_t n)
{
    return ask_free(h, 0, 0, n * MIB(2), NULL);
}

static uint16_t add_run(struct harness *h, uint32_t n)
{
    return ask_contiguous(h, 0, 0, n * MIB(2), TAG_A);
}

static uint16_t add_share(struct harness *h, uint32_t n)
{
    (void)n;
    return share(h, 0, 2, TAG_A);
}

static uint16_t ask_for_ranges(struct harness *h, uint32_t n)
{
    struct range ranges[DEPTH + 1];

    spread(ranges, n, R0, NULL);
    return fm_release(h, 0, 0, ranges, n);
}

static uint16_t ask_for_tag(struct harness *h, uint32_t n)
{
    return release_by_tag(h, 0, 0, n * MIB(2), TAG_A);
}

static const struct request {
    const char *name;
    void (*prepare)(struct harness *h, uint32_t n);
    uint16_t (*ask)(struct harness *h, uint32_t n); /* n records */
    uint8_t type;
    uint32_t most; /* records that it can be */
} requests[] = {
    {"prescriptive add", has_nothing, add_ranges, DCD_EVENT_ADD_CAPACITY,
     DEPTH + 1},
    {"free add", has_gaps, add_runs, DCD_EVENT_ADD_CAPACITY, DEPTH + 1},
    {"contiguous add", has_nothing, add_run, DCD_EVENT_ADD_CAPACITY, 1},
    /* A tag of more extents could not have been added. */
    {"enable shared access", has_tag, add_share, DCD_EVENT_ADD_CAPACITY, DEPTH},
    {"prescriptive release", has_ranges, ask_for_ranges,
     DCD_EVENT_RELEASE_CAPACITY, DEPTH + 1},
    {"tag-based release", has_pieces, ask_for_tag, DCD_EVENT_RELEASE_CAPACITY,
     DEPTH + 1},
};

/* Room for [DEPTH] records, [filled] of which lie in both hosts' logs. */
static void build_filled(struct harness *h, const struct request *request,
                         uint32_t n, uint32_t filled)
{
    fabric_config(h);
    h->config.dc_log = DEPTH;
    harness_build(h);
    request->prepare(h, n);
    fill_logs(h, filled);
}

/* One whole chain of [n] records behind [before] others. */
static void expect_whole_chain(struct harness *h, uint32_t before, uint32_t n,
                               uint8_t type)
{
    C_ASSERT_EQ(before + n, get_events(h, 0));
    for (uint32_t i = before; i < before + n; i++) {
        C_EXPECT_EQ(type, event_at(h, i)->type);
        C_EXPECT_EQ(i + 1 < before + n ? DCD_EVENT_MORE : 0,
                    event_at(h, i)->flags);
    }
}

static void ask_with(const struct request *r, uint32_t n, uint32_t filled)
{
    uint16_t expected = n > DEPTH ? 0x1d : n > DEPTH - filled ? 0x05 : 0x00;
    struct harness h;
    uint64_t before;

    C_CONTEXT("%s: %u records behind %u of %u", r->name, n, filled, DEPTH);
    build_filled(&h, r, n, filled);
    before = full_state(&h);
    C_EXPECT_EQ(expected, r->ask(&h, n));
    if (expected)
        C_EXPECT_EQ(before, full_state(&h));
    else
        expect_whole_chain(&h, filled, n, r->type);
    if (expected == 0x05) {
        /* One record more than needed is in the way, then none. */
        C_EXPECT_EQ(0, clear_events(&h, 0, n + filled - DEPTH - 1));
        C_EXPECT_EQ(0x05, r->ask(&h, n));
        C_EXPECT_EQ(0, clear_events(&h, 0, 1));
        C_EXPECT_EQ(0x00, r->ask(&h, n));
        expect_whole_chain(&h, DEPTH - n, n, r->type);
    }
    if (expected == 0x1d && filled) {
        C_EXPECT_EQ(0, clear_events(&h, 0, filled));
        C_EXPECT_EQ(0x1d, r->ask(&h, n));
    }
    C_EXPECT_EQ(0, h.warnings);
    harness_free(&h);
}

C_TEST(fm_log_full, refuses_what_does_not_fit_now_and_what_never_will)
{
    for (size_t i = 0; i < COUNT(requests); i++)
        for (uint32_t n = 1; n <= requests[i].most; n++)
            for (uint32_t filled = 0; filled <= DEPTH; filled++)
                ask_with(&requests[i], n, filled);
}

/* The log that counts is that of the host that is told. */
C_TEST(fm_log_full, of_another_host_refuses_nothing)
{
    for (size_t i = 0; i < COUNT(requests); i++) {
        struct harness h;

        C_CONTEXT("%s", requests[i].name);
        build_filled(&h, &requests[i], 1, DEPTH);
        C_EXPECT_EQ(0x05, requests[i].ask(&h, 1));
        C_EXPECT_EQ(0, clear_events(&h, 0, DEPTH));
        C_EXPECT_EQ(DEPTH, get_events(&h, 1));
        C_EXPECT_EQ(0x00, requests[i].ask(&h, 1));
        harness_free(&h);
    }
}

/* An answer makes no room in the log, and the records stay valid. */
C_TEST(fm_log_full, is_emptied_by_clearing_alone)
{
    struct range ranges[DEPTH];
    struct harness h;

    fabric_config(&h);
    h.config.dc_log = DEPTH;
    harness_build(&h);
    spread(ranges, DEPTH, R0, NULL);
    C_EXPECT_EQ(0, fm_add(&h, 0, ranges, DEPTH));
    C_EXPECT_EQ(0, add_response(&h, 0, ranges, DEPTH));
    C_EXPECT_EQ(0x05, ask_free(&h, 0, 0, MIB(2), NULL));
    C_EXPECT_EQ(0x05, fm_release(&h, 0, 0, ranges, 1));
    C_EXPECT_EQ(0, release(&h, 0, ranges, DEPTH));
    C_EXPECT_EQ(0x05, ask_free(&h, 0, 0, MIB(2), NULL));
    expect_host_chain(&h, 0, DCD_EVENT_ADD_CAPACITY,
                      RANGES({R0, MIB(2)}, {R0 + MIB(4), MIB(2)},
                             {R0 + MIB(8), MIB(2)}, {R0 + MIB(12), MIB(2)}));
    C_EXPECT_EQ(0, ask_free(&h, 0, 0, MIB(2), NULL));
    harness_free(&h);
}

/* --- Forced: the host's log ----------------------------------------------- */

/* Both clocks: the host's is [ns] behind 0. */
static void set_clock(struct harness *h, unsigned host, uint64_t ns)
{
    struct dcd_le64 time = dcd_put64(ns);

    C_EXPECT_EQ(0, mailbox(h, host, DCD_OP_SET_TIMESTAMP, &time, sizeof(time)));
}

static void force_with(uint32_t n, uint32_t filled)
{
    bool fits = n + filled <= DEPTH;
    struct range ranges[DEPTH + 1];
    struct harness h;

    C_CONTEXT("%u records behind %u of %u", n, filled, DEPTH);
    fabric_config(&h);
    h.config.dc_log = DEPTH;
    harness_build(&h);
    has_ranges(&h, n);
    fill_logs(&h, filled);
    set_clock(&h, 0, 5000);
    spread(ranges, n, R0, NULL);
    C_EXPECT_EQ(0, fm_release(&h, 0, FORCED, ranges, n));
    expect_held(&h, 0, NO_RANGES);
    expect_left(&h, 0, 16, 4);
    expect_whole_chain(&h, filled, fits ? n : 0, DCD_EVENT_FORCED_RELEASE);
    expect_overflow(&h, fits ? 0 : n, fits ? 0 : 5000, fits ? 0 : 5000);
    C_EXPECT_EQ(fits ? 0 : n, h.warnings);
    /* The FM has room and is told of every range. */
    expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 0, ranges, n);
    harness_free(&h);
}

C_TEST(fm_log_full, does_not_hold_up_force_and_takes_whole_chains)
{
    for (uint32_t n = 1; n <= DEPTH + 1; n++)
        for (uint32_t filled = 0; filled <= DEPTH; filled++)
            force_with(n, filled);
}

/* Host 0 has six ranges, and its log of four is full. */
static void build_full(struct harness *h)
{
    struct range ranges[6];

    fabric_config(h);
    h->config.dc_log = DEPTH;
    harness_build(h);
    spread(ranges, 6, R0, NULL);
    hold_each(h, 0, ranges, 6);
    fill_logs(h, DEPTH);
    h->warnings = 0;
}

static uint16_t force(struct harness *h, uint32_t first, uint32_t n)
{
    struct range ranges[6];

    spread(ranges, 6, R0, NULL);
    return fm_release(h, 0, FORCED, ranges + first, n);
}

C_TEST(fm_log_full, remembers_when_the_first_and_the_last_record_were_lost)
{
    struct harness h;

    build_full(&h);
    set_clock(&h, 0, 1000);
    C_EXPECT_EQ(0, force(&h, 0, 1));
    get_events(&h, 0);
    expect_overflow(&h, 1, 1000, 1000);
    set_clock(&h, 0, 2000);
    C_EXPECT_EQ(0, force(&h, 1, 3));
    set_clock(&h, 0, 3000);
    C_EXPECT_EQ(0, force(&h, 4, 1));
    C_EXPECT_EQ(DEPTH, get_events(&h, 0));
    expect_overflow(&h, 5, 1000, 3000);
    C_EXPECT_EQ(5, h.warnings);
    /* Nothing was lost of the other host's. */
    C_EXPECT_EQ(DEPTH, get_events(&h, 1));
    expect_overflow(&h, 0, 0, 0);
    harness_free(&h);
}

C_TEST(fm_log_full, has_overflowed_until_a_record_is_cleared)
{
    struct harness h;

    build_full(&h);
    set_clock(&h, 0, 1000);
    C_EXPECT_EQ(0, force(&h, 0, 2));
    C_EXPECT_EQ(0, clear_events(&h, 0, 0));
    get_events(&h, 0);
    expect_overflow(&h, 2, 1000, 1000);
    C_EXPECT_EQ(0, clear_events(&h, 0, 1));
    C_EXPECT_EQ(DEPTH - 1, get_events(&h, 0));
    expect_overflow(&h, 0, 0, 0);
    /* Two do not fit, one does. */
    set_clock(&h, 0, 7000);
    C_EXPECT_EQ(0, force(&h, 2, 2));
    C_EXPECT_EQ(DEPTH - 1, get_events(&h, 0));
    expect_overflow(&h, 2, 7000, 7000);
    C_EXPECT_EQ(0, force(&h, 4, 1));
    C_EXPECT_EQ(DEPTH, get_events(&h, 0));
    C_EXPECT_EQ(DCD_EVENT_FORCED_RELEASE, event_at(&h, DEPTH - 1)->type);
    expect_overflow(&h, 2, 7000, 7000);
    harness_free(&h);
}

C_TEST(fm_log_full, can_be_cleared_at_once_after_an_overflow_only)
{
    static const uint8_t all[] = {4, 1, 0, 0, 0, 0};
    static const uint8_t all_and_one[] = {4, 1, 1, 0, 0, 0, 1, 0};
    struct harness h;

    build_full(&h);
    C_EXPECT_EQ(0x02, mailbox(&h, 0, DCD_OP_CLEAR_EVENT_RECORDS, all, 6));
    C_EXPECT_EQ(0, force(&h, 0, 1));
    C_EXPECT_EQ(0x02,
                mailbox(&h, 0, DCD_OP_CLEAR_EVENT_RECORDS, all_and_one, 8));
    C_EXPECT_EQ(0, mailbox(&h, 0, DCD_OP_CLEAR_EVENT_RECORDS, all, 6));
    C_EXPECT_EQ(0, get_events(&h, 0));
    expect_overflow(&h, 0, 0, 0);
    C_EXPECT_EQ(0x02, mailbox(&h, 0, DCD_OP_CLEAR_EVENT_RECORDS, all, 6));
    /* An empty log takes a whole chain again, and interrupts. */
    enable_interrupts(&h, 0);
    C_EXPECT_EQ(0, force(&h, 1, 4));
    expect_whole_chain(&h, 0, 4, DCD_EVENT_FORCED_RELEASE);
    C_EXPECT_EQ(1, h.interrupts[0][DCD_VECTOR_DYNAMIC_CAPACITY]);
    harness_free(&h);
}

/* A chain that never fits leaves the log empty, and nobody is woken. */
C_TEST(fm_log_full, of_nothing_but_lost_records_does_not_interrupt)
{
    struct range ranges[6];
    struct harness h;

    fabric_config(&h);
    h.config.dc_log = DEPTH;
    harness_build(&h);
    spread(ranges, 6, R0, NULL);
    hold_each(&h, 0, ranges, 6);
    enable_interrupts(&h, 0);
    C_EXPECT_EQ(0, force(&h, 0, 5));
    C_EXPECT_EQ(0, get_events(&h, 0));
    expect_overflow(&h, 5, 0, 0);
    C_EXPECT_EQ(0, h.interrupts[0][DCD_VECTOR_DYNAMIC_CAPACITY]);
    C_EXPECT_EQ(0, force(&h, 5, 1));
    C_EXPECT_EQ(1, get_events(&h, 0));
    C_EXPECT_EQ(1, h.interrupts[0][DCD_VECTOR_DYNAMIC_CAPACITY]);
    harness_free(&h);
}

/* What a driver does after an overflow (CXL r3.1 8.2.9.9.9.2). */
C_TEST(fm_log_full, a_host_catches_up_with_its_list)
{
    struct harness h;
    uint32_t was;

    build_full(&h);
    was = generation(&h, 0);
    C_EXPECT_EQ(0, force(&h, 0, 2));
    C_EXPECT_EQ(0, fm_release(&h, 0, FORCED, RANGES({R0 + MIB(16), MIB(2)})));
    get_events(&h, 0);
    expect_overflow(&h, 3, 0, 0);
    C_EXPECT(generation(&h, 0) != was);
    expect_held(&h, 0,
                RANGES({R0 + MIB(8), MIB(2)}, {R0 + MIB(12), MIB(2)},
                       {R0 + MIB(20), MIB(2)}));
    C_EXPECT_EQ(0x0f, release(&h, 0, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(0, release(&h, 0, RANGES({R0 + MIB(8), MIB(2)})));
    harness_free(&h);
}

/* A record about a region is a chain of one. */
C_TEST(fm_log_full, loses_news_of_a_region_and_says_so)
{
    struct harness h;

    build_full(&h);
    C_EXPECT_EQ(0, clear_events(&h, 1, 1));
    set_clock(&h, 0, 400);
    fill_logs(&h, 1);
    C_EXPECT_EQ(DEPTH, get_events(&h, 0));
    expect_overflow(&h, 1, 400, 400);
    C_EXPECT_EQ(DEPTH, get_events(&h, 1));
    expect_overflow(&h, 0, 0, 0);
    C_EXPECT_EQ(1, h.warnings);
    harness_free(&h);
}

C_TEST(fm_log_full, counts_lost_records_up_to_65535)
{
    struct harness h;

    fabric_config(&h);
    h.config.dc_log = 1;
    h.config.check = false;
    harness_build(&h);
    set_clock(&h, 0, 1);
    fill_logs(&h, 1 + 65534);
    get_events(&h, 0);
    expect_overflow(&h, 65534, 1, 1);
    set_clock(&h, 0, 2);
    fill_logs(&h, 1);
    get_events(&h, 0);
    expect_overflow(&h, 65535, 1, 2);
    set_clock(&h, 0, 3);
    fill_logs(&h, 2);
    C_EXPECT_EQ(1, get_events(&h, 0));
    expect_overflow(&h, 65535, 1, 3);
    harness_free(&h);
}

/* --- The FM's log --------------------------------------------------------- */

/* Host 0 has n ranges, or was offered them; each makes a chain of the FM's. */
static void offered(struct harness *h, uint32_t n)
{
    struct range ranges[DEPTH + 1];

    spread(ranges, n, R0, NULL);
    C_EXPECT_EQ(0, fm_add(h, 0, ranges, n));
}

static void host_accepts(struct harness *h, uint32_t n)
{
    struct range ranges[DEPTH + 1];

    spread(ranges, n, R0, NULL);
    C_EXPECT_EQ(0, add_response(h, 0, ranges, n));
    expect_held(h, 0, ranges, n);
}

static void host_refuses(struct harness *h, uint32_t n)
{
    (void)n;
    C_EXPECT_EQ(0, add_response(h, 0, NO_RANGES));
    expect_left(h, 0, 16, 4);
}

static void host_releases(struct harness *h, uint32_t n)
{
    struct range ranges[DEPTH + 1];

    spread(ranges, n, R0, NULL);
    C_EXPECT_EQ(0, release(h, 0, ranges, n));
    expect_held(h, 0, NO_RANGES);
}

static void fm_takes(struct harness *h, uint32_t n)
{
    C_EXPECT_EQ(0, force(h, 0, n));
    expect_held(h, 0, NO_RANGES);
}

static void fm_takes_tag(struct harness *h, uint32_t n)
{
    C_EXPECT_EQ(0, release_by_tag(h, 0, FORCED, n * MIB(2), TAG_A));
    expect_held(h, 0, NO_RANGES);
}

static void host_is_reset(struct harness *h, uint32_t n)
{
    (void)n;
    dcd_device_reset(h->device, 0, DCD_RESET_CONVENTIONAL);
    expect_held(h, 0, NO_RANGES);
}

static void host_answers_the_dead(struct harness *h, uint32_t n)
{
    C_EXPECT_EQ(0, force(h, 0, n));
    C_EXPECT_EQ(0x0f, add_response(h, 0, RANGES({R0, MIB(2)})));
    expect_left(h, 0, 16, 4);
}

static const struct deed {
    const char *name;
    void (*prepare)(struct harness *h, uint32_t n);
    void (*happen)(struct harness *h, uint32_t n);
    uint8_t type;
    bool one; /* one record, whatever n is */
} deeds[] = {
    {"4802h", offered, host_accepts, DCD_EVENT_ADD_RESPONSE, false},
    {"4802h of nothing", offered, host_refuses, DCD_EVENT_ADD_RESPONSE, true},
    {"4803h", has_ranges, host_releases, DCD_EVENT_CAPACITY_RELEASED, false},
    {"forced release", has_ranges, fm_takes, DCD_EVENT_CAPACITY_RELEASED,
     false},
    {"forced release of a tag", has_pieces, fm_takes_tag,
     DCD_EVENT_CAPACITY_RELEASED, false},
    {"reset", has_ranges, host_is_reset, DCD_EVENT_CAPACITY_RELEASED, false},
    {"reset with an offer", offered, host_is_reset, DCD_EVENT_ADD_RESPONSE,
     true},
    {"answer to what is dead", offered, host_answers_the_dead,
     DCD_EVENT_ADD_RESPONSE, true},
};

/* [count] refused offers to host 1. */
static void fill_fm_log(struct harness *h, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        C_EXPECT_EQ(0, ask_free(h, 1, 3, MIB(2), NULL));
        C_EXPECT_EQ(0, add_response(h, 1, NO_RANGES));
        C_EXPECT_EQ(0, clear_events(h, 1, 1));
    }
}

static void happen_with(const struct deed *deed, uint32_t n, uint32_t filled)
{
    uint32_t records = deed->one ? 1 : n;
    bool fits = records + filled <= DEPTH;
    struct harness h;

    C_CONTEXT("%s of %u behind %u of %u", deed->name, n, filled, DEPTH);
    fabric_config(&h);
    h.config.fm_log = DEPTH;
    harness_build(&h);
    deed->prepare(&h, n);
    fill_fm_log(&h, filled);
    h.warnings = 0;
    deed->happen(&h, n);
    C_ASSERT_EQ(filled + (fits ? records : 0), fm_get_events(&h));
    expect_overflow(&h, fits ? 0 : records, 0, 0);
    C_EXPECT_EQ(fits ? 0 : records, h.warnings);
    for (uint32_t i = 0; fits && i < records; i++) {
        const struct dcd_dc_event *e = event_at(&h, filled + i);

        C_EXPECT_EQ(deed->type, e->type);
        C_EXPECT_EQ(i + 1 < records ? DCD_EVENT_MORE : 0, e->flags);
    }
    if (fm_drain_events(&h)) {
        fm_get_events(&h);
        expect_overflow(&h, 0, 0, 0);
    }
    harness_free(&h);
}

C_TEST(fm_log_full, of_the_fm_holds_up_no_host_and_takes_whole_chains)
{
    for (size_t i = 0; i < COUNT(deeds); i++)
        for (uint32_t n = 1; n <= DEPTH + 1; n++)
            for (uint32_t filled = 0; filled <= DEPTH; filled++)
                happen_with(&deeds[i], n, filled);
}

/* Chains of an offer and of what a host held are two. */
C_TEST(fm_log_full, of_the_fm_takes_each_chain_of_a_reset_by_itself)
{
    struct range ranges[3];
    struct harness h;

    fabric_config(&h);
    h.config.fm_log = DEPTH;
    harness_build(&h);
    spread(ranges, 3, R0, NULL);
    hold_each(&h, 0, ranges, 3);
    C_EXPECT_EQ(0, fm_add(&h, 0, RANGES({R1 - MIB(2), MIB(2)})));
    C_EXPECT_EQ(0, fm_add(&h, 0, RANGES({R1 - MIB(6), MIB(2)})));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    C_EXPECT_EQ(2, fm_get_events(&h));
    expect_overflow(&h, 3, 0, 0);
    expect_chain(&h, 0, DCD_EVENT_ADD_RESPONSE, 0, RANGES({R1 - MIB(2), 0}));
    expect_chain(&h, 1, DCD_EVENT_ADD_RESPONSE, 0, RANGES({R1 - MIB(6), 0}));
    /* The FM catches up with the lists. */
    expect_held(&h, 0, NO_RANGES);
    harness_free(&h);
}
