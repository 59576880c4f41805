/* SPDX-License-Identifier: Apache-2.0 */
/* doe_support.h - a data object exchange as a driver does it (PCIe 6.0 6.30),
 * for tests. */
#ifndef DCD_TEST_DOE_SUPPORT_H
#define DCD_TEST_DOE_SUPPORT_H

#include "harness.h"

#include <cxldcd/ctypes/doe.h>

/* Room for the longest response there is. */
#define DOE_ROOM 16

/* Registers of the mailbox, found in the list of capabilities. */
uint32_t doe_register(struct harness *h, unsigned head, uint32_t offset);
void doe_set(struct harness *h, unsigned head, uint32_t offset, uint32_t value);

/* The dwords go into the write mailbox, and GO. */
void doe_send(struct harness *h, unsigned head, const uint32_t *request,
              uint32_t count);

/* Reads while the response is ready: how many dwords it had. */
uint32_t doe_receive(struct harness *h, unsigned head, uint32_t *response);

/* Both. */
uint32_t doe_exchange(struct harness *h, unsigned head, const uint32_t *request,
                      uint32_t count, uint32_t *response);

#endif
