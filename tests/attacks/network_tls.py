#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""TLS of a running h2-server: network_tls.py PATH_OF_H2_SERVER [CASE]. Clients are Python's ssl module
and `openssl s_client`; without the latter the test is skipped."""
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from network import (END_STREAM, ENHANCE_YOUR_CALM, LIMIT, MEBIBYTE, PING, PREFACE, case, check, frame,
                     main, request, settings)
from raw_peer import Peer, reset


def s_client(attack, *options, text=b""):
    """Exit status and all output of openssl s_client, without the limits of the system on what it
    offers."""
    run = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{attack.port}", *options],
                         input=text, capture_output=True, timeout=LIMIT, check=False,
                         env={**os.environ, "OPENSSL_CONF": "/dev/null"})
    return run.returncode, (run.stdout + run.stderr).decode(errors="replace")


def refused(attack, *options):
    status, output = s_client(attack, *options)
    agreed = "Cipher is (NONE)" not in output and status == 0
    check(not agreed, f"agreed on {options}: {output[-400:]}")


def accepted(attack, *options):
    status, output = s_client(attack, *options)
    check(status == 0 and "Cipher is (NONE)" not in output, f"refused {options}: {output[-400:]}")
    return output


LOW = "DEFAULT:@SECLEVEL=0"
BROKEN = frame(PING, 0, 0, bytes(7))


@case("F1", "versions before TLS 1.2", tls=True)
def versions(attack):
    for version in "-tls1", "-tls1_1":
        _, output = s_client(attack, version, "-cipher", LOW)
        check("alert protocol version" in output, f"{version}: {output[-400:]}")
    accepted(attack, "-tls1_2", "-alpn", "h2")
    accepted(attack, "-tls1_3", "-alpn", "h2")


@case("F2 F12", "suites of RFC 9113 appendix A, and small groups", tls=True)
def suites(attack):
    for suite in ("AES128-SHA", "AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384",
                  "DHE-RSA-AES128-GCM-SHA256", "aNULL", "eNULL", "CAMELLIA128-SHA"):
        refused(attack, "-tls1_2", "-cipher", suite + ":@SECLEVEL=0", "-alpn", "h2")
    for suite in "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305":
        output = accepted(attack, "-tls1_2", "-cipher", suite, "-alpn", "h2", "-groups", "P-256")
        check("Compression: NONE" in output, "compressed")
    for group in "secp192r1", "sect163k1":
        refused(attack, "-tls1_2", "-groups", group, "-cipher", LOW)


@case("F3", "renegotiation", tls=True)
def renegotiation(attack):
    # "R" asks for one. It is refused by an alert, which ends s_client with an error.
    status, output = s_client(attack, "-tls1_2", "-alpn", "http/1.1", text=b"R\nGET / HTTP/1.1\n\n")
    check("no renegotiation" in output.lower() or status != 0, f"renegotiated: {output[-400:]}")
    check("HTTP/1.1 200" not in output, "served afterwards")


@case("F5", "protocols by ALPN", tls=True, server=("--h2-only",))
def alpn(attack):
    for offered in "h2c", "spdy/3", "http/1.1", "h2c,h3":
        _, output = s_client(attack, "-alpn", offered)
        check("no application protocol" in output, f"agreed on {offered}: {output[-400:]}")
    check("ALPN protocol: h2\n" in accepted(attack, "-alpn", "h2c,h2"), "h2 is not found")
    _, output = s_client(attack)
    check("no application protocol" in output or "Cipher is (NONE)" in output, "taken without ALPN")


@case("F6", "early data", tls=True)
def early_data(attack):
    with tempfile.TemporaryDirectory() as folder:
        ticket, early = os.path.join(folder, "ticket"), os.path.join(folder, "early")
        with open(early, "wb") as file:
            file.write(PREFACE + settings() + request(1))
        # Tickets come after the handshake: with the PING that is none the server ends the connection,
        # after it has said what it has to.
        talk = ("-tls1_3", "-alpn", "h2", "-ign_eof")
        _, output = s_client(attack, *talk, "-sess_out", ticket, text=PREFACE + settings() + BROKEN)
        limits = {line.split(":")[1].strip() for line in output.splitlines() if "Max Early Data" in line}
        check(limits == {"0"}, f"offered: {limits}")
        _, output = s_client(attack, *talk, "-sess_in", ticket, "-early_data", early, text=BROKEN)
        check("Reused, TLSv1.3" in output, f"not resumed: {output[-400:]}")
        check("Early data was not sent" in output, f"taken: {output[-400:]}")


@case("F8", "frames that wait inside TLS", tls=True)
def pending(attack):
    peer = attack.connect()
    # One record full of frames, then silence: all are answered.
    attack.send(peer, 80 * frame(PING, 0, 0, bytes(8)))
    while sum(f[0] == PING for f in peer.seen) < 80:
        check(peer.read_frame() is not None, "the connection has ended")


@case("F9", "records of one octet", tls=True, requests=1500)
def tiny_records(attack):
    peer = attack.connect()
    for stream in range(1, 200, 2):
        for octet in request(stream):
            peer.socket.send(bytes([octet]))
            attack.octets += 23  # with what TLS adds
        while not any(f[2] == stream and f[1] & END_STREAM for f in peer.seen):
            check(peer.read_frame() is not None, "the connection has ended")
        peer.seen.clear()


@case("F9", "records that are none", tls=True)
def broken_records(attack):
    before = attack.vitals.descriptors()
    for octets in (bytes(5), b"\x17\x03\x03\xff\xff", b"GET / HTTP/1.1\r\n\r\n", PREFACE,
                   b"\x16\x03\x01\x00\x00" * 100, b"\x16\x03\x01\x40\x00" + bytes(16384),
                   b"\x15\x03\x03\x00\x02\x01\x00" * 1000, b"\x80\x2e\x01\x00\x02" + bytes(41)):
        with socket.create_connection(("127.0.0.1", attack.port), LIMIT) as plain:
            plain.sendall(octets)
            plain.shutdown(socket.SHUT_WR)
            try:
                while plain.recv(4096):
                    pass
            except ConnectionResetError:
                pass
    attack.gone(before)


@case("F9", "changes of keys without end", tls=True, requests=1500)
def key_updates(attack):
    # "K" sends a KeyUpdate that asks for one in return; one each time that s_client reads.
    with subprocess.Popen(["openssl", "s_client", "-connect", f"127.0.0.1:{attack.port}", "-tls1_3",
                           "-alpn", "h2"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE) as client:
        try:
            for _ in range(100):
                client.stdin.write(b"K\n")
                client.stdin.flush()
                time.sleep(0.005)
            check(client.poll() is None, "the connection has ended")
        except BrokenPipeError:
            check(False, "the connection has ended")
        finally:
            client.kill()
            output = client.communicate()[1]
        check(output.count(b"KEYUPDATE") > 10, f"so few were sent: {output[-300:]}")


@case("F10", "an end without close_notify", tls=True)
def truncation(attack):
    before = attack.vitals.descriptors()
    for octets in b"", request(1), request(1, method=b"POST", end=False), PREFACE[:7]:
        peer = attack.connect(start=False)
        peer.start()
        attack.send(peer, octets)
        peer.socket.shutdown(socket.SHUT_RDWR)
    attack.gone(before)


@case("A10", "rapid reset inside TLS", tls=True, server=("--test-endpoints",),
      weak=("--reset-burst=1000000000", "--new-stream-factor=0", "--max-refused-streams=1000000000"))
def rapid_reset(attack):
    peer = attack.connect()
    octets = b"".join(request(n, b"/delay/86400000") + reset(n) for n in range(1, 10001, 2))
    peer.refused = not peer.send(octets)
    attack.octets += len(octets)
    attack.ends(peer, ENHANCE_YOUR_CALM)


@case("A29", "handshakes one after the other", tls=True, requests=30000, memory=4 * MEBIBYTE)
def handshakes(attack):
    for _ in range(50):
        with Peer(attack.port, True) as peer:
            peer.start()


if __name__ == "__main__":
    if shutil.which("openssl") is None:
        print("skipped: openssl is not installed")
        sys.exit(77)
    main()
