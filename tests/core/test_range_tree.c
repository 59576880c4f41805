/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_range_tree.c - order, balance and memory of the range tree.
 */
#include "gtest_c.h"
#include "range_tree.h"

#include <stdlib.h>

static uint64_t random_state;

/* splitmix64: a fixed seed gives the same test everywhere. */
static uint64_t random_below(uint64_t bound)
{
    uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (z ^ z >> 31) % bound;
}

static void add(struct dcd_range_tree *tree, uint64_t start, uint64_t length)
{
    C_ASSERT(dcd_range_tree_reserve(tree, 1));
    dcd_range_tree_insert(tree, (struct dcd_range){start, length}, 0, 0);
}

static void expect_range(const struct dcd_range_entry *node, uint64_t start,
                         uint64_t length)
{
    C_ASSERT(node != NULL);
    C_EXPECT_EQ(start, node->range.start);
    C_EXPECT_EQ(length, node->range.length);
}

/* What a walk over the tree has seen. */
struct walk {
    const struct dcd_range_tree *tree;
    unsigned wrong;
    uint32_t nodes;
};

/* What a node says, or is said of it. */
struct summary {
    uint64_t start;
    uint64_t end;
    uint64_t longest;
    uint32_t count;
};

static struct summary walk_leaf(struct walk *walk,
                                const struct dcd_range_node *n)
{
    struct summary all = {0};

    for (uint32_t i = 0; i < n->used; i++) {
        const struct dcd_range *r = &n->u.entry[i].range;

        if (i == 0)
            all.start = r->start;
        else
            walk->wrong += r->start <= all.end;
        all.end = dcd_range_last(r);
        if (r->length > all.longest)
            all.longest = r->length;
    }
    all.count = n->used;
    return all;
}

/* Checks what every node claims of those below it, the order, and that no node
 * is too empty. */
static struct summary walk_node(struct walk *walk, uint32_t node,
                                uint32_t level)
{
    const struct dcd_range_node *n = &walk->tree->nodes[node];
    const struct dcd_range_children *c = &n->u.child;
    struct summary all = {0};

    walk->nodes++;
    walk->wrong += n->used > DCD_RANGE_FANOUT;
    walk->wrong += level > 0 && n->used < DCD_RANGE_FILL;
    if (level == walk->tree->height)
        return walk_leaf(walk, n);
    walk->wrong += n->used < 2;
    for (uint32_t i = 0; i < n->used; i++) {
        struct summary child = walk_node(walk, c->node[i], level + 1);

        walk->wrong += c->start[i] != child.start;
        walk->wrong += c->longest[i] != child.longest;
        walk->wrong += c->count[i] != child.count;
        walk->wrong += i > 0 && child.start <= all.end;
        all.start = i == 0 ? child.start : all.start;
        all.end = child.end;
        all.longest = child.longest > all.longest ? child.longest : all.longest;
        all.count += child.count;
    }
    return all;
}

static void expect_sound(const struct dcd_range_tree *tree)
{
    struct walk walk = {tree, 0, 0};

    if (tree->in_use)
        C_EXPECT_EQ(tree->count, walk_node(&walk, tree->root, 0).count);
    C_EXPECT_EQ(0, walk.wrong);
    C_EXPECT_EQ(tree->in_use, walk.nodes);
}

/* The root has two children at least, the others an eighth of 64. */
static void expect_balanced(const struct dcd_range_tree *tree,
                            unsigned log2_count)
{
    C_EXPECT_EQ(UINT64_C(1) << log2_count, dcd_range_tree_count(tree));
    expect_sound(tree);
    if (tree->height > (log2_count - 1 + 2) / 3)
        C_ADD_FAILURE("height %u of 2^%u ranges", tree->height, log2_count);
}

/* ---- one behaviour each ----------------------------------------------- */

C_TEST(range_tree, empty_tree_answers_nothing)
{
    struct dcd_range_tree tree;

    dcd_range_tree_init(&tree);
    C_EXPECT_EQ(0, dcd_range_tree_count(&tree));
    C_EXPECT_EQ(0, dcd_range_tree_longest(&tree));
    C_EXPECT(dcd_range_tree_at(&tree, 0) == NULL);
    C_EXPECT(dcd_range_tree_find(&tree, 0) == NULL);
    C_EXPECT(dcd_range_tree_next(&tree, 0) == NULL);
    C_EXPECT(dcd_range_tree_lowest_fit(&tree, 1) == NULL);
    dcd_range_tree_destroy(&tree);
}

C_TEST(range_tree, all_zero_is_an_empty_tree)
{
    struct dcd_range_tree tree = {0};

    C_EXPECT_EQ(0, dcd_range_tree_count(&tree));
    C_EXPECT(dcd_range_tree_next(&tree, 0) == NULL);
    for (uint64_t i = 0; i < 200; i++)
        add(&tree, i * 2, 1);
    C_EXPECT_EQ(200, dcd_range_tree_count(&tree));
    expect_sound(&tree);
    dcd_range_tree_destroy(&tree);
}

C_TEST(range_tree, lists_ranges_by_rising_start)
{
    static const uint64_t starts[] = {50, 10, 90, 30, 70};
    struct dcd_range_tree tree;

    dcd_range_tree_init(&tree);
    for (size_t i = 0; i < 5; i++)
        add(&tree, starts[i], 5);
    for (size_t i = 0; i < 5; i++)
        expect_range(dcd_range_tree_at(&tree, i), 10 + 20 * i, 5);
    C_EXPECT(dcd_range_tree_at(&tree, 5) == NULL);
    C_EXPECT(dcd_range_tree_at(&tree, SIZE_MAX) == NULL);
    dcd_range_tree_destroy(&tree);
}

C_TEST(range_tree, finds_the_range_that_holds_an_address)
{
    static const struct {
        uint64_t address;
        uint64_t start; /* 0: none */
    } rows[] = {{9, 0},   {10, 10}, {19, 10}, {20, 20},
                {24, 20}, {25, 0},  {29, 0},  {30, 30}};
    struct dcd_range_tree tree;

    dcd_range_tree_init(&tree);
    add(&tree, 10, 10);
    add(&tree, 20, 5);
    add(&tree, 30, 1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct dcd_range_entry *node =
            dcd_range_tree_find(&tree, rows[i].address);
        C_CONTEXT("address %u", (unsigned)rows[i].address);
        C_EXPECT_EQ(rows[i].start, node == NULL ? 0 : node->range.start);
    }
    dcd_range_tree_destroy(&tree);
}

C_TEST(range_tree, previous_is_the_highest_range_that_starts_below)
{
    struct dcd_range_tree tree;

    dcd_range_tree_init(&tree);
    C_EXPECT(dcd_range_tree_previous(&tree, UINT64_MAX) == NULL);
    add(&tree, 30, 10);
    add(&tree, 10, 10);
    add(&tree, 50, 10);
    C_EXPECT(dcd_range_tree_previous(&tree, 0) == NULL);
    C_EXPECT(dcd_range_tree_previous(&tree, 10) == NULL);
    expect_range(dcd_range_tree_previous(&tree, 11), 10, 10);
    expect_range(dcd_range_tree_previous(&tree, 30), 10, 10);
    expect_range(dcd_range_tree_previous(&tree, 49), 30, 10);
    expect_range(dcd_range_tree_previous(&tree, UINT64_MAX), 50, 10);
    dcd_range_tree_destroy(&tree);
}

C_TEST(range_tree, next_is_the_first_range_with_a_byte_from_there_on)
{
    struct dcd_range_tree tree;

    dcd_range_tree_init(&tree);
    add(&tree, 10, 10);
    add(&tree, 30, 10);
    expect_range(dcd_range_tree_next(&tree, 0), 10, 10);
    expect_range(dcd_range_tree_next(&tree, 19), 10, 10);
    expect_range(dcd_range_tree_next(&tree, 20), 30, 10);
    expect_range(dcd_range_tree_next(&tree, 39), 30, 10);
    C_EXPECT(dcd_range_tree_next(&tree, 40) == NULL);
    dcd_range_tree_destroy(&tree);
}

C_TEST(range_tree, lowest_fit_is_the_lowest_range_that_is_long_enough)
{
    struct dcd_range_tree tree;

    dcd_range_tree_init(&tree);
    for (uint64_t i = 1; i <= 64; i++)
        add(&tree, i * 1000, i * 37 % 64 + 1);
    for (uint64_t want = 1; want <= 64; want++) {
        uint64_t lowest = 1;
        while (lowest * 37 % 64 + 1 < want)
            lowest++;
        expect_range(dcd_range_tree_lowest_fit(&tree, want), lowest * 1000,
                     lowest * 37 % 64 + 1);
    }
    C_EXPECT(dcd_range_tree_lowest_fit(&tree, 65) == NULL);
    C_EXPECT_EQ(64, dcd_range_tree_longest(&tree));
    dcd_range_tree_destroy(&tree);
}

C_TEST(range_tree, holds_the_last_byte_of_the_address_space)
{
    struct dcd_range_tree tree;

    dcd_range_tree_init(&tree);
    add(&tree, UINT64_MAX - 9, 10);
    add(&tree, UINT64_MAX - 19, 10);
    C_EXPECT(dcd_range_tree_find(&tree, UINT64_MAX - 20) == NULL);
    expect_range(dcd_range_tree_find(&tree, UINT64_MAX), UINT64_MAX - 9, 10);
    expect_range(dcd_range_tree_next(&tree, UINT64_MAX), UINT64_MAX - 9, 10);
    C_EXPECT_EQ(1, dcd_range_tree_cut(&tree,
                                      dcd_range_tree_find(&tree, UINT64_MAX),
                                      UINT64_MAX, UINT64_MAX));
    C_EXPECT(dcd_range_tree_find(&tree, UINT64_MAX) == NULL);
    C_EXPECT(dcd_range_tree_next(&tree, UINT64_MAX) == NULL);
    dcd_range_tree_destroy(&tree);
}

C_TEST(range_tree, one_range_may_hold_all_bytes_but_one)
{
    struct dcd_range_tree tree;

    dcd_range_tree_init(&tree);
    add(&tree, 1, UINT64_MAX);
    C_EXPECT(dcd_range_tree_find(&tree, 0) == NULL);
    expect_range(dcd_range_tree_next(&tree, 0), 1, UINT64_MAX);
    expect_range(dcd_range_tree_lowest_fit(&tree, UINT64_MAX), 1, UINT64_MAX);
    expect_range(dcd_range_tree_find(&tree, UINT64_MAX), 1, UINT64_MAX);
    dcd_range_tree_destroy(&tree);
}

C_TEST(range_tree, resize_changes_bounds_and_longest)
{
    struct dcd_range_tree tree;

    dcd_range_tree_init(&tree);
    for (uint64_t i = 0; i < 15; i++)
        add(&tree, i * 100, 10);
    dcd_range_tree_resize(&tree, 700, (struct dcd_range){690, 60});
    C_EXPECT_EQ(60, dcd_range_tree_longest(&tree));
    expect_range(dcd_range_tree_find(&tree, 690), 690, 60);
    dcd_range_tree_resize(&tree, 690, (struct dcd_range){720, 3});
    C_EXPECT_EQ(10, dcd_range_tree_longest(&tree));
    C_EXPECT(dcd_range_tree_find(&tree, 719) == NULL);
    dcd_range_tree_destroy(&tree);
}

C_TEST(range_tree, cut_leaves_head_and_tail_with_their_payload)
{
    static const struct {
        uint64_t first, last, taken;
        size_t pieces;
        struct dcd_range piece[2];
    } rows[] = {
        {100, 199, 100, 0, {{0, 0}, {0, 0}}},
        {50, 300, 100, 0, {{0, 0}, {0, 0}}},
        {0, UINT64_MAX, 100, 0, {{0, 0}, {0, 0}}},
        {50, 149, 50, 1, {{150, 50}, {0, 0}}},
        {150, 250, 50, 1, {{100, 50}, {0, 0}}},
        {100, 100, 1, 1, {{101, 99}, {0, 0}}},
        {199, 199, 1, 1, {{100, 99}, {0, 0}}},
        {120, 129, 10, 2, {{100, 20}, {130, 70}}},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dcd_range_tree tree;
        C_CONTEXT("row %zu", i);
        dcd_range_tree_init(&tree);
        C_ASSERT(dcd_range_tree_reserve(&tree, 2));
        dcd_range_tree_insert(&tree, (struct dcd_range){100, 100}, 7, 9);
        C_EXPECT_EQ(rows[i].taken,
                    dcd_range_tree_cut(&tree, dcd_range_tree_at(&tree, 0),
                                       rows[i].first, rows[i].last));
        C_EXPECT_EQ(rows[i].pieces, dcd_range_tree_count(&tree));
        for (size_t k = 0; k < rows[i].pieces; k++) {
            const struct dcd_range_entry *node = dcd_range_tree_at(&tree, k);
            expect_range(node, rows[i].piece[k].start, rows[i].piece[k].length);
            C_EXPECT_EQ(7, node->tag);
            C_EXPECT_EQ(9, node->sequence);
        }
        dcd_range_tree_destroy(&tree);
    }
}

/* ---- memory ----------------------------------------------------------- */

C_TEST(range_tree, reserve_beyond_the_limit_changes_nothing)
{
    struct dcd_range_tree tree;

    dcd_range_tree_init(&tree);
    C_EXPECT(!dcd_range_tree_reserve(&tree, SIZE_MAX));
    add(&tree, 10, 10);
    C_EXPECT(!dcd_range_tree_reserve(&tree, SIZE_MAX));
    C_EXPECT(!dcd_range_tree_reserve(&tree, DCD_RANGE_TREE_MAX));
    C_EXPECT_EQ(1, dcd_range_tree_count(&tree));
    expect_range(dcd_range_tree_at(&tree, 0), 10, 10);
    dcd_range_tree_destroy(&tree);
}

C_TEST(range_tree, reserved_inserts_allocate_nothing)
{
    struct dcd_range_tree tree;

    dcd_range_tree_init(&tree);
    C_ASSERT(dcd_range_tree_reserve(&tree, 1000));
    const void *nodes = tree.nodes;
    uint32_t capacity = tree.capacity;
    for (uint64_t i = 0; i < 1000; i++)
        dcd_range_tree_insert(&tree, (struct dcd_range){i * 2, 1}, 0, 0);
    C_EXPECT(tree.nodes == nodes);
    C_EXPECT_EQ(capacity, tree.capacity);
    dcd_range_tree_destroy(&tree);
}

C_TEST(range_tree, removed_ranges_give_their_room_back)
{
    struct dcd_range_tree tree;

    dcd_range_tree_init(&tree);
    C_ASSERT(dcd_range_tree_reserve(&tree, 100));
    uint32_t capacity = tree.capacity;
    for (uint64_t round = 0; round < 50; round++) {
        for (uint64_t i = 0; i < 100; i++)
            dcd_range_tree_insert(&tree, (struct dcd_range){i * 2, 1}, 0, 0);
        C_ASSERT(dcd_range_tree_reserve(&tree, 0));
        for (uint64_t i = 0; i < 100; i++)
            dcd_range_tree_remove(&tree, (i * 37 + round) % 100 * 2);
        C_ASSERT(dcd_range_tree_reserve(&tree, 100));
    }
    C_EXPECT_EQ(capacity, tree.capacity);
    C_EXPECT_EQ(0, dcd_range_tree_count(&tree));
    dcd_range_tree_destroy(&tree);
}

C_TEST(range_tree, clear_keeps_the_memory_for_the_next_ranges)
{
    struct dcd_range_tree tree;

    dcd_range_tree_init(&tree);
    dcd_range_tree_clear(&tree);
    C_ASSERT(dcd_range_tree_reserve(&tree, 64));
    const void *nodes = tree.nodes;
    for (int round = 0; round < 3; round++) {
        for (uint64_t i = 0; i < 64; i++)
            dcd_range_tree_insert(&tree, (struct dcd_range){i, 1}, 0, 0);
        dcd_range_tree_remove(&tree, 5);
        dcd_range_tree_clear(&tree);
        C_EXPECT_EQ(0, dcd_range_tree_count(&tree));
        C_EXPECT(dcd_range_tree_next(&tree, 0) == NULL);
    }
    C_EXPECT(tree.nodes == nodes);
    dcd_range_tree_destroy(&tree);
}

/* ---- balance ---------------------------------------------------------- */

/* Takes a tree of 2^17 ranges down to 2^10, each time half of what is left. */
static void halve_and_expect_balanced(struct dcd_range_tree *tree)
{
    for (unsigned log2_count = 17; log2_count > 10; log2_count--) {
        C_CONTEXT("down to 2^%u", log2_count - 1);
        for (uint64_t i = UINT64_C(1) << (log2_count - 1); i > 0; i--) {
            uint64_t index = random_below(dcd_range_tree_count(tree));
            dcd_range_tree_remove(
                tree, dcd_range_tree_at(tree, (size_t)index)->range.start);
        }
        expect_balanced(tree, log2_count - 1);
    }
}

C_TEST(range_tree, stays_balanced_under_sorted_insertion)
{
    struct dcd_range_tree tree;

    dcd_range_tree_init(&tree);
    for (uint64_t i = 0; i < UINT64_C(1) << 17; i++)
        add(&tree, i * 16, 1 + i % 16);
    expect_balanced(&tree, 17);
    halve_and_expect_balanced(&tree);
    dcd_range_tree_destroy(&tree);
}

C_TEST(range_tree, stays_balanced_under_reverse_insertion)
{
    struct dcd_range_tree tree;

    dcd_range_tree_init(&tree);
    for (uint64_t i = UINT64_C(1) << 17; i > 0; i--)
        add(&tree, i * 16, 1 + i % 16);
    expect_balanced(&tree, 17);
    halve_and_expect_balanced(&tree);
    dcd_range_tree_destroy(&tree);
}

C_TEST(range_tree, stays_balanced_under_random_insertion)
{
    struct dcd_range_tree tree;

    random_state = 1;
    dcd_range_tree_init(&tree);
    while (dcd_range_tree_count(&tree) < UINT64_C(1) << 17) {
        uint64_t start = random_below(UINT64_MAX / 16) * 16;
        if (dcd_range_tree_find(&tree, start) == NULL)
            add(&tree, start, 1);
    }
    expect_balanced(&tree, 17);
    halve_and_expect_balanced(&tree);
    dcd_range_tree_destroy(&tree);
}

C_TEST(range_tree, stays_balanced_when_one_end_is_eaten)
{
    struct dcd_range_tree tree;

    dcd_range_tree_init(&tree);
    for (uint64_t i = 0; i < UINT64_C(1) << 14; i++)
        add(&tree, i, 1);
    for (uint64_t i = 0; i < 15 << 10; i++)
        dcd_range_tree_remove(&tree, i);
    expect_balanced(&tree, 10);
    dcd_range_tree_destroy(&tree);
}

/* ---- against a naive model -------------------------------------------- */

/* The top 16 KiB there are; owner[i] is a range's payload, 0 = none. */
enum { SPACE = 16384 };
#define BASE (UINT64_MAX - (SPACE - 1))

struct model {
    uint32_t owner[SPACE]; /* each range has a number of its own */
    uint32_t last_owner;
};

/* First index of the range after [at], SPACE if none; [end] is past it. */
static size_t model_next(const struct model *model, size_t at, size_t *end)
{
    while (at < SPACE && model->owner[at] == 0)
        at++;
    *end = at;
    while (*end < SPACE && model->owner[*end] == model->owner[at])
        ++*end;
    return at;
}

static void model_fill(struct model *model, size_t first, size_t end,
                       uint32_t owner)
{
    while (first < end)
        model->owner[first++] = owner;
}

/* Insert where there is a gap, else cut up to 32 bytes out of a range. */
static void change(struct dcd_range_tree *tree, struct model *model)
{
    size_t at = (size_t)random_below(SPACE);
    size_t end = at + 1;
    size_t length = 1 + (size_t)random_below(32);
    uint32_t owner = model->owner[at];

    while (end < SPACE && end < at + length && model->owner[end] == owner)
        end++;
    if (owner == 0) {
        uint32_t fresh = ++model->last_owner;
        struct dcd_range range = {BASE + at, end - at};
        dcd_range_tree_insert(tree, range, fresh, (uint16_t)(fresh * 7));
        model_fill(model, at, end, fresh);
        return;
    }
    const struct dcd_range_entry *node = dcd_range_tree_find(tree, BASE + at);
    C_ASSERT(node != NULL);
    C_EXPECT_EQ(end - at,
                dcd_range_tree_cut(tree, node, BASE + at, BASE + end - 1));
    model_fill(model, at, end, 0);
}

static void expect_same(const struct dcd_range_tree *tree,
                        const struct model *model)
{
    size_t index = 0;
    size_t end;
    uint64_t longest = 0;

    for (size_t at = model_next(model, 0, &end); at < SPACE;
         at = model_next(model, end, &end)) {
        const struct dcd_range_entry *node = dcd_range_tree_at(tree, index++);
        expect_range(node, BASE + at, end - at);
        C_ASSERT(node != NULL);
        C_EXPECT_EQ(model->owner[at], node->tag);
        C_EXPECT_EQ((uint16_t)(model->owner[at] * 7), node->sequence);
        if (end - at > longest)
            longest = end - at;
    }
    C_EXPECT_EQ(index, dcd_range_tree_count(tree));
    C_EXPECT_EQ(longest, dcd_range_tree_longest(tree));
}

static void expect_same_answers(const struct dcd_range_tree *tree,
                                const struct model *model)
{
    size_t at = (size_t)random_below(SPACE);
    size_t end;
    const struct dcd_range_entry *node = dcd_range_tree_find(tree, BASE + at);
    const struct dcd_range_entry *next = dcd_range_tree_next(tree, BASE + at);

    C_EXPECT_EQ(model->owner[at], node == NULL ? 0 : node->tag);
    size_t first = model_next(model, at, &end);
    C_EXPECT_EQ(first < SPACE ? model->owner[first] : 0,
                next == NULL ? 0 : next->tag);
    C_EXPECT_EQ(first < SPACE ? BASE + end - 1 : 0,
                next == NULL ? 0 : dcd_range_last(&next->range));

    size_t want = 1 + (size_t)random_below(20);
    const struct dcd_range_entry *fit = dcd_range_tree_lowest_fit(tree, want);
    for (first = model_next(model, 0, &end);
         first < SPACE && end - first < want;)
        first = model_next(model, end, &end);
    C_EXPECT_EQ(first < SPACE ? BASE + first : 0,
                fit == NULL ? 0 : fit->range.start);
}

C_TEST(range_tree, agrees_with_a_naive_model_over_random_operations)
{
    struct dcd_range_tree tree;
    static struct model model;

    random_state = 2;
    dcd_range_tree_init(&tree);
    for (unsigned i = 0; i < 200000; i++) {
        C_CONTEXT("operation %u", i);
        C_ASSERT(dcd_range_tree_reserve(&tree, 1));
        change(&tree, &model);
        expect_same_answers(&tree, &model);
        if (i % 256 == 0) {
            expect_same(&tree, &model);
            expect_sound(&tree);
        }
    }
    C_EXPECT(dcd_range_tree_count(&tree) > 1000);
    dcd_range_tree_destroy(&tree);
}
