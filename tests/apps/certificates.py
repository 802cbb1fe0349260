# SPDX-License-Identifier: MIT
"""Keys and certificates for tests, made by openssl: P-256, good for two days."""
import subprocess

LIMIT = 20  # seconds


def make(key, certificate, name, *options, issuer=None):
    """Writes both files: for CN=name, signed by the issuer, a pair like the one that is returned, or by
    itself; options are those of "openssl req". (key, certificate), as text."""
    signer = [] if issuer is None else ["-CAkey", issuer[0], "-CA", issuer[1]]
    subprocess.run(["openssl", "req", "-x509", "-batch", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=" + name,
                    "-keyout", key, "-out", certificate, *signer, *options], check=True,
                   capture_output=True, timeout=LIMIT)
    return str(key), str(certificate)
