/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hdm_decoder.c - the HDM decoders of one head: registers, and HPA to DPA.
 *
 * The first half is the registers and the commit rules (CXL r3.1 8.2.4.20),
 * the second half compiles committed decoders into disjoint HPA ranges.
 */
#include "hdm_decoder.h"

#include <cxldcd/ctypes/le.h>
#include <cxldcd/ctypes/registers.h>

#include <assert.h>
#include <string.h>

/*
 * Capability register without the decoder count: target count 1 (means
 * something at ports only), interleaving on HPA bits 11:8 and 14:12, 3/6/12
 * ways, 16 ways. No poison on decode error, UIO, MemData-NXM or coherency.
 */
#define CAPABILITY 0x00001b10u

#define LOW_MASK 0xf0000000u /* base, size and skip count in 256 MiB */
#define CONTROL_RW 0x000013ffu
#define GRANULARITY_LAST 6u /* code of 16 KiB */
#define STATUS_BITS (DCD_HDM_COMMITTED | DCD_HDM_ERROR)

enum { FIRST_DECODER = 0x10, DECODER_STRIDE = 0x20, RESERVED = 0x1c };

/* The ways are 1 << shift, or 3 << shift where thirds is set. */
struct ways {
    bool thirds;
    uint8_t shift;
};

/* Decoder count code of the capability register, or -1. */
static int count_code(unsigned count)
{
    static const unsigned char counts[] = {1, 2, 4, 6, 8, 10};
    int code;

    for (code = 0; code < (int)sizeof(counts); code++) {
        if (counts[code] == count)
            return code;
    }
    return -1;
}

static unsigned granularity_code(const struct dcd_hdm_registers *r)
{
    return r->control >> DCD_HDM_GRANULARITY_SHIFT & 0xf;
}

/* IW 0-4 are 1, 2, 4, 8, 16 ways, 8-A 3, 6, 12; the rest is reserved. */
static bool decode_ways(const struct dcd_hdm_registers *r, struct ways *ways)
{
    unsigned code = r->control >> DCD_HDM_WAYS_SHIFT & 0xf;

    ways->thirds = code >= 8;
    ways->shift = (uint8_t)(code & 7);
    return ways->thirds ? ways->shift <= 2 : ways->shift <= 4;
}

static unsigned way_count(const struct ways *ways)
{
    return (ways->thirds ? 3u : 1u) << ways->shift;
}

static bool committed(const struct dcd_hdm_registers *r)
{
    return (r->control & DCD_HDM_COMMITTED) != 0;
}

static bool locked(const struct dcd_hdm_registers *r)
{
    return committed(r) && (r->control & DCD_HDM_LOCK_ON_COMMIT) != 0;
}

/* Decoder [next] starts where [r], its predecessor, ends, or above. */
static bool above(const struct dcd_hdm_registers *next,
                  const struct dcd_hdm_registers *r)
{
    return next->base >= r->base && next->base - r->base >= r->size;
}

/* The checks made when LOCK ON COMMIT is set, CXL r3.1 8.2.4.20.12. */
static bool sane(const struct dcd_hdm_decoders *hdm, unsigned n,
                 const struct ways *ways)
{
    const struct dcd_hdm_registers *r = &hdm->decoder[n];

    if (n > 0 && (!committed(r - 1) || !above(r, r - 1)))
        return false;
    if (r->base + r->size < r->base)
        return false;
    return !ways->thirds || r->size % (3 * DCD_CAPACITY_UNIT) == 0;
}

static bool may_commit(const struct dcd_hdm_decoders *hdm, unsigned n)
{
    const struct dcd_hdm_registers *r = &hdm->decoder[n];
    struct ways ways;

    if (granularity_code(r) > GRANULARITY_LAST || !decode_ways(r, &ways))
        return false;
    return !(r->control & DCD_HDM_LOCK_ON_COMMIT) || sane(hdm, n, &ways);
}

/* True when the decoder became, or ceased to be, committed. */
static bool write_control(struct dcd_hdm_decoders *hdm, unsigned n,
                          uint32_t value)
{
    struct dcd_hdm_registers *r = &hdm->decoder[n];
    uint32_t old = r->control;

    if (locked(r) || (committed(r) && (value & DCD_HDM_COMMIT)))
        return false;
    r->control = value & CONTROL_RW;
    if (!(value & DCD_HDM_COMMIT))
        return (old & DCD_HDM_COMMITTED) != 0;
    if (old & DCD_HDM_COMMIT) /* no edge: it stays the error it was */
        r->control |= old & STATUS_BITS;
    else
        r->control |= may_commit(hdm, n) ? DCD_HDM_COMMITTED : DCD_HDM_ERROR;
    return committed(r);
}

static void set_low(uint64_t *field, uint32_t value)
{
    *field = (*field & ~UINT64_C(0xffffffff)) | (value & LOW_MASK);
}

static void set_high(uint64_t *field, uint32_t value)
{
    *field = (*field & UINT64_C(0xffffffff)) | (uint64_t)value << 32;
}

static void write_address(struct dcd_hdm_registers *r, uint32_t field,
                          uint32_t value)
{
    if (committed(r))
        return;
    switch (field) {
    case DCD_HDM_BASE_LOW:
        set_low(&r->base, value);
        break;
    case DCD_HDM_BASE_HIGH:
        set_high(&r->base, value);
        break;
    case DCD_HDM_SIZE_LOW:
        set_low(&r->size, value);
        break;
    case DCD_HDM_SIZE_HIGH:
        set_high(&r->size, value);
        break;
    case DCD_HDM_SKIP_LOW:
        set_low(&r->skip, value);
        break;
    case DCD_HDM_SKIP_HIGH:
        set_high(&r->skip, value);
        break;
    default:
        break;
    }
}

static uint32_t read_decoder(const struct dcd_hdm_registers *r, uint32_t field)
{
    switch (field) {
    case DCD_HDM_BASE_LOW:
        return (uint32_t)r->base;
    case DCD_HDM_BASE_HIGH:
        return (uint32_t)(r->base >> 32);
    case DCD_HDM_SIZE_LOW:
        return (uint32_t)r->size;
    case DCD_HDM_SIZE_HIGH:
        return (uint32_t)(r->size >> 32);
    case DCD_HDM_CONTROL:
        return r->control;
    case DCD_HDM_SKIP_LOW:
        return (uint32_t)r->skip;
    case DCD_HDM_SKIP_HIGH:
        return (uint32_t)(r->skip >> 32);
    default:
        return 0;
    }
}

/* Is [offset] a register of a decoder, and then which one's and which? */
static bool find_decoder(const struct dcd_hdm_decoders *hdm, uint32_t offset,
                         unsigned *n, uint32_t *field)
{
    if (offset < FIRST_DECODER || offset >= dcd_hdm_register_bytes(hdm))
        return false;
    *n = (offset - FIRST_DECODER) / DECODER_STRIDE;
    *field = (offset - FIRST_DECODER) % DECODER_STRIDE;
    return true;
}

/* HPAs a decoder decides, both ends inclusive: the last byte may be 2^64-1. */
struct span {
    uint64_t first;
    uint64_t last;
};

static uint64_t last_of(const struct dcd_hdm_range *range)
{
    return range->first + (range->length - 1);
}

/* The entry that holds [hpa], if any. */
static const struct dcd_hdm_range *
find_range(const struct dcd_hdm_decoders *hdm, uint64_t hpa)
{
    unsigned i;

    for (i = 0; i < hdm->ranges; i++) {
        if (hpa - hdm->range[i].first < hdm->range[i].length)
            return &hdm->range[i];
    }
    return NULL;
}

/*
 * The next piece of [whole] from [at] on that no entry holds: what is in the
 * table already has precedence. False when nothing is left.
 */
static bool next_piece(const struct dcd_hdm_decoders *hdm,
                       const struct span *whole, uint64_t at,
                       struct span *piece)
{
    const struct dcd_hdm_range *range;
    unsigned i;

    while ((range = find_range(hdm, at)) != NULL) {
        if (last_of(range) >= whole->last)
            return false;
        at = last_of(range) + 1;
    }
    piece->first = at;
    piece->last = whole->last;
    for (i = 0; i < hdm->ranges; i++) {
        uint64_t first = hdm->range[i].first;

        if (first > at && first <= piece->last)
            piece->last = first - 1;
    }
    return true;
}

/* Puts what is left of [whole] into the table; [pattern] says the rest. */
static void add_ranges(struct dcd_hdm_decoders *hdm, const struct span *whole,
                       const struct dcd_hdm_range *pattern)
{
    uint64_t at = whole->first;
    struct span piece;

    /* Each piece just added is found, and passed over, by the next search. */
    while (next_piece(hdm, whole, at, &piece)) {
        struct dcd_hdm_range *range;

        assert(hdm->ranges < DCD_HDM_RANGES_MAX);
        range = &hdm->range[hdm->ranges++];
        *range = *pattern;
        range->first = piece.first;
        range->length = piece.last - piece.first + 1;
        range->skew = piece.first - whole->first;
        if (!range->interleaved)
            range->dpa += range->skew;
        at = piece.last;
    }
}

/*
 * How many of the decoder's bytes of HPA have a DPA below 2^64 when its share
 * begins at [dpa]. Whole stripes only, so that runs still end with a granule.
 */
static uint64_t clip_to_dpa(uint64_t size, uint64_t dpa, uint64_t ways,
                            uint64_t granule)
{
    uint64_t stripe = granule * ways;
    uint64_t stripes = size / stripe + (size % stripe != 0);
    uint64_t room = (0 - dpa) / granule; /* granules up to 2^64 */

    return dpa == 0 || stripes <= room ? size : room * stripe;
}

/* Adds decoder [r], whose share of the DPA begins at [dpa]. */
static void add_decoder(struct dcd_hdm_decoders *hdm, unsigned n, uint64_t dpa)
{
    const struct dcd_hdm_registers *r = &hdm->decoder[n];
    struct dcd_hdm_range pattern;
    struct ways ways;
    struct span whole;
    uint64_t size;

    decode_ways(r, &ways);
    memset(&pattern, 0, sizeof(pattern));
    pattern.dpa = dpa;
    pattern.thirds = ways.thirds;
    pattern.ways_shift = ways.shift;
    pattern.interleaved = ways.thirds || ways.shift != 0;
    pattern.granule_shift = (uint8_t)(8 + granularity_code(r));
    pattern.decoder = (uint8_t)n;
    size = clip_to_dpa(r->size, dpa, way_count(&ways),
                       UINT64_C(1) << pattern.granule_shift);
    if (size == 0)
        return;
    whole.first = r->base;
    whole.last = r->base + (size - 1);
    if (whole.last < whole.first)
        whole.last = UINT64_MAX;
    add_ranges(hdm, &whole, &pattern);
}

/* [*dpa] += [bytes]; false when that leaves the 64-bit address space. */
static bool advance(uint64_t *dpa, uint64_t bytes)
{
    *dpa += bytes;
    return *dpa >= bytes;
}

/* The walk of "TRANSLATION" in the header, for all HPAs at once. */
static void compile(struct dcd_hdm_decoders *hdm)
{
    uint64_t dpa = 0;
    struct ways ways;
    unsigned n;

    memset(&hdm->recent, 0, sizeof(hdm->recent));
    hdm->ranges = 0;
    if (!(hdm->global_control & DCD_HDM_GLOBAL_ENABLE))
        return;
    for (n = 0; n < hdm->count && committed(&hdm->decoder[n]); n++) {
        const struct dcd_hdm_registers *r = &hdm->decoder[n];

        if (!advance(&dpa, r->skip))
            return;
        add_decoder(hdm, n, dpa);
        decode_ways(r, &ways);
        if (!advance(&dpa, r->size / way_count(&ways)))
            return;
    }
}

bool dcd_hdm_init(struct dcd_hdm_decoders *hdm, unsigned count)
{
    memset(hdm, 0, sizeof(*hdm));
    if (count_code(count) < 0)
        return false;
    hdm->count = count;
    return true;
}

void dcd_hdm_reset(struct dcd_hdm_decoders *hdm)
{
    memset(hdm->decoder, 0, sizeof(hdm->decoder));
    hdm->global_control = 0;
    compile(hdm);
}

void dcd_hdm_reset_unlocked(struct dcd_hdm_decoders *hdm)
{
    uint32_t keep = 0;

    for (unsigned n = 0; n < hdm->count; n++) {
        struct dcd_hdm_registers *r = &hdm->decoder[n];

        if (locked(r))
            keep = DCD_HDM_GLOBAL_ENABLE;
        else
            memset(r, 0, sizeof(*r));
    }
    hdm->global_control &= keep;
    compile(hdm);
}

unsigned dcd_hdm_register_bytes(const struct dcd_hdm_decoders *hdm)
{
    return FIRST_DECODER + DECODER_STRIDE * hdm->count;
}

uint32_t dcd_hdm_read(const struct dcd_hdm_decoders *hdm, uint32_t offset)
{
    uint32_t field;
    unsigned n;

    if (offset == DCD_HDM_CAPABILITY)
        return CAPABILITY | (uint32_t)count_code(hdm->count);
    if (offset == DCD_HDM_GLOBAL_CONTROL)
        return hdm->global_control;
    if (!find_decoder(hdm, offset, &n, &field))
        return 0;
    return read_decoder(&hdm->decoder[n], field);
}

bool dcd_hdm_write(struct dcd_hdm_decoders *hdm, uint32_t offset,
                   uint32_t value)
{
    uint32_t old = hdm->global_control;
    uint32_t field;
    unsigned n;
    bool changed = false;

    if (offset == DCD_HDM_GLOBAL_CONTROL) {
        hdm->global_control = value & DCD_HDM_GLOBAL_ENABLE;
        changed = hdm->global_control != old;
    } else if (!find_decoder(hdm, offset, &n, &field)) {
        return false;
    } else if (field == DCD_HDM_CONTROL) {
        changed = write_control(hdm, n, value);
    } else {
        write_address(&hdm->decoder[n], field, value);
    }
    if (changed)
        compile(hdm);
    return changed;
}

bool dcd_hdm_seek(struct dcd_hdm_decoders *hdm, uint64_t hpa)
{
    const struct dcd_hdm_range *range = find_range(hdm, hpa);

    if (!range)
        return false;
    hdm->recent = *range;
    return true;
}

uint64_t dcd_hdm_gap(const struct dcd_hdm_decoders *hdm, uint64_t hpa)
{
    uint64_t gap = hpa ? 0 - hpa : UINT64_MAX;
    unsigned i;

    for (i = 0; i < hdm->ranges; i++) {
        uint64_t first = hdm->range[i].first;

        if (first > hpa && first - hpa < gap)
            gap = first - hpa;
    }
    return gap;
}

/* DPAs of the first and the last HPA that [range] decodes, inclusive. */
static struct span dpa_span(const struct dcd_hdm_range *range)
{
    struct span span = {range->dpa, range->dpa + (range->length - 1)};
    struct dcd_hdm_hit hit;

    if (!range->interleaved)
        return span;
    /* Whole granules: stripes that the range cuts count as reached. */
    dcd_hdm_interleave(range, 0, &hit);
    span.first = hit.dpa >> range->granule_shift << range->granule_shift;
    dcd_hdm_interleave(range, range->length - 1, &hit);
    span.last = hit.dpa | ((UINT64_C(1) << range->granule_shift) - 1);
    return span;
}

/* HPA offset from the start of an interleaved decoder where the stripe with
 * DPA [dpa] begins. */
static uint64_t stripe_offset(const struct dcd_hdm_range *range, uint64_t dpa)
{
    uint64_t ways = (range->thirds ? 3u : 1u) << range->ways_shift;

    return ((dpa - range->dpa) >> range->granule_shift
                                      << range->granule_shift) *
           ways;
}

/* The same for both ends of [want], clipped to what [range] holds. */
static struct span reverse_interleaved(const struct dcd_hdm_range *range,
                                       const struct span *want)
{
    uint64_t ways = (range->thirds ? 3u : 1u) << range->ways_shift;
    uint64_t stripe = ways << range->granule_shift;
    uint64_t end = range->skew + (range->length - 1);
    struct span o;

    o.first = stripe_offset(range, want->first);
    o.last = stripe_offset(range, want->last) + (stripe - 1);
    if (o.first < range->skew)
        o.first = range->skew;
    if (o.last > end)
        o.last = end;
    o.first = range->first + (o.first - range->skew);
    o.last = range->first + (o.last - range->skew);
    return o;
}

bool dcd_hdm_reverse(const struct dcd_hdm_decoders *hdm, unsigned i,
                     uint64_t dpa, uint64_t length, uint64_t *first,
                     uint64_t *last)
{
    const struct dcd_hdm_range *range = &hdm->range[i];
    struct span want = {dpa, dpa + (length - 1)};
    struct span has;

    if (i >= hdm->ranges || length == 0)
        return false;
    has = dpa_span(range);
    if (want.last < has.first || want.first > has.last)
        return false;
    if (want.first < has.first)
        want.first = has.first;
    if (want.last > has.last)
        want.last = has.last;
    if (range->interleaved) {
        want = reverse_interleaved(range, &want);
    } else {
        want.first = range->first + (want.first - range->dpa);
        want.last = range->first + (want.last - range->dpa);
    }
    *first = want.first;
    *last = want.last;
    return true;
}
