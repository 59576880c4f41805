/* SPDX-License-Identifier: Apache-2.0 */
/* names.c - printed names of return codes, opcodes, event and access results.
 */
#include <cxldcd/ctypes/event.h>
#include <cxldcd/ctypes/opcode.h>
#include <cxldcd/ctypes/return_code.h>

#include <string.h>

static const struct {
    uint16_t code;
    const char *name;
} return_codes[] = {
#define X(name, value, text) {value, text},
    DCD_RETURN_CODES(X)
#undef X
};

static const struct {
    uint16_t opcode;
    const char *name;
    const char *section;
} opcodes[] = {
#define X(name, value, text, section) {value, text, section},
    DCD_OPCODES(X)
#undef X
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

const char *dcd_return_code_name(uint16_t code)
{
    for (size_t i = 0; i < COUNT(return_codes); i++)
        if (return_codes[i].code == code)
            return return_codes[i].name;
    return "unknown";
}

bool dcd_return_code_parse(const char *name, uint16_t *code)
{
    for (size_t i = 0; i < COUNT(return_codes); i++) {
        if (strcmp(return_codes[i].name, name) == 0) {
            *code = return_codes[i].code;
            return true;
        }
    }
    return false;
}

const char *dcd_opcode_name(uint16_t opcode)
{
    for (size_t i = 0; i < COUNT(opcodes); i++)
        if (opcodes[i].opcode == opcode)
            return opcodes[i].name;
    return "unknown command";
}

const char *dcd_opcode_section(uint16_t opcode)
{
    for (size_t i = 0; i < COUNT(opcodes); i++)
        if (opcodes[i].opcode == opcode)
            return opcodes[i].section;
    return "";
}

const char *dcd_dc_event_name(uint8_t type)
{
    static const char *const names[] = {
        "add-capacity",          "release-capacity",
        "forced-release",        "region-configuration-updated",
        "add-capacity-response", "capacity-released",
    };

    return type < COUNT(names) ? names[type] : "unknown";
}
