/* SPDX-License-Identifier: Apache-2.0 */
/* device_private.h - what a device is made of. */
#ifndef DCD_DEVICE_PRIVATE_H
#define DCD_DEVICE_PRIVATE_H

#include "capacity.h"
#include "cci.h"
#include "config_space.h"
#include "dc_decoder.h"
#include "mailbox.h"
#include "media.h"
#include "msix.h"

#include <cxldcd/ctypes/cci.h>
#include <cxldcd/device.h>

/* Pointers that are remembered to be checked; older ones are forgotten. */
#define DCD_WATCHED_GRANTS 64

/* One host's end of the device. */
struct dcd_head {
    struct dcd_dc_decoder decoder;
    struct dcd_memory_device memory;
    struct dcd_register_file component;
    struct dcd_config_space config_space;
    struct dcd_msix msix;
    struct dcd_mailbox mailbox;
    bool reset_wanted; /* asked for while another command ran */
    enum dcd_reset_kind reset_kind;
    /* config.check: pointers granted and not revoked; no data, no pointer. */
    struct dcd_span granted[DCD_WATCHED_GRANTS];
    unsigned next_grant;
};

/* The FM's end. */
struct dcd_fm_port {
    uint8_t *request; /* header and payload of the one that waits */
    size_t request_size;
    uint8_t *running; /* of the one under way: another may arrive meanwhile */
    uint8_t *response;
    size_t response_size; /* 0: there is none yet */
    bool busy;            /* a request waits to be carried out */
    uint64_t due;         /* ps */
};

struct dcd_device {
    struct dcd_config config;
    char *backing_path; /* what config.backing_path points to */
    struct dcd_ops ops;
    void (*trace)(void *context, const struct dcd_trace_record *record);
    void *trace_context;
    uint64_t trace_sequence;
    uint64_t now;      /* ps, as of the latest call */
    uint64_t next_due; /* ps; nothing is due before; UINT64_MAX: nothing is */
    uint64_t asked;    /* ps; the wake-up that was asked for last */
    bool running;      /* a command is under way */
    uint64_t violations;
    struct dcd_media media;
    struct dcd_capacity capacity;
    struct dcd_capacity_ops capacity_ops;
    struct dcd_memory_ops memory_ops;
    struct dcd_cci_ops cci_ops;
    struct dcd_qos qos;
    struct dcd_port ports[DCD_MAX_PORTS];
    struct dcd_head head[DCD_MAX_HEADS];
    struct dcd_fm_port fm;
};

/* Largest FM message, request or response. */
#define DCD_FM_MAX_MESSAGE (UINT32_C(1) << 20)

/* Reads the clock; every entry point begins with it. */
void dcd_device_enter(struct dcd_device *device);

/* Carries out, one after the other, all that is due, and asks to be woken for
 * what is due later; nothing when called from inside a command, which does so
 * when it ends. */
void dcd_device_run_due(struct dcd_device *device);

/* Something that waits is due then; to be told before dcd_device_run_due. */
void dcd_device_due_at(struct dcd_device *device, uint64_t due);

/* When a command that arrives now is carried out; at once without a clock. */
uint64_t dcd_device_command_due(const struct dcd_device *device);

/* Runs one command at [port]; the buffers are the caller's. */
uint16_t dcd_device_execute(struct dcd_device *device, unsigned port,
                            uint16_t opcode, struct dcd_cci_call *call,
                            uint32_t max_in);

/* Runs one command for a dcd_cci_ops.tunnel. */
uint16_t dcd_device_execute_tunnelled(struct dcd_device *device,
                                      unsigned target, uint16_t opcode,
                                      struct dcd_cci_call *call);

/* The FM's message that waits. */
void dcd_device_run_fm(struct dcd_device *device);

/* The reset that [head] waits for. */
void dcd_device_reset_head(struct dcd_device *device, unsigned head);

/* A reset of [head] that is carried out before the next command. */
void dcd_device_want_reset(struct dcd_device *device, unsigned head,
                           enum dcd_reset_kind kind);

/* Fingerprints of the state before a command (config.check). */
struct dcd_check_state {
    uint64_t list[DCD_MAX_HEADS];
    uint32_t generation[DCD_MAX_HEADS];
    bool dead_first[DCD_MAX_HEADS];
    uint64_t all; /* capacity, logs, memory devices, poison */
    /* What each head had accepted or was offered; empty without memory. */
    struct dcd_extent_list held[DCD_MAX_HEADS];
};

void dcd_device_check_begin(const struct dcd_device *device,
                            struct dcd_check_state *state);
/* Ends what begin has begun, and looks: at the state, and at the answer to
 * [call]. */
void dcd_device_check_end(struct dcd_device *device,
                          struct dcd_check_state *before,
                          const struct dcd_cci_call *call, uint16_t opcode,
                          uint16_t rc);

/* Remembers a granted pointer, forgets those inside a revoked range. */
void dcd_device_watch_grant(struct dcd_device *device, unsigned head,
                            const struct dcd_span *span);
void dcd_device_watch_revoked(struct dcd_device *device, unsigned head,
                              uint64_t first, uint64_t last);

/* Bytes that were to be erased are zero. */
void dcd_device_check_erased(struct dcd_device *device, const uint8_t *bytes,
                             uint64_t length);

/* What a read of [length] bytes would meet, whatever config.unbacked says. */
enum dcd_access dcd_device_survey(struct dcd_device *device, unsigned head,
                                  uint64_t hpa, uint64_t length);

/* device_effects.c: what capacity, memory devices and commands ask for. */
void dcd_device_connect(struct dcd_device *device);

/* [vector] of [head], through MSI-X. */
void dcd_device_interrupt(struct dcd_device *device, unsigned head,
                          unsigned vector);

/* Sends what became unmasked. */
void dcd_device_interrupts_released(struct dcd_device *device, unsigned head);

/* All pointers that [head] was ever granted. */
void dcd_device_revoke_all(struct dcd_device *device, unsigned head);

/* A record with time, sequence and the members below; the caller adds the
 * rest and passes it to dcd_device_trace. */
struct dcd_trace_record dcd_device_record(struct dcd_device *device,
                                          enum dcd_trace_kind kind,
                                          unsigned head);
void dcd_device_trace(struct dcd_device *device,
                      const struct dcd_trace_record *record);

void dcd_device_log(struct dcd_device *device, enum dcd_log_level level,
                    const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
