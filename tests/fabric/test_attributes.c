/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_attributes.c - regions as each host sees them: read-only, sharable or
 * not, non-volatile; and who is a host at all.
 */
#include "ask.h"

#include <string.h>

#define FORCED DCD_RELEASE_FORCED
#define READ_ONLY DCD_REGION_ATTR_READ_ONLY
#define SHARABLE DCD_REGION_ATTR_SHARABLE
#define NONVOLATILE DCD_REGION_ATTR_NONVOLATILE
#define COHERENT DCD_REGION_ATTR_HW_COHERENT
#define SPECIAL DCD_REGION_ATTR_INTERCONNECT_SPECIFIC

/* The regions of fabric.h as three hosts see them. */
static const uint8_t seen[3][4] = {
    {0, 0, SHARABLE, 0}, /* a host that says nothing */
    {READ_ONLY, NONVOLATILE, SHARABLE | READ_ONLY, 0},
    {0, READ_ONLY | SPECIAL, 0, SHARABLE | COHERENT},
};

static void attributes_config(struct harness *h)
{
    fabric_config(h);
    h->config.heads = 3;
    for (unsigned host = 1; host < 3; host++) {
        for (unsigned i = 0; i < 4; i++) {
            h->config.head[host].attributes_given[i] = true;
            h->config.head[host].attributes[i] = seen[host][i];
        }
    }
}

static void attributes_build(struct harness *h)
{
    attributes_config(h);
    harness_build(h);
    for (unsigned host = 0; host < 3; host++)
        open_window(h, host);
}

C_TEST(fm_attributes, are_listed_for_each_host)
{
    const struct dcd_host_dc_region_config *c;
    struct harness h;

    attributes_build(&h);
    c = (void *)(h.out + sizeof(struct dcd_get_host_dc_config_rsp));
    for (unsigned host = 0; host < 3; host++) {
        const struct dcd_get_host_dc_config_req req = {
            dcd_put16((uint16_t)host), 8, 0};

        C_EXPECT_EQ(0, fm(&h, DCD_OP_GET_HOST_DC_CONFIG, &req, sizeof(req)));
        C_EXPECT_EQ(host, h.out[0]);
        for (unsigned i = 0; i < 4; i++) {
            C_CONTEXT("host %u, region %u", host, i);
            C_EXPECT_EQ(seen[host][i], c[i].attributes);
            /* The geometry is the device's. */
            C_EXPECT_EQ(GIB(i), dcd_get64(c[i].base));
            C_EXPECT_EQ(i == 1 ? MIB(128) : MIB(2), dcd_get64(c[i].block_size));
            C_EXPECT_EQ(i == 3, c[i].flags);
        }
    }
    harness_free(&h);
}

/* --- Read-only ------------------------------------------------------------ */

static enum dcd_access write_to(struct harness *h, unsigned host, uint64_t dpa)
{
    static const uint64_t value = 1;

    return dcd_device_write(h->device, host, WINDOW + dpa, &value,
                            sizeof(value));
}

static bool pointer_is_writable(struct harness *h, unsigned host, uint64_t dpa)
{
    struct dcd_span span = {NULL, 0, 0, false};

    C_EXPECT(dcd_device_dmi(h->device, host, WINDOW + dpa, &span));
    return span.writable;
}

/* A block goes from a host that writes to one that reads, and back. */
C_TEST(fm_attributes, a_host_reads_what_it_may_not_write)
{
    struct harness h;

    attributes_build(&h);
    hold(&h, 0, RANGES({R0, MIB(2)}));
    poke(&h, 0, R0, 55);
    C_EXPECT(pointer_is_writable(&h, 0, R0));
    C_EXPECT_EQ(0, release(&h, 0, RANGES({R0, MIB(2)})));
    hold(&h, 1, RANGES({R0, MIB(2)}));
    C_EXPECT_EQ(55, peek(&h, 1, R0));
    C_EXPECT_EQ(DCD_ACCESS_READ_ONLY, write_to(&h, 1, R0));
    C_EXPECT(!pointer_is_writable(&h, 1, R0));
    C_EXPECT_EQ(55, peek(&h, 1, R0));
    /* What it does not have is the better reason. */
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, write_to(&h, 1, R0 + MIB(2)));
    C_EXPECT_EQ(0, release(&h, 1, RANGES({R0, MIB(2)})));
    hold(&h, 2, RANGES({R0, MIB(2)}));
    poke(&h, 2, R0, 56);
    C_EXPECT(pointer_is_writable(&h, 2, R0));
    harness_free(&h);
}

C_TEST(fm_attributes, a_write_to_read_only_memory_may_pass_unheard)
{
    struct harness h;

    attributes_config(&h);
    h.config.unbacked_writes = DCD_UNBACKED_IGNORE;
    harness_build(&h);
    open_window(&h, 0);
    open_window(&h, 1);
    hold(&h, 0, RANGES({R0, MIB(2)}));
    poke(&h, 0, R0, 55);
    C_EXPECT_EQ(0, release(&h, 0, RANGES({R0, MIB(2)})));
    hold(&h, 1, RANGES({R0, MIB(2)}));
    C_EXPECT_EQ(DCD_ACCESS_OK, write_to(&h, 1, R0));
    C_EXPECT_EQ(55, peek(&h, 1, R0));
    harness_free(&h);
}

/* One writes, one reads the same bytes at the same time. */
C_TEST(fm_attributes, a_reader_shares_with_a_writer)
{
    static const struct range shared[] = {{R2, MIB(2), TAG_A, 0},
                                          {R2 + MIB(4), MIB(2), TAG_A, 1}};
    struct dcd_span span;
    struct harness h;

    attributes_build(&h);
    hold(&h, 0, shared, 2);
    hold_share(&h, 1, 2, shared, 2);
    C_ASSERT(dcd_device_dmi(h.device, 1, WINDOW + R2 + MIB(4), &span));
    C_EXPECT(!span.writable);
    C_EXPECT_EQ(WINDOW + R2 + MIB(4), span.first);
    poke(&h, 0, R2 + MIB(4), 99);
    C_EXPECT_EQ(99, dcd_load_le(span.data, 8));
    C_EXPECT_EQ(99, peek(&h, 1, R2 + MIB(4)));
    C_EXPECT_EQ(DCD_ACCESS_READ_ONLY, write_to(&h, 1, R2));
    C_EXPECT(pointer_is_writable(&h, 0, R2));
    /* The writer leaves, the reader stays what it is. */
    C_EXPECT_EQ(0, release(&h, 0, shared, 2));
    C_EXPECT_EQ(DCD_ACCESS_READ_ONLY, write_to(&h, 1, R2));
    C_EXPECT_EQ(99, peek(&h, 1, R2 + MIB(4)));
    harness_free(&h);
}

/* --- Sharable for one, not for another ------------------------------------ */

/* R2 is sharable for hosts 0 and 1, R3 for host 2. */
C_TEST(fm_attributes, who_shares_needs_a_tag)
{
    static const struct {
        unsigned host;
        uint8_t region;
        uint16_t rc; /* without a tag */
    } rows[] = {{0, 2, 0x02}, {1, 2, 0x02}, {2, 2, 0x00}, {0, 3, 0x00},
                {1, 3, 0x00}, {2, 3, 0x02}, {0, 0, 0x00}, {1, 0, 0x00}};

    for (size_t i = 0; i < COUNT(rows); i++) {
        unsigned host = rows[i].host;
        uint8_t region = rows[i].region;
        struct harness h;

        C_CONTEXT("host %u, region %u", host, region);
        attributes_build(&h);
        C_EXPECT_EQ(rows[i].rc, ask_free(&h, host, region, MIB(2), NULL));
        C_EXPECT_EQ(rows[i].rc, ask_contiguous(&h, host, region, MIB(2), NULL));
        C_EXPECT_EQ(rows[i].rc,
                    fm_add(&h, host, RANGES({GIB(region) + MIB(100), MIB(2)})));
        C_EXPECT_EQ(0, ask_free(&h, host, region, MIB(2), TAG_A));
        harness_free(&h);
    }
}

/* The tag of a host that does not share names what is its own. */
static void build_exclusive(struct harness *h)
{
    attributes_build(h);
    hold(h, 2, RANGES({R2, MIB(4), TAG_A, 5}, {R2 + MIB(8), MIB(2), TAG_A, 5}));
}

C_TEST(fm_attributes, who_does_not_share_has_capacity_of_its_own)
{
    struct harness h;

    build_exclusive(&h);
    /* Not numbered, and released in parts. */
    expect_held(&h, 2,
                RANGES({R2, MIB(4), TAG_A, 0}, {R2 + MIB(8), MIB(2), TAG_A}));
    C_EXPECT_EQ(0, release(&h, 2, RANGES({R2, MIB(2)})));
    C_EXPECT_EQ(0, release_by_tag(&h, 2, FORCED, MIB(2), TAG_A));
    expect_held(&h, 2, RANGES({R2 + MIB(8), MIB(2), TAG_A}));
    expect_tags(&h, TAGS({TAG_A, false, 4, 0}));
    /* Block by block they are free, for those who share, too. */
    C_EXPECT_EQ(0, fm_add(&h, 0, RANGES({R2, MIB(4), TAG_B})));
    C_EXPECT_EQ(0, release(&h, 2, RANGES({R2 + MIB(8), MIB(2)})));
    expect_tags(&h, TAGS({TAG_B, false, 0, 1}));
    harness_free(&h);
}

C_TEST(fm_attributes, what_is_one_hosts_own_is_nobody_elses)
{
    struct harness h;
    uint64_t before;

    build_exclusive(&h);
    before = full_state(&h);
    C_EXPECT_EQ(0x02, share(&h, 0, 2, TAG_A));
    C_EXPECT_EQ(0x02, share(&h, 1, 2, TAG_A));
    C_EXPECT_EQ(0x02, share(&h, 2, 2, TAG_A));
    C_EXPECT_EQ(0x02, share(&h, 2, 3, TAG_A));
    C_EXPECT_EQ(0x02, refer(&h, TAG_A));
    C_EXPECT_EQ(0x02, unrefer(&h, TAG_A));
    /* Taken, in a region that host 0 shares. */
    C_EXPECT_EQ(0x1d, fm_add(&h, 0, RANGES({R2, MIB(2), TAG_B})));
    C_EXPECT_EQ(before, full_state(&h));
    harness_free(&h);
}

C_TEST(fm_attributes, what_others_share_is_not_for_a_host_that_does_not)
{
    struct harness h;
    uint64_t before;

    attributes_build(&h);
    hold(&h, 0, RANGES({R2, MIB(4), TAG_A}));
    before = full_state(&h);
    C_EXPECT_EQ(0x02, share(&h, 2, 2, TAG_A));
    C_EXPECT_EQ(0x02, share(&h, 2, 3, TAG_A));
    C_EXPECT_EQ(0x1e, fm_add(&h, 2, RANGES({R2, MIB(2)})));
    C_EXPECT_EQ(0x02, fm_add(&h, 2, RANGES({R2 + MIB(8), MIB(2), TAG_A})));
    C_EXPECT_EQ(before, full_state(&h));
    /* Its own blocks come from between. */
    C_EXPECT_EQ(0, ask_contiguous(&h, 2, 2, MIB(2), NULL));
    expect_host_chain(&h, 2, DCD_EVENT_ADD_CAPACITY,
                      RANGES({R2 + MIB(4), MIB(2)}));
    /* With the FM alone behind the tag they are as little to be had. */
    C_EXPECT_EQ(0, refer(&h, TAG_A));
    C_EXPECT_EQ(0, release(&h, 0, RANGES({R2, MIB(4)})));
    C_EXPECT_EQ(0x1e, fm_add(&h, 2, RANGES({R2, MIB(2)})));
    C_EXPECT_EQ(0x1d, fm_add(&h, 1, RANGES({R2, MIB(2), TAG_B})));
    C_EXPECT_EQ(0, unrefer(&h, TAG_A));
    C_EXPECT_EQ(0, fm_add(&h, 2, RANGES({R2, MIB(2)})));
    harness_free(&h);
}

/* Two sharable regions of two hosts: the one that is named has to be both. */
C_TEST(fm_attributes, sharing_names_the_region_of_the_tag)
{
    struct harness h;

    attributes_build(&h);
    hold(&h, 2, RANGES({R3, MIB(2), TAG_A}));
    for (uint8_t region = 0; region < 5; region++) {
        C_EXPECT_EQ(0x02, share(&h, 0, region, TAG_A));
        C_EXPECT_EQ(0x02, share(&h, 1, region, TAG_A));
    }
    /* It can be shared; nobody else may. */
    C_EXPECT_EQ(0, refer(&h, TAG_A));
    C_EXPECT_EQ(0, release(&h, 2, RANGES({R3, MIB(2)})));
    C_EXPECT_EQ(0x02, share(&h, 2, 2, TAG_A));
    C_EXPECT_EQ(0, share(&h, 2, 3, TAG_A));
    harness_free(&h);
}

/* --- Who is a host -------------------------------------------------------- */

/* Byte 02h and on of a request that names a host in bytes 00h and 01h. */
static const struct naming {
    const char *name;
    uint16_t opcode;
    uint32_t length;
    uint8_t rest[0x48 - 2];
} namings[] = {
    {"5601h", 0x5601, 4, {8, 0}},
    {"5601h of no region", 0x5601, 4, {8, 200}},
    {"5603h", 0x5603, 12, {0, 0, 1}},
    {"5603h behind the list", 0x5603, 12, {0, 0, 1, 0, 0, 0, 99}},
    {"5604h free", 0x5604, 0x20, {0, 0, 0, 0, 0x20}},
    {"5604h free, short", 0x5604, 0x1c, {0, 0, 0, 0, 0x20}},
    {"5604h contiguous", 0x5604, 0x1c, {1, 0, 0, 0, 0x20}},
    {"5604h prescriptive, of nothing", 0x5604, 0x20, {2}},
    {"5604h enable shared access", 0x5604, 0x1c, {3, 2}},
    {"5604h with no policy", 0x5604, 0x1c, {4}},
    {"5604h in no region", 0x5604, 0x1c, {0, 9}},
    {"5605h tag-based", 0x5605, 0x1c, {0, 0, 0, 0, 0x20}},
    {"5605h prescriptive, of nothing", 0x5605, 0x20, {1}},
    {"5605h forced", 0x5605, 0x20, {0x11}},
    {"5605h with no policy", 0x5605, 0x1c, {2}},
};

static uint16_t ask_about(struct harness *h, const struct naming *naming,
                          uint16_t host)
{
    uint8_t in[0x48];

    dcd_store_le(in, 2, host);
    memcpy(in + 2, naming->rest, sizeof(naming->rest));
    return fm(h, naming->opcode, in, naming->length);
}

/* The low byte alone would be a host, often. */
C_TEST(fm_host_id, of_nobody_is_refused_everywhere)
{
    static const uint16_t ids[] = {3,     4,     15,     16,     0xff,
                                   0x100, 0x102, 0xff00, 0xfffe, 0xffff};
    struct harness h;
    uint64_t before;

    attributes_build(&h);
    hold(&h, 2, RANGES({R0, MIB(2), TAG_A}));
    before = full_state(&h);
    for (size_t i = 0; i < COUNT(namings); i++) {
        for (size_t k = 0; k < COUNT(ids); k++) {
            C_CONTEXT("%s for host %#x", namings[i].name, ids[k]);
            C_EXPECT_EQ(0x02, ask_about(&h, &namings[i], ids[k]));
            C_EXPECT_EQ(0, h.out_length);
        }
    }
    C_EXPECT_EQ(before, full_state(&h));
    harness_free(&h);
}

C_TEST(fm_host_id, is_looked_at_behind_the_length)
{
    struct harness h;

    attributes_build(&h);
    for (size_t i = 0; i < COUNT(namings); i++) {
        struct naming cut = namings[i];

        C_CONTEXT("%s", cut.name);
        cut.length = cut.opcode == 0x5601 ? 3 : cut.opcode == 0x5603 ? 11 : 27;
        C_EXPECT_EQ(0x16, ask_about(&h, &cut, 0xffff));
    }
    /* A count of one, and no extent. */
    C_EXPECT_EQ(0x16, fm(&h, 0x5604,
                         "\377\377\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                         "\0\0\0\0\0\0\0\0\0\0\1\0\0\0",
                         32));
    harness_free(&h);
}

/* The last host there can be is one. */
C_TEST(fm_host_id, is_that_of_any_head)
{
    struct harness h;

    fabric_config(&h);
    h.config.heads = 16;
    harness_build(&h);
    for (unsigned host = 0; host < 16; host++) {
        const uint64_t dpa = R0 + host * MIB(4);

        C_CONTEXT("host %u", host);
        hold(&h, host, RANGES({dpa, MIB(2)}));
        expect_held(&h, host, RANGES({dpa, MIB(2)}));
        C_EXPECT_EQ(0, fm_release(&h, host, FORCED, RANGES({dpa, MIB(2)})));
        expect_fm_chain(&h, DCD_EVENT_CAPACITY_RELEASED, host,
                        RANGES({dpa, MIB(2)}));
    }
    C_EXPECT_EQ(0x02, ask_free(&h, 16, 0, MIB(2), NULL));
    harness_free(&h);
}
