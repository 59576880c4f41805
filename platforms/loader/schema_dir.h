/* SPDX-License-Identifier: Apache-2.0 */
/* schema_dir.h - paths of the schema files. */
#ifndef CXLDCD_LOADER_SCHEMA_DIR_H
#define CXLDCD_LOADER_SCHEMA_DIR_H

#include <stdbool.h>
#include <stddef.h>

/* Longest path of a schema that is looked for, with its NUL. */
#define DCD_SCHEMA_PATH 1024

/* [path] = directory/name; false when it does not fit. */
bool dcd_schema_path(char *path, size_t size, const char *directory,
                     const char *name);

#endif
