/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_features.c - the table of features, and what holds for each of its rows
 * (CXL r3.1 8.2.9.6).
 */
#include "feature.h"

#include "gtest_c.h"

#include <cxldcd/ctypes/return_code.h>

#include <string.h>

static uint16_t set(struct dcd_features *features, unsigned feature,
                    unsigned action, uint16_t offset, bool save,
                    const uint8_t *data, uint32_t length)
{
    struct dcd_feature_part part = {
        .id = *dcd_feature_table[feature].id,
        .action = action,
        .save = save,
        .offset = offset,
        .version = dcd_feature_table[feature].set_version,
        .data = data,
        .length = length,
    };

    return dcd_features_set(features, &part);
}

/* A value other than the default that every feature can work with. */
static const uint8_t changed[DCD_FEATURE_COUNT][DCD_FEATURE_WRITABLE] = {
    [DCD_FEATURE_PATROL_SCRUB] = {24, 1},
    [DCD_FEATURE_SOFT_PPR] = {0, 0, 1},
    [DCD_FEATURE_HARD_PPR] = {0, 0, 1},
};

static void expect_current(const struct dcd_features *features, unsigned i,
                           const uint8_t *writable)
{
    const struct dcd_feature *feature = &dcd_feature_table[i];
    uint8_t expected[DCD_FEATURE_READABLE] = {0};
    uint8_t readable[DCD_FEATURE_READABLE];

    feature->get(writable, expected);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                dcd_features_get(features, i, DCD_FEATURE_CURRENT, readable));
    C_EXPECT_MEMEQ(expected, readable, sizeof(expected));
}

C_TEST(features, every_row_of_the_table_makes_sense)
{
    for (unsigned i = 0; i < DCD_FEATURE_COUNT; i++) {
        const struct dcd_feature *f = &dcd_feature_table[i];
        unsigned persistence = f->attributes >> DCD_FEATURE_PERSISTENCE_SHIFT &
                               DCD_FEATURE_PERSISTENCE_MASK;

        C_CONTEXT("feature %u", i);
        C_EXPECT_EQ(i, dcd_features_find(f->id));
        C_EXPECT(f->get_size && f->get_size <= DCD_FEATURE_READABLE);
        C_EXPECT(f->set_size && f->set_size <= DCD_FEATURE_WRITABLE);
        C_EXPECT(f->set_least && f->set_least <= f->set_size);
        C_EXPECT(f->get_version && f->set_version && f->effects);
        C_EXPECT(f->attributes & DCD_FEATURE_CHANGEABLE);
        C_EXPECT(f->valid(f->made_with));
        C_EXPECT(f->valid(changed[i]));
        /* CXL r3.1 Table 8-97: nothing to save where all resets restore. */
        C_EXPECT(persistence != DCD_FEATURE_RESTORED_TO_DEFAULT ||
                 !(f->attributes & DCD_FEATURE_SAVED_KNOWN));
    }
}

C_TEST(features, an_unknown_uuid_is_no_feature)
{
    struct dcd_uuid id = dcd_uuid_patrol_scrub;

    id.b[15] ^= 1;
    C_EXPECT(dcd_features_find(&id) < 0);
    memset(&id, 0xff, sizeof(id));
    C_EXPECT(dcd_features_find(&id) < 0);
}

/* CXL r3.1 Table 8-98. */
C_TEST(features, resets_restore_what_the_attributes_say)
{
    for (unsigned i = 0; i < DCD_FEATURE_COUNT; i++) {
        const struct dcd_feature *f = &dcd_feature_table[i];
        bool savable = f->attributes & DCD_FEATURE_SAVED_KNOWN;

        for (unsigned row = 0; row < 4; row++) {
            bool save = row & 1;
            bool conventional = row & 2;
            bool kept = savable && (save || !conventional);
            struct dcd_features features;

            C_CONTEXT("feature %u, row %u", i, row);
            dcd_features_init(&features);
            expect_current(&features, i, f->made_with);
            C_EXPECT_EQ(DCD_RC_SUCCESS, set(&features, i, DCD_FEATURE_FULL, 0,
                                            save, changed[i], f->set_size));
            expect_current(&features, i, changed[i]);
            dcd_features_reset(&features, conventional);
            expect_current(&features, i, kept ? changed[i] : f->made_with);
        }
    }
}

C_TEST(features, every_feature_can_be_written_byte_by_byte)
{
    for (unsigned i = 0; i < DCD_FEATURE_COUNT; i++) {
        const struct dcd_feature *f = &dcd_feature_table[i];
        struct dcd_features features;

        C_CONTEXT("feature %u", i);
        dcd_features_init(&features);
        for (uint16_t at = 0; at < f->set_size; at++) {
            expect_current(&features, i, f->made_with);
            C_EXPECT_EQ(DCD_RC_SUCCESS,
                        set(&features, i,
                            at == 0                ? DCD_FEATURE_START
                            : at + 1 < f->set_size ? DCD_FEATURE_CONTINUE
                                                   : DCD_FEATURE_END,
                            at, false, &changed[i][at], 1));
        }
        expect_current(&features, i, changed[i]);
    }
}

C_TEST(features, no_part_reaches_behind_the_value)
{
    static const uint8_t data[8] = {0};

    for (unsigned i = 0; i < DCD_FEATURE_COUNT; i++) {
        const struct dcd_feature *f = &dcd_feature_table[i];
        struct dcd_features features;

        C_CONTEXT("feature %u", i);
        dcd_features_init(&features);
        C_EXPECT_EQ(DCD_RC_INVALID_INPUT, set(&features, i, DCD_FEATURE_FULL, 0,
                                              false, data, f->set_size + 1u));
        C_EXPECT_EQ(DCD_RC_INVALID_INPUT, set(&features, i, DCD_FEATURE_START,
                                              0, false, data, UINT32_MAX));
        C_EXPECT_EQ(DCD_RC_SUCCESS, set(&features, i, DCD_FEATURE_START, 0,
                                        false, data, f->set_size));
        for (uint32_t offset = 0; offset <= UINT16_MAX; offset += 0xff)
            C_EXPECT_EQ(DCD_RC_INVALID_INPUT,
                        set(&features, i, DCD_FEATURE_CONTINUE,
                            (uint16_t)offset, false, data, f->set_size + 1u));
    }
}
