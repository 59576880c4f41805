/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cci.h - the Component Command Interface: one command, from opcode to return
 * code (CXL r3.1 8.2.9, 7.6.3).
 *
 * Commands are rows of a table, sorted by opcode: one table for the mailbox of
 * a host, one for the FM's port, and one for the CCI of a logical device, which
 * the FM reaches through a tunnel. Checks that every command needs are made
 * here; the Command Effects Log is printed from the same rows.
 */
#ifndef DCD_CCI_H
#define DCD_CCI_H

#include "memory_device.h"
#include "qos.h"

#include <cxldcd/ctypes/return_code.h>

#include <string.h>

struct dcd_cci_call;

/* What the FM's commands ask of the device around them. */
struct dcd_cci_ops {
    void *context; /* handed to both */

    /* The FM's interrupt rises. */
    void (*notify)(void *context);

    /*
     * Runs [opcode] at the CCI of logical device [target], or at that of the
     * pool with DCD_PORT_FM. [call] comes with its buffers and its depth; who
     * runs it fills in the rest.
     */
    uint16_t (*tunnel)(void *context, unsigned target, uint16_t opcode,
                       struct dcd_cci_call *call);
};

/* One command while it runs. */
struct dcd_cci_call {
    const struct dcd_command_table *table; /* of the CCI that it is for */
    /* Where it came in: with a tunnel that is the FM's port, so that nothing
     * in it disturbs the mailbox of a host. */
    struct dcd_port *port;
    struct dcd_capacity *capacity;
    /* The head's or the logical device's; NULL at the FM's port. */
    struct dcd_memory_device *memory;
    struct dcd_qos *qos;
    const struct dcd_config *config;
    const struct dcd_cci_ops *ops;
    uint64_t now;   /* ps */
    unsigned depth; /* tunnels around it */
    const uint8_t *in;
    uint32_t in_length;
    uint8_t *out;          /* may not overlap [in] */
    uint32_t out_capacity; /* bytes that a response may have */
    uint32_t out_length;   /* set by the handler; 0 unless it succeeds */
    uint64_t duration;     /* ps; set with DCD_RC_BACKGROUND_STARTED */
};

/*
 * Decodes the request, calls a core, encodes the response, returns a return
 * code. With any code but success nothing has changed and no output counts.
 *
 * A command that goes on in the background checks everything, keeps what it
 * needs with the memory device, sets [duration] and answers
 * DCD_RC_BACKGROUND_STARTED. When that time is over, the row's [complete] is
 * called, without input and output; its code is that of the operation.
 */
typedef uint16_t dcd_command_handler(struct dcd_cci_call *call);

/* What a device needs to have a command at all. */
enum dcd_command_needs {
    DCD_NEEDS_NOTHING = 0,
    DCD_NEEDS_REGIONS = 1 << 0,       /* dynamic capacity */
    DCD_NEEDS_LABELS = 1 << 1,        /* a label storage area */
    DCD_NEEDS_PERSISTENCE = 1 << 2,   /* static persistent capacity, labels or
                                         a non-volatile region */
    DCD_NEEDS_PARTITIONABLE = 1 << 3, /* static capacity that can be either */
    DCD_NEEDS_HEADS = 1 << 5,         /* several heads */
    DCD_NEEDS_LDS = 1 << 6,           /* logical devices behind one port */
    DCD_NEEDS_TARGETS = 1 << 7, /* either: 5300h has somebody to lead to */
    /* Not a reason to be absent: media that are disabled answer 07h. */
    DCD_NEEDS_MEDIA = 1 << 4,
};

/* Input and output of a command: so many bytes, and as many units more as the
 * command likes; unit 0: exactly so many. */
struct dcd_command_length {
    uint32_t fixed;
    uint32_t unit;
};

struct dcd_command {
    uint16_t opcode;
    uint16_t effects; /* DCD_EFFECT_... */
    struct dcd_command_length in;
    struct dcd_command_length out;
    unsigned needs; /* enum dcd_command_needs */
    uint64_t codes; /* bit n: it can answer return code n */
    dcd_command_handler *handler;
    dcd_command_handler *complete; /* in the background, or NULL */
};

struct dcd_command_table {
    const struct dcd_command *commands; /* by rising opcode */
    size_t count;
};

extern const struct dcd_command_table dcd_mailbox_commands;
extern const struct dcd_command_table dcd_fm_commands;
/* What an FM may ask of a logical device without disturbing its host. */
extern const struct dcd_command_table dcd_ld_commands;

/* Whether the device, as configured, has this command. */
bool dcd_command_exists(const struct dcd_command *command,
                        const struct dcd_config *config);

/* The row of [opcode], or NULL: this device has no such command there. */
const struct dcd_command *dcd_cci_find(const struct dcd_command_table *table,
                                       const struct dcd_config *config,
                                       uint16_t opcode);

/*
 * Runs [opcode] with the checks of CXL r3.1 8.2.8.4.5.1 in order: unknown here
 * (03h) or known at another CCI only (15h), wrong length (16h), background
 * command while another runs (06h), media disabled (07h), and whatever the
 * handler finds. [max_in] is what the port can take. An operation that goes on
 * in the background is noted at the memory device.
 */
uint16_t dcd_cci_execute(struct dcd_cci_call *call, uint16_t opcode,
                         uint32_t max_in);

/* --- Handlers, by command set ------------------------------------------- */

/* commands_generic.c */
dcd_command_handler dcd_identify;
dcd_command_handler dcd_background_status_command;
dcd_command_handler dcd_get_message_limit;
dcd_command_handler dcd_set_message_limit;
dcd_command_handler dcd_get_timestamp;
dcd_command_handler dcd_set_timestamp;
dcd_command_handler dcd_request_abort;
/* commands_events.c */
dcd_command_handler dcd_get_event_records;
dcd_command_handler dcd_clear_event_records;
dcd_command_handler dcd_get_interrupt_policy;
dcd_command_handler dcd_set_interrupt_policy;
dcd_command_handler dcd_get_mctp_event_policy;
dcd_command_handler dcd_set_mctp_event_policy;
dcd_command_handler dcd_event_notification;
/* commands_logs.c */
dcd_command_handler dcd_get_supported_logs;
dcd_command_handler dcd_get_log;
/* commands_memory_device.c */
dcd_command_handler dcd_identify_memory_device;
dcd_command_handler dcd_get_partition_info;
dcd_command_handler dcd_set_partition_info;
dcd_command_handler dcd_get_lsa;
dcd_command_handler dcd_set_lsa;
dcd_command_handler dcd_get_security_state;
/* commands_health.c */
dcd_command_handler dcd_get_health_info;
dcd_command_handler dcd_get_alert_config;
dcd_command_handler dcd_set_alert_config;
dcd_command_handler dcd_get_shutdown_state;
dcd_command_handler dcd_set_shutdown_state;
/* commands_poison.c */
dcd_command_handler dcd_get_poison_list;
dcd_command_handler dcd_inject_poison;
dcd_command_handler dcd_clear_poison;
dcd_command_handler dcd_get_scan_media_caps;
dcd_command_handler dcd_scan_media;
dcd_command_handler dcd_scan_media_complete;
dcd_command_handler dcd_get_scan_media_results;
/* commands_sanitize.c */
dcd_command_handler dcd_sanitize;
dcd_command_handler dcd_sanitize_complete;
dcd_command_handler dcd_secure_erase;
dcd_command_handler dcd_media_operations;
dcd_command_handler dcd_media_operations_complete;
/* commands_firmware.c */
dcd_command_handler dcd_get_fw_info;
dcd_command_handler dcd_transfer_fw;
dcd_command_handler dcd_transfer_fw_complete;
dcd_command_handler dcd_activate_fw;
dcd_command_handler dcd_activate_fw_complete;
/* commands_features.c */
dcd_command_handler dcd_get_supported_features;
dcd_command_handler dcd_get_feature;
dcd_command_handler dcd_set_feature;
/* commands_maintenance.c */
dcd_command_handler dcd_perform_maintenance;
/* commands_dynamic_capacity.c */
dcd_command_handler dcd_get_dc_config;
dcd_command_handler dcd_get_dc_extent_list;
dcd_command_handler dcd_add_dc_response;
dcd_command_handler dcd_release_dc;
/* commands_fabric_manager.c */
dcd_command_handler dcd_get_dcd_info;
dcd_command_handler dcd_get_host_dc_config;
dcd_command_handler dcd_set_dc_region_config;
dcd_command_handler dcd_get_dc_region_extent_lists;
dcd_command_handler dcd_initiate_dc_add;
dcd_command_handler dcd_initiate_dc_release;
dcd_command_handler dcd_add_reference;
dcd_command_handler dcd_remove_reference;
dcd_command_handler dcd_list_tags;
/* commands_tunnel.c */
dcd_command_handler dcd_tunnel;
/* commands_logical_device.c */
dcd_command_handler dcd_get_ld_info;
dcd_command_handler dcd_get_ld_allocations;
dcd_command_handler dcd_set_ld_allocations;
dcd_command_handler dcd_get_qos_control;
dcd_command_handler dcd_set_qos_control;
dcd_command_handler dcd_get_qos_status;
dcd_command_handler dcd_get_qos_allocated_bw;
dcd_command_handler dcd_set_qos_allocated_bw;
dcd_command_handler dcd_get_qos_bw_limit;
dcd_command_handler dcd_set_qos_bw_limit;
/* commands_multi_headed.c */
dcd_command_handler dcd_get_mhd_info;
dcd_command_handler dcd_get_head_info;

/* What commands_dynamic_capacity.c and commands_fabric_manager.c share. */
struct dcd_dc_config_trailer
dcd_config_trailer(const struct dcd_capacity *capacity, unsigned head);

/* Copies extents [start, start + count) of [head]'s list; returns how many. */
uint32_t dcd_copy_extents(const struct dcd_capacity *capacity, unsigned head,
                          uint32_t start, uint32_t count, uint8_t *out);

/* Success, with the [size] bytes at [rsp] and nothing else. */
static inline uint16_t dcd_answer(struct dcd_cci_call *call, const void *rsp,
                                  uint32_t size)
{
    memcpy(call->out, rsp, size);
    call->out_length = size;
    return DCD_RC_SUCCESS;
}

static inline uint32_t dcd_least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Entries of [size] bytes that still fit behind [header] bytes of output. */
static inline uint32_t dcd_room(const struct dcd_cci_call *call,
                                uint32_t header, uint32_t size)
{
    return call->out_capacity < header ? 0
                                       : (call->out_capacity - header) / size;
}

#endif
