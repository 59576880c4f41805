/* SPDX-License-Identifier: Apache-2.0 */
/* platform_names.c - finds devices, hosts and fabric managers by their id. */
#include "platform_names.h"

#include "xml_attribute.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const words[] = {
    [DCD_NOUN_DEVICE] = "device",
    [DCD_NOUN_HOST] = "host",
    [DCD_NOUN_FM] = "fabric manager",
};

unsigned dcd_noun_count(const struct dcd_platform *platform, enum dcd_noun noun)
{
    switch (noun) {
    case DCD_NOUN_DEVICE:
        return platform->device_count;
    case DCD_NOUN_HOST:
        return platform->host_count;
    case DCD_NOUN_FM:
        return platform->fm_count;
    }
    return 0;
}

const char *dcd_noun_id(const struct dcd_platform *platform, enum dcd_noun noun,
                        unsigned index)
{
    switch (noun) {
    case DCD_NOUN_DEVICE:
        return platform->devices[index].id;
    case DCD_NOUN_HOST:
        return platform->hosts[index].id;
    case DCD_NOUN_FM:
        return platform->fms[index].id;
    }
    return "";
}

long dcd_noun_line(const struct dcd_platform *platform, enum dcd_noun noun,
                   unsigned index)
{
    switch (noun) {
    case DCD_NOUN_DEVICE:
        return platform->devices[index].line;
    case DCD_NOUN_HOST:
        return platform->hosts[index].line;
    case DCD_NOUN_FM:
        return platform->fms[index].line;
    }
    return 1;
}

/* "this platform has h0, h1" */
static void describe(const struct dcd_platform *platform, enum dcd_noun noun,
                     char *text, size_t size)
{
    unsigned count = dcd_noun_count(platform, noun);
    size_t used = 0;

    if (count == 0)
        snprintf(text, size, "this platform has no %s", words[noun]);
    for (unsigned i = 0; i < count && used < size; i++) {
        int n = snprintf(text + used, size - used, "%s%s",
                         i ? ", " : "this platform has ",
                         dcd_noun_id(platform, noun, i));
        used += n > 0 ? (size_t)n : size;
    }
}

int dcd_noun_find(struct dcd_xml_document *doc, const xmlNode *node,
                  const struct dcd_platform *platform, enum dcd_noun noun,
                  const char *id)
{
    char known[200];

    for (unsigned i = 0; i < dcd_noun_count(platform, noun); i++)
        if (strcmp(dcd_noun_id(platform, noun, i), id) == 0)
            return (int)i;
    describe(platform, noun, known, sizeof(known));
    dcd_xml_error(doc, dcd_xml_line(node), "unknown %s '%s'; %s", words[noun],
                  id, known);
    return -1;
}

int dcd_noun_resolve(struct dcd_xml_document *doc, const xmlNode *node,
                     const char *name, const struct dcd_platform *platform,
                     enum dcd_noun noun)
{
    char *id = NULL;
    char known[200];
    int index = -1;

    if (dcd_attribute_text(doc, node, name, &id)) {
        index = dcd_noun_find(doc, node, platform, noun, id);
    } else if (dcd_noun_count(platform, noun) == 1) {
        index = 0;
    } else {
        describe(platform, noun, known, sizeof(known));
        dcd_xml_error(doc, dcd_xml_line(node),
                      "<%s> needs the attribute '%s'; %s", dcd_xml_name(node),
                      name, known);
    }
    free(id);
    return index;
}
