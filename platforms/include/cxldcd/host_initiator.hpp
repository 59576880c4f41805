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

    /* --- Start-up: boot() is all of the steps below, in this order ------ */

    status boot(const std::vector<decoder> &decoders);

    /* Capability array, mailbox size (8.2.8.1, 8.2.8.4.3). */
    status find_registers();
    /* Memory Device Status: mailbox ready, media ready; waits up to 2 s. */
    status wait_ready();
    /* Command register, CXL.mem enable, MSI-X with all vectors unmasked. */
    status enable_device();
    /* 0400h, 0401h: which commands there are. */
    status read_command_effects();
    /* 0301h, if there: 2026-01-01 and the simulated time since its start. */
    status set_timestamp();
    /* 0103h: a message for every log; 0102h: which vectors they come on. */
    status set_interrupt_policy();
    status read_interrupt_policy();
    /* Decoders 0, 1, ... and the global enable. */
    status program_decoders(const std::vector<decoder> &decoders);
    /* 4800h; success without asking when the device has no such command. */
    status read_dc_config();

    /* What these found out. */
    size_t payload_size() const { return m_payload_size; }
    bool supports(uint16_t opcode) const { return m_opcodes.count(opcode); }
    bool supports_dynamic_capacity() const;
    const dcd::dc_config &dc() const { return m_dc; }

    /* Pulls [rst] for 100 ns. The host has to boot again afterwards. */
    status reset();

    /* --- Mailbox -------------------------------------------------------- */

    response command(uint16_t opcode, const bytes &payload) override;

    /*
     * 4802h or 4803h with these ranges, split with the More flag where one
     * payload is too small; no other command of this host gets in between.
     */
    response send_extents(uint16_t opcode, const std::vector<extent> &extents);

    /* --- Interrupts ----------------------------------------------------- */

    /* How often the vector has fired, and the event that says it did. */
    uint64_t interrupts(unsigned vector) const { return m_count.at(vector); }
    const sc_core::sc_event &interrupt_event(unsigned vector) const
    {
        return m_interrupt[vector];
    }
    /* Vector of an event log; DCD_VECTOR_... until 0102h told. */
    unsigned vector_of(uint8_t log) const { return m_vectors.at(log); }

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

    status find_device_capability(registers &r, unsigned index);
    status enable_msix();
    void enable_cxl_mem(registers &r);
    void unmask_vectors(registers &r, uint64_t table);
    status find_hdm();
    decoder read_decoder(registers &r, unsigned index);
    status take_effects_log(uint32_t size);

    response transact(uint16_t opcode, const bytes &payload);
    response finish(uint16_t opcode);
    bool doorbell_clears(registers &r);
    memory_result access_dpa(tlm::tlm_command command, uint64_t dpa,
                             uint8_t *data, size_t size);

    sc_core::sc_mutex m_turn;
    std::array<sc_core::sc_event, DCD_MSIX_VECTORS> m_interrupt;
    std::array<uint64_t, DCD_MSIX_VECTORS> m_count{};
    std::array<unsigned, DCD_LOG_COUNT> m_vectors;

    uint64_t m_mailbox = 0; /* BAR offsets; 0: not found yet */
    uint64_t m_memory_device = 0;
    uint64_t m_hdm = 0;
    size_t m_payload_size = 0;
    std::set<uint16_t> m_opcodes;
    dcd::dc_config m_dc;

    struct committed_decoder {
        bool committed = false;
        decoder d;
    };
    std::array<committed_decoder, 10> m_decoders;
};

} // namespace dcd

#endif
