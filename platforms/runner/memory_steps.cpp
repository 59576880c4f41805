/* SPDX-License-Identifier: Apache-2.0 */
/* memory_steps.cpp - reads and writes of memory and of registers. */
#include "steps.hpp"
#include "text.hpp"

#include <cxldcd/ctypes/le.h>

#include <algorithm>
#include <cctype>
#include <cinttypes>

namespace dcd
{
namespace
{

std::string place_text(const actor &a, const dcd_step &step)
{
    return step.dpa_given ? dpa_text(*a.device, step.address)
                          : format("HPA 0x%" PRIx64, step.address);
}

/* "hello" for text, "48 65 6c" for anything else. */
std::string data_text(const bytes &data)
{
    const bool text = !data.empty() && data.size() <= 32 &&
                      std::all_of(data.begin(), data.end(), [](uint8_t c) {
                          return c < 0x80 && std::isprint(c);
                      });

    if (text)
        return "\"" + std::string(data.begin(), data.end()) + "\"";
    return hex_text(data.data(), data.size());
}

void say_failure(outcome &o, const memory_result &result)
{
    if (result.ok())
        return;
    o.say(std::string(": ") + tlm_status_name(result.status));
    if (!result.why.empty())
        o.say(", " + result.why);
}

} // namespace

void steps::write(outcome &o)
{
    const dcd_step &step = o.step();
    const actor a = actor_of(step);
    bytes data(step.payload, step.payload + step.payload_size);
    const memory_result result =
        step.dpa_given
            ? a.host->write_dpa(step.address, data.data(), data.size())
            : a.host->write(step.address, data.data(), data.size());

    o.say("write " + place_text(a, step) + ", " + size_text(data.size()));
    o.say(result.ok() ? ": " + data_text(data) : "");
    say_failure(o, result);
    compare_access(o, result.status);
}

void steps::read(outcome &o)
{
    const dcd_step &step = o.step();
    const actor a = actor_of(step);
    bytes data(static_cast<size_t>(step.length));
    const memory_result result =
        step.dpa_given
            ? a.host->read_dpa(step.address, data.data(), data.size())
            : a.host->read(step.address, data.data(), data.size());

    o.say("read " + place_text(a, step) + ", " + size_text(data.size()));
    o.say(result.ok() ? ": " + data_text(data) : "");
    say_failure(o, result);
    if (!compare_access(o, result.status) || !step.expect_payload_given)
        return;
    const bytes want(step.expect_payload,
                     step.expect_payload + step.expect_payload_size);
    if (want == data)
        return;
    const auto at =
        std::mismatch(want.begin(), want.end(), data.begin(), data.end());
    const auto from = static_cast<size_t>(at.first - want.begin());
    o.fail(format("expected %s at byte %zu, got %s",
                  hex_text(want.data() + from, want.size() - from).c_str(),
                  from,
                  hex_text(data.data() + from, data.size() - from).c_str()));
}

void steps::register_read(outcome &o)
{
    const dcd_step &step = o.step();
    uint8_t raw[8] = {};
    const auto status =
        host_of(step).mmio_read(step.address, raw, std::min(step.width, 8u));
    const uint64_t got = dcd_load_le(raw, step.width);

    o.say(format("register read 0x%06" PRIx64 ", %u bytes: ", step.address,
                 step.width));
    o.say(status == tlm::TLM_OK_RESPONSE ? format("0x%" PRIx64, got)
                                         : tlm_status_name(status));
    if (compare_access(o, status) && step.expect_value.given)
        o.expect(got == step.expect_value.value,
                 format("expected 0x%" PRIx64 ", got 0x%" PRIx64,
                        step.expect_value.value, got));
}

void steps::register_write(outcome &o)
{
    const dcd_step &step = o.step();
    uint8_t raw[8] = {};

    dcd_store_le(raw, step.width, step.value);
    const auto status =
        host_of(step).mmio_write(step.address, raw, std::min(step.width, 8u));
    o.say(format("register write 0x%06" PRIx64 ", %u bytes: 0x%" PRIx64,
                 step.address, step.width, step.value));
    if (status != tlm::TLM_OK_RESPONSE)
        o.say(std::string(": ") + tlm_status_name(status));
    compare_access(o, status);
}

} // namespace dcd
