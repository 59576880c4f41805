/* SPDX-License-Identifier: Apache-2.0 */
/* target.hpp - what all sockets of the device do with a generic payload. */
#ifndef CXLDCD_TLM_TARGET_HPP
#define CXLDCD_TLM_TARGET_HPP

#include "shell_context.hpp"

#include <tlm>

namespace dcd
{

using payload = tlm::tlm_generic_payload;

/* What the core's answer is in TLM. */
tlm::tlm_response_status response_of(enum dcd_access access);

/*
 * The rules of IEEE 1666-2011, 14 up to and including the streaming width, in
 * the order command, data, length, byte enables, streaming width. The answer
 * TLM_INCOMPLETE_RESPONSE means that the access goes on; IGNORE gets OK.
 */
tlm::tlm_response_status check_payload(const payload &p);

/* The same for targets that move a message or a register as a whole. */
tlm::tlm_response_status check_whole_payload(const payload &p);

/* A read or write without byte enables and streaming: nothing to check. */
inline bool is_plain(const payload &p)
{
    const unsigned length = p.get_data_length();
    return p.get_byte_enable_ptr() == nullptr && length != 0 &&
           p.get_streaming_width() >= length && p.get_data_ptr() != nullptr &&
           (p.is_read() || p.is_write());
}

/* A target without DMI and debug access; b_transport is its children's. */
class target : public tlm::tlm_fw_transport_if<>
{
public:
    tlm::tlm_sync_enum nb_transport_fw(payload &p, tlm::tlm_phase &phase,
                                       sc_core::sc_time &delay) override;
    bool get_direct_mem_ptr(payload &p, tlm::tlm_dmi &dmi) override;
    unsigned transport_dbg(payload &p) override;
};

} /* namespace dcd */

#endif
