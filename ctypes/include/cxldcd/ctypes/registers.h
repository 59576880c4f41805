/* SPDX-License-Identifier: Apache-2.0 */
/* registers.h - where a host finds the registers, and what their bits mean. */
#ifndef CXLDCD_CTYPES_REGISTERS_H
#define CXLDCD_CTYPES_REGISTERS_H

/*
 * One 64-bit BAR 0 of 4 MiB per head:
 *
 *     000000  component registers, 64 KiB (CXL r3.1 8.2.3)
 *     010000  MSI-X table
 *     011000  MSI-X pending bit array
 *     200000  device registers, 2 MiB window (CXL r3.1 8.2.8)
 */
#define DCD_BAR_SIZE 0x400000u
#define DCD_BAR_COMPONENT 0x000000u
#define DCD_BAR_COMPONENT_SIZE 0x10000u
#define DCD_BAR_MSIX_TABLE 0x010000u
#define DCD_BAR_MSIX_PBA 0x011000u
#define DCD_BAR_DEVICE 0x200000u
#define DCD_BAR_DEVICE_SIZE 0x200000u

/* Component registers: CXL.cache and CXL.mem registers (CM) at 1000h. */
#define DCD_CM_BASE 0x1000u
#define DCD_CM_SIZE 0x1000u
#define DCD_CM_RAS 0x80u
#define DCD_CM_LINK 0xd8u
#define DCD_CM_HDM 0x128u
/* Offset of the HDM Decoder Capability in the BAR. */
#define DCD_BAR_HDM (DCD_BAR_COMPONENT + DCD_CM_BASE + DCD_CM_HDM)

/* HDM Decoder Capability, CXL r3.1 8.2.4.20; decoder n at 10h + 20h * n. */
#define DCD_HDM_CAPABILITY 0x00u
#define DCD_HDM_GLOBAL_CONTROL 0x04u
#define DCD_HDM_DECODER(n) (0x10u + 0x20u * (n))
#define DCD_HDM_BASE_LOW 0x00u
#define DCD_HDM_BASE_HIGH 0x04u
#define DCD_HDM_SIZE_LOW 0x08u
#define DCD_HDM_SIZE_HIGH 0x0cu
#define DCD_HDM_CONTROL 0x10u
#define DCD_HDM_SKIP_LOW 0x14u
#define DCD_HDM_SKIP_HIGH 0x18u
#define DCD_HDM_GLOBAL_ENABLE 0x2u
#define DCD_HDM_GRANULARITY_SHIFT 0 /* code IG: 256 << IG bytes */
#define DCD_HDM_WAYS_SHIFT 4        /* code IW: 0-4 1,2,4,8,16; 8-A 3,6,12 */
#define DCD_HDM_LOCK_ON_COMMIT (1u << 8)
#define DCD_HDM_COMMIT (1u << 9)
#define DCD_HDM_COMMITTED (1u << 10)
#define DCD_HDM_ERROR (1u << 11)
#define DCD_HDM_TYPE_HOST_ONLY (1u << 12)

/* Configuration space: extended capabilities, PCIe 6.0 7.6-7.9. */
#define DCD_PCI_EXTENDED 0x100u /* the first one */
#define DCD_PCI_AER 0x0001u
#define DCD_PCI_SERIAL 0x0003u
#define DCD_PCI_DVSEC 0x0023u
#define DCD_PCI_DOE 0x002eu

/* DVSECs of CXL have vendor id and length at 04h, their id at 08h. */
#define DCD_DVSEC_VENDOR 0x1e98u
#define DCD_DVSEC_HEADER 0x04u
#define DCD_DVSEC_ID 0x08u

enum dcd_dvsec {
    DCD_DVSEC_CXL_DEVICE = 0,       /* CXL r3.1 8.1.3 */
    DCD_DVSEC_GPF_DEVICE = 5,       /* 8.1.7 */
    DCD_DVSEC_FLEX_BUS_PORT = 7,    /* 8.2.1.3 */
    DCD_DVSEC_REGISTER_LOCATOR = 8, /* 8.1.9 */
};

/* Where this device has its capabilities; a driver walks the lists. */
#define DCD_CONFIG_PCIE 0x40u
#define DCD_CONFIG_MSIX 0x80u
#define DCD_CONFIG_SERIAL 0x100u
#define DCD_CONFIG_CXL_DEVICE 0x10cu
#define DCD_CONFIG_REGISTER_LOCATOR 0x148u
#define DCD_CONFIG_GPF_DEVICE 0x16cu
#define DCD_CONFIG_FLEX_BUS_PORT 0x17cu
#define DCD_CONFIG_DOE 0x19cu
#define DCD_CONFIG_AER 0x200u

/* CXL Device DVSEC, CXL r3.1 8.1.3; 16 bits each up to Capability2. */
#define DCD_CXL_CAPABILITY 0x0au
#define DCD_CXL_CONTROL 0x0cu
#define DCD_CXL_STATUS 0x0eu
#define DCD_CXL_CONTROL2 0x10u
#define DCD_CXL_STATUS2 0x12u
#define DCD_CXL_LOCK 0x14u
#define DCD_CXL_RANGE(n) (0x18u + 0x10u * (n)) /* n: 0 or 1 */
#define DCD_CXL_RANGE_SIZE_HIGH 0x00u
#define DCD_CXL_RANGE_SIZE_LOW 0x04u
#define DCD_CXL_RANGE_BASE_HIGH 0x08u
#define DCD_CXL_RANGE_BASE_LOW 0x0cu

#define DCD_CXL_CAP_IO (1u << 1)
#define DCD_CXL_CAP_MEM (1u << 2)
#define DCD_CXL_CAP_MEM_HWINIT (1u << 3)
#define DCD_CXL_CAP_HDM_COUNT_SHIFT 4 /* 5:4, ranges in use */
#define DCD_CXL_CAP_RESET (1u << 7)
#define DCD_CXL_CAP_RESET_TIMEOUT_SHIFT 8 /* 10:8, 0: 10 ms */
#define DCD_CXL_CAP_RESET_MEM_CLEAR (1u << 11)
#define DCD_CXL_IO_ENABLE (1u << 1)
#define DCD_CXL_MEM_ENABLE (1u << 2)
#define DCD_CXL_INITIATE_RESET (1u << 2)
#define DCD_CXL_RESET_MEM_CLEAR (1u << 3)
#define DCD_CXL_RESET_COMPLETE (1u << 1)
#define DCD_CXL_CONFIG_LOCK (1u << 0)
/* Size low: information valid, memory active, type and class by CDAT. */
#define DCD_CXL_RANGE_INFO 0x4bu

/* MSI-X, PCIe 6.0 7.7.2: sixteen bytes a vector. */
#define DCD_MSIX_VECTORS 8u
#define DCD_MSIX_ENTRY_SIZE 16u
#define DCD_MSIX_VECTOR_CONTROL 12u
#define DCD_MSIX_MASKED 1u

/* What each vector is for. */
enum dcd_vector {
    DCD_VECTOR_DOE = 0,
    DCD_VECTOR_INFORMATIONAL = 2,
    DCD_VECTOR_WARNING = 3,
    DCD_VECTOR_FAILURE = 4,
    DCD_VECTOR_FATAL = 5,
    DCD_VECTOR_DYNAMIC_CAPACITY = 6,
    DCD_VECTOR_MAILBOX = 7,
};

/* Device registers, CXL r3.1 8.2.8; offsets from DCD_BAR_DEVICE. */
#define DCD_DEV_CAPABILITY_ARRAY 0x00u
#define DCD_DEV_STATUS 0x80u
#define DCD_DEV_MAILBOX 0x88u

/* Event Status bits are 1 << log id (8.2.8.3.1). */

/* Mailbox registers, 8.2.8.4.3-8.2.8.4.8, from DCD_DEV_MAILBOX. */
#define DCD_MBOX_CAPABILITIES 0x00u
#define DCD_MBOX_CONTROL 0x04u
#define DCD_MBOX_COMMAND 0x08u
#define DCD_MBOX_STATUS 0x10u
#define DCD_MBOX_BACKGROUND_STATUS 0x18u
#define DCD_MBOX_PAYLOAD 0x20u
#define DCD_MBOX_MIN_PAYLOAD 256u
#define DCD_MBOX_MAX_PAYLOAD (1u << 20)

#define DCD_MBOX_CAP_SIZE_MASK 0x1fu
#define DCD_MBOX_CAP_DOORBELL_INTERRUPT (1u << 5)
#define DCD_MBOX_CAP_BACKGROUND_INTERRUPT (1u << 6)
#define DCD_MBOX_CAP_MESSAGE_SHIFT 7
#define DCD_MBOX_DOORBELL 1u
#define DCD_MBOX_DOORBELL_INTERRUPT 2u
#define DCD_MBOX_BACKGROUND_INTERRUPT 4u
#define DCD_MBOX_LENGTH_SHIFT 16
#define DCD_MBOX_LENGTH_MASK 0x1fffffu
#define DCD_MBOX_BACKGROUND_RUNNING 1u
#define DCD_MBOX_PERCENT_SHIFT 16 /* background status */
#define DCD_MBOX_RETURN_CODE_SHIFT 32

/* Memory Device Status, 8.2.8.5.1.1, behind the mailbox payload. */
#define DCD_MEMDEV_MEDIA_READY (1u << 2)
#define DCD_MEMDEV_MAILBOX_READY (1u << 4)
#define DCD_MEMDEV_MEDIA_SHIFT 2        /* 3:2, enum dcd_media_status */
#define DCD_MEMDEV_RESET_NEEDED_SHIFT 5 /* 7:5 */

enum dcd_media_status {
    DCD_MEDIA_NOT_READY = 0,
    DCD_MEDIA_READY = 1,
    DCD_MEDIA_ERROR = 2,
    DCD_MEDIA_DISABLED = 3, /* a sanitize runs, or has not succeeded */
};

enum dcd_reset_needed {
    DCD_RESET_NEEDED_NONE = 0,
    DCD_RESET_NEEDED_COLD = 1,
    DCD_RESET_NEEDED_WARM = 2,
    DCD_RESET_NEEDED_HOT = 3,
    DCD_RESET_NEEDED_CXL = 4,
};

/* Offset of the Memory Device Status register for a mailbox of [payload] B. */
#define DCD_DEV_MEMDEV_STATUS(payload) \
    (DCD_DEV_MAILBOX + DCD_MBOX_PAYLOAD + (payload))

#endif
