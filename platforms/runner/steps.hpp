/* SPDX-License-Identifier: Apache-2.0 */
/*
 * steps.hpp - what each kind of step does, and what it compares.
 *
 * A step leaves a clause for its line and the expectations that did not hold
 * in an outcome; whether a run goes on is not decided here.
 */
#ifndef CXLDCD_RUNNER_STEPS_HPP
#define CXLDCD_RUNNER_STEPS_HPP

#include "platform_model.hpp"
#include "report.hpp"

#include <array>
#include <deque>
#include <map>
#include <set>

namespace dcd
{

/* What a reader of event logs remembers from one step to the next. */
struct reader {
    /* Handles read last, by log: clear-event-records clears these. */
    std::map<uint8_t, std::vector<uint16_t>> handles;

    /* Add chains that were read and not answered yet, oldest first. */
    std::deque<std::vector<extent>> offers;
    std::vector<extent> chain;  /* one whose end has not been read */
    std::set<uint16_t> offered; /* handles of the records in both */

    /* Interrupts, by vector, that a step has been about already. */
    std::array<uint64_t, DCD_MSIX_VECTORS> seen{};
};

/* Who executes a step. */
struct actor {
    const char *id;
    cci_port *port;
    host_initiator *host; /* or NULL */
    fm_initiator *fm;     /* or NULL */
    dcd::reader *reader;
    const dcd_platform_device *device;
};

class steps
{
public:
    steps(platform_model &model, const dcd_platform &platform);

    /* To be called from an SC_THREAD. */
    void run(outcome &o);

    /* Who is named in front of the step's line. */
    const char *actor_id(const dcd_step &step) const;

private:
    using handler = void (steps::*)(outcome &o);
    static handler handler_of(dcd_step_kind kind);

    actor actor_of(const dcd_step &step);
    host_initiator &host_of(const dcd_step &step);
    uint16_t host_id(const dcd_step &step) const;
    std::string host_name(const actor &a, uint16_t id) const;

    /* fm_steps.cpp */
    void dcd_info(outcome &o);
    void host_dc_config(outcome &o);
    void set_region_config(outcome &o);
    void region_extent_lists(outcome &o);
    void initiate_add(outcome &o);
    void initiate_release(outcome &o);
    void reference(outcome &o);
    void list_tags(outcome &o);
    std::string heads_text(const actor &a, uint32_t heads) const;
    std::string tag_text(const actor &a, const dcd_step_tag &tag) const;
    std::string holds_text(const actor &a, const dcd_step_tag &tag) const;
    void compare_tags(outcome &o, const actor &a, const dcd::tag_list &got);

    /* host_steps.cpp */
    void dc_config(outcome &o);
    void extent_list(outcome &o);
    void add_response(outcome &o);
    void release(outcome &o);
    void probe(outcome &o);
    void commit_decoder(outcome &o);
    void uncommit_decoder(outcome &o);
    void reset(outcome &o);
    void wait_time(outcome &o);

    /* command_steps.cpp */
    void raw_command(outcome &o);
    void tunnelled(outcome &o, const actor &a, const bytes &payload);
    void compare_payload(outcome &o, const response &got);

    /* event_steps.cpp */
    void event_records(outcome &o);
    void clear_events(outcome &o);
    void expect_event(outcome &o);
    void expect_interrupt(outcome &o);
    bool collect_chain(outcome &o, const actor &a,
                       std::vector<event_record> &chain);
    void remember(const actor &a, const std::vector<event_record> &records);
    void interrupts_are_seen(const actor &a, uint8_t log);
    void compare_event(outcome &o, const actor &a, const dcd_step_event &want,
                       const event_record &got);

    /* memory_steps.cpp */
    void read(outcome &o);
    void write(outcome &o);
    void register_read(outcome &o);
    void register_write(outcome &o);

    /* steps.cpp: comparisons that several kinds share. */
    bool answered(outcome &o, const response &got);
    void compare_number(outcome &o, const char *what, const dcd_expected &want,
                        uint64_t got);
    void compare_list(outcome &o, const actor &a, const dcd::extent_list &got);
    void compare_config(outcome &o, const dcd::dc_config &got);
    void compare_limits(outcome &o, const dcd::dc_config &got);
    bool compare_access(outcome &o, tlm::tlm_response_status got);

    platform_model &m_model;
    const dcd_platform &m_platform;
    std::vector<reader> m_hosts;
    std::vector<reader> m_fms;
};

/* The extents of a step; without a tag of their own they get [tag]. */
std::vector<extent> extents_of(const dcd_step &step, const dcd_uuid &tag);

/* Whether [got] is what a scenario wrote down, as far as it did. */
bool same_extent(const dcd_step_extent &want, const extent &got);

/* An extent as it was written down. */
extent written(const dcd_step_extent &want);

} // namespace dcd

#endif
