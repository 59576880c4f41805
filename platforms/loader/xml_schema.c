/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xml_schema.c - validates a document and says in sentences what is wrong.
 *
 * libxml2 names the element, the attribute and the kind of violation. The
 * sentences are ours, with what is allowed taken from the schema. What is not
 * known here is passed on in libxml2's words, without its {namespaces}.
 */
#include "xml_schema.h"

#include "schema_dir.h"
#include "xml_value.h"
#include "xml_words.h"

#include <libxml/xmlschemas.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* One run over a document. */
struct validation {
    struct dcd_xml_document *doc;
    const xmlNode *schema; /* <xs:schema> */
    /*
     * libxml2 skips what follows an element that does not belong where it is.
     * So a run first hunts for such a stray, which is then removed, and only
     * when there is none left the other violations are reported.
     */
    bool hunting;
    const xmlNode *stray;
};

/* --- Pieces of libxml2's text ------------------------------------------- */

/* What stands between [before] and [after], cut to [size]. */
static bool between(const char *message, const char *before, const char *after,
                    char *text, size_t size)
{
    const char *start = strstr(message, before);
    const char *end = start ? strstr(start + strlen(before), after) : NULL;

    if (!end)
        return false;
    start += strlen(before);
    snprintf(text, size, "%.*s", (int)(end - start), start);
    return true;
}

/* Removes every "{urn:...}" and the newline at the end. */
static void strip(const char *message, char *text, size_t size)
{
    size_t used = 0;

    while (*message && used + 1 < size) {
        const char *end = NULL;
        if (strncmp(message, "{urn:", 5) == 0)
            end = strchr(message, '}');
        if (end)
            message = end + 1;
        else
            text[used++] = *message++;
    }
    while (used && text[used - 1] == '\n')
        used--;
    text[used] = '\0';
}

/* "'a', 'b'" becomes "a, b". */
static void unquote(char *text)
{
    char *out = text;

    for (const char *in = text; *in; in++)
        if (*in != '\'')
            *out++ = *in;
    *out = '\0';
}

/* --- Sentences ---------------------------------------------------------- */

static const char *article(const char *noun)
{
    return strchr("aeiou", noun[0]) ? "an" : "a";
}

static unsigned same_before(const xmlNode *node)
{
    unsigned count = 0;

    for (const xmlNode *n = node->prev; n; n = n->prev)
        if (n->type == XML_ELEMENT_NODE && dcd_xml_is(n, dcd_xml_name(node)))
            count++;
    return count;
}

static void say_stray(struct validation *v, const xmlNode *node)
{
    const xmlNode *parent = node->parent;
    const xmlNode *declaration = dcd_words_declaration(v->schema, parent);
    const char *outer = dcd_xml_name(parent);
    const char *name = dcd_xml_name(node);
    long line = dcd_xml_line(node);
    unsigned limit = dcd_words_limit(v->schema, declaration, name);
    char allowed[800]; /* the names of all steps */

    dcd_words_children(v->schema, declaration, allowed, sizeof(allowed));
    if (!allowed[0])
        dcd_xml_error(v->doc, line,
                      "<%.60s> does not belong here; <%s> has no children",
                      name, outer);
    else if (limit == 0)
        dcd_xml_error(v->doc, line,
                      "<%.60s> does not belong here; in <%s> are allowed: %s",
                      name, outer, allowed);
    else if (same_before(node) < limit)
        dcd_xml_error(v->doc, line,
                      "<%s> is out of order; the order in <%s> is: %s", name,
                      outer, allowed);
    else if (limit == 1)
        dcd_xml_error(v->doc, line, "%s %s has at most one %s", article(outer),
                      outer, name);
    else
        dcd_xml_error(v->doc, line, "%s %s has at most %u %ss", article(outer),
                      outer, limit, name);
}

/* A value that the schema's type refuses. */
static void say_value(struct validation *v, const xmlNode *node,
                      const char *attribute, const char *message)
{
    const xmlNode *declaration = dcd_words_declaration(v->schema, node);
    const char *name = dcd_xml_name(node);
    struct dcd_value_problem problem = {""};
    char type[80] = "";
    char set[1000];
    xmlChar *value =
        xmlGetNoNsProp((xmlNode *)node, (const xmlChar *)attribute);
    const char *shown = value ? (const char *)value : "";

    if (between(message, "element of the set {", "}.", set, sizeof(set))) {
        unquote(set);
        dcd_xml_error(v->doc, dcd_xml_line(node),
                      "<%s %s=\"%.60s\">: expected one of: %s", name, attribute,
                      shown, set);
        xmlFree(value);
        return;
    }
    if (dcd_words_attribute_type(v->schema, declaration, attribute, type,
                                 sizeof(type)))
        dcd_value_explain(type, shown, &problem);
    dcd_xml_error(v->doc, dcd_xml_line(node), "<%s %s=\"%.60s\">: %s", name,
                  attribute, shown,
                  problem.text[0] ? problem.text : "not a valid value");
    xmlFree(value);
}

static void say_unknown_attribute(struct validation *v, const xmlNode *node,
                                  const char *attribute)
{
    const xmlNode *declaration = dcd_words_declaration(v->schema, node);
    char allowed[400];

    dcd_words_attributes(v->schema, declaration, allowed, sizeof(allowed));
    dcd_xml_error(v->doc, dcd_xml_line(node),
                  "<%s> has no attribute '%s'; allowed are: %s",
                  dcd_xml_name(node), attribute, allowed[0] ? allowed : "none");
}

static void say_missing_child(struct validation *v, const xmlNode *node,
                              const char *plain)
{
    const xmlNode *declaration = dcd_words_declaration(v->schema, node);
    char expected[400];

    /* libxml2 ends its list after ten. */
    if (!between(plain, "Expected is ( ", " ).", expected, sizeof(expected)))
        dcd_words_children(v->schema, declaration, expected, sizeof(expected));
    dcd_xml_error(v->doc, dcd_xml_line(node),
                  "<%s> is not complete; expected inside: %s",
                  dcd_xml_name(node), expected);
}

static void say(struct validation *v, const xmlNode *node, const char *message)
{
    char plain[1600];
    char attribute[80];
    const char *detail;

    strip(message, plain, sizeof(plain));
    detail = strstr(plain, ": ") ? strstr(plain, ": ") + 2 : plain;
    if (strstr(plain, "[facet '") &&
        between(plain, "attribute '", "'", attribute, sizeof(attribute)))
        say_value(v, node, attribute, plain);
    else if (between(plain, "The attribute '", "' is not allowed", attribute,
                     sizeof(attribute)))
        say_unknown_attribute(v, node, attribute);
    else if (between(plain, "The attribute '", "' is required", attribute,
                     sizeof(attribute)))
        dcd_xml_error(v->doc, dcd_xml_line(node),
                      "<%s> needs the attribute '%s'", dcd_xml_name(node),
                      attribute);
    else if (strstr(plain, "Missing child element"))
        say_missing_child(v, node, plain);
    else if (strstr(plain, "Character content"))
        dcd_xml_error(v->doc, dcd_xml_line(node), "text is not allowed in <%s>",
                      dcd_xml_name(node));
    else
        dcd_xml_error(v->doc, dcd_xml_line(node), "<%s>: %s",
                      dcd_xml_name(node), detail);
}

/* --- Running libxml2 ---------------------------------------------------- */

/* Each of them costs a run: enough to work on. */
#define MAX_STRAYS 100

/* An echo of the error before it, without anything new in it. */
#define ECHO_ATTRIBUTE_USE 1877

/* The element that does not belong where it is, if that is the trouble. */
static const xmlNode *stray_of(const xmlNode *node, const char *message)
{
    if (strstr(message, "This element is not expected"))
        return node->parent->type == XML_ELEMENT_NODE ? node : NULL;
    if (strstr(message, "Element content is not allowed"))
        return dcd_xml_first(node, NULL);
    return NULL;
}

static void on_violation(void *context, dcd_xml_raw_error *error)
{
    struct validation *v = context;
    const xmlNode *node = error->node;
    const char *message = error->message ? error->message : "";

    if (node && node->type == XML_ATTRIBUTE_NODE)
        node = node->parent;
    if (!node || node->type != XML_ELEMENT_NODE)
        node = dcd_xml_root(v->doc);
    const xmlNode *stray = stray_of(node, message);
    if (stray) {
        if (!v->stray)
            v->stray = stray;
    } else if (!v->hunting && error->code != ECHO_ATTRIBUTE_USE &&
               !strstr(message, "is not a valid value of the")) {
        say(v, node, message);
    }
}

/* libxml2's verdict: 0 valid, above 0 invalid, below 0 it could not run. */
static int run(struct validation *v, xmlSchema *schema)
{
    xmlSchemaValidCtxt *context = xmlSchemaNewValidCtxt(schema);
    int result = -1;

    if (context) {
        xmlSchemaSetValidStructuredErrors(context, on_violation, v);
        v->stray = NULL;
        result = xmlSchemaValidateDoc(context, v->doc->xml);
        xmlSchemaFreeValidCtxt(context);
    }
    return result;
}

static void validate(struct validation *v, xmlSchema *schema)
{
    int result;

    v->hunting = true;
    while ((result = run(v, schema)) > 0 && v->stray &&
           v->doc->note_count < MAX_STRAYS) {
        say_stray(v, v->stray);
        xmlUnlinkNode((xmlNode *)v->stray);
        xmlFreeNode((xmlNode *)v->stray);
    }
    v->hunting = false;
    if (result > 0)
        result = run(v, schema);
    if (result != 0 && dcd_xml_good(v->doc))
        dcd_xml_error(v->doc, 1, "the file does not follow its schema");
}

static void on_schema_error(void *context, dcd_xml_raw_error *error)
{
    struct dcd_xml_document *source = context;
    char plain[400];

    strip(error->message ? error->message : "", plain, sizeof(plain));
    dcd_xml_error(source, error->line, "%s", plain);
}

static xmlSchema *compile(struct dcd_xml_document *source)
{
    xmlSchemaParserCtxt *context = xmlSchemaNewDocParserCtxt(source->xml);
    xmlSchema *schema = NULL;

    if (context) {
        xmlSchemaSetParserStructuredErrors(context, on_schema_error, source);
        schema = xmlSchemaParse(context);
        xmlSchemaFreeParserCtxt(context);
    }
    return schema;
}

static void say_bad_schema(struct dcd_xml_document *doc,
                           const struct dcd_xml_document *source)
{
    if (source->note_count)
        dcd_xml_error(doc, 1, "the schema cannot be used: %s:%ld: %s",
                      source->file, source->notes[0].line,
                      source->notes[0].text);
    else
        dcd_xml_error(doc, 1, "the schema %s cannot be used", source->file);
}

bool dcd_xml_validate(struct dcd_xml_document *doc,
                      const struct dcd_xml_vocabulary *vocabulary)
{
    const char *directory = dcd_schema_directory();
    char path[DCD_SCHEMA_PATH];
    struct dcd_xml_document source;
    struct dcd_messages dropped = {0};
    xmlSchema *schema = NULL;

    if (!directory ||
        !dcd_schema_path(path, sizeof(path), directory, vocabulary->schema)) {
        dcd_xml_error(doc, 1,
                      "no schema was found: set CXLDCD_SCHEMA_DIR to the "
                      "directory that holds %s",
                      vocabulary->schema);
        return false;
    }
    if (dcd_xml_parse(&source, path))
        schema = compile(&source);
    if (schema) {
        struct validation v = {doc, dcd_xml_root(&source), false, NULL};
        validate(&v, schema);
        xmlSchemaFree(schema);
    } else {
        say_bad_schema(doc, &source);
    }
    dcd_xml_close(&source, &dropped);
    dcd_messages_free(&dropped);
    return dcd_xml_good(doc);
}
