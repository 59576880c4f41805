/* SPDX-License-Identifier: Apache-2.0 */
/* device_reset.c - the three resets of a head (docs/resets.md). */
#include "device_private.h"
#include "memory_ranges.h"

/* The registers of PCIe, by all kinds of reset, and the DVSEC of CXL. */
static void reset_function(struct dcd_head *h, enum dcd_reset_kind kind)
{
    dcd_config_space_reset(&h->config_space, kind);
    dcd_msix_reset(&h->msix);
}

/* The registers of CXL.mem (CXL r3.1 9.7). Those of RAS are sticky: a CXL reset
 * leaves them for whoever looks for the reason of it. */
static void reset_mem(struct dcd_device *device, unsigned head,
                      enum dcd_reset_kind kind)
{
    struct dcd_head *h = &device->head[head];

    if (kind == DCD_RESET_CONVENTIONAL) {
        dcd_hdm_reset(&h->decoder.hdm);
        dcd_register_file_reset(&h->component);
    } else {
        dcd_hdm_reset_unlocked(&h->decoder.hdm);
    }
    dcd_dc_decoder_set_mem(&h->decoder,
                           dcd_config_space_mem_enabled(&h->config_space));
    dcd_device_revoke_all(device, head);
    dcd_mailbox_reset(&h->mailbox);
    dcd_chain_drop(&device->ports[head].chain);
}

/* Conventional: what the head was given, and what it was told. */
static void reset_state(struct dcd_device *device, unsigned head)
{
    if (!dcd_capacity_reset(&device->capacity, head))
        dcd_device_log(device, DCD_LOG_LEVEL_ERROR,
                       "head %u: out of memory, a reset left capacity "
                       "behind",
                       head);
    dcd_port_reset(&device->ports[head]);
}

void dcd_device_reset_head(struct dcd_device *device, unsigned head)
{
    struct dcd_head *h = &device->head[head];
    enum dcd_reset_kind kind = h->reset_kind;
    bool clears = kind == DCD_RESET_CXL &&
                  dcd_config_space_clears_memory(&h->config_space);

    h->reset_wanted = false;
    if (device->trace) {
        struct dcd_trace_record r =
            dcd_device_record(device, DCD_TRACE_RESET, head);

        r.value = kind;
        dcd_device_trace(device, &r);
    }
    reset_function(h, kind);
    if (kind != DCD_RESET_FUNCTION_LEVEL)
        reset_mem(device, head, kind);
    if (clears)
        dcd_memory_erase_own(&h->memory, DCD_OWN_VOLATILE);
    if (kind == DCD_RESET_CONVENTIONAL)
        reset_state(device, head);
    dcd_memory_device_reset(&h->memory, kind);
}

/* Of two resets that wait, the one that does more is carried out. */
void dcd_device_want_reset(struct dcd_device *device, unsigned head,
                           enum dcd_reset_kind kind)
{
    struct dcd_head *h = &device->head[head];

    if (!h->reset_wanted || kind < h->reset_kind)
        h->reset_kind = kind;
    h->reset_wanted = true;
    dcd_device_due_at(device, 0);
}

void dcd_device_reset(struct dcd_device *device, unsigned head,
                      enum dcd_reset_kind kind)
{
    if (head >= device->config.heads)
        return;
    dcd_device_enter(device);
    /* What was due before the reset has had its effect. */
    dcd_device_run_due(device);
    dcd_device_want_reset(device, head, kind);
    dcd_device_run_due(device);
}
