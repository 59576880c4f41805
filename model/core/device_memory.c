/* SPDX-License-Identifier: Apache-2.0 */
/* device_memory.c - memory accesses of a host, CXL r3.1 8.2.4.20, r3.2
 * 9.13.3. */
#include "device_private.h"

#include <string.h>

/* Whether memory that is not there fails the access, or is passed over. */
static bool fails(const struct dcd_device *device, bool write)
{
    return (write ? device->config.unbacked_writes
                  : device->config.unbacked_reads) == DCD_UNBACKED_ERROR;
}

static void trace_access(struct dcd_device *device, unsigned head, uint64_t hpa,
                         uint64_t dpa, uint64_t length, bool write,
                         enum dcd_access access)
{
    struct dcd_trace_record r;

    if (!device->trace)
        return;
    dcd_device_enter(device);
    r = dcd_device_record(device, write ? DCD_TRACE_WRITE : DCD_TRACE_READ,
                          head);
    r.hpa = hpa;
    r.dpa = dpa;
    r.length = length;
    r.status = (uint16_t)access;
    dcd_device_trace(device, &r);
}

/* What is known of a whole access before a byte of it moves. */
struct survey {
    enum dcd_access answer;
    enum dcd_access reason; /* of the first piece that is not OK */
    uint64_t dpa;           /* of the first byte */
};

/* The bytes were moved. */
static bool moves(enum dcd_access access)
{
    return access == DCD_ACCESS_OK || access == DCD_ACCESS_POISONED;
}

/* Memory that is there, in whatever state. */
static bool is_present(enum dcd_access access)
{
    return access == DCD_ACCESS_OK || access >= DCD_ACCESS_MEDIA_DISABLED;
}

/* Takes a piece that does not fail the access into account. */
static void note_piece(struct survey *s, enum dcd_access access, bool write)
{
    /* Writing to a poisoned line is as good as to any other. */
    if (access == DCD_ACCESS_POISONED && write)
        return;
    if (s->reason == DCD_ACCESS_OK)
        s->reason = access;
    if (access == DCD_ACCESS_POISONED)
        s->answer = access;
}

/* [strict]: memory that is not there fails the access. */
static inline __attribute__((always_inline)) struct survey
survey(struct dcd_head *h, uint64_t hpa, uint64_t length, bool write,
       bool strict)
{
    struct survey s = {DCD_ACCESS_OK, DCD_ACCESS_OK, UINT64_MAX};
    uint64_t done = 0;

    if (length && hpa + (length - 1) < hpa)
        s.answer = s.reason = DCD_ACCESS_NOT_DECODED;
    while (done < length && moves(s.answer)) {
        struct dcd_piece piece = dcd_dc_decoder_find_piece(
            &h->decoder, hpa + done, length - done, write);

        if (done == 0)
            s.dpa = piece.dpa;
        if (strict && !is_present(piece.access))
            s.answer = s.reason = piece.access;
        else if (piece.access != DCD_ACCESS_OK)
            note_piece(&s, piece.access, write);
        done += piece.length;
    }
    return s;
}

uint8_t dcd_disabled_byte(uint64_t dpa)
{
    /* 2^64 over the golden ratio: neighbours have nothing in common. */
    return (uint8_t)(dpa * UINT64_C(0x9e3779b97f4a7c15) >> 56);
}

/* Reads a piece, whatever it is; what is not there reads all-ones. */
static void fetch(const struct dcd_piece *piece, uint8_t *in)
{
    if (piece->access == DCD_ACCESS_OK || piece->access == DCD_ACCESS_POISONED)
        memcpy(in, piece->data, piece->length);
    else if (piece->access != DCD_ACCESS_MEDIA_DISABLED)
        memset(in, 0xff, piece->length);
    else
        for (uint64_t i = 0; i < piece->length; i++)
            in[i] = dcd_disabled_byte(piece->dpa + i);
}

/*
 * Writes a piece, if it can be written. A line that is written as a whole is
 * poisoned no longer; no pointer to it was given out, so none is taken back.
 */
static void store(struct dcd_device *device, const struct dcd_piece *piece,
                  const uint8_t *out)
{
    struct dcd_media *media = &device->media;

    if (piece->access != DCD_ACCESS_OK && piece->access != DCD_ACCESS_POISONED)
        return;
    memcpy(piece->data, out, piece->length);
    if (piece->access == DCD_ACCESS_OK || piece->length < DCD_LINE)
        return;
    dcd_poison_remove(&media->poison, (uint64_t)(piece->data - media->bytes));
    for (unsigned i = 0; i < device->config.heads; i++)
        dcd_dc_decoder_forget(&device->head[i].decoder);
}

static __attribute__((noinline)) void move(struct dcd_device *device,
                                           unsigned head, uint64_t hpa,
                                           uint8_t *in, const uint8_t *out,
                                           uint64_t length)
{
    uint64_t done = 0;

    while (done < length) {
        struct dcd_piece piece =
            dcd_dc_decoder_find_piece(&device->head[head].decoder, hpa + done,
                                      length - done, out != NULL);

        if (in)
            fetch(&piece, in + done);
        else if (out)
            store(device, &piece, out + done);
        done += piece.length;
    }
}

/* Everything but the access to one block that may be touched. */
static enum dcd_access access_slowly(struct dcd_device *device, unsigned head,
                                     uint64_t hpa, uint8_t *in,
                                     const uint8_t *out, uint64_t length)
{
    bool write = out != NULL;
    struct survey s =
        survey(&device->head[head], hpa, length, write, fails(device, write));

    /* Before anybody hears of it, who might send a command. */
    if (moves(s.answer))
        move(device, head, hpa, in, out, length);
    trace_access(device, head, hpa, s.dpa, length, write, s.reason);
    return s.answer;
}

/* Most accesses are one register of a processor. */
static inline void copy(void *to, const void *from, uint64_t length)
{
    if (length == 8)
        memcpy(to, from, 8);
    else
        memcpy(to, from, length);
}

/* An access that took the fast way; apart, so that the way stays short. */
static __attribute__((noinline)) void trace_fast(struct dcd_device *device,
                                                 unsigned head, uint64_t hpa,
                                                 uint64_t length, bool write)
{
    uint64_t dpa = dcd_dc_decoder_window_dpa(&device->head[head].decoder, hpa);

    trace_access(device, head, hpa, dpa, length, write, DCD_ACCESS_OK);
}

enum dcd_access dcd_device_read(struct dcd_device *device, unsigned head,
                                uint64_t hpa, void *data, uint64_t length)
{
    const uint8_t *p;

    if (head >= device->config.heads)
        return DCD_ACCESS_NO_HEAD;
    p = dcd_dc_decoder_fast(&device->head[head].decoder, hpa, length, false);
    if (!p)
        return access_slowly(device, head, hpa, data, NULL, length);
    copy(data, p, length);
    if (device->trace)
        trace_fast(device, head, hpa, length, false);
    return DCD_ACCESS_OK;
}

enum dcd_access dcd_device_write(struct dcd_device *device, unsigned head,
                                 uint64_t hpa, const void *data,
                                 uint64_t length)
{
    uint8_t *p;

    if (head >= device->config.heads)
        return DCD_ACCESS_NO_HEAD;
    p = dcd_dc_decoder_fast(&device->head[head].decoder, hpa, length, true);
    if (!p)
        return access_slowly(device, head, hpa, NULL, data, length);
    copy(p, data, length);
    if (device->trace)
        trace_fast(device, head, hpa, length, true);
    return DCD_ACCESS_OK;
}

enum dcd_access dcd_device_survey(struct dcd_device *device, unsigned head,
                                  uint64_t hpa, uint64_t length)
{
    return survey(&device->head[head], hpa, length, false, true).reason;
}

enum dcd_access dcd_device_probe(struct dcd_device *device, unsigned head,
                                 uint64_t hpa, uint64_t length, bool write)
{
    if (head >= device->config.heads)
        return DCD_ACCESS_NO_HEAD;
    return survey(&device->head[head], hpa, length, write, fails(device, write))
        .answer;
}

/* --- Debuggers ---------------------------------------------------------- */

static uint64_t debug_access(struct dcd_device *device, unsigned head,
                             uint64_t hpa, uint8_t *in, const uint8_t *out,
                             uint64_t length)
{
    uint64_t done = 0;

    if (head >= device->config.heads)
        return 0;
    while (done < length && hpa + done >= hpa) {
        struct dcd_piece piece =
            dcd_dc_decoder_find_piece(&device->head[head].decoder, hpa + done,
                                      length - done, out != NULL);

        if (!moves(piece.access))
            break;
        if (in)
            fetch(&piece, in + done);
        else if (out)
            store(device, &piece, out + done);
        done += piece.length;
    }
    return done;
}

uint64_t dcd_device_debug_read(struct dcd_device *device, unsigned head,
                               uint64_t hpa, void *data, uint64_t length)
{
    return debug_access(device, head, hpa, data, NULL, length);
}

uint64_t dcd_device_debug_write(struct dcd_device *device, unsigned head,
                                uint64_t hpa, const void *data, uint64_t length)
{
    return debug_access(device, head, hpa, NULL, data, length);
}

static void trace_grant(struct dcd_device *device, unsigned head,
                        const struct dcd_span *span)
{
    struct dcd_trace_record r;

    if (!device->trace)
        return;
    dcd_device_enter(device);
    r = dcd_device_record(device, DCD_TRACE_DMI_GRANT, head);
    r.hpa = span->first;
    r.dpa = dcd_dc_decoder_find_piece(&device->head[head].decoder, span->first,
                                      1, false)
                .dpa;
    r.length = span->last - span->first + 1;
    dcd_device_trace(device, &r);
}

bool dcd_device_is_direct(struct dcd_device *device, unsigned head,
                          uint64_t hpa)
{
    return head < device->config.heads &&
           dcd_dc_decoder_fast(&device->head[head].decoder, hpa, 1, false);
}

bool dcd_device_dmi(struct dcd_device *device, unsigned head, uint64_t hpa,
                    struct dcd_span *span)
{
    const bool traced = device->trace;

    if (head >= device->config.heads) {
        *span = (struct dcd_span){NULL, 0, UINT64_MAX, false};
        return false;
    }
    if (!dcd_dc_decoder_dmi(&device->head[head].decoder, hpa, span))
        return false;
    trace_grant(device, head, span);
    /* Who heard of it may have sent a command that takes it back. */
    if (traced && !dcd_dc_decoder_dmi(&device->head[head].decoder, hpa, span))
        return false;
    if (device->config.check)
        dcd_device_watch_grant(device, head, span);
    return true;
}

const char *dcd_access_name(unsigned access)
{
    static const char *const names[] = {
        "ok",           "no-head",        "not-decoded", "beyond",
        "not-backed",   "read-only",      "width",       "no-register",
        "mem-disabled", "media-disabled", "poisoned",
    };

    return access < sizeof(names) / sizeof(names[0]) ? names[access]
                                                     : "unknown";
}
