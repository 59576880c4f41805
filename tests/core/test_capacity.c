/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_capacity.c - what cannot be seen from the doors: in which order blocks
 * close, pointers are taken back, bytes are erased and space becomes free.
 */
#include "capacity.h"
#include "gtest_c.h"

#include <cxldcd/ctypes/return_code.h>

#include <stdio.h>
#include <string.h>

#define MIB(n) ((uint64_t)(n)*DCD_MIB)
#define BLOCK MIB(2)
#define HEAD 1u /* not the first one */

/*
 * What was asked for, one letter a call: r revoke, e erase, and a record of
 * type A add, R release, F forced, a add response, f released. What has to be
 * true at that moment is checked by the callbacks themselves.
 */
struct fixture {
    struct dcd_config config;
    struct dcd_port ports[DCD_MAX_PORTS];
    struct dcd_capacity capacity;
    struct dcd_capacity_ops ops;
    char calls[64];
    size_t count;
    unsigned rose[DCD_MAX_PORTS];
};

static void note(struct fixture *f, char call)
{
    if (f->count + 1 < sizeof(f->calls))
        f->calls[f->count++] = call;
}

static uint64_t ops_now(void *context)
{
    (void)context;
    return 0;
}

static bool any_open(const struct fixture *f, uint64_t dpa, uint64_t length)
{
    const struct dcd_regions *regions = &f->capacity.regions;
    unsigned i = (unsigned)dcd_regions_find(regions, dpa);
    const struct dcd_region *r = &regions->region[i];

    return dcd_block_map_any_open(&f->capacity.holder[HEAD].map[i],
                                  dcd_region_block(r, dpa),
                                  length >> r->block_shift);
}

static bool is_free(const struct fixture *f, uint64_t dpa, uint64_t length)
{
    int i = dcd_regions_find(&f->capacity.regions, dpa);

    return dcd_free_space_has(&f->capacity.free[i], dpa, length);
}

/* Closed for the host, and nobody else's yet. */
static void ops_revoke(void *context, unsigned head, uint64_t dpa,
                       uint64_t length)
{
    struct fixture *f = context;

    C_EXPECT_EQ(HEAD, head);
    C_EXPECT(!any_open(f, dpa, length));
    C_EXPECT(!is_free(f, dpa, BLOCK));
    C_EXPECT(dcd_extent_list_covers(&f->capacity.holder[HEAD].accepted, dpa,
                                    length));
    note(f, 'r');
}

static void ops_erase(void *context, unsigned region, uint64_t dpa,
                      uint64_t length)
{
    struct fixture *f = context;

    C_EXPECT_EQ(dcd_regions_find(&f->capacity.regions, dpa), region);
    C_EXPECT(!any_open(f, dpa, length));
    C_EXPECT(!is_free(f, dpa, BLOCK));
    note(f, 'e');
}

static void ops_reshaped(void *context, unsigned region)
{
    C_EXPECT_EQ(0, region);
    note(context, 's');
}

/* The event types 0 to 5, or what was lost. */
static void ops_logged(void *context, unsigned port,
                       const struct dcd_dc_event *record)
{
    (void)port;
    note(context, record ? "ARFUaf"[record->type] : '!');
}

static void ops_log_rose(void *context, unsigned port)
{
    ((struct fixture *)context)->rose[port]++;
}

static void ops_trace(void *context, unsigned kind, unsigned head,
                      const struct dcd_extent *extent)
{
    (void)context;
    (void)kind;
    (void)head;
    (void)extent;
}

/* Two heads; region 0 keeps bytes, region 1 erases them on release. */
static void build(struct fixture *f)
{
    memset(f, 0, sizeof(*f));
    dcd_config_init(&f->config);
    f->config.heads = 2;
    f->config.region_count = 2;
    for (unsigned i = 0; i < 2; i++) {
        f->config.regions[i].length = MIB(256);
        f->config.regions[i].block_size = BLOCK;
    }
    f->config.regions[0].sanitize = DCD_SANITIZE_CONFIGURABLE;
    f->config.regions[1].sanitize = DCD_SANITIZE_YES;
    f->ops = (struct dcd_capacity_ops){
        f,          ops_now,      ops_revoke, ops_erase, ops_reshaped,
        ops_logged, ops_log_rose, ops_trace,
    };
    C_ASSERT(dcd_port_init(&f->ports[0], 0, 16, 8));
    C_ASSERT(dcd_port_init(&f->ports[HEAD], HEAD, 16, 8));
    C_ASSERT(dcd_port_init(&f->ports[DCD_PORT_FM], DCD_PORT_FM, 16, 8));
    C_ASSERT(dcd_capacity_init(&f->capacity, &f->config, f->ports, &f->ops));
}

static void free_fixture(struct fixture *f)
{
    char why[200];

    if (!dcd_capacity_check(&f->capacity, why, sizeof(why)))
        C_ADD_FAILURE("%s", why);
    dcd_capacity_destroy(&f->capacity);
    dcd_port_destroy(&f->ports[0]);
    dcd_port_destroy(&f->ports[HEAD]);
    dcd_port_destroy(&f->ports[DCD_PORT_FM]);
}

/* Blocks [first, first + count) of both regions together, 128 in each. */
static struct dcd_dpa_range blocks(uint64_t first, uint64_t count)
{
    struct dcd_dpa_range range = {first * BLOCK, count * BLOCK};

    return range;
}

static struct dcd_extent_wire wire(struct dcd_dpa_range range)
{
    struct dcd_extent_wire w;

    memset(&w, 0, sizeof(w));
    w.dpa = dcd_put64(range.dpa);
    w.length = dcd_put64(range.length);
    return w;
}

static void hold(struct fixture *f, struct dcd_dpa_range range)
{
    struct dcd_extent_wire w = wire(range);

    C_ASSERT_EQ(DCD_RC_SUCCESS,
                dcd_capacity_add_prescriptive(&f->capacity, HEAD, &w, 1));
    C_ASSERT_EQ(DCD_RC_SUCCESS,
                dcd_capacity_respond(&f->capacity, HEAD, &range, 1));
    dcd_event_log_clear_all(&f->ports[HEAD].log[DCD_LOG_DYNAMIC_CAPACITY]);
    dcd_event_log_clear_all(
        &f->ports[DCD_PORT_FM].log[DCD_LOG_DYNAMIC_CAPACITY]);
    memset(f->calls, 0, sizeof(f->calls));
    f->count = 0;
}

static uint16_t force(struct fixture *f, struct dcd_dpa_range range,
                      bool sanitize)
{
    struct dcd_extent_wire w = wire(range);

    return dcd_capacity_withdraw(&f->capacity, HEAD, &w, 1,
                                 (struct dcd_withdrawal){true, sanitize});
}

#define REGION1 128 /* its first block */

C_TEST(capacity, release_closes_revokes_and_frees)
{
    struct dcd_dpa_range range = blocks(0, 4);
    struct fixture f;

    build(&f);
    hold(&f, range);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                dcd_capacity_release(&f.capacity, HEAD, &range, 1));
    C_EXPECT_STREQ("rf", f.calls);
    C_EXPECT(is_free(&f, range.dpa, range.length));
    free_fixture(&f);
}

C_TEST(capacity, release_erases_behind_the_revocation)
{
    struct dcd_dpa_range range = blocks(REGION1, 4);
    struct fixture f;

    build(&f);
    hold(&f, range);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                dcd_capacity_release(&f.capacity, HEAD, &range, 1));
    C_EXPECT_STREQ("ref", f.calls);
    free_fixture(&f);
}

/* All pointers are back before the first byte of the list is erased. */
C_TEST(capacity, list_is_revoked_as_a_whole_before_anything_is_erased)
{
    struct dcd_dpa_range all = blocks(REGION1, 8);
    struct dcd_dpa_range parts[3] = {blocks(REGION1 + 6, 1), blocks(REGION1, 2),
                                     blocks(REGION1 + 3, 1)};
    struct fixture f;

    build(&f);
    hold(&f, all);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                dcd_capacity_release(&f.capacity, HEAD, parts, 3));
    C_EXPECT_STREQ("rrreeefff", f.calls);
    C_EXPECT_EQ(3, dcd_capacity_tracked(&f.capacity, HEAD));
    free_fixture(&f);
}

C_TEST(capacity, forced_release_closes_in_the_same_order)
{
    struct fixture f;

    build(&f);
    hold(&f, blocks(REGION1, 4));
    C_EXPECT_EQ(DCD_RC_SUCCESS, force(&f, blocks(REGION1 + 1, 2), false));
    C_EXPECT_STREQ("reFf", f.calls);
    free_fixture(&f);
}

/* Where the region does not erase by itself, an FM can still ask for it. */
C_TEST(capacity, forced_release_erases_what_the_fm_wants_sanitized)
{
    struct fixture f;

    build(&f);
    hold(&f, blocks(0, 4));
    C_EXPECT_EQ(DCD_RC_SUCCESS, force(&f, blocks(0, 2), false));
    C_EXPECT_STREQ("rFf", f.calls);
    C_EXPECT_EQ(DCD_RC_SUCCESS, force(&f, blocks(2, 2), true));
    C_EXPECT_STREQ("rFfreFf", f.calls);
    free_fixture(&f);
}

/* A wish to sanitise waits for the release that the host makes itself. */
C_TEST(capacity, release_on_request_erases_what_the_fm_wants_sanitized)
{
    struct dcd_dpa_range range = blocks(0, 4);
    struct dcd_dpa_range part = blocks(1, 1);
    struct dcd_extent_wire w = wire(part);
    struct fixture f;

    build(&f);
    hold(&f, range);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                dcd_capacity_withdraw(&f.capacity, HEAD, &w, 1,
                                      (struct dcd_withdrawal){false, true}));
    C_EXPECT_STREQ("R", f.calls);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                dcd_capacity_release(&f.capacity, HEAD, &range, 1));
    C_EXPECT_STREQ("Rref", f.calls);
    free_fixture(&f);
}

C_TEST(capacity, reset_closes_revokes_and_erases)
{
    struct fixture f;

    build(&f);
    hold(&f, blocks(REGION1, 1));
    hold(&f, blocks(0, 1));
    C_EXPECT(dcd_capacity_reset(&f.capacity, HEAD));
    C_EXPECT_STREQ("rreff", f.calls);
    C_EXPECT_EQ(0, dcd_capacity_tracked(&f.capacity, HEAD));
    free_fixture(&f);
}

C_TEST(capacity, reset_that_keeps_capacity_closes_nothing)
{
    struct dcd_extent_wire w = wire(blocks(8, 1));
    struct fixture f;

    build(&f);
    f.config.reset = DCD_RESET_KEEP;
    hold(&f, blocks(REGION1, 1));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                dcd_capacity_add_prescriptive(&f.capacity, HEAD, &w, 1));
    C_EXPECT(dcd_capacity_reset(&f.capacity, HEAD));
    C_EXPECT_STREQ("Aa", f.calls); /* the offer, and its end */
    C_EXPECT(any_open(&f, REGION1 * BLOCK, BLOCK));
    C_EXPECT_EQ(1, dcd_capacity_tracked(&f.capacity, HEAD));
    free_fixture(&f);
}

/* Nothing was ever open: nobody can have a pointer. */
C_TEST(capacity, refused_offer_revokes_nothing)
{
    struct dcd_extent_wire w = wire(blocks(REGION1, 4));
    struct fixture f;

    build(&f);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                dcd_capacity_add_prescriptive(&f.capacity, HEAD, &w, 1));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                dcd_capacity_respond(&f.capacity, HEAD, NULL, 0));
    C_EXPECT(!strchr(f.calls, 'r'));
    C_EXPECT(is_free(&f, REGION1 * BLOCK, 4 * BLOCK));
    free_fixture(&f);
}

C_TEST(capacity, refused_release_calls_nobody)
{
    struct dcd_dpa_range range = blocks(0, 4);
    struct dcd_dpa_range over = blocks(3, 2);
    struct fixture f;

    build(&f);
    hold(&f, range);
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS,
                dcd_capacity_release(&f.capacity, HEAD, &over, 1));
    C_EXPECT_EQ(DCD_RC_INVALID_EXTENT_LIST, force(&f, over, false));
    C_EXPECT_STREQ("", f.calls);
    C_EXPECT(any_open(&f, 0, BLOCK));
    free_fixture(&f);
}

/* Only the first record after an empty log is worth an interrupt. */
C_TEST(capacity, log_rises_once)
{
    struct dcd_extent_wire w[2] = {wire(blocks(0, 1)), wire(blocks(2, 1))};
    struct dcd_extent_wire more = wire(blocks(4, 1));
    struct fixture f;

    build(&f);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                dcd_capacity_add_prescriptive(&f.capacity, HEAD, w, 2));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                dcd_capacity_add_prescriptive(&f.capacity, HEAD, &more, 1));
    C_EXPECT_EQ(1, f.rose[HEAD]);
    C_EXPECT_EQ(0, f.rose[0]);
    C_EXPECT_EQ(0, f.rose[DCD_PORT_FM]);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                dcd_capacity_respond(&f.capacity, HEAD, NULL, 0));
    C_EXPECT_EQ(1, f.rose[DCD_PORT_FM]);
    free_fixture(&f);
}

/* --- The check itself: what is broken is found --------------------------- */

static void expect_broken(struct fixture *f, const char *word)
{
    char why[200] = "";

    C_EXPECT(!dcd_capacity_check(&f->capacity, why, sizeof(why)));
    C_EXPECT(strstr(why, word) != NULL);
    if (!strstr(why, word))
        C_ADD_FAILURE("it says: %s", why);
}

C_TEST(capacity, check_finds_a_closed_block_of_an_accepted_extent)
{
    struct fixture f;

    build(&f);
    hold(&f, blocks(0, 4));
    C_ASSERT(dcd_block_map_reserve(&f.capacity.holder[HEAD].map[0], 2));
    dcd_block_map_close(&f.capacity.holder[HEAD].map[0], 2, 1);
    expect_broken(&f, "closed");
    dcd_block_map_open(&f.capacity.holder[HEAD].map[0], 2, 1);
    free_fixture(&f);
}

C_TEST(capacity, check_finds_an_open_block_that_nobody_accepted)
{
    struct fixture f;

    build(&f);
    hold(&f, blocks(0, 4));
    C_ASSERT(dcd_block_map_reserve(&f.capacity.holder[HEAD].map[0], 2));
    dcd_block_map_open(&f.capacity.holder[HEAD].map[0], 9, 1);
    expect_broken(&f, "no accepted extent covers");
    dcd_block_map_close(&f.capacity.holder[HEAD].map[0], 9, 1);
    free_fixture(&f);
}

C_TEST(capacity, check_finds_space_that_is_held_and_free)
{
    struct fixture f;

    build(&f);
    hold(&f, blocks(0, 4));
    C_ASSERT(dcd_free_space_reserve(&f.capacity.free[0], 2));
    dcd_free_space_give(&f.capacity.free[0], 0, BLOCK);
    expect_broken(&f, "free");
    dcd_free_space_take(&f.capacity.free[0], 0, BLOCK);
    free_fixture(&f);
}

C_TEST(capacity, check_finds_space_that_is_lost)
{
    struct fixture f;

    build(&f);
    C_ASSERT(dcd_free_space_reserve(&f.capacity.free[0], 2));
    dcd_free_space_take(&f.capacity.free[0], 0, BLOCK);
    expect_broken(&f, "free or held");
    dcd_free_space_give(&f.capacity.free[0], 0, BLOCK);
    free_fixture(&f);
}
