/* SPDX-License-Identifier: Apache-2.0 */
/* test_platform.c - good platforms, field by field. */
#include "gtest_c.h"
#include "loader_test.h"

#include <cxldcd/platform.h>

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>

#include <stdio.h>
#include <string.h>

/* NULL, and a failure with the reasons, when it does not load. */
static struct dcd_platform *load(const char *file)
{
    struct dcd_messages messages = {0};
    struct dcd_platform *platform = dcd_platform_load(file, &messages);

    C_EXPECT_EQ(0, messages.count);
    if (messages.text)
        C_ADD_FAILURE("%s", messages.text);
    dcd_messages_free(&messages);
    return platform;
}

/* --- A file with nothing but what is needed ----------------------------- */

C_TEST(platform, what_is_left_out_is_as_dcd_config_init_says)
{
    struct dcd_platform *p = load(CONFIG_DIR "/platforms/single-host.xml");
    struct dcd_config expected;

    C_ASSERT(p);
    dcd_config_init(&expected);
    expected.region_count = 1;
    expected.regions[0].length = DCD_GIB;
    expected.regions[0].block_size = 2 * DCD_MIB;
    C_EXPECT_MEMEQ(&expected, &p->devices[0].config, sizeof(expected));
    C_EXPECT(p->devices[0].backing_path == NULL);
    C_EXPECT_EQ(0, p->hosts[0].device);
    C_EXPECT_EQ(0, p->hosts[0].head);
    C_EXPECT_EQ(DCD_HOST_SCRIPTED, p->hosts[0].policy);
    C_EXPECT_EQ(0, p->fms[0].device);
    dcd_platform_free(p);
}

C_TEST(platform, decoders_have_one_way_and_256_bytes_if_not_told_otherwise)
{
    struct dcd_platform *p = load(CONFIG_DIR "/platforms/single-host.xml");

    C_ASSERT(p);
    C_EXPECT_EQ(1, p->hosts[0].decoder_count);
    C_EXPECT_EQ(UINT64_C(0x100000000), p->hosts[0].decoders[0].base);
    C_EXPECT_EQ(DCD_GIB, p->hosts[0].decoders[0].size);
    C_EXPECT_EQ(0, p->hosts[0].decoders[0].skip);
    C_EXPECT_EQ(1, p->hosts[0].decoders[0].ways);
    C_EXPECT_EQ(256, p->hosts[0].decoders[0].granularity);
    dcd_platform_free(p);
}

/* --- The example of the manual ------------------------------------------ */

C_TEST(platform, two_hosts_has_what_is_written_there)
{
    static const char file[] = CONFIG_DIR "/platforms/two-hosts.xml";
    struct dcd_platform *p = load(file);

    C_ASSERT(p);
    C_EXPECT_STREQ(file, p->file);
    C_EXPECT_STREQ("two-hosts", p->name);
    C_ASSERT_EQ(1, p->device_count);
    C_ASSERT_EQ(2, p->host_count);
    C_ASSERT_EQ(1, p->fm_count);

    const struct dcd_config *c = &p->devices[0].config;
    C_EXPECT_STREQ("dcd0", p->devices[0].id);
    C_EXPECT_EQ(5, p->devices[0].line);
    C_EXPECT_EQ(0xdcd0, c->serial);
    C_EXPECT_EQ(2, c->heads);
    C_EXPECT_EQ(65536, c->extents);
    C_EXPECT_EQ(1024, c->tags);
    C_EXPECT_EQ(512 * DCD_MIB, c->static_volatile);
    C_EXPECT_EQ(0, c->static_persistent);
    C_ASSERT_EQ(2, c->region_count);
    C_EXPECT_EQ(128 * DCD_MIB | 2 * DCD_MIB, c->regions[1].block_sizes);
    C_EXPECT_EQ(DCD_REGION_ATTR_SHARABLE, c->regions[1].attributes);
    C_EXPECT_EQ(DCD_SANITIZE_CONFIGURABLE, c->regions[1].sanitize);
    C_EXPECT_EQ(UINT64_C(32000000000), c->bandwidth);

    C_EXPECT_EQ(512 * DCD_MIB, p->devices[0].layout.region_base[0]);
    C_EXPECT_EQ(1536 * DCD_MIB, p->devices[0].layout.region_base[1]);
    C_EXPECT_EQ(3584 * DCD_MIB, p->devices[0].layout.dpa_end);
    C_EXPECT_EQ(DCD_REGION_ATTR_SHARABLE, dcd_config_attributes(c, 0, 1));
    C_EXPECT_EQ(DCD_REGION_ATTR_SHARABLE | DCD_REGION_ATTR_READ_ONLY,
                dcd_config_attributes(c, 1, 1));
    dcd_platform_free(p);
}

/* --- A file with every attribute ---------------------------------------- */

C_TEST(platform, all_attributes_of_a_device_are_read)
{
    struct dcd_platform *p = load(GOOD_DIR "/all-attributes.xml");

    C_ASSERT(p);
    const struct dcd_config *c = &p->devices[0].config;
    C_EXPECT_STREQ("dcd-0", p->devices[0].id);
    C_EXPECT_EQ(UINT64_C(0xfedcba9876543210), c->serial);
    C_EXPECT_EQ(DCD_REVISION_3_1, c->revision);
    C_EXPECT_EQ(DCD_MIB, c->mailbox_payload);
    C_EXPECT_EQ(7, c->extents);
    C_EXPECT_EQ(0, c->tags);
    C_EXPECT_EQ(9, c->dc_log);
    C_EXPECT_EQ(10, c->event_log);
    C_EXPECT_EQ(11, c->fm_log);
    C_EXPECT_EQ(10, c->hdm_decoders);
    C_EXPECT_MEMEQ("0123456789abcdef", c->firmware_revision, 16);
    C_EXPECT_EQ(DCD_RESET_KEEP, c->reset);
    C_EXPECT_EQ(DCD_SHARABLE_RELEASE_EXTENT, c->sharable_release);
    C_EXPECT_EQ(DCD_MULTI_LOGICAL, c->topology);
    C_EXPECT(c->lossy);
    C_EXPECT(c->check);
    C_EXPECT_EQ(256 * DCD_MIB, c->static_volatile);
    C_EXPECT_EQ(512 * DCD_MIB, c->static_persistent);
    C_EXPECT_EQ(DCD_GIB, c->static_partitionable);
    C_EXPECT_EQ(DCD_MIB, c->lsa);
    C_EXPECT(c->doorbell_interrupt);
    C_EXPECT_EQ(DCD_BACKGROUND_INTERRUPT_STRICT, c->background_interrupt);
    C_EXPECT_EQ(0x10000, c->poison_list);
    C_EXPECT_EQ(65535, c->poison_inject_limit);
    C_EXPECT_EQ(180000, c->read_latency);
    C_EXPECT_EQ(160, c->write_latency);
    C_EXPECT_EQ(UINT64_C(32000000000), c->bandwidth);
    C_EXPECT_EQ(2000000, c->mailbox_latency);
    C_EXPECT_EQ(1000000000, c->sanitize_per_gib);
    C_EXPECT_EQ(DCD_UNBACKED_IGNORE, c->unbacked_reads);
    C_EXPECT_EQ(DCD_UNBACKED_IGNORE, c->unbacked_writes);
    dcd_platform_free(p);
}

C_TEST(platform, limits_may_be_the_largest_and_the_smallest)
{
    struct dcd_platform *p = load(GOOD_DIR "/largest-limits.xml");

    C_ASSERT(p);
    C_EXPECT_EQ(1048576, p->devices[0].config.extents);
    C_EXPECT_EQ(1048576, p->devices[0].config.tags);
    C_EXPECT_EQ(65535, p->devices[0].config.dc_log);
    C_EXPECT_EQ(65535, p->devices[0].config.fm_log);
    C_EXPECT_EQ(1, p->devices[1].config.extents);
    C_EXPECT_EQ(0, p->devices[1].config.tags);
    C_EXPECT_EQ(1, p->devices[1].config.dc_log);
    C_EXPECT_EQ(1, p->devices[1].config.fm_log);
    dcd_platform_free(p);
}

C_TEST(platform, a_backing_file_is_relative_to_the_xml_file)
{
    struct dcd_platform *p = load(GOOD_DIR "/all-attributes.xml");

    C_ASSERT(p);
    C_EXPECT_EQ(DCD_BACKING_FILE, p->devices[0].config.backing);
    C_EXPECT_STREQ(GOOD_DIR "/sub/dcd.bin", p->devices[0].backing_path);
    C_EXPECT(p->devices[0].config.backing_path == p->devices[0].backing_path);
    dcd_platform_free(p);
}

C_TEST(platform, all_attributes_of_a_region_are_read)
{
    struct dcd_platform *p = load(GOOD_DIR "/all-attributes.xml");

    C_ASSERT(p);
    const struct dcd_config *c = &p->devices[0].config;
    C_ASSERT_EQ(2, c->region_count);
    C_EXPECT_EQ(DCD_GIB, c->regions[0].length);
    C_EXPECT_EQ(64, c->regions[0].block_size);
    C_EXPECT_EQ(64 | 128 | 2 * DCD_MIB, c->regions[0].block_sizes);
    C_EXPECT_EQ(2 * DCD_GIB, c->regions[0].decode);
    C_EXPECT_EQ(DCD_REGION_ATTR_NONVOLATILE | DCD_REGION_ATTR_READ_ONLY,
                c->regions[0].attributes);
    C_EXPECT_EQ(DCD_SANITIZE_YES, c->regions[0].sanitize);
    C_EXPECT_EQ(0x11, c->regions[0].dsmad);
    C_EXPECT(!c->dsmad_auto);
    C_EXPECT_EQ(DCD_TIB, c->regions[1].length);
    C_EXPECT_EQ(0, c->regions[1].block_sizes);
    C_EXPECT_EQ(0, c->regions[1].decode);
    C_EXPECT_EQ(DCD_REGION_ATTR_SHARABLE | DCD_REGION_ATTR_HW_COHERENT,
                c->regions[1].attributes);
    C_EXPECT_EQ(DCD_SANITIZE_CONFIGURABLE, c->regions[1].sanitize);
    C_EXPECT_EQ(5, c->regions[1].dsmad);
    dcd_platform_free(p);
}

C_TEST(platform, a_host_overrides_only_what_it_names)
{
    struct dcd_platform *p = load(GOOD_DIR "/all-attributes.xml");

    C_ASSERT(p);
    const struct dcd_config *c = &p->devices[0].config;
    C_EXPECT_EQ(DCD_REGION_ATTR_READ_ONLY | DCD_REGION_ATTR_NONVOLATILE,
                dcd_config_attributes(c, 2, 1));
    C_EXPECT_EQ(DCD_REGION_ATTR_NONVOLATILE, dcd_config_attributes(c, 2, 0));
    C_EXPECT_EQ(c->regions[1].attributes, dcd_config_attributes(c, 1, 1));
    dcd_platform_free(p);
}

C_TEST(platform, hosts_without_a_head_take_the_lowest_free_ones_in_order)
{
    static const unsigned heads[] = {2, 1, 3, 0};
    struct dcd_platform *p = load(GOOD_DIR "/all-attributes.xml");

    C_ASSERT(p);
    C_ASSERT_EQ(4, p->host_count);
    for (unsigned i = 0; i < 4; i++) {
        C_CONTEXT("host %u", i);
        C_EXPECT_EQ(heads[i], p->hosts[i].head);
        C_EXPECT_EQ(0, p->hosts[i].device);
    }
    C_CONTEXT("");
    C_EXPECT_EQ(4, p->devices[0].config.heads);
    C_EXPECT_EQ(1, p->devices[1].config.heads);
    dcd_platform_free(p);
}

C_TEST(platform, decoders_and_policies_of_a_host_are_read)
{
    struct dcd_platform *p = load(GOOD_DIR "/all-attributes.xml");

    C_ASSERT(p);
    const struct dcd_platform_host *h = &p->hosts[0];
    C_EXPECT_STREQ("h0", h->id);
    C_EXPECT_EQ(23, h->line);
    C_EXPECT_EQ(DCD_HOST_LINUX, h->policy);
    C_ASSERT_EQ(2, h->decoder_count);
    C_EXPECT_EQ(24, h->decoders[0].line);
    C_EXPECT_EQ(UINT64_C(0x100000000), h->decoders[0].base);
    C_EXPECT_EQ(512 * DCD_MIB, h->decoders[0].size);
    C_EXPECT_EQ(256 * DCD_MIB, h->decoders[0].skip);
    C_EXPECT_EQ(2, h->decoders[0].ways);
    C_EXPECT_EQ(16384, h->decoders[0].granularity);
    C_EXPECT_EQ(8 * DCD_GIB, h->decoders[1].base);
    C_EXPECT_EQ(3, h->decoders[1].ways);
    C_EXPECT_EQ(DCD_HOST_SCRIPTED, p->hosts[1].policy);
    dcd_platform_free(p);
}

C_TEST(platform, fabric_managers_find_their_devices)
{
    struct dcd_platform *p = load(GOOD_DIR "/all-attributes.xml");

    C_ASSERT(p);
    C_ASSERT_EQ(2, p->fm_count);
    C_EXPECT_STREQ("fm0", p->fms[0].id);
    C_EXPECT_EQ(1, p->fms[0].device);
    C_EXPECT_STREQ("fm1", p->fms[1].id);
    C_EXPECT_EQ(0, p->fms[1].device);
    dcd_platform_free(p);
}

/* --- Allowed, but hardly meant ------------------------------------------ */

C_TEST(platform, linux_at_a_sharable_region_0_that_goes_by_tags_is_warned_of)
{
    static const char expected[] = GOOD_DIR
        "/warned.xml:16: warning: region 0, the one that Linux uses, is "
        "sharable to 'h1'; Linux gives back one extent at a time, "
        "which 'dcd0' refuses for tags with several unless it has "
        "sharable-release=\"extent\"\n" GOOD_DIR
        "/warned.xml:20: warning: region 0, the one that Linux uses, is "
        "sharable to 'h3'; Linux gives back one extent at a time, "
        "which 'dcd2' refuses for tags with several unless it has "
        "sharable-release=\"extent\"\n";
    struct dcd_messages messages = {0};
    struct dcd_platform *p =
        dcd_platform_load(GOOD_DIR "/warned.xml", &messages);

    C_EXPECT(p != NULL);
    C_EXPECT_EQ(0, messages.count);
    C_EXPECT_EQ(2, messages.warnings);
    C_EXPECT_STREQ(expected, messages.text ? messages.text : "");
    dcd_messages_free(&messages);
    C_EXPECT_EQ(0, messages.warnings);
    dcd_platform_free(p);
}

C_TEST(platform, freeing_nothing_is_allowed)
{
    dcd_platform_free(NULL);
}

/* --- The schema --------------------------------------------------------- */

/* Writes [file] as [copy], with every default that the schema knows. */
static bool spell_out(const char *file, const char *copy)
{
    xmlSchemaParserCtxt *parser =
        xmlSchemaNewParserCtxt(CONFIG_DIR "/schema/platform.xsd");
    xmlSchema *schema = xmlSchemaParse(parser);
    xmlSchemaValidCtxt *context = xmlSchemaNewValidCtxt(schema);
    xmlDoc *doc = xmlReadFile(file, NULL, XML_PARSE_NONET);

    xmlSchemaSetValidOptions(context, XML_SCHEMA_VAL_VC_I_CREATE);
    bool good =
        xmlSchemaValidateDoc(context, doc) == 0 && xmlSaveFile(copy, doc) > 0;
    xmlFreeDoc(doc);
    xmlSchemaFreeValidCtxt(context);
    xmlSchemaFree(schema);
    xmlSchemaFreeParserCtxt(parser);
    return good;
}

C_TEST(platform_schema, names_the_defaults_that_are_in_force)
{
    static const char copy[] = "spelled-out-defaults.xml";

    C_ASSERT(spell_out(GOOD_DIR "/all-defaults.xml", copy));
    struct dcd_platform *p = load(GOOD_DIR "/all-defaults.xml");
    struct dcd_platform *q = load(copy);
    remove(copy);
    C_ASSERT(p && q);
    C_EXPECT_MEMEQ(&p->devices[0].config, &q->devices[0].config,
                   sizeof(struct dcd_config));
    C_EXPECT_EQ(p->hosts[0].policy, q->hosts[0].policy);
    C_EXPECT_EQ(p->hosts[0].decoders[0].skip, q->hosts[0].decoders[0].skip);
    C_EXPECT_EQ(p->hosts[0].decoders[0].ways, q->hosts[0].decoders[0].ways);
    C_EXPECT_EQ(p->hosts[0].decoders[0].granularity,
                q->hosts[0].decoders[0].granularity);
    dcd_platform_free(p);
    dcd_platform_free(q);
}
