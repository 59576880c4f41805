/* SPDX-License-Identifier: Apache-2.0 */
/*
 * background.h - the one operation that may run behind a head's mailbox
 * (CXL r3.1 8.2.8.4.7, 8.2.9 "background operations").
 *
 * What is due, and what it came to, is plain state: opcode, start, end and
 * return code. Which code carries the operation out is found in the command
 * table when its time has come.
 */
#ifndef DCD_BACKGROUND_H
#define DCD_BACKGROUND_H

#include <stdbool.h>
#include <stdint.h>

/* Embeddable; all zero before the first operation. */
struct dcd_background {
    bool running;
    bool stopped;    /* it ended before it was done */
    uint16_t opcode; /* 0: there was none since the last reset */
    uint16_t return_code;
    uint64_t start; /* ps */
    uint64_t due;   /* ps */
    uint64_t ended; /* ps */
};

/* Nothing runs yet. The operation is done [duration] ps after [now]. */
void dcd_background_start(struct dcd_background *background, uint16_t opcode,
                          uint64_t now, uint64_t duration);

/* The operation is done, well or not. */
void dcd_background_finish(struct dcd_background *background,
                           uint16_t return_code);

/* It stops at [now], short of its end, with Aborted (12h). */
void dcd_background_abort(struct dcd_background *background, uint64_t now);

/* Conventional reset: what ran stops without a trace. */
void dcd_background_reset(struct dcd_background *background);

/*
 * The Background Command Status register at [now] (CXL r3.1 8.2.8.4.7):
 * opcode, percentage and return code; 0 before the first operation. What is
 * not complete shows less than 100 %.
 */
uint64_t dcd_background_status(const struct dcd_background *background,
                               uint64_t now);

#endif
