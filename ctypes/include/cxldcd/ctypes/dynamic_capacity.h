/* SPDX-License-Identifier: Apache-2.0 */
/* dynamic_capacity.h - the host's dynamic capacity commands 4800h-4803h. */
#ifndef CXLDCD_CTYPES_DYNAMIC_CAPACITY_H
#define CXLDCD_CTYPES_DYNAMIC_CAPACITY_H

#include <cxldcd/ctypes/extent.h>
#include <cxldcd/ctypes/le.h>

#define DCD_MAX_REGIONS 8
#define DCD_MIN_BLOCK 64

/* 4800h Get Dynamic Capacity Configuration, CXL r3.1 8.2.9.9.9.1. */
struct dcd_get_dc_config_req {
    uint8_t count; /* regions wanted at most */
    uint8_t start; /* first region */
};
DCD_SIZE_ASSERT(struct dcd_get_dc_config_req, 2);

struct dcd_get_dc_config_rsp {
    uint8_t available; /* regions of the device */
    uint8_t returned;
    uint8_t reserved[6];
    /* returned region entries, then the trailer */
};
DCD_SIZE_ASSERT(struct dcd_get_dc_config_rsp, 8);

/* Table 8-165. */
struct dcd_dc_region_config {
    struct dcd_le64 base;          /* DPA, multiple of DCD_CAPACITY_UNIT */
    struct dcd_le64 decode_length; /* units of DCD_CAPACITY_UNIT */
    struct dcd_le64 length;        /* bytes */
    struct dcd_le64 block_size;    /* bytes */
    struct dcd_le32 dsmad_handle;
    uint8_t flags; /* DCD_REGION_SANITIZE_ON_RELEASE */
    uint8_t reserved[3];
};
DCD_SIZE_ASSERT(struct dcd_dc_region_config, 0x28);

#define DCD_REGION_SANITIZE_ON_RELEASE 1u

/* Behind the regions in 4800h and 5601h; r3.0 has it only in 5601h. */
struct dcd_dc_config_trailer {
    struct dcd_le32 supported_extents;
    struct dcd_le32 available_extents;
    struct dcd_le32 supported_tags;
    struct dcd_le32 available_tags;
};
DCD_SIZE_ASSERT(struct dcd_dc_config_trailer, 0x10);

/* 4801h Get Dynamic Capacity Extent List, CXL r3.1 8.2.9.9.9.2. */
struct dcd_get_extent_list_req {
    struct dcd_le32 count; /* extents wanted at most */
    struct dcd_le32 start; /* first extent */
};
DCD_SIZE_ASSERT(struct dcd_get_extent_list_req, 8);

struct dcd_get_extent_list_rsp {
    struct dcd_le32 returned;
    struct dcd_le32 total;
    struct dcd_le32 generation;
    uint8_t reserved[4];
    /* returned extents (struct dcd_extent_wire) */
};
DCD_SIZE_ASSERT(struct dcd_get_extent_list_rsp, 0x10);

/*
 * 4802h Add Dynamic Capacity Response, 4803h Release Dynamic Capacity,
 * CXL r3.1 8.2.9.9.9.3-.4.
 */
struct dcd_updated_extent_list {
    struct dcd_le32 count;
    uint8_t flags; /* DCD_EXTENT_LIST_MORE */
    uint8_t reserved[3];
    /* count entries (struct dcd_updated_extent) */
};
DCD_SIZE_ASSERT(struct dcd_updated_extent_list, 8);

#define DCD_EXTENT_LIST_MORE 1u /* the next payload continues this list */

#endif
