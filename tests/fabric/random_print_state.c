/* SPDX-License-Identifier: Apache-2.0 */
/* random_print_state.c - steps that look at all that has become of a life. */
#include "random_print.h"

#include <cxldcd/ctypes/event.h>

#include <inttypes.h>

static void print_list(struct printer *p, unsigned head)
{
    struct ref_range list[REF_LIST];
    unsigned count = ref_list(&p->r, head, list);

    fprintf(p->out,
            "  <get-region-extent-lists host=\"h%u\" expect-total=\"%u\">\n",
            head, count);
    printer_extents(p, list, 0, count, true);
    fprintf(p->out, "  </get-region-extent-lists>\n");
}

static void print_config(struct printer *p, unsigned head)
{
    fprintf(p->out,
            "  <get-host-dc-config host=\"h%u\" expect-available=\"%u\" "
            "expect-available-tags=\"%u\">\n",
            head, ref_available_extents(&p->r, head),
            ref_available_tags(&p->r));
    for (unsigned i = 0; i < p->r.config.regions; i++)
        fprintf(p->out,
                "    <region index=\"%u\" block-size=\"%" PRIu64
                "\" sanitize=\"%s\"/>\n",
                i, p->r.region[i].block, printer_bool(p->r.region[i].sanitize));
    fprintf(p->out, "  </get-host-dc-config>\n");
}

static void print_hosts(struct printer *p, const char *attribute, unsigned set)
{
    const char *blank = "";

    if (!set)
        return;
    fprintf(p->out, " %s=\"", attribute);
    for (unsigned head = 0; head < p->r.config.heads; head++) {
        if (!(set >> head & 1))
            continue;
        fprintf(p->out, "%sh%u", blank, head);
        blank = " ";
    }
    fprintf(p->out, "\"");
}

static void print_tags(struct printer *p)
{
    struct ref_tag entry;

    fprintf(p->out, "  <list-tags expect-total=\"%u\">\n",
            p->r.config.tags - ref_available_tags(&p->r));
    for (unsigned tag = 1; tag <= REF_NAMES; tag++) {
        if (!ref_tag(&p->r, tag, &entry))
            continue;
        fprintf(p->out, "    <tag");
        printer_tag(p, tag);
        fprintf(p->out, " fm-reference=\"%s\"", printer_bool(entry.referenced));
        print_hosts(p, "hosts", entry.references);
        print_hosts(p, "pending", entry.pending);
        fprintf(p->out, "/>\n");
    }
    fprintf(p->out, "  </list-tags>\n");
}

static void print_event(struct printer *p, const struct ref_record *record)
{
    static const char *const types[] = {
        "add-capacity",          "release-capacity",
        "forced-release",        "region-configuration-updated",
        "add-capacity-response", "capacity-released"};

    fprintf(p->out, "    <event type=\"%s\" more=\"%s\"", types[record->type],
            printer_bool(record->more));
    if (record->type == DCD_EVENT_REGION_UPDATED) {
        fprintf(p->out, " region=\"%u\"/>\n", record->region);
        return;
    }
    if (record->type >= DCD_EVENT_ADD_RESPONSE)
        fprintf(p->out, " host=\"h%u\"", record->host);
    printer_place(p, &record->range);
    printer_tag(p, record->range.tag);
    fprintf(p->out, " sequence=\"%u\"/>\n", record->range.sequence);
}

static void print_log(struct printer *p, const struct ref_log *log, bool of_fm,
                      unsigned head)
{
    fprintf(p->out, "  <get-event-records");
    printer_actor(p, of_fm, head);
    fprintf(p->out, " expect-count=\"%u\">\n", log->count);
    for (unsigned i = 0; i < log->count; i++)
        print_event(p, &log->record[i]);
    fprintf(p->out, "  </get-event-records>\n");
}

static void print_cell(struct printer *p, unsigned cell, unsigned head)
{
    bool readable = ref_readable(&p->r, head, cell);

    fprintf(p->out, "  <read host=\"h%u\" dpa=\"0x%" PRIx64 "\"", head,
            ref_dpa(&p->r, cell));
    if (readable)
        printer_data(p, "expect-hex", p->r.cell[cell].data);
    else
        fprintf(p->out, " length=\"8\" expect=\"address-error\"");
    fprintf(p->out, "/>\n");
    if (!readable || ref_writable(&p->r, head, cell))
        return;
    fprintf(p->out,
            "  <write host=\"h%u\" dpa=\"0x%" PRIx64
            "\" hex=\"00\" expect=\"address-error\"/>\n",
            head, ref_dpa(&p->r, cell));
}

void printer_state(struct printer *p)
{
    for (unsigned head = 0; head < p->r.config.heads; head++) {
        print_list(p, head);
        print_config(p, head);
        print_log(p, &p->r.log[head], false, head);
    }
    print_log(p, &p->r.fm_log, true, 0);
    print_tags(p);
    for (unsigned cell = 0; cell < p->r.cells; cell++)
        for (unsigned head = 0; p->touched[cell] && head < p->r.config.heads;
             head++)
            print_cell(p, cell, head);
}
