/* SPDX-License-Identifier: Apache-2.0 */
/* test_tag_release.c - 5605h, tag-based: codes, cuts, and what follows. */
#include "fabric.h"

#include <string.h>

#define OK DCD_RC_SUCCESS
#define FORCED DCD_RELEASE_FORCED
#define SANITIZE DCD_RELEASE_SANITIZE
#define OLD UINT64_C(0x0123456789abcdef)

/* --- Codes ---------------------------------------------------------------- */

enum { ASK, FORCE, EITHER };

struct fault {
    const char *what;
    uint16_t rc;
    uint8_t forced; /* ASK, FORCE, EITHER */
    uint16_t host;
    uint8_t flags;
    uint64_t length;
    const char *tag;
};

/*
 * What the tables below assume: logs of 4, of which that of host 0 is full.
 *   host 0  tag A: [R0+4M, +4M), [R0+20M, +2M), [R1, +128M)
 *           tag B: [R2, +2M), [R2+4M, +2M), shared with host 1
 *           offered: tag C [R0+40M, +4M); tag D [R2+20M, +2M), [R2+24M, +2M)
 *   host 1  tag E: [R0+60M, +2M), and tag B
 */
static void build_busy(struct harness *h)
{
    fabric_config(h);
    h->config.tags = 16;
    h->config.dc_log = 4;
    harness_build(h);
    hold(h, 0,
         RANGES({R1, MIB(128), TAG_A}, {R0 + MIB(20), MIB(2), TAG_A},
                {R0 + MIB(4), MIB(4), TAG_A}));
    hold(h, 0, RANGES({R2, MIB(2), TAG_B, 0}, {R2 + MIB(4), MIB(2), TAG_B, 1}));
    hold_share(h, 1, 2,
               RANGES({R2, MIB(2), TAG_B, 0}, {R2 + MIB(4), MIB(2), TAG_B, 1}));
    hold(h, 1, RANGES({R0 + MIB(60), MIB(2), TAG_E}));
    C_EXPECT_EQ(OK, fm_add(h, 0, RANGES({R0 + MIB(40), MIB(4), TAG_C})));
    C_EXPECT_EQ(OK, fm_add(h, 0,
                           RANGES({R2 + MIB(20), MIB(2), TAG_D, 0},
                                  {R2 + MIB(24), MIB(2), TAG_D, 1})));
    C_EXPECT_EQ(OK, release_by_tag(h, 0, 0, MIB(4), TAG_A));
    fm_drain_events(h);
}

static void expect_fault(struct harness *h, const struct fault *f,
                         uint8_t forced, uint64_t before)
{
    C_CONTEXT("%s%s", f->what, forced ? ", forced" : "");
    C_EXPECT_EQ(f->rc, release_by_tag(h, f->host, f->flags | forced, f->length,
                                      f->tag));
    C_EXPECT_EQ(before, visible_state(h));
}

/* Each row is refused with its code and leaves no trace anywhere. */
static void expect_faults(const struct fault *rows, size_t count)
{
    struct harness h;
    uint64_t before;

    build_busy(&h);
    before = visible_state(&h);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].forced != FORCE)
            expect_fault(&h, &rows[i], 0, before);
        if (rows[i].forced != ASK)
            expect_fault(&h, &rows[i], FORCED, before);
    }
    harness_free(&h);
}

static const struct fault inputs[] = {
    {"host 2", 0x02, EITHER, 2, 0, MIB(134), TAG_A},
    {"host ffff", 0x02, EITHER, 0xffff, 0, MIB(134), TAG_A},
    {"policy 2", 0x02, EITHER, 0, 2, MIB(134), TAG_A},
    {"policy f", 0x02, EITHER, 0, 0xf, MIB(134), TAG_A},
    {"no tag", 0x02, EITHER, 0, 0, MIB(2), NULL},
    {"a tag that nobody has", 0x02, EITHER, 0, 0, MIB(2),
     "aaaaaaaa-0001-0002-0003-000000000009"},
    {"another host's tag", 0x02, EITHER, 0, 0, MIB(2), TAG_E},
    {"a tag that was never shared with it", 0x02, EITHER, 1, 0, MIB(4), TAG_D},
    {"nothing", 0x02, EITHER, 0, 0, 0, TAG_A},
    {"nothing of what is shared", 0x02, EITHER, 0, 0, 0, TAG_B},
    {"cannot sanitise", 0x02, EITHER, 0, SANITIZE, MIB(4), TAG_A},
    {"cannot sanitise a part", 0x02, EITHER, 0, SANITIZE, MIB(134), TAG_A},
    {"cannot sanitise what is shared", 0x02, EITHER, 0, SANITIZE, MIB(4),
     TAG_B},
    {"a part of what is shared", 0x02, EITHER, 0, 0, MIB(2), TAG_B},
    {"less than a block of it", 0x02, EITHER, 0, 0, 1, TAG_B},
    {"a part of what is to be shared", 0x02, EITHER, 0, 0, MIB(2), TAG_D},
    {"a part, of the other sharer", 0x02, EITHER, 1, 0, MIB(2), TAG_B},
    {"half a block", 0x02, EITHER, 0, 0, MIB(1), TAG_A},
    {"a block and a half", 0x02, EITHER, 0, 0, MIB(3), TAG_A},
    {"a byte too few", 0x02, EITHER, 0, 0, MIB(134) - 1, TAG_A},
    {"part of a large block", 0x02, EITHER, 0, 0, MIB(8), TAG_A},
    {"half a block of an offer", 0x02, EITHER, 0, 0, MIB(1), TAG_C},
};

C_TEST(fm_release_by_tag, fm_6_6_row_01_no_such_host_policy_tag_or_part)
{
    expect_faults(inputs, COUNT(inputs));
}

C_TEST(fm_release_by_tag, fm_6_6_row_02_blocks_that_this_host_does_not_have)
{
    struct harness h;

    build_busy(&h);
    for (uint8_t forced = 0; forced <= FORCED; forced += FORCED) {
        C_EXPECT_EQ(0x1e, fm_release(&h, 0, forced, NO_RANGES));
        C_EXPECT_EQ(0x1e, fm_release(&h, 0, forced, RANGES({MIB(60), MIB(2)})));
        C_EXPECT_EQ(0x1e, fm_release(&h, 0, forced, RANGES({MIB(4), MIB(6)})));
    }
    harness_free(&h);
}

static const struct fault addresses[] = {
    {"an offer", 0x0f, ASK, 0, 0, MIB(4), TAG_C},
    {"a part of an offer", 0x0f, ASK, 0, 0, MIB(2), TAG_C},
    {"an offer to share", 0x0f, ASK, 0, 0, MIB(4), TAG_D},
};

C_TEST(fm_release_by_tag,
       fm_6_6_row_03_no_address_and_what_is_pending_by_force_only)
{
    struct harness h;

    expect_faults(addresses, COUNT(addresses));
    build_busy(&h);
    for (uint8_t forced = 0; forced <= FORCED; forced += FORCED)
        C_EXPECT_EQ(0x0f, fm_release(&h, 0, forced, RANGES({DPA_END, MIB(2)})));
    C_EXPECT_EQ(0x0f, fm_release(&h, 0, 0, RANGES({MIB(40), MIB(2)})));
    C_EXPECT_EQ(OK, fm_release(&h, 0, FORCED, RANGES({MIB(40), MIB(2)})));
    harness_free(&h);
}

static const struct fault shortages[] = {
    {"a block too many", 0x1d, EITHER, 0, 0, MIB(136), TAG_A},
    {"a byte too many", 0x1d, EITHER, 0, 0, MIB(134) + 1, TAG_A},
    {"ffff...", 0x1d, EITHER, 0, 0, UINT64_MAX, TAG_A},
    {"more than is shared", 0x1d, EITHER, 0, 0, MIB(6), TAG_B},
    {"more than is shared with the other", 0x1d, EITHER, 1, 0, MIB(6), TAG_B},
    {"more than is offered", 0x1d, FORCE, 0, 0, MIB(6), TAG_C},
};

C_TEST(fm_release_by_tag, fm_6_6_row_04_more_than_there_is)
{
    expect_faults(shortages, COUNT(shortages));
}

static const struct fault full[] = {
    {"one record", 0x05, ASK, 0, 0, MIB(4), TAG_A},
    {"two records", 0x05, ASK, 0, 0, MIB(4), TAG_B},
    {"three records", 0x05, ASK, 0, 0, MIB(134), TAG_A},
};

C_TEST(fm_release_by_tag, fm_6_6_row_05_the_hosts_log_has_no_room)
{
    struct harness h;

    expect_faults(full, COUNT(full));
    build_busy(&h);
    C_EXPECT_EQ(OK, release_by_tag(&h, 0, FORCED, MIB(134), TAG_A));
    C_EXPECT_EQ(4, get_events(&h, 0));
    C_EXPECT_EQ(3, fm_drain_events(&h));
    harness_free(&h);
}

/* The order: 02, 0f, 1d, 05. */
static const struct fault pairs[] = {
    {"02 host, 1d", 0x02, EITHER, 2, 0, UINT64_MAX, TAG_A},
    {"02 policy, 0f", 0x02, EITHER, 0, 3, MIB(4), TAG_C},
    {"02 tag, 1d", 0x02, EITHER, 0, 0, UINT64_MAX, TAG_E},
    {"02 sanitise, 0f pending", 0x02, EITHER, 0, SANITIZE, MIB(4), TAG_C},
    {"02 sanitise, 1d", 0x02, EITHER, 0, SANITIZE, UINT64_MAX, TAG_A},
    {"02 part, 0f pending", 0x02, EITHER, 0, 0, MIB(2), TAG_D},
    {"02 part, 05 log", 0x02, ASK, 0, 0, MIB(2), TAG_B},
    {"02 cut, 0f pending", 0x02, EITHER, 0, 0, MIB(1), TAG_C},
    {"02 cut, 05 log", 0x02, ASK, 0, 0, MIB(1), TAG_A},
    {"0f pending, 1d", 0x0f, ASK, 0, 0, MIB(6), TAG_C},
    {"0f pending, 05 log", 0x0f, ASK, 0, 0, MIB(4), TAG_C},
    {"1d, 05 log", 0x1d, ASK, 0, 0, MIB(136), TAG_A},
};

C_TEST(fm_release_by_tag, the_first_of_two_faults_decides)
{
    expect_faults(pairs, COUNT(pairs));
}

C_TEST(fm_release_by_tag, more_records_than_a_log_has_can_be_forced_only)
{
    struct harness h;

    fabric_config(&h);
    h.config.dc_log = 2;
    harness_build(&h);
    hold(&h, 0, RANGES({R0, MIB(14), TAG_A}));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(2), MIB(2)}, {MIB(8), MIB(2)})));
    C_EXPECT_EQ(0x1d, release_by_tag(&h, 0, 0, MIB(10), TAG_A));
    C_EXPECT_EQ(OK, release_by_tag(&h, 0, 0, MIB(6), TAG_A)); /* two of them */
    C_EXPECT_EQ(0x1d, release_by_tag(&h, 0, 0, MIB(10), TAG_A));
    C_EXPECT_EQ(OK, release_by_tag(&h, 0, FORCED, MIB(10), TAG_A));
    expect_held(&h, 0, NO_RANGES);
    harness_free(&h);
}

C_TEST(fm_release_by_tag, needs_28_bytes_and_ignores_what_is_reserved)
{
    struct dcd_uuid tag;
    uint8_t in[0x50];
    struct harness h;

    fabric_config(&h);
    h.config.dc_log = 256;
    harness_build(&h);
    hold(&h, 0, RANGES({R0, MIB(4), TAG_A}));
    C_EXPECT(dcd_uuid_parse(TAG_A, &tag));
    memset(in, 0xa5, sizeof(in));
    dcd_store_le(in, 2, 0);
    in[2] = 0xc0;
    dcd_store_le(in + 4, 8, MIB(2));
    memcpy(in + 12, tag.b, sizeof(tag.b));
    for (uint32_t length = 0; length <= sizeof(in); length++) {
        C_CONTEXT("%u bytes", length);
        C_EXPECT_EQ(length < 28 ? 0x16 : 0x00,
                    fm(&h, DCD_OP_INITIATE_DC_RELEASE, in, length));
    }
    in[0] = 2; /* no such host: the length is looked at first */
    C_EXPECT_EQ(0x16, fm(&h, DCD_OP_INITIATE_DC_RELEASE, in, 27));
    C_EXPECT_EQ(0x02, fm(&h, DCD_OP_INITIATE_DC_RELEASE, in, 28));
    harness_free(&h);
}

/* --- Which bytes ---------------------------------------------------------- */

/* Host 0 has, of tag A: [R0+4M, +4M), [R0+20M, +2M), [R1, +128M). */
static const struct cut {
    uint64_t length;
    const struct range *taken;
    uint32_t taken_count;
    const struct range *left;
    uint32_t left_count;
} cuts[] = {
    {MIB(2), RANGES({MIB(4), MIB(2), TAG_A}),
     RANGES({MIB(6), MIB(2), TAG_A}, {MIB(20), MIB(2), TAG_A},
            {R1, MIB(128), TAG_A})},
    {MIB(4), RANGES({MIB(4), MIB(4), TAG_A}),
     RANGES({MIB(20), MIB(2), TAG_A}, {R1, MIB(128), TAG_A})},
    {MIB(6), RANGES({MIB(4), MIB(4), TAG_A}, {MIB(20), MIB(2), TAG_A}),
     RANGES({R1, MIB(128), TAG_A})},
    {MIB(134),
     RANGES({MIB(4), MIB(4), TAG_A}, {MIB(20), MIB(2), TAG_A},
            {R1, MIB(128), TAG_A}),
     NO_RANGES},
};

static void build_tagged(struct harness *h)
{
    fabric_build(h);
    open_window(h, 0);
    open_window(h, 1);
    hold(h, 0,
         RANGES({R1, MIB(128), TAG_A}, {MIB(20), MIB(2), TAG_A},
                {MIB(4), MIB(4), TAG_A}));
    hold(h, 0, RANGES({MIB(2), MIB(2), TAG_B}, {MIB(8), MIB(2)}));
}

C_TEST(fm_release_by_tag, forced_takes_the_lowest_bytes)
{
    for (size_t i = 0; i < COUNT(cuts); i++) {
        const struct cut *c = &cuts[i];
        struct harness h;

        C_CONTEXT("row %zu", i);
        build_tagged(&h);
        C_EXPECT_EQ(OK,
                    release(&h, 0, RANGES({MIB(2), MIB(2)}, {MIB(8), MIB(2)})));
        fm_drain_events(&h);
        C_EXPECT_EQ(OK, release_by_tag(&h, 0, FORCED, c->length, TAG_A));
        expect_host_chain(&h, 0, DCD_EVENT_FORCED_RELEASE, c->taken,
                          c->taken_count);
        expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 0, c->taken,
                        c->taken_count);
        expect_held(&h, 0, c->left, c->left_count);
        C_EXPECT_EQ(c->left_count ? 3 : 4, fm_available_tags(&h, 0));
        C_EXPECT_EQ(0x0f, release(&h, 0, c->taken, c->taken_count));
        for (uint32_t k = 0; k < c->taken_count; k++)
            hold(&h, 1, RANGES({c->taken[k].dpa, c->taken[k].length}));
        harness_free(&h);
    }
}

C_TEST(fm_release_by_tag, asked_for_names_the_lowest_bytes)
{
    for (size_t i = 0; i < COUNT(cuts); i++) {
        const struct cut *c = &cuts[i];
        struct harness h;

        C_CONTEXT("row %zu", i);
        build_tagged(&h);
        C_EXPECT_EQ(OK, release_by_tag(&h, 0, 0, c->length, TAG_A));
        expect_no_fm_events(&h);
        C_EXPECT_EQ(11, fm_available_extents(&h, 0));
        expect_host_chain(&h, 0, DCD_EVENT_RELEASE_CAPACITY, c->taken,
                          c->taken_count);
        C_EXPECT_EQ(OK, release(&h, 0, c->taken, c->taken_count));
        expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 0, c->taken,
                        c->taken_count);
        /* Once is enough. */
        C_EXPECT_EQ(0x0f, release(&h, 0, c->taken, c->taken_count));
        harness_free(&h);
    }
}

/* What the host has given back, and what others have there now, is not it. */
C_TEST(fm_release_by_tag, counts_only_what_still_bears_the_tag)
{
    struct harness h;

    build_tagged(&h);
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(4), MIB(2)}, {R1, MIB(128)})));
    hold(&h, 0, RANGES({MIB(4), MIB(2), TAG_C}));
    hold(&h, 1, RANGES({R1, MIB(128), TAG_D}));
    C_EXPECT_EQ(0x1d, release_by_tag(&h, 0, FORCED, MIB(6), TAG_A));
    C_EXPECT_EQ(OK, release_by_tag(&h, 0, FORCED, MIB(4), TAG_A));
    expect_host_chain(
        &h, 0, DCD_EVENT_FORCED_RELEASE,
        RANGES({MIB(6), MIB(2), TAG_A}, {MIB(20), MIB(2), TAG_A}));
    expect_held(&h, 0,
                RANGES({MIB(2), MIB(2), TAG_B}, {MIB(4), MIB(2), TAG_C},
                       {MIB(8), MIB(2)}));
    expect_held(&h, 1, RANGES({R1, MIB(128), TAG_D}));
    C_EXPECT_EQ(0x02, release_by_tag(&h, 0, FORCED, MIB(2), TAG_A));
    harness_free(&h);
}

C_TEST(fm_release_by_tag, shared_goes_from_the_named_host)
{
    const struct range parts[] = {{R2 + MIB(8), MIB(2), TAG_A, 0},
                                  {R2, MIB(4), TAG_A, 1}};
    const struct range sorted[] = {{R2, MIB(4), TAG_A, 1},
                                   {R2 + MIB(8), MIB(2), TAG_A, 0}};
    struct harness h;

    fabric_build(&h);
    hold(&h, 0, parts, 2);
    hold_share(&h, 1, 2, parts, 2);
    C_EXPECT_EQ(OK, release_by_tag(&h, 1, 0, MIB(6), TAG_A));
    expect_host_chain(&h, 1, DCD_EVENT_RELEASE_CAPACITY, sorted, 2);
    expect_no_events(&h, 0);
    C_EXPECT_EQ(0x1e, release(&h, 1, sorted, 1)); /* a part of it */
    C_EXPECT_EQ(OK, release(&h, 1, sorted, 2));
    expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 1, sorted, 2);
    C_EXPECT_EQ(OK, release_by_tag(&h, 0, FORCED, MIB(6), TAG_A));
    expect_host_chain(&h, 0, DCD_EVENT_FORCED_RELEASE, sorted, 2);
    expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 0, sorted, 2);
    expect_tags(&h, NO_TAGS);
    harness_free(&h);
}

/* --- Sanitising ----------------------------------------------------------- */

/* Blocks of R1 that are named are erased, and no others. */
C_TEST(fm_release_by_tag, sanitises_what_it_names)
{
    struct harness h;

    fabric_build(&h);
    open_window(&h, 0);
    open_window(&h, 1);
    hold(&h, 0,
         RANGES({R1, MIB(256), TAG_A}, {R1 + MIB(512), MIB(128), TAG_A}));
    poke(&h, 0, R1, OLD);
    poke(&h, 0, R1 + MIB(128), OLD);
    poke(&h, 0, R1 + MIB(512), OLD);
    C_EXPECT_EQ(OK, release_by_tag(&h, 0, FORCED | SANITIZE, MIB(128), TAG_A));
    C_EXPECT_EQ(OK, release_by_tag(&h, 0, SANITIZE, MIB(128), TAG_A));
    C_EXPECT_EQ(OLD, peek(&h, 0, R1 + MIB(128)));
    C_EXPECT_EQ(OK, release(&h, 0,
                            RANGES({R1 + MIB(128), MIB(128)},
                                   {R1 + MIB(512), MIB(128)})));
    hold(&h, 1, RANGES({R1, GIB(1)}));
    C_EXPECT_EQ(0, peek(&h, 1, R1));
    C_EXPECT_EQ(0, peek(&h, 1, R1 + MIB(128)));
    C_EXPECT_EQ(OLD, peek(&h, 1, R1 + MIB(512)));
    harness_free(&h);
}

/* Whether it can be done is a matter of the regions that are named. */
C_TEST(fm_release_by_tag, may_sanitise_the_part_that_lies_where_it_can)
{
    struct harness h;

    fabric_build(&h);
    hold(&h, 0, RANGES({R1, MIB(128), TAG_A}, {R3, MIB(2), TAG_A}));
    C_EXPECT_EQ(OK, release_by_tag(&h, 0, SANITIZE, MIB(130), TAG_A));
    C_EXPECT_EQ(OK, release_by_tag(&h, 0, FORCED | SANITIZE, MIB(130), TAG_A));
    harness_free(&h);
    fabric_config(&h);
    h.config.regions[2].attributes = 0;
    harness_build(&h);
    hold(&h, 0, RANGES({R1, MIB(128), TAG_A}, {R2, MIB(2), TAG_A}));
    C_EXPECT_EQ(0x02, release_by_tag(&h, 0, SANITIZE, MIB(130), TAG_A));
    C_EXPECT_EQ(OK, release_by_tag(&h, 0, SANITIZE, MIB(128), TAG_A));
    harness_free(&h);
}

/* --- Pending -------------------------------------------------------------- */

static void build_offered(struct harness *h, enum dcd_revision revision)
{
    fabric_config(h);
    h->config.revision = revision;
    harness_build(h);
    C_EXPECT_EQ(OK,
                fm_add(h, 0,
                       RANGES({MIB(20), MIB(2), TAG_A}, {MIB(4), MIB(4), TAG_A},
                              {MIB(40), MIB(2), TAG_B})));
    C_EXPECT_EQ(OK, fm_add(h, 0, RANGES({MIB(60), MIB(2), TAG_C})));
    C_EXPECT_EQ(OK, clear_events(h, 0, 4));
}

/* However few bytes of it are named. */
C_TEST(fm_release_by_tag, a_pending_group_dies_as_a_whole)
{
    static const uint64_t lengths[] = {MIB(2), MIB(4), MIB(6)};

    for (size_t i = 0; i < COUNT(lengths) * 2; i++) {
        struct harness h;

        C_CONTEXT("row %zu", i);
        build_offered(&h, DCD_REVISION_4_0);
        C_EXPECT_EQ(OK, release_by_tag(&h, 0, FORCED, lengths[i / 2], TAG_A));
        expect_no_events(&h, 0);
        expect_no_fm_events(&h);
        expect_tags(&h, TAGS({TAG_A, false, 0, 1}, {TAG_B, false, 0, 1},
                             {TAG_C, false, 0, 1}));
        if (i % 2)
            C_EXPECT_EQ(OK, add_response(&h, 0, NO_RANGES));
        else
            C_EXPECT_EQ(0x0f, add_response(&h, 0, RANGES({MIB(40), MIB(2)})));
        expect_fm_chain(&h, DCD_EVENT_ADD_RESPONSE, 0,
                        RANGES({MIB(4), 0, TAG_A}));
        expect_tags(&h, TAGS({TAG_C, false, 0, 1}));
        C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({MIB(60), MIB(2)})));
        harness_free(&h);
    }
}

C_TEST(fm_release_by_tag, a_dead_group_may_be_named_again)
{
    struct harness h;
    uint64_t before;

    build_offered(&h, DCD_REVISION_4_0);
    C_EXPECT_EQ(OK, release_by_tag(&h, 0, FORCED, MIB(6), TAG_A));
    before = visible_state(&h);
    C_EXPECT_EQ(OK, release_by_tag(&h, 0, FORCED, MIB(2), TAG_B));
    C_EXPECT_EQ(OK, release_by_tag(&h, 0, FORCED, MIB(6), TAG_A));
    C_EXPECT_EQ(0x0f, release_by_tag(&h, 0, 0, MIB(6), TAG_A));
    C_EXPECT_EQ(before, visible_state(&h));
    C_EXPECT_EQ(0x0f, release(&h, 0, RANGES({MIB(4), MIB(4)})));
    C_EXPECT_EQ(OK, add_response(&h, 0, NO_RANGES));
    C_EXPECT_EQ(0x02, release_by_tag(&h, 0, FORCED, MIB(6), TAG_A));
    harness_free(&h);
}

C_TEST(fm_release_by_tag, what_is_pending_could_not_be_withdrawn_before_4_0)
{
    for (unsigned r = DCD_REVISION_3_0; r < DCD_REVISION_4_0; r++) {
        struct harness h;
        uint64_t before;

        C_CONTEXT("revision %s", dcd_revision_name((enum dcd_revision)r));
        build_offered(&h, (enum dcd_revision)r);
        before = visible_state(&h);
        C_EXPECT_EQ(0x0f, release_by_tag(&h, 0, FORCED, MIB(6), TAG_A));
        C_EXPECT_EQ(0x0f, release_by_tag(&h, 0, FORCED, MIB(8), TAG_A));
        C_EXPECT_EQ(before, visible_state(&h));
        C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({MIB(4), MIB(4)})));
        C_EXPECT_EQ(OK, release_by_tag(&h, 0, FORCED, MIB(4), TAG_A));
        harness_free(&h);
    }
}

/* --- Late answers --------------------------------------------------------- */

C_TEST(fm_release_by_tag, an_answer_after_force_comes_too_late)
{
    struct harness h;

    build_tagged(&h);
    C_EXPECT_EQ(OK, release_by_tag(&h, 0, 0, MIB(6), TAG_A));
    C_EXPECT_EQ(OK, release_by_tag(&h, 0, FORCED, MIB(4), TAG_A));
    C_EXPECT_EQ(0x0f,
                release(&h, 0, RANGES({MIB(4), MIB(4)}, {MIB(20), MIB(2)})));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(20), MIB(2)})));
    C_EXPECT_EQ(0x02, add_response(&h, 0, RANGES({MIB(4), MIB(4)})));
    expect_held(&h, 0,
                RANGES({MIB(2), MIB(2), TAG_B}, {MIB(8), MIB(2)},
                       {R1, MIB(128), TAG_A}));
    harness_free(&h);
}

/* The host releases something else, a part, or twice. */
C_TEST(fm_release_by_tag, a_wrong_answer_is_judged_by_what_is_held)
{
    struct harness h;

    build_tagged(&h);
    C_EXPECT_EQ(OK, release_by_tag(&h, 0, 0, MIB(4), TAG_A));
    C_EXPECT_EQ(0x0f, release(&h, 0, RANGES({MIB(10), MIB(2)})));
    C_EXPECT_EQ(0x0f, release(&h, 1, RANGES({MIB(4), MIB(4)})));
    C_EXPECT_EQ(0x1e, release(&h, 0, RANGES({MIB(4), MIB(1)})));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(2), MIB(2)}))); /* not asked */
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(6), MIB(2)})));
    C_EXPECT_EQ(0x0f, release(&h, 0, RANGES({MIB(4), MIB(4)})));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(4), MIB(2)})));
    harness_free(&h);
}
