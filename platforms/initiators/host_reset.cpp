/* SPDX-License-Identifier: Apache-2.0 */
/* host_reset.cpp - the three ways in which a host resets its head. */
#include "registers.hpp"

#include <algorithm>

namespace dcd
{
namespace
{

/* PCI Express capability, PCIe 6.0 7.5.3. */
const unsigned pci_express = 0x10;
const unsigned device_capabilities = 0x04;
const uint64_t function_reset_capable = 1u << 28;
const unsigned device_control = 0x08;
const uint64_t initiate_function_reset = 1u << 15;

/* Status2 of the CXL Device DVSEC, CXL r3.1 8.1.3.5. */
const uint64_t cxl_reset_error = 1u << 2;

/* CXL_Reset_Timeout, CXL r3.1 8.1.3.1, with as much again for the answer. */
sc_core::sc_time reset_limit(uint64_t capability)
{
    static const double ms[] = {10, 100, 1000, 10000, 100000};
    const size_t code = std::min<size_t>(
        (capability >> DCD_CXL_CAP_RESET_TIMEOUT_SHIFT) & 7, 4);

    return sc_core::sc_time(2 * ms[code], sc_core::SC_MS);
}

} // namespace

status host_initiator::reset(reset_kind kind, bool clear)
{
    status done;

    switch (kind) {
    case reset_kind::conventional:
        done = pulse_reset();
        break;
    case reset_kind::cxl:
        done = cxl_reset(clear);
        break;
    case reset_kind::function_level:
        done = function_reset();
        break;
    }
    if (!done.ok())
        return done;
    forget_decoders(kind);
    m_mailbox = 0;
    return {};
}

/* A CXL reset leaves locked decoders as they are (CXL r3.1 9.7). */
void host_initiator::forget_decoders(reset_kind kind)
{
    if (kind == reset_kind::function_level)
        return;
    for (committed_decoder &c : m_decoders)
        if (kind == reset_kind::conventional || !c.d.lock)
            c = {};
}

status host_initiator::pulse_reset()
{
    const sc_core::sc_time pulse(100, sc_core::SC_NS);

    if (rst.size() == 0)
        return {"the reset line is not connected"};
    rst->write(true);
    sc_core::wait(pulse);
    rst->write(false);
    sc_core::wait(pulse);
    return {};
}

/* CXL r3.1 9.7: both bits at once, then wait for the completion. */
status host_initiator::cxl_reset(bool clear)
{
    registers r(cfg, "configuration space");
    const uint64_t at = find_dvsec(r, DCD_DVSEC_CXL_DEVICE);

    if (!r.ok())
        return r.result();
    if (at == 0)
        return {"the device has no CXL Device DVSEC"};
    const uint64_t capability = r.read(at + DCD_CXL_CAPABILITY, 2);
    if ((capability & DCD_CXL_CAP_RESET) == 0)
        return {"the device is not capable of a CXL reset"};
    if (clear && (capability & DCD_CXL_CAP_RESET_MEM_CLEAR) == 0)
        return {"the device cannot clear memory in a CXL reset"};
    const uint64_t control =
        r.read(at + DCD_CXL_CONTROL2, 2) & ~uint64_t{DCD_CXL_RESET_MEM_CLEAR};
    r.write(at + DCD_CXL_CONTROL2, 2,
            control | DCD_CXL_INITIATE_RESET |
                (clear ? DCD_CXL_RESET_MEM_CLEAR : 0));
    poll_timer timer(reset_limit(capability));
    for (;;) {
        const uint64_t now = r.read(at + DCD_CXL_STATUS2, 2);
        if (!r.ok() || (now & DCD_CXL_RESET_COMPLETE))
            return r.result();
        if (now & cxl_reset_error)
            return {"the device could not be reset"};
        if (timer.expired())
            return {"the CXL reset was not completed in time"};
        timer.pause();
    }
}

/* PCIe 6.0 6.6.2: the function has 100 ms before it is touched again. */
status host_initiator::function_reset()
{
    registers r(cfg, "configuration space");
    const uint64_t at = find_capability(r, pci_express);

    if (!r.ok())
        return r.result();
    if (at == 0 ||
        (r.read(at + device_capabilities, 4) & function_reset_capable) == 0)
        return {"the device is not capable of a function level reset"};
    r.write(at + device_control, 2,
            r.read(at + device_control, 2) | initiate_function_reset);
    sc_core::wait(sc_core::sc_time(100, sc_core::SC_MS));
    return r.result();
}

} // namespace dcd
