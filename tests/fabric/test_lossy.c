/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_lossy.c - config.lossy: nothing is refused for want of room in a log,
 * records go in as far as they fit. QEMU's devices are like that, and drivers
 * have to live with them.
 */
#include "ask.h"

#define FORCED DCD_RELEASE_FORCED
#define DEPTH 4 /* of all logs */

static void lossy_config(struct harness *h)
{
    fabric_config(h);
    h->config.lossy = true;
    h->config.dc_log = DEPTH;
    h->config.fm_log = DEPTH;
}

static void lossy_build(struct harness *h)
{
    lossy_config(h);
    harness_build(h);
}

/* --- A host's log --------------------------------------------------------- */

#define MOST 6 /* records of one request */

/* [n] ranges that do not touch, of host 0. */
static void has_ranges(struct harness *h, uint32_t n)
{
    struct range ranges[MOST];

    spread(ranges, n, R0, NULL);
    hold_each(h, 0, ranges, n);
}

static void others_have_gaps(struct harness *h, uint32_t n)
{
    struct range ranges[MOST];

    spread(ranges, n, R0 + MIB(2), NULL);
    hold_each(h, 1, ranges, n);
}

static void other_has_tag(struct harness *h, uint32_t n)
{
    struct range ranges[MOST];

    spread(ranges, n, R2, TAG_A);
    hold(h, 1, ranges, n);
}

static void has_nothing(struct harness *h, uint32_t n)
{
    (void)h;
    (void)n;
}

static uint16_t add_ranges(struct harness *h, uint32_t n)
{
    struct range ranges[MOST];

    spread(ranges, n, R0, NULL);
    return fm_add(h, 0, ranges, n);
}

static uint16_t add_runs(struct harness *h, uint32_t n)
{
    return ask_free(h, 0, 0, n * MIB(2), NULL);
}

static uint16_t add_share(struct harness *h, uint32_t n)
{
    (void)n;
    return share(h, 0, 2, TAG_A);
}

static uint16_t ask_for_ranges(struct harness *h, uint32_t n)
{
    struct range ranges[MOST];

    spread(ranges, n, R0, NULL);
    return fm_release(h, 0, 0, ranges, n);
}

static uint16_t force_ranges(struct harness *h, uint32_t n)
{
    struct range ranges[MOST];

    spread(ranges, n, R0, NULL);
    return fm_release(h, 0, FORCED, ranges, n);
}

static const struct request {
    const char *name;
    void (*prepare)(struct harness *h, uint32_t n);
    uint16_t (*ask)(struct harness *h, uint32_t n); /* n records */
    uint8_t type;
    uint64_t base; /* of the ranges; an add can be accepted there */
} requests[] = {
    {"prescriptive add", has_nothing, add_ranges, DCD_EVENT_ADD_CAPACITY, R0},
    {"free add", others_have_gaps, add_runs, DCD_EVENT_ADD_CAPACITY, R0},
    {"enable shared access", other_has_tag, add_share, DCD_EVENT_ADD_CAPACITY,
     R2},
    {"release", has_ranges, ask_for_ranges, DCD_EVENT_RELEASE_CAPACITY, R0},
    {"forced release", has_ranges, force_ranges, DCD_EVENT_FORCED_RELEASE, R0},
};

/* Records [filled] on are the first of a chain of [n]: the last of them says
 * More if others were lost behind it. */
static void expect_beginning(struct harness *h, const struct request *r,
                             uint32_t n, uint32_t filled)
{
    uint32_t count = get_events(h, 0);

    C_ASSERT_EQ(n + filled < DEPTH ? n + filled : DEPTH, count);
    for (uint32_t i = 0; filled + i < count; i++) {
        const struct dcd_dc_event *e = event_at(h, filled + i);

        C_EXPECT_EQ(r->type, e->type);
        C_EXPECT_EQ(i + 1 < n ? DCD_EVENT_MORE : 0, e->flags);
        C_EXPECT_EQ(r->base + i * MIB(4), dcd_get64(e->extent.dpa));
    }
}

static void ask_with(const struct request *r, uint32_t n, uint32_t filled)
{
    uint32_t lost = n + filled > DEPTH ? n + filled - DEPTH : 0;
    struct range ranges[MOST];
    struct harness h;

    C_CONTEXT("%s: %u records behind %u of %u", r->name, n, filled, DEPTH);
    lossy_build(&h);
    r->prepare(&h, n);
    fill_logs(&h, filled);
    h.warnings = 0;
    C_EXPECT_EQ(0, r->ask(&h, n));
    expect_beginning(&h, r, n, filled);
    expect_overflow(&h, lost, 0, 0);
    if (r->type == DCD_EVENT_ADD_CAPACITY) {
        /* The whole group waits, and can be accepted by who knows of it. */
        spread(ranges, n, r->base, r->base == R2 ? TAG_A : NULL);
        C_EXPECT_EQ(16 - n, fm_available_extents(&h, 0));
        C_EXPECT_EQ(0, add_response(&h, 0, ranges, n));
        expect_held(&h, 0, ranges, n);
    }
    harness_free(&h);
}

C_TEST(fm_lossy, requests_go_ahead_and_the_log_takes_what_fits)
{
    for (size_t i = 0; i < COUNT(requests); i++)
        for (uint32_t n = 1; n <= MOST; n++)
            for (uint32_t filled = 0; filled <= DEPTH; filled++)
                ask_with(&requests[i], n, filled);
}

/* Room in the log is all that is not asked for. */
C_TEST(fm_lossy, requests_are_refused_for_everything_else)
{
    struct harness h;
    uint64_t before;

    lossy_config(&h);
    h.config.extents = 2;
    h.config.tags = 1;
    harness_build(&h);
    hold(&h, 0, RANGES({R0, MIB(20), TAG_A}));
    before = full_state(&h);
    C_EXPECT_EQ(
        0x1d,
        fm_add(&h, 0, RANGES({R1 - MIB(2), MIB(2)}, {R1 - MIB(6), MIB(2)})));
    C_EXPECT_EQ(0x1d, ask_free(&h, 1, 0, MIB(2), TAG_B));
    C_EXPECT_EQ(0x1d, ask_free(&h, 1, 0, GIB(1), NULL));
    C_EXPECT_EQ(0x1d, ask_contiguous(&h, 1, 0, GIB(1), NULL));
    C_EXPECT_EQ(0x02, ask_free(&h, 0, 0, MIB(1), NULL));
    C_EXPECT_EQ(0x1e, fm_add(&h, 1, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(0x1e, fm_release(&h, 1, 0, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(0x1d, release_by_tag(&h, 0, 0, MIB(22), TAG_A));
    C_EXPECT_EQ(before, full_state(&h));
    harness_free(&h);
}

/* The group that nobody could read of is the oldest all the same: a host that
 * answers the next one is out of order until it has refused that. */
C_TEST(fm_lossy, a_group_that_was_lost_waits_for_its_answer)
{
    struct harness h;

    lossy_build(&h);
    fill_logs(&h, DEPTH);
    C_EXPECT_EQ(0, fm_add(&h, 0, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(DEPTH, get_events(&h, 0));
    expect_overflow(&h, 1, 0, 0);
    C_EXPECT_EQ(0, clear_events(&h, 0, DEPTH));
    C_EXPECT_EQ(0, fm_add(&h, 0, RANGES({R0 + MIB(8), MIB(2)})));
    expect_host_chain(&h, 0, DCD_EVENT_ADD_CAPACITY,
                      RANGES({R0 + MIB(8), MIB(2)}));
    C_EXPECT_EQ(0x02, add_response(&h, 0, RANGES({R0 + MIB(8), MIB(2)})));
    C_EXPECT_EQ(0, add_response(&h, 0, NO_RANGES));
    C_EXPECT_EQ(0, add_response(&h, 0, RANGES({R0 + MIB(8), MIB(2)})));
    expect_held(&h, 0, RANGES({R0 + MIB(8), MIB(2)}));
    harness_free(&h);
}

C_TEST(fm_lossy, an_overflow_ends_with_a_clear_and_records_go_in_again)
{
    static const uint8_t all[] = {4, 1, 0, 0, 0, 0};
    struct range ranges[MOST];
    struct harness h;

    lossy_build(&h);
    spread(ranges, MOST, R0, NULL);
    C_EXPECT_EQ(0, fm_add(&h, 0, ranges, MOST));
    C_EXPECT_EQ(DEPTH, get_events(&h, 0));
    expect_overflow(&h, 2, 0, 0);
    C_EXPECT_EQ(0, clear_events(&h, 0, 2));
    get_events(&h, 0);
    expect_overflow(&h, 0, 0, 0);
    /* Behind a chain without an end begins the next one. */
    C_EXPECT_EQ(0, fm_add(&h, 0, RANGES({R3, MIB(2)}, {R3 + MIB(4), MIB(2)})));
    C_ASSERT_EQ(DEPTH, get_events(&h, 0));
    C_EXPECT_EQ(DCD_EVENT_MORE, event_at(&h, 1)->flags);
    C_EXPECT_EQ(R0 + MIB(12), dcd_get64(event_at(&h, 1)->extent.dpa));
    expect_chain(&h, 2, DCD_EVENT_ADD_CAPACITY, 0,
                 RANGES({R3, MIB(2)}, {R3 + MIB(4), MIB(2)}));
    C_EXPECT_EQ(0, fm_add(&h, 0, RANGES({R3 + MIB(8), MIB(2)})));
    C_EXPECT_EQ(0, mailbox(&h, 0, DCD_OP_CLEAR_EVENT_RECORDS, all, 6));
    C_EXPECT_EQ(0, get_events(&h, 0));
    expect_overflow(&h, 0, 0, 0);
    harness_free(&h);
}

C_TEST(fm_lossy, the_first_record_interrupts)
{
    struct range ranges[MOST];
    struct harness h;

    lossy_build(&h);
    enable_interrupts(&h, 0);
    spread(ranges, MOST, R0, NULL);
    C_EXPECT_EQ(0, fm_add(&h, 0, ranges, MOST));
    C_EXPECT_EQ(1, h.interrupts[0][DCD_VECTOR_DYNAMIC_CAPACITY]);
    C_EXPECT_EQ(0, fm_add(&h, 0, RANGES({R3, MIB(2)})));
    C_EXPECT_EQ(1, h.interrupts[0][DCD_VECTOR_DYNAMIC_CAPACITY]);
    harness_free(&h);
}

/* --- The FM's log --------------------------------------------------------- */

static void expect_fm_beginning(struct harness *h, uint8_t type,
                                const struct range *ranges, uint32_t n,
                                uint32_t lost)
{
    C_ASSERT_EQ(n - lost, fm_get_events(h));
    expect_overflow(h, lost, 0, 0);
    for (uint32_t i = 0; i + lost < n; i++) {
        const struct dcd_dc_event *e = event_at(h, i);

        C_EXPECT_EQ(type, e->type);
        C_EXPECT_EQ(i + 1 < n ? DCD_EVENT_MORE : 0, e->flags);
        C_EXPECT_EQ(ranges[i].dpa, dcd_get64(e->extent.dpa));
    }
    fm_drain_events(h);
}

C_TEST(fm_lossy, the_fms_log_takes_what_fits)
{
    for (uint32_t n = 1; n <= MOST; n++) {
        uint32_t lost = n > DEPTH ? n - DEPTH : 0;
        struct range ranges[MOST];
        struct harness h;

        C_CONTEXT("%u records", n);
        lossy_build(&h);
        spread(ranges, n, R0, NULL);
        C_EXPECT_EQ(0, fm_add(&h, 0, ranges, n));
        C_EXPECT_EQ(0, add_response(&h, 0, ranges, n));
        expect_fm_beginning(&h, DCD_EVENT_ADD_RESPONSE, ranges, n, lost);
        C_EXPECT_EQ(0, release(&h, 0, ranges, n));
        expect_fm_beginning(&h, DCD_EVENT_CAPACITY_RELEASED, ranges, n, lost);
        harness_free(&h);
    }
}

/* --- And without it ------------------------------------------------------- */

/* The same requests to a device that loses nothing: the log is never cut. */
C_TEST(fm_lossy, is_off_by_default)
{
    struct dcd_config config;

    dcd_config_init(&config);
    C_EXPECT(!config.lossy);
    for (size_t i = 0; i < COUNT(requests); i++) {
        struct harness h;
        uint64_t before;

        C_CONTEXT("%s", requests[i].name);
        lossy_config(&h);
        h.config.lossy = false;
        harness_build(&h);
        requests[i].prepare(&h, 2);
        fill_logs(&h, DEPTH - 1);
        before = full_state(&h);
        if (requests[i].type == DCD_EVENT_FORCED_RELEASE) {
            C_EXPECT_EQ(0x00, requests[i].ask(&h, 2));
            C_EXPECT_EQ(DEPTH - 1, get_events(&h, 0));
            expect_overflow(&h, 2, 0, 0);
        } else {
            C_EXPECT_EQ(0x05, requests[i].ask(&h, 2));
            C_EXPECT_EQ(before, full_state(&h));
        }
        harness_free(&h);
    }
}
