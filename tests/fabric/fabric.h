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

/* 5604h or 5605h as bytes: [policy] is the byte at 02h, any [host]. */
uint16_t initiate(struct harness *h, uint16_t opcode, uint16_t host,
                  uint8_t policy, const struct range *ranges, uint32_t count);

/* --- What the FM sees ---------------------------------------------------- */

/* Trailer of 5601h. */
uint32_t fm_available_extents(struct harness *h, unsigned head);
uint32_t fm_available_tags(struct harness *h, unsigned head);

/* 5603h, all pages: exactly [ranges]; with [head]'s own 4801h it agrees. */
void expect_held(struct harness *h, unsigned head, const struct range *ranges,
                 uint32_t count);

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

/* A digest of all that hosts and FM can see of lists, limits and logs. */
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
