/* SPDX-License-Identifier: Apache-2.0 */
/* test_add_policies.c - 5604h where the device picks the blocks. */
#include "fabric.h"

#include <string.h>

#define FREE DCD_ADD_FREE
#define CONTIGUOUS DCD_ADD_CONTIGUOUS
#define OK DCD_RC_SUCCESS

/* --- Which blocks -------------------------------------------------------- */

/* Host 1 has [taken]; what host 0 gets, one record each, or why it does not. */
static const struct pick {
    const char *what;
    uint16_t rc;
    uint8_t policy;
    uint8_t region;
    uint64_t length;
    const char *tag;
    const struct range *taken;
    uint32_t taken_count;
    const struct range *got;
    uint32_t got_count;
} picks[] = {
    {"an empty region", OK, FREE, 0, MIB(6), NULL, NO_RANGES,
     RANGES({R0, MIB(6)})},
    {"an empty region, contiguous", OK, CONTIGUOUS, 0, MIB(6), NULL, NO_RANGES,
     RANGES({R0, MIB(6)})},
    {"behind the first", OK, FREE, 0, MIB(6), NULL, RANGES({R0, MIB(2)}),
     RANGES({MIB(2), MIB(6)})},
    {"around a block", OK, FREE, 0, MIB(6), NULL, RANGES({MIB(2), MIB(2)}),
     RANGES({R0, MIB(2)}, {MIB(4), MIB(4)})},
    {"behind a block, in one piece", OK, CONTIGUOUS, 0, MIB(6), NULL,
     RANGES({MIB(2), MIB(2)}), RANGES({MIB(4), MIB(6)})},
    {"a run that is just large enough", OK, CONTIGUOUS, 0, MIB(4), NULL,
     RANGES({MIB(2), MIB(2)}, {MIB(8), MIB(2)}), RANGES({MIB(4), MIB(4)})},
    {"the lowest run, not the tightest", OK, CONTIGUOUS, 0, MIB(2), NULL,
     RANGES({MIB(8), MIB(2)}, {MIB(12), MIB(2)}), RANGES({R0, MIB(2)})},
    {"three runs, the last one cut", OK, FREE, 0, MIB(10), NULL,
     RANGES({MIB(2), MIB(2)}, {MIB(8), MIB(4)}),
     RANGES({R0, MIB(2)}, {MIB(4), MIB(4)}, {MIB(12), MIB(4)})},
    {"all that is left", OK, FREE, 0, GIB(1) - MIB(4), NULL,
     RANGES({MIB(2), MIB(2)}, {R1 - MIB(2), MIB(2)}),
     RANGES({R0, MIB(2)}, {MIB(4), GIB(1) - MIB(6)})},
    {"a whole region", OK, FREE, 0, GIB(1), NULL, NO_RANGES,
     RANGES({R0, GIB(1)})},
    {"a whole region in one piece", OK, CONTIGUOUS, 3, MIB(512), NULL,
     NO_RANGES, RANGES({R3, MIB(512)})},
    {"large blocks", OK, FREE, 1, MIB(256), NULL,
     RANGES({R1 + MIB(128), MIB(128)}),
     RANGES({R1, MIB(128)}, {R1 + MIB(256), MIB(128)})},
    {"large blocks in one piece", OK, CONTIGUOUS, 1, MIB(256), NULL,
     RANGES({R1 + MIB(128), MIB(128)}), RANGES({R1 + MIB(256), MIB(256)})},
    {"what others have elsewhere does not matter", OK, CONTIGUOUS, 3, MIB(2),
     NULL, RANGES({R0, GIB(1)}, {R1, GIB(1)}), RANGES({R3, MIB(2)})},
    {"a tag is on each extent", OK, FREE, 0, MIB(4), TAG_A,
     RANGES({MIB(2), MIB(2)}),
     RANGES({R0, MIB(2), TAG_A}, {MIB(4), MIB(2), TAG_A})},
    {"a tag on one piece", OK, CONTIGUOUS, 1, MIB(128), TAG_A, NO_RANGES,
     RANGES({R1, MIB(128), TAG_A})},
    {"sequences rise where it can be shared", OK, FREE, 2, MIB(8), TAG_A,
     RANGES({R2 + MIB(2), MIB(2), TAG_B}, {R2 + MIB(6), MIB(2), TAG_C}),
     RANGES({R2, MIB(2), TAG_A, 0}, {R2 + MIB(4), MIB(2), TAG_A, 1},
            {R2 + MIB(8), MIB(4), TAG_A, 2})},
    {"one piece has sequence 0", OK, CONTIGUOUS, 2, MIB(4), TAG_A,
     RANGES({R2 + MIB(2), MIB(2), TAG_B}),
     RANGES({R2 + MIB(4), MIB(4), TAG_A, 0})},
    {"one block too many", 0x1d, FREE, 0, GIB(1), NULL,
     RANGES({MIB(100), MIB(2)}), NO_RANGES},
    {"enough blocks, but not side by side", 0x1d, CONTIGUOUS, 0, MIB(514), NULL,
     RANGES({MIB(512), MIB(2)}), NO_RANGES},
    {"enough blocks, not side by side, to share", 0x1d, CONTIGUOUS, 2, MIB(514),
     TAG_A, RANGES({R2 + MIB(512), MIB(2), TAG_B}), NO_RANGES},
    {"more than the region has", 0x1d, FREE, 3, MIB(514), NULL, NO_RANGES,
     NO_RANGES},
    {"more than anything has", 0x1d, CONTIGUOUS, 0, UINT64_MAX - MIB(2) + 1,
     NULL, NO_RANGES, NO_RANGES},
};

static void expect_pick(const struct pick *p)
{
    struct harness h;
    uint64_t before;

    C_CONTEXT("%s", p->what);
    fabric_build(&h);
    if (p->taken_count)
        hold(&h, 1, p->taken, p->taken_count);
    before = visible_state(&h);
    C_EXPECT_EQ(p->rc,
                add_by_policy(&h, 0, p->policy, p->region, p->length, p->tag));
    C_EXPECT_EQ(p->rc != OK, before == visible_state(&h));
    expect_held(&h, 0, NO_RANGES);
    expect_no_fm_events(&h);
    expect_host_chain(&h, 0, DCD_EVENT_ADD_CAPACITY, p->got, p->got_count);
    if (p->rc == OK) {
        C_EXPECT_EQ(16 - p->got_count, fm_available_extents(&h, 0));
        C_EXPECT_EQ(OK, add_response(&h, 0, p->got, p->got_count));
        expect_fm_chain(&h, DCD_EVENT_ADD_RESPONSE, 0, p->got, p->got_count);
        expect_held(&h, 0, p->got, p->got_count);
    }
    harness_free(&h);
}

C_TEST(fm_add_by_policy, picks_the_lowest_blocks_that_will_do)
{
    for (size_t i = 0; i < COUNT(picks); i++)
        expect_pick(&picks[i]);
}

C_TEST(fm_add_by_policy, serves_every_region_in_its_own_blocks)
{
    struct harness h;

    fabric_build(&h);
    for (uint8_t policy = FREE; policy <= CONTIGUOUS; policy++) {
        const struct range blocks[] = {
            {R0, MIB(2)}, {R1, MIB(128)}, {R2, MIB(2), TAG_A, 0}, {R3, MIB(2)}};

        for (uint8_t i = 0; i < COUNT(blocks); i++) {
            const struct range *b = &blocks[i];

            C_CONTEXT("policy %u, region %u", policy, i);
            C_EXPECT_EQ(0x02,
                        add_by_policy(&h, 0, policy, i, b->length / 2, b->tag));
            C_EXPECT_EQ(0x02, add_by_policy(&h, 0, policy, i,
                                            b->length + b->length / 2, b->tag));
            C_EXPECT_EQ(OK, add_by_policy(&h, 0, policy, i, b->length, b->tag));
            expect_host_chain(&h, 0, DCD_EVENT_ADD_CAPACITY, b, 1);
            C_EXPECT_EQ(OK, add_response(&h, 0, NO_RANGES));
        }
    }
    harness_free(&h);
}

/* Every second block of R0 is taken: 256 runs of one block are left. */
C_TEST(fm_add_by_policy, finds_every_hole_of_a_fragmented_region)
{
    static struct range taken[256];
    static struct range holes[256];
    struct harness h;

    fabric_config(&h);
    h.config.extents = 256;
    h.config.dc_log = 256;
    h.config.fm_log = 512;
    h.config.mailbox_payload = 16384;
    harness_build(&h);
    for (uint32_t i = 0; i < 256; i++) {
        taken[i].dpa = R0 + i * MIB(4) + MIB(2);
        holes[i].dpa = R0 + i * MIB(4);
        taken[i].length = holes[i].length = MIB(2);
    }
    hold(&h, 1, taken, 256);
    C_EXPECT_EQ(0x1d, add_by_policy(&h, 0, CONTIGUOUS, 0, MIB(4), NULL));
    C_EXPECT_EQ(0x1d, add_by_policy(&h, 0, FREE, 0, MIB(514), NULL));
    C_EXPECT_EQ(OK, add_by_policy(&h, 0, FREE, 0, MIB(512), NULL));
    C_EXPECT_EQ(OK, add_response(&h, 0, holes, 256));
    expect_held(&h, 0, holes, 256);
    C_EXPECT_EQ(0x1d, add_by_policy(&h, 1, FREE, 0, MIB(2), NULL));
    C_EXPECT_EQ(OK, release(&h, 1, RANGES({MIB(602), MIB(2)})));
    C_EXPECT_EQ(OK, add_by_policy(&h, 1, CONTIGUOUS, 0, MIB(2), NULL));
    C_EXPECT_EQ(OK, add_response(&h, 1, RANGES({MIB(602), MIB(2)})));
    harness_free(&h);
}

/* What a host did not want, or gave back, is what the next one gets. */
C_TEST(fm_add_by_policy, uses_what_was_refused_and_what_was_released)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(OK, add_by_policy(&h, 0, CONTIGUOUS, 0, MIB(16), NULL));
    C_EXPECT_EQ(OK, add_by_policy(&h, 1, CONTIGUOUS, 0, MIB(2), NULL));
    expect_host_chain(&h, 1, DCD_EVENT_ADD_CAPACITY, RANGES({MIB(16), MIB(2)}));
    C_EXPECT_EQ(OK, add_response(&h, 1, RANGES({MIB(16), MIB(2)})));
    C_EXPECT_EQ(
        OK, add_response(&h, 0, RANGES({MIB(2), MIB(2)}, {MIB(8), MIB(6)})));
    C_EXPECT_EQ(OK, add_by_policy(&h, 1, FREE, 0, MIB(8), NULL));
    expect_host_chain(
        &h, 1, DCD_EVENT_ADD_CAPACITY,
        RANGES({R0, MIB(2)}, {MIB(4), MIB(4)}, {MIB(14), MIB(2)}));
    C_EXPECT_EQ(OK, add_response(&h, 1, RANGES({MIB(4), MIB(4)})));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(10), MIB(2)})));
    C_EXPECT_EQ(OK, add_by_policy(&h, 1, FREE, 0, MIB(6), NULL));
    expect_host_chain(
        &h, 1, DCD_EVENT_ADD_CAPACITY,
        RANGES({R0, MIB(2)}, {MIB(10), MIB(2)}, {MIB(14), MIB(2)}));
    C_EXPECT_EQ(
        OK, fm_release(&h, 0, DCD_RELEASE_FORCED, RANGES({MIB(2), MIB(2)})));
    C_EXPECT_EQ(OK, add_by_policy(&h, 0, CONTIGUOUS, 0, MIB(2), NULL));
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({MIB(2), MIB(2)})));
    harness_free(&h);
}

/* Blocks of a sharable allocation are not free before its tag dies. */
C_TEST(fm_add_by_policy, leaves_alone_what_a_living_tag_keeps)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(OK, add_by_policy(&h, 0, FREE, 2, MIB(4), TAG_A));
    C_EXPECT_EQ(OK, add_by_policy(&h, 0, FREE, 2, MIB(4), TAG_B));
    C_EXPECT_EQ(OK, refer(&h, TAG_A));
    C_EXPECT_EQ(OK, add_response(&h, 0, NO_RANGES));
    C_EXPECT_EQ(OK, add_response(&h, 0, NO_RANGES));
    C_EXPECT_EQ(0x1d, add_by_policy(&h, 1, FREE, 2, GIB(1), TAG_C));
    C_EXPECT_EQ(OK, add_by_policy(&h, 1, CONTIGUOUS, 2, MIB(2), TAG_C));
    expect_host_chain(&h, 1, DCD_EVENT_ADD_CAPACITY,
                      RANGES({R2 + MIB(4), MIB(2), TAG_C, 0}));
    C_EXPECT_EQ(OK, unrefer(&h, TAG_A));
    C_EXPECT_EQ(OK, add_by_policy(&h, 1, FREE, 2, MIB(6), TAG_D));
    expect_host_chain(
        &h, 1, DCD_EVENT_ADD_CAPACITY,
        RANGES({R2, MIB(4), TAG_D, 0}, {R2 + MIB(6), MIB(2), TAG_D, 1}));
    harness_free(&h);
}

/* A host for which the region is not sharable gets plain capacity of it. */
C_TEST(fm_add_by_policy, goes_by_the_hosts_own_attributes)
{
    struct harness h;

    fabric_config(&h);
    h.config.head[1].attributes_given[2] = true;
    harness_build(&h);
    C_EXPECT_EQ(0x02, add_by_policy(&h, 0, FREE, 2, MIB(2), NULL));
    hold(&h, 0, RANGES({R2 + MIB(2), MIB(2), TAG_A, 0}));
    C_EXPECT_EQ(OK, add_by_policy(&h, 1, FREE, 2, MIB(4), NULL));
    expect_host_chain(&h, 1, DCD_EVENT_ADD_CAPACITY,
                      RANGES({R2, MIB(2)}, {R2 + MIB(4), MIB(2)}));
    C_EXPECT_EQ(OK, add_by_policy(&h, 1, FREE, 2, MIB(4), TAG_B));
    C_EXPECT_EQ(0x02, refer(&h, TAG_B));
    harness_free(&h);
}

/* --- Lengths and what is not looked at ------------------------------------ */

C_TEST(fm_add_by_policy, fm_15_row_06_needs_28_bytes_and_takes_more)
{
    static const uint8_t policies[] = {FREE, CONTIGUOUS,
                                       DCD_ADD_ENABLE_SHARED_ACCESS};
    uint8_t in[0x60];
    struct harness h;

    shared_build(&h, 2);
    hold(&h, 1, RANGES({R2, MIB(2), TAG_A}));
    for (size_t i = 0; i < COUNT(policies); i++) {
        struct dcd_uuid tag;
        bool shares = policies[i] == DCD_ADD_ENABLE_SHARED_ACCESS;

        C_EXPECT(dcd_uuid_parse(shares ? TAG_A : TAG_B, &tag));
        memset(in, 0xa5, sizeof(in));
        dcd_store_le(in, 2, 0);
        in[2] = 0xf0 | policies[i]; /* 7:4 are reserved */
        in[3] = 2;
        if (!shares)
            dcd_store_le(in + 4, 8, MIB(2));
        memcpy(in + 12, tag.b, sizeof(tag.b));
        for (uint32_t length = 0; length <= sizeof(in); length++) {
            C_CONTEXT("policy %u, %u bytes", policies[i], length);
            C_EXPECT_EQ(length < 28 ? 0x16 : 0x00,
                        fm(&h, DCD_OP_INITIATE_DC_ADD, in, length));
            C_EXPECT_EQ(length < 28 ? 0x02 : 0x00,
                        add_response(&h, 0, NO_RANGES));
            clear_events(&h, 0, length < 28 ? 0 : 1);
        }
    }
    harness_free(&h);
}

C_TEST(fm_add_by_policy, fm_6_5_row_07_a_short_payload)
{
    static const uint8_t policies[] = {0, 1, 2, 3, 4, 15};
    uint8_t in[0x48] = {0};
    struct harness h;
    uint64_t before;

    fabric_build(&h);
    before = visible_state(&h);
    dcd_store_le(in, 2, 0xffff); /* no such host either */
    for (size_t i = 0; i < COUNT(policies); i++) {
        bool prescriptive = policies[i] == DCD_ADD_PRESCRIPTIVE;

        in[2] = policies[i];
        in[0x1c] = prescriptive;
        for (uint32_t length = 0; length < sizeof(in); length++) {
            C_CONTEXT("policy %u, %u bytes", policies[i], length);
            C_EXPECT_EQ(length < 28 || prescriptive ? 0x16 : 0x02,
                        fm(&h, DCD_OP_INITIATE_DC_ADD, in, length));
        }
    }
    C_EXPECT_EQ(before, visible_state(&h));
    harness_free(&h);
}

/* --- Codes, and their order ----------------------------------------------- */

struct wish {
    const char *what;
    uint16_t rc;
    uint16_t host;
    uint8_t policy; /* FREE, CONTIGUOUS, BOTH or any other */
    uint8_t region;
    uint64_t length;
    const char *tag;
};

#define BOTH 0xff

static void expect_refused(struct harness *h, const struct wish *w,
                           uint8_t policy, uint64_t before)
{
    C_CONTEXT("%s, policy %u", w->what, policy);
    C_EXPECT_EQ(
        w->rc, add_by_policy(h, w->host, policy, w->region, w->length, w->tag));
    C_EXPECT_EQ(before, visible_state(h));
}

/* Each row is refused with its code and leaves no trace anywhere. */
static void expect_wishes(struct harness *h, const struct wish *rows,
                          size_t count)
{
    uint64_t before = visible_state(h);

    for (size_t i = 0; i < count; i++) {
        if (rows[i].policy != BOTH) {
            expect_refused(h, &rows[i], rows[i].policy, before);
            continue;
        }
        expect_refused(h, &rows[i], FREE, before);
        expect_refused(h, &rows[i], CONTIGUOUS, before);
    }
    C_CONTEXT("");
}

/*
 * What the tables below assume: 6 extents a head, 2 tags, logs of 4.
 *   host 0  [R0, +2M) and [R0+4M, +2M) with tag A, three records in its log
 *   host 1  [R0+8M, +2M) ... [R0+20M, +2M), every second block; tag B offered
 *           in R2; its log is empty
 * So both tags are in use, and R0 has holes of one block up to 22 MiB.
 */
static void build_busy(struct harness *h)
{
    fabric_config(h);
    h->config.extents = 6;
    h->config.tags = 2;
    h->config.dc_log = 4;
    harness_build(h);
    hold(h, 0, RANGES({R0, MIB(2), TAG_A}, {MIB(4), MIB(2), TAG_A}));
    hold(h, 1,
         RANGES({MIB(8), MIB(2)}, {MIB(12), MIB(2)}, {MIB(16), MIB(2)},
                {MIB(20), MIB(2)}));
    C_EXPECT_EQ(OK, add_by_policy(h, 1, FREE, 2, MIB(2), TAG_B));
    C_EXPECT_EQ(OK, clear_events(h, 1, 1));
    for (unsigned i = 0; i < 3; i++)
        C_EXPECT_EQ(OK, fm_release(h, 0, 0, RANGES({R0, MIB(2)})));
}

static const struct wish names[] = {
    {"host 2", 0x02, 2, BOTH, 0, MIB(2), NULL},
    {"host ffff", 0x02, 0xffff, BOTH, 0, MIB(2), NULL},
    {"region 4", 0x02, 0, BOTH, 4, MIB(2), NULL},
    {"region 8", 0x02, 0, BOTH, 8, MIB(2), NULL},
    {"region ff", 0x02, 0, BOTH, 0xff, MIB(2), NULL},
    {"policy 4", 0x02, 0, 4, 0, MIB(2), NULL},
    {"policy f", 0x02, 0, 0xf, 0, MIB(2), NULL},
    {"host 2, policy 4, region 9", 0x02, 2, 4, 9, 0, NULL},
};

C_TEST(fm_add_by_policy, fm_6_5_row_01_no_such_host_policy_or_region)
{
    struct harness h;

    build_busy(&h);
    expect_wishes(&h, names, COUNT(names));
    harness_free(&h);
}

static const struct wish lengths[] = {
    {"nothing", 0x02, 0, BOTH, 0, 0, NULL},
    {"nothing to share", 0x02, 0, BOTH, 2, 0, TAG_C},
    {"a byte", 0x02, 0, BOTH, 0, 1, NULL},
    {"half a block", 0x02, 0, BOTH, 0, MIB(1), NULL},
    {"a block and a line", 0x02, 0, BOTH, 0, MIB(2) + 64, NULL},
    {"another region's block", 0x02, 0, BOTH, 1, MIB(2), NULL},
    {"ffff...", 0x02, 0, BOTH, 0, UINT64_MAX, NULL},
};

C_TEST(fm_add_by_policy, fm_6_5_row_02_no_number_of_blocks)
{
    struct harness h;

    build_busy(&h);
    expect_wishes(&h, lengths, COUNT(lengths));
    harness_free(&h);
}

static const struct wish tags[] = {
    {"to share without a tag", 0x02, 0, BOTH, 2, MIB(2), NULL},
    {"its own tag", 0x02, 0, BOTH, 0, MIB(2), TAG_A},
    {"its own tag in another region", 0x02, 0, BOTH, 2, MIB(2), TAG_A},
    {"another's tag", 0x02, 1, BOTH, 3, MIB(2), TAG_A},
    {"a tag on offer", 0x02, 0, BOTH, 2, MIB(2), TAG_B},
};

C_TEST(fm_add_by_policy, a_tag_names_one_allocation)
{
    struct harness h;

    build_busy(&h);
    expect_wishes(&h, tags, COUNT(tags));
    harness_free(&h);
}

static const struct wish shortages[] = {
    {"more than the region", 0x1d, 0, BOTH, 0, GIB(1) + MIB(2), NULL},
    {"more than is left of it", 0x1d, 0, BOTH, 0, GIB(1) - MIB(10), NULL},
    {"no run", 0x1d, 0, CONTIGUOUS, 0, GIB(1) - MIB(20), NULL},
    {"extents", 0x1d, 0, FREE, 0, MIB(12), NULL},
    {"one extent, of host 1", 0x1d, 1, FREE, 0, MIB(4), NULL},
    {"tags", 0x1d, 1, BOTH, 3, MIB(2), TAG_C},
    {"tags, to share", 0x1d, 1, BOTH, 2, MIB(2), TAG_C},
};

C_TEST(fm_add_by_policy, fm_6_5_row_04_something_is_used_up)
{
    struct harness h;

    build_busy(&h);
    expect_wishes(&h, shortages, COUNT(shortages));
    C_EXPECT_EQ(OK, add_by_policy(&h, 1, FREE, 0, MIB(2), NULL));
    harness_free(&h);
}

C_TEST(fm_add_by_policy, fm_6_5_row_05_a_count_of_0_or_blocks_that_it_has)
{
    struct harness h;
    uint64_t before;

    build_busy(&h);
    before = visible_state(&h);
    C_EXPECT_EQ(0x1e, fm_add(&h, 0, NO_RANGES));
    C_EXPECT_EQ(0x1e, fm_add(&h, 0, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(0x1e, fm_add(&h, 0, RANGES({MIB(2), MIB(4)})));
    C_EXPECT_EQ(0x1e, fm_add(&h, 1, RANGES({R2, MIB(2), TAG_C})));
    C_EXPECT_EQ(before, visible_state(&h));
    harness_free(&h);
}

static const struct wish full[] = {
    {"two extents, room for one record", 0x05, 0, FREE, 0, MIB(4), NULL},
    {"four extents, as many as the log can have", 0x05, 0, FREE, 0, MIB(8),
     NULL},
    {"five extents, more than it ever can", 0x1d, 0, FREE, 0, MIB(10), NULL},
};

C_TEST(fm_add_by_policy, fm_6_5_row_06_the_hosts_log_has_no_room)
{
    struct harness h;

    fabric_config(&h);
    h.config.dc_log = 4;
    harness_build(&h);
    hold(&h, 1,
         RANGES({MIB(2), MIB(2)}, {MIB(6), MIB(2)}, {MIB(10), MIB(2)},
                {MIB(14), MIB(2)}));
    for (unsigned i = 0; i < 3; i++)
        C_EXPECT_EQ(OK, add_by_policy(&h, 0, CONTIGUOUS, 3, MIB(2), NULL));
    expect_wishes(&h, full, COUNT(full));
    C_EXPECT_EQ(OK, add_by_policy(&h, 0, FREE, 0, MIB(2), NULL));
    C_EXPECT_EQ(0x05, add_by_policy(&h, 0, CONTIGUOUS, 0, MIB(2), NULL));
    /* Records go, not answers, to make room. */
    C_EXPECT_EQ(OK, add_response(&h, 0, NO_RANGES));
    C_EXPECT_EQ(0x05, add_by_policy(&h, 0, CONTIGUOUS, 0, MIB(2), NULL));
    C_EXPECT_EQ(OK, clear_events(&h, 0, 1));
    C_EXPECT_EQ(OK, add_by_policy(&h, 0, CONTIGUOUS, 0, MIB(2), NULL));
    harness_free(&h);
}

/* Two faults in each row; the log of host 0 has no room for two records. */
static const struct wish pairs[] = {
    {"02 host, 1d bytes", 0x02, 2, BOTH, 0, GIB(4), NULL},
    {"02 policy, 1d bytes", 0x02, 0, 5, 0, GIB(4), NULL},
    {"02 region, 1d bytes", 0x02, 0, BOTH, 7, GIB(4), NULL},
    {"02 region, 05 log", 0x02, 0, BOTH, 7, MIB(4), NULL},
    {"02 length, 1d bytes", 0x02, 0, BOTH, 0, GIB(4) + 64, NULL},
    {"02 length, 1d tags", 0x02, 0, BOTH, 3, MIB(3), TAG_C},
    {"02 length, 05 log", 0x02, 0, BOTH, 0, MIB(5), NULL},
    {"02 no tag, 1d bytes", 0x02, 0, BOTH, 2, GIB(4), NULL},
    {"02 no tag, 1d run", 0x02, 0, CONTIGUOUS, 2, GIB(1), NULL},
    {"02 tag alive, 1d bytes", 0x02, 0, BOTH, 2, GIB(4), TAG_A},
    {"02 tag alive, 1d run", 0x02, 0, CONTIGUOUS, 0, GIB(1) - MIB(20), TAG_A},
    {"02 tag alive, 1d extents", 0x02, 0, FREE, 0, MIB(12), TAG_A},
    {"02 tag alive, 05 log", 0x02, 0, FREE, 0, MIB(4), TAG_A},
    {"1d bytes, 05 log", 0x1d, 0, FREE, 0, GIB(1), NULL},
    {"1d extents, 05 log", 0x1d, 0, FREE, 0, MIB(12), NULL},
    {"1d tags, 05 log", 0x1d, 0, FREE, 0, MIB(4), TAG_C},
    {"05 log alone", 0x05, 0, FREE, 0, MIB(4), NULL},
};

C_TEST(fm_add_by_policy, the_first_of_two_faults_decides)
{
    struct harness h;

    build_busy(&h);
    expect_wishes(&h, pairs, COUNT(pairs));
    harness_free(&h);
}

/* Free counts the extents it would need, before it offers any of them. */
C_TEST(fm_add_by_policy, free_counts_its_extents_before_limits)
{
    struct harness h;

    build_busy(&h);
    C_EXPECT_EQ(OK, clear_events(&h, 0, 3));
    C_EXPECT_EQ(0x1d, add_by_policy(&h, 0, FREE, 0, MIB(10), NULL));
    C_EXPECT_EQ(4, fm_available_extents(&h, 0));
    C_EXPECT_EQ(OK, add_by_policy(&h, 0, FREE, 0, MIB(8), NULL));
    expect_host_chain(&h, 0, DCD_EVENT_ADD_CAPACITY,
                      RANGES({MIB(2), MIB(2)}, {MIB(6), MIB(2)},
                             {MIB(10), MIB(2)}, {MIB(14), MIB(2)}));
    C_EXPECT_EQ(0, fm_available_extents(&h, 0));
    harness_free(&h);
}

/* --- Before this device -------------------------------------------------- */

/* Emulators know the prescriptive policies only. */
C_TEST(fm_add_by_policy, device_9_3_row_00_no_policy_and_no_force_is_refused)
{
    struct harness h;

    fabric_build(&h);
    for (uint8_t policy = FREE; policy <= CONTIGUOUS; policy++)
        C_EXPECT_EQ(OK, add_by_policy(&h, 0, policy, 0, MIB(2), NULL));
    C_EXPECT_EQ(OK, fm_add(&h, 0, RANGES({R2, MIB(2), TAG_A})));
    C_EXPECT_EQ(OK, share(&h, 1, 2, TAG_A));
    C_EXPECT_EQ(OK,
                fm_release(&h, 0, DCD_RELEASE_FORCED, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(OK, release_by_tag(&h, 1, DCD_RELEASE_FORCED, MIB(2), TAG_A));
    harness_free(&h);
}

C_TEST(fm_add_by_policy, device_9_3_row_02_a_device_without_regions_has_none)
{
    struct harness h;

    fabric_config(&h);
    h.config.region_count = 0;
    h.config.static_volatile = MIB(256);
    harness_build(&h);
    for (uint8_t policy = 0; policy < 16; policy++) {
        C_EXPECT_EQ(0x03, add_by_policy(&h, 0, policy, 0, MIB(2), TAG_A));
        C_EXPECT_EQ(0x03, release_by_tag(&h, 0, policy, MIB(2), TAG_A));
    }
    C_EXPECT_EQ(0x03, refer(&h, TAG_A));
    C_EXPECT_EQ(0x03, unrefer(&h, TAG_A));
    harness_free(&h);
}

C_TEST(fm_add_by_policy, device_9_3_row_03_a_region_that_is_not_there)
{
    struct harness h;

    shared_build(&h, 2);
    hold(&h, 0, RANGES({R3, MIB(2), TAG_A}));
    for (unsigned region = 4; region < 256; region++) {
        C_CONTEXT("region %u", region);
        C_EXPECT_EQ(0x02,
                    add_by_policy(&h, 1, FREE, (uint8_t)region, MIB(2), TAG_B));
        C_EXPECT_EQ(0x02, add_by_policy(&h, 1, CONTIGUOUS, (uint8_t)region,
                                        MIB(2), TAG_B));
        C_EXPECT_EQ(0x02, share(&h, 1, (uint8_t)region, TAG_A));
    }
    harness_free(&h);
}

C_TEST(fm_add_by_policy, device_10_2_row_05_5600h_names_the_policies)
{
    const struct dcd_get_dcd_info_rsp *rsp;
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(OK, fm(&h, DCD_OP_GET_DCD_INFO, NULL, 0));
    rsp = (void *)h.out;
    C_EXPECT_EQ(7, dcd_get16(rsp->add_policies));
    C_EXPECT_EQ(3, dcd_get16(rsp->release_policies));
    C_EXPECT_EQ(OK, add_by_policy(&h, 0, FREE, 2, MIB(2), TAG_A));
    C_EXPECT_EQ(OK, add_by_policy(&h, 0, CONTIGUOUS, 0, MIB(2), NULL));
    C_EXPECT_EQ(OK, share(&h, 1, 2, TAG_A));
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({R2, MIB(2)})));
    C_EXPECT_EQ(OK, release_by_tag(&h, 0, 0, MIB(2), TAG_A));
    harness_free(&h);
}
