#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes docs/reasons.md from the X-lists of the public headers.

usage: reasons.py ROOT            prints the page
       reasons.py ROOT --check    compares it with the file
"""
import pathlib
import sys

import headers

HEAD = """\
# Reasons

<!-- Written by tests/docs/reasons.py from the public headers; do not edit. -->

Why a stream was reset or a connection ended. A number never changes its meaning; new ones are added.
`on_fault`, `on_stream_closed` and `h2session_last_fault()` carry them, `h2session_reason_name()`,
`_where()` and `_text()` know them. *Where* is the section of the RFC that was broken, or the member
of the configuration whose limit was exceeded.
"""

LISTS = (
    ("libh2session", "h2session", "H2SESSION_REASON_LIST", "H2SESSION_REASON_"),
    ("libh2frame", "h2frame", "H2FRAME_REASON_LIST", "H2FRAME_REASON_"),
)


def place(where):
    return where if where == "" or where.startswith("RFC ") else f"`{where}`"


def page(root):
    parts = [HEAD]
    for title, library, name, prefix in LISTS:
        parts += [f"\n## {title}: `{prefix}`\n", "\n| id | name | where | text |\n|--:|---|---|---|\n"]
        rows = sorted(headers.x_list(root, library, name), key=lambda row: int(row[1]))
        parts += [f"| {row[1]} | {row[0]} | {place(row[2])} | {row[3]} |\n" for row in rows]
    return "".join(parts)


def main():
    text = page(sys.argv[1])
    if sys.argv[2:] != ["--check"]:
        print(text, end="")
        return 0
    stored = pathlib.Path(sys.argv[1], "docs", "reasons.md").read_text(encoding="utf-8")
    if stored == text:
        return 0
    print("docs/reasons.md is not what tests/docs/reasons.py writes; write it again:")
    print("  python3 tests/docs/reasons.py . > docs/reasons.md")
    return 1


if __name__ == "__main__":
    sys.exit(main())
