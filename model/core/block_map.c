/* SPDX-License-Identifier: Apache-2.0 */
/*
 * block_map.c - two levels: chunks that are closed, open, or mixed with bits.
 */
#include "block_map.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK_BLOCKS (UINT32_C(1) << DCD_BLOCK_CHUNK_SHIFT)
#define CHUNK_BYTES (DCD_BLOCK_CHUNK_WORDS * sizeof(uint64_t))

/* Above this many arrays an index into words would not fit 32 bits. */
#define SLOTS_MAX (UINT32_MAX / DCD_BLOCK_CHUNK_WORDS)
#define BLOCKS_MAX (UINT64_C(1) << 46)

/* The two shared arrays; calloc makes a new map's chunks closed. */
enum { CLOSED_SLOT = 0, OPEN_SLOT = 1, FIRST_MIXED_SLOT = 2 };

/* Arrays that may lie idle whatever is needed; 256 KiB. */
#define SLOTS_KEPT 64

static uint32_t slot_words(uint32_t slot)
{
    return slot * DCD_BLOCK_CHUNK_WORDS;
}

static uint32_t slot_of(const struct dcd_block_map *map, uint32_t chunk)
{
    return map->chunks[chunk] / DCD_BLOCK_CHUNK_WORDS;
}

static uint32_t uniform_slot(bool open)
{
    return open ? OPEN_SLOT : CLOSED_SLOT;
}

static uint32_t chunk_of(uint64_t block)
{
    return (uint32_t)(block >> DCD_BLOCK_CHUNK_SHIFT);
}

static uint64_t chunks_for(uint64_t blocks)
{
    return (blocks + CHUNK_BLOCKS - 1) >> DCD_BLOCK_CHUNK_SHIFT;
}

/* Blocks in [chunk]; the last one may be short. */
static uint32_t chunk_blocks(const struct dcd_block_map *map, uint32_t chunk)
{
    uint64_t left = map->blocks - ((uint64_t)chunk << DCD_BLOCK_CHUNK_SHIFT);

    return left < CHUNK_BLOCKS ? (uint32_t)left : CHUNK_BLOCKS;
}

/* How many of [count] blocks from [first] on lie in the chunk of [first]. */
static uint32_t part_in_chunk(uint64_t first, uint64_t count)
{
    uint32_t room = CHUNK_BLOCKS - (uint32_t)(first % CHUNK_BLOCKS);

    return count < room ? (uint32_t)count : room;
}

/* ---- memory ----------------------------------------------------------- */

static bool resize_words(struct dcd_block_map *map, size_t capacity)
{
    if (capacity > SIZE_MAX / CHUNK_BYTES)
        return false;
    uint64_t *words = realloc(map->words, capacity * CHUNK_BYTES);
    if (words == NULL)
        return false;
    map->words = words;
    map->capacity = (uint32_t)capacity;
    return true;
}

/* The slots are 1/512 of the bits: they grow along and never shrink. */
static bool grow(struct dcd_block_map *map, size_t capacity)
{
    struct dcd_block_slot *slots =
        realloc(map->slots, capacity * sizeof(*slots));

    if (slots == NULL)
        return false;
    map->slots = slots;
    return resize_words(map, capacity);
}

bool dcd_block_map_init(struct dcd_block_map *map, uint64_t blocks)
{
    memset(map, 0, sizeof(*map));
    if (blocks > BLOCKS_MAX)
        return false;
    /* Never nothing, because calloc may answer NULL to that. */
    map->chunks = calloc((size_t)chunks_for(blocks) + 1, sizeof(*map->chunks));
    if (map->chunks == NULL || !grow(map, FIRST_MIXED_SLOT)) {
        dcd_block_map_destroy(map);
        return false;
    }
    memset(map->words, 0, CHUNK_BYTES);
    memset(map->words + slot_words(OPEN_SLOT), 0xff, CHUNK_BYTES);
    map->used = FIRST_MIXED_SLOT;
    map->blocks = blocks;
    return true;
}

void dcd_block_map_destroy(struct dcd_block_map *map)
{
    free(map->chunks);
    free(map->words);
    free(map->slots);
    memset(map, 0, sizeof(*map));
}

bool dcd_block_map_reserve(struct dcd_block_map *map, size_t ranges)
{
    uint64_t most = chunks_for(map->blocks) + FIRST_MIXED_SLOT;
    uint64_t uniform = most - map->used;
    uint64_t more = ranges < uniform / 2 ? (uint64_t)ranges * 2 : uniform;
    uint64_t need = map->used + more;

    if (most > SLOTS_MAX)
        most = SLOTS_MAX;
    if (need > most)
        return false;
    if (need > map->capacity) {
        /* Half as much again, so that growing by twos stays linear. */
        uint64_t roomy = need + need / 2;
        return grow(map, (size_t)(roomy < most ? roomy : most));
    }
    /* Shrinking may fail like any reallocation, and then nothing is lost. */
    if (map->capacity / 4 > need + SLOTS_KEPT)
        (void)resize_words(map, (size_t)need * 2);
    return true;
}

/* ---- chunks ----------------------------------------------------------- */

/* Give the uniform [chunk] bits of its own, of the state it has. */
static void make_mixed(struct dcd_block_map *map, uint32_t chunk)
{
    uint32_t slot = map->used++;
    bool open = slot_of(map, chunk) == OPEN_SLOT;

    assert(slot < map->capacity);
    memset(map->words + slot_words(slot), open ? 0xff : 0, CHUNK_BYTES);
    map->slots[slot].chunk = chunk;
    map->slots[slot].open = open ? chunk_blocks(map, chunk) : 0;
    map->chunks[chunk] = slot_words(slot);
}

/* Drop the bits in [slot]; the last array moves into the gap. */
static void free_slot(struct dcd_block_map *map, uint32_t slot)
{
    uint32_t last = --map->used;

    if (slot == last)
        return;
    memcpy(map->words + slot_words(slot), map->words + slot_words(last),
           CHUNK_BYTES);
    map->slots[slot] = map->slots[last];
    map->chunks[map->slots[slot].chunk] = slot_words(slot);
}

static void make_uniform(struct dcd_block_map *map, uint32_t chunk, bool open)
{
    uint32_t slot = slot_of(map, chunk);

    if (slot >= FIRST_MIXED_SLOT)
        free_slot(map, slot);
    map->chunks[chunk] = slot_words(uniform_slot(open));
}

static uint32_t chunk_open_blocks(const struct dcd_block_map *map,
                                  uint32_t chunk)
{
    uint32_t slot = slot_of(map, chunk);

    if (slot >= FIRST_MIXED_SLOT)
        return map->slots[slot].open;
    return slot == OPEN_SLOT ? chunk_blocks(map, chunk) : 0;
}

/* ---- bits ------------------------------------------------------------- */

/* Bits [first, end) of a word; end is 1 to 64 and above first. */
static uint64_t bits_between(uint32_t first, uint32_t end)
{
    return UINT64_MAX >> (64 - (end - first)) << first;
}

/* Set bits [first, first + count), return how many of them were other. */
static uint32_t set_bits(uint64_t *words, uint32_t first, uint32_t count,
                         bool open)
{
    uint32_t end = first + count;
    uint32_t changed = 0;

    while (first < end) {
        uint32_t stop = (first | 63) + 1;
        uint32_t past = stop < end ? stop : end;
        uint64_t mask = bits_between(first % 64, past - (first & ~63u));
        uint64_t *word = &words[first / 64];
        uint64_t other = (open ? ~*word : *word) & mask;
        *word ^= other;
        changed += (uint32_t)__builtin_popcountll(other);
        first = past;
    }
    return changed;
}

/* How many bits from [first] on, at most [count], have the state [open]. */
static uint32_t run_of_bits(const uint64_t *words, uint32_t first,
                            uint32_t count, bool open)
{
    const uint64_t same = open ? UINT64_MAX : 0;
    uint32_t end = first + count;

    for (uint32_t at = first; at < end; at = (at | 63) + 1) {
        uint64_t other = (words[at / 64] ^ same) >> (at % 64);
        if (other != 0) {
            uint32_t run = at - first + (uint32_t)__builtin_ctzll(other);
            return run < count ? run : count;
        }
    }
    return count;
}

/* ---- ranges ----------------------------------------------------------- */

/* Set [count] blocks of one chunk, but not all of them. */
static void set_part(struct dcd_block_map *map, uint32_t chunk, uint32_t first,
                     uint32_t count, bool open)
{
    if (slot_of(map, chunk) == uniform_slot(open))
        return;
    if (slot_of(map, chunk) < FIRST_MIXED_SLOT)
        make_mixed(map, chunk);

    struct dcd_block_slot *slot = &map->slots[slot_of(map, chunk)];
    uint32_t changed =
        set_bits(map->words + map->chunks[chunk], first, count, open);
    if (open) {
        slot->open += changed;
        map->open_blocks += changed;
    } else {
        slot->open -= changed;
        map->open_blocks -= changed;
    }
    if (slot->open == (open ? chunk_blocks(map, chunk) : 0))
        make_uniform(map, chunk, open);
}

static void set_whole(struct dcd_block_map *map, uint32_t chunk, bool open)
{
    if (slot_of(map, chunk) == uniform_slot(open))
        return;
    map->open_blocks -= chunk_open_blocks(map, chunk);
    map->open_blocks += open ? chunk_blocks(map, chunk) : 0;
    make_uniform(map, chunk, open);
}

static void set_range(struct dcd_block_map *map, uint64_t first, uint64_t count,
                      bool open)
{
    assert(dcd_block_map_holds(map, first, count));
    while (count > 0) {
        uint32_t chunk = chunk_of(first);
        uint32_t part = part_in_chunk(first, count);
        if (part == chunk_blocks(map, chunk))
            set_whole(map, chunk, open);
        else
            set_part(map, chunk, (uint32_t)(first % CHUNK_BLOCKS), part, open);
        first += part;
        count -= part;
    }
}

void dcd_block_map_open(struct dcd_block_map *map, uint64_t first,
                        uint64_t count)
{
    set_range(map, first, count, true);
}

void dcd_block_map_close(struct dcd_block_map *map, uint64_t first,
                         uint64_t count)
{
    set_range(map, first, count, false);
}

/* As dcd_block_map_run(), for [count] blocks of one chunk. */
static uint32_t run_in_chunk(const struct dcd_block_map *map, uint64_t first,
                             uint32_t count, bool open)
{
    uint32_t slot = slot_of(map, chunk_of(first));

    if (slot < FIRST_MIXED_SLOT)
        return slot == uniform_slot(open) ? count : 0;
    return run_of_bits(map->words + slot_words(slot),
                       (uint32_t)(first % CHUNK_BLOCKS), count, open);
}

uint64_t dcd_block_map_run(const struct dcd_block_map *map, uint64_t first,
                           uint64_t limit, bool open)
{
    uint64_t run = 0;

    assert(dcd_block_map_holds(map, first, limit));
    while (run < limit) {
        uint32_t part = part_in_chunk(first + run, limit - run);
        uint32_t same = run_in_chunk(map, first + run, part, open);
        run += same;
        if (same < part)
            break;
    }
    return run;
}

bool dcd_block_map_all_open(const struct dcd_block_map *map, uint64_t first,
                            uint64_t count)
{
    return dcd_block_map_run(map, first, count, true) == count;
}

bool dcd_block_map_any_open(const struct dcd_block_map *map, uint64_t first,
                            uint64_t count)
{
    return dcd_block_map_run(map, first, count, false) != count;
}
