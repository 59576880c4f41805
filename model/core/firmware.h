/* SPDX-License-Identifier: Apache-2.0 */
/*
 * firmware.h - the firmware slots of a head, and the transfer of an image into
 * one of them (CXL r3.1 8.2.9.3).
 *
 * Nothing is executed: of an image the device keeps its size and its revision,
 * which are the first 16 bytes, printable ASCII padded with NUL. An image that
 * does not begin so fails its verification.
 *
 *     slot 1   active at first, config.firmware_revision
 *     slot 2   empty at first
 *
 * An image comes as a whole, or in parts that follow each other: each but the
 * last a multiple of 128 bytes. The latest part may be sent once more. A part
 * that is out of order, 30 s without a part, an aborted part, and a
 * conventional or CXL reset end the transfer.
 *
 * Transfers and online activation go on in the background: what was asked for
 * waits in [job], and has its effect in dcd_firmware_complete(). Nobody has to
 * tell this file that the operation was stopped: a job that is still there at
 * the next request was.
 */
#ifndef DCD_FIRMWARE_H
#define DCD_FIRMWARE_H

#include <stdbool.h>
#include <stdint.h>

#define DCD_FW_SLOTS 2u
#define DCD_FW_REVISION 16
#define DCD_FW_MAX_IMAGE (UINT32_C(32) << 20) /* bytes */

/* Durations in ps. */
#define DCD_FW_PART_TIME UINT64_C(10000000000)      /* 10 ms */
#define DCD_FW_STORE_TIME UINT64_C(100000000000)    /* 100 ms: full, end */
#define DCD_FW_ACTIVATE_TIME UINT64_C(100000000000) /* 100 ms */
#define DCD_FW_TIMEOUT UINT64_C(30000000000000)     /* 30 s between parts */

struct dcd_firmware_image {
    char revision[DCD_FW_REVISION]; /* all zero: there is no image */
    uint32_t size;                  /* bytes; 0: not known */
};

struct dcd_firmware_transfer {
    bool under_way;
    uint64_t ended;                  /* ps; when the latest part was in */
    uint32_t latest;                 /* offset of that part, bytes */
    struct dcd_firmware_image image; /* what has come so far */
};

enum dcd_firmware_job_kind {
    DCD_FW_JOB_NONE,
    DCD_FW_JOB_PART,
    DCD_FW_JOB_STORE, /* the last part, or all of it */
    DCD_FW_JOB_ACTIVATE,
};

/* What goes on in the background. */
struct dcd_firmware_job {
    enum dcd_firmware_job_kind kind;
    unsigned slot;                   /* of store and activate */
    uint32_t offset;                 /* of the part, bytes */
    struct dcd_firmware_image image; /* with the part */
};

/* Embeddable. Slots are counted from 1. */
struct dcd_firmware {
    struct dcd_firmware_image slot[DCD_FW_SLOTS];
    unsigned active;
    unsigned staged; /* becomes active with a conventional reset; 0: none */
    struct dcd_firmware_transfer transfer;
    struct dcd_firmware_job job;
};

/* One 0201h. */
struct dcd_firmware_part {
    unsigned action; /* enum dcd_fw_transfer */
    unsigned slot;   /* looked at with full and end */
    uint32_t offset; /* in 128 bytes; not looked at with full */
    const uint8_t *data;
    uint32_t length; /* bytes */
};

/* [revision] has DCD_FW_REVISION bytes. */
void dcd_firmware_init(struct dcd_firmware *firmware, const char *revision);

/*
 * A conventional reset makes the staged image the active one; that and a CXL
 * reset end a transfer.
 */
void dcd_firmware_reset(struct dcd_firmware *firmware, bool conventional);

/* Of the active image; DCD_FW_REVISION bytes, not necessarily terminated. */
const char *dcd_firmware_revision(const struct dcd_firmware *firmware);

/*
 * The functions below answer with a return code. Background Command Started
 * sets [duration] (ps), and dcd_firmware_complete() has to follow.
 */

/* 0201h at [now]. Out of order (09h) ends the transfer; any other refusal
 * leaves it as it was. */
uint16_t dcd_firmware_transfer(struct dcd_firmware *firmware,
                               const struct dcd_firmware_part *part,
                               uint64_t now, uint64_t *duration);

/* 0202h at [now]. */
uint16_t dcd_firmware_activate(struct dcd_firmware *firmware, unsigned action,
                               unsigned slot, uint64_t now, uint64_t *duration);

/* What goes on in the background is done at [now]. */
uint16_t dcd_firmware_complete(struct dcd_firmware *firmware, uint64_t now);

#endif
