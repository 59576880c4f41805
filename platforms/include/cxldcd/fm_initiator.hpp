/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fm_initiator.hpp - a fabric manager: sends CCI messages to a device.
 *
 *     dcd::fm_initiator fm("fm");
 *     fm.fm.bind(device.fm);
 *     ...
 *     dcd::dcd_info info = dcd::get_dcd_info(fm);   // in an SC_THREAD
 *
 * It knows of the device what a fabric manager knows: the wire.
 */
#ifndef CXLDCD_FM_INITIATOR_HPP
#define CXLDCD_FM_INITIATOR_HPP

#include <cxldcd/cci_commands.hpp>
#include <cxldcd/tlm_access.hpp>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>

namespace dcd
{

class fm_initiator : public sc_core::sc_module, public cci_port
{
public:
    /* One write is a request, a read fetches the response. */
    tlm_utils::simple_initiator_socket<fm_initiator> fm;

    /* Rises when the manager's own event log got its first record. */
    sc_core::sc_port<sc_core::sc_signal_in_if<bool>, 1,
                     sc_core::SC_ZERO_OR_MORE_BOUND>
        irq;

    explicit fm_initiator(sc_core::sc_module_name name);

    /*
     * CXL r3.1 7.6.3: writes header and payload, reads the header of the
     * response and then all of it, and checks category, tag, opcode and
     * length. Callers may be several SC_THREADs; they take turns.
     */
    response command(uint16_t opcode, const bytes &payload) override;

    /* How often [irq] has risen, and the event that says it did. */
    uint64_t interrupts() const { return m_interrupts; }
    const sc_core::sc_event &interrupt_event() const { return m_interrupt; }

private:
    void end_of_elaboration() override;
    void on_interrupt();
    response exchange(uint16_t opcode, const bytes &payload, uint8_t tag);
    response fetch(uint16_t opcode, uint8_t tag);

    sc_core::sc_mutex m_turn;
    sc_core::sc_event m_interrupt;
    uint64_t m_interrupts = 0;
    uint8_t m_tag = 0;
};

} // namespace dcd

#endif
