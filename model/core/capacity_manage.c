/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capacity_manage.c - what the FM does without a host: references to what can
 * be shared (5606h, 5607h), and the shape of a region (5602h).
 */
#include "capacity_private.h"

/* --- 5606h and 5607h, CXL r3.1 7.6.7.6.7-.8 ------------------------------- */

static uint32_t find_shared(const struct dcd_capacity *capacity,
                            const struct dcd_uuid *uuid)
{
    uint32_t id = dcd_tag_table_find(&capacity->tags, uuid);

    if (id == DCD_NO_TAG || !dcd_tag_table_at(&capacity->tags, id)->sharable)
        return DCD_NO_TAG;
    return id;
}

uint16_t dcd_capacity_add_reference(struct dcd_capacity *capacity,
                                    const struct dcd_uuid *tag)
{
    uint32_t id = find_shared(capacity, tag);

    if (id == DCD_NO_TAG)
        return DCD_RC_INVALID_INPUT;
    dcd_tag_table_refer(&capacity->tags, id);
    return DCD_RC_SUCCESS;
}

uint16_t dcd_capacity_remove_reference(struct dcd_capacity *capacity,
                                       const struct dcd_uuid *tag)
{
    uint32_t id = find_shared(capacity, tag);

    if (id == DCD_NO_TAG)
        return DCD_RC_INVALID_INPUT;
    if (!dcd_capacity_reserve_free(capacity, 0))
        return DCD_RC_INTERNAL_ERROR;
    if (dcd_tag_table_unrefer(&capacity->tags, id))
        dcd_capacity_bury(capacity, id);
    return DCD_RC_SUCCESS;
}

/* --- 5602h Set DC Region Configuration, CXL r3.1 7.6.7.6.3 ---------------- */

static uint16_t check_configuration(const struct dcd_capacity *capacity,
                                    unsigned region, uint64_t block_size,
                                    bool sanitize)
{
    const struct dcd_region *r = &capacity->regions.region[region];

    if (dcd_free_space_bytes(&capacity->free[region]) != r->length ||
        (sanitize != r->sanitize_on_release && !r->sanitize_configurable))
        return DCD_RC_UNSUPPORTED;
    if ((block_size & (block_size - 1)) || !(block_size & r->block_sizes))
        return DCD_RC_INVALID_INPUT;
    return DCD_RC_SUCCESS;
}

static void destroy_maps(struct dcd_block_map *maps, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        dcd_block_map_destroy(&maps[i]);
}

/* New, closed block maps for all heads; false: out of memory, and the old ones
 * stay. */
static bool replace_maps(struct dcd_capacity *capacity, unsigned region,
                         uint64_t blocks)
{
    struct dcd_block_map maps[DCD_MAX_HEADS];
    unsigned heads = capacity->config->heads;

    for (unsigned i = 0; i < heads; i++) {
        if (!dcd_block_map_init(&maps[i], blocks)) {
            destroy_maps(maps, i);
            return false;
        }
    }
    for (unsigned i = 0; i < heads; i++) {
        dcd_block_map_destroy(&capacity->holder[i].map[region]);
        capacity->holder[i].map[region] = maps[i];
    }
    return true;
}

uint16_t dcd_capacity_configure(struct dcd_capacity *capacity, unsigned region,
                                uint64_t block_size, bool sanitize)
{
    struct dcd_region *r = &capacity->regions.region[region];
    uint16_t rc = check_configuration(capacity, region, block_size, sanitize);

    if (rc != DCD_RC_SUCCESS ||
        (block_size == r->block_size && sanitize == r->sanitize_on_release))
        return rc;
    if (!replace_maps(capacity, region, r->length / block_size))
        return DCD_RC_INTERNAL_ERROR;
    dcd_region_set_block_size(r, block_size);
    r->sanitize_on_release = sanitize;
    capacity->ops->reshaped(capacity->ops->context, region);
    for (unsigned head = 0; head < capacity->config->heads; head++)
        dcd_capacity_report_region(capacity, head, region);
    return DCD_RC_SUCCESS;
}
