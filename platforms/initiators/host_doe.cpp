/* SPDX-License-Identifier: Apache-2.0 */
/* host_doe.cpp - data object exchange, and the CDAT that comes over it. */
#include "registers.hpp"

#include <cxldcd/ctypes/cdat.h>
#include <cxldcd/ctypes/doe.h>

#include <numeric>

namespace dcd
{
namespace
{

/* PCIe 6.0 6.30.2. */
sc_core::sc_time answer_limit()
{
    return sc_core::sc_time(1, sc_core::SC_SEC);
}

} // namespace

/* Until the device has answered; a sentence when it does not. */
std::string host_initiator::await_object(registers &r, uint64_t offset)
{
    poll_timer timer(answer_limit());

    for (;;) {
        const uint64_t now = r.read(offset + DCD_DOE_STATUS, 4);
        if (!r.ok() || (now & DCD_DOE_READY))
            return r.fault();
        if (now & DCD_DOE_ERROR)
            return "the DOE mailbox reports an error";
        if (timer.expired())
            return "no data object came within 1 s";
        timer.pause();
    }
}

void host_initiator::send_object(registers &r, uint64_t offset,
                                 const bytes &object)
{
    for (size_t at = 0; at < object.size(); at += 4)
        r.write(offset + DCD_DOE_WRITE_MAILBOX, 4, dcd_load_le(&object[at], 4));
    r.write(offset + DCD_DOE_CONTROL, 4, DCD_DOE_GO);
}

/* Each write of the read mailbox turns to the next dword. */
bytes host_initiator::receive_object(registers &r, uint64_t offset)
{
    size_t dwords = sizeof(dcd_doe_header) / 4;
    dcd_doe_header head;
    bytes object;

    while (object.size() < dwords * 4 && r.ok()) {
        const size_t end = object.size();
        object.resize(end + 4);
        dcd_store_le(&object[end], 4, r.read(offset + DCD_DOE_READ_MAILBOX, 4));
        r.write(offset + DCD_DOE_READ_MAILBOX, 4, 0);
        if (extract(object, 0, head))
            dwords = dcd_get32(head.length) & DCD_DOE_LENGTH_MASK;
    }
    return object;
}

doe_answer host_initiator::exchange(uint64_t offset, uint16_t vendor,
                                    uint8_t type, const bytes &body)
{
    registers r(cfg, "configuration space");
    dcd_doe_header head{};
    doe_answer answer;
    bytes object;

    if (r.read(offset + DCD_DOE_STATUS, 4) & DCD_DOE_BUSY)
        return {"the DOE mailbox is busy", {}};
    head.vendor = dcd_put16(vendor);
    head.type = type;
    head.length =
        dcd_put32(static_cast<uint32_t>((sizeof(head) + body.size()) / 4));
    append(object, head);
    object.insert(object.end(), body.begin(), body.end());
    send_object(r, offset, object);
    answer.fault = await_object(r, offset);
    if (!answer.ok())
        return answer;
    object = receive_object(r, offset);
    answer.fault = r.fault();
    if (!answer.ok() || !extract(object, 0, head))
        return answer;
    if (dcd_get16(head.vendor) != vendor || head.type != type)
        answer.fault = "the data object is of another protocol";
    answer.body.assign(object.begin() + sizeof(head), object.end());
    return answer;
}

/* Discovery goes from index to index, 0 ends it. */
bool host_initiator::speaks_cdat(uint64_t doe)
{
    dcd_doe_discovery_req request{};

    for (unsigned i = 0; i < 256; i++) {
        dcd_doe_discovery_rsp found;
        bytes body;
        append(body, request);
        const doe_answer answer =
            exchange(doe, DCD_DOE_VENDOR_PCI_SIG, DCD_DOE_TYPE_DISCOVERY, body);
        if (!answer.ok() || !extract(answer.body, 0, found))
            return false;
        if (dcd_get16(found.vendor) == DCD_DOE_VENDOR_CXL &&
            found.type == DCD_DOE_TYPE_TABLE_ACCESS)
            return true;
        request.index = found.next;
        if (request.index == 0)
            return false;
    }
    return false;
}

status host_initiator::read_cdat()
{
    registers r(cfg, "configuration space");
    uint64_t at = find_extended(r, DCD_PCI_DOE, DCD_PCI_EXTENDED);

    m_cdat.clear();
    while (at != 0 && r.ok()) {
        if (speaks_cdat(at))
            return read_table(at);
        at = find_extended(r, DCD_PCI_DOE, (r.read(at, 4) >> 20) & 0xffc);
    }
    return r.ok() ? status{"the device has no CDAT"} : r.result();
}

/* Entry 0 is the header, each answer names the handle of the next one. */
status host_initiator::read_table(uint64_t doe)
{
    dcd_table_access_req request{};
    dcd_table_access_rsp part;
    bytes table;

    request.code = DCD_TABLE_READ_ENTRY;
    request.table = DCD_TABLE_CDAT;
    do {
        bytes body;
        append(body, request);
        const doe_answer answer =
            exchange(doe, DCD_DOE_VENDOR_CXL, DCD_DOE_TYPE_TABLE_ACCESS, body);
        if (!answer.ok())
            return {"the CDAT could not be read: " + answer.fault};
        if (!extract(answer.body, 0, part) ||
            answer.body.size() == sizeof(part))
            return {"the CDAT has an empty entry"};
        table.insert(table.end(), answer.body.begin() + sizeof(part),
                     answer.body.end());
        /* The length in the header ends a chain of handles without end. */
        if (table.size() < sizeof(dcd_cdat_header) ||
            table.size() > dcd_load_le(table.data(), 4))
            return {"the CDAT is longer or shorter than its header says"};
        request.entry = part.next;
    } while (dcd_get16(part.next) != DCD_TABLE_LAST);
    return take_table(table);
}

status host_initiator::take_table(const bytes &table)
{
    const auto sum = std::accumulate(table.begin(), table.end(), 0u);
    dcd_cdat_structure head;
    dcd_dsmas wire;

    if (table.size() != dcd_load_le(table.data(), 4))
        return {"the CDAT is longer or shorter than its header says"};
    if ((sum & 0xff) != 0)
        return {"the CDAT's checksum is wrong"};
    for (size_t at = sizeof(dcd_cdat_header); extract(table, at, head);) {
        const size_t length = dcd_get16(head.length);
        if (length < sizeof(head) || length > table.size() - at)
            return {"an entry of the CDAT reaches beyond its end"};
        if (head.type == DCD_CDAT_DSMAS && extract(table, at, wire))
            m_cdat.push_back({wire.handle, wire.flags, dcd_get64(wire.dpa),
                              dcd_get64(wire.length)});
        at += length;
    }
    return {};
}

} // namespace dcd
