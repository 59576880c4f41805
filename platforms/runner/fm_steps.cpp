/* SPDX-License-Identifier: Apache-2.0 */
/* fm_steps.cpp - what a fabric manager asks for: 5600h-5608h. */
#include "steps.hpp"
#include "text.hpp"

#include <cxldcd/ctypes/opcode.h>

#include <algorithm>

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
    default:
        return "unknown policy";
    }
}

std::string uuid_text(const dcd_uuid &uuid)
{
    char text[DCD_UUID_TEXT];

    dcd_uuid_print(&uuid, text);
    return text;
}

void say_add(outcome &o, const actor &a, const add_request &r)
{
    if (r.policy == DCD_ADD_PRESCRIPTIVE) {
        o.say(counted(r.extents.size(), "extent"));
        o.say_extents(*a.device, r.extents);
    } else if (r.policy == DCD_ADD_ENABLE_SHARED_ACCESS) {
        o.say("share " + uuid_text(r.tag) + format(" in region %u", r.region));
    } else {
        o.say(format("%s of region %u, %s", size_text(r.length).c_str(),
                     r.region, add_policy_name(r.policy)));
        if (!dcd_uuid_is_null(&r.tag))
            o.say(", tag " + uuid_text(r.tag));
    }
}

void say_release(outcome &o, const actor &a, const release_request &r)
{
    o.say(r.forced ? "forced, " : "");
    if (r.policy == DCD_RELEASE_PRESCRIPTIVE) {
        o.say(counted(r.extents.size(), "extent"));
        o.say_extents(*a.device, r.extents);
    } else {
        o.say(size_text(r.length) + " of " + uuid_text(r.tag));
    }
}

/* What 5604h and 5605h have in common. */
template <class request>
request request_of(const dcd_step &step, uint16_t host)
{
    request r;

    r.host_id = host;
    r.policy = step.policy;
    r.length = step.length;
    r.tag = step.tag;
    r.extents = extents_of(step, step.tag);
    return r;
}

/* 5600h counts in units, and a small device has none. */
std::string capacity_text(const dcd::dcd_info &info)
{
    if (info.total_capacity == 0 && info.regions != 0)
        return "less than " + size_text(DCD_CAPACITY_UNIT);
    return size_text(info.total_capacity);
}

/* "free, prescriptive"; the names stand in the order of the bits. */
template <size_t N>
std::string policies_text(const char *const (&names)[N], uint64_t policies)
{
    std::string text;

    for (size_t i = 0; i < N; i++)
        if ((policies >> i & 1) != 0)
            text += std::string(text.empty() ? "" : ", ") + names[i];
    return text.empty() ? "none" : text;
}

template <size_t N>
void compare_policies(outcome &o, const char *what,
                      const char *const (&names)[N], const dcd_expected &want,
                      uint16_t got)
{
    if (want.given && want.value != got)
        o.fail(std::string("expected the ") + what + " policies " +
               policies_text(names, want.value) + ", got " +
               policies_text(names, got));
}

/* As a scenario would tell it; heads beyond all platforms are cut. */
dcd_step_tag told(const dcd::tag_info &tag)
{
    const std::bitset<256> heads(0xffffffff);
    dcd_step_tag t{};

    t.tag = tag.tag;
    t.fm_reference = tag.fm_reference;
    t.hosts = static_cast<uint32_t>((tag.hosts & heads).to_ulong());
    t.pending = static_cast<uint32_t>((tag.pending & heads).to_ulong());
    return t;
}

bool same(const dcd_step_tag &a, const dcd_step_tag &b)
{
    return a.fm_reference == b.fm_reference && a.hosts == b.hosts &&
           a.pending == b.pending;
}

} // namespace

void steps::dcd_info(outcome &o)
{
    static const char *const add[] = {"free", "contiguous", "prescriptive"};
    static const char *const release[] = {"tag-based", "prescriptive"};
    const actor a = actor_of(o.step());
    const dcd::dcd_info info = get_dcd_info(*a.port);

    o.say(dcd_opcode_name(DCD_OP_GET_DCD_INFO));
    if (!answered(o, info.answer))
        return;
    o.say(": " + counted(info.hosts, "host") + ", " +
          counted(info.regions, "region") + ", " + capacity_text(info) +
          " of dynamic capacity");
    compare_number(o, "hosts", o.step().expect_hosts, info.hosts);
    compare_number(o, "regions", o.step().expect_regions, info.regions);
    compare_policies(o, "add", add, o.step().expect_add_policies,
                     info.add_policies);
    compare_policies(o, "release", release, o.step().expect_release_policies,
                     info.release_policies);
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

void steps::set_region_config(outcome &o)
{
    const dcd_step &step = o.step();
    const actor a = actor_of(step);
    const response answer = set_dc_region_config(
        *a.port, step.region, step.block_size, step.sanitize);

    o.say(format("Set DC Region Configuration: region %u, blocks of %s%s",
                 step.region, size_text(step.block_size).c_str(),
                 step.sanitize ? ", sanitize on release" : ""));
    answered(o, answer);
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
    add_request request = request_of<add_request>(step, host_id(step));

    request.region = step.region;
    const response answer = dcd::initiate_add(*a.port, request);
    o.say("Initiate Add to " + host_name(a, request.host_id) + ": ");
    say_add(o, a, request);
    answered(o, answer);
}

void steps::initiate_release(outcome &o)
{
    const dcd_step &step = o.step();
    const actor a = actor_of(step);
    release_request request = request_of<release_request>(step, host_id(step));

    request.forced = step.forced;
    request.sanitize = step.sanitize;
    const response answer = dcd::initiate_release(*a.port, request);
    o.say("Initiate Release by " + host_name(a, request.host_id) + ": ");
    say_release(o, a, request);
    answered(o, answer);
}

void steps::reference(outcome &o)
{
    const dcd_step &step = o.step();
    const actor a = actor_of(step);
    const bool adds = step.kind == DCD_STEP_ADD_REFERENCE;
    const response answer = adds ? add_reference(*a.port, step.tag)
                                 : remove_reference(*a.port, step.tag);

    o.say(std::string(adds ? "Add" : "Remove") + " Reference: tag " +
          uuid_text(step.tag));
    answered(o, answer);
}

/* --- 5608h --------------------------------------------------------------- */

/* "h0 h1", by rising head. */
std::string steps::heads_text(const actor &a, uint32_t heads) const
{
    std::string text;

    for (uint16_t head = 0; head < 32; head++)
        if ((heads >> head & 1) != 0)
            text += (text.empty() ? "" : " ") + host_name(a, head);
    return text;
}

/* As a scenario writes it. */
std::string steps::tag_text(const actor &a, const dcd_step_tag &tag) const
{
    return "hosts=\"" + heads_text(a, tag.hosts) + "\" pending=\"" +
           heads_text(a, tag.pending) + "\" fm-reference=\"" +
           (tag.fm_reference ? "true" : "false") + "\"";
}

/* ", held by h0 h1, offered to h2, referenced" */
std::string steps::holds_text(const actor &a, const dcd_step_tag &tag) const
{
    std::string text;

    if (tag.hosts != 0)
        text += ", held by " + heads_text(a, tag.hosts);
    if (tag.pending != 0)
        text += ", offered to " + heads_text(a, tag.pending);
    return text + (tag.fm_reference ? ", referenced" : "");
}

/* The order of 5608h means nothing: each is looked up by its tag. */
void steps::compare_tags(outcome &o, const actor &a, const dcd::tag_list &got)
{
    const dcd_step &step = o.step();
    std::vector<dcd_step_tag> left;

    for (const tag_info &tag : got.tags)
        left.push_back(told(tag));
    for (unsigned i = 0; i < step.tag_count; i++) {
        const dcd_step_tag &want = step.tags[i];
        const auto at =
            std::find_if(left.begin(), left.end(), [&](const auto &t) {
                return dcd_uuid_equal(&t.tag, &want.tag);
            });
        if (at == left.end()) {
            o.fail("expected the tag " + uuid_text(want.tag) +
                       ", got no such tag",
                   want.line);
            continue;
        }
        o.expect(same(want, *at),
                 "expected the tag " + uuid_text(want.tag) + " with " +
                     tag_text(a, want) + ", got " + tag_text(a, *at),
                 want.line);
        left.erase(at);
    }
    for (const dcd_step_tag &tag : left)
        o.fail("expected no more tags, got " + uuid_text(tag.tag) + " with " +
               tag_text(a, tag));
}

void steps::list_tags(outcome &o)
{
    const actor a = actor_of(o.step());
    const dcd::tag_list list = dcd::list_tags(*a.port);

    o.say("List Tags");
    if (!answered(o, list.answer))
        return;
    o.say(": " + counted(list.tags.size(), "tag"));
    if (list.tags.size() == 1)
        o.say(holds_text(a, told(list.tags[0])));
    compare_number(o, "tags in all", o.step().expect_total, list.tags.size());
    if (o.step().expect_tag_list)
        compare_tags(o, a, list);
}

} // namespace dcd
