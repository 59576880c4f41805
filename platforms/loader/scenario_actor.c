/* SPDX-License-Identifier: Apache-2.0 */
/* scenario_actor.c - who acts in a step, and whether he may. */
#include "platform_names.h"
#include "scenario_step.h"
#include "xml_attribute.h"

enum actor {
    ACTOR_NONE,
    ACTOR_HOST,
    ACTOR_FM,          /* for a host */
    ACTOR_FM_ALONE,    /* about no host */
    ACTOR_EITHER,      /* the FM if it is named, else the host */
    ACTOR_EITHER_ASKS, /* the same, and host= may go with fm= */
};

/* What a step wants of its host's policy. */
enum policy {
    ANY_POLICY,
    SCRIPTED, /* the others do it by themselves */
    DRIVER,   /* only they do */
};

static const struct {
    enum actor actor;
    enum policy policy;
} rules[DCD_STEP_KIND_COUNT] = {
    [DCD_STEP_GET_DCD_INFO] = {ACTOR_FM_ALONE, ANY_POLICY},
    [DCD_STEP_GET_HOST_DC_CONFIG] = {ACTOR_FM, ANY_POLICY},
    [DCD_STEP_SET_DC_REGION_CONFIG] = {ACTOR_FM_ALONE, ANY_POLICY},
    [DCD_STEP_GET_REGION_EXTENT_LISTS] = {ACTOR_FM, ANY_POLICY},
    [DCD_STEP_INITIATE_ADD] = {ACTOR_FM, ANY_POLICY},
    [DCD_STEP_INITIATE_RELEASE] = {ACTOR_FM, ANY_POLICY},
    [DCD_STEP_ADD_REFERENCE] = {ACTOR_FM_ALONE, ANY_POLICY},
    [DCD_STEP_REMOVE_REFERENCE] = {ACTOR_FM_ALONE, ANY_POLICY},
    [DCD_STEP_LIST_TAGS] = {ACTOR_FM_ALONE, ANY_POLICY},
    [DCD_STEP_GET_DC_CONFIG] = {ACTOR_HOST, ANY_POLICY},
    [DCD_STEP_GET_EXTENT_LIST] = {ACTOR_HOST, ANY_POLICY},
    [DCD_STEP_ADD_RESPONSE] = {ACTOR_HOST, SCRIPTED},
    [DCD_STEP_RELEASE] = {ACTOR_HOST, SCRIPTED},
    [DCD_STEP_GET_EVENT_RECORDS] = {ACTOR_EITHER, SCRIPTED},
    [DCD_STEP_CLEAR_EVENT_RECORDS] = {ACTOR_EITHER, SCRIPTED},
    [DCD_STEP_COMMAND] = {ACTOR_EITHER, ANY_POLICY},
    [DCD_STEP_EXPECT_EVENT] = {ACTOR_EITHER_ASKS, SCRIPTED},
    [DCD_STEP_EXPECT_INTERRUPT] = {ACTOR_EITHER, SCRIPTED},
    [DCD_STEP_EXPECT_PROBE] = {ACTOR_HOST, DRIVER},
    [DCD_STEP_COMMIT_DECODER] = {ACTOR_HOST, ANY_POLICY},
    [DCD_STEP_UNCOMMIT_DECODER] = {ACTOR_HOST, ANY_POLICY},
    [DCD_STEP_REGISTER_READ] = {ACTOR_HOST, ANY_POLICY},
    [DCD_STEP_REGISTER_WRITE] = {ACTOR_HOST, ANY_POLICY},
    [DCD_STEP_READ] = {ACTOR_HOST, ANY_POLICY},
    [DCD_STEP_WRITE] = {ACTOR_HOST, ANY_POLICY},
    [DCD_STEP_RESET] = {ACTOR_HOST, ANY_POLICY},
    [DCD_STEP_WAIT] = {ACTOR_NONE, ANY_POLICY},
};

static bool find_host(struct dcd_step_reader *r)
{
    r->step->host =
        dcd_noun_resolve(r->doc, r->node, "host", r->platform, DCD_NOUN_HOST);
    if (r->step->host < 0)
        return false;
    unsigned device = r->platform->hosts[r->step->host].device;
    r->device = &r->platform->devices[device];
    return true;
}

static bool find_fm(struct dcd_step_reader *r)
{
    r->step->fm =
        dcd_noun_resolve(r->doc, r->node, "fm", r->platform, DCD_NOUN_FM);
    if (r->step->fm < 0)
        return false;
    unsigned device = r->platform->fms[r->step->fm].device;
    r->device = &r->platform->devices[device];
    return true;
}

/* Both are given: the host has to be at the fabric manager's device. */
static bool is_served(struct dcd_step_reader *r)
{
    const struct dcd_platform *p = r->platform;
    const struct dcd_platform_host *host = &p->hosts[r->step->host];
    const struct dcd_platform_fm *fm = &p->fms[r->step->fm];

    if (host->device == fm->device)
        return true;
    dcd_xml_error(r->doc, r->step->line,
                  "fabric manager '%s' serves '%s', but host '%s' is at '%s'",
                  fm->id, p->devices[fm->device].id, host->id,
                  p->devices[host->device].id);
    return false;
}

/* The one that serves the device of the step's host. */
static bool default_fm(struct dcd_step_reader *r)
{
    const struct dcd_platform *p = r->platform;
    unsigned device = p->hosts[r->step->host].device;

    for (unsigned i = 0; i < p->fm_count; i++) {
        if (p->fms[i].device == device) {
            r->step->fm = (int)i;
            return true;
        }
    }
    dcd_xml_error(r->doc, r->step->line,
                  "device '%s' of host '%s' has no fabric manager",
                  p->devices[device].id, p->hosts[r->step->host].id);
    return false;
}

static bool find_either(struct dcd_step_reader *r, bool host_beside_fm)
{
    if (!dcd_attribute_given(r->node, "fm"))
        return find_host(r);
    if (!find_fm(r))
        return false;
    if (!dcd_attribute_given(r->node, "host"))
        return true;
    if (host_beside_fm)
        return find_host(r) && is_served(r);
    dcd_xml_error(r->doc, r->step->line, "<%s>: give host or fm, not both",
                  dcd_xml_name(r->node));
    return false;
}

static bool find_actor(struct dcd_step_reader *r, enum actor actor)
{
    switch (actor) {
    case ACTOR_HOST:
        return find_host(r);
    case ACTOR_FM:
        if (!find_host(r))
            return false;
        if (!dcd_attribute_given(r->node, "fm"))
            return default_fm(r);
        return find_fm(r) && is_served(r);
    case ACTOR_FM_ALONE:
        return find_fm(r);
    case ACTOR_EITHER:
        return find_either(r, false);
    case ACTOR_EITHER_ASKS:
        return find_either(r, true);
    case ACTOR_NONE:
        break;
    }
    return true;
}

static bool check_policy(struct dcd_step_reader *r, enum policy wanted)
{
    const struct dcd_platform_host *host = &r->platform->hosts[r->step->host];
    bool scripted = host->policy == DCD_HOST_SCRIPTED;

    if (wanted == SCRIPTED && !scripted)
        dcd_xml_error(r->doc, r->step->line,
                      "host '%s' has the policy linux and answers by itself; "
                      "<%s> is for scripted hosts",
                      host->id, dcd_xml_name(r->node));
    else if (wanted == DRIVER && scripted)
        dcd_xml_error(r->doc, r->step->line,
                      "host '%s' has the policy scripted and no driver that "
                      "probes; <%s> is for hosts with the policy linux",
                      host->id, dcd_xml_name(r->node));
    else
        return true;
    return false;
}

bool dcd_step_read_actor(struct dcd_step_reader *r)
{
    enum policy wanted = rules[r->step->kind].policy;

    r->step->host = -1;
    r->step->fm = -1;
    if (!find_actor(r, rules[r->step->kind].actor))
        return false;
    return wanted == ANY_POLICY || r->step->fm >= 0 || check_policy(r, wanted);
}
