/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cci.c - command tables, the checks before a command, and the log that
 * is printed from the same rows.
 */
#include "cci.h"
#include "gtest_c.h"

#include <cxldcd/ctypes/generic.h>
#include <cxldcd/ctypes/opcode.h>
#include <cxldcd/ctypes/return_code.h>

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define HEAD 0u

/* The two ports of a device with one region, or none. */
struct fixture {
    struct dcd_config config;
    struct dcd_port ports[DCD_MAX_PORTS];
    struct dcd_capacity capacity;
    struct dcd_capacity_ops ops;
    struct dcd_cci_call call;
    uint8_t in[256];
    uint8_t out[1024];
};

static void build(struct fixture *f, unsigned port, unsigned regions)
{
    memset(f, 0, sizeof(*f));
    dcd_config_init(&f->config);
    f->config.region_count = regions;
    f->config.regions[0].length = DCD_GIB;
    f->config.regions[0].block_size = 2 * DCD_MIB;
    C_ASSERT(dcd_port_init(&f->ports[HEAD], HEAD, 8, 8));
    C_ASSERT(dcd_port_init(&f->ports[DCD_PORT_FM], DCD_PORT_FM, 8, 8));
    f->ports[DCD_PORT_FM].message_limit = DCD_MESSAGE_LIMIT_MAX;
    C_ASSERT(dcd_capacity_init(&f->capacity, &f->config, f->ports, &f->ops));
    f->call.table =
        port == DCD_PORT_FM ? &dcd_fm_commands : &dcd_mailbox_commands;
    f->call.port = &f->ports[port];
    f->call.capacity = &f->capacity;
    f->call.config = &f->config;
    f->call.in = f->in;
    f->call.out = f->out;
    f->call.out_capacity = sizeof(f->out);
}

static void free_fixture(struct fixture *f)
{
    dcd_capacity_destroy(&f->capacity);
    dcd_port_destroy(&f->ports[HEAD]);
    dcd_port_destroy(&f->ports[DCD_PORT_FM]);
}

static uint16_t run(struct fixture *f, uint16_t opcode, uint32_t in_length)
{
    f->call.in_length = in_length;
    f->call.out_length = 0xdead;
    return dcd_cci_execute(&f->call, opcode, sizeof(f->in));
}

/* --- Tables -------------------------------------------------------------- */

static void expect_sorted(const struct dcd_command_table *table)
{
    C_EXPECT(table->count > 0);
    for (size_t i = 1; i < table->count; i++)
        C_EXPECT(table->commands[i - 1].opcode < table->commands[i].opcode);
}

/* Rising without a tie: the search needs it, and no opcode is there twice. */
C_TEST(cci, tables_are_sorted_and_opcodes_unique)
{
    expect_sorted(&dcd_mailbox_commands);
    expect_sorted(&dcd_fm_commands);
    expect_sorted(&dcd_ld_commands);
}

static void expect_named(const struct dcd_command_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        uint16_t opcode = table->commands[i].opcode;

        C_CONTEXT("opcode %04xh", opcode);
        C_EXPECT(strcmp("unknown command", dcd_opcode_name(opcode)) != 0);
        C_EXPECT(strlen(dcd_opcode_section(opcode)) > 4);
        C_EXPECT(table->commands[i].handler != NULL);
        C_EXPECT_EQ((table->commands[i].effects & DCD_EFFECT_BACKGROUND) != 0,
                    table->commands[i].complete != NULL);
    }
}

C_TEST(cci, every_command_has_a_name_and_a_section)
{
    expect_named(&dcd_mailbox_commands);
    expect_named(&dcd_fm_commands);
    expect_named(&dcd_ld_commands);
}

/* A name without a command would promise what the device cannot do. */
C_TEST(cci, every_named_opcode_is_a_command_somewhere)
{
    static const uint16_t opcodes[] = {
#define X(name, value, text, section) value,
        DCD_OPCODES(X)
#undef X
    };
    const struct dcd_command_table *tables[] = {
        &dcd_mailbox_commands, &dcd_fm_commands, &dcd_ld_commands};

    for (size_t i = 0; i < COUNT(opcodes); i++) {
        bool found = false;

        for (size_t t = 0; t < COUNT(tables); t++)
            for (size_t k = 0; k < tables[t]->count; k++)
                if (tables[t]->commands[k].opcode == opcodes[i])
                    found = true;
        C_CONTEXT("opcode %04xh", opcodes[i]);
        C_EXPECT(found);
    }
}

static const struct dcd_command *command(const struct dcd_command_table *table,
                                         uint16_t opcode)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->commands[i].opcode == opcode)
            return &table->commands[i];
    return NULL;
}

/* CXL r3.1 Tables 8-37, 8-126, 8-215: what a command may change. */
C_TEST(cci, effects_of_host_commands)
{
    static const struct {
        uint16_t opcode;
        uint16_t effects;
    } rows[] = {
        {0x0005, 0x0000}, {0x0100, 0x0000}, {0x0101, 0x0010}, {0x0102, 0x0000},
        {0x0103, 0x0008}, {0x0200, 0x0000}, {0x0201, 0x0140}, {0x0202, 0x0140},
        {0x0300, 0x0000}, {0x0301, 0x0008}, {0x0400, 0x0000}, {0x0401, 0x0000},
        {0x0500, 0x0000}, {0x0501, 0x0000}, {0x4000, 0x0000}, {0x4100, 0x0000},
        {0x4101, 0x0e07}, {0x4102, 0x0000}, {0x4103, 0x0006}, {0x4200, 0x0000},
        {0x4201, 0x0000}, {0x4202, 0x0008}, {0x4203, 0x0000}, {0x4204, 0x0008},
        {0x4300, 0x0000}, {0x4301, 0x0004}, {0x4302, 0x0004}, {0x4303, 0x0000},
        {0x4304, 0x0140}, {0x4305, 0x0000}, {0x4400, 0x0164}, {0x4401, 0x0024},
        {0x4402, 0x0044}, {0x4500, 0x0000}, {0x4800, 0x0000}, {0x4801, 0x0000},
        {0x4802, 0x0002}, {0x4803, 0x0002},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct dcd_command *c =
            command(&dcd_mailbox_commands, rows[i].opcode);

        C_CONTEXT("opcode %04xh", rows[i].opcode);
        C_ASSERT(c);
        C_EXPECT_EQ(rows[i].effects, c->effects);
    }
}

C_TEST(cci, effects_of_fabric_manager_commands)
{
    static const struct {
        uint16_t opcode;
        uint16_t effects;
    } rows[] = {
        {0x0001, 0x0000}, {0x0002, 0x0000}, {0x0003, 0x0000}, {0x0004, 0x0000},
        {0x0005, 0x0000}, {0x0100, 0x0000}, {0x0101, 0x0010}, {0x0104, 0x0000},
        {0x0105, 0x0008}, {0x0106, 0x0000}, {0x0400, 0x0000}, {0x0401, 0x0000},
        {0x5300, 0x0000}, {0x5400, 0x0000}, {0x5401, 0x0000}, {0x5402, 0x0000},
        {0x5403, 0x0000}, {0x5404, 0x0008}, {0x5405, 0x0000}, {0x5406, 0x0000},
        {0x5407, 0x0e07}, {0x5408, 0x0000}, {0x5409, 0x0e07}, {0x5500, 0x0000},
        {0x5501, 0x0000}, {0x5600, 0x0000}, {0x5601, 0x0000}, {0x5602, 0x0e07},
        {0x5603, 0x0000}, {0x5604, 0x0e07}, {0x5605, 0x0e07}, {0x5606, 0x0e03},
        {0x5607, 0x0e03}, {0x5608, 0x0000},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct dcd_command *c = command(&dcd_fm_commands, rows[i].opcode);

        C_CONTEXT("opcode %04xh", rows[i].opcode);
        C_ASSERT(c);
        C_EXPECT_EQ(rows[i].effects, c->effects);
    }
}

/* Nothing that an FM does there is seen by the host (CXL r3.1 7.6.7.3.1). */
C_TEST(cci, commands_of_a_logical_device_change_nothing)
{
    for (size_t i = 0; i < dcd_ld_commands.count; i++) {
        const struct dcd_command *c = &dcd_ld_commands.commands[i];

        C_CONTEXT("opcode %04xh", c->opcode);
        C_EXPECT_EQ(0, c->effects);
        C_EXPECT(dcd_command_exists(c, &(struct dcd_config){.heads = 1}));
    }
}

/* --- The Command Effects Log --------------------------------------------- */

static uint32_t cel_size(struct fixture *f)
{
    const struct dcd_supported_logs_rsp *rsp = (const void *)f->out;
    const struct dcd_supported_log *log = (const void *)(rsp + 1);

    C_EXPECT_EQ(DCD_RC_SUCCESS, run(f, DCD_OP_GET_SUPPORTED_LOGS, 0));
    C_EXPECT_EQ(1, dcd_get16(rsp->count));
    C_EXPECT(dcd_uuid_equal(&log->log, &dcd_uuid_command_effects_log));
    return dcd_get32(log->size);
}

static uint16_t get_log(struct fixture *f, uint32_t offset, uint32_t length)
{
    struct dcd_get_log_req req = {dcd_uuid_command_effects_log,
                                  dcd_put32(offset), dcd_put32(length)};

    memcpy(f->in, &req, sizeof(req));
    return run(f, DCD_OP_GET_LOG, sizeof(req));
}

/* The log has the rows of [table] that this device has, and no others. */
static void expect_cel(unsigned port, unsigned regions,
                       const struct dcd_command_table *table)
{
    const struct dcd_cel_entry *entry;
    struct fixture f;
    uint32_t size;

    build(&f, port, regions);
    size = cel_size(&f);
    C_EXPECT_EQ(DCD_RC_SUCCESS, get_log(&f, 0, size));
    C_EXPECT_EQ(size, f.call.out_length);
    entry = (const void *)f.out;
    for (size_t i = 0; i < table->count; i++) {
        const struct dcd_command *c = &table->commands[i];

        if (!dcd_command_exists(c, &f.config))
            continue;
        C_CONTEXT("opcode %04xh", c->opcode);
        C_EXPECT_EQ(c->opcode, dcd_get16(entry->opcode));
        C_EXPECT_EQ(c->effects, dcd_get16(entry->effects));
        entry++;
    }
    C_CONTEXT("");
    C_EXPECT_EQ(size, (uint64_t)((const uint8_t *)entry - f.out));
    free_fixture(&f);
}

C_TEST(cci, command_effects_log_is_the_table)
{
    expect_cel(HEAD, 1, &dcd_mailbox_commands);
    expect_cel(DCD_PORT_FM, 1, &dcd_fm_commands);
}

/* A host takes a device for a DCD when 4800h-4803h are in the log. */
C_TEST(cci, command_effects_log_without_regions_has_no_capacity_commands)
{
    expect_cel(HEAD, 0, &dcd_mailbox_commands);
    expect_cel(DCD_PORT_FM, 0, &dcd_fm_commands);
}

C_TEST(cci, command_effects_log_in_pieces_is_the_same)
{
    static const uint32_t steps[] = {1, 3, 4, 7, 20};
    uint8_t whole[sizeof(((struct fixture *)0)->out)];
    struct fixture f;
    uint32_t size;

    build(&f, HEAD, 1);
    size = cel_size(&f);
    C_ASSERT_EQ(DCD_RC_SUCCESS, get_log(&f, 0, size));
    memcpy(whole, f.out, size);
    for (size_t i = 0; i < COUNT(steps); i++)
        for (uint32_t at = 0; at < size; at += steps[i]) {
            uint32_t n = size - at < steps[i] ? size - at : steps[i];

            C_ASSERT_EQ(DCD_RC_SUCCESS, get_log(&f, at, n));
            C_ASSERT_EQ(n, f.call.out_length);
            C_ASSERT_MEMEQ(whole + at, f.out, n);
        }
    free_fixture(&f);
}

C_TEST(cci, command_effects_log_ends_where_it_ends)
{
    struct fixture f;
    uint32_t size;

    build(&f, HEAD, 1);
    size = cel_size(&f);
    C_EXPECT_EQ(DCD_RC_SUCCESS, get_log(&f, size, 0));
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, get_log(&f, size, 1));
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, get_log(&f, 1, size));
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, get_log(&f, UINT32_MAX, 2));
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, get_log(&f, 0, sizeof(f.out) + 1));
    free_fixture(&f);
}

/* --- Checks before a command (CXL r3.1 8.2.8.4.5.1) ----------------------- */

C_TEST(cci, command_of_nobody_is_unsupported)
{
    static const uint16_t opcodes[] = {0x0000, 0x0099, 0x5100, 0xffff};
    struct fixture f;

    for (unsigned port = HEAD; port <= DCD_PORT_FM; port += DCD_PORT_FM) {
        build(&f, port, 1);
        for (size_t i = 0; i < COUNT(opcodes); i++)
            C_EXPECT_EQ(DCD_RC_UNSUPPORTED, run(&f, opcodes[i], 0));
        free_fixture(&f);
    }
}

C_TEST(cci, command_of_the_other_port_is_unsupported_here)
{
    struct fixture f;

    build(&f, HEAD, 1);
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED_MAILBOX, run(&f, 0x5600, 0));
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED_MAILBOX, run(&f, 0x5604, 0));
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED_MAILBOX, run(&f, 0x0001, 0));
    free_fixture(&f);
    build(&f, DCD_PORT_FM, 1);
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED_MAILBOX, run(&f, 0x4800, 2));
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED_MAILBOX, run(&f, 0x4000, 0));
    free_fixture(&f);
}

/* Not even the other port of a plain memory device knows it. */
C_TEST(cci, capacity_command_without_regions_is_unsupported)
{
    struct fixture f;

    build(&f, HEAD, 0);
    for (uint16_t opcode = 0x4800; opcode <= 0x4803; opcode++)
        C_EXPECT_EQ(DCD_RC_UNSUPPORTED, run(&f, opcode, 8));
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED, run(&f, 0x5600, 0));
    free_fixture(&f);
    build(&f, DCD_PORT_FM, 0);
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED, run(&f, 0x5600, 0));
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED, run(&f, 0x4800, 2));
    free_fixture(&f);
}

/* So few that a row cannot take them, or a byte more than it can. */
static void expect_wrong_lengths(unsigned port,
                                 const struct dcd_command_table *table)
{
    struct fixture f;

    build(&f, port, 1);
    for (size_t i = 0; i < table->count; i++) {
        const struct dcd_command *c = &table->commands[i];

        if (!dcd_command_exists(c, &f.config))
            continue;
        C_CONTEXT("opcode %04xh", c->opcode);
        if (c->in.fixed)
            C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH,
                        run(&f, c->opcode, c->in.fixed - 1));
        if (!c->in.unit)
            C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH,
                        run(&f, c->opcode, c->in.fixed + 1));
        C_EXPECT_EQ(0, f.call.out_length);
    }
    free_fixture(&f);
}

C_TEST(cci, wrong_length_is_refused_a_byte_short_and_a_byte_long)
{
    expect_wrong_lengths(HEAD, &dcd_mailbox_commands);
    expect_wrong_lengths(DCD_PORT_FM, &dcd_fm_commands);
}

C_TEST(cci, input_longer_than_the_port_is_refused_whatever_the_command)
{
    static const uint16_t opcodes[] = {0x4802, 0x5604, 0x0099};
    struct fixture f;

    build(&f, HEAD, 1);
    for (size_t i = 0; i < COUNT(opcodes); i++)
        C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH,
                    run(&f, opcodes[i], sizeof(f.in) + 1));
    free_fixture(&f);
}

C_TEST(cci, failed_command_has_no_output)
{
    struct fixture f;

    build(&f, HEAD, 1);
    f.in[0] = 0x77; /* no such log */
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, run(&f, DCD_OP_GET_EVENT_RECORDS, 1));
    C_EXPECT_EQ(0, f.call.out_length);
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED, run(&f, 0x0099, 0));
    C_EXPECT_EQ(0, f.call.out_length);
    free_fixture(&f);
}

/* A list in several payloads ends when something else comes between. */
C_TEST(cci, another_command_ends_a_chain)
{
    static const struct {
        const char *what;
        uint16_t opcode;
        uint32_t length;
    } rows[] = {
        {"another command", DCD_OP_GET_TIMESTAMP, 0},
        {"an unknown one", 0x0099, 0},
        {"the other list", DCD_OP_RELEASE_DC, 8},
        {"one too long", DCD_OP_ADD_DC_RESPONSE, 257},
    };
    struct fixture f;

    for (size_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("%s", rows[i].what);
        build(&f, HEAD, 1);
        f.call.port->chain.opcode = DCD_OP_ADD_DC_RESPONSE;
        f.call.port->chain.count = 0;
        run(&f, rows[i].opcode, rows[i].length);
        C_EXPECT_EQ(0, f.call.port->chain.opcode);
        free_fixture(&f);
    }
}
