#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes docs/conformance.md from requirements.txt and the cases beside this file.

usage: page.py [--check] PAGE

With --check nothing is written: exit status 1 when the page is not what would be written. Either
way a requirement without a case and without a word where else it is looked after, a case for a
requirement that is not listed, and a file that does not exist are errors.
"""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
NAMES_SHOWN = 3

HEAD = """# Conformance

What the RFCs ask of an HTTP/2 connection, what libh2session answers when the peer does otherwise,
and which conversations prove it. Written by `tests/conformance/page.py` from
`tests/conformance/requirements.txt` and `tests/conformance/cases/`; a test holds the page against
them. Each conversation runs with its octets whole, one by one and cut at random, and with every
allocation failing in turn. After the fault of a stream a request on another one must complete;
after a fault of the connection one GOAWAY is sent and nothing that follows has any effect.

The answer is what is sent (`RST_STREAM` for a stream, `GOAWAY` for the connection) with its error
code, and the reason that `on_fault` tells. A requirement without an answer is one about what has to
be accepted, or about what is sent.
"""


class Case:
    def __init__(self, file, name):
        self.file = file
        self.name = name
        self.ids = []
        self.faults = []


def read_cases():
    cases = []
    for path in sorted((HERE / "cases").glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            word, _, rest = line.partition(" ")
            if word == "case":
                cases.append(Case(path.stem, rest))
            elif word == "for":
                cases[-1].ids += rest.split()
            elif word == "!":
                cases[-1].faults.append(re.sub(r"^stream \d+", "stream", rest))
    return cases


def read_requirements():
    """Yields ("## title",) and (number, section, side, text, elsewhere)."""
    for line in (HERE / "requirements.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            yield (line,)
        elif line and not line.startswith("#"):
            parts = [part.strip() for part in line.split("|")]
            if len(parts) != 5:
                raise SystemExit(f"requirements.txt: five columns are expected: {line}")
            yield tuple(parts)


def answers(cases):
    found = []
    for case in cases:
        for fault in case.faults:
            scope, code, reason = fault.split()
            text = f"{scope} {code} ({reason})"
            if text not in found:
                found.append(text)
    return "<br>".join(found)


def tests(cases, elsewhere):
    lines = []
    for file in sorted({case.file for case in cases}):
        names = [case.name for case in cases if case.file == file]
        more = f"; {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
        lines.append(f"`{file}`: {'; '.join(names[:NAMES_SHOWN])}{more}")
    if elsewhere:
        lines.append(elsewhere)
    return "<br>".join(lines).replace("|", "\\|")


def check(requirements, cases):
    numbers = {row[0] for row in requirements if len(row) > 1}
    found = []
    for case in cases:
        if not case.ids:
            found.append(f"{case.file}: {case.name}: for no requirement")
        found += [f"{case.file}: {case.name}: no requirement {one}"
                  for one in case.ids if one not in numbers]
    used = {one for case in cases for one in case.ids}
    for row in requirements:
        if len(row) > 1 and row[0] not in used and not row[4]:
            found.append(f"{row[0]}: no case")
        for path in re.findall(r"tests/[\w/.]+\w", row[4]) if len(row) > 1 else []:
            if not (ROOT / path).exists():
                found.append(f"{row[0]}: there is no {path}")
    twice = [case.name for case in cases]
    found += [f"two cases are named: {one}" for one in sorted(set(twice)) if twice.count(one) > 1]
    return found


def page(requirements, cases):
    out = [HEAD]
    for row in requirements:
        if len(row) == 1:
            out += ["", row[0], "", "| | section | side | requirement | answer | tests |",
                    "|---|---|---|---|---|---|"]
            continue
        number, section, side, text, elsewhere = row
        mine = [case for case in cases if number in case.ids]
        out.append(f"| {number} | {section} | {side} | {text} | {answers(mine)} "
                   f"| {tests(mine, elsewhere)} |")
    return "\n".join(out) + "\n"


def main():
    arguments = [one for one in sys.argv[1:] if one != "--check"]
    if len(arguments) != 1:
        raise SystemExit(__doc__)
    requirements = list(read_requirements())
    cases = read_cases()
    found = check(requirements, cases)
    text = page(requirements, cases)
    target = pathlib.Path(arguments[0])
    if "--check" not in sys.argv:
        target.write_text(text, encoding="utf-8")
    elif not target.exists() or target.read_text(encoding="utf-8") != text:
        found.append(f"{target} is out of date: run tests/conformance/page.py {target}")
    print("\n".join(found) or f"{len(cases)} cases, all requirements are looked after")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
