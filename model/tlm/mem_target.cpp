/* SPDX-License-Identifier: Apache-2.0 */
/* mem_target.cpp - a host's memory: reads and writes by HPA, and DMI. */
#include "mem_target.hpp"

#include <algorithm>
#include <cassert>

namespace dcd
{

static constexpr uint64_t ps_per_second = UINT64_C(1000000000000);

uint64_t host_link::transfer(unsigned length) const
{
    __extension__ typedef unsigned __int128 wide;
    const wide product = static_cast<wide>(length) * ps_per_second;
    const wide ps = (product + m_bandwidth - 1) / m_bandwidth;
    return static_cast<uint64_t>(std::min<wide>(ps, UINT64_MAX));
}

uint64_t host_link::carry(uint64_t now, unsigned length)
{
    if (is_unlimited())
        return 0;
    m_busy_until = std::max(now, m_busy_until) + transfer(length);
    return m_busy_until - now;
}

mem_target::mem_target(shell_context &context, unsigned head,
                       const dcd_config &config)
    : m_context(context), m_head(head), m_link(config.bandwidth),
      m_is_free(config.read_latency == 0 && config.write_latency == 0 &&
                config.bandwidth == 0),
      m_read_latency(context.scale.to_time(config.read_latency)),
      m_write_latency(context.scale.to_time(config.write_latency)),
      m_port(nullptr), m_in_dmi(false),
      m_reads_fail(config.unbacked_reads == DCD_UNBACKED_ERROR),
      m_writes_fail(config.unbacked_writes == DCD_UNBACKED_ERROR)
{
}

inline enum dcd_access mem_target::read_or_write(bool write, uint64_t hpa,
                                                 unsigned char *data,
                                                 uint64_t length)
{
    if (write)
        return dcd_device_write(m_context.core, m_head, hpa, data, length);
    return dcd_device_read(m_context.core, m_head, hpa, data, length);
}

mem_target::outcome mem_target::outcome_of(enum dcd_access access)
{
    return {response_of(access), access == DCD_ACCESS_POISONED};
}

void mem_target::b_transport(payload &p, sc_core::sc_time &delay)
{
    outcome done;
    {
        at_delay now(m_context, delay);
        if (is_plain(p))
            done = outcome_of(read_or_write(p.is_write(), p.get_address(),
                                            p.get_data_ptr(),
                                            p.get_data_length()));
        else
            done = move_enabled(p);
    }
    p.set_response_status(done.status);
    if (done.status == tlm::TLM_OK_RESPONSE)
        finish(p, delay);
    else if (done.is_poisoned)
        take_time(p, delay);
    if (poison_extension *const poison = p.get_extension<poison_extension>())
        poison->is_poisoned = done.is_poisoned;
}

/* A successful access; one that moved nothing takes no time. */
inline void mem_target::finish(payload &p, sc_core::sc_time &delay)
{
    p.set_dmi_allowed(is_direct(p));
    if (!m_is_free && p.get_command() != tlm::TLM_IGNORE_COMMAND)
        take_time(p, delay);
}

/* The link carries one access after the other; their latencies overlap. */
void mem_target::take_time(const payload &p, sc_core::sc_time &delay)
{
    if (!m_link.is_unlimited()) {
        const uint64_t now =
            m_context.scale.to_ps(sc_core::sc_time_stamp() + delay);
        delay +=
            m_context.scale.to_time(m_link.carry(now, p.get_data_length()));
    }
    delay += p.is_write() ? m_write_latency : m_read_latency;
}

/*
 * The hint, after a success: get_direct_mem_ptr would grant this access. Where
 * absent memory does not fail, a success does not tell, and there is no hint.
 */
inline bool mem_target::is_direct(const payload &p) const
{
    return (p.is_read() ? m_reads_fail : p.is_write() && m_writes_fail) &&
           dcd_device_is_direct(m_context.core, m_head, p.get_address());
}

static bool moves(enum dcd_access access)
{
    return access == DCD_ACCESS_OK || access == DCD_ACCESS_POISONED;
}

/*
 * With byte enables or streaming: the whole range first, then its parts. Of a
 * poisoned line only bytes that are enabled count.
 */
mem_target::outcome mem_target::move_enabled(const payload &p)
{
    const tlm::tlm_response_status status = check_payload(p);
    if (status != tlm::TLM_INCOMPLETE_RESPONSE)
        return {status, false};
    const unsigned length = p.get_data_length();
    const unsigned width = std::min(p.get_streaming_width(), length);
    const enum dcd_access probed = dcd_device_probe(
        m_context.core, m_head, p.get_address(), width, p.is_write());
    if (!moves(probed))
        return outcome_of(probed);
    enum dcd_access answer = DCD_ACCESS_OK;
    for (unsigned beat = 0; beat < length && moves(answer); beat += width) {
        const enum dcd_access access = move_beat(p, beat, beat + width);
        if (access != DCD_ACCESS_OK)
            answer = access;
    }
    return outcome_of(answer);
}

static bool is_enabled(const payload &p, unsigned i)
{
    const unsigned char *enable = p.get_byte_enable_ptr();
    return !enable ||
           enable[i % p.get_byte_enable_length()] == TLM_BYTE_ENABLED;
}

/* Data bytes [begin, end), which stand for the payload's address onwards. */
enum dcd_access mem_target::move_beat(const payload &p, unsigned begin,
                                      unsigned end)
{
    enum dcd_access answer = DCD_ACCESS_OK;
    for (unsigned first = begin; first < end;) {
        unsigned last = first;
        while (last < end && is_enabled(p, last))
            last++;
        if (last == first) {
            first++;
            continue;
        }
        const enum dcd_access access =
            read_or_write(p.is_write(), p.get_address() + (first - begin),
                          p.get_data_ptr() + first, last - first);
        if (!moves(access))
            return access;
        if (access != DCD_ACCESS_OK)
            answer = access;
        first = last;
    }
    return answer;
}

static bool dmi_access_fits(const payload &p, const dcd_span &span)
{
    return p.is_read() || (p.is_write() && span.writable);
}

/*
 * A refusal names the kind of access that is refused in the range: both
 * kinds, or writing where memory is read-only for this host.
 */
bool mem_target::get_direct_mem_ptr(payload &p, tlm::tlm_dmi &dmi)
{
    dcd_span span = {};
    at_delay now(m_context, sc_core::SC_ZERO_TIME);
    m_in_dmi = true;
    const bool direct =
        dcd_device_dmi(m_context.core, m_head, p.get_address(), &span);
    m_in_dmi = false;

    dmi.set_start_address(span.first);
    dmi.set_end_address(span.last);
    if (!direct || !dmi_access_fits(p, span)) {
        dmi.set_granted_access(direct && p.is_write()
                                   ? tlm::tlm_dmi::DMI_ACCESS_WRITE
                                   : tlm::tlm_dmi::DMI_ACCESS_READ_WRITE);
        return false;
    }
    dmi.set_dmi_ptr(span.data);
    dmi.set_granted_access(span.writable ? tlm::tlm_dmi::DMI_ACCESS_READ_WRITE
                                         : tlm::tlm_dmi::DMI_ACCESS_READ);
    /* The interconnect on the way back adds its own. */
    dmi.set_read_latency(dmi.get_read_latency() + m_read_latency);
    dmi.set_write_latency(dmi.get_write_latency() + m_write_latency);
    return true;
}

void mem_target::revoke(uint64_t first, uint64_t last)
{
    /* The standard forbids the call below from inside the one above. */
    assert(!m_in_dmi);
    if (m_port && m_port->size() > 0)
        (*m_port)->invalidate_direct_mem_ptr(first, last);
}

/*
 * All or nothing: a debugger that gets a part of what it asked for would show
 * the rest of its buffer as memory.
 */
unsigned mem_target::transport_dbg(payload &p)
{
    const unsigned length = p.get_data_length();
    const uint64_t hpa = p.get_address();
    if (!p.get_data_ptr() || length == 0 || (!p.is_read() && !p.is_write()))
        return 0;
    at_delay now(m_context, sc_core::SC_ZERO_TIME);
    if (!moves(dcd_device_probe(m_context.core, m_head, hpa, length,
                                p.is_write())))
        return 0;
    const uint64_t served =
        p.is_write() ? dcd_device_debug_write(m_context.core, m_head, hpa,
                                              p.get_data_ptr(), length)
                     : dcd_device_debug_read(m_context.core, m_head, hpa,
                                             p.get_data_ptr(), length);
    return static_cast<unsigned>(served);
}

} /* namespace dcd */
