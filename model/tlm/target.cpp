/* SPDX-License-Identifier: Apache-2.0 */
/* target.cpp - what all sockets of the device do with a generic payload. */
#include "target.hpp"

#include <algorithm>

namespace dcd
{

tlm::tlm_response_status response_of(enum dcd_access access)
{
    switch (access) {
    case DCD_ACCESS_OK:
        return tlm::TLM_OK_RESPONSE;
    case DCD_ACCESS_WIDTH:
        return tlm::TLM_BURST_ERROR_RESPONSE;
    case DCD_ACCESS_NO_HEAD:
    case DCD_ACCESS_NOT_DECODED:
    case DCD_ACCESS_BEYOND:
    case DCD_ACCESS_NOT_BACKED:
    case DCD_ACCESS_READ_ONLY:
    case DCD_ACCESS_NO_REGISTER:
    case DCD_ACCESS_MEM_DISABLED:
        return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    case DCD_ACCESS_MEDIA_DISABLED:
    case DCD_ACCESS_POISONED:
        return tlm::TLM_GENERIC_ERROR_RESPONSE;
    }
    return tlm::TLM_GENERIC_ERROR_RESPONSE;
}

/* Bytes of the byte enable array that apply to the data. */
static unsigned enables_used(const payload &p)
{
    return std::min(p.get_byte_enable_length(), p.get_data_length());
}

static bool enables_are_valid(const payload &p)
{
    const unsigned char *enable = p.get_byte_enable_ptr();
    if (!enable)
        return true;
    if (p.get_byte_enable_length() == 0)
        return false;
    return std::all_of(enable, enable + enables_used(p), [](unsigned char e) {
        return e == TLM_BYTE_ENABLED || e == TLM_BYTE_DISABLED;
    });
}

static bool enables_are_all_on(const payload &p)
{
    const unsigned char *enable = p.get_byte_enable_ptr();
    return !enable ||
           std::all_of(enable, enable + enables_used(p),
                       [](unsigned char e) { return e == TLM_BYTE_ENABLED; });
}

static bool streaming_is_valid(const payload &p)
{
    const unsigned width = p.get_streaming_width();
    return width != 0 &&
           (width >= p.get_data_length() || p.get_data_length() % width == 0);
}

tlm::tlm_response_status check_payload(const payload &p)
{
    if (p.get_command() == tlm::TLM_IGNORE_COMMAND)
        return tlm::TLM_OK_RESPONSE;
    if (!p.is_read() && !p.is_write())
        return tlm::TLM_COMMAND_ERROR_RESPONSE;
    if (!p.get_data_ptr() || p.get_data_length() == 0)
        return tlm::TLM_GENERIC_ERROR_RESPONSE;
    if (!enables_are_valid(p))
        return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
    if (!streaming_is_valid(p))
        return tlm::TLM_BURST_ERROR_RESPONSE;
    return tlm::TLM_INCOMPLETE_RESPONSE;
}

tlm::tlm_response_status check_whole_payload(const payload &p)
{
    const tlm::tlm_response_status status = check_payload(p);
    if (status == tlm::TLM_OK_RESPONSE ||
        status == tlm::TLM_COMMAND_ERROR_RESPONSE ||
        status == tlm::TLM_GENERIC_ERROR_RESPONSE)
        return status;
    if (!enables_are_all_on(p))
        return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
    if (p.get_streaming_width() < p.get_data_length())
        return tlm::TLM_BURST_ERROR_RESPONSE;
    return status;
}

/*
 * The early completion of the base protocol: the access is done at once, and
 * the time that it takes is in [delay]. BEGIN_RESP and END_REQ are not an
 * initiator's to send. Other phases belong to extended protocols and are
 * ignored, as the standard wants it.
 */
tlm::tlm_sync_enum target::nb_transport_fw(payload &p, tlm::tlm_phase &phase,
                                           sc_core::sc_time &delay)
{
    switch (static_cast<unsigned>(phase)) {
    case tlm::BEGIN_REQ:
        b_transport(p, delay);
        return tlm::TLM_COMPLETED;
    case tlm::END_RESP:
        return tlm::TLM_COMPLETED;
    case tlm::UNINITIALIZED_PHASE:
    case tlm::END_REQ:
    case tlm::BEGIN_RESP:
        p.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
        return tlm::TLM_COMPLETED;
    default:
        return tlm::TLM_ACCEPTED;
    }
}

/*
 * Refused for every address. The standard's way to say that neither reads nor
 * writes are allowed is READ_WRITE, not NONE.
 */
bool target::get_direct_mem_ptr(payload &, tlm::tlm_dmi &dmi)
{
    dmi.set_start_address(0);
    dmi.set_end_address(UINT64_MAX);
    dmi.allow_read_write();
    return false;
}

unsigned target::transport_dbg(payload &)
{
    return 0;
}

} /* namespace dcd */
