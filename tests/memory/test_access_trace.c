/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_access_trace.c - what memory accesses leave in the trace: one record
 * each, with the DPA of the first byte and the reason of the first refusal.
 */
#include "gtest_c.h"
#include "memory_support.h"

#include <string.h>

struct tape {
    struct harness h;
    struct dcd_trace_record records[16];
    unsigned count;
};

static void note(void *context, const struct dcd_trace_record *record)
{
    struct tape *t = context;

    if (t->count < COUNT(t->records))
        t->records[t->count] = *record;
    t->count++;
}

static void build(struct tape *t, enum dcd_unbacked unbacked)
{
    t->count = 0;
    harness_d1_config(&t->h);
    t->h.config.heads = 2;
    t->h.config.head[1].attributes_given[1] = true;
    t->h.config.head[1].attributes[1] = DCD_REGION_ATTR_READ_ONLY;
    t->h.config.unbacked_reads = unbacked;
    t->h.config.unbacked_writes = unbacked;
    harness_build(&t->h);
    commit_decoder(&t->h, 1, 0, BASE, GIB(8), 0);
    hold(&t->h, 1, RANGES({0, MIB(4)}, {GIB(2), MIB(2)}));
    dcd_device_set_trace(t->h.device, note, t);
}

#define HEAD 1

static const struct row {
    const char *what;
    uint64_t hpa;
    uint64_t length;
    uint64_t dpa;
    bool write;
    enum dcd_access status;
} rows[] = {
    {"read", BASE + 8, 8, 8, false, DCD_ACCESS_OK},
    {"write", BASE + MIB(1), 64, MIB(1), true, DCD_ACCESS_OK},
    {"read of two blocks", BASE + MIB(2) - 4, 8, MIB(2) - 4, false,
     DCD_ACCESS_OK},
    {"write of two blocks", BASE + MIB(2) - 4, 8, MIB(2) - 4, true,
     DCD_ACCESS_OK},
    {"read-only, read", BASE + GIB(2), 8, GIB(2), false, DCD_ACCESS_OK},
    {"read-only, write", BASE + GIB(2), 8, GIB(2), true, DCD_ACCESS_READ_ONLY},
    {"not accepted", BASE + MIB(4), 8, MIB(4), false, DCD_ACCESS_NOT_BACKED},
    {"half of it not accepted", BASE + MIB(4) - 4, 8, MIB(4) - 4, true,
     DCD_ACCESS_NOT_BACKED},
    {"beyond", BASE + GIB(4), 16, GIB(4), false, DCD_ACCESS_BEYOND},
    {"not decoded", BASE - 16, 8, UINT64_MAX, true, DCD_ACCESS_NOT_DECODED},
    {"half of it not decoded", BASE - 4, 8, UINT64_MAX, false,
     DCD_ACCESS_NOT_DECODED},
    {"wraps", UINT64_MAX, 2, UINT64_MAX, false, DCD_ACCESS_NOT_DECODED},
};

static void try_rows(enum dcd_unbacked unbacked)
{
    struct tape t;

    build(&t, unbacked);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *row = &rows[i];
        const struct dcd_trace_record *r = &t.records[0];
        uint8_t bytes[64] = {0};

        C_CONTEXT("%s", row->what);
        t.count = 0;
        t.h.now += 1000;
        if (row->write)
            dcd_device_write(t.h.device, HEAD, row->hpa, bytes, row->length);
        else
            dcd_device_read(t.h.device, HEAD, row->hpa, bytes, row->length);
        C_ASSERT_EQ(1, t.count);
        C_EXPECT_EQ(row->write ? DCD_TRACE_WRITE : DCD_TRACE_READ, r->kind);
        C_EXPECT_EQ(HEAD, r->head);
        C_EXPECT_EQ(t.h.now, r->time);
        C_EXPECT_EQ(row->hpa, r->hpa);
        C_EXPECT_EQ(row->length, r->length);
        C_EXPECT_EQ(row->dpa, r->dpa);
        C_EXPECT_EQ(row->status, r->status);
    }
    harness_free(&t.h);
}

C_TEST(access_trace, one_record_an_access)
{
    try_rows(DCD_UNBACKED_ERROR);
}

/* The host notices nothing, so the trace has to say it. */
C_TEST(access_trace, reason_is_there_even_where_it_is_passed_over)
{
    try_rows(DCD_UNBACKED_IGNORE);
}

C_TEST(access_trace, sequence_numbers_have_no_gap)
{
    uint8_t bytes[8] = {0};
    struct tape t;

    build(&t, DCD_UNBACKED_ERROR);
    for (unsigned i = 0; i < 10; i++)
        dcd_device_read(t.h.device, HEAD, BASE + i * MIB(1), bytes, 8);
    C_ASSERT_EQ(10, t.count);
    for (unsigned i = 1; i < 10; i++)
        C_EXPECT_EQ(t.records[i - 1].sequence + 1, t.records[i].sequence);
    harness_free(&t.h);
}

C_TEST(access_trace, interleaved_access_has_the_dpa_of_its_first_byte)
{
    uint8_t bytes[8] = {0};
    struct tape t;

    build(&t, DCD_UNBACKED_ERROR);
    uncommit_decoder(&t.h, HEAD, 0);
    commit_interleaved(&t.h, HEAD, 0, BASE, GIB(8), 1, 0);
    t.count = 0;
    dcd_device_read(t.h.device, HEAD, BASE + 0x12345, bytes, 8);
    dcd_device_read(t.h.device, HEAD, BASE + 0x123fc, bytes, 8);
    C_ASSERT_EQ(2, t.count);
    C_EXPECT_EQ(0x9145, t.records[0].dpa);
    C_EXPECT_EQ(0x91fc, t.records[1].dpa);
    harness_free(&t.h);
}

C_TEST(access_trace, debuggers_and_probes_leave_none)
{
    uint8_t bytes[8] = {0};
    struct tape t;

    build(&t, DCD_UNBACKED_ERROR);
    dcd_device_debug_read(t.h.device, HEAD, BASE, bytes, 8);
    dcd_device_debug_write(t.h.device, HEAD, BASE + MIB(4), bytes, 8);
    dcd_device_probe(t.h.device, HEAD, BASE, 8, true);
    dcd_device_probe(t.h.device, HEAD, 0, 8, false);
    C_EXPECT_EQ(0, t.count);
    harness_free(&t.h);
}

C_TEST(access_trace, head_that_is_not_there_leaves_none)
{
    uint8_t bytes[8] = {0};
    struct tape t;

    build(&t, DCD_UNBACKED_ERROR);
    dcd_device_read(t.h.device, 2, BASE, bytes, 8);
    dcd_device_write(t.h.device, UINT32_MAX, BASE, bytes, 8);
    C_EXPECT_EQ(0, t.count);
    harness_free(&t.h);
}

C_TEST(access_trace, switched_off_it_records_nothing)
{
    uint8_t bytes[8] = {0};
    struct tape t;

    build(&t, DCD_UNBACKED_ERROR);
    dcd_device_set_trace(t.h.device, NULL, NULL);
    dcd_device_read(t.h.device, HEAD, BASE, bytes, 8);
    dcd_device_read(t.h.device, HEAD, BASE + MIB(4), bytes, 8);
    C_EXPECT_EQ(0, t.count);
    harness_free(&t.h);
}

C_TEST(access_trace, grant_has_hpa_dpa_and_length)
{
    struct dcd_span span;
    struct tape t;

    build(&t, DCD_UNBACKED_ERROR);
    C_ASSERT(dcd_device_dmi(t.h.device, HEAD, BASE + GIB(2) + 4096, &span));
    C_EXPECT(!dcd_device_dmi(t.h.device, HEAD, BASE + MIB(4), &span));
    C_ASSERT_EQ(1, t.count);
    C_EXPECT_EQ(DCD_TRACE_DMI_GRANT, t.records[0].kind);
    C_EXPECT_EQ(HEAD, t.records[0].head);
    C_EXPECT_EQ(BASE + GIB(2), t.records[0].hpa);
    C_EXPECT_EQ(GIB(2), t.records[0].dpa);
    C_EXPECT_EQ(MIB(2), t.records[0].length);
    harness_free(&t.h);
}

C_TEST(access_trace, revocation_has_the_hpas_that_close)
{
    const struct dcd_trace_record *revoke = NULL;
    struct tape t;

    build(&t, DCD_UNBACKED_ERROR);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&t.h, HEAD, DCD_RELEASE_FORCED,
                                           RANGES({MIB(2), MIB(2)})));
    C_ASSERT(t.count <= COUNT(t.records));
    for (unsigned i = 0; i < t.count; i++)
        if (t.records[i].kind == DCD_TRACE_DMI_REVOKE)
            revoke = &t.records[i];
    C_ASSERT(revoke);
    C_EXPECT_EQ(HEAD, revoke->head);
    C_EXPECT_EQ(BASE + MIB(2), revoke->hpa);
    C_EXPECT_EQ(MIB(2), revoke->length);
    harness_free(&t.h);
}
