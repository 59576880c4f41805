/* SPDX-License-Identifier: Apache-2.0 */
/* test_random.c - long random lives of a device, step by step compared with
 * a naive reference: codes, lists, limits, logs and bytes. */
#include "fabric.h"
#include "reference.h"

#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define STEPS 5000
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define STEPS 5000
#endif
#endif
#ifndef STEPS
#define STEPS 25000
#endif

#define LIST 8 /* entries of one request, at most */

struct duel {
    struct harness h;
    struct reference r;
    uint64_t random;
    bool differ;             /* found a difference: stop */
    unsigned done[16];       /* successes by kind of step */
    struct range list[LIST]; /* of the request under way */
    unsigned count;          /* of it */
    struct range held[REF_BLOCKS];
};

static uint64_t draw(struct duel *d, uint64_t below)
{
    d->random ^= d->random << 13;
    d->random ^= d->random >> 7;
    d->random ^= d->random << 17;
    return (d->random >> 11) % below;
}

static void build(struct duel *d, uint64_t seed)
{
    static const struct dcd_region_config regions[REF_REGIONS] = {
        {.length = 24 * 4096, .block_size = 4096},
        {.length = 16 * 65536,
         .block_size = 65536,
         .sanitize = DCD_SANITIZE_YES},
        {.length = 20 * 256, .block_size = 256},
    };

    memset(d, 0, sizeof(*d));
    harness_d1_config(&d->h);
    d->h.config.revision = DCD_REVISION_4_0;
    d->h.config.heads = REF_HEADS;
    d->h.config.extents = REF_EXTENTS;
    d->h.config.tags = REF_TAGS;
    d->h.config.dc_log = REF_DC_LOG;
    d->h.config.fm_log = REF_FM_LOG;
    d->h.config.region_count = REF_REGIONS;
    memcpy(d->h.config.regions, regions, sizeof(regions));
    harness_build(&d->h);
    ref_init(&d->r, &d->h.config);
    d->random = seed * UINT64_C(0x9e3779b97f4a7c15);
    for (unsigned head = 0; head < REF_HEADS; head++)
        open_window(&d->h, head);
}

/* --- Requests ------------------------------------------------------------ */

static const struct ref_region *some_region(struct duel *d)
{
    return &d->r.region[draw(d, d->r.regions)];
}

static struct range anything(struct duel *d)
{
    const struct ref_region *region = some_region(d);
    uint64_t blocks = region->length / region->block;
    uint64_t first = draw(d, blocks);

    return (struct range){region->base + first * region->block,
                          (1 + draw(d, 3)) * region->block, NULL, 0};
}

/* Up to four blocks in one state from some place on; free ones have no owner.
 */
static struct range run(struct duel *d, unsigned head, enum ref_state state)
{
    const struct reference *r = &d->r;
    unsigned at = (unsigned)draw(d, r->blocks);
    unsigned most = 1 + (unsigned)draw(d, 4);
    struct range range = {0, 0, NULL, 0};

    for (unsigned i = 0; i < r->blocks && most; i++, at++) {
        const struct ref_block *b = &r->block[at %= r->blocks];
        bool fits =
            b->state == state && (state == REF_FREE || b->owner == head);
        uint64_t dpa = ref_dpa(r, at);

        if (range.length && (!fits || dpa != range.dpa + range.length))
            break;
        if (!fits)
            continue;
        if (!range.length)
            range.dpa = dpa;
        for (unsigned k = 0; k < r->regions; k++)
            if (r->region[k].first <= at)
                dpa = r->region[k].block;
        range.length += dpa;
        most--;
    }
    return range.length ? range : anything(d);
}

/* What no list may have. */
static void spoil(struct duel *d, struct range *range)
{
    const struct ref_region *region = some_region(d);
    uint64_t half = region->block / 2;

    switch (draw(d, 8)) {
    case 0:
        range->length = 0;
        break;
    case 1:
        range->dpa += half;
        break;
    case 2:
        range->length += 64;
        break;
    case 3:
        range->dpa = region->base + region->length;
        break;
    case 4:
        range->dpa = region->base + region->length - region->block;
        range->length = 2 * region->block;
        break;
    case 5:
        range->length = 0 - region->block;
        break;
    case 6:
        range->dpa = UINT64_MAX - (region->block - 1);
        range->length = region->block;
        break;
    default:
        *range = anything(d);
        break;
    }
}

static void runs(struct duel *d, unsigned head, enum ref_state state)
{
    d->count = (unsigned)draw(d, 20) ? 1 + (unsigned)draw(d, 3) : 0;
    if (draw(d, 40) == 0)
        d->count = LIST;
    for (unsigned i = 0; i < d->count; i++) {
        d->list[i] = run(d, head, state);
        if (draw(d, 16) == 0)
            spoil(d, &d->list[i]);
    }
}

static void tag_some(struct duel *d)
{
    const char *tag = ref_tag_names[draw(d, REF_NAMES)];

    for (unsigned i = 0; i < d->count; i++) {
        d->list[i].tag = draw(d, 4) ? tag : NULL;
        if (draw(d, 6) == 0)
            tag = ref_tag_names[draw(d, REF_NAMES)];
    }
}

/* A part of [range], in blocks of the region that it starts in. */
static struct range part(struct duel *d, struct range range)
{
    const struct reference *r = &d->r;
    uint64_t block = 0;
    uint64_t skip;

    for (unsigned k = 0; k < r->regions; k++)
        if (r->region[k].base <= range.dpa)
            block = r->region[k].block;
    skip = draw(d, range.length / block);
    range.dpa += skip * block;
    range.length = (1 + draw(d, range.length / block - skip)) * block;
    return range;
}

/* Mostly what the host was offered first, or pieces of it, in any order. */
static void answer(struct duel *d, unsigned head)
{
    const struct ref_head *h = &d->r.head[head];
    const struct ref_group *group = &h->group[0];

    d->count = 0;
    if (h->groups == 0 || draw(d, 8) == 0) {
        runs(d, head, REF_PENDING);
        return;
    }
    if (h->groups > 1 && draw(d, 10) == 0)
        group = &h->group[1];
    for (unsigned i = 0; i < group->count; i++) {
        if (draw(d, 5) == 0)
            continue;
        d->list[d->count] = group->ranges[i];
        if (draw(d, 3) == 0)
            d->list[d->count] = part(d, group->ranges[i]);
        d->count++;
        if (draw(d, 12) == 0 && d->count < LIST)
            d->list[d->count++] = part(d, group->ranges[i]);
    }
    if (d->count > 1 && draw(d, 2)) {
        struct range last = d->list[d->count - 1];

        d->list[d->count - 1] = d->list[0];
        d->list[0] = last;
    }
}

/* --- Steps --------------------------------------------------------------- */

static void agree(struct duel *d, const char *what, uint64_t expected,
                  uint64_t actual)
{
    if (expected == actual || d->differ)
        return;
    d->differ = true;
    C_ADD_FAILURE("%s: the reference has %llxh, the device %llxh", what,
                  (unsigned long long)expected, (unsigned long long)actual);
    for (unsigned i = 0; i < d->count; i++)
        C_ADD_FAILURE("entry %u of the latest list: %llxh + %llxh, %s", i,
                      (unsigned long long)d->list[i].dpa,
                      (unsigned long long)d->list[i].length,
                      d->list[i].tag ? d->list[i].tag : "no tag");
}

enum step { ADD, RESPOND, RELEASE, ASK, FORCE, RESET, CLEAR, DRAIN, WRITE };
static const char *const step_names[] = {"add",   "respond", "release",
                                         "ask",   "force",   "reset",
                                         "clear", "drain",   "write"};

static void code(struct duel *d, enum step step, uint16_t expected,
                 uint16_t actual)
{
    agree(d, "return code", expected, actual);
    d->done[step] += expected == 0;
}

static void step_list(struct duel *d, enum step step, unsigned head)
{
    struct harness *h = &d->h;
    struct range *list = d->list;
    unsigned *count = &d->count;

    if (step == ADD) {
        runs(d, head, REF_FREE);
        if (draw(d, 3) == 0)
            tag_some(d);
        code(d, step, ref_add(&d->r, head, list, *count),
             fm_add(h, head, list, *count));
    } else if (step == RESPOND) {
        answer(d, head);
        code(d, step, ref_respond(&d->r, head, list, *count),
             add_response(h, head, list, *count));
    } else if (step == RELEASE) {
        runs(d, head, REF_ACCEPTED);
        code(d, step, ref_release(&d->r, head, list, *count),
             release(h, head, list, *count));
    } else {
        bool forced = step == FORCE;

        runs(d, head, draw(d, 5) == 0 ? REF_PENDING : REF_ACCEPTED);
        code(
            d, step, ref_initiate_release(&d->r, head, forced, list, *count),
            fm_release(h, head, forced ? DCD_RELEASE_FORCED : 0, list, *count));
    }
}

static void clear(struct duel *d, unsigned head)
{
    unsigned some = (unsigned)draw(d, d->r.head[head].log + 1);

    C_EXPECT_EQ(DCD_RC_SUCCESS, clear_events(&d->h, head, some));
    d->r.head[head].log -= some;
}

static void write_block(struct duel *d)
{
    unsigned b = (unsigned)draw(d, d->r.blocks);
    struct ref_block *block = &d->r.block[b];

    if (block->state != REF_ACCEPTED)
        return;
    block->data = d->random;
    poke(&d->h, block->owner, ref_dpa(&d->r, b), block->data);
}

static void step(struct duel *d, enum step step, unsigned head)
{
    d->r.to_host.count = 0;
    d->r.to_fm.count = 0;
    switch (step) {
    case RESET:
        ref_reset(&d->r, head);
        dcd_device_reset(d->h.device, head, DCD_RESET_CONVENTIONAL);
        open_window(&d->h, head);
        break;
    case CLEAR:
        clear(d, head);
        break;
    case DRAIN:
        agree(d, "records drained", d->r.fm_log, fm_drain_events(&d->h));
        d->r.fm_log = 0;
        break;
    case WRITE:
        write_block(d);
        break;
    default:
        step_list(d, step, head);
        break;
    }
}

/* --- Comparison ---------------------------------------------------------- */

static void compare_extent(struct duel *d, const struct range *range,
                           const struct dcd_extent_wire *wire)
{
    struct dcd_uuid tag = {{0}};

    if (range->tag)
        C_EXPECT(dcd_uuid_parse(range->tag, &tag));
    agree(d, "DPA", range->dpa, dcd_get64(wire->dpa));
    agree(d, "length", range->length, dcd_get64(wire->length));
    agree(d, "tag", 0, (uint64_t)!dcd_uuid_equal(&tag, &wire->tag));
    agree(d, "sequence", 0, dcd_get16(wire->sequence));
}

static void compare_list(struct duel *d, unsigned head)
{
    struct dcd_get_region_extent_lists_req req = {
        dcd_put16((uint16_t)head), {0}, dcd_put32(100), dcd_put32(0)};
    const struct dcd_extent_wire *e = (const void *)(d->h.out + 0x18);
    unsigned count = ref_list(&d->r, head, d->held);

    C_EXPECT_EQ(
        0, fm(&d->h, DCD_OP_GET_DC_REGION_EXTENT_LISTS, &req, sizeof(req)));
    agree(d, "extents in the list", count, dcd_load_le(d->h.out + 12, 4));
    for (unsigned i = 0; i < count && !d->differ; i++)
        compare_extent(d, &d->held[i], &e[i]);
}

/* The log has so many records, and the last of them are the chain. */
static void compare_log(struct duel *d, const struct ref_chain *chain,
                        unsigned records, uint32_t actual, unsigned host)
{
    agree(d, "records in a log", records, actual);
    for (unsigned i = 0; i < chain->count && !d->differ; i++) {
        const struct dcd_dc_event *e =
            event_at(&d->h, records - chain->count + i);

        agree(d, "type", chain->type, e->type);
        agree(d, "host", host, dcd_get16(e->host_id));
        agree(d, "more", i + 1 < chain->count, e->flags);
        compare_extent(d, &chain->ranges[i], &e->extent);
    }
}

static void compare_block(struct duel *d, unsigned b)
{
    const struct ref_block *block = &d->r.block[b];
    uint64_t hpa = WINDOW + ref_dpa(&d->r, b);

    for (unsigned head = 0; head < REF_HEADS; head++) {
        bool own = block->state == REF_ACCEPTED && block->owner == head;
        uint64_t value = 0;

        agree(d, "access", own ? DCD_ACCESS_OK : DCD_ACCESS_NOT_BACKED,
              dcd_device_read(d->h.device, head, hpa, &value, 8));
        agree(d, "bytes", own ? block->data : 0, value);
        agree(d, "access to the last byte of a block",
              own ? DCD_ACCESS_OK : DCD_ACCESS_NOT_BACKED,
              dcd_device_read(d->h.device, head, hpa + 255, &value, 1));
    }
}

static void compare(struct duel *d, unsigned head)
{
    for (unsigned i = 0; i < REF_HEADS; i++) {
        compare_list(d, i);
        agree(d, "available extents", ref_available_extents(&d->r, i),
              fm_available_extents(&d->h, i));
    }
    agree(d, "available tags", ref_available_tags(&d->r),
          fm_available_tags(&d->h, head));
    compare_log(d, &d->r.to_host, d->r.head[head].log, get_events(&d->h, head),
                0);
    compare_log(d, &d->r.to_fm, d->r.fm_log, fm_get_events(&d->h), head);
    for (unsigned i = 0; i < 4; i++)
        compare_block(d, (unsigned)draw(d, d->r.blocks));
}

static enum step choose(struct duel *d)
{
    static const unsigned weights[] = {26, 22, 12, 6, 8, 1, 11, 7, 7};
    unsigned at = (unsigned)draw(d, 100);
    unsigned i = 0;

    while (at >= weights[i])
        at -= weights[i++];
    return (enum step)i;
}

static void play(uint64_t seed)
{
    struct duel d;

    build(&d, seed);
    for (unsigned i = 0; i < STEPS && !d.differ; i++) {
        enum step next = choose(&d);
        unsigned head = (unsigned)draw(&d, REF_HEADS);

        C_CONTEXT("seed %llu, step %u: %s at head %u", (unsigned long long)seed,
                  i, step_names[next], head);
        step(&d, next, head);
        compare(&d, head);
    }
    C_CONTEXT("");
    /* A life in which everything fails proves nothing. */
    for (unsigned s = ADD; s <= FORCE; s++)
        if (!d.differ)
            C_EXPECT(d.done[s] > STEPS / 200);
    C_EXPECT(d.differ || d.h.warnings > 0); /* logs have overflowed */
    harness_free(&d.h);
}

C_TEST(random_life, seed_1)
{
    play(1);
}

C_TEST(random_life, seed_2)
{
    play(2);
}

C_TEST(random_life, seed_3)
{
    play(3);
}

C_TEST(random_life, seed_4)
{
    play(4);
}
