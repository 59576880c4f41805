/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_access_boundaries.c - accesses of any length, across every seam there
 * is: blocks, extents, partitions, regions, decoders, and the ends of all.
 */
#include "gtest_c.h"
#include "memory_support.h"

#include <stdlib.h>
#include <string.h>

#define OK DCD_ACCESS_OK
#define CLOSED DCD_ACCESS_NOT_BACKED
#define BEYOND DCD_ACCESS_BEYOND
#define NOWHERE DCD_ACCESS_NOT_DECODED
#define READ_ONLY DCD_ACCESS_READ_ONLY

/*
 * The HPAs of head 1, and what holds in each part up to [end]:
 *
 *     8 GiB    decoder 0  static, volatile and persistent
 *     8.5 GiB  decoder 1  region 0: 260 MiB in blocks of 2 MiB, then nothing
 *     9 GiB    decoder 2  region 1: 1 MiB in blocks of 64 B, then nothing
 *     9.25 GiB nothing
 *     9.5 GiB  decoder 3  region 2: read-only, then the end of the DPA space
 */
#define D0 GIB(8)
#define D1 (GIB(8) + MIB(512))
#define D2 GIB(9)
#define D3 (GIB(9) + MIB(512))

static const struct part {
    uint64_t end;
    enum dcd_access write; /* what a write gets; a read the same or OK */
} parts[] = {
    {D0, NOWHERE},
    {D0 + MIB(256), OK},
    {D1, OK},
    {D1 + MIB(8), OK}, /* two extents that touch */
    {D1 + MIB(10), CLOSED},
    {D1 + MIB(12), OK},
    {D1 + MIB(258), CLOSED},
    {D1 + MIB(260), OK},
    {D2, BEYOND},
    {D2 + 192, OK},
    {D2 + 256, CLOSED},
    {D2 + 320, OK},
    {D2 + MIB(1) - 64, CLOSED},
    {D2 + MIB(1), OK},
    {D2 + MIB(256), BEYOND},
    {D3, NOWHERE},
    {D3 + MIB(256), READ_ONLY},
    {D3 + MIB(512), BEYOND},
    {UINT64_MAX, NOWHERE}, /* and the last byte, too */
};

static enum dcd_access answer(uint64_t hpa, bool write)
{
    size_t i = 0;

    while (i + 1 < COUNT(parts) && hpa >= parts[i].end)
        i++;
    return !write && parts[i].write == READ_ONLY ? OK : parts[i].write;
}

/* A short access: the first byte that cannot be touched decides. */
static enum dcd_access answer_to_all(uint64_t hpa, uint64_t length, bool write,
                                     uint64_t *touchable)
{
    for (*touchable = 0; *touchable < length; ++*touchable) {
        enum dcd_access a = answer(hpa + *touchable, write);

        if (a != OK)
            return a;
    }
    return OK;
}

static void build(struct harness *h, enum dcd_unbacked unbacked)
{
    harness_d1_config(h);
    h->config.heads = 2;
    h->config.static_volatile = MIB(256);
    h->config.static_persistent = MIB(256);
    h->config.region_count = 3;
    h->config.regions[0].length = MIB(260);
    h->config.regions[0].block_size = MIB(2);
    h->config.regions[1].length = MIB(1);
    h->config.regions[1].block_size = 64;
    h->config.regions[2].length = MIB(256);
    h->config.regions[2].block_size = MIB(2);
    h->config.head[1].attributes_given[2] = true;
    h->config.head[1].attributes[2] = DCD_REGION_ATTR_READ_ONLY;
    h->config.unbacked_reads = unbacked;
    h->config.unbacked_writes = unbacked;
    harness_build(h);
    commit_decoder(h, 1, 0, D0, MIB(512), 0);
    commit_decoder(h, 1, 1, D1, MIB(512), 0);
    commit_decoder(h, 1, 2, D2, MIB(256), 0);
    commit_decoder(h, 1, 3, D3, MIB(512), 0);
    hold(h, 1,
         RANGES({MIB(512), MIB(4)}, {MIB(516), MIB(4)}, {MIB(522), MIB(2)},
                {MIB(770), MIB(2)}));
    hold(h, 1,
         RANGES({GIB(1), 192}, {GIB(1) + 256, 64}, {GIB(1) + MIB(1) - 64, 64}));
    hold(h, 1, RANGES({GIB(1) + MIB(256), MIB(256)}));
}

#define LONGEST 300u

static void expect_read(struct harness *h, uint64_t hpa, uint64_t length,
                        bool strict)
{
    uint8_t before[LONGEST];
    uint8_t bytes[LONGEST];
    uint64_t reach;
    enum dcd_access want = answer_to_all(hpa, length, false, &reach);

    memset(before, 0x55, length);
    C_EXPECT_EQ(reach,
                dcd_device_debug_read(h->device, 1, hpa, before, length));
    memset(bytes, 0x55, length);
    C_EXPECT_EQ(strict ? want : OK,
                dcd_device_probe(h->device, 1, hpa, length, false));
    C_EXPECT_EQ(strict ? want : OK,
                dcd_device_read(h->device, 1, hpa, bytes, length));
    for (uint64_t i = 0; i < length; i++) {
        bool there = answer(hpa + i, false) == OK;

        if (strict && want != OK)
            C_EXPECT_EQ(0x55, bytes[i]);
        else if (!there)
            C_EXPECT_EQ(0xff, bytes[i]);
        else
            C_EXPECT(bytes[i] < 0x80);
        if (there && i < reach && want == OK)
            C_EXPECT_EQ(before[i], bytes[i]);
    }
}

/* One byte as a debugger sees it, or FFh where it sees none. */
static uint8_t peek(struct harness *h, uint64_t hpa)
{
    uint8_t byte = 0xff;

    dcd_device_debug_read(h->device, 1, hpa, &byte, 1);
    return byte;
}

static void expect_write(struct harness *h, uint64_t hpa, uint64_t length,
                         bool strict)
{
    static uint64_t seed;
    uint8_t before[LONGEST];
    uint8_t bytes[LONGEST];
    uint64_t reach;
    enum dcd_access want = answer_to_all(hpa, length, true, &reach);

    for (uint64_t i = 0; i < length; i++)
        before[i] = peek(h, hpa + i);
    fill(bytes, length, ++seed);
    C_EXPECT_EQ(strict ? want : OK,
                dcd_device_probe(h->device, 1, hpa, length, true));
    C_EXPECT_EQ(strict ? want : OK,
                dcd_device_write(h->device, 1, hpa, bytes, length));
    for (uint64_t i = 0; i < length; i++) {
        bool moved = answer(hpa + i, true) == OK && !(strict && want != OK);

        C_EXPECT_EQ(moved ? bytes[i] : before[i], peek(h, hpa + i));
    }
    fill(bytes, length, ++seed);
    C_EXPECT_EQ(reach,
                dcd_device_debug_write(h->device, 1, hpa, bytes, length));
    for (uint64_t i = 0; i < reach; i++)
        C_EXPECT_EQ(bytes[i], peek(h, hpa + i));
}

static void try_all_seams(enum dcd_unbacked unbacked)
{
    static const uint64_t lengths[] = {1, 2, 3, 4, 7, 8, 16, 64, 65, 130, 300};
    static const uint64_t below[] = {0, 1, 3, 4, 8, 63, 64, 65, 129};
    struct harness h;

    build(&h, unbacked);
    for (size_t p = 0; p + 1 < COUNT(parts); p++)
        for (size_t b = 0; b < COUNT(below); b++)
            for (size_t l = 0; l < COUNT(lengths); l++) {
                uint64_t hpa = parts[p].end - below[b];

                C_CONTEXT("%llu bytes at %#llx", (unsigned long long)lengths[l],
                          (unsigned long long)hpa);
                expect_write(&h, hpa, lengths[l],
                             unbacked == DCD_UNBACKED_ERROR);
                expect_read(&h, hpa, lengths[l],
                            unbacked == DCD_UNBACKED_ERROR);
            }
    harness_free(&h);
}

C_TEST(access, every_seam_where_missing_memory_is_an_error)
{
    try_all_seams(DCD_UNBACKED_ERROR);
}

C_TEST(access, every_seam_where_missing_memory_is_passed_over)
{
    try_all_seams(DCD_UNBACKED_IGNORE);
}

/* The first thing that is wrong names the reason, whatever follows. */
C_TEST(access, first_missing_byte_gives_the_reason)
{
    static const struct {
        uint64_t hpa;
        uint64_t length;
        enum dcd_access why;
    } rows[] = {
        {D0 - 8, GIB(2), NOWHERE},       {D1 + MIB(6), GIB(2), CLOSED},
        {D1 + MIB(258), GIB(2), BEYOND}, {D2 + MIB(1) - 8, GIB(2), BEYOND},
        {D2 + MIB(255), GIB(2), BEYOND}, {D2 + MIB(256), GIB(2), NOWHERE},
    };
    struct harness h;

    build(&h, DCD_UNBACKED_ERROR);
    for (size_t i = 0; i < COUNT(rows); i++)
        C_EXPECT_EQ(rows[i].why, dcd_device_probe(h.device, 1, rows[i].hpa,
                                                  rows[i].length, false));
    C_EXPECT_EQ(READ_ONLY, dcd_device_probe(h.device, 1, D3, GIB(2), true));
    C_EXPECT_EQ(BEYOND, dcd_device_probe(h.device, 1, D3, GIB(2), false));
    harness_free(&h);
}

/* --- Lengths -------------------------------------------------------------- */

C_TEST(access, any_length_from_a_byte_to_16_mib)
{
    static const uint64_t lengths[] = {
        1,    2,    3,      5,          8,      9,      63,          64,
        4095, 4096, MIB(1), MIB(2) - 1, MIB(2), MIB(7), MIB(16) - 1, MIB(16)};
    struct harness h;

    d1_decoded(&h, DCD_UNBACKED_ERROR);
    hold(&h, 0, RANGES({0, MIB(6)}, {MIB(6), MIB(26)}));
    for (size_t i = 0; i < COUNT(lengths); i++) {
        C_CONTEXT("length %llu", (unsigned long long)lengths[i]);
        expect_works(&h, 0, BASE + 5, lengths[i]);
        expect_works(&h, 0, BASE + MIB(32) - lengths[i], lengths[i]);
    }
    expect_refused(&h, 0, BASE + MIB(16) + 1, MIB(16), CLOSED);
    harness_free(&h);
}

C_TEST(access, length_zero_moves_nothing_anywhere)
{
    static const uint64_t places[] = {0, BASE, BASE + 8, BASE + MIB(2),
                                      UINT64_MAX};
    uint8_t byte = 0x55;
    struct harness h;

    for (int mode = DCD_UNBACKED_ERROR; mode <= DCD_UNBACKED_IGNORE; mode++) {
        d1_decoded(&h, (enum dcd_unbacked)mode);
        hold(&h, 0, RANGES({0, MIB(2)}));
        for (size_t i = 0; i < COUNT(places); i++) {
            C_EXPECT_EQ(OK, dcd_device_read(h.device, 0, places[i], &byte, 0));
            C_EXPECT_EQ(OK, dcd_device_read(h.device, 0, places[i], NULL, 0));
            C_EXPECT_EQ(OK, dcd_device_write(h.device, 0, places[i], NULL, 0));
            C_EXPECT_EQ(OK, dcd_device_probe(h.device, 0, places[i], 0, true));
            C_EXPECT_EQ(
                0, dcd_device_debug_read(h.device, 0, places[i], &byte, 0));
            C_EXPECT_EQ(
                0, dcd_device_debug_write(h.device, 0, places[i], NULL, 0));
        }
        C_EXPECT_EQ(0x55, byte);
        harness_free(&h);
    }
}

/* An end behind the last address: refused whatever the mode, nothing moves. */
C_TEST(access, length_that_wraps_is_refused)
{
    static const struct {
        uint64_t hpa;
        uint64_t length;
    } rows[] = {
        {UINT64_MAX, 2},
        {UINT64_MAX - 6, 8},
        {BASE, UINT64_MAX},
        {BASE, 0 - BASE + 1},
    };
    uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct harness h;

    for (int mode = DCD_UNBACKED_ERROR; mode <= DCD_UNBACKED_IGNORE; mode++) {
        d1_decoded(&h, (enum dcd_unbacked)mode);
        hold(&h, 0, RANGES({0, MIB(2)}));
        for (size_t i = 0; i < COUNT(rows); i++) {
            uint64_t hpa = rows[i].hpa;
            uint64_t n = rows[i].length;

            C_EXPECT_EQ(NOWHERE, dcd_device_read(h.device, 0, hpa, bytes, n));
            C_EXPECT_EQ(NOWHERE, dcd_device_write(h.device, 0, hpa, bytes, n));
            C_EXPECT_EQ(NOWHERE, dcd_device_probe(h.device, 0, hpa, n, false));
        }
        C_EXPECT_EQ(UINT64_C(0x0807060504030201), dcd_load_le(bytes, 8));
        harness_free(&h);
    }
}

/* A decoder over the last 256 MiB there are. */
C_TEST(access, last_byte_of_the_address_space)
{
    const uint64_t base = 0 - MIB(256);
    uint8_t byte;
    struct harness h;

    harness_d1(&h);
    commit_decoder(&h, 0, 0, base, MIB(256), 0);
    hold(&h, 0, RANGES({MIB(254), MIB(2)}));
    expect_works(&h, 0, UINT64_MAX, 1);
    expect_works(&h, 0, UINT64_MAX - 7, 8);
    C_EXPECT_EQ(NOWHERE,
                dcd_device_probe(h.device, 0, UINT64_MAX - 7, 9, false));
    C_EXPECT_EQ(1, dcd_device_debug_read(h.device, 0, UINT64_MAX, &byte, 5));
    C_EXPECT_EQ(NOWHERE, dcd_device_read(h.device, 0, 0, &byte, 1));
    harness_free(&h);
}

/* --- Heads ---------------------------------------------------------------- */

C_TEST(access, static_memory_is_each_heads_own)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.heads = 3;
    h.config.static_volatile = MIB(256);
    h.config.static_persistent = MIB(256);
    harness_build(&h);
    for (unsigned head = 0; head < 3; head++) {
        commit_decoder(&h, head, 0, BASE, MIB(512), 0);
        put_bytes(&h, head, BASE, 64, head);
        put_bytes(&h, head, BASE + MIB(256) - 32, 64, 10 + head);
        put_bytes(&h, head, BASE + MIB(512) - 64, 64, 20 + head);
    }
    for (unsigned head = 0; head < 3; head++) {
        expect_bytes(&h, head, BASE, 64, head);
        expect_bytes(&h, head, BASE + MIB(256) - 32, 64, 10 + head);
        expect_bytes(&h, head, BASE + MIB(512) - 64, 64, 20 + head);
    }
    harness_free(&h);
}

C_TEST(access, capacity_of_one_head_is_closed_to_the_others)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.heads = 2;
    harness_build(&h);
    for (unsigned head = 0; head < 2; head++)
        commit_decoder(&h, head, 0, BASE, GIB(4), 0);
    hold(&h, 0, RANGES({0, MIB(2)}));
    hold(&h, 1, RANGES({MIB(2), MIB(2)}));
    expect_works(&h, 0, BASE, MIB(2));
    expect_works(&h, 1, BASE + MIB(2), MIB(2));
    expect_refused(&h, 1, BASE + MIB(2) - 1, 1, CLOSED);
    expect_refused(&h, 0, BASE + MIB(2), 1, CLOSED);
    expect_refused(&h, 0, BASE + MIB(2) - 4, 8, CLOSED);
    harness_free(&h);
}

/* Each host maps the same DPAs where it likes. */
C_TEST(access, heads_decode_independently)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.heads = 2;
    harness_build(&h);
    commit_decoder(&h, 0, 0, GIB(4), GIB(4), 0);
    commit_decoder(&h, 1, 0, GIB(64), MIB(256), GIB(2));
    hold(&h, 0, RANGES({GIB(2), MIB(2)}));
    put_bytes(&h, 0, GIB(6), 64, 9);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({GIB(2), MIB(2)})));
    hold(&h, 1, RANGES({GIB(2), MIB(2)}));
    expect_bytes(&h, 1, GIB(64), 64, 9);
    expect_refused(&h, 1, GIB(6), 8, NOWHERE);
    expect_refused(&h, 0, GIB(64), 8, NOWHERE);
    harness_free(&h);
}

/* A lower decoder wins where two cover the same HPAs. */
C_TEST(access, first_decoder_decides_where_two_overlap)
{
    struct harness h;

    harness_d1(&h);
    hold(&h, 0, RANGES({0, GIB(2)}));
    commit_decoder(&h, 0, 0, BASE + MIB(256), MIB(256), 0); /* DPA 0 */
    commit_decoder(&h, 0, 1, BASE, GIB(1), 0);              /* DPA 256 MiB */
    put_bytes(&h, 0, BASE + MIB(256), 64, 1);
    put_bytes(&h, 0, BASE + MIB(512), 64, 2);
    expect_works(&h, 0, BASE + MIB(256) - 8, 4); /* and not across */
    expect_works(&h, 0, BASE + MIB(512) - 4, 4);
    uncommit_decoder(&h, 0, 1);
    uncommit_decoder(&h, 0, 0);
    commit_decoder(&h, 0, 0, BASE, GIB(2), 0);
    expect_bytes(&h, 0, BASE, 64, 1);
    expect_bytes(&h, 0, BASE + MIB(768), 64, 2);
    harness_free(&h);
}
