/* SPDX-License-Identifier: Apache-2.0 */
/* cci.h - the message in front of every request and response of an FM. */
#ifndef CXLDCD_CTYPES_CCI_H
#define CXLDCD_CTYPES_CCI_H

#include <cxldcd/ctypes/le.h>

/*
 * CCI Message Format, CXL r3.1 7.6.3, Figure 7-19. The payload length has 21
 * bits: 15:0 here, 20:16 in the low bits of [length_high].
 */
struct dcd_cci_header {
    uint8_t category; /* 3:0, DCD_CCI_REQUEST or DCD_CCI_RESPONSE */
    uint8_t tag;      /* chosen by the requester, echoed in the response */
    uint8_t reserved;
    struct dcd_le16 opcode;
    struct dcd_le16 length_low;
    uint8_t length_high;         /* 4:0 length 20:16; 7 background operation */
    struct dcd_le16 return_code; /* 0 in a request */
    struct dcd_le16 extended_status; /* ignored in a request */
};
DCD_SIZE_ASSERT(struct dcd_cci_header, 12);

#define DCD_CCI_REQUEST 0u
#define DCD_CCI_RESPONSE 1u
#define DCD_CCI_CATEGORY_MASK 15u
#define DCD_CCI_LENGTH_HIGH_MASK 0x1fu
#define DCD_CCI_BACKGROUND 0x80u
#define DCD_CCI_MAX_PAYLOAD ((UINT32_C(1) << 21) - 1)

static inline uint32_t dcd_cci_length(const struct dcd_cci_header *h)
{
    return dcd_get16(h->length_low) |
           (uint32_t)(h->length_high & DCD_CCI_LENGTH_HIGH_MASK) << 16;
}

static inline void dcd_cci_set_length(struct dcd_cci_header *h, uint32_t n)
{
    h->length_low = dcd_put16((uint16_t)n);
    h->length_high = (uint8_t)((h->length_high & ~DCD_CCI_LENGTH_HIGH_MASK) |
                               ((n >> 16) & DCD_CCI_LENGTH_HIGH_MASK));
}

/* A request's header with everything that its sender does not choose. */
static inline struct dcd_cci_header
dcd_cci_request(uint8_t tag, uint16_t opcode, uint32_t length)
{
    struct dcd_cci_header h;
    memset(&h, 0, sizeof(h));
    h.category = DCD_CCI_REQUEST;
    h.tag = tag;
    h.opcode = dcd_put16(opcode);
    dcd_cci_set_length(&h, length);
    return h;
}

/* The header of the response to [request]: tag and opcode are echoed. */
static inline struct dcd_cci_header
dcd_cci_response(const struct dcd_cci_header *request, uint16_t return_code,
                 uint32_t length)
{
    struct dcd_cci_header h =
        dcd_cci_request(request->tag, dcd_get16(request->opcode), length);
    h.category = DCD_CCI_RESPONSE;
    h.return_code = dcd_put16(return_code);
    return h;
}

#endif
