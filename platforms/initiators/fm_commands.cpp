/* SPDX-License-Identifier: Apache-2.0 */
/* fm_commands.cpp - regions, references and tags of a manager. */
#include "paged_list.hpp"

#include <cxldcd/cci_commands.hpp>

namespace dcd
{
namespace
{

std::bitset<256> bits_of(const uint8_t (&map)[0x20])
{
    std::bitset<256> bits;

    for (size_t i = 0; i < bits.size(); i++)
        bits[i] = (map[i / 8] >> i % 8 & 1) != 0;
    return bits;
}

dcd::tag_info tag_from_wire(const dcd_tag_info &wire)
{
    dcd::tag_info tag;

    tag.tag = wire.tag;
    tag.fm_reference = (wire.flags & DCD_TAG_FM_REFERENCE) != 0;
    tag.hosts = bits_of(wire.references);
    tag.pending = bits_of(wire.pending);
    return tag;
}

list_page<dcd::tag_info> tag_page(cci_port &port, uint32_t start)
{
    dcd_list_tags_req request{};
    bytes payload;

    request.start = dcd_put32(start);
    request.count = dcd_put32(list_page_size);
    append(payload, request);
    return page_of<dcd_list_tags_rsp>(port.command(DCD_OP_LIST_TAGS, payload),
                                      tag_from_wire, "tag");
}

response reference(cci_port &port, uint16_t opcode, const dcd_uuid &tag)
{
    bytes payload;

    append(payload, dcd_tag_reference_req{tag});
    return port.command(opcode, payload);
}

} // namespace

response set_dc_region_config(cci_port &port, uint8_t region,
                              uint64_t block_size, bool sanitize)
{
    dcd_set_dc_region_config_req wire{};
    bytes payload;

    wire.region = region;
    wire.block_size = dcd_put64(block_size);
    wire.flags = sanitize ? DCD_REGION_SANITIZE_ON_RELEASE : 0;
    append(payload, wire);
    return port.command(DCD_OP_SET_DC_REGION_CONFIG, payload);
}

response add_reference(cci_port &port, const dcd_uuid &tag)
{
    return reference(port, DCD_OP_ADD_REFERENCE, tag);
}

response remove_reference(cci_port &port, const dcd_uuid &tag)
{
    return reference(port, DCD_OP_REMOVE_REFERENCE, tag);
}

tag_list list_tags(cci_port &port)
{
    tag_list list;

    read_list<tag_info>(
        "tag", [&](uint32_t start) { return tag_page(port, start); },
        list.answer, list.generation, list.tags);
    return list;
}

} // namespace dcd
