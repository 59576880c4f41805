/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gtest_c.h - GoogleTest for tests written in C.
 *
 * A test file is plain C11 and needs nothing but this header:
 *
 *     #include "gtest_c.h"
 *
 *     C_TEST(extent_list, insert_keeps_order)
 *     {
 *         struct dcd_extent_list *list = dcd_extent_list_new(4);
 *         C_ASSERT(list);
 *         C_EXPECT_EQ(0, dcd_extent_list_insert(list, 0, 4096));
 *         dcd_extent_list_free(list);
 *     }
 *
 * Each C_TEST registers itself before main() and is listed, filtered and run
 * as `suite.name`, like any other GoogleTest. Suites may be spread over files;
 * the pair (suite, name) has to be unique in the program. Both are identifiers
 * and may contain underscores.
 *
 * C_EXPECT* note a failure and go on. C_ASSERT* note it and return from the
 * function they stand in, which therefore has to return void; what that
 * function owned at that point is not released. Both work in helper functions,
 * too, where the failure names the line of the helper: say what it was called
 * for with C_CONTEXT.
 *
 * The objects of the tests have to be given to the linker one by one: from a
 * static archive nothing would pull them in.
 */
#ifndef CXLDCD_TESTS_GTEST_C_H
#define CXLDCD_TESTS_GTEST_C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Defines and registers one test; the body follows in braces. */
#define C_TEST(suite, name)                                                  \
    static void c_body_##suite##_at_##name(void);                            \
    __attribute__((constructor)) static void c_reg_##suite##_at_##name(void) \
    {                                                                        \
        static struct c_test test = {                                        \
            #suite, #name, __FILE__, __LINE__, c_body_##suite##_at_##name,   \
            NULL};                                                           \
        c_test_register(&test);                                              \
    }                                                                        \
    static void c_body_##suite##_at_##name(void)

/* [cond] must be true (a pointer: not NULL). */
#define C_EXPECT(cond) ((void)c_expect((cond) ? true : false, #cond, C_HERE))
#define C_ASSERT(cond) \
    C_OR_RETURN(c_expect((cond) ? true : false, #cond, C_HERE))

/*
 * Two integers of at most 64 bits must be equal. Both are converted to
 * uint64_t before they are compared, negative ones by sign extension: compare
 * -1 only with what is signed as well.
 */
#define C_EXPECT_EQ(expected, actual)                                       \
    ((void)c_expect_eq((uint64_t)(expected), (uint64_t)(actual), #expected, \
                       #actual, C_HERE))
#define C_ASSERT_EQ(expected, actual)                                 \
    C_OR_RETURN(c_expect_eq((uint64_t)(expected), (uint64_t)(actual), \
                            #expected, #actual, C_HERE))

/* Two strings must be equal; NULL equals NULL only. */
#define C_EXPECT_STREQ(expected, actual) \
    ((void)c_expect_streq((expected), (actual), #expected, #actual, C_HERE))
#define C_ASSERT_STREQ(expected, actual) \
    C_OR_RETURN(                         \
        c_expect_streq((expected), (actual), #expected, #actual, C_HERE))

/* [len] bytes must be equal; a failure shows the rows that differ first. */
#define C_EXPECT_MEMEQ(expected, actual, len)                              \
    ((void)c_expect_memeq((expected), (actual), (len), #expected, #actual, \
                          C_HERE))
#define C_ASSERT_MEMEQ(expected, actual, len)                          \
    C_OR_RETURN(c_expect_memeq((expected), (actual), (len), #expected, \
                               #actual, C_HERE))

/* Fails the running test. The format has to be a string literal. */
#define C_ADD_FAILURE(...) c_add_failure(C_HERE, " " __VA_ARGS__)

/*
 * Adds a line to every failure that follows in this test, for instance the row
 * of a table: C_CONTEXT("row %zu: %s", i, row->what). It replaces the one
 * before; C_CONTEXT("") clears it. The format has to be a string literal.
 */
#define C_CONTEXT(...) c_context(" " __VA_ARGS__)

/* Everything below is what the macros expand to. */

struct c_test {
    const char *suite;
    const char *name;
    const char *file;
    int line;
    void (*body)(void);
    struct c_test *next;
};

#define C_HERE __FILE__, __LINE__
#define C_OR_RETURN(held) \
    do {                  \
        if (!(held))      \
            return;       \
    } while (0)

/* Called before main(), so it allocates nothing; [test] has to stay. */
void c_test_register(struct c_test *test);

bool c_expect(bool held, const char *text, const char *file, int line);
bool c_expect_eq(uint64_t expected, uint64_t actual, const char *expected_text,
                 const char *actual_text, const char *file, int line);
bool c_expect_streq(const char *expected, const char *actual,
                    const char *expected_text, const char *actual_text,
                    const char *file, int line);
bool c_expect_memeq(const void *expected, const void *actual, size_t len,
                    const char *expected_text, const char *actual_text,
                    const char *file, int line);

/* The macros put a blank before the format: "" would be a -Wformat warning. */
__attribute__((format(printf, 3, 4))) void
c_add_failure(const char *file, int line, const char *format, ...);
__attribute__((format(printf, 1, 2))) void c_context(const char *format, ...);

/*
 * Hands the registered C tests to GoogleTest and runs everything as the
 * command line says. The result is main()'s: not 0 if a test failed, and also
 * if there was none to run, so that an empty program is never a success.
 */
int c_test_main(int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif
