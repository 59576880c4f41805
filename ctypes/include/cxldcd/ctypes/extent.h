/* SPDX-License-Identifier: Apache-2.0 */
/* extent.h - one piece of dynamic capacity, in the two shapes of the wire. */
#ifndef CXLDCD_CTYPES_EXTENT_H
#define CXLDCD_CTYPES_EXTENT_H

#include <cxldcd/ctypes/le.h>
#include <cxldcd/ctypes/uuid.h>

/*
 * Dynamic Capacity Extent, CXL r3.1 8.2.9.2.1.6, Table 8-51: in event records,
 * in the lists of 4801h and 5603h and in the requests 5604h and 5605h.
 */
struct dcd_extent_wire {
    struct dcd_le64 dpa;      /* bytes, multiple of the region's block size */
    struct dcd_le64 length;   /* bytes, multiple of the region's block size */
    struct dcd_uuid tag;      /* null: none */
    struct dcd_le16 sequence; /* 0...n-1 in a sharable region, else 0 */
    uint8_t reserved[6];
};
DCD_SIZE_ASSERT(struct dcd_extent_wire, 0x28);

/*
 * Updated extent, CXL r3.1 8.2.9.9.9.3, Table 8-169: what a host accepts
 * (4802h) or releases (4803h). It carries neither tag nor sequence.
 */
struct dcd_updated_extent {
    struct dcd_le64 dpa;
    struct dcd_le64 length;
    uint8_t reserved[8];
};
DCD_SIZE_ASSERT(struct dcd_updated_extent, 0x18);

#endif
