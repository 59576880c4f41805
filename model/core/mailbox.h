/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mailbox.h - the device registers of one head: capability array, event
 * status, mailbox and memory device status (CXL r3.1 8.2.8).
 *
 *     000  capability array
 *     080  event status
 *     088  mailbox registers, 0A8 payload of N bytes
 *     0A8+N  memory device status
 *
 * The doorbell latches opcode, length and input. The owner then runs the
 * command whenever its time has come, and finishes; between the two the
 * registers are busy and what software writes to them is ignored.
 */
#ifndef DCD_MAILBOX_H
#define DCD_MAILBOX_H

#include "memory_device.h"
#include "register_file.h"

struct dcd_mailbox {
    struct dcd_register_file registers;     /* up to the payload */
    struct dcd_register_file memdev;        /* behind the payload */
    const struct dcd_memory_device *memory; /* whose state is shown */
    bool doorbell_interrupt;                /* capable of it */
    bool strict;                    /* background interrupt: the bit as it is */
    bool background_interrupt_seen; /* enabled once since reset */
    uint32_t size;                  /* of the payload */
    uint8_t *payload;               /* what software sees; owned */
    uint8_t *input;                 /* latched by the doorbell; owned */
    bool busy;
    uint16_t opcode;
    uint32_t length;
    uint64_t due; /* ps; set by the owner */
};

/* What a write did. */
enum dcd_mailbox_effect {
    DCD_MAILBOX_NOTHING,
    DCD_MAILBOX_RUNG,    /* a command is latched */
    DCD_MAILBOX_IGNORED, /* software wrote while a command was under way */
};

/* [memory] has to outlive the mailbox. False: out of memory. */
bool dcd_mailbox_init(struct dcd_mailbox *mailbox,
                      const struct dcd_memory_device *memory,
                      const struct dcd_config *config);
void dcd_mailbox_destroy(struct dcd_mailbox *mailbox);

/* A command under way is forgotten. */
void dcd_mailbox_reset(struct dcd_mailbox *mailbox);

/* Offsets from the start of the device registers. [now] in ps: status registers
 * show progress as of then. */
enum dcd_access dcd_mailbox_read(struct dcd_mailbox *mailbox, uint64_t offset,
                                 void *data, uint64_t length, uint64_t now);
enum dcd_access dcd_mailbox_write(struct dcd_mailbox *mailbox, uint64_t offset,
                                  const void *data, uint64_t length,
                                  enum dcd_mailbox_effect *effect);

/*
 * Where the command's output goes while it runs. Input is at
 * mailbox->input. The payload area is cleared, so that nothing old shows.
 */
uint8_t *dcd_mailbox_start(struct dcd_mailbox *mailbox);

/* Return code and output length become visible, the doorbell clears. True:
 * software wants an interrupt for it. */
bool dcd_mailbox_finish(struct dcd_mailbox *mailbox, uint16_t return_code,
                        uint32_t out_length);

/* Whether the end of a background operation interrupts now. */
bool dcd_mailbox_background_interrupt(const struct dcd_mailbox *mailbox);

#endif
