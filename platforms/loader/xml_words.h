/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xml_words.h - what a schema allows in one place, for messages.
 *
 * The schema is read as an XML document. Only what our schemas use is
 * understood: named and anonymous complex types, sequences, choices,
 * xs:group, xs:attributeGroup and xs:extension.
 */
#ifndef CXLDCD_LOADER_XML_WORDS_H
#define CXLDCD_LOADER_XML_WORDS_H

#include <libxml/tree.h>

#include <stdbool.h>
#include <stddef.h>

/* What declares [node], an element of an instance; NULL: nothing does. */
const xmlNode *dcd_words_declaration(const xmlNode *schema,
                                     const xmlNode *node);

/* Names of the attributes, or of the children, as "a, b, c". */
void dcd_words_attributes(const xmlNode *schema, const xmlNode *declaration,
                          char *text, size_t size);
void dcd_words_children(const xmlNode *schema, const xmlNode *declaration,
                        char *text, size_t size);

/* Name of the type of an attribute, without prefix; false: unknown. */
bool dcd_words_attribute_type(const xmlNode *schema, const xmlNode *declaration,
                              const char *attribute, char *type, size_t size);

/* How often [child] may occur; 0: not at all, UINT_MAX: without limit. */
unsigned dcd_words_limit(const xmlNode *schema, const xmlNode *declaration,
                         const char *child);

#endif
