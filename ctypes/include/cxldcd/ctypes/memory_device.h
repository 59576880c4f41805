/* SPDX-License-Identifier: Apache-2.0 */
/* memory_device.h - what a memory device says of itself: 4000h and 4100h. */
#ifndef CXLDCD_CTYPES_MEMORY_DEVICE_H
#define CXLDCD_CTYPES_MEMORY_DEVICE_H

#include <cxldcd/ctypes/le.h>

/*
 * 4000h Identify Memory Device, CXL r3.1 8.2.9.9.1.1, Table 8-127. Capacities
 * are static ones, in units of DCD_CAPACITY_UNIT; dynamic capacity is not in
 * them.
 */
struct dcd_identify_memory_device_rsp {
    char firmware_revision[16];
    struct dcd_le64 total;
    struct dcd_le64 volatile_only;
    struct dcd_le64 persistent_only;
    struct dcd_le64 partition_alignment; /* 0: not partitionable */
    struct dcd_le16 log_size[4];         /* records; info ... fatal */
    struct dcd_le32 lsa_size;            /* bytes */
    struct dcd_le24 poison_list_max;
    struct dcd_le16 inject_poison_limit;
    uint8_t poison_caps;
    uint8_t qos_caps;
    struct dcd_le16 dc_log_size; /* records; r3.0 added it */
};
DCD_SIZE_ASSERT(struct dcd_identify_memory_device_rsp, 0x45);

/* 4100h Get Partition Info, CXL r3.1 8.2.9.9.2.1, in DCD_CAPACITY_UNIT. */
struct dcd_partition_info_rsp {
    struct dcd_le64 active_volatile;
    struct dcd_le64 active_persistent;
    struct dcd_le64 next_volatile;
    struct dcd_le64 next_persistent;
};
DCD_SIZE_ASSERT(struct dcd_partition_info_rsp, 0x20);

#endif
