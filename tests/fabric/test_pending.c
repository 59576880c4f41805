/* SPDX-License-Identifier: Apache-2.0 */
/* test_pending.c - offers that wait, however they were made. */
#include "fabric.h"

#include <string.h>

#define OK DCD_RC_SUCCESS
#define FORCED DCD_RELEASE_FORCED

/* --- However an offer was made -------------------------------------------- */

static void offer_prescribed(struct harness *h)
{
    C_EXPECT_EQ(OK, fm_add(h, 0,
                           RANGES({R0, MIB(2), TAG_A, 0},
                                  {R0 + MIB(4), MIB(4), TAG_A, 1})));
}

/* [R0+2M, +2M) is host 1's. */
static void offer_free(struct harness *h)
{
    C_EXPECT_EQ(OK, add_by_policy(h, 0, DCD_ADD_FREE, 0, MIB(6), TAG_A));
}

static void offer_contiguous(struct harness *h)
{
    C_EXPECT_EQ(OK, add_by_policy(h, 0, DCD_ADD_CONTIGUOUS, 0, MIB(4), TAG_A));
}

static void offer_share(struct harness *h)
{
    hold(h, 1, RANGES({R0, MIB(2), TAG_A, 0}, {R0 + MIB(4), MIB(4), TAG_A, 1}));
    C_EXPECT_EQ(OK, share(h, 0, 0, TAG_A));
}

static const struct kind {
    const char *what;
    void (*offer)(struct harness *h);
    uint16_t held; /* by others */
    const struct range *extents;
    uint32_t count;
} kinds[] = {
    {"prescriptive", offer_prescribed, 0,
     RANGES({R0, MIB(2), TAG_A, 0}, {R0 + MIB(4), MIB(4), TAG_A, 1})},
    {"free", offer_free, 0,
     RANGES({R0, MIB(2), TAG_A, 0}, {R0 + MIB(4), MIB(4), TAG_A, 1})},
    {"contiguous", offer_contiguous, 0, RANGES({R0 + MIB(4), MIB(4), TAG_A})},
    {"shared access", offer_share, 2,
     RANGES({R0, MIB(2), TAG_A, 0}, {R0 + MIB(4), MIB(4), TAG_A, 1})},
};

static void build_offer(struct harness *h, const struct kind *k,
                        enum dcd_revision revision)
{
    C_CONTEXT("%s, revision %s", k->what, dcd_revision_name(revision));
    shared_config(h, 2);
    h->config.revision = revision;
    harness_build(h);
    enable_interrupts(h, 0);
    enable_interrupts(h, 1);
    hold(h, 1, RANGES({R0 + MIB(2), MIB(2), TAG_B, 0}));
    k->offer(h);
}

C_TEST(fm_who_sees, fm_7_1_row_01_an_add_by_any_policy)
{
    for (size_t i = 0; i < COUNT(kinds); i++) {
        const struct kind *k = &kinds[i];
        struct harness h;

        build_offer(&h, k, DCD_REVISION_4_0);
        C_EXPECT_EQ(1, h.interrupts[0][DCD_VECTOR_DYNAMIC_CAPACITY]);
        expect_host_chain(&h, 0, DCD_EVENT_ADD_CAPACITY, k->extents, k->count);
        expect_no_fm_events(&h);
        C_EXPECT_EQ(OK, add_response(&h, 0, k->extents, k->count));
        expect_fm_chain(&h, DCD_EVENT_ADD_RESPONSE, 0, k->extents, k->count);
        expect_no_events(&h, 0);
        expect_no_events(&h, 1);
        harness_free(&h);
        /* Refused: one record of length 0, about the lowest extent. */
        build_offer(&h, k, DCD_REVISION_4_0);
        C_EXPECT_EQ(OK, add_response(&h, 0, NO_RANGES));
        expect_fm_chain(&h, DCD_EVENT_ADD_RESPONSE, 0,
                        RANGES({k->extents[0].dpa, 0, TAG_A}));
        harness_free(&h);
    }
}

static void expect_withdrawn(const struct kind *k, bool by_tag, bool accepts)
{
    struct harness h;
    uint64_t bytes = 0;

    build_offer(&h, k, DCD_REVISION_4_0);
    C_EXPECT_EQ(OK, clear_events(&h, 0, k->count));
    for (uint32_t i = 0; i < k->count; i++)
        bytes += k->extents[i].length;
    C_EXPECT_EQ(OK, by_tag ? release_by_tag(&h, 0, FORCED, bytes, TAG_A)
                           : fm_release(&h, 0, FORCED, k->extents, k->count));
    expect_no_events(&h, 0);
    expect_no_fm_events(&h);
    C_EXPECT_EQ(16 - k->count, fm_available_extents(&h, 0));
    expect_tags(&h, TAGS({TAG_A, false, k->held, 1}, {TAG_B, false, 2, 0}));
    C_EXPECT_EQ(accepts ? 0x0f : 0x00,
                add_response(&h, 0, k->extents, accepts ? k->count : 0));
    expect_fm_chain(&h, DCD_EVENT_ADD_RESPONSE, 0,
                    RANGES({k->extents[0].dpa, 0, TAG_A}));
    expect_held(&h, 0, NO_RANGES);
    C_EXPECT_EQ(16, fm_available_extents(&h, 0));
    C_EXPECT_EQ(k->held ? 14 : 15, fm_available_tags(&h, 0));
    if (!k->held)
        C_EXPECT_EQ(OK, fm_add(&h, 1, k->extents, k->count));
    harness_free(&h);
}

C_TEST(fm_pending, an_offer_of_any_policy_can_be_withdrawn)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        for (unsigned k = 0; k < 4; k++)
            expect_withdrawn(&kinds[i], k & 1, k & 2);
}

C_TEST(fm_pending, nothing_could_be_withdrawn_before_4_0)
{
    for (size_t i = 0; i < COUNT(kinds); i++) {
        for (unsigned r = DCD_REVISION_3_0; r < DCD_REVISION_4_0; r++) {
            const struct kind *k = &kinds[i];
            struct harness h;
            uint64_t before;

            build_offer(&h, k, (enum dcd_revision)r);
            before = visible_state(&h);
            C_EXPECT_EQ(0x0f, fm_release(&h, 0, FORCED, k->extents, k->count));
            C_EXPECT_EQ(0x0f, fm_release(&h, 0, 0, k->extents, k->count));
            C_EXPECT_EQ(before, visible_state(&h));
            C_EXPECT_EQ(OK, add_response(&h, 0, k->extents, k->count));
            C_EXPECT_EQ(OK, fm_release(&h, 0, FORCED, k->extents, k->count));
            harness_free(&h);
        }
    }
}

/* --- Mixed lists ---------------------------------------------------------- */

#define SHARED_HERE          \
    {                        \
        R2, MIB(2), TAG_A, 0 \
    }
#define HELD_HERE  \
    {              \
        R0, MIB(4) \
    }
#define IN_FIRST_GROUP       \
    {                        \
        R0 + MIB(20), MIB(2) \
    }
#define SHARE_IN_FIRST_GROUP           \
    {                                  \
        R2 + MIB(20), MIB(2), TAG_B, 0 \
    }
#define SECOND_GROUP                   \
    {                                  \
        R2 + MIB(40), MIB(2), TAG_C, 0 \
    }
#define THIRD_GROUP          \
    {                        \
        R0 + MIB(60), MIB(2) \
    }

/* Host 0 holds the first two; groups wait; host 1 shares tags A and C. */
static void build_mixed(struct harness *h)
{
    fabric_build(h);
    open_window(h, 0);
    hold(h, 0, RANGES(SHARED_HERE, HELD_HERE));
    hold_share(h, 1, 2, RANGES(SHARED_HERE));
    hold(h, 1, RANGES(SECOND_GROUP));
    C_EXPECT_EQ(OK, fm_add(h, 0, RANGES(IN_FIRST_GROUP, SHARE_IN_FIRST_GROUP)));
    C_EXPECT_EQ(OK, share(h, 0, 2, TAG_C));
    C_EXPECT_EQ(OK, fm_add(h, 0, RANGES(THIRD_GROUP)));
    C_EXPECT_EQ(OK, clear_events(h, 0, 4));
}

C_TEST(fm_pending, force_over_a_mixed_list_takes_some_and_kills_some)
{
    struct harness h;

    build_mixed(&h);
    C_EXPECT_EQ(OK, fm_release(&h, 0, FORCED,
                               RANGES(IN_FIRST_GROUP, {R0 + MIB(2), MIB(2)},
                                      SECOND_GROUP, SHARED_HERE)));
    expect_host_chain(&h, 0, DCD_EVENT_FORCED_RELEASE,
                      RANGES({R0 + MIB(2), MIB(2)}, SHARED_HERE));
    expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 0,
                    RANGES({R0 + MIB(2), MIB(2)}, SHARED_HERE));
    expect_held(&h, 0, RANGES({R0, MIB(2)}));
    expect_tags(&h, TAGS({TAG_A, false, 2, 0}, {TAG_B, false, 0, 1},
                         {TAG_C, false, 2, 1}));
    /* The first group is dead as a whole, the second, too, the third not. */
    C_EXPECT_EQ(0x0f, add_response(&h, 0, RANGES(SHARE_IN_FIRST_GROUP)));
    C_EXPECT_EQ(0x0f, add_response(&h, 0, RANGES(SECOND_GROUP)));
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES(THIRD_GROUP)));
    C_ASSERT_EQ(3, fm_get_events(&h));
    expect_chain(&h, 0, DCD_EVENT_ADD_RESPONSE, 0, RANGES({R0 + MIB(20), 0}));
    expect_chain(&h, 1, DCD_EVENT_ADD_RESPONSE, 0,
                 RANGES({R2 + MIB(40), 0, TAG_C}));
    expect_chain(&h, 2, DCD_EVENT_ADD_RESPONSE, 0, RANGES(THIRD_GROUP));
    expect_tags(&h, TAGS({TAG_A, false, 2, 0}, {TAG_C, false, 2, 0}));
    expect_held(&h, 1, RANGES(SHARED_HERE, SECOND_GROUP));
    harness_free(&h);
}

C_TEST(fm_pending, force_does_nothing_when_any_entry_is_bad)
{
    static const struct {
        uint16_t rc;
        struct range range;
    } bad[] = {
        {0x1e, {R0 + MIB(30), MIB(2)}}, /* nobody's */
        {0x1e, {R2 + MIB(30), MIB(2)}},
        {0x1e, {R0 + MIB(20), MIB(2)}}, /* once more */
        {0x1e, {R0 + MIB(2), 0}},
        {0x1e, {R0 + MIB(2), 64}},
        {0x0f, {DPA_END, MIB(2)}},
        {0x0f, {R1 - MIB(2), MIB(4)}},
    };
    struct harness h;
    uint64_t before;

    build_mixed(&h);
    before = visible_state(&h);
    for (size_t i = 0; i < COUNT(bad); i++) {
        const struct range first[] = {IN_FIRST_GROUP, SECOND_GROUP, SHARED_HERE,
                                      bad[i].range};
        const struct range last[] = {bad[i].range, IN_FIRST_GROUP, SECOND_GROUP,
                                     SHARED_HERE};

        C_CONTEXT("row %zu", i);
        C_EXPECT_EQ(bad[i].rc, fm_release(&h, 0, FORCED, first, 4));
        C_EXPECT_EQ(bad[i].rc, fm_release(&h, 0, FORCED, last, 4));
        C_EXPECT_EQ(before, visible_state(&h));
        C_EXPECT_EQ(DCD_ACCESS_OK, touch(&h, 0, R2));
    }
    C_CONTEXT("");
    C_EXPECT_EQ(0, h.revocations);
    C_EXPECT_EQ(
        OK, add_response(&h, 0, RANGES(IN_FIRST_GROUP, SHARE_IN_FIRST_GROUP)));
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES(SECOND_GROUP)));
    harness_free(&h);
}

/* Blocks of one entry may be accepted, offered and offered in other groups. */
C_TEST(fm_pending, one_entry_may_span_what_is_held_and_several_groups)
{
    struct harness h;

    fabric_build(&h);
    hold(&h, 0, RANGES({R0, MIB(4)}));
    C_EXPECT_EQ(OK, fm_add(&h, 0, RANGES({MIB(4), MIB(2)}, {MIB(20), MIB(2)})));
    C_EXPECT_EQ(OK, fm_add(&h, 0, RANGES({MIB(6), MIB(2), TAG_A})));
    C_EXPECT_EQ(OK, clear_events(&h, 0, 3));
    C_EXPECT_EQ(0x0f, fm_release(&h, 0, 0, RANGES({MIB(2), MIB(6)})));
    C_EXPECT_EQ(OK, fm_release(&h, 0, FORCED, RANGES({MIB(2), MIB(6)})));
    expect_host_chain(&h, 0, DCD_EVENT_FORCED_RELEASE,
                      RANGES({MIB(2), MIB(2)}));
    C_EXPECT_EQ(0x0f, add_response(&h, 0, RANGES({MIB(20), MIB(2)})));
    C_EXPECT_EQ(0x00, add_response(&h, 0, NO_RANGES));
    C_EXPECT_EQ(0x02, add_response(&h, 0, NO_RANGES));
    expect_held(&h, 0, RANGES({R0, MIB(2)}));
    expect_tags(&h, NO_TAGS);
    harness_free(&h);
}

/* --- Who sees what, and what is always so --------------------------------- */

C_TEST(fm_who_sees, fm_7_1_row_07_references_and_questions_nobody)
{
    struct harness h;

    build_mixed(&h);
    enable_interrupts(&h, 0);
    enable_interrupts(&h, 1);
    h.fm_interrupts = 0;
    for (unsigned i = 0; i < 2; i++) {
        C_EXPECT_EQ(OK, refer(&h, TAG_A));
        C_EXPECT_EQ(OK, refer(&h, TAG_B));
        visible_state(&h);
        C_EXPECT_EQ(OK, fm(&h, DCD_OP_GET_DCD_INFO, NULL, 0));
        expect_held(&h, 0, RANGES({R0, MIB(4)}, SHARED_HERE));
        C_EXPECT_EQ(OK, unrefer(&h, TAG_A));
        C_EXPECT_EQ(OK, unrefer(&h, TAG_B));
    }
    for (unsigned host = 0; host < 2; host++) {
        C_EXPECT_EQ(0, h.interrupts[host][DCD_VECTOR_DYNAMIC_CAPACITY]);
        expect_no_events(&h, host);
    }
    expect_no_fm_events(&h);
    C_EXPECT_EQ(0, h.fm_interrupts);
    harness_free(&h);
}

/* As long as anything lists the tag, it names that and nothing else. */
static void expect_taken(struct harness *h)
{
    const struct range plain = {R0 + MIB(100), MIB(2), TAG_A};
    const struct range sharable = {R2 + MIB(100), MIB(2), TAG_A, 0};

    for (unsigned host = 0; host < 2; host++) {
        C_EXPECT_EQ(0x02, fm_add(h, host, &plain, 1));
        C_EXPECT_EQ(0x02, fm_add(h, host, &sharable, 1));
        C_EXPECT_EQ(0x02, add_by_policy(h, (uint16_t)host, DCD_ADD_FREE, 2,
                                        MIB(2), TAG_A));
        C_EXPECT_EQ(0x02, add_by_policy(h, (uint16_t)host, DCD_ADD_CONTIGUOUS,
                                        0, MIB(2), TAG_A));
    }
}

C_TEST(fm_invariant, fm_8_row_07_a_tag_names_one_allocation_until_it_vanished)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(OK, fm_add(&h, 0, RANGES({R2, MIB(2), TAG_A})));
    expect_taken(&h); /* offered */
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({R2, MIB(2)})));
    expect_taken(&h); /* held */
    C_EXPECT_EQ(OK, share(&h, 1, 2, TAG_A));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({R2, MIB(2)})));
    expect_taken(&h); /* offered to another */
    C_EXPECT_EQ(OK, release_by_tag(&h, 1, FORCED, MIB(2), TAG_A));
    expect_taken(&h); /* dead */
    C_EXPECT_EQ(OK, refer(&h, TAG_A));
    C_EXPECT_EQ(OK, add_response(&h, 1, NO_RANGES));
    expect_taken(&h); /* the FM's */
    C_EXPECT_EQ(OK, unrefer(&h, TAG_A));
    hold(&h, 1, RANGES({R0, MIB(2), TAG_A}));
    expect_taken(&h);
    C_EXPECT_EQ(OK, release(&h, 1, RANGES({R0, MIB(2)})));
    hold(&h, 0, RANGES({R2, MIB(2), TAG_A, 0}));
    harness_free(&h);
}
