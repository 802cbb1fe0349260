#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reports the rules of RFCs that are tagged in the code but in no test, and the other way round.

usage: rfc_tags.py FILE...

A tag is "rfc: 9113#6.9.1" in a comment, several separated by commas. The conversations of
tests/conformance are always looked at. Exit status 1 when a tag of the code has no test.
"""
import glob
import re
import sys

TAGS = re.compile(r"rfc:\s*(\d+#[\w.]*\w(?:\s*,\s*\d+#[\w.]*\w)*)")


def tags(paths):
    found = {}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for match in TAGS.finditer(file.read()):
                for tag in re.split(r"\s*,\s*", match.group(1)):
                    found.setdefault(tag, set()).add(path)
    return found


def report(title, missing, where):
    for tag in sorted(missing):
        print(f"{title}: {tag} ({', '.join(sorted(where[tag]))})")


def main():
    paths = sys.argv[1:] + sorted(glob.glob("tests/conformance/cases/*.txt"))
    tested = tags(path for path in paths if path.startswith("tests/"))
    coded = tags(path for path in paths if not path.startswith(("tests/", "fuzz/")))
    report("in no test", coded.keys() - tested.keys(), coded)
    report("only in a test", tested.keys() - coded.keys(), tested)
    print(f"{len(coded)} rules tagged in the code, {len(coded.keys() & tested.keys())} of them tested")
    return 1 if coded.keys() - tested.keys() else 0


if __name__ == "__main__":
    sys.exit(main())
