# SPDX-License-Identifier: MIT
"""Cases of attacks: how they are named, chosen, run and told about, whoever is attacked.

A case is a function that raises Failed, or any other exception, when what is attacked is not as it
should be. With --weaken each case is run so that it must fail: that is how it is seen that it can.
"""
import argparse
import os
import sys
import time
import traceback

# What the tests of the programs have is for the cases too.
TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(TESTS, folder) for folder in ("apps", "interop")]

CASES = []  # (entries of the table of attacks, name, function, options)


class Failed(Exception):
    """What a case says when something is not as it should be."""


def check(condition, text):
    if not condition:
        raise Failed(text)


def case(entries, name, **options):
    """Registers a function as a case, with options of whoever runs it."""
    def register(function):
        CASES.append((entries, name, function, options))
        return function
    return register


def outcome(run):
    """(a line about it, whether it failed)."""
    try:
        return "ok   " + run(), False
    except Failed as failure:
        return f"FAIL {failure}", True
    except Exception:  # pylint: disable=broad-except
        return "FAIL " + traceback.format_exc(), True


def run_cases(arguments, can_be_weakened, run):
    """Runs those that are asked for, by run(function, options), which returns a line. Returns how many
    failed; with --weaken, how many did not."""
    failures, start = 0, time.monotonic()
    for entries, name, function, options in CASES:
        if arguments.only and arguments.only not in name and arguments.only not in entries.split():
            continue
        if arguments.weaken and not can_be_weakened(options):
            continue
        before = time.monotonic()
        text, failed = outcome(lambda one=function, how=options: run(one, dict(how)))
        if arguments.weaken:
            text, failed = f"seen to fail: {text[5:]}" if failed else "DOES NOT FAIL", not failed
        failures += failed
        print(f"{entries:9} {name:52} {time.monotonic() - before:4.1f} s {text}", flush=True)
    print(f"{time.monotonic() - start:.1f} s, {failures} failed")
    return failures


def read_arguments(description, weaken):
    """What is attacked, which cases, how. Ends the program with 77 where there is no /proc."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("program", help="path of what is attacked")
    parser.add_argument("only", nargs="?", help="part of a name, or an entry such as A12")
    parser.add_argument("--weaken", action="store_true", help=weaken + ": all must fail")
    parser.add_argument("--sanitized", action="store_true",
                        help="the program keeps freed memory for a while, to find uses of it")
    parser.add_argument("--list", action="store_true", help="print entries and names")
    arguments = parser.parse_args()
    if arguments.list:
        for entries, name, _, _ in CASES:
            print(f"| {entries} | {name} |")
        sys.exit(0)
    if not os.path.isdir("/proc/self/task"):
        print("skipped: no /proc")
        sys.exit(77)
    os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"
    arguments.program = os.path.abspath(arguments.program)
    return arguments
