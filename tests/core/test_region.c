/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_region.c - geometry of regions and of a head's partitions.
 */
#include "region.h"
#include "gtest_c.h"

#define MIB(n) ((uint64_t)(n)*DCD_MIB)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/*
 *     DPA MiB  0        256          512 ... 772     1024 .. 1025   1280
 *              volatile  persistent  region 0 (260)  region 1 (1)   end
 */
static void configure(struct dcd_config *c)
{
    dcd_config_init(c);
    c->heads = 2;
    c->static_volatile = MIB(256);
    c->static_persistent = MIB(256);
    c->region_count = 2;
    c->regions[0].length = MIB(260);
    c->regions[0].block_size = MIB(2);
    c->regions[1].length = MIB(1);
    c->regions[1].block_size = 64;
    c->regions[1].attributes = DCD_REGION_ATTR_READ_ONLY;
    c->head[1].attributes_given[1] = true;
}

C_TEST(region, geometry_comes_from_the_configuration)
{
    struct dcd_regions regions;
    struct dcd_config c;

    configure(&c);
    dcd_regions_init(&regions, &c);
    C_ASSERT_EQ(2, regions.count);
    C_EXPECT_EQ(MIB(512), regions.region[0].base);
    C_EXPECT_EQ(MIB(260), regions.region[0].length);
    C_EXPECT_EQ(MIB(512), regions.region[0].decode);
    C_EXPECT_EQ(21, regions.region[0].block_shift);
    C_EXPECT_EQ(MIB(1024), regions.region[1].base);
    C_EXPECT_EQ(6, regions.region[1].block_shift);
}

C_TEST(region, supported_blocks_default_to_the_one_in_use)
{
    struct dcd_regions regions;
    struct dcd_config c;

    configure(&c);
    c.regions[1].block_sizes = 64 | 4096;
    dcd_regions_init(&regions, &c);
    C_EXPECT_EQ(MIB(2), regions.region[0].block_sizes);
    C_EXPECT_EQ(64 | 4096, regions.region[1].block_sizes);
}

/* The CDAT numbers volatile, then persistent, then regions. */
C_TEST(region, automatic_handles_follow_the_static_partitions)
{
    static const struct {
        uint64_t vol;
        uint64_t per;
        uint32_t first;
    } rows[] = {{0, 0, 0}, {1, 0, 1}, {0, 1, 1}, {1, 1, 2}};

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct dcd_regions regions;
        struct dcd_config c;

        configure(&c);
        c.static_volatile = rows[i].vol * MIB(256);
        c.static_persistent = rows[i].per * MIB(256);
        dcd_regions_init(&regions, &c);
        C_EXPECT_EQ(rows[i].first, regions.region[0].dsmad);
        C_EXPECT_EQ(rows[i].first + 1, regions.region[1].dsmad);
    }
}

C_TEST(region, given_handles_are_kept)
{
    struct dcd_regions regions;
    struct dcd_config c;

    configure(&c);
    c.dsmad_auto = false;
    c.regions[0].dsmad = 9;
    c.regions[1].dsmad = 4;
    dcd_regions_init(&regions, &c);
    C_EXPECT_EQ(9, regions.region[0].dsmad);
    C_EXPECT_EQ(4, regions.region[1].dsmad);
}

C_TEST(region, sanitize_settings)
{
    static const struct {
        enum dcd_sanitize sanitize;
        bool on_release;
        bool able;
        bool configurable;
    } rows[] = {
        {DCD_SANITIZE_NO, false, false, false},
        {DCD_SANITIZE_YES, true, true, false},
        {DCD_SANITIZE_CONFIGURABLE, false, true, true},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct dcd_regions regions;
        struct dcd_config c;

        configure(&c);
        c.regions[0].sanitize = rows[i].sanitize;
        dcd_regions_init(&regions, &c);
        C_EXPECT_EQ(rows[i].on_release, regions.region[0].sanitize_on_release);
        C_EXPECT_EQ(rows[i].able, regions.region[0].sanitizes);
        C_EXPECT_EQ(rows[i].configurable,
                    regions.region[0].sanitize_configurable);
    }
}

/* Bytes of the backing: regions do not meet in a page of 2 MiB. */
C_TEST(region, backing_has_a_place_for_each_region)
{
    struct dcd_regions regions;
    struct dcd_config c;

    configure(&c);
    c.regions[0].length = MIB(2) + 64;
    c.regions[0].block_size = 64;
    dcd_regions_init(&regions, &c);
    C_EXPECT_EQ(0, regions.region[0].media);
    C_EXPECT_EQ(MIB(4), regions.region[1].media);
    C_EXPECT_EQ(MIB(6), dcd_regions_media_size(&regions));
}

C_TEST(region, no_region_needs_no_backing)
{
    struct dcd_regions regions;
    struct dcd_config c;

    configure(&c);
    c.region_count = 0;
    dcd_regions_init(&regions, &c);
    C_EXPECT_EQ(0, dcd_regions_media_size(&regions));
    C_EXPECT_EQ(-1, dcd_regions_find(&regions, 0));
}

C_TEST(region, find_knows_the_usable_length_only)
{
    static const struct {
        uint64_t dpa;
        int region;
    } rows[] = {
        {0, -1},
        {MIB(512) - 1, -1},
        {MIB(512), 0},
        {MIB(772) - 1, 0},
        {MIB(772), -1}, /* decoded, but never capacity */
        {MIB(1024) - 1, -1},
        {MIB(1024), 1},
        {MIB(1025) - 1, 1},
        {MIB(1025), -1},
        {UINT64_MAX, -1},
    };
    struct dcd_regions regions;
    struct dcd_config c;

    configure(&c);
    dcd_regions_init(&regions, &c);
    for (size_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("DPA %#llx", (unsigned long long)rows[i].dpa);
        C_EXPECT_EQ(rows[i].region, dcd_regions_find(&regions, rows[i].dpa));
    }
}

C_TEST(region, verdict_on_ranges)
{
    static const struct {
        const char *what;
        uint64_t dpa;
        uint64_t length;
        enum dcd_range_fault fault;
    } rows[] = {
        {"a block", MIB(512), MIB(2), DCD_RANGE_OK},
        {"the last block", MIB(770), MIB(2), DCD_RANGE_OK},
        {"the whole region", MIB(512), MIB(260), DCD_RANGE_OK},
        {"64 bytes", MIB(1024) + 64, 64, DCD_RANGE_OK},
        {"nothing", MIB(512), 0, DCD_RANGE_EMPTY},
        {"nothing, outside", 0, 0, DCD_RANGE_EMPTY},
        {"static memory", 0, MIB(2), DCD_RANGE_OUTSIDE},
        {"static and region", MIB(510), MIB(4), DCD_RANGE_OUTSIDE},
        {"a block too long", MIB(512), MIB(262), DCD_RANGE_OUTSIDE},
        {"over the end", MIB(770), MIB(4), DCD_RANGE_OUTSIDE},
        {"behind the end", MIB(772), MIB(2), DCD_RANGE_OUTSIDE},
        {"over two regions", MIB(512), MIB(513), DCD_RANGE_OUTSIDE},
        {"end wraps to the start", MIB(514), 0 - MIB(2), DCD_RANGE_OUTSIDE},
        {"all there is", MIB(512), UINT64_MAX, DCD_RANGE_OUTSIDE},
        {"start between blocks", MIB(513), MIB(2), DCD_RANGE_MISALIGNED},
        {"end between blocks", MIB(512), MIB(1), DCD_RANGE_MISALIGNED},
        {"a byte", MIB(1024), 1, DCD_RANGE_MISALIGNED},
        {"misaligned and too long", MIB(770) + 1, MIB(2), DCD_RANGE_OUTSIDE},
    };
    struct dcd_regions regions;
    struct dcd_config c;

    configure(&c);
    dcd_regions_init(&regions, &c);
    for (size_t i = 0; i < COUNT(rows); i++) {
        unsigned region = 99;
        bool inside;

        C_CONTEXT("%s", rows[i].what);
        C_EXPECT_EQ(rows[i].fault, dcd_regions_check(&regions, rows[i].dpa,
                                                     rows[i].length, &region));
        inside = rows[i].fault == DCD_RANGE_OK ||
                 rows[i].fault == DCD_RANGE_MISALIGNED;
        if (inside)
            C_EXPECT_EQ(rows[i].dpa >= MIB(1024), region);
    }
}

C_TEST(region, block_numbers_count_from_the_base)
{
    struct dcd_regions regions;
    struct dcd_config c;

    configure(&c);
    dcd_regions_init(&regions, &c);
    C_EXPECT_EQ(0, dcd_region_block(&regions.region[0], MIB(512)));
    C_EXPECT_EQ(0, dcd_region_block(&regions.region[0], MIB(514) - 1));
    C_EXPECT_EQ(129, dcd_region_block(&regions.region[0], MIB(770)));
    C_EXPECT_EQ(16383, dcd_region_block(&regions.region[1], MIB(1025) - 1));
}

/* --- Partitions ---------------------------------------------------------- */

static void partitions_of(struct dcd_partitions *p, unsigned head)
{
    struct dcd_regions regions;
    struct dcd_config c;

    configure(&c);
    dcd_regions_init(&regions, &c);
    dcd_partitions_init(p, &regions, &c, head, MIB(1000) * (head + 1));
}

C_TEST(region, partitions_are_static_memory_and_regions)
{
    static const struct {
        uint64_t base;
        uint64_t length;
        uint64_t media;
        int region;
    } rows[] = {
        {0, MIB(256), MIB(1000), DCD_PARTITION_VOLATILE},
        {MIB(256), MIB(256), MIB(1256), DCD_PARTITION_PERSISTENT},
        {MIB(512), MIB(260), 0, 0},
        {MIB(1024), MIB(1), MIB(260), 1},
    };
    struct dcd_partitions p;

    partitions_of(&p, 0);
    C_ASSERT_EQ(COUNT(rows), p.count);
    for (unsigned i = 0; i < p.count; i++) {
        C_EXPECT_EQ(rows[i].base, p.partition[i].base);
        C_EXPECT_EQ(rows[i].length, p.partition[i].length);
        C_EXPECT_EQ(rows[i].media, p.partition[i].media);
        C_EXPECT_EQ(rows[i].region, p.partition[i].region);
    }
}

C_TEST(region, heads_share_regions_but_not_static_memory)
{
    struct dcd_partitions a;
    struct dcd_partitions b;

    partitions_of(&a, 0);
    partitions_of(&b, 1);
    C_EXPECT_EQ(MIB(1000), a.partition[0].media);
    C_EXPECT_EQ(MIB(2000), b.partition[0].media);
    C_EXPECT_EQ(a.partition[2].media, b.partition[2].media);
    C_EXPECT_EQ(a.partition[3].media, b.partition[3].media);
}

C_TEST(region, read_only_is_a_matter_of_the_head)
{
    struct dcd_partitions a;
    struct dcd_partitions b;

    partitions_of(&a, 0);
    partitions_of(&b, 1);
    C_EXPECT(!a.partition[0].read_only);
    C_EXPECT(!a.partition[2].read_only);
    C_EXPECT(a.partition[3].read_only);
    C_EXPECT(!b.partition[3].read_only);
}

C_TEST(region, absent_static_memory_holds_no_dpa)
{
    struct dcd_regions regions;
    struct dcd_partitions p;
    struct dcd_config c;

    configure(&c);
    c.static_volatile = 0;
    dcd_regions_init(&regions, &c);
    dcd_partitions_init(&p, &regions, &c, 0, 0);
    C_EXPECT_EQ(4, p.count);
    C_EXPECT_EQ(0, p.partition[0].length);
    C_EXPECT(dcd_partitions_find(&p, 0) == &p.partition[1]);
    C_EXPECT_EQ(MIB(256), p.partition[1].length);
}

C_TEST(region, every_dpa_has_a_partition_or_a_gap_to_the_next)
{
    static const struct {
        uint64_t dpa;
        int index; /* of the partition, or -1 */
        uint64_t gap;
    } rows[] = {
        {0, 0, 0},
        {MIB(256) - 1, 0, 0},
        {MIB(256), 1, 0},
        {MIB(512), 2, 0},
        {MIB(772), -1, MIB(252)},
        {MIB(1024) - 1, -1, 1},
        {MIB(1024), 3, 0},
        {MIB(1025), -1, 0 - MIB(1025)},
        {UINT64_MAX, -1, 1},
    };
    struct dcd_partitions p;

    partitions_of(&p, 0);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct dcd_partition *found =
            dcd_partitions_find(&p, rows[i].dpa);

        C_CONTEXT("DPA %#llx", (unsigned long long)rows[i].dpa);
        C_EXPECT(found ==
                 (rows[i].index < 0 ? NULL : &p.partition[rows[i].index]));
        if (rows[i].index < 0)
            C_EXPECT_EQ(rows[i].gap, dcd_partitions_gap(&p, rows[i].dpa));
    }
}

C_TEST(region, gap_of_an_empty_device_is_all_there_is)
{
    struct dcd_partitions p = {0};

    C_EXPECT_EQ(UINT64_MAX, dcd_partitions_gap(&p, 0));
    C_EXPECT(!dcd_partitions_find(&p, 0));
}
