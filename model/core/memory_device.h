/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory_device.h - what one head has of a memory device besides capacity and
 * registers: media state, partitions, labels, health, poison list, firmware,
 * features and the operation in the background (CXL r3.1 8.2.9.9).
 *
 * Command handlers are its only callers; device.c makes it and resets it.
 */
#ifndef DCD_MEMORY_DEVICE_H
#define DCD_MEMORY_DEVICE_H

#include "background.h"
#include "capacity.h"
#include "dc_decoder.h"
#include "feature.h"
#include "firmware.h"
#include "health.h"
#include "maintenance.h"
#include "media.h"
#include "media_job.h"
#include "nonvolatile.h"
#include "port.h"
#include "scan.h"

#include <cxldcd/ctypes/memory_device.h>
#include <cxldcd/ctypes/registers.h>

/* What the memory device asks of the device around it. */
struct dcd_memory_ops {
    void *context;
    /* Appends [record] (DCD_EVENT_RECORD_SIZE bytes that begin with a
     * dcd_event_header) to log 0-3 of [head]; interrupts and overflow follow
     * CXL r3.1 8.2.9.2. Handle and timestamp are filled in. */
    void (*event)(void *context, unsigned head, enum dcd_event_log_id log,
                  const void *record);
    /* The whole address space of [head] means something else, or may no longer
     * be touched: direct pointers are taken back. */
    void (*access_changed)(void *context, unsigned head);
    /* Lines in [dpa, dpa + length) as [head] sees them became poisoned, or
     * are no longer: whoever can reach them has to look again. */
    void (*poison_changed)(void *context, unsigned head, uint64_t dpa,
                           uint64_t length);
    /* Sizes of static partitions moved: CDAT and DVSEC ranges follow. */
    void (*partitions_changed)(void *context, unsigned head);
};

/* Embeddable. */
struct dcd_memory_device {
    unsigned head;
    const struct dcd_config *config;
    const struct dcd_memory_ops *ops;
    struct dcd_port *port;
    struct dcd_capacity *capacity;
    struct dcd_dc_decoder *decoder; /* the head's partitions and block maps */
    struct dcd_media *media;

    enum dcd_media_status media_status;
    struct dcd_background background;
    struct dcd_media_job job; /* of what runs in the background */
    struct dcd_poison_list poison_list;
    struct dcd_scan scan;
    struct dcd_health health;
    struct dcd_firmware firmware;
    struct dcd_features features;
    struct dcd_maintenance maintenance;

    uint8_t *remembered; /* record in the media (nonvolatile.h), or NULL */
    uint8_t *lsa;        /* label storage area in the media, config.lsa bytes */
    /* Static partitions, bytes; [next] comes with a conventional or CXL
     * reset. */
    uint64_t active_volatile;
    uint64_t active_persistent;
    bool next_given;
    uint64_t next_volatile;
};

/* Where the head's own bytes lie in the backing. */
struct dcd_memory_place {
    uint64_t static_media; /* offset of DPA 0 */
    uint64_t own_media; /* what is no memory: dcd_memory_device_own() bytes */
};

/* What a head remembers without power, and its labels; heads do not share a
 * page. 0: there is nothing of the kind. */
uint64_t dcd_memory_device_own(const struct dcd_config *config);

/* All pointers have to outlive [memory]. False: out of memory; it may still be
 * destroyed. */
bool dcd_memory_device_init(struct dcd_memory_device *memory, unsigned head,
                            const struct dcd_config *config,
                            const struct dcd_memory_ops *ops,
                            struct dcd_port *port,
                            struct dcd_capacity *capacity,
                            struct dcd_dc_decoder *decoder,
                            struct dcd_media *media,
                            struct dcd_memory_place place);
void dcd_memory_device_destroy(struct dcd_memory_device *memory);

/*
 * Conventional reset: the background operation stops, pending partitions and
 * firmware become active, health and alert settings return to their defaults
 * where the specification says so. Media that a sanitize left disabled stay
 * disabled. A CXL reset stops what runs in the background and makes pending
 * partitions active. Both end transfers of firmware and features, and restore
 * features as their attributes say.
 */
void dcd_memory_device_reset(struct dcd_memory_device *memory,
                             enum dcd_reset_kind kind);

/* 4204h: whether a shutdown from now on is a dirty one. */
void dcd_memory_device_set_shutdown(struct dcd_memory_device *memory,
                                    bool dirty);

/* Changes the media status; what can be touched follows. */
void dcd_memory_device_set_media(struct dcd_memory_device *memory,
                                 enum dcd_media_status status);

/* The Memory Device Status register (CXL r3.1 8.2.8.5.1.1). */
uint64_t dcd_memory_device_status(const struct dcd_memory_device *memory);

/* Moves the boundary between volatile and persistent static capacity: now, or
 * with the next conventional or CXL reset. The later of two requests counts. */
void dcd_memory_device_partition(struct dcd_memory_device *memory,
                                 uint64_t active_volatile);
void dcd_memory_device_partition_next(struct dcd_memory_device *memory,
                                      uint64_t next_volatile);

/* ps that one pass over [length] bytes of media takes
 * (config.sanitize_per_gib). */
uint64_t dcd_memory_device_pass(const struct dcd_memory_device *memory,
                                uint64_t length);

#endif
