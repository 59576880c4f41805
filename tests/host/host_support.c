/* SPDX-License-Identifier: Apache-2.0 */
/* host_support.c - what tests of the host's side share. */
#include "host_support.h"

#include "gtest_c.h"

#include <string.h>

/* FNV-1a. */
static uint64_t mix(uint64_t hash, const void *bytes, size_t size)
{
    const uint8_t *b = bytes;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ b[i]) * UINT64_C(1099511628211);
    return hash;
}

static void look_at_list(struct harness *h, unsigned head, struct view *v)
{
    uint32_t seen = 0;
    uint32_t returned;

    v->list = 0;
    do {
        struct dcd_get_extent_list_req req = {dcd_put32(UINT32_MAX),
                                              dcd_put32(seen)};
        const struct dcd_get_extent_list_rsp *rsp = (void *)h->out;

        C_ASSERT_EQ(DCD_RC_SUCCESS, mailbox(h, head, DCD_OP_GET_DC_EXTENT_LIST,
                                            &req, sizeof(req)));
        returned = dcd_get32(rsp->returned);
        v->total = dcd_get32(rsp->total);
        v->generation = dcd_get32(rsp->generation);
        v->list =
            mix(v->list, h->out + sizeof(*rsp), h->out_length - sizeof(*rsp));
        seen += returned;
    } while (returned && seen < v->total);
    C_EXPECT_EQ(v->total, seen);
}

static void look_at_counters(struct harness *h, unsigned head, struct view *v)
{
    if (h->config.revision < DCD_REVISION_3_1)
        return;
    v->extents = available_extents(h, head);
    v->tags = available_tags(h, head);
}

struct view look(struct harness *h, unsigned head)
{
    struct view v;

    memset(&v, 0, sizeof(v));
    look_at_list(h, head, &v);
    look_at_counters(h, head, &v);
    get_events(h, head);
    v.host_log = mix(0, h->out, h->out_length);
    fm_get_events(h);
    v.fm_log = mix(0, h->out, h->out_length);
    return v;
}

void expect_unchanged(struct harness *h, unsigned head,
                      const struct view *before)
{
    struct view now = look(h, head);

    C_EXPECT_EQ(before->total, now.total);
    C_EXPECT_EQ(before->list, now.list);
    C_EXPECT_EQ(before->generation, now.generation);
    C_EXPECT_EQ(before->extents, now.extents);
    C_EXPECT_EQ(before->tags, now.tags);
    C_EXPECT_EQ(before->host_log, now.host_log);
    C_EXPECT_EQ(before->fm_log, now.fm_log);
}

void expect_after(struct harness *h, unsigned head, const struct view *before,
                  bool moved, uint32_t tracked, const struct range *ranges,
                  uint32_t count)
{
    struct view now = look(h, head);

    expect_list(h, head, ranges, count);
    C_EXPECT_EQ(moved, before->generation != now.generation);
    C_EXPECT_EQ(h->config.extents - tracked, now.extents);
    C_EXPECT_EQ(before->host_log, now.host_log);
}

void offer(struct harness *h, unsigned head, const struct range *ranges,
           uint32_t count)
{
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(h, head, ranges, count));
}

void expect_answerable(struct harness *h, unsigned head,
                       const struct range *ranges, uint32_t count)
{
    fm_drain(h);
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(h, head, ranges, count));
    expect_fm(h, DCD_EVENT_ADD_RESPONSE, head, ranges, count);
}

void expect_no_pending(struct harness *h, unsigned head)
{
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, add_response(h, head, NO_RANGES));
}

void expect_free(struct harness *h, unsigned head, const struct range *ranges,
                 uint32_t count)
{
    drain(h, head);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(h, head, ranges, count));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(h, head, NO_RANGES));
    fm_drain(h);
}

void expect_fm(struct harness *h, enum dcd_dc_event_type type, unsigned head,
               const struct range *ranges, uint32_t count)
{
    C_ASSERT_EQ(count, fm_get_events(h));
    for (uint32_t i = 0; i < count; i++) {
        const struct dcd_dc_event *e = event_at(h, i);

        C_EXPECT_EQ(type, e->type);
        C_EXPECT_EQ(head, dcd_get16(e->host_id));
        C_EXPECT_EQ(ranges[i].dpa, dcd_get64(e->extent.dpa));
        C_EXPECT_EQ(ranges[i].length, dcd_get64(e->extent.length));
        C_EXPECT_EQ(i + 1 < count ? DCD_EVENT_MORE : 0, e->flags);
    }
    fm_drain(h);
}

void expect_fm_silent(struct harness *h)
{
    C_EXPECT_EQ(0, fm_get_events(h));
}

void drain(struct harness *h, unsigned head)
{
    uint32_t count;

    while ((count = get_events(h, head)) != 0)
        C_ASSERT_EQ(DCD_RC_SUCCESS,
                    clear_events(h, head, count < 255 ? count : 255));
}

void fm_drain(struct harness *h)
{
    while (fm_drain_events(h)) {
    }
}

uint16_t command(struct harness *h, unsigned head, uint16_t opcode)
{
    return mailbox(h, head, opcode, NULL, 0);
}

void scattered(struct range *ranges, uint32_t n, uint64_t base, uint64_t block)
{
    memset(ranges, 0, n * sizeof(*ranges));
    for (uint32_t i = 0; i < n; i++) {
        ranges[i].dpa = base + 2 * i * block;
        ranges[i].length = block;
    }
}

uint64_t bar_read(struct harness *h, unsigned head, uint64_t offset,
                  unsigned width, enum dcd_access access)
{
    uint8_t bytes[16];

    memset(bytes, 0xee, sizeof(bytes));
    C_EXPECT_EQ(access,
                dcd_device_mmio_read(h->device, head, offset, bytes, width));
    if (access == DCD_ACCESS_OK)
        return dcd_load_le(bytes, width);
    for (unsigned i = 0; i < sizeof(bytes); i++)
        C_EXPECT_EQ(0xee, bytes[i]);
    return 0;
}

void bar_write(struct harness *h, unsigned head, uint64_t offset,
               unsigned width, uint64_t value, enum dcd_access access)
{
    uint8_t bytes[16];

    memset(bytes, 0xff, sizeof(bytes));
    dcd_store_le(bytes, 8, value);
    C_EXPECT_EQ(access,
                dcd_device_mmio_write(h->device, head, offset, bytes, width));
}

uint16_t list_raw(struct harness *h, uint16_t opcode, uint32_t count,
                  uint8_t flags, uint32_t length)
{
    uint8_t in[2048] = {0};

    dcd_store_le(in, 4, count);
    in[4] = flags;
    for (uint32_t i = 0; i < (sizeof(in) - 8) / 0x18; i++) {
        dcd_store_le(in + 8 + 0x18 * i, 8, MIB(2) * i);
        dcd_store_le(in + 16 + 0x18 * i, 8, MIB(2));
    }
    return mailbox(h, 0, opcode, in, length);
}
