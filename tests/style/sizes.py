#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds C sources against the size limits of CONTRIBUTING.md.

usage: sizes.py FILE_OR_FOLDER...

Relies on the layout clang-format gives: a function opens with '{' in the first column and closes
with '}' there. Public headers and generated files are exempt from the file limit.
"""
import pathlib
import re
import sys

FILE_LINES = 600
FUNCTION_LINES = 80
DECISIONS = 25
NESTING = 3  # braces inside a function, beside its own
PARAMETERS = 6

# Callbacks whose parameters another library has chosen (docs/adr/0031).
FOREIGN = {
    "tests/bench/session_peer.c": {"on_read", "on_send_data", "on_header", "on_data"},
}

COMMENT_OR_TEXT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
DECISION = re.compile(r"\b(?:if|for|while|case)\b|&&|\|\||\?")


def blank(match):
    """Keeps the line breaks, so that line numbers stay right."""
    return "\n" * match.group().count("\n") or " "


def functions(lines):
    """Yields (name, parameters, first line, lines of the body) of each function definition."""
    start = None
    for number, line in enumerate(lines):
        if line == "{":
            start = number
        elif line.startswith("}") and start is not None:
            head = start - 1
            while head > 0 and lines[head - 1].strip() and lines[head - 1][0] not in "}#":
                head -= 1
            signature = " ".join(lines[head:start])
            match = re.search(r"(\w+)\s*\((.*)\)", signature)
            if match:
                yield match.group(1), match.group(2), start, lines[start : number + 1]
            start = None


def count_parameters(text):
    depth = 0
    commas = 0
    for letter in text:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        commas += letter == "," and depth == 0
    return 0 if text.strip() in ("", "void") else commas + 1


def depth(body):
    deepest = level = 0
    for letter in "".join(body):
        level += {"{": 1, "}": -1}.get(letter, 0)
        deepest = max(deepest, level)
    return deepest - 1


def check(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    found = []
    lines = text.count("\n")
    if lines > FILE_LINES and "/include/" not in path:
        found.append(f"{path}: {lines} lines, limit {FILE_LINES}")
    bare = COMMENT_OR_TEXT.sub(blank, text).split("\n")
    for name, parameters, first, body in functions(bare):
        where = f"{path}:{first + 1}: {name}"
        for what, value, limit in (
            ("lines", len(body), FUNCTION_LINES),
            ("decisions", 1 + len(DECISION.findall("\n".join(body))), DECISIONS),
            ("levels of nesting", depth(body), NESTING),
            ("parameters", count_parameters(parameters), PARAMETERS),
        ):
            foreign = what == "parameters" and name in FOREIGN.get(path, ())
            if value > limit and not foreign:
                found.append(f"{where}: {value} {what}, limit {limit}")
    return found


def sources(argument):
    path = pathlib.Path(argument)
    found = sorted(path.rglob("*.[ch]")) if path.is_dir() else [path]
    return [str(one) for one in found if "gen" not in one.parts]


def main():
    paths = [path for argument in sys.argv[1:] for path in sources(argument)]
    found = [line for path in paths for line in check(path)]
    print("\n".join(found) or f"{len(paths)} files within the limits")
    return 1 if found or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
