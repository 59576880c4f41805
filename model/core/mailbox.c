/* SPDX-License-Identifier: Apache-2.0 */
/* mailbox.c - device registers and the doorbell handshake. */
#include "mailbox.h"

#include <cxldcd/ctypes/registers.h>

#include <stdlib.h>
#include <string.h>

#define CONTROL (DCD_DEV_MAILBOX + DCD_MBOX_CONTROL)
#define COMMAND (DCD_DEV_MAILBOX + DCD_MBOX_COMMAND)
#define STATUS (DCD_DEV_MAILBOX + DCD_MBOX_STATUS)
#define BACKGROUND (DCD_DEV_MAILBOX + DCD_MBOX_BACKGROUND_STATUS)
#define PAYLOAD (DCD_DEV_MAILBOX + DCD_MBOX_PAYLOAD)

/* Rest of the device register block: reads 0, ignores writes. */
static const struct dcd_register_rules up_to_qword = {1, 8};

/* Capability header n: id and version, offset, length (8.2.8.2). */
static uint32_t add_capability(struct dcd_register *r, unsigned n, uint16_t id,
                               unsigned version, uint32_t offset,
                               uint32_t length)
{
    uint32_t at = 0x10 * n;

    r[0] = (struct dcd_register){at, 4, id | version << 16, 0, 0};
    r[1] = (struct dcd_register){at + 4, 4, offset, 0, 0};
    r[2] = (struct dcd_register){at + 8, 4, length, 0, 0};
    r[3] = (struct dcd_register){at + 12, 4, 0, 0, 0};
    return 4;
}

/* Version 2 of Device Status announces the Dynamic Capacity bit (8.2.8.3). */
static bool init_registers(struct dcd_mailbox *mailbox)
{
    const uint32_t n = mailbox->size;
    const uint64_t capabilities =
        dcd_log2(n) | DCD_MBOX_CAP_BACKGROUND_INTERRUPT |
        (mailbox->doorbell_interrupt ? DCD_MBOX_CAP_DOORBELL_INTERRUPT : 0u) |
        (uint64_t)DCD_VECTOR_MAILBOX << DCD_MBOX_CAP_MESSAGE_SHIFT;
    /* Without the capability its enable bit is hardwired to 0. */
    const uint64_t control =
        DCD_MBOX_DOORBELL | DCD_MBOX_BACKGROUND_INTERRUPT |
        (mailbox->doorbell_interrupt ? DCD_MBOX_DOORBELL_INTERRUPT : 0u);
    const struct dcd_register tail[] = {
        {DCD_DEV_STATUS, 8, 0, 0, 0},
        {DCD_DEV_MAILBOX, 4, capabilities, 0, 0},
        {CONTROL, 4, 0, control, 0},
        {COMMAND, 8, 0, UINT64_C(0x1fffffffff), 0},
        {STATUS, 8, 0, 0, 0},
        {BACKGROUND, 8, 0, 0, 0},
    };
    struct dcd_register registers[24];
    uint32_t count = 0;

    registers[count++] =
        (struct dcd_register){0x00, 8, UINT64_C(3) << 32 | 1 << 16, 0, 0};
    registers[count++] = (struct dcd_register){0x08, 8, 0, 0, 0};
    count += add_capability(registers + count, 1, 0x0001, 2, DCD_DEV_STATUS, 8);
    count += add_capability(registers + count, 2, 0x0002, 1, DCD_DEV_MAILBOX,
                            DCD_MBOX_PAYLOAD + n);
    count += add_capability(registers + count, 3, 0x4000, 1,
                            DCD_DEV_MEMDEV_STATUS(n), 8);
    for (size_t i = 0; i < sizeof(tail) / sizeof(tail[0]); i++)
        registers[count++] = tail[i];
    return dcd_register_file_init(&mailbox->registers, registers, count,
                                  PAYLOAD, up_to_qword);
}

bool dcd_mailbox_init(struct dcd_mailbox *mailbox,
                      const struct dcd_memory_device *memory,
                      const struct dcd_config *config)
{
    static const struct dcd_register memdev = {0, 8, 0, 0, 0};
    bool ok;

    memset(mailbox, 0, sizeof(*mailbox));
    mailbox->memory = memory;
    mailbox->size = config->mailbox_payload;
    mailbox->doorbell_interrupt = config->doorbell_interrupt;
    mailbox->strict =
        config->background_interrupt == DCD_BACKGROUND_INTERRUPT_STRICT;
    mailbox->payload = calloc(1, mailbox->size);
    mailbox->input = calloc(1, mailbox->size);
    ok = init_registers(mailbox);
    ok = dcd_register_file_init(&mailbox->memdev, &memdev, 1, 8, up_to_qword) &&
         ok;
    return ok && mailbox->payload && mailbox->input;
}

void dcd_mailbox_destroy(struct dcd_mailbox *mailbox)
{
    dcd_register_file_destroy(&mailbox->registers);
    dcd_register_file_destroy(&mailbox->memdev);
    free(mailbox->payload);
    free(mailbox->input);
    memset(mailbox, 0, sizeof(*mailbox));
}

void dcd_mailbox_reset(struct dcd_mailbox *mailbox)
{
    dcd_register_file_reset(&mailbox->registers);
    dcd_register_file_reset(&mailbox->memdev);
    memset(mailbox->payload, 0, mailbox->size);
    mailbox->busy = false;
    mailbox->background_interrupt_seen = false;
}

/* A bit a log that is not empty (8.2.8.3.1). */
static void refresh_event_status(struct dcd_mailbox *mailbox)
{
    uint64_t status = 0;

    for (unsigned i = 0; i < DCD_LOG_COUNT; i++)
        if (dcd_event_log_count(&mailbox->memory->port->log[i]))
            status |= UINT64_C(1) << i;
    dcd_register_file_set(&mailbox->registers, DCD_DEV_STATUS, 8, status);
}

/* What runs behind the mailbox shows in two registers (8.2.8.4.6-.7). */
static void refresh_background(struct dcd_mailbox *mailbox, uint64_t now)
{
    const struct dcd_background *background = &mailbox->memory->background;
    struct dcd_register_file *file = &mailbox->registers;
    uint64_t status = dcd_register_file_get(file, STATUS, 8);

    status &= ~(uint64_t)DCD_MBOX_BACKGROUND_RUNNING;
    if (background->running)
        status |= DCD_MBOX_BACKGROUND_RUNNING;
    dcd_register_file_set(file, STATUS, 8, status);
    dcd_register_file_set(file, BACKGROUND, 8,
                          dcd_background_status(background, now));
}

static uint64_t payload_end(const struct dcd_mailbox *mailbox)
{
    return (uint64_t)PAYLOAD + mailbox->size;
}

static bool in_payload(const struct dcd_mailbox *mailbox, uint64_t offset)
{
    return offset >= PAYLOAD && offset < payload_end(mailbox);
}

/* Behind the last register there is nothing, but it is not an error there. */
static enum dcd_access behind(uint64_t offset, uint64_t length)
{
    if (offset >= DCD_BAR_DEVICE_SIZE || length > DCD_BAR_DEVICE_SIZE - offset)
        return DCD_ACCESS_NO_REGISTER;
    if (length == 0 || length > 8 || (length & (length - 1)) || offset % length)
        return DCD_ACCESS_WIDTH;
    return DCD_ACCESS_OK;
}

enum dcd_access dcd_mailbox_read(struct dcd_mailbox *mailbox, uint64_t offset,
                                 void *data, uint64_t length, uint64_t now)
{
    uint64_t end = payload_end(mailbox);
    enum dcd_access access;

    if (offset < PAYLOAD) {
        refresh_event_status(mailbox);
        refresh_background(mailbox, now);
        return dcd_register_file_read(&mailbox->registers, offset, data,
                                      length);
    }
    if (in_payload(mailbox, offset)) {
        if (length > end - offset)
            return DCD_ACCESS_WIDTH;
        memcpy(data, mailbox->payload + (offset - PAYLOAD), length);
        return DCD_ACCESS_OK;
    }
    if (offset - end < mailbox->memdev.size) {
        dcd_register_file_set(&mailbox->memdev, 0, 8,
                              dcd_memory_device_status(mailbox->memory));
        return dcd_register_file_read(&mailbox->memdev, offset - end, data,
                                      length);
    }
    access = behind(offset, length);
    if (access == DCD_ACCESS_OK)
        memset(data, 0, length);
    return access;
}

/* Opcode, length and input as they are when the doorbell rings. */
static void latch(struct dcd_mailbox *mailbox)
{
    uint64_t command = dcd_register_file_get(&mailbox->registers, COMMAND, 8);

    mailbox->opcode = (uint16_t)command;
    mailbox->length =
        (uint32_t)(command >> DCD_MBOX_LENGTH_SHIFT) & DCD_MBOX_LENGTH_MASK;
    if (mailbox->length <= mailbox->size)
        memcpy(mailbox->input, mailbox->payload, mailbox->length);
    mailbox->busy = true;
}

static enum dcd_access write_registers(struct dcd_mailbox *mailbox,
                                       uint64_t offset, const void *data,
                                       uint64_t length,
                                       enum dcd_mailbox_effect *effect)
{
    struct dcd_register_file *file = &mailbox->registers;
    uint8_t before[8];
    enum dcd_access access;
    uint64_t control;

    /* While a command is under way none of the bits can be changed. */
    if (mailbox->busy && offset >= DCD_DEV_MAILBOX) {
        access = dcd_register_file_read(file, offset, before, length);
        *effect = DCD_MAILBOX_IGNORED;
        return access;
    }
    access = dcd_register_file_write(file, offset, data, length);
    control = dcd_register_file_get(file, CONTROL, 4);
    if (control & DCD_MBOX_BACKGROUND_INTERRUPT)
        mailbox->background_interrupt_seen = true;
    if (access == DCD_ACCESS_OK && (control & DCD_MBOX_DOORBELL)) {
        latch(mailbox);
        *effect = DCD_MAILBOX_RUNG;
    }
    return access;
}

enum dcd_access dcd_mailbox_write(struct dcd_mailbox *mailbox, uint64_t offset,
                                  const void *data, uint64_t length,
                                  enum dcd_mailbox_effect *effect)
{
    uint64_t end = payload_end(mailbox);

    *effect = DCD_MAILBOX_NOTHING;
    if (offset < PAYLOAD)
        return write_registers(mailbox, offset, data, length, effect);
    if (in_payload(mailbox, offset)) {
        if (length > end - offset)
            return DCD_ACCESS_WIDTH;
        if (mailbox->busy)
            *effect = DCD_MAILBOX_IGNORED;
        else
            memcpy(mailbox->payload + (offset - PAYLOAD), data, length);
        return DCD_ACCESS_OK;
    }
    if (offset - end < mailbox->memdev.size)
        return dcd_register_file_write(&mailbox->memdev, offset - end, data,
                                       length);
    return behind(offset, length);
}

uint8_t *dcd_mailbox_start(struct dcd_mailbox *mailbox)
{
    memset(mailbox->payload, 0, mailbox->size);
    return mailbox->payload;
}

bool dcd_mailbox_finish(struct dcd_mailbox *mailbox, uint16_t return_code,
                        uint32_t out_length)
{
    struct dcd_register_file *file = &mailbox->registers;
    uint64_t control = dcd_register_file_get(file, CONTROL, 4);

    dcd_register_file_set(file, COMMAND, 8,
                          mailbox->opcode | (uint64_t)out_length
                                                << DCD_MBOX_LENGTH_SHIFT);
    dcd_register_file_set(file, STATUS, 8,
                          (uint64_t)return_code << DCD_MBOX_RETURN_CODE_SHIFT);
    dcd_register_file_set(file, CONTROL, 4,
                          control & ~(uint64_t)DCD_MBOX_DOORBELL);
    mailbox->busy = false;
    return control & DCD_MBOX_DOORBELL_INTERRUPT;
}

bool dcd_mailbox_background_interrupt(const struct dcd_mailbox *mailbox)
{
    uint64_t control = dcd_register_file_get(&mailbox->registers, CONTROL, 4);

    return control & DCD_MBOX_BACKGROUND_INTERRUPT ||
           (!mailbox->strict && mailbox->background_interrupt_seen);
}
