/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_linux_host.cpp - the Linux personality on a real device: what it takes,
 * what it gives back, what it finds after a reset.
 */
#include "gtest_c.h"
#include "linux_bench.hpp"

#include <cxldcd/ctypes/memory_device.h>
#include <cxldcd/ctypes/opcode.h>
#include <cxldcd/ctypes/registers.h>

namespace
{

/* 256 MiB static, region 0 of 1 GiB in blocks of 1 MiB, region 1 likewise. */
dcd_config linux_config()
{
    dcd_config c;
    dcd_config_init(&c);
    c.static_volatile = 256 * DCD_MIB;
    c.region_count = 2;
    c.regions[0].length = c.regions[1].length = DCD_GIB;
    c.regions[0].block_size = c.regions[1].block_size = DCD_MIB;
    c.check = true;
    return c;
}

constexpr uint64_t region_0 = 256 * DCD_MIB;
constexpr uint64_t region_1 = region_0 + DCD_GIB;

/* Decoders for static memory and the first half of region 0. */
void probe(linux_bench &bench)
{
    const auto up = bench.driver.probe(
        {{4 * DCD_GIB, 256 * DCD_MIB}, {8 * DCD_GIB, 512 * DCD_MIB}});
    EXPECT_EQ("", up.problem);
    EXPECT_EQ("", bench.driver.dynamic_capacity_problem());
}

using mibs = std::set<uint64_t>;

struct linux_offer {
    const char *name;
    std::vector<dcd::extent> offered;
    mibs accepted; /* DPA in MiB */
};

const linux_offer linux_offers[] = {
    {"all_of_a_good_group",
     {piece(region_0, 2, 1), piece(region_0 + 8 * DCD_MIB, 4, 1)},
     {256, 264}},
    {"untagged_extents_one_by_one",
     {piece(region_0, 2), piece(region_0 + 5 * DCD_MIB, 1)},
     {256}},
    {"no_tag_group_with_an_extent_off_the_2_mib_grid",
     {piece(region_0, 2, 1), piece(region_0 + 5 * DCD_MIB, 1, 1)},
     {}},
    {"one_group_although_another_is_refused",
     {piece(region_0 + 1 * DCD_MIB, 1, 1), piece(region_0 + 4 * DCD_MIB, 2, 2)},
     {260}},
    {"nothing_outside_region_0", {piece(region_1, 2)}, {}},
    {"no_group_that_lies_in_two_regions",
     {piece(region_0, 2, 1), piece(region_1, 2, 1)},
     {}},
    {"nothing_without_a_decoder",
     {piece(region_0, 2, 1), piece(region_0 + 512 * DCD_MIB, 2, 1)},
     {256}},
};

class Linux : public testing::TestWithParam<linux_offer>
{
};

} // namespace

TEST_P(Linux, takes)
{
    linux_bench bench(linux_config());
    simulate([&] {
        probe(bench);
        bench.offer(GetParam().offered);
        EXPECT_EQ(GetParam().accepted, bench.held());
    });
}

INSTANTIATE_TEST_SUITE_P(LinuxHost, Linux, testing::ValuesIn(linux_offers),
                         [](const auto &i) { return i.param.name; });

TEST(LinuxHost, takes_a_group_that_is_longer_than_one_0100h)
{
    linux_bench bench(linux_config());
    std::vector<dcd::extent> list;
    for (uint64_t i = 0; i < 40; i++)
        list.push_back(piece(region_0 + i * 4 * DCD_MIB, 2, 1));
    simulate([&] {
        probe(bench);
        bench.offer(list);
        EXPECT_EQ(40u, bench.held().size());
    });
}

TEST(LinuxHost, answers_each_of_several_offers)
{
    linux_bench bench(linux_config());
    simulate([&] {
        probe(bench);
        bench.offer({piece(region_0, 2)});
        bench.offer({piece(region_0 + 4 * DCD_MIB, 2)});
        EXPECT_EQ((mibs{256, 260}), bench.held());
    });
}

TEST(LinuxHost, gives_back_the_whole_tag_group_for_a_part_of_it)
{
    linux_bench bench(linux_config());
    simulate([&] {
        probe(bench);
        bench.offer({piece(region_0, 4, 1), piece(region_0 + 8 * DCD_MIB, 2, 1),
                     piece(region_0 + 16 * DCD_MIB, 2, 2)});
        bench.ask_for(piece(region_0 + DCD_MIB, 1, 1));
        EXPECT_EQ((mibs{272}), bench.held());
        EXPECT_EQ(1u, bench.driver.accepted().size());
    });
}

TEST(LinuxHost, gives_back_one_untagged_extent_at_a_time)
{
    linux_bench bench(linux_config());
    simulate([&] {
        probe(bench);
        bench.offer({piece(region_0, 4), piece(region_0 + 8 * DCD_MIB, 2)});
        bench.ask_for(piece(region_0, 4));
        EXPECT_EQ((mibs{264}), bench.held());
    });
}

TEST(LinuxHost, keeps_its_decoders_addresses_for_what_it_was_given)
{
    linux_bench bench(linux_config());
    simulate([&] {
        uint64_t hpa = 0;
        uint64_t contiguous = 0;
        char text[] = "kept";
        char read[sizeof(text)] = {};
        probe(bench);
        bench.offer({piece(region_0 + 2 * DCD_MIB, 2)});
        ASSERT_TRUE(
            bench.host.find_hpa(region_0 + 2 * DCD_MIB, hpa, contiguous));
        EXPECT_EQ(8 * DCD_GIB + 2 * DCD_MIB, hpa);
        EXPECT_EQ(510 * DCD_MIB, contiguous);
        EXPECT_TRUE(bench.host.write(hpa, text, sizeof(text)).ok());
        EXPECT_TRUE(
            bench.host.read_dpa(region_0 + 2 * DCD_MIB, read, sizeof(read))
                .ok());
        EXPECT_STREQ("kept", read);
    });
}

/* --- Sharable regions, by the CDAT --------------------------------------- */

TEST(LinuxHost, takes_a_numbered_group_where_the_cdat_says_sharable)
{
    linux_bench bench(dynamic_only());
    simulate([&] {
        bench.probe();
        bench.offer({piece(0, 2, 1), piece(8 * DCD_MIB, 2, 1, 1)});
        EXPECT_EQ((mibs{0, 8}), bench.held());
        EXPECT_EQ(2u, bench.driver.accepted().size());
    });
}

TEST(LinuxHost, refuses_sequence_numbers_where_no_cdat_says_sharable)
{
    linux_bench bench(dynamic_only());
    /* No capability has the id of a DOE. */
    bench.filter.change = [](uint64_t, uint8_t *data, size_t size) {
        if (size == 4 && dcd_load_le(data, 2) == DCD_PCI_DOE)
            data[0] = 0;
    };
    std::set<std::string> told;
    bench.driver.set_observer(
        [&](const std::string &what, bool) { told.insert(what); });
    simulate([&] {
        bench.probe();
        EXPECT_FALSE(bench.driver.sharable());
        bench.offer({piece(0, 2, 1), piece(8 * DCD_MIB, 2, 1, 1)});
        EXPECT_TRUE(bench.driver.accepted().empty());
    });
    EXPECT_EQ(1u, told.count("refused 1 extent: it has a sequence number "
                             "outside a sharable region"));
}

/* --- Resets -------------------------------------------------------------- */

namespace
{

struct reset_case {
    const char *name;
    dcd::reset_kind kind;
    size_t held;   /* extents afterwards */
    bool decoders; /* they are still there */
};

const reset_case resets[] = {
    {"conventional", dcd::reset_kind::conventional, 0, false},
    {"cxl", dcd::reset_kind::cxl, 1, false},
    {"function_level", dcd::reset_kind::function_level, 1, true},
};

class Reset : public testing::TestWithParam<reset_case>
{
};

} // namespace

TEST_P(Reset, leaves_what_it_does_not_concern_and_the_driver_finds_it)
{
    linux_bench bench(mixed());
    simulate([&] {
        char text[] = "kept";
        char read[sizeof(text)] = {};
        uint64_t hpa;
        uint64_t contiguous;
        const dcd::extent e = piece(512 * DCD_MIB, 4);

        bench.probe();
        bench.offer({e});
        EXPECT_EQ((mibs{512}), bench.held());
        EXPECT_TRUE(bench.host.write_dpa(e.dpa, text, sizeof(text)).ok());
        EXPECT_EQ("", bench.host.reset(GetParam().kind).problem);
        EXPECT_EQ(GetParam().decoders,
                  bench.host.find_hpa(e.dpa, hpa, contiguous));
        EXPECT_FALSE(bench.host.command(DCD_OP_GET_TIMESTAMP, {}).answered());
        bench.probe();
        EXPECT_EQ(dcd::dynamic_capacity::enabled, bench.driver.state());
        EXPECT_EQ(GetParam().held, bench.held().size());
        EXPECT_EQ(GetParam().held, bench.driver.accepted().size());
        EXPECT_EQ(GetParam().held == 1,
                  bench.host.read_dpa(e.dpa, read, sizeof(read)).ok());
        EXPECT_STREQ(GetParam().held == 1 ? text : "", read);
    });
}

INSTANTIATE_TEST_SUITE_P(LinuxHost, Reset, testing::ValuesIn(resets),
                         [](const auto &i) { return i.param.name; });

TEST(LinuxHost, hears_of_an_offer_after_a_function_level_reset_when_it_boots)
{
    linux_bench bench(mixed());
    simulate([&] {
        bench.probe();
        EXPECT_EQ("",
                  bench.host.reset(dcd::reset_kind::function_level).problem);
        bench.offer({piece(512 * DCD_MIB, 2)});
        EXPECT_TRUE(bench.driver.accepted().empty());
        /* The offer waits in its log. */
        bench.probe();
        EXPECT_EQ(1u, bench.driver.accepted().size());
        EXPECT_EQ((mibs{512}), bench.held());
    });
}

TEST(LinuxHost, clears_volatile_memory_with_a_cxl_reset_that_says_so)
{
    linux_bench bench(mixed());
    simulate([&] {
        char text[] = "gone";
        char read[sizeof(text)] = {};
        bench.probe();
        EXPECT_TRUE(bench.host.write_dpa(0, text, sizeof(text)).ok());
        EXPECT_EQ("", bench.host.reset(dcd::reset_kind::cxl).problem);
        bench.probe();
        EXPECT_TRUE(bench.host.read_dpa(0, read, sizeof(read)).ok());
        EXPECT_STREQ("gone", read);
        EXPECT_EQ("", bench.host.reset(dcd::reset_kind::cxl, true).problem);
        bench.probe();
        EXPECT_TRUE(bench.host.read_dpa(0, read, sizeof(read)).ok());
        EXPECT_STREQ("", read);
    });
}

/* What a CXL reset leaves committed, the host goes on using. */
TEST(LinuxHost, keeps_locked_decoders_in_mind_over_a_cxl_reset)
{
    linux_bench bench(mixed());
    simulate([&] {
        const uint64_t dpa = 512 * DCD_MIB;
        const std::vector<dcd::decoder> first = {
            {4 * DCD_GIB, 512 * DCD_MIB, 0, 1, 256, true}};
        uint64_t hpa = 0;
        uint64_t contiguous = 0;

        EXPECT_EQ("", bench.host.boot(first).problem);
        EXPECT_TRUE(
            bench.host
                .commit_decoder(1, {8 * DCD_GIB, DCD_GIB, 0, 1, 256, true})
                .committed);
        EXPECT_TRUE(
            bench.host
                .commit_decoder(2, {16 * DCD_GIB, DCD_GIB, 0, 1, 256, false})
                .committed);
        EXPECT_EQ("", bench.host.reset(dcd::reset_kind::cxl).problem);
        EXPECT_EQ("", bench.host.boot(first).problem);
        EXPECT_TRUE(bench.host.find_hpa(dpa, hpa, contiguous));
        EXPECT_EQ(8 * DCD_GIB, hpa);
        EXPECT_FALSE(bench.host.find_hpa(dpa + DCD_GIB, hpa, contiguous));
        EXPECT_EQ("", bench.host.reset(dcd::reset_kind::conventional).problem);
        EXPECT_FALSE(bench.host.find_hpa(dpa, hpa, contiguous));
    });
}

/* --- The other logs ------------------------------------------------------ */

TEST(LinuxHost, reads_and_clears_whichever_log_has_something)
{
    linux_bench bench(mixed());
    std::vector<std::string> told;
    bench.driver.set_observer(
        [&](const std::string &what, bool) { told.push_back(what); });
    simulate([&] {
        dcd_inject_poison_req line{};
        dcd::bytes payload;
        line.dpa = dcd_put64(DCD_MIB);
        dcd::append(payload, line);
        bench.probe();
        EXPECT_TRUE(bench.host.command(DCD_OP_INJECT_POISON, payload).ok());
        sc_core::wait(1, sc_core::SC_MS);
        EXPECT_TRUE(bench.driver.settle());
        EXPECT_EQ(0u, bench.host.event_status());
        /* What was told before is no news to a driver that starts. */
        bench.probe();
    });
    ASSERT_EQ(2u, told.size());
    EXPECT_EQ("1 record in the informational log", told[0]);
    EXPECT_EQ("poison list: 1 range", told[1]);
}
