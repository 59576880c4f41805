/* SPDX-License-Identifier: Apache-2.0 */
/* test_region_rows.c - 5602h, a code at a time (CXL r3.1 7.6.7.6.3). */
#include "ask.h"

#include <string.h>

#define OK DCD_RC_SUCCESS
#define FORCED DCD_RELEASE_FORCED
#define SANITIZE DCD_REGION_SANITIZE_ON_RELEASE

/* Two sizes of block for each region; R2 is sharable, R1 may be sanitised. */
static void build(struct harness *h)
{
    fabric_config(h);
    for (unsigned i = 0; i < 4; i++)
        h->config.regions[i].block_sizes = MIB(2) | MIB(128);
    harness_build(h);
}

/* --- Rows ----------------------------------------------------------------- */

C_TEST(fm_configure_row, fm_6_3_row_01_capacity_of_any_host)
{
    struct harness h;

    build(&h);
    C_EXPECT_EQ(OK, fm_add(&h, 1, RANGES({R2 + MIB(4), MIB(2), TAG_A})));
    C_EXPECT_EQ(0x03, ask_configure(&h, 2, MIB(128), 0)); /* pending */
    C_EXPECT_EQ(OK, add_response(&h, 1, RANGES({R2 + MIB(4), MIB(2)})));
    C_EXPECT_EQ(0x03, ask_configure(&h, 2, MIB(128), 0)); /* added */
    C_EXPECT_EQ(OK, refer(&h, TAG_A));
    C_EXPECT_EQ(OK, share(&h, 0, 2, TAG_A));
    C_EXPECT_EQ(OK, release(&h, 1, RANGES({R2 + MIB(4), MIB(2)})));
    C_EXPECT_EQ(OK, release_by_tag(&h, 0, FORCED, MIB(2), TAG_A));
    C_EXPECT_EQ(0x03, ask_configure(&h, 2, MIB(128), 0)); /* dead */
    C_EXPECT_EQ(OK, add_response(&h, 0, NO_RANGES));
    C_EXPECT_EQ(0x03, ask_configure(&h, 2, MIB(128), 0)); /* the FM's alone */
    C_EXPECT_EQ(OK, unrefer(&h, TAG_A));
    C_EXPECT_EQ(OK, ask_configure(&h, 2, MIB(128), 0));
    harness_free(&h);
}

C_TEST(fm_configure_row, fm_6_3_row_02_sanitising_that_is_not_configurable)
{
    struct harness h;

    build(&h);
    C_EXPECT_EQ(0x03, ask_configure(&h, 0, MIB(2), SANITIZE));
    C_EXPECT_EQ(0x03, ask_configure(&h, 3, MIB(2), 0));
    C_EXPECT_EQ(OK, ask_configure(&h, 1, MIB(128), SANITIZE));
    C_EXPECT_EQ(OK, ask_configure(&h, 1, MIB(128), 0));
    harness_free(&h);
}

C_TEST(fm_configure_row, fm_6_3_row_03_a_region_that_is_not_there)
{
    struct harness h;

    build(&h);
    for (unsigned region = 4; region < 256; region++)
        C_EXPECT_EQ(0x02, ask_configure(&h, (uint8_t)region, MIB(2), 0));
    harness_free(&h);
}

C_TEST(fm_configure_row, fm_6_3_row_04_a_size_that_is_not_supported)
{
    struct harness h;

    build(&h);
    for (unsigned bit = 0; bit < 64; bit++)
        C_EXPECT_EQ(bit == 21 || bit == 27 ? 0x00 : 0x02,
                    ask_configure(&h, 0, UINT64_C(1) << bit, 0));
    C_EXPECT_EQ(0x02, ask_configure(&h, 0, 0, 0));
    C_EXPECT_EQ(0x02, ask_configure(&h, 0, MIB(3), 0));
    C_EXPECT_EQ(0x02, ask_configure(&h, 0, MIB(2) | MIB(128), 0));
    harness_free(&h);
}

C_TEST(fm_configure_row, fm_6_3_row_06_what_is_so_already_is_no_event)
{
    struct harness h;

    build(&h);
    C_EXPECT_EQ(OK, ask_configure(&h, 0, MIB(2), 0));
    C_EXPECT_EQ(OK, ask_configure(&h, 1, MIB(128), 0));
    C_EXPECT_EQ(OK, ask_configure(&h, 3, MIB(2), SANITIZE));
    for (unsigned host = 0; host < 2; host++)
        expect_no_events(&h, host);
    expect_no_fm_events(&h);
    harness_free(&h);
}

/* The log of every host has one record of [region], and no other. */
static void expect_updated(struct harness *h, uint8_t region)
{
    for (unsigned host = 0; host < 2; host++) {
        C_ASSERT_EQ(1, get_events(h, host));
        C_EXPECT_EQ(DCD_EVENT_REGION_UPDATED, event_at(h, 0)->type);
        C_EXPECT_EQ(region, event_at(h, 0)->region);
        C_EXPECT_EQ(OK, clear_events(h, host, 1));
    }
    expect_no_fm_events(h);
}

C_TEST(fm_configure_row, fm_6_3_row_07_a_change_is_told_to_every_host)
{
    struct harness h;

    build(&h);
    C_EXPECT_EQ(OK, ask_configure(&h, 1, MIB(2), 0));
    expect_updated(&h, 1);
    C_EXPECT_EQ(OK, ask_configure(&h, 1, MIB(2), SANITIZE));
    expect_updated(&h, 1);
    C_EXPECT_EQ(OK, ask_configure(&h, 3, MIB(128), SANITIZE));
    expect_updated(&h, 3);
    harness_free(&h);
}

C_TEST(fm_who_sees, fm_7_1_row_05_a_changed_region_all_hosts)
{
    struct harness h;

    build(&h);
    enable_interrupts(&h, 0);
    enable_interrupts(&h, 1);
    C_EXPECT_EQ(OK, ask_configure(&h, 2, MIB(128), 0));
    for (unsigned host = 0; host < 2; host++)
        C_EXPECT_EQ(1, h.interrupts[host][DCD_VECTOR_DYNAMIC_CAPACITY]);
    C_EXPECT_EQ(0, h.fm_interrupts);
    expect_updated(&h, 2);
    harness_free(&h);
}

C_TEST(fm_configure_row, fm_15_row_05_the_response_is_empty)
{
    struct harness h;

    build(&h);
    C_EXPECT_EQ(OK, ask_configure(&h, 0, MIB(128), 0));
    C_EXPECT_EQ(0, h.out_length);
    C_EXPECT_EQ(OK, ask_configure(&h, 0, MIB(128), 0)); /* changes nothing */
    C_EXPECT_EQ(0, h.out_length);
    harness_free(&h);
}

/* --- What emulators do wrong, or not at all ------------------------------- */

/* A region is looked for before it is looked at, and what the record of a
 * change says is left, is left. */
C_TEST(fm_configure_row, device_10_1_row_24)
{
    struct harness h;

    fabric_config(&h);
    h.config.region_count = 1;
    h.config.regions[0].block_sizes = MIB(2) | MIB(128);
    harness_build(&h);
    for (unsigned region = 1; region < 256; region++)
        C_EXPECT_EQ(0x02, ask_configure(&h, (uint8_t)region, MIB(2), 0));
    expect_no_events(&h, 0);
    C_EXPECT_EQ(OK, ask_configure(&h, 0, MIB(128), 0));
    C_ASSERT_EQ(1, get_events(&h, 0));
    C_EXPECT_EQ(DCD_EVENT_AVAILABLE_VALID, event_at(&h, 0)->validity);
    C_EXPECT_EQ(16, dcd_get32(event_at(&h, 0)->available_extents));
    C_EXPECT_EQ(4, dcd_get32(event_at(&h, 0)->available_tags));
    harness_free(&h);
}

/* A mask of sizes, of which one is in force. */
C_TEST(fm_configure_row, device_10_2_row_14_more_than_one_block_size)
{
    const struct dcd_get_dcd_info_rsp *info;
    struct harness h;

    build(&h);
    C_EXPECT_EQ(OK, fm(&h, DCD_OP_GET_DCD_INFO, NULL, 0));
    info = (void *)h.out;
    C_EXPECT_EQ(MIB(2) | MIB(128), dcd_get64(info->block_sizes[0]));
    hold(&h, 0, RANGES({R0, MIB(2)}));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(OK, ask_configure(&h, 0, MIB(128), 0));
    C_EXPECT_EQ(0x1e, fm_add(&h, 0, RANGES({R0, MIB(2)})));
    C_EXPECT_EQ(0x02, ask_free(&h, 0, 0, MIB(2), NULL));
    hold(&h, 0, RANGES({R0 + MIB(128), MIB(128)}));
    C_EXPECT_EQ(0x1e, release(&h, 0, RANGES({R0 + MIB(128), MIB(2)})));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({R0 + MIB(128), MIB(128)})));
    C_EXPECT_EQ(OK, ask_configure(&h, 0, MIB(2), 0));
    hold(&h, 0, RANGES({R0 + MIB(6), MIB(2)}));
    harness_free(&h);
}
