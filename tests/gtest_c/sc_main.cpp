/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sc_main.cpp - runs tests inside a SystemC simulation context.
 *
 * libsystemc.so has a main of its own. It would win over one that lies in an
 * archive such as gtest_main, call an sc_main that nobody wrote for testing,
 * and report success for zero tests. So main lies here, in an object that is
 * given to the linker by itself.
 */
#include "gtest_c.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <systemc>

/* A warning of SystemC in a test is a defect of the model or of the test. */
static void warnings_are_failures(const sc_core::sc_report &report,
                                  const sc_core::sc_actions &actions)
{
    if (report.get_severity() == sc_core::SC_WARNING)
        ADD_FAILURE() << sc_core::sc_report_compose_message(report);
    sc_core::sc_report_handler::default_handler(report, actions);
}

int sc_main(int argc, char **argv)
{
    sc_core::sc_report_handler::set_handler(warnings_are_failures);
    return c_test_main(argc, argv);
}

int main(int argc, char **argv)
{
    /* The banner would hide the first lines of a failure. */
    setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
    return sc_core::sc_elab_and_sim(argc, argv);
}
