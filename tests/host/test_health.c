/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_health.c - health, alerts and shutdown state (4200h-4204h, CXL r3.1
 * 8.2.9.9.3).
 */
#include "host_support.h"

#include "gtest_c.h"

#include <string.h>

#define OK DCD_RC_SUCCESS
#define INVALID DCD_RC_INVALID_INPUT

static void build(struct harness *h)
{
    harness_d1_config(h);
    h->config.heads = 2;
    h->config.static_persistent = MIB(256);
    harness_build(h);
}

static struct dcd_health_info_rsp health(struct harness *h, unsigned head)
{
    struct dcd_health_info_rsp rsp;

    C_EXPECT_EQ(OK, command(h, head, DCD_OP_GET_HEALTH_INFO));
    C_EXPECT_EQ(0x12, h->out_length);
    memcpy(&rsp, h->out, sizeof(rsp));
    return rsp;
}

static struct dcd_alert_config_rsp alerts(struct harness *h, unsigned head)
{
    struct dcd_alert_config_rsp rsp;

    C_EXPECT_EQ(OK, command(h, head, DCD_OP_GET_ALERT_CONFIG));
    C_EXPECT_EQ(0x10, h->out_length);
    memcpy(&rsp, h->out, sizeof(rsp));
    return rsp;
}

static uint16_t set_alerts(struct harness *h, unsigned head,
                           const struct dcd_set_alert_config_req *req)
{
    return mailbox(h, head, DCD_OP_SET_ALERT_CONFIG, req, sizeof(*req));
}

/* Warnings that are not the defaults. */
static struct dcd_set_alert_config_req good_request(void)
{
    struct dcd_set_alert_config_req req = {
        .valid = DCD_ALERT_ALL,
        .enable = DCD_ALERT_ALL,
        .life_warning = 74,
        .over_temperature_warning = dcd_put16(34),
        .under_temperature_warning = dcd_put16(11),
        .corrected_volatile_warning = dcd_put16(0x1234),
        .corrected_persistent_warning = dcd_put16(0xfedc),
    };

    return req;
}

/* --- 4200h --------------------------------------------------------------- */

C_TEST(health, a_new_device_is_well)
{
    static const uint8_t expected[0x12] = {0, 0, 0, 0, 25};
    struct harness h;

    build(&h);
    for (unsigned head = 0; head < 2; head++) {
        C_EXPECT_EQ(OK, command(&h, head, DCD_OP_GET_HEALTH_INFO));
        C_ASSERT_EQ(sizeof(expected), h.out_length);
        C_EXPECT_MEMEQ(expected, h.out, sizeof(expected));
    }
    harness_free(&h);
}

/* --- 4201h --------------------------------------------------------------- */

static const uint8_t defaults[0x10] = {
    0x07, 0x1f, 75, 40, /* enabled, programmable, life */
    35,   0,    10, 0,  /* critical: over, under */
    25,   0,    20, 0,  /* warning: over, under */
};

C_TEST(health, default_alerts)
{
    struct harness h;

    build(&h);
    C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_GET_ALERT_CONFIG));
    C_ASSERT_EQ(sizeof(defaults), h.out_length);
    C_EXPECT_MEMEQ(defaults, h.out, sizeof(defaults));
    harness_free(&h);
}

/* --- 4202h --------------------------------------------------------------- */

C_TEST(health, alerts_that_are_set_can_be_got)
{
    static const uint8_t expected[0x10] = {
        0x1f, 0x1f, 75, 74, 35, 0, 10, 0, 34, 0, 11, 0, 0x34, 0x12, 0xdc, 0xfe,
    };
    struct dcd_set_alert_config_req req = good_request();
    struct harness h;

    build(&h);
    C_EXPECT_EQ(OK, set_alerts(&h, 0, &req));
    C_EXPECT_EQ(0, h.out_length);
    C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_GET_ALERT_CONFIG));
    C_EXPECT_MEMEQ(expected, h.out, sizeof(expected));
    /* The other head keeps its own. */
    C_EXPECT_EQ(OK, command(&h, 1, DCD_OP_GET_ALERT_CONFIG));
    C_EXPECT_MEMEQ(defaults, h.out, sizeof(defaults));
    harness_free(&h);
}

static bool same16(struct dcd_le16 a, struct dcd_le16 b)
{
    return dcd_get16(a) == dcd_get16(b);
}

C_TEST(health, only_alerts_that_are_valid_are_taken)
{
    const struct dcd_set_alert_config_req all = good_request();
    struct harness h;

    for (unsigned bit = 0; bit < 5; bit++) {
        struct dcd_set_alert_config_req req = all;
        struct dcd_alert_config_rsp rsp;

        C_CONTEXT("bit %u", bit);
        build(&h);
        req.valid = (uint8_t)(1u << bit);
        C_EXPECT_EQ(OK, set_alerts(&h, 0, &req));
        rsp = alerts(&h, 0);
        C_EXPECT_EQ(0x07u | req.valid, rsp.valid);
        C_EXPECT_EQ(bit == 0, rsp.life_warning == all.life_warning);
        C_EXPECT_EQ(bit == 1, same16(all.over_temperature_warning,
                                     rsp.over_temperature_warning));
        C_EXPECT_EQ(bit == 2, same16(all.under_temperature_warning,
                                     rsp.under_temperature_warning));
        C_EXPECT_EQ(bit == 3, same16(all.corrected_volatile_warning,
                                     rsp.corrected_volatile_warning));
        C_EXPECT_EQ(bit == 4, same16(all.corrected_persistent_warning,
                                     rsp.corrected_persistent_warning));
        harness_free(&h);
    }
    C_CONTEXT("%s", "");
}

C_TEST(health, an_alert_is_switched_off_without_a_threshold)
{
    struct dcd_set_alert_config_req req = {.valid =
                                               DCD_ALERT_UNDER_TEMPERATURE};
    struct harness h;

    build(&h);
    /* Threshold 0 would be refused, were it to be used. */
    C_EXPECT_EQ(OK, set_alerts(&h, 0, &req));
    C_EXPECT_EQ(DCD_ALERT_LIFE_USED | DCD_ALERT_OVER_TEMPERATURE,
                alerts(&h, 0).valid);
    C_EXPECT_EQ(20, dcd_get16(alerts(&h, 0).under_temperature_warning));
    req.enable = req.valid;
    C_EXPECT_EQ(INVALID, set_alerts(&h, 0, &req));
    req.under_temperature_warning = dcd_put16(12);
    C_EXPECT_EQ(OK, set_alerts(&h, 0, &req));
    C_EXPECT_EQ(0x07, alerts(&h, 0).valid);
    harness_free(&h);
}

C_TEST(health, nothing_valid_changes_nothing)
{
    struct dcd_set_alert_config_req req = good_request();
    struct harness h;

    build(&h);
    req.valid = 0;
    req.life_warning = 200; /* not looked at */
    C_EXPECT_EQ(OK, set_alerts(&h, 0, &req));
    C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_GET_ALERT_CONFIG));
    C_EXPECT_MEMEQ(defaults, h.out, sizeof(defaults));
    harness_free(&h);
}

/* One member of a good request is wrong. */
static const struct {
    unsigned offset, width;
    uint16_t value;
} wrong[] = {
    {2, 1, 75},     /* life: at the critical threshold */
    {2, 1, 76},     /* behind it */
    {2, 1, 255},    /* */
    {4, 2, 35},     /* too hot: at the critical threshold */
    {4, 2, 36},     /* behind it */
    {4, 2, 0x7fff}, /* */
    {6, 2, 10},     /* too cold: at the critical threshold */
    {6, 2, 9},      /* behind it */
    {6, 2, 0},      /* */
    {6, 2, 0xffff}, /* -1, not 65535 */
    {6, 2, 0x8000}, /* */
    {0, 1, 0x3f},   /* reserved bits */
    {0, 1, 0x9f},   /* */
    {1, 1, 0x3f},   /* */
    {1, 1, 0x80},   /* */
    {3, 1, 1},      /* reserved byte */
};

C_TEST(health, wrong_alerts_change_nothing)
{
    struct harness h;

    build(&h);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct dcd_set_alert_config_req req = good_request();
        uint8_t in[sizeof(req)];

        C_CONTEXT("row %zu", i);
        memcpy(in, &req, sizeof(in));
        dcd_store_le(in + wrong[i].offset, wrong[i].width, wrong[i].value);
        C_EXPECT_EQ(INVALID,
                    mailbox(&h, 0, DCD_OP_SET_ALERT_CONFIG, in, sizeof(in)));
        C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_GET_ALERT_CONFIG));
        C_EXPECT_MEMEQ(defaults, h.out, sizeof(defaults));
    }
    C_CONTEXT("%s", "");
    harness_free(&h);
}

C_TEST(health, temperatures_are_signed)
{
    struct dcd_set_alert_config_req req = {
        .valid = DCD_ALERT_OVER_TEMPERATURE,
        .enable = DCD_ALERT_OVER_TEMPERATURE,
        .over_temperature_warning = dcd_put16((uint16_t)-40),
    };
    struct harness h;

    build(&h);
    C_EXPECT_EQ(OK, set_alerts(&h, 0, &req));
    C_EXPECT_EQ((uint16_t)-40,
                dcd_get16(alerts(&h, 0).over_temperature_warning));
    harness_free(&h);
}

C_TEST(health, lengths_of_requests)
{
    static const uint8_t in[0x0d] = {0};
    struct harness h;

    build(&h);
    for (uint32_t n = 0; n <= sizeof(in); n++) {
        const uint16_t wrong_length = DCD_RC_INVALID_PAYLOAD_LENGTH;

        C_EXPECT_EQ(n == 0x0c ? OK : wrong_length,
                    mailbox(&h, 0, DCD_OP_SET_ALERT_CONFIG, in, n));
        C_EXPECT_EQ(n == 1 ? OK : wrong_length,
                    mailbox(&h, 0, DCD_OP_SET_SHUTDOWN_STATE, in, n));
        C_EXPECT_EQ(n == 0 ? OK : wrong_length,
                    mailbox(&h, 0, DCD_OP_GET_HEALTH_INFO, in, n));
        C_EXPECT_EQ(n == 0 ? OK : wrong_length,
                    mailbox(&h, 0, DCD_OP_GET_ALERT_CONFIG, in, n));
        C_EXPECT_EQ(n == 0 ? OK : wrong_length,
                    mailbox(&h, 0, DCD_OP_GET_SHUTDOWN_STATE, in, n));
    }
    harness_free(&h);
}

/* At 25 degrees: what a warning at so many degrees does to 4200h. */
C_TEST(health, a_programmed_warning_shows_in_the_status)
{
    static const struct {
        uint8_t alert, enable;
        uint16_t degrees;
        uint8_t additional;
    } rows[] = {
        {DCD_ALERT_OVER_TEMPERATURE, 0xff, 24, 0x04},
        {DCD_ALERT_OVER_TEMPERATURE, 0xff, 25, 0x00},
        {DCD_ALERT_OVER_TEMPERATURE, 0xff, (uint16_t)-10, 0x04},
        {DCD_ALERT_OVER_TEMPERATURE, 0x00, 24, 0x00},
        {DCD_ALERT_UNDER_TEMPERATURE, 0xff, 26, 0x04},
        {DCD_ALERT_UNDER_TEMPERATURE, 0xff, 25, 0x00},
        {DCD_ALERT_UNDER_TEMPERATURE, 0xff, 100, 0x04},
        {DCD_ALERT_UNDER_TEMPERATURE, 0x00, 26, 0x00},
    };
    struct harness h;

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct dcd_set_alert_config_req req = {
            .valid = rows[i].alert,
            .enable = rows[i].alert & rows[i].enable,
            .over_temperature_warning = dcd_put16(rows[i].degrees),
            .under_temperature_warning = dcd_put16(rows[i].degrees),
        };

        C_CONTEXT("row %zu", i);
        build(&h);
        C_EXPECT_EQ(OK, set_alerts(&h, 0, &req));
        C_EXPECT_EQ(rows[i].additional, health(&h, 0).additional);
        C_EXPECT_EQ(0, health(&h, 1).additional);
        harness_free(&h);
    }
    C_CONTEXT("%s", "");
}

C_TEST(health, a_conventional_reset_restores_the_default_alerts)
{
    static const enum dcd_reset_kind kinds[] = {
        DCD_RESET_FUNCTION_LEVEL, DCD_RESET_CXL, DCD_RESET_CONVENTIONAL};
    struct dcd_set_alert_config_req req = good_request();
    struct harness h;

    build(&h);
    C_EXPECT_EQ(OK, set_alerts(&h, 0, &req));
    for (size_t i = 0; i < COUNT(kinds); i++) {
        dcd_device_reset(h.device, 0, kinds[i]);
        C_EXPECT_EQ(kinds[i] == DCD_RESET_CONVENTIONAL ? 40 : 74,
                    alerts(&h, 0).life_warning);
    }
    C_EXPECT_EQ(OK, command(&h, 0, DCD_OP_GET_ALERT_CONFIG));
    C_EXPECT_MEMEQ(defaults, h.out, sizeof(defaults));
    harness_free(&h);
}

/* --- 4203h, 4204h -------------------------------------------------------- */

static uint16_t set_shutdown(struct harness *h, unsigned head, uint8_t state)
{
    return mailbox(h, head, DCD_OP_SET_SHUTDOWN_STATE, &state, 1);
}

static void expect_shutdown(struct harness *h, unsigned head, uint8_t state,
                            uint32_t dirty_shutdowns)
{
    C_EXPECT_EQ(OK, command(h, head, DCD_OP_GET_SHUTDOWN_STATE));
    C_ASSERT_EQ(1, h->out_length);
    C_EXPECT_EQ(state, h->out[0]);
    C_EXPECT_EQ(dirty_shutdowns, dcd_get32(health(h, head).dirty_shutdowns));
}

C_TEST(health, the_shutdown_state_is_clean_until_it_is_set)
{
    struct harness h;

    build(&h);
    expect_shutdown(&h, 0, 0, 0);
    C_EXPECT_EQ(OK, set_shutdown(&h, 0, 1));
    expect_shutdown(&h, 0, 1, 0);
    expect_shutdown(&h, 1, 0, 0);
    C_EXPECT_EQ(OK, set_shutdown(&h, 0, 0));
    expect_shutdown(&h, 0, 0, 0);
    harness_free(&h);
}

C_TEST(health, reserved_bits_of_the_shutdown_state_change_nothing)
{
    struct harness h;

    build(&h);
    C_EXPECT_EQ(OK, set_shutdown(&h, 0, 1));
    for (unsigned state = 2; state < 256; state++)
        C_EXPECT_EQ(INVALID, set_shutdown(&h, 0, (uint8_t)state));
    expect_shutdown(&h, 0, 1, 0);
    harness_free(&h);
}

C_TEST(health, a_conventional_reset_while_dirty_is_counted)
{
    struct harness h;

    build(&h);
    for (uint32_t i = 1; i <= 3; i++) {
        C_EXPECT_EQ(OK, set_shutdown(&h, 0, 1));
        dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
        expect_shutdown(&h, 0, 0, i);
        /* Clean: not counted. */
        dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
        expect_shutdown(&h, 0, 0, i);
    }
    C_EXPECT_EQ(OK, set_shutdown(&h, 0, 1));
    C_EXPECT_EQ(OK, set_shutdown(&h, 0, 0));
    dcd_device_reset(h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_shutdown(&h, 0, 0, 3);
    expect_shutdown(&h, 1, 0, 0);
    harness_free(&h);
}

C_TEST(health, other_resets_are_no_shutdowns)
{
    struct harness h;

    build(&h);
    C_EXPECT_EQ(OK, set_shutdown(&h, 0, 1));
    dcd_device_reset(h.device, 0, DCD_RESET_CXL);
    dcd_device_reset(h.device, 0, DCD_RESET_FUNCTION_LEVEL);
    expect_shutdown(&h, 0, 1, 0);
    harness_free(&h);
}

/* What the device needs to have a shutdown that could lose anything. */
C_TEST(health, shutdown_state_is_for_devices_that_persist)
{
    static const struct {
        uint64_t persistent, partitionable;
        uint32_t lsa;
        uint8_t attributes;
        uint16_t rc;
    } rows[] = {
        {0, 0, 0, 0, DCD_RC_UNSUPPORTED},
        {MIB(256), 0, 0, 0, OK},
        {0, MIB(256), 0, 0, OK},
        {0, 0, 4096, 0, OK},
        {0, 0, 0, DCD_REGION_ATTR_NONVOLATILE, OK},
    };
    struct harness h;

    for (size_t i = 0; i < COUNT(rows); i++) {
        C_CONTEXT("row %zu", i);
        harness_d1_config(&h);
        h.config.static_persistent = rows[i].persistent;
        h.config.static_partitionable = rows[i].partitionable;
        h.config.lsa = rows[i].lsa;
        h.config.regions[1].attributes = rows[i].attributes;
        harness_build(&h);
        C_EXPECT_EQ(rows[i].rc, command(&h, 0, DCD_OP_GET_SHUTDOWN_STATE));
        C_EXPECT_EQ(rows[i].rc, set_shutdown(&h, 0, 1));
        harness_free(&h);
    }
    C_CONTEXT("%s", "");
}
