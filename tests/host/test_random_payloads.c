/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_random_payloads.c - thousands of payloads of a right length for each
 * command of a mailbox, on a device in the middle of things.
 *
 * The device looks after itself (config.check): no answer may be one that the
 * command table does not promise, and no invariant may break. The numbers are
 * the same in every run.
 */
#include "host_support.h"

#include "gtest_c.h"

#include <string.h>

enum { TRIES = 4000, A_WHILE = 125 };

struct random {
    uint64_t state;
};

/* xorshift64*, Marsaglia and Vigna. */
static uint64_t next(struct random *r)
{
    r->state ^= r->state >> 12;
    r->state ^= r->state << 25;
    r->state ^= r->state >> 27;
    return r->state * UINT64_C(0x2545f4914f6cdd1d);
}

static uint32_t below(struct random *r, uint32_t n)
{
    return (uint32_t)((next(r) >> 33) % n);
}

/* --- A device in the middle of things ------------------------------------ */

#define LONG UINT64_C(100000000000000) /* 100 s: whatever runs is done */
#define REGION_0 MIB(768)
#define REGION_1 (REGION_0 + MIB(256))

static void build(struct harness *h)
{
    harness_d1_config(h);
    h->config.heads = 2;
    h->config.static_volatile = MIB(256);
    h->config.static_persistent = MIB(256);
    h->config.static_partitionable = MIB(256);
    h->config.lsa = 4 * DCD_KIB;
    h->config.tags = 4;
    h->config.dc_log = 16;
    h->config.poison_list = 8;
    h->config.poison_inject_limit = 6;
    h->config.sanitize_per_gib = UINT64_C(1000000000000); /* 1 s */
    for (unsigned i = 0; i < 2; i++)
        h->config.regions[i].length = MIB(256);
    h->config.regions[1].sanitize = DCD_SANITIZE_YES;
    h->config.regions[1].attributes = DCD_REGION_ATTR_NONVOLATILE;
    harness_build(h);
    hold(h, 1, RANGES({REGION_0 + MIB(128), MIB(16)}));
}

/* Whether these succeed depends on what went before; both are fine. */
static void offer_and_accept(struct harness *h)
{
    fm_add(h, 0, RANGES({REGION_0, MIB(8)}, {REGION_1, MIB(8)}));
    add_response(h, 0, RANGES({REGION_0, MIB(8)}, {REGION_1, MIB(4)}));
    fm_add(h, 0, RANGES({REGION_0 + MIB(16), MIB(8)}));
    fm_add(h, 0, RANGES({REGION_1 + MIB(16), MIB(8)}));
    fm_release(h, 0, 0, RANGES({REGION_0, MIB(4)}));
}

static void poison(struct harness *h)
{
    static const uint64_t dpa[] = {0, 64, MIB(300), REGION_0 + 128, REGION_1};

    for (uint32_t i = 0; i < COUNT(dpa); i++) {
        struct dcd_inject_poison_req req = {dcd_put64(dpa[i])};

        mailbox(h, 0, DCD_OP_INJECT_POISON, &req, sizeof(req));
    }
}

/* Slot 2 holds an image that can be activated, unless it is active. */
static void store_image(struct harness *h)
{
    uint8_t in[sizeof(struct dcd_transfer_fw_req) + 16] = {DCD_FW_FULL, 2};

    memset(in + sizeof(struct dcd_transfer_fw_req), 'v', 16);
    mailbox(h, 0, DCD_OP_TRANSFER_FW, in, sizeof(in));
    run_until(h, h->now + UINT64_C(1000000000000));
}

static void scan(struct harness *h)
{
    struct dcd_scan_media_req req = {{dcd_put64(0), dcd_put64(MIB(256) / 64)},
                                     0};

    mailbox(h, 0, DCD_OP_SCAN_MEDIA, &req, sizeof(req));
}

/* An image in the slot that is not in use. */
static void store_firmware(struct harness *h)
{
    struct dcd_fw_info_rsp info;
    uint8_t in[0x80 + 128] = {DCD_FW_FULL};

    command(h, 0, DCD_OP_GET_FW_INFO);
    memcpy(&info, h->out, sizeof(info));
    in[1] = (info.slot_info & 7) == 1 ? 2 : 1;
    memcpy(in + 0x80, "image", 5);
    mailbox(h, 0, DCD_OP_TRANSFER_FW, in, sizeof(in));
}

/* What is under way behind the mailbox: nothing, a sanitize, one that was
 * aborted and left the media disabled, a scan, or a scan that is done. */
static void set_going(struct harness *h, uint32_t what)
{
    if (what == 1 || what == 2)
        command(h, 0, DCD_OP_SANITIZE);
    if (what == 2)
        command(h, 0, DCD_OP_REQUEST_ABORT);
    if (what == 3 || what == 4)
        scan(h);
    if (what == 4)
        run_until(h, h->now + LONG);
}

/* Every round begins with media that are ready, and ends in the middle. */
static void enrich(struct harness *h, struct random *r, uint32_t round)
{
    run_until(h, h->now + LONG);
    if (below(r, 4) == 0)
        dcd_device_reset(h->device, 0, (enum dcd_reset_kind)below(r, 3));
    command(h, 0, DCD_OP_SANITIZE);
    run_until(h, h->now + LONG);
    store_firmware(h);
    run_until(h, h->now + LONG);
    drain(h, 0);
    fm_drain(h);
    store_image(h);
    offer_and_accept(h);
    poison(h);
    set_going(h, round % 5);
}

/* --- Payloads ------------------------------------------------------------ */

/* An address, a length, or something at the edge of one. */
static uint64_t interesting(struct random *r)
{
    static const uint64_t values[] = {
        0,
        1,
        2,
        64,
        128,
        4096,
        MIB(2),
        MIB(4),
        MIB(8),
        MIB(256) - 64,
        MIB(256),
        MIB(512),
        REGION_0 - 64,
        REGION_0,
        REGION_0 + MIB(2),
        REGION_0 + MIB(16),
        REGION_0 + MIB(128),
        REGION_1,
        REGION_1 + MIB(2),
        REGION_1 + MIB(16),
        REGION_1 + MIB(256),
        UINT64_MAX,
        UINT64_MAX - 63,
        UINT64_MAX - MIB(2) + 1,
        UINT64_C(1) << 63,
        UINT64_C(1) << 32,
    };

    return values[below(r, COUNT(values))];
}

/* Names that commands know: the CEL, and all features of the specification. */
static const char *const uuids[] = {
    "0da9c0b5-bf41-4b78-8f79-96b1623b3f17",
    "96dad7d6-fde8-482b-a733-75774e06db8a",
    "e5b13f22-2328-4a14-b8ba-b9691e893386",
    "892ba475-fad8-474e-9d3e-692c917568bb",
    "80ea4521-786f-4127-afb1-ec7459fb0e24",
    "96c33386-91dd-44c7-9ecb-fdaf6503bac4",
    "450ebf67-b135-4f97-a498-c2d57f279bed",
    "78b79636-90ac-4b64-a4ef-faac5d18a863",
    "34dbaff5-0552-4281-8f76-da0b5e7a76a7",
};

/* A payload in construction: [length] bytes of which [entries] units count. */
struct payload {
    uint8_t bytes[2048];
    uint32_t length;
    uint32_t entries;
};

static void fill_bytes(struct random *r, struct payload *p, uint32_t from,
                       uint32_t to, uint32_t range)
{
    for (uint32_t i = from; i < to && i < p->length; i++)
        p->bytes[i] = (uint8_t)below(r, range);
}

static void fill_words(struct random *r, struct payload *p, uint32_t from)
{
    for (uint32_t i = from; i + 8 <= p->length; i += 8)
        dcd_store_le(p->bytes + i, 8, interesting(r));
}

static void put_count(struct payload *p, uint32_t at)
{
    if (at + 4 <= p->length)
        dcd_store_le(p->bytes + at, 4, p->entries);
}

/* Behind the name small numbers, two or four bytes wide; where 0502h has its
 * version, one that there is. */
static void fill_named(struct random *r, struct payload *p)
{
    const uint32_t width = below(r, 2) ? 2 : 4;
    struct dcd_uuid uuid;

    for (uint32_t i = 0; i < p->length; i += width)
        p->bytes[i] = (uint8_t)below(r, below(r, 2) ? 3 : 64);

    /* A version of 0502h is a small number at an odd place. */
    if (p->length > 22)
        p->bytes[22] = (uint8_t)below(r, 3);
    C_EXPECT(dcd_uuid_parse(uuids[below(r, COUNT(uuids))], &uuid));
    if (p->length >= sizeof(uuid))
        memcpy(p->bytes, &uuid, sizeof(uuid));
    if (p->length > sizeof(struct dcd_set_feature_req))
        p->bytes[0x16] = (uint8_t)(1 + below(r, 2));
}

/* Small numbers are flags, actions, slots, classes; a list has its count
 * first (48xxh) or behind four bytes (4402h). */
static void fill(struct random *r, struct payload *p)
{
    memset(p->bytes, 0, p->length);
    switch (below(r, 5)) {
    case 0:
        fill_bytes(r, p, 0, p->length, 256);
        break;
    case 1:
        fill_words(r, p, 0);
        break;
    case 2:
        fill_words(r, p, 8);
        fill_bytes(r, p, 0, 4, 5);
        put_count(p, 4);
        break;
    case 3:
        fill_words(r, p, 8);
        put_count(p, 0);
        fill_bytes(r, p, 4, 5, 2);
        break;
    default:
        fill_named(r, p);
        break;
    }
}

/* --- Commands ------------------------------------------------------------ */

struct row {
    uint16_t opcode;
    uint32_t shortest;
    uint32_t unit; /* 0: no more than that */
};

/* Short lists are the likely ones. */
static void size(struct random *r, const struct row *row, struct payload *p)
{
    uint32_t most = row->unit ? (2048 - row->shortest) / row->unit : 0;

    const uint32_t limits[] = {3, 3, 23, most};
    uint32_t limit = limits[below(r, COUNT(limits))];

    p->entries = below(r, 1 + (limit < most ? limit : most));
    p->length = row->shortest + p->entries * row->unit;
}

/* How many of them were carried out. */
static uint32_t run_row(struct harness *h, struct random *r,
                        const struct row *row)
{
    struct payload p;
    uint32_t done = 0;

    for (uint32_t i = 0; i < TRIES; i++) {
        uint16_t code;

        if (i % A_WHILE == 0)
            enrich(h, r, i / A_WHILE);
        size(r, row, &p);
        fill(r, &p);
        code = mailbox(h, 0, row->opcode, p.bytes, p.length);
        done += code == DCD_RC_SUCCESS || code == DCD_RC_BACKGROUND_STARTED;
        run_until(h, h->now + below(r, 1000000));
    }
    return done;
}

static void run_rows(const struct row *rows, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct random r = {UINT64_C(0x9e3779b97f4a7c15) + rows[i].opcode};
        struct harness h;

        C_CONTEXT("%04Xh", rows[i].opcode);
        build(&h);
        C_EXPECT(run_row(&h, &r, &rows[i]) > 0);
        harness_free(&h);
    }
    C_CONTEXT("");
}

#define RUN(...)                                \
    run_rows((const struct row[]){__VA_ARGS__}, \
             COUNT(((const struct row[]){__VA_ARGS__})))

C_TEST(random_payloads, of_events_timestamp_and_logs)
{
    RUN({0x0005, 0, 0}, {0x0100, 1, 0}, {0x0101, 6, 2}, {0x0102, 0, 0},
        {0x0103, 4, 0}, {0x0103, 5, 0}, {0x0300, 0, 0}, {0x0301, 8, 0},
        {0x0400, 0, 0}, {0x0401, 0x18, 0});
}

C_TEST(random_payloads, of_firmware)
{
    RUN({0x0200, 0, 0}, {0x0201, 0x80, 0x80}, {0x0202, 2, 0});
}

C_TEST(random_payloads, of_features_and_maintenance)
{
    RUN({0x0500, 8, 0}, {0x0501, 0x15, 0}, {0x0502, 0x20, 1}, {0x0600, 2, 1});
}

C_TEST(random_payloads, of_identify_partitions_and_labels)
{
    RUN({0x4000, 0, 0}, {0x4100, 0, 0}, {0x4101, 9, 0}, {0x4102, 8, 0},
        {0x4103, 8, 1});
}

C_TEST(random_payloads, of_health)
{
    RUN({0x4200, 0, 0}, {0x4201, 0, 0}, {0x4202, 0xc, 0}, {0x4203, 0, 0},
        {0x4204, 1, 0});
}

C_TEST(random_payloads, of_poison)
{
    RUN({0x4300, 0x10, 0}, {0x4301, 8, 0}, {0x4302, 0x48, 0}, {0x4303, 0x10, 0},
        {0x4304, 0x11, 0}, {0x4305, 0, 0});
}

C_TEST(random_payloads, of_sanitize_and_erase)
{
    RUN({0x4400, 0, 0}, {0x4401, 0, 0});
}

C_TEST(random_payloads, of_media_operations)
{
    RUN({0x4402, 8, 16}, {0x4402, 12, 16}, {0x4500, 0, 0});
}

C_TEST(random_payloads, of_dynamic_capacity)
{
    RUN({0x4800, 2, 0}, {0x4801, 8, 0}, {0x4802, 8, 0x18}, {0x4803, 8, 0x18});
}
