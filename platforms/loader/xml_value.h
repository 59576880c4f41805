/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xml_value.h - numbers with units, and bytes, as XML files write them.
 *
 *     kind        examples                 result          type in the schema
 *     number      17, 0x11                 17              number
 *     size        4096, 0x1000, 4KiB       bytes           size
 *     time        180ns, 0                 picoseconds     time
 *     bandwidth   32GB/s, unlimited        bytes a second  bandwidth
 *     rate        1ms/GiB, 0               ps per GiB      rate
 *
 * A decimal number takes a unit, a hexadecimal one ("0x...") does not. What
 * does not fit 64 bits is refused, never wrapped.
 */
#ifndef CXLDCD_LOADER_XML_VALUE_H
#define CXLDCD_LOADER_XML_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum dcd_value_kind {
    DCD_VALUE_NUMBER,
    DCD_VALUE_SIZE,
    DCD_VALUE_TIME,
    DCD_VALUE_BANDWIDTH,
    DCD_VALUE_RATE,
    DCD_VALUE_KIND_COUNT
};

/* Why a text was refused and what is allowed, without the text itself. */
struct dcd_value_problem {
    char text[160];
};

/* False: [problem] says why, and [value] is untouched. */
bool dcd_value_parse(enum dcd_value_kind kind, const char *text,
                     uint64_t *value, struct dcd_value_problem *problem);

/*
 * Pairs of hexadecimal digits with blanks between pairs: "de ad beef". The
 * caller frees [bytes]; no bytes give NULL and size 0.
 */
bool dcd_value_hex(const char *text, uint8_t **bytes, size_t *size,
                   struct dcd_value_problem *problem);

/* "1GiB": exact, in the largest unit that fits. */
struct dcd_size_text {
    char text[28];
};
struct dcd_size_text dcd_value_print_size(uint64_t size);

/*
 * Why [text] is no value of the schema's type [type]; "" when nothing can be
 * said about that type, or the text is fine.
 */
void dcd_value_explain(const char *type, const char *text,
                       struct dcd_value_problem *problem);

#endif
