/* SPDX-License-Identifier: Apache-2.0 */
/* platform_check.c - what a schema cannot say about a platform. */
#include "platform_check.h"

#include "platform_names.h"

#include <stddef.h>
#include <string.h>

/* --- Names -------------------------------------------------------------- */

/* All ids of the platform in one row: devices, hosts, fabric managers. */
static unsigned split(const struct dcd_platform *platform, unsigned index,
                      enum dcd_noun *noun)
{
    *noun = DCD_NOUN_DEVICE;
    while (*noun != DCD_NOUN_FM && index >= dcd_noun_count(platform, *noun)) {
        index -= dcd_noun_count(platform, *noun);
        *noun = *noun == DCD_NOUN_DEVICE ? DCD_NOUN_HOST : DCD_NOUN_FM;
    }
    return index;
}

static const char *any_id(const struct dcd_platform *platform, unsigned index)
{
    enum dcd_noun noun;

    index = split(platform, index, &noun);
    return dcd_noun_id(platform, noun, index);
}

static long any_line(const struct dcd_platform *platform, unsigned index)
{
    enum dcd_noun noun;

    index = split(platform, index, &noun);
    return dcd_noun_line(platform, noun, index);
}

static void check_ids(struct dcd_xml_document *doc,
                      const struct dcd_platform *platform)
{
    unsigned count =
        platform->device_count + platform->host_count + platform->fm_count;

    for (unsigned i = 1; i < count; i++) {
        unsigned k = 0;
        while (strcmp(any_id(platform, k), any_id(platform, i)) != 0)
            k++;
        if (k < i)
            dcd_xml_error(doc, any_line(platform, i),
                          "the id '%s' is taken: line %ld has it",
                          any_id(platform, i), any_line(platform, k));
    }
}

static void check_heads(struct dcd_xml_document *doc,
                        const struct dcd_platform *platform)
{
    for (unsigned i = 1; i < platform->host_count; i++) {
        const struct dcd_platform_host *host = &platform->hosts[i];
        for (unsigned k = 0; k < i; k++) {
            const struct dcd_platform_host *other = &platform->hosts[k];
            if (other->device == host->device && other->head == host->head)
                dcd_xml_error(doc, host->line,
                              "head %u of '%s' is taken: host '%s' has it",
                              host->head, platform->devices[host->device].id,
                              other->id);
        }
    }
}

static void check_fms(struct dcd_xml_document *doc,
                      const struct dcd_platform *platform)
{
    for (unsigned i = 1; i < platform->fm_count; i++) {
        const struct dcd_platform_fm *fm = &platform->fms[i];
        for (unsigned k = 0; k < i; k++)
            if (platform->fms[k].device == fm->device)
                dcd_xml_error(doc, fm->line,
                              "a device has at most one fabric manager; '%s' "
                              "has '%s'",
                              platform->devices[fm->device].id,
                              platform->fms[k].id);
    }
}

void dcd_platform_check_names(struct dcd_xml_document *doc,
                              const struct dcd_platform *platform)
{
    check_ids(doc, platform);
    check_heads(doc, platform);
    check_fms(doc, platform);
}

/* --- Devices ------------------------------------------------------------ */

/* Line of the [index]-th child called [name], or of [node] itself. */
static long child_line(const xmlNode *node, const char *name, unsigned index)
{
    const xmlNode *child = dcd_xml_first(node, name);

    for (; child && index > 0; index--)
        child = dcd_xml_next(child, name);
    return dcd_xml_line(child ? child : node);
}

static long host_line(const struct dcd_platform *platform, unsigned device,
                      unsigned head, long otherwise)
{
    for (unsigned i = 0; i < platform->host_count; i++)
        if (platform->hosts[i].device == device &&
            platform->hosts[i].head == head)
            return platform->hosts[i].line;
    return otherwise;
}

/* Members of the device that stand in an element of their own. */
static const struct {
    const char *field;
    const char *element;
} elements[] = {
    {"read_latency", "timing"},
    {"write_latency", "timing"},
    {"bandwidth", "timing"},
    {"poison_list", "poison"},
};

static long device_line(const xmlNode *node, const char *field)
{
    for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++)
        if (strcmp(elements[i].field, field) == 0)
            return child_line(node, elements[i].element, 0);
    return dcd_xml_line(node);
}

static long error_line(const struct dcd_platform *platform, unsigned device,
                       const xmlNode *node,
                       const struct dcd_config_error *error)
{
    switch (error->part) {
    case DCD_CONFIG_STATIC:
        return child_line(node, "static", 0);
    case DCD_CONFIG_BACKING:
        return child_line(node, "backing", 0);
    case DCD_CONFIG_REGION:
        return child_line(node, "region", error->index);
    case DCD_CONFIG_HEAD:
        return host_line(platform, device, error->index, dcd_xml_line(node));
    case DCD_CONFIG_DEVICE:
        break;
    }
    return device_line(node, error->field);
}

/* Members of the device itself, which can be wrong one by one. */
static const struct {
    const char *field;
    size_t offset;
    size_t size;
} members[] = {
#define X(name)                                       \
    {                                                 \
#name, offsetof(struct dcd_config, name),     \
            sizeof(((struct dcd_config *)NULL)->name) \
    }
    X(revision),     X(mailbox_payload), X(extents),   X(tags),
    X(dc_log),       X(event_log),       X(fm_log),    X(hdm_decoders),
    X(read_latency), X(write_latency),   X(bandwidth), X(poison_list),
#undef X
};

/*
 * Makes the wrong part harmless, so that the next one can be found; false when
 * it is one that this does not help.
 */
static bool cure(struct dcd_config *config,
                 const struct dcd_config_error *error)
{
    struct dcd_config good;

    dcd_config_init(&good);
    switch (error->part) {
    case DCD_CONFIG_STATIC:
        config->static_volatile = 0;
        config->static_persistent = 0;
        config->static_partitionable = 0;
        config->lsa = 0;
        return true;
    case DCD_CONFIG_BACKING:
        config->backing = DCD_BACKING_MEMORY;
        return true;
    case DCD_CONFIG_REGION:
        good.regions[0].length = DCD_CAPACITY_UNIT;
        good.regions[0].block_size = 2 * DCD_MIB;
        config->regions[error->index] = good.regions[0];
        config->dsmad_auto = true;
        return true;
    case DCD_CONFIG_HEAD:
        config->head[error->index] = good.head[0];
        return true;
    case DCD_CONFIG_DEVICE:
        break;
    }
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        if (strcmp(members[i].field, error->field) == 0) {
            memcpy((char *)config + members[i].offset,
                   (char *)&good + members[i].offset, members[i].size);
            return true;
        }
    }
    return false;
}

static bool same_error(const struct dcd_config_error *a,
                       const struct dcd_config_error *b)
{
    return a->part == b->part && a->index == b->index &&
           strcmp(a->text, b->text) == 0;
}

void dcd_platform_check_device(struct dcd_xml_document *doc,
                               const struct dcd_platform *platform,
                               unsigned index, const xmlNode *node)
{
    struct dcd_config config = platform->devices[index].config;
    struct dcd_config_error last = {DCD_CONFIG_DEVICE, 0, "", ""};
    struct dcd_config_error error;

    while (!dcd_config_validate(&config, &error) &&
           !same_error(&error, &last)) {
        dcd_xml_error(doc, error_line(platform, index, node, &error), "%s",
                      error.text);
        if (!cure(&config, &error))
            return;
        last = error;
    }
}

/* --- Decoders ----------------------------------------------------------- */

static void check_unit(struct dcd_xml_document *doc, long line,
                       const char *name, uint64_t value)
{
    if (value % DCD_CAPACITY_UNIT)
        dcd_xml_error(doc, line,
                      "decoder: the %s 0x%llx is not a multiple of 256MiB",
                      name, (unsigned long long)value);
}

/* CXL r3.1 8.2.4.20. */
static void check_decoder(struct dcd_xml_document *doc,
                          const struct dcd_platform_decoder *d)
{
    uint32_t g = d->granularity;

    check_unit(doc, d->line, "base", d->base);
    check_unit(doc, d->line, "size", d->size);
    check_unit(doc, d->line, "skip", d->skip);
    if (d->size == 0)
        dcd_xml_error(doc, d->line, "decoder: the size is 0; at least 256MiB");
    if (d->ways % 3 == 0 && d->size % (3 * DCD_CAPACITY_UNIT))
        dcd_xml_error(doc, d->line,
                      "decoder: with %u ways the size is a multiple of 768MiB",
                      d->ways);
    if (d->size > UINT64_MAX - d->base)
        dcd_xml_error(doc, d->line,
                      "decoder: base and size reach beyond 64 bits");
    if (g < 256 || g > 16384 || (g & (g - 1)))
        dcd_xml_error(doc, d->line,
                      "decoder: the granularity is %u; allowed are powers of "
                      "two from 256 to 16KiB",
                      g);
}

static void check_order(struct dcd_xml_document *doc,
                        const struct dcd_platform_decoder *before,
                        const struct dcd_platform_decoder *d)
{
    if (d->base < before->base)
        dcd_xml_error(doc, d->line,
                      "decoder: the base 0x%llx is below that of the decoder "
                      "before it; bases rise",
                      (unsigned long long)d->base);
    else if (d->base - before->base < before->size)
        dcd_xml_error(doc, d->line,
                      "decoder: the base 0x%llx lies inside the decoder "
                      "before it",
                      (unsigned long long)d->base);
}

static void check_host(struct dcd_xml_document *doc,
                       const struct dcd_platform *platform,
                       const struct dcd_platform_host *host)
{
    const struct dcd_platform_device *device = &platform->devices[host->device];
    unsigned allowed = device->config.hdm_decoders;

    for (unsigned i = 0; i < host->decoder_count; i++) {
        check_decoder(doc, &host->decoders[i]);
        if (i > 0)
            check_order(doc, &host->decoders[i - 1], &host->decoders[i]);
    }
    if (host->decoder_count > allowed)
        dcd_xml_error(doc, host->decoders[allowed].line,
                      "a head of '%s' has only %u decoders; see hdm-decoders",
                      device->id, allowed);
}

void dcd_platform_check_decoders(struct dcd_xml_document *doc,
                                 const struct dcd_platform *platform)
{
    for (unsigned i = 0; i < platform->host_count; i++)
        check_host(doc, platform, &platform->hosts[i]);
}

/* --- Warnings ----------------------------------------------------------- */

/* Linux uses region 0 and gives extents back one by one. */
static bool releases_too_little(const struct dcd_platform_device *device,
                                const struct dcd_platform_host *host)
{
    const struct dcd_config *c = &device->config;

    return host->policy == DCD_HOST_LINUX && c->region_count > 0 &&
           c->sharable_release == DCD_SHARABLE_RELEASE_TAG &&
           (dcd_config_attributes(c, host->head, 0) & DCD_REGION_ATTR_SHARABLE);
}

void dcd_platform_warn(struct dcd_xml_document *doc,
                       const struct dcd_platform *platform)
{
    for (unsigned i = 0; i < platform->host_count; i++) {
        const struct dcd_platform_host *host = &platform->hosts[i];
        const struct dcd_platform_device *device =
            &platform->devices[host->device];
        if (releases_too_little(device, host))
            dcd_xml_warning(doc, host->line,
                            "region 0, the one that Linux uses, is sharable "
                            "to '%s'; Linux gives back one extent at a time, "
                            "which '%s' refuses for tags with several unless "
                            "it has sharable-release=\"extent\"",
                            host->id, device->id);
    }
}
