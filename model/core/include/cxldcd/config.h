/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.h - what a dynamic capacity device is built from.
 *
 * Start from the defaults, then change what you care for:
 *
 *     struct dcd_config c;
 *     dcd_config_init(&c);
 *     c.heads = 2;
 *     c.static_volatile = 512 * DCD_MIB;
 *     c.region_count = 1;
 *     c.regions[0].length = 4 * DCD_GIB;
 *     c.regions[0].block_size = 2 * DCD_MIB;
 *
 * The device copies what it needs; nothing here has to outlive the call.
 */
#ifndef CXLDCD_CONFIG_H
#define CXLDCD_CONFIG_H

#include <cxldcd/ctypes/dynamic_capacity.h>
#include <cxldcd/ctypes/fm_api.h>
#include <cxldcd/ctypes/le.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DCD_MAX_HEADS 16

/* CXL revision whose behaviour the device shows. */
enum dcd_revision {
    DCD_REVISION_3_0,
    DCD_REVISION_3_1,
    DCD_REVISION_3_2,
    DCD_REVISION_4_0,
};

/* Where the bytes live. */
enum dcd_backing {
    DCD_BACKING_MEMORY, /* anonymous, private to the process */
    DCD_BACKING_MEMFD,  /* shareable with other processes */
    DCD_BACKING_FILE,   /* survives the process; config.backing_path */
};

/* Sanitize-on-release of a region. */
enum dcd_sanitize {
    DCD_SANITIZE_NO,
    DCD_SANITIZE_YES,
    DCD_SANITIZE_CONFIGURABLE, /* off until a fabric manager asks for it */
};

/* What a host gets for memory that it has not been given (r3.2 8.2.4.20). */
enum dcd_unbacked {
    DCD_UNBACKED_ERROR,  /* the access fails and moves nothing */
    DCD_UNBACKED_IGNORE, /* reads give all-ones, writes are dropped */
};

/* What a conventional reset of a head does with its capacity. */
enum dcd_reset_policy {
    DCD_RESET_RELEASE, /* it returns to free space */
    DCD_RESET_KEEP,    /* accepted extents stay */
};

/* When the end of a background operation interrupts (8.2.8.4.4). */
enum dcd_background_interrupt {
    /* Once enabled since reset, although a later write clears the bit: Linux
     * rings the doorbell by writing the plain value 1. */
    DCD_BACKGROUND_INTERRUPT_ONCE_ENABLED,
    /* While the enable bit is set. */
    DCD_BACKGROUND_INTERRUPT_STRICT,
};

/* The resets of one head (CXL r3.1 9.4-9.7), the one that does most first. */
enum dcd_reset_kind {
    DCD_RESET_CONVENTIONAL,
    DCD_RESET_CXL,
    DCD_RESET_FUNCTION_LEVEL,
};

/* How several hosts reach one device. */
enum dcd_topology {
    /* Each has a head of its own; the FM talks to the LD pool, and 55xxh tells
     * it the heads (CXL r3.1 2.5, 7.6.7.5). One head: a single logical device.
     */
    DCD_MULTI_HEADED,
    /* All share one port, each has a logical device; the FM talks to the
     * FM-owned LD, and 54xxh tells it the others (CXL r3.1 2.4, 7.6.7.4). */
    DCD_MULTI_LOGICAL,
};

/* How a host may give back the extents of a tag in a sharable region. */
enum dcd_sharable_release {
    DCD_SHARABLE_RELEASE_TAG,    /* all extents of the tag in one list */
    DCD_SHARABLE_RELEASE_EXTENT, /* any whole extents, the tag goes last */
};

struct dcd_region_config {
    uint64_t length;      /* bytes, multiple of block_size */
    uint64_t decode;      /* bytes, multiple of 256 MiB; 0: length rounded up */
    uint64_t block_size;  /* bytes, power of two, at least 64 */
    uint64_t block_sizes; /* bit n: 2^n is supported; 0: only block_size */
    uint32_t dsmad;       /* DSMAD handle, see dcd_config.dsmad_auto */
    uint8_t attributes;   /* DCD_REGION_ATTR_..., for heads that say nothing */
    enum dcd_sanitize sanitize;
};

/* What may differ from head to head. */
struct dcd_head_config {
    /* Attributes of each region as this head sees it, where overridden. */
    bool attributes_given[DCD_MAX_REGIONS];
    uint8_t attributes[DCD_MAX_REGIONS];
};

struct dcd_config {
    enum dcd_revision revision; /* default 4.0 */
    uint64_t serial;
    unsigned heads;             /* 1-16, one per host */
    enum dcd_topology topology; /* what a head is: head or logical device */
    uint32_t mailbox_payload;   /* bytes, 256 B - 1 MiB, power of two */
    /* 1-1,048,576 that one head can track: accepted, offered, withdrawn. */
    uint32_t extents;
    uint32_t tags;              /* 0-1,048,576 living ones of the device */
    uint32_t dc_log;            /* 1-65,535 records in a head's log 4 */
    uint32_t event_log;         /* 1-65,535 in each of a head's logs 0-3 */
    uint32_t fm_log;            /* 1-65,535 in the FM's own log 4 */
    unsigned hdm_decoders;      /* 1, 2, 4, 6, 8 or 10, per head */
    char firmware_revision[16]; /* 4000h; not necessarily terminated */

    /* Each head's own static memory; DPA 0 onwards, then region 0. */
    uint64_t static_volatile;   /* bytes, multiple of 256 MiB */
    uint64_t static_persistent; /* bytes, multiple of 256 MiB */
    /* Can be either, by 4101h; volatile until a host says otherwise. */
    uint64_t static_partitionable; /* bytes, multiple of 256 MiB */
    uint32_t lsa;                  /* label storage, bytes; at most 16 MiB */

    enum dcd_backing backing;
    const char *backing_path; /* DCD_BACKING_FILE */

    unsigned region_count; /* 0: not a dynamic capacity device */
    struct dcd_region_config regions[DCD_MAX_REGIONS];
    bool dsmad_auto; /* handles follow the static partitions (default) */
    struct dcd_head_config head[DCD_MAX_HEADS];

    /* Time, in picoseconds; bandwidth in bytes per second, from 1,000,000 on,
     * 0: unlimited. */
    uint64_t mailbox_latency; /* doorbell or FM message to its effects */
    uint64_t read_latency;
    uint64_t write_latency;
    uint64_t bandwidth;
    uint64_t sanitize_per_gib; /* of one pass over the media: sanitize, scan */

    enum dcd_unbacked unbacked_reads;
    enum dcd_unbacked unbacked_writes;
    enum dcd_reset_policy reset;
    enum dcd_sharable_release sharable_release;
    /* A chain of dynamic capacity records that does not fit its log goes in as
     * far as it fits and overflows for the rest, and adds and releases are not
     * refused for want of room: what QEMU does, for the tests of drivers. */
    bool lossy;
    bool doorbell_interrupt; /* the mailbox is capable of it (8.2.8.4.3) */
    enum dcd_background_interrupt background_interrupt;
    uint32_t poison_list;         /* records the list can hold (4000h) */
    uint16_t poison_inject_limit; /* lines injected at a time; 0: no limit */
    bool check; /* verify all invariants after every command */
};

void dcd_config_init(struct dcd_config *config);

/* Which part of a configuration is wrong, so that a loader can name a line. */
enum dcd_config_part {
    DCD_CONFIG_DEVICE,
    DCD_CONFIG_STATIC,
    DCD_CONFIG_BACKING,
    DCD_CONFIG_REGION, /* index: the region */
    DCD_CONFIG_HEAD,   /* index: the head */
};

struct dcd_config_error {
    enum dcd_config_part part;
    unsigned index;
    const char *field; /* member of the structure that is wrong */
    char text[200];    /* what is wrong and what is allowed */
};

/* False: [error] says what; nothing but [error] is written. */
bool dcd_config_validate(const struct dcd_config *config,
                         struct dcd_config_error *error);

/* Where a valid configuration puts its memory (CXL r3.1 8.2.9.9.9.1). */
struct dcd_layout {
    uint64_t static_volatile_base; /* always 0 */
    uint64_t static_persistent_base;
    uint64_t region_base[DCD_MAX_REGIONS]; /* DPA */
    uint64_t region_decode[DCD_MAX_REGIONS];
    uint64_t dpa_end; /* first DPA behind the last region's decode length */
};

void dcd_config_layout(const struct dcd_config *config,
                       struct dcd_layout *layout);

/* Static capacity of each head in all, bytes. */
uint64_t dcd_config_static(const struct dcd_config *config);

/* Whether a head can ever have a static partition of that kind. Each kind has
 * a DSMAD handle then, volatile first. */
static inline bool dcd_config_may_be_volatile(const struct dcd_config *config)
{
    return config->static_volatile || config->static_partitionable;
}

static inline bool dcd_config_may_be_persistent(const struct dcd_config *config)
{
    return config->static_persistent || config->static_partitionable;
}

/* Attributes (DCD_REGION_ATTR_...) of [region] as [head] sees it. */
uint8_t dcd_config_attributes(const struct dcd_config *config, unsigned head,
                              unsigned region);

/* "4.0" and back. Parse returns false for anything that is not a revision. */
const char *dcd_revision_name(enum dcd_revision revision);
bool dcd_revision_parse(const char *text, enum dcd_revision *revision);

#ifdef __cplusplus
}
#endif
#endif
