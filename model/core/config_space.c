/* SPDX-License-Identifier: Apache-2.0 */
/* config_space.c - the tables behind configuration space. */
#include "config_space.h"

#include <cxldcd/ctypes/registers.h>

#include <string.h>

enum {
    PCIE = 0x40,
    MSIX = 0x80,
    SERIAL = 0x100,
    LOCATOR = 0x10c,
};

#define STATUS_CAPABILITIES (UINT64_C(0x10) << 16)
#define COMMAND_WRITABLE 0x0546u /* memory, master, parity, SERR#, INTx off */
#define CLASS_CXL_MEMORY (UINT64_C(0x050210) << 8)
#define BAR_64_BIT 0x4u
#define MSIX_ENABLE (UINT64_C(1) << 31)
#define MSIX_FUNCTION_MASK (UINT64_C(1) << 30)

/* Extended capability header: id, version 1, where the next one is. */
#define EXTENDED(id, next) ((id) | 1u << 16 | (uint32_t)(next) << 20)

/* Register Locator entry: BAR 0, block id 1 component, 3 device (8.1.9.1). */
#define LOCATOR_LENGTH 0x1cu
#define BLOCK(offset, id) ((offset) | (id) << 8)

bool dcd_config_space_init(struct dcd_register_file *file,
                           const struct dcd_config *config)
{
    const struct dcd_register registers[] = {
        {0x00, 4, DCD_PCI_VENDOR_ID | (uint64_t)DCD_PCI_DEVICE_ID << 16, 0, 0},
        {0x04, 4, STATUS_CAPABILITIES, COMMAND_WRITABLE, 0},
        {0x08, 4, CLASS_CXL_MEMORY | 1, 0, 0},
        {0x0c, 4, 0, 0xff, 0}, /* cache line size */
        {0x10, 4, BAR_64_BIT, 0xffffffffu & ~(uint64_t)(DCD_BAR_SIZE - 1), 0},
        {0x14, 4, 0, 0xffffffffu, 0},
        {0x2c, 4, DCD_PCI_VENDOR_ID | (uint64_t)DCD_PCI_DEVICE_ID << 16, 0, 0},
        {0x34, 4, PCIE, 0, 0},
        {0x3c, 4, 0, 0xff, 0}, /* interrupt line */
        /* PCI Express capability, version 2, endpoint. */
        {PCIE, 4, 0x10 | MSIX << 8 | 2 << 16, 0, 0},
        {PCIE + 0x04, 4, 0x8000, 0, 0}, /* role-based error reporting */
        {PCIE + 0x08, 4, 0x2810, 0x7fff, 0x000f0000},
        {MSIX, 4, 0x11 | (uint64_t)(DCD_MSIX_VECTORS - 1) << 16,
         MSIX_ENABLE | MSIX_FUNCTION_MASK, 0},
        {MSIX + 0x04, 4, DCD_BAR_MSIX_TABLE, 0, 0},
        {MSIX + 0x08, 4, DCD_BAR_MSIX_PBA, 0, 0},
        {SERIAL, 4, EXTENDED(0x0003, LOCATOR), 0, 0},
        {SERIAL + 0x04, 4, config->serial & 0xffffffffu, 0, 0},
        {SERIAL + 0x08, 4, config->serial >> 32, 0, 0},
        {LOCATOR, 4, EXTENDED(0x0023, 0), 0, 0},
        {LOCATOR + 0x04, 4, 0x1e98 | LOCATOR_LENGTH << 20, 0, 0},
        {LOCATOR + 0x08, 4, 0x0008, 0, 0},
        {LOCATOR + 0x0c, 4, BLOCK(DCD_BAR_COMPONENT, 1u), 0, 0},
        {LOCATOR + 0x10, 4, 0, 0, 0},
        {LOCATOR + 0x14, 4, BLOCK(DCD_BAR_DEVICE, 3u), 0, 0},
        {LOCATOR + 0x18, 4, 0, 0, 0},
    };
    static const struct dcd_register_rules up_to_dword = {1, 4};

    return dcd_register_file_init(file, registers,
                                  sizeof(registers) / sizeof(registers[0]),
                                  DCD_CONFIG_SPACE_SIZE, up_to_dword);
}

void dcd_config_space_update_msix(const struct dcd_register_file *file,
                                  struct dcd_msix *msix)
{
    uint64_t control = dcd_register_file_get(file, MSIX, 4);

    msix->enabled = control & MSIX_ENABLE;
    msix->function_mask = control & MSIX_FUNCTION_MASK;
}
