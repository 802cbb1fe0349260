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

COUNTED = "bench_counted_pass"
TIMES = ("ns", "min_ns", "allocs")
# Columns beside these stand in the order of the first line that has them.
FORMS = {"ns": ".1f", "instructions": ".0f", "allocs": ".2f"}


def json_lines(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"table.py: {command[0]} failed: {done.returncode}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def numbers(case):
    """Names of what is known of both sides."""
    return [key for key in case if "peer_" + key in case]


def check(case):
    keys = numbers(case)
    if "unit" in case:
        keys += [key for key in TIMES if key not in keys] + ["ratio"]
    for key in keys:
        if not isinstance(case.get(key), (int, float)) or case[key] < 0:
            sys.exit(f"table.py: no number {key} in {case}")
    if not keys:
        sys.exit(f"table.py: no numbers in {case}")


def instructions(command):
    """{(case, side): instructions per unit}; empty without valgrind."""
    if shutil.which("valgrind") is None:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder, "out")
        lines = json_lines(["valgrind", "-q", "--tool=callgrind", "--collect-atstart=no",
                            f"--toggle-collect={COUNTED}", f"--dump-after={COUNTED}",
                            f"--callgrind-out-file={out}", *command, "--count"])
        result = {}
        for number, line in enumerate(lines, 1):
            dump = pathlib.Path(f"{out}.{number}")
            text = dump.read_text(encoding="utf-8", errors="replace") if dump.exists() else ""
            total = re.search(r"^totals: (\d+)$", text, re.M)
            if total is None or int(total.group(1)) == 0:
                sys.exit(f"table.py: no instructions counted for {line['name']}")
            result[line["name"], line["side"]] = int(total.group(1)) / line["units"]
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
        for prefix, side in (("", "side"), ("peer_", "peer")):
            count = counts.get((case["name"], case[side]))
            if count is not None:
                case[prefix + "instructions"] = round(count, 1)


def row(case, columns):
    name = case["name"].split(".", 1)[1].rsplit(".", 1)
    line = [name[-1], name[0] if len(name) > 1 else ""]
    for key in columns:
        form = FORMS.get(key, ".3f" if key.endswith("ratio") else ".6g")
        line += [format(case[k], form) if k in case else "-" for k in (key, "peer_" + key)]
        if key == "ns":
            line.append(f"{case['ratio']:.2f}")
    return line


def print_table(unit, cases):
    columns = [key for key in ("ns", "instructions") if any(key in case for case in cases)]
    for case in cases:
        columns += [key for key in numbers(case) if key not in columns and key != "min_ns"]
    head = ["case", "what"]
    for key in columns:
        head += [f"{key}/{unit}" if unit and key in FORMS else key, "peer"]
        if key == "ns":
            head.append("ratio")
    rows = [head] + [row(case, columns) for case in cases]
    widths = [max(len(line[i]) for line in rows) for i in range(len(head))]
    for line in rows:
        left = [line[i].ljust(widths[i]) for i in range(2)]
        print("  ".join(left + [line[i].rjust(widths[i]) for i in range(2, len(line))]).rstrip())


def print_tables(cases):
    """One table for each unit, in the order of their names."""
    print(f"peer: {cases[0]['peer']}; compiler: {cases[0]['compiler']}; "
          f"commit: {cases[0]['commit'] or 'unknown'}")
    units = list(dict.fromkeys(case.get("unit", "") for case in cases))
    for unit in units:
        some = [case for case in cases if case.get("unit", "") == unit]
        print_table(unit, sorted(some, key=lambda c: c["name"].rsplit(".", 1)[1]))


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
    print_tables(cases)
    if options.json:
        text = "".join(json.dumps(case) + "\n" for case in cases)
        pathlib.Path(options.json).write_text(text, encoding="utf-8")


main()
