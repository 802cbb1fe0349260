#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The event batch from another language: a client and a server in one process, by ctypes alone and
without a function that C calls.

usage: batch_ctypes.py LIBH2SESSION.SO
"""
import ctypes as c
import sys

CLIENT, SERVER = 1, 2
HEADERS, DATA, STREAM_END, STREAM_CLOSED = 1, 2, 3, 4
BODY_END = 1
TEXT = bytes(range(256)) * 300


class Field(c.Structure):
    _fields_ = [
        ("name", c.c_char_p),
        ("value", c.c_char_p),
        ("name_length", c.c_uint32),
        ("value_length", c.c_uint32),
        ("token", c.c_uint32),
        ("flags", c.c_uint32),
    ]


class Bytes(c.Structure):
    _fields_ = [("data", c.c_void_p), ("length", c.c_size_t)]


class Message(c.Structure):
    _fields_ = [
        ("size", c.c_size_t),
        ("fields", c.POINTER(Field)),
        ("field_count", c.c_size_t),
        ("read", c.c_void_p),
        ("read_user", c.c_void_p),
        ("stream_user", c.c_void_p),
    ]


class HeadersEvent(c.Structure):
    _fields_ = [
        ("size", c.c_size_t),
        ("stream_id", c.c_uint32),
        ("kind", c.c_uint32),
        ("end_stream", c.c_uint32),
        ("status", c.c_uint32),
        ("fields", c.POINTER(Field)),
        ("field_count", c.c_size_t),
        ("content_length", c.c_int64),
    ]


class DataEvent(c.Structure):
    _fields_ = [
        ("size", c.c_size_t),
        ("stream_id", c.c_uint32),
        ("reserved", c.c_uint32),
        ("data", c.c_void_p),
        ("length", c.c_size_t),
    ]


class Event(c.Structure):
    _fields_ = [
        ("size", c.c_size_t),
        ("kind", c.c_uint32),
        ("stream_id", c.c_uint32),
        ("struct", c.c_void_p),
    ]


def load(path):
    library = c.CDLL(path)
    for name in ("h2session_batch_session", "h2session_error_text"):
        getattr(library, name).restype = c.c_void_p
    library.h2session_wants.restype = c.c_uint32
    return library


class Side:
    """One side of the connection, with what it heard."""

    def __init__(self, library, role):
        self.library = library
        config = c.create_string_buffer(1024)  # larger than the struct: the rest must stay zero
        self.call("h2session_config_init", config, c.c_size_t(len(config)), c.c_uint32(role))
        self.batch = c.c_void_p()
        self.call("h2session_batch_new", c.byref(self.batch), config, None)
        self.session = c.c_void_p(library.h2session_batch_session(self.batch))
        self.fields = {}
        self.status = {}
        self.bodies = {}
        self.ended = set()
        self.closed = set()

    def call(self, name, *arguments):
        result = getattr(self.library, name)(*arguments)
        if result != 0:
            raise RuntimeError(f"{name} returned {result}")

    def free(self):
        self.library.h2session_batch_free(self.batch)

    def message(self, fields):
        array = (Field * len(fields))()
        for place, (name, value) in zip(array, fields):
            place.name, place.value = name, value
            place.name_length, place.value_length = len(name), len(value)
        return Message(c.sizeof(Message), array, len(fields), None, None, None)

    def request(self, fields):
        stream = c.c_uint32()
        message = self.message(fields)
        name = "h2session_batch_submit_request"
        self.call(name, self.batch, c.byref(message), c.byref(stream))
        return stream.value

    def respond(self, stream, fields):
        message = self.message(fields)
        name = "h2session_batch_submit_response"
        self.call(name, self.batch, c.c_uint32(stream), c.byref(message))

    def write(self, stream, octets, flags):
        name = "h2session_batch_submit_body"
        self.call(name, self.batch, c.c_uint32(stream), octets, c.c_size_t(len(octets)), flags)

    def output(self):
        """The octets that are to be sent now."""
        pieces = (Bytes * 8)()
        count = c.c_size_t()
        self.call("h2session_peek", self.session, pieces, c.c_size_t(8), c.byref(count))
        octets = b"".join(c.string_at(p.data, p.length) for p in pieces[: count.value])
        self.call("h2session_sent", self.session, c.c_size_t(len(octets)), c.c_uint64(1))
        self.pull()
        return octets

    def feed(self, octets):
        while octets:
            used = c.c_size_t()
            length = c.c_size_t(len(octets))
            self.call(
                "h2session_recv", self.session, octets, length, c.c_uint64(1), c.byref(used)
            )
            octets = octets[used.value :]
            self.pull()

    def pull(self):
        event = Event(c.sizeof(Event))
        self.call("h2session_batch_next", self.batch, c.byref(event))
        while event.kind != 0:
            self.hear(event)
            self.call("h2session_batch_next", self.batch, c.byref(event))
        self.library.h2session_batch_clear(self.batch)

    def hear(self, event):
        stream = event.stream_id
        if event.kind == HEADERS:
            headers = c.cast(event.struct, c.POINTER(HeadersEvent)).contents
            self.status[stream] = headers.status
            self.fields[stream] = [
                (c.string_at(f.name, f.name_length), c.string_at(f.value, f.value_length))
                for f in headers.fields[: headers.field_count]
            ]
        elif event.kind == DATA:
            data = c.cast(event.struct, c.POINTER(DataEvent)).contents
            self.bodies[stream] = self.bodies.get(stream, b"") + c.string_at(
                data.data, data.length
            )
        elif event.kind == STREAM_END:
            self.ended.add(stream)
        elif event.kind == STREAM_CLOSED:
            self.closed.add(stream)


def exchange(one, other):
    moved = True
    while moved:
        forth, back = one.output(), other.output()
        other.feed(forth)
        one.feed(back)
        moved = forth or back


def main():
    library = load(sys.argv[1])
    client, server = Side(library, CLIENT), Side(library, SERVER)
    request = [(b":method", b"POST"), (b":scheme", b"https"), (b":authority", b"a"), (b":path", b"/")]
    stream = client.request(request)
    client.write(stream, TEXT[:1000], 0)
    exchange(client, server)
    client.write(stream, TEXT[1000:], BODY_END)
    exchange(client, server)
    assert server.fields[stream] == request
    assert server.bodies[stream] == TEXT and stream in server.ended
    server.respond(stream, [(b":status", b"200")])
    server.write(stream, server.bodies[stream], BODY_END)
    exchange(client, server)
    assert client.status[stream] == 200 and client.bodies[stream] == TEXT
    assert client.closed == server.closed == {stream}
    client.free()
    server.free()
    print(f"{len(TEXT)} octets went forth and back")


if __name__ == "__main__":
    main()
