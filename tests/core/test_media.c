/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_media.c - the sparse bytes of the device: opening, keeping, erasing.
 */
#define _GNU_SOURCE /* mincore, mkdtemp */
#include "media.h"

#include <cxldcd/ctypes/le.h>
#include <gtest_c.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const kind_name[] = {"memory", "memfd", "file"};

/* A directory of its own for each test, with the path of one file in it. */
struct place {
    char directory[64];
    char file[80];
};

static bool place_make(struct place *p)
{
    snprintf(p->directory, sizeof(p->directory), "/tmp/dcd-media-XXXXXX");
    if (!mkdtemp(p->directory))
        return false;
    snprintf(p->file, sizeof(p->file), "%s/bytes", p->directory);
    return true;
}

static void place_remove(const struct place *p)
{
    unlink(p->file);
    rmdir(p->directory);
}

/* Writes a file of [size] bytes 'x'. */
static bool write_file(const char *path, size_t size)
{
    FILE *f = fopen(path, "wb");
    size_t i;

    if (!f)
        return false;
    for (i = 0; i < size; i++)
        fputc('x', f);
    return fclose(f) == 0;
}

static struct stat stat_of(const char *path)
{
    struct stat st;

    memset(&st, 0, sizeof(st));
    if (stat(path, &st) != 0)
        st.st_size = -1;
    return st;
}

static bool open_kind(struct dcd_media *m, int kind, const struct place *p,
                      uint64_t size)
{
    char why[200] = "";
    bool ok = dcd_media_open(m, (enum dcd_media_kind)kind, p->file, size, why,
                             sizeof(why));

    C_EXPECT_STREQ("", why);
    return ok;
}

static void expect_filled(const struct dcd_media *m, uint64_t from, uint64_t to,
                          uint8_t value)
{
    uint64_t i;

    for (i = from; i < to; i++)
        C_ASSERT_EQ(value, m->bytes[i]);
}

/* Pages of the range that hold memory (for a file: that are cached). */
static size_t resident(const struct dcd_media *m, uint64_t from, uint64_t to)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t pages = (size_t)(to - from) / page;
    unsigned char *in = calloc(pages, 1);
    size_t n = 0, i;

    if (!in || mincore(m->bytes + from, (size_t)(to - from), in) != 0)
        n = SIZE_MAX;
    for (i = 0; n != SIZE_MAX && i < pages; i++)
        n += in[i] & 1;
    free(in);
    return n;
}

C_TEST(media, every_kind_starts_zero_and_keeps_what_is_written)
{
    struct dcd_media m;
    struct place p;
    int kind;

    C_ASSERT(place_make(&p));
    for (kind = 0; kind < 3; kind++) {
        C_CONTEXT("%s", kind_name[kind]);
        C_ASSERT(open_kind(&m, kind, &p, 4 * DCD_MIB));
        C_EXPECT_EQ(4 * DCD_MIB, m.size);
        expect_filled(&m, 0, 4 * DCD_MIB, 0);
        m.bytes[0] = 1;
        m.bytes[4 * DCD_MIB - 1] = 2;
        C_EXPECT_EQ(1, m.bytes[0]);
        C_EXPECT_EQ(2, m.bytes[4 * DCD_MIB - 1]);
        dcd_media_close(&m);
        C_EXPECT(m.bytes == NULL);
    }
    place_remove(&p);
}

C_TEST(media, size_0_has_no_bytes)
{
    struct dcd_media m;
    struct place p;
    int kind;

    C_ASSERT(place_make(&p));
    for (kind = 0; kind < 3; kind++) {
        C_CONTEXT("%s", kind_name[kind]);
        C_ASSERT(open_kind(&m, kind, &p, 0));
        C_EXPECT(m.bytes == NULL);
        C_EXPECT_EQ(0, m.size);
        dcd_media_erase(&m, 0, 0);
        dcd_media_close(&m);
    }
    place_remove(&p);
}

C_TEST(media, size_need_not_be_whole_pages)
{
    struct dcd_media m;
    struct place p;
    int kind;

    C_ASSERT(place_make(&p));
    for (kind = 0; kind < 3; kind++) {
        C_CONTEXT("%s", kind_name[kind]);
        C_ASSERT(open_kind(&m, kind, &p, 10001));
        memset(m.bytes, 0x5a, 10001);
        dcd_media_erase(&m, 0, 10001);
        expect_filled(&m, 0, 10001, 0);
        dcd_media_close(&m);
    }
    C_EXPECT_EQ(10001, stat_of(p.file).st_size);
    place_remove(&p);
}

/* The only tests with more address space than Valgrind can give: "huge". */
C_TEST(media, huge_64_tib_of_memory_open_at_once)
{
    struct dcd_media m;
    struct place p = {"", ""};
    uint64_t size = 64 * DCD_TIB;

    C_ASSERT(open_kind(&m, DCD_MEDIA_MEMORY, &p, size));
    m.bytes[0] = 1;
    m.bytes[size / 2] = 2;
    m.bytes[size - 1] = 3;
    dcd_media_erase(&m, 0, size);
    C_EXPECT_EQ(0, m.bytes[0]);
    C_EXPECT_EQ(0, m.bytes[size / 2]);
    C_EXPECT_EQ(0, m.bytes[size - 1]);
    dcd_media_close(&m);
}

C_TEST(media, huge_1_tib_costs_the_pages_touched)
{
    struct dcd_media m;
    struct place p;
    int kind;

    C_ASSERT(place_make(&p));
    for (kind = DCD_MEDIA_MEMFD; kind <= DCD_MEDIA_FILE; kind++) {
        struct stat st;

        C_CONTEXT("%s", kind_name[kind]);
        C_ASSERT(open_kind(&m, kind, &p, DCD_TIB));
        m.bytes[DCD_TIB - 1] = 1;
        C_ASSERT(msync(m.bytes + DCD_TIB - 4096, 4096, MS_SYNC) == 0);
        C_ASSERT(fstat(m.fd, &st) == 0);
        C_EXPECT_EQ(DCD_TIB, st.st_size);
        C_EXPECT(st.st_blocks > 0 && st.st_blocks * 512 < 4 * 1024 * 1024);
        dcd_media_close(&m);
    }
    place_remove(&p);
}

C_TEST(media, erase_clears_exactly_the_range)
{
    static const struct {
        uint64_t offset, length;
    } rows[] = {{0, 0},        {0, 1},       {5000, 0},     {100, 64},
                {4095, 2},     {4096, 4096}, {4097, 4095},  {4097, 4096},
                {4000, 10000}, {8192, 1},    {0, 65536},    {1, 65534},
                {61440, 4096}, {65535, 1},   {65536, 0},    {4096, 61440},
                {64, 64},      {20000, 50},  {12288, 12289}};
    struct dcd_media m;
    struct place p;
    int kind;
    size_t i;

    C_ASSERT(place_make(&p));
    for (kind = 0; kind < 3; kind++) {
        C_ASSERT(open_kind(&m, kind, &p, 65536));
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            uint64_t end = rows[i].offset + rows[i].length;

            C_CONTEXT("%s, row %zu", kind_name[kind], i);
            memset(m.bytes, 0xc3, 65536);
            dcd_media_erase(&m, rows[i].offset, rows[i].length);
            expect_filled(&m, 0, rows[i].offset, 0xc3);
            expect_filled(&m, rows[i].offset, end, 0);
            expect_filled(&m, end, 65536, 0xc3);
        }
        dcd_media_close(&m);
    }
    place_remove(&p);
}

C_TEST(media, erased_bytes_can_be_written_again)
{
    struct dcd_media m;
    struct place p;
    int kind;

    C_ASSERT(place_make(&p));
    for (kind = 0; kind < 3; kind++) {
        C_CONTEXT("%s", kind_name[kind]);
        C_ASSERT(open_kind(&m, kind, &p, DCD_MIB));
        memset(m.bytes, 1, DCD_MIB);
        dcd_media_erase(&m, 0, DCD_MIB);
        memset(m.bytes + 8192, 2, 4096);
        expect_filled(&m, 0, 8192, 0);
        expect_filled(&m, 8192, 12288, 2);
        expect_filled(&m, 12288, DCD_MIB, 0);
        dcd_media_close(&m);
    }
    place_remove(&p);
}

C_TEST(media, erase_gives_whole_pages_back)
{
    struct dcd_media m;
    struct place p;
    int kind;

    C_ASSERT(place_make(&p));
    for (kind = 0; kind < 3; kind++) {
        C_CONTEXT("%s", kind_name[kind]);
        C_ASSERT(open_kind(&m, kind, &p, 8 * DCD_MIB));
        memset(m.bytes, 1, 8 * DCD_MIB);
        C_EXPECT(resident(&m, 4096, 4 * DCD_MIB) > 0);
        /* Parts of a page at both ends. */
        dcd_media_erase(&m, 100, 4 * DCD_MIB);
        C_EXPECT_EQ(0, resident(&m, 4096, 4 * DCD_MIB));
        C_EXPECT(resident(&m, 4 * DCD_MIB + 4096, 8 * DCD_MIB) > 0);
        dcd_media_close(&m);
    }
    place_remove(&p);
}

C_TEST(media, erase_gives_blocks_of_memfd_and_file_back)
{
    struct dcd_media m;
    struct place p;
    struct stat st;
    int kind;

    C_ASSERT(place_make(&p));
    for (kind = DCD_MEDIA_MEMFD; kind <= DCD_MEDIA_FILE; kind++) {
        C_CONTEXT("%s", kind_name[kind]);
        C_ASSERT(open_kind(&m, kind, &p, 8 * DCD_MIB));
        memset(m.bytes, 1, 8 * DCD_MIB);
        C_ASSERT(msync(m.bytes, 8 * DCD_MIB, MS_SYNC) == 0);
        C_ASSERT(fstat(m.fd, &st) == 0);
        C_EXPECT(st.st_blocks * 512 >= (int64_t)(8 * DCD_MIB));
        dcd_media_erase(&m, 0, 8 * DCD_MIB);
        C_ASSERT(fstat(m.fd, &st) == 0);
        C_EXPECT(st.st_blocks * 512 < (int64_t)(64 * DCD_KIB));
        C_EXPECT_EQ(8 * DCD_MIB, st.st_size);
        dcd_media_close(&m);
    }
    place_remove(&p);
}

/* A locked page cannot be dropped: the way of media that cannot punch. */
C_TEST(media, erase_overwrites_where_pages_cannot_be_given_back)
{
    struct dcd_media m;
    struct place p = {"", ""};

    C_ASSERT(open_kind(&m, DCD_MEDIA_MEMORY, &p, 65536));
    memset(m.bytes, 1, 65536);
    C_ASSERT(mlock(m.bytes + 8192, 4096) == 0);
    dcd_media_erase(&m, 10, 65500);
    expect_filled(&m, 0, 10, 1);
    expect_filled(&m, 10, 65510, 0);
    expect_filled(&m, 65510, 65536, 1);
    dcd_media_close(&m);
}

C_TEST(media, erasing_parts_of_untouched_pages_takes_no_storage)
{
    struct dcd_media m;
    struct place p;
    struct stat before, after;

    C_ASSERT(place_make(&p));
    C_ASSERT(open_kind(&m, DCD_MEDIA_FILE, &p, DCD_MIB));
    C_ASSERT(fstat(m.fd, &before) == 0);
    dcd_media_erase(&m, 64, 64);
    dcd_media_erase(&m, 100000, 100000);
    C_ASSERT(msync(m.bytes, DCD_MIB, MS_SYNC) == 0);
    C_ASSERT(fstat(m.fd, &after) == 0);
    C_EXPECT_EQ(before.st_blocks, after.st_blocks);
    dcd_media_close(&m);
    place_remove(&p);
}

C_TEST(media, file_is_created_and_keeps_its_bytes)
{
    struct dcd_media m;
    struct place p;

    C_ASSERT(place_make(&p));
    C_ASSERT(open_kind(&m, DCD_MEDIA_FILE, &p, DCD_MIB));
    memcpy(m.bytes + 5000, "hello", 5);
    dcd_media_close(&m);
    C_EXPECT_EQ(DCD_MIB, stat_of(p.file).st_size);
    C_ASSERT(open_kind(&m, DCD_MEDIA_FILE, &p, DCD_MIB));
    C_EXPECT_MEMEQ("hello", m.bytes + 5000, 5);
    dcd_media_close(&m);
    place_remove(&p);
}

C_TEST(media, erased_bytes_of_a_file_do_not_come_back)
{
    struct dcd_media m;
    struct place p;

    C_ASSERT(place_make(&p));
    C_ASSERT(open_kind(&m, DCD_MEDIA_FILE, &p, DCD_MIB));
    memset(m.bytes, 7, DCD_MIB);
    dcd_media_erase(&m, 0, DCD_MIB);
    dcd_media_close(&m);
    C_ASSERT(open_kind(&m, DCD_MEDIA_FILE, &p, DCD_MIB));
    expect_filled(&m, 0, DCD_MIB, 0);
    dcd_media_close(&m);
    place_remove(&p);
}

C_TEST(media, shorter_file_is_extended)
{
    struct dcd_media m;
    struct place p;

    C_ASSERT(place_make(&p));
    C_ASSERT(write_file(p.file, 5000));
    C_ASSERT(open_kind(&m, DCD_MEDIA_FILE, &p, 100000));
    expect_filled(&m, 0, 5000, 'x');
    expect_filled(&m, 5000, 100000, 0);
    dcd_media_close(&m);
    C_EXPECT_EQ(100000, stat_of(p.file).st_size);
    place_remove(&p);
}

/* What is refused: the sentence, and nothing left open or behind. */
static void expect_refused(const char *path, uint64_t size,
                           const char *sentence)
{
    struct dcd_media m;
    char why[256] = "";

    C_EXPECT(!dcd_media_open(&m, DCD_MEDIA_FILE, path, size, why, sizeof(why)));
    C_EXPECT_STREQ(sentence, why);
    C_EXPECT(m.bytes == NULL);
    C_EXPECT_EQ(0, m.size);
    dcd_media_close(&m);
}

C_TEST(media, longer_file_is_refused_and_left_alone)
{
    struct place p;
    char sentence[160];

    C_ASSERT(place_make(&p));
    C_ASSERT(write_file(p.file, 5000));
    snprintf(sentence, sizeof(sentence),
             "%s: has 5000 bytes, more than the 4999 of the device", p.file);
    expect_refused(p.file, 4999, sentence);
    C_EXPECT_EQ(5000, stat_of(p.file).st_size);
    place_remove(&p);
}

C_TEST(media, file_needs_a_usable_path)
{
    expect_refused(NULL, 4096, "backing file: a path is needed");
    expect_refused("", 4096, "backing file: a path is needed");
    expect_refused("/tmp", 4096, "/tmp: Is a directory");
    expect_refused("/dev/null", 4096, "/dev/null: not a regular file");
    expect_refused("/nowhere/at/all", 4096,
                   "/nowhere/at/all: No such file or directory");
    expect_refused("/dev/null/x", 4096, "/dev/null/x: Not a directory");
}

/* /proc refuses everybody; a read-only mode would let root through. */
C_TEST(media, unwritable_path_is_refused)
{
    struct place p;
    char sentence[160];

    expect_refused("/proc/dcd-media", 4096,
                   "/proc/dcd-media: No such file or directory");
    if (geteuid() == 0)
        return;
    C_ASSERT(place_make(&p));
    C_ASSERT(write_file(p.file, 10) && chmod(p.file, 0444) == 0);
    snprintf(sentence, sizeof(sentence), "%s: Permission denied", p.file);
    expect_refused(p.file, 4096, sentence);
    place_remove(&p);
}

C_TEST(media, failing_leaves_no_file_behind_and_none_longer)
{
    struct place p;
    struct dcd_media m;
    char why[256];
    uint64_t huge = UINT64_C(1) << 62;

    C_ASSERT(place_make(&p));
    C_EXPECT(
        !dcd_media_open(&m, DCD_MEDIA_FILE, p.file, huge, why, sizeof(why)));
    C_EXPECT_EQ(-1, stat_of(p.file).st_size);
    C_ASSERT(write_file(p.file, 5000));
    C_EXPECT(
        !dcd_media_open(&m, DCD_MEDIA_FILE, p.file, huge, why, sizeof(why)));
    C_EXPECT_EQ(5000, stat_of(p.file).st_size);
    place_remove(&p);
}

C_TEST(media, sizes_beyond_the_address_space_are_refused)
{
    static const uint64_t sizes[] = {UINT64_C(1) << 62, UINT64_C(1) << 63,
                                     UINT64_MAX - 4096, UINT64_MAX};
    struct dcd_media m;
    struct place p;
    int kind;
    size_t i;

    C_ASSERT(place_make(&p));
    for (kind = 0; kind < 3; kind++) {
        for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            char why[200] = "";

            C_CONTEXT("%s, row %zu", kind_name[kind], i);
            C_EXPECT(!dcd_media_open(&m, (enum dcd_media_kind)kind, p.file,
                                     sizes[i], why, sizeof(why)));
            C_EXPECT(strlen(why) > 0);
            C_EXPECT(m.bytes == NULL);
        }
    }
    place_remove(&p);
}

C_TEST(media, sentence_is_cut_to_the_space_there_is)
{
    struct dcd_media m;
    char why[8] = "#######";

    C_EXPECT(!dcd_media_open(&m, DCD_MEDIA_FILE, NULL, 1, why, 5));
    C_EXPECT_STREQ("back", why);
    C_EXPECT_EQ('#', why[5]);
    C_EXPECT(!dcd_media_open(&m, DCD_MEDIA_FILE, NULL, 1, NULL, 0));
}

C_TEST(media, close_accepts_zeroed_and_closed)
{
    struct dcd_media m;
    int fd = dup(0);

    memset(&m, 0, sizeof(m));
    dcd_media_close(&m);
    dcd_media_close(&m);
    /* Whatever descriptor 0 was, it still is. */
    C_EXPECT_EQ(fd >= 0, fcntl(0, F_GETFD) >= 0);
    if (fd >= 0)
        close(fd);
}

C_TEST(media, nothing_is_left_open)
{
    struct dcd_media m;
    struct place p;
    int before = dup(0);
    int after;
    int kind;

    C_ASSERT(place_make(&p));
    C_ASSERT(before >= 0);
    close(before);
    for (kind = 0; kind < 3; kind++) {
        C_ASSERT(open_kind(&m, kind, &p, 8192));
        dcd_media_close(&m);
    }
    expect_refused("/dev/null", 4096, "/dev/null: not a regular file");
    after = dup(0);
    C_EXPECT_EQ(before, after);
    close(after);
    place_remove(&p);
}

C_TEST(media, two_media_are_two)
{
    struct dcd_media a, b;
    struct place p = {"", ""};

    C_ASSERT(open_kind(&a, DCD_MEDIA_MEMORY, &p, 8192));
    C_ASSERT(open_kind(&b, DCD_MEDIA_MEMFD, &p, 8192));
    memset(a.bytes, 1, 8192);
    expect_filled(&b, 0, 8192, 0);
    memset(b.bytes, 2, 8192);
    dcd_media_erase(&a, 0, 8192);
    expect_filled(&b, 0, 8192, 2);
    dcd_media_close(&a);
    dcd_media_close(&b);
}

C_TEST(media, erasing_whole_lines_ends_their_poison)
{
    struct dcd_media m;
    struct place p = {"", ""};

    C_ASSERT(open_kind(&m, DCD_MEDIA_MEMORY, &p, 65536));
    for (uint64_t at = 0; at < 65536; at += 4096)
        C_ASSERT(dcd_poison_add(&m.poison, at, DCD_POISON_INJECTED, 0));
    dcd_media_erase(&m, 4096, 8192);
    C_EXPECT(dcd_poison_has(&m.poison, 0));
    C_EXPECT(!dcd_poison_has(&m.poison, 4096));
    C_EXPECT(!dcd_poison_has(&m.poison, 8192));
    C_EXPECT(dcd_poison_has(&m.poison, 12288));
    /* Half a line: the other half is as bad as before. */
    dcd_media_erase(&m, 12288 + 32, 4096);
    C_EXPECT(dcd_poison_has(&m.poison, 12288));
    C_EXPECT(dcd_poison_has(&m.poison, 16384));
    C_EXPECT_EQ(14, dcd_poison_count(&m.poison));
    dcd_media_close(&m);
}

C_TEST(media, poison_ends_with_the_mapping)
{
    struct dcd_media m;
    struct place p;
    int kind;

    C_ASSERT(place_make(&p));
    for (kind = 0; kind < 3; kind++) {
        C_ASSERT(open_kind(&m, kind, &p, 8192));
        C_ASSERT(dcd_poison_add(&m.poison, 64, DCD_POISON_INJECTED, 0));
        dcd_media_close(&m);
        C_EXPECT(!dcd_poison_any(&m.poison));
        C_ASSERT(open_kind(&m, kind, &p, 8192));
        C_EXPECT(!dcd_poison_has(&m.poison, 64));
        dcd_media_close(&m);
    }
    place_remove(&p);
}
