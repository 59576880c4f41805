/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ctypes_names.c - printed names of codes, commands, events and accesses.
 */
#include "gtest_c.h"

#include <cxldcd/ctypes/event.h>
#include <cxldcd/ctypes/opcode.h>
#include <cxldcd/ctypes/return_code.h>
#include <cxldcd/device.h>
#include <cxldcd/trace.h>

#include <string.h>

/* CXL r3.1 Table 8-34. */
C_TEST(ctypes_names, return_codes_are_dense_from_00h_to_20h)
{
    for (uint16_t code = 0; code <= 0x20; code++) {
        uint16_t back = 0xffff;

        C_CONTEXT("code %02xh", code);
        C_EXPECT(strcmp("unknown", dcd_return_code_name(code)) != 0);
        C_EXPECT(dcd_return_code_parse(dcd_return_code_name(code), &back));
        C_EXPECT_EQ(code, back);
    }
    C_EXPECT_STREQ("unknown", dcd_return_code_name(0x21));
    C_EXPECT_STREQ("unknown", dcd_return_code_name(0xffff));
}

C_TEST(ctypes_names, return_codes_that_scenarios_name_most)
{
    static const struct {
        uint16_t code;
        const char *name;
    } rows[] = {
        {0x00, "success"},
        {0x02, "invalid-input"},
        {0x03, "unsupported"},
        {0x05, "retry-required"},
        {0x0e, "invalid-handle"},
        {0x0f, "invalid-physical-address"},
        {0x15, "unsupported-mailbox-or-cci"},
        {0x16, "invalid-payload-length"},
        {0x17, "invalid-log"},
        {0x1d, "resources-exhausted"},
        {0x1e, "invalid-extent-list"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        C_EXPECT_STREQ(rows[i].name, dcd_return_code_name(rows[i].code));
}

C_TEST(ctypes_names, unknown_name_of_a_return_code_is_refused)
{
    uint16_t code = 0x1234;

    C_EXPECT(!dcd_return_code_parse("unknown", &code));
    C_EXPECT(!dcd_return_code_parse("", &code));
    C_EXPECT(!dcd_return_code_parse("Success", &code));
    C_EXPECT(!dcd_return_code_parse("success ", &code));
    C_EXPECT_EQ(0x1234, code);
}

C_TEST(ctypes_names, commands_have_the_names_of_the_specification)
{
    static const struct {
        uint16_t opcode;
        const char *name;
        const char *section;
    } rows[] = {
        {0x0100, "Get Event Records", "8.2.9.2.2"},
        {0x0101, "Clear Event Records", "8.2.9.2.3"},
        {0x4800, "Get Dynamic Capacity Configuration", "8.2.9.9.9.1"},
        {0x4801, "Get Dynamic Capacity Extent List", "8.2.9.9.9.2"},
        {0x4802, "Add Dynamic Capacity Response", "8.2.9.9.9.3"},
        {0x4803, "Release Dynamic Capacity", "8.2.9.9.9.4"},
        {0x5600, "Get DCD Info", "7.6.7.6.1"},
        {0x5604, "Initiate Dynamic Capacity Add", "7.6.7.6.5"},
        {0x5605, "Initiate Dynamic Capacity Release", "7.6.7.6.6"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        C_EXPECT_STREQ(rows[i].name, dcd_opcode_name(rows[i].opcode));
        C_EXPECT_STREQ(rows[i].section, dcd_opcode_section(rows[i].opcode));
    }
}

C_TEST(ctypes_names, unknown_command_has_no_section)
{
    C_EXPECT_STREQ("unknown command", dcd_opcode_name(0xffff));
    C_EXPECT_STREQ("", dcd_opcode_section(0xffff));
}

/* CXL r3.1 Table 8-50. */
C_TEST(ctypes_names, event_types)
{
    static const char *const names[] = {
        "add-capacity",
        "release-capacity",
        "forced-release",
        "region-configuration-updated",
        "add-capacity-response",
        "capacity-released",
        "unknown",
    };

    for (uint8_t i = 0; i < 7; i++)
        C_EXPECT_STREQ(names[i], dcd_dc_event_name(i));
    C_EXPECT_STREQ("unknown", dcd_dc_event_name(0xff));
}

C_TEST(ctypes_names, access_results)
{
    C_EXPECT_STREQ("ok", dcd_access_name(DCD_ACCESS_OK));
    C_EXPECT_STREQ("no-head", dcd_access_name(DCD_ACCESS_NO_HEAD));
    C_EXPECT_STREQ("not-decoded", dcd_access_name(DCD_ACCESS_NOT_DECODED));
    C_EXPECT_STREQ("beyond", dcd_access_name(DCD_ACCESS_BEYOND));
    C_EXPECT_STREQ("not-backed", dcd_access_name(DCD_ACCESS_NOT_BACKED));
    C_EXPECT_STREQ("read-only", dcd_access_name(DCD_ACCESS_READ_ONLY));
    C_EXPECT_STREQ("width", dcd_access_name(DCD_ACCESS_WIDTH));
    C_EXPECT_STREQ("no-register", dcd_access_name(DCD_ACCESS_NO_REGISTER));
    C_EXPECT_STREQ("unknown", dcd_access_name(0xffff));
}

C_TEST(ctypes_names, every_trace_kind_has_a_name_of_its_own)
{
    for (uint8_t i = 0; i < DCD_TRACE_KIND_COUNT; i++) {
        C_EXPECT(strcmp("unknown", dcd_trace_kind_name(i)) != 0);
        for (uint8_t k = 0; k < i; k++)
            C_EXPECT(strcmp(dcd_trace_kind_name(k), dcd_trace_kind_name(i)) !=
                     0);
    }
    C_EXPECT_STREQ("unknown", dcd_trace_kind_name(DCD_TRACE_KIND_COUNT));
    C_EXPECT_STREQ("unknown", dcd_trace_kind_name(0xff));
}
