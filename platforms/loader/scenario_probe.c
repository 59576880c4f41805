/* SPDX-License-Identifier: Apache-2.0 */
/* scenario_probe.c - reads what a driver is expected to find out. */
#include "scenario_step.h"
#include "xml_attribute.h"

#include <stdlib.h>

static void expected_capacity(struct dcd_step_reader *r)
{
    static const char *const words[] = {"absent", "refused", "enabled", NULL};
    struct dcd_expected *expected = &r->step->expect_capacity;
    unsigned index = 0;

    expected->given =
        dcd_attribute_word(r->doc, r->node, "dynamic-capacity", words, &index);
    expected->value = index;
}

/* One blank between two names, as the driver's own list has it. */
static void squeeze(char *text)
{
    char *to = text;

    for (const char *from = text; *from; from++)
        if (*from != ' ' || from[1] != ' ')
            *to++ = *from;
    *to = '\0';
}

void dcd_step_read_probe(struct dcd_step_reader *r)
{
    struct dcd_step *step = r->step;

    expected_capacity(r);
    dcd_step_expected_size(r, r->node, "volatile", &step->expect_volatile);
    dcd_step_expected_size(r, r->node, "persistent", &step->expect_persistent);
    dcd_step_expected_bool(r, r->node, "sharable", &step->expect_sharable);
    dcd_step_expected(r, "regions", &step->expect_regions);
    dcd_step_expected(r, "serial", &step->expect_serial);
    if (dcd_attribute_text(r->doc, r->node, "reason", &step->reason) &&
        !(step->expect_capacity.given &&
          step->expect_capacity.value == DCD_PROBE_REFUSED))
        dcd_attribute_error(r->doc, r->node, "reason",
                            "only dynamic-capacity=\"refused\" has a reason");
    if (dcd_attribute_text(r->doc, r->node, "steps", &step->probe_steps))
        squeeze(step->probe_steps);
}
