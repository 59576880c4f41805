/* SPDX-License-Identifier: Apache-2.0 */
/* test_references.c - 5606h and 5607h: the FM itself keeps capacity. */
#include "fabric.h"

#include <string.h>

#define OK DCD_RC_SUCCESS
#define FORCED DCD_RELEASE_FORCED
#define OLD UINT64_C(0x0123456789abcdef)

#define SHARE RANGES({R2, MIB(4), TAG_A, 0}, {R2 + MIB(8), MIB(2), TAG_A, 1})
#define SHARE_BYTES MIB(6)

/* --- Codes ---------------------------------------------------------------- */

C_TEST(fm_reference, fm_6_7_row_02_only_of_what_is_there_and_sharable)
{
    static const char *const wrong[] = {
        NULL,                                   /* the null tag */
        "aaaaaaaa-0001-0002-0003-000000000009", /* never was */
        TAG_B,                                  /* plain capacity, held */
        TAG_C,                                  /* plain capacity, offered */
        TAG_D,                                  /* sharable, but gone */
    };
    struct harness h;
    uint64_t before;

    fabric_build(&h);
    hold(&h, 0, SHARE);
    hold(&h, 0, RANGES({R0, MIB(2), TAG_B}));
    hold(&h, 1, RANGES({R2 + MIB(20), MIB(2), TAG_D}));
    C_EXPECT_EQ(OK, release(&h, 1, RANGES({R2 + MIB(20), MIB(2)})));
    C_EXPECT_EQ(OK, fm_add(&h, 1, RANGES({R1, MIB(128), TAG_C})));
    C_EXPECT_EQ(OK, refer(&h, TAG_A));
    before = visible_state(&h);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        C_CONTEXT("row %zu", i);
        C_EXPECT_EQ(0x02, refer(&h, wrong[i]));
        C_EXPECT_EQ(before, visible_state(&h));
        C_EXPECT_EQ(0x02, unrefer(&h, wrong[i]));
        C_EXPECT_EQ(before, visible_state(&h));
    }
    harness_free(&h);
}

/* Clients that probe with the null tag get the same answer (r3.2 7.6.7.6.7). */
C_TEST(fm_reference, fm_15_row_12_the_null_tag_is_invalid_input)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(0x02, refer(&h, NULL));
    C_EXPECT_EQ(0x02, unrefer(&h, NULL));
    hold(&h, 0, RANGES({R0, MIB(2)}));
    C_EXPECT_EQ(0x02, refer(&h, NULL));
    C_EXPECT_EQ(0x02, unrefer(&h, NULL));
    harness_free(&h);
}

C_TEST(fm_reference, fm_6_7_row_03_takes_sixteen_bytes)
{
    static const uint16_t opcodes[] = {DCD_OP_ADD_REFERENCE,
                                       DCD_OP_REMOVE_REFERENCE};
    uint8_t in[32] = {0};
    struct dcd_uuid tag;
    struct harness h;

    fabric_build(&h);
    hold(&h, 0, SHARE);
    C_EXPECT(dcd_uuid_parse(TAG_A, &tag));
    memcpy(in, tag.b, sizeof(tag.b));
    for (size_t i = 0; i < COUNT(opcodes); i++) {
        for (uint32_t length = 0; length <= sizeof(in); length++) {
            C_CONTEXT("%04x, %u bytes", opcodes[i], length);
            C_EXPECT_EQ(length == 16 ? 0x00 : 0x16,
                        fm(&h, opcodes[i], in, length));
        }
        expect_tags(&h, TAGS({TAG_A, i == 0, 1, 0}));
    }
    harness_free(&h);
}

/* A second one adds nothing, and one that is not there takes nothing. */
C_TEST(fm_reference, fm_6_7_row_01_is_there_or_not_and_does_not_count)
{
    struct harness h;
    uint64_t before;

    fabric_build(&h);
    hold(&h, 0, SHARE);
    before = visible_state(&h);
    C_EXPECT_EQ(OK, unrefer(&h, TAG_A));
    C_EXPECT_EQ(before, visible_state(&h));
    C_EXPECT_EQ(OK, refer(&h, TAG_A));
    expect_tags(&h, TAGS({TAG_A, true, 1, 0}));
    before = visible_state(&h);
    C_EXPECT_EQ(OK, refer(&h, TAG_A));
    C_EXPECT_EQ(OK, refer(&h, TAG_A));
    C_EXPECT_EQ(before, visible_state(&h));
    C_EXPECT_EQ(OK, unrefer(&h, TAG_A));
    expect_tags(&h, TAGS({TAG_A, false, 1, 0}));
    expect_no_events(&h, 0);
    expect_no_events(&h, 1);
    expect_no_fm_events(&h);
    harness_free(&h);
}

/* --- Capacity without a host ---------------------------------------------- */

static void let_release(struct harness *h)
{
    C_EXPECT_EQ(OK, release(h, 0, SHARE));
}

static void let_force(struct harness *h)
{
    C_EXPECT_EQ(OK, fm_release(h, 0, FORCED, SHARE));
}

static void let_force_by_tag(struct harness *h)
{
    C_EXPECT_EQ(OK, release_by_tag(h, 0, FORCED, SHARE_BYTES, TAG_A));
}

static void let_reset(struct harness *h)
{
    dcd_device_reset(h->device, 0, DCD_RESET_CONVENTIONAL);
}

static void (*const ways_to_leave[])(struct harness *h) = {
    let_release, let_force, let_force_by_tag, let_reset};

/* Host 0 has left; the reference is all that is there. */
static void expect_kept(struct harness *h)
{
    expect_held(h, 0, NO_RANGES);
    expect_tags(h, TAGS({TAG_A, true, 0, 0}));
    C_EXPECT_EQ(3, fm_available_tags(h, 0));
    C_EXPECT_EQ(16, fm_available_extents(h, 0));
    C_EXPECT_EQ(16, fm_available_extents(h, 1));
    for (unsigned host = 0; host < 2; host++) {
        C_EXPECT_EQ(0x1d, fm_add(h, host, RANGES({R2, MIB(2), TAG_B})));
        C_EXPECT_EQ(0x1d,
                    fm_add(h, host, RANGES({R2 + MIB(6), MIB(4), TAG_B})));
        C_EXPECT_EQ(0x02, fm_add(h, host, RANGES({R0, MIB(2), TAG_A})));
        C_EXPECT_EQ(0x1d, add_by_policy(h, (uint16_t)host, DCD_ADD_FREE, 2,
                                        GIB(1) - MIB(4), TAG_B));
        C_EXPECT_EQ(0x1e, fm_release(h, host, FORCED, SHARE));
        C_EXPECT_EQ(0x02, release_by_tag(h, (uint16_t)host, FORCED, SHARE_BYTES,
                                         TAG_A));
        C_EXPECT_EQ(0x0f, release(h, host, SHARE));
        C_EXPECT_EQ(0x02, add_response(h, host, NO_RANGES));
    }
}

C_TEST(fm_reference, keeps_capacity_however_the_last_host_leaves)
{
    for (size_t i = 0; i < COUNT(ways_to_leave); i++) {
        struct harness h;

        C_CONTEXT("way %zu", i);
        fabric_build(&h);
        open_window(&h, 0);
        open_window(&h, 1);
        hold(&h, 0, SHARE);
        poke(&h, 0, R2 + MIB(8), OLD);
        C_EXPECT_EQ(OK, refer(&h, TAG_A));
        ways_to_leave[i](&h);
        fm_drain_events(&h);
        expect_kept(&h);
        hold_share(&h, 1, 2, SHARE);
        C_EXPECT_EQ(OLD, peek(&h, 1, R2 + MIB(8)));
        C_EXPECT_EQ(OK, unrefer(&h, TAG_A));
        expect_held(&h, 1, SHARE);
        C_EXPECT_EQ(OK, release(&h, 1, SHARE));
        expect_tags(&h, NO_TAGS);
        harness_free(&h);
    }
}

C_TEST(fm_reference, keeps_what_was_only_offered)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(OK, fm_add(&h, 0, SHARE));
    C_EXPECT_EQ(OK, refer(&h, TAG_A));
    C_EXPECT_EQ(OK, release_by_tag(&h, 0, FORCED, SHARE_BYTES, TAG_A));
    expect_tags(&h, TAGS({TAG_A, true, 0, 1})); /* dead, but unanswered */
    C_EXPECT_EQ(OK, add_response(&h, 0, NO_RANGES));
    fm_drain_events(&h);
    expect_kept(&h);
    C_EXPECT_EQ(OK, unrefer(&h, TAG_A));
    C_EXPECT_EQ(OK, fm_add(&h, 1, SHARE));
    harness_free(&h);
}

C_TEST(fm_reference, counts_against_tags_and_not_against_extents)
{
    static const char *const tag[] = {TAG_A, TAG_B, TAG_C, TAG_D};
    struct harness h;

    fabric_build(&h);
    for (unsigned i = 0; i < 4; i++) {
        const struct range r = {R2 + i * MIB(2), MIB(2), tag[i], 0};

        hold(&h, 0, &r, 1);
        C_EXPECT_EQ(OK, refer(&h, tag[i]));
        C_EXPECT_EQ(OK, release(&h, 0, &r, 1));
        C_EXPECT_EQ(16, fm_available_extents(&h, 0));
        C_EXPECT_EQ(3 - i, fm_available_tags(&h, 0));
        C_EXPECT_EQ(3 - i, available_tags(&h, 1));
    }
    C_EXPECT_EQ(0x1d, fm_add(&h, 1, RANGES({R0, MIB(2), TAG_E})));
    C_EXPECT_EQ(OK, share(&h, 1, 2, TAG_A)); /* takes no tag more */
    C_EXPECT_EQ(OK, unrefer(&h, TAG_B));
    C_EXPECT_EQ(1, fm_available_tags(&h, 0));
    C_EXPECT_EQ(OK, fm_add(&h, 1, RANGES({R0, MIB(2), TAG_E})));
    harness_free(&h);
}

/* --- The end -------------------------------------------------------------- */

/* R3 sanitises always. */
C_TEST(fm_reference, dropped_last_it_erases_and_frees)
{
    struct harness h;

    shared_build(&h, 2);
    open_window(&h, 0);
    open_window(&h, 1);
    hold(&h, 0,
         RANGES({R3, MIB(2), TAG_A, 0}, {R3 + MIB(4), MIB(2), TAG_A, 1}));
    poke(&h, 0, R3 + 64, OLD);
    poke(&h, 0, R3 + MIB(4), OLD);
    C_EXPECT_EQ(OK, refer(&h, TAG_A));
    C_EXPECT_EQ(OK, release_by_tag(&h, 0, FORCED, MIB(4), TAG_A));
    hold_share(&h, 1, 3,
               RANGES({R3, MIB(2), TAG_A, 0}, {R3 + MIB(4), MIB(2), TAG_A, 1}));
    C_EXPECT_EQ(OLD, peek(&h, 1, R3 + 64));
    C_EXPECT_EQ(OLD, peek(&h, 1, R3 + MIB(4)));
    C_EXPECT_EQ(OK, release_by_tag(&h, 1, FORCED, MIB(4), TAG_A));
    fm_drain_events(&h);
    C_EXPECT_EQ(OK, unrefer(&h, TAG_A));
    expect_tags(&h, NO_TAGS);
    expect_no_fm_events(&h);
    hold(&h, 1, RANGES({R3, MIB(6), TAG_A}));
    C_EXPECT_EQ(0, peek(&h, 1, R3 + 64));
    C_EXPECT_EQ(0, peek(&h, 1, R3 + MIB(4)));
    harness_free(&h);
}

/* A wish of 5605h is not lost while the FM keeps the capacity. */
C_TEST(fm_reference, a_wish_to_sanitise_waits_for_it)
{
    struct harness h;

    shared_build(&h, 2);
    open_window(&h, 0);
    open_window(&h, 1);
    hold(&h, 0, RANGES({R1, MIB(128), TAG_A}));
    poke(&h, 0, R1, OLD);
    C_EXPECT_EQ(OK, refer(&h, TAG_A));
    C_EXPECT_EQ(OK, release_by_tag(&h, 0, FORCED | DCD_RELEASE_SANITIZE,
                                   MIB(128), TAG_A));
    hold_share(&h, 1, 1, RANGES({R1, MIB(128), TAG_A}));
    C_EXPECT_EQ(OLD, peek(&h, 1, R1));
    C_EXPECT_EQ(OK, release(&h, 1, RANGES({R1, MIB(128)})));
    C_EXPECT_EQ(OK, unrefer(&h, TAG_A));
    hold(&h, 0, RANGES({R1, MIB(128), TAG_B}));
    C_EXPECT_EQ(0, peek(&h, 0, R1));
    harness_free(&h);
}

C_TEST(fm_reference, dropped_first_the_last_host_frees)
{
    for (size_t i = 0; i < COUNT(ways_to_leave); i++) {
        struct harness h;

        C_CONTEXT("way %zu", i);
        fabric_build(&h);
        hold(&h, 0, SHARE);
        C_EXPECT_EQ(OK, refer(&h, TAG_A));
        C_EXPECT_EQ(OK, unrefer(&h, TAG_A));
        expect_held(&h, 0, SHARE);
        ways_to_leave[i](&h);
        expect_tags(&h, NO_TAGS);
        C_EXPECT_EQ(0x02, unrefer(&h, TAG_A));
        C_EXPECT_EQ(OK, fm_add(&h, 1, RANGES({R2, GIB(1), TAG_A})));
        harness_free(&h);
    }
}

/* --- Sharing recipes (CXL r3.2 9.13.3.2) ---------------------------------- */

C_TEST(fm_recipe, fm_9_row_01_late_sharers)
{
    struct harness h;

    shared_build(&h, 4);
    for (unsigned host = 0; host < 4; host++)
        open_window(&h, host);
    C_EXPECT_EQ(OK, add_by_policy(&h, 0, DCD_ADD_CONTIGUOUS, 0, MIB(8), TAG_A));
    for (unsigned host = 0; host < 4; host++) {
        uint16_t mask = (uint16_t)(1u << host);

        C_CONTEXT("host %u", host);
        if (host)
            C_EXPECT_EQ(OK, share(&h, (uint16_t)host, 0, TAG_A));
        expect_tags(&h, TAGS({TAG_A, false, (uint16_t)(mask - 1), mask}));
        expect_host_chain(&h, host, DCD_EVENT_ADD_CAPACITY,
                          RANGES({R0, MIB(8), TAG_A, 0}));
        expect_no_fm_events(&h);
        C_EXPECT_EQ(OK, add_response(&h, host, RANGES({R0, MIB(8)})));
        expect_fm_chain(&h, DCD_EVENT_ADD_RESPONSE, host,
                        RANGES({R0, MIB(8), TAG_A, 0}));
        expect_held(&h, host, RANGES({R0, MIB(8), TAG_A, 0}));
        C_EXPECT_EQ(host * 3, peek(&h, host, R0 + MIB(4)));
        poke(&h, host, R0 + MIB(4), (host + 1) * 3);
        C_EXPECT_EQ(15, fm_available_extents(&h, host));
        C_EXPECT_EQ(15, fm_available_tags(&h, host));
    }
    harness_free(&h);
}

/* Host 0 sees R2 as sharable, hosts 1 and 2 as sharable and read-only. */
static void build_readers(struct harness *h)
{
    fabric_config(h);
    h->config.heads = 3;
    h->config.regions[2].sanitize = DCD_SANITIZE_YES;
    for (unsigned host = 1; host < 3; host++) {
        h->config.head[host].attributes_given[2] = true;
        h->config.head[host].attributes[2] =
            DCD_REGION_ATTR_SHARABLE | DCD_REGION_ATTR_READ_ONLY;
    }
    harness_build(h);
    for (unsigned host = 0; host < 3; host++)
        open_window(h, host);
}

static void expect_read_only(struct harness *h, unsigned host)
{
    const uint64_t value = 99;

    C_EXPECT_EQ(OLD, peek(h, host, R2));
    C_EXPECT_EQ(DCD_ACCESS_READ_ONLY,
                dcd_device_write(h->device, host, WINDOW + R2, &value, 8));
    C_EXPECT_EQ(OLD, peek(h, host, R2));
}

static void read_recipe(struct harness *h, unsigned host, uint16_t others)
{
    C_CONTEXT("reader %u", host);
    C_EXPECT_EQ(OK, share(h, (uint16_t)host, 2, TAG_A));
    expect_tags(h, TAGS({TAG_A, true, others, (uint16_t)(1u << host)}));
    expect_host_chain(h, host, DCD_EVENT_ADD_CAPACITY, SHARE);
    C_EXPECT_EQ(OK, add_response(h, host, SHARE));
    expect_fm_chain(h, DCD_EVENT_ADD_RESPONSE, host, SHARE);
    expect_held(h, host, SHARE);
    expect_read_only(h, host);
    C_CONTEXT("");
}

C_TEST(fm_recipe, fm_9_row_02_write_once_then_share_read_only)
{
    struct harness h;

    build_readers(&h);
    C_EXPECT_EQ(OK, fm_add(&h, 0, SHARE));
    expect_host_chain(&h, 0, DCD_EVENT_ADD_CAPACITY, SHARE);
    C_EXPECT_EQ(OK, add_response(&h, 0, SHARE));
    expect_fm_chain(&h, DCD_EVENT_ADD_RESPONSE, 0, SHARE);
    poke(&h, 0, R2, OLD);
    C_EXPECT_EQ(OK, refer(&h, TAG_A));
    expect_no_events(&h, 0);
    expect_no_fm_events(&h);
    expect_tags(&h, TAGS({TAG_A, true, 1, 0}));
    /* The writer leaves. */
    C_EXPECT_EQ(OK, release_by_tag(&h, 0, 0, SHARE_BYTES, TAG_A));
    expect_host_chain(&h, 0, DCD_EVENT_RELEASE_CAPACITY, SHARE);
    expect_no_fm_events(&h);
    C_EXPECT_EQ(OLD, peek(&h, 0, R2));
    C_EXPECT_EQ(OK, release(&h, 0, SHARE));
    expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 0, SHARE);
    expect_held(&h, 0, NO_RANGES);
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(&h, 0, R2));
    expect_tags(&h, TAGS({TAG_A, true, 0, 0}));
    /* Readers come. */
    read_recipe(&h, 1, 0);
    read_recipe(&h, 2, 2);
    C_EXPECT_EQ(OK, unrefer(&h, TAG_A));
    expect_tags(&h, TAGS({TAG_A, false, 6, 0}));
    expect_no_fm_events(&h);
    expect_read_only(&h, 1);
    /* And go, one of them by force. */
    C_EXPECT_EQ(OK, release_by_tag(&h, 1, FORCED, SHARE_BYTES, TAG_A));
    expect_host_chain(&h, 1, DCD_EVENT_FORCED_RELEASE, SHARE);
    expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 1, SHARE);
    expect_read_only(&h, 2);
    expect_tags(&h, TAGS({TAG_A, false, 4, 0}));
    C_EXPECT_EQ(OK, release(&h, 2, SHARE));
    expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 2, SHARE);
    expect_tags(&h, NO_TAGS);
    hold(&h, 0, RANGES({R2, MIB(4), TAG_B}));
    C_EXPECT_EQ(0, peek(&h, 0, R2));
    harness_free(&h);
}

/* The checkpoints of a vendor's FM test, its third case. */
C_TEST(fm_recipe, fm_9_row_03_checkpoints_of_a_vendor)
{
    struct harness h;

    shared_build(&h, 2);
    hold(&h, 0, SHARE);
    C_EXPECT_EQ(OK, refer(&h, TAG_A));
    expect_tags(&h, TAGS({TAG_A, true, 1, 0}));
    C_EXPECT_EQ(OK, fm_release(&h, 0, FORCED, SHARE));
    expect_tags(&h, TAGS({TAG_A, true, 0, 0}));
    fm_drain_events(&h);
    hold_share(&h, 1, 2, SHARE);
    expect_tags(&h, TAGS({TAG_A, true, 2, 0}));
    C_EXPECT_EQ(OK, fm_release(&h, 1, FORCED, SHARE)); /* flags are 11h */
    expect_held(&h, 1, NO_RANGES);
    expect_tags(&h, TAGS({TAG_A, true, 0, 0}));
    C_EXPECT_EQ(OK, unrefer(&h, TAG_A));
    expect_tags(&h, NO_TAGS);
    harness_free(&h);
}

/* --- What emulators leave out --------------------------------------------- */

C_TEST(fm_reference, device_10_2_row_15_references_and_the_list_of_tags)
{
    struct harness h;

    shared_build(&h, 2);
    hold(&h, 0, SHARE);
    expect_tags(&h, TAGS({TAG_A, false, 1, 0}));
    C_EXPECT_EQ(OK, refer(&h, TAG_A));
    C_EXPECT_EQ(OK, release(&h, 0, SHARE));
    expect_tags(&h, TAGS({TAG_A, true, 0, 0}));
    C_EXPECT_EQ(OK, unrefer(&h, TAG_A));
    expect_tags(&h, NO_TAGS);
    harness_free(&h);
}

/* Offered, accepted, listed and released with their tag. */
C_TEST(fm_reference, device_10_2_row_01_a_tag_goes_all_the_way)
{
    struct harness h;

    fabric_build(&h);
    C_EXPECT_EQ(OK, add_by_policy(&h, 0, DCD_ADD_FREE, 0, MIB(6), TAG_A));
    expect_tags(&h, TAGS({TAG_A, false, 0, 1}));
    expect_host_chain(&h, 0, DCD_EVENT_ADD_CAPACITY,
                      RANGES({R0, MIB(6), TAG_A}));
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({MIB(2), MIB(4)})));
    expect_fm_chain(&h, DCD_EVENT_ADD_RESPONSE, 0,
                    RANGES({MIB(2), MIB(4), TAG_A}));
    expect_held(&h, 0, RANGES({MIB(2), MIB(4), TAG_A}));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(4), MIB(2)})));
    expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, 0,
                    RANGES({MIB(4), MIB(2), TAG_A}));
    C_EXPECT_EQ(OK, release_by_tag(&h, 0, 0, MIB(2), TAG_A));
    expect_host_chain(&h, 0, DCD_EVENT_RELEASE_CAPACITY,
                      RANGES({MIB(2), MIB(2), TAG_A}));
    C_EXPECT_EQ(OK, release(&h, 0, RANGES({MIB(2), MIB(2)})));
    expect_tags(&h, NO_TAGS);
    harness_free(&h);
}

/* What is accepted, and what is pending, can be asked for at any time. */
C_TEST(fm_reference, device_10_2_row_09_pending_and_accepted_can_be_queried)
{
    struct harness h;

    fabric_build(&h);
    hold(&h, 1, RANGES({R0, MIB(2), TAG_A}));
    C_EXPECT_EQ(OK, fm_add(&h, 0, RANGES({MIB(4), MIB(2), TAG_B})));
    expect_tags(&h, TAGS({TAG_A, false, 2, 0}, {TAG_B, false, 0, 1}));
    expect_held(&h, 1, RANGES({R0, MIB(2), TAG_A}));
    expect_held(&h, 0, NO_RANGES);
    C_EXPECT_EQ(15, fm_available_extents(&h, 0)); /* counts the pending one */
    C_EXPECT_EQ(OK, add_response(&h, 0, RANGES({MIB(4), MIB(2)})));
    expect_tags(&h, TAGS({TAG_A, false, 2, 0}, {TAG_B, false, 1, 0}));
    expect_held(&h, 0, RANGES({MIB(4), MIB(2), TAG_B}));
    harness_free(&h);
}
