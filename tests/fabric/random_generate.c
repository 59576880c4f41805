/* SPDX-License-Identifier: Apache-2.0 */
/* random_generate.c - makes up operations that have a good chance. */
#include "random_maker.h"

#include <string.h>

/* --- 5604h --------------------------------------------------------------- */

static void number(struct maker *m)
{
    struct op *op = m->op;

    for (unsigned i = 0; i < op->count; i++) {
        unsigned before = 0;

        for (unsigned k = 0; k < i; k++)
            before += op->list[k].tag == op->list[i].tag;
        if (maker_is_sharable(m, op->list[i].dpa) || maker_once_in(m, 4))
            op->list[i].sequence = before;
        if (maker_once_in(m, 60))
            op->list[i].sequence = maker_draw(m, 4);
    }
}

/* A few runs; one tag stays in one region, as a rule. */
static void few_to_add(struct maker *m, unsigned count)
{
    const struct ref_region *g = maker_some_region(m);
    unsigned tag = maker_some_tag(m, TAG_DEAD);

    for (unsigned i = 0; i < count; i++) {
        struct ref_range range =
            maker_run_in(m, g, WANT_FREE, 1 + maker_draw(m, 4));

        if (!range.length)
            range = maker_run(m, WANT_FREE, 2);
        range.tag =
            maker_is_sharable(m, range.dpa) || !maker_once_in(m, 3) ? tag : 0;
        maker_append(m, range);
        if (maker_once_in(m, 8)) {
            g = maker_some_region(m);
            tag = maker_once_in(m, 6) ? tag : maker_some_tag(m, TAG_DEAD);
        }
    }
}

static void list_to_add(struct maker *m)
{
    struct op *op = m->op;
    unsigned count = maker_some_count(m);
    unsigned tag = maker_some_tag(m, TAG_DEAD);

    if (count < MANY) {
        few_to_add(m, count);
    } else {
        maker_comb(m, maker_some_region(m), WANT_FREE, count);
        for (unsigned i = 0; i < op->count; i++)
            op->list[i].tag = tag;
    }
    maker_spoil_some(m);
    if (maker_once_in(m, 40) && op->count)
        op->list[maker_draw(m, op->count)].tag = 0;
    number(m);
}

static void share(struct maker *m)
{
    struct op *op = m->op;
    unsigned heads = m->r->config.heads;
    int region;

    op->tag = maker_some_tag(m, TAG_SHARABLE);
    region = maker_region_of_tag(m->r, op->tag);
    op->region = region < 0 || maker_once_in(m, 15)
                     ? maker_draw(m, m->r->config.regions)
                     : (unsigned)region;
    /* Rather a head that does not have it yet. */
    for (unsigned i = 0; i < heads && maker_tag_fits(m, op->tag, TAG_OF_HEAD);
         i++)
        op->head = maker_draw(m, heads);
    op->length = maker_once_in(m, 4) ? 4096 : 0;
}

static void add_of_region(struct maker *m)
{
    struct op *op = m->op;
    const struct ref_region *g = maker_some_region(m);
    unsigned blocks = (unsigned)(maker_region_length(m, g) / g->block);

    op->region = (unsigned)(g - m->r->region);
    op->length = (1 + maker_draw(m, 5)) * g->block;
    if (maker_once_in(m, 5))
        op->length = maker_draw(m, blocks + 2) * g->block;
    if (maker_once_in(m, 30))
        op->length += g->block / 2;
    if (maker_is_sharable(m, g->base) || maker_once_in(m, 3))
        op->tag = maker_some_tag(m, TAG_DEAD);
    if (maker_once_in(m, 60))
        op->tag = 0;
    if (maker_once_in(m, 60))
        op->region = 8 + maker_draw(m, 2);
}

static void make_add(struct maker *m)
{
    static const unsigned policies[] = {2, 2, 2, 2, 0, 0, 1, 3, 3, 3};
    struct op *op = m->op;

    op->policy =
        maker_once_in(m, 100) ? maker_draw(m, 16) : policies[maker_draw(m, 10)];
    if (op->policy == DCD_ADD_PRESCRIPTIVE)
        list_to_add(m);
    else if (op->policy == DCD_ADD_ENABLE_SHARED_ACCESS)
        share(m);
    else
        add_of_region(m);
}

/* --- 4802h --------------------------------------------------------------- */

/* Mostly what the host was offered first, or pieces of it, in any order. */
static void answer_group(struct maker *m, const struct ref_range *group,
                         unsigned count)
{
    bool refused[REF_NAMES + 1];

    for (unsigned tag = 0; tag <= REF_NAMES; tag++)
        refused[tag] = maker_once_in(m, 8);
    for (unsigned i = 0; i < count; i++) {
        bool share = maker_is_sharable(m, group[i].dpa);

        if (share ? refused[group[i].tag] || maker_once_in(m, 60)
                  : maker_once_in(m, 6))
            continue;
        maker_append(m, maker_once_in(m, share ? 60 : 3)
                            ? maker_part(m, group[i])
                            : group[i]);
        if (maker_once_in(m, 14))
            maker_append(m, maker_part(m, group[i]));
    }
    maker_swap_some(m);
}

static void split_some(struct maker *m)
{
    struct op *op = m->op;

    if (maker_once_in(m, 60))
        op->unfinished = true;
    else if (maker_once_in(m, 6))
        op->split = true;
    op->first = op->split ? maker_draw(m, op->count + 1) : 0;
}

static void make_response(struct maker *m)
{
    struct ref_range group[REF_LIST];
    bool dead = false;
    unsigned count;

    maker_choose_busy_head(m, WANT_PENDING);
    count = ref_oldest_group(m->r, m->op->head, group, &dead);

    if (count == 0 || maker_once_in(m, 12))
        maker_runs(m, WANT_PENDING);
    else if (!maker_once_in(m, dead ? 2 : 14))
        answer_group(m, group, count);
    maker_spoil_some(m);
    split_some(m);
}

/* --- 4803h and 5605h ----------------------------------------------------- */

/* What the head has, as far as one tag goes, or without a tag (0). */
static void held_of_tag(struct maker *m, unsigned tag)
{
    struct ref_range list[REF_LIST];
    unsigned count = ref_list(m->r, m->op->head % m->r->config.heads, list);

    for (unsigned i = 0; i < count; i++)
        if (list[i].tag == tag && !maker_once_in(m, tag ? 80 : 3))
            maker_append(m,
                         (struct ref_range){list[i].dpa, list[i].length, 0, 0});
}

static void some_held(struct maker *m)
{
    struct ref_range list[REF_LIST];
    unsigned count = ref_list(m->r, m->op->head % m->r->config.heads, list);
    struct ref_range *chosen = &list[maker_draw(m, count ? count : 1)];

    if (count == 0) {
        maker_runs(m, WANT_ACCEPTED);
    } else if (m->quiet && maker_once_in(m, 2)) {
        for (unsigned i = 0; i < count; i++)
            maker_append(m, list[i]);
    } else if (chosen->tag && maker_once_in(m, 2)) {
        held_of_tag(m, chosen->tag);
    } else if (maker_once_in(m, 2)) {
        chosen->tag = 0;
        maker_append(m, maker_once_in(m, 2) ? *chosen : maker_part(m, *chosen));
        if (maker_once_in(m, 4))
            maker_append(m, maker_part(m, list[maker_draw(m, count)]));
    } else {
        maker_runs(m, WANT_ACCEPTED);
    }
    for (unsigned i = 0; i < m->op->count; i++) {
        m->op->list[i].tag = 0;
        m->op->list[i].sequence = 0;
    }
}

static void make_release(struct maker *m)
{
    maker_choose_busy_head(m, WANT_ACCEPTED);
    some_held(m);
    maker_swap_some(m);
    maker_spoil_some(m);
    split_some(m);
}

static void take_tag(struct maker *m)
{
    struct op *op = m->op;
    uint64_t size;
    uint64_t block;
    int region;

    op->tag = maker_some_tag(m, TAG_OF_HEAD);
    size = maker_size_of_tag(m, op->tag);
    region = maker_region_of_tag(m->r, op->tag);
    block = region < 0 ? 4096 : m->r->region[region].block;
    op->length = size;
    if (maker_once_in(m, 4))
        op->length = maker_draw(m, (unsigned)(size / block) + 2) * block;
    if (maker_once_in(m, 30))
        op->length += block / 2;
}

static void make_take(struct maker *m)
{
    struct op *op = m->op;

    maker_choose_busy_head(m,
                           maker_once_in(m, 4) ? WANT_PENDING : WANT_ACCEPTED);
    op->policy = maker_once_in(m, 100) ? maker_draw(m, 16) : maker_draw(m, 2);
    op->forced = maker_once_in(m, 2);
    op->sanitize = maker_once_in(m, 5);
    if (op->policy == DCD_RELEASE_TAG_BASED)
        take_tag(m);
    else if (maker_once_in(m, 4))
        maker_runs(m, WANT_PENDING);
    else
        some_held(m);
    maker_swap_some(m);
    maker_spoil_some(m);
}

/* --- The others ---------------------------------------------------------- */

static void make_configure(struct maker *m)
{
    const struct reference *r = m->r;
    struct op *op = m->op;
    const struct ref_region *g;

    op->region = maker_draw(m, r->config.regions);
    /* Rather one that is free. */
    for (unsigned i = 0; i < 4; i++) {
        bool used = false;

        g = &r->region[op->region];
        for (unsigned c = g->first; c < g->first + g->cells; c++)
            used = used || r->cell[c].extent;
        if (used)
            op->region = maker_draw(m, r->config.regions);
    }
    g = &r->region[op->region];
    op->length = g->cell << maker_draw(m, 3);
    op->sanitize = maker_once_in(m, 2);
    if (maker_once_in(m, 20))
        op->length += 64;
    if (maker_once_in(m, 40))
        op->region = r->config.regions;
}

static void make_clear(struct maker *m, const struct ref_log *log)
{
    m->op->count = maker_draw(m, log->count + 1);
    if (m->op->count > 4 && !maker_once_in(m, 8)) /* logs shall fill */
        m->op->count = maker_draw(m, 4);
    if (maker_once_in(m, 40))
        m->op->count = log->count + 1;
    if (maker_once_in(m, log->lost ? 3 : 40)) {
        m->op->all = true;
        m->op->count = 0;
    }
}

static void make_write(struct maker *m)
{
    struct ref_range range =
        maker_run(m, maker_once_in(m, 20) ? WANT_FREE : WANT_ACCEPTED,
                  1 + maker_draw(m, 4));
    int cell = ref_cell_at(m->r, range.dpa + range.length - 1);

    m->op->count = 1;
    m->op->list[0] = (struct ref_range){
        ref_dpa(m->r, cell < 0 ? 0 : (unsigned)cell), 8, 0, 0};
    m->op->length = *m->state;
}

static enum op_kind choose(struct maker *m)
{
    static const unsigned weights[2][OP_KINDS] = {
        {[OP_ADD] = 270,
         [OP_RESPOND] = 230,
         [OP_RELEASE] = 90,
         [OP_TAKE] = 110,
         [OP_CONFIGURE] = 30,
         [OP_ADD_REFERENCE] = 30,
         [OP_REMOVE_REFERENCE] = 25,
         [OP_RESET] = 10,
         [OP_CLEAR] = 100,
         [OP_DRAIN] = 50,
         [OP_WRITE] = 55},
        {[OP_ADD] = 60,
         [OP_RESPOND] = 270,
         [OP_RELEASE] = 220,
         [OP_TAKE] = 130,
         [OP_CONFIGURE] = 80,
         [OP_ADD_REFERENCE] = 10,
         [OP_REMOVE_REFERENCE] = 60,
         [OP_RESET] = 40,
         [OP_CLEAR] = 60,
         [OP_DRAIN] = 40,
         [OP_WRITE] = 30},
    };
    const unsigned *weight = weights[m->quiet];
    unsigned at = maker_draw(m, 1000);
    unsigned i = 0;

    while (at >= weight[i])
        at -= weight[i++];
    return (enum op_kind)i;
}

static void fill(struct maker *m)
{
    switch (m->op->kind) {
    case OP_ADD:
        make_add(m);
        break;
    case OP_RESPOND:
        make_response(m);
        break;
    case OP_RELEASE:
        make_release(m);
        break;
    case OP_TAKE:
        make_take(m);
        break;
    case OP_CONFIGURE:
        make_configure(m);
        break;
    case OP_ADD_REFERENCE:
        m->op->tag = maker_some_tag(m, TAG_SHARABLE);
        break;
    case OP_REMOVE_REFERENCE:
        m->op->tag = maker_some_tag(m, TAG_KEPT);
        break;
    case OP_CLEAR:
        make_clear(m, &m->r->log[m->op->head]);
        break;
    case OP_DRAIN:
        make_clear(m, &m->r->fm_log);
        break;
    case OP_WRITE:
        make_write(m);
        break;
    default:
        break;
    }
}

void random_op(uint64_t *state, unsigned step, const struct reference *r,
               struct op *op)
{
    struct maker m = {state, r, op, step % 500 > 420};

    memset(op, 0, sizeof(*op));
    op->kind = choose(&m);
    op->head = maker_draw(&m, r->config.heads);
    fill(&m);
    if (op->kind == OP_ADD || op->kind == OP_TAKE) {
        op->brief = maker_once_in(&m, op->policy == 2 ? 60 : 3);
        if (maker_once_in(&m, 100))
            op->head = r->config.heads + maker_draw(&m, 3);
    }
}
