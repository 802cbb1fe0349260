# SPDX-License-Identifier: MIT
"""A browser loads a page with assets from h2-server."""
import json
import os
import re
import unittest

from harness import H2Server, find, main, run, space

ASSETS = 50
PAGE = """<!doctype html>
<meta charset="utf-8"><title>loading</title>
<link rel="stylesheet" href="style.css">
<p id="state">loading</p>
<script src="page.js"></script>
"""
# The marker appears only when every asset came and the style applies.
SCRIPT = """
const wanted = [...Array(%d).keys()].map((n) => fetch(`asset-${n}.txt`).then((r) => r.text()));
Promise.all(wanted).then((texts) => {
  const sum = texts.reduce((total, text) => total + text.length, 0);
  const colour = getComputedStyle(document.getElementById('state')).color;
  document.getElementById('state').textContent = `loaded ${sum} in ${colour}`;
});
""" % ASSETS


class Chromium(unittest.TestCase):
    def test_page_with_assets_is_loaded_over_http2(self):
        folder = space().make_dir("site")
        space().write("site/index.html", PAGE)
        space().write("site/style.css", "#state { color: rgb(1, 2, 3); }\n")
        space().write("site/page.js", SCRIPT)
        for number in range(ASSETS):
            space().write(f"site/asset-{number}.txt", "x" * 1000 * (number + 1))
        server = H2Server("-v", "-d", folder)
        netlog = space().join("netlog.json")
        environment = dict(os.environ, HOME=space().make_dir("home"))
        result = run(
            [find("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
             "--no-first-run", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--disable-dev-shm-usage", "--ignore-certificate-errors",
             f"--user-data-dir={space().make_dir('chromium')}", f"--log-net-log={netlog}",
             "--virtual-time-budget=10000", "--dump-dom", f"{server.url}/"],
            seconds=90, env=environment, start_new_session=True)
        total = sum(1000 * (number + 1) for number in range(ASSETS))
        self.assertIn(f"loaded {total} in rgb(1, 2, 3)", result.text, result)
        server.stop_in_order()
        self.check_netlog(netlog)
        used = set(re.findall(r"^\[id=(\d+)\] .* :path: ", server.log(), re.M))
        self.assertEqual(len(used), 1, "connections with requests")

    def check_netlog(self, path):
        with open(path, encoding="utf-8") as file:
            netlog = json.load(file)
        names = {number: name for name, number in netlog["constants"]["logEventTypes"].items()}
        seen = [names[event["type"]] for event in netlog["events"]]
        self.assertIn("HTTP2_SESSION_RECV_SETTINGS", seen)
        self.assertGreaterEqual(seen.count("HTTP2_SESSION_RECV_HEADERS"), ASSETS + 3)
        self.assertNotIn("HTTP2_SESSION_RECV_RST_STREAM", seen)


if __name__ == "__main__":
    main("chromium")
