/* SPDX-License-Identifier: Apache-2.0 */
/* xml_schema.h - validates a document and says in sentences what is wrong. */
#ifndef CXLDCD_LOADER_XML_SCHEMA_H
#define CXLDCD_LOADER_XML_SCHEMA_H

#include "xml_document.h"

/*
 * Notes every violation of the vocabulary's schema; false when there is one.
 * Then elements may have been removed from [doc].
 */
bool dcd_xml_validate(struct dcd_xml_document *doc,
                      const struct dcd_xml_vocabulary *vocabulary);

#endif
