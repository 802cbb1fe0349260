# SPDX-License-Identifier: MIT
"""h2-server as the clients' files use it: once with TLS and once in cleartext, on the same folder.

The folder has the files of the workspace and `sub/index.html`; beside it, where no client may get
to, lies `secret`, and two symbolic links lead out. Every test class ends with both servers ending
in order: status 0 and no word of a sanitizer.
"""
import os

from harness import H2Server, Result, run, space

SECRET = b"not for the world"
PAGE = b"<!doctype html><title>sub</title>\n"


def make_folder():
    os.makedirs(space().join("www", "sub"), exist_ok=True)
    space().write("secret", SECRET)
    space().write("www/sub/index.html", PAGE)
    for link, target in (("link", "../secret"), ("up", "..")):
        if not os.path.islink(space().join("www", link)):
            os.symlink(target, space().join("www", link))
    return space().www


class ServerCases:
    options = ()
    tls = None
    clear = None

    @classmethod
    def setUpClass(cls):
        folder = make_folder()
        try:
            cls.tls = H2Server("-d", folder, *cls.options)
            cls.clear = H2Server("-d", folder, *cls.options, tls=False)
        except BaseException:
            cls.tearDownClass()
            raise

    @classmethod
    def tearDownClass(cls):
        for server in (cls.tls, cls.clear):
            if server is not None:
                server.stop_in_order()

    def urls(self, path=""):
        return [server.url + path for server in (self.tls, self.clear)]

    def run_ok(self, *argv, **options) -> Result:
        result = run(argv, **options)
        self.assertEqual(result.status, 0, result)
        return result
