/* SPDX-License-Identifier: Apache-2.0 */
/*
 * harness.h - a device with hosts and a fabric manager around it, for tests.
 *
 * Everything goes through the doors that a real host and a real FM have:
 * registers, memory, CCI messages. Time is a number that the test moves. All
 * invariants are checked after every command; a violation fails the test.
 */
#ifndef DCD_TEST_HARNESS_H
#define DCD_TEST_HARNESS_H

#include <cxldcd/ctypes/cci.h>
#include <cxldcd/ctypes/dynamic_capacity.h>
#include <cxldcd/ctypes/event.h>
#include <cxldcd/ctypes/fm_api.h>
#include <cxldcd/ctypes/fm_devices.h>
#include <cxldcd/ctypes/generic.h>
#include <cxldcd/ctypes/memory_device.h>
#include <cxldcd/ctypes/opcode.h>
#include <cxldcd/ctypes/registers.h>
#include <cxldcd/ctypes/return_code.h>
#include <cxldcd/device.h>

#define MIB(n) ((uint64_t)(n)*DCD_MIB)
#define GIB(n) ((uint64_t)(n)*DCD_GIB)

/* A range and, where it matters, tag and sequence. */
struct range {
    uint64_t dpa;
    uint64_t length;
    const char *tag; /* NULL: none; "11111111-2222-..." */
    uint16_t sequence;
};

struct harness {
    struct dcd_config config;
    struct dcd_device *device;
    uint64_t now;       /* ps; the test moves it */
    uint64_t scheduled; /* latest time asked for, 0: none */

    unsigned interrupts[DCD_MAX_HEADS][DCD_MSIX_VECTORS];
    unsigned fm_interrupts;
    unsigned revocations;
    unsigned revoked_head; /* of the latest revocation */
    uint64_t revoked_first;
    uint64_t revoked_last;
    void (*on_revoke)(struct harness *h); /* from inside each; or NULL */
    unsigned warnings;                    /* through ops.log */

    uint8_t *out;        /* output of the latest command, owned */
    uint32_t out_length; /* of it */
    uint8_t fm_tag;
};

/*
 * D1 of the tables: no static memory, two regions of 2 GiB with blocks of
 * 2 MiB, 512 extents, no tags, log depth 8, mailbox 2 KiB, one head, revision
 * 3.1 (no LD-ID and head-ID in event records).
 */
void harness_d1(struct harness *h);

/* The same configuration, not built yet: change [config], then harness_build.
 */
void harness_d1_config(struct harness *h);
void harness_build(struct harness *h); /* aborts the process if it fails */

/* Fails the test when an invariant was violated. */
void harness_free(struct harness *h);

/* --- Host ---------------------------------------------------------------- */

/* One command through registers and doorbell; waits while it is busy by
 * moving time. Answers with the return code; output is in h->out. */
uint16_t mailbox(struct harness *h, unsigned head, uint16_t opcode,
                 const void *in, uint32_t in_length);

/* 4802h and 4803h with [count] ranges and the More flag as said. */
uint16_t add_response(struct harness *h, unsigned head,
                      const struct range *ranges, uint32_t count);
uint16_t add_response_more(struct harness *h, unsigned head,
                           const struct range *ranges, uint32_t count);
uint16_t release(struct harness *h, unsigned head, const struct range *ranges,
                 uint32_t count);
uint16_t release_more(struct harness *h, unsigned head,
                      const struct range *ranges, uint32_t count);

/* Registers: 4- and 8-byte accesses that have to succeed. */
uint64_t reg_read(struct harness *h, unsigned head, uint64_t offset,
                  unsigned width);
void reg_write(struct harness *h, unsigned head, uint64_t offset,
               unsigned width, uint64_t value);

/* Configuration space: 1-, 2- and 4-byte accesses that have to succeed. */
uint64_t config_read(struct harness *h, unsigned head, uint64_t offset,
                     unsigned width);
void config_write(struct harness *h, unsigned head, uint64_t offset,
                  unsigned width, uint64_t value);

/* Where the DVSEC with [id] lies; 0, and a failure, if there is none. */
uint64_t find_dvsec(struct harness *h, unsigned head, uint64_t id);

/* Moves time to [until] (ps), with a stop at whatever is due before. */
void run_until(struct harness *h, uint64_t until);

/* CXL.mem on, by the CXL Device DVSEC. */
void enable_mem(struct harness *h, unsigned head);

/* MSI-X on, all vectors unmasked, all logs' interrupts enabled. */
void enable_interrupts(struct harness *h, unsigned head);

/* Commits decoder [n] of [head], one way, and enables decoding and CXL.mem. */
void commit_decoder(struct harness *h, unsigned head, unsigned n, uint64_t base,
                    uint64_t size, uint64_t skip);

/* Expects that the accepted list (4801h, in pages) is exactly [ranges]. Tags
 * and sequences are compared where the range gives a tag. */
void expect_list(struct harness *h, unsigned head, const struct range *ranges,
                 uint32_t count);
uint32_t generation(struct harness *h, unsigned head);
uint32_t available_extents(struct harness *h, unsigned head); /* 4800h */
uint32_t available_tags(struct harness *h, unsigned head);

/* Record [i] of the answer to the latest 0100h. */
const struct dcd_dc_event *event_at(const struct harness *h, uint32_t i);
/* 0100h of log 4: how many records came back. */
uint32_t get_events(struct harness *h, unsigned head);
/* 0101h for the [count] oldest records of log 4. */
uint16_t clear_events(struct harness *h, unsigned head, uint32_t count);

/* --- Fabric manager ------------------------------------------------------ */

uint16_t fm(struct harness *h, uint16_t opcode, const void *in,
            uint32_t in_length);
/* The same inside a 5300h, which has to succeed, for [target] (enum
 * dcd_tunnel_target) and [id]: return code and output are those inside. */
uint16_t tunnel(struct harness *h, uint8_t target, uint8_t id, uint16_t opcode,
                const void *in, uint32_t in_length);
/* 5604h and 5605h, prescriptive. [flags]: DCD_RELEASE_FORCED, ..._SANITIZE */
uint16_t fm_add(struct harness *h, unsigned head, const struct range *ranges,
                uint32_t count);
uint16_t fm_release(struct harness *h, unsigned head, uint8_t flags,
                    const struct range *ranges, uint32_t count);
/* 0100h of the FM's log 4, then 0101h for what was read. */
uint32_t fm_get_events(struct harness *h);
uint32_t fm_drain_events(struct harness *h);

/* Adds and accepts: the shortest way to a state. */
void hold(struct harness *h, unsigned head, const struct range *ranges,
          uint32_t count);

/* Ranges without a tag leave the tag out. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))
/* A literal list and its length: RANGES({0, MIB(128)}, {...}) */
#define RANGES(...)                      \
    (const struct range[]){__VA_ARGS__}, \
        COUNT(((const struct range[]){__VA_ARGS__}))
#define NO_RANGES NULL, 0

#endif
