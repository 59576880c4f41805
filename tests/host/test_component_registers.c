/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_component_registers.c - RAS, link and HDM decoder capabilities of a
 * head, and what decoders do for memory (CXL r3.1 8.2.4).
 */
#include "gtest_c.h"
#include "host_support.h"

#define CM(offset) (DCD_BAR_COMPONENT + DCD_CM_BASE + (offset))
#define BASE GIB(64) /* HPA of DPA 0 */
#define UNIT DCD_CAPACITY_UNIT

/* --- Capabilities --------------------------------------------------------- */

C_TEST(component, every_capability_is_found_by_its_header)
{
    static const struct {
        uint16_t id;
        unsigned version;
        uint32_t at;
    } rows[] = {{2, 2, DCD_CM_RAS}, {4, 2, DCD_CM_LINK}, {5, 1, DCD_CM_HDM}};
    struct harness h;
    uint64_t array;

    harness_d1(&h);
    array = reg_read(&h, 0, CM(0), 4);
    C_EXPECT_EQ(1, array & 0xffff);   /* CXL capability */
    C_EXPECT_EQ(1, array >> 16 & 15); /* its version */
    C_EXPECT_EQ(1, array >> 20 & 15); /* of CXL.cache and CXL.mem */
    C_ASSERT_EQ(COUNT(rows), array >> 24);
    for (unsigned i = 0; i < COUNT(rows); i++) {
        uint64_t header = reg_read(&h, 0, CM(4 + 4 * i), 4);

        C_CONTEXT("capability %u", i);
        C_EXPECT_EQ(rows[i].id, header & 0xffff);
        C_EXPECT_EQ(rows[i].version, header >> 16 & 15);
        C_EXPECT_EQ(rows[i].at, header >> 20);
    }
    C_CONTEXT("");
    harness_free(&h);
}

/* No error has happened, and no link register does anything. */
C_TEST(component, header_log_and_link_read_0)
{
    struct harness h;

    harness_d1(&h);
    for (uint32_t at = DCD_CM_RAS + 0x18; at < DCD_CM_HDM; at += 4) {
        C_CONTEXT("register %x", at);
        C_EXPECT_EQ(0, reg_read(&h, 0, CM(at), 4));
        reg_write(&h, 0, CM(at), 4, UINT32_MAX);
        C_EXPECT_EQ(0, reg_read(&h, 0, CM(at), 4));
    }
    C_CONTEXT("");
    harness_free(&h);
}

C_TEST(component, every_head_has_its_own)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.heads = 2;
    harness_build(&h);
    reg_write(&h, 0, CM(DCD_CM_RAS + 0x04), 4, 0);
    commit_decoder(&h, 0, 0, BASE, UNIT, 0);
    C_EXPECT_EQ(0x1cfff, reg_read(&h, 1, CM(DCD_CM_RAS + 0x04), 4));
    C_EXPECT_EQ(0, reg_read(&h, 1, DCD_BAR_HDM + DCD_HDM_GLOBAL_CONTROL, 4));
    C_EXPECT_EQ(0, reg_read(&h, 1,
                            DCD_BAR_HDM + DCD_HDM_DECODER(0) + DCD_HDM_SIZE_LOW,
                            4));
    harness_free(&h);
}

/* Whatever the width, halves of an address are not written together. */
C_TEST(component, decoders_take_four_bytes_only)
{
    const uint64_t decoder = DCD_BAR_HDM + DCD_HDM_DECODER(0);
    uint8_t bytes[8] = {0, 0, 0, 0xf0, 1};
    struct harness h;

    harness_d1(&h);
    C_EXPECT_EQ(DCD_ACCESS_WIDTH,
                dcd_device_mmio_write(h.device, 0, decoder, bytes, 8));
    C_EXPECT_EQ(0, reg_read(&h, 0, decoder, 4));
    C_EXPECT_EQ(DCD_ACCESS_WIDTH,
                dcd_device_mmio_read(h.device, 0, decoder, bytes, 8));
    C_EXPECT_EQ(0xf0, bytes[3]);
    harness_free(&h);
}

C_TEST(component, capability_tells_how_many_decoders)
{
    static const struct {
        unsigned decoders;
        uint32_t capability;
    } rows[] = {{1, 0x1b10}, {2, 0x1b11}, {4, 0x1b12},
                {6, 0x1b13}, {8, 0x1b14}, {10, 0x1b15}};

    for (unsigned i = 0; i < COUNT(rows); i++) {
        struct harness h;
        uint64_t behind = DCD_BAR_HDM + DCD_HDM_DECODER(rows[i].decoders);

        C_CONTEXT("%u decoders", rows[i].decoders);
        harness_d1_config(&h);
        h.config.hdm_decoders = rows[i].decoders;
        harness_build(&h);
        C_EXPECT_EQ(rows[i].capability, reg_read(&h, 0, DCD_BAR_HDM, 4));
        for (unsigned n = 0; n < rows[i].decoders; n++)
            commit_decoder(&h, 0, n, BASE + n * UNIT, UNIT, 0);
        reg_write(&h, 0, behind + DCD_HDM_CONTROL, 4, DCD_HDM_COMMIT);
        C_EXPECT_EQ(0, reg_read(&h, 0, behind + DCD_HDM_CONTROL, 4));
        harness_free(&h);
    }
    C_CONTEXT("");
}

/* --- Decoding ------------------------------------------------------------- */

static uint64_t peek(struct harness *h, uint64_t hpa)
{
    uint64_t value = UINT64_MAX;

    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_read(h->device, 0, hpa, &value, sizeof(value)));
    return value;
}

static void poke(struct harness *h, uint64_t hpa, uint64_t value)
{
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_write(h->device, 0, hpa, &value, sizeof(value)));
}

static enum dcd_access touch(struct harness *h, uint64_t hpa)
{
    return dcd_device_probe(h->device, 0, hpa, 8, false);
}

/* Ten decoders, each 256 MiB further than the one before; then one of all. */
C_TEST(component, ten_decoders_reach_what_one_reaches)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.hdm_decoders = 10;
    h.config.static_volatile = 20 * UNIT;
    harness_build(&h);
    for (unsigned n = 0; n < 10; n++)
        commit_decoder(&h, 0, n, BASE + 4 * n * UNIT, UNIT, UNIT);
    for (unsigned n = 0; n < 10; n++)
        poke(&h, BASE + 4 * n * UNIT + 64, 100 + n);
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    commit_decoder(&h, 0, 0, 0, 20 * UNIT, 0);
    for (unsigned n = 0; n < 10; n++)
        C_EXPECT_EQ(100 + n, peek(&h, (2 * n + 1) * UNIT + 64));
    harness_free(&h);
}

C_TEST(component, one_decoder_covers_static_and_dynamic_capacity)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.static_volatile = UNIT;
    h.config.static_persistent = UNIT;
    harness_build(&h);
    hold(&h, 0, RANGES({2 * UNIT, MIB(2)}));
    commit_decoder(&h, 0, 0, BASE, 4 * UNIT, 0);
    poke(&h, BASE + 2 * UNIT - 4, 7);
    C_EXPECT_EQ(7, peek(&h, BASE + 2 * UNIT - 4));
    C_EXPECT_EQ(DCD_ACCESS_OK, touch(&h, BASE));
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, touch(&h, BASE + 2 * UNIT + MIB(2)));
    harness_free(&h);
}

/* --- What decoders refuse ------------------------------------------------- */

static uint64_t decoder_at(unsigned n, uint64_t offset)
{
    return DCD_BAR_HDM + DCD_HDM_DECODER(n) + offset;
}

/* Writes decoder [n] and commits it with [control]: its control after that. */
static uint64_t commit(struct harness *h, unsigned n, uint64_t base,
                       uint64_t size, uint64_t control)
{
    reg_write(h, 0, decoder_at(n, DCD_HDM_CONTROL), 4, 0);
    reg_write(h, 0, decoder_at(n, DCD_HDM_BASE_LOW), 4, (uint32_t)base);
    reg_write(h, 0, decoder_at(n, DCD_HDM_BASE_HIGH), 4, base >> 32);
    reg_write(h, 0, decoder_at(n, DCD_HDM_SIZE_LOW), 4, (uint32_t)size);
    reg_write(h, 0, decoder_at(n, DCD_HDM_SIZE_HIGH), 4, size >> 32);
    reg_write(h, 0, decoder_at(n, DCD_HDM_CONTROL), 4,
              DCD_HDM_COMMIT | control);
    return reg_read(h, 0, decoder_at(n, DCD_HDM_CONTROL), 4) &
           (DCD_HDM_COMMITTED | DCD_HDM_ERROR);
}

C_TEST(component, device_10_1_row_35_commit_is_checked)
{
    static const struct {
        const char *name;
        unsigned n;
        uint64_t base;
        uint64_t size;
        uint32_t control;
    } rows[] = {
        {"no predecessor", 2, BASE, UNIT, 0},
        {"below its predecessor", 1, BASE, UNIT, 0},
        {"wraps", 0, 0 - UNIT, 2 * UNIT, 0},
        {"three ways of two", 0, BASE, 2 * UNIT, 8 << DCD_HDM_WAYS_SHIFT},
        {"reserved ways", 0, BASE, UNIT, 5 << DCD_HDM_WAYS_SHIFT},
        {"reserved granularity", 0, BASE, UNIT, 7},
    };

    for (unsigned i = 0; i < COUNT(rows); i++) {
        struct harness h;

        C_CONTEXT("%s", rows[i].name);
        harness_d1(&h);
        if (rows[i].n == 1)
            commit_decoder(&h, 0, 0, BASE, UNIT, 0);
        C_EXPECT_EQ(DCD_HDM_ERROR,
                    commit(&h, rows[i].n, rows[i].base, rows[i].size,
                           rows[i].control | DCD_HDM_LOCK_ON_COMMIT));
        /* An error locks nothing. */
        reg_write(&h, 0, decoder_at(rows[i].n, DCD_HDM_CONTROL), 4, 0);
        C_EXPECT_EQ(0,
                    reg_read(&h, 0, decoder_at(rows[i].n, DCD_HDM_CONTROL), 4));
        harness_free(&h);
    }
    C_CONTEXT("");
}

C_TEST(component, device_10_1_row_35_lock_holds_until_a_conventional_reset)
{
    static const enum dcd_reset_kind weak[] = {DCD_RESET_FUNCTION_LEVEL,
                                               DCD_RESET_CXL};
    struct harness h;

    harness_d1(&h);
    hold(&h, 0, RANGES({0, MIB(2)}));
    enable_mem(&h, 0);
    reg_write(&h, 0, DCD_BAR_HDM + DCD_HDM_GLOBAL_CONTROL, 4,
              DCD_HDM_GLOBAL_ENABLE);
    C_EXPECT_EQ(DCD_HDM_COMMITTED,
                commit(&h, 0, BASE, UNIT, DCD_HDM_LOCK_ON_COMMIT));
    for (unsigned i = 0; i < COUNT(weak); i++) {
        C_CONTEXT("after reset %u", i);
        for (unsigned field = 0; field < 0x20; field += 4)
            reg_write(&h, 0, decoder_at(0, field), 4, 0);
        C_EXPECT_EQ(BASE >> 32,
                    reg_read(&h, 0, decoder_at(0, DCD_HDM_BASE_HIGH), 4));
        C_EXPECT_EQ(UNIT, reg_read(&h, 0, decoder_at(0, DCD_HDM_SIZE_LOW), 4));
        C_EXPECT_EQ(DCD_ACCESS_OK, touch(&h, BASE));
        dcd_device_reset(h.device, 0, weak[i]);
        enable_mem(&h, 0);
        C_EXPECT_EQ(DCD_ACCESS_OK, touch(&h, BASE));
    }
    C_CONTEXT("");
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    for (unsigned field = 0; field < 0x20; field += 4)
        C_EXPECT_EQ(0, reg_read(&h, 0, decoder_at(0, field), 4));
    harness_free(&h);
}

C_TEST(component, device_10_1_row_35_decoding_has_to_be_enabled)
{
    struct harness h;

    harness_d1(&h);
    hold(&h, 0, RANGES({0, MIB(2)}));
    enable_mem(&h, 0);
    C_EXPECT_EQ(DCD_HDM_COMMITTED, commit(&h, 0, BASE, UNIT, 0));
    C_EXPECT_EQ(DCD_ACCESS_NOT_DECODED, touch(&h, BASE));
    reg_write(&h, 0, DCD_BAR_HDM + DCD_HDM_GLOBAL_CONTROL, 4, 3);
    C_EXPECT_EQ(DCD_HDM_GLOBAL_ENABLE,
                reg_read(&h, 0, DCD_BAR_HDM + DCD_HDM_GLOBAL_CONTROL, 4));
    C_EXPECT_EQ(DCD_ACCESS_OK, touch(&h, BASE));
    reg_write(&h, 0, DCD_BAR_HDM + DCD_HDM_GLOBAL_CONTROL, 4, 1);
    C_EXPECT_EQ(DCD_ACCESS_NOT_DECODED, touch(&h, BASE));
    harness_free(&h);
}
