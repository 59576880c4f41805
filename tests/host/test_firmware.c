/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_firmware.c - firmware update by a host: 0200h, 0201h and 0202h (CXL
 * r3.1 8.2.9.3).
 */
#include "host_support.h"

#include "gtest_c.h"

#include <string.h>

#define OK DCD_RC_SUCCESS
#define STARTED DCD_RC_BACKGROUND_STARTED
#define MS UINT64_C(1000000000) /* ps */
#define SECOND (1000 * MS)
#define BUILT_IN "BWFW VERSION 00"
#define NEW "NEW FIRMWARE 7"

enum { HEADER = sizeof(struct dcd_transfer_fw_req), BEGIN = 5000 /* ps */ };

static void build(struct harness *h, unsigned heads)
{
    harness_d1_config(h);
    h->config.heads = heads;
    harness_build(h);
    h->now = BEGIN;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* 0201h with [length] bytes of an image that begin with [text]. */
static uint16_t send_at(struct harness *h, unsigned head, uint8_t action,
                        uint8_t slot, uint32_t offset, const char *text,
                        uint32_t length)
{
    uint8_t in[2048] = {0};
    struct dcd_transfer_fw_req *req = (void *)in;

    req->action = action;
    req->slot = slot;
    req->offset = dcd_put32(offset);
    memcpy(in + HEADER, text, strlen(text));
    return mailbox(h, head, DCD_OP_TRANSFER_FW, in, HEADER + length);
}

static uint16_t send(struct harness *h, uint8_t action, uint8_t slot,
                     uint32_t offset, const char *text, uint32_t length)
{
    return send_at(h, 0, action, slot, offset, text, length);
}

static uint16_t activate(struct harness *h, uint8_t action, uint8_t slot)
{
    struct dcd_activate_fw_req req = {action, slot};

    return mailbox(h, 0, DCD_OP_ACTIVATE_FW, &req, sizeof(req));
}

static uint64_t background(struct harness *h)
{
    return reg_read(h, 0, MAILBOX_AT(DCD_MBOX_BACKGROUND_STATUS), 8);
}

/* The operation of [opcode] that was started takes its time, no less and no
 * more; its return code. */
static uint16_t finish(struct harness *h, uint16_t opcode, uint64_t duration)
{
    run_until(h, h->now + duration - 1);
    C_EXPECT_EQ(DCD_MBOX_BACKGROUND_RUNNING,
                reg_read(h, 0, MAILBOX_AT(DCD_MBOX_STATUS), 8) & 1);
    run_until(h, h->now + 1);
    C_EXPECT_EQ(0, reg_read(h, 0, MAILBOX_AT(DCD_MBOX_STATUS), 8) & 1);
    C_EXPECT_EQ(opcode | 100u << DCD_MBOX_PERCENT_SHIFT,
                background(h) & 0xffffffff);
    return (uint16_t)(background(h) >> DCD_MBOX_RETURN_CODE_SHIFT);
}

/* A part that is taken. */
static void send_part(struct harness *h, uint8_t action, uint32_t offset,
                      const char *text, uint32_t length)
{
    C_EXPECT_EQ(STARTED, send(h, action, 0, offset, text, length));
    C_EXPECT_EQ(OK, finish(h, DCD_OP_TRANSFER_FW, 10 * MS));
}

/* The last part, or all of it: what the verification says. */
static uint16_t send_last(struct harness *h, uint8_t action, uint32_t offset,
                          const char *text, uint32_t length)
{
    C_EXPECT_EQ(STARTED, send(h, action, 2, offset, text, length));
    return finish(h, DCD_OP_TRANSFER_FW, 100 * MS);
}

/* Slot 2 gets the image NEW. */
static void fill_slot(struct harness *h)
{
    C_EXPECT_EQ(OK, send_last(h, DCD_FW_FULL, 0, NEW, 300));
}

static void expect_info(struct harness *h, unsigned head, unsigned active,
                        unsigned staged, const char *second)
{
    struct dcd_fw_info_rsp rsp;

    memset(&rsp, 0, sizeof(rsp));
    rsp.slots = 2;
    rsp.slot_info = (uint8_t)(active | staged << 3);
    rsp.capabilities = 1;
    memcpy(rsp.revision[0], BUILT_IN, strlen(BUILT_IN));
    memcpy(rsp.revision[1], second, strlen(second));
    C_EXPECT_EQ(OK, command(h, head, DCD_OP_GET_FW_INFO));
    C_ASSERT_EQ(0x50, h->out_length);
    C_EXPECT_MEMEQ(&rsp, h->out, sizeof(rsp));
}

/* Slot 2 gets the image NEW, to be activated by the next reset. */
static void stage(struct harness *h)
{
    fill_slot(h);
    C_EXPECT_EQ(OK, activate(h, DCD_FW_ACTIVATE_ON_RESET, 2));
    expect_info(h, 0, 1, 2, NEW);
}

/* 4000h shows the revision of what is active. */
static void expect_revision(struct harness *h, const char *revision)
{
    char padded[16] = {0};

    memcpy(padded, revision, strlen(revision));
    C_EXPECT_EQ(OK, command(h, 0, DCD_OP_IDENTIFY_MEMORY_DEVICE));
    C_EXPECT_MEMEQ(padded, h->out, sizeof(padded));
}

/* A transfer of 256 bytes is under way, or none is. */
static void expect_under_way(struct harness *h, bool under_way)
{
    if (!under_way) {
        C_EXPECT_EQ(DCD_RC_FW_TRANSFER_OUT_OF_ORDER,
                    send(h, DCD_FW_CONTINUE, 0, 2, "", 128));
        return;
    }
    send_part(h, DCD_FW_CONTINUE, 2, "", 128);
    C_EXPECT_EQ(OK, send_last(h, DCD_FW_END, 3, "", 5));
    expect_info(h, 0, 1, 0, NEW);
}

/* --- 0200h, and images --------------------------------------------------- */

C_TEST(firmware, two_slots_of_which_the_first_is_in_use)
{
    struct harness h;

    build(&h, 1);
    expect_info(&h, 0, 1, 0, "");
    expect_revision(&h, BUILT_IN);
    harness_free(&h);
}

C_TEST(firmware, a_whole_image_is_stored_when_the_operation_is_done)
{
    struct harness h;

    build(&h, 1);
    /* The offset is not looked at. */
    C_EXPECT_EQ(STARTED, send(&h, DCD_FW_FULL, 2, 77, NEW, 300));
    run_until(&h, h.now + 99 * MS);
    expect_info(&h, 0, 1, 0, "");
    C_EXPECT_EQ(DCD_RC_BUSY, send(&h, DCD_FW_FULL, 2, 0, NEW, 300));
    C_EXPECT_EQ(DCD_RC_BUSY, send(&h, DCD_FW_ABORT, 0, 0, "", 0));
    C_EXPECT_EQ(DCD_RC_BUSY, activate(&h, DCD_FW_ACTIVATE_ONLINE, 2));
    C_EXPECT_EQ(OK, finish(&h, DCD_OP_TRANSFER_FW, MS));
    expect_info(&h, 0, 1, 0, NEW);
    expect_revision(&h, BUILT_IN);
    harness_free(&h);
}

C_TEST(firmware, an_image_comes_in_parts_that_follow_each_other)
{
    struct harness h;

    build(&h, 1);
    /* The slot is not looked at before the end. */
    C_EXPECT_EQ(STARTED, send(&h, DCD_FW_START, 1, 0, NEW, 256));
    C_EXPECT_EQ(OK, finish(&h, DCD_OP_TRANSFER_FW, 10 * MS));
    C_EXPECT_EQ(STARTED, send(&h, DCD_FW_CONTINUE, 9, 2, "x", 1024));
    C_EXPECT_EQ(OK, finish(&h, DCD_OP_TRANSFER_FW, 10 * MS));
    expect_info(&h, 0, 1, 0, "");
    C_EXPECT_EQ(OK, send_last(&h, DCD_FW_END, 10, "y", 1));
    expect_info(&h, 0, 1, 0, NEW);
    expect_under_way(&h, false);
    harness_free(&h);
}

C_TEST(firmware, the_latest_part_may_be_sent_once_more)
{
    struct harness h;

    build(&h, 1);
    send_part(&h, DCD_FW_START, 0, "OLD", 256);
    send_part(&h, DCD_FW_CONTINUE, 0, NEW, 256);
    send_part(&h, DCD_FW_CONTINUE, 2, "", 128);
    send_part(&h, DCD_FW_CONTINUE, 2, "", 128);
    send_part(&h, DCD_FW_CONTINUE, 3, "", 128);
    C_EXPECT_EQ(OK, send_last(&h, DCD_FW_END, 3, "", 128));
    expect_info(&h, 0, 1, 0, NEW);
    harness_free(&h);
}

C_TEST(firmware, an_image_without_a_revision_fails_its_verification)
{
    static const struct {
        const char *text;
        uint32_t length;
        uint16_t rc;
    } rows[] = {
        {"", 128, DCD_RC_FW_VERIFICATION_FAILED},
        {"tab\t", 128, DCD_RC_FW_VERIFICATION_FAILED},
        {"\x7f", 128, DCD_RC_FW_VERIFICATION_FAILED},
        {"\xc3\xa4", 128, DCD_RC_FW_VERIFICATION_FAILED},
        {"123456789012345\n", 128, DCD_RC_FW_VERIFICATION_FAILED},
        {"too short", 15, DCD_RC_FW_VERIFICATION_FAILED},
        {"1", 16, OK},
        {"1234567890123456", 16, OK},
        {"1234567890123456\n", 17, OK},
        {" ~", 128, OK},
    };
    struct harness h;

    for (size_t i = 0; i < COUNT(rows); i++) {
        char shown[17] = {0};

        C_CONTEXT("row %zu", i);
        build(&h, 1);
        C_EXPECT_EQ(rows[i].rc, send_last(&h, DCD_FW_FULL, 0, rows[i].text,
                                          rows[i].length));
        if (rows[i].rc == OK)
            memcpy(shown, rows[i].text, least(strlen(rows[i].text), 16));
        expect_info(&h, 0, 1, 0, shown);
        expect_under_way(&h, false);
        harness_free(&h);
    }
}

C_TEST(firmware, a_gap_between_text_and_padding_is_no_revision)
{
    uint8_t in[HEADER + 16] = {DCD_FW_FULL, 2};
    struct harness h;

    build(&h, 1);
    memcpy(in + HEADER, "a\0b", 3);
    C_EXPECT_EQ(STARTED, mailbox(&h, 0, DCD_OP_TRANSFER_FW, in, sizeof(in)));
    C_EXPECT_EQ(DCD_RC_FW_VERIFICATION_FAILED,
                finish(&h, DCD_OP_TRANSFER_FW, 100 * MS));
    expect_info(&h, 0, 1, 0, "");
    harness_free(&h);
}

C_TEST(firmware, a_failed_image_leaves_the_slot_as_it_was)
{
    struct harness h;

    build(&h, 1);
    stage(&h);
    send_part(&h, DCD_FW_START, 0, "", 256);
    C_EXPECT_EQ(DCD_RC_FW_VERIFICATION_FAILED,
                send_last(&h, DCD_FW_END, 2, NEW, 128));
    expect_info(&h, 0, 1, 2, NEW);
    harness_free(&h);
}

/* --- 0201h: refusals ----------------------------------------------------- */

C_TEST(firmware, parts_are_refused_for_what_is_wrong_with_them)
{
    static const struct {
        const char *what;
        bool before; /* a transfer of 256 bytes is under way */
        uint8_t action;
        uint8_t slot;
        uint32_t offset;
        uint32_t length;
        uint16_t rc;
        bool after; /* it still is */
    } rows[] = {
        {"no such action", false, 5, 2, 0, 128, 0x02, false},
        {"no such action", true, 255, 2, 2, 128, 0x02, true},
        {"full without data", false, DCD_FW_FULL, 2, 0, 0, 0x16, false},
        {"start without data", false, DCD_FW_START, 0, 0, 0, 0x16, false},
        {"continue without data", true, DCD_FW_CONTINUE, 0, 2, 0, 0x16, true},
        {"end without data", true, DCD_FW_END, 2, 2, 0, 0x16, true},
        {"start not in 128s", false, DCD_FW_START, 0, 0, 129, 0x16, false},
        {"continue not in 128s", true, DCD_FW_CONTINUE, 0, 2, 127, 0x16, true},
        {"full under way", true, DCD_FW_FULL, 2, 0, 128, 0x08, true},
        {"start under way", true, DCD_FW_START, 0, 0, 128, 0x08, true},
        {"start not at 0", false, DCD_FW_START, 0, 1, 128, 0x09, false},
        {"continue of none", false, DCD_FW_CONTINUE, 0, 0, 128, 0x09, false},
        {"end of none", false, DCD_FW_END, 2, 0, 128, 0x09, false},
        {"continue behind", true, DCD_FW_CONTINUE, 0, 3, 128, 0x09, false},
        {"continue inside", true, DCD_FW_CONTINUE, 0, 1, 128, 0x09, false},
        {"repeated, longer", true, DCD_FW_CONTINUE, 0, 0, 384, 0x09, false},
        {"repeated, shorter", true, DCD_FW_CONTINUE, 0, 0, 128, 0x09, false},
        {"end behind", true, DCD_FW_END, 2, 3, 128, 0x09, false},
        {"end far behind", true, DCD_FW_END, 2, UINT32_MAX, 128, 0x09, false},
        {"full into slot 0", false, DCD_FW_FULL, 0, 0, 128, 0x0b, false},
        {"full into slot 3", false, DCD_FW_FULL, 3, 0, 128, 0x0b, false},
        {"full into the active", false, DCD_FW_FULL, 1, 0, 128, 0x0b, false},
        {"end into slot 0", true, DCD_FW_END, 0, 2, 128, 0x0b, true},
        {"end into slot 255", true, DCD_FW_END, 255, 2, 128, 0x0b, true},
        {"end into the active", true, DCD_FW_END, 1, 2, 128, 0x0b, true},
    };
    struct harness h;

    for (size_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("row %zu: %s", i, rows[i].what);
        build(&h, 1);
        if (rows[i].before)
            send_part(&h, DCD_FW_START, 0, NEW, 256);
        C_EXPECT_EQ(rows[i].rc, send(&h, rows[i].action, rows[i].slot,
                                     rows[i].offset, NEW, rows[i].length));
        expect_info(&h, 0, 1, 0, "");
        expect_under_way(&h, rows[i].after);
        harness_free(&h);
    }
}

C_TEST(firmware, less_than_the_header_is_too_short_for_every_action)
{
    struct harness h;

    build(&h, 1);
    for (uint8_t action = 0; action < 6; action++) {
        uint8_t in[HEADER] = {action, 2};

        for (uint32_t length = 0; length < HEADER; length++)
            C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH,
                        mailbox(&h, 0, DCD_OP_TRANSFER_FW, in, length));
    }
    harness_free(&h);
}

/* --- What ends a transfer ------------------------------------------------ */

C_TEST(firmware, abort_ends_a_transfer_and_needs_none)
{
    struct harness h;

    build(&h, 1);
    C_EXPECT_EQ(OK, send(&h, DCD_FW_ABORT, 0, 0, "", 0));
    send_part(&h, DCD_FW_START, 0, NEW, 256);
    C_EXPECT_EQ(OK, send(&h, DCD_FW_ABORT, 0, 0, "", 0));
    expect_under_way(&h, false);
    fill_slot(&h);
    expect_info(&h, 0, 1, 0, NEW);
    harness_free(&h);
}

/* The operation may be carried out while another initiator is ahead in time. */
C_TEST(firmware, a_part_that_ended_ahead_of_time_is_not_late)
{
    struct harness h;

    build(&h, 2);
    C_ASSERT_EQ(STARTED, send(&h, DCD_FW_START, 2, 0, NEW, 256));
    h.now += 1000 * MS;
    reg_read(&h, 1, EVENT_STATUS_AT, 8);
    h.now -= 500 * MS;
    C_EXPECT_EQ(STARTED, send(&h, DCD_FW_CONTINUE, 2, 2, NEW, 128));
    harness_free(&h);
}

C_TEST(firmware, more_than_thirty_seconds_between_parts_end_a_transfer)
{
    static const struct {
        uint64_t gap; /* from one part's end to the next one's beginning */
        uint8_t action;
        uint32_t offset;
        uint16_t rc;
    } rows[] = {
        {30 * SECOND, DCD_FW_CONTINUE, 2, STARTED},
        {30 * SECOND + 1, DCD_FW_CONTINUE, 2, DCD_RC_INVALID_INPUT},
        {30 * SECOND, DCD_FW_END, 2, STARTED},
        {30 * SECOND + 1, DCD_FW_END, 2, DCD_RC_INVALID_INPUT},
        {30 * SECOND, DCD_FW_START, 0, DCD_RC_FW_TRANSFER_IN_PROGRESS},
        {30 * SECOND + 1, DCD_FW_START, 0, STARTED},
        {30 * SECOND, DCD_FW_FULL, 0, DCD_RC_FW_TRANSFER_IN_PROGRESS},
        {30 * SECOND + 1, DCD_FW_FULL, 0, STARTED},
        {30 * SECOND + 1, DCD_FW_ABORT, 0, OK},
    };
    struct harness h;

    for (size_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("row %zu", i);
        build(&h, 1);
        send_part(&h, DCD_FW_START, 0, NEW, 256);
        run_until(&h, h.now + rows[i].gap);
        C_EXPECT_EQ(rows[i].rc,
                    send(&h, rows[i].action, 2, rows[i].offset, NEW, 128));
        if (rows[i].rc == DCD_RC_INVALID_INPUT)
            expect_under_way(&h, false);
        harness_free(&h);
    }
}

C_TEST(firmware, a_transfer_that_has_ended_is_in_the_way_of_no_activation)
{
    static const struct {
        uint64_t gap;
        bool stopped; /* while a second part was under way */
        uint16_t rc;
    } rows[] = {
        {30 * SECOND, false, DCD_RC_FW_TRANSFER_IN_PROGRESS},
        {30 * SECOND + 1, false, STARTED},
        {MS, true, STARTED},
    };
    struct harness h;

    for (size_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("row %zu", i);
        build(&h, 1);
        fill_slot(&h);
        send_part(&h, DCD_FW_START, 0, NEW, 256);
        if (rows[i].stopped) {
            C_EXPECT_EQ(STARTED, send(&h, DCD_FW_CONTINUE, 0, 2, "", 128));
            C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_REQUEST_ABORT));
        }
        run_until(&h, h.now + rows[i].gap);
        C_EXPECT_EQ(rows[i].rc, activate(&h, DCD_FW_ACTIVATE_ONLINE, 2));
        harness_free(&h);
    }
}

C_TEST(firmware, each_part_is_given_its_own_thirty_seconds)
{
    struct harness h;

    build(&h, 1);
    send_part(&h, DCD_FW_START, 0, NEW, 128);
    for (uint32_t i = 1; i < 5; i++) {
        run_until(&h, h.now + 29 * SECOND);
        send_part(&h, DCD_FW_CONTINUE, i, "", 128);
    }
    C_EXPECT_EQ(OK, send_last(&h, DCD_FW_END, 5, "", 128));
    expect_info(&h, 0, 1, 0, NEW);
    harness_free(&h);
}

C_TEST(firmware, a_stopped_part_ends_the_transfer)
{
    static const struct {
        uint8_t action;
        uint32_t offset;
    } rows[] = {{DCD_FW_START, 0},
                {DCD_FW_CONTINUE, 2},
                {DCD_FW_END, 2},
                {DCD_FW_FULL, 0}};
    struct harness h;

    for (size_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("action %u", rows[i].action);
        build(&h, 1);
        if (rows[i].offset)
            send_part(&h, DCD_FW_START, 0, NEW, 256);
        C_EXPECT_EQ(STARTED,
                    send(&h, rows[i].action, 2, rows[i].offset, NEW, 128));
        run_until(&h, h.now + 5 * MS);
        C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_REQUEST_ABORT));
        C_EXPECT_EQ(DCD_RC_ABORTED,
                    background(&h) >> DCD_MBOX_RETURN_CODE_SHIFT);
        run_until(&h, h.now + SECOND);
        expect_info(&h, 0, 1, 0, "");
        expect_under_way(&h, false);
        fill_slot(&h);
        expect_info(&h, 0, 1, 0, NEW);
        harness_free(&h);
    }
}

C_TEST(firmware, only_a_function_level_reset_leaves_a_transfer_alone)
{
    static const struct {
        enum dcd_reset_kind kind;
        bool during_part;
        bool after;
    } rows[] = {
        {DCD_RESET_CONVENTIONAL, false, false},
        {DCD_RESET_CXL, false, false},
        {DCD_RESET_FUNCTION_LEVEL, false, true},
        {DCD_RESET_CONVENTIONAL, true, false},
        {DCD_RESET_CXL, true, false},
    };
    struct harness h;

    for (size_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("row %zu", i);
        build(&h, 1);
        send_part(&h, DCD_FW_START, 0, NEW, 256);
        if (rows[i].during_part)
            C_EXPECT_EQ(STARTED, send(&h, DCD_FW_END, 2, 2, "", 128));
        dcd_device_reset(h.device, 0, rows[i].kind);
        run_until(&h, h.now + SECOND);
        expect_info(&h, 0, 1, 0, "");
        expect_under_way(&h, rows[i].after);
        harness_free(&h);
    }
}

/* --- 0202h --------------------------------------------------------------- */

C_TEST(firmware, online_activation_has_its_effect_when_it_is_done)
{
    struct harness h;

    build(&h, 1);
    stage(&h);
    C_EXPECT_EQ(STARTED, activate(&h, DCD_FW_ACTIVATE_ONLINE, 2));
    expect_revision(&h, BUILT_IN);
    C_EXPECT_EQ(OK, finish(&h, DCD_OP_ACTIVATE_FW, 100 * MS));
    expect_info(&h, 0, 2, 0, NEW);
    expect_revision(&h, NEW);
    /* Slot 1 is the one that can be written now. */
    C_EXPECT_EQ(DCD_RC_INVALID_SLOT, send(&h, DCD_FW_FULL, 2, 0, NEW, 128));
    C_EXPECT_EQ(STARTED, activate(&h, DCD_FW_ACTIVATE_ONLINE, 1));
    C_EXPECT_EQ(OK, finish(&h, DCD_OP_ACTIVATE_FW, 100 * MS));
    expect_revision(&h, BUILT_IN);
    harness_free(&h);
}

C_TEST(firmware, a_stopped_activation_has_none)
{
    struct harness h;

    build(&h, 1);
    fill_slot(&h);
    C_EXPECT_EQ(STARTED, activate(&h, DCD_FW_ACTIVATE_ONLINE, 2));
    C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_REQUEST_ABORT));
    run_until(&h, h.now + SECOND);
    expect_info(&h, 0, 1, 0, NEW);
    C_EXPECT_EQ(STARTED, activate(&h, DCD_FW_ACTIVATE_ONLINE, 2));
    dcd_device_reset(h.device, 0, DCD_RESET_CXL);
    run_until(&h, h.now + SECOND);
    expect_info(&h, 0, 1, 0, NEW);
    harness_free(&h);
}

C_TEST(firmware, a_conventional_reset_activates_what_is_staged)
{
    struct harness h;

    build(&h, 1);
    fill_slot(&h);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_info(&h, 0, 1, 0, NEW);
    C_EXPECT_EQ(OK, activate(&h, DCD_FW_ACTIVATE_ON_RESET, 2));
    expect_info(&h, 0, 1, 2, NEW);
    dcd_device_reset(h.device, 0, DCD_RESET_FUNCTION_LEVEL);
    dcd_device_reset(h.device, 0, DCD_RESET_CXL);
    expect_info(&h, 0, 1, 2, NEW);
    expect_revision(&h, BUILT_IN);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_info(&h, 0, 2, 0, NEW);
    expect_revision(&h, NEW);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_info(&h, 0, 2, 0, NEW);
    harness_free(&h);
}

C_TEST(firmware, another_image_in_the_staged_slot_is_not_staged)
{
    struct harness h;

    build(&h, 1);
    stage(&h);
    C_EXPECT_EQ(OK, send_last(&h, DCD_FW_FULL, 0, "ANOTHER", 128));
    expect_info(&h, 0, 1, 0, "ANOTHER");
    harness_free(&h);
}

C_TEST(firmware, activation_is_refused_for_what_is_wrong_with_it)
{
    static const struct {
        const char *what;
        bool filled;
        bool transfer;
        uint8_t action;
        uint8_t slot;
        uint16_t rc;
    } rows[] = {
        {"no such action", true, false, 2, 2, 0x02},
        {"no such action", true, false, 255, 2, 0x02},
        {"slot 0", true, false, 0, 0, 0x0b},
        {"slot 0", true, false, 1, 0, 0x0b},
        {"slot 3", true, false, 0, 3, 0x0b},
        {"slot 255", true, false, 1, 255, 0x0b},
        {"the active slot", true, false, 0, 1, 0x0b},
        {"the active slot", true, false, 1, 1, 0x0b},
        {"an empty slot", false, false, 0, 2, 0x0b},
        {"an empty slot", false, false, 1, 2, 0x0b},
        {"a transfer under way", true, true, 0, 2, 0x08},
        {"a transfer under way", true, true, 1, 2, 0x08},
    };
    struct harness h;

    for (size_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("row %zu: %s", i, rows[i].what);
        build(&h, 1);
        if (rows[i].filled)
            fill_slot(&h);
        if (rows[i].transfer)
            send_part(&h, DCD_FW_START, 0, NEW, 256);
        C_EXPECT_EQ(rows[i].rc, activate(&h, rows[i].action, rows[i].slot));
        run_until(&h, h.now + SECOND);
        expect_info(&h, 0, 1, 0, rows[i].filled ? NEW : "");
        expect_under_way(&h, rows[i].transfer);
        harness_free(&h);
    }
}

C_TEST(firmware, each_head_has_its_own_slots)
{
    struct harness h;

    build(&h, 2);
    stage(&h);
    send_part(&h, DCD_FW_START, 0, NEW, 256);
    expect_info(&h, 1, 1, 0, "");
    C_EXPECT_EQ(STARTED, send_at(&h, 1, DCD_FW_START, 0, 0, NEW, 128));
    dcd_device_reset(h.device, 1, DCD_RESET_CONVENTIONAL);
    expect_info(&h, 0, 1, 2, NEW);
    harness_free(&h);
}
