/* SPDX-License-Identifier: Apache-2.0 */
/* host_boot.cpp - what a driver does before a device can be used. */
#include "registers.hpp"

#include <cxldcd/ctypes/generic.h>
#include <cxldcd/ctypes/opcode.h>

#include <algorithm>
#include <functional>

namespace dcd
{
namespace
{

/* Device capabilities, CXL r3.1 8.2.8.2. */
const unsigned capability_device_status = 0x0001;
const unsigned capability_mailbox = 0x0002;
const unsigned capability_memory_device = 0x4000;

/* 2026-01-01 in ns since 1970: runs must repeat, so it is not the day's. */
const uint64_t epoch = UINT64_C(1767225600000000000);

sc_core::sc_time ready_limit()
{
    return sc_core::sc_time(2, sc_core::SC_SEC);
}

} // namespace

status host_initiator::boot(const std::vector<decoder> &decoders)
{
    const std::function<status()> steps[] = {
        [this] { return enable_function(); },
        [this] { return find_cxl_device(); },
        [this] { return find_register_blocks(); },
        [this] { return find_registers(); },
        [this] { return wait_media_ready(); },
        [this] { return wait_mailbox_ready(); },
        [this] { return enable_interrupts(); },
        [this] { return read_command_effects(); },
        [this] { return set_timestamp(); },
        [this] { return set_interrupt_policy(supports_dynamic_capacity()); },
        [this] { return read_interrupt_policy(); },
        [this] { return enable_cxl_mem(); },
        [&] { return program_decoders(decoders); },
        [this] { return read_dc_config(); },
    };

    for (const auto &step : steps) {
        const status s = step();
        if (!s.ok())
            return s;
    }
    return {};
}

bool host_initiator::supports_dynamic_capacity() const
{
    /* All four, or it is no DCD (CXL r3.2 9.13.3). */
    return supports(DCD_OP_GET_DC_CONFIG) &&
           supports(DCD_OP_GET_DC_EXTENT_LIST) &&
           supports(DCD_OP_ADD_DC_RESPONSE) && supports(DCD_OP_RELEASE_DC);
}

status host_initiator::find_device_capability(registers &r, unsigned index)
{
    const uint64_t at = m_device_block + 16 * (index + 1);
    const uint64_t id = r.read(at, 2);
    const uint64_t offset = r.read(at + 4, 4);
    const uint64_t length = r.read(at + 8, 4);

    if (!r.ok())
        return r.result();
    if (offset >= DCD_BAR_DEVICE_SIZE || length > DCD_BAR_DEVICE_SIZE - offset)
        return {"a device capability lies outside the device registers"};
    if (id == capability_device_status)
        m_device_status = m_device_block + offset;
    if (id == capability_mailbox)
        m_mailbox = m_device_block + offset;
    if (id == capability_memory_device)
        m_memory_device = m_device_block + offset;
    return {};
}

status host_initiator::find_capabilities()
{
    registers r(mmio, "BAR offset");
    const uint64_t array = r.read(m_device_block, 8);
    const auto count = static_cast<unsigned>((array >> 32) & 0xffff);

    m_device_status = m_mailbox = m_memory_device = 0;
    for (unsigned i = 0; i < count; i++) {
        const status s = find_device_capability(r, i);
        if (!s.ok())
            return s;
    }
    if (r.ok() && (m_mailbox == 0 || m_memory_device == 0))
        return {"the device has no mailbox or no memory device status"};
    return r.result();
}

status host_initiator::read_payload_size()
{
    registers r(mmio, "BAR offset");
    const uint64_t caps = r.read(m_mailbox + DCD_MBOX_CAPABILITIES, 4);

    m_payload_size = size_t{1} << (caps & DCD_MBOX_CAP_SIZE_MASK);
    if (r.ok() && (m_payload_size < DCD_MBOX_MIN_PAYLOAD ||
                   m_payload_size > DCD_MBOX_MAX_PAYLOAD))
        return {"the mailbox payload is not 256 bytes to 1 MiB"};
    return r.result();
}

status host_initiator::find_registers()
{
    const status s = find_capabilities();
    return s.ok() ? read_payload_size() : s;
}

status host_initiator::wait_status(uint64_t bit, const char *what)
{
    registers r(mmio, "BAR offset");
    poll_timer timer(ready_limit());

    while ((r.read(m_memory_device, 8) & bit) == 0) {
        if (!r.ok())
            return r.result();
        if (timer.expired())
            return {std::string(what) + " not ready after 2 s"};
        timer.pause();
    }
    return r.result();
}

status host_initiator::wait_mailbox_ready()
{
    return wait_status(DCD_MEMDEV_MAILBOX_READY, "the mailbox was");
}

status host_initiator::wait_media_ready()
{
    for (unsigned range = 0; range < m_ranges.size(); range++) {
        const status s = wait_range(range);
        if (!s.ok())
            return s;
    }
    registers r(mmio, "BAR offset");
    const uint64_t media =
        (r.read(m_memory_device, 8) >> DCD_MEMDEV_MEDIA_SHIFT) & 3;
    /* Disabled media (a sanitize that failed) wait for the next sanitize: a
     * driver has to come up for that. */
    if (media == DCD_MEDIA_NOT_READY)
        return wait_status(3u << DCD_MEMDEV_MEDIA_SHIFT, "the media were");
    return r.result();
}

uint32_t host_initiator::event_status()
{
    registers r(mmio, "BAR offset");

    return m_device_status == 0
               ? 0
               : static_cast<uint32_t>(r.read(m_device_status, 4));
}

status host_initiator::read_command_effects()
{
    const response logs = command(DCD_OP_GET_SUPPORTED_LOGS, {});
    dcd_supported_logs_rsp head{};
    dcd_supported_log log;

    if (!logs.ok())
        return {"Get Supported Logs: " + logs.text()};
    extract(logs.payload, 0, head);
    for (unsigned i = 0; i < dcd_get16(head.count); i++)
        if (extract(logs.payload, sizeof(head) + i * sizeof(log), log) &&
            dcd_uuid_equal(&log.log, &dcd_uuid_command_effects_log))
            return take_effects_log(dcd_get32(log.size));
    return {"the device has no Command Effects Log"};
}

status host_initiator::take_effects_log(uint32_t size)
{
    m_opcodes.clear();
    for (uint32_t at = 0; at < size;) {
        dcd_get_log_req request{};
        const auto n =
            static_cast<uint32_t>(std::min<size_t>(size - at, m_payload_size));
        bytes payload;
        request.log = dcd_uuid_command_effects_log;
        request.offset = dcd_put32(at);
        request.length = dcd_put32(n);
        append(payload, request);
        const response part = command(DCD_OP_GET_LOG, payload);
        if (!part.ok() || part.payload.size() != n)
            return {"Get Log: " + (part.ok() ? "short answer" : part.text())};
        dcd_cel_entry entry;
        for (size_t i = 0; extract(part.payload, i, entry); i += sizeof(entry))
            m_opcodes.insert(dcd_get16(entry.opcode));
        at += n;
    }
    return {};
}

status host_initiator::set_timestamp()
{
    dcd_timestamp now{};
    bytes payload;

    if (!supports(DCD_OP_SET_TIMESTAMP))
        return {};
    now.ns = dcd_put64(
        epoch + static_cast<uint64_t>(sc_core::sc_time_stamp() /
                                      sc_core::sc_time(1, sc_core::SC_NS)));
    append(payload, now);
    const response answer = command(DCD_OP_SET_TIMESTAMP, payload);
    return {answer.ok() ? "" : "Set Timestamp: " + answer.text()};
}

/* The fifth byte came with dynamic capacity; older devices take four. */
status host_initiator::set_interrupt_policy(bool dynamic_capacity)
{
    const size_t n = dynamic_capacity ? 5 : 4;
    const response answer =
        command(DCD_OP_SET_INTERRUPT_POLICY, bytes(n, DCD_INTERRUPT_MSI));

    return {answer.ok() ? "" : "Set Event Interrupt Policy: " + answer.text()};
}

status host_initiator::read_interrupt_policy()
{
    const response answer = command(DCD_OP_GET_INTERRUPT_POLICY, {});

    if (!answer.ok())
        return {"Get Event Interrupt Policy: " + answer.text()};
    for (size_t i = 0; i < DCD_LOG_COUNT && i < answer.payload.size(); i++) {
        const unsigned vector =
            answer.payload[i] >> DCD_INTERRUPT_MESSAGE_SHIFT;
        const unsigned mode = answer.payload[i] & DCD_INTERRUPT_MODE_MASK;
        if (mode == DCD_INTERRUPT_MSI && vector < DCD_MSIX_VECTORS)
            m_vectors[i] = vector;
    }
    return {};
}

status host_initiator::read_dc_config()
{
    m_dc = dcd::dc_config();
    if (!supports_dynamic_capacity())
        return {};
    m_dc = dcd::get_dc_config(*this);
    return {m_dc.answer.ok()
                ? ""
                : "Get Dynamic Capacity Configuration: " + m_dc.answer.text()};
}

} // namespace dcd
