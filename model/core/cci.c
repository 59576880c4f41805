/* SPDX-License-Identifier: Apache-2.0 */
/* cci.c - the command tables, and the checks in front of every command. */
#include "cci.h"

#include <cxldcd/ctypes/dynamic_capacity.h>
#include <cxldcd/ctypes/event.h>
#include <cxldcd/ctypes/generic.h>
#include <cxldcd/ctypes/opcode.h>
#include <cxldcd/ctypes/return_code.h>

#include <string.h>

#define VARIES DCD_LENGTH_VARIES
#define IN(type) ((uint32_t)sizeof(struct type))

/* 5604h and 5605h: now, and after each kind of reset. */
#define CAPACITY_MOVES                                                  \
    (DCD_EFFECT_CONFIG_AFTER_COLD_RESET | DCD_EFFECT_IMMEDIATE_CONFIG | \
     DCD_EFFECT_IMMEDIATE_DATA | DCD_EFFECT_RESET_BITS_VALID |          \
     DCD_EFFECT_CONFIG_AFTER_CONVENTIONAL_RESET |                       \
     DCD_EFFECT_CONFIG_AFTER_CXL_RESET)

/* clang-format off */
static const struct dcd_command mailbox[] = {
    {DCD_OP_GET_EVENT_RECORDS, 0, IN(dcd_get_event_records_req), false,
     dcd_get_event_records},
    {DCD_OP_CLEAR_EVENT_RECORDS, DCD_EFFECT_IMMEDIATE_LOG, VARIES, false,
     dcd_clear_event_records},
    {DCD_OP_GET_INTERRUPT_POLICY, 0, 0, false, dcd_get_interrupt_policy},
    {DCD_OP_SET_INTERRUPT_POLICY, DCD_EFFECT_IMMEDIATE_POLICY, VARIES, false,
     dcd_set_interrupt_policy},
    {DCD_OP_GET_TIMESTAMP, 0, 0, false, dcd_get_timestamp},
    {DCD_OP_SET_TIMESTAMP, DCD_EFFECT_IMMEDIATE_POLICY, IN(dcd_timestamp),
     false, dcd_set_timestamp},
    {DCD_OP_GET_SUPPORTED_LOGS, 0, 0, false, dcd_get_supported_logs},
    {DCD_OP_GET_LOG, 0, IN(dcd_get_log_req), false, dcd_get_log},
    {DCD_OP_IDENTIFY_MEMORY_DEVICE, 0, 0, false, dcd_identify_memory_device},
    {DCD_OP_GET_PARTITION_INFO, 0, 0, false, dcd_get_partition_info},
    {DCD_OP_GET_DC_CONFIG, 0, IN(dcd_get_dc_config_req), true,
     dcd_get_dc_config},
    {DCD_OP_GET_DC_EXTENT_LIST, 0, IN(dcd_get_extent_list_req), true,
     dcd_get_dc_extent_list},
    {DCD_OP_ADD_DC_RESPONSE, DCD_EFFECT_IMMEDIATE_CONFIG, VARIES, true,
     dcd_add_dc_response},
    {DCD_OP_RELEASE_DC, DCD_EFFECT_IMMEDIATE_CONFIG, VARIES, true,
     dcd_release_dc},
};

static const struct dcd_command fm[] = {
    {DCD_OP_IDENTIFY, 0, 0, false, dcd_identify},
    {DCD_OP_GET_MESSAGE_LIMIT, 0, 0, false, dcd_get_message_limit},
    {DCD_OP_SET_MESSAGE_LIMIT, 0, IN(dcd_message_limit), false,
     dcd_set_message_limit},
    {DCD_OP_GET_EVENT_RECORDS, 0, IN(dcd_get_event_records_req), false,
     dcd_get_event_records},
    {DCD_OP_CLEAR_EVENT_RECORDS, DCD_EFFECT_IMMEDIATE_LOG, VARIES, false,
     dcd_clear_event_records},
    {DCD_OP_GET_SUPPORTED_LOGS, 0, 0, false, dcd_get_supported_logs},
    {DCD_OP_GET_LOG, 0, IN(dcd_get_log_req), false, dcd_get_log},
    {DCD_OP_GET_DCD_INFO, 0, 0, true, dcd_get_dcd_info},
    {DCD_OP_GET_HOST_DC_CONFIG, 0, IN(dcd_get_host_dc_config_req), true,
     dcd_get_host_dc_config},
    {DCD_OP_GET_DC_REGION_EXTENT_LISTS, 0,
     IN(dcd_get_region_extent_lists_req), true,
     dcd_get_dc_region_extent_lists},
    {DCD_OP_INITIATE_DC_ADD, CAPACITY_MOVES, VARIES, true,
     dcd_initiate_dc_add},
    {DCD_OP_INITIATE_DC_RELEASE, CAPACITY_MOVES, VARIES, true,
     dcd_initiate_dc_release},
};
/* clang-format on */

const struct dcd_command_table dcd_mailbox_commands = {
    mailbox, sizeof(mailbox) / sizeof(mailbox[0])};
const struct dcd_command_table dcd_fm_commands = {fm,
                                                  sizeof(fm) / sizeof(fm[0])};

const struct dcd_command_table *dcd_cci_commands(const struct dcd_port *port)
{
    return dcd_port_is_fm(port) ? &dcd_fm_commands : &dcd_mailbox_commands;
}

bool dcd_command_exists(const struct dcd_command *command,
                        const struct dcd_config *config)
{
    return !command->needs_regions || config->region_count > 0;
}

static const struct dcd_command *find(const struct dcd_command_table *table,
                                      uint16_t opcode,
                                      const struct dcd_config *config)
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

/* A command that only the other port has is not unknown (15h). */
static uint16_t absent(const struct dcd_cci_call *call, uint16_t opcode)
{
    const struct dcd_command_table *other =
        dcd_port_is_fm(call->port) ? &dcd_mailbox_commands : &dcd_fm_commands;

    return find(other, opcode, call->config) ? DCD_RC_UNSUPPORTED_MAILBOX
                                             : DCD_RC_UNSUPPORTED;
}

uint16_t dcd_cci_execute(struct dcd_cci_call *call, uint16_t opcode,
                         uint32_t max_in)
{
    const struct dcd_command *command;
    struct dcd_chain *chain = &call->port->chain;
    uint16_t rc;

    call->out_length = 0;
    /* Whatever comes between two payloads of one list ends that list. */
    if (chain->opcode != opcode)
        dcd_chain_drop(chain);
    if (call->in_length > max_in) {
        dcd_chain_drop(chain);
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    }
    command = find(dcd_cci_commands(call->port), opcode, call->config);
    if (!command)
        return absent(call, opcode);
    if (command->in_length != DCD_LENGTH_VARIES &&
        command->in_length != call->in_length)
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    rc = command->handler(call);
    if (rc != DCD_RC_SUCCESS)
        call->out_length = 0;
    return rc;
}
