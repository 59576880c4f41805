/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_background.c - operations that go on behind the mailbox: registers,
 * abort and reset; for interrupts see test_interrupts.c (CXL
 * r3.1 8.2.8.4.4-.7, 8.2.9.1.5).
 */
#include "host_support.h"

#include "gtest_c.h"

#include <string.h>

#define OK DCD_RC_SUCCESS
#define STARTED DCD_RC_BACKGROUND_STARTED
#define CONTROL MAILBOX_AT(DCD_MBOX_CONTROL)
#define COMMAND MAILBOX_AT(DCD_MBOX_COMMAND)
#define STATUS MAILBOX_AT(DCD_MBOX_STATUS)
#define BACKGROUND MAILBOX_AT(DCD_MBOX_BACKGROUND_STATUS)
#define PAYLOAD MAILBOX_AT(DCD_MBOX_PAYLOAD)
#define VECTOR DCD_VECTOR_MAILBOX

enum { BEGIN = 5000 }; /* ps; not the zero of a clock that nobody has read */

static void configure(struct harness *h, unsigned heads)
{
    harness_d1_config(h);
    h->config.heads = heads;
    h->config.static_volatile = GIB(1);
    h->config.sanitize_per_gib = UINT64_C(1000000000); /* 1 ms */
}

static void build(struct harness *h, unsigned heads)
{
    configure(h, heads);
    harness_build(h);
    h->now = BEGIN;
}

/* Starts a sanitize at [head], the first of the device: how long it takes. */
static uint64_t start(struct harness *h, unsigned head)
{
    C_EXPECT_EQ(STARTED, command(h, head, DCD_OP_SANITIZE));
    C_EXPECT(h->scheduled > h->now);
    return h->scheduled - h->now;
}

/* A device of [heads] whose head 0 is half way through a sanitize: how long
 * the whole of it takes. */
static uint64_t build_half_way(struct harness *h, unsigned heads)
{
    uint64_t duration;

    build(h, heads);
    duration = start(h, 0);
    h->now += duration / 2;
    return duration;
}

static void abort_running(struct harness *h)
{
    C_EXPECT_EQ(OK, command(h, 0, DCD_OP_REQUEST_ABORT));
}

/* Head 0 shows neither an operation that runs nor one that has ended. */
static void expect_no_operation(struct harness *h)
{
    C_EXPECT_EQ(0, reg_read(h, 0, STATUS, 8));
    C_EXPECT_EQ(0, reg_read(h, 0, BACKGROUND, 8));
}

static bool running(struct harness *h, unsigned head)
{
    return reg_read(h, head, STATUS, 8) & DCD_MBOX_BACKGROUND_RUNNING;
}

static uint64_t percent(struct harness *h, unsigned head)
{
    return reg_read(h, head, BACKGROUND, 8) >> DCD_MBOX_PERCENT_SHIFT & 0x7f;
}

/* The whole register: [opcode], [done] %, return code. */
static void expect_background(struct harness *h, unsigned head, uint16_t opcode,
                              uint64_t done, uint64_t rc)
{
    C_EXPECT_EQ(opcode | done << DCD_MBOX_PERCENT_SHIFT |
                    rc << DCD_MBOX_RETURN_CODE_SHIFT,
                reg_read(h, head, BACKGROUND, 8));
}

static uint16_t zero_media(struct harness *h, unsigned head)
{
    struct {
        struct dcd_media_operations_req req;
        struct dcd_media_operation_range range;
    } in = {
        {DCD_MEDIA_OPERATION_SANITIZE, 1, {0}, dcd_put32(1)},
        {dcd_put64(0), dcd_put64(MIB(512))},
    };

    return mailbox(h, head, DCD_OP_MEDIA_OPERATIONS, &in, sizeof(in));
}

/* --- Registers ----------------------------------------------------------- */

C_TEST(background, nothing_runs_at_first)
{
    struct harness h;

    build(&h, 1);
    expect_no_operation(&h);
    C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_GET_TIMESTAMP));
    C_EXPECT(!running(&h, 0));
    C_EXPECT_EQ(0, reg_read(&h, 0, BACKGROUND, 8));
    /* A failed command of the kind starts nothing. */
    C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH,
                mailbox(&h, 0, DCD_OP_SANITIZE, "x", 1));
    C_EXPECT(!running(&h, 0));
    C_EXPECT_EQ(0, reg_read(&h, 0, BACKGROUND, 8));
    harness_free(&h);
}

C_TEST(background, the_doorbell_clears_when_the_operation_has_started)
{
    struct harness h;

    build(&h, 1);
    start(&h, 0);
    C_EXPECT_EQ(0, reg_read(&h, 0, CONTROL, 4));
    C_EXPECT_EQ((uint64_t)STARTED << 32 | DCD_MBOX_BACKGROUND_RUNNING,
                reg_read(&h, 0, STATUS, 8));
    C_EXPECT_EQ(DCD_OP_SANITIZE, reg_read(&h, 0, COMMAND, 8));
    expect_background(&h, 0, DCD_OP_SANITIZE, 0, 0);
    harness_free(&h);
}

C_TEST(background, progress_rises_to_99_and_the_end_shows_100)
{
    struct harness h;
    uint64_t duration;

    build(&h, 1);
    duration = start(&h, 0);
    for (uint64_t i = 0; i < 100; i++) {
        h.now = BEGIN + duration / 100 * i + duration % 100;
        C_EXPECT_EQ(i, percent(&h, 0));
        C_EXPECT(running(&h, 0));
    }
    h.now = BEGIN + duration - 1;
    expect_background(&h, 0, DCD_OP_SANITIZE, 99, 0);
    C_EXPECT(running(&h, 0));
    h.now = BEGIN + duration;
    dcd_device_wake(h.device);
    expect_background(&h, 0, DCD_OP_SANITIZE, 100, OK);
    C_EXPECT(!running(&h, 0));
    /* And that stays. */
    h.now += 10 * duration;
    C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_GET_TIMESTAMP));
    expect_background(&h, 0, DCD_OP_SANITIZE, 100, OK);
    harness_free(&h);
}

C_TEST(background, an_operation_that_is_due_needs_no_wake)
{
    struct harness h;

    build(&h, 1);
    h.now += start(&h, 0);
    C_EXPECT(!running(&h, 0));
    harness_free(&h);
}

C_TEST(background, time_is_as_long_as_the_configuration_says)
{
    struct harness slow;
    struct harness fast;

    build(&fast, 1);
    configure(&slow, 1);
    slow.config.sanitize_per_gib *= 7;
    harness_build(&slow);
    C_EXPECT_EQ(7 * start(&fast, 0), start(&slow, 0));
    harness_free(&fast);
    harness_free(&slow);
}

C_TEST(background, an_operation_without_duration_is_done_at_once)
{
    struct harness h;

    configure(&h, 1);
    h.config.sanitize_per_gib = 0;
    harness_build(&h);
    C_EXPECT_EQ(STARTED, command(&h, 0, DCD_OP_SANITIZE));
    C_EXPECT(!running(&h, 0));
    expect_background(&h, 0, DCD_OP_SANITIZE, 100, OK);
    harness_free(&h);
}

C_TEST(background, without_a_clock_every_operation_is_done_at_once)
{
    struct harness h;
    uint8_t bytes[8];

    configure(&h, 1);
    h.device = dcd_device_create(&h.config, NULL, NULL);
    C_ASSERT(h.device != NULL);
    dcd_store_le(bytes, 8, DCD_OP_SANITIZE);
    dcd_device_mmio_write(h.device, 0, COMMAND, bytes, 8);
    dcd_store_le(bytes, 4, DCD_MBOX_DOORBELL);
    dcd_device_mmio_write(h.device, 0, CONTROL, bytes, 4);
    C_EXPECT_EQ((uint64_t)STARTED << 32, reg_read(&h, 0, STATUS, 8));
    C_EXPECT_EQ(UINT64_C(100) << 16 | DCD_OP_SANITIZE,
                reg_read(&h, 0, BACKGROUND, 8));
    harness_free(&h);
}

/* Both registers are computed whatever the width of the access. */
static void expect_narrow_reads(struct harness *h, uint64_t offset)
{
    for (unsigned width = 1; width <= 4; width *= 2) {
        for (unsigned at = 0; at < 8; at += width) {
            uint64_t part = reg_read(h, 0, offset + at, width);
            uint64_t whole = reg_read(h, 0, offset, 8);

            C_CONTEXT("%u bytes at +%u", width, at);
            C_EXPECT_EQ(whole >> 8 * at & (UINT64_MAX >> (64 - 8 * width)),
                        part);
        }
    }
    C_CONTEXT("%s", "");
}

C_TEST(background, narrow_reads_are_as_good_as_wide_ones)
{
    struct harness h;
    uint64_t duration;

    build(&h, 1);
    expect_narrow_reads(&h, STATUS);
    duration = start(&h, 0);
    C_EXPECT_EQ(1, reg_read(&h, 0, STATUS, 1)); /* nothing wide before it */
    h.now = BEGIN + duration * 3 / 4;
    C_EXPECT_EQ(75, reg_read(&h, 0, BACKGROUND + 2, 1));
    expect_narrow_reads(&h, STATUS);
    expect_narrow_reads(&h, BACKGROUND);
    h.now = BEGIN + duration;
    C_EXPECT_EQ(0, reg_read(&h, 0, STATUS, 4));
    C_EXPECT_EQ(100, reg_read(&h, 0, BACKGROUND + 2, 2));
    expect_narrow_reads(&h, BACKGROUND);
    harness_free(&h);
}

C_TEST(background, software_cannot_write_the_registers)
{
    struct harness h;

    build(&h, 1);
    start(&h, 0);
    for (unsigned width = 1; width <= 8; width *= 2) {
        reg_write(&h, 0, STATUS, width, 0);
        reg_write(&h, 0, BACKGROUND, width, UINT64_MAX);
    }
    C_EXPECT(running(&h, 0));
    expect_background(&h, 0, DCD_OP_SANITIZE, 0, 0);
    harness_free(&h);
}

C_TEST(background, the_end_leaves_payload_and_command_as_they_are)
{
    struct harness h;
    uint64_t duration;

    build(&h, 1);
    duration = start(&h, 0);
    for (unsigned at = 0; at < 2048; at += 8)
        reg_write(&h, 0, PAYLOAD + at, 8, UINT64_C(0x0101010101010101) * at);
    reg_write(&h, 0, COMMAND, 8, 0x1234567890);
    h.now = BEGIN + duration;
    dcd_device_wake(h.device);
    C_EXPECT(!running(&h, 0));
    for (unsigned at = 0; at < 2048; at += 8)
        C_EXPECT_EQ(UINT64_C(0x0101010101010101) * at,
                    reg_read(&h, 0, PAYLOAD + at, 8));
    C_EXPECT_EQ(0x1234567890, reg_read(&h, 0, COMMAND, 8));
    harness_free(&h);
}

/* --- One at a time ------------------------------------------------------- */

C_TEST(background, a_second_operation_is_refused_while_one_runs)
{
    static const uint16_t opcodes[] = {DCD_OP_TRANSFER_FW, DCD_OP_ACTIVATE_FW,
                                       DCD_OP_SCAN_MEDIA, DCD_OP_SANITIZE,
                                       DCD_OP_MEDIA_OPERATIONS};
    static const uint32_t lengths[] = {0x80, 2, 0x11, 0, 8};
    static const uint8_t in[0x80] = {0};
    struct harness h;
    uint64_t duration = build_half_way(&h, 1);
    for (size_t i = 0; i < COUNT(opcodes); i++) {
        C_CONTEXT("%04x", opcodes[i]);
        C_EXPECT_EQ(DCD_RC_BUSY, mailbox(&h, 0, opcodes[i], in, lengths[i]));
        C_EXPECT(running(&h, 0));
        expect_background(&h, 0, DCD_OP_SANITIZE, 50, 0);
        /* A wrong length is seen first. */
        C_EXPECT_EQ(
            DCD_RC_INVALID_PAYLOAD_LENGTH,
            mailbox(&h, 0, opcodes[i], in, i == 3 ? 1 : lengths[i] - 1));
    }
    C_CONTEXT("%s", "");
    h.now = BEGIN + duration;
    C_EXPECT(!running(&h, 0));
    start(&h, 0);
    harness_free(&h);
}

C_TEST(background, ordinary_commands_go_on_meanwhile)
{
    struct harness h;
    uint64_t duration;

    build(&h, 1);
    duration = start(&h, 0);
    h.now += duration / 4;
    C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_IDENTIFY_MEMORY_DEVICE));
    C_EXPECT_EQ(0x45, h.out_length);
    /* The code is that of the command, the bit that of the operation. */
    C_EXPECT_EQ(DCD_MBOX_BACKGROUND_RUNNING, reg_read(&h, 0, STATUS, 8));
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED, command(&h, 0, 0xbeef));
    C_EXPECT_EQ((uint64_t)DCD_RC_UNSUPPORTED << 32 | 1,
                reg_read(&h, 0, STATUS, 8));
    expect_background(&h, 0, DCD_OP_SANITIZE, 25, 0);
    offer(&h, 0, RANGES({GIB(1), MIB(2)}));
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({GIB(1), MIB(2)})));
    C_EXPECT(running(&h, 0));
    harness_free(&h);
}

C_TEST(background, each_head_has_its_own)
{
    struct harness h;
    uint64_t duration = build_half_way(&h, 2);
    C_EXPECT(!running(&h, 1));
    C_EXPECT_EQ(0, reg_read(&h, 1, BACKGROUND, 8));
    C_EXPECT_EQ(STARTED, command(&h, 1, DCD_OP_SANITIZE));
    C_EXPECT_EQ(50, percent(&h, 0));
    C_EXPECT_EQ(0, percent(&h, 1));
    run_until(&h, BEGIN + duration);
    C_EXPECT(!running(&h, 0));
    C_EXPECT(running(&h, 1));
    C_EXPECT_EQ(50, percent(&h, 1));
    run_until(&h, BEGIN + duration / 2 + duration);
    C_EXPECT(!running(&h, 1));
    C_EXPECT_EQ(100, percent(&h, 1));
    harness_free(&h);
}

/* The operation ends while a command is on its way through the mailbox. */
C_TEST(background, may_end_while_the_mailbox_is_busy)
{
    struct harness h;
    uint64_t due;

    configure(&h, 1);
    h.config.mailbox_latency = 1000;
    harness_build(&h);
    C_EXPECT_EQ(STARTED, command(&h, 0, DCD_OP_SANITIZE));
    C_EXPECT(running(&h, 0));
    due = h.scheduled;
    run_until(&h, due - 500);
    reg_write(&h, 0, COMMAND, 8, DCD_OP_IDENTIFY_MEMORY_DEVICE);
    reg_write(&h, 0, CONTROL, 4, DCD_MBOX_DOORBELL);
    run_until(&h, due);
    C_EXPECT(!running(&h, 0));
    C_EXPECT_EQ(DCD_MBOX_DOORBELL, reg_read(&h, 0, CONTROL, 4));
    C_EXPECT_EQ(100, percent(&h, 0));
    run_until(&h, due + 500);
    C_EXPECT_EQ(0, reg_read(&h, 0, CONTROL, 4));
    C_EXPECT_EQ(UINT64_C(0x45) << 16 | DCD_OP_IDENTIFY_MEMORY_DEVICE,
                reg_read(&h, 0, COMMAND, 8));
    harness_free(&h);
}

/* --- 0005h --------------------------------------------------------------- */

C_TEST(background, an_abort_of_nothing_succeeds)
{
    struct harness h;

    build(&h, 1);
    abort_running(&h);
    C_EXPECT_EQ(0, reg_read(&h, 0, BACKGROUND, 8));
    run_until(&h, h.now + start(&h, 0));
    abort_running(&h);
    expect_background(&h, 0, DCD_OP_SANITIZE, 100, OK);
    C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH,
                mailbox(&h, 0, DCD_OP_REQUEST_ABORT, "x", 1));
    harness_free(&h);
}

C_TEST(background, an_abort_stops_the_operation_where_it_is)
{
    struct harness h;
    uint64_t duration;

    build(&h, 1);
    enable_interrupts(&h, 0);
    reg_write(&h, 0, CONTROL, 4, DCD_MBOX_BACKGROUND_INTERRUPT);
    duration = start(&h, 0);
    h.now += duration / 2;
    abort_running(&h);
    C_EXPECT_EQ(0, h.out_length);
    C_EXPECT(!running(&h, 0));
    expect_background(&h, 0, DCD_OP_SANITIZE, 50, DCD_RC_ABORTED);
    /* It does not end a second time. */
    run_until(&h, BEGIN + 2 * duration);
    expect_background(&h, 0, DCD_OP_SANITIZE, 50, DCD_RC_ABORTED);
    C_EXPECT_EQ(0, h.interrupts[0][VECTOR]);
    harness_free(&h);
}

C_TEST(background, an_abort_in_the_last_moment_leaves_less_than_100_percent)
{
    struct harness h;
    uint64_t duration;

    build(&h, 1);
    duration = start(&h, 0);
    h.now = BEGIN + duration - 1;
    abort_running(&h);
    h.now += duration;
    expect_background(&h, 0, DCD_OP_SANITIZE, 99, DCD_RC_ABORTED);
    harness_free(&h);
}

C_TEST(background, the_next_operation_may_start_after_an_abort)
{
    struct harness h;
    uint64_t duration = build_half_way(&h, 1);
    abort_running(&h);
    C_EXPECT_EQ(STARTED, command(&h, 0, DCD_OP_SANITIZE));
    expect_background(&h, 0, DCD_OP_SANITIZE, 0, 0);
    /* The end of the one that was stopped means nothing to it. */
    run_until(&h, BEGIN + duration);
    C_EXPECT(running(&h, 0));
    C_EXPECT_EQ(50, percent(&h, 0));
    run_until(&h, BEGIN + duration / 2 + duration);
    expect_background(&h, 0, DCD_OP_SANITIZE, 100, OK);
    harness_free(&h);
}

C_TEST(background, an_operation_that_cannot_be_aborted_goes_on)
{
    struct harness h;
    uint64_t duration;

    build(&h, 1);
    C_EXPECT_EQ(STARTED, zero_media(&h, 0));
    duration = h.scheduled - h.now;
    h.now += duration / 2;
    C_EXPECT_EQ(DCD_RC_ABORT_NOT_SUPPORTED,
                command(&h, 0, DCD_OP_REQUEST_ABORT));
    C_EXPECT(running(&h, 0));
    expect_background(&h, 0, DCD_OP_MEDIA_OPERATIONS, 50, 0);
    run_until(&h, BEGIN + duration);
    expect_background(&h, 0, DCD_OP_MEDIA_OPERATIONS, 100, OK);
    harness_free(&h);
}

C_TEST(background, a_sanitize_that_was_aborted_leaves_media_disabled)
{
    struct harness h;
    uint64_t duration = build_half_way(&h, 1);
    abort_running(&h);
    C_EXPECT_EQ(
        DCD_MEDIA_DISABLED,
        reg_read(&h, 0, DCD_BAR_DEVICE + DCD_DEV_MEMDEV_STATUS(2048), 8) >>
                DCD_MEMDEV_MEDIA_SHIFT &
            3);
    C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_GET_HEALTH_INFO));
    C_EXPECT_EQ(DCD_MEDIA_HEALTH_NOT_READY, h.out[1]);
    /* The only way out. */
    C_EXPECT_EQ(STARTED, command(&h, 0, DCD_OP_SANITIZE));
    run_until(&h, h.now + duration);
    C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_GET_HEALTH_INFO));
    C_EXPECT_EQ(DCD_MEDIA_HEALTH_NORMAL, h.out[1]);
    harness_free(&h);
}

C_TEST(background, an_abort_at_another_head_is_not_for_this_one)
{
    struct harness h;

    build_half_way(&h, 2);
    C_EXPECT_EQ(OK, command(&h, 1, DCD_OP_REQUEST_ABORT));
    C_EXPECT(running(&h, 0));
    C_EXPECT_EQ(50, percent(&h, 0));
    harness_free(&h);
}

/* --- Reset --------------------------------------------------------------- */

C_TEST(background, a_conventional_reset_stops_it_without_a_trace)
{
    struct harness h;
    uint64_t duration = build_half_way(&h, 1);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_no_operation(&h);
    run_until(&h, BEGIN + 2 * duration);
    expect_no_operation(&h);
    harness_free(&h);
}

/* What was due before a reset has had its effect; media tell. */
C_TEST(background, one_that_is_due_when_the_reset_comes_is_done)
{
    const uint64_t media = DCD_BAR_DEVICE + DCD_DEV_MEMDEV_STATUS(2048);

    for (unsigned kind = 0; kind < 3; kind++) {
        for (uint64_t early = 0; early < 2; early++) {
            struct harness h;
            bool goes_on = kind == DCD_RESET_FUNCTION_LEVEL;

            C_CONTEXT("kind %u, %u ps early", kind, (unsigned)early);
            build(&h, 1);
            h.now += start(&h, 0) - early;
            dcd_device_reset(h.device, 0, (enum dcd_reset_kind)kind);
            h.now += early;
            C_EXPECT_EQ(
                early && !goes_on ? DCD_MEDIA_DISABLED : DCD_MEDIA_READY,
                reg_read(&h, 0, media, 8) >> DCD_MEMDEV_MEDIA_SHIFT & 3);
            C_EXPECT_EQ(goes_on, reg_read(&h, 0, BACKGROUND, 8) != 0);
            harness_free(&h);
        }
    }
}

C_TEST(background, a_conventional_reset_forgets_one_that_has_ended)
{
    struct harness h;

    build(&h, 1);
    run_until(&h, h.now + start(&h, 0));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    C_EXPECT_EQ(0, reg_read(&h, 0, BACKGROUND, 8));
    harness_free(&h);
}

C_TEST(background, a_function_level_reset_lets_it_go_on)
{
    struct harness h;
    uint64_t duration = build_half_way(&h, 1);
    dcd_device_reset(h.device, 0, DCD_RESET_FUNCTION_LEVEL);
    C_EXPECT_EQ(50, percent(&h, 0));
    run_until(&h, BEGIN + duration);
    expect_background(&h, 0, DCD_OP_SANITIZE, 100, OK);
    harness_free(&h);
}

C_TEST(background, a_reset_of_one_head_stops_no_other)
{
    struct harness h;
    uint64_t duration = build_half_way(&h, 2);
    dcd_device_reset(h.device, 1, DCD_RESET_CONVENTIONAL);
    C_EXPECT_EQ(50, percent(&h, 0));
    run_until(&h, BEGIN + duration);
    C_EXPECT_EQ(100, percent(&h, 0));
    harness_free(&h);
}

/* --- Faults that others have --------------------------------------------- */

C_TEST(background, device_10_1_row_33_registers_of_the_mailbox)
{
    const uint64_t capabilities = MAILBOX_AT(DCD_MBOX_CAPABILITIES);
    struct harness h;
    uint64_t duration;

    build(&h, 1);
    /* Capabilities cannot be written. */
    for (unsigned width = 1; width <= 4; width *= 2)
        reg_write(&h, 0, capabilities, width, 0);
    C_EXPECT_EQ(0x3cb, reg_read(&h, 0, capabilities, 4));
    /* Nothing runs before the first operation. */
    C_EXPECT_EQ(0, reg_read(&h, 0, STATUS, 8));
    /* Its end does not interrupt while that was never enabled. */
    enable_interrupts(&h, 0);
    run_until(&h, h.now + start(&h, 0));
    C_EXPECT_EQ(0, h.interrupts[0][VECTOR]);
    /* Narrow reads are not stale. */
    duration = start(&h, 0);
    C_EXPECT_EQ(1, reg_read(&h, 0, STATUS, 4));
    h.now += duration / 2;
    C_EXPECT_EQ(50u << 16 | DCD_OP_SANITIZE, reg_read(&h, 0, BACKGROUND, 4));
    h.now += duration;
    C_EXPECT_EQ(0, reg_read(&h, 0, STATUS, 4));
    C_EXPECT_EQ(100u << 16 | DCD_OP_SANITIZE, reg_read(&h, 0, BACKGROUND, 4));
    harness_free(&h);
}

C_TEST(background, device_10_1_row_36_a_reset_leaves_neither_timer_nor_code)
{
    struct harness h;
    uint64_t duration;
    uint64_t again;

    duration = build_half_way(&h, 1);
    abort_running(&h);
    C_EXPECT_EQ(STARTED, command(&h, 0, DCD_OP_SANITIZE));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    C_EXPECT_EQ(0, reg_read(&h, 0, BACKGROUND, 8));
    enable_interrupts(&h, 0);
    reg_write(&h, 0, CONTROL, 4, DCD_MBOX_BACKGROUND_INTERRUPT);
    h.now += duration / 4;
    again = h.now;
    C_EXPECT_EQ(STARTED, command(&h, 0, DCD_OP_SANITIZE));
    /* No end but its own, at its own time, and only once. */
    run_until(&h, again + duration - 1);
    C_EXPECT_EQ(0, h.interrupts[0][VECTOR]);
    C_EXPECT_EQ(99, percent(&h, 0));
    run_until(&h, again + 3 * duration);
    C_EXPECT_EQ(1, h.interrupts[0][VECTOR]);
    expect_background(&h, 0, DCD_OP_SANITIZE, 100, OK);
    harness_free(&h);
}
