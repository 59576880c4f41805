/* SPDX-License-Identifier: Apache-2.0 */
/* maintenance.c - counting spares. */
#include "maintenance.h"

#include <assert.h>
#include <string.h>

unsigned dcd_maintenance_spares(const struct dcd_maintenance *maintenance,
                                enum dcd_repair repair)
{
    static const unsigned made_with[DCD_REPAIR_COUNT] = {
        [DCD_REPAIR_SOFT_PPR] = 64,  [DCD_REPAIR_HARD_PPR] = 16,
        [DCD_REPAIR_CACHELINE] = 64, [DCD_REPAIR_ROW] = 32,
        [DCD_REPAIR_BANK] = 4,       [DCD_REPAIR_RANK] = 1,
    };

    return made_with[repair] - maintenance->soft[repair] -
           maintenance->hard[repair];
}

void dcd_maintenance_take(struct dcd_maintenance *maintenance,
                          enum dcd_repair repair, bool hard)
{
    assert(dcd_maintenance_spares(maintenance, repair) > 0);
    if (hard)
        maintenance->hard[repair]++;
    else
        maintenance->soft[repair]++;
}

void dcd_maintenance_reset(struct dcd_maintenance *maintenance)
{
    memset(maintenance->soft, 0, sizeof(maintenance->soft));
}
