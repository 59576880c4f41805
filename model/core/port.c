/* SPDX-License-Identifier: Apache-2.0 */
/* port.c - event logs, interrupts for them and clock of one port. */
#include "port.h"

#include <cxldcd/ctypes/registers.h>

#include <stdlib.h>
#include <string.h>

bool dcd_port_init(struct dcd_port *port, unsigned number, uint32_t dc_log,
                   uint32_t event_log)
{
    bool ok = true;

    memset(port, 0, sizeof(*port));
    port->number = number;
    port->notices.policy = DCD_NOTIFY_LOG(DCD_LOG_DYNAMIC_CAPACITY);
    for (unsigned i = 0; i < DCD_LOG_COUNT; i++)
        ok = dcd_event_log_init(&port->log[i], i == DCD_LOG_DYNAMIC_CAPACITY
                                                   ? dc_log
                                                   : event_log) &&
             ok;
    return ok;
}

void dcd_port_destroy(struct dcd_port *port)
{
    for (unsigned i = 0; i < DCD_LOG_COUNT; i++)
        dcd_event_log_destroy(&port->log[i]);
    free(port->chain.entries);
    memset(&port->chain, 0, sizeof(port->chain));
}

void dcd_port_reset(struct dcd_port *port)
{
    for (unsigned i = 0; i < DCD_LOG_COUNT; i++)
        dcd_event_log_reset(&port->log[i]);
    memset(port->policy, 0, sizeof(port->policy));
    port->clock_set = false;
    dcd_chain_drop(&port->chain);
}

uint64_t dcd_port_timestamp(const struct dcd_port *port, uint64_t now)
{
    if (!port->clock_set)
        return 0;
    /* Callers with annotated delays may be behind the one that set it. */
    if (now < port->clock_set_at)
        return port->clock_ns;
    return port->clock_ns + (now - port->clock_set_at) / 1000;
}

uint8_t dcd_port_vector(unsigned log)
{
    static const uint8_t vectors[DCD_LOG_COUNT] = {
        DCD_VECTOR_INFORMATIONAL, DCD_VECTOR_WARNING, DCD_VECTOR_FAILURE,
        DCD_VECTOR_FATAL, DCD_VECTOR_DYNAMIC_CAPACITY};

    return vectors[log];
}

uint16_t dcd_port_filled_logs(const struct dcd_port *port)
{
    unsigned logs = 0;

    for (unsigned i = 0; i < DCD_LOG_COUNT; i++)
        if (dcd_event_log_count(&port->log[i]))
            logs |= DCD_NOTIFY_LOG(i);
    return (uint16_t)logs;
}

bool dcd_port_announces(struct dcd_port *port, unsigned log)
{
    struct dcd_notices *notices = &port->notices;
    bool announced = (notices->policy | notices->asked) & DCD_NOTIFY_LOG(log);

    if (notices->asked & DCD_NOTIFY_LOG(log))
        notices->asked = 0;
    return announced;
}

struct dcd_event_header dcd_port_event_header(const struct dcd_config *config,
                                              unsigned head,
                                              const struct dcd_uuid *type,
                                              uint32_t severity)
{
    struct dcd_event_header header;

    memset(&header, 0, sizeof(header));
    header.type = *type;
    header.length = DCD_EVENT_RECORD_SIZE;
    header.flags = dcd_put24(severity);
    /* r3.2 lets a record say which logical device and head it belongs to;
     * logical devices have one head in common. */
    if (config->revision >= DCD_REVISION_3_2) {
        header.flags = dcd_put24(severity | DCD_EVENT_LD_ID_VALID |
                                 DCD_EVENT_HEAD_ID_VALID);
        header.ld_id = dcd_put16((uint16_t)head);
        if (config->topology == DCD_MULTI_HEADED)
            header.head_id = (uint8_t)head;
    }
    return header;
}

void dcd_chain_drop(struct dcd_chain *chain)
{
    chain->opcode = 0;
    chain->count = 0;
}

static bool chain_reserve(struct dcd_chain *chain, uint32_t count)
{
    uint32_t size = chain->size ? chain->size : 64;
    struct dcd_dpa_range *entries;

    if (count <= chain->size)
        return true;
    while (size < count)
        size *= 2;
    entries = realloc(chain->entries, size * sizeof(*entries));
    if (!entries)
        return false;
    chain->entries = entries;
    chain->size = size;
    return true;
}

bool dcd_chain_append(struct dcd_chain *chain,
                      const struct dcd_updated_extent *entries, uint32_t count)
{
    if (!chain_reserve(chain, chain->count + count))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        struct dcd_dpa_range *r = &chain->entries[chain->count++];

        r->dpa = dcd_get64(entries[i].dpa);
        r->length = dcd_get64(entries[i].length);
    }
    return true;
}
