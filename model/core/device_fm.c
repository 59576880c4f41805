/* SPDX-License-Identifier: Apache-2.0 */
/* device_fm.c - the FM's port: messages in, responses out. */
#include "device_private.h"

#include <cxldcd/ctypes/return_code.h>

#include <string.h>

/* A CCI message whose header and length agree; 02h is for a response that
 * pretends to be a request. */
static uint16_t check_message(const struct dcd_cci_header *header, size_t size)
{
    if (dcd_cci_length(header) != size - sizeof(*header))
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    if ((header->category & DCD_CCI_CATEGORY_MASK) != DCD_CCI_REQUEST)
        return DCD_RC_INVALID_INPUT;
    return DCD_RC_SUCCESS;
}

/*
 * CXL r3.1 7.6.3. The message limit (0004h) bounds the whole response, header
 * included.
 */
void dcd_device_run_fm(struct dcd_device *device)
{
    struct dcd_fm_port *fm = &device->fm;
    struct dcd_cci_header header;
    struct dcd_cci_call call = {0};
    uint8_t *message = fm->running;
    size_t size = fm->request_size;
    uint32_t limit = UINT32_C(1) << device->ports[DCD_PORT_FM].message_limit;
    uint16_t opcode;
    uint16_t rc;

    fm->busy = false;
    fm->running = fm->request;
    fm->request = message;
    message = fm->running;
    memcpy(&header, message, sizeof(header));
    opcode = dcd_get16(header.opcode);
    call.in = message + sizeof(header);
    call.in_length = (uint32_t)(size - sizeof(header));
    call.out = fm->response + sizeof(header);
    call.out_capacity = limit - (uint32_t)sizeof(header);
    rc = check_message(&header, size);
    if (rc == DCD_RC_SUCCESS)
        rc = dcd_device_execute(device, DCD_PORT_FM, opcode, &call,
                                DCD_FM_MAX_MESSAGE - (uint32_t)sizeof(header));
    header = dcd_cci_response(&header, rc, call.out_length);
    memcpy(fm->response, &header, sizeof(header));
    fm->response_size = sizeof(header) + call.out_length;
}

/* A command whose answer is wanted before its time has come. */
static void run_fm_now(struct dcd_device *device)
{
    if (!device->fm.busy || device->running)
        return;
    device->running = true;
    dcd_device_run_fm(device);
    device->running = false;
    dcd_device_run_due(device);
}

bool dcd_device_fm_request(struct dcd_device *device, const void *message,
                           size_t length)
{
    struct dcd_fm_port *fm = &device->fm;

    if (length < sizeof(struct dcd_cci_header))
        return false;
    dcd_device_enter(device);
    dcd_device_run_due(device);
    run_fm_now(device);
    /* From inside a command: there is room for one that waits. */
    if (fm->busy)
        return false;
    /* What is too long to be kept is too long for its length field or for
     * the port, whatever else it says. */
    fm->request_size = length;
    memcpy(fm->request, message,
           length < DCD_FM_MAX_MESSAGE ? length : DCD_FM_MAX_MESSAGE);
    fm->response_size = 0;
    fm->busy = true;
    fm->due = dcd_device_command_due(device);
    dcd_device_due_at(device, fm->due);
    dcd_device_run_due(device);
    return true;
}

uint64_t dcd_device_fm_latency(struct dcd_device *device)
{
    const struct dcd_fm_port *fm = &device->fm;

    dcd_device_enter(device);
    return fm->busy && fm->due > device->now ? fm->due - device->now : 0;
}

size_t dcd_device_fm_response_size(struct dcd_device *device)
{
    dcd_device_enter(device);
    run_fm_now(device);
    return device->fm.response_size;
}

uint64_t dcd_device_fm_response(struct dcd_device *device, void *data,
                                size_t length)
{
    struct dcd_fm_port *fm = &device->fm;
    size_t size = dcd_device_fm_response_size(device);

    if (size > length)
        size = length;
    memcpy(data, fm->response, size);
    memset((uint8_t *)data + size, 0, length - size);
    return fm->response_size && fm->due > device->now ? fm->due - device->now
                                                      : 0;
}
