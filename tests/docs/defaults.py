#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Defaults of the configurations, in the code and in the documentation.

usage: defaults.py program ROOT OUTPUT.c     writes a program that prints them
       defaults.py check ROOT PROGRAM        holds the tables in the documentation against it

A table belongs to a struct by the comment before it, <!-- defaults: h2session_config -->; with
"all" behind the name it must have every member, in order. The first column is the member, the
second its default, which may be followed by a word of explanation.
"""
import pathlib
import re
import subprocess
import sys

import headers

# struct -> library, arguments of its init function behind config and size: one run a variant.
CONFIGS = {
    "hpack_decoder_config": ("hpack", {"": ""}),
    "hpack_encoder_config": ("hpack", {"": ""}),
    "h2frame_parser_config": ("h2frame", {"": ""}),
    "h2session_config": (
        "h2session",
        {"server": ", H2SESSION_SERVER", "client": ", H2SESSION_CLIENT"},
    ),
    "h2session_batch_config": ("h2session", {"": ""}),
}
NOT_DOCUMENTED = {"size", "role"}
TABLE = re.compile(r"<!-- defaults: (\w+)( all)? -->\n\n?(\|.*?)(?:\n\n|\Z)", re.S)


def documented(root, struct):
    library, _ = CONFIGS[struct]
    return [
        (kind, name)
        for kind, name in headers.members(root, library, struct)
        if name not in NOT_DOCUMENTED and not name.startswith("reserved")
    ]


def print_member(kind, name, label):
    """The C statement that prints one member."""
    if kind is None or kind.endswith("*") or kind.endswith("_function"):
        return f'    printf("{label} %s\\n", c.{name} == NULL ? "NULL" : "set");'
    return f'    printf("{label} %llu\\n", (unsigned long long)c.{name});'


def write_program(root, output):
    lines = ["/* SPDX-License-Identifier: MIT */", "/* Written by tests/docs/defaults.py. */"]
    lines += [f"#include <{library}/{library}.h>" for library in headers.LIBRARIES]
    lines += ["#include <stdio.h>", "", "int main(void)", "{", "    int failed = 0;"]
    for struct, (_, variants) in CONFIGS.items():
        for variant, argument in variants.items():
            lines += ["    {", f"    {struct} c;"]
            lines += [f"    failed |= {struct}_init(&c, sizeof c{argument});"]
            for kind, name in documented(root, struct):
                lines += [print_member(kind, name, f"{struct} {name} {variant or '-'}")]
            lines += ["    }"]
    lines += ["    return failed != 0;", "}", ""]
    pathlib.Path(output).write_text("\n".join(lines), encoding="utf-8")


def spell(name, value):
    """A number as the documentation writes it: durations with their unit."""
    if not name.endswith("_ns") or value in ("0", "NULL"):
        return value
    seconds, rest = divmod(int(value), 10**9)
    return f"{seconds} s" if rest == 0 else f"{int(value) // 10**6} ms"


def read_defaults(program):
    """struct -> member -> default as the documentation writes it."""
    output = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    raw = {}
    for line in output.splitlines():
        struct, member, variant, value = line.split(" ")
        raw.setdefault(struct, {}).setdefault(member, {})[variant] = spell(member, value)
    defaults = {}
    for struct, found in raw.items():
        for member, values in found.items():
            text = ", ".join(f"{value} ({variant})" for variant, value in values.items())
            one = set(values.values())
            defaults.setdefault(struct, {})[member] = one.pop() if len(one) == 1 else text
    return defaults


def rows(table):
    for line in table.splitlines()[2:]:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        for member in re.findall(r"`(\w+)`", cells[0]):
            yield member, cells[1]


def check_table(where, struct, whole, table, defaults):
    known = defaults[struct]
    found = list(rows(table))
    for member, text in found:
        if member not in known:
            yield f"{where}: {struct} has no member {member}"
        elif text != known[member] and not text.startswith((known[member] + ":",)):
            yield f"{where}: {struct}.{member} is {text}, in the code {known[member]}"
    missing = [member for member in known if member not in dict(found)]
    if whole and missing:
        yield f"{where}: {struct} lacks {', '.join(missing)}"
    if whole and not missing and [member for member, _ in found] != list(known):
        yield f"{where}: the members of {struct} are in another order"


def check(root, program):
    defaults = read_defaults(program)
    errors = []
    whole_tables = set()
    pages = [*root.glob("docs/**/*.md"), *root.glob("lib*/README.md")]
    for page in sorted(pages):
        for struct, whole, table in TABLE.findall(page.read_text(encoding="utf-8")):
            if whole:
                whole_tables.add(struct)
            errors += check_table(page.relative_to(root), struct, whole, table, defaults)
    errors += [f"no page has all of {s}" for s in defaults if s not in whole_tables]
    print("\n".join(errors) or f"{sum(len(d) for d in defaults.values())} defaults agree")
    return 1 if errors else 0


def main():
    command, root, third = sys.argv[1:]
    if command == "program":
        write_program(pathlib.Path(root), third)
        return 0
    return check(pathlib.Path(root), third)


if __name__ == "__main__":
    sys.exit(main())
