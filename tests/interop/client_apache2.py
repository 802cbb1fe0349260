# SPDX-License-Identifier: MIT
"""h2-client fetches from Apache httpd with mod_http2."""
import unittest

from client_cases import ClientCases
from harness import find, main, space, start_peer

MODULES = ("mpm_event", "authz_core", "ssl", "http2", "proxy", "proxy_http")
CONFIG = """
{modules}
ServerRoot {path}
ServerName localhost
DefaultRuntimeDir {path}
PidFile {path}/apache2.pid
ErrorLog /dev/stderr
User www-data
Group www-data
Listen 127.0.0.1:{tls}
Listen 127.0.0.1:{clear}
Protocols h2 h2c http/1.1
StartServers 1
SSLSessionCache none
DocumentRoot {www}
<Directory {www}>
    Require all granted
</Directory>
ProxyPass /app/ http://127.0.0.1:{backend}/app/
<VirtualHost 127.0.0.1:{tls}>
    SSLEngine on
    SSLCertificateFile {cert}
    SSLCertificateKeyFile {key}
    ProxyPass /app/ http://127.0.0.1:{backend}/app/
</VirtualHost>
"""


class Apache(ClientCases, unittest.TestCase):
    upgrades = True

    @classmethod
    def start(cls):
        modules = "\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so"
                            for name in MODULES)

        def build(tls, clear):
            config = CONFIG.format(
                modules=modules, path=space().path, www=space().www, key=space().key,
                cert=space().cert, tls=tls, clear=clear, backend=cls.backend.port)
            return [find("apache2"), "-DFOREGROUND", "-f", space().write("apache2.conf", config)]

        cls.process, (tls, clear) = start_peer("apache2", build)
        cls.tls = f"https://127.0.0.1:{tls}"
        cls.clear = f"http://127.0.0.1:{clear}"


if __name__ == "__main__":
    main("apache2")
