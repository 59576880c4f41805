/* SPDX-License-Identifier: Apache-2.0 */
/* doe.h - Data Object Exchange: the registers, and the objects that a CXL
 * device understands (PCIe 6.0 6.30 and 7.9.24, CXL r3.1 8.1.11). */
#ifndef CXLDCD_CTYPES_DOE_H
#define CXLDCD_CTYPES_DOE_H

#include <cxldcd/ctypes/le.h>

/* Registers, from the start of the extended capability (PCIe 6.0 7.9.24). */
#define DCD_DOE_CAPABILITY 0x04u
#define DCD_DOE_CONTROL 0x08u
#define DCD_DOE_STATUS 0x0cu
#define DCD_DOE_WRITE_MAILBOX 0x10u
#define DCD_DOE_READ_MAILBOX 0x14u
#define DCD_DOE_SIZE 0x18u

#define DCD_DOE_INTERRUPT_SUPPORT (1u << 0)
#define DCD_DOE_MESSAGE_SHIFT 1 /* 11:1 */
#define DCD_DOE_ABORT (1u << 0)
#define DCD_DOE_INTERRUPT_ENABLE (1u << 1)
#define DCD_DOE_GO (1u << 31)
#define DCD_DOE_BUSY (1u << 0)
#define DCD_DOE_INTERRUPT_STATUS (1u << 1) /* RW1C */
#define DCD_DOE_ERROR (1u << 2)
#define DCD_DOE_READY (1u << 31)

/* Longest data object, in dwords; its length field says 0. */
#define DCD_DOE_LONGEST (UINT32_C(1) << 18)
#define DCD_DOE_LENGTH_MASK (DCD_DOE_LONGEST - 1)

/* In front of every data object. */
struct dcd_doe_header {
    struct dcd_le16 vendor;
    uint8_t type;
    uint8_t reserved;
    struct dcd_le32 length; /* 17:0 dwords, this header included */
};
DCD_SIZE_ASSERT(struct dcd_doe_header, 8);

/* DOE Discovery, PCIe 6.0 6.30.1.1. */
#define DCD_DOE_VENDOR_PCI_SIG 0x0001u
#define DCD_DOE_TYPE_DISCOVERY 0x00u

struct dcd_doe_discovery_req {
    uint8_t index;
    uint8_t reserved[3];
};
DCD_SIZE_ASSERT(struct dcd_doe_discovery_req, 4);

struct dcd_doe_discovery_rsp {
    struct dcd_le16 vendor; /* FFFFh: there is no such index */
    uint8_t type;
    uint8_t next; /* index; 0: that was the last */
};
DCD_SIZE_ASSERT(struct dcd_doe_discovery_rsp, 4);

/* Table Access, CXL r3.1 8.1.11.1. */
#define DCD_DOE_VENDOR_CXL 0x1e98u
#define DCD_DOE_TYPE_TABLE_ACCESS 0x02u
#define DCD_TABLE_READ_ENTRY 0u
#define DCD_TABLE_CDAT 0u
#define DCD_TABLE_LAST 0xffffu /* next handle behind the last entry */

struct dcd_table_access_req {
    uint8_t code; /* DCD_TABLE_READ_ENTRY */
    uint8_t table;
    struct dcd_le16 entry;
};
DCD_SIZE_ASSERT(struct dcd_table_access_req, 4);

struct dcd_table_access_rsp {
    uint8_t code;
    uint8_t table;
    struct dcd_le16 next; /* handle, or DCD_TABLE_LAST */
    /* the entry */
};
DCD_SIZE_ASSERT(struct dcd_table_access_rsp, 4);

#endif
