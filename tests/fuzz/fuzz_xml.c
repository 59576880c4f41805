/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_xml.c - any bytes as a platform and as a scenario file. */
#define _GNU_SOURCE
#include "fuzz.h"

#include <cxldcd/scenario.h>

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dcd_messages messages = {0};
    char path[64];
    int file = memfd_create("fuzz", MFD_CLOEXEC);

    if (file < 0)
        return 0;
    snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
    if (write(file, data, size) == (ssize_t)size) {
        dcd_platform_free(dcd_platform_load(path, &messages));
        dcd_messages_free(&messages);
        dcd_scenario_free(dcd_scenario_load(path, &messages));
        dcd_messages_free(&messages);
    }
    close(file);
    return 0;
}
