/* SPDX-License-Identifier: Apache-2.0 */
/* platform_model.cpp - devices, hosts and managers, and what joins them. */
#include "platform_model.hpp"

namespace dcd
{

host_model::host_model(sc_core::sc_module_name name,
                       const dcd_platform_host &host, device &target)
    : sc_module(name), initiator("initiator"), m_host(host),
      m_irq("irq", DCD_MSIX_VECTORS), m_rst("rst")
{
    auto &head = target.head[host.head];

    initiator.mem.bind(head.mem);
    initiator.mmio.bind(head.mmio);
    initiator.cfg.bind(head.cfg);
    for (size_t v = 0; v < m_irq.size(); v++) {
        head.irq[v].bind(m_irq[v]);
        initiator.irq[v].bind(m_irq[v]);
    }
    initiator.rst.bind(m_rst);
    head.rst.bind(m_rst);
    if (host.policy == DCD_HOST_LINUX)
        linux_driver = std::make_unique<linux_host>("linux", initiator);
}

status host_model::boot()
{
    std::vector<decoder> decoders;

    for (unsigned i = 0; i < m_host.decoder_count; i++) {
        const dcd_platform_decoder &d = m_host.decoders[i];
        decoders.push_back(
            {d.base, d.size, d.skip, d.ways, d.granularity, false});
    }
    return linux_driver ? linux_driver->probe(decoders)
                        : initiator.boot(decoders);
}

fm_model::fm_model(sc_core::sc_module_name name, device &target)
    : sc_module(name), initiator("initiator"), m_irq("irq")
{
    initiator.fm.bind(target.fm);
    target.fm_irq.bind(m_irq);
    initiator.irq.bind(m_irq);
}

platform_model::platform_model(sc_core::sc_module_name name,
                               const dcd_platform &platform,
                               const run_options &options)
    : sc_module(name)
{
    for (unsigned i = 0; i < platform.device_count; i++)
        add_device(platform.devices[i], options);
    for (unsigned i = 0; i < platform.host_count; i++) {
        const dcd_platform_host &h = platform.hosts[i];
        m_hosts.push_back(
            std::make_unique<host_model>(h.id, h, *m_devices.at(h.device)));
    }
    for (unsigned i = 0; i < platform.fm_count; i++) {
        const dcd_platform_fm &f = platform.fms[i];
        m_fms.push_back(
            std::make_unique<fm_model>(f.id, *m_devices.at(f.device)));
    }
}

platform_model::~platform_model()
{
    for (auto &d : m_devices)
        d->set_trace(nullptr, nullptr);
}

void platform_model::add_device(const dcd_platform_device &description,
                                const run_options &options)
{
    dcd_config config = description.config;

    config.check = config.check || options.check;
    m_devices.push_back(std::make_unique<device>(description.id, config));
    if (options.trace == nullptr)
        return;
    const dcd_trace_sink sink =
        dcd_trace_csv_sink(options.trace, description.id);
    m_devices.back()->set_trace(sink.record, sink.context);
}

uint64_t platform_model::violations()
{
    uint64_t sum = 0;

    for (auto &d : m_devices)
        sum += dcd_device_violations(d->core());
    return sum;
}

} // namespace dcd
