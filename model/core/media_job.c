/* SPDX-License-Identifier: Apache-2.0 */
/* media_job.c - operands of the media command that runs in the background. */
#include "media_job.h"
#include "port.h"

#include <stdlib.h>
#include <string.h>

bool dcd_media_job_begin(struct dcd_media_job *job, uint8_t flags,
                         uint32_t count)
{
    struct dcd_dpa_range *ranges = malloc(count * sizeof(*ranges));

    if (!ranges)
        return false;
    dcd_media_job_end(job);
    job->flags = flags;
    job->count = count;
    job->ranges = ranges;
    return true;
}

void dcd_media_job_end(struct dcd_media_job *job)
{
    free(job->ranges);
    memset(job, 0, sizeof(*job));
}
