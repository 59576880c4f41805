/* SPDX-License-Identifier: Apache-2.0 */
/* xml_value.c - numbers with units, and bytes, as XML files write them. */
#include "xml_value.h"

#include <cxldcd/ctypes/le.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct unit {
    const char *name;
    uint64_t factor; /* 0: known, but not what is meant */
    const char *instead;
};

#define PS_PER_NS UINT64_C(1000)
#define PS_PER_US (1000 * PS_PER_NS)
#define PS_PER_MS (1000 * PS_PER_US)
#define PS_PER_S (1000 * PS_PER_MS)

static const struct unit no_units[] = {{NULL, 0, NULL}};

static const struct unit size_units[] = {
    {"B", 1, NULL},         {"KiB", DCD_KIB, NULL}, {"MiB", DCD_MIB, NULL},
    {"GiB", DCD_GIB, NULL}, {"TiB", DCD_TIB, NULL}, {"kB", 0, "KiB"},
    {"KB", 0, "KiB"},       {"MB", 0, "MiB"},       {"GB", 0, "GiB"},
    {"TB", 0, "TiB"},       {"K", 0, "KiB"},        {"M", 0, "MiB"},
    {"G", 0, "GiB"},        {"T", 0, "TiB"},        {NULL, 0, NULL},
};

static const struct unit time_units[] = {
    {"ps", 1, NULL},         {"ns", PS_PER_NS, NULL}, {"us", PS_PER_US, NULL},
    {"ms", PS_PER_MS, NULL}, {"s", PS_PER_S, NULL},   {NULL, 0, NULL},
};

static const struct unit bandwidth_units[] = {
    {"B/s", 1, NULL},
    {"KB/s", 1000, NULL},
    {"MB/s", 1000000, NULL},
    {"GB/s", 1000000000, NULL},
    {"TB/s", UINT64_C(1000000000000), NULL},
    {"KiB/s", DCD_KIB, NULL},
    {"MiB/s", DCD_MIB, NULL},
    {"GiB/s", DCD_GIB, NULL},
    {"TiB/s", DCD_TIB, NULL},
    {NULL, 0, NULL},
};

static const struct unit rate_units[] = {
    {"ps/GiB", 1, NULL},         {"ns/GiB", PS_PER_NS, NULL},
    {"us/GiB", PS_PER_US, NULL}, {"ms/GiB", PS_PER_MS, NULL},
    {"s/GiB", PS_PER_S, NULL},   {NULL, 0, NULL},
};

struct form {
    const char *type; /* in the schema */
    const char *what; /* in sentences */
    const char *examples;
    const struct unit *units;
    bool bare; /* a number without unit is allowed, not only zero */
    bool hex;
    const char *zero; /* a word that stands for 0 */
};

static const struct form forms[DCD_VALUE_KIND_COUNT] = {
    [DCD_VALUE_NUMBER] = {"number", "a number", "17 or 0x11", no_units, true,
                          true, NULL},
    [DCD_VALUE_SIZE] = {"size", "a size", "4096, 0x1000 or 512MiB", size_units,
                        true, true, NULL},
    [DCD_VALUE_TIME] = {"time", "a time", "180ns", time_units, false, false,
                        NULL},
    [DCD_VALUE_BANDWIDTH] = {"bandwidth", "a bandwidth", "32GB/s or unlimited",
                             bandwidth_units, false, false, "unlimited"},
    [DCD_VALUE_RATE] = {"rate", "a time per GiB", "1ms/GiB", rate_units, false,
                        false, NULL},
};

__attribute__((format(printf, 2, 3))) static bool
refuse(struct dcd_value_problem *problem, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(problem->text, sizeof(problem->text), format, args);
    va_end(args);
    return false;
}

static int digit_of(char c, unsigned base)
{
    int digit = -1;

    if (c >= '0' && c <= '9')
        digit = c - '0';
    else if (c >= 'a' && c <= 'f')
        digit = c - 'a' + 10;
    else if (c >= 'A' && c <= 'F')
        digit = c - 'A' + 10;
    return digit < (int)base ? digit : -1;
}

/* Moves [text] behind the digits; false when they do not fit 64 bits. */
static bool digits(const char **text, unsigned base, uint64_t *value)
{
    uint64_t sum = 0;

    for (int digit; (digit = digit_of(**text, base)) >= 0; ++*text) {
        if (sum > (UINT64_MAX - (uint64_t)digit) / base)
            return false;
        sum = sum * base + (uint64_t)digit;
    }
    *value = sum;
    return true;
}

static void name_units(const struct form *form, char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (const struct unit *u = form->units; u->name; u++) {
        if (!u->factor)
            continue;
        int n = snprintf(text + used, size - used, "%s%s", used ? ", " : "",
                         u->name);
        if (n < 0 || (size_t)n >= size - used)
            return;
        used += (size_t)n;
    }
}

static bool refuse_unit(const struct form *form, const char *given,
                        struct dcd_value_problem *problem)
{
    char units[80];

    name_units(form, units, sizeof(units));
    if (form->units == no_units)
        return refuse(problem, "a plain number is expected, such as %s",
                      form->examples);
    if (!*given)
        return refuse(problem, "the unit is missing; units are %s", units);
    return refuse(problem, "'%.16s' is not a unit of %s; units are %s", given,
                  form->what, units);
}

/* Multiplies [value] by the unit that is the rest of the text. */
static bool apply_unit(const struct form *form, const char *name,
                       uint64_t *value, struct dcd_value_problem *problem)
{
    const struct unit *u = form->units;

    if (!*name && (form->bare || *value == 0))
        return true;
    while (u->name && strcmp(u->name, name) != 0)
        u++;
    if (!u->name)
        return refuse_unit(form, name, problem);
    if (!u->factor)
        return refuse(problem, "sizes have binary units: write %s, not %s",
                      u->instead, u->name);
    if (*value > UINT64_MAX / u->factor)
        return refuse(problem, "too large: it does not fit 64 bits");
    *value *= u->factor;
    return true;
}

static bool is_hex(const char *text)
{
    return text[0] == '0' && text[1] == 'x' && digit_of(text[2], 16) >= 0;
}

bool dcd_value_parse(enum dcd_value_kind kind, const char *text,
                     uint64_t *value, struct dcd_value_problem *problem)
{
    const struct form *form = &forms[kind];
    uint64_t result = 0;
    bool hex = form->hex && is_hex(text);
    const char *rest = hex ? text + 2 : text;

    if (form->zero && strcmp(text, form->zero) == 0) {
        *value = 0;
        return true;
    }
    if (text[0] == '-' && digit_of(text[1], 10) >= 0)
        return refuse(problem, "it must not be negative");
    if (!hex && digit_of(text[0], 10) < 0)
        return refuse(problem, "%s is expected, such as %s", form->what,
                      form->examples);
    if (!digits(&rest, hex ? 16 : 10, &result))
        return refuse(problem, "too large: it does not fit 64 bits");
    if (hex && *rest)
        return refuse(problem, "a hexadecimal number takes no unit");
    if (!hex && !apply_unit(form, rest, &result, problem))
        return false;
    *value = result;
    return true;
}

static bool refuse_hex(struct dcd_value_problem *problem)
{
    return refuse(problem,
                  "pairs of hexadecimal digits are expected, such as %s",
                  "\"48656c6c6f\" or \"48 65 6c\"");
}

bool dcd_value_hex(const char *text, uint8_t **bytes, size_t *size,
                   struct dcd_value_problem *problem)
{
    uint8_t *out = malloc(strlen(text) / 2 + 1);
    size_t count = 0;

    if (!out)
        return refuse(problem, "out of memory");
    while (*text) {
        int high = digit_of(text[0], 16);
        int low = high < 0 ? -1 : digit_of(text[1], 16);
        if (low < 0) {
            free(out);
            return refuse_hex(problem);
        }
        out[count++] = (uint8_t)(high << 4 | low);
        for (text += 2; *text == ' '; text++)
            ;
    }
    if (count == 0) {
        free(out);
        out = NULL;
    }
    *bytes = out;
    *size = count;
    return true;
}

struct dcd_size_text dcd_value_print_size(uint64_t size)
{
    struct dcd_size_text out;
    const char *name = "B";
    uint64_t count = size;

    /* The binary units stand in front, by rising factor. */
    for (const struct unit *u = size_units; u->factor > 0; u++) {
        if (size > 0 && size % u->factor == 0) {
            name = u->name;
            count = size / u->factor;
        }
    }
    snprintf(out.text, sizeof(out.text), "%llu%s", (unsigned long long)count,
             name);
    return out;
}

/* What else the schema has patterns for. */
static const struct {
    const char *type;
    const char *allowed;
} texts[] = {
    {"id", "a letter, then letters, digits, '_' and '-', at most 63"},
    {"uuid",
     "a UUID is expected, such as 11111111-2222-3333-4444-555555555555"},
    {"dpa", "a DPA is expected, such as region0+4KiB, static+0x1000 or "
            "0x40000000"},
    {"sizes", "sizes with blanks between them are expected, such as "
              "\"2MiB 128MiB\""},
    {"ids", "ids with blanks between them are expected, such as \"h0 h1\""},
    {"layers", "layers with blanks between them are expected, such as "
               "\"ld:2\" or \"pool ld:0\""},
    {"opcode", "an opcode is expected, such as 0x4800"},
};

void dcd_value_explain(const char *type, const char *text,
                       struct dcd_value_problem *problem)
{
    problem->text[0] = '\0';
    for (unsigned kind = 0; kind < DCD_VALUE_KIND_COUNT; kind++) {
        uint64_t value;
        if (strcmp(forms[kind].type, type) == 0)
            dcd_value_parse((enum dcd_value_kind)kind, text, &value, problem);
    }
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (strcmp(texts[i].type, type) == 0)
            refuse(problem, "%s", texts[i].allowed);
    if (strcmp(type, "hex") == 0)
        refuse_hex(problem);
}
