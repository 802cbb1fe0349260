# SPDX-License-Identifier: MIT
"""gRPC for Python calls h2-server: an echo whose trailer says that all went well is what a service
that answers with its request looks like."""
import unittest

from harness import main, space
from server_cases import ServerCases

try:
    import grpc
except ImportError:
    grpc = None  # main() says so

SECONDS = 60


class Grpcio(ServerCases, unittest.TestCase):
    options = ("--echo-upload", "--trailer", "grpc-status: 0")

    def channels(self):
        with open(space().ca, "rb") as file:
            credentials = grpc.ssl_channel_credentials(file.read())
        yield grpc.secure_channel(f"localhost:{self.tls.port}", credentials)
        yield grpc.insecure_channel(f"127.0.0.1:{self.clear.port}")

    def test_message_comes_back(self):
        for channel in self.channels():
            with channel:
                call = channel.unary_unary("/test.Echo/Say")
                for size in (0, 1, 70000, 3000000):
                    message = bytes(range(256)) * (size // 256 + 1)
                    self.assertEqual(call(message[:size], timeout=SECONDS), message[:size])

    def test_messages_come_back_as_they_are_sent(self):
        for channel in self.channels():
            with channel:
                call = channel.stream_stream("/test.Echo/Talk")
                messages = [b"%d" % n * n for n in range(200)]
                self.assertEqual(list(call(iter(messages), timeout=SECONDS)), messages)

    def test_calls_at_once_share_a_connection(self):
        for channel in self.channels():
            with channel:
                call = channel.unary_unary("/test.Echo/Say")
                running = [call.future(b"%d" % n, timeout=SECONDS) for n in range(90)]
                self.assertEqual([f.result() for f in running], [b"%d" % n for n in range(90)])


if __name__ == "__main__":
    main(modules=("grpc",))
