/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_poison.cpp - poisoned lines and disabled media, as an initiator sees
 * them.
 */
#include "bench.hpp"

#include <cxldcd/ctypes/memory_device.h>
#include <cxldcd/ctypes/opcode.h>
#include <cxldcd/ctypes/return_code.h>

#include <cstring>
#include <string>

namespace
{

constexpr tlm::tlm_response_status OK = tlm::TLM_OK_RESPONSE;
constexpr tlm::tlm_response_status GENERIC = tlm::TLM_GENERIC_ERROR_RESPONSE;
constexpr tlm::tlm_response_status ADDRESS = tlm::TLM_ADDRESS_ERROR_RESPONSE;
constexpr tlm::tlm_command READ = tlm::TLM_READ_COMMAND;
constexpr tlm::tlm_command WRITE = tlm::TLM_WRITE_COMMAND;

constexpr uint64_t mailbox = DCD_BAR_DEVICE + DCD_DEV_MAILBOX;
constexpr uint64_t line = memory_base + 4096; /* the poisoned one */
constexpr unsigned room = 256;

/* A host whose mailbox takes no time, and a payload with an extension. */
class poison_bench : public bench
{
public:
    dcd::poison_extension poison;

    explicit poison_bench(const dcd_config &config = small_config())
        : bench("bench", config)
    {
    }

    uint16_t command(uint16_t opcode, const void *input = nullptr,
                     unsigned length = 0)
    {
        const dcd_le64 wire =
            dcd_put64(opcode | uint64_t(length) << DCD_MBOX_LENGTH_SHIFT);
        dcd_le64 outcome = dcd_put64(0);
        if (length) {
            EXPECT_EQ(OK,
                      write(mmio, mailbox + DCD_MBOX_PAYLOAD, input, length));
        }
        EXPECT_EQ(OK, write(mmio, mailbox + DCD_MBOX_COMMAND, &wire, 8));
        write32(mailbox + DCD_MBOX_CONTROL, DCD_MBOX_DOORBELL);
        EXPECT_EQ(OK, read(mmio, mailbox + DCD_MBOX_STATUS, &outcome, 8));
        return static_cast<uint16_t>(dcd_get64(outcome) >>
                                     DCD_MBOX_RETURN_CODE_SHIFT);
    }

    /* Bytes 0, 1, 2 ... from 64 before the line, which is poisoned then. */
    void prepare()
    {
        unsigned char bytes[room];
        commit_decoder();
        for (unsigned i = 0; i < room; i++)
            bytes[i] = static_cast<unsigned char>(i);
        EXPECT_EQ(OK, write(mem, line - 64, bytes, room));
        inject(line);
    }

    void inject(uint64_t address)
    {
        const dcd_inject_poison_req req = {dcd_put64(address - memory_base)};
        EXPECT_EQ(DCD_RC_SUCCESS,
                  command(DCD_OP_INJECT_POISON, &req, sizeof(req)));
    }

    tlm::tlm_response_status transport(tlm::tlm_command kind, uint64_t address,
                                       unsigned char *data, unsigned length,
                                       bool with_extension = true,
                                       unsigned width = room,
                                       unsigned char *enables = nullptr,
                                       unsigned enable_length = 0)
    {
        tlm::tlm_generic_payload p;
        p.set_command(kind);
        p.set_address(address);
        p.set_data_ptr(data);
        p.set_data_length(length);
        p.set_streaming_width(width);
        p.set_byte_enable_ptr(enables);
        p.set_byte_enable_length(enable_length);
        if (with_extension)
            p.set_extension(&poison);
        mem->b_transport(p, delay);
        hint = p.is_dmi_allowed();
        if (with_extension)
            p.clear_extension(&poison);
        return p.get_response_status();
    }

    bool hint = false;
};

/* Byte [i] of what prepare() has written, from the line on. */
unsigned char byte_at(unsigned i)
{
    return static_cast<unsigned char>(64 + i);
}

} /* namespace */

TEST(TlmPoison, a_read_delivers_the_bytes_and_says_poison)
{
    poison_bench b;
    b.run([&] {
        b.prepare();
        unsigned char data[64] = {0};
        EXPECT_EQ(GENERIC, b.transport(READ, line, data, 64));
        EXPECT_TRUE(b.poison.is_poisoned);
        EXPECT_FALSE(b.hint);
        for (unsigned i = 0; i < 64; i++)
            EXPECT_EQ(byte_at(i), data[i]);
    });
}

TEST(TlmPoison, the_extension_says_so_of_each_access)
{
    poison_bench b;
    b.run([&] {
        b.prepare();
        unsigned char data[8];
        EXPECT_EQ(GENERIC, b.transport(READ, line, data, 8));
        EXPECT_TRUE(b.poison.is_poisoned);
        EXPECT_EQ(OK, b.transport(READ, line + 64, data, 8));
        EXPECT_FALSE(b.poison.is_poisoned);
        b.poison.is_poisoned = true;
        EXPECT_EQ(ADDRESS, b.transport(READ, memory_end, data, 8));
        EXPECT_FALSE(b.poison.is_poisoned);
        b.poison.is_poisoned = true;
        EXPECT_EQ(GENERIC, b.transport(READ, line, nullptr, 8));
        EXPECT_FALSE(b.poison.is_poisoned); /* no data: another reason */
        b.poison.is_poisoned = true;
        EXPECT_EQ(OK, b.transport(WRITE, line, data, 8));
        EXPECT_FALSE(b.poison.is_poisoned);
    });
}

TEST(TlmPoison, without_the_extension_nothing_else_is_different)
{
    poison_bench b;
    b.run([&] {
        b.prepare();
        unsigned char data[8] = {0};
        EXPECT_EQ(GENERIC, b.transport(READ, line, data, 8, false));
        EXPECT_EQ(byte_at(7), data[7]);
        EXPECT_FALSE(b.poison.is_poisoned);
    });
}

TEST(TlmPoison, the_extension_can_be_copied)
{
    poison_bench b;
    b.run([&] {
        tlm::tlm_generic_payload from;
        tlm::tlm_generic_payload to;
        b.poison.is_poisoned = true;
        from.set_extension(&b.poison);
        to.deep_copy_from(from);
        dcd::poison_extension *copy = to.get_extension<dcd::poison_extension>();
        EXPECT_TRUE(copy && copy != &b.poison && copy->is_poisoned);
        b.poison.is_poisoned = false;
        EXPECT_TRUE(copy->is_poisoned);
        from.update_extensions_from(to);
        EXPECT_TRUE(b.poison.is_poisoned);
        from.clear_extension(&b.poison);
    });
}

/* It moved its bytes, so it takes as long as any other. */
TEST(TlmPoison, a_poisoned_read_takes_its_time)
{
    dcd_config config = small_config();
    config.read_latency = 5000;
    poison_bench b(config);
    b.run([&] {
        b.prepare();
        unsigned char data[8];
        b.delay = sc_core::sc_time(1, sc_core::SC_NS);
        EXPECT_EQ(GENERIC, b.transport(READ, line, data, 8));
        EXPECT_EQ(sc_core::sc_time(6, sc_core::SC_NS), b.delay);
        EXPECT_EQ(ADDRESS, b.transport(READ, memory_end, data, 8));
        EXPECT_EQ(sc_core::sc_time(6, sc_core::SC_NS), b.delay);
    });
}

TEST(TlmPoison, only_a_write_of_the_whole_line_ends_it)
{
    poison_bench b;
    b.run([&] {
        b.prepare();
        unsigned char data[64] = {0};
        EXPECT_EQ(OK, b.transport(WRITE, line, data, 32));
        EXPECT_FALSE(b.hint);
        EXPECT_EQ(OK, b.transport(WRITE, line + 32, data, 32));
        EXPECT_EQ(GENERIC, b.transport(READ, line, data, 8));
        EXPECT_EQ(OK, b.transport(WRITE, line, data, 64));
        EXPECT_TRUE(b.hint);
        EXPECT_EQ(OK, b.transport(READ, line, data, 8));
        EXPECT_TRUE(b.hint);
    });
}

TEST(TlmPoison, byte_enables_count_the_bytes_that_are_enabled)
{
    unsigned char first_half[16];
    std::memset(first_half, TLM_BYTE_ENABLED, 8);
    std::memset(first_half + 8, TLM_BYTE_DISABLED, 8);
    poison_bench b;
    b.run([&] {
        b.prepare();
        unsigned char data[16];
        std::memset(data, 0xaa, sizeof(data));
        /* Eight bytes before the line, and eight of it, not enabled. */
        EXPECT_EQ(OK, b.transport(READ, line - 8, data, 16, true, 16,
                                  first_half, 16));
        EXPECT_FALSE(b.poison.is_poisoned);
        EXPECT_EQ(byte_at(0) - 1, data[7]);
        EXPECT_EQ(0xaa, data[8]);
        /* Eight bytes of the line. */
        EXPECT_EQ(GENERIC,
                  b.transport(READ, line, data, 16, true, 16, first_half, 16));
        EXPECT_TRUE(b.poison.is_poisoned);
        EXPECT_EQ(byte_at(7), data[7]);
        EXPECT_EQ(0xaa, data[8]);
        /* All other bytes of a longer access are still delivered. */
        unsigned char alternating[2] = {TLM_BYTE_ENABLED, TLM_BYTE_DISABLED};
        unsigned char many[128];
        std::memset(many, 0xaa, sizeof(many));
        EXPECT_EQ(GENERIC, b.transport(READ, line, many, 128, true, 128,
                                       alternating, 2));
        EXPECT_EQ(byte_at(126), many[126]);
        EXPECT_EQ(0xaa, many[127]);
    });
}

TEST(TlmPoison, streaming_goes_on_behind_a_poisoned_beat)
{
    poison_bench b;
    b.run([&] {
        b.prepare();
        unsigned char data[32] = {0};
        EXPECT_EQ(GENERIC, b.transport(READ, line, data, 32, true, 8));
        EXPECT_TRUE(b.poison.is_poisoned);
        for (unsigned i = 0; i < 32; i++)
            EXPECT_EQ(byte_at(i % 8), data[i]);
        /* Each beat is a write of its own: none covers the line. */
        unsigned char lines[128] = {0};
        EXPECT_EQ(OK, b.transport(WRITE, line, lines, 128, true, 32));
        EXPECT_EQ(GENERIC, b.transport(READ, line, data, 8));
        EXPECT_EQ(OK, b.transport(WRITE, line, lines, 128, true, 64));
        EXPECT_EQ(OK, b.transport(READ, line, data, 8));
    });
}

TEST(TlmPoison, any_other_error_comes_first_and_moves_nothing)
{
    poison_bench b;
    b.run([&] {
        b.prepare();
        b.inject(memory_end - 64);
        unsigned char data[128];
        std::memset(data, 0xaa, sizeof(data));
        EXPECT_EQ(ADDRESS, b.transport(READ, memory_end - 64, data, 128));
        EXPECT_FALSE(b.poison.is_poisoned);
        EXPECT_EQ(0xaa, data[0]);
    });
}

TEST(TlmPoison, debug_access_reads_and_writes_it)
{
    poison_bench b;
    b.run([&] {
        b.prepare();
        unsigned char data[128] = {0};
        EXPECT_EQ(128u, b.debug(b.mem, READ, line - 64, data, 128));
        EXPECT_EQ(byte_at(0), data[64]);
        EXPECT_EQ(8u, b.debug(b.mem, WRITE, line, data, 8));
        EXPECT_EQ(GENERIC, b.transport(READ, line, data, 8));
        EXPECT_EQ(64u, b.debug(b.mem, WRITE, line, data, 64));
        EXPECT_EQ(OK, b.transport(READ, line, data, 8));
    });
}

TEST(TlmPoison, pointers_end_at_the_line_and_are_taken_back)
{
    poison_bench b;
    b.run([&] {
        b.prepare();
        tlm::tlm_dmi grant;
        EXPECT_TRUE(b.dmi(READ, line - 1, grant));
        EXPECT_EQ(memory_base, grant.get_start_address());
        EXPECT_EQ(line - 1, grant.get_end_address());
        EXPECT_FALSE(b.dmi(READ, line + 7, grant));
        EXPECT_EQ(line, grant.get_start_address());
        EXPECT_EQ(line + 63, grant.get_end_address());
        EXPECT_TRUE(grant.is_read_write_allowed());
        b.revocations.clear();
        b.inject(line - 64);
        ASSERT_EQ(1u, b.revocations.size());
        EXPECT_EQ(line - 64, b.revocations[0].first);
        EXPECT_EQ(line - 1, b.revocations[0].second);
    });
}

/* --- Media disabled
 * ------------------------------------------------------------- */

TEST(TlmPoison, disabled_media_read_a_pattern_and_drop_writes)
{
    dcd_config config = small_config();
    config.sanitize_per_gib = UINT64_C(1000000000); /* 250 us in all */
    poison_bench b(config);
    b.run([&] {
        b.prepare();
        unsigned char data[8] = {0};
        tlm::tlm_dmi grant;
        EXPECT_TRUE(b.dmi(READ, memory_base, grant));
        b.revocations.clear();
        EXPECT_EQ(DCD_RC_BACKGROUND_STARTED, b.command(DCD_OP_SANITIZE));
        EXPECT_FALSE(b.revocations.empty());
        EXPECT_EQ(OK, b.transport(READ, line, data, 8));
        EXPECT_FALSE(b.poison.is_poisoned);
        EXPECT_FALSE(b.hint);
        for (unsigned i = 0; i < 8; i++)
            EXPECT_EQ(dcd_disabled_byte(4096 + i), data[i]);
        EXPECT_EQ(OK, b.transport(WRITE, memory_base, data, 8));
        EXPECT_FALSE(b.hint);
        EXPECT_FALSE(b.dmi(READ, memory_base, grant));
        EXPECT_EQ(0u, grant.get_start_address());
        EXPECT_EQ(UINT64_MAX, grant.get_end_address());
        EXPECT_EQ(0u, b.debug(b.mem, READ, memory_base, data, 8));
        EXPECT_EQ(0u, b.debug(b.mem, WRITE, memory_base, data, 8));
        sc_core::wait(1, sc_core::SC_MS);
        EXPECT_EQ(OK, b.transport(READ, line, data, 8));
        EXPECT_TRUE(b.hint);
        for (unsigned i = 0; i < 8; i++)
            EXPECT_EQ(0, data[i]);
        EXPECT_TRUE(b.dmi(READ, memory_base, grant));
        EXPECT_EQ(memory_end - 1, grant.get_end_address());
    });
}
