/* SPDX-License-Identifier: Apache-2.0 */
/* schema_dir.c - finds the directory of platform.xsd and scenario.xsd. */
#include "schema_dir.h"

#include <cxldcd/platform.h>

#include <stdio.h>
#include <stdlib.h>

bool dcd_schema_path(char *path, size_t size, const char *directory,
                     const char *name)
{
    int length = snprintf(path, size, "%s/%s", directory, name);

    return length > 0 && (size_t)length < size;
}

static bool has_schemas(const char *directory)
{
    char path[DCD_SCHEMA_PATH];
    FILE *file = NULL;

    if (dcd_schema_path(path, sizeof(path), directory, "platform.xsd"))
        file = fopen(path, "rb");
    if (file)
        fclose(file);
    return file != NULL;
}

const char *dcd_schema_directory(void)
{
    static const char *const places[] = {
#ifdef CXLDCD_SOURCE_SCHEMA_DIR
        CXLDCD_SOURCE_SCHEMA_DIR,
#endif
#ifdef CXLDCD_INSTALL_SCHEMA_DIR
        CXLDCD_INSTALL_SCHEMA_DIR,
#endif
        NULL,
    };
    /* Taken as it is: who sets it wants an error when it is wrong. */
    const char *chosen = getenv("CXLDCD_SCHEMA_DIR");

    if (chosen && *chosen)
        return chosen;
    for (const char *const *place = places; *place; place++)
        if (has_schemas(*place))
            return *place;
    return NULL;
}
