/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_config.c - which configurations are refused, and where memory lies.
 */
#include "gtest_c.h"

#include <cxldcd/config.h>

#include <string.h>

#define MIB(n) ((uint64_t)(n)*DCD_MIB)
#define GIB(n) ((uint64_t)(n)*DCD_GIB)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Valid: static memory of both kinds, two regions of 1 GiB. */
static void base(struct dcd_config *c)
{
    dcd_config_init(c);
    c->static_volatile = MIB(256);
    c->static_persistent = MIB(512);
    c->region_count = 2;
    for (unsigned i = 0; i < 2; i++) {
        c->regions[i].length = GIB(1);
        c->regions[i].block_size = MIB(2);
    }
}

static void expect_valid(const struct dcd_config *c)
{
    struct dcd_config_error error = {DCD_CONFIG_DEVICE, 0, "", ""};

    if (!dcd_config_validate(c, &error))
        C_ADD_FAILURE("refused: %s", error.text);
}

static void expect_wrong(const struct dcd_config *c, enum dcd_config_part part,
                         unsigned index, const char *field)
{
    struct dcd_config_error error;

    memset(&error, 0, sizeof(error));
    C_ASSERT(!dcd_config_validate(c, &error));
    C_EXPECT_EQ(part, error.part);
    C_EXPECT_EQ(index, error.index);
    C_EXPECT_STREQ(field, error.field);
    C_EXPECT(strlen(error.text) > 10);
    C_EXPECT(strlen(error.text) < sizeof(error.text));
    /* Who wants no reason gets none. */
    C_EXPECT(!dcd_config_validate(c, NULL));
}

/* One member of the valid configuration takes another value. */
struct row {
    size_t offset;
    size_t size;
    uint64_t value;
    bool valid;
    enum dcd_config_part part;
    unsigned index;
    const char *field;
};

#define MEMBER(m) \
    offsetof(struct dcd_config, m), sizeof(((struct dcd_config){0}).m)
#define DEVICE(m, value, valid)                           \
    {                                                     \
        MEMBER(m), value, valid, DCD_CONFIG_DEVICE, 0, #m \
    }
#define STATIC(m, value, valid)                           \
    {                                                     \
        MEMBER(m), value, valid, DCD_CONFIG_STATIC, 0, #m \
    }
#define REGION(m, value, valid)                                      \
    {                                                                \
        MEMBER(regions[1].m), value, valid, DCD_CONFIG_REGION, 1, #m \
    }

static void set(struct dcd_config *c, const struct row *row)
{
    uint8_t *member = (uint8_t *)c + row->offset;
    uint32_t narrow = (uint32_t)row->value;

    C_ASSERT(row->size == 4 || row->size == 8);
    if (row->size == 4)
        memcpy(member, &narrow, 4);
    else
        memcpy(member, &row->value, 8);
}

static void try_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct dcd_config c;

        C_CONTEXT("%s = %#llx", rows[i].field,
                  (unsigned long long)rows[i].value);
        base(&c);
        set(&c, &rows[i]);
        if (rows[i].valid)
            expect_valid(&c);
        else
            expect_wrong(&c, rows[i].part, rows[i].index, rows[i].field);
    }
}

C_TEST(config, defaults_with_one_region_are_valid)
{
    struct dcd_config c;

    dcd_config_init(&c);
    C_EXPECT_EQ(DCD_REVISION_4_0, c.revision);
    C_EXPECT_EQ(DCD_UNBACKED_ERROR, c.unbacked_reads);
    C_EXPECT_EQ(DCD_UNBACKED_ERROR, c.unbacked_writes);
    C_EXPECT_EQ(DCD_BACKING_MEMORY, c.backing);
    expect_valid(&c);
    c.region_count = 1;
    c.regions[0].length = GIB(1);
    c.regions[0].block_size = MIB(2);
    expect_valid(&c);
}

C_TEST(config, limits_of_the_device)
{
    static const struct row rows[] = {
        DEVICE(heads, 0, false),
        DEVICE(heads, 1, true),
        DEVICE(heads, 16, true),
        DEVICE(heads, 17, false),
        DEVICE(extents, 0, false),
        DEVICE(extents, 1, true),
        DEVICE(extents, 1 << 20, true),
        DEVICE(extents, (1 << 20) + 1, false),
        DEVICE(tags, 0, true),
        DEVICE(tags, 1 << 20, true),
        DEVICE(tags, (1 << 20) + 1, false),
        DEVICE(dc_log, 0, false),
        DEVICE(dc_log, 1, true),
        DEVICE(dc_log, 65535, true),
        DEVICE(dc_log, 65536, false),
        DEVICE(event_log, 0, false),
        DEVICE(event_log, 1, true),
        DEVICE(event_log, 65535, true),
        DEVICE(event_log, 65536, false),
        DEVICE(fm_log, 0, false),
        DEVICE(fm_log, 1, true),
        DEVICE(fm_log, 65535, true),
        DEVICE(fm_log, 65536, false),
        DEVICE(revision, DCD_REVISION_3_0, true),
        DEVICE(revision, DCD_REVISION_4_0, true),
        DEVICE(revision, DCD_REVISION_4_0 + 1, false),
        DEVICE(topology, DCD_MULTI_HEADED, true),
        DEVICE(topology, DCD_MULTI_LOGICAL, true),
        DEVICE(topology, DCD_MULTI_LOGICAL + 1, false),
        DEVICE(region_count, 0, true),
        DEVICE(region_count, 9, false),
    };

    try_rows(rows, COUNT(rows));
}

/* CXL r3.1 8.2.8.4.3: 2^8 to 2^20 bytes. */
C_TEST(config, mailbox_payload_is_a_power_of_two_up_to_1_mib)
{
    static const struct row rows[] = {
        DEVICE(mailbox_payload, 0, false),
        DEVICE(mailbox_payload, 128, false),
        DEVICE(mailbox_payload, 255, false),
        DEVICE(mailbox_payload, 256, true),
        DEVICE(mailbox_payload, 257, false),
        DEVICE(mailbox_payload, 3072, false),
        DEVICE(mailbox_payload, 1 << 20, true),
        DEVICE(mailbox_payload, 1 << 21, false),
    };

    try_rows(rows, COUNT(rows));
}

/* CXL r3.1 8.2.4.20: what the decoder count field can say, 10 at most. */
C_TEST(config, decoder_counts_are_those_that_the_register_can_say)
{
    for (unsigned n = 0; n < 16; n++) {
        struct row row = DEVICE(hdm_decoders, n, false);

        row.valid = n == 1 || (n >= 2 && n <= 10 && n % 2 == 0);
        try_rows(&row, 1);
    }
}

C_TEST(config, static_capacity_comes_in_units_of_256_mib)
{
    static const struct row rows[] = {
        STATIC(static_volatile, 0, true),
        STATIC(static_volatile, MIB(256) - 1, false),
        STATIC(static_volatile, MIB(256) + MIB(2), false),
        STATIC(static_volatile, GIB(3), true),
        STATIC(static_volatile, (UINT64_C(1) << 52) + MIB(256), false),
        STATIC(static_persistent, 0, true),
        STATIC(static_persistent, 1, false),
        STATIC(static_persistent, MIB(256), true),
    };

    try_rows(rows, COUNT(rows));
}

/* CXL r3.1 8.2.9.9.9.1, Table 8-165. */
C_TEST(config, region_block_is_a_power_of_two_of_at_least_64_bytes)
{
    static const struct row rows[] = {
        REGION(block_size, 0, false),
        REGION(block_size, 1, false),
        REGION(block_size, 32, false),
        REGION(block_size, 63, false),
        REGION(block_size, 64, true),
        REGION(block_size, 96, false),
        REGION(block_size, MIB(3), false),
        REGION(block_size, GIB(1), true),
        REGION(block_size, UINT64_C(1) << 52, false),
        REGION(block_size, UINT64_C(1) << 63, false),
    };

    try_rows(rows, COUNT(rows));
}

C_TEST(config, region_length_is_a_multiple_of_its_block)
{
    static const struct row rows[] = {
        REGION(length, 0, false),
        REGION(length, MIB(1), false),
        REGION(length, MIB(2), true),
        REGION(length, MIB(2) + 64, false),
        REGION(length, MIB(258), true),
        REGION(length, (UINT64_C(1) << 52) + MIB(2), false),
        REGION(length, UINT64_MAX, false),
    };

    try_rows(rows, COUNT(rows));
}

C_TEST(config, region_decode_length_covers_the_region_in_units_of_256_mib)
{
    static const struct row rows[] = {
        REGION(decode, 0, true),
        REGION(decode, MIB(768), false), /* shorter than the region */
        REGION(decode, GIB(1), true),
        REGION(decode, GIB(1) + MIB(2), false),
        REGION(decode, MIB(1280), true),
        REGION(decode, UINT64_C(1) << 53, false),
        REGION(decode, UINT64_MAX, false),
    };

    try_rows(rows, COUNT(rows));
}

/* A length just shorter than the decode length, and one just longer. */
C_TEST(config, region_may_end_before_its_decode_length)
{
    struct dcd_config c;

    base(&c);
    c.regions[0].length = MIB(254);
    c.regions[0].decode = MIB(256);
    expect_valid(&c);
    c.regions[0].length = MIB(258);
    expect_wrong(&c, DCD_CONFIG_REGION, 0, "decode");
}

C_TEST(config, region_supports_the_block_size_that_it_has)
{
    static const struct {
        uint64_t sizes;
        bool valid;
    } rows[] = {
        {0, true}, /* stands for the one it has */
        {MIB(2), true},
        {MIB(2) | MIB(128), true},
        {MIB(128), false},
        {MIB(2) | 64, true},
        {MIB(2) | 32, false},
        {MIB(2) | UINT64_C(1) << 51, false}, /* longer than the region */
        {MIB(2) | UINT64_C(1) << 52, false},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct dcd_config c;

        C_CONTEXT("sizes %#llx", (unsigned long long)rows[i].sizes);
        base(&c);
        c.regions[0].block_sizes = rows[i].sizes;
        if (rows[i].valid)
            expect_valid(&c);
        else
            expect_wrong(&c, DCD_CONFIG_REGION, 0, "block_sizes");
    }
}

C_TEST(config, eight_regions_are_the_most)
{
    struct dcd_config c;

    base(&c);
    for (unsigned i = 0; i < DCD_MAX_REGIONS; i++)
        c.regions[i] = c.regions[0];
    c.region_count = DCD_MAX_REGIONS;
    expect_valid(&c);
    c.region_count++;
    expect_wrong(&c, DCD_CONFIG_DEVICE, 0, "region_count");
}

C_TEST(config, the_first_wrong_region_is_named)
{
    struct dcd_config c;

    base(&c);
    c.region_count = 4;
    c.regions[2] = c.regions[0];
    c.regions[3] = c.regions[0];
    c.regions[2].length++;
    c.regions[3].block_size = 3;
    expect_wrong(&c, DCD_CONFIG_REGION, 2, "length");
}

C_TEST(config, region_behind_the_last_is_not_looked_at)
{
    struct dcd_config c;

    base(&c);
    c.regions[2].block_size = 3;
    expect_valid(&c);
}

/* The CDAT names regions by handles of one byte, no two alike. */
C_TEST(config, dsmad_handles_are_distinct_bytes)
{
    struct dcd_config c;

    base(&c);
    c.dsmad_auto = false;
    c.regions[0].dsmad = 7;
    c.regions[1].dsmad = 255;
    expect_valid(&c);
    c.regions[1].dsmad = 256;
    expect_wrong(&c, DCD_CONFIG_REGION, 1, "dsmad");
    c.regions[1].dsmad = 7;
    expect_wrong(&c, DCD_CONFIG_REGION, 1, "dsmad");
}

/* Static partitions have the first ones, also while they are empty. */
C_TEST(config, dsmad_handles_are_not_those_of_static_partitions)
{
    static const struct {
        uint64_t volatile_size;
        uint64_t persistent;
        uint64_t partitionable;
        uint32_t first_free;
    } rows[] = {
        {0, 0, 0, 0},        {MIB(256), 0, 0, 1},
        {0, MIB(256), 0, 1}, {MIB(256), MIB(256), 0, 2},
        {0, 0, MIB(256), 2},
    };
    struct dcd_config c;

    for (unsigned i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("row %u", i);
        base(&c);
        c.dsmad_auto = false;
        c.static_volatile = rows[i].volatile_size;
        c.static_persistent = rows[i].persistent;
        c.static_partitionable = rows[i].partitionable;
        c.regions[0].dsmad = 200;
        c.regions[1].dsmad = rows[i].first_free;
        expect_valid(&c);
        if (rows[i].first_free == 0)
            continue;
        c.regions[1].dsmad = rows[i].first_free - 1;
        expect_wrong(&c, DCD_CONFIG_REGION, 1, "dsmad");
    }
    C_CONTEXT("");
}

/* What CDAT cannot tell: entries have 16 bits, and FFFFh means something. */
C_TEST(config, latencies_and_bandwidth_fit_the_cdat)
{
    const uint64_t ns = 1000;
    const uint64_t mb = 1000000;
    struct dcd_config c;

    base(&c);
    c.read_latency = 65534 * 10 * ns;
    c.write_latency = 65534 * ns;
    c.bandwidth = 65534 * 1000 * mb;
    expect_valid(&c);
    c.read_latency = 65535 * 10 * ns;
    expect_wrong(&c, DCD_CONFIG_DEVICE, 0, "read_latency");
    c.read_latency = 65535 * ns;
    expect_wrong(&c, DCD_CONFIG_DEVICE, 0, "read_latency");
    c.read_latency = 65534 * ns + 1;
    expect_wrong(&c, DCD_CONFIG_DEVICE, 0, "read_latency");
    c.read_latency = 0;
    c.write_latency = UINT64_MAX;
    expect_wrong(&c, DCD_CONFIG_DEVICE, 0, "write_latency");
    c.write_latency = 0;
    c.bandwidth = 65535 * 1000 * mb;
    expect_wrong(&c, DCD_CONFIG_DEVICE, 0, "bandwidth");
    c.bandwidth = 70001 * mb;
    expect_wrong(&c, DCD_CONFIG_DEVICE, 0, "bandwidth");
    c.bandwidth = UINT64_MAX;
    expect_wrong(&c, DCD_CONFIG_DEVICE, 0, "bandwidth");
    c.bandwidth = 70000 * mb;
    expect_valid(&c);
    c.bandwidth = mb - 1;
    expect_wrong(&c, DCD_CONFIG_DEVICE, 0, "bandwidth");
    c.bandwidth = mb;
    expect_valid(&c);
}

C_TEST(config, automatic_handles_pass_over_those_given)
{
    struct dcd_config c;

    base(&c);
    c.regions[0].dsmad = 1000;
    c.regions[1].dsmad = 1000;
    expect_valid(&c);
}

C_TEST(config, backing_file_needs_a_path)
{
    struct dcd_config c;

    base(&c);
    c.backing = DCD_BACKING_FILE;
    expect_wrong(&c, DCD_CONFIG_BACKING, 0, "backing_path");
    c.backing_path = "";
    expect_wrong(&c, DCD_CONFIG_BACKING, 0, "backing_path");
    c.backing_path = "/tmp/dcd.img";
    expect_valid(&c);
    c.backing = DCD_BACKING_MEMFD;
    c.backing_path = NULL;
    expect_valid(&c);
}

C_TEST(config, backing_of_no_known_kind_is_refused)
{
    struct dcd_config c;

    base(&c);
    c.backing = (enum dcd_backing)3;
    expect_wrong(&c, DCD_CONFIG_BACKING, 0, "backing");
}

C_TEST(config, dpa_space_ends_at_4_pib)
{
    struct dcd_config c;

    base(&c);
    c.static_volatile = 0;
    c.static_persistent = 0;
    c.region_count = 1;
    c.regions[0].length = UINT64_C(1) << 52;
    expect_valid(&c);
    c.static_volatile = MIB(256);
    expect_wrong(&c, DCD_CONFIG_DEVICE, 0, "regions");
}

/* Eight of the largest must not wrap to something small. */
C_TEST(config, sums_do_not_wrap)
{
    struct dcd_config c;

    base(&c);
    c.static_volatile = UINT64_C(1) << 52;
    c.static_persistent = UINT64_C(1) << 52;
    c.region_count = DCD_MAX_REGIONS;
    for (unsigned i = 0; i < DCD_MAX_REGIONS; i++) {
        c.regions[i].length = UINT64_C(1) << 52;
        c.regions[i].block_size = UINT64_C(1) << 51;
    }
    expect_wrong(&c, DCD_CONFIG_DEVICE, 0, "regions");
}

/* --- Layout -------------------------------------------------------------- */

C_TEST(config, regions_follow_static_memory)
{
    struct dcd_layout layout;
    struct dcd_config c;

    base(&c);
    dcd_config_layout(&c, &layout);
    C_EXPECT_EQ(0, layout.static_volatile_base);
    C_EXPECT_EQ(MIB(256), layout.static_persistent_base);
    C_EXPECT_EQ(MIB(768), layout.region_base[0]);
    C_EXPECT_EQ(MIB(768) + GIB(1), layout.region_base[1]);
    C_EXPECT_EQ(GIB(1), layout.region_decode[0]);
    C_EXPECT_EQ(MIB(768) + GIB(2), layout.dpa_end);
}

C_TEST(config, region_starts_behind_the_decode_length_of_the_one_before)
{
    struct dcd_layout layout;
    struct dcd_config c;

    base(&c);
    c.static_volatile = 0;
    c.static_persistent = 0;
    c.regions[0].length = MIB(258); /* decodes 512 MiB by itself */
    c.regions[1].decode = GIB(3);
    dcd_config_layout(&c, &layout);
    C_EXPECT_EQ(0, layout.region_base[0]);
    C_EXPECT_EQ(MIB(512), layout.region_decode[0]);
    C_EXPECT_EQ(MIB(512), layout.region_base[1]);
    C_EXPECT_EQ(GIB(3), layout.region_decode[1]);
    C_EXPECT_EQ(MIB(512) + GIB(3), layout.dpa_end);
}

C_TEST(config, region_of_large_blocks_starts_on_a_block)
{
    struct dcd_layout layout;
    struct dcd_config c;

    base(&c);
    c.regions[1].block_size = GIB(1);
    c.static_persistent = 0;
    dcd_config_layout(&c, &layout);
    C_EXPECT_EQ(MIB(256), layout.region_base[0]);
    C_EXPECT_EQ(GIB(2), layout.region_base[1]);
    C_EXPECT_EQ(GIB(3), layout.dpa_end);
}

C_TEST(config, attributes_of_a_head_come_before_those_of_the_region)
{
    struct dcd_config c;

    base(&c);
    c.regions[1].attributes = DCD_REGION_ATTR_SHARABLE;
    c.head[3].attributes_given[1] = true;
    c.head[3].attributes[1] = DCD_REGION_ATTR_READ_ONLY;
    c.head[4].attributes_given[1] = true; /* to none */
    C_EXPECT_EQ(DCD_REGION_ATTR_SHARABLE, dcd_config_attributes(&c, 0, 1));
    C_EXPECT_EQ(DCD_REGION_ATTR_READ_ONLY, dcd_config_attributes(&c, 3, 1));
    C_EXPECT_EQ(0, dcd_config_attributes(&c, 4, 1));
    C_EXPECT_EQ(0, dcd_config_attributes(&c, 3, 0));
}

/* --- Revisions ----------------------------------------------------------- */

C_TEST(config, revisions_have_names)
{
    static const struct {
        enum dcd_revision revision;
        const char *name;
    } rows[] = {
        {DCD_REVISION_3_0, "3.0"},
        {DCD_REVISION_3_1, "3.1"},
        {DCD_REVISION_3_2, "3.2"},
        {DCD_REVISION_4_0, "4.0"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        enum dcd_revision back = (enum dcd_revision)99;

        C_EXPECT_STREQ(rows[i].name, dcd_revision_name(rows[i].revision));
        C_EXPECT(dcd_revision_parse(rows[i].name, &back));
        C_EXPECT_EQ(rows[i].revision, back);
    }
}

C_TEST(config, what_is_no_revision_is_refused)
{
    static const char *const bad[] = {"", "3", "3.3", "2.0", "4.0 ", "v4.0"};
    enum dcd_revision revision = DCD_REVISION_3_2;

    for (size_t i = 0; i < COUNT(bad); i++)
        C_EXPECT(!dcd_revision_parse(bad[i], &revision));
    C_EXPECT_EQ(DCD_REVISION_3_2, revision);
    C_EXPECT_STREQ("unknown", dcd_revision_name((enum dcd_revision)99));
}
