/* SPDX-License-Identifier: Apache-2.0 */
/* xml_attribute.c - attributes of an element as C values. */
#include "xml_attribute.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* To be freed with xmlFree; NULL: not given. */
static char *raw(const xmlNode *node, const char *name)
{
    return (char *)xmlGetNoNsProp((xmlNode *)node, (const xmlChar *)name);
}

bool dcd_attribute_given(const xmlNode *node, const char *name)
{
    return xmlHasNsProp((xmlNode *)node, (const xmlChar *)name, NULL) != NULL;
}

void dcd_attribute_error(struct dcd_xml_document *doc, const xmlNode *node,
                         const char *name, const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);

    char *value = raw(node, name);
    dcd_xml_error(doc, dcd_xml_line(node), "<%s %s=\"%.60s\">: %s",
                  dcd_xml_name(node), name, value ? value : "", text);
    xmlFree(value);
}

bool dcd_attribute_text(struct dcd_xml_document *doc, const xmlNode *node,
                        const char *name, char **value)
{
    char *text = raw(node, name);
    size_t size = text ? strlen(text) + 1 : 0;
    char *copy = text ? malloc(size) : NULL;

    if (copy) {
        memcpy(copy, text, size);
        free(*value);
        *value = copy;
    } else if (text) {
        doc->out_of_memory = true;
    }
    xmlFree(text);
    return copy != NULL;
}

bool dcd_attribute_u64(struct dcd_xml_document *doc, const xmlNode *node,
                       const char *name, enum dcd_value_kind kind, uint64_t max,
                       uint64_t *value)
{
    struct dcd_value_problem problem;
    uint64_t result = 0;
    char *text = raw(node, name);

    if (!text)
        return false;
    bool good = dcd_value_parse(kind, text, &result, &problem);
    xmlFree(text);
    if (!good) {
        dcd_attribute_error(doc, node, name, "%s", problem.text);
        return false;
    }
    if (result > max) {
        if (kind == DCD_VALUE_SIZE)
            dcd_attribute_error(doc, node, name, "too large; at most %s",
                                dcd_value_print_size(max).text);
        else
            dcd_attribute_error(doc, node, name, "too large; at most %llu",
                                (unsigned long long)max);
        return false;
    }
    *value = result;
    return true;
}

bool dcd_attribute_u32(struct dcd_xml_document *doc, const xmlNode *node,
                       const char *name, enum dcd_value_kind kind,
                       uint32_t *value)
{
    uint64_t wide = 0;

    if (!dcd_attribute_u64(doc, node, name, kind, UINT32_MAX, &wide))
        return false;
    *value = (uint32_t)wide;
    return true;
}

bool dcd_attribute_unsigned(struct dcd_xml_document *doc, const xmlNode *node,
                            const char *name, unsigned max, unsigned *value)
{
    uint64_t wide = 0;

    if (!dcd_attribute_u64(doc, node, name, DCD_VALUE_NUMBER, max, &wide))
        return false;
    *value = (unsigned)wide;
    return true;
}

bool dcd_attribute_uuid(struct dcd_xml_document *doc, const xmlNode *node,
                        const char *name, struct dcd_uuid *value)
{
    char *text = raw(node, name);
    bool good = text && dcd_uuid_parse(text, value);

    if (text && !good)
        dcd_attribute_error(doc, node, name, "not a UUID");
    xmlFree(text);
    return good;
}

bool dcd_attribute_hex(struct dcd_xml_document *doc, const xmlNode *node,
                       const char *name, uint8_t **bytes, size_t *size)
{
    struct dcd_value_problem problem;
    uint8_t *result = NULL;
    char *text = raw(node, name);

    if (!text)
        return false;
    bool good = dcd_value_hex(text, &result, size, &problem);
    if (good) {
        free(*bytes);
        *bytes = result;
    } else {
        dcd_attribute_error(doc, node, name, "%s", problem.text);
    }
    xmlFree(text);
    return good;
}

bool dcd_attribute_word(struct dcd_xml_document *doc, const xmlNode *node,
                        const char *name, const char *const *words,
                        unsigned *index)
{
    char *text = raw(node, name);
    unsigned i = 0;

    if (!text)
        return false;
    while (words[i] && strcmp(words[i], text) != 0)
        i++;
    bool good = words[i] != NULL;
    if (good)
        *index = i;
    else
        dcd_attribute_error(doc, node, name, "not a word that is known here");
    xmlFree(text);
    return good;
}

bool dcd_attribute_bool(struct dcd_xml_document *doc, const xmlNode *node,
                        const char *name, bool *value)
{
    static const char *const words[] = {"false", "true", NULL};
    unsigned index = 0;

    if (!dcd_attribute_word(doc, node, name, words, &index))
        return false;
    *value = index == 1;
    return true;
}

bool dcd_attribute_words(struct dcd_xml_document *doc, const xmlNode *node,
                         const char *name, dcd_word_visitor *visit,
                         void *context)
{
    char *list = NULL;

    if (!dcd_attribute_text(doc, node, name, &list))
        return false;
    for (char *word = list + strspn(list, " "); *word;) {
        char *end = word + strcspn(word, " ");
        char *next = end + strspn(end, " ");
        *end = '\0';
        if (!visit(context, word))
            break;
        word = next;
    }
    free(list);
    return true;
}

struct word_set {
    struct dcd_xml_document *doc;
    const xmlNode *node;
    const char *name;
    const char *const *words;
    uint64_t set;
};

static bool add_word(void *context, const char *word)
{
    struct word_set *s = context;
    unsigned i = 0;

    while (s->words[i] && strcmp(s->words[i], word) != 0)
        i++;
    if (s->words[i])
        s->set |= UINT64_C(1) << i;
    else
        dcd_attribute_error(s->doc, s->node, s->name,
                            "not a word that is known here");
    return s->words[i] != NULL;
}

bool dcd_attribute_word_set(struct dcd_xml_document *doc, const xmlNode *node,
                            const char *name, const char *const *words,
                            uint64_t *set)
{
    struct word_set s = {doc, node, name, words, 0};

    if (!dcd_attribute_words(doc, node, name, add_word, &s))
        return false;
    *set = s.set;
    return true;
}
