/* SPDX-License-Identifier: Apache-2.0 */
/* dc_decoder.c - memory accesses that are not the simplest kind. */
#include "dc_decoder.h"

#include <string.h>

/* A grant may begin later than it could; a walk may not take for ever. */
#define MAX_BLOCKS_BACK 32768u

bool dcd_dc_decoder_init(struct dcd_dc_decoder *decoder, unsigned hdm_decoders,
                         const struct dcd_regions *regions,
                         const struct dcd_block_map *map, uint8_t *bytes)
{
    memset(&decoder->partitions, 0, sizeof(decoder->partitions));
    dcd_dc_decoder_forget(decoder);
    decoder->regions = regions;
    decoder->map = map;
    decoder->bytes = bytes;
    return dcd_hdm_init(&decoder->hdm, hdm_decoders);
}

void dcd_dc_decoder_forget(struct dcd_dc_decoder *decoder)
{
    memset(&decoder->window, 0, sizeof(decoder->window));
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

bool dcd_dc_decoder_seek(struct dcd_dc_decoder *decoder, uint64_t hpa)
{
    struct dcd_window *w = &decoder->window;
    const struct dcd_partition *p;
    struct dcd_hdm_hit hit;
    uint64_t before;
    uint64_t offset;

    if (!dcd_hdm_translate(&decoder->hdm, hpa, &hit))
        return false;
    p = dcd_partitions_find(&decoder->partitions, hit.dpa);
    if (!p)
        return false;
    offset = hit.dpa - p->base;
    before = least(hit.preceding, offset);
    w->first = hpa - before;
    w->length = before + least(hit.contiguous, p->length - offset);
    w->offset = offset - before;
    w->dpa = hit.dpa - before;
    w->data = decoder->bytes + p->media + w->offset;
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
    return least(length, ((block + run) << region->block_shift) - offset);
}

/* What a partition says of [length] bytes that lie inside it. */
static void judge(const struct dcd_dc_decoder *decoder,
                  const struct dcd_partition *p, bool write,
                  struct dcd_piece *piece)
{
    uint64_t offset = piece->dpa - p->base;
    bool open = true;

    piece->data = decoder->bytes + p->media + offset;
    if (p->region >= 0)
        piece->length =
            same_state(&decoder->regions->region[p->region],
                       &decoder->map[p->region], offset, piece->length, &open);
    if (!open)
        piece->access = DCD_ACCESS_NOT_BACKED;
    else if (write && p->read_only)
        piece->access = DCD_ACCESS_READ_ONLY;
    else
        piece->access = DCD_ACCESS_OK;
}

struct dcd_piece dcd_dc_decoder_find_piece(struct dcd_dc_decoder *decoder,
                                           uint64_t hpa, uint64_t length,
                                           bool write)
{
    struct dcd_piece piece = {DCD_ACCESS_NOT_DECODED, NULL, UINT64_MAX, 0};
    const struct dcd_partition *p;
    struct dcd_hdm_hit hit;

    if (!dcd_hdm_translate(&decoder->hdm, hpa, &hit)) {
        piece.length = least(length, dcd_hdm_gap(&decoder->hdm, hpa));
        return piece;
    }
    piece.dpa = hit.dpa;
    piece.length = least(length, hit.contiguous);
    p = dcd_partitions_find(&decoder->partitions, hit.dpa);
    if (!p) {
        piece.access = DCD_ACCESS_BEYOND;
        piece.length = least(piece.length,
                             dcd_partitions_gap(&decoder->partitions, hit.dpa));
        return piece;
    }
    piece.length = least(piece.length, p->length - (hit.dpa - p->base));
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

    *before = least(*before, offset);
    *after = least(*after, p->length - offset);
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
    *before = least(*before, offset - (first << region->block_shift));
    block += dcd_block_map_run(
        map, block, region->length / region->block_size - block, true);
    *after = least(*after, (block << region->block_shift) - offset);
}

/* The range that a refusal at [hpa] covers. */
static bool refuse(struct dcd_dc_decoder *decoder, uint64_t hpa,
                   struct dcd_span *span)
{
    struct dcd_piece piece =
        dcd_dc_decoder_find_piece(decoder, hpa, UINT64_MAX, false);

    span->data = NULL;
    span->first = hpa;
    span->last = hpa + (piece.length - 1);
    span->writable = false;
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
    span->data = piece.data - before;
    span->first = hpa - before;
    span->last = hpa + (after - 1);
    span->writable = !p->read_only;
    return true;
}
