# SPDX-License-Identifier: MIT
"""The TLS of h2-server as openssl s_client sees it."""
import unittest

import renegotiation
from harness import H2Server, find, main, run, space


class Openssl(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = H2Server()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop_in_order()

    def client(self, *options):
        return [find("openssl"), "s_client", "-connect", f"127.0.0.1:{self.server.port}",
                "-CAfile", space().ca, "-verify_return_error", *options]

    def handshake(self, *options):
        return run(self.client(*options))

    # rfc: 9113#9.2, 9113#9.2.1
    def test_both_versions_of_tls_choose_h2(self):
        for option, version in (("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")):
            result = self.handshake(option, "-alpn", "http/1.1,h2")
            self.assertEqual(result.status, 0, result)
            self.assertIn(f"New, {version}, Cipher is", result.text)
            self.assertIn("ALPN protocol: h2", result.text)
            self.assertIn("Verify return code: 0 (ok)", result.text)
            self.assertIn("Compression: NONE", result.text)

    def test_no_common_protocol_ends_the_handshake(self):
        for protocols in ("http/1.0", "h2c"):
            result = self.handshake("-alpn", protocols)
            self.assertEqual(result.status, 1, result)
            self.assertIn("no application protocol", result.err)

    def test_old_versions_are_refused(self):
        for option in ("-tls1", "-tls1_1"):
            result = self.handshake(option, "-alpn", "h2", "-cipher", "ALL:@SECLEVEL=0")
            self.assertEqual(result.status, 1, result)

    # rfc: 9113#9.2.1
    def test_renegotiation_is_refused(self):
        out, err = renegotiation.ask(self.client("-tls1_2", "-alpn", "h2"), 60, cwd=space().path)
        self.assertIn(b"RENEGOTIATING", err + out)
        self.assertIn(b"no renegotiation", err)

    def test_prohibited_cipher_suites_are_refused(self):
        for suite in ("ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA384"):
            result = self.handshake("-tls1_2", "-alpn", "h2", "-cipher", suite)
            self.assertEqual(result.status, 1, result)

    def test_cleartext_at_the_port_does_no_harm(self):
        run([find("openssl"), "s_client", "-connect", f"127.0.0.1:{self.server.port}",
             "-tls1_2", "-cipher", "NULL:@SECLEVEL=0"])
        self.assertEqual(self.handshake("-alpn", "h2").status, 0)


if __name__ == "__main__":
    main()
