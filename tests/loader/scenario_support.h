/* SPDX-License-Identifier: Apache-2.0 */
/* scenario_support.h - good scenarios, and their steps by kind. */
#ifndef CXLDCD_TESTS_LOADER_SCENARIO_SUPPORT_H
#define CXLDCD_TESTS_LOADER_SCENARIO_SUPPORT_H

#include <cxldcd/scenario.h>

/* NULL, and the test has failed with the messages, when it does not load. */
struct dcd_scenario *load_scenario(const char *file);
struct dcd_scenario *load_all_steps(void);

/* The [nth] step of a kind, from 0; the test has failed if there is none. */
const struct dcd_step *step_of(const struct dcd_scenario *scenario,
                               enum dcd_step_kind kind, unsigned nth);

struct dcd_uuid uuid(const char *text);

#endif
