/* SPDX-License-Identifier: Apache-2.0 */
/* config.c - defaults, checks and memory layout of a configuration. */
#include "cdat.h"

#include <cxldcd/config.h>
#include <cxldcd/ctypes/registers.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MAX_LOG 65535u
#define MAX_EXTENTS (UINT32_C(1) << 20)
/* Leaves room above the DPA space, so that no sum of ours can wrap. */
#define MAX_DPA (UINT64_C(1) << 52)
#define MAX_HANDLE 255u
#define MAX_LSA (UINT32_C(16) << 20)
#define MAX_POISON_LIST ((UINT32_C(1) << 24) - 1) /* 24 bits in 4000h */

static const struct {
    enum dcd_revision revision;
    const char *name;
} revisions[] = {
    {DCD_REVISION_3_0, "3.0"},
    {DCD_REVISION_3_1, "3.1"},
    {DCD_REVISION_3_2, "3.2"},
    {DCD_REVISION_4_0, "4.0"},
};

const char *dcd_revision_name(enum dcd_revision revision)
{
    for (size_t i = 0; i < sizeof(revisions) / sizeof(revisions[0]); i++)
        if (revisions[i].revision == revision)
            return revisions[i].name;
    return "unknown";
}

bool dcd_revision_parse(const char *text, enum dcd_revision *revision)
{
    for (size_t i = 0; i < sizeof(revisions) / sizeof(revisions[0]); i++) {
        if (strcmp(revisions[i].name, text) == 0) {
            *revision = revisions[i].revision;
            return true;
        }
    }
    return false;
}

void dcd_config_init(struct dcd_config *config)
{
    static const char firmware[16] = "cxl-dcd-tlm 0.1";

    memset(config, 0, sizeof(*config));
    config->revision = DCD_REVISION_4_0;
    config->heads = 1;
    config->mailbox_payload = 2048;
    config->extents = 512;
    config->tags = 512;
    config->dc_log = 256;
    config->event_log = 8;
    config->fm_log = 1024;
    config->hdm_decoders = 4;
    config->poison_list = 256;
    memcpy(config->firmware_revision, firmware, sizeof(firmware));
    config->dsmad_auto = true;
}

static uint64_t align_up(uint64_t value, uint64_t unit)
{
    return (value + unit - 1) / unit * unit;
}

static bool is_power_of_two(uint64_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

uint64_t dcd_config_static(const struct dcd_config *config)
{
    return config->static_volatile + config->static_persistent +
           config->static_partitionable;
}

static uint64_t decode_length(const struct dcd_region_config *region)
{
    return region->decode ? region->decode
                          : align_up(region->length, DCD_CAPACITY_UNIT);
}

/* The largest block size that a region can be given (5602h). */
static uint64_t largest_block(const struct dcd_region_config *region)
{
    uint64_t sizes = region->block_sizes | region->block_size;

    while (sizes & (sizes - 1))
        sizes &= sizes - 1;
    return sizes;
}

void dcd_config_layout(const struct dcd_config *config,
                       struct dcd_layout *layout)
{
    uint64_t end = dcd_config_static(config);

    memset(layout, 0, sizeof(*layout));
    layout->static_persistent_base =
        config->static_volatile + config->static_partitionable;
    for (unsigned i = 0; i < config->region_count; i++) {
        const struct dcd_region_config *region = &config->regions[i];
        uint64_t block = largest_block(region);
        uint64_t unit = block > DCD_CAPACITY_UNIT ? block : DCD_CAPACITY_UNIT;

        layout->region_base[i] = align_up(end, unit);
        layout->region_decode[i] = decode_length(region);
        end = layout->region_base[i] + layout->region_decode[i];
    }
    layout->dpa_end = end;
}

uint8_t dcd_config_attributes(const struct dcd_config *config, unsigned head,
                              unsigned region)
{
    const struct dcd_head_config *h = &config->head[head];

    return h->attributes_given[region] ? h->attributes[region]
                                       : config->regions[region].attributes;
}

/* --- Checks ------------------------------------------------------------- */

static bool wrong(struct dcd_config_error *error, enum dcd_config_part part,
                  unsigned index, const char *field, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Always false, so that a check can end with it. */
static bool wrong(struct dcd_config_error *error, enum dcd_config_part part,
                  unsigned index, const char *field, const char *format, ...)
{
    va_list arguments;

    if (!error)
        return false;
    error->part = part;
    error->index = index;
    error->field = field;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof(error->text), format, arguments);
    va_end(arguments);
    return false;
}

static bool check_range(struct dcd_config_error *error, const char *field,
                        const char *what, uint64_t value, uint64_t low,
                        uint64_t high)
{
    if (value >= low && value <= high)
        return true;
    return wrong(error, DCD_CONFIG_DEVICE, 0, field,
                 "%s is %llu; allowed are %llu to %llu", what,
                 (unsigned long long)value, (unsigned long long)low,
                 (unsigned long long)high);
}

static bool check_hdm_decoders(const struct dcd_config *config,
                               struct dcd_config_error *error)
{
    unsigned n = config->hdm_decoders;

    if (n == 1 || n == 2 || n == 4 || n == 6 || n == 8 || n == 10)
        return true;
    return wrong(error, DCD_CONFIG_DEVICE, 0, "hdm_decoders",
                 "%u HDM decoders; allowed are 1, 2, 4, 6, 8 or 10", n);
}

static bool check_device(const struct dcd_config *config,
                         struct dcd_config_error *error)
{
    uint64_t payload = config->mailbox_payload;

    if (config->revision > DCD_REVISION_4_0)
        return wrong(error, DCD_CONFIG_DEVICE, 0, "revision",
                     "no such CXL revision; allowed are 3.0, 3.1, 3.2, 4.0");
    if (config->topology > DCD_MULTI_LOGICAL)
        return wrong(error, DCD_CONFIG_DEVICE, 0, "topology",
                     "no such topology; allowed are multi-headed and "
                     "multi-logical");
    if (!is_power_of_two(payload) || payload < DCD_MBOX_MIN_PAYLOAD ||
        payload > DCD_MBOX_MAX_PAYLOAD)
        return wrong(error, DCD_CONFIG_DEVICE, 0, "mailbox_payload",
                     "a mailbox payload of %llu bytes; allowed are powers of "
                     "two from 256 B to 1 MiB",
                     (unsigned long long)payload);
    return check_range(error, "heads", "number of heads", config->heads, 1,
                       DCD_MAX_HEADS) &&
           check_range(error, "extents", "number of extents", config->extents,
                       1, MAX_EXTENTS) &&
           check_range(error, "tags", "number of tags", config->tags, 0,
                       MAX_EXTENTS) &&
           check_range(error, "dc_log", "depth of the dynamic capacity log",
                       config->dc_log, 1, MAX_LOG) &&
           check_range(error, "event_log", "depth of the event logs",
                       config->event_log, 1, MAX_LOG) &&
           check_range(error, "fm_log", "depth of the FM's log", config->fm_log,
                       1, MAX_LOG) &&
           check_range(error, "poison_list", "length of the poison list",
                       config->poison_list, 1, MAX_POISON_LIST) &&
           check_hdm_decoders(config, error);
}

static bool check_static(const struct dcd_config *config,
                         struct dcd_config_error *error)
{
    if (config->static_volatile % DCD_CAPACITY_UNIT)
        return wrong(error, DCD_CONFIG_STATIC, 0, "static_volatile",
                     "volatile capacity is not a multiple of 256 MiB");
    if (config->static_persistent % DCD_CAPACITY_UNIT)
        return wrong(error, DCD_CONFIG_STATIC, 0, "static_persistent",
                     "persistent capacity is not a multiple of 256 MiB");
    if (config->static_partitionable % DCD_CAPACITY_UNIT)
        return wrong(error, DCD_CONFIG_STATIC, 0, "static_partitionable",
                     "partitionable capacity is not a multiple of 256 MiB");
    if (config->static_volatile > MAX_DPA ||
        config->static_persistent > MAX_DPA ||
        config->static_partitionable > MAX_DPA)
        return wrong(error, DCD_CONFIG_STATIC, 0, "static_volatile",
                     "static capacity is larger than 4 PiB");
    if (config->lsa > MAX_LSA)
        return wrong(error, DCD_CONFIG_STATIC, 0, "lsa",
                     "the label storage area is larger than 16 MiB");
    return true;
}

static bool check_block_size(const struct dcd_region_config *region, unsigned i,
                             struct dcd_config_error *error)
{
    uint64_t block = region->block_size;

    if (!is_power_of_two(block) || block < DCD_MIN_BLOCK ||
        block >= (UINT64_C(1) << 52))
        return wrong(error, DCD_CONFIG_REGION, i, "block_size",
                     "region %u: the block size is not a power of two of at "
                     "least 64 B",
                     i);
    /* Table of 5600h: bits 5:0 and 63:52 shall be zero. */
    if (region->block_sizes & ~UINT64_C(0x000fffffffffffc0))
        return wrong(error, DCD_CONFIG_REGION, i, "block_sizes",
                     "region %u: supported block sizes lie between 64 B and "
                     "2 PiB",
                     i);
    if (region->block_sizes && !(region->block_sizes & block))
        return wrong(error, DCD_CONFIG_REGION, i, "block_sizes",
                     "region %u: the block size is not among the supported "
                     "block sizes",
                     i);
    return true;
}

/* CXL r3.1 8.2.9.9.9.1, Table 8-165. */
static bool check_region(const struct dcd_config *config, unsigned i,
                         struct dcd_config_error *error)
{
    const struct dcd_region_config *region = &config->regions[i];

    if (!check_block_size(region, i, error))
        return false;
    if (region->length == 0 || region->length > MAX_DPA ||
        region->length % region->block_size)
        return wrong(error, DCD_CONFIG_REGION, i, "length",
                     "region %u: the length is not a multiple of the block "
                     "size (at least one block, at most 4 PiB)",
                     i);
    if (region->length % largest_block(region))
        return wrong(error, DCD_CONFIG_REGION, i, "block_sizes",
                     "region %u: the length is not a multiple of all "
                     "supported block sizes",
                     i);
    if (region->decode % DCD_CAPACITY_UNIT || region->decode > MAX_DPA)
        return wrong(error, DCD_CONFIG_REGION, i, "decode",
                     "region %u: the decode length is not a multiple of "
                     "256 MiB",
                     i);
    if (region->decode && region->decode < region->length)
        return wrong(error, DCD_CONFIG_REGION, i, "decode",
                     "region %u: the decode length is shorter than the "
                     "region",
                     i);
    if (!config->dsmad_auto && region->dsmad > MAX_HANDLE)
        return wrong(error, DCD_CONFIG_REGION, i, "dsmad",
                     "region %u: a DSMAD handle is at most 255", i);
    return true;
}

/* Static partitions have the handles from 0 on, see cdat.h. */
static uint32_t static_handles(const struct dcd_config *config)
{
    return (dcd_config_may_be_volatile(config) ? 1u : 0u) +
           (dcd_config_may_be_persistent(config) ? 1u : 0u);
}

static bool check_handle(const struct dcd_config *config, unsigned i,
                         struct dcd_config_error *error)
{
    uint32_t handle = config->regions[i].dsmad;

    if (handle < static_handles(config))
        return wrong(error, DCD_CONFIG_REGION, i, "dsmad",
                     "region %u: DSMAD handle %u is that of a static "
                     "partition; the first %u are",
                     i, handle, static_handles(config));
    for (unsigned k = 0; k < i; k++)
        if (handle == config->regions[k].dsmad)
            return wrong(error, DCD_CONFIG_REGION, i, "dsmad",
                         "region %u: region %u has the same DSMAD handle", i,
                         k);
    return true;
}

static bool check_handles(const struct dcd_config *config,
                          struct dcd_config_error *error)
{
    if (config->dsmad_auto)
        return true;
    for (unsigned i = 0; i < config->region_count; i++)
        if (!check_handle(config, i, error))
            return false;
    return true;
}

/* Sixteen bits of CDAT tell a latency or a bandwidth. */
static bool check_figure(struct dcd_config_error *error, const char *field,
                         const char *what, struct dcd_cdat_figure figure,
                         const char *unit)
{
    if (figure.entry <= DCD_CDAT_MAX_ENTRY)
        return true;
    return wrong(error, DCD_CONFIG_DEVICE, 0, field,
                 "the %s is %llu times %llu %s; the table that tells it to "
                 "hosts (CDAT) has room for 65534",
                 what, (unsigned long long)figure.entry,
                 (unsigned long long)figure.unit, unit);
}

/* Less than that would be told as 0, which is "not known". */
static bool check_slowest(const struct dcd_config *config,
                          struct dcd_config_error *error)
{
    if (config->bandwidth == 0 || dcd_cdat_bandwidth(config->bandwidth).entry)
        return true;
    return wrong(error, DCD_CONFIG_DEVICE, 0, "bandwidth",
                 "the bandwidth is %llu bytes a second; the table that tells "
                 "it to hosts (CDAT) counts from 1 MB/s on",
                 (unsigned long long)config->bandwidth);
}

static bool check_performance(const struct dcd_config *config,
                              struct dcd_config_error *error)
{
    return check_figure(error, "read_latency", "read latency",
                        dcd_cdat_latency(config->read_latency), "ps") &&
           check_figure(error, "write_latency", "write latency",
                        dcd_cdat_latency(config->write_latency), "ps") &&
           check_figure(error, "bandwidth", "bandwidth",
                        dcd_cdat_bandwidth(config->bandwidth), "MB/s") &&
           check_slowest(config, error);
}

static bool check_total(const struct dcd_config *config,
                        struct dcd_config_error *error)
{
    struct dcd_layout layout;

    dcd_config_layout(config, &layout);
    if (layout.dpa_end <= MAX_DPA)
        return true;
    return wrong(error, DCD_CONFIG_DEVICE, 0, "regions",
                 "static and dynamic capacity together exceed 4 PiB");
}

static bool check_backing(const struct dcd_config *config,
                          struct dcd_config_error *error)
{
    if (config->backing > DCD_BACKING_FILE)
        return wrong(error, DCD_CONFIG_BACKING, 0, "backing",
                     "no such kind of backing; allowed are memory, memfd and "
                     "file");
    if (config->backing == DCD_BACKING_FILE &&
        (!config->backing_path || !config->backing_path[0]))
        return wrong(error, DCD_CONFIG_BACKING, 0, "backing_path",
                     "a backing file needs a path");
    return true;
}

bool dcd_config_validate(const struct dcd_config *config,
                         struct dcd_config_error *error)
{
    if (!check_device(config, error) || !check_static(config, error) ||
        !check_backing(config, error))
        return false;
    if (config->region_count > DCD_MAX_REGIONS)
        return wrong(error, DCD_CONFIG_DEVICE, 0, "region_count",
                     "%u regions; a device has at most 8",
                     config->region_count);
    for (unsigned i = 0; i < config->region_count; i++)
        if (!check_region(config, i, error))
            return false;
    return check_handles(config, error) && check_performance(config, error) &&
           check_total(config, error);
}
