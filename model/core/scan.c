/* SPDX-License-Identifier: Apache-2.0 */
/* scan.c - the results of the latest scan. */
#include "scan.h"

#include <stdlib.h>
#include <string.h>

void dcd_scan_finish(struct dcd_scan *scan, struct dcd_media_error *records,
                     uint32_t count, uint64_t restart_dpa,
                     uint64_t restart_length)
{
    dcd_scan_forget(scan);
    scan->done = true;
    scan->count = count;
    scan->records = records;
    scan->restart_dpa = restart_dpa;
    scan->restart_length = restart_length;
}

void dcd_scan_forget(struct dcd_scan *scan)
{
    free(scan->records);
    memset(scan, 0, sizeof(*scan));
}
