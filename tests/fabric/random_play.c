/* SPDX-License-Identifier: Apache-2.0 */
/* random_play.c - an operation as bytes, and played on the reference. */
#include "random_op.h"

#include <cxldcd/ctypes/opcode.h>

#include <string.h>

/* --- As bytes ------------------------------------------------------------ */

bool random_is_fm(const struct op *op)
{
    return op->kind == OP_ADD || op->kind == OP_TAKE ||
           op->kind == OP_CONFIGURE || op->kind == OP_ADD_REFERENCE ||
           op->kind == OP_REMOVE_REFERENCE || op->kind == OP_DRAIN;
}

static void put(struct message *m, const void *bytes, size_t size)
{
    memcpy(m->bytes + m->size, bytes, size);
    m->size += (uint32_t)size;
}

/* 5604h and 5605h have the same shape. */
static void put_initiate(struct message *m, const struct op *op)
{
    struct dcd_initiate_dc_add_req req;
    bool add = op->kind == OP_ADD;
    unsigned flags = op->policy |
                     (op->forced ? (unsigned)DCD_RELEASE_FORCED : 0u) |
                     (op->sanitize ? (unsigned)DCD_RELEASE_SANITIZE : 0u);

    m->opcode = add ? DCD_OP_INITIATE_DC_ADD : DCD_OP_INITIATE_DC_RELEASE;
    memset(&req, 0, sizeof(req));
    req.host_id = dcd_put16((uint16_t)op->head);
    req.policy = (uint8_t)flags;
    req.region = (uint8_t)op->region;
    req.length = dcd_put64(op->length);
    req.tag = ref_uuid(op->tag);
    req.count = dcd_put32(op->count);
    put(m, &req, op->brief ? DCD_INITIATE_SHORT : sizeof(req));
    for (unsigned i = 0; i < op->count && !op->brief; i++) {
        struct dcd_extent_wire e;

        memset(&e, 0, sizeof(e));
        e.dpa = dcd_put64(op->list[i].dpa);
        e.length = dcd_put64(op->list[i].length);
        e.tag = ref_uuid(op->list[i].tag);
        e.sequence = dcd_put16((uint16_t)op->list[i].sequence);
        put(m, &e, sizeof(e));
    }
}

/* 4802h and 4803h: ranges [from] up to [to]. */
static void put_list(struct message *m, const struct op *op, unsigned from,
                     unsigned to, bool more)
{
    struct dcd_updated_extent_list req;

    m->opcode =
        op->kind == OP_RESPOND ? DCD_OP_ADD_DC_RESPONSE : DCD_OP_RELEASE_DC;
    memset(&req, 0, sizeof(req));
    req.count = dcd_put32(to - from);
    req.flags = more ? DCD_EXTENT_LIST_MORE : 0;
    put(m, &req, sizeof(req));
    for (unsigned i = from; i < to; i++) {
        struct dcd_updated_extent e;

        memset(&e, 0, sizeof(e));
        e.dpa = dcd_put64(op->list[i].dpa);
        e.length = dcd_put64(op->list[i].length);
        put(m, &e, sizeof(e));
    }
}

static unsigned put_lists(struct message messages[2], const struct op *op)
{
    if (!op->split) {
        put_list(&messages[0], op, 0, op->count, op->unfinished);
        return 1;
    }
    put_list(&messages[0], op, 0, op->first, true);
    put_list(&messages[1], op, op->first, op->count, false);
    return 2;
}

static void put_configure(struct message *m, const struct op *op)
{
    struct dcd_set_dc_region_config_req req;

    m->opcode = DCD_OP_SET_DC_REGION_CONFIG;
    memset(&req, 0, sizeof(req));
    req.region = (uint8_t)op->region;
    req.block_size = dcd_put64(op->length);
    req.flags = op->sanitize ? DCD_REGION_SANITIZE_ON_RELEASE : 0;
    put(m, &req, sizeof(req));
}

static void put_reference(struct message *m, const struct op *op)
{
    struct dcd_tag_reference_req req = {ref_uuid(op->tag)};

    m->opcode = op->kind == OP_ADD_REFERENCE ? DCD_OP_ADD_REFERENCE
                                             : DCD_OP_REMOVE_REFERENCE;
    put(m, &req, sizeof(req));
}

unsigned random_messages(const struct op *op, struct message messages[2])
{
    messages[0].size = 0;
    messages[1].size = 0;
    switch (op->kind) {
    case OP_ADD:
    case OP_TAKE:
        put_initiate(&messages[0], op);
        return 1;
    case OP_RESPOND:
    case OP_RELEASE:
        return put_lists(messages, op);
    case OP_CONFIGURE:
        put_configure(&messages[0], op);
        return 1;
    case OP_ADD_REFERENCE:
    case OP_REMOVE_REFERENCE:
        put_reference(&messages[0], op);
        return 1;
    default:
        return 0;
    }
}

/* --- On the reference ---------------------------------------------------- */

static uint16_t play_add(struct reference *r, const struct op *op)
{
    const struct ref_add add = {op->head, op->policy, op->region, op->length,
                                op->tag,  op->list,   op->count};

    if (op->brief && op->policy == DCD_ADD_PRESCRIPTIVE)
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    return ref_add(r, &add);
}

static uint16_t play_take(struct reference *r, const struct op *op)
{
    const struct ref_take take = {op->head,     op->policy, op->forced,
                                  op->sanitize, op->length, op->tag,
                                  op->list,     op->count};

    if (op->brief && op->policy == DCD_RELEASE_PRESCRIPTIVE)
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    return ref_initiate_release(r, &take);
}

/* A list whose end never comes is forgotten, unless it is too long already. */
static uint16_t play_list(struct reference *r, const struct op *op)
{
    bool respond = op->kind == OP_RESPOND;

    if (op->unfinished)
        return respond && op->count > r->config.extents
                   ? DCD_RC_RESOURCES_EXHAUSTED
                   : DCD_RC_SUCCESS;
    return respond ? ref_respond(r, op->head, op->list, op->count)
                   : ref_release(r, op->head, op->list, op->count);
}

static uint16_t play_write(struct reference *r, const struct op *op)
{
    unsigned cell = (unsigned)ref_cell_at(r, op->list[0].dpa);

    if (ref_write(r, op->head, cell, op->length))
        return STORE_DONE;
    return ref_readable(r, op->head, cell) ? STORE_READ_ONLY : STORE_NOT_BACKED;
}

uint16_t random_play(struct reference *r, const struct op *op)
{
    switch (op->kind) {
    case OP_ADD:
        return play_add(r, op);
    case OP_TAKE:
        return play_take(r, op);
    case OP_RESPOND:
    case OP_RELEASE:
        return play_list(r, op);
    case OP_CONFIGURE:
        return ref_configure(r, op->region, op->length, op->sanitize);
    case OP_ADD_REFERENCE:
        return ref_add_reference(r, op->tag);
    case OP_REMOVE_REFERENCE:
        return ref_remove_reference(r, op->tag);
    case OP_CLEAR:
        return ref_clear(&r->log[op->head], op->count, op->all);
    case OP_DRAIN:
        return ref_clear(&r->fm_log, op->count, op->all);
    case OP_WRITE:
        return play_write(r, op);
    default:
        ref_reset(r, op->head);
        return DCD_RC_SUCCESS;
    }
}
