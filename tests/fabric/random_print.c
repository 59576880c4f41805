/* SPDX-License-Identifier: Apache-2.0 */
/* random_print.c - a sequence of operations as a scenario in XML. */
#include "random_print.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *printer_bool(bool value)
{
    return value ? "true" : "false";
}

/* --- Pieces of steps ----------------------------------------------------- */

static const char *code_name(uint16_t rc)
{
    switch (rc) {
    case DCD_RC_SUCCESS:
        return "success";
    case DCD_RC_UNSUPPORTED:
        return "unsupported";
    case DCD_RC_RETRY_REQUIRED:
        return "retry-required";
    case DCD_RC_INVALID_HANDLE:
        return "invalid-handle";
    case DCD_RC_INVALID_PHYSICAL_ADDRESS:
        return "invalid-physical-address";
    case DCD_RC_INVALID_PAYLOAD_LENGTH:
        return "invalid-payload-length";
    case DCD_RC_RESOURCES_EXHAUSTED:
        return "resources-exhausted";
    case DCD_RC_INVALID_EXTENT_LIST:
        return "invalid-extent-list";
    default:
        return "invalid-input";
    }
}

static void print_expect(struct printer *p, uint16_t rc)
{
    if (rc != DCD_RC_SUCCESS)
        fprintf(p->out, " expect=\"%s\"", code_name(rc));
}

void printer_tag(struct printer *p, unsigned tag)
{
    struct dcd_uuid uuid = ref_uuid(tag);
    char text[DCD_UUID_TEXT];

    dcd_uuid_print(&uuid, text);
    fprintf(p->out, " tag=\"%s\"", text);
}

void printer_place(struct printer *p, const struct ref_range *range)
{
    fprintf(p->out, " dpa=\"0x%" PRIx64 "\" length=\"%" PRIu64 "\"", range->dpa,
            range->length);
}

/* Ranges [from] up to [to], with tag and sequence if they are [whole]. */
void printer_extents(struct printer *p, const struct ref_range *list,
                     unsigned from, unsigned to, bool whole)
{
    for (unsigned i = from; i < to; i++) {
        fprintf(p->out, "    <extent");
        printer_place(p, &list[i]);
        if (whole) {
            printer_tag(p, list[i].tag);
            fprintf(p->out, " sequence=\"%u\"", list[i].sequence);
        }
        fprintf(p->out, "/>\n");
    }
}

void printer_actor(struct printer *p, bool of_fm, unsigned head)
{
    if (of_fm)
        fprintf(p->out, " fm=\"fm0\"");
    else
        fprintf(p->out, " host=\"h%u\"", head);
}

/* --- Operations ---------------------------------------------------------- */

/* As bytes: what the language has no words for. */
static void print_raw(struct printer *p, const struct op *op, uint16_t rc)
{
    struct message messages[2];
    unsigned count = random_messages(op, messages);

    for (unsigned i = 0; i < count; i++) {
        const struct message *m = &messages[i];

        fprintf(p->out, "  <command");
        printer_actor(p, random_is_fm(op), op->head);
        fprintf(p->out, " opcode=\"0x%04x\" payload=\"", m->opcode);
        for (uint32_t k = 0; k < m->size; k++)
            fprintf(p->out, "%02x", m->bytes[k]);
        fprintf(p->out, "\"");
        print_expect(p, i + 1 == count ? rc : DCD_RC_SUCCESS);
        fprintf(p->out, "/>\n");
    }
}

/* Whether the language can say it. */
static bool has_words(const struct printer *p, const struct op *op)
{
    bool no_host = op->head >= p->r.config.heads;

    switch (op->kind) {
    case OP_ADD:
        return !no_host && !op->brief &&
               op->policy <= DCD_ADD_ENABLE_SHARED_ACCESS &&
               op->region < p->r.config.regions;
    case OP_TAKE:
        return !no_host && !op->brief && op->policy <= DCD_RELEASE_PRESCRIPTIVE;
    case OP_CONFIGURE:
        return op->region < p->r.config.regions;
    default:
        return true;
    }
}

static void print_add(struct printer *p, const struct op *op, uint16_t rc)
{
    static const char *const policies[] = {"free", "contiguous", "prescriptive",
                                           "enable-shared-access"};
    bool listed = op->policy == DCD_ADD_PRESCRIPTIVE;

    fprintf(p->out, "  <initiate-add host=\"h%u\" policy=\"%s\"", op->head,
            policies[op->policy]);
    if (!listed) {
        fprintf(p->out, " region=\"%u\"", op->region);
        if (op->policy != DCD_ADD_ENABLE_SHARED_ACCESS)
            fprintf(p->out, " length=\"%" PRIu64 "\"", op->length);
        printer_tag(p, op->tag);
    }
    print_expect(p, rc);
    fprintf(p->out, ">\n");
    if (listed)
        printer_extents(p, op->list, 0, op->count, true);
    fprintf(p->out, "  </initiate-add>\n");
}

static void print_take(struct printer *p, const struct op *op, uint16_t rc)
{
    bool listed = op->policy == DCD_RELEASE_PRESCRIPTIVE;

    fprintf(p->out,
            "  <initiate-release host=\"h%u\" policy=\"%s\" forced=\"%s\" "
            "sanitize=\"%s\"",
            op->head, listed ? "prescriptive" : "tag-based",
            printer_bool(op->forced), printer_bool(op->sanitize));
    if (!listed) {
        fprintf(p->out, " length=\"%" PRIu64 "\"", op->length);
        printer_tag(p, op->tag);
    }
    print_expect(p, rc);
    fprintf(p->out, ">\n");
    if (listed)
        printer_extents(p, op->list, 0, op->count, false);
    fprintf(p->out, "  </initiate-release>\n");
}

/* One payload of 4802h or 4803h. */
static void print_payload(struct printer *p, const struct op *op, unsigned from,
                          unsigned to, bool more, uint16_t rc)
{
    bool respond = op->kind == OP_RESPOND;
    const char *name = respond ? "add-response" : "release";

    fprintf(p->out, "  <%s host=\"h%u\" more=\"%s\"", name, op->head,
            printer_bool(more));
    if (from == to)
        fprintf(p->out, " %s=\"none\"", respond ? "accept" : "extents");
    print_expect(p, rc);
    fprintf(p->out, ">\n");
    printer_extents(p, op->list, from, to, false);
    fprintf(p->out, "  </%s>\n", name);
}

static void print_list(struct printer *p, const struct op *op, uint16_t rc)
{
    bool early =
        op->split && op->kind == OP_RESPOND && op->first > p->r.config.extents;

    if (!op->split)
        print_payload(p, op, 0, op->count, op->unfinished, rc);
    if (op->unfinished) /* another command ends it */
        fprintf(p->out, "  <get-extent-list host=\"h%u\"/>\n", op->head);
    if (!op->split)
        return;
    print_payload(p, op, 0, op->first, true, early ? rc : DCD_RC_SUCCESS);
    if (!early)
        print_payload(p, op, op->first, op->count, false, rc);
}

static void print_configure(struct printer *p, const struct op *op, uint16_t rc)
{
    fprintf(p->out,
            "  <set-dc-region-config region=\"%u\" block-size=\"%" PRIu64
            "\" sanitize=\"%s\"",
            op->region, op->length, printer_bool(op->sanitize));
    print_expect(p, rc);
    fprintf(p->out, "/>\n");
}

static void print_reference(struct printer *p, const struct op *op, uint16_t rc)
{
    fprintf(p->out, "  <%s",
            op->kind == OP_ADD_REFERENCE ? "add-reference"
                                         : "remove-reference");
    printer_tag(p, op->tag);
    print_expect(p, rc);
    fprintf(p->out, "/>\n");
}

/* The bytes in the order in which the harness stores them. */
void printer_data(struct printer *p, const char *attribute, uint64_t data)
{
    uint8_t bytes[8];

    memcpy(bytes, &data, sizeof(bytes));
    fprintf(p->out, " %s=\"", attribute);
    for (unsigned i = 0; i < sizeof(bytes); i++)
        fprintf(p->out, "%02x", bytes[i]);
    fprintf(p->out, "\"");
}

static void print_write(struct printer *p, const struct op *op, uint16_t rc)
{
    fprintf(p->out, "  <write host=\"h%u\" dpa=\"0x%" PRIx64 "\"", op->head,
            op->list[0].dpa);
    printer_data(p, "hex", op->length);
    if (rc != STORE_DONE)
        fprintf(p->out, " expect=\"address-error\"");
    fprintf(p->out, "/>\n");
}

/*
 * 0101h names records by their handles, which count up from 1; [oldest] is
 * that of the oldest record. What clears a whole log has a step of its own.
 */
static void print_clear(struct printer *p, const struct op *op, uint16_t rc,
                        unsigned oldest, unsigned records)
{
    bool of_fm = op->kind == OP_DRAIN;

    if (!op->all && records && op->count == records) {
        fprintf(p->out, "  <get-event-records");
        printer_actor(p, of_fm, op->head);
        fprintf(p->out, "/>\n  <clear-event-records");
        printer_actor(p, of_fm, op->head);
        fprintf(p->out, "/>\n");
        return;
    }
    fprintf(p->out, "  <command");
    printer_actor(p, of_fm, op->head);
    fprintf(p->out, " opcode=\"0x0101\" payload=\"04%02x%02x000000",
            op->all ? 1u : 0u, op->count);
    for (unsigned i = 0; i < op->count; i++)
        fprintf(p->out, "%02x%02x", (oldest + i) & 0xff, (oldest + i) >> 8);
    fprintf(p->out, "\"");
    print_expect(p, rc);
    fprintf(p->out, "/>\n");
}

static void print_clearing(struct printer *p, const struct op *op, uint16_t rc,
                           const struct ref_log *log, unsigned *cleared,
                           unsigned records)
{
    print_clear(p, op, rc, *cleared + 1, records);
    *cleared += records - log->count;
}

/* Plays [op] on the reference, and prints it with what that answered. */
static void print_op(struct printer *p, const struct op *op)
{
    unsigned fm_records = p->r.fm_log.count;
    unsigned records = op->kind == OP_CLEAR ? p->r.log[op->head].count : 0;
    uint16_t rc = random_play(&p->r, op);

    if (!has_words(p, op)) {
        print_raw(p, op, rc);
        return;
    }
    switch (op->kind) {
    case OP_ADD:
        print_add(p, op, rc);
        break;
    case OP_TAKE:
        print_take(p, op, rc);
        break;
    case OP_RESPOND:
    case OP_RELEASE:
        print_list(p, op, rc);
        break;
    case OP_CONFIGURE:
        print_configure(p, op, rc);
        break;
    case OP_ADD_REFERENCE:
    case OP_REMOVE_REFERENCE:
        print_reference(p, op, rc);
        break;
    case OP_CLEAR:
        print_clearing(p, op, rc, &p->r.log[op->head], &p->cleared[op->head],
                       records);
        break;
    case OP_DRAIN:
        print_clearing(p, op, rc, &p->r.fm_log, &p->fm_cleared, fm_records);
        break;
    case OP_WRITE:
        print_write(p, op, rc);
        break;
    default:
        p->cleared[op->head] = 0;
        fprintf(p->out, "  <reset host=\"h%u\"/>\n", op->head);
        break;
    }
}

/* Cells that anybody ever had: those are worth a look. */
static void touch(struct printer *p)
{
    for (unsigned c = 0; c < p->r.cells; c++)
        p->touched[c] = p->touched[c] || p->r.cell[c].extent;
}

bool random_print_scenario(FILE *out, const struct setup *setup,
                           enum ref_fault fault, const char *name,
                           const char *platform, const struct op *ops,
                           unsigned count)
{
    struct printer *p = calloc(1, sizeof(*p));

    if (!p)
        return false;
    p->out = out;
    ref_init(&p->r, &setup->config);
    p->r.fault = fault;
    fprintf(out,
            "<scenario xmlns=\"urn:cxl-dcd:scenario:1\" name=\"%s\"\n"
            "          platform=\"%s\">\n",
            name, platform);
    for (unsigned i = 0; i < count; i++) {
        if (i + 1 == count)
            fprintf(out, "  <!-- " RANDOM_LAST " -->\n");
        print_op(p, &ops[i]);
        touch(p);
    }
    printer_state(p);
    fprintf(out, "</scenario>\n");
    free(p);
    return true;
}
