/* SPDX-License-Identifier: Apache-2.0 */
/* text.hpp - sizes, addresses and extents as a reader wants to see them. */
#ifndef CXLDCD_RUNNER_TEXT_HPP
#define CXLDCD_RUNNER_TEXT_HPP

#include <cxldcd/cci_commands.hpp>
#include <cxldcd/platform.h>

#include <cstdarg>
#include <string>
#include <vector>

namespace dcd
{

std::string format(const char *pattern, ...)
    __attribute__((format(printf, 1, 2)));

/* "1 extent", "2 extents". */
std::string counted(uint64_t n, const char *noun);

/* "128 MiB", "17 B"; exact, in the largest unit that divides. */
std::string size_text(uint64_t size);

/* "region0+64MiB" as in scenarios, "static+4KiB", or a hexadecimal number. */
std::string dpa_text(const dcd_platform_device &device, uint64_t dpa);

/* "128 MiB at region0+0"; [tags] adds tag and sequence where there are. */
std::string extent_text(const dcd_platform_device &device, const extent &e,
                        bool tags);

/* " (128 MiB at ..., ...)", cut behind [width] characters; "" for none. */
std::string extents_text(const dcd_platform_device &device,
                         const std::vector<extent> &extents, size_t width);

/* "48 65 6c", cut behind sixteen bytes. */
std::string hex_text(const uint8_t *data, size_t size);

} // namespace dcd

#endif
