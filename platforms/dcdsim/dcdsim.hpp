/* SPDX-License-Identifier: Apache-2.0 */
/* dcdsim.hpp - the program's commands, and what its command line asks for. */
#ifndef CXLDCD_DCDSIM_HPP
#define CXLDCD_DCDSIM_HPP

#include <string>
#include <vector>

namespace dcdsim
{

enum exit_code {
    EXIT_HELD = 0,   /* everything was as expected */
    EXIT_FAILED = 1, /* something that ran was not */
    EXIT_WRONG = 2,  /* command line or a file; nothing ran */
};

enum class verb { none, run, check, describe };

struct options {
    verb command = verb::none;
    bool help = false;
    bool version = false;
    bool check = false;
    bool quiet = false;
    std::string trace; /* empty: none */
    std::vector<std::string> files;

    std::string problem; /* what is wrong with the command line, or empty */
};

options parse(int argc, char **argv);

/* --help, of the program or of one command. */
const char *help_text(verb command);

/* Each prints what it has to say and returns an exit code. */
int run_all(const options &o);
int run_one(const options &o); /* one scenario, from sc_main */
int check(const options &o);
int describe(const options &o);

} // namespace dcdsim

#endif
