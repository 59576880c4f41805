/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace_sink.h - where trace records go.
 *
 * A sink is a function and its context, the pair that dcd_device_set_trace
 * and dcd::device::set_trace take:
 *
 *     dcd_device_set_trace(device, sink.record, sink.context);
 *
 * Whoever made the sink owns its context and tells how long it lives.
 */
#ifndef CXLDCD_TRACE_SINK_H
#define CXLDCD_TRACE_SINK_H

#include <cxldcd/trace.h>

#ifdef __cplusplus
extern "C" {
#endif

struct dcd_trace_sink {
    /* Takes one record, which is valid during the call only. */
    void (*record)(void *context, const struct dcd_trace_record *record);
    void *context;
};

#ifdef __cplusplus
}
#endif
#endif
