/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core_only.c - a C program that uses the installed cores, without SystemC:
 * asks a device over its FM port what it has.
 */
#include <cxldcd/ctypes/cci.h>
#include <cxldcd/ctypes/fm_api.h>
#include <cxldcd/ctypes/opcode.h>
#include <cxldcd/ctypes/return_code.h>
#include <cxldcd/device.h>

#include <stdio.h>

struct answer {
    struct dcd_cci_header header;
    struct dcd_get_dcd_info_rsp info;
};

int main(void)
{
    struct dcd_cci_header request = dcd_cci_request(1, DCD_OP_GET_DCD_INFO, 0);
    struct dcd_config config;
    struct dcd_config_error error;
    struct dcd_device *device;
    struct answer answer;

    dcd_config_init(&config);
    config.heads = 3;
    config.region_count = 1;
    config.regions[0].length = DCD_GIB;
    config.regions[0].block_size = 2 * DCD_MIB;
    device = dcd_device_create(&config, NULL, &error);
    if (!device) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    dcd_device_fm_request(device, &request, sizeof(request));
    dcd_device_fm_response(device, &answer, sizeof(answer));
    dcd_device_destroy(device);
    printf("%s: %u hosts\n",
           dcd_return_code_name(dcd_get16(answer.header.return_code)),
           answer.info.hosts);
    return answer.info.hosts == 3 ? 0 : 1;
}
