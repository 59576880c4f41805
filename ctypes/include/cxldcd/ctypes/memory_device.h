/* SPDX-License-Identifier: Apache-2.0 */
/* memory_device.h - the memory device command sets 40xxh to 45xxh. */
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

/* 4101h Set Partition Info, CXL r3.1 8.2.9.9.2.2. */
struct dcd_set_partition_info_req {
    /* Of what can be either, in DCD_CAPACITY_UNIT; the rest is persistent. */
    struct dcd_le64 volatile_capacity;
    uint8_t flags; /* DCD_PARTITION_IMMEDIATE */
};
DCD_SIZE_ASSERT(struct dcd_set_partition_info_req, 9);

#define DCD_PARTITION_IMMEDIATE 1u /* else with the next conventional reset */

/* 4102h Get LSA in, 4103h Set LSA in (bytes follow), 8.2.9.9.2.3-.4. */
struct dcd_get_lsa_req {
    struct dcd_le32 offset; /* bytes */
    struct dcd_le32 length; /* bytes */
};
DCD_SIZE_ASSERT(struct dcd_get_lsa_req, 8);

struct dcd_set_lsa_req {
    struct dcd_le32 offset; /* bytes */
    uint8_t reserved[4];
};
DCD_SIZE_ASSERT(struct dcd_set_lsa_req, 8);

/* 4200h Get Health Info, CXL r3.1 8.2.9.9.3.1. */
struct dcd_health_info_rsp {
    uint8_t health;     /* DCD_HEALTH_... */
    uint8_t media;      /* enum dcd_media_health */
    uint8_t additional; /* 1:0 life, 3:2 temperature, 4 volatile, 5 persistent
                           corrected errors; DCD_HEALTH_LEVEL_... */
    uint8_t life_used;  /* %; FFh: not known */
    struct dcd_le16 temperature; /* degrees Celsius, signed; 7FFFh: not known */
    struct dcd_le32 dirty_shutdowns;
    struct dcd_le32 corrected_volatile;
    struct dcd_le32 corrected_persistent;
};
DCD_SIZE_ASSERT(struct dcd_health_info_rsp, 0x12);

#define DCD_HEALTH_MAINTENANCE_NEEDED 1u
#define DCD_HEALTH_PERFORMANCE_DEGRADED 2u
#define DCD_HEALTH_REPLACEMENT_NEEDED 4u
#define DCD_HEALTH_CAPACITY_DEGRADED 8u
#define DCD_HEALTH_LIFE_SHIFT 0 /* of the level, in additional */
#define DCD_HEALTH_TEMPERATURE_SHIFT 2
#define DCD_HEALTH_CORRECTED_VOLATILE 0x10u
#define DCD_HEALTH_CORRECTED_PERSISTENT 0x20u
#define DCD_HEALTH_LEVEL_NORMAL 0u
#define DCD_HEALTH_LEVEL_WARNING 1u
#define DCD_HEALTH_LEVEL_CRITICAL 2u

enum dcd_media_health {
    DCD_MEDIA_HEALTH_NORMAL = 0,
    DCD_MEDIA_HEALTH_NOT_READY = 1,
    DCD_MEDIA_HEALTH_PERSISTENCY_LOST = 2,
    DCD_MEDIA_HEALTH_DATA_LOST = 3,
};

/* 4201h Get Alert Configuration, CXL r3.1 8.2.9.9.3.2. Temperatures are signed
 * degrees Celsius. */
struct dcd_alert_config_rsp {
    uint8_t valid;        /* DCD_ALERT_..., those that are reported */
    uint8_t programmable; /* those that 4202h can set */
    uint8_t life_critical;
    uint8_t life_warning;
    struct dcd_le16 over_temperature_critical;
    struct dcd_le16 under_temperature_critical;
    struct dcd_le16 over_temperature_warning;
    struct dcd_le16 under_temperature_warning;
    struct dcd_le16 corrected_volatile_warning;
    struct dcd_le16 corrected_persistent_warning;
};
DCD_SIZE_ASSERT(struct dcd_alert_config_rsp, 0x10);

/* 4202h Set Alert Configuration, CXL r3.1 8.2.9.9.3.3. */
struct dcd_set_alert_config_req {
    uint8_t valid;  /* DCD_ALERT_...: which of the values below to take */
    uint8_t enable; /* DCD_ALERT_...: which of those to switch on */
    uint8_t life_warning;
    uint8_t reserved;
    struct dcd_le16 over_temperature_warning;
    struct dcd_le16 under_temperature_warning;
    struct dcd_le16 corrected_volatile_warning;
    struct dcd_le16 corrected_persistent_warning;
};
DCD_SIZE_ASSERT(struct dcd_set_alert_config_req, 0xc);

#define DCD_ALERT_LIFE_USED 0x01u
#define DCD_ALERT_OVER_TEMPERATURE 0x02u
#define DCD_ALERT_UNDER_TEMPERATURE 0x04u
#define DCD_ALERT_CORRECTED_VOLATILE 0x08u
#define DCD_ALERT_CORRECTED_PERSISTENT 0x10u
#define DCD_ALERT_ALL 0x1fu

/* 4203h out, 4204h in, CXL r3.1 8.2.9.9.3.4-.5. */
struct dcd_shutdown_state {
    uint8_t state; /* DCD_SHUTDOWN_DIRTY */
};
DCD_SIZE_ASSERT(struct dcd_shutdown_state, 1);

#define DCD_SHUTDOWN_DIRTY 1u

/* A line of memory, the grain of poison. */
#define DCD_LINE 64u

/* Range of 4300h, 4303h and 4304h; 4304h has a byte of flags behind it. */
struct dcd_media_range {
    struct dcd_le64 dpa;    /* 5:0 zero; 4300h: DCD_POISON_RESTART */
    struct dcd_le64 length; /* in DCD_LINE */
};
DCD_SIZE_ASSERT(struct dcd_media_range, 0x10);

#define DCD_POISON_RESTART 1u /* list from the start of the range again */

/* 4300h Get Poison List out, CXL r3.1 8.2.9.9.4.1. */
struct dcd_poison_list_rsp {
    uint8_t flags; /* DCD_POISON_LIST_... */
    uint8_t reserved;
    struct dcd_le64 overflow_timestamp; /* ns since 1970 */
    struct dcd_le16 count;
    uint8_t reserved2[0x14];
    /* count records */
};
DCD_SIZE_ASSERT(struct dcd_poison_list_rsp, 0x20);

#define DCD_POISON_LIST_MORE 1u
#define DCD_POISON_LIST_OVERFLOW 2u
#define DCD_POISON_LIST_SCAN_RUNNING 4u
#define DCD_POISON_LIST_RESTARTED 8u

/* Media Error Record, CXL r3.1 8.2.9.9.4.1; also in 4305h. */
struct dcd_media_error {
    struct dcd_le64 dpa;    /* 63:6; 2:0 source, enum dcd_poison_source */
    struct dcd_le32 length; /* in DCD_LINE */
    uint8_t reserved[4];
};
DCD_SIZE_ASSERT(struct dcd_media_error, 0x10);

enum dcd_poison_source {
    DCD_POISON_UNKNOWN = 0,
    DCD_POISON_EXTERNAL = 1,
    DCD_POISON_INTERNAL = 2,
    DCD_POISON_INJECTED = 3,
    DCD_POISON_VENDOR = 7,
};

/* 4301h Inject Poison, CXL r3.1 8.2.9.9.4.2. */
struct dcd_inject_poison_req {
    struct dcd_le64 dpa;
};
DCD_SIZE_ASSERT(struct dcd_inject_poison_req, 8);

/* 4302h Clear Poison, CXL r3.1 8.2.9.9.4.3. */
struct dcd_clear_poison_req {
    struct dcd_le64 dpa;
    uint8_t data[DCD_LINE]; /* what the line holds afterwards */
};
DCD_SIZE_ASSERT(struct dcd_clear_poison_req, 0x48);

/* 4303h Get Scan Media Capabilities out, CXL r3.1 8.2.9.9.4.4. */
struct dcd_scan_media_caps_rsp {
    struct dcd_le32 ms; /* that a scan of the range takes */
};
DCD_SIZE_ASSERT(struct dcd_scan_media_caps_rsp, 4);

/* 4304h Scan Media, CXL r3.1 8.2.9.9.4.5. */
struct dcd_scan_media_req {
    struct dcd_media_range range;
    uint8_t flags; /* DCD_SCAN_NO_EVENTS */
};
DCD_SIZE_ASSERT(struct dcd_scan_media_req, 0x11);

#define DCD_SCAN_NO_EVENTS 1u

/* 4305h Get Scan Media Results out, CXL r3.1 8.2.9.9.4.6. */
struct dcd_scan_media_results_rsp {
    struct dcd_le64 restart_dpa; /* where to go on, if stopped early */
    struct dcd_le64 restart_length;
    uint8_t flags; /* DCD_SCAN_... */
    uint8_t reserved;
    struct dcd_le16 count;
    uint8_t reserved2[0xc];
    /* count of struct dcd_media_error */
};
DCD_SIZE_ASSERT(struct dcd_scan_media_results_rsp, 0x20);

#define DCD_SCAN_MORE 1u
#define DCD_SCAN_STOPPED_EARLY 2u

/* 4402h Media Operations, CXL r3.1 8.2.9.9.5.3: then the ranges, then what the
 * operation needs. */
struct dcd_media_operations_req {
    uint8_t operation_class; /* DCD_MEDIA_OPERATION_... */
    uint8_t subclass;
    uint8_t reserved[2];
    struct dcd_le32 count; /* ranges */
};
DCD_SIZE_ASSERT(struct dcd_media_operations_req, 8);

struct dcd_media_operation_range {
    struct dcd_le64 dpa;
    struct dcd_le64 length; /* bytes */
};
DCD_SIZE_ASSERT(struct dcd_media_operation_range, 0x10);

#define DCD_MEDIA_OPERATION_GENERAL 0u  /* 0: discovery */
#define DCD_MEDIA_OPERATION_SANITIZE 1u /* 0: sanitize, 1: zero */

/* Discovery: in, behind the ranges (of which there are none), and out. */
struct dcd_media_discovery_req {
    struct dcd_le16 start;
    struct dcd_le16 max;
};
DCD_SIZE_ASSERT(struct dcd_media_discovery_req, 4);

struct dcd_media_discovery_rsp {
    struct dcd_le64 granularity; /* bytes, of the ranges */
    struct dcd_le16 total;
    struct dcd_le16 returned;
    /* returned pairs of class and subclass, two bytes each */
};
DCD_SIZE_ASSERT(struct dcd_media_discovery_rsp, 0xc);

/* 4500h Get Security State out, CXL r3.1 8.2.9.9.6.1. */
struct dcd_security_state_rsp {
    struct dcd_le32 state; /* 0: no passphrase, not locked, not frozen */
};
DCD_SIZE_ASSERT(struct dcd_security_state_rsp, 4);

#endif
