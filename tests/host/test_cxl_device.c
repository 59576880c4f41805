/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cxl_device.c - the CXL Device DVSEC: CXL.mem enable, lock, ranges, and
 * the resets that configuration space starts (CXL r3.1 8.1.3 and 9.5-9.7).
 */
#include "gtest_c.h"
#include "host_support.h"

#define AT(offset) (DCD_CONFIG_CXL_DEVICE + (offset))
#define DEVICE_CONTROL (DCD_CONFIG_PCIE + 0x08)
#define BASE GIB(8) /* HPA of DPA 0 */

static uint64_t control(struct harness *h)
{
    return config_read(h, 0, AT(DCD_CXL_CONTROL), 2);
}

static void set_control(struct harness *h, uint64_t value)
{
    config_write(h, 0, AT(DCD_CXL_CONTROL), 2, value);
}

static enum dcd_access touch(struct harness *h, unsigned head, uint64_t dpa)
{
    uint8_t bytes[8];

    return dcd_device_read(h->device, head, BASE + dpa, bytes, sizeof(bytes));
}

static void poke(struct harness *h, uint64_t dpa, uint64_t value)
{
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_write(h->device, 0, BASE + dpa, &value, 8));
}

static uint64_t peek(struct harness *h, uint64_t dpa)
{
    uint64_t value = UINT64_MAX;

    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_read(h->device, 0, BASE + dpa, &value, 8));
    return value;
}

/* --- Registers ------------------------------------------------------------ */

C_TEST(cxl_device, registers_when_new)
{
    static const struct {
        uint64_t at;
        unsigned width;
        uint64_t value;
    } rows[] = {
        /* io, mem, mem hwinit, one range; CXL reset, which can clear */
        {DCD_CXL_CAPABILITY, 2, 0x001e | 0x0880},
        {DCD_CXL_CONTROL, 2, 0x0002},
        {DCD_CXL_STATUS, 2, 0},
        {DCD_CXL_CONTROL2, 2, 0},
        {DCD_CXL_STATUS2, 2, 0x0002},
        {DCD_CXL_LOCK, 2, 0},
        {0x16, 2, 0}, /* capability 2 */
        {0x38, 4, 0}, /* capability 3 */
    };
    struct harness h;

    harness_d1(&h);
    for (unsigned i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("row %u", i);
        C_EXPECT_EQ(rows[i].value,
                    config_read(&h, 0, AT(rows[i].at), rows[i].width));
    }
    C_CONTEXT("");
    harness_free(&h);
}

C_TEST(cxl_device, io_cannot_be_switched_off)
{
    struct harness h;

    harness_d1(&h);
    set_control(&h, 0);
    C_EXPECT_EQ(0x0002, control(&h));
    set_control(&h, 0xffff);
    C_EXPECT_EQ(0x4fff, control(&h));
    harness_free(&h);
}

/* What starts something reads 0; there is no cache to write back. */
C_TEST(cxl_device, control_2_keeps_two_bits)
{
    struct harness h;

    harness_d1(&h);
    config_write(&h, 0, AT(DCD_CXL_CONTROL2), 2, 0xfffb);
    C_EXPECT_EQ(0x0009, config_read(&h, 0, AT(DCD_CXL_CONTROL2), 2));
    C_EXPECT_EQ(0x0002, config_read(&h, 0, AT(DCD_CXL_STATUS2), 2));
    harness_free(&h);
}

/* Size low and high of both ranges, and how many the device says it has. */
C_TEST(cxl_device, ranges_tell_static_capacity)
{
    static const struct {
        uint64_t volatile_size;
        uint64_t persistent;
        uint64_t partitionable;
        unsigned regions;
        uint64_t first; /* range size; its information is always valid */
        uint64_t second;
        unsigned count;
    } rows[] = {
        {MIB(256), 0, 0, 0, MIB(256), 0, 1},
        {MIB(512), 0, 0, 2, MIB(512), 0, 1},
        {0, MIB(768), 0, 0, MIB(768), 0, 1},
        {0, MIB(256), 0, 2, MIB(256), 0, 1},
        {MIB(256), GIB(5), 0, 0, MIB(256), GIB(5), 2},
        {GIB(6), MIB(512), 0, 2, GIB(6), MIB(512), 2},
        {0, 0, 0, 2, 0, 0, 1}, /* dynamic capacity is discovered elsewhere */
        {0, 0, MIB(512), 2, MIB(512), 0, 1},
        {MIB(256), MIB(256), MIB(512), 0, MIB(768), MIB(256), 2},
    };

    for (unsigned i = 0; i < COUNT(rows); i++) {
        uint64_t info = rows[i].second ? 0x4b : 0;
        struct harness h;

        C_CONTEXT("row %u", i);
        harness_d1_config(&h);
        h.config.static_volatile = rows[i].volatile_size;
        h.config.static_persistent = rows[i].persistent;
        h.config.static_partitionable = rows[i].partitionable;
        h.config.region_count = rows[i].regions;
        harness_build(&h);
        C_EXPECT_EQ(rows[i].count,
                    config_read(&h, 0, AT(DCD_CXL_CAPABILITY), 2) >> 4 & 3);
        C_EXPECT_EQ(rows[i].first >> 32, config_read(&h, 0, AT(0x18), 4));
        C_EXPECT_EQ((uint32_t)rows[i].first | 0x4b,
                    config_read(&h, 0, AT(0x1c), 4));
        C_EXPECT_EQ(rows[i].second >> 32, config_read(&h, 0, AT(0x28), 4));
        C_EXPECT_EQ((uint32_t)rows[i].second | info,
                    config_read(&h, 0, AT(0x2c), 4));
        harness_free(&h);
    }
    C_CONTEXT("");
}

static void partition(struct harness *h, uint64_t units, uint8_t flags)
{
    struct dcd_set_partition_info_req req = {dcd_put64(units), flags};

    C_EXPECT_EQ(DCD_RC_SUCCESS,
                mailbox(h, 0, DCD_OP_SET_PARTITION_INFO, &req, sizeof(req)));
}

static void expect_ranges(struct harness *h, unsigned head, uint64_t first,
                          uint64_t second, unsigned count)
{
    C_EXPECT_EQ(first | 0x4b, config_read(h, head, AT(0x1c), 4));
    C_EXPECT_EQ(second | (second ? 0x4b : 0),
                config_read(h, head, AT(0x2c), 4));
    C_EXPECT_EQ(count,
                config_read(h, head, AT(DCD_CXL_CAPABILITY), 2) >> 4 & 3);
}

C_TEST(cxl_device, ranges_follow_the_partitions)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.heads = 2;
    h.config.static_partitionable = MIB(768);
    harness_build(&h);
    expect_ranges(&h, 0, MIB(768), 0, 1);
    partition(&h, 1, DCD_PARTITION_IMMEDIATE);
    expect_ranges(&h, 0, MIB(256), MIB(512), 2);
    partition(&h, 0, DCD_PARTITION_IMMEDIATE);
    expect_ranges(&h, 0, MIB(768), 0, 1); /* all of it persistent */
    partition(&h, 2, 0);
    dcd_device_reset(h.device, 0, DCD_RESET_FUNCTION_LEVEL);
    expect_ranges(&h, 0, MIB(768), 0, 1); /* not yet */
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_ranges(&h, 0, MIB(512), MIB(256), 2);
    expect_ranges(&h, 1, MIB(768), 0, 1); /* another host's */
    harness_free(&h);
}

/* --- CXL.mem enable ------------------------------------------------------- */

static void build_decoded(struct harness *h)
{
    harness_d1_config(h);
    h->config.heads = 2;
    h->config.static_volatile = MIB(256);
    harness_build(h);
    hold(h, 0, RANGES({MIB(256), MIB(2)}));
    commit_decoder(h, 0, 0, BASE, GIB(1), 0);
    commit_decoder(h, 1, 0, BASE, GIB(1), 0);
}

C_TEST(cxl_device, device_8_2_row_10_disabled_memory_is_not_reached)
{
    struct dcd_span span;
    uint64_t value = 1;
    struct harness h;

    build_decoded(&h);
    poke(&h, 0, 7);
    C_EXPECT(dcd_device_dmi(h.device, 0, BASE, &span));
    h.revocations = 0;
    set_control(&h, 0);
    C_EXPECT_EQ(1, h.revocations);
    C_EXPECT_EQ(0, h.revoked_head);
    C_EXPECT_EQ(0, h.revoked_first);
    C_EXPECT_EQ(UINT64_MAX, h.revoked_last);
    C_EXPECT_EQ(DCD_ACCESS_MEM_DISABLED, touch(&h, 0, 0));
    C_EXPECT_EQ(DCD_ACCESS_MEM_DISABLED, touch(&h, 0, MIB(256)));
    C_EXPECT_EQ(DCD_ACCESS_MEM_DISABLED, touch(&h, 0, GIB(2)));
    C_EXPECT_EQ(DCD_ACCESS_MEM_DISABLED,
                dcd_device_write(h.device, 0, BASE, &value, 8));
    C_EXPECT_EQ(0, dcd_device_debug_read(h.device, 0, BASE, &value, 8));
    C_EXPECT(!dcd_device_dmi(h.device, 0, BASE, &span));
    C_EXPECT_EQ(DCD_ACCESS_OK, touch(&h, 1, 0)); /* another host's */
    set_control(&h, DCD_CXL_MEM_ENABLE);
    C_EXPECT_EQ(7, peek(&h, 0));
    C_EXPECT_EQ(DCD_ACCESS_OK, touch(&h, 0, MIB(256)));
    harness_free(&h);
}

C_TEST(cxl_device, device_8_2_row_10_ignored)
{
    uint64_t value = 1;
    struct harness h;

    harness_d1_config(&h);
    h.config.static_volatile = MIB(256);
    h.config.unbacked_reads = DCD_UNBACKED_IGNORE;
    h.config.unbacked_writes = DCD_UNBACKED_IGNORE;
    harness_build(&h);
    commit_decoder(&h, 0, 0, BASE, MIB(256), 0);
    poke(&h, 0, 7);
    set_control(&h, 0);
    poke(&h, 0, value);
    C_EXPECT_EQ(UINT64_MAX, peek(&h, 0));
    set_control(&h, DCD_CXL_MEM_ENABLE);
    C_EXPECT_EQ(7, peek(&h, 0));
    harness_free(&h);
}

C_TEST(cxl_device, memory_is_disabled_when_new)
{
    struct harness h;

    build_decoded(&h);
    C_EXPECT_EQ(DCD_ACCESS_OK, touch(&h, 0, 0));
    harness_free(&h);
    harness_d1(&h);
    C_EXPECT_EQ(DCD_ACCESS_MEM_DISABLED, touch(&h, 0, 0));
    harness_free(&h);
}

C_TEST(cxl_device, what_does_not_move_the_enable_revokes_nothing)
{
    struct harness h;

    build_decoded(&h);
    h.revocations = 0;
    set_control(&h, DCD_CXL_MEM_ENABLE);
    config_write(&h, 0, AT(DCD_CXL_CONTROL) + 1, 1, 0x40);
    config_write(&h, 0, AT(DCD_CXL_CONTROL2), 2, DCD_CXL_RESET_MEM_CLEAR);
    C_EXPECT_EQ(0, h.revocations);
    harness_free(&h);
}

/* --- Lock ----------------------------------------------------------------- */

C_TEST(cxl_device, lock_protects_control_and_bases_until_a_conventional_reset)
{
    static const uint64_t protected_at[] = {DCD_CXL_CONTROL, 0x20, 0x24, 0x30,
                                            0x34};
    struct harness h;
    uint64_t before;

    harness_d1(&h);
    config_write(&h, 0, AT(0x24), 4, 0x30000000);
    set_control(&h, DCD_CXL_MEM_ENABLE);
    config_write(&h, 0, AT(DCD_CXL_LOCK), 1, 0xff);
    C_EXPECT_EQ(1, config_read(&h, 0, AT(DCD_CXL_LOCK), 2));
    config_write(&h, 0, AT(DCD_CXL_LOCK), 2, 0);
    C_EXPECT_EQ(1, config_read(&h, 0, AT(DCD_CXL_LOCK), 2));
    for (unsigned i = 0; i < COUNT(protected_at); i++) {
        C_CONTEXT("register %02x", (unsigned)protected_at[i]);
        before = config_read(&h, 0, AT(protected_at[i]), 2);
        config_write(&h, 0, AT(protected_at[i]), 4, 0xffffffff);
        C_EXPECT_EQ(before, config_read(&h, 0, AT(protected_at[i]), 2));
        config_write(&h, 0, AT(protected_at[i]), 1, 0);
        C_EXPECT_EQ(before, config_read(&h, 0, AT(protected_at[i]), 2));
    }
    C_CONTEXT("");
    /* Control 2 is free. */
    config_write(&h, 0, AT(DCD_CXL_CONTROL2), 2, 9);
    C_EXPECT_EQ(9, config_read(&h, 0, AT(DCD_CXL_CONTROL2), 2));

    dcd_device_reset(h.device, 0, DCD_RESET_FUNCTION_LEVEL);
    C_EXPECT_EQ(1, config_read(&h, 0, AT(DCD_CXL_LOCK), 2));
    dcd_device_reset(h.device, 0, DCD_RESET_CXL);
    C_EXPECT_EQ(1, config_read(&h, 0, AT(DCD_CXL_LOCK), 2));
    C_EXPECT_EQ(0x0006, control(&h));
    C_EXPECT_EQ(0x30000000, config_read(&h, 0, AT(0x24), 4));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    C_EXPECT_EQ(0, config_read(&h, 0, AT(DCD_CXL_LOCK), 2));
    C_EXPECT_EQ(0x0002, control(&h));
    C_EXPECT_EQ(0, config_read(&h, 0, AT(0x24), 4));
    set_control(&h, DCD_CXL_MEM_ENABLE);
    C_EXPECT_EQ(0x0006, control(&h));
    harness_free(&h);
}

/* --- Function level reset ------------------------------------------------- */

C_TEST(cxl_device, function_level_reset_leaves_memory_alone)
{
    struct harness h;

    build_decoded(&h);
    poke(&h, MIB(256), 7);
    config_write(&h, 0, 0x10, 4, 0xfe000000);
    config_write(&h, 0, DCD_CONFIG_MSIX + 2, 2, 0x8000);
    h.revocations = 0;
    config_write(&h, 0, DEVICE_CONTROL, 2, 0x8000 | 0x2810);
    C_EXPECT_EQ(0x2810, config_read(&h, 0, DEVICE_CONTROL, 2));
    C_EXPECT_EQ(4, config_read(&h, 0, 0x10, 4));
    C_EXPECT_EQ(0, config_read(&h, 0, DCD_CONFIG_MSIX + 2, 2) & 0x8000);
    C_EXPECT_EQ(0, h.revocations);
    C_EXPECT_EQ(0x0006, control(&h));
    C_EXPECT_EQ(7, peek(&h, MIB(256)));
    expect_list(&h, 0, RANGES({MIB(256), MIB(2)}));
    harness_free(&h);
}

C_TEST(cxl_device, function_level_reset_starts_with_its_bit_alone)
{
    static const struct {
        uint64_t at;
        unsigned width;
        uint64_t value;
        bool resets;
    } rows[] = {
        {DEVICE_CONTROL, 4, 0xffff7fff, false},
        {DEVICE_CONTROL, 1, 0x80, false},
        {DEVICE_CONTROL + 2, 2, 0x8000, false}, /* status */
        {DEVICE_CONTROL + 1, 1, 0x80, true},
        {DEVICE_CONTROL, 2, 0x8000, true},
        {DEVICE_CONTROL, 4, 0x00008000, true},
    };

    for (unsigned i = 0; i < COUNT(rows); i++) {
        struct harness h;

        C_CONTEXT("row %u", i);
        harness_d1(&h);
        config_write(&h, 0, 0x3c, 1, 0x55);
        config_write(&h, 0, rows[i].at, rows[i].width, rows[i].value);
        C_EXPECT_EQ(rows[i].resets ? 0 : 0x55, config_read(&h, 0, 0x3c, 1));
        C_EXPECT_EQ(0, config_read(&h, 0, DEVICE_CONTROL, 2) & 0x8000);
        harness_free(&h);
    }
    C_CONTEXT("");
}

/* --- CXL reset ------------------------------------------------------------ */

static void start_cxl_reset(struct harness *h, uint64_t with)
{
    config_write(h, 0, AT(DCD_CXL_CONTROL2), 2, DCD_CXL_INITIATE_RESET | with);
}

C_TEST(cxl_device, cxl_reset_takes_decoders_and_keeps_capacity)
{
    struct harness h;

    build_decoded(&h);
    poke(&h, 0, 6);
    poke(&h, MIB(256), 7);
    h.revocations = 0;
    start_cxl_reset(&h, 0);
    C_EXPECT(h.revocations >= 1);
    C_EXPECT_EQ(0, config_read(&h, 0, AT(DCD_CXL_CONTROL2), 2));
    C_EXPECT_EQ(0x0002, config_read(&h, 0, AT(DCD_CXL_STATUS2), 2));
    C_EXPECT_EQ(0x0002, control(&h));
    C_EXPECT_EQ(DCD_ACCESS_MEM_DISABLED, touch(&h, 0, 0));
    C_EXPECT_EQ(DCD_ACCESS_OK, touch(&h, 1, 0));
    enable_mem(&h, 0);
    C_EXPECT_EQ(DCD_ACCESS_NOT_DECODED, touch(&h, 0, 0));
    expect_list(&h, 0, RANGES({MIB(256), MIB(2)}));
    commit_decoder(&h, 0, 0, BASE, GIB(1), 0);
    C_EXPECT_EQ(6, peek(&h, 0));
    C_EXPECT_EQ(7, peek(&h, MIB(256)));
    harness_free(&h);
}

C_TEST(cxl_device, cxl_reset_leaves_locked_decoders)
{
    uint64_t decoder = DCD_BAR_HDM + DCD_HDM_DECODER(0);
    struct harness h;

    build_decoded(&h);
    reg_write(&h, 0, decoder + DCD_HDM_CONTROL, 4, 0);
    reg_write(&h, 0, decoder + DCD_HDM_CONTROL, 4,
              DCD_HDM_COMMIT | DCD_HDM_LOCK_ON_COMMIT);
    commit_decoder(&h, 0, 1, BASE + GIB(1), GIB(1), 0);
    poke(&h, 0, 6);
    start_cxl_reset(&h, 0);
    C_EXPECT_EQ(DCD_ACCESS_MEM_DISABLED, touch(&h, 0, 0));
    enable_mem(&h, 0);
    C_EXPECT_EQ(6, peek(&h, 0));
    C_EXPECT_EQ(
        0,
        reg_read(&h, 0, DCD_BAR_HDM + DCD_HDM_DECODER(1) + DCD_HDM_CONTROL, 4));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    C_EXPECT_EQ(0, reg_read(&h, 0, decoder + DCD_HDM_CONTROL, 4));
    harness_free(&h);
}

/* Memory of both kinds, static and dynamic. */
static void build_clearing(struct harness *h)
{
    struct dcd_region_config *r = h->config.regions;

    harness_d1_config(h);
    h->config.static_volatile = MIB(256);
    h->config.static_persistent = MIB(256);
    for (unsigned i = 0; i < 2; i++) {
        r[i].length = MIB(256);
        r[i].block_size = MIB(2);
    }
    r[1].attributes = DCD_REGION_ATTR_NONVOLATILE;
    harness_build(h);
}

static void clear_and_look(struct harness *h, uint64_t with, bool cleared)
{
    static const uint64_t places[] = {0, MIB(256), MIB(512), MIB(768)};
    static const bool is_volatile[] = {true, false, true, false};

    for (unsigned i = 0; i < COUNT(places); i++)
        poke(h, places[i], 7 + i);
    start_cxl_reset(h, with);
    C_EXPECT_EQ(0x0002, config_read(h, 0, AT(DCD_CXL_STATUS2), 2));
    commit_decoder(h, 0, 0, BASE, GIB(2), 0);
    for (unsigned i = 0; i < COUNT(places); i++) {
        C_CONTEXT("place %u", i);
        C_EXPECT_EQ(cleared && is_volatile[i] ? 0 : 7 + i, peek(h, places[i]));
    }
    C_CONTEXT("");
}

C_TEST(cxl_device, cxl_reset_clears_volatile_memory_when_asked)
{
    struct harness h;

    build_clearing(&h);
    hold(&h, 0, RANGES({MIB(512), MIB(2)}, {MIB(768), MIB(2)}));
    commit_decoder(&h, 0, 0, BASE, GIB(2), 0);
    clear_and_look(&h, 0, false);
    clear_and_look(&h, DCD_CXL_RESET_MEM_CLEAR, true);
    /* The wish ends with the reset. */
    clear_and_look(&h, 0, false);
    harness_free(&h);
}

/* A write that enables clearing and one that starts the reset count too. */
C_TEST(cxl_device, clearing_can_be_asked_for_before)
{
    struct harness h;

    build_decoded(&h);
    poke(&h, 0, 7);
    config_write(&h, 0, AT(DCD_CXL_CONTROL2), 2, DCD_CXL_RESET_MEM_CLEAR);
    C_EXPECT_EQ(7, peek(&h, 0));
    C_EXPECT_EQ(DCD_CXL_RESET_MEM_CLEAR,
                config_read(&h, 0, AT(DCD_CXL_CONTROL2), 2));
    start_cxl_reset(&h, DCD_CXL_RESET_MEM_CLEAR);
    commit_decoder(&h, 0, 0, BASE, GIB(1), 0);
    C_EXPECT_EQ(0, peek(&h, 0));
    harness_free(&h);
}

static void reset_inside(struct harness *h)
{
    h->on_revoke = NULL;
    start_cxl_reset(h, 0);
    C_EXPECT_EQ(0, config_read(h, 0, AT(DCD_CXL_STATUS2), 2));
}

/* From inside a command it waits, and says so. */
C_TEST(cxl_device, cxl_reset_is_complete_when_it_is_done)
{
    struct harness h;

    build_decoded(&h);
    h.on_revoke = reset_inside;
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&h, 0, DCD_RELEASE_FORCED,
                                           RANGES({MIB(256), MIB(2)})));
    C_EXPECT(!h.on_revoke);
    C_EXPECT_EQ(0x0002, config_read(&h, 0, AT(DCD_CXL_STATUS2), 2));
    C_EXPECT_EQ(0x0002, control(&h));
    harness_free(&h);
}
