/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device.h - a CXL dynamic capacity device, as its owner sees it.
 *
 *            fabric manager                 hosts 0 ... N-1
 *                  |                    |        |         |
 *               CCI message          BAR 0     config    memory
 *                  |                registers   space     (HPA)
 *                  v                    v        v         v
 *            +-----------+   +-----------------------------------+
 *            |  FM port  |   | head[i]: mailbox, logs, decoders, |
 *            +-----------+   | accepted extents, static memory   |
 *                  |         +-----------------------------------+
 *                  v                    |
 *            +-----------------------------------+
 *            | capacity: regions, tags, who holds |
 *            | which block; the bytes             |
 *            +-----------------------------------+
 *
 * The device has no clock, no thread and no I/O. What it needs from its
 * surroundings goes through struct dcd_ops; a NULL callback has the default
 * that is documented with it, so that { 0 } is a working surrounding.
 *
 * Order of calls: dcd_device_create, then any of the functions below in any
 * order, from one thread at a time, then dcd_device_destroy. Callbacks run
 * inside the call that causes them. From inside a callback every function but
 * dcd_device_destroy may be called; a command that starts there is carried
 * out when the running one has ended.
 *
 * No input aborts or has undefined behaviour: an argument that names no head
 * answers DCD_ACCESS_NO_HEAD.
 */
#ifndef CXLDCD_DEVICE_H
#define CXLDCD_DEVICE_H

#include <cxldcd/config.h>
#include <cxldcd/trace.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct dcd_device;

enum dcd_log_level {
    DCD_LOG_LEVEL_WARNING, /* a host did what the specification leaves open */
    DCD_LOG_LEVEL_ERROR,   /* an invariant of the model is broken */
};

/* What the device asks of its surroundings. */
struct dcd_ops {
    void *context; /* handed to every callback */

    /* Simulated time in ps; may never go back by more than the callers'
     * annotated delays do. Default: always 0, and commands have no latency.
     */
    uint64_t (*now)(void *context);

    /* Please call dcd_device_wake at [when] (ps) or later. Default: none;
     * then commands with a latency complete at the next call after [when]. */
    void (*schedule)(void *context, uint64_t when);

    /* MSI-X vector [vector] of [head] fires. Default: nobody listens. */
    void (*interrupt)(void *context, unsigned head, unsigned vector);

    /* The FM's log got its first record and the FM wants to be told (0105h,
     * by default it does), or it has asked for this (0106h). Default: nobody
     * listens. */
    void (*fm_interrupt)(void *context);

    /* Pointers granted to [head] inside [first, last] (HPA, inclusive) stop
     * being valid when this returns. Default: nobody holds pointers. */
    void (*revoke_dmi)(void *context, unsigned head, uint64_t first,
                       uint64_t last);

    /* One step, valid during the call. Default: no trace, and no cost. */
    void (*trace)(void *context, const struct dcd_trace_record *record);

    /* One sentence for the user. Default: dropped. */
    void (*log)(void *context, enum dcd_log_level level, const char *text);
};

/*
 * NULL when the configuration is invalid or memory or its backing cannot be
 * had; [error] (may be NULL) says which.
 */
struct dcd_device *dcd_device_create(const struct dcd_config *config,
                                     const struct dcd_ops *ops,
                                     struct dcd_config_error *error);

void dcd_device_destroy(struct dcd_device *device);

/* The configuration in force, with all defaults filled in. */
const struct dcd_config *dcd_device_config(const struct dcd_device *device);

/*
 * From now on records go to [trace] with [context], whatever ops.trace was;
 * NULL switches recording off.
 */
void dcd_device_set_trace(struct dcd_device *device,
                          void (*trace)(void *context,
                                        const struct dcd_trace_record *record),
                          void *context);

/* Does what is due at ops.now(). Calling it early or often is harmless. */
void dcd_device_wake(struct dcd_device *device);

/*
 * Conventional reset of one head (CXL r3.2 9.13.3); others go on. From inside
 * a callback it waits for the running command to end, and commands that the
 * head is given until then are lost in it.
 */
void dcd_device_reset(struct dcd_device *device, unsigned head,
                      enum dcd_reset_kind kind);

/* --- Host: memory ------------------------------------------------------- */

/* Result of an access to memory or registers. */
enum dcd_access {
    DCD_ACCESS_OK = 0,
    DCD_ACCESS_NO_HEAD,      /* the device has no such head */
    DCD_ACCESS_NOT_DECODED,  /* no committed decoder covers the HPA */
    DCD_ACCESS_BEYOND,       /* decoded, but behind or between the partitions */
    DCD_ACCESS_NOT_BACKED,   /* a block that this head has not accepted */
    DCD_ACCESS_READ_ONLY,    /* a write to a read-only region */
    DCD_ACCESS_WIDTH,        /* registers: width or alignment not defined */
    DCD_ACCESS_NO_REGISTER,  /* behind the last register */
    DCD_ACCESS_MEM_DISABLED, /* CXL.mem is not enabled */
    DCD_ACCESS_MEDIA_DISABLED, /* a sanitize runs, or has not succeeded */
    DCD_ACCESS_POISONED,       /* the bytes were read; a line is poisoned */
};

/* "not-backed"; "unknown" for a value outside the enum. */
const char *dcd_access_name(unsigned access);

/*
 * Reads or writes [length] bytes at [hpa], across any boundary (CXL r3.1
 * 8.2.4.20 and 9.13.3). Anything but DCD_ACCESS_OK and DCD_ACCESS_POISONED
 * means that nothing was moved. Memory that is not there (MEM_DISABLED,
 * NOT_DECODED, BEYOND, NOT_BACKED, or a write to READ_ONLY) follows
 * config.unbacked_reads and _writes: with DCD_UNBACKED_IGNORE the call
 * succeeds, those bytes read FFh and ignore writes, and the trace has the
 * reason.
 *
 * Poison belongs to lines of 64 bytes. A read that touches a poisoned line
 * gets all its bytes and the answer POISONED. A write that covers a whole line
 * ends its poison; one to a part of it stores the bytes, and the line stays
 * poisoned. Both answer OK.
 *
 * While media are disabled (CXL r3.1 8.2.9.9.5.1) reads succeed with
 * dcd_disabled_byte(), writes succeed and are dropped, and the trace has the
 * reason MEDIA_DISABLED.
 */
enum dcd_access dcd_device_read(struct dcd_device *device, unsigned head,
                                uint64_t hpa, void *data, uint64_t length);
enum dcd_access dcd_device_write(struct dcd_device *device, unsigned head,
                                 uint64_t hpa, const void *data,
                                 uint64_t length);

/* What the byte at [dpa] reads as while media are disabled: nothing that was
 * ever stored, and the same in every run and at every width. */
uint8_t dcd_disabled_byte(uint64_t dpa);

/* What such an access would answer; moves nothing and leaves no trace. */
enum dcd_access dcd_device_probe(struct dcd_device *device, unsigned head,
                                 uint64_t hpa, uint64_t length, bool write);

/*
 * For debuggers: reads or writes up to the first byte that [head] may not
 * touch, without time, trace or effect on anything else, and returns how many
 * bytes that were. Poisoned lines are read and written; a line that is written
 * as a whole is poisoned no longer, as memory that a debugger has filled should
 * be usable. While media are disabled no byte can be touched.
 */
uint64_t dcd_device_debug_read(struct dcd_device *device, unsigned head,
                               uint64_t hpa, void *data, uint64_t length);
uint64_t dcd_device_debug_write(struct dcd_device *device, unsigned head,
                                uint64_t hpa, const void *data,
                                uint64_t length);

/*
 * Memory that may be used directly. Granted: [data] stands for HPA [first]
 * and is valid up to and including [last] until revoke_dmi names it. Refused
 * (false): [first, last] is the range around [hpa] that the refusal covers. A
 * poisoned line is never granted, and while media are disabled nothing is.
 */
struct dcd_span {
    uint8_t *data;
    uint64_t first;
    uint64_t last;
    bool writable;
};

bool dcd_device_dmi(struct dcd_device *device, unsigned head, uint64_t hpa,
                    struct dcd_span *span);

/* Whether dcd_device_dmi() would grant [hpa], for reading at least; cheap
 * where the latest access of [head] was. */
bool dcd_device_is_direct(struct dcd_device *device, unsigned head,
                          uint64_t hpa);

/* --- Host: BAR 0 and configuration space -------------------------------- */

/*
 * Offsets as in <cxldcd/ctypes/registers.h>. Registers take naturally aligned
 * accesses of 1, 2, 4 and 8 bytes, component registers of 4 bytes only, the
 * mailbox payload any (CXL r3.1 8.2, 8.2.8). [data] is little-endian.
 */
enum dcd_access dcd_device_mmio_read(struct dcd_device *device, unsigned head,
                                     uint64_t offset, void *data,
                                     uint64_t length);
enum dcd_access dcd_device_mmio_write(struct dcd_device *device, unsigned head,
                                      uint64_t offset, const void *data,
                                      uint64_t length);

/* Configuration space, 4 KiB; 1, 2 or 4 bytes, naturally aligned. */
enum dcd_access dcd_device_config_read(struct dcd_device *device, unsigned head,
                                       uint64_t offset, void *data,
                                       uint64_t length);
enum dcd_access dcd_device_config_write(struct dcd_device *device,
                                        unsigned head, uint64_t offset,
                                        const void *data, uint64_t length);

/* --- Fabric manager ----------------------------------------------------- */

/*
 * Takes one CCI message (struct dcd_cci_header and payload). False when it is
 * too short to have a header, or when it is the second one from inside one
 * callback: then it gets no response, and what was there before is kept.
 * Everything else gets a response, if only with a return code.
 */
bool dcd_device_fm_request(struct dcd_device *device, const void *message,
                           size_t length);

/*
 * Time in ps until the last request is carried out; 0: it has been. Who moves
 * its clock on by so much before it asks for the response sees the command
 * and its effects at their time.
 */
uint64_t dcd_device_fm_latency(struct dcd_device *device);

/* Bytes of the response to the last request; 0 before the first. */
size_t dcd_device_fm_response_size(struct dcd_device *device);

/*
 * Copies the head of the response, fills the rest of [data] with zeros and
 * returns the time in ps that is left of the command's latency. The same
 * response can be read again. A command that has not run yet runs now.
 */
uint64_t dcd_device_fm_response(struct dcd_device *device, void *data,
                                size_t length);

/* --- Looking inside ----------------------------------------------------- */

/*
 * Verifies what must always be true (docs/invariants.md). False: [why] is a
 * sentence. With config.check the device does so after every command, reports
 * through ops.log and counts.
 */
bool dcd_device_check(const struct dcd_device *device, char *why,
                      size_t why_size);

uint64_t dcd_device_violations(const struct dcd_device *device);

#ifdef __cplusplus
}
#endif
#endif
