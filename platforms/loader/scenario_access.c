/* SPDX-License-Identifier: Apache-2.0 */
/* scenario_access.c - steps that touch memory, registers and decoders. */
#include "scenario_place.h"
#include "scenario_step.h"
#include "xml_attribute.h"

#include <stdlib.h>
#include <string.h>

/* What one step may move: it has to be held in memory. */
#define MAX_LENGTH (UINT64_C(256) << 20)

static void read_expected_access(struct dcd_step_reader *r)
{
    static const char *const words[] = {"ok", "address-error", "burst-error",
                                        "generic-error", NULL};
    unsigned result = DCD_EXPECT_OK;

    dcd_attribute_word(r->doc, r->node, "expect", words, &result);
    r->step->expect_access = (enum dcd_step_access)result;
}

static void read_address(struct dcd_step_reader *r)
{
    bool dpa = dcd_attribute_given(r->node, "dpa");
    bool hpa = dcd_attribute_given(r->node, "hpa");

    if (dpa == hpa) {
        dcd_xml_error(r->doc, r->step->line, "<%s>: give dpa or hpa, %s",
                      dcd_xml_name(r->node),
                      dpa ? "not both" : "one of them is needed");
        return;
    }
    r->step->dpa_given = dpa;
    if (dpa)
        dcd_place_dpa(r->doc, r->node, "dpa", r->device, &r->step->address);
    else
        dcd_attribute_u64(r->doc, r->node, "hpa", DCD_VALUE_NUMBER, UINT64_MAX,
                          &r->step->address);
}

/* Three ways to write bytes. */
struct data_names {
    const char *text;
    const char *hex;
    const char *pattern;
};

static void read_length(struct dcd_step_reader *r)
{
    uint64_t *length = &r->step->length;

    if (dcd_attribute_u64(r->doc, r->node, "length", DCD_VALUE_SIZE, MAX_LENGTH,
                          length) &&
        *length == 0)
        dcd_attribute_error(r->doc, r->node, "length",
                            "at least one byte is moved");
}

static void fill_pattern(struct dcd_step_reader *r, const char *name,
                         uint8_t **bytes, size_t *size)
{
    unsigned value = 0;

    dcd_step_require(r, "length", name);
    read_length(r);
    if (!dcd_attribute_unsigned(r->doc, r->node, name, 255, &value) ||
        r->step->length == 0)
        return;
    *size = (size_t)r->step->length;
    *bytes = malloc(*size);
    if (*bytes)
        memset(*bytes, (int)value, *size);
    else
        r->doc->out_of_memory = true;
}

/* False: none of the three is there. */
static bool read_data(struct dcd_step_reader *r, const struct data_names *names,
                      uint8_t **bytes, size_t *size)
{
    bool text = dcd_attribute_given(r->node, names->text);
    bool hex = dcd_attribute_given(r->node, names->hex);
    bool pattern = dcd_attribute_given(r->node, names->pattern);
    char *string = NULL;

    if (text + hex + pattern > 1)
        dcd_xml_error(
            r->doc, r->step->line, "<%s>: give only one of %s, %s and %s",
            dcd_xml_name(r->node), names->text, names->hex, names->pattern);
    if (text + hex + pattern != 1)
        return text || hex || pattern;
    if (pattern) {
        fill_pattern(r, names->pattern, bytes, size);
        return true;
    }
    dcd_step_refuse(r, "length", text ? names->text : names->hex);
    if (text && dcd_attribute_text(r->doc, r->node, names->text, &string)) {
        *size = strlen(string);
        *bytes = (uint8_t *)string;
    }
    if (hex)
        dcd_attribute_hex(r->doc, r->node, names->hex, bytes, size);
    if (*size == 0)
        dcd_attribute_error(r->doc, r->node, text ? names->text : names->hex,
                            "at least one byte is moved");
    return true;
}

void dcd_step_read_read(struct dcd_step_reader *r)
{
    static const struct data_names names = {"expect-text", "expect-hex",
                                            "expect-pattern"};
    struct dcd_step *step = r->step;

    read_expected_access(r);
    read_address(r);
    step->expect_payload_given =
        read_data(r, &names, &step->expect_payload, &step->expect_payload_size);
    if (step->expect_payload_given) {
        step->length = step->expect_payload_size;
    } else {
        dcd_step_require(r, "length", "a read without expected bytes");
        read_length(r);
    }
}

void dcd_step_read_write(struct dcd_step_reader *r)
{
    static const struct data_names names = {"text", "hex", "pattern"};
    struct dcd_step *step = r->step;

    read_expected_access(r);
    read_address(r);
    if (read_data(r, &names, &step->payload, &step->payload_size))
        step->length = step->payload_size;
    else
        dcd_xml_error(r->doc, step->line,
                      "<write> needs text, hex, or pattern and length");
}

/* A register has [width] bytes; so does what is written to it. */
static void check_width(struct dcd_step_reader *r, const char *name,
                        uint64_t value)
{
    if (r->step->width < 8 && value >> (8 * r->step->width))
        dcd_attribute_error(r->doc, r->node, name, "does not fit a width of %u",
                            r->step->width);
}

void dcd_step_read_register(struct dcd_step_reader *r)
{
    struct dcd_step *step = r->step;

    read_expected_access(r);
    step->width = 4;
    dcd_attribute_u64(r->doc, r->node, "offset", DCD_VALUE_NUMBER, UINT64_MAX,
                      &step->address);
    if (dcd_attribute_unsigned(r->doc, r->node, "width", 8, &step->width) &&
        step->width == 0)
        dcd_attribute_error(r->doc, r->node, "width", "allowed are 1 to 8");
    dcd_attribute_u64(r->doc, r->node, "value", DCD_VALUE_NUMBER, UINT64_MAX,
                      &step->value);
    check_width(r, "value", step->value);
    dcd_step_expected(r, "expect-value", &step->expect_value);
    check_width(r, "expect-value", step->expect_value.value);
}

static void read_decoder_index(struct dcd_step_reader *r)
{
    unsigned count = r->device->config.hdm_decoders;

    if (dcd_attribute_unsigned(r->doc, r->node, "index", UINT32_MAX,
                               &r->step->decoder) &&
        r->step->decoder >= count)
        dcd_attribute_error(r->doc, r->node, "index",
                            "a head of '%s' has %u decoders, counted from 0",
                            r->device->id, count);
}

/* Only what has a code in the register can be asked for. */
static void read_interleave(struct dcd_step_reader *r)
{
    uint32_t *granularity = &r->step->granularity;

    r->step->ways = 1;
    *granularity = 256;
    dcd_attribute_unsigned(r->doc, r->node, "ways", 16, &r->step->ways);
    if (dcd_attribute_u32(r->doc, r->node, "granularity", DCD_VALUE_SIZE,
                          granularity) &&
        (*granularity < 256 || *granularity > 16384 ||
         (*granularity & (*granularity - 1))))
        dcd_attribute_error(r->doc, r->node, "granularity",
                            "allowed are powers of two from 256 to 16KiB");
}

/* Base, size and skip may break the rules of CXL: what then is the test. */
void dcd_step_read_decoder(struct dcd_step_reader *r)
{
    static const char *const words[] = {"committed", "error", NULL};
    struct dcd_step *step = r->step;
    unsigned result = 0;

    read_decoder_index(r);
    dcd_attribute_u64(r->doc, r->node, "base", DCD_VALUE_SIZE, UINT64_MAX,
                      &step->address);
    dcd_attribute_u64(r->doc, r->node, "size", DCD_VALUE_SIZE, UINT64_MAX,
                      &step->size);
    dcd_attribute_u64(r->doc, r->node, "skip", DCD_VALUE_SIZE, UINT64_MAX,
                      &step->skip);
    read_interleave(r);
    dcd_attribute_bool(r->doc, r->node, "lock", &step->lock);
    dcd_attribute_word(r->doc, r->node, "expect", words, &result);
    step->expect_error = result == 1;
}
