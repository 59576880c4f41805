/* SPDX-License-Identifier: Apache-2.0 */
/* test_sharing.c - 5604h, enable shared access: one allocation, many hosts. */
#include "fabric.h"

#include <string.h>

#define OK DCD_RC_SUCCESS
#define FORCED DCD_RELEASE_FORCED

/* An allocation of three extents, added in an order that is not that of the
 * addresses: by sequence, and as lists show it. */
#define BY_SEQUENCE                                                 \
    RANGES({R0 + MIB(8), MIB(4), TAG_A, 0}, {R0, MIB(2), TAG_A, 1}, \
           {R0 + MIB(4), MIB(2), TAG_A, 2})
#define BY_ADDRESS                                                  \
    RANGES({R0, MIB(2), TAG_A, 1}, {R0 + MIB(4), MIB(2), TAG_A, 2}, \
           {R0 + MIB(8), MIB(4), TAG_A, 0})

/* --- Codes ---------------------------------------------------------------- */

struct fault {
    const char *what;
    uint16_t rc;
    uint16_t host;
    uint8_t region;
    const char *tag;
};

static void expect_faults(struct harness *h, const struct fault *rows,
                          size_t count)
{
    uint64_t before = visible_state(h);

    for (size_t i = 0; i < count; i++) {
        const struct fault *f = &rows[i];

        C_CONTEXT("%s", f->what);
        C_EXPECT_EQ(f->rc, share(h, f->host, f->region, f->tag));
        C_EXPECT_EQ(before, visible_state(h));
    }
    C_CONTEXT("");
}

/*
 * Three hosts; R2 is not sharable for host 2. 5 extents a head, logs of 4.
 *   host 0  tag A, three extents of R0; tag E in R2; one extent more
 *   host 1  tag C offered in R1, tag D offered in R3 and withdrawn by force
 *   host 2  tag B, plain capacity of R2
 */
static void build_busy(struct harness *h)
{
    shared_config(h, 3);
    h->config.extents = 5;
    h->config.dc_log = 4;
    h->config.head[2].attributes_given[2] = true;
    harness_build(h);
    hold(h, 0, BY_SEQUENCE);
    hold(h, 0, RANGES({R2, MIB(2), TAG_E, 0}));
    hold(h, 2, RANGES({R2 + MIB(8), MIB(2), TAG_B}));
    C_EXPECT_EQ(OK, fm_add(h, 1, RANGES({R1, MIB(128), TAG_C})));
    C_EXPECT_EQ(OK, fm_add(h, 1, RANGES({R3, MIB(2), TAG_D})));
    C_EXPECT_EQ(OK, fm_release(h, 1, FORCED, RANGES({R3, MIB(2)})));
    C_EXPECT_EQ(OK, clear_events(h, 1, 2));
}

static const struct fault misuses[] = {
    {"host 3", 0x02, 3, 0, TAG_A},
    {"host ffff", 0x02, 0xffff, 0, TAG_A},
    {"region 4", 0x02, 1, 4, TAG_A},
    {"region ff", 0x02, 1, 0xff, TAG_A},
    {"no tag", 0x02, 1, 0, NULL},
    {"a tag that nobody has", 0x02, 1, 0,
     "aaaaaaaa-0001-0002-0003-000000000009"},
    {"a region without the tag", 0x02, 1, 1, TAG_A},
    {"another region without the tag", 0x02, 2, 3, TAG_A},
    {"a region that this host cannot share", 0x02, 2, 2, TAG_E},
    {"capacity that was not added to be shared", 0x02, 0, 2, TAG_B},
    {"a host that holds it", 0x02, 0, 0, TAG_A},
    {"a host that was offered it", 0x02, 1, 1, TAG_C},
    {"a host whose offer is dead", 0x02, 1, 3, TAG_D},
};

C_TEST(fm_share, fm_6_5_row_03_misuse)
{
    struct harness h;

    build_busy(&h);
    expect_faults(&h, misuses, COUNT(misuses));
    harness_free(&h);
}

/* Host 0 can track one extent more and has no room in its log; host 1 one, and
 * has room for two records. */
static const struct fault pairs[] = {
    {"02 host, 1d", 0x02, 3, 1, TAG_C},
    {"02 region, 1d extents", 0x02, 1, 3, TAG_A},
    {"02 has it, 05 log", 0x02, 0, 0, TAG_A},
    {"1d extents, 05 log", 0x1d, 1, 0, TAG_A},
    {"05 log alone", 0x05, 0, 3, TAG_D},
};

C_TEST(fm_share, the_first_of_two_faults_decides)
{
    struct harness h;

    build_busy(&h);
    C_EXPECT_EQ(OK, fm_add(&h, 1,
                           RANGES({R3 + MIB(8), MIB(2), TAG_F, 0},
                                  {R3 + MIB(12), MIB(2), TAG_F, 1})));
    for (unsigned i = 0; i < 4; i++)
        C_EXPECT_EQ(OK, release_by_tag(&h, 0, 0, MIB(2), TAG_E));
    expect_faults(&h, pairs, COUNT(pairs));
    harness_free(&h);
}

C_TEST(fm_share, needs_as_many_extents_as_the_allocation_has)
{
    struct harness h;

    shared_config(&h, 2);
    h.config.extents = 4;
    harness_build(&h);
    hold(&h, 0, BY_SEQUENCE);
    hold(&h, 1, RANGES({R1, MIB(128), TAG_B}, {R2, MIB(2), TAG_C}));
    C_EXPECT_EQ(0x1d, share(&h, 1, 0, TAG_A));
    C_EXPECT_EQ(OK, release(&h, 1, RANGES({R2, MIB(2)})));
    C_EXPECT_EQ(OK, share(&h, 1, 0, TAG_A));
    C_EXPECT_EQ(0, fm_available_extents(&h, 1));
    C_EXPECT_EQ(1, fm_available_extents(&h, 0));
    harness_free(&h);
}

/* One host's log may be deep enough by the time that the other's is not. */
C_TEST(fm_share, needs_room_for_all_records)
{
    struct harness h;

    shared_config(&h, 2);
    h.config.dc_log = 4;
    harness_build(&h);
    hold(&h, 0, BY_SEQUENCE);
    C_EXPECT_EQ(OK, fm_add(&h, 1, RANGES({R1, MIB(128), TAG_B})));
    C_EXPECT_EQ(OK, fm_add(&h, 1, RANGES({R2, MIB(2), TAG_C})));
    C_EXPECT_EQ(0x05, share(&h, 1, 0, TAG_A));
    C_EXPECT_EQ(OK, clear_events(&h, 1, 1));
    C_EXPECT_EQ(OK, share(&h, 1, 0, TAG_A));
    C_EXPECT_EQ(4, get_events(&h, 1));
    harness_free(&h);
}

/* The reserved length may be anything, and no extents are looked at. */
C_TEST(fm_share, ignores_the_length)
{
    struct harness h;

    shared_build(&h, 4);
    hold(&h, 0, RANGES({R0, MIB(2), TAG_A}));
    C_EXPECT_EQ(OK, add_by_policy(&h, 1, 3, 0, 1, TAG_A));
    C_EXPECT_EQ(OK, add_by_policy(&h, 2, 3, 0, UINT64_MAX, TAG_A));
    C_EXPECT_EQ(OK, add_by_policy(&h, 3, 0xf3, 0, MIB(2), TAG_A));
    harness_free(&h);
}

/*
 * An allocation that is shared has one region, because policy 3 names one. R2
 * alone is sharable for host 1, R0 and R2 are for host 0; R1 is for nobody.
 */
static const struct spread {
    const char *what;
    uint16_t rc;
    uint16_t host;
    const struct range *ranges;
    uint32_t count;
} spreads[] = {
    {"two sharable regions", 0x1e, 0,
     RANGES({R0, MIB(2), TAG_A, 0}, {R2, MIB(2), TAG_A, 1})},
    {"and numbered apart", 0x1e, 0,
     RANGES({R0, MIB(2), TAG_A, 0}, {R2, MIB(2), TAG_A, 0})},
    {"a sharable one, then a plain one", 0x1e, 0,
     RANGES({R2, MIB(2), TAG_A, 0}, {R1, MIB(128), TAG_A})},
    {"a plain one, then a sharable one", 0x1e, 0,
     RANGES({R1, MIB(128), TAG_A}, {R2, MIB(2), TAG_A, 0})},
    {"after a tag that is in order", 0x1e, 1,
     RANGES({R0, MIB(2), TAG_B}, {R0 + MIB(4), MIB(2), TAG_A},
            {R2, MIB(2), TAG_A, 0})},
    {"1e region, 1d capacity", 0x1e, 0,
     RANGES({R2 + MIB(20), MIB(2), TAG_A, 0}, {R1, MIB(128), TAG_A})},
    {"02 no tag, 1e region", 0x02, 0,
     RANGES({R2, MIB(2), TAG_A, 0}, {R1, MIB(128), TAG_A}, {R0, MIB(2)})},
};

C_TEST(fm_share, an_allocation_lies_in_one_region)
{
    struct harness h;
    uint64_t before;

    fabric_config(&h);
    h.config.head[0].attributes_given[0] = true;
    h.config.head[0].attributes[0] = DCD_REGION_ATTR_SHARABLE;
    harness_build(&h);
    hold(&h, 1, RANGES({R2 + MIB(20), MIB(2), TAG_F}));
    before = visible_state(&h);
    for (size_t i = 0; i < COUNT(spreads); i++) {
        const struct spread *s = &spreads[i];

        C_CONTEXT("%s", s->what);
        C_EXPECT_EQ(s->rc, fm_add(&h, s->host, s->ranges, s->count));
        C_EXPECT_EQ(before, visible_state(&h));
    }
    C_CONTEXT("");
    /* Two tags, a region each; and plain capacity has no such rule. */
    C_EXPECT_EQ(OK,
                fm_add(&h, 0,
                       RANGES({R0, MIB(2), TAG_A, 0}, {R2, MIB(2), TAG_B, 0},
                              {R2 + MIB(4), MIB(2), TAG_B, 1})));
    C_EXPECT_EQ(OK, fm_add(&h, 1,
                           RANGES({R0 + MIB(4), MIB(2), TAG_C},
                                  {R1, MIB(128), TAG_C})));
    harness_free(&h);
}

/* --- The same for all ----------------------------------------------------- */

C_TEST(fm_share, fm_8_row_06_all_hosts_see_one_dense_sequence)
{
    for (unsigned heads = 2; heads <= 16; heads++) {
        struct harness h;

        C_CONTEXT("%u hosts", heads);
        shared_build(&h, heads);
        hold(&h, 0, BY_SEQUENCE);
        for (unsigned host = 1; host < heads; host++)
            C_EXPECT_EQ(OK, share(&h, (uint16_t)host, 0, TAG_A));
        for (unsigned host = 1; host < heads; host++) {
            expect_host_chain(&h, host, DCD_EVENT_ADD_CAPACITY, BY_SEQUENCE);
            C_EXPECT_EQ(OK, add_response(&h, host, BY_SEQUENCE));
            expect_fm_chain(&h, DCD_EVENT_ADD_RESPONSE, host, BY_SEQUENCE);
        }
        for (unsigned host = 0; host < heads; host++)
            expect_held(&h, host, BY_ADDRESS);
        expect_tags(&h, TAGS({TAG_A, false, (uint16_t)((1u << heads) - 1), 0}));
        harness_free(&h);
    }
}

/* Records go by sequence, whatever the addresses and the policy were. */
C_TEST(fm_share, offers_in_the_order_of_the_sequence)
{
    struct harness h;

    shared_build(&h, 2);
    C_EXPECT_EQ(OK, fm_add(&h, 0, BY_SEQUENCE));
    expect_host_chain(&h, 0, DCD_EVENT_ADD_CAPACITY, BY_SEQUENCE);
    C_EXPECT_EQ(OK, share(&h, 1, 0, TAG_A));
    expect_host_chain(&h, 1, DCD_EVENT_ADD_CAPACITY, BY_SEQUENCE);
    /* Answers may come in any order inside the group. */
    C_EXPECT_EQ(OK, add_response(&h, 0, BY_ADDRESS));
    C_EXPECT_EQ(OK, add_response(&h, 1, BY_SEQUENCE));
    expect_held(&h, 0, BY_ADDRESS);
    expect_held(&h, 1, BY_ADDRESS);
    harness_free(&h);
}

C_TEST(fm_share, serves_every_region_and_every_policy)
{
    static const uint64_t block[] = {MIB(2), MIB(128), MIB(2), MIB(2)};
    struct harness h;

    shared_build(&h, 2);
    for (uint8_t region = 0; region < 4; region++) {
        const struct range parts[] = {
            {region * GIB(1), block[region], TAG_A, 0},
            {region * GIB(1) + 2 * block[region], block[region], TAG_A, 1}};

        C_CONTEXT("region %u", region);
        hold(&h, 1,
             RANGES({region * GIB(1) + block[region], block[region], TAG_B}));
        C_EXPECT_EQ(OK, add_by_policy(&h, 0, DCD_ADD_FREE, region,
                                      2 * block[region], TAG_A));
        C_EXPECT_EQ(OK, add_response(&h, 0, parts, 2));
        fm_drain_events(&h);
        hold_share(&h, 1, region, parts, 2);
        expect_held(&h, 0, parts, 2);
        dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
        dcd_device_reset(h.device, 1, DCD_RESET_CONVENTIONAL);
        expect_tags(&h, NO_TAGS);
    }
    harness_free(&h);
}

/* The tag may be alive by an unanswered offer alone, or by the FM's
 * reference alone. */
C_TEST(fm_share, does_not_wait_for_the_first_host)
{
    struct harness h;

    shared_build(&h, 3);
    C_EXPECT_EQ(OK, fm_add(&h, 0, BY_SEQUENCE));
    C_EXPECT_EQ(OK, share(&h, 1, 0, TAG_A));
    C_EXPECT_EQ(OK, share(&h, 2, 0, TAG_A));
    expect_tags(&h, TAGS({TAG_A, false, 0, 7}));
    C_EXPECT_EQ(OK, add_response(&h, 2, BY_SEQUENCE));
    expect_tags(&h, TAGS({TAG_A, false, 4, 3}));
    C_EXPECT_EQ(OK, add_response(&h, 0, NO_RANGES));
    C_EXPECT_EQ(OK, release(&h, 2, BY_SEQUENCE));
    /* Host 1's offer is all that is left, and as good as it was. */
    expect_tags(&h, TAGS({TAG_A, false, 0, 2}));
    C_EXPECT_EQ(OK, refer(&h, TAG_A));
    C_EXPECT_EQ(OK, add_response(&h, 1, NO_RANGES));
    expect_tags(&h, TAGS({TAG_A, true, 0, 0}));
    hold_share(&h, 0, 0, BY_SEQUENCE);
    expect_held(&h, 0, BY_ADDRESS);
    harness_free(&h);
}

/* --- Answers -------------------------------------------------------------- */

/* The offer is {A, A, B}: two extents of one tag, one of another. */
#define A0                   \
    {                        \
        R0, MIB(2), TAG_A, 0 \
    }
#define A1                            \
    {                                 \
        R0 + MIB(4), MIB(4), TAG_A, 1 \
    }
#define B0                             \
    {                                  \
        R0 + MIB(20), MIB(2), TAG_B, 0 \
    }

static const struct answer {
    const char *what;
    uint16_t rc;
    const struct range *given;
    uint32_t given_count;
    uint16_t a; /* host 0 holds the tag afterwards */
    uint16_t b;
} answers[] = {
    {"both", 0, RANGES(A0, A1, B0), 1, 1},
    {"both, in another order", 0, RANGES(B0, A1, A0), 1, 1},
    {"the one with two extents", 0, RANGES(A0, A1), 1, 0},
    {"the one with one extent", 0, RANGES(B0), 0, 1},
    {"none", 0, NO_RANGES, 0, 0},
    {"the first extent of two", 0x1e, RANGES(A0), 0, 0},
    {"the second extent of two", 0x1e, RANGES(A1), 0, 0},
    {"all of one tag, part of the other", 0x1e, RANGES(B0, A0), 0, 0},
    {"one extent, and half of another", 0x1e, RANGES(A0, {R0 + MIB(4), MIB(2)}),
     0, 0},
    {"all of it, in pieces", 0x1e,
     RANGES(A0, {R0 + MIB(4), MIB(2)}, {R0 + MIB(6), MIB(2)}), 0, 0},
};

static void expect_answer(const struct answer *a)
{
    struct harness h;

    C_CONTEXT("%s", a->what);
    shared_build(&h, 2);
    C_EXPECT_EQ(OK, fm_add(&h, 0, RANGES(A0, A1, B0)));
    C_EXPECT_EQ(a->rc, add_response(&h, 0, a->given, a->given_count));
    if (a->rc != OK) {
        expect_tags(&h, TAGS({TAG_A, false, 0, 1}, {TAG_B, false, 0, 1}));
        expect_held(&h, 0, NO_RANGES);
        expect_no_fm_events(&h);
        C_EXPECT_EQ(OK, add_response(&h, 0, RANGES(A0, A1, B0)));
    } else if (a->a && a->b) {
        expect_tags(&h, TAGS({TAG_A, false, 1, 0}, {TAG_B, false, 1, 0}));
    } else if (a->a || a->b) {
        expect_tags(&h, TAGS({a->a ? TAG_A : TAG_B, false, 1, 0}));
    } else {
        expect_tags(&h, NO_TAGS);
        C_EXPECT_EQ(OK, fm_add(&h, 1, RANGES(A0, A1, B0)));
    }
    harness_free(&h);
}

C_TEST(fm_share_answer, is_all_or_nothing_for_each_tag)
{
    for (size_t i = 0; i < COUNT(answers); i++)
        expect_answer(&answers[i]);
}

C_TEST(fm_share_answer, of_a_second_host_is_all_or_nothing_too)
{
    struct harness h;

    shared_build(&h, 2);
    hold(&h, 0, RANGES(A0, A1));
    C_EXPECT_EQ(OK, share(&h, 1, 0, TAG_A));
    C_EXPECT_EQ(0x1e, add_response(&h, 1, RANGES(A0)));
    C_EXPECT_EQ(0x1e, add_response(&h, 1, RANGES(A1)));
    C_EXPECT_EQ(0x1e, add_response(&h, 1, RANGES(A0, {R0 + MIB(6), MIB(2)})));
    C_EXPECT_EQ(0x0f, add_response(&h, 1, RANGES(A0, A1, B0)));
    expect_tags(&h, TAGS({TAG_A, false, 1, 2}));
    C_EXPECT_EQ(OK, add_response(&h, 1, RANGES(A1, A0)));
    expect_held(&h, 1, RANGES(A0, A1));
    harness_free(&h);
}

/* All or nothing is judged when the last payload has come. */
C_TEST(fm_share_answer, may_come_in_parts)
{
    struct harness h;

    shared_build(&h, 2);
    hold(&h, 0, RANGES(A0, A1));
    C_EXPECT_EQ(OK, share(&h, 1, 0, TAG_A));
    C_EXPECT_EQ(OK, add_response_more(&h, 1, RANGES(A0)));
    C_EXPECT_EQ(0x1e, add_response(&h, 1, RANGES({R0 + MIB(4), MIB(2)})));
    C_EXPECT_EQ(OK, add_response_more(&h, 1, RANGES(A1)));
    C_EXPECT_EQ(0x1e, add_response(&h, 1, NO_RANGES));
    C_EXPECT_EQ(OK, add_response_more(&h, 1, RANGES(A1)));
    C_EXPECT_EQ(OK, add_response(&h, 1, RANGES(A0)));
    expect_held(&h, 1, RANGES(A0, A1));
    C_EXPECT_EQ(OK, release_more(&h, 1, RANGES(A1)));
    C_EXPECT_EQ(0x1e, release(&h, 1, RANGES({R0, MIB(2)}, A1)));
    C_EXPECT_EQ(OK, release_more(&h, 1, RANGES(A1)));
    C_EXPECT_EQ(OK, release(&h, 1, RANGES(A0)));
    expect_tags(&h, TAGS({TAG_A, false, 1, 0}));
    harness_free(&h);
}

/* A share waits in the queue of its host like any other offer. */
C_TEST(fm_share_answer, comes_when_it_is_the_oldest_offer)
{
    struct harness h;

    shared_build(&h, 3);
    hold(&h, 0, RANGES(A0, A1));
    C_EXPECT_EQ(OK, fm_add(&h, 1, RANGES(B0)));
    C_EXPECT_EQ(OK, share(&h, 1, 0, TAG_A));
    C_EXPECT_EQ(OK, share(&h, 2, 0, TAG_A));
    C_EXPECT_EQ(OK, share(&h, 2, 0, TAG_B));
    C_EXPECT_EQ(0x02, add_response(&h, 1, RANGES(A0, A1)));
    C_EXPECT_EQ(0x0f, add_response(&h, 1, RANGES(B0, A0, A1)));
    C_EXPECT_EQ(0x02, add_response(&h, 2, RANGES(B0)));
    C_EXPECT_EQ(OK, release_by_tag(&h, 2, FORCED, MIB(6), TAG_A));
    C_EXPECT_EQ(OK, add_response(&h, 1, NO_RANGES));
    /* Dead for host 2 is not dead for host 1. */
    C_EXPECT_EQ(OK, add_response(&h, 1, RANGES(A0, A1)));
    C_EXPECT_EQ(0x0f, add_response(&h, 2, RANGES(A0, A1)));
    C_EXPECT_EQ(OK, add_response(&h, 2, RANGES(B0)));
    expect_tags(&h, TAGS({TAG_A, false, 3, 0}, {TAG_B, false, 4, 0}));
    harness_free(&h);
}

C_TEST(fm_share_answer, a_refusal_concerns_one_host_alone)
{
    struct harness h;
    uint32_t was;

    shared_build(&h, 3);
    open_window(&h, 0);
    hold(&h, 0, RANGES(A0, A1));
    poke(&h, 0, R0, 77);
    was = generation(&h, 0);
    C_EXPECT_EQ(OK, share(&h, 1, 0, TAG_A));
    C_EXPECT_EQ(OK, share(&h, 2, 0, TAG_A));
    C_EXPECT_EQ(OK, add_response(&h, 1, NO_RANGES));
    expect_fm_chain(&h, DCD_EVENT_ADD_RESPONSE, 1, RANGES({R0, 0, TAG_A, 0}));
    expect_tags(&h, TAGS({TAG_A, false, 1, 4}));
    expect_held(&h, 0, RANGES(A0, A1));
    C_EXPECT_EQ(was, generation(&h, 0));
    C_EXPECT_EQ(77, peek(&h, 0, R0));
    C_EXPECT_EQ(16, fm_available_extents(&h, 1));
    /* It may be offered again. */
    hold_share(&h, 1, 0, RANGES(A0, A1));
    expect_held(&h, 1, RANGES(A0, A1));
    harness_free(&h);
}

/* --- Memory --------------------------------------------------------------- */

C_TEST(fm_share_memory, bytes_of_one_host_are_read_by_all)
{
    struct harness h;

    shared_build(&h, 16);
    for (unsigned host = 0; host < 16; host++)
        open_window(&h, host);
    hold(&h, 0, RANGES(A0, A1));
    poke(&h, 0, R0 + MIB(2) - 8, 100);
    for (unsigned host = 1; host < 16; host++) {
        C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(&h, host, R0));
        C_EXPECT_EQ(OK, share(&h, (uint16_t)host, 0, TAG_A));
        C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(&h, host, R0));
        C_EXPECT_EQ(OK, add_response(&h, host, RANGES(A0, A1)));
        C_EXPECT_EQ(100, peek(&h, host, R0 + MIB(2) - 8));
        /* Each writes what the next one reads. */
        C_EXPECT_EQ(host == 1 ? 0 : host - 1, peek(&h, host, R0 + MIB(4)));
        poke(&h, host, R0 + MIB(4), host);
        C_EXPECT_EQ(host, peek(&h, 0, R0 + MIB(4)));
        C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(&h, host, R0 + MIB(2)));
    }
    harness_free(&h);
}

C_TEST(fm_share_memory, closes_for_the_one_that_leaves)
{
    struct harness h;
    struct dcd_span mine;
    struct dcd_span its;

    shared_build(&h, 2);
    open_window(&h, 0);
    open_window(&h, 1);
    hold(&h, 0, RANGES(A0, A1));
    hold_share(&h, 1, 0, RANGES(A0, A1));
    poke(&h, 0, R0 + MIB(4), 5);
    C_EXPECT(dcd_device_dmi(h.device, 0, WINDOW + R0 + MIB(4), &mine));
    C_EXPECT(dcd_device_dmi(h.device, 1, WINDOW + R0 + MIB(4), &its));
    C_EXPECT_EQ(5, its.data[WINDOW + R0 + MIB(4) - its.first]);
    h.revocations = 0;
    C_EXPECT_EQ(OK, release(&h, 0, RANGES(A0, A1)));
    /* One for each extent, and none for the other host. */
    C_EXPECT_EQ(2, h.revocations);
    C_EXPECT_EQ(0, h.revoked_head);
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(&h, 0, R0));
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(&h, 0, R0 + MIB(4)));
    C_EXPECT(!dcd_device_dmi(h.device, 0, WINDOW + R0 + MIB(4), &mine));
    C_EXPECT_EQ(5, peek(&h, 1, R0 + MIB(4)));
    C_EXPECT(dcd_device_dmi(h.device, 1, WINDOW + R0 + MIB(4), &its));
    poke(&h, 1, R0 + MIB(4), 6);
    /* It comes back to what the other one did meanwhile. */
    hold_share(&h, 0, 0, RANGES(A0, A1));
    C_EXPECT_EQ(6, peek(&h, 0, R0 + MIB(4)));
    harness_free(&h);
}

/* Accepting takes no pointer away from those that have some already. */
C_TEST(fm_share_memory, revokes_nothing_when_another_host_comes)
{
    struct harness h;
    struct dcd_span span;

    shared_build(&h, 2);
    open_window(&h, 0);
    open_window(&h, 1);
    hold(&h, 0, RANGES(A0, A1));
    C_EXPECT(dcd_device_dmi(h.device, 0, WINDOW + R0, &span));
    h.revocations = 0;
    C_EXPECT_EQ(OK, share(&h, 1, 0, TAG_A));
    C_EXPECT_EQ(0, h.revocations);
    C_EXPECT_EQ(OK, add_response(&h, 1, NO_RANGES));
    C_EXPECT_EQ(0, h.revocations);
    harness_free(&h);
}

/* Sharing between hosts, which emulators leave out. */
C_TEST(fm_share, device_10_2_row_06_two_hosts_of_one_device)
{
    struct harness h;

    shared_build(&h, 2);
    open_window(&h, 0);
    open_window(&h, 1);
    C_EXPECT_EQ(OK,
                add_by_policy(&h, 0, DCD_ADD_CONTIGUOUS, 1, MIB(256), TAG_A));
    C_EXPECT_EQ(OK, share(&h, 1, 1, TAG_A));
    for (unsigned host = 0; host < 2; host++) {
        expect_host_chain(&h, host, DCD_EVENT_ADD_CAPACITY,
                          RANGES({R1, MIB(256), TAG_A}));
        C_EXPECT_EQ(OK, add_response(&h, host, RANGES({R1, MIB(256)})));
    }
    poke(&h, 1, R1 + MIB(256) - 8, 9);
    C_EXPECT_EQ(9, peek(&h, 0, R1 + MIB(256) - 8));
    harness_free(&h);
}
