/* SPDX-License-Identifier: Apache-2.0 */
/* uuid.h - UUIDs as CXL carries them: sixteen bytes in printed order. */
#ifndef CXLDCD_CTYPES_UUID_H
#define CXLDCD_CTYPES_UUID_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Unlike every integer of CXL, a UUID is stored in the order it is printed. */
struct dcd_uuid {
    uint8_t b[16];
};

#define DCD_UUID_TEXT 37 /* bytes of a printed UUID with its final NUL */

static inline bool dcd_uuid_equal(const struct dcd_uuid *a,
                                  const struct dcd_uuid *b)
{
    return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

/* The null UUID stands for "no tag". */
static inline bool dcd_uuid_is_null(const struct dcd_uuid *u)
{
    static const struct dcd_uuid null_uuid = {{0}};
    return dcd_uuid_equal(u, &null_uuid);
}

/*
 * Reads "11111111-2222-3333-4444-555555555555". The hyphens may be left out;
 * anything else, before, between or behind the digits, is refused and leaves
 * [out] alone.
 */
bool dcd_uuid_parse(const char *text, struct dcd_uuid *out);

/* Prints with hyphens and in lower case; [text] has DCD_UUID_TEXT bytes. */
void dcd_uuid_print(const struct dcd_uuid *u, char *text);

/* Event record types, CXL r3.1 8.2.9.2.1. */
extern const struct dcd_uuid dcd_uuid_general_media_event;
extern const struct dcd_uuid dcd_uuid_dynamic_capacity_event;
extern const struct dcd_uuid dcd_uuid_memory_sparing_event;

/* Logs, CXL r3.1 8.2.9.5. */
extern const struct dcd_uuid dcd_uuid_command_effects_log;

/* Features, CXL r3.1 8.2.9.6, 8.2.9.7.2, 8.2.9.9.11. */
extern const struct dcd_uuid dcd_uuid_patrol_scrub;
extern const struct dcd_uuid dcd_uuid_soft_ppr;
extern const struct dcd_uuid dcd_uuid_hard_ppr;

#ifdef __cplusplus
}
#endif
#endif
