/* SPDX-License-Identifier: Apache-2.0 */
/* linux_host.cpp - which capacity a Linux host takes, and when it lets go. */
#include <cxldcd/linux_host.hpp>

#include <cxldcd/ctypes/dynamic_capacity.h>
#include <cxldcd/ctypes/opcode.h>

#include <algorithm>

namespace dcd
{
namespace
{

/* The driver's numbers. */
const size_t staged_max = 100;
const uint64_t memory_alignment = 2 * DCD_MIB; /* of a DAX mapping */

/* In which the driver reads them. */
const uint8_t log_order[] = {DCD_LOG_DYNAMIC_CAPACITY, DCD_LOG_FATAL,
                             DCD_LOG_FAILURE, DCD_LOG_WARNING,
                             DCD_LOG_INFORMATIONAL};
const char *const log_names[] = {"informational", "warning", "failure", "fatal",
                                 "dynamic capacity"};

/* Bits of Event Status. */
const uint32_t dynamic_capacity_log = 1u << DCD_LOG_DYNAMIC_CAPACITY;
const uint32_t all_logs = (1u << DCD_LOG_COUNT) - 1;

sc_core::sc_time chain_limit()
{
    return sc_core::sc_time(20, sc_core::SC_SEC);
}

bool overlaps(const extent &a, const extent &b)
{
    return a.dpa < b.dpa + b.length && b.dpa < a.dpa + a.length;
}

bool contains(const extent &outer, const extent &inner)
{
    return inner.dpa >= outer.dpa && inner.length <= outer.length &&
           inner.dpa - outer.dpa <= outer.length - inner.length;
}

bool aligned(const extent &e)
{
    return e.dpa % memory_alignment == 0 && e.length % memory_alignment == 0;
}

bool same_tag(const extent &a, const extent &b)
{
    return dcd_uuid_equal(&a.tag, &b.tag);
}

std::string count(size_t n, const char *noun)
{
    return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

} // namespace

linux_host::linux_host(sc_core::sc_module_name name, host_initiator &host)
    : sc_module(name), m_host(host)
{
    SC_HAS_PROCESS(linux_host);
    SC_THREAD(serve);
    /* A member: the stack of a thread that waits is never unwound. Of all
     * vectors, because which ones count is known after a probe only. */
    m_wakes |= m_probed;
    for (unsigned v = 0; v < DCD_MSIX_VECTORS; v++)
        m_wakes |= m_host.interrupt_event(v);
}

void linux_host::tell(const std::string &what, bool ok)
{
    if (m_observer)
        m_observer(what, ok);
}

/* --- Events -------------------------------------------------------------- */

void linux_host::serve()
{
    for (;;) {
        wait_for_work();
        m_idle = false;
        drain_waiting();
        m_idle = true;
        m_idle_event.notify();
    }
}

/* An interrupt of this very instant counts as work, so let it be seen. */
bool linux_host::settle()
{
    poll_timer timer(sc_core::sc_time(2, sc_core::SC_SEC));

    wait(sc_core::SC_ZERO_TIME);
    while (!m_idle && !timer.expired())
        timer.pause(m_idle_event);
    return m_idle;
}

/* Of all logs; a vector that two of them share is counted twice. */
uint64_t linux_host::interrupts() const
{
    uint64_t sum = 0;

    for (uint8_t log = 0; log < DCD_LOG_COUNT; log++)
        sum += m_host.interrupts(m_host.vector_of(log));
    return sum;
}

void linux_host::wait_for_work()
{
    while (!m_serving || m_seen == interrupts()) {
        /* A chain whose end never comes is refused after a while. */
        const bool limited = m_serving && !m_staged.empty();
        const sc_core::sc_time end = sc_core::sc_time_stamp() + chain_limit();
        if (limited)
            wait(chain_limit(), m_wakes);
        else
            wait(m_wakes);
        if (limited && sc_core::sc_time_stamp() >= end)
            drop_staged("its chain was not completed within 20 s");
    }
    m_seen = interrupts();
}

status linux_host::drain_logs()
{
    /* What comes from now on is news. */
    m_seen = interrupts();
    for (const uint8_t log : log_order)
        if (log != DCD_LOG_DYNAMIC_CAPACITY || m_up)
            drain(log);
    return {};
}

/* The logs that Event Status names, until it names none. */
void linux_host::drain_waiting()
{
    uint32_t wanted = m_up ? all_logs : all_logs & ~dynamic_capacity_log;

    for (;;) {
        const uint32_t waiting = m_host.event_status() & wanted;
        if (waiting == 0)
            return;
        for (const uint8_t log : log_order)
            if ((waiting & (1u << log)) && !drain(log))
                wanted &= ~(1u << log); /* no point in trying again */
    }
}

/* Until the log is empty, since interrupts tell only of the first record. */
bool linux_host::drain(uint8_t log)
{
    for (;;) {
        const event_records read = get_event_records(m_host, log);
        std::vector<uint16_t> handles;

        if (!read.answer.ok()) {
            tell("Get Event Records: " + read.answer.text(), false);
            return false;
        }
        if (read.records.empty())
            return true;
        for (const event_record &record : read.records) {
            handle(record);
            handles.push_back(record.handle);
        }
        if (log != DCD_LOG_DYNAMIC_CAPACITY)
            tell(count(handles.size(), "record") + " in the " + log_names[log] +
                 " log");
        const response cleared = clear_event_records(m_host, log, handles);
        if (!cleared.ok()) {
            tell("Clear Event Records: " + cleared.text(), false);
            return false;
        }
    }
}

void linux_host::handle(const event_record &record)
{
    if (!record.dynamic_capacity)
        return;
    switch (record.type) {
    case DCD_EVENT_ADD_CAPACITY:
        return stage(record);
    case DCD_EVENT_RELEASE_CAPACITY:
        return release(record.extent);
    case DCD_EVENT_FORCED_RELEASE:
        /* The driver only logs it: what it knows of the extent stays. */
        return tell("forced release of capacity logged, nothing is sent");
    default:
        return tell(std::string("event ") + dcd_dc_event_name(record.type) +
                    " ignored");
    }
}

/* --- Add ----------------------------------------------------------------- */

void linux_host::stage(const event_record &record)
{
    m_staged.push_back(record.extent);
    if (m_staged.size() > staged_max)
        m_overrun = true;
    if (m_overrun)
        m_staged.resize(1); /* a token: something has to be answered */
    if (record.more)
        return;
    if (m_overrun)
        return drop_staged("it has more than 100 extents");
    answer_staged();
}

void linux_host::drop_staged(const char *why)
{
    m_staged.clear();
    m_overrun = false;
    const response answer = m_host.send_extents(DCD_OP_ADD_DC_RESPONSE, {});
    tell(std::string("refused an offer: ") + why +
             (answer.ok() ? "" : "; " + answer.text()),
         answer.ok());
}

/* One answer for the whole chain, in the order in which tags appeared. */
void linux_host::answer_staged()
{
    std::vector<extent> left;
    std::vector<extent> answer;

    left.swap(m_staged);
    while (!left.empty()) {
        std::vector<extent> group;
        const extent first = left.front();
        /* Untagged extents have nothing in common with each other. */
        const auto in_group = [&](const extent &e) {
            return tagged(first) && same_tag(first, e);
        };
        group.push_back(first);
        left.erase(left.begin());
        std::copy_if(left.begin(), left.end(), std::back_inserter(group),
                     in_group);
        left.erase(std::remove_if(left.begin(), left.end(), in_group),
                   left.end());
        take_group(std::move(group), answer);
    }
    const response sent = m_host.send_extents(DCD_OP_ADD_DC_RESPONSE, answer);
    if (sent.ok())
        remember(answer);
    tell("Add Dynamic Capacity Response: " + count(answer.size(), "extent") +
             " accepted" + (sent.ok() ? "" : "; " + sent.text()),
         sent.ok());
}

/* A tag group is taken as a whole or not at all, but for single misfits. */
void linux_host::take_group(std::vector<extent> group,
                            std::vector<extent> &answer)
{
    std::stable_sort(group.begin(), group.end(),
                     [](const extent &a, const extent &b) {
                         return a.sequence < b.sequence;
                     });
    const std::string problem = group_problem(group);
    if (!problem.empty())
        return tell("refused " + count(group.size(), "extent") + ": " +
                    problem);
    for (const extent &e : group) {
        const std::string misfit = extent_problem(e);
        if (misfit.empty())
            answer.push_back(e);
        else
            tell("refused 1 extent: " + misfit);
    }
}

/* Number of the region; -1: none. */
int linux_host::partition_of(const extent &e) const
{
    const std::vector<region> &regions = m_host.dc().regions;

    for (size_t i = 0; i < regions.size(); i++)
        if (contains({regions[i].base, regions[i].length, {}, 0}, e))
            return static_cast<int>(i);
    return -1;
}

std::string linux_host::group_problem(const std::vector<extent> &group) const
{
    const auto holds_tag = [&](const extent &e) {
        return same_tag(e, group[0]) && !already_accepted(group[0]);
    };
    const auto elsewhere = [&](const extent &e) {
        return partition_of(e) != partition_of(group[0]);
    };

    if (tagged(group[0]) &&
        std::any_of(m_accepted.begin(), m_accepted.end(), holds_tag))
        return "their tag is in use on this host";
    if (m_sharable && tagged(group[0]))
        for (size_t i = 0; i < group.size(); i++)
            if (group[i].sequence != i)
                return "the sequence of a sharable group is not 0 to n-1";
    if (std::any_of(group.begin(), group.end(), elsewhere))
        return "they lie in different regions";
    if (!std::all_of(group.begin(), group.end(), aligned))
        return "Linux maps memory in units of 2 MiB";
    return "";
}

std::string linux_host::extent_problem(const extent &e) const
{
    uint64_t hpa;
    uint64_t contiguous;

    if (partition_of(e) != 0)
        return "Linux uses region 0 only";
    if (m_sharable && !tagged(e))
        return "it has no tag, in a sharable region";
    if (!m_sharable && e.sequence != 0)
        return "it has a sequence number outside a sharable region";
    if (!m_host.find_hpa(e.dpa, hpa, contiguous) || contiguous < e.length)
        return "no decoder covers it";
    for (const extent &own : m_accepted)
        if (overlaps(own, e) && !contains(own, e))
            return "it overlaps what this host has in part";
    return "";
}

bool linux_host::already_accepted(const extent &e) const
{
    return std::any_of(m_accepted.begin(), m_accepted.end(),
                       [&](const extent &own) { return contains(own, e); });
}

void linux_host::remember(const std::vector<extent> &answer)
{
    for (const extent &e : answer)
        if (!already_accepted(e))
            m_accepted.push_back(e);
}

/* --- Release ------------------------------------------------------------- */

/*
 * Always whole extents, and with a tag all of its extents, however little was
 * asked for: the memory behind them is one device to Linux. Nothing here is
 * ever in use, which would be the reason not to answer at all.
 */
void linux_host::release(const extent &asked)
{
    const auto owner = std::find_if(
        m_accepted.begin(), m_accepted.end(), [&](const extent &own) {
            return contains(own, asked) && same_tag(own, asked);
        });

    if (owner == m_accepted.end())
        return give_back(asked);
    const extent found = *owner;
    const auto goes = [&](const extent &e) {
        return e.dpa == found.dpa || (tagged(found) && same_tag(e, found));
    };
    std::vector<extent> going;
    std::copy_if(m_accepted.begin(), m_accepted.end(),
                 std::back_inserter(going), goes);
    m_accepted.erase(std::remove_if(m_accepted.begin(), m_accepted.end(), goes),
                     m_accepted.end());
    for (const extent &e : going)
        give_back(e);
}

void linux_host::give_back(const extent &e)
{
    const response answer = m_host.send_extents(DCD_OP_RELEASE_DC, {e});

    tell("Release Dynamic Capacity: 1 extent, " +
             std::to_string(e.length / DCD_MIB) + " MiB" +
             (answer.ok() ? "" : "; " + answer.text()),
         answer.ok());
}

} // namespace dcd
