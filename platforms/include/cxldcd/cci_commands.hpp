/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cci_commands.hpp - the commands of dynamic capacity, with C++ arguments.
 *
 * Each function sends one command, or as many as its answer takes, through a
 * cci_port. [answer] of a result is that of the last command; unless
 * answer.ok(), the other members have no meaning. A payload that contradicts
 * itself is a fault of the answer. All of them wait, so they are called from an
 * SC_THREAD. Sizes and lengths are bytes, addresses DPA; [host_id] is the
 * number of the host's head or logical device. What the commands mean, and the
 * codes they answer, is in docs/commands.md.
 */
#ifndef CXLDCD_CCI_COMMANDS_HPP
#define CXLDCD_CCI_COMMANDS_HPP

#include <cxldcd/cci_port.hpp>
#include <cxldcd/ctypes/event.h>
#include <cxldcd/ctypes/extent.h>
#include <cxldcd/ctypes/fm_api.h>
#include <cxldcd/ctypes/generic.h>
#include <cxldcd/ctypes/opcode.h>

#include <array>
#include <bitset>

namespace dcd
{

struct extent {
    uint64_t dpa = 0;
    uint64_t length = 0; /* bytes */
    dcd_uuid tag{};
    uint16_t sequence = 0;
};

bool tagged(const extent &e);
dcd_extent_wire to_wire(const extent &e);
extent from_wire(const dcd_extent_wire &wire);

/* Bytes of all extents together. */
uint64_t total_length(const std::vector<extent> &extents);

/* --- Events -------------------------------------------------------------- */

struct event_record {
    uint16_t handle = 0;
    bool dynamic_capacity = false; /* else only [handle] is known */
    uint8_t type = 0;              /* enum dcd_dc_event_type */
    bool more = false;
    uint16_t host_id = 0; /* types 4 and 5 */
    uint8_t region = 0;   /* type 3 */
    dcd::extent extent;
};

struct event_records {
    response answer;
    bool overflow = false;
    uint16_t overflow_count = 0;
    bool more = false; /* records that this answer had no room for */
    std::vector<event_record> records;
};

/* 0100h. Reading clears nothing: the next call gives the same records. */
event_records get_event_records(cci_port &port, uint8_t log);

/* 0101h, the oldest records by their handles, in as many commands as needed. */
response clear_event_records(cci_port &port, uint8_t log,
                             const std::vector<uint16_t> &handles);

/* --- Extent lists -------------------------------------------------------- */

struct extent_list {
    response answer;
    uint32_t generation = 0;
    std::vector<extent> extents;
};

/*
 * 4801h and 5603h, page by page. When generation or total move between two
 * pages, reading starts again, ten times at most (then the answer is a fault).
 */
extent_list get_extent_list(cci_port &port);
extent_list get_region_extent_lists(cci_port &port, uint16_t host_id);

/* --- Configuration ------------------------------------------------------- */

struct region {
    uint64_t base = 0;   /* DPA */
    uint64_t decode = 0; /* bytes */
    uint64_t length = 0;
    uint64_t block_size = 0;
    uint32_t dsmad = 0;     /* 4800h */
    uint8_t attributes = 0; /* 5601h, DCD_REGION_ATTR_... */
    bool sanitize = false;
};

struct dc_config {
    response answer;
    unsigned available_regions = 0;
    std::vector<region> regions;
    bool limits_known = false; /* CXL 3.0 does not tell them in 4800h */
    uint32_t supported_extents = 0;
    uint32_t available_extents = 0;
    uint32_t supported_tags = 0;
    uint32_t available_tags = 0;
};

/* 4800h and 5601h, all regions, page by page. */
dc_config get_dc_config(cci_port &port);
dc_config get_host_dc_config(cci_port &port, uint16_t host_id);

struct dcd_info {
    response answer;
    unsigned hosts = 0;
    unsigned regions = 0;
    uint16_t add_policies = 0; /* bit n: enum dcd_add_policy */
    uint16_t release_policies = 0;
    uint8_t sanitize_configurable = 0; /* bit n: region n */
    uint64_t total_capacity = 0;       /* bytes */
    std::array<uint64_t, DCD_MAX_REGIONS> block_sizes{};
};

/* 5600h. */
dcd_info get_dcd_info(cci_port &port);

/* --- A memory device's commands ------------------------------------------ */

/* 4000h, and 4100h where capacity can be partitioned: static capacity. */
struct static_capacity {
    response answer;
    uint64_t volatile_size = 0; /* bytes */
    uint64_t persistent_size = 0;
    bool partitionable = false; /* then 4100h tells the sizes */
};

static_capacity identify_memory_device(cci_port &port);
static_capacity get_partition_info(cci_port &port);

struct poison_record {
    uint64_t dpa = 0;
    uint64_t length = 0; /* bytes */
};

struct poison_list {
    response answer;
    bool overflow = false;
    std::vector<poison_record> records;
};

/* 4300h, as often as there is more. */
poison_list get_poison_list(cci_port &port, uint64_t dpa, uint64_t length);

/* 0500h with room for the header alone: how many features there are. */
struct feature_count {
    response answer;
    unsigned supported = 0;
};

feature_count count_features(cci_port &port);

/* 0500h for [count] features in all, [payload] bytes an answer. */
response get_supported_features(cci_port &port, unsigned count, size_t payload,
                                std::vector<dcd_supported_feature> &features);

/* --- A fabric manager's requests ----------------------------------------- */

/*
 * 5604h. DCD_ADD_FREE and DCD_ADD_CONTIGUOUS: region, length, and a tag if it
 * is sharable. DCD_ADD_PRESCRIPTIVE: [extents] with tags and sequence numbers
 * of their own. DCD_ADD_ENABLE_SHARED_ACCESS: region and tag. The rest is sent
 * as it is.
 */
struct add_request {
    uint16_t host_id = 0;
    uint8_t policy = DCD_ADD_FREE; /* enum dcd_add_policy */
    uint8_t region = 0;
    uint64_t length = 0;
    dcd_uuid tag{};
    std::vector<extent> extents;
};

/* 5605h. [extents] for DCD_RELEASE_PRESCRIPTIVE, length and tag otherwise. */
struct release_request {
    uint16_t host_id = 0;
    uint8_t policy = DCD_RELEASE_TAG_BASED; /* enum dcd_release_policy */
    bool forced = false;
    bool sanitize = false;
    uint64_t length = 0;
    dcd_uuid tag{};
    std::vector<extent> extents;
};

/*
 * Success says that the procedure has started; how it ended is told by events
 * of the types 4 and 5 in the fabric manager's own log.
 */
response initiate_add(cci_port &port, const add_request &request);
response initiate_release(cci_port &port, const release_request &request);

/* 5602h, for all hosts; [block_size] in bytes. */
response set_dc_region_config(cci_port &port, uint8_t region,
                              uint64_t block_size, bool sanitize);

/* 5606h and 5607h: the fabric manager's own hold on a sharable allocation. */
response add_reference(cci_port &port, const dcd_uuid &tag);
response remove_reference(cci_port &port, const dcd_uuid &tag);

/* Who has to do with a living tag. */
struct tag_info {
    dcd_uuid tag{};
    bool fm_reference = false;
    std::bitset<256> hosts;   /* bit n: LD n has accepted it */
    std::bitset<256> pending; /* bit n: LD n was offered it */
};

struct tag_list {
    response answer;
    uint32_t generation = 0;
    std::vector<tag_info> tags;
};

/* 5608h, page by page, starting again as 4801h and 5603h do. */
tag_list list_tags(cci_port &port);

} // namespace dcd

#endif
