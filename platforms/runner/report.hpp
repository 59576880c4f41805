/* SPDX-License-Identifier: Apache-2.0 */
/* report.hpp - the lines that a run prints, and how many expectations held. */
#ifndef CXLDCD_RUNNER_REPORT_HPP
#define CXLDCD_RUNNER_REPORT_HPP

#include <cxldcd/cci_commands.hpp>
#include <cxldcd/runner.hpp>

#include <string>
#include <vector>

namespace dcd
{

/* What a step did and what about it was not as expected. */
class outcome
{
public:
    explicit outcome(const dcd_step &step) : m_step(step) {}

    const dcd_step &step() const { return m_step; }

    /* One clause for the step's line; several are put side by side. */
    void say(const std::string &text) { m_text += text; }
    /* " (128 MiB at region0+0, ...)", as many as the line has room for. */
    void say_extents(const dcd_platform_device &device,
                     const std::vector<dcd::extent> &extents);

    /* Notes the problem unless [condition]; [line] 0: that of the step. */
    bool expect(bool condition, const std::string &problem, long line = 0);
    void fail(const std::string &problem, long line = 0);

    const std::string &text() const { return m_text; }
    const std::vector<std::string> &problems() const { return m_problems; }

private:
    const dcd_step &m_step;
    std::string m_text;
    std::vector<std::string> m_problems;
};

class report
{
public:
    report(const dcd_scenario &scenario, const run_options &options);

    /* A step has ended at the present simulated time. */
    void step(const std::string &actor, const outcome &o);

    /* What happens outside the steps: booting, and hosts on their own. */
    void aside(const std::string &actor, const std::string &text, bool ok);

    void summary(const run_result &result);

    unsigned steps() const { return m_steps; }
    unsigned failed() const { return m_failed; }

private:
    void line(const std::string &actor, const std::string &text,
              const char *verdict);

    const dcd_scenario &m_scenario;
    const run_options m_options;
    int m_actor_width;
    unsigned m_steps = 0;
    unsigned m_failed = 0;
};

} // namespace dcd

#endif
