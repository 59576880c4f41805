/* SPDX-License-Identifier: Apache-2.0 */
/* device_registers.c - BAR 0 and configuration space of a head. */
#include "component_registers.h"
#include "device_private.h"

#include <cxldcd/ctypes/registers.h>

/* The blocks of BAR 0; between them there is nothing. */
static uint64_t block_of(uint64_t offset)
{
    if (offset >= DCD_BAR_DEVICE)
        return DCD_BAR_DEVICE;
    if (offset >= DCD_BAR_MSIX_PBA)
        return DCD_BAR_MSIX_PBA;
    if (offset >= DCD_BAR_MSIX_TABLE)
        return DCD_BAR_MSIX_TABLE;
    return DCD_BAR_COMPONENT;
}

static void trace(struct dcd_device *device, enum dcd_trace_kind kind,
                  unsigned head, uint64_t offset, const void *data,
                  uint64_t length, enum dcd_access access)
{
    struct dcd_trace_record r;

    if (!device->trace)
        return;
    r = dcd_device_record(device, kind, head);
    r.hpa = offset;
    r.length = length;
    if (access == DCD_ACCESS_OK)
        r.value = dcd_load_le(data, length);
    r.status = (uint16_t)access;
    dcd_device_trace(device, &r);
}

enum dcd_access dcd_device_mmio_read(struct dcd_device *device, unsigned head,
                                     uint64_t offset, void *data,
                                     uint64_t length)
{
    uint64_t block = block_of(offset);
    enum dcd_access access;
    struct dcd_head *h;

    if (head >= device->config.heads)
        return DCD_ACCESS_NO_HEAD;
    h = &device->head[head];
    dcd_device_enter(device);
    dcd_device_run_due(device);
    if (block == DCD_BAR_DEVICE)
        access = dcd_mailbox_read(&h->mailbox, offset - block, data, length,
                                  device->now);
    else if (block == DCD_BAR_MSIX_PBA)
        access = dcd_register_file_read(&h->msix.pending, offset - block, data,
                                        length);
    else if (block == DCD_BAR_MSIX_TABLE)
        access = dcd_register_file_read(&h->msix.table, offset - block, data,
                                        length);
    else
        access = dcd_component_read(&h->component, &h->decoder.hdm, offset,
                                    data, length);
    trace(device, DCD_TRACE_REGISTER_READ, head, offset, data, length, access);
    return access;
}

/* What a write sets off, once it has been traced. */
struct consequences {
    enum dcd_mailbox_effect mailbox;
    bool decoding_changed;
};

static enum dcd_access write_block(struct dcd_head *h, uint64_t offset,
                                   const void *data, uint64_t length,
                                   struct consequences *then)
{
    uint64_t block = block_of(offset);
    enum dcd_access access;

    if (block == DCD_BAR_DEVICE)
        return dcd_mailbox_write(&h->mailbox, offset - block, data, length,
                                 &then->mailbox);
    if (block == DCD_BAR_MSIX_PBA)
        return dcd_register_file_write(&h->msix.pending, offset - block, data,
                                       length);
    if (block == DCD_BAR_MSIX_TABLE)
        return dcd_register_file_write(&h->msix.table, offset - block, data,
                                       length);
    access = dcd_component_write(&h->component, &h->decoder.hdm, offset, data,
                                 length, &then->decoding_changed);
    if (then->decoding_changed)
        dcd_dc_decoder_forget(&h->decoder);
    return access;
}

static void ring(struct dcd_device *device, unsigned head)
{
    struct dcd_mailbox *mailbox = &device->head[head].mailbox;

    mailbox->due = dcd_device_command_due(device);
    dcd_device_due_at(device, mailbox->due);
    dcd_device_run_due(device);
}

enum dcd_access dcd_device_mmio_write(struct dcd_device *device, unsigned head,
                                      uint64_t offset, const void *data,
                                      uint64_t length)
{
    struct consequences then = {DCD_MAILBOX_NOTHING, false};
    const bool nested = device->running;
    enum dcd_access access;

    if (head >= device->config.heads)
        return DCD_ACCESS_NO_HEAD;
    dcd_device_enter(device);
    dcd_device_run_due(device);
    access = write_block(&device->head[head], offset, data, length, &then);
    /* No command runs while pointers are out that no decoder stands for. */
    device->running = nested || then.decoding_changed;
    trace(device, DCD_TRACE_REGISTER_WRITE, head, offset, data, length, access);
    if (then.mailbox == DCD_MAILBOX_IGNORED)
        dcd_device_log(device, DCD_LOG_LEVEL_WARNING,
                       "head %u: a write to register %#llx while a command "
                       "is under way was ignored",
                       head, (unsigned long long)offset);
    if (then.decoding_changed) {
        trace(device, DCD_TRACE_DECODER, head, offset, data, length, access);
        dcd_device_revoke_all(device, head);
    }
    device->running = nested;
    if (block_of(offset) == DCD_BAR_MSIX_TABLE)
        dcd_device_interrupts_released(device, head);
    if (then.mailbox == DCD_MAILBOX_RUNG && device->head[head].reset_wanted)
        dcd_device_log(device, DCD_LOG_LEVEL_WARNING,
                       "head %u: a command is lost in a reset that waits",
                       head);
    if (then.mailbox == DCD_MAILBOX_RUNG)
        ring(device, head);
    else if (then.decoding_changed)
        dcd_device_run_due(device);
    return access;
}

enum dcd_access dcd_device_config_read(struct dcd_device *device, unsigned head,
                                       uint64_t offset, void *data,
                                       uint64_t length)
{
    enum dcd_access access;

    if (head >= device->config.heads)
        return DCD_ACCESS_NO_HEAD;
    dcd_device_enter(device);
    dcd_device_run_due(device);
    access = dcd_config_space_read(&device->head[head].config_space, offset,
                                   data, length);
    trace(device, DCD_TRACE_CONFIG_READ, head, offset, data, length, access);
    return access;
}

/* What a write to configuration space set off. */
static void carry_out(struct dcd_device *device, unsigned head,
                      unsigned effects)
{
    struct dcd_head *h = &device->head[head];

    if (effects & DCD_CONFIG_MEM_CHANGED) {
        dcd_dc_decoder_set_mem(&h->decoder,
                               dcd_config_space_mem_enabled(&h->config_space));
        dcd_device_revoke_all(device, head);
    }
    if (effects & DCD_CONFIG_DOE_INTERRUPT)
        dcd_device_interrupt(device, head, DCD_VECTOR_DOE);
    if (effects & DCD_CONFIG_FUNCTION_LEVEL_RESET)
        dcd_device_want_reset(device, head, DCD_RESET_FUNCTION_LEVEL);
    if (effects & DCD_CONFIG_CXL_RESET)
        dcd_device_want_reset(device, head, DCD_RESET_CXL);
    dcd_device_run_due(device);
}

enum dcd_access dcd_device_config_write(struct dcd_device *device,
                                        unsigned head, uint64_t offset,
                                        const void *data, uint64_t length)
{
    enum dcd_access access;
    struct dcd_head *h;
    unsigned effects;

    if (head >= device->config.heads)
        return DCD_ACCESS_NO_HEAD;
    h = &device->head[head];
    dcd_device_enter(device);
    dcd_device_run_due(device);
    access = dcd_config_space_write(&h->config_space, offset, data, length,
                                    &effects);
    trace(device, DCD_TRACE_CONFIG_WRITE, head, offset, data, length, access);
    dcd_config_space_update_msix(&h->config_space, &h->msix);
    dcd_device_interrupts_released(device, head);
    carry_out(device, head, effects);
    return access;
}
