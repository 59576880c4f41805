/* SPDX-License-Identifier: Apache-2.0 */
/*
 * component_registers.h - the CXL.cache and CXL.mem register block of one
 * head (CXL r3.1 8.2.4): capability headers and RAS; the HDM decoders behind
 * them have a file of their own.
 */
#ifndef DCD_COMPONENT_REGISTERS_H
#define DCD_COMPONENT_REGISTERS_H

#include "hdm_decoder.h"
#include "register_file.h"

/* False: out of memory; the file may still be destroyed. */
bool dcd_component_registers_init(struct dcd_register_file *file);

/*
 * Offsets from the start of the 64 KiB component block; 32-bit accesses only
 * (CXL r3.1 8.2.4). [decoding_changed]: HPAs may now mean something else.
 */
enum dcd_access dcd_component_read(const struct dcd_register_file *file,
                                   const struct dcd_hdm_decoders *hdm,
                                   uint64_t offset, void *data,
                                   uint64_t length);
enum dcd_access dcd_component_write(struct dcd_register_file *file,
                                    struct dcd_hdm_decoders *hdm,
                                    uint64_t offset, const void *data,
                                    uint64_t length, bool *decoding_changed);

#endif
