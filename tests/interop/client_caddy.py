# SPDX-License-Identifier: MIT
"""h2-client fetches from Caddy, and so from the HTTP/2 of Go."""
import os
import unittest

from client_cases import ClientCases
from harness import find, main, space, start_peer

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


if __name__ == "__main__":
    main("caddy")
