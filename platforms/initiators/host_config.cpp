/* SPDX-License-Identifier: Apache-2.0 */
/* host_config.cpp - what a driver looks for in configuration space. */
#include "registers.hpp"

#include <algorithm>
#include <cstdio>

namespace dcd
{
namespace
{

/* PCIe 6.0 7.5 and 7.7. */
const unsigned pci_command = 0x04;
const unsigned pci_command_memory_and_master = 0x6;
const unsigned pci_status = 0x06;
const unsigned pci_status_capabilities = 1u << 4;
const unsigned pci_class = 0x08;
const unsigned pci_capabilities = 0x34;
const unsigned pci_msix = 0x11;
const unsigned msix_enable = 1u << 15;
const unsigned msix_function_mask = 1u << 14;

/* Memory, CXL, the interface of CXL r3.1 8.1.12.1. */
const uint64_t class_cxl_memory = 0x050210;

/* Where x86 hosts take messages. */
const uint32_t msi_address = 0xfee00000;

/* Low half of an entry of the Register Locator, CXL r3.1 8.1.9.1. */
const unsigned locator_entries = 0x0c;
const uint64_t locator_bar = 0x7;
const uint64_t locator_offset = 0xffff0000;
const unsigned block_component = 1;
const unsigned block_device = 3;

/* Range size low, CXL r3.1 8.1.3.8.2. */
const uint64_t range_info_valid = 1u << 0;
const uint64_t range_active = 1u << 1;
const uint64_t range_size = 0xf0000000;

std::string hexadecimal(const char *format, uint64_t value)
{
    char text[32];

    std::snprintf(text, sizeof(text), format,
                  static_cast<unsigned long long>(value));
    return text;
}

/* Memory_Active_Timeout, 15:13. */
sc_core::sc_time active_limit(uint64_t low)
{
    static const unsigned seconds[] = {1, 4, 16, 64, 256};
    const size_t code = std::min<size_t>((low >> 13) & 7, 4);

    return sc_core::sc_time(seconds[code], sc_core::SC_SEC);
}

} // namespace

/* 0: the list of 7.5.1.1.11 has no such capability. */
uint64_t host_initiator::find_capability(registers &r, unsigned id)
{
    uint64_t at = 0;

    if (r.read(pci_status, 2) & pci_status_capabilities)
        at = r.read(pci_capabilities, 1) & 0xfc;
    /* As many as there is room for: a list that bites its tail ends, too. */
    for (unsigned i = 0; at != 0 && i < 48; i++) {
        const uint64_t head = r.read(at, 2);
        if ((head & 0xff) == id)
            return at;
        at = (head >> 8) & 0xfc;
    }
    return 0;
}

/* The first at [from] or behind it; 0: none. */
uint64_t host_initiator::find_extended(registers &r, unsigned id, uint64_t from)
{
    uint64_t at = from;

    for (unsigned i = 0; at >= DCD_PCI_EXTENDED && i < 480 && r.ok(); i++) {
        const uint64_t head = r.read(at, 4);
        if ((head & 0xffff) == id)
            return at;
        at = (head >> 20) & 0xffc;
    }
    return 0;
}

uint64_t host_initiator::find_dvsec(registers &r, unsigned id)
{
    uint64_t at = find_extended(r, DCD_PCI_DVSEC, DCD_PCI_EXTENDED);

    while (at != 0) {
        if ((r.read(at + DCD_DVSEC_HEADER, 4) & 0xffff) == DCD_DVSEC_VENDOR &&
            r.read(at + DCD_DVSEC_ID, 2) == id)
            return at;
        at = find_extended(r, DCD_PCI_DVSEC, (r.read(at, 4) >> 20) & 0xffc);
    }
    return 0;
}

status host_initiator::enable_function()
{
    registers r(cfg, "configuration space");
    const uint64_t found = r.read(pci_class, 4) >> 8;

    if (r.ok() && found != class_cxl_memory)
        return {"the class code is " + hexadecimal("%06llxh", found) +
                ", not that of a CXL memory device"};
    r.write(pci_command, 2,
            r.read(pci_command, 2) | pci_command_memory_and_master);
    return r.result();
}

status host_initiator::find_cxl_device()
{
    registers r(cfg, "configuration space");

    m_cxl_device = find_dvsec(r, DCD_DVSEC_CXL_DEVICE);
    return r.result();
}

status host_initiator::read_serial()
{
    registers r(cfg, "configuration space");
    const uint64_t at = find_extended(r, DCD_PCI_SERIAL, DCD_PCI_EXTENDED);

    m_serial = 0;
    if (at != 0)
        m_serial = r.read(at + 4, 4) | r.read(at + 8, 4) << 32;
    return r.result();
}

/* One entry of the locator; a sentence when it cannot be reached. */
std::string host_initiator::take_block(registers &r, uint64_t entry)
{
    const uint64_t low = r.read(entry, 4);
    const uint64_t at = (low & locator_offset) | r.read(entry + 4, 4) << 32;
    const auto id = static_cast<unsigned>((low >> 8) & 0xff);

    if (id != block_component && id != block_device)
        return "";
    if ((low & locator_bar) != 0)
        return "register block " + std::to_string(id) +
               " lies in another BAR than 0";
    (id == block_device ? m_device_block : m_component_block) = at;
    m_has_device_block = m_has_device_block || id == block_device;
    return "";
}

status host_initiator::find_register_blocks()
{
    registers r(cfg, "configuration space");
    const uint64_t at = find_dvsec(r, DCD_DVSEC_REGISTER_LOCATOR);
    std::string problem;

    m_has_device_block = false;
    if (r.ok() && at == 0)
        return {"the device has no Register Locator DVSEC"};
    const uint64_t length = r.read(at + DCD_DVSEC_HEADER, 4) >> 20;
    for (uint64_t entry = locator_entries; entry + 8 <= length && r.ok();
         entry += 8)
        if (problem.empty())
            problem = take_block(r, at + entry);
    if (r.ok() && problem.empty() && !m_has_device_block)
        return {"the Register Locator has no CXL device registers"};
    return r.ok() ? status{problem} : r.result();
}

/* Range 1 is always in use, range 2 when HDM_Count says so. */
status host_initiator::wait_range(unsigned range)
{
    registers r(cfg, "configuration space");

    m_ranges[range] = 0;
    if (m_cxl_device == 0)
        return {};
    const uint64_t ranges = (r.read(m_cxl_device + DCD_CXL_CAPABILITY, 2) >>
                             DCD_CXL_CAP_HDM_COUNT_SHIFT) &
                            3;
    if (range >= ranges)
        return r.result();
    const uint64_t at = m_cxl_device + DCD_CXL_RANGE(range);
    uint64_t low = r.read(at + DCD_CXL_RANGE_SIZE_LOW, 4);
    const uint64_t ready = range_info_valid | range_active;
    poll_timer timer(active_limit(low));
    while (r.ok() && (low & ready) != ready && !timer.expired()) {
        timer.pause();
        low = r.read(at + DCD_CXL_RANGE_SIZE_LOW, 4);
    }
    if (r.ok() && (low & ready) != ready)
        return {"range " + std::to_string(range + 1) +
                " of the CXL Device DVSEC did not become active in time"};
    m_ranges[range] =
        r.read(at + DCD_CXL_RANGE_SIZE_HIGH, 4) << 32 | (low & range_size);
    return r.result();
}

status host_initiator::enable_interrupts()
{
    registers r(cfg, "configuration space");
    registers bar(mmio, "BAR offset");
    const uint64_t at = find_capability(r, pci_msix);

    if (!r.ok())
        return r.result();
    if (at == 0)
        return {"the device has no MSI-X capability"};
    const uint64_t table = r.read(at + 4, 4);
    if ((table & 7) != 0)
        return {"the MSI-X table lies in another BAR than 0"};
    unmask_vectors(bar, table);
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

status host_initiator::enable_cxl_mem()
{
    registers r(cfg, "configuration space");

    if (m_cxl_device == 0)
        return {};
    const uint64_t at = m_cxl_device + DCD_CXL_CONTROL;
    r.write(at, 2, r.read(at, 2) | DCD_CXL_MEM_ENABLE);
    return r.result();
}

} // namespace dcd
