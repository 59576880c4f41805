/* SPDX-License-Identifier: Apache-2.0 */
/* capacity_events.c - dynamic capacity event records, CXL r3.1 8.2.9.2.1.6. */
#include "capacity_private.h"

#include <string.h>

static struct dcd_event_log *log_of(const struct dcd_capacity *capacity,
                                    unsigned port)
{
    return &capacity->ports[port].log[DCD_LOG_DYNAMIC_CAPACITY];
}

uint16_t dcd_capacity_check_log(const struct dcd_capacity *capacity,
                                unsigned head, uint32_t count)
{
    if (capacity->config->lossy)
        return DCD_RC_SUCCESS;
    if (count > capacity->config->dc_log)
        return DCD_RC_RESOURCES_EXHAUSTED;
    return count <= dcd_event_log_room(log_of(capacity, head))
               ? DCD_RC_SUCCESS
               : DCD_RC_RETRY_REQUIRED;
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

/* How many of [count] records the log takes: all or none, or what fits. */
static uint32_t taken(const struct dcd_capacity *capacity,
                      const struct dcd_event_log *log, uint32_t count)
{
    uint32_t room = dcd_event_log_room(log);

    if (count <= room)
        return count;
    return capacity->config->lossy ? room : 0;
}

/* [record] is what the records of the chain have in common. */
static void write_chain(struct dcd_capacity *capacity, unsigned port,
                        struct dcd_dc_event *record,
                        const struct dcd_extent_wire *extents, uint32_t count)
{
    const struct dcd_capacity_ops *ops = capacity->ops;
    struct dcd_event_log *log = log_of(capacity, port);
    uint64_t timestamp =
        dcd_port_timestamp(&capacity->ports[port], ops->now(ops->context));
    uint32_t fit = taken(capacity, log, count);
    bool rose = false;

    for (uint32_t i = 0; i < fit; i++) {
        record->extent = extents[i];
        record->flags = i + 1 < count ? DCD_EVENT_MORE : 0;
        rose = dcd_event_log_append(log, (const uint8_t *)record, timestamp) ||
               rose;
        ops->logged(ops->context, port, newest(log));
    }
    dcd_event_log_overflow(log, count - fit, timestamp);
    for (uint32_t i = fit; i < count; i++)
        ops->logged(ops->context, port, NULL);
    if (rose)
        ops->log_rose(ops->context, port);
}

void dcd_capacity_report(struct dcd_capacity *capacity, unsigned port,
                         enum dcd_dc_event_type type, unsigned head,
                         const struct dcd_extent_wire *extents, uint32_t count)
{
    struct dcd_dc_event record = blank_record(capacity, type, head);

    write_chain(capacity, port, &record, extents, count);
}

void dcd_capacity_report_region(struct dcd_capacity *capacity, unsigned head,
                                unsigned region)
{
    struct dcd_dc_event record =
        blank_record(capacity, DCD_EVENT_REGION_UPDATED, head);
    struct dcd_extent_wire none;

    memset(&none, 0, sizeof(none));
    record.region = (uint8_t)region;
    write_chain(capacity, head, &record, &none, 1);
}
