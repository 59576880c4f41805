/* SPDX-License-Identifier: Apache-2.0 */
/* test_device.cpp - the module: its sockets, ports, time and DMI. */
#include "bench.hpp"

#include <cxldcd/ctypes/cci.h>
#include <cxldcd/ctypes/opcode.h>

#include <array>
#include <cstring>
#include <stdexcept>

namespace
{

constexpr tlm::tlm_command READ = tlm::TLM_READ_COMMAND;
constexpr tlm::tlm_command WRITE = tlm::TLM_WRITE_COMMAND;
constexpr tlm::tlm_response_status OK = tlm::TLM_OK_RESPONSE;
constexpr tlm::tlm_response_status GENERIC = tlm::TLM_GENERIC_ERROR_RESPONSE;
constexpr tlm::tlm_response_status ADDRESS = tlm::TLM_ADDRESS_ERROR_RESPONSE;
constexpr tlm::tlm_response_status BURST = tlm::TLM_BURST_ERROR_RESPONSE;
constexpr tlm::tlm_response_status ENABLE = tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;

sc_core::sc_time ps(uint64_t n)
{
    return sc_core::sc_time::from_value(n); /* default resolution: 1 ps */
}

} /* namespace */

/* --- Elaboration -------------------------------------------------------- */

TEST(TlmDevice, elaborates_with_nothing_bound)
{
    dcd_config config = small_config();
    config.heads = 2;
    dcd::device device("device", config);
    EXPECT_EQ(2u, device.head.size());
    EXPECT_EQ(DCD_MSIX_VECTORS, device.head[1].irq.size());
    EXPECT_STREQ("device.head_1", device.head[1].name());
    EXPECT_STREQ("device.head_1.mem", device.head[1].mem.name());
    EXPECT_STREQ("device.fm", device.fm.name());
    EXPECT_NE(nullptr, device.core());
    sc_core::sc_start(1, sc_core::SC_US);
    /* Nobody is there to hear it. */
    dcd_device_reset(device.core(), 0, DCD_RESET_CONVENTIONAL);
    sc_core::sc_start(1, sc_core::SC_US);
}

TEST(TlmDevice, refuses_an_invalid_configuration_by_name)
{
    dcd_config config = small_config();
    config.heads = 0;
    try {
        dcd::device device("device", config);
        FAIL() << "no report";
    } catch (const sc_core::sc_report &report) {
        EXPECT_STREQ("/cxldcd/config", report.get_msg_type());
        EXPECT_NE(nullptr, std::strstr(report.get_msg(), "heads"));
    }
}

TEST(TlmDevice, does_not_exist_where_the_report_does_not_throw)
{
    dcd_config config = small_config();
    config.heads = 0;
    sc_core::sc_report_handler::set_actions("/cxldcd/config", sc_core::SC_ERROR,
                                            sc_core::SC_DO_NOTHING);
    EXPECT_THROW(dcd::device("device", config), std::invalid_argument);
}

TEST(TlmDevice, takes_a_bus_of_64_bits)
{
    struct host : sc_core::sc_module {
        tlm_utils::simple_initiator_socket<host, 64> mem;
        explicit host(sc_core::sc_module_name name)
            : sc_core::sc_module(name), mem("mem")
        {
        }
    } host("host");
    dcd::basic_device<64> device("device", small_config());
    host.mem.bind(device.head[0].mem);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);

    uint64_t data = 0;
    tlm::tlm_generic_payload p;
    p.set_read();
    p.set_address(memory_base);
    p.set_data_ptr(reinterpret_cast<unsigned char *>(&data));
    p.set_data_length(8);
    p.set_streaming_width(8);
    sc_core::sc_time delay;
    host.mem->b_transport(p, delay);
    EXPECT_EQ(ADDRESS, p.get_response_status()); /* no decoder yet */
    EXPECT_EQ(64u, device.head[0].mem.get_bus_width());
}

TEST(TlmDevice, two_devices_do_not_know_each_other)
{
    bench b("bench"), other("other");
    b.run([&] {
        uint32_t value = 0x12345678;
        b.commit_decoder();
        EXPECT_EQ(OK, b.write(b.mem, memory_base, &value, 4));
        EXPECT_FALSE(other.is_committed());
        EXPECT_EQ(ADDRESS, other.read(other.mem, memory_base, &value, 4));
        other.commit_decoder();
        EXPECT_EQ(OK, other.read(other.mem, memory_base, &value, 4));
        EXPECT_EQ(0u, value);
    });
}

/* --- Registers ---------------------------------------------------------- */

struct register_access {
    const char *what;
    uint64_t offset;
    unsigned length;
    tlm::tlm_response_status status;
};

TEST(TlmRegisters, answer_to_defined_widths_only)
{
    const uint64_t hdm = DCD_BAR_HDM, device = DCD_BAR_DEVICE;
    const register_access table[] = {
        {"component, 4 bytes", hdm, 4, OK},
        {"component, 8 bytes", hdm, 8, BURST},
        {"component, 2 bytes", hdm, 2, BURST},
        {"component, unaligned", hdm + 2, 4, BURST},
        {"device, 1 byte", device, 1, OK},
        {"device, 2 bytes", device, 2, OK},
        {"device, 4 bytes", device, 4, OK},
        {"device, 8 bytes", device, 8, OK},
        {"device, 3 bytes", device, 3, BURST},
        {"device, unaligned", device + 4, 8, BURST},
        {"device, odd", device + 1, 2, BURST},
        {"device, 16 bytes", device, 16, BURST},
        {"behind the BAR", DCD_BAR_SIZE, 4, ADDRESS},
        {"far behind the BAR", UINT64_MAX - 3, 4, ADDRESS},
    };
    bench b("bench");
    b.run([&] {
        for (const register_access &r : table) {
            SCOPED_TRACE(r.what);
            unsigned char data[16] = {};
            EXPECT_EQ(r.status, b.read(b.mmio, r.offset, data, r.length));
            EXPECT_EQ(r.status == OK ? r.length : 0,
                      b.debug(b.mmio, READ, r.offset, data, r.length));
        }
    });
}

TEST(TlmRegisters, of_configuration_space_answer_to_1_2_and_4_bytes)
{
    const register_access table[] = {
        {"1 byte", 0, 1, OK},         {"2 bytes", 0, 2, OK},
        {"4 bytes", 0, 4, OK},        {"last 4 bytes", 4092, 4, OK},
        {"3 bytes", 0, 3, BURST},     {"8 bytes", 0, 8, BURST},
        {"unaligned", 2, 4, BURST},   {"odd", 1, 2, BURST},
        {"behind", 4096, 4, ADDRESS}, {"far", UINT64_MAX - 3, 4, ADDRESS},
    };
    bench b("bench");
    b.run([&] {
        for (const register_access &r : table) {
            SCOPED_TRACE(r.what);
            unsigned char data[8] = {};
            EXPECT_EQ(r.status, b.read(b.cfg, r.offset, data, r.length));
        }
        unsigned char vendor[2] = {};
        EXPECT_EQ(OK, b.read(b.cfg, 0, vendor, 2));
        EXPECT_FALSE(vendor[0] == 0xff && vendor[1] == 0xff);
    });
}

TEST(TlmRegisters, are_moved_whole_or_not_at_all)
{
    struct row {
        const char *what;
        std::vector<unsigned char> enables;
        unsigned width;
        tlm::tlm_response_status status;
    };
    const row table[] = {
        {"all enabled", {0xff}, 4, OK},
        {"one disabled", {0xff, 0xff, 0x00, 0xff}, 4, ENABLE},
        {"not a value", {0x01}, 4, ENABLE},
        {"streaming", {}, 2, BURST},
        {"no streaming width", {}, 0, BURST},
        {"wide streaming", {}, 8, OK},
        {"byte enables first", {0x00}, 0, ENABLE},
    };
    bench b("bench");
    b.run([&] {
        for (row r : table) {
            SCOPED_TRACE(r.what);
            unsigned char data[4] = {0xaa, 0xaa, 0xaa, 0xaa};
            tlm::tlm_generic_payload p;
            p.set_read();
            p.set_address(DCD_BAR_HDM);
            p.set_data_ptr(data);
            p.set_data_length(4);
            p.set_streaming_width(r.width);
            if (!r.enables.empty())
                p.set_byte_enable_ptr(r.enables.data());
            p.set_byte_enable_length(unsigned(r.enables.size()));
            b.mmio->b_transport(p, b.delay);
            EXPECT_EQ(r.status, p.get_response_status());
            EXPECT_EQ(r.status != OK, data[3] == 0xaa);
        }
    });
}

/* A trace sink that counts. */
static void count_records(void *context, const dcd_trace_record *)
{
    ++*static_cast<unsigned *>(context);
}

TEST(TlmRegisters, debug_access_reads_unseen_and_never_writes)
{
    bench b("bench");
    b.run([&] {
        unsigned records = 0;
        uint32_t seen = 0, debugged = 0;
        b.device.set_trace(count_records, &records);
        EXPECT_EQ(OK, b.read(b.mmio, DCD_BAR_HDM, &seen, 4));
        EXPECT_EQ(1u, records);
        EXPECT_EQ(4u, b.debug(b.mmio, READ, DCD_BAR_HDM, &debugged, 4));
        EXPECT_EQ(seen, debugged);
        EXPECT_EQ(1u, records);

        const uint64_t control = DCD_BAR_HDM + DCD_HDM_GLOBAL_CONTROL;
        const uint32_t enable = DCD_HDM_GLOBAL_ENABLE;
        uint32_t value = enable;
        EXPECT_EQ(0u, b.debug(b.mmio, WRITE, control, &value, 4));
        EXPECT_EQ(0u, b.read32(control) & enable);
        EXPECT_EQ(2u, records);
        b.device.set_trace(nullptr, nullptr);
        b.read32(control);
        EXPECT_EQ(2u, records);
    });
}

/* --- Time --------------------------------------------------------------- */

TEST(TlmTime, latencies_add_to_the_delay)
{
    dcd_config config = small_config();
    config.read_latency = 180000;
    config.write_latency = 160001;
    bench b("bench", config);
    b.run([&] {
        uint64_t data = 0;
        b.commit_decoder();
        EXPECT_EQ(sc_core::SC_ZERO_TIME, b.delay); /* registers are free */
        b.delay = ps(5);
        EXPECT_EQ(OK, b.read(b.mem, memory_base, &data, 8));
        EXPECT_EQ(ps(180005), b.delay);
        EXPECT_EQ(OK, b.write(b.mem, memory_base, &data, 8));
        EXPECT_EQ(ps(340006), b.delay);
        EXPECT_EQ(OK, b.access(b.mem, tlm::TLM_IGNORE_COMMAND, memory_base,
                               &data, 8));
        EXPECT_EQ(ADDRESS, b.read(b.mem, memory_end, &data, 8));
        EXPECT_EQ(8u, b.debug(b.mem, READ, memory_base, &data, 8));
        EXPECT_EQ(ps(340006), b.delay);
        EXPECT_EQ(sc_core::SC_ZERO_TIME, sc_core::sc_time_stamp());
    });
}

TEST(TlmTime, bandwidth_makes_accesses_queue)
{
    dcd_config config = small_config();
    config.read_latency = 1000;
    config.bandwidth = UINT64_C(32000000000); /* 31.25 ps a byte */
    bench b("bench", config);
    b.run([&] {
        unsigned char data[64] = {};
        b.commit_decoder();
        EXPECT_EQ(OK, b.read(b.mem, memory_base, data, 64));
        EXPECT_EQ(ps(2000 + 1000), b.delay);
        /* From the same moment: behind the first. */
        b.delay = sc_core::SC_ZERO_TIME;
        EXPECT_EQ(OK, b.read(b.mem, memory_base, data, 64));
        EXPECT_EQ(ps(4000 + 1000), b.delay);
        /* The link is free after 4000 ps, whatever the latency. */
        b.delay = ps(3999);
        EXPECT_EQ(OK, b.write(b.mem, memory_base, data, 32));
        EXPECT_EQ(ps(5000), b.delay);
        /* A gap is not saved up. */
        wait(ps(10000));
        b.delay = sc_core::SC_ZERO_TIME;
        EXPECT_EQ(OK, b.read(b.mem, memory_base, data, 1));
        EXPECT_EQ(ps(32 + 1000), b.delay); /* rounded up */
    });
}

TEST(TlmTime, is_exact_where_double_is_not)
{
    dcd_config config = small_config();
    config.read_latency = 1;
    bench b("bench", config);
    b.run([&] {
        const uint64_t far = (UINT64_C(1) << 60) + 1;
        unsigned char data = 0;
        b.commit_decoder();
        b.delay = ps(far);
        EXPECT_EQ(OK, b.read(b.mem, memory_base, &data, 1));
        EXPECT_EQ(far + 1, b.delay.value());
    });
}

static void note_time(void *context, const dcd_trace_record *record)
{
    static_cast<std::vector<uint64_t> *>(context)->push_back(record->time);
}

TEST(TlmTime, of_a_step_includes_the_annotated_delay)
{
    bench b("bench");
    b.run([&] {
        std::vector<uint64_t> times;
        unsigned char data = 0;
        b.commit_decoder();
        b.device.set_trace(note_time, &times);
        wait(ps(1000));
        b.delay = ps(234);
        EXPECT_EQ(OK, b.read(b.mem, memory_base, &data, 1));
        b.delay = sc_core::SC_ZERO_TIME;
        EXPECT_EQ(OK, b.write(b.mem, memory_base, &data, 1));
        EXPECT_EQ((std::vector<uint64_t>{1234, 1000}), times);
        b.device.set_trace(nullptr, nullptr);
    });
}

TEST(TlmTime, is_counted_in_picoseconds_at_a_finer_resolution)
{
    sc_core::sc_set_time_resolution(10, sc_core::SC_FS);
    dcd_config config = small_config();
    config.read_latency = 7;
    bench b("bench", config);
    b.run([&] {
        std::vector<uint64_t> times;
        unsigned char data = 0;
        b.commit_decoder();
        b.device.set_trace(note_time, &times);
        b.delay = sc_core::sc_time(12, sc_core::SC_PS);
        EXPECT_EQ(OK, b.read(b.mem, memory_base, &data, 1));
        EXPECT_EQ(sc_core::sc_time(19, sc_core::SC_PS), b.delay);
        EXPECT_EQ((std::vector<uint64_t>{12}), times);
        b.device.set_trace(nullptr, nullptr);
    });
}

TEST(TlmTime, is_rounded_up_at_a_coarser_resolution)
{
    sc_core::sc_set_time_resolution(1, sc_core::SC_NS);
    dcd_config config = small_config();
    config.read_latency = 1001;
    bench b("bench", config);
    b.run([&] {
        std::vector<uint64_t> times;
        unsigned char data = 0;
        b.commit_decoder();
        b.device.set_trace(note_time, &times);
        b.delay = sc_core::sc_time(3, sc_core::SC_NS);
        EXPECT_EQ(OK, b.read(b.mem, memory_base, &data, 1));
        EXPECT_EQ(sc_core::sc_time(5, sc_core::SC_NS), b.delay);
        EXPECT_EQ((std::vector<uint64_t>{3000}), times);
        b.device.set_trace(nullptr, nullptr);
    });
}

/* --- DMI ---------------------------------------------------------------- */

TEST(TlmDmi, grants_static_memory)
{
    dcd_config config = small_config();
    config.read_latency = 3000;
    config.write_latency = 4000;
    bench b("bench", config);
    b.run([&] {
        const uint64_t value = 0x1122334455667788;
        tlm::tlm_dmi grant;
        b.commit_decoder();
        EXPECT_EQ(OK, b.write(b.mem, memory_base + 4096, &value, 8));
        EXPECT_TRUE(b.dmi_hint());
        b.revocations.clear(); /* committing was one, too */
        ASSERT_TRUE(b.dmi(READ, memory_base + 4096, grant));
        EXPECT_TRUE(grant.is_read_write_allowed());
        EXPECT_LE(grant.get_start_address(), memory_base + 4096);
        EXPECT_GE(grant.get_end_address(), memory_base + 4103);
        EXPECT_LT(grant.get_end_address(), memory_end);
        EXPECT_EQ(0, std::memcmp(grant.get_dmi_ptr() + memory_base + 4096 -
                                     grant.get_start_address(),
                                 &value, 8));
        EXPECT_EQ(ps(3000), grant.get_read_latency());
        EXPECT_EQ(ps(4000), grant.get_write_latency());
        EXPECT_EQ(OK, b.write(b.mem, memory_base + 4096, &value, 8));
        EXPECT_TRUE(b.dmi_hint());
        EXPECT_TRUE(b.revocations.empty());
    });
}

TEST(TlmDmi, refuses_what_is_not_decoded_and_says_how_far)
{
    bench b("bench");
    b.run([&] {
        tlm::tlm_dmi grant;
        b.commit_decoder();
        EXPECT_FALSE(b.dmi(READ, memory_end + 1, grant));
        EXPECT_EQ(tlm::tlm_dmi::DMI_ACCESS_READ_WRITE,
                  grant.get_granted_access());
        EXPECT_LE(grant.get_start_address(), memory_end + 1);
        EXPECT_GE(grant.get_start_address(), memory_end);
        EXPECT_GE(grant.get_end_address(), memory_end + 1);
    });
}

TEST(TlmDmi, is_refused_on_registers_and_fm)
{
    bench b("bench");
    b.run([&] {
        for (bench::initiator *socket : {&b.mmio, &b.cfg, &b.fm}) {
            tlm::tlm_generic_payload p;
            tlm::tlm_dmi grant;
            p.set_read();
            EXPECT_FALSE((*socket)->get_direct_mem_ptr(p, grant));
            EXPECT_EQ(0u, grant.get_start_address());
            EXPECT_EQ(UINT64_MAX, grant.get_end_address());
        }
    });
}

TEST(TlmDmi, ends_with_the_decoder)
{
    bench b("bench");
    b.run([&] {
        tlm::tlm_dmi grant;
        unsigned char data = 0;
        b.commit_decoder();
        ASSERT_TRUE(b.dmi(READ, memory_base, grant));
        b.revocations.clear();

        /* Inside the revocation the memory is closed already. */
        tlm::tlm_response_status inside = OK;
        b.revoked = [&] { inside = b.read(b.mem, memory_base, &data, 1); };
        b.uncommit_decoder();
        EXPECT_EQ(ADDRESS, inside);
        ASSERT_FALSE(b.revocations.empty());
        EXPECT_LE(b.revocations[0].first, grant.get_start_address());
        EXPECT_GE(b.revocations[0].second, grant.get_end_address());
    });
}

/* IEEE 1666: the hint stands only where a pointer would be granted. */
TEST(TlmDmi, is_hinted_at_where_it_would_be_granted)
{
    dcd_config config = small_config();
    config.unbacked_writes = DCD_UNBACKED_IGNORE;
    bench b("bench", config);
    b.run([&] {
        unsigned char data = 0;
        tlm::tlm_dmi grant;
        b.commit_decoder();
        EXPECT_EQ(OK, b.read(b.mem, memory_base, &data, 1));
        EXPECT_TRUE(b.dmi_hint());
        EXPECT_TRUE(b.dmi(READ, memory_base, grant));
        /* A write that is dropped succeeds like one that is not. */
        EXPECT_EQ(OK, b.write(b.mem, memory_end + 1, &data, 1));
        EXPECT_FALSE(b.dmi_hint());
        EXPECT_FALSE(b.dmi(tlm::TLM_WRITE_COMMAND, memory_end + 1, grant));
        EXPECT_EQ(ADDRESS, b.read(b.mem, memory_end + 1, &data, 1));
        EXPECT_FALSE(b.dmi_hint());
    });
}

/* --- Fabric manager ----------------------------------------------------- */

using fm_message = std::array<unsigned char, 64>;

static fm_message identify_request(uint8_t tag)
{
    const dcd_cci_header header = dcd_cci_request(tag, DCD_OP_IDENTIFY, 0);
    fm_message message = {};
    std::memcpy(message.data(), &header, sizeof(header));
    return message;
}

TEST(TlmFm, a_read_gives_the_response_to_the_last_write)
{
    bench b("bench");
    b.run([&] {
        for (const uint8_t tag : {uint8_t(7), uint8_t(9)}) {
            fm_message message = identify_request(tag);
            EXPECT_EQ(OK, b.write(b.fm, 0, message.data(), 12));
        }
        fm_message response;
        response.fill(0xee);
        EXPECT_EQ(OK, b.read(b.fm, 0, response.data(), 64));
        dcd_cci_header header;
        std::memcpy(&header, response.data(), sizeof(header));
        EXPECT_EQ(DCD_CCI_RESPONSE, header.category & DCD_CCI_CATEGORY_MASK);
        EXPECT_EQ(9u, header.tag);
        EXPECT_EQ(0u, dcd_get16(header.return_code));
        const uint32_t length = dcd_cci_length(&header);
        ASSERT_LT(12 + length, 64u);
        EXPECT_NE(0u, length);
        for (size_t i = 12 + length; i < response.size(); i++)
            EXPECT_EQ(0u, response[i]) << "byte " << i;

        /* Reading less takes the head; the response stays. */
        fm_message head;
        head.fill(0xee);
        EXPECT_EQ(OK, b.read(b.fm, 1234, head.data(), 5));
        EXPECT_EQ(0, std::memcmp(head.data(), response.data(), 5));
        EXPECT_EQ(0xee, head[5]);
    });
}

TEST(TlmFm, a_read_before_any_write_gives_zeros)
{
    bench b("bench");
    b.run([&] {
        unsigned char data[8] = {1, 2, 3, 4, 5, 6, 7, 8};
        const unsigned char zeros[8] = {};
        EXPECT_EQ(OK, b.read(b.fm, 0, data, 8));
        EXPECT_EQ(0, std::memcmp(data, zeros, 8));
    });
}

TEST(TlmFm, refuses_what_has_no_header_and_keeps_the_response)
{
    bench b("bench");
    b.run([&] {
        fm_message message = identify_request(5);
        unsigned char data[12] = {};
        EXPECT_EQ(OK, b.write(b.fm, 0, message.data(), 12));
        EXPECT_EQ(GENERIC, b.write(b.fm, 0, message.data(), 11));
        EXPECT_EQ(GENERIC, b.write(b.fm, 0, message.data(), 0));
        EXPECT_EQ(OK, b.read(b.fm, 0, data, 12));
        EXPECT_EQ(5u, data[1]);
        EXPECT_EQ(0u, b.debug(b.fm, READ, 0, data, 12));
    });
}

TEST(TlmFm, the_latency_that_is_left_is_in_the_delay_of_the_read)
{
    dcd_config config = small_config();
    config.mailbox_latency = 2000;
    bench b("bench", config);
    b.run([&] {
        fm_message message = identify_request(5);
        unsigned char data[12] = {};
        b.delay = ps(100);
        EXPECT_EQ(OK, b.write(b.fm, 0, message.data(), 12));
        EXPECT_EQ(ps(100), b.delay);
        wait(ps(600));
        b.delay = sc_core::SC_ZERO_TIME;
        EXPECT_EQ(OK, b.read(b.fm, 0, data, 12));
        EXPECT_EQ(ps(1500), b.delay);
        EXPECT_EQ(5u, data[1]);
    });
}
