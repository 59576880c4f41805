/* SPDX-License-Identifier: Apache-2.0 */
/* reference_private.h - what the files of the reference share. */
#ifndef DCD_TEST_REFERENCE_PRIVATE_H
#define DCD_TEST_REFERENCE_PRIVATE_H

#include "reference.h"

/* First and last cell of a range that is well-formed. */
unsigned ref_first_cell(const struct reference *r,
                        const struct ref_range *range);
unsigned ref_last_cell(const struct reference *r,
                       const struct ref_range *range);

/* The cell goes to the last of [count] extents, or begins another unless it is
 * of [extent] as the one before was (0: there was none). The count then. */
unsigned ref_join(const struct reference *r, unsigned c, unsigned *extent,
                  struct ref_range *list, unsigned count);

bool ref_overlap(const struct ref_range *a, const struct ref_range *b);
bool ref_sharable(const struct reference *r, unsigned head, unsigned region);

/* The first fault of a list's form; [sound] says which entries have none. */
uint16_t ref_check_form(const struct reference *r, const struct ref_range *list,
                        unsigned count, bool sound[REF_LIST]);

/* Extents that count against the head's limit. */
unsigned ref_tracked(const struct reference *r, unsigned head);
/* The same after the cells that are marked have left the accepted list. */
unsigned ref_tracked_without(const struct reference *r, unsigned head,
                             const bool gone[REF_CELLS]);

/* What nobody holds any more becomes free. */
void ref_settle(struct reference *r);

/* One chain of records; those about [head] carry what it has left. */
void ref_tell_host(struct reference *r, unsigned head, uint8_t type,
                   unsigned region, const struct ref_range *list,
                   unsigned count);
void ref_tell_fm(struct reference *r, unsigned head, uint8_t type,
                 const struct ref_range *list, unsigned count);

/* Whether [count] more records may be asked of the head's log. */
uint16_t ref_check_log(const struct reference *r, unsigned head,
                       unsigned count);

/* Number of the oldest group of [head] that waits, or 0. */
unsigned ref_group_of(const struct reference *r, unsigned head);
/* Its offers vanish, and what of them was not accepted. */
void ref_end_group(struct reference *r, unsigned group);
/* The same with nothing accepted; the FM is told. */
void ref_refuse_group(struct reference *r, unsigned head, unsigned group);

#endif
