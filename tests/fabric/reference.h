/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reference.h - a device in the simplest possible words, to compare with.
 *
 * Every block is an array element that knows its owner; nothing is indexed,
 * cached or shared. Rules are written down in the order in which they are to be
 * applied, without regard to speed.
 */
#ifndef DCD_TEST_REFERENCE_H
#define DCD_TEST_REFERENCE_H

#include "harness.h"

#define REF_HEADS 3
#define REF_REGIONS 3
#define REF_BLOCKS 72 /* at most, of all regions together */
#define REF_GROUPS 16 /* offers that one head may have open */
#define REF_EXTENTS 6 /* that one head can track */
#define REF_TAGS 3    /* that the device can track */
#define REF_DC_LOG 5  /* records in a host's log */
#define REF_FM_LOG 7  /* records in the FM's log */
#define REF_CHAIN 80  /* records of one chain, at most */
#define REF_NAMES 5   /* tags that are used: more than can be tracked */

extern const char *const ref_tag_names[REF_NAMES];

struct ref_region {
    uint64_t base;
    uint64_t length;
    uint64_t block;
    unsigned first; /* index of its first block */
    bool sanitize;
};

enum ref_state { REF_FREE, REF_PENDING, REF_ACCEPTED };

/* Neighbours with the same extent belong to one extent. */
struct ref_block {
    enum ref_state state;
    unsigned owner;
    unsigned extent;
    const char *tag;
    uint64_t data; /* its first eight bytes */
};

struct ref_group {
    bool dead;
    unsigned count;
    struct range ranges[REF_EXTENTS];
};

struct ref_head {
    unsigned groups;
    struct ref_group group[REF_GROUPS];
    unsigned log; /* records in it */
};

/* What a command put into a log: nothing, or a whole chain. */
struct ref_chain {
    uint8_t type;
    unsigned count;
    struct range ranges[REF_CHAIN];
};

struct reference {
    unsigned regions;
    struct ref_region region[REF_REGIONS];
    unsigned blocks;
    struct ref_block block[REF_BLOCKS];
    struct ref_head head[REF_HEADS];
    unsigned fm_log;
    unsigned extents; /* numbers given to extents so far */

    /* Of the latest command. A reset may write several chains to the FM; the
     * last one is kept. */
    struct ref_chain to_host;
    struct ref_chain to_fm;
};

void ref_init(struct reference *r, const struct dcd_config *config);

/* Block that holds [dpa], or -1. */
int ref_block_at(const struct reference *r, uint64_t dpa);
uint64_t ref_dpa(const struct reference *r, unsigned block);

/* Commands; the result is the return code. */
uint16_t ref_add(struct reference *r, unsigned head, const struct range *list,
                 unsigned count);
uint16_t ref_respond(struct reference *r, unsigned head,
                     const struct range *list, unsigned count);
uint16_t ref_release(struct reference *r, unsigned head,
                     const struct range *list, unsigned count);
uint16_t ref_initiate_release(struct reference *r, unsigned head, bool forced,
                              const struct range *list, unsigned count);
void ref_reset(struct reference *r, unsigned head);

/* The accepted list of [head] by rising DPA; the number of extents. */
unsigned ref_list(const struct reference *r, unsigned head,
                  struct range list[REF_BLOCKS]);
unsigned ref_available_extents(const struct reference *r, unsigned head);
unsigned ref_available_tags(const struct reference *r);

#endif
