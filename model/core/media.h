/* SPDX-License-Identifier: Apache-2.0 */
/*
 * media.h - the bytes of the device: one sparse mapping.
 *
 * A device of 1 TiB costs the pages that were touched. Bytes never written
 * read zero, and erased bytes read zero again and give their pages back. This
 * is the only file of the core that asks the operating system for anything
 * but memory.
 *
 *     kind      visible to others       survives the process
 *     memory    no                      no
 *     memfd     through [fd]            no
 *     file      through its path        yes
 *
 * Ownership: dcd_media_open() takes the mapping (and a descriptor),
 * dcd_media_close() gives both back. [bytes] stays where it is in between, so
 * pointers into it (DMI) are good until close. Two devices must not be given
 * the same file: each would write into the other. Storage is taken page by page
 * as bytes are written; when a file system or the machine has none left, the
 * access ends in a signal, as with any sparse mapping.
 */
#ifndef CXLDCD_CORE_MEDIA_H
#define CXLDCD_CORE_MEDIA_H

#include "poison.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum dcd_media_kind {
    DCD_MEDIA_MEMORY, /* private anonymous memory */
    DCD_MEDIA_MEMFD,  /* an unnamed memory file */
    DCD_MEDIA_FILE    /* a file with a path */
};

struct dcd_media {
    uint8_t *bytes; /* read-only member: [size] bytes; NULL when size is 0 */
    uint64_t size;  /* read-only member: in bytes */
    enum dcd_media_kind kind;
    int fd; /* of memfd and file while they are mapped, else -1 */
    struct dcd_poison poison; /* lost with close, whatever the kind */
};

/*
 * Maps [size] bytes, which may be 0 and need not be whole pages. [path] is
 * used by kind file only. A missing file is created; a shorter one keeps its
 * bytes and is extended, sparse; one of the size asked for is taken as it is;
 * a longer one is refused, as is anything that is not a regular file.
 *
 * False when it cannot be done: [why] (of [why_size] bytes, may be 0) then
 * says so in one sentence without a full stop, [media] is closed, and the file
 * system is as it was before.
 */
bool dcd_media_open(struct dcd_media *media, enum dcd_media_kind kind,
                    const char *path, uint64_t size, char *why,
                    size_t why_size);

/* Accepts a zeroed, a closed and a failed media. */
void dcd_media_close(struct dcd_media *media);

/*
 * Makes [length] bytes from [offset] read zero. Whole pages are given back to
 * the system; parts of pages are overwritten, as is everything on a file
 * system that cannot punch holes. Lines that are erased as a whole are poisoned
 * no longer. Precondition: the range lies inside.
 */
void dcd_media_erase(struct dcd_media *media, uint64_t offset, uint64_t length);

#ifdef __cplusplus
}
#endif

#endif
