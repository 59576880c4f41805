/* SPDX-License-Identifier: Apache-2.0 */
/* xml_words.c - what a schema allows in one place, for messages. */
#include "xml_words.h"

#include "xml_document.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An attribute of a schema's element, cut to [size], prefix removed. */
static bool property(const xmlNode *node, const char *name, char *text,
                     size_t size)
{
    xmlChar *value = xmlGetNoNsProp((xmlNode *)node, (const xmlChar *)name);
    const char *start = (const char *)value;

    if (!value)
        return false;
    if (strchr(start, ':'))
        start = strchr(start, ':') + 1;
    snprintf(text, size, "%s", start);
    xmlFree(value);
    return true;
}

/* Top-level definition of [kind] called as [node]'s attribute [reference]. */
static const xmlNode *resolve(const xmlNode *schema, const xmlNode *node,
                              const char *reference, const char *kind)
{
    char wanted[80];
    char name[80];

    if (!property(node, reference, wanted, sizeof(wanted)))
        return NULL;
    for (const xmlNode *n = dcd_xml_first(schema, kind); n;
         n = dcd_xml_next(n, kind))
        if (property(n, "name", name, sizeof(name)) &&
            strcmp(name, wanted) == 0)
            return n;
    return NULL;
}

struct walk {
    const xmlNode *schema;
    const char *kind; /* "element" or "attribute" */
    /* True ends the walk, and [found] is what it was at. */
    bool (*visit)(const xmlNode *declaration, void *context);
    void *context;
    const xmlNode *found;
};

/* The schemas are ours, but a user may point to others: no endless descent. */
#define MAX_DEPTH 20

static void walk(struct walk *w, const xmlNode *scope, unsigned depth)
{
    if (depth == MAX_DEPTH)
        return;
    for (const xmlNode *n = scope ? dcd_xml_first(scope, NULL) : NULL;
         n && !w->found; n = dcd_xml_next(n, NULL)) {
        if (dcd_xml_is(n, w->kind)) {
            if (w->visit(n, w->context))
                w->found = n;
            continue;
        }
        if (dcd_xml_is(n, "element") || dcd_xml_is(n, "attribute"))
            continue;
        if (dcd_xml_is(n, "extension"))
            walk(w, resolve(w->schema, n, "base", "complexType"), depth + 1);
        walk(w, resolve(w->schema, n, "ref", dcd_xml_name(n)), depth + 1);
        walk(w, n, depth + 1);
    }
}

static const xmlNode *type_of(const xmlNode *schema, const xmlNode *declaration)
{
    const xmlNode *inner = dcd_xml_first(declaration, "complexType");

    return inner ? inner : resolve(schema, declaration, "type", "complexType");
}

static const xmlNode *walk_type(const xmlNode *schema,
                                const xmlNode *declaration, const char *kind,
                                bool (*visit)(const xmlNode *, void *),
                                void *context)
{
    struct walk w = {schema, kind, visit, context, NULL};

    if (declaration)
        walk(&w, type_of(schema, declaration), 0);
    return w.found;
}

static bool has_name(const xmlNode *declaration, void *context)
{
    const char *wanted = context;
    char name[80];

    return property(declaration, "name", name, sizeof(name)) &&
           strcmp(name, wanted) == 0;
}

const xmlNode *dcd_words_declaration(const xmlNode *schema, const xmlNode *node)
{
    void *name = (void *)node->name;

    if (!node->parent || node->parent->type != XML_ELEMENT_NODE) {
        const xmlNode *n = dcd_xml_first(schema, "element");
        while (n && !has_name(n, name))
            n = dcd_xml_next(n, "element");
        return n;
    }
    /* As deep as our languages are, which is three. */
    const xmlNode *parent = dcd_words_declaration(schema, node->parent);
    return walk_type(schema, parent, "element", has_name, name);
}

struct list {
    char *text;
    size_t size;
};

static bool append(const xmlNode *declaration, void *context)
{
    struct list *list = context;
    size_t used = strlen(list->text);
    char name[80];

    if (property(declaration, "name", name, sizeof(name)))
        snprintf(list->text + used, list->size - used, "%s%s", used ? ", " : "",
                 name);
    return false;
}

void dcd_words_attributes(const xmlNode *schema, const xmlNode *declaration,
                          char *text, size_t size)
{
    struct list list = {text, size};

    text[0] = '\0';
    walk_type(schema, declaration, "attribute", append, &list);
}

void dcd_words_children(const xmlNode *schema, const xmlNode *declaration,
                        char *text, size_t size)
{
    struct list list = {text, size};

    text[0] = '\0';
    walk_type(schema, declaration, "element", append, &list);
}

bool dcd_words_attribute_type(const xmlNode *schema, const xmlNode *declaration,
                              const char *attribute, char *type, size_t size)
{
    const xmlNode *found = walk_type(schema, declaration, "attribute", has_name,
                                     (void *)attribute);

    return found && property(found, "type", type, size);
}

unsigned dcd_words_limit(const xmlNode *schema, const xmlNode *declaration,
                         const char *child)
{
    const xmlNode *found =
        walk_type(schema, declaration, "element", has_name, (void *)child);
    char limit[20];

    if (!found)
        return 0;
    /* In our schemas a repeated choice is one without limit. */
    const xmlNode *around = found->parent;
    for (; around->type == XML_ELEMENT_NODE && around->parent &&
           !dcd_xml_is(around, "complexType");
         around = around->parent)
        if (property(around, "maxOccurs", limit, sizeof(limit)))
            return UINT_MAX;
    if (!property(found, "maxOccurs", limit, sizeof(limit)))
        return 1;
    if (strcmp(limit, "unbounded") == 0)
        return UINT_MAX;
    return (unsigned)strtoul(limit, NULL, 10);
}
