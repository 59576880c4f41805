/* SPDX-License-Identifier: Apache-2.0 */
/* test_logical_devices.c - what the fabric manager of a multi-logical device
 * learns and sets (54xxh). */
#include "fabric.h"

#include <stdlib.h>
#include <string.h>

/* [lds] logical devices with 512 MiB of static capacity each, and 4 GiB of
 * dynamic capacity for all. */
static void build(struct harness *h, unsigned lds)
{
    harness_d1_config(h);
    h->config.heads = lds;
    h->config.topology = DCD_MULTI_LOGICAL;
    h->config.static_volatile = MIB(256);
    h->config.static_persistent = MIB(256);
    harness_build(h);
}

static uint16_t two(struct harness *h, uint16_t opcode, unsigned a, unsigned b)
{
    const uint8_t req[2] = {(uint8_t)a, (uint8_t)b};

    return fm(h, opcode, req, sizeof(req));
}

/* Which of the bytes that name a range of logical devices come first. */
struct named {
    unsigned start;
    unsigned count;
};

/* --- 5400h to 5402h: capacity --------------------------------------------- */

C_TEST(fm_logical_devices, fm_11_5400_counts_static_and_dynamic_capacity)
{
    struct harness h;

    build(&h, 6);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_GET_LD_INFO, NULL, 0));
    C_ASSERT_EQ(0x0b, h.out_length);
    C_EXPECT_EQ(6 * MIB(512) + GIB(4), dcd_load_le(h.out, 8));
    C_EXPECT_EQ(6, dcd_load_le(h.out + 8, 2));
    C_EXPECT_EQ(3, h.out[10]); /* both kinds of telemetry */
    harness_free(&h);
}

/* [count] entries at [at] of the answer: two granules of 256 MiB, none. */
static void expect_allocations(const struct harness *h, uint32_t at,
                               uint32_t count)
{
    C_ASSERT_EQ(at + 16 * count, h->out_length);
    for (uint32_t i = 0; i < count; i++) {
        C_EXPECT_EQ(2, dcd_load_le(h->out + at + 16 * i, 8));
        C_EXPECT_EQ(0, dcd_load_le(h->out + at + 16 * i + 8, 8));
    }
}

C_TEST(fm_logical_devices, fm_11_5401_lists_static_capacity_in_256_mib)
{
    struct harness h;

    build(&h, 16);
    for (unsigned start = 0; start < 256; start += start < 18 ? 1 : 79)
        for (unsigned limit = 0; limit < 256; limit += limit < 18 ? 1 : 79) {
            bool good = start < 16 && limit > 0;
            unsigned count = limit < 16 - start ? limit : 16 - start;

            C_CONTEXT("from %u at most %u", start, limit);
            C_EXPECT_EQ(good ? DCD_RC_SUCCESS : DCD_RC_INVALID_INPUT,
                        two(&h, DCD_OP_GET_LD_ALLOCATIONS, start, limit));
            if (!good)
                continue;
            C_EXPECT_EQ(16, h.out[0]);
            C_EXPECT_EQ(0, h.out[1]);
            C_EXPECT_EQ(start, h.out[2]);
            C_EXPECT_EQ(count, h.out[3]);
            expect_allocations(&h, 4, count);
        }
    harness_free(&h);
}

/* 5402h for [named], with [entries] entries of all ones behind it. */
static uint16_t set_allocations(struct harness *h, struct named named,
                                uint32_t entries)
{
    uint8_t req[4 + 255 * 16];

    memset(req, 0xff, sizeof(req));
    req[0] = (uint8_t)named.count;
    req[1] = (uint8_t)named.start;
    return fm(h, DCD_OP_SET_LD_ALLOCATIONS, req, 4 + 16 * entries);
}

C_TEST(fm_logical_devices, fm_11_5402_answers_with_what_is_in_force)
{
    struct harness h;

    build(&h, 16);
    for (unsigned start = 0; start < 16; start++)
        for (unsigned count = 1; start + count <= 16; count++) {
            C_CONTEXT("%u from %u", count, start);
            C_EXPECT_EQ(
                DCD_RC_SUCCESS,
                set_allocations(&h, (struct named){start, count}, count));
            C_EXPECT_EQ(count, h.out[0]);
            C_EXPECT_EQ(start, h.out[1]);
            C_EXPECT_EQ(0, dcd_load_le(h.out + 2, 2));
            expect_allocations(&h, 4, count);
        }
    harness_free(&h);
}

C_TEST(fm_logical_devices, fm_11_5402_looks_at_its_length_and_then_at_its_range)
{
    static const struct {
        struct named named;
        uint32_t entries;
        uint16_t rc;
    } rows[] = {
        {{0, 0}, 0, DCD_RC_INVALID_INPUT},
        {{0, 0}, 1, DCD_RC_INVALID_INPUT},
        {{0, 1}, 0, DCD_RC_INVALID_PAYLOAD_LENGTH},
        {{0, 4}, 3, DCD_RC_INVALID_PAYLOAD_LENGTH},
        {{0, 4}, 4, DCD_RC_SUCCESS},
        {{0, 4}, 5, DCD_RC_SUCCESS}, /* what lies behind is ignored */
        {{0, 5}, 4, DCD_RC_INVALID_PAYLOAD_LENGTH},
        {{0, 5}, 5, DCD_RC_INVALID_INPUT},
        {{3, 1}, 1, DCD_RC_SUCCESS},
        {{3, 2}, 2, DCD_RC_INVALID_INPUT},
        {{4, 1}, 1, DCD_RC_INVALID_INPUT},
        {{255, 1}, 1, DCD_RC_INVALID_INPUT},
        {{255, 2}, 2, DCD_RC_INVALID_INPUT},
        {{0, 255}, 255, DCD_RC_INVALID_INPUT},
        {{0, 255}, 254, DCD_RC_INVALID_PAYLOAD_LENGTH},
    };
    struct harness h;

    build(&h, 4);
    for (uint32_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("row %u", i);
        C_EXPECT_EQ(rows[i].rc,
                    set_allocations(&h, rows[i].named, rows[i].entries));
    }
    C_CONTEXT("");
    C_EXPECT_EQ(DCD_RC_SUCCESS, two(&h, DCD_OP_GET_LD_ALLOCATIONS, 0, 4));
    expect_allocations(&h, 4, 4);
    harness_free(&h);
}

/* 16 entries are 256 bytes: the smallest response holds fewer. */
C_TEST(fm_logical_devices, fm_11_lists_end_where_the_message_does)
{
    struct harness h;
    uint8_t limit = DCD_MESSAGE_LIMIT_MIN;
    const uint32_t fit = (256 - 12 - 4) / 16;

    build(&h, 16);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_SET_MESSAGE_LIMIT, &limit, 1));
    C_EXPECT_EQ(DCD_RC_SUCCESS, two(&h, DCD_OP_GET_LD_ALLOCATIONS, 0, 16));
    C_EXPECT_EQ(fit, h.out[3]);
    expect_allocations(&h, 4, fit);
    C_EXPECT_EQ(DCD_RC_SUCCESS, two(&h, DCD_OP_GET_LD_ALLOCATIONS, fit, 16));
    C_EXPECT_EQ(16 - fit, h.out[3]);
    expect_allocations(&h, 4, 16 - fit);
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_allocations(&h, (struct named){0, 16}, 16));
    C_EXPECT_EQ(fit, h.out[0]);
    expect_allocations(&h, 4, fit);
    harness_free(&h);
}

/* --- 5403h to 5405h: QoS control ------------------------------------------ */

static const uint8_t control_default[7] = {0, 10, 25, 8, 0, 0, 64};

static void expect_control(struct harness *h, const uint8_t *control)
{
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(h, DCD_OP_GET_QOS_CONTROL, NULL, 0));
    C_ASSERT_EQ(7, h->out_length);
    C_EXPECT_MEMEQ(control, h->out, 7);
}

C_TEST(fm_logical_devices, fm_11_5403_starts_with_the_defaults)
{
    struct harness h;

    build(&h, 2);
    expect_control(&h, control_default);
    harness_free(&h);
}

C_TEST(fm_logical_devices, fm_11_5404_keeps_what_is_in_range)
{
    static const struct {
        const char *what;
        uint8_t control[7];
        bool good;
    } rows[] = {
        {"congestion", {1, 10, 25, 8, 0, 0, 64}, true},
        {"throughput", {2, 10, 25, 8, 0, 0, 64}, true},
        {"both, all at the upper end",
         {3, 100, 100, 15, 0xff, 0xff, 255},
         true},
        {"all at the lower end", {0, 1, 1, 0, 0, 0, 0}, true},
        {"basis", {0, 10, 25, 8, 0x34, 0x12, 64}, true},
        {"a reserved bit", {4, 10, 25, 8, 0, 0, 64}, false},
        {"all reserved bits", {0xfc, 10, 25, 8, 0, 0, 64}, false},
        {"moderate 0", {3, 0, 25, 8, 0, 0, 64}, false},
        {"severe 0", {3, 0, 0, 8, 0, 0, 64}, false},
        {"moderate 101", {3, 101, 101, 8, 0, 0, 64}, false},
        {"severe 101", {3, 10, 101, 8, 0, 0, 64}, false},
        {"severe 255", {3, 10, 255, 8, 0, 0, 64}, false},
        {"moderate above severe", {3, 26, 25, 8, 0, 0, 64}, false},
        {"moderate is severe", {3, 25, 25, 8, 0, 0, 64}, true},
        {"interval 16", {3, 10, 25, 16, 0, 0, 64}, false},
    };
    const uint8_t *last = control_default;
    struct harness h;

    build(&h, 2);
    for (uint32_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("%s", rows[i].what);
        C_EXPECT_EQ(rows[i].good ? DCD_RC_SUCCESS : DCD_RC_INVALID_INPUT,
                    fm(&h, DCD_OP_SET_QOS_CONTROL, rows[i].control, 7));
        C_ASSERT_EQ(rows[i].good ? 7 : 0, h.out_length);
        if (rows[i].good) {
            last = rows[i].control;
            C_EXPECT_MEMEQ(last, h.out, 7);
        }
        expect_control(&h, last);
    }
    harness_free(&h);
}

C_TEST(fm_logical_devices, fm_11_5405_nothing_congests)
{
    const uint8_t on[7] = {3, 1, 1, 15, 1, 0, 1};
    struct harness h;

    build(&h, 2);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_SET_QOS_CONTROL, on, 7));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_GET_QOS_STATUS, NULL, 0));
    C_ASSERT_EQ(1, h.out_length);
    C_EXPECT_EQ(0, h.out[0]);
    harness_free(&h);
}

/* --- 5406h to 5409h: bandwidth -------------------------------------------- */

/* Get, and the Set behind it. */
static const uint16_t bandwidths[] = {DCD_OP_GET_QOS_ALLOCATED_BW,
                                      DCD_OP_GET_QOS_BW_LIMIT};

/* The Set of [get] with [length] of the [fractions]. */
static uint16_t set_bandwidth(struct harness *h, uint16_t get,
                              struct named named, const uint8_t *fractions,
                              uint32_t length)
{
    uint8_t req[2 + 256];

    req[0] = (uint8_t)named.count;
    req[1] = (uint8_t)named.start;
    memcpy(req + 2, fractions, length);
    return fm(h, (uint16_t)(get + 1), req, 2 + length);
}

static void expect_fractions(const struct harness *h, struct named named,
                             const uint8_t *fractions)
{
    C_ASSERT_EQ(2 + named.count, h->out_length);
    C_EXPECT_EQ(named.count, h->out[0]);
    C_EXPECT_EQ(named.start, h->out[1]);
    C_EXPECT_MEMEQ(fractions, h->out + 2, named.count);
}

C_TEST(fm_logical_devices, fm_11_5406_and_5408_start_with_none)
{
    static const uint8_t none[16] = {0};
    struct harness h;

    build(&h, 16);
    for (uint32_t i = 0; i < COUNT(bandwidths); i++) {
        C_EXPECT_EQ(DCD_RC_SUCCESS, two(&h, bandwidths[i], 16, 0));
        expect_fractions(&h, (struct named){0, 16}, none);
    }
    harness_free(&h);
}

C_TEST(fm_logical_devices, fm_11_5406_to_5409_take_logical_devices_that_exist)
{
    static const uint8_t zeros[256] = {0};
    struct harness h;

    build(&h, 5);
    for (uint32_t i = 0; i < COUNT(bandwidths); i++)
        for (unsigned start = 0; start < 256; start += start < 7 ? 1 : 31)
            for (unsigned n = 0; n < 256; n += n < 7 ? 1 : 31) {
                bool good = n > 0 && start + n <= 5;
                uint16_t rc = good ? DCD_RC_SUCCESS : DCD_RC_INVALID_INPUT;

                C_CONTEXT("%04xh: %u from %u", bandwidths[i], n, start);
                C_EXPECT_EQ(rc, two(&h, bandwidths[i], n, start));
                C_EXPECT_EQ(rc,
                            set_bandwidth(&h, bandwidths[i],
                                          (struct named){start, n}, zeros, n));
            }
    harness_free(&h);
}

C_TEST(fm_logical_devices, fm_11_5407_and_5409_set_those_named_and_no_others)
{
    const uint8_t first[4] = {10, 20, 30, 40};
    const uint8_t second[2] = {77, 88};
    const uint8_t all[4] = {10, 77, 88, 40};
    struct harness h;

    build(&h, 4);
    for (uint32_t i = 0; i < COUNT(bandwidths); i++) {
        C_CONTEXT("%04xh", bandwidths[i]);
        C_EXPECT_EQ(
            DCD_RC_SUCCESS,
            set_bandwidth(&h, bandwidths[i], (struct named){0, 4}, first, 4));
        expect_fractions(&h, (struct named){0, 4}, first);
        C_EXPECT_EQ(
            DCD_RC_SUCCESS,
            set_bandwidth(&h, bandwidths[i], (struct named){1, 2}, second, 2));
        expect_fractions(&h, (struct named){1, 2}, second);
        C_EXPECT_EQ(DCD_RC_SUCCESS, two(&h, bandwidths[i], 4, 0));
        expect_fractions(&h, (struct named){0, 4}, all);
        C_EXPECT_EQ(DCD_RC_SUCCESS, two(&h, bandwidths[i], 1, 3));
        expect_fractions(&h, (struct named){3, 1}, all + 3);
    }
    harness_free(&h);
}

/* The two are apart, and so is the limit from what is allocated. */
C_TEST(fm_logical_devices, fm_11_a_limit_is_not_an_allocation)
{
    static const uint8_t none[2] = {0};
    const uint8_t high[2] = {255, 255};
    struct harness h;

    build(&h, 2);
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_bandwidth(&h, DCD_OP_GET_QOS_BW_LIMIT,
                                              (struct named){0, 2}, high, 2));
    C_EXPECT_EQ(DCD_RC_SUCCESS, two(&h, DCD_OP_GET_QOS_ALLOCATED_BW, 2, 0));
    expect_fractions(&h, (struct named){0, 2}, none);
    harness_free(&h);
}

C_TEST(fm_logical_devices, fm_11_5407_gives_no_more_than_there_is)
{
    static const struct {
        struct named named;
        uint8_t fractions[4];
        bool good;
    } rows[] = {
        {{0, 4}, {64, 64, 64, 64}, true},
        {{0, 1}, {65}, false},
        {{3, 1}, {65}, false},
        {{0, 2}, {65, 63}, true},
        {{0, 4}, {64, 64, 64, 65}, false},
        {{0, 4}, {255, 255, 255, 255}, false},
        {{0, 1}, {0}, true},
        {{1, 1}, {128}, true},
        {{1, 1}, {129}, false},
        {{0, 4}, {255, 1, 0, 0}, true},
    };
    uint8_t now[4] = {0};
    struct harness h;

    build(&h, 4);
    for (uint32_t i = 0; i < COUNT(rows); i++) {
        struct named named = rows[i].named;

        C_CONTEXT("row %u", i);
        C_EXPECT_EQ(rows[i].good ? DCD_RC_SUCCESS : DCD_RC_INVALID_INPUT,
                    set_bandwidth(&h, DCD_OP_GET_QOS_ALLOCATED_BW, named,
                                  rows[i].fractions, named.count));
        if (rows[i].good)
            memcpy(now + named.start, rows[i].fractions, named.count);
        C_EXPECT_EQ(DCD_RC_SUCCESS, two(&h, DCD_OP_GET_QOS_ALLOCATED_BW, 4, 0));
        expect_fractions(&h, (struct named){0, 4}, now);
    }
    harness_free(&h);
}

C_TEST(fm_logical_devices, fm_11_5407_and_5409_have_a_byte_for_each)
{
    static const uint8_t zeros[256] = {0};
    struct harness h;

    build(&h, 16);
    for (uint32_t i = 0; i < COUNT(bandwidths); i++)
        for (uint32_t n = 1; n < 256; n += n < 20 ? 1 : 47)
            for (uint32_t length = 0; length <= n + 1; length++) {
                uint16_t rc = n > 16 ? DCD_RC_INVALID_INPUT : DCD_RC_SUCCESS;

                C_CONTEXT("%04xh: %u of %u", bandwidths[i], length, n);
                C_EXPECT_EQ(length < n ? DCD_RC_INVALID_PAYLOAD_LENGTH : rc,
                            set_bandwidth(&h, bandwidths[i],
                                          (struct named){0, n}, zeros,
                                          length > 255 ? 255 : length));
            }
    harness_free(&h);
}

/* --- Around them ---------------------------------------------------------- */

/* It is the device's, not a logical device's. */
C_TEST(fm_logical_devices, fm_11_what_is_set_outlives_the_resets_of_a_host)
{
    const uint8_t control[7] = {3, 50, 60, 1, 2, 3, 4};
    const uint8_t fractions[2] = {100, 150};
    struct harness h;

    build(&h, 2);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_SET_QOS_CONTROL, control, 7));
    for (uint32_t i = 0; i < COUNT(bandwidths); i++)
        C_EXPECT_EQ(DCD_RC_SUCCESS,
                    set_bandwidth(&h, bandwidths[i], (struct named){0, 2},
                                  fractions, 2));
    for (unsigned ld = 0; ld < 2; ld++)
        dcd_device_reset(h.device, ld, DCD_RESET_CONVENTIONAL);
    expect_control(&h, control);
    for (uint32_t i = 0; i < COUNT(bandwidths); i++) {
        C_EXPECT_EQ(DCD_RC_SUCCESS, two(&h, bandwidths[i], 2, 0));
        expect_fractions(&h, (struct named){0, 2}, fractions);
    }
    harness_free(&h);
}

C_TEST(fm_logical_devices, fm_11_only_a_multi_logical_device_has_them)
{
    struct harness h;

    for (unsigned heads = 1; heads <= 2; heads++) {
        harness_d1_config(&h);
        h.config.heads = heads;
        harness_build(&h);
        for (uint16_t opcode = 0x5400; opcode <= 0x5409; opcode++) {
            C_CONTEXT("%04xh at %u heads", opcode, heads);
            C_EXPECT_EQ(DCD_RC_UNSUPPORTED, fm(&h, opcode, NULL, 0));
        }
        harness_free(&h);
        build(&h, heads);
        C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_GET_LD_INFO, NULL, 0));
        C_EXPECT_EQ(heads, h.out[8]);
        harness_free(&h);
    }
}

/* r3.2: a record says which logical device it is about; the head is the one
 * that all have. */
C_TEST(fm_logical_devices, records_name_the_logical_device_and_head_0)
{
    const struct dcd_event_header *header;
    struct harness h;

    harness_d1_config(&h);
    h.config.revision = DCD_REVISION_3_2;
    h.config.heads = 3;
    h.config.topology = DCD_MULTI_LOGICAL;
    harness_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 2, RANGES({0, MIB(2)})));
    C_ASSERT_EQ(1, get_events(&h, 2));
    header = &event_at(&h, 0)->header;
    C_EXPECT_EQ(2, dcd_get16(header->ld_id));
    C_EXPECT_EQ(0, header->head_id);
    C_EXPECT_EQ(DCD_EVENT_LD_ID_VALID | DCD_EVENT_HEAD_ID_VALID,
                dcd_get24(header->flags));
    harness_free(&h);
}
