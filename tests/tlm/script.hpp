/* SPDX-License-Identifier: Apache-2.0 */
/* script.hpp - a function as the only process of a simulation. */
#ifndef CXLDCD_TESTS_TLM_SCRIPT_HPP
#define CXLDCD_TESTS_TLM_SCRIPT_HPP

#include <functional>
#include <gtest/gtest.h>
#include <systemc>
#include <utility>

/* Runs a function in an SC_THREAD, which is where initiators may wait. */
class script : public sc_core::sc_module
{
public:
    SC_HAS_PROCESS(script);

    script(sc_core::sc_module_name name, std::function<void()> body)
        : sc_module(name), m_body(std::move(body))
    {
        SC_THREAD(run);
    }

    /* False: the simulation ended before the function did. */
    bool finished() const { return m_finished; }

private:
    void run()
    {
        m_body();
        m_finished = true;
        sc_core::sc_stop();
    }

    std::function<void()> m_body;
    bool m_finished = false;
};

inline void simulate(std::function<void()> body)
{
    script s("script", std::move(body));
    sc_core::sc_start();
    EXPECT_TRUE(s.finished());
}

#endif
