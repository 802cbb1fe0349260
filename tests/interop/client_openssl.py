# SPDX-License-Identifier: MIT
"""h2-client meets TLS servers it must turn away: openssl s_server with one thing wrong each."""
import unittest

from harness import client, find, main, run, space, start_peer


class Turned(unittest.TestCase):
    def check(self, status, message, server_options, client_options=None, host="127.0.0.1"):
        """One fetch from one s_server; options decide which rule it breaks."""
        if "-cert" not in server_options:
            server_options = ("-cert", space().cert, "-key", space().key, *server_options)
        server, (port,) = start_peer("s_server", lambda port: [
            find("openssl"), "s_server", "-accept", f"127.0.0.1:{port}", "-quiet",
            *server_options], ports=1)
        options = ("--cacert", space().ca) if client_options is None else client_options
        try:
            result = client("-t", "5s", *options, f"https://{host}:{port}/")
            self.assertEqual(result.status, status, result)
            self.assertRegex(result.err, message)
            self.assertEqual(result.out, b"")
        finally:
            server.stop()

    def test_server_that_chooses_http_1_1(self):
        self.check(3, r"(?i)h2|alpn", ("-alpn", "http/1.1"))

    def test_server_without_alpn(self):
        self.check(3, r"(?i)h2|alpn", ())

    def test_certificate_of_another_name(self):
        key, cert = space().leaf("elsewhere")
        options = ("-alpn", "h2", "-cert", cert, "-key", key)
        self.check(3, r"(?i)127\.0\.0\.1|address|mismatch", options)
        self.check(3, r"(?i)localhost|name|mismatch", options, host="localhost")

    def test_certificate_that_expired(self):
        request, cert = space().join("expired.csr"), space().join("expired.pem")
        config = space().join("openssl.cnf")
        run([find("openssl"), "req", "-new", "-config", config, "-key", space().key,
             "-out", request])
        run([find("openssl"), "x509", "-req", "-in", request, "-CA", space().ca,
             "-CAkey", space().join("ca.key"), "-days", "-1", "-extfile", config,
             "-extensions", "leaf", "-out", cert])
        self.check(3, r"(?i)expired", ("-alpn", "h2", "-cert", cert, "-key", space().key))

    def test_certificate_of_an_unknown_authority(self):
        self.check(3, r"(?i)certificate", ("-alpn", "h2"), client_options=())

    def test_version_of_tls_that_is_too_old(self):
        self.check(3, r"(?i)tls|version|protocol",
                   ("-alpn", "h2", "-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"))

    def test_cipher_suite_that_http2_prohibits(self):
        self.check(3, r"(?i)tls|cipher|handshake",
                   ("-alpn", "h2", "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256"))

    def test_insecure_goes_past_the_certificate_only(self):
        key, cert = space().leaf("elsewhere")
        self.check(3, r"(?i)h2|alpn", ("-cert", cert, "-key", key), client_options=("-k",))


if __name__ == "__main__":
    main()
