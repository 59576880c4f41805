/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_limits_large.c - the largest device there is: 2^20 extents a head, 2^20
 * tags, and an allocation of as many extents as sequence numbers can count.
 */
#include "ask.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT (UINT32_C(1) << 20)
#define BATCH (UINT32_C(1) << 14) /* extents of one message, below 1 MiB */
#define BLOCK UINT64_C(64)

/* Invariants are looked at once, at the end: a look is a walk over all. */
static void build(struct harness *h)
{
    harness_d1_config(h);
    h->config.revision = DCD_REVISION_4_0;
    h->config.heads = 2;
    h->config.extents = LIMIT;
    h->config.tags = LIMIT;
    h->config.dc_log = 65535;
    h->config.mailbox_payload = 1 << 20;
    h->config.regions[0].length = MIB(128);
    h->config.regions[0].block_size = BLOCK;
    h->config.region_count = 1;
    h->config.check = false;
    harness_build(h);
}

static void finish(struct harness *h)
{
    char why[200] = "";

    C_EXPECT(dcd_device_check(h->device, why, sizeof(why)));
    C_EXPECT_STREQ("", why);
    harness_free(h);
}

/* Tags that count from 1. */
static struct dcd_uuid numbered(uint32_t n)
{
    struct dcd_uuid tag = {{0xee}};

    dcd_store_le(tag.b + 12, 4, n);
    return tag;
}

/* 5604h for [count] blocks, one extent each: from the [first] on of those that
 * lie [step] blocks apart from [base], with tags of their own if [tagged]. */
static uint16_t add_blocks(struct harness *h, unsigned host, uint64_t base,
                           uint32_t first, uint32_t count, uint32_t step,
                           bool tagged)
{
    size_t size = sizeof(struct dcd_initiate_dc_add_req) +
                  count * sizeof(struct dcd_extent_wire);
    uint8_t *in = calloc(1, size);
    struct dcd_initiate_dc_add_req *req = (void *)in;
    struct dcd_extent_wire *e = (void *)(in + sizeof(*req));
    uint16_t rc;

    req->host_id = dcd_put16((uint16_t)host);
    req->policy = DCD_ADD_PRESCRIPTIVE;
    req->count = dcd_put32(count);
    for (uint32_t i = 0; i < count; i++) {
        e[i].dpa = dcd_put64(base + (uint64_t)(first + i) * step * BLOCK);
        e[i].length = dcd_put64(BLOCK);
        if (tagged)
            e[i].tag = numbered(first + i + 1);
    }
    rc = fm(h, DCD_OP_INITIATE_DC_ADD, in, (uint32_t)size);
    free(in);
    return rc;
}

/* 4802h that takes all of them; [flags] as for More. */
static uint16_t accept_blocks(struct harness *h, unsigned host, uint64_t base,
                              uint32_t first, uint32_t count, uint32_t step,
                              uint8_t flags)
{
    size_t size = sizeof(struct dcd_updated_extent_list) +
                  count * sizeof(struct dcd_updated_extent);
    uint8_t *in = calloc(1, size);
    struct dcd_updated_extent_list *list = (void *)in;
    struct dcd_updated_extent *e = (void *)(in + sizeof(*list));
    uint16_t rc;

    list->count = dcd_put32(count);
    list->flags = flags;
    for (uint32_t i = 0; i < count; i++) {
        e[i].dpa = dcd_put64(base + (uint64_t)(first + i) * step * BLOCK);
        e[i].length = dcd_put64(BLOCK);
    }
    rc = mailbox(h, host, DCD_OP_ADD_DC_RESPONSE, in, (uint32_t)size);
    free(in);
    return rc;
}

/* 0101h for [count] records of [host], the oldest of which has the handle
 * [first]: reading them all first would be most of the time. */
static uint16_t clear_records(struct harness *h, unsigned host, uint16_t first,
                              uint32_t count)
{
    uint16_t rc = DCD_RC_SUCCESS;

    while (count && rc == DCD_RC_SUCCESS) {
        uint8_t in[6 + 2 * 255] = {DCD_LOG_DYNAMIC_CAPACITY};
        uint32_t n = count < 255 ? count : 255;

        in[2] = (uint8_t)n;
        for (uint32_t i = 0; i < n; i++) {
            dcd_store_le(in + 6 + 2 * i, 2, first);
            first = first == UINT16_MAX ? 1 : (uint16_t)(first + 1);
        }
        rc = mailbox(h, host, DCD_OP_CLEAR_EVENT_RECORDS, in, 6 + 2 * n);
        count -= n;
    }
    return rc;
}

static uint16_t oldest_handle(struct harness *h, unsigned host)
{
    get_events(h, host);
    return dcd_get16(event_at(h, 0)->header.handle);
}

/* Host 0 takes [count] tagged blocks from [first] on. */
static void take(struct harness *h, uint32_t first, uint32_t count)
{
    C_ASSERT_EQ(0, add_blocks(h, 0, 0, first, count, 1, true));
    C_ASSERT_EQ(0, accept_blocks(h, 0, 0, first, count, 1, 0));
    C_ASSERT_EQ(0, clear_records(h, 0, oldest_handle(h, 0), count));
}

static void expect_fm_page(struct harness *h, uint32_t start, uint16_t rc,
                           uint32_t returned)
{
    const struct dcd_get_region_extent_lists_req req = {
        dcd_put16(0), {0}, dcd_put32(UINT32_MAX), dcd_put32(start)};
    const struct dcd_get_region_extent_lists_rsp *rsp = (void *)h->out;
    const struct dcd_extent_wire *e = (void *)(h->out + sizeof(*rsp));

    C_CONTEXT("5603h from %u on", start);
    C_EXPECT_EQ(rc,
                fm(h, DCD_OP_GET_DC_REGION_EXTENT_LISTS, &req, sizeof(req)));
    if (rc)
        return;
    C_EXPECT_EQ(LIMIT, dcd_get32(rsp->total));
    C_EXPECT_EQ(returned, dcd_get32(rsp->returned));
    for (uint32_t i = 0; i < returned; i++) {
        struct dcd_uuid tag = numbered(start + i + 1);

        C_ASSERT_EQ((start + i) * BLOCK, dcd_get64(e[i].dpa));
        C_ASSERT_EQ(BLOCK, dcd_get64(e[i].length));
        C_ASSERT_EQ(0, memcmp(&tag, &e[i].tag, sizeof(tag)));
    }
}

static void expect_host_page(struct harness *h, uint32_t start, uint16_t rc,
                             uint32_t returned)
{
    const struct dcd_get_extent_list_req req = {dcd_put32(UINT32_MAX),
                                                dcd_put32(start)};
    const struct dcd_get_extent_list_rsp *rsp = (void *)h->out;
    const struct dcd_extent_wire *e = (void *)(h->out + sizeof(*rsp));

    C_CONTEXT("4801h from %u on", start);
    C_EXPECT_EQ(rc,
                mailbox(h, 0, DCD_OP_GET_DC_EXTENT_LIST, &req, sizeof(req)));
    if (rc)
        return;
    C_EXPECT_EQ(LIMIT, dcd_get32(rsp->total));
    C_EXPECT_EQ(returned, dcd_get32(rsp->returned));
    for (uint32_t i = 0; i < returned; i++)
        C_ASSERT_EQ((start + i) * BLOCK, dcd_get64(e[i].dpa));
}

static void expect_tag_page(struct harness *h, uint32_t start,
                            uint32_t returned)
{
    const struct dcd_list_tags_req req = {dcd_put32(start),
                                          dcd_put32(UINT32_MAX)};
    const struct dcd_list_tags_rsp *rsp = (void *)h->out;
    const struct dcd_tag_info *e = (void *)(h->out + sizeof(*rsp));

    C_CONTEXT("5608h from %u on", start);
    C_EXPECT_EQ(0, fm(h, DCD_OP_LIST_TAGS, &req, sizeof(req)));
    C_EXPECT_EQ(LIMIT, dcd_get32(rsp->total));
    C_EXPECT_EQ(returned, dcd_get32(rsp->returned));
    for (uint32_t i = 0; i < returned; i++) {
        C_ASSERT_EQ(1, e[i].references[0]);
        C_ASSERT_EQ(0, e[i].pending[0]);
    }
}

/* As many as fit a message or a payload of 1 MiB, and what is left over. */
#define FM_EXTENTS ((MIB(1) - 12 - 0x18) / 0x28)
#define HOST_EXTENTS ((MIB(1) - 0x10) / 0x28)
#define FM_TAGS ((MIB(1) - 12 - 0x10) / 0x54)

static uint32_t page(uint64_t most, uint32_t start)
{
    return LIMIT - start < most ? LIMIT - start : (uint32_t)most;
}

static void expect_pages(struct harness *h)
{
    for (uint32_t at = 0; at < LIMIT; at += page(FM_EXTENTS, at))
        expect_fm_page(h, at, 0, page(FM_EXTENTS, at));
    for (uint32_t at = 0; at < LIMIT; at += page(HOST_EXTENTS, at))
        expect_host_page(h, at, 0, page(HOST_EXTENTS, at));
    for (uint32_t at = 0; at < LIMIT; at += page(FM_TAGS, at))
        expect_tag_page(h, at, page(FM_TAGS, at));
    expect_fm_page(h, LIMIT - 1, 0, 1);
    expect_fm_page(h, LIMIT, 0, 0);
    expect_fm_page(h, LIMIT + 1, 0x02, 0);
    expect_fm_page(h, UINT32_MAX, 0x02, 0);
    expect_host_page(h, LIMIT - 1, 0, 1);
    expect_host_page(h, LIMIT, 0, 0);
    expect_host_page(h, LIMIT + 1, 0x02, 0);
    expect_host_page(h, UINT32_MAX, 0x02, 0);
    expect_tag_page(h, LIMIT - 1, 1);
    expect_tag_page(h, LIMIT, 0);
    expect_tag_page(h, LIMIT + 1, 0);
    expect_tag_page(h, UINT32_MAX, 0);
    C_CONTEXT("%s", "");
}

/* The next one, by each policy. */
static void expect_full(struct harness *h)
{
    expect_left(h, 0, 0, 0);
    C_EXPECT_EQ(0x1d, ask_free(h, 0, 0, BLOCK, NULL));
    C_EXPECT_EQ(0x1d, ask_contiguous(h, 0, 0, BLOCK, NULL));
    C_EXPECT_EQ(0x1d, add_blocks(h, 0, 0, LIMIT, 1, 1, false));
    /* The other host lacks tags only. */
    expect_left(h, 1, LIMIT, 0);
    C_EXPECT_EQ(0x1d, ask_free(h, 1, 0, BLOCK, TAG_D));
    C_EXPECT_EQ(0x1d, add_blocks(h, 1, 0, LIMIT, 1, 1, true));
    C_EXPECT_EQ(0, ask_free(h, 1, 0, BLOCK, NULL));
    C_EXPECT_EQ(0, add_response(h, 1, NO_RANGES));
    expect_left(h, 1, LIMIT, 0);
}

C_TEST(fm_limit, may_be_a_million_extents_and_tags)
{
    struct harness h;

    build(&h);
    for (uint32_t first = 0; first < LIMIT - BATCH; first += BATCH)
        take(&h, first, BATCH);
    expect_left(&h, 0, BATCH, BATCH);
    C_EXPECT_EQ(0x1d, add_blocks(&h, 0, 0, LIMIT - BATCH, BATCH + 1, 1, false));
    C_EXPECT_EQ(0x1d, add_blocks(&h, 1, 0, LIMIT - BATCH, BATCH + 1, 1, true));
    take(&h, LIMIT - BATCH, BATCH);
    expect_full(&h);
    expect_pages(&h);
    /* One goes, one comes; then all go. */
    C_EXPECT_EQ(0, release(&h, 0, RANGES({77 * BLOCK, BLOCK})));
    expect_left(&h, 0, 1, 1);
    C_EXPECT_EQ(0, ask_free(&h, 0, 0, BLOCK, TAG_A));
    C_EXPECT_EQ(0, add_response(&h, 0, RANGES({77 * BLOCK, BLOCK})));
    expect_full(&h);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_left(&h, 0, LIMIT, LIMIT);
    /* All those records of answers and releases were too many. */
    fm_get_events(&h);
    C_EXPECT_EQ(DCD_GET_EVENTS_OVERFLOW, h.out[0] & DCD_GET_EVENTS_OVERFLOW);
    C_EXPECT_EQ(0xffff, dcd_load_le(h.out + 2, 2));
    finish(&h);
}

/* --- Sequence numbers ----------------------------------------------------- */

#define SEQUENCE (UINT32_C(1) << 16)

/* Host 0 shares, host 1 does not. */
static void configure_shared(struct harness *h)
{
    harness_d1_config(h);
    h->config.revision = DCD_REVISION_4_0;
    h->config.heads = 2;
    h->config.extents = LIMIT;
    h->config.tags = 1;
    h->config.lossy = true;
    h->config.mailbox_payload = 1 << 20;
    h->config.region_count = 1;
    h->config.regions[0].length = MIB(16);
    h->config.regions[0].block_size = BLOCK;
    h->config.regions[0].attributes = DCD_REGION_ATTR_SHARABLE;
    h->config.head[1].attributes_given[0] = true;
    h->config.check = false;
}

/* Host 1 has every second block of what is enough for [runs] runs. */
static void build_scattered(struct harness *h, uint32_t runs)
{
    configure_shared(h);
    harness_build(h);
    for (uint32_t at = 0; at < runs; at += BATCH) {
        uint32_t n = runs - at < BATCH ? runs - at : BATCH;

        C_EXPECT_EQ(0, add_blocks(h, 1, BLOCK, at, n, 2, false));
    }
}

C_TEST(fm_limit, of_a_shared_tag_is_what_sequence_numbers_can_count)
{
    const struct dcd_get_extent_list_req last = {dcd_put32(2),
                                                 dcd_put32(SEQUENCE - 1)};
    const struct dcd_extent_wire *e;
    struct harness h;

    build_scattered(&h, SEQUENCE + 1);
    e = (void *)(h.out + sizeof(struct dcd_get_extent_list_rsp));
    C_EXPECT_EQ(0x1d, ask_free(&h, 0, 0, (SEQUENCE + 1) * BLOCK, TAG_A));
    expect_left(&h, 0, LIMIT, 1);
    C_EXPECT_EQ(0, ask_free(&h, 0, 0, SEQUENCE * BLOCK, TAG_A));
    expect_left(&h, 0, LIMIT - SEQUENCE, 0);
    C_EXPECT_EQ(
        0, accept_blocks(&h, 0, 0, 0, SEQUENCE / 2, 2, DCD_EXTENT_LIST_MORE));
    C_EXPECT_EQ(0, accept_blocks(&h, 0, 0, SEQUENCE / 2, SEQUENCE / 2, 2, 0));
    C_EXPECT_EQ(0,
                mailbox(&h, 0, DCD_OP_GET_DC_EXTENT_LIST, &last, sizeof(last)));
    C_EXPECT_EQ(1, dcd_load_le(h.out, 4));
    C_EXPECT_EQ((SEQUENCE - 1) * 2 * BLOCK, dcd_get64(e->dpa));
    C_EXPECT_EQ(0xffff, dcd_get16(e->sequence));
    C_EXPECT_EQ(0x1e, release(&h, 0, RANGES({0, BLOCK})));
    finish(&h);
}

/* --- Long lists and long erasures ----------------------------------------- */

#define PART (UINT32_C(1) << 15) /* entries of one payload, below 1 MiB */
#define PARTS 4u

/* [count] blocks from the [first] on, one entry each. */
static uint16_t release_blocks(struct harness *h, uint32_t first,
                               uint32_t count, bool more)
{
    struct range *blocks = calloc(count, sizeof(*blocks));
    uint16_t rc;

    for (uint32_t i = 0; i < count; i++)
        blocks[i] = (struct range){(first + i) * BLOCK, BLOCK};
    rc =
        more ? release_more(h, 0, blocks, count) : release(h, 0, blocks, count);
    free(blocks);
    return rc;
}

/* Each of the entries asks whether all of the extent goes: were that a walk
 * over the list, this would take the better part of an hour. */
C_TEST(fm_limit, a_shared_extent_goes_back_in_as_many_entries_as_blocks)
{
    const uint32_t blocks = PART * PARTS;
    struct harness h;

    configure_shared(&h);
    h.config.sharable_release = DCD_SHARABLE_RELEASE_EXTENT;
    harness_build(&h);
    C_EXPECT_EQ(0, ask_free(&h, 0, 0, blocks * BLOCK, TAG_A));
    C_EXPECT_EQ(0, add_response(&h, 0, RANGES({0, blocks * BLOCK})));
    for (uint32_t at = 0; at + PART < blocks; at += PART)
        C_EXPECT_EQ(0, release_blocks(&h, at, PART, true));
    C_EXPECT_EQ(0x1e, release_blocks(&h, blocks - PART, PART - 1, false));
    for (uint32_t at = 0; at + PART < blocks; at += PART)
        C_EXPECT_EQ(0, release_blocks(&h, at, PART, true));
    C_EXPECT_EQ(0, release_blocks(&h, blocks - PART, PART, false));
    expect_left(&h, 0, LIMIT, 1);
    finish(&h);
}

/* With the checks on: they look at a part of what was erased. */
C_TEST(fm_limit, eight_tebibytes_are_erased_in_no_time)
{
    const uint64_t size = GIB(8192);
    struct harness h;

    harness_d1_config(&h);
    h.config.region_count = 1;
    h.config.regions[0].length = size;
    h.config.regions[0].block_size = GIB(1);
    h.config.regions[0].sanitize = DCD_SANITIZE_YES;
    harness_build(&h);
    hold(&h, 0, RANGES({0, size}));
    C_EXPECT_EQ(0, fm_release(&h, 0, DCD_RELEASE_FORCED, RANGES({0, size})));
    expect_list(&h, 0, NO_RANGES);
    harness_free(&h);
}
