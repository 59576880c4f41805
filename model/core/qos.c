/* SPDX-License-Identifier: Apache-2.0 */
/* qos.c - what an FM may set of the quality of service. */
#include "qos.h"

#include <string.h>

#define MAX_INTERVAL 15u /* of backpressure samples, Table 7-54 */
#define WHOLE 256u

void dcd_qos_init(struct dcd_qos *qos)
{
    memset(qos, 0, sizeof(*qos));
    qos->control.moderate = 10;
    qos->control.severe = 25;
    qos->control.interval = 8;
    qos->control.completion_interval = 64;
}

static bool is_percentage(uint8_t value)
{
    return value >= 1 && value <= 100;
}

bool dcd_qos_set_control(struct dcd_qos *qos,
                         const struct dcd_qos_control *control)
{
    if ((control->control & ~DCD_QOS_ALL) ||
        !is_percentage(control->moderate) || !is_percentage(control->severe) ||
        control->moderate > control->severe || control->interval > MAX_INTERVAL)
        return false;
    qos->control = *control;
    return true;
}

bool dcd_qos_allocate(struct dcd_qos *qos, unsigned start, unsigned count,
                      const uint8_t *fractions)
{
    unsigned sum = 0;

    for (unsigned i = 0; i < DCD_MAX_HEADS; i++)
        sum += i >= start && i - start < count ? fractions[i - start]
                                               : qos->allocated[i];
    if (sum > WHOLE)
        return false;
    memcpy(qos->allocated + start, fractions, count);
    return true;
}
