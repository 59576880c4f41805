/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_list_in_parts.c - lists of 4802h and 4803h that come in several
 * payloads (the More flag), and what ends them early.
 */
#include "host_support.h"

#include "gtest_c.h"

#include <string.h>

#define OK DCD_RC_SUCCESS
#define PART_1 RANGES({0, MIB(32)})
#define PART_2 RANGES({MIB(64), MIB(32)})
#define PART_3 RANGES({MIB(96), MIB(32)})

static void begin(struct harness *h)
{
    harness_d1(h);
    offer(h, 0, RANGES({0, MIB(128)}));
}

static void begin_release(struct harness *h)
{
    harness_d1(h);
    hold(h, 0, RANGES({0, MIB(128)}));
}

C_TEST(parts, an_answer_in_three_parts_is_one_answer)
{
    struct harness h;

    begin(&h);
    C_EXPECT_EQ(OK, add_response_more(&h, 0, PART_3));
    C_EXPECT_EQ(OK, add_response_more(&h, 0, PART_1));
    C_EXPECT_EQ(OK, add_response(&h, 0, PART_2));
    expect_list(&h, 0,
                RANGES({0, MIB(32)}, {MIB(64), MIB(32)}, {MIB(96), MIB(32)}));
    C_EXPECT_EQ(1, generation(&h, 0));
    expect_fm(&h, DCD_EVENT_ADD_RESPONSE, 0,
              RANGES({MIB(96), MIB(32)}, {0, MIB(32)}, {MIB(64), MIB(32)}));
    harness_free(&h);
}

C_TEST(parts, a_release_in_three_parts_is_one_release)
{
    struct harness h;

    begin_release(&h);
    C_EXPECT_EQ(OK, release_more(&h, 0, PART_3));
    C_EXPECT_EQ(OK, release_more(&h, 0, PART_1));
    C_EXPECT_EQ(OK, release(&h, 0, PART_2));
    expect_list(&h, 0, RANGES({MIB(32), MIB(32)}));
    C_EXPECT_EQ(2, generation(&h, 0));
    expect_fm(&h, DCD_EVENT_CAPACITY_RELEASED, 0,
              RANGES({MIB(96), MIB(32)}, {0, MIB(32)}, {MIB(64), MIB(32)}));
    harness_free(&h);
}

C_TEST(parts, nothing_happens_before_the_last_part)
{
    struct harness h;

    begin_release(&h);
    commit_decoder(&h, 0, 0, GIB(4), GIB(1), 0);
    C_EXPECT_EQ(OK, release_more(&h, 0, PART_1));
    C_EXPECT_EQ(DCD_ACCESS_OK, dcd_device_probe(h.device, 0, GIB(4), 8, true));
    expect_fm_silent(&h);
    C_EXPECT_EQ(OK, release(&h, 0, PART_2));
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED,
                dcd_device_probe(h.device, 0, GIB(4), 8, true));
    harness_free(&h);
}

/* Entries are checked when the list is whole, all of them together. */
C_TEST(parts, the_whole_list_is_checked_at_the_end)
{
    struct harness h;
    struct view before;

    begin(&h);
    before = look(&h, 0);
    C_EXPECT_EQ(OK, add_response_more(&h, 0, RANGES({MIB(1), 5})));
    C_EXPECT_EQ(DCD_RC_INVALID_EXTENT_LIST, add_response(&h, 0, PART_1));
    C_EXPECT_EQ(OK, add_response_more(&h, 0, PART_1));
    C_EXPECT_EQ(DCD_RC_INVALID_EXTENT_LIST, add_response(&h, 0, PART_1));
    expect_unchanged(&h, 0, &before);
    expect_answerable(&h, 0, RANGES({0, MIB(128)}));
    harness_free(&h);
}

C_TEST(parts, the_last_part_may_be_empty)
{
    struct harness h;

    begin(&h);
    C_EXPECT_EQ(OK, add_response_more(&h, 0, PART_1));
    C_EXPECT_EQ(OK, add_response(&h, 0, NO_RANGES));
    expect_list(&h, 0, PART_1);
    C_EXPECT_EQ(OK, release_more(&h, 0, PART_1));
    C_EXPECT_EQ(OK, release(&h, 0, NO_RANGES));
    expect_list(&h, 0, NO_RANGES);
    harness_free(&h);
}

C_TEST(parts, a_list_of_empty_parts_is_empty)
{
    struct harness h;

    begin(&h);
    C_EXPECT_EQ(OK, add_response_more(&h, 0, NO_RANGES));
    C_EXPECT_EQ(OK, add_response(&h, 0, NO_RANGES));
    expect_fm(&h, DCD_EVENT_ADD_RESPONSE, 0, RANGES({0, 0}));
    expect_no_pending(&h, 0);
    C_EXPECT_EQ(OK, release_more(&h, 0, NO_RANGES));
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, release(&h, 0, NO_RANGES));
    harness_free(&h);
}

/* --- What ends a list early ---------------------------------------------- */

/* After [between] the part before it is forgotten: the answer is PART_2. */
static void expect_forgotten(struct harness *h)
{
    C_EXPECT_EQ(OK, add_response(h, 0, PART_2));
    expect_list(h, 0, PART_2);
    harness_free(h);
}

C_TEST(parts, another_command_runs_normally_and_ends_the_list)
{
    static const uint16_t opcodes[] = {0x0102, 0x0300, 0x0400, 0x4000, 0x4100};

    for (uint32_t i = 0; i < COUNT(opcodes); i++) {
        struct harness h;

        begin(&h);
        C_EXPECT_EQ(OK, add_response_more(&h, 0, PART_1));
        C_EXPECT_EQ(OK, command(&h, 0, opcodes[i]));
        C_EXPECT(h.out_length != 0);
        expect_forgotten(&h);
    }
}

C_TEST(parts, a_command_that_fails_ends_the_list_as_well)
{
    static const uint16_t opcodes[] = {0x5604, 0xffff, 0x0100, 0x4803};

    for (uint32_t i = 0; i < COUNT(opcodes); i++) {
        struct harness h;

        begin(&h);
        C_EXPECT_EQ(OK, add_response_more(&h, 0, PART_1));
        C_EXPECT(command(&h, 0, opcodes[i]) != OK);
        expect_forgotten(&h);
    }
}

C_TEST(parts, a_wrong_length_ends_the_list)
{
    static const uint8_t zeros[2049] = {0};
    static const uint32_t lengths[] = {0, 7, 2049};

    for (uint32_t i = 0; i < COUNT(lengths); i++) {
        struct harness h;

        begin(&h);
        C_EXPECT_EQ(OK, add_response_more(&h, 0, PART_1));
        C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH,
                    mailbox(&h, 0, DCD_OP_ADD_DC_RESPONSE, zeros, lengths[i]));
        expect_forgotten(&h);
    }
}

C_TEST(parts, the_other_list_command_ends_the_list)
{
    struct harness h;

    harness_d1(&h);
    hold(&h, 0, RANGES({0, MIB(128)}));
    offer(&h, 0, RANGES({MIB(256), MIB(128)}));
    C_EXPECT_EQ(OK, release_more(&h, 0, PART_1));
    C_EXPECT_EQ(OK, add_response_more(&h, 0, RANGES({MIB(256), MIB(32)})));
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({MIB(320), MIB(32)})));
    C_EXPECT_EQ(OK, release(&h, 0, PART_2));
    expect_list(&h, 0,
                RANGES({0, MIB(64)}, {MIB(96), MIB(32)}, {MIB(256), MIB(32)},
                       {MIB(320), MIB(32)}));
    harness_free(&h);
}

C_TEST(parts, a_list_that_failed_is_forgotten)
{
    struct harness h;

    begin(&h);
    C_EXPECT_EQ(OK, add_response_more(&h, 0, PART_1));
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS,
                add_response(&h, 0, RANGES({GIB(1), MIB(2)})));
    expect_forgotten(&h);
}

C_TEST(parts, a_reset_ends_the_list)
{
    struct harness h;

    begin(&h);
    C_EXPECT_EQ(OK, add_response_more(&h, 0, PART_1));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    offer(&h, 0, RANGES({0, MIB(128)}));
    expect_forgotten(&h);
}

/* What others do meanwhile is nothing to this mailbox. */
C_TEST(parts, other_ports_do_not_end_the_list)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.heads = 2;
    harness_build(&h);
    offer(&h, 0, RANGES({0, MIB(128)}));
    offer(&h, 1, RANGES({MIB(128), MIB(128)}));
    C_EXPECT_EQ(OK, add_response_more(&h, 0, PART_1));
    C_EXPECT_EQ(OK, add_response_more(&h, 1, RANGES({MIB(128), MIB(2)})));
    fm_drain(&h);
    reg_read(&h, 0, EVENT_STATUS_AT, 8);
    C_EXPECT_EQ(OK, add_response(&h, 0, PART_2));
    C_EXPECT_EQ(OK, add_response(&h, 1, RANGES({MIB(132), MIB(2)})));
    expect_list(&h, 0, RANGES({0, MIB(32)}, {MIB(64), MIB(32)}));
    expect_list(&h, 1, RANGES({MIB(128), MIB(2)}, {MIB(132), MIB(2)}));
    harness_free(&h);
}

/* --- Limits -------------------------------------------------------------- */

/* The entries of all parts together have to be trackable. */
C_TEST(parts, a_list_longer_than_can_be_tracked_is_dropped)
{
    struct range list[60];
    struct harness h;

    harness_d1_config(&h);
    h.config.extents = 100;
    harness_build(&h);
    offer(&h, 0, RANGES({0, GIB(2)}));
    scattered(list, 60, 0, MIB(2));
    C_EXPECT_EQ(OK, add_response_more(&h, 0, list, 60));
    C_EXPECT_EQ(DCD_RC_RESOURCES_EXHAUSTED, add_response_more(&h, 0, list, 41));
    scattered(list, 60, MIB(512), MIB(2));
    C_EXPECT_EQ(OK, add_response_more(&h, 0, list, 50));
    C_EXPECT_EQ(OK, add_response(&h, 0, list + 50, 10));
    expect_list(&h, 0, list, 60);
    harness_free(&h);
}

/* A release may have more entries than there can be extents. */
C_TEST(parts, a_release_may_be_longer_than_the_list)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.extents = 2;
    harness_build(&h);
    hold(&h, 0, RANGES({0, MIB(128)}));
    for (unsigned i = 0; i < 63; i++) {
        struct range r = {MIB(2) * i, MIB(2)};

        C_EXPECT_EQ(OK, release_more(&h, 0, &r, 1));
    }
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(126), MIB(2)})));
    expect_list(&h, 0, NO_RANGES);
    harness_free(&h);
}

/* A host cannot make the device collect without end. */
C_TEST(parts, a_release_of_more_than_a_million_entries_is_dropped)
{
    static struct range entries[43690];
    const uint32_t limit = 1u << 20;
    uint32_t sent = 0;
    struct harness h;

    harness_d1_config(&h);
    h.config.mailbox_payload = 1 << 20;
    harness_build(&h);
    hold(&h, 0, RANGES({0, MIB(4)}));
    for (uint32_t i = 0; i < COUNT(entries); i++)
        entries[i].length = MIB(2);
    while (limit - sent >= COUNT(entries)) {
        C_ASSERT_EQ(OK, release_more(&h, 0, entries, COUNT(entries)));
        sent += COUNT(entries);
    }
    C_EXPECT_EQ(OK, release_more(&h, 0, entries, limit - sent));
    C_EXPECT_EQ(DCD_RC_RESOURCES_EXHAUSTED, release_more(&h, 0, entries, 1));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(2), MIB(2)})));
    expect_list(&h, 0, RANGES({0, MIB(2)}));
    harness_free(&h);
}
