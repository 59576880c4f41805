/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qos.h - quality of service of the logical devices behind one port: what the
 * FM has set (CXL r3.1 3.3.4.3, 7.6.7.4.4-.10).
 *
 * Settings are checked and kept. They have no effect on timing: config.h says
 * what an access takes, and no port of the model ever congests.
 */
#ifndef DCD_QOS_H
#define DCD_QOS_H

#include <cxldcd/config.h>
#include <cxldcd/ctypes/fm_devices.h>

#include <stdbool.h>

/* Embeddable. */
struct dcd_qos {
    struct dcd_qos_control control;
    /* In 256ths of the device's bandwidth; 0: none is set. */
    uint8_t allocated[DCD_MAX_HEADS];
    uint8_t limit[DCD_MAX_HEADS];
};

/* The defaults of CXL r3.1 Table 7-54: everything is off. */
void dcd_qos_init(struct dcd_qos *qos);

/* False, and no change: a value outside its range, a moderate threshold above
 * the severe one, or a mechanism that the device does not have. */
bool dcd_qos_set_control(struct dcd_qos *qos,
                         const struct dcd_qos_control *control);

/* Of logical devices [start, start + count). False, and no change: all of them
 * would have more than there is. */
bool dcd_qos_allocate(struct dcd_qos *qos, unsigned start, unsigned count,
                      const uint8_t *fractions);

#endif
