/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_limits.c - extents and tags to the last one: by every policy, whatever
 * state those are in that count, and what is told about the rest.
 */
#include "ask.h"

#define FORCED DCD_RELEASE_FORCED

/* --- States in which an extent counts ------------------------------------- */

#define NEARLY 3 /* extents of host 0, of NEARLY + 1 */

static void accepted(struct harness *h, const struct range *ranges, uint32_t n)
{
    hold_each(h, 0, ranges, n);
}

static void pending(struct harness *h, const struct range *ranges, uint32_t n)
{
    C_EXPECT_EQ(0, fm_add(h, 0, ranges, n));
}

static void dead(struct harness *h, const struct range *ranges, uint32_t n)
{
    pending(h, ranges, n);
    C_EXPECT_EQ(0, fm_release(h, 0, FORCED, ranges, 1));
}

/* One of each, the pending one behind the dead one. */
static void mixed(struct harness *h, const struct range *ranges, uint32_t n)
{
    accepted(h, ranges, n - 2);
    dead(h, ranges + n - 2, 1);
    pending(h, ranges + n - 1, 1);
}

/* Half of what was offered at first. */
static void answered_in_part(struct harness *h, const struct range *ranges,
                             uint32_t n)
{
    const struct range beyond = {R1 - MIB(2), MIB(2)};

    accepted(h, ranges, n - 1);
    C_EXPECT_EQ(0, fm_add(h, 0, RANGES(ranges[n - 1], beyond)));
    C_EXPECT_EQ(0, add_response(h, 0, &ranges[n - 1], 1));
}

/* Pieces of one extent. */
static void split(struct harness *h, const struct range *ranges, uint32_t n)
{
    hold(h, 0, RANGES({ranges[0].dpa, n * MIB(4) - MIB(2)}));
    for (uint32_t i = 1; i < n; i++)
        C_EXPECT_EQ(0, release(h, 0, RANGES({ranges[i].dpa - MIB(2), MIB(2)})));
}

static const struct state {
    const char *name;
    void (*enter)(struct harness *h, const struct range *ranges, uint32_t n);
} states[] = {
    {"accepted", accepted},
    {"pending", pending},
    {"dead", dead},
    {"one of each", mixed},
    {"answered in part", answered_in_part},
    {"split", split},
};

/* --- Ways to one more extent ---------------------------------------------- */

static uint16_t by_free(struct harness *h, unsigned turn)
{
    (void)turn;
    return ask_free(h, 0, 3, MIB(2), NULL);
}

static uint16_t by_contiguous(struct harness *h, unsigned turn)
{
    (void)turn;
    return ask_contiguous(h, 0, 3, MIB(2), NULL);
}

static uint16_t by_prescription(struct harness *h, unsigned turn)
{
    return fm_add(h, 0, RANGES({R3 + MIB(256) + turn * MIB(4), MIB(2)}));
}

static uint16_t by_share(struct harness *h, unsigned turn)
{
    return share(h, 0, 2, turn ? TAG_C : TAG_B);
}

static const struct policy {
    const char *name;
    uint16_t (*add)(struct harness *h, unsigned turn);
} policies[] = {
    {"free", by_free},
    {"contiguous", by_contiguous},
    {"prescriptive", by_prescription},
    {"enable shared access", by_share},
};

/* The newest record of host 0 says how much it leaves. */
static void expect_recorded(struct harness *h, uint32_t extents, uint32_t tags)
{
    uint32_t n = get_events(h, 0);

    C_ASSERT(n > 0);
    C_EXPECT_EQ(DCD_EVENT_ADD_CAPACITY, event_at(h, n - 1)->type);
    C_EXPECT_EQ(extents, dcd_get32(event_at(h, n - 1)->available_extents));
    C_EXPECT_EQ(tags, dcd_get32(event_at(h, n - 1)->available_tags));
}

/* Host 0 has one extent left; host 1 holds tags B and C, which both share. */
static void build_nearly_full(struct harness *h, const struct state *state)
{
    struct range ranges[NEARLY];

    fabric_config(h);
    h->config.extents = NEARLY + 1;
    harness_build(h);
    hold(h, 1, RANGES({R2, MIB(2), TAG_B}));
    hold(h, 1, RANGES({R2 + MIB(4), MIB(2), TAG_C}));
    spread(ranges, NEARLY, R0, NULL);
    state->enter(h, ranges, NEARLY);
    expect_left(h, 0, 1, 2);
    expect_left(h, 1, 2, 2);
}

static void fill_up(const struct state *state, const struct policy *last)
{
    struct harness h;
    uint64_t full;

    build_nearly_full(&h, state);
    C_EXPECT_EQ(0, last->add(&h, 0));
    expect_left(&h, 0, 0, 2);
    expect_recorded(&h, 0, 2);
    full = full_state(&h);
    for (size_t i = 0; i < COUNT(policies); i++)
        C_EXPECT_EQ(0x1d, policies[i].add(&h, 1));
    C_EXPECT_EQ(full, full_state(&h));
    expect_left(&h, 1, 2, 2);
    harness_free(&h);
}

C_TEST(fm_limit, takes_the_last_extent_by_every_policy_and_no_other)
{
    for (size_t i = 0; i < COUNT(states); i++) {
        for (size_t k = 0; k < COUNT(policies); k++) {
            C_CONTEXT("three are %s, the last is %s", states[i].name,
                      policies[k].name);
            fill_up(&states[i], &policies[k]);
        }
    }
}

/* --- Groups --------------------------------------------------------------- */

/* A free request is as many extents as there are runs. */
C_TEST(fm_limit, counts_the_runs_of_a_free_request)
{
    static const struct {
        uint32_t limit;
        uint16_t rc;
    } rows[] = {{3, 0x1d}, {4, 0x00}, {5, 0x00}};

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct range others[4];
        struct harness h;
        uint64_t before;

        C_CONTEXT("limit %u", rows[i].limit);
        fabric_config(&h);
        h.config.extents = rows[i].limit;
        h.config.heads = 3;
        harness_build(&h);
        spread(others, 4, R0 + MIB(2), NULL);
        hold_each(&h, 1, others, 2);
        hold_each(&h, 2, others + 2, 2);
        before = full_state(&h);
        C_EXPECT_EQ(rows[i].rc, ask_free(&h, 0, 0, MIB(8), NULL));
        if (rows[i].rc)
            C_EXPECT_EQ(before, full_state(&h));
        else
            expect_left(&h, 0, rows[i].limit - 4, 4);
        /* In one run there is room for it, one extent long. */
        C_EXPECT_EQ(i == 1 ? 0x1d : 0x00,
                    ask_contiguous(&h, 0, 0, MIB(8), NULL));
        harness_free(&h);
    }
}

/* All extents of the tag, or none. */
C_TEST(fm_limit, counts_every_extent_that_is_shared)
{
    for (uint32_t left = 0; left <= 4; left++) {
        struct range tagged[3];
        struct range own[4];
        struct harness h;

        C_CONTEXT("%u left", left);
        fabric_config(&h);
        h.config.extents = 4;
        harness_build(&h);
        spread(tagged, 3, R2, TAG_A);
        spread(own, 4, R0, NULL);
        hold(&h, 1, tagged, 3);
        hold_each(&h, 0, own, 4 - left);
        C_EXPECT_EQ(left < 3 ? 0x1d : 0x00, share(&h, 0, 2, TAG_A));
        expect_left(&h, 0, left < 3 ? left : left - 3, 3);
        expect_left(&h, 1, 1, 3);
        harness_free(&h);
    }
}

C_TEST(fm_limit, is_every_sharers_own)
{
    struct range tagged[3];
    struct range own[2];
    struct harness h;

    fabric_config(&h);
    h.config.heads = 4;
    h.config.extents = 4;
    harness_build(&h);
    spread(tagged, 3, R2, TAG_A);
    spread(own, 2, R0, NULL);
    hold(&h, 0, tagged, 3);
    for (unsigned host = 1; host < 4; host++) {
        expect_left(&h, host, 4, 3);
        C_EXPECT_EQ(0, share(&h, (uint16_t)host, 2, TAG_A));
        expect_left(&h, host, 1, 3);
    }
    C_EXPECT_EQ(0, add_response(&h, 1, tagged, 3));
    C_EXPECT_EQ(0, add_response(&h, 2, NO_RANGES));
    expect_left(&h, 0, 1, 3);
    expect_left(&h, 1, 1, 3);
    expect_left(&h, 2, 4, 3);
    expect_left(&h, 3, 1, 3);
    C_EXPECT_EQ(0x1d, fm_add(&h, 1, own, 2));
    C_EXPECT_EQ(0, fm_add(&h, 2, own, 2));
    C_EXPECT_EQ(0, release(&h, 0, tagged, 3));
    expect_left(&h, 0, 4, 3);
    C_EXPECT_EQ(0, release_by_tag(&h, 1, FORCED, MIB(6), TAG_A));
    expect_left(&h, 1, 4, 3);
    /* Host 3's offer is what is left of the tag. */
    C_EXPECT_EQ(0, add_response(&h, 3, NO_RANGES));
    expect_left(&h, 3, 4, 4);
    harness_free(&h);
}

/* --- Splits --------------------------------------------------------------- */

#define WHOLE MIB(20)

static uint16_t host_splits(struct harness *h)
{
    return release(h, 0, RANGES({R0 + MIB(8), MIB(2)}));
}

static uint16_t fm_asks_to_split(struct harness *h)
{
    return fm_release(h, 0, 0, RANGES({R0 + MIB(8), MIB(2)}));
}

static uint16_t fm_splits(struct harness *h)
{
    return fm_release(h, 0, FORCED, RANGES({R0 + MIB(8), MIB(2)}));
}

/* The lowest bytes go, so that nothing falls apart. */
static uint16_t fm_cuts_by_tag(struct harness *h)
{
    return release_by_tag(h, 0, FORCED, MIB(2), TAG_A);
}

static uint16_t host_cuts_an_end(struct harness *h)
{
    return release(h, 0, RANGES({R0 + WHOLE - MIB(2), MIB(2)}));
}

/* What one entry frees another one may use, if it comes first. */
static uint16_t host_makes_room_first(struct harness *h)
{
    return release(h, 0, RANGES({R1 - MIB(2), MIB(2)}, {R0 + MIB(8), MIB(2)}));
}

static uint16_t host_makes_room_last(struct harness *h)
{
    return release(h, 0, RANGES({R0 + MIB(8), MIB(2)}, {R1 - MIB(2), MIB(2)}));
}

static const struct cut {
    const char *name;
    uint16_t (*cut)(struct harness *h);
    uint16_t rc; /* with nothing left */
    int change;  /* of what is left, where it succeeds */
} cuts[] = {
    {"4803h of the middle", host_splits, 0x1d, -1},
    {"5605h of the middle", fm_asks_to_split, 0x1d, 0},
    {"5605h of the middle, forced", fm_splits, 0x1d, -1},
    {"5605h of a tag in part, forced", fm_cuts_by_tag, 0x00, 0},
    {"4803h of an end", host_cuts_an_end, 0x00, 0},
    {"4803h of a whole, then a middle", host_makes_room_first, 0x00, 0},
    {"4803h of a middle, then a whole", host_makes_room_last, 0x1d, 0},
};

/* Host 0 holds [R0, 20 MiB) and one block, and was offered a third range. */
static void build_splittable(struct harness *h, uint32_t left)
{
    fabric_config(h);
    h->config.extents = 3 + left;
    harness_build(h);
    hold(h, 0, RANGES({R0, WHOLE, TAG_A}));
    hold(h, 0, RANGES({R1 - MIB(2), MIB(2)}));
    C_EXPECT_EQ(0, fm_add(h, 0, RANGES({R3, MIB(2)})));
    expect_left(h, 0, left, 3);
}

C_TEST(fm_limit, leaves_no_extent_to_fall_apart)
{
    for (size_t i = 0; i < COUNT(cuts); i++) {
        const struct cut *cut = &cuts[i];
        struct harness h;
        uint64_t full;

        C_CONTEXT("%s", cut->name);
        build_splittable(&h, 0);
        full = full_state(&h);
        C_EXPECT_EQ(cut->rc, cut->cut(&h));
        if (cut->rc)
            C_EXPECT_EQ(full, full_state(&h));
        expect_left(&h, 0, 0, 3);
        /* The offer counts, too. */
        C_EXPECT_EQ(0, add_response(&h, 0, NO_RANGES));
        if (cut->rc)
            C_EXPECT_EQ(0, cut->cut(&h));
        expect_left(&h, 0, (uint32_t)(1 + (cut->rc ? cut->change : 0)), 3);
        harness_free(&h);
    }
}

C_TEST(fm_limit, with_one_left_an_extent_falls_apart_once)
{
    for (size_t i = 0; i < COUNT(cuts); i++) {
        struct harness h;

        C_CONTEXT("%s", cuts[i].name);
        build_splittable(&h, 1);
        C_EXPECT_EQ(0, cuts[i].cut(&h));
        expect_left(&h, 0, (uint32_t)(1 + cuts[i].change), 3);
        harness_free(&h);
    }
}

/* A group that is answered in pieces is replaced by them. */
C_TEST(fm_limit, counts_the_pieces_of_an_answer)
{
    struct harness h;
    uint64_t before;

    fabric_config(&h);
    h.config.extents = 3;
    harness_build(&h);
    hold(&h, 0, RANGES({R1 - MIB(2), MIB(2)}));
    C_EXPECT_EQ(0, fm_add(&h, 0, RANGES({R0, MIB(20)})));
    before = full_state(&h);
    C_EXPECT_EQ(0x1d, add_response(&h, 0,
                                   RANGES({R0, MIB(2)}, {R0 + MIB(4), MIB(2)},
                                          {R0 + MIB(8), MIB(2)})));
    C_EXPECT_EQ(before, full_state(&h));
    C_EXPECT_EQ(
        0, add_response(&h, 0, RANGES({R0, MIB(2)}, {R0 + MIB(4), MIB(2)})));
    expect_left(&h, 0, 0, 4);
    harness_free(&h);
}

C_TEST(fm_limit, may_be_one)
{
    struct harness h;

    fabric_config(&h);
    h.config.extents = 1;
    h.config.tags = 1;
    harness_build(&h);
    for (int turn = 0; turn < 2; turn++) {
        expect_left(&h, 0, 1, 1);
        C_EXPECT_EQ(0x1d, fm_add(&h, 0,
                                 RANGES({R0, MIB(2), TAG_A},
                                        {R0 + MIB(4), MIB(2), TAG_A})));
        C_EXPECT_EQ(0, ask_free(&h, 0, 0, MIB(6), TAG_A));
        expect_left(&h, 0, 0, 0);
        expect_left(&h, 1, 1, 0);
        C_EXPECT_EQ(0x1d, ask_free(&h, 0, 0, MIB(2), NULL));
        C_EXPECT_EQ(0x1d, ask_contiguous(&h, 1, 0, MIB(2), TAG_B));
        C_EXPECT_EQ(0, add_response(&h, 0, RANGES({R0, MIB(6)})));
        C_EXPECT_EQ(0x1d, release(&h, 0, RANGES({R0 + MIB(2), MIB(2)})));
        C_EXPECT_EQ(0, release(&h, 0, RANGES({R0, MIB(2)})));
        expect_left(&h, 0, 0, 0);
        C_EXPECT_EQ(0, release(&h, 0, RANGES({R0 + MIB(2), MIB(4)})));
    }
    harness_free(&h);
}

/* --- Tags ----------------------------------------------------------------- */

static void tag_offered(struct harness *h)
{
    C_EXPECT_EQ(0, ask_free(h, 0, 2, MIB(4), TAG_A));
}

static void tag_refused(struct harness *h)
{
    C_EXPECT_EQ(0, add_response(h, 0, NO_RANGES));
}

static void tag_accepted(struct harness *h)
{
    hold(h, 0, RANGES({R2, MIB(4), TAG_A}));
}

static void tag_released(struct harness *h)
{
    C_EXPECT_EQ(0, release(h, 0, RANGES({R2, MIB(4)})));
}

static void tag_killed(struct harness *h)
{
    tag_offered(h);
    C_EXPECT_EQ(0, fm_release(h, 0, FORCED, RANGES({R2, MIB(4)})));
}

static void tag_referred_to(struct harness *h)
{
    tag_accepted(h);
    C_EXPECT_EQ(0, refer(h, TAG_A));
    tag_released(h);
}

static void tag_forgotten(struct harness *h)
{
    C_EXPECT_EQ(0, unrefer(h, TAG_A));
}

/* Its first host has left. */
static void tag_held_by_a_sharer(struct harness *h)
{
    tag_accepted(h);
    C_EXPECT_EQ(0, share(h, 1, 2, TAG_A));
    C_EXPECT_EQ(0, add_response(h, 1, RANGES({R2, MIB(4)})));
    tag_released(h);
}

static void sharer_is_reset(struct harness *h)
{
    dcd_device_reset(h->device, 1, DCD_RESET_CONVENTIONAL);
}

static void tag_offered_to_a_sharer(struct harness *h)
{
    tag_accepted(h);
    C_EXPECT_EQ(0, share(h, 1, 2, TAG_A));
    tag_released(h);
}

static void sharer_refuses(struct harness *h)
{
    C_EXPECT_EQ(0, add_response(h, 1, NO_RANGES));
}

static void tag_not_shared(struct harness *h)
{
    hold(h, 0, RANGES({R0, MIB(4), TAG_A}));
    C_EXPECT_EQ(0, release(h, 0, RANGES({R0, MIB(2)})));
}

static void rest_released(struct harness *h)
{
    C_EXPECT_EQ(0, release(h, 0, RANGES({R0 + MIB(2), MIB(2)})));
}

static const struct holder {
    const char *name;
    void (*enter)(struct harness *h);
    void (*leave)(struct harness *h);
} holders[] = {
    {"offered", tag_offered, tag_refused},
    {"accepted", tag_accepted, tag_released},
    {"dead", tag_killed, tag_refused},
    {"kept by the FM alone", tag_referred_to, tag_forgotten},
    {"another's", tag_held_by_a_sharer, sharer_is_reset},
    {"offered to another", tag_offered_to_a_sharer, sharer_refuses},
    {"that of a rest", tag_not_shared, rest_released},
};

/* Another tag, by each policy that brings one. */
static void expect_no_tag_left(struct harness *h, const char *tag)
{
    uint64_t full = full_state(h);

    for (unsigned host = 0; host < 2; host++) {
        C_EXPECT_EQ(0, fm_available_tags(h, host));
        C_EXPECT_EQ(0, available_tags(h, host));
        C_EXPECT_EQ(0x1d, ask_free(h, host, 0, MIB(2), tag));
        C_EXPECT_EQ(0x1d, ask_contiguous(h, host, 2, MIB(2), tag));
        C_EXPECT_EQ(0x1d, fm_add(h, host, RANGES({R3, MIB(2), tag})));
        C_EXPECT_EQ(
            0x1d,
            fm_add(h, host, RANGES({R0 + MIB(8), MIB(2)}, {R3, MIB(2), tag})));
    }
    C_EXPECT_EQ(full, full_state(h));
}

C_TEST(fm_tag_limit, counts_a_tag_as_long_as_anybody_has_it)
{
    for (size_t i = 0; i < COUNT(holders); i++) {
        struct harness h;

        C_CONTEXT("the only tag is %s", holders[i].name);
        fabric_config(&h);
        h.config.tags = 1;
        harness_build(&h);
        holders[i].enter(&h);
        expect_no_tag_left(&h, TAG_B);
        holders[i].leave(&h);
        C_EXPECT_EQ(1, fm_available_tags(&h, 0));
        C_EXPECT_EQ(1, available_tags(&h, 1));
        C_EXPECT_EQ(0, ask_contiguous(&h, 1, 2, MIB(2), TAG_B));
        expect_no_tag_left(&h, TAG_C);
        harness_free(&h);
    }
}

/* One more host is no more tag; capacity without one needs none. */
C_TEST(fm_tag_limit, does_not_count_sharers_or_untagged_capacity)
{
    struct harness h;

    fabric_config(&h);
    h.config.heads = 16;
    h.config.tags = 1;
    harness_build(&h);
    hold(&h, 15, RANGES({R2, MIB(2), TAG_A}));
    for (unsigned host = 0; host < 15; host++) {
        C_EXPECT_EQ(0, share(&h, (uint16_t)host, 2, TAG_A));
        C_EXPECT_EQ(0, ask_free(&h, host, 0, MIB(2), NULL));
        expect_left(&h, host, 14, 0);
    }
    expect_left(&h, 15, 15, 0);
    harness_free(&h);
}

C_TEST(fm_tag_limit, is_told_by_every_record)
{
    struct harness h;

    fabric_config(&h);
    h.config.tags = 2;
    harness_build(&h);
    C_EXPECT_EQ(0, ask_free(&h, 0, 2, MIB(2), TAG_A));
    expect_recorded(&h, 15, 1);
    C_EXPECT_EQ(0, ask_free(&h, 0, 0, MIB(2), TAG_B));
    expect_recorded(&h, 14, 0);
    C_EXPECT_EQ(0, add_response(&h, 0, RANGES({R2, MIB(2)})));
    C_ASSERT_EQ(1, fm_get_events(&h));
    C_EXPECT_EQ(14, dcd_get32(event_at(&h, 0)->available_extents));
    C_EXPECT_EQ(0, dcd_get32(event_at(&h, 0)->available_tags));
    C_EXPECT_EQ(0, add_response(&h, 0, NO_RANGES));
    C_ASSERT_EQ(2, fm_get_events(&h));
    C_EXPECT_EQ(15, dcd_get32(event_at(&h, 1)->available_extents));
    C_EXPECT_EQ(1, dcd_get32(event_at(&h, 1)->available_tags));
    /* The tag outlives its host, by the FM's reference. */
    C_EXPECT_EQ(0, refer(&h, TAG_A));
    C_EXPECT_EQ(0, release(&h, 0, RANGES({R2, MIB(2)})));
    C_ASSERT_EQ(3, fm_get_events(&h));
    C_EXPECT_EQ(16, dcd_get32(event_at(&h, 2)->available_extents));
    C_EXPECT_EQ(1, dcd_get32(event_at(&h, 2)->available_tags));
    C_EXPECT_EQ(0, unrefer(&h, TAG_A));
    expect_left(&h, 0, 16, 2);
    harness_free(&h);
}
