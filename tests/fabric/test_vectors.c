/* SPDX-License-Identifier: Apache-2.0 */
/* test_vectors.c - messages and records, byte for byte as on the wire. */
#include "fabric.h"

#include <stdlib.h>
#include <string.h>

#define TAG "11111111-2222-3333-4444-555555555555"
#define TAG_BYTES                                                           \
    0x11, 0x11, 0x11, 0x11, 0x22, 0x22, 0x33, 0x33, 0x44, 0x44, 0x55, 0x55, \
        0x55, 0x55, 0x55, 0x55
#define ZEROS_8 0, 0, 0, 0, 0, 0, 0, 0
#define ZEROS_16 ZEROS_8, ZEROS_8
#define ZEROS_24 ZEROS_16, ZEROS_8

/* Sends [message] and expects exactly [response]. */
static void expect_response(struct harness *h, const uint8_t *message,
                            size_t size, const uint8_t *response,
                            size_t response_size)
{
    uint8_t *all;

    C_EXPECT(dcd_device_fm_request(h->device, message, size));
    C_ASSERT_EQ(response_size, dcd_device_fm_response_size(h->device));
    all = malloc(response_size);
    dcd_device_fm_response(h->device, all, response_size);
    C_EXPECT_MEMEQ(response, all, response_size);
    free(all);
}

/* Two hosts, 2 x 4 GiB, all policies. */
C_TEST(fm_wire, fm_14_vector_5600_get_dcd_info)
{
    static const uint8_t ask[] = {0x00, 0x11, 0, 0x00, 0x56, 0,
                                  0,    0,    0, 0,    0,    0};
    static const uint8_t good[] = {
        0x01, 0x11, 0x00, 0x00, 0x56, 0x54, 0x00, 0x00, 0x00,     0x00,
        0x00, 0x00, 0x02, 0x02, 0x00, 0x00, 0x07, 0x00, 0x00,     0x00,
        0x03, 0x00, 0x01, 0x00, 0x20, 0x00, 0x00, 0x00, 0x00,     0x00,
        0x00, 0x00, 0x00, 0x00, 0x20, 0x08, 0x00, 0x00, 0x00,     0x00,
        0x00, 0x00, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, ZEROS_24, ZEROS_24};
    struct harness h;

    harness_d1_config(&h);
    h.config.heads = 2;
    for (unsigned i = 0; i < 2; i++)
        h.config.regions[i].length = GIB(4);
    h.config.regions[0].block_sizes = MIB(2) | MIB(128);
    h.config.regions[0].sanitize = DCD_SANITIZE_CONFIGURABLE;
    harness_build(&h);
    C_EXPECT_EQ(12 + 0x54, sizeof(good));
    expect_response(&h, ask, sizeof(ask), good, sizeof(good));
    harness_free(&h);
}

/* --- 5604h --------------------------------------------------------------- */

/* clang-format off */

/* 80000000h + 128 MiB and 90000000h + 64 MiB */
#define EXTENT_1                                                       \
    0x00, 0x00, 0x00, 0x80, 0x00, 0x00, 0x00, 0x00,                    \
    0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x00, TAG_BYTES,         \
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00
#define EXTENT_2                                                       \
    0x00, 0x00, 0x00, 0x90, 0x00, 0x00, 0x00, 0x00,                    \
    0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00, TAG_BYTES,         \
    0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00

static const uint8_t add_two[] = {
    0x00, 0x13, 0x00, 0x04, 0x56, 0x70, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x02, 0x00, ZEROS_24, 0x02, 0x00, 0x00, 0x00,
    EXTENT_1, EXTENT_2};
static const uint8_t added[] = {
    0x01, 0x13, 0x00, 0x04, 0x56, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};

#define TIMESTAMP 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11
#define DC_EVENT                                                       \
    0xca, 0x95, 0xaf, 0xa7, 0xf1, 0x83, 0x40, 0x18,                    \
    0x8c, 0x2f, 0x95, 0x26, 0x8e, 0x10, 0x1a, 0x2a, 0x80, 0x00, 0x00, 0x00

static const uint8_t add_records[2 * 0x80] = {
    DC_EVENT, 0x01, 0x00, 0x00, 0x00, TIMESTAMP, ZEROS_16,
    0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, EXTENT_1, ZEROS_24,
    0xfe, 0x01, 0x00, 0x00, 0xff, 0x01, 0x00, 0x00,

    DC_EVENT, 0x02, 0x00, 0x00, 0x00, TIMESTAMP, ZEROS_16,
    0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, EXTENT_2, ZEROS_24,
    0xfe, 0x01, 0x00, 0x00, 0xff, 0x01, 0x00, 0x00};

static const uint8_t release_one[] = {
    0x00, 0x14, 0x00, 0x05, 0x56, 0x48, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x11, 0x00, ZEROS_24, 0x01, 0x00, 0x00, 0x00, EXTENT_1};
static const uint8_t released[] = {
    0x01, 0x14, 0x00, 0x05, 0x56, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};

/* Type 2; 511 extents and 511 tags are left. */
static const uint8_t forced_record[] = {
    DC_EVENT, 0x03, 0x00, 0x00, 0x00, TIMESTAMP, ZEROS_16,
    0x02, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, EXTENT_1, ZEROS_24,
    0xff, 0x01, 0x00, 0x00, 0xff, 0x01, 0x00, 0x00};

/* Type 4, host 0; there is no clock at the FM's port. */
static const uint8_t response_record[] = {
    DC_EVENT, 0x01, 0x00, 0x00, 0x00, ZEROS_8, ZEROS_16,
    0x04, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, EXTENT_1, ZEROS_24,
    0xff, 0x01, 0x00, 0x00, 0xff, 0x01, 0x00, 0x00};

/* clang-format on */

/* 80000000h is the base of D1's second region. */
static void build(struct harness *h, uint8_t attributes)
{
    static const uint8_t clock[] = {TIMESTAMP};

    harness_d1_config(h);
    h->config.tags = 512;
    h->config.regions[1].attributes = attributes;
    harness_build(h);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                mailbox(h, 0, DCD_OP_SET_TIMESTAMP, clock, sizeof(clock)));
}

C_TEST(fm_wire, fm_14_vector_5604_prescriptive_and_its_add_record)
{
    struct harness h;

    build(&h, DCD_REGION_ATTR_SHARABLE);
    C_EXPECT_EQ(12 + 112, sizeof(add_two));
    expect_response(&h, add_two, sizeof(add_two), added, sizeof(added));
    C_ASSERT_EQ(2, get_events(&h, 0));
    C_EXPECT_MEMEQ(add_records, event_at(&h, 0), sizeof(add_records));
    harness_free(&h);
}

/* 256 MiB in one piece for host 1, in the form that carries a count of 0. */
C_TEST(fm_wire, fm_14_vector_5604_contiguous)
{
    static const uint8_t ask[] = {
        0x00, 0x12, 0x00, 0x04, 0x56,      0x20, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x01, 0x00, 0x01,      0x00, 0x00, 0x00, 0x00, 0x10,
        0x00, 0x00, 0x00, 0x00, TAG_BYTES, 0x00, 0x00, 0x00, 0x00};
    static const uint8_t good[] = {0x01, 0x12, 0, 0x04, 0x56, 0,
                                   0,    0,    0, 0,    0,    0};
    struct harness h;

    harness_d1_config(&h);
    h.config.heads = 2;
    h.config.tags = 512;
    harness_build(&h);
    C_EXPECT_EQ(12 + 0x20, sizeof(ask));
    expect_response(&h, ask, sizeof(ask), good, sizeof(good));
    expect_no_events(&h, 0);
    expect_host_chain(&h, 1, DCD_EVENT_ADD_CAPACITY,
                      RANGES({0, MIB(256), TAG}));
    harness_free(&h);
}

/* Where capacity cannot be shared the sequence is recorded as 0: the first
 * record stays the same, the second differs in that. */
C_TEST(fm_wire, fm_14_vector_5604_in_a_region_that_is_not_shared)
{
    struct harness h;
    uint8_t records[sizeof(add_records)];

    build(&h, 0);
    memcpy(records, add_records, sizeof(records));
    records[0x80 + 0x58] = 0;
    expect_response(&h, add_two, sizeof(add_two), added, sizeof(added));
    C_ASSERT_EQ(2, get_events(&h, 0));
    C_EXPECT_MEMEQ(records, event_at(&h, 0), sizeof(records));
    harness_free(&h);
}

/* --- 5605h --------------------------------------------------------------- */

C_TEST(fm_wire, fm_14_vector_5605_forced_release_of_the_first_extent)
{
    struct harness h;

    build(&h, 0);
    expect_response(&h, add_two, sizeof(add_two), added, sizeof(added));
    C_EXPECT_EQ(
        DCD_RC_SUCCESS,
        add_response(&h, 0, RANGES({GIB(2), MIB(128)}, {0x90000000, MIB(64)})));
    C_EXPECT_EQ(12 + 0x48, sizeof(release_one));
    expect_response(&h, release_one, sizeof(release_one), released,
                    sizeof(released));
    C_ASSERT_EQ(3, get_events(&h, 0));
    C_EXPECT_MEMEQ(forced_record, event_at(&h, 2), sizeof(forced_record));
    expect_held(&h, 0, RANGES({0x90000000, MIB(64), TAG}));
    harness_free(&h);
}

C_TEST(fm_wire, an_add_response_record_at_the_fm)
{
    struct harness h;

    build(&h, 0);
    expect_response(&h, add_two, sizeof(add_two), added, sizeof(added));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                add_response(&h, 0, RANGES({GIB(2), MIB(128)})));
    C_ASSERT_EQ(1, fm_get_events(&h));
    C_EXPECT_MEMEQ(response_record, event_at(&h, 0), sizeof(response_record));
    harness_free(&h);
}
