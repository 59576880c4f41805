/* SPDX-License-Identifier: Apache-2.0 */
/* doe_support.c - a data object exchange as a driver does it. */
#include "doe_support.h"

#include "gtest_c.h"

static uint64_t find_doe(struct harness *h, unsigned head)
{
    uint64_t at = DCD_PCI_EXTENDED;

    while (at && config_read(h, head, at, 2) != DCD_PCI_DOE)
        at = config_read(h, head, at, 4) >> 20;
    C_EXPECT(at);
    return at;
}

uint32_t doe_register(struct harness *h, unsigned head, uint32_t offset)
{
    return (uint32_t)config_read(h, head, find_doe(h, head) + offset, 4);
}

void doe_set(struct harness *h, unsigned head, uint32_t offset, uint32_t value)
{
    config_write(h, head, find_doe(h, head) + offset, 4, value);
}

void doe_send(struct harness *h, unsigned head, const uint32_t *request,
              uint32_t count)
{
    uint32_t control = doe_register(h, head, DCD_DOE_CONTROL);

    for (uint32_t i = 0; i < count; i++)
        doe_set(h, head, DCD_DOE_WRITE_MAILBOX, request[i]);
    doe_set(h, head, DCD_DOE_CONTROL, control | DCD_DOE_GO);
}

uint32_t doe_receive(struct harness *h, unsigned head, uint32_t *response)
{
    uint32_t count = 0;

    while (count < DOE_ROOM &&
           doe_register(h, head, DCD_DOE_STATUS) & DCD_DOE_READY) {
        response[count++] = doe_register(h, head, DCD_DOE_READ_MAILBOX);
        doe_set(h, head, DCD_DOE_READ_MAILBOX, 0);
    }
    return count;
}

uint32_t doe_exchange(struct harness *h, unsigned head, const uint32_t *request,
                      uint32_t count, uint32_t *response)
{
    doe_send(h, head, request, count);
    return doe_receive(h, head, response);
}
