/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_revisions.c - what a device of CXL 3.0, 3.1, 3.2 and 4.0 does
 * differently, and that nothing else differs.
 *
 * One story is told to a device of each revision and everything that it
 * answers is written down. Then the account of 4.0, with the known differences
 * taken out, is that of the older device, byte for byte.
 */
#include "host_support.h"

#include "gtest_c.h"

#include <stdlib.h>
#include <string.h>

#define OK DCD_RC_SUCCESS
/* Not head 0: the LD-ID and head-ID of a record are then told from nothing. */
#define HEAD 1u
#define REGION_0 MIB(768)
#define SECOND UINT64_C(1000000000000) /* ps */

static const enum dcd_revision older[] = {DCD_REVISION_3_0, DCD_REVISION_3_1,
                                          DCD_REVISION_3_2};

static void build(struct harness *h, enum dcd_revision revision)
{
    harness_d1_config(h);
    h->config.revision = revision;
    h->config.heads = 2;
    h->config.tags = 4;
    h->config.static_volatile = MIB(256);
    h->config.static_persistent = MIB(256);
    h->config.static_partitionable = MIB(256);
    h->config.lsa = 4 * DCD_KIB;
    h->config.sanitize_per_gib = SECOND;
    harness_build(h);
    h->now = SECOND;
}

/* Soft PPR (0600h class 1) of the first line, by a device that reports it. */
static const uint8_t report_soft_ppr[0x20 + 3] = {
    0x89, 0x2b, 0xa4, 0x75, 0xfa, 0xd8, 0x47, 0x4e,       0x9d,
    0x3e, 0x69, 0x2c, 0x91, 0x75, 0x68, 0xbb, [0x16] = 2, [0x20 + 2] = 1};
static const uint8_t soft_ppr[2 + 12] = {1, 0};

/* --- An account of what was answered ------------------------------------- */

struct answer {
    bool from_fm;
    uint16_t opcode;
    uint16_t code;
    uint32_t length;
    uint8_t out[2048];
};

enum { MOST_ANSWERS = 96 };

struct account {
    struct harness h;
    uint32_t count;
    struct answer *answers;
};

static void note(struct account *a, bool from_fm, uint16_t opcode,
                 uint16_t code)
{
    struct answer *answer = &a->answers[a->count];

    C_ASSERT(a->count < MOST_ANSWERS && a->h.out_length <= 2048);
    a->count++;
    answer->from_fm = from_fm;
    answer->opcode = opcode;
    answer->code = code;
    answer->length = a->h.out_length;
    memcpy(answer->out, a->h.out, answer->length);
}

static void host(struct account *a, uint16_t opcode, const void *in,
                 uint32_t length)
{
    note(a, false, opcode, mailbox(&a->h, HEAD, opcode, in, length));
}

static void manager(struct account *a, uint16_t opcode, const void *in,
                    uint32_t length)
{
    note(a, true, opcode, fm(&a->h, opcode, in, length));
}

/* --- The story ----------------------------------------------------------- */

static void ask_who_it_is(struct account *a)
{
    static const uint16_t questions[] = {0x4000, 0x4100, 0x0400, 0x0102,
                                         0x0200, 0x0300, 0x4200, 0x4201,
                                         0x4203, 0x4500, 0x0005, 0x4900};
    static const uint16_t of_the_fm[] = {0x0001, 0x0003, 0x0400, 0x5600};
    static const uint8_t features[8] = {0, 4};
    static const uint8_t regions[2] = {8, 0};
    static const uint8_t host_regions[4] = {HEAD, 0, 8, 0};
    struct dcd_get_log_req cel = {dcd_uuid_command_effects_log, dcd_put32(0),
                                  dcd_put32(40)};

    for (uint32_t i = 0; i < COUNT(questions); i++)
        host(a, questions[i], NULL, 0);
    for (uint32_t i = 0; i < COUNT(of_the_fm); i++)
        manager(a, of_the_fm[i], NULL, 0);
    host(a, 0x0401, &cel, sizeof(cel));
    host(a, 0x0500, features, sizeof(features));
    host(a, 0x4800, regions, sizeof(regions));
    manager(a, 0x5601, host_regions, sizeof(host_regions));
}

static void read_logs(struct account *a)
{
    for (uint8_t log = 0; log < DCD_LOG_COUNT; log++)
        host(a, 0x0100, &log, 1);
    manager(a, 0x0100, &(uint8_t){DCD_LOG_DYNAMIC_CAPACITY}, 1);
}

static void read_lists(struct account *a)
{
    static const uint8_t all[8] = {0xff};
    static const uint8_t of_host[12] = {HEAD, 0, 0, 0, 0xff};
    static const uint8_t regions[2] = {1, 1};

    host(a, 0x4801, all, sizeof(all));
    manager(a, 0x5603, of_host, sizeof(of_host));
    host(a, 0x4800, regions, sizeof(regions));
}

/* Offered, answered, asked back, taken by force. */
static void move_capacity(struct account *a)
{
    struct harness *h = &a->h;
    const struct range offered[] = {{REGION_0, MIB(8)},
                                    {REGION_0 + MIB(16), MIB(8)}};

    note(a, true, 0x5604, fm_add(h, HEAD, offered, 2));
    read_logs(a);
    note(a, false, 0x4802, add_response(h, HEAD, &offered[1], 1));
    note(a, false, 0x4802, add_response(h, HEAD, NO_RANGES));
    read_lists(a);
    note(a, true, 0x5605, fm_release(h, HEAD, 0, &offered[1], 1));
    note(a, false, 0x4803,
         release(h, HEAD, RANGES({REGION_0 + MIB(18), MIB(2)})));
    note(a, true, 0x5605,
         fm_release(h, HEAD, DCD_RELEASE_FORCED,
                    RANGES({REGION_0 + MIB(16), MIB(2)})));
    read_logs(a);
    read_lists(a);
}

static void poison_and_scan(struct account *a)
{
    struct dcd_media_range range = {dcd_put64(0), dcd_put64(MIB(256) / 64)};
    struct dcd_scan_media_req scan = {range, 0};
    struct dcd_inject_poison_req inject = {dcd_put64(MIB(1))};
    struct dcd_clear_poison_req clear = {dcd_put64(MIB(1)), {1}};

    host(a, 0x4301, &inject, sizeof(inject));
    host(a, 0x4300, &range, sizeof(range));
    host(a, 0x4304, &scan, sizeof(scan));
    host(a, 0x4400, NULL, 0);
    run_until(&a->h, a->h.now + 2 * SECOND);
    host(a, 0x4305, NULL, 0);
    read_logs(a);
    host(a, 0x4302, &clear, sizeof(clear));
    host(a, 0x4300, &range, sizeof(range));
    host(a, 0x0502, report_soft_ppr, sizeof(report_soft_ppr));
    host(a, 0x0600, soft_ppr, sizeof(soft_ppr));
    read_logs(a);
}

static void settings(struct account *a)
{
    static const uint8_t clock[8] = {1, 2, 3, 4};
    static const uint8_t policy[5] = {1, 1, 1, 1, 1};
    static const uint8_t partition[9] = {2};
    static const uint8_t label[12] = {16, 0, 0, 0, 0, 0, 0, 0, 'a', 'b'};
    static const uint8_t get_label[8] = {16, 0, 0, 0, 4};

    host(a, 0x0301, clock, sizeof(clock));
    host(a, 0x0300, NULL, 0);
    host(a, 0x0103, policy, sizeof(policy));
    host(a, 0x0102, NULL, 0);
    host(a, 0x4101, partition, sizeof(partition));
    host(a, 0x4100, NULL, 0);
    host(a, 0x4103, label, sizeof(label));
    host(a, 0x4102, get_label, sizeof(get_label));
    host(a, 0x4204, &(uint8_t){1}, 1);
    host(a, 0x4203, NULL, 0);
}

static void sanitize_and_reset(struct account *a)
{
    host(a, 0x4400, NULL, 0);
    host(a, 0x4102, &(struct dcd_get_lsa_req){{{0}}, {{0}}}, 8);
    host(a, 0x0005, NULL, 0);
    host(a, 0x4400, NULL, 0);
    run_until(&a->h, a->h.now + 10 * SECOND);
    host(a, 0x4200, NULL, 0);
    dcd_device_reset(a->h.device, HEAD, DCD_RESET_CONVENTIONAL);
    host(a, 0x4100, NULL, 0);
    read_logs(a);
    read_lists(a);
}

static void tell(struct account *a, enum dcd_revision revision)
{
    memset(a, 0, sizeof(*a));
    a->answers = calloc(MOST_ANSWERS, sizeof(*a->answers));
    build(&a->h, revision);
    ask_who_it_is(a);
    move_capacity(a);
    poison_and_scan(a);
    settings(a);
    sanitize_and_reset(a);
}

static void forget(struct account *a)
{
    harness_free(&a->h);
    free(a->answers);
}

/* --- The differences ----------------------------------------------------- */

/* A record as a device of [revision] writes it (CXL r3.2 Table 8-43, r3.1
 * Table 8-50). */
static void make_record_older(uint8_t *record, enum dcd_revision revision)
{
    struct dcd_dc_event *e = (void *)record;

    if (revision < DCD_REVISION_3_2) {
        e->header.flags = dcd_put24(
            dcd_get24(e->header.flags) &
            ~(uint32_t)(DCD_EVENT_LD_ID_VALID | DCD_EVENT_HEAD_ID_VALID));
        e->header.ld_id = dcd_put16(0);
        e->header.head_id = 0;
    }
    if (revision < DCD_REVISION_3_1 &&
        dcd_uuid_equal(&e->header.type, &dcd_uuid_dynamic_capacity_event)) {
        e->validity = 0;
        e->available_extents = dcd_put32(0);
        e->available_tags = dcd_put32(0);
    }
}

/* [answer] of a 4.0 device as it is in [revision]. */
static void make_older(struct answer *answer, enum dcd_revision revision)
{
    if (answer->opcode == DCD_OP_GET_EVENT_RECORDS)
        for (uint32_t at = 0x20; at < answer->length; at += 0x80)
            make_record_older(answer->out + at, revision);
    if (answer->opcode == DCD_OP_GET_DC_CONFIG && !answer->from_fm &&
        revision < DCD_REVISION_3_1)
        answer->length -= (uint32_t)sizeof(struct dcd_dc_config_trailer);
}

C_TEST(revisions, nothing_else_differs)
{
    struct account newest;

    tell(&newest, DCD_REVISION_4_0);
    for (uint32_t i = 0; i < COUNT(older); i++) {
        struct account old;

        tell(&old, older[i]);
        C_EXPECT_EQ(newest.count, old.count);
        for (uint32_t k = 0; k < old.count; k++) {
            struct answer expected = newest.answers[k];
            const struct answer *is = &old.answers[k];

            make_older(&expected, older[i]);
            C_CONTEXT("revision %s, answer %u, %04Xh",
                      dcd_revision_name(older[i]), k, is->opcode);
            C_EXPECT_EQ(expected.code, is->code);
            C_ASSERT_EQ(expected.length, is->length);
            C_EXPECT_MEMEQ(expected.out, is->out, is->length);
        }
        C_CONTEXT("");
        forget(&old);
    }
    forget(&newest);
}

/* Registers, configuration space and memory are not among the differences. */
C_TEST(revisions, no_register_differs)
{
    struct harness newest;

    build(&newest, DCD_REVISION_4_0);
    for (uint32_t i = 0; i < COUNT(older); i++) {
        struct harness old;

        build(&old, older[i]);
        for (uint64_t at = 0; at < 0x1000; at += 4)
            C_EXPECT_EQ(config_read(&newest, HEAD, at, 4),
                        config_read(&old, HEAD, at, 4));
        for (uint64_t at = 0; at < 0x60; at += 4)
            C_EXPECT_EQ(reg_read(&newest, HEAD, DCD_BAR_DEVICE + at, 4),
                        reg_read(&old, HEAD, DCD_BAR_DEVICE + at, 4));
        for (uint64_t at = 0; at < 0x60; at += 4)
            C_EXPECT_EQ(reg_read(&newest, HEAD, DCD_BAR_HDM + at, 4),
                        reg_read(&old, HEAD, DCD_BAR_HDM + at, 4));
        harness_free(&old);
    }
    harness_free(&newest);
}

/* --- Each difference by itself ------------------------------------------- */

C_TEST(revisions, get_dc_configuration_has_a_trailer_from_3_1_on)
{
    static const uint8_t all[2] = {8, 0};
    static const uint8_t none[2] = {0, 0};

    for (unsigned r = DCD_REVISION_3_0; r <= DCD_REVISION_4_0; r++) {
        uint32_t trailer = r < DCD_REVISION_3_1 ? 0 : 0x10;
        struct harness h;

        C_CONTEXT("revision %s", dcd_revision_name((enum dcd_revision)r));
        build(&h, (enum dcd_revision)r);
        C_EXPECT_EQ(OK, mailbox(&h, HEAD, 0x4800, all, 2));
        C_EXPECT_EQ(8 + 2 * 0x28 + trailer, h.out_length);
        C_EXPECT_EQ(OK, mailbox(&h, HEAD, 0x4800, none, 2));
        C_ASSERT_EQ(8 + trailer, h.out_length);
        if (trailer) {
            C_EXPECT_EQ(512, dcd_load_le(h.out + 8, 4));
            C_EXPECT_EQ(512, dcd_load_le(h.out + 12, 4));
            C_EXPECT_EQ(4, dcd_load_le(h.out + 16, 4));
            C_EXPECT_EQ(4, dcd_load_le(h.out + 20, 4));
        }
        harness_free(&h);
    }
}

/* What a record says about itself: flags, LD-ID and head-ID (24h), validity
 * (31h), what is available (78h). */
static void expect_dc_record(const uint8_t *record, unsigned revision)
{
    bool has_origin = revision >= DCD_REVISION_3_2;
    bool has_counts = revision >= DCD_REVISION_3_1;

    C_EXPECT_EQ(has_origin ? 0x180 : 0, dcd_load_le(record + 0x11, 3));
    C_EXPECT_EQ(0, dcd_load_le(record + 0x20, 2)); /* no maintenance */
    C_EXPECT_EQ(has_origin ? HEAD : 0, dcd_load_le(record + 0x22, 2));
    C_EXPECT_EQ(has_origin ? HEAD : 0, record[0x24]);
    C_EXPECT_EQ(has_counts ? 1 : 0, record[0x31]);
    C_EXPECT_EQ(has_counts ? 511 : 0, dcd_load_le(record + 0x78, 4));
    C_EXPECT_EQ(has_counts ? 4 : 0, dcd_load_le(record + 0x7c, 4));
}

C_TEST(revisions, a_dc_record_counts_from_3_1_and_names_its_origin_from_3_2)
{
    for (unsigned r = DCD_REVISION_3_0; r <= DCD_REVISION_4_0; r++) {
        struct harness h;

        C_CONTEXT("revision %s", dcd_revision_name((enum dcd_revision)r));
        build(&h, (enum dcd_revision)r);
        offer(&h, HEAD, RANGES({REGION_0, MIB(2)}));
        C_ASSERT_EQ(1, get_events(&h, HEAD));
        expect_dc_record(h.out + 0x20, r);
        C_EXPECT_EQ(OK, add_response(&h, HEAD, RANGES({REGION_0, MIB(2)})));
        C_ASSERT_EQ(1, fm_get_events(&h));
        expect_dc_record(h.out + 0x20, r);
        harness_free(&h);
    }
}

/* Poison is injected and found, a line is repaired: each has a record in the
 * informational log. */
static void damage_and_repair(struct harness *h)
{
    const struct dcd_inject_poison_req inject = {dcd_put64(MIB(1))};
    const struct dcd_scan_media_req scan = {
        {dcd_put64(0), dcd_put64(MIB(2) / 64)}, 0};

    C_EXPECT_EQ(OK, mailbox(h, HEAD, 0x4301, &inject, sizeof(inject)));
    C_EXPECT_EQ(DCD_RC_BACKGROUND_STARTED,
                mailbox(h, HEAD, 0x4304, &scan, sizeof(scan)));
    run_until(h, h->now + SECOND);
    C_EXPECT_EQ(
        OK, mailbox(h, HEAD, 0x0502, report_soft_ppr, sizeof(report_soft_ppr)));
    C_EXPECT_EQ(OK, mailbox(h, HEAD, 0x0600, soft_ppr, sizeof(soft_ppr)));
}

C_TEST(revisions, a_record_of_the_media_names_its_origin_from_3_2_on)
{
    static const uint8_t informational = DCD_LOG_INFORMATIONAL;

    for (unsigned r = DCD_REVISION_3_0; r <= DCD_REVISION_4_0; r++) {
        bool has_origin = r >= DCD_REVISION_3_2;
        struct harness h;

        C_CONTEXT("revision %s", dcd_revision_name((enum dcd_revision)r));
        build(&h, (enum dcd_revision)r);
        damage_and_repair(&h);
        C_EXPECT_EQ(OK, mailbox(&h, HEAD, 0x0100, &informational, 1));
        C_ASSERT_EQ(0x20 + 3 * 0x80, h.out_length);
        for (uint32_t i = 0; i < 3; i++) {
            const uint8_t *record = h.out + 0x20 + 0x80 * i;

            C_EXPECT_EQ(has_origin ? 0x180 : 0, dcd_load_le(record + 0x11, 3));
            C_EXPECT_EQ(has_origin ? HEAD : 0, dcd_load_le(record + 0x22, 2));
            C_EXPECT_EQ(has_origin ? HEAD : 0, record[0x24]);
        }
        harness_free(&h);
    }
}

/* What a group offered but not answered does when it is taken by force. */
C_TEST(revisions, groups_die_from_4_0_on)
{
    for (unsigned r = DCD_REVISION_3_0; r <= DCD_REVISION_4_0; r++) {
        bool dies = r >= DCD_REVISION_4_0;
        const struct range offered = {REGION_0, MIB(2)};
        struct harness h;

        C_CONTEXT("revision %s", dcd_revision_name((enum dcd_revision)r));
        build(&h, (enum dcd_revision)r);
        offer(&h, HEAD, &offered, 1);
        C_EXPECT_EQ(dies ? OK : DCD_RC_INVALID_PHYSICAL_ADDRESS,
                    fm_release(&h, HEAD, DCD_RELEASE_FORCED, &offered, 1));
        C_EXPECT_EQ(dies ? DCD_RC_INVALID_PHYSICAL_ADDRESS : OK,
                    add_response(&h, HEAD, &offered, 1));
        expect_list(&h, HEAD, &offered, dies ? 0 : 1);
        expect_no_pending(&h, HEAD);
        harness_free(&h);
    }
}
