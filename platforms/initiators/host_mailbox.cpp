/* SPDX-License-Identifier: Apache-2.0 */
/* host_mailbox.cpp - commands through doorbell and payload, and interrupts. */
#ifndef SC_INCLUDE_DYNAMIC_PROCESSES
#define SC_INCLUDE_DYNAMIC_PROCESSES
#endif
#include "registers.hpp"

#include <cxldcd/ctypes/dynamic_capacity.h>

#include <algorithm>

namespace dcd
{
namespace
{

/* What takes longer must be a background command (8.2.8.4). */
const sc_core::sc_time &mailbox_limit()
{
    static const sc_core::sc_time limit(2, sc_core::SC_SEC);
    return limit;
}

bytes extent_payload(const std::vector<extent> &extents, size_t first,
                     size_t count, bool more)
{
    dcd_updated_extent_list head{};
    bytes payload;

    head.count = dcd_put32(static_cast<uint32_t>(count));
    head.flags = more ? DCD_EXTENT_LIST_MORE : 0;
    append(payload, head);
    for (size_t i = first; i < first + count; i++) {
        dcd_updated_extent wire{};
        wire.dpa = dcd_put64(extents[i].dpa);
        wire.length = dcd_put64(extents[i].length);
        append(payload, wire);
    }
    return payload;
}

} // namespace

host_initiator::host_initiator(sc_core::sc_module_name name)
    : sc_module(name), mem("mem"), mmio("mmio"), cfg("cfg"),
      irq("irq", DCD_MSIX_VECTORS),
      rst("rst"), m_vectors{DCD_VECTOR_INFORMATIONAL, DCD_VECTOR_WARNING,
                            DCD_VECTOR_FAILURE, DCD_VECTOR_FATAL,
                            DCD_VECTOR_DYNAMIC_CAPACITY}
{
}

void host_initiator::end_of_elaboration()
{
    for (unsigned v = 0; v < DCD_MSIX_VECTORS; v++) {
        if (irq[v].size() == 0)
            continue;
        sc_core::sc_spawn_options options;
        options.spawn_method();
        options.dont_initialize();
        options.set_sensitivity(&irq[v]->posedge_event());
        sc_core::sc_spawn([this, v] { on_interrupt(v); },
                          sc_core::sc_gen_unique_name("on_interrupt"),
                          &options);
    }
}

void host_initiator::on_interrupt(unsigned vector)
{
    m_count[vector]++;
    m_interrupt[vector].notify();
}

response host_initiator::command(uint16_t opcode, const bytes &payload)
{
    scoped_lock turn(m_turn);
    return transact(opcode, payload);
}

response host_initiator::send_extents(uint16_t opcode,
                                      const std::vector<extent> &extents,
                                      bool goes_on)
{
    scoped_lock turn(m_turn);
    const size_t room = m_payload_size - sizeof(dcd_updated_extent_list);
    const size_t most = room / sizeof(dcd_updated_extent);
    size_t done = 0;
    response answer;

    if (m_mailbox == 0)
        return faulty("the host has not found its mailbox yet");
    do {
        const size_t n = std::min(extents.size() - done, most);
        const bool more = goes_on || done + n < extents.size();
        answer = transact(opcode, extent_payload(extents, done, n, more));
        done += n;
    } while (answer.ok() && done < extents.size());
    return answer;
}

bool host_initiator::doorbell_clears(registers &r)
{
    poll_timer timer(mailbox_limit());

    while (r.read(m_mailbox + DCD_MBOX_CONTROL, 4) & DCD_MBOX_DOORBELL) {
        if (timer.expired())
            return false;
        timer.pause();
    }
    return true;
}

status host_initiator::wait_doorbell()
{
    registers r(mmio, "BAR offset");

    if (!doorbell_clears(r))
        return {"the mailbox stayed busy for 2 s"};
    return r.result();
}

/*
 * Payload before command register, as Linux does it; the specification has
 * them the other way round (8.2.8.4) and devices latch both at the doorbell.
 */
response host_initiator::transact(uint16_t opcode, const bytes &payload)
{
    registers r(mmio, "BAR offset");

    if (m_mailbox == 0)
        return faulty("the host has not found its mailbox yet");
    if (payload.size() > m_payload_size)
        return faulty("the mailbox has room for " +
                      std::to_string(m_payload_size) + " bytes, the command " +
                      "for " + std::to_string(payload.size()));
    if (!doorbell_clears(r))
        return faulty("the mailbox stayed busy for 2 s");
    r.write_block(m_mailbox + DCD_MBOX_PAYLOAD, payload);
    r.write(m_mailbox + DCD_MBOX_COMMAND, 8,
            opcode | uint64_t{payload.size()} << DCD_MBOX_LENGTH_SHIFT);
    r.write(m_mailbox + DCD_MBOX_CONTROL, 4, DCD_MBOX_DOORBELL);
    if (!doorbell_clears(r))
        return faulty("the doorbell was still set after 2 s");
    if (!r.ok())
        return faulty(r.fault());
    return finish(opcode);
}

response host_initiator::finish(uint16_t opcode)
{
    registers r(mmio, "BAR offset");
    response answer;
    const uint64_t done = r.read(m_mailbox + DCD_MBOX_STATUS, 8);
    const uint64_t echo = r.read(m_mailbox + DCD_MBOX_COMMAND, 8);
    const size_t length =
        (echo >> DCD_MBOX_LENGTH_SHIFT) & DCD_MBOX_LENGTH_MASK;

    answer.code = static_cast<uint16_t>(done >> DCD_MBOX_RETURN_CODE_SHIFT);
    answer.fault = r.fault();
    if (!answer.ok())
        return answer;
    if ((echo & 0xffff) != opcode)
        return faulty("the command register holds another opcode");
    if (length > m_payload_size)
        return faulty("the answer is longer than the mailbox");
    answer.payload.resize(length);
    r.read_block(m_mailbox + DCD_MBOX_PAYLOAD, answer.payload);
    answer.fault = r.fault();
    return answer;
}

} // namespace dcd
