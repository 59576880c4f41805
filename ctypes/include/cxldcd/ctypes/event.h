/* SPDX-License-Identifier: Apache-2.0 */
/* event.h - event records and the commands 0100h-0103h that carry them. */
#ifndef CXLDCD_CTYPES_EVENT_H
#define CXLDCD_CTYPES_EVENT_H

#include <cxldcd/ctypes/extent.h>
#include <cxldcd/ctypes/le.h>
#include <cxldcd/ctypes/uuid.h>

#ifdef __cplusplus
extern "C" {
#endif

enum dcd_event_log_id {
    DCD_LOG_INFORMATIONAL = 0,
    DCD_LOG_WARNING = 1,
    DCD_LOG_FAILURE = 2,
    DCD_LOG_FATAL = 3,
    DCD_LOG_DYNAMIC_CAPACITY = 4,
    DCD_LOG_COUNT = 5,
};

/* Common Event Record header, CXL r3.1 8.2.9.2.1, Table 8-43 (r3.2: LD, head).
 */
struct dcd_event_header {
    struct dcd_uuid type;
    uint8_t length;            /* 80h */
    struct dcd_le24 flags;     /* DCD_EVENT_SEVERITY_..., DCD_EVENT_... */
    struct dcd_le16 handle;    /* never 0 */
    struct dcd_le16 related;   /* 0: none */
    struct dcd_le64 timestamp; /* ns since 1970, 0: clock was never set */
    uint8_t maintenance_class;
    uint8_t maintenance_subclass; /* r3.1 */
    struct dcd_le16 ld_id;        /* r3.2, valid with DCD_EVENT_LD_ID_VALID */
    uint8_t head_id;              /* r3.2, valid with DCD_EVENT_HEAD_ID_VALID */
    uint8_t reserved[0xb];
};
DCD_SIZE_ASSERT(struct dcd_event_header, 0x30);

#define DCD_EVENT_SEVERITY_INFO 0u
#define DCD_EVENT_SEVERITY_MASK 3u
#define DCD_EVENT_LD_ID_VALID (1u << 7)
#define DCD_EVENT_HEAD_ID_VALID (1u << 8)

#define DCD_EVENT_RECORD_SIZE 0x80

enum dcd_dc_event_type {
    DCD_EVENT_ADD_CAPACITY = 0,      /* to a host */
    DCD_EVENT_RELEASE_CAPACITY = 1,  /* to a host */
    DCD_EVENT_FORCED_RELEASE = 2,    /* to a host */
    DCD_EVENT_REGION_UPDATED = 3,    /* to a host */
    DCD_EVENT_ADD_RESPONSE = 4,      /* to the fabric manager */
    DCD_EVENT_CAPACITY_RELEASED = 5, /* to the fabric manager */
};

/* Dynamic Capacity Event Record, CXL r3.1 8.2.9.2.1.6, Table 8-50. */
struct dcd_dc_event {
    struct dcd_event_header header;
    uint8_t type;            /* enum dcd_dc_event_type */
    uint8_t validity;        /* DCD_EVENT_AVAILABLE_VALID */
    struct dcd_le16 host_id; /* types 4 and 5 */
    uint8_t region;          /* type 3 */
    uint8_t flags;           /* DCD_EVENT_MORE */
    uint8_t reserved[2];
    struct dcd_extent_wire extent;
    uint8_t reserved2[0x18];
    struct dcd_le32 available_extents;
    struct dcd_le32 available_tags;
};
DCD_SIZE_ASSERT(struct dcd_dc_event, DCD_EVENT_RECORD_SIZE);

#define DCD_EVENT_AVAILABLE_VALID 1u /* both available fields are valid */
#define DCD_EVENT_MORE 1u /* the next record belongs to the same event */

/* General Media Event Record, CXL r3.1 8.2.9.2.1.1. */
struct dcd_general_media_event {
    struct dcd_event_header header;
    struct dcd_le64 dpa;      /* 63:6; 0 volatile, 1 cannot be repaired */
    uint8_t descriptor;       /* DCD_MEDIA_EVENT_... */
    uint8_t type;             /* 0: ECC error */
    uint8_t transaction;      /* enum dcd_media_transaction */
    struct dcd_le16 validity; /* of the members below */
    uint8_t channel;
    uint8_t rank;
    struct dcd_le24 device;
    uint8_t component[16];
    uint8_t reserved[46];
};
DCD_SIZE_ASSERT(struct dcd_general_media_event, DCD_EVENT_RECORD_SIZE);

#define DCD_MEDIA_EVENT_VOLATILE 1u        /* in dpa */
#define DCD_MEDIA_EVENT_UNCORRECTABLE 1u   /* in descriptor */
#define DCD_MEDIA_EVENT_POISON_OVERFLOW 4u /* in descriptor */

enum dcd_media_transaction {
    DCD_MEDIA_TRANSACTION_UNKNOWN = 0,
    DCD_MEDIA_TRANSACTION_READ = 1,
    DCD_MEDIA_TRANSACTION_WRITE = 2,
    DCD_MEDIA_TRANSACTION_SCAN = 3,
    DCD_MEDIA_TRANSACTION_INJECT = 4,
};

/* Memory Sparing Event Record, CXL r3.1 8.2.9.2.1.4, Table 8-48: how a repair
 * ended (0600h), and what is left to repair with. */
struct dcd_memory_sparing_event {
    struct dcd_event_header header;
    uint8_t operation_class; /* enum dcd_maintenance_class */
    uint8_t subclass;
    uint8_t flags;            /* 0 query, 1 hard, 2 begun by the device */
    uint8_t result;           /* 0 success, 1 no spares, FFh failure */
    struct dcd_le16 validity; /* of channel and what follows */
    uint8_t reserved[6];
    struct dcd_le16 spares; /* left; 3 stands for more, too */
    uint8_t channel;
    uint8_t rank;
    struct dcd_le24 nibble_mask;
    uint8_t bank_group;
    uint8_t bank;
    struct dcd_le24 row;
    struct dcd_le16 column;
    uint8_t component[16];
    uint8_t sub_channel;
    uint8_t reserved2[0x25];
};
DCD_SIZE_ASSERT(struct dcd_memory_sparing_event, DCD_EVENT_RECORD_SIZE);

#define DCD_SPARING_EVENT_HARD (1u << 1)
#define DCD_SPARING_EVENT_MANY 3u

/* "add-capacity" for 0; "unknown" for a type outside the table. */
const char *dcd_dc_event_name(uint8_t type);

/* 0100h Get Event Records, CXL r3.1 8.2.9.2.2: in one byte, the log. */
struct dcd_get_event_records_req {
    uint8_t log;
};
DCD_SIZE_ASSERT(struct dcd_get_event_records_req, 1);

struct dcd_get_event_records_rsp {
    uint8_t flags; /* DCD_GET_EVENTS_... */
    uint8_t reserved;
    struct dcd_le16 overflow_count; /* saturates; valid with OVERFLOW */
    struct dcd_le64 first_overflow;
    struct dcd_le64 last_overflow;
    struct dcd_le16 count;
    uint8_t reserved2[0xa];
    /* count records of DCD_EVENT_RECORD_SIZE, oldest first */
};
DCD_SIZE_ASSERT(struct dcd_get_event_records_rsp, 0x20);

#define DCD_GET_EVENTS_OVERFLOW 1u
#define DCD_GET_EVENTS_MORE 2u

/* 0101h Clear Event Records, CXL r3.1 8.2.9.2.3. */
struct dcd_clear_event_records_req {
    uint8_t log;
    uint8_t flags; /* DCD_CLEAR_EVENTS_ALL */
    uint8_t count; /* handles that follow, two bytes each */
    uint8_t reserved[3];
};
DCD_SIZE_ASSERT(struct dcd_clear_event_records_req, 6);

#define DCD_CLEAR_EVENTS_ALL 1u

/* 0102h, 0103h Event Interrupt Policy, CXL r3.1 8.2.9.2.4: a byte a log. */
struct dcd_interrupt_policy {
    uint8_t setting[DCD_LOG_COUNT]; /* mode 1:0, message number 7:4 */
};
DCD_SIZE_ASSERT(struct dcd_interrupt_policy, 5);

#define DCD_INTERRUPT_MODE_MASK 3u
#define DCD_INTERRUPT_NONE 0u
#define DCD_INTERRUPT_MSI 1u
#define DCD_INTERRUPT_FIRMWARE 2u
#define DCD_INTERRUPT_MESSAGE_SHIFT 4 /* 7:4; set with FIRMWARE only */

/* 0104h out, 0105h and 0106h in, CXL r3.1 8.2.9.2.6-.8. */
struct dcd_mctp_event_policy {
    struct dcd_le16 events; /* bit n: event log n, DCD_NOTIFY_... */
};
DCD_SIZE_ASSERT(struct dcd_mctp_event_policy, 2);

#define DCD_NOTIFY_LOG(log) (1u << (log))
#define DCD_NOTIFY_LOGS ((1u << DCD_LOG_COUNT) - 1)
#define DCD_NOTIFY_BACKGROUND (1u << 15) /* an operation has ended */

#ifdef __cplusplus
}
#endif
#endif
