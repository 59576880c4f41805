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
#define DCD_MBOX_CAP_BACKGROUND_INTERRUPT (1u << 6)
#define DCD_MBOX_CAP_MESSAGE_SHIFT 7
#define DCD_MBOX_DOORBELL 1u
#define DCD_MBOX_DOORBELL_INTERRUPT 2u
#define DCD_MBOX_BACKGROUND_INTERRUPT 4u
#define DCD_MBOX_LENGTH_SHIFT 16
#define DCD_MBOX_LENGTH_MASK 0x1fffffu
#define DCD_MBOX_BACKGROUND_RUNNING 1u
#define DCD_MBOX_RETURN_CODE_SHIFT 32

/* Memory Device Status, 8.2.8.5.1.1, behind the mailbox payload. */
#define DCD_MEMDEV_MEDIA_READY (1u << 2)
#define DCD_MEMDEV_MAILBOX_READY (1u << 4)

/* Offset of the Memory Device Status register for a mailbox of [payload] B. */
#define DCD_DEV_MEMDEV_STATUS(payload) \
    (DCD_DEV_MAILBOX + DCD_MBOX_PAYLOAD + (payload))

#endif
