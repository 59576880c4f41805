/* SPDX-License-Identifier: Apache-2.0 */
/* command_rows.h - what the rows of the command tables are made of. */
#ifndef DCD_COMMAND_ROWS_H
#define DCD_COMMAND_ROWS_H

#include "cci.h"

#include <cxldcd/ctypes/event.h>
#include <cxldcd/ctypes/generic.h>
#include <cxldcd/ctypes/opcode.h>
#include <cxldcd/ctypes/return_code.h>

#define IN(type) ((uint32_t)sizeof(struct type))
#define RC(name) (UINT64_C(1) << DCD_RC_##name)
/* Any command can do well, have a wrong length, or find no memory. */
#define BASIC (RC(SUCCESS) | RC(INVALID_PAYLOAD_LENGTH) | RC(INTERNAL_ERROR))

/* A setting that counts now, and after each kind of reset. */
#define SETTING_MOVES                                                   \
    (DCD_EFFECT_CONFIG_AFTER_COLD_RESET | DCD_EFFECT_IMMEDIATE_CONFIG | \
     DCD_EFFECT_RESET_BITS_VALID |                                      \
     DCD_EFFECT_CONFIG_AFTER_CONVENTIONAL_RESET |                       \
     DCD_EFFECT_CONFIG_AFTER_CXL_RESET)
/* The same, and bytes change. */
#define DATA_MOVES (SETTING_MOVES | DCD_EFFECT_IMMEDIATE_DATA)

/* A table of the array [rows]. */
#define TABLE(rows)                            \
    {                                          \
        rows, sizeof(rows) / sizeof((rows)[0]) \
    }

#endif
