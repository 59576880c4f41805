/* SPDX-License-Identifier: Apache-2.0 */
/* scenario_step.h - reads the steps of a scenario. */
#ifndef CXLDCD_LOADER_SCENARIO_STEP_H
#define CXLDCD_LOADER_SCENARIO_STEP_H

#include "xml_document.h"

#include <cxldcd/scenario.h>

/* A step that is being read. */
struct dcd_step_reader {
    struct dcd_xml_document *doc;
    const struct dcd_platform *platform;
    const xmlNode *node;
    struct dcd_step *step; /* zeroed, but for [file] */
    /* That the step is about; NULL: none. */
    const struct dcd_platform_device *device;
};

/* Reads one step; what is wrong is noted. */
void dcd_step_read(struct dcd_step_reader *reader);

void dcd_step_free(struct dcd_step *step);

/* Finds who acts; false, and a note, when nobody does or may not. */
bool dcd_step_read_actor(struct dcd_step_reader *reader);

/* <event> children, or the step itself as one event. */
void dcd_step_read_events(struct dcd_step_reader *reader);
void dcd_step_read_own_event(struct dcd_step_reader *reader);

/* Attributes of memory and register accesses and of decoders. */
void dcd_step_read_read(struct dcd_step_reader *reader);
void dcd_step_read_write(struct dcd_step_reader *reader);
void dcd_step_read_register(struct dcd_step_reader *reader);
void dcd_step_read_decoder(struct dcd_step_reader *reader);

/* <expect-probe>. */
void dcd_step_read_probe(struct dcd_step_reader *reader);

/* 4800h, 5600h and 5601h. */
void dcd_step_read_configuration(struct dcd_step_reader *reader);

/* 5602h, 5606h-5608h. */
void dcd_step_read_region_config(struct dcd_step_reader *reader);
void dcd_step_read_reference(struct dcd_step_reader *reader);
void dcd_step_read_tags(struct dcd_step_reader *reader);

/* What leads a command through 5300h. */
void dcd_step_read_tunnel(struct dcd_step_reader *reader);

/* Notes that [name], if it is given, does not go with [what]. */
void dcd_step_refuse(struct dcd_step_reader *reader, const char *name,
                     const char *what);
/* Notes that [name] is missing, because of [what]. */
void dcd_step_require(struct dcd_step_reader *reader, const char *name,
                      const char *what);
void dcd_step_expected(struct dcd_step_reader *reader, const char *name,
                       struct dcd_expected *expected);
void dcd_step_expected_size(struct dcd_step_reader *reader, const xmlNode *node,
                            const char *name, struct dcd_expected *expected);
void dcd_step_expected_bool(struct dcd_step_reader *reader, const xmlNode *node,
                            const char *name, struct dcd_expected *expected);
/* Return codes: [name] into [rc], which keeps its value without it. */
void dcd_step_return_code(struct dcd_step_reader *reader, const char *name,
                          uint16_t *rc);
void dcd_step_expected_rc(struct dcd_step_reader *reader);

#endif
