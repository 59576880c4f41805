/* SPDX-License-Identifier: Apache-2.0 */
/* memory_support.c - what tests of the memory path share. */
#include "memory_support.h"

#include "gtest_c.h"

#include <stdlib.h>
#include <string.h>

void d1_decoded(struct harness *h, enum dcd_unbacked unbacked)
{
    harness_d1_config(h);
    h->config.unbacked_reads = unbacked;
    h->config.unbacked_writes = unbacked;
    harness_build(h);
    commit_decoder(h, 0, 0, BASE, GIB(4), 0);
}

void commit_interleaved(struct harness *h, unsigned head, unsigned n,
                        uint64_t base, uint64_t size, unsigned ways,
                        unsigned granularity)
{
    uint64_t decoder = DCD_BAR_HDM + DCD_HDM_DECODER(n);

    reg_write(h, head, decoder + DCD_HDM_BASE_LOW, 4, (uint32_t)base);
    reg_write(h, head, decoder + DCD_HDM_BASE_HIGH, 4, base >> 32);
    reg_write(h, head, decoder + DCD_HDM_SIZE_LOW, 4, (uint32_t)size);
    reg_write(h, head, decoder + DCD_HDM_SIZE_HIGH, 4, size >> 32);
    reg_write(h, head, decoder + DCD_HDM_CONTROL, 4,
              DCD_HDM_COMMIT | DCD_HDM_TYPE_HOST_ONLY |
                  ways << DCD_HDM_WAYS_SHIFT |
                  granularity << DCD_HDM_GRANULARITY_SHIFT);
    C_EXPECT(reg_read(h, head, decoder + DCD_HDM_CONTROL, 4) &
             DCD_HDM_COMMITTED);
    enable_mem(h, head);
    reg_write(h, head, DCD_BAR_HDM + DCD_HDM_GLOBAL_CONTROL, 4,
              DCD_HDM_GLOBAL_ENABLE);
}

void uncommit_decoder(struct harness *h, unsigned head, unsigned n)
{
    reg_write(h, head, DCD_BAR_HDM + DCD_HDM_DECODER(n) + DCD_HDM_CONTROL, 4,
              0);
}

uint64_t draw(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(0x2545f4914f6cdd1d);
}

void fill(uint8_t *bytes, uint64_t length, uint64_t seed)
{
    uint64_t state = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15);

    for (uint64_t i = 0; i < length; i++)
        bytes[i] = (uint8_t)(draw(&state) >> 32) & 0x7f;
}

static uint8_t *buffer(uint64_t length)
{
    uint8_t *bytes = malloc(length + 1);

    if (!bytes)
        abort();
    return bytes;
}

void put_bytes(struct harness *h, unsigned head, uint64_t hpa, uint64_t length,
               uint64_t seed)
{
    uint8_t *bytes = buffer(length);

    fill(bytes, length, seed);
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_write(h->device, head, hpa, bytes, length));
    free(bytes);
}

void expect_bytes(struct harness *h, unsigned head, uint64_t hpa,
                  uint64_t length, uint64_t seed)
{
    uint8_t *want = buffer(length);
    uint8_t *got = buffer(length);

    fill(want, length, seed);
    memset(got, 0xaa, length);
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_read(h->device, head, hpa, got, length));
    C_EXPECT_MEMEQ(want, got, length);
    memset(got, 0xaa, length);
    C_EXPECT_EQ(length,
                dcd_device_debug_read(h->device, head, hpa, got, length));
    C_EXPECT_MEMEQ(want, got, length);
    free(want);
    free(got);
}

void expect_works(struct harness *h, unsigned head, uint64_t hpa,
                  uint64_t length)
{
    static uint64_t seed = 1000;
    uint8_t *bytes = buffer(length);

    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_probe(h->device, head, hpa, length, false));
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_probe(h->device, head, hpa, length, true));
    put_bytes(h, head, hpa, length, ++seed);
    expect_bytes(h, head, hpa, length, seed);
    fill(bytes, length, ++seed);
    C_EXPECT_EQ(length,
                dcd_device_debug_write(h->device, head, hpa, bytes, length));
    expect_bytes(h, head, hpa, length, seed);
    free(bytes);
}

void expect_refused(struct harness *h, unsigned head, uint64_t hpa,
                    uint64_t length, enum dcd_access why)
{
    uint8_t *before = buffer(length);
    uint8_t *after = buffer(length);
    uint8_t *bytes = buffer(length);
    uint64_t reach;

    reach = dcd_device_debug_read(h->device, head, hpa, before, length);
    C_EXPECT_EQ(why, dcd_device_probe(h->device, head, hpa, length, false));
    C_EXPECT_EQ(why, dcd_device_probe(h->device, head, hpa, length, true));
    fill(bytes, length, 7);
    memcpy(after, bytes, length);
    C_EXPECT_EQ(why, dcd_device_read(h->device, head, hpa, bytes, length));
    C_EXPECT_MEMEQ(after, bytes, length);
    C_EXPECT_EQ(why, dcd_device_write(h->device, head, hpa, bytes, length));
    C_EXPECT_EQ(reach,
                dcd_device_debug_read(h->device, head, hpa, after, length));
    C_EXPECT_MEMEQ(before, after, reach);
    free(before);
    free(after);
    free(bytes);
}

/* The status of the latest access that was traced. */
static void note_status(void *context, const struct dcd_trace_record *record)
{
    if (record->kind == DCD_TRACE_READ || record->kind == DCD_TRACE_WRITE)
        *(uint16_t *)context = record->status;
}

void expect_ignored(struct harness *h, unsigned head, uint64_t hpa,
                    uint64_t length, enum dcd_access why)
{
    uint8_t *ones = buffer(length);
    uint8_t *bytes = buffer(length);
    uint16_t status = 0xffff;

    dcd_device_set_trace(h->device, note_status, &status);
    memset(ones, 0xff, length);
    fill(bytes, length, 5);
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_write(h->device, head, hpa, bytes, length));
    C_EXPECT_EQ(why, status);
    status = 0xffff;
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_read(h->device, head, hpa, bytes, length));
    C_EXPECT_EQ(why, status);
    C_EXPECT_MEMEQ(ones, bytes, length);
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_probe(h->device, head, hpa, length, false));
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_probe(h->device, head, hpa, length, true));
    C_EXPECT_EQ(0, dcd_device_debug_read(h->device, head, hpa, bytes, length));
    dcd_device_set_trace(h->device, NULL, NULL);
    free(ones);
    free(bytes);
}
