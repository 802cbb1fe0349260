# SPDX-License-Identifier: MIT
"""A client on python-h2, which holds the server to the states and windows of RFC 9113."""
import ssl
import unittest

from harness import connect, digest, fixture, main, space
from server_cases import ServerCases

try:
    import h2.config
    import h2.connection
    import h2.errors
    import h2.events
    import h2.settings
except ImportError:
    h2 = None  # main() says so


class Client:
    """One connection. answers: stream id -> [fields, body, complete]."""

    def __init__(self, server, settings=None):
        self.socket = connect(server.port)
        self.scheme = server.url.split(":")[0]
        if self.scheme == "https":
            context = ssl.create_default_context(cafile=space().ca)
            context.set_alpn_protocols(["h2"])
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        if settings:
            self.h2.local_settings = h2.settings.Settings(initial_values=settings)
        self.h2.initiate_connection()
        self.answers = {}
        self.events = []
        self.flush()
        self.run_until(lambda: self.seen("RemoteSettingsChanged"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def flush(self):
        self.socket.sendall(self.h2.data_to_send())

    def seen(self, name):
        return [event for event in self.events if type(event).__name__ == name]

    def turn(self):
        """Takes what the server sent and gives every octet of it back to the windows."""
        octets = self.socket.recv(65536)
        if not octets:
            raise AssertionError("the server ended the connection")
        for event in self.h2.receive_data(octets):
            self.events.append(event)
            answer = self.answers.get(getattr(event, "stream_id", None), [None, [], False])
            if isinstance(event, h2.events.DataReceived):
                answer[1].append(event.data)
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, h2.events.ResponseReceived):
                answer[0] = dict(event.headers)
            elif isinstance(event, h2.events.StreamEnded):
                answer[2] = True
            elif isinstance(event, (h2.events.StreamReset, h2.events.ConnectionTerminated)):
                raise AssertionError(event)
        self.flush()

    def run_until(self, condition):
        while not condition():
            self.turn()

    def request(self, path, method="GET", end=True, fields=()):
        stream = self.h2.get_next_available_stream_id()
        self.answers[stream] = [None, [], False]
        self.h2.send_headers(stream, [(":method", method), (":scheme", self.scheme),
                                      (":authority", "localhost"), (":path", path), *fields], end)
        return stream

    def send(self, stream, body, trailers=None):
        """The whole body, as the windows of the server allow, then the trailers."""
        sent = 0
        while sent < len(body):
            room = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size,
                       len(body) - sent)
            if room == 0:
                self.turn()
                continue
            self.h2.send_data(stream, body[sent:sent + room])
            sent += room
            self.flush()
        if trailers is None:
            self.h2.end_stream(stream)
        else:
            self.h2.send_headers(stream, trailers, end_stream=True)
        self.flush()

    def finish(self):
        self.flush()
        self.run_until(lambda: all(answer[2] for answer in self.answers.values()))
        return [(fields, b"".join(body)) for fields, body, _ in self.answers.values()]


class PythonH2(ServerCases, unittest.TestCase):
    options = ("--echo-upload",)

    def servers(self):
        return (self.tls, self.clear)

    def test_a_hundred_streams_at_once(self):
        for server in self.servers():
            with Client(server) as client:
                for _ in range(100):
                    client.request("/frame")
                self.assertEqual(client.h2.open_outbound_streams, 100)
                for fields, body in client.finish():
                    self.assertEqual(fields[":status"], "200")
                    self.assertEqual(body, fixture("frame"))

    def test_streams_take_turns_in_a_small_window(self):
        settings = {h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 1000}
        for server in self.servers():
            with Client(server, settings) as client:
                for _ in range(10):
                    client.request("/frame")
                for _, body in client.finish():
                    self.assertEqual(body, fixture("frame"))
                order = [event.stream_id for event in client.seen("DataReceived")]
                self.assertGreater(len(set(order[:20])), 1)

    def test_large_file_and_ping(self):
        for server in self.servers():
            with Client(server) as client:
                client.request("/big")
                client.h2.ping(b"01234567")
                (fields, body), = client.finish()
                self.assertEqual(digest(body), digest(fixture("big")))
                self.assertEqual(fields["content-length"], str(len(body)))
                client.run_until(lambda: client.seen("PingAckReceived"))
                self.assertTrue(client.seen("SettingsAcknowledged"))

    def test_upload_with_trailers_comes_back(self):
        for server in self.servers():
            with Client(server) as client:
                stream = client.request("/one", "POST", end=False)
                client.send(stream, fixture("big"), trailers=[("x-trailer", "at the end")])
                (fields, body), = client.finish()
                self.assertEqual(fields[":status"], "200")
                self.assertEqual(digest(body), digest(fixture("big")))

    def test_streams_that_are_given_up_do_not_disturb_others(self):
        for server in self.servers():
            with Client(server) as client:
                for _ in range(20):
                    stream = client.request("/big")
                    client.flush()
                    client.h2.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
                    del client.answers[stream]
                client.request("/frame")
                (_, body), = client.finish()
                self.assertEqual(body, fixture("frame"))

    def test_window_that_opens_by_settings(self):
        code = h2.settings.SettingCodes.INITIAL_WINDOW_SIZE
        for server in self.servers():
            with Client(server, {code: 0}) as client:
                client.request("/frame")
                client.flush()
                client.run_until(lambda: client.seen("ResponseReceived"))
                self.assertFalse(client.seen("DataReceived"))
                client.h2.update_settings({code: 100000})
                (_, body), = client.finish()
                self.assertEqual(body, fixture("frame"))


if __name__ == "__main__":
    main(modules=("h2",))
