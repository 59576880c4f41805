/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_isolation.c - what one host does, or has done to it, is no business of
 * another's: lists, logs, limits, settings, pointers and bytes.
 */
#include "ask.h"

#include <string.h>

#define FORCED DCD_RELEASE_FORCED
#define OTHER 1u /* whose state is watched */

static const struct range shared[] = {{R2, MIB(2), TAG_A, 0},
                                      {R2 + MIB(4), MIB(2), TAG_A, 1}};

/* Nobody takes back a pointer to what the other host holds. (A line that is
 * poisoned is taken back from all who decode it, whoever holds it.) */
static void expect_own_revocation(struct harness *h)
{
    C_EXPECT(h->revoked_head != OTHER ||
             h->revoked_last < WINDOW + R0 + MIB(100));
}

/*
 * Host 0: holds [R0, 8 MiB), shares tag A with host 1, was offered one block.
 * Host 1: holds a block of R0 and one of R3, was offered another, which it has
 * not looked at; its own settings.
 */
static void build_neighbours(struct harness *h)
{
    static const uint8_t time[8] = {7};

    fabric_config(h);
    h->config.static_volatile = 0;
    h->config.sanitize_per_gib = 1000;
    harness_build(h);
    open_window(h, 0);
    open_window(h, OTHER);
    enable_interrupts(h, OTHER);
    C_EXPECT_EQ(0, mailbox(h, OTHER, DCD_OP_SET_TIMESTAMP, time, 8));
    hold(h, 0, RANGES({R0, MIB(8)}));
    hold(h, OTHER, RANGES({R0 + MIB(100), MIB(2)}, {R3, MIB(2)}));
    hold(h, 0, shared, 2);
    hold_share(h, OTHER, 2, shared, 2);
    poke(h, 0, R0, 1);
    poke(h, OTHER, R0 + MIB(100), 2);
    poke(h, OTHER, R3, 3);
    poke(h, 0, R2 + MIB(4), 4);
    C_EXPECT_EQ(0, fm_add(h, 0, RANGES({R0 + MIB(20), MIB(4)})));
    C_EXPECT_EQ(0, fm_add(h, OTHER, RANGES({R0 + MIB(110), MIB(2)})));
    fm_drain_events(h);
    h->on_revoke = expect_own_revocation;
}

static uint64_t mix(const struct harness *h, uint32_t length, uint64_t digest)
{
    for (uint32_t i = 0; i < length; i++)
        digest = (digest ^ h->out[i]) * UINT64_C(1099511628211);
    return digest;
}

/* Bytes that host 1 can read, its own and those it shares. */
static uint64_t mix_memory(struct harness *h, uint64_t digest)
{
    static const uint64_t at[] = {R0 + MIB(100), R3, R2, R2 + MIB(4)};

    for (size_t i = 0; i < COUNT(at); i++) {
        struct dcd_span span;

        digest = (digest ^ peek(h, OTHER, at[i])) * UINT64_C(1099511628211);
        C_EXPECT(dcd_device_dmi(h->device, OTHER, WINDOW + at[i], &span));
        digest = (digest ^ span.first) * UINT64_C(1099511628211);
        digest = (digest ^ span.last) * UINT64_C(1099511628211);
    }
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(h, OTHER, R0));
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(h, OTHER, R0 + MIB(110)));
    return digest;
}

/* Everything that host 1 can see, but for tags, which are the device's. */
static uint64_t others_state(struct harness *h)
{
    static const struct dcd_get_dc_config_req regions = {8, 0};
    static const struct dcd_get_extent_list_req list = {{{0xff}}, {{0}}};
    static const uint16_t plain[] = {
        DCD_OP_GET_INTERRUPT_POLICY, DCD_OP_IDENTIFY_MEMORY_DEVICE,
        DCD_OP_GET_HEALTH_INFO, DCD_OP_GET_ALERT_CONFIG, DCD_OP_GET_TIMESTAMP};
    uint64_t digest = 1;

    h->now = 1000000000; /* for the timestamp */
    for (uint8_t log = 0; log < 5; log++) {
        C_EXPECT_EQ(0, mailbox(h, OTHER, DCD_OP_GET_EVENT_RECORDS, &log, 1));
        digest = mix(h, h->out_length, digest);
    }
    for (size_t i = 0; i < COUNT(plain); i++) {
        C_EXPECT_EQ(0, mailbox(h, OTHER, plain[i], NULL, 0));
        digest = mix(h, h->out_length, digest);
    }
    C_EXPECT_EQ(
        0, mailbox(h, OTHER, DCD_OP_GET_DC_CONFIG, &regions, sizeof(regions)));
    digest = mix(h, h->out_length - 4, digest);
    C_EXPECT_EQ(
        0, mailbox(h, OTHER, DCD_OP_GET_DC_EXTENT_LIST, &list, sizeof(list)));
    digest = mix(h, h->out_length, digest);
    C_EXPECT_EQ(16 - 5, fm_available_extents(h, OTHER));
    return mix_memory(h, digest);
}

/* --- What host 0 does ----------------------------------------------------- */

static uint16_t answers_what_is_not_its_own(struct harness *h)
{
    return add_response(h, 0, RANGES({R0 + MIB(110), MIB(2)}));
}

static uint16_t accepts(struct harness *h)
{
    return add_response(h, 0, RANGES({R0 + MIB(20), MIB(4)}));
}

static uint16_t accepts_in_part(struct harness *h)
{
    return add_response(h, 0, RANGES({R0 + MIB(22), MIB(2)}));
}

static uint16_t refuses(struct harness *h)
{
    return add_response(h, 0, NO_RANGES);
}

static uint16_t begins_an_answer(struct harness *h)
{
    return add_response_more(h, 0, RANGES({R0 + MIB(20), MIB(2)}));
}

static uint16_t releases_what_is_not_its_own(struct harness *h)
{
    return release(h, 0, RANGES({R0 + MIB(100), MIB(2)}));
}

static uint16_t releases_nothing(struct harness *h)
{
    return release(h, 0, NO_RANGES);
}

static uint16_t releases_twice(struct harness *h)
{
    return release(h, 0, RANGES({R0, MIB(4)}, {R0 + MIB(2), MIB(4)}));
}

static uint16_t releases_half_a_tag(struct harness *h)
{
    return release(h, 0, shared, 1);
}

static uint16_t releases(struct harness *h)
{
    return release(h, 0, RANGES({R0 + MIB(2), MIB(2)}));
}

static uint16_t releases_what_is_shared(struct harness *h)
{
    return release(h, 0, shared, 2);
}

static uint16_t sends_too_little(struct harness *h)
{
    return mailbox(h, 0, DCD_OP_RELEASE_DC, "\1\0\0\0\0\0\0", 7);
}

static uint16_t sends_too_much(struct harness *h)
{
    static uint8_t in[4096];

    return mailbox(h, 0, DCD_OP_ADD_DC_RESPONSE, in, sizeof(in));
}

static uint16_t plays_the_fm(struct harness *h)
{
    return mailbox(h, 0, DCD_OP_GET_DCD_INFO, NULL, 0);
}

static uint16_t asks_for_what_is_not_there(struct harness *h)
{
    return mailbox(h, 0, 0x4899, NULL, 0);
}

static uint16_t clears(struct harness *h)
{
    return clear_events(h, 0, 1);
}

static uint16_t clears_what_is_not_there(struct harness *h)
{
    return mailbox(h, 0, DCD_OP_CLEAR_EVENT_RECORDS, "\4\0\1\0\0\0\0\1", 8);
}

static uint16_t silences_its_logs(struct harness *h)
{
    return mailbox(h, 0, DCD_OP_SET_INTERRUPT_POLICY, "\0\0\0\0\0", 5);
}

static uint16_t sets_its_clock(struct harness *h)
{
    return mailbox(h, 0, DCD_OP_SET_TIMESTAMP, "\1\2\3\4\5\6\7\0", 8);
}

static uint16_t poisons_its_own(struct harness *h)
{
    const struct dcd_le64 dpa = dcd_put64(R0);

    return mailbox(h, 0, DCD_OP_INJECT_POISON, &dpa, sizeof(dpa));
}

static uint16_t poisons_what_is_not_its_own(struct harness *h)
{
    const struct dcd_le64 dpa = dcd_put64(R0 + MIB(100));

    return mailbox(h, 0, DCD_OP_INJECT_POISON, &dpa, sizeof(dpa));
}

/* To its end; what it shares is not its to erase. */
static uint16_t sanitizes(struct harness *h)
{
    uint16_t rc = mailbox(h, 0, DCD_OP_SANITIZE, NULL, 0);

    run_until(h, h->scheduled);
    C_EXPECT_EQ(0, peek(h, 0, R0));
    return rc;
}

static uint16_t erases(struct harness *h)
{
    return mailbox(h, 0, DCD_OP_SECURE_ERASE, NULL, 0);
}

static uint16_t is_reset(struct harness *h)
{
    dcd_device_reset(h->device, 0, DCD_RESET_CONVENTIONAL);
    expect_held(h, 0, NO_RANGES);
    return 0;
}

static uint16_t has_a_cxl_reset(struct harness *h)
{
    dcd_device_reset(h->device, 0, DCD_RESET_CXL);
    return 0;
}

static uint16_t has_a_function_reset(struct harness *h)
{
    dcd_device_reset(h->device, 0, DCD_RESET_FUNCTION_LEVEL);
    return 0;
}

static uint16_t stops_decoding(struct harness *h)
{
    reg_write(h, 0, DCD_BAR_HDM + DCD_HDM_GLOBAL_CONTROL, 4, 0);
    return 0;
}

/* --- What the FM does for host 0 ------------------------------------------ */

static uint16_t is_offered_more(struct harness *h)
{
    return ask_free(h, 0, 0, MIB(20), TAG_B);
}

static uint16_t is_offered_what_is_taken(struct harness *h)
{
    return fm_add(h, 0, RANGES({R0 + MIB(100), MIB(2)}));
}

static uint16_t is_offered_what_is_offered(struct harness *h)
{
    return fm_add(h, 0, RANGES({R0 + MIB(110), MIB(2)}));
}

static uint16_t is_offered_what_it_shares(struct harness *h)
{
    return share(h, 0, 2, TAG_A);
}

static uint16_t is_asked(struct harness *h)
{
    return fm_release(h, 0, 0, RANGES({R0, MIB(8)}));
}

static uint16_t is_asked_for_anothers(struct harness *h)
{
    return fm_release(h, 0, 0, RANGES({R0 + MIB(100), MIB(2)}));
}

static uint16_t loses_anothers(struct harness *h)
{
    return fm_release(h, 0, FORCED,
                      RANGES({R0, MIB(8)}, {R0 + MIB(100), MIB(2)}));
}

static uint16_t loses_its_own(struct harness *h)
{
    return fm_release(h, 0, FORCED, RANGES({R0, MIB(8)}));
}

static uint16_t loses_its_offer(struct harness *h)
{
    return fm_release(h, 0, FORCED, RANGES({R0 + MIB(20), MIB(2)}));
}

static uint16_t loses_what_it_shares(struct harness *h)
{
    return release_by_tag(h, 0, FORCED, MIB(4), TAG_A);
}

static uint16_t has_an_fm_that_refers(struct harness *h)
{
    return refer(h, TAG_A);
}

static const struct deed {
    const char *name;
    uint16_t (*happen)(struct harness *h);
    uint16_t rc;
} deeds[] = {
    {"answers what is not its own", answers_what_is_not_its_own, 0x0f},
    {"accepts", accepts, 0x00},
    {"accepts in part", accepts_in_part, 0x00},
    {"refuses", refuses, 0x00},
    {"begins an answer", begins_an_answer, 0x00},
    {"releases what is not its own", releases_what_is_not_its_own, 0x0f},
    {"releases nothing", releases_nothing, 0x02},
    {"releases twice", releases_twice, 0x1e},
    {"releases half a tag", releases_half_a_tag, 0x1e},
    {"releases", releases, 0x00},
    {"releases what is shared", releases_what_is_shared, 0x00},
    {"sends too little", sends_too_little, 0x16},
    {"sends too much", sends_too_much, 0x16},
    {"plays the FM", plays_the_fm, 0x15},
    {"asks for what is not there", asks_for_what_is_not_there, 0x03},
    {"clears", clears, 0x00},
    {"clears what is not there", clears_what_is_not_there, 0x0e},
    {"silences its logs", silences_its_logs, 0x00},
    {"sets its clock", sets_its_clock, 0x00},
    {"poisons its own", poisons_its_own, 0x00},
    {"poisons what is not its own", poisons_what_is_not_its_own, 0x0f},
    {"sanitizes", sanitizes, 0x01},
    {"erases", erases, 0x00},
    {"is reset", is_reset, 0x00},
    {"has a CXL reset", has_a_cxl_reset, 0x00},
    {"has a function level reset", has_a_function_reset, 0x00},
    {"stops decoding", stops_decoding, 0x00},
    {"is offered more", is_offered_more, 0x00},
    {"is offered what is taken", is_offered_what_is_taken, 0x1e},
    {"is offered what is offered", is_offered_what_is_offered, 0x1e},
    {"is offered what it shares", is_offered_what_it_shares, 0x02},
    {"is asked", is_asked, 0x00},
    {"is asked for another's", is_asked_for_anothers, 0x1e},
    {"loses another's", loses_anothers, 0x1e},
    {"loses its own", loses_its_own, 0x00},
    {"loses its offer", loses_its_offer, 0x00},
    {"loses what it shares", loses_what_it_shares, 0x00},
    {"has an FM that refers", has_an_fm_that_refers, 0x00},
};

C_TEST(fm_isolation, a_host_does_not_notice_another)
{
    for (size_t i = 0; i < COUNT(deeds); i++) {
        struct harness h;
        uint64_t before;

        C_CONTEXT("host 0 %s", deeds[i].name);
        build_neighbours(&h);
        before = others_state(&h);
        C_EXPECT_EQ(deeds[i].rc, deeds[i].happen(&h));
        C_EXPECT_EQ(before, others_state(&h));
        /* It goes on as if nothing had been. */
        C_EXPECT_EQ(0,
                    add_response(&h, OTHER, RANGES({R0 + MIB(110), MIB(2)})));
        poke(&h, OTHER, R0 + MIB(110), 5);
        C_EXPECT_EQ(4, peek(&h, OTHER, R2 + MIB(4)));
        h.on_revoke = NULL;
        C_EXPECT_EQ(0, release(&h, OTHER, shared, 2));
        harness_free(&h);
    }
}

/* All of it, one after the other, as far as it goes. */
C_TEST(fm_isolation, a_host_does_not_notice_a_long_story)
{
    struct harness h;
    uint64_t before;

    build_neighbours(&h);
    before = others_state(&h);
    for (unsigned turn = 0; turn < 2; turn++) {
        for (size_t i = 0; i < COUNT(deeds); i++) {
            C_CONTEXT("host 0 %s", deeds[i].name);
            if (deeds[i].happen == sanitizes || deeds[i].happen == is_reset)
                continue; /* they look at what host 0 had at first */
            deeds[i].happen(&h);
        }
        C_CONTEXT("turn %u", turn);
        C_EXPECT_EQ(before, others_state(&h));
        dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
        C_EXPECT_EQ(before, others_state(&h));
    }
    harness_free(&h);
}
