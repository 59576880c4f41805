/* SPDX-License-Identifier: Apache-2.0 */
/* generic.h - generic component commands: 00xxh, 02xxh to 06xxh. */
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

/* 0002h Background Operation Status out, CXL r3.1 8.2.9.1.2. */
struct dcd_background_status_rsp {
    uint8_t status; /* 0 running, 7:1 percent complete */
    uint8_t reserved;
    struct dcd_le16 opcode; /* 0: there was none */
    struct dcd_le16 return_code;
    struct dcd_le16 extended_status;
};
DCD_SIZE_ASSERT(struct dcd_background_status_rsp, 8);

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

/* 0200h Get FW Info out, CXL r3.1 8.2.9.3.1. */
#define DCD_FW_MAX_SLOTS 4

struct dcd_fw_info_rsp {
    uint8_t slots;
    uint8_t slot_info;    /* 2:0 active, 5:3 staged (0: none); from 1 */
    uint8_t capabilities; /* DCD_FW_ONLINE_ACTIVATION */
    uint8_t reserved[0xd];
    char revision[DCD_FW_MAX_SLOTS][16]; /* ASCII; zero: the slot is empty */
};
DCD_SIZE_ASSERT(struct dcd_fw_info_rsp, 0x50);

#define DCD_FW_ONLINE_ACTIVATION 1u

/* 0201h Transfer FW, CXL r3.1 8.2.9.3.2: then a part of the image. */
struct dcd_transfer_fw_req {
    uint8_t action; /* enum dcd_fw_transfer */
    uint8_t slot;   /* of full and end */
    uint8_t reserved[2];
    struct dcd_le32 offset; /* of the part in the image, in 128 bytes */
    uint8_t reserved2[0x78];
};
DCD_SIZE_ASSERT(struct dcd_transfer_fw_req, 0x80);

#define DCD_FW_OFFSET_UNIT 128u

enum dcd_fw_transfer {
    DCD_FW_FULL = 0,
    DCD_FW_START = 1,
    DCD_FW_CONTINUE = 2,
    DCD_FW_END = 3,
    DCD_FW_ABORT = 4,
};

/* 0202h Activate FW, CXL r3.1 8.2.9.3.3. */
struct dcd_activate_fw_req {
    uint8_t action; /* DCD_FW_ACTIVATE_... */
    uint8_t slot;
};
DCD_SIZE_ASSERT(struct dcd_activate_fw_req, 2);

#define DCD_FW_ACTIVATE_ONLINE 0u
#define DCD_FW_ACTIVATE_ON_RESET 1u

/* 0500h Get Supported Features, CXL r3.1 8.2.9.6.1. */
struct dcd_get_supported_features_req {
    struct dcd_le32 count; /* bytes of output wanted */
    struct dcd_le16 start; /* index of the first feature */
    uint8_t reserved[2];
};
DCD_SIZE_ASSERT(struct dcd_get_supported_features_req, 8);

struct dcd_get_supported_features_rsp {
    struct dcd_le16 returned;
    struct dcd_le16 supported;
    uint8_t reserved[4];
    /* returned entries */
};
DCD_SIZE_ASSERT(struct dcd_get_supported_features_rsp, 8);

struct dcd_supported_feature {
    struct dcd_uuid id;
    struct dcd_le16 index;
    struct dcd_le16 get_size; /* bytes */
    struct dcd_le16 set_size; /* bytes; 0: read-only */
    struct dcd_le32 attributes;
    uint8_t get_version;
    uint8_t set_version;
    struct dcd_le16 set_effects; /* DCD_EFFECT_... */
    uint8_t reserved[18];
};
DCD_SIZE_ASSERT(struct dcd_supported_feature, 0x30);

/* Attributes: changeable; which resets the value in use survives; and whether
 * default and saved value can be asked for. */
#define DCD_FEATURE_CHANGEABLE 1u
#define DCD_FEATURE_PERSISTENCE_SHIFT 1 /* 3:1 */
#define DCD_FEATURE_PERSISTENCE_MASK 7u
#define DCD_FEATURE_KEPT_BY_FW_UPDATE (1u << 4)
#define DCD_FEATURE_DEFAULT_KNOWN (1u << 5)
#define DCD_FEATURE_SAVED_KNOWN (1u << 6)

/* Attributes 3:1: the least of the resets that bring back the saved value;
 * those below keep the value in use (CXL r3.1 Table 8-98). */
enum dcd_feature_persistence {
    DCD_FEATURE_RESTORED_TO_DEFAULT = 0, /* by all, and there is none saved */
    DCD_FEATURE_RESTORED_BY_CXL_RESET = 1,
    DCD_FEATURE_RESTORED_BY_HOT_RESET = 2,
    DCD_FEATURE_RESTORED_BY_WARM_RESET = 3,
    DCD_FEATURE_RESTORED_BY_COLD_RESET = 4,
};

/* 0501h Get Feature, CXL r3.1 8.2.9.6.2: out are the raw bytes. */
struct dcd_get_feature_req {
    struct dcd_uuid id;
    struct dcd_le16 offset;
    struct dcd_le16 count;
    uint8_t selection; /* enum dcd_feature_selection */
};
DCD_SIZE_ASSERT(struct dcd_get_feature_req, 0x15);

enum dcd_feature_selection {
    DCD_FEATURE_CURRENT = 0,
    DCD_FEATURE_DEFAULT = 1,
    DCD_FEATURE_SAVED = 2,
};

/* 0502h Set Feature, CXL r3.1 8.2.9.6.3: then data. */
struct dcd_set_feature_req {
    struct dcd_uuid id;
    struct dcd_le32 flags; /* 2:0 enum dcd_feature_transfer; 3 ..._SAVE */
    struct dcd_le16 offset;
    uint8_t version;
    uint8_t reserved[9];
};
DCD_SIZE_ASSERT(struct dcd_set_feature_req, 0x20);

#define DCD_FEATURE_TRANSFER_MASK 7u
#define DCD_FEATURE_SAVE (1u << 3)

enum dcd_feature_transfer {
    DCD_FEATURE_FULL = 0,
    DCD_FEATURE_START = 1,
    DCD_FEATURE_CONTINUE = 2,
    DCD_FEATURE_END = 3,
    DCD_FEATURE_ABORT = 4,
};

/* 0600h Perform Maintenance, CXL r3.1 8.2.9.7.1: then parameters. */
struct dcd_perform_maintenance_req {
    uint8_t operation_class; /* enum dcd_maintenance_class */
    uint8_t subclass;
};
DCD_SIZE_ASSERT(struct dcd_perform_maintenance_req, 2);

enum dcd_maintenance_class {
    DCD_MAINTENANCE_NONE = 0,
    DCD_MAINTENANCE_PPR = 1,     /* 0 soft, 1 hard */
    DCD_MAINTENANCE_SPARING = 2, /* 0 cacheline, 1 row, 2 bank, 3 rank */
};

#define DCD_PPR_SOFT 0u
#define DCD_PPR_HARD 1u
#define DCD_SPARING_CACHELINE 0u
#define DCD_SPARING_ROW 1u
#define DCD_SPARING_BANK 2u
#define DCD_SPARING_RANK 3u

/* Parameters of PPR, CXL r3.1 8.2.9.7.1.2-.3. */
struct dcd_ppr_parameters {
    uint8_t flags; /* DCD_REPAIR_QUERY */
    struct dcd_le64 dpa;
    struct dcd_le24 nibble_mask;
};
DCD_SIZE_ASSERT(struct dcd_ppr_parameters, 0xc);

/* Parameters of memory sparing, CXL r3.1 8.2.9.7.1.4. */
struct dcd_sparing_parameters {
    uint8_t flags; /* DCD_REPAIR_QUERY, DCD_SPARING_... */
    uint8_t channel;
    uint8_t rank;
    struct dcd_le24 nibble_mask;
    uint8_t bank_group;
    uint8_t bank;
    struct dcd_le24 row;
    struct dcd_le16 column;
    uint8_t sub_channel;
};
DCD_SIZE_ASSERT(struct dcd_sparing_parameters, 0xe);

#define DCD_REPAIR_QUERY 1u /* are there spares? nothing is repaired */
#define DCD_SPARING_HARD (1u << 1)
#define DCD_SPARING_SUB_CHANNEL_VALID (1u << 2)
#define DCD_SPARING_NIBBLE_MASK_VALID (1u << 3)

#endif
