/* SPDX-License-Identifier: Apache-2.0 */
/* random_print.h - what the files that print scenarios share. */
#ifndef DCD_TEST_RANDOM_PRINT_H
#define DCD_TEST_RANDOM_PRINT_H

#include "random_op.h"

#define RANDOM_WINDOW "0x1000000000" /* HPA of DPA 0, at every host */

/* A scenario under way, and the reference that knows what to expect. */
struct printer {
    FILE *out;
    struct reference r;
    unsigned cleared[REF_HEADS]; /* records since the reset */
    unsigned fm_cleared;
    bool touched[REF_CELLS];
};

const char *printer_bool(bool value);

/* Attributes, with a blank in front. */
void printer_tag(struct printer *p, unsigned tag);
void printer_place(struct printer *p, const struct ref_range *range);
void printer_actor(struct printer *p, bool of_fm, unsigned head);
void printer_data(struct printer *p, const char *attribute, uint64_t data);

/* <extent>: ranges [from] up to [to], with tag and sequence if [whole]. */
void printer_extents(struct printer *p, const struct ref_range *list,
                     unsigned from, unsigned to, bool whole);

/* Steps that look at everything that hosts and FM can see. */
void printer_state(struct printer *p);

#endif
