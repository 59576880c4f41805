/* SPDX-License-Identifier: Apache-2.0 */
/* runner.cpp - boots the hosts and walks through a scenario. */
#include <cxldcd/runner.hpp>

#include "steps.hpp"
#include "text.hpp"

namespace dcd
{
namespace
{

class conductor : public sc_core::sc_module
{
public:
    SC_HAS_PROCESS(conductor);

    conductor(sc_core::sc_module_name name, const dcd_scenario &scenario,
              const run_options &options)
        : sc_module(name), m_scenario(scenario),
          m_model(scenario.platform->name, *scenario.platform, options),
          m_steps(m_model, *scenario.platform), m_report(scenario, options)
    {
        SC_THREAD(conduct);
    }

    run_result finish();

private:
    void conduct();
    bool boot(unsigned index);
    void settle();
    void watch(unsigned index);
    std::string boot_text(unsigned index);

    const dcd_scenario &m_scenario;
    platform_model m_model;
    steps m_steps;
    report m_report;
    bool m_booted = false;
    bool m_finished = false;
};

/* What a host with a mind of its own does stands between the steps. */
void conductor::watch(unsigned index)
{
    const std::string id = m_scenario.platform->hosts[index].id;
    auto &driver = m_model.host(int(index)).linux_driver;

    if (driver)
        driver->set_observer([this, id](const std::string &what, bool ok) {
            m_report.aside(id, "[linux] " + what, ok);
        });
}

std::string conductor::boot_text(unsigned index)
{
    const host_model &host = m_model.host(int(index));
    const host_initiator &initiator = host.initiator;
    std::string text =
        "booted: mailbox " + size_text(initiator.payload_size()) + ", " +
        counted(m_scenario.platform->hosts[index].decoder_count, "decoder") +
        ", " + counted(initiator.dc().regions.size(), "region") +
        " of dynamic capacity";

    if (!host.linux_driver)
        return text;
    if (!host.linux_driver->dynamic_capacity_problem().empty())
        text += " (off: " + host.linux_driver->dynamic_capacity_problem() + ")";
    return "[linux] " + text;
}

bool conductor::boot(unsigned index)
{
    const char *id = m_scenario.platform->hosts[index].id;

    watch(index);
    const status up = m_model.host(int(index)).boot();
    m_report.aside(id, up.ok() ? boot_text(index) : "no boot: " + up.problem,
                   up.ok());
    return up.ok();
}

/* Hosts that act by themselves may end what they have begun. */
void conductor::settle()
{
    for (size_t i = 0; i < m_model.host_count(); i++) {
        auto &driver = m_model.host(int(i)).linux_driver;
        if (driver)
            driver->settle();
    }
}

void conductor::conduct()
{
    m_booted = true;
    for (unsigned i = 0; i < m_scenario.platform->host_count; i++)
        m_booted = m_booted && boot(i);
    for (unsigned i = 0; m_booted && i < m_scenario.step_count; i++) {
        outcome o(m_scenario.steps[i]);
        m_steps.run(o);
        m_report.step(m_steps.actor_id(m_scenario.steps[i]), o);
    }
    settle();
    m_finished = true;
    sc_core::sc_stop();
}

run_result conductor::finish()
{
    run_result result;

    result.steps = m_report.steps();
    result.failed = m_report.failed();
    result.booted = m_booted;
    result.finished = m_finished;
    result.violations = m_model.violations();
    m_report.summary(result);
    return result;
}

} // namespace

run_result run_scenario(const dcd_scenario &scenario,
                        const run_options &options)
{
    conductor c("run", scenario, options);

    sc_core::sc_start();
    return c.finish();
}

} // namespace dcd
