/* SPDX-License-Identifier: Apache-2.0 */
/* device_shell.cpp - what the core sees of SystemC, and who owns the core. */
#include "device_shell.hpp"

#include <stdexcept>

namespace dcd
{

static device_shell &shell_of(void *context)
{
    return *static_cast<device_shell *>(context);
}

[[noreturn]] static void refuse(const dcd_config_error &error)
{
    std::string text;
    if (error.field && *error.field)
        text = std::string(error.field) + ": ";
    text += error.text;
    SC_REPORT_ERROR(report_config, text.c_str());
    /* Where the report does not throw there is still no device. */
    throw std::invalid_argument(text);
}

device_shell::device_shell(const dcd_config &config)
    : pulse(1, sc_core::SC_NS), fm_lines(pulse)
{
    dcd_config_error error = {};
    const dcd_ops ops = make_ops();
    context.core = dcd_device_create(&config, &ops, &error);
    if (!context.core)
        refuse(error);
    heads.resize(dcd_device_config(context.core)->heads, nullptr);
    fm = std::make_unique<fm_target>(context);
}

device_shell::~device_shell()
{
    dcd_device_destroy(context.core);
}

dcd_ops device_shell::make_ops()
{
    dcd_ops ops = {};
    ops.context = this;
    ops.now = [](void *c) { return shell_of(c).context.now_ps(); };
    ops.schedule = [](void *c, uint64_t when) { shell_of(c).schedule(when); };
    ops.interrupt = [](void *c, unsigned head, unsigned vector) {
        device_shell &shell = shell_of(c);
        if (head < shell.heads.size() && shell.heads[head])
            shell.interrupt(shell.heads[head]->lines, vector);
    };
    ops.fm_interrupt = [](void *c) {
        shell_of(c).interrupt(shell_of(c).fm_lines, 0);
    };
    ops.revoke_dmi = [](void *c, unsigned head, uint64_t first, uint64_t last) {
        device_shell &shell = shell_of(c);
        if (head < shell.heads.size() && shell.heads[head])
            shell.heads[head]->mem.revoke(first, last);
    };
    ops.log = [](void *c, enum dcd_log_level level, const char *text) {
        shell_of(c).log(level, text);
    };
    return ops;
}

void device_shell::interrupt(irq_lines &lines, unsigned line)
{
    lines.raise(line, context.now());
}

void device_shell::schedule(uint64_t when)
{
    m_wakes.insert(when);
    m_wake_event.notify(time_until(context.scale.to_time(when)));
}

void device_shell::wake()
{
    m_wakes.erase(m_wakes.begin(), m_wakes.upper_bound(context.now_ps()));
    dcd_device_wake(context.core);
    if (!m_wakes.empty())
        m_wake_event.notify(
            time_until(context.scale.to_time(*m_wakes.begin())));
}

/*
 * An error usually throws, which must not happen through the core, whose
 * functions could not finish. A process reports it, so where none will run
 * any more it cannot be more than a warning.
 */
void device_shell::log(enum dcd_log_level level, const char *text)
{
    if (level != DCD_LOG_LEVEL_ERROR) {
        SC_REPORT_WARNING(report_host, text);
    } else if (!sc_core::sc_is_running()) {
        SC_REPORT_WARNING(report_invariant, text);
    } else {
        m_errors.emplace_back(text);
        m_error_event.notify(sc_core::SC_ZERO_TIME);
    }
}

void device_shell::report_errors()
{
    std::vector<std::string> errors;
    errors.swap(m_errors);
    for (const std::string &text : errors)
        SC_REPORT_ERROR(report_invariant, text.c_str());
}

head_shell::head_shell(device_shell &owner, unsigned number)
    : device(owner), index(number),
      mem(owner.context, number, *dcd_device_config(owner.context.core)),
      mmio(owner.context, number, mmio_space),
      cfg(owner.context, number, config_space), lines(owner.pulse)
{
    device.heads[index] = this;
}

head_shell::~head_shell()
{
    device.heads[index] = nullptr;
}

} /* namespace dcd */
