/* SPDX-License-Identifier: Apache-2.0 */
/* fabric.h - what the tests of the fabric manager's side have in common. */
#ifndef DCD_TEST_FABRIC_H
#define DCD_TEST_FABRIC_H

#include "gtest_c.h"
#include "harness.h"

#define TAG_A "aaaaaaaa-0001-0002-0003-000000000001"
#define TAG_B "bbbbbbbb-0001-0002-0003-000000000002"
#define TAG_C "cccccccc-0001-0002-0003-000000000003"
#define TAG_D "dddddddd-0001-0002-0003-000000000004"
#define TAG_E "eeeeeeee-0001-0002-0003-000000000005"
#define TAG_F "ffffffff-0001-0002-0003-000000000006"

/*
 * Two heads of revision 4.0 and four regions, so that each rule has a place:
 *
 *     R0  0 GiB  1 GiB    blocks of   2 MiB
 *     R1  1 GiB  1 GiB    blocks of 128 MiB, sanitised when an FM asks
 *     R2  2 GiB  1 GiB    blocks of   2 MiB, sharable
 *     R3  3 GiB  512 MiB  blocks of   2 MiB, decodes 1 GiB, always sanitised
 *
 * 16 extents a head, 4 tags, 8 records in a host's log, 64 in the FM's.
 */
#define R0 UINT64_C(0)
#define R1 GIB(1)
#define R2 GIB(2)
#define R3 GIB(3)
#define DPA_END GIB(4)

void fabric_config(struct harness *h);
void fabric_build(struct harness *h); /* the configuration, and built */

/* The same with [heads] heads and all regions sharable; 16 tags. */
void shared_config(struct harness *h, unsigned heads);
void shared_build(struct harness *h, unsigned heads);

/* The same regions for [heads] heads or logical devices, which have 1 GiB of
 * static memory each that takes 1 us to sanitize. Region n is at GIB(n + 1). */
void fabric_build_lds(struct harness *h, unsigned heads,
                      enum dcd_topology topology);

/* [opcode] without a payload at the CCI of logical device [ld] (5300h). */
uint16_t at_ld(struct harness *h, unsigned ld, uint16_t opcode);

/* 5604h or 5605h as bytes: [policy] is the byte at 02h, any [host]. */
uint16_t initiate(struct harness *h, uint16_t opcode, uint16_t host,
                  uint8_t policy, const struct range *ranges, uint32_t count);

/* 5604h without extents, 28 bytes: [policy] is the byte at 02h; a NULL [tag] is
 * the null tag. */
uint16_t add_by_policy(struct harness *h, uint16_t host, uint8_t policy,
                       uint8_t region, uint64_t length, const char *tag);
/* The same with policy 3: [host] gets the capacity of [tag], too. */
uint16_t share(struct harness *h, uint16_t host, uint8_t region,
               const char *tag);
/* 5605h, tag-based, 28 bytes; [flags] as for fm_release(). */
uint16_t release_by_tag(struct harness *h, uint16_t host, uint8_t flags,
                        uint64_t length, const char *tag);
/* 5606h and 5607h. */
uint16_t refer(struct harness *h, const char *tag);
uint16_t unrefer(struct harness *h, const char *tag);
/* share(), and [host] accepts [ranges]; its log and the FM's are empty then. */
void hold_share(struct harness *h, unsigned host, uint8_t region,
                const struct range *ranges, uint32_t count);

/* --- What the FM sees ---------------------------------------------------- */

/* Trailer of 5601h. */
uint32_t fm_available_extents(struct harness *h, unsigned head);
uint32_t fm_available_tags(struct harness *h, unsigned head);

/* 5603h, all pages: exactly [ranges]; with [head]'s own 4801h it agrees. */
void expect_held(struct harness *h, unsigned head, const struct range *ranges,
                 uint32_t count);

/* A line of 5608h: bit k of the masks is head k. */
struct tag_line {
    const char *tag;
    bool referenced; /* by the FM */
    uint16_t held;
    uint16_t pending;
};

/* 5608h, in one page: these tags, in whatever order, and no others. */
void expect_tags(struct harness *h, const struct tag_line *lines,
                 uint32_t count);
uint32_t tag_generation(struct harness *h);

#define TAGS(...)                           \
    (const struct tag_line[]){__VA_ARGS__}, \
        COUNT(((const struct tag_line[]){__VA_ARGS__}))
#define NO_TAGS NULL, 0

/*
 * Records [at] and following of the latest 0100h are one chain of [type] over
 * [ranges]. [host] is compared for types 4 and 5 and has to be 0 otherwise.
 * Tags and sequences are compared as they are: no tag means the null tag.
 */
void expect_chain(struct harness *h, uint32_t at, uint8_t type, unsigned host,
                  const struct range *ranges, uint32_t count);

/* The FM's log is one such chain; it is empty afterwards. */
void expect_fm_chain(struct harness *h, uint8_t type, unsigned host,
                     const struct range *ranges, uint32_t count);
/* The same for log 4 of [host], types 0 to 2. */
void expect_host_chain(struct harness *h, unsigned host, uint8_t type,
                       const struct range *ranges, uint32_t count);
void expect_no_events(struct harness *h, unsigned host);
void expect_no_fm_events(struct harness *h);

/* A digest of all that hosts and FM can see of lists, limits, tags and logs. */
uint64_t visible_state(struct harness *h);

/* --- Memory -------------------------------------------------------------- */

/* HPA of DPA 0 once open_window() has committed a decoder over all of it;
 * revocations are counted from then on. */
#define WINDOW GIB(64)
void open_window(struct harness *h, unsigned head);

void poke(struct harness *h, unsigned head, uint64_t dpa, uint64_t value);
uint64_t peek(struct harness *h, unsigned head, uint64_t dpa);
/* What a read of eight bytes answers. */
enum dcd_access touch(struct harness *h, unsigned head, uint64_t dpa);

#endif
