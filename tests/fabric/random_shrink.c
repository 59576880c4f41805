/* SPDX-License-Identifier: Apache-2.0 */
/* random_shrink.c - the fewest operations that still show a difference. */
#include "random_duel.h"

#include <stdlib.h>
#include <string.h>

#define FEW 40 /* operations, of which all pairs can be tried */

struct difference random_replay(const struct setup *setup, enum ref_fault fault,
                                const struct op *ops, unsigned count)
{
    struct duel *d = duel_begin(setup, fault);
    struct difference difference;

    for (unsigned i = 0; i < count; i++)
        if (!duel_step(d, &ops[i], i + 1 == count))
            break;
    difference = d->difference;
    duel_end(d);
    return difference;
}

/* A sequence that is being cut down, and what it has to go on showing. */
struct shrinker {
    const struct setup *setup;
    enum ref_fault fault;
    struct op *ops;
    unsigned count;
    struct op *trial; /* room for as many */
    struct difference difference;
};

/* The same thing is wrong. Where it was first looked at is chance, unless it is
 * what an operation answers. */
static bool same_kind(const struct difference *a, const struct difference *b)
{
    return a->aspect == b->aspect && (a->aspect != CODE || a->kind == b->kind);
}

/* Keeps the first [count] of the trial if they show the same; what comes
 * behind the difference is not needed. */
static bool keep_trial(struct shrinker *s, unsigned count)
{
    struct difference found =
        random_replay(s->setup, s->fault, s->trial, count);

    if (!same_kind(&found, &s->difference))
        return false;
    s->difference = found;
    s->count = found.step + 1;
    memcpy(s->ops, s->trial, s->count * sizeof(s->ops[0]));
    return true;
}

static bool without(struct shrinker *s, unsigned at, unsigned chunk)
{
    unsigned behind = at + chunk < s->count ? s->count - at - chunk : 0;

    memcpy(s->trial, s->ops, at * sizeof(s->ops[0]));
    memcpy(s->trial + at, s->ops + (s->count - behind),
           behind * sizeof(s->ops[0]));
    return keep_trial(s, at + behind);
}

/* From the end: what came last has most to do with the difference. */
static bool drop_chunks(struct shrinker *s, unsigned chunk)
{
    bool dropped = false;
    unsigned at = s->count;

    while (at > 0) {
        at = at > chunk ? at - chunk : 0;
        if (at < s->count && without(s, at, chunk))
            dropped = true;
        if (at > s->count)
            at = s->count;
    }
    return dropped;
}

/* An offer and its answer can only go together. */
static bool drop_pairs(struct shrinker *s)
{
    bool dropped = false;

    for (unsigned i = 0; s->count <= FEW && i < s->count; i++) {
        for (unsigned k = i + 1; k < s->count; k++) {
            unsigned left = 0;

            for (unsigned n = 0; n < s->count; n++)
                if (n != i && n != k)
                    s->trial[left++] = s->ops[n];
            if (keep_trial(s, left)) {
                dropped = true;
                k = i;
            }
        }
    }
    return dropped;
}

/* Tries ops[i] with a change. */
static bool change(struct shrinker *s, unsigned i, const struct op *op)
{
    memcpy(s->trial, s->ops, s->count * sizeof(s->ops[0]));
    s->trial[i] = *op;
    return keep_trial(s, s->count);
}

static bool shorten_list(struct shrinker *s, unsigned i)
{
    bool changed = false;

    for (unsigned k = 0; i < s->count && k < s->ops[i].count; k++) {
        struct op op = s->ops[i];

        op.count--;
        if (op.kind != OP_CLEAR && op.kind != OP_DRAIN)
            memmove(&op.list[k], &op.list[k + 1],
                    (op.count - k) * sizeof(op.list[0]));
        if (op.first > op.count)
            op.first = op.count;
        if (change(s, i, &op)) {
            changed = true;
            k--;
        }
    }
    return changed;
}

static bool plain(struct shrinker *s, unsigned i)
{
    struct op op = s->ops[i];
    bool changed = false;

    op.split = false;
    op.first = 0;
    op.unfinished = false;
    if (op.split != s->ops[i].split || op.unfinished != s->ops[i].unfinished)
        changed = change(s, i, &op);
    if (i < s->count && s->ops[i].sanitize && s->ops[i].kind == OP_TAKE) {
        op = s->ops[i];
        op.sanitize = false;
        changed = change(s, i, &op) || changed;
    }
    if (i < s->count && s->ops[i].brief) {
        op = s->ops[i];
        op.brief = false;
        changed = change(s, i, &op) || changed;
    }
    return changed;
}

/* Half as long, as long as that changes nothing. */
static bool shorten_ranges(struct shrinker *s, unsigned i)
{
    bool changed = false;

    for (unsigned k = 0; i < s->count && k < s->ops[i].count; k++) {
        struct op op = s->ops[i];

        if (op.kind == OP_WRITE || op.kind == OP_CLEAR || op.kind == OP_DRAIN ||
            op.list[k].length < 128)
            continue;
        op.list[k].length = op.list[k].length / 128 * 64;
        if (change(s, i, &op)) {
            changed = true;
            k--;
        }
    }
    return changed;
}

static bool simplify(struct shrinker *s)
{
    bool changed = false;

    for (unsigned i = 0; i < s->count; i++) {
        changed = shorten_list(s, i) || changed;
        if (i < s->count)
            changed = plain(s, i) || changed;
        if (i < s->count)
            changed = shorten_ranges(s, i) || changed;
    }
    return changed;
}

bool random_shrink(const struct setup *setup, enum ref_fault fault,
                   struct op *ops, unsigned *count,
                   struct difference *difference)
{
    struct shrinker s = {.setup = setup, .fault = fault, .ops = ops};
    bool again = true;

    s.difference = random_replay(setup, fault, ops, *count);
    if (s.difference.aspect == SAME)
        return false;
    s.count = s.difference.step + 1;
    s.trial = calloc(s.count + 1, sizeof(s.trial[0]));
    for (unsigned chunk = s.count / 2; chunk > 4; chunk /= 2)
        drop_chunks(&s, chunk);
    while (again) {
        again = false;
        for (unsigned chunk = 4; chunk > 0; chunk--)
            again = drop_chunks(&s, chunk) || again;
        again = drop_pairs(&s) || again;
        again = simplify(&s) || again;
    }
    free(s.trial);
    *count = s.count;
    *difference = s.difference;
    return true;
}
