/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_bad_files.c - what a user reads who wrote a wrong file.
 *
 * Each file in bad/ has a fault, which is its name, and a row here with all
 * that the loader says about it, word by word.
 */
#define _POSIX_C_SOURCE 200809L

#include "gtest_c.h"
#include "loader_test.h"

#include <cxldcd/scenario.h>

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

#define PROBE_STEPS                                                            \
    "expected one of: configuration-space, cxl-device, serial-number, "        \
    "register-locator, media-ready, interrupts, mailbox-ready, doorbell, "     \
    "payload-size, command-effects, timestamp, poison, identify, partitions, " \
    "dynamic-capacity, cdat, features, firmware, interrupt-policy, decoders, " \
    "events, extents\n"

struct bad_file {
    const char *name;
    const char *messages; /* without the directory in front */
};

static const struct bad_file platforms[] = {
    {"backing-file-without-path.xml",
     "backing-file-without-path.xml:5: a backing file needs a path\n"},
    {"backing-path-without-file.xml",
     "backing-path-without-file.xml:5: <backing path=\"x.bin\">: only "
     "kind=\"file\" has a path\n"},
    {"bad-id.xml",
     "bad-id.xml:4: <device id=\"dcd 0\">: a letter, then letters, "
     "digits, '_' and '-', at most 63\n"
     "bad-id.xml:5: <device id=\"0\">: a letter, then letters, digits, "
     "'_' and '-', at most 63\n"},
    {"block-not-among-blocks.xml",
     "block-not-among-blocks.xml:5: region 0: the block size is not "
     "among the supported block sizes\n"},
    {"blocks-not-powers-of-two.xml",
     "blocks-not-powers-of-two.xml:5: <region blocks=\"2MiB 3MiB\">: "
     "3MiB is not a power of two\n"},
    {"blocks-with-commas.xml",
     "blocks-with-commas.xml:5: <region blocks=\"2MiB,4MiB\">: sizes "
     "with blanks between them are expected, such as \"2MiB 128MiB\"\n"},
    {"child-of-a-childless-element.xml",
     "child-of-a-childless-element.xml:5: <bank> does not belong here; "
     "<static> has no children\n"},
    {"decimal-unit.xml",
     "decimal-unit.xml:5: <region length=\"1GB\">: sizes have binary "
     "units: write GiB, not GB\n"},
    {"decoder-rules.xml",
     "decoder-rules.xml:8: decoder: the base 0x100000001 is not a "
     "multiple of 256MiB\n"
     "decoder-rules.xml:9: decoder: the size 0x6400000 is not a "
     "multiple of 256MiB\n"
     "decoder-rules.xml:10: decoder: the skip 0x1 is not a multiple of "
     "256MiB\n"
     "decoder-rules.xml:11: decoder: the size is 0; at least 256MiB\n"
     "decoder-rules.xml:15: decoder: with 3 ways the size is a multiple "
     "of 768MiB\n"
     "decoder-rules.xml:15: decoder: the base 0x110000000 lies inside "
     "the decoder before it\n"
     "decoder-rules.xml:16: decoder: the granularity is 524288; allowed "
     "are powers of two from 256 to 16KiB\n"
     "decoder-rules.xml:16: decoder: the base 0x0 is below that of the "
     "decoder before it; bases rise\n"
     "decoder-rules.xml:17: decoder: base and size reach beyond 64 "
     "bits\n"},
    {"decoder-ways.xml",
     "decoder-ways.xml:8: <decoder ways=\"5\">: expected one of: 1, 2, "
     "3, 4, 6, 8, 12, 16\n"},
    {"element-twice.xml",
     "element-twice.xml:6: a device has at most one static\n"},
    {"elements-out-of-order.xml",
     "elements-out-of-order.xml:6: <static> is out of order; the order "
     "in <device> is: static, backing, region, timing, unbacked, poison\n"},
    {"eleven-decoders.xml",
     "eleven-decoders.xml:18: a host has at most 10 decoders\n"},
    {"empty.xml", "empty.xml:1: the file is empty\n"},
    {"entity-bomb.xml",
     "entity-bomb.xml:3: a document type (<!DOCTYPE) is not allowed\n"},
    {"error-on-a-tag-of-many-lines.xml",
     "error-on-a-tag-of-many-lines.xml:4: <device tags=\"many\">: a "
     "number is expected, such as 17 or 0x11\n"},
    {"external-entity.xml",
     "external-entity.xml:3: a document type (<!DOCTYPE) is not "
     "allowed\n"},
    {"firmware-too-long.xml",
     "firmware-too-long.xml:4: <device firmware=\"a very long "
     "revision\">: at most 16 bytes\n"},
    {"head-out-of-range.xml",
     "head-out-of-range.xml:7: <host head=\"16\">: too large; at most "
     "15\n"},
    {"head-twice.xml",
     "head-twice.xml:9: head 1 of 'dcd0' is taken: host 'h0' has it\n"},
    {"hexadecimal-with-unit.xml",
     "hexadecimal-with-unit.xml:5: <region length=\"0x10MiB\">: a "
     "hexadecimal number takes no unit\n"},
    {"host-of-unknown-region.xml",
     "host-of-unknown-region.xml:8: unknown region 1; 'dcd0' has 1, "
     "counted from 0\n"},
    {"host-region-twice.xml",
     "host-region-twice.xml:9: region 0 is described twice for this "
     "host\n"},
    {"id-twice.xml", "id-twice.xml:8: the id 'h0' is taken: line 7 has it\n"
                     "id-twice.xml:9: the id 'dcd0' is taken: line 4 has it\n"},
    {"interrupt-words.xml",
     "interrupt-words.xml:4: <device doorbell-interrupt=\"yes\">: expected "
     "one of: true, false\n"
     "interrupt-words.xml:4: <device background-interrupt=\"sometimes\">: "
     "expected one of: once-enabled, strict\n"},
    {"limits-too-large.xml",
     "limits-too-large.xml:4: number of extents is 1048577; allowed are 1 "
     "to 1048576\n"
     "limits-too-large.xml:4: number of tags is 1048577; allowed are 0 to "
     "1048576\n"
     "limits-too-large.xml:4: depth of the dynamic capacity log is 65536; "
     "allowed are 1 to 65535\n"
     "limits-too-large.xml:4: depth of the FM's log is 0; allowed are 1 to "
     "65535\n"
     "limits-too-large.xml:10: region 1: the length is not a multiple of all "
     "supported block sizes\n"},
    {"line-break-in-a-value.xml",
     "line-break-in-a-value.xml:5: <region length=\"1 GiB\">: ' GiB' is "
     "not a unit of a size; units are B, KiB, MiB, GiB, TiB\n"},
    {"malformed.xml",
     "malformed.xml:6: not well-formed XML: Opening and ending tag "
     "mismatch: region line 5 and device\n"},
    {"missing-attribute.xml",
     "missing-attribute.xml:4: <device> needs the attribute 'id'\n"
     "missing-attribute.xml:5: <region> needs the attribute 'block'\n"},
    {"negative-size.xml",
     "negative-size.xml:5: <static volatile=\"-512MiB\">: it must not "
     "be negative\n"},
    {"nine-regions.xml",
     "nine-regions.xml:13: a device has at most 8 regions\n"},
    {"no-device.xml",
     "no-device.xml:3: <platform> is not complete; expected inside: "
     "device\n"},
    {"no-namespace.xml",
     "no-namespace.xml:3: the root element is <platform> without a "
     "namespace; expected <platform xmlns=\"urn:cxl-dcd:platform:1\">\n"},
    {"not-a-size.xml",
     "not-a-size.xml:5: <region length=\"much\">: a size is expected, "
     "such as 4096, 0x1000 or 512MiB\n"
     "not-a-size.xml:5: <region block=\"\">: a size is expected, such "
     "as 4096, 0x1000 or 512MiB\n"},
    {"not-xml.xml",
     "not-xml.xml:1: not well-formed XML: Start tag expected, '<' not "
     "found\n"},
    {"number-out-of-range.xml",
     "number-out-of-range.xml:4: <device "
     "serial=\"0x10000000000000000\">: too large: it does not fit 64 "
     "bits\n"
     "number-out-of-range.xml:4: <device extents=\"4294967296\">: too "
     "large; at most 4294967295\n"},
    {"overflow.xml",
     "overflow.xml:5: <region length=\"16777216TiB\">: too large: it "
     "does not fit 64 bits\n"
     "overflow.xml:5: <region block=\"18446744073709551616\">: too "
     "large: it does not fit 64 bits\n"
     "overflow.xml:6: <timing read=\"18446745s\">: too large: it does "
     "not fit 64 bits\n"},
    {"poison-limit-out-of-range.xml",
     "poison-limit-out-of-range.xml:5: <poison inject-limit=\"65536\">: too "
     "large; at most 65535\n"},
    {"poison-limits.xml",
     "poison-limits.xml:6: length of the poison list is 16777216; allowed "
     "are 1 to 16777215\n"
     "poison-limits.xml:9: length of the poison list is 0; allowed are 1 to "
     "16777215\n"},
    {"region-not-a-multiple-of-its-block.xml",
     "region-not-a-multiple-of-its-block.xml:6: region 1: the length is "
     "not a multiple of the block size (at least one block, at most 4 "
     "PiB)\n"},
    {"seventeen-hosts.xml",
     "seventeen-hosts.xml:23: no head is left for host 'h16'; a device "
     "has at most 16\n"},
    {"some-dsmad-handles.xml",
     "some-dsmad-handles.xml:6: dsmad is given for all regions of a "
     "device or for none; this one lacks it\n"},
    {"static-memory.xml",
     "static-memory.xml:5: partitionable capacity is not a multiple of 256 "
     "MiB\n"
     "static-memory.xml:8: the label storage area is larger than 16 MiB\n"},
    {"text-inside.xml", "text-inside.xml:4: text is not allowed in <device>\n"},
    {"three-faulty-parts.xml",
     "three-faulty-parts.xml:4: a mailbox payload of 100 bytes; allowed "
     "are powers of two from 256 B to 1 MiB\n"
     "three-faulty-parts.xml:4: number of extents is 0; allowed are 1 "
     "to 1048576\n"
     "three-faulty-parts.xml:4: 3 HDM decoders; allowed are 1, 2, 4, 6, "
     "8 or 10\n"
     "three-faulty-parts.xml:5: volatile capacity is not a multiple of "
     "256 MiB\n"
     "three-faulty-parts.xml:7: region 1: the block size is not a power "
     "of two of at least 64 B\n"
     "three-faulty-parts.xml:8: region 2: the decode length is not a "
     "multiple of 256 MiB\n"},
    {"timing-beyond-the-cdat.xml",
     "timing-beyond-the-cdat.xml:6: the read latency is 65600 times 10000 ps; "
     "the table that tells it to hosts (CDAT) has room for 65534\n"
     "timing-beyond-the-cdat.xml:6: the write latency is 70001 times 1000 ps; "
     "the table that tells it to hosts (CDAT) has room for 65534\n"
     "timing-beyond-the-cdat.xml:6: the bandwidth is 70000001 times 1 MB/s; "
     "the table that tells it to hosts (CDAT) has room for 65534\n"
     "timing-beyond-the-cdat.xml:10: region 0: DSMAD handle 0 is that of a "
     "static partition; the first 1 are\n"
     "timing-beyond-the-cdat.xml:13: the bandwidth is 999000 bytes a second; "
     "the table that tells it to hosts (CDAT) counts from 1 MB/s on\n"},
    {"too-many-decoders.xml",
     "too-many-decoders.xml:10: a head of 'dcd0' has only 2 decoders; "
     "see hdm-decoders\n"},
    {"topology-words.xml",
     "topology-words.xml:4: <device topology=\"ring\">: expected one "
     "of: multi-headed, multi-logical\n"
     "topology-words.xml:4: <device lossy=\"yes\">: expected one of: "
     "true, false\n"},
    {"two-fabric-managers.xml",
     "two-fabric-managers.xml:8: a device has at most one fabric "
     "manager; 'dcd0' has 'fm0'\n"},
    {"undefined-entity.xml",
     "undefined-entity.xml:3: not well-formed XML: Entity 'e' not "
     "defined\n"},
    {"unknown-attribute.xml",
     "unknown-attribute.xml:5: <static> has no attribute 'ecc'; allowed "
     "are: volatile, persistent, partitionable, lsa\n"},
    {"unknown-device.xml",
     "unknown-device.xml:8: unknown device 'dcd7'; this platform has "
     "dcd0, dcd1\n"
     "unknown-device.xml:9: <host> needs the attribute 'device'; this "
     "platform has dcd0, dcd1\n"
     "unknown-device.xml:10: unknown device 'x'; this platform has "
     "dcd0, dcd1\n"},
    {"unknown-element.xml",
     "unknown-element.xml:5: <cache> does not belong here; in <device> "
     "are allowed: static, backing, region, timing, unbacked, poison\n"
     "unknown-element.xml:7: <timer> does not belong here; in <device> "
     "are allowed: static, backing, region, timing, unbacked, poison\n"
     "unknown-element.xml:9: <hots> does not belong here; in <platform> "
     "are allowed: device, host, fabric-manager\n"
     "unknown-element.xml:10: <host> has no attribute 'polcy'; allowed "
     "are: id, device, head, policy\n"},
    {"unknown-unit.xml",
     "unknown-unit.xml:5: <region length=\"1gib\">: 'gib' is not a unit "
     "of a size; units are B, KiB, MiB, GiB, TiB\n"
     "unknown-unit.xml:5: <region block=\"2 MiB\">: ' MiB' is not a "
     "unit of a size; units are B, KiB, MiB, GiB, TiB\n"
     "unknown-unit.xml:6: <timing read=\"5\">: the unit is missing; "
     "units are ps, ns, us, ms, s\n"
     "unknown-unit.xml:6: <timing write=\"5min\">: 'min' is not a unit "
     "of a time; units are ps, ns, us, ms, s\n"
     "unknown-unit.xml:6: <timing bandwidth=\"3GB\">: 'GB' is not a "
     "unit of a bandwidth; units are B/s, KB/s, MB/s, GB/s, TB/s, "
     "KiB/s, MiB/s, GiB/s, TiB/s\n"
     "unknown-unit.xml:6: <timing sanitize=\"1ms\">: 'ms' is not a unit "
     "of a time per GiB; units are ps/GiB, ns/GiB, us/GiB, ms/GiB, "
     "s/GiB\n"},
    {"unknown-word.xml",
     "unknown-word.xml:5: <backing kind=\"floppy\">: expected one of: "
     "memory, memfd, file\n"
     "unknown-word.xml:7: <host policy=\"windows\">: expected one of: "
     "scripted, linux\n"},
    {"wrong-namespace.xml",
     "wrong-namespace.xml:3: the root element is <platform "
     "xmlns=\"urn:cxl-dcd:platform:2\">; expected <platform "
     "xmlns=\"urn:cxl-dcd:platform:1\">\n"},
    {"wrong-root.xml", "wrong-root.xml:3: the root element is <machine "
                       "xmlns=\"urn:cxl-dcd:platform:1\">; expected <platform "
                       "xmlns=\"urn:cxl-dcd:platform:1\">\n"},
};

static const struct bad_file scenarios[] = {
    {"scenario-add-policy-mismatch.xml",
     "scenario-add-policy-mismatch.xml:4: <initiate-add region=\"0\">: "
     "does not go with policy prescriptive\n"
     "scenario-add-policy-mismatch.xml:4: <initiate-add "
     "length=\"2MiB\">: does not go with policy prescriptive\n"
     "scenario-add-policy-mismatch.xml:5: <initiate-add>: policy free "
     "or contiguous needs the attribute 'region'\n"
     "scenario-add-policy-mismatch.xml:5: <initiate-add>: policy free "
     "or contiguous needs the attribute 'length'\n"
     "scenario-add-policy-mismatch.xml:6: <extent> does not go with "
     "policy free or contiguous\n"
     "scenario-add-policy-mismatch.xml:8: <initiate-add>: policy "
     "enable-shared-access needs the attribute 'region'\n"
     "scenario-add-policy-mismatch.xml:8: <initiate-add>: policy "
     "enable-shared-access needs the attribute 'tag'\n"
     "scenario-add-policy-mismatch.xml:8: <initiate-add "
     "length=\"2MiB\">: does not go with policy enable-shared-access\n"
     "scenario-add-policy-mismatch.xml:9: <initiate-release>: policy "
     "tag-based needs the attribute 'tag'\n"
     "scenario-add-policy-mismatch.xml:9: <initiate-release>: policy "
     "tag-based needs the attribute 'length'\n"
     "scenario-add-policy-mismatch.xml:10: <extent> does not go with "
     "policy tag-based\n"
     "scenario-add-policy-mismatch.xml:12: <initiate-release "
     "length=\"1\">: does not go with policy prescriptive\n"},
    {"scenario-bad-addresses.xml",
     "scenario-bad-addresses.xml:4: <read dpa=\"region0+x\">: a DPA is "
     "expected, such as region0+4KiB, static+0x1000 or 0x40000000\n"
     "scenario-bad-addresses.xml:5: <read hpa=\"4KiB\">: a plain number "
     "is expected, such as 17 or 0x11\n"},
    {"scenario-bad-sequence.xml",
     "scenario-bad-sequence.xml:5: <extent sequence=\"65536\">: too "
     "large; at most 65535\n"},
    {"scenario-bad-tag.xml",
     "scenario-bad-tag.xml:4: <initiate-add tag=\"1234\">: a UUID is "
     "expected, such as 11111111-2222-3333-4444-555555555555\n"},
    {"scenario-configuration-words.xml",
     "scenario-configuration-words.xml:4: <set-dc-region-config> needs "
     "the attribute 'block-size'\n"
     "scenario-configuration-words.xml:6: <region> has no attribute "
     "'sharable'; allowed are: index, block-size, sanitize\n"
     "scenario-configuration-words.xml:9: <region> has no attribute "
     "'size'; allowed are: index, block-size, sanitize, sharable, "
     "nonvolatile, read-only, hw-coherent\n"
     "scenario-configuration-words.xml:11: <get-dcd-info "
     "expect-add-policies=\"free enable-shared-access\">: expected one "
     "of: free, contiguous, prescriptive\n"
     "scenario-configuration-words.xml:12: <get-dcd-info "
     "expect-release-policies=\"free\">: expected one of: tag-based, "
     "prescriptive\n"},
    {"scenario-configuration.xml",
     "scenario-configuration.xml:4: unknown region 2; 'dcd0' has 2, "
     "counted from 0\n"
     "scenario-configuration.xml:6: unknown region 7; 'dcd0' has 2, "
     "counted from 0\n"},
    {"scenario-decoder-index.xml",
     "scenario-decoder-index.xml:4: <uncommit-decoder index=\"4\">: a "
     "head of 'dcd0' has 4 decoders, counted from 0\n"
     "scenario-decoder-index.xml:5: <commit-decoder "
     "granularity=\"1000\">: allowed are powers of two from 256 to "
     "16KiB\n"},
    {"scenario-event-at-the-wrong-side.xml",
     "scenario-event-at-the-wrong-side.xml:4: <expect-event "
     "type=\"capacity-released\">: this event goes to the fabric "
     "manager: give fm\n"
     "scenario-event-at-the-wrong-side.xml:5: <expect-event "
     "type=\"add-capacity\">: this event goes to a host: leave out fm\n"
     "scenario-event-at-the-wrong-side.xml:7: <event host=\"h0\">: only "
     "records of a fabric manager name a host\n"},
    {"scenario-event-of-another-log.xml",
     "scenario-event-of-another-log.xml:4: <get-event-records "
     "log=\"fatal\">: only records of dynamic-capacity can be described "
     "by <event>\n"},
    {"scenario-event-with-half-an-extent.xml",
     "scenario-event-with-half-an-extent.xml:4: <expect-event "
     "length=\"2MiB\">: needs region or dpa beside it\n"
     "scenario-event-with-half-an-extent.xml:5: <expect-event>: an "
     "extent needs a length\n"},
    {"scenario-extent-without-length.xml",
     "scenario-extent-without-length.xml:5: <extent> needs the "
     "attribute 'length'\n"},
    {"scenario-extent-without-place.xml",
     "scenario-extent-without-place.xml:5: <extent> needs region or "
     "dpa\n"
     "scenario-extent-without-place.xml:6: <extent>: give region and "
     "offset, or dpa, not both\n"},
    {"scenario-faulty-platform.xml",
     "nine-regions.xml:13: a device has at most 8 regions\n"
     "scenario-faulty-platform.xml:3: the platform nine-regions.xml "
     "cannot be used\n"},
    {"scenario-host-and-fabric-manager.xml",
     "scenario-host-and-fabric-manager.xml:4: <get-event-records>: give "
     "host or fm, not both\n"
     "scenario-host-and-fabric-manager.xml:5: <clear-event-records>: "
     "give host or fm, not both\n"
     "scenario-host-and-fabric-manager.xml:6: <command>: give host or "
     "fm, not both\n"
     "scenario-host-and-fabric-manager.xml:7: <expect-interrupt>: give "
     "host or fm, not both\n"},
    {"scenario-linux-host-answers.xml",
     "scenario-linux-host-answers.xml:4: host 'h0' has the policy linux "
     "and answers by itself; <add-response> is for scripted hosts\n"
     "scenario-linux-host-answers.xml:5: host 'h0' has the policy linux "
     "and answers by itself; <release> is for scripted hosts\n"
     "scenario-linux-host-answers.xml:6: host 'h0' has the policy linux "
     "and answers by itself; <get-event-records> is for scripted hosts\n"
     "scenario-linux-host-answers.xml:7: host 'h0' has the policy linux "
     "and answers by itself; <clear-event-records> is for scripted "
     "hosts\n"
     "scenario-linux-host-answers.xml:8: host 'h0' has the policy linux "
     "and answers by itself; <expect-event> is for scripted hosts\n"
     "scenario-linux-host-answers.xml:9: host 'h0' has the policy linux "
     "and answers by itself; <expect-interrupt> is for scripted hosts\n"},
    {"scenario-missing-platform.xml",
     "../platforms/nowhere.xml:1: cannot be read: No such file or "
     "directory\n"
     "scenario-missing-platform.xml:3: the platform "
     "../platforms/nowhere.xml cannot be used\n"},
    {"scenario-no-host.xml",
     "scenario-no-host.xml:4: <reset> needs the attribute 'host'; this "
     "platform has no host\n"},
    {"scenario-no-static-memory.xml",
     "scenario-no-static-memory.xml:4: 'dcd0' has no static memory\n"},
    {"scenario-odd-hex.xml",
     "scenario-odd-hex.xml:4: <write hex=\"0\">: pairs of hexadecimal "
     "digits are expected, such as \"48656c6c6f\" or \"48 65 6c\"\n"
     "scenario-odd-hex.xml:5: <command opcode=\"4800\">: an opcode is "
     "expected, such as 0x4800\n"
     "scenario-odd-hex.xml:6: <read dpa=\"regio0\">: a DPA is expected, "
     "such as region0+4KiB, static+0x1000 or 0x40000000\n"},
    {"scenario-offset-beyond-region.xml",
     "scenario-offset-beyond-region.xml:4: the offset 1GiB is not "
     "inside region 0, which has 1GiB\n"
     "scenario-offset-beyond-region.xml:5: the offset 512MiB is not "
     "inside static memory, which has 512MiB\n"
     "scenario-offset-beyond-region.xml:7: the offset 1GiB is not "
     "inside region 0, which has 1GiB\n"
     "scenario-offset-beyond-region.xml:8: the extent reaches beyond "
     "region 0, which has 1GiB\n"
     "scenario-offset-beyond-region.xml:9: the extent reaches beyond "
     "region 1, which has 2GiB\n"},
    {"scenario-payload-too-large.xml",
     "scenario-payload-too-large.xml:4: the payload has 257 bytes; at "
     "most 256 can be sent\n"},
    {"scenario-platform-is-a-scenario.xml",
     "scenario-unknown-host.xml:3: the root element is <scenario "
     "xmlns=\"urn:cxl-dcd:scenario:1\">; expected <platform "
     "xmlns=\"urn:cxl-dcd:platform:1\">\n"
     "scenario-platform-is-a-scenario.xml:3: the platform "
     "scenario-unknown-host.xml cannot be used\n"},
    {"scenario-probe-reason.xml",
     "scenario-probe-reason.xml:4: <expect-probe reason=\"none\">: only "
     "dynamic-capacity=\"refused\" has a reason\n"
     "scenario-probe-reason.xml:5: <expect-probe reason=\"some\">: only "
     "dynamic-capacity=\"refused\" has a reason\n"},
    {"scenario-probe-words.xml",
     "scenario-probe-words.xml:4: <expect-probe dynamic-capacity=\"off\">: "
     "expected one of: absent, refused, enabled\n"
     "scenario-probe-words.xml:5: <expect-probe "
     "steps=\"first,second\">: " PROBE_STEPS
     "scenario-probe-words.xml:6: <expect-probe steps=\"identify "
     "cdta\">: " PROBE_STEPS},
    {"scenario-read-and-write-data.xml",
     "scenario-read-and-write-data.xml:4: <read>: a read without "
     "expected bytes needs the attribute 'length'\n"
     "scenario-read-and-write-data.xml:5: <read length=\"4\">: does not "
     "go with expect-text\n"
     "scenario-read-and-write-data.xml:6: <read>: give only one of "
     "expect-text, expect-hex and expect-pattern\n"
     "scenario-read-and-write-data.xml:7: <read>: expect-pattern needs "
     "the attribute 'length'\n"
     "scenario-read-and-write-data.xml:8: <write> needs text, hex, or "
     "pattern and length\n"
     "scenario-read-and-write-data.xml:9: <write>: give only one of "
     "text, hex and pattern\n"
     "scenario-read-and-write-data.xml:10: <write text=\"\">: at least "
     "one byte is moved\n"
     "scenario-read-and-write-data.xml:11: <write pattern=\"256\">: too "
     "large; at most 255\n"
     "scenario-read-and-write-data.xml:12: <write length=\"0\">: at "
     "least one byte is moved\n"
     "scenario-read-and-write-data.xml:13: <write length=\"1TiB\">: too "
     "large; at most 256MiB\n"},
    {"scenario-read-without-address.xml",
     "scenario-read-without-address.xml:4: <read>: give dpa or hpa, one "
     "of them is needed\n"
     "scenario-read-without-address.xml:5: <read>: give dpa or hpa, not "
     "both\n"},
    {"scenario-region-update.xml",
     "scenario-region-update.xml:4: <expect-event offset=\"0\">: this "
     "event has a region and no extent\n"
     "scenario-region-update.xml:4: <expect-event length=\"2MiB\">: "
     "this event has a region and no extent\n"
     "scenario-region-update.xml:6: <expect-event dpa=\"region0\">: "
     "this event has a region and no extent\n"
     "scenario-region-update.xml:7: unknown region 2; 'dcd0' has 2, "
     "counted from 0\n"
     "scenario-region-update.xml:8: <expect-event "
     "type=\"region-configuration-updated\">: this event goes to a "
     "host: leave out fm\n"
     "scenario-region-update.xml:9: <expect-interrupt vector=\"6\">: "
     "does not go with fm\n"},
    {"scenario-register-width.xml",
     "scenario-register-width.xml:4: <register-read width=\"9\">: too "
     "large; at most 8\n"
     "scenario-register-width.xml:5: <register-read width=\"0\">: "
     "allowed are 1 to 8\n"
     "scenario-register-width.xml:6: <register-write value=\"0x100\">: "
     "does not fit a width of 1\n"
     "scenario-register-width.xml:7: <register-read "
     "expect-value=\"0x100000000\">: does not fit a width of 4\n"},
    {"scenario-reset-clear.xml",
     "scenario-reset-clear.xml:4: <reset clear=\"true\">: only kind=\"cxl\" "
     "can clear memory\n"
     "scenario-reset-clear.xml:5: <reset clear=\"true\">: only kind=\"cxl\" "
     "can clear memory\n"},
    {"scenario-reset-kind.xml",
     "scenario-reset-kind.xml:4: <reset kind=\"warm\">: expected one of: "
     "conventional, cxl, function-level\n"},
    {"scenario-response-with-both.xml",
     "scenario-response-with-both.xml:5: <extent> does not go with "
     "accept\n"},
    {"scenario-response-without-extents.xml",
     "scenario-response-without-extents.xml:4: <add-response> needs "
     "accept=\"all\", accept=\"none\" or <extent> inside\n"
     "scenario-response-without-extents.xml:5: <release> needs "
     "extents=\"all\", extents=\"none\" or <extent> inside\n"},
    {"scenario-scripted-host-probes.xml",
     "scenario-scripted-host-probes.xml:4: host 'h0' has the policy scripted "
     "and no driver that probes; <expect-probe> is for hosts with the policy "
     "linux\n"},
    {"scenario-tags-and-hosts.xml",
     "scenario-tags-and-hosts.xml:6: this tag is in the list already, "
     "at line 5\n"
     "scenario-tags-and-hosts.xml:7: unknown host 'h7'; this platform "
     "has h0, h1\n"},
    {"scenario-tags-of-another-device.xml",
     "scenario-tags-of-another-device.xml:5: <tag hosts=\"h0\">: host "
     "'h0' is not at 'd2'\n"
     "scenario-tags-of-another-device.xml:7: <list-tags> needs the "
     "attribute 'fm'; this platform has fm0, fm2\n"},
    {"scenario-tags.xml",
     "scenario-tags.xml:6: <tag pending=\"h0,h1\">: ids with blanks "
     "between them are expected, such as \"h0 h1\"\n"
     "scenario-tags.xml:7: <tag> needs the attribute 'tag'\n"
     "scenario-tags.xml:9: <add-reference> needs the attribute 'tag'\n"
     "scenario-tags.xml:10: <remove-reference tag=\"T\">: a UUID is "
     "expected, such as 11111111-2222-3333-4444-555555555555\n"},
    {"scenario-tunnel-layers.xml",
     "scenario-tunnel-layers.xml:4: <command tunnel=\"port:1\">: layers "
     "with blanks between them are expected, such as \"ld:2\" or \"pool "
     "ld:0\"\n"
     "scenario-tunnel-layers.xml:5: <command tunnel=\"\">: layers with "
     "blanks between them are expected, such as \"ld:2\" or \"pool "
     "ld:0\"\n"},
    {"scenario-tunnel.xml",
     "scenario-tunnel.xml:4: <command tunnel=\"ld:0\">: only a fabric "
     "manager sends through others: give fm\n"
     "scenario-tunnel.xml:5: <command tunnel=\"pool pool pool ld:0 "
     "ld:1\">: at most 4 layers\n"
     "scenario-tunnel.xml:6: <command tunnel=\"ld:256\">: the number of "
     "a logical device is at most 255\n"
     "scenario-tunnel.xml:7: <command expect-tunnel=\"invalid-input\">: "
     "does not go with a command without tunnel\n"
     "scenario-tunnel.xml:8: <command expect=\"success\">: does not go "
     "with an expect-tunnel that is not success\n"
     "scenario-tunnel.xml:10: <command expect-payload=\"00\">: does not "
     "go with an expect-tunnel that is not success\n"},
    {"scenario-two-devices.xml",
     "scenario-two-devices.xml:4: device 'd1' of host 'h1' has no "
     "fabric manager\n"
     "scenario-two-devices.xml:5: fabric manager 'fm2' serves 'd2', but "
     "host 'h0' is at 'd0'\n"
     "scenario-two-devices.xml:6: <get-dcd-info> needs the attribute "
     "'fm'; this platform has fm0, fm2\n"
     "scenario-two-devices.xml:7: fabric manager 'fm2' serves 'd2', but "
     "host 'h0' is at 'd0'\n"
     "scenario-two-devices.xml:9: <event host=\"h0\">: this host is not "
     "at 'd2'\n"},
    {"scenario-unknown-attribute.xml",
     "scenario-unknown-attribute.xml:4: <reset> has no attribute "
     "'hard'; allowed are: host, kind, clear\n"},
    {"scenario-unknown-fabric-manager.xml",
     "scenario-unknown-fabric-manager.xml:4: unknown fabric manager "
     "'fm9'; this platform has fm0\n"},
    {"scenario-unknown-host.xml",
     "scenario-unknown-host.xml:4: unknown host 'h7'; this platform has "
     "h0, h1\n"
     "scenario-unknown-host.xml:5: <reset> needs the attribute 'host'; "
     "this platform has h0, h1\n"
     "scenario-unknown-host.xml:6: unknown host 'hx'; this platform has "
     "h0, h1\n"},
    {"scenario-unknown-region.xml",
     "scenario-unknown-region.xml:4: unknown region 2; 'dcd0' has 2, "
     "counted from 0\n"
     "scenario-unknown-region.xml:6: unknown region 9; 'dcd0' has 2, "
     "counted from 0\n"
     "scenario-unknown-region.xml:8: unknown region 2; 'dcd0' has 2, "
     "counted from 0\n"},
    {"scenario-unknown-return-code.xml",
     "scenario-unknown-return-code.xml:4: <get-dc-config "
     "expect=\"fine\">: expected one of: success, "
     "background-command-started, invalid-input, unsupported, "
     "internal-error, retry-required, busy, media-disabled, "
     "fw-transfer-in-progress, fw-transfer-out-of-order, "
     "fw-verification-failed, invalid-slot, "
     "activation-failed-rolled-back, activation-failed-cold-reset, "
     "invalid-handle, invalid-physical-address, inject-poison-limit, "
     "permanent-media-failure, aborted, invalid-security-state, "
     "incorrect-passphrase, unsupported-mailbox-or-cci, "
     "invalid-payload-length, invalid-log, interrupted, "
     "unsupported-feature-version, unsupported-feature-selection, "
     "feature-transfer-in-progress, feature-transfer-out-of-order, "
     "resources-exhausted, invalid-extent-list, transfer-out-of-order, "
     "request-abort-not-supported\n"},
    {"scenario-unknown-step.xml",
     "scenario-unknown-step.xml:4: <dance> does not belong here; in "
     "<scenario> are allowed: get-dcd-info, get-host-dc-config, "
     "set-dc-region-config, get-region-extent-lists, initiate-add, "
     "initiate-release, add-reference, remove-reference, list-tags, "
     "get-dc-config, get-extent-list, add-response, release, "
     "get-event-records, clear-event-records, command, expect-event, "
     "expect-interrupt, expect-probe, commit-decoder, uncommit-decoder, "
     "register-read, register-write, read, write, reset, wait\n"
     "scenario-unknown-step.xml:5: <wait> needs the attribute 'time'\n"
     "scenario-unknown-step.xml:6: <jump> does not belong here; in "
     "<scenario> are allowed: get-dcd-info, get-host-dc-config, "
     "set-dc-region-config, get-region-extent-lists, initiate-add, "
     "initiate-release, add-reference, remove-reference, list-tags, "
     "get-dc-config, get-extent-list, add-response, release, "
     "get-event-records, clear-event-records, command, expect-event, "
     "expect-interrupt, expect-probe, commit-decoder, uncommit-decoder, "
     "register-read, register-write, read, write, reset, wait\n"
     "scenario-unknown-step.xml:7: <wait time=\"5\">: the unit is "
     "missing; units are ps, ns, us, ms, s\n"},
    {"scenario-vector.xml",
     "scenario-vector.xml:4: <expect-interrupt vector=\"8\">: too "
     "large; at most 7\n"},
};

/* Removes the directory of the fixtures wherever it stands. */
static void shorten(char *text)
{
    static const char directory[] = BAD_DIR "/";
    char *at = text;

    while ((at = strstr(at, directory)) != NULL)
        memmove(at, at + sizeof(directory) - 1,
                strlen(at + sizeof(directory) - 1) + 1);
}

static unsigned count_lines(const char *text)
{
    unsigned count = 0;

    for (; *text; text++)
        count += *text == '\n';
    return count;
}

static void compare(const struct bad_file *row, struct dcd_messages *messages)
{
    C_ASSERT(messages->text != NULL);
    C_EXPECT_EQ(strlen(messages->text), messages->size);
    C_EXPECT_EQ(count_lines(messages->text), messages->count);
    C_EXPECT_EQ(0, messages->warnings);
    shorten(messages->text);
    C_EXPECT_STREQ(row->messages, messages->text);
}

C_TEST(bad_file, each_faulty_platform_is_refused_in_plain_words)
{
    for (size_t i = 0; i < ROWS(platforms); i++) {
        struct dcd_messages messages = {0};
        char path[500];
        snprintf(path, sizeof(path), "%s/%s", BAD_DIR, platforms[i].name);
        C_CONTEXT("%s", platforms[i].name);
        C_EXPECT(dcd_platform_load(path, &messages) == NULL);
        compare(&platforms[i], &messages);
        dcd_messages_free(&messages);
    }
}

C_TEST(bad_file, each_faulty_scenario_is_refused_in_plain_words)
{
    for (size_t i = 0; i < ROWS(scenarios); i++) {
        struct dcd_messages messages = {0};
        char path[500];
        snprintf(path, sizeof(path), "%s/%s", BAD_DIR, scenarios[i].name);
        C_CONTEXT("%s", scenarios[i].name);
        C_EXPECT(dcd_scenario_load(path, &messages) == NULL);
        compare(&scenarios[i], &messages);
        dcd_messages_free(&messages);
    }
}

static bool has_row(const struct bad_file *rows, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].name, name) == 0)
            return true;
    return false;
}

C_TEST(bad_file, every_fixture_has_a_row)
{
    DIR *directory = opendir(BAD_DIR);
    const struct dirent *entry;

    C_ASSERT(directory != NULL);
    while ((entry = readdir(directory)) != NULL) {
        C_CONTEXT("%s", entry->d_name);
        if (strstr(entry->d_name, ".xml"))
            C_EXPECT(has_row(platforms, ROWS(platforms), entry->d_name) ||
                     has_row(scenarios, ROWS(scenarios), entry->d_name));
    }
    closedir(directory);
}
