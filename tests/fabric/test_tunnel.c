/* SPDX-License-Identifier: Apache-2.0 */
/* test_tunnel.c - commands for a logical device or the pool of them, inside
 * others (5300h). */
#include "fabric.h"

#include <stdlib.h>
#include <string.h>

#define HEADER ((uint32_t)sizeof(struct dcd_cci_header))
#define REQUEST ((uint32_t)sizeof(struct dcd_tunnel_req))
#define RESPONSE ((uint32_t)sizeof(struct dcd_tunnel_rsp))

/* --- The vector ----------------------------------------------------------- */

static const uint8_t vector[] = {
    0x00, 0x15, 0,    0x00, 0x53, 0x10, 0, 0, 0, 0, 0, 0, /* header */
    0x03, 0x00, 0x0c, 0x00,                               /* logical device 3 */
    0x00, 0x00, 0,    0x00, 0x56, 0,    0, 0, 0, 0, 0, 0};

/* 5600h is none of a logical device's. */
C_TEST(fm_tunnel, fm_14_vector_5300)
{
    const uint8_t good[] = {
        0x01, 0x15, 0,    0x00, 0x53, 0x10, 0, 0, 0,    0, 0, 0, /* header */
        0x0c, 0x00, 0x00, 0x00,                                  /* 12 bytes */
        0x01, 0x00, 0,    0x00, 0x56, 0,    0, 0, 0x15, 0, 0, 0};
    uint8_t response[sizeof(good)];
    struct harness h;

    for (unsigned lds = 4; lds <= 16; lds += 12) {
        fabric_build_lds(&h, lds, DCD_MULTI_LOGICAL);
        C_EXPECT(dcd_device_fm_request(h.device, vector, sizeof(vector)));
        C_EXPECT_EQ(sizeof(good), dcd_device_fm_response_size(h.device));
        dcd_device_fm_response(h.device, response, sizeof(response));
        C_EXPECT_MEMEQ(good, response, sizeof(good));
        harness_free(&h);
    }
}

C_TEST(fm_tunnel, fm_14_vector_5300_without_a_logical_device_3)
{
    const uint8_t bad[] = {0x01, 0x15, 0, 0x00, 0x53, 0, 0, 0, 2, 0, 0, 0};
    uint8_t response[sizeof(bad)];
    struct harness h;

    fabric_build_lds(&h, 3, DCD_MULTI_LOGICAL);
    C_EXPECT(dcd_device_fm_request(h.device, vector, sizeof(vector)));
    C_EXPECT_EQ(sizeof(bad), dcd_device_fm_response_size(h.device));
    dcd_device_fm_response(h.device, response, sizeof(response));
    C_EXPECT_MEMEQ(bad, response, sizeof(bad));
    harness_free(&h);
}

/* --- The outer request ---------------------------------------------------- */

/* 5300h around 0001h, of [total] bytes whose size field says [size]. */
static uint16_t send_sizes(struct harness *h, uint32_t total, uint16_t size)
{
    struct dcd_cci_header inner = dcd_cci_request(9, DCD_OP_IDENTIFY, 0);
    uint8_t request[64] = {0};

    dcd_store_le(request + 2, 2, size);
    memcpy(request + REQUEST, &inner, HEADER);
    return fm(h, DCD_OP_TUNNEL, request, total);
}

C_TEST(fm_tunnel, fm_10_5300_has_a_whole_request_inside)
{
    struct harness h;

    fabric_build_lds(&h, 2, DCD_MULTI_LOGICAL);
    for (uint32_t total = 0; total < 24; total++)
        for (uint16_t size = 0; size < 32; size++) {
            bool good = total >= 16 && size == total - 4;

            C_CONTEXT("%u bytes, size %u", total, size);
            C_EXPECT_EQ(good ? DCD_RC_SUCCESS : DCD_RC_INVALID_PAYLOAD_LENGTH,
                        send_sizes(&h, total, size));
            C_EXPECT_EQ(good, h.out_length > 0);
        }
    C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH, send_sizes(&h, 16, 0xffff));
    C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH, send_sizes(&h, 16, 0x100c));
    harness_free(&h);
}

/* Sixteen bits of size: a longer request cannot be said, and does not wrap. */
C_TEST(fm_tunnel, fm_10_5300_does_not_wrap_its_size)
{
    const uint32_t total = 4 + 0x10000 + 12;
    uint8_t *request = calloc(1, total);
    struct dcd_cci_header inner = dcd_cci_request(9, DCD_OP_IDENTIFY, 0);
    struct harness h;

    fabric_build_lds(&h, 2, DCD_MULTI_LOGICAL);
    dcd_store_le(request + 2, 2, 12);
    memcpy(request + REQUEST, &inner, HEADER);
    C_EXPECT_EQ(DCD_RC_INVALID_PAYLOAD_LENGTH,
                fm(&h, DCD_OP_TUNNEL, request, total));
    free(request);
    harness_free(&h);
}

/* 5300h around 0001h for [id] and the byte [target]; [category] inside. */
static uint16_t send_target(struct harness *h, uint8_t id, uint8_t target,
                            uint8_t category)
{
    struct dcd_cci_header inner = dcd_cci_request(9, DCD_OP_IDENTIFY, 0);
    struct dcd_tunnel_req req = {id, target, dcd_put16((uint16_t)HEADER)};
    uint8_t request[16];

    inner.category = category;
    memcpy(request, &req, REQUEST);
    memcpy(request + REQUEST, &inner, HEADER);
    return fm(h, DCD_OP_TUNNEL, request, sizeof(request));
}

C_TEST(fm_tunnel, fm_10_5300_takes_requests_only)
{
    struct harness h;

    fabric_build_lds(&h, 2, DCD_MULTI_LOGICAL);
    for (unsigned category = 0; category < 256; category++) {
        C_CONTEXT("category %02xh", category);
        C_EXPECT_EQ(category & 15 ? DCD_RC_INVALID_INPUT : DCD_RC_SUCCESS,
                    send_target(&h, 1, 0, (uint8_t)category));
        C_EXPECT_EQ(category & 15 ? 0 : 16 + 0x12, h.out_length);
    }
    harness_free(&h);
}

/* A request of the kind that has the MCTP type in front is read as it is: the
 * type where the category should be, and everything else a byte too early. */
C_TEST(fm_tunnel, fm_15_row_18_there_is_no_mctp_type_byte)
{
    static const uint8_t types[] = {0x07, 0x08};
    uint8_t request[17] = {1, 0, 13};
    struct harness h;

    fabric_build_lds(&h, 2, DCD_MULTI_LOGICAL);
    C_EXPECT_EQ(DCD_RC_SUCCESS, at_ld(&h, 1, DCD_OP_IDENTIFY));
    for (size_t i = 0; i < sizeof(types); i++) {
        request[4] = types[i];
        request[5 + 3] = 1; /* 0001h, had it begun at 05h */
        C_EXPECT_EQ(DCD_RC_INVALID_INPUT,
                    fm(&h, DCD_OP_TUNNEL, request, sizeof(request)));
    }
    harness_free(&h);
}

/* Every target byte (its upper half is reserved) with every id. */
static void expect_targets(unsigned heads, enum dcd_topology topology)
{
    struct harness h;

    fabric_build_lds(&h, heads, topology);
    for (unsigned target = 0; target < 256; target += target < 18 ? 1 : 15)
        for (unsigned id = 0; id < 256; id++) {
            bool ld = (target & 15) == 0 && id < heads;
            bool pool = (target & 15) == 1 && topology == DCD_MULTI_HEADED;

            C_CONTEXT("target %02xh, id %u", target, id);
            C_EXPECT_EQ(ld || pool ? DCD_RC_SUCCESS : DCD_RC_INVALID_INPUT,
                        send_target(&h, (uint8_t)id, (uint8_t)target, 0));
        }
    harness_free(&h);
}

C_TEST(fm_tunnel, fm_10_5300_reaches_the_logical_devices_of_one_port)
{
    expect_targets(1, DCD_MULTI_LOGICAL);
    expect_targets(5, DCD_MULTI_LOGICAL);
    expect_targets(16, DCD_MULTI_LOGICAL);
}

C_TEST(fm_tunnel, fm_10_5300_reaches_the_logical_devices_and_the_pool_of_heads)
{
    expect_targets(2, DCD_MULTI_HEADED);
    expect_targets(16, DCD_MULTI_HEADED);
}

C_TEST(fm_tunnel, fm_10_5300_is_unknown_to_a_single_logical_device)
{
    struct harness h;

    fabric_build_lds(&h, 1, DCD_MULTI_HEADED);
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED, send_sizes(&h, 16, 12));
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED, send_target(&h, 0, 1, 0));
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED, mailbox(&h, 0, DCD_OP_TUNNEL, NULL, 0));
    harness_free(&h);
}

/* --- The response inside -------------------------------------------------- */

/* Header and payload inside a 5300h for logical device 0, as raw bytes. */
static struct dcd_cci_header send_inner(struct harness *h,
                                        const struct dcd_cci_header *header,
                                        uint32_t length)
{
    struct dcd_tunnel_req req = {0, 0, dcd_put16((uint16_t)(HEADER + length))};
    struct dcd_cci_header inner;
    uint8_t request[128] = {0};

    memcpy(request, &req, REQUEST);
    memcpy(request + REQUEST, header, HEADER);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm(h, DCD_OP_TUNNEL, request, REQUEST + HEADER + length));
    memcpy(&inner, h->out + RESPONSE, HEADER);
    C_EXPECT_EQ(HEADER + dcd_cci_length(&inner),
                dcd_get16(((const struct dcd_tunnel_rsp *)h->out)->length));
    return inner;
}

C_TEST(fm_tunnel, fm_10_5300_answers_with_a_response_of_its_own_inside)
{
    static const uint8_t tags[] = {0x00, 0x01, 0x80, 0xff};
    struct harness h;

    fabric_build_lds(&h, 2, DCD_MULTI_HEADED);
    for (size_t i = 0; i < sizeof(tags); i++) {
        const uint8_t good[12] = {1, tags[i], 0, 1, 0, 0x12};
        struct dcd_cci_header ask = dcd_cci_request(tags[i], 0x0001, 0);
        struct dcd_cci_header answer = send_inner(&h, &ask, 0);

        C_CONTEXT("tag %02xh", tags[i]);
        C_EXPECT_MEMEQ(good, &answer, sizeof(good));
    }
    harness_free(&h);
}

C_TEST(fm_tunnel, fm_15_row_01_vendor_bytes_inside_are_ignored)
{
    struct dcd_cci_header ask = dcd_cci_request(5, 0x0001, 0);
    struct dcd_cci_header answer;
    struct harness h;

    fabric_build_lds(&h, 2, DCD_MULTI_HEADED);
    ask.extended_status = dcd_put16(0xabcd);
    answer = send_inner(&h, &ask, 0);
    C_EXPECT_EQ(DCD_RC_SUCCESS, dcd_get16(answer.return_code));
    C_EXPECT_EQ(0, dcd_get16(answer.extended_status));
    harness_free(&h);
}

/* The tunnel has worked; what went wrong is said inside. */
C_TEST(fm_tunnel, fm_10_5300_says_inside_what_went_wrong_inside)
{
    static const struct {
        const char *what;
        uint16_t opcode;
        uint32_t field; /* what the inner header says of its length */
        uint32_t length;
        uint16_t rc;
    } rows[] = {
        {"good", 0x0001, 0, 0, DCD_RC_SUCCESS},
        {"a length too long", 0x0001, 1, 0, DCD_RC_INVALID_PAYLOAD_LENGTH},
        {"a length too short", 0x0001, 0, 1, DCD_RC_INVALID_PAYLOAD_LENGTH},
        {"another 64 KiB", 0x0001, 0x10000, 0, DCD_RC_INVALID_PAYLOAD_LENGTH},
        {"an unknown one, wrong length", 0x9999, 1, 0,
         DCD_RC_INVALID_PAYLOAD_LENGTH},
        {"not the length of that one", 0x0001, 1, 1,
         DCD_RC_INVALID_PAYLOAD_LENGTH},
        {"no such log", 0x0401, 0x18, 0x18, DCD_RC_INVALID_LOG},
        {"the FM's", 0x0003, 0, 0, DCD_RC_UNSUPPORTED_MAILBOX},
        {"the host's", 0x4800, 2, 2, DCD_RC_UNSUPPORTED_MAILBOX},
        {"nobody's", 0x5100, 0, 0, DCD_RC_UNSUPPORTED},
    };
    struct harness h;

    fabric_build_lds(&h, 2, DCD_MULTI_HEADED);
    for (uint32_t i = 0; i < COUNT(rows); i++) {
        struct dcd_cci_header ask =
            dcd_cci_request(7, rows[i].opcode, rows[i].field);
        struct dcd_cci_header answer = send_inner(&h, &ask, rows[i].length);

        C_CONTEXT("%s", rows[i].what);
        C_EXPECT_EQ(rows[i].rc, dcd_get16(answer.return_code));
        C_EXPECT_EQ(rows[i].opcode, dcd_get16(answer.opcode));
        C_EXPECT_EQ(7, answer.tag);
        if (rows[i].rc != DCD_RC_SUCCESS)
            C_EXPECT_EQ(RESPONSE + HEADER, h.out_length);
    }
    harness_free(&h);
}

/* --- The pool, and layers ------------------------------------------------- */

/* Puts a 5300h for the pool around the message at [inner]; its size. */
static uint32_t wrap(uint8_t *to, const uint8_t *inner, uint32_t size)
{
    struct dcd_cci_header header =
        dcd_cci_request(0x30, DCD_OP_TUNNEL, REQUEST + size);
    struct dcd_tunnel_req req = {0, DCD_TUNNEL_LD_POOL,
                                 dcd_put16((uint16_t)size)};

    memcpy(to, &header, HEADER);
    memcpy(to + HEADER, &req, REQUEST);
    memcpy(to + HEADER + REQUEST, inner, size);
    return HEADER + REQUEST + size;
}

/* [opcode] inside [layers] tunnels to the pool. Answers with the innermost
 * return code; [depth]: of so many responses inside. What that one bears is in
 * h->out then. */
static uint16_t send_layers(struct harness *h, unsigned layers, uint16_t opcode,
                            const void *in, uint32_t length, unsigned *depth)
{
    struct dcd_cci_header header = dcd_cci_request(0x31, opcode, length);
    uint8_t a[256];
    uint8_t b[256];
    uint32_t size = HEADER + length;
    uint16_t rc;

    memcpy(a, &header, HEADER);
    if (length)
        memcpy(a + HEADER, in, length);
    for (unsigned i = 0; i < layers; i++) {
        size = wrap(b, a, size);
        memcpy(a, b, size);
    }
    rc = fm(h, layers ? DCD_OP_TUNNEL : opcode, a + HEADER, size - HEADER);
    for (*depth = 0; *depth < layers && rc == DCD_RC_SUCCESS; ++*depth) {
        memcpy(&header, h->out + RESPONSE, HEADER);
        C_EXPECT_EQ(HEADER + dcd_cci_length(&header), dcd_load_le(h->out, 2));
        rc = dcd_get16(header.return_code);
        h->out_length -= RESPONSE + HEADER;
        memmove(h->out, h->out + RESPONSE + HEADER, h->out_length);
    }
    return rc;
}

C_TEST(fm_tunnel, fm_10_three_layers_are_carried_out_and_a_fourth_is_not)
{
    unsigned depth;
    struct harness h;

    fabric_build_lds(&h, 2, DCD_MULTI_HEADED);
    for (unsigned layers = 0; layers <= 8; layers++) {
        C_CONTEXT("%u layers", layers);
        C_EXPECT_EQ(
            layers <= 3 ? DCD_RC_SUCCESS : DCD_RC_UNSUPPORTED,
            send_layers(&h, layers, DCD_OP_GET_DCD_INFO, NULL, 0, &depth));
        C_EXPECT_EQ(layers <= 3 ? layers : 3, depth);
    }
    harness_free(&h);
}

/* The innermost of three is the pool itself, and logical devices behind it. */
C_TEST(fm_tunnel, fm_10_what_is_asked_of_the_pool_is_done)
{
    uint8_t direct[0x54];
    struct dcd_message_limit limit = {12};
    unsigned depth;
    struct harness h;

    fabric_build_lds(&h, 2, DCD_MULTI_HEADED);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_GET_DCD_INFO, NULL, 0));
    memcpy(direct, h.out, sizeof(direct));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                send_layers(&h, 3, DCD_OP_GET_DCD_INFO, NULL, 0, &depth));
    C_EXPECT_EQ(sizeof(direct), h.out_length);
    C_EXPECT_MEMEQ(direct, h.out, sizeof(direct));
    C_EXPECT_EQ(DCD_RC_SUCCESS, tunnel(&h, DCD_TUNNEL_LD_POOL, 77,
                                       DCD_OP_SET_MESSAGE_LIMIT, &limit, 1));
    C_EXPECT_EQ(12, h.out[0]);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm(&h, DCD_OP_GET_MESSAGE_LIMIT, NULL, 0));
    C_EXPECT_EQ(12, h.out[0]);
    harness_free(&h);
}

C_TEST(fm_tunnel, fm_10_capacity_is_added_through_the_pool)
{
    const uint8_t add[0x48] = {1,
                               0,
                               DCD_ADD_PRESCRIPTIVE,
                               [0x1c] = 1,
                               [0x20 + 3] = 0x40,
                               [0x28 + 2] = 0x20};
    struct harness h;

    fabric_build_lds(&h, 2, DCD_MULTI_HEADED);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                tunnel(&h, DCD_TUNNEL_LD_POOL, 0, DCD_OP_INITIATE_DC_ADD, add,
                       sizeof(add)));
    expect_host_chain(&h, 1, DCD_EVENT_ADD_CAPACITY, RANGES({GIB(1), MIB(2)}));
    C_EXPECT_EQ(DCD_RC_INVALID_EXTENT_LIST,
                tunnel(&h, DCD_TUNNEL_LD_POOL, 0, DCD_OP_INITIATE_DC_ADD, add,
                       sizeof(add)));
    harness_free(&h);
}

/* Logical devices do not tunnel on. */
C_TEST(fm_tunnel, fm_10_a_logical_device_has_no_tunnel)
{
    const uint8_t inner[16] = {0, 0, 12, 0, 0, 0, 0, 1};
    struct harness h;

    for (int topology = DCD_MULTI_HEADED; topology <= DCD_MULTI_LOGICAL;
         topology++) {
        fabric_build_lds(&h, 2, (enum dcd_topology)topology);
        C_EXPECT_EQ(DCD_RC_UNSUPPORTED_MAILBOX,
                    tunnel(&h, DCD_TUNNEL_PORT_OR_LD, 0, DCD_OP_TUNNEL, inner,
                           sizeof(inner)));
        C_EXPECT_EQ(0, h.out_length);
        harness_free(&h);
    }
}

/* --- How much an answer may be -------------------------------------------- */

/* Every layer's headers count: what is left is for the list. */
C_TEST(fm_tunnel, fm_10_lists_inside_end_where_the_whole_message_does)
{
    enum { N = 16 };
    struct dcd_get_region_extent_lists_req req = {
        dcd_put16(1), {0}, dcd_put32(N), dcd_put32(0)};
    struct range ranges[N];
    unsigned depth;
    struct harness h;

    fabric_build_lds(&h, 2, DCD_MULTI_HEADED);
    for (uint32_t i = 0; i < N; i++) {
        ranges[i] = (struct range){GIB(1) + i * MIB(4), MIB(2), NULL, 0};
        hold(&h, 1, &ranges[i], 1);
    }
    for (uint8_t n = 8; n <= 10; n++)
        for (unsigned layers = 0; layers <= 3; layers++) {
            uint32_t room =
                (1u << n) - HEADER - layers * (RESPONSE + HEADER) - 0x18;
            uint32_t fit = room / 0x28 < N ? room / 0x28 : N;

            C_CONTEXT("limit %u, %u layers", n, layers);
            C_EXPECT_EQ(DCD_RC_SUCCESS,
                        fm(&h, DCD_OP_SET_MESSAGE_LIMIT, &n, 1));
            C_EXPECT_EQ(DCD_RC_SUCCESS,
                        send_layers(&h, layers,
                                    DCD_OP_GET_DC_REGION_EXTENT_LISTS, &req,
                                    sizeof(req), &depth));
            C_EXPECT_EQ(fit, dcd_load_le(h.out + 8, 4));
            C_EXPECT_EQ(N, dcd_load_le(h.out + 12, 4));
            C_EXPECT_EQ(0x18 + 0x28 * fit, h.out_length);
        }
    harness_free(&h);
}

/* Its size has sixteen bits, whatever the message limit is. */
C_TEST(fm_tunnel, fm_10_an_answer_inside_has_less_than_64_kib)
{
    enum { N = 1700, FIT = (0xffff - 12 - 0x18) / 0x28 };
    struct dcd_get_region_extent_lists_req req = {
        dcd_put16(0), {0}, dcd_put32(N), dcd_put32(0)};
    struct range *ranges = calloc(N, sizeof(*ranges));
    struct harness h;

    harness_d1_config(&h);
    h.config.heads = 2;
    h.config.extents = N;
    h.config.dc_log = N;
    h.config.fm_log = N;
    h.config.mailbox_payload = 1u << 16;
    harness_build(&h);
    for (uint32_t i = 0; i < N; i++)
        ranges[i] = (struct range){i * MIB(2), MIB(2), NULL, 0};
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_add(&h, 0, ranges, N));
    C_EXPECT_EQ(DCD_RC_SUCCESS, add_response(&h, 0, ranges, N));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                tunnel(&h, DCD_TUNNEL_LD_POOL, 0,
                       DCD_OP_GET_DC_REGION_EXTENT_LISTS, &req, sizeof(req)));
    C_EXPECT_EQ(FIT, dcd_load_le(h.out + 8, 4));
    C_EXPECT_EQ(N, dcd_load_le(h.out + 12, 4));
    free(ranges);
    harness_free(&h);
}

/* --- The trace ------------------------------------------------------------ */

struct seen {
    struct dcd_trace_record commands[8];
    uint32_t count;
};

static void see(void *context, const struct dcd_trace_record *record)
{
    struct seen *seen = context;

    if (record->kind == DCD_TRACE_COMMAND && seen->count < 8)
        seen->commands[seen->count++] = *record;
}

/* Inside out: a command is reported when it has ended. */
C_TEST(fm_tunnel, each_command_inside_is_in_the_trace)
{
    const uint8_t inner[16] = {1, 0, 12, 0, 0, 0, 0, 0x00, 0x40};
    static const struct {
        uint16_t opcode;
        uint8_t head;
        uint8_t depth;
        uint16_t status;
        uint32_t in;
        uint64_t out;
    } rows[] = {
        {0x4000, 1, 2, DCD_RC_SUCCESS, 0, 0x45},
        {0x5300, DCD_TRACE_FM, 1, DCD_RC_SUCCESS, 16, 16 + 0x45},
        {0x5300, DCD_TRACE_FM, 0, DCD_RC_SUCCESS, 32, 32 + 0x45},
    };
    struct seen seen = {.count = 0};
    struct harness h;

    fabric_build_lds(&h, 2, DCD_MULTI_HEADED);
    dcd_device_set_trace(h.device, see, &seen);
    C_EXPECT_EQ(DCD_RC_SUCCESS, tunnel(&h, DCD_TUNNEL_LD_POOL, 0, DCD_OP_TUNNEL,
                                       inner, sizeof(inner)));
    C_ASSERT_EQ(COUNT(rows), seen.count);
    for (uint32_t i = 0; i < COUNT(rows); i++) {
        const struct dcd_trace_record *r = &seen.commands[i];

        C_CONTEXT("record %u", i);
        C_EXPECT_EQ(rows[i].opcode, r->opcode);
        C_EXPECT_EQ(rows[i].head, r->head);
        C_EXPECT_EQ(rows[i].depth, r->detail);
        C_EXPECT_EQ(rows[i].status, r->status);
        C_EXPECT_EQ(rows[i].in, r->length);
        C_EXPECT_EQ(rows[i].out, r->value);
    }
    harness_free(&h);
}
