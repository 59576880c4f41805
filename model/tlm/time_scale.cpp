/* SPDX-License-Identifier: Apache-2.0 */
/* time_scale.cpp - finds out SystemC's time resolution. */
#include "time_scale.hpp"

#include <cmath>

namespace dcd
{

time_scale::time_scale() : m_ps_per_tick(0), m_ticks_per_ps(0)
{
    /* A time other than zero forbids sc_set_time_resolution from here on. */
    const sc_core::sc_time fixes_resolution(1, sc_core::SC_SEC);
    const double ps = sc_core::sc_time::from_value(1).to_seconds() * 1e12;
    (void)fixes_resolution;

    if (ps > 1.5)
        m_ps_per_tick = static_cast<uint64_t>(std::llround(ps));
    else
        m_ticks_per_ps = static_cast<uint64_t>(std::llround(1 / ps));
}

} /* namespace dcd */
