/* SPDX-License-Identifier: Apache-2.0 */
/* platform_names.h - finds devices, hosts and fabric managers by their id. */
#ifndef CXLDCD_LOADER_PLATFORM_NAMES_H
#define CXLDCD_LOADER_PLATFORM_NAMES_H

#include "xml_document.h"

enum dcd_noun {
    DCD_NOUN_DEVICE,
    DCD_NOUN_HOST,
    DCD_NOUN_FM,
};

unsigned dcd_noun_count(const struct dcd_platform *platform,
                        enum dcd_noun noun);
const char *dcd_noun_id(const struct dcd_platform *platform, enum dcd_noun noun,
                        unsigned index);
long dcd_noun_line(const struct dcd_platform *platform, enum dcd_noun noun,
                   unsigned index);

/*
 * Index that the attribute [name] of [node] speaks of. Without the attribute,
 * it is the only one there is. Otherwise -1, and a note.
 */
int dcd_noun_resolve(struct dcd_xml_document *doc, const xmlNode *node,
                     const char *name, const struct dcd_platform *platform,
                     enum dcd_noun noun);

/* Index of the one called [id]; -1, and a note at [node], if there is none. */
int dcd_noun_find(struct dcd_xml_document *doc, const xmlNode *node,
                  const struct dcd_platform *platform, enum dcd_noun noun,
                  const char *id);

#endif
