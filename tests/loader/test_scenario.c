/* SPDX-License-Identifier: Apache-2.0 */
/* test_scenario.c - good scenarios, field by field. */
#include "gtest_c.h"
#include "loader_test.h"
#include "scenario_support.h"

#include <cxldcd/ctypes/event.h>
#include <cxldcd/ctypes/return_code.h>
#include <cxldcd/scenario.h>

#include <stdio.h>
#include <string.h>

#define REGION0 (512 * DCD_MIB)
#define REGION1 (1536 * DCD_MIB)

/* --- The example of the manual ------------------------------------------ */

C_TEST(scenario, add_accept_use_release_has_the_steps_in_their_order)
{
    static const enum dcd_step_kind kinds[] = {
        DCD_STEP_READ,
        DCD_STEP_INITIATE_ADD,
        DCD_STEP_EXPECT_EVENT,
        DCD_STEP_ADD_RESPONSE,
        DCD_STEP_EXPECT_EVENT,
        DCD_STEP_GET_EXTENT_LIST,
        DCD_STEP_WRITE,
        DCD_STEP_READ,
        DCD_STEP_READ,
        DCD_STEP_INITIATE_RELEASE,
        DCD_STEP_EXPECT_EVENT,
        DCD_STEP_RELEASE,
        DCD_STEP_EXPECT_EVENT,
        DCD_STEP_READ,
        DCD_STEP_GET_EXTENT_LIST,
    };
    static const char file[] =
        CONFIG_DIR "/scenarios/add-accept-use-release.xml";
    struct dcd_scenario *s = load_scenario(file);

    C_ASSERT(s);
    C_EXPECT_STREQ(file, s->file);
    C_EXPECT_STREQ("add-accept-use-release", s->name);
    C_EXPECT_STREQ("A host is given 128 MiB, uses them and gives them back.",
                   s->about);
    C_EXPECT_STREQ(CONFIG_DIR "/scenarios/../platforms/two-hosts.xml",
                   s->platform_file);
    C_EXPECT_STREQ("two-hosts", s->platform->name);
    C_ASSERT_EQ(sizeof(kinds) / sizeof(kinds[0]), s->step_count);
    for (unsigned i = 0; i < s->step_count; i++) {
        C_CONTEXT("step %u", i);
        C_EXPECT_EQ(kinds[i], s->steps[i].kind);
        C_EXPECT(s->steps[i].file == s->file);
    }
    dcd_scenario_free(s);
}

C_TEST(scenario, add_accept_use_release_says_what_is_written_there)
{
    struct dcd_scenario *s =
        load_scenario(CONFIG_DIR "/scenarios/add-accept-use-release.xml");

    C_ASSERT(s);
    const struct dcd_step *add = step_of(s, DCD_STEP_INITIATE_ADD, 0);
    C_EXPECT_EQ(8, add->line);
    C_EXPECT_EQ(0, add->host);
    C_EXPECT_EQ(0, add->fm);
    C_EXPECT_EQ(DCD_ADD_PRESCRIPTIVE, add->policy);
    C_ASSERT_EQ(1, add->extent_count);
    C_EXPECT_EQ(9, add->extents[0].line);
    C_EXPECT_EQ(REGION0, add->extents[0].dpa);
    C_EXPECT_EQ(128 * DCD_MIB, add->extents[0].length);

    const struct dcd_step *event = step_of(s, DCD_STEP_EXPECT_EVENT, 0);
    C_EXPECT_EQ(11, event->line);
    C_EXPECT_EQ(-1, event->fm);
    C_EXPECT_EQ(10000000, event->within);
    C_ASSERT_EQ(1, event->event_count);
    C_EXPECT_EQ(DCD_EVENT_ADD_CAPACITY, event->events[0].type);
    C_EXPECT(event->events[0].extent_given);
    C_EXPECT(!event->events[0].more_given);
    C_EXPECT_EQ(-1, event->events[0].host);

    const struct dcd_step *write = step_of(s, DCD_STEP_WRITE, 0);
    C_EXPECT(write->dpa_given);
    C_EXPECT_EQ(REGION0 + 4096, write->address);
    C_ASSERT_EQ(5, write->payload_size);
    C_EXPECT_MEMEQ("hello", write->payload, 5);

    const struct dcd_step *read = step_of(s, DCD_STEP_READ, 0);
    C_EXPECT_EQ(8, read->length);
    C_EXPECT_EQ(DCD_EXPECT_ADDRESS_ERROR, read->expect_access);
    C_EXPECT(!read->expect_payload_given);
    dcd_scenario_free(s);
}

/* --- Every step --------------------------------------------------------- */

C_TEST(scenario, every_kind_of_step_is_known_by_its_element)
{
    struct dcd_scenario *s = load_all_steps();

    C_ASSERT(s);
    for (unsigned kind = 0; kind < DCD_STEP_KIND_COUNT; kind++)
        if (kind != DCD_STEP_EXPECT_PROBE) /* of a host with a driver, below */
            step_of(s, (enum dcd_step_kind)kind, 0);
    C_EXPECT_STREQ("get-dcd-info", dcd_step_name(DCD_STEP_GET_DCD_INFO));
    C_EXPECT_STREQ("wait", dcd_step_name(DCD_STEP_WAIT));
    C_EXPECT_STREQ("unknown", dcd_step_name(DCD_STEP_KIND_COUNT));
    dcd_scenario_free(s);
}

C_TEST(scenario, configurations_are_expected_in_numbers)
{
    struct dcd_scenario *s = load_all_steps();

    C_ASSERT(s);
    const struct dcd_step *info = step_of(s, DCD_STEP_GET_DCD_INFO, 0);
    C_EXPECT_EQ(7, info->line);
    C_EXPECT_EQ(-1, info->host);
    C_EXPECT_EQ(0, info->fm);
    C_EXPECT(info->expect_hosts.given);
    C_EXPECT_EQ(2, info->expect_hosts.value);
    C_EXPECT_EQ(2, info->expect_regions.value);
    C_EXPECT(!info->expect_available.given);

    const struct dcd_step *config = step_of(s, DCD_STEP_GET_HOST_DC_CONFIG, 0);
    C_EXPECT_EQ(1, config->host);
    C_EXPECT_EQ(0, config->fm);
    C_EXPECT_EQ(65536, config->expect_available.value);
    C_EXPECT_EQ(DCD_RC_SUCCESS, config->expect_rc);

    const struct dcd_step *own = step_of(s, DCD_STEP_GET_DC_CONFIG, 0);
    C_EXPECT_EQ(-1, own->fm);
    C_EXPECT_EQ(DCD_RC_RETRY_REQUIRED, own->expect_rc);
    dcd_scenario_free(s);
}

C_TEST(scenario, lists_are_expected_exactly_or_by_their_length)
{
    struct dcd_scenario *s = load_all_steps();

    C_ASSERT(s);
    const struct dcd_step *list =
        step_of(s, DCD_STEP_GET_REGION_EXTENT_LISTS, 0);
    C_EXPECT(list->expect_extents);
    C_ASSERT_EQ(1, list->extent_count);
    C_EXPECT_EQ(REGION1, list->extents[0].dpa);
    C_EXPECT(!list->extents[0].tag_given);
    C_EXPECT(list->extents[0].sequence_given);
    C_EXPECT_EQ(3, list->extents[0].sequence);
    C_EXPECT_EQ(1, list->expect_total.value);

    const struct dcd_step *empty = step_of(s, DCD_STEP_GET_EXTENT_LIST, 0);
    C_EXPECT(!empty->expect_extents);
    C_EXPECT(empty->expect_total.given);
    C_EXPECT_EQ(0, empty->expect_total.value);
    dcd_scenario_free(s);
}

C_TEST(scenario, extents_to_add_inherit_the_tag_and_are_numbered_by_tag)
{
    static const uint16_t sequences[] = {0, 0, 0, 7, 8, 0};
    struct dcd_scenario *s = load_all_steps();

    C_ASSERT(s);
    const struct dcd_step *add = step_of(s, DCD_STEP_INITIATE_ADD, 0);
    struct dcd_uuid tag = uuid("11111111-2222-3333-4444-555555555555");
    struct dcd_uuid own = uuid("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
    C_ASSERT_EQ(6, add->extent_count);
    for (unsigned i = 0; i < 6; i++) {
        C_CONTEXT("extent %u", i);
        C_EXPECT_EQ(sequences[i], add->extents[i].sequence);
        C_EXPECT_EQ(i == 3, add->extents[i].sequence_given);
        C_EXPECT(add->extents[i].tag_given);
        C_EXPECT_MEMEQ(i == 1 ? own.b : tag.b, add->extents[i].tag.b, 16);
    }
    C_CONTEXT("");
    C_EXPECT_EQ(DCD_RC_INVALID_EXTENT_LIST, add->expect_rc);
    C_EXPECT_EQ(REGION1 + 128 * DCD_MIB, add->extents[0].dpa);
    C_EXPECT_EQ(128 * DCD_MIB, add->extents[1].length);
    C_EXPECT_EQ(UINT64_C(0x1000000000), add->extents[5].dpa);
    C_EXPECT_EQ(0, add->extents[5].length);
    dcd_scenario_free(s);
}

C_TEST(scenario, policies_of_the_fabric_manager_are_read)
{
    struct dcd_scenario *s = load_all_steps();
    struct dcd_uuid tag = uuid("11111111-2222-3333-4444-555555555555");

    C_ASSERT(s);
    const struct dcd_step *share = step_of(s, DCD_STEP_INITIATE_ADD, 1);
    C_EXPECT_EQ(DCD_ADD_ENABLE_SHARED_ACCESS, share->policy);
    C_EXPECT_EQ(1, share->region);
    C_EXPECT_MEMEQ(tag.b, share->tag.b, 16);

    const struct dcd_step *release = step_of(s, DCD_STEP_INITIATE_RELEASE, 0);
    C_EXPECT_EQ(DCD_RELEASE_TAG_BASED, release->policy);
    C_EXPECT_EQ(DCD_GIB, release->length);
    C_EXPECT(release->forced);
    C_EXPECT(release->sanitize);
    C_EXPECT_MEMEQ(tag.b, release->tag.b, 16);
    dcd_scenario_free(s);
}

C_TEST(scenario, answers_speak_of_all_or_none)
{
    struct dcd_scenario *s = load_all_steps();

    C_ASSERT(s);
    C_EXPECT_EQ(DCD_EXTENTS_NONE, step_of(s, DCD_STEP_ADD_RESPONSE, 0)->which);
    C_EXPECT_EQ(DCD_EXTENTS_ALL, step_of(s, DCD_STEP_RELEASE, 0)->which);
    dcd_scenario_free(s);
}

C_TEST(scenario, events_are_expected_with_their_host_and_extent)
{
    struct dcd_scenario *s = load_all_steps();

    C_ASSERT(s);
    const struct dcd_step *get = step_of(s, DCD_STEP_GET_EVENT_RECORDS, 0);
    C_EXPECT_EQ(-1, get->host);
    C_EXPECT_EQ(0, get->fm);
    C_EXPECT_EQ(DCD_LOG_DYNAMIC_CAPACITY, get->log);
    C_EXPECT_EQ(2, get->expect_count.value);
    C_EXPECT_EQ(7, get->expect_lost.value);
    C_EXPECT(get->expect_events);
    C_ASSERT_EQ(2, get->event_count);
    C_EXPECT_EQ(31, get->events[0].line);
    C_EXPECT_EQ(DCD_EVENT_ADD_RESPONSE, get->events[0].type);
    C_EXPECT_EQ(1, get->events[0].host);
    C_EXPECT(get->events[0].more_given);
    C_EXPECT(get->events[0].more);
    C_EXPECT(get->events[0].extent_given);
    C_EXPECT_EQ(REGION0, get->events[0].extent.dpa);
    C_EXPECT(get->events[0].extent.tag_given);
    C_EXPECT_EQ(-1, get->events[1].host);
    C_EXPECT(get->events[1].more_given);
    C_EXPECT(!get->events[1].more);
    C_EXPECT(!get->events[1].extent_given);

    const struct dcd_step *clear = step_of(s, DCD_STEP_CLEAR_EVENT_RECORDS, 0);
    C_EXPECT_EQ(1, clear->host);
    C_EXPECT_EQ(DCD_LOG_WARNING, clear->log);
    dcd_scenario_free(s);
}

C_TEST(scenario, waiting_for_events_and_interrupts_has_its_defaults)
{
    struct dcd_scenario *s = load_all_steps();

    C_ASSERT(s);
    const struct dcd_step *at_fm = step_of(s, DCD_STEP_EXPECT_EVENT, 0);
    C_EXPECT_EQ(0, at_fm->fm);
    C_EXPECT_EQ(1, at_fm->host);
    C_EXPECT_EQ(1, at_fm->events[0].host);
    C_EXPECT_EQ(10000000, at_fm->within);

    const struct dcd_step *at_host = step_of(s, DCD_STEP_EXPECT_EVENT, 1);
    C_EXPECT_EQ(-1, at_host->fm);
    C_EXPECT_EQ(1, at_host->host);
    C_EXPECT_EQ(-1, at_host->events[0].host);
    C_EXPECT_EQ(DCD_EVENT_FORCED_RELEASE, at_host->events[0].type);
    C_EXPECT_EQ(0, at_host->events[0].extent.dpa);
    C_EXPECT_EQ(1000000000, at_host->within);
    C_EXPECT_EQ(DCD_LOG_DYNAMIC_CAPACITY, at_host->log);

    const struct dcd_step *interrupt = step_of(s, DCD_STEP_EXPECT_INTERRUPT, 0);
    C_EXPECT_EQ(6, interrupt->vector);
    C_EXPECT_EQ(1000000000, interrupt->within);
    C_EXPECT_EQ(5000, step_of(s, DCD_STEP_WAIT, 0)->time);
    dcd_scenario_free(s);
}

C_TEST(scenario, a_raw_command_has_its_bytes)
{
    static const uint8_t payload[] = {1, 2, 0xff};
    struct dcd_scenario *s = load_all_steps();

    C_ASSERT(s);
    const struct dcd_step *command = step_of(s, DCD_STEP_COMMAND, 0);
    C_EXPECT_EQ(0x48ff, command->opcode);
    C_ASSERT_EQ(3, command->payload_size);
    C_EXPECT_MEMEQ(payload, command->payload, 3);
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED, command->expect_rc);
    C_EXPECT(command->expect_payload_given);
    C_EXPECT_EQ(0, command->expect_payload_size);
    dcd_scenario_free(s);
}

C_TEST(scenario, a_decoder_may_break_the_rules)
{
    struct dcd_scenario *s = load_all_steps();

    C_ASSERT(s);
    const struct dcd_step *commit = step_of(s, DCD_STEP_COMMIT_DECODER, 0);
    C_EXPECT_EQ(3, commit->decoder);
    C_EXPECT_EQ(UINT64_C(0x100000001), commit->address);
    C_EXPECT_EQ(1, commit->size);
    C_EXPECT_EQ(2, commit->skip);
    C_EXPECT_EQ(12, commit->ways);
    C_EXPECT_EQ(1024, commit->granularity);
    C_EXPECT(commit->lock);
    C_EXPECT(commit->expect_error);
    C_EXPECT_EQ(1, step_of(s, DCD_STEP_UNCOMMIT_DECODER, 0)->decoder);
    dcd_scenario_free(s);
}

C_TEST(scenario, registers_have_offset_width_and_value)
{
    struct dcd_scenario *s = load_all_steps();

    C_ASSERT(s);
    const struct dcd_step *read = step_of(s, DCD_STEP_REGISTER_READ, 0);
    C_EXPECT_EQ(0x200080, read->address);
    C_EXPECT_EQ(8, read->width);
    C_EXPECT(read->expect_value.given);
    C_EXPECT_EQ(UINT64_MAX, read->expect_value.value);

    const struct dcd_step *write = step_of(s, DCD_STEP_REGISTER_WRITE, 0);
    C_EXPECT_EQ(8, write->address);
    C_EXPECT_EQ(2, write->width);
    C_EXPECT_EQ(0xffff, write->value);
    C_EXPECT_EQ(DCD_EXPECT_BURST_ERROR, write->expect_access);
    dcd_scenario_free(s);
}

C_TEST(scenario, memory_is_addressed_by_region_static_dpa_or_hpa)
{
    static const uint8_t text[] = {'a', '<', 0xc3, 0xa9};
    static const uint8_t hex[] = {0x00, 0xff};
    static const uint8_t pattern[] = {0x5a, 0x5a, 0x5a};
    struct dcd_scenario *s = load_all_steps();

    C_ASSERT(s);
    C_EXPECT_EQ(REGION1 + 0x1000, step_of(s, DCD_STEP_READ, 0)->address);

    const struct dcd_step *read = step_of(s, DCD_STEP_READ, 1);
    C_EXPECT(!read->dpa_given);
    C_EXPECT_EQ(UINT64_C(0x123456789), read->address);
    C_EXPECT_EQ(3, read->length);
    C_EXPECT(read->expect_payload_given);
    C_ASSERT_EQ(3, read->expect_payload_size);
    C_EXPECT_MEMEQ(pattern, read->expect_payload, 3);

    const struct dcd_step *write = step_of(s, DCD_STEP_WRITE, 0);
    C_EXPECT_EQ(1, write->address);
    C_ASSERT_EQ(sizeof(text), write->payload_size);
    C_EXPECT_MEMEQ(text, write->payload, sizeof(text));

    write = step_of(s, DCD_STEP_WRITE, 1);
    C_EXPECT(write->dpa_given);
    C_EXPECT_EQ(0x40000000, write->address);
    C_ASSERT_EQ(sizeof(hex), write->payload_size);
    C_EXPECT_MEMEQ(hex, write->payload, sizeof(hex));
    dcd_scenario_free(s);
}

C_TEST(scenario, a_probe_is_expected_field_by_field)
{
    struct dcd_scenario *s = load_scenario(GOOD_DIR "/probe-steps.xml");

    C_ASSERT(s);
    const struct dcd_step *all = step_of(s, DCD_STEP_EXPECT_PROBE, 0);
    C_EXPECT_EQ(6, all->line);
    C_EXPECT_EQ(0, all->host);
    C_EXPECT(all->expect_capacity.given);
    C_EXPECT_EQ(DCD_PROBE_REFUSED, all->expect_capacity.value);
    C_EXPECT_STREQ("a < part", all->reason);
    C_EXPECT(all->expect_volatile.given);
    C_EXPECT_EQ(512 * DCD_MIB, all->expect_volatile.value);
    C_EXPECT(all->expect_persistent.given);
    C_EXPECT_EQ(256 * DCD_MIB, all->expect_persistent.value);
    C_EXPECT_EQ(2, all->expect_regions.value);
    C_EXPECT(all->expect_sharable.given);
    C_EXPECT_EQ(1, all->expect_sharable.value);
    C_EXPECT(all->expect_serial.given);
    C_EXPECT_EQ(UINT64_C(0xfedcba9876543210), all->expect_serial.value);
    C_EXPECT_STREQ("configuration-space cxl-device", all->probe_steps);

    const struct dcd_step *absent = step_of(s, DCD_STEP_EXPECT_PROBE, 1);
    C_EXPECT_EQ(DCD_PROBE_ABSENT, absent->expect_capacity.value);
    C_EXPECT(absent->expect_sharable.given);
    C_EXPECT_EQ(0, absent->expect_sharable.value);

    const struct dcd_step *nothing = step_of(s, DCD_STEP_EXPECT_PROBE, 2);
    C_EXPECT(!nothing->expect_capacity.given);
    C_EXPECT(!nothing->expect_volatile.given);
    C_EXPECT(!nothing->expect_persistent.given);
    C_EXPECT(!nothing->expect_regions.given);
    C_EXPECT(!nothing->expect_sharable.given);
    C_EXPECT(!nothing->expect_serial.given);
    C_EXPECT(nothing->reason == NULL);
    C_EXPECT(nothing->probe_steps == NULL);
    dcd_scenario_free(s);
}

C_TEST(scenario, a_reset_is_conventional_unless_told_otherwise)
{
    static const struct {
        enum dcd_step_reset kind;
        bool clear;
    } resets[] = {
        {DCD_STEP_RESET_CONVENTIONAL, false},
        {DCD_STEP_RESET_CXL, true},
        {DCD_STEP_RESET_CXL, false},
        {DCD_STEP_RESET_FUNCTION_LEVEL, false},
    };
    struct dcd_scenario *s = load_scenario(GOOD_DIR "/probe-steps.xml");

    C_ASSERT(s);
    for (unsigned i = 0; i < sizeof(resets) / sizeof(resets[0]); i++) {
        const struct dcd_step *reset = step_of(s, DCD_STEP_RESET, i);
        C_CONTEXT("reset %u", i);
        C_EXPECT_EQ(resets[i].kind, reset->reset);
        C_EXPECT_EQ(resets[i].clear, reset->clear);
    }
    dcd_scenario_free(s);
}

C_TEST(scenario, freeing_nothing_is_allowed)
{
    dcd_scenario_free(NULL);
}

/* --- The schema --------------------------------------------------------- */

static void expect_return_code(const char *name, uint16_t code)
{
    static const char file[] = "one-return-code.xml";
    FILE *out = fopen(file, "w");

    C_ASSERT(out != NULL);
    fprintf(out,
            "<scenario xmlns=\"urn:cxl-dcd:scenario:1\" name=\"x\" "
            "platform=\"%s/platforms/single-host.xml\">"
            "<get-dc-config expect=\"%s\"/></scenario>",
            CONFIG_DIR, name);
    fclose(out);
    struct dcd_scenario *s = load_scenario(file);
    remove(file);
    C_ASSERT(s);
    C_EXPECT_EQ(code, s->steps[0].expect_rc);
    dcd_scenario_free(s);
}

C_TEST(scenario_schema, knows_every_return_code)
{
#define X(name, value, text) \
    C_CONTEXT("%s", text);   \
    expect_return_code(text, value);
    DCD_RETURN_CODES(X)
#undef X
}
