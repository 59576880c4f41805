/* SPDX-License-Identifier: Apache-2.0 */
/* health.c - thresholds, levels and dirty shutdowns. */
#include "health.h"

#include <cxldcd/ctypes/memory_device.h>

#include <string.h>

/* Errors that were corrected are nobody's concern until a host says how many
 * of them are. */
static const struct dcd_warnings defaults = {
    .enabled = DCD_ALERT_LIFE_USED | DCD_ALERT_OVER_TEMPERATURE |
               DCD_ALERT_UNDER_TEMPERATURE,
    .life = 40,
    .over_temperature = 25,
    .under_temperature = 20,
};

void dcd_health_init(struct dcd_health *health)
{
    memset(health, 0, sizeof(*health));
    health->temperature = 25;
    health->warnings = defaults;
}

void dcd_health_reset(struct dcd_health *health)
{
    health->warnings = defaults;
    if (health->dirty && health->dirty_shutdowns < UINT32_MAX)
        health->dirty_shutdowns++;
    health->dirty = false;
}

/* --- Warnings ----------------------------------------------------------- */

static bool can_warn(const struct dcd_warnings *w, uint8_t which)
{
    if ((which & DCD_ALERT_LIFE_USED) && w->life >= DCD_LIFE_CRITICAL)
        return false;
    if ((which & DCD_ALERT_OVER_TEMPERATURE) &&
        w->over_temperature >= DCD_OVER_TEMPERATURE_CRITICAL)
        return false;
    return !(which & DCD_ALERT_UNDER_TEMPERATURE) ||
           w->under_temperature > DCD_UNDER_TEMPERATURE_CRITICAL;
}

bool dcd_health_set_warnings(struct dcd_health *health, uint8_t valid,
                             const struct dcd_warnings *warnings)
{
    struct dcd_warnings *w = &health->warnings;
    const uint8_t on = warnings->enabled & valid;

    if (!can_warn(warnings, on))
        return false;
    w->enabled = (uint8_t)((w->enabled & ~valid) | on);
    if (on & DCD_ALERT_LIFE_USED)
        w->life = warnings->life;
    if (on & DCD_ALERT_OVER_TEMPERATURE)
        w->over_temperature = warnings->over_temperature;
    if (on & DCD_ALERT_UNDER_TEMPERATURE)
        w->under_temperature = warnings->under_temperature;
    if (on & DCD_ALERT_CORRECTED_VOLATILE)
        w->corrected_volatile = warnings->corrected_volatile;
    if (on & DCD_ALERT_CORRECTED_PERSISTENT)
        w->corrected_persistent = warnings->corrected_persistent;
    return true;
}

/* --- Levels ------------------------------------------------------------- */

static unsigned level(bool critical, bool warning)
{
    if (critical)
        return DCD_HEALTH_LEVEL_CRITICAL;
    return warning ? DCD_HEALTH_LEVEL_WARNING : DCD_HEALTH_LEVEL_NORMAL;
}

static bool warns(const struct dcd_health *health, unsigned alert, bool beyond)
{
    return beyond && (health->warnings.enabled & alert);
}

static unsigned temperature_level(const struct dcd_health *health)
{
    const struct dcd_warnings *w = &health->warnings;
    const int16_t t = health->temperature;

    return level(
        t > DCD_OVER_TEMPERATURE_CRITICAL || t < DCD_UNDER_TEMPERATURE_CRITICAL,
        warns(health, DCD_ALERT_OVER_TEMPERATURE, t > w->over_temperature) ||
            warns(health, DCD_ALERT_UNDER_TEMPERATURE,
                  t < w->under_temperature));
}

uint8_t dcd_health_additional(const struct dcd_health *health)
{
    const struct dcd_warnings *w = &health->warnings;
    unsigned life =
        level(health->life_used > DCD_LIFE_CRITICAL,
              warns(health, DCD_ALERT_LIFE_USED, health->life_used > w->life));
    /* One bit each: there is nothing worse than a warning. */
    bool volatiles = warns(health, DCD_ALERT_CORRECTED_VOLATILE,
                           health->corrected_volatile > w->corrected_volatile);
    bool persistents =
        warns(health, DCD_ALERT_CORRECTED_PERSISTENT,
              health->corrected_persistent > w->corrected_persistent);

    return (uint8_t)(life << DCD_HEALTH_LIFE_SHIFT |
                     temperature_level(health) << DCD_HEALTH_TEMPERATURE_SHIFT |
                     (volatiles ? DCD_HEALTH_CORRECTED_VOLATILE : 0u) |
                     (persistents ? DCD_HEALTH_CORRECTED_PERSISTENT : 0u));
}
