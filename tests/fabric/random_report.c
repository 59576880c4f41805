/* SPDX-License-Identifier: Apache-2.0 */
/* random_report.c - tells a person what the two disagree about. */
#include "random_report.h"

#include "gtest_c.h"

#include <stdlib.h>
#include <string.h>

/* Where to write: the directory of the build has a place for it. */
static const char *directory(void)
{
    const char *chosen = getenv("DCD_RANDOM_DIR");

    return chosen ? chosen : CXLDCD_RANDOM_DIR;
}

const struct setup *random_setup(const char *name)
{
    unsigned i = 0;

    while (i + 1 < random_setup_count &&
           strcmp(random_setups[i].name, name) != 0)
        i++;
    return &random_setups[i];
}

static bool write_platform(const struct setup *setup, const char *path)
{
    FILE *file = fopen(path, "w");

    if (!file)
        return false;
    random_print_platform(file, setup);
    return fclose(file) == 0;
}

bool random_write(const struct setup *setup, enum ref_fault fault,
                  const char *name, const struct op *ops, unsigned count,
                  char path[RANDOM_PATH])
{
    char platform[128];
    FILE *file;
    bool good;

    snprintf(platform, sizeof(platform), "%s-platform.xml", name);
    snprintf(path, RANDOM_PATH, "%s/%s", directory(), platform);
    if (!write_platform(setup, path))
        return false;
    snprintf(path, RANDOM_PATH, "%s/%s.xml", directory(), name);
    file = fopen(path, "w");
    if (!file)
        return false;
    good =
        random_print_scenario(file, setup, fault, name, platform, ops, count);
    return fclose(file) == 0 && good;
}

/* As much of the file as a person reads; the operations come first. */
static void quote(const char *path)
{
    char text[6001];
    FILE *file = fopen(path, "r");
    size_t size = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
    bool whole = !file || fgetc(file) == EOF;

    if (file)
        fclose(file);
    text[size] = '\0';
    C_ADD_FAILURE("%s:\n%s%s", path, text, whole ? "" : "\n(and so on)");
}

void random_report(const struct setup *setup, enum ref_fault fault,
                   uint64_t seed, const struct op *ops, unsigned count)
{
    struct op *few = calloc(count + 1, sizeof(*few));
    struct difference difference;
    char path[RANDOM_PATH];
    char name[64];

    memcpy(few, ops, count * sizeof(*few));
    if (!random_shrink(setup, fault, few, &count, &difference)) {
        C_ADD_FAILURE("played again, the two do not differ");
    } else {
        snprintf(name, sizeof(name), "random-%s-%llu", setup->name,
                 (unsigned long long)seed);
        C_ADD_FAILURE("shrunk to %u operations: %s", count, difference.text);
        if (random_write(setup, fault, name, few, count, path))
            C_ADD_FAILURE("to see it again: %s run %s", CXLDCD_DCDSIM, path);
        else
            C_ADD_FAILURE("%s cannot be written", path);
        quote(path);
    }
    free(few);
}
