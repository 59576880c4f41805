/* SPDX-License-Identifier: Apache-2.0 */
/*
 * linux_bench.hpp - a device, a Linux host and a fabric manager, and what went
 * between them.
 */
#ifndef CXLDCD_TESTS_TLM_LINUX_BENCH_HPP
#define CXLDCD_TESTS_TLM_LINUX_BENCH_HPP

#include "script.hpp"

#include <cxldcd/device.hpp>
#include <cxldcd/fm_initiator.hpp>
#include <cxldcd/host_initiator.hpp>
#include <cxldcd/linux_host.hpp>

#include <cinttypes>
#include <cstdio>
#include <set>
#include <string>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <vector>

/* --- Devices ------------------------------------------------------------- */

inline dcd_config base_config()
{
    dcd_config c;
    dcd_config_init(&c);
    c.serial = 0x123456789;
    c.check = true;
    return c;
}

inline dcd_config static_only()
{
    dcd_config c = base_config();
    c.static_volatile = 256 * DCD_MIB;
    c.static_persistent = 512 * DCD_MIB;
    c.static_partitionable = 256 * DCD_MIB;
    return c;
}

inline dcd_config mixed()
{
    dcd_config c = base_config();
    c.static_volatile = 512 * DCD_MIB;
    c.region_count = 2;
    for (unsigned i = 0; i < 2; i++) {
        c.regions[i].length = DCD_GIB;
        c.regions[i].block_size = 2 * DCD_MIB;
    }
    return c;
}

inline dcd_config dynamic_only()
{
    dcd_config c = base_config();
    c.region_count = 1;
    c.regions[0].length = 2 * DCD_GIB;
    c.regions[0].block_size = 2 * DCD_MIB;
    c.regions[0].attributes = DCD_REGION_ATTR_SHARABLE;
    c.sharable_release = DCD_SHARABLE_RELEASE_EXTENT;
    return c;
}

/* Between a host and configuration space: what reads give can be changed. */
class config_filter : public sc_core::sc_module
{
public:
    tlm_utils::simple_target_socket<config_filter> in;
    tlm_utils::simple_initiator_socket<config_filter> out;
    std::function<void(uint64_t at, uint8_t *data, size_t size)> change;

    explicit config_filter(sc_core::sc_module_name name)
        : sc_module(name), in("in"), out("out")
    {
        in.register_b_transport(this, &config_filter::transport);
    }

    /* The byte at [at] reads as [value]. */
    void pretend(uint64_t at, uint8_t value)
    {
        const auto before = change;
        change = [=](uint64_t from, uint8_t *data, size_t size) {
            if (before)
                before(from, data, size);
            if (at >= from && at < from + size)
                data[at - from] = value;
        };
    }

private:
    void transport(tlm::tlm_generic_payload &trans, sc_core::sc_time &delay)
    {
        out->b_transport(trans, delay);
        if (trans.is_read() && change)
            change(trans.get_address(), trans.get_data_ptr(),
                   trans.get_data_length());
    }
};

struct linux_bench {
    dcd::device device;
    config_filter filter{"filter"};
    dcd::host_initiator host{"host"};
    dcd::linux_host driver{"driver", host};
    dcd::fm_initiator manager{"manager"};
    sc_core::sc_vector<sc_core::sc_signal<bool>> irq{"irq", DCD_MSIX_VECTORS};
    sc_core::sc_signal<bool> rst{"rst"};
    std::vector<dcd_trace_record> trace;

    explicit linux_bench(const dcd_config &config) : device("device", config)
    {
        host.mem.bind(device.head[0].mem);
        host.mmio.bind(device.head[0].mmio);
        host.cfg.bind(filter.in);
        filter.out.bind(device.head[0].cfg);
        for (size_t v = 0; v < irq.size(); v++) {
            device.head[0].irq[v].bind(irq[v]);
            host.irq[v].bind(irq[v]);
        }
        host.rst.bind(rst);
        device.head[0].rst.bind(rst);
        manager.fm.bind(device.fm);
        device.set_trace(
            [](void *context, const dcd_trace_record *record) {
                static_cast<linux_bench *>(context)->trace.push_back(*record);
            },
            this);
    }

    ~linux_bench()
    {
        device.set_trace(nullptr, nullptr);
        EXPECT_EQ(0u, dcd_device_violations(device.core()));
    }

    /* One decoder over all there is. */
    void probe()
    {
        EXPECT_EQ("", driver.probe({{4 * DCD_GIB, 3 * DCD_GIB}}).problem);
    }

    void offer(const std::vector<dcd::extent> &list)
    {
        dcd::add_request add;
        add.policy = DCD_ADD_PRESCRIPTIVE;
        add.extents = list;
        EXPECT_EQ("success", dcd::initiate_add(manager, add).text());
        sc_core::wait(1, sc_core::SC_MS);
        EXPECT_TRUE(driver.settle());
    }

    void ask_for(const dcd::extent &e)
    {
        dcd::release_request release;
        release.policy = DCD_RELEASE_PRESCRIPTIVE;
        release.extents = {e};
        EXPECT_EQ("success", dcd::initiate_release(manager, release).text());
        sc_core::wait(1, sc_core::SC_MS);
        EXPECT_TRUE(driver.settle());
    }

    /* Addresses of what the device says the host has, in MiB, rising. */
    std::set<uint64_t> held()
    {
        std::set<uint64_t> dpas;
        for (const auto &e : dcd::get_extent_list(host).extents)
            dpas.insert(e.dpa / DCD_MIB);
        return dpas;
    }

    /* Opcodes of the head's commands, with the bytes of their input. */
    std::vector<std::string> commands() const
    {
        std::vector<std::string> list;
        for (const dcd_trace_record &r : trace) {
            char text[32];
            if (r.kind != DCD_TRACE_COMMAND || r.head != 0)
                continue;
            std::snprintf(text, sizeof(text), "%04x:%" PRIu64, r.opcode,
                          r.length);
            list.push_back(text);
            EXPECT_EQ(DCD_RC_SUCCESS, r.status) << text;
        }
        return list;
    }
};

inline dcd_uuid uuid(uint8_t first)
{
    dcd_uuid u{};
    u.b[0] = first;
    return u;
}

inline dcd::extent piece(uint64_t dpa, uint64_t mib, uint8_t tag = 0,
                         uint16_t sequence = 0)
{
    return {dpa, mib * DCD_MIB, tag != 0 ? uuid(tag) : dcd_uuid{}, sequence};
}

#endif
