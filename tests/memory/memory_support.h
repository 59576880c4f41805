/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory_support.h - what tests of the memory path share.
 */
#ifndef DCD_TEST_MEMORY_SUPPORT_H
#define DCD_TEST_MEMORY_SUPPORT_H

#include "harness.h"

/* HPA of DPA 0, where a test has one linear decoder. */
#define BASE GIB(4)

/* D1 with decoder 0 over its 4 GiB at BASE, and memory that is not there
 * answering as said. */
void d1_decoded(struct harness *h, enum dcd_unbacked unbacked);

/* As commit_decoder; ways and granularity are codes of the control register:
 * 0-4, 8-A, and 0-6 for 256 B to 16 KiB. */
void commit_interleaved(struct harness *h, unsigned head, unsigned n,
                        uint64_t base, uint64_t size, unsigned ways,
                        unsigned granularity);
void uncommit_decoder(struct harness *h, unsigned head, unsigned n);

/* xorshift64*; [state] is not 0. */
uint64_t draw(uint64_t *state);

/* Bytes that look like no other [seed]'s, and never like FFh throughout. */
void fill(uint8_t *bytes, uint64_t length, uint64_t seed);

/* New bytes can be written, and come back, in every way of access. */
void expect_works(struct harness *h, unsigned head, uint64_t hpa,
                  uint64_t length);

/* The bytes of fill(..., seed) are there. */
void expect_bytes(struct harness *h, unsigned head, uint64_t hpa,
                  uint64_t length, uint64_t seed);
void put_bytes(struct harness *h, unsigned head, uint64_t hpa, uint64_t length,
               uint64_t seed);

/* Reads and writes answer [why], move nothing, and probe says the same. */
void expect_refused(struct harness *h, unsigned head, uint64_t hpa,
                    uint64_t length, enum dcd_access why);

/* Reads succeed with all-ones, writes succeed and change nothing that a read
 * can show; the trace says [why]. No byte of the range may be accessible. */
void expect_ignored(struct harness *h, unsigned head, uint64_t hpa,
                    uint64_t length, enum dcd_access why);

#endif
