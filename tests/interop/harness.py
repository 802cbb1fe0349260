# SPDX-License-Identifier: MIT
"""What the interoperability tests share: peers, ports, certificates, files.

Everything lives below one temporary directory that is gone at the end. Each program started here
has a process group of its own, which is killed when its test is over, also when the test fails or
runs out of time; its output goes to a file, which is printed when a test fails. Ports are chosen
by the kernel. Nothing leaves the loopback interface.

A test file defines TestCase classes and ends with main(). A program that is not installed makes
the file exit with status 77 and a line that says what is missing.
"""
import argparse
import ctypes
import hashlib
import http.server
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

SKIP_CODE = 77
START_SECONDS = 20
TIME_LIMIT = 110  # of a whole file; below the TIMEOUT of ctest, so that peers are stopped in order
LOG_LINES = 60  # of each peer's output shown on failure
SANITIZER = re.compile(r"(ERROR: \w+Sanitizer|: runtime error: |Assertion .* failed)")
PORT_TAKEN = re.compile(r"in use|EADDRINUSE|cannot bind|could not bind|failed to bind", re.I)

FILES = {"empty": 0, "one": 1, "frame": 16384, "big": 10 * 1024 * 1024}

OPENSSL_CONFIG = """
[req]
distinguished_name = dn
prompt = no
[dn]
CN = h2kit test
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical,CA:FALSE
subjectAltName = DNS:localhost,IP:127.0.0.1,IP:::1
[elsewhere]
basicConstraints = critical,CA:FALSE
subjectAltName = DNS:elsewhere.example
"""


class Workspace:
    """The temporary directory: served files in www, certificates, room for each peer."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="h2kit-interop-")
        os.chmod(self.path, 0o755)  # some servers give up root and read the files as somebody else
        self.www = self.make_dir("www")
        seeded = random.Random(9113)
        for name, size in FILES.items():
            self.write(os.path.join("www", name), seeded.randbytes(size))
        self.write("openssl.cnf", OPENSSL_CONFIG)
        self.ca = self.certificate("ca", ("-extensions", "ca"))
        self.key, self.cert = self.leaf("leaf")

    def join(self, *names):
        return os.path.join(self.path, *names)

    def make_dir(self, name):
        os.makedirs(self.join(name), exist_ok=True)
        return self.join(name)

    def write(self, name, content):
        with open(self.join(name), "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        return self.join(name)

    def certificate(self, name, options):
        subprocess.run(
            [find("openssl"), "req", "-x509", "-batch", "-config", self.join("openssl.cnf"),
             "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-keyout", self.join(name + ".key"), "-out", self.join(name + ".pem"), *options],
            check=True, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        return self.join(name + ".pem")

    def leaf(self, extensions):
        """A certificate of our authority with one of the extension sections above."""
        path = self.certificate(extensions, ("-CA", self.ca, "-CAkey", self.join("ca.key"),
                                             "-extensions", extensions))
        return self.join(extensions + ".key"), path

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


class State:
    """The one Workspace, the programs under test and the processes that run now."""
    space = None
    client = None
    server = None
    running = []
    ended = []


def space():
    if State.space is None:
        State.space = Workspace()
    return State.space


def find(program):
    """Path of a program, also of those only root has in PATH; None when there is none."""
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def connect(port):
    """A socket to a server on this machine, that does not hold small writes back."""
    stream = socket.create_connection(("127.0.0.1", port), 20)
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return stream


def digest(data):
    return len(data), hashlib.sha256(data).hexdigest()


def content(path):
    with open(path, "rb") as file:
        return file.read()


def fixture(name):
    return content(space().join("www", name))


def wait_until(condition, seconds, what):
    """Asks again until it is true. Only for what another process does and does not announce."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} seconds: {what}")
        time.sleep(0.02)


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Process:
    """A peer or a program under test that runs beside the test."""

    def __init__(self, name, argv, **options):
        self.name = name
        self.log_path = space().join(f"{name}-{len(State.running) + len(State.ended)}.log")
        with open(self.log_path, "wb") as log:
            self.popen = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True, preexec_fn=die_with_parent, cwd=space().path, **options)
        State.running.append(self)

    def log(self):
        return content(self.log_path).decode(errors="replace")

    def ended(self):
        return self.popen.poll() is not None

    def terminate(self):
        self.popen.send_signal(signal.SIGTERM)

    def wait(self, seconds=20):
        return self.popen.wait(seconds)

    def stop(self, seconds=20):
        """Asks the program to end, then kills what is left of its group. Returns its status."""
        if self not in State.running:
            return self.popen.returncode
        try:
            if not self.ended():
                self.terminate()
            return self.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            try:
                os.killpg(self.popen.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.popen.wait()
            State.running.remove(self)
            State.ended.append(self)

    def wait_listening(self, ports):
        end = time.monotonic() + START_SECONDS
        for port in ports:
            while not self.ended():
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    if time.monotonic() > end:
                        raise AssertionError(f"{self.name} does not listen on {port}") from None
                    time.sleep(0.02)
        return not self.ended()


def start_peer(name, build, ports=2, **options):
    """Starts a server. build(port, ...) writes its configuration and returns its argv. Another
    program may take a chosen port before the peer does: then it is tried again with others."""
    for _ in range(5):
        chosen = [free_port() for _ in range(ports)]
        process = Process(name, build(*chosen), **options)
        if process.wait_listening(chosen):
            return process, chosen
        process.stop()
        if not PORT_TAKEN.search(process.log()):
            break
    raise AssertionError(f"{name} ended at once:\n{process.log()}")


class H2Server(Process):
    """h2-server on a port of the kernel's choice; url is what it printed, without the last '/'."""

    def __init__(self, *options, tls=True, key=True, env=None):
        """key: with a certificate of our authority, otherwise with the one the server makes."""
        tail = ["0"] if tls else ["--no-tls", "0"]
        if tls and key:
            tail += [space().key, space().cert]
        super().__init__("h2-server", [State.server, *options, *tail], env=env)
        wait_until(lambda: self.ended() or self.urls(), START_SECONDS, "h2-server prints its URL")
        if not self.urls():
            raise AssertionError(f"h2-server ended at once:\n{self.log()}")
        self.url = self.urls()[0]
        self.port = int(self.url.rsplit(":", 1)[1])

    def urls(self):
        return re.findall(r"^(https?://\S+)/$", self.log(), re.M)

    def stop_in_order(self):
        """The end of each test of the server: it must go quietly, with 0."""
        status = self.stop()
        if status != 0 or SANITIZER.search(self.log()):
            raise AssertionError(f"h2-server ended with {status}:\n{self.log()[-6000:]}")


class Result:
    """What a finished program left: status, out and err (octets), text (out as text)."""

    def __init__(self, argv, done):
        self.argv = argv
        self.status = done.returncode
        self.out = done.stdout
        self.err = done.stderr.decode(errors="replace")
        self.text = self.out.decode(errors="replace")

    def __str__(self):
        return (f"{' '.join(self.argv)}\nstatus {self.status}\nstdout ({len(self.out)} octets):\n"
                f"{self.text[-6000:]}\nstderr:\n{self.err[-6000:]}")


def run(argv, stdin=b"", seconds=60, **options):
    argv = [str(argument) for argument in argv]
    done = subprocess.run(argv, input=stdin, capture_output=True, timeout=seconds, check=False,
                          cwd=space().path, **options)
    result = Result(argv, done)
    if SANITIZER.search(result.err) or done.returncode < 0:
        raise AssertionError(f"broke: {result}")
    return result


def client(*arguments, **options):
    """Runs h2-client."""
    return run([State.client, *arguments], **options)


class Backend:
    """An HTTP/1.1 server in this process, for the peers that pass requests on.

    GET /app/headers answers with the request's fields, a line each. POST /app/echo answers with
    the body it was sent. Everything else is a file of www, or 404."""

    def __init__(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), BackendHandler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class BackendHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format, *arguments):  # noqa: A002, the name is the base class's
        pass

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        path = space().join("www", self.path.lstrip("/"))
        if self.path == "/app/headers":
            lines = "".join(f"{name.lower()}: {value}\n" for name, value in self.headers.items())
            self.answer(200, lines.encode())
        elif os.path.isfile(path):
            self.answer(200, content(path))
        else:
            self.answer(404, b"no such file\n")

    do_HEAD = do_GET

    def do_POST(self):
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            body = self.read_chunks()
        else:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.answer(200, body)

    def read_chunks(self):
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(parts)


class Report(unittest.TextTestResult):
    """Prints what the peers said after each failure."""

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.show_logs(test)

    def addError(self, test, err):
        super().addError(test, err)
        self.show_logs(test)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.show_logs(subtest)

    def show_logs(self, test):
        self.stream.writeln(f"\n{last_words()}\n--- of {test}")


def last_words():
    """The end of the output of what runs and of what ended last."""
    texts = []
    for process in State.ended[-2:] + State.running:
        lines = process.log().splitlines()[-LOG_LINES:]
        texts += [f"--- end of the output of {process.name}:", *(line[:300] for line in lines)]
    return "\n".join(texts)


class Stopped(KeyboardInterrupt):
    """Time is up, or ctest wants an end. unittest lets only this kind of exception through."""


def stopped(number, _):
    raise Stopped(f"stopped by {signal.Signals(number).name} (the limit is {TIME_LIMIT} seconds)")


def clean_up():
    for process in list(State.running):
        process.stop(seconds=2)
    if State.space is not None:
        State.space.remove()


def main(*needs, modules=()):
    """Runs the tests of the calling file, or leaves with 77 when a program or module is missing."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--h2-client")
    parser.add_argument("--h2-server")
    arguments, rest = parser.parse_known_args()
    for program in ("openssl", *needs):
        if find(program) is None:
            print(f"skipped: {program} is not installed")
            sys.exit(SKIP_CODE)
    for module in modules:
        try:
            __import__(module)
        except ImportError as missing:
            print(f"skipped: {missing}")
            sys.exit(SKIP_CODE)
    State.client, State.server = arguments.h2_client, arguments.h2_server
    signal.signal(signal.SIGALRM, stopped)
    signal.signal(signal.SIGTERM, stopped)
    signal.alarm(TIME_LIMIT)
    # Where a proxy is configured, the peers must not send loopback addresses through it.
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            del os.environ[name]
    passed = False
    try:
        runner = unittest.TextTestRunner(stream=sys.stdout, verbosity=2, resultclass=Report)
        program = unittest.main(argv=[sys.argv[0], *rest], testRunner=runner, exit=False)
        passed = program.result.wasSuccessful() and program.result.testsRun > 0
    except Stopped as reason:
        print(f"{last_words()}\n{reason}")
    finally:
        signal.alarm(0)
        clean_up()
    sys.exit(0 if passed else 1)
