/* SPDX-License-Identifier: Apache-2.0 */
/* test_tunnel_ld.c - the CCI of a logical device, at the far end of a tunnel
 * (5300h), and what its host notices of it: nothing. */
#include "fabric.h"

#include <string.h>

#define HEADER ((uint32_t)sizeof(struct dcd_cci_header))
#define RESPONSE ((uint32_t)sizeof(struct dcd_tunnel_rsp))

/* 0401h of the Command Effects Log there. */
static uint16_t effects_log_at(struct harness *h, unsigned ld, uint32_t length)
{
    struct dcd_get_log_req req = {dcd_uuid_command_effects_log, dcd_put32(0),
                                  dcd_put32(length)};

    return tunnel(h, DCD_TUNNEL_PORT_OR_LD, (uint8_t)ld, DCD_OP_GET_LOG, &req,
                  sizeof(req));
}

/* --- Its commands --------------------------------------------------------- */

/* All of it, by opcode: nothing there changes anything. */
static const uint16_t ld_commands[] = {0x0001, 0x0002, 0x0400, 0x0401,
                                       0x4000, 0x4100, 0x4200, 0x4201};

C_TEST(fm_tunnel_ld, fm_10_a_logical_device_lists_its_own_commands)
{
    struct harness h;

    fabric_build_lds(&h, 2, DCD_MULTI_LOGICAL);
    C_EXPECT_EQ(DCD_RC_SUCCESS, at_ld(&h, 1, DCD_OP_GET_SUPPORTED_LOGS));
    C_ASSERT_EQ(8 + 0x14, h.out_length);
    C_EXPECT_EQ(1, dcd_load_le(h.out, 2));
    C_EXPECT_MEMEQ(dcd_uuid_command_effects_log.b, h.out + 8, 16);
    C_EXPECT_EQ(sizeof(ld_commands) * 2, dcd_load_le(h.out + 24, 4));
    C_EXPECT_EQ(DCD_RC_SUCCESS, effects_log_at(&h, 1, sizeof(ld_commands) * 2));
    C_ASSERT_EQ(sizeof(ld_commands) * 2, h.out_length);
    for (uint32_t i = 0; i < COUNT(ld_commands); i++) {
        C_EXPECT_EQ(ld_commands[i], dcd_load_le(h.out + 4 * i, 2));
        C_EXPECT_EQ(0, dcd_load_le(h.out + 4 * i + 2, 2));
    }
    harness_free(&h);
}

/* Any other opcode: 15h where a mailbox or the FM's port has it, else 03h. The
 * FM's port knows as much of a mailbox. */
C_TEST(fm_tunnel_ld, fm_10_a_logical_device_has_no_other_commands)
{
    struct harness h;

    fabric_build_lds(&h, 2, DCD_MULTI_LOGICAL);
    for (uint32_t opcode = 0; opcode < 0x10000; opcode++) {
        bool own = false;
        uint16_t good;

        for (uint32_t i = 0; i < COUNT(ld_commands); i++)
            own = own || ld_commands[i] == opcode;
        if (own)
            continue;
        good = fm(&h, (uint16_t)opcode, NULL, 0) == DCD_RC_UNSUPPORTED
                   ? DCD_RC_UNSUPPORTED
                   : DCD_RC_UNSUPPORTED_MAILBOX;
        C_CONTEXT("%04xh", opcode);
        C_EXPECT_EQ(good, at_ld(&h, 1, (uint16_t)opcode));
    }
    harness_free(&h);
}

/* What a host asks of its own device, its FM can ask, too. */
C_TEST(fm_tunnel_ld, fm_10_a_logical_device_answers_as_its_mailbox_does)
{
    static const uint16_t opcodes[] = {0x4000, 0x4100, 0x4200, 0x4201};
    const uint8_t alerts[12] = {1, 1, 50}; /* life used above 50 % */
    uint8_t host[256];
    uint32_t length;
    struct harness h;

    fabric_build_lds(&h, 3, DCD_MULTI_LOGICAL);
    C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(&h, 1, DCD_OP_SET_ALERT_CONFIG, alerts,
                                        sizeof(alerts)));
    for (uint32_t i = 0; i < COUNT(opcodes); i++)
        for (unsigned ld = 0; ld < 3; ld++) {
            C_CONTEXT("%04xh of %u", opcodes[i], ld);
            C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(&h, ld, opcodes[i], NULL, 0));
            length = h.out_length;
            memcpy(host, h.out, length);
            C_EXPECT_EQ(DCD_RC_SUCCESS, at_ld(&h, ld, opcodes[i]));
            C_ASSERT_EQ(length, h.out_length);
            C_EXPECT_MEMEQ(host, h.out, length);
        }
    C_CONTEXT("");
    C_EXPECT_EQ(DCD_RC_SUCCESS, at_ld(&h, 1, DCD_OP_GET_ALERT_CONFIG));
    C_EXPECT_EQ(50, h.out[3]);
    C_EXPECT_EQ(DCD_RC_SUCCESS, at_ld(&h, 0, DCD_OP_GET_ALERT_CONFIG));
    C_EXPECT_EQ(40, h.out[3]);
    harness_free(&h);
}

C_TEST(fm_tunnel_ld, fm_10_identify_is_the_same_everywhere)
{
    uint8_t direct[0x12];
    struct harness h;

    fabric_build_lds(&h, 2, DCD_MULTI_HEADED);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_IDENTIFY, NULL, 0));
    C_ASSERT_EQ(sizeof(direct), h.out_length);
    memcpy(direct, h.out, sizeof(direct));
    for (unsigned ld = 0; ld < 2; ld++) {
        C_EXPECT_EQ(DCD_RC_SUCCESS, at_ld(&h, ld, DCD_OP_IDENTIFY));
        C_ASSERT_EQ(sizeof(direct), h.out_length);
        C_EXPECT_MEMEQ(direct, h.out, sizeof(direct));
    }
    harness_free(&h);
}

static void expect_background(struct harness *h, unsigned ld, uint8_t status,
                              uint16_t opcode, uint16_t rc)
{
    C_EXPECT_EQ(DCD_RC_SUCCESS, at_ld(h, ld, DCD_OP_BACKGROUND_STATUS));
    C_ASSERT_EQ(8, h->out_length);
    C_EXPECT_EQ(status, h->out[0]);
    C_EXPECT_EQ(0, h->out[1]);
    C_EXPECT_EQ(opcode, dcd_load_le(h->out + 2, 2));
    C_EXPECT_EQ(rc, dcd_load_le(h->out + 4, 2));
    C_EXPECT_EQ(0, dcd_load_le(h->out + 6, 2));
}

C_TEST(fm_tunnel_ld, fm_3_0002_follows_what_the_host_has_started)
{
    const uint16_t sanitize = DCD_OP_SANITIZE;
    uint64_t takes;
    struct harness h;

    fabric_build_lds(&h, 2, DCD_MULTI_LOGICAL);
    expect_background(&h, 1, 0, 0, 0);
    C_EXPECT_EQ(DCD_RC_BACKGROUND_STARTED, mailbox(&h, 1, sanitize, NULL, 0));
    expect_background(&h, 1, 0 << 1 | 1, sanitize, 0);
    takes = h.scheduled - h.now;
    run_until(&h, h.now + takes / 4);
    expect_background(&h, 1, 25 << 1 | 1, sanitize, 0);
    expect_background(&h, 0, 0, 0, 0);
    run_until(&h, h.now + takes);
    expect_background(&h, 1, 100 << 1, sanitize, DCD_RC_SUCCESS);
    C_EXPECT_EQ(DCD_RC_BACKGROUND_STARTED, mailbox(&h, 1, sanitize, NULL, 0));
    run_until(&h, h.now + takes / 2);
    C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(&h, 1, DCD_OP_REQUEST_ABORT, NULL, 0));
    expect_background(&h, 1, 50 << 1, sanitize, DCD_RC_ABORTED);
    expect_background(&h, 0, 0, 0, 0);
    harness_free(&h);
}

C_TEST(fm_tunnel_ld, fm_10_all_of_a_logical_device_fits_the_smallest_message)
{
    const uint8_t limit = DCD_MESSAGE_LIMIT_MIN;
    struct harness h;

    fabric_build_lds(&h, 2, DCD_MULTI_LOGICAL);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_SET_MESSAGE_LIMIT, &limit, 1));
    for (uint32_t i = 0; i < COUNT(ld_commands); i++) {
        C_CONTEXT("%04xh", ld_commands[i]);
        C_EXPECT_EQ(ld_commands[i] == DCD_OP_GET_LOG
                        ? DCD_RC_INVALID_PAYLOAD_LENGTH
                        : DCD_RC_SUCCESS,
                    at_ld(&h, 1, ld_commands[i]));
    }
    C_CONTEXT("");
    C_EXPECT_EQ(DCD_RC_SUCCESS, effects_log_at(&h, 1, sizeof(ld_commands) * 2));
    /* Behind that: what the outer response could not hold. */
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT,
                effects_log_at(&h, 1, 256 - 2 * HEADER - RESPONSE + 1));
    harness_free(&h);
}

/* --- What a tunnel leaves alone ------------------------------------------- */

/* A list of 4802h in two payloads, with all of a logical device's commands in
 * between: they are not the host's. */
C_TEST(fm_tunnel_ld, fm_10_a_tunnel_does_not_end_a_list_of_the_host)
{
    const struct range both[] = {{GIB(1), MIB(2)}, {GIB(1) + MIB(4), MIB(2)}};
    struct harness h;

    fabric_build_lds(&h, 2, DCD_MULTI_LOGICAL);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 1, both, 2));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response_more(&h, 1, both, 1));
    for (uint32_t i = 0; i < COUNT(ld_commands); i++)
        at_ld(&h, 1, ld_commands[i]);
    at_ld(&h, 1, DCD_OP_ADD_DC_RESPONSE);
    at_ld(&h, 1, 0xffff);
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 1, both + 1, 1));
    expect_list(&h, 1, both, 2);
    harness_free(&h);
}

C_TEST(fm_tunnel_ld, fm_10_a_tunnel_leaves_the_mailbox_as_it_is)
{
    const uint64_t mailbox_at = DCD_BAR_DEVICE + DCD_DEV_MAILBOX;
    /* All from Capabilities to the begin of the payload. */
    static const struct {
        uint64_t offset;
        unsigned width;
    } at[] = {{0, 4}, {4, 4}, {8, 8}, {0x10, 8}, {0x18, 8}, {0x20, 8}};
    uint64_t before[COUNT(at)];
    struct harness h;

    fabric_build_lds(&h, 2, DCD_MULTI_HEADED);
    enable_interrupts(&h, 0);
    C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(&h, 0, 0x4000, NULL, 0));
    memset(h.interrupts, 0, sizeof(h.interrupts));
    for (uint32_t i = 0; i < COUNT(at); i++)
        before[i] = reg_read(&h, 0, mailbox_at + at[i].offset, at[i].width);
    for (uint32_t i = 0; i < COUNT(ld_commands); i++)
        at_ld(&h, 0, ld_commands[i]);
    for (uint32_t i = 0; i < COUNT(at); i++)
        C_EXPECT_EQ(before[i],
                    reg_read(&h, 0, mailbox_at + at[i].offset, at[i].width));
    for (unsigned v = 0; v < DCD_MSIX_VECTORS; v++)
        C_EXPECT_EQ(0, h.interrupts[0][v]);
    harness_free(&h);
}

C_TEST(fm_tunnel_ld, fm_10_tunnels_change_nothing_of_any_of_16_logical_devices)
{
    uint64_t before;
    struct harness h;

    fabric_build_lds(&h, 16, DCD_MULTI_LOGICAL);
    for (unsigned ld = 0; ld < 16; ld++) {
        struct range held = {GIB(1) + ld * MIB(4), MIB(2), NULL, 0};

        hold(&h, ld, &held, 1);
        held.dpa += MIB(2);
        C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, ld, &held, 1));
    }
    before = visible_state(&h);
    for (unsigned ld = 0; ld < 16; ld++) {
        for (uint32_t i = 0; i < COUNT(ld_commands); i++)
            at_ld(&h, ld, ld_commands[i]);
        C_EXPECT_EQ(DCD_RC_UNSUPPORTED_MAILBOX, at_ld(&h, ld, DCD_OP_SANITIZE));
        C_EXPECT_EQ(DCD_RC_UNSUPPORTED_MAILBOX,
                    at_ld(&h, ld, DCD_OP_INITIATE_DC_RELEASE));
    }
    C_EXPECT_EQ(before, visible_state(&h));
    harness_free(&h);
}
