/* SPDX-License-Identifier: Apache-2.0 */
/* test_listeners.c - commands that are sent from inside the trace: what they
 * find, and what becomes of the step that was being traced. */
#include "fabric.h"

#include <string.h>

#define OLD UINT64_C(0x0123456789abcdef)

/* What the listener waits for, and what it saw; the harness comes first. */
struct scene {
    struct harness h;
    uint8_t kind; /* of the record that it waits for */
    void (*act)(struct scene *s);
    unsigned calls;
    unsigned revocations; /* when the command of act() was traced */
};

static void listen(void *context, const struct dcd_trace_record *record)
{
    struct scene *s = context;

    if (record->kind == DCD_TRACE_COMMAND && record->head == DCD_TRACE_FM)
        s->revocations = s->h.revocations;
    if (record->kind != s->kind || s->calls++ > 0)
        return;
    s->act(s);
}

/* Head 0 holds [R0, +4M). */
static void build(struct scene *s, uint8_t kind, void (*act)(struct scene *))
{
    memset(s, 0, sizeof(*s));
    fabric_build(&s->h);
    open_window(&s->h, 0);
    hold(&s->h, 0, RANGES({R0, MIB(4)}));
    s->h.revocations = 0;
    s->kind = kind;
    s->act = act;
    dcd_device_set_trace(s->h.device, listen, s);
}

/* 5605h of [R0, +4M), forced. */
static void take_away(struct scene *s)
{
    uint8_t message[12 + 0x48] = {0, 0x77, 0, 0x05, 0x56, 0x48};

    message[12 + 2] = DCD_RELEASE_PRESCRIPTIVE | DCD_RELEASE_FORCED;
    message[12 + 0x1c] = 1;
    dcd_store_le(message + 12 + 0x20, 8, R0);
    dcd_store_le(message + 12 + 0x28, 8, MIB(4));
    C_EXPECT(dcd_device_fm_request(s->h.device, message, sizeof(message)));
}

/* Without its decoder nothing says any more where [R0, +4M) was lent out. */
C_TEST(listeners, a_command_waits_for_the_pointers_of_a_decoder)
{
    const uint64_t control = DCD_BAR_HDM + DCD_HDM_DECODER(0) + DCD_HDM_CONTROL;
    uint8_t answer[12];
    struct dcd_span span;
    struct scene s;

    build(&s, DCD_TRACE_REGISTER_WRITE, take_away);
    C_EXPECT(dcd_device_dmi(s.h.device, 0, WINDOW + R0, &span));
    reg_write(&s.h, 0, control, 4, 0);
    C_EXPECT_EQ(1, s.calls);
    C_EXPECT_EQ(1, s.revocations);
    dcd_device_fm_response(s.h.device, answer, sizeof(answer));
    C_EXPECT_EQ(0x77, answer[1]);
    C_EXPECT_EQ(0, dcd_load_le(answer + 8, 2));
    expect_held(&s.h, 0, NO_RANGES);
    harness_free(&s.h);
}

/* The pointer is taken back before the one who asked has got it. */
C_TEST(listeners, a_grant_that_is_taken_back_meanwhile_is_none)
{
    struct dcd_span span;
    struct scene s;

    build(&s, DCD_TRACE_DMI_GRANT, take_away);
    C_EXPECT(!dcd_device_dmi(s.h.device, 0, WINDOW + R0, &span));
    C_EXPECT(!span.data);
    C_EXPECT_EQ(1, s.calls);
    expect_held(&s.h, 0, NO_RANGES);
    harness_free(&s.h);
}

/* ... or it is for less. */
static void take_half(struct scene *s)
{
    C_EXPECT_EQ(0, release(&s->h, 0, RANGES({R0 + MIB(2), MIB(2)})));
}

C_TEST(listeners, a_grant_is_for_what_is_left_of_it)
{
    struct dcd_span span;
    struct scene s;

    build(&s, DCD_TRACE_DMI_GRANT, take_half);
    C_EXPECT(dcd_device_dmi(s.h.device, 0, WINDOW + R0, &span));
    C_EXPECT_EQ(WINDOW + R0, span.first);
    C_EXPECT_EQ(WINDOW + R0 + MIB(2) - 1, span.last);
    harness_free(&s.h);
}

/* Across two blocks, so that it is not the fast way. */
C_TEST(listeners, a_read_has_its_bytes_before_it_is_traced)
{
    const uint64_t at = R0 + MIB(2) - 8;
    uint64_t bytes[2] = {0, 0};
    struct scene s;

    build(&s, DCD_TRACE_READ, take_away);
    poke(&s.h, 0, at, OLD);
    poke(&s.h, 0, at + 8, ~OLD);
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_read(s.h.device, 0, WINDOW + at, bytes, 16));
    C_EXPECT_EQ(1, s.calls);
    C_EXPECT_EQ(OLD, bytes[0]);
    C_EXPECT_EQ(~OLD, bytes[1]);
    harness_free(&s.h);
}

/* A write of a poisoned line ends its poison, whoever it was that failed. */
static void heal(struct scene *s)
{
    static const uint8_t line[64] = {1};

    C_EXPECT_EQ(DCD_ACCESS_OK, dcd_device_write(s->h.device, 0, WINDOW + R0,
                                                line, sizeof(line)));
}

C_TEST(listeners, what_they_write_is_not_the_doing_of_a_failed_command)
{
    const struct dcd_le64 poisoned = dcd_put64(R0);
    struct scene s;

    build(&s, DCD_TRACE_COMMAND, heal);
    s.calls = 1;
    C_EXPECT_EQ(
        0, mailbox(&s.h, 0, DCD_OP_INJECT_POISON, &poisoned, sizeof(poisoned)));
    C_EXPECT_EQ(DCD_ACCESS_POISONED, touch(&s.h, 0, R0));
    s.calls = 0;
    C_EXPECT_EQ(0x1e, fm_add(&s.h, 0, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(DCD_ACCESS_OK, touch(&s.h, 0, R0));
    harness_free(&s.h);
}
