/* SPDX-License-Identifier: Apache-2.0 */
/* cci_commands.cpp - commands and answers between C++ and the wire. */
#include "paged_list.hpp"

#include <cxldcd/cci_commands.hpp>

#include <cxldcd/ctypes/dynamic_capacity.h>
#include <cxldcd/ctypes/opcode.h>

#include <algorithm>
#include <functional>

namespace dcd
{
namespace
{

/* Handles of one 0101h that fit the smallest mailbox, 256 bytes. */
const size_t clear_batch = 125;

void truncated(response &answer, const char *what)
{
    answer.fault = std::string("the answer is too short for ") + what;
}

list_page<extent> host_list_page(cci_port &port, uint32_t start)
{
    dcd_get_extent_list_req request{};
    bytes payload;

    request.count = dcd_put32(list_page_size);
    request.start = dcd_put32(start);
    append(payload, request);
    return page_of<dcd_get_extent_list_rsp>(
        port.command(DCD_OP_GET_DC_EXTENT_LIST, payload), from_wire, "extent");
}

list_page<extent> fm_list_page(cci_port &port, uint16_t host_id, uint32_t start)
{
    dcd_get_region_extent_lists_req request{};
    bytes payload;

    request.host_id = dcd_put16(host_id);
    request.count = dcd_put32(list_page_size);
    request.start = dcd_put32(start);
    append(payload, request);
    return page_of<dcd_get_region_extent_lists_rsp>(
        port.command(DCD_OP_GET_DC_REGION_EXTENT_LISTS, payload), from_wire,
        "extent");
}

/* What the entries of 4800h and 5601h have in common. */
template <class Wire>
region geometry_of(const Wire &wire)
{
    region r;

    r.base = dcd_get64(wire.base);
    r.decode = dcd_get64(wire.decode_length) * DCD_CAPACITY_UNIT;
    r.length = dcd_get64(wire.length);
    r.block_size = dcd_get64(wire.block_size);
    r.sanitize = (wire.flags & DCD_REGION_SANITIZE_ON_RELEASE) != 0;
    return r;
}

region region_of(const dcd_dc_region_config &wire)
{
    region r = geometry_of(wire);

    r.dsmad = dcd_get32(wire.dsmad_handle);
    return r;
}

region region_of(const dcd_host_dc_region_config &wire)
{
    region r = geometry_of(wire);

    r.attributes = wire.attributes;
    return r;
}

void take_limits(dc_config &config, size_t offset)
{
    dcd_dc_config_trailer wire;

    config.limits_known = extract(config.answer.payload, offset, wire);
    if (!config.limits_known)
        return;
    config.supported_extents = dcd_get32(wire.supported_extents);
    config.available_extents = dcd_get32(wire.available_extents);
    config.supported_tags = dcd_get32(wire.supported_tags);
    config.available_tags = dcd_get32(wire.available_tags);
}

template <class Wire>
void take_regions(dc_config &config, size_t offset, unsigned returned)
{
    for (unsigned i = 0; i < returned; i++, offset += sizeof(Wire)) {
        Wire wire;
        if (!extract(config.answer.payload, offset, wire))
            return truncated(config.answer, "the regions it announces");
        config.regions.push_back(region_of(wire));
    }
    take_limits(config, offset);
}

/* [page] asks for the regions from config.regions.size() on and adds them. */
dc_config all_regions(const std::function<void(dc_config &)> &page)
{
    dc_config config;

    do {
        const size_t before = config.regions.size();
        page(config);
        if (config.answer.ok() && config.regions.size() == before)
            break;
    } while (config.answer.ok() &&
             config.regions.size() < config.available_regions);
    return config;
}

template <class Head, class Wire>
void take_config_page(dc_config &config, const response &answer)
{
    Head head;

    config.answer = answer;
    if (!config.answer.ok())
        return;
    if (!extract(config.answer.payload, 0, head))
        return truncated(config.answer, "its header");
    config.available_regions = head.available;
    take_regions<Wire>(config, sizeof(head), head.returned);
}

void host_config_page(cci_port &port, dc_config &config)
{
    dcd_get_dc_config_req request{};
    bytes payload;

    request.count = DCD_MAX_REGIONS;
    request.start = static_cast<uint8_t>(config.regions.size());
    append(payload, request);
    take_config_page<dcd_get_dc_config_rsp, dcd_dc_region_config>(
        config, port.command(DCD_OP_GET_DC_CONFIG, payload));
}

void fm_config_page(cci_port &port, uint16_t host_id, dc_config &config)
{
    dcd_get_host_dc_config_req request{};
    bytes payload;

    request.host_id = dcd_put16(host_id);
    request.count = DCD_MAX_REGIONS;
    request.start = static_cast<uint8_t>(config.regions.size());
    append(payload, request);
    take_config_page<dcd_get_host_dc_config_rsp, dcd_host_dc_region_config>(
        config, port.command(DCD_OP_GET_HOST_DC_CONFIG, payload));
}

event_record record_of(const dcd_dc_event &wire)
{
    event_record r;

    r.handle = dcd_get16(wire.header.handle);
    r.dynamic_capacity =
        dcd_uuid_equal(&wire.header.type, &dcd_uuid_dynamic_capacity_event);
    if (!r.dynamic_capacity)
        return r;
    r.type = wire.type;
    r.more = (wire.flags & DCD_EVENT_MORE) != 0;
    r.host_id = dcd_get16(wire.host_id);
    r.region = wire.region;
    r.extent = from_wire(wire.extent);
    return r;
}

void append_extents(bytes &payload, const std::vector<extent> &extents)
{
    for (const extent &e : extents)
        append(payload, to_wire(e));
}

} // namespace

std::string response::text() const
{
    return answered() ? dcd_return_code_name(code) : fault;
}

response faulty(const std::string &fault)
{
    response r;
    r.fault = fault;
    return r;
}

bool tagged(const extent &e)
{
    return !dcd_uuid_is_null(&e.tag);
}

dcd_extent_wire to_wire(const extent &e)
{
    dcd_extent_wire wire{};

    wire.dpa = dcd_put64(e.dpa);
    wire.length = dcd_put64(e.length);
    wire.tag = e.tag;
    wire.sequence = dcd_put16(e.sequence);
    return wire;
}

extent from_wire(const dcd_extent_wire &wire)
{
    extent e;

    e.dpa = dcd_get64(wire.dpa);
    e.length = dcd_get64(wire.length);
    e.tag = wire.tag;
    e.sequence = dcd_get16(wire.sequence);
    return e;
}

uint64_t total_length(const std::vector<extent> &extents)
{
    uint64_t sum = 0;
    for (const extent &e : extents)
        sum += e.length;
    return sum;
}

event_records get_event_records(cci_port &port, uint8_t log)
{
    event_records result;
    dcd_get_event_records_rsp head;

    result.answer = port.command(DCD_OP_GET_EVENT_RECORDS, {log});
    if (!result.answer.ok())
        return result;
    if (!extract(result.answer.payload, 0, head)) {
        truncated(result.answer, "its header");
        return result;
    }
    result.overflow = (head.flags & DCD_GET_EVENTS_OVERFLOW) != 0;
    result.overflow_count = dcd_get16(head.overflow_count);
    result.more = (head.flags & DCD_GET_EVENTS_MORE) != 0;
    for (unsigned i = 0; i < dcd_get16(head.count); i++) {
        dcd_dc_event wire;
        if (!extract(result.answer.payload, sizeof(head) + i * sizeof(wire),
                     wire)) {
            truncated(result.answer, "the records it announces");
            return result;
        }
        result.records.push_back(record_of(wire));
    }
    return result;
}

response clear_event_records(cci_port &port, uint8_t log,
                             const std::vector<uint16_t> &handles)
{
    size_t done = 0;
    response answer;

    do {
        const size_t n = std::min(handles.size() - done, clear_batch);
        dcd_clear_event_records_req request{};
        bytes payload;
        request.log = log;
        request.count = static_cast<uint8_t>(n);
        append(payload, request);
        for (size_t i = 0; i < n; i++)
            append(payload, dcd_put16(handles[done + i]));
        answer = port.command(DCD_OP_CLEAR_EVENT_RECORDS, payload);
        done += n;
    } while (answer.ok() && done < handles.size());
    return answer;
}

extent_list get_extent_list(cci_port &port)
{
    extent_list list;

    read_list<extent>(
        "extent", [&](uint32_t start) { return host_list_page(port, start); },
        list.answer, list.generation, list.extents);
    return list;
}

extent_list get_region_extent_lists(cci_port &port, uint16_t host_id)
{
    extent_list list;

    read_list<extent>(
        "extent",
        [&](uint32_t start) { return fm_list_page(port, host_id, start); },
        list.answer, list.generation, list.extents);
    return list;
}

dc_config get_dc_config(cci_port &port)
{
    return all_regions([&](dc_config &c) { host_config_page(port, c); });
}

dc_config get_host_dc_config(cci_port &port, uint16_t host_id)
{
    return all_regions([&](dc_config &c) { fm_config_page(port, host_id, c); });
}

dcd_info get_dcd_info(cci_port &port)
{
    dcd_info info;
    dcd_get_dcd_info_rsp wire;

    info.answer = port.command(DCD_OP_GET_DCD_INFO, {});
    if (!info.answer.ok())
        return info;
    if (!extract(info.answer.payload, 0, wire)) {
        truncated(info.answer, "its fields");
        return info;
    }
    info.hosts = wire.hosts;
    info.regions = wire.regions;
    info.add_policies = dcd_get16(wire.add_policies);
    info.release_policies = dcd_get16(wire.release_policies);
    info.sanitize_configurable = wire.sanitize_configurable;
    info.total_capacity = dcd_get64(wire.total_capacity) * DCD_CAPACITY_UNIT;
    for (size_t i = 0; i < info.block_sizes.size(); i++)
        info.block_sizes[i] = dcd_get64(wire.block_sizes[i]);
    return info;
}

response initiate_add(cci_port &port, const add_request &request)
{
    dcd_initiate_dc_add_req wire{};
    bytes payload;

    wire.host_id = dcd_put16(request.host_id);
    wire.policy = request.policy & DCD_POLICY_MASK;
    wire.region = request.region;
    wire.length = dcd_put64(request.length);
    wire.tag = request.tag;
    wire.count = dcd_put32(static_cast<uint32_t>(request.extents.size()));
    append(payload, wire);
    append_extents(payload, request.extents);
    return port.command(DCD_OP_INITIATE_DC_ADD, payload);
}

response initiate_release(cci_port &port, const release_request &request)
{
    dcd_initiate_dc_release_req wire{};
    bytes payload;

    wire.host_id = dcd_put16(request.host_id);
    wire.flags =
        static_cast<uint8_t>((request.policy & DCD_POLICY_MASK) |
                             (request.forced ? DCD_RELEASE_FORCED : 0u) |
                             (request.sanitize ? DCD_RELEASE_SANITIZE : 0u));
    wire.length = dcd_put64(request.length);
    wire.tag = request.tag;
    wire.count = dcd_put32(static_cast<uint32_t>(request.extents.size()));
    append(payload, wire);
    append_extents(payload, request.extents);
    return port.command(DCD_OP_INITIATE_DC_RELEASE, payload);
}

} // namespace dcd
