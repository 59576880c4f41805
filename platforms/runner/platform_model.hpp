/* SPDX-License-Identifier: Apache-2.0 */
/* platform_model.hpp - a platform description come to life: modules, bound. */
#ifndef CXLDCD_RUNNER_PLATFORM_MODEL_HPP
#define CXLDCD_RUNNER_PLATFORM_MODEL_HPP

#include <cxldcd/device.hpp>
#include <cxldcd/fm_initiator.hpp>
#include <cxldcd/host_initiator.hpp>
#include <cxldcd/linux_host.hpp>
#include <cxldcd/runner.hpp>

#include <memory>
#include <vector>

namespace dcd
{

/* A host and the wires between it and its head. */
class host_model : public sc_core::sc_module
{
public:
    host_initiator initiator;
    std::unique_ptr<linux_host> linux_driver; /* policy="linux" only */

    host_model(sc_core::sc_module_name name, const dcd_platform_host &host,
               device &target);

    /* The platform's decoders; by the driver when there is one. */
    status boot();

private:
    const dcd_platform_host &m_host;
    sc_core::sc_vector<sc_core::sc_signal<bool>> m_irq;
    sc_core::sc_signal<bool> m_rst;
};

/* A fabric manager and its interrupt wire. */
class fm_model : public sc_core::sc_module
{
public:
    fm_initiator initiator;

    fm_model(sc_core::sc_module_name name, device &target);

private:
    sc_core::sc_signal<bool> m_irq;
};

class platform_model : public sc_core::sc_module
{
public:
    platform_model(sc_core::sc_module_name name, const dcd_platform &platform,
                   const run_options &options);

    /* The trace must not be written after its file is closed. */
    ~platform_model() override;

    host_model &host(int index) { return *m_hosts.at(size_t(index)); }
    fm_model &fm(int index) { return *m_fms.at(size_t(index)); }
    size_t host_count() const { return m_hosts.size(); }

    /* Of all devices, counted with config.check. */
    uint64_t violations();

private:
    void add_device(const dcd_platform_device &description,
                    const run_options &options);

    std::vector<std::unique_ptr<device>> m_devices;
    std::vector<std::unique_ptr<host_model>> m_hosts;
    std::vector<std::unique_ptr<fm_model>> m_fms;
};

} // namespace dcd

#endif
