/* SPDX-License-Identifier: Apache-2.0 */
/* text.cpp - sizes, addresses and extents as text. */
#include "text.hpp"

#include <algorithm>
#include <cinttypes>
#include <cstdio>

namespace dcd
{
namespace
{

struct unit {
    uint64_t size;
    const char *name;
};

/* The largest unit that divides [size]; bytes if none does. */
unit unit_of(uint64_t size)
{
    static const unit units[] = {
        {DCD_TIB, "TiB"}, {DCD_GIB, "GiB"}, {DCD_MIB, "MiB"}, {DCD_KIB, "KiB"}};

    for (const unit &u : units)
        if (size != 0 && size % u.size == 0)
            return u;
    return {1, "B"};
}

/* As scenarios spell it: "64MiB", "17", "0x1234567". */
std::string offset_text(uint64_t offset)
{
    const unit u = unit_of(offset);

    if (u.size > 1)
        return format("%" PRIu64 "%s", offset / u.size, u.name);
    return format(offset < 4096 ? "%" PRIu64 : "0x%" PRIx64, offset);
}

} // namespace

std::string format(const char *pattern, ...)
{
    va_list args;
    va_list again;

    va_start(args, pattern);
    va_copy(again, args);
    const int n = std::vsnprintf(nullptr, 0, pattern, args);
    va_end(args);
    std::string text(n < 0 ? 0 : static_cast<size_t>(n), '\0');
    std::vsnprintf(text.data(), text.size() + 1, pattern, again);
    va_end(again);
    return text;
}

std::string counted(uint64_t n, const char *noun)
{
    return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

std::string size_text(uint64_t size)
{
    const unit u = unit_of(size);
    return format("%" PRIu64 " %s", size / u.size, u.name);
}

std::string dpa_text(const dcd_platform_device &device, uint64_t dpa)
{
    const dcd_config &config = device.config;
    const dcd_layout &layout = device.layout;

    for (unsigned i = 0; i < config.region_count; i++) {
        const uint64_t base = layout.region_base[i];
        if (dpa >= base && dpa - base < layout.region_decode[i])
            return format("region%u+", i) + offset_text(dpa - base);
    }
    if (dpa < dcd_config_static(&config))
        return "static+" + offset_text(dpa);
    return format("0x%" PRIx64, dpa);
}

std::string extent_text(const dcd_platform_device &device, const extent &e,
                        bool tags)
{
    std::string text = size_text(e.length) + " at " + dpa_text(device, e.dpa);
    char tag[DCD_UUID_TEXT];

    if (!tags || (!tagged(e) && e.sequence == 0))
        return text;
    dcd_uuid_print(&e.tag, tag);
    return text + " tag " + tag + " sequence " + std::to_string(e.sequence);
}

std::string extents_text(const dcd_platform_device &device,
                         const std::vector<extent> &extents, size_t width)
{
    std::string text;

    for (const extent &e : extents) {
        const std::string next = extent_text(device, e, false);
        if (text.size() + next.size() + 8 > width) {
            text += text.empty() ? " (..." : ", ...";
            break;
        }
        text += (text.empty() ? " (" : ", ") + next;
    }
    return text.empty() ? text : text + ")";
}

std::string hex_text(const uint8_t *data, size_t size)
{
    std::string text;

    for (size_t i = 0; i < std::min<size_t>(size, 16); i++)
        text += format(i == 0 ? "%02x" : " %02x", data[i]);
    return size > 16 ? text + " ..." : text;
}

} // namespace dcd
