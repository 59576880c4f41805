/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gtest_c.cpp - the GoogleTest side of gtest_c.h.
 */
#include "gtest_c.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace
{

/*
 * Both are constant-initialised: the constructors of the C files run before
 * or after those of this file, in an order nobody promises.
 */
struct c_test *first_test = nullptr;
struct c_test **end_of_tests = &first_test;

std::string &context()
{
    static std::string text;
    return text;
}

/* One C test as GoogleTest sees it. */
class c_fixture : public ::testing::Test
{
public:
    explicit c_fixture(const struct c_test *test) : m_test(test) {}

    void SetUp() override { context().clear(); }
    void TearDown() override { context().clear(); }
    void TestBody() override { m_test->body(); }

private:
    const struct c_test *m_test;
};

/* As they stand in their files: the linker turns them round as it likes. */
std::vector<const struct c_test *> sorted_tests()
{
    std::vector<const struct c_test *> tests;
    for (const struct c_test *test = first_test; test; test = test->next)
        tests.push_back(test);
    std::sort(tests.begin(), tests.end(),
              [](const struct c_test *a, const struct c_test *b) {
                  int files = std::strcmp(a->file, b->file);
                  return files != 0 ? files < 0 : a->line < b->line;
              });
    return tests;
}

std::string format_text(const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = std::vsnprintf(nullptr, 0, format, args);
    std::vector<char> text(length < 0 ? 1 : static_cast<size_t>(length) + 1);
    std::vsnprintf(text.data(), text.size(), format, again);
    va_end(again);

    /* The macros put one blank in front. */
    return text[0] == '\0' ? std::string() : std::string(text.data() + 1);
}

void fail(const char *file, int line, const std::string &what)
{
    std::string text = what;
    if (!context().empty())
        text += "\nContext: " + context();
    ADD_FAILURE_AT(file, line) << text;
}

std::string both(uint64_t value)
{
    char text[48];
    std::snprintf(text, sizeof(text), "%llu (0x%llx)",
                  static_cast<unsigned long long>(value),
                  static_cast<unsigned long long>(value));
    return text;
}

std::string quoted(const char *text)
{
    return text ? "\"" + std::string(text) + "\"" : "NULL";
}

std::string named(const char *text, const std::string &value)
{
    return "  " + std::string(text) + "\n    is " + value;
}

/* Bytes [start, end) in hex; those that differ from [other] get a star. */
std::string hex_row(const uint8_t *bytes, const uint8_t *other, size_t start,
                    size_t end)
{
    std::string row;
    char text[8];
    for (size_t i = start; i < end; i++) {
        bool differs = other && bytes[i] != other[i];
        std::snprintf(text, sizeof(text), "%s%02x", differs ? "*" : " ",
                      bytes[i]);
        row += text;
    }
    return row;
}

std::string difference(const uint8_t *expected, const uint8_t *actual,
                       size_t len)
{
    size_t at = 0;
    size_t count = 0;
    for (size_t i = len; i-- > 0;) {
        if (expected[i] != actual[i]) {
            at = i;
            count++;
        }
    }

    size_t start = at - at % 16;
    size_t end = len - start < 16 ? len : start + 16;
    char head[120];
    std::snprintf(head, sizeof(head),
                  "%zu of %zu bytes differ, the first at offset 0x%zx:\n",
                  count, len, at);
    char row[32];
    std::snprintf(row, sizeof(row), "%04zx:", start);
    return head + std::string("  expected ") + row +
           hex_row(expected, nullptr, start, end) + "\n  actual   " + row +
           hex_row(actual, expected, start, end);
}

} // namespace

extern "C" {

void c_test_register(struct c_test *test)
{
    test->next = nullptr;
    *end_of_tests = test;
    end_of_tests = &test->next;
}

bool c_expect(bool held, const char *text, const char *file, int line)
{
    if (!held)
        fail(file, line, "Expected to be true: " + std::string(text));
    return held;
}

bool c_expect_eq(uint64_t expected, uint64_t actual, const char *expected_text,
                 const char *actual_text, const char *file, int line)
{
    if (expected == actual)
        return true;
    fail(file, line,
         "Expected equality of these values:\n" +
             named(expected_text, both(expected)) + "\n" +
             named(actual_text, both(actual)));
    return false;
}

bool c_expect_streq(const char *expected, const char *actual,
                    const char *expected_text, const char *actual_text,
                    const char *file, int line)
{
    bool same = expected && actual ? std::strcmp(expected, actual) == 0
                                   : expected == actual;
    if (!same)
        fail(file, line,
             "Expected equality of these strings:\n" +
                 named(expected_text, quoted(expected)) + "\n" +
                 named(actual_text, quoted(actual)));
    return same;
}

bool c_expect_memeq(const void *expected, const void *actual, size_t len,
                    const char *expected_text, const char *actual_text,
                    const char *file, int line)
{
    std::string what = "Expected equal bytes: " + std::string(expected_text) +
                       " and " + actual_text + "\n";
    if (len > 0 && (!expected || !actual)) {
        fail(file, line, what + "but one of them is NULL");
        return false;
    }
    if (len == 0 || std::memcmp(expected, actual, len) == 0)
        return true;
    fail(file, line,
         what + difference(static_cast<const uint8_t *>(expected),
                           static_cast<const uint8_t *>(actual), len));
    return false;
}

void c_add_failure(const char *file, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    std::string text = format_text(format, args);
    va_end(args);
    fail(file, line, text);
}

void c_context(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    context() = format_text(format, args);
    va_end(args);
}

int c_test_main(int argc, char **argv)
{
    ::testing::InitGoogleTest(&argc, argv);
    for (const struct c_test *test : sorted_tests())
        ::testing::RegisterTest(
            test->suite, test->name, nullptr, nullptr, test->file, test->line,
            [test]() -> c_fixture * { return new c_fixture(test); });

    int result = RUN_ALL_TESTS();
    const ::testing::UnitTest &all = *::testing::UnitTest::GetInstance();
    bool listing = GTEST_FLAG_GET(list_tests);
    int found = listing ? all.total_test_count() : all.test_to_run_count();
    if (found == 0) {
        std::fprintf(stderr, "there is no test to run\n");
        return 2;
    }
    return result;
}
}
