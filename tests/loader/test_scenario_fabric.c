/* SPDX-License-Identifier: Apache-2.0 */
/* test_scenario_fabric.c - regions, tags, tunnels and lists in parts. */
#include "gtest_c.h"
#include "scenario_support.h"

#include <cxldcd/ctypes/event.h>
#include <cxldcd/ctypes/fm_devices.h>
#include <cxldcd/ctypes/return_code.h>

C_TEST(scenario, a_region_is_set_to_what_is_written_there)
{
    struct dcd_scenario *s = load_all_steps();

    C_ASSERT(s);
    const struct dcd_step *set = step_of(s, DCD_STEP_SET_DC_REGION_CONFIG, 0);
    C_EXPECT_EQ(0, set->fm);
    C_EXPECT_EQ(-1, set->host);
    C_EXPECT_EQ(1, set->region);
    C_EXPECT_EQ(3 * DCD_MIB, set->block_size);
    C_EXPECT(set->sanitize);
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, set->expect_rc);
    dcd_scenario_free(s);
}

C_TEST(scenario, references_have_a_tag)
{
    struct dcd_scenario *s = load_all_steps();
    struct dcd_uuid one = uuid("11111111-2222-3333-4444-555555555555");
    struct dcd_uuid two = uuid("22222222-2222-3333-4444-555555555555");

    C_ASSERT(s);
    const struct dcd_step *add = step_of(s, DCD_STEP_ADD_REFERENCE, 0);
    C_EXPECT_EQ(0, add->fm);
    C_EXPECT_EQ(-1, add->host);
    C_EXPECT_MEMEQ(one.b, add->tag.b, 16);
    C_EXPECT_EQ(DCD_RC_SUCCESS, add->expect_rc);
    const struct dcd_step *rest = step_of(s, DCD_STEP_REMOVE_REFERENCE, 0);
    C_EXPECT_EQ(0, rest->fm);
    C_EXPECT_MEMEQ(two.b, rest->tag.b, 16);
    C_EXPECT_EQ(DCD_RC_UNSUPPORTED, rest->expect_rc);
    dcd_scenario_free(s);
}

C_TEST(scenario, tags_are_expected_whole_with_hosts_as_bits_of_their_heads)
{
    struct dcd_scenario *s = load_all_steps();
    struct dcd_uuid one = uuid("11111111-2222-3333-4444-555555555555");

    C_ASSERT(s);
    const struct dcd_step *list = step_of(s, DCD_STEP_LIST_TAGS, 0);
    C_EXPECT_EQ(2, list->expect_total.value);
    C_EXPECT(list->expect_tag_list);
    C_ASSERT_EQ(2, list->tag_count);
    C_EXPECT_EQ(list->line + 1, list->tags[0].line);
    C_EXPECT_MEMEQ(one.b, list->tags[0].tag.b, 16);
    C_EXPECT(list->tags[0].fm_reference);
    C_EXPECT_EQ(3, list->tags[0].hosts);
    C_EXPECT_EQ(2, list->tags[0].pending);
    C_EXPECT(!list->tags[1].fm_reference);
    C_EXPECT_EQ(0, list->tags[1].hosts);
    C_EXPECT_EQ(0, list->tags[1].pending);

    const struct dcd_step *any = step_of(s, DCD_STEP_LIST_TAGS, 1);
    C_EXPECT(!any->expect_tag_list);
    C_EXPECT(!any->expect_total.given);
    C_EXPECT_EQ(DCD_RC_RETRY_REQUIRED, any->expect_rc);
    dcd_scenario_free(s);
}

C_TEST(scenario, policies_are_expected_as_a_set)
{
    struct dcd_scenario *s = load_all_steps();

    C_ASSERT(s);
    const struct dcd_step *some = step_of(s, DCD_STEP_GET_DCD_INFO, 1);
    C_EXPECT(some->expect_add_policies.given);
    C_EXPECT_EQ(1u << DCD_ADD_FREE | 1u << DCD_ADD_PRESCRIPTIVE,
                some->expect_add_policies.value);
    C_EXPECT_EQ(1u << DCD_RELEASE_PRESCRIPTIVE,
                some->expect_release_policies.value);
    const struct dcd_step *any = step_of(s, DCD_STEP_GET_DCD_INFO, 0);
    C_EXPECT(!any->expect_add_policies.given);
    C_EXPECT(!any->expect_release_policies.given);
    dcd_scenario_free(s);
}

C_TEST(scenario, limits_and_regions_are_expected_as_far_as_they_are_given)
{
    struct dcd_scenario *s = load_all_steps();

    C_ASSERT(s);
    const struct dcd_step *config = step_of(s, DCD_STEP_GET_HOST_DC_CONFIG, 1);
    C_EXPECT_EQ(65536, config->expect_extents_in_all.value);
    C_EXPECT(!config->expect_available.given);
    C_EXPECT_EQ(1024, config->expect_tags_in_all.value);
    C_EXPECT_EQ(1023, config->expect_available_tags.value);
    C_ASSERT_EQ(2, config->region_count);
    const struct dcd_step_region *region = config->regions;
    C_EXPECT_EQ(1, region->index);
    C_EXPECT_EQ(128 * DCD_MIB, region->block_size.value);
    C_EXPECT(region->sanitize.given);
    C_EXPECT_EQ(0, region->sanitize.value);
    C_EXPECT_EQ(DCD_REGION_ATTR_SHARABLE | DCD_REGION_ATTR_READ_ONLY,
                region->attributes_given);
    C_EXPECT_EQ(DCD_REGION_ATTR_SHARABLE, region->attributes);
    C_EXPECT_EQ(0, region[1].index);
    C_EXPECT(!region[1].block_size.given);
    C_EXPECT(!region[1].sanitize.given);
    C_EXPECT_EQ(0, region[1].attributes_given);

    const struct dcd_step *own = step_of(s, DCD_STEP_GET_DC_CONFIG, 1);
    C_ASSERT_EQ(1, own->region_count);
    C_EXPECT_EQ(2 * DCD_MIB, own->regions[0].block_size.value);
    C_EXPECT_EQ(1, own->regions[0].sanitize.value);
    dcd_scenario_free(s);
}

C_TEST(scenario, an_updated_region_is_expected_without_an_extent)
{
    struct dcd_scenario *s = load_all_steps();

    C_ASSERT(s);
    const struct dcd_step *step = step_of(s, DCD_STEP_EXPECT_EVENT, 2);
    C_ASSERT_EQ(1, step->event_count);
    C_EXPECT_EQ(DCD_EVENT_REGION_UPDATED, step->events[0].type);
    C_EXPECT(step->events[0].region_given);
    C_EXPECT_EQ(1, step->events[0].region);
    C_EXPECT(!step->events[0].extent_given);
    dcd_scenario_free(s);
}

C_TEST(scenario, the_interrupt_of_a_fabric_manager_has_no_vector)
{
    struct dcd_scenario *s = load_all_steps();

    C_ASSERT(s);
    const struct dcd_step *step = step_of(s, DCD_STEP_EXPECT_INTERRUPT, 1);
    C_EXPECT_EQ(0, step->fm);
    C_EXPECT_EQ(-1, step->host);
    C_EXPECT_EQ(1000000, step->within);
    dcd_scenario_free(s);
}

C_TEST(scenario, a_tunnel_has_its_layers_from_outside_to_inside)
{
    struct dcd_scenario *s = load_all_steps();

    C_ASSERT(s);
    C_EXPECT_EQ(0, step_of(s, DCD_STEP_COMMAND, 0)->layer_count);
    const struct dcd_step *two = step_of(s, DCD_STEP_COMMAND, 1);
    C_ASSERT_EQ(2, two->layer_count);
    C_EXPECT_EQ(DCD_TUNNEL_LD_POOL, two->layers[0].target);
    C_EXPECT_EQ(DCD_TUNNEL_PORT_OR_LD, two->layers[1].target);
    C_EXPECT_EQ(1, two->layers[1].id);
    C_EXPECT_EQ(DCD_RC_SUCCESS, two->expect_tunnel);
    const struct dcd_step *one = step_of(s, DCD_STEP_COMMAND, 2);
    C_ASSERT_EQ(1, one->layer_count);
    C_EXPECT_EQ(255, one->layers[0].id);
    C_EXPECT_EQ(DCD_RC_INVALID_INPUT, one->expect_tunnel);
    dcd_scenario_free(s);
}

C_TEST(scenario, an_answer_may_go_on_in_the_next_step)
{
    struct dcd_scenario *s = load_all_steps();

    C_ASSERT(s);
    C_EXPECT(!step_of(s, DCD_STEP_ADD_RESPONSE, 0)->more);
    C_EXPECT(!step_of(s, DCD_STEP_RELEASE, 0)->more);
    C_EXPECT(step_of(s, DCD_STEP_ADD_RESPONSE, 1)->more);
    C_EXPECT_EQ(1, step_of(s, DCD_STEP_ADD_RESPONSE, 1)->extent_count);
    C_EXPECT(step_of(s, DCD_STEP_RELEASE, 1)->more);
    C_EXPECT_EQ(DCD_EXTENTS_NONE, step_of(s, DCD_STEP_RELEASE, 1)->which);
    dcd_scenario_free(s);
}
