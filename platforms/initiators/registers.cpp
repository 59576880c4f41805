/* SPDX-License-Identifier: Apache-2.0 */
/* registers.cpp - little-endian registers behind a TLM socket. */
#include "registers.hpp"

#include <cxldcd/ctypes/le.h>

#include <cinttypes>
#include <cstdio>

namespace dcd
{

void host_initiator::registers::transfer(tlm::tlm_command command,
                                         uint64_t offset, void *data,
                                         size_t size)
{
    char text[120];

    if (!ok())
        return;
    const auto status = tlm_access(m_socket, command, offset, data, size);
    if (status == tlm::TLM_OK_RESPONSE)
        return;
    std::snprintf(text, sizeof(text),
                  "%s of %zu bytes at %s %06" PRIx64 "h: %s",
                  command == tlm::TLM_READ_COMMAND ? "read" : "write", size,
                  m_space, offset, tlm_status_name(status));
    m_fault = text;
}

uint64_t host_initiator::registers::read(uint64_t offset, size_t width)
{
    uint8_t raw[8] = {};

    transfer(tlm::TLM_READ_COMMAND, offset, raw, width);
    return ok() ? dcd_load_le(raw, width) : 0;
}

void host_initiator::registers::write(uint64_t offset, size_t width,
                                      uint64_t value)
{
    uint8_t raw[8];

    dcd_store_le(raw, width, value);
    transfer(tlm::TLM_WRITE_COMMAND, offset, raw, width);
}

void host_initiator::registers::read_block(uint64_t offset, bytes &data)
{
    if (!data.empty())
        transfer(tlm::TLM_READ_COMMAND, offset, data.data(), data.size());
}

void host_initiator::registers::write_block(uint64_t offset, const bytes &data)
{
    bytes copy = data; /* TLM takes no pointer to const */

    if (!copy.empty())
        transfer(tlm::TLM_WRITE_COMMAND, offset, copy.data(), copy.size());
}

} // namespace dcd
