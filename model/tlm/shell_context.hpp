/* SPDX-License-Identifier: Apache-2.0 */
/* shell_context.hpp - the core, and the time at which it is being called. */
#ifndef CXLDCD_TLM_SHELL_CONTEXT_HPP
#define CXLDCD_TLM_SHELL_CONTEXT_HPP

#include "time_scale.hpp"

#include <cxldcd/device.h>

namespace dcd
{

struct shell_context {
    dcd_device *core = nullptr;
    time_scale scale = {};

    /* The delay that the call under way is annotated with. */
    const sc_core::sc_time *delay = &sc_core::SC_ZERO_TIME;

    /* What set_trace was called with. */
    void (*trace)(void *context, const dcd_trace_record *record) = nullptr;
    void *trace_context = nullptr;

    sc_core::sc_time now() const { return sc_core::sc_time_stamp() + *delay; }
    uint64_t now_ps() const { return scale.to_ps(now()); }
};

/*
 * While it lives the core is called at sc_time_stamp() + [delay]. A callback
 * of the core may lead to another call with a delay of its own; the time of
 * the outer one comes back behind it.
 */
class at_delay
{
public:
    at_delay(shell_context &context, const sc_core::sc_time &delay)
        : m_context(context), m_outer(context.delay)
    {
        context.delay = &delay;
    }
    ~at_delay() { m_context.delay = m_outer; }

    at_delay(const at_delay &) = delete;
    at_delay &operator=(const at_delay &) = delete;

private:
    shell_context &m_context;
    const sc_core::sc_time *m_outer;
};

} /* namespace dcd */

#endif
