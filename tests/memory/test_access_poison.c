/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_access_poison.c - reads and writes that touch poisoned lines (CXL r3.1
 * 8.2.9.9.4).
 */
#include "gtest_c.h"
#include "memory_support.h"

#include <stdlib.h>
#include <string.h>

#define LINE DCD_LINE
#define OK DCD_ACCESS_OK
#define POISONED DCD_ACCESS_POISONED
#define STATIC MIB(256) /* of each head; region 0 follows */
#define R0 MIB(256)

static void inject(struct harness *h, unsigned head, uint64_t dpa)
{
    struct dcd_inject_poison_req req = {dcd_put64(dpa)};

    C_EXPECT_EQ(DCD_RC_SUCCESS,
                mailbox(h, head, DCD_OP_INJECT_POISON, &req, sizeof(req)));
}

static void clear(struct harness *h, unsigned head, uint64_t dpa)
{
    struct dcd_clear_poison_req req = {dcd_put64(dpa), {0}};

    C_EXPECT_EQ(DCD_RC_SUCCESS,
                mailbox(h, head, DCD_OP_CLEAR_POISON, &req, sizeof(req)));
}

/* Two heads with static memory, and region 0; DPA 0 is at BASE. */
static void build(struct harness *h, enum dcd_unbacked unbacked)
{
    harness_d1_config(h);
    h->config.heads = 2;
    h->config.static_volatile = STATIC;
    h->config.unbacked_reads = unbacked;
    h->config.unbacked_writes = unbacked;
    harness_build(h);
    for (unsigned head = 0; head < 2; head++)
        commit_decoder(h, head, 0, BASE, GIB(4), 0);
}

/* Static bytes of head 0 from 4096 - 256 on, and the line at 4096 poisoned. */
static void build_poisoned(struct harness *h)
{
    build(h, DCD_UNBACKED_ERROR);
    put_bytes(h, 0, BASE + 4096 - 256, 576, 1);
    inject(h, 0, 4096);
}

/* What a read and a probe answer, and that all of fill(1)'s bytes come. */
static void expect_read(struct harness *h, uint64_t dpa, uint64_t length,
                        enum dcd_access answer)
{
    uint8_t want[576];
    uint8_t got[576];

    fill(want, sizeof(want), 1);
    memset(got, 0xaa, sizeof(got));
    C_EXPECT_EQ(answer,
                dcd_device_probe(h->device, 0, BASE + dpa, length, false));
    C_EXPECT_EQ(OK, dcd_device_probe(h->device, 0, BASE + dpa, length, true));
    C_EXPECT_EQ(answer, dcd_device_read(h->device, 0, BASE + dpa, got, length));
    C_EXPECT_MEMEQ(want + (dpa - (4096 - 256)), got, length);
}

static bool is_poisoned(struct harness *h, unsigned head, uint64_t dpa)
{
    return dcd_device_probe(h->device, head, BASE + dpa, 1, false) == POISONED;
}

static enum dcd_access put(struct harness *h, unsigned head, uint64_t dpa,
                           uint64_t length)
{
    uint8_t bytes[512];

    fill(bytes, length, 9);
    return dcd_device_write(h->device, head, BASE + dpa, bytes, length);
}

static void expect_put(struct harness *h, unsigned head, uint64_t dpa,
                       uint64_t length)
{
    uint8_t want[512];
    uint8_t got[512];

    fill(want, length, 9);
    C_EXPECT_EQ(length, dcd_device_debug_read(h->device, head, BASE + dpa, got,
                                              length));
    C_EXPECT_MEMEQ(want, got, length);
}

/* --- Reads
 * -------------------------------------------------------------------- */

/* Data and poison; a whole line written is good again. */
C_TEST(access, device_8_2_row_08)
{
    struct harness h;

    build_poisoned(&h);
    expect_read(&h, 4096, 8, POISONED);
    expect_read(&h, 4096, 64, POISONED);
    C_EXPECT_EQ(OK, put(&h, 0, 4096, 63));
    C_EXPECT(is_poisoned(&h, 0, 4096));
    C_EXPECT_EQ(OK, put(&h, 0, 4096, 64));
    C_EXPECT(!is_poisoned(&h, 0, 4096));
    expect_put(&h, 0, 4096, 64);
    harness_free(&h);
}

C_TEST(access_poison, a_read_that_touches_it_moves_all_bytes)
{
    static const struct {
        uint64_t dpa;
        uint64_t length;
        enum dcd_access answer;
    } rows[] = {
        {4095, 1, OK},         {4096, 1, POISONED},
        {4159, 1, POISONED},   {4160, 1, OK},
        {4088, 8, OK},         {4089, 8, POISONED},
        {4156, 8, POISONED},   {4160, 8, OK},
        {4096 - 256, 256, OK}, {4096 - 256, 576, POISONED},
        {4160, 256, OK},
    };
    struct harness h;

    build_poisoned(&h);
    for (unsigned i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("row %u", i);
        expect_read(&h, rows[i].dpa, rows[i].length, rows[i].answer);
    }
    harness_free(&h);
}

C_TEST(access_poison, several_lines_are_no_different_from_one)
{
    struct harness h;

    build_poisoned(&h);
    inject(&h, 0, 4160);
    inject(&h, 0, 4288);
    expect_read(&h, 4096 - 256, 576, POISONED);
    clear(&h, 0, 4160);
    clear(&h, 0, 4096);
    C_EXPECT(!is_poisoned(&h, 0, 4096));
    C_EXPECT(is_poisoned(&h, 0, 4288));
    harness_free(&h);
}

/* Any other reason wins, and nothing is moved. */
C_TEST(access_poison, memory_that_is_not_there_comes_first)
{
    uint8_t bytes[128];
    uint8_t before[128];
    struct harness h;

    build(&h, DCD_UNBACKED_ERROR);
    hold(&h, 0, RANGES({R0, MIB(2)}));
    inject(&h, 0, R0 + MIB(2) - 64);
    memset(bytes, 0xaa, sizeof(bytes));
    memcpy(before, bytes, sizeof(bytes));
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED,
                dcd_device_read(h.device, 0, BASE + R0 + MIB(2) - 64, bytes,
                                sizeof(bytes)));
    C_EXPECT_MEMEQ(before, bytes, sizeof(bytes));
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED,
                put(&h, 0, R0 + MIB(2) - 64, sizeof(bytes)));
    C_EXPECT(is_poisoned(&h, 0, R0 + MIB(2) - 64));
    harness_free(&h);
}

C_TEST(access_poison, is_said_where_absent_memory_is_passed_over)
{
    uint8_t bytes[192];
    uint8_t ones[64];
    struct harness h;

    build(&h, DCD_UNBACKED_IGNORE);
    hold(&h, 0, RANGES({R0 + MIB(2), MIB(2)}));
    inject(&h, 0, R0 + MIB(2));
    memset(bytes, 0xaa, sizeof(bytes));
    memset(ones, 0xff, sizeof(ones));
    C_EXPECT_EQ(POISONED, dcd_device_probe(h.device, 0, BASE + R0 + MIB(2) - 64,
                                           sizeof(bytes), false));
    C_EXPECT_EQ(POISONED, dcd_device_read(h.device, 0, BASE + R0 + MIB(2) - 64,
                                          bytes, sizeof(bytes)));
    C_EXPECT_MEMEQ(ones, bytes, 64);
    C_EXPECT_EQ(0, bytes[64]);
    C_EXPECT_EQ(0, bytes[191]);
    /* The line is written as a whole, whatever lies beside it. */
    C_EXPECT_EQ(OK, put(&h, 0, R0 + MIB(2) - 64, sizeof(bytes)));
    C_EXPECT(!is_poisoned(&h, 0, R0 + MIB(2)));
    harness_free(&h);
}

static void note(void *context, const struct dcd_trace_record *record)
{
    struct dcd_trace_record *last = context;

    if (record->kind == DCD_TRACE_READ || record->kind == DCD_TRACE_WRITE)
        *last = *record;
}

C_TEST(access_poison, the_trace_says_so)
{
    struct dcd_trace_record last = {0};
    struct harness h;
    uint8_t bytes[8];

    build_poisoned(&h);
    dcd_device_set_trace(h.device, note, &last);
    dcd_device_read(h.device, 0, BASE + 4096, bytes, 8);
    C_EXPECT_EQ(DCD_TRACE_READ, last.kind);
    C_EXPECT_EQ(POISONED, last.status);
    C_EXPECT_EQ(4096, last.dpa);
    C_EXPECT_EQ(8, last.length);
    put(&h, 0, 4096, 8);
    C_EXPECT_EQ(DCD_TRACE_WRITE, last.kind);
    C_EXPECT_EQ(OK, last.status);
    C_EXPECT_STREQ("poisoned", dcd_access_name(POISONED));
    harness_free(&h);
}

/* --- Writes
 * ------------------------------------------------------------------- */

C_TEST(access_poison, only_a_write_of_the_whole_line_ends_it)
{
    static const struct {
        uint64_t dpa;
        uint64_t length;
        bool ends; /* of the line at 4096 */
    } rows[] = {
        {4096, 64, true},  {4096, 63, false}, {4097, 63, false},
        {4032, 64, false}, {4160, 64, false}, {4064, 64, false},
        {4128, 64, false}, {4090, 70, true},  {4095, 65, true},
        {4095, 64, false}, {4096, 65, true},  {4000, 500, true},
    };

    for (unsigned i = 0; i < COUNT(rows); i++) {
        struct harness h;

        C_CONTEXT("row %u", i);
        build_poisoned(&h);
        C_EXPECT_EQ(OK, put(&h, 0, rows[i].dpa, rows[i].length));
        C_EXPECT_EQ(!rows[i].ends, is_poisoned(&h, 0, 4096));
        expect_put(&h, 0, rows[i].dpa, rows[i].length);
        harness_free(&h);
    }
}

/* Two halves are two writes, of which neither covers the line. */
C_TEST(access_poison, two_halves_do_not_end_it)
{
    struct harness h;

    build_poisoned(&h);
    C_EXPECT_EQ(OK, put(&h, 0, 4096, 32));
    C_EXPECT_EQ(OK, put(&h, 0, 4128, 32));
    C_EXPECT(is_poisoned(&h, 0, 4096));
    harness_free(&h);
}

C_TEST(access_poison, one_write_ends_that_of_every_line_it_covers)
{
    struct harness h;

    build_poisoned(&h);
    for (uint64_t at = 4096; at < 4416; at += 64)
        inject(&h, 0, at);
    C_EXPECT_EQ(OK, put(&h, 0, 4096 + 32, 256));
    for (unsigned i = 0; i < 5; i++)
        C_EXPECT_EQ(i == 0 || i == 4, is_poisoned(&h, 0, 4096 + i * 64));
    harness_free(&h);
}

/* --- Windows, heads, decoders
 * --------------------------------------------------- */

/* Accesses left and right of the line go on as they did. */
C_TEST(access_poison, neighbours_are_as_good_as_before)
{
    struct harness h;

    build_poisoned(&h);
    for (unsigned round = 0; round < 3; round++) {
        expect_works(&h, 0, BASE + 4032, 64);
        expect_works(&h, 0, BASE + 4160, 64);
        C_EXPECT(is_poisoned(&h, 0, 4096));
    }
    C_EXPECT_EQ(OK, put(&h, 0, 4096, 64));
    expect_works(&h, 0, BASE + 4032, 192);
    harness_free(&h);
}

/* The other head's window was made before the line went bad. */
C_TEST(access_poison, injected_by_one_head_meets_the_next_holder)
{
    struct harness h;

    build(&h, DCD_UNBACKED_ERROR);
    hold(&h, 0, RANGES({R0, MIB(2)}));
    hold(&h, 1, RANGES({R0 + MIB(2), MIB(2)}));
    expect_works(&h, 1, BASE + R0 + MIB(2), 8);
    inject(&h, 0, R0);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({R0, MIB(2)})));
    hold(&h, 1, RANGES({R0, MIB(2)}));
    expect_works(&h, 1, BASE + R0 + MIB(2), 8);
    C_EXPECT(is_poisoned(&h, 1, R0));
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED,
                dcd_device_probe(h.device, 0, BASE + R0, 8, false));
    C_EXPECT_EQ(OK, put(&h, 1, R0, 64));
    C_EXPECT(!is_poisoned(&h, 1, R0));
    harness_free(&h);
}

/* DPA 256 is at HPA offset 3 * 256 of three ways. */
C_TEST(access_poison, lies_where_interleaving_puts_the_line)
{
    struct dcd_span span;
    struct harness h;

    build(&h, DCD_UNBACKED_ERROR);
    uncommit_decoder(&h, 0, 0);
    commit_interleaved(&h, 0, 0, BASE, MIB(768), 8, 0);
    inject(&h, 0, 256 + 64);
    for (uint64_t at = 0; at < 3072; at += 64) {
        /* The host's other ways would be other devices; here each of the
         * three HPAs leads to the line. */
        bool leads = at / 768 == 1 && at % 256 == 64;

        C_CONTEXT("offset %llu", (unsigned long long)at);
        C_EXPECT_EQ(leads ? POISONED : OK,
                    dcd_device_probe(h.device, 0, BASE + at, 64, false));
    }
    C_CONTEXT("");
    C_ASSERT(dcd_device_dmi(h.device, 0, BASE + 768, &span));
    C_EXPECT_EQ(BASE + 768, span.first);
    C_EXPECT_EQ(BASE + 768 + 63, span.last);
    C_ASSERT(!dcd_device_dmi(h.device, 0, BASE + 768 + 64, &span));
    C_EXPECT_EQ(BASE + 768 + 64, span.first);
    C_EXPECT_EQ(BASE + 768 + 127, span.last);
    harness_free(&h);
}

C_TEST(access_poison, read_only_memory_reads_poisoned_and_keeps_it)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.heads = 2;
    h.config.head[1].attributes_given[0] = true;
    h.config.head[1].attributes[0] = DCD_REGION_ATTR_READ_ONLY;
    harness_build(&h);
    commit_decoder(&h, 1, 0, BASE, GIB(4), 0);
    hold(&h, 0, RANGES({0, MIB(2)}));
    inject(&h, 0, 0);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({0, MIB(2)})));
    hold(&h, 1, RANGES({0, MIB(2)}));
    C_EXPECT(is_poisoned(&h, 1, 0));
    C_EXPECT_EQ(DCD_ACCESS_READ_ONLY, put(&h, 1, 0, 64));
    C_EXPECT(is_poisoned(&h, 1, 0));
    harness_free(&h);
}

/* --- Pointers and debuggers
 * ------------------------------------------------------- */

C_TEST(access_poison, grants_go_up_to_the_line_and_not_into_it)
{
    struct dcd_span span;
    struct harness h;

    build_poisoned(&h);
    C_ASSERT(dcd_device_dmi(h.device, 0, BASE + 4095, &span));
    C_EXPECT_EQ(BASE, span.first);
    C_EXPECT_EQ(BASE + 4095, span.last);
    C_ASSERT(dcd_device_dmi(h.device, 0, BASE + 8192, &span));
    C_EXPECT_EQ(BASE + 4160, span.first);
    C_EXPECT_EQ(BASE + STATIC - 1, span.last);
    for (uint64_t at = 4096; at < 4160; at++) {
        C_ASSERT(!dcd_device_dmi(h.device, 0, BASE + at, &span));
        C_ASSERT_EQ(BASE + 4096, span.first);
        C_ASSERT_EQ(BASE + 4159, span.last);
        C_ASSERT(!dcd_device_is_direct(h.device, 0, BASE + at));
    }
    C_EXPECT(dcd_device_is_direct(h.device, 0, BASE + 4095));
    C_EXPECT(dcd_device_is_direct(h.device, 0, BASE + 4160));
    C_EXPECT_EQ(OK, put(&h, 0, 4096, 64));
    C_ASSERT(dcd_device_dmi(h.device, 0, BASE + 4095, &span));
    C_EXPECT_EQ(BASE + STATIC - 1, span.last);
    harness_free(&h);
}

C_TEST(access_poison, debuggers_read_and_write_it)
{
    uint8_t bytes[576];
    uint8_t want[576];
    struct harness h;

    build_poisoned(&h);
    fill(want, sizeof(want), 1);
    C_EXPECT_EQ(
        576, dcd_device_debug_read(h.device, 0, BASE + 4096 - 256, bytes, 576));
    C_EXPECT_MEMEQ(want, bytes, 576);
    C_EXPECT(is_poisoned(&h, 0, 4096));
    C_EXPECT_EQ(63, dcd_device_debug_write(h.device, 0, BASE + 4096, want, 63));
    C_EXPECT(is_poisoned(&h, 0, 4096));
    C_EXPECT_EQ(64, dcd_device_debug_write(h.device, 0, BASE + 4096, want, 64));
    C_EXPECT(!is_poisoned(&h, 0, 4096));
    harness_free(&h);
}

/* --- At random
 * --------------------------------------------------------------------- */

enum { WINDOW_LINES = 64 };

/* What should be there: bytes, and which lines are bad. */
struct model {
    uint8_t bytes[WINDOW_LINES * LINE];
    bool bad[WINDOW_LINES];
};

static bool touches_bad(const struct model *m, uint64_t at, uint64_t length)
{
    for (uint64_t line = at / LINE; line <= (at + length - 1) / LINE; line++)
        if (m->bad[line])
            return true;
    return false;
}

static void write_model(struct model *m, uint64_t at, const uint8_t *bytes,
                        uint64_t length)
{
    memcpy(m->bytes + at, bytes, length);
    for (uint64_t line = 0; line < WINDOW_LINES; line++)
        if (at <= line * LINE && at + length >= (line + 1) * LINE)
            m->bad[line] = false;
}

static void try_access(struct harness *h, struct model *m, uint64_t *state)
{
    uint8_t bytes[512];
    uint64_t at = draw(state) % (sizeof(m->bytes) - 1);
    uint64_t length = 1 + draw(state) % (sizeof(m->bytes) - at);

    length = length < sizeof(bytes) ? length : sizeof(bytes);
    if (draw(state) % 3 == 0) { /* whole lines are worth some more tries */
        at = at / LINE * LINE;
        length = LINE;
    }
    if (draw(state) % 2) {
        fill(bytes, length, draw(state));
        C_ASSERT_EQ(OK,
                    dcd_device_write(h->device, 0, BASE + at, bytes, length));
        write_model(m, at, bytes, length);
        return;
    }
    C_ASSERT_EQ(touches_bad(m, at, length) ? POISONED : OK,
                dcd_device_read(h->device, 0, BASE + at, bytes, length));
    C_ASSERT_EQ(0, memcmp(m->bytes + at, bytes, length));
}

C_TEST(access_poison, agrees_with_a_model)
{
    uint64_t state = UINT64_C(0x9e3779b97f4a7c15);
    struct model *m = calloc(1, sizeof(*m));
    struct harness h;

    C_ASSERT(m != NULL);
    build(&h, DCD_UNBACKED_ERROR);
    for (unsigned i = 0; i < 20000; i++) {
        unsigned line = (unsigned)(draw(&state) % WINDOW_LINES);
        struct dcd_span span;

        if (i % 10 == 0) {
            inject(&h, 0, line * LINE);
            m->bad[line] = true;
        }
        try_access(&h, m, &state);
        if (dcd_device_dmi(h.device, 0, BASE + line * LINE, &span) ==
            m->bad[line])
            C_ADD_FAILURE("line %u, step %u", line, i);
        if (dcd_device_is_direct(h.device, 0, BASE + line * LINE) ==
            m->bad[line])
            C_ADD_FAILURE("line %u, step %u", line, i);
    }
    harness_free(&h);
    free(m);
}
