/* SPDX-License-Identifier: Apache-2.0 */
/* test_release.c - 5605h, prescriptive: faults, asking, and the limits. */
#include "fabric.h"

#include <string.h>

/* --- Faults -------------------------------------------------------------- */

/*
 * What the tables below assume:
 *   host 0  accepted [R0, +8M), [R1, +128M),
 *           [R2, +2M) and [R2+4M, +2M) with tag A;
 *           pending [R0+20M, +2M), [R2+20M, +2M) with tag C
 *   host 1  accepted [R0+40M, +2M)
 * The log of host 0 has no room.
 */
static void build_busy(struct harness *h)
{
    fabric_config(h);
    h->config.dc_log = 4;
    harness_build(h);
    hold(h, 0,
         RANGES({R0, MIB(8)}, {R1, MIB(128)}, {R2, MIB(2), TAG_A, 0},
                {R2 + MIB(4), MIB(2), TAG_A, 1}));
    hold(h, 1, RANGES({R0 + MIB(40), MIB(2)}));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(h, 0,
                                       RANGES({R0 + MIB(20), MIB(2)},
                                              {R2 + MIB(20), MIB(2), TAG_C})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(h, 0, 0, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(h, 0, 0, RANGES({R0, MIB(2)})));
}

enum { ASK, FORCE, BOTH };
#define SANITIZE DCD_RELEASE_SANITIZE

struct fault {
    const char *what;
    uint16_t rc;
    uint8_t forced; /* ASK, FORCE, BOTH */
    uint8_t flags;
    const struct range *ranges;
    uint32_t count;
};

static void expect_fault(struct harness *h, const struct fault *f,
                         uint8_t forced, uint64_t before)
{
    C_CONTEXT("%s%s", f->what, forced ? ", forced" : "");
    C_EXPECT_EQ(f->rc, fm_release(h, 0, (uint8_t)(f->flags | forced), f->ranges,
                                  f->count));
    C_EXPECT_EQ(before, visible_state(h));
}

/* Each row is refused with its code and leaves no trace anywhere. */
static void expect_faults(struct harness *h, const struct fault *rows,
                          size_t count)
{
    uint64_t before = visible_state(h);

    for (size_t i = 0; i < count; i++) {
        if (rows[i].forced != FORCE)
            expect_fault(h, &rows[i], 0, before);
        if (rows[i].forced != ASK)
            expect_fault(h, &rows[i], DCD_RELEASE_FORCED, before);
    }
    C_CONTEXT("");
}

#define OUTSIDE         \
    {                   \
        DPA_END, MIB(2) \
    }
#define SKEWED          \
    {                   \
        R0 + 64, MIB(2) \
    }
#define HELD       \
    {              \
        R0, MIB(2) \
    }
#define PENDING              \
    {                        \
        R0 + MIB(20), MIB(2) \
    }
#define NOBODYS               \
    {                         \
        R0 + MIB(100), MIB(2) \
    }
#define PARTIAL    \
    {              \
        R2, MIB(2) \
    }

static const struct fault faults[] = {
    {"count 0", 0x1e, BOTH, 0, NO_RANGES},
    {"zero length", 0x1e, BOTH, 0, RANGES({R0, 0})},
    {"wraps", 0x0f, BOTH, 0, RANGES({UINT64_MAX - MIB(2) + 1, MIB(4)})},
    {"wraps to itself", 0x0f, BOTH, 0, RANGES({R0, UINT64_MAX - MIB(2) + 1})},
    {"outside", 0x0f, BOTH, 0, RANGES(OUTSIDE)},
    {"behind the length", 0x0f, BOTH, 0, RANGES({R3 + MIB(512), MIB(2)})},
    {"across regions", 0x0f, BOTH, 0, RANGES({R1 - MIB(2), MIB(130)})},
    {"start misaligned", 0x1e, BOTH, 0, RANGES(SKEWED)},
    {"length misaligned", 0x1e, BOTH, 0, RANGES({R0, MIB(1)})},
    {"part of a large block", 0x1e, BOTH, 0, RANGES({R1, MIB(2)})},
    {"overlap", 0x1e, BOTH, 0, RANGES({R0, MIB(4)}, {R0 + MIB(2), MIB(2)})},
    {"the same twice", 0x1e, BOTH, 0, RANGES(HELD, HELD)},
    {"pending", 0x0f, ASK, 0, RANGES(PENDING)},
    {"one of two pending", 0x0f, ASK, 0, RANGES(HELD, PENDING)},
    {"nobody's", 0x1e, BOTH, 0, RANGES(NOBODYS)},
    {"another host's", 0x1e, BOTH, 0, RANGES({R0 + MIB(40), MIB(2)})},
    {"more than held", 0x1e, BOTH, 0, RANGES({R0, MIB(10)})},
    {"one of two nobody's", 0x1e, BOTH, 0, RANGES(HELD, NOBODYS)},
    {"one extent of a shared tag", 0x02, BOTH, 0, RANGES(PARTIAL)},
    {"its other extent", 0x02, BOTH, 0, RANGES({R2 + MIB(4), MIB(2)})},
    {"cannot sanitise", 0x02, BOTH, SANITIZE, RANGES(HELD)},
    {"cannot sanitise what is pending", 0x02, BOTH, SANITIZE, RANGES(PENDING)},
    {"cannot sanitise one of two", 0x02, BOTH, SANITIZE,
     RANGES({R1, MIB(128)}, HELD)},
    {"no room in the log", 0x05, ASK, 0, RANGES(HELD)},
    {"more than the log can have", 0x1d, ASK, 0,
     RANGES({R0, MIB(2)}, {R0 + MIB(2), MIB(2)}, {R0 + MIB(4), MIB(2)},
            {R0 + MIB(6), MIB(2)}, {R1, MIB(128)})},
};

C_TEST(fm_release_fault, each_has_its_code_and_no_consequence)
{
    struct harness h;

    build_busy(&h);
    expect_faults(&h, faults, COUNT(faults));
    harness_free(&h);
}

/* The order is: 02, form (1e, 0f), 0f pending, 1e unassigned, 1d, 05. */
static const struct fault pairs[] = {
    {"02 sanitise, 1e empty", 0x02, BOTH, SANITIZE, RANGES(HELD, {R0, 0})},
    {"02 sanitise, 0f outside", 0x02, BOTH, SANITIZE, RANGES(OUTSIDE, HELD)},
    {"02 sanitise, 0f pending", 0x02, ASK, SANITIZE, RANGES(PENDING, HELD)},
    {"02 sanitise, 1e nobody's", 0x02, BOTH, SANITIZE, RANGES(NOBODYS)},
    {"02 partial, 1e skewed", 0x02, BOTH, 0, RANGES(PARTIAL, SKEWED)},
    {"02 partial, 1e empty", 0x02, BOTH, 0, RANGES({R0, 0}, PARTIAL)},
    {"02 partial, 0f outside", 0x02, BOTH, 0, RANGES(OUTSIDE, PARTIAL)},
    {"02 partial, 0f pending", 0x02, ASK, 0, RANGES(PARTIAL, PENDING)},
    {"02 partial, 1e nobody's", 0x02, BOTH, 0, RANGES(NOBODYS, PARTIAL)},
    {"02 partial, 05 log", 0x02, ASK, 0, RANGES(PARTIAL)},
    {"form: 1e before 0f", 0x1e, BOTH, 0, RANGES(SKEWED, OUTSIDE)},
    {"form: 0f before 1e", 0x0f, BOTH, 0, RANGES(OUTSIDE, SKEWED)},
    {"one entry: 1e empty, 0f outside", 0x1e, BOTH, 0, RANGES({DPA_END, 0})},
    {"one entry: 0f outside, 1e skewed", 0x0f, BOTH, 0,
     RANGES({DPA_END + 64, 64})},
    {"1e form, 0f pending", 0x1e, ASK, 0, RANGES(PENDING, SKEWED)},
    {"0f form, 1e nobody's", 0x0f, BOTH, 0, RANGES(NOBODYS, OUTSIDE)},
    {"0f pending, 1e nobody's", 0x0f, ASK, 0, RANGES(NOBODYS, PENDING)},
    {"0f pending, 05 log", 0x0f, ASK, 0, RANGES(PENDING)},
    {"1e nobody's, 05 log", 0x1e, ASK, 0, RANGES(NOBODYS)},
    {"1e nobody's, 1d log", 0x1e, ASK, 0,
     RANGES({R0, MIB(2)}, {R0 + MIB(2), MIB(2)}, {R0 + MIB(4), MIB(2)},
            {R0 + MIB(6), MIB(2)}, NOBODYS)},
};

C_TEST(fm_release_fault, the_first_of_two_decides)
{
    struct harness h;

    build_busy(&h);
    expect_faults(&h, pairs, COUNT(pairs));
    harness_free(&h);
}

C_TEST(fm_release_fault, the_host_is_looked_at_before_the_list)
{
    struct harness h;

    build_busy(&h);
    C_EXPECT_EQ(0x02, initiate(&h, DCD_OP_INITIATE_DC_RELEASE, 2,
                               DCD_RELEASE_PRESCRIPTIVE, NO_RANGES));
    C_EXPECT_EQ(0x02, initiate(&h, DCD_OP_INITIATE_DC_RELEASE, 2,
                               DCD_RELEASE_PRESCRIPTIVE, RANGES(OUTSIDE)));
    harness_free(&h);
}

C_TEST(fm_release_fault, fm_15_row_08_the_policy_has_four_bits)
{
    struct harness h;
    uint64_t before;

    build_busy(&h);
    before = visible_state(&h);
    for (uint8_t policy = 2; policy < 16; policy++) {
        C_CONTEXT("policy %u", policy);
        C_EXPECT_EQ(0x02, initiate(&h, DCD_OP_INITIATE_DC_RELEASE, 0, policy,
                                   RANGES({R1, MIB(128)})));
        C_EXPECT_EQ(0x02, initiate(&h, DCD_OP_INITIATE_DC_RELEASE, 0,
                                   policy | DCD_RELEASE_FORCED,
                                   RANGES({R1, MIB(128)})));
        C_EXPECT_EQ(before, visible_state(&h));
    }
    harness_free(&h);
}

C_TEST(fm_release_fault, fm_15_row_09_outside_is_not_the_same_as_unassigned)
{
    struct harness h;

    build_busy(&h);
    for (uint8_t forced = 0; forced <= 0x10; forced += 0x10) {
        C_EXPECT_EQ(0x0f, fm_release(&h, 0, forced, RANGES(OUTSIDE)));
        C_EXPECT_EQ(0x0f,
                    fm_release(&h, 0, forced, RANGES({R3 + MIB(512), MIB(2)})));
        C_EXPECT_EQ(0x1e, fm_release(&h, 0, forced, RANGES(NOBODYS)));
        C_EXPECT_EQ(0x1e,
                    fm_release(&h, 0, forced, RANGES({R3 + MIB(510), MIB(2)})));
        C_EXPECT_EQ(0x1e, fm_release(&h, 1, forced, RANGES(HELD)));
    }
    /* Also when it was this host's once. */
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES(HELD)));
    C_EXPECT_EQ(0x1e, fm_release(&h, 0, 0, RANGES(HELD)));
    C_EXPECT_EQ(0x1e, fm_release(&h, 0, DCD_RELEASE_FORCED, RANGES(HELD)));
    harness_free(&h);
}

C_TEST(fm_release, fm_15_row_07_reserved_fields_are_ignored)
{
    static const uint8_t regions[] = {0, 1, 7, 8, 0xff};
    struct harness h;
    uint8_t in[0x48 + 3];

    fabric_build(&h);
    hold(&h, 0, RANGES({R0, MIB(4), TAG_A}));
    for (size_t i = 0; i < sizeof(regions); i++) {
        C_CONTEXT("byte 3 is %02x", regions[i]);
        memset(in, 0xa5, sizeof(in));
        dcd_store_le(in, 2, 0);
        in[2] = 0xc0 | DCD_RELEASE_PRESCRIPTIVE;
        in[3] = regions[i];
        dcd_store_le(in + 0x1c, 4, 1);
        dcd_store_le(in + 0x20, 8, R0 + MIB(2));
        dcd_store_le(in + 0x28, 8, MIB(2));
        C_EXPECT_EQ(DCD_RC_SUCCESS,
                    fm(&h, DCD_OP_INITIATE_DC_RELEASE, in, sizeof(in)));
        expect_host_chain(&h, 0, DCD_EVENT_RELEASE_CAPACITY,
                          RANGES({R0 + MIB(2), MIB(2), TAG_A}));
    }
    harness_free(&h);
}

/* --- Splitting ----------------------------------------------------------- */

/* Host 0 has one extent of five blocks and [others] more, at its limit. */
static void build_split(struct harness *h, uint32_t limit, uint32_t others)
{
    fabric_config(h);
    h->config.extents = limit;
    harness_build(h);
    hold(h, 0, RANGES({R0, MIB(10)}));
    for (uint32_t i = 0; i < others; i++)
        hold(h, 0, RANGES({R0 + MIB(100) + i * MIB(4), MIB(2)}));
}

static const struct split {
    const char *what;
    uint16_t at_limit; /* no extent more can be tracked */
    uint16_t one_left;
    const struct range *ranges;
    uint32_t count;
} splits[] = {
    {"whole", 0, 0, RANGES({R0, MIB(10)})},
    {"head", 0, 0, RANGES({R0, MIB(2)})},
    {"tail", 0, 0, RANGES({R0 + MIB(8), MIB(2)})},
    {"middle", 0x1d, 0, RANGES({R0 + MIB(4), MIB(2)})},
    {"head and tail", 0, 0, RANGES({R0, MIB(2)}, {R0 + MIB(8), MIB(2)})},
    {"two holes", 0x1d, 0x1d, RANGES({MIB(2), MIB(2)}, {MIB(6), MIB(2)})},
    {"one hole in two entries", 0x1d, 0,
     RANGES({MIB(2), MIB(2)}, {MIB(4), MIB(2)})},
    {"middle, then what splits nothing", 0x1d, 0,
     RANGES({MIB(4), MIB(2)}, {MIB(100), MIB(2)})},
    {"what frees one, then the middle", 0, 0,
     RANGES({MIB(100), MIB(2)}, {MIB(4), MIB(2)})},
    {"all blocks, one by one from the middle", 0x1d, 0,
     RANGES({MIB(4), MIB(2)}, {MIB(2), MIB(2)}, {MIB(6), MIB(2)},
            {MIB(8), MIB(2)}, {R0, MIB(2)})},
};

static void expect_splits(uint32_t limit, uint8_t flags, bool at_limit)
{
    for (size_t i = 0; i < COUNT(splits); i++) {
        const struct split *s = &splits[i];
        uint16_t rc = at_limit ? s->at_limit : s->one_left;
        struct harness h;
        uint64_t before;

        C_CONTEXT("%s, limit %u", s->what, limit);
        build_split(&h, limit, 2);
        before = visible_state(&h);
        C_EXPECT_EQ(rc, fm_release(&h, 0, flags, s->ranges, s->count));
        C_EXPECT_EQ(rc != 0, before == visible_state(&h));
        harness_free(&h);
    }
}

C_TEST(fm_release_split, needs_an_extent_to_be_left)
{
    expect_splits(3, DCD_RELEASE_FORCED, true);
    expect_splits(4, DCD_RELEASE_FORCED, false);
}

/* The host could not carry out what is asked of it. */
C_TEST(fm_release_split, is_refused_when_only_asked_for_too)
{
    expect_splits(3, 0, true);
    expect_splits(4, 0, false);
}

C_TEST(fm_release_split, counts_pending_extents_against_the_limit)
{
    struct harness h;

    build_split(&h, 3, 1);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, RANGES({GIB(1), MIB(128)})));
    C_EXPECT_EQ(0x1d, fm_release(&h, 0, DCD_RELEASE_FORCED,
                                 RANGES({R0 + MIB(4), MIB(2)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, NO_RANGES));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&h, 0, DCD_RELEASE_FORCED,
                                           RANGES({R0 + MIB(4), MIB(2)})));
    expect_held(
        &h, 0,
        RANGES({R0, MIB(4)}, {R0 + MIB(6), MIB(4)}, {R0 + MIB(100), MIB(2)}));
    harness_free(&h);
}

/* The log is full, but it is the split that counts. */
C_TEST(fm_release_split, comes_before_room_in_the_log)
{
    struct harness h;

    build_split(&h, 1, 0);
    for (unsigned i = 0; i < 8; i++)
        C_EXPECT_EQ(DCD_RC_SUCCESS,
                    fm_release(&h, 0, 0, RANGES({R0, MIB(10)})));
    C_EXPECT_EQ(0x1d, fm_release(&h, 0, 0, RANGES({R0 + MIB(4), MIB(2)})));
    C_EXPECT_EQ(0x05, fm_release(&h, 0, 0, RANGES({R0, MIB(2)})));
    harness_free(&h);
}

/* --- Asking -------------------------------------------------------------- */

C_TEST(fm_release_asked, is_a_chain_of_release_records_and_nothing_else)
{
    struct harness h;
    uint32_t was;

    fabric_build(&h);
    open_window(&h, 0);
    hold(&h, 0,
         RANGES({R0, MIB(4), TAG_A}, {R0 + MIB(8), MIB(2)},
                {R2, MIB(2), TAG_B, 0}, {R2 + MIB(4), MIB(2), TAG_B, 1}));
    poke(&h, 0, R0, 0x1234);
    was = generation(&h, 0);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&h, 0, 0,
                                           RANGES({R2 + MIB(4), MIB(2)},
                                                  {R0, MIB(2)}, {R2, MIB(2)})));
    /* Tag and sequence are those of the extents, whatever the FM named. */
    expect_host_chain(&h, 0, DCD_EVENT_RELEASE_CAPACITY,
                      RANGES({R2 + MIB(4), MIB(2), TAG_B, 1},
                             {R0, MIB(2), TAG_A}, {R2, MIB(2), TAG_B, 0}));
    expect_no_fm_events(&h);
    C_EXPECT_EQ(was, generation(&h, 0));
    C_EXPECT_EQ(0x1234, peek(&h, 0, R0));
    C_EXPECT_EQ(0, h.revocations);
    expect_held(&h, 0,
                RANGES({R0, MIB(4), TAG_A}, {R0 + MIB(8), MIB(2)},
                       {R2, MIB(2), TAG_B, 0},
                       {R2 + MIB(4), MIB(2), TAG_B, 1}));
    C_EXPECT_EQ(12, fm_available_extents(&h, 0));
    harness_free(&h);
}

C_TEST(fm_release_asked, the_host_answers_partly_late_or_never)
{
    struct harness h;

    fabric_build(&h);
    hold(&h, 0, RANGES({R0, MIB(8)}, {R0 + MIB(20), MIB(2)}));
    C_EXPECT_EQ(
        DCD_RC_SUCCESS,
        fm_release(&h, 0, 0, RANGES({R0, MIB(8)}, {R0 + MIB(20), MIB(2)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({R0, MIB(2)})));
    expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 0, RANGES({R0, MIB(2)}));
    expect_held(&h, 0, RANGES({R0 + MIB(2), MIB(6)}, {R0 + MIB(20), MIB(2)}));
    /* Meanwhile the host may take more, and the FM repeats itself. */
    hold(&h, 0, RANGES({R0 + MIB(30), MIB(2)}));
    for (unsigned i = 0; i < 3; i++) {
        C_EXPECT_EQ(DCD_RC_SUCCESS,
                    fm_release(&h, 0, 0, RANGES({R0 + MIB(20), MIB(2)})));
        expect_host_chain(&h, 0, DCD_EVENT_RELEASE_CAPACITY,
                          RANGES({R0 + MIB(20), MIB(2)}));
    }
    C_EXPECT_EQ(
        DCD_RC_SUCCESS,
        release(&h, 0, RANGES({R0 + MIB(20), MIB(2)}, {R0 + MIB(2), MIB(6)})));
    expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 0,
                    RANGES({R0 + MIB(20), MIB(2)}, {R0 + MIB(2), MIB(6)}));
    expect_held(&h, 0, RANGES({R0 + MIB(30), MIB(2)}));
    harness_free(&h);
}

C_TEST(fm_release_asked, may_name_several_touching_extents_at_once)
{
    struct harness h;

    fabric_build(&h);
    hold(&h, 0, RANGES({R0, MIB(2)}, {R0 + MIB(2), MIB(4)}));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&h, 0, 0, RANGES({R0, MIB(6)})));
    expect_host_chain(&h, 0, DCD_EVENT_RELEASE_CAPACITY, RANGES({R0, MIB(6)}));
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({R0, MIB(6)})));
    expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 0,
                    RANGES({R0, MIB(2)}, {R0 + MIB(2), MIB(4)}));
    harness_free(&h);
}

C_TEST(fm_release_asked, waits_for_room_in_the_hosts_log)
{
    struct harness h;
    uint64_t before;

    fabric_build(&h);
    hold(&h, 0, RANGES({R0, MIB(4)}));
    for (unsigned i = 0; i < 7; i++)
        C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&h, 0, 0, RANGES({R0, MIB(4)})));
    before = visible_state(&h);
    C_EXPECT_EQ(0x05,
                fm_release(&h, 0, 0, RANGES({R0, MIB(2)}, {MIB(2), MIB(2)})));
    C_EXPECT_EQ(before, visible_state(&h));
    C_EXPECT_EQ(DCD_RC_SUCCESS, clear_events(&h, 0, 1));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, 0, RANGES({R0, MIB(2)}, {MIB(2), MIB(2)})));
    C_EXPECT_EQ(8, get_events(&h, 0));
    harness_free(&h);
}
