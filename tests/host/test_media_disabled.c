/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_media_disabled.c - what every command does from the start of a sanitize
 * to its success (CXL r3.1 8.2.9.9.5.1, 8.2.8.4.5.1).
 */
#include "media_support.h"

#include <string.h>

#define WORKS 0u /* whatever else it answers, not 06h or 07h */
#define BUSY DCD_RC_BUSY
#define DISABLED DCD_RC_MEDIA_DISABLED

/* Answers while the sanitize runs, and after it was aborted. */
struct row {
    uint16_t opcode;
    uint16_t length; /* of an input of the right size, all zero */
    uint16_t running;
    uint16_t aborted;
};

/* clang-format off */
static const struct row rows[] = {
    {DCD_OP_GET_EVENT_RECORDS, 1, WORKS, WORKS},
    {DCD_OP_CLEAR_EVENT_RECORDS, 6, WORKS, WORKS},
    {DCD_OP_GET_INTERRUPT_POLICY, 0, WORKS, WORKS},
    {DCD_OP_SET_INTERRUPT_POLICY, 5, WORKS, WORKS},
    {DCD_OP_GET_FW_INFO, 0, WORKS, WORKS},
    {DCD_OP_TRANSFER_FW, 0x100, BUSY, WORKS},
    {DCD_OP_ACTIVATE_FW, 2, BUSY, WORKS},
    {DCD_OP_GET_TIMESTAMP, 0, WORKS, WORKS},
    {DCD_OP_SET_TIMESTAMP, 8, WORKS, WORKS},
    {DCD_OP_GET_SUPPORTED_LOGS, 0, WORKS, WORKS},
    {DCD_OP_GET_LOG, 0x18, WORKS, WORKS},
    {DCD_OP_GET_SUPPORTED_FEATURES, 8, WORKS, WORKS},
    {DCD_OP_GET_FEATURE, 0x15, WORKS, WORKS},
    {DCD_OP_SET_FEATURE, 0x21, WORKS, WORKS},
    {DCD_OP_PERFORM_MAINTENANCE, 2, WORKS, WORKS},
    {DCD_OP_IDENTIFY_MEMORY_DEVICE, 0, WORKS, WORKS},
    {DCD_OP_GET_PARTITION_INFO, 0, WORKS, WORKS},
    {DCD_OP_SET_PARTITION_INFO, 9, DISABLED, DISABLED},
    {DCD_OP_GET_LSA, 8, DISABLED, DISABLED},
    {DCD_OP_SET_LSA, 12, DISABLED, DISABLED},
    {DCD_OP_GET_HEALTH_INFO, 0, WORKS, WORKS},
    {DCD_OP_GET_ALERT_CONFIG, 0, WORKS, WORKS},
    {DCD_OP_SET_ALERT_CONFIG, 0xc, WORKS, WORKS},
    {DCD_OP_GET_SHUTDOWN_STATE, 0, WORKS, WORKS},
    {DCD_OP_SET_SHUTDOWN_STATE, 1, WORKS, WORKS},
    {DCD_OP_GET_POISON_LIST, 0x10, DISABLED, DISABLED},
    {DCD_OP_INJECT_POISON, 8, DISABLED, DISABLED},
    {DCD_OP_CLEAR_POISON, 0x48, DISABLED, DISABLED},
    {DCD_OP_GET_SCAN_MEDIA_CAPS, 0x10, DISABLED, DISABLED},
    {DCD_OP_SCAN_MEDIA, 0x11, BUSY, DISABLED},
    {DCD_OP_GET_SCAN_MEDIA_RESULTS, 0, DISABLED, DISABLED},
    {DCD_OP_SECURE_ERASE, 0, DISABLED, DISABLED},
    {DCD_OP_MEDIA_OPERATIONS, 12, BUSY, WORKS},
    {DCD_OP_GET_SECURITY_STATE, 0, WORKS, WORKS},
    {DCD_OP_GET_DC_CONFIG, 2, WORKS, WORKS},
    {DCD_OP_GET_DC_EXTENT_LIST, 8, WORKS, WORKS},
    {DCD_OP_ADD_DC_RESPONSE, 8, WORKS, WORKS},
    {DCD_OP_RELEASE_DC, 8, WORKS, WORKS},
    {DCD_OP_SANITIZE, 0, BUSY, WORKS},
};
/* clang-format on */

static const struct row *row_of(uint16_t opcode)
{
    for (unsigned i = 0; i < COUNT(rows); i++)
        if (rows[i].opcode == opcode)
            return &rows[i];
    return NULL;
}

/* As in media_support.h, with some capacity that can be either. */
static void build_disabled(struct harness *h, bool aborted)
{
    media_config(h);
    h->config.static_volatile = MIB(256);
    h->config.static_partitionable = MIB(256);
    media_build(h);
    hold(h, 0, RANGES({R0, MIB(2)}));
    C_EXPECT_EQ(STARTED, command(h, 0, DCD_OP_SANITIZE));
    if (aborted)
        C_EXPECT_EQ(OK, command(h, 0, DCD_OP_REQUEST_ABORT));
    C_EXPECT_EQ(DCD_MEDIA_DISABLED, media_status(h, 0));
}

static void expect_row(const struct row *row, bool aborted)
{
    static const uint8_t zeros[0x100] = {0};
    uint16_t want = aborted ? row->aborted : row->running;
    struct harness h;
    uint16_t code;

    C_CONTEXT("%04Xh, sanitize %s", row->opcode,
              aborted ? "aborted" : "running");
    build_disabled(&h, aborted);
    code = mailbox(&h, 0, row->opcode, zeros, row->length);
    if (want == WORKS) {
        C_EXPECT(code != BUSY && code != DISABLED);
        C_EXPECT(code != DCD_RC_INVALID_PAYLOAD_LENGTH);
        C_EXPECT(code != DCD_RC_UNSUPPORTED || h.out_length == 0);
    } else {
        C_EXPECT_EQ(want, code);
        C_EXPECT_EQ(0, h.out_length);
    }
    harness_free(&h);
    C_CONTEXT("");
}

C_TEST(media_disabled, every_command_while_a_sanitize_runs)
{
    for (unsigned i = 0; i < COUNT(rows); i++)
        expect_row(&rows[i], false);
}

C_TEST(media_disabled, every_command_after_a_sanitize_was_aborted)
{
    for (unsigned i = 0; i < COUNT(rows); i++)
        expect_row(&rows[i], true);
}

/* No command is without a row above; 0005h ends the state that is tested. */
C_TEST(media_disabled, the_table_has_all_commands)
{
    static const uint8_t cel[16] = {0x0d, 0xa9, 0xc0, 0xb5, 0xbf, 0x41,
                                    0x4b, 0x78, 0x8f, 0x79, 0x96, 0xb1,
                                    0x62, 0x3b, 0x3f, 0x17};
    struct dcd_get_log_req req;
    struct harness h;
    uint32_t count;

    build_disabled(&h, true);
    C_ASSERT_EQ(OK, command(&h, 0, DCD_OP_GET_SUPPORTED_LOGS));
    count = (uint32_t)dcd_load_le(h.out + 8 + 16, 4) / 4;
    memcpy(req.log.b, cel, sizeof(cel));
    req.offset = dcd_put32(0);
    req.length = dcd_put32(4 * count);
    C_ASSERT_EQ(OK, mailbox(&h, 0, DCD_OP_GET_LOG, &req, sizeof(req)));
    C_EXPECT_EQ(COUNT(rows) + 1, count);
    for (uint32_t i = 0; i < count; i++) {
        uint16_t opcode = (uint16_t)dcd_load_le(h.out + 4 * i, 2);

        C_CONTEXT("%04Xh", opcode);
        C_EXPECT(opcode == DCD_OP_REQUEST_ABORT || row_of(opcode));
    }
    C_CONTEXT("");
    harness_free(&h);
}

/* Disabled media are noticed: by commands, by accesses, in the register. */
C_TEST(known_fault, device_10_1_row_18)
{
    struct harness h;

    build_disabled(&h, false);
    C_EXPECT_EQ(DISABLED, inject(&h, 0, 0));
    C_EXPECT_EQ(DCD_MEDIA_DISABLED, media_status(&h, 0));
    poke(&h, 0, R0, 1);
    C_EXPECT(peek(&h, 0, R0) != 1);
    finish(&h);
    C_EXPECT_EQ(OK, inject(&h, 0, 64));
    poke(&h, 0, R0, 1);
    C_EXPECT_EQ(1, peek(&h, 0, R0));
    harness_free(&h);
}

/* Dynamic capacity comes and goes; its bytes are of no use until later. */
C_TEST(media_disabled, capacity_changes_hands_all_the_same)
{
    struct harness h;

    build_disabled(&h, true);
    hold(&h, 0, RANGES({R0 + MIB(2), MIB(2)}));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({R0, MIB(2)})));
    expect_list(&h, 0, RANGES({R0 + MIB(2), MIB(2)}));
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(&h, 0, R0));
    C_EXPECT_EQ(DCD_ACCESS_OK, touch(&h, 0, R0 + MIB(2)));
    C_EXPECT_EQ(STARTED, command(&h, 0, DCD_OP_SANITIZE));
    finish(&h);
    C_EXPECT_EQ(0, peek(&h, 0, R0 + MIB(2)));
    harness_free(&h);
}
