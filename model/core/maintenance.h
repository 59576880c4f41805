/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maintenance.h - what a head has to repair its memory with (CXL r3.1
 * 8.2.9.7).
 *
 *     repair             spares
 *     soft PPR           64
 *     hard PPR           16
 *     cacheline sparing  64
 *     row sparing        32
 *     bank sparing       4
 *     rank sparing       1
 *
 * A soft repair does not outlive a conventional reset, which gives its spare
 * back; a hard one is for good. Spares are only counted: which cells they
 * stand for is nobody's business here.
 */
#ifndef DCD_MAINTENANCE_H
#define DCD_MAINTENANCE_H

#include <stdbool.h>
#include <stdint.h>

enum dcd_repair {
    DCD_REPAIR_SOFT_PPR,
    DCD_REPAIR_HARD_PPR,
    DCD_REPAIR_CACHELINE,
    DCD_REPAIR_ROW,
    DCD_REPAIR_BANK,
    DCD_REPAIR_RANK,
    DCD_REPAIR_COUNT,
};

/* Embeddable; all zero when new: spares in use. */
struct dcd_maintenance {
    uint16_t soft[DCD_REPAIR_COUNT];
    uint16_t hard[DCD_REPAIR_COUNT];
};

/* Spares that are left. */
unsigned dcd_maintenance_spares(const struct dcd_maintenance *maintenance,
                                enum dcd_repair repair);

/* Takes one of the spares that are left; there is one. */
void dcd_maintenance_take(struct dcd_maintenance *maintenance,
                          enum dcd_repair repair, bool hard);

/* Conventional reset. */
void dcd_maintenance_reset(struct dcd_maintenance *maintenance);

#endif
