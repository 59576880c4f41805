/* SPDX-License-Identifier: Apache-2.0 */
/* commands_features.c - discovery, reading and writing of features, CXL r3.1
 * 8.2.9.6. */
#include "cci.h"

#include <cxldcd/ctypes/generic.h>
#include <cxldcd/ctypes/return_code.h>

#include <string.h>

#define HEADER ((uint32_t)sizeof(struct dcd_get_supported_features_rsp))
#define ENTRY ((uint32_t)sizeof(struct dcd_supported_feature))

static void put_entry(uint32_t index, uint8_t *out)
{
    const struct dcd_feature *feature = &dcd_feature_table[index];
    struct dcd_supported_feature entry;

    memset(&entry, 0, sizeof(entry));
    entry.id = *feature->id;
    entry.index = dcd_put16((uint16_t)index);
    entry.get_size = dcd_put16(feature->get_size);
    entry.set_size = dcd_put16(feature->set_size);
    entry.attributes = dcd_put32(feature->attributes);
    entry.get_version = feature->get_version;
    entry.set_version = feature->set_version;
    entry.set_effects = dcd_put16(feature->effects);
    memcpy(out, &entry, sizeof(entry));
}

/* 0500h Get Supported Features, CXL r3.1 8.2.9.6.1: as many whole entries as
 * were asked for and as there is room for. */
uint16_t dcd_get_supported_features(struct dcd_cci_call *call)
{
    const struct dcd_get_supported_features_req *req = (const void *)call->in;
    struct dcd_get_supported_features_rsp rsp;
    uint32_t start = dcd_get16(req->start);
    uint32_t bytes = dcd_get32(req->count);
    uint32_t count;

    if (bytes < HEADER || start >= DCD_FEATURE_COUNT)
        return DCD_RC_INVALID_INPUT;
    count = dcd_least((bytes - HEADER) / ENTRY, dcd_room(call, HEADER, ENTRY));
    count = dcd_least(count, DCD_FEATURE_COUNT - start);
    memset(&rsp, 0, sizeof(rsp));
    rsp.returned = dcd_put16((uint16_t)count);
    rsp.supported = dcd_put16(DCD_FEATURE_COUNT);
    memcpy(call->out, &rsp, sizeof(rsp));
    for (uint32_t i = 0; i < count; i++)
        put_entry(start + i, call->out + HEADER + i * ENTRY);
    call->out_length = HEADER + count * ENTRY;
    return DCD_RC_SUCCESS;
}

/* 0501h Get Feature, CXL r3.1 8.2.9.6.2: what lies behind the feature's end is
 * not returned, and no reason to refuse. */
uint16_t dcd_get_feature(struct dcd_cci_call *call)
{
    const struct dcd_get_feature_req *req = (const void *)call->in;
    int feature = dcd_features_find(&req->id);
    uint32_t offset = dcd_get16(req->offset);
    uint8_t readable[DCD_FEATURE_READABLE];
    uint32_t size;
    uint16_t rc;

    if (feature < 0)
        return DCD_RC_UNSUPPORTED;
    rc = dcd_features_get(&call->memory->features, (unsigned)feature,
                          req->selection, readable);
    if (rc != DCD_RC_SUCCESS)
        return rc;
    size = dcd_feature_table[feature].get_size;
    if (offset >= size)
        return DCD_RC_INVALID_INPUT;
    size = dcd_least(dcd_get16(req->count), size - offset);
    memcpy(call->out, readable + offset, size);
    call->out_length = size;
    return DCD_RC_SUCCESS;
}

/* 0502h Set Feature, CXL r3.1 8.2.9.6.3. */
uint16_t dcd_set_feature(struct dcd_cci_call *call)
{
    const struct dcd_set_feature_req *req = (const void *)call->in;
    uint32_t flags = dcd_get32(req->flags);
    struct dcd_feature_part part = {
        .id = req->id,
        .action = flags & DCD_FEATURE_TRANSFER_MASK,
        .save = flags & DCD_FEATURE_SAVE,
        .offset = dcd_get16(req->offset),
        .version = req->version,
        .data = call->in + sizeof(*req),
        .length = call->in_length - (uint32_t)sizeof(*req),
    };

    return dcd_features_set(&call->memory->features, &part);
}
