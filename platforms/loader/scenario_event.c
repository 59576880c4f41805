/* SPDX-License-Identifier: Apache-2.0 */
/* scenario_event.c - event records that a step expects. */
#include "platform_names.h"
#include "scenario_place.h"
#include "scenario_step.h"
#include "xml_attribute.h"

#include <cxldcd/ctypes/event.h>

#include <stdlib.h>
#include <string.h>

static bool is_for_fm(uint8_t type)
{
    return type == DCD_EVENT_ADD_RESPONSE ||
           type == DCD_EVENT_CAPACITY_RELEASED;
}

static void read_type(struct dcd_step_reader *r, const xmlNode *node,
                      struct dcd_step_event *event)
{
    char *text = NULL;
    uint8_t type = 0;

    if (!dcd_attribute_text(r->doc, node, "type", &text))
        return;
    while (type <= DCD_EVENT_CAPACITY_RELEASED &&
           strcmp(dcd_dc_event_name(type), text) != 0)
        type++;
    free(text);
    event->type = type;
    if (type > DCD_EVENT_CAPACITY_RELEASED)
        dcd_attribute_error(r->doc, node, "type", "no such event");
    else if (is_for_fm(type) && r->step->fm < 0)
        dcd_attribute_error(r->doc, node, "type",
                            "this event goes to the fabric manager: give fm");
    else if (!is_for_fm(type) && r->step->fm >= 0)
        dcd_attribute_error(r->doc, node, "type",
                            "this event goes to a host: leave out fm");
}

/* The record of a region's update has the region and no extent. */
static void read_updated_region(struct dcd_step_reader *r, const xmlNode *node,
                                struct dcd_step_event *event)
{
    static const char *const names[] = {"dpa", "offset", "length", "tag",
                                        "sequence"};
    unsigned region = 0;

    event->region_given =
        dcd_place_region(r->doc, node, "region", r->device, &region);
    event->region = (uint8_t)region;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (dcd_attribute_given(node, names[i]))
            dcd_attribute_error(r->doc, node, names[i],
                                "this event has a region and no extent");
}

static void read_event(struct dcd_step_reader *r, const xmlNode *node,
                       struct dcd_step_event *event)
{
    event->line = dcd_xml_line(node);
    event->host = -1;
    read_type(r, node, event);
    event->more_given = dcd_attribute_bool(r->doc, node, "more", &event->more);
    if (event->type == DCD_EVENT_REGION_UPDATED) {
        read_updated_region(r, node, event);
        return;
    }
    event->extent_given =
        dcd_place_extent(r->doc, node, r->device, &event->extent);
    if (!event->extent_given)
        dcd_place_refuse_rest(r->doc, node);
}

static bool allocate(struct dcd_step_reader *r, unsigned count)
{
    r->step->events = calloc(count, sizeof(*r->step->events));
    if (!r->step->events)
        r->doc->out_of_memory = true;
    else
        r->step->event_count = count;
    return r->step->events != NULL;
}

void dcd_step_read_own_event(struct dcd_step_reader *r)
{
    if (!allocate(r, 1))
        return;
    read_event(r, r->node, &r->step->events[0]);
    if (r->step->fm >= 0)
        r->step->events[0].host = r->step->host;
}

/* The host that a record in the fabric manager's log is about. */
static void read_subject(struct dcd_step_reader *r, const xmlNode *node,
                         struct dcd_step_event *event)
{
    if (!dcd_attribute_given(node, "host"))
        return;
    if (r->step->fm < 0) {
        dcd_attribute_error(r->doc, node, "host",
                            "only records of a fabric manager name a host");
        return;
    }
    event->host =
        dcd_noun_resolve(r->doc, node, "host", r->platform, DCD_NOUN_HOST);
    if (event->host >= 0 &&
        &r->platform->devices[r->platform->hosts[event->host].device] !=
            r->device)
        dcd_attribute_error(r->doc, node, "host", "this host is not at '%s'",
                            r->device->id);
}

void dcd_step_read_events(struct dcd_step_reader *r)
{
    unsigned count = dcd_xml_count(r->node, "event");
    unsigned i = 0;

    if (count == 0 || !allocate(r, count))
        return;
    r->step->expect_events = true;
    for (const xmlNode *n = dcd_xml_first(r->node, "event"); n;
         n = dcd_xml_next(n, "event"), i++) {
        read_event(r, n, &r->step->events[i]);
        read_subject(r, n, &r->step->events[i]);
    }
    if (r->step->log != DCD_LOG_DYNAMIC_CAPACITY)
        dcd_attribute_error(r->doc, r->node, "log",
                            "only records of dynamic-capacity can be described "
                            "by <event>");
}
