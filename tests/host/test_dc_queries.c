/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_dc_queries.c - what a host asks about capacity and changes nothing by:
 * 4000h, 4100h, 4800h and 4801h (CXL r3.1 8.2.9.9.1-.2, 8.2.9.9.9.1-.2).
 */
#include "host_support.h"

#include "gtest_c.h"

#include <string.h>

/* --- 4000h, 4100h -------------------------------------------------------- */

static void expect_static(struct harness *h, uint64_t volatile_units,
                          uint64_t persistent_units)
{
    C_EXPECT_EQ(DCD_RC_SUCCESS, command(h, 0, DCD_OP_IDENTIFY_MEMORY_DEVICE));
    C_ASSERT_EQ(0x45, h->out_length);
    C_EXPECT_EQ(volatile_units + persistent_units,
                dcd_load_le(h->out + 0x10, 8));
    C_EXPECT_EQ(volatile_units, dcd_load_le(h->out + 0x18, 8));
    C_EXPECT_EQ(persistent_units, dcd_load_le(h->out + 0x20, 8));
    C_EXPECT_EQ(0, dcd_load_le(h->out + 0x28, 8));
    C_EXPECT_EQ(DCD_RC_SUCCESS, command(h, 0, DCD_OP_GET_PARTITION_INFO));
    C_ASSERT_EQ(0x20, h->out_length);
    C_EXPECT_EQ(volatile_units, dcd_load_le(h->out, 8));
    C_EXPECT_EQ(persistent_units, dcd_load_le(h->out + 8, 8));
    C_EXPECT_EQ(0, dcd_load_le(h->out + 16, 8));
    C_EXPECT_EQ(0, dcd_load_le(h->out + 24, 8));
}

C_TEST(queries, identify_counts_static_capacity_only)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.static_volatile = GIB(1);
    h.config.static_persistent = MIB(512);
    harness_build(&h);
    expect_static(&h, 4, 2);
    hold(&h, 0, RANGES({MIB(1536), MIB(256)}));
    expect_static(&h, 4, 2);
    harness_free(&h);
}

C_TEST(queries, a_device_without_static_capacity_is_usable)
{
    struct harness h;

    harness_d1(&h);
    expect_static(&h, 0, 0);
    hold(&h, 0, RANGES({0, MIB(2)}));
    expect_list(&h, 0, RANGES({0, MIB(2)}));
    harness_free(&h);
}

C_TEST(queries, identify_reports_the_depth_of_each_log)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.event_log = 300;
    h.config.dc_log = 65535;
    harness_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, command(&h, 0, DCD_OP_IDENTIFY_MEMORY_DEVICE));
    for (unsigned i = 0; i < 4; i++)
        C_EXPECT_EQ(300, dcd_load_le(h.out + 0x30 + 2 * i, 2));
    C_EXPECT_EQ(65535, dcd_load_le(h.out + 0x43, 2));
    harness_free(&h);
}

/* --- 4800h --------------------------------------------------------------- */

static uint16_t get_config(struct harness *h, uint8_t count, uint8_t start)
{
    struct dcd_get_dc_config_req req = {count, start};

    return mailbox(h, 0, DCD_OP_GET_DC_CONFIG, &req, sizeof(req));
}

C_TEST(queries, configuration_pages_by_start_and_count)
{
    static const struct {
        uint8_t count;
        uint8_t start;
        uint8_t returned;
    } rows[] = {{8, 0, 3},   {3, 0, 3}, {2, 0, 2}, {0, 0, 0}, {1, 1, 1},
                {255, 1, 2}, {1, 2, 1}, {2, 2, 1}, {0, 2, 0}, {255, 2, 1}};
    struct harness h;

    harness_d1_config(&h);
    h.config.region_count = 3;
    h.config.regions[2] = h.config.regions[1];
    harness_build(&h);
    for (uint32_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("row %u", i);
        C_ASSERT_EQ(DCD_RC_SUCCESS,
                    get_config(&h, rows[i].count, rows[i].start));
        C_EXPECT_EQ(3, h.out[0]);
        C_EXPECT_EQ(rows[i].returned, h.out[1]);
        C_ASSERT_EQ(0x18 + 0x28 * rows[i].returned, h.out_length);
        for (unsigned k = 0; k < rows[i].returned; k++)
            C_EXPECT_EQ(GIB(2) * (rows[i].start + k),
                        dcd_load_le(h.out + 8 + 0x28 * k, 8));
        C_EXPECT_EQ(512, dcd_load_le(h.out + h.out_length - 16, 4));
    }
    C_CONTEXT("");
    for (unsigned start = 3; start < 256; start++) {
        C_EXPECT_EQ(DCD_RC_INVALID_INPUT, get_config(&h, 1, (uint8_t)start));
        C_EXPECT_EQ(DCD_RC_INVALID_INPUT, get_config(&h, 0, (uint8_t)start));
    }
    harness_free(&h);
}

C_TEST(queries, configuration_describes_each_region)
{
    struct harness h;
    const uint8_t *r;

    harness_d1_config(&h);
    h.config.static_volatile = MIB(256);
    h.config.regions[0].length = MIB(100);
    h.config.regions[0].decode = MIB(768);
    h.config.regions[0].block_size = 64;
    h.config.regions[1].length = GIB(3);
    h.config.regions[1].block_size = GIB(1);
    h.config.regions[1].sanitize = DCD_SANITIZE_YES;
    h.config.dsmad_auto = false;
    h.config.regions[0].dsmad = 7;
    h.config.regions[1].dsmad = 255;
    harness_build(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, get_config(&h, 2, 0));
    r = h.out + 8;
    C_EXPECT_EQ(MIB(256), dcd_load_le(r, 8));
    C_EXPECT_EQ(3, dcd_load_le(r + 8, 8));
    C_EXPECT_EQ(MIB(100), dcd_load_le(r + 16, 8));
    C_EXPECT_EQ(64, dcd_load_le(r + 24, 8));
    C_EXPECT_EQ(7, dcd_load_le(r + 32, 4));
    C_EXPECT_EQ(0, dcd_load_le(r + 36, 4));
    r += 0x28;
    C_EXPECT_EQ(GIB(1), dcd_load_le(r, 8));
    C_EXPECT_EQ(12, dcd_load_le(r + 8, 8));
    C_EXPECT_EQ(GIB(3), dcd_load_le(r + 16, 8));
    C_EXPECT_EQ(GIB(1), dcd_load_le(r + 24, 8));
    C_EXPECT_EQ(255, dcd_load_le(r + 32, 4));
    C_EXPECT_EQ(DCD_REGION_SANITIZE_ON_RELEASE, dcd_load_le(r + 36, 4));
    harness_free(&h);
}

#define TAG "aaaaaaaa-0000-1111-2222-333333333333"

C_TEST(queries, what_is_available_follows_pending_accepted_and_tags)
{
    static const struct range tagged[] = {{0, MIB(4), TAG},
                                          {MIB(8), MIB(4), TAG}};
    struct harness h;

    harness_d1_config(&h);
    h.config.extents = 10;
    h.config.tags = 3;
    harness_build(&h);
    C_EXPECT_EQ(10, available_extents(&h, 0));
    C_EXPECT_EQ(3, available_tags(&h, 0));
    offer(&h, 0, tagged, 2);
    C_EXPECT_EQ(8, available_extents(&h, 0));
    C_EXPECT_EQ(2, available_tags(&h, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, tagged, 1));
    C_EXPECT_EQ(9, available_extents(&h, 0));
    C_EXPECT_EQ(2, available_tags(&h, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({0, MIB(2)})));
    C_EXPECT_EQ(9, available_extents(&h, 0));
    C_EXPECT_EQ(2, available_tags(&h, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({MIB(2), MIB(2)})));
    C_EXPECT_EQ(10, available_extents(&h, 0));
    C_EXPECT_EQ(3, available_tags(&h, 0));
    harness_free(&h);
}

/* --- 4801h --------------------------------------------------------------- */

static uint16_t get_list(struct harness *h, uint32_t count, uint32_t start)
{
    struct dcd_get_extent_list_req req = {dcd_put32(count), dcd_put32(start)};

    return mailbox(h, 0, DCD_OP_GET_DC_EXTENT_LIST, &req, sizeof(req));
}

static uint32_t word(const struct harness *h, unsigned at)
{
    return (uint32_t)dcd_load_le(h->out + at, 4);
}

C_TEST(queries, the_list_pages_by_start_and_count)
{
    static const struct {
        uint32_t count;
        uint32_t start;
        uint32_t returned;
    } rows[] = {{0, 0, 0}, {1, 0, 1}, {4, 0, 4}, {5, 0, 4}, {UINT32_MAX, 0, 4},
                {2, 1, 2}, {9, 3, 1}, {0, 4, 0}, {1, 4, 0}, {UINT32_MAX, 4, 0}};
    struct range list[4];
    struct harness h;

    harness_d1(&h);
    scattered(list, 4, 0, MIB(2));
    hold(&h, 0, list, 4);
    for (uint32_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("row %u", i);
        C_ASSERT_EQ(DCD_RC_SUCCESS, get_list(&h, rows[i].count, rows[i].start));
        C_EXPECT_EQ(rows[i].returned, word(&h, 0));
        C_EXPECT_EQ(4, word(&h, 4));
        C_EXPECT(word(&h, 8) != 0);
        C_EXPECT_EQ(0, word(&h, 12));
        C_ASSERT_EQ(0x10 + 0x28 * rows[i].returned, h.out_length);
        for (uint32_t k = 0; k < rows[i].returned; k++)
            C_EXPECT_EQ(list[rows[i].start + k].dpa,
                        dcd_load_le(h.out + 0x10 + 0x28 * k, 8));
    }
    C_CONTEXT("");
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, get_list(&h, 0, 5));
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, get_list(&h, 1, UINT32_MAX));
    harness_free(&h);
}

C_TEST(queries, the_list_has_what_is_accepted_and_nothing_else)
{
    struct harness h;

    harness_d1(&h);
    hold(&h, 0, RANGES({0, MIB(4)}, {MIB(8), MIB(4)}));
    offer(&h, 0, RANGES({MIB(16), MIB(4)}));
    C_EXPECT_EQ(DCD_RC_SUCCESS, get_list(&h, 10, 0));
    C_EXPECT_EQ(2, word(&h, 0)); /* not the pending one */
    C_EXPECT_EQ(2, word(&h, 4));
    /* A request to release changes nothing, a forced release does. */
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&h, 0, 0, RANGES({0, MIB(4)})));
    expect_list(&h, 0, RANGES({0, MIB(4)}, {MIB(8), MIB(4)}));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, DCD_RELEASE_FORCED, RANGES({0, MIB(4)})));
    expect_list(&h, 0, RANGES({MIB(8), MIB(4)}));
    harness_free(&h);
}

C_TEST(queries, sixty_extents_come_in_two_pages_of_a_2_kib_mailbox)
{
    struct range list[60];
    struct harness h;

    harness_d1_config(&h);
    h.config.dc_log = 60;
    h.config.fm_log = 200;
    harness_build(&h);
    scattered(list, 60, 0, MIB(2));
    hold(&h, 0, list, 60);
    C_EXPECT_EQ(DCD_RC_SUCCESS, get_list(&h, 60, 0));
    C_EXPECT_EQ(50, word(&h, 0));
    C_EXPECT_EQ(60, word(&h, 4));
    C_EXPECT_EQ(DCD_RC_SUCCESS, get_list(&h, 60, 50));
    C_EXPECT_EQ(10, word(&h, 0));
    expect_list(&h, 0, list, 60);
    harness_free(&h);
}

/* The generation moves by one with every command that moves the list, however
 * much of it, and with no other. */
C_TEST(queries, the_generation_counts_changes_of_the_list)
{
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(0, generation(&h, 0));
    offer(&h, 0, RANGES({0, MIB(64)}, {MIB(64), MIB(64)}));
    C_EXPECT_EQ(0, generation(&h, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                add_response(&h, 0, RANGES({0, MIB(64)}, {MIB(64), MIB(64)})));
    C_EXPECT_EQ(1, generation(&h, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({MIB(32), MIB(64)})));
    C_EXPECT_EQ(2, generation(&h, 0));
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS,
                release(&h, 0, RANGES({MIB(32), MIB(64)})));
    C_EXPECT_EQ(2, generation(&h, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&h, 0, 0, RANGES({0, MIB(32)})));
    C_EXPECT_EQ(2, generation(&h, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, DCD_RELEASE_FORCED, RANGES({0, MIB(32)})));
    C_EXPECT_EQ(3, generation(&h, 0));
    drain(&h, 0);
    offer(&h, 0, RANGES({0, MIB(32)}));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, NO_RANGES));
    C_EXPECT_EQ(3, generation(&h, 0));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    C_EXPECT_EQ(4, generation(&h, 0));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    C_EXPECT_EQ(4, generation(&h, 0)); /* it was empty already */
    harness_free(&h);
}

C_TEST(queries, each_head_has_its_own_list_and_generation)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.heads = 2;
    harness_build(&h);
    hold(&h, 1, RANGES({0, MIB(4)}));
    expect_list(&h, 0, NO_RANGES);
    expect_list(&h, 1, RANGES({0, MIB(4)}));
    C_EXPECT_EQ(0, generation(&h, 0));
    C_EXPECT_EQ(1, generation(&h, 1));
    C_EXPECT_EQ(512, available_extents(&h, 0));
    C_EXPECT_EQ(511, available_extents(&h, 1));
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS,
                release(&h, 0, RANGES({0, MIB(4)})));
    harness_free(&h);
}
