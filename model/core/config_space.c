/* SPDX-License-Identifier: Apache-2.0 */
/* config_space.c - the tables behind configuration space, and the rules of
 * the CXL Device DVSEC. */
#include "config_space.h"

#include <cxldcd/ctypes/le.h>
#include <cxldcd/ctypes/registers.h>

#include <string.h>

enum {
    PCIE = DCD_CONFIG_PCIE,
    MSIX = DCD_CONFIG_MSIX,
    SERIAL = DCD_CONFIG_SERIAL,
    CXL = DCD_CONFIG_CXL_DEVICE,
    LOCATOR = DCD_CONFIG_REGISTER_LOCATOR,
    GPF = DCD_CONFIG_GPF_DEVICE,
    FLEX_BUS = DCD_CONFIG_FLEX_BUS_PORT,
    DOE = DCD_CONFIG_DOE,
    AER = DCD_CONFIG_AER,
};

#define STATUS_CAPABILITIES (UINT64_C(0x10) << 16)
#define COMMAND_WRITABLE 0x0546u /* memory, master, parity, SERR#, INTx off */
#define CLASS_CXL_MEMORY (UINT64_C(0x050210) << 8)
#define BAR_64_BIT 0x4u
#define MSIX_ENABLE (UINT64_C(1) << 31)
#define MSIX_FUNCTION_MASK (UINT64_C(1) << 30)

/* PCI Express capability: role-based error reporting, function level reset. */
#define DEVICE_CAPABILITIES 0x10008000u
#define DEVICE_CONTROL (PCIE + 0x08)
#define INITIATE_FUNCTION_LEVEL_RESET (1u << 15)
#define LINK_CAPABILITIES (PCIE + 0x0c)
#define LINK (DCD_LINK_SPEED | DCD_LINK_WIDTH << 4)
#define LINK_PORT_SHIFT 24
#define LINK_CONTROL_WRITABLE 0xc8u
#define LINK_SPEEDS (DCD_LINK_SPEEDS << 1)

/* Extended capability header: id, version, where the next one is. */
#define EXTENDED(id, version, next) \
    ((id) | (uint32_t)(version) << 16 | (uint32_t)(next) << 20)

/* DVSEC header 1: vendor, revision, length. */
#define DVSEC(revision, length) \
    (DCD_DVSEC_VENDOR | (uint32_t)(revision) << 16 | (uint32_t)(length) << 20)

/* Registers of 16 bits in pairs, so that both can be had in one access. */
#define PAIR(low, high) ((uint64_t)(low) | (uint64_t)(high) << 16)

#define CXL_CAPABILITY                                           \
    (DCD_CXL_CAP_IO | DCD_CXL_CAP_MEM | DCD_CXL_CAP_MEM_HWINIT | \
     DCD_CXL_CAP_RESET | 0u << DCD_CXL_CAP_RESET_TIMEOUT_SHIFT | \
     DCD_CXL_CAP_RESET_MEM_CLEAR)
#define CXL_CONTROL_WRITABLE 0x4ffdu
#define CXL_STATUS_CLEAR 0x4000u /* viral */
/* Caching off, clear memory at reset; bits 1 and 2 start and read 0. */
#define CXL_CONTROL2_WRITABLE 0x09u
#define RANGE_LOW 0xf0000000u

/* Register Locator entry: BAR 0, block id 1 component, 3 device (8.1.9.1). */
#define BLOCK(offset, id) ((offset) | (id) << 8)

/* Phase 2 takes 3 s and 51 mW. */
#define GPF_DURATION 0x0603u
#define GPF_POWER 0x33u

/* CXL.io, CXL.mem, 68-byte flits; what was negotiated, and by which data. */
#define FLEX_BUS_CAPABILITY 0x26u
#define FLEX_BUS_CONTROL 0x02u
#define FLEX_BUS_STATUS 0x26u
#define FLEX_BUS_MODIFIED_TS 0xefu

/* PCIe 6.0 7.8.4: errors that an endpoint can have, how it starts. */
#define AER_UNCORRECTABLE 0x005ff010u
#define AER_UNCORRECTABLE_MASKED 0x00400000u
#define AER_SEVERE 0x00462010u
#define AER_CORRECTABLE 0x000071c1u
#define AER_CORRECTABLE_MASKED 0x00006000u

/* What depends on the head is added by show_head(). */
static const struct dcd_register registers[] = {
    {0x00, 4, PAIR(DCD_PCI_VENDOR_ID, DCD_PCI_DEVICE_ID), 0, 0},
    {0x04, 4, STATUS_CAPABILITIES, COMMAND_WRITABLE, 0},
    {0x08, 4, CLASS_CXL_MEMORY | 1, 0, 0},
    {0x0c, 4, 0, 0xff, 0}, /* cache line size */
    {0x10, 4, BAR_64_BIT, 0xffffffffu & ~(uint64_t)(DCD_BAR_SIZE - 1), 0},
    {0x14, 4, 0, 0xffffffffu, 0},
    {0x2c, 4, PAIR(DCD_PCI_VENDOR_ID, DCD_PCI_DEVICE_ID), 0, 0},
    {0x34, 4, PCIE, 0, 0},
    {0x3c, 4, 0, 0xff, 0}, /* interrupt line */
    /* PCI Express capability, version 2, endpoint. */
    {PCIE, 4, 0x10 | MSIX << 8 | 2 << 16, 0, 0},
    {PCIE + 0x04, 4, DEVICE_CAPABILITIES, 0, 0},
    {DEVICE_CONTROL, 4, 0x2810, 0x7fff, 0x000f0000},
    {LINK_CAPABILITIES, 4, LINK, 0, 0},
    {PCIE + 0x10, 4, PAIR(0, LINK), LINK_CONTROL_WRITABLE, 0},
    {PCIE + 0x2c, 4, LINK_SPEEDS, 0, 0},
    {MSIX, 4, 0x11 | (uint64_t)(DCD_MSIX_VECTORS - 1) << 16,
     MSIX_ENABLE | MSIX_FUNCTION_MASK, 0},
    {MSIX + 0x04, 4, DCD_BAR_MSIX_TABLE, 0, 0},
    {MSIX + 0x08, 4, DCD_BAR_MSIX_PBA, 0, 0},
    {SERIAL, 4, EXTENDED(DCD_PCI_SERIAL, 1, CXL), 0, 0},
    {SERIAL + 0x04, 4, 0, 0, 0},
    {SERIAL + 0x08, 4, 0, 0, 0},
    {CXL, 4, EXTENDED(DCD_PCI_DVSEC, 1, LOCATOR), 0, 0},
    {CXL + DCD_DVSEC_HEADER, 4, DVSEC(3, 0x3c), 0, 0},
    {CXL + DCD_DVSEC_ID, 4, PAIR(DCD_DVSEC_CXL_DEVICE, 0), 0, 0},
    {CXL + DCD_CXL_CONTROL, 4, DCD_CXL_IO_ENABLE, CXL_CONTROL_WRITABLE,
     PAIR(0, CXL_STATUS_CLEAR)},
    {CXL + DCD_CXL_CONTROL2, 4, PAIR(0, DCD_CXL_RESET_COMPLETE),
     CXL_CONTROL2_WRITABLE, 0},
    {CXL + DCD_CXL_LOCK, 4, 0, DCD_CXL_CONFIG_LOCK, 0},
    {CXL + 0x18, 4, 0, 0, 0},
    {CXL + 0x1c, 4, 0, 0, 0},
    {CXL + 0x20, 4, 0, UINT32_MAX, 0},
    {CXL + 0x24, 4, 0, RANGE_LOW, 0},
    {CXL + 0x28, 4, 0, 0, 0},
    {CXL + 0x2c, 4, 0, 0, 0},
    {CXL + 0x30, 4, 0, UINT32_MAX, 0},
    {CXL + 0x34, 4, 0, RANGE_LOW, 0},
    {LOCATOR, 4, EXTENDED(DCD_PCI_DVSEC, 1, GPF), 0, 0},
    {LOCATOR + DCD_DVSEC_HEADER, 4, DVSEC(0, 0x24), 0, 0},
    {LOCATOR + DCD_DVSEC_ID, 4, DCD_DVSEC_REGISTER_LOCATOR, 0, 0},
    {LOCATOR + 0x0c, 4, BLOCK(DCD_BAR_COMPONENT, 1u), 0, 0},
    {LOCATOR + 0x14, 4, BLOCK(DCD_BAR_DEVICE, 3u), 0, 0},
    {GPF, 4, EXTENDED(DCD_PCI_DVSEC, 1, FLEX_BUS), 0, 0},
    {GPF + DCD_DVSEC_HEADER, 4, DVSEC(0, 0x10), 0, 0},
    {GPF + DCD_DVSEC_ID, 4, PAIR(DCD_DVSEC_GPF_DEVICE, GPF_DURATION), 0, 0},
    {GPF + 0x0c, 4, GPF_POWER, 0, 0},
    {FLEX_BUS, 4, EXTENDED(DCD_PCI_DVSEC, 1, DOE), 0, 0},
    {FLEX_BUS + DCD_DVSEC_HEADER, 4, DVSEC(2, 0x20), 0, 0},
    {FLEX_BUS + DCD_DVSEC_ID, 4,
     PAIR(DCD_DVSEC_FLEX_BUS_PORT, FLEX_BUS_CAPABILITY), 0, 0},
    {FLEX_BUS + 0x0c, 4, PAIR(FLEX_BUS_CONTROL, FLEX_BUS_STATUS), 0, 0},
    {FLEX_BUS + 0x10, 4, FLEX_BUS_MODIFIED_TS, 0, 0},
    {DOE, 4, EXTENDED(DCD_PCI_DOE, 1, AER), 0, 0}, /* the rest: doe.c */
    {AER, 4, EXTENDED(DCD_PCI_AER, 2, 0), 0, 0},
    {AER + 0x04, 4, 0, 0, AER_UNCORRECTABLE},
    {AER + 0x08, 4, AER_UNCORRECTABLE_MASKED, AER_UNCORRECTABLE, 0},
    {AER + 0x0c, 4, AER_SEVERE, AER_UNCORRECTABLE, 0},
    {AER + 0x10, 4, 0, 0, AER_CORRECTABLE},
    {AER + 0x14, 4, AER_CORRECTABLE_MASKED, AER_CORRECTABLE, 0},
};

static uint64_t get(const struct dcd_config_space *space, uint32_t offset,
                    uint32_t width)
{
    return dcd_register_file_get(&space->file, offset, width);
}

static void set(struct dcd_config_space *space, uint32_t offset, uint32_t width,
                uint64_t value)
{
    dcd_register_file_set(&space->file, offset, width, value);
}

static void show_range(struct dcd_config_space *space, unsigned n,
                       uint64_t size, uint32_t info)
{
    uint32_t at = CXL + DCD_CXL_RANGE(n);

    set(space, at + DCD_CXL_RANGE_SIZE_HIGH, 4, size >> 32);
    set(space, at + DCD_CXL_RANGE_SIZE_LOW, 4, (size & RANGE_LOW) | info);
}

/*
 * The kind that comes first in DPA order has range 1. A device without static
 * capacity shows an empty range 1 whose information is valid, because drivers
 * wait for that before they believe the mailbox.
 */
static void show_ranges(struct dcd_config_space *space)
{
    uint64_t first = space->volatile_size;
    uint64_t second = space->persistent_size;
    unsigned count;

    if (!first) {
        first = second;
        second = 0;
    }
    count = second ? 2 : 1;
    show_range(space, 0, first, DCD_CXL_RANGE_INFO);
    show_range(space, 1, second, second ? DCD_CXL_RANGE_INFO : 0);
    set(space, CXL + DCD_CXL_CAPABILITY, 2,
        CXL_CAPABILITY | count << DCD_CXL_CAP_HDM_COUNT_SHIFT);
}

/* Registers whose values the head has from its configuration. */
static void show_head(struct dcd_config_space *space)
{
    const uint64_t port = dcd_config_space_port(space->config, space->head);

    set(space, LINK_CAPABILITIES, 4, LINK | port << LINK_PORT_SHIFT);
    set(space, SERIAL + 0x04, 4, space->config->serial & 0xffffffffu);
    set(space, SERIAL + 0x08, 4, space->config->serial >> 32);
    show_ranges(space);
}

bool dcd_config_space_init(struct dcd_config_space *space,
                           const struct dcd_config *config, unsigned head)
{
    static const struct dcd_register_rules up_to_dword = {1, 4};

    memset(space, 0, sizeof(*space));
    space->config = config;
    space->head = head;
    dcd_doe_init(&space->doe, &space->cdat);
    if (!dcd_register_file_init(&space->file, registers,
                                sizeof(registers) / sizeof(registers[0]),
                                DCD_CONFIG_SPACE_SIZE, up_to_dword))
        return false;
    show_head(space);
    return true;
}

void dcd_config_space_destroy(struct dcd_config_space *space)
{
    dcd_register_file_destroy(&space->file);
}

void dcd_config_space_set_partitions(struct dcd_config_space *space,
                                     uint64_t volatile_size,
                                     uint64_t persistent_size)
{
    space->volatile_size = volatile_size;
    space->persistent_size = persistent_size;
    show_ranges(space);
    dcd_cdat_build(&space->cdat, space->config, space->head, volatile_size,
                   persistent_size);
}

/* --- The lock ------------------------------------------------------------- */

static bool locked(const struct dcd_config_space *space)
{
    return get(space, CXL + DCD_CXL_LOCK, 2) & DCD_CXL_CONFIG_LOCK;
}

/* Bits of the dword at [at] that are read-only while locked (8.1.3.6). */
static uint32_t protected_bits(uint32_t at)
{
    switch (at) {
    case CXL + DCD_CXL_CONTROL:
        return 0xffff; /* without the status beside it */
    case CXL + DCD_CXL_LOCK:
        return DCD_CXL_CONFIG_LOCK; /* written once */
    case CXL + 0x20:
    case CXL + 0x24:
    case CXL + 0x30:
    case CXL + 0x34:
        return UINT32_MAX;
    default:
        return 0;
    }
}

/* --- Resets --------------------------------------------------------------- */

/* What the lock protects stays where it is locked. */
static void reset_cxl_device(struct dcd_config_space *space)
{
    const uint32_t end = CXL + 0x3c;
    bool keep = locked(space);

    for (uint32_t at = CXL; at < end; at += 4) {
        uint64_t bits = keep ? protected_bits(at) : 0;
        uint64_t old = get(space, at, 4);

        dcd_register_file_reset_range(&space->file, at, 4);
        set(space, at, 4, (get(space, at, 4) & ~bits) | (old & bits));
    }
}

void dcd_config_space_reset(struct dcd_config_space *space,
                            enum dcd_reset_kind kind)
{
    if (kind == DCD_RESET_CONVENTIONAL)
        dcd_register_file_reset(&space->file);
    else
        dcd_register_file_reset_range(&space->file, 0, DCD_PCI_EXTENDED);
    if (kind == DCD_RESET_CXL)
        reset_cxl_device(space);
    dcd_doe_reset(&space->doe);
    show_head(space);
}

/* --- Accesses ------------------------------------------------------------- */

/* Behind its header the capability has registers of its own. */
static bool in_doe(uint64_t offset)
{
    return offset >= DOE + DCD_DOE_CAPABILITY && offset < DOE + DCD_DOE_SIZE;
}

enum dcd_access dcd_config_space_read(const struct dcd_config_space *space,
                                      uint64_t offset, void *data,
                                      uint64_t length)
{
    enum dcd_access access =
        dcd_register_file_read(&space->file, offset, data, length);
    uint32_t value;

    if (access != DCD_ACCESS_OK || !in_doe(offset))
        return access;
    value = dcd_doe_read(&space->doe, ((uint32_t)offset & ~3u) - DOE);
    dcd_store_le(data, length, value >> 8 * (offset & 3));
    return access;
}

/* Which bits of the dword at [at] the access writes as ones. */
static uint32_t ones(uint32_t at, uint64_t offset, const void *data,
                     uint64_t length)
{
    if (offset < at || offset >= at + 4)
        return 0;
    return (uint32_t)(dcd_load_le(data, length) << 8 * (offset - at));
}

/* Bits that start something, and read 0. */
static unsigned start(struct dcd_config_space *space, uint64_t offset,
                      const void *data, uint64_t length)
{
    unsigned effects = 0;

    if (ones(DEVICE_CONTROL, offset, data, length) &
        INITIATE_FUNCTION_LEVEL_RESET)
        effects |= DCD_CONFIG_FUNCTION_LEVEL_RESET;
    if (ones(CXL + DCD_CXL_CONTROL2, offset, data, length) &
        DCD_CXL_INITIATE_RESET) {
        effects |= DCD_CONFIG_CXL_RESET;
        set(space, CXL + DCD_CXL_STATUS2, 2, 0); /* until it is done */
    }
    return effects;
}

enum dcd_access dcd_config_space_write(struct dcd_config_space *space,
                                       uint64_t offset, const void *data,
                                       uint64_t length, unsigned *effects)
{
    uint32_t at = (uint32_t)offset & ~3u;
    uint64_t keep = locked(space) ? protected_bits(at) : 0;
    bool enabled = dcd_config_space_mem_enabled(space);
    uint64_t old = keep ? get(space, at, 4) : 0;
    enum dcd_access access;

    *effects = 0;
    access = dcd_register_file_write(&space->file, offset, data, length);
    if (access != DCD_ACCESS_OK)
        return access;
    if (keep)
        set(space, at, 4, (get(space, at, 4) & ~keep) | (old & keep));
    *effects = start(space, offset, data, length);
    if (in_doe(offset) && dcd_doe_write(&space->doe, (uint32_t)offset - DOE,
                                        data, (uint32_t)length))
        *effects |= DCD_CONFIG_DOE_INTERRUPT;
    if (dcd_config_space_mem_enabled(space) != enabled)
        *effects |= DCD_CONFIG_MEM_CHANGED;
    return access;
}

bool dcd_config_space_mem_enabled(const struct dcd_config_space *space)
{
    return get(space, CXL + DCD_CXL_CONTROL, 2) & DCD_CXL_MEM_ENABLE;
}

bool dcd_config_space_clears_memory(const struct dcd_config_space *space)
{
    return get(space, CXL + DCD_CXL_CONTROL2, 2) & DCD_CXL_RESET_MEM_CLEAR;
}

void dcd_config_space_update_msix(const struct dcd_config_space *space,
                                  struct dcd_msix *msix)
{
    uint64_t control = get(space, MSIX, 4);

    msix->enabled = control & MSIX_ENABLE;
    msix->function_mask = control & MSIX_FUNCTION_MASK;
}
