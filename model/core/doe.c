/* SPDX-License-Identifier: Apache-2.0 */
/* doe.c - one Data Object Exchange mailbox. */
#include "doe.h"

#include <cxldcd/ctypes/le.h>
#include <cxldcd/ctypes/registers.h>

#include <string.h>

#define HEADER_DWORDS (sizeof(struct dcd_doe_header) / 4)

void dcd_doe_init(struct dcd_doe *doe, const struct dcd_cdat *cdat)
{
    memset(doe, 0, sizeof(*doe));
    doe->cdat = cdat;
}

void dcd_doe_reset(struct dcd_doe *doe)
{
    dcd_doe_init(doe, doe->cdat);
}

/* --- Protocols ------------------------------------------------------------ */

/* The body of a request, and of the response that is made of it. A handler
 * answers with the response's length in bytes; 0 drops the request. */
typedef uint32_t protocol_handler(const struct dcd_doe *doe, const void *in,
                                  uint8_t *out);

struct protocol {
    uint16_t vendor;
    uint8_t type;
    protocol_handler *handler;
};

static protocol_handler discover;
static protocol_handler access_table;

/* In the order in which discovery tells them. */
static const struct protocol protocols[] = {
    {DCD_DOE_VENDOR_PCI_SIG, DCD_DOE_TYPE_DISCOVERY, discover},
    {DCD_DOE_VENDOR_CXL, DCD_DOE_TYPE_TABLE_ACCESS, access_table},
};
enum { PROTOCOLS = sizeof(protocols) / sizeof(protocols[0]) };

/* PCIe 6.0 6.30.1.1. */
static uint32_t discover(const struct dcd_doe *doe, const void *in,
                         uint8_t *out)
{
    const struct dcd_doe_discovery_req *req = in;
    struct dcd_doe_discovery_rsp rsp = {dcd_put16(0xffff), 0xff, 0};

    (void)doe;
    if (req->index < PROTOCOLS) {
        const struct protocol *p = &protocols[req->index];

        rsp.vendor = dcd_put16(p->vendor);
        rsp.type = p->type;
        if (req->index + 1 < PROTOCOLS)
            rsp.next = (uint8_t)(req->index + 1);
    }
    memcpy(out, &rsp, sizeof(rsp));
    return sizeof(rsp);
}

/* CXL r3.1 8.1.11.1. */
static uint32_t access_table(const struct dcd_doe *doe, const void *in,
                             uint8_t *out)
{
    const struct dcd_table_access_req *req = in;
    struct dcd_table_access_rsp rsp = {DCD_TABLE_READ_ENTRY, DCD_TABLE_CDAT,
                                       dcd_put16(DCD_TABLE_LAST)};
    uint32_t handle = dcd_get16(req->entry);
    const uint8_t *entry;
    uint32_t length;
    uint32_t ignored;

    if (req->code != DCD_TABLE_READ_ENTRY || req->table != DCD_TABLE_CDAT)
        return 0;
    entry = dcd_cdat_entry(doe->cdat, handle, &length);
    if (!entry)
        return 0;
    if (dcd_cdat_entry(doe->cdat, handle + 1, &ignored))
        rsp.next = dcd_put16((uint16_t)(handle + 1));
    memcpy(out, &rsp, sizeof(rsp));
    memcpy(out + sizeof(rsp), entry, length);
    return (uint32_t)sizeof(rsp) + length;
}

/* --- Objects -------------------------------------------------------------- */

/* Length 0 stands for the longest. */
static uint32_t length_of(const struct dcd_doe_header *header)
{
    uint32_t length = dcd_get32(header->length) & DCD_DOE_LENGTH_MASK;

    return length ? length : DCD_DOE_LONGEST;
}

static const struct protocol *protocol_of(const struct dcd_doe_header *header)
{
    for (unsigned i = 0; i < PROTOCOLS; i++)
        if (protocols[i].vendor == dcd_get16(header->vendor) &&
            protocols[i].type == header->type)
            return &protocols[i];
    return NULL;
}

static void respond(struct dcd_doe *doe, const struct dcd_doe_header *request,
                    const uint8_t *body, uint32_t length)
{
    const uint32_t dwords = (uint32_t)HEADER_DWORDS + length / 4;
    struct dcd_doe_header header = *request;
    uint8_t bytes[sizeof(header)];

    header.reserved = 0;
    header.length = dcd_put32(dwords);
    memcpy(bytes, &header, sizeof(header));
    for (uint32_t i = 0; i < dwords; i++)
        doe->response[i] = (uint32_t)dcd_load_le(
            i < HEADER_DWORDS ? bytes + 4 * i : body + 4 * (i - HEADER_DWORDS),
            4);
    doe->response_length = dwords;
    doe->response_at = 0;
}

/* The object that was written, answered where it can be. */
static void consume(struct dcd_doe *doe)
{
    uint8_t in[4 * DCD_DOE_REQUEST];
    uint8_t out[4 * DCD_DOE_RESPONSE];
    struct dcd_doe_header header;
    const struct protocol *protocol;
    uint32_t length;

    for (uint32_t i = 0; i < DCD_DOE_REQUEST; i++)
        dcd_store_le(in + 4 * i, 4, doe->request[i]);
    memcpy(&header, in, sizeof(header));
    protocol = protocol_of(&header);
    if (doe->written != DCD_DOE_REQUEST || length_of(&header) != doe->written ||
        !protocol)
        return;
    length = protocol->handler(doe, in + sizeof(header), out);
    if (length)
        respond(doe, &header, out, length);
}

/* --- Registers ------------------------------------------------------------ */

static uint32_t status(const struct dcd_doe *doe)
{
    return (doe->interrupt_status ? DCD_DOE_INTERRUPT_STATUS : 0) |
           (doe->error ? DCD_DOE_ERROR : 0) |
           (doe->response_length ? DCD_DOE_READY : 0);
}

uint32_t dcd_doe_read(const struct dcd_doe *doe, uint32_t offset)
{
    switch (offset) {
    case DCD_DOE_CAPABILITY:
        return DCD_DOE_INTERRUPT_SUPPORT | DCD_VECTOR_DOE
                                               << DCD_DOE_MESSAGE_SHIFT;
    case DCD_DOE_CONTROL:
        return doe->interrupt_enable ? DCD_DOE_INTERRUPT_ENABLE : 0;
    case DCD_DOE_STATUS:
        return status(doe);
    case DCD_DOE_READ_MAILBOX:
        return doe->response_length ? doe->response[doe->response_at] : 0;
    default:
        return 0;
    }
}

static void abort_all(struct dcd_doe *doe)
{
    doe->error = false;
    doe->written = 0;
    doe->response_length = 0;
}

static void go(struct dcd_doe *doe)
{
    if (doe->response_length)
        doe->error = true;
    else if (!doe->error)
        consume(doe);
    doe->written = 0;
}

/* Bits of the bytes that are written; the other bytes are left alone. */
static void write_control(struct dcd_doe *doe, uint32_t value, uint32_t bits)
{
    if (bits & DCD_DOE_INTERRUPT_ENABLE)
        doe->interrupt_enable = value & DCD_DOE_INTERRUPT_ENABLE;
    if (value & DCD_DOE_ABORT)
        abort_all(doe);
    else if (value & DCD_DOE_GO)
        go(doe);
}

static void append(struct dcd_doe *doe, uint32_t value)
{
    if (doe->written < DCD_DOE_REQUEST)
        doe->request[doe->written] = value;
    /* One more than the longest is too long whatever comes. */
    if (doe->written <= DCD_DOE_LONGEST)
        doe->written++;
}

static void pop(struct dcd_doe *doe)
{
    if (!doe->response_length)
        doe->error = true;
    else if (++doe->response_at == doe->response_length)
        doe->response_length = 0;
}

static void write_register(struct dcd_doe *doe, uint32_t offset, uint32_t value,
                           uint32_t bits)
{
    switch (offset) {
    case DCD_DOE_CONTROL:
        write_control(doe, value, bits);
        break;
    case DCD_DOE_STATUS:
        if (value & DCD_DOE_INTERRUPT_STATUS)
            doe->interrupt_status = false;
        break;
    case DCD_DOE_WRITE_MAILBOX:
        if (bits == UINT32_MAX)
            append(doe, value);
        break;
    case DCD_DOE_READ_MAILBOX:
        if (bits == UINT32_MAX)
            pop(doe);
        break;
    default:
        break;
    }
}

bool dcd_doe_write(struct dcd_doe *doe, uint32_t offset, const void *data,
                   uint32_t length)
{
    const uint32_t happens = DCD_DOE_READY | DCD_DOE_ERROR;
    const unsigned shift = 8 * (offset & 3);
    const uint32_t bits = UINT32_MAX >> (32 - 8 * length) << shift;
    const uint32_t before = status(doe);
    bool rose;

    write_register(doe, offset & ~3u,
                   (uint32_t)dcd_load_le(data, length) << shift, bits);
    rose = status(doe) & ~before & happens;
    if (!rose || !doe->interrupt_enable || doe->interrupt_status)
        return false;
    doe->interrupt_status = true;
    return true;
}
