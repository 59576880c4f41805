/* SPDX-License-Identifier: Apache-2.0 */
/* msix.c - MSI-X table and pending bits. */
#include "msix.h"

#include <cxldcd/ctypes/registers.h>

#include <string.h>

/* Address, then data and vector control; masked after a reset. */
#define MASKED_IN_SECOND_HALF ((uint64_t)DCD_MSIX_MASKED << 32)
#define TABLE_SIZE (DCD_MSIX_VECTORS * DCD_MSIX_ENTRY_SIZE)

static const struct dcd_register_rules dword_or_qword = {4, 8};

bool dcd_msix_init(struct dcd_msix *msix)
{
    static const struct dcd_register pending = {0, 8, 0, 0, 0};
    struct dcd_register table[2 * DCD_MSIX_VECTORS];
    bool ok;

    memset(msix, 0, sizeof(*msix));
    for (uint32_t i = 0; i < DCD_MSIX_VECTORS; i++) {
        struct dcd_register *r = &table[2 * i];

        r[0] = (struct dcd_register){DCD_MSIX_ENTRY_SIZE * i, 8, 0,
                                     UINT64_MAX - 3, 0};
        r[1] = (struct dcd_register){DCD_MSIX_ENTRY_SIZE * i + 8, 8,
                                     MASKED_IN_SECOND_HALF,
                                     UINT32_MAX | MASKED_IN_SECOND_HALF, 0};
    }
    ok = dcd_register_file_init(&msix->table, table, 2 * DCD_MSIX_VECTORS,
                                TABLE_SIZE, dword_or_qword);
    return dcd_register_file_init(&msix->pending, &pending, 1, 8,
                                  dword_or_qword) &&
           ok;
}

void dcd_msix_destroy(struct dcd_msix *msix)
{
    dcd_register_file_destroy(&msix->table);
    dcd_register_file_destroy(&msix->pending);
}

void dcd_msix_reset(struct dcd_msix *msix)
{
    dcd_register_file_reset(&msix->table);
    dcd_register_file_reset(&msix->pending);
    msix->enabled = false;
    msix->function_mask = false;
}

static bool masked(const struct dcd_msix *msix, unsigned vector)
{
    uint32_t control = DCD_MSIX_ENTRY_SIZE * vector + DCD_MSIX_VECTOR_CONTROL;

    return msix->function_mask ||
           (dcd_register_file_get(&msix->table, control, 4) & DCD_MSIX_MASKED);
}

bool dcd_msix_raise(struct dcd_msix *msix, unsigned vector)
{
    uint64_t pending;

    if (!msix->enabled)
        return false;
    if (!masked(msix, vector))
        return true;
    pending = dcd_register_file_get(&msix->pending, 0, 8);
    dcd_register_file_set(&msix->pending, 0, 8,
                          pending | UINT64_C(1) << vector);
    return false;
}

uint32_t dcd_msix_released(struct dcd_msix *msix)
{
    uint64_t pending = dcd_register_file_get(&msix->pending, 0, 8);
    uint32_t released = 0;

    if (!msix->enabled || !pending)
        return 0;
    for (unsigned v = 0; v < DCD_MSIX_VECTORS; v++)
        if ((pending >> v & 1) && !masked(msix, v))
            released |= 1u << v;
    dcd_register_file_set(&msix->pending, 0, 8, pending & ~(uint64_t)released);
    return released;
}
