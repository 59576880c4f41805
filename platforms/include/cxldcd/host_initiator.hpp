/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host_initiator.hpp - one host: registers, mailbox, decoders and memory of
 * one head, the way a driver uses them.
 *
 *     dcd::host_initiator host("h0");
 *     host.mem.bind(device.head[0].mem);
 *     host.mmio.bind(device.head[0].mmio);
 *     host.cfg.bind(device.head[0].cfg);
 *     ...
 *     dcd::status up = host.boot({{0x100000000, 512 * DCD_MIB}});
 *     dcd::extent_list held = dcd::get_extent_list(host);
 *
 * All functions that talk to the device are for SC_THREADs. Several may share
 * a host: a command takes the mailbox from the first check of the doorbell to
 * the last byte of the answer. Nothing throws; what goes wrong is returned.
 */
#ifndef CXLDCD_HOST_INITIATOR_HPP
#define CXLDCD_HOST_INITIATOR_HPP

#include <cxldcd/cci_commands.hpp>
#include <cxldcd/tlm_access.hpp>
#include <cxldcd/ctypes/registers.h>

#include <array>
#include <set>
#include <vector>
#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>

namespace dcd
{

/* Nothing, or a sentence on what went wrong. */
struct status {
    std::string problem;
    bool ok() const { return problem.empty(); }
};

/* An HDM decoder, CXL r3.1 8.2.4.20. */
struct decoder {
    uint64_t base = 0; /* HPA, multiple of 256 MiB */
    uint64_t size = 0; /* multiple of 256 MiB */
    uint64_t skip = 0; /* DPA skipped in front, multiple of 256 MiB */
    unsigned ways = 1;
    uint32_t granularity = 256; /* bytes */
    bool lock = false;
};

/* What a commit came to; both false: neither bit within 10 ms. */
struct commit_result {
    std::string fault;
    bool committed = false;
    bool error = false; /* ERROR NOT COMMITTED */
};

/* What a memory access came to. */
struct memory_result {
    tlm::tlm_response_status status = tlm::TLM_OK_RESPONSE;
    std::string why; /* more than the status tells, or empty */
    bool ok() const { return status == tlm::TLM_OK_RESPONSE; }
};

/* Resets of a head, CXL r3.1 9.4-9.7. */
enum class reset_kind {
    conventional,   /* the line [rst] */
    cxl,            /* Initiate CXL Reset of the CXL Device DVSEC */
    function_level, /* of the PCI function: CXL.mem and capacity stay */
};

/* A range of DPA as the CDAT describes it (DSMAS). */
struct memory_range {
    uint8_t handle = 0; /* DSMAD handle */
    uint8_t flags = 0;  /* DCD_DSMAS_... */
    uint64_t base = 0;  /* DPA */
    uint64_t length = 0;
};

/* What came back of a data object exchange, its header removed. */
struct doe_answer {
    std::string fault;
    bytes body; /* whole dwords */
    bool ok() const { return fault.empty(); }
};

class host_initiator : public sc_core::sc_module, public cci_port
{
public:
    tlm_utils::simple_initiator_socket<host_initiator> mem;  /* HPA */
    tlm_utils::simple_initiator_socket<host_initiator> mmio; /* BAR 0 */
    tlm_utils::simple_initiator_socket<host_initiator> cfg;

    /* The device's MSI-X vectors; those that stay unbound never fire. */
    using irq_port = sc_core::sc_port<sc_core::sc_signal_in_if<bool>, 1,
                                      sc_core::SC_ZERO_OR_MORE_BOUND>;
    sc_core::sc_vector<irq_port> irq;

    /* Conventional reset of the head; may stay unbound. */
    sc_core::sc_port<sc_core::sc_signal_inout_if<bool>, 1,
                     sc_core::SC_ZERO_OR_MORE_BOUND>
        rst;

    explicit host_initiator(sc_core::sc_module_name name);

    /* --- Start-up: boot() is what a host cannot do without ------------- */

    status boot(const std::vector<decoder> &decoders);

    /* What boot() and drivers are made of, in the order of a driver. */

    /* Class 0502h, interface 10h; then memory accesses and bus master. */
    status enable_function();
    /* The CXL Device DVSEC (8.1.3), which may be missing. */
    status find_cxl_device();
    /* The Device Serial Number capability; 0 without it. */
    status read_serial();
    /* The Register Locator DVSEC (8.1.9): blocks 1 and 3, both in BAR 0. */
    status find_register_blocks();
    /* The capability array of block 3 (8.2.8.1). */
    status find_capabilities();
    /* Memory_Info_Valid and Memory_Active of the ranges in use (8.1.3.8),
     * then media ready (8.2.8.5.1.1); waits as long as the device asks. */
    status wait_media_ready();
    /* MSI-X with all vectors unmasked. */
    status enable_interrupts();
    /* Memory Device Status: mailbox ready; waits up to 2 s. */
    status wait_mailbox_ready();
    /* Nobody else's command is under way; waits up to 2 s. */
    status wait_doorbell();
    /* Mailbox capabilities (8.2.8.4.3). */
    status read_payload_size();
    /* 0400h, 0401h: which commands there are. */
    status read_command_effects();
    /* 0301h, if there: 2026-01-01 and the simulated time since its start. */
    status set_timestamp();
    /* 4800h; success without asking when the device has no such command. */
    status read_dc_config();
    /* Table access over DOE (CDAT 1.03): the DSMAS entries. */
    status read_cdat();
    /* 0103h: a message for every log; 0102h: which vectors they come on. */
    status set_interrupt_policy(bool dynamic_capacity);
    status read_interrupt_policy();
    /* Mem_Enable of the CXL Device DVSEC (8.1.3.2), if there is one. */
    status enable_cxl_mem();
    /* Decoders 0, 1, ... and the global enable. */
    status program_decoders(const std::vector<decoder> &decoders);

    /* Capability array and payload size: a mailbox, and no more. */
    status find_registers();

    /* What these found out. */
    bool has_cxl_device() const { return m_cxl_device != 0; }
    uint64_t serial() const { return m_serial; }
    /* Static capacity by range of the DVSEC, bytes; 0: not in use. */
    const std::array<uint64_t, 2> &range_sizes() const { return m_ranges; }
    size_t payload_size() const { return m_payload_size; }
    bool supports(uint16_t opcode) const { return m_opcodes.count(opcode); }
    bool supports_dynamic_capacity() const;
    const dcd::dc_config &dc() const { return m_dc; }
    const std::vector<memory_range> &cdat() const { return m_cdat; }

    /*
     * The host has to boot again afterwards. [clear]: a CXL reset also erases
     * what is volatile.
     */
    status reset(reset_kind kind = reset_kind::conventional,
                 bool clear = false);

    /* One data object of whole dwords, over the DOE capability at [offset]
     * (PCIe 6.0 6.30). */
    doe_answer exchange(uint64_t offset, uint16_t vendor, uint8_t type,
                        const bytes &body);

    /* --- Mailbox -------------------------------------------------------- */

    response command(uint16_t opcode, const bytes &payload) override;

    /*
     * 4802h or 4803h with these ranges, split with the More flag where one
     * payload is too small; no other command of this host gets in between.
     * With [goes_on] the last part has the More flag, too: the next call ends
     * the list.
     */
    response send_extents(uint16_t opcode, const std::vector<extent> &extents,
                          bool goes_on = false);

    /* --- Interrupts ----------------------------------------------------- */

    /* How often the vector has fired, and the event that says it did. */
    uint64_t interrupts(unsigned vector) const { return m_count.at(vector); }
    const sc_core::sc_event &interrupt_event(unsigned vector) const
    {
        return m_interrupt[vector];
    }
    /* Vector of an event log; DCD_VECTOR_... until 0102h told. */
    unsigned vector_of(uint8_t log) const { return m_vectors.at(log); }

    /* Event Status (8.2.8.3.1): 1 << log for each that has records; 0 when it
     * cannot be read. */
    uint32_t event_status();

    /* --- Decoders and memory -------------------------------------------- */

    commit_result commit_decoder(unsigned index, const decoder &d);
    status uncommit_decoder(unsigned index);

    /*
     * HPA of a DPA, from the decoders that are committed, and how many bytes
     * go on without a gap. In an interleave set the host stands for position
     * 0 of it: the device at one end of the link cannot tell.
     */
    bool find_hpa(uint64_t dpa, uint64_t &hpa, uint64_t &contiguous) const;

    /* By HPA: one transaction. */
    memory_result read(uint64_t hpa, void *data, size_t size);
    memory_result write(uint64_t hpa, void *data, size_t size);

    /*
     * By DPA: as many transactions as the decoders make of it; the first that
     * fails ends it. A DPA without a decoder is an address error that never
     * leaves the host.
     */
    memory_result read_dpa(uint64_t dpa, void *data, size_t size);
    memory_result write_dpa(uint64_t dpa, void *data, size_t size);

    /* --- Registers ------------------------------------------------------ */

    tlm::tlm_response_status mmio_read(uint64_t offset, void *data,
                                       size_t size);
    tlm::tlm_response_status mmio_write(uint64_t offset, void *data,
                                        size_t size);

private:
    /* Register accesses until the first that fails; then none, and why. */
    class registers;

    void end_of_elaboration() override;
    void on_interrupt(unsigned vector);

    uint64_t find_capability(registers &r, unsigned id);
    uint64_t find_extended(registers &r, unsigned id, uint64_t from);
    uint64_t find_dvsec(registers &r, unsigned id);
    std::string take_block(registers &r, uint64_t entry);
    status find_device_capability(registers &r, unsigned index);
    status wait_range(unsigned range);
    status wait_status(uint64_t bit, const char *what);
    void unmask_vectors(registers &r, uint64_t table);
    status cxl_reset(bool clear);
    status function_reset();
    status pulse_reset();
    void forget_decoders(reset_kind kind);
    status find_hdm();
    decoder read_decoder(registers &r, unsigned index);
    status take_effects_log(uint32_t size);
    void send_object(registers &r, uint64_t offset, const bytes &object);
    std::string await_object(registers &r, uint64_t offset);
    bytes receive_object(registers &r, uint64_t offset);
    bool speaks_cdat(uint64_t doe);
    status read_table(uint64_t doe);
    status take_table(const bytes &table);

    response transact(uint16_t opcode, const bytes &payload);
    response finish(uint16_t opcode);
    bool doorbell_clears(registers &r);
    memory_result access_dpa(tlm::tlm_command command, uint64_t dpa,
                             uint8_t *data, size_t size);

    sc_core::sc_mutex m_turn;
    std::array<sc_core::sc_event, DCD_MSIX_VECTORS> m_interrupt;
    std::array<uint64_t, DCD_MSIX_VECTORS> m_count{};
    std::array<unsigned, DCD_LOG_COUNT> m_vectors;

    uint64_t m_cxl_device = 0; /* DVSEC; 0: none found */
    uint64_t m_serial = 0;
    std::array<uint64_t, 2> m_ranges{};

    /* BAR offsets: of the blocks where they are unless told otherwise, of the
     * rest 0 until found. */
    bool m_has_device_block = false; /* the locator has told of it */
    uint64_t m_component_block = DCD_BAR_COMPONENT;
    uint64_t m_device_block = DCD_BAR_DEVICE;
    uint64_t m_device_status = 0;
    uint64_t m_mailbox = 0;
    uint64_t m_memory_device = 0;
    uint64_t m_hdm = 0;
    size_t m_payload_size = 0;
    std::set<uint16_t> m_opcodes;
    dcd::dc_config m_dc;
    std::vector<memory_range> m_cdat;

    struct committed_decoder {
        bool committed = false;
        decoder d;
    };
    std::array<committed_decoder, 10> m_decoders;
};

} // namespace dcd

#endif
