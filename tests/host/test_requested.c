/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_requested.c - what users and reviewers of models of such a device have
 * asked for. What needs nothing but a host and prescriptive requests of the
 * fabric manager is here.
 */
#include "host_support.h"

#include "gtest_c.h"

#include <string.h>

#define OK DCD_RC_SUCCESS

/* A request is one offer: a chain of records, one answer, and what the answer
 * leaves out is refused with it. */
C_TEST(requested, device_10_2_row_02_a_request_is_one_offer)
{
    struct harness h;

    harness_d1(&h);
    offer(&h, 0, RANGES({0, MIB(4)}, {MIB(8), MIB(4)}, {MIB(16), MIB(4)}));
    C_ASSERT_EQ(3, get_events(&h, 0));
    for (uint32_t i = 0; i < 3; i++)
        C_EXPECT_EQ(i < 2 ? DCD_EVENT_MORE : 0, event_at(&h, i)->flags);
    C_EXPECT_EQ(OK, add_response_more(&h, 0, RANGES({MIB(8), MIB(4)})));
    expect_list(&h, 0, NO_RANGES);
    /* Looking ended the answer in parts; the offer still waits. */
    C_EXPECT_EQ(OK, add_response_more(&h, 0, RANGES({MIB(8), MIB(4)})));
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({0, MIB(2)})));
    expect_list(&h, 0, RANGES({0, MIB(2)}, {MIB(8), MIB(4)}));
    expect_no_pending(&h, 0);
    expect_free(&h, 0, RANGES({MIB(2), MIB(2)}, {MIB(16), MIB(4)}));
    harness_free(&h);
}

/* An offer that is withdrawn stays the one to be answered next. */
C_TEST(requested, device_10_2_row_03_an_offer_can_be_withdrawn)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.revision = DCD_REVISION_4_0;
    harness_build(&h);
    offer(&h, 0, RANGES({0, MIB(4)}));
    offer(&h, 0, RANGES({MIB(8), MIB(4)}));
    C_EXPECT_EQ(OK, fm_release(&h, 0, DCD_RELEASE_FORCED, RANGES({0, MIB(4)})));
    C_EXPECT_EQ(OK, add_response(&h, 0, NO_RANGES));
    expect_list(&h, 0, NO_RANGES);
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({MIB(8), MIB(4)})));
    expect_list(&h, 0, RANGES({MIB(8), MIB(4)}));
    expect_free(&h, 0, RANGES({0, MIB(4)}));
    harness_free(&h);
}

C_TEST(requested, device_10_2_row_04_capacity_can_be_taken_by_force)
{
    struct harness h;

    harness_d1(&h);
    commit_decoder(&h, 0, 0, GIB(4), GIB(2), 0);
    hold(&h, 0, RANGES({0, MIB(8)}));
    C_EXPECT_EQ(
        OK, fm_release(&h, 0, DCD_RELEASE_FORCED, RANGES({MIB(2), MIB(4)})));
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED,
                dcd_device_probe(h.device, 0, GIB(4) + MIB(2), 8, false));
    C_EXPECT_EQ(DCD_ACCESS_OK, dcd_device_probe(h.device, 0, GIB(4), 8, false));
    C_ASSERT_EQ(1, get_events(&h, 0));
    C_EXPECT_EQ(DCD_EVENT_FORCED_RELEASE, event_at(&h, 0)->type);
    expect_list(&h, 0, RANGES({0, MIB(2)}, {MIB(6), MIB(2)}));
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS,
                release(&h, 0, RANGES({MIB(2), MIB(4)})));
    harness_free(&h);
}

/* A superset of neighbours goes; one bad entry, and nothing goes. */
C_TEST(requested, device_10_2_row_07_a_superset_goes_whole_or_not_at_all)
{
    struct harness h;

    harness_d1(&h);
    hold(&h, 0, RANGES({0, MIB(4)}, {MIB(4), MIB(4)}, {MIB(8), MIB(4)}));
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS,
                release(&h, 0, RANGES({MIB(2), MIB(8)}, {MIB(12), MIB(2)})));
    expect_list(&h, 0, RANGES({0, MIB(4)}, {MIB(4), MIB(4)}, {MIB(8), MIB(4)}));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(2), MIB(8)})));
    expect_list(&h, 0, RANGES({0, MIB(2)}, {MIB(10), MIB(2)}));
    harness_free(&h);
}

C_TEST(requested, device_10_2_row_08_nothing_is_accepted_before_the_answer)
{
    struct harness h;

    harness_d1(&h);
    commit_decoder(&h, 0, 0, GIB(4), GIB(2), 0);
    offer(&h, 0, RANGES({0, MIB(4)}));
    expect_list(&h, 0, NO_RANGES);
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED,
                dcd_device_probe(h.device, 0, GIB(4), 8, false));
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS,
                release(&h, 0, RANGES({0, MIB(4)})));
    expect_answerable(&h, 0, RANGES({0, MIB(4)}));
    C_EXPECT_EQ(DCD_ACCESS_OK, dcd_device_probe(h.device, 0, GIB(4), 8, false));
    harness_free(&h);
}

/* 5601h: what region [i] says of itself. */
static void expect_region(struct harness *h, unsigned i, uint64_t length,
                          uint64_t block, uint8_t attributes)
{
    const uint8_t *region = h->out + 4 + 0x28 * i;

    C_CONTEXT("region %u", i);
    C_EXPECT_EQ(length, dcd_load_le(region + 0x10, 8));
    C_EXPECT_EQ(block, dcd_load_le(region + 0x18, 8));
    C_EXPECT_EQ(attributes, region[0x20]);
    C_CONTEXT("");
}

C_TEST(requested, device_10_2_row_10_each_region_has_its_own_shape)
{
    static const uint8_t all[4] = {0, 0, 8, 0};
    struct harness h;

    harness_d1_config(&h);
    h.config.tags = 1;
    h.config.region_count = 3;
    h.config.regions[0].length = MIB(512);
    h.config.regions[0].block_size = 64;
    h.config.regions[1].length = GIB(1);
    h.config.regions[1].block_size = MIB(256);
    h.config.regions[1].attributes = DCD_REGION_ATTR_SHARABLE;
    h.config.regions[2].length = MIB(6);
    h.config.regions[2].block_size = MIB(2);
    h.config.regions[2].attributes = DCD_REGION_ATTR_READ_ONLY;
    harness_build(&h);
    C_EXPECT_EQ(OK, fm(&h, DCD_OP_GET_HOST_DC_CONFIG, all, sizeof(all)));
    C_ASSERT_EQ(4 + 3 * 0x28 + 0x10, h.out_length);
    expect_region(&h, 0, MIB(512), 64, 0);
    expect_region(&h, 1, GIB(1), MIB(256), DCD_REGION_ATTR_SHARABLE);
    expect_region(&h, 2, MIB(6), MIB(2), DCD_REGION_ATTR_READ_ONLY);
    hold(&h, 0, RANGES({64, 192}));
    expect_list(&h, 0, RANGES({64, 192}));
    harness_free(&h);
}

/* Beside volatile ones; the shutdown state then means something (4203h). */
C_TEST(requested, device_10_2_row_11_a_region_can_be_nonvolatile)
{
    static const uint8_t all[4] = {0, 0, 8, 0};
    struct harness h;

    harness_d1_config(&h);
    h.config.regions[1].attributes = DCD_REGION_ATTR_NONVOLATILE;
    harness_build(&h);
    C_EXPECT_EQ(OK, fm(&h, DCD_OP_GET_HOST_DC_CONFIG, all, sizeof(all)));
    expect_region(&h, 0, GIB(2), MIB(2), 0);
    expect_region(&h, 1, GIB(2), MIB(2), DCD_REGION_ATTR_NONVOLATILE);
    C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_GET_SHUTDOWN_STATE));
    harness_free(&h);
}

C_TEST(requested, device_10_2_row_12_pending_capacity_is_not_asked_back)
{
    struct harness h;
    struct view before;

    harness_d1(&h);
    offer(&h, 0, RANGES({0, MIB(4)}));
    before = look(&h, 0);
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS,
                fm_release(&h, 0, 0, RANGES({0, MIB(4)})));
    expect_unchanged(&h, 0, &before);
    expect_answerable(&h, 0, RANGES({0, MIB(4)}));
    harness_free(&h);
}

C_TEST(requested, device_10_2_row_13_a_full_log_means_try_again)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.dc_log = 2;
    harness_build(&h);
    offer(&h, 0, RANGES({0, MIB(2)}));
    C_EXPECT_EQ(DCD_RC_RETRY_REQUIRED,
                fm_add(&h, 0, RANGES({MIB(4), MIB(2)}, {MIB(8), MIB(2)})));
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({0, MIB(2)})));
    C_EXPECT_EQ(OK, clear_events(&h, 0, 1));
    offer(&h, 0, RANGES({MIB(4), MIB(2)}, {MIB(8), MIB(2)}));
    C_EXPECT_EQ(DCD_RC_RETRY_REQUIRED,
                fm_release(&h, 0, 0, RANGES({0, MIB(2)})));
    harness_free(&h);
}

/* Errors of the media are reported, but never between records of capacity. */
C_TEST(requested, device_10_2_row_16_errors_stay_out_of_the_capacity_log)
{
    const struct dcd_inject_poison_req inject = {dcd_put64(0)};
    const struct dcd_scan_media_req scan = {{dcd_put64(0), dcd_put64(64)}, 0};
    struct harness h;
    uint64_t others;

    harness_d1_config(&h);
    h.config.static_volatile = MIB(256);
    harness_build(&h);
    offer(&h, 0, RANGES({MIB(256), MIB(2)}, {MIB(260), MIB(2)}));
    C_EXPECT_EQ(OK,
                mailbox(&h, 0, DCD_OP_INJECT_POISON, &inject, sizeof(inject)));
    C_EXPECT_EQ(DCD_RC_BACKGROUND_STARTED,
                mailbox(&h, 0, DCD_OP_SCAN_MEDIA, &scan, sizeof(scan)));
    run_until(&h, h.now + UINT64_C(1000000000000));
    others = reg_read(&h, 0, EVENT_STATUS_AT, 8) & ~(uint64_t)DC_LOG_BIT;
    C_EXPECT(others != 0);
    C_ASSERT_EQ(2, get_events(&h, 0));
    for (uint32_t i = 0; i < 2; i++)
        C_EXPECT(dcd_uuid_equal(&event_at(&h, i)->header.type,
                                &dcd_uuid_dynamic_capacity_event));
    harness_free(&h);
}

/* The list of cases that "Linux will not hit", through the raw mailbox. */
C_TEST(requested, device_10_2_row_17_corner_cases_of_adding_and_releasing)
{
    struct harness h;

    harness_d1(&h);
    hold(&h, 0,
         RANGES({0, MIB(128)}, {MIB(128), MIB(128)}, {MIB(512), MIB(4)},
                {MIB(520), MIB(4)}));
    C_EXPECT_EQ(DCD_RC_INVALID_EXTENT_LIST,
                release(&h, 0, RANGES({MIB(1), MIB(2)})));
    C_EXPECT_EQ(DCD_RC_INVALID_EXTENT_LIST,
                release(&h, 0, RANGES({0, MIB(64)}, {MIB(32), MIB(64)})));
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS, /* a hole */
                release(&h, 0, RANGES({MIB(512), MIB(12)})));
    /* Parts of two neighbours, */
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(64), MIB(128)})));
    expect_list(&h, 0,
                RANGES({0, MIB(64)}, {MIB(192), MIB(64)}, {MIB(512), MIB(4)},
                       {MIB(520), MIB(4)}));
    /* a part of one, then one by one. */
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(32), MIB(32)})));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(520), MIB(4)})));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(512), MIB(4)})));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(192), MIB(64)})));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({0, MIB(32)})));
    expect_list(&h, 0, NO_RANGES);
    harness_free(&h);
}

/* Requests and answers as bytes, so that it holds on any host. */
C_TEST(requested, device_10_2_row_18_integers_are_little_endian)
{
    static const uint8_t add[0x48] = {
        0, 0, 2, 0, [0x1c] = 1, [0x23] = 0x08, [0x2b] = 0x10};
    static const uint8_t answer[0x20] = {1, [0x0b] = 0x08, [0x13] = 0x10};
    static const uint8_t all[8] = {1};
    static const uint8_t list[0x20] = {
        1, [4] = 1, [0x13] = 0x08, [0x1b] = 0x10};
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(OK, fm(&h, 0x5604, add, sizeof(add)));
    C_EXPECT_EQ(OK, mailbox(&h, 0, 0x4802, answer, sizeof(answer)));
    C_EXPECT_EQ(OK, mailbox(&h, 0, 0x4801, all, sizeof(all)));
    C_ASSERT_EQ(0x38, h.out_length);
    memset(h.out + 8, 0, 4); /* the generation is any number */
    C_EXPECT_MEMEQ(list, h.out, sizeof(list));
    harness_free(&h);
}

/* One answer may cover several regions of its group, but not two groups. */
C_TEST(requested, device_10_2_row_19_what_one_answer_may_cover)
{
    struct harness h;

    harness_d1(&h);
    offer(&h, 0, RANGES({0, MIB(4)}, {GIB(2), MIB(4)}));
    offer(&h, 0, RANGES({MIB(8), MIB(4)}));
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS,
                add_response(&h, 0, RANGES({0, MIB(4)}, {MIB(8), MIB(4)})));
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({0, MIB(2)}, {GIB(2), MIB(4)})));
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({MIB(8), MIB(4)})));
    expect_list(&h, 0, RANGES({0, MIB(2)}, {MIB(8), MIB(4)}, {GIB(2), MIB(4)}));
    harness_free(&h);
}
