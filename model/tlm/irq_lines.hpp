/* SPDX-License-Identifier: Apache-2.0 */
/* irq_lines.hpp - makes pulses on ports out of interrupts. */
#ifndef CXLDCD_TLM_IRQ_LINES_HPP
#define CXLDCD_TLM_IRQ_LINES_HPP

#include <cxldcd/device.hpp>

#include <cstdint>
#include <queue>
#include <vector>

namespace dcd
{

/*
 * An MSI-X interrupt is a message, so that each has to be seen: n of them are
 * n pulses. Between two pulses of a line lies a gap as long as a pulse. The
 * ports are written by one process alone, the owner's, which calls step()
 * whenever event() occurs; the signals behind them may insist on one writer.
 */
class irq_lines
{
public:
    /* [pulse] is read whenever a line rises; it outlives the lines. */
    explicit irq_lines(const sc_core::sc_time &pulse) : m_pulse(pulse) {}

    void add(irq_port &port) { m_lines.push_back({&port}); }
    unsigned count() const { return static_cast<unsigned>(m_lines.size()); }

    /* An interrupt on [line] at [when], which may lie in the future. */
    void raise(unsigned line, const sc_core::sc_time &when);

    const sc_core::sc_event &event() const { return m_event; }
    void step();

private:
    struct line_state {
        irq_port *port;
        bool level = false;
        uint64_t waiting = 0;        /* interrupts without a pulse so far */
        sc_core::sc_time until = {}; /* the level stays */
    };

    struct interrupt {
        sc_core::sc_time when;
        unsigned line;

        bool operator>(const interrupt &other) const
        {
            return when > other.when;
        }
    };

    void collect(const sc_core::sc_time &now);
    void advance(line_state &l, const sc_core::sc_time &now);
    void arm();

    const sc_core::sc_time &m_pulse;
    sc_core::sc_event m_event;
    std::vector<line_state> m_lines;
    std::priority_queue<interrupt, std::vector<interrupt>,
                        std::greater<interrupt>>
        m_future;
};

} /* namespace dcd */

#endif
