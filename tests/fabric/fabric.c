/* SPDX-License-Identifier: Apache-2.0 */
/* fabric.c - what the tests of the fabric manager's side have in common. */
#include "fabric.h"

#include <stdlib.h>
#include <string.h>

void fabric_config(struct harness *h)
{
    harness_d1_config(h);
    h->config.revision = DCD_REVISION_4_0;
    h->config.heads = 2;
    h->config.extents = 16;
    h->config.tags = 4;
    h->config.region_count = 4;
    for (unsigned i = 0; i < 4; i++) {
        h->config.regions[i].length = GIB(1);
        h->config.regions[i].block_size = MIB(2);
    }
    h->config.regions[1].block_size = MIB(128);
    h->config.regions[1].sanitize = DCD_SANITIZE_CONFIGURABLE;
    h->config.regions[2].attributes = DCD_REGION_ATTR_SHARABLE;
    h->config.regions[3].length = MIB(512);
    h->config.regions[3].decode = GIB(1);
    h->config.regions[3].sanitize = DCD_SANITIZE_YES;
}

void fabric_build(struct harness *h)
{
    fabric_config(h);
    harness_build(h);
}

void shared_config(struct harness *h, unsigned heads)
{
    fabric_config(h);
    h->config.heads = heads;
    h->config.tags = 16;
    for (unsigned i = 0; i < 4; i++)
        h->config.regions[i].attributes = DCD_REGION_ATTR_SHARABLE;
}

void shared_build(struct harness *h, unsigned heads)
{
    shared_config(h, heads);
    harness_build(h);
}

void fabric_build_lds(struct harness *h, unsigned heads,
                      enum dcd_topology topology)
{
    fabric_config(h);
    h->config.heads = heads;
    h->config.topology = topology;
    h->config.static_volatile = GIB(1);
    h->config.sanitize_per_gib = 1000000;
    harness_build(h);
}

uint16_t at_ld(struct harness *h, unsigned ld, uint16_t opcode)
{
    return tunnel(h, DCD_TUNNEL_PORT_OR_LD, (uint8_t)ld, opcode, NULL, 0);
}

uint16_t initiate(struct harness *h, uint16_t opcode, uint16_t host,
                  uint8_t policy, const struct range *ranges, uint32_t count)
{
    size_t size = sizeof(struct dcd_initiate_dc_add_req) +
                  count * sizeof(struct dcd_extent_wire);
    uint8_t *in = calloc(1, size);
    struct dcd_initiate_dc_add_req *req = (void *)in;
    struct dcd_extent_wire *e = (void *)(in + sizeof(*req));
    uint16_t rc;

    req->host_id = dcd_put16(host);
    req->policy = policy;
    req->count = dcd_put32(count);
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

static struct dcd_uuid parse_tag(const char *text)
{
    struct dcd_uuid tag = {{0}};

    if (text)
        C_EXPECT(dcd_uuid_parse(text, &tag));
    return tag;
}

uint16_t add_by_policy(struct harness *h, uint16_t host, uint8_t policy,
                       uint8_t region, uint64_t length, const char *tag)
{
    const struct dcd_initiate_dc_add_req req = {
        .host_id = dcd_put16(host),
        .policy = policy,
        .region = region,
        .length = dcd_put64(length),
        .tag = parse_tag(tag),
    };

    return fm(h, DCD_OP_INITIATE_DC_ADD, &req, DCD_INITIATE_SHORT);
}

uint16_t share(struct harness *h, uint16_t host, uint8_t region,
               const char *tag)
{
    return add_by_policy(h, host, DCD_ADD_ENABLE_SHARED_ACCESS, region, 0, tag);
}

uint16_t release_by_tag(struct harness *h, uint16_t host, uint8_t flags,
                        uint64_t length, const char *tag)
{
    const struct dcd_initiate_dc_release_req req = {
        .host_id = dcd_put16(host),
        .flags = DCD_RELEASE_TAG_BASED | flags,
        .length = dcd_put64(length),
        .tag = parse_tag(tag),
    };

    return fm(h, DCD_OP_INITIATE_DC_RELEASE, &req, DCD_INITIATE_SHORT);
}

uint16_t refer(struct harness *h, const char *tag)
{
    const struct dcd_tag_reference_req req = {parse_tag(tag)};

    return fm(h, DCD_OP_ADD_REFERENCE, &req, sizeof(req));
}

uint16_t unrefer(struct harness *h, const char *tag)
{
    const struct dcd_tag_reference_req req = {parse_tag(tag)};

    return fm(h, DCD_OP_REMOVE_REFERENCE, &req, sizeof(req));
}

void hold_share(struct harness *h, unsigned host, uint8_t region,
                const struct range *ranges, uint32_t count)
{
    uint32_t records;

    C_EXPECT_EQ(DCD_RC_SUCCESS,
                share(h, (uint16_t)host, region, ranges[0].tag));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(h, host, ranges, count));
    while ((records = get_events(h, host)) != 0)
        C_EXPECT_EQ(DCD_RC_SUCCESS, clear_events(h, host, records));
    fm_drain_events(h);
}

/* --- What the FM sees ---------------------------------------------------- */

static struct dcd_dc_config_trailer trailer(struct harness *h, unsigned head)
{
    struct dcd_get_host_dc_config_req req = {dcd_put16((uint16_t)head), 0, 0};
    struct dcd_dc_config_trailer t;

    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm(h, DCD_OP_GET_HOST_DC_CONFIG, &req, sizeof(req)));
    memcpy(&t, h->out + sizeof(struct dcd_get_host_dc_config_rsp), sizeof(t));
    return t;
}

uint32_t fm_available_extents(struct harness *h, unsigned head)
{
    return dcd_get32(trailer(h, head).available_extents);
}

uint32_t fm_available_tags(struct harness *h, unsigned head)
{
    return dcd_get32(trailer(h, head).available_tags);
}

static void expect_extent(const struct range *range,
                          const struct dcd_extent_wire *wire)
{
    static const uint8_t zeros[6] = {0};
    const struct dcd_uuid tag = parse_tag(range->tag);

    C_EXPECT_EQ(range->dpa, dcd_get64(wire->dpa));
    C_EXPECT_EQ(range->length, dcd_get64(wire->length));
    C_EXPECT_MEMEQ(tag.b, wire->tag.b, sizeof(tag.b));
    C_EXPECT_EQ(range->sequence, dcd_get16(wire->sequence));
    C_EXPECT_MEMEQ(zeros, wire->reserved, sizeof(zeros));
}

/* One page of 5603h; the number of extents on it. */
static uint32_t expect_page(struct harness *h, unsigned head, uint32_t start,
                            const struct range *ranges, uint32_t count)
{
    struct dcd_get_region_extent_lists_req req = {dcd_put16((uint16_t)head),
                                                  {0},
                                                  dcd_put32(UINT32_MAX),
                                                  dcd_put32(start)};
    const struct dcd_get_region_extent_lists_rsp *rsp = (void *)h->out;
    const struct dcd_extent_wire *e = (void *)(h->out + sizeof(*rsp));
    uint32_t returned;

    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm(h, DCD_OP_GET_DC_REGION_EXTENT_LISTS, &req, sizeof(req)));
    returned = dcd_get32(rsp->returned);
    C_EXPECT_EQ(head, dcd_get16(rsp->host_id));
    C_EXPECT_EQ(start, dcd_get32(rsp->start));
    C_EXPECT_EQ(count, dcd_get32(rsp->total));
    C_EXPECT_EQ(sizeof(*rsp) + returned * sizeof(*e), h->out_length);
    for (uint32_t i = 0; i < returned && start + i < count; i++)
        expect_extent(&ranges[start + i], &e[i]);
    return returned;
}

void expect_held(struct harness *h, unsigned head, const struct range *ranges,
                 uint32_t count)
{
    uint32_t seen = 0;
    uint32_t returned;

    do {
        returned = expect_page(h, head, seen, ranges, count);
        seen += returned;
    } while (returned && seen < count);
    C_EXPECT_EQ(count, seen);
    expect_list(h, head, ranges, count);
}

/* 5608h of all tags, in one page; how many there are. */
static uint32_t list_tags(struct harness *h)
{
    const struct dcd_list_tags_req req = {dcd_put32(0), dcd_put32(UINT32_MAX)};
    const struct dcd_list_tags_rsp *rsp = (void *)h->out;

    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(h, DCD_OP_LIST_TAGS, &req, sizeof(req)));
    C_EXPECT_EQ(dcd_get32(rsp->total), dcd_get32(rsp->returned));
    return dcd_get32(rsp->returned);
}

static bool is_line(const struct tag_line *line,
                    const struct dcd_tag_info *info)
{
    const struct dcd_uuid tag = parse_tag(line->tag);
    struct dcd_tag_info wanted;

    memset(&wanted, 0, sizeof(wanted));
    wanted.tag = tag;
    wanted.flags = line->referenced ? DCD_TAG_FM_REFERENCE : 0;
    dcd_store_le(wanted.references, 2, line->held);
    dcd_store_le(wanted.pending, 2, line->pending);
    return memcmp(&wanted, info, sizeof(wanted)) == 0;
}

void expect_tags(struct harness *h, const struct tag_line *lines,
                 uint32_t count)
{
    const struct dcd_tag_info *info =
        (void *)(h->out + sizeof(struct dcd_list_tags_rsp));
    uint32_t listed = list_tags(h);

    C_EXPECT_EQ(count, listed);
    for (uint32_t i = 0; i < count; i++) {
        bool found = false;

        for (uint32_t k = 0; k < listed; k++)
            found = found || is_line(&lines[i], &info[k]);
        if (!found)
            C_ADD_FAILURE("%s is not listed, or not like that", lines[i].tag);
    }
}

uint32_t tag_generation(struct harness *h)
{
    list_tags(h);
    return (uint32_t)dcd_load_le(h->out, 4);
}

void expect_chain(struct harness *h, uint32_t at, uint8_t type, unsigned host,
                  const struct range *ranges, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct dcd_dc_event *e = event_at(h, at + i);

        C_EXPECT_EQ(type, e->type);
        C_EXPECT_EQ(type == DCD_EVENT_ADD_RESPONSE ||
                            type == DCD_EVENT_CAPACITY_RELEASED
                        ? host
                        : 0,
                    dcd_get16(e->host_id));
        C_EXPECT_EQ(i + 1 < count ? DCD_EVENT_MORE : 0, e->flags);
        expect_extent(&ranges[i], &e->extent);
    }
}

void expect_fm_chain(struct harness *h, uint8_t type, unsigned host,
                     const struct range *ranges, uint32_t count)
{
    C_ASSERT_EQ(count, fm_get_events(h));
    expect_chain(h, 0, type, host, ranges, count);
    fm_drain_events(h);
}

void expect_host_chain(struct harness *h, unsigned host, uint8_t type,
                       const struct range *ranges, uint32_t count)
{
    C_ASSERT_EQ(count, get_events(h, host));
    expect_chain(h, 0, type, host, ranges, count);
    C_EXPECT_EQ(DCD_RC_SUCCESS, clear_events(h, host, count));
}

void expect_no_events(struct harness *h, unsigned host)
{
    C_EXPECT_EQ(0, get_events(h, host));
}

void expect_no_fm_events(struct harness *h)
{
    C_EXPECT_EQ(0, fm_get_events(h));
}

static uint64_t mix(const struct harness *h, uint64_t digest)
{
    for (uint32_t i = 0; i < h->out_length; i++)
        digest = (digest ^ h->out[i]) * UINT64_C(1099511628211);
    return digest;
}

uint64_t visible_state(struct harness *h)
{
    static const struct dcd_get_dc_config_req regions = {8, 0};
    struct dcd_get_extent_list_req list = {dcd_put32(UINT32_MAX), dcd_put32(0)};
    uint64_t digest = UINT64_C(14695981039346656037);

    for (unsigned head = 0; head < h->config.heads; head++) {
        get_events(h, head);
        digest = mix(h, digest);
        C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(h, head, DCD_OP_GET_DC_CONFIG,
                                            &regions, sizeof(regions)));
        digest = mix(h, digest);
        C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(h, head, DCD_OP_GET_DC_EXTENT_LIST,
                                            &list, sizeof(list)));
        digest = mix(h, digest);
    }
    list_tags(h);
    digest = mix(h, digest);
    fm_get_events(h);
    return mix(h, digest);
}

/* --- Memory -------------------------------------------------------------- */

void open_window(struct harness *h, unsigned head)
{
    struct dcd_layout layout;

    dcd_config_layout(&h->config, &layout);
    commit_decoder(h, head, 0, WINDOW, layout.dpa_end, 0);
    h->revocations = 0; /* those of the decoder */
}

void poke(struct harness *h, unsigned head, uint64_t dpa, uint64_t value)
{
    C_EXPECT_EQ(DCD_ACCESS_OK, dcd_device_write(h->device, head, WINDOW + dpa,
                                                &value, sizeof(value)));
}

uint64_t peek(struct harness *h, unsigned head, uint64_t dpa)
{
    uint64_t value = 0;

    C_EXPECT_EQ(DCD_ACCESS_OK, dcd_device_read(h->device, head, WINDOW + dpa,
                                               &value, sizeof(value)));
    return value;
}

enum dcd_access touch(struct harness *h, unsigned head, uint64_t dpa)
{
    uint64_t value;

    return dcd_device_read(h->device, head, WINDOW + dpa, &value,
                           sizeof(value));
}
