/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scenario_place.h - where on a device a step wants to go.
 *
 * "region0+4KiB" counts from the start of a region, "static+0x1000" from the
 * start of a host's static memory; both have to lie inside. A plain number is
 * any DPA, so that a scenario can also ask for what does not exist.
 */
#ifndef CXLDCD_LOADER_SCENARIO_PLACE_H
#define CXLDCD_LOADER_SCENARIO_PLACE_H

#include "xml_document.h"

#include <cxldcd/scenario.h>

/* As in xml_attribute.h. */
bool dcd_place_dpa(struct dcd_xml_document *doc, const xmlNode *node,
                   const char *name, const struct dcd_platform_device *device,
                   uint64_t *dpa);
bool dcd_place_region(struct dcd_xml_document *doc, const xmlNode *node,
                      const char *name,
                      const struct dcd_platform_device *device,
                      unsigned *region);

/*
 * Attributes region and offset, or dpa, then length, tag and sequence. False:
 * [node] has no place, and nothing was read.
 */
bool dcd_place_extent(struct dcd_xml_document *doc, const xmlNode *node,
                      const struct dcd_platform_device *device,
                      struct dcd_step_extent *extent);

/* For what has no place: notes the attributes that would go with one. */
void dcd_place_refuse_rest(struct dcd_xml_document *doc, const xmlNode *node);

/* Region that has [dpa], or -1. */
int dcd_place_region_of(const struct dcd_platform_device *device, uint64_t dpa);

#endif
