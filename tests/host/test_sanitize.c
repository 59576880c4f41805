/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sanitize.c - erasing all that a head has (CXL r3.1 8.2.9.9.5.1-.2).
 */
#include "media_support.h"

#include <string.h>

#define OLD UINT64_C(0x0123456789abcdef)

/* 4102h and 4103h of the first four bytes. */
static uint32_t labels(struct harness *h, unsigned head)
{
    struct dcd_get_lsa_req req = {dcd_put32(0), dcd_put32(4)};

    C_EXPECT_EQ(OK, mailbox(h, head, DCD_OP_GET_LSA, &req, sizeof(req)));
    return (uint32_t)dcd_load_le(h->out, 4);
}

static void set_labels(struct harness *h, unsigned head, uint32_t value)
{
    uint8_t in[12] = {0};

    dcd_store_le(in + 8, 4, value);
    C_EXPECT_EQ(OK, mailbox(h, head, DCD_OP_SET_LSA, in, sizeof(in)));
}

/* Both heads hold something in R0 and R1, and have written all they have. */
static void build_used(struct harness *h)
{
    static const uint64_t own[] = {VOLATILE, PERSISTENT - 8, PERSISTENT,
                                   R0 - 8};

    media_ready(h);
    hold(h, 0, RANGES({R0, MIB(4)}, {R1, MIB(2)}));
    hold(h, 1, RANGES({R0 + MIB(4), MIB(2)}));
    for (unsigned head = 0; head < 2; head++) {
        for (unsigned i = 0; i < COUNT(own); i++)
            poke(h, head, own[i], OLD);
        set_labels(h, head, 0x1234);
    }
    poke(h, 0, R0, OLD);
    poke(h, 0, R0 + MIB(4) - 8, OLD);
    poke(h, 0, R1, OLD);
    poke(h, 1, R0 + MIB(4), OLD);
}

static void expect_own(struct harness *h, unsigned head, uint64_t value,
                       uint32_t label)
{
    C_EXPECT_EQ(value, peek(h, head, VOLATILE));
    C_EXPECT_EQ(value, peek(h, head, PERSISTENT - 8));
    C_EXPECT_EQ(value, peek(h, head, PERSISTENT));
    C_EXPECT_EQ(value, peek(h, head, R0 - 8));
    C_EXPECT_EQ(label, labels(h, head));
}

static void expect_erased(struct harness *h)
{
    expect_own(h, 0, 0, 0);
    C_EXPECT_EQ(0, peek(h, 0, R0));
    C_EXPECT_EQ(0, peek(h, 0, R0 + MIB(4) - 8));
    C_EXPECT_EQ(0, peek(h, 0, R1));
    expect_own(h, 1, OLD, 0x1234);
    C_EXPECT_EQ(OLD, peek(h, 1, R0 + MIB(4)));
}

C_TEST(sanitize, erases_what_the_head_has_and_nothing_else)
{
    struct harness h;

    build_used(&h);
    C_EXPECT_EQ(STARTED, command(&h, 0, DCD_OP_SANITIZE));
    finish(&h);
    C_EXPECT_EQ(OK, background_code(&h, 0));
    expect_erased(&h);
    expect_list(&h, 0, RANGES({R0, MIB(4)}, {R1, MIB(2)}));
    harness_free(&h);
}

/*
 * The dynamic capacity log stays, so the host can still answer its groups; the
 * dynamic capacity is erased, and counts in the time that it takes.
 */
C_TEST(known_fault, device_10_1_row_16)
{
    struct harness h;
    uint64_t start;

    build_used(&h);
    C_EXPECT_EQ(OK, inject(&h, 0, 64));
    offer(&h, 0, RANGES({R0 + MIB(6), MIB(2)}));
    start = h.now;
    C_EXPECT_EQ(STARTED, command(&h, 0, DCD_OP_SANITIZE));
    C_EXPECT_EQ(0, records(&h, 0, DCD_LOG_INFORMATIONAL));
    C_EXPECT_EQ(1, get_events(&h, 0));
    C_EXPECT_EQ(DCD_EVENT_ADD_CAPACITY, event_at(&h, 0)->type);
    finish(&h);
    /* 768 MiB of its own and 6 MiB of dynamic capacity, at 1 ms a GiB. */
    C_EXPECT_EQ((768 + 6) * MS / 1024, h.now - start);
    C_EXPECT_EQ(0, peek(&h, 0, R0));
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({R0 + MIB(6), MIB(2)})));
    expect_list(&h, 0,
                RANGES({R0, MIB(4)}, {R0 + MIB(6), MIB(2)}, {R1, MIB(2)}));
    harness_free(&h);
}

C_TEST(sanitize, media_are_disabled_until_it_succeeds)
{
    uint64_t at;
    struct harness h;

    build_used(&h);
    at = DCD_BAR_DEVICE + DCD_DEV_MEMDEV_STATUS(h.config.mailbox_payload);
    C_EXPECT_EQ(DCD_MEDIA_READY, media_status(&h, 0));
    C_EXPECT_EQ(0x14, reg_read(&h, 0, at, 8));
    C_EXPECT_EQ(STARTED, command(&h, 0, DCD_OP_SANITIZE));
    C_EXPECT_EQ(DCD_MEDIA_DISABLED, media_status(&h, 0));
    C_EXPECT(reg_read(&h, 0, at, 8) >> DCD_MEMDEV_RESET_NEEDED_SHIFT & 7);
    C_EXPECT_EQ(DCD_MEDIA_READY, media_status(&h, 1));
    run_until(&h, h.scheduled - 1);
    C_EXPECT_EQ(DCD_MEDIA_DISABLED, media_status(&h, 0));
    run_until(&h, h.now + 1);
    C_EXPECT_EQ(0x14, reg_read(&h, 0, at, 8));
    harness_free(&h);
}

C_TEST(sanitize, deletes_logs_0_to_3_when_it_starts)
{
    struct harness h;

    media_ready(&h);
    C_EXPECT_EQ(OK, inject(&h, 0, 64));
    C_EXPECT_EQ(OK, inject(&h, 1, 64));
    C_EXPECT_EQ(1, reg_read(&h, 0, EVENT_STATUS_AT, 8));
    C_EXPECT_EQ(STARTED, command(&h, 0, DCD_OP_SANITIZE));
    C_EXPECT_EQ(0, reg_read(&h, 0, EVENT_STATUS_AT, 8));
    C_EXPECT_EQ(1, reg_read(&h, 1, EVENT_STATUS_AT, 8));
    for (uint8_t log = 0; log < 4; log++)
        C_EXPECT_EQ(0, records(&h, 0, log));
    harness_free(&h);
}

C_TEST(sanitize, ends_the_poison_of_what_it_erases)
{
    struct harness h;

    build_used(&h);
    C_EXPECT_EQ(OK, inject(&h, 0, 64));
    C_EXPECT_EQ(OK, inject(&h, 0, R0));
    C_EXPECT_EQ(OK, inject(&h, 1, 64));
    C_EXPECT_EQ(OK, inject(&h, 1, R0 + MIB(4)));
    C_EXPECT_EQ(STARTED, command(&h, 0, DCD_OP_SANITIZE));
    C_EXPECT_EQ(DCD_RC_MEDIA_DISABLED, poison_list(&h, 0, 0, END));
    finish(&h);
    expect_poison(&h, 0, NO_LINES);
    C_EXPECT_EQ(0, peek(&h, 0, 64));
    C_EXPECT_EQ(0, peek(&h, 0, R0));
    expect_poison(&h, 1, LINES({64, 1}, {R0 + MIB(4), 1}));
    harness_free(&h);
}

C_TEST(sanitize, takes_pointers_back_before)
{
    struct dcd_span span;
    struct harness h;

    build_used(&h);
    C_ASSERT(dcd_device_dmi(h.device, 0, WINDOW, &span));
    h.revocations = 0;
    C_EXPECT_EQ(STARTED, command(&h, 0, DCD_OP_SANITIZE));
    C_EXPECT_EQ(1, h.revocations);
    C_EXPECT_EQ(0, h.revoked_head);
    C_EXPECT_EQ(0, h.revoked_first);
    C_EXPECT_EQ(UINT64_MAX, h.revoked_last);
    C_EXPECT(!dcd_device_dmi(h.device, 0, WINDOW, &span));
    C_EXPECT_EQ(0, span.first);
    C_EXPECT_EQ(UINT64_MAX, span.last);
    C_EXPECT(dcd_device_dmi(h.device, 1, WINDOW, &span));
    finish(&h);
    C_EXPECT(dcd_device_dmi(h.device, 0, WINDOW, &span));
    C_EXPECT_EQ(0, span.data[0]);
    harness_free(&h);
}

static void ring(struct harness *h, unsigned head, uint16_t opcode)
{
    reg_write(h, head, MAILBOX_AT(DCD_MBOX_COMMAND), 8, opcode);
    reg_write(h, head, MAILBOX_AT(DCD_MBOX_CONTROL), 4, DCD_MBOX_DOORBELL);
}

/* From inside the start of a sanitize: both hosts ring, and memory is gone. */
static void command_inside(struct harness *h)
{
    h->on_revoke = NULL;
    C_EXPECT_EQ(DCD_MEDIA_DISABLED, media_status(h, 0));
    ring(h, 0, DCD_OP_SECURE_ERASE); /* busy: ignored */
    ring(h, 1, DCD_OP_SANITIZE);     /* waits */
    C_EXPECT_EQ(DCD_MEDIA_READY, media_status(h, 1));
}

C_TEST(sanitize, starts_in_peace_while_both_hosts_ring)
{
    struct harness h;

    build_used(&h);
    h.on_revoke = command_inside;
    C_EXPECT_EQ(STARTED, command(&h, 0, DCD_OP_SANITIZE));
    C_EXPECT_EQ(DCD_MEDIA_DISABLED, media_status(&h, 1));
    run_until(&h, h.now + 10 * MS);
    for (unsigned head = 0; head < 2; head++) {
        C_EXPECT_EQ(DCD_MEDIA_READY, media_status(&h, head));
        C_EXPECT_EQ(OK, background_code(&h, head));
        C_EXPECT_EQ(0, peek(&h, head, VOLATILE));
    }
    harness_free(&h);
}

static void reset_inside(struct harness *h)
{
    h->on_revoke = NULL;
    dcd_device_reset(h->device, 0, DCD_RESET_CONVENTIONAL);
    C_EXPECT_EQ(DCD_MBOX_DOORBELL,
                reg_read(h, 0, MAILBOX_AT(DCD_MBOX_CONTROL), 4));
}

/* The reset waits for the command, and stops what that has started. */
C_TEST(sanitize, a_reset_from_inside_its_start_leaves_media_disabled)
{
    struct harness h;

    build_used(&h);
    h.on_revoke = reset_inside;
    ring(&h, 0, DCD_OP_SANITIZE);
    C_EXPECT(!h.on_revoke);
    C_EXPECT_EQ(DCD_MEDIA_DISABLED, media_status(&h, 0));
    C_EXPECT_EQ(0, reg_read(&h, 0, MAILBOX_AT(DCD_MBOX_BACKGROUND_STATUS), 8));
    run_until(&h, h.now + 10 * MS);
    C_EXPECT_EQ(DCD_MEDIA_DISABLED, media_status(&h, 0));
    C_EXPECT_EQ(OLD, peek(&h, 1, VOLATILE));
    harness_free(&h);
}

C_TEST(sanitize, that_is_aborted_leaves_media_disabled_until_a_later_one)
{
    struct harness h;

    build_used(&h);
    C_EXPECT_EQ(STARTED, command(&h, 0, DCD_OP_SANITIZE));
    C_EXPECT_EQ(DCD_RC_BUSY, command(&h, 0, DCD_OP_SANITIZE));
    C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_REQUEST_ABORT));
    C_EXPECT_EQ(DCD_RC_ABORTED, background_code(&h, 0));
    run_until(&h, h.now + 10 * MS);
    C_EXPECT_EQ(DCD_MEDIA_DISABLED, media_status(&h, 0));
    C_EXPECT_EQ(STARTED, command(&h, 0, DCD_OP_SANITIZE));
    finish(&h);
    C_EXPECT_EQ(DCD_MEDIA_READY, media_status(&h, 0));
    expect_erased(&h);
    harness_free(&h);
}

C_TEST(sanitize, no_reset_enables_media_again)
{
    for (int kind = DCD_RESET_CONVENTIONAL; kind <= DCD_RESET_CXL; kind++) {
        struct harness h;

        C_CONTEXT("reset %d", kind);
        build_used(&h);
        C_EXPECT_EQ(STARTED, command(&h, 0, DCD_OP_SANITIZE));
        dcd_device_reset(h.device, 0, (enum dcd_reset_kind)kind);
        run_until(&h, h.now + 10 * MS);
        C_EXPECT_EQ(DCD_MEDIA_DISABLED, media_status(&h, 0));
        C_EXPECT_EQ(STARTED, command(&h, 0, DCD_OP_SANITIZE));
        finish(&h);
        C_EXPECT_EQ(DCD_MEDIA_READY, media_status(&h, 0));
        commit_decoder(&h, 0, 0, WINDOW, GIB(4), 0);
        expect_own(&h, 0, 0, 0);
        harness_free(&h);
    }
}

/* What it holds when the time has come, and no more. */
C_TEST(sanitize, spares_what_was_given_back_meanwhile)
{
    struct harness h;

    build_used(&h);
    C_EXPECT_EQ(STARTED, command(&h, 0, DCD_OP_SANITIZE));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({R0, MIB(2)})));
    hold(&h, 1, RANGES({R0, MIB(2)}));
    poke(&h, 1, R0, OLD + 1);
    run_until(&h, h.now + 10 * MS);
    C_EXPECT_EQ(OLD + 1, peek(&h, 1, R0));
    C_EXPECT_EQ(0, peek(&h, 0, R0 + MIB(4) - 8));
    harness_free(&h);
}

C_TEST(sanitize, without_a_rate_is_done_at_once)
{
    struct harness h;

    media_config(&h);
    h.config.sanitize_per_gib = 0;
    media_build(&h);
    poke(&h, 0, 0, OLD);
    C_EXPECT_EQ(STARTED, command(&h, 0, DCD_OP_SANITIZE));
    C_EXPECT_EQ(DCD_MEDIA_READY, media_status(&h, 0));
    C_EXPECT_EQ(0, peek(&h, 0, 0));
    C_EXPECT_EQ(DCD_OP_SANITIZE | 100u << DCD_MBOX_PERCENT_SHIFT,
                reg_read(&h, 0, MAILBOX_AT(DCD_MBOX_BACKGROUND_STATUS), 8));
    harness_free(&h);
}

/* --- 4401h Secure Erase -----------------------------------------------------
 */

C_TEST(secure_erase, erases_the_same_at_once)
{
    struct dcd_span span;
    struct harness h;

    build_used(&h);
    C_EXPECT_EQ(OK, inject(&h, 0, 64));
    C_ASSERT(dcd_device_dmi(h.device, 0, WINDOW + PERSISTENT, &span));
    h.revocations = 0;
    C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_SECURE_ERASE));
    C_EXPECT_EQ(0, h.out_length);
    C_EXPECT(h.revocations > 0);
    C_EXPECT_EQ(DCD_MEDIA_READY, media_status(&h, 0));
    expect_erased(&h);
    expect_poison(&h, 0, NO_LINES);
    C_EXPECT_EQ(1, records(&h, 0, DCD_LOG_INFORMATIONAL)); /* logs stay */
    harness_free(&h);
}

C_TEST(secure_erase, is_no_way_out_of_disabled_media)
{
    struct harness h;

    build_used(&h);
    C_EXPECT_EQ(STARTED, command(&h, 0, DCD_OP_SANITIZE));
    C_EXPECT_EQ(DCD_RC_MEDIA_DISABLED, command(&h, 0, DCD_OP_SECURE_ERASE));
    C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_REQUEST_ABORT));
    C_EXPECT_EQ(DCD_RC_MEDIA_DISABLED, command(&h, 0, DCD_OP_SECURE_ERASE));
    harness_free(&h);
}
