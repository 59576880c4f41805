/* SPDX-License-Identifier: Apache-2.0 */
/* component_registers.c - capability headers, RAS, and the way to the HDM
 * decoders. */
#include "component_registers.h"

#include <cxldcd/ctypes/le.h>
#include <cxldcd/ctypes/registers.h>

#include <string.h>

/* Header of the array: id 1, version 1, cache-mem version 1, three entries. */
#define ARRAY 0x03110001u
/* A capability: id, version, where it lies in the block. */
#define CAPABILITY(id, version, at) ((id) | (version) << 16 | (at) << 20)

#define UNCORRECTABLE 0x1cfffu
#define CORRECTABLE 0x7fu
#define MULTIPLE_HEADERS 0x200u

/* CXL r3.1 8.2.4.17 (RAS). */
static const struct dcd_register registers[] = {
    {0x00, 4, ARRAY, 0, 0},
    {0x04, 4, CAPABILITY(2u, 2u, DCD_CM_RAS), 0, 0},
    {0x08, 4, CAPABILITY(4u, 2u, DCD_CM_LINK), 0, 0},
    {0x0c, 4, CAPABILITY(5u, 1u, DCD_CM_HDM), 0, 0},
    {DCD_CM_RAS + 0x00, 4, 0, 0, UNCORRECTABLE},
    {DCD_CM_RAS + 0x04, 4, UNCORRECTABLE, UNCORRECTABLE, 0},
    {DCD_CM_RAS + 0x08, 4, UNCORRECTABLE, UNCORRECTABLE, 0},
    {DCD_CM_RAS + 0x0c, 4, 0, 0, CORRECTABLE},
    {DCD_CM_RAS + 0x10, 4, CORRECTABLE, CORRECTABLE, 0},
    {DCD_CM_RAS + 0x14, 4, MULTIPLE_HEADERS, 0, 0},
};

bool dcd_component_registers_init(struct dcd_register_file *file)
{
    static const struct dcd_register_rules dword = {4, 4};

    return dcd_register_file_init(file, registers,
                                  sizeof(registers) / sizeof(registers[0]),
                                  DCD_CM_SIZE, dword);
}

/* Where the access goes. */
enum target { REGISTER_FILE, HDM, RESERVED };

static enum dcd_access route(const struct dcd_hdm_decoders *hdm,
                             uint64_t offset, uint64_t length,
                             enum target *target)
{
    uint64_t cm = offset - DCD_CM_BASE;

    if (length != 4 || offset % 4)
        return DCD_ACCESS_WIDTH;
    if (offset < DCD_CM_BASE || cm >= DCD_CM_SIZE)
        *target = RESERVED;
    else if (cm >= DCD_CM_HDM && cm - DCD_CM_HDM < dcd_hdm_register_bytes(hdm))
        *target = HDM;
    else
        *target = REGISTER_FILE;
    return DCD_ACCESS_OK;
}

enum dcd_access dcd_component_read(const struct dcd_register_file *file,
                                   const struct dcd_hdm_decoders *hdm,
                                   uint64_t offset, void *data, uint64_t length)
{
    enum target target;
    enum dcd_access access = route(hdm, offset, length, &target);

    if (access != DCD_ACCESS_OK)
        return access;
    if (target == REGISTER_FILE)
        return dcd_register_file_read(file, offset - DCD_CM_BASE, data, length);
    dcd_store_le(data, 4,
                 target == HDM
                     ? dcd_hdm_read(hdm, (uint32_t)(offset - DCD_BAR_HDM))
                     : 0);
    return DCD_ACCESS_OK;
}

enum dcd_access dcd_component_write(struct dcd_register_file *file,
                                    struct dcd_hdm_decoders *hdm,
                                    uint64_t offset, const void *data,
                                    uint64_t length, bool *decoding_changed)
{
    enum target target;
    enum dcd_access access = route(hdm, offset, length, &target);

    *decoding_changed = false;
    if (access != DCD_ACCESS_OK)
        return access;
    if (target == REGISTER_FILE)
        return dcd_register_file_write(file, offset - DCD_CM_BASE, data,
                                       length);
    if (target == HDM)
        *decoding_changed = dcd_hdm_write(hdm, (uint32_t)(offset - DCD_BAR_HDM),
                                          (uint32_t)dcd_load_le(data, 4));
    return DCD_ACCESS_OK;
}
