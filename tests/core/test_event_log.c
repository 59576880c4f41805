/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_event_log.c - the bounded log of event records.
 *
 * Tests named device_3_4_row_NN are the rows of the table of checks of Clear
 * Event Records (0101h) that belong to the log alone.
 */
#include "event_log.h"

#include <cxldcd/ctypes/le.h>
#include <gtest_c.h>

#include <stdlib.h>
#include <string.h>

enum { SIZE = DCD_EVENT_RECORD_SIZE, HANDLE = 0x14, TIME = 0x18 };

/* A record full of [mark], so that every byte can be recognised. */
static const uint8_t *marked(uint8_t mark)
{
    static uint8_t record[SIZE];

    memset(record, mark, SIZE);
    return record;
}

static unsigned handle_at(const struct dcd_event_log *log, uint32_t i)
{
    const uint8_t *record = dcd_event_log_at(log, i);

    return record ? (unsigned)dcd_load_le(record + HANDLE, 2) : 0;
}

static bool clear_one(struct dcd_event_log *log, unsigned handle)
{
    uint8_t wire[2];

    dcd_store_le(wire, 2, handle);
    return dcd_event_log_clear(log, wire, 1);
}

/* A log of [depth] with [n] records marked 1, 2, ... */
static bool filled(struct dcd_event_log *log, uint32_t depth, uint32_t n)
{
    uint32_t i;

    if (!dcd_event_log_init(log, depth))
        return false;
    for (i = 0; i < n; i++)
        dcd_event_log_append(log, marked((uint8_t)(i + 1)), 100 + i);
    return true;
}

static void expect_no_overflow(const struct dcd_event_log *log)
{
    C_EXPECT(!dcd_event_log_overflowed(log));
    C_EXPECT_EQ(0, dcd_event_log_overflow_count(log));
    C_EXPECT_EQ(0, dcd_event_log_first_overflow(log));
    C_EXPECT_EQ(0, dcd_event_log_last_overflow(log));
}

C_TEST(event_log, starts_empty)
{
    struct dcd_event_log log;

    C_ASSERT(dcd_event_log_init(&log, 8));
    C_EXPECT_EQ(8, dcd_event_log_depth(&log));
    C_EXPECT_EQ(0, dcd_event_log_count(&log));
    C_EXPECT_EQ(8, dcd_event_log_room(&log));
    C_EXPECT(dcd_event_log_at(&log, 0) == NULL);
    expect_no_overflow(&log);
    dcd_event_log_destroy(&log);
}

C_TEST(event_log, depth_is_1_to_65535)
{
    static const struct {
        uint32_t depth;
        bool ok;
    } rows[] = {{0, false},     {1, true},      {2, true},
                {65534, true},  {65535, true},  {65536, false},
                {65537, false}, {65792, false}, {UINT32_MAX, false}};
    struct dcd_event_log log;
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        C_CONTEXT("depth %u", rows[i].depth);
        C_EXPECT_EQ(rows[i].ok, dcd_event_log_init(&log, rows[i].depth));
        C_EXPECT_EQ(rows[i].ok ? rows[i].depth : 0, dcd_event_log_room(&log));
        dcd_event_log_destroy(&log);
    }
}

C_TEST(event_log, destroy_accepts_zeroed_and_destroyed)
{
    struct dcd_event_log log;

    memset(&log, 0, sizeof(log));
    dcd_event_log_destroy(&log);
    C_ASSERT(dcd_event_log_init(&log, 4));
    dcd_event_log_destroy(&log);
    dcd_event_log_destroy(&log);
    C_EXPECT_EQ(0, dcd_event_log_count(&log));
}

C_TEST(event_log, append_stamps_handle_and_timestamp_and_nothing_else)
{
    struct dcd_event_log log;
    uint8_t expected[SIZE];

    C_ASSERT(dcd_event_log_init(&log, 4));
    memset(expected, 0xa5, SIZE);
    memcpy(expected + HANDLE, "\x01\x00", 2);
    memcpy(expected + TIME, "\xef\xcd\xab\x89\x67\x45\x23\x01", 8);
    dcd_event_log_append(&log, marked(0xa5), 0x0123456789abcdef);
    C_EXPECT_MEMEQ(expected, dcd_event_log_at(&log, 0), SIZE);
    dcd_event_log_destroy(&log);
}

C_TEST(event_log, append_tells_when_it_went_from_empty_to_non_empty)
{
    struct dcd_event_log log;

    C_ASSERT(dcd_event_log_init(&log, 4));
    C_EXPECT(dcd_event_log_append(&log, marked(1), 0));
    C_EXPECT(!dcd_event_log_append(&log, marked(2), 0));
    C_EXPECT(clear_one(&log, 1));
    C_EXPECT(!dcd_event_log_append(&log, marked(3), 0));
    C_EXPECT(clear_one(&log, 2) && clear_one(&log, 3));
    C_EXPECT(dcd_event_log_append(&log, marked(4), 0));
    dcd_event_log_destroy(&log);
}

C_TEST(event_log, at_reads_oldest_first_as_often_as_wanted)
{
    struct dcd_event_log log;
    uint32_t i;

    C_ASSERT(filled(&log, 4, 4));
    for (i = 0; i < 8; i++)
        C_EXPECT_EQ(i % 4 + 1, dcd_event_log_at(&log, i % 4)[0]);
    C_EXPECT(dcd_event_log_at(&log, 4) == NULL);
    C_EXPECT(dcd_event_log_at(&log, UINT32_MAX) == NULL);
    C_EXPECT_EQ(4, dcd_event_log_count(&log));
    dcd_event_log_destroy(&log);
}

C_TEST(event_log, records_keep_their_place_while_others_come_and_go)
{
    struct dcd_event_log log;
    const uint8_t *third;

    C_ASSERT(filled(&log, 4, 4));
    third = dcd_event_log_at(&log, 2);
    C_EXPECT(clear_one(&log, 1) && clear_one(&log, 2));
    dcd_event_log_append(&log, marked(5), 0);
    C_EXPECT(dcd_event_log_at(&log, 0) == third);
    C_EXPECT_EQ(3, third[0]);
    C_EXPECT_EQ(5, dcd_event_log_at(&log, 2)[0]);
    dcd_event_log_destroy(&log);
}

C_TEST(event_log, group_goes_in_whole)
{
    struct dcd_event_log log;
    uint8_t group[3 * SIZE];
    bool rose = false;
    uint32_t i;

    C_ASSERT(filled(&log, 3, 0));
    for (i = 0; i < 3; i++)
        memset(group + i * SIZE, (int)(0x31 + i), SIZE);
    C_EXPECT(dcd_event_log_append_group(&log, group, 3, 77, &rose));
    C_EXPECT(rose);
    for (i = 0; i < 3; i++) {
        C_EXPECT_EQ(0x31 + i, dcd_event_log_at(&log, i)[0]);
        C_EXPECT_EQ(i + 1, handle_at(&log, i));
        C_EXPECT_EQ(77, dcd_load_le(dcd_event_log_at(&log, i) + TIME, 8));
    }
    dcd_event_log_destroy(&log);
}

C_TEST(event_log, group_that_does_not_fit_changes_nothing)
{
    struct dcd_event_log log;
    uint8_t group[3 * SIZE] = {0};
    bool rose = true;

    C_ASSERT(filled(&log, 4, 2));
    C_EXPECT(!dcd_event_log_append_group(&log, group, 3, 0, &rose));
    C_EXPECT(!rose);
    C_EXPECT_EQ(2, dcd_event_log_count(&log));
    expect_no_overflow(&log);
    /* Not even a handle was used up. */
    C_EXPECT(dcd_event_log_append_group(&log, group, 2, 0, NULL));
    C_EXPECT_EQ(3, handle_at(&log, 2));
    C_EXPECT_EQ(0, dcd_event_log_room(&log));
    dcd_event_log_destroy(&log);
}

C_TEST(event_log, empty_group_fits_a_full_log)
{
    struct dcd_event_log log;
    bool rose = true;

    C_ASSERT(filled(&log, 2, 2));
    C_EXPECT(dcd_event_log_append_group(&log, NULL, 0, 0, &rose));
    C_EXPECT(!rose);
    C_EXPECT_EQ(2, dcd_event_log_count(&log));
    dcd_event_log_destroy(&log);
}

C_TEST(event_log, group_reports_no_rise_when_records_were_there)
{
    struct dcd_event_log log;
    uint8_t group[2 * SIZE] = {0};
    bool rose = true;

    C_ASSERT(filled(&log, 4, 1));
    C_EXPECT(dcd_event_log_append_group(&log, group, 2, 0, &rose));
    C_EXPECT(!rose);
    dcd_event_log_destroy(&log);
}

C_TEST(event_log, handles_skip_0_at_the_wrap)
{
    struct dcd_event_log log;
    uint32_t i;

    C_ASSERT(dcd_event_log_init(&log, 3));
    for (i = 1; i <= 65533; i++) {
        dcd_event_log_append(&log, marked(0), 0);
        C_ASSERT(clear_one(&log, i));
    }
    for (i = 0; i < 3; i++)
        dcd_event_log_append(&log, marked(0), 0);
    C_EXPECT_EQ(65534, handle_at(&log, 0));
    C_EXPECT_EQ(65535, handle_at(&log, 1));
    C_EXPECT_EQ(1, handle_at(&log, 2));
    C_EXPECT(clear_one(&log, 65534) && clear_one(&log, 65535));
    C_EXPECT(!clear_one(&log, 0));
    C_EXPECT(clear_one(&log, 1));
    dcd_event_log_destroy(&log);
}

C_TEST(event_log, handles_stay_unique_in_the_deepest_log)
{
    struct dcd_event_log log;
    uint8_t *seen = calloc(65536, 1);
    uint32_t i;

    C_ASSERT(seen && filled(&log, 65535, 65535));
    /* Half of it goes round once more, so that the handles have wrapped. */
    for (i = 1; i <= 32768; i++) {
        C_ASSERT(clear_one(&log, i));
        dcd_event_log_append(&log, marked(0), 0);
    }
    C_EXPECT_EQ(65535, dcd_event_log_count(&log));
    for (i = 0; i < 65535; i++)
        seen[handle_at(&log, i)]++;
    C_EXPECT_EQ(0, seen[0]);
    for (i = 1; i < 65536; i++)
        C_ASSERT_EQ(1, seen[i]);
    free(seen);
    dcd_event_log_destroy(&log);
}

C_TEST(event_log, overflow_counts_and_keeps_first_and_last_timestamp)
{
    struct dcd_event_log log;

    C_ASSERT(filled(&log, 2, 2));
    dcd_event_log_overflow(&log, 1, 500);
    C_EXPECT(dcd_event_log_overflowed(&log));
    C_EXPECT_EQ(1, dcd_event_log_overflow_count(&log));
    C_EXPECT_EQ(500, dcd_event_log_first_overflow(&log));
    C_EXPECT_EQ(500, dcd_event_log_last_overflow(&log));
    dcd_event_log_overflow(&log, 7, 600);
    dcd_event_log_overflow(&log, 0, 700);
    C_EXPECT_EQ(8, dcd_event_log_overflow_count(&log));
    C_EXPECT_EQ(500, dcd_event_log_first_overflow(&log));
    C_EXPECT_EQ(600, dcd_event_log_last_overflow(&log));
    C_EXPECT_EQ(2, dcd_event_log_count(&log));
    dcd_event_log_destroy(&log);
}

C_TEST(event_log, losing_nothing_is_no_overflow)
{
    struct dcd_event_log log;

    C_ASSERT(filled(&log, 2, 2));
    dcd_event_log_overflow(&log, 0, 500);
    expect_no_overflow(&log);
    dcd_event_log_destroy(&log);
}

C_TEST(event_log, overflow_of_a_clock_never_set_keeps_timestamp_0)
{
    struct dcd_event_log log;

    C_ASSERT(filled(&log, 1, 1));
    dcd_event_log_overflow(&log, 1, 0);
    dcd_event_log_overflow(&log, 1, 9);
    C_EXPECT_EQ(0, dcd_event_log_first_overflow(&log));
    C_EXPECT_EQ(9, dcd_event_log_last_overflow(&log));
    dcd_event_log_destroy(&log);
}

C_TEST(event_log, overflow_count_saturates)
{
    static const struct {
        uint32_t first, second;
        unsigned count;
    } rows[] = {{65534, 0, 65534},
                {65534, 1, 65535},
                {65535, 1, 65535},
                {65534, 2, 65535},
                {65535, 65535, 65535},
                {65536, 0, 65535},
                {1, UINT32_MAX, 65535},
                {UINT32_MAX, 1, 65535},
                {UINT32_MAX, UINT32_MAX, 65535}};
    struct dcd_event_log log;
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        C_CONTEXT("%u then %u", rows[i].first, rows[i].second);
        C_ASSERT(filled(&log, 1, 1));
        dcd_event_log_overflow(&log, rows[i].first, 1);
        dcd_event_log_overflow(&log, rows[i].second, 2);
        C_EXPECT(dcd_event_log_overflowed(&log));
        C_EXPECT_EQ(rows[i].count, dcd_event_log_overflow_count(&log));
        dcd_event_log_destroy(&log);
    }
}

/* Row 4: a handle that is 0, unknown or not the next clears nothing. */
C_TEST(event_log, device_3_4_row_04_wrong_handle_clears_nothing)
{
    static const struct {
        const char *what;
        const char *handles;
        uint32_t n;
    } rows[] = {{"zero", "\0\0", 1},
                {"zero behind a good one", "\1\0\0\0", 2},
                {"unknown", "\x09\0", 1},
                {"unknown behind a good one", "\1\0\x09\0", 2},
                {"not the oldest", "\2\0", 1},
                {"backwards", "\2\0\1\0", 2},
                {"one left out", "\1\0\3\0", 2},
                {"the same twice", "\1\0\1\0", 2},
                {"big-endian", "\0\1", 1},
                {"good low byte only", "\1\1", 1},
                {"all but the last good", "\1\0\2\0\4\0", 3}};
    struct dcd_event_log log;
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        C_CONTEXT("%s", rows[i].what);
        C_ASSERT(filled(&log, 4, 4));
        dcd_event_log_overflow(&log, 3, 5);
        C_EXPECT(!dcd_event_log_clear(&log, (const uint8_t *)rows[i].handles,
                                      rows[i].n));
        C_EXPECT_EQ(4, dcd_event_log_count(&log));
        C_EXPECT_EQ(1, handle_at(&log, 0));
        C_EXPECT_EQ(3, dcd_event_log_overflow_count(&log));
        dcd_event_log_destroy(&log);
    }
}

/* Row 5: more handles than records clear nothing, good as they may be. */
C_TEST(event_log, device_3_4_row_05_more_handles_than_records)
{
    struct dcd_event_log log;

    C_ASSERT(filled(&log, 4, 2));
    C_EXPECT(!dcd_event_log_clear(&log, (const uint8_t *)"\1\0\2\0\3\0", 3));
    C_EXPECT_EQ(2, dcd_event_log_count(&log));
    C_EXPECT(dcd_event_log_clear(&log, (const uint8_t *)"\1\0\2\0", 2));
    C_EXPECT(!dcd_event_log_clear(&log, (const uint8_t *)"\3\0", 1));
    C_EXPECT_EQ(0, dcd_event_log_count(&log));
    dcd_event_log_destroy(&log);
}

/* Row 6: records leave from the head, and the overflow is over. */
C_TEST(event_log, device_3_4_row_06_clear_removes_from_the_head)
{
    struct dcd_event_log log;

    C_ASSERT(filled(&log, 4, 4));
    dcd_event_log_overflow(&log, 3, 5);
    C_EXPECT(dcd_event_log_clear(&log, (const uint8_t *)"\1\0\2\0", 2));
    C_EXPECT_EQ(2, dcd_event_log_count(&log));
    C_EXPECT_EQ(2, dcd_event_log_room(&log));
    C_EXPECT_EQ(3, handle_at(&log, 0));
    C_EXPECT_EQ(4, handle_at(&log, 1));
    expect_no_overflow(&log);
    dcd_event_log_destroy(&log);
}

C_TEST(event_log, clearing_no_handles_changes_nothing)
{
    struct dcd_event_log log;

    C_ASSERT(filled(&log, 2, 2));
    dcd_event_log_overflow(&log, 3, 5);
    C_EXPECT(dcd_event_log_clear(&log, NULL, 0));
    C_EXPECT_EQ(2, dcd_event_log_count(&log));
    C_EXPECT_EQ(3, dcd_event_log_overflow_count(&log));
    dcd_event_log_destroy(&log);
}

C_TEST(event_log, clear_all_empties_and_goes_on_counting_handles)
{
    struct dcd_event_log log;

    C_ASSERT(filled(&log, 3, 3));
    dcd_event_log_overflow(&log, 3, 5);
    dcd_event_log_clear_all(&log);
    C_EXPECT_EQ(0, dcd_event_log_count(&log));
    C_EXPECT(dcd_event_log_at(&log, 0) == NULL);
    expect_no_overflow(&log);
    C_EXPECT(dcd_event_log_append(&log, marked(9), 0));
    C_EXPECT_EQ(4, handle_at(&log, 0));
    dcd_event_log_destroy(&log);
}

C_TEST(event_log, reset_forgets_everything_and_starts_handles_at_1)
{
    struct dcd_event_log log;

    C_ASSERT(filled(&log, 3, 3));
    dcd_event_log_overflow(&log, 3, 5);
    dcd_event_log_reset(&log);
    C_EXPECT_EQ(0, dcd_event_log_count(&log));
    C_EXPECT_EQ(3, dcd_event_log_depth(&log));
    expect_no_overflow(&log);
    C_EXPECT(dcd_event_log_append(&log, marked(9), 0));
    C_EXPECT_EQ(1, handle_at(&log, 0));
    dcd_event_log_destroy(&log);
}

/*
 * The model: an array that is shifted. It searches for a free handle, which
 * the log claims never to need.
 */
enum { MODEL_DEPTH = 37 };

struct model {
    uint8_t record[MODEL_DEPTH][SIZE];
    unsigned count;
    unsigned next;
    uint64_t lost, first, last;
};

static unsigned model_handle(const struct model *m, unsigned i)
{
    return (unsigned)dcd_load_le(m->record[i] + HANDLE, 2);
}

static void model_append(struct model *m, const uint8_t *record, uint64_t time)
{
    unsigned i = 0;

    while (m->next == 0 || i < m->count) {
        if (m->next == 0 || model_handle(m, i) == m->next) {
            m->next = (m->next + 1) & 0xffff;
            i = 0;
        } else {
            i++;
        }
    }
    memcpy(m->record[m->count], record, SIZE);
    dcd_store_le(m->record[m->count] + HANDLE, 2, m->next);
    dcd_store_le(m->record[m->count++] + TIME, 8, time);
    m->next = (m->next + 1) & 0xffff;
}

static void model_drop(struct model *m, unsigned n)
{
    memmove(m->record[0], m->record[n], (size_t)(m->count - n) * SIZE);
    m->count -= n;
    m->lost = m->first = m->last = 0;
}

static bool model_clear(struct model *m, const uint8_t *handles, unsigned n)
{
    unsigned i;

    if (n > m->count)
        return false;
    for (i = 0; i < n; i++) {
        if (dcd_load_le(handles + 2 * i, 2) != model_handle(m, i))
            return false;
    }
    if (n > 0)
        model_drop(m, n);
    return true;
}

static void model_overflow(struct model *m, uint32_t lost, uint64_t time)
{
    if (lost && m->lost == 0)
        m->first = time;
    if (lost)
        m->last = time;
    m->lost += lost;
    if (m->lost > 65535)
        m->lost = 65535;
}

struct dice {
    uint64_t state;
};

static uint32_t roll(struct dice *d, uint32_t sides)
{
    d->state ^= d->state << 13;
    d->state ^= d->state >> 7;
    d->state ^= d->state << 17;
    return (uint32_t)(d->state >> 16) % sides;
}

static void random_append(struct dcd_event_log *log, struct model *m,
                          struct dice *d)
{
    static uint8_t group[8 * SIZE];
    uint32_t n = roll(d, 9);
    uint64_t time = d->state;
    bool fits = n <= MODEL_DEPTH - m->count;
    bool rises = fits && n > 0 && m->count == 0;
    bool rose = !rises;
    uint32_t i;

    for (i = 0; i < sizeof(group); i++)
        group[i] = (uint8_t)roll(d, 256);
    if (n == 1 && fits) {
        C_EXPECT_EQ(rises, dcd_event_log_append(log, group, time));
    } else {
        C_EXPECT_EQ(fits,
                    dcd_event_log_append_group(log, group, n, time, &rose));
        C_EXPECT_EQ(rises, rose);
    }
    for (i = 0; fits && i < n; i++)
        model_append(m, group + i * SIZE, time);
    if (!fits) {
        dcd_event_log_overflow(log, n, time);
        model_overflow(m, n, time);
    }
}

static void random_clear(struct dcd_event_log *log, struct model *m,
                         struct dice *d)
{
    uint8_t handles[2 * (MODEL_DEPTH + 2)] = {0};
    uint32_t n = roll(d, roll(d, 8) ? 9 : MODEL_DEPTH + 2);
    uint32_t i;

    for (i = 0; i < n && i < m->count; i++)
        dcd_store_le(handles + 2 * i, 2, model_handle(m, i));
    if (n > 0 && roll(d, 6) == 0)
        handles[roll(d, 2 * n)] ^= (uint8_t)(1u << roll(d, 8));
    C_EXPECT_EQ(model_clear(m, handles, n),
                dcd_event_log_clear(log, handles, n));
}

static void expect_same(const struct dcd_event_log *log, const struct model *m)
{
    unsigned i;

    C_ASSERT_EQ(m->count, dcd_event_log_count(log));
    C_ASSERT_EQ(MODEL_DEPTH - m->count, dcd_event_log_room(log));
    C_ASSERT_EQ(m->lost != 0, dcd_event_log_overflowed(log));
    C_ASSERT_EQ(m->lost, dcd_event_log_overflow_count(log));
    C_ASSERT_EQ(m->first, dcd_event_log_first_overflow(log));
    C_ASSERT_EQ(m->last, dcd_event_log_last_overflow(log));
    for (i = 0; i < m->count; i++)
        C_ASSERT_MEMEQ(m->record[i], dcd_event_log_at(log, i), SIZE);
    C_ASSERT(dcd_event_log_at(log, m->count) == NULL);
}

C_TEST(event_log, random_operations_agree_with_a_naive_model)
{
    static struct model m;
    struct dcd_event_log log;
    struct dice d = {UINT64_C(0x9e3779b97f4a7c15)};
    unsigned step;

    memset(&m, 0, sizeof(m));
    m.next = 1;
    C_ASSERT(dcd_event_log_init(&log, MODEL_DEPTH));
    for (step = 0; step < 60000; step++) {
        uint32_t what = roll(&d, 1000);

        C_CONTEXT("step %u", step);
        if (what < 500) {
            random_append(&log, &m, &d);
        } else if (what < 995) {
            random_clear(&log, &m, &d);
        } else {
            dcd_event_log_clear_all(&log);
            model_drop(&m, m.count);
        }
        if (step == 50000) { /* by then the handles have wrapped */
            dcd_event_log_reset(&log);
            model_drop(&m, m.count);
            m.next = 1;
        }
        expect_same(&log, &m);
    }
    dcd_event_log_destroy(&log);
}
