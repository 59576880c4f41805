/* SPDX-License-Identifier: Apache-2.0 */
/* host_memory.cpp - HDM decoders, and memory through them. */
#include "registers.hpp"

#include <algorithm>

namespace dcd
{
namespace
{

/* CXL.cache and CXL.mem capabilities, CXL r3.1 8.2.4. */
const unsigned capability_hdm = 0x0005;

/* Codes of the control register, CXL r3.1 8.2.4.20.7; -1: no such thing. */
int ways_code(unsigned ways)
{
    static const struct {
        unsigned ways;
        int code;
    } table[] = {{1, 0},  {2, 1}, {4, 2}, {8, 3},
                 {16, 4}, {3, 8}, {6, 9}, {12, 10}};

    for (const auto &row : table)
        if (row.ways == ways)
            return row.code;
    return -1;
}

unsigned ways_of(unsigned code)
{
    return code < 8 ? 1u << code : 3u << (code - 8);
}

int granularity_code(uint32_t granularity)
{
    for (int code = 0; code <= 6; code++)
        if (granularity == 256u << code)
            return code;
    return -1;
}

sc_core::sc_time commit_limit()
{
    return sc_core::sc_time(10, sc_core::SC_MS);
}

uint32_t low(uint64_t v)
{
    return static_cast<uint32_t>(v);
}

uint32_t high(uint64_t v)
{
    return static_cast<uint32_t>(v >> 32);
}

} // namespace

status host_initiator::find_hdm()
{
    registers r(mmio, "BAR offset");
    const uint64_t cm = m_component_block + DCD_CM_BASE;
    const uint64_t count = r.read(cm, 4) >> 24;

    m_hdm = 0;
    for (uint64_t i = 1; i <= count && m_hdm == 0; i++) {
        const uint64_t entry = r.read(cm + 4 * i, 4);
        if ((entry & 0xffff) == capability_hdm)
            m_hdm = cm + (entry >> 20);
    }
    if (r.ok() && m_hdm == 0)
        return {"the device has no HDM decoders"};
    return r.result();
}

status host_initiator::program_decoders(const std::vector<decoder> &decoders)
{
    const status s = find_hdm();
    registers r(mmio, "BAR offset");

    if (!s.ok())
        return s;
    for (unsigned i = 0; i < decoders.size(); i++) {
        const commit_result done = commit_decoder(i, decoders[i]);
        if (!done.committed)
            return {"decoder " + std::to_string(i) + " was not committed" +
                    (done.fault.empty() ? "" : ": " + done.fault)};
    }
    r.write(m_hdm + DCD_HDM_GLOBAL_CONTROL, 4,
            r.read(m_hdm + DCD_HDM_GLOBAL_CONTROL, 4) | DCD_HDM_GLOBAL_ENABLE);
    return r.result();
}

commit_result host_initiator::commit_decoder(unsigned index, const decoder &d)
{
    registers r(mmio, "BAR offset");
    const int ways = ways_code(d.ways);
    const int granularity = granularity_code(d.granularity);
    poll_timer timer(commit_limit());
    commit_result done;

    if (m_hdm == 0 || index >= m_decoders.size() || ways < 0 || granularity < 0)
        return {"there is no such decoder", false, false};
    const uint64_t at = m_hdm + DCD_HDM_DECODER(index);
    const uint32_t control =
        static_cast<uint32_t>(granularity) << DCD_HDM_GRANULARITY_SHIFT |
        static_cast<uint32_t>(ways) << DCD_HDM_WAYS_SHIFT |
        DCD_HDM_TYPE_HOST_ONLY | (d.lock ? DCD_HDM_LOCK_ON_COMMIT : 0u);
    r.write(at + DCD_HDM_BASE_LOW, 4, low(d.base));
    r.write(at + DCD_HDM_BASE_HIGH, 4, high(d.base));
    r.write(at + DCD_HDM_SIZE_LOW, 4, low(d.size));
    r.write(at + DCD_HDM_SIZE_HIGH, 4, high(d.size));
    r.write(at + DCD_HDM_SKIP_LOW, 4, low(d.skip));
    r.write(at + DCD_HDM_SKIP_HIGH, 4, high(d.skip));
    r.write(at + DCD_HDM_CONTROL, 4, control);
    r.write(at + DCD_HDM_CONTROL, 4, control | DCD_HDM_COMMIT);
    for (;;) {
        const uint64_t now = r.read(at + DCD_HDM_CONTROL, 4);
        done.committed = (now & DCD_HDM_COMMITTED) != 0;
        done.error = (now & DCD_HDM_ERROR) != 0;
        if (done.committed || done.error || timer.expired() || !r.ok())
            break;
        timer.pause();
    }
    /* What it decodes is what its registers say, not what was meant. */
    m_decoders[index] = {done.committed, read_decoder(r, index)};
    done.fault = r.fault();
    return done;
}

decoder host_initiator::read_decoder(registers &r, unsigned index)
{
    const uint64_t at = m_hdm + DCD_HDM_DECODER(index);
    const auto control = static_cast<unsigned>(r.read(at + DCD_HDM_CONTROL, 4));
    decoder d;

    d.base = r.read(at + DCD_HDM_BASE_LOW, 4) |
             r.read(at + DCD_HDM_BASE_HIGH, 4) << 32;
    d.size = r.read(at + DCD_HDM_SIZE_LOW, 4) |
             r.read(at + DCD_HDM_SIZE_HIGH, 4) << 32;
    d.skip = r.read(at + DCD_HDM_SKIP_LOW, 4) |
             r.read(at + DCD_HDM_SKIP_HIGH, 4) << 32;
    d.granularity = 256u << ((control >> DCD_HDM_GRANULARITY_SHIFT) & 15);
    d.ways = ways_of((control >> DCD_HDM_WAYS_SHIFT) & 15);
    d.lock = (control & DCD_HDM_LOCK_ON_COMMIT) != 0;
    return d;
}

status host_initiator::uncommit_decoder(unsigned index)
{
    registers r(mmio, "BAR offset");

    if (m_hdm == 0 || index >= m_decoders.size())
        return {"there is no such decoder"};
    const uint64_t at = m_hdm + DCD_HDM_DECODER(index) + DCD_HDM_CONTROL;
    r.write(at, 4, r.read(at, 4) & ~uint64_t{DCD_HDM_COMMIT});
    const uint64_t now = r.read(at, 4);
    m_decoders[index].committed = (now & DCD_HDM_COMMITTED) != 0;
    if (r.ok() && m_decoders[index].committed)
        return {"decoder " + std::to_string(index) + " is still committed"};
    return r.result();
}

bool host_initiator::find_hpa(uint64_t dpa, uint64_t &hpa,
                              uint64_t &contiguous) const
{
    uint64_t reached = 0;

    for (const committed_decoder &c : m_decoders) {
        if (!c.committed)
            return false;
        reached += c.d.skip;
        const uint64_t own = c.d.size / c.d.ways;
        if (dpa >= reached && dpa - reached < own) {
            const uint64_t offset = dpa - reached;
            const uint64_t granule = c.d.ways == 1 ? own : c.d.granularity;
            const uint64_t in = offset % granule;
            hpa = c.d.base + offset / granule * granule * c.d.ways + in;
            contiguous = granule - in;
            return true;
        }
        reached += own;
    }
    return false;
}

memory_result host_initiator::read(uint64_t hpa, void *data, size_t size)
{
    return {tlm_access(mem, tlm::TLM_READ_COMMAND, hpa, data, size), ""};
}

memory_result host_initiator::write(uint64_t hpa, void *data, size_t size)
{
    return {tlm_access(mem, tlm::TLM_WRITE_COMMAND, hpa, data, size), ""};
}

memory_result host_initiator::read_dpa(uint64_t dpa, void *data, size_t size)
{
    return access_dpa(tlm::TLM_READ_COMMAND, dpa, static_cast<uint8_t *>(data),
                      size);
}

memory_result host_initiator::write_dpa(uint64_t dpa, void *data, size_t size)
{
    return access_dpa(tlm::TLM_WRITE_COMMAND, dpa, static_cast<uint8_t *>(data),
                      size);
}

memory_result host_initiator::access_dpa(tlm::tlm_command command, uint64_t dpa,
                                         uint8_t *data, size_t size)
{
    memory_result result;

    for (size_t done = 0; done < size && result.ok();) {
        uint64_t hpa;
        uint64_t contiguous;
        if (!find_hpa(dpa + done, hpa, contiguous))
            return {tlm::TLM_ADDRESS_ERROR_RESPONSE,
                    "no decoder of this host covers it"};
        const uint64_t n =
            std::min<uint64_t>({size - done, contiguous, tlm_access_max});
        result.status =
            tlm_access(mem, command, hpa, data + done, static_cast<size_t>(n));
        done += static_cast<size_t>(n);
    }
    return result;
}

tlm::tlm_response_status host_initiator::mmio_read(uint64_t offset, void *data,
                                                   size_t size)
{
    return tlm_access(mmio, tlm::TLM_READ_COMMAND, offset, data, size);
}

tlm::tlm_response_status host_initiator::mmio_write(uint64_t offset, void *data,
                                                    size_t size)
{
    return tlm_access(mmio, tlm::TLM_WRITE_COMMAND, offset, data, size);
}

} // namespace dcd
