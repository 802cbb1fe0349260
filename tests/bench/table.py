#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""usage: table.py [--json FILE] [--no-count] PROGRAM [ARGUMENT...]

Runs a benchmark program and prints its JSON lines as a table, ours beside the peer's; above 1 the
ratio says that we are faster. Where valgrind is installed, the program runs once more under it,
with --count, for the instructions; --no-count leaves that out. --json keeps the lines, with the
instructions and the commit, in a file.
"""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

COUNTED = ("coder_counted_pass", "session_counted_pass")
# What a line must have, by the column that tells its kind.
NUMBERS = {
    "ns_per_field": ("ns_per_field", "wire_ratio", "allocs_per_block"),
    "ns_per_unit": ("ns_per_unit", "allocs_per_unit"),
    "octets": ("octets",),
}


def json_lines(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"table.py: {command[0]} failed: {done.returncode}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def kind(case):
    for key in NUMBERS:
        if key in case:
            return key
    return sys.exit(f"table.py: a line of no known kind: {case}")


def check(case):
    numbers = NUMBERS[kind(case)]
    for key in numbers + tuple("peer_" + key for key in numbers) + ("ratio",):
        if not isinstance(case.get(key), (int, float)) or case[key] < 0:
            sys.exit(f"table.py: no number {key} in {case}")


def instructions(command):
    """{(case, coder): instructions per field or unit}; empty without valgrind."""
    if shutil.which("valgrind") is None:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder, "out")
        lines = json_lines(["valgrind", "-q", "--tool=callgrind", "--collect-atstart=no",
                            *(f"--toggle-collect={name}" for name in COUNTED),
                            *(f"--dump-after={name}" for name in COUNTED),
                            f"--callgrind-out-file={out}", *command, "--count"])
        result = {}
        for number, line in enumerate(lines, 1):
            dump = pathlib.Path(f"{out}.{number}")
            text = dump.read_text(encoding="utf-8", errors="replace") if dump.exists() else ""
            total = re.search(r"^totals: (\d+)$", text, re.M)
            if total is None or int(total.group(1)) == 0:
                sys.exit(f"table.py: no instructions counted for {line['name']}")
            units = line["fields"] if "fields" in line else line["units"]
            result[line["name"], line["coder"]] = int(total.group(1)) / units
        return result


def commit():
    """What the sources are, or "" outside of a repository."""
    folder = pathlib.Path(__file__).resolve().parent
    try:
        done = subprocess.run(["git", "-C", folder, "describe", "--always", "--dirty"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                              check=False)
    except OSError:
        return ""
    return done.stdout.strip()


def add_instructions(cases, counts):
    for case in cases:
        for prefix, coder in (("", "h2kit"), ("peer_", case["peer"].split()[0])):
            count = counts.get((case["name"], coder))
            if count is not None:
                per = "field" if "fields" in case else "unit"
                case[prefix + "instructions_per_" + per] = round(count, 1)


def row(case):
    def pair(key, form):
        return [format(case[name], form) if name in case else "-" for name in (key, "peer_" + key)]
    if kind(case) != "ns_per_field":
        return ([case["name"].split(".", 1)[1], case["unit"]] + pair("ns_per_unit", ".1f")
                + [f"{case['ratio']:.2f}"] + pair("instructions_per_unit", ".0f")
                + pair("allocs_per_unit", ".2f") + pair("octets", ".0f")
                + [format(case["copied_per_octet"], ".2f") if "copied_per_octet" in case else "-"])
    name = case["name"].split(".", 1)[1].split(".", 1)
    return ([name[1], name[0]] + pair("ns_per_field", ".1f") + [f"{case['ratio']:.2f}"]
            + pair("instructions_per_field", ".0f") + pair("wire_ratio", ".3f")
            + pair("allocs_per_block", ".2f"))


def print_table(cases):
    if kind(cases[0]) == "ns_per_field":
        rows = [["corpus", "what", "ns/field", "peer", "ratio", "instr/field", "peer", "wire/raw",
                 "peer", "allocs/block", "peer"]]
        cases = sorted(cases, key=lambda c: c["name"].rsplit(".", 1)[0])
    else:
        rows = [["what", "unit", "ns/unit", "peer", "ratio", "instr/unit", "peer", "allocs/unit",
                 "peer", "octets", "peer", "copied/octet"]]
    rows += [row(case) for case in cases]
    widths = [max(len(line[i]) for line in rows) for i in range(len(rows[0]))]
    print(f"peer: {cases[0]['peer']}; compiler: {cases[0]['compiler']}; "
          f"commit: {cases[0]['commit'] or 'unknown'}")
    for line in rows:
        left = [line[i].ljust(widths[i]) for i in range(2)]
        print("  ".join(left + [line[i].rjust(widths[i]) for i in range(2, len(line))]))


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--json")
    parser.add_argument("--no-count", action="store_true")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if not options.command:
        parser.error("which program?")
    cases = json_lines(options.command)
    if not cases:
        sys.exit("table.py: the program printed nothing")
    source = commit()
    for case in cases:
        check(case)
        case["commit"] = source
    if not options.no_count:
        add_instructions(cases, instructions(options.command))
    print_table(cases)
    if options.json:
        text = "".join(json.dumps(case) + "\n" for case in cases)
        pathlib.Path(options.json).write_text(text, encoding="utf-8")


main()
