#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds docs/api against the libraries: every exported function stands on exactly one page, with
the prototype of its header.

usage: api.py ROOT
"""
import pathlib
import re
import sys

import headers

BLOCK = re.compile(r"^```c\n(.*?)^```", re.M | re.S)


def shown(page):
    """(name, prototype) of what the page shows in its C blocks."""
    for block in BLOCK.findall(page.read_text(encoding="utf-8")):
        for statement in re.findall(r"^[a-z][^;{}#=]*\);", block, re.M):
            prototype = headers.plain(statement)
            yield re.search(r"(\w+)\(", prototype).group(1), prototype


def main():
    root = pathlib.Path(sys.argv[1])
    wanted = {}
    for library in headers.LIBRARIES:
        prototypes = headers.prototypes(root, library)
        wanted.update({name: prototypes[name] for name in headers.exported(root, library)})
    places = {}
    errors = []
    for page in sorted((root / "docs" / "api").glob("*.md")):
        for name, prototype in shown(page):
            if name not in wanted:
                continue
            places.setdefault(name, []).append(page.name)
            if prototype != wanted[name]:
                errors.append(f"{page.name}: {prototype}\n  the header has: {wanted[name]}")
    for name in wanted:
        found = places.get(name, [])
        if len(found) != 1:
            errors.append(f"{name}: stands in {', '.join(found) or 'no page'} of docs/api")
    print("\n".join(errors) or f"{len(wanted)} functions, each on one page")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
