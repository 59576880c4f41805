/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz.h - what a fuzz target is: it takes bytes from nowhere and must neither
 * crash, nor break an invariant (then it aborts), nor leak.
 *
 * Each target is built twice: with fuzz_driver.c into a test that feeds it
 * seeded random bytes, and, with clang and -D CXLDCD_FUZZ=ON, with libFuzzer.
 */
#ifndef CXLDCD_TESTS_FUZZ_H
#define CXLDCD_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Bytes that are taken from the front of an input. */
struct input {
    const uint8_t *data;
    size_t size;
};

/* The next [width] bytes (8 at most) as a little-endian number; 0 behind the
 * end. */
static inline uint64_t take(struct input *in, size_t width)
{
    uint64_t value = 0;

    for (size_t i = 0; i < width && in->size > 0; i++, in->size--)
        value |= (uint64_t)*in->data++ << (8 * i);
    return value;
}

#endif
