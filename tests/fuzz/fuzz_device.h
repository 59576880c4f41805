/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_device.h - a small device for fuzz targets, with all checks on. */
#ifndef CXLDCD_TESTS_FUZZ_DEVICE_H
#define CXLDCD_TESTS_FUZZ_DEVICE_H

#include <cxldcd/device.h>

/* Two heads, three regions (plain, small blocks, sharable), small limits. */
struct dcd_device *fuzz_device(void);

/* Aborts when an invariant was violated; then destroys the device. */
void fuzz_device_end(struct dcd_device *device);

#endif
