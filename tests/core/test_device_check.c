/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_device_check.c - what config.check says about the answer to a command:
 * its code and its length are those that the command table promises.
 */
#include "device_private.h"
#include "gtest_c.h"

#include <cxldcd/ctypes/generic.h>
#include <cxldcd/ctypes/opcode.h>
#include <cxldcd/ctypes/return_code.h>

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define HEAD 0u

/* A device, and what it said last. */
struct fixture {
    struct dcd_device *device;
    char said[300];
};

static void note(void *context, enum dcd_log_level level, const char *text)
{
    struct fixture *f = context;

    C_EXPECT_EQ(DCD_LOG_LEVEL_ERROR, level);
    strncpy(f->said, text, sizeof(f->said) - 1);
}

static void build(struct fixture *f, enum dcd_revision revision)
{
    struct dcd_ops ops = {.context = f, .log = note};
    struct dcd_config config;

    memset(f, 0, sizeof(*f));
    dcd_config_init(&config);
    config.revision = revision;
    config.region_count = 1;
    config.regions[0].length = DCD_GIB;
    config.regions[0].block_size = 2 * DCD_MIB;
    f->device = dcd_device_create(&config, &ops, NULL);
    C_ASSERT(f->device);
}

/* Looks at a command that is said to have answered like this. */
static bool is_violation(struct fixture *f, unsigned port, uint16_t opcode,
                         uint16_t rc, uint32_t out_length)
{
    uint64_t violations = dcd_device_violations(f->device);
    struct dcd_check_state before;
    struct dcd_cci_call call = {0};

    call.table = port == DCD_PORT_FM ? &dcd_fm_commands : &dcd_mailbox_commands;
    call.port = &f->device->ports[port];
    call.config = &f->device->config;
    call.out_length = out_length;
    f->said[0] = '\0';
    dcd_device_check_begin(f->device, &before);
    dcd_device_check_end(f->device, &before, &call, opcode, rc);
    C_EXPECT_EQ(f->said[0] != '\0',
                dcd_device_violations(f->device) != violations);
    return f->said[0] != '\0';
}

struct row {
    unsigned port;
    uint16_t opcode;
    uint16_t rc;
    uint32_t out_length;
    bool violates;
};

static void expect_rows(enum dcd_revision revision, const struct row *rows,
                        size_t count)
{
    struct fixture f;

    build(&f, revision);
    for (size_t i = 0; i < count; i++) {
        C_CONTEXT("%04Xh answers %02Xh and %u bytes", rows[i].opcode,
                  rows[i].rc, rows[i].out_length);
        C_EXPECT_EQ(rows[i].violates,
                    is_violation(&f, rows[i].port, rows[i].opcode, rows[i].rc,
                                 rows[i].out_length));
    }
    C_CONTEXT("%s", "");
    dcd_device_destroy(f.device);
}

C_TEST(device_check, a_code_has_to_be_in_the_row)
{
    static const struct row rows[] = {
        {HEAD, 0x0300, DCD_RC_SUCCESS, 8, false},
        {HEAD, 0x0300, DCD_RC_INVALID_PAYLOAD_LENGTH, 0, false},
        {HEAD, 0x0300, DCD_RC_INVALID_INPUT, 0, true},
        {HEAD, 0x0300, DCD_RC_BUSY, 0, true},
        {HEAD, 0x4802, DCD_RC_RESOURCES_EXHAUSTED, 0, false},
        {HEAD, 0x4802, DCD_RC_RETRY_REQUIRED, 0, true},
        {HEAD, 0x4802, DCD_RC_MEDIA_DISABLED, 0, true},
        {HEAD, 0x4400, DCD_RC_BACKGROUND_STARTED, 0, false},
        {HEAD, 0x4401, DCD_RC_BACKGROUND_STARTED, 0, true},
        {HEAD, 0x4301, 64 + DCD_RC_INVALID_INPUT, 0, true},
        {DCD_PORT_FM, 0x5604, DCD_RC_RETRY_REQUIRED, 0, false},
        {DCD_PORT_FM, 0x5604, DCD_RC_MEDIA_DISABLED, 0, true},
    };

    expect_rows(DCD_REVISION_4_0, rows, COUNT(rows));
}

C_TEST(device_check, what_is_not_there_says_so)
{
    static const struct row rows[] = {
        {HEAD, 0x0099, DCD_RC_UNSUPPORTED, 0, false},
        {HEAD, 0x5604, DCD_RC_UNSUPPORTED_MAILBOX, 0, false},
        {HEAD, 0x0099, DCD_RC_INVALID_PAYLOAD_LENGTH, 0, false},
        {HEAD, 0x0099, DCD_RC_SUCCESS, 0, true},
        {HEAD, 0x5604, DCD_RC_INVALID_INPUT, 0, true},
        {HEAD, 0x4102, DCD_RC_SUCCESS, 0, true}, /* it has no labels */
        {DCD_PORT_FM, 0x4802, DCD_RC_INVALID_INPUT, 0, true},
    };

    expect_rows(DCD_REVISION_4_0, rows, COUNT(rows));
}

C_TEST(device_check, an_answer_is_as_long_as_the_row_says)
{
    static const struct row rows[] = {
        {HEAD, 0x4000, DCD_RC_SUCCESS, 0x45, false},
        {HEAD, 0x4000, DCD_RC_SUCCESS, 0x44, true},
        {HEAD, 0x4000, DCD_RC_SUCCESS, 0x46, true},
        {HEAD, 0x4000, DCD_RC_INTERNAL_ERROR, 0x45, true},
        {HEAD, 0x0100, DCD_RC_SUCCESS, 0x20, false},
        {HEAD, 0x0100, DCD_RC_SUCCESS, 0x120, false},
        {HEAD, 0x0100, DCD_RC_SUCCESS, 0x60, true},
        {HEAD, 0x0100, DCD_RC_SUCCESS, 0, true},
        {HEAD, 0x0401, DCD_RC_SUCCESS, 3, false},
        {HEAD, 0x4800, DCD_RC_SUCCESS, 0x18 + 0x28, false},
        {HEAD, 0x4800, DCD_RC_SUCCESS, 0x08 + 0x28, true},
    };

    expect_rows(DCD_REVISION_4_0, rows, COUNT(rows));
}

/* CXL r3.0 has no trailer behind the regions. */
C_TEST(device_check, get_dc_configuration_is_shorter_in_3_0)
{
    static const struct row rows[] = {
        {HEAD, 0x4800, DCD_RC_SUCCESS, 0x08 + 0x28, false},
        {HEAD, 0x4800, DCD_RC_SUCCESS, 0x18 + 0x28, true},
    };

    expect_rows(DCD_REVISION_3_0, rows, COUNT(rows));
}
