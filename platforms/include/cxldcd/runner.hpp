/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runner.hpp - a scenario on its platform, from elaboration to the summary.
 *
 * To be used from sc_main; a process can run one scenario, because SystemC
 * elaborates once:
 *
 *     dcd::run_options options;
 *     dcd::run_result result = dcd::run_scenario(*scenario, options);
 *     return result.held() ? 0 : 1;
 */
#ifndef CXLDCD_RUNNER_HPP
#define CXLDCD_RUNNER_HPP

#include <cxldcd/scenario.h>
#include <cxldcd/trace_csv.h>

#include <cstdint>
#include <cstdio>

namespace dcd
{

struct run_options {
    bool check = false;             /* invariants after every command */
    bool quiet = false;             /* only what failed, and the summary */
    dcd_trace_csv *trace = nullptr; /* all devices record into it */
    FILE *out = stdout;
};

struct run_result {
    unsigned steps = 0;  /* executed */
    unsigned failed = 0; /* of these */
    bool booted = false; /* without it no step was executed */
    bool finished = false;
    uint64_t violations = 0; /* of invariants, counted with check */

    bool held() const
    {
        return booted && finished && failed == 0 && violations == 0;
    }
};

/*
 * Builds the platform, executes all steps and prints a line for each and one
 * at the end. SystemC's errors (a device that cannot be built) are thrown.
 */
run_result run_scenario(const dcd_scenario &scenario,
                        const run_options &options);

} // namespace dcd

#endif
