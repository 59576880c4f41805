/* SPDX-License-Identifier: Apache-2.0 */
/* test_trace_csv.c - records as rows: every column, and files that fail. */
#define _POSIX_C_SOURCE 200809L

#include "gtest_c.h"

#include <cxldcd/ctypes/event.h>
#include <cxldcd/ctypes/opcode.h>
#include <cxldcd/ctypes/return_code.h>
#include <cxldcd/device.h>
#include <cxldcd/trace_csv.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define HEADER                                                             \
    "time_ps,device,sequence,kind,actor,opcode,name,hpa,dpa,length,value," \
    "status,tag,detail\n"
#define TAG "11111111-2222-3333-4444-555555555555"

/* A file of the test's own, away from those of tests beside it. */
static const char *make_path(char *path, size_t size)
{
    int file;

    snprintf(path, size, "/tmp/cxldcd-trace-XXXXXX");
    file = mkstemp(path);
    if (file >= 0)
        close(file);
    return path;
}

/* The whole file as text; [text] has [size] bytes. */
static void read_file(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "r");
    size_t n = 0;

    if (file != NULL) {
        n = fread(text, 1, size - 1, file);
        fclose(file);
    }
    text[n] = '\0';
}

static struct dcd_trace_record record_of(uint8_t kind)
{
    struct dcd_trace_record r;

    memset(&r, 0, sizeof(r));
    r.kind = kind;
    r.time = 1234567;
    r.sequence = 42;
    r.hpa = 0x120000000;
    r.dpa = 0x20000000;
    r.length = 4096;
    r.value = 0xab;
    return r;
}

/* What one record of [device] becomes, behind the header. */
static void row_of(const struct dcd_trace_record *record, const char *device,
                   char *text, size_t size)
{
    char path[64];
    char whole[4096];
    int error = 0;
    struct dcd_trace_csv *csv;
    struct dcd_trace_sink sink;

    csv = dcd_trace_csv_open(make_path(path, sizeof(path)), &error);
    text[0] = '\0';
    C_EXPECT(csv != NULL);
    if (csv == NULL)
        return;
    sink = dcd_trace_csv_sink(csv, device);
    sink.record(sink.context, record);
    C_EXPECT_EQ(0, dcd_trace_csv_close(csv));
    read_file(path, whole, sizeof(whole));
    unlink(path);
    C_EXPECT(strncmp(whole, HEADER, strlen(HEADER)) == 0);
    if (strlen(whole) >= strlen(HEADER) &&
        strlen(whole) - strlen(HEADER) < size)
        strcpy(text, whole + strlen(HEADER));
}

C_TEST(trace_csv, names_its_columns_in_the_first_row)
{
    char path[64];
    char text[256];
    int error = 0;
    struct dcd_trace_csv *csv;

    csv = dcd_trace_csv_open(make_path(path, sizeof(path)), &error);
    C_ASSERT(csv != NULL);
    C_EXPECT_EQ(0, dcd_trace_csv_close(csv));
    read_file(path, text, sizeof(text));
    unlink(path);
    C_EXPECT_STREQ(HEADER, text);
}

C_TEST(trace_csv, fills_the_columns_that_a_kind_of_record_uses)
{
    static const struct {
        uint8_t kind;
        const char *row; /* behind the fixed columns */
    } rows[] = {
        {DCD_TRACE_READ, "read,1,,,0x120000000,0x20000000,4096,,ok,,"},
        {DCD_TRACE_WRITE, "write,1,,,0x120000000,0x20000000,4096,,ok,,"},
        {DCD_TRACE_REGISTER_READ,
         "register-read,1,,,0x120000000,,4096,0xab,ok,,"},
        {DCD_TRACE_CONFIG_WRITE,
         "config-write,1,,,0x120000000,,4096,0xab,ok,,"},
        {DCD_TRACE_DECODER, "decoder-change,1,,,0x120000000,,4096,0xab,ok,,"},
        {DCD_TRACE_EVENT_LOST, "event-lost,1,0x0,,,,,,,,"},
        {DCD_TRACE_INTERRUPT, "interrupt,1,,,,,,0xab,,,"},
        {DCD_TRACE_OFFERED, "extent-offered,1,,,,0x20000000,4096,0xab,,,"},
        {DCD_TRACE_ACCEPTED, "extent-accepted,1,,,,0x20000000,4096,0xab,,,"},
        {DCD_TRACE_DMI_REVOKE, "dmi-revoke,1,,,0x120000000,,4096,,,,"},
        {DCD_TRACE_RESET, "reset,1,,,,,,0xab,,,"},
        {DCD_TRACE_BACKGROUND,
         "background,1,0x0000,unknown command,,,,0xab,success,,"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dcd_trace_record r = record_of(rows[i].kind);
        char expected[256];
        char got[256];
        C_CONTEXT("kind %s", dcd_trace_kind_name(rows[i].kind));
        r.head = 1;
        row_of(&r, "dcd0", got, sizeof(got));
        snprintf(expected, sizeof(expected), "1234567,dcd0,42,%s\n",
                 rows[i].row);
        C_EXPECT_STREQ(expected, got);
    }
}

C_TEST(trace_csv, names_a_command_and_what_it_answered)
{
    struct dcd_trace_record r = record_of(DCD_TRACE_COMMAND);
    char got[256];

    r.head = DCD_TRACE_FM;
    r.opcode = DCD_OP_INITIATE_DC_ADD;
    r.status = DCD_RC_INVALID_INPUT;
    row_of(&r, "dcd0", got, sizeof(got));
    C_EXPECT_STREQ("1234567,dcd0,42,command,fm,0x5604,Initiate Dynamic "
                   "Capacity Add,,,4096,0xab,invalid-input,,\n",
                   got);
}

/* What a head's mailbox carried out came through none. */
C_TEST(trace_csv, tells_through_how_many_tunnels_a_command_came)
{
    static const struct {
        uint8_t tunnels;
        const char *detail;
    } rows[] = {{0, ""}, {1, "1"}, {3, "3"}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dcd_trace_record r = record_of(DCD_TRACE_COMMAND);
        char expected[256];
        char got[256];
        C_CONTEXT("%u tunnels", rows[i].tunnels);
        r.head = 1;
        r.opcode = DCD_OP_IDENTIFY_MEMORY_DEVICE;
        r.detail = rows[i].tunnels;
        row_of(&r, "dcd0", got, sizeof(got));
        snprintf(expected, sizeof(expected),
                 "1234567,dcd0,42,command,1,0x4000,Identify Memory Device,,,"
                 "4096,0xab,success,,%s\n",
                 rows[i].detail);
        C_EXPECT_STREQ(expected, got);
    }
}

C_TEST(trace_csv, names_an_event_and_its_tag)
{
    struct dcd_trace_record r = record_of(DCD_TRACE_EVENT);
    char got[256];

    r.opcode = DCD_LOG_DYNAMIC_CAPACITY;
    r.detail = DCD_EVENT_FORCED_RELEASE;
    C_ASSERT(dcd_uuid_parse(TAG, &r.tag));
    row_of(&r, "dcd0", got, sizeof(got));
    C_EXPECT_STREQ("1234567,dcd0,42,event,0,0x4,forced-release,,0x20000000,"
                   "4096,0xab,," TAG ",2\n",
                   got);
}

C_TEST(trace_csv, names_why_an_access_failed)
{
    struct dcd_trace_record r = record_of(DCD_TRACE_READ);
    char expected[256];
    char got[256];

    r.dpa = UINT64_MAX;
    r.status = DCD_ACCESS_NOT_DECODED;
    row_of(&r, "dcd0", got, sizeof(got));
    snprintf(expected, sizeof(expected),
             "1234567,dcd0,42,read,0,,,0x120000000,,4096,,%s,,\n",
             dcd_access_name(DCD_ACCESS_NOT_DECODED));
    C_EXPECT_STREQ(expected, got);
}

C_TEST(trace_csv, prints_the_largest_numbers)
{
    struct dcd_trace_record r = record_of(DCD_TRACE_WRITE);
    char got[256];

    r.time = UINT64_MAX;
    r.sequence = UINT64_MAX;
    r.hpa = UINT64_MAX;
    r.dpa = UINT64_MAX - 1;
    r.length = UINT64_MAX;
    row_of(&r, "d", got, sizeof(got));
    C_EXPECT_STREQ("18446744073709551615,d,18446744073709551615,write,0,,,"
                   "0xffffffffffffffff,0xfffffffffffffffe,"
                   "18446744073709551615,,ok,,\n",
                   got);
}

C_TEST(trace_csv, survives_a_kind_that_it_does_not_know)
{
    struct dcd_trace_record r = record_of(0xee);
    char got[256];

    row_of(&r, "dcd0", got, sizeof(got));
    C_EXPECT_STREQ("1234567,dcd0,42,unknown,0,,,,,,,,,\n", got);
}

C_TEST(trace_csv, quotes_a_device_name_that_needs_it)
{
    static const struct {
        const char *name;
        const char *column;
    } rows[] = {
        {"a,b", "\"a,b\""},
        {"say \"dcd\"", "\"say \"\"dcd\"\"\""},
        {"plain name", "plain name"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct dcd_trace_record r = record_of(DCD_TRACE_RESET);
        char expected[256];
        char got[256];
        C_CONTEXT("name %s", rows[i].name);
        row_of(&r, rows[i].name, got, sizeof(got));
        snprintf(expected, sizeof(expected),
                 "1234567,%s,42,reset,0,,,,,,0xab,,,\n", rows[i].column);
        C_EXPECT_STREQ(expected, got);
    }
}

/* Rows that were written and how the file ends. */
static size_t count_rows(const char *path, int *last)
{
    FILE *file = fopen(path, "r");
    size_t rows = 0;
    int c;

    *last = EOF;
    while (file != NULL && (c = fgetc(file)) != EOF) {
        rows += c == '\n';
        *last = c;
    }
    if (file != NULL)
        fclose(file);
    return rows;
}

C_TEST(trace_csv, keeps_every_record_of_a_long_run)
{
    char path[64];
    int error = 0;
    int last;
    struct dcd_trace_record r = record_of(DCD_TRACE_WRITE);
    struct dcd_trace_csv *csv;
    struct dcd_trace_sink a;
    struct dcd_trace_sink b;

    csv = dcd_trace_csv_open(make_path(path, sizeof(path)), &error);
    C_ASSERT(csv != NULL);
    a = dcd_trace_csv_sink(csv, "a");
    b = dcd_trace_csv_sink(csv, "b");
    for (r.sequence = 1; r.sequence <= 10000; r.sequence++) {
        a.record(a.context, &r);
        b.record(b.context, &r);
    }
    C_EXPECT_EQ(0, dcd_trace_csv_close(csv));
    C_EXPECT_EQ(20001, count_rows(path, &last));
    C_EXPECT_EQ('\n', last);
    unlink(path);
}

C_TEST(trace_csv, leaves_whole_rows_when_the_process_is_killed)
{
    char path[64];
    int last = 0;
    int state = 0;
    pid_t pid;

    make_path(path, sizeof(path));
    pid = fork();
    if (pid == 0) {
        struct dcd_trace_record r = record_of(DCD_TRACE_WRITE);
        int error = 0;
        struct dcd_trace_csv *csv = dcd_trace_csv_open(path, &error);
        struct dcd_trace_sink sink = dcd_trace_csv_sink(csv, "dcd0");
        for (r.sequence = 1; r.sequence <= 5000; r.sequence++)
            sink.record(sink.context, &r);
        _exit(0); /* as abrupt as a signal: nothing is flushed */
    }
    C_ASSERT(pid > 0);
    C_ASSERT_EQ(pid, waitpid(pid, &state, 0));
    C_EXPECT(count_rows(path, &last) > 1000);
    C_EXPECT_EQ('\n', last);
    unlink(path);
}

C_TEST(trace_csv, says_why_a_file_cannot_be_opened)
{
    static const struct {
        const char *path;
        int error;
    } rows[] = {
        {"/nonexistent/trace.csv", ENOENT},
        {"/tmp", EISDIR},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int error = 0;
        C_CONTEXT("path %s", rows[i].path);
        C_EXPECT(dcd_trace_csv_open(rows[i].path, &error) == NULL);
        C_EXPECT_EQ(rows[i].error, error);
    }
}

/* /dev/full takes no byte: every write ends with "no space left". */
C_TEST(trace_csv, reports_a_full_disk_and_goes_on)
{
    const struct dcd_trace_record r = record_of(DCD_TRACE_WRITE);
    int error = 0;
    struct dcd_trace_csv *csv = dcd_trace_csv_open("/dev/full", &error);
    struct dcd_trace_sink sink;

    C_ASSERT(csv != NULL);
    sink = dcd_trace_csv_sink(csv, "dcd0");
    C_EXPECT_EQ(ENOSPC, dcd_trace_csv_flush(csv));
    for (int i = 0; i < 5000; i++)
        sink.record(sink.context, &r);
    C_EXPECT_EQ(ENOSPC, dcd_trace_csv_close(csv));
}

C_TEST(trace_csv, closing_nothing_is_allowed)
{
    C_EXPECT_EQ(0, dcd_trace_csv_close(NULL));
}
