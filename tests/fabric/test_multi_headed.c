/* SPDX-License-Identifier: Apache-2.0 */
/* test_multi_headed.c - what a fabric manager learns of the heads (55xxh). */
#include "fabric.h"

#include <string.h>

static void build(struct harness *h, unsigned heads, enum dcd_topology topology)
{
    harness_d1_config(h);
    h->config.heads = heads;
    h->config.topology = topology;
    harness_build(h);
}

static uint16_t get_info(struct harness *h, uint8_t start, uint8_t limit)
{
    const uint8_t req[2] = {start, limit};

    return fm(h, DCD_OP_GET_MHD_INFO, req, sizeof(req));
}

static uint16_t get_heads(struct harness *h, uint8_t start, uint8_t count)
{
    const uint8_t req[2] = {start, count};

    return fm(h, DCD_OP_GET_HEAD_INFO, req, sizeof(req));
}

/* --- 5500h ---------------------------------------------------------------- */

C_TEST(fm_multi_headed, fm_12_5500_maps_each_logical_device_to_its_head)
{
    const uint8_t good[] = {4, 4, 0, 0, 1, 3, 0, 0, 1, 2, 3};
    struct harness h;

    build(&h, 4, DCD_MULTI_HEADED);
    C_EXPECT_EQ(DCD_RC_SUCCESS, get_info(&h, 1, 255));
    C_ASSERT_EQ(sizeof(good), h.out_length);
    C_EXPECT_MEMEQ(good, h.out, sizeof(good));
    harness_free(&h);
}

C_TEST(fm_multi_headed, fm_12_5500_for_any_start_and_limit)
{
    struct harness h;

    build(&h, 16, DCD_MULTI_HEADED);
    for (unsigned start = 0; start < 256; start++)
        for (unsigned limit = 0; limit < 256; limit += limit < 18 ? 1 : 79) {
            bool good = start < 16 && limit > 0;
            unsigned count = limit < 16 - start ? limit : 16 - start;

            C_CONTEXT("from %u at most %u", start, limit);
            C_EXPECT_EQ(good ? DCD_RC_SUCCESS : DCD_RC_INVALID_INPUT,
                        get_info(&h, (uint8_t)start, (uint8_t)limit));
            C_ASSERT_EQ(good ? 8 + count : 0, h.out_length);
            if (!good)
                continue;
            C_EXPECT_EQ(16, h.out[0]);
            C_EXPECT_EQ(16, h.out[1]);
            C_EXPECT_EQ(start, h.out[4]);
            C_EXPECT_EQ(count, h.out[5]);
            for (unsigned i = 0; i < count; i++)
                C_EXPECT_EQ(start + i, h.out[8 + i]);
        }
    harness_free(&h);
}

/* --- 5501h ---------------------------------------------------------------- */

/* One entry is what the host at that head reads in the PCI Express capability
 * of its configuration space: Link Capabilities, Status and Capabilities 2. */
static void expect_link(struct harness *h, unsigned head, const uint8_t *info)
{
    uint64_t capabilities = config_read(h, head, DCD_CONFIG_PCIE + 0x0c, 4);
    uint64_t status = config_read(h, head, DCD_CONFIG_PCIE + 0x12, 2);
    uint64_t speeds = config_read(h, head, DCD_CONFIG_PCIE + 0x2c, 4);
    const uint8_t good[9] = {(uint8_t)(capabilities >> 24),
                             (uint8_t)(capabilities >> 4 & 63),
                             (uint8_t)(status >> 4 & 63),
                             (uint8_t)(speeds >> 1 & 63),
                             (uint8_t)(capabilities & 15),
                             (uint8_t)(status & 15),
                             4 /* L0 */,
                             0 /* the first lane */,
                             0 /* in order, not in reset */};

    C_CONTEXT("head %u", head);
    C_EXPECT_MEMEQ(good, info, sizeof(good));
    C_EXPECT_EQ(head, info[0]);
    C_EXPECT_EQ(16, info[1]);
    C_EXPECT_EQ(16, info[2]);
    C_EXPECT_EQ(0x1f, info[3]);
    C_EXPECT_EQ(5, info[4]);
    C_EXPECT_EQ(5, info[5]);
}

C_TEST(fm_multi_headed, fm_12_5501_shows_the_links_that_the_hosts_see)
{
    struct harness h;

    build(&h, 16, DCD_MULTI_HEADED);
    C_EXPECT_EQ(DCD_RC_SUCCESS, get_heads(&h, 0, 16));
    C_ASSERT_EQ(4 + 16 * 9, h.out_length);
    C_EXPECT_EQ(16, dcd_load_le(h.out, 4));
    for (unsigned i = 0; i < 16; i++)
        expect_link(&h, i, h.out + 4 + 9 * i);
    harness_free(&h);
}

C_TEST(fm_multi_headed, fm_12_5501_links_are_the_same_after_a_reset)
{
    struct harness h;

    build(&h, 3, DCD_MULTI_HEADED);
    dcd_device_reset(h.device, 2, DCD_RESET_CONVENTIONAL);
    C_EXPECT_EQ(DCD_RC_SUCCESS, get_heads(&h, 2, 1));
    C_ASSERT_EQ(4 + 9, h.out_length);
    expect_link(&h, 2, h.out + 4);
    harness_free(&h);
}

C_TEST(fm_multi_headed, fm_12_5501_of_heads_that_do_not_exist_is_refused)
{
    struct harness h;

    build(&h, 5, DCD_MULTI_HEADED);
    for (unsigned start = 0; start < 256; start += start < 7 ? 1 : 31)
        for (unsigned count = 0; count < 256; count += count < 7 ? 1 : 31) {
            bool good = count > 0 && start + count <= 5;

            C_CONTEXT("%u from %u", count, start);
            C_EXPECT_EQ(good ? DCD_RC_SUCCESS : DCD_RC_INVALID_INPUT,
                        get_heads(&h, (uint8_t)start, (uint8_t)count));
            C_EXPECT_EQ(good ? 4 + 9 * count : 0, h.out_length);
            if (good)
                C_EXPECT_EQ(count, h.out[0]);
        }
    harness_free(&h);
}

/* The port number is PCIe's: logical devices have one port in common. */
C_TEST(fm_multi_headed, logical_devices_see_one_link)
{
    struct harness h;

    build(&h, 3, DCD_MULTI_LOGICAL);
    for (unsigned i = 0; i < 3; i++)
        C_EXPECT_EQ(0x105, config_read(&h, i, DCD_CONFIG_PCIE + 0x0c, 4));
    harness_free(&h);
}

/* --- Who has them --------------------------------------------------------- */

C_TEST(fm_multi_headed, only_a_device_of_several_heads_has_the_commands)
{
    static const struct {
        unsigned heads;
        enum dcd_topology topology;
        uint16_t rc;
    } rows[] = {
        {1, DCD_MULTI_HEADED, DCD_RC_UNSUPPORTED},
        {2, DCD_MULTI_HEADED, DCD_RC_SUCCESS},
        {16, DCD_MULTI_HEADED, DCD_RC_SUCCESS},
        {1, DCD_MULTI_LOGICAL, DCD_RC_UNSUPPORTED},
        {16, DCD_MULTI_LOGICAL, DCD_RC_UNSUPPORTED},
    };
    struct harness h;

    for (uint32_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("row %u", i);
        build(&h, rows[i].heads, rows[i].topology);
        C_EXPECT_EQ(rows[i].rc, get_info(&h, 0, 1));
        C_EXPECT_EQ(rows[i].rc, get_heads(&h, 0, 1));
        harness_free(&h);
    }
}

/* With 16 heads everything fits the smallest response, three layers deep. */
C_TEST(fm_multi_headed, all_heads_fit_the_smallest_message)
{
    const uint8_t limit = DCD_MESSAGE_LIMIT_MIN;
    const uint8_t all[2] = {0, 16};
    struct harness h;

    build(&h, 16, DCD_MULTI_HEADED);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_SET_MESSAGE_LIMIT, &limit, 1));
    C_EXPECT_EQ(DCD_RC_SUCCESS, get_info(&h, 0, 16));
    C_EXPECT_EQ(8 + 16, h.out_length);
    C_EXPECT_EQ(DCD_RC_SUCCESS, tunnel(&h, DCD_TUNNEL_LD_POOL, 0,
                                       DCD_OP_GET_HEAD_INFO, all, 2));
    C_EXPECT_EQ(4 + 16 * 9, h.out_length);
    harness_free(&h);
}
