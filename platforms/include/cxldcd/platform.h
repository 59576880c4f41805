/* SPDX-License-Identifier: Apache-2.0 */
/*
 * platform.h - a platform description, read from XML (config/schema).
 *
 * Loading checks everything: a platform that was returned is consistent, and
 * a device can be created from each of its configurations.
 */
#ifndef CXLDCD_PLATFORM_H
#define CXLDCD_PLATFORM_H

#include <cxldcd/config.h>
#include <cxldcd/ctypes/uuid.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Everything that is wrong with a file, one "file:line: what is wrong, what
 * is allowed" a line, in the order of the file. Between them stand warnings,
 * "file:line: warning: ...", which do not keep a file from being used. Starts
 * as { 0 }.
 */
struct dcd_messages {
    char *text; /* NULL: no message */
    size_t size;
    unsigned count;    /* of what is wrong */
    unsigned warnings; /* beside it */
};

void dcd_messages_add(struct dcd_messages *messages, const char *file,
                      long line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void dcd_messages_warn(struct dcd_messages *messages, const char *file,
                       long line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void dcd_messages_free(struct dcd_messages *messages);

/* How a host behaves. */
enum dcd_host_policy {
    DCD_HOST_SCRIPTED, /* only what the scenario says */
    DCD_HOST_LINUX,    /* answers by itself as the Linux driver does */
};

struct dcd_platform_decoder {
    long line;
    uint64_t base; /* HPA, multiple of 256 MiB */
    uint64_t size; /* multiple of 256 MiB */
    uint64_t skip; /* DPA skipped in front of it, multiple of 256 MiB */
    unsigned ways;
    uint32_t granularity; /* bytes */
};

#define DCD_PLATFORM_MAX_DECODERS 10

struct dcd_platform_host {
    long line;
    char *id;
    unsigned device; /* index into dcd_platform.devices */
    unsigned head;
    enum dcd_host_policy policy;
    unsigned decoder_count; /* programmed when the host boots, in order */
    struct dcd_platform_decoder decoders[DCD_PLATFORM_MAX_DECODERS];
};

struct dcd_platform_device {
    long line;
    char *id;
    struct dcd_config config; /* heads: as many as the hosts need */
    struct dcd_layout layout;
    char *backing_path; /* what config.backing_path points to, or NULL */
};

struct dcd_platform_fm {
    long line;
    char *id;
    unsigned device;
};

struct dcd_platform {
    char *file;
    char *name;
    unsigned device_count;
    struct dcd_platform_device *devices;
    unsigned host_count;
    struct dcd_platform_host *hosts;
    unsigned fm_count;
    struct dcd_platform_fm *fms;
};

/* NULL: [messages] says why. The caller frees with dcd_platform_free. */
struct dcd_platform *dcd_platform_load(const char *file,
                                       struct dcd_messages *messages);
void dcd_platform_free(struct dcd_platform *platform);

/* What a file is, told by its root element; for "dcdsim check". */
enum dcd_file_kind {
    DCD_FILE_UNREADABLE, /* [messages] says why */
    DCD_FILE_PLATFORM,
    DCD_FILE_SCENARIO,
};
enum dcd_file_kind dcd_file_kind(const char *file,
                                 struct dcd_messages *messages);

/* The directory that holds platform.xsd and scenario.xsd; see docs. */
const char *dcd_schema_directory(void);

#ifdef __cplusplus
}
#endif
#endif
