/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xml_attribute.h - attributes of an element as C values.
 *
 * Every function returns whether the attribute is there and good. If not, what
 * it would have written keeps its value, which is how defaults work; a value
 * that cannot be read is noted in the document.
 */
#ifndef CXLDCD_LOADER_XML_ATTRIBUTE_H
#define CXLDCD_LOADER_XML_ATTRIBUTE_H

#include "xml_document.h"
#include "xml_value.h"

#include <cxldcd/ctypes/uuid.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool dcd_attribute_given(const xmlNode *node, const char *name);

/* A copy that the caller frees; one that [value] had before is freed. */
bool dcd_attribute_text(struct dcd_xml_document *doc, const xmlNode *node,
                        const char *name, char **value);

/* Numbers from 0 to [max]. */
bool dcd_attribute_u64(struct dcd_xml_document *doc, const xmlNode *node,
                       const char *name, enum dcd_value_kind kind, uint64_t max,
                       uint64_t *value);
bool dcd_attribute_u32(struct dcd_xml_document *doc, const xmlNode *node,
                       const char *name, enum dcd_value_kind kind,
                       uint32_t *value);
/* A plain number. */
bool dcd_attribute_unsigned(struct dcd_xml_document *doc, const xmlNode *node,
                            const char *name, unsigned max, unsigned *value);

bool dcd_attribute_bool(struct dcd_xml_document *doc, const xmlNode *node,
                        const char *name, bool *value);
bool dcd_attribute_uuid(struct dcd_xml_document *doc, const xmlNode *node,
                        const char *name, struct dcd_uuid *value);
bool dcd_attribute_hex(struct dcd_xml_document *doc, const xmlNode *node,
                       const char *name, uint8_t **bytes, size_t *size);

/* Index of the value in [words], which ends with NULL. */
bool dcd_attribute_word(struct dcd_xml_document *doc, const xmlNode *node,
                        const char *name, const char *const *words,
                        unsigned *index);

/*
 * Each word of a list with blanks between; false from [visit] ends it. False,
 * and no call, when the attribute is not given.
 */
typedef bool dcd_word_visitor(void *context, const char *word);
bool dcd_attribute_words(struct dcd_xml_document *doc, const xmlNode *node,
                         const char *name, dcd_word_visitor *visit,
                         void *context);

/* Words of [words] as a bit each, by their index there. */
bool dcd_attribute_word_set(struct dcd_xml_document *doc, const xmlNode *node,
                            const char *name, const char *const *words,
                            uint64_t *set);

/* Notes `<node name="value">: what is wrong` on the node's line. */
void dcd_attribute_error(struct dcd_xml_document *doc, const xmlNode *node,
                         const char *name, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
