/* SPDX-License-Identifier: Apache-2.0 */
/* scenario_step.c - reads the steps of a scenario. */
#include "scenario_step.h"

#include "scenario_place.h"
#include "xml_attribute.h"

#include <cxldcd/ctypes/cci.h>
#include <cxldcd/ctypes/event.h>
#include <cxldcd/ctypes/fm_api.h>
#include <cxldcd/ctypes/registers.h>
#include <cxldcd/ctypes/return_code.h>

#include <stdlib.h>
#include <string.h>

#define PS_PER_MS UINT64_C(1000000000)

/* --- Attributes that many steps have ------------------------------------ */

void dcd_step_refuse(struct dcd_step_reader *r, const char *name,
                     const char *what)
{
    if (dcd_attribute_given(r->node, name))
        dcd_attribute_error(r->doc, r->node, name, "does not go with %s", what);
}

void dcd_step_require(struct dcd_step_reader *r, const char *name,
                      const char *what)
{
    if (!dcd_attribute_given(r->node, name))
        dcd_xml_error(r->doc, r->step->line,
                      "<%s>: %s needs the attribute '%s'",
                      dcd_xml_name(r->node), what, name);
}

void dcd_step_expected(struct dcd_step_reader *r, const char *name,
                       struct dcd_expected *expected)
{
    expected->given = dcd_attribute_u64(r->doc, r->node, name, DCD_VALUE_NUMBER,
                                        UINT64_MAX, &expected->value);
}

void dcd_step_expected_size(struct dcd_step_reader *r, const xmlNode *node,
                            const char *name, struct dcd_expected *expected)
{
    expected->given = dcd_attribute_u64(r->doc, node, name, DCD_VALUE_SIZE,
                                        UINT64_MAX, &expected->value);
}

void dcd_step_expected_bool(struct dcd_step_reader *r, const xmlNode *node,
                            const char *name, struct dcd_expected *expected)
{
    bool value = false;

    expected->given = dcd_attribute_bool(r->doc, node, name, &value);
    expected->value = value;
}

void dcd_step_return_code(struct dcd_step_reader *r, const char *name,
                          uint16_t *rc)
{
    char *text = NULL;

    if (dcd_attribute_text(r->doc, r->node, name, &text) &&
        !dcd_return_code_parse(text, rc))
        dcd_attribute_error(r->doc, r->node, name, "no such return code");
    free(text);
}

void dcd_step_expected_rc(struct dcd_step_reader *r)
{
    r->step->expect_rc = DCD_RC_SUCCESS;
    dcd_step_return_code(r, "expect", &r->step->expect_rc);
}

static void read_extents(struct dcd_step_reader *r)
{
    struct dcd_step *step = r->step;
    unsigned count = dcd_xml_count(r->node, "extent");

    if (count == 0)
        return;
    step->extents = calloc(count, sizeof(*step->extents));
    if (!step->extents) {
        r->doc->out_of_memory = true;
        return;
    }
    step->extent_count = count;
    count = 0;
    for (const xmlNode *n = dcd_xml_first(r->node, "extent"); n;
         n = dcd_xml_next(n, "extent"))
        if (!dcd_place_extent(r->doc, n, r->device, &step->extents[count++]))
            dcd_xml_error(r->doc, dcd_xml_line(n),
                          "<extent> needs region or dpa");
}

/* --- Commands ----------------------------------------------------------- */

static void read_list(struct dcd_step_reader *r)
{
    dcd_step_expected_rc(r);
    dcd_step_expected(r, "expect-total", &r->step->expect_total);
    read_extents(r);
    r->step->expect_extents = r->step->extent_count > 0;
}

static void refuse_extents(struct dcd_step_reader *r, const char *what)
{
    const xmlNode *extent = dcd_xml_first(r->node, "extent");

    if (extent)
        dcd_xml_error(r->doc, dcd_xml_line(extent),
                      "<extent> does not go with %s", what);
}

/* The step's tag is that of the extents which have none themselves. */
static void hand_down_tag(struct dcd_step_reader *r)
{
    bool given = dcd_attribute_uuid(r->doc, r->node, "tag", &r->step->tag);

    for (unsigned i = 0; given && i < r->step->extent_count; i++) {
        struct dcd_step_extent *extent = &r->step->extents[i];
        if (extent->tag_given)
            continue;
        extent->tag = r->step->tag;
        extent->tag_given = true;
    }
}

/* Whether the extent lies where the step's host shares. */
static bool is_sharable(const struct dcd_step_reader *r,
                        const struct dcd_step_extent *extent)
{
    unsigned head = r->platform->hosts[r->step->host].head;
    int region = dcd_place_region_of(r->device, extent->dpa);

    return region >= 0 &&
           dcd_config_attributes(&r->device->config, head, (unsigned)region) &
               DCD_REGION_ATTR_SHARABLE;
}

/* One more than the shared extent of the same tag that stands last in front of
 * [extent]; 0 if there is none. */
static uint16_t next_number(const struct dcd_step_reader *r,
                            const struct dcd_step_extent *extent)
{
    const struct dcd_step_extent *e = extent;

    while (e-- > r->step->extents)
        if (dcd_uuid_equal(&e->tag, &extent->tag) && is_sharable(r, e))
            return (uint16_t)(e->sequence + 1);
    return 0;
}

/* Shared extents of a tag are numbered 0...n-1 (CXL r3.1 8.2.9.2.1.6,
 * Table 8-51). */
static void number_extents(struct dcd_step_reader *r)
{
    for (unsigned i = 0; i < r->step->extent_count; i++) {
        struct dcd_step_extent *extent = &r->step->extents[i];
        if (!extent->sequence_given && is_sharable(r, extent))
            extent->sequence = next_number(r, extent);
    }
}

/* What each policy of 5604h reads of its request (CXL r3.1 7.6.7.6.5). */
static void check_add(struct dcd_step_reader *r)
{
    switch (r->step->policy) {
    case DCD_ADD_PRESCRIPTIVE:
        dcd_step_refuse(r, "region", "policy prescriptive");
        dcd_step_refuse(r, "length", "policy prescriptive");
        break;
    case DCD_ADD_ENABLE_SHARED_ACCESS:
        dcd_step_require(r, "region", "policy enable-shared-access");
        dcd_step_require(r, "tag", "policy enable-shared-access");
        dcd_step_refuse(r, "length", "policy enable-shared-access");
        refuse_extents(r, "policy enable-shared-access");
        break;
    default:
        dcd_step_require(r, "region", "policy free or contiguous");
        dcd_step_require(r, "length", "policy free or contiguous");
        refuse_extents(r, "policy free or contiguous");
        break;
    }
}

static void read_add(struct dcd_step_reader *r)
{
    static const char *const words[] = {"free", "contiguous", "prescriptive",
                                        "enable-shared-access", NULL};
    unsigned policy = DCD_ADD_FREE;
    unsigned region = 0;

    dcd_step_expected_rc(r);
    dcd_attribute_word(r->doc, r->node, "policy", words, &policy);
    r->step->policy = (uint8_t)policy;
    dcd_place_region(r->doc, r->node, "region", r->device, &region);
    r->step->region = (uint8_t)region;
    dcd_attribute_u64(r->doc, r->node, "length", DCD_VALUE_SIZE, UINT64_MAX,
                      &r->step->length);
    read_extents(r);
    hand_down_tag(r);
    number_extents(r);
    check_add(r);
}

/* CXL r3.1 7.6.7.6.6. */
static void check_release(struct dcd_step_reader *r)
{
    if (r->step->policy == DCD_RELEASE_PRESCRIPTIVE) {
        dcd_step_refuse(r, "length", "policy prescriptive");
        return;
    }
    dcd_step_require(r, "tag", "policy tag-based");
    dcd_step_require(r, "length", "policy tag-based");
    refuse_extents(r, "policy tag-based");
}

static void read_initiate_release(struct dcd_step_reader *r)
{
    static const char *const words[] = {"tag-based", "prescriptive", NULL};
    unsigned policy = DCD_RELEASE_TAG_BASED;

    dcd_step_expected_rc(r);
    dcd_attribute_word(r->doc, r->node, "policy", words, &policy);
    r->step->policy = (uint8_t)policy;
    dcd_attribute_u64(r->doc, r->node, "length", DCD_VALUE_SIZE, UINT64_MAX,
                      &r->step->length);
    dcd_attribute_bool(r->doc, r->node, "forced", &r->step->forced);
    dcd_attribute_bool(r->doc, r->node, "sanitize", &r->step->sanitize);
    read_extents(r);
    hand_down_tag(r);
    check_release(r);
}

/* Either the attribute [name] says which extents, or they are listed. */
static void read_which(struct dcd_step_reader *r, const char *name)
{
    static const char *const words[] = {"all", "none", NULL};
    unsigned index = 0;

    dcd_step_expected_rc(r);
    dcd_attribute_bool(r->doc, r->node, "more", &r->step->more);
    read_extents(r);
    if (dcd_attribute_word(r->doc, r->node, name, words, &index)) {
        r->step->which = index == 0 ? DCD_EXTENTS_ALL : DCD_EXTENTS_NONE;
        refuse_extents(r, name);
    } else if (r->step->extent_count == 0) {
        dcd_xml_error(r->doc, r->step->line,
                      "<%s> needs %s=\"all\", %s=\"none\" or <extent> inside",
                      dcd_xml_name(r->node), name, name);
    }
}

static void read_add_response(struct dcd_step_reader *r)
{
    read_which(r, "accept");
}

static void read_release(struct dcd_step_reader *r)
{
    read_which(r, "extents");
}

static void read_log(struct dcd_step_reader *r)
{
    static const char *const words[] = {"informational",    "warning",
                                        "failure",          "fatal",
                                        "dynamic-capacity", NULL};
    unsigned log = DCD_LOG_DYNAMIC_CAPACITY;

    dcd_step_expected_rc(r);
    dcd_attribute_word(r->doc, r->node, "log", words, &log);
    r->step->log = (uint8_t)log;
}

static void read_get_events(struct dcd_step_reader *r)
{
    read_log(r);
    dcd_step_expected(r, "expect-count", &r->step->expect_count);
    dcd_step_expected(r, "expect-lost", &r->step->expect_lost);
    dcd_step_read_events(r);
}

static void check_payload(struct dcd_step_reader *r)
{
    uint64_t room = r->step->fm >= 0 ? DCD_CCI_MAX_PAYLOAD
                                     : r->device->config.mailbox_payload;

    if (r->step->payload_size > room)
        dcd_xml_error(r->doc, r->step->line,
                      "the payload has %zu bytes; at most %llu can be sent",
                      r->step->payload_size, (unsigned long long)room);
}

static void read_command(struct dcd_step_reader *r)
{
    struct dcd_step *step = r->step;
    unsigned opcode = 0;

    dcd_step_expected_rc(r);
    dcd_attribute_unsigned(r->doc, r->node, "opcode", UINT16_MAX, &opcode);
    step->opcode = (uint16_t)opcode;
    dcd_attribute_hex(r->doc, r->node, "payload", &step->payload,
                      &step->payload_size);
    check_payload(r);
    dcd_step_read_tunnel(r);
    step->expect_payload_given =
        dcd_attribute_hex(r->doc, r->node, "expect-payload",
                          &step->expect_payload, &step->expect_payload_size);
}

/* --- Waiting ------------------------------------------------------------ */

static void read_within(struct dcd_step_reader *r)
{
    r->step->within = PS_PER_MS;
    dcd_attribute_u64(r->doc, r->node, "within", DCD_VALUE_TIME, UINT64_MAX,
                      &r->step->within);
}

static void read_expect_event(struct dcd_step_reader *r)
{
    r->step->log = DCD_LOG_DYNAMIC_CAPACITY;
    read_within(r);
    dcd_step_read_own_event(r);
}

static void read_expect_interrupt(struct dcd_step_reader *r)
{
    unsigned vector = DCD_VECTOR_DYNAMIC_CAPACITY;

    read_within(r);
    if (r->step->fm >= 0)
        dcd_step_refuse(r, "vector", "fm");
    dcd_attribute_unsigned(r->doc, r->node, "vector", DCD_MSIX_VECTORS - 1,
                           &vector);
    r->step->vector = (uint8_t)vector;
}

static void read_wait(struct dcd_step_reader *r)
{
    dcd_attribute_u64(r->doc, r->node, "time", DCD_VALUE_TIME, UINT64_MAX,
                      &r->step->time);
}

static void read_reset(struct dcd_step_reader *r)
{
    static const char *const words[] = {"conventional", "cxl", "function-level",
                                        NULL};
    unsigned kind = DCD_STEP_RESET_CONVENTIONAL;

    dcd_attribute_word(r->doc, r->node, "kind", words, &kind);
    r->step->reset = (enum dcd_step_reset)kind;
    dcd_attribute_bool(r->doc, r->node, "clear", &r->step->clear);
    if (kind != DCD_STEP_RESET_CXL && r->step->clear)
        dcd_attribute_error(r->doc, r->node, "clear",
                            "only kind=\"cxl\" can clear memory");
}

/* --- All steps ---------------------------------------------------------- */

static void (*const readers[DCD_STEP_KIND_COUNT])(struct dcd_step_reader *) = {
    [DCD_STEP_GET_DCD_INFO] = dcd_step_read_configuration,
    [DCD_STEP_GET_HOST_DC_CONFIG] = dcd_step_read_configuration,
    [DCD_STEP_SET_DC_REGION_CONFIG] = dcd_step_read_region_config,
    [DCD_STEP_GET_REGION_EXTENT_LISTS] = read_list,
    [DCD_STEP_INITIATE_ADD] = read_add,
    [DCD_STEP_INITIATE_RELEASE] = read_initiate_release,
    [DCD_STEP_ADD_REFERENCE] = dcd_step_read_reference,
    [DCD_STEP_REMOVE_REFERENCE] = dcd_step_read_reference,
    [DCD_STEP_LIST_TAGS] = dcd_step_read_tags,
    [DCD_STEP_GET_DC_CONFIG] = dcd_step_read_configuration,
    [DCD_STEP_GET_EXTENT_LIST] = read_list,
    [DCD_STEP_ADD_RESPONSE] = read_add_response,
    [DCD_STEP_RELEASE] = read_release,
    [DCD_STEP_GET_EVENT_RECORDS] = read_get_events,
    [DCD_STEP_CLEAR_EVENT_RECORDS] = read_log,
    [DCD_STEP_COMMAND] = read_command,
    [DCD_STEP_EXPECT_EVENT] = read_expect_event,
    [DCD_STEP_EXPECT_INTERRUPT] = read_expect_interrupt,
    [DCD_STEP_EXPECT_PROBE] = dcd_step_read_probe,
    [DCD_STEP_COMMIT_DECODER] = dcd_step_read_decoder,
    [DCD_STEP_UNCOMMIT_DECODER] = dcd_step_read_decoder,
    [DCD_STEP_REGISTER_READ] = dcd_step_read_register,
    [DCD_STEP_REGISTER_WRITE] = dcd_step_read_register,
    [DCD_STEP_READ] = dcd_step_read_read,
    [DCD_STEP_WRITE] = dcd_step_read_write,
    [DCD_STEP_RESET] = read_reset,
    [DCD_STEP_WAIT] = read_wait,
};

static const char *const step_names[DCD_STEP_KIND_COUNT] = {
#define X(name, element) element,
    DCD_STEPS(X)
#undef X
};

const char *dcd_step_name(enum dcd_step_kind kind)
{
    return (unsigned)kind < DCD_STEP_KIND_COUNT ? step_names[kind] : "unknown";
}

/* The schema has seen to it that the element is one of them. */
static enum dcd_step_kind kind_of(const xmlNode *node)
{
    unsigned kind = 0;

    while (kind < DCD_STEP_WAIT && !dcd_xml_is(node, step_names[kind]))
        kind++;
    return (enum dcd_step_kind)kind;
}

void dcd_step_read(struct dcd_step_reader *r)
{
    r->step->line = dcd_xml_line(r->node);
    r->step->kind = kind_of(r->node);
    if (dcd_step_read_actor(r))
        readers[r->step->kind](r);
}

void dcd_step_free(struct dcd_step *step)
{
    free(step->payload);
    free(step->expect_payload);
    free(step->extents);
    free(step->events);
    free(step->tags);
    free(step->regions);
    free(step->reason);
    free(step->probe_steps);
}
