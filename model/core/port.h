/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port.h - one end at which commands arrive: a head's mailbox, or the FM's.
 *
 * A port has event logs, an interrupt policy and a clock of its own; none of
 * them is seen from another port (CXL r3.1 8.2.9.2, 8.2.9.4).
 */
#ifndef DCD_PORT_H
#define DCD_PORT_H

#include "event_log.h"

#include <cxldcd/config.h>
#include <cxldcd/ctypes/dynamic_capacity.h>
#include <cxldcd/ctypes/event.h>

/* Number of the FM's port; heads have 0 ... DCD_MAX_HEADS - 1. */
#define DCD_PORT_FM DCD_MAX_HEADS
#define DCD_MAX_PORTS (DCD_MAX_HEADS + 1)

/* What the FM's interrupt rises for (0104h-0106h): DCD_NOTIFY_... */
struct dcd_notices {
    uint16_t policy; /* the first record of any of these logs */
    uint16_t asked;  /* once, for the next first record of one of these */
};

/* A range of DPA as a host names it in 4802h and 4803h. */
struct dcd_dpa_range {
    uint64_t dpa;
    uint64_t length;
};

/* DPA of the last byte; the range is not empty and does not wrap. */
static inline uint64_t dcd_dpa_range_last(const struct dcd_dpa_range *range)
{
    return range->dpa + (range->length - 1);
}

/* Entries of a 4802h or 4803h that comes in several payloads. */
struct dcd_chain {
    uint16_t opcode; /* 0: no chain under way */
    uint32_t count;
    uint32_t size; /* entries that fit */
    struct dcd_dpa_range *entries;
};

struct dcd_port {
    unsigned number;
    struct dcd_event_log log[DCD_LOG_COUNT];
    uint8_t policy[DCD_LOG_COUNT]; /* 0103h: mode, and the firmware's vector */

    bool clock_set;
    uint64_t clock_ns;     /* as set by 0301h */
    uint64_t clock_set_at; /* ps */

    struct dcd_chain chain;
    uint8_t message_limit;      /* FM: n of 2^n bytes, 0004h */
    struct dcd_notices notices; /* FM */
};

/* False: out of memory; the port may still be destroyed. */
bool dcd_port_init(struct dcd_port *port, unsigned number, uint32_t dc_log,
                   uint32_t event_log);
void dcd_port_destroy(struct dcd_port *port);

/* Conventional reset: logs, policy, clock and chain. */
void dcd_port_reset(struct dcd_port *port);

/* ns since 1970 at [now] (ps); 0 if the clock was never set. */
uint64_t dcd_port_timestamp(const struct dcd_port *port, uint64_t now);

/* MSI-X vector of a log's interrupt (0102h); [log] < DCD_LOG_COUNT. */
uint8_t dcd_port_vector(unsigned log);

/* Logs that have records, as DCD_NOTIFY_... */
uint16_t dcd_port_filled_logs(const struct dcd_port *port);

/* [log] has got its first record: whether the FM is to be told. What it asked
 * for once is over then. */
bool dcd_port_announces(struct dcd_port *port, unsigned log);

/* The header of a record of [type] about [head] (CXL r3.1 8.2.9.2.1, Table
 * 8-43); the log fills in handle and timestamp. */
struct dcd_event_header dcd_port_event_header(const struct dcd_config *config,
                                              unsigned head,
                                              const struct dcd_uuid *type,
                                              uint32_t severity);

/* Forgets the entries collected so far; their memory is kept. */
void dcd_chain_drop(struct dcd_chain *chain);

/* Adds [count] entries of the wire; false: out of memory, nothing added. */
bool dcd_chain_append(struct dcd_chain *chain,
                      const struct dcd_updated_extent *entries, uint32_t count);

#endif
