/* SPDX-License-Identifier: Apache-2.0 */
/* random_platform.c - a setup as a platform in XML. */
#include "random_print.h"

#include <inttypes.h>

static void print_blocks(FILE *out, const struct ref_region_config *c)
{
    if (!c->blocks)
        return;
    fprintf(out, " blocks=\"");
    for (uint64_t size = 64, n = 0; size; size *= 2)
        if (c->blocks & size)
            fprintf(out, "%s%" PRIu64, n++ ? " " : "", size);
    fprintf(out, "\"");
}

static void print_attributes(FILE *out, unsigned attributes)
{
    fprintf(out, " sharable=\"%s\" read-only=\"%s\"/>\n",
            printer_bool(attributes & DCD_REGION_ATTR_SHARABLE),
            printer_bool(attributes & DCD_REGION_ATTR_READ_ONLY));
}

static void print_region(FILE *out, const struct ref_region_config *c)
{
    static const char *const sanitize[] = {"no", "yes", "configurable"};

    fprintf(out, "    <region length=\"%" PRIu64 "\" block=\"%" PRIu64 "\"",
            c->length, c->block);
    print_blocks(out, c);
    fprintf(out, " sanitize=\"%s\"", sanitize[c->sanitize]);
    print_attributes(out, c->attributes);
}

static void print_host(FILE *out, const struct ref_config *c, unsigned head)
{
    fprintf(out,
            "  <host id=\"h%u\" head=\"%u\">\n"
            "    <decoder base=\"" RANDOM_WINDOW "\" size=\"%uMiB\"/>\n",
            head, head, c->regions * 256);
    for (unsigned i = 0; i < c->regions; i++) {
        if (!c->attributes[head][i])
            continue;
        fprintf(out, "    <region index=\"%u\"", i);
        print_attributes(out, c->attributes[head][i]);
    }
    fprintf(out, "  </host>\n");
}

void random_print_platform(FILE *out, const struct setup *setup)
{
    const struct ref_config *c = &setup->config;

    fprintf(out,
            "<platform xmlns=\"urn:cxl-dcd:platform:1\" name=\"%s\">\n"
            "  <device id=\"dcd0\" revision=\"%u.%u\" mailbox=\"64KiB\" "
            "extents=\"%u\"\n          tags=\"%u\" dc-log=\"%u\" fm-log=\"%u\" "
            "lossy=\"%s\" reset=\"%s\"\n          sharable-release=\"%s\">\n",
            setup->name, c->revision / 10, c->revision % 10, c->extents,
            c->tags, c->dc_log, c->fm_log, printer_bool(c->lossy),
            c->keep ? "keep" : "release", c->by_extent ? "extent" : "tag");
    for (unsigned i = 0; i < c->regions; i++)
        print_region(out, &c->region[i]);
    fprintf(out, "  </device>\n");
    for (unsigned head = 0; head < c->heads; head++)
        print_host(out, c, head);
    fprintf(out, "  <fabric-manager id=\"fm0\"/>\n</platform>\n");
}
