/* SPDX-License-Identifier: Apache-2.0 */
/* cdat.h - the Coherent Device Attribute Table, revision 1.03, as far as a
 * memory device needs it (CXL r3.1 8.1.11). */
#ifndef CXLDCD_CTYPES_CDAT_H
#define CXLDCD_CTYPES_CDAT_H

#include <cxldcd/ctypes/le.h>

#define DCD_CDAT_REVISION 2u

struct dcd_cdat_header {
    struct dcd_le32 length; /* bytes, of the whole table */
    uint8_t revision;
    uint8_t checksum; /* all bytes of the table add up to 0 */
    uint8_t reserved[6];
    struct dcd_le32 sequence; /* moves when the table does */
};
DCD_SIZE_ASSERT(struct dcd_cdat_header, 0x10);

enum dcd_cdat_type {
    DCD_CDAT_DSMAS = 0,
    DCD_CDAT_DSLBIS = 1,
    DCD_CDAT_DSEMTS = 4,
};

/* In front of every structure. */
struct dcd_cdat_structure {
    uint8_t type; /* enum dcd_cdat_type */
    uint8_t reserved;
    struct dcd_le16 length; /* bytes, with this */
};
DCD_SIZE_ASSERT(struct dcd_cdat_structure, 4);

/* Memory with one set of attributes. */
struct dcd_dsmas {
    struct dcd_cdat_structure header;
    uint8_t handle;
    uint8_t flags; /* DCD_DSMAS_... */
    uint8_t reserved[2];
    struct dcd_le64 dpa;
    struct dcd_le64 length;
};
DCD_SIZE_ASSERT(struct dcd_dsmas, 0x18);

#define DCD_DSMAS_NONVOLATILE (1u << 2)
#define DCD_DSMAS_SHARABLE (1u << 3)
#define DCD_DSMAS_HW_COHERENT (1u << 4)
#define DCD_DSMAS_DYNAMIC (1u << 5)
#define DCD_DSMAS_READ_ONLY (1u << 6)

/* One latency or bandwidth of it: base unit times entry. */
struct dcd_dslbis {
    struct dcd_cdat_structure header;
    uint8_t handle;
    uint8_t flags; /* 0: memory */
    uint8_t data;  /* enum dcd_dslbis_data */
    uint8_t reserved;
    struct dcd_le64 unit;     /* ps, or MB/s */
    struct dcd_le16 entry[3]; /* the first counts */
    uint8_t reserved2[2];
};
DCD_SIZE_ASSERT(struct dcd_dslbis, 0x18);

enum dcd_dslbis_data {
    DCD_DSLBIS_READ_LATENCY = 1,
    DCD_DSLBIS_WRITE_LATENCY = 2,
    DCD_DSLBIS_READ_BANDWIDTH = 4,
    DCD_DSLBIS_WRITE_BANDWIDTH = 5,
};

/* What firmware should make of it. */
struct dcd_dsemts {
    struct dcd_cdat_structure header;
    uint8_t handle;
    uint8_t type; /* enum dcd_dsemts_type */
    uint8_t reserved[2];
    struct dcd_le64 offset; /* from the DPA of its DSMAS */
    struct dcd_le64 length;
};
DCD_SIZE_ASSERT(struct dcd_dsemts, 0x18);

enum dcd_dsemts_type {
    DCD_DSEMTS_SPECIFIC_PURPOSE = 1, /* volatile */
    DCD_DSEMTS_PERSISTENT = 2,
};

#endif
