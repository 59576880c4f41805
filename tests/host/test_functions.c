/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_functions.c - the functions that make up a dynamic capacity device, one
 * walk through each.
 */
#include "host_support.h"

#include "gtest_c.h"

#include <string.h>

#define OK DCD_RC_SUCCESS
#define WINDOW GIB(16)

static enum dcd_access touch(struct harness *h, uint64_t dpa)
{
    return dcd_device_probe(h->device, 0, WINDOW + dpa, 8, true);
}

/* One to eight regions, and extents that never overlap and never cross. */
C_TEST(functions, device_11_2_row_01_regions_and_extents)
{
    for (unsigned n = 1; n <= 8; n++) {
        struct harness h;

        C_CONTEXT("%u regions", n);
        harness_d1_config(&h);
        h.config.region_count = n;
        for (unsigned i = 0; i < n; i++) {
            h.config.regions[i].length = MIB(256);
            h.config.regions[i].block_size = MIB(2);
        }
        harness_build(&h);
        for (unsigned i = 0; i < n; i++)
            hold(&h, 0, RANGES({i * MIB(256) + MIB(4), MIB(4)}));
        C_EXPECT_EQ(DCD_RC_INVALID_EXTENT_LIST,
                    fm_add(&h, 0, RANGES({MIB(6), MIB(4)})));
        C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS,
                    fm_add(&h, 0, RANGES({MIB(254), MIB(4)})));
        C_EXPECT_EQ(512 - n, available_extents(&h, 0));
        harness_free(&h);
    }
}

/* 4800h-4803h are there, are in the Command Effects Log, and do their work. */
C_TEST(functions, device_11_2_row_02_the_four_commands_of_a_host)
{
    static const uint16_t effects[4] = {0, 0, 2, 2};
    static const uint8_t two[2] = {2, 0};
    struct dcd_get_log_req req = {dcd_uuid_command_effects_log, dcd_put32(0),
                                  dcd_put32(0)};
    struct harness h;
    uint32_t size;

    harness_d1(&h);
    C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_GET_SUPPORTED_LOGS));
    size = (uint32_t)dcd_load_le(h.out + 24, 4);
    req.offset = dcd_put32(size - 16);
    req.length = dcd_put32(16);
    C_EXPECT_EQ(OK, mailbox(&h, 0, DCD_OP_GET_LOG, &req, sizeof(req)));
    for (uint32_t i = 0; i < 4; i++) {
        C_EXPECT_EQ(0x4800 + i, dcd_load_le(h.out + 4 * i, 2));
        C_EXPECT_EQ(effects[i], dcd_load_le(h.out + 4 * i + 2, 2));
    }
    C_EXPECT_EQ(OK, mailbox(&h, 0, 0x4800, two, sizeof(two)));
    C_EXPECT_EQ(2, h.out[1]);
    offer(&h, 0, RANGES({0, MIB(4)}));
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({0, MIB(4)})));
    expect_list(&h, 0, RANGES({0, MIB(4)}));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({0, MIB(4)})));
    expect_list(&h, 0, NO_RANGES);
    harness_free(&h);
}

/* Requests of the fabric manager are carried out whole or not at all. */
C_TEST(functions, device_11_2_row_03_the_fabric_manager_adds_and_releases)
{
    struct harness h;
    struct view before;

    harness_d1(&h);
    before = look(&h, 0);
    C_EXPECT_EQ(DCD_RC_INVALID_EXTENT_LIST,
                fm_add(&h, 0, RANGES({0, MIB(4)}, {MIB(8), MIB(3)})));
    expect_unchanged(&h, 0, &before);
    hold(&h, 0, RANGES({0, MIB(4)}, {MIB(8), MIB(4)}));
    before = look(&h, 0);
    C_EXPECT_EQ(DCD_RC_INVALID_EXTENT_LIST,
                fm_release(&h, 0, DCD_RELEASE_FORCED,
                           RANGES({0, MIB(4)}, {MIB(16), MIB(4)})));
    expect_unchanged(&h, 0, &before);
    C_EXPECT_EQ(OK, fm_release(&h, 0, 0, RANGES({0, MIB(4)})));
    C_ASSERT_EQ(1, get_events(&h, 0));
    C_EXPECT_EQ(DCD_EVENT_RELEASE_CAPACITY, event_at(&h, 0)->type);
    expect_list(&h, 0, RANGES({0, MIB(4)}, {MIB(8), MIB(4)}));
    harness_free(&h);
}

/* Sizes, limits and the serial number are the configuration's. */
static void build_configured(struct harness *h)
{
    harness_d1_config(h);
    h->config.serial = UINT64_C(0x1122334455667788);
    h->config.static_volatile = MIB(512);
    h->config.static_persistent = MIB(256);
    h->config.mailbox_payload = 1024;
    h->config.extents = 77;
    h->config.tags = 11;
    h->config.dc_log = 5;
    h->config.event_log = 3;
    h->config.region_count = 1;
    h->config.regions[0].length = MIB(128);
    h->config.regions[0].decode = GIB(1);
    h->config.regions[0].block_size = MIB(64);
    harness_build(h);
}

C_TEST(functions, device_11_2_row_04_what_is_configured_is_what_is_told)
{
    static const uint8_t all[2] = {8, 0};
    struct harness h;

    build_configured(&h);
    C_EXPECT_EQ(OK, command(&h, 0, 0x4000));
    C_EXPECT_EQ(3, dcd_load_le(h.out + 0x10, 8));
    C_EXPECT_EQ(2, dcd_load_le(h.out + 0x18, 8));
    C_EXPECT_EQ(1, dcd_load_le(h.out + 0x20, 8));
    C_EXPECT_EQ(3, dcd_load_le(h.out + 0x30, 2));
    C_EXPECT_EQ(5, dcd_load_le(h.out + 0x43, 2));
    C_EXPECT_EQ(OK, mailbox(&h, 0, 0x4800, all, sizeof(all)));
    C_ASSERT_EQ(8 + 0x28 + 0x10, h.out_length);
    C_EXPECT_EQ(MIB(768), dcd_load_le(h.out + 8, 8));
    C_EXPECT_EQ(4, dcd_load_le(h.out + 0x10, 8)); /* of 256 MiB */
    C_EXPECT_EQ(MIB(128), dcd_load_le(h.out + 0x18, 8));
    C_EXPECT_EQ(MIB(64), dcd_load_le(h.out + 0x20, 8));
    C_EXPECT_EQ(77, dcd_load_le(h.out + 0x30, 4));
    C_EXPECT_EQ(11, dcd_load_le(h.out + 0x38, 4));
    C_EXPECT_EQ(10,
                reg_read(&h, 0, MAILBOX_AT(DCD_MBOX_CAPABILITIES), 4) & 0x1f);
    C_EXPECT_EQ(OK, fm(&h, 0x0001, NULL, 0));
    C_EXPECT_EQ(h.config.serial, dcd_load_le(h.out + 8, 8));
    harness_free(&h);
}

/* Behind static memory that its own decoder covers: the skip is what the first
 * decoder has left over. Bytes outlive a release unless it sanitises. */
C_TEST(functions, device_11_2_row_05_reads_and_writes_through_decoders)
{
    static const uint8_t text[8] = "capacit";
    uint8_t bytes[8];
    struct harness h;

    harness_d1_config(&h);
    h.config.static_volatile = MIB(512);
    h.config.regions[1].sanitize = DCD_SANITIZE_YES;
    harness_build(&h);
    commit_decoder(&h, 0, 0, WINDOW, MIB(256), 0);
    commit_decoder(&h, 0, 1, WINDOW + MIB(256), GIB(4), MIB(256));
    for (unsigned region = 0; region < 2; region++) {
        uint64_t dpa = MIB(512) + region * GIB(2);
        uint64_t hpa = WINDOW + MIB(256) + region * GIB(2);

        hold(&h, 0, RANGES({dpa, MIB(2)}));
        C_EXPECT_EQ(DCD_ACCESS_OK,
                    dcd_device_write(h.device, 0, hpa, text, sizeof(text)));
        C_EXPECT_EQ(OK, release(&h, 0, RANGES({dpa, MIB(2)})));
        C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED,
                    dcd_device_read(h.device, 0, hpa, bytes, sizeof(bytes)));
        hold(&h, 0, RANGES({dpa, MIB(2)}));
        C_EXPECT_EQ(DCD_ACCESS_OK,
                    dcd_device_read(h.device, 0, hpa, bytes, sizeof(bytes)));
        C_EXPECT_EQ(region == 0, memcmp(text, bytes, sizeof(text)) == 0);
    }
    harness_free(&h);
}

/* Blocks open and close with the list, and direct pointers close with them. */
C_TEST(functions, device_11_2_row_06_access_follows_the_list)
{
    struct dcd_span span;
    struct harness h;

    harness_d1(&h);
    commit_decoder(&h, 0, 0, WINDOW, GIB(4), 0);
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(&h, 0));
    C_EXPECT(!dcd_device_dmi(h.device, 0, WINDOW, &span));
    hold(&h, 0, RANGES({0, MIB(4)}));
    C_EXPECT_EQ(DCD_ACCESS_OK, touch(&h, MIB(4) - 8));
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(&h, MIB(4) - 4));
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(&h, MIB(4)));
    C_ASSERT(dcd_device_dmi(h.device, 0, WINDOW, &span));
    C_EXPECT_EQ(WINDOW + MIB(4) - 1, span.last);
    h.revocations = 0;
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(2), MIB(2)})));
    C_EXPECT_EQ(1, h.revocations);
    C_EXPECT(h.revoked_first <= WINDOW + MIB(2));
    C_EXPECT(h.revoked_last >= WINDOW + MIB(4) - 1);
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(&h, MIB(2)));
    C_EXPECT_EQ(DCD_ACCESS_OK, touch(&h, 0));
    harness_free(&h);
}
