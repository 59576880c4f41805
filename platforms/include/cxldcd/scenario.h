/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scenario.h - a scenario, read from XML (config/schema): what happens on a
 * platform, step by step, and what each step is expected to answer.
 *
 * All names are resolved: hosts and fabric managers are indices into the
 * platform, "region0+4KiB" is a DPA, sizes are bytes, times picoseconds.
 */
#ifndef CXLDCD_SCENARIO_H
#define CXLDCD_SCENARIO_H

#include <cxldcd/platform.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One row a step: name in C, element in XML. */
#define DCD_STEPS(X)                                                       \
    X(GET_DCD_INFO, "get-dcd-info")                       /* 5600h */      \
    X(GET_HOST_DC_CONFIG, "get-host-dc-config")           /* 5601h */      \
    X(SET_DC_REGION_CONFIG, "set-dc-region-config")       /* 5602h */      \
    X(GET_REGION_EXTENT_LISTS, "get-region-extent-lists") /* 5603h */      \
    X(INITIATE_ADD, "initiate-add")                       /* 5604h */      \
    X(INITIATE_RELEASE, "initiate-release")               /* 5605h */      \
    X(ADD_REFERENCE, "add-reference")                     /* 5606h */      \
    X(REMOVE_REFERENCE, "remove-reference")               /* 5607h */      \
    X(LIST_TAGS, "list-tags")                             /* 5608h */      \
    X(GET_DC_CONFIG, "get-dc-config")                     /* 4800h */      \
    X(GET_EXTENT_LIST, "get-extent-list")                 /* 4801h */      \
    X(ADD_RESPONSE, "add-response")                       /* 4802h */      \
    X(RELEASE, "release")                                 /* 4803h */      \
    X(GET_EVENT_RECORDS, "get-event-records")             /* 0100h */      \
    X(CLEAR_EVENT_RECORDS, "clear-event-records")         /* 0101h */      \
    X(COMMAND, "command")                                 /* any opcode */ \
    X(EXPECT_EVENT, "expect-event")                                        \
    X(EXPECT_INTERRUPT, "expect-interrupt")                                \
    X(EXPECT_PROBE, "expect-probe")                                        \
    X(COMMIT_DECODER, "commit-decoder")                                    \
    X(UNCOMMIT_DECODER, "uncommit-decoder")                                \
    X(REGISTER_READ, "register-read")                                      \
    X(REGISTER_WRITE, "register-write")                                    \
    X(READ, "read")                                                        \
    X(WRITE, "write")                                                      \
    X(RESET, "reset")                                                      \
    X(WAIT, "wait")

enum dcd_step_kind {
#define X(name, element) DCD_STEP_##name,
    DCD_STEPS(X)
#undef X
        DCD_STEP_KIND_COUNT
};

const char *dcd_step_name(enum dcd_step_kind kind);

/* An <extent>, given or expected; an <event> has one too. */
struct dcd_step_extent {
    long line;
    uint64_t dpa;
    uint64_t length;
    bool tag_given;
    struct dcd_uuid tag;
    bool sequence_given;
    uint16_t sequence;
};

/* An expected <event> of 0100h, or that of expect-event. */
struct dcd_step_event {
    long line;
    uint8_t type; /* enum dcd_dc_event_type */
    bool more_given;
    bool more;
    int host; /* types 4 and 5: expected host, -1: any */
    bool region_given;
    uint8_t region;    /* type 3 */
    bool extent_given; /* the others */
    struct dcd_step_extent extent;
};

/* Which extents add-response and release speak of. */
enum dcd_step_which {
    DCD_EXTENTS_LISTED, /* those in [extents] */
    DCD_EXTENTS_ALL,    /* all that were offered, all that are held */
    DCD_EXTENTS_NONE,   /* an empty list */
};

/* A number that a step may expect. */
struct dcd_expected {
    bool given;
    uint64_t value;
};

/* An expected <region> of 4800h or 5601h; only what is given counts. */
struct dcd_step_region {
    long line;
    unsigned index;
    struct dcd_expected block_size; /* bytes */
    struct dcd_expected sanitize;   /* 0 or 1 */
    uint8_t attributes_given;       /* mask of DCD_REGION_ATTR_... */
    uint8_t attributes;
};

/* An expected <tag> of 5608h, told whole. */
struct dcd_step_tag {
    long line;
    struct dcd_uuid tag;
    bool fm_reference;
    uint32_t hosts;   /* bit n: head n has accepted it */
    uint32_t pending; /* bit n: head n was offered it */
};

/* A 5300h around a command: where it leads. */
struct dcd_step_layer {
    uint8_t target; /* enum dcd_tunnel_target */
    uint8_t id;     /* of the logical device */
};

/* One layer more than any device takes (CXL r3.1 7.6.7.3.1). */
#define DCD_STEP_MAX_LAYERS 4

/* What a memory or register access is expected to answer. */
enum dcd_step_access {
    DCD_EXPECT_OK,
    DCD_EXPECT_ADDRESS_ERROR,
    DCD_EXPECT_BURST_ERROR,
    DCD_EXPECT_GENERIC_ERROR,
};

enum dcd_step_reset {
    DCD_STEP_RESET_CONVENTIONAL,
    DCD_STEP_RESET_CXL,
    DCD_STEP_RESET_FUNCTION_LEVEL,
};

/* What a driver is expected to make of dynamic capacity. */
enum dcd_step_probe {
    DCD_PROBE_ABSENT,  /* the device has none */
    DCD_PROBE_REFUSED, /* the driver does not use it */
    DCD_PROBE_ENABLED,
};

struct dcd_step {
    enum dcd_step_kind kind;
    const char *file; /* for messages; owned by the scenario */
    long line;

    int host; /* index, -1: none. With [fm]: whose capacity it is about */
    int fm;   /* index, -1: the host itself acts */

    /* Commands. */
    uint16_t expect_rc; /* enum dcd_return_code */
    uint16_t opcode;    /* COMMAND */
    uint8_t *payload;   /* COMMAND's input, WRITE's data; owned */
    size_t payload_size;
    bool expect_payload_given; /* COMMAND's output, READ's data */
    uint8_t *expect_payload;   /* owned */
    size_t expect_payload_size;

    /* COMMAND through 5300h, outermost first. */
    unsigned layer_count;
    struct dcd_step_layer layers[DCD_STEP_MAX_LAYERS];
    uint16_t expect_tunnel; /* what a 5300h answers, if not success */

    uint8_t policy; /* 5604h: enum dcd_add_policy; 5605h: release_policy */
    bool forced;
    bool sanitize;       /* 5602h, 5605h */
    uint8_t region;      /* 5602h, 5604h */
    uint64_t block_size; /* 5602h, bytes */
    uint64_t length;     /* 5604h, 5605h; READ: bytes */
    struct dcd_uuid tag; /* 5604h-5607h; default of the extents in XML */
    enum dcd_step_which which;
    bool more; /* 4802h, 4803h: the list goes on with the next step */
    unsigned extent_count; /* given, or expected where expect_extents */
    struct dcd_step_extent *extents;
    bool expect_extents; /* lists: the answer must be exactly [extents] */

    unsigned tag_count; /* LIST_TAGS */
    struct dcd_step_tag *tags;
    bool expect_tag_list;  /* the answer must be exactly [tags] */
    unsigned region_count; /* 4800h, 5601h */
    struct dcd_step_region *regions;

    struct dcd_expected expect_total;   /* 4801h, 5603h, 5608h: entries */
    struct dcd_expected expect_regions; /* 4800h, 5600h, 5601h */
    struct dcd_expected expect_hosts;   /* 5600h */
    struct dcd_expected expect_extents_in_all; /* 4800h, 5601h */
    struct dcd_expected expect_available;      /* 4800h, 5601h: extents left */
    struct dcd_expected expect_tags_in_all;    /* 4800h, 5601h */
    struct dcd_expected expect_available_tags; /* 4800h, 5601h */
    struct dcd_expected expect_add_policies;   /* 5600h: bit n, policy n */
    struct dcd_expected expect_release_policies; /* 5600h */

    /* Events and interrupts. */
    uint8_t log;          /* enum dcd_event_log_id */
    unsigned event_count; /* expect-event has one; get-event-records any */
    struct dcd_step_event *events;
    bool expect_events;               /* records must be exactly [events] */
    struct dcd_expected expect_count; /* records */
    struct dcd_expected expect_lost;  /* records that overflowed */
    uint64_t within;                  /* ps; for expect-... */
    uint8_t vector;                   /* expect-interrupt */

    /* Memory, registers, decoders. */
    bool dpa_given;   /* [address] is a DPA, else an HPA or BAR offset */
    uint64_t address; /* also commit-decoder's base */
    uint64_t size;    /* commit-decoder */
    uint64_t skip;    /* commit-decoder */
    unsigned decoder; /* index */
    unsigned ways;
    uint32_t granularity;
    bool lock;
    bool expect_error;                /* commit-decoder: ERR, not COMMITTED */
    unsigned width;                   /* register-...: bytes */
    uint64_t value;                   /* register-write */
    struct dcd_expected expect_value; /* register-read */
    enum dcd_step_access expect_access;

    uint64_t time; /* WAIT, ps */

    enum dcd_step_reset reset; /* RESET */
    bool clear;                /* RESET: of a CXL reset */

    /* EXPECT_PROBE, and expect_regions. */
    struct dcd_expected expect_capacity; /* enum dcd_step_probe */
    struct dcd_expected expect_volatile; /* bytes */
    struct dcd_expected expect_persistent;
    struct dcd_expected expect_sharable; /* 0 or 1 */
    struct dcd_expected expect_serial;
    char *reason;      /* part of it; NULL: any. Owned, as is the next. */
    char *probe_steps; /* names with single blanks between; NULL: any */
};

struct dcd_scenario {
    char *file;
    char *name;
    char *about;         /* one sentence, or NULL */
    char *platform_file; /* as found relative to the scenario's file */
    struct dcd_platform *platform; /* owned */
    unsigned step_count;
    struct dcd_step *steps;
};

/* NULL: [messages] says why. The caller frees with dcd_scenario_free. */
struct dcd_scenario *dcd_scenario_load(const char *file,
                                       struct dcd_messages *messages);
void dcd_scenario_free(struct dcd_scenario *scenario);

#ifdef __cplusplus
}
#endif
#endif
