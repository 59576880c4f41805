/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_firmware.c - transfers too long for a mailbox, and times at the end of
 * the clock.
 */
#include "firmware.h"

#include "gtest_c.h"

#include <cxldcd/ctypes/generic.h>
#include <cxldcd/ctypes/return_code.h>

#include <string.h>

#define STARTED DCD_RC_BACKGROUND_STARTED
#define OUT_OF_ORDER DCD_RC_FW_TRANSFER_OUT_OF_ORDER

/* Of a part the first 16 bytes are looked at, however long it is. */
static const uint8_t image[DCD_FW_REVISION] = "NEW";

static void build(struct dcd_firmware *firmware)
{
    static const char revision[DCD_FW_REVISION] = "OLD";

    dcd_firmware_init(firmware, revision);
}

static uint16_t send(struct dcd_firmware *firmware, unsigned action,
                     uint32_t offset, uint32_t length, uint64_t now)
{
    struct dcd_firmware_part part = {action, 2, offset, image, length};
    uint64_t duration = 0;
    uint16_t rc = dcd_firmware_transfer(firmware, &part, now, &duration);

    C_EXPECT_EQ(rc == STARTED, duration != 0);
    return rc;
}

C_TEST(firmware, images_are_stored_with_size_and_revision)
{
    struct dcd_firmware fw;

    build(&fw);
    C_EXPECT_EQ(STARTED, send(&fw, DCD_FW_START, 0, 1280, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS, dcd_firmware_complete(&fw, 1));
    C_EXPECT_EQ(STARTED, send(&fw, DCD_FW_END, 10, 77, 2));
    C_EXPECT_EQ(0, fw.slot[1].size);
    C_EXPECT_EQ(DCD_RC_SUCCESS, dcd_firmware_complete(&fw, 3));
    C_EXPECT_EQ(1357, fw.slot[1].size);
    C_EXPECT_STREQ("NEW", fw.slot[1].revision);
    C_EXPECT_STREQ("OLD", dcd_firmware_revision(&fw));
}

C_TEST(firmware, images_of_more_than_32_mib_are_refused)
{
    static const uint32_t most = UINT32_C(32) << 20;
    struct dcd_firmware fw;

    build(&fw);
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, send(&fw, DCD_FW_FULL, 0, most + 1, 0));
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, send(&fw, DCD_FW_FULL, 0, UINT32_MAX, 0));
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT,
                send(&fw, DCD_FW_START, 0, most + 128, 0));
    C_EXPECT_EQ(STARTED, send(&fw, DCD_FW_FULL, 0, most, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS, dcd_firmware_complete(&fw, 0));
    C_EXPECT_EQ(most, fw.slot[1].size);
}

C_TEST(firmware, a_part_that_would_make_an_image_too_long_is_refused)
{
    static const uint32_t most = UINT32_C(32) << 20;
    struct dcd_firmware fw;

    build(&fw);
    C_EXPECT_EQ(STARTED, send(&fw, DCD_FW_START, 0, most - 256, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS, dcd_firmware_complete(&fw, 0));
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT,
                send(&fw, DCD_FW_CONTINUE, most / 128 - 2, 384, 0));
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT,
                send(&fw, DCD_FW_END, most / 128 - 2, 257, 0));
    C_EXPECT_EQ(STARTED, send(&fw, DCD_FW_CONTINUE, most / 128 - 2, 128, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS, dcd_firmware_complete(&fw, 0));
    C_EXPECT_EQ(OUT_OF_ORDER,
                send(&fw, DCD_FW_CONTINUE, (UINT32_C(1) << 25) + most / 128 - 1,
                     128, 0));
}

C_TEST(firmware, a_part_fills_the_image_to_the_last_byte)
{
    static const uint32_t most = UINT32_C(32) << 20;
    struct dcd_firmware fw;

    build(&fw);
    C_EXPECT_EQ(STARTED, send(&fw, DCD_FW_START, 0, most, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS, dcd_firmware_complete(&fw, 0));
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, send(&fw, DCD_FW_END, most / 128, 1, 0));
    C_EXPECT_EQ(STARTED, send(&fw, DCD_FW_END, 0, most, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS, dcd_firmware_complete(&fw, 0));
    C_EXPECT_EQ(most, fw.slot[1].size);
}

C_TEST(firmware, time_runs_between_parts_and_not_during_them)
{
    static const uint64_t gap = UINT64_C(30000000000000);
    const uint64_t late = UINT64_MAX - 3 * gap - 1;
    struct dcd_firmware fw;

    build(&fw);
    C_EXPECT_EQ(STARTED, send(&fw, DCD_FW_START, 0, 128, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS, dcd_firmware_complete(&fw, late));
    C_EXPECT_EQ(STARTED, send(&fw, DCD_FW_CONTINUE, 1, 128, late + gap));
    C_EXPECT_EQ(DCD_RC_SUCCESS, dcd_firmware_complete(&fw, late + 2 * gap));
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT,
                send(&fw, DCD_FW_CONTINUE, 2, 128, UINT64_MAX));
    /* In 32 bits this offset would wrap to the right one. */
    C_EXPECT_EQ(OUT_OF_ORDER, send(&fw, DCD_FW_CONTINUE, 2, 128, UINT64_MAX));
}

C_TEST(firmware, what_was_stopped_is_forgotten_at_the_next_request)
{
    struct dcd_firmware fw;
    uint64_t duration;

    build(&fw);
    C_EXPECT_EQ(STARTED, send(&fw, DCD_FW_START, 0, 128, 0));
    C_EXPECT_EQ(DCD_RC_SUCCESS, dcd_firmware_complete(&fw, 0));
    C_EXPECT_EQ(STARTED, send(&fw, DCD_FW_CONTINUE, 1, 128, 0));
    /* Stopped: nobody called complete. An activation does not revive it. */
    C_EXPECT_EQ(
        DCD_RC_INVALID_SLOT,
        dcd_firmware_activate(&fw, DCD_FW_ACTIVATE_ONLINE, 2, 0, &duration));
    /* In 32 bits this offset would wrap to the right one. */
    C_EXPECT_EQ(OUT_OF_ORDER, send(&fw, DCD_FW_CONTINUE, 1, 128, 0));
    C_EXPECT_EQ(STARTED, send(&fw, DCD_FW_START, 0, 128, 0));
}
