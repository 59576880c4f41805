/* SPDX-License-Identifier: Apache-2.0 */
/*
 * range_tree.c - a weight-balanced tree of disjoint ranges in one array.
 *
 * Balance: with weight = nodes + 1, no subtree weighs more than DELTA times
 * its sibling. A node that breaks this after one insertion or removal is put
 * right by one rotation, or by two when its heavy child leans inwards by GAMMA
 * or more. (3, 2) is the one pair of integers for which this is proved to hold
 * for removals as well (Hirai and Yamamoto, "Balancing weight-balanced trees",
 * 2011). A subtree thus has at most 3/4 of its parent's weight, so the height
 * stays below log(n + 1) / log(4/3) = 2.41 log2(n + 1).
 */
#include "range_tree.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    DELTA = 3,
    GAMMA = 2,
    FIRST_CAPACITY = 16,
    HEIGHT_MAX = 80 /* 2.41 * 30 and some */
};

/* The nodes from the root down to the place of interest. */
struct path {
    uint32_t node[HEIGHT_MAX];
    unsigned depth;
};

static void push(struct path *path, uint32_t node)
{
    assert(path->depth < HEIGHT_MAX);
    path->node[path->depth++] = node;
}

void dcd_range_tree_init(struct dcd_range_tree *tree)
{
    memset(tree, 0, sizeof(*tree));
}

void dcd_range_tree_destroy(struct dcd_range_tree *tree)
{
    free(tree->nodes);
    dcd_range_tree_init(tree);
}

void dcd_range_tree_clear(struct dcd_range_tree *tree)
{
    tree->root = 0;
    tree->free = 0;
    tree->fresh = tree->capacity > 0;
}

size_t dcd_range_tree_count(const struct dcd_range_tree *tree)
{
    return tree->root == 0 ? 0 : tree->nodes[tree->root].count;
}

uint64_t dcd_range_tree_longest(const struct dcd_range_tree *tree)
{
    return tree->root == 0 ? 0 : tree->nodes[tree->root].longest;
}

/* ---- memory ----------------------------------------------------------- */

/* Half as much again, so that growing one by one stays linear in total. */
static size_t grown_capacity(const struct dcd_range_tree *tree, size_t need)
{
    size_t grown = (size_t)tree->capacity + tree->capacity / 2;

    if (grown < FIRST_CAPACITY)
        grown = FIRST_CAPACITY;
    if (grown > (size_t)DCD_RANGE_TREE_MAX + 1)
        grown = (size_t)DCD_RANGE_TREE_MAX + 1;
    return grown < need ? need : grown;
}

bool dcd_range_tree_reserve(struct dcd_range_tree *tree, size_t more)
{
    size_t count = dcd_range_tree_count(tree);

    if (more > DCD_RANGE_TREE_MAX - count)
        return false;
    size_t need = count + more + 1;
    if (need <= tree->capacity || more == 0)
        return true;

    size_t capacity = grown_capacity(tree, need);
    if (capacity > SIZE_MAX / sizeof(*tree->nodes))
        return false;
    struct dcd_range_node *nodes =
        realloc(tree->nodes, capacity * sizeof(*nodes));
    if (nodes == NULL)
        return false;
    if (tree->capacity == 0) {
        memset(&nodes[0], 0, sizeof(nodes[0]));
        tree->fresh = 1;
    }
    tree->nodes = nodes;
    tree->capacity = (uint32_t)capacity;
    return true;
}

/* A node that stands alone; the caller has reserved it. */
static uint32_t new_node(struct dcd_range_tree *tree, struct dcd_range range,
                         uint32_t tag, uint16_t sequence)
{
    uint32_t node = tree->free;

    if (node != 0) {
        tree->free = tree->nodes[node].left;
    } else {
        assert(tree->fresh < tree->capacity);
        node = tree->fresh++;
    }
    tree->nodes[node] = (struct dcd_range_node){.range = range,
                                                .longest = range.length,
                                                .count = 1,
                                                .tag = tag,
                                                .sequence = sequence};
    return node;
}

static void drop_node(struct dcd_range_tree *tree, uint32_t node)
{
    tree->nodes[node].left = tree->free;
    tree->free = node;
}

/* ---- balance ---------------------------------------------------------- */

static uint32_t weight(const struct dcd_range_node *nodes, uint32_t node)
{
    return nodes[node].count + 1;
}

/* Work out what [node] knows of its subtree from its two children. */
static void update(struct dcd_range_node *nodes, uint32_t node)
{
    struct dcd_range_node *n = &nodes[node];
    const struct dcd_range_node *left = &nodes[n->left];
    const struct dcd_range_node *right = &nodes[n->right];
    uint64_t longest = n->range.length;

    if (longest < left->longest)
        longest = left->longest;
    if (longest < right->longest)
        longest = right->longest;
    n->longest = longest;
    n->count = left->count + right->count + 1;
}

/* Both rotations return the node that now heads the subtree. */
static uint32_t rotate_left(struct dcd_range_node *nodes, uint32_t node)
{
    uint32_t head = nodes[node].right;

    nodes[node].right = nodes[head].left;
    nodes[head].left = node;
    update(nodes, node);
    update(nodes, head);
    return head;
}

static uint32_t rotate_right(struct dcd_range_node *nodes, uint32_t node)
{
    uint32_t head = nodes[node].left;

    nodes[node].left = nodes[head].right;
    nodes[head].right = node;
    update(nodes, node);
    update(nodes, head);
    return head;
}

static uint32_t lighten_left(struct dcd_range_node *nodes, uint32_t node)
{
    struct dcd_range_node *heavy = &nodes[nodes[node].left];

    if (weight(nodes, heavy->right) >= GAMMA * weight(nodes, heavy->left))
        nodes[node].left = rotate_left(nodes, nodes[node].left);
    return rotate_right(nodes, node);
}

static uint32_t lighten_right(struct dcd_range_node *nodes, uint32_t node)
{
    struct dcd_range_node *heavy = &nodes[nodes[node].right];

    if (weight(nodes, heavy->left) >= GAMMA * weight(nodes, heavy->right))
        nodes[node].right = rotate_right(nodes, nodes[node].right);
    return rotate_left(nodes, node);
}

/* Put [node] right after a change below it; returns the subtree's head. */
static uint32_t rebalance(struct dcd_range_node *nodes, uint32_t node)
{
    uint32_t left = weight(nodes, nodes[node].left);
    uint32_t right = weight(nodes, nodes[node].right);

    if (left > DELTA * right)
        return lighten_left(nodes, node);
    if (right > DELTA * left)
        return lighten_right(nodes, node);
    update(nodes, node);
    return node;
}

/* Hang [now] where [was] hung below the last node of [path]. */
static void relink(struct dcd_range_tree *tree, const struct path *path,
                   uint32_t was, uint32_t now)
{
    if (path->depth == 0) {
        tree->root = now;
        return;
    }
    struct dcd_range_node *parent = &tree->nodes[path->node[path->depth - 1]];
    if (parent->left == was)
        parent->left = now;
    else
        parent->right = now;
}

/* Restore counts and balance from the end of [path] up to the root. */
static void retrace(struct dcd_range_tree *tree, struct path *path)
{
    while (path->depth > 0) {
        uint32_t was = path->node[--path->depth];
        uint32_t now = rebalance(tree->nodes, was);
        if (now != was)
            relink(tree, path, was, now);
    }
}

/* ---- changes ---------------------------------------------------------- */

void dcd_range_tree_insert(struct dcd_range_tree *tree, struct dcd_range range,
                           uint32_t tag, uint16_t sequence)
{
    struct path path = {.depth = 0};
    uint32_t fresh = new_node(tree, range, tag, sequence);
    uint32_t *link = &tree->root;

    assert(range.length > 0 && dcd_range_last(&range) >= range.start);
    /* Both neighbours lie on this path, so the asserts see every overlap. */
    while (*link != 0) {
        struct dcd_range_node *n = &tree->nodes[*link];
        push(&path, *link);
        assert(!dcd_range_holds(&n->range, range.start));
        assert(!dcd_range_holds(&range, n->range.start));
        link = range.start < n->range.start ? &n->left : &n->right;
    }
    *link = fresh;
    retrace(tree, &path);
}

/* Record the way down to the node that starts at [start], that node last. */
static uint32_t seek(const struct dcd_range_tree *tree, uint64_t start,
                     struct path *path)
{
    uint32_t node = tree->root;

    while (node != 0) {
        const struct dcd_range_node *n = &tree->nodes[node];
        push(path, node);
        if (start == n->range.start)
            break;
        node = start < n->range.start ? n->left : n->right;
    }
    assert(node != 0);
    return node;
}

/* Extend [path] from its last node to the next higher one, below it. */
static uint32_t seek_successor(const struct dcd_range_tree *tree, uint32_t node,
                               struct path *path)
{
    node = tree->nodes[node].right;
    push(path, node);
    while (tree->nodes[node].left != 0) {
        node = tree->nodes[node].left;
        push(path, node);
    }
    return node;
}

void dcd_range_tree_remove(struct dcd_range_tree *tree, uint64_t start)
{
    struct path path = {.depth = 0};
    uint32_t node = seek(tree, start, &path);
    struct dcd_range_node *n = &tree->nodes[node];

    /* With two children, the successor moves here and its node goes. */
    if (n->left != 0 && n->right != 0) {
        node = seek_successor(tree, node, &path);
        n->range = tree->nodes[node].range;
        n->tag = tree->nodes[node].tag;
        n->sequence = tree->nodes[node].sequence;
        n = &tree->nodes[node];
    }
    path.depth--;
    relink(tree, &path, node, n->left != 0 ? n->left : n->right);
    drop_node(tree, node);
    retrace(tree, &path);
}

void dcd_range_tree_resize(struct dcd_range_tree *tree, uint64_t start,
                           struct dcd_range range)
{
    struct path path = {.depth = 0};
    uint32_t node = seek(tree, start, &path);

    assert(range.length > 0 && dcd_range_last(&range) >= range.start);
    tree->nodes[node].range = range;
    while (path.depth > 0)
        update(tree->nodes, path.node[--path.depth]);
}

uint64_t dcd_range_tree_cut(struct dcd_range_tree *tree,
                            const struct dcd_range_node *node, uint64_t first,
                            uint64_t last)
{
    /* A copy, because the tree changes underneath it. */
    const struct dcd_range_node was = *node;
    const uint64_t start = was.range.start;
    const uint64_t end = dcd_range_last(&was.range);
    const struct dcd_range head = {start, first > start ? first - start : 0};
    const struct dcd_range tail = {last + 1, last < end ? end - last : 0};

    assert(first <= last && first <= end && last >= start);
    if (head.length > 0) {
        dcd_range_tree_resize(tree, start, head);
        if (tail.length > 0)
            dcd_range_tree_insert(tree, tail, was.tag, was.sequence);
    } else if (tail.length > 0) {
        dcd_range_tree_resize(tree, start, tail);
    } else {
        dcd_range_tree_remove(tree, start);
    }
    return was.range.length - head.length - tail.length;
}

/* ---- questions -------------------------------------------------------- */

const struct dcd_range_node *
dcd_range_tree_at(const struct dcd_range_tree *tree, size_t index)
{
    uint32_t node = tree->root;

    while (node != 0) {
        const struct dcd_range_node *n = &tree->nodes[node];
        size_t below = tree->nodes[n->left].count;
        if (index == below)
            return n;
        if (index < below) {
            node = n->left;
        } else {
            index -= below + 1;
            node = n->right;
        }
    }
    return NULL;
}

const struct dcd_range_node *
dcd_range_tree_next(const struct dcd_range_tree *tree, uint64_t from)
{
    const struct dcd_range_node *best = NULL;
    uint32_t node = tree->root;

    while (node != 0) {
        const struct dcd_range_node *n = &tree->nodes[node];
        if (dcd_range_reaches(&n->range, from)) {
            best = n;
            node = n->left;
        } else {
            node = n->right;
        }
    }
    return best;
}

const struct dcd_range_node *
dcd_range_tree_previous(const struct dcd_range_tree *tree, uint64_t address)
{
    const struct dcd_range_node *best = NULL;
    uint32_t node = tree->root;

    while (node != 0) {
        const struct dcd_range_node *n = &tree->nodes[node];
        if (n->range.start < address) {
            best = n;
            node = n->right;
        } else {
            node = n->left;
        }
    }
    return best;
}

const struct dcd_range_node *
dcd_range_tree_find(const struct dcd_range_tree *tree, uint64_t address)
{
    uint32_t node = tree->root;

    while (node != 0) {
        const struct dcd_range_node *n = &tree->nodes[node];
        if (dcd_range_holds(&n->range, address))
            return n;
        node = address < n->range.start ? n->left : n->right;
    }
    return NULL;
}

const struct dcd_range_node *
dcd_range_tree_lowest_fit(const struct dcd_range_tree *tree, uint64_t length)
{
    uint32_t node = tree->root;

    assert(length > 0);
    while (node != 0) {
        const struct dcd_range_node *n = &tree->nodes[node];
        if (tree->nodes[n->left].longest >= length)
            node = n->left;
        else if (n->range.length >= length)
            return n;
        else
            node = n->right;
    }
    return NULL;
}
