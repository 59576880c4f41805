/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main.cpp - runs tests that do without SystemC.
 */
#include "gtest_c.h"

int main(int argc, char **argv)
{
    return c_test_main(argc, argv);
}
