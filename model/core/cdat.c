/* SPDX-License-Identifier: Apache-2.0 */
/* cdat.c - the Coherent Device Attribute Table of one head. */
#include "cdat.h"

#include <assert.h>
#include <string.h>

#define MEGABYTE UINT64_C(1000000)

/* What all structures about one partition have in common. */
struct memory {
    uint8_t handle;
    uint8_t flags; /* DCD_DSMAS_... */
    uint64_t dpa;
    uint64_t length;
};

struct dcd_cdat_figure dcd_cdat_latency(uint64_t latency)
{
    uint64_t unit = latency % 10000 ? 1000 : 10000;

    return (struct dcd_cdat_figure){unit,
                                    latency / unit + (latency % unit != 0)};
}

struct dcd_cdat_figure dcd_cdat_bandwidth(uint64_t bandwidth)
{
    uint64_t unit = bandwidth % (1000 * MEGABYTE) ? 1 : 1000;

    return (struct dcd_cdat_figure){unit, bandwidth / (unit * MEGABYTE)};
}

static struct dcd_cdat_structure header_of(enum dcd_cdat_type type)
{
    return (struct dcd_cdat_structure){(uint8_t)type, 0,
                                       dcd_put16(sizeof(struct dcd_dsmas))};
}

static void append(struct dcd_cdat *cdat, const void *structure)
{
    const uint32_t length = sizeof(struct dcd_dsmas);

    assert(cdat->length + length <= sizeof(cdat->bytes));
    memcpy(cdat->bytes + cdat->length, structure, length);
    cdat->length += length;
}

static void append_dsmas(struct dcd_cdat *cdat, const struct memory *memory)
{
    struct dcd_dsmas dsmas = {header_of(DCD_CDAT_DSMAS),
                              memory->handle,
                              memory->flags,
                              {0, 0},
                              dcd_put64(memory->dpa),
                              dcd_put64(memory->length)};

    append(cdat, &dsmas);
}

static void append_dslbis(struct dcd_cdat *cdat, const struct memory *memory,
                          enum dcd_dslbis_data data,
                          struct dcd_cdat_figure figure)
{
    struct dcd_dslbis dslbis;

    memset(&dslbis, 0, sizeof(dslbis));
    dslbis.header = header_of(DCD_CDAT_DSLBIS);
    dslbis.handle = memory->handle;
    dslbis.data = (uint8_t)data;
    dslbis.unit = dcd_put64(figure.unit);
    dslbis.entry[0] = dcd_put16((uint16_t)figure.entry);
    append(cdat, &dslbis);
}

static void append_dsemts(struct dcd_cdat *cdat, const struct memory *memory)
{
    struct dcd_dsemts dsemts = {header_of(DCD_CDAT_DSEMTS),
                                memory->handle,
                                DCD_DSEMTS_SPECIFIC_PURPOSE,
                                {0, 0},
                                dcd_put64(0),
                                dcd_put64(memory->length)};

    if (memory->flags & DCD_DSMAS_NONVOLATILE)
        dsemts.type = DCD_DSEMTS_PERSISTENT;
    append(cdat, &dsemts);
}

static void append_memory(struct dcd_cdat *cdat,
                          const struct dcd_config *config,
                          const struct memory *memory)
{
    struct dcd_cdat_figure bandwidth = dcd_cdat_bandwidth(config->bandwidth);

    if (memory->length == 0)
        return;
    append_dsmas(cdat, memory);
    append_dslbis(cdat, memory, DCD_DSLBIS_READ_LATENCY,
                  dcd_cdat_latency(config->read_latency));
    append_dslbis(cdat, memory, DCD_DSLBIS_WRITE_LATENCY,
                  dcd_cdat_latency(config->write_latency));
    append_dslbis(cdat, memory, DCD_DSLBIS_READ_BANDWIDTH, bandwidth);
    append_dslbis(cdat, memory, DCD_DSLBIS_WRITE_BANDWIDTH, bandwidth);
    append_dsemts(cdat, memory);
}

static void append_static(struct dcd_cdat *cdat,
                          const struct dcd_config *config,
                          uint64_t volatile_size, uint64_t persistent_size)
{
    struct memory memory = {0, 0, 0, volatile_size};

    append_memory(cdat, config, &memory);
    if (dcd_config_may_be_volatile(config))
        memory.handle++;
    memory.flags = DCD_DSMAS_NONVOLATILE;
    memory.dpa = volatile_size;
    memory.length = persistent_size;
    append_memory(cdat, config, &memory);
}

/* Attributes of a region have the bits that they have here, except the one
 * that says what a region is anyhow. */
static uint8_t region_flags(const struct dcd_config *config, unsigned head,
                            unsigned region)
{
    const unsigned known = DCD_DSMAS_NONVOLATILE | DCD_DSMAS_SHARABLE |
                           DCD_DSMAS_HW_COHERENT | DCD_DSMAS_READ_ONLY;

    return (uint8_t)((dcd_config_attributes(config, head, region) & known) |
                     DCD_DSMAS_DYNAMIC);
}

static void append_regions(struct dcd_cdat *cdat,
                           const struct dcd_config *config, unsigned head)
{
    struct dcd_regions regions;

    dcd_regions_init(&regions, config);
    for (unsigned i = 0; i < regions.count; i++) {
        const struct dcd_region *r = &regions.region[i];
        struct memory memory = {(uint8_t)r->dsmad,
                                region_flags(config, head, i), r->base,
                                r->length};

        append_memory(cdat, config, &memory);
    }
}

static void finish(struct dcd_cdat *cdat)
{
    struct dcd_cdat_header header;
    uint8_t sum = 0;

    memset(&header, 0, sizeof(header));
    header.length = dcd_put32(cdat->length);
    header.revision = DCD_CDAT_REVISION;
    header.sequence = dcd_put32(cdat->sequence++);
    memcpy(cdat->bytes, &header, sizeof(header));
    for (uint32_t i = 0; i < cdat->length; i++)
        sum = (uint8_t)(sum + cdat->bytes[i]);
    header.checksum = (uint8_t)(0 - sum);
    memcpy(cdat->bytes, &header, sizeof(header));
}

void dcd_cdat_build(struct dcd_cdat *cdat, const struct dcd_config *config,
                    unsigned head, uint64_t volatile_size,
                    uint64_t persistent_size)
{
    cdat->length = sizeof(struct dcd_cdat_header);
    append_static(cdat, config, volatile_size, persistent_size);
    append_regions(cdat, config, head);
    finish(cdat);
}

const uint8_t *dcd_cdat_entry(const struct dcd_cdat *cdat, uint32_t handle,
                              uint32_t *length)
{
    uint32_t at = 0;

    *length = sizeof(struct dcd_cdat_header);
    if (handle > 0) {
        at = *length + (handle - 1) * (uint32_t)sizeof(struct dcd_dsmas);
        *length = sizeof(struct dcd_dsmas);
    }
    return handle < DCD_CDAT_MAX_ENTRIES && at < cdat->length ? cdat->bytes + at
                                                              : NULL;
}
