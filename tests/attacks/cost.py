#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts the instructions that attacks cost and holds them against a plain upload.

usage: cost.py ATTACK_COST

Runs the program under valgrind's callgrind. What an attack costs for each octet that was received,
over the whole of it, may be 20 times what an upload costs whose octets are read once; requests that
are served may cost three times what plain requests cost. Exit status 77 without valgrind.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

LIMITS = {"upload": 20.0, "requests": 3.0}
FEW_OCTETS = 4096  # where the first frames outweigh the attack
COUNTED = ("h2session_recv", "h2session_peek", "h2session_sent", "h2session_tick")


def run(program, folder):
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out",
               "--collect-atstart=no", "--dump-after=attack_cost_one"]
    command += [f"--toggle-collect={name}" for name in COUNTED]
    done = subprocess.run(command + [program], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{program} failed:\n{done.stdout}{done.stderr}")
    rows = []
    for number, line in enumerate(done.stdout.splitlines(), 1):
        octets, base, name = line.split("\t")
        text = pathlib.Path(folder, f"out.{number}").read_text(encoding="utf-8")
        count = re.search(r"^(?:totals|summary): (\d+)", text, re.M)
        rows.append((name, base, int(octets), int(count.group(1))))
    return rows


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    if shutil.which("valgrind") is None:
        print("skipped: valgrind is not installed")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        rows = run(sys.argv[1], folder)
    per_octet = {name: count / octets for name, _, octets, count in rows[: len(LIMITS)]}
    failed = 0
    print("  instructions an octet | times | of       | attack")
    for name, base, octets, count in rows:
        times = count / octets / per_octet[base]
        bad = times > LIMITS[base] and octets >= FEW_OCTETS and name not in LIMITS
        failed += bad
        print(f"{'!' if bad else ' '} {count / octets:21.3f} | {times:5.2f} | {base:8} | {name}")
    print(f"{failed} of {len(rows)} cost too much")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
