/* SPDX-License-Identifier: Apache-2.0 */
/* host_boot.cpp - what a driver does before a device can be used. */
#include "registers.hpp"

#include <cxldcd/ctypes/generic.h>
#include <cxldcd/ctypes/opcode.h>

#include <algorithm>

namespace dcd
{
namespace
{

/* Device capabilities, CXL r3.1 8.2.8.2. */
const unsigned capability_mailbox = 0x0002;
const unsigned capability_memory_device = 0x4000;

/* Configuration space, PCIe 6.0 7.5 and 7.7. */
const unsigned pci_command = 0x04;
const unsigned pci_command_memory_and_master = 0x6;
const unsigned pci_status = 0x06;
const unsigned pci_status_capabilities = 1u << 4;
const unsigned pci_capabilities = 0x34;
const unsigned pci_capability_msix = 0x11;
const unsigned msix_enable = 1u << 15;
const unsigned msix_function_mask = 1u << 14;
const unsigned pci_extended = 0x100;
const unsigned pci_extended_dvsec = 0x23;
const unsigned cxl_vendor = 0x1e98;
const unsigned dvsec_control = 0x0c;
const unsigned dvsec_mem_enable = 1u << 2;

/* Where x86 hosts take messages. */
const uint32_t msi_address = 0xfee00000;

/* 2026-01-01 in ns since 1970: runs must repeat, so it is not the day's. */
const uint64_t epoch = UINT64_C(1767225600000000000);

sc_core::sc_time ready_limit()
{
    return sc_core::sc_time(2, sc_core::SC_SEC);
}

} // namespace

status host_initiator::boot(const std::vector<decoder> &decoders)
{
    status s = find_registers();

    if (s.ok())
        s = wait_ready();
    if (s.ok())
        s = enable_device();
    if (s.ok())
        s = read_command_effects();
    if (s.ok())
        s = set_timestamp();
    if (s.ok())
        s = set_interrupt_policy();
    if (s.ok())
        s = read_interrupt_policy();
    if (s.ok())
        s = program_decoders(decoders);
    if (s.ok())
        s = read_dc_config();
    return s;
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
    const uint64_t at = DCD_BAR_DEVICE + 16 * (index + 1);
    const uint64_t id = r.read(at, 2);
    const uint64_t offset = r.read(at + 4, 4);
    const uint64_t length = r.read(at + 8, 4);

    if (!r.ok())
        return r.result();
    if (offset >= DCD_BAR_DEVICE_SIZE || length > DCD_BAR_DEVICE_SIZE - offset)
        return {"a device capability lies outside the device registers"};
    if (id == capability_mailbox)
        m_mailbox = DCD_BAR_DEVICE + offset;
    if (id == capability_memory_device)
        m_memory_device = DCD_BAR_DEVICE + offset;
    return {};
}

status host_initiator::find_registers()
{
    registers r(mmio, "BAR offset");
    const uint64_t array = r.read(DCD_BAR_DEVICE, 8);
    const auto count = static_cast<unsigned>((array >> 32) & 0xffff);

    m_mailbox = m_memory_device = 0;
    for (unsigned i = 0; i < count; i++) {
        const status s = find_device_capability(r, i);
        if (!s.ok())
            return s;
    }
    if (!r.ok())
        return r.result();
    if (m_mailbox == 0 || m_memory_device == 0)
        return {"the device has no mailbox or no memory device status"};

    const uint64_t caps = r.read(m_mailbox + DCD_MBOX_CAPABILITIES, 4);
    m_payload_size = size_t{1} << (caps & DCD_MBOX_CAP_SIZE_MASK);
    if (r.ok() && (m_payload_size < DCD_MBOX_MIN_PAYLOAD ||
                   m_payload_size > DCD_MBOX_MAX_PAYLOAD))
        return {"the mailbox payload is not 256 bytes to 1 MiB"};
    return r.result();
}

status host_initiator::wait_ready()
{
    registers r(mmio, "BAR offset");
    const uint64_t ready = DCD_MEMDEV_MEDIA_READY | DCD_MEMDEV_MAILBOX_READY;
    poll_timer timer(ready_limit());

    while ((r.read(m_memory_device, 8) & ready) != ready) {
        if (!r.ok())
            return r.result();
        if (timer.expired())
            return {"mailbox or media were not ready after 2 s"};
        timer.pause();
    }
    return r.result();
}

status host_initiator::enable_device()
{
    registers r(cfg, "configuration space");

    r.write(pci_command, 2,
            r.read(pci_command, 2) | pci_command_memory_and_master);
    enable_cxl_mem(r);
    return r.ok() ? enable_msix() : r.result();
}

/* Mem_Enable of the CXL Device DVSEC (id 0), CXL r3.1 8.1.3.2. */
void host_initiator::enable_cxl_mem(registers &r)
{
    uint64_t at = pci_extended;

    for (unsigned i = 0; at >= pci_extended && i < 64 && r.ok(); i++) {
        const uint64_t head = r.read(at, 4);
        if ((head & 0xffff) == pci_extended_dvsec &&
            (r.read(at + 4, 4) & 0xffff) == cxl_vendor &&
            r.read(at + 8, 2) == 0)
            return r.write(at + dvsec_control, 2,
                           r.read(at + dvsec_control, 2) | dvsec_mem_enable);
        at = (head >> 20) & ~UINT64_C(3);
    }
}

status host_initiator::enable_msix()
{
    registers r(cfg, "configuration space");
    registers bar(mmio, "BAR offset");
    uint64_t at = 0;

    if (r.read(pci_status, 2) & pci_status_capabilities)
        at = r.read(pci_capabilities, 1) & ~UINT64_C(3);
    for (unsigned i = 0; at != 0 && i < 48; i++) {
        const uint64_t head = r.read(at, 4);
        if ((head & 0xff) == pci_capability_msix)
            break;
        at = (head >> 8) & 0xfc;
    }
    if (!r.ok() || at == 0)
        return r.ok() ? status{"the device has no MSI-X capability"}
                      : r.result();
    unmask_vectors(bar, r.read(at + 4, 4) & ~UINT64_C(7));
    r.write(at + 2, 2,
            (r.read(at + 2, 2) | msix_enable) & ~uint64_t{msix_function_mask});
    return bar.ok() ? r.result() : bar.result();
}

/* Vectors come masked out of reset (PCIe 6.0 7.7.2). */
void host_initiator::unmask_vectors(registers &r, uint64_t table)
{
    for (unsigned v = 0; v < DCD_MSIX_VECTORS; v++) {
        const uint64_t entry = table + uint64_t{v} * DCD_MSIX_ENTRY_SIZE;
        r.write(entry, 4, msi_address);
        r.write(entry + 4, 4, 0);
        r.write(entry + 8, 4, v);
        r.write(entry + DCD_MSIX_VECTOR_CONTROL, 4, 0);
    }
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
status host_initiator::set_interrupt_policy()
{
    const size_t n = supports_dynamic_capacity() ? 5 : 4;
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

status host_initiator::reset()
{
    const sc_core::sc_time pulse(100, sc_core::SC_NS);

    if (rst.size() == 0)
        return {"the reset line is not connected"};
    rst->write(true);
    sc_core::wait(pulse);
    rst->write(false);
    sc_core::wait(pulse);
    m_decoders.fill({});
    m_mailbox = 0;
    return {};
}

} // namespace dcd
