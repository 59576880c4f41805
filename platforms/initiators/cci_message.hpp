/* SPDX-License-Identifier: Apache-2.0 */
/* cci_message.hpp - messages with a header in front (CXL r3.1 7.6.3). */
#ifndef CXLDCD_INITIATORS_CCI_MESSAGE_HPP
#define CXLDCD_INITIATORS_CCI_MESSAGE_HPP

#include <cxldcd/cci_port.hpp>
#include <cxldcd/ctypes/cci.h>

namespace dcd
{

/* Header and payload of a request. */
inline bytes cci_request(uint8_t tag, uint16_t opcode, const bytes &payload)
{
    bytes message;

    append(message,
           dcd_cci_request(tag, opcode, static_cast<uint32_t>(payload.size())));
    message.insert(message.end(), payload.begin(), payload.end());
    return message;
}

/* Empty when [head] answers the request ([opcode], [tag]). */
inline std::string mismatch(const dcd_cci_header &head, uint16_t opcode,
                            uint8_t tag)
{
    if ((head.category & DCD_CCI_CATEGORY_MASK) != DCD_CCI_RESPONSE)
        return "the message read is not a response";
    if (head.tag != tag)
        return "the response has tag " + std::to_string(head.tag) +
               ", the request had " + std::to_string(tag);
    if (dcd_get16(head.opcode) != opcode)
        return "the response is for another opcode";
    return "";
}

} // namespace dcd

#endif
