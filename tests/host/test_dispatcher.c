/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_dispatcher.c - what happens to a command before its handler sees it,
 * and what the size of a mailbox does to long answers.
 */
#include "host_support.h"

#include "gtest_c.h"

#include <stdlib.h>
#include <string.h>

enum { OK = 0, BAD = 0x02, UNKNOWN = 0x03, OTHER = 0x15, LEN = 0x16 };

/* What only the fabric manager may ask. */
static const uint16_t fm_opcodes[] = {0x0001, 0x0003, 0x0004, 0x5600,
                                      0x5601, 0x5603, 0x5604, 0x5605};

/* --- Order and codes ----------------------------------------------------- */

C_TEST(dispatcher, a_length_beyond_the_payload_comes_before_everything)
{
    static const uint16_t opcodes[] = {0x0100, 0x4000, 0x4802,
                                       0x5604, 0x4402, 0xffff};
    static const uint32_t lengths[] = {2049, 4096, 0x100000, 0x1fffff};
    static const uint8_t zeros[2048];
    struct harness h;
    struct view before;

    harness_d1(&h);
    offer(&h, 0, RANGES({0, MIB(2)}));
    before = look(&h, 0);
    for (uint32_t i = 0; i < COUNT(opcodes); i++) {
        for (uint32_t k = 0; k < COUNT(lengths); k++) {
            C_EXPECT_EQ(LEN, mailbox(&h, 0, opcodes[i], zeros, lengths[k]));
            C_EXPECT_EQ(0, h.out_length);
        }
    }
    expect_unchanged(&h, 0, &before);
    harness_free(&h);
}

C_TEST(dispatcher, an_unknown_opcode_comes_before_its_length)
{
    static const uint8_t in[100] = {1};
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(UNKNOWN, mailbox(&h, 0, 0x4804, in, sizeof(in)));
    C_EXPECT_EQ(0, h.out_length);
    C_EXPECT_EQ(UNKNOWN, command(&h, 0, 0xc000));
    C_EXPECT_EQ(UNKNOWN, command(&h, 0, 0xffff));
    harness_free(&h);
}

C_TEST(dispatcher, commands_of_the_fabric_manager_belong_elsewhere)
{
    static const uint8_t in[2048];
    struct harness h;
    struct view before;

    harness_d1(&h);
    before = look(&h, 0);
    for (uint32_t i = 0; i < COUNT(fm_opcodes); i++) {
        C_CONTEXT("%04Xh", fm_opcodes[i]);
        C_EXPECT_EQ(OTHER, command(&h, 0, fm_opcodes[i]));
        C_EXPECT_EQ(OTHER, mailbox(&h, 0, fm_opcodes[i], in, sizeof(in)));
        C_EXPECT_EQ(0, h.out_length);
    }
    C_CONTEXT("");
    expect_unchanged(&h, 0, &before);
    harness_free(&h);
}

/* Whatever is not there, whatever it is sent: a host's offer waits. */
C_TEST(dispatcher, an_absent_opcode_changes_nothing)
{
    struct harness h;
    struct view before;

    harness_d1(&h);
    offer(&h, 0, RANGES({0, MIB(2)}));
    before = look(&h, 0);
    for (uint32_t opcode = 0x4900; opcode <= 0xffff; opcode++) {
        uint16_t code = command(&h, 0, (uint16_t)opcode);

        if (code != UNKNOWN && code != OTHER)
            C_ADD_FAILURE("%04Xh answers %02Xh", opcode, code);
    }
    expect_unchanged(&h, 0, &before);
    expect_answerable(&h, 0, RANGES({0, MIB(2)}));
    harness_free(&h);
}

C_TEST(dispatcher, an_error_has_no_output)
{
    static const uint8_t log = 5;
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(OK, command(&h, 0, 0x4000));
    C_EXPECT_EQ(BAD, mailbox(&h, 0, 0x0100, &log, 1));
    C_EXPECT_EQ(0, h.out_length);
    for (uint32_t at = 0; at < 2048; at += 8)
        C_EXPECT_EQ(0, reg_read(&h, 0, MAILBOX_AT(DCD_MBOX_PAYLOAD + at), 8));
    harness_free(&h);
}

/* --- Command Effects Log ------------------------------------------------- */

static const struct dcd_uuid cel = {{0x0d, 0xa9, 0xc0, 0xb5, 0xbf, 0x41, 0x4b,
                                     0x78, 0x8f, 0x79, 0x96, 0xb1, 0x62, 0x3b,
                                     0x3f, 0x17}};

static uint16_t get_log(struct harness *h, const struct dcd_uuid *log,
                        uint32_t offset, uint32_t length)
{
    struct dcd_get_log_req req = {*log, dcd_put32(offset), dcd_put32(length)};

    return mailbox(h, 0, DCD_OP_GET_LOG, &req, sizeof(req));
}

/* 0400h names one log, the CEL; answers with its size. */
static uint32_t cel_size(struct harness *h)
{
    C_EXPECT_EQ(OK, command(h, 0, DCD_OP_GET_SUPPORTED_LOGS));
    C_EXPECT_EQ(8 + 0x14, h->out_length);
    C_EXPECT_EQ(1, dcd_load_le(h->out, 8));
    C_EXPECT_MEMEQ(cel.b, h->out + 8, 16);
    return (uint32_t)dcd_load_le(h->out + 24, 4);
}

/* The whole log, read in pieces that begin and end anywhere. */
C_TEST(dispatcher, get_log_gives_any_window_in_bytes)
{
    uint8_t whole[1024];
    struct harness h;
    uint32_t size;

    harness_d1(&h);
    size = cel_size(&h);
    C_ASSERT(size > 0 && size <= sizeof(whole));
    C_ASSERT_EQ(OK, get_log(&h, &cel, 0, size));
    memcpy(whole, h.out, size);
    for (uint32_t offset = 0; offset <= size; offset++) {
        for (uint32_t n = 0; n <= size - offset; n++) {
            C_CONTEXT("offset %u, length %u", offset, n);
            C_ASSERT_EQ(OK, get_log(&h, &cel, offset, n));
            C_ASSERT_EQ(n, h.out_length);
            C_ASSERT_MEMEQ(whole + offset, h.out, n);
            C_EXPECT_EQ(0,
                        reg_read(&h, 0, MAILBOX_AT(DCD_MBOX_PAYLOAD) + n, 1));
        }
        C_EXPECT_EQ(BAD, get_log(&h, &cel, offset, size - offset + 1));
    }
    C_CONTEXT("");
    harness_free(&h);
}

C_TEST(dispatcher, get_log_refuses_what_is_not_there)
{
    struct dcd_uuid other = cel;
    struct harness h;
    uint32_t size;

    other.b[15] ^= 1;
    harness_d1(&h);
    size = cel_size(&h);
    C_EXPECT_EQ(0x17, get_log(&h, &other, 0, 4));
    C_EXPECT_EQ(0x17, get_log(&h, &other, 0, 2048));
    C_EXPECT_EQ(0x17, get_log(&h, &other, size + 1, 4));
    /* Longer than the payload comes before the log's name. */
    C_EXPECT_EQ(BAD, get_log(&h, &other, 0, 2049));
    C_EXPECT_EQ(BAD, get_log(&h, &cel, 0, 2049));
    C_EXPECT_EQ(BAD, get_log(&h, &cel, 0, size + 1));
    C_EXPECT_EQ(BAD, get_log(&h, &cel, size + 1, 0));
    C_EXPECT_EQ(BAD, get_log(&h, &cel, UINT32_MAX, 4));
    C_EXPECT_EQ(BAD, get_log(&h, &cel, 4, UINT32_MAX));
    C_EXPECT_EQ(OK, get_log(&h, &cel, size, 0));
    C_EXPECT_EQ(0, h.out_length);
    harness_free(&h);
}

/* --- Payload sizes ------------------------------------------------------- */

/* Eight regions, 60 extents held, 40 events in the log. */
static void build_with_payload(struct harness *h, uint32_t payload)
{
    struct range list[10];

    harness_d1_config(h);
    h->config.mailbox_payload = payload;
    h->config.dc_log = 40;
    h->config.region_count = 8;
    for (unsigned i = 0; i < 8; i++) {
        h->config.regions[i].length = MIB(256);
        h->config.regions[i].block_size = MIB(2);
    }
    harness_build(h);
    for (unsigned i = 0; i < 6; i++) {
        scattered(list, 10, i * MIB(40), MIB(2));
        hold(h, 0, list, 10);
    }
    scattered(list, 10, MIB(256), MIB(2));
    for (unsigned i = 0; i < 4; i++) {
        offer(h, 0, list, 10);
        scattered(list, 10, MIB(256) * (i + 2), MIB(2));
    }
}

struct paging {
    uint32_t payload;
    unsigned log2;
    uint32_t regions; /* a call of 4800h */
    uint32_t extents; /* a call of 4801h, of 60 */
    uint32_t events;  /* a call of 0100h, of 40 */
};

static void expect_regions(struct harness *h, const struct paging *p)
{
    uint8_t seen = 0;

    while (seen < 8) {
        const struct dcd_get_dc_config_req req = {8, seen};
        uint32_t left = 8u - seen;
        uint32_t count = left < p->regions ? left : p->regions;

        C_ASSERT_EQ(OK, mailbox(h, 0, 0x4800, &req, sizeof(req)));
        C_EXPECT_EQ(8, h->out[0]);
        C_ASSERT_EQ(count, h->out[1]);
        C_ASSERT_EQ(0x18 + 0x28 * count, h->out_length);
        for (uint32_t i = 0; i < count; i++)
            C_EXPECT_EQ((seen + i) * MIB(256),
                        dcd_load_le(h->out + 8 + 0x28 * i, 8));
        C_EXPECT_EQ(512, dcd_load_le(h->out + h->out_length - 16, 4));
        C_EXPECT_EQ(512 - 100, dcd_load_le(h->out + h->out_length - 12, 4));
        seen = (uint8_t)(seen + count);
    }
}

static void expect_extents(struct harness *h, const struct paging *p)
{
    for (uint32_t seen = 0; seen < 60;) {
        struct dcd_get_extent_list_req req = {dcd_put32(100), dcd_put32(seen)};
        uint32_t left = 60 - seen;
        uint32_t count = left < p->extents ? left : p->extents;

        C_ASSERT_EQ(OK, mailbox(h, 0, 0x4801, &req, sizeof(req)));
        C_ASSERT_EQ(count, dcd_load_le(h->out, 4));
        C_ASSERT_EQ(60, dcd_load_le(h->out + 4, 4));
        C_ASSERT_EQ(0x10 + 0x28 * count, h->out_length);
        for (uint32_t i = 0; i < count; i++)
            C_EXPECT_EQ((seen + i) * MIB(4),
                        dcd_load_le(h->out + 0x10 + 0x28 * i, 8));
        seen += count;
    }
}

static void expect_events(struct harness *h, const struct paging *p)
{
    uint16_t handle = 0;

    for (uint32_t left = 40; left;) {
        uint32_t count = left < p->events ? left : p->events;

        C_ASSERT_EQ(count, get_events(h, 0));
        C_EXPECT_EQ(count < left ? DCD_GET_EVENTS_MORE : 0, h->out[0]);
        C_ASSERT_EQ(0x20 + 0x80 * count, h->out_length);
        for (uint32_t i = 0; i < count; i++) {
            uint16_t next = dcd_get16(event_at(h, i)->header.handle);

            C_EXPECT(!handle || next == handle + 1);
            handle = next;
        }
        C_ASSERT_EQ(OK, clear_events(h, 0, count));
        left -= count;
    }
    C_EXPECT_EQ(0, get_events(h, 0));
}

static void expect_paging(const struct paging *p)
{
    struct harness h;

    build_with_payload(&h, p->payload);
    C_EXPECT_EQ(p->log2 | 0x3c0,
                reg_read(&h, 0, MAILBOX_AT(DCD_MBOX_CAPABILITIES), 4));
    C_EXPECT_EQ(p->payload + 0x20, reg_read(&h, 0, DCD_BAR_DEVICE + 0x28, 4));
    C_EXPECT_EQ(p->payload + 0xa8, reg_read(&h, 0, DCD_BAR_DEVICE + 0x34, 4));
    C_EXPECT_EQ(
        0x14,
        reg_read(&h, 0, DCD_BAR_DEVICE + DCD_DEV_MEMDEV_STATUS(p->payload), 8));
    expect_regions(&h, p);
    expect_extents(&h, p);
    expect_events(&h, p);
    harness_free(&h);
}

C_TEST(dispatcher, answers_at_a_mailbox_of_256_bytes)
{
    static const struct paging p = {256, 8, 5, 6, 1};

    expect_paging(&p);
}

C_TEST(dispatcher, answers_at_a_mailbox_of_2_kib)
{
    static const struct paging p = {2048, 11, 8, 50, 15};

    expect_paging(&p);
}

C_TEST(dispatcher, answers_at_a_mailbox_of_1_mib)
{
    static const struct paging p = {1 << 20, 20, 8, 60, 40};

    expect_paging(&p);
}

/* The longest input that fits: 10, 85 and 43,690 entries of 4803h. Only the
 * last of them is wrong, and it is seen. */
C_TEST(dispatcher, the_whole_payload_is_input)
{
    static const uint32_t payloads[] = {256, 2048, 1 << 20};
    const uint64_t block = 32 * DCD_KIB;

    for (uint32_t i = 0; i < COUNT(payloads); i++) {
        uint32_t n = (payloads[i] - 8) / 0x18;
        struct range *list = calloc(n, sizeof(*list));
        struct harness h;

        harness_d1_config(&h);
        h.config.mailbox_payload = payloads[i];
        h.config.regions[0].block_size = block;
        harness_build(&h);
        hold(&h, 0, RANGES({0, GIB(2)}));
        for (uint32_t k = 0; k < n; k++) {
            list[k].dpa = k * block;
            list[k].length = k + 1 < n ? block : 0;
        }
        C_EXPECT_EQ(DCD_RC_INVALID_EXTENT_LIST, release(&h, 0, list, n));
        list[n - 1].length = block;
        C_EXPECT_EQ(OK, release(&h, 0, list, n));
        expect_list(&h, 0, RANGES({n * block, GIB(2) - n * block}));
        free(list);
        harness_free(&h);
    }
}
