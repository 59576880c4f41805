/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cdat.c - the attribute table that a driver reads through the data
 * object exchange (CXL r3.1 8.1.11, CDAT 1.03).
 */
#include "doe_support.h"

#include "gtest_c.h"

#include <cxldcd/ctypes/cdat.h>

#include <string.h>

#define ENTRY_MAX 64
#define ENTRY(n) (entries[n].bytes)

struct entry {
    uint8_t bytes[24];
    uint32_t length;
};

/* The entries that the handles lead to, from 0 to the last. */
static uint32_t read_table(struct harness *h, unsigned head,
                           struct entry *entries)
{
    uint32_t handle = 0;
    uint32_t count = 0;

    while (handle != DCD_TABLE_LAST && count < ENTRY_MAX) {
        const uint32_t request[] = {0x00021e98, 3, handle << 16};
        uint32_t response[DOE_ROOM];
        uint32_t dwords = doe_exchange(h, head, request, 3, response);
        struct entry *e = &entries[count++];

        C_EXPECT(dwords == 7 || dwords == 9);
        C_EXPECT_EQ(request[0], response[0]);
        C_EXPECT_EQ(dwords, response[1]);
        C_EXPECT_EQ(0, response[2] & 0xffff);
        e->length = 4 * (dwords - 3);
        for (uint32_t i = 0; i < e->length / 4; i++)
            dcd_store_le(e->bytes + 4 * i, 4, response[3 + i]);
        handle = response[2] >> 16;
    }
    return count;
}

/* What has to hold of any table: the header tells its length, and all bytes
 * add up to 0. */
static void expect_sound(const struct entry *entries, uint32_t count)
{
    uint32_t length = 0;
    uint8_t sum = 0;

    C_EXPECT_EQ(16, entries[0].length);
    C_EXPECT_EQ(2, ENTRY(0)[4]);
    for (uint32_t i = 0; i < count; i++) {
        length += entries[i].length;
        for (uint32_t k = 0; k < entries[i].length; k++)
            sum = (uint8_t)(sum + entries[i].bytes[k]);
        if (i > 0)
            C_EXPECT_EQ(entries[i].length, dcd_load_le(ENTRY(i) + 2, 2));
    }
    C_EXPECT_EQ(length, dcd_load_le(ENTRY(0), 4));
    C_EXPECT_EQ(0, sum);
}

static void d1_timed(struct harness *h)
{
    harness_d1_config(h);
    h->config.read_latency = 150000;
    h->config.write_latency = 250000;
    h->config.bandwidth = UINT64_C(16000000000);
    harness_build(h);
}

/* --- The vector ----------------------------------------------------------- */

C_TEST(cdat, device_12_6_vector)
{
    /* clang-format off */
    static const uint8_t header[] = {
        0x30, 0x01, 0, 0, 0x02, 0xa5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    static const uint8_t structures[6][24] = {
        {0x00, 0, 0x18, 0, 0, 0x20, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0,
         0, 0, 0, 0x80, 0, 0, 0, 0},
        {0x01, 0, 0x18, 0, 0, 0, 0x01, 0,  0x10, 0x27, 0, 0, 0, 0, 0, 0,
         0x0f, 0, 0, 0, 0, 0, 0, 0},
        {0x01, 0, 0x18, 0, 0, 0, 0x02, 0,  0x10, 0x27, 0, 0, 0, 0, 0, 0,
         0x19, 0, 0, 0, 0, 0, 0, 0},
        {0x01, 0, 0x18, 0, 0, 0, 0x04, 0,  0xe8, 0x03, 0, 0, 0, 0, 0, 0,
         0x10, 0, 0, 0, 0, 0, 0, 0},
        {0x01, 0, 0x18, 0, 0, 0, 0x05, 0,  0xe8, 0x03, 0, 0, 0, 0, 0, 0,
         0x10, 0, 0, 0, 0, 0, 0, 0},
        {0x04, 0, 0x18, 0, 0, 0x01, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0,
         0, 0, 0, 0x80, 0, 0, 0, 0},
    };
    /* clang-format on */
    struct entry entries[ENTRY_MAX];
    struct harness h;

    d1_timed(&h);
    C_ASSERT_EQ(13, read_table(&h, 0, entries));
    C_ASSERT_EQ(sizeof(header), entries[0].length);
    C_EXPECT_MEMEQ(header, ENTRY(0), sizeof(header));
    for (unsigned i = 0; i < 12; i++) {
        uint8_t want[24];

        C_CONTEXT("entry %u", i + 1);
        memcpy(want, structures[i % 6], sizeof(want));
        want[4] = i < 6 ? 0 : 1;
        if (i == 6)
            want[11] = 0x80;
        C_ASSERT_EQ(sizeof(want), entries[i + 1].length);
        C_EXPECT_MEMEQ(want, ENTRY(i + 1), sizeof(want));
    }
    C_CONTEXT("");
    harness_free(&h);
}

/* The same vector, dword by dword. */
C_TEST(cdat, device_12_6_vector_exchanges)
{
    static const uint32_t first[] = {0x00021e98, 3, 0};
    static const uint32_t answer[] = {0x00021e98, 7, 0x00010000, 0x00000130,
                                      0x0000a502, 0, 0};
    static const uint32_t last[] = {0x00021e98, 3, 0x000c0000};
    uint32_t response[DOE_ROOM];
    struct harness h;

    d1_timed(&h);
    C_ASSERT_EQ(COUNT(answer), doe_exchange(&h, 0, first, 3, response));
    C_EXPECT_MEMEQ(answer, response, sizeof(answer));
    C_ASSERT_EQ(9, doe_exchange(&h, 0, last, 3, response));
    C_EXPECT_EQ(0xffff0000, response[2]);
    harness_free(&h);
}

/* --- Memory --------------------------------------------------------------- */

/* What one partition should show. */
struct shown {
    uint8_t handle;
    uint8_t flags;
    uint64_t dpa;
    uint64_t length;
    uint8_t firmware; /* DSEMTS type */
};

static void expect_shown(struct harness *h, unsigned head,
                         const struct shown *shown, uint32_t count)
{
    struct entry entries[ENTRY_MAX];

    C_ASSERT_EQ(1 + 6 * count, read_table(h, head, entries));
    expect_sound(entries, 1 + 6 * count);
    for (uint32_t i = 0; i < count; i++) {
        const struct shown *s = &shown[i];
        const uint8_t *dsmas = ENTRY(1 + 6 * i);
        const uint8_t *dsemts = ENTRY(6 + 6 * i);

        C_EXPECT_EQ(DCD_CDAT_DSMAS, dsmas[0]);
        C_EXPECT_EQ(s->flags, dsmas[5]);
        C_EXPECT_EQ(s->dpa, dcd_load_le(dsmas + 8, 8));
        C_EXPECT_EQ(s->length, dcd_load_le(dsmas + 16, 8));
        C_EXPECT_EQ(DCD_CDAT_DSEMTS, dsemts[0]);
        C_EXPECT_EQ(s->firmware, dsemts[5]);
        C_EXPECT_EQ(0, dcd_load_le(dsemts + 8, 8));
        C_EXPECT_EQ(s->length, dcd_load_le(dsemts + 16, 8));
        for (uint32_t k = 1; k <= 6; k++)
            C_EXPECT_EQ(s->handle, ENTRY(k + 6 * i)[4]);
    }
}

#define SHOWN(...)                       \
    (const struct shown[]){__VA_ARGS__}, \
        COUNT(((const struct shown[]){__VA_ARGS__}))

C_TEST(cdat, static_partitions_come_before_regions)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.static_volatile = MIB(256);
    h.config.static_persistent = MIB(512);
    h.config.region_count = 1;
    h.config.regions[0].length = MIB(64); /* less than it decodes */
    harness_build(&h);
    expect_shown(&h, 0,
                 SHOWN({0, 0, 0, MIB(256), 1}, {1, 4, MIB(256), MIB(512), 2},
                       {2, 0x20, MIB(768), MIB(64), 1}));
    harness_free(&h);
}

C_TEST(cdat, a_device_without_memory_has_a_header)
{
    struct entry entries[ENTRY_MAX];
    struct harness h;

    harness_d1_config(&h);
    h.config.region_count = 0;
    harness_build(&h);
    C_ASSERT_EQ(1, read_table(&h, 0, entries));
    expect_sound(entries, 1);
    harness_free(&h);
}

C_TEST(cdat, eight_regions_and_two_partitions)
{
    struct entry entries[ENTRY_MAX];
    struct harness h;

    harness_d1_config(&h);
    h.config.static_volatile = MIB(256);
    h.config.static_persistent = MIB(256);
    h.config.region_count = 8;
    for (unsigned i = 0; i < 8; i++) {
        h.config.regions[i].length = MIB(256);
        h.config.regions[i].block_size = MIB(2);
    }
    harness_build(&h);
    C_ASSERT_EQ(61, read_table(&h, 0, entries));
    expect_sound(entries, 61);
    C_EXPECT_EQ(9, ENTRY(60)[4]);
    harness_free(&h);
}

/* Each head has its own view of a region. */
C_TEST(cdat, attributes_are_those_that_the_head_sees)
{
    static const struct {
        uint8_t attributes;
        uint8_t flags;
        uint8_t firmware;
    } rows[] = {
        {0, 0x20, 1},
        {DCD_REGION_ATTR_NONVOLATILE, 0x24, 2},
        {DCD_REGION_ATTR_SHARABLE, 0x28, 1},
        {DCD_REGION_ATTR_SHARABLE | DCD_REGION_ATTR_HW_COHERENT, 0x38, 1},
        {DCD_REGION_ATTR_INTERCONNECT_SPECIFIC, 0x20, 1},
        {DCD_REGION_ATTR_READ_ONLY, 0x60, 1},
        {0x7c, 0x7c, 2},
    };
    struct harness h;

    harness_d1_config(&h);
    h.config.heads = COUNT(rows);
    h.config.region_count = 1;
    for (unsigned i = 0; i < COUNT(rows); i++) {
        h.config.head[i].attributes_given[0] = true;
        h.config.head[i].attributes[0] = rows[i].attributes;
    }
    harness_build(&h);
    for (unsigned i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("head %u", i);
        expect_shown(&h, i,
                     SHOWN({0, rows[i].flags, 0, GIB(2), rows[i].firmware}));
    }
    C_CONTEXT("");
    harness_free(&h);
}

/* The handle of each region in 4800h. */
static uint32_t handle_of(struct harness *h, unsigned region)
{
    struct dcd_get_dc_config_req req = {8, 0};

    C_EXPECT_EQ(DCD_RC_SUCCESS,
                mailbox(h, 0, DCD_OP_GET_DC_CONFIG, &req, sizeof(req)));
    return (uint32_t)dcd_load_le(h->out + 8 + 0x28 * region + 0x20, 4);
}

C_TEST(cdat, device_10_1_row_30_handles_are_those_of_the_regions)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.static_volatile = MIB(256);
    harness_build(&h);
    for (unsigned i = 0; i < 2; i++)
        C_EXPECT_EQ(1 + i, handle_of(&h, i));
    expect_shown(&h, 0,
                 SHOWN({0, 0, 0, MIB(256), 1}, {1, 0x20, MIB(256), GIB(2), 1},
                       {2, 0x20, MIB(256) + GIB(2), GIB(2), 1}));
    harness_free(&h);
}

C_TEST(cdat, device_10_1_row_30_handles_can_be_chosen)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.static_volatile = MIB(256);
    h.config.dsmad_auto = false;
    h.config.regions[0].dsmad = 255;
    h.config.regions[1].dsmad = 1;
    harness_build(&h);
    C_EXPECT_EQ(255, handle_of(&h, 0));
    C_EXPECT_EQ(1, handle_of(&h, 1));
    expect_shown(&h, 0,
                 SHOWN({0, 0, 0, MIB(256), 1}, {255, 0x20, MIB(256), GIB(2), 1},
                       {1, 0x20, MIB(256) + GIB(2), GIB(2), 1}));
    harness_free(&h);
}

/* --- Sequence ------------------------------------------------------------- */

static uint32_t sequence(struct harness *h, unsigned head)
{
    struct entry entries[ENTRY_MAX];
    uint32_t count = read_table(h, head, entries);

    expect_sound(entries, count);
    return (uint32_t)dcd_load_le(ENTRY(0) + 12, 4);
}

static void partition(struct harness *h, uint64_t units, uint8_t flags)
{
    struct dcd_set_partition_info_req req = {dcd_put64(units), flags};

    C_EXPECT_EQ(DCD_RC_SUCCESS,
                mailbox(h, 0, DCD_OP_SET_PARTITION_INFO, &req, sizeof(req)));
}

/* What changed can be seen to have changed. */
C_TEST(cdat, device_10_2_row_20_sequence_moves_with_the_partitions)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.heads = 2;
    h.config.region_count = 0;
    h.config.static_partitionable = MIB(512);
    harness_build(&h);
    C_EXPECT_EQ(0, sequence(&h, 0));
    expect_shown(&h, 0, SHOWN({0, 0, 0, MIB(512), 1}));
    partition(&h, 1, DCD_PARTITION_IMMEDIATE);
    C_EXPECT_EQ(1, sequence(&h, 0));
    expect_shown(&h, 0,
                 SHOWN({0, 0, 0, MIB(256), 1}, {1, 4, MIB(256), MIB(256), 2}));
    partition(&h, 1, DCD_PARTITION_IMMEDIATE); /* as it is */
    C_EXPECT_EQ(1, sequence(&h, 0));
    /* The handle stays with its kind. */
    partition(&h, 0, 0);
    C_EXPECT_EQ(1, sequence(&h, 0));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    C_EXPECT_EQ(2, sequence(&h, 0));
    expect_shown(&h, 0, SHOWN({1, 4, 0, MIB(512), 2}));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    C_EXPECT_EQ(2, sequence(&h, 0));
    C_EXPECT_EQ(0, sequence(&h, 1));
    harness_free(&h);
}

/* --- Performance ---------------------------------------------------------- */

C_TEST(cdat, figures_have_a_unit_that_divides_them)
{
    static const struct {
        uint64_t latency; /* ps */
        uint64_t bandwidth;
        uint64_t latency_unit;
        uint64_t latency_entry;
        uint64_t bandwidth_unit;
        uint64_t bandwidth_entry;
    } rows[] = {
        {0, 0, 10000, 0, 1000, 0}, /* not known */
        {10000, 1000000000, 10000, 1, 1000, 1},
        {150000, 16000000000, 10000, 15, 1000, 16},
        {155000, 16500000000, 1000, 155, 1, 16500},
        {1, 1000000, 1000, 1, 1, 1},    /* rounded up */
        {1001, 1999999, 1000, 2, 1, 1}, /* rounded down */
        {655340000, 65534000000000, 10000, 65534, 1000, 65534},
        {65534000, 65534000000, 1000, 65534, 1, 65534},
    };

    for (unsigned i = 0; i < COUNT(rows); i++) {
        struct entry entries[ENTRY_MAX];
        struct harness h;

        C_CONTEXT("row %u", i);
        harness_d1_config(&h);
        h.config.write_latency = rows[i].latency;
        h.config.bandwidth = rows[i].bandwidth;
        harness_build(&h);
        C_ASSERT_EQ(13, read_table(&h, 0, entries));
        C_EXPECT_EQ(DCD_DSLBIS_WRITE_LATENCY, ENTRY(3)[6]);
        C_EXPECT_EQ(rows[i].latency_unit, dcd_load_le(ENTRY(3) + 8, 8));
        C_EXPECT_EQ(rows[i].latency_entry, dcd_load_le(ENTRY(3) + 16, 2));
        C_EXPECT_EQ(rows[i].bandwidth_unit, dcd_load_le(ENTRY(5) + 8, 8));
        C_EXPECT_EQ(rows[i].bandwidth_entry, dcd_load_le(ENTRY(5) + 16, 2));
        C_EXPECT_EQ(0, dcd_load_le(ENTRY(2) + 16, 2)); /* read latency */
        harness_free(&h);
    }
    C_CONTEXT("");
}
