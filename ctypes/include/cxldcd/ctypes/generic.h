/* SPDX-License-Identifier: Apache-2.0 */
/* generic.h - generic component commands: 0001h, 0003h, 0004h, 03xxh, 04xxh. */
#ifndef CXLDCD_CTYPES_GENERIC_H
#define CXLDCD_CTYPES_GENERIC_H

#include <cxldcd/ctypes/le.h>
#include <cxldcd/ctypes/uuid.h>

/* 0001h Identify, CXL r3.1 8.2.9.1.1. */
struct dcd_identify_rsp {
    struct dcd_le16 vendor_id;
    struct dcd_le16 device_id;
    struct dcd_le16 subsystem_vendor_id;
    struct dcd_le16 subsystem_id;
    struct dcd_le64 serial;
    uint8_t message_limit;  /* n of 2^n bytes, the largest supported */
    uint8_t component_type; /* DCD_COMPONENT_TYPE3 */
};
DCD_SIZE_ASSERT(struct dcd_identify_rsp, 0x12);

#define DCD_COMPONENT_SWITCH 0x00u
#define DCD_COMPONENT_TYPE3 0x03u

/* 0003h out, 0004h in and out, CXL r3.1 8.2.9.1.3-.4. */
struct dcd_message_limit {
    uint8_t limit; /* n of 2^n bytes */
};
DCD_SIZE_ASSERT(struct dcd_message_limit, 1);

#define DCD_MESSAGE_LIMIT_MIN 8u  /* 256 B */
#define DCD_MESSAGE_LIMIT_MAX 20u /* 1 MiB */

/* 0300h out, 0301h in, CXL r3.1 8.2.9.4. */
struct dcd_timestamp {
    struct dcd_le64 ns; /* since 1970; 0: never set */
};
DCD_SIZE_ASSERT(struct dcd_timestamp, 8);

/* 0400h Get Supported Logs, CXL r3.1 8.2.9.5.1. */
struct dcd_supported_logs_rsp {
    struct dcd_le16 count;
    uint8_t reserved[6];
    /* count entries */
};
DCD_SIZE_ASSERT(struct dcd_supported_logs_rsp, 8);

struct dcd_supported_log {
    struct dcd_uuid log;
    struct dcd_le32 size; /* bytes */
};
DCD_SIZE_ASSERT(struct dcd_supported_log, 0x14);

/* 0401h Get Log, CXL r3.1 8.2.9.5.2: out are the raw bytes asked for. */
struct dcd_get_log_req {
    struct dcd_uuid log;
    struct dcd_le32 offset; /* bytes */
    struct dcd_le32 length; /* bytes */
};
DCD_SIZE_ASSERT(struct dcd_get_log_req, 0x18);

/* Command Effects Log entry, CXL r3.1 8.2.9.5.2.1. */
struct dcd_cel_entry {
    struct dcd_le16 opcode;
    struct dcd_le16 effects; /* DCD_EFFECT_... */
};
DCD_SIZE_ASSERT(struct dcd_cel_entry, 4);

#define DCD_EFFECT_CONFIG_AFTER_COLD_RESET (1u << 0)
#define DCD_EFFECT_IMMEDIATE_CONFIG (1u << 1)
#define DCD_EFFECT_IMMEDIATE_DATA (1u << 2)
#define DCD_EFFECT_IMMEDIATE_POLICY (1u << 3)
#define DCD_EFFECT_IMMEDIATE_LOG (1u << 4)
#define DCD_EFFECT_SECURITY (1u << 5)
#define DCD_EFFECT_BACKGROUND (1u << 6)
#define DCD_EFFECT_SECONDARY_MAILBOX (1u << 7)
#define DCD_EFFECT_ABORTABLE (1u << 8)
#define DCD_EFFECT_RESET_BITS_VALID (1u << 9)
#define DCD_EFFECT_CONFIG_AFTER_CONVENTIONAL_RESET (1u << 10)
#define DCD_EFFECT_CONFIG_AFTER_CXL_RESET (1u << 11)

#endif
