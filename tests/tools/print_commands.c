/* SPDX-License-Identifier: Apache-2.0 */
/*
 * print_commands.c - the command tables as docs/commands.md shows them.
 *
 * print_commands mailbox|fm|ld prints one table in Markdown, a row a command,
 * from the rows that the device itself works by (check_commands_doc.sh).
 */
#include "cci.h"

#include <cxldcd/ctypes/generic.h>
#include <cxldcd/ctypes/opcode.h>
#include <cxldcd/ctypes/return_code.h>

#include <stdio.h>
#include <string.h>

/* As the specification writes numbers: 8, 18h. */
static void print_number(uint32_t n)
{
    if (n < 10)
        printf("%u", n);
    else
        printf("%Xh", n);
}

static void print_length(struct dcd_command_length length)
{
    if (length.fixed || !length.unit)
        print_number(length.fixed);
    if (length.fixed && length.unit)
        printf(" + ");
    if (length.unit > 1) {
        print_number(length.unit);
        printf(" ");
    }
    if (length.unit)
        printf("n");
}

static void print_needs(unsigned needs)
{
    static const struct {
        unsigned bit;
        const char *name;
    } names[] = {
        {DCD_NEEDS_REGIONS, "dynamic capacity"},
        {DCD_NEEDS_LABELS, "labels"},
        {DCD_NEEDS_PERSISTENCE, "persistence"},
        {DCD_NEEDS_PARTITIONABLE, "partitions that can change"},
        {DCD_NEEDS_TARGETS, "several heads or logical devices"},
        {DCD_NEEDS_HEADS, "several heads"},
        {DCD_NEEDS_LDS, "logical devices"},
        {DCD_NEEDS_MEDIA, "media"},
    };
    const char *between = "";

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (!(needs & names[i].bit))
            continue;
        printf("%s%s", between, names[i].name);
        between = ", ";
    }
}

static const char *background(uint16_t effects)
{
    if (!(effects & DCD_EFFECT_BACKGROUND))
        return "";
    return effects & DCD_EFFECT_ABORTABLE ? "yes, abortable" : "yes";
}

/* Success, Internal Error and Invalid Payload Length go without saying. */
static void print_codes(uint64_t codes)
{
    const uint64_t unsaid = UINT64_C(1) << DCD_RC_SUCCESS |
                            UINT64_C(1) << DCD_RC_INTERNAL_ERROR |
                            UINT64_C(1) << DCD_RC_INVALID_PAYLOAD_LENGTH;
    const char *between = "";

    for (unsigned rc = 0; rc < 64; rc++) {
        if (!((codes & ~unsaid) >> rc & 1))
            continue;
        printf("%s%02Xh", between, rc);
        between = " ";
    }
}

static void print_command(const struct dcd_command *command)
{
    printf("| %04Xh | %s | %s | ", command->opcode,
           dcd_opcode_name(command->opcode),
           dcd_opcode_section(command->opcode));
    print_length(command->in);
    printf(" | ");
    print_length(command->out);
    printf(" | %04Xh | ", command->effects);
    print_needs(command->needs);
    printf(" | %s | ", background(command->effects));
    print_codes(command->codes);
    printf(" |\n");
}

int main(int argc, char **argv)
{
    const struct dcd_command_table *table = NULL;

    if (argc == 2 && strcmp(argv[1], "mailbox") == 0)
        table = &dcd_mailbox_commands;
    if (argc == 2 && strcmp(argv[1], "fm") == 0)
        table = &dcd_fm_commands;
    if (argc == 2 && strcmp(argv[1], "ld") == 0)
        table = &dcd_ld_commands;
    if (!table) {
        fprintf(stderr, "usage: print_commands mailbox|fm|ld\n");
        return 2;
    }
    printf("| opcode | command | section | input | output | effects | needs | "
           "background | codes |\n");
    printf("|---|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < table->count; i++)
        print_command(&table->commands[i]);
    return 0;
}
