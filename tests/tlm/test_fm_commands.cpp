/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_fm_commands.cpp - a fabric manager's commands on the wire, and tunnels,
 * against a port that answers what the test wants.
 */
#include <cxldcd/cci_commands.hpp>
#include <cxldcd/cci_tunnel.hpp>

#include <cxldcd/ctypes/cci.h>
#include <cxldcd/ctypes/fm_devices.h>

#include <functional>
#include <gtest/gtest.h>

namespace
{

using dcd::bytes;

struct call {
    uint16_t opcode;
    bytes payload;
};

class fake_port : public dcd::cci_port
{
public:
    std::function<dcd::response(const call &)> answer = [](const call &) {
        return dcd::response();
    };
    std::vector<call> calls;

    dcd::response command(uint16_t opcode, const bytes &payload) override
    {
        calls.push_back({opcode, payload});
        return answer(calls.back());
    }
};

dcd::response payload_of(const bytes &payload)
{
    dcd::response r;
    r.payload = payload;
    return r;
}

dcd::response code_of(uint16_t code)
{
    dcd::response r;
    r.code = code;
    return r;
}

dcd_uuid tag(uint8_t first)
{
    dcd_uuid u{};
    u.b[0] = first;
    return u;
}

/* --- Lists of tags -------------------------------------------------------- */

dcd_tag_info entry(uint8_t first)
{
    dcd_tag_info wire{};
    wire.tag = tag(first);
    return wire;
}

dcd::response tag_page(const std::vector<dcd_tag_info> &entries, uint32_t total,
                       uint32_t generation)
{
    dcd_list_tags_rsp head{};
    bytes payload;

    head.generation = dcd_put32(generation);
    head.total = dcd_put32(total);
    head.returned = dcd_put32(static_cast<uint32_t>(entries.size()));
    dcd::append(payload, head);
    for (const dcd_tag_info &e : entries)
        dcd::append(payload, e);
    return payload_of(payload);
}

uint32_t start_of(const call &c)
{
    return static_cast<uint32_t>(dcd_load_le(c.payload.data(), 4));
}

} // namespace

TEST(FmCommands, set_a_region_with_its_block_size_and_flag)
{
    fake_port port;

    EXPECT_TRUE(dcd::set_dc_region_config(port, 3, 0x8000000, true).ok());
    EXPECT_TRUE(dcd::set_dc_region_config(port, 0, 64, false).ok());
    ASSERT_EQ(2u, port.calls.size());
    EXPECT_EQ(0x5602, port.calls[0].opcode);
    EXPECT_EQ((bytes{3, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 1, 0, 0, 0}),
              port.calls[0].payload);
    EXPECT_EQ((bytes{0, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}),
              port.calls[1].payload);
}

TEST(FmCommands, refer_to_a_tag_by_its_sixteen_bytes)
{
    fake_port port;
    const bytes expected{0x77, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    port.answer = [](const call &c) {
        return code_of(c.opcode == 0x5606 ? DCD_RC_SUCCESS
                                          : DCD_RC_INVALID_INPUT);
    };
    EXPECT_TRUE(dcd::add_reference(port, tag(0x77)).ok());
    EXPECT_EQ("invalid-input", dcd::remove_reference(port, tag(0x77)).text());
    EXPECT_EQ(0x5606, port.calls[0].opcode);
    EXPECT_EQ(expected, port.calls[0].payload);
    EXPECT_EQ(0x5607, port.calls[1].opcode);
    EXPECT_EQ(expected, port.calls[1].payload);
}

TEST(TagList, is_read_page_by_page_with_the_bits_of_hosts)
{
    fake_port port;

    port.answer = [](const call &c) {
        dcd_tag_info wire = entry(static_cast<uint8_t>(start_of(c) + 1));
        wire.flags = start_of(c) == 1 ? DCD_TAG_FM_REFERENCE : 0;
        wire.references[0] = 0x81;
        wire.pending[0x1f] = 0x80;
        return tag_page({wire}, 2, 7);
    };
    const auto list = dcd::list_tags(port);
    ASSERT_TRUE(list.answer.ok());
    EXPECT_EQ(7u, list.generation);
    ASSERT_EQ(2u, list.tags.size());
    EXPECT_EQ(1, list.tags[0].tag.b[0]);
    EXPECT_EQ(2, list.tags[1].tag.b[0]);
    EXPECT_FALSE(list.tags[0].fm_reference);
    EXPECT_TRUE(list.tags[1].fm_reference);
    EXPECT_EQ(2u, list.tags[0].hosts.count());
    EXPECT_TRUE(list.tags[0].hosts[0]);
    EXPECT_TRUE(list.tags[0].hosts[7]);
    EXPECT_EQ(1u, list.tags[0].pending.count());
    EXPECT_TRUE(list.tags[0].pending[255]);
    ASSERT_EQ(2u, port.calls.size());
    EXPECT_EQ(0x5608, port.calls[0].opcode);
    EXPECT_EQ(1u, start_of(port.calls[1]));
}

TEST(TagList, starts_again_when_a_bit_changed_between_two_pages)
{
    fake_port port;

    port.answer = [&](const call &c) {
        const bool changed = port.calls.size() > 1;
        const auto first = static_cast<uint8_t>(changed ? 100 : 1);
        return tag_page({entry(static_cast<uint8_t>(first + start_of(c)))}, 2,
                        changed ? 8 : 7);
    };
    const auto list = dcd::list_tags(port);
    ASSERT_TRUE(list.answer.ok());
    EXPECT_EQ(8u, list.generation);
    ASSERT_EQ(2u, list.tags.size());
    EXPECT_EQ(100, list.tags[0].tag.b[0]);
    EXPECT_EQ(101, list.tags[1].tag.b[0]);
    EXPECT_EQ(4u, port.calls.size());
}

TEST(TagList, that_never_stands_still_or_is_cut_off_is_a_fault)
{
    fake_port port;

    port.answer = [&](const call &) {
        return tag_page({entry(1)}, 2, uint32_t(port.calls.size()));
    };
    EXPECT_EQ("the tag list changed while it was read, 10 times",
              dcd::list_tags(port).answer.fault);
    EXPECT_EQ(20u, port.calls.size());
    port.answer = [](const call &) {
        dcd::response r = tag_page({entry(1)}, 1, 1);
        r.payload.pop_back();
        return r;
    };
    EXPECT_EQ("the answer is too short for the tags it announces",
              dcd::list_tags(port).answer.fault);
    port.answer = [](const call &) { return tag_page({}, 3, 1); };
    EXPECT_EQ("the list ends before its total",
              dcd::list_tags(port).answer.fault);
    port.answer = [](const call &) { return code_of(DCD_RC_UNSUPPORTED); };
    EXPECT_EQ("unsupported", dcd::list_tags(port).answer.text());
}

/* --- Tunnels ------------------------------------------------------------- */

namespace
{

/* What a device answers to the request inside [c]. */
dcd::response carried(const call &c, uint16_t code, const bytes &payload)
{
    dcd_cci_header head;
    dcd_tunnel_rsp wire{};
    bytes out;

    dcd::extract(c.payload, sizeof(dcd_tunnel_req), head);
    head.category = DCD_CCI_RESPONSE;
    head.return_code = dcd_put16(code);
    dcd_cci_set_length(&head, static_cast<uint32_t>(payload.size()));
    wire.length =
        dcd_put16(static_cast<uint16_t>(sizeof(head) + payload.size()));
    dcd::append(out, wire);
    dcd::append(out, head);
    out.insert(out.end(), payload.begin(), payload.end());
    return payload_of(out);
}

} // namespace

TEST(Tunnel, wraps_a_request_as_the_specification_has_it)
{
    fake_port port;
    dcd::cci_tunnel tunnel(port, DCD_TUNNEL_PORT_OR_LD, 3);

    tunnel.command(DCD_OP_GET_DCD_INFO, {});
    ASSERT_EQ(1u, port.calls.size());
    EXPECT_EQ(0x5300, port.calls[0].opcode);
    EXPECT_EQ((bytes{3, 0, 0xc, 0, 0, 1, 0, 0, 0x56, 0, 0, 0, 0, 0, 0, 0}),
              port.calls[0].payload);
    dcd::cci_tunnel(port, DCD_TUNNEL_LD_POOL, 0).command(0x0004, {9});
    EXPECT_EQ((bytes{0, 1, 0xd, 0, 0, 1, 0, 4, 0, 1, 0, 0, 0, 0, 0, 0, 9}),
              port.calls[1].payload);
}

TEST(Tunnel, gives_what_the_port_inside_answered)
{
    fake_port port;
    dcd::cci_tunnel tunnel(port, DCD_TUNNEL_PORT_OR_LD, 0);

    port.answer = [](const call &c) { return carried(c, 0, {1, 2, 3}); };
    const dcd::response good = tunnel.command(DCD_OP_IDENTIFY, {});
    EXPECT_TRUE(good.ok());
    EXPECT_EQ((bytes{1, 2, 3}), good.payload);
    port.answer = [](const call &c) {
        return carried(c, DCD_RC_INVALID_LOG, {});
    };
    const dcd::response bad = tunnel.command(DCD_OP_GET_LOG, {});
    EXPECT_TRUE(bad.answered());
    EXPECT_EQ(DCD_RC_INVALID_LOG, bad.code);
    EXPECT_EQ(DCD_RC_SUCCESS, tunnel.refusal());
}

/* As of another SC_THREAD, while the first waits for its answer. */
TEST(Tunnel, keeps_commands_apart_that_overtake_each_other)
{
    fake_port port;
    dcd::cci_tunnel tunnel(port, DCD_TUNNEL_PORT_OR_LD, 0);
    bool second_ok = false;

    port.answer = [&](const call &c) {
        const call first = c;
        if (port.calls.size() == 1)
            second_ok = tunnel.command(DCD_OP_GET_LOG, {}).ok();
        return carried(first, 0, {});
    };
    EXPECT_EQ("", tunnel.command(DCD_OP_IDENTIFY, {}).fault);
    EXPECT_TRUE(second_ok);
    EXPECT_EQ(2u, port.calls.size());
}

TEST(Tunnel, tells_its_own_refusal_from_the_answer_inside)
{
    fake_port port;
    dcd::cci_tunnel outer(port, DCD_TUNNEL_LD_POOL, 0);
    dcd::cci_tunnel inner(outer, DCD_TUNNEL_PORT_OR_LD, 9);

    port.answer = [](const call &) { return code_of(DCD_RC_UNSUPPORTED); };
    EXPECT_EQ("the tunnel answered unsupported",
              inner.command(DCD_OP_IDENTIFY, {}).fault);
    EXPECT_EQ(DCD_RC_UNSUPPORTED, outer.refusal());
    EXPECT_EQ(DCD_RC_SUCCESS, inner.refusal());
    /* The outer one arrives, and there is no ninth logical device. */
    port.answer = [](const call &c) {
        return carried(c, DCD_RC_INVALID_INPUT, {});
    };
    EXPECT_FALSE(inner.command(DCD_OP_IDENTIFY, {}).answered());
    EXPECT_EQ(DCD_RC_SUCCESS, outer.refusal());
    EXPECT_EQ(DCD_RC_INVALID_INPUT, inner.refusal());
}

namespace
{

struct spoiled {
    const char *name;
    void (*spoil)(bytes &carried);
    const char *fault;
};

const spoiled spoiled_answers[] = {
    {"cut_in_the_header", [](bytes &b) { b.resize(15); },
     "the tunnel's answer is too short for a response"},
    {"wrong_outer_length", [](bytes &b) { b[0]++; },
     "the lengths in the tunnel's answer do not agree"},
    {"wrong_inner_length", [](bytes &b) { b[9]++; },
     "the lengths in the tunnel's answer do not agree"},
    {"a_request", [](bytes &b) { b[4] = DCD_CCI_REQUEST; },
     "the message read is not a response"},
    {"another_tag", [](bytes &b) { b[5] = 77; },
     "the response has tag 77, the request had 1"},
    {"another_opcode", [](bytes &b) { b[7]++; },
     "the response is for another opcode"},
};

class SpoiledTunnel : public testing::TestWithParam<spoiled>
{
};

} // namespace

TEST_P(SpoiledTunnel, is_not_taken_for_an_answer)
{
    fake_port port;
    dcd::cci_tunnel tunnel(port, DCD_TUNNEL_PORT_OR_LD, 0);

    port.answer = [](const call &c) {
        dcd::response r = carried(c, 0, {1, 2, 3});
        GetParam().spoil(r.payload);
        return r;
    };
    EXPECT_EQ(GetParam().fault, tunnel.command(DCD_OP_IDENTIFY, {}).fault);
}

INSTANTIATE_TEST_SUITE_P(Tunnel, SpoiledTunnel,
                         testing::ValuesIn(spoiled_answers),
                         [](const auto &i) { return i.param.name; });

TEST(Tunnel, carries_what_sixteen_bits_can_count_and_no_more)
{
    fake_port port;
    dcd::cci_tunnel tunnel(port, DCD_TUNNEL_PORT_OR_LD, 0);

    tunnel.command(DCD_OP_IDENTIFY, bytes(UINT16_MAX - sizeof(dcd_cci_header)));
    EXPECT_EQ(1u, port.calls.size());
    EXPECT_EQ("a tunnel has room for 64 KiB - 1 with the header",
              tunnel
                  .command(DCD_OP_IDENTIFY,
                           bytes(UINT16_MAX - sizeof(dcd_cci_header) + 1))
                  .fault);
    EXPECT_EQ(1u, port.calls.size());
}
