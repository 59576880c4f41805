/* SPDX-License-Identifier: Apache-2.0 */
/* run.cpp - dcdsim run and check: files first, then a process a scenario. */
#include "dcdsim.hpp"

#include <cxldcd/runner.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <set>
#include <sys/wait.h>
#include <systemc>
#include <unistd.h>

namespace dcdsim
{
namespace
{

struct scenario_free {
    void operator()(dcd_scenario *s) const { dcd_scenario_free(s); }
};
using scenario_ptr = std::unique_ptr<dcd_scenario, scenario_free>;

struct platform_free {
    void operator()(dcd_platform *p) const { dcd_platform_free(p); }
};
using platform_ptr = std::unique_ptr<dcd_platform, platform_free>;

/* Warnings are for those who check a file, not for each of its runs. */
enum class tell { errors, warnings_too };

/* Messages of the loader that reach stderr at the latest when they end. */
class messages
{
public:
    explicit messages(tell what) : m_what(what) {}
    ~messages()
    {
        if (m_messages.text != nullptr &&
            (m_messages.count != 0 || m_what == tell::warnings_too))
            std::fputs(m_messages.text, stderr);
        dcd_messages_free(&m_messages);
    }
    messages(const messages &) = delete;
    messages &operator=(const messages &) = delete;
    dcd_messages *get() { return &m_messages; }

private:
    tell m_what;
    dcd_messages m_messages{};
};

scenario_ptr load_scenario(const std::string &file, tell what)
{
    messages m(what);
    return scenario_ptr(dcd_scenario_load(file.c_str(), m.get()));
}

/* One scenario to run. */
struct job {
    std::string file;
    std::string name;
    std::string trace;
};

/* "run.csv" and "add" make "run-add.csv". */
std::string trace_file(const options &o, const std::string &name)
{
    const std::string suffix = ".csv";
    std::string stem = o.trace;

    if (o.trace.empty() || o.files.size() == 1)
        return o.trace;
    if (stem.size() > suffix.size() &&
        stem.compare(stem.size() - suffix.size(), suffix.size(), suffix) == 0)
        stem.resize(stem.size() - suffix.size());
    return stem + "-" + name + suffix;
}

/* Every file, even when an earlier one is wrong: one run shows all mistakes. */
bool load_jobs(const options &o, std::vector<job> &jobs)
{
    bool good = true;

    for (const std::string &file : o.files) {
        const scenario_ptr scenario = load_scenario(file, tell::errors);
        good = good && scenario;
        if (scenario)
            jobs.push_back(
                {file, scenario->name, trace_file(o, scenario->name)});
    }
    return good;
}

bool trace_problem(const char *file, int error)
{
    std::fprintf(stderr, "dcdsim: the trace %s cannot be written: %s\n", file,
                 std::strerror(error));
    return false;
}

bool traces_writable(const std::vector<job> &jobs)
{
    std::set<std::string> names;
    bool good = true;

    for (const job &j : jobs) {
        int error = 0;
        if (j.trace.empty())
            continue;
        if (!names.insert(j.trace).second) {
            std::fprintf(stderr,
                         "dcdsim: two scenarios are called %s, their traces "
                         "would both be %s\n",
                         j.name.c_str(), j.trace.c_str());
            return false;
        }
        dcd_trace_csv *csv = dcd_trace_csv_open(j.trace.c_str(), &error);
        if (csv == nullptr)
            good = trace_problem(j.trace.c_str(), error);
        else if ((error = dcd_trace_csv_close(csv)) != 0)
            good = trace_problem(j.trace.c_str(), error);
    }
    return good;
}

/*
 * SystemC elaborates once per process. The child is told what to do by a
 * command line for just its scenario, which sc_main takes apart.
 */
int child(const options &o, const job &j)
{
    std::vector<std::string> words = {"dcdsim", "run"};
    std::vector<char *> argv;

    if (o.check)
        words.push_back("--check");
    if (o.quiet)
        words.push_back("--quiet");
    if (!j.trace.empty())
        words.push_back("--trace=" + j.trace);
    words.push_back("--");
    words.push_back(j.file);
    for (std::string &word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    return sc_core::sc_elab_and_sim(static_cast<int>(words.size()),
                                    argv.data());
}

/* What became of a child: true if everything held. */
bool held(const job &j, pid_t pid)
{
    int state = 0;

    while (waitpid(pid, &state, 0) < 0 && errno == EINTR)
        continue;
    if (WIFSIGNALED(state))
        std::printf("%s: CRASHED (%s)\n", j.name.c_str(),
                    strsignal(WTERMSIG(state)));
    return WIFEXITED(state) && WEXITSTATUS(state) == EXIT_HELD;
}

void print_total(size_t all, const std::vector<std::string> &failed)
{
    std::printf("%zu scenarios, %zu ok", all, all - failed.size());
    if (!failed.empty())
        std::printf(", %zu FAILED:", failed.size());
    for (const std::string &name : failed)
        std::printf(" %s", name.c_str());
    std::printf("\n");
}

std::string number_of(unsigned n, const char *noun)
{
    return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

bool check_platform(const std::string &file)
{
    messages m(tell::warnings_too);
    const platform_ptr p(dcd_platform_load(file.c_str(), m.get()));

    if (p)
        std::printf("%s: platform %s, %s, %s, %s\n", file.c_str(), p->name,
                    number_of(p->device_count, "device").c_str(),
                    number_of(p->host_count, "host").c_str(),
                    number_of(p->fm_count, "fabric manager").c_str());
    return p != nullptr;
}

bool check_scenario(const std::string &file)
{
    const scenario_ptr s = load_scenario(file, tell::warnings_too);

    if (s)
        std::printf("%s: scenario %s, %s on platform %s\n", file.c_str(),
                    s->name, number_of(s->step_count, "step").c_str(),
                    s->platform->name);
    return s != nullptr;
}

bool check_file(const std::string &file)
{
    messages m(tell::warnings_too);

    switch (dcd_file_kind(file.c_str(), m.get())) {
    case DCD_FILE_PLATFORM:
        return check_platform(file);
    case DCD_FILE_SCENARIO:
        return check_scenario(file);
    default:
        return false;
    }
}

} // namespace

int run_all(const options &o)
{
    std::vector<job> jobs;
    std::vector<std::string> failed;

    if (!load_jobs(o, jobs) || !traces_writable(jobs))
        return EXIT_WRONG;
    for (const job &j : jobs) {
        std::fflush(nullptr);
        const pid_t pid = fork();
        if (pid == 0)
            return child(o, j);
        if (pid < 0)
            std::fprintf(stderr, "dcdsim: no process for %s: %s\n",
                         j.file.c_str(), std::strerror(errno));
        if (pid < 0 || !held(j, pid))
            failed.push_back(j.name);
    }
    if (jobs.size() > 1)
        print_total(jobs.size(), failed);
    return failed.empty() ? EXIT_HELD : EXIT_FAILED;
}

int run_one(const options &o)
{
    const scenario_ptr scenario = load_scenario(o.files.at(0), tell::errors);
    dcd::run_options how;
    int error = 0;

    if (!scenario)
        return EXIT_WRONG;
    how.check = o.check;
    how.quiet = o.quiet;
    if (!o.trace.empty()) {
        how.trace = dcd_trace_csv_open(o.trace.c_str(), &error);
        if (how.trace == nullptr)
            return trace_problem(o.trace.c_str(), error), EXIT_WRONG;
    }
    /* Closed whatever happens: a trace matters most when a run goes wrong. */
    const std::unique_ptr<dcd_trace_csv, int (*)(dcd_trace_csv *)> trace(
        how.trace, dcd_trace_csv_close);
    const dcd::run_result result = dcd::run_scenario(*scenario, how);
    if (trace && (error = dcd_trace_csv_flush(how.trace)) != 0)
        return trace_problem(o.trace.c_str(), error), EXIT_FAILED;
    if (trace)
        std::printf(
            "%s: trace in %s, %llu records\n", scenario->name, o.trace.c_str(),
            static_cast<unsigned long long>(dcd_trace_csv_rows(how.trace)));
    return result.held() ? EXIT_HELD : EXIT_FAILED;
}

int check(const options &o)
{
    bool good = true;

    for (const std::string &file : o.files)
        good = check_file(file) && good;
    return good ? EXIT_HELD : EXIT_WRONG;
}

} // namespace dcdsim
