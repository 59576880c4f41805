/* SPDX-License-Identifier: Apache-2.0 */
/* memory_device.c - state of a memory device beside its capacity. */
#include "memory_device.h"

#include <string.h>

uint64_t dcd_memory_device_own(const struct dcd_config *config)
{
    const uint64_t page = DCD_NONVOLATILE_SIZE;

    if (!config->lsa && !dcd_config_may_be_persistent(config))
        return 0;
    return page + (config->lsa + page - 1) / page * page;
}

/* What would be there after power was lost now. */
static void remember(const struct dcd_memory_device *memory)
{
    struct dcd_nonvolatile state = {
        .volatile_size = memory->next_given ? memory->next_volatile
                                            : memory->active_volatile,
        .dirty_shutdowns = memory->health.dirty_shutdowns,
        .dirty = memory->health.dirty,
    };

    if (memory->remembered)
        dcd_nonvolatile_store(&state, memory->remembered, memory->config);
}

static void set_partitions(struct dcd_memory_device *memory,
                           uint64_t active_volatile)
{
    memory->active_volatile = active_volatile;
    memory->active_persistent =
        dcd_config_static(memory->config) - active_volatile;
    dcd_partitions_set_static(&memory->decoder->partitions, active_volatile,
                              memory->active_persistent);
}

/* The device before this one lost its power; this one goes on from there. */
static void power_up(struct dcd_memory_device *memory)
{
    struct dcd_nonvolatile state;

    if (!dcd_nonvolatile_load(&state, memory->remembered, memory->config))
        return;
    set_partitions(memory, state.volatile_size);
    memory->health.dirty_shutdowns = state.dirty_shutdowns;
    memory->health.dirty = state.dirty;
    dcd_health_reset(&memory->health);
    remember(memory);
}

bool dcd_memory_device_init(struct dcd_memory_device *memory, unsigned head,
                            const struct dcd_config *config,
                            const struct dcd_memory_ops *ops,
                            struct dcd_port *port,
                            struct dcd_capacity *capacity,
                            struct dcd_dc_decoder *decoder,
                            struct dcd_media *media,
                            struct dcd_memory_place place)
{
    memset(memory, 0, sizeof(*memory));
    memory->head = head;
    memory->config = config;
    memory->ops = ops;
    memory->port = port;
    memory->capacity = capacity;
    memory->decoder = decoder;
    memory->media = media;
    memory->media_status = DCD_MEDIA_READY;
    dcd_health_init(&memory->health);
    dcd_firmware_init(&memory->firmware, config->firmware_revision);
    dcd_features_init(&memory->features);
    /* What can be either is volatile until 4101h says otherwise. */
    memory->active_volatile =
        config->static_volatile + config->static_partitionable;
    memory->active_persistent = config->static_persistent;
    if (dcd_memory_device_own(config)) {
        memory->remembered = media->bytes + place.own_media;
        memory->lsa = memory->remembered + DCD_NONVOLATILE_SIZE;
        power_up(memory);
    }
    return true;
}

void dcd_memory_device_destroy(struct dcd_memory_device *memory)
{
    dcd_media_job_end(&memory->job);
    dcd_scan_forget(&memory->scan);
    memset(memory, 0, sizeof(*memory));
}

void dcd_memory_device_reset(struct dcd_memory_device *memory,
                             enum dcd_reset_kind kind)
{
    if (kind == DCD_RESET_FUNCTION_LEVEL)
        return;
    dcd_background_reset(&memory->background);
    dcd_firmware_reset(&memory->firmware, kind == DCD_RESET_CONVENTIONAL);
    dcd_features_reset(&memory->features, kind == DCD_RESET_CONVENTIONAL);
    dcd_media_job_end(&memory->job);
    if (memory->next_given)
        dcd_memory_device_partition(memory, memory->next_volatile);
    if (kind != DCD_RESET_CONVENTIONAL)
        return;
    dcd_scan_forget(&memory->scan);
    memset(&memory->poison_list, 0, sizeof(memory->poison_list));
    dcd_health_reset(&memory->health);
    remember(memory);
    dcd_maintenance_reset(&memory->maintenance);
}

void dcd_memory_device_set_shutdown(struct dcd_memory_device *memory,
                                    bool dirty)
{
    memory->health.dirty = dirty;
    remember(memory);
}

void dcd_memory_device_set_media(struct dcd_memory_device *memory,
                                 enum dcd_media_status status)
{
    memory->media_status = status;
    dcd_dc_decoder_set_media(memory->decoder, status == DCD_MEDIA_READY);
    memory->ops->access_changed(memory->ops->context, memory->head);
}

uint64_t dcd_memory_device_status(const struct dcd_memory_device *memory)
{
    uint64_t status = DCD_MEMDEV_MAILBOX_READY | (uint64_t)memory->media_status
                                                     << DCD_MEMDEV_MEDIA_SHIFT;

    /* Media that are not ready are never without a way out. */
    if (memory->media_status != DCD_MEDIA_READY)
        status |= (uint64_t)DCD_RESET_NEEDED_COLD
                  << DCD_MEMDEV_RESET_NEEDED_SHIFT;
    return status;
}

void dcd_memory_device_partition(struct dcd_memory_device *memory,
                                 uint64_t active_volatile)
{
    const struct dcd_memory_ops *ops = memory->ops;

    const bool same = memory->active_volatile == active_volatile;

    memory->next_given = false;
    if (!same)
        set_partitions(memory, active_volatile);
    remember(memory);
    if (same)
        return;
    ops->partitions_changed(ops->context, memory->head);
    ops->access_changed(ops->context, memory->head);
}

void dcd_memory_device_partition_next(struct dcd_memory_device *memory,
                                      uint64_t next_volatile)
{
    /* What is active already is not pending. */
    memory->next_given = next_volatile != memory->active_volatile;
    memory->next_volatile = next_volatile;
    remember(memory);
}

uint64_t dcd_memory_device_pass(const struct dcd_memory_device *memory,
                                uint64_t length)
{
    const uint64_t rate = memory->config->sanitize_per_gib;
    const uint64_t whole = length / DCD_GIB;
    const uint64_t mib = length % DCD_GIB / DCD_MIB;
    const uint64_t parts = DCD_GIB / DCD_MIB;

    if (rate > UINT64_MAX / 2 / (whole + 1))
        return UINT64_MAX / 2;
    /* mib * rate / parts, in an order in which nothing can wrap. */
    return whole * rate + rate / parts * mib + rate % parts * mib / parts;
}
