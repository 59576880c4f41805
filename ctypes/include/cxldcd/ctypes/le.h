/* SPDX-License-Identifier: Apache-2.0 */
/*
 * le.h - little-endian integers as they lie on the wire.
 *
 * Every multi-byte field of CXL is little-endian. The types below are byte
 * arrays, so a structure made of them has no padding, needs no packing and may
 * be laid over any byte of a payload, aligned or not, on any host:
 *
 *     const struct dcd_extent_wire *e = (const void *)(payload + 0x10);
 *     uint64_t dpa = dcd_get64(e->dpa);
 *
 * Compilers turn each accessor into one load or store on a little-endian host.
 */
#ifndef CXLDCD_CTYPES_LE_H
#define CXLDCD_CTYPES_LE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#define DCD_SIZE_ASSERT(type, size) \
    static_assert(sizeof(type) == (size), "wire size of " #type)
#else
#define DCD_SIZE_ASSERT(type, size) \
    _Static_assert(sizeof(type) == (size), "wire size of " #type)
#endif

struct dcd_le16 {
    uint8_t b[2];
};
struct dcd_le24 {
    uint8_t b[3];
};
struct dcd_le32 {
    uint8_t b[4];
};
struct dcd_le64 {
    uint8_t b[8];
};

static inline uint16_t dcd_get16(struct dcd_le16 v)
{
    return (uint16_t)(v.b[0] | (unsigned)v.b[1] << 8);
}

static inline uint32_t dcd_get24(struct dcd_le24 v)
{
    return (uint32_t)v.b[0] | (uint32_t)v.b[1] << 8 | (uint32_t)v.b[2] << 16;
}

static inline uint32_t dcd_get32(struct dcd_le32 v)
{
    return (uint32_t)v.b[0] | (uint32_t)v.b[1] << 8 | (uint32_t)v.b[2] << 16 |
           (uint32_t)v.b[3] << 24;
}

static inline uint64_t dcd_get64(struct dcd_le64 v)
{
    return (uint64_t)v.b[0] | (uint64_t)v.b[1] << 8 | (uint64_t)v.b[2] << 16 |
           (uint64_t)v.b[3] << 24 | (uint64_t)v.b[4] << 32 |
           (uint64_t)v.b[5] << 40 | (uint64_t)v.b[6] << 48 |
           (uint64_t)v.b[7] << 56;
}

static inline struct dcd_le16 dcd_put16(uint16_t v)
{
    struct dcd_le16 r;
    r.b[0] = (uint8_t)v;
    r.b[1] = (uint8_t)(v >> 8);
    return r;
}

static inline struct dcd_le24 dcd_put24(uint32_t v)
{
    struct dcd_le24 r;
    r.b[0] = (uint8_t)v;
    r.b[1] = (uint8_t)(v >> 8);
    r.b[2] = (uint8_t)(v >> 16);
    return r;
}

static inline struct dcd_le32 dcd_put32(uint32_t v)
{
    struct dcd_le32 r;
    int i;
    for (i = 0; i < 4; i++)
        r.b[i] = (uint8_t)(v >> (8 * i));
    return r;
}

static inline struct dcd_le64 dcd_put64(uint64_t v)
{
    struct dcd_le64 r;
    int i;
    for (i = 0; i < 8; i++)
        r.b[i] = (uint8_t)(v >> (8 * i));
    return r;
}

/* The same on raw bytes, for registers and for fields found by offset. */
static inline uint64_t dcd_load_le(const void *bytes, size_t width)
{
    const uint8_t *b = (const uint8_t *)bytes;
    uint64_t v = 0;
    size_t i;
    /* A length that compilers know is one load. */
    if (width == 8) {
        struct dcd_le64 whole;
        memcpy(&whole, bytes, sizeof(whole));
        return dcd_get64(whole);
    }
    for (i = 0; i < width && i < 8; i++)
        v |= (uint64_t)b[i] << (8 * i);
    return v;
}

static inline void dcd_store_le(void *bytes, size_t width, uint64_t v)
{
    uint8_t *b = (uint8_t *)bytes;
    size_t i;
    if (width == 8) {
        struct dcd_le64 whole = dcd_put64(v);
        memcpy(bytes, &whole, sizeof(whole));
        return;
    }
    for (i = 0; i < width && i < 8; i++)
        b[i] = (uint8_t)(v >> (8 * i));
}

/* Many fields of CXL give a power of two by its exponent. */
static inline unsigned dcd_log2(uint64_t power_of_two)
{
    unsigned shift = 0;

    while (power_of_two >>= 1)
        shift++;
    return shift;
}

#define DCD_KIB (UINT64_C(1) << 10)
#define DCD_MIB (UINT64_C(1) << 20)
#define DCD_GIB (UINT64_C(1) << 30)
#define DCD_TIB (UINT64_C(1) << 40)
/* Unit of capacities in Identify, partition and region payloads. */
#define DCD_CAPACITY_UNIT (UINT64_C(256) << 20)

#ifdef __cplusplus
}
#endif
#endif
