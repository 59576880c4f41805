/* SPDX-License-Identifier: Apache-2.0 */
/* region.c - geometry of regions and partitions. */
#include "region.h"

#include <string.h>

/*
 * Each region starts on its own huge page of the backing, so that erasing one
 * never has to touch bytes of another.
 */
#define MEDIA_ALIGNMENT (2 * DCD_MIB)

static uint64_t align_media(uint64_t offset)
{
    return (offset + MEDIA_ALIGNMENT - 1) / MEDIA_ALIGNMENT * MEDIA_ALIGNMENT;
}

void dcd_region_set_block_size(struct dcd_region *region, uint64_t size)
{
    region->block_size = size;
    region->block_shift = dcd_log2(size);
}

static void init_region(struct dcd_region *region,
                        const struct dcd_region_config *config)
{
    region->length = config->length;
    dcd_region_set_block_size(region, config->block_size);
    region->block_sizes =
        config->block_sizes ? config->block_sizes : config->block_size;
    region->dsmad = config->dsmad;
    region->sanitize_on_release = config->sanitize == DCD_SANITIZE_YES;
    region->sanitizes = config->sanitize != DCD_SANITIZE_NO;
    region->sanitize_configurable =
        config->sanitize == DCD_SANITIZE_CONFIGURABLE;
}

void dcd_regions_init(struct dcd_regions *regions,
                      const struct dcd_config *config)
{
    struct dcd_layout layout;
    uint64_t media = 0;
    /* CDAT numbers static partitions first, then regions. */
    uint32_t handle = (dcd_config_may_be_volatile(config) ? 1u : 0u) +
                      (dcd_config_may_be_persistent(config) ? 1u : 0u);

    memset(regions, 0, sizeof(*regions));
    dcd_config_layout(config, &layout);
    regions->count = config->region_count;
    for (unsigned i = 0; i < regions->count; i++) {
        struct dcd_region *region = &regions->region[i];

        init_region(region, &config->regions[i]);
        region->base = layout.region_base[i];
        region->decode = layout.region_decode[i];
        region->media = media;
        media = align_media(media + region->length);
        if (config->dsmad_auto)
            region->dsmad = handle + i;
    }
}

uint64_t dcd_regions_media_size(const struct dcd_regions *regions)
{
    const struct dcd_region *last;

    if (regions->count == 0)
        return 0;
    last = &regions->region[regions->count - 1];
    return align_media(last->media + last->length);
}

int dcd_regions_find(const struct dcd_regions *regions, uint64_t dpa)
{
    for (unsigned i = 0; i < regions->count; i++) {
        const struct dcd_region *region = &regions->region[i];

        if (dpa - region->base < region->length)
            return (int)i;
    }
    return -1;
}

enum dcd_range_fault dcd_regions_check(const struct dcd_regions *regions,
                                       uint64_t dpa, uint64_t length,
                                       unsigned *region)
{
    const struct dcd_region *r;
    int i;

    if (length == 0)
        return DCD_RANGE_EMPTY;
    i = dcd_regions_find(regions, dpa);
    if (i < 0)
        return DCD_RANGE_OUTSIDE;
    r = &regions->region[i];
    /* Compared as lengths: dpa + length may wrap. */
    if (length > r->length - (dpa - r->base))
        return DCD_RANGE_OUTSIDE;
    *region = (unsigned)i;
    if (((dpa - r->base) | length) & (r->block_size - 1))
        return DCD_RANGE_MISALIGNED;
    return DCD_RANGE_OK;
}

void dcd_partitions_set_static(struct dcd_partitions *partitions,
                               uint64_t volatile_size, uint64_t persistent_size)
{
    struct dcd_partition *p = partitions->partition;

    p[0].length = volatile_size;
    p[1].base = volatile_size;
    p[1].media = p[0].media + volatile_size;
    p[1].length = persistent_size;
}

void dcd_partitions_init(struct dcd_partitions *partitions,
                         const struct dcd_regions *regions,
                         const struct dcd_config *config, unsigned head,
                         uint64_t static_media)
{
    struct dcd_partition *p = partitions->partition;

    memset(partitions, 0, sizeof(*partitions));
    p[0].media = static_media;
    p[0].region = DCD_PARTITION_VOLATILE;
    p[1].region = DCD_PARTITION_PERSISTENT;
    dcd_partitions_set_static(
        partitions, config->static_volatile + config->static_partitionable,
        config->static_persistent);
    partitions->count = 2 + regions->count;
    for (unsigned i = 0; i < regions->count; i++) {
        const struct dcd_region *r = &regions->region[i];
        uint8_t attributes = dcd_config_attributes(config, head, i);

        p[2 + i] =
            (struct dcd_partition){r->base, r->length, r->media, (int)i,
                                   attributes & DCD_REGION_ATTR_READ_ONLY};
    }
}

const struct dcd_partition *
dcd_partitions_find(const struct dcd_partitions *partitions, uint64_t dpa)
{
    for (unsigned i = 0; i < partitions->count; i++) {
        const struct dcd_partition *p = &partitions->partition[i];

        if (dpa - p->base < p->length)
            return p;
    }
    return NULL;
}

uint64_t dcd_partitions_gap(const struct dcd_partitions *partitions,
                            uint64_t dpa)
{
    for (unsigned i = 0; i < partitions->count; i++)
        if (partitions->partition[i].base > dpa &&
            partitions->partition[i].length)
            return partitions->partition[i].base - dpa;
    /* The gap ends with the address space; 0 - dpa bytes are left. */
    return dpa ? 0 - dpa : UINT64_MAX;
}
