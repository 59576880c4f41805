/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_port.c - logs, clock, policy and list chain of one port.
 */
#include "port.h"
#include "gtest_c.h"

#include <cxldcd/ctypes/registers.h>

C_TEST(port, logs_have_the_depths_asked_for)
{
    struct dcd_port port;

    C_ASSERT(dcd_port_init(&port, 3, 32, 8));
    C_EXPECT_EQ(3, port.number);
    for (unsigned i = 0; i < DCD_LOG_COUNT; i++)
        C_EXPECT_EQ(i == DCD_LOG_DYNAMIC_CAPACITY ? 32 : 8,
                    dcd_event_log_depth(&port.log[i]));
    dcd_port_destroy(&port);
}

C_TEST(port, depth_that_no_log_has_is_refused)
{
    struct dcd_port port;

    C_EXPECT(!dcd_port_init(&port, 0, 0, 8));
    dcd_port_destroy(&port);
    C_EXPECT(!dcd_port_init(&port, 0, 8, 0));
    dcd_port_destroy(&port);
}

/* 0300h answers 0 until 0301h has been there. */
C_TEST(port, clock_is_zero_until_it_is_set)
{
    struct dcd_port port;

    C_ASSERT(dcd_port_init(&port, 0, 8, 8));
    C_EXPECT_EQ(0, dcd_port_timestamp(&port, UINT64_C(123456789)));
    dcd_port_destroy(&port);
}

C_TEST(port, clock_counts_nanoseconds_of_simulated_time)
{
    struct dcd_port port;

    C_ASSERT(dcd_port_init(&port, 0, 8, 8));
    port.clock_set = true;
    port.clock_ns = 1000;
    port.clock_set_at = 5000;
    C_EXPECT_EQ(1000, dcd_port_timestamp(&port, 5000));
    C_EXPECT_EQ(1000, dcd_port_timestamp(&port, 5999));
    C_EXPECT_EQ(1001, dcd_port_timestamp(&port, 6000));
    C_EXPECT_EQ(1000 + 1000000, dcd_port_timestamp(&port, 1000005000));
    dcd_port_destroy(&port);
}

C_TEST(port, each_log_has_its_vector)
{
    C_EXPECT_EQ(DCD_VECTOR_INFORMATIONAL,
                dcd_port_vector(DCD_LOG_INFORMATIONAL));
    C_EXPECT_EQ(DCD_VECTOR_WARNING, dcd_port_vector(DCD_LOG_WARNING));
    C_EXPECT_EQ(DCD_VECTOR_FAILURE, dcd_port_vector(DCD_LOG_FAILURE));
    C_EXPECT_EQ(DCD_VECTOR_FATAL, dcd_port_vector(DCD_LOG_FATAL));
    C_EXPECT_EQ(DCD_VECTOR_DYNAMIC_CAPACITY,
                dcd_port_vector(DCD_LOG_DYNAMIC_CAPACITY));
}

C_TEST(port, chain_collects_entries_in_order)
{
    struct dcd_updated_extent wire[70];
    struct dcd_port port;

    C_ASSERT(dcd_port_init(&port, 0, 8, 8));
    for (uint32_t i = 0; i < 70; i++) {
        wire[i].dpa = dcd_put64(4096 * (uint64_t)i);
        wire[i].length = dcd_put64(i + 1);
    }
    /* Past the first 64, past the next 128: the array has to grow twice. */
    for (unsigned k = 0; k < 3; k++)
        C_ASSERT(dcd_chain_append(&port.chain, wire, 70));
    C_ASSERT_EQ(210, port.chain.count);
    for (uint32_t i = 0; i < 210; i++) {
        C_EXPECT_EQ(4096 * (uint64_t)(i % 70), port.chain.entries[i].dpa);
        C_EXPECT_EQ(i % 70 + 1, port.chain.entries[i].length);
    }
    dcd_port_destroy(&port);
}

C_TEST(port, dropped_chain_is_empty_and_starts_again)
{
    struct dcd_updated_extent wire = {dcd_put64(1), dcd_put64(2), {0}};
    struct dcd_port port;

    C_ASSERT(dcd_port_init(&port, 0, 8, 8));
    port.chain.opcode = 0x4802;
    C_ASSERT(dcd_chain_append(&port.chain, &wire, 1));
    dcd_chain_drop(&port.chain);
    C_EXPECT_EQ(0, port.chain.count);
    C_EXPECT_EQ(0, port.chain.opcode);
    C_ASSERT(dcd_chain_append(&port.chain, &wire, 1));
    C_EXPECT_EQ(1, port.chain.count);
    dcd_port_destroy(&port);
}

/* Conventional reset: as at power-on, and the memory limits of the FM stay. */
C_TEST(port, reset_forgets_logs_policy_clock_and_chain)
{
    static const uint8_t record[DCD_EVENT_RECORD_SIZE] = {1};
    struct dcd_updated_extent wire = {dcd_put64(1), dcd_put64(2), {0}};
    struct dcd_port port;

    C_ASSERT(dcd_port_init(&port, 0, 8, 8));
    for (unsigned i = 0; i < DCD_LOG_COUNT; i++) {
        dcd_event_log_append(&port.log[i], record, 0);
        port.policy[i] = DCD_INTERRUPT_MSI;
    }
    port.clock_set = true;
    port.clock_ns = 99;
    port.chain.opcode = 0x4803;
    C_ASSERT(dcd_chain_append(&port.chain, &wire, 1));
    dcd_port_reset(&port);
    for (unsigned i = 0; i < DCD_LOG_COUNT; i++) {
        C_EXPECT_EQ(0, dcd_event_log_count(&port.log[i]));
        C_EXPECT_EQ(0, port.policy[i]);
    }
    C_EXPECT_EQ(0, dcd_port_timestamp(&port, 1000000));
    C_EXPECT_EQ(0, port.chain.count);
    C_EXPECT_EQ(0, port.chain.opcode);
    dcd_port_destroy(&port);
}
