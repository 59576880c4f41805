/* SPDX-License-Identifier: Apache-2.0 */
/* fm_target.hpp - the fabric manager's port: CCI messages. */
#ifndef CXLDCD_TLM_FM_TARGET_HPP
#define CXLDCD_TLM_FM_TARGET_HPP

#include "target.hpp"

namespace dcd
{

/* A write is a request, a read its response; the address means nothing. */
class fm_target final : public target
{
public:
    explicit fm_target(shell_context &context) : m_context(context) {}

    void b_transport(payload &p, sc_core::sc_time &delay) override;

private:
    tlm::tlm_response_status request(const payload &p);
    void wait_for_response(sc_core::sc_time &delay);

    shell_context &m_context;
};

} /* namespace dcd */

#endif
