/* SPDX-License-Identifier: Apache-2.0 */
/*
 * region.h - geometry: the dynamic regions of the device, and the partitions
 * that one head sees in its DPA space.
 *
 *     DPA 0                                                     dpa_end
 *     | volatile | persistent |  region 0  |..gap..| region 1 | ...
 *
 * Regions are the device's and the same for all heads; the static partitions
 * and the attributes of a region are each head's own (CXL r3.1 8.2.9.9.9.1).
 */
#ifndef DCD_REGION_H
#define DCD_REGION_H

#include <cxldcd/config.h>

/* A dynamic capacity region. */
struct dcd_region {
    uint64_t base; /* DPA */
    uint64_t length;
    uint64_t decode;
    uint64_t block_size;
    uint64_t block_sizes; /* bit n: 2^n bytes can be chosen */
    uint64_t media;       /* offset of the first byte in the backing */
    unsigned block_shift; /* block_size == 1 << block_shift */
    uint32_t dsmad;
    bool sanitize_on_release;
    bool sanitizes; /* the device is able to sanitise here */
    bool sanitize_configurable;
};

struct dcd_regions {
    unsigned count;
    struct dcd_region region[DCD_MAX_REGIONS];
};

/* Verdict on a range named by a host or an FM. */
enum dcd_range_fault {
    DCD_RANGE_OK,
    DCD_RANGE_EMPTY,      /* length 0 */
    DCD_RANGE_OUTSIDE,    /* wraps, or is not inside exactly one region */
    DCD_RANGE_MISALIGNED, /* not a multiple of the region's block size */
};

void dcd_regions_init(struct dcd_regions *regions,
                      const struct dcd_config *config);

/* Blocks of [size] bytes, a power of two. */
void dcd_region_set_block_size(struct dcd_region *region, uint64_t size);

/* Bytes of backing that all regions together need. */
uint64_t dcd_regions_media_size(const struct dcd_regions *regions);

/* Index of the region whose usable length holds [dpa], or -1. */
int dcd_regions_find(const struct dcd_regions *regions, uint64_t dpa);

/* In the order of the checks that all lists of extents share. [region] is set
 * with DCD_RANGE_OK and DCD_RANGE_MISALIGNED. */
enum dcd_range_fault dcd_regions_check(const struct dcd_regions *regions,
                                       uint64_t dpa, uint64_t length,
                                       unsigned *region);

static inline uint64_t dcd_region_block(const struct dcd_region *region,
                                        uint64_t dpa)
{
    return (dpa - region->base) >> region->block_shift;
}

/* --- What one head sees ------------------------------------------------- */

struct dcd_partition {
    uint64_t base; /* DPA */
    uint64_t length;
    uint64_t media; /* offset of the first byte in the backing */
    int region;     /* index, or DCD_PARTITION_... */
    bool read_only;
};

#define DCD_PARTITION_VOLATILE (-1)
#define DCD_PARTITION_PERSISTENT (-2)
#define DCD_MAX_PARTITIONS (DCD_MAX_REGIONS + 2)

struct dcd_partitions {
    unsigned count; /* by rising DPA; the first two are static, even empty */
    struct dcd_partition partition[DCD_MAX_PARTITIONS];
};

/* [static_media]: where this head's static memory starts in the backing. */
void dcd_partitions_init(struct dcd_partitions *partitions,
                         const struct dcd_regions *regions,
                         const struct dcd_config *config, unsigned head,
                         uint64_t static_media);

/* The static partitions become [volatile_size] and [persistent_size] bytes;
 * together as many as before. */
void dcd_partitions_set_static(struct dcd_partitions *partitions,
                               uint64_t volatile_size,
                               uint64_t persistent_size);

/* The partition that holds [dpa], or NULL. */
const struct dcd_partition *
dcd_partitions_find(const struct dcd_partitions *partitions, uint64_t dpa);

/* Bytes from [dpa], which no partition holds, to the next one above. */
uint64_t dcd_partitions_gap(const struct dcd_partitions *partitions,
                            uint64_t dpa);

#endif
