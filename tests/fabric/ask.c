/* SPDX-License-Identifier: Apache-2.0 */
/* ask.c - what tests of limits, logs and regions ask of a device. */
#include "ask.h"

uint16_t ask_free(struct harness *h, unsigned host, uint8_t region,
                  uint64_t length, const char *tag)
{
    return add_by_policy(h, (uint16_t)host, DCD_ADD_FREE, region, length, tag);
}

uint16_t ask_contiguous(struct harness *h, unsigned host, uint8_t region,
                        uint64_t length, const char *tag)
{
    return add_by_policy(h, (uint16_t)host, DCD_ADD_CONTIGUOUS, region, length,
                         tag);
}

uint16_t ask_configure(struct harness *h, uint8_t region, uint64_t block_size,
                       uint8_t flags)
{
    struct dcd_set_dc_region_config_req req = {
        region, {0}, dcd_put64(block_size), flags, {0}};

    return fm(h, DCD_OP_SET_DC_REGION_CONFIG, &req, sizeof(req));
}

/* --- Ways to a state ----------------------------------------------------- */

void spread(struct range *ranges, uint32_t count, uint64_t dpa, const char *tag)
{
    for (uint32_t i = 0; i < count; i++)
        ranges[i] = (struct range){dpa + i * MIB(4), MIB(2), tag,
                                   (uint16_t)(tag ? i : 0)};
}

void hold_each(struct harness *h, unsigned host, const struct range *ranges,
               uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        hold(h, host, &ranges[i], 1);
}

void fill_logs(struct harness *h, uint32_t count)
{
    const uint64_t block = h->config.regions[1].block_size;
    static const struct dcd_get_host_dc_config_req ask = {{{0, 0}}, 1, 1};
    const struct dcd_host_dc_region_config *c =
        (void *)(h->out + sizeof(struct dcd_get_host_dc_config_rsp));

    for (uint32_t i = 0; i < count; i++) {
        C_EXPECT_EQ(DCD_RC_SUCCESS,
                    fm(h, DCD_OP_GET_HOST_DC_CONFIG, &ask, sizeof(ask)));
        C_EXPECT_EQ(DCD_RC_SUCCESS,
                    ask_configure(h, 1, block,
                                  c->flags ^ DCD_REGION_SANITIZE_ON_RELEASE));
    }
}

/* --- What can be seen ---------------------------------------------------- */

void expect_left(struct harness *h, unsigned host, uint32_t extents,
                 uint32_t tags)
{
    C_EXPECT_EQ(extents, fm_available_extents(h, host));
    C_EXPECT_EQ(tags, fm_available_tags(h, host));
    C_EXPECT_EQ(extents, available_extents(h, host));
    C_EXPECT_EQ(tags, available_tags(h, host));
}

void expect_overflow(const struct harness *h, uint32_t lost, uint64_t first,
                     uint64_t last)
{
    const struct dcd_get_event_records_rsp *rsp = (const void *)h->out;

    C_EXPECT_EQ(lost ? DCD_GET_EVENTS_OVERFLOW : 0,
                rsp->flags & DCD_GET_EVENTS_OVERFLOW);
    C_EXPECT_EQ(lost, dcd_get16(rsp->overflow_count));
    C_EXPECT_EQ(first, dcd_get64(rsp->first_overflow));
    C_EXPECT_EQ(last, dcd_get64(rsp->last_overflow));
}

static uint64_t mix(const struct harness *h, uint64_t digest)
{
    for (uint32_t i = 0; i < h->out_length; i++)
        digest = (digest ^ h->out[i]) * UINT64_C(1099511628211);
    return digest;
}

uint64_t full_state(struct harness *h)
{
    uint64_t digest = visible_state(h);

    for (unsigned host = 0; host < h->config.heads; host++) {
        const struct dcd_get_host_dc_config_req regions = {
            dcd_put16((uint16_t)host), 8, 0};
        const struct dcd_get_region_extent_lists_req lists = {
            dcd_put16((uint16_t)host),
            {0},
            dcd_put32(UINT32_MAX),
            dcd_put32(0)};

        C_EXPECT_EQ(DCD_RC_SUCCESS, fm(h, DCD_OP_GET_HOST_DC_CONFIG, &regions,
                                       sizeof(regions)));
        digest = mix(h, digest);
        C_EXPECT_EQ(DCD_RC_SUCCESS, fm(h, DCD_OP_GET_DC_REGION_EXTENT_LISTS,
                                       &lists, sizeof(lists)));
        digest = mix(h, digest);
    }
    return digest;
}
