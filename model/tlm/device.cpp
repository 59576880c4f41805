/* SPDX-License-Identifier: Apache-2.0 */
/* device.cpp - the modules: processes, ports, and their shells. */
#include <cxldcd/device.hpp>

#include <cxldcd/ctypes/registers.h>

#include "device_shell.hpp"

namespace dcd
{

head_base::head_base(sc_core::sc_module_name name, device_base &owner,
                     unsigned index)
    : sc_core::sc_module(name), irq("irq", DCD_MSIX_VECTORS), rst("rst"),
      m_shell(std::make_unique<head_shell>(*owner.m_shell, index))
{
    for (irq_port &port : irq)
        m_shell->lines.add(port);

    SC_METHOD(drive_irq);
    sensitive << m_shell->lines.event();
    dont_initialize();
}

/* Only here is it known whether there is a line to be sensitive to. */
void head_base::end_of_elaboration()
{
    if (rst.size() == 0)
        return;
    SC_METHOD(on_rst);
    sensitive << rst->posedge_event();
    dont_initialize();
}

head_base::~head_base() = default;

fw_interface &head_base::mem_interface()
{
    return m_shell->mem;
}

fw_interface &head_base::mmio_interface()
{
    return m_shell->mmio;
}

fw_interface &head_base::cfg_interface()
{
    return m_shell->cfg;
}

void head_base::set_mem_port(bw_port &port)
{
    m_shell->mem.set_port(port);
}

void head_base::drive_irq()
{
    m_shell->lines.step();
}

void head_base::on_rst()
{
    dcd_device_reset(m_shell->device.context.core, m_shell->index,
                     DCD_RESET_CONVENTIONAL);
}

device_base::device_base(sc_core::sc_module_name name, const dcd_config &config)
    : sc_core::sc_module(name), fm_irq("fm_irq"),
      m_shell(std::make_unique<device_shell>(config))
{
    m_shell->fm_lines.add(fm_irq);

    SC_METHOD(on_wake);
    sensitive << m_shell->wake_event();
    dont_initialize();

    SC_METHOD(on_error);
    sensitive << m_shell->error_event();
    dont_initialize();

    SC_METHOD(drive_fm_irq);
    sensitive << m_shell->fm_lines.event();
    dont_initialize();
}

device_base::~device_base() = default;

unsigned device_base::heads() const
{
    return static_cast<unsigned>(m_shell->heads.size());
}

fw_interface &device_base::fm_interface()
{
    return *m_shell->fm;
}

dcd_device *device_base::core()
{
    return m_shell->context.core;
}

void device_base::set_trace(void (*sink)(void *context,
                                         const dcd_trace_record *record),
                            void *context)
{
    m_shell->context.trace = sink;
    m_shell->context.trace_context = context;
    dcd_device_set_trace(core(), sink, context);
}

void device_base::set_irq_pulse(const sc_core::sc_time &pulse)
{
    m_shell->pulse = pulse;
}

void device_base::on_wake()
{
    m_shell->wake();
}

void device_base::on_error()
{
    m_shell->report_errors();
}

void device_base::drive_fm_irq()
{
    m_shell->fm_lines.step();
}

} /* namespace dcd */
