/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_dc_decoder.c - HPA to DPA to bytes, or why not.
 */
#include "dc_decoder.h"
#include "gtest_c.h"

#include <cxldcd/ctypes/registers.h>

#include <string.h>

#define MIB(n) ((uint64_t)(n)*DCD_MIB)
#define GIB(n) ((uint64_t)(n)*DCD_GIB)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* HPA of DPA 0. */
#define HPA GIB(4)

/*
 * One head with 256 MiB of static memory, region 0 of 6 MiB in blocks of
 * 2 MiB at DPA 256 MiB, and region 1 of 64 KiB in blocks of 64 B, read-only,
 * at DPA 512 MiB. The backing is an address that no test follows.
 */
struct fixture {
    struct dcd_config config;
    struct dcd_regions regions;
    struct dcd_block_map map[2];
    struct dcd_media media;
    struct dcd_dc_decoder decoder;
};

static uint8_t *const bytes = (uint8_t *)0x100000000000;

enum { STATIC_MEDIA = 64 << 20 };

static void build(struct fixture *f)
{
    struct dcd_config *c = &f->config;

    dcd_config_init(c);
    c->static_volatile = MIB(256);
    c->region_count = 2;
    c->regions[0].length = MIB(6);
    c->regions[0].block_size = MIB(2);
    c->regions[1].length = 65536;
    c->regions[1].block_size = 64;
    c->regions[1].attributes = DCD_REGION_ATTR_READ_ONLY;
    dcd_regions_init(&f->regions, c);
    for (unsigned i = 0; i < 2; i++) {
        const struct dcd_region *r = &f->regions.region[i];

        C_ASSERT(dcd_block_map_init(&f->map[i], r->length >> r->block_shift));
        C_ASSERT(dcd_block_map_reserve(&f->map[i], 8));
    }
    memset(&f->media, 0, sizeof(f->media));
    f->media.bytes = bytes;
    C_ASSERT(
        dcd_dc_decoder_init(&f->decoder, 4, &f->regions, f->map, &f->media));
    dcd_dc_decoder_set_mem(&f->decoder, true);
    dcd_partitions_init(&f->decoder.partitions, &f->regions, c, 0,
                        STATIC_MEDIA);
}

static void free_fixture(struct fixture *f)
{
    dcd_block_map_destroy(&f->map[0]);
    dcd_block_map_destroy(&f->map[1]);
    dcd_poison_destroy(&f->media.poison);
}

static void commit(struct fixture *f, unsigned n, uint64_t base, uint64_t size,
                   unsigned ways, unsigned granularity)
{
    struct dcd_hdm_decoders *hdm = &f->decoder.hdm;
    uint32_t at = DCD_HDM_DECODER(n);

    dcd_hdm_write(hdm, at + DCD_HDM_BASE_LOW, (uint32_t)base);
    dcd_hdm_write(hdm, at + DCD_HDM_BASE_HIGH, (uint32_t)(base >> 32));
    dcd_hdm_write(hdm, at + DCD_HDM_SIZE_LOW, (uint32_t)size);
    dcd_hdm_write(hdm, at + DCD_HDM_SIZE_HIGH, (uint32_t)(size >> 32));
    dcd_hdm_write(hdm, at + DCD_HDM_CONTROL,
                  DCD_HDM_COMMIT | ways << DCD_HDM_WAYS_SHIFT | granularity);
    dcd_hdm_write(hdm, DCD_HDM_GLOBAL_CONTROL, DCD_HDM_GLOBAL_ENABLE);
    dcd_dc_decoder_forget(&f->decoder);
}

/* All of it through decoder 0; blocks 0 and 2 of region 0, 3-5 of region 1. */
static void build_usual(struct fixture *f)
{
    build(f);
    commit(f, 0, HPA, GIB(1), 0, 0);
    dcd_block_map_open(&f->map[0], 0, 1);
    dcd_block_map_open(&f->map[0], 2, 1);
    dcd_block_map_open(&f->map[1], 3, 3);
}

#define REGION0 (HPA + MIB(256))
#define REGION1 (HPA + MIB(512))

C_TEST(dc_decoder, piece_ends_where_its_answer_does)
{
    static const struct {
        const char *what;
        uint64_t hpa;
        bool write;
        enum dcd_access access;
        uint64_t length; /* of a very long access */
    } rows[] = {
        {"below", HPA - 16, false, DCD_ACCESS_NOT_DECODED, 16},
        {"static", HPA + 5, true, DCD_ACCESS_OK, MIB(256) - 5},
        {"open block", REGION0 + 1, true, DCD_ACCESS_OK, MIB(2) - 1},
        {"closed block", REGION0 + MIB(3), false, DCD_ACCESS_NOT_BACKED,
         MIB(1)},
        {"last block", REGION0 + MIB(4), true, DCD_ACCESS_OK, MIB(2)},
        {"behind region 0", REGION0 + MIB(6), false, DCD_ACCESS_BEYOND,
         MIB(250)},
        {"closed small blocks", REGION1, false, DCD_ACCESS_NOT_BACKED, 192},
        {"open small blocks", REGION1 + 200, false, DCD_ACCESS_OK, 184},
        {"write to them", REGION1 + 200, true, DCD_ACCESS_READ_ONLY, 184},
        {"write to closed ones", REGION1 + 384, true, DCD_ACCESS_NOT_BACKED,
         65536 - 384},
        {"behind region 1", REGION1 + 65536, true, DCD_ACCESS_BEYOND,
         MIB(512) - 65536},
        {"behind the decoder", HPA + GIB(1), true, DCD_ACCESS_NOT_DECODED,
         0 - (HPA + GIB(1))},
    };
    struct fixture f;

    build_usual(&f);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct dcd_piece piece;

        C_CONTEXT("%s", rows[i].what);
        piece = dcd_dc_decoder_find_piece(&f.decoder, rows[i].hpa, UINT64_MAX,
                                          rows[i].write);
        C_EXPECT_EQ(rows[i].access, piece.access);
        C_EXPECT_EQ(rows[i].length, piece.length);
        C_EXPECT_EQ(rows[i].access == DCD_ACCESS_NOT_DECODED
                        ? UINT64_MAX
                        : rows[i].hpa - HPA,
                    piece.dpa);
        /* No more than was asked for. */
        piece = dcd_dc_decoder_find_piece(&f.decoder, rows[i].hpa, 1,
                                          rows[i].write);
        C_EXPECT_EQ(1, piece.length);
        C_EXPECT_EQ(rows[i].access, piece.access);
    }
    free_fixture(&f);
}

C_TEST(dc_decoder, bytes_lie_where_the_partition_says)
{
    struct fixture f;

    build_usual(&f);
    C_EXPECT(dcd_dc_decoder_find_piece(&f.decoder, HPA + 77, 1, false).data ==
             bytes + STATIC_MEDIA + 77);
    C_EXPECT(
        dcd_dc_decoder_find_piece(&f.decoder, REGION0 + 77, 1, false).data ==
        bytes + 77);
    C_EXPECT(
        dcd_dc_decoder_find_piece(&f.decoder, REGION1 + 200, 1, false).data ==
        bytes + MIB(6) + 200);
    free_fixture(&f);
}

/* The fast way takes one open block; all else is NULL. */
C_TEST(dc_decoder, fast_takes_what_lies_in_one_open_block)
{
    static const struct {
        const char *what;
        uint64_t hpa;
        uint64_t length;
        bool write;
        bool found;
    } rows[] = {
        {"static", HPA, 8, true, true},
        {"all of static", HPA, MIB(256), true, true},
        {"static and more", HPA + 1, MIB(256), true, false},
        {"open block", REGION0 + 8, 8, true, true},
        {"whole block", REGION0, MIB(2), true, true},
        {"last byte", REGION0 + MIB(2) - 1, 1, true, true},
        {"over its end", REGION0 + MIB(2) - 1, 2, true, false},
        {"closed block", REGION0 + MIB(2), 8, false, false},
        {"over two open blocks", REGION1 + 192, 65, false, false},
        {"read-only, read", REGION1 + 192, 64, false, true},
        {"read-only, write", REGION1 + 192, 64, true, false},
        {"behind a region", REGION0 + MIB(6), 1, false, false},
        {"not decoded", HPA - 1, 1, false, false},
        {"from below", HPA - 1, 2, false, false},
        {"over the decoder's end", HPA + GIB(1) - 4, 8, false, false},
        {"longest", REGION0, UINT64_MAX, false, false},
        {"none", REGION0 + 8, 0, false, false},
        {"none, at a start", REGION0, 0, false, false},
        {"none, closed", REGION0 + MIB(2), 0, false, false},
    };
    struct fixture f;

    build_usual(&f);
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t *p;

        C_CONTEXT("%s", rows[i].what);
        p = dcd_dc_decoder_fast(&f.decoder, rows[i].hpa, rows[i].length,
                                rows[i].write);
        C_EXPECT_EQ(rows[i].found, p != NULL);
        if (p) {
            C_EXPECT_EQ(rows[i].hpa - HPA,
                        dcd_dc_decoder_window_dpa(&f.decoder, rows[i].hpa));
            C_EXPECT(p == dcd_dc_decoder_find_piece(&f.decoder, rows[i].hpa, 1,
                                                    false)
                              .data);
        }
    }
    free_fixture(&f);
}

/* Whatever was hit last has no say in what holds next. */
C_TEST(dc_decoder, answers_do_not_depend_on_the_access_before)
{
    static const uint64_t places[] = {
        HPA - 8,          HPA,           REGION0,        REGION0 + MIB(2),
        REGION0 + MIB(6), REGION1 + 192, REGION1 + 1024, HPA + GIB(1)};
    static const bool found[] = {false, true, true,  false,
                                 false, true, false, false};
    struct fixture f;

    build_usual(&f);
    for (size_t i = 0; i < COUNT(places); i++)
        for (size_t k = 0; k < COUNT(places); k++) {
            C_CONTEXT("%zu, then %zu", i, k);
            dcd_dc_decoder_fast(&f.decoder, places[i], 8, false);
            C_EXPECT_EQ(found[k], dcd_dc_decoder_fast(&f.decoder, places[k], 8,
                                                      false) != NULL);
        }
    free_fixture(&f);
}

C_TEST(dc_decoder, nothing_is_decoded_after_init)
{
    struct fixture f;

    build(&f);
    C_EXPECT(!dcd_dc_decoder_fast(&f.decoder, 0, 1, false));
    C_EXPECT_EQ(DCD_ACCESS_NOT_DECODED,
                dcd_dc_decoder_find_piece(&f.decoder, 0, 1, false).access);
    free_fixture(&f);
}

/* The map is asked each time; no one tells the decoder that it changed. */
C_TEST(dc_decoder, block_that_closes_is_closed_at_once)
{
    struct fixture f;

    build_usual(&f);
    C_EXPECT(dcd_dc_decoder_fast(&f.decoder, REGION0, 8, false));
    dcd_block_map_close(&f.map[0], 0, 1);
    C_EXPECT(!dcd_dc_decoder_fast(&f.decoder, REGION0, 8, false));
    dcd_block_map_open(&f.map[0], 0, 1);
    C_EXPECT(dcd_dc_decoder_fast(&f.decoder, REGION0, 8, false));
    free_fixture(&f);
}

C_TEST(dc_decoder, uncommitted_decoder_is_forgotten)
{
    struct fixture f;

    build_usual(&f);
    C_EXPECT(dcd_dc_decoder_fast(&f.decoder, HPA, 8, false));
    C_EXPECT(
        dcd_hdm_write(&f.decoder.hdm, DCD_HDM_DECODER(0) + DCD_HDM_CONTROL, 0));
    dcd_dc_decoder_forget(&f.decoder);
    C_EXPECT(!dcd_dc_decoder_fast(&f.decoder, HPA, 8, false));
    free_fixture(&f);
}

/* Two ways, 256 bytes: the way holds one granule, and no more. */
C_TEST(dc_decoder, fast_takes_what_lies_in_one_granule)
{
    struct fixture f;

    build(&f);
    commit(&f, 0, HPA, MIB(512), 1, 0);
    for (uint64_t o = 0; o < 4096; o += 64) {
        uint64_t dpa = o / 512 * 256 + o % 256;

        C_CONTEXT("offset %llu", (unsigned long long)o);
        C_EXPECT(dcd_dc_decoder_fast(&f.decoder, HPA + o, 64, true) ==
                 bytes + STATIC_MEDIA + dpa);
        C_EXPECT_EQ(dpa, dcd_dc_decoder_window_dpa(&f.decoder, HPA + o));
        C_EXPECT_EQ(o % 256 != 192,
                    dcd_dc_decoder_fast(&f.decoder, HPA + o, 65, true) != NULL);
    }
    free_fixture(&f);
}

/* --- HPAs of a DPA range ------------------------------------------------- */

struct found {
    unsigned count;
    uint64_t first[8];
    uint64_t last[8];
};

static void note(void *context, uint64_t first, uint64_t last)
{
    struct found *found = context;

    found->first[found->count] = first;
    found->last[found->count++] = last;
}

C_TEST(dc_decoder, hpa_of_a_linear_range_is_exact)
{
    struct found found = {0};
    struct fixture f;

    build_usual(&f);
    dcd_dc_decoder_hpa_of(&f.decoder, MIB(256), MIB(2), note, &found);
    C_ASSERT_EQ(1, found.count);
    C_EXPECT_EQ(REGION0, found.first[0]);
    C_EXPECT_EQ(REGION0 + MIB(2) - 1, found.last[0]);
    free_fixture(&f);
}

C_TEST(dc_decoder, range_over_two_decoders_is_found_in_both)
{
    struct found found = {0};
    struct fixture f;

    build(&f);
    commit(&f, 0, HPA, MIB(256), 0, 0);
    commit(&f, 1, HPA + GIB(8), MIB(256), 0, 0);
    dcd_dc_decoder_hpa_of(&f.decoder, MIB(254), MIB(4), note, &found);
    C_ASSERT_EQ(2, found.count);
    C_EXPECT_EQ(HPA + MIB(254), found.first[0]);
    C_EXPECT_EQ(HPA + MIB(256) - 1, found.last[0]);
    C_EXPECT_EQ(HPA + GIB(8), found.first[1]);
    C_EXPECT_EQ(HPA + GIB(8) + MIB(2) - 1, found.last[1]);
    free_fixture(&f);
}

C_TEST(dc_decoder, range_that_no_decoder_maps_is_not_found)
{
    struct found found = {0};
    struct fixture f;

    build(&f);
    dcd_dc_decoder_hpa_of(&f.decoder, 0, MIB(2), note, &found);
    commit(&f, 0, HPA, MIB(256), 0, 0);
    dcd_dc_decoder_hpa_of(&f.decoder, MIB(256), MIB(2), note, &found);
    C_EXPECT_EQ(0, found.count);
    free_fixture(&f);
}

/* Two ways, 256 bytes: DPA 256 ... 511 is HPA offset 512 ... 1023. */
C_TEST(dc_decoder, interleaved_range_is_the_smallest_that_holds_it)
{
    struct found found = {0};
    struct fixture f;

    build(&f);
    commit(&f, 0, HPA, MIB(512), 1, 0);
    dcd_dc_decoder_hpa_of(&f.decoder, 300, 10, note, &found);
    C_ASSERT_EQ(1, found.count);
    C_EXPECT_EQ(HPA + 512, found.first[0]);
    C_EXPECT_EQ(HPA + 1023, found.last[0]);
    free_fixture(&f);
}

/* --- DMI ----------------------------------------------------------------- */

C_TEST(dc_decoder, grant_walks_back_a_bounded_number_of_blocks)
{
    const uint64_t length = MIB(8); /* 131072 blocks of 64 bytes */
    struct fixture f;
    struct dcd_span span;

    build(&f);
    dcd_block_map_destroy(&f.map[1]);
    f.regions.region[1].length = length;
    f.decoder.partitions.partition[3].length = length;
    C_ASSERT(dcd_block_map_init(&f.map[1], length / 64));
    C_ASSERT(dcd_block_map_reserve(&f.map[1], 2));
    dcd_block_map_open(&f.map[1], 0, length / 64);
    commit(&f, 0, HPA, GIB(1), 0, 0);
    C_ASSERT(dcd_dc_decoder_dmi(&f.decoder, REGION1 + length - 1, &span));
    C_EXPECT(span.first <= REGION1 + length - MIB(2));
    C_EXPECT(span.first > REGION1);
    C_EXPECT_EQ(REGION1 + length - 1, span.last);
    C_EXPECT(span.data ==
             bytes + f.regions.region[1].media + (span.first - REGION1));
    C_ASSERT(dcd_dc_decoder_dmi(&f.decoder, REGION1, &span));
    C_EXPECT_EQ(REGION1, span.first);
    C_EXPECT_EQ(REGION1 + length - 1, span.last);
    free_fixture(&f);
}

/* --- Poison and media ----------------------------------------------------- */

/* The line at DPA 4096, which is static. */
#define LINE (HPA + 4096)

static void build_poisoned(struct fixture *f)
{
    build_usual(f);
    C_EXPECT(dcd_poison_add(&f->media.poison, STATIC_MEDIA + 4096,
                            DCD_POISON_INJECTED, 0));
}

C_TEST(dc_decoder, pieces_end_at_poisoned_lines)
{
    static const struct {
        uint64_t hpa;
        uint64_t length;
        enum dcd_access access;
        uint64_t piece;
    } rows[] = {
        {HPA, UINT64_MAX, DCD_ACCESS_OK, 4096},
        {HPA + 4090, 8, DCD_ACCESS_OK, 6},
        {LINE, UINT64_MAX, DCD_ACCESS_POISONED, 64},
        {LINE + 60, 8, DCD_ACCESS_POISONED, 4},
        {LINE + 60, 2, DCD_ACCESS_POISONED, 2},
        {LINE + 64, UINT64_MAX, DCD_ACCESS_OK, MIB(256) - 4160},
    };
    struct fixture f;

    build_poisoned(&f);
    for (size_t i = 0; i < 2 * COUNT(rows); i++) {
        struct dcd_piece piece = dcd_dc_decoder_find_piece(
            &f.decoder, rows[i / 2].hpa, rows[i / 2].length, i % 2);

        C_CONTEXT("row %u", (unsigned)i / 2);
        C_EXPECT_EQ(rows[i / 2].access, piece.access);
        C_EXPECT_EQ(rows[i / 2].piece, piece.length);
        C_EXPECT(piece.data == bytes + STATIC_MEDIA + (rows[i / 2].hpa - HPA));
    }
    free_fixture(&f);
}

C_TEST(dc_decoder, no_window_has_a_poisoned_line_in_it)
{
    const struct dcd_window *w;
    struct fixture f;

    build_poisoned(&f);
    w = &f.decoder.window;
    C_EXPECT(!dcd_dc_decoder_fast(&f.decoder, LINE + 1, 1, false));
    C_EXPECT_EQ(0, w->length);
    C_EXPECT(dcd_dc_decoder_fast(&f.decoder, HPA + 8, 8, false));
    C_EXPECT_EQ(HPA, w->first);
    C_EXPECT_EQ(4096, w->length);
    C_EXPECT(!dcd_dc_decoder_fast(&f.decoder, LINE, 1, false));
    C_EXPECT(!dcd_dc_decoder_fast(&f.decoder, LINE - 4, 8, false));
    C_EXPECT(dcd_dc_decoder_fast(&f.decoder, LINE + 64, 8, false));
    C_EXPECT_EQ(LINE + 64, w->first);
    C_EXPECT_EQ(MIB(256) - 4160, w->length);
    free_fixture(&f);
}

C_TEST(dc_decoder, grants_end_at_poisoned_lines)
{
    struct dcd_span span;
    struct fixture f;

    build_poisoned(&f);
    C_ASSERT(dcd_dc_decoder_dmi(&f.decoder, HPA + 5, &span));
    C_EXPECT_EQ(HPA, span.first);
    C_EXPECT_EQ(LINE - 1, span.last);
    C_ASSERT(dcd_dc_decoder_dmi(&f.decoder, LINE + 64, &span));
    C_EXPECT_EQ(LINE + 64, span.first);
    C_EXPECT_EQ(HPA + MIB(256) - 1, span.last);
    C_EXPECT(span.data == bytes + STATIC_MEDIA + 4160);
    C_EXPECT(!dcd_dc_decoder_dmi(&f.decoder, LINE + 30, &span));
    C_EXPECT_EQ(LINE, span.first);
    C_EXPECT_EQ(LINE + 63, span.last);
    free_fixture(&f);
}

/* What cannot be touched at all is not looked at for poison. */
C_TEST(dc_decoder, closed_blocks_and_disabled_media_come_before_poison)
{
    struct dcd_span span;
    struct fixture f;

    build_poisoned(&f);
    C_EXPECT(dcd_poison_add(&f.media.poison, MIB(2), DCD_POISON_INJECTED, 0));
    C_EXPECT_EQ(
        DCD_ACCESS_NOT_BACKED,
        dcd_dc_decoder_find_piece(&f.decoder, REGION0 + MIB(2), 8, false)
            .access);
    dcd_dc_decoder_set_media(&f.decoder, false);
    C_EXPECT_EQ(DCD_ACCESS_MEDIA_DISABLED,
                dcd_dc_decoder_find_piece(&f.decoder, LINE, 8, false).access);
    C_EXPECT(!dcd_dc_decoder_fast(&f.decoder, HPA, 8, false));
    C_EXPECT(!dcd_dc_decoder_dmi(&f.decoder, LINE, &span));
    C_EXPECT_EQ(0, span.first);
    C_EXPECT_EQ(UINT64_MAX, span.last);
    dcd_dc_decoder_set_mem(&f.decoder, false);
    C_EXPECT_EQ(DCD_ACCESS_MEM_DISABLED,
                dcd_dc_decoder_find_piece(&f.decoder, LINE, 8, false).access);
    C_EXPECT(!dcd_dc_decoder_dmi(&f.decoder, LINE, &span));
    C_EXPECT_EQ(0, span.first);
    C_EXPECT_EQ(UINT64_MAX, span.last);
    free_fixture(&f);
}
