/* SPDX-License-Identifier: Apache-2.0 */
/*
 * media.c - the bytes of the device: one sparse mapping.
 */
#define _GNU_SOURCE /* memfd_create, MADV_REMOVE */
#include "media.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where a failed step puts its sentence, and what it is about. */
struct complaint {
    const char *subject;
    char *why;
    size_t why_size;
};

static bool refuse(const struct complaint *c, const char *problem)
{
    snprintf(c->why, c->why_size, "%s: %s", c->subject, problem);
    return false;
}

static bool refuse_errno(const struct complaint *c)
{
    return refuse(c, strerror(errno));
}

static void forget(struct dcd_media *media)
{
    memset(media, 0, sizeof(*media));
    media->fd = -1;
}

/* Opens or creates [path]; [*created] says which. */
static int open_file(const char *path, bool *created)
{
    int flags = O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    int fd = open(path, flags);

    *created = false;
    if (fd >= 0 || errno != ENOENT)
        return fd;
    fd = open(path, flags | O_CREAT | O_EXCL, 0666);
    *created = fd >= 0;
    return fd;
}

/* Is the open file one that may become [size] bytes long? */
static bool check_file(int fd, uint64_t size, const struct complaint *c)
{
    char problem[96];
    struct stat st;

    if (fstat(fd, &st) != 0)
        return refuse_errno(c);
    if (!S_ISREG(st.st_mode))
        return refuse(c, "not a regular file");
    if ((uint64_t)st.st_size <= size)
        return true;
    snprintf(problem, sizeof(problem),
             "has %" PRIu64 " bytes, more than the %" PRIu64 " of the device",
             (uint64_t)st.st_size, size);
    return refuse(c, problem);
}

static bool map(struct dcd_media *media, int flags, const struct complaint *c)
{
    void *bytes;

    if (media->size == 0)
        return true;
    bytes = mmap(NULL, (size_t)media->size, PROT_READ | PROT_WRITE,
                 flags | MAP_NORESERVE, media->fd, 0);
    if (bytes == MAP_FAILED)
        return refuse_errno(c);
    media->bytes = bytes;
    return true;
}

/*
 * Mapping comes before growing: a mapping can be undone without a trace, the
 * length of somebody's file should only change when nothing can fail any more.
 */
static bool map_and_grow(struct dcd_media *media, const struct complaint *c)
{
    if (!map(media, MAP_SHARED, c))
        return false;
    if (ftruncate(media->fd, (off_t)media->size) != 0)
        return refuse_errno(c);
    return true;
}

static bool open_memory(struct dcd_media *media, const struct complaint *c)
{
    return map(media, MAP_PRIVATE | MAP_ANONYMOUS, c);
}

static bool open_memfd(struct dcd_media *media, const struct complaint *c)
{
    media->fd = memfd_create("cxl-dcd-media", MFD_CLOEXEC);
    if (media->fd < 0)
        return refuse_errno(c);
    return map_and_grow(media, c);
}

static bool open_path(struct dcd_media *media, const char *path,
                      const struct complaint *c)
{
    bool created;

    if (!path || !*path)
        return refuse(c, "a path is needed");
    media->fd = open_file(path, &created);
    if (media->fd < 0)
        return refuse_errno(c);
    if (check_file(media->fd, media->size, c) && map_and_grow(media, c))
        return true;
    if (created)
        unlink(path);
    return false;
}

bool dcd_media_open(struct dcd_media *media, enum dcd_media_kind kind,
                    const char *path, uint64_t size, char *why, size_t why_size)
{
    struct complaint c = {"backing memory", why, why_size};
    bool ok;

    forget(media);
    if (kind == DCD_MEDIA_FILE)
        c.subject = path && *path ? path : "backing file";
    /* Both off_t and pointer differences are signed. */
    if (size > PTRDIFF_MAX)
        return refuse(&c, "too large to be mapped");
    media->kind = kind;
    media->size = size;
    if (kind == DCD_MEDIA_FILE)
        ok = open_path(media, path, &c);
    else if (kind == DCD_MEDIA_MEMFD)
        ok = open_memfd(media, &c);
    else
        ok = open_memory(media, &c);
    if (!ok)
        dcd_media_close(media);
    return ok;
}

void dcd_media_close(struct dcd_media *media)
{
    if (media->bytes)
        munmap(media->bytes, (size_t)media->size);
    /* In a struct that was only zeroed, descriptor 0 is not ours. */
    if (media->kind != DCD_MEDIA_MEMORY && media->fd >= 0)
        close(media->fd);
    dcd_poison_destroy(&media->poison);
    forget(media);
}

static uint64_t page_size(void)
{
    return (uint64_t)sysconf(_SC_PAGESIZE);
}

static bool all_zero(const uint8_t *bytes, size_t length)
{
    /* Every byte equals its neighbour, and the first one is zero. */
    return length == 0 ||
           (bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0);
}

/*
 * Overwrites page by page, and only pages that hold something: reading a page
 * that was never written costs no storage, writing zeros into it would.
 */
static void overwrite(const struct dcd_media *media, uint64_t from, uint64_t to)
{
    uint64_t page = page_size();

    while (from < to) {
        uint64_t left_in_page = page - from % page;
        uint64_t n = to - from < left_in_page ? to - from : left_in_page;

        if (!all_zero(media->bytes + from, (size_t)n))
            memset(media->bytes + from, 0, (size_t)n);
        from += n;
    }
}

/*
 * MADV_DONTNEED drops private pages, but of shared ones only this process's
 * view: the old bytes would come back. Those take MADV_REMOVE.
 */
static bool punch(const struct dcd_media *media, uint64_t from, uint64_t to)
{
    int advice = media->kind == DCD_MEDIA_MEMORY ? MADV_DONTNEED : MADV_REMOVE;

    return madvise(media->bytes + from, (size_t)(to - from), advice) == 0;
}

void dcd_media_erase(struct dcd_media *media, uint64_t offset, uint64_t length)
{
    uint64_t page = page_size();
    uint64_t end = offset + length;
    uint64_t first = (offset + page - 1) / page * page;
    uint64_t last = end / page * page;

    assert(offset <= end && end <= media->size);
    dcd_poison_remove_range(&media->poison, offset, length);
    if (first >= last) {
        overwrite(media, offset, end);
        return;
    }
    overwrite(media, offset, first);
    if (!punch(media, first, last))
        overwrite(media, first, last);
    overwrite(media, last, end);
}
