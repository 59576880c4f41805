/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_device.c - a small device for fuzz targets, with all checks on. */
#include "fuzz_device.h"

#include <cxldcd/ctypes/registers.h>

#include <stdio.h>
#include <stdlib.h>

static uint64_t clock_of(void *now)
{
    return *(uint64_t *)now;
}

/* What is committed can be reached, until a reset. */
static void enable_mem(struct dcd_device *device, unsigned heads)
{
    struct dcd_le16 control = dcd_put16(DCD_CXL_MEM_ENABLE);

    for (unsigned head = 0; head < heads; head++)
        dcd_device_config_write(device, head,
                                DCD_CONFIG_CXL_DEVICE + DCD_CXL_CONTROL,
                                &control, sizeof(control));
}

struct dcd_device *fuzz_device(uint64_t *now, unsigned heads,
                               enum dcd_topology topology)
{
    struct dcd_ops ops = {.context = now, .now = clock_of};
    struct dcd_config config;
    struct dcd_device *device;

    dcd_config_init(&config);
    config.heads = heads;
    config.topology = topology;
    config.mailbox_payload = 256;
    config.extents = 6;
    config.tags = 3;
    config.dc_log = 5;
    config.fm_log = 7;
    config.static_volatile = DCD_CAPACITY_UNIT;
    config.static_persistent = DCD_CAPACITY_UNIT;
    config.static_partitionable = DCD_CAPACITY_UNIT;
    config.lsa = 300;
    config.event_log = 3;
    config.poison_list = 4;
    config.sanitize_per_gib = 1000;
    config.region_count = 3;
    for (unsigned i = 0; i < 3; i++) {
        config.regions[i].length = 1024;
        config.regions[i].block_size = i == 1 ? 64 : 128;
        config.regions[i].sanitize =
            i == 2 ? DCD_SANITIZE_CONFIGURABLE : DCD_SANITIZE_NO;
    }
    config.regions[2].attributes = DCD_REGION_ATTR_SHARABLE;
    config.check = true;
    device = dcd_device_create(&config, &ops, NULL);
    if (!device)
        abort();
    enable_mem(device, heads);
    return device;
}

void fuzz_device_end(struct dcd_device *device)
{
    char why[200];

    if (dcd_device_violations(device) ||
        !dcd_device_check(device, why, sizeof(why))) {
        fprintf(stderr, "an invariant was violated\n");
        abort();
    }
    dcd_device_destroy(device);
}
