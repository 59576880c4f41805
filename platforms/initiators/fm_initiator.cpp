/* SPDX-License-Identifier: Apache-2.0 */
/* fm_initiator.cpp - CCI messages over a TLM socket. */
#ifndef SC_INCLUDE_DYNAMIC_PROCESSES
#define SC_INCLUDE_DYNAMIC_PROCESSES
#endif
#include <cxldcd/fm_initiator.hpp>

#include "cci_message.hpp"

namespace dcd
{
namespace
{

/* A command that takes longer must run in the background (7.6.3). */
const sc_core::sc_time &response_limit()
{
    static const sc_core::sc_time limit(2, sc_core::SC_SEC);
    return limit;
}

} // namespace

fm_initiator::fm_initiator(sc_core::sc_module_name name)
    : sc_module(name), fm("fm"), irq("irq")
{
}

void fm_initiator::end_of_elaboration()
{
    if (irq.size() == 0)
        return;
    sc_core::sc_spawn_options options;
    options.spawn_method();
    options.dont_initialize();
    options.set_sensitivity(&irq->posedge_event());
    sc_core::sc_spawn([this] { on_interrupt(); }, "on_interrupt", &options);
}

void fm_initiator::on_interrupt()
{
    m_interrupts++;
    m_interrupt.notify();
}

response fm_initiator::command(uint16_t opcode, const bytes &payload)
{
    scoped_lock turn(m_turn);

    if (payload.size() > DCD_CCI_MAX_PAYLOAD)
        return faulty("a CCI message has room for 2 MiB - 1 of payload");
    return exchange(opcode, payload, ++m_tag);
}

response fm_initiator::exchange(uint16_t opcode, const bytes &payload,
                                uint8_t tag)
{
    bytes message = cci_request(tag, opcode, payload);
    const auto status = tlm_access(fm, tlm::TLM_WRITE_COMMAND, 0,
                                   message.data(), message.size());
    if (status != tlm::TLM_OK_RESPONSE)
        return faulty(std::string("the device did not take the message: ") +
                      tlm_status_name(status));
    return fetch(opcode, tag);
}

/* The delay of the first read is what is left of the command's latency. */
response fm_initiator::fetch(uint16_t opcode, uint8_t tag)
{
    const sc_core::sc_time sent = sc_core::sc_time_stamp();
    bytes message(sizeof(dcd_cci_header));
    dcd_cci_header head;
    response answer;

    auto status = tlm_access(fm, tlm::TLM_READ_COMMAND, 0, message.data(),
                             message.size());
    if (status != tlm::TLM_OK_RESPONSE)
        return faulty(std::string("there is no response to read: ") +
                      tlm_status_name(status));
    if (sc_core::sc_time_stamp() - sent > response_limit())
        return faulty("no response within 2 s");
    extract(message, 0, head);
    answer.fault = mismatch(head, opcode, tag);
    answer.code = dcd_get16(head.return_code);
    if (!answer.fault.empty() || dcd_cci_length(&head) == 0)
        return answer;

    message.resize(sizeof(head) + dcd_cci_length(&head));
    status = tlm_access(fm, tlm::TLM_READ_COMMAND, 0, message.data(),
                        message.size());
    if (status != tlm::TLM_OK_RESPONSE)
        return faulty(std::string("the payload could not be read: ") +
                      tlm_status_name(status));
    if (std::memcmp(message.data(), &head, sizeof(head)) != 0)
        return faulty("the response changed while it was read");
    answer.payload.assign(message.begin() + sizeof(head), message.end());
    return answer;
}

} // namespace dcd
