# SPDX-License-Identifier: MIT
"""The NDJSON frame log, version 1, as docs/trace-format.md has it: what each line may hold."""
import json

STRING, NUMBER, BOOLEAN = str, int, bool


class Octets:
    """A string member, or the same in hexadecimal with "_hex" behind its name."""


class ListOf:
    def __init__(self, item):
        self.item = item


FIELDS = ListOf({"name": Octets, "value": Octets, "sensitive": BOOLEAN})
PRIORITY = {"dependency": NUMBER, "weight": NUMBER, "exclusive": BOOLEAN}
CODE = {"error_code": NUMBER, "error_name": STRING}
REASON = {"reason": NUMBER, "reason_name": STRING, "text": STRING, "rfc?": STRING,
          "limit_name?": STRING}
LINE = {"time_ns": NUMBER, "connection?": NUMBER, "event": STRING}
FRAME = {**LINE, "direction": STRING, "type": STRING, "type_id": NUMBER, "flags": NUMBER,
         "flag_names": ListOf(STRING), "stream": NUMBER, "length": NUMBER}
SECTION = {"section?": STRING, "fields?": FIELDS}

FRAMES = {
    "DATA": {"pad_length?": NUMBER},
    "HEADERS": {"pad_length?": NUMBER, "priority?": PRIORITY, **SECTION},
    "PRIORITY": {"priority": PRIORITY},
    "RST_STREAM": CODE,
    "SETTINGS": {"settings": ListOf({"id": NUMBER, "name": STRING, "value": NUMBER})},
    "PUSH_PROMISE": {"pad_length?": NUMBER, "promised_stream": NUMBER, **SECTION},
    "PING": {"opaque": STRING},
    "GOAWAY": {"last_stream": NUMBER, **CODE, "debug": Octets},
    "WINDOW_UPDATE": {"increment": NUMBER},
    "CONTINUATION": SECTION,
    "ALTSVC": {"origin": Octets, "value": Octets},
    "ORIGIN": {"origins": ListOf(object)},
    "PRIORITY_UPDATE": {"prioritized_stream": NUMBER, "value": Octets},
    "UNKNOWN": {},
}

EVENTS = {
    "opened": {**LINE, "peer": STRING,
               "tls?": {"version": STRING, "cipher": STRING, "protocol": STRING,
                        "kernel?": STRING}},
    "ended": {**LINE, "why": Octets},
    "fault": {**LINE, "scope": STRING, "stream": NUMBER, **CODE, **REASON, "value": NUMBER,
              "limit": NUMBER, "forgiven": BOOLEAN},
    "stream_closed": {**LINE, "stream": NUMBER, **CODE, **REASON, "remote": BOOLEAN,
                      "complete": BOOLEAN, "unprocessed": BOOLEAN},
    "http1_request": {**LINE, "direction": STRING, "fields": FIELDS},
    "input": {**LINE, "length": NUMBER, "octets": STRING},
    "note": {**LINE, "text": Octets},
}

HEAD = {"format": STRING, "version": NUMBER, "program": STRING, "program_version": STRING,
        "started": STRING}


def check(value, kind, where):
    """Fails unless the value is of the kind."""
    if isinstance(kind, dict):
        check_object(value, kind, where)
    elif isinstance(kind, ListOf):
        assert isinstance(value, list), where
        for item in value:
            check(item, kind.item, where)
    else:
        assert isinstance(value, kind), f"{where}: {value!r}"
        assert isinstance(value, bool) == (kind is bool) or kind is object, where
        assert not isinstance(value, int) or 0 <= value < 2 ** 64, where


def check_object(value, members, where):
    assert isinstance(value, dict), where
    left = dict(value)
    for name, kind in members.items():
        key = name.rstrip("?")
        if kind is Octets:
            assert (key in left) != (key + "_hex" in left), f"{where}.{key}: {value}"
            kind = str
            if key not in left:
                key += "_hex"
                bytes.fromhex(left[key])
        if key in left:
            check(left.pop(key), kind, f"{where}.{key}")
        else:
            assert name.endswith("?"), f"{where}.{key} is not there: {value}"
    assert not left, f"{where}: {left} is not in the format"


def no_repeats(pairs):
    """An object of JSON, none of whose members is there twice."""
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), names
    return dict(pairs)


def read(text):
    """Head and records of a log, each of which was held against the format."""
    assert text.endswith("\n")
    assert all(c == "\n" or " " <= c < "\x7f" for c in text), "more than printable ASCII"
    head, *records = [json.loads(line, object_pairs_hook=no_repeats)
                      for line in text.splitlines()]
    check(head, HEAD, "head")
    assert (head["format"], head["version"]) == ("h2kit-trace", 1), head
    for record in records:
        event = record["event"]
        members = {**FRAME, **FRAMES[record["type"]]} if event == "frame" else EVENTS[event]
        check(record, members, record.get("type", event))
    return head, records
