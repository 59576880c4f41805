/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_docs.c - the manual of the XML files is complete, and its examples load.
 *
 * A block of XML in the manual is a whole file, or children of <scenario>, of
 * <platform> or of <device>, by the manual and the element it begins with.
 */
#include "gtest_c.h"
#include "loader_test.h"

#include <cxldcd/scenario.h>

#include <libxml/parser.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The caller frees. */
static char *read_file(const char *path)
{
    FILE *in = fopen(path, "rb");
    char *text = calloc(1, 1 << 20);

    C_EXPECT(in != NULL);
    C_EXPECT(text != NULL);
    if (in && text)
        C_EXPECT(fread(text, 1, (1 << 20) - 1, in) > 0);
    if (in)
        fclose(in);
    return text;
}

/* --- Examples ----------------------------------------------------------- */

/* What stands around a block so that it is a whole file. */
struct frame {
    const char *begins; /* NULL: any */
    const char *before;
    const char *after;
};

#define PLATFORM "<platform xmlns=\"urn:cxl-dcd:platform:1\" name=\"x\">"
#define REGION "<region length=\"1GiB\" block=\"2MiB\"/>"

static const struct frame platform_frames[] = {
    {"<platform", "", ""},
    {"<device", PLATFORM, "</platform>"},
    {"<host", PLATFORM "<device id=\"d\">" REGION "</device>", "</platform>"},
    {NULL, PLATFORM "<device id=\"d\">", "</device></platform>"},
};

static const struct frame scenario_frames[] = {
    {"<scenario", "", ""},
    {NULL,
     "<scenario xmlns=\"urn:cxl-dcd:scenario:1\" name=\"x\" "
     "platform=\"" CONFIG_DIR "/platforms/two-hosts.xml\">",
     "</scenario>"},
};

/* Writes the block; paths that lead to config/ do so from here, too. */
static void write_block(const char *file, const struct frame *frame,
                        const char *block, size_t length)
{
    static const char relative[] = "\"../platforms/";
    FILE *out = fopen(file, "w");

    C_ASSERT(out != NULL);
    fputs(frame->before, out);
    for (size_t i = 0; i < length; i++) {
        if (strncmp(block + i, relative, sizeof(relative) - 1) == 0) {
            fputs("\"" CONFIG_DIR "/platforms/", out);
            i += sizeof(relative) - 2;
        } else {
            fputc(block[i], out);
        }
    }
    fputs(frame->after, out);
    fclose(out);
}

static void load(const char *file)
{
    struct dcd_messages messages = {0};

    if (dcd_file_kind(file, &messages) == DCD_FILE_PLATFORM)
        dcd_platform_free(dcd_platform_load(file, &messages));
    else
        dcd_scenario_free(dcd_scenario_load(file, &messages));
    if (messages.count)
        C_ADD_FAILURE("%s", messages.text);
    dcd_messages_free(&messages);
}

/* [file] is written; tests run side by side, so each has its own. */
static void load_blocks(const char *path, const struct frame *frames,
                        const char *file, unsigned at_least)
{
    static const char fence[] = "```xml\n";
    char *text = read_file(path);
    const char *block = text;
    unsigned count = 0;

    while ((block = strstr(block, fence)) != NULL) {
        block += sizeof(fence) - 1;
        const char *end = strstr(block, "```");
        C_ASSERT(end != NULL);
        const struct frame *frame = frames;
        while (frame->begins &&
               strncmp(block, frame->begins, strlen(frame->begins)) != 0)
            frame++;
        C_CONTEXT("block %u: %.60s", count, block);
        write_block(file, frame, block, (size_t)(end - block));
        load(file);
        remove(file);
        block = end + 3;
        count++;
    }
    C_CONTEXT("");
    C_EXPECT(count >= at_least);
    free(text);
}

C_TEST(manual, every_example_of_a_platform_loads)
{
    load_blocks(DOCS_DIR "/platform-xml.md", platform_frames,
                "platform-of-the-manual.xml", 9);
}

C_TEST(manual, every_example_of_a_scenario_loads)
{
    load_blocks(DOCS_DIR "/scenarios.md", scenario_frames,
                "scenario-of-the-manual.xml", 14);
}

/* --- Completeness ------------------------------------------------------- */

/* `name`, as the manual writes every word of the language. */
static void expect_mentioned(const char *text, const xmlNode *node,
                             const char *attribute)
{
    xmlChar *word = xmlGetNoNsProp((xmlNode *)node, (const xmlChar *)attribute);
    char quoted[100];

    if (!word)
        return;
    snprintf(quoted, sizeof(quoted), "`%s`", (const char *)word);
    C_CONTEXT("<xs:%s> %s", (const char *)node->name, quoted);
    C_EXPECT(strstr(text, quoted) != NULL);
    xmlFree(word);
}

static void expect_words(const char *text, const xmlNode *node)
{
    for (const xmlNode *n = node->children; n; n = n->next) {
        const char *name = (const char *)n->name;
        if (n->type != XML_ELEMENT_NODE)
            continue;
        if (strcmp(name, "element") == 0 || strcmp(name, "attribute") == 0)
            expect_mentioned(text, n, "name");
        if (strcmp(name, "enumeration") == 0 &&
            !strchr("0123456789", n->properties->children->content[0]))
            expect_mentioned(text, n, "value");
        expect_words(text, n);
    }
}

static void expect_complete(const char *manual, const char *schema)
{
    char *text = read_file(manual);
    xmlDoc *doc = xmlReadFile(schema, NULL, XML_PARSE_NONET);

    C_EXPECT(doc != NULL);
    if (doc)
        expect_words(text, xmlDocGetRootElement(doc));
    xmlFreeDoc(doc);
    free(text);
}

C_TEST(manual, names_every_word_of_the_platform_schema)
{
    expect_complete(DOCS_DIR "/platform-xml.md",
                    CONFIG_DIR "/schema/platform.xsd");
}

C_TEST(manual, names_every_word_of_the_scenario_schema)
{
    expect_complete(DOCS_DIR "/scenarios.md",
                    CONFIG_DIR "/schema/scenario.xsd");
}
