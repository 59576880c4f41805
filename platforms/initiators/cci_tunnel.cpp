/* SPDX-License-Identifier: Apache-2.0 */
/* cci_tunnel.cpp - requests and responses inside those of 5300h. */
#include <cxldcd/cci_tunnel.hpp>

#include "cci_message.hpp"

#include <cxldcd/ctypes/fm_devices.h>
#include <cxldcd/ctypes/opcode.h>

namespace dcd
{

cci_tunnel::cci_tunnel(cci_port &carrier, uint8_t target, uint8_t id)
    : m_carrier(carrier), m_target(target), m_id(id)
{
}

response cci_tunnel::command(uint16_t opcode, const bytes &payload)
{
    const uint8_t tag = ++m_tag;
    const bytes message = cci_request(tag, opcode, payload);
    dcd_tunnel_req wire{};
    bytes carried;

    m_refusal = DCD_RC_SUCCESS;
    if (message.size() > UINT16_MAX)
        return faulty("a tunnel has room for 64 KiB - 1 with the header");
    wire.id = m_id;
    wire.target = m_target;
    wire.length = dcd_put16(static_cast<uint16_t>(message.size()));
    append(carried, wire);
    carried.insert(carried.end(), message.begin(), message.end());
    const response answer = m_carrier.command(DCD_OP_TUNNEL, carried);
    if (!answer.answered())
        return answer;
    m_refusal = answer.code;
    if (!answer.ok())
        return faulty("the tunnel answered " + answer.text());
    return unwrap(answer.payload, opcode, tag);
}

response cci_tunnel::unwrap(const bytes &carried, uint16_t opcode, uint8_t tag)
{
    const size_t body = sizeof(dcd_tunnel_rsp) + sizeof(dcd_cci_header);
    dcd_tunnel_rsp wire;
    dcd_cci_header head;
    response answer;

    if (!extract(carried, 0, wire) || !extract(carried, sizeof(wire), head))
        return faulty("the tunnel's answer is too short for a response");
    if (dcd_get16(wire.length) != carried.size() - sizeof(wire) ||
        dcd_cci_length(&head) != carried.size() - body)
        return faulty("the lengths in the tunnel's answer do not agree");
    answer.fault = mismatch(head, opcode, tag);
    answer.code = dcd_get16(head.return_code);
    if (answer.ok())
        answer.payload.assign(carried.begin() + body, carried.end());
    return answer;
}

} // namespace dcd
