# SPDX-License-Identifier: MIT
"""A strict reader of OpenMetrics 1.0 text: what a scraper may refuse is refused here."""
import math
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? (\S+)")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(,|$)')
SUFFIXES = {"counter": ("_total",), "gauge": ("",), "info": ("_info",),
            "histogram": ("_bucket", "_count", "_sum")}


class Family:
    def __init__(self, name, kind):
        self.name = name
        self.kind = kind
        self.unit = ""
        self.help = None
        self.samples = {}


def labels_of(text):
    labels = {}
    at = 0
    while text is not None and at < len(text):
        match = LABEL.match(text, at)
        assert match, f"bad labels {text!r}"
        assert match[1] not in labels, f"label twice in {text!r}"
        assert not match[1].startswith("__"), text
        labels[match[1]] = match[2]
        at = match.end()
    assert text is None or text == "" or not text.endswith(","), text
    return labels


def number_of(text):
    assert re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", text), f"no number: {text!r}"
    return float(text)


def check_histogram(family):
    buckets = [(labels, value) for (name, labels), value in family.samples.items()
               if name == family.name + "_bucket"]
    bounds = [dict(labels)["le"] for labels, _ in buckets]
    values = [value for _, value in buckets]
    assert all(bound == "+Inf" or re.fullmatch(r"\d+\.\d+", bound) for bound in bounds), bounds
    numbers = [math.inf if bound == "+Inf" else float(bound) for bound in bounds]
    assert numbers == sorted(set(numbers)) and numbers[-1] == math.inf, bounds
    assert values == sorted(values), values
    assert family.samples[(family.name + "_count", ())] == values[-1]
    assert (family.name + "_sum", ()) in family.samples


def check(family):
    assert family.help is not None, f"{family.name} has no HELP"
    assert family.unit == "" or family.name.endswith("_" + family.unit), family.name
    if family.kind == "histogram":
        check_histogram(family)
    if family.kind in ("counter", "histogram"):
        assert all(value >= 0 for value in family.samples.values())
    if family.kind == "info":
        assert set(family.samples.values()) == {1.0}


class Reader:
    def __init__(self):
        self.families = {}
        self.current = None

    def describe(self, word, name, rest):
        if word == "TYPE":
            assert name not in self.families, f"{name} twice"
            assert re.fullmatch(NAME, name) and rest in SUFFIXES, (name, rest)
            assert not (rest == "counter" and name.endswith("_total")), name
            self.current = self.families[name] = Family(name, rest)
            return
        family = self.current
        assert family is not None and family.name == name, f"{word} {name} is not with its TYPE"
        assert not family.samples, f"{word} after samples of {name}"
        if word == "UNIT":
            assert family.unit == ""
            family.unit = rest
        else:
            assert word == "HELP" and family.help is None, word
            assert rest and not re.search(r"\\[^\\n\"]", rest), rest
            family.help = rest

    def sample(self, line):
        match = SAMPLE.fullmatch(line)
        assert match, f"bad sample: {line!r}"
        name, labels, value = match.groups()
        family = self.current
        assert family and any(name == family.name + suffix for suffix in SUFFIXES[family.kind]), \
            f"{name} is not of the family before"
        labels = labels_of(labels)
        assert ("le" in labels) == name.endswith("_bucket"), line
        key = (name, tuple(sorted(labels.items())))
        assert key not in family.samples, f"twice: {line}"
        family.samples[key] = number_of(value)


def read(text):
    """The families by name."""
    assert text.endswith("# EOF\n"), "no end"
    assert "\r" not in text
    reader = Reader()
    for line in text.splitlines()[:-1]:
        if line.startswith("# "):
            word, name, rest = line[2:].split(" ", 2)
            reader.describe(word, name, rest)
        else:
            reader.sample(line)
    for family in reader.families.values():
        check(family)
    return reader.families


def value(families, name, **labels):
    """Of one sample."""
    key = (name, tuple(sorted(labels.items())))
    for family in families.values():
        if key in family.samples:
            return family.samples[key]
    raise KeyError(key)
