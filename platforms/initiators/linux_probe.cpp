/* SPDX-License-Identifier: Apache-2.0 */
/* linux_probe.cpp - how the Linux driver gets to know a device. */
#include <cxldcd/linux_host.hpp>

#include <cxldcd/ctypes/cdat.h>
#include <cxldcd/ctypes/dynamic_capacity.h>
#include <cxldcd/ctypes/opcode.h>

#include <algorithm>

namespace dcd
{
namespace
{

/* DSMAD handles are bytes in the CDAT. */
const uint32_t dsmad_max = 0xff;

bool power_of_two(uint64_t v)
{
    return v != 0 && (v & (v - 1)) == 0;
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

/* A driver for memory devices first; dynamic capacity is one of its parts. */
const linux_host::step linux_host::probe_order[] = {
    {"configuration-space", nullptr, &linux_host::enable_function},
    {"cxl-device", nullptr, &linux_host::find_cxl_device},
    {"serial-number", nullptr, &linux_host::read_serial},
    {"register-locator", nullptr, &linux_host::find_registers},
    {"media-ready", nullptr, &linux_host::wait_media_ready},
    {"interrupts", nullptr, &linux_host::enable_interrupts},
    {"mailbox-ready", nullptr, &linux_host::wait_mailbox_ready},
    {"doorbell", nullptr, &linux_host::wait_doorbell},
    {"payload-size", nullptr, &linux_host::read_payload_size},
    {"command-effects", nullptr, &linux_host::read_command_effects},
    {"timestamp", &linux_host::wants_timestamp, &linux_host::set_timestamp},
    {"poison", &linux_host::wants_poison, &linux_host::read_poison},
    {"identify", nullptr, &linux_host::identify},
    {"partitions", &linux_host::wants_partitions, &linux_host::read_partitions},
    {"dynamic-capacity", &linux_host::wants_dynamic_capacity,
     &linux_host::read_dc_config},
    {"cdat", nullptr, &linux_host::read_cdat},
    {"features", &linux_host::wants_features, &linux_host::read_features},
    {"firmware", &linux_host::wants_firmware, &linux_host::read_firmware},
    {"interrupt-policy", nullptr, &linux_host::set_interrupt_policy},
    {"decoders", nullptr, &linux_host::program_decoders},
    {"events", nullptr, &linux_host::drain_logs},
    {"extents", &linux_host::wants_extents, &linux_host::read_extents},
};

status linux_host::probe(const std::vector<decoder> &decoders)
{
    forget();
    m_decoders = decoders;
    for (const step &s : probe_order) {
        if (s.wanted != nullptr && !(this->*s.wanted)())
            continue;
        m_steps.push_back(s.name);
        const status done = (this->*s.run)();
        if (!done.ok())
            return done;
    }
    m_serving = true;
    m_probed.notify();
    return {};
}

/* A probe starts from nothing, the first as any later one. */
void linux_host::forget()
{
    m_serving = m_up = m_sharable = m_partitionable = false;
    m_refused.clear();
    m_steps.clear();
    m_staged.clear();
    m_overrun = false;
    m_accepted.clear();
    m_volatile = m_persistent = 0;
}

dynamic_capacity linux_host::state() const
{
    if (!m_host.supports_dynamic_capacity())
        return dynamic_capacity::absent;
    return m_up ? dynamic_capacity::enabled : dynamic_capacity::refused;
}

/* The first reason counts: a driver does not look for more. */
void linux_host::refuse(const std::string &why)
{
    if (m_refused.empty())
        m_refused = why;
}

/* --- Configuration space and registers ----------------------------------- */

status linux_host::enable_function()
{
    return m_host.enable_function();
}

status linux_host::find_cxl_device()
{
    const status s = m_host.find_cxl_device();

    /* "Device DVSEC not present, skip CXL.mem init", and on it goes. */
    if (s.ok() && !m_host.has_cxl_device())
        tell("no CXL Device DVSEC: CXL.mem stays as it is");
    return s;
}

status linux_host::read_serial()
{
    return m_host.read_serial();
}

status linux_host::find_registers()
{
    const status s = m_host.find_register_blocks();
    return s.ok() ? m_host.find_capabilities() : s;
}

status linux_host::wait_media_ready()
{
    return m_host.wait_media_ready();
}

/* What a fabric manager offers comes by interrupt or not at all. */
status linux_host::enable_interrupts()
{
    const status s = m_host.enable_interrupts();

    if (!s.ok())
        refuse("there are no interrupts: " + s.problem);
    return {};
}

status linux_host::wait_mailbox_ready()
{
    return m_host.wait_mailbox_ready();
}

status linux_host::wait_doorbell()
{
    return m_host.wait_doorbell();
}

status linux_host::read_payload_size()
{
    return m_host.read_payload_size();
}

/* --- Commands ------------------------------------------------------------ */

status linux_host::read_command_effects()
{
    return m_host.read_command_effects();
}

bool linux_host::wants_timestamp() const
{
    return m_host.supports(DCD_OP_SET_TIMESTAMP);
}

status linux_host::set_timestamp()
{
    return m_host.set_timestamp();
}

/* Static partitions, whose sizes only the DVSEC has told so far. */
bool linux_host::wants_poison() const
{
    return m_host.supports(DCD_OP_GET_POISON_LIST) &&
           m_host.range_sizes()[0] + m_host.range_sizes()[1] != 0;
}

status linux_host::read_poison()
{
    uint64_t dpa = 0;

    for (const uint64_t size : m_host.range_sizes()) {
        if (size == 0)
            continue;
        const poison_list list = get_poison_list(m_host, dpa, size);
        if (!list.answer.ok())
            tell("Get Poison List: " + list.answer.text(), false);
        else if (!list.records.empty())
            tell("poison list: " + std::to_string(list.records.size()) +
                 (list.records.size() == 1 ? " range" : " ranges"));
        dpa += size;
    }
    return {};
}

status linux_host::identify()
{
    const static_capacity id = identify_memory_device(m_host);

    m_volatile = id.volatile_size;
    m_persistent = id.persistent_size;
    m_partitionable = id.partitionable;
    return {id.answer.ok() ? ""
                           : "Identify Memory Device: " + id.answer.text()};
}

status linux_host::read_partitions()
{
    const static_capacity active = get_partition_info(m_host);

    m_volatile = active.volatile_size;
    m_persistent = active.persistent_size;
    return {active.answer.ok() ? ""
                               : "Get Partition Info: " + active.answer.text()};
}

bool linux_host::wants_dynamic_capacity() const
{
    return m_host.supports_dynamic_capacity() && m_refused.empty();
}

status linux_host::read_dc_config()
{
    const status s = m_host.read_dc_config();

    refuse(s.ok() ? partition_problem() : s.problem);
    m_up = m_refused.empty();
    return {};
}

std::string linux_host::partition_problem() const
{
    const std::vector<region> &regions = m_host.dc().regions;
    uint64_t end = m_volatile + m_persistent;

    if (regions.empty())
        return "the device has no regions";
    if (regions[0].base != end)
        return "region 0 does not start where static capacity ends";
    for (size_t i = 0; i < regions.size(); i++) {
        std::string problem = region_problem(regions[i]);
        if (problem.empty() && regions[i].base < end)
            problem = "it overlaps what lies below";
        if (!problem.empty())
            return "region " + std::to_string(i) + ": " + problem;
        end = regions[i].base + regions[i].decode;
    }
    return "";
}

/* Attributes of a region stand in the entry that has its handle. */
status linux_host::read_cdat()
{
    const status s = m_host.read_cdat();

    if (!s.ok())
        tell(s.problem);
    for (const memory_range &range : m_host.cdat())
        if (m_up && range.handle == m_host.dc().regions[0].dsmad)
            m_sharable = (range.flags & DCD_DSMAS_SHARABLE) != 0;
    return {};
}

bool linux_host::wants_features() const
{
    return m_host.supports(DCD_OP_GET_SUPPORTED_FEATURES) &&
           m_host.supports(DCD_OP_GET_FEATURE);
}

/* A device without features may refuse to list them. */
status linux_host::read_features()
{
    const feature_count count = count_features(m_host);
    std::vector<dcd_supported_feature> features;

    if (!count.answer.ok() || count.supported == 0)
        return {};
    const response answer = get_supported_features(
        m_host, count.supported, m_host.payload_size(), features);
    if (!answer.ok())
        tell("Get Supported Features: " + answer.text(), false);
    return {};
}

bool linux_host::wants_firmware() const
{
    return m_host.supports(DCD_OP_GET_FW_INFO);
}

status linux_host::read_firmware()
{
    const response answer = m_host.command(DCD_OP_GET_FW_INFO, {});

    return {answer.ok() ? "" : "Get FW Info: " + answer.text()};
}

/* Read, to see that no log belongs to firmware; and read back. */
status linux_host::set_interrupt_policy()
{
    status s = m_host.read_interrupt_policy();

    if (s.ok())
        s = m_host.set_interrupt_policy(m_up);
    return s.ok() ? m_host.read_interrupt_policy() : s;
}

/* --- Memory -------------------------------------------------------------- */

status linux_host::program_decoders()
{
    const status s = m_host.enable_cxl_mem();
    return s.ok() ? m_host.program_decoders(m_decoders) : s;
}

/* What outlived a reset, or was accepted before this driver came. */
status linux_host::read_extents()
{
    const extent_list held = get_extent_list(m_host);

    if (!held.answer.ok())
        tell("Get Dynamic Capacity Extent List: " + held.answer.text(), false);
    else
        remember(held.extents);
    return {};
}

} // namespace dcd
