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
    X(BACKGROUND_STATUS, 0x0002, "Background Operation Status", "8.2.9.1.2")   \
    X(GET_MESSAGE_LIMIT, 0x0003, "Get Response Message Limit", "8.2.9.1.3")    \
    X(SET_MESSAGE_LIMIT, 0x0004, "Set Response Message Limit", "8.2.9.1.4")    \
    X(REQUEST_ABORT, 0x0005, "Request Abort Background Operation",             \
      "8.2.9.1.5")                                                             \
    X(GET_EVENT_RECORDS, 0x0100, "Get Event Records", "8.2.9.2.2")             \
    X(CLEAR_EVENT_RECORDS, 0x0101, "Clear Event Records", "8.2.9.2.3")         \
    X(GET_INTERRUPT_POLICY, 0x0102, "Get Event Interrupt Policy", "8.2.9.2.4") \
    X(SET_INTERRUPT_POLICY, 0x0103, "Set Event Interrupt Policy", "8.2.9.2.5") \
    X(GET_MCTP_EVENT_POLICY, 0x0104, "Get MCTP Event Interrupt Policy",        \
      "8.2.9.2.6")                                                             \
    X(SET_MCTP_EVENT_POLICY, 0x0105, "Set MCTP Event Interrupt Policy",        \
      "8.2.9.2.7")                                                             \
    X(EVENT_NOTIFICATION, 0x0106, "Event Notification", "8.2.9.2.8")           \
    X(GET_FW_INFO, 0x0200, "Get FW Info", "8.2.9.3.1")                         \
    X(TRANSFER_FW, 0x0201, "Transfer FW", "8.2.9.3.2")                         \
    X(ACTIVATE_FW, 0x0202, "Activate FW", "8.2.9.3.3")                         \
    X(GET_TIMESTAMP, 0x0300, "Get Timestamp", "8.2.9.4.1")                     \
    X(SET_TIMESTAMP, 0x0301, "Set Timestamp", "8.2.9.4.2")                     \
    X(GET_SUPPORTED_LOGS, 0x0400, "Get Supported Logs", "8.2.9.5.1")           \
    X(GET_LOG, 0x0401, "Get Log", "8.2.9.5.2")                                 \
    X(GET_SUPPORTED_FEATURES, 0x0500, "Get Supported Features", "8.2.9.6.1")   \
    X(GET_FEATURE, 0x0501, "Get Feature", "8.2.9.6.2")                         \
    X(SET_FEATURE, 0x0502, "Set Feature", "8.2.9.6.3")                         \
    X(PERFORM_MAINTENANCE, 0x0600, "Perform Maintenance", "8.2.9.7.1")         \
    X(IDENTIFY_MEMORY_DEVICE, 0x4000, "Identify Memory Device", "8.2.9.9.1.1") \
    X(GET_PARTITION_INFO, 0x4100, "Get Partition Info", "8.2.9.9.2.1")         \
    X(SET_PARTITION_INFO, 0x4101, "Set Partition Info", "8.2.9.9.2.2")         \
    X(GET_LSA, 0x4102, "Get LSA", "8.2.9.9.2.3")                               \
    X(SET_LSA, 0x4103, "Set LSA", "8.2.9.9.2.4")                               \
    X(GET_HEALTH_INFO, 0x4200, "Get Health Info", "8.2.9.9.3.1")               \
    X(GET_ALERT_CONFIG, 0x4201, "Get Alert Configuration", "8.2.9.9.3.2")      \
    X(SET_ALERT_CONFIG, 0x4202, "Set Alert Configuration", "8.2.9.9.3.3")      \
    X(GET_SHUTDOWN_STATE, 0x4203, "Get Shutdown State", "8.2.9.9.3.4")         \
    X(SET_SHUTDOWN_STATE, 0x4204, "Set Shutdown State", "8.2.9.9.3.5")         \
    X(GET_POISON_LIST, 0x4300, "Get Poison List", "8.2.9.9.4.1")               \
    X(INJECT_POISON, 0x4301, "Inject Poison", "8.2.9.9.4.2")                   \
    X(CLEAR_POISON, 0x4302, "Clear Poison", "8.2.9.9.4.3")                     \
    X(GET_SCAN_MEDIA_CAPS, 0x4303, "Get Scan Media Capabilities",              \
      "8.2.9.9.4.4")                                                           \
    X(SCAN_MEDIA, 0x4304, "Scan Media", "8.2.9.9.4.5")                         \
    X(GET_SCAN_MEDIA_RESULTS, 0x4305, "Get Scan Media Results", "8.2.9.9.4.6") \
    X(SANITIZE, 0x4400, "Sanitize", "8.2.9.9.5.1")                             \
    X(SECURE_ERASE, 0x4401, "Secure Erase", "8.2.9.9.5.2")                     \
    X(MEDIA_OPERATIONS, 0x4402, "Media Operations", "8.2.9.9.5.3")             \
    X(GET_SECURITY_STATE, 0x4500, "Get Security State", "8.2.9.9.6.1")         \
    X(GET_DC_CONFIG, 0x4800, "Get Dynamic Capacity Configuration",             \
      "8.2.9.9.9.1")                                                           \
    X(GET_DC_EXTENT_LIST, 0x4801, "Get Dynamic Capacity Extent List",          \
      "8.2.9.9.9.2")                                                           \
    X(ADD_DC_RESPONSE, 0x4802, "Add Dynamic Capacity Response", "8.2.9.9.9.3") \
    X(RELEASE_DC, 0x4803, "Release Dynamic Capacity", "8.2.9.9.9.4")           \
    X(TUNNEL, 0x5300, "Tunnel Management Command", "7.6.7.3.1")                \
    X(GET_LD_INFO, 0x5400, "Get LD Info", "7.6.7.4.1")                         \
    X(GET_LD_ALLOCATIONS, 0x5401, "Get LD Allocations", "7.6.7.4.2")           \
    X(SET_LD_ALLOCATIONS, 0x5402, "Set LD Allocations", "7.6.7.4.3")           \
    X(GET_QOS_CONTROL, 0x5403, "Get QoS Control", "7.6.7.4.4")                 \
    X(SET_QOS_CONTROL, 0x5404, "Set QoS Control", "7.6.7.4.5")                 \
    X(GET_QOS_STATUS, 0x5405, "Get QoS Status", "7.6.7.4.6")                   \
    X(GET_QOS_ALLOCATED_BW, 0x5406, "Get QoS Allocated BW", "7.6.7.4.7")       \
    X(SET_QOS_ALLOCATED_BW, 0x5407, "Set QoS Allocated BW", "7.6.7.4.8")       \
    X(GET_QOS_BW_LIMIT, 0x5408, "Get QoS BW Limit", "7.6.7.4.9")               \
    X(SET_QOS_BW_LIMIT, 0x5409, "Set QoS BW Limit", "7.6.7.4.10")              \
    X(GET_MHD_INFO, 0x5500, "Get Multi-Headed Info", "7.6.7.5.1")              \
    X(GET_HEAD_INFO, 0x5501, "Get Head Info", "7.6.7.5.2")                     \
    X(GET_DCD_INFO, 0x5600, "Get DCD Info", "7.6.7.6.1")                       \
    X(GET_HOST_DC_CONFIG, 0x5601,                                              \
      "Get Host Dynamic Capacity Region Configuration", "7.6.7.6.2")           \
    X(SET_DC_REGION_CONFIG, 0x5602, "Set DC Region Configuration",             \
      "7.6.7.6.3")                                                             \
    X(GET_DC_REGION_EXTENT_LISTS, 0x5603, "Get DC Region Extent Lists",        \
      "7.6.7.6.4")                                                             \
    X(INITIATE_DC_ADD, 0x5604, "Initiate Dynamic Capacity Add", "7.6.7.6.5")   \
    X(INITIATE_DC_RELEASE, 0x5605, "Initiate Dynamic Capacity Release",        \
      "7.6.7.6.6")                                                             \
    X(ADD_REFERENCE, 0x5606, "Dynamic Capacity Add Reference", "7.6.7.6.7")    \
    X(REMOVE_REFERENCE, 0x5607, "Dynamic Capacity Remove Reference",           \
      "7.6.7.6.8")                                                             \
    X(LIST_TAGS, 0x5608, "Dynamic Capacity List Tags", "7.6.7.6.9")

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
