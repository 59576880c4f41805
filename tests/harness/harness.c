/* SPDX-License-Identifier: Apache-2.0 */
/* harness.c - a device with hosts and a fabric manager around it. */
#include "harness.h"

#include "gtest_c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- Surroundings -------------------------------------------------------- */

static uint64_t ops_now(void *context)
{
    return ((struct harness *)context)->now;
}

static void ops_schedule(void *context, uint64_t when)
{
    ((struct harness *)context)->scheduled = when;
}

static void ops_interrupt(void *context, unsigned head, unsigned vector)
{
    ((struct harness *)context)->interrupts[head][vector]++;
}

static void ops_fm_interrupt(void *context)
{
    ((struct harness *)context)->fm_interrupts++;
}

static void ops_revoke(void *context, unsigned head, uint64_t first,
                       uint64_t last)
{
    struct harness *h = context;

    h->revocations++;
    h->revoked_head = head;
    h->revoked_first = first;
    h->revoked_last = last;
    if (h->on_revoke)
        h->on_revoke(h);
}

static void ops_log(void *context, enum dcd_log_level level, const char *text)
{
    if (level == DCD_LOG_LEVEL_ERROR)
        C_ADD_FAILURE("%s", text);
    else
        ((struct harness *)context)->warnings++;
}

void harness_d1_config(struct harness *h)
{
    static const char firmware[16] = "BWFW VERSION 00";

    memset(h, 0, sizeof(*h));
    dcd_config_init(&h->config);
    h->config.revision = DCD_REVISION_3_1;
    h->config.extents = 512;
    h->config.tags = 0;
    h->config.dc_log = 8;
    h->config.event_log = 8;
    h->config.fm_log = 64;
    memcpy(h->config.firmware_revision, firmware, sizeof(firmware));
    h->config.region_count = 2;
    for (unsigned i = 0; i < 2; i++) {
        h->config.regions[i].length = GIB(2);
        h->config.regions[i].block_size = MIB(2);
    }
    h->config.check = true;
}

void harness_build(struct harness *h)
{
    struct dcd_config_error error;
    struct dcd_ops ops = {
        .context = h,
        .now = ops_now,
        .schedule = ops_schedule,
        .interrupt = ops_interrupt,
        .fm_interrupt = ops_fm_interrupt,
        .revoke_dmi = ops_revoke,
        .log = ops_log,
    };

    h->out = calloc(1, DCD_MBOX_MAX_PAYLOAD);
    h->device = dcd_device_create(&h->config, &ops, &error);
    if (!h->out || !h->device) {
        fprintf(stderr, "the test's device cannot be built: %s\n", error.text);
        abort();
    }
}

void harness_d1(struct harness *h)
{
    harness_d1_config(h);
    harness_build(h);
}

void harness_free(struct harness *h)
{
    C_EXPECT_EQ(0, dcd_device_violations(h->device));
    dcd_device_destroy(h->device);
    free(h->out);
    h->device = NULL;
    h->out = NULL;
}

/* --- Host ---------------------------------------------------------------- */

uint64_t reg_read(struct harness *h, unsigned head, uint64_t offset,
                  unsigned width)
{
    uint8_t bytes[8] = {0};

    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_mmio_read(h->device, head, offset, bytes, width));
    return dcd_load_le(bytes, width);
}

void reg_write(struct harness *h, unsigned head, uint64_t offset,
               unsigned width, uint64_t value)
{
    uint8_t bytes[8];

    dcd_store_le(bytes, width, value);
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_mmio_write(h->device, head, offset, bytes, width));
}

uint64_t config_read(struct harness *h, unsigned head, uint64_t offset,
                     unsigned width)
{
    uint8_t bytes[8] = {0};

    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_config_read(h->device, head, offset, bytes, width));
    return dcd_load_le(bytes, width);
}

void config_write(struct harness *h, unsigned head, uint64_t offset,
                  unsigned width, uint64_t value)
{
    uint8_t bytes[8];

    dcd_store_le(bytes, width, value);
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_config_write(h->device, head, offset, bytes, width));
}

/* What is due up to [until] happens. */
void run_until(struct harness *h, uint64_t until)
{
    while (h->scheduled > h->now && h->scheduled <= until) {
        h->now = h->scheduled;
        dcd_device_wake(h->device);
    }
    h->now = until;
    dcd_device_wake(h->device);
}

#define MAILBOX (DCD_BAR_DEVICE + DCD_DEV_MAILBOX)

uint16_t mailbox(struct harness *h, unsigned head, uint16_t opcode,
                 const void *in, uint32_t in_length)
{
    uint32_t fits = in_length < h->config.mailbox_payload
                        ? in_length
                        : h->config.mailbox_payload;
    uint64_t command;

    C_EXPECT_EQ(0, reg_read(h, head, MAILBOX + DCD_MBOX_CONTROL, 4) &
                       DCD_MBOX_DOORBELL);
    reg_write(h, head, MAILBOX + DCD_MBOX_COMMAND, 8,
              opcode | (uint64_t)in_length << DCD_MBOX_LENGTH_SHIFT);
    if (fits)
        dcd_device_mmio_write(h->device, head, MAILBOX + DCD_MBOX_PAYLOAD, in,
                              fits);
    reg_write(h, head, MAILBOX + DCD_MBOX_CONTROL, 4, DCD_MBOX_DOORBELL);
    if (h->config.mailbox_latency)
        h->now = h->scheduled;
    C_EXPECT_EQ(0, reg_read(h, head, MAILBOX + DCD_MBOX_CONTROL, 4) &
                       DCD_MBOX_DOORBELL);
    command = reg_read(h, head, MAILBOX + DCD_MBOX_COMMAND, 8);
    C_EXPECT_EQ(opcode, command & 0xffff);
    h->out_length =
        (uint32_t)(command >> DCD_MBOX_LENGTH_SHIFT) & DCD_MBOX_LENGTH_MASK;
    if (h->out_length)
        dcd_device_mmio_read(h->device, head, MAILBOX + DCD_MBOX_PAYLOAD,
                             h->out, h->out_length);
    return (uint16_t)(reg_read(h, head, MAILBOX + DCD_MBOX_STATUS, 8) >>
                      DCD_MBOX_RETURN_CODE_SHIFT);
}

static uint16_t send_list(struct harness *h, unsigned head, uint16_t opcode,
                          const struct range *ranges, uint32_t count,
                          uint8_t flags)
{
    size_t size = sizeof(struct dcd_updated_extent_list) +
                  count * sizeof(struct dcd_updated_extent);
    uint8_t *in = calloc(1, size);
    struct dcd_updated_extent_list *list = (void *)in;
    struct dcd_updated_extent *entries = (void *)(in + sizeof(*list));
    uint16_t rc;

    list->count = dcd_put32(count);
    list->flags = flags;
    for (uint32_t i = 0; i < count; i++) {
        entries[i].dpa = dcd_put64(ranges[i].dpa);
        entries[i].length = dcd_put64(ranges[i].length);
    }
    rc = mailbox(h, head, opcode, in, (uint32_t)size);
    free(in);
    return rc;
}

uint16_t add_response(struct harness *h, unsigned head,
                      const struct range *ranges, uint32_t count)
{
    return send_list(h, head, DCD_OP_ADD_DC_RESPONSE, ranges, count, 0);
}

uint16_t add_response_more(struct harness *h, unsigned head,
                           const struct range *ranges, uint32_t count)
{
    return send_list(h, head, DCD_OP_ADD_DC_RESPONSE, ranges, count,
                     DCD_EXTENT_LIST_MORE);
}

uint16_t release(struct harness *h, unsigned head, const struct range *ranges,
                 uint32_t count)
{
    return send_list(h, head, DCD_OP_RELEASE_DC, ranges, count, 0);
}

uint16_t release_more(struct harness *h, unsigned head,
                      const struct range *ranges, uint32_t count)
{
    return send_list(h, head, DCD_OP_RELEASE_DC, ranges, count,
                     DCD_EXTENT_LIST_MORE);
}

void enable_interrupts(struct harness *h, unsigned head)
{
    static const uint8_t msix_enable[2] = {0x07, 0x80};
    static const uint8_t all[DCD_LOG_COUNT] = {1, 1, 1, 1, 1};

    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_config_write(h->device, head, 0x82, msix_enable, 2));
    for (unsigned v = 0; v < DCD_MSIX_VECTORS; v++)
        reg_write(h, head,
                  DCD_BAR_MSIX_TABLE + v * DCD_MSIX_ENTRY_SIZE +
                      DCD_MSIX_VECTOR_CONTROL,
                  4, 0);
    C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(h, head, DCD_OP_SET_INTERRUPT_POLICY,
                                        all, sizeof(all)));
}

uint64_t find_dvsec(struct harness *h, unsigned head, uint64_t id)
{
    uint64_t at = DCD_PCI_EXTENDED;

    while (at && (config_read(h, head, at, 2) != DCD_PCI_DVSEC ||
                  config_read(h, head, at + DCD_DVSEC_ID, 2) != id))
        at = config_read(h, head, at, 4) >> 20;
    if (!at)
        C_ADD_FAILURE("there is no DVSEC %u", (unsigned)id);
    return at;
}

void enable_mem(struct harness *h, unsigned head)
{
    uint64_t at = find_dvsec(h, head, DCD_DVSEC_CXL_DEVICE) + DCD_CXL_CONTROL;
    uint64_t control = config_read(h, head, at, 2);

    if (!(control & DCD_CXL_MEM_ENABLE))
        config_write(h, head, at, 2, control | DCD_CXL_MEM_ENABLE);
}

void commit_decoder(struct harness *h, unsigned head, unsigned n, uint64_t base,
                    uint64_t size, uint64_t skip)
{
    uint64_t decoder = DCD_BAR_HDM + DCD_HDM_DECODER(n);

    reg_write(h, head, decoder + DCD_HDM_BASE_LOW, 4, (uint32_t)base);
    reg_write(h, head, decoder + DCD_HDM_BASE_HIGH, 4, base >> 32);
    reg_write(h, head, decoder + DCD_HDM_SIZE_LOW, 4, (uint32_t)size);
    reg_write(h, head, decoder + DCD_HDM_SIZE_HIGH, 4, size >> 32);
    reg_write(h, head, decoder + DCD_HDM_SKIP_LOW, 4, (uint32_t)skip);
    reg_write(h, head, decoder + DCD_HDM_SKIP_HIGH, 4, skip >> 32);
    reg_write(h, head, decoder + DCD_HDM_CONTROL, 4,
              DCD_HDM_COMMIT | DCD_HDM_TYPE_HOST_ONLY);
    C_EXPECT(reg_read(h, head, decoder + DCD_HDM_CONTROL, 4) &
             DCD_HDM_COMMITTED);
    enable_mem(h, head);
    reg_write(h, head, DCD_BAR_HDM + DCD_HDM_GLOBAL_CONTROL, 4,
              DCD_HDM_GLOBAL_ENABLE);
}

static void expect_tag(const struct range *range,
                       const struct dcd_extent_wire *wire)
{
    struct dcd_uuid tag = {{0}};

    if (!range->tag)
        return;
    C_EXPECT(dcd_uuid_parse(range->tag, &tag));
    C_EXPECT_MEMEQ(tag.b, wire->tag.b, sizeof(tag.b));
    C_EXPECT_EQ(range->sequence, dcd_get16(wire->sequence));
}

void expect_list(struct harness *h, unsigned head, const struct range *ranges,
                 uint32_t count)
{
    uint32_t seen = 0;
    uint32_t total;

    do {
        struct dcd_get_extent_list_req req = {dcd_put32(UINT32_MAX),
                                              dcd_put32(seen)};
        const struct dcd_get_extent_list_rsp *rsp = (void *)h->out;
        const struct dcd_extent_wire *e = (void *)(h->out + sizeof(*rsp));
        uint32_t returned;

        C_ASSERT_EQ(DCD_RC_SUCCESS, mailbox(h, head, DCD_OP_GET_DC_EXTENT_LIST,
                                            &req, sizeof(req)));
        returned = dcd_get32(rsp->returned);
        total = dcd_get32(rsp->total);
        C_ASSERT_EQ(count, total);
        C_ASSERT_EQ(sizeof(*rsp) + returned * sizeof(*e), h->out_length);
        for (uint32_t i = 0; i < returned; i++, seen++) {
            C_ASSERT(seen < count);
            C_EXPECT_EQ(ranges[seen].dpa, dcd_get64(e[i].dpa));
            C_EXPECT_EQ(ranges[seen].length, dcd_get64(e[i].length));
            expect_tag(&ranges[seen], &e[i]);
        }
        C_ASSERT(returned || seen == total);
    } while (seen < total);
}

uint32_t generation(struct harness *h, unsigned head)
{
    struct dcd_get_extent_list_req req = {dcd_put32(0), dcd_put32(0)};

    C_EXPECT_EQ(DCD_RC_SUCCESS,
                mailbox(h, head, DCD_OP_GET_DC_EXTENT_LIST, &req, sizeof(req)));
    return dcd_get32(((struct dcd_get_extent_list_rsp *)h->out)->generation);
}

static struct dcd_dc_config_trailer trailer(struct harness *h, unsigned head)
{
    struct dcd_get_dc_config_req req = {0, 0};
    struct dcd_dc_config_trailer t;

    C_EXPECT_EQ(DCD_RC_SUCCESS,
                mailbox(h, head, DCD_OP_GET_DC_CONFIG, &req, sizeof(req)));
    memcpy(&t, h->out + sizeof(struct dcd_get_dc_config_rsp), sizeof(t));
    return t;
}

uint32_t available_extents(struct harness *h, unsigned head)
{
    return dcd_get32(trailer(h, head).available_extents);
}

uint32_t available_tags(struct harness *h, unsigned head)
{
    return dcd_get32(trailer(h, head).available_tags);
}

const struct dcd_dc_event *event_at(const struct harness *h, uint32_t i)
{
    return (const void *)(h->out + sizeof(struct dcd_get_event_records_rsp) +
                          i * sizeof(struct dcd_dc_event));
}

static uint32_t event_count(const struct harness *h)
{
    return dcd_get16(((struct dcd_get_event_records_rsp *)h->out)->count);
}

uint32_t get_events(struct harness *h, unsigned head)
{
    uint8_t log = DCD_LOG_DYNAMIC_CAPACITY;

    C_EXPECT_EQ(DCD_RC_SUCCESS,
                mailbox(h, head, DCD_OP_GET_EVENT_RECORDS, &log, 1));
    return event_count(h);
}

/* 0101h for the first [count] records that h->out holds. */
static uint32_t clear_request(const struct harness *h, uint32_t count,
                              uint8_t *in)
{
    struct dcd_clear_event_records_req req = {
        DCD_LOG_DYNAMIC_CAPACITY, 0, (uint8_t)count, {0}};

    memcpy(in, &req, sizeof(req));
    for (uint32_t i = 0; i < count; i++)
        memcpy(in + sizeof(req) + 2 * i, &event_at(h, i)->header.handle, 2);
    return (uint32_t)sizeof(req) + 2 * count;
}

uint16_t clear_events(struct harness *h, unsigned head, uint32_t count)
{
    uint8_t in[600];
    uint32_t length;

    get_events(h, head);
    length = clear_request(h, count, in);
    return mailbox(h, head, DCD_OP_CLEAR_EVENT_RECORDS, in, length);
}

/* --- Fabric manager ------------------------------------------------------ */

uint16_t fm(struct harness *h, uint16_t opcode, const void *in,
            uint32_t in_length)
{
    struct dcd_cci_header header =
        dcd_cci_request(++h->fm_tag, opcode, in_length);
    uint8_t *message = malloc(sizeof(header) + in_length);
    size_t size;
    uint8_t *response;

    memcpy(message, &header, sizeof(header));
    if (in_length)
        memcpy(message + sizeof(header), in, in_length);
    C_EXPECT(
        dcd_device_fm_request(h->device, message, sizeof(header) + in_length));
    size = dcd_device_fm_response_size(h->device);
    C_EXPECT(size >= sizeof(header));
    response = calloc(1, size + sizeof(header));
    h->now += dcd_device_fm_response(h->device, response, size);
    memcpy(&header, response, sizeof(header));
    C_EXPECT_EQ(DCD_CCI_RESPONSE, header.category);
    C_EXPECT_EQ(h->fm_tag, header.tag);
    C_EXPECT_EQ(opcode, dcd_get16(header.opcode));
    h->out_length = dcd_cci_length(&header);
    C_EXPECT_EQ(size, sizeof(header) + h->out_length);
    memcpy(h->out, response + sizeof(header), h->out_length);
    free(response);
    free(message);
    return dcd_get16(header.return_code);
}

/* What lies inside the answer to a 5300h, whose request was [asked]. */
static uint16_t open_tunnel(struct harness *h,
                            const struct dcd_cci_header *asked)
{
    const uint32_t before = sizeof(struct dcd_tunnel_rsp) + sizeof(*asked);
    struct dcd_tunnel_rsp rsp;
    struct dcd_cci_header inner;

    if (h->out_length < before) {
        C_ADD_FAILURE("there is no response in %u bytes", h->out_length);
        return UINT16_MAX;
    }
    memcpy(&rsp, h->out, sizeof(rsp));
    memcpy(&inner, h->out + sizeof(rsp), sizeof(inner));
    C_EXPECT_EQ(h->out_length - sizeof(rsp), dcd_get16(rsp.length));
    C_EXPECT_EQ(0, rsp.reserved[0] | rsp.reserved[1]);
    C_EXPECT_EQ(h->out_length - before, dcd_cci_length(&inner));
    C_EXPECT_EQ(DCD_CCI_RESPONSE, inner.category);
    C_EXPECT_EQ(asked->tag, inner.tag);
    C_EXPECT_EQ(dcd_get16(asked->opcode), dcd_get16(inner.opcode));
    h->out_length -= before;
    memmove(h->out, h->out + before, h->out_length);
    return dcd_get16(inner.return_code);
}

uint16_t tunnel(struct harness *h, uint8_t target, uint8_t id, uint16_t opcode,
                const void *in, uint32_t in_length)
{
    struct dcd_cci_header header =
        dcd_cci_request((uint8_t)(h->fm_tag + 0x40), opcode, in_length);
    struct dcd_tunnel_req req = {
        id, target, dcd_put16((uint16_t)(sizeof(header) + in_length))};
    uint32_t size = (uint32_t)(sizeof(req) + sizeof(header)) + in_length;
    uint8_t *message = malloc(size);
    uint16_t rc;

    memcpy(message, &req, sizeof(req));
    memcpy(message + sizeof(req), &header, sizeof(header));
    if (in_length)
        memcpy(message + sizeof(req) + sizeof(header), in, in_length);
    rc = fm(h, DCD_OP_TUNNEL, message, size);
    free(message);
    C_EXPECT_EQ(DCD_RC_SUCCESS, rc);
    return rc == DCD_RC_SUCCESS ? open_tunnel(h, &header) : UINT16_MAX;
}

/* Both requests have the same shape; [policy] is the byte at 02h. */
static uint16_t fm_prescriptive(struct harness *h, uint16_t opcode,
                                unsigned head, uint8_t policy,
                                const struct range *ranges, uint32_t count)
{
    struct dcd_initiate_dc_add_req req;
    size_t size = sizeof(req) + count * sizeof(struct dcd_extent_wire);
    uint8_t *in = calloc(1, size);
    struct dcd_extent_wire *e = (void *)(in + sizeof(req));
    uint16_t rc;

    memset(&req, 0, sizeof(req));
    req.host_id = dcd_put16((uint16_t)head);
    req.policy = policy;
    req.count = dcd_put32(count);
    memcpy(in, &req, sizeof(req));
    for (uint32_t i = 0; i < count; i++) {
        e[i].dpa = dcd_put64(ranges[i].dpa);
        e[i].length = dcd_put64(ranges[i].length);
        e[i].sequence = dcd_put16(ranges[i].sequence);
        if (ranges[i].tag)
            C_EXPECT(dcd_uuid_parse(ranges[i].tag, &e[i].tag));
    }
    rc = fm(h, opcode, in, (uint32_t)size);
    free(in);
    return rc;
}

uint16_t fm_add(struct harness *h, unsigned head, const struct range *ranges,
                uint32_t count)
{
    return fm_prescriptive(h, DCD_OP_INITIATE_DC_ADD, head,
                           DCD_ADD_PRESCRIPTIVE, ranges, count);
}

uint16_t fm_release(struct harness *h, unsigned head, uint8_t flags,
                    const struct range *ranges, uint32_t count)
{
    return fm_prescriptive(h, DCD_OP_INITIATE_DC_RELEASE, head,
                           (uint8_t)(DCD_RELEASE_PRESCRIPTIVE | flags), ranges,
                           count);
}

uint32_t fm_get_events(struct harness *h)
{
    uint8_t log = DCD_LOG_DYNAMIC_CAPACITY;

    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(h, DCD_OP_GET_EVENT_RECORDS, &log, 1));
    return event_count(h);
}

uint32_t fm_drain_events(struct harness *h)
{
    uint32_t count = fm_get_events(h);
    uint8_t in[600];
    uint32_t some = count < 255 ? count : 255;

    if (some)
        C_EXPECT_EQ(DCD_RC_SUCCESS, fm(h, DCD_OP_CLEAR_EVENT_RECORDS, in,
                                       clear_request(h, some, in)));
    return count;
}

void hold(struct harness *h, unsigned head, const struct range *ranges,
          uint32_t count)
{
    uint32_t records;

    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(h, head, ranges, count));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(h, head, ranges, count));
    while ((records = get_events(h, head)) != 0)
        C_EXPECT_EQ(DCD_RC_SUCCESS,
                    clear_events(h, head, records < 255 ? records : 255));
    fm_drain_events(h);
}
