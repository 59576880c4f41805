/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_initiators.cpp - the scripted host and fabric manager against devices
 * that break the rules.
 */
#include "gtest_c.h"
#include "script.hpp"

#include <cxldcd/ctypes/cci.h>
#include <cxldcd/ctypes/dynamic_capacity.h>
#include <cxldcd/ctypes/generic.h>
#include <cxldcd/ctypes/opcode.h>
#include <cxldcd/fm_initiator.hpp>
#include <cxldcd/host_initiator.hpp>

#include <cstring>
#include <functional>
#include <gtest/gtest.h>
#include <tlm_utils/simple_target_socket.h>

namespace
{

using dcd::bytes;

/* --- A device at the far end of a message port -------------------------- */

class fake_fm_port : public sc_core::sc_module
{
public:
    tlm_utils::simple_target_socket<fake_fm_port> fm;

    /* What is changed about a correct, empty response. */
    std::function<void(dcd_cci_header &)> spoil = [](dcd_cci_header &) {};
    sc_core::sc_time latency = sc_core::SC_ZERO_TIME;
    bool refuses = false;
    std::vector<uint8_t> tags; /* of all requests */

    explicit fake_fm_port(sc_core::sc_module_name name)
        : sc_module(name), fm("fm")
    {
        fm.register_b_transport(this, &fake_fm_port::transport);
    }

private:
    void transport(tlm::tlm_generic_payload &trans, sc_core::sc_time &delay)
    {
        if (trans.is_write())
            take(trans);
        else
            give(trans, delay);
        trans.set_response_status(refuses ? tlm::TLM_GENERIC_ERROR_RESPONSE
                                          : tlm::TLM_OK_RESPONSE);
    }

    void take(tlm::tlm_generic_payload &trans)
    {
        std::memcpy(&m_head, trans.get_data_ptr(), sizeof(m_head));
        tags.push_back(m_head.tag);
        m_head.category = DCD_CCI_RESPONSE;
        dcd_cci_set_length(&m_head, 0);
        spoil(m_head);
    }

    void give(tlm::tlm_generic_payload &trans, sc_core::sc_time &delay)
    {
        std::memset(trans.get_data_ptr(), 0, trans.get_data_length());
        std::memcpy(trans.get_data_ptr(), &m_head, sizeof(m_head));
        delay += latency;
    }

    dcd_cci_header m_head{};
};

struct fm_bench {
    dcd::fm_initiator manager{"manager"};
    fake_fm_port port{"port"};

    fm_bench() { manager.fm.bind(port.fm); }
};

struct spoiled_response {
    const char *name;
    void (*spoil)(dcd_cci_header &);
    const char *fault;
};

const spoiled_response spoiled_responses[] = {
    {"request_category",
     [](dcd_cci_header &h) { h.category = DCD_CCI_REQUEST; },
     "the message read is not a response"},
    {"another_tag", [](dcd_cci_header &h) { h.tag = 77; },
     "the response has tag 77, the request had 1"},
    {"another_opcode",
     [](dcd_cci_header &h) { h.opcode = dcd_put16(DCD_OP_IDENTIFY); },
     "the response is for another opcode"},
};

class Spoiled : public testing::TestWithParam<spoiled_response>
{
};

} // namespace

TEST_P(Spoiled, response_is_not_taken_for_an_answer)
{
    fm_bench bench;
    bench.port.spoil = GetParam().spoil;
    simulate([&] {
        const auto r = bench.manager.command(DCD_OP_GET_DCD_INFO, {});
        EXPECT_FALSE(r.answered());
        EXPECT_EQ(GetParam().fault, r.fault);
    });
}

INSTANTIATE_TEST_SUITE_P(FmInitiator, Spoiled,
                         testing::ValuesIn(spoiled_responses),
                         [](const auto &i) { return i.param.name; });

TEST(FmInitiator, gives_every_request_a_new_tag)
{
    fm_bench bench;
    simulate([&] {
        for (int i = 0; i < 300; i++)
            EXPECT_TRUE(bench.manager.command(DCD_OP_IDENTIFY, {}).ok());
    });
    for (size_t i = 1; i < bench.port.tags.size(); i++)
        EXPECT_EQ(uint8_t(bench.port.tags[i - 1] + 1), bench.port.tags[i]);
}

TEST(FmInitiator, waits_for_the_latency_that_the_device_annotates)
{
    fm_bench bench;
    bench.port.latency = sc_core::sc_time(3, sc_core::SC_US);
    simulate([&] {
        bench.manager.command(DCD_OP_IDENTIFY, {});
        EXPECT_EQ(sc_core::sc_time(3, sc_core::SC_US),
                  sc_core::sc_time_stamp());
    });
}

TEST(FmInitiator, gives_up_on_a_response_after_two_seconds)
{
    fm_bench bench;
    bench.port.latency = sc_core::sc_time(2001, sc_core::SC_MS);
    simulate([&] {
        EXPECT_EQ("no response within 2 s",
                  bench.manager.command(DCD_OP_IDENTIFY, {}).fault);
    });
}

TEST(FmInitiator, tells_a_refused_message_from_a_return_code)
{
    fm_bench bench;
    simulate([&] {
        bench.port.spoil = [](dcd_cci_header &h) {
            h.return_code = dcd_put16(DCD_RC_INVALID_INPUT);
        };
        auto r = bench.manager.command(DCD_OP_IDENTIFY, {});
        EXPECT_TRUE(r.answered());
        EXPECT_EQ(DCD_RC_INVALID_INPUT, r.code);
        bench.port.refuses = true;
        r = bench.manager.command(DCD_OP_IDENTIFY, {});
        EXPECT_EQ("the device did not take the message: generic-error",
                  r.fault);
    });
}

TEST(FmInitiator, refuses_an_answer_too_short_for_its_structure)
{
    fm_bench bench;
    bench.port.spoil = [](dcd_cci_header &h) { dcd_cci_set_length(&h, 8); };
    simulate([&] {
        const auto info = dcd::get_dcd_info(bench.manager);
        EXPECT_EQ("the answer is too short for its fields", info.answer.fault);
    });
}

/* --- A device with nothing but a mailbox of 256 bytes -------------------- */

namespace
{

/* What the host asked for, and where the answer goes. */
struct mailbox_call {
    uint16_t opcode;
    bytes in;
};

class fake_mailbox : public sc_core::sc_module
{
public:
    tlm_utils::simple_target_socket<fake_mailbox> mmio;
    tlm_utils::simple_target_socket<fake_mailbox> other; /* takes all */

    std::vector<mailbox_call> calls;
    bool hangs = false; /* the doorbell stays set */
    std::function<bytes(const mailbox_call &)> answer =
        [](const mailbox_call &) { return bytes(); };

    explicit fake_mailbox(sc_core::sc_module_name name)
        : sc_module(name), mmio("mmio"), other("other"), m_bar(0x1000)
    {
        mmio.register_b_transport(this, &fake_mailbox::transport);
        other.register_b_transport(this, &fake_mailbox::accept);
        put(0x00, 8, UINT64_C(2) << 32 | UINT64_C(1) << 16);
        put_capability(0x10, 0x0002, mailbox, DCD_MBOX_PAYLOAD + 256);
        put_capability(0x20, 0x4000, 0x200, 8);
        put(mailbox + DCD_MBOX_CAPABILITIES, 4, 8);
    }

private:
    static constexpr uint64_t mailbox = 0x88;

    void put(uint64_t at, size_t width, uint64_t value)
    {
        dcd_store_le(&m_bar[at], width, value);
    }

    void put_capability(uint64_t at, uint16_t id, uint32_t offset,
                        uint32_t length)
    {
        put(at, 4, id);
        put(at + 4, 4, offset);
        put(at + 8, 4, length);
    }

    void accept(tlm::tlm_generic_payload &trans, sc_core::sc_time &)
    {
        trans.set_response_status(tlm::TLM_OK_RESPONSE);
    }

    void transport(tlm::tlm_generic_payload &trans, sc_core::sc_time &)
    {
        const uint64_t at = trans.get_address() - DCD_BAR_DEVICE;
        const size_t n = trans.get_data_length();

        trans.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        if (at > m_bar.size() || n > m_bar.size() - at)
            return;
        trans.set_response_status(tlm::TLM_OK_RESPONSE);
        if (trans.is_read()) {
            std::memcpy(trans.get_data_ptr(), &m_bar[at], n);
            return;
        }
        std::memcpy(&m_bar[at], trans.get_data_ptr(), n);
        if (at == mailbox + DCD_MBOX_CONTROL && !hangs)
            ring();
    }

    void ring()
    {
        const uint64_t command =
            dcd_load_le(&m_bar[mailbox + DCD_MBOX_COMMAND], 8);
        const size_t n = (command >> DCD_MBOX_LENGTH_SHIFT) & 0x1ff;
        const auto payload = m_bar.begin() + mailbox + DCD_MBOX_PAYLOAD;
        const auto opcode = static_cast<uint16_t>(command);

        calls.push_back({opcode, bytes(payload, payload + long(n))});
        const bytes out = answer(calls.back());
        std::copy(out.begin(), out.end(), payload);
        put(mailbox + DCD_MBOX_COMMAND, 8,
            opcode | uint64_t{out.size()} << DCD_MBOX_LENGTH_SHIFT);
        put(mailbox + DCD_MBOX_STATUS, 8, 0);
        put(mailbox + DCD_MBOX_CONTROL, 4, 0);
    }

    bytes m_bar; /* the device registers */
};

struct mailbox_bench {
    dcd::host_initiator host{"host"};
    fake_mailbox device{"device"};
    fake_mailbox memory{"memory"};
    fake_mailbox config{"config"};
    dcd::host_initiator sink{"sink"}; /* binds what nobody else does */

    mailbox_bench()
    {
        host.mmio.bind(device.mmio);
        host.mem.bind(memory.mmio);
        host.cfg.bind(config.mmio);
        sink.mmio.bind(device.other);
        sink.mem.bind(memory.other);
        sink.cfg.bind(config.other);
    }
};

std::vector<dcd::extent> extents(size_t n)
{
    std::vector<dcd::extent> list(n);
    for (size_t i = 0; i < n; i++) {
        list[i].dpa = i * DCD_GIB;
        list[i].length = DCD_MIB;
    }
    return list;
}

bytes list_answer(uint32_t returned, uint32_t total, uint32_t generation,
                  uint64_t first)
{
    dcd_get_extent_list_rsp head{};
    bytes out;

    head.returned = dcd_put32(returned);
    head.total = dcd_put32(total);
    head.generation = dcd_put32(generation);
    dcd::append(out, head);
    for (uint32_t i = 0; i < returned; i++) {
        dcd::extent e;
        e.dpa = first + i;
        e.length = 1;
        dcd::append(out, dcd::to_wire(e));
    }
    return out;
}

} // namespace

TEST(HostInitiator, reads_the_payload_size_from_the_capabilities)
{
    mailbox_bench bench;
    simulate([&] {
        EXPECT_TRUE(bench.host.find_registers().ok());
        EXPECT_EQ(256u, bench.host.payload_size());
    });
}

TEST(HostInitiator, reads_the_effects_log_in_chunks_of_the_mailbox)
{
    static const struct {
        uint32_t offset;
        uint32_t length;
    } chunks[] = {{0, 256}, {256, 256}, {512, 88}};
    mailbox_bench bench;
    bench.device.answer = [](const mailbox_call &call) {
        bytes out;
        if (call.opcode == DCD_OP_GET_SUPPORTED_LOGS) {
            dcd_supported_logs_rsp head{};
            dcd_supported_log log{};
            head.count = dcd_put16(1);
            log.log = dcd_uuid_command_effects_log;
            log.size = dcd_put32(600);
            dcd::append(out, head);
            dcd::append(out, log);
            return out;
        }
        /* Entry n is opcode n. */
        const uint64_t offset = dcd_load_le(&call.in[16], 4);
        out.resize(dcd_load_le(&call.in[20], 4));
        for (size_t at = 0; at < out.size(); at += 4)
            dcd_store_le(&out[at], 2, (offset + at) / 4);
        return out;
    };
    simulate([&] {
        bench.host.find_registers();
        EXPECT_EQ("", bench.host.read_command_effects().problem);
    });
    ASSERT_EQ(1 + std::size(chunks), bench.device.calls.size());
    for (size_t i = 0; i < std::size(chunks); i++) {
        const bytes &in = bench.device.calls[1 + i].in;
        EXPECT_EQ(chunks[i].offset, dcd_load_le(&in[16], 4));
        EXPECT_EQ(chunks[i].length, dcd_load_le(&in[20], 4));
    }
    for (uint16_t opcode = 0; opcode < 150; opcode++)
        EXPECT_TRUE(bench.host.supports(opcode)) << opcode;
    EXPECT_FALSE(bench.host.supports(150));
}

TEST(HostInitiator, splits_a_list_that_is_longer_than_the_mailbox)
{
    static const struct {
        size_t count;
        bool more;
    } parts[] = {{10, true}, {10, true}, {5, false}};
    mailbox_bench bench;
    simulate([&] {
        bench.host.find_registers();
        EXPECT_TRUE(
            bench.host.send_extents(DCD_OP_ADD_DC_RESPONSE, extents(25)).ok());
    });
    uint64_t next = 0;
    ASSERT_EQ(std::size(parts), bench.device.calls.size());
    for (size_t i = 0; i < std::size(parts); i++) {
        const bytes &in = bench.device.calls[i].in;
        dcd_updated_extent_list head;
        dcd_updated_extent first;
        ASSERT_TRUE(dcd::extract(in, 0, head));
        ASSERT_TRUE(dcd::extract(in, sizeof(head), first));
        EXPECT_EQ(parts[i].count, dcd_get32(head.count));
        EXPECT_EQ(parts[i].more, head.flags == DCD_EXTENT_LIST_MORE);
        EXPECT_EQ(sizeof(head) + parts[i].count * sizeof(first), in.size());
        EXPECT_EQ(next * DCD_GIB, dcd_get64(first.dpa));
        next += parts[i].count;
    }
}

TEST(HostInitiator, sends_an_empty_list_as_one_payload_of_its_header)
{
    mailbox_bench bench;
    simulate([&] {
        bench.host.find_registers();
        EXPECT_TRUE(bench.host.send_extents(DCD_OP_ADD_DC_RESPONSE, {}).ok());
    });
    ASSERT_EQ(1u, bench.device.calls.size());
    EXPECT_EQ(bytes(8, 0), bench.device.calls[0].in);
}

TEST(HostInitiator, keeps_a_command_that_does_not_fit_to_itself)
{
    mailbox_bench bench;
    simulate([&] {
        bench.host.find_registers();
        const auto r = bench.host.command(DCD_OP_IDENTIFY, bytes(257));
        EXPECT_EQ("the mailbox has room for 256 bytes, the command for 257",
                  r.fault);
    });
    EXPECT_TRUE(bench.device.calls.empty());
}

TEST(HostInitiator, gives_up_on_a_doorbell_after_two_seconds)
{
    mailbox_bench bench;
    bench.device.hangs = true;
    simulate([&] {
        bench.host.find_registers();
        const auto r = bench.host.command(DCD_OP_GET_TIMESTAMP, {});
        EXPECT_EQ("the doorbell was still set after 2 s", r.fault);
        EXPECT_GE(sc_core::sc_time_stamp(),
                  sc_core::sc_time(2, sc_core::SC_SEC));
    });
}

TEST(HostInitiator, has_no_mailbox_before_it_has_looked_for_one)
{
    mailbox_bench bench;
    simulate([&] {
        EXPECT_EQ("the host has not found its mailbox yet",
                  bench.host.command(DCD_OP_GET_TIMESTAMP, {}).fault);
    });
}

TEST(ExtentList, starts_again_when_it_changes_between_two_pages)
{
    mailbox_bench bench;
    bench.device.answer = [&](const mailbox_call &call) {
        const uint64_t start = dcd_load_le(&call.in[4], 4);
        const bool changed = bench.device.calls.size() > 1;
        const uint32_t generation = changed ? 8 : 7;
        return start == 0 ? list_answer(2, 3, generation, changed ? 100 : 1)
                          : list_answer(1, 3, generation, 102);
    };
    simulate([&] {
        bench.host.find_registers();
        const auto list = dcd::get_extent_list(bench.host);
        ASSERT_TRUE(list.answer.ok());
        EXPECT_EQ(8u, list.generation);
        ASSERT_EQ(3u, list.extents.size());
        for (size_t i = 0; i < 3; i++)
            EXPECT_EQ(100 + i, list.extents[i].dpa);
    });
    EXPECT_EQ(4u, bench.device.calls.size());
}

TEST(ExtentList, is_given_up_when_it_never_stands_still)
{
    mailbox_bench bench;
    bench.device.answer = [&](const mailbox_call &) {
        return list_answer(1, 2, uint32_t(bench.device.calls.size()), 1);
    };
    simulate([&] {
        bench.host.find_registers();
        EXPECT_EQ("the extent list changed while it was read, 10 times",
                  dcd::get_extent_list(bench.host).answer.fault);
    });
    EXPECT_EQ(20u, bench.device.calls.size());
}

TEST(ExtentList, is_refused_when_it_announces_more_than_it_has)
{
    mailbox_bench bench;
    bench.device.answer = [](const mailbox_call &) {
        bytes out = list_answer(1, 5, 1, 1);
        out[0] = 5;
        return out;
    };
    simulate([&] {
        bench.host.find_registers();
        EXPECT_EQ("the answer is too short for the extents it announces",
                  dcd::get_extent_list(bench.host).answer.fault);
    });
}

TEST(EventRecords, are_refused_when_fewer_come_than_announced)
{
    mailbox_bench bench;
    bench.device.answer = [](const mailbox_call &) {
        dcd_get_event_records_rsp head{};
        bytes out;
        head.count = dcd_put16(2);
        dcd::append(out, head);
        out.resize(out.size() + DCD_EVENT_RECORD_SIZE);
        return out;
    };
    simulate([&] {
        bench.host.find_registers();
        EXPECT_EQ("the answer is too short for the records it announces",
                  dcd::get_event_records(bench.host, 4).answer.fault);
    });
}

TEST(EventRecords, are_cleared_in_as_many_commands_as_the_mailbox_needs)
{
    mailbox_bench bench;
    std::vector<uint16_t> handles(300);
    for (size_t i = 0; i < handles.size(); i++)
        handles[i] = uint16_t(i + 1);
    simulate([&] {
        bench.host.find_registers();
        EXPECT_TRUE(dcd::clear_event_records(bench.host, 4, handles).ok());
    });
    uint16_t next = 1;
    for (const mailbox_call &call : bench.device.calls) {
        ASSERT_EQ(6 + 2 * size_t{call.in[2]}, call.in.size());
        for (size_t i = 0; i < call.in[2]; i++)
            EXPECT_EQ(next++, dcd_load_le(&call.in[6 + 2 * i], 2));
    }
    EXPECT_EQ(301, next);
}
