# SPDX-License-Identifier: MIT
"""h2-client fetches from Caddy, and so from the HTTP/2 of Go."""
import os
import unittest

from client_cases import ClientCases
from harness import content, digest, find, fixture, main, space, start_peer

CONFIG = """
{{
    admin off
    auto_https off
    servers {{
        protocols h1 h2 h2c
    }}
}}
(site) {{
    bind 127.0.0.1
    handle /app/* {{
        reverse_proxy 127.0.0.1:{backend}
    }}
    handle {{
        root * {www}
        encode {{
            zstd
            match status 200
        }}
        file_server
    }}
}}
https://127.0.0.1:{tls}, https://localhost:{tls} {{
    tls {cert} {key}
    import site
}}
http://127.0.0.1:{clear} {{
    import site
}}
"""


class Caddy(ClientCases, unittest.TestCase):
    upgrades = True
    upgrades_options = False

    @classmethod
    def start(cls):
        def build(tls, clear):
            config = CONFIG.format(www=space().www, key=space().key, cert=space().cert, tls=tls,
                                   clear=clear, backend=cls.backend.port)
            return [find("caddy"), "run", "--adapter", "caddyfile",
                    "--config", space().write("Caddyfile", config)]

        environment = dict(os.environ, HOME=space().make_dir("caddy"))
        environment.pop("XDG_DATA_HOME", None)
        environment.pop("XDG_CONFIG_HOME", None)
        cls.process, (tls, clear) = start_peer("caddy", build, env=environment)
        cls.tls = f"https://127.0.0.1:{tls}"
        cls.clear = f"http://127.0.0.1:{clear}"

    def test_zstd_is_decoded(self):
        for base, options in self.each_base():
            for name in ("frame", "big"):
                result = self.fetch(0, *options, "--compressed", "-v", "-o",
                                    space().join("received"), f"{base}/{name}")
                if ", zstd" not in result.text:
                    self.skipTest("h2-client was built without libzstd")
                self.assertIn("content-encoding: zstd", result.text)
                self.assertEqual(digest(content(space().join("received"))), digest(fixture(name)))


if __name__ == "__main__":
    main("caddy")
