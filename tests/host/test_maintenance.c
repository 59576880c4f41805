/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_maintenance.c - repairs that a host asks for: 0600h (CXL r3.1
 * 8.2.9.7.1).
 */
#include "host_support.h"

#include "gtest_c.h"

#include <string.h>

#define OK DCD_RC_SUCCESS
#define BASE UINT64_C(0x100000000) /* HPA of DPA 0 */

enum {
    PPR = DCD_MAINTENANCE_PPR,
    SPARING = DCD_MAINTENANCE_SPARING,
    PPR_LENGTH = 0xc,
    SPARING_LENGTH = 0xe,
    QUERY = 1,
    HARD = 2,
    LINE = 64,
};

/* What there is, and how often it can be done. */
static const struct {
    uint8_t operation_class;
    uint8_t subclass;
    uint32_t length; /* of the parameters */
    uint8_t flags;   /* that may be set */
    unsigned spares;
} repairs[] = {
    {PPR, DCD_PPR_SOFT, PPR_LENGTH, 0x01, 64},
    {PPR, DCD_PPR_HARD, PPR_LENGTH, 0x01, 16},
    {SPARING, DCD_SPARING_CACHELINE, SPARING_LENGTH, 0x0f, 64},
    {SPARING, DCD_SPARING_ROW, SPARING_LENGTH, 0x0f, 32},
    {SPARING, DCD_SPARING_BANK, SPARING_LENGTH, 0x0f, 4},
    {SPARING, DCD_SPARING_RANK, SPARING_LENGTH, 0x0f, 1},
};

/* 1 GiB static, then two regions of 2 GiB, of which each head has accepted
 * one block: head n the n-th. */
static void build(struct harness *h, unsigned heads)
{
    harness_d1_config(h);
    h->config.heads = heads;
    h->config.static_volatile = GIB(1);
    harness_build(h);
    for (unsigned head = 0; head < heads; head++) {
        hold(h, head, RANGES({GIB(1) + head * MIB(2), MIB(2)}));
        commit_decoder(h, head, 0, BASE, GIB(2), 0);
    }
}

/* 0600h with [length] bytes of parameters, zero behind flags and DPA. */
static uint16_t maintain_at(struct harness *h, unsigned head,
                            uint8_t operation_class, uint8_t subclass,
                            uint8_t flags, uint64_t dpa, uint32_t length)
{
    uint8_t in[64] = {operation_class, subclass, flags};

    if (operation_class == PPR)
        dcd_store_le(in + 3, 8, dpa);
    return mailbox(h, head, DCD_OP_PERFORM_MAINTENANCE, in, 2 + length);
}

static uint16_t maintain(struct harness *h, size_t i, uint8_t flags)
{
    return maintain_at(h, 0, repairs[i].operation_class, repairs[i].subclass,
                       flags, 0, repairs[i].length);
}

static uint16_t ppr(struct harness *h, uint8_t flags, uint64_t dpa)
{
    return maintain_at(h, 0, PPR, DCD_PPR_SOFT, flags, dpa, PPR_LENGTH);
}

static void inject(struct harness *h, uint64_t dpa)
{
    struct dcd_inject_poison_req req = {dcd_put64(dpa)};

    C_EXPECT_EQ(OK, mailbox(h, 0, DCD_OP_INJECT_POISON, &req, sizeof(req)));
}

static void fill(struct harness *h, uint64_t dpa, uint8_t byte)
{
    uint8_t line[LINE];

    memset(line, byte, LINE);
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_write(h->device, 0, BASE + dpa, line, LINE));
}

static void expect_line(struct harness *h, uint64_t dpa, uint8_t byte)
{
    uint8_t expected[LINE];
    uint8_t line[LINE] = {0};

    memset(expected, byte, LINE);
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_read(h->device, 0, BASE + dpa, line, LINE));
    C_EXPECT_MEMEQ(expected, line, LINE);
}

static void expect_poisoned(struct harness *h, uint64_t dpa)
{
    uint8_t line[LINE];

    C_EXPECT_EQ(DCD_ACCESS_POISONED,
                dcd_device_read(h->device, 0, BASE + dpa, line, LINE));
}

/* So many of [i] are left, by doing them. */
static void expect_spares(struct harness *h, size_t i, unsigned spares)
{
    for (unsigned n = 0; n < spares; n++)
        C_EXPECT_EQ(OK, maintain(h, i, 0));
    C_EXPECT_EQ(DCD_RC_RESOURCES_EXHAUSTED, maintain(h, i, 0));
}

/* --- Requests ------------------------------------------------------------ */

C_TEST(maintenance, no_operation_does_nothing_and_succeeds)
{
    struct harness h;

    build(&h, 1);
    C_EXPECT_EQ(OK, maintain_at(&h, 0, 0, 0, 0, 0, 0));
    C_EXPECT_EQ(0, h.out_length);
    C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH,
                maintain_at(&h, 0, 0, 0, 0, 0, 1));
    harness_free(&h);
}

C_TEST(maintenance, what_is_not_an_operation_is_invalid)
{
    struct harness h;

    build(&h, 1);
    for (unsigned c = 0; c < 256; c++) {
        for (unsigned s = 0; s < 256; s++) {
            bool known = (c == 0 && s == 0) || (c == PPR && s < 2) ||
                         (c == SPARING && s < 4);

            C_CONTEXT("class %u, subclass %u", c, s);
            if (!known)
                C_EXPECT_EQ(
                    DCD_RC_INVALID_INPUT,
                    maintain_at(&h, 0, (uint8_t)c, (uint8_t)s, 0, 0, s % 16));
        }
    }
    harness_free(&h);
}

C_TEST(maintenance, lengths_are_exact)
{
    struct harness h;

    build(&h, 1);
    for (size_t i = 0; i < COUNT(repairs); i++)
        for (uint32_t length = 0; length < 32; length++) {
            C_CONTEXT("operation %zu, %u bytes", i, length);
            C_EXPECT_EQ(length == repairs[i].length
                            ? OK
                            : DCD_RC_INVALID_PAYLOAD_LENGTH,
                        maintain_at(&h, 0, repairs[i].operation_class,
                                    repairs[i].subclass, QUERY, 0, length));
        }
    C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH,
                mailbox(&h, 0, DCD_OP_PERFORM_MAINTENANCE, "\0", 1));
    C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH,
                mailbox(&h, 0, DCD_OP_PERFORM_MAINTENANCE, NULL, 0));
    harness_free(&h);
}

C_TEST(maintenance, reserved_flags_are_invalid)
{
    struct harness h;

    build(&h, 1);
    for (size_t i = 0; i < COUNT(repairs); i++)
        for (unsigned flags = 1; flags < 256; flags += 2) {
            C_CONTEXT("operation %zu, flags %02x", i, flags);
            C_EXPECT_EQ(
                flags & ~(unsigned)repairs[i].flags ? DCD_RC_INVALID_INPUT : OK,
                maintain(&h, i, (uint8_t)flags));
        }
    harness_free(&h);
}

C_TEST(maintenance, a_host_repairs_the_memory_that_it_has)
{
    static const struct {
        const char *what;
        uint64_t dpa;
        uint16_t rc;
    } rows[] = {
        {"first byte", 0, OK},
        {"inside a line", LINE + 17, OK},
        {"last static byte", GIB(1) - 1, OK},
        {"first dynamic byte", GIB(1), OK},
        {"last one accepted", GIB(1) + MIB(2) - 1, OK},
        {"another head's", GIB(1) + MIB(2), DCD_RC_INVALID_PHYSICAL_ADDRESS},
        {"nobody's", GIB(2), DCD_RC_INVALID_PHYSICAL_ADDRESS},
        {"other region", GIB(3), DCD_RC_INVALID_PHYSICAL_ADDRESS},
        {"behind the end", GIB(5), DCD_RC_INVALID_PHYSICAL_ADDRESS},
        {"far behind", UINT64_MAX, DCD_RC_INVALID_PHYSICAL_ADDRESS},
    };
    struct harness h;

    build(&h, 2);
    for (size_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("%s", rows[i].what);
        C_EXPECT_EQ(rows[i].rc, ppr(&h, 0, rows[i].dpa));
        C_EXPECT_EQ(rows[i].rc, ppr(&h, QUERY, rows[i].dpa));
        C_EXPECT_EQ(rows[i].rc, maintain_at(&h, 0, PPR, DCD_PPR_HARD, 0,
                                            rows[i].dpa, PPR_LENGTH));
    }
    C_CONTEXT("");
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({GIB(1), MIB(2)})));
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS, ppr(&h, 0, GIB(1)));
    harness_free(&h);
}

/* --- Effects ------------------------------------------------------------- */

C_TEST(maintenance, a_poisoned_line_is_zero_after_its_repair)
{
    static const uint64_t lines[] = {0, GIB(1) - LINE, GIB(1) + 4 * LINE};
    struct harness h;

    build(&h, 1);
    for (size_t i = 0; i < COUNT(lines); i++) {
        uint64_t other = lines[i] ^ LINE;

        C_CONTEXT("line %zu", i);
        fill(&h, lines[i], 0x11);
        fill(&h, other, 0x22);
        inject(&h, lines[i]);
        inject(&h, other);
        expect_poisoned(&h, lines[i]);
        C_EXPECT_EQ(OK, ppr(&h, QUERY, lines[i]));
        expect_poisoned(&h, lines[i]);
        C_EXPECT_EQ(OK, ppr(&h, 0, lines[i] + 63));
        expect_line(&h, lines[i], 0);
        expect_poisoned(&h, other);
        C_EXPECT_EQ(
            OK, maintain_at(&h, 0, PPR, DCD_PPR_HARD, 0, other, PPR_LENGTH));
        expect_line(&h, other, 0);
    }
    harness_free(&h);
}

C_TEST(maintenance, a_good_line_keeps_its_bytes)
{
    struct harness h;

    build(&h, 1);
    fill(&h, LINE, 0x33);
    C_EXPECT_EQ(OK, ppr(&h, 0, LINE));
    expect_line(&h, LINE, 0x33);
    harness_free(&h);
}

C_TEST(maintenance, a_repair_that_finds_no_spare_changes_nothing)
{
    struct harness h;

    build(&h, 1);
    expect_spares(&h, 0, 64);
    fill(&h, 0, 0x11);
    inject(&h, 0);
    C_EXPECT_EQ(DCD_RC_RESOURCES_EXHAUSTED, ppr(&h, 0, 0));
    expect_poisoned(&h, 0);
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS, ppr(&h, 0, GIB(2)));
    harness_free(&h);
}

C_TEST(maintenance, spares_are_counted_by_what_they_replace)
{
    struct harness h;

    build(&h, 1);
    for (size_t i = 0; i < COUNT(repairs); i++) {
        C_CONTEXT("operation %zu", i);
        for (unsigned n = 0; n < 100; n++)
            C_EXPECT_EQ(OK, maintain(&h, i, QUERY));
        expect_spares(&h, i, repairs[i].spares);
        C_EXPECT_EQ(DCD_RC_RESOURCES_EXHAUSTED, maintain(&h, i, QUERY));
    }
    harness_free(&h);
}

C_TEST(maintenance, a_conventional_reset_undoes_soft_repairs)
{
    struct harness h;

    build(&h, 1);
    for (size_t i = 0; i < COUNT(repairs); i++)
        expect_spares(&h, i, repairs[i].spares);
    dcd_device_reset(h.device, 0, DCD_RESET_FUNCTION_LEVEL);
    dcd_device_reset(h.device, 0, DCD_RESET_CXL);
    for (size_t i = 0; i < COUNT(repairs); i++)
        expect_spares(&h, i, 0);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    for (size_t i = 0; i < COUNT(repairs); i++) {
        bool hard = repairs[i].operation_class == PPR &&
                    repairs[i].subclass == DCD_PPR_HARD;

        C_CONTEXT("operation %zu", i);
        expect_spares(&h, i, hard ? 0 : repairs[i].spares);
    }
    harness_free(&h);
}

C_TEST(maintenance, hard_sparing_outlives_every_reset)
{
    struct harness h;

    build(&h, 1);
    C_EXPECT_EQ(OK, maintain(&h, 4, HARD));
    C_EXPECT_EQ(OK, maintain(&h, 4, 0));
    C_EXPECT_EQ(OK, maintain(&h, 4, HARD | QUERY));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_spares(&h, 4, 3);
    harness_free(&h);
}

C_TEST(maintenance, each_head_has_its_own_spares)
{
    struct harness h;

    build(&h, 2);
    expect_spares(&h, 1, 16);
    C_EXPECT_EQ(OK, maintain_at(&h, 1, PPR, DCD_PPR_HARD, 0, 0, PPR_LENGTH));
    harness_free(&h);
}

/* --- Memory Sparing Event Records ---------------------------------------- */

/* Set Feature: repairs of that kind are reported. */
static void enable_reports(struct harness *h, const struct dcd_uuid *feature)
{
    uint8_t in[0x23] = {0};
    struct dcd_set_feature_req *req = (void *)in;

    req->id = *feature;
    req->version = 2;
    in[0x22] = 1;
    C_EXPECT_EQ(OK, mailbox(h, 0, DCD_OP_SET_FEATURE, in, sizeof(in)));
}

/* The informational log holds so many records. */
static void expect_reports(struct harness *h, unsigned count)
{
    C_EXPECT_EQ(OK, mailbox(h, 0, DCD_OP_GET_EVENT_RECORDS, "\0", 1));
    C_EXPECT_EQ(count, dcd_load_le(h->out + 0x14, 2));
}

static void expect_report(struct harness *h, unsigned i, uint8_t subclass,
                          uint16_t spares)
{
    const struct dcd_memory_sparing_event *record =
        (const void *)(h->out + 0x20 + i * DCD_EVENT_RECORD_SIZE);
    const uint8_t zeros[DCD_EVENT_RECORD_SIZE -
                        offsetof(struct dcd_memory_sparing_event, channel)] = {
        0};
    struct dcd_uuid id = {{0}};

    C_EXPECT(dcd_uuid_parse("e71f3a40-2d29-4092-8a39-4d1c966c7c65", &id));
    C_EXPECT_MEMEQ(&id, &record->header.type, sizeof(id));
    C_EXPECT_EQ(0x80, record->header.length);
    C_EXPECT_EQ(DCD_EVENT_SEVERITY_INFO, dcd_get24(record->header.flags));
    C_EXPECT_EQ(i + 1, dcd_get16(record->header.handle));
    C_EXPECT_EQ(PPR, record->operation_class);
    C_EXPECT_EQ(subclass, record->subclass);
    C_EXPECT_EQ(subclass == DCD_PPR_HARD ? HARD : 0, record->flags);
    C_EXPECT_EQ(0, record->result);
    C_EXPECT_EQ(0, dcd_get16(record->validity));
    C_EXPECT_MEMEQ(zeros, record->reserved, sizeof(record->reserved));
    C_EXPECT_EQ(spares, dcd_get16(record->spares));
    /* Which chips it was is not known, and nothing follows. */
    C_EXPECT_MEMEQ(zeros, &record->channel, sizeof(zeros));
}

C_TEST(maintenance, repairs_are_reported_where_the_feature_says_so)
{
    struct harness h;

    build(&h, 1);
    for (size_t i = 0; i < COUNT(repairs); i++)
        C_EXPECT_EQ(OK, maintain(&h, i, 0));
    expect_reports(&h, 0);
    enable_reports(&h, &dcd_uuid_hard_ppr);
    C_EXPECT_EQ(OK, maintain(&h, 0, 0));
    C_EXPECT_EQ(OK, maintain(&h, 1, QUERY));
    expect_reports(&h, 0);
    C_EXPECT_EQ(OK, maintain(&h, 1, 0));
    enable_reports(&h, &dcd_uuid_soft_ppr);
    C_EXPECT_EQ(OK, maintain(&h, 0, 0));
    expect_reports(&h, 2);
    expect_report(&h, 0, DCD_PPR_HARD, 3);
    expect_report(&h, 1, DCD_PPR_SOFT, 3);
    harness_free(&h);
}

C_TEST(maintenance, a_report_says_how_many_spares_are_left)
{
    static const uint16_t left[] = {3, 3, 2, 1, 0};
    struct harness h;

    build(&h, 1);
    for (unsigned n = 0; n < 16 - COUNT(left); n++)
        C_EXPECT_EQ(OK, maintain(&h, 1, 0));
    enable_reports(&h, &dcd_uuid_hard_ppr);
    for (unsigned i = 0; i < COUNT(left); i++)
        C_EXPECT_EQ(OK, maintain(&h, 1, 0));
    C_EXPECT_EQ(DCD_RC_RESOURCES_EXHAUSTED, maintain(&h, 1, 0));
    expect_reports(&h, COUNT(left));
    for (unsigned i = 0; i < COUNT(left); i++)
        expect_report(&h, i, DCD_PPR_HARD, left[i]);
    harness_free(&h);
}
