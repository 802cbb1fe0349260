#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""h2-client beside curl and nghttp: time, CPU time and memory of a download, and the time of one
small request from start to exit.

The clients run on one core, h2-server on the other. They take turns, in an order that changes from
round to round; figures are medians of the rounds, the spread is the widest of any of them. Less is
better, and the ratios are those of the best peer to ours. Compare them within one run only.
"""
import argparse
import os
import random
import subprocess
import sys
import threading
import time

import measured
import ratios
import servers
from ratios import times

MEBIBYTE = 1024 * 1024


class Failed(Exception):
    pass


def h2_client(url, place):
    return [h2_client.path, "-n", "--cacert", place.cert, url]


def curl(url, place):
    how = [] if url.startswith("https") else ["--http2-prior-knowledge"]
    return ["curl", "-sSf", "--cacert", place.cert, "--http2", *how, "-o", "/dev/null", url]


def nghttp(url, _):
    return ["nghttp", "-n", "-y", url]  # knows no other trust store than the system's


PEERS = (curl, nghttp)


def name_of(client):
    return client.__name__.replace("_", "-")


def watch_peak(process, peak):
    """Keeps the highest memory in KiB of a process in peak[0]. What wait4() knows of it begins with
    the memory of who started the process."""
    try:
        while True:
            with open(f"/proc/{process}/status", encoding="ascii") as status:
                for line in status:
                    if line.startswith("VmHWM:"):
                        peak[0] = max(peak[0], int(line.split()[1]))
            time.sleep(0.002)
    except (OSError, ValueError):
        pass  # it has ended


def run(command):
    """Seconds, CPU seconds and peak KiB of one program from its start to its exit."""
    peak = [0]
    start = time.monotonic()
    process = subprocess.Popen(["taskset", "-c", measured.LOAD_CORE, *command],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    watcher = threading.Thread(target=watch_peak, args=(process.pid, peak), daemon=True)
    watcher.start()
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Failed(f"exit status {process.returncode}: {said.decode(errors='replace')[-200:]}")
    return time.monotonic() - start, used.ru_utime + used.ru_stime, peak[0]


def case(name, file, unit, part, scale, count=1, tls=False, peer=ratios.BEST):  # noqa: PLR0913
    """part: which of what run() gives; scale: of a unit in one of that; count: runs a round."""
    return {"name": name, "file": file, "unit": unit, "part": part, "scale": scale,
            "count": count, "tls": tls, "goal": times(1, peer), "floor": times(1.05, peer),
            "less": True, "form": ".4g"}


DOWNLOADS = (("wall", "s", 0, 1), ("CPU", "s", 1, 1), ("peak", "MiB", 2, 1 / 1024))
CASES = (
    *(case(f"A13 1 GiB {what}", "1g", unit, part, scale) for what, unit, part, scale in DOWNLOADS),
    *(case(f"A13 TLS 1 GiB {what}", "1g", unit, part, scale, tls=True)
      for what, unit, part, scale in DOWNLOADS),
    case("A13 6 B start to exit", "6", "ms", 0, 1000, count=50, peer="curl"),
    case("A13 TLS 6 B start to exit", "6", "ms", 0, 1000, count=50, tls=True, peer="curl"),
)


def measure(group, clients, url, place, options, failures):
    """{position in the group: {name: [figure of each round]}}; the cases share what is run."""
    figures = [{name_of(c): [] for c in clients} for _ in group]
    count = max(1, int(group[0]["count"] * options.share))
    for _ in range(options.rounds):
        for client in random.sample(clients, len(clients)):
            try:
                runs = [run(client(url, place)) for _ in range(count)]
            except Failed as reason:
                failures.append(f"{group[0]['name']}: {name_of(client)}: {reason}")
                continue
            for position, one in enumerate(group):
                mean = sum(r[one["part"]] for r in runs) / count
                figures[position][name_of(client)].append(mean * one["scale"])
    return figures


def arguments():
    parser = argparse.ArgumentParser(prog="dev bench client", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--megabytes", type=int, default=1024, help="of the download")
    parser.add_argument("--smoke", action="store_true", help="only that all of it runs")
    parser.add_argument("server", help="path of h2-server")
    parser.add_argument("client", help="path of h2-client")
    options = parser.parse_args()
    options.share = 1.0
    if options.smoke:
        options.rounds, options.share, options.megabytes = 1, 0.02, 8
    return options


def groups():
    """Cases of one file and protocol together."""
    found = {}
    for one in CASES:
        found.setdefault((one["file"], one["tls"]), []).append(one)
    return found


def main():
    options = arguments()
    measured.need("openssl", "taskset")
    h2_client.path = os.path.abspath(options.client)
    servers.h2_server.path = os.path.abspath(options.server)
    clients = [h2_client]
    for peer in () if options.smoke else PEERS:
        if measured.find(name_of(peer)) is None:
            print(f"skipped: {name_of(peer)} is not installed")
        else:
            clients.append(peer)
    table = ratios.Table("h2-client", [name_of(c) for c in clients])
    failures = []
    place = measured.Place()
    try:
        with open(place.www / "1g", "wb") as file:
            file.truncate(options.megabytes * MEBIBYTE)
        for (file, tls), group in groups().items():
            server = servers.start(servers.h2_server, place, tls)
            try:
                url = f"http{'s' if tls else ''}://127.0.0.1:{server.port}/{file}"
                figures = measure(group, clients, url, place, options, failures)
                for one, of_each in zip(group, figures):
                    table.add(one, of_each)
                    print(f"measured: {one['name']}", file=sys.stderr, flush=True)
            finally:
                server.stop()
    finally:
        place.remove()
    table.finish(f"less is better; medians of {options.rounds} rounds of {options.megabytes} MiB",
                 failures)


main()
