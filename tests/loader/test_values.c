/* SPDX-License-Identifier: Apache-2.0 */
/* test_values.c - numbers with units, and bytes. */
#include "gtest_c.h"
#include "xml_value.h"

#include <cxldcd/ctypes/le.h>

#include <stdlib.h>

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

static const struct {
    enum dcd_value_kind kind;
    const char *text;
    uint64_t value;
} good[] = {
    {DCD_VALUE_NUMBER, "0", 0},
    {DCD_VALUE_NUMBER, "17", 17},
    {DCD_VALUE_NUMBER, "0x11", 17},
    {DCD_VALUE_NUMBER, "0xFfFfFfFfFfFfFfFf", UINT64_MAX},
    {DCD_VALUE_NUMBER, "18446744073709551615", UINT64_MAX},
    {DCD_VALUE_SIZE, "4096", 4096},
    {DCD_VALUE_SIZE, "0x1000", 4096},
    {DCD_VALUE_SIZE, "12B", 12},
    {DCD_VALUE_SIZE, "2KiB", 2 * DCD_KIB},
    {DCD_VALUE_SIZE, "512MiB", 512 * DCD_MIB},
    {DCD_VALUE_SIZE, "1GiB", DCD_GIB},
    {DCD_VALUE_SIZE, "16777215TiB", 16777215 * DCD_TIB},
    {DCD_VALUE_TIME, "0", 0},
    {DCD_VALUE_TIME, "7ps", 7},
    {DCD_VALUE_TIME, "180ns", 180000},
    {DCD_VALUE_TIME, "2us", 2000000},
    {DCD_VALUE_TIME, "3ms", UINT64_C(3000000000)},
    {DCD_VALUE_TIME, "4s", UINT64_C(4000000000000)},
    {DCD_VALUE_BANDWIDTH, "unlimited", 0},
    {DCD_VALUE_BANDWIDTH, "32GB/s", UINT64_C(32000000000)},
    {DCD_VALUE_BANDWIDTH, "1KB/s", 1000},
    {DCD_VALUE_BANDWIDTH, "1GiB/s", DCD_GIB},
    {DCD_VALUE_RATE, "1ms/GiB", UINT64_C(1000000000)},
    {DCD_VALUE_RATE, "0", 0},
};

C_TEST(xml_value, units_are_applied)
{
    for (size_t i = 0; i < ROWS(good); i++) {
        struct dcd_value_problem problem = {""};
        uint64_t value = 1234567;
        C_CONTEXT("%s", good[i].text);
        C_EXPECT(dcd_value_parse(good[i].kind, good[i].text, &value, &problem));
        C_EXPECT_EQ(good[i].value, value);
        C_EXPECT_STREQ("", problem.text);
    }
}

static const struct {
    enum dcd_value_kind kind;
    const char *text;
    const char *problem;
} bad[] = {
    {DCD_VALUE_NUMBER, "", "a number is expected, such as 17 or 0x11"},
    {DCD_VALUE_NUMBER, " 1", "a number is expected, such as 17 or 0x11"},
    {DCD_VALUE_NUMBER, "+1", "a number is expected, such as 17 or 0x11"},
    {DCD_VALUE_NUMBER, "-1", "it must not be negative"},
    {DCD_VALUE_NUMBER, "1k", "a plain number is expected, such as 17 or 0x11"},
    {DCD_VALUE_NUMBER, "0x", "a plain number is expected, such as 17 or 0x11"},
    {DCD_VALUE_NUMBER, "0XFF",
     "a plain number is expected, such as 17 or 0x11"},
    {DCD_VALUE_NUMBER, "0x1g", "a hexadecimal number takes no unit"},
    {DCD_VALUE_NUMBER, "18446744073709551616",
     "too large: it does not fit 64 bits"},
    {DCD_VALUE_NUMBER, "0x10000000000000000",
     "too large: it does not fit 64 bits"},
    {DCD_VALUE_SIZE, "1GB", "sizes have binary units: write GiB, not GB"},
    {DCD_VALUE_SIZE, "1M", "sizes have binary units: write MiB, not M"},
    {DCD_VALUE_SIZE, "0x10MiB", "a hexadecimal number takes no unit"},
    {DCD_VALUE_SIZE, "16777216TiB", "too large: it does not fit 64 bits"},
    {DCD_VALUE_SIZE, "1mib",
     "'mib' is not a unit of a size; units are B, KiB, MiB, GiB, TiB"},
    {DCD_VALUE_SIZE, "1.5GiB",
     "'.5GiB' is not a unit of a size; units are B, KiB, MiB, GiB, TiB"},
    {DCD_VALUE_TIME, "5", "the unit is missing; units are ps, ns, us, ms, s"},
    {DCD_VALUE_TIME, "0x5ns",
     "'x5ns' is not a unit of a time; units are ps, ns, us, ms, s"},
    {DCD_VALUE_TIME, "18446745s", "too large: it does not fit 64 bits"},
    {DCD_VALUE_BANDWIDTH, "fast",
     "a bandwidth is expected, such as 32GB/s or unlimited"},
    {DCD_VALUE_RATE, "1ms",
     "'ms' is not a unit of a time per GiB; units are ps/GiB, ns/GiB, "
     "us/GiB, ms/GiB, s/GiB"},
};

C_TEST(xml_value, what_is_no_value_is_refused_and_changes_nothing)
{
    for (size_t i = 0; i < ROWS(bad); i++) {
        struct dcd_value_problem problem = {""};
        uint64_t value = 1234567;
        C_CONTEXT("%s", bad[i].text);
        C_EXPECT(!dcd_value_parse(bad[i].kind, bad[i].text, &value, &problem));
        C_EXPECT_EQ(1234567, value);
        C_EXPECT_STREQ(bad[i].problem, problem.text);
    }
}

C_TEST(xml_value, hex_digits_become_bytes)
{
    static const uint8_t expected[] = {0xde, 0xad, 0xbe, 0xef};
    struct dcd_value_problem problem;
    uint8_t *bytes = NULL;
    size_t size = 0;

    C_ASSERT(dcd_value_hex("de aDBE  ef ", &bytes, &size, &problem));
    C_EXPECT_EQ(sizeof(expected), size);
    C_EXPECT_MEMEQ(expected, bytes, sizeof(expected));
    free(bytes);
}

C_TEST(xml_value, no_hex_digits_are_no_bytes)
{
    struct dcd_value_problem problem;
    uint8_t byte = 0;
    uint8_t *bytes = &byte;
    size_t size = 1;

    C_ASSERT(dcd_value_hex("", &bytes, &size, &problem));
    C_EXPECT(bytes == NULL);
    C_EXPECT_EQ(0, size);
}

C_TEST(xml_value, what_is_not_hex_is_refused)
{
    static const char *const texts[] = {"0", "abc", "0x00", "a b", "zz", " 00"};

    for (size_t i = 0; i < ROWS(texts); i++) {
        struct dcd_value_problem problem = {""};
        uint8_t *bytes = NULL;
        size_t size = 0;
        C_CONTEXT("%s", texts[i]);
        C_EXPECT(!dcd_value_hex(texts[i], &bytes, &size, &problem));
        C_EXPECT_STREQ("pairs of hexadecimal digits are expected, such as "
                       "\"48656c6c6f\" or \"48 65 6c\"",
                       problem.text);
    }
}

C_TEST(xml_value, sizes_are_printed_in_the_largest_unit_that_fits)
{
    C_EXPECT_STREQ("0B", dcd_value_print_size(0).text);
    C_EXPECT_STREQ("1023B", dcd_value_print_size(1023).text);
    C_EXPECT_STREQ("1KiB", dcd_value_print_size(1024).text);
    C_EXPECT_STREQ("1025MiB", dcd_value_print_size(1025 * DCD_MIB).text);
    C_EXPECT_STREQ("4096TiB", dcd_value_print_size(4096 * DCD_TIB).text);
    C_EXPECT_STREQ("18446744073709551615B",
                   dcd_value_print_size(UINT64_MAX).text);
}
