/* SPDX-License-Identifier: Apache-2.0 */
/* test_reentry.c - calls from inside a revocation: they see closed blocks, and
 * commands wait for the one that is under way. */
#include "fabric.h"

#include <string.h>

#define FORCED DCD_RELEASE_FORCED
#define MAILBOX (DCD_BAR_DEVICE + DCD_DEV_MAILBOX)
#define OLD UINT64_C(0x0123456789abcdef)

/* What the callback of a test finds and leaves; the harness comes first. */
struct scene {
    struct harness h;
    unsigned calls;
    struct dcd_span span; /* granted beforehand */
    enum dcd_access closed[2];
    enum dcd_access open;
    unsigned readable;
    uint64_t debug;
    uint64_t bytes;
    bool granted;
    bool ringing;
    size_t response_size;
};

/* Head 0 holds [R0, +8M) and [R3, +4M) and has marked R3. */
static void build(struct scene *s, void (*on_revoke)(struct harness *))
{
    memset(s, 0, sizeof(*s));
    fabric_build(&s->h);
    open_window(&s->h, 0);
    open_window(&s->h, 1);
    hold(&s->h, 0, RANGES({R0, MIB(8)}, {R3, MIB(4)}));
    poke(&s->h, 0, R3, OLD);
    C_EXPECT(dcd_device_dmi(s->h.device, 0, WINDOW + R3, &s->span));
    s->h.revocations = 0;
    s->h.on_revoke = on_revoke;
}

static bool ringing(struct harness *h, unsigned head)
{
    return reg_read(h, head, MAILBOX + DCD_MBOX_CONTROL, 4) & DCD_MBOX_DOORBELL;
}

/* --- What is seen -------------------------------------------------------- */

static void look(struct harness *h)
{
    struct scene *s = (struct scene *)h;
    struct dcd_span span;
    uint64_t value;

    if (s->calls++ > 0)
        return;
    s->closed[0] = touch(h, 0, R0 + MIB(2));
    s->closed[1] = touch(h, 0, R3);
    s->open = touch(h, 0, R0);
    s->debug = dcd_device_debug_read(h->device, 0, WINDOW + R3, &value, 8);
    s->granted = dcd_device_dmi(h->device, 0, WINDOW + R3, &span);
    memcpy(&s->bytes, s->span.data + (WINDOW + R3 - s->span.first), 8);
}

/* All blocks of the list are closed before the first revocation; the bytes
 * are erased after the last. */
static void expect_three_steps(struct scene *s)
{
    uint64_t bytes;

    C_EXPECT_EQ(2, s->calls);
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, s->closed[0]);
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, s->closed[1]);
    C_EXPECT_EQ(DCD_ACCESS_OK, s->open);
    C_EXPECT_EQ(0, s->debug);
    C_EXPECT(!s->granted);
    C_EXPECT_EQ(OLD, s->bytes);
    memcpy(&bytes, s->span.data + (WINDOW + R3 - s->span.first), 8);
    C_EXPECT_EQ(0, bytes);
}

C_TEST(reentry, a_forced_release_closes_then_revokes_then_erases)
{
    struct scene s;

    build(&s, look);
    C_EXPECT_EQ(0, fm_release(&s.h, 0, FORCED,
                              RANGES({R0 + MIB(2), MIB(2)}, {R3, MIB(4)})));
    expect_three_steps(&s);
    harness_free(&s.h);
}

C_TEST(reentry, a_release_closes_then_revokes_then_erases)
{
    struct scene s;

    build(&s, look);
    C_EXPECT_EQ(0,
                release(&s.h, 0, RANGES({R3, MIB(4)}, {R0 + MIB(2), MIB(2)})));
    expect_three_steps(&s);
    harness_free(&s.h);
}

static void look_undecoded(struct harness *h)
{
    struct scene *s = (struct scene *)h;

    if (s->calls++ > 0)
        return;
    s->closed[0] = touch(h, 0, R0);
    s->open = touch(h, 1, R0 + MIB(20));
    memcpy(&s->bytes, s->span.data + (WINDOW + R3 - s->span.first), 8);
}

C_TEST(reentry, a_reset_switches_memory_off_before_it_revokes)
{
    struct scene s;

    build(&s, look_undecoded);
    s.h.on_revoke = NULL;
    hold(&s.h, 1, RANGES({R0 + MIB(20), MIB(2)}));
    s.h.on_revoke = look_undecoded;
    dcd_device_reset(s.h.device, 0, DCD_RESET_CONVENTIONAL);
    C_EXPECT(s.calls >= 1);
    C_EXPECT_EQ(DCD_ACCESS_MEM_DISABLED, s.closed[0]);
    C_EXPECT_EQ(DCD_ACCESS_OK, s.open);
    C_EXPECT_EQ(OLD, s.bytes);
    harness_free(&s.h);
}

/* --- Commands wait ------------------------------------------------------- */

/* 5604h of [R0+2M, +2M) to host 1, the blocks that are being closed. */
static void offer_on(struct harness *h)
{
    struct scene *s = (struct scene *)h;
    uint8_t message[12 + 0x48] = {0, 0x77, 0, 0x04, 0x56, 0x48};

    if (s->calls++ > 0)
        return;
    message[12] = 1;
    message[12 + 2] = DCD_ADD_PRESCRIPTIVE;
    message[12 + 0x1c] = 1;
    dcd_store_le(message + 12 + 0x20, 8, R0 + MIB(2));
    dcd_store_le(message + 12 + 0x28, 8, MIB(2));
    C_EXPECT(dcd_device_fm_request(h->device, message, sizeof(message)));
    s->response_size = dcd_device_fm_response_size(h->device);
    s->ringing = reg_read(h, 1, DCD_BAR_DEVICE + DCD_DEV_STATUS, 8) != 0;
}

C_TEST(reentry, an_fm_command_from_inside_waits_for_the_hosts)
{
    struct scene s;
    uint8_t answer[12];

    build(&s, offer_on);
    C_EXPECT_EQ(0, release(&s.h, 0, RANGES({R0 + MIB(2), MIB(2)})));
    C_EXPECT_EQ(0, s.response_size);
    C_EXPECT(!s.ringing);
    dcd_device_fm_response(s.h.device, answer, 12);
    C_EXPECT_EQ(0x77, answer[1]);
    C_EXPECT_EQ(0, dcd_load_le(answer + 8, 2));
    expect_host_chain(&s.h, 1, DCD_EVENT_ADD_CAPACITY,
                      RANGES({R0 + MIB(2), MIB(2)}));
    harness_free(&s.h);
}

C_TEST(reentry, an_fm_command_from_inside_an_fm_command_waits_for_it)
{
    static const uint8_t force[] = {0x00, 0x66, 0, 0x05, 0x56, 0x48,
                                    0,    0,    0, 0,    0,    0};
    uint8_t message[12 + 0x48] = {0};
    uint8_t answer[12];
    struct scene s;

    build(&s, offer_on);
    memcpy(message, force, sizeof(force));
    message[12 + 2] = DCD_RELEASE_PRESCRIPTIVE | FORCED;
    message[12 + 0x1c] = 1;
    dcd_store_le(message + 12 + 0x20, 8, R0 + MIB(2));
    dcd_store_le(message + 12 + 0x28, 8, MIB(2));
    C_EXPECT(dcd_device_fm_request(s.h.device, message, sizeof(message)));
    C_EXPECT_EQ(0, s.response_size);
    C_EXPECT(!s.ringing);
    dcd_device_fm_response(s.h.device, answer, 12);
    C_EXPECT_EQ(0x77, answer[1]); /* the later response replaced the other */
    C_EXPECT_EQ(0, dcd_load_le(answer + 8, 2));
    expect_host_chain(&s.h, 0, DCD_EVENT_FORCED_RELEASE,
                      RANGES({R0 + MIB(2), MIB(2)}));
    expect_host_chain(&s.h, 1, DCD_EVENT_ADD_CAPACITY,
                      RANGES({R0 + MIB(2), MIB(2)}));
    harness_free(&s.h);
}

/* Head 1 rings for 4801h while head 0's blocks are closed. */
static void ring_head_1(struct harness *h)
{
    struct scene *s = (struct scene *)h;
    static const uint8_t in[8] = {0xff};

    if (s->calls++ > 0)
        return;
    reg_write(h, 1, MAILBOX + DCD_MBOX_COMMAND, 8,
              DCD_OP_GET_DC_EXTENT_LIST | (uint64_t)sizeof(in)
                                              << DCD_MBOX_LENGTH_SHIFT);
    dcd_device_mmio_write(h->device, 1, MAILBOX + DCD_MBOX_PAYLOAD, in,
                          sizeof(in));
    reg_write(h, 1, MAILBOX + DCD_MBOX_CONTROL, 4, DCD_MBOX_DOORBELL);
    s->ringing = ringing(h, 1);
}

C_TEST(reentry, a_mailbox_command_from_inside_waits_and_then_runs)
{
    struct scene s;

    build(&s, ring_head_1);
    C_EXPECT_EQ(0, fm_release(&s.h, 0, FORCED, RANGES({R0, MIB(2)})));
    C_EXPECT(s.ringing);
    C_EXPECT(!ringing(&s.h, 1));
    C_EXPECT_EQ(0x10, reg_read(&s.h, 1, MAILBOX + DCD_MBOX_COMMAND, 8) >>
                          DCD_MBOX_LENGTH_SHIFT);
    harness_free(&s.h);
}

/* The doorbell of the mailbox whose command is under way is taken. */
static void ring_head_0(struct harness *h)
{
    struct scene *s = (struct scene *)h;

    if (s->calls++ > 0)
        return;
    s->ringing = ringing(h, 0);
    reg_write(h, 0, MAILBOX + DCD_MBOX_COMMAND, 8, DCD_OP_GET_TIMESTAMP);
    reg_write(h, 0, MAILBOX + DCD_MBOX_CONTROL, 4, DCD_MBOX_DOORBELL);
}

C_TEST(reentry, the_mailbox_under_way_takes_no_second_command)
{
    struct scene s;

    build(&s, ring_head_0);
    C_EXPECT_EQ(0, release(&s.h, 0, RANGES({R0, MIB(2)})));
    C_EXPECT(s.ringing);
    C_EXPECT(!ringing(&s.h, 0));
    C_EXPECT_EQ(DCD_OP_RELEASE_DC,
                reg_read(&s.h, 0, MAILBOX + DCD_MBOX_COMMAND, 8));
    harness_free(&s.h);
}

static void reset_head_0(struct harness *h)
{
    struct scene *s = (struct scene *)h;

    if (s->calls++ > 0)
        return;
    dcd_device_reset(h->device, 0, DCD_RESET_CONVENTIONAL);
    s->open = touch(h, 0, R0 + MIB(4)); /* the decoder is still there */
}

C_TEST(reentry, a_reset_from_inside_waits_for_the_command)
{
    struct scene s;

    build(&s, reset_head_0);
    C_EXPECT_EQ(0, fm_release(&s.h, 0, FORCED, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(DCD_ACCESS_OK, s.open);
    expect_held(&s.h, 0, NO_RANGES);
    expect_no_events(&s.h, 0);
    C_ASSERT_EQ(3, fm_get_events(&s.h));
    expect_chain(&s.h, 0, DCD_EVENT_CAPACITY_RELEASED, 0, RANGES({R0, MIB(2)}));
    expect_chain(&s.h, 1, DCD_EVENT_CAPACITY_RELEASED, 0,
                 RANGES({R0 + MIB(2), MIB(6)}, {R3, MIB(4)}));
    harness_free(&s.h);
}

/* Head 0 rings itself for 4803h; what is left afterwards is a fresh mailbox. */
C_TEST(reentry, a_reset_of_the_head_whose_command_is_under_way)
{
    uint8_t in[0x20] = {1};
    struct scene s;

    build(&s, reset_head_0);
    dcd_store_le(in + 8, 8, R0);
    dcd_store_le(in + 16, 8, MIB(2));
    reg_write(&s.h, 0, MAILBOX + DCD_MBOX_COMMAND, 8,
              DCD_OP_RELEASE_DC | (uint64_t)sizeof(in)
                                      << DCD_MBOX_LENGTH_SHIFT);
    dcd_device_mmio_write(s.h.device, 0, MAILBOX + DCD_MBOX_PAYLOAD, in,
                          sizeof(in));
    reg_write(&s.h, 0, MAILBOX + DCD_MBOX_CONTROL, 4, DCD_MBOX_DOORBELL);
    C_EXPECT_EQ(0, reg_read(&s.h, 0, MAILBOX + DCD_MBOX_CONTROL, 4));
    C_EXPECT_EQ(0, reg_read(&s.h, 0, MAILBOX + DCD_MBOX_COMMAND, 8));
    expect_held(&s.h, 0, NO_RANGES);
    C_ASSERT_EQ(3, fm_get_events(&s.h));
    expect_chain(&s.h, 0, DCD_EVENT_CAPACITY_RELEASED, 0, RANGES({R0, MIB(2)}));
    harness_free(&s.h);
}

/* Each revocation of the inner command finds its own block closed, too. */
static void look_at_revoked(struct harness *h)
{
    struct scene *s = (struct scene *)h;
    uint64_t value;

    s->calls++;
    if (dcd_device_read(h->device, h->revoked_head, h->revoked_first, &value,
                        8) == DCD_ACCESS_OK)
        s->readable++;
}

C_TEST(reentry, every_piece_is_revoked_closed)
{
    struct scene s;

    build(&s, look_at_revoked);
    C_EXPECT_EQ(0, fm_release(&s.h, 0, FORCED,
                              RANGES({R0, MIB(2)}, {R0 + MIB(4), MIB(2)},
                                     {R3 + MIB(2), MIB(2)})));
    C_EXPECT_EQ(3, s.calls);
    C_EXPECT_EQ(0, s.readable);
    harness_free(&s.h);
}

/* --- No room for more ---------------------------------------------------- */

static void offer_twice(struct harness *h)
{
    struct scene *s = (struct scene *)h;
    const uint8_t second[12] = {0, 0x78, 0, 0x00, 0x56};

    if (s->calls > 0)
        return;
    offer_on(h);
    s->granted = dcd_device_fm_request(h->device, second, sizeof(second));
}

C_TEST(reentry, a_second_fm_command_from_one_callback_is_refused)
{
    struct scene s;
    uint8_t answer[12];

    build(&s, offer_twice);
    C_EXPECT_EQ(0, release(&s.h, 0, RANGES({R0 + MIB(2), MIB(2)})));
    C_EXPECT(!s.granted);
    dcd_device_fm_response(s.h.device, answer, 12);
    C_EXPECT_EQ(0x77, answer[1]);
    C_EXPECT_EQ(0, dcd_load_le(answer + 8, 2));
    harness_free(&s.h);
}

/* Head 1 is reset, and rings before the reset has come. */
static void reset_and_ring(struct harness *h)
{
    struct scene *s = (struct scene *)h;

    if (s->calls++ > 0)
        return;
    dcd_device_reset(h->device, 1, DCD_RESET_CONVENTIONAL);
    reg_write(h, 1, MAILBOX + DCD_MBOX_COMMAND, 8,
              DCD_OP_IDENTIFY_MEMORY_DEVICE);
    reg_write(h, 1, MAILBOX + DCD_MBOX_CONTROL, 4, DCD_MBOX_DOORBELL);
}

C_TEST(reentry, a_command_of_a_head_whose_reset_waits_is_lost_with_a_warning)
{
    struct scene s;

    build(&s, reset_and_ring);
    C_EXPECT_EQ(0, release(&s.h, 0, RANGES({R0 + MIB(2), MIB(2)})));
    C_EXPECT_EQ(1, s.h.warnings);
    C_EXPECT(!ringing(&s.h, 1));
    C_EXPECT_EQ(0, mailbox(&s.h, 1, DCD_OP_IDENTIFY_MEMORY_DEVICE, NULL, 0));
    harness_free(&s.h);
}
