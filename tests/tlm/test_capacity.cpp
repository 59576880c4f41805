/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_capacity.cpp - dynamic capacity through the sockets: what comes of
 * commands by itself, at which time, on lines and on DMI.
 */
#include "bench.hpp"

#include <cxldcd/ctypes/cci.h>
#include <cxldcd/ctypes/dynamic_capacity.h>
#include <cxldcd/ctypes/event.h>
#include <cxldcd/ctypes/extent.h>
#include <cxldcd/ctypes/fm_api.h>
#include <cxldcd/ctypes/opcode.h>

#include <cstring>
#include <string>

namespace
{

constexpr tlm::tlm_response_status OK = tlm::TLM_OK_RESPONSE;
constexpr tlm::tlm_response_status ADDRESS = tlm::TLM_ADDRESS_ERROR_RESPONSE;

constexpr uint64_t block = 2 * DCD_MIB;
constexpr uint64_t latency = 2000; /* ps, of a command */
/* The region lies behind the static memory, and one decoder covers both. */
constexpr uint64_t region_dpa = memory_size;
constexpr uint64_t region_base = memory_base + region_dpa;

constexpr uint64_t mailbox = DCD_BAR_DEVICE + DCD_DEV_MAILBOX;

sc_core::sc_time ps(uint64_t n)
{
    return sc_core::sc_time::from_value(n);
}

dcd_config capacity_config()
{
    dcd_config config = small_config();
    config.region_count = 1;
    config.regions[0].length = 256 * DCD_MIB;
    config.regions[0].block_size = block;
    config.mailbox_latency = latency;
    config.check = true;
    return config;
}

/* A host and a fabric manager that can do a little more than move bytes. */
class capacity_bench : public bench
{
public:
    explicit capacity_bench(sc_core::sc_module_name name,
                            const dcd_config &config = capacity_config())
        : bench(name, config)
    {
    }

    void ring(uint16_t opcode, const void *input, uint32_t length)
    {
        const dcd_le64 command =
            dcd_put64(opcode | uint64_t(length) << DCD_MBOX_LENGTH_SHIFT);
        EXPECT_EQ(OK, write(mmio, mailbox + DCD_MBOX_PAYLOAD, input, length));
        EXPECT_EQ(OK, write(mmio, mailbox + DCD_MBOX_COMMAND, &command, 8));
        write32(mailbox + DCD_MBOX_CONTROL, DCD_MBOX_DOORBELL);
    }

    bool is_busy()
    {
        return read32(mailbox + DCD_MBOX_CONTROL) & DCD_MBOX_DOORBELL;
    }

    void command(uint16_t opcode, const void *input, uint32_t length)
    {
        ring(opcode, input, length);
        wait(ps(latency));
        dcd_le64 outcome = dcd_put64(0);
        EXPECT_FALSE(is_busy());
        EXPECT_EQ(OK, read(mmio, mailbox + DCD_MBOX_STATUS, &outcome, 8));
        EXPECT_EQ(0u,
                  dcd_get64(outcome) >> DCD_MBOX_RETURN_CODE_SHIFT & 0xffff);
    }

    /* MSI-X on, and the vector of the dynamic capacity log. */
    void enable_interrupt()
    {
        const dcd_interrupt_policy policy = {{0, 0, 0, 0, DCD_INTERRUPT_MSI}};
        const uint8_t on = 0x80; /* MSI-X Enable, PCIe 6.0 7.7.2.2 */
        const uint64_t entry =
            DCD_BAR_MSIX_TABLE +
            DCD_VECTOR_DYNAMIC_CAPACITY * DCD_MSIX_ENTRY_SIZE;
        EXPECT_EQ(OK, write(cfg, capability(0x11) + 3u, &on, 1));
        write32(entry + DCD_MSIX_VECTOR_CONTROL, 0);
        command(DCD_OP_SET_INTERRUPT_POLICY, &policy, sizeof(policy));
    }

    /* Of the first block; nobody asks for the responses. */
    void fm_add_block()
    {
        struct {
            dcd_initiate_dc_add_req request = {};
            dcd_extent_wire extent = first_block();
        } add;
        add.request.policy = DCD_ADD_PRESCRIPTIVE;
        add.request.count = dcd_put32(1);
        fm_request(DCD_OP_INITIATE_DC_ADD, &add, sizeof(add));
    }

    void fm_take_block()
    {
        struct {
            dcd_initiate_dc_release_req request = {};
            dcd_extent_wire extent = first_block();
        } take;
        take.request.flags = DCD_RELEASE_PRESCRIPTIVE | DCD_RELEASE_FORCED;
        take.request.count = dcd_put32(1);
        fm_request(DCD_OP_INITIATE_DC_RELEASE, &take, sizeof(take));
    }

    void accept_block()
    {
        struct {
            dcd_updated_extent_list list = {};
            dcd_updated_extent extent = {};
        } request;
        request.list.count = dcd_put32(1);
        request.extent.dpa = dcd_put64(region_dpa);
        request.extent.length = dcd_put64(block);
        command(DCD_OP_ADD_DC_RESPONSE, &request, sizeof(request));
    }

private:
    static dcd_extent_wire first_block()
    {
        dcd_extent_wire extent = {};
        extent.dpa = dcd_put64(region_dpa);
        extent.length = dcd_put64(block);
        return extent;
    }

    void fm_request(uint16_t opcode, const void *input, uint32_t length)
    {
        const dcd_cci_header header = dcd_cci_request(1, opcode, length);
        std::vector<unsigned char> message(sizeof(header) + length);
        std::memcpy(message.data(), &header, sizeof(header));
        std::memcpy(message.data() + sizeof(header), input, length);
        EXPECT_EQ(OK, write(fm, 0, message.data(), unsigned(message.size())));
    }

    /* Where capability [id] lies in configuration space. */
    uint8_t capability(uint8_t id)
    {
        uint8_t entry[2] = {0, 0x34};
        EXPECT_EQ(OK, read(cfg, 0x34, &entry[1], 1));
        do {
            const uint8_t at = entry[1];
            EXPECT_EQ(OK, read(cfg, at, &entry[0], 1));
            EXPECT_EQ(OK, read(cfg, at + 1u, &entry[1], 1));
            if (entry[0] == id)
                return at;
        } while (entry[1]);
        ADD_FAILURE() << "no capability " << unsigned(id);
        return 0;
    }
};

void note_commands(void *context, const dcd_trace_record *record)
{
    if (record->kind == DCD_TRACE_COMMAND)
        static_cast<std::vector<uint64_t> *>(context)->push_back(record->time);
}

} /* namespace */

TEST(TlmCapacity, a_command_runs_at_its_time_without_being_asked_for)
{
    capacity_bench b("bench");
    std::vector<uint64_t> times;
    b.device.set_trace(note_commands, &times);
    b.run([&] {
        const unsigned char none = 0;
        wait(ps(1000));
        b.delay = ps(100);
        /* One byte too many: it fails, but at its time. */
        b.ring(DCD_OP_IDENTIFY_MEMORY_DEVICE, &none, 1);
        b.fm_add_block();
        EXPECT_TRUE(b.is_busy());
    });
    EXPECT_EQ((std::vector<uint64_t>{3100, 3100}), times);
    EXPECT_EQ(ps(3100), sc_core::sc_time_stamp());
}

TEST(TlmCapacity, two_commands_of_different_times_both_run)
{
    capacity_bench b("bench");
    std::vector<uint64_t> times;
    b.device.set_trace(note_commands, &times);
    b.run([&] {
        const unsigned char none = 0;
        b.delay = ps(700);
        b.ring(DCD_OP_IDENTIFY_MEMORY_DEVICE, &none, 1);
        b.delay = ps(300);
        b.fm_add_block();
    });
    EXPECT_EQ((std::vector<uint64_t>{2300, 2700}), times);
}

TEST(TlmCapacity, the_doorbell_clears_at_its_time)
{
    capacity_bench b("bench");
    b.run([&] {
        const unsigned char none = 0;
        b.ring(DCD_OP_IDENTIFY_MEMORY_DEVICE, &none, 1);
        b.delay = ps(latency - 1);
        EXPECT_TRUE(b.is_busy());
        b.delay = ps(latency);
        EXPECT_FALSE(b.is_busy());
    });
}

TEST(TlmCapacity, a_response_that_is_waited_for_has_its_effects_in_time)
{
    capacity_bench b("bench");
    std::vector<uint64_t> times;
    b.device.set_trace(note_commands, &times);
    b.run([&] {
        unsigned char response[12];
        b.delay = ps(100);
        b.fm_add_block();
        EXPECT_EQ(OK, b.read(b.fm, 0, response, sizeof(response)));
        EXPECT_EQ(ps(2100), b.delay);
    });
    EXPECT_EQ((std::vector<uint64_t>{2100}), times);
}

/* Message types of the warnings since the handler was set. */
static std::vector<std::string> warnings;

static void collect_warnings(const sc_core::sc_report &report,
                             const sc_core::sc_actions &actions)
{
    if (report.get_severity() == sc_core::SC_WARNING)
        warnings.emplace_back(report.get_msg_type());
    else
        sc_core::sc_report_handler::default_handler(report, actions);
}

TEST(TlmCapacity, what_a_host_does_wrong_is_a_warning)
{
    capacity_bench b("bench");
    b.run([&] {
        const unsigned char none = 0;
        const dcd_le64 command = dcd_put64(0);
        b.ring(DCD_OP_IDENTIFY_MEMORY_DEVICE, &none, 1);
        sc_core::sc_report_handler::set_handler(collect_warnings);
        EXPECT_EQ(OK, b.write(b.mmio, mailbox + DCD_MBOX_COMMAND, &command, 8));
    });
    EXPECT_EQ((std::vector<std::string>{"/cxldcd/host"}), warnings);
}

TEST(TlmCapacity, an_offer_pulses_the_vector_of_its_log)
{
    capacity_bench b("bench");
    probe watched("watched");
    b.device.head[0].irq[DCD_VECTOR_DYNAMIC_CAPACITY].bind(watched.line);
    b.device.set_irq_pulse(ps(500));
    uint64_t start = 0;
    b.run([&] {
        b.enable_interrupt();
        start = sc_core::sc_time_stamp().value();
        b.delay = ps(100);
        b.fm_add_block();
    });
    EXPECT_EQ((probe::edges{{start + 2100, true}, {start + 2600, false}}),
              watched.seen);
}

TEST(TlmCapacity, a_masked_vector_stays_low)
{
    capacity_bench b("bench");
    probe watched("watched");
    b.device.head[0].irq[DCD_VECTOR_DYNAMIC_CAPACITY].bind(watched.line);
    b.run([&] { b.fm_add_block(); });
    EXPECT_TRUE(watched.seen.empty());
}

TEST(TlmCapacity, the_first_record_for_the_fabric_manager_pulses_fm_irq)
{
    capacity_bench b("bench");
    probe watched("watched"), rst("rst");
    b.device.fm_irq.bind(watched.line);
    b.device.head[0].rst.bind(rst.line);
    b.run([&] {
        b.fm_add_block();
        wait(ps(5000));
        rst.line.write(true); /* the offer vanishes, which the FM is told */
    });
    EXPECT_EQ((probe::edges{{5000, true}, {6000, false}}), watched.seen);
}

TEST(TlmCapacity, pointers_end_with_a_forced_release)
{
    capacity_bench b("bench");
    b.run([&] {
        uint64_t data = 0x1122334455667788;
        tlm::tlm_dmi grant;
        b.commit_decoder(memory_base, 2 * memory_size);
        EXPECT_EQ(ADDRESS, b.write(b.mem, region_base, &data, 8));
        EXPECT_FALSE(b.dmi(tlm::TLM_READ_COMMAND, region_base, grant));

        b.fm_add_block();
        wait(ps(latency));
        b.accept_block();
        EXPECT_EQ(OK, b.write(b.mem, region_base, &data, 8));
        ASSERT_TRUE(b.dmi(tlm::TLM_WRITE_COMMAND, region_base, grant));
        EXPECT_LE(grant.get_end_address(), region_base + block - 1);
        b.revocations.clear();

        tlm::tlm_response_status inside = OK;
        b.revoked = [&] { inside = b.read(b.mem, region_base, &data, 8); };
        b.fm_take_block();
        EXPECT_TRUE(b.revocations.empty()); /* its time has not come */
        wait(ps(latency + 1));
        ASSERT_FALSE(b.revocations.empty());
        EXPECT_LE(b.revocations[0].first, region_base);
        EXPECT_GE(b.revocations[0].second, region_base + block - 1);
        EXPECT_EQ(ADDRESS, inside);
        EXPECT_EQ(ADDRESS, b.read(b.mem, region_base, &data, 8));
        EXPECT_FALSE(b.dmi(tlm::TLM_READ_COMMAND, region_base, grant));
        EXPECT_EQ(8u,
                  b.debug(b.mem, tlm::TLM_READ_COMMAND, memory_base, &data, 8));
        EXPECT_EQ(0u,
                  b.debug(b.mem, tlm::TLM_READ_COMMAND, region_base, &data, 8));
    });
    EXPECT_EQ(0u, dcd_device_violations(b.device.core()));
}

TEST(TlmCapacity, pointers_to_read_only_memory_are_for_reading)
{
    dcd_config config = capacity_config();
    config.regions[0].attributes = DCD_REGION_ATTR_READ_ONLY;
    capacity_bench b("bench", config);
    b.run([&] {
        uint64_t data = 0;
        tlm::tlm_dmi grant;
        b.commit_decoder(memory_base, 2 * memory_size);
        b.fm_add_block();
        wait(ps(latency));
        b.accept_block();
        EXPECT_EQ(OK, b.read(b.mem, region_base, &data, 8));
        EXPECT_EQ(ADDRESS, b.write(b.mem, region_base, &data, 8));

        EXPECT_FALSE(b.dmi(tlm::TLM_WRITE_COMMAND, region_base, grant));
        EXPECT_EQ(tlm::tlm_dmi::DMI_ACCESS_WRITE, grant.get_granted_access());
        EXPECT_TRUE(b.dmi(tlm::TLM_READ_COMMAND, region_base, grant));
        EXPECT_EQ(tlm::tlm_dmi::DMI_ACCESS_READ, grant.get_granted_access());
        EXPECT_EQ(OK, b.read(b.mem, region_base, &data, 8));
        EXPECT_TRUE(b.dmi_hint());
    });
}
