/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_tag_table.c - tags that are alive, as small numbers.
 */
#include "tag_table.h"
#include "gtest_c.h"

#define HEADS 3

/* The [n]-th of many tags. */
static struct dcd_uuid uuid(uint32_t n)
{
    struct dcd_uuid u = {{0x77}};

    u.b[3] = (uint8_t)(n >> 24);
    u.b[7] = (uint8_t)(n >> 16);
    u.b[11] = (uint8_t)(n >> 8);
    u.b[15] = (uint8_t)n;
    return u;
}

/* A tag of which head 0 was offered one extent. */
static uint32_t give_life(struct dcd_tag_table *table, uint32_t n)
{
    struct dcd_uuid u = uuid(n);
    uint32_t id = dcd_tag_table_add(table, &u);

    dcd_tag_table_offer(table, id, 0);
    return id;
}

/* Head 0 refuses one extent. */
static void drop(struct dcd_tag_table *table, uint32_t id)
{
    if (dcd_tag_table_answered(table, id, 0))
        dcd_tag_table_remove(table, id);
}

static uint32_t find(const struct dcd_tag_table *table, uint32_t n)
{
    struct dcd_uuid u = uuid(n);

    return dcd_tag_table_find(table, &u);
}

C_TEST(tag_table, starts_empty)
{
    struct dcd_tag_table table;

    dcd_tag_table_init(&table, HEADS);
    C_EXPECT_EQ(0, dcd_tag_table_count(&table));
    C_EXPECT_EQ(DCD_NO_TAG, find(&table, 1));
    dcd_tag_table_destroy(&table);
}

C_TEST(tag_table, added_tag_is_found_and_counted)
{
    struct dcd_tag_table table;
    struct dcd_uuid one = uuid(1);
    struct dcd_uuid back;
    uint32_t id;

    dcd_tag_table_init(&table, HEADS);
    C_ASSERT(dcd_tag_table_reserve(&table, 1));
    id = give_life(&table, 1);
    C_EXPECT(id != DCD_NO_TAG);
    C_EXPECT_EQ(id, find(&table, 1));
    C_EXPECT_EQ(DCD_NO_TAG, find(&table, 2));
    C_EXPECT_EQ(1, dcd_tag_table_count(&table));
    back = dcd_tag_table_uuid(&table, id);
    C_EXPECT(dcd_uuid_equal(&one, &back));
    dcd_tag_table_destroy(&table);
}

C_TEST(tag_table, no_tag_is_the_null_uuid_and_the_other_way_round)
{
    struct dcd_tag_table table;
    struct dcd_uuid null_uuid = {{0}};
    struct dcd_uuid none;

    dcd_tag_table_init(&table, HEADS);
    C_ASSERT(dcd_tag_table_reserve(&table, 1));
    give_life(&table, 1);
    none = dcd_tag_table_uuid(&table, DCD_NO_TAG);
    C_EXPECT(dcd_uuid_is_null(&none));
    C_EXPECT_EQ(DCD_NO_TAG, dcd_tag_table_find(&table, &null_uuid));
    dcd_tag_table_offer(&table, DCD_NO_TAG, 0);
    dcd_tag_table_accept(&table, DCD_NO_TAG, 0);
    C_EXPECT(!dcd_tag_table_answered(&table, DCD_NO_TAG, 0));
    C_EXPECT(!dcd_tag_table_release(&table, DCD_NO_TAG, 0));
    C_EXPECT_EQ(1, dcd_tag_table_count(&table));
    dcd_tag_table_destroy(&table);
}

C_TEST(tag_table, new_tag_is_held_by_nothing)
{
    struct dcd_tag_table table;
    struct dcd_uuid u = uuid(3);
    uint32_t id;

    dcd_tag_table_init(&table, HEADS);
    C_ASSERT(dcd_tag_table_reserve(&table, 2));
    /* Its place was another's before. */
    id = give_life(&table, 2);
    dcd_tag_table_at(&table, id)->count = 9;
    dcd_tag_table_accept(&table, id, 1);
    C_EXPECT(!dcd_tag_table_release(&table, id, 1));
    drop(&table, id);
    C_EXPECT_EQ(id, dcd_tag_table_add(&table, &u));
    C_EXPECT_EQ(0, dcd_tag_table_at(&table, id)->held);
    C_EXPECT_EQ(0, dcd_tag_table_at(&table, id)->count);
    C_EXPECT_EQ(0, dcd_tag_table_at(&table, id)->pending);
    for (unsigned head = 0; head < HEADS; head++)
        C_EXPECT_EQ(0, dcd_tag_table_accepted(&table, id, head));
    dcd_tag_table_destroy(&table);
}

C_TEST(tag_table, tag_dies_with_its_last_extent)
{
    struct dcd_tag_table table;
    uint32_t id;

    dcd_tag_table_init(&table, HEADS);
    C_ASSERT(dcd_tag_table_reserve(&table, 1));
    id = give_life(&table, 5);
    dcd_tag_table_offer(&table, id, 0);
    dcd_tag_table_offer(&table, id, 0);
    drop(&table, id);
    drop(&table, id);
    C_EXPECT_EQ(id, find(&table, 5));
    drop(&table, id);
    C_EXPECT_EQ(DCD_NO_TAG, find(&table, 5));
    C_EXPECT_EQ(0, dcd_tag_table_count(&table));
    dcd_tag_table_destroy(&table);
}

C_TEST(tag_table, ids_stay_while_the_table_grows)
{
    enum { TAGS = 5000 };
    static uint32_t ids[TAGS];
    struct dcd_tag_table table;

    dcd_tag_table_init(&table, HEADS);
    for (uint32_t n = 0; n < TAGS; n++) {
        C_ASSERT(dcd_tag_table_reserve(&table, 1));
        ids[n] = give_life(&table, n);
    }
    C_EXPECT_EQ(TAGS, dcd_tag_table_count(&table));
    for (uint32_t n = 0; n < TAGS; n++) {
        struct dcd_uuid want = uuid(n);
        struct dcd_uuid got = dcd_tag_table_uuid(&table, ids[n]);

        C_ASSERT_EQ(ids[n], find(&table, n));
        C_ASSERT(dcd_uuid_equal(&want, &got));
    }
    dcd_tag_table_destroy(&table);
}

C_TEST(tag_table, one_reservation_is_good_for_all_that_it_names)
{
    struct dcd_tag_table table;

    dcd_tag_table_init(&table, HEADS);
    C_ASSERT(dcd_tag_table_reserve(&table, 1000));
    for (uint32_t n = 0; n < 1000; n++)
        give_life(&table, n);
    for (uint32_t n = 0; n < 1000; n++)
        C_EXPECT(find(&table, n) != DCD_NO_TAG);
    dcd_tag_table_destroy(&table);
}

/* Chains of the hash table lose members at both ends and in the middle. */
C_TEST(tag_table, others_survive_whatever_dies_around_them)
{
    enum { TAGS = 300 };
    uint32_t ids[TAGS];
    struct dcd_tag_table table;

    dcd_tag_table_init(&table, HEADS);
    C_ASSERT(dcd_tag_table_reserve(&table, TAGS));
    for (uint32_t n = 0; n < TAGS; n++)
        ids[n] = give_life(&table, n);
    for (uint32_t stride = 2; stride < 8; stride++) {
        for (uint32_t n = 0; n < TAGS; n += stride)
            if (ids[n]) {
                drop(&table, ids[n]);
                ids[n] = DCD_NO_TAG;
            }
        for (uint32_t n = 0; n < TAGS; n++)
            C_ASSERT_EQ(ids[n], find(&table, n));
    }
    dcd_tag_table_destroy(&table);
}

C_TEST(tag_table, places_of_the_dead_are_used_again)
{
    struct dcd_tag_table table;
    uint32_t size;

    dcd_tag_table_init(&table, HEADS);
    C_ASSERT(dcd_tag_table_reserve(&table, 16));
    size = table.size;
    for (uint32_t n = 0; n < 10000; n++) {
        C_ASSERT(dcd_tag_table_reserve(&table, 1));
        drop(&table, give_life(&table, n));
    }
    C_EXPECT_EQ(size, table.size);
    C_EXPECT_EQ(0, dcd_tag_table_count(&table));
    dcd_tag_table_destroy(&table);
}

C_TEST(tag_table, holds_of_heads_and_of_the_fm_add_up)
{
    struct dcd_tag_table table;
    uint32_t id;

    dcd_tag_table_init(&table, HEADS);
    C_ASSERT(dcd_tag_table_reserve(&table, 1));
    id = give_life(&table, 1);
    dcd_tag_table_accept(&table, id, 0);
    dcd_tag_table_accept(&table, id, 2);
    dcd_tag_table_refer(&table, id);
    dcd_tag_table_refer(&table, id); /* the same reference */
    C_EXPECT_EQ(4, dcd_tag_table_at(&table, id)->held);
    C_EXPECT(!dcd_tag_table_answered(&table, id, 0));
    C_EXPECT(!dcd_tag_table_release(&table, id, 2));
    C_EXPECT(!dcd_tag_table_unrefer(&table, id));
    C_EXPECT(!dcd_tag_table_unrefer(&table, id));
    C_EXPECT_EQ(1, dcd_tag_table_accepted(&table, id, 0));
    C_EXPECT_EQ(0, dcd_tag_table_accepted(&table, id, 2));
    C_EXPECT(dcd_tag_table_release(&table, id, 0));
    dcd_tag_table_remove(&table, id);
    C_EXPECT_EQ(0, dcd_tag_table_count(&table));
    dcd_tag_table_destroy(&table);
}

C_TEST(tag_table, the_reference_alone_keeps_a_tag)
{
    struct dcd_tag_table table;
    uint32_t id;

    dcd_tag_table_init(&table, HEADS);
    C_ASSERT(dcd_tag_table_reserve(&table, 1));
    id = give_life(&table, 1);
    dcd_tag_table_refer(&table, id);
    C_EXPECT(!dcd_tag_table_answered(&table, id, 0));
    C_EXPECT_EQ(id, find(&table, 1));
    C_EXPECT(dcd_tag_table_unrefer(&table, id));
    dcd_tag_table_remove(&table, id);
    dcd_tag_table_destroy(&table);
}

/* What 5608h shows of a tag: the generation moves with it, and only then. */
C_TEST(tag_table, generation_moves_with_each_bit)
{
    struct dcd_tag_table table;
    uint32_t id;
    uint32_t before;

#define MOVES(call)                            \
    before = dcd_tag_table_generation(&table); \
    call;                                      \
    C_EXPECT(before != dcd_tag_table_generation(&table))
#define STAYS(call)                            \
    before = dcd_tag_table_generation(&table); \
    call;                                      \
    C_EXPECT_EQ(before, dcd_tag_table_generation(&table))
    dcd_tag_table_init(&table, HEADS);
    STAYS(C_ASSERT(dcd_tag_table_reserve(&table, 1)));
    MOVES(id = give_life(&table, 1));
    STAYS(dcd_tag_table_offer(&table, id, 0));
    MOVES(dcd_tag_table_offer(&table, id, 1));
    MOVES(dcd_tag_table_accept(&table, id, 0));
    STAYS(dcd_tag_table_accept(&table, id, 0));
    MOVES(dcd_tag_table_answered(&table, id, 0));
    STAYS(dcd_tag_table_answered(&table, id, 0));
    STAYS(dcd_tag_table_release(&table, id, 0));
    MOVES(dcd_tag_table_release(&table, id, 0));
    MOVES(dcd_tag_table_refer(&table, id));
    STAYS(dcd_tag_table_refer(&table, id));
    MOVES(dcd_tag_table_unrefer(&table, id));
    STAYS(dcd_tag_table_unrefer(&table, id));
    MOVES(C_EXPECT(dcd_tag_table_answered(&table, id, 1)));
    MOVES(dcd_tag_table_remove(&table, id));
    dcd_tag_table_destroy(&table);
}

C_TEST(tag_table, the_living_are_listed_once_each)
{
    enum { TAGS = 100 };
    bool seen[TAGS] = {false};
    uint32_t ids[TAGS];
    struct dcd_tag_table table;

    dcd_tag_table_init(&table, HEADS);
    C_ASSERT(dcd_tag_table_reserve(&table, TAGS));
    for (uint32_t n = 0; n < TAGS; n++)
        ids[n] = give_life(&table, n);
    for (uint32_t n = 0; n < TAGS; n += 3)
        drop(&table, ids[n]);
    C_ASSERT_EQ(66, dcd_tag_table_count(&table));
    for (uint32_t i = 0; i < 66; i++) {
        uint32_t id = dcd_tag_table_living(&table, i);

        for (uint32_t n = 0; n < TAGS; n++)
            if (ids[n] == id && n % 3) {
                C_EXPECT(!seen[n]);
                seen[n] = true;
            }
    }
    for (uint32_t n = 0; n < TAGS; n++)
        C_EXPECT_EQ(n % 3 != 0, seen[n]);
    dcd_tag_table_destroy(&table);
}
