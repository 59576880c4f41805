#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# test_dcdsim.sh DCDSIM ROOT CASE - one behaviour of the command line.
# test_dcdsim.sh --list           - all cases.
set -u
here=$(cd "$(dirname "$0")" && pwd)

# run EXPECTED-EXIT ARGUMENT... - leaves what was printed in out and err.
run() {
    expected=$1
    shift
    "$dcdsim" "$@" >"$work/out" 2>"$work/err"
    got=$?
    [ "$got" = "$expected" ] || fail "exit code $got, expected $expected: $*"
}

says() { # says FILE TEXT - the text stands in out or err, as it is
    grep -qF -- "$2" "$work/$1" || fail "$1 does not say: $2"
}

silent() { # silent FILE
    [ ! -s "$work/$1" ] || fail "$1 is not empty"
}

fail() {
    echo "FAILED: $1"
    echo "--- out"; cat "$work/out"
    echo "--- err"; cat "$work/err"
    exit 1
}

holds=$here/scenarios/holds.xml
fails=$here/scenarios/fails.xml

case_expectations_that_hold_exit_0() {
    run 0 run "$holds"
    says out "holds: 1 step, 1 ok"
}

case_a_failed_expectation_exits_1_and_names_its_line() {
    run 1 run "$fails"
    says out "$fails:6: expected 7 hosts, got 1"
    says out "$fails:7: expected ok, got address-error"
    says out "$fails:8: expected retry-required, got success"
    says out "fails: 4 steps, 1 ok, 3 FAILED"
}

case_several_scenarios_run_although_one_fails() {
    run 1 run "$fails" "$holds"
    says out "fails: 4 steps"
    says out "holds: 1 step, 1 ok"
}

case_a_wrong_file_exits_2_before_anything_runs() {
    run 2 run "$holds" "$here/nowhere.xml"
    silent out
    says err "$here/nowhere.xml:1: cannot be read"
}

case_a_platform_is_not_a_scenario() {
    run 2 run "$root/config/platforms/two-hosts.xml"
    says err "the root element is <platform"
}

case_a_directory_is_not_a_file() {
    run 2 run "$root/config"
    says err "cannot be read"
}

case_wrong_usage_exits_2_with_a_hint() {
    for arguments in "" "frobnicate" "run" "run --frobnicate x.xml" \
        "describe" "check" "run --trace"; do
        # shellcheck disable=SC2086 # the words are the arguments
        run 2 $arguments
        silent out
        says err "dcdsim --help"
    done
}

case_help_and_version_go_to_stdout() {
    run 0 --help
    says out "usage: dcdsim"
    silent err
    for command in run check describe; do
        run 0 $command --help
        says out "usage: dcdsim $command"
    done
    run 0 --version
    says out "models CXL 4.0"
}

case_check_names_files_and_finds_mistakes() {
    run 0 check "$holds" "$root/config/platforms/two-hosts.xml"
    says out "scenario holds, 1 step"
    says out "platform two-hosts, 1 device, 2 hosts"
    run 2 check "$holds" "$root/README.md"
    says err "README.md:1:"
}

case_check_warns_and_a_run_does_not() {
    run 0 check "$here/scenarios/warned.xml"
    says out "platform warned"
    says err "$here/scenarios/warned.xml:7: warning: region 0, the one"
    run 0 check "$here/scenarios/on-warned.xml"
    says err "warned.xml:7: warning: region 0, the one"
    run 0 run "$here/scenarios/on-warned.xml"
    silent err
}

case_a_probe_that_went_otherwise_fails_with_what_it_found() {
    run 1 run "$here/scenarios/wrong-probe.xml"
    says out "xml:5: expected dynamic capacity enabled, got refused: region 0"
    says out "xml:6: expected \"no such reason\", got \"region 0 does not"
    says out "xml:7: expected 536870912 volatile bytes, got 268435456"
    says out "xml:7: expected 1 persistent bytes, got 0"
    says out "xml:7: expected 2 regions, got 1"
    says out "xml:7: expected 1 as serial number, got 0"
    says out "xml:8: expected region 0 to be sharable"
    says out "xml:8: expected the steps identify, got configuration-space"
}

case_tags_and_regions_that_are_otherwise_fail_with_what_is_there() {
    run 1 run "$here/scenarios/wrong-tags.xml"
    tag=2222-3333-4444-555555555555
    says out "xml:8: expected 3 tags in all, got 1"
    says out "xml:9: expected the tag 11111111-$tag with hosts=\"h0 h1\" \
pending=\"h2\" fm-reference=\"true\", got hosts=\"\" pending=\"h1\" \
fm-reference=\"false\""
    says out "xml:11: expected the tag 22222222-$tag, got no such tag"
    says out "xml:13: expected no more tags, got 11111111-$tag with"
    says out "xml:16: expected the add policies free, got free, contiguous,"
    says out "xml:16: expected the release policies prescriptive, got tag-based"
    says out "xml:18: expected 5 extents in all, got 64"
    says out "xml:18: expected 6 tags left, got 15"
    says out "xml:19: expected region 1 with blocks of 4 MiB, got 2 MiB"
    says out "xml:19: expected region 1 with sanitize=\"true\", got \"false\""
    says out "xml:19: expected region 1 with the attributes sharable, got none"
}

case_tunnels_and_interrupts_of_a_manager_fail_for_what_they_are() {
    run 1 run "$here/scenarios/wrong-tags.xml"
    says out "xml:22: expected a tunnel that answers success, got invalid-input"
    says out "xml:23: expected a tunnel that answers unsupported, got success"
    says out "xml:24: expected success, got unsupported (03h)"
    says out "xml:25: expected fm_irq within 1.000 us, got no interrupt"
    says out "xml:26: expected 4 lost records, got 0"
    says out "xml:27: expected event region-configuration-updated, got add-cap"
    says out "wrong-tags: 13 steps, 1 ok, 12 FAILED"
}

case_a_payload_that_is_otherwise_says_from_where_on() {
    run 1 run "$here/scenarios/wrong-tags.xml"
    says out "xml:29: expected 00 from byte 1 on, got nothing (1 byte, not 2)"
    says out "xml:30: expected 0b from byte 0 on, got 0a"
}

case_a_long_line_is_cut_in_front_of_its_return_code() {
    run 1 run "$here/scenarios/wrong-tags.xml"
    says out "...: resources-exhausted  FAILED"
}

case_lost_records_are_warned_of_with_the_log_that_lost_them() {
    run 0 run "$root/config/scenarios/full-log.xml"
    says err "head 0's dynamic capacity log is full, a record was lost"
    says err "the fabric manager's dynamic capacity log is full, a record was"
}

case_describe_prints_the_memory_map() {
    run 0 describe "$root/config/platforms/two-hosts.xml"
    says out "region 1"
    says out "DPA 0x00060000000-0x000dfffffff"
    says out "0x200000"
    run 0 describe "$root/config/platforms/static-only.xml"
    says out "256 MiB  static, volatile or persistent"
    says out "label storage area: 1 MiB per head"
    says out "poison: a list of 64 records per head"
    run 0 describe "$root/config/platforms/multi-logical.xml"
    says out "2 logical devices behind one port"
    says out "host h1: logical device 1 of mld0"
    run 0 describe "$root/config/platforms/small-logs-lossy.xml"
    says out "records that do not fit are lost"
    run 0 describe "$root/config/platforms/linux-sharers.xml"
    says out "sharable capacity is given back extent by extent"
}

# scenario NAME - the steps on standard input, over the platform stored.xml.
scenario() {
    {
        echo '<scenario xmlns="urn:cxl-dcd:scenario:1" name="'"$1"'"'
        echo '          platform="stored.xml">'
        cat
        echo '</scenario>'
    } >"$work/$1.xml"
}

# Labels, partitions and persistent bytes; the second run has only the file.
case_a_backing_file_carries_labels_and_persistent_memory_to_the_next_run() {
    cat >"$work/stored.xml" <<PLATFORM
<platform xmlns="urn:cxl-dcd:platform:1" name="stored">
  <device id="dcd0">
    <static volatile="256MiB" partitionable="256MiB" lsa="4KiB"/>
    <backing kind="file" path="stored.bin"/>
  </device>
  <host id="h0"><decoder base="0x100000000" size="512MiB"/></host>
</platform>
PLATFORM
    scenario writes <<STEPS
  <command host="h0" opcode="0x4103" payload="0000000000000000 6c6162656c"/>
  <command host="h0" opcode="0x4101" payload="0000000000000000 00"/>
  <command host="h0" opcode="0x4204" payload="01"/>
  <write host="h0" dpa="static+256MiB" text="kept"/>
STEPS
    scenario reads <<STEPS
  <command host="h0" opcode="0x4102" payload="00000000 05000000"
           expect-payload="6c6162656c"/>
  <command host="h0" opcode="0x4100" payload=""
           expect-payload="0100000000000000 0100000000000000
                           0000000000000000 0000000000000000"/>
  <command host="h0" opcode="0x4200" payload=""
           expect-payload="00 00 00 00 1900 01000000 00000000 00000000"/>
  <read host="h0" dpa="static+256MiB" expect-text="kept"/>
STEPS
    run 0 run --check "$work/writes.xml"
    run 0 run --check "$work/reads.xml"
    rm "$work/stored.bin"
    run 1 run "$work/reads.xml"
    says out "reads: 4 steps, 0 ok, 4 FAILED"
}

case_invariants_are_checked_on_request() {
    run 0 run --check "$root/config/scenarios/quickstart.xml"
    says out "invariants checked after every command, 0 violations"
}

case_a_trace_has_commands_events_and_accesses() {
    run 0 run --trace "$work/t.csv" "$root/config/scenarios/quickstart.xml"
    rows=$(($(wc -l <"$work/t.csv") - 1))
    says out "quickstart: trace in $work/t.csv, $rows records"
    for kind in command event read write interrupt register-write \
        extent-offered extent-accepted extent-released decoder-change; do
        grep -q ",$kind," "$work/t.csv" || fail "no $kind in the trace"
    done
}

case_several_scenarios_have_a_trace_each() {
    run 1 run --trace "$work/t.csv" "$fails" "$holds"
    [ -s "$work/t-fails.csv" ] || fail "no trace of fails"
    [ -s "$work/t-holds.csv" ] || fail "no trace of holds"
}

case_a_trace_that_cannot_be_written_exits_2() {
    run 2 run --trace "$work/no/such/folder.csv" "$holds"
    silent out
    says err "cannot be written"
}

case_a_full_disk_is_an_error_message() {
    [ -e /dev/full ] || fail "this system has no /dev/full"
    run 2 run --trace /dev/full "$holds"
    says err "No space left on device"
}

case_a_run_repeats_to_the_letter() {
    run 0 run "$root/config/scenarios/quickstart.xml"
    cp "$work/out" "$work/first"
    run 0 run "$root/config/scenarios/quickstart.xml"
    cmp -s "$work/first" "$work/out" || fail "two runs differ"
}

case_quiet_prints_failures_and_summaries() {
    run 1 run --quiet "$fails"
    says out "$fails:6:"
    grep -q " ok$" "$work/out" && fail "a step that held is printed"
    run 0 run --quiet "$holds"
    says out "holds: 1 step, 1 ok"
}

if [ "${1-}" = --list ]; then
    sed -n 's/^case_\([a-z0-9_]*\)().*/\1/p' "$0"
    exit 0
fi
dcdsim=$1
root=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"case_$3"
