/* SPDX-License-Identifier: Apache-2.0 */
/* register_target.hpp - a host's way to BAR 0 and to configuration space. */
#ifndef CXLDCD_TLM_REGISTER_TARGET_HPP
#define CXLDCD_TLM_REGISTER_TARGET_HPP

#include "target.hpp"

namespace dcd
{

/* A set of registers of the core: dcd_device_mmio_... or ..._config_... */
struct register_space {
    enum dcd_access (*read)(dcd_device *device, unsigned head, uint64_t offset,
                            void *data, uint64_t length);
    enum dcd_access (*write)(dcd_device *device, unsigned head, uint64_t offset,
                             const void *data, uint64_t length);
};

extern const register_space mmio_space;
extern const register_space config_space;

/* An access is a register as a whole; it takes no time. */
class register_target final : public target
{
public:
    register_target(shell_context &context, unsigned head,
                    const register_space &space)
        : m_context(context), m_head(head), m_space(space)
    {
    }

    void b_transport(payload &p, sc_core::sc_time &delay) override;

    /* Reads, and nothing follows from it; writes are not served. */
    unsigned transport_dbg(payload &p) override;

private:
    enum dcd_access move(payload &p);

    shell_context &m_context;
    const unsigned m_head;
    const register_space &m_space;
};

} /* namespace dcd */

#endif
