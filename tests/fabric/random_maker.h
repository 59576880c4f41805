/* SPDX-License-Identifier: Apache-2.0 */
/* random_maker.h - what random operations are made from. */
#ifndef DCD_TEST_RANDOM_MAKER_H
#define DCD_TEST_RANDOM_MAKER_H

#include "random_op.h"

/* What one operation is made from. */
struct maker {
    uint64_t *state;
    const struct reference *r;
    struct op *op;
    bool quiet; /* for a while more comes back than goes out, so that regions
                   become empty */
};

unsigned maker_draw(struct maker *m, unsigned below);
bool maker_once_in(struct maker *m, unsigned n);

/* --- Ranges of the operation's list -------------------------------------- */

enum want { WANT_FREE, WANT_PENDING, WANT_ACCEPTED };

/* Whether the head has it so; what is free is nobody's. */
bool maker_is_wanted(struct maker *m, unsigned cell, enum want want);

const struct ref_region *maker_some_region(struct maker *m);
uint64_t maker_region_length(struct maker *m, const struct ref_region *g);

/* Blocks in a row that are as wanted, from some place of the region on; of
 * length 0 if it has none. Then the same in any region, or else anything. */
struct ref_range maker_run_in(struct maker *m, const struct ref_region *g,
                              enum want want, unsigned most);
struct ref_range maker_run(struct maker *m, enum want want, unsigned most);

/* A part of a range, in blocks. */
struct ref_range maker_part(struct maker *m, struct ref_range range);

void maker_append(struct maker *m, struct ref_range range);

/* How many ranges a list should have: few, sometimes too many or none. Chosen
 * one by one, MANY would overlap too often. */
#define MANY 5
unsigned maker_some_count(struct maker *m);

/* Appends so many single blocks by rising DPA, not all in a row; or some
 * ranges. */
void maker_comb(struct maker *m, const struct ref_region *g, enum want want,
                unsigned count);
void maker_runs(struct maker *m, enum want want);

/* Makes some entries what no list may have; changes the order. */
void maker_spoil_some(struct maker *m);
void maker_swap_some(struct maker *m);

/* --- Heads, tags --------------------------------------------------------- */

/* Rather a head that has something to answer, or to give back. */
void maker_choose_busy_head(struct maker *m, enum want want);
/* Whether the region at [dpa] is sharable for the head. */
bool maker_is_sharable(struct maker *m, uint64_t dpa);

enum tag_want { TAG_DEAD, TAG_ALIVE, TAG_SHARABLE, TAG_OF_HEAD, TAG_KEPT };

bool maker_tag_fits(struct maker *m, unsigned tag, enum tag_want want);
/* A tag that fits, if there is one, and sometimes another. */
unsigned maker_some_tag(struct maker *m, enum tag_want want);
/* Where it lies, or -1; bytes that the head has of it. */
int maker_region_of_tag(const struct reference *r, unsigned tag);
uint64_t maker_size_of_tag(struct maker *m, unsigned tag);

#endif
