/* SPDX-License-Identifier: Apache-2.0 */
/*
 * random_duel.h - a device and the reference, side by side.
 *
 *     struct duel *d = duel_begin(setup, REF_SOUND);
 *     while (... duel_step(d, &op, false)) ...
 *     duel_end(d);
 */
#ifndef DCD_TEST_RANDOM_DUEL_H
#define DCD_TEST_RANDOM_DUEL_H

#include "harness.h"
#include "random_op.h"

/* In what the two differ. */
enum aspect {
    SAME,
    CODE,       /* return code, or result of a write */
    LIST,       /* 4801h, 5603h */
    GENERATION, /* of a list or of the tags: moves if and only if they do */
    LIMITS,     /* 5601h: what is available, and the regions */
    TAGS,       /* 5608h */
    LOG,        /* 0100h, of a host or of the FM */
    ACCESS,     /* who may read and write */
    BYTES,
    INVARIANT, /* the device says itself that something is wrong */
};

struct difference {
    enum aspect aspect;
    enum op_kind kind; /* after which it was seen */
    unsigned step;     /* 0: the first operation */
    char text[240];
};

/* What the device said before the operation. */
struct seen_list {
    uint32_t generation;
    unsigned count;
    struct ref_range list[REF_LIST];
};

struct seen_tags {
    uint32_t generation;
    bool alive[REF_NAMES + 1];
    struct ref_tag entry[REF_NAMES + 1];
};

struct duel {
    const struct setup *setup;
    struct harness h;
    struct reference r;
    struct difference difference;
    unsigned steps;
    unsigned records[REF_HEADS]; /* in each log, before the operation */
    unsigned fm_records;
    struct seen_list seen[REF_HEADS];
    struct seen_tags tags;
    unsigned done[DEEDS];
    uint64_t random; /* which cells to look at */
    int about;       /* host whose things are compared; -1: the FM's */
    char why[200];   /* what the device complained of last */
};

struct duel *duel_begin(const struct setup *setup, enum ref_fault fault);
void duel_end(struct duel *d);

/*
 * Plays the operation on both and compares; [thorough] looks at every cell
 * and every record, else some cells, and records that are new. False: they
 * differ, and d->difference says how.
 */
bool duel_step(struct duel *d, const struct op *op, bool thorough);

/* Notes a difference; the first one counts. */
void duel_agree(struct duel *d, enum aspect aspect, const char *what,
                uint64_t expected, uint64_t actual);
/* All comparisons after an operation at [head]. */
void duel_compare(struct duel *d, unsigned head, bool thorough);

/* --- Shrinking ----------------------------------------------------------- */

/*
 * The first difference of [ops], played from the start on a new device; SAME:
 * there is none.
 */
struct difference random_replay(const struct setup *setup, enum ref_fault fault,
                                const struct op *ops, unsigned count);

/*
 * Leaves out of [ops] what the difference does not need; what remains shows a
 * difference of the same aspect after its last operation. [count] becomes
 * smaller. False: played again, they do not differ.
 */
bool random_shrink(const struct setup *setup, enum ref_fault fault,
                   struct op *ops, unsigned *count,
                   struct difference *difference);

#endif
