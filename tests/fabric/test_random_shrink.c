/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_random_shrink.c - a mistake is noticed, cut down, and can be run again.
 *
 * The mistakes are the reference's, made on purpose. What is written here into
 * the directory of the build, random_scenarios.sh gives to dcdsim.
 */
#include "gtest_c.h"
#include "random_report.h"

#include <stdlib.h>

#define LIFE 4000

/* A life that ends with the first difference, if there is one. */
static unsigned live(const struct setup *setup, enum ref_fault fault,
                     uint64_t seed, struct op *ops, unsigned length)
{
    struct duel *d = duel_begin(setup, fault);
    uint64_t state = random_start(seed);
    unsigned count = 0;
    bool same = true;

    while (same && count < length) {
        random_op(&state, count, &d->r, &ops[count]);
        same = duel_step(d, &ops[count++], false);
    }
    duel_end(d);
    return count;
}

/* The mistake is seen, and [most] operations are enough to show it. */
static void expect_shrunk(const char *setup_name, enum ref_fault fault,
                          const char *name, unsigned most)
{
    const struct setup *setup = random_setup(setup_name);
    struct op *ops = calloc(LIFE, sizeof(*ops));
    unsigned count = live(setup, fault, 1, ops, LIFE);
    struct difference difference = {0};
    char path[RANDOM_PATH];

    C_EXPECT(count < LIFE);
    C_EXPECT(random_shrink(setup, fault, ops, &count, &difference));
    C_EXPECT(difference.aspect != SAME);
    C_EXPECT_EQ(count - 1, difference.step);
    if (count == 0 || count > most)
        C_ADD_FAILURE("%s: %u operations are left: %s", name, count,
                      difference.text);
    C_EXPECT_EQ(SAME, random_replay(setup, REF_SOUND, ops, count).aspect);
    C_EXPECT(random_write(setup, fault, name, ops, count, path));
    free(ops);
}

/* Add, reference, refuse or release: then the tag should live. */
C_TEST(random_shrink, a_reference_is_forgotten)
{
    expect_shrunk("shared", REF_FORGETS_REFERENCE, "shrunk-reference", 6);
}

/* Add, accept, release a part. */
C_TEST(random_shrink, a_release_never_splits)
{
    expect_shrunk("tight", REF_NEVER_SPLITS, "shrunk-split", 6);
}

/* Add, accept, write, release, add, accept: then the bytes should be zero. */
C_TEST(random_shrink, bytes_are_kept)
{
    expect_shrunk("by_extent", REF_KEEPS_BYTES, "shrunk-bytes", 8);
}

/* Add, accept, share, accept, release. */
C_TEST(random_shrink, a_release_forgets_who_shares)
{
    expect_shrunk("read_only", REF_FORGETS_SHARERS, "shrunk-sharers", 6);
}

/* One add of two extents. */
C_TEST(random_shrink, a_record_does_not_say_that_others_follow)
{
    expect_shrunk("large", REF_LOSES_MORE, "shrunk-more", 2);
}

/* Long enough that every kind of operation is printed. */
C_TEST(random_shrink, lives_are_printed)
{
    enum { LENGTH = 400 };
    unsigned printed[OP_KINDS] = {0};

    for (unsigned i = 0; i < random_setup_count; i++) {
        const struct setup *setup = &random_setups[i];
        struct op *ops = calloc(LENGTH, sizeof(*ops));
        char path[RANDOM_PATH];
        char name[64];

        snprintf(name, sizeof(name), "life-%s", setup->name);
        C_EXPECT_EQ(LENGTH, live(setup, REF_SOUND, 1, ops, LENGTH));
        C_EXPECT(random_write(setup, REF_SOUND, name, ops, LENGTH, path));
        for (unsigned k = 0; k < LENGTH; k++)
            printed[ops[k].kind]++;
        free(ops);
    }
    for (unsigned k = 0; k < OP_KINDS; k++)
        C_EXPECT(printed[k] > 10);
}
