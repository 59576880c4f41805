/* SPDX-License-Identifier: Apache-2.0 */
/* test_sharing_end.c - how shared capacity ends, host by host. */
#include "fabric.h"

#include <string.h>

#define OK DCD_RC_SUCCESS
#define FORCED DCD_RELEASE_FORCED
#define SANITIZE DCD_RELEASE_SANITIZE
#define OLD UINT64_C(0x0123456789abcdef)

#define A0                   \
    {                        \
        R0, MIB(2), TAG_A, 0 \
    }
#define A1                            \
    {                                 \
        R0 + MIB(4), MIB(4), TAG_A, 1 \
    }
#define BOTH RANGES(A0, A1)

/* [heads] hosts have {A0, A1} and can access it; their logs are empty. */
static void build_shared(struct harness *h, unsigned heads,
                         enum dcd_sharable_release mode)
{
    shared_config(h, heads);
    h->config.sharable_release = mode;
    harness_build(h);
    for (unsigned host = 0; host < heads; host++)
        open_window(h, host);
    hold(h, 0, BOTH);
    for (unsigned host = 1; host < heads; host++)
        hold_share(h, host, 0, BOTH);
    h->revocations = 0;
}

/* --- The last one --------------------------------------------------------- */

/* Nobody gets a block of it, whatever is asked for. */
static void expect_kept(struct harness *h, unsigned host)
{
    C_EXPECT_EQ(0x1d, fm_add(h, host, RANGES({R0, MIB(2), TAG_B})));
    C_EXPECT_EQ(0x1d, fm_add(h, host, RANGES({R0 + MIB(6), MIB(2), TAG_B})));
    C_EXPECT_EQ(0x1d, add_by_policy(h, (uint16_t)host, DCD_ADD_FREE, 0,
                                    GIB(1) - MIB(4), TAG_B));
    C_EXPECT_EQ(0x02, fm_add(h, host, RANGES({R0 + MIB(20), MIB(2), TAG_A})));
    C_EXPECT_EQ(15, fm_available_tags(h, host));
}

C_TEST(fm_share_end, blocks_are_free_when_the_last_host_has_left)
{
    struct harness h;

    build_shared(&h, 3, DCD_SHARABLE_RELEASE_TAG);
    for (unsigned host = 0; host < 3; host++) {
        C_EXPECT_EQ(14, fm_available_extents(&h, host));
        C_EXPECT_EQ(OK, release(&h, host, BOTH));
        expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, host, BOTH);
        C_EXPECT_EQ(16, fm_available_extents(&h, host));
        expect_held(&h, host, NO_RANGES);
        if (host < 2)
            expect_kept(&h, host);
    }
    expect_tags(&h, NO_TAGS);
    C_EXPECT_EQ(16, fm_available_tags(&h, 0));
    C_EXPECT_EQ(OK, add_by_policy(&h, 1, DCD_ADD_CONTIGUOUS, 0, GIB(1), TAG_A));
    harness_free(&h);
}

/* An offer keeps the blocks as much as anything, a dead one until its answer.
 */
C_TEST(fm_share_end, an_unanswered_offer_keeps_the_blocks)
{
    struct harness h;

    shared_build(&h, 3);
    hold(&h, 0, BOTH);
    C_EXPECT_EQ(OK, share(&h, 1, 0, TAG_A));
    C_EXPECT_EQ(OK, release(&h, 0, BOTH));
    expect_kept(&h, 2);
    C_EXPECT_EQ(OK, release_by_tag(&h, 1, FORCED, MIB(6), TAG_A));
    expect_kept(&h, 2);
    expect_tags(&h, TAGS({TAG_A, false, 0, 2}));
    C_EXPECT_EQ(0x0f, add_response(&h, 1, BOTH));
    expect_tags(&h, NO_TAGS);
    C_EXPECT_EQ(OK, fm_add(&h, 2, BOTH));
    harness_free(&h);
}

/* --- Sanitising ----------------------------------------------------------- */

C_TEST(fm_share_end, a_region_that_sanitises_waits_for_the_last_host)
{
    struct harness h;

    shared_build(&h, 2);
    open_window(&h, 0);
    open_window(&h, 1);
    hold(&h, 0,
         RANGES({R3, MIB(2), TAG_A, 0}, {R3 + MIB(4), MIB(2), TAG_A, 1}));
    hold_share(&h, 1, 3,
               RANGES({R3, MIB(2), TAG_A, 0}, {R3 + MIB(4), MIB(2), TAG_A, 1}));
    poke(&h, 0, R3, OLD);
    poke(&h, 0, R3 + MIB(6) - 8, OLD);
    C_EXPECT_EQ(OK,
                release(&h, 0, RANGES({R3, MIB(2)}, {R3 + MIB(4), MIB(2)})));
    C_EXPECT_EQ(OLD, peek(&h, 1, R3));
    C_EXPECT_EQ(OLD, peek(&h, 1, R3 + MIB(6) - 8));
    C_EXPECT_EQ(OK, release_by_tag(&h, 1, FORCED, MIB(4), TAG_A));
    hold(&h, 0, RANGES({R3, MIB(8), TAG_B}));
    C_EXPECT_EQ(0, peek(&h, 0, R3));
    C_EXPECT_EQ(0, peek(&h, 0, R3 + MIB(6) - 8));
    harness_free(&h);
}

/* Once the FM has asked for it, whoever leaves first and whoever is last. */
C_TEST(fm_share_end, a_wish_to_sanitise_waits_for_the_last_host)
{
    for (uint8_t forced = 0; forced <= FORCED; forced += FORCED) {
        struct harness h;

        C_CONTEXT("forced: %02x", forced);
        shared_build(&h, 2);
        open_window(&h, 0);
        open_window(&h, 1);
        hold(&h, 0, RANGES({R1, MIB(128), TAG_A}));
        hold_share(&h, 1, 1, RANGES({R1, MIB(128), TAG_A}));
        hold(&h, 0, RANGES({R1 + MIB(128), MIB(128), TAG_B}));
        poke(&h, 1, R1 + MIB(64), OLD);
        poke(&h, 0, R1 + MIB(128), OLD);
        C_EXPECT_EQ(OK,
                    release_by_tag(&h, 0, forced | SANITIZE, MIB(128), TAG_A));
        if (!forced)
            C_EXPECT_EQ(OK, release(&h, 0, RANGES({R1, MIB(128)})));
        C_EXPECT_EQ(OLD, peek(&h, 1, R1 + MIB(64)));
        C_EXPECT_EQ(OK, release(&h, 1, RANGES({R1, MIB(128)})));
        C_EXPECT_EQ(OK, release(&h, 0, RANGES({R1 + MIB(128), MIB(128)})));
        hold(&h, 1, RANGES({R1, MIB(256), TAG_C}));
        C_EXPECT_EQ(0, peek(&h, 1, R1 + MIB(64)));
        C_EXPECT_EQ(OLD, peek(&h, 1, R1 + MIB(128)));
        harness_free(&h);
    }
}

/* --- One host loses it, the others do not --------------------------------- */

static void expect_others_untouched(struct harness *h)
{
    expect_held(h, 1, BOTH);
    expect_no_events(h, 1);
    C_EXPECT_EQ(DCD_ACCESS_OK, touch(h, 1, R0));
    C_EXPECT_EQ(14, fm_available_extents(h, 1));
    C_EXPECT_EQ(OK, share(h, 0, 0, TAG_A));
    C_EXPECT_EQ(OK, add_response(h, 0, BOTH));
    expect_held(h, 0, BOTH);
}

C_TEST(fm_share_end, force_takes_it_from_the_named_host_alone)
{
    struct harness h;
    uint32_t was;

    build_shared(&h, 2, DCD_SHARABLE_RELEASE_TAG);
    was = generation(&h, 1);
    C_EXPECT_EQ(OK, fm_release(&h, 0, FORCED, BOTH));
    expect_host_chain(&h, 0, DCD_EVENT_FORCED_RELEASE, BOTH);
    expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 0, BOTH);
    C_EXPECT_EQ(2, h.revocations);
    C_EXPECT_EQ(0, h.revoked_head);
    expect_tags(&h, TAGS({TAG_A, false, 2, 0}));
    expect_held(&h, 0, NO_RANGES);
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(&h, 0, R0));
    C_EXPECT_EQ(0x0f, release(&h, 0, BOTH));
    C_EXPECT_EQ(was, generation(&h, 1));
    expect_others_untouched(&h);
    harness_free(&h);
}

C_TEST(fm_share_end, a_reset_takes_it_from_the_host_that_was_reset)
{
    struct harness h;
    uint32_t was;

    build_shared(&h, 2, DCD_SHARABLE_RELEASE_TAG);
    poke(&h, 0, R0, OLD);
    was = generation(&h, 1);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 0, BOTH);
    expect_tags(&h, TAGS({TAG_A, false, 2, 0}));
    expect_held(&h, 0, NO_RANGES);
    expect_no_events(&h, 0);
    C_EXPECT_EQ(was, generation(&h, 1));
    C_EXPECT_EQ(OLD, peek(&h, 1, R0));
    expect_others_untouched(&h);
    harness_free(&h);
}

/* CXL r3.2 9.13.3 lets a device take it from all of them; this one does not. */
C_TEST(fm_share_end, fm_8_row_08_no_reset_takes_it_from_another_host)
{
    for (unsigned resets = 0; resets < 4; resets++) {
        struct harness h;

        C_CONTEXT("resets %u", resets);
        shared_build(&h, 3);
        open_window(&h, 2);
        hold(&h, 0, BOTH);
        hold_share(&h, 1, 0, BOTH);
        hold_share(&h, 2, 0, BOTH);
        poke(&h, 2, R0, OLD);
        for (unsigned host = 0; host < 2; host++)
            if (resets >> host & 1)
                dcd_device_reset(h.device, host, DCD_RESET_CONVENTIONAL);
        expect_tags(&h, TAGS({TAG_A, false, (uint16_t)(7u & ~resets), 0}));
        expect_held(&h, 2, BOTH);
        C_EXPECT_EQ(OLD, peek(&h, 2, R0));
        /* The last one frees it. */
        for (unsigned host = 0; host < 3; host++)
            dcd_device_reset(h.device, host, DCD_RESET_CONVENTIONAL);
        expect_tags(&h, NO_TAGS);
        C_EXPECT_EQ(16, fm_available_tags(&h, 0));
        harness_free(&h);
    }
}

C_TEST(fm_share_end, a_reset_that_keeps_capacity_keeps_shares)
{
    struct harness h;

    shared_config(&h, 2);
    h.config.reset = DCD_RESET_KEEP;
    harness_build(&h);
    hold(&h, 0, BOTH);
    hold_share(&h, 1, 0, BOTH);
    C_EXPECT_EQ(OK, fm_add(&h, 0, RANGES({R1, MIB(128), TAG_B})));
    C_EXPECT_EQ(OK, share(&h, 1, 1, TAG_B));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_tags(&h, TAGS({TAG_A, false, 3, 0}, {TAG_B, false, 0, 2}));
    expect_held(&h, 0, BOTH);
    C_EXPECT_EQ(OK, add_response(&h, 1, RANGES({R1, MIB(128)})));
    harness_free(&h);
}

/* --- 4803h ---------------------------------------------------------------- */

static const struct ending {
    const char *what;
    uint16_t by_tag; /* the code where the tag goes as a whole */
    uint16_t by_extent;
    const struct range *ranges;
    uint32_t count;
} endings[] = {
    {"all", 0, 0, BOTH},
    {"all, the other way round", 0, 0, RANGES(A1, A0)},
    {"all, in pieces", 0, 0,
     RANGES(A0, {R0 + MIB(4), MIB(2)}, {R0 + MIB(6), MIB(2)})},
    {"the first extent", 0x1e, 0, RANGES(A0)},
    {"the second extent", 0x1e, 0, RANGES(A1)},
    {"the second extent, in pieces", 0x1e, 0,
     RANGES({R0 + MIB(6), MIB(2)}, {R0 + MIB(4), MIB(2)})},
    {"a part of an extent", 0x1e, 0x1e, RANGES({R0 + MIB(4), MIB(2)})},
    {"one extent and part of the other", 0x1e, 0x1e,
     RANGES(A0, {R0 + MIB(6), MIB(2)})},
    {"more than there is", 0x0f, 0x0f, RANGES(A0, {R0 + MIB(4), MIB(6)})},
    {"what is not there, and a part", 0x0f, 0x0f,
     RANGES({R0 + MIB(2), MIB(2)}, A0)},
    {"a part, and what is not there", 0x1e, 0x0f,
     RANGES(A0, {R0 + MIB(2), MIB(2)})},
};

static void expect_ending(const struct ending *e,
                          enum dcd_sharable_release mode, uint16_t rc)
{
    struct harness h;
    uint64_t before;

    C_CONTEXT("%s, mode %d", e->what, (int)mode);
    build_shared(&h, 2, mode);
    before = visible_state(&h);
    C_EXPECT_EQ(rc, release(&h, 0, e->ranges, e->count));
    C_EXPECT_EQ(rc != OK, before == visible_state(&h));
    C_EXPECT_EQ(rc == OK ? e->count : 0, fm_get_events(&h));
    expect_held(&h, 1, BOTH);
    harness_free(&h);
}

C_TEST(fm_share_release, goes_by_tags_or_by_extents)
{
    for (size_t i = 0; i < COUNT(endings); i++) {
        expect_ending(&endings[i], DCD_SHARABLE_RELEASE_TAG, endings[i].by_tag);
        expect_ending(&endings[i], DCD_SHARABLE_RELEASE_EXTENT,
                      endings[i].by_extent);
    }
}

/* Several tags in one list, each of them whole. */
C_TEST(fm_share_release, takes_several_tags_at_once)
{
    struct harness h;

    build_shared(&h, 2, DCD_SHARABLE_RELEASE_TAG);
    hold(&h, 0,
         RANGES({R0 + MIB(20), MIB(2), TAG_B, 0},
                {R0 + MIB(24), MIB(2), TAG_B, 1}));
    C_EXPECT_EQ(0x1e, release(&h, 0, RANGES(A0, A1, {R0 + MIB(20), MIB(2)})));
    C_EXPECT_EQ(0x1e, release(&h, 0,
                              RANGES(A0, {R0 + MIB(20), MIB(2)},
                                     {R0 + MIB(24), MIB(2)})));
    C_EXPECT_EQ(OK, release(&h, 0,
                            RANGES({R0 + MIB(24), MIB(2)}, A0,
                                   {R0 + MIB(20), MIB(2)}, A1)));
    expect_held(&h, 0, NO_RANGES);
    expect_tags(&h, TAGS({TAG_A, false, 2, 0}));
    harness_free(&h);
}

C_TEST(fm_share_release, by_extents_the_tag_goes_with_the_last)
{
    struct harness h;

    build_shared(&h, 2, DCD_SHARABLE_RELEASE_EXTENT);
    C_EXPECT_EQ(OK, release(&h, 0, RANGES(A1)));
    expect_held(&h, 0, RANGES(A0));
    expect_tags(&h, TAGS({TAG_A, false, 3, 0}));
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(&h, 0, R0 + MIB(4)));
    C_EXPECT_EQ(DCD_ACCESS_OK, touch(&h, 1, R0 + MIB(4)));
    /* It has something of it, so it cannot be offered the rest. */
    C_EXPECT_EQ(0x02, share(&h, 0, 0, TAG_A));
    C_EXPECT_EQ(OK, release(&h, 1, BOTH));
    /* What host 0 has left keeps all blocks. */
    C_EXPECT_EQ(0x1d, fm_add(&h, 1, RANGES({R0 + MIB(4), MIB(2), TAG_B})));
    expect_tags(&h, TAGS({TAG_A, false, 1, 0}));
    /* A newcomer gets the allocation as it was. */
    hold_share(&h, 1, 0, BOTH);
    expect_held(&h, 1, BOTH);
    C_EXPECT_EQ(OK, release(&h, 1, RANGES(A0)));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES(A0)));
    expect_tags(&h, TAGS({TAG_A, false, 2, 0}));
    C_EXPECT_EQ(OK, release(&h, 1, RANGES(A1)));
    expect_tags(&h, NO_TAGS);
    hold(&h, 1, RANGES({R0, MIB(8), TAG_B}));
    harness_free(&h);
}

/* --- 5605h, a part of it -------------------------------------------------- */

static const struct ending parts[] = {
    {"the first extent", 0x02, 0x02, RANGES(A0)},
    {"the second extent", 0x02, 0x02, RANGES(A1)},
    {"a part of an extent", 0x02, 0x02, RANGES({R0 + MIB(4), MIB(2)})},
    {"one and a part", 0x02, 0x02, RANGES(A0, {R0 + MIB(6), MIB(2)})},
    {"all", 0, 0, BOTH},
    {"all in one entry with what is not there", 0x1e, 0x1e,
     RANGES({R0, MIB(8)})},
    {"all in pieces", 0, 0,
     RANGES({R0 + MIB(6), MIB(2)}, A0, {R0 + MIB(4), MIB(2)})},
};

/* Host 0 holds {A0, A1}, or was offered it, and so has host 1. */
static void build_part(struct harness *h, enum dcd_sharable_release mode,
                       bool pending)
{
    shared_config(h, 2);
    h->config.sharable_release = mode;
    harness_build(h);
    hold(h, 1, BOTH);
    if (pending)
        C_EXPECT_EQ(OK, share(h, 0, 0, TAG_A));
    else
        hold_share(h, 0, 0, BOTH);
}

static void expect_part(const struct ending *e, enum dcd_sharable_release mode,
                        uint8_t flags, bool pending)
{
    uint16_t rc = mode == DCD_SHARABLE_RELEASE_TAG ? e->by_tag : e->by_extent;
    struct harness h;
    uint64_t before;

    C_CONTEXT("%s, mode %d, flags %02x, pending %d", e->what, (int)mode, flags,
              pending);
    build_part(&h, mode, pending);
    before = visible_state(&h);
    C_EXPECT_EQ(rc, fm_release(&h, 0, flags, e->ranges, e->count));
    if (rc != OK)
        C_EXPECT_EQ(before, visible_state(&h));
    harness_free(&h);
}

C_TEST(fm_share_release, the_fm_never_takes_a_part)
{
    static const enum dcd_sharable_release modes[] = {
        DCD_SHARABLE_RELEASE_TAG, DCD_SHARABLE_RELEASE_EXTENT};

    for (size_t i = 0; i < COUNT(parts); i++) {
        for (size_t k = 0; k < COUNT(modes); k++) {
            expect_part(&parts[i], modes[k], 0, false);
            expect_part(&parts[i], modes[k], FORCED, false);
            expect_part(&parts[i], modes[k], FORCED, true);
        }
    }
}

/* The whole is what this host has left of it. */
C_TEST(fm_share_release, the_fm_takes_what_the_host_has_left)
{
    struct harness h;

    build_shared(&h, 2, DCD_SHARABLE_RELEASE_EXTENT);
    C_EXPECT_EQ(OK, release(&h, 0, RANGES(A0)));
    fm_drain_events(&h);
    C_EXPECT_EQ(0x02, fm_release(&h, 1, FORCED, RANGES(A1)));
    C_EXPECT_EQ(0x1e, fm_release(&h, 0, FORCED, BOTH));
    C_EXPECT_EQ(OK, fm_release(&h, 0, FORCED, RANGES(A1)));
    expect_host_chain(&h, 0, DCD_EVENT_FORCED_RELEASE, RANGES(A1));
    expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 0, RANGES(A1));
    expect_tags(&h, TAGS({TAG_A, false, 2, 0}));
    harness_free(&h);
}

/* --- Erasing by a host ---------------------------------------------------- */

/*
 * Host 0 has: a share with host 1, one on offer to host 1 only, one that the FM
 * refers to, and one for itself. All bytes are its own. What it erases is the
 * last one.
 */
static void build_mixed(struct harness *h)
{
    static const char *const tag[] = {TAG_A, TAG_B, TAG_C, TAG_D};

    shared_build(h, 2);
    open_window(h, 0);
    open_window(h, 1);
    for (unsigned i = 0; i < 4; i++) {
        hold(h, 0, RANGES({R0 + i * MIB(2), MIB(2), tag[i]}));
        poke(h, 0, R0 + i * MIB(2) + 64, OLD);
    }
    hold_share(h, 1, 0, RANGES({R0, MIB(2), TAG_A}));
    C_EXPECT_EQ(OK, share(h, 1, 0, TAG_B));
    C_EXPECT_EQ(OK, refer(h, TAG_C));
}

static void expect_erased_alone(struct harness *h)
{
    C_EXPECT_EQ(OLD, peek(h, 0, R0 + 64));
    C_EXPECT_EQ(OLD, peek(h, 1, R0 + 64));
    C_EXPECT_EQ(OLD, peek(h, 0, R0 + MIB(2) + 64));
    C_EXPECT_EQ(OLD, peek(h, 0, R0 + MIB(4) + 64));
    C_EXPECT_EQ(0, peek(h, 0, R0 + MIB(6) + 64));
}

C_TEST(fm_share_erase, a_sanitize_of_one_host_spares_what_is_shared)
{
    struct harness h;

    build_mixed(&h);
    C_EXPECT_EQ(DCD_RC_BACKGROUND_STARTED,
                mailbox(&h, 0, DCD_OP_SANITIZE, NULL, 0));
    run_until(&h, h.scheduled);
    expect_erased_alone(&h);
    harness_free(&h);
}

/* The erasing comes last, when host 1 has been given what was host 0's alone.
 */
C_TEST(fm_share_erase, a_sanitize_spares_what_came_to_be_shared_meanwhile)
{
    struct harness h;

    shared_config(&h, 2);
    h.config.sanitize_per_gib = GIB(1);
    harness_build(&h);
    open_window(&h, 0);
    open_window(&h, 1);
    hold(&h, 0, RANGES({R0, MIB(2), TAG_A}));
    poke(&h, 0, R0, OLD);
    C_EXPECT_EQ(DCD_RC_BACKGROUND_STARTED,
                mailbox(&h, 0, DCD_OP_SANITIZE, NULL, 0));
    hold_share(&h, 1, 0, RANGES({R0, MIB(2), TAG_A}));
    C_EXPECT_EQ(OLD, peek(&h, 1, R0));
    run_until(&h, h.scheduled);
    C_EXPECT_EQ(OLD, peek(&h, 1, R0));
    C_EXPECT_EQ(OLD, peek(&h, 0, R0));
    harness_free(&h);
}

C_TEST(fm_share_erase, a_cxl_reset_that_clears_memory_spares_what_is_shared)
{
    struct harness h;
    uint64_t at;

    build_mixed(&h);
    at = find_dvsec(&h, 0, DCD_DVSEC_CXL_DEVICE) + DCD_CXL_CONTROL2;
    config_write(&h, 0, at, 2, DCD_CXL_RESET_MEM_CLEAR);
    dcd_device_reset(h.device, 0, DCD_RESET_CXL);
    open_window(&h, 0);
    expect_erased_alone(&h);
    harness_free(&h);
}
