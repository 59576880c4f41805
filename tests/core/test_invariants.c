/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_invariants.c - the checks of config.check themselves: what is broken
 * from inside is found, and said. The rows are those of docs/invariants.md.
 */
#include "device_private.h"
#include "gtest_c.h"

#include <cxldcd/ctypes/opcode.h>
#include <cxldcd/ctypes/return_code.h>

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MIB(n) ((uint64_t)(n)*DCD_MIB)
#define BLOCK MIB(2)
#define OWN UINT64_C(0)        /* region 0, not sharable */
#define SHARED (2 * DCD_GIB)   /* region 1, sharable */
#define OFFERED (OWN + MIB(8)) /* to head 1 */

static const struct dcd_uuid tag = {{0xa1}};

/* A device, and all that it said. */
struct fixture {
    struct dcd_device *device;
    char said[800];
};

static void note(void *context, enum dcd_log_level level, const char *text)
{
    struct fixture *f = context;
    size_t used = strlen(f->said);

    C_EXPECT_EQ(DCD_LOG_LEVEL_ERROR, level);
    strncat(f->said, text, sizeof(f->said) - 1 - used);
}

static void revoke(void *context, unsigned head, uint64_t first, uint64_t last)
{
    (void)context;
    (void)head;
    (void)first;
    (void)last;
}

static void create(struct fixture *f)
{
    struct dcd_ops ops = {.context = f, .log = note, .revoke_dmi = revoke};
    struct dcd_config config;

    memset(f, 0, sizeof(*f));
    dcd_config_init(&config);
    config.heads = 2;
    config.extents = 8;
    config.tags = 2;
    config.region_count = 2;
    for (unsigned i = 0; i < 2; i++) {
        config.regions[i].length = 2 * DCD_GIB;
        config.regions[i].block_size = BLOCK;
    }
    config.regions[1].attributes = DCD_REGION_ATTR_SHARABLE;
    f->device = dcd_device_create(&config, &ops, NULL);
    C_ASSERT(f->device);
}

static struct dcd_extent_wire wire(uint64_t dpa, uint16_t sequence)
{
    struct dcd_extent_wire w;

    memset(&w, 0, sizeof(w));
    w.dpa = dcd_put64(dpa);
    w.length = dcd_put64(BLOCK);
    w.sequence = dcd_put16(sequence);
    if (dpa >= SHARED)
        w.tag = tag;
    return w;
}

static const struct dcd_dpa_range both[] = {{SHARED, BLOCK},
                                            {SHARED + MIB(4), BLOCK}};

/*
 * Head 0 holds a block of its own and two that it shares with head 1, which
 * was offered another block; the FM refers to what is shared. There is room
 * in all lists and trees for what the tests do to them.
 */
static void build(struct fixture *f)
{
    static const struct dcd_dpa_range own = {OWN, BLOCK};
    const struct dcd_extent_wire shares[] = {wire(SHARED, 0),
                                             wire(SHARED + MIB(4), 1)};
    const struct dcd_extent_wire mine = wire(OWN, 0);
    const struct dcd_extent_wire offered = wire(OFFERED, 0);
    struct dcd_capacity *c;

    create(f);
    c = &f->device->capacity;
    C_ASSERT_EQ(0, dcd_capacity_add_prescriptive(c, 0, &mine, 1));
    C_ASSERT_EQ(0, dcd_capacity_respond(c, 0, &own, 1));
    C_ASSERT_EQ(0, dcd_capacity_add_prescriptive(c, 0, shares, 2));
    C_ASSERT_EQ(0, dcd_capacity_respond(c, 0, both, 2));
    C_ASSERT_EQ(0, dcd_capacity_share(c, 1, 1, &tag));
    C_ASSERT_EQ(0, dcd_capacity_respond(c, 1, both, 2));
    C_ASSERT_EQ(0, dcd_capacity_add_prescriptive(c, 1, &offered, 1));
    C_ASSERT_EQ(0, dcd_capacity_add_reference(c, &tag));
    for (unsigned i = 0; i < 2; i++) {
        C_ASSERT(dcd_free_space_reserve(&c->free[i], 8));
        C_ASSERT(dcd_extent_list_reserve(&c->holder[i].accepted, 8));
        C_ASSERT(dcd_extent_list_reserve(&c->holder[i].pending, 8));
        C_ASSERT(dcd_block_map_reserve(&c->holder[0].map[i], 8));
        C_ASSERT(dcd_block_map_reserve(&c->holder[1].map[i], 8));
    }
}

static void insert(struct dcd_extent_list *list, uint64_t dpa, uint64_t length,
                   uint32_t id, uint16_t sequence)
{
    const struct dcd_extent e = {dpa, length, id, sequence};

    dcd_extent_list_insert(list, &e);
}

static struct dcd_tag *the_tag(struct dcd_device *device)
{
    struct dcd_tag_table *tags = &device->capacity.tags;

    return dcd_tag_table_at(tags, dcd_tag_table_living(tags, 0));
}

static uint32_t the_id(struct dcd_device *device)
{
    return dcd_tag_table_living(&device->capacity.tags, 0);
}

/* The extent of [head] at [dpa] is another one. */
static void replace(struct dcd_device *device, unsigned head, uint64_t dpa,
                    uint64_t length, uint32_t id, uint16_t sequence)
{
    struct dcd_extent_list *list = &device->capacity.holder[head].accepted;

    dcd_extent_list_remove(list, dpa, BLOCK);
    insert(list, dpa, length, id, sequence);
}

/* --- States that cannot be ------------------------------------------------ */

static void hold_twice(struct dcd_device *device)
{
    insert(&device->capacity.holder[1].accepted, OWN, BLOCK, DCD_NO_TAG, 0);
}

static void offer_what_is_held(struct dcd_device *device)
{
    insert(&device->capacity.holder[1].pending, OWN, BLOCK, DCD_NO_TAG, 0);
}

static void hold_and_free(struct dcd_device *device)
{
    dcd_free_space_give(&device->capacity.free[0], OWN, BLOCK);
}

static void offer_and_free(struct dcd_device *device)
{
    dcd_free_space_give(&device->capacity.free[0], OFFERED, BLOCK);
}

static void share_and_free(struct dcd_device *device)
{
    dcd_free_space_give(&device->capacity.free[1], SHARED + MIB(4), BLOCK);
}

static void lose_space(struct dcd_device *device)
{
    dcd_free_space_take(&device->capacity.free[0], OWN + MIB(100), BLOCK);
}

static void lose_shared_space(struct dcd_device *device)
{
    dcd_free_space_take(&device->capacity.free[1], SHARED + MIB(100), BLOCK);
}

static void forget_what_is_shared(struct dcd_device *device)
{
    the_tag(device)->sharable = false;
}

/* Both sharers have the same extents, in the same order. */
static void renumber_for_one(struct dcd_device *device)
{
    replace(device, 1, SHARED, BLOCK, the_id(device), 1);
}

static void share_more_with_one(struct dcd_device *device)
{
    replace(device, 1, SHARED, 2 * BLOCK, the_id(device), 0);
}

static void share_untagged_with_one(struct dcd_device *device)
{
    replace(device, 1, SHARED, BLOCK, DCD_NO_TAG, 0);
}

static void close_a_block(struct dcd_device *device)
{
    dcd_block_map_close(&device->capacity.holder[0].map[0], 0, 1);
}

static void close_a_shared_block(struct dcd_device *device)
{
    dcd_block_map_close(&device->capacity.holder[1].map[1], 2, 1);
}

static void open_a_block(struct dcd_device *device)
{
    dcd_block_map_open(&device->capacity.holder[1].map[0], 0, 1);
}

static void open_what_is_offered(struct dcd_device *device)
{
    dcd_block_map_open(&device->capacity.holder[1].map[0], 4, 1);
}

static void accept_half_a_block(struct dcd_device *device)
{
    insert(&device->capacity.holder[0].accepted, OWN + MIB(21), BLOCK,
           DCD_NO_TAG, 0);
}

static void accept_across_the_end(struct dcd_device *device)
{
    insert(&device->capacity.holder[0].accepted, 2 * SHARED - BLOCK, 2 * BLOCK,
           DCD_NO_TAG, 0);
}

static void accept_outside(struct dcd_device *device)
{
    insert(&device->capacity.holder[0].accepted, 8 * DCD_GIB, BLOCK, DCD_NO_TAG,
           0);
}

static void offer_half_a_block(struct dcd_device *device)
{
    device->capacity.holder[1].first->extents[0].length /= 2;
}

static void offer_what_is_not_listed(struct dcd_device *device)
{
    dcd_extent_list_remove(&device->capacity.holder[1].pending, OFFERED, BLOCK);
}

static void list_what_is_not_offered(struct dcd_device *device)
{
    insert(&device->capacity.holder[1].pending, OWN + MIB(50), BLOCK,
           DCD_NO_TAG, 0);
}

static void accept_and_offer(struct dcd_device *device)
{
    insert(&device->capacity.holder[0].pending, OWN, BLOCK, DCD_NO_TAG, 0);
}

static void track_too_much(struct dcd_device *device)
{
    device->config.extents = 2;
}

static void name_too_much(struct dcd_device *device)
{
    device->config.tags = 0;
}

static void cut_a_chain(struct dcd_device *device)
{
    const struct dcd_event_log *log =
        &device->ports[1].log[DCD_LOG_DYNAMIC_CAPACITY];
    struct dcd_dc_event *newest =
        (void *)(log->records +
                 (size_t)(dcd_event_log_count(log) - 1) * sizeof(*newest));

    newest->flags = DCD_EVENT_MORE;
}

static void cut_the_fms_chain(struct dcd_device *device)
{
    const struct dcd_event_log *log =
        &device->ports[DCD_PORT_FM].log[DCD_LOG_DYNAMIC_CAPACITY];
    struct dcd_dc_event *newest =
        (void *)(log->records +
                 (size_t)(dcd_event_log_count(log) - 1) * sizeof(*newest));

    newest->flags = DCD_EVENT_MORE;
}

/* What the table of tags counts is what the lists hold. */
static void count_one_hold_more(struct dcd_device *device)
{
    the_tag(device)->held++;
}

static void count_one_hold_less(struct dcd_device *device)
{
    the_tag(device)->held--;
}

static void lose_the_reference(struct dcd_device *device)
{
    the_tag(device)->referenced = false;
}

static void count_an_accepted_one(struct dcd_device *device)
{
    device->capacity.tags.accepted[(the_id(device) - 1) * 2 + 1]++;
}

static void mark_an_offer(struct dcd_device *device)
{
    the_tag(device)->pending |= 1;
}

static void number_from_one(struct dcd_device *device)
{
    struct dcd_tag *t = the_tag(device);

    t->extents[0].sequence = 1;
    t->extents[1].sequence = 2;
}

/* Both sharers lose the second extent; the table does not know of it. */
static void lose_an_extent_for_both(struct dcd_device *device)
{
    for (unsigned i = 0; i < 2; i++) {
        struct dcd_holder *holder = &device->capacity.holder[i];

        dcd_extent_list_remove(&holder->accepted, SHARED + MIB(4), BLOCK);
        dcd_block_map_close(&holder->map[1], 2, 1);
    }
}

/* Head 1 loses the second extent, and all but the tag's own rule agrees. */
static void share_half(struct dcd_device *device)
{
    struct dcd_holder *holder = &device->capacity.holder[1];

    dcd_extent_list_remove(&holder->accepted, SHARED + MIB(4), BLOCK);
    dcd_block_map_close(&holder->map[1], 2, 1);
    C_EXPECT(!dcd_tag_table_release(&device->capacity.tags, the_id(device), 1));
}

/* A tag that head 1 was offered, on what head 0 has. */
static void bear_a_tag_elsewhere(struct dcd_device *device)
{
    static const struct dcd_uuid other = {{0xb2}};
    struct dcd_tag_table *tags = &device->capacity.tags;

    C_EXPECT_EQ(
        0, dcd_capacity_add_contiguous(&device->capacity, 1, 0, BLOCK, &other));
    replace(device, 0, OWN, BLOCK, dcd_tag_table_find(tags, &other), 0);
}

static const struct state {
    unsigned row;
    const char *name;
    void (*corrupt)(struct dcd_device *device);
    const char *word; /* of the sentence */
} states[] = {
    {1, "a block of two heads", hold_twice, "both hold a part"},
    {1, "a block held and offered", offer_what_is_held, "both hold a part"},
    {1, "a block held and free", hold_and_free, "is held and free"},
    {1, "a block offered and free", offer_and_free, "is held and free"},
    {1, "a block shared and free", share_and_free, "is held and free"},
    {1, "a block that is nowhere", lose_space, "are free or held"},
    {1, "a sharable block that is nowhere", lose_shared_space,
     "are free or held"},
    {1, "two heads and no sharing", forget_what_is_shared, "both hold a part"},
    {1, "sharers with other sequences", renumber_for_one, "both hold a part"},
    {1, "sharers with other lengths", share_more_with_one, "both hold a part"},
    {1, "a sharer without the tag", share_untagged_with_one,
     "both hold a part"},
    {2, "an accepted block closed", close_a_block, "is closed"},
    {2, "a shared block closed", close_a_shared_block, "is closed"},
    {2, "another's block open", open_a_block, "no accepted extent covers"},
    {2, "an offered block open", open_what_is_offered,
     "no accepted extent covers"},
    {3, "half a block accepted", accept_half_a_block, "is malformed"},
    {3, "an extent across the end", accept_across_the_end, "is malformed"},
    {3, "an extent in no region", accept_outside, "is malformed"},
    {3, "half a block offered", offer_half_a_block, "is malformed"},
    {3, "an offer not in the list", offer_what_is_not_listed,
     "is offered, not pending"},
    {3, "a listed block not offered", list_what_is_not_offered,
     "groups and pending list differ"},
    {3, "a block accepted and offered", accept_and_offer,
     "is accepted and pending"},
    {5, "too many extents", track_too_much, "tracks 3 extents of 2"},
    {5, "too many tags", name_too_much, "1 tags are alive, of 0"},
    {7, "a chain cut off", cut_a_chain, "is cut off"},
    {7, "a chain of the FM cut off", cut_the_fms_chain, "is cut off"},
    {9, "a hold too many", count_one_hold_more, "is held 6 times, not 5"},
    {9, "a hold too few", count_one_hold_less, "is held 4 times, not 5"},
    {9, "a hold without its reference", lose_the_reference,
     "is held 5 times, not 4"},
    {9, "an accepted extent too many", count_an_accepted_one,
     "not on the lists as it is in the table"},
    {9, "an offer that is not there", mark_an_offer,
     "not on the lists as it is in the table"},
    {9, "sequences from 1 on", number_from_one,
     "not on the lists as it is in the table"},
    {9, "an extent that all lost", lose_an_extent_for_both,
     "not on the lists as it is in the table"},
    {9, "half a tag", share_half, "has a part of tag"},
    {9, "a tag borne elsewhere", bear_a_tag_elsewhere,
     "tags are held 5 times, extents bear 6"},
};

C_TEST(invariant, rows_of_what_lists_maps_logs_and_tags_say)
{
    for (size_t i = 0; i < COUNT(states); i++) {
        char why[200] = "";
        struct fixture f;

        C_CONTEXT("row %u: %s", states[i].row, states[i].name);
        build(&f);
        C_EXPECT(dcd_device_check(f.device, why, sizeof(why)));
        C_EXPECT_STREQ("", why);
        states[i].corrupt(f.device);
        C_EXPECT(!dcd_device_check(f.device, why, sizeof(why)));
        if (!strstr(why, states[i].word))
            C_ADD_FAILURE("it says: %s", why);
        dcd_device_destroy(f.device);
    }
}

/* A lossy device cuts chains off. */
C_TEST(invariant, row_07_does_not_bind_a_lossy_device)
{
    char why[200] = "";
    struct fixture f;

    build(&f);
    f.device->config.lossy = true;
    cut_a_chain(f.device);
    C_EXPECT(dcd_device_check(f.device, why, sizeof(why)));
    dcd_device_destroy(f.device);
}

/* Nor is one with sharable_release="extent" bound to whole tags. */
C_TEST(invariant, row_09_lets_single_extents_go_where_they_may)
{
    char why[200] = "";
    struct fixture f;

    build(&f);
    f.device->config.sharable_release = DCD_SHARABLE_RELEASE_EXTENT;
    share_half(f.device);
    C_EXPECT(dcd_device_check(f.device, why, sizeof(why)));
    C_EXPECT_STREQ("", why);
    dcd_device_destroy(f.device);
}

/* --- Ways that cannot be taken -------------------------------------------- */

/* What is said of a command that does [change] and answers [rc]. */
static void run(struct fixture *f, void (*change)(struct dcd_device *device),
                uint16_t opcode, uint16_t rc)
{
    struct dcd_check_state before;
    struct dcd_cci_call call = {0};

    call.table = &dcd_fm_commands;
    call.port = &f->device->ports[DCD_PORT_FM];
    call.config = &f->device->config;
    dcd_device_check_begin(f->device, &before);
    change(f->device);
    dcd_device_check_end(f->device, &before, &call, opcode, rc);
}

static void expect_said(const struct fixture *f, const char *word)
{
    if (word && !strstr(f->said, word))
        C_ADD_FAILURE("it says: %s", f->said);
    if (!word)
        C_EXPECT_STREQ("", f->said);
    C_EXPECT_EQ(word != NULL, dcd_device_violations(f->device) != 0);
}

static void change_nothing(struct dcd_device *device)
{
    (void)device;
}

static void move_the_generation_alone(struct dcd_device *device)
{
    dcd_extent_list_changed(&device->capacity.holder[1].accepted);
}

static void move_the_list_alone(struct dcd_device *device)
{
    struct dcd_holder *holder = &device->capacity.holder[0];

    dcd_extent_list_remove(&holder->accepted, OWN, BLOCK);
    dcd_block_map_close(&holder->map[0], 0, 1);
    dcd_free_space_give(&device->capacity.free[0], OWN, BLOCK);
}

static void move_both(struct dcd_device *device)
{
    move_the_list_alone(device);
    dcd_extent_list_changed(&device->capacity.holder[0].accepted);
}

static void kill_the_offer(struct dcd_device *device)
{
    device->capacity.holder[1].first->dead = true;
}

static void drop_the_reference(struct dcd_device *device)
{
    C_EXPECT_EQ(0, dcd_capacity_remove_reference(&device->capacity, &tag));
}

static void name_another_tag(struct dcd_device *device)
{
    static const struct dcd_uuid other = {{0xb2}};

    C_EXPECT_EQ(
        0, dcd_capacity_add_contiguous(&device->capacity, 1, 1, BLOCK, &other));
}

static void turn_sanitize_on(struct dcd_device *device)
{
    device->capacity.regions.region[0].sanitize_on_release = true;
}

static void double_the_blocks(struct dcd_device *device)
{
    device->capacity.regions.region[0].block_size *= 2;
}

static void lose_a_record(struct dcd_device *device)
{
    dcd_event_log_overflow(&device->ports[0].log[DCD_LOG_DYNAMIC_CAPACITY], 1,
                           0);
}

static void set_a_limit(struct dcd_device *device)
{
    device->qos.limit[1] = 7;
}

static void ask_for_notice(struct dcd_device *device)
{
    device->ports[DCD_PORT_FM].notices.asked = DCD_NOTIFY_LOGS;
}

static void clear_a_log(struct dcd_device *device)
{
    dcd_event_log_clear_all(
        &device->ports[DCD_PORT_FM].log[DCD_LOG_DYNAMIC_CAPACITY]);
}

static void renumber_for_both(struct dcd_device *device)
{
    struct dcd_tag *t = the_tag(device);

    for (unsigned i = 0; i < 2; i++) {
        replace(device, i, SHARED, BLOCK, the_id(device), 1);
        replace(device, i, SHARED + MIB(4), BLOCK, the_id(device), 0);
        dcd_extent_list_changed(&device->capacity.holder[i].accepted);
    }
    t->extents[0].sequence = 1;
    t->extents[1].sequence = 0;
}

static void accept_from_nowhere(struct dcd_device *device)
{
    struct dcd_holder *holder = &device->capacity.holder[0];

    dcd_free_space_take(&device->capacity.free[0], OWN + MIB(60), BLOCK);
    insert(&holder->accepted, OWN + MIB(60), BLOCK, DCD_NO_TAG, 0);
    dcd_block_map_open(&holder->map[0], 30, 1);
    dcd_extent_list_changed(&holder->accepted);
}

static void lend_what_is_closed(struct dcd_device *device)
{
    static uint8_t bytes[64];
    const struct dcd_span span = {bytes, 0, sizeof(bytes) - 1, true};

    dcd_device_watch_grant(device, 1, &span);
}

static void lend_and_take_back(struct dcd_device *device)
{
    lend_what_is_closed(device);
    dcd_device_watch_revoked(device, 1, 63, 63);
}

#define MOVED "did not move together"
#define FAILED "a failed command changed something"
#define ORIGIN "lost its tag or sequence, or came from nowhere"
#define POINTER "outlived what it was for"

static const struct way {
    unsigned row;
    const char *name;
    void (*change)(struct dcd_device *device);
    uint16_t rc;
    const char *word; /* NULL: nothing is wrong */
} ways[] = {
    {4, "nothing", change_nothing, 0x00, NULL},
    {4, "a number without its list", move_the_generation_alone, 0x00, MOVED},
    {4, "a list without its number", move_the_list_alone, 0x00, MOVED},
    {4, "both", move_both, 0x00, NULL},
    {6, "nothing, and a failure", change_nothing, 0x1d, NULL},
    {6, "a list", move_both, 0x1d, FAILED},
    {6, "a dead group", kill_the_offer, 0x1d, FAILED},
    {6, "a reference", drop_the_reference, 0x1d, FAILED},
    {6, "a tag", name_another_tag, 0x1d, FAILED},
    {6, "sanitize", turn_sanitize_on, 0x1d, FAILED},
    {6, "a lost record", lose_a_record, 0x1d, FAILED},
    {6, "a cleared log", clear_a_log, 0x1d, FAILED},
    {6, "blocks of another size", double_the_blocks, 0x1d, FAILED},
    {6, "a limit of bandwidth", set_a_limit, 0x1d, FAILED},
    {6, "what the FM waits for", ask_for_notice, 0x1d, FAILED},
    {6, "a reference, with success", drop_the_reference, 0x00, NULL},
    {6, "a tag, with success", name_another_tag, 0x00, NULL},
    {8, "a pointer to nothing", lend_what_is_closed, 0x00, POINTER},
    {8, "a pointer that is taken back", lend_and_take_back, 0x00, NULL},
    {9, "sequences that change for all", renumber_for_both, 0x00, ORIGIN},
    {9, "an extent that nobody offered", accept_from_nowhere, 0x00, ORIGIN},
};

C_TEST(invariant, rows_of_what_a_command_may_change)
{
    for (size_t i = 0; i < COUNT(ways); i++) {
        struct fixture f;

        C_CONTEXT("row %u: %s", ways[i].row, ways[i].name);
        build(&f);
        run(&f, ways[i].change, DCD_OP_INITIATE_DC_ADD, ways[i].rc);
        expect_said(&f, ways[i].word);
        dcd_device_destroy(f.device);
    }
}

C_TEST(invariant, row_06_lets_the_answer_to_a_dead_group_fail)
{
    struct fixture f;
    struct dcd_check_state before;
    struct dcd_cci_call call = {0};

    build(&f);
    kill_the_offer(f.device);
    call.table = &dcd_mailbox_commands;
    call.port = &f.device->ports[1];
    call.config = &f.device->config;
    dcd_device_check_begin(f.device, &before);
    C_EXPECT_EQ(0x0f, dcd_capacity_respond(&f.device->capacity, 1, both, 1));
    dcd_device_check_end(f.device, &before, &call, DCD_OP_ADD_DC_RESPONSE,
                         0x0f);
    expect_said(&f, NULL);
    dcd_device_destroy(f.device);
}

/* Ends and a word of each page are looked at. */
C_TEST(invariant, row_10_finds_bytes_that_were_not_erased)
{
    static const size_t at[] = {0, 7, 4096, 8192 + 3, 3 * 4096 - 1};
    static uint8_t bytes[3 * 4096];
    struct fixture f;

    build(&f);
    dcd_device_check_erased(f.device, bytes, sizeof(bytes));
    expect_said(&f, NULL);
    for (size_t i = 0; i < COUNT(at); i++) {
        C_CONTEXT("byte %zu", at[i]);
        bytes[at[i]] = 1;
        dcd_device_check_erased(f.device, bytes, sizeof(bytes));
        bytes[at[i]] = 0;
        C_EXPECT_EQ(i + 1, dcd_device_violations(f.device));
    }
    expect_said(&f, "erased bytes are not zero");
    dcd_device_destroy(f.device);
}
