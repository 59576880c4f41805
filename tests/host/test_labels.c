/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_labels.c - the label storage area (4102h, 4103h), and what a backing
 * file keeps of it and of the memory (CXL r3.1 8.2.9.9.2.3-.4).
 */
#define _POSIX_C_SOURCE 200809L /* mkstemp */
#include "host_support.h"

#include "gtest_c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OK DCD_RC_SUCCESS
#define INVALID DCD_RC_INVALID_INPUT
#define BASE GIB(16)

enum { LSA = 0x3000, PAYLOAD = 2048, MOST = PAYLOAD - 8 };

static void build(struct harness *h, unsigned heads)
{
    harness_d1_config(h);
    h->config.heads = heads;
    h->config.lsa = LSA;
    harness_build(h);
}

static uint16_t get_lsa(struct harness *h, unsigned head, uint32_t offset,
                        uint32_t length)
{
    struct dcd_get_lsa_req req = {dcd_put32(offset), dcd_put32(length)};

    return mailbox(h, head, DCD_OP_GET_LSA, &req, sizeof(req));
}

/* [length] bytes that begin with [seed] and count up. */
static uint16_t set_lsa(struct harness *h, unsigned head, uint32_t offset,
                        uint32_t length, uint8_t seed)
{
    struct dcd_set_lsa_req req = {dcd_put32(offset), {0}};
    uint8_t in[PAYLOAD + 8];

    memcpy(in, &req, sizeof(req));
    for (uint32_t i = 0; i < length; i++)
        in[sizeof(req) + i] = (uint8_t)(seed + i);
    return mailbox(h, head, DCD_OP_SET_LSA, in, (uint32_t)sizeof(req) + length);
}

static void expect_lsa(struct harness *h, unsigned head, uint32_t offset,
                       uint32_t length, uint8_t seed)
{
    C_EXPECT_EQ(OK, get_lsa(h, head, offset, length));
    C_ASSERT_EQ(length, h->out_length);
    for (uint32_t i = 0; i < length; i++)
        C_ASSERT_EQ((uint8_t)(seed + i), h->out[i]);
}

static void expect_zero(struct harness *h, unsigned head, uint32_t offset,
                        uint32_t length)
{
    C_EXPECT_EQ(OK, get_lsa(h, head, offset, length));
    C_ASSERT_EQ(length, h->out_length);
    for (uint32_t i = 0; i < length; i++)
        C_ASSERT_EQ(0, h->out[i]);
}

/* --- Commands ------------------------------------------------------------ */

C_TEST(labels, a_new_area_is_zero)
{
    struct harness h;

    build(&h, 1);
    for (uint32_t at = 0; at < LSA; at += PAYLOAD)
        expect_zero(&h, 0, at, PAYLOAD);
    harness_free(&h);
}

C_TEST(labels, what_was_set_can_be_got)
{
    struct harness h;

    build(&h, 1);
    C_EXPECT_EQ(OK, set_lsa(&h, 0, 0x100, 0x80, 7));
    C_EXPECT_EQ(0, h.out_length);
    expect_lsa(&h, 0, 0x100, 0x80, 7);
    expect_lsa(&h, 0, 0x110, 0x10, 0x17);
    expect_zero(&h, 0, 0, 0x100);
    expect_zero(&h, 0, 0x180, 0x100);
    C_EXPECT_EQ(OK, set_lsa(&h, 0, 0x17f, 1, 99)); /* one byte of it */
    expect_lsa(&h, 0, 0x100, 0x7f, 7);
    expect_lsa(&h, 0, 0x17f, 1, 99);
    harness_free(&h);
}

C_TEST(labels, the_whole_area_in_parts)
{
    struct harness h;

    build(&h, 1);
    for (uint32_t at = 0; at < LSA; at += MOST)
        C_EXPECT_EQ(OK, set_lsa(&h, 0, at, LSA - at < MOST ? LSA - at : MOST,
                                (uint8_t)at));
    for (uint32_t at = 0; at < LSA; at += MOST)
        expect_lsa(&h, 0, at, LSA - at < MOST ? LSA - at : MOST, (uint8_t)at);
    harness_free(&h);
}

C_TEST(labels, nothing_can_be_got_from_beyond_the_area)
{
    static const struct {
        uint32_t offset, length;
        uint16_t rc;
    } rows[] = {
        {0, 0, OK},
        {LSA, 0, OK},
        {LSA - 1, 1, OK},
        {LSA - PAYLOAD, PAYLOAD, OK},
        {LSA, 1, INVALID},
        {LSA - 1, 2, INVALID},
        {LSA + 1, 0, INVALID},
        {0, LSA + 1, INVALID},
        {1, UINT32_MAX, INVALID}, /* the sum wraps to 0 */
        {UINT32_MAX, 1, INVALID},
        {UINT32_MAX, UINT32_MAX, INVALID},
        {UINT32_MAX, 0, INVALID},
        {0x80000000, 0x80000000, INVALID},
        {0, PAYLOAD + 1, INVALID}, /* more than the mailbox can hold */
        {0, LSA, INVALID},
    };
    struct harness h;

    build(&h, 1);
    for (size_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("row %zu", i);
        C_EXPECT_EQ(rows[i].rc, get_lsa(&h, 0, rows[i].offset, rows[i].length));
        C_EXPECT_EQ(rows[i].rc == OK ? rows[i].length : 0, h.out_length);
    }
    C_CONTEXT("%s", "");
    harness_free(&h);
}

C_TEST(labels, nothing_can_be_set_beyond_the_area)
{
    static const struct {
        uint32_t offset, length;
        uint16_t rc;
    } rows[] = {
        {LSA, 0, OK},
        {LSA, 1, INVALID},
        {LSA - 1, 2, INVALID},
        {LSA - MOST + 1, MOST, INVALID},
        {LSA + 1, 0, INVALID},
        {UINT32_MAX, 1, INVALID},
        {UINT32_MAX - MOST + 1, MOST, INVALID}, /* the sum wraps to 0 */
        {UINT32_MAX, 0, INVALID},
    };
    struct harness h;

    build(&h, 2);
    for (size_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("row %zu", i);
        C_EXPECT_EQ(rows[i].rc,
                    set_lsa(&h, 0, rows[i].offset, rows[i].length, 0x55));
    }
    C_CONTEXT("%s", "");
    for (uint32_t at = 0; at < LSA; at += PAYLOAD) {
        expect_zero(&h, 0, at, PAYLOAD);
        expect_zero(&h, 1, at, PAYLOAD);
    }
    harness_free(&h);
}

C_TEST(labels, lengths_of_requests)
{
    static const uint8_t in[9] = {0};
    struct harness h;

    build(&h, 1);
    for (uint32_t length = 0; length <= sizeof(in); length++) {
        C_EXPECT_EQ(length == 8 ? OK : DCD_RC_INVALID_PAYLOAD_LENGTH,
                    mailbox(&h, 0, DCD_OP_GET_LSA, in, length));
        C_EXPECT_EQ(length >= 8 ? OK : DCD_RC_INVALID_PAYLOAD_LENGTH,
                    mailbox(&h, 0, DCD_OP_SET_LSA, in, length));
    }
    harness_free(&h);
}

C_TEST(labels, of_two_heads_are_separate)
{
    struct harness h;

    build(&h, 2);
    C_EXPECT_EQ(OK, set_lsa(&h, 0, LSA - 16, 16, 10));
    C_EXPECT_EQ(OK, set_lsa(&h, 1, 0, 16, 20));
    expect_lsa(&h, 0, LSA - 16, 16, 10);
    expect_zero(&h, 0, 0, 16);
    expect_lsa(&h, 1, 0, 16, 20);
    expect_zero(&h, 1, LSA - 16, 16);
    harness_free(&h);
}

C_TEST(labels, stay_through_every_reset)
{
    static const enum dcd_reset_kind kinds[] = {
        DCD_RESET_CONVENTIONAL, DCD_RESET_CXL, DCD_RESET_FUNCTION_LEVEL};
    struct harness h;

    build(&h, 1);
    C_EXPECT_EQ(OK, set_lsa(&h, 0, 0x200, 64, 3));
    for (size_t i = 0; i < COUNT(kinds); i++) {
        dcd_device_reset(h.device, 0, kinds[i]);
        expect_lsa(&h, 0, 0x200, 64, 3);
    }
    harness_free(&h);
}

C_TEST(labels, memory_cannot_reach_them)
{
    static const uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct harness h;

    harness_d1_config(&h);
    h.config.lsa = LSA;
    h.config.static_volatile = MIB(256);
    h.config.region_count = 0;
    harness_build(&h);
    commit_decoder(&h, 0, 0, BASE, MIB(512), 0);
    C_EXPECT_EQ(DCD_ACCESS_BEYOND,
                dcd_device_write(h.device, 0, BASE + MIB(256), bytes, 8));
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_write(h.device, 0, BASE + MIB(256) - 8, bytes, 8));
    expect_zero(&h, 0, 0, PAYLOAD);
    harness_free(&h);
}

C_TEST(labels, a_device_without_them_has_no_such_commands)
{
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED, get_lsa(&h, 0, 0, 0));
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED, set_lsa(&h, 0, 0, 0, 0));
    /* Unknown before its length is wrong. */
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED, command(&h, 0, DCD_OP_GET_LSA));
    harness_free(&h);
}

/* 16 MiB through a mailbox of 1 MiB, and of 256 B. */
C_TEST(labels, the_largest_area_through_any_mailbox)
{
    static const uint32_t payloads[] = {256, 1u << 20};
    struct harness h;

    for (size_t i = 0; i < COUNT(payloads); i++) {
        uint32_t n = payloads[i];
        const uint32_t end = UINT32_C(16) << 20;

        harness_d1_config(&h);
        h.config.mailbox_payload = n;
        h.config.lsa = end;
        harness_build(&h);
        C_EXPECT_EQ(OK, set_lsa(&h, 0, end - 200, 200, 9));
        C_EXPECT_EQ(OK, get_lsa(&h, 0, end - n, n));
        C_EXPECT_EQ(n, h.out_length);
        C_EXPECT_EQ(9, h.out[n - 200]);
        C_EXPECT_EQ(9 + 199, h.out[n - 1]);
        C_EXPECT_EQ(INVALID, get_lsa(&h, 0, 0, n + 1));
        harness_free(&h);
    }
}

/* --- Backing file -------------------------------------------------------- */

/* An empty file of the test's own; the caller removes it. */
static void make_file(char *path, size_t size)
{
    const char *folder = getenv("TMPDIR");
    int fd;

    snprintf(path, size, "%s/cxldcd-labels-XXXXXX", folder ? folder : "/tmp");
    fd = mkstemp(path);
    C_ASSERT(fd >= 0);
    close(fd);
}

/* Two heads with static memory of both kinds, labels, and dynamic capacity,
 * in [path]. */
static void build_on(struct harness *h, const char *path)
{
    harness_d1_config(h);
    h->config.heads = 2;
    h->config.lsa = LSA;
    h->config.static_volatile = MIB(256);
    h->config.static_persistent = MIB(256);
    h->config.static_partitionable = MIB(256);
    h->config.backing = DCD_BACKING_FILE;
    h->config.backing_path = path;
    harness_build(h);
    for (unsigned head = 0; head < 2; head++) {
        commit_decoder(h, head, 0, BASE, GIB(4), 0);
        hold(h, head, RANGES({MIB(768) + MIB(2) * head, MIB(2)}));
    }
}

/* DPAs that [head] can touch: both partitions, what can be either, and a block
 * of region 0. */
static uint64_t place(unsigned head, unsigned i)
{
    const uint64_t dpa[] = {0, MIB(256) + 8, MIB(512), MIB(768) - 8,
                            MIB(768) + MIB(2) * head};

    return BASE + dpa[i];
}

enum { PLACES = 5 };

static void write_places(struct harness *h, unsigned head)
{
    for (unsigned i = 0; i < PLACES; i++) {
        uint64_t value = 100 * (head + 1) + i;

        C_EXPECT_EQ(DCD_ACCESS_OK, dcd_device_write(h->device, head,
                                                    place(head, i), &value, 8));
    }
}

static void expect_places(struct harness *h, unsigned head)
{
    for (unsigned i = 0; i < PLACES; i++) {
        uint64_t value = 0;

        C_EXPECT_EQ(DCD_ACCESS_OK, dcd_device_read(h->device, head,
                                                   place(head, i), &value, 8));
        C_EXPECT_EQ(100 * (head + 1) + i, value);
    }
}

C_TEST(labels, a_file_keeps_labels_and_memory_for_the_next_device)
{
    char path[200];
    struct harness h;

    make_file(path, sizeof(path));
    build_on(&h, path);
    for (unsigned head = 0; head < 2; head++) {
        C_EXPECT_EQ(OK, set_lsa(&h, head, LSA - 256, 256, (uint8_t)head));
        write_places(&h, head);
    }
    harness_free(&h);
    build_on(&h, path);
    for (unsigned head = 0; head < 2; head++) {
        expect_lsa(&h, head, LSA - 256, 256, (uint8_t)head);
        expect_zero(&h, head, 0, PAYLOAD);
        expect_places(&h, head);
    }
    harness_free(&h);
    unlink(path);
}

/* Where a byte lies does not depend on what its partition is. */
C_TEST(labels, a_file_keeps_memory_whatever_the_partitions_were)
{
    struct dcd_set_partition_info_req req = {dcd_put64(0),
                                             DCD_PARTITION_IMMEDIATE};
    char path[200];
    struct harness h;

    make_file(path, sizeof(path));
    build_on(&h, path);
    C_EXPECT_EQ(OK,
                mailbox(&h, 0, DCD_OP_SET_PARTITION_INFO, &req, sizeof(req)));
    write_places(&h, 0);
    harness_free(&h);
    build_on(&h, path);
    expect_places(&h, 0);
    harness_free(&h);
    unlink(path);
}

C_TEST(labels, memory_that_is_no_file_keeps_nothing)
{
    struct harness h;

    for (unsigned round = 0; round < 2; round++) {
        harness_d1_config(&h);
        h.config.lsa = LSA;
        h.config.backing = DCD_BACKING_MEMFD;
        harness_build(&h);
        expect_zero(&h, 0, 0, 16);
        C_EXPECT_EQ(OK, set_lsa(&h, 0, 0, 16, 1));
        harness_free(&h);
    }
}

/* --- Power: what the next device on the same file remembers --------------- */

static uint16_t set_partitions(struct harness *h, unsigned head, uint64_t units,
                               uint8_t flags)
{
    struct dcd_set_partition_info_req req = {dcd_put64(units), flags};

    return mailbox(h, head, DCD_OP_SET_PARTITION_INFO, &req, sizeof(req));
}

static uint64_t active_volatile(struct harness *h, unsigned head)
{
    C_EXPECT_EQ(OK, command(h, head, DCD_OP_GET_PARTITION_INFO));
    return dcd_load_le(h->out, 8);
}

/* As CDAT and DVSEC show them, too: the range that the volatile part has. */
static void expect_partitions(struct harness *h, unsigned head, uint64_t units)
{
    const uint64_t dvsec = find_dvsec(h, head, 0);

    C_EXPECT_EQ(units, active_volatile(h, head));
    C_EXPECT_EQ(units * MIB(256),
                config_read(h, head, dvsec + 0x18, 4) << 32 |
                    (config_read(h, head, dvsec + 0x1c, 4) & 0xf0000000));
}

C_TEST(labels, a_file_keeps_the_partitions)
{
    static const uint8_t flags[] = {DCD_PARTITION_IMMEDIATE, 0};

    for (unsigned i = 0; i < COUNT(flags); i++) {
        char path[200];
        struct harness h;

        make_file(path, sizeof(path));
        build_on(&h, path);
        expect_partitions(&h, 0, 2);
        C_EXPECT_EQ(OK, set_partitions(&h, 0, 0, flags[i]));
        harness_free(&h);
        build_on(&h, path);
        expect_partitions(&h, 0, 1);
        expect_partitions(&h, 1, 2);
        harness_free(&h);
        unlink(path);
    }
}

static uint32_t dirty_shutdowns(struct harness *h, unsigned head)
{
    C_EXPECT_EQ(OK, command(h, head, DCD_OP_GET_HEALTH_INFO));
    return (uint32_t)dcd_load_le(h->out + 6, 4);
}

/* A process that ends takes the power along. */
C_TEST(labels, a_file_counts_dirty_shutdowns)
{
    const uint8_t dirty = DCD_SHUTDOWN_DIRTY;
    char path[200];
    struct harness h;

    make_file(path, sizeof(path));
    for (uint32_t round = 0; round < 3; round++) {
        build_on(&h, path);
        C_EXPECT_EQ(round, dirty_shutdowns(&h, 0));
        C_EXPECT_EQ(0, dirty_shutdowns(&h, 1));
        C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_GET_SHUTDOWN_STATE));
        C_EXPECT_EQ(0, h.out[0]);
        C_EXPECT_EQ(OK, mailbox(&h, 0, DCD_OP_SET_SHUTDOWN_STATE, &dirty, 1));
        harness_free(&h);
    }
    build_on(&h, path);
    C_EXPECT_EQ(3, dirty_shutdowns(&h, 0));
    harness_free(&h);
    unlink(path);
}

/* Where head 0 keeps its record in a file. */
static const uint64_t record = GIB(4) + 2 * MIB(768);

/* A record of another layout is another's. */
C_TEST(labels, the_record_in_a_file_names_its_layout)
{
    uint8_t bytes[8] = {0};
    char path[200];
    struct harness h;
    FILE *file;

    make_file(path, sizeof(path));
    build_on(&h, path);
    C_EXPECT_EQ(OK, set_partitions(&h, 0, 0, DCD_PARTITION_IMMEDIATE));
    harness_free(&h);
    file = fopen(path, "rb");
    C_ASSERT(file && fseek(file, (long)record, SEEK_SET) == 0);
    C_EXPECT_EQ(8, fread(bytes, 1, 8, file));
    C_EXPECT_MEMEQ("dcd-nv01", bytes, 8);
    fclose(file);
    unlink(path);
}

/* Every byte of the record, turned over: a new device or the old one, and
 * never one that is neither. */
C_TEST(labels, a_damaged_record_is_that_of_a_new_device)
{
    char path[200];
    struct harness h;

    make_file(path, sizeof(path));
    for (unsigned i = 0; i < 64; i++) {
        FILE *file;
        int byte;

        build_on(&h, path);
        C_EXPECT_EQ(OK, set_partitions(&h, 0, 0, DCD_PARTITION_IMMEDIATE));
        harness_free(&h);
        file = fopen(path, "r+b");
        C_ASSERT(file && fseek(file, (long)(record + i), SEEK_SET) == 0);
        byte = fgetc(file);
        C_ASSERT(fseek(file, (long)(record + i), SEEK_SET) == 0);
        C_EXPECT(fputc(byte ^ 0xff, file) != EOF && fclose(file) == 0);
        build_on(&h, path);
        C_EXPECT(active_volatile(&h, 0) == 2 || i >= 40);
        C_EXPECT(active_volatile(&h, 0) == 1 || i < 40);
        harness_free(&h);
    }
    unlink(path);
}
