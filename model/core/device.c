/* SPDX-License-Identifier: Apache-2.0 */
/* device.c - the composition: heads, FM port, and the commands in between. */
#include "component_registers.h"
#include "device_private.h"
#include "memory_ranges.h"

#include <cxldcd/ctypes/generic.h>
#include <cxldcd/ctypes/return_code.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    dcd_device_trace(device, &r);
}

/* Runs one command at [port]; the buffers are the caller's. */
static uint16_t execute(struct dcd_device *device, unsigned port,
                        uint16_t opcode, struct dcd_cci_call *call,
                        uint32_t max_in)
{
    struct dcd_check_state before;
    uint16_t rc;

    call->port = &device->ports[port];
    call->capacity = &device->capacity;
    call->memory = port == DCD_PORT_FM ? NULL : &device->head[port].memory;
    call->config = &device->config;
    call->now = device->now;
    if (device->config.check)
        dcd_device_check_begin(device, &before);
    rc = dcd_cci_execute(call, opcode, max_in);
    /* Without a clock nothing takes time. */
    if (rc == DCD_RC_BACKGROUND_STARTED && !device->ops.now)
        call->memory->background.due = device->now;
    trace_command(device, port, opcode, call, rc);
    if (device->config.check)
        dcd_device_check_end(device, &before, call, opcode, rc);
    return rc;
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
    rc = execute(device, head, mailbox->opcode, &call, mailbox->size);
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

    call.port = &device->ports[head];
    call.capacity = &device->capacity;
    call.memory = &device->head[head].memory;
    call.config = &device->config;
    call.now = device->now;
    if (device->config.check)
        dcd_device_check_begin(device, &before);
    rc = dcd_cci_find(call.port, call.config, opcode)->complete(&call);
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

/* A CCI message whose header and length agree; 02h is for a response that
 * pretends to be a request. */
static uint16_t check_message(const struct dcd_cci_header *header, size_t size)
{
    if (dcd_cci_length(header) != size - sizeof(*header))
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    if ((header->category & DCD_CCI_CATEGORY_MASK) != DCD_CCI_REQUEST)
        return DCD_RC_INVALID_INPUT;
    return DCD_RC_SUCCESS;
}

/*
 * CXL r3.1 7.6.3. The message limit (0004h) bounds the whole response, header
 * included.
 */
static void run_fm(struct dcd_device *device)
{
    struct dcd_fm_port *fm = &device->fm;
    struct dcd_cci_header header;
    struct dcd_cci_call call = {0};
    uint8_t *message = fm->running;
    size_t size = fm->request_size;
    uint32_t limit = UINT32_C(1) << device->ports[DCD_PORT_FM].message_limit;
    uint16_t opcode;
    uint16_t rc;

    fm->busy = false;
    fm->running = fm->request;
    fm->request = message;
    message = fm->running;
    memcpy(&header, message, sizeof(header));
    opcode = dcd_get16(header.opcode);
    call.in = message + sizeof(header);
    call.in_length = (uint32_t)(size - sizeof(header));
    call.out = fm->response + sizeof(header);
    call.out_capacity = limit - (uint32_t)sizeof(header);
    rc = check_message(&header, size);
    if (rc == DCD_RC_SUCCESS)
        rc = execute(device, DCD_PORT_FM, opcode, &call,
                     DCD_FM_MAX_MESSAGE - (uint32_t)sizeof(header));
    header = dcd_cci_request(header.tag, opcode, call.out_length);
    header.category = DCD_CCI_RESPONSE;
    header.return_code = dcd_put16(rc);
    memcpy(fm->response, &header, sizeof(header));
    fm->response_size = sizeof(header) + call.out_length;
}

/* The registers of PCIe, by all kinds of reset, and the DVSEC of CXL. */
static void reset_function(struct dcd_head *h, enum dcd_reset_kind kind)
{
    dcd_config_space_reset(&h->config_space, kind);
    dcd_msix_reset(&h->msix);
}

/* The registers of CXL.mem (CXL r3.1 9.7). */
static void reset_mem(struct dcd_device *device, unsigned head,
                      enum dcd_reset_kind kind)
{
    struct dcd_head *h = &device->head[head];

    if (kind == DCD_RESET_CONVENTIONAL)
        dcd_hdm_reset(&h->decoder.hdm);
    else
        dcd_hdm_reset_unlocked(&h->decoder.hdm);
    dcd_dc_decoder_set_mem(&h->decoder,
                           dcd_config_space_mem_enabled(&h->config_space));
    dcd_device_revoke_all(device, head);
    dcd_register_file_reset(&h->component);
    dcd_mailbox_reset(&h->mailbox);
    dcd_chain_drop(&device->ports[head].chain);
}

/* Conventional: what the head was given, and what it was told. */
static void reset_state(struct dcd_device *device, unsigned head)
{
    if (!dcd_capacity_reset(&device->capacity, head))
        dcd_device_log(device, DCD_LOG_LEVEL_ERROR,
                       "head %u: out of memory, a reset left capacity "
                       "behind",
                       head);
    dcd_port_reset(&device->ports[head]);
}

static void reset_head(struct dcd_device *device, unsigned head)
{
    struct dcd_head *h = &device->head[head];
    enum dcd_reset_kind kind = h->reset_kind;
    bool clears = kind == DCD_RESET_CXL &&
                  dcd_config_space_clears_memory(&h->config_space);

    h->reset_wanted = false;
    if (device->trace) {
        struct dcd_trace_record r =
            dcd_device_record(device, DCD_TRACE_RESET, head);

        r.value = kind;
        dcd_device_trace(device, &r);
    }
    reset_function(h, kind);
    if (kind != DCD_RESET_FUNCTION_LEVEL)
        reset_mem(device, head, kind);
    if (clears)
        dcd_memory_erase_own(&h->memory, DCD_OWN_VOLATILE);
    if (kind == DCD_RESET_CONVENTIONAL)
        reset_state(device, head);
    dcd_memory_device_reset(&h->memory, kind);
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
    struct next_due next = {UINT64_MAX, DCD_MAX_PORTS, false};

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
            reset_head(device, head);
            return true;
        }
    }
    next = find_next(device);
    if (next.port == DCD_MAX_PORTS || next.time > device->now)
        return false;
    if (next.background)
        run_background(device, next.port);
    else if (next.port == DCD_PORT_FM)
        run_fm(device);
    else
        run_mailbox(device, next.port);
    return true;
}

/* One wake-up is asked for at a time; the next one when that has come. */
static void ask_for_next(struct dcd_device *device)
{
    struct next_due next = find_next(device);

    if (next.port == DCD_MAX_PORTS || !device->ops.schedule)
        return;
    if (device->asked > device->now && device->asked <= next.time)
        return;
    device->asked = next.time;
    device->ops.schedule(device->ops.context, next.time);
}

void dcd_device_run_due(struct dcd_device *device)
{
    if (device->running)
        return;
    device->running = true;
    while (run_one(device)) {
    }
    device->running = false;
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

/* Of two resets that wait, the one that does more is carried out. */
void dcd_device_want_reset(struct dcd_device *device, unsigned head,
                           enum dcd_reset_kind kind)
{
    struct dcd_head *h = &device->head[head];

    if (!h->reset_wanted || kind < h->reset_kind)
        h->reset_kind = kind;
    h->reset_wanted = true;
}

void dcd_device_reset(struct dcd_device *device, unsigned head,
                      enum dcd_reset_kind kind)
{
    if (head >= device->config.heads)
        return;
    dcd_device_enter(device);
    /* What was due before the reset has had its effect. */
    dcd_device_run_due(device);
    dcd_device_want_reset(device, head, kind);
    dcd_device_run_due(device);
}

/* --- Fabric manager ----------------------------------------------------- */

/* A command whose answer is wanted before its time has come. */
static void run_fm_now(struct dcd_device *device)
{
    if (!device->fm.busy || device->running)
        return;
    device->running = true;
    run_fm(device);
    device->running = false;
    dcd_device_run_due(device);
}

bool dcd_device_fm_request(struct dcd_device *device, const void *message,
                           size_t length)
{
    struct dcd_fm_port *fm = &device->fm;

    if (length < sizeof(struct dcd_cci_header))
        return false;
    dcd_device_enter(device);
    dcd_device_run_due(device);
    run_fm_now(device);
    /* From inside a command: there is room for one that waits. */
    if (fm->busy)
        return false;
    /* What is too long to be kept is too long for its length field or for
     * the port, whatever else it says. */
    fm->request_size = length;
    memcpy(fm->request, message,
           length < DCD_FM_MAX_MESSAGE ? length : DCD_FM_MAX_MESSAGE);
    fm->response_size = 0;
    fm->busy = true;
    fm->due = dcd_device_command_due(device);
    dcd_device_run_due(device);
    return true;
}

uint64_t dcd_device_fm_latency(struct dcd_device *device)
{
    const struct dcd_fm_port *fm = &device->fm;

    dcd_device_enter(device);
    return fm->busy && fm->due > device->now ? fm->due - device->now : 0;
}

size_t dcd_device_fm_response_size(struct dcd_device *device)
{
    dcd_device_enter(device);
    run_fm_now(device);
    return device->fm.response_size;
}

uint64_t dcd_device_fm_response(struct dcd_device *device, void *data,
                                size_t length)
{
    struct dcd_fm_port *fm = &device->fm;
    size_t size = dcd_device_fm_response_size(device);

    if (size > length)
        size = length;
    memcpy(data, fm->response, size);
    memset((uint8_t *)data + size, 0, length - size);
    return fm->response_size && fm->due > device->now ? fm->due - device->now
                                                      : 0;
}
