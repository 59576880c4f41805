/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_register_file.c - registers from a table: masks, holes, widths.
 */
#include "register_file.h"
#include "gtest_c.h"

#include <cxldcd/ctypes/le.h>

/* One register of each kind, with a hole between the first two. */
enum {
    READ_ONLY = 0x00, /* 4 bytes */
    READ_WRITE = 0x08,
    MIXED = 0x10, /* low half writable, two bits RW1C above */
    NARROW = 0x18,
    SIZE = 0x20,
};

static const struct dcd_register table[] = {
    {READ_ONLY, 4, 0x12345678, 0, 0},
    {READ_WRITE, 8, UINT64_C(0x1122334455667788), UINT64_MAX, 0},
    {MIXED, 4, 0x00030000, 0x0000ffff, 0x00030000},
    {NARROW, 2, 0xabcd, 0x0ff0, 0},
};

static void build(struct dcd_register_file *file, uint32_t narrowest,
                  uint32_t widest)
{
    struct dcd_register_rules rules = {narrowest, widest};

    C_ASSERT(dcd_register_file_init(
        file, table, sizeof(table) / sizeof(table[0]), SIZE, rules));
}

static uint64_t get(const struct dcd_register_file *file, uint64_t offset,
                    uint32_t width)
{
    uint8_t bytes[8] = {0};

    C_EXPECT_EQ(DCD_ACCESS_OK,
                dcd_register_file_read(file, offset, bytes, width));
    return dcd_load_le(bytes, width);
}

static enum dcd_access put(struct dcd_register_file *file, uint64_t offset,
                           uint64_t width, uint64_t value)
{
    uint8_t bytes[16] = {0};

    dcd_store_le(bytes, 8, value);
    return dcd_register_file_write(file, offset, bytes, width);
}

C_TEST(register_file, reset_values_are_there_at_first_and_come_back)
{
    struct dcd_register_file file;

    build(&file, 1, 8);
    for (int round = 0; round < 2; round++) {
        C_EXPECT_EQ(0x12345678, get(&file, READ_ONLY, 4));
        C_EXPECT_EQ(UINT64_C(0x1122334455667788), get(&file, READ_WRITE, 8));
        C_EXPECT_EQ(0x00030000, get(&file, MIXED, 4));
        C_EXPECT_EQ(0xabcd, get(&file, NARROW, 2));
        put(&file, READ_WRITE, 8, 0);
        put(&file, MIXED, 4, UINT32_MAX);
        put(&file, NARROW, 2, 0);
        dcd_register_file_reset(&file);
    }
    dcd_register_file_destroy(&file);
}

C_TEST(register_file, read_only_bits_do_not_move)
{
    struct dcd_register_file file;

    build(&file, 1, 8);
    C_EXPECT_EQ(DCD_ACCESS_OK, put(&file, READ_ONLY, 4, UINT32_MAX));
    C_EXPECT_EQ(0x12345678, get(&file, READ_ONLY, 4));
    C_EXPECT_EQ(DCD_ACCESS_OK, put(&file, NARROW, 2, 0x5555));
    C_EXPECT_EQ((0xabcd & ~0x0ff0) | (0x5555 & 0x0ff0), get(&file, NARROW, 2));
    dcd_register_file_destroy(&file);
}

C_TEST(register_file, a_written_one_clears_what_is_rw1c)
{
    struct dcd_register_file file;

    build(&file, 1, 8);
    put(&file, MIXED, 4, 0x00005555);
    C_EXPECT_EQ(0x00035555, get(&file, MIXED, 4));
    put(&file, MIXED, 4, 0x00010000);
    C_EXPECT_EQ(0x00020000, get(&file, MIXED, 4));
    put(&file, MIXED, 4, 0x00020000);
    C_EXPECT_EQ(0, get(&file, MIXED, 4));
    put(&file, MIXED, 4, 0x00030000);
    C_EXPECT_EQ(0, get(&file, MIXED, 4));
    dcd_register_file_destroy(&file);
}

C_TEST(register_file, parts_of_a_register_can_be_written_alone)
{
    struct dcd_register_file file;

    build(&file, 1, 8);
    put(&file, READ_WRITE + 4, 4, 0xaabbccdd);
    C_EXPECT_EQ(UINT64_C(0xaabbccdd55667788), get(&file, READ_WRITE, 8));
    put(&file, READ_WRITE + 2, 2, 0);
    C_EXPECT_EQ(UINT64_C(0xaabbccdd00007788), get(&file, READ_WRITE, 8));
    put(&file, READ_WRITE + 7, 1, 0x11);
    C_EXPECT_EQ(UINT64_C(0x11bbccdd00007788), get(&file, READ_WRITE, 8));
    /* The RW1C bits lie in byte 2; the others are not looked at. */
    put(&file, MIXED + 2, 1, 0x02);
    C_EXPECT_EQ(0x00010000, get(&file, MIXED, 4));
    dcd_register_file_destroy(&file);
}

C_TEST(register_file, holes_read_zero_and_ignore_writes)
{
    static const uint32_t holes[] = {0x04, 0x14, 0x1c};
    struct dcd_register_file file;

    build(&file, 1, 8);
    for (size_t i = 0; i < sizeof(holes) / sizeof(holes[0]); i++) {
        C_EXPECT_EQ(DCD_ACCESS_OK, put(&file, holes[i], 4, UINT32_MAX));
        C_EXPECT_EQ(0, get(&file, holes[i], 4));
    }
    dcd_register_file_destroy(&file);
}

/* CXL r3.1 8.2: naturally aligned, 1, 2, 4 or 8 bytes, inside a register. */
C_TEST(register_file, widths_and_alignment)
{
    static const struct {
        const char *what;
        uint32_t narrowest;
        uint32_t widest;
        uint64_t offset;
        uint64_t length;
        enum dcd_access access;
    } rows[] = {
        {"byte", 1, 8, READ_WRITE + 3, 1, DCD_ACCESS_OK},
        {"whole register", 1, 8, READ_WRITE, 8, DCD_ACCESS_OK},
        {"no bytes", 1, 8, READ_WRITE, 0, DCD_ACCESS_WIDTH},
        {"3 bytes", 1, 8, READ_WRITE, 3, DCD_ACCESS_WIDTH},
        {"6 bytes", 1, 8, READ_WRITE, 6, DCD_ACCESS_WIDTH},
        {"16 bytes", 1, 8, READ_ONLY, 16, DCD_ACCESS_WIDTH},
        {"misaligned 2", 1, 8, READ_WRITE + 1, 2, DCD_ACCESS_WIDTH},
        {"misaligned 4", 1, 8, READ_WRITE + 2, 4, DCD_ACCESS_WIDTH},
        {"misaligned 8", 1, 8, READ_ONLY + 4, 8, DCD_ACCESS_WIDTH},
        {"8 bytes over a register of 4", 1, 8, READ_ONLY, 8, DCD_ACCESS_WIDTH},
        {"4 bytes over a register of 2", 1, 8, NARROW, 4, DCD_ACCESS_WIDTH},
        {"byte where 4 is the least", 4, 8, READ_WRITE, 1, DCD_ACCESS_WIDTH},
        {"4 where 4 is the least", 4, 8, READ_WRITE, 4, DCD_ACCESS_OK},
        {"8 where 4 is the most", 4, 4, READ_WRITE, 8, DCD_ACCESS_WIDTH},
        {"last byte", 1, 8, SIZE - 1, 1, DCD_ACCESS_OK},
        {"behind the end", 1, 8, SIZE, 1, DCD_ACCESS_NO_REGISTER},
        {"over the end", 1, 8, SIZE - 4, 8, DCD_ACCESS_NO_REGISTER},
        {"far away", 1, 8, UINT64_MAX, 1, DCD_ACCESS_NO_REGISTER},
        {"sum wraps", 1, 8, UINT64_MAX - 3, 8, DCD_ACCESS_NO_REGISTER},
        {"length wraps", 1, 8, 8, UINT64_MAX, DCD_ACCESS_NO_REGISTER},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dcd_register_file file;
        uint8_t bytes[16] = {0};

        C_CONTEXT("%s", rows[i].what);
        build(&file, rows[i].narrowest, rows[i].widest);
        C_EXPECT_EQ(rows[i].access,
                    dcd_register_file_read(&file, rows[i].offset, bytes,
                                           rows[i].length));
        C_EXPECT_EQ(rows[i].access,
                    dcd_register_file_write(&file, rows[i].offset, bytes,
                                            rows[i].length));
        dcd_register_file_destroy(&file);
    }
}

C_TEST(register_file, refused_accesses_move_nothing)
{
    static const uint8_t untouched[8] = {9, 9, 9, 9, 9, 9, 9, 9};
    struct dcd_register_file file;
    uint8_t bytes[8];

    build(&file, 4, 8);
    memset(bytes, 9, sizeof(bytes));
    dcd_register_file_read(&file, READ_WRITE + 2, bytes, 4);
    dcd_register_file_read(&file, SIZE, bytes, 8);
    C_EXPECT_MEMEQ(untouched, bytes, 8);
    put(&file, READ_WRITE, 1, 0);
    put(&file, READ_WRITE + 2, 4, 0);
    C_EXPECT_EQ(UINT64_C(0x1122334455667788), get(&file, READ_WRITE, 8));
    dcd_register_file_destroy(&file);
}

C_TEST(register_file, the_device_itself_knows_no_masks)
{
    struct dcd_register_file file;

    build(&file, 1, 8);
    dcd_register_file_set(&file, READ_ONLY, 4, 0xcafe);
    C_EXPECT_EQ(0xcafe, dcd_register_file_get(&file, READ_ONLY, 4));
    C_EXPECT_EQ(0xcafe, get(&file, READ_ONLY, 4));
    dcd_register_file_destroy(&file);
}
