/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_health.c - levels of health at any value, thresholds and dirty
 * shutdowns (CXL r3.1 8.2.9.9.3).
 */
#include "health.h"

#include "gtest_c.h"

#include <cxldcd/ctypes/memory_device.h>

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

C_TEST(health, begins_without_a_past)
{
    struct dcd_health h;

    memset(&h, 0xff, sizeof(h));
    dcd_health_init(&h);
    C_EXPECT_EQ(0, dcd_health_additional(&h));
    C_EXPECT_EQ(0, h.life_used);
    C_EXPECT_EQ(25, h.temperature);
    C_EXPECT_EQ(0, h.corrected_volatile);
    C_EXPECT_EQ(0, h.corrected_persistent);
    dcd_health_reset(&h); /* counts, if a shutdown was dirty */
    C_EXPECT_EQ(0, h.dirty_shutdowns);
}

C_TEST(health, a_level_needs_a_value_beyond_its_threshold)
{
    static const struct {
        uint8_t life;
        int16_t temperature;
        uint32_t volatile_errors, persistent_errors;
        uint8_t additional;
    } rows[] = {{0, 25, 0, 0, 0x00},     {40, 25, 0, 0, 0x00},
                {41, 25, 0, 0, 0x01},    {75, 25, 0, 0, 0x01},
                {76, 25, 0, 0, 0x02},    {100, 25, 0, 0, 0x02},
                {0, 26, 0, 0, 0x04},     {0, 35, 0, 0, 0x04},
                {0, 36, 0, 0, 0x08},     {0, 32767, 0, 0, 0x08},
                {0, 20, 0, 0, 0x00},     {0, 19, 0, 0, 0x04},
                {0, 10, 0, 0, 0x04},     {0, 9, 0, 0, 0x08},
                {0, -40, 0, 0, 0x08},    {0, 25, 100, 0, 0x00},
                {0, 25, 101, 0, 0x10},   {0, 25, 0x10000, 0, 0x10},
                {0, 25, 0, 200, 0x00},   {0, 25, 0, 201, 0x20},
                {99, 99, 999, 999, 0x3a}};
    const uint8_t errors =
        DCD_ALERT_CORRECTED_VOLATILE | DCD_ALERT_CORRECTED_PERSISTENT;
    const struct dcd_warnings limits = {.enabled = errors,
                                        .corrected_volatile = 100,
                                        .corrected_persistent = 200};

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct dcd_health h;

        C_CONTEXT("row %zu", i);
        dcd_health_init(&h);
        C_EXPECT(dcd_health_set_warnings(&h, errors, &limits));
        h.life_used = rows[i].life;
        h.temperature = rows[i].temperature;
        h.corrected_volatile = rows[i].volatile_errors;
        h.corrected_persistent = rows[i].persistent_errors;
        C_EXPECT_EQ(rows[i].additional, dcd_health_additional(&h));
    }
    C_CONTEXT("%s", "");
}

/* What no host programs cannot be switched off either. */
C_TEST(health, without_warnings_only_critical_levels_are_left)
{
    const struct dcd_warnings none = {0};
    struct dcd_health h;

    dcd_health_init(&h);
    C_EXPECT(dcd_health_set_warnings(&h, DCD_ALERT_ALL, &none));
    h.life_used = 75;
    h.temperature = 35;
    h.corrected_volatile = UINT32_MAX;
    h.corrected_persistent = UINT32_MAX;
    C_EXPECT_EQ(0, dcd_health_additional(&h));
    h.life_used = 76;
    h.temperature = 36;
    C_EXPECT_EQ(0x0a, dcd_health_additional(&h));
}

C_TEST(health, a_wrong_threshold_refuses_the_good_ones_with_it)
{
    const struct dcd_warnings warnings = {.enabled = DCD_ALERT_ALL,
                                          .life = 50,
                                          .over_temperature = 30,
                                          .under_temperature = 10,
                                          .corrected_volatile = 1};
    struct dcd_health h;

    dcd_health_init(&h);
    C_EXPECT(!dcd_health_set_warnings(&h, DCD_ALERT_ALL, &warnings));
    C_EXPECT_EQ(40, h.warnings.life);
    C_EXPECT_EQ(25, h.warnings.over_temperature);
    C_EXPECT_EQ(0, h.warnings.corrected_volatile);
    C_EXPECT(dcd_health_set_warnings(
        &h, DCD_ALERT_ALL & ~DCD_ALERT_UNDER_TEMPERATURE, &warnings));
    C_EXPECT_EQ(50, h.warnings.life);
    C_EXPECT_EQ(20, h.warnings.under_temperature);
}

C_TEST(health, dirty_shutdowns_do_not_wrap)
{
    struct dcd_health h;

    dcd_health_init(&h);
    h.dirty_shutdowns = UINT32_MAX - 1;
    for (unsigned i = 0; i < 3; i++) {
        h.dirty = true;
        dcd_health_reset(&h);
    }
    C_EXPECT_EQ(UINT32_MAX, h.dirty_shutdowns);
}
