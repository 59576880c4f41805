/* SPDX-License-Identifier: Apache-2.0 */
/* device.c - the composition of heads and FM port, and whose turn it is. */
#include "component_registers.h"
#include "device_private.h"

#include <cxldcd/ctypes/generic.h>
#include <cxldcd/ctypes/return_code.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEVER UINT64_MAX

/* --- Life --------------------------------------------------------------- */

static bool fail(struct dcd_config_error *error, enum dcd_config_part part,
                 const char *field, const char *text)
{
    if (error) {
        error->part = part;
        error->index = 0;
        error->field = field;
        snprintf(error->text, sizeof(error->text), "%s", text);
    }
    return false;
}

static bool out_of_memory(struct dcd_config_error *error)
{
    return fail(error, DCD_CONFIG_DEVICE, NULL, "out of memory");
}

/* Each head's static memory lies behind the dynamic capacity of all, and what
 * else the heads have of their own lies behind that. */
static struct dcd_memory_place place_of(const struct dcd_device *device,
                                        unsigned head)
{
    const struct dcd_config *c = &device->config;
    uint64_t dynamic = dcd_regions_media_size(&device->capacity.regions);
    uint64_t own = dcd_config_static(c);
    struct dcd_memory_place place;

    place.static_media = dynamic + head * own;
    place.own_media =
        dynamic + c->heads * own + head * dcd_memory_device_own(c);
    return place;
}

static bool open_media(struct dcd_device *device,
                       struct dcd_config_error *error)
{
    static const enum dcd_media_kind kinds[] = {
        [DCD_BACKING_MEMORY] = DCD_MEDIA_MEMORY,
        [DCD_BACKING_MEMFD] = DCD_MEDIA_MEMFD,
        [DCD_BACKING_FILE] = DCD_MEDIA_FILE,
    };
    const struct dcd_config *c = &device->config;
    struct dcd_memory_place end = place_of(device, c->heads);
    char why[160];

    if (dcd_media_open(&device->media, kinds[c->backing], c->backing_path,
                       end.own_media, why, sizeof(why)))
        return true;
    return fail(error, DCD_CONFIG_BACKING, "backing_path", why);
}

static bool init_head(struct dcd_device *device, unsigned head)
{
    const struct dcd_config *c = &device->config;
    struct dcd_head *h = &device->head[head];
    const struct dcd_regions *regions = &device->capacity.regions;
    struct dcd_memory_place place = place_of(device, head);
    bool ok;

    ok = dcd_port_init(&device->ports[head], head, c->dc_log, c->event_log);
    ok = dcd_dc_decoder_init(&h->decoder, c->hdm_decoders, regions,
                             device->capacity.holder[head].map,
                             &device->media) &&
         ok;
    dcd_partitions_init(&h->decoder.partitions, regions, c, head,
                        place.static_media);
    ok = dcd_memory_device_init(&h->memory, head, c, &device->memory_ops,
                                &device->ports[head], &device->capacity,
                                &h->decoder, &device->media, place) &&
         ok;
    ok = dcd_mailbox_init(&h->mailbox, &h->memory, c) && ok;
    ok = dcd_component_registers_init(&h->component) && ok;
    ok = dcd_config_space_init(&h->config_space, c, head) && ok;
    ok = dcd_msix_init(&h->msix) && ok;
    if (ok)
        dcd_config_space_set_partitions(&h->config_space,
                                        h->memory.active_volatile,
                                        h->memory.active_persistent);
    return ok;
}

static bool init_fm(struct dcd_device *device)
{
    struct dcd_port *port = &device->ports[DCD_PORT_FM];
    bool ok = dcd_port_init(port, DCD_PORT_FM, device->config.fm_log,
                            device->config.event_log);

    port->message_limit = DCD_MESSAGE_LIMIT_MAX;
    device->fm.request = calloc(1, DCD_FM_MAX_MESSAGE);
    device->fm.running = calloc(1, DCD_FM_MAX_MESSAGE);
    device->fm.response = calloc(1, DCD_FM_MAX_MESSAGE);
    return ok && device->fm.request && device->fm.running &&
           device->fm.response;
}

static bool copy_config(struct dcd_device *device,
                        const struct dcd_config *config)
{
    size_t size;

    device->config = *config;
    device->config.backing_path = NULL;
    if (!config->backing_path)
        return true;
    size = strlen(config->backing_path) + 1;
    device->backing_path = malloc(size);
    if (!device->backing_path)
        return false;
    memcpy(device->backing_path, config->backing_path, size);
    device->config.backing_path = device->backing_path;
    return true;
}

static bool build(struct dcd_device *device, const struct dcd_config *config,
                  const struct dcd_ops *ops, struct dcd_config_error *error)
{
    if (ops)
        device->ops = *ops;
    device->trace = device->ops.trace;
    device->trace_context = device->ops.context;
    dcd_device_connect(device);
    dcd_qos_init(&device->qos);
    device->next_due = NEVER;
    if (!copy_config(device, config) ||
        !dcd_capacity_init(&device->capacity, &device->config, device->ports,
                           &device->capacity_ops))
        return out_of_memory(error);
    if (!open_media(device, error))
        return false;
    for (unsigned head = 0; head < config->heads; head++)
        if (!init_head(device, head))
            return out_of_memory(error);
    return init_fm(device) || out_of_memory(error);
}

struct dcd_device *dcd_device_create(const struct dcd_config *config,
                                     const struct dcd_ops *ops,
                                     struct dcd_config_error *error)
{
    struct dcd_device *device;

    if (!dcd_config_validate(config, error))
        return NULL;
    device = calloc(1, sizeof(*device));
    if (!device) {
        out_of_memory(error);
        return NULL;
    }
    if (!build(device, config, ops, error)) {
        dcd_device_destroy(device);
        return NULL;
    }
    return device;
}

void dcd_device_destroy(struct dcd_device *device)
{
    if (!device)
        return;
    for (unsigned i = 0; i < DCD_MAX_HEADS; i++) {
        struct dcd_head *h = &device->head[i];

        dcd_mailbox_destroy(&h->mailbox);
        dcd_memory_device_destroy(&h->memory);
        dcd_register_file_destroy(&h->component);
        dcd_config_space_destroy(&h->config_space);
        dcd_msix_destroy(&h->msix);
    }
    for (unsigned i = 0; i < DCD_MAX_PORTS; i++)
        dcd_port_destroy(&device->ports[i]);
    dcd_capacity_destroy(&device->capacity);
    dcd_media_close(&device->media);
    free(device->fm.request);
    free(device->fm.running);
    free(device->fm.response);
    free(device->backing_path);
    free(device);
}

const struct dcd_config *dcd_device_config(const struct dcd_device *device)
{
    return &device->config;
}

void dcd_device_set_trace(struct dcd_device *device,
                          void (*trace)(void *context,
                                        const struct dcd_trace_record *record),
                          void *context)
{
    device->trace = trace;
    device->trace_context = context;
}

/* --- Commands ----------------------------------------------------------- */

void dcd_device_enter(struct dcd_device *device)
{
    if (device->ops.now)
        device->now = device->ops.now(device->ops.context);
}

/* [port]: where it ran, with a tunnel that is not where it came in. */
static void trace_command(struct dcd_device *device, unsigned port,
                          uint16_t opcode, const struct dcd_cci_call *call,
                          uint16_t rc)
{
    struct dcd_trace_record r;

    if (!device->trace)
        return;
    r = dcd_device_record(device, DCD_TRACE_COMMAND, port);
    r.opcode = opcode;
    r.length = call->in_length;
    r.value = call->out_length;
    r.status = rc;
    r.detail = (uint8_t)call->depth;
    dcd_device_trace(device, &r);
}

/* Whose command it is, and when it happens. */
static void address(struct dcd_device *device, unsigned port,
                    struct dcd_cci_call *call)
{
    bool fm = port == DCD_PORT_FM;

    call->table = fm ? &dcd_fm_commands : &dcd_mailbox_commands;
    call->port = &device->ports[port];
    call->capacity = &device->capacity;
    call->memory = fm ? NULL : &device->head[port].memory;
    call->qos = &device->qos;
    call->config = &device->config;
    call->ops = &device->cci_ops;
    call->now = device->now;
}

/* Runs what has been addressed; [port] as in trace_command(). */
static uint16_t execute(struct dcd_device *device, unsigned port,
                        uint16_t opcode, struct dcd_cci_call *call,
                        uint32_t max_in)
{
    struct dcd_check_state before;
    uint16_t rc;

    if (device->config.check)
        dcd_device_check_begin(device, &before);
    rc = dcd_cci_execute(call, opcode, max_in);
    /* Without a clock nothing takes time. */
    if (rc == DCD_RC_BACKGROUND_STARTED && !device->ops.now)
        call->memory->background.due = device->now;
    /* Who hears of it may write to memory, which is not the command's doing. */
    if (device->config.check)
        dcd_device_check_end(device, &before, call, opcode, rc);
    trace_command(device, port, opcode, call, rc);
    return rc;
}

uint16_t dcd_device_execute(struct dcd_device *device, unsigned port,
                            uint16_t opcode, struct dcd_cci_call *call,
                            uint32_t max_in)
{
    address(device, port, call);
    return execute(device, port, opcode, call, max_in);
}

uint16_t dcd_device_execute_tunnelled(struct dcd_device *device,
                                      unsigned target, uint16_t opcode,
                                      struct dcd_cci_call *call)
{
    address(device, DCD_PORT_FM, call);
    if (target != DCD_PORT_FM) {
        call->table = &dcd_ld_commands;
        call->memory = &device->head[target].memory;
    }
    return execute(device, target, opcode, call, call->in_length);
}

static void run_mailbox(struct dcd_device *device, unsigned head)
{
    struct dcd_mailbox *mailbox = &device->head[head].mailbox;
    struct dcd_cci_call call = {0};
    uint16_t rc;

    call.in = mailbox->input;
    call.in_length = mailbox->length;
    call.out = dcd_mailbox_start(mailbox);
    call.out_capacity = mailbox->size;
    rc =
        dcd_device_execute(device, head, mailbox->opcode, &call, mailbox->size);
    if (dcd_mailbox_finish(mailbox, rc, call.out_length))
        dcd_device_interrupt(device, head, DCD_VECTOR_MAILBOX);
}

static void trace_background(struct dcd_device *device, unsigned head)
{
    const struct dcd_background *background =
        &device->head[head].memory.background;
    struct dcd_trace_record r;

    if (!device->trace)
        return;
    r = dcd_device_record(device, DCD_TRACE_BACKGROUND, head);
    r.opcode = background->opcode;
    r.status = background->return_code;
    r.value = dcd_background_status(background, device->now) >>
                  DCD_MBOX_PERCENT_SHIFT &
              0x7f;
    dcd_device_trace(device, &r);
}

/* What the command that runs behind the mailbox of [head] came to. */
static uint16_t complete(struct dcd_device *device, unsigned head)
{
    const uint16_t opcode = device->head[head].memory.background.opcode;
    struct dcd_check_state before;
    struct dcd_cci_call call = {0};
    uint16_t rc;

    address(device, head, &call);
    if (device->config.check)
        dcd_device_check_begin(device, &before);
    rc = dcd_cci_find(call.table, call.config, opcode)->complete(&call);
    if (device->config.check)
        dcd_device_check_end(device, &before, &call, opcode, rc);
    return rc;
}

/* The operation behind the mailbox of [head] is done. */
static void run_background(struct dcd_device *device, unsigned head)
{
    struct dcd_head *h = &device->head[head];

    dcd_background_finish(&h->memory.background, complete(device, head));
    trace_background(device, head);
    if (dcd_mailbox_background_interrupt(&h->mailbox))
        dcd_device_interrupt(device, head, DCD_VECTOR_MAILBOX);
}

/* Whichever of the things that are due comes first. */
struct next_due {
    uint64_t time;
    unsigned port;
    bool background;
};

static void consider(struct next_due *next, bool waits, uint64_t due,
                     unsigned port, bool background)
{
    if (waits && due < next->time)
        *next = (struct next_due){due, port, background};
}

static struct next_due find_next(const struct dcd_device *device)
{
    struct next_due next = {NEVER, DCD_MAX_PORTS, false};

    for (unsigned head = 0; head < device->config.heads; head++) {
        const struct dcd_head *h = &device->head[head];

        consider(&next, h->memory.background.running, h->memory.background.due,
                 head, true);
        consider(&next, h->mailbox.busy, h->mailbox.due, head, false);
    }
    consider(&next, device->fm.busy, device->fm.due, DCD_PORT_FM, false);
    return next;
}

/* A reset first, then what is due: a head's command or operation, or the FM's.
 */
static bool run_one(struct dcd_device *device)
{
    struct next_due next;

    for (unsigned head = 0; head < device->config.heads; head++) {
        if (device->head[head].reset_wanted) {
            dcd_device_reset_head(device, head);
            return true;
        }
    }
    next = find_next(device);
    if (next.port == DCD_MAX_PORTS || next.time > device->now)
        return false;
    if (next.background)
        run_background(device, next.port);
    else if (next.port == DCD_PORT_FM)
        dcd_device_run_fm(device);
    else
        run_mailbox(device, next.port);
    return true;
}

/* One wake-up is asked for at a time; the next one when that has come. */
static void ask_for_next(struct dcd_device *device)
{
    if (!device->ops.schedule ||
        (device->asked > device->now && device->asked <= device->next_due))
        return;
    device->asked = device->next_due;
    device->ops.schedule(device->ops.context, device->next_due);
}

void dcd_device_due_at(struct dcd_device *device, uint64_t due)
{
    if (due < device->next_due)
        device->next_due = due;
}

static void run_all(struct dcd_device *device)
{
    device->running = true;
    while (run_one(device)) {
    }
    device->running = false;
    device->next_due = find_next(device).time;
}

void dcd_device_run_due(struct dcd_device *device)
{
    if (device->running || device->next_due == NEVER)
        return;
    if (device->now >= device->next_due)
        run_all(device);
    if (device->next_due != NEVER)
        ask_for_next(device);
}

uint64_t dcd_device_command_due(const struct dcd_device *device)
{
    return device->now + (device->ops.now ? device->config.mailbox_latency : 0);
}

void dcd_device_wake(struct dcd_device *device)
{
    dcd_device_enter(device);
    dcd_device_run_due(device);
}
