/* SPDX-License-Identifier: Apache-2.0 */
/* scenario_config.c - what configurations (4800h, 5600h, 5601h) should say. */
#include "region_flags.h"
#include "scenario_place.h"
#include "scenario_step.h"
#include "xml_attribute.h"

#include <stdlib.h>

/* --- Regions ------------------------------------------------------------ */

static void read_regions(struct dcd_step_reader *r)
{
    unsigned count = dcd_xml_count(r->node, "region");
    struct dcd_step_region *region;

    if (count == 0)
        return;
    region = calloc(count, sizeof(*region));
    if (!region) {
        r->doc->out_of_memory = true;
        return;
    }
    r->step->regions = region;
    r->step->region_count = count;
    for (const xmlNode *n = dcd_xml_first(r->node, "region"); n;
         n = dcd_xml_next(n, "region"), region++) {
        region->line = dcd_xml_line(n);
        dcd_place_region(r->doc, n, "index", r->device, &region->index);
        dcd_step_expected_size(r, n, "block-size", &region->block_size);
        dcd_step_expected_bool(r, n, "sanitize", &region->sanitize);
        dcd_region_flags_read(r->doc, n, &region->attributes_given,
                              &region->attributes);
    }
}

/* --- Numbers and policies ----------------------------------------------- */

static void expected_words(struct dcd_step_reader *r, const char *name,
                           const char *const *words,
                           struct dcd_expected *expected)
{
    expected->given =
        dcd_attribute_word_set(r->doc, r->node, name, words, &expected->value);
}

void dcd_step_read_configuration(struct dcd_step_reader *r)
{
    static const char *const add[] = {"free", "contiguous", "prescriptive",
                                      NULL};
    static const char *const release[] = {"tag-based", "prescriptive", NULL};
    struct dcd_step *step = r->step;

    dcd_step_expected_rc(r);
    dcd_step_expected(r, "expect-hosts", &step->expect_hosts);
    dcd_step_expected(r, "expect-regions", &step->expect_regions);
    dcd_step_expected(r, "expect-extents", &step->expect_extents_in_all);
    dcd_step_expected(r, "expect-available", &step->expect_available);
    dcd_step_expected(r, "expect-tags", &step->expect_tags_in_all);
    dcd_step_expected(r, "expect-available-tags", &step->expect_available_tags);
    expected_words(r, "expect-add-policies", add, &step->expect_add_policies);
    expected_words(r, "expect-release-policies", release,
                   &step->expect_release_policies);
    read_regions(r);
}
