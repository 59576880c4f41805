/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_space.h - PCIe configuration space of one head.
 *
 *     000  type 0 header: class 0502h/10h, one 64-bit BAR of 4 MiB
 *     040  PCI Express capability
 *     080  MSI-X capability (table and pending bits in BAR 0)
 *     100  Device Serial Number
 *     10C  Register Locator DVSEC (CXL r3.1 8.1.9)
 */
#ifndef DCD_CONFIG_SPACE_H
#define DCD_CONFIG_SPACE_H

#include "msix.h"
#include "register_file.h"

/* The vendor id of the CXL consortium; the device id is this model's own. */
#define DCD_PCI_VENDOR_ID 0x1e98
#define DCD_PCI_DEVICE_ID 0x0dcd

#define DCD_CONFIG_SPACE_SIZE 4096u

/* False: out of memory; the file may still be destroyed. */
bool dcd_config_space_init(struct dcd_register_file *file,
                           const struct dcd_config *config);

/* Hands MSI-X Enable and Function Mask over to [msix]. */
void dcd_config_space_update_msix(const struct dcd_register_file *file,
                                  struct dcd_msix *msix);

#endif
