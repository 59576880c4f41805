/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_device.h - a small device for fuzz targets, with all checks on. */
#ifndef CXLDCD_TESTS_FUZZ_DEVICE_H
#define CXLDCD_TESTS_FUZZ_DEVICE_H

#include <cxldcd/device.h>

/*
 * Heads with static memory of every kind and labels, three regions (plain,
 * small blocks, sharable), small limits. Its clock is [now] (ps), which has to
 * outlive it; what takes time is done by the next call after its time.
 */
struct dcd_device *fuzz_device(uint64_t *now, unsigned heads,
                               enum dcd_topology topology);

/* Aborts when an invariant was violated; then destroys the device. */
void fuzz_device_end(struct dcd_device *device);

#endif
