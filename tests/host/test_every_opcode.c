/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_every_opcode.c - all 65,536 opcodes, at lengths that fit and at lengths
 * that do not, on every kind of device.
 *
 * What is expected stands in the tables here, which are written from the
 * specification and not from the device's own.
 */
#include "host_support.h"

#include "gtest_c.h"

#include <stdlib.h>
#include <string.h>

enum {
    OK = 0x00,
    STARTED = 0x01,
    BAD = 0x02,
    UNKNOWN = 0x03,
    BUSY = 0x06,
    DISABLED = 0x07,
    SLOT = 0x0b,
    ADDRESS = 0x0f,
    OTHER = 0x15,
    LEN = 0x16,
    NO_LOG = 0x17,
};

/* What a device has, as far as a command needs it. */
enum has {
    NOTHING = 0,
    DC = 1,         /* dynamic capacity */
    LABELS = 2,     /* a label storage area */
    PERSISTENT = 4, /* something that outlives power */
    PARTITIONS = 8, /* static capacity that can be either */
    STATIC = 16,    /* DPA 0 is the head's own */
    HEADS = 32,     /* several heads */
    LDS = 64,       /* logical devices behind one port */
    TARGETS = 128,  /* either of the two: there is somebody to tunnel to */
};

/*
 * One command (CXL r3.1 Tables 8-37, 8-126, 8-215). The input is all zeros:
 * log 0, no handles, no UUID, slot 0, DPA 0, no length, no extents.
 */
struct row {
    uint16_t opcode;
    uint16_t effects;
    unsigned needs;
    uint32_t shortest; /* input that is not refused for its length */
    uint32_t longest;  /* ANY: whatever fits the payload */
    uint16_t code;     /* for zeros of a right length */
    uint32_t out;      /* bytes of the answer then */
};

#define ANY UINT32_MAX

/* At a mailbox. 0502h and 0600h are ours to choose: they change the
 * configuration at once, and a repair the data too. */
static const struct row mailbox_rows[] = {
    {0x0005, 0x0000, NOTHING, 0, 0, OK, 0},
    {0x0100, 0x0000, NOTHING, 1, 1, OK, 0x20},
    {0x0101, 0x0010, NOTHING, 6, ANY, OK, 0},
    {0x0102, 0x0000, NOTHING, 0, 0, OK, 5},
    {0x0103, 0x0008, NOTHING, 4, 5, OK, 0},
    {0x0200, 0x0000, NOTHING, 0, 0, OK, 0x50},
    {0x0201, 0x0140, NOTHING, 0x81, ANY, SLOT, 0},
    {0x0202, 0x0140, NOTHING, 2, 2, SLOT, 0},
    {0x0300, 0x0000, NOTHING, 0, 0, OK, 8},
    {0x0301, 0x0008, NOTHING, 8, 8, OK, 0},
    {0x0400, 0x0000, NOTHING, 0, 0, OK, 8 + 0x14},
    {0x0401, 0x0000, NOTHING, 0x18, 0x18, NO_LOG, 0},
    {0x0500, 0x0000, NOTHING, 8, 8, BAD, 0},
    {0x0501, 0x0000, NOTHING, 0x15, 0x15, UNKNOWN, 0},
    {0x0502, 0x0002, NOTHING, 0x21, ANY, UNKNOWN, 0},
    {0x0600, 0x0016, NOTHING, 2, 2, OK, 0},
    {0x4000, 0x0000, NOTHING, 0, 0, OK, 0x45},
    {0x4100, 0x0000, NOTHING, 0, 0, OK, 0x20},
    {0x4101, 0x0e07, PARTITIONS, 9, 9, OK, 0},
    {0x4102, 0x0000, LABELS, 8, 8, OK, 0},
    {0x4103, 0x0006, LABELS, 8, ANY, OK, 0},
    {0x4200, 0x0000, NOTHING, 0, 0, OK, 0x12},
    {0x4201, 0x0000, NOTHING, 0, 0, OK, 0x10},
    {0x4202, 0x0008, NOTHING, 0xc, 0xc, OK, 0},
    {0x4203, 0x0000, PERSISTENT, 0, 0, OK, 1},
    {0x4204, 0x0008, PERSISTENT, 1, 1, OK, 0},
    {0x4300, 0x0000, NOTHING, 0x10, 0x10, ADDRESS, 0},
    {0x4301, 0x0004, NOTHING, 8, 8, ADDRESS, 0},
    {0x4302, 0x0004, NOTHING, 0x48, 0x48, ADDRESS, 0},
    {0x4303, 0x0000, NOTHING, 0x10, 0x10, ADDRESS, 0},
    {0x4304, 0x0140, NOTHING, 0x11, 0x11, ADDRESS, 0},
    {0x4305, 0x0000, NOTHING, 0, 0, UNKNOWN, 0},
    {0x4400, 0x0164, NOTHING, 0, 0, STARTED, 0},
    {0x4401, 0x0024, NOTHING, 0, 0, OK, 0},
    /* Class and subclass 0 ask what there is, and need to say how much. */
    {0x4402, 0x0044, NOTHING, 12, 12, OK, 0xc},
    {0x4500, 0x0000, NOTHING, 0, 0, OK, 4},
    {0x4800, 0x0000, DC, 2, 2, OK, 0x18},
    {0x4801, 0x0000, DC, 8, 8, OK, 0x10},
    {0x4802, 0x0002, DC, 8, ANY, BAD, 0},
    {0x4803, 0x0002, DC, 8, ANY, BAD, 0},
};

/* At the FM's port (CXL r3.1 7.6.7.3 to 7.6.7.6, 8.2.9.1 and 8.2.9.2). Zeros
 * ask for no logical device or head at all, and for no notification. A 5300h
 * of zeros says that there is no request behind it, which is what it carries
 * only when it is too short. */
static const struct row fm_rows[] = {
    {0x0001, 0x0000, NOTHING, 0, 0, OK, 0x12},
    {0x0002, 0x0000, NOTHING, 0, 0, OK, 8},
    {0x0003, 0x0000, NOTHING, 0, 0, OK, 1},
    {0x0004, 0x0000, NOTHING, 1, 1, BAD, 0},
    {0x0005, 0x0000, NOTHING, 0, 0, OK, 0},
    {0x0100, 0x0000, NOTHING, 1, 1, OK, 0x20},
    {0x0101, 0x0010, NOTHING, 6, ANY, OK, 0},
    {0x0104, 0x0000, NOTHING, 0, 0, OK, 2},
    {0x0105, 0x0008, NOTHING, 2, 2, OK, 0},
    {0x0106, 0x0000, NOTHING, 2, 2, OK, 0},
    {0x0400, 0x0000, NOTHING, 0, 0, OK, 8 + 0x14},
    {0x0401, 0x0000, NOTHING, 0x18, 0x18, NO_LOG, 0},
    {0x5300, 0x0000, TARGETS, 0x10, ANY, LEN, 0},
    {0x5400, 0x0000, LDS, 0, 0, OK, 0xb},
    {0x5401, 0x0000, LDS, 2, 2, BAD, 0},
    {0x5402, 0x0000, LDS, 4, ANY, BAD, 0},
    {0x5403, 0x0000, LDS, 0, 0, OK, 7},
    {0x5404, 0x0008, LDS, 7, 7, BAD, 0},
    {0x5405, 0x0000, LDS, 0, 0, OK, 1},
    {0x5406, 0x0000, LDS, 2, 2, BAD, 0},
    {0x5407, 0x0e07, LDS, 2, ANY, BAD, 0},
    {0x5408, 0x0000, LDS, 2, 2, BAD, 0},
    {0x5409, 0x0e07, LDS, 2, ANY, BAD, 0},
    {0x5500, 0x0000, HEADS, 2, 2, BAD, 0},
    {0x5501, 0x0000, HEADS, 2, 2, BAD, 0},
    {0x5600, 0x0000, DC, 0, 0, OK, 0x54},
    {0x5601, 0x0000, DC, 4, 4, OK, 0x14},
    {0x5602, 0x0e07, DC, 0x10, 0x10, BAD, 0},
    {0x5603, 0x0000, DC, 0xc, 0xc, OK, 0x18},
    {0x5604, 0x0e07, DC, 0x1c, ANY, BAD, 0},
    {0x5605, 0x0e07, DC, 0x1c, ANY, BAD, 0},
    {0x5606, 0x0e03, DC, 0x10, 0x10, BAD, 0},
    {0x5607, 0x0e03, DC, 0x10, 0x10, BAD, 0},
    {0x5608, 0x0000, DC, 8, 8, OK, 0x10},
};

/* At a logical device, through a tunnel: what changes nothing. */
static const struct row ld_rows[] = {
    {0x0001, 0x0000, NOTHING, 0, 0, OK, 0x12},
    {0x0002, 0x0000, NOTHING, 0, 0, OK, 8},
    {0x0400, 0x0000, NOTHING, 0, 0, OK, 8 + 0x14},
    {0x0401, 0x0000, NOTHING, 0x18, 0x18, NO_LOG, 0},
    {0x4000, 0x0000, NOTHING, 0, 0, OK, 0x45},
    {0x4100, 0x0000, NOTHING, 0, 0, OK, 0x20},
    {0x4200, 0x0000, NOTHING, 0, 0, OK, 0x12},
    {0x4201, 0x0000, NOTHING, 0, 0, OK, 0x10},
};

static uint16_t to_mailbox(struct harness *h, uint16_t opcode, const void *in,
                           uint32_t length)
{
    return mailbox(h, 0, opcode, in, length);
}

static uint16_t to_ld(struct harness *h, uint16_t opcode, const void *in,
                      uint32_t length)
{
    return tunnel(h, DCD_TUNNEL_PORT_OR_LD, 1, opcode, in, length);
}

/* One end of a device, and the commands that it takes. */
struct port {
    uint16_t (*send)(struct harness *h, uint16_t opcode, const void *in,
                     uint32_t length);
    const struct row *rows;
    uint32_t count;
};

static const struct port mailbox_port = {to_mailbox, mailbox_rows,
                                         COUNT(mailbox_rows)};
static const struct port fm_port = {fm, fm_rows, COUNT(fm_rows)};
static const struct port ld_port = {to_ld, ld_rows, COUNT(ld_rows)};

static const struct port *const ports[] = {&mailbox_port, &fm_port, &ld_port};

static const struct row *row_of(const struct port *port, uint32_t opcode,
                                unsigned has)
{
    for (uint32_t i = 0; i < port->count; i++)
        if (port->rows[i].opcode == opcode)
            return port->rows[i].needs & ~has ? NULL : &port->rows[i];
    return NULL;
}

/* --- Kinds of devices ---------------------------------------------------- */

struct platform {
    const char *name;
    unsigned has;
    void (*configure)(struct dcd_config *config);
};

static void plain_memory(struct dcd_config *config)
{
    config->region_count = 0;
    config->static_volatile = MIB(512);
}

static void persistent_memory(struct dcd_config *config)
{
    config->region_count = 0;
    config->static_persistent = MIB(256);
}

static void partitionable_memory(struct dcd_config *config)
{
    config->region_count = 0;
    config->static_partitionable = MIB(512);
}

/* 1 MiB, so that the longest payload of 4103h does not reach beyond. */
static void labels_only(struct dcd_config *config)
{
    config->lsa = (uint32_t)MIB(1);
}

static void everything(struct dcd_config *config)
{
    config->static_volatile = MIB(256);
    config->static_persistent = MIB(256);
    config->static_partitionable = MIB(256);
    config->lsa = (uint32_t)MIB(1);
    config->sanitize_per_gib = UINT64_C(1000000000000); /* 1 s */
}

static void dynamic_only(struct dcd_config *config)
{
    (void)config;
}

static void nonvolatile_region(struct dcd_config *config)
{
    config->regions[1].attributes = DCD_REGION_ATTR_NONVOLATILE;
}

/* One block of one line, one extent, one record, one decoder. */
static void minimal(struct dcd_config *config)
{
    config->region_count = 1;
    config->regions[0].length = 64;
    config->regions[0].block_size = 64;
    config->extents = 1;
    config->dc_log = 1;
    config->event_log = 1;
    config->fm_log = 1;
    config->hdm_decoders = 1;
    config->poison_list = 1;
}

static void several_heads(struct dcd_config *config)
{
    config->heads = 2;
}

static void logical_devices(struct dcd_config *config)
{
    config->heads = 4;
    config->topology = DCD_MULTI_LOGICAL;
}

static void one_logical_device(struct dcd_config *config)
{
    config->topology = DCD_MULTI_LOGICAL;
}

/* Tunnels are not for dynamic capacity alone. */
static void logical_devices_of_plain_memory(struct dcd_config *config)
{
    plain_memory(config);
    logical_devices(config);
}

#define PLATFORMS(X)                                              \
    X(several_heads, DC | HEADS | TARGETS)                        \
    X(logical_devices, DC | LDS | TARGETS)                        \
    X(one_logical_device, DC | LDS | TARGETS)                     \
    X(logical_devices_of_plain_memory, STATIC | LDS | TARGETS)    \
    X(plain_memory, STATIC)                                       \
    X(persistent_memory, STATIC | PERSISTENT)                     \
    X(partitionable_memory, STATIC | PERSISTENT | PARTITIONS)     \
    X(labels_only, DC | LABELS | PERSISTENT)                      \
    X(everything, DC | STATIC | LABELS | PERSISTENT | PARTITIONS) \
    X(dynamic_only, DC)                                           \
    X(nonvolatile_region, DC | PERSISTENT)                        \
    X(minimal, DC)

static void build(struct harness *h, const struct platform *platform,
                  uint32_t payload)
{
    harness_d1_config(h);
    h->config.mailbox_payload = payload;
    platform->configure(&h->config);
    harness_build(h);
}

/* --- What is expected ---------------------------------------------------- */

/* DPA 0 is the head's own, or the first block of a region it does not hold. */
static uint16_t right_code(const struct row *row, unsigned has)
{
    bool named_by_dpa = row->opcode == 0x4301 || row->opcode == 0x4302;

    return named_by_dpa && has & STATIC ? OK : row->code;
}

static bool somebody_has(uint32_t opcode, unsigned has)
{
    for (uint32_t i = 0; i < COUNT(ports); i++)
        if (row_of(ports[i], opcode, has))
            return true;
    return false;
}

static uint16_t expected_code(const struct port *port, uint32_t opcode,
                              uint32_t length, uint32_t max, unsigned has)
{
    const struct row *row = row_of(port, opcode, has);

    if (length > max)
        return LEN;
    if (!row)
        return somebody_has(opcode, has) ? OTHER : UNKNOWN;
    return length < row->shortest || length > row->longest
               ? LEN
               : right_code(row, has);
}

/* --- Lengths of each command --------------------------------------------- */

static void expect_length(const struct platform *platform,
                          const struct port *port, const struct row *row,
                          uint32_t payload, uint32_t length)
{
    uint16_t code =
        expected_code(port, row->opcode, length, payload, platform->has);
    uint8_t *zeros = calloc(1, length + 1);
    struct harness h;

    build(&h, platform, payload);
    C_CONTEXT("%s, %04Xh with %u bytes at a payload of %u", platform->name,
              row->opcode, length, payload);
    C_EXPECT_EQ(code, port->send(&h, row->opcode, zeros, length));
    C_EXPECT_EQ(code == OK ? row->out : 0, h.out_length);
    harness_free(&h);
    C_CONTEXT("");
    free(zeros);
}

static void expect_lengths(const struct platform *platform,
                           const struct port *port, const struct row *row,
                           uint32_t payload)
{
    const uint32_t lengths[] = {
        0,
        row->shortest ? row->shortest - 1 : 0,
        row->shortest,
        row->shortest + 1,
        row->longest < payload ? row->longest : payload - 1,
        row->longest < payload ? row->longest + 1 : payload - 2,
        payload,
    };

    for (uint32_t i = 0; i < COUNT(lengths); i++)
        if (i == 0 || lengths[i] != lengths[i - 1])
            expect_length(platform, port, row, payload, lengths[i]);
    if (port == &mailbox_port)
        expect_length(platform, port, row, payload, payload + 1);
}

/* Each time on a device that has done nothing yet. */
static void expect_rows(const struct platform *platform,
                        const struct port *port, uint32_t payload)
{
    for (uint32_t i = 0; i < port->count; i++)
        expect_lengths(platform, port, &port->rows[i], payload);
}

/* --- All opcodes --------------------------------------------------------- */

/* Opcodes that no port of this device has, and those that the other one has,
 * change nothing whatever their length. */
static void expect_absent(struct harness *h, const struct port *port,
                          uint16_t opcode, unsigned has)
{
    static const uint8_t zeros[2048];
    static const uint32_t lengths[] = {0, 1, 2048, 2049};
    const bool bounded = port == &mailbox_port;
    const uint32_t max = bounded ? 2048 : UINT32_MAX;

    for (uint32_t i = 0; i < (bounded ? COUNT(lengths) : 3); i++) {
        uint16_t code = port->send(h, opcode, zeros, lengths[i]);

        if (code != expected_code(port, opcode, lengths[i], max, has) ||
            h->out_length)
            C_ADD_FAILURE("%04Xh with %u bytes answers %02Xh", opcode,
                          lengths[i], code);
    }
}

static void expect_no_others(const struct platform *platform,
                             const struct port *port)
{
    struct harness h;

    build(&h, platform, 2048);
    for (uint32_t opcode = 0; opcode <= 0xffff; opcode++)
        if (!row_of(port, opcode, platform->has))
            expect_absent(&h, port, (uint16_t)opcode, platform->has);
    harness_free(&h);
}

/* --- The Command Effects Log --------------------------------------------- */

static uint16_t get_log(struct harness *h, const struct port *port,
                        uint32_t length)
{
    struct dcd_get_log_req req = {dcd_uuid_command_effects_log, dcd_put32(0),
                                  dcd_put32(length)};

    return port->send(h, 0x0401, &req, sizeof(req));
}

static void expect_entries(struct harness *h, const struct port *port,
                           unsigned has)
{
    uint32_t at = 0;

    for (uint32_t i = 0; i < port->count; i++) {
        const struct row *row = &port->rows[i];

        if (row->needs & ~has)
            continue;
        C_CONTEXT("%04Xh", row->opcode);
        C_ASSERT(at + 4 <= h->out_length);
        C_EXPECT_EQ(row->opcode, dcd_load_le(h->out + at, 2));
        C_EXPECT_EQ(row->effects, dcd_load_le(h->out + at + 2, 2));
        at += 4;
    }
    C_CONTEXT("");
    C_EXPECT_EQ(at, h->out_length);
}

static void expect_effects_log(const struct platform *platform,
                               const struct port *port)
{
    struct harness h;
    uint32_t size;

    build(&h, platform, 2048);
    C_EXPECT_EQ(OK, port->send(&h, 0x0400, NULL, 0));
    C_EXPECT_EQ(1, dcd_load_le(h.out, 2));
    C_EXPECT_MEMEQ(dcd_uuid_command_effects_log.b, h.out + 8, 16);
    size = (uint32_t)dcd_load_le(h.out + 24, 4);
    C_EXPECT_EQ(OK, get_log(&h, port, size));
    C_EXPECT_EQ(size, h.out_length);
    expect_entries(&h, port, platform->has);
    harness_free(&h);
}

#define X(kind, has)                                              \
    static const struct platform on_##kind = {#kind, has, kind};  \
    C_TEST(every_opcode, kind##_takes_its_lengths_at_256_bytes)   \
    {                                                             \
        expect_rows(&on_##kind, &mailbox_port, 256);              \
    }                                                             \
    C_TEST(every_opcode, kind##_takes_its_lengths_at_2_kib)       \
    {                                                             \
        expect_rows(&on_##kind, &mailbox_port, 2048);             \
    }                                                             \
    C_TEST(every_opcode, kind##_takes_its_lengths_at_1_mib)       \
    {                                                             \
        expect_rows(&on_##kind, &mailbox_port, 1 << 20);          \
    }                                                             \
    C_TEST(every_opcode, kind##_takes_its_lengths_at_the_fm_port) \
    {                                                             \
        expect_rows(&on_##kind, &fm_port, 2048);                  \
    }                                                             \
    C_TEST(every_opcode, kind##_has_no_others)                    \
    {                                                             \
        expect_no_others(&on_##kind, &mailbox_port);              \
    }                                                             \
    C_TEST(every_opcode, kind##_has_no_others_at_the_fm_port)     \
    {                                                             \
        expect_no_others(&on_##kind, &fm_port);                   \
    }                                                             \
    C_TEST(every_opcode, kind##_lists_them_in_the_effects_log)    \
    {                                                             \
        expect_effects_log(&on_##kind, &mailbox_port);            \
        expect_effects_log(&on_##kind, &fm_port);                 \
    }
PLATFORMS(X)
#undef X

#define X(kind)                                                     \
    C_TEST(every_opcode, kind##_takes_its_lengths_through_a_tunnel) \
    {                                                               \
        expect_rows(&on_##kind, &ld_port, 2048);                    \
    }                                                               \
    C_TEST(every_opcode, kind##_has_no_others_through_a_tunnel)     \
    {                                                               \
        expect_no_others(&on_##kind, &ld_port);                     \
    }                                                               \
    C_TEST(every_opcode, kind##_lists_those_of_the_tunnel_there)    \
    {                                                               \
        expect_effects_log(&on_##kind, &ld_port);                   \
    }
X(several_heads)
X(logical_devices)
X(logical_devices_of_plain_memory)
#undef X

/* Prohibited on mailboxes, or not ours (CXL r3.1 Tables 8-37, 8-126): 15h
 * where the FM's port has them. */
C_TEST(every_opcode, what_a_mailbox_does_not_have)
{
    static const struct {
        uint16_t first;
        uint16_t last;
        uint16_t code;
    } absent[] = {
        {0x0001, 0x0004, OTHER},   {0x0104, 0x0106, OTHER},
        {0x0402, 0x0405, UNKNOWN}, {0x4501, 0x4505, UNKNOWN},
        {0x4600, 0x46ff, UNKNOWN}, {0x4700, 0x47ff, UNKNOWN},
    };
    struct harness h;

    build(&h, &on_everything, 2048);
    for (uint32_t i = 0; i < COUNT(absent); i++)
        for (uint16_t op = absent[i].first; op <= absent[i].last; op++)
            C_EXPECT_EQ(absent[i].code, command(&h, 0, op));
    harness_free(&h);
}

/* --- While a sanitize runs, and after it was stopped --------------------- */

/* Media Disabled is among their codes (CXL r3.1 8.2.9.9.5.1). It is not among
 * those of 48xxh, and 4400h and 4402h are the way out. */
static bool needs_media(uint16_t opcode)
{
    return (opcode >= 0x4101 && opcode <= 0x4103) ||
           (opcode >= 0x4300 && opcode <= 0x4305) || opcode == 0x4401;
}

static uint16_t code_in_between(const struct row *row, bool running)
{
    if (running && row->effects & 1 << 6)
        return BUSY;
    return needs_media(row->opcode) ? DISABLED
                                    : right_code(row, on_everything.has);
}

static void expect_code_in_between(const struct row *row, bool running)
{
    static const uint8_t zeros[0x81];
    uint16_t code = code_in_between(row, running);
    struct harness h;

    build(&h, &on_everything, 2048);
    C_EXPECT_EQ(STARTED, command(&h, 0, 0x4400));
    if (!running)
        C_EXPECT_EQ(OK, command(&h, 0, 0x0005));
    C_CONTEXT("%04Xh", row->opcode);
    C_EXPECT_EQ(code, mailbox(&h, 0, row->opcode, zeros, row->shortest));
    C_EXPECT_EQ(code == OK ? row->out : 0, h.out_length);
    C_CONTEXT("");
    harness_free(&h);
}

C_TEST(every_opcode, answers_while_a_sanitize_runs)
{
    for (uint32_t i = 0; i < COUNT(mailbox_rows); i++)
        expect_code_in_between(&mailbox_rows[i], true);
}

C_TEST(every_opcode, answers_after_a_sanitize_was_stopped)
{
    for (uint32_t i = 0; i < COUNT(mailbox_rows); i++)
        expect_code_in_between(&mailbox_rows[i], false);
}
