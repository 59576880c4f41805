/* SPDX-License-Identifier: Apache-2.0 */
/* return_code.h - what a command answers (CXL r3.1 8.2.8.4.5.1, Table 8-34). */
#ifndef CXLDCD_CTYPES_RETURN_CODE_H
#define CXLDCD_CTYPES_RETURN_CODE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One row a code: name in C, value, name in XML and in reports. */
#define DCD_RETURN_CODES(X)                                          \
    X(SUCCESS, 0x00, "success")                                      \
    X(BACKGROUND_STARTED, 0x01, "background-command-started")        \
    X(INVALID_INPUT, 0x02, "invalid-input")                          \
    X(UNSUPPORTED, 0x03, "unsupported")                              \
    X(INTERNAL_ERROR, 0x04, "internal-error")                        \
    X(RETRY_REQUIRED, 0x05, "retry-required")                        \
    X(BUSY, 0x06, "busy")                                            \
    X(MEDIA_DISABLED, 0x07, "media-disabled")                        \
    X(FW_TRANSFER_IN_PROGRESS, 0x08, "fw-transfer-in-progress")      \
    X(FW_TRANSFER_OUT_OF_ORDER, 0x09, "fw-transfer-out-of-order")    \
    X(FW_VERIFICATION_FAILED, 0x0a, "fw-verification-failed")        \
    X(INVALID_SLOT, 0x0b, "invalid-slot")                            \
    X(ACTIVATION_ROLLED_BACK, 0x0c, "activation-failed-rolled-back") \
    X(ACTIVATION_COLD_RESET, 0x0d, "activation-failed-cold-reset")   \
    X(INVALID_HANDLE, 0x0e, "invalid-handle")                        \
    X(INVALID_PHYSICAL_ADDRESS, 0x0f, "invalid-physical-address")    \
    X(INJECT_POISON_LIMIT, 0x10, "inject-poison-limit")              \
    X(PERMANENT_MEDIA_FAILURE, 0x11, "permanent-media-failure")      \
    X(ABORTED, 0x12, "aborted")                                      \
    X(INVALID_SECURITY_STATE, 0x13, "invalid-security-state")        \
    X(INCORRECT_PASSPHRASE, 0x14, "incorrect-passphrase")            \
    X(UNSUPPORTED_MAILBOX, 0x15, "unsupported-mailbox-or-cci")       \
    X(INVALID_PAYLOAD_LENGTH, 0x16, "invalid-payload-length")        \
    X(INVALID_LOG, 0x17, "invalid-log")                              \
    X(INTERRUPTED, 0x18, "interrupted")                              \
    X(FEATURE_VERSION, 0x19, "unsupported-feature-version")          \
    X(FEATURE_SELECTION, 0x1a, "unsupported-feature-selection")      \
    X(FEATURE_IN_PROGRESS, 0x1b, "feature-transfer-in-progress")     \
    X(FEATURE_OUT_OF_ORDER, 0x1c, "feature-transfer-out-of-order")   \
    X(RESOURCES_EXHAUSTED, 0x1d, "resources-exhausted")              \
    X(INVALID_EXTENT_LIST, 0x1e, "invalid-extent-list")              \
    X(TRANSFER_OUT_OF_ORDER, 0x1f, "transfer-out-of-order")          \
    X(ABORT_NOT_SUPPORTED, 0x20, "request-abort-not-supported")

enum dcd_return_code {
#define X(name, value, text) DCD_RC_##name = value,
    DCD_RETURN_CODES(X)
#undef X
};

/* "invalid-input" for 02h; "unknown" for a code outside the table. */
const char *dcd_return_code_name(uint16_t code);

/* Reads a name of the table; false leaves [code] alone. */
bool dcd_return_code_parse(const char *name, uint16_t *code);

#ifdef __cplusplus
}
#endif
#endif
