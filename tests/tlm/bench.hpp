/* SPDX-License-Identifier: Apache-2.0 */
/* bench.hpp - a device with one initiator on every socket of head 0. */
#ifndef CXLDCD_TESTS_TLM_BENCH_HPP
#define CXLDCD_TESTS_TLM_BENCH_HPP

#include <cxldcd/ctypes/registers.h>
#include <cxldcd/device.hpp>

#include <functional>
#include <gtest/gtest.h>
#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <utility>
#include <vector>

/* Where commit_decoder puts the static memory of small_config(). */
constexpr uint64_t memory_base = UINT64_C(0x100000000);
constexpr uint64_t memory_size = UINT64_C(0x10000000);
constexpr uint64_t memory_end = memory_base + memory_size;

/* One head, 256 MiB of static memory, nothing takes time. */
inline dcd_config small_config()
{
    dcd_config config;
    dcd_config_init(&config);
    config.heads = 1;
    config.static_volatile = memory_size;
    config.mailbox_latency = 0;
    config.read_latency = 0;
    config.write_latency = 0;
    config.bandwidth = 0;
    return config;
}

/* A line, and the times (ps) at which it changed. */
class probe : public sc_core::sc_module
{
public:
    SC_HAS_PROCESS(probe);
    using edges = std::vector<std::pair<uint64_t, bool>>;

    sc_core::sc_signal<bool> line;
    edges seen;

    explicit probe(sc_core::sc_module_name name)
        : sc_core::sc_module(name), line("line")
    {
        SC_METHOD(watch);
        sensitive << line;
        dont_initialize();
    }

private:
    void watch()
    {
        seen.emplace_back(sc_core::sc_time_stamp().value(), line.read());
    }
};

class bench : public sc_core::sc_module
{
public:
    SC_HAS_PROCESS(bench);
    using initiator = tlm_utils::simple_initiator_socket<bench>;
    using status = tlm::tlm_response_status;

    initiator mem;
    initiator mmio;
    initiator cfg;
    initiator fm;
    dcd::device device;
    sc_core::sc_time delay;        /* of the next access, then after it */
    std::function<void()> revoked; /* called by each invalidation */
    std::vector<std::pair<uint64_t, uint64_t>> revocations;

    explicit bench(sc_core::sc_module_name name,
                   const dcd_config &config = small_config())
        : sc_core::sc_module(name), mem("mem"), mmio("mmio"), cfg("cfg"),
          fm("fm"), device("device", config)
    {
        mem.bind(device.head[0].mem);
        mmio.bind(device.head[0].mmio);
        cfg.bind(device.head[0].cfg);
        fm.bind(device.fm);
        mem.register_invalidate_direct_mem_ptr(this, &bench::invalidate);
        SC_THREAD(thread);
    }

    /* Runs [body] in a process from time 0 on, until nothing is left. */
    void run(std::function<void()> body)
    {
        m_body = std::move(body);
        sc_core::sc_start();
        EXPECT_TRUE(m_finished);
    }

    status access(initiator &socket, tlm::tlm_command command, uint64_t address,
                  void *data, unsigned length)
    {
        tlm::tlm_generic_payload p;
        p.set_command(command);
        p.set_address(address);
        p.set_data_ptr(static_cast<unsigned char *>(data));
        p.set_data_length(length);
        p.set_streaming_width(length);
        socket->b_transport(p, delay);
        m_dmi_hint = p.is_dmi_allowed();
        return p.get_response_status();
    }

    status read(initiator &socket, uint64_t address, void *data,
                unsigned length)
    {
        return access(socket, tlm::TLM_READ_COMMAND, address, data, length);
    }

    status write(initiator &socket, uint64_t address, const void *data,
                 unsigned length)
    {
        return access(socket, tlm::TLM_WRITE_COMMAND, address,
                      const_cast<void *>(data), length);
    }

    unsigned debug(initiator &socket, tlm::tlm_command command,
                   uint64_t address, void *data, unsigned length)
    {
        tlm::tlm_generic_payload p;
        p.set_command(command);
        p.set_address(address);
        p.set_data_ptr(static_cast<unsigned char *>(data));
        p.set_data_length(length);
        p.set_streaming_width(length);
        return socket->transport_dbg(p);
    }

    bool dmi(tlm::tlm_command command, uint64_t address, tlm::tlm_dmi &grant)
    {
        tlm::tlm_generic_payload p;
        p.set_command(command);
        p.set_address(address);
        grant.init();
        return mem->get_direct_mem_ptr(p, grant);
    }

    /* The dmi_allowed attribute of the last access. */
    bool dmi_hint() const { return m_dmi_hint; }

    void write32(uint64_t offset, uint32_t value)
    {
        const dcd_le32 wire = dcd_put32(value);
        EXPECT_EQ(tlm::TLM_OK_RESPONSE, write(mmio, offset, &wire, 4));
    }

    uint32_t read32(uint64_t offset)
    {
        dcd_le32 wire = dcd_put32(0);
        EXPECT_EQ(tlm::TLM_OK_RESPONSE, read(mmio, offset, &wire, 4));
        return dcd_get32(wire);
    }

    /* Decoder 0 over [size] bytes of DPA, by the registers. */
    void commit_decoder(uint64_t base = memory_base,
                        uint64_t size = memory_size)
    {
        const uint64_t decoder = DCD_BAR_HDM + DCD_HDM_DECODER(0);
        write32(decoder + DCD_HDM_BASE_LOW, uint32_t(base));
        write32(decoder + DCD_HDM_BASE_HIGH, uint32_t(base >> 32));
        write32(decoder + DCD_HDM_SIZE_LOW, uint32_t(size));
        write32(decoder + DCD_HDM_SIZE_HIGH, uint32_t(size >> 32));
        write32(DCD_BAR_HDM + DCD_HDM_GLOBAL_CONTROL, DCD_HDM_GLOBAL_ENABLE);
        write32(decoder + DCD_HDM_CONTROL, DCD_HDM_COMMIT);
        enable_mem();
        EXPECT_TRUE(is_committed());
    }

    /* CXL.mem on; the device revokes only when that is news. */
    void enable_mem()
    {
        const dcd_le16 wire = dcd_put16(DCD_CXL_MEM_ENABLE);
        EXPECT_EQ(
            tlm::TLM_OK_RESPONSE,
            write(cfg, DCD_CONFIG_CXL_DEVICE + DCD_CXL_CONTROL, &wire, 2));
    }

    void uncommit_decoder()
    {
        write32(DCD_BAR_HDM + DCD_HDM_DECODER(0) + DCD_HDM_CONTROL, 0);
    }

    bool is_committed()
    {
        return read32(DCD_BAR_HDM + DCD_HDM_DECODER(0) + DCD_HDM_CONTROL) &
               DCD_HDM_COMMITTED;
    }

private:
    void thread()
    {
        if (m_body)
            m_body();
        m_finished = true;
    }

    void invalidate(sc_dt::uint64 first, sc_dt::uint64 last)
    {
        revocations.emplace_back(first, last);
        if (revoked)
            revoked();
    }

    std::function<void()> m_body;
    bool m_finished = false;
    bool m_dmi_hint = false;
};

#endif
