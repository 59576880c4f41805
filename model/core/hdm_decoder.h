/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hdm_decoder.h - the HDM decoders of one head: registers, and HPA to DPA.
 *
 * A set of 1 to 10 decoders owns the registers of the HDM Decoder Capability
 * (CXL r3.1 8.2.4.20; names in <cxldcd/ctypes/registers.h>):
 *
 *     +00h  capability            RO
 *     +04h  global control        bit 1 enables decoding, the rest is RO 0
 *     +10h + 20h n                decoder n
 *        +00h/+04h  base low/high    RW, multiples of 256 MiB
 *        +08h/+0Ch  size low/high    as base
 *        +10h       control          bits 9:0 and 12 RW, 10 and 11 RO
 *        +14h/+18h  DPA skip         RW, multiples of 256 MiB
 *        +1Ch       reserved         RO 0
 *
 * COMMIT
 * Setting COMMIT (0 to 1) sets COMMITTED or ERROR at once. A reserved ways or
 * granularity code is always an error. With LOCK ON COMMIT = 1 these are too:
 *     - decoder n-1 is not committed (n > 0);
 *     - base lies below the end of decoder n-1 (n > 0);
 *     - base + size wraps 2^64, that is, the 64-bit sum is less than base;
 *     - 3, 6 or 12 ways and a size that is no multiple of 3 x 256 MiB.
 * Without LOCK ON COMMIT the software answers for all that. Clearing COMMIT
 * clears COMMITTED and ERROR; after ERROR, COMMIT is cleared and set again.
 * Control fields written together with COMMIT count, in both directions.
 *
 * While COMMITTED, base, size, skip and control are read-only, except that
 * COMMIT can be cleared: a decoder in use cannot be moved underneath. When
 * also locked, nothing can be written until reset.
 *
 * TRANSLATION
 * Decoders are walked in order; the first one not committed ends the walk.
 * Each adds its skip to the DPA reached so far. The first one that covers the
 * HPA decides, those that do not cover it add size / ways. With granule g and
 * ways w, o = HPA - base: DPA = reached + o / (g w) * g + o mod g.
 * What would lie at or above DPA or HPA 2^64 is not decoded.
 *
 * The walk is done when registers change, not when memory is accessed: its
 * result is a small table of disjoint HPA ranges, of which the last one hit is
 * kept at hand.
 */
#ifndef CXLDCD_CORE_HDM_DECODER_H
#define CXLDCD_CORE_HDM_DECODER_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DCD_HDM_DECODERS_MAX 10
/* Ten ranges cut each other into at most this many disjoint ones. */
#define DCD_HDM_RANGES_MAX (2 * DCD_HDM_DECODERS_MAX - 1)

/* One decoder's registers as software sees them. */
struct dcd_hdm_registers {
    uint64_t base;
    uint64_t size;
    uint64_t skip;
    uint32_t control;
};

/* HPAs that one live decoder decides: offset o = hpa - first < length. */
struct dcd_hdm_range {
    uint64_t first;
    uint64_t length;
    uint64_t dpa; /* 1 way: DPA of [first]; else DPA where the decoder starts */
    uint64_t skew; /* interleaved: [first] - base of the decoder */
    uint8_t interleaved;
    uint8_t thirds;        /* ways are 3 << ways_shift, not 1 << ways_shift */
    uint8_t ways_shift;    /* log2 of the power-of-two part of the ways */
    uint8_t granule_shift; /* log2 of the granule in bytes */
    uint8_t decoder;
};

/* All members are private; the struct is visible so that it can be embedded. */
struct dcd_hdm_decoders {
    struct dcd_hdm_range recent; /* copy of the range last hit, or empty */
    unsigned ranges;
    unsigned count;
    uint32_t global_control;
    struct dcd_hdm_range range[DCD_HDM_RANGES_MAX];
    struct dcd_hdm_registers decoder[DCD_HDM_DECODERS_MAX];
};

struct dcd_hdm_hit {
    uint64_t dpa;
    /*
     * The linear run around the HPA, in bytes of HPA and of DPA alike: so many
     * from the HPA on (at least 1), so many before it. It ends with the granule
     * when interleaved, else with the range below.
     */
    uint64_t contiguous;
    uint64_t preceding;
    /* The HPAs around this one that the same decoder decides. */
    uint64_t hpa_base;
    uint64_t hpa_end_inclusive;
    unsigned decoder;
};

/* [count] is 1, 2, 4, 6, 8 or 10; false otherwise. Sets reset values. */
bool dcd_hdm_init(struct dcd_hdm_decoders *hdm, unsigned count);

/* Conventional reset: all registers, locked or not, to their reset values. */
void dcd_hdm_reset(struct dcd_hdm_decoders *hdm);

/* CXL reset: the same, but locked decoders and, where there is one, the global
 * enable without which they would be nothing, stay (CXL r3.1 9.7). */
void dcd_hdm_reset_unlocked(struct dcd_hdm_decoders *hdm);

/* Length of the register block. */
unsigned dcd_hdm_register_bytes(const struct dcd_hdm_decoders *hdm);

/*
 * The 32-bit register at [offset] bytes from the start of the capability.
 * Offsets outside the block or not multiples of 4 read 0.
 */
uint32_t dcd_hdm_read(const struct dcd_hdm_decoders *hdm, uint32_t offset);

/*
 * Writes a 32-bit register; offsets as above are ignored. True when decoding
 * may have changed (a commit, an uncommit, the global enable): translation
 * has changed already, and the caller revokes the pointers it handed out.
 */
bool dcd_hdm_write(struct dcd_hdm_decoders *hdm, uint32_t offset,
                   uint32_t value);

/*
 * Makes [recent] the range that holds [hpa]; false, and no change, when no
 * live decoder covers it. For dcd_hdm_translate() only.
 */
bool dcd_hdm_seek(struct dcd_hdm_decoders *hdm, uint64_t hpa);

/* HPAs from [hpa], which nothing decodes, to the next one that is decoded;
 * at least 1, and 2^64 - 1 stands for all that is left. */
uint64_t dcd_hdm_gap(const struct dcd_hdm_decoders *hdm, uint64_t hpa);

/*
 * The smallest range of HPAs [*first, *last] in the [i]-th decoded range that
 * reaches all of the DPAs [dpa, dpa + length) it can reach; false when it
 * reaches none, or there is no [i]-th range.
 */
bool dcd_hdm_reverse(const struct dcd_hdm_decoders *hdm, unsigned i,
                     uint64_t dpa, uint64_t length, uint64_t *first,
                     uint64_t *last);

/* Where [offset] from the start of an interleaved range lies. */
static inline void dcd_hdm_interleave(const struct dcd_hdm_range *range,
                                      uint64_t offset, struct dcd_hdm_hit *hit)
{
    uint64_t o = offset + range->skew;
    uint64_t granule = UINT64_C(1) << range->granule_shift;
    uint64_t low = o & (granule - 1);
    uint64_t stripe = o >> (range->granule_shift + range->ways_shift);

    if (range->thirds)
        stripe /= 3;
    hit->dpa = range->dpa + (stripe << range->granule_shift) + low;
    hit->contiguous = granule - low;
    hit->preceding = low;
    /* A decoder that comes first may cut a granule; no more than that. */
    if (hit->contiguous > range->length - offset)
        hit->contiguous = range->length - offset;
    if (hit->preceding > offset)
        hit->preceding = offset;
}

/*
 * HPA to DPA. False when no committed decoder covers [hpa] or decoding is not
 * enabled; [hit] is then untouched. Inline, because every memory access of
 * the model passes here: members of [hit] that nobody reads cost nothing.
 */
static inline bool dcd_hdm_translate(struct dcd_hdm_decoders *hdm, uint64_t hpa,
                                     struct dcd_hdm_hit *hit)
{
    const struct dcd_hdm_range *range = &hdm->recent;
    uint64_t offset;

    /* Below [first] the difference wraps to more than any length. */
    if (hpa - range->first >= range->length && !dcd_hdm_seek(hdm, hpa))
        return false;
    offset = hpa - range->first;
    if (range->interleaved) {
        dcd_hdm_interleave(range, offset, hit);
    } else {
        hit->dpa = range->dpa + offset;
        hit->contiguous = range->length - offset;
        hit->preceding = offset;
    }
    hit->hpa_base = range->first;
    hit->hpa_end_inclusive = range->first + (range->length - 1);
    hit->decoder = range->decoder;
    return true;
}

#ifdef __cplusplus
}
#endif

#endif
