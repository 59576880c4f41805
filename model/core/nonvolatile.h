/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nonvolatile.h - what a memory device remembers without power, besides labels
 * and persistent bytes: its partitions and how it was shut down.
 *
 * One record in the media, little-endian. In a backing file it is there for
 * the next device, which takes it if it is one and was written by a device
 * with the same static capacity; anything else counts as a new device.
 */
#ifndef DCD_NONVOLATILE_H
#define DCD_NONVOLATILE_H

#include <cxldcd/config.h>

/* Room for the record: a page, so that what lies behind it is aligned. */
#define DCD_NONVOLATILE_SIZE 4096u

struct dcd_nonvolatile {
    uint64_t volatile_size; /* of the static capacity, at the next power-up */
    uint32_t dirty_shutdowns;
    bool dirty; /* a shutdown now would lose data */
};

/* False: there is no such record at [media]. */
bool dcd_nonvolatile_load(struct dcd_nonvolatile *state, const uint8_t *media,
                          const struct dcd_config *config);

void dcd_nonvolatile_store(const struct dcd_nonvolatile *state, uint8_t *media,
                           const struct dcd_config *config);

#endif
