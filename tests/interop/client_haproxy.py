# SPDX-License-Identifier: MIT
"""h2-client fetches through HAProxy, a strict reader of HTTP/2."""
import unittest

from client_cases import ClientCases
from harness import content, find, main, space, start_peer

CONFIG = """
global
    log stdout format raw daemon
defaults
    mode http
    log global
    log-format "connection=%cp request=%HP"
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend tls
    bind 127.0.0.1:{tls} ssl crt {pem} alpn h2,http/1.1
    default_backend files
frontend clear
    bind 127.0.0.1:{clear} proto h2
    default_backend files
backend files
    server one 127.0.0.1:{backend}
"""


class Haproxy(ClientCases, unittest.TestCase):
    @classmethod
    def start(cls):
        pem = space().write("haproxy.pem", content(space().cert) + content(space().key))

        def build(tls, clear):
            config = CONFIG.format(pem=pem, tls=tls, clear=clear, backend=cls.backend.port)
            return [find("haproxy"), "-db", "-f", space().write("haproxy.cfg", config)]

        cls.process, (tls, clear) = start_peer("haproxy", build)
        cls.tls = f"https://127.0.0.1:{tls}"
        cls.clear = f"http://127.0.0.1:{clear}"

    def check_one_connection(self, requests):
        lines = [line for line in self.process.log().splitlines() if line.endswith("/frame")]
        self.assertGreaterEqual(len(lines), requests)
        self.assertEqual(len({line.split()[0] for line in lines[-requests:]}), 1)


if __name__ == "__main__":
    main("haproxy")
