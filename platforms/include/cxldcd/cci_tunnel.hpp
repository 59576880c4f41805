/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cci_tunnel.hpp - a port inside a device, reached by 5300h over another port.
 *
 *     dcd::cci_tunnel ld2(fm, DCD_TUNNEL_PORT_OR_LD, 2);
 *     dcd::response r = ld2.command(DCD_OP_IDENTIFY, {});
 *
 * It is a cci_port like the one that carries it: every command of
 * <cxldcd/cci_commands.hpp> can go through, and tunnels can be put inside one
 * another.
 */
#ifndef CXLDCD_CCI_TUNNEL_HPP
#define CXLDCD_CCI_TUNNEL_HPP

#include <cxldcd/cci_port.hpp>

namespace dcd
{

class cci_tunnel : public cci_port
{
public:
    /*
     * [target] is an enum dcd_tunnel_target (<cxldcd/ctypes/fm_devices.h>):
     * DCD_TUNNEL_PORT_OR_LD leads to the logical device [id],
     * DCD_TUNNEL_LD_POOL to the pool of a multi-headed device, and [id] has no
     * meaning. Nothing is sent yet: a target that is not there shows when a
     * command is. [carrier] has to outlive the tunnel.
     */
    cci_tunnel(cci_port &carrier, uint8_t target, uint8_t id);

    /*
     * CXL r3.1 7.6.7.3.1: the answer is that of the port inside. When 5300h
     * itself does not succeed, the answer is a fault, and refusal() says why.
     * So is it, without anything being sent, when header (12 bytes) and payload
     * are more than 65,535 bytes. Several SC_THREADs may send through one
     * tunnel if they may through its carrier; refusal() then is that of the
     * command which ended last.
     */
    response command(uint16_t opcode, const bytes &payload) override;

    /* Return code of the last 5300h (enum dcd_return_code); success before
     * any, and when the carrier had no answer. */
    uint16_t refusal() const { return m_refusal; }

private:
    response unwrap(const bytes &carried, uint16_t opcode, uint8_t tag);

    cci_port &m_carrier;
    uint8_t m_target;
    uint8_t m_id;
    uint8_t m_tag = 0;
    uint16_t m_refusal = DCD_RC_SUCCESS;
};

} // namespace dcd

#endif
