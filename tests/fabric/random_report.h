/* SPDX-License-Identifier: Apache-2.0 */
/* random_report.h - tells a person what the two disagree about. */
#ifndef DCD_TEST_RANDOM_REPORT_H
#define DCD_TEST_RANDOM_REPORT_H

#include "random_duel.h"

/* The setup of that name, which exists. */
const struct setup *random_setup(const char *name);

/*
 * Shrinks the sequence, writes it as platform and scenario into the directory
 * that DCD_RANDOM_DIR names (else random/ in that of the build), and fails the
 * test with the command that plays it again, and with its beginning.
 */
void random_report(const struct setup *setup, enum ref_fault fault,
                   uint64_t seed, const struct op *ops, unsigned count);

/*
 * Writes NAME-platform.xml and NAME.xml into that directory; [path], of at
 * least RANDOM_PATH bytes, becomes that of the scenario.
 */
#define RANDOM_PATH 1024
bool random_write(const struct setup *setup, enum ref_fault fault,
                  const char *name, const struct op *ops, unsigned count,
                  char path[RANDOM_PATH]);

#endif
