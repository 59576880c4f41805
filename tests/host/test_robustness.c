/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_robustness.c - random bytes at every door of a host.
 *
 * Whatever a host writes, the device neither crashes nor breaks an invariant,
 * and answers the next sane command. Runs are the same every time: the seeds
 * are fixed.
 */
#include "host_support.h"

#include "gtest_c.h"

#include <stdlib.h>
#include <string.h>

enum { HEADS = 3 };

enum { STEPS = 60000 }; /* a seed */

static const uint64_t seeds[] = {1, 0xdcd, 0xfeedface, 0x123456789abcdef};

/* xorshift64*, by Marsaglia and Vigna. */
struct dice {
    uint64_t state;
};

static uint64_t roll(struct dice *dice)
{
    dice->state ^= dice->state >> 12;
    dice->state ^= dice->state << 25;
    dice->state ^= dice->state >> 27;
    return dice->state * UINT64_C(2685821657736338717);
}

/* 0 ... [n] - 1. */
static uint64_t below(struct dice *dice, uint64_t n)
{
    return (roll(dice) >> 11) % n;
}

static bool one_in(struct dice *dice, uint64_t n)
{
    return below(dice, n) == 0;
}

struct storm {
    struct harness h;
    struct dice dice;
    uint8_t in[2048];
    uint32_t answers;  /* commands that succeeded */
    uint32_t accepted; /* answers to an offer that succeeded */
    uint32_t released; /* releases that succeeded */
};

static void build(struct storm *s, uint64_t seed, uint64_t latency)
{
    memset(s, 0, sizeof(*s));
    s->dice.state = seed;
    harness_d1_config(&s->h);
    s->h.config.revision = DCD_REVISION_4_0;
    s->h.config.heads = HEADS;
    s->h.config.extents = 24;
    s->h.config.tags = 6;
    s->h.config.static_volatile = MIB(256);
    s->h.config.mailbox_latency = latency;
    s->h.config.region_count = 3;
    for (unsigned i = 0; i < 3; i++) {
        s->h.config.regions[i].length = MIB(64);
        s->h.config.regions[i].block_size = MIB(2);
        s->h.config.regions[i].decode = 0;
    }
    s->h.config.regions[2].attributes = DCD_REGION_ATTR_SHARABLE;
    s->h.config.regions[1].sanitize = DCD_SANITIZE_YES;
    harness_build(&s->h);
}

/* --- Input that is nearly right ------------------------------------------ */

static uint64_t some_dpa(struct dice *dice)
{
    switch (below(dice, 12)) {
    case 0:
        return roll(dice);
    case 1:
        return below(dice, GIB(2));
    default:
        return MIB(256) * (1 + below(dice, 3)) + MIB(2) * below(dice, 32);
    }
}

static uint64_t some_length(struct dice *dice)
{
    switch (below(dice, 16)) {
    case 0:
        return roll(dice);
    case 1:
        return 0;
    case 2:
        return MIB(64);
    default:
        return MIB(2) * (1 + below(dice, 6));
    }
}

/* An extent list of 4802h and 4803h; answers with its length. */
static uint32_t some_list(struct storm *s)
{
    uint32_t count = (uint32_t)below(&s->dice, 5);

    dcd_store_le(s->in, 4, one_in(&s->dice, 20) ? roll(&s->dice) : count);
    s->in[4] = one_in(&s->dice, 5) ? DCD_EXTENT_LIST_MORE : 0;
    for (uint32_t i = 0; i < count; i++) {
        dcd_store_le(s->in + 8 + 0x18 * i, 8, some_dpa(&s->dice));
        dcd_store_le(s->in + 16 + 0x18 * i, 8, some_length(&s->dice));
    }
    return 8 + 0x18 * count;
}

static const uint16_t opcodes[] = {
    0x0100, 0x0101, 0x0102, 0x0103, 0x0300, 0x0301, 0x0400, 0x0401,
    0x4000, 0x4100, 0x4800, 0x4801, 0x4802, 0x4802, 0x4802, 0x4803,
    0x4803, 0x4803, 0x5604, 0x5605, 0x0001, 0x4402,
};
static const uint8_t lengths[] = {1, 8, 0, 5, 0, 8, 0, 24, 0,  0, 2,
                                  8, 0, 0, 0, 0, 0, 0, 32, 32, 0, 0};

static void send_command(struct storm *s, unsigned head)
{
    uint64_t k = below(&s->dice, COUNT(opcodes));
    uint16_t opcode = opcodes[k];
    uint32_t length = lengths[k];

    for (uint32_t i = 0; i < 256; i++)
        s->in[i] = (uint8_t)(one_in(&s->dice, 3) ? roll(&s->dice) : 0);
    if (opcode == 0x4802 || opcode == 0x4803)
        length = some_list(s);
    if (opcode <= 0x0101 && one_in(&s->dice, 2))
        s->in[0] = DCD_LOG_DYNAMIC_CAPACITY;
    if (one_in(&s->dice, 10))
        opcode = (uint16_t)roll(&s->dice);
    if (one_in(&s->dice, 10))
        length = (uint32_t)below(&s->dice, 2100);
    if (mailbox(&s->h, head, opcode, s->in, length) == DCD_RC_SUCCESS)
        s->answers++;
}

/* The host reads its log and clears what it read, as drivers do. */
static void tidy_up(struct storm *s, unsigned head)
{
    uint32_t count = get_events(&s->h, head);

    if (count)
        clear_events(&s->h, head, count);
    if (one_in(&s->dice, 8))
        fm_drain(&s->h);
}

/* --- The fabric manager, who gives the host something to break ----------- */

/* Extents of one region, which may be free; shared ones have a tag. */
static uint32_t some_extents(struct dice *dice, struct range *list)
{
    static const char *const tags[] = {"11111111-2222-3333-4444-555555555555",
                                       "22222222-2222-3333-4444-555555555555",
                                       "33333333-2222-3333-4444-555555555555"};
    uint64_t region = below(dice, 3);
    uint32_t count = 1 + (uint32_t)below(dice, 3);
    uint64_t block = below(dice, 20);
    const char *tag = region == 2 ? tags[below(dice, COUNT(tags))] : NULL;

    memset(list, 0, 3 * sizeof(*list));
    for (uint32_t i = 0; i < count; i++) {
        uint64_t blocks = 1 + below(dice, 3);

        list[i].dpa = MIB(256) * (1 + region) + MIB(2) * block;
        list[i].length = MIB(2) * blocks;
        list[i].tag = tag;
        list[i].sequence = (uint16_t)i;
        block += blocks + below(dice, 2);
    }
    return count;
}

static void offer_something(struct storm *s, unsigned head)
{
    struct range list[3];
    uint32_t count = some_extents(&s->dice, list);

    if (one_in(&s->dice, 10))
        list[0].dpa = some_dpa(&s->dice);
    if (one_in(&s->dice, 6))
        fm_release(&s->h, head, one_in(&s->dice, 2) ? DCD_RELEASE_FORCED : 0,
                   list, count);
    else
        fm_add(&s->h, head, list, count);
}

/* A host that accepts everything it was offered, so that there is a list. */
static void accept_everything(struct storm *s, unsigned head)
{
    struct range list[15];
    uint32_t n = 0;
    uint32_t events = get_events(&s->h, head);

    for (uint32_t i = 0; i < events; i++) {
        const struct dcd_dc_event *e = event_at(&s->h, i);

        if (e->type != DCD_EVENT_ADD_CAPACITY)
            continue;
        list[n].dpa = dcd_get64(e->extent.dpa);
        list[n++].length = dcd_get64(e->extent.length);
        if (!(e->flags & DCD_EVENT_MORE))
            break;
    }
    if (n && add_response(&s->h, head, list, n) == DCD_RC_SUCCESS)
        s->accepted++;
    else
        add_response(&s->h, head, NO_RANGES); /* the log and the queue differ */
    tidy_up(s, head);
}

/* A host that gives back one of its extents, or a part of it. */
static void release_something(struct storm *s, unsigned head)
{
    struct dcd_get_extent_list_req req = {dcd_put32(10), dcd_put32(0)};
    const struct dcd_extent_wire *list =
        (const void *)(s->h.out + sizeof(struct dcd_get_extent_list_rsp));
    struct range gone = {0, MIB(2)};
    uint32_t n;

    C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(&s->h, head, DCD_OP_GET_DC_EXTENT_LIST,
                                        &req, sizeof(req)));
    n = (uint32_t)dcd_load_le(s->h.out, 4);
    if (n == 0)
        return;
    list += below(&s->dice, n);
    gone.dpa = dcd_get64(list->dpa);
    if (one_in(&s->dice, 2))
        gone.length = dcd_get64(list->length);
    if (release(&s->h, head, &gone, 1) == DCD_RC_SUCCESS)
        s->released++;
}

/* --- Registers ----------------------------------------------------------- */

static uint64_t some_offset(struct dice *dice)
{
    switch (below(dice, 8)) {
    case 0:
        return roll(dice);
    case 1:
        return below(dice, DCD_BAR_SIZE + 0x1000);
    case 2:
        return DCD_BAR_HDM + 4 * below(dice, 40);
    case 3:
        return DCD_BAR_COMPONENT + below(dice, 0x3000);
    case 4:
        return DCD_BAR_MSIX_TABLE + below(dice, 0x1100);
    case 5:
        return DCD_BAR_DEVICE + below(dice, 0xa00);
    default:
        return MAILBOX_AT(0) + below(dice, 0x30);
    }
}

static uint64_t some_width(struct dice *dice)
{
    return one_in(dice, 4) ? below(dice, 70) : UINT64_C(1) << below(dice, 4);
}

static void poke(struct storm *s, unsigned head)
{
    uint64_t offset = some_offset(&s->dice);
    uint64_t width = some_width(&s->dice);
    uint8_t bytes[80];

    for (unsigned i = 0; i < sizeof(bytes); i += 8)
        dcd_store_le(bytes + i, 8, roll(&s->dice));
    if (one_in(&s->dice, 8)) {
        offset = one_in(&s->dice, 3) ? roll(&s->dice) : below(&s->dice, 0x1010);
        dcd_device_config_write(s->h.device, head, offset, bytes, width);
        dcd_device_config_read(s->h.device, head, offset, bytes, width);
        return;
    }
    dcd_device_mmio_write(s->h.device, head, offset, bytes, width);
    dcd_device_mmio_read(s->h.device, head, offset, bytes, width);
    /* A doorbell that was hit by chance ends, so that commands can follow. */
    s->h.now += s->h.config.mailbox_latency;
}

/* Memory through whatever the decoders have become. */
static void touch(struct storm *s, unsigned head)
{
    uint8_t bytes[64] = {0};
    uint64_t hpa =
        one_in(&s->dice, 4) ? roll(&s->dice) : below(&s->dice, GIB(8));

    if (one_in(&s->dice, 2))
        dcd_device_write(s->h.device, head, hpa, bytes,
                         below(&s->dice, sizeof(bytes)));
    else
        dcd_device_read(s->h.device, head, hpa, bytes,
                        below(&s->dice, sizeof(bytes)));
}

/* --- Storms -------------------------------------------------------------- */

static void step(struct storm *s)
{
    unsigned head = (unsigned)below(&s->dice, HEADS);

    switch (below(&s->dice, 16)) {
    case 0:
        offer_something(s, head);
        break;
    case 1:
        accept_everything(s, head);
        break;
    case 2:
        release_something(s, head);
        break;
    case 3:
    case 4:
    case 5:
    case 6:
        poke(s, head);
        break;
    case 7:
        touch(s, head);
        break;
    default:
        send_command(s, head);
    }
    s->h.now += below(&s->dice, 1000);
    if (one_in(&s->dice, 5000))
        dcd_device_reset(s->h.device, head, DCD_RESET_CONVENTIONAL);
}

static void expect_alive(struct storm *s)
{
    char why[200] = "";

    C_EXPECT_EQ(0, dcd_device_violations(s->h.device));
    if (!dcd_device_check(s->h.device, why, sizeof(why)))
        C_ADD_FAILURE("%s", why);
    for (unsigned head = 0; head < HEADS; head++) {
        C_EXPECT_EQ(DCD_RC_SUCCESS,
                    command(&s->h, head, DCD_OP_IDENTIFY_MEMORY_DEVICE));
        C_EXPECT_EQ(0x45, s->h.out_length);
    }
}

static void run(uint64_t latency)
{
    struct storm *s = malloc(sizeof(*s));

    C_ASSERT(s);
    for (uint32_t i = 0; i < COUNT(seeds); i++) {
        C_CONTEXT("seed %llx", (unsigned long long)seeds[i]);
        build(s, seeds[i], latency);
        for (uint32_t k = 0; k < STEPS; k++)
            step(s);
        expect_alive(s);
        /* It was not all refused. */
        C_EXPECT(s->answers > STEPS / 20);
        C_EXPECT(s->accepted > STEPS / 500);
        C_EXPECT(s->released > STEPS / 500);
        harness_free(&s->h);
    }
    C_CONTEXT("");
    free(s);
}

C_TEST(robustness, nothing_that_a_host_writes_breaks_the_device)
{
    run(0);
}

C_TEST(robustness, nothing_breaks_a_device_with_latency)
{
    run(1000000);
}
