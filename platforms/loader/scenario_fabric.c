/* SPDX-License-Identifier: Apache-2.0 */
/* scenario_fabric.c - regions, tags and tunnels of a fabric manager's steps. */
#include "platform_names.h"
#include "scenario_place.h"
#include "scenario_step.h"
#include "xml_attribute.h"

#include <cxldcd/ctypes/fm_devices.h>
#include <cxldcd/ctypes/return_code.h>

#include <stdlib.h>
#include <string.h>

/* --- 5602h -------------------------------------------------------------- */

/* The block size may be one that the device refuses. */
void dcd_step_read_region_config(struct dcd_step_reader *r)
{
    unsigned region = 0;

    dcd_step_expected_rc(r);
    dcd_place_region(r->doc, r->node, "region", r->device, &region);
    r->step->region = (uint8_t)region;
    dcd_attribute_u64(r->doc, r->node, "block-size", DCD_VALUE_SIZE, UINT64_MAX,
                      &r->step->block_size);
    dcd_attribute_bool(r->doc, r->node, "sanitize", &r->step->sanitize);
}

/* --- Tags --------------------------------------------------------------- */

void dcd_step_read_reference(struct dcd_step_reader *r)
{
    dcd_step_expected_rc(r);
    dcd_attribute_uuid(r->doc, r->node, "tag", &r->step->tag);
}

/* A list of hosts, by the bits of their heads. */
struct host_list {
    struct dcd_step_reader *r;
    const xmlNode *node;
    const char *name;
    uint32_t heads;
};

static bool add_host(void *context, const char *id)
{
    struct host_list *list = context;
    const struct dcd_step_reader *r = list->r;
    int index =
        dcd_noun_find(r->doc, list->node, r->platform, DCD_NOUN_HOST, id);

    if (index < 0)
        return false;
    const struct dcd_platform_host *host = &r->platform->hosts[index];
    if (&r->platform->devices[host->device] != r->device) {
        dcd_attribute_error(r->doc, list->node, list->name,
                            "host '%s' is not at '%s'", id, r->device->id);
        return false;
    }
    list->heads |= UINT32_C(1) << host->head;
    return true;
}

static uint32_t read_heads(struct dcd_step_reader *r, const xmlNode *node,
                           const char *name)
{
    struct host_list list = {r, node, name, 0};

    dcd_attribute_words(r->doc, node, name, add_host, &list);
    return list.heads;
}

static void refuse_second(struct dcd_step_reader *r,
                          const struct dcd_step_tag *tag)
{
    for (const struct dcd_step_tag *t = r->step->tags; t < tag; t++)
        if (dcd_uuid_equal(&t->tag, &tag->tag))
            dcd_xml_error(r->doc, tag->line,
                          "this tag is in the list already, at line %ld",
                          t->line);
}

void dcd_step_read_tags(struct dcd_step_reader *r)
{
    unsigned count = dcd_xml_count(r->node, "tag");
    struct dcd_step_tag *tag;

    dcd_step_expected_rc(r);
    dcd_step_expected(r, "expect-total", &r->step->expect_total);
    if (count == 0)
        return;
    tag = calloc(count, sizeof(*tag));
    if (!tag) {
        r->doc->out_of_memory = true;
        return;
    }
    r->step->tags = tag;
    r->step->tag_count = count;
    r->step->expect_tag_list = true;
    for (const xmlNode *n = dcd_xml_first(r->node, "tag"); n;
         n = dcd_xml_next(n, "tag"), tag++) {
        tag->line = dcd_xml_line(n);
        dcd_attribute_uuid(r->doc, n, "tag", &tag->tag);
        dcd_attribute_bool(r->doc, n, "fm-reference", &tag->fm_reference);
        tag->hosts = read_heads(r, n, "hosts");
        tag->pending = read_heads(r, n, "pending");
        refuse_second(r, tag);
    }
}

/* --- Tunnels ------------------------------------------------------------ */

static bool add_layer(void *context, const char *word)
{
    struct dcd_step_reader *r = context;
    struct dcd_step_layer layer = {DCD_TUNNEL_LD_POOL, 0};

    if (r->step->layer_count == DCD_STEP_MAX_LAYERS) {
        dcd_attribute_error(r->doc, r->node, "tunnel", "at most %d layers",
                            DCD_STEP_MAX_LAYERS);
        return false;
    }
    if (strcmp(word, "pool") != 0) {
        unsigned long id = strtoul(word + strlen("ld:"), NULL, 10);
        if (id > UINT8_MAX) {
            dcd_attribute_error(r->doc, r->node, "tunnel",
                                "the number of a logical device is at most "
                                "255");
            return false;
        }
        layer.target = DCD_TUNNEL_PORT_OR_LD;
        layer.id = (uint8_t)id;
    }
    r->step->layers[r->step->layer_count++] = layer;
    return true;
}

/* What a command that does not arrive would answer. */
static void refuse_inside(struct dcd_step_reader *r)
{
    static const char what[] = "an expect-tunnel that is not success";

    dcd_step_refuse(r, "expect", what);
    dcd_step_refuse(r, "expect-payload", what);
}

void dcd_step_read_tunnel(struct dcd_step_reader *r)
{
    dcd_step_return_code(r, "expect-tunnel", &r->step->expect_tunnel);
    if (dcd_attribute_words(r->doc, r->node, "tunnel", add_layer, r)) {
        if (r->step->fm < 0)
            dcd_attribute_error(r->doc, r->node, "tunnel",
                                "only a fabric manager sends through others: "
                                "give fm");
        if (r->step->expect_tunnel != DCD_RC_SUCCESS)
            refuse_inside(r);
    } else {
        dcd_step_refuse(r, "expect-tunnel", "a command without tunnel");
    }
}
