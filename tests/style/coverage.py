#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sums up what the tests reached in the libraries, by file and by library.

usage: coverage.py BUILD_FOLDER

Reads the counts that gcc's instrumentation has left in the build folder by gcov. Code that is
generated is left out. Exit status 1 when a library is below its goal.
"""
import collections
import json
import pathlib
import subprocess
import sys

LIBRARIES = ("hpack", "h2frame", "h2session")
LINES_GOAL = 95.0
BRANCHES_GOAL = 90.0
SHOWN = 10  # lines of a file that are named


class Counts:
    """Of one source file: how often each line ran and each branch was taken, over all objects."""

    def __init__(self):
        self.lines = collections.Counter()
        self.branches = collections.Counter()

    def add(self, file):
        for line in file["lines"]:
            number = line["line_number"]
            self.lines[number] += line["count"]
            for index, branch in enumerate(line["branches"]):
                self.branches[number, index] += branch["count"]


def percent(counter):
    hit = sum(1 for count in counter.values() if count > 0)
    return 100.0 * hit / len(counter) if counter else 100.0


def read(folder, root):
    found = {}
    for data in sorted(folder.glob("lib*/CMakeFiles/**/*.gcda")):
        done = subprocess.run(["gcov", "--stdout", "--json-format", "--branch-probabilities", data],
                              capture_output=True, text=True, check=True, cwd=folder)
        for text in done.stdout.splitlines():
            for file in json.loads(text)["files"]:
                path = pathlib.Path(folder, file["file"]).resolve()
                if root in path.parents and path.parent.name == "src":
                    found.setdefault(str(path.relative_to(root)), Counts()).add(file)
    return found


def row(name, lines, branches, note=""):
    print(f"{name:44} {percent(lines):6.1f} {percent(branches):9.1f}   {note}".rstrip())


def missed(counts):
    numbers = sorted(number for number, count in counts.lines.items() if count == 0)
    more = " ..." if len(numbers) > SHOWN else ""
    return " ".join(str(number) for number in numbers[:SHOWN]) + more


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    folder = pathlib.Path(sys.argv[1]).resolve()
    root = pathlib.Path(__file__).resolve().parent.parent.parent
    found = read(folder, root)
    below = []
    print(f"{'':44} {'lines':>6} {'branches':>9}   lines that never ran")
    for library in LIBRARIES:
        lines = collections.Counter()
        branches = collections.Counter()
        for path, counts in sorted(found.items()):
            if path.startswith(f"lib{library}/"):
                row(path, counts.lines, counts.branches, missed(counts))
                lines.update({(path, key): count for key, count in counts.lines.items()})
                branches.update({(path, key): count for key, count in counts.branches.items()})
        row(f"lib{library}", lines, branches)
        print()
        if not lines or percent(lines) < LINES_GOAL or percent(branches) < BRANCHES_GOAL:
            below.append(f"lib{library}")
    if below:
        print(f"below {LINES_GOAL:.0f} % of lines or {BRANCHES_GOAL:.0f} % of branches:", *below)
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
