/* SPDX-License-Identifier: Apache-2.0 */
/*
 * access_bench.c - one host's loads and stores, as fast as the core does them.
 *
 *     access_bench MODE ACCESSES [EXTENTS]
 *
 *     bare     a bounds check and a memcpy of 8 bytes in the same mapping
 *     read8    dcd_device_read of 8 bytes, not traced
 *     read64   of 64 bytes
 *     write8   dcd_device_write of 8 bytes
 *     refused  dcd_device_read of 8 bytes of a block that is not accepted
 *     traced   read8 with a trace callback that only counts
 *
 * The device has one region of 8 GiB in blocks of 4 KiB; every second block of
 * as many as EXTENTS says (100000; at most 1048576) is accepted, which is the
 * worst case of a block map. The accesses go round 4,096 random addresses over
 * all of them, touched before. Printed is the time an access took; for the
 * number of instructions see budget.sh.
 */
#define _POSIX_C_SOURCE 199309L

#include <cxldcd/ctypes/cci.h>
#include <cxldcd/ctypes/event.h>
#include <cxldcd/ctypes/fm_api.h>
#include <cxldcd/ctypes/opcode.h>
#include <cxldcd/ctypes/registers.h>
#include <cxldcd/device.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BLOCK 4096u
#define REGION (8 * DCD_GIB)
#define MAX_EXTENTS (UINT32_C(1) << 20)
#define BASE (4 * DCD_GIB) /* HPA of DPA 0 */
#define ADDRESSES 4096u
#define BATCH 26000u /* extents that fit a message of 1 MiB */
#define MAILBOX (DCD_BAR_DEVICE + DCD_DEV_MAILBOX)

static void die(const char *what)
{
    fprintf(stderr, "access_bench: %s\n", what);
    exit(2);
}

/* --- Set-up: through mailbox and FM port, as hosts do it ------------------ */

static void reg_write(struct dcd_device *device, uint64_t offset,
                      uint64_t width, uint64_t value)
{
    uint8_t bytes[8];

    dcd_store_le(bytes, 8, value);
    if (dcd_device_mmio_write(device, 0, offset, bytes, width))
        die("a register cannot be written");
}

static void mailbox(struct dcd_device *device, uint16_t opcode, const void *in,
                    uint32_t length)
{
    uint8_t status[8];

    dcd_device_mmio_write(device, 0, MAILBOX + DCD_MBOX_PAYLOAD, in, length);
    reg_write(device, MAILBOX + DCD_MBOX_COMMAND, 8,
              opcode | (uint64_t)length << DCD_MBOX_LENGTH_SHIFT);
    reg_write(device, MAILBOX + DCD_MBOX_CONTROL, 4, DCD_MBOX_DOORBELL);
    dcd_device_mmio_read(device, 0, MAILBOX + DCD_MBOX_STATUS, status, 8);
    if (dcd_load_le(status, 8) >> DCD_MBOX_RETURN_CODE_SHIFT & 0xffff)
        die("a command of the host failed");
}

static void fm(struct dcd_device *device, const uint8_t *message, size_t size)
{
    struct dcd_cci_header header;

    dcd_device_fm_request(device, message, size);
    dcd_device_fm_response(device, &header, sizeof(header));
    if (dcd_get16(header.return_code))
        die("a command of the fabric manager failed");
}

static uint64_t block_dpa(uint32_t extent)
{
    return (uint64_t)extent * 2 * BLOCK;
}

static void offer(struct dcd_device *device, uint32_t first, uint32_t count)
{
    size_t size = sizeof(struct dcd_initiate_dc_add_req) +
                  count * sizeof(struct dcd_extent_wire);
    uint8_t *message = calloc(1, sizeof(struct dcd_cci_header) + size);
    struct dcd_cci_header *header = (void *)message;
    struct dcd_initiate_dc_add_req *req = (void *)(header + 1);
    struct dcd_extent_wire *e = (void *)(req + 1);

    if (!message)
        die("out of memory");
    *header = dcd_cci_request(1, DCD_OP_INITIATE_DC_ADD, (uint32_t)size);
    req->policy = DCD_ADD_PRESCRIPTIVE;
    req->count = dcd_put32(count);
    for (uint32_t i = 0; i < count; i++) {
        e[i].dpa = dcd_put64(block_dpa(first + i));
        e[i].length = dcd_put64(BLOCK);
    }
    fm(device, message, sizeof(*header) + size);
    free(message);
}

static void accept(struct dcd_device *device, uint32_t first, uint32_t count)
{
    size_t size = sizeof(struct dcd_updated_extent_list) +
                  count * sizeof(struct dcd_updated_extent);
    uint8_t *in = calloc(1, size);
    struct dcd_updated_extent_list *list = (void *)in;
    struct dcd_updated_extent *e = (void *)(list + 1);

    if (!in)
        die("out of memory");
    list->count = dcd_put32(count);
    for (uint32_t i = 0; i < count; i++) {
        e[i].dpa = dcd_put64(block_dpa(first + i));
        e[i].length = dcd_put64(BLOCK);
    }
    mailbox(device, DCD_OP_ADD_DC_RESPONSE, in, (uint32_t)size);
    free(in);
}

/* The [count] records in the log; their handles go on from [handle]. */
static void clear(struct dcd_device *device, uint16_t *handle, uint32_t count)
{
    struct {
        struct dcd_clear_event_records_req req;
        struct dcd_le16 handles[255];
    } in;

    memset(&in, 0, sizeof(in));
    in.req.log = DCD_LOG_DYNAMIC_CAPACITY;
    while (count) {
        uint8_t some = count < 255 ? (uint8_t)count : 255;

        in.req.count = some;
        for (unsigned i = 0; i < some; i++) {
            *handle = *handle == UINT16_MAX ? 1 : (uint16_t)(*handle + 1);
            in.handles[i] = dcd_put16(*handle);
        }
        mailbox(device, DCD_OP_CLEAR_EVENT_RECORDS, &in,
                (uint32_t)sizeof(in.req) + 2u * some);
        count -= some;
    }
}

static void enable_mem(struct dcd_device *device)
{
    struct dcd_le16 control = dcd_put16(DCD_CXL_MEM_ENABLE);

    if (dcd_device_config_write(device, 0,
                                DCD_CONFIG_CXL_DEVICE + DCD_CXL_CONTROL,
                                &control, sizeof(control)))
        die("CXL.mem cannot be enabled");
}

static void commit_decoder(struct dcd_device *device)
{
    uint64_t decoder = DCD_BAR_HDM + DCD_HDM_DECODER(0);

    enable_mem(device);
    reg_write(device, decoder + DCD_HDM_BASE_HIGH, 4, BASE >> 32);
    reg_write(device, decoder + DCD_HDM_SIZE_HIGH, 4, REGION >> 32);
    reg_write(device, decoder + DCD_HDM_CONTROL, 4, DCD_HDM_COMMIT);
    reg_write(device, DCD_BAR_HDM + DCD_HDM_GLOBAL_CONTROL, 4,
              DCD_HDM_GLOBAL_ENABLE);
}

static struct dcd_device *build(uint32_t extents)
{
    struct dcd_config_error error;
    struct dcd_device *device;
    struct dcd_config config;
    uint16_t handle = 0;

    dcd_config_init(&config);
    config.mailbox_payload = DCD_MBOX_MAX_PAYLOAD;
    config.extents = MAX_EXTENTS;
    config.dc_log = 65535;
    config.fm_log = 1;
    config.region_count = 1;
    config.regions[0].length = REGION;
    config.regions[0].block_size = BLOCK;
    device = dcd_device_create(&config, NULL, &error);
    if (!device)
        die(error.text);
    for (uint32_t at = 0; at < extents; at += BATCH) {
        uint32_t count = extents - at < BATCH ? extents - at : BATCH;

        offer(device, at, count);
        accept(device, at, count);
        clear(device, &handle, count);
    }
    commit_decoder(device);
    return device;
}

/* --- Accesses ------------------------------------------------------------- */

/* What every mode looks like: 0 is success. */
typedef int access_function(void *target, uint64_t hpa, void *data,
                            uint64_t length);

/* The least that any memory does. */
struct bare {
    uint8_t *bytes;
    uint64_t size;
};

static int bare_access(void *target, uint64_t hpa, void *data, uint64_t length)
{
    const struct bare *bare = target;
    uint64_t offset = hpa - BASE;

    if (length > bare->size || offset > bare->size - length)
        return 1;
    if (length == 8)
        memcpy(data, bare->bytes + offset, 8);
    else
        memcpy(data, bare->bytes + offset, length);
    return 0;
}

static int device_read(void *target, uint64_t hpa, void *data, uint64_t length)
{
    return (int)dcd_device_read(target, 0, hpa, data, length);
}

static int device_write(void *target, uint64_t hpa, void *data, uint64_t length)
{
    return (int)dcd_device_write(target, 0, hpa, data, length);
}

static void count_record(void *context, const struct dcd_trace_record *record)
{
    (void)record;
    ++*(uint64_t *)context;
}

struct mode {
    const char *name;
    access_function *access;
    uint64_t length;
    uint64_t shift; /* bytes from an accepted block to where it goes */
    int answer;     /* to every access */
};

static const struct mode modes[] = {
    {"bare", bare_access, 8, 0, 0},
    {"read8", device_read, 8, 0, DCD_ACCESS_OK},
    {"read64", device_read, 64, 0, DCD_ACCESS_OK},
    {"write8", device_write, 8, 0, DCD_ACCESS_OK},
    {"refused", device_read, 8, BLOCK, DCD_ACCESS_NOT_BACKED},
    {"traced", device_read, 8, 0, DCD_ACCESS_OK},
};

static const struct mode *find_mode(const char *name)
{
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
        if (strcmp(modes[i].name, name) == 0)
            return &modes[i];
    die("modes are bare, read8, read64, write8, refused and traced");
    return NULL;
}

/* xorshift64: the same addresses on every machine. */
static uint64_t draw(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void choose(uint64_t *addresses, uint32_t extents)
{
    uint64_t state = UINT64_C(0x9e3779b97f4a7c15);

    for (uint32_t i = 0; i < ADDRESSES; i++) {
        uint32_t extent = (uint32_t)(draw(&state) % extents);

        addresses[i] =
            BASE + block_dpa(extent) + draw(&state) % (BLOCK / 64) * 64;
    }
}

static void touch(struct dcd_device *device, const uint64_t *addresses)
{
    uint8_t line[64] = {1};

    for (uint32_t i = 0; i < ADDRESSES; i++)
        if (dcd_device_write(device, 0, addresses[i], line, sizeof(line)))
            die("an accepted block cannot be written");
}

/* How many of the accesses got another answer than the mode's. */
static uint64_t run(const struct mode *mode, void *target,
                    const uint64_t *addresses, uint64_t accesses)
{
    uint64_t others = 0;
    uint8_t data[64] = {2};

    for (uint64_t i = 0; i < accesses; i++)
        others += mode->access(target, addresses[i % ADDRESSES], data,
                               mode->length) != mode->answer;
    return others;
}

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t number(const char *text, uint64_t low, uint64_t high)
{
    char *end;
    uint64_t n = strtoull(text, &end, 10);

    if (*text < '0' || *text > '9' || *end || n < low || n > high)
        die("a number is not one, or out of range");
    return n;
}

static uint64_t measure(const struct mode *mode, struct dcd_device *device,
                        const uint64_t *addresses, uint64_t accesses)
{
    struct bare bare = {NULL, REGION};
    struct dcd_span span;

    if (mode->access != bare_access)
        return run(mode, device, addresses, accesses);
    if (!dcd_device_dmi(device, 0, BASE, &span))
        die("the first block is not accessible");
    bare.bytes = span.data;
    return run(mode, &bare, addresses, accesses);
}

int main(int argc, char **argv)
{
    static uint64_t addresses[ADDRESSES];
    const struct mode *mode;
    struct dcd_device *device;
    uint64_t accesses;
    uint64_t records = 0;
    uint32_t extents = 100000;
    double start;
    double built;
    double end;

    if (argc < 3 || argc > 4)
        die("usage: access_bench MODE ACCESSES [EXTENTS]");
    mode = find_mode(argv[1]);
    accesses = number(argv[2], 0, UINT64_MAX);
    if (argc == 4)
        extents = (uint32_t)number(argv[3], 1, MAX_EXTENTS);
    start = seconds();
    device = build(extents);
    choose(addresses, extents);
    touch(device, addresses);
    for (uint32_t i = 0; i < ADDRESSES; i++)
        addresses[i] += mode->shift;
    if (strcmp(mode->name, "traced") == 0)
        dcd_device_set_trace(device, count_record, &records);
    built = seconds();
    if (measure(mode, device, addresses, accesses))
        die("an access was not answered as it should be");
    end = seconds();
    printf("%-8s %" PRIu64 " accesses, %.2f ns each; %" PRIu32
           " extents set up in %.2f s\n",
           mode->name, accesses,
           accesses ? (end - built) * 1e9 / (double)accesses : 0.0, extents,
           built - start);
    if (strcmp(mode->name, "traced") == 0 && records != accesses)
        die("an access was not traced");
    dcd_device_destroy(device);
    return 0;
}
