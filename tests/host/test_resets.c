/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_resets.c - what each kind of reset does to each kind of state
 * (CXL r3.1 9.4-9.7, 8.2.8.4.7, 8.2.9.9.5.1, r3.2 9.13.3).
 *
 * Every row makes one state on a device of its own, resets the head, and looks
 * whether the state is still there.
 */
#include "gtest_c.h"
#include "host_support.h"

#include <string.h>

#define HEAD 0u
#define BASE GIB(8) /* HPA of DPA 0 */
#define STATIC MIB(768)
#define DYNAMIC STATIC /* DPA of region 0 */
#define DECODER (DCD_BAR_HDM + DCD_HDM_DECODER(0))
#define SECOND UINT64_C(1000000000000)

#define ACCEPTED        \
    {                   \
        DYNAMIC, MIB(4) \
    }
#define OFFERED                   \
    {                             \
        DYNAMIC + MIB(64), MIB(4) \
    }

static void build(struct harness *h)
{
    harness_d1_config(h);
    h->config.heads = 2;
    h->config.revision = DCD_REVISION_4_0;
    h->config.static_volatile = MIB(256);
    h->config.static_persistent = MIB(256);
    h->config.static_partitionable = MIB(256);
    h->config.lsa = 4096;
    h->config.sanitize_per_gib = SECOND;
    harness_build(h);
}

/* --- States: how to make one, how to see it ------------------------------- */

static void accept_capacity(struct harness *h)
{
    hold(h, HEAD, RANGES(ACCEPTED));
}

static bool capacity_is_accepted(struct harness *h)
{
    return look(h, HEAD).total == 1;
}

static void offer_capacity(struct harness *h)
{
    offer(h, HEAD, RANGES(OFFERED));
}

static bool capacity_is_offered(struct harness *h)
{
    return add_response(h, HEAD, RANGES(OFFERED)) == DCD_RC_SUCCESS;
}

static void kill_offer(struct harness *h)
{
    offer_capacity(h);
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                fm_release(h, HEAD, DCD_RELEASE_FORCED, RANGES(OFFERED)));
}

/* A dead group takes an empty answer; nothing pending refuses it. */
static bool dead_group_waits(struct harness *h)
{
    return add_response(h, HEAD, NO_RANGES) == DCD_RC_SUCCESS;
}

static bool log_has_records(struct harness *h)
{
    return get_events(h, HEAD) > 0;
}

static void set_policy(struct harness *h)
{
    enable_interrupts(h, HEAD);
}

static bool policy_is_set(struct harness *h)
{
    C_EXPECT_EQ(DCD_RC_SUCCESS, command(h, HEAD, DCD_OP_GET_INTERRUPT_POLICY));
    return h->out[DCD_LOG_DYNAMIC_CAPACITY] != 0;
}

static void set_clock(struct harness *h)
{
    struct dcd_timestamp t = {dcd_put64(1000)};

    C_EXPECT_EQ(DCD_RC_SUCCESS,
                mailbox(h, HEAD, DCD_OP_SET_TIMESTAMP, &t, sizeof(t)));
}

static bool clock_is_set(struct harness *h)
{
    C_EXPECT_EQ(DCD_RC_SUCCESS, command(h, HEAD, DCD_OP_GET_TIMESTAMP));
    return dcd_load_le(h->out, 8) != 0;
}

static void open_memory(struct harness *h)
{
    commit_decoder(h, HEAD, 0, BASE, GIB(4), 0);
}

static void write_byte(struct harness *h, uint64_t dpa)
{
    uint8_t byte = 0x5a;

    open_memory(h);
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_write(h->device, HEAD, BASE + dpa, &byte, 1));
}

static bool byte_is_there(struct harness *h, uint64_t dpa)
{
    uint8_t byte = 0;

    if (!(reg_read(h, HEAD, DECODER + DCD_HDM_CONTROL, 4) & DCD_HDM_COMMITTED))
        open_memory(h);
    enable_mem(h, HEAD);
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_read(h->device, HEAD, BASE + dpa, &byte, 1));
    return byte == 0x5a;
}

static void write_volatile(struct harness *h)
{
    write_byte(h, 0);
}

static bool volatile_is_there(struct harness *h)
{
    return byte_is_there(h, 0);
}

static void write_persistent(struct harness *h)
{
    write_byte(h, STATIC - 1);
}

static bool persistent_is_there(struct harness *h)
{
    return byte_is_there(h, STATIC - 1);
}

static void write_dynamic(struct harness *h)
{
    accept_capacity(h);
    write_byte(h, DYNAMIC);
}

/* The head may have lost the block; the byte in it is another matter. */
static bool dynamic_is_there(struct harness *h)
{
    if (look(h, HEAD).total == 0)
        accept_capacity(h);
    return byte_is_there(h, DYNAMIC);
}

static void write_label(struct harness *h)
{
    uint8_t in[9] = {0};

    in[8] = 0x5a;
    C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(h, HEAD, DCD_OP_SET_LSA, in, 9));
}

static bool label_is_there(struct harness *h)
{
    struct dcd_get_lsa_req req = {dcd_put32(0), dcd_put32(1)};

    C_EXPECT_EQ(DCD_RC_SUCCESS,
                mailbox(h, HEAD, DCD_OP_GET_LSA, &req, sizeof(req)));
    return h->out[0] == 0x5a;
}

static bool decoder_is_committed(struct harness *h)
{
    return reg_read(h, HEAD, DECODER + DCD_HDM_CONTROL, 4) & DCD_HDM_COMMITTED;
}

static void lock_decoder(struct harness *h)
{
    reg_write(h, HEAD, DECODER + DCD_HDM_BASE_LOW, 4, (uint32_t)BASE);
    reg_write(h, HEAD, DECODER + DCD_HDM_SIZE_LOW, 4, MIB(256));
    reg_write(h, HEAD, DECODER + DCD_HDM_CONTROL, 4,
              DCD_HDM_LOCK_ON_COMMIT | DCD_HDM_COMMIT);
}

static uint64_t device_dvsec(struct harness *h)
{
    return find_dvsec(h, HEAD, DCD_DVSEC_CXL_DEVICE);
}

static void switch_mem_on(struct harness *h)
{
    enable_mem(h, HEAD);
}

static bool mem_is_on(struct harness *h)
{
    return config_read(h, HEAD, device_dvsec(h) + 0x0c, 2) & 4;
}

static void lock_dvsec(struct harness *h)
{
    enable_mem(h, HEAD);
    config_write(h, HEAD, device_dvsec(h) + 0x14, 2, 1);
}

static bool dvsec_is_locked(struct harness *h)
{
    return config_read(h, HEAD, device_dvsec(h) + 0x14, 2) & 1;
}

static void set_bar(struct harness *h)
{
    config_write(h, HEAD, 0x10, 4, 0xe0000000);
    config_write(h, HEAD, 0x04, 2, 6);
}

static bool bar_is_set(struct harness *h)
{
    return (config_read(h, HEAD, 0x10, 4) & ~UINT64_C(15)) != 0 ||
           config_read(h, HEAD, 0x04, 2) != 0;
}

static bool vectors_are_unmasked(struct harness *h)
{
    uint64_t control =
        reg_read(h, HEAD, DCD_BAR_MSIX_TABLE + DCD_MSIX_VECTOR_CONTROL, 4);

    return !(control & DCD_MSIX_MASKED) ||
           (config_read(h, HEAD, 0x82, 2) & 0x8000);
}

#define RAS_MASK (DCD_BAR_COMPONENT + DCD_CM_BASE + DCD_CM_RAS + 4)

static void clear_ras_mask(struct harness *h)
{
    reg_write(h, HEAD, RAS_MASK, 4, 0);
}

static bool ras_mask_is_clear(struct harness *h)
{
    return reg_read(h, HEAD, RAS_MASK, 4) == 0;
}

static void use_mailbox(struct harness *h)
{
    C_EXPECT_EQ(DCD_RC_SUCCESS, command(h, HEAD, DCD_OP_GET_TIMESTAMP));
}

static bool mailbox_is_used(struct harness *h)
{
    return reg_read(h, HEAD, MAILBOX_AT(DCD_MBOX_COMMAND), 8) != 0;
}

static void begin_list(struct harness *h)
{
    C_EXPECT_EQ(DCD_RC_SUCCESS, release_more(h, HEAD, RANGES(ACCEPTED)));
}

static void begin_list_of_accepted(struct harness *h)
{
    accept_capacity(h);
    begin_list(h);
}

/* The entry so far and the same again overlap. */
static bool list_goes_on(struct harness *h)
{
    return release(h, HEAD, RANGES(ACCEPTED)) == DCD_RC_INVALID_EXTENT_LIST;
}

static void scan_media(struct harness *h)
{
    struct dcd_scan_media_req req;

    memset(&req, 0, sizeof(req));
    req.range.length = dcd_put64(MIB(512) / DCD_LINE);
    C_EXPECT_EQ(DCD_RC_BACKGROUND_STARTED,
                mailbox(h, HEAD, DCD_OP_SCAN_MEDIA, &req, sizeof(req)));
    h->now += SECOND / 10;
    dcd_device_wake(h->device);
}

static bool background_runs(struct harness *h)
{
    bool runs = reg_read(h, HEAD, MAILBOX_AT(DCD_MBOX_STATUS), 8) & 1;
    uint64_t status =
        reg_read(h, HEAD, MAILBOX_AT(DCD_MBOX_BACKGROUND_STATUS), 8);

    C_EXPECT_EQ(runs, status != 0);
    return runs;
}

static void sanitize(struct harness *h)
{
    C_EXPECT_EQ(DCD_RC_BACKGROUND_STARTED, command(h, HEAD, DCD_OP_SANITIZE));
}

#define MEMDEV_AT (DCD_BAR_DEVICE + DCD_DEV_MEMDEV_STATUS(2048))

static bool media_are_disabled(struct harness *h)
{
    return (reg_read(h, HEAD, MEMDEV_AT, 8) >> DCD_MEMDEV_MEDIA_SHIFT & 3) ==
           DCD_MEDIA_DISABLED;
}

static void poison_line(struct harness *h)
{
    struct dcd_inject_poison_req req = {dcd_put64(0)};

    C_EXPECT_EQ(DCD_RC_SUCCESS,
                mailbox(h, HEAD, DCD_OP_INJECT_POISON, &req, sizeof(req)));
}

static bool line_is_poisoned(struct harness *h)
{
    struct dcd_media_range range = {dcd_put64(0), dcd_put64(1)};

    C_EXPECT_EQ(DCD_RC_SUCCESS, mailbox(h, HEAD, DCD_OP_GET_POISON_LIST, &range,
                                        sizeof(range)));
    return dcd_load_le(h->out + 0xa, 2) == 1;
}

static void want_partitions(struct harness *h)
{
    struct dcd_set_partition_info_req req = {dcd_put64(0), 0};

    C_EXPECT_EQ(DCD_RC_SUCCESS,
                mailbox(h, HEAD, DCD_OP_SET_PARTITION_INFO, &req, sizeof(req)));
}

/* Active partitions are still the old ones. */
static bool partitions_wait(struct harness *h)
{
    C_EXPECT_EQ(DCD_RC_SUCCESS, command(h, HEAD, DCD_OP_GET_PARTITION_INFO));
    return dcd_load_le(h->out, 8) == 2;
}

static void ring_doorbell(struct harness *h)
{
    struct dcd_timestamp t = {dcd_put64(1000)};

    dcd_device_mmio_write(h->device, HEAD, MAILBOX_AT(DCD_MBOX_PAYLOAD), &t, 8);
    reg_write(h, HEAD, MAILBOX_AT(DCD_MBOX_COMMAND), 8,
              DCD_OP_SET_TIMESTAMP | UINT64_C(8) << DCD_MBOX_LENGTH_SHIFT);
    reg_write(h, HEAD, MAILBOX_AT(DCD_MBOX_CONTROL), 4, DCD_MBOX_DOORBELL);
}

static bool command_was_run(struct harness *h)
{
    h->now = h->scheduled > h->now ? h->scheduled : h->now;
    dcd_device_wake(h->device);
    return clock_is_set(h);
}

/* --- The table ------------------------------------------------------------ */

struct state {
    const char *name;
    void (*make)(struct harness *h);
    bool (*is_there)(struct harness *h);
    /* Whether it is there after each kind of reset. */
    bool conventional;
    bool cxl;
    bool function_level;
};

static const struct state states[] = {
    /* What capacity the head has. */
    {"accepted", accept_capacity, capacity_is_accepted, false, true, true},
    {"offered", offer_capacity, capacity_is_offered, false, true, true},
    {"dead", kill_offer, dead_group_waits, false, true, true},
    {"list", begin_list_of_accepted, list_goes_on, false, false, true},
    /* What it was told. */
    {"log", offer_capacity, log_has_records, false, true, true},
    {"policy", set_policy, policy_is_set, false, true, true},
    {"clock", set_clock, clock_is_set, false, true, true},
    /* Bytes. */
    {"volatile", write_volatile, volatile_is_there, true, true, true},
    {"persistent", write_persistent, persistent_is_there, true, true, true},
    {"dynamic", write_dynamic, dynamic_is_there, true, true, true},
    {"label", write_label, label_is_there, true, true, true},
    {"poison", poison_line, line_is_poisoned, true, true, true},
    /* Registers of CXL.mem. */
    {"decoder", open_memory, decoder_is_committed, false, false, true},
    {"locked decoder", lock_decoder, decoder_is_committed, false, true, true},
    {"mem enable", switch_mem_on, mem_is_on, false, false, true},
    {"locked mem enable", lock_dvsec, mem_is_on, false, true, true},
    {"dvsec lock", lock_dvsec, dvsec_is_locked, false, true, true},
    {"ras", clear_ras_mask, ras_mask_is_clear, false, true, true},
    {"mailbox", use_mailbox, mailbox_is_used, false, false, true},
    /* Registers of PCIe. */
    {"bar", set_bar, bar_is_set, false, false, false},
    {"msix", set_policy, vectors_are_unmasked, false, false, false},
    /* What goes on. */
    {"background", scan_media, background_runs, false, false, true},
    {"media", sanitize, media_are_disabled, true, true, true},
    {"partitions", want_partitions, partitions_wait, false, false, true},
};

static void expect_after_reset(const struct state *s, enum dcd_reset_kind kind,
                               bool expected)
{
    struct harness h;

    C_CONTEXT("%s, reset %d", s->name, (int)kind);
    build(&h);
    s->make(&h);
    dcd_device_reset(h.device, HEAD, kind);
    C_EXPECT_EQ(expected, s->is_there(&h));
    harness_free(&h);
    C_CONTEXT("%s", "");
}

C_TEST(resets, every_state_is_there_before_a_reset)
{
    for (size_t i = 0; i < COUNT(states); i++) {
        struct harness h;

        C_CONTEXT("%s", states[i].name);
        build(&h);
        states[i].make(&h);
        C_EXPECT(states[i].is_there(&h));
        harness_free(&h);
    }
}

C_TEST(resets, conventional)
{
    for (size_t i = 0; i < COUNT(states); i++)
        expect_after_reset(&states[i], DCD_RESET_CONVENTIONAL,
                           states[i].conventional);
}

C_TEST(resets, cxl)
{
    for (size_t i = 0; i < COUNT(states); i++)
        expect_after_reset(&states[i], DCD_RESET_CXL, states[i].cxl);
}

C_TEST(resets, function_level)
{
    for (size_t i = 0; i < COUNT(states); i++)
        expect_after_reset(&states[i], DCD_RESET_FUNCTION_LEVEL,
                           states[i].function_level);
}

/* Nothing of all that is seen from another head. */
C_TEST(resets, another_head_keeps_everything)
{
    for (size_t i = 0; i < COUNT(states); i++) {
        struct harness h;

        C_CONTEXT("%s", states[i].name);
        build(&h);
        states[i].make(&h);
        dcd_device_reset(h.device, 1, DCD_RESET_CONVENTIONAL);
        C_EXPECT(states[i].is_there(&h));
        harness_free(&h);
    }
}

/* --- Commands that wait, pointers, partitions ----------------------------- */

static bool survives_waiting(enum dcd_reset_kind kind)
{
    struct harness h;
    bool run;

    harness_d1_config(&h);
    h.config.mailbox_latency = SECOND / 1000;
    harness_build(&h);
    ring_doorbell(&h);
    dcd_device_reset(h.device, HEAD, kind);
    run = command_was_run(&h);
    harness_free(&h);
    return run;
}

C_TEST(resets, a_command_that_waits_is_lost_with_the_mailbox)
{
    C_EXPECT(!survives_waiting(DCD_RESET_CONVENTIONAL));
    C_EXPECT(!survives_waiting(DCD_RESET_CXL));
    C_EXPECT(survives_waiting(DCD_RESET_FUNCTION_LEVEL));
}

static unsigned revocations(enum dcd_reset_kind kind)
{
    struct harness h;
    struct dcd_span span;
    unsigned count;

    build(&h);
    open_memory(&h);
    C_EXPECT(dcd_device_dmi(h.device, HEAD, BASE, &span));
    h.revocations = 0;
    dcd_device_reset(h.device, HEAD, kind);
    count = h.revocations;
    if (count)
        C_EXPECT(h.revoked_first <= BASE && h.revoked_last >= BASE);
    harness_free(&h);
    return count;
}

C_TEST(resets, direct_pointers_go_with_the_decoders)
{
    C_EXPECT(revocations(DCD_RESET_CONVENTIONAL) > 0);
    C_EXPECT(revocations(DCD_RESET_CXL) > 0);
    C_EXPECT_EQ(0, revocations(DCD_RESET_FUNCTION_LEVEL));
}

/* The reset takes the interrupt of what it stops along. */
C_TEST(resets, an_operation_that_was_stopped_never_completes)
{
    struct harness h;

    build(&h);
    enable_interrupts(&h, HEAD);
    scan_media(&h);
    dcd_device_reset(h.device, HEAD, DCD_RESET_CONVENTIONAL);
    enable_interrupts(&h, HEAD);
    run_until(&h, h.now + 10 * SECOND);
    C_EXPECT_EQ(0, h.interrupts[HEAD][DCD_VECTOR_MAILBOX]);
    C_EXPECT(!background_runs(&h));
    harness_free(&h);
}

/* Only a sanitize that succeeds brings media back. */
C_TEST(resets, media_stay_disabled_until_a_sanitize_succeeds)
{
    struct harness h;

    build(&h);
    sanitize(&h);
    dcd_device_reset(h.device, HEAD, DCD_RESET_CONVENTIONAL);
    C_EXPECT(media_are_disabled(&h));
    sanitize(&h);
    run_until(&h, h.now + 10 * SECOND);
    C_EXPECT(!media_are_disabled(&h));
    harness_free(&h);
}
