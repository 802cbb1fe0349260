#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Manual pages and completions of all programs, as they are installed.

usage: manual_test.py (PROGRAM FOLDER)... -- [unittest arguments]
FOLDER has PROGRAM.1, PROGRAM.bash, PROGRAM.zsh and PROGRAM.fish.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

LIMIT = 60
OPTION = re.compile(r"^ {2}(?:-\w, |    )--([a-z0-9-]+)", re.M)


def programs():
    while sys.argv[1] != "--":
        program, folder = sys.argv.pop(1), sys.argv.pop(1)
        name = os.path.basename(program)
        yield name, program, os.path.join(folder, name)
    sys.argv.pop(1)


def output(*arguments, **options):
    return subprocess.run(arguments, capture_output=True, text=True, timeout=LIMIT, check=False,
                          **options)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Pages(unittest.TestCase):

    def names(self, program):
        names = OPTION.findall(output(program, "--help").stdout)
        self.assertGreater(len(names), 5)
        return names

    def test_every_option_of_help_is_everywhere(self):
        for name, program, base in PROGRAMS:
            page, bash, zsh, fish = (read(base + kind) for kind in (".1", ".bash", ".zsh", ".fish"))
            for option in self.names(program):
                self.assertIn("\\fB\\-\\-" + option.replace("-", "\\-") + "\\fR", page)
                self.assertRegex(bash, "['| ]--" + option + "[' )|]")
                self.assertRegex(zsh, "--" + option + r"[\[=}]")
                self.assertIn(f"complete -c {name} -l {option} ", fish)

    def test_man_has_nothing_to_complain_of(self):
        if shutil.which("man") is None:
            self.skipTest("man is not installed")
        for name, _, base in PROGRAMS:
            result = output("man", "--warnings", "-l", base + ".1",
                            env={**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "80", "PAGER": "cat"})
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS"):
                self.assertIn("\n" + section + "\n", result.stdout)
            self.assertIn(name + " - ", result.stdout)

    def test_mandoc_has_no_error(self):
        if shutil.which("mandoc") is None:
            self.skipTest("mandoc is not installed")
        for _, _, base in PROGRAMS:
            result = output("mandoc", "-Tlint", "-Werror", base + ".1")
            self.assertEqual(result.returncode, 0, result.stdout)

    def complete(self, name, base, *words):
        """What bash offers for the last of the words."""
        script = ("source \"$1\"; shift; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); "
                  f"_{name.replace('-', '_')}; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
        with tempfile.TemporaryDirectory() as folder:
            open(os.path.join(folder, "some file"), "w", encoding="ascii").close()
            os.mkdir(os.path.join(folder, "some folder"))
            result = output("bash", "--norc", "-c", script, "bash", base + ".bash", name, *words,
                            cwd=folder)
        self.assertEqual(result.stderr, "")
        return result.stdout.split("\n")[:-1]

    def test_bash_completes(self):
        if shutil.which("bash") is None:
            self.skipTest("bash is not installed")
        for name, program, base in PROGRAMS:
            self.assertEqual(self.complete(name, base, "--versi"), ["--version"])
            names = self.names(program)
            offered = self.complete(name, base, "--")
            self.assertEqual(sorted(offered), sorted("--" + one for one in names))
            self.assertEqual(sorted(self.complete(name, base, "some")), ["some file", "some folder"])

    def test_bash_completes_values(self):
        if shutil.which("bash") is None:
            self.skipTest("bash is not installed")
        bases = {name: base for name, _, base in PROGRAMS}
        client, server = bases["h2-client"], bases["h2-server"]
        both = ["some file", "some folder"]
        for words in (("-o", "some"), ("--output", "=", "some"), ("--output", "so")):
            self.assertEqual(sorted(self.complete("h2-client", client, *words)), both)
        self.assertEqual(self.complete("h2-client", client, "--multiply", "s"), [""])
        self.assertEqual(self.complete("h2-server", server, "--htdocs", "=", "so"), ["some folder"])

    def test_other_shells_can_read_theirs(self):
        for _, _, base in PROGRAMS:
            for shell in ("zsh", "fish"):
                if shutil.which(shell) is not None:
                    result = output(shell, "-n", f"{base}.{shell}")
                    self.assertEqual((result.returncode, result.stderr), (0, ""))


PROGRAMS = list(programs())

if __name__ == "__main__":
    unittest.main()
