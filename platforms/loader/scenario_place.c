/* SPDX-License-Identifier: Apache-2.0 */
/* scenario_place.c - where on a device a step wants to go. */
#include "scenario_place.h"

#include "xml_attribute.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void say_no_region(struct dcd_xml_document *doc, const xmlNode *node,
                          const struct dcd_platform_device *device,
                          unsigned region)
{
    unsigned count = device->config.region_count;

    if (count == 0)
        dcd_xml_error(doc, dcd_xml_line(node),
                      "unknown region %u; '%s' has no regions", region,
                      device->id);
    else
        dcd_xml_error(doc, dcd_xml_line(node),
                      "unknown region %u; '%s' has %u, counted from 0", region,
                      device->id, count);
}

bool dcd_place_region(struct dcd_xml_document *doc, const xmlNode *node,
                      const char *name,
                      const struct dcd_platform_device *device,
                      unsigned *region)
{
    unsigned index = 0;

    if (!dcd_attribute_unsigned(doc, node, name, UINT32_MAX, &index))
        return false;
    if (index >= device->config.region_count) {
        say_no_region(doc, node, device, index);
        return false;
    }
    *region = index;
    return true;
}

/* [offset] into what is called [what] and begins at [base]. */
static bool inside(struct dcd_xml_document *doc, const xmlNode *node,
                   const char *what, uint64_t base, uint64_t length,
                   uint64_t offset, uint64_t *dpa)
{
    if (offset >= length) {
        dcd_xml_error(doc, dcd_xml_line(node),
                      "the offset %s is not inside %s, which has %s",
                      dcd_value_print_size(offset).text, what,
                      dcd_value_print_size(length).text);
        return false;
    }
    *dpa = base + offset;
    return true;
}

static bool inside_region(struct dcd_xml_document *doc, const xmlNode *node,
                          const struct dcd_platform_device *device,
                          unsigned region, uint64_t offset, uint64_t *dpa)
{
    char what[32];

    snprintf(what, sizeof(what), "region %u", region);
    return inside(doc, node, what, device->layout.region_base[region],
                  device->config.regions[region].length, offset, dpa);
}

static bool inside_static(struct dcd_xml_document *doc, const xmlNode *node,
                          const struct dcd_platform_device *device,
                          uint64_t offset, uint64_t *dpa)
{
    uint64_t length = dcd_config_static(&device->config);

    if (length == 0) {
        dcd_xml_error(doc, dcd_xml_line(node), "'%s' has no static memory",
                      device->id);
        return false;
    }
    return inside(doc, node, "static memory", 0, length, offset, dpa);
}

static bool parse_dpa(struct dcd_xml_document *doc, const xmlNode *node,
                      const char *name, const char *text,
                      const struct dcd_platform_device *device, uint64_t *dpa)
{
    struct dcd_value_problem problem;
    const char *plus = strchr(text, '+');
    bool named = strncmp(text, "region", 6) == 0 || text[0] == 's';
    const char *number = named ? (plus ? plus + 1 : "0") : text;
    uint64_t offset = 0;

    if (!dcd_value_parse(DCD_VALUE_SIZE, number, &offset, &problem)) {
        dcd_attribute_error(doc, node, name, "%s", problem.text);
        return false;
    }
    if (!named) {
        *dpa = offset;
        return true;
    }
    if (text[0] == 's')
        return inside_static(doc, node, device, offset, dpa);

    unsigned long region = strtoul(text + 6, NULL, 10);
    if (region >= device->config.region_count) {
        say_no_region(doc, node, device,
                      region > UINT32_MAX ? UINT32_MAX : (unsigned)region);
        return false;
    }
    return inside_region(doc, node, device, (unsigned)region, offset, dpa);
}

bool dcd_place_dpa(struct dcd_xml_document *doc, const xmlNode *node,
                   const char *name, const struct dcd_platform_device *device,
                   uint64_t *dpa)
{
    char *text = NULL;
    bool good = dcd_attribute_text(doc, node, name, &text) &&
                parse_dpa(doc, node, name, text, device, dpa);

    free(text);
    return good;
}

int dcd_place_region_of(const struct dcd_platform_device *device, uint64_t dpa)
{
    for (unsigned i = 0; i < device->config.region_count; i++) {
        uint64_t base = device->layout.region_base[i];
        if (dpa >= base && dpa - base < device->config.regions[i].length)
            return (int)i;
    }
    return -1;
}

/* What is counted from the start of a region stays inside. */
static void check_end(struct dcd_xml_document *doc, const xmlNode *node,
                      const struct dcd_platform_device *device,
                      const struct dcd_step_extent *extent)
{
    int region = dcd_place_region_of(device, extent->dpa);

    if (region < 0)
        return;
    uint64_t length = device->config.regions[region].length;
    uint64_t offset = extent->dpa - device->layout.region_base[region];
    if (extent->length > length - offset)
        dcd_xml_error(doc, dcd_xml_line(node),
                      "the extent reaches beyond region %d, which has %s",
                      region, dcd_value_print_size(length).text);
}

/* False, and a note, unless there is exactly one kind of place. */
static bool read_place(struct dcd_xml_document *doc, const xmlNode *node,
                       const struct dcd_platform_device *device,
                       struct dcd_step_extent *extent)
{
    unsigned region = 0;
    uint64_t offset = 0;

    if (dcd_attribute_given(node, "dpa")) {
        if (!dcd_attribute_given(node, "region") &&
            !dcd_attribute_given(node, "offset"))
            return dcd_place_dpa(doc, node, "dpa", device, &extent->dpa);
        dcd_xml_error(doc, dcd_xml_line(node),
                      "<%s>: give region and offset, or dpa, not both",
                      dcd_xml_name(node));
        return false;
    }
    dcd_attribute_u64(doc, node, "offset", DCD_VALUE_SIZE, UINT64_MAX, &offset);
    return dcd_place_region(doc, node, "region", device, &region) &&
           inside_region(doc, node, device, region, offset, &extent->dpa);
}

/* Whether the place is written as counted from a region. */
static bool counts_from_region(const xmlNode *node)
{
    xmlChar *dpa = xmlGetNoNsProp((xmlNode *)node, (const xmlChar *)"dpa");
    bool counts = !dpa || strncmp((const char *)dpa, "region", 6) == 0;

    xmlFree(dpa);
    return counts;
}

void dcd_place_refuse_rest(struct dcd_xml_document *doc, const xmlNode *node)
{
    static const char *const names[] = {"offset", "length", "tag", "sequence"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (dcd_attribute_given(node, names[i]))
            dcd_attribute_error(doc, node, names[i],
                                "needs region or dpa beside it");
}

bool dcd_place_extent(struct dcd_xml_document *doc, const xmlNode *node,
                      const struct dcd_platform_device *device,
                      struct dcd_step_extent *extent)
{
    unsigned sequence = 0;

    extent->line = dcd_xml_line(node);
    if (!dcd_attribute_given(node, "region") &&
        !dcd_attribute_given(node, "dpa")) {
        return false;
    }
    if (!dcd_attribute_given(node, "length"))
        dcd_xml_error(doc, extent->line, "<%s>: an extent needs a length",
                      dcd_xml_name(node));
    extent->tag_given = dcd_attribute_uuid(doc, node, "tag", &extent->tag);
    extent->sequence_given =
        dcd_attribute_unsigned(doc, node, "sequence", UINT16_MAX, &sequence);
    extent->sequence = (uint16_t)sequence;
    if (dcd_attribute_u64(doc, node, "length", DCD_VALUE_SIZE, UINT64_MAX,
                          &extent->length) &&
        read_place(doc, node, device, extent) && counts_from_region(node))
        check_end(doc, node, device, extent);
    return true;
}
