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
 * From a successful probe on it serves its event logs whenever an interrupt
 * says that one of them has something. docs/dcdsim.md lists what of the real
 * driver is left out.
 */
#ifndef CXLDCD_LINUX_HOST_HPP
#define CXLDCD_LINUX_HOST_HPP

#include <cxldcd/host_initiator.hpp>

#include <functional>

namespace dcd
{

/* What a probe came to for dynamic capacity. */
enum class dynamic_capacity {
    absent,  /* the device lacks one of 4800h-4803h */
    refused, /* the driver does not use what the device has */
    enabled,
};

class linux_host : public sc_core::sc_module
{
public:
    linux_host(sc_core::sc_module_name name, host_initiator &host);

    /*
     * The driver's probe order, ending with all logs drained and the extents
     * read that the device says it holds already. What the driver refuses of
     * dynamic capacity does not fail the probe, as in Linux: it stays off, and
     * dynamic_capacity_problem() has the reason.
     */
    status probe(const std::vector<decoder> &decoders);

    /* --- What the last probe found out ---------------------------------- */

    /* Names of its steps in their order; those that the device gave no reason
     * for are left out. docs/scenarios.md lists them. */
    const std::vector<std::string> &steps() const { return m_steps; }
    dynamic_capacity state() const;
    const std::string &dynamic_capacity_problem() const { return m_refused; }
    uint64_t volatile_size() const { return m_volatile; } /* bytes */
    uint64_t persistent_size() const { return m_persistent; }
    /* Whether region 0 is sharable, as the CDAT says. */
    bool sharable() const { return m_sharable; }

    /* What it has accepted and not given back. */
    const std::vector<extent> &accepted() const { return m_accepted; }

    /* Waits until it has nothing to do, 2 s at most; false: it still has. */
    bool settle();

    /* Told of everything it does, one sentence each; false: it failed. */
    using observer = std::function<void(const std::string &what, bool ok)>;
    void set_observer(observer o) { m_observer = std::move(o); }

private:
    /* linux_probe.cpp; what is [wanted] depends on the steps before. */
    struct step {
        const char *name;
        bool (linux_host::*wanted)() const; /* NULL: always */
        status (linux_host::*run)();
    };
    static const step probe_order[];

    bool wants_timestamp() const;
    bool wants_poison() const;
    bool wants_partitions() const { return m_partitionable; }
    bool wants_dynamic_capacity() const;
    bool wants_features() const;
    bool wants_firmware() const;
    bool wants_extents() const { return m_up; }
    status enable_function();
    status find_cxl_device();
    status read_serial();
    status find_registers();
    status wait_media_ready();
    status enable_interrupts();
    status wait_mailbox_ready();
    status wait_doorbell();
    status read_payload_size();
    status read_command_effects();
    status set_timestamp();
    status read_poison();
    status identify();
    status read_partitions();
    status read_dc_config();
    status read_cdat();
    status read_features();
    status read_firmware();
    status set_interrupt_policy();
    status program_decoders();
    status drain_logs();
    status read_extents();
    void forget();
    void refuse(const std::string &why);
    std::string partition_problem() const;

    void serve();
    void wait_for_work();
    uint64_t interrupts() const;
    void drain_waiting();
    bool drain(uint8_t log);
    void handle(const event_record &record);
    void stage(const event_record &record);
    void answer_staged();
    void drop_staged(const char *why);
    void take_group(std::vector<extent> group, std::vector<extent> &answer);
    int partition_of(const extent &e) const;
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
    sc_core::sc_event_or_list m_wakes; /* what may be work */
    sc_core::sc_event m_idle_event;
    bool m_idle = true;
    std::vector<decoder> m_decoders; /* of the probe that runs */
    std::vector<std::string> m_steps;
    bool m_serving = false; /* logs are served */
    bool m_up = false;      /* and so is dynamic capacity */
    std::string m_refused;  /* why dynamic capacity is off */
    bool m_partitionable = false;
    uint64_t m_volatile = 0; /* static capacity, bytes */
    uint64_t m_persistent = 0;
    bool m_sharable = false;
    uint64_t m_seen = 0; /* interrupts handled, of all logs */
    std::vector<extent> m_staged;
    bool m_overrun = false; /* the staged chain is longer than allowed */
    std::vector<extent> m_accepted;
};

} // namespace dcd

#endif
