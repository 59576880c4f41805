/* SPDX-License-Identifier: Apache-2.0 */
/* describe.cpp - dcdsim describe: a platform as a map for people. */
#include "dcdsim.hpp"

#include <cxldcd/ctypes/registers.h>
#include <cxldcd/platform.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>

namespace dcdsim
{
namespace
{

/* One contiguous kind of DPA. */
struct area {
    uint64_t base;
    uint64_t length;
    std::string name;
};

struct scale {
    uint64_t size;
    const char *name;
};

/* [value] in the largest unit that divides it. */
template <size_t N>
std::string in_units(uint64_t value, const scale (&units)[N])
{
    for (const scale &u : units)
        if (value % u.size == 0 && value != 0)
            return std::to_string(value / u.size) + " " + u.name;
    return "0";
}

std::string size_of(uint64_t size)
{
    static const scale units[] = {{DCD_TIB, "TiB"},
                                  {DCD_GIB, "GiB"},
                                  {DCD_MIB, "MiB"},
                                  {DCD_KIB, "KiB"},
                                  {1, "B"}};
    return in_units(size, units);
}

std::string time_of(uint64_t ps)
{
    static const scale units[] = {{1000000000000, "s"},
                                  {1000000000, "ms"},
                                  {1000000, "us"},
                                  {1000, "ns"},
                                  {1, "ps"}};
    return in_units(ps, units);
}

std::string rate_of(uint64_t per_second)
{
    static const scale units[] = {
        {1000000000, "GB/s"}, {1000000, "MB/s"}, {1000, "kB/s"}, {1, "B/s"}};
    return per_second == 0 ? "unlimited" : in_units(per_second, units);
}

std::string attributes_of(uint8_t attributes)
{
    static const struct {
        uint8_t bit;
        const char *name;
    } names[] = {{DCD_REGION_ATTR_NONVOLATILE, "nonvolatile"},
                 {DCD_REGION_ATTR_SHARABLE, "sharable"},
                 {DCD_REGION_ATTR_HW_COHERENT, "hw-coherent"},
                 {DCD_REGION_ATTR_INTERCONNECT_SPECIFIC, "interconnect"},
                 {DCD_REGION_ATTR_READ_ONLY, "read-only"}};
    std::string text;

    for (const auto &n : names)
        if (attributes & n.bit)
            text += std::string(text.empty() ? "" : ", ") + n.name;
    return text;
}

std::string blocks_of(const dcd_region_config &region)
{
    std::string text = "block " + size_of(region.block_size);
    std::string others;

    for (unsigned bit = 6; bit < 52; bit++) {
        const uint64_t size = UINT64_C(1) << bit;
        if (region.block_sizes & size && size != region.block_size)
            others += (others.empty() ? " (or " : ", ") + size_of(size);
    }
    return text + (others.empty() ? "" : others + ")");
}

const char *sanitize_of(const dcd_region_config &region)
{
    switch (region.sanitize) {
    case DCD_SANITIZE_YES:
        return ", sanitized on release";
    case DCD_SANITIZE_CONFIGURABLE:
        return ", sanitize on release can be switched on";
    default:
        return "";
    }
}

void add_area(std::vector<area> &areas, uint64_t base, uint64_t length,
              const std::string &name)
{
    if (length != 0)
        areas.push_back({base, length, name});
}

std::vector<area> areas_of(const dcd_platform_device &device)
{
    const dcd_config &c = device.config;
    const dcd_layout &l = device.layout;
    std::vector<area> areas;

    add_area(areas, l.static_volatile_base, c.static_volatile,
             "static volatile");
    add_area(areas, l.static_volatile_base + c.static_volatile,
             c.static_partitionable, "static, volatile or persistent");
    add_area(areas, l.static_persistent_base, c.static_persistent,
             "static persistent");
    for (unsigned i = 0; i < c.region_count; i++) {
        const std::string name = "region " + std::to_string(i);
        const uint64_t length = c.regions[i].length;
        add_area(areas, l.region_base[i], length, name);
        add_area(areas, l.region_base[i] + length, l.region_decode[i] - length,
                 name + ", never allocated");
    }
    return areas;
}

void print_range(const char *space, uint64_t base, uint64_t length)
{
    std::printf("  %s 0x%011" PRIx64 "-0x%011" PRIx64 " %8s", space, base,
                base + length - 1, size_of(length).c_str());
}

void describe_region(const dcd_config &config, unsigned index)
{
    const dcd_region_config &r = config.regions[index];
    const std::string attributes = attributes_of(r.attributes);

    std::printf("  region %u: %s%s%s%s\n", index, blocks_of(r).c_str(),
                attributes.empty() ? "" : ", ", attributes.c_str(),
                sanitize_of(r));
}

void describe_behaviour(const dcd_config &c)
{
    const char *const unbacked[] = {"error", "ignore"};

    std::printf("  limits: %" PRIu32 " extents per head, %" PRIu32
                " tags; %u decoders per head\n",
                c.extents, c.tags, c.hdm_decoders);
    if (c.lsa != 0)
        std::printf("  label storage area: %s per head\n",
                    size_of(c.lsa).c_str());
    std::printf("  logs: %" PRIu32 " dynamic capacity records per head, "
                "%" PRIu32 " in each other log, %" PRIu32
                " of the fabric manager%s\n",
                c.dc_log, c.event_log, c.fm_log,
                c.lossy ? "; records that do not fit are lost" : "");
    std::printf("  poison: a list of %" PRIu32 " records per head, ",
                c.poison_list);
    if (c.poison_inject_limit == 0)
        std::printf("any number injected\n");
    else
        std::printf("at most %u injected at a time\n",
                    unsigned{c.poison_inject_limit});
    std::printf("  timing: read %s, write %s, bandwidth %s, mailbox %s, "
                "sanitize %s per GiB\n",
                time_of(c.read_latency).c_str(),
                time_of(c.write_latency).c_str(), rate_of(c.bandwidth).c_str(),
                time_of(c.mailbox_latency).c_str(),
                time_of(c.sanitize_per_gib).c_str());
    std::printf("  memory that a host does not have: reads %s, writes %s\n",
                unbacked[c.unbacked_reads], unbacked[c.unbacked_writes]);
    std::printf("  mailbox interrupts: doorbell %s, background operations %s\n",
                c.doorbell_interrupt ? "can be enabled" : "none",
                c.background_interrupt == DCD_BACKGROUND_INTERRUPT_STRICT
                    ? "while enabled"
                    : "once enabled");
    std::printf("  reset of a head: its capacity is %s\n",
                c.reset == DCD_RESET_KEEP ? "kept" : "released");
    std::printf("  sharable capacity is given back %s\n",
                c.sharable_release == DCD_SHARABLE_RELEASE_EXTENT
                    ? "extent by extent"
                    : "tag by tag");
}

const char *noun_of_a_head(const dcd_config &c)
{
    return c.topology == DCD_MULTI_LOGICAL ? "logical device" : "head";
}

void describe_device(const dcd_platform_device &device)
{
    const dcd_config &c = device.config;

    std::printf("\ndevice %s: CXL %s, serial 0x%" PRIx64 ", %u %s%s%s, mailbox "
                "%s\n",
                device.id, dcd_revision_name(c.revision), c.serial, c.heads,
                noun_of_a_head(c), c.heads == 1 ? "" : "s",
                c.topology == DCD_MULTI_LOGICAL ? " behind one port" : "",
                size_of(c.mailbox_payload).c_str());
    for (const area &a : areas_of(device)) {
        print_range("DPA", a.base, a.length);
        std::printf("  %s\n", a.name.c_str());
    }
    for (unsigned i = 0; i < c.region_count; i++)
        describe_region(c, i);
    describe_behaviour(c);
}

/* What DPAs [first, first + length) are, part by part. */
std::string covered(const dcd_platform_device &device, uint64_t first,
                    uint64_t length)
{
    std::string text;

    for (const area &a : areas_of(device)) {
        const uint64_t from = std::max(first, a.base);
        const uint64_t to = std::min(first + length, a.base + a.length);
        if (from >= to)
            continue;
        text += text.empty() ? "" : "; ";
        text += a.name;
        if (from != a.base || to != a.base + a.length)
            text +=
                " from " + size_of(from - a.base) + ", " + size_of(to - from);
    }
    return text.empty() ? "nothing" : text;
}

void describe_decoders(const dcd_platform_host &host,
                       const dcd_platform_device &device)
{
    uint64_t reached = 0;

    for (unsigned i = 0; i < host.decoder_count; i++) {
        const dcd_platform_decoder &d = host.decoders[i];
        reached += d.skip;
        print_range("HPA", d.base, d.size);
        std::printf("  decoder %u -> DPA 0x%" PRIx64 ": %s", i, reached,
                    covered(device, reached, d.size / d.ways).c_str());
        if (d.ways > 1)
            std::printf(" (1 of %u ways, %s each)", d.ways,
                        size_of(d.granularity).c_str());
        std::printf("\n");
        reached += d.size / d.ways;
    }
    if (host.decoder_count == 0)
        std::printf("  no decoders: nothing is mapped until a scenario commits "
                    "one\n");
}

void describe_host(const dcd_platform &platform, const dcd_platform_host &host)
{
    const dcd_platform_device &device = platform.devices[host.device];
    const dcd_head_config &head = device.config.head[host.head];

    std::printf("\nhost %s: %s %u of %s, %s\n", host.id,
                noun_of_a_head(device.config), host.head, device.id,
                host.policy == DCD_HOST_LINUX ? "answers as Linux does"
                                              : "does what the scenario says");
    describe_decoders(host, device);
    for (unsigned i = 0; i < device.config.region_count; i++) {
        if (!head.attributes_given[i])
            continue;
        const std::string text = attributes_of(head.attributes[i]);
        std::printf("  region %u to this host: %s\n", i,
                    text.empty() ? "no attributes" : text.c_str());
    }
}

/* One device's; only the mailbox differs from device to device. */
void describe_bar(const dcd_platform_device &device)
{
    const uint32_t payload = device.config.mailbox_payload;

    std::printf("\nBAR 0 of each head of %s, %s:\n", device.id,
                size_of(DCD_BAR_SIZE).c_str());
    const struct {
        uint32_t offset;
        const char *what;
    } rows[] = {
        {DCD_BAR_COMPONENT, "component registers"},
        {DCD_BAR_COMPONENT + DCD_CM_BASE, "  CXL.mem capabilities"},
        {DCD_BAR_HDM, "  HDM decoders"},
        {DCD_BAR_MSIX_TABLE, "MSI-X table, 8 vectors"},
        {DCD_BAR_MSIX_PBA, "MSI-X pending bits"},
        {DCD_BAR_DEVICE, "device registers: capability array"},
        {DCD_BAR_DEVICE + DCD_DEV_STATUS, "  device status"},
        {DCD_BAR_DEVICE + DCD_DEV_MAILBOX, "  mailbox"},
        {DCD_BAR_DEVICE + DCD_DEV_MAILBOX + DCD_MBOX_PAYLOAD,
         "  mailbox payload"},
        {DCD_BAR_DEVICE + DCD_DEV_MEMDEV_STATUS(payload),
         "  memory device status"},
    };
    for (const auto &row : rows)
        std::printf("  0x%06" PRIx32 "  %s\n", row.offset, row.what);
}

} // namespace

int describe(const options &o)
{
    dcd_messages messages{};
    dcd_platform *p = dcd_platform_load(o.files[0].c_str(), &messages);

    if (messages.text != nullptr)
        std::fputs(messages.text, stderr);
    dcd_messages_free(&messages);
    if (p == nullptr)
        return EXIT_WRONG;
    std::printf("platform %s (%s)\n", p->name, p->file);
    std::for_each(p->devices, p->devices + p->device_count, describe_device);
    for (unsigned i = 0; i < p->host_count; i++)
        describe_host(*p, p->hosts[i]);
    for (unsigned i = 0; i < p->fm_count; i++)
        std::printf("\nfabric manager %s: of %s\n", p->fms[i].id,
                    p->devices[p->fms[i].device].id);
    std::for_each(p->devices, p->devices + p->device_count, describe_bar);
    dcd_platform_free(p);
    return EXIT_HELD;
}

} // namespace dcdsim
