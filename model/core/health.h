/* SPDX-License-Identifier: Apache-2.0 */
/*
 * health.h - what a memory device measures of itself, when it warns, and how
 * it was shut down last (CXL r3.1 8.2.9.9.3).
 */
#ifndef DCD_HEALTH_H
#define DCD_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

/* What no host can change: beyond these a value is critical. */
#define DCD_LIFE_CRITICAL 75u             /* % */
#define DCD_OVER_TEMPERATURE_CRITICAL 35  /* degrees Celsius */
#define DCD_UNDER_TEMPERATURE_CRITICAL 10 /* degrees Celsius */

/* Beyond these a host wants to be warned. */
struct dcd_warnings {
    uint8_t enabled;           /* DCD_ALERT_... */
    uint8_t life;              /* % used */
    int16_t over_temperature;  /* degrees Celsius */
    int16_t under_temperature; /* degrees Celsius */
    uint16_t corrected_volatile;
    uint16_t corrected_persistent;
};

/* Embeddable. */
struct dcd_health {
    uint8_t life_used;   /* % */
    int16_t temperature; /* degrees Celsius */
    uint32_t corrected_volatile;
    uint32_t corrected_persistent;
    struct dcd_warnings warnings;
    bool dirty; /* a shutdown now would lose data */
    uint32_t dirty_shutdowns;
};

/* A new device in a cool room. */
void dcd_health_init(struct dcd_health *health);

/* Conventional reset: warnings return to their defaults; whoever left the
 * state dirty has shut down dirtily, and the state is clean again. */
void dcd_health_reset(struct dcd_health *health);

/*
 * Takes those [warnings] that [valid] (DCD_ALERT_...) names: enabled ones with
 * their threshold, others are switched off and keep theirs. False, and no
 * change: a threshold lies at or behind the critical one, where it could never
 * warn (CXL r3.1 8.2.9.9.3.3).
 */
bool dcd_health_set_warnings(struct dcd_health *health, uint8_t valid,
                             const struct dcd_warnings *warnings);

/* Additional Status of 4200h: a level for each alert. A value has to be beyond
 * its threshold, not at it. */
uint8_t dcd_health_additional(const struct dcd_health *health);

#endif
