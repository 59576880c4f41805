/* SPDX-License-Identifier: Apache-2.0 */
/* cci.c - finding a command, and the checks in front of it. */
#include "cci.h"

#include <cxldcd/ctypes/dynamic_capacity.h>
#include <cxldcd/ctypes/event.h>
#include <cxldcd/ctypes/generic.h>
#include <cxldcd/ctypes/opcode.h>
#include <cxldcd/ctypes/return_code.h>

#include <string.h>

static bool has_persistent_region(const struct dcd_config *config)
{
    for (unsigned i = 0; i < config->region_count; i++)
        for (unsigned head = 0; head < config->heads; head++)
            if (dcd_config_attributes(config, head, i) &
                DCD_REGION_ATTR_NONVOLATILE)
                return true;
    return false;
}

/* What the device has, as enum dcd_command_needs. */
static unsigned available(const struct dcd_config *config)
{
    unsigned has = DCD_NEEDS_NOTHING;

    if (config->region_count)
        has |= DCD_NEEDS_REGIONS;
    if (config->topology == DCD_MULTI_LOGICAL)
        has |= DCD_NEEDS_LDS | DCD_NEEDS_TARGETS;
    else if (config->heads > 1)
        has |= DCD_NEEDS_HEADS | DCD_NEEDS_TARGETS;
    if (config->lsa)
        has |= DCD_NEEDS_LABELS;
    if (config->static_partitionable)
        has |= DCD_NEEDS_PARTITIONABLE;
    if (config->lsa || dcd_config_may_be_persistent(config) ||
        has_persistent_region(config))
        has |= DCD_NEEDS_PERSISTENCE;
    return has;
}

bool dcd_command_exists(const struct dcd_command *command,
                        const struct dcd_config *config)
{
    return (command->needs & ~available(config) & ~(unsigned)DCD_NEEDS_MEDIA) ==
           0;
}

const struct dcd_command *dcd_cci_find(const struct dcd_command_table *table,
                                       const struct dcd_config *config,
                                       uint16_t opcode)
{
    size_t low = 0;
    size_t high = table->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (table->commands[middle].opcode < opcode)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == table->count || table->commands[low].opcode != opcode ||
        !dcd_command_exists(&table->commands[low], config))
        return NULL;
    return &table->commands[low];
}

/* A command that another CCI of this device has is not unknown (15h). */
static uint16_t absent(const struct dcd_config *config, uint16_t opcode)
{
    static const struct dcd_command_table *const tables[] = {
        &dcd_mailbox_commands, &dcd_fm_commands, &dcd_ld_commands};

    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
        if (dcd_cci_find(tables[i], config, opcode))
            return DCD_RC_UNSUPPORTED_MAILBOX;
    return DCD_RC_UNSUPPORTED;
}

static bool length_fits(struct dcd_command_length allowed, uint32_t length)
{
    return allowed.unit ? length >= allowed.fixed : length == allowed.fixed;
}

/* What the state of the memory device has against a command (CXL r3.1
 * 8.2.8.4.6, 8.2.9.9.5.1). */
static uint16_t check_state(const struct dcd_cci_call *call,
                            const struct dcd_command *command)
{
    const struct dcd_memory_device *memory = call->memory;

    if (!memory)
        return DCD_RC_SUCCESS;
    if ((command->effects & DCD_EFFECT_BACKGROUND) &&
        memory->background.running)
        return DCD_RC_BUSY;
    if ((command->needs & DCD_NEEDS_MEDIA) &&
        memory->media_status != DCD_MEDIA_READY)
        return DCD_RC_MEDIA_DISABLED;
    return DCD_RC_SUCCESS;
}

static uint16_t run(struct dcd_cci_call *call,
                    const struct dcd_command *command)
{
    uint16_t rc = check_state(call, command);

    if (rc == DCD_RC_SUCCESS)
        rc = command->handler(call);
    if (rc != DCD_RC_SUCCESS)
        call->out_length = 0;
    if (rc == DCD_RC_BACKGROUND_STARTED)
        dcd_background_start(&call->memory->background, command->opcode,
                             call->now, call->duration);
    return rc;
}

uint16_t dcd_cci_execute(struct dcd_cci_call *call, uint16_t opcode,
                         uint32_t max_in)
{
    const struct dcd_command *command;
    struct dcd_chain *chain = &call->port->chain;

    call->out_length = 0;
    call->duration = 0;
    /* Whatever comes between two payloads of one list ends that list. */
    if (chain->opcode != opcode)
        dcd_chain_drop(chain);
    if (call->in_length > max_in) {
        dcd_chain_drop(chain);
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    }
    command = dcd_cci_find(call->table, call->config, opcode);
    if (!command)
        return absent(call->config, opcode);
    if (!length_fits(command->in, call->in_length)) {
        dcd_chain_drop(chain);
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    }
    return run(call, command);
}
