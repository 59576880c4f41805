/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_access_disabled.c - reads and writes while media are disabled (CXL r3.1
 * 8.2.9.9.5.1).
 */
#include "gtest_c.h"
#include "memory_support.h"

#include <string.h>

#define OK DCD_ACCESS_OK
#define R0 MIB(256) /* behind the static memory */
#define MS UINT64_C(1000000000)

/* Static memory and a block of region 0 hold fill(1) and fill(2). */
static void build(struct harness *h)
{
    harness_d1_config(h);
    h->config.heads = 2;
    h->config.static_volatile = MIB(256);
    h->config.sanitize_per_gib = MS;
    harness_build(h);
    for (unsigned head = 0; head < 2; head++)
        commit_decoder(h, head, 0, BASE, GIB(4), 0);
    hold(h, 0, RANGES({R0, MIB(2)}));
    hold(h, 1, RANGES({R0 + MIB(2), MIB(2)}));
    put_bytes(h, 0, BASE, 256, 1);
    put_bytes(h, 0, BASE + R0, 256, 2);
    put_bytes(h, 1, BASE + R0 + MIB(2), 256, 3);
}

static void sanitize(struct harness *h)
{
    h->now += 5000;
    C_EXPECT_EQ(DCD_RC_BACKGROUND_STARTED,
                mailbox(h, 0, DCD_OP_SANITIZE, NULL, 0));
}

/* Reads of [dpa] give the pattern, and writes leave it as it is. */
static void expect_disabled(struct harness *h, uint64_t dpa, uint64_t length)
{
    uint8_t want[256];
    uint8_t got[256];

    for (uint64_t i = 0; i < length; i++)
        want[i] = dcd_disabled_byte(dpa + i);
    for (unsigned round = 0; round < 2; round++) {
        memset(got, 0xaa, sizeof(got));
        C_EXPECT_EQ(OK, dcd_device_read(h->device, 0, BASE + dpa, got, length));
        C_EXPECT_MEMEQ(want, got, length);
        fill(got, length, 9);
        C_EXPECT_EQ(OK,
                    dcd_device_write(h->device, 0, BASE + dpa, got, length));
    }
    C_EXPECT_EQ(OK, dcd_device_probe(h->device, 0, BASE + dpa, length, false));
    C_EXPECT_EQ(OK, dcd_device_probe(h->device, 0, BASE + dpa, length, true));
}

/* Reads give what was never stored, writes are dropped; both succeed. */
C_TEST(access, device_8_2_row_07)
{
    struct harness h;

    build(&h);
    sanitize(&h);
    expect_disabled(&h, 0, 8);
    expect_disabled(&h, R0, 256);
    C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(&h, 0, DCD_OP_REQUEST_ABORT, NULL, 0));
    expect_disabled(&h, 0, 8);
    expect_disabled(&h, R0, 256);
    expect_bytes(&h, 1, BASE + R0 + MIB(2), 256, 3); /* another's are fine */
    harness_free(&h);
}

C_TEST(access, device_12_8_row_09)
{
    struct harness h;

    build(&h);
    sanitize(&h);
    run_until(&h, h.scheduled - 1);
    expect_disabled(&h, 0, 64);
    expect_disabled(&h, R0, 64);
    run_until(&h, h.now + 1);
    expect_works(&h, 0, BASE, 64);
    expect_works(&h, 0, BASE + R0, 64);
    harness_free(&h);
}

/* Nobody can mistake it for data, or for memory that is not there. */
C_TEST(access_disabled, the_pattern_is_neither_data_nor_constant)
{
    unsigned count[256] = {0};
    struct harness h;

    build(&h);
    sanitize(&h);
    for (uint64_t at = 0; at < MIB(1); at++)
        count[dcd_disabled_byte(at)]++;
    for (unsigned i = 0; i < 256; i++)
        C_EXPECT(count[i] > 4096 / 2 && count[i] < 4096 * 2);
    harness_free(&h);
}

C_TEST(access_disabled, the_same_byte_comes_at_every_width_and_address)
{
    uint8_t whole[64];
    struct harness h;

    build(&h);
    sanitize(&h);
    C_EXPECT_EQ(OK, dcd_device_read(h.device, 0, BASE + R0 + 100, whole, 64));
    for (uint64_t width = 1; width <= 16; width++) {
        for (uint64_t at = 0; at + width <= 64; at++) {
            uint8_t part[16];

            C_EXPECT_EQ(OK, dcd_device_read(h.device, 0, BASE + R0 + 100 + at,
                                            part, width));
            C_EXPECT_MEMEQ(whole + at, part, width);
        }
    }
    harness_free(&h);
}

/* What is not there is not there, media or no media. */
C_TEST(access_disabled, absent_memory_stays_absent)
{
    uint8_t bytes[16];
    struct harness h;

    build(&h);
    sanitize(&h);
    expect_refused(&h, 0, BASE + R0 + MIB(2), 8, DCD_ACCESS_NOT_BACKED);
    expect_refused(&h, 0, BASE - 8, 8, DCD_ACCESS_NOT_DECODED);
    C_EXPECT_EQ(
        DCD_ACCESS_NOT_BACKED,
        dcd_device_read(h.device, 0, BASE + R0 + MIB(2) - 8, bytes, 16));
    harness_free(&h);
}

static void note_status(void *context, const struct dcd_trace_record *record)
{
    if (record->kind == DCD_TRACE_READ || record->kind == DCD_TRACE_WRITE)
        *(uint16_t *)context = record->status;
}

C_TEST(access_disabled, the_trace_has_the_reason)
{
    uint16_t status = 0xffff;
    uint8_t bytes[8];
    struct harness h;

    build(&h);
    sanitize(&h);
    dcd_device_set_trace(h.device, note_status, &status);
    dcd_device_read(h.device, 0, BASE, bytes, 8);
    C_EXPECT_EQ(DCD_ACCESS_MEDIA_DISABLED, status);
    status = 0xffff;
    dcd_device_write(h.device, 0, BASE, bytes, 8);
    C_EXPECT_EQ(DCD_ACCESS_MEDIA_DISABLED, status);
    harness_free(&h);
}

C_TEST(access_disabled, no_pointer_is_good_and_none_is_granted)
{
    struct dcd_span span;
    struct harness h;

    build(&h);
    C_ASSERT(dcd_device_dmi(h.device, 0, BASE + R0, &span));
    h.revocations = 0;
    sanitize(&h);
    C_EXPECT_EQ(1, h.revocations);
    C_EXPECT_EQ(0, h.revoked_first);
    C_EXPECT_EQ(UINT64_MAX, h.revoked_last);
    C_EXPECT(!dcd_device_dmi(h.device, 0, BASE + R0, &span));
    C_EXPECT(span.data == NULL);
    C_EXPECT_EQ(0, span.first);
    C_EXPECT_EQ(UINT64_MAX, span.last);
    C_EXPECT(!span.writable);
    C_EXPECT(!dcd_device_is_direct(h.device, 0, BASE + R0));
    run_until(&h, h.now + MS);
    C_EXPECT(dcd_device_dmi(h.device, 0, BASE + R0, &span));
    C_EXPECT(dcd_device_is_direct(h.device, 0, BASE + R0));
    harness_free(&h);
}

C_TEST(access_disabled, debuggers_get_nothing)
{
    uint8_t bytes[8] = {0xaa};
    struct harness h;

    build(&h);
    sanitize(&h);
    C_EXPECT_EQ(0, dcd_device_debug_read(h.device, 0, BASE, bytes, 8));
    C_EXPECT_EQ(0xaa, bytes[0]);
    C_EXPECT_EQ(0, dcd_device_debug_write(h.device, 0, BASE, bytes, 8));
    run_until(&h, h.now + MS);
    C_EXPECT_EQ(8, dcd_device_debug_read(h.device, 0, BASE, bytes, 8));
    C_EXPECT_EQ(0, bytes[0]);
    harness_free(&h);
}

/* Aborted before it has erased anything; a later one does. */
C_TEST(access_disabled, what_was_there_is_never_seen_again)
{
    struct harness h;
    uint8_t bytes[256];
    uint8_t zeros[256] = {0};

    build(&h);
    sanitize(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(&h, 0, DCD_OP_REQUEST_ABORT, NULL, 0));
    sanitize(&h);
    run_until(&h, h.now + MS);
    C_EXPECT_EQ(OK, dcd_device_read(h.device, 0, BASE, bytes, 256));
    C_EXPECT_MEMEQ(zeros, bytes, 256);
    C_EXPECT_EQ(OK, dcd_device_read(h.device, 0, BASE + R0, bytes, 256));
    C_EXPECT_MEMEQ(zeros, bytes, 256);
    harness_free(&h);
}

/* --- Rows that are about the same decision
 * ----------------------------------------- */

/* Memory that is not given: an error, or all-ones and dropped; a choice. */
C_TEST(known_fault, device_10_1_row_20)
{
    struct harness h;

    d1_decoded(&h, DCD_UNBACKED_ERROR);
    expect_refused(&h, 0, BASE, 64, DCD_ACCESS_NOT_BACKED);
    harness_free(&h);
    d1_decoded(&h, DCD_UNBACKED_IGNORE);
    expect_ignored(&h, 0, BASE, 64, DCD_ACCESS_NOT_BACKED);
    harness_free(&h);
}

/* A small access over the border of two blocks needs both of them. */
C_TEST(known_fault, device_10_1_row_21)
{
    struct harness h;

    d1_decoded(&h, DCD_UNBACKED_ERROR);
    hold(&h, 0, RANGES({MIB(2), MIB(2)}));
    for (uint64_t n = 2; n <= 64; n++) {
        expect_refused(&h, 0, BASE + MIB(4) - 1, n, DCD_ACCESS_NOT_BACKED);
        expect_refused(&h, 0, BASE + MIB(2) - 1, n, DCD_ACCESS_NOT_BACKED);
    }
    hold(&h, 0, RANGES({MIB(4), MIB(2)}));
    expect_works(&h, 0, BASE + MIB(4) - 1, 2);
    expect_refused(&h, 0, BASE + MIB(2) - 1, 2, DCD_ACCESS_NOT_BACKED);
    harness_free(&h);
}
