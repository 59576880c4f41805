/* SPDX-License-Identifier: Apache-2.0 */
/* nonvolatile.c - the record of a memory device in its media. */
#include "nonvolatile.h"

#include <string.h>

/* Of the layout below; another one has another number in it. */
static const uint8_t magic[8] = {'d', 'c', 'd', '-', 'n', 'v', '0', '1'};

struct record {
    uint8_t magic[8];
    /* Whose record it is. */
    struct dcd_le64 static_volatile;
    struct dcd_le64 static_persistent;
    struct dcd_le64 static_partitionable;
    /* What it says. */
    struct dcd_le64 volatile_size;
    struct dcd_le32 dirty_shutdowns;
    uint8_t dirty;
};

static struct record blank(const struct dcd_config *config)
{
    struct record r;

    memset(&r, 0, sizeof(r));
    memcpy(r.magic, magic, sizeof(magic));
    r.static_volatile = dcd_put64(config->static_volatile);
    r.static_persistent = dcd_put64(config->static_persistent);
    r.static_partitionable = dcd_put64(config->static_partitionable);
    return r;
}

/* A file is as little to be trusted as any other input. */
static bool fits(const struct dcd_config *config, uint64_t volatile_size)
{
    return volatile_size >= config->static_volatile &&
           volatile_size - config->static_volatile <=
               config->static_partitionable &&
           volatile_size % DCD_CAPACITY_UNIT == 0;
}

bool dcd_nonvolatile_load(struct dcd_nonvolatile *state, const uint8_t *media,
                          const struct dcd_config *config)
{
    const struct record expected = blank(config);
    struct record r;

    memcpy(&r, media, sizeof(r));
    if (memcmp(&r, &expected, offsetof(struct record, volatile_size)) != 0 ||
        !fits(config, dcd_get64(r.volatile_size)))
        return false;
    state->volatile_size = dcd_get64(r.volatile_size);
    state->dirty_shutdowns = dcd_get32(r.dirty_shutdowns);
    state->dirty = r.dirty;
    return true;
}

void dcd_nonvolatile_store(const struct dcd_nonvolatile *state, uint8_t *media,
                           const struct dcd_config *config)
{
    struct record r = blank(config);

    r.volatile_size = dcd_put64(state->volatile_size);
    r.dirty_shutdowns = dcd_put32(state->dirty_shutdowns);
    r.dirty = state->dirty;
    memcpy(media, &r, sizeof(r));
}
