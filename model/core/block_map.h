/* SPDX-License-Identifier: Apache-2.0 */
/*
 * block_map.h - which blocks of one region one head may touch.
 *
 * Every memory access of a host asks this map once, so that question is what
 * it is built for: two look-ups and no branch. A block is open (the head's host
 * has accepted it) or closed.
 *
 *     chunks   one 32-bit entry per 32768 blocks: where in `words` its bits are
 *     words    bit arrays of 512 words (4 KiB), one bit a block, 1 = open:
 *                  first    all closed, shared by every closed chunk
 *                  second   all open, shared by every open chunk
 *                  others   one for each chunk that is mixed
 *
 * Only a mixed chunk costs bits of its own; it gives them back when it becomes
 * all open or all closed. An all-closed map of 2^34 blocks (1 TiB of 64-byte
 * blocks) is 2 MiB of zeroes that no one has touched, plus 8 KiB. The mixed
 * arrays lie packed: the last moves into the gap of one that goes.
 *
 * Changing it is done in two beats: dcd_block_map_reserve() may fail, the
 * open and close calls it promised cannot. Blocks are counted from 0 within the
 * region; ranges must lie inside it (checked by the callers, asserted here).
 * Not thread-safe.
 */
#ifndef DCD_BLOCK_MAP_H
#define DCD_BLOCK_MAP_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DCD_BLOCK_CHUNK_SHIFT 15 /* 32768 blocks are one 4 KiB array */
#define DCD_BLOCK_CHUNK_WORDS (UINT32_C(1) << (DCD_BLOCK_CHUNK_SHIFT - 6))

/* What a mixed chunk's bit array knows of its chunk. */
struct dcd_block_slot {
    uint32_t chunk;
    uint32_t open; /* blocks */
};

/* Embeddable. Members are private to block_map.c and the test below. */
struct dcd_block_map {
    uint32_t *chunks;             /* index into words, of a whole array */
    uint64_t *words;              /* [capacity * DCD_BLOCK_CHUNK_WORDS] */
    struct dcd_block_slot *slots; /* [capacity], of the array in words */
    uint32_t used;                /* arrays in use, the two shared ones too */
    uint32_t capacity;            /* arrays allocated */
    uint64_t blocks;
    uint64_t open_blocks;
};

/*
 * A map of [blocks] blocks, all closed. False when out of memory or when the
 * number is above 2^46 (64-byte blocks over 52-bit addresses); the map is then
 * empty and may be destroyed. Destroying leaves a map of no blocks.
 */
bool dcd_block_map_init(struct dcd_block_map *map, uint64_t blocks);
void dcd_block_map_destroy(struct dcd_block_map *map);

/*
 * Make the next [ranges] calls of open or close safe: each may make the chunks
 * at its two ends mixed. Takes the place of earlier promises, and returns
 * memory to the system when far more than this is lying idle. False when out
 * of memory; then nothing has changed.
 */
bool dcd_block_map_reserve(struct dcd_block_map *map, size_t ranges);

/*
 * Open or close blocks first ... first + count - 1, whatever they are now.
 * Costs one step per chunk inside, which is switched as a whole, and one per 64
 * blocks in the chunks at the two ends.
 */
void dcd_block_map_open(struct dcd_block_map *map, uint64_t first,
                        uint64_t count);
void dcd_block_map_close(struct dcd_block_map *map, uint64_t first,
                         uint64_t count);

/* Whether all (true for none) or any (false for none) of the range is open. */
bool dcd_block_map_all_open(const struct dcd_block_map *map, uint64_t first,
                            uint64_t count);
bool dcd_block_map_any_open(const struct dcd_block_map *map, uint64_t first,
                            uint64_t count);

/*
 * How many blocks from [first] on have the state [open] without a gap, up to
 * [limit]; 0 if [first] itself has not. A step per 64 blocks or whole chunk.
 */
uint64_t dcd_block_map_run(const struct dcd_block_map *map, uint64_t first,
                           uint64_t limit, bool open);

static inline uint64_t dcd_block_map_blocks(const struct dcd_block_map *map)
{
    return map->blocks;
}

static inline uint64_t
dcd_block_map_open_blocks(const struct dcd_block_map *map)
{
    return map->open_blocks;
}

/* Whether the range lies inside the map, as every range here must. */
static inline bool dcd_block_map_holds(const struct dcd_block_map *map,
                                       uint64_t first, uint64_t count)
{
    return first <= map->blocks && count <= map->blocks - first;
}

/*
 * Whether [block], which is below dcd_block_map_blocks(), is open. Inline and
 * without a branch, because every access of a host comes through here.
 */
static inline bool dcd_block_map_test(const struct dcd_block_map *map,
                                      uint64_t block)
{
    assert(block < map->blocks);

    uint32_t word = (uint32_t)(block >> 6) & (DCD_BLOCK_CHUNK_WORDS - 1);
    uint32_t bits = map->chunks[block >> DCD_BLOCK_CHUNK_SHIFT];
    return map->words[bits + word] >> (block & 63) & 1;
}

#endif
