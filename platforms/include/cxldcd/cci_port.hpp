/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cci_port.hpp - something that carries commands to a device and its answers
 * back: a host's mailbox or a fabric manager's message port.
 *
 * What can be asked over it is in <cxldcd/cci_commands.hpp>.
 */
#ifndef CXLDCD_CCI_PORT_HPP
#define CXLDCD_CCI_PORT_HPP

#include <cxldcd/ctypes/return_code.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

namespace dcd
{

using bytes = std::vector<uint8_t>;

/*
 * What came of a command. Either the device answered ([fault] is empty, [code]
 * is an enum dcd_return_code) or it did not, and [fault] is a sentence.
 * Nothing here throws: a device that misbehaves is a result like any other.
 */
struct response {
    std::string fault;
    uint16_t code = DCD_RC_SUCCESS;
    bytes payload; /* empty unless the command succeeded */

    bool answered() const { return fault.empty(); }
    bool ok() const { return answered() && code == DCD_RC_SUCCESS; }

    /* "invalid-input", or the fault. */
    std::string text() const;
};

response faulty(const std::string &fault);

class cci_port
{
public:
    virtual ~cci_port() = default;

    /*
     * Sends one command and waits for its answer; 2 s of simulated time at
     * most (CXL r3.1 8.2.8.4). To be called from an SC_THREAD.
     */
    virtual response command(uint16_t opcode, const bytes &payload) = 0;
};

/* Adds a structure of <cxldcd/ctypes> to the end of a payload. */
template <class T>
void append(bytes &to, const T &wire)
{
    static_assert(std::is_trivially_copyable<T>::value, "a wire structure");
    const size_t end = to.size();
    to.resize(end + sizeof(wire));
    std::memcpy(to.data() + end, &wire, sizeof(wire));
}

/* Copies one out of a payload; false when the payload ends before. */
template <class T>
bool extract(const bytes &from, size_t offset, T &wire)
{
    static_assert(std::is_trivially_copyable<T>::value, "a wire structure");
    if (offset > from.size() || from.size() - offset < sizeof(wire))
        return false;
    std::memcpy(&wire, from.data() + offset, sizeof(wire));
    return true;
}

} // namespace dcd

#endif
