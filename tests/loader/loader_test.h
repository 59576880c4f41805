/* SPDX-License-Identifier: Apache-2.0 */
/* loader_test.h - where the tests of the loader find their files. */
#ifndef CXLDCD_TESTS_LOADER_TEST_H
#define CXLDCD_TESTS_LOADER_TEST_H

/* Root of the source tree, set by the build. */
#ifndef TEST_SOURCE_DIR
#define TEST_SOURCE_DIR CXLDCD_SOURCE_DIR
#endif

#define CONFIG_DIR TEST_SOURCE_DIR "/config"
#define BAD_DIR TEST_SOURCE_DIR "/tests/loader/bad"
#define GOOD_DIR TEST_SOURCE_DIR "/tests/loader/good"
#define DOCS_DIR TEST_SOURCE_DIR "/docs"

#endif
