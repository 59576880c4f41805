/* SPDX-License-Identifier: Apache-2.0 */
/* time_scale.hpp - the core's picoseconds and SystemC's time, in integers. */
#ifndef CXLDCD_TLM_TIME_SCALE_HPP
#define CXLDCD_TLM_TIME_SCALE_HPP

#include <cstdint>
#include <systemc>

namespace dcd
{

/*
 * SystemC counts in a resolution that the user chooses, any power of ten from
 * 1 fs to 100 s. Its own conversions go through double, which loses
 * picoseconds after two and a half hours; these do not.
 */
class time_scale
{
public:
    /* Fixes the resolution, as the first sc_time of a program does. */
    time_scale();

    /* Rounds down; what does not fit gives UINT64_MAX. */
    uint64_t to_ps(const sc_core::sc_time &time) const
    {
        if (m_ticks_per_ps)
            return time.value() / m_ticks_per_ps;
        return saturated(time.value(), m_ps_per_tick);
    }

    /* Rounds up, so that nothing happens before its time. */
    sc_core::sc_time to_time(uint64_t ps) const
    {
        if (m_ticks_per_ps)
            return sc_core::sc_time::from_value(saturated(ps, m_ticks_per_ps));
        const uint64_t ticks = ps / m_ps_per_tick;
        return sc_core::sc_time::from_value(ticks + (ps % m_ps_per_tick != 0));
    }

private:
    static uint64_t saturated(uint64_t a, uint64_t b)
    {
        uint64_t product;
        return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
    }

    uint64_t m_ps_per_tick;  /* of a resolution above 1 ps */
    uint64_t m_ticks_per_ps; /* of any other one, else 0 */
};

/* [time] from now, or nothing when it has passed. */
inline sc_core::sc_time time_until(const sc_core::sc_time &time)
{
    const sc_core::sc_time &now = sc_core::sc_time_stamp();
    return time > now ? time - now : sc_core::SC_ZERO_TIME;
}

} /* namespace dcd */

#endif
