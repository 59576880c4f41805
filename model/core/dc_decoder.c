/* SPDX-License-Identifier: Apache-2.0 */
/* dc_decoder.c - memory accesses that are not the simplest kind. */
#include "dc_decoder.h"

#include <string.h>

/* A grant may begin later than it could; a walk may not take for ever. */
#define MAX_BLOCKS_BACK 32768u

bool dcd_dc_decoder_init(struct dcd_dc_decoder *decoder, unsigned hdm_decoders,
                         const struct dcd_regions *regions,
                         const struct dcd_block_map *map,
                         const struct dcd_media *media)
{
    memset(&decoder->partitions, 0, sizeof(decoder->partitions));
    dcd_dc_decoder_forget(decoder);
    decoder->regions = regions;
    decoder->map = map;
    decoder->media = media;
    decoder->mem_enabled = false;
    decoder->media_ready = true;
    return dcd_hdm_init(&decoder->hdm, hdm_decoders);
}

void dcd_dc_decoder_forget(struct dcd_dc_decoder *decoder)
{
    memset(&decoder->window, 0, sizeof(decoder->window));
}

void dcd_dc_decoder_set_mem(struct dcd_dc_decoder *decoder, bool enabled)
{
    decoder->mem_enabled = enabled;
    dcd_dc_decoder_forget(decoder);
}

void dcd_dc_decoder_set_media(struct dcd_dc_decoder *decoder, bool ready)
{
    decoder->media_ready = ready;
    dcd_dc_decoder_forget(decoder);
}

bool dcd_dc_decoder_seek(struct dcd_dc_decoder *decoder, uint64_t hpa)
{
    struct dcd_window *w = &decoder->window;
    const struct dcd_partition *p;
    struct dcd_hdm_hit hit;
    uint64_t before;
    uint64_t after;
    uint64_t offset;

    if (!decoder->mem_enabled || !decoder->media_ready ||
        !dcd_hdm_translate(&decoder->hdm, hpa, &hit))
        return false;
    p = dcd_partitions_find(&decoder->partitions, hit.dpa);
    if (!p)
        return false;
    offset = hit.dpa - p->base;
    before = dcd_least_bytes(hit.preceding, offset);
    after = dcd_least_bytes(hit.contiguous, p->length - offset);
    /* A window is for accesses that need no look at the poison. */
    if (!dcd_poison_clear_around(&decoder->media->poison, p->media + offset,
                                 &before, &after))
        return false;
    w->first = hpa - before;
    w->length = before + after;
    w->offset = offset - before;
    w->dpa = hit.dpa - before;
    w->data = decoder->media->bytes + p->media + w->offset;
    w->partition = p;
    w->read_only = p->read_only;
    w->map = NULL;
    if (p->region >= 0) {
        w->map = &decoder->map[p->region];
        w->block_shift = decoder->regions->region[p->region].block_shift;
    }
    return true;
}

/* Bytes from [offset] of a region for which its first block's state holds. */
static uint64_t same_state(const struct dcd_region *region,
                           const struct dcd_block_map *map, uint64_t offset,
                           uint64_t length, bool *open)
{
    uint64_t block = offset >> region->block_shift;
    uint64_t last = (offset + (length - 1)) >> region->block_shift;
    uint64_t run;

    *open = dcd_block_map_test(map, block);
    if (last == block)
        return length;
    run = dcd_block_map_run(map, block, last - block + 1, *open);
    return dcd_least_bytes(length,
                           ((block + run) << region->block_shift) - offset);
}

/* The rest of the poisoned line at [offset] of the media, or all bytes up to
 * the next one. */
static __attribute__((noinline)) enum dcd_access
judge_poison(const struct dcd_poison *poison, uint64_t offset, uint64_t *length)
{
    uint64_t before = 0;

    if (dcd_poison_clear_around(poison, offset, &before, length))
        return DCD_ACCESS_OK;
    *length = dcd_least_bytes(*length, DCD_LINE - offset % DCD_LINE);
    return DCD_ACCESS_POISONED;
}

/* What a partition says of [length] bytes that lie inside it. */
static void judge(const struct dcd_dc_decoder *decoder,
                  const struct dcd_partition *p, bool write,
                  struct dcd_piece *piece)
{
    uint64_t offset = piece->dpa - p->base;
    bool open = true;

    piece->data = decoder->media->bytes + p->media + offset;
    if (p->region >= 0)
        piece->length =
            same_state(&decoder->regions->region[p->region],
                       &decoder->map[p->region], offset, piece->length, &open);
    if (!open)
        piece->access = DCD_ACCESS_NOT_BACKED;
    else if (write && p->read_only)
        piece->access = DCD_ACCESS_READ_ONLY;
    else if (!decoder->media_ready)
        piece->access = DCD_ACCESS_MEDIA_DISABLED;
    else if (!dcd_poison_any(&decoder->media->poison))
        piece->access = DCD_ACCESS_OK;
    else
        piece->access = judge_poison(&decoder->media->poison, p->media + offset,
                                     &piece->length);
}

/* The partition that holds [dpa], or NULL: mostly that of the window. */
static const struct dcd_partition *
find_partition(const struct dcd_dc_decoder *decoder, uint64_t dpa)
{
    const struct dcd_partition *p = decoder->window.partition;

    if (p && dpa - p->base < p->length)
        return p;
    return dcd_partitions_find(&decoder->partitions, dpa);
}

struct dcd_piece dcd_dc_decoder_find_piece(struct dcd_dc_decoder *decoder,
                                           uint64_t hpa, uint64_t length,
                                           bool write)
{
    struct dcd_piece piece = {DCD_ACCESS_NOT_DECODED, NULL, UINT64_MAX, 0};
    const struct dcd_partition *p;
    struct dcd_hdm_hit hit;

    if (!decoder->mem_enabled) {
        piece.access = DCD_ACCESS_MEM_DISABLED;
        piece.length = length;
        return piece;
    }
    if (!dcd_hdm_translate(&decoder->hdm, hpa, &hit)) {
        piece.length = dcd_least_bytes(length, dcd_hdm_gap(&decoder->hdm, hpa));
        return piece;
    }
    piece.dpa = hit.dpa;
    piece.length = dcd_least_bytes(length, hit.contiguous);
    p = find_partition(decoder, hit.dpa);
    if (!p) {
        piece.access = DCD_ACCESS_BEYOND;
        piece.length = dcd_least_bytes(
            piece.length, dcd_partitions_gap(&decoder->partitions, hit.dpa));
        return piece;
    }
    piece.length =
        dcd_least_bytes(piece.length, p->length - (hit.dpa - p->base));
    judge(decoder, p, write, &piece);
    return piece;
}

void dcd_dc_decoder_hpa_of(
    struct dcd_dc_decoder *decoder, uint64_t dpa, uint64_t length,
    void (*found)(void *context, uint64_t first, uint64_t last), void *context)
{
    uint64_t first;
    uint64_t last;

    for (unsigned i = 0; i < DCD_HDM_RANGES_MAX; i++)
        if (dcd_hdm_reverse(&decoder->hdm, i, dpa, length, &first, &last))
            found(context, first, last);
}

/* --- DMI ---------------------------------------------------------------- */

/* DPAs around [dpa] that are open without a gap, cut to the partition. */
static void open_around(const struct dcd_dc_decoder *decoder,
                        const struct dcd_partition *p, uint64_t dpa,
                        uint64_t *before, uint64_t *after)
{
    const struct dcd_region *region;
    const struct dcd_block_map *map;
    uint64_t offset = dpa - p->base;
    uint64_t block;
    uint64_t first;

    *before = dcd_least_bytes(*before, offset);
    *after = dcd_least_bytes(*after, p->length - offset);
    if (p->region < 0)
        return;
    region = &decoder->regions->region[p->region];
    map = &decoder->map[p->region];
    block = offset >> region->block_shift;
    first = block;
    /* Backwards as far as the decoder lets the host see, in bounded time. */
    while (first > 0 && block - first < MAX_BLOCKS_BACK &&
           offset - (first << region->block_shift) < *before &&
           dcd_block_map_test(map, first - 1))
        first--;
    *before = dcd_least_bytes(*before, offset - (first << region->block_shift));
    block += dcd_block_map_run(
        map, block, region->length / region->block_size - block, true);
    *after = dcd_least_bytes(*after, (block << region->block_shift) - offset);
}

/* The range that a refusal at [hpa] covers. */
static bool refuse(struct dcd_dc_decoder *decoder, uint64_t hpa,
                   struct dcd_span *span)
{
    struct dcd_piece piece =
        dcd_dc_decoder_find_piece(decoder, hpa, UINT64_MAX, false);

    *span = (struct dcd_span){NULL, hpa, hpa + (piece.length - 1), false};
    if (piece.access == DCD_ACCESS_MEM_DISABLED ||
        piece.access == DCD_ACCESS_MEDIA_DISABLED) {
        span->first = 0;
        span->last = UINT64_MAX;
    } else if (piece.access == DCD_ACCESS_POISONED) {
        span->first = span->last - (DCD_LINE - 1);
    }
    return false;
}

bool dcd_dc_decoder_dmi(struct dcd_dc_decoder *decoder, uint64_t hpa,
                        struct dcd_span *span)
{
    const struct dcd_partition *p = NULL;
    struct dcd_piece piece;
    struct dcd_hdm_hit hit;
    uint64_t before;
    uint64_t after;

    piece = dcd_dc_decoder_find_piece(decoder, hpa, 1, false);
    if (piece.access != DCD_ACCESS_OK ||
        !dcd_hdm_translate(&decoder->hdm, hpa, &hit))
        return refuse(decoder, hpa, span);
    p = dcd_partitions_find(&decoder->partitions, hit.dpa);
    before = hit.preceding;
    after = hit.contiguous;
    open_around(decoder, p, hit.dpa, &before, &after);
    dcd_poison_clear_around(&decoder->media->poison,
                            p->media + (hit.dpa - p->base), &before, &after);
    span->data = piece.data - before;
    span->first = hpa - before;
    span->last = hpa + (after - 1);
    span->writable = !p->read_only;
    return true;
}
