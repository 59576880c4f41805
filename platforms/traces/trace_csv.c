/* SPDX-License-Identifier: Apache-2.0 */
/* trace_csv.c - trace records as rows of comma-separated values. */
#define _POSIX_C_SOURCE 200809L

#include <cxldcd/trace_csv.h>

#include <cxldcd/ctypes/event.h>
#include <cxldcd/ctypes/opcode.h>
#include <cxldcd/ctypes/return_code.h>
#include <cxldcd/device.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_SIZE (64 * 1024)
/* Longer than any row: fourteen columns, the device's name is the longest. */
#define NAME_MAX_SIZE 256
#define ROW_MAX 1024

/* One device that writes into the file. */
struct source {
    struct source *next;
    struct dcd_trace_csv *csv;
    char name[NAME_MAX_SIZE]; /* as it is printed */
};

struct dcd_trace_csv {
    int file;
    int error; /* errno of the first failure */
    size_t used;
    uint64_t rows;
    struct source *sources;
    char buffer[BUFFER_SIZE];
};

static const char header[] = "time_ps,device,sequence,kind,actor,opcode,name,"
                             "hpa,dpa,length,value,status,tag,detail\n";

/* What the columns of a kind of record mean. */
enum column {
    HAS_OPCODE = 1 << 0,
    HAS_HPA = 1 << 1,
    HAS_DPA = 1 << 2,
    HAS_LENGTH = 1 << 3,
    HAS_VALUE = 1 << 4,
    HAS_RETURN_CODE = 1 << 5, /* status of a command */
    HAS_ACCESS = 1 << 6,      /* status of an access */
    HAS_DETAIL = 1 << 7,
    HAS_EXTENT = HAS_DPA | HAS_LENGTH | HAS_VALUE,
    HAS_REGISTER = HAS_HPA | HAS_LENGTH | HAS_VALUE | HAS_ACCESS,
};

static const unsigned columns_of[DCD_TRACE_KIND_COUNT] = {
    [DCD_TRACE_READ] = HAS_HPA | HAS_DPA | HAS_LENGTH | HAS_ACCESS,
    [DCD_TRACE_WRITE] = HAS_HPA | HAS_DPA | HAS_LENGTH | HAS_ACCESS,
    [DCD_TRACE_REGISTER_READ] = HAS_REGISTER,
    [DCD_TRACE_REGISTER_WRITE] = HAS_REGISTER,
    [DCD_TRACE_CONFIG_READ] = HAS_REGISTER,
    [DCD_TRACE_CONFIG_WRITE] = HAS_REGISTER,
    [DCD_TRACE_COMMAND] =
        HAS_OPCODE | HAS_LENGTH | HAS_VALUE | HAS_RETURN_CODE | HAS_DETAIL,
    [DCD_TRACE_EVENT] = HAS_OPCODE | HAS_EXTENT | HAS_DETAIL,
    [DCD_TRACE_EVENT_LOST] = HAS_OPCODE,
    [DCD_TRACE_INTERRUPT] = HAS_VALUE,
    [DCD_TRACE_OFFERED] = HAS_EXTENT,
    [DCD_TRACE_ACCEPTED] = HAS_EXTENT,
    [DCD_TRACE_REFUSED] = HAS_EXTENT,
    [DCD_TRACE_RELEASED] = HAS_EXTENT,
    [DCD_TRACE_FORCED] = HAS_EXTENT,
    [DCD_TRACE_DEAD] = HAS_EXTENT,
    [DCD_TRACE_DECODER] = HAS_REGISTER,
    [DCD_TRACE_DMI_GRANT] = HAS_HPA | HAS_DPA | HAS_LENGTH,
    [DCD_TRACE_DMI_REVOKE] = HAS_HPA | HAS_LENGTH,
    [DCD_TRACE_RESET] = HAS_VALUE,
    [DCD_TRACE_BACKGROUND] = HAS_OPCODE | HAS_VALUE | HAS_RETURN_CODE,
};

/* --- File ---------------------------------------------------------------- */

static void write_out(struct dcd_trace_csv *csv)
{
    size_t done = 0;

    while (done < csv->used && csv->error == 0) {
        const ssize_t n =
            write(csv->file, csv->buffer + done, csv->used - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            csv->error = errno;
    }
    csv->used = 0;
}

struct dcd_trace_csv *dcd_trace_csv_open(const char *path, int *error)
{
    struct dcd_trace_csv *csv = malloc(sizeof(*csv));

    if (csv == NULL) {
        *error = ENOMEM;
        return NULL;
    }
    csv->file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (csv->file < 0) {
        *error = errno;
        free(csv);
        return NULL;
    }
    csv->error = 0;
    csv->rows = 0;
    csv->sources = NULL;
    csv->used = sizeof(header) - 1;
    memcpy(csv->buffer, header, csv->used);
    return csv;
}

int dcd_trace_csv_flush(struct dcd_trace_csv *csv)
{
    write_out(csv);
    return csv->error;
}

int dcd_trace_csv_close(struct dcd_trace_csv *csv)
{
    int error;

    if (csv == NULL)
        return 0;
    write_out(csv);
    if (close(csv->file) != 0 && csv->error == 0)
        csv->error = errno;
    while (csv->sources != NULL) {
        struct source *source = csv->sources;
        csv->sources = source->next;
        free(source);
    }
    error = csv->error;
    free(csv);
    return error;
}

/* --- Text ---------------------------------------------------------------- */

/*
 * Rows are put together by hand: a run may have millions, and printf is most
 * of the time of a traced access.
 */
static char *put_text(char *to, const char *text)
{
    while (*text != '\0')
        *to++ = *text++;
    return to;
}

static char *put_decimal(char *to, uint64_t v)
{
    char digits[20];
    size_t n = 0;

    do {
        digits[n++] = (char)('0' + v % 10);
        v /= 10;
    } while (v != 0);
    while (n > 0)
        *to++ = digits[--n];
    return to;
}

static char *put_hex(char *to, uint64_t v, int least)
{
    int digits = 16;

    while (digits > least && v >> (4 * (digits - 1)) == 0)
        digits--;
    to = put_text(to, "0x");
    while (digits-- > 0)
        *to++ = "0123456789abcdef"[(v >> (4 * digits)) & 15];
    return to;
}

static char *put_comma(char *to)
{
    *to++ = ',';
    return to;
}

static char *put_actor(char *to, uint8_t head)
{
    return head == DCD_TRACE_FM ? put_text(to, "fm") : put_decimal(to, head);
}

/* What ran in the background was a command once. */
static bool names_command(const struct dcd_trace_record *r)
{
    return r->kind == DCD_TRACE_COMMAND || r->kind == DCD_TRACE_BACKGROUND;
}

/* The command, or the type of a dynamic capacity event. */
static char *put_name(char *to, const struct dcd_trace_record *r)
{
    if (names_command(r))
        return put_text(to, dcd_opcode_name(r->opcode));
    if (r->kind == DCD_TRACE_EVENT && r->opcode == DCD_LOG_DYNAMIC_CAPACITY)
        return put_text(to, dcd_dc_event_name(r->detail));
    return to;
}

static char *put_status(char *to, const struct dcd_trace_record *r,
                        unsigned columns)
{
    if (columns & HAS_RETURN_CODE)
        return put_text(to, dcd_return_code_name(r->status));
    if (columns & HAS_ACCESS)
        return put_text(to, dcd_access_name(r->status));
    return to;
}

static char *put_tag(char *to, const struct dcd_uuid *tag)
{
    if (dcd_uuid_is_null(tag))
        return to;
    dcd_uuid_print(tag, to);
    return to + DCD_UUID_TEXT - 1;
}

/* A command that came through no tunnel has nothing to say here. */
static char *put_detail(char *to, const struct dcd_trace_record *r,
                        unsigned columns)
{
    if (!(columns & HAS_DETAIL) ||
        (r->kind == DCD_TRACE_COMMAND && r->detail == 0))
        return to;
    return put_decimal(to, r->detail);
}

static char *put_places(char *to, const struct dcd_trace_record *r,
                        unsigned columns)
{
    if (columns & HAS_HPA)
        to = put_hex(to, r->hpa, 1);
    to = put_comma(to);
    if (columns & HAS_DPA && r->dpa != UINT64_MAX)
        to = put_hex(to, r->dpa, 1);
    to = put_comma(to);
    if (columns & HAS_LENGTH)
        to = put_decimal(to, r->length);
    to = put_comma(to);
    if (columns & HAS_VALUE)
        to = put_hex(to, r->value, 1);
    return put_comma(to);
}

static char *put_row(char *to, const struct source *source,
                     const struct dcd_trace_record *r)
{
    const unsigned columns =
        r->kind < DCD_TRACE_KIND_COUNT ? columns_of[r->kind] : 0;

    to = put_comma(put_decimal(to, r->time));
    to = put_comma(put_text(to, source->name));
    to = put_comma(put_decimal(to, r->sequence));
    to = put_comma(put_text(to, dcd_trace_kind_name(r->kind)));
    to = put_comma(put_actor(to, r->head));
    if (columns & HAS_OPCODE)
        to = put_hex(to, r->opcode, names_command(r) ? 4 : 1);
    to = put_comma(to);
    to = put_comma(put_name(to, r));
    to = put_places(to, r, columns);
    to = put_comma(put_status(to, r, columns));
    to = put_comma(put_tag(to, &r->tag));
    to = put_detail(to, r, columns);
    *to++ = '\n';
    return to;
}

/* --- Sinks --------------------------------------------------------------- */

static void record_row(void *context, const struct dcd_trace_record *record)
{
    const struct source *source = context;
    struct dcd_trace_csv *csv = source->csv;
    char *end;

    if (csv->error != 0)
        return;
    if (csv->used > BUFFER_SIZE - ROW_MAX)
        write_out(csv);
    csv->rows++;
    end = put_row(csv->buffer + csv->used, source, record);
    csv->used = (size_t)(end - csv->buffer);
}

/* A name with a comma, quote or line end in it goes between quotes (RFC 4180);
 * one that does not fit is cut. */
static void set_name(struct source *source, const char *name)
{
    const bool quoted = strpbrk(name, ",\"\r\n") != NULL;
    char *to = source->name;
    const char *end = source->name + NAME_MAX_SIZE - 4;

    if (quoted)
        *to++ = '"';
    for (; *name != '\0' && to < end; name++) {
        if (*name == '"')
            *to++ = '"';
        *to++ = *name;
    }
    if (quoted)
        *to++ = '"';
    *to = '\0';
}

uint64_t dcd_trace_csv_rows(const struct dcd_trace_csv *csv)
{
    return csv->rows;
}

struct dcd_trace_sink dcd_trace_csv_sink(struct dcd_trace_csv *csv,
                                         const char *device)
{
    struct dcd_trace_sink sink = {NULL, NULL};
    struct source *source = malloc(sizeof(*source));

    if (source == NULL)
        return sink;
    source->csv = csv;
    source->next = csv->sources;
    csv->sources = source;
    set_name(source, device);
    sink.record = record_row;
    sink.context = source;
    return sink;
}
