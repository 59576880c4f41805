/* SPDX-License-Identifier: Apache-2.0 */
/* platform_loader.c - reads a platform from XML. */
#include "platform_check.h"
#include "platform_names.h"
#include "region_flags.h"
#include "xml_attribute.h"
#include "xml_document.h"

#include <cxldcd/ctypes/fm_api.h>

#include <stdlib.h>
#include <string.h>

/* The words of an attribute stand in the order of the C enum. */
static const char *const backing_words[] = {"memory", "memfd", "file", NULL};
static const char *const sanitize_words[] = {"no", "yes", "configurable", NULL};
static const char *const reads_words[] = {"error", "ones", NULL};
static const char *const writes_words[] = {"error", "drop", NULL};
static const char *const reset_words[] = {"release", "keep", NULL};
static const char *const sharable_words[] = {"tag", "extent", NULL};
static const char *const background_words[] = {"once-enabled", "strict", NULL};
static const char *const topology_words[] = {"multi-headed", "multi-logical",
                                             NULL};
static const char *const policy_words[] = {"scripted", "linux", NULL};

/* --- Device ------------------------------------------------------------- */

static void read_static(struct dcd_xml_document *doc, const xmlNode *node,
                        struct dcd_config *c)
{
    dcd_attribute_u64(doc, node, "volatile", DCD_VALUE_SIZE, UINT64_MAX,
                      &c->static_volatile);
    dcd_attribute_u64(doc, node, "persistent", DCD_VALUE_SIZE, UINT64_MAX,
                      &c->static_persistent);
    dcd_attribute_u64(doc, node, "partitionable", DCD_VALUE_SIZE, UINT64_MAX,
                      &c->static_partitionable);
    dcd_attribute_u32(doc, node, "lsa", DCD_VALUE_SIZE, &c->lsa);
}

static void read_backing(struct dcd_xml_document *doc, const xmlNode *node,
                         struct dcd_platform_device *device)
{
    char *path = NULL;
    unsigned kind = DCD_BACKING_MEMORY;

    dcd_attribute_word(doc, node, "kind", backing_words, &kind);
    device->config.backing = (enum dcd_backing)kind;
    if (!dcd_attribute_text(doc, node, "path", &path))
        return;
    if (kind != DCD_BACKING_FILE)
        dcd_attribute_error(doc, node, "path", "only kind=\"file\" has a path");
    if (*path)
        device->backing_path = dcd_xml_sibling_path(doc->file, path);
    device->config.backing_path = device->backing_path;
    free(path);
}

/* What is not given keeps its value. */
static void read_region_flags(struct dcd_xml_document *doc, const xmlNode *node,
                              uint8_t *attributes)
{
    uint8_t given = 0;
    uint8_t set = 0;

    dcd_region_flags_read(doc, node, &given, &set);
    *attributes = (uint8_t)((*attributes & ~given) | set);
}

struct blocks {
    struct dcd_xml_document *doc;
    const xmlNode *node;
    uint64_t *sizes;
};

static bool add_block_size(void *context, const char *text)
{
    const struct blocks *b = context;
    struct dcd_value_problem problem;
    uint64_t size = 0;

    if (!dcd_value_parse(DCD_VALUE_SIZE, text, &size, &problem)) {
        dcd_attribute_error(b->doc, b->node, "blocks", "%s", problem.text);
        return false;
    }
    if (size == 0 || (size & (size - 1))) {
        dcd_attribute_error(b->doc, b->node, "blocks",
                            "%.40s is not a power of two", text);
        return false;
    }
    /* Bit n stands for 2^n, which is the size itself. */
    *b->sizes |= size;
    return true;
}

static void read_blocks(struct dcd_xml_document *doc, const xmlNode *node,
                        uint64_t *sizes)
{
    struct blocks blocks = {doc, node, sizes};

    dcd_attribute_words(doc, node, "blocks", add_block_size, &blocks);
}

static void read_region(struct dcd_xml_document *doc, const xmlNode *node,
                        struct dcd_region_config *region)
{
    unsigned sanitize = DCD_SANITIZE_NO;

    dcd_attribute_u64(doc, node, "length", DCD_VALUE_SIZE, UINT64_MAX,
                      &region->length);
    dcd_attribute_u64(doc, node, "block", DCD_VALUE_SIZE, UINT64_MAX,
                      &region->block_size);
    dcd_attribute_u64(doc, node, "decode", DCD_VALUE_SIZE, UINT64_MAX,
                      &region->decode);
    read_blocks(doc, node, &region->block_sizes);
    read_region_flags(doc, node, &region->attributes);
    dcd_attribute_word(doc, node, "sanitize", sanitize_words, &sanitize);
    region->sanitize = (enum dcd_sanitize)sanitize;
    dcd_attribute_u32(doc, node, "dsmad", DCD_VALUE_NUMBER, &region->dsmad);
}

static void read_regions(struct dcd_xml_document *doc, const xmlNode *node,
                         struct dcd_config *c)
{
    unsigned with_handle = 0;

    for (const xmlNode *n = dcd_xml_first(node, "region");
         n && c->region_count < DCD_MAX_REGIONS;
         n = dcd_xml_next(n, "region")) {
        read_region(doc, n, &c->regions[c->region_count++]);
        if (dcd_attribute_given(n, "dsmad"))
            with_handle++;
    }
    c->dsmad_auto = with_handle == 0;
    if (with_handle == 0 || with_handle == c->region_count)
        return;
    for (const xmlNode *n = dcd_xml_first(node, "region"); n;
         n = dcd_xml_next(n, "region"))
        if (!dcd_attribute_given(n, "dsmad"))
            dcd_xml_error(doc, dcd_xml_line(n),
                          "dsmad is given for all regions of a device or for "
                          "none; this one lacks it");
}

static void read_timing(struct dcd_xml_document *doc, const xmlNode *node,
                        struct dcd_config *c)
{
    const uint64_t any = UINT64_MAX;

    dcd_attribute_u64(doc, node, "read", DCD_VALUE_TIME, any, &c->read_latency);
    dcd_attribute_u64(doc, node, "write", DCD_VALUE_TIME, any,
                      &c->write_latency);
    dcd_attribute_u64(doc, node, "bandwidth", DCD_VALUE_BANDWIDTH, any,
                      &c->bandwidth);
    dcd_attribute_u64(doc, node, "mailbox", DCD_VALUE_TIME, any,
                      &c->mailbox_latency);
    dcd_attribute_u64(doc, node, "sanitize", DCD_VALUE_RATE, any,
                      &c->sanitize_per_gib);
}

static void read_unbacked(struct dcd_xml_document *doc, const xmlNode *node,
                          struct dcd_config *c)
{
    unsigned reads = c->unbacked_reads;
    unsigned writes = c->unbacked_writes;

    dcd_attribute_word(doc, node, "reads", reads_words, &reads);
    dcd_attribute_word(doc, node, "writes", writes_words, &writes);
    c->unbacked_reads = (enum dcd_unbacked)reads;
    c->unbacked_writes = (enum dcd_unbacked)writes;
}

static void read_poison(struct dcd_xml_document *doc, const xmlNode *node,
                        struct dcd_config *c)
{
    unsigned limit = c->poison_inject_limit;

    dcd_attribute_u32(doc, node, "list", DCD_VALUE_NUMBER, &c->poison_list);
    dcd_attribute_unsigned(doc, node, "inject-limit", UINT16_MAX, &limit);
    c->poison_inject_limit = (uint16_t)limit;
}

static void read_limits(struct dcd_xml_document *doc, const xmlNode *node,
                        struct dcd_config *c)
{
    const enum dcd_value_kind number = DCD_VALUE_NUMBER;

    dcd_attribute_u64(doc, node, "serial", number, UINT64_MAX, &c->serial);
    dcd_attribute_u32(doc, node, "mailbox", DCD_VALUE_SIZE,
                      &c->mailbox_payload);
    dcd_attribute_u32(doc, node, "extents", number, &c->extents);
    dcd_attribute_u32(doc, node, "tags", number, &c->tags);
    dcd_attribute_u32(doc, node, "dc-log", number, &c->dc_log);
    dcd_attribute_u32(doc, node, "event-log", number, &c->event_log);
    dcd_attribute_u32(doc, node, "fm-log", number, &c->fm_log);
    dcd_attribute_unsigned(doc, node, "hdm-decoders", UINT32_MAX,
                           &c->hdm_decoders);
}

static void read_firmware(struct dcd_xml_document *doc, const xmlNode *node,
                          struct dcd_config *c)
{
    char *text = NULL;

    if (!dcd_attribute_text(doc, node, "firmware", &text))
        return;
    size_t length = strlen(text);
    if (length > sizeof(c->firmware_revision)) {
        dcd_attribute_error(doc, node, "firmware", "at most 16 bytes");
    } else {
        memset(c->firmware_revision, 0, sizeof(c->firmware_revision));
        memcpy(c->firmware_revision, text, length);
    }
    free(text);
}

static void read_behaviour(struct dcd_xml_document *doc, const xmlNode *node,
                           struct dcd_config *c)
{
    unsigned reset = c->reset;
    unsigned sharable = c->sharable_release;
    unsigned background = c->background_interrupt;
    unsigned topology = c->topology;
    char *revision = NULL;

    if (dcd_attribute_text(doc, node, "revision", &revision) &&
        !dcd_revision_parse(revision, &c->revision))
        dcd_attribute_error(doc, node, "revision", "no such revision");
    free(revision);
    dcd_attribute_word(doc, node, "topology", topology_words, &topology);
    c->topology = (enum dcd_topology)topology;
    dcd_attribute_word(doc, node, "reset", reset_words, &reset);
    c->reset = (enum dcd_reset_policy)reset;
    dcd_attribute_word(doc, node, "sharable-release", sharable_words,
                       &sharable);
    c->sharable_release = (enum dcd_sharable_release)sharable;
    dcd_attribute_bool(doc, node, "lossy", &c->lossy);
    dcd_attribute_bool(doc, node, "doorbell-interrupt", &c->doorbell_interrupt);
    dcd_attribute_word(doc, node, "background-interrupt", background_words,
                       &background);
    c->background_interrupt = (enum dcd_background_interrupt)background;
    dcd_attribute_bool(doc, node, "check", &c->check);
    read_firmware(doc, node, c);
}

static void read_device(struct dcd_xml_document *doc, const xmlNode *node,
                        struct dcd_platform_device *device)
{
    struct dcd_config *c = &device->config;

    device->line = dcd_xml_line(node);
    dcd_attribute_text(doc, node, "id", &device->id);
    dcd_config_init(c);
    read_limits(doc, node, c);
    read_behaviour(doc, node, c);
    for (const xmlNode *n = dcd_xml_first(node, NULL); n;
         n = dcd_xml_next(n, NULL)) {
        if (dcd_xml_is(n, "static"))
            read_static(doc, n, c);
        else if (dcd_xml_is(n, "backing"))
            read_backing(doc, n, device);
        else if (dcd_xml_is(n, "timing"))
            read_timing(doc, n, c);
        else if (dcd_xml_is(n, "unbacked"))
            read_unbacked(doc, n, c);
        else if (dcd_xml_is(n, "poison"))
            read_poison(doc, n, c);
    }
    read_regions(doc, node, c);
}

/* --- Hosts and fabric managers ------------------------------------------ */

static void read_decoder(struct dcd_xml_document *doc, const xmlNode *node,
                         struct dcd_platform_decoder *d)
{
    d->line = dcd_xml_line(node);
    d->ways = 1;
    d->granularity = 256;
    dcd_attribute_u64(doc, node, "base", DCD_VALUE_SIZE, UINT64_MAX, &d->base);
    dcd_attribute_u64(doc, node, "size", DCD_VALUE_SIZE, UINT64_MAX, &d->size);
    dcd_attribute_u64(doc, node, "skip", DCD_VALUE_SIZE, UINT64_MAX, &d->skip);
    dcd_attribute_unsigned(doc, node, "ways", 16, &d->ways);
    dcd_attribute_u32(doc, node, "granularity", DCD_VALUE_SIZE,
                      &d->granularity);
}

static void read_override(struct dcd_xml_document *doc, const xmlNode *node,
                          struct dcd_platform_device *device, unsigned head)
{
    struct dcd_config *c = &device->config;
    struct dcd_head_config *h = &c->head[head];
    unsigned i = 0;

    if (!dcd_attribute_unsigned(doc, node, "index", UINT32_MAX, &i))
        return;
    if (i >= c->region_count) {
        dcd_xml_error(doc, dcd_xml_line(node),
                      "unknown region %u; '%s' has %u, counted from 0", i,
                      device->id, c->region_count);
        return;
    }
    if (h->attributes_given[i])
        dcd_xml_error(doc, dcd_xml_line(node),
                      "region %u is described twice for this host", i);
    h->attributes_given[i] = true;
    h->attributes[i] = c->regions[i].attributes;
    read_region_flags(doc, node, &h->attributes[i]);
}

static void read_host(struct dcd_xml_document *doc, const xmlNode *node,
                      const struct dcd_platform *platform,
                      struct dcd_platform_host *host)
{
    unsigned policy = DCD_HOST_SCRIPTED;

    host->line = dcd_xml_line(node);
    dcd_attribute_text(doc, node, "id", &host->id);
    int device =
        dcd_noun_resolve(doc, node, "device", platform, DCD_NOUN_DEVICE);
    host->device = device < 0 ? 0 : (unsigned)device;
    host->head = DCD_MAX_HEADS;
    dcd_attribute_unsigned(doc, node, "head", DCD_MAX_HEADS - 1, &host->head);
    dcd_attribute_word(doc, node, "policy", policy_words, &policy);
    host->policy = (enum dcd_host_policy)policy;
    for (const xmlNode *n = dcd_xml_first(node, "decoder");
         n && host->decoder_count < DCD_PLATFORM_MAX_DECODERS;
         n = dcd_xml_next(n, "decoder"))
        read_decoder(doc, n, &host->decoders[host->decoder_count++]);
}

static bool head_is_taken(const struct dcd_platform *platform, unsigned device,
                          unsigned head)
{
    for (unsigned i = 0; i < platform->host_count; i++)
        if (platform->hosts[i].device == device &&
            platform->hosts[i].head == head)
            return true;
    return false;
}

/* Hosts that name no head take the lowest free ones, in document order. */
static void assign_heads(struct dcd_xml_document *doc,
                         struct dcd_platform *platform)
{
    for (unsigned i = 0; i < platform->host_count; i++) {
        struct dcd_platform_host *host = &platform->hosts[i];
        unsigned head = 0;
        if (host->head < DCD_MAX_HEADS)
            continue;
        while (head < DCD_MAX_HEADS &&
               head_is_taken(platform, host->device, head))
            head++;
        if (head == DCD_MAX_HEADS)
            dcd_xml_error(doc, host->line,
                          "no head is left for host '%s'; a device has at "
                          "most %u",
                          host->id, DCD_MAX_HEADS);
        host->head = head;
    }
}

static void read_hosts(struct dcd_xml_document *doc, const xmlNode *root,
                       struct dcd_platform *platform)
{
    unsigned i = 0;

    for (const xmlNode *n = dcd_xml_first(root, "host"); n;
         n = dcd_xml_next(n, "host"))
        read_host(doc, n, platform, &platform->hosts[i++]);
    assign_heads(doc, platform);
    i = 0;
    for (const xmlNode *n = dcd_xml_first(root, "host"); n;
         n = dcd_xml_next(n, "host")) {
        const struct dcd_platform_host *host = &platform->hosts[i++];
        struct dcd_platform_device *device = &platform->devices[host->device];
        if (host->head >= DCD_MAX_HEADS)
            continue;
        if (device->config.heads <= host->head)
            device->config.heads = host->head + 1;
        for (const xmlNode *r = dcd_xml_first(n, "region"); r;
             r = dcd_xml_next(r, "region"))
            read_override(doc, r, device, host->head);
    }
}

static void read_fms(struct dcd_xml_document *doc, const xmlNode *root,
                     struct dcd_platform *platform)
{
    struct dcd_platform_fm *fm = platform->fms;

    for (const xmlNode *n = dcd_xml_first(root, "fabric-manager"); n;
         n = dcd_xml_next(n, "fabric-manager"), fm++) {
        fm->line = dcd_xml_line(n);
        dcd_attribute_text(doc, n, "id", &fm->id);
        int device =
            dcd_noun_resolve(doc, n, "device", platform, DCD_NOUN_DEVICE);
        fm->device = device < 0 ? 0 : (unsigned)device;
    }
}

/* --- Platform ----------------------------------------------------------- */

static bool allocate(struct dcd_platform *platform, const xmlNode *root)
{
    unsigned devices = dcd_xml_count(root, "device");
    unsigned hosts = dcd_xml_count(root, "host");
    unsigned fms = dcd_xml_count(root, "fabric-manager");

    /* One more of each: an empty allocation may be NULL. */
    platform->devices = calloc(devices + 1, sizeof(*platform->devices));
    platform->hosts = calloc(hosts + 1, sizeof(*platform->hosts));
    platform->fms = calloc(fms + 1, sizeof(*platform->fms));
    if (!platform->devices || !platform->hosts || !platform->fms)
        return false;
    platform->device_count = devices;
    platform->host_count = hosts;
    platform->fm_count = fms;
    return true;
}

static void read_devices(struct dcd_xml_document *doc, const xmlNode *root,
                         struct dcd_platform *platform)
{
    struct dcd_platform_device *device = platform->devices;

    for (const xmlNode *n = dcd_xml_first(root, "device"); n;
         n = dcd_xml_next(n, "device"))
        read_device(doc, n, device++);
}

static void check(struct dcd_xml_document *doc, const xmlNode *root,
                  struct dcd_platform *platform)
{
    const xmlNode *n = dcd_xml_first(root, "device");

    dcd_platform_check_names(doc, platform);
    for (unsigned i = 0; i < platform->device_count; i++) {
        dcd_platform_check_device(doc, platform, i, n);
        n = dcd_xml_next(n, "device");
    }
    dcd_platform_check_decoders(doc, platform);
}

static void read_platform(struct dcd_xml_document *doc,
                          struct dcd_platform *platform)
{
    const xmlNode *root = dcd_xml_root(doc);

    platform->file = dcd_xml_sibling_path("", doc->file);
    dcd_attribute_text(doc, root, "name", &platform->name);
    if (!platform->file || !allocate(platform, root)) {
        doc->out_of_memory = true;
        return;
    }
    read_devices(doc, root, platform);
    read_hosts(doc, root, platform);
    read_fms(doc, root, platform);
    /* Checks of values that could not be read would only repeat that. */
    if (dcd_xml_good(doc))
        check(doc, root, platform);
    if (!dcd_xml_good(doc))
        return;
    for (unsigned i = 0; i < platform->device_count; i++)
        dcd_config_layout(&platform->devices[i].config,
                          &platform->devices[i].layout);
    dcd_platform_warn(doc, platform);
}

struct dcd_platform *dcd_platform_load(const char *file,
                                       struct dcd_messages *messages)
{
    struct dcd_xml_document doc;
    struct dcd_platform *platform = NULL;

    if (dcd_xml_open(&doc, file, &dcd_xml_platform)) {
        platform = calloc(1, sizeof(*platform));
        if (platform)
            read_platform(&doc, platform);
        else
            doc.out_of_memory = true;
    }
    if (!dcd_xml_close(&doc, messages)) {
        dcd_platform_free(platform);
        return NULL;
    }
    return platform;
}

void dcd_platform_free(struct dcd_platform *platform)
{
    if (!platform)
        return;
    for (unsigned i = 0; i < platform->device_count; i++) {
        free(platform->devices[i].id);
        free(platform->devices[i].backing_path);
    }
    for (unsigned i = 0; i < platform->host_count; i++)
        free(platform->hosts[i].id);
    for (unsigned i = 0; i < platform->fm_count; i++)
        free(platform->fms[i].id);
    free(platform->devices);
    free(platform->hosts);
    free(platform->fms);
    free(platform->file);
    free(platform->name);
    free(platform);
}
