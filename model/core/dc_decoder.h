/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dc_decoder.h - one memory access of one head: HPA to DPA, allowed or not,
 * and where the bytes are.
 *
 *     HPA --hdm_decoder--> DPA --partition--> static: always
 *                                             region: block map
 *
 * This is the path that every load and store takes (CXL r3.1 8.2.4.20, r3.2
 * 9.13.3). The same answer serves DMI: a pointer, and how far it reaches.
 */
#ifndef DCD_DC_DECODER_H
#define DCD_DC_DECODER_H

#include "block_map.h"
#include "hdm_decoder.h"
#include "region.h"

#include <cxldcd/device.h>

struct dcd_dc_decoder {
    struct dcd_hdm_decoders hdm;
    struct dcd_partitions partitions;
    const struct dcd_partition *recent; /* last one hit */
    const struct dcd_regions *regions;
    const struct dcd_block_map *map; /* of this head, by region */
    uint8_t *bytes;                  /* the backing */
};

/* What holds for the next [length] bytes of HPA. */
struct dcd_piece {
    enum dcd_access access; /* OK, NOT_DECODED, BEYOND, NOT_BACKED, READ_ONLY */
    uint8_t *data;          /* with OK and READ_ONLY */
    uint64_t dpa;           /* except with NOT_DECODED */
    uint64_t length;        /* at least 1, at most what was asked for */
};

/* [map] are the block maps of the head, as many as there are regions. */
bool dcd_dc_decoder_init(struct dcd_dc_decoder *decoder, unsigned hdm_decoders,
                         const struct dcd_regions *regions,
                         const struct dcd_block_map *map, uint8_t *bytes);

/* What holds at [hpa], for [length] bytes (not 0) or the first few of them. */
struct dcd_piece dcd_dc_decoder_find_piece(struct dcd_dc_decoder *decoder,
                                           uint64_t hpa, uint64_t length,
                                           bool write);

/* A pointer to all [length] bytes at [hpa], or NULL: not in one piece, or not
 * allowed. Then dcd_dc_decoder_find_piece tells what holds. */
static inline uint8_t *dcd_dc_decoder_fast(struct dcd_dc_decoder *decoder,
                                           uint64_t hpa, uint64_t length,
                                           bool write, uint64_t *dpa)
{
    const struct dcd_partition *p = decoder->recent;
    struct dcd_hdm_hit hit;
    uint64_t offset;

    if (!dcd_hdm_translate(&decoder->hdm, hpa, &hit) || length > hit.contiguous)
        return NULL;
    offset = hit.dpa - p->base;
    if (offset >= p->length) {
        p = dcd_partitions_find(&decoder->partitions, hit.dpa);
        if (!p)
            return NULL;
        decoder->recent = p;
        offset = hit.dpa - p->base;
    }
    if (length > p->length - offset || (write && p->read_only))
        return NULL;
    if (p->region >= 0) {
        unsigned shift = decoder->regions->region[p->region].block_shift;
        uint64_t block = offset >> shift;

        /* More than one block is the general case. */
        if ((offset + (length - 1)) >> shift != block ||
            !dcd_block_map_test(&decoder->map[p->region], block))
            return NULL;
    }
    *dpa = hit.dpa;
    return decoder->bytes + p->media + offset;
}

/*
 * The HPAs through which this head reaches the DPAs [dpa, dpa + length): calls
 * [found] once for each committed decoder that maps a part of them. With
 * interleaving the range is the smallest that holds them all.
 */
void dcd_dc_decoder_hpa_of(
    struct dcd_dc_decoder *decoder, uint64_t dpa, uint64_t length,
    void (*found)(void *context, uint64_t first, uint64_t last), void *context);

/* Fills [span] as dcd_device_dmi() says. */
bool dcd_dc_decoder_dmi(struct dcd_dc_decoder *decoder, uint64_t hpa,
                        struct dcd_span *span);

#endif
