/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_driver.c - runs a fuzz target without libFuzzer, on
 *
 *     -n COUNT            random inputs of a fixed seed
 *     -m COUNT FILE...    the files, and COUNT mutations of each
 *     FILE...             the files
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_INPUT 4096u
#define MAX_FILE (1u << 20)

static uint64_t state = UINT64_C(0x9e3779b97f4a7c15);

static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* Small numbers are likelier than large ones: they reach more. */
static void run_random(unsigned long count)
{
    static uint8_t input[MAX_INPUT];

    for (unsigned long i = 0; i < count; i++) {
        size_t size = (size_t)(next_random() % MAX_INPUT);

        for (size_t k = 0; k < size; k++) {
            uint64_t r = next_random();

            input[k] = r & 0x300 ? (uint8_t)(r & 7) : (uint8_t)r;
        }
        LLVMFuzzerTestOneInput(input, size);
    }
}

/* Replaces, drops or doubles a few bytes. */
static void run_mutations(const uint8_t *original, size_t size,
                          unsigned long count)
{
    static uint8_t input[MAX_FILE + 16];

    for (unsigned long i = 0; i < count && size > 0; i++) {
        size_t now = size;

        memcpy(input, original, size);
        for (uint64_t edits = next_random() % 4 + 1; edits > 0; edits--) {
            size_t at = (size_t)(next_random() % now);

            if (next_random() & 1)
                input[at] = (uint8_t)next_random();
            else if (next_random() & 1 && now > 1)
                memmove(input + at, input + at + 1, --now - at);
            else
                memmove(input + at + 1, input + at, now++ - at);
        }
        LLVMFuzzerTestOneInput(input, now);
    }
}

static int run_file(const char *path, unsigned long mutations)
{
    static uint8_t input[MAX_FILE];
    FILE *file = fopen(path, "rb");
    size_t size;

    if (!file) {
        perror(path);
        return 1;
    }
    size = fread(input, 1, sizeof(input), file);
    fclose(file);
    LLVMFuzzerTestOneInput(input, size);
    run_mutations(input, size, mutations);
    return 0;
}

int main(int argc, char **argv)
{
    unsigned long mutations = 0;
    int first = 1;
    int status = 0;

    if (argc == 3 && strcmp(argv[1], "-n") == 0) {
        run_random(strtoul(argv[2], NULL, 10));
        return 0;
    }
    if (argc > 2 && strcmp(argv[1], "-m") == 0) {
        mutations = strtoul(argv[2], NULL, 10);
        first = 3;
    }
    for (int i = first; i < argc; i++)
        status |= run_file(argv[i], mutations);
    return status;
}
