# SPDX-License-Identifier: MIT
"""What the checks of the documentation read out of the public headers: functions, members of
structs and X-lists. The headers are laid out by clang-format, which is what this relies on."""
import pathlib
import re

LIBRARIES = ("hpack", "h2frame", "h2session")
COMMENT = re.compile(r"/\*.*?\*/", re.S)


def header(root, library):
    path = pathlib.Path(root) / f"lib{library}" / "include" / library / f"{library}.h"
    return path.read_text(encoding="utf-8")


def exported(root, library):
    """Names in the symbol map."""
    path = pathlib.Path(root) / f"lib{library}" / f"lib{library}.map"
    return re.findall(r"^ +([a-z0-9_]+);", path.read_text(encoding="utf-8"), re.M)


def plain(prototype):
    """A prototype on one line, the way both the header and a page are compared."""
    text = re.sub(r"\s+", " ", prototype).strip()
    return re.sub(r"\( ", "(", text)


def prototypes(root, library):
    """Function name -> prototype without the macros of the library."""
    text = COMMENT.sub("", header(root, library))
    upper = library.upper()
    found = {}
    for match in re.finditer(rf"^{upper}_API\s+([^;{{]*?)(?:\s+{upper}_MUST_CHECK)?;", text, re.M):
        prototype = plain(match.group(1)) + ";"
        name = re.search(r"(\w+)\(", prototype).group(1)
        found[name] = prototype
    return found


def members(root, library, struct):
    """(type, name) of each member of a struct, function pointers as type None."""
    text = COMMENT.sub("", header(root, library))
    body = re.search(rf"typedef struct {struct} {{(.*?)\n}} {struct};", text, re.S).group(1)
    found = []
    for statement in body.split(";"):
        statement = plain(statement)
        pointer = re.search(r"\(\*(\w+)\)\(", statement)
        if pointer:
            found.append((None, pointer.group(1)))
        elif statement:
            kind, name = re.match(r"(.*?[ *])(\w+)(?:\[\w+\])?$", statement).groups()
            found.append((kind.strip(), name))
    return found


def x_list(root, library, name):
    """Rows of an X-list, each a tuple of texts without their quotes."""
    text = header(root, library)
    body = re.search(rf"#define {name}\(X\)(.*?)\n\n", text, re.S).group(1)
    rows = []
    for row in re.findall(r"X\((.*?)\)\s*(?:\\|$)", body.replace("\\\n", "\\\n"), re.M):
        cells = re.findall(r'"(?:[^"\\]|\\.)*"|[^,\s][^,]*', row)
        rows.append(tuple(cell.strip().strip('"') for cell in cells))
    return rows
