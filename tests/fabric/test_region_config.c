/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_region_config.c - 5602h: blocks of another size, sanitised or not. Who
 * is told, when it is refused, and that nothing of the old shape is left.
 */
#include "ask.h"

#include <string.h>

#define SANITIZE DCD_REGION_SANITIZE_ON_RELEASE
#define FORCED DCD_RELEASE_FORCED
#define KIB(n) ((uint64_t)(n)*1024)

/*
 * The regions of fabric.h, R1 beginning with small blocks:
 *
 *     R0  2 MiB                                 never sanitised
 *     R1  2 MiB, of 64 B, 4 KiB, 2 and 128 MiB  sanitised if an FM likes
 *     R2  2 MiB, or 128 MiB; sharable           never sanitised
 *     R3  2 MiB, or 128 MiB                     always sanitised
 */
static void sizes_config(struct harness *h)
{
    fabric_config(h);
    h->config.heads = 3;
    h->config.regions[1].block_size = MIB(2);
    h->config.regions[1].block_sizes = 64 | KIB(4) | MIB(2) | MIB(128);
    h->config.regions[2].block_sizes = MIB(2) | MIB(128);
    h->config.regions[3].block_sizes = MIB(2) | MIB(128);
}

static void sizes_build(struct harness *h)
{
    sizes_config(h);
    harness_build(h);
}

/* --- What is refused ------------------------------------------------------ */

static const struct row {
    const char *name;
    uint8_t region;
    uint64_t block_size;
    uint8_t flags;
    uint16_t rc;
} rows[] = {
    {"a region that is not there", 4, MIB(2), 0, 0x02},
    {"a region that cannot be", 255, MIB(2), 0, 0x02},
    {"a size that another region has", 0, MIB(128), 0, 0x02},
    {"a size that only it has not", 1, MIB(4), 0, 0x02},
    {"no size", 1, 0, 0, 0x02},
    {"a size of one byte", 1, 1, 0, 0x02},
    {"a size below the smallest", 1, 32, 0, 0x02},
    {"two sizes at once", 1, MIB(2) | MIB(128), 0, 0x02},
    {"all sizes at once", 1, UINT64_MAX, 0, 0x02},
    {"a size and a byte", 1, MIB(2) + 1, 0, 0x02},
    {"a huge size", 1, UINT64_C(1) << 63, 0, 0x02},
    {"sanitize where it is never done", 0, MIB(2), SANITIZE, 0x03},
    {"sanitize where it is shared and never done", 2, MIB(2), SANITIZE, 0x03},
    {"no sanitize where it is always done", 3, MIB(2), 0, 0x03},
    /* The sanitize bit is looked at before the size. */
    {"sanitize, and a wrong size", 0, MIB(1), SANITIZE, 0x03},
    {"no sanitize, and no size", 3, 0, 0, 0x03},
    {"sanitize where it may be, and a wrong size", 1, MIB(1), SANITIZE, 0x02},
    /* The region is looked at first. */
    {"sanitize in no region", 4, MIB(2), SANITIZE, 0x02},
    {"sanitize in no region, and a wrong size", 8, 3, SANITIZE, 0x02},
};

C_TEST(fm_configure, refuses)
{
    struct harness h;
    uint64_t before;

    sizes_build(&h);
    before = full_state(&h);
    for (size_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("%s", rows[i].name);
        C_EXPECT_EQ(rows[i].rc,
                    ask_configure(&h, rows[i].region, rows[i].block_size,
                                  rows[i].flags));
        C_EXPECT_EQ(0, h.out_length);
        C_EXPECT_EQ(before, full_state(&h));
    }
    harness_free(&h);
}

C_TEST(fm_configure, has_sixteen_bytes)
{
    static const uint32_t lengths[] = {0, 1, 15, 17, 32};
    struct dcd_set_dc_region_config_req req[2];
    struct harness h;
    uint64_t before;

    sizes_build(&h);
    memset(req, 0xff, sizeof(req)); /* of a region that is not there */
    before = full_state(&h);
    for (size_t i = 0; i < COUNT(lengths); i++)
        C_EXPECT_EQ(0x16, fm(&h, DCD_OP_SET_DC_REGION_CONFIG, req, lengths[i]));
    C_EXPECT_EQ(0x02, fm(&h, DCD_OP_SET_DC_REGION_CONFIG, req, 16));
    C_EXPECT_EQ(before, full_state(&h));
    harness_free(&h);
}

/* --- What stands in its way ----------------------------------------------- */

/* Something of R2 is in somebody's hands, and then it is not. */
static void offer_one(struct harness *h)
{
    C_EXPECT_EQ(0, ask_contiguous(h, 1, 2, MIB(2), TAG_A));
}

static void refuse_one(struct harness *h)
{
    C_EXPECT_EQ(0, add_response(h, 1, NO_RANGES));
}

static void kill_one(struct harness *h)
{
    offer_one(h);
    C_EXPECT_EQ(0, release_by_tag(h, 1, FORCED, MIB(2), TAG_A));
}

static void take_the_last_block(struct harness *h)
{
    hold(h, 1, RANGES({R3 - MIB(2), MIB(2), TAG_A}));
}

static void give_the_last_block(struct harness *h)
{
    C_EXPECT_EQ(0, release(h, 1, RANGES({R3 - MIB(2), MIB(2)})));
}

static void lose_the_last_block(struct harness *h)
{
    C_EXPECT_EQ(0, release_by_tag(h, 1, FORCED, MIB(2), TAG_A));
}

static void reset_one(struct harness *h)
{
    dcd_device_reset(h->device, 1, DCD_RESET_CONVENTIONAL);
}

static void ask_for_one(struct harness *h)
{
    take_the_last_block(h);
    C_EXPECT_EQ(0, release_by_tag(h, 1, 0, MIB(2), TAG_A));
    C_EXPECT_EQ(0, clear_events(h, 1, 1));
}

static void refer_to_one(struct harness *h)
{
    take_the_last_block(h);
    C_EXPECT_EQ(0, refer(h, TAG_A));
    give_the_last_block(h);
}

static void forget_one(struct harness *h)
{
    C_EXPECT_EQ(0, unrefer(h, TAG_A));
}

static void leave_it_to_another(struct harness *h)
{
    take_the_last_block(h);
    hold_share(h, 2, 2, RANGES({R3 - MIB(2), MIB(2), TAG_A}));
    give_the_last_block(h);
}

static void another_gives_it(struct harness *h)
{
    C_EXPECT_EQ(0, release(h, 2, RANGES({R3 - MIB(2), MIB(2)})));
}

static void leave_an_offer(struct harness *h)
{
    take_the_last_block(h);
    C_EXPECT_EQ(0, share(h, 2, 2, TAG_A));
    give_the_last_block(h);
}

static void another_refuses(struct harness *h)
{
    C_EXPECT_EQ(0, add_response(h, 2, NO_RANGES));
}

static const struct obstacle {
    const char *name;
    void (*enter)(struct harness *h);
    void (*leave)(struct harness *h);
} obstacles[] = {
    {"offered", offer_one, refuse_one},
    {"dead", kill_one, refuse_one},
    {"accepted, then given back", take_the_last_block, give_the_last_block},
    {"accepted, then taken away", take_the_last_block, lose_the_last_block},
    {"accepted by a host that is reset", take_the_last_block, reset_one},
    {"asked for", ask_for_one, give_the_last_block},
    {"kept by the FM", refer_to_one, forget_one},
    {"another sharer's", leave_it_to_another, another_gives_it},
    {"offered to another sharer", leave_an_offer, another_refuses},
};

C_TEST(fm_configure, waits_until_nobody_has_anything_of_the_region)
{
    for (size_t i = 0; i < COUNT(obstacles); i++) {
        struct harness h;
        uint64_t before;

        C_CONTEXT("a block is %s", obstacles[i].name);
        sizes_build(&h);
        obstacles[i].enter(&h);
        before = full_state(&h);
        C_EXPECT_EQ(0x03, ask_configure(&h, 2, MIB(128), 0));
        /* Even what would change nothing, and before size and sanitize. */
        C_EXPECT_EQ(0x03, ask_configure(&h, 2, MIB(2), 0));
        C_EXPECT_EQ(0x03, ask_configure(&h, 2, MIB(3), 0));
        C_EXPECT_EQ(0x03, ask_configure(&h, 2, MIB(2), SANITIZE));
        C_EXPECT_EQ(before, full_state(&h));
        /* Other regions are no matter. */
        C_EXPECT_EQ(0, ask_configure(&h, 1, MIB(128), SANITIZE));
        C_EXPECT_EQ(0, ask_configure(&h, 3, MIB(128), SANITIZE));
        obstacles[i].leave(&h);
        C_EXPECT_EQ(0x03, ask_configure(&h, 2, MIB(128), SANITIZE));
        C_EXPECT_EQ(0, ask_configure(&h, 2, MIB(128), 0));
        harness_free(&h);
    }
}

/* --- Who is told ---------------------------------------------------------- */

static void expect_told(struct harness *h, unsigned host, uint32_t at,
                        uint8_t region, uint32_t extents, uint32_t tags)
{
    static const struct dcd_extent_wire none;
    const struct dcd_dc_event *e = event_at(h, at);

    C_EXPECT_EQ(DCD_EVENT_REGION_UPDATED, e->type);
    C_EXPECT_EQ(region, e->region);
    C_EXPECT_EQ(0, e->flags);
    C_EXPECT_EQ(0, dcd_get16(e->host_id));
    C_EXPECT_MEMEQ(&none, &e->extent, sizeof(none));
    C_EXPECT_EQ(DCD_EVENT_AVAILABLE_VALID, e->validity);
    C_EXPECT_EQ(extents, dcd_get32(e->available_extents));
    C_EXPECT_EQ(tags, dcd_get32(e->available_tags));
    C_EXPECT_EQ(host, dcd_get16(e->header.ld_id));
    C_EXPECT_EQ(host, e->header.head_id);
    C_EXPECT_EQ(0x80, e->header.length);
    C_EXPECT_EQ(0x180, dcd_get24(e->header.flags)); /* informational */
}

C_TEST(fm_configure, tells_every_host_and_not_the_fm)
{
    struct harness h;

    sizes_build(&h);
    for (unsigned host = 0; host < 3; host++)
        enable_interrupts(&h, host);
    hold(&h, 1, RANGES({R0, MIB(2), TAG_A}, {R0 + MIB(4), MIB(2)}));
    h.interrupts[1][DCD_VECTOR_DYNAMIC_CAPACITY] = 0;
    h.fm_interrupts = 0;
    C_EXPECT_EQ(0, ask_configure(&h, 1, MIB(128), 0));
    C_EXPECT_EQ(0, ask_configure(&h, 3, MIB(128), SANITIZE));
    for (unsigned host = 0; host < 3; host++) {
        C_CONTEXT("host %u", host);
        C_ASSERT_EQ(2, get_events(&h, host));
        expect_told(&h, host, 0, 1, host == 1 ? 14 : 16, 3);
        expect_told(&h, host, 1, 3, host == 1 ? 14 : 16, 3);
        C_EXPECT_EQ(1, h.interrupts[host][DCD_VECTOR_DYNAMIC_CAPACITY]);
    }
    expect_no_fm_events(&h);
    C_EXPECT_EQ(0, h.fm_interrupts);
    harness_free(&h);
}

C_TEST(fm_configure, tells_nobody_when_nothing_changes)
{
    struct harness h;
    uint64_t before;

    sizes_build(&h);
    C_EXPECT_EQ(0, ask_configure(&h, 1, KIB(4), SANITIZE));
    before = full_state(&h);
    C_EXPECT_EQ(0, ask_configure(&h, 0, MIB(2), 0));
    C_EXPECT_EQ(0, ask_configure(&h, 1, KIB(4), SANITIZE));
    C_EXPECT_EQ(0, ask_configure(&h, 2, MIB(2), 0));
    C_EXPECT_EQ(0, ask_configure(&h, 3, MIB(2), SANITIZE));
    /* Reserved bits are not looked at. */
    C_EXPECT_EQ(0, ask_configure(&h, 0, MIB(2), 0xfe));
    C_EXPECT_EQ(0, ask_configure(&h, 1, KIB(4), 0xff));
    C_EXPECT_EQ(before, full_state(&h));
    C_EXPECT_EQ(1, get_events(&h, 0));
    harness_free(&h);
}

C_TEST(fm_configure, tells_of_each_of_the_two_settings)
{
    static const struct {
        uint64_t block_size;
        uint8_t flags;
    } steps[] = {{MIB(2), SANITIZE},
                 {MIB(128), SANITIZE},
                 {MIB(128), 0},
                 {64, SANITIZE},
                 {64, 0},
                 {MIB(2), 0},
                 {KIB(4), SANITIZE}};
    struct harness h;

    sizes_build(&h);
    for (uint32_t i = 0; i < COUNT(steps); i++) {
        C_CONTEXT("step %u", i);
        C_EXPECT_EQ(0,
                    ask_configure(&h, 1, steps[i].block_size, steps[i].flags));
        C_EXPECT_EQ(i + 1, get_events(&h, 2));
    }
    harness_free(&h);
}

/* --- What is shown -------------------------------------------------------- */

/* [block] and [flags] of R1 for every host, by 5601h and 4800h. */
static void expect_shown(struct harness *h, uint64_t block, uint8_t flags)
{
    static const struct dcd_get_dc_config_req one = {1, 1};

    for (unsigned host = 0; host < h->config.heads; host++) {
        const struct dcd_get_host_dc_config_req req = {
            dcd_put16((uint16_t)host), 1, 1};
        const struct dcd_host_dc_region_config *fms =
            (void *)(h->out + sizeof(struct dcd_get_host_dc_config_rsp));
        const struct dcd_dc_region_config *hosts = (void *)(h->out + 8);

        C_EXPECT_EQ(0, fm(h, DCD_OP_GET_HOST_DC_CONFIG, &req, sizeof(req)));
        C_EXPECT_EQ(R1, dcd_get64(fms->base));
        C_EXPECT_EQ(GIB(1), dcd_get64(fms->length));
        C_EXPECT_EQ(block, dcd_get64(fms->block_size));
        C_EXPECT_EQ(flags, fms->flags);
        C_EXPECT_EQ(0,
                    mailbox(h, host, DCD_OP_GET_DC_CONFIG, &one, sizeof(one)));
        C_EXPECT_EQ(R1, dcd_get64(hosts->base));
        C_EXPECT_EQ(GIB(1), dcd_get64(hosts->length));
        C_EXPECT_EQ(block, dcd_get64(hosts->block_size));
        C_EXPECT_EQ(flags, hosts->flags);
    }
}

C_TEST(fm_configure, shows_to_fm_and_hosts)
{
    struct harness h;

    sizes_build(&h);
    expect_shown(&h, MIB(2), 0);
    C_EXPECT_EQ(0, ask_configure(&h, 1, MIB(128), SANITIZE));
    expect_shown(&h, MIB(128), SANITIZE);
    C_EXPECT_EQ(0, ask_configure(&h, 1, 64, 0));
    expect_shown(&h, 64, 0);
    harness_free(&h);
}

C_TEST(fm_configure, can_choose_what_dcd_info_names)
{
    const struct dcd_get_dcd_info_rsp *rsp;
    struct harness h;

    sizes_build(&h);
    rsp = (void *)h.out;
    for (int turn = 0; turn < 2; turn++) {
        C_EXPECT_EQ(0, fm(&h, DCD_OP_GET_DCD_INFO, NULL, 0));
        C_EXPECT_EQ(2, rsp->sanitize_configurable);
        C_EXPECT_EQ(MIB(2), dcd_get64(rsp->block_sizes[0]));
        C_EXPECT_EQ(64 | KIB(4) | MIB(2) | MIB(128),
                    dcd_get64(rsp->block_sizes[1]));
        C_EXPECT_EQ(MIB(2) | MIB(128), dcd_get64(rsp->block_sizes[2]));
        C_EXPECT_EQ(MIB(2) | MIB(128), dcd_get64(rsp->block_sizes[3]));
        /* What is in force makes no difference. */
        C_EXPECT_EQ(0, ask_configure(&h, 1, KIB(4), SANITIZE));
    }
    harness_free(&h);
}

C_TEST(fm_configure, is_not_undone_by_resets)
{
    static const enum dcd_reset_kind kinds[] = {
        DCD_RESET_FUNCTION_LEVEL, DCD_RESET_CXL, DCD_RESET_CONVENTIONAL};
    struct harness h;

    sizes_build(&h);
    C_EXPECT_EQ(0, ask_configure(&h, 1, MIB(128), SANITIZE));
    for (size_t i = 0; i < COUNT(kinds); i++) {
        for (unsigned host = 0; host < 3; host++)
            dcd_device_reset(h.device, host, kinds[i]);
        expect_shown(&h, MIB(128), SANITIZE);
        C_EXPECT_EQ(0x1e, fm_add(&h, 0, RANGES({R1, MIB(2)})));
    }
    hold(&h, 0, RANGES({R1, MIB(128)}));
    harness_free(&h);
}

/* --- Blocks of the new size ----------------------------------------------- */

/* Adds of R1 are cut in blocks of [block] bytes, and nothing smaller. */
static void expect_cut(struct harness *h, unsigned host, uint64_t block)
{
    struct range whole = {R1, block};

    C_EXPECT_EQ(0x1e, fm_add(h, host, RANGES({R1, block / 2})));
    C_EXPECT_EQ(0x1e, fm_add(h, host, RANGES({R1 + block / 2, block})));
    C_EXPECT_EQ(0x1e, fm_add(h, host, RANGES({R1, block + block / 2})));
    C_EXPECT_EQ(0x02, ask_free(h, host, 1, block / 2, NULL));
    C_EXPECT_EQ(0x02, ask_contiguous(h, host, 1, block + block / 2, NULL));
    hold(h, host, &whole, 1);
    C_EXPECT_EQ(0x1e, release(h, host, RANGES({R1, block / 2})));
    C_EXPECT_EQ(0x1e, fm_release(h, host, 0, RANGES({R1, block / 2})));
    expect_held(h, host, &whole, 1);
}

/* [host] reaches [dpa, dpa + length) and not a byte beside it; nobody else
 * reaches any of it. A pointer covers just that. */
static void expect_reach(struct harness *h, unsigned host, uint64_t dpa,
                         uint64_t length)
{
    struct dcd_span span = {NULL, 0, 0, false};

    poke(h, host, dpa, ~dpa);
    poke(h, host, dpa + length / 2, dpa);
    poke(h, host, dpa + length - 8, length);
    C_EXPECT_EQ(~dpa, peek(h, host, dpa));
    C_EXPECT_EQ(length, peek(h, host, dpa + length - 8));
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(h, host, dpa + length - 4));
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(h, host, dpa + length));
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(h, host, dpa - 8));
    C_ASSERT(dcd_device_dmi(h->device, host, WINDOW + dpa + 1, &span));
    C_EXPECT_EQ(WINDOW + dpa, span.first);
    C_EXPECT_EQ(WINDOW + dpa + length - 1, span.last);
    C_EXPECT(span.writable);
    for (unsigned other = 0; other < h->config.heads; other++) {
        if (other == host)
            continue;
        C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(h, other, dpa));
        C_EXPECT(!dcd_device_dmi(h->device, other, WINDOW + dpa, &span));
    }
}

/* There and back, each host in turn, with accesses just before the change. */
C_TEST(fm_configure, blocks_are_of_the_new_size_everywhere)
{
    static const uint64_t sizes[] = {MIB(128), MIB(2), 64,    KIB(4),
                                     MIB(128), 64,     MIB(2)};
    struct harness h;

    sizes_build(&h);
    for (unsigned host = 0; host < 3; host++)
        open_window(&h, host);
    for (unsigned turn = 0; turn < COUNT(sizes); turn++) {
        uint64_t block = sizes[turn];
        unsigned host = turn % 3;

        C_CONTEXT("turn %u, blocks of %llu", turn, (unsigned long long)block);
        C_EXPECT_EQ(0, ask_configure(&h, 1, block, 0));
        expect_cut(&h, host, block);
        expect_reach(&h, host, R1, block);
        C_EXPECT_EQ(0, release(&h, host, RANGES({R1, block})));
        /* Three blocks further on, for another host. */
        hold(&h, (host + 1) % 3, RANGES({R1 + 3 * block, 2 * block}));
        expect_reach(&h, (host + 1) % 3, R1 + 3 * block, 2 * block);
        C_EXPECT_EQ(0, fm_release(&h, (host + 1) % 3, FORCED,
                                  RANGES({R1 + 3 * block, 2 * block})));
        for (unsigned i = 0; i < 3; i++)
            while (get_events(&h, i))
                C_EXPECT_EQ(0, clear_events(&h, i, 1));
        fm_drain_events(&h);
    }
    harness_free(&h);
}

/* The whole region, to its last byte. */
C_TEST(fm_configure, a_region_has_as_many_blocks_as_fit)
{
    static const uint64_t sizes[] = {MIB(128), KIB(4), 64, MIB(2)};
    struct harness h;

    sizes_build(&h);
    for (unsigned host = 0; host < 3; host++)
        open_window(&h, host);
    for (unsigned i = 0; i < COUNT(sizes); i++) {
        uint64_t block = sizes[i];

        C_CONTEXT("blocks of %llu", (unsigned long long)block);
        C_EXPECT_EQ(0, ask_configure(&h, 1, block, 0));
        hold(&h, 0, RANGES({R2 - block, block}, {R1, GIB(1) - block}));
        C_EXPECT_EQ(0x1d, ask_free(&h, 0, 1, block, NULL));
        expect_reach(&h, 0, R1, GIB(1));
        C_EXPECT_EQ(0x0f, fm_add(&h, 0, RANGES({R2 - block, 2 * block})));
        C_EXPECT_EQ(0, release(&h, 0, RANGES({R1, GIB(1)})));
        C_EXPECT_EQ(0, clear_events(&h, 1, 1));
        C_EXPECT_EQ(0, clear_events(&h, 2, 1));
    }
    harness_free(&h);
}

/* Regions beside it, held and pointed at, do not notice. */
C_TEST(fm_configure, leaves_other_regions_alone)
{
    struct dcd_span span;
    struct harness h;

    sizes_build(&h);
    open_window(&h, 0);
    hold(&h, 0, RANGES({R1 - MIB(2), MIB(2), TAG_A}, {R2, MIB(2), TAG_B}));
    poke(&h, 0, R1 - 8, 11);
    poke(&h, 0, R2, 12);
    C_ASSERT(dcd_device_dmi(h.device, 0, WINDOW + R2, &span));
    h.revocations = 0;
    C_EXPECT_EQ(0, ask_configure(&h, 1, MIB(128), SANITIZE));
    C_EXPECT_EQ(0, h.revocations);
    C_EXPECT_EQ(11, peek(&h, 0, R1 - 8));
    C_EXPECT_EQ(12, peek(&h, 0, R2));
    C_EXPECT_EQ(12, dcd_load_le(span.data, 8));
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(&h, 0, R1));
    expect_held(&h, 0,
                RANGES({R1 - MIB(2), MIB(2), TAG_A}, {R2, MIB(2), TAG_B}));
    C_EXPECT_EQ(0, ask_free(&h, 0, 0, MIB(2), NULL));
    harness_free(&h);
}

C_TEST(fm_configure, blocks_of_the_new_size_are_shared)
{
    static const struct range large[] = {{R2 + MIB(256), MIB(128), TAG_A, 0}};
    struct harness h;

    sizes_build(&h);
    open_window(&h, 0);
    open_window(&h, 2);
    hold(&h, 0, RANGES({R2, MIB(2), TAG_A}));
    C_EXPECT_EQ(0, release(&h, 0, RANGES({R2, MIB(2)})));
    C_EXPECT_EQ(0, ask_configure(&h, 2, MIB(128), 0));
    C_EXPECT_EQ(0x1e, fm_add(&h, 0, RANGES({R2, MIB(2), TAG_A})));
    C_EXPECT_EQ(0, clear_events(&h, 0, 1));
    C_EXPECT_EQ(0, clear_events(&h, 2, 1));
    hold(&h, 0, large, 1);
    hold_share(&h, 2, 2, large, 1);
    poke(&h, 0, R2 + MIB(384) - 8, 77);
    C_EXPECT_EQ(77, peek(&h, 2, R2 + MIB(384) - 8));
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(&h, 2, R2 + MIB(384)));
    harness_free(&h);
}

/* --- Sanitize ------------------------------------------------------------- */

/* What host 1 finds in a block that host 0 wrote to and gave back. */
static uint64_t hand_over(struct harness *h)
{
    uint64_t value;

    hold(h, 0, RANGES({R1, MIB(2)}));
    poke(h, 0, R1 + MIB(1), 4711);
    C_EXPECT_EQ(0, release(h, 0, RANGES({R1, MIB(2)})));
    hold(h, 1, RANGES({R1, MIB(2)}));
    value = peek(h, 1, R1 + MIB(1));
    C_EXPECT_EQ(0, release(h, 1, RANGES({R1, MIB(2)})));
    fm_drain_events(h);
    return value;
}

C_TEST(fm_configure, decides_whether_bytes_outlive_their_owner)
{
    struct harness h;

    sizes_build(&h);
    open_window(&h, 0);
    open_window(&h, 1);
    C_EXPECT_EQ(4711, hand_over(&h));
    C_EXPECT_EQ(0, ask_configure(&h, 1, MIB(2), SANITIZE));
    C_EXPECT_EQ(0, hand_over(&h));
    C_EXPECT_EQ(0, ask_configure(&h, 1, MIB(2), 0));
    C_EXPECT_EQ(4711, hand_over(&h));
    harness_free(&h);
}

/* It erases what becomes free from now on, not what is free already. */
C_TEST(fm_configure, erases_nothing_itself)
{
    struct harness h;

    sizes_build(&h);
    open_window(&h, 0);
    hold(&h, 0, RANGES({R1, MIB(2)}));
    poke(&h, 0, R1 + MIB(1), 4711);
    C_EXPECT_EQ(0, release(&h, 0, RANGES({R1, MIB(2)})));
    C_EXPECT_EQ(0, ask_configure(&h, 1, MIB(128), SANITIZE));
    hold(&h, 0, RANGES({R1, MIB(128)}));
    C_EXPECT_EQ(4711, peek(&h, 0, R1 + MIB(1)));
    C_EXPECT_EQ(0, release(&h, 0, RANGES({R1, MIB(128)})));
    hold(&h, 0, RANGES({R1, MIB(128)}));
    C_EXPECT_EQ(0, peek(&h, 0, R1 + MIB(1)));
    harness_free(&h);
}

/* --- Regions that can be configured --------------------------------------- */

C_TEST(fm_configure, a_region_is_a_multiple_of_all_its_sizes)
{
    struct dcd_config_error error;
    struct harness h;

    sizes_config(&h);
    C_EXPECT(dcd_config_validate(&h.config, &error));
    h.config.regions[1].length = GIB(1) - MIB(2);
    C_EXPECT(!dcd_config_validate(&h.config, &error));
    C_EXPECT_EQ(DCD_CONFIG_REGION, error.part);
    C_EXPECT_EQ(1, error.index);
    C_EXPECT_STREQ("block_sizes", error.field);
    C_EXPECT_STREQ("region 1: the length is not a multiple of all supported "
                   "block sizes",
                   error.text);
    h.config.regions[1].block_sizes = 64 | KIB(4) | MIB(2);
    C_EXPECT(dcd_config_validate(&h.config, &error));
}

/* A region begins on a block of each size, behind whatever is before it. */
C_TEST(fm_configure, a_region_begins_at_a_multiple_of_all_its_sizes)
{
    struct dcd_layout layout;
    struct harness h;

    sizes_config(&h);
    h.config.static_volatile = MIB(256);
    h.config.regions[1].block_sizes = MIB(2) | GIB(1);
    h.config.regions[2].block_sizes = MIB(2);
    dcd_config_layout(&h.config, &layout);
    C_EXPECT_EQ(MIB(256), layout.region_base[0]);
    C_EXPECT_EQ(GIB(2), layout.region_base[1]);
    C_EXPECT_EQ(GIB(3), layout.region_base[2]);
    harness_build(&h);
    C_EXPECT_EQ(0, ask_configure(&h, 1, GIB(1), 0));
    hold(&h, 0, RANGES({GIB(2), GIB(1)}));
    C_EXPECT_EQ(0x03, ask_configure(&h, 1, MIB(2), 0));
    harness_free(&h);
}
