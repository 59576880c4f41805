/* SPDX-License-Identifier: Apache-2.0 */
/* opcode.h - the commands that the model knows by name. */
#ifndef CXLDCD_CTYPES_OPCODE_H
#define CXLDCD_CTYPES_OPCODE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One row a command: name in C, opcode, printed name, section of CXL r3.1. */
#define DCD_OPCODES(X)                                                         \
    X(IDENTIFY, 0x0001, "Identify", "8.2.9.1.1")                               \
    X(GET_MESSAGE_LIMIT, 0x0003, "Get Response Message Limit", "8.2.9.1.3")    \
    X(SET_MESSAGE_LIMIT, 0x0004, "Set Response Message Limit", "8.2.9.1.4")    \
    X(GET_EVENT_RECORDS, 0x0100, "Get Event Records", "8.2.9.2.2")             \
    X(CLEAR_EVENT_RECORDS, 0x0101, "Clear Event Records", "8.2.9.2.3")         \
    X(GET_INTERRUPT_POLICY, 0x0102, "Get Event Interrupt Policy", "8.2.9.2.4") \
    X(SET_INTERRUPT_POLICY, 0x0103, "Set Event Interrupt Policy", "8.2.9.2.5") \
    X(GET_TIMESTAMP, 0x0300, "Get Timestamp", "8.2.9.4.1")                     \
    X(SET_TIMESTAMP, 0x0301, "Set Timestamp", "8.2.9.4.2")                     \
    X(GET_SUPPORTED_LOGS, 0x0400, "Get Supported Logs", "8.2.9.5.1")           \
    X(GET_LOG, 0x0401, "Get Log", "8.2.9.5.2")                                 \
    X(IDENTIFY_MEMORY_DEVICE, 0x4000, "Identify Memory Device", "8.2.9.9.1.1") \
    X(GET_PARTITION_INFO, 0x4100, "Get Partition Info", "8.2.9.9.2.1")         \
    X(GET_DC_CONFIG, 0x4800, "Get Dynamic Capacity Configuration",             \
      "8.2.9.9.9.1")                                                           \
    X(GET_DC_EXTENT_LIST, 0x4801, "Get Dynamic Capacity Extent List",          \
      "8.2.9.9.9.2")                                                           \
    X(ADD_DC_RESPONSE, 0x4802, "Add Dynamic Capacity Response", "8.2.9.9.9.3") \
    X(RELEASE_DC, 0x4803, "Release Dynamic Capacity", "8.2.9.9.9.4")           \
    X(GET_DCD_INFO, 0x5600, "Get DCD Info", "7.6.7.6.1")                       \
    X(GET_HOST_DC_CONFIG, 0x5601,                                              \
      "Get Host Dynamic Capacity Region Configuration", "7.6.7.6.2")           \
    X(GET_DC_REGION_EXTENT_LISTS, 0x5603, "Get DC Region Extent Lists",        \
      "7.6.7.6.4")                                                             \
    X(INITIATE_DC_ADD, 0x5604, "Initiate Dynamic Capacity Add", "7.6.7.6.5")   \
    X(INITIATE_DC_RELEASE, 0x5605, "Initiate Dynamic Capacity Release",        \
      "7.6.7.6.6")

enum dcd_opcode {
#define X(name, value, text, section) DCD_OP_##name = value,
    DCD_OPCODES(X)
#undef X
};

/* "Get DCD Info" for 5600h; "unknown command" for what the table lacks. */
const char *dcd_opcode_name(uint16_t opcode);

/* Section of CXL r3.1 that describes the command; "" for an unknown one. */
const char *dcd_opcode_section(uint16_t opcode);

#ifdef __cplusplus
}
#endif
#endif
