/* SPDX-License-Identifier: Apache-2.0 */
/* uuid.c - reading and printing UUIDs, and those that the model speaks of. */
#include <cxldcd/ctypes/uuid.h>

const struct dcd_uuid dcd_uuid_general_media_event = {
    {0xfb, 0xcd, 0x0a, 0x77, 0xc2, 0x60, 0x41, 0x7f, 0x85, 0xa9, 0x08, 0x8b,
     0x16, 0x21, 0xeb, 0xa6}};

const struct dcd_uuid dcd_uuid_dynamic_capacity_event = {
    {0xca, 0x95, 0xaf, 0xa7, 0xf1, 0x83, 0x40, 0x18, 0x8c, 0x2f, 0x95, 0x26,
     0x8e, 0x10, 0x1a, 0x2a}};

const struct dcd_uuid dcd_uuid_command_effects_log = {
    {0x0d, 0xa9, 0xc0, 0xb5, 0xbf, 0x41, 0x4b, 0x78, 0x8f, 0x79, 0x96, 0xb1,
     0x62, 0x3b, 0x3f, 0x17}};

const struct dcd_uuid dcd_uuid_memory_sparing_event = {
    {0xe7, 0x1f, 0x3a, 0x40, 0x2d, 0x29, 0x40, 0x92, 0x8a, 0x39, 0x4d, 0x1c,
     0x96, 0x6c, 0x7c, 0x65}};

const struct dcd_uuid dcd_uuid_patrol_scrub = {
    {0x96, 0xda, 0xd7, 0xd6, 0xfd, 0xe8, 0x48, 0x2b, 0xa7, 0x33, 0x75, 0x77,
     0x4e, 0x06, 0xdb, 0x8a}};

const struct dcd_uuid dcd_uuid_soft_ppr = {{0x89, 0x2b, 0xa4, 0x75, 0xfa, 0xd8,
                                            0x47, 0x4e, 0x9d, 0x3e, 0x69, 0x2c,
                                            0x91, 0x75, 0x68, 0xbb}};

const struct dcd_uuid dcd_uuid_hard_ppr = {{0x80, 0xea, 0x45, 0x21, 0x78, 0x6f,
                                            0x41, 0x27, 0xaf, 0xb1, 0xec, 0x74,
                                            0x59, 0xfb, 0x0e, 0x24}};

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* A hyphen belongs in front of these bytes, or nowhere at all. */
static bool hyphen_before(int byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

bool dcd_uuid_parse(const char *text, struct dcd_uuid *out)
{
    struct dcd_uuid u;
    const char *p = text;
    bool hyphens = strlen(text) == DCD_UUID_TEXT - 1;

    for (int i = 0; i < 16; i++) {
        if (hyphens && hyphen_before(i) && *p++ != '-')
            return false;
        int high = hex_digit(p[0]);
        int low = high < 0 ? -1 : hex_digit(p[1]);
        if (low < 0)
            return false;
        u.b[i] = (uint8_t)(high << 4 | low);
        p += 2;
    }
    if (*p != '\0')
        return false;
    *out = u;
    return true;
}

void dcd_uuid_print(const struct dcd_uuid *u, char *text)
{
    static const char digits[] = "0123456789abcdef";

    for (int i = 0; i < 16; i++) {
        if (hyphen_before(i))
            *text++ = '-';
        *text++ = digits[u->b[i] >> 4];
        *text++ = digits[u->b[i] & 15];
    }
    *text = '\0';
}
