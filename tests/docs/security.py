#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds docs/security-model.md against the code: every limit of the configuration that has a reason
is in its table with that reason, and every test it names is there.

usage: security.py ROOT
"""
import pathlib
import re
import sys

import headers

TEST = re.compile(r"`(tests/[\w/.]+)`: ((?:`[^`]+`(?:, )?)+)")


def limits(root):
    """member -> reasons whose limit it is; several members may share the words of a burst."""
    members = {name for _, name in headers.members(root, "h2session", "h2session_config")}
    found = {}
    for library, prefix in (("h2session", "H2SESSION"), ("h2frame", "H2FRAME")):
        for name, _, where, _ in headers.x_list(root, library, f"{prefix}_REASON_LIST"):
            if where in members and not name.startswith("GLITCH_"):
                found.setdefault(where, []).append(name)
    return found


def check_limits(root, text):
    rows = {
        member: cells
        for member, cells in re.findall(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|", text, re.M)
    }
    for member, names in limits(root).items():
        if member not in rows:
            yield f"the limit {member} is not in the table"
        else:
            yield from (f"{member}: the reason {n}" for n in names if n not in rows[member])


def check_tests(root, text):
    for path, names in TEST.findall(text):
        file = root / path
        code = file.read_text(encoding="utf-8") if file.exists() else ""
        for name in re.findall(r"`([^`]+)`", names):
            if not re.search(rf"\b{re.escape(name)}\b", code):
                yield f"no test {name} in {path}"


def main():
    root = pathlib.Path(sys.argv[1])
    text = (root / "docs" / "security-model.md").read_text(encoding="utf-8")
    errors = [*check_limits(root, text), *check_tests(root, text)]
    print("\n".join(errors) or "limits, reasons and tests of docs/security-model.md are there")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
