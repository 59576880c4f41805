/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_dmi_random.c - a host that keeps every pointer it was ever granted
 * until it is told to let go, while capacity and decoders move under it.
 */
#include "gtest_c.h"
#include "memory_support.h"

#include <string.h>

#define HEADS 2u
#define DECODERS 4u
#define SPANS 96u
#define STEPS 2500u

/* Two regions of few blocks, so that everything meets everything. */
static const struct {
    uint64_t dpa;
    uint64_t length;
    uint64_t block;
} places[] = {
    {0, 65536, 4096}, /* static memory: the blocks are the test's own */
    {MIB(256), 262144, 4096},
    {MIB(512), 16384, 64},
};

/* The registers of a decoder, as the test wrote them. */
struct decoder {
    bool committed;
    uint64_t base;
    uint64_t size;
    unsigned ways;
    uint64_t granule;
};

struct host {
    struct harness h; /* first: callbacks get its address */
    uint64_t state;
    struct decoder decoder[HEADS][DECODERS];
    struct dcd_span span[HEADS][SPANS];
    unsigned spans[HEADS];
    unsigned granted;
    unsigned dropped;
    unsigned granted_inside;
};

static uint64_t below(struct host *t, uint64_t n)
{
    return draw(&t->state) % n;
}

/* --- Pointers ------------------------------------------------------------- */

/* An HPA that a decoder of [head] maps to [dpa], or one nobody maps. */
static uint64_t some_hpa(struct host *t, unsigned head, uint64_t dpa)
{
    uint64_t start = 0;
    uint64_t found = below(t, GIB(16));

    for (unsigned n = 0; n < DECODERS; n++) {
        const struct decoder *d = &t->decoder[head][n];
        uint64_t share;
        uint64_t o;

        if (!d->committed)
            break;
        share = d->size / d->ways;
        o = dpa - start;
        if (o < share && below(t, 3))
            found = d->base + o / d->granule * d->granule * d->ways +
                    below(t, d->ways) * d->granule + o % d->granule;
        start += share;
    }
    return found;
}

static bool ask(struct host *t, unsigned head)
{
    size_t i = below(t, COUNT(places));
    uint64_t hpa =
        some_hpa(t, head, places[i].dpa + below(t, places[i].length));
    struct dcd_span span;
    bool granted = dcd_device_dmi(t->h.device, head, hpa, &span);

    C_EXPECT(span.first <= hpa && hpa <= span.last);
    C_EXPECT_EQ(granted, dcd_device_probe(t->h.device, head, hpa, 1, false) ==
                             DCD_ACCESS_OK);
    if (!granted)
        return false;
    /* A full table lets go of one by itself. */
    i = t->spans[head] < SPANS ? t->spans[head]++ : below(t, SPANS);
    t->span[head][i] = span;
    t->granted++;
    return true;
}

/* Everything that has a byte in the revoked range goes. */
static void let_go(struct host *t, unsigned head, uint64_t first, uint64_t last)
{
    for (unsigned i = 0; i < t->spans[head];) {
        struct dcd_span *s = &t->span[head][i];

        if (s->first <= last && first <= s->last) {
            *s = t->span[head][--t->spans[head]];
            t->dropped++;
        } else {
            i++;
        }
    }
}

/* Takes new pointers even now: what is closing must not be among them. */
static void on_revoke(struct harness *h)
{
    struct host *t = (struct host *)h;

    let_go(t, h->revoked_head, h->revoked_first, h->revoked_last);
    for (unsigned i = 0; i < 4; i++)
        t->granted_inside += ask(t, (unsigned)below(t, HEADS));
}

/* The whole span may still be touched, and is still the same memory. */
static void expect_alive(struct host *t, unsigned head,
                         const struct dcd_span *s)
{
    uint64_t length = s->last - s->first + 1;
    uint64_t at = below(t, length);
    uint8_t byte = (uint8_t)draw(&t->state);
    uint8_t back = (uint8_t)~byte;

    C_ASSERT_EQ(DCD_ACCESS_OK, dcd_device_probe(t->h.device, head, s->first,
                                                length, s->writable));
    C_ASSERT_EQ(DCD_ACCESS_OK,
                dcd_device_write(t->h.device, head, s->first + at, &byte, 1));
    C_ASSERT_EQ(byte, s->data[at]);
    s->data[at] = (uint8_t)(byte + 1);
    C_ASSERT_EQ(DCD_ACCESS_OK,
                dcd_device_read(t->h.device, head, s->first + at, &back, 1));
    C_ASSERT_EQ((uint8_t)(byte + 1), back);
}

static void expect_all_alive(struct host *t)
{
    for (unsigned head = 0; head < HEADS; head++)
        for (unsigned i = 0; i < t->spans[head]; i++)
            expect_alive(t, head, &t->span[head][i]);
}

/* --- What moves under them ------------------------------------------------ */

static void toggle_decoder(struct host *t, unsigned head)
{
    static const unsigned codes[][2] = {{0, 1}, {0, 1}, {0, 1}, {1, 2}, {8, 3}};
    unsigned n = (unsigned)below(t, DECODERS);
    struct decoder *d = &t->decoder[head][n];
    size_t i = below(t, COUNT(codes));
    unsigned ig = (unsigned)below(t, 7);

    if (d->committed) {
        d->committed = false;
        uncommit_decoder(&t->h, head, n);
        return;
    }
    d->committed = true;
    d->ways = codes[i][1];
    d->granule = UINT64_C(256) << ig;
    d->size = MIB(256) * d->ways * (1 + below(t, 3));
    d->base = MIB(256) * below(t, 48);
    commit_interleaved(&t->h, head, n, d->base, d->size, codes[i][0], ig);
}

static void drain(struct host *t, unsigned head)
{
    uint32_t count;

    while ((count = get_events(&t->h, head)) != 0)
        C_ASSERT_EQ(DCD_RC_SUCCESS, clear_events(&t->h, head, count));
    fm_drain_events(&t->h);
}

/* A part of a range, in blocks; perhaps all of it. */
static struct range part(struct host *t, struct range whole, uint64_t block)
{
    uint64_t blocks = whole.length / block;
    uint64_t first = below(t, 2) ? below(t, blocks) : 0;
    uint64_t count =
        below(t, 2) ? below(t, blocks - first) + 1 : blocks - first;
    struct range r = {whole.dpa + first * block, count * block, NULL, 0};

    return r;
}

static void add(struct host *t, unsigned head)
{
    size_t i = 1 + below(t, 2);
    struct range whole = {places[i].dpa, places[i].length, NULL, 0};
    struct range offer = part(t, whole, places[i].block);
    struct range taken;

    if (offer.length > 16 * places[i].block)
        offer.length = 16 * places[i].block;
    if (fm_add(&t->h, head, &offer, 1) != DCD_RC_SUCCESS)
        return;
    taken = part(t, offer, places[i].block);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                add_response(&t->h, head, &taken, below(t, 8) ? 1 : 0));
    drain(t, head);
}

/* Some of the accepted extents, whole or in part. */
static uint32_t choose(struct host *t, unsigned head, struct range *ranges,
                       uint32_t most)
{
    struct dcd_get_extent_list_req req = {dcd_put32(UINT32_MAX), dcd_put32(0)};
    const struct dcd_get_extent_list_rsp *rsp = (void *)t->h.out;
    const struct dcd_extent_wire *e = (void *)(t->h.out + sizeof(*rsp));
    uint32_t count = 0;

    C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(&t->h, head, DCD_OP_GET_DC_EXTENT_LIST,
                                        &req, sizeof(req)));
    for (uint32_t i = 0; i < dcd_get32(rsp->returned) && count < most; i++) {
        struct range whole = {dcd_get64(e[i].dpa), dcd_get64(e[i].length), NULL,
                              0};

        if (below(t, 3) == 0)
            ranges[count++] =
                part(t, whole, places[whole.dpa < MIB(512) ? 1 : 2].block);
    }
    return count;
}

static void take(struct host *t, unsigned head, bool forced)
{
    struct range ranges[4];
    uint32_t count = choose(t, head, ranges, COUNT(ranges));
    uint8_t flags = DCD_RELEASE_FORCED;

    if (count == 0)
        return;
    if (below(t, 2))
        flags |= DCD_RELEASE_SANITIZE;
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                forced ? fm_release(&t->h, head, flags, ranges, count)
                       : release(&t->h, head, ranges, count));
    drain(t, head);
}

static void reset(struct host *t, unsigned head)
{
    dcd_device_reset(t->h.device, head, DCD_RESET_CONVENTIONAL);
    for (unsigned n = 0; n < DECODERS; n++)
        t->decoder[head][n].committed = false;
    C_EXPECT_EQ(0, t->spans[head]);
}

static void step(struct host *t)
{
    unsigned head = (unsigned)below(t, HEADS);
    uint64_t what = below(t, 100);

    if (what < 35)
        add(t, head);
    else if (what < 60)
        take(t, head, false);
    else if (what < 80)
        take(t, head, true);
    else if (what < 98)
        toggle_decoder(t, head);
    else
        reset(t, head);
    for (unsigned i = 0; i < 12; i++)
        ask(t, (unsigned)below(t, HEADS));
}

static void build(struct host *t, uint64_t seed)
{
    memset(t, 0, sizeof(*t));
    t->state = seed;
    harness_d1_config(&t->h);
    t->h.config.heads = HEADS;
    t->h.config.dc_log = 64;
    t->h.config.static_volatile = MIB(256);
    for (unsigned i = 0; i < 2; i++) {
        t->h.config.regions[i].length = places[i + 1].length;
        t->h.config.regions[i].block_size = places[i + 1].block;
    }
    t->h.config.regions[0].sanitize = DCD_SANITIZE_CONFIGURABLE;
    t->h.config.regions[1].sanitize = DCD_SANITIZE_YES;
    harness_build(&t->h);
    t->h.on_revoke = on_revoke;
    for (unsigned head = 0; head < HEADS; head++)
        for (unsigned i = 0; i < 3; i++)
            toggle_decoder(t, head);
}

static void run(uint64_t seed)
{
    static struct host t;

    build(&t, seed);
    for (unsigned i = 0; i < STEPS; i++) {
        C_CONTEXT("seed %llu, step %u", (unsigned long long)seed, i);
        step(&t);
        expect_all_alive(&t);
    }
    /* It was worth it: there was always something to lose. */
    C_EXPECT(t.granted > STEPS);
    C_EXPECT(t.dropped > STEPS / 4);
    C_EXPECT(t.granted_inside > STEPS / 8);
    harness_free(&t.h);
}

C_TEST(dmi, pointers_live_until_revoked_whatever_moves_seed_1)
{
    run(1);
}

C_TEST(dmi, pointers_live_until_revoked_whatever_moves_seed_2)
{
    run(2);
}

C_TEST(dmi, pointers_live_until_revoked_whatever_moves_seed_3)
{
    run(3);
}

C_TEST(dmi, pointers_live_until_revoked_whatever_moves_seed_4)
{
    run(20260801);
}
