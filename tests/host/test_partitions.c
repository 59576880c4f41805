/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_partitions.c - static capacity that can be volatile or persistent:
 * 4100h, 4101h, and the memory behind them (CXL r3.1 8.2.9.9.2.1-.2).
 */
#include "host_support.h"

#include "gtest_c.h"

#include <string.h>

#define OK DCD_RC_SUCCESS
#define BASE GIB(16)

/* Volatile 256 MiB, persistent 512 MiB, and 1 GiB that can be either. */
enum { VOLATILE = 1, PERSISTENT = 2, EITHER = 4, TOTAL = 7 };

static void build(struct harness *h, unsigned heads)
{
    harness_d1_config(h);
    h->config.heads = heads;
    h->config.static_volatile = MIB(256) * VOLATILE;
    h->config.static_persistent = MIB(256) * PERSISTENT;
    h->config.static_partitionable = MIB(256) * EITHER;
    harness_build(h);
}

/* 4101h, so that [volatile_units] in all are volatile. The command counts those
 * that can be either. */
static uint16_t set_partitions(struct harness *h, unsigned head,
                               uint64_t volatile_units, uint8_t flags)
{
    struct dcd_set_partition_info_req req = {
        dcd_put64(volatile_units - VOLATILE), flags};

    return mailbox(h, head, DCD_OP_SET_PARTITION_INFO, &req, sizeof(req));
}

/* 4100h shows [active] units of volatile capacity now, and [next], if it is
 * not 0, later; the rest is persistent. */
static void expect_partitions(struct harness *h, unsigned head, uint64_t active,
                              uint64_t next)
{
    const struct dcd_partition_info_rsp *rsp = (const void *)h->out;

    C_EXPECT_EQ(OK, command(h, head, DCD_OP_GET_PARTITION_INFO));
    C_ASSERT_EQ(0x20, h->out_length);
    C_EXPECT_EQ(active, dcd_get64(rsp->active_volatile));
    C_EXPECT_EQ(TOTAL - active, dcd_get64(rsp->active_persistent));
    C_EXPECT_EQ(next, dcd_get64(rsp->next_volatile));
    C_EXPECT_EQ(next ? TOTAL - next : 0, dcd_get64(rsp->next_persistent));
}

C_TEST(partitions, what_can_be_either_is_volatile_at_first)
{
    struct harness h;

    build(&h, 1);
    expect_partitions(&h, 0, VOLATILE + EITHER, 0);
    harness_free(&h);
}

C_TEST(partitions, fixed_ones_are_shown_and_cannot_be_set)
{
    struct dcd_partition_info_rsp expected = {dcd_put64(1), dcd_put64(2),
                                              dcd_put64(0), dcd_put64(0)};
    struct harness h;

    harness_d1_config(&h);
    h.config.static_volatile = MIB(256);
    h.config.static_persistent = MIB(512);
    harness_build(&h);
    C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_GET_PARTITION_INFO));
    C_ASSERT_EQ(sizeof(expected), h.out_length);
    C_EXPECT_MEMEQ(&expected, h.out, sizeof(expected));
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED, set_partitions(&h, 0, 1, 0));
    /* Unknown before anything else is wrong with it. */
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED, command(&h, 0, DCD_OP_SET_PARTITION_INFO));
    harness_free(&h);
}

C_TEST(partitions, set_immediately)
{
    struct harness h;

    build(&h, 1);
    for (uint64_t units = VOLATILE; units <= VOLATILE + EITHER; units++) {
        C_EXPECT_EQ(OK, set_partitions(&h, 0, units, DCD_PARTITION_IMMEDIATE));
        C_EXPECT_EQ(0, h.out_length);
        expect_partitions(&h, 0, units, 0);
    }
    harness_free(&h);
}

C_TEST(partitions, set_for_the_next_conventional_reset)
{
    struct harness h;

    build(&h, 1);
    C_EXPECT_EQ(OK, set_partitions(&h, 0, 2, 0));
    expect_partitions(&h, 0, VOLATILE + EITHER, 2);
    dcd_device_reset(h.device, 0, DCD_RESET_FUNCTION_LEVEL);
    expect_partitions(&h, 0, VOLATILE + EITHER, 2);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_partitions(&h, 0, 2, 0);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_partitions(&h, 0, 2, 0);
    harness_free(&h);
}

C_TEST(partitions, the_latest_request_counts)
{
    struct harness h;

    build(&h, 1);
    C_EXPECT_EQ(OK, set_partitions(&h, 0, 2, 0));
    C_EXPECT_EQ(OK, set_partitions(&h, 0, 3, 0));
    expect_partitions(&h, 0, 5, 3);
    /* At once: what waited no longer does. */
    C_EXPECT_EQ(OK, set_partitions(&h, 0, 4, DCD_PARTITION_IMMEDIATE));
    expect_partitions(&h, 0, 4, 0);
    /* What is active already ends a change that was pending. */
    C_EXPECT_EQ(OK, set_partitions(&h, 0, 1, 0));
    C_EXPECT_EQ(OK, set_partitions(&h, 0, 4, 0));
    expect_partitions(&h, 0, 4, 0);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_partitions(&h, 0, 4, 0);
    harness_free(&h);
}

C_TEST(partitions, what_cannot_be_set_changes_nothing)
{
    static const struct {
        uint64_t units;
        uint8_t flags;
    } wrong[] = {
        {VOLATILE - 1, 0},
        {VOLATILE - 1, DCD_PARTITION_IMMEDIATE},
        {VOLATILE + EITHER + 1, 0},
        {VOLATILE + EITHER + 1, DCD_PARTITION_IMMEDIATE},
        {TOTAL, 1},
        {UINT64_MAX, 1},
        {(UINT64_C(1) << 36) + 2, 1}, /* in bytes it would wrap to 2 units */
        {UINT64_C(1) << 63, 0},
        {2, 0x02}, /* reserved flags */
        {2, 0x03},
        {2, 0x80},
        {2, 0xff},
    };
    struct harness h;

    build(&h, 1);
    C_EXPECT_EQ(OK, set_partitions(&h, 0, 3, 0));
    for (size_t i = 0; i < COUNT(wrong); i++) {
        C_CONTEXT("row %zu", i);
        C_EXPECT_EQ(DCD_RC_INVALID_INPUT,
                    set_partitions(&h, 0, wrong[i].units, wrong[i].flags));
        expect_partitions(&h, 0, VOLATILE + EITHER, 3);
    }
    C_CONTEXT("%s", "");
    harness_free(&h);
}

C_TEST(partitions, the_length_of_a_request_is_exact)
{
    static const uint8_t in[10] = {2 - VOLATILE};
    struct harness h;

    build(&h, 1);
    for (uint32_t length = 0; length <= sizeof(in); length++)
        C_EXPECT_EQ(length == 9 ? OK : DCD_RC_INVALID_PAYLOAD_LENGTH,
                    mailbox(&h, 0, DCD_OP_SET_PARTITION_INFO, in, length));
    expect_partitions(&h, 0, VOLATILE + EITHER, 2);
    harness_free(&h);
}

C_TEST(partitions, of_another_head_do_not_move)
{
    struct harness h;

    build(&h, 2);
    C_EXPECT_EQ(OK, set_partitions(&h, 1, 2, DCD_PARTITION_IMMEDIATE));
    C_EXPECT_EQ(OK, set_partitions(&h, 1, 3, 0));
    expect_partitions(&h, 0, VOLATILE + EITHER, 0);
    expect_partitions(&h, 1, 2, 3);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_partitions(&h, 0, VOLATILE + EITHER, 0);
    expect_partitions(&h, 1, 2, 3);
    harness_free(&h);
}

C_TEST(partitions, identify_does_not_follow_them)
{
    const struct dcd_identify_memory_device_rsp *rsp;
    struct harness h;

    build(&h, 1);
    rsp = (const void *)h.out;
    C_EXPECT_EQ(OK, set_partitions(&h, 0, 2, DCD_PARTITION_IMMEDIATE));
    C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_IDENTIFY_MEMORY_DEVICE));
    C_EXPECT_EQ(TOTAL, dcd_get64(rsp->total));
    C_EXPECT_EQ(VOLATILE, dcd_get64(rsp->volatile_only));
    C_EXPECT_EQ(PERSISTENT, dcd_get64(rsp->persistent_only));
    C_EXPECT_EQ(1, dcd_get64(rsp->partition_alignment));
    harness_free(&h);
}

/* --- The memory behind them ---------------------------------------------- */

static void put(struct harness *h, unsigned head, uint64_t dpa, uint64_t value)
{
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_write(h->device, head, BASE + dpa, &value, 8));
}

static uint64_t get(struct harness *h, unsigned head, uint64_t dpa)
{
    uint64_t value = 0;

    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_read(h->device, head, BASE + dpa, &value, 8));
    return value;
}

C_TEST(partitions, memory_is_there_on_both_sides_of_a_boundary_that_moves)
{
    struct harness h;

    build(&h, 1);
    commit_decoder(&h, 0, 0, BASE, MIB(256) * TOTAL, 0);
    for (uint64_t i = 0; i < TOTAL; i++) {
        put(&h, 0, MIB(256) * i, 1000 + i);
        put(&h, 0, MIB(256) * (i + 1) - 8, 2000 + i);
    }
    for (uint64_t units = VOLATILE; units <= VOLATILE + EITHER; units++) {
        C_EXPECT_EQ(OK, set_partitions(&h, 0, units, DCD_PARTITION_IMMEDIATE));
        for (uint64_t i = 0; i < TOTAL; i++) {
            C_EXPECT_EQ(1000 + i, get(&h, 0, MIB(256) * i));
            C_EXPECT_EQ(2000 + i, get(&h, 0, MIB(256) * (i + 1) - 8));
        }
    }
    harness_free(&h);
}

C_TEST(partitions, one_access_may_straddle_the_boundary)
{
    static const uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    uint8_t seen[8];
    struct harness h;

    build(&h, 1);
    commit_decoder(&h, 0, 0, BASE, MIB(256) * TOTAL, 0);
    C_EXPECT_EQ(OK, set_partitions(&h, 0, 2, DCD_PARTITION_IMMEDIATE));
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_write(h.device, 0, BASE + MIB(512) - 4, bytes, 8));
    C_EXPECT_EQ(OK, set_partitions(&h, 0, 4, DCD_PARTITION_IMMEDIATE));
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_read(h.device, 0, BASE + MIB(512) - 4, seen, 8));
    C_EXPECT_MEMEQ(bytes, seen, 8);
    harness_free(&h);
}

C_TEST(partitions, a_pointer_ends_where_its_partition_does)
{
    struct dcd_span span;
    struct harness h;

    build(&h, 1);
    commit_decoder(&h, 0, 0, BASE, MIB(256) * TOTAL, 0);
    C_EXPECT(dcd_device_dmi(h.device, 0, BASE, &span));
    C_EXPECT_EQ(BASE + MIB(256) * (VOLATILE + EITHER) - 1, span.last);
    h.revocations = 0;
    C_EXPECT_EQ(OK, set_partitions(&h, 0, 2, DCD_PARTITION_IMMEDIATE));
    C_EXPECT_EQ(1, h.revocations);
    C_EXPECT_EQ(0, h.revoked_head);
    C_EXPECT(h.revoked_first <= BASE);
    C_EXPECT(h.revoked_last >= span.last);
    C_EXPECT(dcd_device_dmi(h.device, 0, BASE, &span));
    C_EXPECT_EQ(BASE + MIB(512) - 1, span.last);
    C_EXPECT(dcd_device_dmi(h.device, 0, BASE + MIB(512), &span));
    C_EXPECT_EQ(BASE + MIB(512), span.first);
    C_EXPECT_EQ(BASE + MIB(256) * TOTAL - 1, span.last);
    harness_free(&h);
}

C_TEST(partitions, pointers_stay_when_the_boundary_does)
{
    struct harness h;

    build(&h, 2);
    commit_decoder(&h, 0, 0, BASE, MIB(256) * TOTAL, 0);
    h.revocations = 0;
    C_EXPECT_EQ(OK, set_partitions(&h, 0, 2, 0)); /* later */
    C_EXPECT_EQ(OK, set_partitions(&h, 0, VOLATILE + EITHER,
                                   DCD_PARTITION_IMMEDIATE)); /* as it is */
    C_EXPECT_EQ(0, h.revocations);
    C_EXPECT_EQ(OK, set_partitions(&h, 1, 2, DCD_PARTITION_IMMEDIATE));
    C_EXPECT_EQ(1, h.revoked_head);
    harness_free(&h);
}

C_TEST(partitions, dynamic_capacity_stays_where_it_is)
{
    const uint64_t region = MIB(256) * TOTAL;
    struct harness h;

    build(&h, 1);
    commit_decoder(&h, 0, 0, BASE, GIB(4), 0);
    hold(&h, 0, RANGES({region, MIB(2)}));
    put(&h, 0, region, 77);
    C_EXPECT_EQ(OK, set_partitions(&h, 0, 1, DCD_PARTITION_IMMEDIATE));
    C_EXPECT_EQ(77, get(&h, 0, region));
    expect_list(&h, 0, RANGES({region, MIB(2)}));
    harness_free(&h);
}

C_TEST(partitions, bytes_of_two_heads_are_apart_whatever_their_partitions)
{
    struct harness h;

    build(&h, 2);
    for (unsigned head = 0; head < 2; head++) {
        commit_decoder(&h, head, 0, BASE, MIB(256) * TOTAL, 0);
        for (uint64_t i = 0; i < TOTAL; i++)
            put(&h, head, MIB(256) * i, 100 * head + i);
    }
    C_EXPECT_EQ(OK, set_partitions(&h, 1, 1, DCD_PARTITION_IMMEDIATE));
    for (unsigned head = 0; head < 2; head++)
        for (uint64_t i = 0; i < TOTAL; i++)
            C_EXPECT_EQ(100 * head + i, get(&h, head, MIB(256) * i));
    harness_free(&h);
}

C_TEST(partitions, a_boundary_that_waited_moves_the_memory_with_the_reset)
{
    struct dcd_span span;
    struct harness h;

    build(&h, 1);
    C_EXPECT_EQ(OK, set_partitions(&h, 0, 2, 0));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    commit_decoder(&h, 0, 0, BASE, MIB(256) * TOTAL, 0);
    C_EXPECT(dcd_device_dmi(h.device, 0, BASE, &span));
    C_EXPECT_EQ(BASE + MIB(512) - 1, span.last);
    harness_free(&h);
}
