/* SPDX-License-Identifier: Apache-2.0 */
/* test_cci_responses.c - when an answer comes, how it is read, how long it
 * may be. */
#include "fabric.h"

#include <string.h>

static const uint8_t ask_limit[12] = {0x00, 0x11, 0, 0x03};
static const uint8_t ask_info[12] = {0x00, 0x22, 0, 0x00, 0x56};

/* 5604h for [0, 2 MiB) of host 0, as a message. */
static void add_message(uint8_t message[12 + 0x48])
{
    static const uint8_t header[12] = {0x00, 0x33, 0, 0x04, 0x56, 0x48};

    memset(message, 0, 12 + 0x48);
    memcpy(message, header, sizeof(header));
    message[12 + 2] = DCD_ADD_PRESCRIPTIVE;
    message[12 + 0x1c] = 1;
    dcd_store_le(message + 12 + 0x28, 8, MIB(2));
}

/* --- Reading ------------------------------------------------------------- */

C_TEST(fm_response, there_is_none_before_the_first_request)
{
    struct harness h;
    uint8_t data[4] = {1, 2, 3, 4};
    static const uint8_t zeros[4] = {0};

    harness_d1(&h);
    C_EXPECT_EQ(0, dcd_device_fm_response_size(h.device));
    C_EXPECT_EQ(0, dcd_device_fm_response(h.device, data, sizeof(data)));
    C_EXPECT_MEMEQ(zeros, data, sizeof(data));
    harness_free(&h);
}

C_TEST(fm_response, a_short_read_takes_the_head_and_a_long_one_is_zero_filled)
{
    static const uint8_t good[13] = {0x01, 0x11, 0, 0x03, 0, 1, 0,
                                     0,    0,    0, 0,    0, 20};
    struct harness h;
    uint8_t data[20];

    harness_d1(&h);
    C_EXPECT(dcd_device_fm_request(h.device, ask_limit, sizeof(ask_limit)));
    for (size_t n = 0; n <= sizeof(data); n++) {
        C_CONTEXT("%zu bytes", n);
        memset(data, 0xee, sizeof(data));
        dcd_device_fm_response(h.device, data, n);
        C_EXPECT_MEMEQ(good, data, n < sizeof(good) ? n : sizeof(good));
        for (size_t i = sizeof(good); i < n; i++)
            C_EXPECT_EQ(0, data[i]);
        for (size_t i = n; i < sizeof(data); i++)
            C_EXPECT_EQ(0xee, data[i]);
        C_EXPECT_EQ(sizeof(good), dcd_device_fm_response_size(h.device));
    }
    harness_free(&h);
}

C_TEST(fm_response, the_next_request_replaces_it_but_was_carried_out)
{
    struct harness h;
    uint8_t add[12 + 0x48];
    uint8_t data[12];

    harness_d1(&h);
    add_message(add);
    C_EXPECT(dcd_device_fm_request(h.device, add, sizeof(add)));
    C_EXPECT(dcd_device_fm_request(h.device, ask_info, sizeof(ask_info)));
    C_EXPECT_EQ(12 + 0x54, dcd_device_fm_response_size(h.device));
    dcd_device_fm_response(h.device, data, sizeof(data));
    C_EXPECT_EQ(0x22, data[1]);
    C_EXPECT_EQ(1, get_events(&h, 0));
    harness_free(&h);
}

/* --- Latency ------------------------------------------------------------- */

#define LATENCY UINT64_C(2000000) /* 2 us */

static void build_slow(struct harness *h)
{
    harness_d1_config(h);
    h->config.mailbox_latency = LATENCY;
    harness_build(h);
}

/* Without a command, which would have a latency itself. */
static bool host_has_events(struct harness *h)
{
    return reg_read(h, 0, DCD_BAR_DEVICE + DCD_DEV_STATUS, 8) & 1u << 4;
}

C_TEST(fm_latency, a_command_takes_effect_when_its_time_has_come)
{
    struct harness h;
    uint8_t add[12 + 0x48];

    build_slow(&h);
    h.now = 1000;
    add_message(add);
    C_EXPECT(dcd_device_fm_request(h.device, add, sizeof(add)));
    C_EXPECT_EQ(1000 + LATENCY, h.scheduled);
    C_EXPECT(!host_has_events(&h));
    h.now = 1000 + LATENCY - 1;
    dcd_device_wake(h.device);
    C_EXPECT(!host_has_events(&h));
    h.now = 1000 + LATENCY;
    dcd_device_wake(h.device);
    C_EXPECT(host_has_events(&h));
    harness_free(&h);
}

C_TEST(fm_latency, a_read_says_how_much_of_it_is_left)
{
    struct harness h;
    uint8_t data[13];

    build_slow(&h);
    h.now = 5000;
    C_EXPECT(dcd_device_fm_request(h.device, ask_limit, sizeof(ask_limit)));
    C_EXPECT_EQ(LATENCY, dcd_device_fm_response(h.device, data, 13));
    C_EXPECT_EQ(20, data[12]);
    h.now = 5000 + LATENCY / 4;
    C_EXPECT_EQ(LATENCY / 4 * 3, dcd_device_fm_response(h.device, data, 13));
    h.now = 5000 + LATENCY - 1;
    C_EXPECT_EQ(1, dcd_device_fm_response(h.device, data, 13));
    h.now = 5000 + LATENCY;
    C_EXPECT_EQ(0, dcd_device_fm_response(h.device, data, 13));
    h.now = 5000 + 3 * LATENCY;
    C_EXPECT_EQ(0, dcd_device_fm_response(h.device, data, 13));
    harness_free(&h);
}

C_TEST(fm_latency, a_read_before_its_time_carries_the_command_out)
{
    struct harness h;
    uint8_t add[12 + 0x48];
    uint8_t data[12];

    build_slow(&h);
    add_message(add);
    C_EXPECT(dcd_device_fm_request(h.device, add, sizeof(add)));
    C_EXPECT(!host_has_events(&h));
    C_EXPECT_EQ(LATENCY, dcd_device_fm_response(h.device, data, 12));
    C_EXPECT_EQ(0, dcd_load_le(data + 8, 2));
    C_EXPECT(host_has_events(&h));
    /* Once, not again when the time has come. */
    h.now = LATENCY;
    dcd_device_wake(h.device);
    C_EXPECT_EQ(1, get_events(&h, 0));
    harness_free(&h);
}

C_TEST(fm_latency, a_second_request_carries_the_first_out)
{
    struct harness h;
    uint8_t add[12 + 0x48];
    uint8_t data[12];

    build_slow(&h);
    add_message(add);
    C_EXPECT(dcd_device_fm_request(h.device, add, sizeof(add)));
    h.now = LATENCY / 2;
    C_EXPECT(dcd_device_fm_request(h.device, ask_info, sizeof(ask_info)));
    C_EXPECT(host_has_events(&h));
    C_EXPECT_EQ(LATENCY, dcd_device_fm_response(h.device, data, 12));
    C_EXPECT_EQ(0x22, data[1]);
    harness_free(&h);
}

/* --- Message limit ------------------------------------------------------- */

static uint16_t set_limit(struct harness *h, uint8_t limit)
{
    return fm(h, DCD_OP_SET_MESSAGE_LIMIT, &limit, 1);
}

C_TEST(fm_message_limit, eight_to_twenty_and_nothing_else)
{
    struct harness h;

    harness_d1(&h);
    for (unsigned n = 0; n < 256; n++) {
        bool allowed = n >= 8 && n <= 20;

        C_CONTEXT("limit %u", n);
        C_EXPECT_EQ(DCD_RC_SUCCESS, set_limit(&h, 13));
        C_EXPECT_EQ(allowed ? DCD_RC_SUCCESS : DCD_RC_INVALID_INPUT,
                    set_limit(&h, (uint8_t)n));
        C_EXPECT_EQ(allowed ? 1 : 0, h.out_length);
        if (allowed)
            C_EXPECT_EQ(n, h.out[0]);
        C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_GET_MESSAGE_LIMIT, NULL, 0));
        C_EXPECT_EQ(allowed ? n : 13, h.out[0]);
    }
    harness_free(&h);
}

C_TEST(fm_message_limit, bounds_extents_and_records_of_a_response)
{
    enum { N = 60 };
    struct dcd_get_region_extent_lists_req list = {
        dcd_put16(0), {0}, dcd_put32(UINT32_MAX), dcd_put32(0)};
    struct range ranges[N];
    struct harness h;

    harness_d1_config(&h);
    h.config.dc_log = N;
    harness_build(&h);
    for (uint32_t i = 0; i < N; i++)
        ranges[i] = (struct range){i * MIB(2), MIB(2)};
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, ranges, N));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, ranges, N));
    for (uint8_t n = 8; n <= 20; n++) {
        uint64_t size = (UINT64_C(1) << n) - 12; /* behind the header */
        uint64_t extents = (size - 0x18) / 0x28;
        uint64_t records = (size - 0x20) / 0x80;
        uint8_t more = records < N ? DCD_GET_EVENTS_MORE : 0;

        if (extents > N)
            extents = N;
        if (records > N)
            records = N;
        C_CONTEXT("limit %u", n);
        C_EXPECT_EQ(DCD_RC_SUCCESS, set_limit(&h, n));
        C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_GET_DC_REGION_EXTENT_LISTS,
                                       &list, sizeof(list)));
        C_EXPECT_EQ(extents, dcd_load_le(h.out + 8, 4));
        C_EXPECT_EQ(N, dcd_load_le(h.out + 12, 4));
        C_EXPECT_EQ(0x18 + extents * 0x28, h.out_length);
        C_EXPECT_EQ(records, fm_get_events(&h));
        C_EXPECT_EQ(0x20 + records * 0x80, h.out_length);
        C_EXPECT_EQ(more, h.out[0]);
        expect_held(&h, 0, ranges, N);
    }
    harness_free(&h);
}

C_TEST(fm_message_limit, bounds_regions_of_a_response)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.region_count = 8;
    for (unsigned i = 0; i < 8; i++) {
        h.config.regions[i].length = MIB(256);
        h.config.regions[i].block_size = MIB(2);
    }
    harness_build(&h);
    for (uint8_t n = 8; n <= 10; n++) {
        /* 256 B - 12 - 4 - 16 is room for five entries */
        uint8_t first = n == 8 ? 5 : 8;
        uint8_t ask[4] = {0, 0, 8, 0};

        C_CONTEXT("limit %u", n);
        C_EXPECT_EQ(DCD_RC_SUCCESS, set_limit(&h, n));
        C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_GET_HOST_DC_CONFIG, ask, 4));
        C_EXPECT_EQ(8, h.out[2]);
        C_EXPECT_EQ(first, h.out[3]);
        C_EXPECT_EQ(4 + 0x28u * first + 16, h.out_length);
        ask[3] = 5;
        C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_GET_HOST_DC_CONFIG, ask, 4));
        C_EXPECT_EQ(3, h.out[3]);
        C_EXPECT_EQ(5 * MIB(256), dcd_load_le(h.out + 4, 8));
    }
    harness_free(&h);
}

C_TEST(fm_message_limit, does_not_bound_requests)
{
    struct harness h;
    struct range ranges[8];

    harness_d1(&h);
    for (uint32_t i = 0; i < 8; i++)
        ranges[i] = (struct range){i * MIB(2), MIB(2)};
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_limit(&h, 8));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, ranges, 8));
    harness_free(&h);
}

C_TEST(fm_message_limit, is_the_ports_own_and_outlives_a_heads_reset)
{
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_limit(&h, 9));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_GET_MESSAGE_LIMIT, NULL, 0));
    C_EXPECT_EQ(9, h.out[0]);
    harness_free(&h);
}
