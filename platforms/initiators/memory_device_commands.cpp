/* SPDX-License-Identifier: Apache-2.0 */
/* memory_device_commands.cpp - what a driver asks any CXL memory device. */
#include <cxldcd/cci_commands.hpp>

#include <cxldcd/ctypes/dynamic_capacity.h>
#include <cxldcd/ctypes/memory_device.h>

#include <algorithm>

namespace dcd
{
namespace
{

/* A device that announces more and more must not hold a driver for ever. */
const unsigned poison_answers = 1024;

const char *const too_short = "the answer is too short for its fields";

uint64_t capacity(const dcd_le64 &units)
{
    return dcd_get64(units) * DCD_CAPACITY_UNIT;
}

response ask_features(cci_port &port, size_t room, size_t start)
{
    dcd_get_supported_features_req request{};
    bytes payload;

    request.count = dcd_put32(static_cast<uint32_t>(room));
    request.start = dcd_put16(static_cast<uint16_t>(start));
    append(payload, request);
    return port.command(DCD_OP_GET_SUPPORTED_FEATURES, payload);
}

/* Adds the records of one answer; true when there are more. */
bool take_poison(poison_list &list)
{
    dcd_poison_list_rsp head;
    dcd_media_error wire;

    if (!extract(list.answer.payload, 0, head)) {
        list.answer.fault = too_short;
        return false;
    }
    list.overflow |= (head.flags & DCD_POISON_LIST_OVERFLOW) != 0;
    for (size_t i = 0; i < dcd_get16(head.count); i++) {
        if (!extract(list.answer.payload, sizeof(head) + i * sizeof(wire),
                     wire)) {
            list.answer.fault = too_short;
            return false;
        }
        list.records.push_back({dcd_get64(wire.dpa) & ~uint64_t{DCD_LINE - 1},
                                uint64_t{dcd_get32(wire.length)} * DCD_LINE});
    }
    return (head.flags & DCD_POISON_LIST_MORE) != 0;
}

} // namespace

static_capacity identify_memory_device(cci_port &port)
{
    dcd_identify_memory_device_rsp id{};
    static_capacity result;

    result.answer = port.command(DCD_OP_IDENTIFY_MEMORY_DEVICE, {});
    if (!result.answer.ok())
        return result;
    /* Two bytes shorter before dynamic capacity (CXL 2.0): the rest is 0. */
    std::copy_n(result.answer.payload.begin(),
                std::min(result.answer.payload.size(), sizeof(id)),
                reinterpret_cast<uint8_t *>(&id));
    result.volatile_size = capacity(id.volatile_only);
    result.persistent_size = capacity(id.persistent_only);
    result.partitionable = dcd_get64(id.partition_alignment) != 0;
    return result;
}

static_capacity get_partition_info(cci_port &port)
{
    dcd_partition_info_rsp partitions;
    static_capacity result;

    result.partitionable = true;
    result.answer = port.command(DCD_OP_GET_PARTITION_INFO, {});
    if (!result.answer.ok())
        return result;
    if (!extract(result.answer.payload, 0, partitions)) {
        result.answer.fault = too_short;
        return result;
    }
    result.volatile_size = capacity(partitions.active_volatile);
    result.persistent_size = capacity(partitions.active_persistent);
    return result;
}

poison_list get_poison_list(cci_port &port, uint64_t dpa, uint64_t length)
{
    dcd_media_range request{};
    bytes payload;
    poison_list list;
    bool more = true;

    request.dpa = dcd_put64(dpa);
    request.length = dcd_put64(length / DCD_LINE);
    append(payload, request);
    for (unsigned i = 0; more && i < poison_answers; i++) {
        list.answer = port.command(DCD_OP_GET_POISON_LIST, payload);
        more = list.answer.ok() && take_poison(list);
    }
    return list;
}

feature_count count_features(cci_port &port)
{
    dcd_get_supported_features_rsp head;
    feature_count result;

    result.answer = ask_features(port, sizeof(head), 0);
    if (!result.answer.ok())
        return result;
    if (extract(result.answer.payload, 0, head))
        result.supported = dcd_get16(head.supported);
    else
        result.answer.fault = too_short;
    return result;
}

response get_supported_features(cci_port &port, unsigned count, size_t payload,
                                std::vector<dcd_supported_feature> &features)
{
    response answer;

    while (features.size() < count) {
        dcd_get_supported_features_rsp head;
        dcd_supported_feature entry;
        const size_t left = count - features.size();
        const size_t room =
            std::min(payload, sizeof(head) + left * sizeof(entry));
        answer = ask_features(port, room, features.size());
        if (!answer.ok())
            return answer;
        if (!extract(answer.payload, 0, head) || dcd_get16(head.returned) == 0)
            return faulty("the list of features ends before its total");
        for (size_t i = 0; i < dcd_get16(head.returned); i++) {
            if (!extract(answer.payload, sizeof(head) + i * sizeof(entry),
                         entry))
                return faulty("the answer is too short for its features");
            features.push_back(entry);
        }
    }
    return answer;
}

} // namespace dcd
