/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_mailbox.c - the doorbell handshake, at once and with latency (CXL r3.1
 * 8.2.8.4).
 */
#include "host_support.h"

#include "gtest_c.h"

#include <string.h>

#define CONTROL MAILBOX_AT(DCD_MBOX_CONTROL)
#define COMMAND MAILBOX_AT(DCD_MBOX_COMMAND)
#define STATUS MAILBOX_AT(DCD_MBOX_STATUS)
#define BACKGROUND MAILBOX_AT(DCD_MBOX_BACKGROUND_STATUS)
#define PAYLOAD MAILBOX_AT(DCD_MBOX_PAYLOAD)

enum { LATENCY = 2000000 }; /* 2 us */

static void write_command(struct harness *h, unsigned head, uint16_t opcode,
                          uint32_t length)
{
    reg_write(h, head, COMMAND, 8,
              opcode | (uint64_t)length << DCD_MBOX_LENGTH_SHIFT);
}

static void ring(struct harness *h, unsigned head)
{
    reg_write(h, head, CONTROL, 4, DCD_MBOX_DOORBELL);
}

static bool busy(struct harness *h, unsigned head)
{
    return reg_read(h, head, CONTROL, 4) & DCD_MBOX_DOORBELL;
}

static uint16_t code(struct harness *h, unsigned head)
{
    return (uint16_t)(reg_read(h, head, STATUS, 8) >>
                      DCD_MBOX_RETURN_CODE_SHIFT);
}

static uint32_t out_length(struct harness *h, unsigned head)
{
    return (uint32_t)(reg_read(h, head, COMMAND, 8) >> DCD_MBOX_LENGTH_SHIFT) &
           DCD_MBOX_LENGTH_MASK;
}

/* --- At once ------------------------------------------------------------- */

C_TEST(mailbox, the_doorbell_runs_the_command)
{
    struct harness h;

    harness_d1(&h);
    write_command(&h, 0, 0x4000, 0);
    C_EXPECT_EQ(0, out_length(&h, 0)); /* nothing ran yet */
    ring(&h, 0);
    C_EXPECT(!busy(&h, 0));
    C_EXPECT_EQ(UINT64_C(0x454000), reg_read(&h, 0, COMMAND, 8));
    C_EXPECT_EQ(0, reg_read(&h, 0, STATUS, 8));
    C_EXPECT_EQ('B', reg_read(&h, 0, PAYLOAD, 1));
    harness_free(&h);
}

C_TEST(mailbox, the_command_register_keeps_the_opcode_and_nothing_else)
{
    struct harness h;

    harness_d1(&h);
    reg_write(&h, 0, COMMAND, 8, UINT64_MAX << 37 | 0x4000);
    C_EXPECT_EQ(0x4000, reg_read(&h, 0, COMMAND, 8));
    ring(&h, 0);
    C_EXPECT_EQ(UINT64_C(0x454000), reg_read(&h, 0, COMMAND, 8));
    write_command(&h, 0, 0x1234, 77);
    ring(&h, 0);
    C_EXPECT_EQ(0x1234, reg_read(&h, 0, COMMAND, 8));
    C_EXPECT_EQ((uint64_t)DCD_RC_UNSUPPORTED << 32, reg_read(&h, 0, STATUS, 8));
    harness_free(&h);
}

C_TEST(mailbox, input_beyond_its_length_is_ignored)
{
    struct harness h;

    harness_d1(&h);
    hold(&h, 0, RANGES({0, MIB(2)}));
    for (unsigned at = 0; at < 2048; at += 8)
        reg_write(&h, 0, PAYLOAD + at, 8, UINT64_MAX);
    reg_write(&h, 0, PAYLOAD, 1, DCD_LOG_DYNAMIC_CAPACITY);
    write_command(&h, 0, DCD_OP_GET_EVENT_RECORDS, 1);
    ring(&h, 0);
    C_EXPECT_EQ(DCD_RC_SUCCESS, code(&h, 0));
    C_EXPECT_EQ(0x20, out_length(&h, 0));
    harness_free(&h);
}

C_TEST(mailbox, output_leaves_nothing_of_the_input_behind_it)
{
    struct harness h;

    harness_d1(&h);
    for (unsigned at = 0; at < 2048; at += 8)
        reg_write(&h, 0, PAYLOAD + at, 8, UINT64_MAX);
    write_command(&h, 0, DCD_OP_IDENTIFY_MEMORY_DEVICE, 0);
    ring(&h, 0);
    C_EXPECT_EQ(8, reg_read(&h, 0, PAYLOAD + 0x43, 2));
    for (unsigned at = 0x48; at < 2048; at += 8)
        C_EXPECT_EQ(0, reg_read(&h, 0, PAYLOAD + at, 8));
    C_EXPECT_EQ(0, reg_read(&h, 0, PAYLOAD + 0x45, 3));
    harness_free(&h);
}

C_TEST(mailbox, control_without_the_doorbell_runs_nothing)
{
    struct harness h;

    harness_d1(&h);
    write_command(&h, 0, 0x4000, 0);
    reg_write(&h, 0, CONTROL, 4, DCD_MBOX_BACKGROUND_INTERRUPT);
    C_EXPECT_EQ(0x4000, reg_read(&h, 0, COMMAND, 8));
    C_EXPECT_EQ(DCD_MBOX_BACKGROUND_INTERRUPT, reg_read(&h, 0, CONTROL, 4));
    /* Ringing with the bit keeps it, ringing without clears it. */
    reg_write(&h, 0, CONTROL, 4,
              DCD_MBOX_DOORBELL | DCD_MBOX_BACKGROUND_INTERRUPT);
    C_EXPECT_EQ(DCD_MBOX_BACKGROUND_INTERRUPT, reg_read(&h, 0, CONTROL, 4));
    C_EXPECT_EQ(0x45, out_length(&h, 0));
    reg_write(&h, 0, CONTROL, 4, DCD_MBOX_DOORBELL);
    C_EXPECT_EQ(0, reg_read(&h, 0, CONTROL, 4));
    harness_free(&h);
}

C_TEST(mailbox, no_background_operation_is_reported)
{
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(0, reg_read(&h, 0, STATUS, 8));
    C_EXPECT_EQ(0, reg_read(&h, 0, BACKGROUND, 8));
    C_EXPECT_EQ(DCD_RC_SUCCESS, command(&h, 0, DCD_OP_GET_TIMESTAMP));
    C_EXPECT_EQ(0, reg_read(&h, 0, STATUS, 4));
    C_EXPECT_EQ(0, reg_read(&h, 0, BACKGROUND, 8));
    harness_free(&h);
}

C_TEST(mailbox, the_return_code_of_a_failure_gives_way_to_success)
{
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED, command(&h, 0, 0xbeef));
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED, reg_read(&h, 0, STATUS + 4, 2));
    C_EXPECT_EQ(DCD_RC_SUCCESS, command(&h, 0, DCD_OP_GET_TIMESTAMP));
    C_EXPECT_EQ(0, reg_read(&h, 0, STATUS, 8));
    harness_free(&h);
}

/* The mailbox as a host without knowledge of the length finds it. */
C_TEST(mailbox, the_command_can_be_rung_again_as_it_stands)
{
    struct harness h;

    harness_d1(&h);
    write_command(&h, 0, DCD_OP_GET_INTERRUPT_POLICY, 0);
    ring(&h, 0);
    C_EXPECT_EQ(5, out_length(&h, 0));
    /* The length is now the output's, so that this is another command. */
    ring(&h, 0);
    C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH, code(&h, 0));
    C_EXPECT_EQ(0, out_length(&h, 0));
    ring(&h, 0);
    C_EXPECT_EQ(DCD_RC_SUCCESS, code(&h, 0));
    harness_free(&h);
}

/* --- Payload sizes ------------------------------------------------------- */

/* Registers of a mailbox of 2^n bytes, and where the next block lies. */
static void expect_payload_size(struct harness *h, unsigned n)
{
    const uint32_t size = UINT32_C(1) << n;

    C_EXPECT_EQ(0x3c0 | n, reg_read(h, 0, MAILBOX_AT(0), 4));
    C_EXPECT_EQ(0x20 + size, reg_read(h, 0, DCD_BAR_DEVICE + 0x28, 4));
    C_EXPECT_EQ(0xa8 + size, reg_read(h, 0, DCD_BAR_DEVICE + 0x34, 4));
    C_EXPECT_EQ(0x14, reg_read(h, 0, DCD_BAR_DEVICE + 0xa8 + size, 8));
}

/* The last byte is input as well as output; one more is too many. */
static void expect_whole_payload_works(struct harness *h, unsigned n)
{
    const uint32_t size = UINT32_C(1) << n;
    struct dcd_get_lsa_req get = {dcd_put32(0), dcd_put32(size)};

    C_EXPECT_EQ(DCD_RC_SUCCESS,
                mailbox(h, 0, DCD_OP_GET_LSA, &get, sizeof(get)));
    C_EXPECT_EQ(size, out_length(h, 0));
    reg_write(h, 0, PAYLOAD, 8, 0);
    reg_write(h, 0, PAYLOAD + size - 8, 8, UINT64_C(0x1122334455667788));
    write_command(h, 0, DCD_OP_SET_LSA, size);
    ring(h, 0);
    C_EXPECT_EQ(DCD_RC_SUCCESS, code(h, 0));
    C_EXPECT_EQ(0, reg_read(h, 0, PAYLOAD + size - 8, 8));
    get = (struct dcd_get_lsa_req){dcd_put32(size - 16), dcd_put32(8)};
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                mailbox(h, 0, DCD_OP_GET_LSA, &get, sizeof(get)));
    C_EXPECT_EQ(UINT64_C(0x1122334455667788), reg_read(h, 0, PAYLOAD, 8));
    write_command(h, 0, DCD_OP_SET_LSA, size + 1);
    ring(h, 0);
    C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH, code(h, 0));
}

C_TEST(mailbox, every_payload_size_from_256_b_to_1_mib)
{
    for (unsigned n = 8; n <= 20; n++) {
        struct harness h;

        C_CONTEXT("2^%u bytes", n);
        harness_d1_config(&h);
        h.config.mailbox_payload = UINT32_C(1) << n;
        h.config.lsa = UINT32_C(2) << n;
        harness_build(&h);
        expect_payload_size(&h, n);
        expect_whole_payload_works(&h, n);
        harness_free(&h);
    }
    C_CONTEXT("%s", "");
}

/* --- With latency -------------------------------------------------------- */

static void build_slow(struct harness *h, unsigned heads)
{
    harness_d1_config(h);
    h->config.heads = heads;
    h->config.mailbox_latency = LATENCY;
    harness_build(h);
    h->now = 1000;
}

/* A 4802h that accepts block 0 of an offer, ready to be rung. */
static void prepare_answer(struct harness *h, unsigned head)
{
    static const uint8_t in[32] = {[0] = 1, [0x12] = 0x20};

    write_command(h, head, DCD_OP_ADD_DC_RESPONSE, sizeof(in));
    C_EXPECT_EQ(DCD_ACCESS_OK, dcd_device_mmio_write(h->device, head, PAYLOAD,
                                                     in, sizeof(in)));
}

C_TEST(mailbox, effects_come_with_the_latency_and_all_at_once)
{
    struct harness h;

    build_slow(&h, 1);
    offer(&h, 0, RANGES({0, MIB(2)}));
    commit_decoder(&h, 0, 0, GIB(4), GIB(1), 0);
    prepare_answer(&h, 0);
    ring(&h, 0);
    C_EXPECT_EQ(h.now + LATENCY, h.scheduled);
    h.now += LATENCY - 1;
    dcd_device_wake(h.device);
    C_EXPECT(busy(&h, 0));
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED,
                dcd_device_probe(h.device, 0, GIB(4), 8, false));
    h.now += 1;
    dcd_device_wake(h.device);
    C_EXPECT_EQ(DCD_ACCESS_OK, dcd_device_probe(h.device, 0, GIB(4), 8, false));
    C_EXPECT(!busy(&h, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS, code(&h, 0));
    harness_free(&h);
}

C_TEST(mailbox, a_command_that_is_due_needs_no_wake)
{
    struct harness h;

    build_slow(&h, 1);
    write_command(&h, 0, 0x4000, 0);
    ring(&h, 0);
    h.now += LATENCY - 1;
    C_EXPECT(busy(&h, 0));
    h.now += 1;
    C_EXPECT(!busy(&h, 0));
    C_EXPECT_EQ(0x45, out_length(&h, 0));
    harness_free(&h);
}

C_TEST(mailbox, waking_early_or_often_is_harmless)
{
    struct harness h;

    build_slow(&h, 1);
    dcd_device_wake(h.device);
    write_command(&h, 0, 0x4000, 0);
    ring(&h, 0);
    for (unsigned i = 0; i < 10; i++)
        dcd_device_wake(h.device);
    C_EXPECT(busy(&h, 0));
    h.now += 5 * (uint64_t)LATENCY;
    for (unsigned i = 0; i < 10; i++)
        dcd_device_wake(h.device);
    C_EXPECT(!busy(&h, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS, code(&h, 0));
    harness_free(&h);
}

C_TEST(mailbox, the_doorbell_latches_opcode_length_and_input)
{
    struct harness h;

    build_slow(&h, 1);
    offer(&h, 0, RANGES({0, MIB(2)}));
    prepare_answer(&h, 0);
    ring(&h, 0);
    h.warnings = 0;
    /* None of this has any effect but a warning each. */
    reg_write(&h, 0, COMMAND, 8, 0x4000);
    reg_write(&h, 0, PAYLOAD, 8, UINT64_MAX);
    reg_write(&h, 0, CONTROL, 4, 0);
    reg_write(&h, 0, CONTROL, 4, DCD_MBOX_DOORBELL);
    reg_write(&h, 0, CONTROL, 4, DCD_MBOX_BACKGROUND_INTERRUPT);
    C_EXPECT_EQ(5, h.warnings);
    C_EXPECT_EQ(DCD_MBOX_DOORBELL, reg_read(&h, 0, CONTROL, 4));
    C_EXPECT_EQ(32u << 16 | DCD_OP_ADD_DC_RESPONSE,
                reg_read(&h, 0, COMMAND, 8));
    C_EXPECT_EQ(1, reg_read(&h, 0, PAYLOAD, 8));
    h.now += LATENCY;
    C_EXPECT(!busy(&h, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS, code(&h, 0));
    C_EXPECT_EQ(DCD_OP_ADD_DC_RESPONSE, reg_read(&h, 0, COMMAND, 8));
    expect_list(&h, 0, RANGES({0, MIB(2)}));
    harness_free(&h);
}

C_TEST(mailbox, ringing_while_busy_does_not_run_the_command_twice)
{
    struct harness h;
    uint64_t scheduled;

    build_slow(&h, 1);
    write_command(&h, 0, DCD_OP_GET_TIMESTAMP, 0);
    ring(&h, 0);
    scheduled = h.scheduled;
    h.now += LATENCY / 2;
    ring(&h, 0);
    C_EXPECT_EQ(1, h.warnings);
    C_EXPECT_EQ(scheduled, h.scheduled);
    h.now = scheduled;
    C_EXPECT(!busy(&h, 0));
    h.now += LATENCY;
    C_EXPECT(!busy(&h, 0));
    C_EXPECT_EQ(8, out_length(&h, 0));
    harness_free(&h);
}

C_TEST(mailbox, other_registers_can_be_written_while_busy)
{
    struct harness h;

    build_slow(&h, 1);
    write_command(&h, 0, 0x4000, 0);
    ring(&h, 0);
    reg_write(&h, 0, DCD_BAR_MSIX_TABLE + 8, 4, 0x55);
    C_EXPECT_EQ(0x55, reg_read(&h, 0, DCD_BAR_MSIX_TABLE + 8, 4));
    C_EXPECT_EQ(0, h.warnings);
    harness_free(&h);
}

C_TEST(mailbox, two_heads_are_independent)
{
    struct harness h;

    build_slow(&h, 2);
    write_command(&h, 0, 0x4000, 0);
    write_command(&h, 1, 0xbeef, 0);
    ring(&h, 0);
    h.now += LATENCY / 2;
    ring(&h, 1);
    reg_write(&h, 0, PAYLOAD, 8, 1);
    C_EXPECT_EQ(1, h.warnings);
    h.now += LATENCY / 2;
    C_EXPECT(!busy(&h, 0));
    C_EXPECT(busy(&h, 1));
    C_EXPECT_EQ(DCD_RC_SUCCESS, code(&h, 0));
    C_EXPECT_EQ(0x45, out_length(&h, 0));
    h.now += LATENCY / 2;
    C_EXPECT(!busy(&h, 1));
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED, code(&h, 1));
    C_EXPECT_EQ(DCD_RC_SUCCESS, code(&h, 0));
    C_EXPECT_EQ('B', reg_read(&h, 0, PAYLOAD, 1));
    C_EXPECT_EQ(0, reg_read(&h, 1, PAYLOAD, 1));
    harness_free(&h);
}

/* Two that became due while nobody looked run in the order of their time. */
static void expect_order(unsigned first, unsigned second)
{
    struct harness h;

    build_slow(&h, 2);
    offer(&h, first, RANGES({0, MIB(2)}));
    offer(&h, second, RANGES({MIB(2), MIB(2)}));
    fm_drain(&h);
    write_command(&h, first, DCD_OP_ADD_DC_RESPONSE, 8);
    write_command(&h, second, DCD_OP_ADD_DC_RESPONSE, 8);
    ring(&h, first);
    h.now += 1;
    ring(&h, second);
    h.now += LATENCY;
    dcd_device_wake(h.device);
    C_ASSERT_EQ(2, fm_get_events(&h));
    C_EXPECT_EQ(first, dcd_get16(event_at(&h, 0)->host_id));
    C_EXPECT_EQ(second, dcd_get16(event_at(&h, 1)->host_id));
    harness_free(&h);
}

C_TEST(mailbox, commands_run_in_the_order_in_which_they_are_due)
{
    expect_order(0, 1);
    expect_order(1, 0);
}

C_TEST(mailbox, a_reset_forgets_the_command_under_way)
{
    struct harness h;

    build_slow(&h, 2);
    offer(&h, 1, RANGES({0, MIB(2)}));
    prepare_answer(&h, 0);
    prepare_answer(&h, 1);
    ring(&h, 0);
    ring(&h, 1);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    C_EXPECT(!busy(&h, 0));
    C_EXPECT(busy(&h, 1));
    C_EXPECT_EQ(0, reg_read(&h, 0, COMMAND, 8));
    C_EXPECT_EQ(0, reg_read(&h, 0, PAYLOAD, 8));
    h.now += LATENCY;
    C_EXPECT_EQ(0, reg_read(&h, 0, STATUS, 8));
    C_EXPECT(!busy(&h, 1));
    expect_list(&h, 1, RANGES({0, MIB(2)}));
    expect_list(&h, 0, NO_RANGES);
    harness_free(&h);
}
