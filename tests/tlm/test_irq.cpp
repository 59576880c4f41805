/* SPDX-License-Identifier: Apache-2.0 */
/* test_irq.cpp - interrupts become pulses; a rising rst resets. */
#include "bench.hpp"

#include "../../model/tlm/irq_lines.hpp"

namespace
{

sc_core::sc_time ps(uint64_t n)
{
    return sc_core::sc_time::from_value(n);
}

/* Two lines, of which the second one is not bound. */
class line_bench : public sc_core::sc_module
{
public:
    SC_HAS_PROCESS(line_bench);

    sc_core::sc_time pulse;
    dcd::irq_lines lines;
    dcd::irq_port first, second;
    probe watched;

    explicit line_bench(sc_core::sc_module_name name)
        : sc_core::sc_module(name), pulse(1000, sc_core::SC_PS), lines(pulse),
          first("first"), second("second"), watched("watched")
    {
        lines.add(first);
        lines.add(second);
        first.bind(watched.line);
        SC_METHOD(drive);
        sensitive << lines.event();
        dont_initialize();
        SC_THREAD(thread);
    }

    void run(std::function<void()> body)
    {
        m_body = std::move(body);
        sc_core::sc_start();
    }

private:
    void drive() { lines.step(); }
    void thread() { m_body(); }

    std::function<void()> m_body;
};

using edges = probe::edges;

} /* namespace */

TEST(TlmIrq, a_pulse_is_as_long_as_configured)
{
    line_bench b("lines");
    b.run([&] {
        wait(ps(50));
        b.lines.raise(0, ps(50));
    });
    EXPECT_EQ((edges{{50, true}, {1050, false}}), b.watched.seen);
}

TEST(TlmIrq, a_second_one_inside_the_pulse_pulses_again)
{
    line_bench b("lines");
    b.run([&] {
        b.lines.raise(0, ps(0));
        wait(ps(500));
        b.lines.raise(0, ps(500));
    });
    EXPECT_EQ((edges{{0, true}, {1000, false}, {2000, true}, {3000, false}}),
              b.watched.seen);
}

TEST(TlmIrq, three_at_once_are_three_pulses)
{
    line_bench b("lines");
    b.run([&] {
        for (int i = 0; i < 3; i++)
            b.lines.raise(0, ps(0));
    });
    EXPECT_EQ(6u, b.watched.seen.size());
}

TEST(TlmIrq, rises_at_the_time_of_an_annotated_delay)
{
    line_bench b("lines");
    b.run([&] { b.lines.raise(0, ps(7000)); });
    EXPECT_EQ((edges{{7000, true}, {8000, false}}), b.watched.seen);
}

TEST(TlmIrq, an_earlier_one_does_not_wait_for_a_later_one)
{
    line_bench b("lines");
    b.run([&] {
        b.lines.raise(0, ps(7000));
        b.lines.raise(0, ps(100));
    });
    EXPECT_EQ((edges{{100, true}, {1100, false}, {7000, true}, {8000, false}}),
              b.watched.seen);
}

TEST(TlmIrq, a_pulse_of_length_zero_lasts_a_delta_cycle)
{
    line_bench b("lines");
    b.pulse = sc_core::SC_ZERO_TIME;
    b.run([&] {
        b.lines.raise(0, ps(0));
        b.lines.raise(0, ps(0));
    });
    EXPECT_EQ((edges{{0, true}, {0, false}, {0, true}, {0, false}}),
              b.watched.seen);
}

TEST(TlmIrq, unbound_and_unknown_lines_are_silent)
{
    line_bench b("lines");
    b.run([&] {
        b.lines.raise(1, ps(0));
        b.lines.raise(2, ps(0));
    });
    EXPECT_TRUE(b.watched.seen.empty());
    EXPECT_EQ(sc_core::SC_ZERO_TIME, sc_core::sc_time_stamp());
}

TEST(TlmRst, a_rising_edge_resets_the_head)
{
    sc_core::sc_signal<bool> line("line");
    bench b("bench");
    b.device.head[0].rst.bind(line);
    b.run([&] {
        b.commit_decoder();
        line.write(true);
        wait(ps(1));
        EXPECT_FALSE(b.is_committed());
        b.commit_decoder();
        line.write(false);
        wait(ps(1));
        EXPECT_TRUE(b.is_committed());
    });
}

TEST(TlmRst, another_head_goes_on)
{
    sc_core::sc_signal<bool> line("line");
    dcd_config config = small_config();
    config.heads = 2;
    bench b("bench", config);
    b.device.head[1].rst.bind(line);
    b.run([&] {
        b.commit_decoder();
        line.write(true);
        wait(ps(1));
        EXPECT_TRUE(b.is_committed());
    });
}
