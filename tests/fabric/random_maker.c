/* SPDX-License-Identifier: Apache-2.0 */
/* random_maker.c - ranges and tags that have a good chance. */
#include "random_maker.h"

#include <string.h>

uint64_t random_start(uint64_t seed)
{
    return (seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
}

uint64_t random_draw(uint64_t *state, uint64_t below)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (*state >> 11) % below;
}

unsigned maker_draw(struct maker *m, unsigned below)
{
    return (unsigned)random_draw(m->state, below);
}

bool maker_once_in(struct maker *m, unsigned n)
{
    return maker_draw(m, n) == 0;
}

/* --- Ranges -------------------------------------------------------------- */

static const struct ref_region *region_of(struct maker *m, uint64_t dpa)
{
    int region = ref_region_at(m->r, dpa);

    return &m->r->region[region < 0 ? 0 : region];
}

uint64_t maker_region_length(struct maker *m, const struct ref_region *g)
{
    return m->r->config.region[g - m->r->region].length;
}

const struct ref_region *maker_some_region(struct maker *m)
{
    return &m->r->region[maker_draw(m, m->r->config.regions)];
}

static struct ref_range anything(struct maker *m)
{
    const struct ref_region *g = maker_some_region(m);
    unsigned blocks = (unsigned)(maker_region_length(m, g) / g->block);
    uint64_t first = maker_draw(m, blocks);

    return (struct ref_range){g->base + first * g->block,
                              (1 + maker_draw(m, 3)) * g->block, 0, 0};
}

bool maker_is_wanted(struct maker *m, unsigned cell, enum want want)
{
    const struct ref_cell *c = &m->r->cell[cell];
    unsigned head = m->op->head % m->r->config.heads;

    if (want == WANT_FREE)
        return c->extent == 0;
    return c->state[head] ==
           (want == WANT_PENDING ? REF_PENDING : REF_ACCEPTED);
}

/* Blocks in a row that are as wanted, from some place of the region on. */
struct ref_range maker_run_in(struct maker *m, const struct ref_region *g,
                              enum want want, unsigned most)
{
    unsigned per = (unsigned)(g->block / g->cell);
    unsigned blocks = g->cells / per;
    unsigned start = maker_draw(m, blocks);
    struct ref_range range = {0, 0, 0, 0};

    for (unsigned i = 0; i < blocks && most; i++) {
        unsigned at = (start + i) % blocks;
        bool fits = maker_is_wanted(m, g->first + at * per, want);

        if (range.length && (!fits || at == 0))
            break;
        if (!fits)
            continue;
        if (!range.length)
            range.dpa = g->base + at * g->block;
        range.length += g->block;
        most--;
    }
    return range;
}

struct ref_range maker_run(struct maker *m, enum want want, unsigned most)
{
    unsigned regions = m->r->config.regions;
    unsigned start = maker_draw(m, regions);

    for (unsigned i = 0; i < regions; i++) {
        const struct ref_region *g = &m->r->region[(start + i) % regions];
        struct ref_range range = maker_run_in(m, g, want, most);

        if (range.length)
            return range;
    }
    return anything(m);
}

/* What no list may have. */
static void spoil(struct maker *m, struct ref_range *range)
{
    const struct ref_region *g = maker_some_region(m);

    switch (maker_draw(m, 8)) {
    case 0:
        range->length = 0;
        break;
    case 1:
        range->dpa += g->block / 2;
        break;
    case 2:
        range->length += g->block / 2;
        break;
    case 3:
        range->dpa = g->base + maker_region_length(m, g);
        break;
    case 4:
        range->dpa = g->base + maker_region_length(m, g) - g->block;
        range->length = 2 * g->block;
        break;
    case 5:
        range->length = 0 - g->block;
        break;
    case 6:
        range->dpa = UINT64_MAX - (g->block - 1);
        range->length = g->block;
        break;
    default:
        *range = anything(m);
        break;
    }
}

void maker_append(struct maker *m, struct ref_range range)
{
    if (m->op->count < OP_LIST)
        m->op->list[m->op->count++] = range;
}

void maker_spoil_some(struct maker *m)
{
    for (unsigned i = 0; i < m->op->count; i++)
        if (maker_once_in(m, 12 + 2 * m->op->count))
            spoil(m, &m->op->list[i]);
}

void maker_swap_some(struct maker *m)
{
    unsigned count = m->op->count;

    if (count > 1 && maker_once_in(m, 2)) {
        unsigned a = maker_draw(m, count);
        unsigned b = maker_draw(m, count);
        struct ref_range range = m->op->list[a];

        m->op->list[a] = m->op->list[b];
        m->op->list[b] = range;
    }
}

/* How many ranges a list should have: few, sometimes too many or none. */
unsigned maker_some_count(struct maker *m)
{
    unsigned limit = m->r->config.extents + 2;

    if (maker_once_in(m, 25))
        return 0;
    if (maker_once_in(m, limit > 32 ? 3 : 12))
        return 1 + maker_draw(m, limit < OP_LIST ? limit : OP_LIST);
    return 1 + maker_draw(m, 3);
}

/* Many single blocks by rising DPA, not all in a row. */
void maker_comb(struct maker *m, const struct ref_region *g, enum want want,
                unsigned count)
{
    unsigned per = (unsigned)(g->block / g->cell);

    for (unsigned c = g->first; c < g->first + g->cells && count; c += per) {
        if (!maker_is_wanted(m, c, want) || maker_once_in(m, 3))
            continue;
        maker_append(m, (struct ref_range){ref_dpa(m->r, c), g->block, 0, 0});
        count--;
    }
}

void maker_runs(struct maker *m, enum want want)
{
    unsigned count = maker_some_count(m);

    if (count >= MANY)
        maker_comb(m, maker_some_region(m), want, count);
    for (unsigned i = 0; i < count && count < MANY; i++)
        maker_append(m, maker_run(m, want, 1 + maker_draw(m, 4)));
}

/* A part of [range], in blocks. */
struct ref_range maker_part(struct maker *m, struct ref_range range)
{
    uint64_t block = region_of(m, range.dpa)->block;
    unsigned blocks = (unsigned)(range.length / block);
    unsigned skip = maker_draw(m, blocks);

    range.dpa += skip * block;
    range.length = (1 + maker_draw(m, blocks - skip)) * block;
    return range;
}

/* --- Tags ---------------------------------------------------------------- */

bool maker_tag_fits(struct maker *m, unsigned tag, enum tag_want want)
{
    unsigned bit = 1u << (m->op->head % m->r->config.heads);
    struct ref_tag entry;
    bool alive = ref_tag(m->r, tag, &entry);

    switch (want) {
    case TAG_DEAD:
        return !alive;
    case TAG_ALIVE:
        return alive;
    case TAG_SHARABLE:
        return alive && entry.sharable;
    case TAG_OF_HEAD:
        return alive && ((entry.references | entry.pending) & bit);
    default:
        return alive && entry.referenced;
    }
}

/* A few more names than can be tracked, so that some are used again soon. */
static unsigned names(struct maker *m)
{
    unsigned count = m->r->config.tags + 3;

    return count < REF_NAMES ? count : REF_NAMES;
}

unsigned maker_some_tag(struct maker *m, enum tag_want want)
{
    unsigned count = names(m);
    unsigned start = maker_draw(m, count);

    if (maker_once_in(m, 20))
        return maker_draw(m, count + 1);
    for (unsigned i = 0; i < count; i++) {
        unsigned tag = 1 + (start + i) % count;

        if (maker_tag_fits(m, tag, want))
            return tag;
    }
    return 1 + start;
}

int maker_region_of_tag(const struct reference *r, unsigned tag)
{
    for (unsigned c = 0; c < r->cells; c++)
        if (r->cell[c].extent && r->cell[c].tag == tag)
            return (int)ref_region_of(r, c);
    return -1;
}

/* Bytes that the head has of the tag. */
uint64_t maker_size_of_tag(struct maker *m, unsigned tag)
{
    const struct reference *r = m->r;
    unsigned head = m->op->head % r->config.heads;
    uint64_t size = 0;

    for (unsigned c = 0; c < r->cells; c++)
        if (r->cell[c].extent && r->cell[c].tag == tag &&
            r->cell[c].state[head] != REF_NOTHING)
            size += r->region[ref_region_of(r, c)].cell;
    return size;
}

bool maker_is_sharable(struct maker *m, uint64_t dpa)
{
    int region = ref_region_at(m->r, dpa);
    unsigned head = m->op->head % m->r->config.heads;

    return region >= 0 && ref_attributes(m->r, head, (unsigned)region) &
                              DCD_REGION_ATTR_SHARABLE;
}

/* Rather a head that has something to answer, or to give back. */
void maker_choose_busy_head(struct maker *m, enum want want)
{
    const struct reference *r = m->r;

    for (unsigned i = 0; i < r->config.heads; i++) {
        for (unsigned c = 0; c < r->cells; c++)
            if (maker_is_wanted(m, c, want))
                return;
        m->op->head = maker_draw(m, r->config.heads);
    }
}
