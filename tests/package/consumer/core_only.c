/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core_only.c - a C program that uses the installed cores, without SystemC.
 */
#include <cxldcd/ctypes/le.h>

#include <stdio.h>

int main(void)
{
    struct dcd_le64 wire = dcd_put64(UINT64_C(0x1122334455667788));
    if (wire.b[0] != 0x88 || dcd_get64(wire) != UINT64_C(0x1122334455667788)) {
        fprintf(stderr, "the wire is little-endian, this is not\n");
        return 1;
    }
    return 0;
}
