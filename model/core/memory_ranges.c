/* SPDX-License-Identifier: Apache-2.0 */
/* memory_ranges.c - the memory that one head has, by DPA. */
#include "memory_ranges.h"

#include <assert.h>

static uint64_t last_of(const struct dcd_partition *p)
{
    return p->base + (p->length - 1);
}

/* The lowest partition with a byte in [first, last]. */
static const struct dcd_partition *
next_partition(const struct dcd_memory_device *memory, uint64_t first,
               uint64_t last)
{
    const struct dcd_partitions *all = &memory->decoder->partitions;

    for (unsigned i = 0; i < all->count; i++) {
        const struct dcd_partition *p = &all->partition[i];

        if (p->length && last_of(p) >= first)
            return p->base <= last ? p : NULL;
    }
    return NULL;
}

static const struct dcd_partition *
partition_of(const struct dcd_memory_device *memory, uint64_t dpa)
{
    const struct dcd_partition *p =
        dcd_partitions_find(&memory->decoder->partitions, dpa);

    assert(p);
    return p;
}

/* How many bytes of [p] from [dpa] on are all open, or all closed. */
static uint64_t run_of(const struct dcd_memory_device *memory,
                       const struct dcd_partition *p, uint64_t dpa, bool open)
{
    uint64_t offset = dpa - p->base;
    const struct dcd_region *region;
    const struct dcd_block_map *map;
    uint64_t block;
    uint64_t run;

    if (p->region < 0)
        return open ? p->length - offset : 0;
    region = &memory->decoder->regions->region[p->region];
    map = &memory->decoder->map[p->region];
    block = offset >> region->block_shift;
    run =
        dcd_block_map_run(map, block, dcd_block_map_blocks(map) - block, open);
    return run ? ((block + run) << region->block_shift) - offset : 0;
}

bool dcd_memory_is_range(const struct dcd_memory_device *memory, uint64_t dpa,
                         uint64_t length)
{
    struct dcd_layout layout;

    dcd_config_layout(memory->config, &layout);
    return length != 0 && dpa < layout.dpa_end &&
           length <= layout.dpa_end - dpa;
}

bool dcd_memory_next(const struct dcd_memory_device *memory, uint64_t first,
                     uint64_t last, struct dcd_memory_piece *piece)
{
    const struct dcd_partition *p;

    while (first <= last && (p = next_partition(memory, first, last))) {
        uint64_t at = first > p->base ? first : p->base;

        at += run_of(memory, p, at, false);
        if (at > last)
            return false;
        if (at <= last_of(p)) {
            /* Compared as last bytes: [last] may be that of all addresses. */
            piece->dpa = at;
            piece->length =
                dcd_least_bytes(run_of(memory, p, at, true) - 1, last - at) + 1;
            piece->media = p->media + (at - p->base);
            piece->partition = p;
            return true;
        }
        first = at;
    }
    return false;
}

bool dcd_memory_has_writable(const struct dcd_memory_device *memory,
                             uint64_t dpa, uint64_t length)
{
    uint64_t last = dpa + (length - 1);
    struct dcd_memory_piece piece;

    if (!dcd_memory_is_range(memory, dpa, length))
        return false;
    while (dpa <= last) {
        if (!dcd_memory_next(memory, dpa, last, &piece) || piece.dpa != dpa ||
            piece.partition->read_only)
            return false;
        dpa += piece.length;
    }
    return true;
}

uint64_t dcd_memory_media(const struct dcd_memory_device *memory, uint64_t dpa)
{
    const struct dcd_partition *p = partition_of(memory, dpa);

    return p->media + (dpa - p->base);
}

static bool is_volatile(const struct dcd_memory_device *memory,
                        const struct dcd_partition *p)
{
    if (p->region < 0)
        return p->region == DCD_PARTITION_VOLATILE;
    return !(dcd_config_attributes(memory->config, memory->head,
                                   (unsigned)p->region) &
             DCD_REGION_ATTR_NONVOLATILE);
}

bool dcd_memory_is_volatile(const struct dcd_memory_device *memory,
                            uint64_t dpa)
{
    return is_volatile(memory, partition_of(memory, dpa));
}

/* --- Poison --------------------------------------------------------------- */

struct line {
    uint64_t dpa;
    enum dcd_poison_source source;
    const struct dcd_partition *partition;
};

/*
 * The first poisoned line of [p] from [line->dpa] on that the head has. Goes
 * from poison to poison and asks of each whether it is the head's, so that
 * memory without poison costs nothing; false: [line->dpa] is where to go on.
 */
static bool next_line_of(const struct dcd_memory_device *memory,
                         const struct dcd_partition *p, struct line *line)
{
    struct dcd_poison_line found;

    while (line->dpa <= last_of(p) &&
           dcd_poison_next(&memory->media->poison,
                           p->media + (line->dpa - p->base), &found) &&
           found.offset - p->media < p->length) {
        uint64_t closed;

        line->dpa = p->base + (found.offset - p->media);
        closed = run_of(memory, p, line->dpa, false);
        if (closed == 0) {
            line->source = found.source;
            line->partition = p;
            return true;
        }
        line->dpa += closed;
    }
    line->dpa = last_of(p) + 1;
    return false;
}

static bool next_line(const struct dcd_memory_device *memory, uint64_t first,
                      uint64_t last, struct line *line)
{
    const struct dcd_partition *p;

    line->dpa = first;
    if (!dcd_poison_any(&memory->media->poison))
        return false;
    while (line->dpa <= last && (p = next_partition(memory, line->dpa, last))) {
        if (line->dpa < p->base)
            line->dpa = p->base;
        if (next_line_of(memory, p, line))
            return line->dpa <= last;
    }
    return false;
}

bool dcd_memory_next_poisoned(const struct dcd_memory_device *memory,
                              uint64_t first, uint64_t last,
                              struct dcd_poisoned *poisoned)
{
    struct line line;
    struct line next;

    if (!next_line(memory, first, last, &line))
        return false;
    poisoned->dpa = line.dpa;
    poisoned->length = DCD_LINE;
    poisoned->source = line.source;
    while (line.dpa + DCD_LINE <= last &&
           next_line(memory, line.dpa + DCD_LINE, line.dpa + DCD_LINE, &next) &&
           next.source == line.source && next.partition == line.partition) {
        line = next;
        poisoned->length += DCD_LINE;
    }
    return true;
}

/* --- Erasing -------------------------------------------------------------- */

void dcd_memory_erase(struct dcd_memory_device *memory, uint64_t first,
                      uint64_t last)
{
    struct dcd_memory_piece piece;

    while (dcd_memory_next(memory, first, last, &piece)) {
        dcd_media_erase(memory->media, piece.media, piece.length);
        first = piece.dpa + piece.length;
    }
}

static bool is_wanted(const struct dcd_memory_device *memory,
                      const struct dcd_partition *p, unsigned own)
{
    return own &
           (is_volatile(memory, p) ? DCD_OWN_VOLATILE : DCD_OWN_PERSISTENT);
}

/* The first piece from [first] on that is the head's alone. */
static bool next_own(const struct dcd_memory_device *memory, uint64_t first,
                     unsigned own, struct dcd_memory_piece *piece)
{
    while (dcd_memory_next(memory, first, UINT64_MAX, piece)) {
        const struct dcd_partition *p = piece->partition;

        if (is_wanted(memory, p, own) &&
            (p->region < 0 ||
             dcd_capacity_is_alone(memory->capacity, memory->head, piece->dpa,
                                   &piece->length)))
            return true;
        first = piece->dpa + piece->length;
    }
    return false;
}

uint64_t dcd_memory_own_bytes(const struct dcd_memory_device *memory,
                              unsigned own)
{
    uint64_t bytes = own & DCD_OWN_LABELS ? memory->config->lsa : 0;
    struct dcd_memory_piece piece;

    for (uint64_t at = 0; next_own(memory, at, own, &piece);
         at = piece.dpa + piece.length)
        bytes += piece.length;
    return bytes;
}

void dcd_memory_erase_own(struct dcd_memory_device *memory, unsigned own)
{
    struct dcd_media *media = memory->media;
    struct dcd_memory_piece piece;

    for (uint64_t at = 0; next_own(memory, at, own, &piece);
         at = piece.dpa + piece.length)
        dcd_media_erase(media, piece.media, piece.length);
    if ((own & DCD_OWN_LABELS) && memory->lsa)
        dcd_media_erase(media, (uint64_t)(memory->lsa - media->bytes),
                        memory->config->lsa);
}
