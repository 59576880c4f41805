/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registers.hpp - a run of register accesses that stops at the first failure,
 * so that the code between reads as the specification's sequence does.
 */
#ifndef CXLDCD_INITIATORS_REGISTERS_HPP
#define CXLDCD_INITIATORS_REGISTERS_HPP

#include <cxldcd/host_initiator.hpp>

namespace dcd
{

class host_initiator::registers
{
public:
    using socket = tlm_utils::simple_initiator_socket<host_initiator>;

    /* [space] is what messages call the address space. */
    registers(socket &s, const char *space) : m_socket(s), m_space(space) {}

    /* 1, 2, 4 or 8 bytes; 0 once anything has failed. */
    uint64_t read(uint64_t offset, size_t width);
    void write(uint64_t offset, size_t width, uint64_t value);

    void read_block(uint64_t offset, bytes &data);
    void write_block(uint64_t offset, const bytes &data);

    bool ok() const { return m_fault.empty(); }
    const std::string &fault() const { return m_fault; }
    status result() const { return {m_fault}; }

private:
    void transfer(tlm::tlm_command command, uint64_t offset, void *data,
                  size_t size);

    socket &m_socket;
    const char *m_space;
    std::string m_fault;
};

} // namespace dcd

#endif
