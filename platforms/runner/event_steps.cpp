/* SPDX-License-Identifier: Apache-2.0 */
/* event_steps.cpp - event records, and waiting for what comes by itself. */
#include "steps.hpp"
#include "text.hpp"

#include <cxldcd/ctypes/opcode.h>

#include <algorithm>

namespace dcd
{
namespace
{

sc_core::sc_time within_of(const dcd_step &step)
{
    return sc_core::sc_time(static_cast<double>(step.within), sc_core::SC_PS);
}

std::string event_text(const actor &a, const event_record &r)
{
    if (!r.dynamic_capacity)
        return "an event of another kind";
    std::string text = dcd_dc_event_name(r.type);
    if (r.type == DCD_EVENT_REGION_UPDATED)
        return text + " region " + std::to_string(r.region);
    text += " " + extent_text(*a.device, r.extent, true);
    return text + (r.more ? " more" : "");
}

const sc_core::sc_event &wake_event(const actor &a, uint8_t log)
{
    return a.host != nullptr ? a.host->interrupt_event(a.host->vector_of(log))
                             : a.fm->interrupt_event();
}

std::vector<extent> extents_in(const std::vector<event_record> &records)
{
    std::vector<extent> extents;

    for (const event_record &r : records)
        if (r.dynamic_capacity && r.type != DCD_EVENT_REGION_UPDATED)
            extents.push_back(r.extent);
    return extents;
}

std::vector<uint16_t> handles_of(const std::vector<event_record> &records)
{
    std::vector<uint16_t> handles;

    for (const event_record &r : records)
        handles.push_back(r.handle);
    return handles;
}

/* A fabric manager has a wire instead of vectors. */
uint64_t interrupts(const actor &a, unsigned vector)
{
    return a.host != nullptr ? a.host->interrupts(vector) : a.fm->interrupts();
}

void forget(reader &r, const std::vector<uint16_t> &handles)
{
    for (const uint16_t handle : handles)
        r.offered.erase(handle);
}

} // namespace

/* What has been read has been noticed: its interrupt is no news any more. */
void steps::interrupts_are_seen(const actor &a, uint8_t log)
{
    const unsigned vector = a.host != nullptr ? a.host->vector_of(log) : 0;

    a.reader->seen[vector] = interrupts(a, vector);
}

/* Add chains wait for add-response; reading a record twice offers it once. */
void steps::remember(const actor &a, const std::vector<event_record> &records)
{
    reader &r = *a.reader;

    for (const event_record &record : records) {
        if (!record.dynamic_capacity || record.type != DCD_EVENT_ADD_CAPACITY ||
            !r.offered.insert(record.handle).second)
            continue;
        r.chain.push_back(record.extent);
        if (record.more)
            continue;
        r.offers.push_back(r.chain);
        r.chain.clear();
    }
}

void steps::compare_event(outcome &o, const actor &a,
                          const dcd_step_event &want, const event_record &got)
{
    const dcd_platform_host *host =
        want.host >= 0 ? &m_platform.hosts[want.host] : nullptr;

    if (!got.dynamic_capacity || want.type != got.type)
        return o.fail(std::string("expected event ") +
                          dcd_dc_event_name(want.type) + ", got " +
                          event_text(a, got),
                      want.line);
    if (want.more_given)
        o.expect(want.more == got.more,
                 std::string("expected more=\"") +
                     (want.more ? "true" : "false") + "\", got " +
                     event_text(a, got),
                 want.line);
    if (host != nullptr)
        o.expect(host->head == got.host_id,
                 std::string("expected an event about ") + host->id +
                     ", got one about " + host_name(a, got.host_id),
                 want.line);
    if (want.region_given)
        o.expect(want.region == got.region,
                 format("expected an update of region %u, got %s", want.region,
                        event_text(a, got).c_str()),
                 want.line);
    if (want.extent_given)
        o.expect(same_extent(want.extent, got.extent),
                 "expected " +
                     extent_text(*a.device, written(want.extent), true) +
                     ", got " + extent_text(*a.device, got.extent, true),
                 want.line);
}

void steps::event_records(outcome &o)
{
    const dcd_step &step = o.step();
    const actor a = actor_of(step);
    const dcd::event_records read = get_event_records(*a.port, step.log);
    const size_t want = step.event_count;

    o.say(dcd_opcode_name(DCD_OP_GET_EVENT_RECORDS));
    if (!answered(o, read.answer))
        return;
    a.reader->handles[step.log] = handles_of(read.records);
    interrupts_are_seen(a, step.log);
    if (a.host != nullptr)
        remember(a, read.records);
    o.say(": " + counted(read.records.size(), "record"));
    o.say_extents(*a.device, extents_in(read.records));
    if (read.overflow)
        o.say(", " + std::to_string(read.overflow_count) + " lost");
    compare_number(o, "records", step.expect_count, read.records.size());
    compare_number(o, "lost records", step.expect_lost, read.overflow_count);
    if (!step.expect_events)
        return;
    o.expect(want == read.records.size(),
             "expected " + counted(want, "record") + ", got " +
                 std::to_string(read.records.size()));
    for (size_t i = 0; i < std::min(want, read.records.size()); i++)
        compare_event(o, a, step.events[i], read.records[i]);
}

void steps::clear_events(outcome &o)
{
    const dcd_step &step = o.step();
    const actor a = actor_of(step);
    std::vector<uint16_t> &handles = a.reader->handles[step.log];
    const response answer = clear_event_records(*a.port, step.log, handles);

    o.say(std::string(dcd_opcode_name(DCD_OP_CLEAR_EVENT_RECORDS)) + ": " +
          counted(handles.size(), "record"));
    answered(o, answer);
    if (!answer.ok())
        return;
    forget(*a.reader, handles);
    handles.clear();
}

/* One chain from the head of the log, cleared; false: there was none. */
bool steps::collect_chain(outcome &o, const actor &a,
                          std::vector<event_record> &chain)
{
    const uint8_t log = DCD_LOG_DYNAMIC_CAPACITY;
    poll_timer timer(within_of(o.step()));

    for (;;) {
        dcd::event_records read = get_event_records(*a.port, log);
        if (!read.answer.ok()) {
            o.fail("expected event records, got " + read.answer.text());
            return false;
        }
        interrupts_are_seen(a, log);
        const auto last =
            std::find_if(read.records.begin(), read.records.end(),
                         [](const event_record &r) { return !r.more; });
        const bool complete = last != read.records.end();
        if (complete)
            read.records.erase(last + 1, read.records.end());
        if (read.records.empty()) {
            if (timer.expired())
                return false;
            timer.pause(wake_event(a, log));
            continue;
        }
        chain.insert(chain.end(), read.records.begin(), read.records.end());
        if (a.host != nullptr)
            remember(a, read.records);
        const auto handles = handles_of(read.records);
        const response cleared = clear_event_records(*a.port, log, handles);
        forget(*a.reader, handles);
        if (!o.expect(cleared.ok(),
                      "expected cleared records, got " + cleared.text()) ||
            complete)
            return true;
    }
}

void steps::expect_event(outcome &o)
{
    const dcd_step &step = o.step();
    const actor a = actor_of(step);
    const dcd_step_event &want = step.events[0];
    std::vector<event_record> chain;

    o.say(std::string("event ") + dcd_dc_event_name(want.type));
    if (!collect_chain(o, a, chain) && o.problems().empty())
        return o.fail(format("expected event %s within %.3f us, got no record",
                             dcd_dc_event_name(want.type),
                             within_of(step).to_seconds() * 1e6));
    if (chain.empty())
        return;
    const auto extents = extents_in(chain);
    o.say(": " + counted(chain.size(), "record"));
    o.say_extents(*a.device, extents);
    if (a.fm != nullptr)
        o.say(" from " + host_name(a, chain[0].host_id));
    compare_event(o, a, want, chain[0]);
    for (size_t i = 1; i < chain.size(); i++)
        o.expect(chain[i].type == want.type,
                 "expected more of the same, got " + event_text(a, chain[i]));
}

void steps::expect_interrupt(outcome &o)
{
    const dcd_step &step = o.step();
    const actor a = actor_of(step);
    const unsigned vector = a.host != nullptr ? step.vector : 0;
    const std::string name =
        a.host != nullptr ? format("vector %u", vector) : "fm_irq";
    const sc_core::sc_event &event = a.host != nullptr
                                         ? a.host->interrupt_event(vector)
                                         : a.fm->interrupt_event();
    uint64_t &seen = a.reader->seen.at(vector);
    poll_timer timer(within_of(step));

    o.say("interrupt, " + name);
    while (interrupts(a, vector) == seen && !timer.expired())
        timer.pause(event);
    o.expect(interrupts(a, vector) != seen,
             "expected " + name +
                 format(" within %.3f us, got no interrupt",
                        within_of(step).to_seconds() * 1e6));
    seen = interrupts(a, vector);
}

} // namespace dcd
