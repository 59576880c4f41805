/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cdat.h - the Coherent Device Attribute Table of one head (CXL r3.1 8.1.11).
 *
 *     entry 0   header: length, checksum, sequence
 *     entry 1   DSMAS        \
 *     entry 2-5 DSLBIS x 4    | of each static partition that is not empty,
 *     entry 6   DSEMTS       /  then of each region, by rising DPA
 *     ...
 *
 * Handles are those of 4800h; a static partition keeps its handle while it
 * is empty. Lengths of regions are their usable ones.
 */
#ifndef DCD_CDAT_H
#define DCD_CDAT_H

#include "region.h"

#include <cxldcd/ctypes/cdat.h>

#define DCD_CDAT_STRUCTURES 6 /* of one partition */
/* Every structure in use is as long as a DSMAS. */
#define DCD_CDAT_MAX_ENTRIES (1 + DCD_MAX_PARTITIONS * DCD_CDAT_STRUCTURES)
#define DCD_CDAT_MAX_SIZE             \
    (sizeof(struct dcd_cdat_header) + \
     DCD_MAX_PARTITIONS * DCD_CDAT_STRUCTURES * sizeof(struct dcd_dsmas))

/* Embeddable. */
struct dcd_cdat {
    uint8_t bytes[DCD_CDAT_MAX_SIZE];
    uint32_t length;
    uint32_t sequence; /* of the table that comes next */
};

/*
 * Builds the table of [head]; every call gives it the next sequence number,
 * from 0. The sizes are those of the static partitions at present.
 */
void dcd_cdat_build(struct dcd_cdat *cdat, const struct dcd_config *config,
                    unsigned head, uint64_t volatile_size,
                    uint64_t persistent_size);

/* The entry with [handle] and its length in bytes; NULL: there is none. */
const uint8_t *dcd_cdat_entry(const struct dcd_cdat *cdat, uint32_t handle,
                              uint32_t *length);

/* A performance figure as DSLBIS tells it: [unit] times [entry]. */
struct dcd_cdat_figure {
    uint64_t unit; /* ps, or MB/s */
    uint64_t entry;
};

/* Largest entry; FFFFh would say that the memory cannot be reached. */
#define DCD_CDAT_MAX_ENTRY 0xfffeu

/*
 * [latency] (ps) in units of 10 ns where that divides it, else of 1 ns, rounded
 * up; [bandwidth] (bytes per second) in units of 1 GB/s or of 1 MB/s, rounded
 * down. 0, which is "not known", stays 0. Whether an entry fits is for the
 * caller to ask.
 */
struct dcd_cdat_figure dcd_cdat_latency(uint64_t latency);
struct dcd_cdat_figure dcd_cdat_bandwidth(uint64_t bandwidth);

#endif
