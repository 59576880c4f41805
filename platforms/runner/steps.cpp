/* SPDX-License-Identifier: Apache-2.0 */
/* steps.cpp - who does a step, and comparisons that several kinds share. */
#include "steps.hpp"

#include "text.hpp"

#include <algorithm>
#include <cinttypes>

namespace dcd
{

namespace
{

std::string attributes_text(uint8_t attributes)
{
    static const struct {
        uint8_t bit;
        const char *name;
    } names[] = {{DCD_REGION_ATTR_NONVOLATILE, " nonvolatile"},
                 {DCD_REGION_ATTR_SHARABLE, " sharable"},
                 {DCD_REGION_ATTR_HW_COHERENT, " hw-coherent"},
                 {DCD_REGION_ATTR_READ_ONLY, " read-only"}};
    std::string text;

    for (const auto &n : names)
        if ((attributes & n.bit) != 0)
            text += n.name;
    return text.empty() ? "none" : text.substr(1);
}

void compare_region(outcome &o, const dcd_step_region &want,
                    const dcd::dc_config &got)
{
    const std::string name = "region " + std::to_string(want.index);

    if (want.index >= got.regions.size())
        return o.fail("expected " + name + ", got no such region", want.line);
    const region &r = got.regions[want.index];
    const uint8_t attributes = r.attributes & want.attributes_given;
    o.expect(!want.block_size.given || want.block_size.value == r.block_size,
             "expected " + name + " with blocks of " +
                 size_text(want.block_size.value) + ", got " +
                 size_text(r.block_size),
             want.line);
    o.expect(
        !want.sanitize.given || (want.sanitize.value != 0) == r.sanitize,
        "expected " + name + " with sanitize=\"" +
            (r.sanitize ? "false\", got \"true\"" : "true\", got \"false\""),
        want.line);
    o.expect(want.attributes == attributes,
             "expected " + name + " with the attributes " +
                 attributes_text(want.attributes) + ", got " +
                 attributes_text(attributes),
             want.line);
}

} // namespace

steps::steps(platform_model &model, const dcd_platform &platform)
    : m_model(model), m_platform(platform), m_hosts(platform.host_count),
      m_fms(platform.fm_count)
{
}

steps::handler steps::handler_of(dcd_step_kind kind)
{
    static const std::map<dcd_step_kind, handler> handlers = {
        {DCD_STEP_GET_DCD_INFO, &steps::dcd_info},
        {DCD_STEP_GET_HOST_DC_CONFIG, &steps::host_dc_config},
        {DCD_STEP_SET_DC_REGION_CONFIG, &steps::set_region_config},
        {DCD_STEP_GET_REGION_EXTENT_LISTS, &steps::region_extent_lists},
        {DCD_STEP_INITIATE_ADD, &steps::initiate_add},
        {DCD_STEP_INITIATE_RELEASE, &steps::initiate_release},
        {DCD_STEP_ADD_REFERENCE, &steps::reference},
        {DCD_STEP_REMOVE_REFERENCE, &steps::reference},
        {DCD_STEP_LIST_TAGS, &steps::list_tags},
        {DCD_STEP_GET_DC_CONFIG, &steps::dc_config},
        {DCD_STEP_GET_EXTENT_LIST, &steps::extent_list},
        {DCD_STEP_ADD_RESPONSE, &steps::add_response},
        {DCD_STEP_RELEASE, &steps::release},
        {DCD_STEP_GET_EVENT_RECORDS, &steps::event_records},
        {DCD_STEP_CLEAR_EVENT_RECORDS, &steps::clear_events},
        {DCD_STEP_COMMAND, &steps::raw_command},
        {DCD_STEP_EXPECT_EVENT, &steps::expect_event},
        {DCD_STEP_EXPECT_INTERRUPT, &steps::expect_interrupt},
        {DCD_STEP_EXPECT_PROBE, &steps::probe},
        {DCD_STEP_COMMIT_DECODER, &steps::commit_decoder},
        {DCD_STEP_UNCOMMIT_DECODER, &steps::uncommit_decoder},
        {DCD_STEP_REGISTER_READ, &steps::register_read},
        {DCD_STEP_REGISTER_WRITE, &steps::register_write},
        {DCD_STEP_READ, &steps::read},
        {DCD_STEP_WRITE, &steps::write},
        {DCD_STEP_RESET, &steps::reset},
        {DCD_STEP_WAIT, &steps::wait_time},
    };
    return handlers.at(kind);
}

void steps::run(outcome &o)
{
    (this->*handler_of(o.step().kind))(o);
}

const char *steps::actor_id(const dcd_step &step) const
{
    if (step.fm >= 0)
        return m_platform.fms[step.fm].id;
    if (step.host >= 0)
        return m_platform.hosts[step.host].id;
    return "-";
}

actor steps::actor_of(const dcd_step &step)
{
    if (step.fm >= 0) {
        const dcd_platform_fm &fm = m_platform.fms[step.fm];
        fm_initiator &port = m_model.fm(step.fm).initiator;
        return {fm.id,
                &port,
                nullptr,
                &port,
                &m_fms[size_t(step.fm)],
                &m_platform.devices[fm.device]};
    }
    const dcd_platform_host &host = m_platform.hosts[step.host];
    host_initiator &port = host_of(step);
    return {host.id,
            &port,
            &port,
            nullptr,
            &m_hosts[size_t(step.host)],
            &m_platform.devices[host.device]};
}

host_initiator &steps::host_of(const dcd_step &step)
{
    return m_model.host(step.host).initiator;
}

/* Hosts are numbered by the heads they are connected to (LD-IDs). */
uint16_t steps::host_id(const dcd_step &step) const
{
    return static_cast<uint16_t>(m_platform.hosts[step.host].head);
}

std::string steps::host_name(const actor &a, uint16_t id) const
{
    for (unsigned i = 0; i < m_platform.host_count; i++) {
        const dcd_platform_host &h = m_platform.hosts[i];
        if (h.head == id && &m_platform.devices[h.device] == a.device)
            return h.id;
    }
    return "host " + std::to_string(id);
}

std::vector<extent> extents_of(const dcd_step &step, const dcd_uuid &tag)
{
    std::vector<extent> extents;

    for (unsigned i = 0; i < step.extent_count; i++) {
        extent e = written(step.extents[i]);
        if (!step.extents[i].tag_given)
            e.tag = tag;
        /* Numbered by the loader where the scenario does not say. */
        e.sequence = step.extents[i].sequence;
        extents.push_back(e);
    }
    return extents;
}

extent written(const dcd_step_extent &want)
{
    return {want.dpa, want.length, want.tag_given ? want.tag : dcd_uuid{},
            static_cast<uint16_t>(want.sequence_given ? want.sequence : 0)};
}

bool same_extent(const dcd_step_extent &want, const extent &got)
{
    return want.dpa == got.dpa && want.length == got.length &&
           (!want.tag_given || dcd_uuid_equal(&want.tag, &got.tag)) &&
           (!want.sequence_given || want.sequence == got.sequence);
}

/* True: the command succeeded, and was expected to. */
bool steps::answered(outcome &o, const response &got)
{
    const uint16_t want = o.step().expect_rc;

    if (!got.ok())
        o.say(": " + got.text());
    if (!got.answered())
        o.fail(
            format("expected %s, got no answer: ", dcd_return_code_name(want)) +
            got.fault);
    else if (got.code != want)
        o.fail(format("expected %s, got %s (%02xh)", dcd_return_code_name(want),
                      dcd_return_code_name(got.code), got.code));
    return got.ok() && want == DCD_RC_SUCCESS;
}

void steps::compare_number(outcome &o, const char *what,
                           const dcd_expected &want, uint64_t got)
{
    if (want.given && want.value != got)
        o.fail(format("expected %" PRIu64 " %s, got %" PRIu64, want.value, what,
                      got));
}

/*
 * The specification leaves the order of a list open (CXL r3.1 8.2.9.9.9.2), so
 * both are put in the order of addresses.
 */
void steps::compare_list(outcome &o, const actor &a,
                         const dcd::extent_list &got)
{
    const dcd_step &step = o.step();
    std::vector<dcd_step_extent> want(step.extents,
                                      step.extents + step.extent_count);
    std::vector<extent> list = got.extents;

    compare_number(o, "extents in all", step.expect_total, list.size());
    if (!step.expect_extents)
        return;
    std::sort(want.begin(), want.end(),
              [](const auto &x, const auto &y) { return x.dpa < y.dpa; });
    std::sort(list.begin(), list.end(),
              [](const auto &x, const auto &y) { return x.dpa < y.dpa; });
    for (size_t i = 0; i < std::max(want.size(), list.size()); i++) {
        const std::string expected =
            i < want.size() ? extent_text(*a.device, written(want[i]), true)
                            : "no more extents";
        const std::string found = i < list.size()
                                      ? extent_text(*a.device, list[i], true)
                                      : "no more extents";
        if (i >= want.size() || i >= list.size() ||
            !same_extent(want[i], list[i]))
            return o.fail("expected " + expected + ", got " + found,
                          i < want.size() ? want[i].line : 0);
    }
}

void steps::compare_config(outcome &o, const dcd::dc_config &got)
{
    const dcd_step &step = o.step();
    uint64_t length = 0;

    for (const region &r : got.regions)
        length += r.length;
    o.say(": " + counted(got.regions.size(), "region") + ", " +
          size_text(length));
    if (got.limits_known)
        o.say(format("; %" PRIu32 " of %" PRIu32 " extents, %" PRIu32
                     " of %" PRIu32 " tags left",
                     got.available_extents, got.supported_extents,
                     got.available_tags, got.supported_tags));
    compare_number(o, "regions", step.expect_regions, got.available_regions);
    compare_limits(o, got);
    for (unsigned i = 0; i < step.region_count; i++)
        compare_region(o, step.regions[i], got);
}

void steps::compare_limits(outcome &o, const dcd::dc_config &got)
{
    const dcd_step &step = o.step();
    const struct {
        const char *what;
        const dcd_expected &want;
        uint32_t got;
    } limits[] = {
        {"extents in all", step.expect_extents_in_all, got.supported_extents},
        {"extents left", step.expect_available, got.available_extents},
        {"tags in all", step.expect_tags_in_all, got.supported_tags},
        {"tags left", step.expect_available_tags, got.available_tags},
    };

    for (const auto &limit : limits) {
        if (limit.want.given && !got.limits_known)
            return o.fail("the answer does not say how many extents and tags "
                          "there are");
        compare_number(o, limit.what, limit.want, limit.got);
    }
}

/* True: the access went through, and was expected to. */
bool steps::compare_access(outcome &o, tlm::tlm_response_status got)
{
    static const tlm::tlm_response_status expected[] = {
        tlm::TLM_OK_RESPONSE,
        tlm::TLM_ADDRESS_ERROR_RESPONSE,
        tlm::TLM_BURST_ERROR_RESPONSE,
        tlm::TLM_GENERIC_ERROR_RESPONSE,
    };
    const tlm::tlm_response_status want = expected[o.step().expect_access];

    o.expect(want == got, std::string("expected ") + tlm_status_name(want) +
                              ", got " + tlm_status_name(got));
    return got == tlm::TLM_OK_RESPONSE && want == got;
}

} // namespace dcd
