/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace.h - what the device reports of itself while it runs.
 *
 * One fixed-size record a step. The device hands each record to the trace
 * callback and forgets it; formatting is the receiver's business.
 */
#ifndef CXLDCD_TRACE_H
#define CXLDCD_TRACE_H

#include <cxldcd/ctypes/uuid.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Kind of a record: name in C, printed name; the members that it uses. */
#define DCD_TRACE_KINDS(X)                                                 \
    X(READ, "read")                   /* hpa dpa length status */          \
    X(WRITE, "write")                 /* hpa dpa length status */          \
    X(REGISTER_READ, "register-read") /* hpa (BAR offset) length value */  \
    X(REGISTER_WRITE, "register-write")                                    \
    X(CONFIG_READ, "config-read") /* hpa (offset) length value */          \
    X(CONFIG_WRITE, "config-write")                                        \
    X(COMMAND, "command") /* opcode length (input) value (output) status   \
                             detail */                                     \
    X(EVENT, "event")     /* opcode (log) value (handle) detail dpa length \
                             tag */                                        \
    X(EVENT_LOST, "event-lost")  /* opcode (log) */                        \
    X(INTERRUPT, "interrupt")    /* value (vector) */                      \
    X(OFFERED, "extent-offered") /* dpa length tag sequence (value) */     \
    X(ACCEPTED, "extent-accepted")                                         \
    X(REFUSED, "extent-refused")                                           \
    X(RELEASED, "extent-released")                                         \
    X(FORCED, "extent-forced-release")                                     \
    X(DEAD, "extent-dead")                                                 \
    X(DECODER, "decoder-change")                                           \
    X(DMI_GRANT, "dmi-grant")   /* hpa dpa length */                       \
    X(DMI_REVOKE, "dmi-revoke") /* hpa length */                           \
    X(RESET, "reset")           /* value (enum dcd_reset_kind) */          \
    X(BACKGROUND, "background") /* opcode status; value (percent) */

enum dcd_trace_kind {
#define X(name, text) DCD_TRACE_##name,
    DCD_TRACE_KINDS(X)
#undef X
        DCD_TRACE_KIND_COUNT
};

/* In dcd_trace_record.head: the fabric manager's port. */
#define DCD_TRACE_FM 0xff

struct dcd_trace_record {
    uint64_t time;     /* ps */
    uint64_t sequence; /* 1, 2, 3 ... per device */
    uint64_t hpa;      /* or offset, see DCD_TRACE_KINDS */
    uint64_t dpa;      /* all-ones: none */
    uint64_t length;   /* bytes */
    uint64_t value;
    struct dcd_uuid tag;
    uint16_t opcode; /* command's, or event log's number */
    uint16_t status; /* return code of a command, enum dcd_access of others */
    uint8_t kind;    /* enum dcd_trace_kind */
    uint8_t head;    /* or DCD_TRACE_FM */
    uint8_t detail;  /* EVENT: enum dcd_dc_event_type; COMMAND: tunnels (5300h)
                        around it, [head] is the logical device then */
    uint8_t reserved;
};

/* "extent-offered"; "unknown" for a kind outside the table. */
const char *dcd_trace_kind_name(uint8_t kind);

#ifdef __cplusplus
}
#endif
#endif
