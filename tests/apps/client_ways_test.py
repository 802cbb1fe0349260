#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The ways of h2-client: to addresses, past proxies, along redirects, through content codings.

usage: client_ways_test.py H2_CLIENT H2_SERVER [unittest arguments]
"""
import contextlib
import gzip
import json
import os
import socket
import ssl
import tempfile
import threading
import zlib

from client_harness import (END_STREAM, TIME_LIMIT, ClientTest, Peer, Server, answer, frame,
                            h2_server, literal, main, run, settings)


def status(code):
    return literal(b":status", b"%d" % code)


def moved(stream, location, code=302):
    return answer(stream, b"elsewhere", literal(b"location", location.encode()), status(code))


def page(body, fields=b""):
    """A script that answers one request."""
    def script(peer):
        peer.send(settings())
        peer.send(answer(peer.request(), body, fields))
        peer.until_end()
    return script


def port_of(server):
    return int(server.uri.rsplit(":", 1)[1])


class Addresses(ClientTest):
    def test_connect_to_another_host_and_port(self):
        with Server(page(b"x")) as server:
            result = run("-v", "--connect-to", "example.invalid:443:127.0.0.1:1",
                         "--connect-to", "example.invalid::127.0.0.1:%d" % port_of(server),
                         "http://example.invalid/")
        self.expect(result, 0)
        self.assertIn(b":authority: example.invalid\n", result.stdout)

    def test_given_addresses_need_no_resolver(self):
        with Server(page(b"x")) as server:
            port = port_of(server)
            result = run("--resolve", "example.invalid:%d:127.0.0.1" % port,
                         "http://example.invalid:%d/" % port)
        self.expect(result, 0, b"x")

    def test_an_address_that_does_not_answer_holds_nobody_up(self):
        """RFC 8305: the second address is tried while the first one is silent."""
        with Server(page(b"x")) as server, socket.socket() as full, contextlib.ExitStack() as others:
            port = port_of(server)
            full.bind(("127.0.0.2", port))
            full.listen(0)
            for _ in range(4):
                other = others.enter_context(socket.socket())
                other.setblocking(False)
                other.connect_ex(("127.0.0.2", port))
            result = run("-t", "30s", "--resolve", "two.invalid:%d:127.0.0.2,127.0.0.1" % port,
                         "http://two.invalid:%d/" % port)
        self.expect(result, 0, b"x")

    def test_an_address_that_refuses_is_passed_over(self):
        with Server(page(b"x")) as server:
            port = port_of(server)
            result = run("--resolve", "two.invalid:%d:[::1],127.0.0.3,127.0.0.1" % port,
                         "http://two.invalid:%d/" % port)
        self.expect(result, 0, b"x")

    def test_mistakes(self):
        for arguments, error in ((("--connect-to", "x"), b"--connect-to"),
                                 (("--resolve", "x:1:y"), b"--resolve"),
                                 (("--proxy", "socks5://x"), b"--proxy")):
            self.expect(run(*arguments, "http://127.0.0.1:1/"), 1, b"", error)


class Proxy:
    """A proxy that knows CONNECT, for one connection."""

    def __init__(self, response=b"HTTP/1.1 200 Connection established\r\n\r\n"):
        self.response = response
        self.head = b""

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(TIME_LIMIT)
        self.name = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        return self

    @staticmethod
    def copy(source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def serve(self):
        client, _ = self.listener.accept()
        with client:
            while not self.head.endswith(b"\r\n\r\n"):
                self.head += client.recv(1)
            client.sendall(self.response)
            if b" 200 " not in self.response:
                return
            host, port = self.head.split()[1].rsplit(b":", 1)
            with socket.create_connection((host.decode(), int(port))) as server:
                back = threading.Thread(target=self.copy, args=(server, client), daemon=True)
                back.start()
                self.copy(client, server)
                back.join(TIME_LIMIT)

    def __exit__(self, *_):
        self.thread.join(TIME_LIMIT)
        self.listener.close()


class Proxies(ClientTest):
    def test_tls_and_cleartext_go_through(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "a"), "wb") as file:
                file.write(b"text")
            for options in ((), ("--no-tls",)):
                with h2_server(*options, "-d", folder) as url, Proxy() as proxy:
                    self.expect(run("-k", "--proxy", proxy.name, url + "/a"), 0, b"text")
                authority = url.split("//")[1].encode()
                self.assertTrue(proxy.head.startswith(b"CONNECT " + authority + b" HTTP/1.1\r\n"))

    def test_upgrade_through_a_proxy(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "a"), "wb") as file:
                file.write(b"text")
            with h2_server("--no-tls", "-d", folder) as url, Proxy() as proxy:
                self.expect(run("-u", "--proxy", proxy.name, url + "/a"), 0, b"text")

    def test_credentials_are_for_the_proxy_and_not_in_the_log(self):
        with tempfile.TemporaryDirectory() as folder:
            with h2_server("--no-tls", "-d", folder) as url, Proxy() as proxy:
                result = run("-nv", "--proxy", "http://me:secret@" + proxy.name, url + "/")
        self.expect(result, 0)
        self.assertIn(b"Proxy-Authorization: Basic bWU6c2VjcmV0\r\n", proxy.head)
        self.assertIn(b"CONNECT ", result.stdout)
        self.assertNotIn(b"bWU6c2VjcmV0", result.stdout)

    def test_a_proxy_that_refuses(self):
        with Proxy(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n") as proxy:
            result = run("--proxy", proxy.name, "http://127.0.0.1:1/")
        self.expect(result, 2, b"", b"proxy: refused with status 407")


class Redirects(ClientTest):
    def walk(self, *steps, arguments=(), expected=0, output=None, error=b"", **options):
        """Each step is (code, location) or a body; all over one connection. Returns the heads."""
        heads = []

        def script(peer):
            peer.send(settings())
            for step in steps:
                stream = peer.request()
                if stream is None:
                    return
                heads.append(stream)
                if isinstance(step, bytes):
                    peer.send(answer(stream, step))
                else:
                    peer.send(moved(stream, step[1], step[0]))
            peer.until_end()

        with Server(script) as server:
            result = run(*arguments, server.uri + "/a/b", **options)
        self.expect(result, expected, output, error)
        return result

    def test_only_when_asked_for(self):
        self.walk((302, "/x"), output=b"elsewhere")
        self.walk((302, "/x"), (301, "../y?z"), (307, "?q"), b"there", arguments=("-L",),
                  output=b"there")

    def test_paths_are_relative(self):
        result = self.walk((302, "c/../d"), b"x", arguments=("-Lv",))
        self.assertIn(b":path: /a/d\n", result.stdout)

    def test_each_step_is_reported(self):
        result = self.walk((302, "/x"), b"there", arguments=("-L", "--json"))
        self.assertEqual([one["status"] for one in map(json.loads, result.stdout.splitlines())],
                         [302, 200])

    def test_their_number_has_a_limit(self):
        self.walk(*[(302, "/x")] * 21, arguments=("-L",), expected=4, error=b"--max-redirs")
        self.walk((302, "/x"), (302, "/x"), arguments=("-L", "--max-redirs", "1"), expected=4,
                  error=b"--max-redirs")

    def test_where_nothing_can_be_fetched(self):
        for location in ("ftp://h/", "javascript:x", "http://user:pass@h/"):
            self.walk((302, location), arguments=("-L",), expected=4, error=b"no http or https")

    def test_methods_and_bodies(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"12345")
            file.flush()
            for code, method in ((301, b"GET"), (302, b"GET"), (303, b"GET"), (307, b"POST"),
                                 (308, b"POST")):
                log = self.walk((code, "/x"), b"x", arguments=("-Lvd", file.name)).stdout
                second = log[log.rindex(b":method"):]
                self.assertTrue(second.startswith(b":method: " + method), second)
                self.assertEqual(b"content-length: 5\n" in second, method == b"POST")
        log = self.walk((303, "/x"), b"x", arguments=("-Lv", "-H", ":method: PUT")).stdout
        self.assertTrue(log[log.rindex(b":method"):].startswith(b":method: GET"))
        self.walk((307, "/x"), arguments=("-L", "-d", "-"), input=b"12345", expected=4,
                  error=b"cannot be read twice")

    def test_credentials_stay_with_their_origin(self):
        def second(peer):
            peer.send(settings())
            stream = peer.request()
            peer.send(answer(stream, b"there"))
            peer.until_end()

        arguments = ("-Lv", "-H", "authorization: secret-1", "-H", "cookie: secret-2", "-H",
                     "x-plain: kept")
        same = self.walk((302, "/x"), b"there", arguments=arguments).stdout
        self.assertEqual(same.count(b"secret-1"), 2)
        with Server(second) as other:
            log = self.walk((302, other.uri + "/x"), arguments=arguments).stdout
        self.assertIn(b"there", log)
        self.assertEqual((log.count(b"secret-1"), log.count(b"secret-2")), (1, 1))
        self.assertEqual(log.count(b"x-plain: kept"), 2)

    @contextlib.contextmanager
    def secured(self):
        """(options, secure): options that trust and show a certificate; what makes a script run in TLS.
        Afterwards secure.shown has whether it was shown, for each connection."""
        with self.certificate(ssl.CERT_OPTIONAL) as (options, context):
            def secure(inner_script):
                def script(peer):
                    with context.wrap_socket(peer.connection, server_side=True) as channel:
                        secure.shown.append(bool(channel.getpeercert()))
                        inner_script(Peer(channel))
                return script

            secure.shown = []
            yield options, secure

    @staticmethod
    def redirecting(target):
        def script(peer):
            peer.send(settings())
            peer.send(moved(peer.request(), target))
            peer.until_end()
        return script

    def test_a_client_certificate_stays_too(self):
        with self.secured() as (options, secure):
            with Server(secure(page(b"there"))) as other:
                target = other.uri.replace("http:", "https:") + "/x"
                with Server(secure(self.redirecting(target))) as server:
                    result = run("-L", *options, server.uri.replace("http:", "https:"))
            self.expect(result, 0, b"there")
            self.assertEqual(secure.shown, [True, False])

    def test_never_from_https_to_http(self):
        with self.secured() as (options, secure):
            with Server(secure(self.redirecting("http://127.0.0.1:1/"))) as server:
                result = run("-L", *options, server.uri.replace("http:", "https:"))
        self.expect(result, 4, b"", b"from https to http is not followed")

    def test_order_is_kept(self):
        def script(peer):
            peer.send(settings())
            first, second = peer.request(), peer.request()
            peer.send(moved(first, "/x"), answer(second, b"2"))
            peer.send(answer(peer.request(), b"1"))
            peer.until_end()

        with Server(script) as server:
            self.expect(run("-L", server.uri + "/1", server.uri + "/2"), 0, b"12")


class Codings(ClientTest):
    TEXT = b"some text, " * 1000

    def fetch_coded(self, coding, body, *arguments, expected=0, output=None, error=b""):
        script = page(body, literal(b"content-encoding", coding))
        return self.fetch(script, expected, *arguments, output=output, error=error)

    def test_bodies_are_decoded_when_asked_for(self):
        coded = gzip.compress(self.TEXT)
        self.fetch_coded(b"gzip", coded, output=coded)
        self.fetch_coded(b"gzip", coded, "--compressed", output=self.TEXT)
        self.fetch_coded(b"deflate", zlib.compress(self.TEXT), "--compressed", output=self.TEXT)
        self.fetch_coded(b"identity", self.TEXT, "--compressed", output=self.TEXT)

    def test_zstd_is_decoded_where_it_is_offered(self):
        if b", zstd" not in self.fetch(page(b"x"), 0, "-v", "--compressed").stdout:
            self.skipTest("built without libzstd")
        whole = bytes.fromhex("28b52ffd04689d000058736f6d6520746578742c200100eaca7cf102f3532b5d")
        self.fetch_coded(b"zstd", whole, output=whole)
        self.fetch_coded(b"zstd", whole, "--compressed", output=self.TEXT)
        self.fetch_coded(b"zstd", whole + whole, "--compressed", output=2 * self.TEXT)
        self.fetch_coded(b"zstd", whole[:-1], "--compressed", expected=4, error=b"cut short")
        window = whole[:4] + b"\x00\x69\x01\x00\x00"  # 9 MiB, and an empty block
        self.fetch_coded(b"zstd", window, "--compressed", expected=4, error=b"8 MiB")

    def test_it_is_offered_only_then(self):
        self.assertIn(b"accept-encoding: gzip, deflate",
                      self.fetch(page(b"x"), 0, "-v", "--compressed").stdout)
        self.assertNotIn(b"accept-encoding", self.fetch(page(b"x"), 0, "-v").stdout)

    def test_h2_server_compresses(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "a.txt"), "wb") as file:
                file.write(self.TEXT)
            with h2_server("--gzip", "6", "-d", folder) as url:
                self.expect(run("-k", "--compressed", url + "/a.txt"), 0, self.TEXT)
                one = json.loads(run("-k", "--json", "--compressed", "-o", os.devnull,
                                     url + "/a.txt").stdout)
        self.assertEqual(one["octets"]["response_decoded"], len(self.TEXT))
        self.assertLess(one["octets"]["response_body"], len(self.TEXT) / 5)

    def test_what_is_broken_is_a_failure(self):
        coded = gzip.compress(self.TEXT)
        for coding, body, error in ((b"gzip", coded[:-1], b"cut short"),
                                    (b"gzip", b"no gzip at all", b"broken"),
                                    (b"deflate", zlib.compress(b"x") + b"y", b"after the end"),
                                    (b"compress", b"x", b"not asked for")):
            self.fetch_coded(coding, body, "--compressed", expected=4, error=error)

    def test_bodies_that_wait_for_their_turn_are_decoded_too(self):
        def script(peer):
            peer.send(settings())
            first, second, third = (peer.request() for _ in range(3))
            coding = literal(b"content-encoding", b"gzip")
            peer.send(answer(third, gzip.compress(b"3")[:-2], coding))
            peer.send(answer(second, gzip.compress(b"2"), coding))
            peer.send(answer(first, gzip.compress(b"1"), coding))
            peer.until_end()

        with Server(script) as server:
            result = run("--compressed", *[server.uri] * 3)
        self.expect(result, 4, b"123", b"cut short")

    def test_a_bomb_is_given_up(self):
        squeezer = zlib.compressobj(9, zlib.DEFLATED, 31)
        bomb = b"".join(squeezer.compress(bytes(2**20)) for _ in range(48)) + squeezer.flush()
        pieces = [bomb[i:i + 16000] for i in range(0, len(bomb), 16000)]

        def script(peer):
            peer.send(settings())
            stream = peer.request()
            peer.send(frame(1, 4, stream, b"\x88" + literal(b"content-encoding", b"gzip")))
            peer.send(*(frame(0, 0, stream, one) for one in pieces[:-1]))
            peer.send(frame(0, END_STREAM, stream, pieces[-1]))
            peer.until_end()

        result = self.fetch(script, 4, "--compressed", "-o", os.devnull, error=b"--max-expansion")
        self.assertEqual(result.stdout, b"")
        self.fetch(script, 0, "--compressed", "--max-expansion", "2000", "-o", os.devnull)


if __name__ == "__main__":
    main()
