/* SPDX-License-Identifier: Apache-2.0 */
/* ask.h - what tests of limits, logs and regions ask of a device. */
#ifndef DCD_TEST_ASK_H
#define DCD_TEST_ASK_H

#include "fabric.h"

/* 5604h, as add_by_policy(). */
uint16_t ask_free(struct harness *h, unsigned host, uint8_t region,
                  uint64_t length, const char *tag);
uint16_t ask_contiguous(struct harness *h, unsigned host, uint8_t region,
                        uint64_t length, const char *tag);

/* 5602h. [flags]: DCD_REGION_SANITIZE_ON_RELEASE */
uint16_t ask_configure(struct harness *h, uint8_t region, uint64_t block_size,
                       uint8_t flags);

/* [count] ranges of 2 MiB, each with a gap of 2 MiB behind it, from [dpa]; with
 * a [tag], numbered as one that is shared. */
void spread(struct range *ranges, uint32_t count, uint64_t dpa,
            const char *tag);

/* Holds [count] ranges one by one, so that no log is too small. */
void hold_each(struct harness *h, unsigned host, const struct range *ranges,
               uint32_t count);

/* [count] records in the log of every host: region 1 is configured so often,
 * which has to be sanitised or not as an FM likes (see fabric.h). */
void fill_logs(struct harness *h, uint32_t count);

/* What [host] has left, says 5601h and says 4800h. */
void expect_left(struct harness *h, unsigned host, uint32_t extents,
                 uint32_t tags);

/* What 0100h said about records that were lost. */
void expect_overflow(const struct harness *h, uint32_t lost, uint64_t first,
                     uint64_t last);

/* visible_state() and what 5601h and 5603h tell of every host. */
uint64_t full_state(struct harness *h);

#endif
