/* SPDX-License-Identifier: Apache-2.0 */
/* test_media_operations.c - erasing ranges (CXL r3.1 8.2.9.9.5.3, 4402h). */
#include "media_support.h"

#include <stdlib.h>
#include <string.h>

#define LENGTH DCD_RC_INVALID_PAYLOAD_LENGTH
#define OLD UINT64_C(0x0123456789abcdef)
#define SANITIZE DCD_MEDIA_OPERATION_SANITIZE
#define GENERAL DCD_MEDIA_OPERATION_GENERAL

/* 4402h whose header says [says], with [count] ranges and [tail] bytes more. */
static uint16_t raw(struct harness *h, unsigned head, uint8_t class,
                    uint8_t subclass, uint32_t says, const struct range *ranges,
                    uint32_t count, const void *tail, uint32_t tail_length)
{
    struct dcd_media_operations_req req = {
        class, subclass, {0}, dcd_put32(says)};
    uint32_t length = (uint32_t)sizeof(req) + count * 16;
    uint8_t *in = calloc(1, length + tail_length + 1);
    uint16_t rc;

    memcpy(in, &req, sizeof(req));
    for (uint32_t i = 0; i < count; i++) {
        dcd_store_le(in + sizeof(req) + i * 16, 8, ranges[i].dpa);
        dcd_store_le(in + sizeof(req) + i * 16 + 8, 8, ranges[i].length);
    }
    if (tail_length)
        memcpy(in + length, tail, tail_length);
    rc = mailbox(h, head, DCD_OP_MEDIA_OPERATIONS, in, length + tail_length);
    free(in);
    return rc;
}

static uint16_t erase(struct harness *h, unsigned head, uint8_t subclass,
                      const struct range *ranges, uint32_t count)
{
    return raw(h, head, SANITIZE, subclass, count, ranges, count, NULL, 0);
}

static uint16_t discover(struct harness *h, uint16_t start, uint16_t max)
{
    struct dcd_media_discovery_req req = {dcd_put16(start), dcd_put16(max)};

    return raw(h, 0, GENERAL, 0, 0, NO_RANGES, &req, sizeof(req));
}

/* --- Discovery ---------------------------------------------------------------
 */

C_TEST(media_operations, discovery_lists_what_there_is)
{
    static const struct {
        uint16_t start;
        uint16_t max;
        uint16_t code;
        uint8_t pairs[4];
        uint32_t count;
    } rows[] = {
        {0, 2, OK, {1, 0, 1, 1}, 2}, {0, 0xffff, OK, {1, 0, 1, 1}, 2},
        {0, 1, OK, {1, 0}, 1},       {1, 8, OK, {1, 1}, 1},
        {2, 8, OK, {0}, 0},          {0, 0, OK, {0}, 0},
        {3, 1, INPUT, {0}, 0},       {0xffff, 0xffff, INPUT, {0}, 0},
    };
    const struct dcd_media_discovery_rsp *rsp;
    struct harness h;

    media_ready(&h);
    rsp = (void *)h.out;
    for (unsigned i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("row %u", i);
        C_ASSERT_EQ(rows[i].code, discover(&h, rows[i].start, rows[i].max));
        if (rows[i].code != OK)
            continue;
        C_EXPECT_EQ(sizeof(*rsp) + 2 * rows[i].count, h.out_length);
        C_EXPECT_EQ(64, dcd_get64(rsp->granularity));
        C_EXPECT_EQ(2, dcd_get16(rsp->total));
        C_EXPECT_EQ(rows[i].count, dcd_get16(rsp->returned));
        C_EXPECT_MEMEQ(rows[i].pairs, h.out + sizeof(*rsp), 2 * rows[i].count);
    }
    harness_free(&h);
}

C_TEST(media_operations, discovery_takes_no_ranges)
{
    static const uint8_t arguments[4] = {0, 0, 2, 0};
    struct harness h;

    media_ready(&h);
    C_EXPECT_EQ(INPUT,
                raw(&h, 0, GENERAL, 0, 1, RANGES({0, 64}), arguments, 4));
    C_EXPECT_EQ(LENGTH, raw(&h, 0, GENERAL, 0, 1, NO_RANGES, arguments, 4));
    C_EXPECT_EQ(LENGTH, raw(&h, 0, GENERAL, 0, 0, NO_RANGES, arguments, 3));
    C_EXPECT_EQ(LENGTH, raw(&h, 0, GENERAL, 0, 0, NO_RANGES, arguments, 0));
    harness_free(&h);
}

/* --- What is refused
 * ---------------------------------------------------------- */

C_TEST(media_operations, unknown_ones_are_refused)
{
    static const uint8_t rows[][2] = {
        {0, 1}, {0, 255}, {1, 2}, {1, 255}, {2, 0}, {2, 1}, {255, 0},
    };
    struct harness h;

    media_ready(&h);
    for (unsigned i = 0; i < COUNT(rows); i++)
        C_EXPECT_EQ(INPUT, raw(&h, 0, rows[i][0], rows[i][1], 1,
                               RANGES({0, 64}), NULL, 0));
    harness_free(&h);
}

C_TEST(media_operations, length_has_to_be_that_of_the_ranges)
{
    static const struct {
        uint32_t says;
        uint32_t count;
        uint32_t tail;
        uint16_t code;
    } rows[] = {
        {1, 1, 0, STARTED},
        {2, 2, 0, STARTED},
        {1, 1, 1, LENGTH},
        {1, 1, 4, LENGTH},
        {2, 1, 0, LENGTH},
        {1, 2, 0, LENGTH},
        {0, 1, 0, LENGTH},
        {1, 0, 15, LENGTH},
        {UINT32_C(0x10000000), 0, 0, LENGTH}, /* 2^32 bytes */
        {UINT32_C(0x10000001), 1, 0, LENGTH},
        {UINT32_MAX, 1, 0, LENGTH},
    };
    static const struct range ranges[] = {{0, 64}, {64, 64}};
    static const uint8_t zeros[16] = {0};

    for (unsigned i = 0; i < COUNT(rows); i++) {
        struct harness h;

        C_CONTEXT("row %u", i);
        media_ready(&h);
        C_EXPECT_EQ(rows[i].code, raw(&h, 0, SANITIZE, 0, rows[i].says, ranges,
                                      rows[i].count, zeros, rows[i].tail));
        harness_free(&h);
    }
}

C_TEST(media_operations, ranges_are_checked)
{
    static const struct {
        const char *what;
        uint64_t dpa;
        uint64_t length;
        uint16_t code;
    } rows[] = {
        {"a line", 0, 64, STARTED},
        {"start in a line", 32, 64, INPUT},
        {"half a line", 0, 32, INPUT},
        {"nothing", 0, 0, INPUT},
        {"all static memory", 0, R0, STARTED},
        {"a line more", 0, R0 + 64, INPUT},
        {"the first accepted line", R0 + MIB(2), 64, STARTED},
        {"the one before", R0 + MIB(2) - 64, 64, INPUT},
        {"two extents", R0 + MIB(2), MIB(6), STARTED},
        {"and a line", R0 + MIB(2), MIB(6) + 64, INPUT},
        {"another host's block", R1, 64, INPUT},
        {"behind the last region", END, 64, INPUT},
        {"over it", R2 + MIB(256) - 64, 128, INPUT},
        {"wraps", UINT64_MAX - 63, 128, INPUT},
        {"wraps to all", 64, UINT64_MAX - 63, INPUT},
    };

    for (unsigned i = 0; i < 2 * COUNT(rows); i++) {
        struct harness h;

        C_CONTEXT("%s", rows[i / 2].what);
        media_ready(&h);
        hold(&h, 0,
             RANGES({R0 + MIB(2), MIB(2)}, {R0 + MIB(4), MIB(4)},
                    {R2 + MIB(256) - 64, 64}));
        hold(&h, 1, RANGES({R1, MIB(2)}));
        /* One bad range is enough, wherever it stands. */
        C_EXPECT_EQ(
            rows[i / 2].code,
            i % 2
                ? erase(&h, 0, 1,
                        RANGES({0, 64}, {rows[i / 2].dpa, rows[i / 2].length}))
                : erase(&h, 0, 0,
                        RANGES({rows[i / 2].dpa, rows[i / 2].length})));
        harness_free(&h);
    }
}

C_TEST(media_operations, read_only_memory_is_refused)
{
    struct harness h;

    media_ready(&h);
    hold(&h, 1, RANGES({R2, 64}));
    C_EXPECT_EQ(INPUT, erase(&h, 1, 0, RANGES({R2, 64})));
    C_EXPECT_EQ(INPUT, erase(&h, 1, 0, RANGES({0, 64}, {R2, 64})));
    harness_free(&h);
}

C_TEST(media_operations, no_ranges_are_done_at_once)
{
    struct harness h;

    media_ready(&h);
    C_EXPECT_EQ(OK, erase(&h, 0, 0, NO_RANGES));
    C_EXPECT_EQ(OK, erase(&h, 0, 1, NO_RANGES));
    C_EXPECT_EQ(0, reg_read(&h, 0, MAILBOX_AT(DCD_MBOX_BACKGROUND_STATUS), 8));
    harness_free(&h);
}

/* --- What is erased
 * ----------------------------------------------------------- */

C_TEST(media_operations, erase_exactly_the_ranges)
{
    for (uint8_t subclass = 0; subclass < 2; subclass++) {
        struct harness h;

        media_ready(&h);
        hold(&h, 0, RANGES({R0, MIB(2)}, {R1, MIB(2)}));
        hold(&h, 1, RANGES({R0 + MIB(2), MIB(2)}));
        for (uint64_t at = 0; at < 512; at += 8) {
            poke(&h, 0, 4096 + at, OLD);
            poke(&h, 0, R1 + 4096 + at, OLD);
        }
        poke(&h, 0, R0 - 8, OLD);
        poke(&h, 0, R0, OLD);
        poke(&h, 1, 4096 + 64, OLD);
        C_EXPECT_EQ(STARTED,
                    erase(&h, 0, subclass,
                          RANGES({4096 + 64, 128}, {R0 - 64, 128},
                                 {R1 + 4096 + 128, 64}, {4096 + 128, 192})));
        run_until(&h, h.now + MS);
        C_EXPECT_EQ(OK, background_code(&h, 0));
        for (uint64_t at = 0; at < 512; at += 8) {
            bool in = at >= 64 && at < 320;

            C_EXPECT_EQ(in ? 0 : OLD, peek(&h, 0, 4096 + at));
            in = at >= 128 && at < 192;
            C_EXPECT_EQ(in ? 0 : OLD, peek(&h, 0, R1 + 4096 + at));
        }
        C_EXPECT_EQ(0, peek(&h, 0, R0 - 8));
        C_EXPECT_EQ(0, peek(&h, 0, R0));
        C_EXPECT_EQ(OLD, peek(&h, 1, 4096 + 64));
        harness_free(&h);
    }
}

/* The first byte of dynamic capacity is one of it; offsets are the media's. */
C_TEST(known_fault, device_10_1_row_23)
{
    struct harness h;

    media_ready(&h);
    C_EXPECT_EQ(INPUT, erase(&h, 0, 0, RANGES({R0, 64})));
    hold(&h, 0, RANGES({R0, MIB(2)}, {R1 + MIB(2), MIB(2)}));
    poke(&h, 0, 0, OLD);
    poke(&h, 0, PERSISTENT, OLD);
    poke(&h, 0, R0, OLD);
    poke(&h, 0, R0 + 64, OLD);
    poke(&h, 0, R1 + MIB(2), OLD);
    C_EXPECT_EQ(STARTED, erase(&h, 0, 1, RANGES({R0, 64})));
    run_until(&h, h.now + MS);
    C_EXPECT_EQ(0, peek(&h, 0, R0));
    C_EXPECT_EQ(OLD, peek(&h, 0, R0 + 64));
    C_EXPECT_EQ(OLD, peek(&h, 0, 0));
    C_EXPECT_EQ(OLD, peek(&h, 0, PERSISTENT));
    C_EXPECT_EQ(OLD, peek(&h, 0, R1 + MIB(2)));
    C_EXPECT_EQ(STARTED,
                erase(&h, 0, 1, RANGES({R1 + MIB(2), 64}, {PERSISTENT, 64})));
    run_until(&h, h.now + MS);
    C_EXPECT_EQ(0, peek(&h, 0, R1 + MIB(2)));
    C_EXPECT_EQ(0, peek(&h, 0, PERSISTENT));
    C_EXPECT_EQ(OLD, peek(&h, 0, 0));
    harness_free(&h);
}

C_TEST(media_operations, end_the_poison_of_whole_ranges)
{
    struct dcd_span span;
    struct harness h;

    media_ready(&h);
    hold(&h, 0, RANGES({R0, MIB(2)}));
    C_EXPECT_EQ(OK, inject(&h, 0, 64));
    C_EXPECT_EQ(OK, inject(&h, 0, R0));
    C_EXPECT_EQ(OK, inject(&h, 0, R0 + 64));
    C_EXPECT_EQ(STARTED, erase(&h, 0, 0, RANGES({R0, 64}, {0, MIB(1)})));
    run_until(&h, h.now + MS);
    expect_poison(&h, 0, LINES({R0 + 64, 1}));
    C_ASSERT(dcd_device_dmi(h.device, 0, WINDOW, &span));
    C_EXPECT_EQ(WINDOW + PERSISTENT - 1, span.last);
    harness_free(&h);
}

/* All ranges count, even where they overlap. */
C_TEST(media_operations, take_a_pass_over_the_ranges)
{
    uint64_t start;
    struct harness h;

    media_ready(&h);
    poke(&h, 0, 0, OLD);
    start = h.now;
    C_EXPECT_EQ(STARTED,
                erase(&h, 0, 0, RANGES({0, MIB(512)}, {MIB(256), MIB(512)})));
    C_EXPECT_EQ(DCD_MEDIA_READY, media_status(&h, 0));
    C_EXPECT_EQ(DCD_RC_BUSY, erase(&h, 0, 0, NO_RANGES));
    run_until(&h, h.scheduled - 1);
    C_EXPECT_EQ(OLD, peek(&h, 0, 0)); /* at its end, and not before */
    run_until(&h, h.now + 1);
    C_EXPECT_EQ(0, peek(&h, 0, 0));
    C_EXPECT_EQ(MS, h.now - start);
    harness_free(&h);
}

C_TEST(media_operations, cannot_be_aborted)
{
    struct harness h;

    media_ready(&h);
    poke(&h, 0, 0, OLD);
    C_EXPECT_EQ(STARTED, erase(&h, 0, 0, RANGES({0, MIB(512)})));
    C_EXPECT_EQ(DCD_RC_ABORT_NOT_SUPPORTED,
                command(&h, 0, DCD_OP_REQUEST_ABORT));
    finish(&h);
    C_EXPECT_EQ(0, peek(&h, 0, 0));
    harness_free(&h);
}

C_TEST(media_operations, spare_what_was_given_back_meanwhile)
{
    struct harness h;

    media_ready(&h);
    hold(&h, 0, RANGES({R0, MIB(6)}));
    for (uint64_t at = 0; at < MIB(6); at += MIB(2))
        poke(&h, 0, R0 + at, OLD);
    C_EXPECT_EQ(STARTED, erase(&h, 0, 0, RANGES({R0, MIB(6)})));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({R0 + MIB(2), MIB(2)})));
    hold(&h, 1, RANGES({R0 + MIB(2), MIB(2)}));
    finish(&h);
    C_EXPECT_EQ(0, peek(&h, 0, R0));
    C_EXPECT_EQ(OLD, peek(&h, 1, R0 + MIB(2)));
    C_EXPECT_EQ(0, peek(&h, 0, R0 + MIB(4)));
    harness_free(&h);
}

/* They are no way into the disabled state, and none out of it. */
C_TEST(media_operations, work_while_media_are_disabled)
{
    struct harness h;

    media_ready(&h);
    C_EXPECT_EQ(STARTED, command(&h, 0, DCD_OP_SANITIZE));
    C_EXPECT_EQ(DCD_RC_BUSY, erase(&h, 0, 0, RANGES({0, 64})));
    C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_REQUEST_ABORT));
    C_EXPECT_EQ(STARTED, erase(&h, 0, 0, RANGES({0, 64})));
    run_until(&h, h.now + MS);
    C_EXPECT_EQ(OK, background_code(&h, 0));
    C_EXPECT_EQ(DCD_MEDIA_DISABLED, media_status(&h, 0));
    harness_free(&h);
}

/* As many as a payload takes. */
C_TEST(media_operations, a_full_payload_of_ranges)
{
    enum { MANY = (2048 - 8) / 16 };
    struct range ranges[MANY] = {{0}};
    struct harness h;

    media_ready(&h);
    for (uint64_t i = 0; i < MANY; i++) {
        ranges[i] = (struct range){i * 128, 64};
        poke(&h, 0, i * 128, OLD);
        poke(&h, 0, i * 128 + 64, OLD);
    }
    C_EXPECT_EQ(STARTED, erase(&h, 0, 1, ranges, MANY));
    run_until(&h, h.now + MS);
    for (uint64_t i = 0; i < MANY; i++) {
        C_EXPECT_EQ(0, peek(&h, 0, i * 128));
        C_EXPECT_EQ(OLD, peek(&h, 0, i * 128 + 64));
    }
    harness_free(&h);
}
