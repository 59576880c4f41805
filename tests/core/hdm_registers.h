/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hdm_registers.h - what the tests of the HDM decoders share: programming a
 * decoder through its registers.
 */
#ifndef CXLDCD_TESTS_HDM_REGISTERS_H
#define CXLDCD_TESTS_HDM_REGISTERS_H

#include "hdm_decoder.h"

#include <cxldcd/ctypes/le.h>
#include <gtest_c.h>

#define UNIT DCD_CAPACITY_UNIT

enum { CAPABILITY = 0x00, GLOBAL = 0x04, ENABLE = 0x2 };
enum { BASE = 0x00, SIZE = 0x08, CONTROL = 0x10, SKIP = 0x14 };
enum { LOCK = 0x100, COMMIT = 0x200, COMMITTED = 0x400, ERROR = 0x800 };

static inline uint32_t reg(unsigned decoder, uint32_t field)
{
    return 0x10 + 0x20 * decoder + field;
}

static inline void put64(struct dcd_hdm_decoders *hdm, uint32_t offset,
                         uint64_t value)
{
    dcd_hdm_write(hdm, offset, (uint32_t)value);
    dcd_hdm_write(hdm, offset + 4, (uint32_t)(value >> 32));
}

static inline void place(struct dcd_hdm_decoders *hdm, unsigned n,
                         uint64_t base, uint64_t size, uint64_t skip)
{
    put64(hdm, reg(n, BASE), base);
    put64(hdm, reg(n, SIZE), size);
    put64(hdm, reg(n, SKIP), skip);
}

static inline uint32_t control(const struct dcd_hdm_decoders *hdm, unsigned n)
{
    return dcd_hdm_read(hdm, reg(n, CONTROL));
}

/* Programs decoder [n] and commits it; the outcome bits. */
static inline uint32_t commit(struct dcd_hdm_decoders *hdm, unsigned n,
                              uint64_t base, uint64_t size, uint64_t skip,
                              uint32_t bits)
{
    place(hdm, n, base, size, skip);
    dcd_hdm_write(hdm, reg(n, CONTROL), bits | COMMIT);
    return control(hdm, n) & (COMMITTED | ERROR);
}

/* The same where the outcome is not what is tested. */
static inline void live(struct dcd_hdm_decoders *hdm, unsigned n, uint64_t base,
                        uint64_t size, uint64_t skip, uint32_t bits)
{
    C_EXPECT_EQ(COMMITTED, commit(hdm, n, base, size, skip, bits));
}

static inline void start(struct dcd_hdm_decoders *hdm, unsigned count)
{
    C_ASSERT(dcd_hdm_init(hdm, count));
    C_EXPECT(dcd_hdm_write(hdm, GLOBAL, ENABLE));
}

static inline bool decodes(struct dcd_hdm_decoders *hdm, uint64_t hpa)
{
    struct dcd_hdm_hit hit = {0};

    return dcd_hdm_translate(hdm, hpa, &hit);
}

/* DPA of [hpa], or all ones when it is not decoded. */
static inline uint64_t dpa(struct dcd_hdm_decoders *hdm, uint64_t hpa)
{
    struct dcd_hdm_hit hit = {0};

    return dcd_hdm_translate(hdm, hpa, &hit) ? hit.dpa : UINT64_MAX;
}

static inline uint64_t roll(uint64_t *dice, uint64_t sides)
{
    *dice ^= *dice << 13;
    *dice ^= *dice >> 7;
    *dice ^= *dice << 17;
    return (*dice * UINT64_C(0x2545f4914f6cdd1d) >> 8) % sides;
}

#endif
