/* SPDX-License-Identifier: Apache-2.0 */
/* media_support.h - what tests of poison, scans and erasing share. */
#ifndef DCD_TEST_MEDIA_SUPPORT_H
#define DCD_TEST_MEDIA_SUPPORT_H

#include "gtest_c.h"
#include "host_support.h"

/*
 * Two heads of revision 3.1. Each has at
 *
 *     VOLATILE      0        512 MiB of its own
 *     PERSISTENT  512 MiB    256 MiB of its own, and labels of 4 KiB
 *     R0          768 MiB    2 GiB   blocks of 2 MiB
 *     R1         2816 MiB    1 GiB   blocks of 2 MiB, non-volatile
 *     R2         3840 MiB  256 MiB   blocks of 64 B, read-only for head 1
 *
 * A pass over a GiB takes 1 ms. A decoder maps all of it at WINDOW.
 */
#define VOLATILE UINT64_C(0)
#define PERSISTENT MIB(512)
#define R0 MIB(768)
#define R1 MIB(2816)
#define R2 MIB(3840)
#define END GIB(4)
#define WINDOW GIB(16)
#define MS UINT64_C(1000000000) /* ps */
#define LABELS 4096u

#define OK DCD_RC_SUCCESS
#define STARTED DCD_RC_BACKGROUND_STARTED
#define INPUT DCD_RC_INVALID_INPUT
#define ADDRESS DCD_RC_INVALID_PHYSICAL_ADDRESS

void media_config(struct harness *h);
void media_build(struct harness *h); /* as configured; decoders committed */
void media_ready(struct harness *h); /* the configuration, and built */

/* Eight bytes at [dpa], which can be accessed. */
void poke(struct harness *h, unsigned head, uint64_t dpa, uint64_t value);
uint64_t peek(struct harness *h, unsigned head, uint64_t dpa);
/* What a read of eight bytes answers. */
enum dcd_access touch(struct harness *h, unsigned head, uint64_t dpa);

uint16_t inject(struct harness *h, unsigned head, uint64_t dpa);
/* 4302h with 64 times [byte]. */
uint16_t clear_poison(struct harness *h, unsigned head, uint64_t dpa,
                      uint8_t byte);

/* 4300h, 4303h, 4304h of [length] bytes; bits of the address as they are. */
uint16_t poison_list(struct harness *h, unsigned head, uint64_t dpa,
                     uint64_t length);
uint16_t scan_caps(struct harness *h, unsigned head, uint64_t dpa,
                   uint64_t length);
uint16_t scan(struct harness *h, unsigned head, uint64_t dpa, uint64_t length,
              uint8_t flags);

/* So many lines from [dpa] on. */
struct lines {
    uint64_t dpa;
    uint32_t count;
};

#define LINES(...)                       \
    (const struct lines[]){__VA_ARGS__}, \
        COUNT(((const struct lines[]){__VA_ARGS__}))
#define NO_LINES NULL, 0

/* The answer to the latest 4300h or 4305h has these injected lines, flags as
 * said, and nothing else. */
void expect_lines(struct harness *h, uint8_t flags, const struct lines *lines,
                  uint32_t count);
/* A 4300h over all memory of [head], in one payload. */
void expect_poison(struct harness *h, unsigned head, const struct lines *lines,
                   uint32_t count);

/* Lets the operation that was started last come to its end. */
void finish(struct harness *h);
uint64_t background_code(struct harness *h, unsigned head);

/* 0100h of any log: how many records came back. */
uint32_t records(struct harness *h, unsigned head, uint8_t log);
const struct dcd_general_media_event *media_event(const struct harness *h,
                                                  uint32_t i);

/* 3:2 of Memory Device Status. */
unsigned media_status(struct harness *h, unsigned head);

#endif
