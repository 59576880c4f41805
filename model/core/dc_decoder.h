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
 *
 * What the first two steps found out for one access holds for its whole
 * neighbourhood, and is kept at hand as a window. Only the block map has to be
 * asked each time: blocks open and close without a word to this file. A window
 * holds no poisoned line, so whoever poisons one has to forget the windows.
 */
#ifndef DCD_DC_DECODER_H
#define DCD_DC_DECODER_H

#include "block_map.h"
#include "hdm_decoder.h"
#include "media.h"
#include "region.h"

#include <cxldcd/device.h>

/* HPAs that one decoder maps, without a jump, into one partition. */
struct dcd_window {
    uint64_t first;
    uint64_t length;                 /* bytes; 0: there is no window */
    uint8_t *data;                   /* byte at [first] */
    const struct dcd_block_map *map; /* NULL: static memory, always open */
    uint64_t offset;                 /* of [first] in the partition */
    uint64_t dpa;                    /* of [first] */
    const struct dcd_partition *partition;
    unsigned block_shift;
    bool read_only;
};

struct dcd_dc_decoder {
    struct dcd_window window; /* around the latest access */
    bool mem_enabled;         /* CXL.mem, by its DVSEC (8.1.3.2) */
    bool media_ready;         /* neither in error nor disabled */
    struct dcd_hdm_decoders hdm;
    struct dcd_partitions partitions;
    const struct dcd_regions *regions;
    const struct dcd_block_map *map; /* of this head, by region */
    const struct dcd_media *media;   /* the backing */
};

/* What holds for the next [length] bytes of HPA. */
struct dcd_piece {
    enum dcd_access access;
    uint8_t *data;   /* with OK, READ_ONLY, POISONED and MEDIA_DISABLED */
    uint64_t dpa;    /* except with NOT_DECODED */
    uint64_t length; /* at least 1, at most what was asked for */
};

/* [map] are the block maps of the head, as many as there are regions. */
bool dcd_dc_decoder_init(struct dcd_dc_decoder *decoder, unsigned hdm_decoders,
                         const struct dcd_regions *regions,
                         const struct dcd_block_map *map,
                         const struct dcd_media *media);

/* The registers of [decoder->hdm] have changed: what was known no longer
 * holds. To be called before anybody else can ask. */
void dcd_dc_decoder_forget(struct dcd_dc_decoder *decoder);

/* CXL.mem and media are switched on and off; so is every access. Pointers that
 * were granted are the caller's affair. */
void dcd_dc_decoder_set_mem(struct dcd_dc_decoder *decoder, bool enabled);
void dcd_dc_decoder_set_media(struct dcd_dc_decoder *decoder, bool ready);

/* What holds at [hpa], for [length] bytes (not 0) or the first few of them.
 * POISONED ends with the line; a write has to be told as well. */
struct dcd_piece dcd_dc_decoder_find_piece(struct dcd_dc_decoder *decoder,
                                           uint64_t hpa, uint64_t length,
                                           bool write);

/* Moves the window to [hpa]; false, and no change, where no partition is. */
bool dcd_dc_decoder_seek(struct dcd_dc_decoder *decoder, uint64_t hpa);

/*
 * A pointer to all [length] bytes at [hpa], which then lie in the window, or
 * NULL: none, not in one piece, or not allowed. dcd_dc_decoder_find_piece then
 * tells what holds.
 */
static inline uint8_t *dcd_dc_decoder_fast(struct dcd_dc_decoder *decoder,
                                           uint64_t hpa, uint64_t length,
                                           bool write)
{
    const struct dcd_window *w = &decoder->window;
    uint64_t at;

    /* Below [first] the difference wraps to more than any length. */
    if (hpa - w->first >= w->length && !dcd_dc_decoder_seek(decoder, hpa))
        return NULL;
    at = hpa - w->first;
    /* Length 0 becomes the longest of all, which fits nowhere. */
    if (length - 1 >= w->length - at || (write && w->read_only))
        return NULL;
    if (w->map) {
        uint64_t block = (at + w->offset) >> w->block_shift;

        /* More than one block is the general case. */
        if ((at + w->offset + (length - 1)) >> w->block_shift != block ||
            !dcd_block_map_test(w->map, block))
            return NULL;
    }
    return w->data + at;
}

/* DPA of [hpa], which lies in the window. */
static inline uint64_t
dcd_dc_decoder_window_dpa(const struct dcd_dc_decoder *decoder, uint64_t hpa)
{
    return decoder->window.dpa + (hpa - decoder->window.first);
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
