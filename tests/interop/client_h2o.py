# SPDX-License-Identifier: MIT
"""h2-client fetches from h2o."""
import os
import unittest

from client_cases import ClientCases
from harness import find, main, space, start_peer

CONFIG = """
{user}
num-threads: 1
pid-file: {path}/h2o.pid
error-log: {path}/h2o-error.log
listen:
  host: 127.0.0.1
  port: {tls}
  ssl:
    key-file: {key}
    certificate-file: {cert}
listen:
  host: 127.0.0.1
  port: {clear}
hosts:
  default:
    paths:
      /app:
        proxy.reverse.url: "http://127.0.0.1:{backend}/app"
      /:
        file.dir: {www}
"""


class H2o(ClientCases, unittest.TestCase):
    upgrades = True

    @classmethod
    def start(cls):
        def build(tls, clear):
            config = CONFIG.format(
                user="user: root" if os.getuid() == 0 else "",
                path=space().path, www=space().www, key=space().key, cert=space().cert,
                tls=tls, clear=clear, backend=cls.backend.port)
            return [find("h2o"), "-m", "worker", "-c", space().write("h2o.yaml", config)]

        cls.process, (tls, clear) = start_peer("h2o", build)
        cls.tls = f"https://127.0.0.1:{tls}"
        cls.clear = f"http://127.0.0.1:{clear}"


if __name__ == "__main__":
    main("h2o")
