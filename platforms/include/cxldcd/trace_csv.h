/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace_csv.h - trace records as a table of text, one row a record.
 *
 *     int error;
 *     struct dcd_trace_csv *csv = dcd_trace_csv_open("run.csv", &error);
 *     struct dcd_trace_sink sink = dcd_trace_csv_sink(csv, "dcd0");
 *     dcd_device_set_trace(device, sink.record, sink.context);
 *     ...
 *     dcd_device_set_trace(device, NULL, NULL);
 *     error = dcd_trace_csv_close(csv);
 *
 * Columns, in this order; docs/trace.md describes them:
 *
 *     time_ps,device,sequence,kind,actor,opcode,name,hpa,dpa,length,value,
 *     status,tag,detail
 *
 * Rows are gathered in memory and written whole, so the file of a process that
 * was killed ends behind a complete row. Once a write has failed (a full
 * disk), later records are dropped; close says so.
 */
#ifndef CXLDCD_TRACE_CSV_H
#define CXLDCD_TRACE_CSV_H

#include <cxldcd/trace_sink.h>

#ifdef __cplusplus
extern "C" {
#endif

struct dcd_trace_csv;

/*
 * Creates or empties the file and writes the header row. NULL: [error] is an
 * errno.
 */
struct dcd_trace_csv *dcd_trace_csv_open(const char *path, int *error);

/*
 * A sink for the records of one device, named as the column [device] is to
 * show it. It lives until the file is closed. Without memory, sink.record is
 * NULL, which is "no trace" to a device.
 */
struct dcd_trace_sink dcd_trace_csv_sink(struct dcd_trace_csv *csv,
                                         const char *device);

/* Records that were taken so far, without the header row. */
uint64_t dcd_trace_csv_rows(const struct dcd_trace_csv *csv);

/* Writes what has been gathered so far; 0, or the errno of the first failure.
 */
int dcd_trace_csv_flush(struct dcd_trace_csv *csv);

/*
 * Writes the rest, closes the file and ends all sinks. 0, or the errno of the
 * first failure since the file was opened. NULL is allowed.
 */
int dcd_trace_csv_close(struct dcd_trace_csv *csv);

#ifdef __cplusplus
}
#endif
#endif
