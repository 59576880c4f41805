/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xml_document.h - one XML file being read, and what is wrong with it.
 *
 *     struct dcd_xml_document doc;
 *     if (dcd_xml_open(&doc, file, &dcd_xml_platform))
 *         ... dcd_xml_root(&doc), dcd_xml_error(&doc, ...) ...
 *     bool good = dcd_xml_close(&doc, messages);
 *
 * What is wrong is kept with the document, sorted by line, until it is closed:
 * checks may come in any order, and the user reads from top to bottom.
 */
#ifndef CXLDCD_LOADER_XML_DOCUMENT_H
#define CXLDCD_LOADER_XML_DOCUMENT_H

#include <cxldcd/platform.h>

#include <libxml/tree.h>
#include <libxml/xmlerror.h>

#include <stdbool.h>

/* What libxml2 hands to an error callback. */
#if LIBXML_VERSION >= 21200
typedef const xmlError dcd_xml_raw_error;
#else
typedef xmlError dcd_xml_raw_error;
#endif

/* One of the two languages. */
struct dcd_xml_vocabulary {
    const char *root;
    const char *uri; /* namespace */
    const char *schema;
};

extern const struct dcd_xml_vocabulary dcd_xml_platform;
extern const struct dcd_xml_vocabulary dcd_xml_scenario;

struct dcd_xml_note {
    long line;
    bool warning;
    char *text;
};

struct dcd_xml_document {
    const char *file; /* not owned */
    xmlDoc *xml;      /* NULL: could not be read */
    struct dcd_xml_note *notes;
    unsigned note_count;
    unsigned warning_count; /* of the notes */
    bool out_of_memory;     /* a note was lost */
};

/*
 * Reads, checks the root element and validates against the schema; false when
 * anything is wrong. To be closed in any case.
 */
bool dcd_xml_open(struct dcd_xml_document *doc, const char *file,
                  const struct dcd_xml_vocabulary *vocabulary);

/* Only reads. To be closed in any case. */
bool dcd_xml_parse(struct dcd_xml_document *doc, const char *file);

/* Moves the notes to [messages]; true when nothing is wrong. */
bool dcd_xml_close(struct dcd_xml_document *doc, struct dcd_messages *messages);

/* Notes something wrong; control characters become blanks. */
void dcd_xml_error(struct dcd_xml_document *doc, long line, const char *format,
                   ...) __attribute__((format(printf, 3, 4)));

/* The same for what is allowed, but hardly meant; the document stays good. */
void dcd_xml_warning(struct dcd_xml_document *doc, long line,
                     const char *format, ...)
    __attribute__((format(printf, 3, 4)));

bool dcd_xml_good(const struct dcd_xml_document *doc);

const xmlNode *dcd_xml_root(const struct dcd_xml_document *doc);

/* Line where the start tag begins. */
long dcd_xml_line(const xmlNode *node);

/* The element's name, without namespace. */
const char *dcd_xml_name(const xmlNode *node);
bool dcd_xml_is(const xmlNode *node, const char *name);

/* Child elements called [name], or all for NULL; NULL behind the last. */
const xmlNode *dcd_xml_first(const xmlNode *parent, const char *name);
const xmlNode *dcd_xml_next(const xmlNode *node, const char *name);
unsigned dcd_xml_count(const xmlNode *parent, const char *name);

/* "a", or "directory/a" where [file] is "directory/b". The caller frees. */
char *dcd_xml_sibling_path(const char *file, const char *path);

#endif
