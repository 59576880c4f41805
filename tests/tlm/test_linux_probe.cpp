/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_linux_probe.cpp - what a device sees of a Linux host that gets to know
 * it: every access to configuration space and registers, every command, on
 * devices with static memory, with both kinds, and with dynamic alone.
 */
#include "gtest_c.h"
#include "linux_bench.hpp"

#include <cxldcd/ctypes/doe.h>
#include <cxldcd/ctypes/opcode.h>
#include <cxldcd/ctypes/registers.h>

#include <algorithm>
#include <functional>
#include <memory>

namespace
{

using words = std::vector<std::string>;

/* --- From accesses to what they are about -------------------------------- */

/* Offset of an extended capability, or DVSEC; as configuration space says. */
uint64_t extended(dcd_device *device, uint16_t id, int dvsec)
{
    for (uint64_t at = DCD_PCI_EXTENDED; at != 0;) {
        uint8_t raw[4] = {};
        uint8_t own[2] = {};
        dcd_device_config_read(device, 0, at, raw, 4);
        dcd_device_config_read(device, 0, at + DCD_DVSEC_ID, own, 2);
        if (dcd_load_le(raw, 2) == id &&
            (dvsec < 0 || dcd_load_le(own, 2) == unsigned(dvsec)))
            return at;
        at = dcd_load_le(raw, 4) >> 20;
    }
    return 0;
}

struct places {
    uint64_t cxl, locator, doe, memory_device;
    bool msix(uint64_t at) const { return at >= 0x82 && at < 0x84; }
};

/* What a configuration access is about; "" for looking around. */
std::string subject_of_config(const places &p, const dcd_trace_record &r)
{
    const uint64_t at = r.hpa;
    const bool write = r.kind == DCD_TRACE_CONFIG_WRITE;

    if (at == 0x08)
        return "class";
    if (at == 0x04 && write)
        return "memory and master on";
    if (at >= p.cxl + DCD_CXL_RANGE(0) && at < p.cxl + DCD_CXL_RANGE(2))
        return "range";
    if (at == p.cxl + DCD_CXL_CONTROL && write)
        return "CXL.mem on";
    if (at == DCD_PCI_EXTENDED + 4 || at == DCD_PCI_EXTENDED + 8)
        return "serial";
    if (at >= p.locator + 0x0c && at < p.locator + 0x24)
        return "locator";
    if (p.msix(at) && write)
        return "MSI-X on";
    if (at >= p.doe + 4 && at < p.doe + DCD_DOE_SIZE)
        return "DOE";
    return "";
}

std::string subject_of_register(const places &p, const dcd_trace_record &r)
{
    const uint64_t at = r.hpa;
    const uint64_t mailbox = DCD_BAR_DEVICE + DCD_DEV_MAILBOX;

    if (at >= DCD_BAR_MSIX_TABLE && at < DCD_BAR_MSIX_PBA)
        return "MSI-X table";
    if (at < DCD_BAR_COMPONENT + DCD_BAR_COMPONENT_SIZE)
        return "decoders";
    if (at >= DCD_BAR_DEVICE && at < DCD_BAR_DEVICE + DCD_DEV_STATUS)
        return "capability array";
    if (at == p.memory_device)
        return "memory device status";
    if (at == mailbox + DCD_MBOX_CAPABILITIES)
        return "mailbox capabilities";
    if (at == mailbox + DCD_MBOX_CONTROL && r.kind == DCD_TRACE_REGISTER_READ)
        return "doorbell";
    return "";
}

std::string subject_of(const places &p, const dcd_trace_record &r)
{
    char text[16];

    switch (r.kind) {
    case DCD_TRACE_CONFIG_READ:
    case DCD_TRACE_CONFIG_WRITE:
        return subject_of_config(p, r);
    case DCD_TRACE_REGISTER_READ:
    case DCD_TRACE_REGISTER_WRITE:
        return subject_of_register(p, r);
    case DCD_TRACE_COMMAND:
        std::snprintf(text, sizeof(text), "%04x", r.opcode);
        return text;
    default:
        return "";
    }
}

/*
 * Each subject once for a run of accesses to it. The doorbell belongs to every
 * command: it counts only in front of the first one.
 */
words subjects(linux_bench &bench)
{
    dcd_device *core = bench.device.core();
    const std::vector<dcd_trace_record> trace = bench.trace;
    const places p = {
        extended(core, DCD_PCI_DVSEC, DCD_DVSEC_CXL_DEVICE),
        extended(core, DCD_PCI_DVSEC, DCD_DVSEC_REGISTER_LOCATOR),
        extended(core, DCD_PCI_DOE, -1),
        DCD_BAR_DEVICE + DCD_DEV_MEMDEV_STATUS(2048),
    };
    words list;
    bool commands = false;

    for (const dcd_trace_record &r : trace) {
        const std::string subject = subject_of(p, r);
        commands |= subject == "mailbox capabilities";
        if (subject.empty() || (commands && subject == "doorbell"))
            continue;
        if (list.empty() || list.back() != subject ||
            r.kind == DCD_TRACE_COMMAND)
            list.push_back(subject);
    }
    return list;
}

std::string joined(const words &list)
{
    std::string text;
    for (const std::string &word : list)
        text += (text.empty() ? "" : "\n") + word;
    return text;
}

/* What every probe begins with. */
const words first = {
    "class",
    "memory and master on",
    "serial",
    "locator",
    "capability array",
    "range",
    "memory device status",
    "MSI-X table",
    "MSI-X on",
    "memory device status",
    "doorbell",
    "mailbox capabilities",
};

words operator+(const words &a, const words &b)
{
    words sum = a;
    sum.insert(sum.end(), b.begin(), b.end());
    return sum;
}

} // namespace

/* --- The order ----------------------------------------------------------- */

TEST(LinuxProbe, of_static_memory_asks_everything_but_dynamic_capacity)
{
    linux_bench bench(static_only());
    simulate([&] { bench.probe(); });
    EXPECT_EQ(
        joined(first + words{"0400",     "0401", "0301", "4300", "4300",
                             "4000",     "4100", "DOE",  "0500", "0500",
                             "0200",     "0102", "0103", "0102", "CXL.mem on",
                             "decoders", "0100", "0100", "0100", "0100"}),
        joined(subjects(bench)));
    EXPECT_EQ(dcd::dynamic_capacity::absent, bench.driver.state());
    EXPECT_EQ(0x123456789u, bench.host.serial());
    EXPECT_EQ(512 * DCD_MIB, bench.driver.volatile_size());
    EXPECT_EQ(512 * DCD_MIB, bench.driver.persistent_size());
}

TEST(LinuxProbe, of_both_kinds_asks_for_dynamic_capacity_behind_static)
{
    linux_bench bench(mixed());
    simulate([&] { bench.probe(); });
    EXPECT_EQ(
        joined(first + words{"0400", "0401", "0301", "4300",       "4000",
                             "4800", "DOE",  "0500", "0500",       "0200",
                             "0102", "0103", "0102", "CXL.mem on", "decoders",
                             "0100", "0100", "0100", "0100",       "0100",
                             "4801"}),
        joined(subjects(bench)));
    EXPECT_EQ(dcd::dynamic_capacity::enabled, bench.driver.state());
    EXPECT_EQ("", bench.driver.dynamic_capacity_problem());
    EXPECT_EQ(2u, bench.host.dc().regions.size());
    EXPECT_FALSE(bench.driver.sharable());
}

TEST(LinuxProbe, of_dynamic_capacity_alone_has_no_poison_list_to_read)
{
    linux_bench bench(dynamic_only());
    simulate([&] { bench.probe(); });
    EXPECT_EQ(
        joined(first + words{"0400", "0401", "0301",       "4000",     "4800",
                             "DOE",  "0500", "0500",       "0200",     "0102",
                             "0103", "0102", "CXL.mem on", "decoders", "0100",
                             "0100", "0100", "0100",       "0100",     "4801"}),
        joined(subjects(bench)));
    EXPECT_EQ(dcd::dynamic_capacity::enabled, bench.driver.state());
    EXPECT_TRUE(bench.driver.sharable());
}

TEST(LinuxProbe, sets_five_logs_with_dynamic_capacity_and_four_without)
{
    const auto policy = [](const words &commands) {
        for (const std::string &c : commands)
            if (c.compare(0, 4, "0103") == 0)
                return c;
        return std::string("none");
    };
    linux_bench bench(mixed());
    simulate([&] { bench.probe(); });
    EXPECT_EQ("0103:5", policy(bench.commands()));
}

TEST(LinuxProbe, sets_four_logs_without_dynamic_capacity)
{
    linux_bench bench(static_only());
    simulate([&] { bench.probe(); });
    const words commands = bench.commands();
    EXPECT_EQ(1, std::count(commands.begin(), commands.end(), "0103:4"));
}

TEST(LinuxProbe, drains_the_logs_from_dynamic_capacity_to_informational)
{
    std::vector<uint64_t> logs;
    linux_bench bench(mixed());
    simulate([&] { bench.probe(); });
    /* The payload of 0100h is one byte: the log. */
    for (size_t i = 0; i < bench.trace.size(); i++) {
        const dcd_trace_record &r = bench.trace[i];
        if (r.kind != DCD_TRACE_COMMAND || r.opcode != DCD_OP_GET_EVENT_RECORDS)
            continue;
        for (size_t k = i; k-- > 0;)
            if (bench.trace[k].kind == DCD_TRACE_REGISTER_WRITE &&
                bench.trace[k].hpa ==
                    DCD_BAR_DEVICE + DCD_DEV_MAILBOX + DCD_MBOX_PAYLOAD) {
                logs.push_back(bench.trace[k].value & 0xff);
                break;
            }
    }
    EXPECT_EQ((std::vector<uint64_t>{4, 3, 2, 1, 0}), logs);
}

TEST(LinuxProbe, reads_regions_page_by_page_where_the_mailbox_is_small)
{
    dcd_config config = base_config();
    config.mailbox_payload = 256;
    config.region_count = DCD_MAX_REGIONS;
    for (unsigned i = 0; i < DCD_MAX_REGIONS; i++) {
        config.regions[i].length = 256 * DCD_MIB;
        config.regions[i].block_size = 2 * DCD_MIB;
    }
    linux_bench bench(config);
    simulate([&] { bench.probe(); });
    const words commands = bench.commands();
    EXPECT_EQ(2, std::count(commands.begin(), commands.end(), "4800:2"));
    EXPECT_EQ(8u, bench.host.dc().regions.size());
    EXPECT_EQ(dcd::dynamic_capacity::enabled, bench.driver.state());
}

TEST(LinuxProbe, names_its_steps)
{
    const words expected = {
        "configuration-space",
        "cxl-device",
        "serial-number",
        "register-locator",
        "media-ready",
        "interrupts",
        "mailbox-ready",
        "doorbell",
        "payload-size",
        "command-effects",
        "timestamp",
        "poison",
        "identify",
        "dynamic-capacity",
        "cdat",
        "features",
        "firmware",
        "interrupt-policy",
        "decoders",
        "events",
        "extents",
    };
    linux_bench bench(mixed());
    simulate([&] {
        bench.probe();
        EXPECT_EQ(joined(expected), joined(bench.driver.steps()));
        bench.probe();
        EXPECT_EQ(joined(expected), joined(bench.driver.steps()));
    });
}

/* --- What the driver refuses --------------------------------------------- */

TEST(LinuxProbe, refuses_a_region_that_leaves_a_gap_behind_static_capacity)
{
    dcd_config config = mixed();
    config.static_volatile = 256 * DCD_MIB;
    config.regions[0].length = config.regions[0].block_size = DCD_GIB;
    linux_bench bench(config);
    simulate([&] { bench.probe(); });
    EXPECT_EQ(dcd::dynamic_capacity::refused, bench.driver.state());
    EXPECT_EQ("region 0 does not start where static capacity ends",
              bench.driver.dynamic_capacity_problem());
    const words commands = bench.commands();
    EXPECT_EQ(1, std::count(commands.begin(), commands.end(), "0103:4"));
    EXPECT_EQ(4, std::count(commands.begin(), commands.end(), "0100:1"));
    EXPECT_EQ(0, std::count(commands.begin(), commands.end(), "4801:8"));
}

TEST(LinuxProbe, leaves_offers_alone_that_it_has_refused_to_look_for)
{
    dcd_config config = mixed();
    config.static_volatile = 256 * DCD_MIB;
    config.regions[0].length = config.regions[0].block_size = DCD_GIB;
    linux_bench bench(config);
    simulate([&] {
        bench.probe();
        bench.offer({piece(DCD_GIB, 1024)});
        EXPECT_TRUE(bench.held().empty());
        EXPECT_TRUE(bench.driver.accepted().empty());
    });
}

/* --- Devices that are not as they should be ------------------------------ */

namespace
{

/* A byte of configuration space that reads otherwise, and what follows. */
struct faulty_space {
    const char *name;
    /* Offset, by the device; -1 counts from the start of the space. */
    int dvsec;
    uint64_t offset;
    uint8_t value;
    const char *probe;   /* problem of the probe */
    const char *refused; /* of dynamic capacity, when the probe succeeds */
};

const faulty_space faulty_spaces[] = {
    {"another_class", -1, 0x0b, 0x01,
     "the class code is 010210h, not that of a CXL memory device", ""},
    {"another_interface", -1, 0x09, 0x00,
     "the class code is 050200h, not that of a CXL memory device", ""},
    {"no_register_locator", DCD_DVSEC_REGISTER_LOCATOR, DCD_DVSEC_ID, 0x77,
     "the device has no Register Locator DVSEC", ""},
    {"no_device_registers", DCD_DVSEC_REGISTER_LOCATOR, 0x15, 4,
     "the Register Locator has no CXL device registers", ""},
    {"device_registers_in_bar_2", DCD_DVSEC_REGISTER_LOCATOR, 0x14, 2,
     "register block 3 lies in another BAR than 0", ""},
    {"a_range_that_never_becomes_active", DCD_DVSEC_CXL_DEVICE, 0x1c, 0x49,
     "range 1 of the CXL Device DVSEC did not become active in time", ""},
    {"no_cxl_device_dvsec", DCD_DVSEC_CXL_DEVICE, DCD_DVSEC_ID, 0x77, "", ""},
    {"no_msi_x", -1, 0x80, 0x05, "",
     "there are no interrupts: the device has no MSI-X capability"},
    {"msi_x_in_bar_4", -1, 0x84, 0x04, "",
     "there are no interrupts: the MSI-X table lies in another BAR than 0"},
};

class FaultySpace : public testing::TestWithParam<faulty_space>
{
};

} // namespace

TEST_P(FaultySpace, fails_the_probe_or_turns_dynamic_capacity_off)
{
    const faulty_space &f = GetParam();
    linux_bench bench(mixed());
    const uint64_t base =
        f.dvsec < 0 ? 0 : extended(bench.device.core(), DCD_PCI_DVSEC, f.dvsec);

    bench.filter.pretend(base + f.offset, f.value);
    simulate([&] {
        const dcd::status up = bench.driver.probe({});
        EXPECT_EQ(f.probe, up.problem);
        EXPECT_EQ(f.refused, bench.driver.dynamic_capacity_problem());
    });
    if (*f.probe != '\0')
        return;
    const words commands = bench.commands();
    const bool enabled = *f.refused == '\0';
    EXPECT_EQ(enabled ? dcd::dynamic_capacity::enabled
                      : dcd::dynamic_capacity::refused,
              bench.driver.state());
    EXPECT_EQ(enabled, std::count(commands.begin(), commands.end(), "4800:2"));
}

INSTANTIATE_TEST_SUITE_P(LinuxProbe, FaultySpace,
                         testing::ValuesIn(faulty_spaces),
                         [](const auto &i) { return i.param.name; });

namespace
{

/* Whether region 0 is sharable is what the driver wants of a CDAT. */
void expect_no_cdat(const char *why,
                    const std::function<void(linux_bench &)> &spoil)
{
    linux_bench bench(dynamic_only());
    words told;

    bench.driver.set_observer(
        [&](const std::string &what, bool) { told.push_back(what); });
    spoil(bench);
    simulate([&] {
        bench.probe();
        EXPECT_EQ(why, joined(told));
        EXPECT_EQ(dcd::dynamic_capacity::enabled, bench.driver.state());
        EXPECT_FALSE(bench.driver.sharable());
    });
}

uint64_t doe_of(linux_bench &bench)
{
    return extended(bench.device.core(), DCD_PCI_DOE, -1);
}

} // namespace

TEST(LinuxProbe, goes_on_without_a_cdat)
{
    expect_no_cdat("the device has no CDAT", [](linux_bench &bench) {
        bench.filter.pretend(doe_of(bench), 0x2f);
    });
}

TEST(LinuxProbe, does_not_believe_a_cdat_whose_checksum_is_wrong)
{
    expect_no_cdat("the CDAT's checksum is wrong", [](linux_bench &bench) {
        const uint64_t at = doe_of(bench) + DCD_DOE_READ_MAILBOX;
        /* The 7th dword of the first entry but one: the high DPA of a DSMAS. */
        auto count = std::make_shared<unsigned>(0);
        bench.filter.change = [=](uint64_t from, uint8_t *data, size_t) {
            if (from == at && ++*count == 5 + 7 + 7)
                data[3] ^= 1;
        };
    });
}

TEST(LinuxProbe, waits_one_second_for_a_data_object)
{
    expect_no_cdat("the device has no CDAT", [](linux_bench &bench) {
        /* Ready stays off: discovery already comes to nothing. */
        bench.filter.pretend(doe_of(bench) + DCD_DOE_STATUS + 3, 0);
    });
    EXPECT_GE(sc_core::sc_time_stamp(), sc_core::sc_time(1, sc_core::SC_SEC));
}
