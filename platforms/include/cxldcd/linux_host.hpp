/* SPDX-License-Identifier: Apache-2.0 */
/*
 * linux_host.hpp - a host that answers by itself, as the Linux driver for
 * dynamic capacity does (the series of 2026).
 *
 *     dcd::host_initiator host("h1");        // bound to a head
 *     dcd::linux_host driver("linux", host);
 *     ...
 *     dcd::status up = driver.probe(decoders);   // in an SC_THREAD
 *
 * From a successful probe on it serves the Dynamic Capacity log whenever its
 * interrupt fires. docs/dcdsim.md lists what of the real driver is left out.
 */
#ifndef CXLDCD_LINUX_HOST_HPP
#define CXLDCD_LINUX_HOST_HPP

#include <cxldcd/host_initiator.hpp>

#include <functional>

namespace dcd
{

class linux_host : public sc_core::sc_module
{
public:
    linux_host(sc_core::sc_module_name name, host_initiator &host);

    /*
     * The driver's probe order, ending with all logs drained. Dynamic
     * capacity stays off, as in Linux, when the device's answer to 4800h
     * fails the driver's checks; dynamic_capacity_problem() has the reason.
     */
    status probe(const std::vector<decoder> &decoders);
    const std::string &dynamic_capacity_problem() const { return m_refused; }

    /* What it has accepted and not given back. */
    const std::vector<extent> &accepted() const { return m_accepted; }

    /* Waits until it has nothing to do, 2 s at most; false: it still has. */
    bool settle();

    /* Told of everything it does, one sentence each; false: it failed. */
    using observer = std::function<void(const std::string &what, bool ok)>;
    void set_observer(observer o) { m_observer = std::move(o); }

private:
    status identify();
    void check_partition();
    void serve();
    void wait_for_work();
    void drain(uint8_t log);
    void handle(const event_record &record);
    void stage(const event_record &record);
    void answer_staged();
    void drop_staged(const char *why);
    void take_group(std::vector<extent> group, std::vector<extent> &answer);
    std::string group_problem(const std::vector<extent> &group) const;
    std::string extent_problem(const extent &e) const;
    bool already_accepted(const extent &e) const;
    void remember(const std::vector<extent> &answer);
    void release(const extent &asked);
    void give_back(const extent &e);
    void tell(const std::string &what, bool ok = true);

    host_initiator &m_host;
    observer m_observer;
    sc_core::sc_event m_probed;
    sc_core::sc_event m_idle_event;
    bool m_idle = true;
    bool m_up = false;
    std::string m_refused;      /* why dynamic capacity is off */
    uint64_t m_static_size = 0; /* DPA where static capacity ends */
    uint64_t m_seen = 0;        /* interrupts handled */
    std::vector<extent> m_staged;
    bool m_overrun = false; /* the staged chain is longer than allowed */
    std::vector<extent> m_accepted;
};

} // namespace dcd

#endif
