/* SPDX-License-Identifier: Apache-2.0 */
/* register_file.c - table-driven registers. */
#include "register_file.h"

#include <cxldcd/ctypes/le.h>

#include <stdlib.h>
#include <string.h>

bool dcd_register_file_init(struct dcd_register_file *file,
                            const struct dcd_register *registers,
                            uint32_t count, uint32_t size,
                            struct dcd_register_rules rules)
{
    memset(file, 0, sizeof(*file));
    file->registers = malloc(count * sizeof(*registers) + 1);
    file->bytes = calloc(1, size);
    if (!file->registers || !file->bytes)
        return false;
    memcpy(file->registers, registers, count * sizeof(*registers));
    file->count = count;
    file->size = size;
    file->rules = rules;
    dcd_register_file_reset(file);
    return true;
}

void dcd_register_file_destroy(struct dcd_register_file *file)
{
    free(file->registers);
    free(file->bytes);
    memset(file, 0, sizeof(*file));
}

void dcd_register_file_reset_range(struct dcd_register_file *file,
                                   uint32_t offset, uint32_t size)
{
    for (uint32_t i = 0; i < file->count; i++) {
        const struct dcd_register *r = &file->registers[i];

        if (r->offset - offset < size)
            dcd_store_le(file->bytes + r->offset, r->width, r->reset);
    }
}

void dcd_register_file_reset(struct dcd_register_file *file)
{
    dcd_register_file_reset_range(file, 0, file->size);
}

uint64_t dcd_register_file_get(const struct dcd_register_file *file,
                               uint32_t offset, uint32_t width)
{
    return dcd_load_le(file->bytes + offset, width);
}

void dcd_register_file_set(struct dcd_register_file *file, uint32_t offset,
                           uint32_t width, uint64_t value)
{
    dcd_store_le(file->bytes + offset, width, value);
}

/* The register that holds [offset], or NULL in a hole. */
static const struct dcd_register *find(const struct dcd_register_file *file,
                                       uint64_t offset)
{
    uint32_t low = 0;
    uint32_t high = file->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct dcd_register *r = &file->registers[middle];

        if (offset < r->offset)
            high = middle;
        else if (offset - r->offset >= r->width)
            low = middle + 1;
        else
            return r;
    }
    return NULL;
}

static enum dcd_access check(const struct dcd_register_file *file,
                             uint64_t offset, uint64_t length,
                             const struct dcd_register **r)
{
    if (offset >= file->size || length > file->size - offset)
        return DCD_ACCESS_NO_REGISTER;
    if (length < file->rules.narrowest || length > file->rules.widest ||
        (length & (length - 1)) || offset % length)
        return DCD_ACCESS_WIDTH;
    *r = find(file, offset);
    if (*r && length > (*r)->width)
        return DCD_ACCESS_WIDTH;
    return DCD_ACCESS_OK;
}

enum dcd_access dcd_register_file_read(const struct dcd_register_file *file,
                                       uint64_t offset, void *data,
                                       uint64_t length)
{
    const struct dcd_register *r;
    enum dcd_access access = check(file, offset, length, &r);

    if (access == DCD_ACCESS_OK)
        memcpy(data, file->bytes + offset, length);
    return access;
}

enum dcd_access dcd_register_file_write(struct dcd_register_file *file,
                                        uint64_t offset, const void *data,
                                        uint64_t length)
{
    const struct dcd_register *r;
    enum dcd_access access = check(file, offset, length, &r);
    uint64_t written;
    uint64_t value;
    unsigned shift;

    if (access != DCD_ACCESS_OK || !r)
        return access;
    shift = (unsigned)(8 * (offset - r->offset));
    written = dcd_load_le(data, length);
    value = dcd_load_le(file->bytes + offset, length);
    value ^= (value ^ written) & (r->writable >> shift);
    value &= ~(written & (r->clear >> shift));
    dcd_store_le(file->bytes + offset, length, value);
    return access;
}
