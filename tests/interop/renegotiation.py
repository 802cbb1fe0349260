# SPDX-License-Identifier: MIT
"""A renegotiation of TLS 1.2, asked for by openssl s_client."""
import os
import re
import subprocess
import tempfile
import threading

SETTINGS = re.compile(rb"\x00\x00.\x04\x00{5}", re.S)


def ask(argv, seconds, **options):
    """Runs s_client, which asks when the server's SETTINGS have come: octets of the connection that
    arrive while it waits for the answer are an error to it. Its stdout and stderr."""
    argv = [str(argument) for argument in argv]
    with tempfile.TemporaryFile() as told, subprocess.Popen(
            argv, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=told,
            **options) as client:
        limit = threading.Timer(seconds, client.kill)
        limit.start()
        try:
            seen = b""
            while not SETTINGS.search(seen):
                part = os.read(client.stdout.fileno(), 65536)
                if not part:
                    break
                seen += part
            client.stdin.write(b"R\n")
            seen += client.stdout.read()
        finally:
            limit.cancel()
        told.seek(0)
        return seen, told.read()
