/* SPDX-License-Identifier: Apache-2.0 */
/*
 * register_file.h - a block of registers, described by a table.
 *
 * The table says where each register lies, how wide it is, what it holds after
 * a reset and which of its bits software can change. Between registers there
 * are holes: they read 0 and ignore writes.
 */
#ifndef DCD_REGISTER_FILE_H
#define DCD_REGISTER_FILE_H

#include <cxldcd/device.h>

struct dcd_register {
    uint32_t offset; /* bytes, from the start of the block */
    uint32_t width;  /* bytes: 1, 2, 4 or 8 */
    uint64_t reset;
    uint64_t writable; /* bits that take the value written */
    uint64_t clear;    /* bits that a written 1 clears (RW1C) */
};

/* What a block takes: the narrowest access, and the widest to a hole. */
struct dcd_register_rules {
    uint32_t narrowest;
    uint32_t widest;
};

/* Embeddable. */
struct dcd_register_file {
    struct dcd_register *registers; /* by rising offset, owned */
    uint32_t count;
    uint32_t size;  /* of the block, bytes */
    uint8_t *bytes; /* owned */
    struct dcd_register_rules rules;
};

/*
 * Copies [count] rows by rising offset. False: out of memory; the file may
 * still be destroyed.
 */
bool dcd_register_file_init(struct dcd_register_file *file,
                            const struct dcd_register *registers,
                            uint32_t count, uint32_t size,
                            struct dcd_register_rules rules);
void dcd_register_file_destroy(struct dcd_register_file *file);

/* All registers to their reset values. */
void dcd_register_file_reset(struct dcd_register_file *file);
/* Those that begin in [offset, offset + size). */
void dcd_register_file_reset_range(struct dcd_register_file *file,
                                   uint32_t offset, uint32_t size);

/* From inside the device: any register, whatever software may do with it. */
uint64_t dcd_register_file_get(const struct dcd_register_file *file,
                               uint32_t offset, uint32_t width);
void dcd_register_file_set(struct dcd_register_file *file, uint32_t offset,
                           uint32_t width, uint64_t value);

/*
 * An access of software: 1, 2, 4 or 8 bytes, naturally aligned, not narrower
 * than the rules say and inside one register, or DCD_ACCESS_WIDTH (CXL r3.1
 * 8.2). Outside the block: DCD_ACCESS_NO_REGISTER.
 */
enum dcd_access dcd_register_file_read(const struct dcd_register_file *file,
                                       uint64_t offset, void *data,
                                       uint64_t length);
enum dcd_access dcd_register_file_write(struct dcd_register_file *file,
                                        uint64_t offset, const void *data,
                                        uint64_t length);

#endif
