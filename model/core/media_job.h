/* SPDX-License-Identifier: Apache-2.0 */
/*
 * media_job.h - operands of the media command that runs in the background: the
 * ranges that 4304h scans or 4402h erases. There is one such command at most.
 */
#ifndef DCD_MEDIA_JOB_H
#define DCD_MEDIA_JOB_H

#include <stdbool.h>
#include <stdint.h>

struct dcd_dpa_range;

/* Embeddable; all zero at first. Owns [ranges]. */
struct dcd_media_job {
    uint8_t flags; /* DCD_SCAN_... of 4304h */
    uint32_t count;
    struct dcd_dpa_range *ranges;
};

/* Room for [count] ranges (not 0), for the caller to fill in. False: out of
 * memory, and nothing has changed. */
bool dcd_media_job_begin(struct dcd_media_job *job, uint8_t flags,
                         uint32_t count);

void dcd_media_job_end(struct dcd_media_job *job);

#endif
