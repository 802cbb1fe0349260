#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What h2-client says of certificates that it does not accept, and with -k of what it passed over.

usage: client_certificates_test.py H2_CLIENT H2_SERVER [unittest arguments]
"""
import os
import shutil
import ssl
import subprocess
import tempfile

import certificates
from client_harness import ClientTest, Peer, Server, answer, main, run, settings, told

# subjectAltName with the name "localhost", a NUL, and ".evil": SEQUENCE, [2] IA5String.
NUL_NAME = "DER:30:11:82:0f:" + ":".join("%02x" % octet for octet in b"localhost\0.evil")


class Certificates(ClientTest):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def make(self, *options, ca=None):
        """(key, certificate) with these options of "openssl req"."""
        if shutil.which("openssl") is None:
            self.skipTest("openssl is not installed")
        base = os.path.join(self.folder.name, "%d" % len(os.listdir(self.folder.name)))
        return certificates.make(base + ".key", base + ".pem", "localhost", *options, issuer=ca)

    def meet(self, pair, *arguments, status=3, host="127.0.0.1", error=b"", alpn=True,
             env=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair[1], pair[0])
        if alpn:
            context.set_alpn_protocols(["h2"])

        def script(peer):
            try:
                with context.wrap_socket(peer.connection, server_side=True) as channel:
                    inner = Peer(channel)
                    inner.send(settings())
                    stream = inner.request()
                    if stream is not None:
                        inner.send(answer(stream, b"x"))
                        inner.until_end()
            except OSError:
                pass  # the client has left

        with Server(script) as server:
            uri = server.uri.replace("http://127.0.0.1", "https://" + host)
            result = run(*arguments, uri, env=env)
        self.expect(result, status, b"x" if status == 0 else b"", error)
        return result

    def test_a_good_one_says_nothing(self):
        pair = self.make("-addext", "subjectAltName=IP:127.0.0.1")
        self.assertEqual(told(self.meet(pair, "--cacert", pair[1], status=0)), [])
        self.assertEqual(told(self.meet(pair, "-k", "--cacert", pair[1], status=0)), [])

    def test_signed_by_itself_or_by_nobody_who_is_trusted(self):
        pair = self.make("-addext", "subjectAltName=IP:127.0.0.1")
        self.meet(pair, error=b"certificate of 127.0.0.1: it is signed by itself and not among")

    def test_another_name(self):
        pair = self.make("-addext", "subjectAltName=DNS:a.example,DNS:*.b.example,IP:127.0.0.9")
        for host in ("127.0.0.1", "localhost"):
            self.meet(pair, "--cacert", pair[1], host=host,
                      error=b"it is not for this host but for a.example, *.b.example, 127.0.0.9")

    def test_an_address_is_no_name(self):
        pair = self.make("-addext", "subjectAltName=DNS:127.0.0.1")
        self.meet(pair, "--cacert", pair[1], error=b"not for this host but for 127.0.0.1")
        pair = self.make("-addext", "subjectAltName=IP:127.0.0.1,IP:::1")
        self.meet(pair, "--cacert", pair[1], host="localhost",
                  error=b"not for this host but for 127.0.0.1, ::1")

    def test_the_common_name_does_not_count(self):
        pair = self.make()
        self.meet(pair, "--cacert", pair[1], host="localhost", error=b"it names no host")

    def test_a_name_with_nul(self):
        pair = self.make("-addext", "subjectAltName=" + NUL_NAME)
        self.meet(pair, "--cacert", pair[1], host="localhost",
                  error=b"has a NUL octet, as if to deceive: localhost\\x00.evil")

    def test_no_agreement_on_h2(self):
        pair = self.make("-addext", "subjectAltName=IP:127.0.0.1")
        self.meet(pair, "--cacert", pair[1], alpn=False, error=b'does not speak HTTP/2 (no ALPN "h2")')

    def test_insecure_says_what_it_passed_over(self):
        pair = self.make("-addext", "subjectAltName=DNS:other.example")
        for option in "-k", "-y", "--no-verify-peer":
            result = self.meet(pair, option, status=0)
            self.assertIn(b"warning: certificate of 127.0.0.1: ", result.stderr)
            self.assertIn(b"(not verified: --insecure)", result.stderr)
        result = self.meet(pair, "-k", "--cacert", pair[1], status=0)
        self.assertIn(b"not for this host but for other.example", result.stderr)

    def system(self, *trusted, file=None):
        """An environment whose system trusts the certificates of a folder, and those of a file."""
        folder = tempfile.mkdtemp(dir=self.folder.name)
        for number, cert in enumerate(trusted):
            shutil.copy(cert, os.path.join(folder, "%d.pem" % number))
        subprocess.run(["openssl", "rehash", folder], check=True, capture_output=True)
        return {**os.environ, "SSL_CERT_DIR": folder, "SSL_CERT_FILE": file or "/nonexistent"}

    def signed(self):
        """A certificate for 127.0.0.1 and, last, the CA that vouches for it."""
        ca = self.make("-addext", "basicConstraints=critical,CA:TRUE", "-subj", "/CN=ca")
        return self.make("-addext", "subjectAltName=IP:127.0.0.1", ca=ca), ca[1]

    def test_the_file_is_not_opened_when_the_folder_will_do(self):
        pair, ca = self.signed()
        fifo = os.path.join(self.folder.name, "fifo")
        os.mkfifo(fifo)  # who opens it waits
        for arguments in [], ["-k"]:
            result = self.meet(pair, *arguments, status=0, env=self.system(ca, file=fifo))
            self.assertEqual(told(result), [])

    def test_the_file_is_asked_when_the_folder_does_not_have_it(self):
        pair, ca = self.signed()
        other = self.make()[1]
        for folder in [], [other]:
            for arguments in [], ["-k"]:
                result = self.meet(pair, *arguments, status=0, env=self.system(*folder, file=ca))
                self.assertEqual(told(result), [])
                result = self.meet(pair, *arguments, status=0 if arguments else 3,
                                   env=self.system(*folder, file=other), error=b"its issuer is not among")

    def test_an_issuer_of_something_else_that_is_shown_is_none(self):
        pair, ca = self.signed()
        stranger = self.make("-addext", "basicConstraints=critical,CA:TRUE", "-subj", "/CN=stranger")
        shown = os.path.join(self.folder.name, "shown.pem")
        with open(shown, "wb") as file:
            for cert in pair[1], self.make("-subj", "/CN=aside", ca=stranger)[1]:
                with open(cert, "rb") as part:
                    file.write(part.read())
        result = self.meet((pair[0], shown), status=0, env=self.system(stranger[1], file=ca))
        self.assertEqual(told(result), [])

    def test_a_way_up_over_what_is_shown(self):
        root = self.make("-addext", "basicConstraints=critical,CA:TRUE", "-subj", "/CN=root")
        middle = self.make("-addext", "basicConstraints=critical,CA:TRUE", "-subj", "/CN=middle", ca=root)
        pair = self.make("-addext", "subjectAltName=IP:127.0.0.1", ca=middle)
        with open(pair[1], "ab") as file, open(middle[1], "rb") as part:
            file.write(part.read())
        fifo = os.path.join(self.folder.name, "way-up")
        os.mkfifo(fifo)
        result = self.meet(pair, status=0, env=self.system(root[1], file=fifo))
        self.assertEqual(told(result), [])

    def test_insecure_leaves_a_file_that_is_in_the_folder(self):
        pair, _ = self.signed()
        system = self.system(self.make()[1])
        system["SSL_CERT_FILE"] = os.path.join(system["SSL_CERT_DIR"], "all.crt")
        os.mkfifo(system["SSL_CERT_FILE"])
        result = self.meet(pair, "-k", status=0, env=system, error=b"its issuer is not among")
        self.assertEqual(len(told(result)), 1)

    def test_what_is_wrong_in_a_trusted_one_is_told_too(self):
        ca = self.make("-addext", "basicConstraints=critical,CA:TRUE", "-subj", "/CN=ca")
        pair = self.make("-addext", "subjectAltName=DNS:other.example", ca=ca)
        for arguments in [], ["-k"]:
            self.meet(pair, *arguments, status=0 if arguments else 3, env=self.system(ca[1]),
                      error=b"not for this host but for other.example")


if __name__ == "__main__":
    main()
