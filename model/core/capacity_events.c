/* SPDX-License-Identifier: Apache-2.0 */
/* capacity_events.c - dynamic capacity event records, CXL r3.1 8.2.9.2.1.6. */
#include "capacity_private.h"

#include <string.h>

static struct dcd_event_log *log_of(const struct dcd_capacity *capacity,
                                    unsigned port)
{
    return &capacity->ports[port].log[DCD_LOG_DYNAMIC_CAPACITY];
}

bool dcd_capacity_log_fits(const struct dcd_capacity *capacity, unsigned port,
                           uint32_t count)
{
    return count <= dcd_event_log_room(log_of(capacity, port));
}

/* Types 4 and 5 go to the FM and say which host they are about. */
static bool names_host(enum dcd_dc_event_type type)
{
    return type == DCD_EVENT_ADD_RESPONSE ||
           type == DCD_EVENT_CAPACITY_RELEASED;
}

/* Everything that the records of one chain have in common. */
static struct dcd_dc_event blank_record(const struct dcd_capacity *capacity,
                                        enum dcd_dc_event_type type,
                                        unsigned head)
{
    const struct dcd_config *config = capacity->config;
    struct dcd_dc_event record;

    memset(&record, 0, sizeof(record));
    record.header =
        dcd_port_event_header(config, head, &dcd_uuid_dynamic_capacity_event,
                              DCD_EVENT_SEVERITY_INFO);
    record.type = (uint8_t)type;
    if (names_host(type))
        record.host_id = dcd_put16((uint16_t)head);
    if (config->revision >= DCD_REVISION_3_1) {
        record.validity = DCD_EVENT_AVAILABLE_VALID;
        record.available_extents =
            dcd_put32(dcd_capacity_available_extents(capacity, head));
        record.available_tags =
            dcd_put32(dcd_capacity_available_tags(capacity));
    }
    return record;
}

/* The record as it lies in the log, with handle and timestamp. */
static const struct dcd_dc_event *newest(const struct dcd_event_log *log)
{
    return (const void *)dcd_event_log_at(log, dcd_event_log_count(log) - 1);
}

void dcd_capacity_report(struct dcd_capacity *capacity, unsigned port,
                         enum dcd_dc_event_type type, unsigned head,
                         const struct dcd_extent_wire *extents, uint32_t count)
{
    const struct dcd_capacity_ops *ops = capacity->ops;
    struct dcd_event_log *log = log_of(capacity, port);
    struct dcd_dc_event record = blank_record(capacity, type, head);
    uint64_t timestamp =
        dcd_port_timestamp(&capacity->ports[port], ops->now(ops->context));
    bool rose = false;

    if (!dcd_capacity_log_fits(capacity, port, count)) {
        dcd_event_log_overflow(log, count, timestamp);
        for (uint32_t i = 0; i < count; i++)
            ops->logged(ops->context, port, NULL);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        record.extent = extents[i];
        record.flags = i + 1 < count ? DCD_EVENT_MORE : 0;
        rose = dcd_event_log_append(log, (const uint8_t *)&record, timestamp) ||
               rose;
        ops->logged(ops->context, port, newest(log));
    }
    if (rose)
        ops->log_rose(ops->context, port);
}
