#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""h2-server beside other servers: requests, octets and connections for each second of its CPU time,
and the memory of idle connections.

The server runs on one core, the load on another. All servers of a case are measured one after the
other, in an order that changes from round to round, so that what else the machine does meets all of
them alike; figures are medians of the rounds, the spread is the widest of any of them. Compare ratios
within one run only. CPU time is that of the whole process tree, with what the kernel does for it.
"""
import argparse
import os
import random
import sys
import time

import load
import measured
import ratios
import servers
from ratios import at_most, times

SETTLE_SECONDS = 4  # after the last request, until a connection counts as idle


def requests(case, program, options):
    """Requests, or million octets, for each CPU second."""
    amount = {"seconds": options.seconds}
    before = program.cpu_ns()
    count, octets = load.h2load(program.port, case["tls"], case["file"], *case["shape"], amount)
    spent = (program.cpu_ns() - before) / 1e9
    return (octets / 1e6 if case["unit"] == "MB/s" else count) / spent


def connections(case, program, options):
    """Connections with one request each, for each CPU second."""
    client = load.Client(program.port, case["tls"], "6")
    resume = case.get("resume", False)
    count = int(case["count"] * options.share)
    client.run(2, resume)
    before = program.cpu_ns()
    client.run(count, resume)
    return count / ((program.cpu_ns() - before) / 1e9)


def idle(case, program, options):
    """Memory of each of many connections that had one request, in KB."""
    client = load.Client(program.port, case["tls"], "6")
    client.run(20)
    time.sleep(0.5)
    count = int(case["count"] * options.share)
    before = program.rss_kb()
    held = client.hold(count)
    time.sleep(SETTLE_SECONDS)
    after = program.rss_kb()
    for stream in held:
        stream.close()
    return (after - before) / count


def small(name, shape, goal, floor, tls=False):
    return {"name": name, "unit": "req/s", "run": requests, "tls": tls, "file": "6",
            "shape": shape, "goal": goal, "floor": floor}


def bulk(name, file, shape, goal, floor, tls=False):  # noqa: PLR0913
    return {"name": name, "unit": "MB/s", "run": requests, "tls": tls, "file": file,
            "shape": shape, "goal": goal, "floor": floor}


def memory(name, count, goal, floor, tls=False):
    return {"name": name, "unit": "KB/conn", "run": idle, "tls": tls, "file": "6",
            "count": count, "goal": at_most(goal), "floor": at_most(floor), "form": ".1f",
            "less": True, "fresh": True}


def handshakes(name, count, tls, resume=False):
    return {"name": name, "unit": "conn/s", "run": connections, "tls": tls, "file": "6",
            "count": count, "goal": times(1), "floor": times(0.97), "resume": resume}


CASES = (
    small("A1 6 B c10m10", (10, 10), times(1.7), times(1.3)),
    small("A2 6 B c10m100", (10, 100), times(3), times(2)),
    small("A3 6 B c1m1", (1, 1), times(1.15), times(1)),
    small("A3 6 B c100m1", (100, 1), times(1.15), times(1)),
    small("A4 TLS 6 B c10m10", (10, 10), times(1.5), times(1.2), tls=True),
    small("A4 TLS 6 B c10m100", (10, 100), times(2.5), times(1.6), tls=True),
    bulk("A5 64 KiB c10m10", "64k", (10, 10), times(1.3), times(1.1)),
    bulk("A5 10 MiB c10m1", "10m", (10, 1), times(1.3), times(1.1)),
    bulk("A6 TLS 64 KiB c10m10", "64k", (10, 10), times(1.05), times(1.2, "nghttpd"), tls=True),
    bulk("A6 TLS 10 MiB c10m1", "10m", (10, 1), times(1.05), times(1.2, "nghttpd"), tls=True),
    memory("A7 idle 1,000", 1000, 2.0, 3.2),
    memory("A7 idle 9,800", 9800, 2.0, 3.2),
    memory("A7 TLS idle 1,000", 1000, 12, 18, tls=True),
    memory("A7 TLS idle 9,800", 9800, 12, 18, tls=True),
    handshakes("A8 TLS full", 400, tls=True),
    handshakes("A8 TLS resumed", 400, tls=True, resume=True),
    handshakes("A8 clear", 2000, tls=False),
)


def measure(case, candidates, place, options, failures):
    """{name: [figure of each round]} of one case."""
    figures = {servers.name_of(server): [] for server in candidates}
    running = {}
    once = case.get("fresh", False)  # memory does not vary; each server begins anew
    try:
        for _ in range(1 if once else options.rounds):
            for server in random.sample(candidates, len(candidates)):
                name = servers.name_of(server)
                try:
                    if name not in running:
                        running[name] = servers.start(server, place, case["tls"])
                        load.Client(running[name].port, case["tls"], "6").run(3)
                    figures[name].append(case["run"](case, running[name], options))
                except (load.Failed, OSError, RuntimeError) as reason:
                    failures.append(f"{case['name']}: {name}: {reason}")
                if once and name in running:
                    running.pop(name).stop()
    finally:
        for program in running.values():
            program.stop()
    return figures


def candidates_of(case, present):
    with_file = [s for s in present if servers.name_of(s) not in servers.NO_FILES]
    return present if case["file"] == "6" else with_file


def arguments():
    parser = argparse.ArgumentParser(prog="dev bench server", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--case", action="append", metavar="TEXT",
                        help="only cases with this in their name, such as A1 or TLS; may be "
                             "given several times")
    parser.add_argument("--peer", action="append", metavar="NAME",
                        help="only this peer, or none; may be given several times")
    parser.add_argument("--seconds", type=int, default=2, help="of each run of h2load")
    parser.add_argument("--quick", action="store_true", help="short runs, less to rely on")
    parser.add_argument("--smoke", action="store_true", help="only that all of it runs")
    parser.add_argument("server", help="path of h2-server")
    options = parser.parse_args()
    options.share = 1.0
    if options.quick or options.smoke:
        options.rounds, options.seconds, options.share = 3, 1, 0.25
    if options.smoke:
        options.rounds, options.share, options.peer = 1, 0.005, ["none"]
        options.case = options.case or ["A1", "TLS 64", "A7", "A8"]
    return options


def present_servers(options):
    servers.h2_server.path = os.path.abspath(options.server)
    present = [servers.h2_server]
    for peer in servers.PEERS:
        name = servers.name_of(peer)
        if options.peer and name not in options.peer:
            continue
        reason = servers.missing(peer)
        if reason is None:
            present.append(peer)
        else:
            print(f"skipped: {reason}")
    return present


def main():
    options = arguments()
    measured.need("h2load", "openssl", "taskset")
    present = present_servers(options)
    names = [servers.name_of(server) for server in present]
    table = ratios.Table("h2-server", names)
    failures = []
    measured.raise_limits()
    place = measured.Place()
    try:
        for case in CASES:
            if not options.case or any(text in case["name"] for text in options.case):
                some = candidates_of(case, present)
                table.add(case, measure(case, some, place, options, failures))
                print(f"measured: {case['name']}", file=sys.stderr, flush=True)
    finally:
        place.remove()
    table.finish(f"for each second of CPU time; medians of {options.rounds} rounds", failures)


main()
