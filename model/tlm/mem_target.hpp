/* SPDX-License-Identifier: Apache-2.0 */
/* mem_target.hpp - a host's memory: reads and writes by HPA, and DMI. */
#ifndef CXLDCD_TLM_MEM_TARGET_HPP
#define CXLDCD_TLM_MEM_TARGET_HPP

#include "target.hpp"

#include <cxldcd/device.hpp>

namespace dcd
{

/* A head's link to its host: the accesses of limited bandwidth queue. */
class host_link
{
public:
    /* [bandwidth]: bytes a second, 0: unlimited. */
    explicit host_link(uint64_t bandwidth) : m_bandwidth(bandwidth) {}

    bool is_unlimited() const { return m_bandwidth == 0; }

    /* How long [length] bytes take from [now] on, queueing included; ps. */
    uint64_t carry(uint64_t now, unsigned length);

private:
    uint64_t transfer(unsigned length) const;

    uint64_t m_bandwidth;
    uint64_t m_busy_until = 0; /* ps, end of the transfers so far */
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
    /* An access that moved its bytes; one that met poison did, too. */
    struct outcome {
        tlm::tlm_response_status status;
        bool is_poisoned;
    };

    enum dcd_access read_or_write(bool write, uint64_t hpa, unsigned char *data,
                                  uint64_t length);
    static outcome outcome_of(enum dcd_access access);
    outcome move_enabled(const payload &p);
    enum dcd_access move_beat(const payload &p, unsigned begin, unsigned end);
    void finish(payload &p, sc_core::sc_time &delay);
    void take_time(const payload &p, sc_core::sc_time &delay);
    bool is_direct(const payload &p) const;

    shell_context &m_context;
    const unsigned m_head;
    host_link m_link;
    const bool m_is_free; /* no access takes time */
    const sc_core::sc_time m_read_latency;
    const sc_core::sc_time m_write_latency;
    bw_port *m_port;
    bool m_in_dmi; /* get_direct_mem_ptr is under way */

    /* A success means that memory is there, and not only that its absence
     * was passed over (config.unbacked_...). */
    const bool m_reads_fail;
    const bool m_writes_fail;
};

} /* namespace dcd */

#endif
