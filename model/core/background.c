/* SPDX-License-Identifier: Apache-2.0 */
/* background.c - start, progress and end of a background operation. */
#include "background.h"

#include <cxldcd/ctypes/registers.h>
#include <cxldcd/ctypes/return_code.h>

#include <string.h>

void dcd_background_start(struct dcd_background *background, uint16_t opcode,
                          uint64_t now, uint64_t duration)
{
    background->running = true;
    background->stopped = false;
    background->opcode = opcode;
    background->return_code = DCD_RC_SUCCESS;
    background->start = now;
    background->due = duration > UINT64_MAX - now ? UINT64_MAX : now + duration;
}

void dcd_background_finish(struct dcd_background *background,
                           uint16_t return_code)
{
    background->running = false;
    background->ended = background->due;
    background->return_code = return_code;
}

void dcd_background_abort(struct dcd_background *background, uint64_t now)
{
    background->running = false;
    background->stopped = true;
    background->ended = now;
    background->return_code = DCD_RC_ABORTED;
}

void dcd_background_reset(struct dcd_background *background)
{
    memset(background, 0, sizeof(*background));
}

static uint64_t percent(const struct dcd_background *background, uint64_t now)
{
    uint64_t at = background->running ? now : background->ended;
    uint64_t whole = background->due - background->start;
    uint64_t done = at > background->start ? at - background->start : 0;

    if (!background->running && !background->stopped)
        return 100;
    /* Divided first where a product could wrap. */
    if (done >= whole)
        return 99;
    return whole > UINT64_MAX / 100 ? done / (whole / 100 + 1)
                                    : done * 100 / whole;
}

uint64_t dcd_background_status(const struct dcd_background *background,
                               uint64_t now)
{
    if (background->opcode == 0)
        return 0;
    return background->opcode |
           percent(background, now) << DCD_MBOX_PERCENT_SHIFT |
           (uint64_t)background->return_code << DCD_MBOX_RETURN_CODE_SHIFT;
}
