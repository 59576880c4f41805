/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_space.h - PCIe configuration space of one head.
 *
 *     000  type 0 header: class 0502h/10h, one 64-bit BAR of 4 MiB
 *     040  PCI Express capability: endpoint, function level reset
 *     080  MSI-X capability (table and pending bits in BAR 0)
 *     100  Device Serial Number
 *     10C  CXL Device DVSEC (CXL r3.1 8.1.3)
 *     148  Register Locator DVSEC (8.1.9)
 *     16C  GPF Device DVSEC (8.1.7)
 *     17C  Flex Bus Port DVSEC (8.2.1.3)
 *     19C  Data Object Exchange (PCIe 6.0 7.9.24), for the CDAT
 *     200  Advanced Error Reporting
 *
 * What software asks for by a write and this file cannot do by itself comes
 * back as effects; the device carries them out.
 */
#ifndef DCD_CONFIG_SPACE_H
#define DCD_CONFIG_SPACE_H

#include "doe.h"
#include "msix.h"
#include "register_file.h"

/* The vendor id of the CXL consortium; the device id is this model's own. */
#define DCD_PCI_VENDOR_ID 0x1e98
#define DCD_PCI_DEVICE_ID 0x0dcd

#define DCD_CONFIG_SPACE_SIZE 4096u

/* The link of each head: 32 GT/s by 16, as CXL needs one that is faster than
 * 5 GT/s (PCIe 6.0 7.5.3.6, .18). */
#define DCD_LINK_SPEED 5u
#define DCD_LINK_SPEEDS 0x1fu /* 2.5 to 32 GT/s, from bit 0 on */
#define DCD_LINK_WIDTH 16u    /* lanes */

/* The port number of that link. Logical devices have one link in common. */
static inline uint8_t dcd_config_space_port(const struct dcd_config *config,
                                            unsigned head)
{
    return config->topology == DCD_MULTI_HEADED ? (uint8_t)head : 0;
}

/* What a write sets off; several may come together. */
enum dcd_config_effect {
    DCD_CONFIG_MEM_CHANGED = 1 << 0, /* dcd_config_space_mem_enabled() */
    DCD_CONFIG_CXL_RESET = 1 << 1,
    DCD_CONFIG_FUNCTION_LEVEL_RESET = 1 << 2,
    DCD_CONFIG_DOE_INTERRUPT = 1 << 3, /* DCD_VECTOR_DOE fires */
};

/* Embeddable. */
struct dcd_config_space {
    struct dcd_register_file file;
    struct dcd_doe doe;
    struct dcd_cdat cdat;
    const struct dcd_config *config; /* not owned */
    unsigned head;
    uint64_t volatile_size; /* of the static partitions at present, bytes */
    uint64_t persistent_size;
};

/* [space] may not move from then on, and [config] has to outlive it. Ranges and
 * CDAT are there after dcd_config_space_set_partitions(). False: out of memory;
 * it may still be destroyed. */
bool dcd_config_space_init(struct dcd_config_space *space,
                           const struct dcd_config *config, unsigned head);
void dcd_config_space_destroy(struct dcd_config_space *space);

/*
 * What a reset of that kind leaves of configuration space:
 *     function level    header, PCI Express, MSI-X and DOE to reset values; all
 *                       of CXL.mem as it was (PCIe 6.0 6.6.2)
 *     CXL               the CXL Device DVSEC too, without what its lock
 *                       protects (CXL r3.1 9.7)
 *     conventional      everything, locked or not
 */
void dcd_config_space_reset(struct dcd_config_space *space,
                            enum dcd_reset_kind kind);

/* The static partitions of the head have changed: range registers and
 * HDM_Count (CXL r3.1 8.1.3.8) and the CDAT follow. */
void dcd_config_space_set_partitions(struct dcd_config_space *space,
                                     uint64_t volatile_size,
                                     uint64_t persistent_size);

/* An access of software: 1, 2 or 4 bytes, naturally aligned. [effects] gets
 * DCD_CONFIG_... */
enum dcd_access dcd_config_space_read(const struct dcd_config_space *space,
                                      uint64_t offset, void *data,
                                      uint64_t length);
enum dcd_access dcd_config_space_write(struct dcd_config_space *space,
                                       uint64_t offset, const void *data,
                                       uint64_t length, unsigned *effects);

/* CXL.mem is enabled (8.1.3.2). */
bool dcd_config_space_mem_enabled(const struct dcd_config_space *space);

/* A CXL reset is to clear memory (8.1.3.4). To be asked before the reset. */
bool dcd_config_space_clears_memory(const struct dcd_config_space *space);

/* Hands MSI-X Enable and Function Mask over to [msix]. */
void dcd_config_space_update_msix(const struct dcd_config_space *space,
                                  struct dcd_msix *msix);

#endif
