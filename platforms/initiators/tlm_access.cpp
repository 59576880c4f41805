/* SPDX-License-Identifier: Apache-2.0 */
/* tlm_access.cpp - names of TLM answers, and patience. */
#include <cxldcd/tlm_access.hpp>

#include <algorithm>

namespace dcd
{

const char *tlm_status_name(tlm::tlm_response_status status)
{
    switch (status) {
    case tlm::TLM_OK_RESPONSE:
        return "ok";
    case tlm::TLM_ADDRESS_ERROR_RESPONSE:
        return "address-error";
    case tlm::TLM_BURST_ERROR_RESPONSE:
        return "burst-error";
    case tlm::TLM_GENERIC_ERROR_RESPONSE:
        return "generic-error";
    case tlm::TLM_COMMAND_ERROR_RESPONSE:
        return "command-error";
    case tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE:
        return "byte-enable-error";
    case tlm::TLM_INCOMPLETE_RESPONSE:
        break;
    }
    return "no answer";
}

poll_timer::poll_timer(const sc_core::sc_time &limit)
    : m_end(sc_core::sc_time_stamp() + limit), m_step(100, sc_core::SC_NS)
{
}

sc_core::sc_time poll_timer::next()
{
    const sc_core::sc_time now = sc_core::sc_time_stamp();
    const sc_core::sc_time left =
        m_end > now ? m_end - now : sc_core::SC_ZERO_TIME;
    const sc_core::sc_time step = std::min(m_step, left);

    m_step = std::min(m_step + m_step, sc_core::sc_time(100, sc_core::SC_US));
    return step;
}

void poll_timer::pause()
{
    sc_core::wait(next());
}

void poll_timer::pause(const sc_core::sc_event &event)
{
    sc_core::wait(next(), event);
}

} // namespace dcd
