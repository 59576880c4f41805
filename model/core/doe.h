/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doe.h - one Data Object Exchange mailbox (PCIe 6.0 6.30), which answers
 * DOE Discovery and reads of the CDAT (CXL r3.1 8.1.11).
 *
 * A host writes an object dword by dword, sets GO, and finds the response at
 * once: the device is never busy. Each write to the read mailbox moves on to
 * the next dword of the response. An object is dropped without an answer when
 * its length is not the number of dwords that came, when nobody knows its
 * type, or while an error stands. Errors are: to move on where no response is,
 * and GO while a response waits. ABORT ends both error and response, and
 * forgets what was written.
 */
#ifndef DCD_DOE_H
#define DCD_DOE_H

#include "cdat.h"

#include <cxldcd/ctypes/doe.h>
#include <cxldcd/device.h>

/* Every request that is understood has three dwords, the longest response
 * has them and a structure of CDAT. */
#define DCD_DOE_REQUEST 3u
#define DCD_DOE_RESPONSE (3u + sizeof(struct dcd_dsmas) / 4)

/* Embeddable; zeroed with [cdat] set it is as after a reset. */
struct dcd_doe {
    const struct dcd_cdat *cdat; /* not owned */
    bool interrupt_enable;
    bool interrupt_status;
    bool error;
    uint32_t written; /* dwords, also those that had no room */
    uint32_t request[DCD_DOE_REQUEST];
    uint32_t response_length; /* dwords; 0: none is ready */
    uint32_t response_at;
    uint32_t response[DCD_DOE_RESPONSE];
};

/* [cdat] may be built later, and again. */
void dcd_doe_init(struct dcd_doe *doe, const struct dcd_cdat *cdat);
void dcd_doe_reset(struct dcd_doe *doe);

/* The register at [offset] (DCD_DOE_..., a multiple of 4). */
uint32_t dcd_doe_read(const struct dcd_doe *doe, uint32_t offset);

/*
 * The [length] bytes at [offset] are written, naturally aligned, inside one
 * register. Mailboxes take whole dwords only. True: the interrupt fires.
 */
bool dcd_doe_write(struct dcd_doe *doe, uint32_t offset, const void *data,
                   uint32_t length);

#endif
