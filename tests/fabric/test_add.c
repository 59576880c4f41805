/* SPDX-License-Identifier: Apache-2.0 */
/* test_add.c - 5604h, prescriptive: what is offered, and what is refused. */
#include "fabric.h"

#include <string.h>

/* --- Faults -------------------------------------------------------------- */

/*
 * What the tables below assume:
 *   host 0  accepted [R0, +2M), [R2, +2M) with tag A; pending [R0+4M, +2M)
 *   host 1  accepted [R0+8M, +2M), [R2+8M, +2M) with tag B;
 *           pending [R0+12M, +2M), [R2+12M, +2M) with tag C
 * Logs are empty.
 */
static void build_busy(struct harness *h)
{
    fabric_build(h);
    hold(h, 0, RANGES({R0, MIB(2)}, {R2, MIB(2), TAG_A}));
    hold(h, 1, RANGES({R0 + MIB(8), MIB(2)}, {R2 + MIB(8), MIB(2), TAG_B}));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(h, 0, RANGES({R0 + MIB(4), MIB(2)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(h, 1,
                                       RANGES({R0 + MIB(12), MIB(2)},
                                              {R2 + MIB(12), MIB(2), TAG_C})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, clear_events(h, 0, 1));
    C_EXPECT_EQ(DCD_RC_SUCCESS, clear_events(h, 1, 2));
}

struct fault {
    const char *what;
    uint16_t rc;
    uint16_t host;
    const struct range *ranges;
    uint32_t count;
};

/* Each row is refused with its code and leaves no trace anywhere. */
static void expect_faults(struct harness *h, const struct fault *rows,
                          size_t count)
{
    uint64_t before = visible_state(h);

    for (size_t i = 0; i < count; i++) {
        const struct fault *f = &rows[i];

        C_CONTEXT("%s", f->what);
        C_EXPECT_EQ(f->rc, initiate(h, DCD_OP_INITIATE_DC_ADD, f->host,
                                    DCD_ADD_PRESCRIPTIVE, f->ranges, f->count));
        C_EXPECT_EQ(before, visible_state(h));
    }
    C_CONTEXT("");
}

#define FREE (R0 + MIB(100)) /* nobody has it */

static const struct fault no_hosts[] = {
    {"host 2 of 2", 0x02, 2, RANGES({FREE, MIB(2)})},
    {"host 256", 0x02, 256, RANGES({FREE, MIB(2)})},
    {"host ffff", 0x02, 0xffff, RANGES({FREE, MIB(2)})},
};

static const struct fault shapes[] = {
    {"count 0", 0x1e, 0, NO_RANGES},
    {"zero length", 0x1e, 0, RANGES({FREE, 0})},
    {"zero length at 0", 0x1e, 0, RANGES({0, 0})},
    {"wraps", 0x0f, 0, RANGES({UINT64_MAX - MIB(2) + 1, MIB(4)})},
    {"ends at 2^64", 0x0f, 0, RANGES({UINT64_MAX - MIB(2) + 1, MIB(2)})},
    {"wraps to itself", 0x0f, 0, RANGES({FREE, UINT64_MAX - MIB(2) + 1})},
    {"above all regions", 0x0f, 0, RANGES({DPA_END, MIB(2)})},
    {"between length and decode", 0x0f, 0, RANGES({R3 + MIB(512), MIB(2)})},
    {"across a length", 0x0f, 0, RANGES({R3 + MIB(510), MIB(4)})},
    {"across two regions", 0x0f, 0, RANGES({R1 - MIB(2), MIB(130)})},
    {"all regions", 0x0f, 0, RANGES({0, DPA_END})},
    {"start misaligned", 0x1e, 0, RANGES({FREE + 1, MIB(2)})},
    {"start off by a line", 0x1e, 0, RANGES({FREE + 64, MIB(2)})},
    {"start off by half a block", 0x1e, 0, RANGES({FREE + MIB(1), MIB(2)})},
    {"length misaligned", 0x1e, 0, RANGES({FREE, MIB(2) + 64})},
    {"half a block", 0x1e, 0, RANGES({FREE, MIB(1)})},
    {"R0's block in R1", 0x1e, 0, RANGES({R1 + MIB(2), MIB(128)})},
    {"R0's block length in R1", 0x1e, 0, RANGES({R1, MIB(2)})},
    {"the same twice", 0x1e, 0, RANGES({FREE, MIB(2)}, {FREE, MIB(2)})},
    {"overlap at the end", 0x1e, 0,
     RANGES({FREE, MIB(4)}, {FREE + MIB(2), MIB(4)})},
    {"overlap at the start", 0x1e, 0,
     RANGES({FREE + MIB(2), MIB(4)}, {FREE, MIB(4)})},
    {"one inside the other", 0x1e, 0,
     RANGES({FREE, MIB(8)}, {FREE + MIB(20), MIB(2)}, {FREE + MIB(4), MIB(2)})},
};

static const struct fault holders[] = {
    {"accepted by this host", 0x1e, 0, RANGES({R0, MIB(2)})},
    {"partly accepted by this host", 0x1e, 0, RANGES({R0, MIB(4)})},
    {"offered to this host", 0x1e, 0, RANGES({R0 + MIB(4), MIB(2)})},
    {"ends in an offer", 0x1e, 0, RANGES({R0 + MIB(2), MIB(4)})},
    {"accepted by another", 0x1e, 0, RANGES({R0 + MIB(8), MIB(2)})},
    {"offered to another", 0x1e, 0, RANGES({R0 + MIB(12), MIB(2)})},
    {"the second one is taken", 0x1e, 0,
     RANGES({FREE, MIB(2)}, {R0 + MIB(8), MIB(2)})},
    {"sharable, accepted by this host", 0x1e, 0, RANGES({R2, MIB(2), TAG_D})},
    {"sharable, offered to this host", 0x1e, 1,
     RANGES({R2 + MIB(12), MIB(2), TAG_D})},
    {"sharable, accepted by another: no capacity", 0x1d, 0,
     RANGES({R2 + MIB(8), MIB(2), TAG_D})},
    {"sharable, offered to another: no capacity", 0x1d, 0,
     RANGES({R2 + MIB(10), MIB(4), TAG_D})},
};

#define SHARE (R2 + MIB(100))

static const struct fault tags[] = {
    {"sharable without a tag", 0x02, 0, RANGES({SHARE, MIB(2)})},
    {"the tag is alive here", 0x02, 0, RANGES({SHARE, MIB(2), TAG_A})},
    {"the tag is alive elsewhere", 0x02, 0, RANGES({SHARE, MIB(2), TAG_B})},
    {"the tag is on offer", 0x02, 0, RANGES({SHARE, MIB(2), TAG_C})},
    {"a live tag in a plain region", 0x02, 0, RANGES({FREE, MIB(2), TAG_A})},
    {"the second tag is alive", 0x02, 0,
     RANGES({SHARE, MIB(2), TAG_D}, {FREE, MIB(2), TAG_A})},
    {"sequence from 1", 0x1e, 0, RANGES({SHARE, MIB(2), TAG_D, 1})},
    {"sequence from ffff", 0x1e, 0, RANGES({SHARE, MIB(2), TAG_D, 0xffff})},
    {"sequence with a gap", 0x1e, 0,
     RANGES({SHARE, MIB(2), TAG_D, 0}, {SHARE + MIB(2), MIB(2), TAG_D, 2})},
    {"sequence falls", 0x1e, 0,
     RANGES({SHARE, MIB(2), TAG_D, 1}, {SHARE + MIB(2), MIB(2), TAG_D, 0})},
    {"sequence repeats", 0x1e, 0,
     RANGES({SHARE, MIB(2), TAG_D, 0}, {SHARE + MIB(2), MIB(2), TAG_D, 0})},
};

C_TEST(fm_add_fault, an_unknown_host)
{
    struct harness h;

    build_busy(&h);
    expect_faults(&h, no_hosts, COUNT(no_hosts));
    harness_free(&h);
}

/* Free, contiguous and shared access are not advertised; 4 and more are not
 * defined. Whatever the list holds, the policy is what is wrong. */
C_TEST(fm_add_fault, a_policy_that_5600h_does_not_advertise)
{
    static const uint8_t policies[] = {4, 5, 9, 10, 14, 15};
    uint8_t info[2];
    struct harness h;
    uint64_t before;

    build_busy(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_GET_DCD_INFO, NULL, 0));
    memcpy(info, h.out + 4, sizeof(info));
    before = visible_state(&h);
    for (uint8_t policy = 0; policy < 16; policy++) {
        if (policy < 3 && info[0] >> policy & 1)
            continue;
        C_CONTEXT("policy %u", policy);
        C_EXPECT_EQ(0x02, initiate(&h, DCD_OP_INITIATE_DC_ADD, 0, policy,
                                   RANGES({FREE, 0})));
        C_EXPECT_EQ(before, visible_state(&h));
    }
    for (size_t i = 0; i < sizeof(policies); i++)
        C_EXPECT_EQ(0, dcd_load_le(info, 2) >> policies[i] & 1);
    harness_free(&h);
}

C_TEST(fm_add_fault, fm_15_row_19_an_unknown_host_is_invalid_input)
{
    static const uint16_t hosts[] = {2, 3, 15, 16, 255, 256, 0x8000, 0xffff};
    uint8_t page[12] = {0};
    uint8_t regions[4] = {0, 0, 8, 0};
    struct harness h;

    build_busy(&h);
    for (size_t i = 0; i < COUNT(hosts); i++) {
        C_CONTEXT("host %u", hosts[i]);
        dcd_store_le(page, 2, hosts[i]);
        dcd_store_le(regions, 2, hosts[i]);
        C_EXPECT_EQ(0x02, fm(&h, 0x5601, regions, sizeof(regions)));
        C_EXPECT_EQ(0x02, fm(&h, 0x5603, page, sizeof(page)));
        C_EXPECT_EQ(0x02, initiate(&h, 0x5604, hosts[i], DCD_ADD_PRESCRIPTIVE,
                                   RANGES({FREE, MIB(2)})));
        C_EXPECT_EQ(0x02,
                    initiate(&h, 0x5605, hosts[i], DCD_RELEASE_PRESCRIPTIVE,
                             RANGES({R0, MIB(2)})));
    }
    harness_free(&h);
}

C_TEST(fm_add_fault, malformed_lists)
{
    struct harness h;

    build_busy(&h);
    expect_faults(&h, shapes, COUNT(shapes));
    harness_free(&h);
}

C_TEST(fm_add_fault, fm_15_row_10_outside_every_region)
{
    struct harness h;

    build_busy(&h);
    C_EXPECT_EQ(0x0f, fm_add(&h, 0, RANGES({DPA_END, MIB(2)})));
    C_EXPECT_EQ(0x0f, fm_add(&h, 0, RANGES({R3 + MIB(512), MIB(2)})));
    C_EXPECT_EQ(0x0f, fm_add(&h, 1, RANGES({R1 - MIB(2), MIB(4)})));
    harness_free(&h);
}

C_TEST(fm_add_fault, fm_15_row_11_overlap_inside_one_list)
{
    struct harness h;

    build_busy(&h);
    C_EXPECT_EQ(0x1e,
                fm_add(&h, 0, RANGES({FREE, MIB(4)}, {FREE + MIB(2), MIB(2)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_add(&h, 0, RANGES({FREE, MIB(2)}, {FREE + MIB(2), MIB(2)})));
    harness_free(&h);
}

C_TEST(fm_add_fault, blocks_that_somebody_has)
{
    struct harness h;

    build_busy(&h);
    expect_faults(&h, holders, COUNT(holders));
    harness_free(&h);
}

C_TEST(fm_add_fault, tags_and_sequences)
{
    struct harness h;

    build_busy(&h);
    expect_faults(&h, tags, COUNT(tags));
    harness_free(&h);
}

/* --- The first fault in order wins --------------------------------------- */

#define OUTSIDE         \
    {                   \
        DPA_END, MIB(2) \
    }
#define EMPTY   \
    {           \
        FREE, 0 \
    }
#define SKEWED            \
    {                     \
        FREE + 64, MIB(2) \
    }
#define HELD       \
    {              \
        R0, MIB(2) \
    }
#define TAKEN               \
    {                       \
        R0 + MIB(8), MIB(2) \
    }
#define UNTAGGED                \
    {                           \
        SHARE + MIB(40), MIB(2) \
    }
#define ALIVE                         \
    {                                 \
        FREE + MIB(40), MIB(2), TAG_A \
    }
#define UNORDERED               \
    {                           \
        SHARE, MIB(2), TAG_D, 1 \
    }
#define ELSEWHERE                     \
    {                                 \
        R2 + MIB(8), MIB(2), TAG_D, 0 \
    }

static const struct fault pairs[] = {
    {"02 host, 1e count", 0x02, 2, NO_RANGES},
    {"02 host, 1e list", 0x02, 2, RANGES(EMPTY)},
    {"02 host, 0f list", 0x02, 2, RANGES(OUTSIDE)},
    {"pass 1: 1e before 0f", 0x1e, 0, RANGES(EMPTY, OUTSIDE)},
    {"pass 1: 0f before 1e", 0x0f, 0, RANGES(OUTSIDE, EMPTY)},
    {"pass 1: 1e skewed before 0f", 0x1e, 0, RANGES(SKEWED, OUTSIDE)},
    {"pass 1: 0f before 1e skewed", 0x0f, 0, RANGES(OUTSIDE, SKEWED)},
    {"one entry: 1e empty, 0f outside", 0x1e, 0, RANGES({DPA_END, 0})},
    {"one entry: 0f outside, 1e skewed", 0x0f, 0, RANGES({DPA_END + 64, 64})},
    {"one entry: 0f crossing, 1e skewed", 0x0f, 0, RANGES({R1 - 64, MIB(2)})},
    {"0f form, 1e held", 0x0f, 0, RANGES(HELD, OUTSIDE)},
    {"0f form, 1e taken", 0x0f, 0, RANGES(TAKEN, OUTSIDE)},
    {"0f form, 02 tag", 0x0f, 0, RANGES(UNTAGGED, OUTSIDE)},
    {"0f form, 1e sequence", 0x0f, 0, RANGES(UNORDERED, OUTSIDE)},
    {"0f form, 1d capacity", 0x0f, 0, RANGES(ELSEWHERE, OUTSIDE)},
    {"1e form, 02 tag", 0x1e, 0, RANGES(ALIVE, SKEWED)},
    {"1e held, 02 no tag", 0x1e, 0, RANGES(UNTAGGED, HELD)},
    {"1e held, 02 tag alive", 0x1e, 0, RANGES(ALIVE, TAKEN)},
    {"1e held, 1d capacity", 0x1e, 0, RANGES(ELSEWHERE, HELD)},
    {"02 no tag, 1e sequence", 0x02, 0, RANGES(UNORDERED, UNTAGGED)},
    {"02 alive, 1e sequence", 0x02, 0, RANGES(UNORDERED, ALIVE)},
    {"02 alive, 1d capacity", 0x02, 0, RANGES(ELSEWHERE, ALIVE)},
    {"1e sequence, 1d capacity", 0x1e, 0,
     RANGES(ELSEWHERE, {SHARE, MIB(2), TAG_D, 2})},
};

C_TEST(fm_add_order, the_first_of_two_faults_decides)
{
    struct harness h;

    build_busy(&h);
    expect_faults(&h, pairs, COUNT(pairs));
    harness_free(&h);
}

C_TEST(fm_add_order, limits_come_last_and_room_in_the_log_behind_them)
{
    struct harness h;

    fabric_config(&h);
    h.config.extents = 4;
    h.config.tags = 1;
    h.config.dc_log = 6;
    harness_build(&h);
    /* Five records are in the log; one extent can still be tracked. */
    for (unsigned i = 0; i < 3; i++) {
        C_EXPECT_EQ(DCD_RC_SUCCESS,
                    fm_add(&h, 0, RANGES({R0 + i * MIB(2), MIB(2)})));
        C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, NO_RANGES));
    }
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_add(&h, 0, RANGES({R0, MIB(2)}, {R0 + MIB(2), MIB(2)})));
    {
        const struct fault rows[] = {
            {"02 tag, 1d extents", 0x02, 0,
             RANGES(UNTAGGED, {FREE, MIB(2)}, {FREE + MIB(2), MIB(2)})},
            {"1e sequence, 1d extents", 0x1e, 0,
             RANGES(UNORDERED, {FREE, MIB(2)}, {FREE + MIB(2), MIB(2)})},
            {"1e held, 05 log", 0x1e, 0, RANGES({FREE, MIB(2)}, {R0, MIB(2)})},
            {"1d extents, 05 log", 0x1d, 0,
             RANGES({FREE, MIB(2)}, {FREE + MIB(2), MIB(2)},
                    {FREE + MIB(4), MIB(2)})},
            {"1d tags, 05 log", 0x1d, 0,
             RANGES({FREE, MIB(2), TAG_A}, {FREE + MIB(2), MIB(2), TAG_B})},
            {"05 log alone", 0x05, 0,
             RANGES({FREE, MIB(2)}, {FREE + MIB(2), MIB(2)})},
        };

        expect_faults(&h, rows, COUNT(rows));
    }
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, RANGES({FREE, MIB(2)})));
    harness_free(&h);
}

/* --- What a prescriptive request does not look at ------------------------- */

C_TEST(fm_add, reserved_fields_of_the_request_are_ignored)
{
    uint8_t in[0x48 + 5];
    struct harness h;

    fabric_build(&h);
    memset(in, 0xa5, sizeof(in));
    dcd_store_le(in, 2, 1);
    in[2] = 0xf0 | DCD_ADD_PRESCRIPTIVE;
    dcd_store_le(in + 0x1c, 4, 1);
    dcd_store_le(in + 0x20, 8, R0);
    dcd_store_le(in + 0x28, 8, MIB(2));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_INITIATE_DC_ADD, in, sizeof(in)));
    C_ASSERT_EQ(1, get_events(&h, 1));
    expect_chain(&h, 0, DCD_EVENT_ADD_CAPACITY, 0,
                 RANGES({R0, MIB(2), "a5a5a5a5-a5a5-a5a5-a5a5-a5a5a5a5a5a5"}));
    harness_free(&h);
}
