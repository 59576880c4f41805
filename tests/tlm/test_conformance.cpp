/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_conformance.cpp - what a TLM-2.0 target owes its callers (IEEE 1666),
 * one test a row.
 */
#include "bench.hpp"

#include <cstring>
#include <string>

namespace
{

using tlm::tlm_command;
using tlm::tlm_response_status;

constexpr tlm_command READ = tlm::TLM_READ_COMMAND;
constexpr tlm_command WRITE = tlm::TLM_WRITE_COMMAND;
constexpr tlm_command IGNORE = tlm::TLM_IGNORE_COMMAND;
constexpr tlm_command UNKNOWN = static_cast<tlm_command>(3);

constexpr tlm_response_status OK = tlm::TLM_OK_RESPONSE;
constexpr tlm_response_status GENERIC = tlm::TLM_GENERIC_ERROR_RESPONSE;
constexpr tlm_response_status ADDRESS = tlm::TLM_ADDRESS_ERROR_RESPONSE;
constexpr tlm_response_status COMMAND = tlm::TLM_COMMAND_ERROR_RESPONSE;
constexpr tlm_response_status BURST = tlm::TLM_BURST_ERROR_RESPONSE;
constexpr tlm_response_status ENABLE = tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;

constexpr bool WITH_DATA = true;
constexpr bool WITHOUT_DATA = false;

constexpr unsigned room = 16;
constexpr const char *no_enables = nullptr;

/*
 * Memory holds 10h + the low digit of the address, the data array A0h + the
 * index. What is there afterwards stands in the last two columns as digits:
 * 'm0'...'mf' for a byte of memory, 'd0'...'df' for one of the data array.
 * Empty: nothing has changed.
 */
struct row {
    const char *name;
    tlm_command command;
    uint64_t address;
    bool has_data;
    unsigned length;
    unsigned width;
    const char *enables; /* hex digits, "" an array of length 0 */
    tlm_response_status status;
    const char *data;
    const char *memory; /* from the address on */
};

/* clang-format off */
constexpr uint64_t B = memory_base, E = memory_end;
const row rows[] = {
/* command */
{"aligned_read", READ, B, WITH_DATA, 8, 8, no_enables, OK,
 "m0m1m2m3m4m5m6m7", ""},
{"aligned_write", WRITE, B, WITH_DATA, 8, 8, no_enables, OK,
 "", "d0d1d2d3d4d5d6d7m8"},
{"unaligned_read", READ, B + 3, WITH_DATA, 7, 7, no_enables, OK,
 "m3m4m5m6m7m8m9d7", ""},
{"ignore", IGNORE, B, WITH_DATA, 8, 8, no_enables, OK, "", ""},
{"ignore_without_data", IGNORE, B, WITHOUT_DATA, 0, 0, no_enables, OK, "", ""},
{"ignore_of_no_memory", IGNORE, 0, WITH_DATA, 8, 8, no_enables, OK, "", ""},
{"unknown_command", UNKNOWN, B, WITH_DATA, 8, 8, no_enables, COMMAND, "", ""},
/* data and length */
{"read_without_data", READ, B, WITHOUT_DATA, 8, 8, no_enables, GENERIC,
 "", ""},
{"write_without_data", WRITE, B, WITHOUT_DATA, 8, 8, no_enables, GENERIC,
 "", ""},
{"read_of_length_0", READ, B, WITH_DATA, 0, 8, no_enables, GENERIC, "", ""},
{"write_of_length_0", WRITE, B, WITH_DATA, 0, 8, no_enables, GENERIC, "", ""},
/* address */
{"read_of_the_last_byte", READ, E - 1, WITH_DATA, 1, 1, no_enables, OK,
 "mf", ""},
{"read_of_the_last_8_bytes", READ, E - 8, WITH_DATA, 8, 8, no_enables, OK,
 "m8m9mambmcmdmemf", ""},
{"write_of_the_last_8_bytes", WRITE, E - 8, WITH_DATA, 8, 8, no_enables, OK,
 "", "d0d1d2d3d4d5d6d7"},
{"read_crossing_the_end", READ, E - 4, WITH_DATA, 8, 8, no_enables, ADDRESS,
 "", ""},
{"write_crossing_the_end", WRITE, E - 4, WITH_DATA, 8, 8, no_enables, ADDRESS,
 "", ""},
{"read_behind_the_end", READ, E, WITH_DATA, 8, 8, no_enables, ADDRESS, "", ""},
{"read_crossing_the_start", READ, B - 4, WITH_DATA, 8, 8, no_enables, ADDRESS,
 "", ""},
{"read_wrapping_the_address", READ, UINT64_MAX - 3, WITH_DATA, 8, 8,
 no_enables, ADDRESS, "", ""},
{"write_wrapping_the_address", WRITE, UINT64_MAX - 3, WITH_DATA, 8, 8,
 no_enables, ADDRESS, "", ""},
/* streaming width */
{"read_with_streaming_width_0", READ, B, WITH_DATA, 8, 0, no_enables, BURST,
 "", ""},
{"write_with_streaming_width_0", WRITE, B, WITH_DATA, 8, 0, no_enables, BURST,
 "", ""},
{"read_with_streaming_width_3_of_8", READ, B, WITH_DATA, 8, 3, no_enables,
 BURST, "", ""},
{"write_with_streaming_width_3_of_8", WRITE, B, WITH_DATA, 8, 3, no_enables,
 BURST, "", ""},
{"write_with_streaming_width_4_of_8", WRITE, B, WITH_DATA, 8, 4, no_enables,
 OK, "", "d4d5d6d7m4m5m6m7"},
{"read_with_streaming_width_4_of_8", READ, B, WITH_DATA, 8, 4, no_enables, OK,
 "m0m1m2m3m0m1m2m3d8", ""},
{"read_with_streaming_width_16_for_8", READ, B, WITH_DATA, 8, 16, no_enables,
 OK, "m0m1m2m3m4m5m6m7d8", ""},
{"write_with_streaming_width_16_for_8", WRITE, B, WITH_DATA, 8, 16,
 no_enables, OK, "", "d0d1d2d3d4d5d6d7m8"},
{"stream_into_the_last_4_bytes", WRITE, E - 4, WITH_DATA, 8, 4, no_enables,
 OK, "", "d4d5d6d7"},
{"stream_crossing_the_end", WRITE, E - 2, WITH_DATA, 8, 4, no_enables,
 ADDRESS, "", ""},
/* byte enables */
{"write_of_every_other_byte", WRITE, B, WITH_DATA, 8, 8, "ff00ff00ff00ff00",
 OK, "", "d0m1d2m3d4m5d6m7"},
{"read_of_every_other_byte", READ, B, WITH_DATA, 8, 8, "ff00ff00ff00ff00", OK,
 "m0d1m2d3m4d5m6d7", ""},
{"write_with_2_enables_for_8_bytes", WRITE, B, WITH_DATA, 8, 8, "00ff", OK,
 "", "m0d1m2d3m4d5m6d7"},
{"read_with_3_enables_for_8_bytes", READ, B, WITH_DATA, 8, 8, "ffff00", OK,
 "m0m1d2m3m4d5m6m7", ""},
{"write_with_more_enables_than_bytes", WRITE, B, WITH_DATA, 2, 2, "ff00ffff",
 OK, "", "d0m1m2m3"},
{"write_with_all_bytes_enabled", WRITE, B, WITH_DATA, 4, 4, "ff", OK,
 "", "d0d1d2d3m4"},
{"write_with_all_bytes_disabled", WRITE, B, WITH_DATA, 8, 8, "00", OK, "", ""},
{"read_with_all_bytes_disabled", READ, B, WITH_DATA, 8, 8, "00", OK, "", ""},
{"disabled_bytes_behind_the_end", WRITE, E - 4, WITH_DATA, 8, 8,
 "ffffffff00000000", ADDRESS, "", ""},
{"enables_of_length_0", WRITE, B, WITH_DATA, 8, 8, "", ENABLE, "", ""},
{"read_with_enables_of_length_0", READ, B, WITH_DATA, 8, 8, "", ENABLE,
 "", ""},
{"enable_value_01h", WRITE, B, WITH_DATA, 8, 8, "ffffff01", ENABLE, "", ""},
{"read_with_enable_value_01h", READ, B, WITH_DATA, 8, 8, "01", ENABLE, "", ""},
{"enable_value_that_no_byte_uses", WRITE, B, WITH_DATA, 2, 2, "ffff01", OK,
 "", "d0d1m2"},
{"stream_of_enabled_bytes", WRITE, B, WITH_DATA, 8, 4, "ff00ffffff0000ff", OK,
 "", "d4m1d2d7m4"},
/* order of the checks */
{"command_comes_before_data", UNKNOWN, B, WITHOUT_DATA, 8, 8, no_enables,
 COMMAND, "", ""},
{"data_comes_before_byte_enables", WRITE, B, WITHOUT_DATA, 8, 8, "",
 GENERIC, "", ""},
{"length_comes_before_byte_enables", WRITE, B, WITH_DATA, 0, 8, "",
 GENERIC, "", ""},
{"byte_enables_come_before_streaming", WRITE, B, WITH_DATA, 8, 0, "01",
 ENABLE, "", ""},
{"streaming_comes_before_address", WRITE, 0, WITH_DATA, 8, 0, no_enables,
 BURST, "", ""},
};
/* clang-format on */

struct debug_row {
    const char *name;
    tlm_command command;
    uint64_t address;
    unsigned length;
    unsigned width;
    unsigned served;
};

const debug_row debug_rows[] = {
    {"debug_read", READ, B, 8, 8, 8},
    {"debug_write", WRITE, B, 8, 8, 8},
    {"debug_read_crossing_the_end", READ, E - 4, 8, 8, 0},
    {"debug_write_crossing_the_end", WRITE, E - 4, 8, 8, 0},
    {"debug_read_of_no_memory", READ, 0, 8, 8, 0},
    {"debug_read_with_streaming_width_0", READ, B, 8, 0, 8},
    {"debug_read_of_length_0", READ, B, 0, 0, 0},
    {"debug_ignore", IGNORE, B, 8, 8, 0},
};

unsigned digit(char c)
{
    return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
}

std::vector<unsigned char> from_hex(const char *hex)
{
    std::vector<unsigned char> bytes;
    for (; *hex; hex += 2)
        bytes.push_back(
            static_cast<unsigned char>(digit(hex[0]) << 4 | digit(hex[1])));
    return bytes;
}

std::vector<unsigned char> pattern(unsigned start)
{
    std::vector<unsigned char> bytes(room);
    for (unsigned i = 0; i < room; i++)
        bytes[i] = static_cast<unsigned char>(start + (i & 15));
    return bytes;
}

/* [bytes] with what the column [digits] says from index [at] on. */
std::vector<unsigned char> changed(std::vector<unsigned char> bytes,
                                   const char *digits, size_t at = 0)
{
    for (; *digits; digits += 2)
        bytes.at(at++) = static_cast<unsigned char>(
            (digits[0] == 'm' ? 0x10 : 0xa0) + digit(digits[1]));
    return bytes;
}

class conformance : public testing::Test
{
protected:
    static void fill_memory(bench &b)
    {
        b.commit_decoder();
        const std::vector<unsigned char> bytes = pattern(0x10);
        ASSERT_EQ(OK, b.write(b.mem, B, bytes.data(), room));
        ASSERT_EQ(OK, b.write(b.mem, E - room, bytes.data(), room));
    }

    static std::vector<unsigned char> memory(bench &b, uint64_t address)
    {
        std::vector<unsigned char> bytes(room);
        EXPECT_EQ(OK, b.read(b.mem, address, bytes.data(), room));
        return bytes;
    }

    /* The windows at both ends; row [r] has changed one of them, or none. */
    static void expect_memory(bench &b, const row &r)
    {
        for (const uint64_t window : {B, E - room}) {
            std::vector<unsigned char> bytes = pattern(0x10);
            if (r.address >= window && r.address < window + room)
                bytes = changed(bytes, r.memory, r.address - window);
            EXPECT_EQ(bytes, memory(b, window));
        }
    }
};

class access_test : public conformance
{
public:
    explicit access_test(const row &r) : m_row(r) {}

    void TestBody() override
    {
        bench b("bench");
        b.run([&] {
            fill_memory(b);
            transport(b);
            expect_memory(b, m_row);
        });
    }

private:
    void transport(bench &b)
    {
        std::vector<unsigned char> data = pattern(0xa0);
        std::vector<unsigned char> enables =
            from_hex(m_row.enables ? m_row.enables : "");
        unsigned char none = TLM_BYTE_ENABLED;
        unsigned char *const enable = enables.empty() ? &none : enables.data();
        unsigned char *const array = m_row.has_data ? data.data() : nullptr;
        const auto enable_length = static_cast<unsigned>(enables.size());

        tlm::tlm_generic_payload p;
        p.set_command(m_row.command);
        p.set_address(m_row.address);
        p.set_data_ptr(array);
        p.set_data_length(m_row.length);
        p.set_streaming_width(m_row.width);
        p.set_byte_enable_ptr(m_row.enables ? enable : nullptr);
        p.set_byte_enable_length(enable_length);
        sc_core::sc_time delay(7, sc_core::SC_NS);
        b.mem->b_transport(p, delay);

        EXPECT_EQ(m_row.status, p.get_response_status());
        EXPECT_EQ(changed(pattern(0xa0), m_row.data), data);
        EXPECT_EQ(sc_core::sc_time(7, sc_core::SC_NS), delay);
        /* Nothing of this is the target's to change. */
        EXPECT_EQ(m_row.command, p.get_command());
        EXPECT_EQ(m_row.address, p.get_address());
        EXPECT_EQ(array, p.get_data_ptr());
        EXPECT_EQ(m_row.length, p.get_data_length());
        EXPECT_EQ(m_row.width, p.get_streaming_width());
        EXPECT_EQ(m_row.enables ? enable : nullptr, p.get_byte_enable_ptr());
        EXPECT_EQ(enable_length, p.get_byte_enable_length());
        EXPECT_EQ(from_hex(m_row.enables ? m_row.enables : ""), enables);
    }

    const row &m_row;
};

class debug_test : public conformance
{
public:
    explicit debug_test(const debug_row &r) : m_row(r) {}

    void TestBody() override
    {
        bench b("bench");
        b.run([&] {
            fill_memory(b);
            std::vector<unsigned char> data = pattern(0xa0);
            tlm::tlm_generic_payload p;
            p.set_command(m_row.command);
            p.set_address(m_row.address);
            p.set_data_ptr(data.data());
            p.set_data_length(m_row.length);
            p.set_streaming_width(m_row.width);
            EXPECT_EQ(m_row.served, b.mem->transport_dbg(p));

            const bool moved = m_row.served != 0;
            const bool wrote = moved && m_row.command == WRITE;
            const bool got = moved && m_row.command == READ;
            EXPECT_EQ(changed(pattern(0xa0), got ? "m0m1m2m3m4m5m6m7" : ""),
                      data);
            EXPECT_EQ(changed(pattern(0x10), wrote ? "d0d1d2d3d4d5d6d7" : ""),
                      memory(b, B));
            EXPECT_EQ(pattern(0x10), memory(b, E - room));
        });
    }

private:
    const debug_row &m_row;
};

template <class BODY, class ROW>
void add(const ROW &r)
{
    testing::RegisterTest("TlmConformance", r.name, nullptr, nullptr, __FILE__,
                          __LINE__,
                          [&r]() -> conformance * { return new BODY(r); });
}

const bool registered = [] {
    for (const row &r : rows)
        add<access_test>(r);
    for (const debug_row &r : debug_rows)
        add<debug_test>(r);
    return true;
}();

} /* namespace */

/* Non-blocking transport: the legal early completion. */
struct phase_row {
    tlm::tlm_phase phase;
    tlm::tlm_sync_enum answer;
    tlm::tlm_response_status status;
};

TEST(TlmNonBlocking, completes_a_request_at_once)
{
    EXPECT_TRUE(registered);
    dcd_config config = small_config();
    config.read_latency = 5000;
    bench b("bench", config);
    b.run([&] {
        b.commit_decoder();
        const uint64_t value = 0x1122334455667788;
        EXPECT_EQ(OK, b.write(b.mem, B, &value, 8));

        uint64_t got = 0;
        tlm::tlm_generic_payload p;
        p.set_command(READ);
        p.set_address(B);
        p.set_data_ptr(reinterpret_cast<unsigned char *>(&got));
        p.set_data_length(8);
        p.set_streaming_width(8);
        tlm::tlm_phase phase = tlm::BEGIN_REQ;
        sc_core::sc_time delay(2, sc_core::SC_NS);
        EXPECT_EQ(tlm::TLM_COMPLETED, b.mem->nb_transport_fw(p, phase, delay));
        EXPECT_EQ(OK, p.get_response_status());
        EXPECT_EQ(value, got);
        EXPECT_EQ(sc_core::sc_time(7, sc_core::SC_NS), delay);
        EXPECT_TRUE(phase == tlm::BEGIN_REQ);
        EXPECT_EQ(sc_core::SC_ZERO_TIME, sc_core::sc_time_stamp());
    });
}

DECLARE_EXTENDED_PHASE(a_phase_of_others);

TEST(TlmNonBlocking, other_phases_move_nothing)
{
    const phase_row table[] = {
        {tlm::END_RESP, tlm::TLM_COMPLETED, tlm::TLM_INCOMPLETE_RESPONSE},
        {tlm::END_REQ, tlm::TLM_COMPLETED, GENERIC},
        {tlm::BEGIN_RESP, tlm::TLM_COMPLETED, GENERIC},
        {a_phase_of_others, tlm::TLM_ACCEPTED, tlm::TLM_INCOMPLETE_RESPONSE},
    };
    bench b("bench");
    b.run([&] {
        b.commit_decoder();
        for (const phase_row &r : table) {
            SCOPED_TRACE(r.phase.get_name());
            unsigned char data[8] = {0xaa};
            tlm::tlm_generic_payload p;
            p.set_command(READ);
            p.set_address(B);
            p.set_data_ptr(data);
            p.set_data_length(8);
            p.set_streaming_width(8);
            tlm::tlm_phase phase = r.phase;
            sc_core::sc_time delay;
            EXPECT_EQ(r.answer, b.mem->nb_transport_fw(p, phase, delay));
            EXPECT_EQ(r.status, p.get_response_status());
            EXPECT_EQ(0xaa, data[0]);
        }
    });
}
