#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Finds files of a library that call each other in a circle.

usage: circles.py FOLDER...

Each folder holds the sources of one library. A file calls another one when it names a function that
the other defines; calls are to go downwards only, so following them never leads back. Calls through
pointers are not seen.
"""
import pathlib
import re
import sys

# Files that are one unit in two parts.
ONE_UNIT = [{"batch_bodies", "event_batch"}]

NOISE = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.S)
DEFINITION = re.compile(r"^[a-z][\w *]*?\b(\w+)\([^;{}]*\)\s*\{", re.M)


def calls(folder):
    """{file: files it calls}"""
    texts = {path.stem: NOISE.sub(" ", path.read_text(encoding="utf-8"))
             for path in sorted(folder.glob("*.c"))}
    home = {}
    for name, text in texts.items():
        for match in DEFINITION.finditer(text):
            if not match.group(0).startswith("static"):
                home[match.group(1)] = name
    return {name: {home[word] for word in set(re.findall(r"\w+", text))
                   if home.get(word, name) != name}
            for name, text in texts.items()}


def circles(edges):
    """Groups of files that reach each other."""
    reach = {}
    for name in edges:
        seen, todo = set(), [name]
        while todo:
            for other in edges[todo.pop()] - seen:
                seen.add(other)
                todo.append(other)
        reach[name] = seen
    groups = {frozenset(other for other in reach[name] if name in reach[other])
              for name in edges if name in reach[name]}
    return [sorted(group) for group in groups if set(group) not in ONE_UNIT]


def main():
    failed = False
    for folder in map(pathlib.Path, sys.argv[1:]):
        edges = calls(folder)
        if not any(edges.values()):
            sys.exit(f"circles.py: no calls found in {folder}")
        for group in circles(edges):
            failed = True
            print(f"{folder}: these call each other in a circle: {', '.join(group)}")
            for name in group:
                print(f"  {name} calls {', '.join(sorted(edges[name] & set(group)))}")
    return failed


sys.exit(main())
