/* SPDX-License-Identifier: Apache-2.0 */
/* scenario_support.c - good scenarios, and their steps by kind. */
#include "scenario_support.h"

#include "gtest_c.h"
#include "loader_test.h"

struct dcd_scenario *load_scenario(const char *file)
{
    struct dcd_messages messages = {0};
    struct dcd_scenario *scenario = dcd_scenario_load(file, &messages);

    C_EXPECT_EQ(0, messages.count);
    if (messages.text)
        C_ADD_FAILURE("%s", messages.text);
    dcd_messages_free(&messages);
    return scenario;
}

struct dcd_scenario *load_all_steps(void)
{
    return load_scenario(GOOD_DIR "/all-steps.xml");
}

const struct dcd_step *step_of(const struct dcd_scenario *scenario,
                               enum dcd_step_kind kind, unsigned nth)
{
    for (unsigned i = 0; i < scenario->step_count; i++)
        if (scenario->steps[i].kind == kind && nth-- == 0)
            return &scenario->steps[i];
    C_ADD_FAILURE("there is no such <%s>", dcd_step_name(kind));
    return &scenario->steps[0];
}

struct dcd_uuid uuid(const char *text)
{
    struct dcd_uuid u = {{0}};

    C_EXPECT(dcd_uuid_parse(text, &u));
    return u;
}
