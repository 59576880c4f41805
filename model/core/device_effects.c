/* SPDX-License-Identifier: Apache-2.0 */
/* device_effects.c - what leaves the device: interrupts, revocations, traces.
 */
#include "device_private.h"

#include <cxldcd/ctypes/registers.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct dcd_trace_record dcd_device_record(struct dcd_device *device,
                                          enum dcd_trace_kind kind,
                                          unsigned head)
{
    struct dcd_trace_record record;

    memset(&record, 0, sizeof(record));
    record.time = device->now;
    record.sequence = ++device->trace_sequence;
    record.kind = (uint8_t)kind;
    record.head = head == DCD_PORT_FM ? DCD_TRACE_FM : (uint8_t)head;
    record.dpa = UINT64_MAX;
    return record;
}

void dcd_device_trace(struct dcd_device *device,
                      const struct dcd_trace_record *record)
{
    if (device->trace)
        device->trace(device->trace_context, record);
}

void dcd_device_log(struct dcd_device *device, enum dcd_log_level level,
                    const char *format, ...)
{
    char text[256];
    va_list arguments;

    if (!device->ops.log)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    device->ops.log(device->ops.context, level, text);
}

/* --- Interrupts --------------------------------------------------------- */

static void send(struct dcd_device *device, unsigned head, unsigned vector)
{
    if (device->trace) {
        struct dcd_trace_record r =
            dcd_device_record(device, DCD_TRACE_INTERRUPT, head);

        r.value = vector;
        dcd_device_trace(device, &r);
    }
    if (head == DCD_PORT_FM) {
        if (device->ops.fm_interrupt)
            device->ops.fm_interrupt(device->ops.context);
    } else if (device->ops.interrupt) {
        device->ops.interrupt(device->ops.context, head, vector);
    }
}

void dcd_device_interrupt(struct dcd_device *device, unsigned head,
                          unsigned vector)
{
    if (dcd_msix_raise(&device->head[head].msix, vector))
        send(device, head, vector);
}

void dcd_device_interrupts_released(struct dcd_device *device, unsigned head)
{
    uint32_t vectors = dcd_msix_released(&device->head[head].msix);

    for (unsigned v = 0; v < DCD_MSIX_VECTORS; v++)
        if (vectors >> v & 1)
            send(device, head, v);
}

/* --- What capacity asks for --------------------------------------------- */

static uint64_t now(void *context)
{
    return ((struct dcd_device *)context)->now;
}

/* One revocation, while the HPA ranges of a head are walked. */
struct revocation {
    struct dcd_device *device;
    unsigned head;
};

static void revoke_range(void *context, uint64_t first, uint64_t last)
{
    const struct revocation *r = context;
    struct dcd_device *device = r->device;

    if (device->trace) {
        struct dcd_trace_record record =
            dcd_device_record(device, DCD_TRACE_DMI_REVOKE, r->head);

        record.hpa = first;
        record.length = last - first + 1;
        dcd_device_trace(device, &record);
    }
    if (device->config.check)
        dcd_device_watch_revoked(device, r->head, first, last);
    device->ops.revoke_dmi(device->ops.context, r->head, first, last);
}

static void revoke(void *context, unsigned head, uint64_t dpa, uint64_t length)
{
    struct revocation r = {context, head};

    if (r.device->ops.revoke_dmi)
        dcd_dc_decoder_hpa_of(&r.device->head[head].decoder, dpa, length,
                              revoke_range, &r);
}

void dcd_device_revoke_all(struct dcd_device *device, unsigned head)
{
    struct revocation r = {device, head};

    if (device->ops.revoke_dmi)
        revoke_range(&r, 0, UINT64_MAX);
}

static void erase(void *context, unsigned region, uint64_t dpa, uint64_t length)
{
    struct dcd_device *device = context;
    const struct dcd_region *r = &device->capacity.regions.region[region];

    dcd_media_erase(&device->media, r->media + (dpa - r->base), length);
    if (device->config.check)
        dcd_device_check_erased(
            device, device->media.bytes + r->media + (dpa - r->base), length);
}

/* Nobody could refuse it: the log counts it, and the platform hears of it. */
static void warn_of_loss(struct dcd_device *device, unsigned port)
{
    char whose[32] = "the fabric manager's";

    if (port != DCD_PORT_FM)
        snprintf(whose, sizeof(whose), "head %u's", port);
    dcd_device_log(device, DCD_LOG_LEVEL_WARNING,
                   "%s dynamic capacity log is full, a record was lost", whose);
}

static void logged(void *context, unsigned port,
                   const struct dcd_dc_event *event)
{
    struct dcd_device *device = context;
    struct dcd_trace_record r;

    if (!event)
        warn_of_loss(device, port);
    if (!device->trace)
        return;
    r = dcd_device_record(device,
                          event ? DCD_TRACE_EVENT : DCD_TRACE_EVENT_LOST, port);
    r.opcode = DCD_LOG_DYNAMIC_CAPACITY;
    if (event) {
        r.value = dcd_get16(event->header.handle);
        r.detail = event->type;
        r.dpa = dcd_get64(event->extent.dpa);
        r.length = dcd_get64(event->extent.length);
        r.tag = event->extent.tag;
    }
    dcd_device_trace(device, &r);
}

/* [log] of a head went from empty to not empty (CXL r3.1 8.2.9.2). */
static void raise_log(struct dcd_device *device, unsigned head,
                      enum dcd_event_log_id log)
{
    if (device->ports[head].policy[log] == DCD_INTERRUPT_MSI)
        dcd_device_interrupt(device, head, dcd_port_vector(log));
}

static void log_rose(void *context, unsigned port)
{
    struct dcd_device *device = context;

    if (port != DCD_PORT_FM)
        raise_log(device, port, DCD_LOG_DYNAMIC_CAPACITY);
    else if (dcd_port_announces(&device->ports[port], DCD_LOG_DYNAMIC_CAPACITY))
        send(device, port, 0);
}

static void trace_extent(void *context, unsigned kind, unsigned head,
                         const struct dcd_extent *extent)
{
    struct dcd_device *device = context;
    struct dcd_trace_record r;

    if (!device->trace)
        return;
    r = dcd_device_record(device, (enum dcd_trace_kind)kind, head);
    r.dpa = extent->dpa;
    r.length = extent->length;
    r.value = extent->sequence;
    r.tag = dcd_tag_table_uuid(&device->capacity.tags, extent->tag);
    dcd_device_trace(device, &r);
}

/* --- What memory devices ask for ---------------------------------------- */

static void trace_event(struct dcd_device *device, unsigned head,
                        enum dcd_event_log_id log, const uint8_t *record)
{
    struct dcd_trace_record r;

    if (!device->trace)
        return;
    r = dcd_device_record(
        device, record ? DCD_TRACE_EVENT : DCD_TRACE_EVENT_LOST, head);
    r.opcode = (uint16_t)log;
    if (record)
        r.value = dcd_get16(((const struct dcd_event_header *)record)->handle);
    dcd_device_trace(device, &r);
}

static void event(void *context, unsigned head, enum dcd_event_log_id id,
                  const void *record)
{
    struct dcd_device *device = context;
    struct dcd_port *port = &device->ports[head];
    struct dcd_event_log *log = &port->log[id];
    uint64_t timestamp = dcd_port_timestamp(port, device->now);
    bool rose;

    if (dcd_event_log_room(log) == 0) {
        dcd_event_log_overflow(log, 1, timestamp);
        trace_event(device, head, id, NULL);
        return;
    }
    rose = dcd_event_log_append(log, record, timestamp);
    trace_event(device, head, id,
                dcd_event_log_at(log, dcd_event_log_count(log) - 1));
    if (rose)
        raise_log(device, head, id);
}

static void access_changed(void *context, unsigned head)
{
    struct dcd_device *device = context;

    dcd_dc_decoder_forget(&device->head[head].decoder);
    dcd_device_revoke_all(device, head);
}

/* Static memory is the head's own; dynamic capacity has one DPA for all. */
static void poison_changed(void *context, unsigned head, uint64_t dpa,
                           uint64_t length)
{
    struct dcd_device *device = context;
    bool own = dpa < dcd_config_static(&device->config);

    for (unsigned i = 0; i < device->config.heads; i++) {
        if (own && i != head)
            continue;
        dcd_dc_decoder_forget(&device->head[i].decoder);
        revoke(device, i, dpa, length);
    }
}

/* Blocks of another size lie behind the windows. */
static void reshaped(void *context, unsigned region)
{
    struct dcd_device *device = context;

    (void)region;
    for (unsigned i = 0; i < device->config.heads; i++)
        dcd_dc_decoder_forget(&device->head[i].decoder);
}

static void partitions_changed(void *context, unsigned head)
{
    struct dcd_device *device = context;
    struct dcd_head *h = &device->head[head];

    dcd_config_space_set_partitions(&h->config_space, h->memory.active_volatile,
                                    h->memory.active_persistent);
}

/* --- What commands ask for ---------------------------------------------- */

static void notify(void *context)
{
    send(context, DCD_PORT_FM, 0);
}

static uint16_t tunnel(void *context, unsigned target, uint16_t opcode,
                       struct dcd_cci_call *call)
{
    return dcd_device_execute_tunnelled(context, target, opcode, call);
}

void dcd_device_connect(struct dcd_device *device)
{
    device->cci_ops.context = device;
    device->cci_ops.notify = notify;
    device->cci_ops.tunnel = tunnel;
    device->memory_ops.context = device;
    device->memory_ops.event = event;
    device->memory_ops.access_changed = access_changed;
    device->memory_ops.poison_changed = poison_changed;
    device->memory_ops.partitions_changed = partitions_changed;
    device->capacity_ops.context = device;
    device->capacity_ops.now = now;
    device->capacity_ops.revoke = revoke;
    device->capacity_ops.erase = erase;
    device->capacity_ops.reshaped = reshaped;
    device->capacity_ops.logged = logged;
    device->capacity_ops.log_rose = log_rose;
    device->capacity_ops.trace = trace_extent;
}

const char *dcd_trace_kind_name(uint8_t kind)
{
    static const char *const names[] = {
#define X(name, text) text,
        DCD_TRACE_KINDS(X)
#undef X
    };

    return kind < DCD_TRACE_KIND_COUNT ? names[kind] : "unknown";
}
