/* SPDX-License-Identifier: Apache-2.0 */
/* scenario_loader.c - reads a scenario, and the platform it runs on. */
#include "scenario_step.h"
#include "xml_attribute.h"
#include "xml_document.h"

#include <cxldcd/scenario.h>

#include <stdlib.h>

static bool read_head(struct dcd_xml_document *doc,
                      struct dcd_scenario *scenario)
{
    const xmlNode *root = dcd_xml_root(doc);
    char *platform = NULL;

    scenario->file = dcd_xml_sibling_path("", doc->file);
    dcd_attribute_text(doc, root, "name", &scenario->name);
    dcd_attribute_text(doc, root, "about", &scenario->about);
    if (dcd_attribute_text(doc, root, "platform", &platform))
        scenario->platform_file = dcd_xml_sibling_path(doc->file, platform);
    free(platform);
    if (!scenario->file || !scenario->platform_file)
        doc->out_of_memory = true;
    return dcd_xml_good(doc);
}

static bool read_platform(struct dcd_xml_document *doc,
                          struct dcd_scenario *scenario,
                          struct dcd_messages *messages)
{
    scenario->platform = dcd_platform_load(scenario->platform_file, messages);
    if (!scenario->platform)
        dcd_xml_error(doc, dcd_xml_line(dcd_xml_root(doc)),
                      "the platform %s cannot be used",
                      scenario->platform_file);
    return scenario->platform != NULL;
}

static void read_steps(struct dcd_xml_document *doc,
                       struct dcd_scenario *scenario)
{
    const xmlNode *root = dcd_xml_root(doc);
    unsigned count = dcd_xml_count(root, NULL);

    scenario->steps = calloc(count + 1, sizeof(*scenario->steps));
    if (!scenario->steps) {
        doc->out_of_memory = true;
        return;
    }
    for (const xmlNode *n = dcd_xml_first(root, NULL); n;
         n = dcd_xml_next(n, NULL)) {
        struct dcd_step *step = &scenario->steps[scenario->step_count++];
        struct dcd_step_reader reader = {doc, scenario->platform, n, step,
                                         NULL};
        step->file = scenario->file;
        dcd_step_read(&reader);
    }
}

struct dcd_scenario *dcd_scenario_load(const char *file,
                                       struct dcd_messages *messages)
{
    struct dcd_xml_document doc;
    struct dcd_scenario *scenario = NULL;

    if (dcd_xml_open(&doc, file, &dcd_xml_scenario)) {
        scenario = calloc(1, sizeof(*scenario));
        if (!scenario)
            doc.out_of_memory = true;
        else if (read_head(&doc, scenario) &&
                 read_platform(&doc, scenario, messages))
            read_steps(&doc, scenario);
    }
    if (!dcd_xml_close(&doc, messages)) {
        dcd_scenario_free(scenario);
        return NULL;
    }
    return scenario;
}

void dcd_scenario_free(struct dcd_scenario *scenario)
{
    if (!scenario)
        return;
    for (unsigned i = 0; i < scenario->step_count; i++)
        dcd_step_free(&scenario->steps[i]);
    free(scenario->steps);
    dcd_platform_free(scenario->platform);
    free(scenario->file);
    free(scenario->name);
    free(scenario->about);
    free(scenario->platform_file);
    free(scenario);
}
