/* SPDX-License-Identifier: Apache-2.0 */
/* region_flags.c - what a region is to a host, as attributes of an element. */
#include "region_flags.h"

#include "xml_attribute.h"

#include <cxldcd/ctypes/fm_api.h>

/* Each is a bit of Region Attributes, CXL r3.1 7.6.7.6.2. */
void dcd_region_flags_read(struct dcd_xml_document *doc, const xmlNode *node,
                           uint8_t *given, uint8_t *set)
{
    static const struct {
        const char *name;
        uint8_t bit;
    } flags[] = {
        {"nonvolatile", DCD_REGION_ATTR_NONVOLATILE},
        {"sharable", DCD_REGION_ATTR_SHARABLE},
        {"hw-coherent", DCD_REGION_ATTR_HW_COHERENT},
        {"read-only", DCD_REGION_ATTR_READ_ONLY},
    };

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        bool is = false;

        if (!dcd_attribute_bool(doc, node, flags[i].name, &is))
            continue;
        *given |= flags[i].bit;
        if (is)
            *set |= flags[i].bit;
    }
}
