/* SPDX-License-Identifier: Apache-2.0 */
/* media_support.c - what tests of poison, scans and erasing share. */
#include "media_support.h"

#include <string.h>

void media_config(struct harness *h)
{
    static const uint64_t lengths[] = {GIB(2), GIB(1), MIB(256)};
    struct dcd_config *c = &h->config;

    harness_d1_config(h);
    c->heads = 2;
    c->event_log = 64;
    c->static_volatile = MIB(512);
    c->static_persistent = MIB(256);
    c->lsa = LABELS;
    c->sanitize_per_gib = MS;
    c->region_count = 3;
    for (unsigned i = 0; i < 3; i++) {
        c->regions[i].length = lengths[i];
        c->regions[i].block_size = i < 2 ? MIB(2) : 64;
    }
    c->regions[1].attributes = DCD_REGION_ATTR_NONVOLATILE;
    c->head[1].attributes_given[2] = true;
    c->head[1].attributes[2] = DCD_REGION_ATTR_READ_ONLY;
}

void media_build(struct harness *h)
{
    harness_build(h);
    for (unsigned head = 0; head < h->config.heads; head++)
        commit_decoder(h, head, 0, WINDOW, GIB(4), 0);
    h->now = 5000;
}

void media_ready(struct harness *h)
{
    media_config(h);
    media_build(h);
}

void poke(struct harness *h, unsigned head, uint64_t dpa, uint64_t value)
{
    uint8_t bytes[8];

    dcd_store_le(bytes, 8, value);
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_write(h->device, head, WINDOW + dpa, bytes, 8));
}

uint64_t peek(struct harness *h, unsigned head, uint64_t dpa)
{
    uint8_t bytes[8] = {0};

    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_read(h->device, head, WINDOW + dpa, bytes, 8));
    return dcd_load_le(bytes, 8);
}

enum dcd_access touch(struct harness *h, unsigned head, uint64_t dpa)
{
    uint8_t bytes[8];

    return dcd_device_read(h->device, head, WINDOW + dpa, bytes, 8);
}

uint16_t inject(struct harness *h, unsigned head, uint64_t dpa)
{
    struct dcd_inject_poison_req req = {dcd_put64(dpa)};

    return mailbox(h, head, DCD_OP_INJECT_POISON, &req, sizeof(req));
}

uint16_t clear_poison(struct harness *h, unsigned head, uint64_t dpa,
                      uint8_t byte)
{
    struct dcd_clear_poison_req req = {dcd_put64(dpa), {0}};

    memset(req.data, byte, sizeof(req.data));
    return mailbox(h, head, DCD_OP_CLEAR_POISON, &req, sizeof(req));
}

static struct dcd_scan_media_req range(uint64_t dpa, uint64_t length,
                                       uint8_t flags)
{
    struct dcd_scan_media_req req = {
        {dcd_put64(dpa), dcd_put64(length / DCD_LINE)}, flags};

    return req;
}

uint16_t poison_list(struct harness *h, unsigned head, uint64_t dpa,
                     uint64_t length)
{
    struct dcd_scan_media_req req = range(dpa, length, 0);

    return mailbox(h, head, DCD_OP_GET_POISON_LIST, &req, sizeof(req.range));
}

uint16_t scan_caps(struct harness *h, unsigned head, uint64_t dpa,
                   uint64_t length)
{
    struct dcd_scan_media_req req = range(dpa, length, 0);

    return mailbox(h, head, DCD_OP_GET_SCAN_MEDIA_CAPS, &req,
                   sizeof(req.range));
}

uint16_t scan(struct harness *h, unsigned head, uint64_t dpa, uint64_t length,
              uint8_t flags)
{
    struct dcd_scan_media_req req = range(dpa, length, flags);

    return mailbox(h, head, DCD_OP_SCAN_MEDIA, &req, sizeof(req));
}

void expect_lines(struct harness *h, uint8_t flags, const struct lines *lines,
                  uint32_t count)
{
    /* Flags and count are elsewhere in 4305h. */
    const struct dcd_poison_list_rsp *list = (void *)h->out;
    const struct dcd_scan_media_results_rsp *results = (void *)h->out;
    const struct dcd_media_error *e = (void *)(h->out + sizeof(*list));
    bool is_list = reg_read(h, 0, MAILBOX_AT(DCD_MBOX_COMMAND), 2) !=
                   DCD_OP_GET_SCAN_MEDIA_RESULTS;

    C_EXPECT_EQ(flags, is_list ? list->flags : results->flags);
    C_ASSERT_EQ(count, dcd_get16(is_list ? list->count : results->count));
    C_ASSERT_EQ(sizeof(*list) + count * sizeof(*e), h->out_length);
    for (uint32_t i = 0; i < count; i++) {
        C_EXPECT_EQ(lines[i].dpa | DCD_POISON_INJECTED, dcd_get64(e[i].dpa));
        C_EXPECT_EQ(lines[i].count, dcd_get32(e[i].length));
        C_EXPECT_EQ(0, dcd_load_le(e[i].reserved, sizeof(e[i].reserved)));
    }
}

void expect_poison(struct harness *h, unsigned head, const struct lines *lines,
                   uint32_t count)
{
    const struct dcd_poison_list_rsp *list = (void *)h->out;
    const struct dcd_media_error *e = (void *)(h->out + sizeof(*list));

    C_ASSERT_EQ(OK, poison_list(h, head, 0, END));
    C_ASSERT_EQ(count, dcd_get16(list->count));
    for (uint32_t i = 0; i < count; i++) {
        C_EXPECT_EQ(lines[i].dpa | DCD_POISON_INJECTED, dcd_get64(e[i].dpa));
        C_EXPECT_EQ(lines[i].count, dcd_get32(e[i].length));
        C_EXPECT_EQ(0, dcd_load_le(e[i].reserved, sizeof(e[i].reserved)));
    }
}

void finish(struct harness *h)
{
    C_EXPECT(h->scheduled > h->now);
    run_until(h, h->scheduled);
}

uint64_t background_code(struct harness *h, unsigned head)
{
    return reg_read(h, head, MAILBOX_AT(DCD_MBOX_BACKGROUND_STATUS), 8) >>
               DCD_MBOX_RETURN_CODE_SHIFT &
           0xffff;
}

uint32_t records(struct harness *h, unsigned head, uint8_t log)
{
    C_EXPECT_EQ(OK, mailbox(h, head, DCD_OP_GET_EVENT_RECORDS, &log, 1));
    return dcd_get16(((struct dcd_get_event_records_rsp *)h->out)->count);
}

const struct dcd_general_media_event *media_event(const struct harness *h,
                                                  uint32_t i)
{
    return (const void *)event_at(h, i);
}

unsigned media_status(struct harness *h, unsigned head)
{
    uint64_t at =
        DCD_BAR_DEVICE + DCD_DEV_MEMDEV_STATUS(h->config.mailbox_payload);

    return (unsigned)(reg_read(h, head, at, 8) >> DCD_MEMDEV_MEDIA_SHIFT) & 3;
}
