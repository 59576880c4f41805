/* SPDX-License-Identifier: Apache-2.0 */
/* irq_lines.cpp - makes pulses on ports out of interrupts. */
#include "irq_lines.hpp"

#include "time_scale.hpp"

namespace dcd
{

void irq_lines::raise(unsigned line, const sc_core::sc_time &when)
{
    if (line >= m_lines.size() || m_lines[line].port->size() == 0)
        return;
    m_future.push({when, line});
    m_event.notify(time_until(when));
}

void irq_lines::collect(const sc_core::sc_time &now)
{
    while (!m_future.empty() && m_future.top().when <= now) {
        m_lines[m_future.top().line].waiting++;
        m_future.pop();
    }
}

/* One change at most, so that a pulse of length zero lasts a delta cycle. */
void irq_lines::advance(line_state &l, const sc_core::sc_time &now)
{
    if (now < l.until || (!l.level && l.waiting == 0))
        return;
    if (!l.level)
        l.waiting--;
    l.level = !l.level;
    l.until = now + m_pulse;
    (*l.port)->write(l.level);
}

/* A notification that is due earlier replaces a later one, not vice versa. */
void irq_lines::arm()
{
    if (!m_future.empty())
        m_event.notify(time_until(m_future.top().when));
    for (const line_state &l : m_lines) {
        if (l.level || l.waiting)
            m_event.notify(time_until(l.until));
    }
}

void irq_lines::step()
{
    const sc_core::sc_time now = sc_core::sc_time_stamp();
    collect(now);
    for (line_state &l : m_lines)
        advance(l, now);
    arm();
}

} /* namespace dcd */
