/* SPDX-License-Identifier: Apache-2.0 */
/* mem_target.hpp - a host's memory: reads and writes by HPA, and DMI. */
#ifndef CXLDCD_TLM_MEM_TARGET_HPP
#define CXLDCD_TLM_MEM_TARGET_HPP

#include "target.hpp"

#include <cxldcd/device.hpp>

namespace dcd
{

/* What an access costs, in ps: a latency, and the use of the head's link. */
class link_timing
{
public:
    explicit link_timing(const dcd_config &config);

    bool is_free() const { return m_free; }

    /* From [now] to the end of an access; the link is taken meanwhile. */
    uint64_t cost(uint64_t now, bool write, unsigned length);

private:
    uint64_t transfer(unsigned length) const;

    bool m_free; /* nothing costs anything */
    uint64_t m_read_latency;
    uint64_t m_write_latency;
    uint64_t m_bandwidth;  /* bytes a second, 0: unlimited */
    uint64_t m_busy_until; /* end of the transfers so far */
};

class mem_target final : public target
{
public:
    mem_target(shell_context &context, unsigned head, const dcd_config &config);

    void b_transport(payload &p, sc_core::sc_time &delay) override;
    bool get_direct_mem_ptr(payload &p, tlm::tlm_dmi &dmi) override;
    unsigned transport_dbg(payload &p) override;

    void set_port(bw_port &port) { m_port = &port; }

    /* Takes back the pointers inside [first, last]. */
    void revoke(uint64_t first, uint64_t last);

private:
    enum dcd_access read_or_write(bool write, uint64_t hpa, unsigned char *data,
                                  uint64_t length);
    tlm::tlm_response_status move_enabled(const payload &p);
    enum dcd_access move_beat(const payload &p, unsigned begin, unsigned end);
    void finish(payload &p, sc_core::sc_time &delay);
    bool is_granted(const payload &p) const;

    shell_context &m_context;
    const unsigned m_head;
    link_timing m_timing;
    const sc_core::sc_time m_read_latency;
    const sc_core::sc_time m_write_latency;
    bw_port *m_port;
    bool m_in_dmi; /* get_direct_mem_ptr is under way */

    /* The last grant that is still valid; first > last: none. */
    uint64_t m_granted_first;
    uint64_t m_granted_last;
    bool m_granted_writable;
};

} /* namespace dcd */

#endif
