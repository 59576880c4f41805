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

/* What is left of the command's latency, in ps. */
uint64_t fm_target::response(payload &p)
{
    return dcd_device_fm_response(m_context.core, p.get_data_ptr(),
                                  p.get_data_length());
}

void fm_target::b_transport(payload &p, sc_core::sc_time &delay)
{
    tlm::tlm_response_status status = check_whole_payload(p);
    uint64_t left = 0;
    if (status == tlm::TLM_INCOMPLETE_RESPONSE) {
        at_delay now(m_context, delay);
        if (p.is_write()) {
            status = request(p);
        } else {
            left = response(p);
            status = tlm::TLM_OK_RESPONSE;
        }
    }
    p.set_response_status(status);
    delay += m_context.scale.to_time(left);
}

} /* namespace dcd */
