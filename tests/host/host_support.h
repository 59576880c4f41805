/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host_support.h - what tests of the host's side share: the whole state that
 * can be seen from outside, and "nothing has changed".
 */
#ifndef DCD_TEST_HOST_SUPPORT_H
#define DCD_TEST_HOST_SUPPORT_H

#include "harness.h"

/* Registers of the mailbox, in the BAR. */
#define MAILBOX_AT(offset) (DCD_BAR_DEVICE + DCD_DEV_MAILBOX + (offset))
#define EVENT_STATUS_AT (DCD_BAR_DEVICE + DCD_DEV_STATUS)
#define DC_LOG_BIT (1u << DCD_LOG_DYNAMIC_CAPACITY)

/* What host [head] and the FM can see of the state. Logs and lists are
 * fingerprints of their bytes. */
struct view {
    uint64_t list; /* 4801h, all pages, without the generation */
    uint32_t total;
    uint32_t generation;
    uint32_t extents; /* available, 4800h; 0 in r3.0, which has no trailer */
    uint32_t tags;
    uint64_t host_log; /* 0100h of log 4 */
    uint64_t fm_log;
};

/* Looking sends commands, so it ends a list that comes in parts. */
struct view look(struct harness *h, unsigned head);

/* Everything is as it was at [before]. */
void expect_unchanged(struct harness *h, unsigned head,
                      const struct view *before);

/*
 * The command after [before] did what it should: the list is [ranges], the
 * generation has moved or not, so many extents are tracked by now, and the
 * host's own log is as it was. The FM's log is for expect_fm.
 */
void expect_after(struct harness *h, unsigned head, const struct view *before,
                  bool moved, uint32_t tracked, const struct range *ranges,
                  uint32_t count);

/* 4802h or 4803h of head 0 as raw bytes: [count] in the header, whatever
 * [length] says, and entries of 2 MiB each behind it. */
uint16_t list_raw(struct harness *h, uint16_t opcode, uint32_t count,
                  uint8_t flags, uint32_t length);

/* 5604h that has to succeed. */
void offer(struct harness *h, unsigned head, const struct range *ranges,
           uint32_t count);

/* The oldest group is [ranges] and can be accepted; afterwards it is. */
void expect_answerable(struct harness *h, unsigned head,
                       const struct range *ranges, uint32_t count);

/* Nothing waits for an answer. */
void expect_no_pending(struct harness *h, unsigned head);

/* The blocks are free: they can be offered. The offer is withdrawn again. */
void expect_free(struct harness *h, unsigned head, const struct range *ranges,
                 uint32_t count);

/* The FM's log holds exactly one chain of [type] about [head], with these
 * extents; afterwards it is empty. */
void expect_fm(struct harness *h, enum dcd_dc_event_type type, unsigned head,
               const struct range *ranges, uint32_t count);
void expect_fm_silent(struct harness *h);

/* Empties log 4 of a head, and of the FM. */
void drain(struct harness *h, unsigned head);
void fm_drain(struct harness *h);

/* One command without input. */
uint16_t command(struct harness *h, unsigned head, uint16_t opcode);

/* [n] extents of one block each from [base] on, every other block. */
void scattered(struct range *ranges, uint32_t n, uint64_t base, uint64_t block);

/* A BAR access that is expected to answer [access]; 0 where nothing was read.
 */
uint64_t bar_read(struct harness *h, unsigned head, uint64_t offset,
                  unsigned width, enum dcd_access access);
void bar_write(struct harness *h, unsigned head, uint64_t offset,
               unsigned width, uint64_t value, enum dcd_access access);

#endif
