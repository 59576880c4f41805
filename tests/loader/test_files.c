/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_files.c - files that cannot be read, what kind a file is, and where its
 * schema comes from.
 */
#define _POSIX_C_SOURCE 200809L

#include "gtest_c.h"
#include "loader_test.h"

#include <cxldcd/scenario.h>

#include <stdlib.h>

/* --- Reading ------------------------------------------------------------ */

static void expect_platform_message(const char *file, const char *expected)
{
    struct dcd_messages messages = {0};

    C_EXPECT(dcd_platform_load(file, &messages) == NULL);
    C_EXPECT_STREQ(expected, messages.text);
    C_EXPECT_EQ(1, messages.count);
    dcd_messages_free(&messages);
}

C_TEST(bad_file, a_missing_file_is_said_to_be_missing)
{
    expect_platform_message("no/such/file.xml",
                            "no/such/file.xml:1: cannot be read: No such file "
                            "or directory\n");
}

C_TEST(bad_file, a_directory_is_said_to_be_one)
{
    expect_platform_message(BAD_DIR,
                            BAD_DIR ":1: cannot be read: Is a directory\n");
}

C_TEST(bad_file, one_without_end_is_not_read_for_ever)
{
    expect_platform_message(
        "/dev/zero", "/dev/zero:1: too large: at most 64 MiB are read\n");
}

C_TEST(bad_file, messages_of_several_files_add_up)
{
    struct dcd_messages messages = {0};

    C_EXPECT(dcd_platform_load("one.xml", &messages) == NULL);
    C_EXPECT(dcd_scenario_load("two.xml", &messages) == NULL);
    C_EXPECT_EQ(2, messages.count);
    C_EXPECT_STREQ("one.xml:1: cannot be read: No such file or directory\n"
                   "two.xml:1: cannot be read: No such file or directory\n",
                   messages.text);
    dcd_messages_free(&messages);
    C_EXPECT(messages.text == NULL);
    C_EXPECT_EQ(0, messages.size);
    C_EXPECT_EQ(0, messages.count);
}

/* --- Kind of a file ----------------------------------------------------- */

C_TEST(file_kind, is_told_by_the_root_element)
{
    struct dcd_messages messages = {0};

    C_EXPECT_EQ(
        DCD_FILE_PLATFORM,
        dcd_file_kind(CONFIG_DIR "/platforms/two-hosts.xml", &messages));
    C_EXPECT_EQ(DCD_FILE_SCENARIO,
                dcd_file_kind(CONFIG_DIR
                              "/scenarios/add-accept-use-release.xml",
                              &messages));
    /* Whether it is a good one is another question. */
    C_EXPECT_EQ(DCD_FILE_PLATFORM,
                dcd_file_kind(BAD_DIR "/nine-regions.xml", &messages));
    C_EXPECT_EQ(0, messages.count);
    dcd_messages_free(&messages);
}

C_TEST(file_kind, of_anything_else_is_unreadable)
{
    struct dcd_messages messages = {0};

    C_EXPECT_EQ(DCD_FILE_UNREADABLE,
                dcd_file_kind(BAD_DIR "/wrong-root.xml", &messages));
    C_EXPECT_STREQ(BAD_DIR
                   "/wrong-root.xml:3: the root element is <machine "
                   "xmlns=\"urn:cxl-dcd:platform:1\">; expected <platform "
                   "xmlns=\"urn:cxl-dcd:platform:1\"> or <scenario "
                   "xmlns=\"urn:cxl-dcd:scenario:1\">\n",
                   messages.text);
    C_EXPECT_EQ(DCD_FILE_UNREADABLE,
                dcd_file_kind(BAD_DIR "/malformed.xml", &messages));
    C_EXPECT_EQ(2, messages.count);
    dcd_messages_free(&messages);
}

/* --- Schemas ------------------------------------------------------------ */

C_TEST(schema_directory, is_what_the_environment_says)
{
    setenv("CXLDCD_SCHEMA_DIR", "/no/such/place", 1);
    C_EXPECT_STREQ("/no/such/place", dcd_schema_directory());
    unsetenv("CXLDCD_SCHEMA_DIR");
}

C_TEST(schema_directory, without_schemas_is_an_error)
{
    static const char file[] = CONFIG_DIR "/platforms/two-hosts.xml";

    setenv("CXLDCD_SCHEMA_DIR", "/no/such/place", 1);
    expect_platform_message(
        file, CONFIG_DIR
        "/platforms/two-hosts.xml:1: the schema cannot be used: "
        "/no/such/place/platform.xsd:1: cannot be read: No such file or "
        "directory\n");
    unsetenv("CXLDCD_SCHEMA_DIR");
}

C_TEST(schema_directory, is_found_without_the_environment)
{
    unsetenv("CXLDCD_SCHEMA_DIR");
    C_EXPECT(dcd_schema_directory() != NULL);
}
