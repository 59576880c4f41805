/* SPDX-License-Identifier: Apache-2.0 */
/* test_tags_listed.c - 5608h: the tags that are alive, and who has them. */
#include "fabric.h"

#include <string.h>

#define OK DCD_RC_SUCCESS
#define FORCED DCD_RELEASE_FORCED

/* --- Bytes ---------------------------------------------------------------- */

/* 5608h as bytes; the number of entries returned. */
static uint32_t list(struct harness *h, uint32_t start, uint32_t count)
{
    uint8_t in[8];
    uint32_t returned;

    dcd_store_le(in, 4, start);
    dcd_store_le(in + 4, 4, count);
    C_EXPECT_EQ(OK, fm(h, DCD_OP_LIST_TAGS, in, sizeof(in)));
    returned = (uint32_t)dcd_load_le(h->out + 8, 4);
    C_EXPECT_EQ(0x10 + 0x54 * (uint64_t)returned, h->out_length);
    return returned;
}

static const struct dcd_tag_info *entry(const struct harness *h, uint32_t i)
{
    return (const void *)(h->out + 0x10 + 0x54 * (uint64_t)i);
}

C_TEST(fm_tags, byte_for_byte)
{
    static const uint8_t zeros[0x20] = {0};
    const uint8_t *e;
    struct dcd_uuid tag;
    struct harness h;

    shared_build(&h, 16);
    hold(&h, 15, RANGES({R0, MIB(2), TAG_A}));
    C_EXPECT_EQ(OK, refer(&h, TAG_A));
    C_EXPECT_EQ(OK, share(&h, 8, 0, TAG_A));
    C_EXPECT_EQ(OK, share(&h, 1, 0, TAG_A));
    C_ASSERT_EQ(1, list(&h, 0, 10));
    C_EXPECT_EQ(1, dcd_load_le(h.out + 4, 4));
    C_EXPECT_EQ(3, h.out[0xc]); /* both bitmaps are valid */
    C_EXPECT_MEMEQ(zeros, h.out + 0xd, 3);
    e = h.out + 0x10;
    C_EXPECT(dcd_uuid_parse(TAG_A, &tag));
    C_EXPECT_MEMEQ(tag.b, e, 0x10);
    C_EXPECT_EQ(1, e[0x10]);
    C_EXPECT_MEMEQ(zeros, e + 0x11, 3);
    C_EXPECT_EQ(0x00, e[0x14]);
    C_EXPECT_EQ(0x80, e[0x15]); /* host 15 */
    C_EXPECT_MEMEQ(zeros, e + 0x16, 0x1e);
    C_EXPECT_EQ(0x02, e[0x34]); /* hosts 1 and 8 */
    C_EXPECT_EQ(0x01, e[0x35]);
    C_EXPECT_MEMEQ(zeros, e + 0x36, 0x1e);
    harness_free(&h);
}

C_TEST(fm_tags, takes_eight_bytes)
{
    uint8_t in[16] = {0};
    struct harness h;

    fabric_build(&h);
    for (uint32_t length = 0; length <= sizeof(in); length++) {
        C_CONTEXT("%u bytes", length);
        C_EXPECT_EQ(length == 8 ? 0x00 : 0x16,
                    fm(&h, DCD_OP_LIST_TAGS, in, length));
    }
    harness_free(&h);
}

C_TEST(fm_tags, without_any_there_is_a_header)
{
    struct harness h;

    fabric_config(&h);
    h.config.tags = 0;
    harness_build(&h);
    C_EXPECT_EQ(0, list(&h, 0, UINT32_MAX));
    C_EXPECT_EQ(0, dcd_load_le(h.out + 4, 4));
    C_EXPECT_EQ(3, h.out[0xc]);
    hold(&h, 0, RANGES({R0, MIB(2)})); /* untagged capacity is not listed */
    C_EXPECT_EQ(0, list(&h, 0, UINT32_MAX));
    harness_free(&h);
}

/* --- Pages ---------------------------------------------------------------- */

#define TAG_COUNT 10u

/* Tag i is all bytes i + 1. */
static void hold_many(struct harness *h)
{
    for (uint32_t i = 0; i < TAG_COUNT; i++) {
        uint8_t in[0x48] = {0};

        in[2] = DCD_ADD_PRESCRIPTIVE;
        in[0x1c] = 1;
        dcd_store_le(in + 0x20, 8, R0 + i * MIB(2));
        dcd_store_le(in + 0x28, 8, MIB(2));
        memset(in + 0x30, (int)i + 1, 0x10);
        C_EXPECT_EQ(OK, fm(h, DCD_OP_INITIATE_DC_ADD, in, sizeof(in)));
        C_EXPECT_EQ(OK, add_response(h, 0, RANGES({R0 + i * MIB(2), MIB(2)})));
        C_EXPECT_EQ(OK, clear_events(h, 0, 1));
    }
}

static const struct page {
    uint32_t start;
    uint32_t count;
    uint32_t returned;
} pages[] = {
    {0, 0, 0},           {0, 1, 1},
    {0, 9, 9},           {0, 10, 10},
    {0, 11, 10},         {0, UINT32_MAX, 10},
    {1, UINT32_MAX, 9},  {9, 1, 1},
    {9, UINT32_MAX, 1},  {10, 1, 0},
    {10, UINT32_MAX, 0}, {11, 1, 0},
    {UINT32_MAX, 1, 0},  {UINT32_MAX, UINT32_MAX, 0},
    {5, 0, 0},           {20, 0, 0},
};

C_TEST(fm_tags, counts_and_bounds)
{
    struct dcd_tag_info all[TAG_COUNT];
    struct harness h;

    shared_build(&h, 2);
    hold_many(&h);
    C_ASSERT_EQ(TAG_COUNT, list(&h, 0, UINT32_MAX));
    memcpy(all, entry(&h, 0), sizeof(all));
    for (size_t i = 0; i < COUNT(pages); i++) {
        const struct page *p = &pages[i];

        C_CONTEXT("start %u, count %u", p->start, p->count);
        C_EXPECT_EQ(p->returned, list(&h, p->start, p->count));
        C_EXPECT_EQ(TAG_COUNT, dcd_load_le(h.out + 4, 4));
        C_EXPECT_EQ(3, h.out[0xc]);
        if (p->returned)
            C_EXPECT_MEMEQ(&all[p->start], entry(&h, 0),
                           p->returned * sizeof(all[0]));
    }
    harness_free(&h);
}

C_TEST(fm_tags, fm_15_row_13_none_wanted_is_a_header_with_total_and_generation)
{
    struct harness h;
    uint64_t was;

    shared_build(&h, 2);
    hold_many(&h);
    C_EXPECT_EQ(0, list(&h, 0, 0));
    C_EXPECT_EQ(0x10, h.out_length);
    C_EXPECT_EQ(TAG_COUNT, dcd_load_le(h.out + 4, 4));
    was = dcd_load_le(h.out, 4);
    C_EXPECT(was != 0);
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(0, list(&h, 0, 0));
    C_EXPECT_EQ(TAG_COUNT - 1, dcd_load_le(h.out + 4, 4));
    C_EXPECT(was != dcd_load_le(h.out, 4));
    harness_free(&h);
}

/* Pages of one generation are one list: each tag is in it once. */
static void expect_pages(struct harness *h, uint32_t size)
{
    bool seen[TAG_COUNT] = {false};
    uint32_t at = 0;
    uint32_t n;

    C_CONTEXT("pages of %u", size);
    while ((n = list(h, at, size)) != 0) {
        C_EXPECT(n <= size);
        for (uint32_t i = 0; i < n; i++) {
            uint32_t tag = entry(h, i)->tag.b[0] - 1u;

            C_ASSERT(tag < TAG_COUNT);
            C_EXPECT(!seen[tag]);
            seen[tag] = true;
        }
        at += n;
    }
    C_EXPECT_EQ(TAG_COUNT, at);
}

C_TEST(fm_tags, pages_make_the_whole)
{
    struct harness h;

    shared_build(&h, 2);
    hold_many(&h);
    for (uint32_t size = 1; size <= TAG_COUNT + 1; size++)
        expect_pages(&h, size);
    harness_free(&h);
}

C_TEST(fm_tags, a_page_ends_where_the_message_does)
{
    static const struct {
        uint8_t limit; /* 2^limit bytes, of which 12 are the header's */
        uint32_t returned;
    } limits[] = {{8, 2}, {9, 5}, {10, TAG_COUNT}, {20, TAG_COUNT}};
    struct harness h;

    shared_build(&h, 2);
    hold_many(&h);
    for (size_t i = 0; i < COUNT(limits); i++) {
        C_CONTEXT("2^%u bytes", limits[i].limit);
        C_EXPECT_EQ(OK, fm(&h, DCD_OP_SET_MESSAGE_LIMIT, &limits[i].limit, 1));
        C_EXPECT_EQ(limits[i].returned, list(&h, 0, UINT32_MAX));
        C_EXPECT_EQ(TAG_COUNT, dcd_load_le(h.out + 4, 4));
        expect_pages(&h, limits[i].returned);
    }
    harness_free(&h);
}

/* --- Bits ----------------------------------------------------------------- */

/* A tag's life, as the list tells it after every step. */
C_TEST(fm_tags, tell_who_has_it_and_who_was_offered_it)
{
    const struct range a[] = {{R0, MIB(2), TAG_A, 0},
                              {R0 + MIB(4), MIB(2), TAG_A, 1}};
    struct harness h;

    shared_build(&h, 4);
    expect_tags(&h, NO_TAGS);
    C_EXPECT_EQ(OK, fm_add(&h, 2, a, 2));
    expect_tags(&h, TAGS({TAG_A, false, 0, 4}));
    C_EXPECT_EQ(OK, share(&h, 0, 0, TAG_A));
    expect_tags(&h, TAGS({TAG_A, false, 0, 5}));
    C_EXPECT_EQ(OK, add_response(&h, 2, a, 2));
    expect_tags(&h, TAGS({TAG_A, false, 4, 1}));
    C_EXPECT_EQ(OK, refer(&h, TAG_A));
    expect_tags(&h, TAGS({TAG_A, true, 4, 1}));
    C_EXPECT_EQ(OK, release_by_tag(&h, 2, 0, MIB(4), TAG_A)); /* asked only */
    expect_tags(&h, TAGS({TAG_A, true, 4, 1}));
    C_EXPECT_EQ(OK, release_by_tag(&h, 0, FORCED, MIB(4), TAG_A)); /* dead */
    expect_tags(&h, TAGS({TAG_A, true, 4, 1}));
    C_EXPECT_EQ(0x0f, add_response(&h, 0, a, 2));
    expect_tags(&h, TAGS({TAG_A, true, 4, 0}));
    C_EXPECT_EQ(OK, release(&h, 2, a, 2));
    expect_tags(&h, TAGS({TAG_A, true, 0, 0}));
    C_EXPECT_EQ(OK, share(&h, 3, 0, TAG_A));
    expect_tags(&h, TAGS({TAG_A, true, 0, 8}));
    C_EXPECT_EQ(OK, unrefer(&h, TAG_A));
    expect_tags(&h, TAGS({TAG_A, false, 0, 8}));
    C_EXPECT_EQ(OK, add_response(&h, 3, NO_RANGES));
    expect_tags(&h, NO_TAGS);
    harness_free(&h);
}

/* Tags of capacity that cannot be shared are tags too. */
C_TEST(fm_tags, list_plain_capacity_too)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(OK, fm_add(&h, 0,
                           RANGES({R0, MIB(2), TAG_A}, {MIB(4), MIB(4), TAG_A},
                                  {MIB(20), MIB(2), TAG_B})));
    hold(&h, 1, RANGES({R1, MIB(128), TAG_C}));
    expect_tags(&h, TAGS({TAG_A, false, 0, 1}, {TAG_B, false, 0, 1},
                         {TAG_C, false, 2, 0}));
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({MIB(4), MIB(4)})));
    expect_tags(&h, TAGS({TAG_A, false, 1, 0}, {TAG_C, false, 2, 0}));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(4), MIB(2)})));
    expect_tags(&h, TAGS({TAG_A, false, 1, 0}, {TAG_C, false, 2, 0}));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(6), MIB(2)})));
    expect_tags(&h, TAGS({TAG_C, false, 2, 0}));
    harness_free(&h);
}

/* --- Generation ----------------------------------------------------------- */

#define A                             \
    {R0, MIB(2), TAG_A, 0},           \
    {                                 \
        R0 + MIB(4), MIB(2), TAG_A, 1 \
    }

/* Host 0 has tag A in R0, host 1 untagged capacity of R2, which it cannot
 * share, and tag B in two extents of it; host 2 was offered tag C. */
static void build_generations(struct harness *h)
{
    shared_config(h, 4);
    h->config.sharable_release = DCD_SHARABLE_RELEASE_EXTENT;
    h->config.head[1].attributes_given[2] = true;
    harness_build(h);
    hold(h, 0, RANGES(A));
    hold(h, 1, RANGES({R2, MIB(2)}));
    hold(h, 1,
         RANGES({R2 + MIB(4), MIB(8), TAG_B}, {R2 + MIB(20), MIB(2), TAG_B}));
    C_EXPECT_EQ(OK, fm_add(h, 2, RANGES({R1, MIB(128), TAG_C})));
}

static void offer_tagged(struct harness *h)
{
    C_EXPECT_EQ(OK, fm_add(h, 3, RANGES({R3, MIB(2), TAG_D})));
}

static void offer_untagged(struct harness *h)
{
    C_EXPECT_EQ(OK, fm_add(h, 1, RANGES({R2 + MIB(40), MIB(2)})));
    C_EXPECT_EQ(OK, add_response(h, 1, RANGES({R2 + MIB(40), MIB(2)})));
}

static void refused_add(struct harness *h)
{
    C_EXPECT_EQ(0x02, fm_add(h, 3, RANGES({R3, MIB(2), TAG_A})));
    C_EXPECT_EQ(0x1d, fm_add(h, 3, RANGES({R0, MIB(2), TAG_D})));
}

static void accept_offer(struct harness *h)
{
    C_EXPECT_EQ(OK, add_response(h, 2, RANGES({R1, MIB(128)})));
}

static void refuse_offer(struct harness *h)
{
    C_EXPECT_EQ(OK, add_response(h, 2, NO_RANGES));
}

static void wrong_answer(struct harness *h)
{
    C_EXPECT_EQ(0x0f, add_response(h, 2, RANGES({R1 + MIB(128), MIB(128)})));
}

static void kill_offer(struct harness *h)
{
    C_EXPECT_EQ(OK, release_by_tag(h, 2, FORCED, MIB(128), TAG_C));
}

static void share_it(struct harness *h)
{
    C_EXPECT_EQ(OK, share(h, 3, 0, TAG_A));
}

static void share_wrongly(struct harness *h)
{
    C_EXPECT_EQ(0x02, share(h, 0, 0, TAG_A));
}

static void release_one_extent_of_two(struct harness *h)
{
    C_EXPECT_EQ(OK, release(h, 0, RANGES({R0, MIB(2)})));
}

static void release_both_extents(struct harness *h)
{
    C_EXPECT_EQ(OK, release(h, 0, RANGES(A)));
}

static void release_a_hole(struct harness *h)
{
    C_EXPECT_EQ(OK, release(h, 1, RANGES({R2 + MIB(6), MIB(2)})));
}

static void release_untagged(struct harness *h)
{
    C_EXPECT_EQ(OK, release(h, 1, RANGES({R2, MIB(2)})));
}

static void ask_for_it(struct harness *h)
{
    C_EXPECT_EQ(OK, release_by_tag(h, 0, 0, MIB(4), TAG_A));
}

static void force_it(struct harness *h)
{
    C_EXPECT_EQ(OK, release_by_tag(h, 0, FORCED, MIB(4), TAG_A));
}

static void force_a_part(struct harness *h)
{
    C_EXPECT_EQ(OK, release_by_tag(h, 1, FORCED, MIB(4), TAG_B));
}

static void refer_to_it(struct harness *h)
{
    C_EXPECT_EQ(OK, refer(h, TAG_A));
}

static void refer_to_nothing(struct harness *h)
{
    C_EXPECT_EQ(0x02, refer(h, TAG_B));
    C_EXPECT_EQ(0x02, refer(h, TAG_D));
    C_EXPECT_EQ(OK, unrefer(h, TAG_A)); /* it was not there */
}

static void reset_holder(struct harness *h)
{
    dcd_device_reset(h->device, 0, DCD_RESET_CONVENTIONAL);
}

static void reset_pending(struct harness *h)
{
    dcd_device_reset(h->device, 2, DCD_RESET_CONVENTIONAL);
}

static void reset_other(struct harness *h)
{
    dcd_device_reset(h->device, 3, DCD_RESET_CONVENTIONAL);
}

static void look_around(struct harness *h)
{
    visible_state(h);
}

static void configure(struct harness *h)
{
    struct dcd_set_dc_region_config_req req = {
        .region = 3, .block_size = dcd_put64(MIB(2)), .flags = 1};

    C_EXPECT_EQ(OK, fm(h, DCD_OP_SET_DC_REGION_CONFIG, &req, sizeof(req)));
}

static const struct move {
    const char *what;
    void (*act)(struct harness *h);
    bool moves;
} moves[] = {
    {"a tag is offered", offer_tagged, true},
    {"untagged capacity comes", offer_untagged, false},
    {"an add is refused", refused_add, false},
    {"an offer is accepted", accept_offer, true},
    {"an offer is refused", refuse_offer, true},
    {"an answer is wrong", wrong_answer, false},
    {"an offer dies", kill_offer, false}, /* still pending until answered */
    {"it is shared", share_it, true},
    {"it cannot be shared", share_wrongly, false},
    {"one extent of two goes", release_one_extent_of_two, false},
    {"both extents go", release_both_extents, true},
    {"an extent falls in two", release_a_hole, false},
    {"untagged capacity goes", release_untagged, false},
    {"it is asked for", ask_for_it, false},
    {"it is taken by force", force_it, true},
    {"a part is taken by force", force_a_part, false},
    {"a reference comes", refer_to_it, true},
    {"a reference to nothing", refer_to_nothing, false},
    {"its host is reset", reset_holder, true},
    {"a host with an offer is reset", reset_pending, true},
    {"a host without any is reset", reset_other, false},
    {"somebody looks", look_around, false},
    {"a region is configured", configure, false},
};

C_TEST(fm_tags, generation_moves_when_the_list_does_and_only_then)
{
    for (size_t i = 0; i < COUNT(moves); i++) {
        struct harness h;
        uint32_t was;

        C_CONTEXT("%s", moves[i].what);
        build_generations(&h);
        was = tag_generation(&h);
        moves[i].act(&h);
        C_EXPECT_EQ(moves[i].moves, was != tag_generation(&h));
        harness_free(&h);
    }
}

C_TEST(fm_tags, generation_moves_when_a_reference_or_a_dead_group_ends)
{
    struct harness h;
    uint32_t was;

    build_generations(&h);
    C_EXPECT_EQ(OK, refer(&h, TAG_A));
    was = tag_generation(&h);
    C_EXPECT_EQ(OK, refer(&h, TAG_A));
    C_EXPECT_EQ(was, tag_generation(&h));
    C_EXPECT_EQ(OK, unrefer(&h, TAG_A));
    C_EXPECT(was != tag_generation(&h));
    kill_offer(&h);
    was = tag_generation(&h);
    C_EXPECT_EQ(OK, add_response(&h, 2, NO_RANGES));
    C_EXPECT(was != tag_generation(&h));
    harness_free(&h);
}
