/* SPDX-License-Identifier: Apache-2.0 */
/* poison.c - which lines of the media are poisoned. */
#include "poison.h"

#include <assert.h>
#include <string.h>

static uint64_t line_of(uint64_t offset)
{
    return offset & ~(uint64_t)(DCD_LINE - 1);
}

void dcd_poison_init(struct dcd_poison *poison)
{
    memset(poison, 0, sizeof(*poison));
    dcd_range_tree_init(&poison->lines);
}

void dcd_poison_destroy(struct dcd_poison *poison)
{
    dcd_range_tree_destroy(&poison->lines);
    dcd_poison_init(poison);
}

uint32_t dcd_poison_count(const struct dcd_poison *poison)
{
    return poison->count;
}

uint32_t dcd_poison_owned(const struct dcd_poison *poison, unsigned owner)
{
    assert(owner < DCD_POISON_OWNERS);
    return poison->owned[owner];
}

bool dcd_poison_has(const struct dcd_poison *poison, uint64_t offset)
{
    return dcd_poison_any(poison) &&
           dcd_range_tree_find(&poison->lines, offset) != NULL;
}

bool dcd_poison_add(struct dcd_poison *poison, uint64_t offset,
                    enum dcd_poison_source source, unsigned owner)
{
    struct dcd_range line = {line_of(offset), DCD_LINE};

    assert(owner < DCD_POISON_OWNERS);
    if (dcd_poison_has(poison, offset))
        return true;
    if (!dcd_range_tree_reserve(&poison->lines, 1))
        return false;
    dcd_range_tree_insert(&poison->lines, line, (uint32_t)source,
                          (uint16_t)owner);
    poison->count++;
    poison->owned[owner]++;
    return true;
}

static void take_out(struct dcd_poison *poison,
                     const struct dcd_range_entry *node)
{
    poison->count--;
    poison->owned[node->sequence]--;
    dcd_range_tree_remove(&poison->lines, node->range.start);
}

bool dcd_poison_remove(struct dcd_poison *poison, uint64_t offset)
{
    const struct dcd_range_entry *node =
        dcd_range_tree_find(&poison->lines, offset);

    if (!node)
        return false;
    take_out(poison, node);
    return true;
}

void dcd_poison_remove_range(struct dcd_poison *poison, uint64_t offset,
                             uint64_t length)
{
    const struct dcd_range_entry *node;
    uint64_t first = line_of(offset + (DCD_LINE - 1));
    uint64_t end = line_of(offset + length);

    if (!dcd_poison_any(poison))
        return;
    while ((node = dcd_range_tree_next(&poison->lines, first)) &&
           node->range.start < end)
        take_out(poison, node);
}

bool dcd_poison_next(const struct dcd_poison *poison, uint64_t from,
                     struct dcd_poison_line *line)
{
    const struct dcd_range_entry *node =
        dcd_range_tree_next(&poison->lines, from);

    if (!node)
        return false;
    line->offset = node->range.start;
    line->source = (enum dcd_poison_source)node->tag;
    return true;
}

bool dcd_poison_clear_around(const struct dcd_poison *poison, uint64_t offset,
                             uint64_t *before, uint64_t *after)
{
    const struct dcd_range_entry *node;
    uint64_t distance;

    if (!dcd_poison_any(poison))
        return true;
    node = dcd_range_tree_next(&poison->lines, offset);
    if (node && node->range.start <= offset)
        return false;
    if (node) {
        distance = node->range.start - offset;
        *after = distance < *after ? distance : *after;
    }
    node = dcd_range_tree_previous(&poison->lines, offset);
    if (node) {
        distance = offset - (node->range.start + DCD_LINE);
        *before = distance < *before ? distance : *before;
    }
    return true;
}
