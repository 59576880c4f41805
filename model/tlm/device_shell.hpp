/* SPDX-License-Identifier: Apache-2.0 */
/* device_shell.hpp - what the core sees of SystemC, and who owns the core. */
#ifndef CXLDCD_TLM_DEVICE_SHELL_HPP
#define CXLDCD_TLM_DEVICE_SHELL_HPP

#include "fm_target.hpp"
#include "irq_lines.hpp"
#include "mem_target.hpp"
#include "register_target.hpp"
#include "shell_context.hpp"

#include <set>
#include <string>
#include <vector>

namespace dcd
{

/* One head: its targets and its lines. */
class head_shell
{
public:
    head_shell(device_shell &device, unsigned index);
    ~head_shell();

    device_shell &device;
    const unsigned index;
    mem_target mem;
    register_target mmio;
    register_target cfg;
    irq_lines lines;
};

/* Owner of the core. Its struct dcd_ops end here. */
class device_shell
{
public:
    /* Throws as device_base's constructor promises. */
    explicit device_shell(const dcd_config &config);
    ~device_shell();

    device_shell(const device_shell &) = delete;
    device_shell &operator=(const device_shell &) = delete;

    shell_context context;
    sc_core::sc_time pulse;
    irq_lines fm_lines;
    std::unique_ptr<fm_target> fm;
    std::vector<head_shell *> heads; /* NULL before and after their life */

    const sc_core::sc_event &wake_event() const { return m_wake_event; }
    void wake();

    const sc_core::sc_event &error_event() const { return m_error_event; }
    void report_errors();

private:
    void interrupt(irq_lines &lines, unsigned line);
    void schedule(uint64_t when);
    void log(enum dcd_log_level level, const char *text);
    dcd_ops make_ops();

    sc_core::sc_event m_wake_event;
    std::set<uint64_t> m_wakes; /* ps, what schedule() asked for */
    sc_core::sc_event m_error_event;
    std::vector<std::string> m_errors;
};

} /* namespace dcd */

#endif
