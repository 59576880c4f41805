/* SPDX-License-Identifier: Apache-2.0 */
/* linux_host.cpp - which capacity a Linux host takes, and when it lets go. */
#include <cxldcd/linux_host.hpp>

#include <cxldcd/ctypes/dynamic_capacity.h>
#include <cxldcd/ctypes/memory_device.h>
#include <cxldcd/ctypes/opcode.h>

#include <algorithm>

namespace dcd
{
namespace
{

/* The driver's numbers. */
const size_t staged_max = 100;
const uint64_t memory_alignment = 2 * DCD_MIB; /* of a DAX mapping */
const uint32_t dsmad_max = 0xff;

sc_core::sc_time chain_limit()
{
    return sc_core::sc_time(20, sc_core::SC_SEC);
}

bool power_of_two(uint64_t v)
{
    return v != 0 && (v & (v - 1)) == 0;
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

/* What Linux demands of one region of 4800h; empty: nothing is wrong. */
std::string region_problem(const region &r)
{
    if (r.dsmad > dsmad_max)
        return "its DSMAD handle is above FFh";
    if (r.length == 0 || r.decode == 0)
        return "its length or decode length is 0";
    if (r.decode < r.length)
        return "its decode length is below its length";
    if (!power_of_two(r.block_size) || r.block_size % DCD_MIN_BLOCK != 0)
        return "its block size is not a power of two from 64 on";
    if (r.length % r.block_size != 0)
        return "its length is not a multiple of its block size";
    if (r.base % DCD_CAPACITY_UNIT != 0 || r.base % r.block_size != 0)
        return "its base is not a multiple of 256 MiB and of its block size";
    return "";
}

} // namespace

linux_host::linux_host(sc_core::sc_module_name name, host_initiator &host)
    : sc_module(name), m_host(host)
{
    SC_HAS_PROCESS(linux_host);
    SC_THREAD(serve);
}

void linux_host::tell(const std::string &what, bool ok)
{
    if (m_observer)
        m_observer(what, ok);
}

/* --- Probe --------------------------------------------------------------- */

status linux_host::probe(const std::vector<decoder> &decoders)
{
    status s = m_host.find_registers();

    m_up = false;
    m_staged.clear();
    m_accepted.clear();
    if (s.ok())
        s = m_host.wait_ready();
    if (s.ok())
        s = m_host.enable_device();
    if (s.ok())
        s = m_host.read_command_effects();
    if (s.ok())
        s = m_host.set_timestamp();
    if (s.ok())
        s = identify();
    if (s.ok())
        s = m_host.read_dc_config();
    if (s.ok())
        check_partition();
    if (s.ok())
        s = m_host.read_interrupt_policy();
    if (s.ok())
        s = m_host.set_interrupt_policy();
    if (s.ok())
        s = m_host.read_interrupt_policy();
    if (s.ok())
        s = m_host.program_decoders(decoders);
    if (!s.ok())
        return s;
    m_up = m_refused.empty();
    if (m_up)
        drain(DCD_LOG_DYNAMIC_CAPACITY);
    for (const uint8_t log : {DCD_LOG_FATAL, DCD_LOG_FAILURE, DCD_LOG_WARNING,
                              DCD_LOG_INFORMATIONAL})
        drain(log);
    m_seen = m_host.interrupts(m_host.vector_of(DCD_LOG_DYNAMIC_CAPACITY));
    m_probed.notify();
    return {};
}

/* 4000h, and 4100h where memory can be partitioned: static capacity. */
status linux_host::identify()
{
    response answer = m_host.command(DCD_OP_IDENTIFY_MEMORY_DEVICE, {});
    dcd_identify_memory_device_rsp id{};
    dcd_partition_info_rsp partitions{};

    if (!answer.ok())
        return {"Identify Memory Device: " + answer.text()};
    /* Two bytes shorter before dynamic capacity (CXL 2.0): the rest is 0. */
    std::copy_n(answer.payload.begin(),
                std::min(answer.payload.size(), sizeof(id)),
                reinterpret_cast<uint8_t *>(&id));
    m_static_size = dcd_get64(id.total) * DCD_CAPACITY_UNIT;
    if (dcd_get64(id.partition_alignment) == 0)
        return {};
    answer = m_host.command(DCD_OP_GET_PARTITION_INFO, {});
    if (!answer.ok() || !extract(answer.payload, 0, partitions))
        return {"Get Partition Info: " + answer.text()};
    m_static_size = (dcd_get64(partitions.active_volatile) +
                     dcd_get64(partitions.active_persistent)) *
                    DCD_CAPACITY_UNIT;
    return {};
}

void linux_host::check_partition()
{
    const std::vector<region> &regions = m_host.dc().regions;
    uint64_t end = m_static_size;

    m_refused = "";
    if (regions.empty())
        m_refused = "the device has no dynamic capacity";
    else if (regions[0].base != m_static_size)
        m_refused = "region 0 does not start where static capacity ends";
    for (size_t i = 0; i < regions.size() && m_refused.empty(); i++) {
        std::string problem = region_problem(regions[i]);
        if (problem.empty() && regions[i].base < end)
            problem = "it overlaps what lies below";
        if (!problem.empty())
            m_refused = "region " + std::to_string(i) + ": " + problem;
        end = regions[i].base + regions[i].decode;
    }
}

/* --- Events -------------------------------------------------------------- */

void linux_host::serve()
{
    for (;;) {
        wait_for_work();
        m_idle = false;
        drain(DCD_LOG_DYNAMIC_CAPACITY);
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

void linux_host::wait_for_work()
{
    const auto vector = [this] {
        return m_host.vector_of(DCD_LOG_DYNAMIC_CAPACITY);
    };

    while (!m_up || m_seen == m_host.interrupts(vector())) {
        if (!m_up) {
            wait(m_probed);
            continue;
        }
        /* A chain whose end never comes is refused after a while. */
        if (m_staged.empty())
            wait(m_host.interrupt_event(vector()) | m_probed);
        else
            wait(chain_limit(), m_host.interrupt_event(vector()) | m_probed);
        if (!m_staged.empty() && m_seen == m_host.interrupts(vector()))
            drop_staged("its chain was not completed within 20 s");
    }
    m_seen = m_host.interrupts(vector());
}

/* Until the log is empty, since interrupts tell only of the first record. */
void linux_host::drain(uint8_t log)
{
    for (;;) {
        const event_records read = get_event_records(m_host, log);
        std::vector<uint16_t> handles;

        if (!read.answer.ok())
            return tell("Get Event Records: " + read.answer.text(), false);
        if (read.records.empty())
            return;
        for (const event_record &record : read.records) {
            handle(record);
            handles.push_back(record.handle);
        }
        const response cleared = clear_event_records(m_host, log, handles);
        if (!cleared.ok())
            return tell("Clear Event Records: " + cleared.text(), false);
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

std::string linux_host::group_problem(const std::vector<extent> &group) const
{
    const auto holds_tag = [&](const extent &e) {
        return same_tag(e, group[0]) && !already_accepted(group[0]);
    };

    if (tagged(group[0]) &&
        std::any_of(m_accepted.begin(), m_accepted.end(), holds_tag))
        return "their tag is in use on this host";
    if (!std::all_of(group.begin(), group.end(), aligned))
        return "Linux maps memory in units of 2 MiB";
    return "";
}

/*
 * Whether a region is sharable stands in the CDAT, which is not read here:
 * region 0 counts as not sharable, so a sequence is out of place.
 */
std::string linux_host::extent_problem(const extent &e) const
{
    const region &r = m_host.dc().regions[0];
    const extent partition{r.base, r.length, {}, 0};
    uint64_t hpa;
    uint64_t contiguous;

    if (!contains(partition, e))
        return "Linux uses region 0 only";
    if (e.sequence != 0)
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
