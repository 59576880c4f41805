/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_known_faults.c - faults that other models of such a device are known to
 * have, as far as a host can see them. None of them is here.
 */
#include "host_support.h"

#include "gtest_c.h"

#include <string.h>

#define OK DCD_RC_SUCCESS
#define TAG "aaaaaaaa-0000-1111-2222-333333333333"

/* 4801h: records returned, of all. */
static uint32_t returned(struct harness *h, uint32_t *total)
{
    struct dcd_get_extent_list_req req = {dcd_put32(50), dcd_put32(0)};

    C_EXPECT_EQ(OK, mailbox(h, 0, DCD_OP_GET_DC_EXTENT_LIST, &req, 8));
    *total = (uint32_t)dcd_load_le(h->out + 4, 4);
    return (uint32_t)dcd_load_le(h->out, 4);
}

C_TEST(known_faults, device_10_1_row_01_the_generation_moves)
{
    struct harness h;
    uint32_t before;

    harness_d1(&h);
    before = generation(&h, 0);
    hold(&h, 0, RANGES({0, MIB(4)}));
    C_EXPECT(generation(&h, 0) != before);
    before = generation(&h, 0);
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({0, MIB(2)})));
    C_EXPECT(generation(&h, 0) != before);
    harness_free(&h);
}

C_TEST(known_faults, device_10_1_row_02_pending_extents_are_not_returned)
{
    struct harness h;
    uint32_t total;

    harness_d1(&h);
    hold(&h, 0, RANGES({0, MIB(4)}));
    offer(&h, 0, RANGES({MIB(8), MIB(4)}, {MIB(16), MIB(4)}));
    C_EXPECT_EQ(1, returned(&h, &total));
    C_EXPECT_EQ(1, total);
    C_EXPECT_EQ(0x10 + 0x28, h.out_length);
    harness_free(&h);
}

C_TEST(known_faults, device_10_1_row_03_an_answer_to_nothing)
{
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, add_response(&h, 0, NO_RANGES));
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, add_response(&h, 0, RANGES({0, MIB(2)})));
    harness_free(&h);
}

C_TEST(known_faults, device_10_1_row_04_a_range_that_wraps)
{
    static const struct range wraps = {MIB(2), UINT64_MAX - MIB(2) + 1};
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS, fm_add(&h, 0, &wraps, 1));
    offer(&h, 0, RANGES({0, MIB(4)}));
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS,
                add_response(&h, 0, &wraps, 1));
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({0, MIB(4)})));
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS, release(&h, 0, &wraps, 1));
    expect_list(&h, 0, RANGES({0, MIB(4)}));
    harness_free(&h);
}

C_TEST(known_faults, device_10_1_row_05_a_range_without_length)
{
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_RC_INVALID_EXTENT_LIST, fm_add(&h, 0, RANGES({0, 0})));
    offer(&h, 0, RANGES({0, MIB(4)}));
    C_EXPECT_EQ(DCD_RC_INVALID_EXTENT_LIST,
                add_response(&h, 0, RANGES({0, 0})));
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({0, MIB(4)})));
    C_EXPECT_EQ(DCD_RC_INVALID_EXTENT_LIST, release(&h, 0, RANGES({0, 0})));
    harness_free(&h);
}

C_TEST(known_faults, device_10_1_row_06_more_does_not_use_up_a_group_a_part)
{
    struct harness h;

    harness_d1(&h);
    offer(&h, 0, RANGES({0, MIB(8)}));
    offer(&h, 0, RANGES({MIB(64), MIB(8)}));
    C_EXPECT_EQ(OK, add_response_more(&h, 0, RANGES({0, MIB(2)})));
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({MIB(4), MIB(2)})));
    expect_list(&h, 0, RANGES({0, MIB(2)}, {MIB(4), MIB(2)}));
    expect_answerable(&h, 0, RANGES({MIB(64), MIB(8)}));
    harness_free(&h);
}

C_TEST(known_faults, device_10_1_row_07_an_offered_group_counts_once)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.extents = 2;
    harness_build(&h);
    offer(&h, 0, RANGES({0, MIB(4)}, {MIB(8), MIB(4)}));
    C_EXPECT_EQ(0, available_extents(&h, 0));
    expect_answerable(&h, 0, RANGES({0, MIB(4)}, {MIB(8), MIB(4)}));
    harness_free(&h);
}

C_TEST(known_faults, device_10_1_row_08_a_later_group_is_a_matter_of_order)
{
    struct harness h;

    harness_d1(&h);
    offer(&h, 0, RANGES({0, MIB(4)}));
    offer(&h, 0, RANGES({MIB(8), MIB(4)}));
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT,
                add_response(&h, 0, RANGES({MIB(8), MIB(4)})));
    harness_free(&h);
}

static void hold_shared(struct harness *h, const struct range *shared)
{
    harness_d1_config(h);
    h->config.tags = 1;
    h->config.regions[0].attributes = DCD_REGION_ATTR_SHARABLE;
    harness_build(h);
    hold(h, 0, shared, 2);
}

C_TEST(known_faults, device_10_1_row_09_tag_and_sequence_are_kept)
{
    static const struct range shared[] = {{0, MIB(4), TAG, 0},
                                          {MIB(8), MIB(4), TAG, 1}};
    struct range tagged = {GIB(2), MIB(8), TAG};
    struct harness h;

    hold_shared(&h, shared);
    expect_list(&h, 0, shared, 2);
    C_EXPECT_EQ(OK, release(&h, 0, shared, 2));
    hold(&h, 0, &tagged, 1);
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({GIB(2) + MIB(2), MIB(2)})));
    expect_list(&h, 0,
                RANGES({GIB(2), MIB(2), TAG}, {GIB(2) + MIB(4), MIB(4), TAG}));
    harness_free(&h);
}

C_TEST(known_faults, device_10_1_row_10_what_is_left_keeps_its_place)
{
    struct harness h;

    harness_d1(&h);
    hold(&h, 0, RANGES({0, MIB(8)}, {MIB(16), MIB(8)}, {MIB(32), MIB(8)}));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(2), MIB(2)})));
    expect_list(&h, 0,
                RANGES({0, MIB(2)}, {MIB(4), MIB(4)}, {MIB(16), MIB(8)},
                       {MIB(32), MIB(8)}));
    harness_free(&h);
}

static uint32_t cel_size(struct harness *h)
{
    C_EXPECT_EQ(OK, command(h, 0, DCD_OP_GET_SUPPORTED_LOGS));
    return (uint32_t)dcd_load_le(h->out + 24, 4);
}

C_TEST(known_faults, device_10_1_row_11_effects_of_the_list_commands)
{
    struct dcd_get_log_req req = {dcd_uuid_command_effects_log, dcd_put32(0),
                                  dcd_put32(0)};
    struct harness h;
    unsigned seen = 0;

    harness_d1(&h);
    req.length = dcd_put32(cel_size(&h));
    C_ASSERT_EQ(OK, mailbox(&h, 0, DCD_OP_GET_LOG, &req, sizeof(req)));
    for (unsigned at = 0; at < h.out_length; at += 4) {
        uint64_t opcode = dcd_load_le(h.out + at, 2);

        if (opcode != DCD_OP_ADD_DC_RESPONSE && opcode != DCD_OP_RELEASE_DC)
            continue;
        C_EXPECT_EQ(DCD_EFFECT_IMMEDIATE_CONFIG,
                    dcd_load_le(h.out + at + 2, 2));
        seen++;
    }
    C_EXPECT_EQ(2, seen);
    harness_free(&h);
}

C_TEST(known_faults, device_10_1_row_12_severity_and_byte_order_of_records)
{
    static const uint8_t left[4] = {0xff, 0x01, 0, 0}; /* 511 */
    struct harness h;

    harness_d1(&h);
    offer(&h, 0, RANGES({0, MIB(4)}));
    C_ASSERT_EQ(1, get_events(&h, 0));
    C_EXPECT_EQ(DCD_EVENT_SEVERITY_INFO,
                dcd_get24(event_at(&h, 0)->header.flags) &
                    DCD_EVENT_SEVERITY_MASK);
    C_EXPECT_MEMEQ(left, &event_at(&h, 0)->available_extents, sizeof(left));
    harness_free(&h);
}

C_TEST(known_faults, device_10_1_row_13_a_group_that_does_not_fit_the_log)
{
    struct harness h;
    struct view before;

    harness_d1(&h);
    offer(&h, 0,
          RANGES({0, MIB(2)}, {MIB(4), MIB(2)}, {MIB(8), MIB(2)},
                 {MIB(12), MIB(2)}, {MIB(16), MIB(2)}, {MIB(20), MIB(2)}));
    before = look(&h, 0);
    C_EXPECT_EQ(DCD_RC_RETRY_REQUIRED,
                fm_add(&h, 0,
                       RANGES({MIB(32), MIB(2)}, {MIB(36), MIB(2)},
                              {MIB(40), MIB(2)})));
    expect_unchanged(&h, 0, &before);
    /* The queue is not stuck. */
    drain(&h, 0);
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({0, MIB(2)})));
    offer(&h, 0,
          RANGES({MIB(32), MIB(2)}, {MIB(36), MIB(2)}, {MIB(40), MIB(2)}));
    expect_answerable(
        &h, 0, RANGES({MIB(32), MIB(2)}, {MIB(36), MIB(2)}, {MIB(40), MIB(2)}));
    harness_free(&h);
}

/* 65,536 lost records: the count stops, the flag stays. */
C_TEST(known_faults, device_10_1_row_14_more_records_and_overflow_count)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.dc_log = 1;
    h.config.extents = 4096;
    h.config.regions[0].block_size = DCD_KIB;
    h.config.mailbox_payload = 1 << 20;
    harness_build(&h);
    hold(&h, 0, RANGES({0, MIB(128)}));
    offer(&h, 0, RANGES({GIB(2), MIB(2)}));
    C_EXPECT_EQ(1, get_events(&h, 0));
    C_EXPECT_EQ(0, h.out[0]); /* all there is was returned */
    for (uint32_t i = 0; i < 65540; i++) {
        struct range r = {DCD_KIB * i, DCD_KIB};

        C_ASSERT_EQ(OK, fm_release(&h, 0, DCD_RELEASE_FORCED, &r, 1));
        if (i != 65533 && i != 65534 && i != 65535 && i != 65539)
            continue;
        C_EXPECT_EQ(1, get_events(&h, 0));
        C_EXPECT_EQ(DCD_GET_EVENTS_OVERFLOW, h.out[0]);
        C_EXPECT_EQ(i + 1 < 65535 ? i + 1 : 65535, dcd_load_le(h.out + 2, 2));
    }
    harness_free(&h);
}

static uint16_t clear(struct harness *h, uint8_t flags, uint16_t first,
                      uint16_t second)
{
    uint8_t in[10] = {4, flags, 2};

    dcd_store_le(in + 6, 2, first);
    dcd_store_le(in + 8, 2, second);
    return mailbox(h, 0, DCD_OP_CLEAR_EVENT_RECORDS, in, sizeof(in));
}

C_TEST(known_faults, device_10_1_row_15_clearing_records)
{
    static const uint8_t all[6] = {4, DCD_CLEAR_EVENTS_ALL};
    struct harness h;

    harness_d1(&h);
    offer(&h, 0, RANGES({0, MIB(2)}));
    C_EXPECT_EQ(DCD_RC_INVALID_HANDLE, clear(&h, 0, 1, 2)); /* surplus */
    C_EXPECT_EQ(DCD_RC_INVALID_HANDLE, clear(&h, 0, 9, 1));
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT,
                mailbox(&h, 0, DCD_OP_CLEAR_EVENT_RECORDS, all, sizeof(all)));
    C_EXPECT_EQ(1, get_events(&h, 0));
    harness_free(&h);
}

/* Through a decoder over region 0 at 4 GiB. */
static uint64_t word_at(struct harness *h, uint64_t dpa)
{
    uint8_t bytes[8] = {0};

    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_read(h->device, 0, GIB(4) + dpa, bytes, 8));
    return dcd_load_le(bytes, 8);
}

/* Writes a word into a block of region 0, gives the block back and gets it
 * again: what is there now? */
static uint64_t word_after_release(enum dcd_sanitize sanitize, uint8_t flags)
{
    static const uint8_t secret[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct harness h;
    uint64_t word;

    harness_d1_config(&h);
    h.config.regions[0].sanitize = sanitize;
    harness_build(&h);
    commit_decoder(&h, 0, 0, GIB(4), GIB(2), 0);
    hold(&h, 0, RANGES({0, MIB(4)}));
    C_EXPECT_EQ(DCD_ACCESS_OK, dcd_device_write(h.device, 0, GIB(4) + MIB(2),
                                                secret, sizeof(secret)));
    C_EXPECT_EQ(OK, fm_release(&h, 0, flags, RANGES({0, MIB(4)})));
    if (!(flags & DCD_RELEASE_FORCED))
        C_EXPECT_EQ(OK, release(&h, 0, RANGES({0, MIB(4)})));
    drain(&h, 0);
    hold(&h, 0, RANGES({0, MIB(4)}));
    word = word_at(&h, MIB(2));
    harness_free(&h);
    return word;
}

C_TEST(known_faults, device_10_1_row_17_released_blocks_are_erased)
{
    const uint64_t secret = UINT64_C(0x0807060504030201);

    C_EXPECT_EQ(secret, word_after_release(DCD_SANITIZE_NO, 0));
    C_EXPECT_EQ(0, word_after_release(DCD_SANITIZE_YES, 0));
    C_EXPECT_EQ(0, word_after_release(DCD_SANITIZE_YES, DCD_RELEASE_FORCED));
    C_EXPECT_EQ(secret, word_after_release(DCD_SANITIZE_CONFIGURABLE, 0));
    C_EXPECT_EQ(0,
                word_after_release(DCD_SANITIZE_CONFIGURABLE,
                                   DCD_RELEASE_FORCED | DCD_RELEASE_SANITIZE));
}

C_TEST(known_faults, device_10_1_row_19_a_reset_leaves_nothing_behind)
{
    static const uint8_t none[5] = {0};
    struct harness h;

    harness_d1(&h);
    hold(&h, 0, RANGES({0, MIB(4)}));
    enable_interrupts(&h, 0);
    offer(&h, 0, RANGES({MIB(8), MIB(4)}));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_list(&h, 0, NO_RANGES);
    expect_no_pending(&h, 0);
    C_EXPECT_EQ(0, get_events(&h, 0));
    C_EXPECT_EQ(0, reg_read(&h, 0, EVENT_STATUS_AT, 8));
    C_EXPECT_EQ(512, available_extents(&h, 0));
    C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_GET_INTERRUPT_POLICY));
    C_EXPECT_MEMEQ(none, h.out, sizeof(none));
    commit_decoder(&h, 0, 0, GIB(4), GIB(1), 0);
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED,
                dcd_device_probe(h.device, 0, GIB(4), 8, false));
    expect_free(&h, 0, RANGES({0, MIB(4)}, {MIB(8), MIB(4)}));
    harness_free(&h);
}

/* 5604h, prescriptive, one extent of 2 MiB; then bytes are spoilt. */
struct spoilt {
    uint32_t at;
    uint8_t value;
    uint32_t length; /* of the message; 0: all of it */
    uint16_t code;
};

C_TEST(known_faults, device_10_1_row_25_an_add_request_is_looked_at_whole)
{
    static const struct spoilt rows[] = {
        {0x00, 0x01, 0, DCD_RC_INVALID_INPUT},          /* no such host */
        {0x01, 0x01, 0, DCD_RC_INVALID_INPUT},          /* host 256 */
        {0x02, 0x04, 0, DCD_RC_INVALID_INPUT},          /* no such policy */
        {0x02, 0x0f, 0, DCD_RC_INVALID_INPUT},          /* all its bits */
        {0x1c, 0x00, 0, DCD_RC_INVALID_EXTENT_LIST},    /* count 0 */
        {0x1c, 0x02, 0, DCD_RC_INVALID_PAYLOAD_LENGTH}, /* one is missing */
        {0x1f, 0xff, 0, DCD_RC_INVALID_PAYLOAD_LENGTH}, /* FF000001h of them */
        {0x02, DCD_ADD_PRESCRIPTIVE, 0x1f, DCD_RC_INVALID_PAYLOAD_LENGTH},
        {0x02, DCD_ADD_PRESCRIPTIVE, 0x47, DCD_RC_INVALID_PAYLOAD_LENGTH},
        {0x25, 0xff, 0, DCD_RC_INVALID_PHYSICAL_ADDRESS}, /* no such region */
    };
    struct harness h;
    struct view before;

    harness_d1(&h);
    before = look(&h, 0);
    for (uint32_t i = 0; i < COUNT(rows); i++) {
        uint8_t in[0x48] = {0, 0, DCD_ADD_PRESCRIPTIVE};

        in[0x1c] = 1;
        dcd_store_le(in + 0x28, 8, MIB(2));
        in[rows[i].at] = rows[i].value;
        C_CONTEXT("byte %02Xh is %02Xh", rows[i].at, rows[i].value);
        C_EXPECT_EQ(rows[i].code,
                    fm(&h, DCD_OP_INITIATE_DC_ADD, in,
                       rows[i].length ? rows[i].length : sizeof(in)));
    }
    C_CONTEXT("");
    expect_unchanged(&h, 0, &before);
    expect_no_pending(&h, 0);
    harness_free(&h);
}

/* A list that is malformed anywhere is malformed, whatever else it is. */
C_TEST(known_faults, device_10_1_row_26_form_comes_before_overlap)
{
    struct harness h;

    harness_d1(&h);
    hold(&h, 0, RANGES({0, MIB(4)}));
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS,
                fm_add(&h, 0, RANGES({0, MIB(4)}, {GIB(4), MIB(2)})));
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS,
                fm_add(&h, 0, RANGES({0, MIB(4)}, {GIB(2) - MIB(2), MIB(4)})));
    C_EXPECT_EQ(DCD_RC_INVALID_EXTENT_LIST,
                fm_add(&h, 0, RANGES({0, MIB(4)}, {GIB(2), MIB(2)})));
    harness_free(&h);
}

C_TEST(known_faults, device_10_1_row_27_a_release_request_means_what_it_says)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.dc_log = 1;
    harness_build(&h);
    hold(&h, 0, RANGES({0, MIB(8)}));
    /* One record fits; a second one has to wait. */
    C_EXPECT_EQ(OK, fm_release(&h, 0, 0, RANGES({0, MIB(2)})));
    C_EXPECT_EQ(DCD_RC_RETRY_REQUIRED,
                fm_release(&h, 0, 0, RANGES({MIB(2), MIB(2)})));
    /* Sanitize cannot be asked of a region that does not do it. */
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, fm_release(&h, 0, DCD_RELEASE_SANITIZE,
                                                 RANGES({MIB(2), MIB(2)})));
    expect_list(&h, 0, RANGES({0, MIB(8)}));
    /* By force it happens at once, room or no room. */
    C_EXPECT_EQ(
        OK, fm_release(&h, 0, DCD_RELEASE_FORCED, RANGES({MIB(2), MIB(2)})));
    expect_list(&h, 0, RANGES({0, MIB(2)}, {MIB(4), MIB(4)}));
    harness_free(&h);
}

C_TEST(known_faults, device_10_1_row_28_the_fabric_manager_is_told)
{
    struct harness h;

    harness_d1(&h);
    offer(&h, 0, RANGES({0, MIB(4)}, {MIB(8), MIB(4)}));
    expect_fm_silent(&h);
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({0, MIB(4)}, {MIB(8), MIB(2)})));
    expect_fm(&h, DCD_EVENT_ADD_RESPONSE, 0,
              RANGES({0, MIB(4)}, {MIB(8), MIB(2)}));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({0, MIB(2)})));
    expect_fm(&h, DCD_EVENT_CAPACITY_RELEASED, 0, RANGES({0, MIB(2)}));
    C_EXPECT_EQ(
        OK, fm_release(&h, 0, DCD_RELEASE_FORCED, RANGES({MIB(8), MIB(2)})));
    expect_fm(&h, DCD_EVENT_CAPACITY_RELEASED, 0, RANGES({MIB(8), MIB(2)}));
    harness_free(&h);
}

C_TEST(known_faults, device_10_1_row_29_more_than_eight_regions)
{
    struct dcd_config_error error;
    struct harness h;

    harness_d1_config(&h);
    for (unsigned n = 9; n < 300; n++) {
        h.config.region_count = n;
        C_EXPECT(!dcd_config_validate(&h.config, &error));
        C_EXPECT(!dcd_device_create(&h.config, NULL, &error));
    }
}

C_TEST(known_faults, device_10_1_row_32_length_field_and_narrow_writes)
{
    static const uint8_t zeros[2048] = {0};
    struct harness h;

    harness_d1(&h);
    /* Bit 20 of the length is not lost: 10 0000h is not 0. */
    C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH,
                mailbox(&h, 0, 0x4000, zeros, 1u << 20));
    reg_write(&h, 0, MAILBOX_AT(DCD_MBOX_COMMAND), 1, 0x00);
    reg_write(&h, 0, MAILBOX_AT(DCD_MBOX_COMMAND) + 1, 1, 0x40);
    reg_write(&h, 0, MAILBOX_AT(DCD_MBOX_COMMAND) + 2, 2, 0);
    reg_write(&h, 0, MAILBOX_AT(DCD_MBOX_CONTROL), 1, 1);
    C_EXPECT_EQ(0x45, reg_read(&h, 0, MAILBOX_AT(DCD_MBOX_COMMAND) + 2, 2));
    harness_free(&h);
}

C_TEST(known_faults, device_10_1_row_34_get_log_counts_in_bytes)
{
    struct dcd_get_log_req req = {dcd_uuid_command_effects_log, dcd_put32(8),
                                  dcd_put32(4)};
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(OK, mailbox(&h, 0, DCD_OP_GET_LOG, &req, sizeof(req)));
    C_EXPECT_EQ(0x00100101, dcd_load_le(h.out, 4)); /* the third entry */
    req.offset = dcd_put32(cel_size(&h));
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT,
                mailbox(&h, 0, DCD_OP_GET_LOG, &req, sizeof(req)));
    harness_free(&h);
}

C_TEST(known_faults, device_10_1_row_37_every_log_has_a_depth)
{
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_IDENTIFY_MEMORY_DEVICE));
    for (unsigned i = 0; i < 4; i++)
        C_EXPECT(dcd_load_le(h.out + 0x30 + 2 * i, 2) >= 1);
    harness_free(&h);
}
