/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ctypes_uuid.c - UUIDs: text, bytes, and those of the specification.
 */
#include "gtest_c.h"

#include <cxldcd/ctypes/uuid.h>

static const char canonical[] = "01234567-89ab-cdef-1011-121314151617";
static const uint8_t bytes[16] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab,
                                  0xcd, 0xef, 0x10, 0x11, 0x12, 0x13,
                                  0x14, 0x15, 0x16, 0x17};

C_TEST(ctypes_uuid, bytes_have_the_order_of_the_text)
{
    struct dcd_uuid u;

    C_ASSERT(dcd_uuid_parse(canonical, &u));
    C_EXPECT_MEMEQ(bytes, u.b, sizeof(bytes));
}

C_TEST(ctypes_uuid, prints_what_it_parsed)
{
    char text[DCD_UUID_TEXT];
    struct dcd_uuid u;

    C_ASSERT(dcd_uuid_parse(canonical, &u));
    dcd_uuid_print(&u, text);
    C_EXPECT_STREQ(canonical, text);
}

C_TEST(ctypes_uuid, hyphens_may_be_left_out_and_case_does_not_matter)
{
    struct dcd_uuid u;

    C_ASSERT(dcd_uuid_parse("0123456789ABCDEF1011121314151617", &u));
    C_EXPECT_MEMEQ(bytes, u.b, sizeof(bytes));
    C_ASSERT(dcd_uuid_parse("01234567-89AB-cdef-1011-121314151617", &u));
    C_EXPECT_MEMEQ(bytes, u.b, sizeof(bytes));
}

C_TEST(ctypes_uuid, anything_else_is_refused_and_leaves_the_result_alone)
{
    static const char *const bad[] = {
        "",
        "0",
        "-",
        "0123456789abcdef101112131415161",       /* 31 digits */
        "0123456789abcdef10111213141516170",     /* 33 digits */
        "01234567-89ab-cdef-1011-12131415161",   /* a digit short */
        "01234567-89ab-cdef-1011-1213141516170", /* a digit long */
        "0123456-789ab-cdef-1011-121314151617",  /* hyphens elsewhere */
        "01234567-89abcdef1011121314151617",     /* one hyphen only */
        "01234567+89ab-cdef-1011-121314151617",
        "0g234567-89ab-cdef-1011-121314151617",
        "01234567-89ab-cdef-1011-12131415161g",
        " 123456789abcdef1011121314151617",
        "0123456789abcdef1011121314151617 ",
        "{01234567-89ab-cdef-1011-121314151617}",
        "0x23456789abcdef1011121314151617",
        "--------------------------------",
        "01234567-89ab-cdef-1011-1213141516-7",
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct dcd_uuid u = {{0xaa}};
        struct dcd_uuid before = u;

        C_CONTEXT("'%s'", bad[i]);
        C_EXPECT(!dcd_uuid_parse(bad[i], &u));
        C_EXPECT(dcd_uuid_equal(&before, &u));
    }
}

C_TEST(ctypes_uuid, null_is_sixteen_zeros)
{
    struct dcd_uuid u = {{0}};

    C_EXPECT(dcd_uuid_is_null(&u));
    for (size_t i = 0; i < sizeof(u.b); i++) {
        u.b[i] = 1;
        C_EXPECT(!dcd_uuid_is_null(&u));
        u.b[i] = 0;
    }
}

C_TEST(ctypes_uuid, equal_looks_at_every_byte)
{
    for (size_t i = 0; i < 16; i++) {
        struct dcd_uuid a = {{0}};
        struct dcd_uuid b = {{0}};

        b.b[i] = 0x80;
        C_EXPECT(dcd_uuid_equal(&a, &a));
        C_EXPECT(!dcd_uuid_equal(&a, &b));
    }
}

/* CXL r3.1 8.2.9.2.1.1, 8.2.9.2.1.6 and 8.2.9.5. */
C_TEST(ctypes_uuid, identifiers_of_the_specification)
{
    char text[DCD_UUID_TEXT];

    dcd_uuid_print(&dcd_uuid_general_media_event, text);
    C_EXPECT_STREQ("fbcd0a77-c260-417f-85a9-088b1621eba6", text);
    dcd_uuid_print(&dcd_uuid_dynamic_capacity_event, text);
    C_EXPECT_STREQ("ca95afa7-f183-4018-8c2f-95268e101a2a", text);
    dcd_uuid_print(&dcd_uuid_command_effects_log, text);
    C_EXPECT_STREQ("0da9c0b5-bf41-4b78-8f79-96b1623b3f17", text);
}
