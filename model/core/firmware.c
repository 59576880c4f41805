/* SPDX-License-Identifier: Apache-2.0 */
/* firmware.c - firmware slots, and the transfer of images. */
#include "firmware.h"

#include <cxldcd/ctypes/generic.h>
#include <cxldcd/ctypes/return_code.h>

#include <string.h>

void dcd_firmware_init(struct dcd_firmware *firmware, const char *revision)
{
    memset(firmware, 0, sizeof(*firmware));
    memcpy(firmware->slot[0].revision, revision, DCD_FW_REVISION);
    firmware->active = 1;
}

static void drop_transfer(struct dcd_firmware *firmware)
{
    memset(&firmware->transfer, 0, sizeof(firmware->transfer));
    firmware->job.kind = DCD_FW_JOB_NONE;
}

static void switch_to(struct dcd_firmware *firmware, unsigned slot)
{
    firmware->active = slot;
    firmware->staged = 0;
}

void dcd_firmware_reset(struct dcd_firmware *firmware, bool conventional)
{
    drop_transfer(firmware);
    if (conventional && firmware->staged)
        switch_to(firmware, firmware->staged);
}

const char *dcd_firmware_revision(const struct dcd_firmware *firmware)
{
    return firmware->slot[firmware->active - 1].revision;
}

/*
 * What happened since the latest request: an operation that was stopped takes
 * its transfer with it, and so does the time. True: it was the time.
 */
static bool catch_up(struct dcd_firmware *firmware, uint64_t now)
{
    const struct dcd_firmware_transfer *transfer = &firmware->transfer;
    /* Callers with annotated delays may be behind the one that ended a part. */
    bool late = transfer->under_way && now > transfer->ended &&
                now - transfer->ended > DCD_FW_TIMEOUT;
    bool stopped = firmware->job.kind == DCD_FW_JOB_PART ||
                   firmware->job.kind == DCD_FW_JOB_STORE;

    if (late || stopped)
        drop_transfer(firmware);
    firmware->job.kind = DCD_FW_JOB_NONE;
    return late;
}

/* --- 0201h --------------------------------------------------------------- */

static bool is_first(const struct dcd_firmware_part *part)
{
    return part->action == DCD_FW_FULL || part->action == DCD_FW_START;
}

static bool is_last(const struct dcd_firmware_part *part)
{
    return part->action == DCD_FW_FULL || part->action == DCD_FW_END;
}

/* Where the part begins in the image; may be far behind any image. */
static uint64_t begin_of(const struct dcd_firmware_part *part)
{
    return part->action == DCD_FW_FULL
               ? 0
               : (uint64_t)part->offset * DCD_FW_OFFSET_UNIT;
}

/* The latest part once more, which needs no reason (CXL r3.1 8.2.9.3.2). */
static bool is_repeated(const struct dcd_firmware_transfer *transfer,
                        const struct dcd_firmware_part *part)
{
    return begin_of(part) == transfer->latest &&
           part->length == transfer->image.size - transfer->latest;
}

static uint16_t check_order(const struct dcd_firmware *firmware,
                            const struct dcd_firmware_part *part, bool late)
{
    const struct dcd_firmware_transfer *transfer = &firmware->transfer;

    if (is_first(part)) {
        if (transfer->under_way)
            return DCD_RC_FW_TRANSFER_IN_PROGRESS;
        return begin_of(part) == 0 ? DCD_RC_SUCCESS
                                   : DCD_RC_FW_TRANSFER_OUT_OF_ORDER;
    }
    if (late)
        return DCD_RC_INVALID_INPUT;
    if (transfer->under_way &&
        (begin_of(part) == transfer->image.size || is_repeated(transfer, part)))
        return DCD_RC_SUCCESS;
    return DCD_RC_FW_TRANSFER_OUT_OF_ORDER;
}

static uint16_t check_part(const struct dcd_firmware *firmware,
                           const struct dcd_firmware_part *part, bool late)
{
    uint16_t rc;

    /* What follows a part has to begin at a multiple of 128 bytes. */
    if (part->length == 0 ||
        (!is_last(part) && part->length % DCD_FW_OFFSET_UNIT))
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    rc = check_order(firmware, part, late);
    if (rc != DCD_RC_SUCCESS)
        return rc;
    if (part->length > DCD_FW_MAX_IMAGE - begin_of(part))
        return DCD_RC_INVALID_INPUT;
    if (is_last(part) && (part->slot == 0 || part->slot > DCD_FW_SLOTS ||
                          part->slot == firmware->active))
        return DCD_RC_INVALID_SLOT;
    return DCD_RC_SUCCESS;
}

static void take_part(struct dcd_firmware *firmware,
                      const struct dcd_firmware_part *part)
{
    struct dcd_firmware_job *job = &firmware->job;
    uint32_t begin = (uint32_t)begin_of(part);

    job->kind = is_last(part) ? DCD_FW_JOB_STORE : DCD_FW_JOB_PART;
    job->slot = part->slot;
    job->offset = begin;
    job->image = firmware->transfer.image;
    job->image.size = begin + part->length;
    if (begin == 0) {
        memset(job->image.revision, 0, DCD_FW_REVISION);
        memcpy(job->image.revision, part->data,
               part->length < DCD_FW_REVISION ? part->length : DCD_FW_REVISION);
    }
}

uint16_t dcd_firmware_transfer(struct dcd_firmware *firmware,
                               const struct dcd_firmware_part *part,
                               uint64_t now, uint64_t *duration)
{
    bool late = catch_up(firmware, now);
    uint16_t rc;

    if (part->action > DCD_FW_ABORT)
        return DCD_RC_INVALID_INPUT;
    if (part->action == DCD_FW_ABORT) {
        drop_transfer(firmware);
        return DCD_RC_SUCCESS;
    }
    rc = check_part(firmware, part, late);
    /* "The transfer was aborted", says the code's description. */
    if (rc == DCD_RC_FW_TRANSFER_OUT_OF_ORDER)
        drop_transfer(firmware);
    if (rc != DCD_RC_SUCCESS)
        return rc;
    take_part(firmware, part);
    *duration = is_last(part) ? DCD_FW_STORE_TIME : DCD_FW_PART_TIME;
    return DCD_RC_BACKGROUND_STARTED;
}

/* --- 0202h --------------------------------------------------------------- */

uint16_t dcd_firmware_activate(struct dcd_firmware *firmware, unsigned action,
                               unsigned slot, uint64_t now, uint64_t *duration)
{
    catch_up(firmware, now);
    if (action > DCD_FW_ACTIVATE_ON_RESET)
        return DCD_RC_INVALID_INPUT;
    if (slot == 0 || slot > DCD_FW_SLOTS || slot == firmware->active ||
        firmware->slot[slot - 1].revision[0] == '\0')
        return DCD_RC_INVALID_SLOT;
    if (firmware->transfer.under_way)
        return DCD_RC_FW_TRANSFER_IN_PROGRESS;
    if (action == DCD_FW_ACTIVATE_ON_RESET) {
        firmware->staged = slot;
        return DCD_RC_SUCCESS;
    }
    firmware->job.kind = DCD_FW_JOB_ACTIVATE;
    firmware->job.slot = slot;
    *duration = DCD_FW_ACTIVATE_TIME;
    return DCD_RC_BACKGROUND_STARTED;
}

/* --- Completion ---------------------------------------------------------- */

/* Printable characters, at least one, and then only NUL. */
static bool is_sound(const struct dcd_firmware_image *image)
{
    const char *c = image->revision;
    unsigned length = 0;

    if (image->size < DCD_FW_REVISION)
        return false;
    while (length < DCD_FW_REVISION && c[length] >= ' ' && c[length] <= '~')
        length++;
    for (unsigned i = length; i < DCD_FW_REVISION; i++)
        if (c[i] != '\0')
            return false;
    return length > 0;
}

static uint16_t store(struct dcd_firmware *firmware)
{
    const struct dcd_firmware_job *job = &firmware->job;

    memset(&firmware->transfer, 0, sizeof(firmware->transfer));
    if (!is_sound(&job->image))
        return DCD_RC_FW_VERIFICATION_FAILED;
    firmware->slot[job->slot - 1] = job->image;
    /* Nobody has asked for this image to be activated. */
    if (firmware->staged == job->slot)
        firmware->staged = 0;
    return DCD_RC_SUCCESS;
}

static void add_part(struct dcd_firmware *firmware, uint64_t now)
{
    firmware->transfer = (struct dcd_firmware_transfer){
        true, now, firmware->job.offset, firmware->job.image};
}

uint16_t dcd_firmware_complete(struct dcd_firmware *firmware, uint64_t now)
{
    enum dcd_firmware_job_kind kind = firmware->job.kind;

    firmware->job.kind = DCD_FW_JOB_NONE;
    if (kind == DCD_FW_JOB_STORE)
        return store(firmware);
    if (kind == DCD_FW_JOB_PART)
        add_part(firmware, now);
    else if (kind == DCD_FW_JOB_ACTIVATE)
        switch_to(firmware, firmware->job.slot);
    return DCD_RC_SUCCESS;
}
