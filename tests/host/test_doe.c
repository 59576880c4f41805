/* SPDX-License-Identifier: Apache-2.0 */
/* test_doe.c - the data object exchange mailbox: objects, errors, interrupts
 * (PCIe 6.0 6.30 and 7.9.24). */
#include "doe_support.h"

#include "gtest_c.h"

#define DISCOVERY(index)       \
    {                          \
        0x00000001, 3, (index) \
    }
#define READ_ENTRY(entry)                      \
    {                                          \
        0x00021e98, 3, (uint32_t)(entry) << 16 \
    }

static uint32_t status(struct harness *h)
{
    return doe_register(h, 0, DCD_DOE_STATUS);
}

static void set_control(struct harness *h, uint32_t value)
{
    doe_set(h, 0, DCD_DOE_CONTROL, value);
}

/* --- Objects -------------------------------------------------------------- */

C_TEST(doe, discovery_tells_both_protocols)
{
    static const struct {
        uint32_t index;
        uint32_t answer; /* vendor, type, next index */
    } rows[] = {
        {0, 0x01000001}, {1, 0x00021e98},   {2, 0x00ffffff},
        {3, 0x00ffffff}, {255, 0x00ffffff},
    };
    uint32_t response[DOE_ROOM];
    struct harness h;

    harness_d1(&h);
    for (unsigned i = 0; i < COUNT(rows); i++) {
        const uint32_t request[] = DISCOVERY(rows[i].index);

        C_CONTEXT("index %u", rows[i].index);
        C_ASSERT_EQ(3, doe_exchange(&h, 0, request, 3, response));
        C_EXPECT_EQ(request[0], response[0]);
        C_EXPECT_EQ(3, response[1]);
        C_EXPECT_EQ(rows[i].answer, response[2]);
    }
    C_CONTEXT("");
    harness_free(&h);
}

/* Nothing becomes ready, nothing is an error, and the next object is heard. */
C_TEST(doe, objects_that_are_dropped)
{
    static const struct {
        const char *name;
        uint32_t dword[4];
        uint32_t count;
    } rows[] = {
        {"nothing", {0}, 0},
        {"half a header", {0x00000001}, 1},
        {"a header", {0x00000001, 3}, 2},
        {"a header that says so", {0x00000001, 2}, 2},
        {"more than the length", {0x00000001, 3, 0, 0}, 4},
        {"longer, and says so", {0x00000001, 4, 0, 0}, 4},
        {"the longest", {0x00000001, 0, 0}, 3},
        {"another vendor", {0x00001e99, 3, 0}, 3},
        {"another type", {0x00010001, 3, 0}, 3},
        {"another type of CXL", {0x00001e98, 3, 0}, 3},
        {"another code", {0x00021e98, 3, 0x00000001}, 3},
        {"another table", {0x00021e98, 3, 0x00000100}, 3},
        {"behind the last entry", {0x00021e98, 3, 0x000d0000}, 3},
        {"the last handle", {0x00021e98, 3, 0xffff0000}, 3},
    };
    const uint32_t good[] = DISCOVERY(0);
    uint32_t response[DOE_ROOM];
    struct harness h;

    harness_d1(&h);
    for (unsigned i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("%s", rows[i].name);
        C_EXPECT_EQ(
            0, doe_exchange(&h, 0, rows[i].dword, rows[i].count, response));
        C_EXPECT_EQ(0, status(&h));
        C_EXPECT_EQ(0, doe_register(&h, 0, DCD_DOE_READ_MAILBOX));
        C_EXPECT_EQ(3, doe_exchange(&h, 0, good, 3, response));
    }
    C_CONTEXT("");
    harness_free(&h);
}

/* Length 0 means 2^18 dwords; one more has no length at all. */
C_TEST(doe, objects_without_end_are_counted_and_dropped)
{
    const uint32_t good[] = DISCOVERY(0);
    uint32_t response[DOE_ROOM];
    struct harness h;

    harness_d1(&h);
    for (uint32_t more = 0; more < 3; more++) {
        C_CONTEXT("%u more", more);
        doe_set(&h, 0, DCD_DOE_WRITE_MAILBOX, 0x00000001);
        for (uint32_t i = 1; i < DCD_DOE_LONGEST + more; i++)
            config_write(&h, 0, DCD_CONFIG_DOE + DCD_DOE_WRITE_MAILBOX, 4, 0);
        set_control(&h, DCD_DOE_GO);
        C_EXPECT_EQ(0, status(&h));
        C_EXPECT_EQ(3, doe_exchange(&h, 0, good, 3, response));
    }
    C_CONTEXT("");
    harness_free(&h);
}

/* Reserved bits of the header do not count. */
C_TEST(doe, length_has_eighteen_bits)
{
    const uint32_t request[] = {0xff000001, 0xfffc0003, 0xffffff01};
    uint32_t response[DOE_ROOM];
    struct harness h;

    harness_d1(&h);
    C_ASSERT_EQ(3, doe_exchange(&h, 0, request, 3, response));
    C_EXPECT_EQ(0x00000001, response[0]);
    C_EXPECT_EQ(3, response[1]);
    C_EXPECT_EQ(0x00021e98, response[2]);
    harness_free(&h);
}

/* --- Mailboxes ------------------------------------------------------------ */

C_TEST(doe, a_read_alone_does_not_move_on)
{
    const uint32_t request[] = DISCOVERY(0);
    struct harness h;

    harness_d1(&h);
    doe_send(&h, 0, request, 3);
    for (unsigned i = 0; i < 3; i++)
        C_EXPECT_EQ(0x00000001, doe_register(&h, 0, DCD_DOE_READ_MAILBOX));
    doe_set(&h, 0, DCD_DOE_READ_MAILBOX, 0x12345678); /* any dword */
    C_EXPECT_EQ(3, doe_register(&h, 0, DCD_DOE_READ_MAILBOX));
    C_EXPECT_EQ(DCD_DOE_READY, status(&h));
    harness_free(&h);
}

C_TEST(doe, only_dwords_count_for_the_mailboxes)
{
    const uint64_t in = DCD_CONFIG_DOE + DCD_DOE_WRITE_MAILBOX;
    const uint64_t out = DCD_CONFIG_DOE + DCD_DOE_READ_MAILBOX;
    const uint32_t request[] = DISCOVERY(0);
    struct harness h;

    harness_d1(&h);
    for (unsigned i = 0; i < 4; i++)
        config_write(&h, 0, in + i, 1, 0xff);
    config_write(&h, 0, in, 2, 0xffff);
    config_write(&h, 0, in + 2, 2, 0xffff);
    doe_send(&h, 0, request, 3);
    C_EXPECT_EQ(DCD_DOE_READY, status(&h));
    for (unsigned i = 0; i < 4; i++)
        config_write(&h, 0, out + i, 1, 0);
    config_write(&h, 0, out, 2, 0);
    config_write(&h, 0, out + 2, 2, 0);
    C_EXPECT_EQ(0x00000001, doe_register(&h, 0, DCD_DOE_READ_MAILBOX));
    C_EXPECT_EQ(1, config_read(&h, 0, out, 1));
    C_EXPECT_EQ(0, config_read(&h, 0, out + 2, 2));
    C_EXPECT_EQ(0, doe_register(&h, 0, DCD_DOE_WRITE_MAILBOX));
    harness_free(&h);
}

/* --- Errors --------------------------------------------------------------- */

C_TEST(doe, moving_on_past_the_end_is_an_error)
{
    const uint32_t request[] = DISCOVERY(0);
    uint32_t response[DOE_ROOM];
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(3, doe_exchange(&h, 0, request, 3, response));
    C_EXPECT_EQ(0, status(&h));
    doe_set(&h, 0, DCD_DOE_READ_MAILBOX, 0);
    C_EXPECT_EQ(DCD_DOE_ERROR, status(&h));
    /* It stands until it is aborted; nothing is heard meanwhile. */
    C_EXPECT_EQ(0, doe_exchange(&h, 0, request, 3, response));
    C_EXPECT_EQ(DCD_DOE_ERROR, status(&h));
    set_control(&h, DCD_DOE_ABORT);
    C_EXPECT_EQ(0, status(&h));
    C_EXPECT_EQ(3, doe_exchange(&h, 0, request, 3, response));
    harness_free(&h);
}

C_TEST(doe, a_second_object_before_the_response_is_read_is_an_error)
{
    const uint32_t first[] = DISCOVERY(0);
    const uint32_t second[] = DISCOVERY(1);
    struct harness h;

    harness_d1(&h);
    doe_send(&h, 0, first, 3);
    doe_send(&h, 0, second, 3);
    C_EXPECT_EQ(DCD_DOE_READY | DCD_DOE_ERROR, status(&h));
    C_EXPECT_EQ(0x00000001, doe_register(&h, 0, DCD_DOE_READ_MAILBOX));
    harness_free(&h);
}

C_TEST(doe, abort_forgets_everything)
{
    const uint32_t request[] = DISCOVERY(0);
    uint32_t response[DOE_ROOM];
    struct harness h;

    harness_d1(&h);
    doe_set(&h, 0, DCD_DOE_WRITE_MAILBOX, 0x00000001);
    set_control(&h, DCD_DOE_ABORT);
    doe_send(&h, 0, request, 3);
    C_EXPECT_EQ(DCD_DOE_READY, status(&h));
    set_control(&h, DCD_DOE_ABORT);
    C_EXPECT_EQ(0, status(&h));
    C_EXPECT_EQ(0, doe_register(&h, 0, DCD_DOE_READ_MAILBOX));
    /* With GO in the same write there is nothing left to consume. */
    for (unsigned i = 0; i < 3; i++)
        doe_set(&h, 0, DCD_DOE_WRITE_MAILBOX, request[i]);
    set_control(&h, DCD_DOE_GO | DCD_DOE_ABORT);
    C_EXPECT_EQ(0, status(&h));
    C_EXPECT_EQ(3, doe_exchange(&h, 0, request, 3, response));
    harness_free(&h);
}

C_TEST(doe, go_and_abort_read_as_0)
{
    struct harness h;

    harness_d1(&h);
    set_control(&h, 0xffffffff);
    C_EXPECT_EQ(DCD_DOE_INTERRUPT_ENABLE, doe_register(&h, 0, DCD_DOE_CONTROL));
    /* Bytes that are not written keep what they have. */
    config_write(&h, 0, DCD_CONFIG_DOE + DCD_DOE_CONTROL + 3, 1, 0x80);
    C_EXPECT_EQ(DCD_DOE_INTERRUPT_ENABLE, doe_register(&h, 0, DCD_DOE_CONTROL));
    set_control(&h, 0);
    C_EXPECT_EQ(0, doe_register(&h, 0, DCD_DOE_CONTROL));
    harness_free(&h);
}

C_TEST(doe, capability_tells_the_vector)
{
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_DOE_INTERRUPT_SUPPORT | DCD_VECTOR_DOE << 1,
                doe_register(&h, 0, DCD_DOE_CAPABILITY));
    harness_free(&h);
}

/* --- Interrupts ----------------------------------------------------------- */

static unsigned fired(const struct harness *h)
{
    return h->interrupts[0][DCD_VECTOR_DOE];
}

C_TEST(doe, a_response_interrupts)
{
    const uint32_t request[] = DISCOVERY(0);
    uint32_t response[DOE_ROOM];
    struct harness h;

    harness_d1(&h);
    enable_interrupts(&h, 0);
    C_EXPECT_EQ(3, doe_exchange(&h, 0, request, 3, response));
    C_EXPECT_EQ(0, fired(&h)); /* not enabled here */
    C_EXPECT_EQ(0, status(&h));
    set_control(&h, DCD_DOE_INTERRUPT_ENABLE);
    C_EXPECT_EQ(0, fired(&h));
    doe_send(&h, 0, request, 3);
    C_EXPECT_EQ(1, fired(&h));
    C_EXPECT_EQ(DCD_DOE_READY | DCD_DOE_INTERRUPT_STATUS, status(&h));
    doe_receive(&h, 0, response);
    C_EXPECT_EQ(DCD_DOE_INTERRUPT_STATUS, status(&h));
    doe_set(&h, 0, DCD_DOE_STATUS, ~DCD_DOE_INTERRUPT_STATUS);
    C_EXPECT_EQ(DCD_DOE_INTERRUPT_STATUS, status(&h));
    /* No edge while the status is set. */
    C_EXPECT_EQ(3, doe_exchange(&h, 0, request, 3, response));
    C_EXPECT_EQ(1, fired(&h));
    doe_set(&h, 0, DCD_DOE_STATUS, DCD_DOE_INTERRUPT_STATUS);
    C_EXPECT_EQ(0, status(&h));
    doe_send(&h, 0, request, 3);
    C_EXPECT_EQ(2, fired(&h));
    harness_free(&h);
}

C_TEST(doe, an_error_interrupts_and_a_dropped_object_does_not)
{
    const uint32_t bad[] = {0x00000001, 4, 0};
    uint32_t response[DOE_ROOM];
    struct harness h;

    harness_d1(&h);
    enable_interrupts(&h, 0);
    set_control(&h, DCD_DOE_INTERRUPT_ENABLE);
    doe_exchange(&h, 0, bad, 3, response);
    C_EXPECT_EQ(0, fired(&h));
    doe_set(&h, 0, DCD_DOE_READ_MAILBOX, 0);
    C_EXPECT_EQ(1, fired(&h));
    C_EXPECT_EQ(DCD_DOE_ERROR | DCD_DOE_INTERRUPT_STATUS, status(&h));
    harness_free(&h);
}

/* --- Resets and heads ----------------------------------------------------- */

C_TEST(doe, every_reset_ends_what_was_begun)
{
    static const enum dcd_reset_kind kinds[] = {
        DCD_RESET_CONVENTIONAL, DCD_RESET_CXL, DCD_RESET_FUNCTION_LEVEL};
    const uint32_t request[] = DISCOVERY(0);
    uint32_t response[DOE_ROOM];

    for (unsigned i = 0; i < COUNT(kinds); i++) {
        struct harness h;

        C_CONTEXT("reset %u", i);
        harness_d1(&h);
        set_control(&h, DCD_DOE_INTERRUPT_ENABLE);
        doe_set(&h, 0, DCD_DOE_READ_MAILBOX, 0);
        doe_set(&h, 0, DCD_DOE_WRITE_MAILBOX, 1);
        dcd_device_reset(h.device, 0, kinds[i]);
        C_EXPECT_EQ(0, status(&h));
        C_EXPECT_EQ(0, doe_register(&h, 0, DCD_DOE_CONTROL));
        C_EXPECT_EQ(3, doe_exchange(&h, 0, request, 3, response));
        harness_free(&h);
    }
    C_CONTEXT("");
}

C_TEST(doe, every_head_has_its_own)
{
    const uint32_t request[] = DISCOVERY(0);
    uint32_t response[DOE_ROOM];
    struct harness h;

    harness_d1_config(&h);
    h.config.heads = 2;
    harness_build(&h);
    doe_set(&h, 1, DCD_DOE_WRITE_MAILBOX, 0xffffffff);
    doe_send(&h, 0, request, 3);
    C_EXPECT_EQ(0, doe_register(&h, 1, DCD_DOE_STATUS));
    C_EXPECT_EQ(3, doe_receive(&h, 0, response));
    doe_set(&h, 1, DCD_DOE_CONTROL, DCD_DOE_ABORT);
    C_EXPECT_EQ(3, doe_exchange(&h, 1, request, 3, response));
    harness_free(&h);
}
