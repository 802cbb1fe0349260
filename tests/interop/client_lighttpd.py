# SPDX-License-Identifier: MIT
"""h2-client fetches from lighttpd, in cleartext: its TLS is a package of its own."""
import unittest

from client_cases import ClientCases
from harness import find, main, space, start_peer

CONFIG = """
server.modules = ("mod_proxy")
server.document-root = "{www}"
server.bind = "127.0.0.1"
server.port = {clear}
server.feature-flags += ("server.h2proto" => "enable", "server.h2c" => "enable")
server.upload-dirs = ("{path}")
server.max-request-size = 0
mimetype.assign = ("" => "application/octet-stream")
$HTTP["url"] =^ "/app/" {{
    proxy.server = ("" => (("host" => "127.0.0.1", "port" => {backend})))
}}
"""


class Lighttpd(ClientCases, unittest.TestCase):
    upgrades = True
    takes_unknown_length = False  # answers 411 in front of a proxied server

    @classmethod
    def start(cls):
        def build(clear):
            config = CONFIG.format(path=space().path, www=space().www, clear=clear,
                                   backend=cls.backend.port)
            return [find("lighttpd"), "-D", "-f", space().write("lighttpd.conf", config)]

        cls.process, (clear,) = start_peer("lighttpd", build, ports=1)
        cls.clear = f"http://127.0.0.1:{clear}"


if __name__ == "__main__":
    main("lighttpd")
