/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_interrupts.c - interrupt policy (0102h, 0103h), when an event
 * interrupts, and what MSI-X does with it (CXL r3.1 8.2.9.2.4-.5, PCIe 6.1.4).
 */
#include "host_support.h"

#include "gtest_c.h"

#include <string.h>

#define VECTOR DCD_VECTOR_DYNAMIC_CAPACITY
#define VECTOR_CONTROL(v) \
    (DCD_BAR_MSIX_TABLE + (v)*DCD_MSIX_ENTRY_SIZE + DCD_MSIX_VECTOR_CONTROL)

static void add_event(struct harness *h, unsigned i)
{
    struct range r = {MIB(2) * i, MIB(2)};

    offer(h, 0, &r, 1);
}

/* Interrupts on any vector of [head] so far. */
static unsigned all_interrupts(const struct harness *h, unsigned head)
{
    unsigned sum = 0;

    for (unsigned v = 0; v < DCD_MSIX_VECTORS; v++)
        sum += h->interrupts[head][v];
    return sum;
}

/* MSI-X message control: enable and function mask. */
static void msix_control(struct harness *h, bool enable, bool mask)
{
    uint8_t control[2];

    dcd_store_le(control, 2, (enable ? 0x8000u : 0) | (mask ? 0x4000u : 0));
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_config_write(h->device, 0, 0x82, control, 2));
}

static uint64_t pending(struct harness *h)
{
    return reg_read(h, 0, DCD_BAR_MSIX_PBA, 8);
}

/* --- Policy -------------------------------------------------------------- */

static uint16_t set_policy(struct harness *h, const uint8_t *policy,
                           uint32_t length)
{
    return mailbox(h, 0, DCD_OP_SET_INTERRUPT_POLICY, policy, length);
}

static void expect_policy(struct harness *h, const uint8_t *policy)
{
    C_EXPECT_EQ(DCD_RC_SUCCESS, command(h, 0, DCD_OP_GET_INTERRUPT_POLICY));
    C_ASSERT_EQ(5, h->out_length);
    C_EXPECT_MEMEQ(policy, h->out, 5);
}

C_TEST(interrupts, no_log_interrupts_until_it_is_told_to)
{
    static const uint8_t none[5] = {0};
    struct harness h;

    harness_d1(&h);
    expect_policy(&h, none);
    harness_free(&h);
}

C_TEST(interrupts, the_policy_tells_the_vector_of_each_log)
{
    static const uint8_t all[5] = {1, 1, 1, 1, 1};
    static const uint8_t vectors[5] = {0x21, 0x31, 0x41, 0x51, 0x61};
    static const uint8_t some[5] = {1, 0, 0, 0, 0};
    static const uint8_t one_vector[5] = {0x21, 0, 0, 0, 0};
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_policy(&h, all, 5));
    C_EXPECT_EQ(0, h.out_length);
    expect_policy(&h, vectors);
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_policy(&h, some, 5));
    expect_policy(&h, one_vector);
    harness_free(&h);
}

C_TEST(interrupts, the_message_number_of_a_request_is_ignored)
{
    static const uint8_t in[5] = {0xf1, 0xe1, 0xd1, 0xc1, 0xb1};
    static const uint8_t vectors[5] = {0x21, 0x31, 0x41, 0x51, 0x61};
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_policy(&h, in, 5));
    expect_policy(&h, vectors);
    harness_free(&h);
}

C_TEST(interrupts, four_bytes_say_none_for_dynamic_capacity)
{
    static const uint8_t all[5] = {1, 1, 1, 1, 1};
    static const uint8_t four[5] = {0x21, 0x31, 0x41, 0x51, 0};
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_policy(&h, all, 5));
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_policy(&h, all, 4));
    expect_policy(&h, four);
    C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH, set_policy(&h, all, 3));
    C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH, set_policy(&h, all, 0));
    expect_policy(&h, four);
    harness_free(&h);
}

C_TEST(interrupts, a_reserved_mode_changes_nothing)
{
    static const uint8_t before[5] = {1, 0, 1, 0, 1};
    static const uint8_t seen[5] = {0x21, 0, 0x41, 0, 0x61};
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_policy(&h, before, 5));
    for (unsigned i = 0; i < 5; i++) {
        uint8_t in[5] = {0};

        in[i] = 3;
        C_EXPECT_EQ(DCD_RC_INVALID_INPUT, set_policy(&h, in, 5));
        expect_policy(&h, seen);
    }
    harness_free(&h);
}

C_TEST(interrupts, firmware_mode_is_not_for_dynamic_capacity)
{
    static const uint8_t firmware[5] = {2, 2, 2, 2, 0};
    static const uint8_t dynamic[5] = {0, 0, 0, 0, 2};
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_policy(&h, firmware, 5));
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, set_policy(&h, dynamic, 5));
    C_EXPECT_EQ(DCD_RC_SUCCESS, command(&h, 0, DCD_OP_GET_INTERRUPT_POLICY));
    for (unsigned i = 0; i < 5; i++)
        C_EXPECT_EQ(firmware[i], h.out[i] & DCD_INTERRUPT_MODE_MASK);
    harness_free(&h);
}

/* The vector of the firmware is the host's to say, a message's is not. */
C_TEST(interrupts, the_policy_keeps_the_vector_of_the_firmware)
{
    static const uint8_t in[5] = {0x52, 0xf1, 0x02, 0x70, 0x31};
    static const uint8_t seen[5] = {0x52, 0x31, 0x02, 0x00, 0x61};
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_policy(&h, in, 5));
    expect_policy(&h, seen);
    harness_free(&h);
}

C_TEST(interrupts, a_reset_ends_the_policy_and_msi_x)
{
    static const uint8_t none[5] = {0};
    uint8_t control[2];
    struct harness h;

    harness_d1(&h);
    enable_interrupts(&h, 0);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_policy(&h, none);
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_config_read(h.device, 0, 0x82, control, 2));
    C_EXPECT_EQ(DCD_MSIX_VECTORS - 1, dcd_load_le(control, 2));
    for (unsigned v = 0; v < DCD_MSIX_VECTORS; v++)
        C_EXPECT_EQ(1, reg_read(&h, 0, VECTOR_CONTROL(v), 4));
    add_event(&h, 0);
    C_EXPECT_EQ(0, all_interrupts(&h, 0));
    C_EXPECT_EQ(0, pending(&h));
    harness_free(&h);
}

/* --- When ---------------------------------------------------------------- */

C_TEST(interrupts, only_the_first_record_of_an_empty_log)
{
    struct harness h;

    harness_d1(&h);
    enable_interrupts(&h, 0);
    offer(&h, 0, RANGES({0, MIB(2)}, {MIB(2), MIB(2)}, {MIB(4), MIB(2)}));
    C_EXPECT_EQ(1, h.interrupts[0][VECTOR]);
    add_event(&h, 10);
    C_EXPECT_EQ(1, h.interrupts[0][VECTOR]);
    C_EXPECT_EQ(DCD_RC_SUCCESS, clear_events(&h, 0, 3));
    add_event(&h, 11);
    C_EXPECT_EQ(1, h.interrupts[0][VECTOR]);
    drain(&h, 0);
    add_event(&h, 12);
    C_EXPECT_EQ(2, h.interrupts[0][VECTOR]);
    C_EXPECT_EQ(2, all_interrupts(&h, 0));
    harness_free(&h);
}

C_TEST(interrupts, only_the_host_that_the_record_is_for)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.heads = 2;
    harness_build(&h);
    enable_interrupts(&h, 0);
    enable_interrupts(&h, 1);
    add_event(&h, 0);
    C_EXPECT_EQ(1, all_interrupts(&h, 0));
    C_EXPECT_EQ(0, all_interrupts(&h, 1));
    harness_free(&h);
}

C_TEST(interrupts, no_interrupt_for_a_log_whose_mode_is_none)
{
    static const uint8_t others[5] = {1, 1, 1, 1, 0};
    struct harness h;

    harness_d1(&h);
    enable_interrupts(&h, 0);
    C_EXPECT_EQ(DCD_RC_SUCCESS, set_policy(&h, others, 5));
    add_event(&h, 0);
    C_EXPECT_EQ(0, all_interrupts(&h, 0));
    C_EXPECT_EQ(0, pending(&h));
    harness_free(&h);
}

C_TEST(interrupts, a_policy_set_late_waits_for_the_next_first_record)
{
    struct harness h;

    harness_d1(&h);
    add_event(&h, 0);
    enable_interrupts(&h, 0);
    C_EXPECT_EQ(0, all_interrupts(&h, 0));
    add_event(&h, 1);
    C_EXPECT_EQ(0, all_interrupts(&h, 0));
    drain(&h, 0);
    add_event(&h, 2);
    C_EXPECT_EQ(1, h.interrupts[0][VECTOR]);
    harness_free(&h);
}

C_TEST(interrupts, a_lost_record_does_not_interrupt)
{
    struct harness h;

    harness_d1(&h);
    hold(&h, 0, RANGES({GIB(2), MIB(32)}));
    enable_interrupts(&h, 0);
    for (unsigned i = 0; i < 8; i++)
        add_event(&h, i);
    C_EXPECT_EQ(1, h.interrupts[0][VECTOR]);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&h, 0, DCD_RELEASE_FORCED,
                                           RANGES({GIB(2), MIB(2)})));
    C_EXPECT_EQ(1, all_interrupts(&h, 0));
    harness_free(&h);
}

/* The doorbell of this device does not interrupt, and says so. */
C_TEST(interrupts, the_doorbell_has_no_interrupt)
{
    struct harness h;

    harness_d1(&h);
    enable_interrupts(&h, 0);
    C_EXPECT_EQ(0, reg_read(&h, 0, MAILBOX_AT(DCD_MBOX_CAPABILITIES), 4) &
                       1u << 5);
    reg_write(&h, 0, MAILBOX_AT(DCD_MBOX_CONTROL), 4,
              DCD_MBOX_DOORBELL_INTERRUPT);
    C_EXPECT_EQ(0, reg_read(&h, 0, MAILBOX_AT(DCD_MBOX_CONTROL), 4));
    C_EXPECT_EQ(DCD_RC_SUCCESS, command(&h, 0, DCD_OP_IDENTIFY_MEMORY_DEVICE));
    C_EXPECT_EQ(0, all_interrupts(&h, 0));
    harness_free(&h);
}

/* --- MSI-X --------------------------------------------------------------- */

C_TEST(interrupts, a_masked_vector_is_pending_until_it_is_unmasked)
{
    struct harness h;

    harness_d1(&h);
    enable_interrupts(&h, 0);
    reg_write(&h, 0, VECTOR_CONTROL(VECTOR), 4, 1);
    add_event(&h, 0);
    C_EXPECT_EQ(0, all_interrupts(&h, 0));
    C_EXPECT_EQ(1u << VECTOR, pending(&h));
    reg_write(&h, 0, VECTOR_CONTROL(3), 4, 0); /* another vector */
    C_EXPECT_EQ(0, all_interrupts(&h, 0));
    reg_write(&h, 0, VECTOR_CONTROL(VECTOR), 4, 0);
    C_EXPECT_EQ(1, h.interrupts[0][VECTOR]);
    C_EXPECT_EQ(0, pending(&h));
    reg_write(&h, 0, VECTOR_CONTROL(VECTOR), 4, 0);
    C_EXPECT_EQ(1, all_interrupts(&h, 0));
    harness_free(&h);
}

C_TEST(interrupts, several_events_of_a_masked_vector_are_one_message)
{
    struct harness h;

    harness_d1(&h);
    enable_interrupts(&h, 0);
    reg_write(&h, 0, VECTOR_CONTROL(VECTOR), 4, 1);
    for (unsigned i = 0; i < 3; i++) {
        add_event(&h, i);
        drain(&h, 0);
    }
    reg_write(&h, 0, VECTOR_CONTROL(VECTOR), 4, 0);
    C_EXPECT_EQ(1, all_interrupts(&h, 0));
    harness_free(&h);
}

C_TEST(interrupts, the_function_mask_masks_every_vector)
{
    struct harness h;

    harness_d1(&h);
    enable_interrupts(&h, 0);
    msix_control(&h, true, true);
    add_event(&h, 0);
    C_EXPECT_EQ(0, all_interrupts(&h, 0));
    C_EXPECT_EQ(1u << VECTOR, pending(&h));
    msix_control(&h, true, false);
    C_EXPECT_EQ(1, h.interrupts[0][VECTOR]);
    C_EXPECT_EQ(0, pending(&h));
    harness_free(&h);
}

C_TEST(interrupts, lifting_the_function_mask_leaves_masked_vectors_pending)
{
    struct harness h;

    harness_d1(&h);
    enable_interrupts(&h, 0);
    reg_write(&h, 0, VECTOR_CONTROL(VECTOR), 4, 1);
    msix_control(&h, true, true);
    add_event(&h, 0);
    msix_control(&h, true, false);
    C_EXPECT_EQ(0, all_interrupts(&h, 0));
    C_EXPECT_EQ(1u << VECTOR, pending(&h));
    harness_free(&h);
}

C_TEST(interrupts, without_msi_x_an_interrupt_is_lost)
{
    struct harness h;

    harness_d1(&h);
    enable_interrupts(&h, 0);
    msix_control(&h, false, false);
    add_event(&h, 0);
    C_EXPECT_EQ(0, pending(&h));
    msix_control(&h, true, false);
    C_EXPECT_EQ(0, all_interrupts(&h, 0));
    harness_free(&h);
}

C_TEST(interrupts, the_table_keeps_address_and_data)
{
    struct harness h;

    harness_d1(&h);
    for (unsigned v = 0; v < DCD_MSIX_VECTORS; v++) {
        uint64_t at = DCD_BAR_MSIX_TABLE + v * DCD_MSIX_ENTRY_SIZE;

        reg_write(&h, 0, at, 8, UINT64_C(0x12345678fee01003) + (v << 4));
        reg_write(&h, 0, at + 8, 4, 0x4000 + v);
        reg_write(&h, 0, at + 12, 4, 0xfffffffe);
    }
    for (unsigned v = 0; v < DCD_MSIX_VECTORS; v++) {
        uint64_t at = DCD_BAR_MSIX_TABLE + v * DCD_MSIX_ENTRY_SIZE;

        C_EXPECT_EQ(0xfee01000 + (v << 4), reg_read(&h, 0, at, 4));
        C_EXPECT_EQ(0x12345678, reg_read(&h, 0, at + 4, 4));
        C_EXPECT_EQ(0x4000 + v, reg_read(&h, 0, at + 8, 8));
    }
    harness_free(&h);
}

C_TEST(interrupts, pending_bits_cannot_be_written)
{
    struct harness h;

    harness_d1(&h);
    enable_interrupts(&h, 0);
    reg_write(&h, 0, DCD_BAR_MSIX_PBA, 8, UINT64_MAX);
    C_EXPECT_EQ(0, pending(&h));
    C_EXPECT_EQ(0, all_interrupts(&h, 0));
    harness_free(&h);
}

/* --- Doorbell ------------------------------------------------------------ */

#define CAPABILITIES MAILBOX_AT(DCD_MBOX_CAPABILITIES)
#define CONTROL MAILBOX_AT(DCD_MBOX_CONTROL)

/* Rings for 4000h with [bits] in the control register beside the doorbell. */
static void ring_with(struct harness *h, uint32_t bits)
{
    reg_write(h, 0, MAILBOX_AT(DCD_MBOX_COMMAND), 8,
              DCD_OP_IDENTIFY_MEMORY_DEVICE);
    reg_write(h, 0, CONTROL, 4, bits | DCD_MBOX_DOORBELL);
}

static void build_capable(struct harness *h, uint64_t latency)
{
    harness_d1_config(h);
    h->config.doorbell_interrupt = true;
    h->config.mailbox_latency = latency;
    harness_build(h);
    enable_interrupts(h, 0);
}

C_TEST(interrupts, a_doorbell_is_silent_where_it_cannot_interrupt)
{
    struct harness h;

    harness_d1(&h);
    enable_interrupts(&h, 0);
    C_EXPECT_EQ(0x3cb, reg_read(&h, 0, CAPABILITIES, 4));
    reg_write(&h, 0, CONTROL, 4, DCD_MBOX_DOORBELL_INTERRUPT);
    C_EXPECT_EQ(0, reg_read(&h, 0, CONTROL, 4));
    ring_with(&h, DCD_MBOX_DOORBELL_INTERRUPT);
    C_EXPECT_EQ(0, reg_read(&h, 0, CONTROL, 4));
    C_EXPECT_EQ(0, all_interrupts(&h, 0));
    harness_free(&h);
}

C_TEST(interrupts, a_doorbell_interrupts_while_that_is_enabled)
{
    struct harness h;

    build_capable(&h, 0);
    C_EXPECT_EQ(0x3eb, reg_read(&h, 0, CAPABILITIES, 4));
    ring_with(&h, 0);
    C_EXPECT_EQ(0, all_interrupts(&h, 0));
    reg_write(&h, 0, CONTROL, 4, DCD_MBOX_DOORBELL_INTERRUPT);
    C_EXPECT_EQ(DCD_MBOX_DOORBELL_INTERRUPT, reg_read(&h, 0, CONTROL, 4));
    C_EXPECT_EQ(0, all_interrupts(&h, 0)); /* enabling is no doorbell */
    ring_with(&h, DCD_MBOX_DOORBELL_INTERRUPT);
    C_EXPECT_EQ(1, h.interrupts[0][DCD_VECTOR_MAILBOX]);
    C_EXPECT_EQ(DCD_MBOX_DOORBELL_INTERRUPT, reg_read(&h, 0, CONTROL, 4));
    /* The plain value 1 clears the bit: it is obeyed as it is. */
    ring_with(&h, 0);
    C_EXPECT_EQ(1, all_interrupts(&h, 0));
    harness_free(&h);
}

C_TEST(interrupts, a_doorbell_interrupts_whatever_the_command_came_to)
{
    struct harness h;

    build_capable(&h, 0);
    reg_write(&h, 0, MAILBOX_AT(DCD_MBOX_COMMAND), 8, 0xbeef);
    reg_write(&h, 0, CONTROL, 4,
              DCD_MBOX_DOORBELL | DCD_MBOX_DOORBELL_INTERRUPT);
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED,
                reg_read(&h, 0, MAILBOX_AT(DCD_MBOX_STATUS) + 4, 2));
    C_EXPECT_EQ(1, h.interrupts[0][DCD_VECTOR_MAILBOX]);
    harness_free(&h);
}

C_TEST(interrupts, a_doorbell_interrupts_when_it_clears)
{
    struct harness h;

    build_capable(&h, 1000);
    ring_with(&h, DCD_MBOX_DOORBELL_INTERRUPT);
    run_until(&h, h.now + 999);
    C_EXPECT_EQ(0, all_interrupts(&h, 0));
    run_until(&h, h.now + 1);
    C_EXPECT_EQ(1, h.interrupts[0][DCD_VECTOR_MAILBOX]);
    C_EXPECT_EQ(DCD_MBOX_DOORBELL_INTERRUPT, reg_read(&h, 0, CONTROL, 4));
    C_EXPECT_EQ(1, all_interrupts(&h, 0));
    harness_free(&h);
}

C_TEST(interrupts, a_doorbell_that_a_reset_cleared_is_silent)
{
    struct harness h;

    build_capable(&h, 1000);
    ring_with(&h, DCD_MBOX_DOORBELL_INTERRUPT);
    dcd_device_reset(h.device, 0, DCD_RESET_CXL);
    run_until(&h, h.now + 2000);
    C_EXPECT_EQ(0, reg_read(&h, 0, CONTROL, 4));
    C_EXPECT_EQ(0, all_interrupts(&h, 0));
    harness_free(&h);
}

/* --- Background operations ------------------------------------------------ */

static void configure_background(struct harness *h, unsigned heads)
{
    harness_d1_config(h);
    h->config.heads = heads;
    h->config.static_volatile = MIB(256);
    h->config.sanitize_per_gib = UINT64_C(1000000000); /* 1 ms */
}

static void build_background(struct harness *h, unsigned heads)
{
    configure_background(h, heads);
    harness_build(h);
}

static void set_control(struct harness *h, uint32_t bits)
{
    reg_write(h, 0, CONTROL, 4, bits);
}

/* A whole sanitize, rung by the plain value 1 as Linux does; how often the
 * vector fired during it. */
static unsigned interrupts_of_one(struct harness *h)
{
    unsigned before = h->interrupts[0][DCD_VECTOR_MAILBOX];

    C_EXPECT_EQ(DCD_RC_BACKGROUND_STARTED, command(h, 0, DCD_OP_SANITIZE));
    run_until(h, h->scheduled - 1);
    C_EXPECT_EQ(before, h->interrupts[0][DCD_VECTOR_MAILBOX]);
    run_until(h, h->now + 1);
    C_EXPECT_EQ(0, reg_read(h, 0, MAILBOX_AT(DCD_MBOX_STATUS), 1));
    return h->interrupts[0][DCD_VECTOR_MAILBOX] - before;
}

C_TEST(interrupts, the_end_of_an_operation_is_silent_unless_asked)
{
    struct harness h;

    build_background(&h, 1);
    enable_interrupts(&h, 0);
    C_EXPECT_EQ(0, interrupts_of_one(&h));
    harness_free(&h);
}

C_TEST(interrupts, the_end_of_an_operation_interrupts_once_it_was_enabled)
{
    struct harness h;

    build_background(&h, 1);
    enable_interrupts(&h, 0);
    set_control(&h, DCD_MBOX_BACKGROUND_INTERRUPT);
    C_EXPECT_EQ(1, interrupts_of_one(&h));
    C_EXPECT_EQ(0, reg_read(&h, 0, CONTROL, 4)); /* rung by the plain 1 */
    C_EXPECT_EQ(1, interrupts_of_one(&h));
    for (unsigned v = 0; v < DCD_MSIX_VECTORS; v++)
        C_EXPECT_EQ(v == DCD_VECTOR_MAILBOX ? 2 : 0, h.interrupts[0][v]);
    harness_free(&h);
}

C_TEST(interrupts, a_reset_forgets_that_the_end_was_enabled)
{
    static const enum dcd_reset_kind kinds[] = {DCD_RESET_CONVENTIONAL,
                                                DCD_RESET_CXL};
    struct harness h;

    for (size_t i = 0; i < COUNT(kinds); i++) {
        build_background(&h, 1);
        set_control(&h, DCD_MBOX_BACKGROUND_INTERRUPT);
        dcd_device_reset(h.device, 0, kinds[i]);
        enable_interrupts(&h, 0);
        C_EXPECT_EQ(0, interrupts_of_one(&h));
        harness_free(&h);
    }
}

C_TEST(interrupts, a_strict_device_obeys_the_bit_as_it_stands)
{
    struct harness h;

    configure_background(&h, 1);
    h.config.background_interrupt = DCD_BACKGROUND_INTERRUPT_STRICT;
    harness_build(&h);
    enable_interrupts(&h, 0);
    set_control(&h, DCD_MBOX_BACKGROUND_INTERRUPT);
    C_EXPECT_EQ(0, interrupts_of_one(&h)); /* the doorbell cleared it */
    C_EXPECT_EQ(DCD_RC_BACKGROUND_STARTED, command(&h, 0, DCD_OP_SANITIZE));
    set_control(&h, DCD_MBOX_BACKGROUND_INTERRUPT); /* in time */
    run_until(&h, h.scheduled);
    C_EXPECT_EQ(1, h.interrupts[0][DCD_VECTOR_MAILBOX]);
    C_EXPECT_EQ(DCD_MBOX_BACKGROUND_INTERRUPT, reg_read(&h, 0, CONTROL, 4));
    harness_free(&h);
}

C_TEST(interrupts, a_masked_end_of_an_operation_is_pending)
{
    struct harness h;

    build_background(&h, 1);
    enable_interrupts(&h, 0);
    set_control(&h, DCD_MBOX_BACKGROUND_INTERRUPT);
    reg_write(&h, 0, VECTOR_CONTROL(DCD_VECTOR_MAILBOX), 4, DCD_MSIX_MASKED);
    C_EXPECT_EQ(0, interrupts_of_one(&h));
    C_EXPECT_EQ(1u << DCD_VECTOR_MAILBOX, reg_read(&h, 0, DCD_BAR_MSIX_PBA, 8));
    reg_write(&h, 0, VECTOR_CONTROL(DCD_VECTOR_MAILBOX), 4, 0);
    C_EXPECT_EQ(1, h.interrupts[0][DCD_VECTOR_MAILBOX]);
    harness_free(&h);
}

C_TEST(interrupts, the_end_of_an_operation_at_one_head_interrupts_no_other)
{
    struct harness h;

    build_background(&h, 2);
    for (unsigned head = 0; head < 2; head++) {
        enable_interrupts(&h, head);
        reg_write(&h, head, CONTROL, 4, DCD_MBOX_BACKGROUND_INTERRUPT);
    }
    C_EXPECT_EQ(1, interrupts_of_one(&h));
    C_EXPECT_EQ(0, h.interrupts[1][DCD_VECTOR_MAILBOX]);
    harness_free(&h);
}

/* Doorbell and end of the operation share a vector, and are two interrupts. */
C_TEST(interrupts, a_background_command_interrupts_at_its_start_and_its_end)
{
    struct harness h;

    configure_background(&h, 1);
    h.config.doorbell_interrupt = true;
    harness_build(&h);
    enable_interrupts(&h, 0);
    reg_write(&h, 0, MAILBOX_AT(DCD_MBOX_COMMAND), 8, DCD_OP_SANITIZE);
    reg_write(&h, 0, CONTROL, 4,
              DCD_MBOX_DOORBELL | DCD_MBOX_DOORBELL_INTERRUPT |
                  DCD_MBOX_BACKGROUND_INTERRUPT);
    C_EXPECT_EQ(1, h.interrupts[0][DCD_VECTOR_MAILBOX]);
    run_until(&h, h.scheduled - 1);
    C_EXPECT_EQ(1, h.interrupts[0][DCD_VECTOR_MAILBOX]);
    run_until(&h, h.now + 1);
    C_EXPECT_EQ(2, h.interrupts[0][DCD_VECTOR_MAILBOX]);
    C_EXPECT_EQ(2, all_interrupts(&h, 0));
    harness_free(&h);
}
