/* SPDX-License-Identifier: Apache-2.0 */
/* host_steps.cpp - a host's commands 4800h-4803h, decoders, reset. */
#include "steps.hpp"
#include "text.hpp"

#include <cxldcd/ctypes/opcode.h>

#include <algorithm>
#include <cinttypes>

namespace dcd
{
namespace
{

std::string joined(const std::vector<std::string> &words)
{
    std::string text;

    for (const std::string &word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

void compare_steps(outcome &o, const std::vector<std::string> &got)
{
    const std::string text = joined(got);

    o.expect(text == o.step().probe_steps, std::string("expected the steps ") +
                                               o.step().probe_steps + ", got " +
                                               text);
}

} // namespace

void steps::dc_config(outcome &o)
{
    const actor a = actor_of(o.step());
    const dcd::dc_config config = get_dc_config(*a.port);

    o.say("Get DC Configuration");
    if (answered(o, config.answer))
        compare_config(o, config);
}

void steps::extent_list(outcome &o)
{
    const actor a = actor_of(o.step());
    const dcd::extent_list list = get_extent_list(*a.port);

    o.say("Get Extent List");
    if (!answered(o, list.answer))
        return;
    o.say(": " + counted(list.extents.size(), "extent"));
    o.say_extents(*a.device, list.extents);
    compare_list(o, a, list);
}

void steps::add_response(outcome &o)
{
    const dcd_step &step = o.step();
    const actor a = actor_of(step);
    auto &offers = a.reader->offers;
    std::vector<extent> accepted;

    o.say(dcd_opcode_name(DCD_OP_ADD_DC_RESPONSE));
    if (step.which == DCD_EXTENTS_ALL && offers.empty())
        return o.fail("there is no offer to accept: put expect-event or "
                      "get-event-records in front");
    if (step.which == DCD_EXTENTS_ALL)
        accepted = offers.front();
    else if (step.which == DCD_EXTENTS_LISTED)
        accepted = extents_of(step, {});
    const response answer =
        a.host->send_extents(DCD_OP_ADD_DC_RESPONSE, accepted, step.more);
    o.say(": " + counted(accepted.size(), "extent") +
          (answer.ok() ? " accepted" : "") + (step.more ? ", more" : ""));
    /* The line is for one or the other: where, or why not. */
    if (answer.ok())
        o.say_extents(*a.device, accepted);
    answered(o, answer);
    /* A refused answer leaves the group to be answered again (9.13.3). */
    if (answer.ok() && !step.more && !offers.empty())
        offers.pop_front();
}

void steps::release(outcome &o)
{
    const dcd_step &step = o.step();
    const actor a = actor_of(step);
    std::vector<extent> going = extents_of(step, {});

    o.say(dcd_opcode_name(DCD_OP_RELEASE_DC));
    if (step.which == DCD_EXTENTS_ALL) {
        const dcd::extent_list held = get_extent_list(*a.port);
        if (!held.answer.ok())
            return o.fail("expected a list of extents to release, got " +
                          held.answer.text());
        going = held.extents;
    }
    const response answer =
        a.host->send_extents(DCD_OP_RELEASE_DC, going, step.more);
    o.say(": " + counted(going.size(), "extent") + (step.more ? ", more" : ""));
    if (answer.ok())
        o.say_extents(*a.device, going);
    answered(o, answer);
}

void steps::commit_decoder(outcome &o)
{
    const dcd_step &step = o.step();
    const decoder d{step.address, step.size,        step.skip,
                    step.ways,    step.granularity, step.lock};
    const commit_result done = host_of(step).commit_decoder(step.decoder, d);
    const char *want = step.expect_error ? "error" : "committed";
    const std::string got = !done.fault.empty() ? done.fault
                            : done.error        ? "error"
                            : done.committed    ? "committed"
                                                : "neither within 10 ms";

    o.say(format("decoder %u: HPA 0x%" PRIx64 ", %s: %s", step.decoder,
                 step.address, size_text(step.size).c_str(), got.c_str()));
    o.expect(got == want, std::string("expected ") + want + ", got " + got);
}

void steps::uncommit_decoder(outcome &o)
{
    const dcd_step &step = o.step();
    const status done = host_of(step).uncommit_decoder(step.decoder);

    o.say(format("decoder %u uncommitted", step.decoder));
    o.expect(done.ok(), "expected no committed decoder, got: " + done.problem);
}

void steps::probe(outcome &o)
{
    static const char *const words[] = {"absent", "refused", "enabled"};
    const dcd_step &step = o.step();
    const host_initiator &host = host_of(step);
    const linux_host &driver = *m_model.host(step.host).linux_driver;
    const auto got = static_cast<size_t>(driver.state());
    const std::string &why = driver.dynamic_capacity_problem();

    o.say(format("probe: dynamic capacity %s, %s volatile, %s persistent",
                 words[got], size_text(driver.volatile_size()).c_str(),
                 size_text(driver.persistent_size()).c_str()));
    o.expect(!step.expect_capacity.given || step.expect_capacity.value == got,
             format("expected dynamic capacity %s, got %s%s",
                    words[step.expect_capacity.value], words[got],
                    why.empty() ? "" : (": " + why).c_str()));
    if (step.reason != nullptr)
        o.expect(
            why.find(step.reason) != std::string::npos,
            format("expected \"%s\", got \"%s\"", step.reason, why.c_str()));
    compare_number(o, "volatile bytes", step.expect_volatile,
                   driver.volatile_size());
    compare_number(o, "persistent bytes", step.expect_persistent,
                   driver.persistent_size());
    compare_number(o, "regions", step.expect_regions, host.dc().regions.size());
    compare_number(o, "as serial number", step.expect_serial, host.serial());
    if (step.expect_sharable.given)
        o.expect(driver.sharable() == (step.expect_sharable.value != 0),
                 format("expected region 0 to be %s",
                        driver.sharable() ? "not sharable" : "sharable"));
    if (step.probe_steps != nullptr)
        compare_steps(o, driver.steps());
}

void steps::reset(outcome &o)
{
    static const struct {
        reset_kind kind;
        const char *name;
    } kinds[] = {{reset_kind::conventional, "conventional reset"},
                 {reset_kind::cxl, "CXL reset"},
                 {reset_kind::function_level, "function level reset"}};
    const dcd_step &step = o.step();
    const actor a = actor_of(step);
    status done = a.host->reset(kinds[step.reset].kind, step.clear);

    /* Logs and offers are gone with a conventional reset alone. */
    if (step.reset == DCD_STEP_RESET_CONVENTIONAL)
        *a.reader = reader();
    if (done.ok())
        done = m_model.host(step.host).boot();
    for (unsigned v = 0; v < DCD_MSIX_VECTORS; v++)
        a.reader->seen[v] = a.host->interrupts(v);
    o.say(std::string(kinds[step.reset].name) +
          (step.clear ? " that clears memory" : "") + ", booted again");
    o.expect(done.ok(), "expected a host that boots, got: " + done.problem);
}

void steps::wait_time(outcome &o)
{
    const sc_core::sc_time time(static_cast<double>(o.step().time),
                                sc_core::SC_PS);

    sc_core::wait(time);
    o.say(format("waited %.3f us", time.to_seconds() * 1e6));
}

} // namespace dcd
