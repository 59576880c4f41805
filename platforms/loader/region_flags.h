/* SPDX-License-Identifier: Apache-2.0 */
/* region_flags.h - what a region is to a host, as attributes of an element. */
#ifndef CXLDCD_LOADER_REGION_FLAGS_H
#define CXLDCD_LOADER_REGION_FLAGS_H

#include "xml_document.h"

#include <stdint.h>

/*
 * Reads nonvolatile, sharable, hw-coherent and read-only: DCD_REGION_ATTR_...
 * of those that are there into [given], of those that are true into [set] as
 * well. Bits that are set before stay so.
 */
void dcd_region_flags_read(struct dcd_xml_document *doc, const xmlNode *node,
                           uint8_t *given, uint8_t *set);

#endif
