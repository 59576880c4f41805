/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_dmi.c - pointers into memory: what is granted, what is refused, and
 * when they are taken back.
 */
#include "gtest_c.h"
#include "memory_support.h"

#include <string.h>

static void expect_granted(struct harness *h, unsigned head, uint64_t hpa,
                           uint64_t first, uint64_t last, bool writable)
{
    struct dcd_span span = {NULL, 0, 0, false};

    C_CONTEXT("DMI at %#llx", (unsigned long long)hpa);
    C_ASSERT(dcd_device_dmi(h->device, head, hpa, &span));
    C_EXPECT_EQ(first, span.first);
    C_EXPECT_EQ(last, span.last);
    C_EXPECT_EQ(writable, span.writable);
    C_EXPECT(span.data != NULL);
    C_CONTEXT("");
}

/* The refused range starts at [hpa] and ends where the reason does. */
static void expect_refusal(struct harness *h, unsigned head, uint64_t hpa,
                           uint64_t last)
{
    struct dcd_span span = {(uint8_t *)h, 0, 0, true};

    C_CONTEXT("DMI at %#llx", (unsigned long long)hpa);
    C_ASSERT(!dcd_device_dmi(h->device, head, hpa, &span));
    C_EXPECT(span.data == NULL);
    C_EXPECT(span.first <= hpa && hpa <= span.last);
    C_EXPECT_EQ(last, span.last);
    C_EXPECT(!span.writable);
    C_CONTEXT("");
}

/* --- What is granted ------------------------------------------------------ */

C_TEST(dmi, covers_exactly_the_open_blocks_around)
{
    struct harness h;

    d1_decoded(&h, DCD_UNBACKED_ERROR);
    hold(&h, 0, RANGES({MIB(4), MIB(4)}, {MIB(10), MIB(2)}));
    expect_granted(&h, 0, BASE + MIB(4), BASE + MIB(4), BASE + MIB(8) - 1,
                   true);
    expect_granted(&h, 0, BASE + MIB(7), BASE + MIB(4), BASE + MIB(8) - 1,
                   true);
    expect_granted(&h, 0, BASE + MIB(12) - 1, BASE + MIB(10),
                   BASE + MIB(12) - 1, true);
    harness_free(&h);
}

C_TEST(dmi, extents_that_touch_are_one_span)
{
    struct harness h;

    d1_decoded(&h, DCD_UNBACKED_ERROR);
    hold(&h, 0, RANGES({MIB(2), MIB(2)}, {MIB(4), MIB(6)}));
    hold(&h, 0, RANGES({0, MIB(2)}));
    for (uint64_t at = 0; at < MIB(10); at += MIB(1))
        expect_granted(&h, 0, BASE + at, BASE, BASE + MIB(10) - 1, true);
    harness_free(&h);
}

/* Regions that touch are two partitions: two heads may differ in one. */
C_TEST(dmi, ends_with_the_region)
{
    struct harness h;

    d1_decoded(&h, DCD_UNBACKED_ERROR);
    hold(&h, 0, RANGES({GIB(2) - MIB(2), MIB(2)}, {GIB(2), MIB(4)}));
    expect_granted(&h, 0, BASE + GIB(2) - 1, BASE + GIB(2) - MIB(2),
                   BASE + GIB(2) - 1, true);
    expect_granted(&h, 0, BASE + GIB(2), BASE + GIB(2),
                   BASE + GIB(2) + MIB(4) - 1, true);
    harness_free(&h);
}

C_TEST(dmi, ends_with_the_decoder)
{
    struct harness h;

    harness_d1(&h);
    hold(&h, 0, RANGES({0, GIB(1)}));
    commit_decoder(&h, 0, 0, BASE, MIB(256), MIB(256));
    commit_decoder(&h, 0, 1, BASE + MIB(256), MIB(256), 0);
    expect_granted(&h, 0, BASE + 1, BASE, BASE + MIB(256) - 1, true);
    expect_granted(&h, 0, BASE + MIB(256), BASE + MIB(256), BASE + MIB(512) - 1,
                   true);
    harness_free(&h);
}

C_TEST(dmi, static_memory_is_granted_by_partition)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.static_volatile = MIB(512);
    h.config.static_persistent = MIB(256);
    harness_build(&h);
    commit_decoder(&h, 0, 0, BASE, GIB(2), 0);
    expect_granted(&h, 0, BASE + MIB(100), BASE, BASE + MIB(512) - 1, true);
    expect_granted(&h, 0, BASE + MIB(512), BASE + MIB(512), BASE + MIB(768) - 1,
                   true);
    expect_refusal(&h, 0, BASE + MIB(768), BASE + GIB(2) - 1);
    harness_free(&h);
}

C_TEST(dmi, interleaved_memory_is_granted_by_granule)
{
    struct harness h;

    harness_d1(&h);
    hold(&h, 0, RANGES({0, MIB(2)}));
    for (unsigned ig = 0; ig <= 6; ig++) {
        uint64_t g = UINT64_C(256) << ig;

        commit_interleaved(&h, 0, 0, BASE, GIB(3), 8, ig); /* 3 ways */
        expect_granted(&h, 0, BASE + 5 * g + 7, BASE + 5 * g, BASE + 6 * g - 1,
                       true);
        /* The granule at DPA 2 MiB is not accepted. */
        expect_refusal(&h, 0, BASE + MIB(6), BASE + MIB(6) + g - 1);
        uncommit_decoder(&h, 0, 0);
    }
    harness_free(&h);
}

C_TEST(dmi, blocks_smaller_than_a_page_are_granted_one_by_one)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.regions[0].block_size = 64;
    harness_build(&h);
    commit_decoder(&h, 0, 0, BASE, GIB(4), 0);
    hold(&h, 0, RANGES({64, 64}, {192, 128}));
    expect_granted(&h, 0, BASE + 100, BASE + 64, BASE + 127, true);
    expect_granted(&h, 0, BASE + 256, BASE + 192, BASE + 319, true);
    expect_refusal(&h, 0, BASE, BASE + 63);
    expect_refusal(&h, 0, BASE + 130, BASE + 191);
    expect_refusal(&h, 0, BASE + 320, BASE + GIB(2) - 1);
    harness_free(&h);
}

C_TEST(dmi, read_only_region_is_granted_for_reading)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.regions[1].attributes = DCD_REGION_ATTR_READ_ONLY;
    harness_build(&h);
    commit_decoder(&h, 0, 0, BASE, GIB(4), 0);
    hold(&h, 0, RANGES({0, MIB(2)}, {GIB(2), MIB(2)}));
    expect_granted(&h, 0, BASE, BASE, BASE + MIB(2) - 1, true);
    expect_granted(&h, 0, BASE + GIB(2), BASE + GIB(2),
                   BASE + GIB(2) + MIB(2) - 1, false);
    harness_free(&h);
}

C_TEST(dmi, pointer_and_accesses_see_the_same_bytes)
{
    struct dcd_span span;
    uint8_t bytes[64];
    uint8_t back[64];
    struct harness h;

    d1_decoded(&h, DCD_UNBACKED_ERROR);
    hold(&h, 0, RANGES({MIB(2), MIB(4)}));
    C_ASSERT(dcd_device_dmi(h.device, 0, BASE + MIB(3), &span));
    put_bytes(&h, 0, BASE + MIB(4) - 32, 64, 5);
    fill(bytes, 64, 5);
    C_EXPECT_MEMEQ(bytes, span.data + (BASE + MIB(4) - 32 - span.first), 64);
    fill(bytes, 64, 6);
    memcpy(span.data + (span.last - span.first) - 63, bytes, 64);
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_read(h.device, 0, span.last - 63, back, 64));
    C_EXPECT_MEMEQ(bytes, back, 64);
    harness_free(&h);
}

/* --- What is refused ------------------------------------------------------ */

C_TEST(dmi, refusal_says_how_far_it_goes)
{
    struct harness h;

    harness_d1_config(&h);
    h.config.regions[1].length = MIB(64);
    harness_build(&h);
    commit_decoder(&h, 0, 0, BASE, GIB(8), 0);
    hold(&h, 0, RANGES({MIB(4), MIB(4)}));
    expect_refusal(&h, 0, BASE, BASE + MIB(4) - 1);
    expect_refusal(&h, 0, BASE + MIB(3), BASE + MIB(4) - 1);
    expect_refusal(&h, 0, BASE + MIB(8), BASE + GIB(2) - 1);
    expect_refusal(&h, 0, BASE + GIB(2), BASE + GIB(2) + MIB(64) - 1);
    /* Behind the last region, behind the decoder, in front of it. */
    expect_refusal(&h, 0, BASE + GIB(2) + MIB(64), BASE + GIB(8) - 1);
    expect_refusal(&h, 0, BASE + GIB(8), UINT64_MAX);
    expect_refusal(&h, 0, 0x1000, BASE - 1);
    harness_free(&h);
}

C_TEST(dmi, nothing_is_granted_without_a_decoder)
{
    struct dcd_span span;
    struct harness h;

    harness_d1(&h);
    hold(&h, 0, RANGES({0, MIB(2)}));
    C_EXPECT(!dcd_device_dmi(h.device, 0, 0, &span));
    C_EXPECT_EQ(0, span.first);
    C_EXPECT(span.last >= UINT64_MAX - 1);
    harness_free(&h);
}

C_TEST(dmi, head_that_is_not_there_is_refused_everything)
{
    struct dcd_span span;
    struct harness h;

    d1_decoded(&h, DCD_UNBACKED_ERROR);
    hold(&h, 0, RANGES({0, MIB(2)}));
    C_EXPECT(!dcd_device_dmi(h.device, 1, BASE, &span));
    C_EXPECT(span.data == NULL);
    C_EXPECT_EQ(0, span.first);
    C_EXPECT_EQ(UINT64_MAX, span.last);
    harness_free(&h);
}

C_TEST(dmi, memory_that_is_passed_over_is_not_granted)
{
    struct harness h;

    d1_decoded(&h, DCD_UNBACKED_IGNORE);
    expect_refusal(&h, 0, BASE, BASE + GIB(2) - 1);
    harness_free(&h);
}

/* --- When it is taken back ------------------------------------------------ */

/* A host with a pointer, and what it saw of the latest revocation. */
struct watcher {
    struct harness h; /* first: callbacks get its address */
    struct dcd_span span;
    uint64_t inside; /* HPA that is asked about from inside */
    enum dcd_access access;
    bool granted;
    uint8_t byte; /* through the old pointer */
};

static void look_inside(struct harness *h)
{
    struct watcher *w = (struct watcher *)h;
    struct dcd_span span;

    w->access = dcd_device_probe(h->device, 0, w->inside, 1, false);
    w->granted = dcd_device_dmi(h->device, 0, w->inside, &span);
    w->byte = w->span.data[w->inside - w->span.first];
}

#define MARK 0x5a

/* D1 that erases what comes back; [0, 8 MiB) is accepted and pointed at. */
static void build_watcher(struct watcher *w)
{
    static const uint8_t mark = MARK;

    memset(w, 0, sizeof(*w));
    harness_d1_config(&w->h);
    w->h.config.heads = 2;
    w->h.config.regions[0].sanitize = DCD_SANITIZE_YES;
    harness_build(&w->h);
    commit_decoder(&w->h, 0, 0, BASE, GIB(4), 0);
    commit_decoder(&w->h, 1, 0, BASE, GIB(4), 0);
    hold(&w->h, 0, RANGES({0, MIB(8)}));
    w->inside = BASE + MIB(5);
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_write(w->h.device, 0, w->inside, &mark, 1));
    C_ASSERT(dcd_device_dmi(w->h.device, 0, w->inside, &w->span));
    w->h.revocations = 0;
    w->h.on_revoke = look_inside;
}

/* Closed when it is said, the byte still there; gone when it has been said. */
static void expect_closed_then_erased(struct watcher *w, uint64_t first,
                                      uint64_t last)
{
    C_EXPECT_EQ(1, w->h.revocations);
    C_EXPECT_EQ(0, w->h.revoked_head);
    C_EXPECT_EQ(first, w->h.revoked_first);
    C_EXPECT_EQ(last, w->h.revoked_last);
    C_EXPECT(w->access != DCD_ACCESS_OK);
    C_EXPECT(!w->granted);
    C_EXPECT_EQ(MARK, w->byte);
    C_EXPECT_EQ(0, w->span.data[w->inside - w->span.first]);
}

C_TEST(dmi, release_closes_revokes_then_erases)
{
    struct watcher w;

    build_watcher(&w);
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&w.h, 0, RANGES({MIB(4), MIB(2)})));
    expect_closed_then_erased(&w, BASE + MIB(4), BASE + MIB(6) - 1);
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, w.access);
    harness_free(&w.h);
}

C_TEST(dmi, forced_release_closes_revokes_then_erases)
{
    struct watcher w;

    build_watcher(&w);
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&w.h, 0, DCD_RELEASE_FORCED,
                                           RANGES({MIB(2), MIB(4)})));
    expect_closed_then_erased(&w, BASE + MIB(2), BASE + MIB(6) - 1);
    C_EXPECT_EQ(DCD_ACCESS_NOT_BACKED, w.access);
    harness_free(&w.h);
}

/* Decoding ends first, so there is one revocation: of everything. */
C_TEST(dmi, reset_closes_revokes_then_erases)
{
    struct watcher w;

    build_watcher(&w);
    dcd_device_reset(w.h.device, 0, DCD_RESET_CONVENTIONAL);
    expect_closed_then_erased(&w, 0, UINT64_MAX);
    C_EXPECT_EQ(DCD_ACCESS_MEM_DISABLED, w.access);
    harness_free(&w.h);
}

C_TEST(dmi, uncommit_revokes_everything)
{
    struct watcher w;

    build_watcher(&w);
    uncommit_decoder(&w.h, 0, 0);
    C_EXPECT_EQ(1, w.h.revocations);
    C_EXPECT_EQ(0, w.h.revoked_first);
    C_EXPECT_EQ(UINT64_MAX, w.h.revoked_last);
    C_EXPECT_EQ(DCD_ACCESS_NOT_DECODED, w.access);
    C_EXPECT(!w.granted);
    C_EXPECT_EQ(MARK, w.span.data[w.inside - w.span.first]);
    harness_free(&w.h);
}

/* One that covers the same HPAs may come before it in order. */
C_TEST(dmi, commit_revokes_everything)
{
    struct watcher w;

    build_watcher(&w);
    commit_decoder(&w.h, 0, 1, GIB(100), MIB(256), 0);
    C_EXPECT_EQ(1, w.h.revocations);
    C_EXPECT_EQ(0, w.h.revoked_first);
    C_EXPECT_EQ(UINT64_MAX, w.h.revoked_last);
    C_EXPECT_EQ(DCD_ACCESS_OK, w.access);
    harness_free(&w.h);
}

C_TEST(dmi, disabled_decoding_revokes_everything)
{
    struct watcher w;

    build_watcher(&w);
    reg_write(&w.h, 0, DCD_BAR_HDM + DCD_HDM_GLOBAL_CONTROL, 4, 0);
    C_EXPECT_EQ(1, w.h.revocations);
    C_EXPECT_EQ(DCD_ACCESS_NOT_DECODED, w.access);
    C_EXPECT(!w.granted);
    harness_free(&w.h);
}

/* What changes nothing for a host that has a pointer revokes nothing. */
C_TEST(dmi, nothing_is_revoked_without_need)
{
    struct watcher w;

    build_watcher(&w);
    hold(&w.h, 0, RANGES({MIB(64), MIB(2)}));
    hold(&w.h, 1, RANGES({MIB(66), MIB(2)}));
    C_EXPECT_EQ(DCD_RC_SUCCESS, fm_release(&w.h, 0, 0, RANGES({0, MIB(8)})));
    C_EXPECT_EQ(DCD_RC_INVALID_PHYSICAL_ADDRESS,
                release(&w.h, 0, RANGES({MIB(6), MIB(4)})));
    reg_write(&w.h, 0, DCD_BAR_HDM + DCD_HDM_DECODER(2) + DCD_HDM_BASE_HIGH, 4,
              9);
    C_EXPECT_EQ(0, w.h.revocations);
    harness_free(&w.h);
}

/* Pointers of one head are no business of another's. */
C_TEST(dmi, revocation_names_the_head_that_loses)
{
    struct watcher w;

    build_watcher(&w);
    w.h.on_revoke = NULL;
    hold(&w.h, 1, RANGES({MIB(64), MIB(2)}));
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&w.h, 1, RANGES({MIB(64), MIB(2)})));
    C_EXPECT_EQ(1, w.h.revocations);
    C_EXPECT_EQ(1, w.h.revoked_head);
    dcd_device_reset(w.h.device, 1, DCD_RESET_CONVENTIONAL);
    C_EXPECT_EQ(2, w.h.revocations);
    C_EXPECT_EQ(1, w.h.revoked_head);
    expect_granted(&w.h, 0, w.inside, BASE, BASE + MIB(8) - 1, true);
    harness_free(&w.h);
}

/* DPAs that several decoders map are several ranges of HPAs. */
C_TEST(dmi, release_revokes_in_every_decoder)
{
    struct harness h;

    harness_d1(&h);
    hold(&h, 0, RANGES({MIB(254), MIB(4)}));
    commit_decoder(&h, 0, 0, BASE, MIB(256), 0);
    commit_decoder(&h, 0, 1, BASE + GIB(4), MIB(256), 0);
    h.revocations = 0;
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({MIB(254), MIB(4)})));
    C_EXPECT_EQ(2, h.revocations);
    harness_free(&h);
}

C_TEST(dmi, release_of_undecoded_memory_revokes_nothing)
{
    struct harness h;

    harness_d1(&h);
    hold(&h, 0, RANGES({0, MIB(4)}));
    commit_decoder(&h, 0, 0, BASE, MIB(256), GIB(1));
    h.revocations = 0;
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&h, 0, RANGES({0, MIB(4)})));
    C_EXPECT_EQ(0, h.revocations);
    harness_free(&h);
}

/* Hands the closing blocks to head 1 from inside the revocation. */
static void offer_inside(struct harness *h)
{
    struct {
        struct dcd_cci_header header;
        struct dcd_initiate_dc_add_req req;
        struct dcd_extent_wire extent;
    } m;

    memset(&m, 0, sizeof(m));
    m.header = dcd_cci_request(99, DCD_OP_INITIATE_DC_ADD,
                               sizeof(m) - sizeof(m.header));
    m.req.host_id = dcd_put16(1);
    m.req.policy = DCD_ADD_PRESCRIPTIVE;
    m.req.count = dcd_put32(1);
    m.extent.dpa = dcd_put64(MIB(4));
    m.extent.length = dcd_put64(MIB(2));
    h->on_revoke = NULL;
    C_EXPECT(dcd_device_fm_request(h->device, &m, sizeof(m)));
    C_EXPECT_EQ(0, dcd_device_fm_response_size(h->device));
    look_inside(h);
}

/* It is queued, and runs when the blocks are closed, revoked and erased. */
C_TEST(dmi, command_from_inside_a_revocation_waits_for_its_end)
{
    struct dcd_cci_header response;
    uint8_t byte = MARK;
    struct watcher w;

    build_watcher(&w);
    w.h.on_revoke = offer_inside;
    C_EXPECT_EQ(DCD_RC_SUCCESS, release(&w.h, 0, RANGES({MIB(4), MIB(2)})));
    C_EXPECT_EQ(1, w.h.revocations);
    C_EXPECT_EQ(MARK, w.byte);
    dcd_device_fm_response(w.h.device, &response, sizeof(response));
    C_EXPECT_EQ(99, response.tag);
    C_EXPECT_EQ(DCD_RC_SUCCESS, dcd_get16(response.return_code));
    C_EXPECT_EQ(DCD_RC_SUCCESS,
                add_response(&w.h, 1, RANGES({MIB(4), MIB(2)})));
    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_device_read(w.h.device, 1, w.inside, &byte, 1));
    C_EXPECT_EQ(0, byte);
    harness_free(&w.h);
}
