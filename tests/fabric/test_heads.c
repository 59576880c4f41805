/* SPDX-License-Identifier: Apache-2.0 */
/* test_heads.c - several hosts at one device, and the reset of one of them. */
#include "fabric.h"

#include <string.h>

#define FORCED DCD_RELEASE_FORCED

/* --- Isolation ----------------------------------------------------------- */

C_TEST(heads, each_has_its_own_list_log_data_and_generation)
{
    struct harness h;

    fabric_config(&h);
    h.config.heads = 16;
    harness_build(&h);
    for (unsigned head = 0; head < 16; head++) {
        open_window(&h, head);
        /* Head n holds n % 3 extents in as many steps. */
        for (unsigned i = 0; i < head % 3; i++)
            hold(&h, head, RANGES({R0 + head * MIB(8) + i * MIB(4), MIB(2)}));
        if (head % 3)
            poke(&h, head, R0 + head * MIB(8), 1000 + head);
    }
    for (unsigned head = 0; head < 16; head++) {
        uint64_t base = R0 + head * MIB(8);
        const struct range own[] = {{base, MIB(2)}, {base + MIB(4), MIB(2)}};

        C_CONTEXT("head %u", head);
        expect_held(&h, head, own, head % 3);
        C_EXPECT_EQ(head % 3, generation(&h, head));
        C_EXPECT_EQ(16 - head % 3, fm_available_extents(&h, head));
        expect_no_events(&h, head);
        if (head % 3)
            C_EXPECT_EQ(1000 + head, peek(&h, head, base));
        for (unsigned other = 0; other < 16; other++)
            if (other != head)
                C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(&h, other, base));
    }
    harness_free(&h);
}

C_TEST(heads, answer_in_any_order_among_each_other)
{
    struct harness h;

    fabric_build(&h);
    for (unsigned i = 0; i < 3; i++)
        for (unsigned head = 0; head < 2; head++)
            C_EXPECT_EQ(
                0, fm_add(&h, head, RANGES({MIB(2) * (2 * i + head), MIB(2)})));
    C_EXPECT_EQ(0x0f, add_response(&h, 1, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(0, add_response(&h, 1, RANGES({MIB(2), MIB(2)})));
    C_EXPECT_EQ(0, add_response(&h, 1, RANGES({MIB(6), MIB(2)})));
    C_EXPECT_EQ(0, add_response(&h, 0, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(0, add_response(&h, 1, NO_RANGES));
    C_EXPECT_EQ(0, add_response(&h, 0, NO_RANGES));
    C_EXPECT_EQ(0x0f, release(&h, 0, RANGES({MIB(2), MIB(2)})));
    expect_held(&h, 0, RANGES({R0, MIB(2)}));
    expect_held(&h, 1, RANGES({MIB(2), MIB(2)}, {MIB(6), MIB(2)}));
    harness_free(&h);
}

C_TEST(heads, static_memory_is_each_heads_own)
{
    struct harness h;

    fabric_config(&h);
    h.config.static_volatile = MIB(256);
    harness_build(&h);
    for (unsigned head = 0; head < 2; head++) {
        open_window(&h, head);
        poke(&h, head, 0x40, 100 + head);
        C_EXPECT_EQ(0, peek(&h, head, 0x80));
    }
    C_EXPECT_EQ(100, peek(&h, 0, 0x40));
    C_EXPECT_EQ(101, peek(&h, 1, 0x40));
    harness_free(&h);
}

/* --- Conventional reset -------------------------------------------------- */

/*
 * Head 0: accepted [R0, +4M) with tag A and [R0+20M, +2M); pending
 * {[R0+30M, +2M), [R0+40M, +2M)} and, dead, {[R0+50M, +2M) with tag B}.
 * Head 1: accepted [R0+100M, +2M), pending [R0+110M, +2M).
 */
static void build_used(struct harness *h, enum dcd_reset_policy policy)
{
    fabric_config(h);
    h->config.reset = policy;
    harness_build(h);
    open_window(h, 0);
    open_window(h, 1);
    hold(h, 0, RANGES({R0, MIB(4), TAG_A}, {R0 + MIB(20), MIB(2)}));
    hold(h, 1, RANGES({R0 + MIB(100), MIB(2)}));
    C_EXPECT_EQ(
        0,
        fm_add(h, 0, RANGES({R0 + MIB(30), MIB(2)}, {R0 + MIB(40), MIB(2)})));
    C_EXPECT_EQ(0, fm_add(h, 0, RANGES({R0 + MIB(50), MIB(2), TAG_B})));
    C_EXPECT_EQ(0, fm_release(h, 0, FORCED, RANGES({R0 + MIB(50), MIB(2)})));
    C_EXPECT_EQ(0, fm_add(h, 1, RANGES({R0 + MIB(110), MIB(2)})));
    poke(h, 0, R0, 7);
    poke(h, 1, R0 + MIB(100), 8);
}

C_TEST(heads_reset, gives_capacity_and_offers_back)
{
    struct harness h;

    build_used(&h, DCD_RESET_RELEASE);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_held(&h, 0, NO_RANGES);
    C_EXPECT_EQ(16, fm_available_extents(&h, 0));
    C_EXPECT_EQ(4, fm_available_tags(&h, 0));
    C_EXPECT_EQ(0x02, add_response(&h, 0, NO_RANGES));
    C_EXPECT_EQ(0, fm_add(&h, 1, RANGES({R0, MIB(60)})));
    harness_free(&h);
}

C_TEST(heads_reset, is_told_to_the_fm_group_by_group_and_extent_by_extent)
{
    struct harness h;

    build_used(&h, DCD_RESET_RELEASE);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    C_ASSERT_EQ(4, fm_get_events(&h));
    expect_chain(&h, 0, DCD_EVENT_ADD_RESPONSE, 0, RANGES({R0 + MIB(30), 0}));
    expect_chain(&h, 1, DCD_EVENT_ADD_RESPONSE, 0,
                 RANGES({R0 + MIB(50), 0, TAG_B}));
    expect_chain(&h, 2, DCD_EVENT_CAPACITY_RELEASED, 0,
                 RANGES({R0, MIB(4), TAG_A}, {R0 + MIB(20), MIB(2)}));
    harness_free(&h);
}

C_TEST(heads_reset, leaves_no_record_at_the_host_and_clears_its_logs)
{
    struct harness h;

    build_used(&h, DCD_RESET_RELEASE);
    C_EXPECT_EQ(3, get_events(&h, 0));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_no_events(&h, 0);
    C_EXPECT_EQ(0, reg_read(&h, 0, DCD_BAR_DEVICE + DCD_DEV_STATUS, 8));
    /* Handles start again. */
    C_EXPECT_EQ(0, fm_add(&h, 0, RANGES({R0, MIB(2)})));
    C_ASSERT_EQ(1, get_events(&h, 0));
    C_EXPECT_EQ(1, dcd_get16(event_at(&h, 0)->header.handle));
    harness_free(&h);
}

C_TEST(heads_reset, clears_an_overflow)
{
    struct harness h;

    fabric_config(&h);
    h.config.dc_log = 1;
    harness_build(&h);
    hold(&h, 0, RANGES({R0, MIB(2)}));
    hold(&h, 0, RANGES({R0 + MIB(4), MIB(2)}));
    C_EXPECT_EQ(0, fm_release(&h, 0, 0, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(0, fm_release(&h, 0, FORCED, RANGES({R0, MIB(2)})));
    get_events(&h, 0);
    C_EXPECT_EQ(DCD_GET_EVENTS_OVERFLOW, h.out[0]);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    get_events(&h, 0);
    C_EXPECT_EQ(0, h.out[0]);
    harness_free(&h);
}

C_TEST(heads_reset, moves_the_generation_of_a_list_that_was_not_empty)
{
    struct harness h;
    uint32_t was;

    build_used(&h, DCD_RESET_RELEASE);
    was = generation(&h, 0);
    C_EXPECT(was != 0);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    C_EXPECT(generation(&h, 0) != was);
    C_EXPECT(generation(&h, 0) != 0);
    was = generation(&h, 0);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    C_EXPECT_EQ(was, generation(&h, 0));
    harness_free(&h);
}

C_TEST(heads_reset, clears_policy_and_clock)
{
    static const uint8_t time[8] = {1};
    static const uint8_t off[5] = {0};
    struct harness h;

    build_used(&h, DCD_RESET_RELEASE);
    enable_interrupts(&h, 0);
    C_EXPECT_EQ(0, mailbox(&h, 0, DCD_OP_SET_TIMESTAMP, time, sizeof(time)));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    h.now += 1000000;
    C_EXPECT_EQ(0, mailbox(&h, 0, DCD_OP_GET_TIMESTAMP, NULL, 0));
    C_EXPECT_EQ(0, dcd_load_le(h.out, 8));
    C_EXPECT_EQ(0, mailbox(&h, 0, DCD_OP_GET_INTERRUPT_POLICY, NULL, 0));
    C_EXPECT_MEMEQ(off, h.out, sizeof(off));
    C_EXPECT_EQ(0, fm_add(&h, 0, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(0, h.interrupts[0][DCD_VECTOR_DYNAMIC_CAPACITY]);
    harness_free(&h);
}

C_TEST(heads_reset, closes_the_window_and_revokes_every_pointer)
{
    struct harness h;
    struct dcd_span span;

    build_used(&h, DCD_RESET_RELEASE);
    C_EXPECT(dcd_device_dmi(h.device, 0, WINDOW + R0, &span));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    C_EXPECT(h.revocations >= 1);
    C_EXPECT_EQ(0, h.revoked_head);
    C_EXPECT_EQ(0, h.revoked_first);
    C_EXPECT_EQ(UINT64_MAX, h.revoked_last);
    C_EXPECT_EQ(DCD_ACCESS_MEM_DISABLED, touch(&h, 0, R0));
    enable_mem(&h, 0);
    C_EXPECT_EQ(DCD_ACCESS_NOT_DECODED, touch(&h, 0, R0));
    open_window(&h, 0);
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(&h, 0, R0));
    harness_free(&h);
}

C_TEST(heads_reset, keeps_static_bytes)
{
    struct harness h;

    fabric_config(&h);
    h.config.static_volatile = MIB(256);
    harness_build(&h);
    open_window(&h, 0);
    poke(&h, 0, MIB(100), 42);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    open_window(&h, 0);
    C_EXPECT_EQ(42, peek(&h, 0, MIB(100)));
    harness_free(&h);
}

C_TEST(heads_reset, touches_no_other_head)
{
    struct harness h;
    uint32_t was;

    build_used(&h, DCD_RESET_RELEASE);
    was = generation(&h, 1);
    enable_interrupts(&h, 1);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    C_EXPECT_EQ(8, peek(&h, 1, R0 + MIB(100)));
    expect_held(&h, 1, RANGES({R0 + MIB(100), MIB(2)}));
    C_EXPECT_EQ(was, generation(&h, 1));
    C_EXPECT_EQ(14, fm_available_extents(&h, 1));
    expect_host_chain(&h, 1, DCD_EVENT_ADD_CAPACITY,
                      RANGES({R0 + MIB(110), MIB(2)}));
    C_EXPECT_EQ(0, add_response(&h, 1, RANGES({R0 + MIB(110), MIB(2)})));
    C_EXPECT_EQ(0, fm_add(&h, 1, RANGES({R0 + MIB(120), MIB(2)})));
    C_EXPECT_EQ(1, h.interrupts[1][DCD_VECTOR_DYNAMIC_CAPACITY]);
    harness_free(&h);
}

C_TEST(heads_reset, can_be_told_to_keep_what_was_accepted)
{
    struct harness h;
    uint32_t was;

    build_used(&h, DCD_RESET_KEEP);
    was = generation(&h, 0);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_held(&h, 0, RANGES({R0, MIB(4), TAG_A}, {R0 + MIB(20), MIB(2)}));
    C_EXPECT_EQ(was, generation(&h, 0));
    C_EXPECT_EQ(14, fm_available_extents(&h, 0));
    C_EXPECT_EQ(3, fm_available_tags(&h, 0));
    expect_no_events(&h, 0);
    C_EXPECT_EQ(0x02, add_response(&h, 0, NO_RANGES));
    C_ASSERT_EQ(2, fm_get_events(&h));
    expect_chain(&h, 0, DCD_EVENT_ADD_RESPONSE, 0, RANGES({R0 + MIB(30), 0}));
    expect_chain(&h, 1, DCD_EVENT_ADD_RESPONSE, 0,
                 RANGES({R0 + MIB(50), 0, TAG_B}));
    C_EXPECT_EQ(DCD_ACCESS_MEM_DISABLED, touch(&h, 0, R0));
    enable_mem(&h, 0);
    C_EXPECT_EQ(DCD_ACCESS_NOT_DECODED, touch(&h, 0, R0));
    open_window(&h, 0);
    C_EXPECT_EQ(7, peek(&h, 0, R0));
    harness_free(&h);
}

C_TEST(heads_reset, drops_a_list_that_came_in_part)
{
    struct harness h;

    fabric_build(&h);
    hold(&h, 0, RANGES({R0, MIB(2)}));
    C_EXPECT_EQ(0, release_more(&h, 0, RANGES({R0, MIB(2)})));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    hold(&h, 0, RANGES({R0, MIB(2)}, {R0 + MIB(4), MIB(2)}));
    C_EXPECT_EQ(0, release(&h, 0, RANGES({R0 + MIB(4), MIB(2)})));
    expect_held(&h, 0, RANGES({R0, MIB(2)}));
    harness_free(&h);
}

C_TEST(heads_reset, overflows_the_fms_log_with_whole_chains)
{
    struct harness h;

    fabric_config(&h);
    h.config.fm_log = 2;
    harness_build(&h);
    hold(&h, 0, RANGES({R0, MIB(2)}, {R0 + MIB(4), MIB(2)}));
    C_EXPECT_EQ(0, fm_add(&h, 0, RANGES({R0 + MIB(8), MIB(2)})));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    C_EXPECT_EQ(1, fm_get_events(&h));
    C_EXPECT_EQ(DCD_GET_EVENTS_OVERFLOW, h.out[0]);
    C_EXPECT_EQ(2, dcd_load_le(h.out + 2, 2));
    C_EXPECT_EQ(16, fm_available_extents(&h, 0));
    harness_free(&h);
}

C_TEST(heads_reset, of_a_head_that_is_not_there_is_nothing)
{
    struct harness h;
    uint64_t before;

    build_used(&h, DCD_RESET_RELEASE);
    before = visible_state(&h);
    dcd_device_reset(h.device, 2, DCD_RESET_CONVENTIONAL);
    dcd_device_reset(h.device, 16, DCD_RESET_CONVENTIONAL);
    dcd_device_reset(h.device, UINT32_MAX, DCD_RESET_CONVENTIONAL);
    C_EXPECT_EQ(before, visible_state(&h));
    harness_free(&h);
}

/* --- Commands under way -------------------------------------------------- */

#define LATENCY UINT64_C(2000000)
#define MAILBOX (DCD_BAR_DEVICE + DCD_DEV_MAILBOX)

static bool ringing(struct harness *h, unsigned head)
{
    return reg_read(h, head, MAILBOX + DCD_MBOX_CONTROL, 4) & DCD_MBOX_DOORBELL;
}

/* 4802h or 4803h for [dpa, +2 MiB), rung and not waited for. */
static void ring(struct harness *h, unsigned head, uint16_t opcode,
                 uint64_t dpa)
{
    uint8_t in[0x20] = {1};

    dcd_store_le(in + 8, 8, dpa);
    dcd_store_le(in + 16, 8, MIB(2));
    reg_write(h, head, MAILBOX + DCD_MBOX_COMMAND, 8,
              opcode | (uint64_t)sizeof(in) << DCD_MBOX_LENGTH_SHIFT);
    dcd_device_mmio_write(h->device, head, MAILBOX + DCD_MBOX_PAYLOAD, in,
                          sizeof(in));
    reg_write(h, head, MAILBOX + DCD_MBOX_CONTROL, 4, DCD_MBOX_DOORBELL);
}

/* Offers [0, 2M) to head 0 of a device with a latency. */
static void build_slow(struct harness *h)
{
    fabric_config(h);
    h->config.mailbox_latency = LATENCY;
    harness_build(h);
    C_EXPECT_EQ(0, fm_add(h, 0, RANGES({R0, MIB(2)})));
}

C_TEST(heads_reset, forgets_a_command_under_way)
{
    struct harness h;

    build_slow(&h);
    ring(&h, 0, DCD_OP_ADD_DC_RESPONSE, R0);
    h.now += LATENCY / 2;
    C_EXPECT(ringing(&h, 0));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    C_EXPECT(!ringing(&h, 0));
    h.now += LATENCY;
    dcd_device_wake(h.device);
    expect_held(&h, 0, NO_RANGES);
    expect_fm_chain(&h, DCD_EVENT_ADD_RESPONSE, 0, RANGES({R0, 0}));
    harness_free(&h);
}

C_TEST(heads_reset, comes_after_a_command_whose_time_had_come)
{
    struct harness h;

    build_slow(&h);
    ring(&h, 0, DCD_OP_ADD_DC_RESPONSE, R0);
    h.now += LATENCY + 1;
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_held(&h, 0, NO_RANGES);
    C_ASSERT_EQ(2, fm_get_events(&h));
    expect_chain(&h, 0, DCD_EVENT_ADD_RESPONSE, 0, RANGES({R0, MIB(2)}));
    expect_chain(&h, 1, DCD_EVENT_CAPACITY_RELEASED, 0, RANGES({R0, MIB(2)}));
    harness_free(&h);
}

C_TEST(heads_reset, leaves_commands_of_others_under_way)
{
    static const uint8_t ask[12] = {0, 1, 0, 0x00, 0x56};
    struct harness h;
    uint8_t answer[12];

    build_slow(&h);
    C_EXPECT_EQ(0, fm_add(&h, 1, RANGES({MIB(4), MIB(2)})));
    ring(&h, 1, DCD_OP_ADD_DC_RESPONSE, MIB(4));
    C_EXPECT(dcd_device_fm_request(h.device, ask, sizeof(ask)));
    h.now += LATENCY / 2;
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    C_EXPECT(ringing(&h, 1));
    h.now += LATENCY;
    dcd_device_wake(h.device);
    C_EXPECT(!ringing(&h, 1));
    dcd_device_fm_response(h.device, answer, sizeof(answer));
    C_EXPECT_EQ(0x54, answer[5]);
    expect_held(&h, 1, RANGES({MIB(4), MIB(2)}));
    harness_free(&h);
}
