/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_random.c - long random lives of a device, step by step compared with a
 * naive reference: codes, lists, tags, limits, logs, access and bytes.
 *
 * DCD_RANDOM_OPS says how many operations, over all tests of this suite;
 * DCD_RANDOM_SEED another start than 1. CONTRIBUTING.md has the commands.
 */
#include "fabric.h"
#include "random_duel.h"
#include "random_report.h"

#include <stdlib.h>
#include <string.h>

#define OPERATIONS 100000
#define LIFE 2500 /* operations on one device */

static unsigned long from_environment(const char *name, unsigned long otherwise)
{
    const char *text = getenv(name);

    return text ? strtoul(text, NULL, 0) : otherwise;
}

/* Leads one life; false: device and reference differ, and that is reported. */
static bool lead(const struct setup *setup, uint64_t seed, unsigned length,
                 unsigned done[DEEDS])
{
    struct op *ops = calloc(length, sizeof(*ops));
    struct duel *d = duel_begin(setup, REF_SOUND);
    uint64_t state = random_start(seed);
    unsigned count = 0;
    bool same = d->difference.aspect == SAME;

    while (same && count < length) {
        random_op(&state, count, &d->r, &ops[count]);
        same = duel_step(d, &ops[count++], false);
    }
    for (unsigned i = 0; i < DEEDS; i++)
        done[i] += d->done[i];
    if (!same) {
        C_ADD_FAILURE("%s, seed %llu, operation %u: %s", setup->name,
                      (unsigned long long)seed, count, d->difference.text);
        random_report(setup, REF_SOUND, seed, ops, count);
    }
    duel_end(d);
    free(ops);
    return same;
}

/* A life in which everything fails proves nothing; a short one may miss
 * something. */
#define ENOUGH 10000
static void expect_deeds(const struct setup *setup, const unsigned done[DEEDS],
                         unsigned operations)
{
    for (unsigned i = 0; i < DEEDS; i++) {
        bool can = !(setup->never >> i & 1);

        if (can ? done[i] < 1 + operations / 2000 : done[i] != 0)
            C_ADD_FAILURE("%s: \"%s\" %u times in %u operations", setup->name,
                          deed_names[i], done[i], operations);
    }
}

static void lead_lives(const char *name)
{
    unsigned long seed = from_environment("DCD_RANDOM_SEED", 1);
    unsigned long operations =
        from_environment("DCD_RANDOM_OPS", OPERATIONS) / random_setup_count;
    const struct setup *setup = random_setup(name);
    unsigned done[DEEDS] = {0};
    bool same = true;

    for (unsigned long at = 0; same && at < operations; at += LIFE)
        same = lead(setup, seed++,
                    operations - at < LIFE ? (unsigned)(operations - at) : LIFE,
                    done);
    if (same && operations >= ENOUGH)
        expect_deeds(setup, done, (unsigned)operations);
}

C_TEST(random_life, tight)
{
    lead_lives("tight");
}

C_TEST(random_life, shared)
{
    lead_lives("shared");
}

C_TEST(random_life, read_only)
{
    lead_lives("read_only");
}

C_TEST(random_life, by_extent)
{
    lead_lives("by_extent");
}

C_TEST(random_life, sixteen_heads)
{
    lead_lives("sixteen_heads");
}

C_TEST(random_life, lossy)
{
    lead_lives("lossy");
}

C_TEST(random_life, revision_3_1)
{
    lead_lives("revision_3_1");
}

C_TEST(random_life, large)
{
    lead_lives("large");
}
