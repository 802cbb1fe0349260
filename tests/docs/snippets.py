#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the C code in the documentation against reality.

usage: snippets.py ROOT WORK_FOLDER CC [FLAG...]

A C block behind the comment <!-- file: PATH --> shows that file, apart from its SPDX line. Every
other one is compiled: as it is when it defines functions, else as the body of one, with the names
of prelude.h. The pages of docs/api hold prototypes, which api.py checks.
"""
import pathlib
import re
import subprocess
import sys

BLOCK = re.compile(r"(?:<!-- file: (\S+) -->\n\n?)?^```c\n(.*?)^```", re.M | re.S)
DEFINITION = re.compile(r"^\{", re.M)


def pages(root):
    found = [root / "README.md", *root.glob("lib*/README.md"), *root.glob("docs/**/*.md")]
    return [page for page in sorted(found) if page.parent.name != "api"]


def as_unit(code):
    if "#include" in code:
        return code
    if DEFINITION.search(code):
        return '#include "prelude.h"\n' + code
    return f'#include "prelude.h"\nint fragment(void);\nint fragment(void)\n{{\n{code}return 0;\n}}\n'


def check_file(root, shown, code):
    text = (root / shown).read_text(encoding="utf-8")
    text = re.sub(r"\A/\* SPDX-License-Identifier: .*\*/\n", "", text)
    return [] if text == code else [f"differs from {shown}"]


def check_compiles(work, number, code, command):
    path = work / f"snippet_{number}.c"
    path.write_text(as_unit(code), encoding="utf-8")
    result = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)
    return [] if result.returncode == 0 else ["does not compile:\n" + result.stderr]


def main():
    root, work = (pathlib.Path(argument) for argument in sys.argv[1:3])
    command = [*sys.argv[3:], "-I", str(root / "tests" / "docs"), "-fsyntax-only"]
    work.mkdir(parents=True, exist_ok=True)
    errors = []
    count = 0
    for page in pages(root):
        text = page.read_text(encoding="utf-8")
        for match in BLOCK.finditer(text):
            count += 1
            shown, code = match.groups()
            line = text.count("\n", 0, match.start()) + 1
            found = (
                check_file(root, shown, code)
                if shown
                else check_compiles(work, count, code, command)
            )
            errors += [f"{page.relative_to(root)}:{line}: the block {error}" for error in found]
    print("\n".join(errors) or f"{count} blocks of C code are right")
    return 1 if errors or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
