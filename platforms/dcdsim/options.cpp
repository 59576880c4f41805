/* SPDX-License-Identifier: Apache-2.0 */
/* options.cpp - the command line, and the help that explains it. */
#include "dcdsim.hpp"

#include <cstring>

namespace dcdsim
{
namespace
{

const struct {
    verb command;
    const char *name;
    const char *help;
} verbs[] = {
    {verb::run, "run",
     "usage: dcdsim run [--check] [--trace FILE.csv] [--quiet] "
     "SCENARIO.xml...\n"
     "\n"
     "Runs scenarios, each in a process of its own, one after the other. All\n"
     "files are read and checked before the first one starts.\n"
     "\n"
     "  --check           verify the device's invariants after every command\n"
     "  --trace FILE.csv  write what the devices do, a row a record; with\n"
     "                    several scenarios FILE-<scenario name>.csv each\n"
     "  --quiet           print failed steps and summaries only\n"
     "\n"
     "exit code: 0 all expectations held, 1 some did not (or a scenario\n"
     "crashed, or an invariant was violated), 2 wrong usage or a wrong "
     "file.\n"},
    {verb::check, "check",
     "usage: dcdsim check FILE.xml...\n"
     "\n"
     "Reads platforms and scenarios and says what is wrong with them, as\n"
     "file:line: message. Nothing is run.\n"
     "\n"
     "exit code: 0 nothing is wrong, 2 something is.\n"},
    {verb::describe, "describe",
     "usage: dcdsim describe PLATFORM.xml\n"
     "\n"
     "Prints a platform: devices and their regions, what each host reaches\n"
     "through its decoders, and where the registers lie.\n"
     "\n"
     "exit code: 0, or 2 for a wrong file.\n"},
};

const char *const usage =
    "usage: dcdsim COMMAND [OPTIONS] FILE...\n"
    "\n"
    "A CXL Dynamic Capacity Device in simulation.\n"
    "\n"
    "  dcdsim run SCENARIO.xml...     run scenarios and judge them\n"
    "  dcdsim check FILE.xml...       look for mistakes in XML files\n"
    "  dcdsim describe PLATFORM.xml   print the memory map of a platform\n"
    "  dcdsim COMMAND --help          more about one of them\n"
    "  dcdsim --version\n";

bool take_verb(options &o, const char *word)
{
    for (const auto &v : verbs) {
        if (std::strcmp(v.name, word) == 0) {
            o.command = v.command;
            return true;
        }
    }
    return false;
}

/* "--trace FILE" and "--trace=FILE"; [i] moves over a value of its own. */
bool take_trace(options &o, int argc, char **argv, int &i)
{
    const char *word = argv[i];

    if (std::strncmp(word, "--trace=", 8) == 0)
        o.trace = word + 8;
    else if (std::strcmp(word, "--trace") != 0)
        return false;
    else if (i + 1 < argc)
        o.trace = argv[++i];
    if (o.trace.empty())
        o.problem = "--trace needs a file name";
    return true;
}

bool take_option(options &o, const char *word)
{
    const bool run = o.command == verb::run;

    if (std::strcmp(word, "--help") == 0 || std::strcmp(word, "-h") == 0)
        o.help = true;
    else if (std::strcmp(word, "--version") == 0 && o.command == verb::none)
        o.version = true;
    else if (run && std::strcmp(word, "--check") == 0)
        o.check = true;
    else if (run && std::strcmp(word, "--quiet") == 0)
        o.quiet = true;
    else
        return false;
    return true;
}

void take_word(options &o, int argc, char **argv, int &i, bool &only_files)
{
    const char *word = argv[i];
    const bool option = !only_files && word[0] == '-' && word[1] != '\0';

    if (option && std::strcmp(word, "--") == 0)
        only_files = true;
    else if (option && o.command == verb::run && take_trace(o, argc, argv, i))
        return;
    else if (option && take_option(o, word))
        return;
    else if (option)
        o.problem = std::string("unknown option ") + word;
    else if (o.command != verb::none)
        o.files.push_back(word);
    else if (!take_verb(o, word))
        o.problem = std::string("unknown command ") + word;
}

std::string missing(const options &o)
{
    if (o.command == verb::none)
        return "no command was given";
    if (o.files.empty())
        return "no file was given";
    if (o.command == verb::describe && o.files.size() > 1)
        return "describe takes one platform";
    return "";
}

} // namespace

options parse(int argc, char **argv)
{
    options o;
    bool only_files = false;

    for (int i = 1; i < argc && o.problem.empty(); i++)
        take_word(o, argc, argv, i, only_files);
    if (o.problem.empty() && !o.help && !o.version)
        o.problem = missing(o);
    return o;
}

const char *help_text(verb command)
{
    for (const auto &v : verbs)
        if (v.command == command)
            return v.help;
    return usage;
}

} // namespace dcdsim
