/* SPDX-License-Identifier: Apache-2.0 */
/* device_check.c - invariants, verified around every command. */
#include "device_private.h"

#include <cxldcd/ctypes/opcode.h>
#include <cxldcd/ctypes/return_code.h>

#include <stdio.h>

/* FNV-1a over 64-bit words: order matters, which is the point. */
static uint64_t mix(uint64_t hash, uint64_t value)
{
    return (hash ^ value) * UINT64_C(1099511628211);
}

static uint64_t list_fingerprint(const struct dcd_extent_list *list)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    struct dcd_extent e;

    for (uint64_t at = 0; dcd_extent_list_next(list, at, &e);
         at = e.dpa + e.length) {
        hash = mix(mix(hash, e.dpa), e.length);
        hash = mix(mix(hash, e.tag), e.sequence);
    }
    return hash;
}

static uint64_t groups_fingerprint(const struct dcd_holder *holder)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (const struct dcd_group *g = holder->first; g; g = g->next)
        hash = mix(mix(hash, g->count), g->dead);
    return mix(hash, list_fingerprint(&holder->pending));
}

static uint64_t log_fingerprint(const struct dcd_event_log *log)
{
    return mix(mix(dcd_event_log_count(log), dcd_event_log_overflow_count(log)),
               log->next_handle);
}

static uint64_t mix_bytes(uint64_t hash, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = mix(hash, ((const uint8_t *)bytes)[i]);
    return hash;
}

/* What lasts; a transfer of firmware or of a feature may end with an error. */
static uint64_t memory_fingerprint(const struct dcd_memory_device *memory)
{
    const struct dcd_features *features = &memory->features;
    uint64_t hash = mix(memory->active_volatile, memory->media_status);

    hash = mix(mix(hash, memory->next_given), memory->next_volatile);
    hash =
        mix(mix(hash, memory->health.dirty), memory->health.warnings.enabled);
    hash = mix(mix(hash, memory->firmware.active), memory->firmware.staged);
    hash = mix_bytes(hash, features->current, sizeof(features->current));
    return mix_bytes(hash, features->saved, sizeof(features->saved));
}

static void take_fingerprints(const struct dcd_device *device,
                              struct dcd_check_state *state)
{
    const struct dcd_capacity *c = &device->capacity;
    uint64_t all = 0;

    for (unsigned i = 0; i < device->config.heads; i++) {
        const struct dcd_holder *h = &c->holder[i];

        state->list[i] = list_fingerprint(&h->accepted);
        state->generation[i] = dcd_extent_list_generation(&h->accepted);
        state->dead_first[i] = h->first && h->first->dead;
        all = mix(mix(all, state->list[i]), groups_fingerprint(h));
        all = mix(all, memory_fingerprint(&device->head[i].memory));
    }
    for (unsigned i = 0; i < DCD_MAX_PORTS; i++)
        for (unsigned k = 0; k < DCD_LOG_COUNT; k++)
            all = mix(all, log_fingerprint(&device->ports[i].log[k]));
    for (unsigned i = 0; i < c->regions.count; i++) {
        const struct dcd_region *r = &c->regions.region[i];

        all = mix(all, dcd_free_space_bytes(&c->free[i]));
        all = mix(mix(all, r->block_size), r->sanitize_on_release);
    }
    all = mix(all, dcd_poison_count(&device->media.poison));
    all = mix(mix(all, device->ports[DCD_PORT_FM].notices.policy),
              device->ports[DCD_PORT_FM].notices.asked);
    all = mix_bytes(all, &device->qos, sizeof(device->qos));
    state->all = mix(all, dcd_tag_table_generation(&c->tags));
}

static void copy_extents(struct dcd_extent_list *to,
                         const struct dcd_extent_list *from)
{
    struct dcd_extent e;

    for (uint64_t at = 0; dcd_extent_list_next(from, at, &e);
         at = e.dpa + e.length)
        dcd_extent_list_insert(to, &e);
}

void dcd_device_check_begin(const struct dcd_device *device,
                            struct dcd_check_state *state)
{
    take_fingerprints(device, state);
    for (unsigned i = 0; i < device->config.heads; i++) {
        const struct dcd_holder *h = &device->capacity.holder[i];

        dcd_extent_list_init(&state->held[i]);
        if (!dcd_extent_list_reserve(
                &state->held[i], dcd_capacity_tracked(&device->capacity, i)))
            continue;
        copy_extents(&state->held[i], &h->accepted);
        copy_extents(&state->held[i], &h->pending);
    }
}

/*
 * What is accepted now was accepted or offered before, and bears the tag and
 * the sequence number that it had then.
 */
static bool origins_are_kept(const struct dcd_device *device,
                             const struct dcd_check_state *before,
                             unsigned head)
{
    const struct dcd_extent_list *held = &before->held[head];
    struct dcd_extent now;
    struct dcd_extent was;

    for (uint64_t at = 0; dcd_extent_list_next(
             &device->capacity.holder[head].accepted, at, &now);
         at = now.dpa + now.length)
        if (!dcd_extent_list_find(held, now.dpa, &was) ||
            now.length > was.length - (now.dpa - was.dpa) ||
            now.tag != was.tag || now.sequence != was.sequence)
            return false;
    return true;
}

static void violated(struct dcd_device *device, uint16_t opcode, uint16_t rc,
                     const char *why)
{
    device->violations++;
    dcd_device_log(device, DCD_LOG_LEVEL_ERROR,
                   "invariant violated after %04Xh %s (%s): %s", opcode,
                   dcd_opcode_name(opcode), dcd_return_code_name(rc), why);
}

/* --- Pointers and erased bytes ------------------------------------------ */

void dcd_device_watch_grant(struct dcd_device *device, unsigned head,
                            const struct dcd_span *span)
{
    struct dcd_head *h = &device->head[head];

    /* Who cannot be told to give a pointer back has been promised nothing. */
    if (!device->ops.revoke_dmi)
        return;
    h->granted[h->next_grant] = *span;
    h->next_grant = (h->next_grant + 1) % DCD_WATCHED_GRANTS;
}

void dcd_device_watch_revoked(struct dcd_device *device, unsigned head,
                              uint64_t first, uint64_t last)
{
    for (unsigned i = 0; i < DCD_WATCHED_GRANTS; i++) {
        struct dcd_span *span = &device->head[head].granted[i];

        if (span->data && span->first <= last && span->last >= first)
            span->data = NULL;
    }
}

static bool grants_are_good(struct dcd_device *device, unsigned head)
{
    for (unsigned i = 0; i < DCD_WATCHED_GRANTS; i++) {
        const struct dcd_span *span = &device->head[head].granted[i];

        if (span->data &&
            dcd_device_survey(device, head, span->first,
                              span->last - span->first + 1) != DCD_ACCESS_OK)
            return false;
    }
    return true;
}

#define PAGE 4096u
/* Looking at a page that was never touched costs a fault. */
#define MAX_PAGES 65536u

/* The ends, and a word of each page between them, or of so many. */
void dcd_device_check_erased(struct dcd_device *device, const uint8_t *bytes,
                             uint64_t length)
{
    uint64_t step = (length / PAGE / MAX_PAGES + 1) * PAGE;
    bool zero = bytes[0] == 0 && bytes[length - 1] == 0;

    for (uint64_t at = 0; at + 8 <= length && zero; at += step)
        zero = dcd_load_le(bytes + at, 8) == 0;
    if (zero)
        return;
    device->violations++;
    dcd_device_log(device, DCD_LOG_LEVEL_ERROR,
                   "invariant violated: erased bytes are not zero");
}

/* --- Around a command ---------------------------------------------------- */

/* An operation that goes on in the background has done its first step. */
static bool failed(uint16_t rc)
{
    return rc != DCD_RC_SUCCESS && rc != DCD_RC_BACKGROUND_STARTED;
}

static bool answered_dead(const struct dcd_device *device,
                          const struct dcd_check_state *before, uint16_t opcode)
{
    if (opcode != DCD_OP_ADD_DC_RESPONSE)
        return false;
    for (unsigned i = 0; i < device->config.heads; i++)
        if (before->dead_first[i])
            return true;
    return false;
}

/* What the dispatcher answers for a command that is not here (CXL r3.1
 * 8.2.8.4.5.1). */
#define ABSENT_CODES                             \
    (UINT64_C(1) << DCD_RC_UNSUPPORTED |         \
     UINT64_C(1) << DCD_RC_UNSUPPORTED_MAILBOX | \
     UINT64_C(1) << DCD_RC_INVALID_PAYLOAD_LENGTH)

static bool has_code(uint64_t codes, uint16_t rc)
{
    return rc < 64 && (codes >> rc & 1);
}

/* As long as the row says; nothing comes with a code but success. */
static bool output_fits(struct dcd_command_length out, uint32_t length,
                        uint16_t rc)
{
    if (rc != DCD_RC_SUCCESS)
        return length == 0;
    if (out.unit == 0)
        return length == out.fixed;
    return length >= out.fixed && (length - out.fixed) % out.unit == 0;
}

/* CXL r3.0 has no trailer behind the regions of 4800h. */
static struct dcd_command_length output_of(const struct dcd_command *command,
                                           const struct dcd_config *config)
{
    struct dcd_command_length out = {0, 0};

    if (command)
        out = command->out;
    if (command && command->opcode == DCD_OP_GET_DC_CONFIG &&
        config->revision == DCD_REVISION_3_0)
        out.fixed -= (uint32_t)sizeof(struct dcd_dc_config_trailer);
    return out;
}

/* The answer is one that the command table promises. */
static void check_answer(struct dcd_device *device,
                         const struct dcd_cci_call *call, uint16_t opcode,
                         uint16_t rc)
{
    const struct dcd_command *command =
        dcd_cci_find(call->table, call->config, opcode);

    if (!has_code(command ? command->codes : ABSENT_CODES, rc))
        violated(device, opcode, rc, "the command cannot answer that code");
    if (!output_fits(output_of(command, call->config), call->out_length, rc))
        violated(device, opcode, rc, "the answer has a wrong length");
}

void dcd_device_check_end(struct dcd_device *device,
                          struct dcd_check_state *before,
                          const struct dcd_cci_call *call, uint16_t opcode,
                          uint16_t rc)
{
    struct dcd_check_state after;
    char why[200];

    take_fingerprints(device, &after);
    for (unsigned i = 0; i < device->config.heads; i++) {
        if ((before->list[i] != after.list[i]) !=
            (before->generation[i] != after.generation[i]))
            violated(device, opcode, rc,
                     "a list and its generation did not move together");
        if (dcd_extent_list_count(&before->held[i]) &&
            !origins_are_kept(device, before, i))
            violated(device, opcode, rc,
                     "an extent lost its tag or sequence, or came from "
                     "nowhere");
        dcd_extent_list_destroy(&before->held[i]);
        if (!grants_are_good(device, i))
            violated(device, opcode, rc,
                     "a direct memory pointer outlived what it was for");
    }
    check_answer(device, call, opcode, rc);
    if (failed(rc) && before->all != after.all &&
        !answered_dead(device, before, opcode))
        violated(device, opcode, rc, "a failed command changed something");
    if (!dcd_device_check(device, why, sizeof(why)))
        violated(device, opcode, rc, why);
}

/*
 * Chains enter a log whole, so the newest record never announces another. (The
 * oldest may be the rest of a chain whose first records were cleared.) A lossy
 * device promises nothing of the kind.
 */
static bool check_chains(const struct dcd_device *device, char *why,
                         size_t why_size)
{
    for (unsigned i = 0; i < DCD_MAX_PORTS && !device->config.lossy; i++) {
        const struct dcd_event_log *log =
            &device->ports[i].log[DCD_LOG_DYNAMIC_CAPACITY];
        uint32_t count = dcd_event_log_count(log);
        const struct dcd_dc_event *newest;

        if (count == 0)
            continue;
        newest = (const void *)dcd_event_log_at(log, count - 1);
        if (newest->flags & DCD_EVENT_MORE) {
            snprintf(why, why_size,
                     "port %u: the last chain in its log is "
                     "cut off",
                     i);
            return false;
        }
    }
    return true;
}

/* What is at hand for fast accesses has no poisoned line in it. */
static bool check_windows(const struct dcd_device *device, char *why,
                          size_t why_size)
{
    const struct dcd_media *media = &device->media;

    for (unsigned i = 0; i < device->config.heads; i++) {
        const struct dcd_window *w = &device->head[i].decoder.window;
        uint64_t before = 0;
        uint64_t after = w->length;

        if (w->length == 0)
            continue;
        if (!dcd_poison_clear_around(&media->poison,
                                     (uint64_t)(w->data - media->bytes),
                                     &before, &after) ||
            after != w->length) {
            snprintf(why, why_size, "head %u: a poisoned line is not looked at",
                     i);
            return false;
        }
    }
    return true;
}

bool dcd_device_check(const struct dcd_device *device, char *why,
                      size_t why_size)
{
    return dcd_capacity_check(&device->capacity, why, why_size) &&
           check_chains(device, why, why_size) &&
           check_windows(device, why, why_size);
}

uint64_t dcd_device_violations(const struct dcd_device *device)
{
    return device->violations;
}
