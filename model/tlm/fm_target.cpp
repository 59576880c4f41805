/* SPDX-License-Identifier: Apache-2.0 */
/* fm_target.cpp - the fabric manager's port: CCI messages. */
#include "fm_target.hpp"

namespace dcd
{

/* Only what is too short to have a header is refused here. */
tlm::tlm_response_status fm_target::request(const payload &p)
{
    return dcd_device_fm_request(m_context.core, p.get_data_ptr(),
                                 p.get_data_length())
               ? tlm::TLM_OK_RESPONSE
               : tlm::TLM_GENERIC_ERROR_RESPONSE;
}

/*
 * The answer is wanted before the command's time has come: the rest of its
 * latency becomes the caller's delay, and the command runs at that time.
 */
void fm_target::wait_for_response(sc_core::sc_time &delay)
{
    at_delay now(m_context, delay);
    delay += m_context.scale.to_time(dcd_device_fm_latency(m_context.core));
}

void fm_target::b_transport(payload &p, sc_core::sc_time &delay)
{
    tlm::tlm_response_status status = check_whole_payload(p);
    if (status == tlm::TLM_INCOMPLETE_RESPONSE) {
        if (p.is_read())
            wait_for_response(delay);
        at_delay now(m_context, delay);
        if (p.is_write()) {
            status = request(p);
        } else {
            dcd_device_fm_response(m_context.core, p.get_data_ptr(),
                                   p.get_data_length());
            status = tlm::TLM_OK_RESPONSE;
        }
    }
    p.set_response_status(status);
}

} /* namespace dcd */
