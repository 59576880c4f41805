/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_identify.c - what a memory device says it is (4000h) and which secrets
 * it keeps (4500h), CXL r3.1 8.2.9.9.1.1, 8.2.9.9.6.1.
 */
#include "host_support.h"

#include "gtest_c.h"

#include <string.h>

static const struct dcd_identify_memory_device_rsp *identify(struct harness *h,
                                                             unsigned head)
{
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                command(h, head, DCD_OP_IDENTIFY_MEMORY_DEVICE));
    C_EXPECT_EQ(0x45, h->out_length);
    return (const void *)h->out;
}

/* Static capacity in units of 256 MiB: what is configured, what is shown. */
static const struct {
    unsigned volatile_only, persistent_only, partitionable;
    uint64_t total, alignment;
} capacities[] = {
    {0, 0, 0, 0, 0}, {2, 0, 0, 2, 0}, {0, 3, 0, 3, 0}, {2, 3, 0, 5, 0},
    {0, 0, 4, 4, 1}, {1, 2, 4, 7, 1}, {4, 0, 1, 5, 1}, {0, 16, 8, 24, 1},
};

static void expect_capacity(size_t i)
{
    const struct dcd_identify_memory_device_rsp *rsp;
    struct harness h;

    harness_d1_config(&h);
    h.config.static_volatile = MIB(256) * capacities[i].volatile_only;
    h.config.static_persistent = MIB(256) * capacities[i].persistent_only;
    h.config.static_partitionable = MIB(256) * capacities[i].partitionable;
    harness_build(&h);
    rsp = identify(&h, 0);
    C_EXPECT_EQ(capacities[i].total, dcd_get64(rsp->total));
    C_EXPECT_EQ(capacities[i].volatile_only, dcd_get64(rsp->volatile_only));
    C_EXPECT_EQ(capacities[i].persistent_only, dcd_get64(rsp->persistent_only));
    C_EXPECT_EQ(capacities[i].alignment, dcd_get64(rsp->partition_alignment));
    harness_free(&h);
}

C_TEST(identify, static_capacity_without_the_dynamic_one)
{
    for (size_t i = 0; i < COUNT(capacities); i++) {
        C_CONTEXT("row %zu", i);
        expect_capacity(i);
    }
    C_CONTEXT("%s", "");
}

C_TEST(identify, limits_are_those_of_the_device)
{
    const struct dcd_identify_memory_device_rsp *rsp;
    struct harness h;

    harness_d1_config(&h);
    h.config.event_log = 0x1234;
    h.config.dc_log = 0xfedc;
    h.config.lsa = 0x123450;
    h.config.poison_list = 0x654321;
    h.config.poison_inject_limit = 0xabcd;
    harness_build(&h);
    rsp = identify(&h, 0);
    for (unsigned i = 0; i < 4; i++)
        C_EXPECT_EQ(0x1234, dcd_get16(rsp->log_size[i]));
    C_EXPECT_EQ(0xfedc, dcd_get16(rsp->dc_log_size));
    C_EXPECT_EQ(0x123450, dcd_get32(rsp->lsa_size));
    C_EXPECT_EQ(0x654321, dcd_get24(rsp->poison_list_max));
    C_EXPECT_EQ(0xabcd, dcd_get16(rsp->inject_poison_limit));
    C_EXPECT_EQ(0, rsp->poison_caps);
    C_EXPECT_EQ(0, rsp->qos_caps);
    harness_free(&h);
}

C_TEST(identify, every_head_says_the_same)
{
    struct dcd_identify_memory_device_rsp first;
    struct harness h;

    harness_d1_config(&h);
    h.config.heads = 3;
    h.config.static_partitionable = GIB(1);
    h.config.lsa = 4096;
    harness_build(&h);
    first = *identify(&h, 0);
    C_EXPECT_MEMEQ(&first, identify(&h, 1), sizeof(first));
    C_EXPECT_MEMEQ(&first, identify(&h, 2), sizeof(first));
    harness_free(&h);
}

/* A log is as deep as the device says: the DC log, by its own events. */
C_TEST(identify, the_dynamic_capacity_log_holds_as_many_records)
{
    struct harness h;
    unsigned depth;

    harness_d1_config(&h);
    h.config.dc_log = 5;
    harness_build(&h);
    depth = dcd_get16(identify(&h, 0)->dc_log_size);
    for (unsigned i = 0; i < depth; i++)
        offer(&h, 0, RANGES({MIB(4) * i, MIB(2)}));
    C_EXPECT_EQ(DCD_RC_RETRY_REQUIRED, fm_add(&h, 0, RANGES({GIB(1), MIB(2)})));
    C_EXPECT_EQ(depth, get_events(&h, 0));
    harness_free(&h);
}

C_TEST(identify, identify_takes_no_input)
{
    static const uint8_t in[1] = {0};
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH,
                mailbox(&h, 0, DCD_OP_IDENTIFY_MEMORY_DEVICE, in, 1));
    C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH,
                mailbox(&h, 0, DCD_OP_GET_SECURITY_STATE, in, 1));
    harness_free(&h);
}

C_TEST(identify, no_passphrase_locks_the_device)
{
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, command(&h, 0, DCD_OP_GET_SECURITY_STATE));
    C_ASSERT_EQ(4, h.out_length);
    C_EXPECT_EQ(0, dcd_load_le(h.out, 4));
    harness_free(&h);
}
