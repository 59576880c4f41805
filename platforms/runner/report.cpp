/* SPDX-License-Identifier: Apache-2.0 */
/* report.cpp - one line a step, at most 120 columns wide. */
#include "report.hpp"

#include "text.hpp"

#include <algorithm>
#include <cinttypes>
#include <cstring>
#include <systemc>

namespace dcd
{
namespace
{

const int line_width = 120;
const int time_width = 15;   /* "   12.004 us", and room for a second */
const int verdict_width = 6; /* "FAILED" */
const int gap = 2;
const int widest_actor = 16;

/* What is left for the text of a line. */
int text_width(int actor)
{
    return line_width - time_width - actor - verdict_width - 3 * gap;
}

double now_us()
{
    return sc_core::sc_time_stamp().to_seconds() * 1e6;
}

int actor_width(const dcd_platform &platform)
{
    size_t width = 2;

    for (unsigned i = 0; i < platform.host_count; i++)
        width = std::max(width, std::strlen(platform.hosts[i].id));
    for (unsigned i = 0; i < platform.fm_count; i++)
        width = std::max(width, std::strlen(platform.fms[i].id));
    return static_cast<int>(std::min<size_t>(width, widest_actor));
}

/* A text that is too long is cut in front of what the step came to. */
std::string fitted(const std::string &text, size_t width)
{
    const size_t colon = text.rfind(": ");
    std::string end = "...";

    if (text.size() <= width)
        return text;
    if (colon != std::string::npos && text.size() - colon < width / 2)
        end += text.substr(colon);
    return text.substr(0, width - end.size()) + end;
}

} // namespace

void outcome::say_extents(const dcd_platform_device &device,
                          const std::vector<extent> &extents)
{
    const auto width = static_cast<size_t>(text_width(widest_actor));
    const size_t room = m_text.size() < width ? width - m_text.size() : 0;

    m_text += extents_text(device, extents, room);
}

void outcome::fail(const std::string &problem, long line)
{
    m_problems.push_back(
        format("%s:%ld: ", m_step.file, line != 0 ? line : m_step.line) +
        problem);
}

bool outcome::expect(bool condition, const std::string &problem, long line)
{
    if (!condition)
        fail(problem, line);
    return condition;
}

report::report(const dcd_scenario &scenario, const run_options &options)
    : m_scenario(scenario), m_options(options),
      m_actor_width(actor_width(*scenario.platform))
{
}

void report::line(const std::string &actor, const std::string &text,
                  const char *verdict)
{
    const int width = text_width(m_actor_width);
    const std::string shown = fitted(text, static_cast<size_t>(width));

    if (*verdict == '\0')
        std::fprintf(m_options.out, "%12.3f us  %-*.*s  %s\n", now_us(),
                     m_actor_width, m_actor_width, actor.c_str(),
                     shown.c_str());
    else
        std::fprintf(m_options.out, "%12.3f us  %-*.*s  %-*s  %s\n", now_us(),
                     m_actor_width, m_actor_width, actor.c_str(), width,
                     shown.c_str(), verdict);
}

void report::step(const std::string &actor, const outcome &o)
{
    const bool ok = o.problems().empty();

    m_steps++;
    m_failed += !ok;
    if (ok && m_options.quiet)
        return;
    line(actor, o.text(), ok ? "ok" : "FAILED");
    for (const std::string &problem : o.problems())
        std::fprintf(m_options.out, "%s\n", problem.c_str());
}

void report::aside(const std::string &actor, const std::string &text, bool ok)
{
    if (!ok || !m_options.quiet)
        line(actor, text, ok ? "" : "error");
}

void report::summary(const run_result &result)
{
    FILE *out = m_options.out;
    const char *name = m_scenario.name;
    const std::string failed =
        result.failed == 0 ? "" : format(", %u FAILED", result.failed);

    if (result.booted)
        std::fprintf(out, "%s: %s, %u ok%s (%.3f us simulated)\n", name,
                     counted(result.steps, "step").c_str(),
                     result.steps - result.failed, failed.c_str(), now_us());
    else
        std::fprintf(out, "%s: FAILED, none of its %s executed\n", name,
                     counted(m_scenario.step_count, "step").c_str());
    if (m_options.check)
        std::fprintf(out, "%s: invariants checked after every command, %s\n",
                     name, counted(result.violations, "violation").c_str());
}

} // namespace dcd
