/* SPDX-License-Identifier: Apache-2.0 */
/* register_target.cpp - a host's way to BAR 0 and to configuration space. */
#include "register_target.hpp"

namespace dcd
{

const register_space mmio_space = {dcd_device_mmio_read, dcd_device_mmio_write};
const register_space config_space = {dcd_device_config_read,
                                     dcd_device_config_write};

enum dcd_access register_target::move(payload &p)
{
    const uint64_t offset = p.get_address();
    unsigned char *data = p.get_data_ptr();
    const unsigned length = p.get_data_length();

    if (p.is_write())
        return m_space.write(m_context.core, m_head, offset, data, length);
    return m_space.read(m_context.core, m_head, offset, data, length);
}

void register_target::b_transport(payload &p, sc_core::sc_time &delay)
{
    tlm::tlm_response_status status = check_whole_payload(p);
    if (status == tlm::TLM_INCOMPLETE_RESPONSE) {
        at_delay now(m_context, delay);
        status = response_of(move(p));
    }
    p.set_response_status(status);
}

/*
 * A debugger's look is no step of the host: the trace does not show it. What
 * is due by now runs before, because that belongs into the trace.
 */
unsigned register_target::transport_dbg(payload &p)
{
    if (!p.is_read() || !p.get_data_ptr() || p.get_data_length() == 0)
        return 0;
    at_delay now(m_context, sc_core::SC_ZERO_TIME);
    dcd_device_wake(m_context.core);
    if (m_context.trace)
        dcd_device_set_trace(m_context.core, nullptr, nullptr);
    const enum dcd_access access = move(p);
    if (m_context.trace)
        dcd_device_set_trace(m_context.core, m_context.trace,
                             m_context.trace_context);
    return access == DCD_ACCESS_OK ? p.get_data_length() : 0;
}

} /* namespace dcd */
