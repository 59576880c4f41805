/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tlm_access.hpp - one blocking TLM transaction, its annotated delay waited
 * for, and what it answered as a word.
 */
#ifndef CXLDCD_TLM_ACCESS_HPP
#define CXLDCD_TLM_ACCESS_HPP

#include <cstddef>
#include <cstdint>
#include <systemc>
#include <tlm>

namespace dcd
{

/* "address-error", as scenarios spell it; "ok" for TLM_OK_RESPONSE. */
const char *tlm_status_name(tlm::tlm_response_status status);

/* Largest [size] of one transaction: its length is an unsigned int. */
constexpr size_t tlm_access_max = size_t{1} << 30;

/* To be called from an SC_THREAD; [size] is 1 to tlm_access_max. */
template <class Socket>
tlm::tlm_response_status tlm_access(Socket &socket, tlm::tlm_command command,
                                    uint64_t address, void *data, size_t size)
{
    tlm::tlm_generic_payload trans;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;

    trans.set_command(command);
    trans.set_address(address);
    trans.set_data_ptr(static_cast<unsigned char *>(data));
    trans.set_data_length(static_cast<unsigned>(size));
    trans.set_streaming_width(static_cast<unsigned>(size));
    trans.set_byte_enable_ptr(nullptr);
    trans.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    socket->b_transport(trans, delay);
    if (delay != sc_core::SC_ZERO_TIME)
        sc_core::wait(delay);
    return trans.get_response_status();
}

/*
 * Waiting for something that has no event: 100 ns at first, each time twice
 * as long, 100 us at most and never past [end]. A fast device is seen early
 * and a dead one costs few steps.
 */
class poll_timer
{
public:
    explicit poll_timer(const sc_core::sc_time &limit);

    bool expired() const { return sc_core::sc_time_stamp() >= m_end; }

    void pause();
    /* The same, but [event] ends the pause, too. */
    void pause(const sc_core::sc_event &event);

private:
    sc_core::sc_time next();

    sc_core::sc_time m_end;
    sc_core::sc_time m_step;
};

/* Holds a mutex while in scope; as the mutex itself, for SC_THREADs. */
class scoped_lock
{
public:
    explicit scoped_lock(sc_core::sc_mutex &mutex) : m_mutex(mutex)
    {
        m_mutex.lock();
    }
    ~scoped_lock() { m_mutex.unlock(); }
    scoped_lock(const scoped_lock &) = delete;
    scoped_lock &operator=(const scoped_lock &) = delete;

private:
    sc_core::sc_mutex &m_mutex;
};

} // namespace dcd

#endif
