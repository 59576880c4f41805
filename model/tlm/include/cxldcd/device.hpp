/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device.hpp - a CXL dynamic capacity device as a SystemC module.
 *
 *     struct dcd_config config;
 *     dcd_config_init(&config);
 *     config.static_volatile = 256 * DCD_MIB;
 *     dcd::device device("device", config);
 *     cpu.memory.bind(device.head[0].mem);
 *
 * One head per host. All sockets and ports may stay unbound.
 * docs/instantiate.md tells what goes through each of them.
 */
#ifndef CXLDCD_DEVICE_HPP
#define CXLDCD_DEVICE_HPP

#include <cxldcd/config.h>
#include <cxldcd/device.h>
#include <cxldcd/trace.h>

#include <memory>
#include <systemc>
#include <tlm>

namespace dcd
{

class device_base;
class device_shell;
class head_shell;

/* Message types of what the device reports through sc_report_handler. */
constexpr char report_config[] = "/cxldcd/config";       /* error */
constexpr char report_host[] = "/cxldcd/host";           /* warning */
constexpr char report_invariant[] = "/cxldcd/invariant"; /* error */

using fw_interface = tlm::tlm_fw_transport_if<>;
using bw_port = sc_core::sc_port_b<tlm::tlm_bw_transport_if<>>;

template <unsigned BUSWIDTH>
using target_socket =
    tlm::tlm_target_socket<BUSWIDTH, tlm::tlm_base_protocol_types, 1,
                           sc_core::SC_ZERO_OR_MORE_BOUND>;

using irq_port = sc_core::sc_port<sc_core::sc_signal_inout_if<bool>, 1,
                                  sc_core::SC_ZERO_OR_MORE_BOUND>;
using rst_port = sc_core::sc_port<sc_core::sc_signal_in_if<bool>, 1,
                                  sc_core::SC_ZERO_OR_MORE_BOUND>;

/*
 * Ignorable: an initiator that wants to know whether GENERIC_ERROR means poison
 * attaches one to its payloads on mem. b_transport (and with it BEGIN_REQ) then
 * sets it every time: true when bytes were read of which a line is poisoned,
 * and all of them have been delivered. Debug access leaves it alone.
 *
 *     dcd::poison_extension poison;
 *     trans.set_extension(&poison);
 *     socket->b_transport(trans, delay);
 *     if (poison.is_poisoned) ... the data is there, and not to be trusted
 *     trans.clear_extension(&poison);
 */
class poison_extension : public tlm::tlm_extension<poison_extension>
{
public:
    bool is_poisoned = false;

    tlm::tlm_extension_base *clone() const override
    {
        return new poison_extension(*this);
    }
    void copy_from(const tlm::tlm_extension_base &other) override
    {
        is_poisoned = static_cast<const poison_extension &>(other).is_poisoned;
    }
};

/* Everything of a head that does not depend on the width of its bus. */
class head_base : public sc_core::sc_module
{
public:
    SC_HAS_PROCESS(head_base);

    /* MSI-X vectors: true for one pulse per interrupt (set_irq_pulse). */
    sc_core::sc_vector<irq_port> irq;

    /* A rising edge is a conventional reset of this head. */
    rst_port rst;

    ~head_base() override;

protected:
    head_base(sc_core::sc_module_name name, device_base &owner, unsigned index);

    fw_interface &mem_interface();
    fw_interface &mmio_interface();
    fw_interface &cfg_interface();

    /* Where invalidate_direct_mem_ptr is called. */
    void set_mem_port(bw_port &port);

private:
    void end_of_elaboration() override;
    void drive_irq();
    void on_rst();

    std::unique_ptr<head_shell> m_shell;
};

/* One host's side of the device. */
template <unsigned BUSWIDTH>
class basic_head : public head_base
{
public:
    target_socket<BUSWIDTH> mem;  /* address: HPA */
    target_socket<BUSWIDTH> mmio; /* address: offset in BAR 0 */
    target_socket<BUSWIDTH> cfg;  /* address: offset in configuration space */

    basic_head(sc_core::sc_module_name name, device_base &owner, unsigned index)
        : head_base(name, owner, index), mem("mem"), mmio("mmio"), cfg("cfg")
    {
        mem.bind(mem_interface());
        mmio.bind(mmio_interface());
        cfg.bind(cfg_interface());
        set_mem_port(mem.get_base_port());
    }
};

/* Everything of a device that does not depend on the width of its buses. */
class device_base : public sc_core::sc_module
{
public:
    SC_HAS_PROCESS(device_base);

    /* True for one pulse when the fabric manager should read its log. */
    irq_port fm_irq;

    ~device_base() override;

    /*
     * The device behind the sockets, for looking inside. What is done to it
     * directly happens at sc_time_stamp(). It lives as long as the module.
     */
    dcd_device *core();

    /* Who gets the trace records (trace.h); NULL: nobody. */
    void set_trace(void (*sink)(void *context, const dcd_trace_record *record),
                   void *context);

    /* How long irq and fm_irq are true; default 1 ns, 0: a delta cycle. */
    void set_irq_pulse(const sc_core::sc_time &pulse);

protected:
    /*
     * An invalid configuration, or memory that cannot be had, is an
     * SC_REPORT_ERROR of type report_config, which throws unless that was
     * changed; then std::invalid_argument is thrown.
     */
    device_base(sc_core::sc_module_name name, const dcd_config &config);

    unsigned heads() const;
    fw_interface &fm_interface();

private:
    friend class head_base;

    void on_wake();
    void on_error();
    void drive_fm_irq();

    std::unique_ptr<device_shell> m_shell;
};

/* The device. BUSWIDTH is that of all its sockets, in bits. */
template <unsigned BUSWIDTH = 32>
class basic_device : public device_base
{
public:
    sc_core::sc_vector<basic_head<BUSWIDTH>> head; /* config.heads of them */

    /* A write is a CCI request, a read gives the response to the last one. */
    target_socket<BUSWIDTH> fm;

    basic_device(sc_core::sc_module_name name, const dcd_config &config)
        : device_base(name, config), head("head"), fm("fm")
    {
        head.init(heads(), [this](const char *head_name, size_t index) {
            return new basic_head<BUSWIDTH>(head_name, *this,
                                            static_cast<unsigned>(index));
        });
        fm.bind(fm_interface());
    }
};

using device = basic_device<>;

} /* namespace dcd */

#endif
