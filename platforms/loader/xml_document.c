/* SPDX-License-Identifier: Apache-2.0 */
/* xml_document.c - reads an XML file and keeps what is wrong with it. */
#include "xml_document.h"

#include "xml_schema.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILE ((size_t)64 << 20)
#define MAX_NOTE 1200

const struct dcd_xml_vocabulary dcd_xml_platform = {
    "platform", "urn:cxl-dcd:platform:1", "platform.xsd"};
const struct dcd_xml_vocabulary dcd_xml_scenario = {
    "scenario", "urn:cxl-dcd:scenario:1", "scenario.xsd"};

/* --- Notes -------------------------------------------------------------- */

/* Values of the file are quoted in notes; a note is one printable line. */
static char *tidy_copy(char *text)
{
    size_t length = strlen(text);

    /* Not in the middle of a UTF-8 character. */
    if (length == MAX_NOTE - 1)
        while (length && ((unsigned char)text[length - 1] & 0xc0) == 0x80)
            length--;
    char *copy = malloc(length + 1);
    if (!copy)
        return NULL;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        copy[i] = c < 0x20 || c == 0x7f ? ' ' : text[i];
    }
    copy[length] = '\0';
    return copy;
}

static void add_note(struct dcd_xml_document *doc, long line, bool warning,
                     char *text)
{
    char *copy = tidy_copy(text);
    struct dcd_xml_note *notes =
        realloc(doc->notes, (doc->note_count + 1) * sizeof(*notes));
    if (notes)
        doc->notes = notes;
    if (!notes || !copy) {
        free(copy);
        doc->out_of_memory = true;
        return;
    }
    unsigned at = doc->note_count++;
    for (; at > 0 && notes[at - 1].line > line; at--)
        notes[at] = notes[at - 1];
    notes[at] = (struct dcd_xml_note){line, warning, copy};
    if (warning)
        doc->warning_count++;
}

void dcd_xml_error(struct dcd_xml_document *doc, long line, const char *format,
                   ...)
{
    char text[MAX_NOTE];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    add_note(doc, line, false, text);
}

void dcd_xml_warning(struct dcd_xml_document *doc, long line,
                     const char *format, ...)
{
    char text[MAX_NOTE];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    add_note(doc, line, true, text);
}

bool dcd_xml_good(const struct dcd_xml_document *doc)
{
    return doc->note_count == doc->warning_count && !doc->out_of_memory;
}

bool dcd_xml_close(struct dcd_xml_document *doc, struct dcd_messages *messages)
{
    bool good = dcd_xml_good(doc);

    for (unsigned i = 0; i < doc->note_count; i++) {
        const struct dcd_xml_note *note = &doc->notes[i];
        if (note->warning)
            dcd_messages_warn(messages, doc->file, note->line, "%s",
                              note->text);
        else
            dcd_messages_add(messages, doc->file, note->line, "%s", note->text);
        free(doc->notes[i].text);
    }
    if (doc->out_of_memory)
        dcd_messages_add(messages, doc->file, 1, "out of memory");
    free(doc->notes);
    xmlFreeDoc(doc->xml);
    memset(doc, 0, sizeof(*doc));
    return good;
}

/* --- Reading ------------------------------------------------------------ */

static char *read_stream(struct dcd_xml_document *doc, FILE *stream,
                         size_t *size)
{
    char *bytes = NULL;
    size_t used = 0;
    size_t room = 0;

    for (;;) {
        if (used == room) {
            room = room ? 2 * room : 16384;
            char *more = room <= MAX_FILE ? realloc(bytes, room) : NULL;
            if (!more) {
                dcd_xml_error(doc, 1, "too large: at most 64 MiB are read");
                break;
            }
            bytes = more;
        }
        errno = 0;
        size_t got = fread(bytes + used, 1, room - used, stream);
        used += got;
        if (got == 0 && !ferror(stream)) {
            *size = used;
            return bytes;
        }
        if (ferror(stream)) {
            dcd_xml_error(doc, 1, "cannot be read: %s", strerror(errno));
            break;
        }
    }
    free(bytes);
    return NULL;
}

static char *read_file(struct dcd_xml_document *doc, size_t *size)
{
    FILE *stream = fopen(doc->file, "rb");
    char *bytes = NULL;

    if (!stream) {
        dcd_xml_error(doc, 1, "cannot be read: %s", strerror(errno));
        return NULL;
    }
    bytes = read_stream(doc, stream, size);
    fclose(stream);
    if (bytes && *size == 0) {
        dcd_xml_error(doc, 1, "the file is empty");
        free(bytes);
        return NULL;
    }
    return bytes;
}

/* libxml2 numbers an element by the line where its start tag ends. */
static unsigned newlines_in_tag(const xmlParserInput *input)
{
    unsigned lines = 0;

    /* No attribute value can have a '<' in it. */
    for (const xmlChar *p = input->cur; p > input->base;) {
        if (*--p == '<')
            return lines;
        if (*p == '\n')
            lines++;
    }
    return 0;
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix,
                     const xmlChar *uri, int nb_namespaces,
                     const xmlChar **namespaces, int nb_attributes,
                     int nb_defaulted, const xmlChar **attributes)
{
    xmlParserCtxt *parser = context;
    xmlNode *before = parser->node;

    xmlSAX2StartElementNs(context, name, prefix, uri, nb_namespaces, namespaces,
                          nb_attributes, nb_defaulted, attributes);
    xmlNode *node = parser->node;
    /* 65535 stands for a number that is kept elsewhere. */
    if (node && node != before && node->line < UINT16_MAX) {
        unsigned lines = newlines_in_tag(parser->input);
        if (lines < node->line)
            node->line = (unsigned short)(node->line - lines);
    }
}

/* Refused before a single entity is read: there is nothing to expand. */
static void on_doctype(void *context, const xmlChar *name,
                       const xmlChar *external, const xmlChar *system)
{
    xmlParserCtxt *parser = context;
    struct dcd_xml_document *doc = parser->_private;

    (void)name;
    (void)external;
    (void)system;
    if (dcd_xml_good(doc))
        dcd_xml_error(doc, parser->input->line,
                      "a document type (<!DOCTYPE) is not allowed");
    xmlStopParser(parser);
}

/* Only the first: what follows a syntax error is mostly its echo. */
static void on_error(void *context, dcd_xml_raw_error *error)
{
    xmlParserCtxt *parser = context;
    struct dcd_xml_document *doc = parser->_private;
    size_t length = error->message ? strlen(error->message) : 0;

    if (!dcd_xml_good(doc))
        return;
    while (length && error->message[length - 1] == '\n')
        length--;
    dcd_xml_error(doc, error->line > 0 ? error->line : 1,
                  "not well-formed XML: %.*s", (int)length,
                  error->message ? error->message : "");
}

static void parse_bytes(struct dcd_xml_document *doc, const char *bytes,
                        size_t size)
{
    xmlParserCtxt *parser = xmlNewParserCtxt();

    if (!parser) {
        doc->out_of_memory = true;
        return;
    }
    parser->_private = doc;
    parser->sax->serror = on_error;
    parser->sax->internalSubset = on_doctype;
    parser->sax->startElementNs = on_start;
    /* Never XML_PARSE_NOENT, which would replace entities. */
    doc->xml = xmlCtxtReadMemory(parser, bytes, (int)size, doc->file, NULL,
                                 XML_PARSE_NONET | XML_PARSE_BIG_LINES);
    xmlFreeParserCtxt(parser);
    if (dcd_xml_good(doc) && (!doc->xml || !xmlDocGetRootElement(doc->xml)))
        dcd_xml_error(doc, 1, "not well-formed XML");
}

bool dcd_xml_parse(struct dcd_xml_document *doc, const char *file)
{
    size_t size = 0;

    memset(doc, 0, sizeof(*doc));
    doc->file = file;
    char *bytes = read_file(doc, &size);
    if (bytes)
        parse_bytes(doc, bytes, size);
    free(bytes);
    return dcd_xml_good(doc);
}

/* --- Root --------------------------------------------------------------- */

static bool is_root(const xmlNode *root,
                    const struct dcd_xml_vocabulary *vocabulary)
{
    return dcd_xml_is(root, vocabulary->root) && root->ns &&
           strcmp((const char *)root->ns->href, vocabulary->uri) == 0;
}

static void describe_root(const xmlNode *root, char *text, size_t size)
{
    if (root->ns)
        snprintf(text, size, "<%.60s xmlns=\"%.60s\">", dcd_xml_name(root),
                 (const char *)root->ns->href);
    else
        snprintf(text, size, "<%.60s> without a namespace", dcd_xml_name(root));
}

static bool check_root(struct dcd_xml_document *doc,
                       const struct dcd_xml_vocabulary *vocabulary)
{
    const xmlNode *root = dcd_xml_root(doc);
    char found[200];

    if (is_root(root, vocabulary))
        return true;
    describe_root(root, found, sizeof(found));
    dcd_xml_error(doc, dcd_xml_line(root),
                  "the root element is %s; expected <%s xmlns=\"%s\">", found,
                  vocabulary->root, vocabulary->uri);
    return false;
}

bool dcd_xml_open(struct dcd_xml_document *doc, const char *file,
                  const struct dcd_xml_vocabulary *vocabulary)
{
    return dcd_xml_parse(doc, file) && check_root(doc, vocabulary) &&
           dcd_xml_validate(doc, vocabulary);
}

enum dcd_file_kind dcd_file_kind(const char *file,
                                 struct dcd_messages *messages)
{
    struct dcd_xml_document doc;
    enum dcd_file_kind kind = DCD_FILE_UNREADABLE;

    if (dcd_xml_parse(&doc, file)) {
        const xmlNode *root = dcd_xml_root(&doc);
        char found[200];

        describe_root(root, found, sizeof(found));
        if (is_root(root, &dcd_xml_platform))
            kind = DCD_FILE_PLATFORM;
        else if (is_root(root, &dcd_xml_scenario))
            kind = DCD_FILE_SCENARIO;
        else
            dcd_xml_error(&doc, dcd_xml_line(root),
                          "the root element is %s; expected <platform "
                          "xmlns=\"%s\"> or <scenario xmlns=\"%s\">",
                          found, dcd_xml_platform.uri, dcd_xml_scenario.uri);
    }
    return dcd_xml_close(&doc, messages) ? kind : DCD_FILE_UNREADABLE;
}

/* --- Elements ----------------------------------------------------------- */

const xmlNode *dcd_xml_root(const struct dcd_xml_document *doc)
{
    return xmlDocGetRootElement(doc->xml);
}

long dcd_xml_line(const xmlNode *node)
{
    long line = xmlGetLineNo((xmlNode *)node);

    return line > 0 ? line : 1;
}

const char *dcd_xml_name(const xmlNode *node)
{
    return (const char *)node->name;
}

bool dcd_xml_is(const xmlNode *node, const char *name)
{
    return strcmp(dcd_xml_name(node), name) == 0;
}

static const xmlNode *match(const xmlNode *node, const char *name)
{
    while (node && (node->type != XML_ELEMENT_NODE ||
                    (name && !dcd_xml_is(node, name))))
        node = node->next;
    return node;
}

const xmlNode *dcd_xml_first(const xmlNode *parent, const char *name)
{
    return match(parent->children, name);
}

const xmlNode *dcd_xml_next(const xmlNode *node, const char *name)
{
    return match(node->next, name);
}

unsigned dcd_xml_count(const xmlNode *parent, const char *name)
{
    unsigned count = 0;

    for (const xmlNode *n = dcd_xml_first(parent, name); n;
         n = dcd_xml_next(n, name))
        count++;
    return count;
}

char *dcd_xml_sibling_path(const char *file, const char *path)
{
    const char *slash = strrchr(file, '/');
    size_t directory = slash && *path != '/' ? (size_t)(slash - file) + 1 : 0;
    size_t length = strlen(path);
    char *joined = malloc(directory + length + 1);

    if (joined) {
        memcpy(joined, file, directory);
        memcpy(joined + directory, path, length + 1);
    }
    return joined;
}
