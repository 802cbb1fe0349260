# SPDX-License-Identifier: MIT
"""h2-client fetches from nginx."""
import unittest

from client_cases import ClientCases, tls_options
from harness import content, digest, find, fixture, main, space, start_peer

CONFIG = """
user root;
daemon off;
worker_processes 1;
pid {path}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 256; }}
http {{
    log_format connections '$connection $request_uri';
    access_log {path}/nginx-access.log connections;
    client_body_temp_path {path}/nginx-body;
    proxy_temp_path {path}/nginx-proxy;
    fastcgi_temp_path {path}/nginx-fastcgi;
    uwsgi_temp_path {path}/nginx-uwsgi;
    scgi_temp_path {path}/nginx-scgi;
    client_max_body_size 0;
    ssl_certificate {cert};
    ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3;
    server {{
        listen 127.0.0.1:{tls} ssl http2;
        listen 127.0.0.1:{clear} http2;
        root {www};
        location /app/ {{ proxy_pass http://127.0.0.1:{backend}; proxy_http_version 1.1; }}
    }}
    server {{
        listen 127.0.0.1:{old} ssl;
        root {www};
    }}
    server {{
        listen 127.0.0.1:{strict} http2;
        root {www};
        http2_max_concurrent_streams 2;
        keepalive_requests 10;
        client_max_body_size 1000;
        location /app/ {{ proxy_pass http://127.0.0.1:{backend}; proxy_http_version 1.1; }}
    }}
}}
"""


class Nginx(ClientCases, unittest.TestCase):
    old = None  # without HTTP/2
    strict = None  # few streams at once, few requests a connection, small bodies only

    @classmethod
    def start(cls):
        def build(tls, clear, old, strict):
            config = CONFIG.format(
                path=space().path, www=space().www, key=space().key, cert=space().cert,
                tls=tls, clear=clear, old=old, strict=strict, backend=cls.backend.port)
            return [find("nginx"), "-p", space().path, "-e", "stderr",
                    "-c", space().write("nginx.conf", config)]

        cls.process, (tls, clear, old, strict) = start_peer("nginx", build, ports=4)
        cls.tls = f"https://127.0.0.1:{tls}"
        cls.clear = f"http://127.0.0.1:{clear}"
        cls.old = f"https://127.0.0.1:{old}"
        cls.strict = f"http://127.0.0.1:{strict}"

    def check_one_connection(self, requests):
        lines = content(space().join("nginx-access.log")).decode().splitlines()[-requests:]
        self.assertEqual({line.split()[1] for line in lines}, {"/frame"})
        self.assertEqual(len({line.split()[0] for line in lines}), 1)

    def test_server_without_http2_is_a_failure_of_tls(self):
        result = self.fetch(3, *tls_options(), f"{self.old}/one")
        self.assertEqual(result.out, b"")
        self.assertIn("h2", result.err.lower())

    def test_requests_wait_for_room(self):
        names = ("frame", "one", "frame", "one", "frame", "one")
        result = self.fetch(0, *(f"{self.strict}/{name}" for name in names))
        self.assertEqual(digest(result.out), digest(b"".join(map(fixture, names))))

    def test_connection_that_ends_after_ten_requests(self):
        result = self.fetch(0, *[f"{self.strict}/frame"] * 12)
        self.assertEqual(digest(result.out), digest(fixture("frame") * 12))

    def test_upload_that_the_server_does_not_want(self):
        big = space().join("www", "big")
        result = self.fetch(0, "-v", "-d", big, f"{self.strict}/app/echo")
        self.assertIn(" :status: 413", result.text)
        self.fetch(22, "--fail", "-d", big, f"{self.strict}/app/echo")


if __name__ == "__main__":
    main("nginx")
