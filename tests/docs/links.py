#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every link of the documentation to a file of the repository leads somewhere.

usage: links.py ROOT
"""
import pathlib
import re
import sys

LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.M | re.S)


def anchors(text):
    """The anchors that headings get: lower case, words joined by hyphens."""
    for heading in re.findall(r"^#+ +(.*)$", CODE.sub(lambda m: m.group(0), text), re.M):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def check(root, page):
    text = page.read_text(encoding="utf-8")
    for link in LINK.findall(CODE.sub("", text)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists():
            yield f"{page.relative_to(root)}: no {link}"
        elif anchor and anchor not in anchors(target.read_text(encoding="utf-8")):
            yield f"{page.relative_to(root)}: no heading for {link}"


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    pages = [*root.glob("*.md"), *root.glob("lib*/*.md"), *root.glob("apps/*/*.md")]
    pages += root.glob("docs/**/*.md")
    errors = [error for page in sorted(pages) for error in check(root, page)]
    print("\n".join(errors) or f"the links of {len(pages)} pages lead somewhere")
    return 1 if errors or not pages else 0


if __name__ == "__main__":
    sys.exit(main())
