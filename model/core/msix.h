/* SPDX-License-Identifier: Apache-2.0 */
/* msix.h - MSI-X table and pending bits of one head (PCIe 6.0 6.1.4). */
#ifndef DCD_MSIX_H
#define DCD_MSIX_H

#include "register_file.h"

/* Embeddable. */
struct dcd_msix {
    struct dcd_register_file table;
    struct dcd_register_file pending;
    bool enabled;       /* MSI-X Enable, in configuration space */
    bool function_mask; /* Function Mask, in configuration space */
};

bool dcd_msix_init(struct dcd_msix *msix);
void dcd_msix_destroy(struct dcd_msix *msix);
void dcd_msix_reset(struct dcd_msix *msix);

/*
 * An event wants [vector]: true when the message goes out now. A masked one
 * is remembered as pending, one of a disabled function is lost.
 */
bool dcd_msix_raise(struct dcd_msix *msix, unsigned vector);

/*
 * Vectors (bit n: vector n) that were pending and no longer are masked: their
 * messages go out now. To be called when table, enable or mask have changed.
 */
uint32_t dcd_msix_released(struct dcd_msix *msix);

#endif
