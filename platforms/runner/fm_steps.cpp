/* SPDX-License-Identifier: Apache-2.0 */
/* fm_steps.cpp - what a fabric manager asks for: 5600h, 5601h, 5603h-5605h. */
#include "steps.hpp"
#include "text.hpp"

#include <cxldcd/ctypes/opcode.h>

namespace dcd
{
namespace
{

const char *add_policy_name(uint8_t policy)
{
    switch (policy) {
    case DCD_ADD_FREE:
        return "free";
    case DCD_ADD_CONTIGUOUS:
        return "contiguous";
    case DCD_ADD_PRESCRIPTIVE:
        return "prescriptive";
    case DCD_ADD_ENABLE_SHARED_ACCESS:
        return "shared access";
    default:
        return "unknown policy";
    }
}

void say_add(outcome &o, const actor &a, const add_request &r)
{
    if (r.policy == DCD_ADD_PRESCRIPTIVE) {
        o.say(counted(r.extents.size(), "extent"));
        o.say_extents(*a.device, r.extents);
    } else if (r.policy == DCD_ADD_ENABLE_SHARED_ACCESS) {
        o.say(format("shared access in region %u", r.region));
    } else {
        o.say(format("%s of region %u, %s", size_text(r.length).c_str(),
                     r.region, add_policy_name(r.policy)));
    }
}

void say_release(outcome &o, const actor &a, const release_request &r)
{
    o.say(r.forced ? "forced, " : "");
    if (r.policy == DCD_RELEASE_PRESCRIPTIVE) {
        o.say(counted(r.extents.size(), "extent"));
        o.say_extents(*a.device, r.extents);
    } else {
        o.say(size_text(r.length) + " of a tag");
    }
}

} // namespace

void steps::dcd_info(outcome &o)
{
    const actor a = actor_of(o.step());
    const dcd::dcd_info info = get_dcd_info(*a.port);

    o.say(dcd_opcode_name(DCD_OP_GET_DCD_INFO));
    if (!answered(o, info.answer))
        return;
    o.say(": " + counted(info.hosts, "host") + ", " +
          counted(info.regions, "region") + ", " +
          size_text(info.total_capacity) + " of dynamic capacity");
    compare_number(o, "hosts", o.step().expect_hosts, info.hosts);
    compare_number(o, "regions", o.step().expect_regions, info.regions);
}

void steps::host_dc_config(outcome &o)
{
    const actor a = actor_of(o.step());
    const dcd::dc_config config =
        get_host_dc_config(*a.port, host_id(o.step()));

    o.say("Get Host DC Configuration of " + host_name(a, host_id(o.step())));
    if (answered(o, config.answer))
        compare_config(o, config);
}

void steps::region_extent_lists(outcome &o)
{
    const actor a = actor_of(o.step());
    const dcd::extent_list list =
        get_region_extent_lists(*a.port, host_id(o.step()));

    o.say("Get DC Region Extent Lists of " + host_name(a, host_id(o.step())));
    if (!answered(o, list.answer))
        return;
    o.say(": " + counted(list.extents.size(), "extent"));
    o.say_extents(*a.device, list.extents);
    compare_list(o, a, list);
}

void steps::initiate_add(outcome &o)
{
    const dcd_step &step = o.step();
    const actor a = actor_of(step);
    add_request request;

    request.host_id = host_id(step);
    request.policy = step.policy;
    request.region = step.region;
    request.length = step.length;
    request.tag = step.tag;
    request.extents = extents_of(step, step.tag);
    const response answer = dcd::initiate_add(*a.port, request);
    o.say("Initiate Add to " + host_name(a, request.host_id) + ": ");
    say_add(o, a, request);
    answered(o, answer);
}

void steps::initiate_release(outcome &o)
{
    const dcd_step &step = o.step();
    const actor a = actor_of(step);
    release_request request;

    request.host_id = host_id(step);
    request.policy = step.policy;
    request.forced = step.forced;
    request.sanitize = step.sanitize;
    request.length = step.length;
    request.tag = step.tag;
    request.extents = extents_of(step, step.tag);
    const response answer = dcd::initiate_release(*a.port, request);
    o.say("Initiate Release by " + host_name(a, request.host_id) + ": ");
    say_release(o, a, request);
    answered(o, answer);
}

} // namespace dcd
