/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main.cpp - where dcdsim starts: once as itself, and once more for every
 * scenario, inside the SystemC kernel of a child process.
 *
 * libsystemc has a main of its own, so this one has to be in an object that is
 * linked by itself (not in an archive).
 */
#include "dcdsim.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <systemc>
#include <unistd.h>

#ifndef CXLDCD_VERSION
#error "CXLDCD_VERSION, the project's version, comes from the build"
#endif

namespace
{

/* One line on stderr; what SystemC merely mentions is not worth one. */
void report_line(const sc_core::sc_report &report,
                 const sc_core::sc_actions &actions)
{
    const bool error = report.get_severity() >= sc_core::SC_ERROR;

    if (report.get_severity() != sc_core::SC_INFO)
        std::fprintf(stderr, "dcdsim: %s: %s (%s)\n",
                     error ? "error" : "warning", report.get_msg(),
                     report.get_msg_type());
    sc_core::sc_report_handler::default_handler(
        report, actions & ~sc_core::sc_actions(sc_core::SC_DISPLAY));
}

int print_version()
{
    std::printf("dcdsim %s\nmodels CXL 4.0 (also 3.0, 3.1, 3.2)\nSystemC %s\n",
                CXLDCD_VERSION, sc_core::sc_release());
    return dcdsim::EXIT_HELD;
}

int complain(const dcdsim::options &o)
{
    std::fprintf(stderr, "dcdsim: %s; see dcdsim --help\n", o.problem.c_str());
    return dcdsim::EXIT_WRONG;
}

/*
 * An installed dcdsim has its schemas beside it, wherever it was moved to. Who
 * sets CXLDCD_SCHEMA_DIR wants others.
 */
void find_installed_schemas()
{
    std::string path(4096, '\0');
    const ssize_t size = readlink("/proc/self/exe", &path[0], path.size());

    if (size <= 0)
        return;
    path.resize(static_cast<size_t>(size));
    path = path.substr(0, path.rfind('/')) + "/../share/cxldcd/schema";
    if (access((path + "/platform.xsd").c_str(), R_OK) == 0)
        setenv("CXLDCD_SCHEMA_DIR", path.c_str(), 0);
}

} // namespace

/* In a child: the command line of one scenario (see run_all). */
int sc_main(int argc, char **argv)
{
    sc_core::sc_report_handler::set_handler(report_line);
    try {
        return dcdsim::run_one(dcdsim::parse(argc, argv));
    } catch (const sc_core::sc_report &) {
        return dcdsim::EXIT_FAILED; /* report_line has told already */
    } catch (const std::exception &e) {
        std::fprintf(stderr, "dcdsim: error: %s\n", e.what());
        return dcdsim::EXIT_FAILED;
    }
}

int main(int argc, char **argv)
{
    const dcdsim::options o = dcdsim::parse(argc, argv);

    find_installed_schemas();
    setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
    /* Whole lines, so that a scenario that crashes loses none. */
    std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
    if (!o.problem.empty())
        return complain(o);
    if (o.help)
        return std::fputs(dcdsim::help_text(o.command), stdout), 0;
    if (o.version)
        return print_version();
    switch (o.command) {
    case dcdsim::verb::check:
        return dcdsim::check(o);
    case dcdsim::verb::describe:
        return dcdsim::describe(o);
    default:
        return dcdsim::run_all(o);
    }
}
