/* SPDX-License-Identifier: Apache-2.0 */
/*
 * range_tree.c - a B+ tree of disjoint ranges in one array of nodes.
 *
 * Nodes are wide because that is what a processor likes: a search in one of
 * them stays in a few cache lines, and a million ranges are four levels. Nodes
 * may be nearly empty (an eighth), so that two halves of a split are far from
 * being joined again, and ranges that arrive in order fill their leaves.
 */
#include "range_node.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    FANOUT = DCD_RANGE_FANOUT,
    FILL = DCD_RANGE_FILL, /* and each but the root has at least so many */
    /* Two nodes become one when that leaves it room to grow. */
    JOINED = FANOUT * 3 / 4,
    /* FILL^10 is DCD_RANGE_TREE_MAX, and a node above has two children at
     * least where it is the root. */
    HEIGHT_MAX = 12
};

/* The nodes from the root down to a leaf, and the slot taken in each. */
struct path {
    uint32_t node[HEIGHT_MAX];
    uint32_t slot[HEIGHT_MAX];
};

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
    tree->height = 0;
    tree->count = 0;
    tree->fresh = 0;
    tree->free = 0;
    tree->in_use = 0;
}

size_t dcd_range_tree_count(const struct dcd_range_tree *tree)
{
    return tree->count;
}

/* ---- memory ----------------------------------------------------------- */

/*
 * Nodes that [more] changes can end up with: each splits one node on every
 * level that there is, and now and then on one that comes; or, what is less in
 * a tree with few ranges, all nodes are as empty as they may be.
 */
static size_t nodes_needed(const struct dcd_range_tree *tree, size_t more)
{
    size_t leaves = ((size_t)tree->count + more) / FILL + 1;
    size_t emptiest = leaves + leaves / (FILL - 1) + HEIGHT_MAX;
    size_t splits =
        tree->in_use + more * (tree->height + 1) + more / (FILL / 2) + 4;

    return splits < emptiest ? splits : emptiest;
}

bool dcd_range_tree_reserve(struct dcd_range_tree *tree, size_t more)
{
    struct dcd_range_node *nodes;
    size_t capacity = (size_t)tree->capacity + tree->capacity / 2;
    size_t need;

    if (more > DCD_RANGE_TREE_MAX - tree->count)
        return false;
    need = more ? nodes_needed(tree, more) : 0;
    if (need <= tree->capacity)
        return true;
    /* Half as much again, so that growing one by one stays linear in total. */
    if (capacity < need)
        capacity = need;
    if (capacity >= UINT32_MAX || capacity > SIZE_MAX / sizeof(*nodes))
        return false;
    nodes = realloc(tree->nodes, capacity * sizeof(*nodes));
    if (!nodes)
        return false;
    tree->nodes = nodes;
    tree->capacity = (uint32_t)capacity;
    return true;
}

/* The caller has reserved it. */
static uint32_t new_node(struct dcd_range_tree *tree)
{
    uint32_t node;

    if (tree->free) {
        node = tree->free - 1;
        tree->free = tree->nodes[node].next;
    } else {
        assert(tree->fresh < tree->capacity);
        node = tree->fresh++;
    }
    tree->nodes[node].used = 0;
    tree->in_use++;
    return node;
}

static void drop_node(struct dcd_range_tree *tree, uint32_t node)
{
    tree->nodes[node].next = tree->free;
    tree->free = node + 1;
    tree->in_use--;
}

/* ---- parents --------------------------------------------------------------
 */

/* What the parent says of its child in [slot], worked out anew. */
static void describe(struct dcd_range_tree *tree, uint32_t parent,
                     uint32_t slot, bool leaf)
{
    struct dcd_range_children *c = &tree->nodes[parent].u.child;
    const struct dcd_range_node *n = &tree->nodes[c->node[slot]];

    c->start[slot] = dcd_range_node_start(n, leaf);
    c->longest[slot] = dcd_range_node_longest(n, leaf);
    c->count[slot] = dcd_range_node_count(n, leaf);
}

/* ---- the way down ------------------------------------------------------ */

/* Down to the leaf where [address] belongs; the leaf's slot is not set. */
static struct dcd_range_node *descend(const struct dcd_range_tree *tree,
                                      uint64_t address, struct path *path)
{
    uint32_t node = tree->root;

    for (uint32_t level = 0; level < tree->height; level++) {
        const struct dcd_range_node *n = &tree->nodes[node];
        uint32_t slot = dcd_range_node_child_at(n, address);

        path->node[level] = node;
        path->slot[level] = slot;
        node = n->u.child.node[slot];
    }
    path->node[tree->height] = node;
    return &tree->nodes[node];
}

/* Down to the range that starts at [start]; there is one. */
static struct dcd_range_node *seek(const struct dcd_range_tree *tree,
                                   uint64_t start, struct path *path)
{
    struct dcd_range_node *leaf = descend(tree, start, path);
    uint32_t below = dcd_range_node_entries_at(leaf, start);

    assert(below > 0 && leaf->u.entry[below - 1].range.start == start);
    path->slot[tree->height] = below - 1;
    return leaf;
}

/* ---- the way up --------------------------------------------------------- */

/* The lowest start below the node at [level] has changed. */
static void start_changed(struct dcd_range_tree *tree, const struct path *path,
                          uint32_t level, uint64_t start)
{
    while (level-- > 0) {
        uint32_t slot = path->slot[level];

        tree->nodes[path->node[level]].u.child.start[slot] = start;
        if (slot > 0)
            return;
    }
}

/* A range of [length] bytes is there, or one is longer than it was. */
static void longer(struct dcd_range_tree *tree, const struct path *path,
                   uint64_t length)
{
    for (uint32_t level = tree->height; level-- > 0;) {
        uint64_t *longest =
            &tree->nodes[path->node[level]].u.child.longest[path->slot[level]];

        if (*longest >= length)
            return;
        *longest = length;
    }
}

/* A range of [length] bytes below the node at [level] is gone, or shorter. */
static void shorter(struct dcd_range_tree *tree, const struct path *path,
                    uint32_t level, uint64_t length)
{
    while (level-- > 0) {
        uint64_t *longest =
            &tree->nodes[path->node[level]].u.child.longest[path->slot[level]];
        uint64_t now;

        if (*longest != length)
            return;
        now = dcd_range_node_longest(&tree->nodes[path->node[level + 1]],
                                     level + 1 == tree->height);
        if (now == length)
            return;
        *longest = now;
    }
}

static void count_changed(struct dcd_range_tree *tree, const struct path *path,
                          uint32_t change)
{
    for (uint32_t level = tree->height; level-- > 0;)
        tree->nodes[path->node[level]].u.child.count[path->slot[level]] +=
            change;
    tree->count += change;
}

/* ---- insertion ---------------------------------------------------------- */

/* A tree of one more level, with the old root as its only child. */
static void raise(struct dcd_range_tree *tree, struct path *path)
{
    bool leaf = tree->height == 0;
    uint32_t root = new_node(tree);

    assert(tree->height + 1 < HEIGHT_MAX);
    memmove(&path->node[1], &path->node[0],
            (tree->height + 1) * sizeof(path->node[0]));
    memmove(&path->slot[1], &path->slot[0],
            (tree->height + 1) * sizeof(path->slot[0]));
    tree->nodes[root].used = 1;
    tree->nodes[root].u.child.node[0] = tree->root;
    describe(tree, root, 0, leaf);
    path->node[0] = root;
    path->slot[0] = 0;
    tree->root = root;
    tree->height++;
}

/* What arrives in order leaves nodes behind that are nearly full. */
static uint32_t place_of_split(uint32_t slot)
{
    if (slot == FANOUT)
        return FANOUT - FILL;
    return slot == 0 ? FILL : FANOUT / 2;
}

/*
 * Splits the full node at [level], whose parent has room, so that there is room
 * at its slot; [path] goes there afterwards.
 */
static void split(struct dcd_range_tree *tree, struct path *path,
                  uint32_t level)
{
    bool leaf = level == tree->height;
    uint32_t place = place_of_split(path->slot[level]);
    uint32_t upper = new_node(tree);
    struct dcd_range_node *n = &tree->nodes[path->node[level]];
    uint32_t parent = path->node[level - 1];
    struct dcd_range_node *p = &tree->nodes[parent];
    uint32_t slot = path->slot[level - 1];

    dcd_range_node_move_slots(&tree->nodes[upper], 0, n, place, FANOUT - place,
                              leaf);
    tree->nodes[upper].used = FANOUT - place;
    n->used = place;
    dcd_range_node_move_children(p, slot + 2, p, slot + 1, p->used - slot - 1);
    p->used++;
    p->u.child.node[slot + 1] = upper;
    describe(tree, parent, slot, leaf);
    describe(tree, parent, slot + 1, leaf);
    if (path->slot[level] > place) {
        path->slot[level] -= place;
        path->slot[level - 1]++;
        path->node[level] = upper;
    }
}

/* Room for one more slot in the leaf that [path] leads to. */
static void make_room(struct dcd_range_tree *tree, struct path *path)
{
    uint32_t level = tree->height;
    uint32_t full = 0; /* nodes, from the leaf up */

    while (full <= tree->height &&
           tree->nodes[path->node[level - full]].used == FANOUT)
        full++;
    if (full == 0)
        return;
    if (full == tree->height + 1)
        raise(tree, path);
    for (level = tree->height - full + 1; level < tree->height; level++) {
        /* Its child is split next, and what is new goes behind the old. */
        path->slot[level]++;
        split(tree, path, level);
        path->slot[level]--;
    }
    split(tree, path, level);
}

/* [entry] becomes slot [path->slot] of the leaf. */
static void insert_at(struct dcd_range_tree *tree, struct path *path,
                      const struct dcd_range_entry *entry)
{
    struct dcd_range_node *leaf;
    uint32_t slot;

    make_room(tree, path);
    leaf = &tree->nodes[path->node[tree->height]];
    slot = path->slot[tree->height];
    memmove(&leaf->u.entry[slot + 1], &leaf->u.entry[slot],
            (leaf->used - slot) * sizeof(leaf->u.entry[0]));
    leaf->u.entry[slot] = *entry;
    leaf->used++;
    count_changed(tree, path, 1);
    longer(tree, path, entry->range.length);
    if (slot == 0)
        start_changed(tree, path, tree->height, entry->range.start);
}

void dcd_range_tree_insert(struct dcd_range_tree *tree, struct dcd_range range,
                           uint32_t tag, uint16_t sequence)
{
    const struct dcd_range_entry entry = {range, tag, sequence};
    struct dcd_range_node *leaf;
    struct path path;

    assert(range.length > 0 && dcd_range_last(&range) >= range.start);
    if (tree->in_use == 0)
        tree->root = new_node(tree);
    leaf = descend(tree, range.start, &path);
    path.slot[tree->height] = dcd_range_node_entries_at(leaf, range.start);
    insert_at(tree, &path, &entry);
}

/* ---- removal ------------------------------------------------------------ */

/* The children in [slot] and behind it become one. */
static void join(struct dcd_range_tree *tree, uint32_t parent, uint32_t slot,
                 bool leaf)
{
    struct dcd_range_node *p = &tree->nodes[parent];
    uint32_t upper = p->u.child.node[slot + 1];
    struct dcd_range_node *a = &tree->nodes[p->u.child.node[slot]];
    struct dcd_range_node *b = &tree->nodes[upper];

    dcd_range_node_move_slots(a, a->used, b, 0, b->used, leaf);
    a->used += b->used;
    drop_node(tree, upper);
    dcd_range_node_move_children(p, slot + 1, p, slot + 2, p->used - slot - 2);
    p->used--;
    describe(tree, parent, slot, leaf);
}

/* The children in [slot] and behind it share evenly. */
static void share(struct dcd_range_tree *tree, uint32_t parent, uint32_t slot,
                  bool leaf)
{
    struct dcd_range_node *p = &tree->nodes[parent];
    struct dcd_range_node *a = &tree->nodes[p->u.child.node[slot]];
    struct dcd_range_node *b = &tree->nodes[p->u.child.node[slot + 1]];
    uint32_t half = (a->used + b->used) / 2;

    if (a->used < half) {
        uint32_t moved = half - a->used;

        dcd_range_node_move_slots(a, a->used, b, 0, moved, leaf);
        dcd_range_node_move_slots(b, 0, b, moved, b->used - moved, leaf);
        b->used -= moved;
    } else {
        uint32_t moved = a->used - half;

        dcd_range_node_move_slots(b, moved, b, 0, b->used, leaf);
        dcd_range_node_move_slots(b, 0, a, half, moved, leaf);
        b->used += moved;
    }
    a->used = half;
    describe(tree, parent, slot, leaf);
    describe(tree, parent, slot + 1, leaf);
}

/* Restores the least number of slots on the way from the leaf up. */
static void refill(struct dcd_range_tree *tree, const struct path *path)
{
    for (uint32_t level = tree->height;
         level > 0 && tree->nodes[path->node[level]].used < FILL; level--) {
        uint32_t parent = path->node[level - 1];
        const struct dcd_range_node *p = &tree->nodes[parent];
        uint32_t slot = path->slot[level - 1];
        bool leaf = level == tree->height;

        if (slot + 1 == p->used)
            slot--;
        if (tree->nodes[p->u.child.node[slot]].used +
                tree->nodes[p->u.child.node[slot + 1]].used >
            JOINED) {
            share(tree, parent, slot, leaf);
            return;
        }
        join(tree, parent, slot, leaf);
    }
}

/* A root with one child gives way to it. */
static void lower(struct dcd_range_tree *tree)
{
    while (tree->height > 0 && tree->nodes[tree->root].used == 1) {
        uint32_t root = tree->root;

        tree->root = tree->nodes[root].u.child.node[0];
        tree->height--;
        drop_node(tree, root);
    }
}

/* Takes out the range that [path] leads to. */
static void remove_at(struct dcd_range_tree *tree, struct path *path)
{
    struct dcd_range_node *leaf = &tree->nodes[path->node[tree->height]];
    uint32_t slot = path->slot[tree->height];
    uint64_t length = leaf->u.entry[slot].range.length;

    leaf->used--;
    memmove(&leaf->u.entry[slot], &leaf->u.entry[slot + 1],
            (leaf->used - slot) * sizeof(leaf->u.entry[0]));
    count_changed(tree, path, UINT32_MAX);
    shorter(tree, path, tree->height, length);
    if (slot == 0 && leaf->used > 0)
        start_changed(tree, path, tree->height, leaf->u.entry[0].range.start);
    refill(tree, path);
    lower(tree);
}

void dcd_range_tree_remove(struct dcd_range_tree *tree, uint64_t start)
{
    struct path path;

    seek(tree, start, &path);
    remove_at(tree, &path);
}

/* ---- other changes ------------------------------------------------------ */

/* The range that [path] leads to gets new bounds. */
static void resize_at(struct dcd_range_tree *tree, const struct path *path,
                      struct dcd_range range)
{
    uint32_t slot = path->slot[tree->height];
    struct dcd_range *r =
        &tree->nodes[path->node[tree->height]].u.entry[slot].range;
    const struct dcd_range was = *r;

    assert(range.length > 0 && dcd_range_last(&range) >= range.start);
    *r = range;
    if (slot == 0 && range.start != was.start)
        start_changed(tree, path, tree->height, range.start);
    if (range.length > was.length)
        longer(tree, path, range.length);
    else if (range.length < was.length)
        shorter(tree, path, tree->height, was.length);
}

void dcd_range_tree_resize(struct dcd_range_tree *tree, uint64_t start,
                           struct dcd_range range)
{
    struct path path;

    seek(tree, start, &path);
    resize_at(tree, &path, range);
}

uint64_t dcd_range_tree_cut(struct dcd_range_tree *tree,
                            const struct dcd_range_entry *entry, uint64_t first,
                            uint64_t last)
{
    /* A copy, because the tree changes underneath it. */
    struct dcd_range_entry tail = *entry;
    const uint64_t start = entry->range.start;
    const uint64_t length = entry->range.length;
    const uint64_t end = dcd_range_last(&entry->range);
    const struct dcd_range head = {start, first > start ? first - start : 0};
    struct path path;

    assert(first <= last && first <= end && last >= start);
    tail.range.start = last + 1;
    tail.range.length = last < end ? end - last : 0;
    seek(tree, start, &path);
    if (head.length > 0) {
        resize_at(tree, &path, head);
        path.slot[tree->height]++;
        if (tail.range.length > 0)
            insert_at(tree, &path, &tail);
    } else if (tail.range.length > 0) {
        resize_at(tree, &path, tail.range);
    } else {
        remove_at(tree, &path);
    }
    return length - head.length - tail.range.length;
}

/* ---- questions -------------------------------------------------------- */

uint64_t dcd_range_tree_longest(const struct dcd_range_tree *tree)
{
    return tree->count == 0 ? 0
                            : dcd_range_node_longest(&tree->nodes[tree->root],
                                                     tree->height == 0);
}

const struct dcd_range_entry *
dcd_range_tree_at(const struct dcd_range_tree *tree, size_t index)
{
    uint32_t node = tree->root;

    if (index >= tree->count)
        return NULL;
    for (uint32_t level = 0; level < tree->height; level++) {
        const struct dcd_range_children *c = &tree->nodes[node].u.child;
        uint32_t slot = 0;

        while (index >= c->count[slot])
            index -= c->count[slot++];
        node = c->node[slot];
    }
    return &tree->nodes[node].u.entry[index];
}

/* The lowest range behind the leaf that [path] leads to. */
static const struct dcd_range_entry *
next_leaf(const struct dcd_range_tree *tree, const struct path *path)
{
    for (uint32_t level = tree->height; level-- > 0;) {
        const struct dcd_range_node *n = &tree->nodes[path->node[level]];
        uint32_t node;

        if (path->slot[level] + 1 == n->used)
            continue;
        node = n->u.child.node[path->slot[level] + 1];
        while (++level < tree->height)
            node = tree->nodes[node].u.child.node[0];
        return &tree->nodes[node].u.entry[0];
    }
    return NULL;
}

/* The highest range that starts at or below [address], or NULL. */
static const struct dcd_range_entry *
floor_of(const struct dcd_range_tree *tree, uint64_t address, struct path *path)
{
    const struct dcd_range_node *leaf;
    uint32_t below;

    if (tree->count == 0)
        return NULL;
    leaf = descend(tree, address, path);
    below = dcd_range_node_entries_at(leaf, address);
    path->slot[tree->height] = below;
    return below ? &leaf->u.entry[below - 1] : NULL;
}

const struct dcd_range_entry *
dcd_range_tree_next(const struct dcd_range_tree *tree, uint64_t from)
{
    struct path path;
    const struct dcd_range_entry *entry = floor_of(tree, from, &path);
    const struct dcd_range_node *leaf;
    uint32_t slot;

    if (tree->count == 0 || (entry && dcd_range_reaches(&entry->range, from)))
        return entry;
    leaf = &tree->nodes[path.node[tree->height]];
    slot = path.slot[tree->height];
    return slot < leaf->used ? &leaf->u.entry[slot] : next_leaf(tree, &path);
}

bool dcd_range_tree_overlaps(const struct dcd_range_tree *tree, uint64_t start,
                             uint64_t length)
{
    const struct dcd_range_entry *entry = dcd_range_tree_next(tree, start);

    if (!entry || length == 0)
        return false;
    return entry->range.start <= start || entry->range.start - start < length;
}

const struct dcd_range_entry *
dcd_range_tree_previous(const struct dcd_range_tree *tree, uint64_t address)
{
    struct path path;

    return address ? floor_of(tree, address - 1, &path) : NULL;
}

const struct dcd_range_entry *
dcd_range_tree_find(const struct dcd_range_tree *tree, uint64_t address)
{
    struct path path;
    const struct dcd_range_entry *entry = floor_of(tree, address, &path);

    return entry && dcd_range_holds(&entry->range, address) ? entry : NULL;
}

const struct dcd_range_entry *
dcd_range_tree_lowest_fit(const struct dcd_range_tree *tree, uint64_t length)
{
    uint32_t node = tree->root;
    uint32_t slot = 0;

    assert(length > 0);
    if (dcd_range_tree_longest(tree) < length)
        return NULL;
    for (uint32_t level = 0; level < tree->height; level++) {
        const struct dcd_range_children *c = &tree->nodes[node].u.child;

        for (slot = 0; c->longest[slot] < length;)
            slot++;
        node = c->node[slot];
    }
    for (slot = 0; tree->nodes[node].u.entry[slot].range.length < length;)
        slot++;
    return &tree->nodes[node].u.entry[slot];
}
