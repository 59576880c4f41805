/* SPDX-License-Identifier: Apache-2.0 */
/*
 * platform_check.h - what a schema cannot say about a platform.
 *
 * Each function notes everything that it finds wrong.
 */
#ifndef CXLDCD_LOADER_PLATFORM_CHECK_H
#define CXLDCD_LOADER_PLATFORM_CHECK_H

#include "xml_document.h"

/* No id twice, no head with two hosts, no device with two FMs. */
void dcd_platform_check_names(struct dcd_xml_document *doc,
                              const struct dcd_platform *platform);

/* The configuration of a device whose element is [node]. */
void dcd_platform_check_device(struct dcd_xml_document *doc,
                               const struct dcd_platform *platform,
                               unsigned index, const xmlNode *node);

/* What is allowed but hardly meant; of a platform that is good. */
void dcd_platform_warn(struct dcd_xml_document *doc,
                       const struct dcd_platform *platform);

/* The HDM decoders of all hosts. */
void dcd_platform_check_decoders(struct dcd_xml_document *doc,
                                 const struct dcd_platform *platform);

#endif
