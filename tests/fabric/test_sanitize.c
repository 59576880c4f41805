/* SPDX-License-Identifier: Apache-2.0 */
/* test_sanitize.c - whether bytes outlive their owner. */
#include "fabric.h"

#define SANITIZE DCD_RELEASE_SANITIZE
#define FORCED DCD_RELEASE_FORCED
#define BLOCK MIB(128) /* R1's, which sanitises when asked */
#define OLD UINT64_C(0x0123456789abcdef)

/* Marks first and last bytes of each block of R1 in [dpa, dpa + length). */
static void mark(struct harness *h, unsigned head, uint64_t dpa,
                 uint64_t length)
{
    for (uint64_t at = dpa; at < dpa + length; at += BLOCK) {
        poke(h, head, at, OLD);
        poke(h, head, at + BLOCK / 2, OLD);
        poke(h, head, at + BLOCK - 8, OLD);
    }
}

static void expect_marks(struct harness *h, unsigned head, uint64_t dpa,
                         uint64_t length, uint64_t value)
{
    for (uint64_t at = dpa; at < dpa + length; at += BLOCK) {
        C_EXPECT_EQ(value, peek(h, head, at));
        C_EXPECT_EQ(value, peek(h, head, at + BLOCK / 2));
        C_EXPECT_EQ(value, peek(h, head, at + BLOCK - 8));
    }
}

/* Host 0 has marked four blocks of R1. */
static void build_marked(struct harness *h)
{
    fabric_build(h);
    open_window(h, 0);
    open_window(h, 1);
    hold(h, 0, RANGES({R1, 4 * BLOCK}));
    mark(h, 0, R1, 4 * BLOCK);
}

C_TEST(fm_sanitize, a_region_without_it_hands_old_bytes_on)
{
    struct harness h;

    fabric_build(&h);
    open_window(&h, 0);
    open_window(&h, 1);
    hold(&h, 0, RANGES({R0, MIB(2)}));
    poke(&h, 0, R0, OLD);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({R0, MIB(2)})));
    hold(&h, 1, RANGES({R0, MIB(2)}));
    C_EXPECT_EQ(OLD, peek(&h, 1, R0));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 1, FORCED, RANGES({R0, MIB(2)})));
    hold(&h, 0, RANGES({R0, MIB(2)}));
    C_EXPECT_EQ(OLD, peek(&h, 0, R0));
    harness_free(&h);
}

C_TEST(fm_sanitize, a_region_that_always_does_erases_what_becomes_free)
{
    struct harness h;

    fabric_build(&h);
    open_window(&h, 0);
    open_window(&h, 1);
    hold(&h, 0, RANGES({R3, MIB(8)}));
    for (unsigned i = 0; i < 4; i++)
        poke(&h, 0, R3 + i * MIB(2), OLD);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({R3, MIB(2)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, FORCED, RANGES({R3 + MIB(4), MIB(2)})));
    hold(&h, 1, RANGES({R3, MIB(2)}, {R3 + MIB(4), MIB(2)}));
    C_EXPECT_EQ(0, peek(&h, 1, R3));
    C_EXPECT_EQ(0, peek(&h, 1, R3 + MIB(4)));
    C_EXPECT_EQ(OLD, peek(&h, 0, R3 + MIB(2)));
    C_EXPECT_EQ(OLD, peek(&h, 0, R3 + MIB(6)));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    hold(&h, 1, RANGES({R3 + MIB(2), MIB(2)}, {R3 + MIB(6), MIB(2)}));
    C_EXPECT_EQ(0, peek(&h, 1, R3 + MIB(2)));
    C_EXPECT_EQ(0, peek(&h, 1, R3 + MIB(6)));
    harness_free(&h);
}

C_TEST(fm_sanitize, where_it_can_be_chosen_it_is_off)
{
    struct harness h;

    build_marked(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({R1, BLOCK})));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, FORCED, RANGES({R1 + BLOCK, BLOCK})));
    hold(&h, 1, RANGES({R1, 2 * BLOCK}));
    expect_marks(&h, 1, R1, 2 * BLOCK, OLD);
    harness_free(&h);
}

C_TEST(fm_sanitize, a_forced_release_erases_at_once_what_it_names)
{
    struct harness h;

    build_marked(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&h, 0, FORCED | SANITIZE,
                                           RANGES({R1 + BLOCK, BLOCK})));
    expect_marks(&h, 0, R1, BLOCK, OLD);
    expect_marks(&h, 0, R1 + 2 * BLOCK, 2 * BLOCK, OLD);
    hold(&h, 1, RANGES({R1 + BLOCK, BLOCK}));
    expect_marks(&h, 1, R1 + BLOCK, BLOCK, 0);
    harness_free(&h);
}

C_TEST(fm_sanitize, a_wish_is_remembered_until_the_host_releases)
{
    struct harness h;

    build_marked(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, SANITIZE,
                           RANGES({R1, BLOCK}, {R1 + 2 * BLOCK, BLOCK})));
    expect_marks(&h, 0, R1, 4 * BLOCK, OLD);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({R1, 4 * BLOCK})));
    hold(&h, 1, RANGES({R1, 4 * BLOCK}));
    expect_marks(&h, 1, R1, BLOCK, 0);
    expect_marks(&h, 1, R1 + BLOCK, BLOCK, OLD);
    expect_marks(&h, 1, R1 + 2 * BLOCK, BLOCK, 0);
    expect_marks(&h, 1, R1 + 3 * BLOCK, BLOCK, OLD);
    harness_free(&h);
}

C_TEST(fm_sanitize, a_wish_is_fulfilled_piece_by_piece_and_once)
{
    struct harness h;

    build_marked(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, SANITIZE, RANGES({R1, 3 * BLOCK})));
    /* Overlapping wishes are one. */
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, SANITIZE, RANGES({R1 + BLOCK, 3 * BLOCK})));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, SANITIZE, RANGES({R1 + BLOCK, BLOCK})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({R1 + BLOCK, BLOCK})));
    expect_marks(&h, 0, R1, BLOCK, OLD);
    expect_marks(&h, 0, R1 + 2 * BLOCK, 2 * BLOCK, OLD);
    hold(&h, 1, RANGES({R1 + BLOCK, BLOCK}));
    expect_marks(&h, 1, R1 + BLOCK, BLOCK, 0);
    mark(&h, 1, R1 + BLOCK, BLOCK);
    /* The next owner's release is another story. */
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 1, RANGES({R1 + BLOCK, BLOCK})));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                release(&h, 0,
                        RANGES({R1, BLOCK}, {R1 + 2 * BLOCK, BLOCK},
                               {R1 + 3 * BLOCK, BLOCK})));
    hold(&h, 1, RANGES({R1, 4 * BLOCK}));
    expect_marks(&h, 1, R1, BLOCK, 0);
    expect_marks(&h, 1, R1 + BLOCK, BLOCK, OLD);
    expect_marks(&h, 1, R1 + 2 * BLOCK, 2 * BLOCK, 0);
    harness_free(&h);
}

C_TEST(fm_sanitize, a_wish_outlives_a_forced_release_without_one)
{
    struct harness h;

    build_marked(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, SANITIZE, RANGES({R1, BLOCK})));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, FORCED, RANGES({R1, 2 * BLOCK})));
    hold(&h, 1, RANGES({R1, 2 * BLOCK}));
    expect_marks(&h, 1, R1, BLOCK, 0);
    expect_marks(&h, 1, R1 + BLOCK, BLOCK, OLD);
    harness_free(&h);
}

C_TEST(fm_sanitize, a_wish_holds_for_a_reset)
{
    struct harness h;

    build_marked(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, SANITIZE, RANGES({R1 + BLOCK, BLOCK})));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    hold(&h, 1, RANGES({R1, 2 * BLOCK}));
    expect_marks(&h, 1, R1, BLOCK, OLD);
    expect_marks(&h, 1, R1 + BLOCK, BLOCK, 0);
    harness_free(&h);
}

/* A refused request is no wish. */
C_TEST(fm_sanitize, a_request_that_fails_erases_nothing_later)
{
    struct harness h;

    build_marked(&h);
    C_EXPECT_EQ(0x1e, fm_release(&h, 0, SANITIZE,
                                 RANGES({R1, BLOCK}, {R1 + 5 * BLOCK, BLOCK})));
    for (unsigned i = 0; i < 8; i++)
        C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&h, 0, 0, RANGES({R1, BLOCK})));
    C_EXPECT_EQ(0x05, fm_release(&h, 0, SANITIZE, RANGES({R1, BLOCK})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({R1, BLOCK})));
    hold(&h, 1, RANGES({R1, BLOCK}));
    expect_marks(&h, 1, R1, BLOCK, OLD);
    harness_free(&h);
}

/* The last owner's bytes are still there when the next one's offer dies. */
C_TEST(fm_sanitize, erases_what_a_dead_group_offered_before_it_is_free)
{
    struct harness h;

    build_marked(&h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({R1, 2 * BLOCK})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, RANGES({R1, 2 * BLOCK})));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, FORCED | SANITIZE, RANGES({R1, BLOCK})));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, NO_RANGES));
    hold(&h, 1, RANGES({R1, 2 * BLOCK}));
    expect_marks(&h, 1, R1, BLOCK, 0);
    expect_marks(&h, 1, R1 + BLOCK, BLOCK, OLD);
    harness_free(&h);
}

/* A region that always sanitises takes the bit as what it does anyway. */
C_TEST(fm_sanitize, the_bit_is_allowed_where_it_changes_nothing)
{
    struct harness h;

    fabric_build(&h);
    hold(&h, 0, RANGES({R3, MIB(4)}));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, SANITIZE, RANGES({R3, MIB(2)})));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(&h, 0, FORCED | SANITIZE, RANGES({R3, MIB(4)})));
    harness_free(&h);
}

/* --- Wishes without number ------------------------------------------------ */

#define PAGE UINT64_C(4096)
#define EXTENTS 64u /* of the share */
#define WISHES 256u /* of the last request, in what is pending */

/* Region 0 is sharable, region 1 is not; both sanitise when asked. */
static void build_pages(struct harness *h)
{
    harness_d1_config(h);
    h->config.revision = DCD_REVISION_4_0;
    h->config.tags = 1;
    h->config.dc_log = EXTENTS;
    h->config.sharable_release = DCD_SHARABLE_RELEASE_EXTENT;
    for (unsigned i = 0; i < 2; i++) {
        h->config.regions[i].block_size = PAGE;
        h->config.regions[i].sanitize = DCD_SANITIZE_CONFIGURABLE;
    }
    h->config.regions[0].attributes = DCD_REGION_ATTR_SHARABLE;
    harness_build(h);
}

/* The share: odd pages first, so that freeing them leaves the others apart. */
static void take_share(struct harness *h, struct range share[EXTENTS])
{
    for (unsigned i = 0; i < EXTENTS; i++) {
        uint64_t page = i < EXTENTS / 2 ? 2 * i + 1 : 2 * (i - EXTENTS / 2);

        share[i] = (struct range){page * PAGE, PAGE, TAG_A, (uint16_t)i};
    }
    hold(h, 0, share, EXTENTS);
}

/* One request wishes for every second page of an offer, and with its last
 * extent takes a share of which each second page is in one wish with others. */
C_TEST(fm_sanitize, wishes_and_the_end_of_a_share_in_one_request)
{
    const uint64_t offer = GIB(2);
    struct range share[EXTENTS];
    struct range last[1 + WISHES];
    struct harness h;

    build_pages(&h);
    take_share(&h, share);
    C_EXPECT_EQ(0, fm_release(&h, 0, SANITIZE, RANGES({0, EXTENTS * PAGE})));
    C_EXPECT_EQ(0, release(&h, 0, share, EXTENTS - 1));
    C_EXPECT_EQ(0, fm_add(&h, 0, RANGES({offer, 2 * WISHES * PAGE})));
    C_EXPECT_EQ(0, fm_release(&h, 0, FORCED | SANITIZE,
                              RANGES({offer, 2 * WISHES * PAGE})));
    last[0] = share[EXTENTS - 1];
    for (unsigned i = 0; i < WISHES; i++)
        last[1 + i] = (struct range){offer + (2 * i + 1) * PAGE, PAGE};
    C_EXPECT_EQ(0, fm_release(&h, 0, FORCED | SANITIZE, last, 1 + WISHES));
    expect_tags(&h, NO_TAGS);
    C_EXPECT_EQ(0, add_response(&h, 0, NO_RANGES));
    expect_held(&h, 0, NO_RANGES);
    harness_free(&h);
}
