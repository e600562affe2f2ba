"""A model as text whose places are known, so that a change touches nothing but what it is about."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from xml.parsers import expat

from lxml import etree

from bpmn.xml import BPMN, local, parse

_ATTRIBUTE = re.compile(rb"\s+([^\s=]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
_DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")


@dataclass(slots=True)
class Span:
    """Where an element stands, in bytes: its start tag, then its end tag (where the start tag closes itself, none)."""

    begin: int
    opened: int = 0
    closing: int = 0
    end: int = 0
    empty: bool = False


@dataclass(slots=True)
class _Change:
    """What becomes of one element."""

    dropped: set[str] = field(default_factory=set)
    added: dict[str, str] = field(default_factory=dict)
    first: list[str] = field(default_factory=list)
    last: list[str] = field(default_factory=list)
    text: str | None = None


class Source:
    """A document and the changes to make in it.

    Raises:
        ValueError: as `bpmn.xml.parse`.
    """

    def __init__(self, content: bytes) -> None:
        self.root = parse(content)
        self._content = _as_utf8(content, self.root.getroottree().docinfo.encoding or "UTF-8")
        self._nodes = list(self.root.iter())
        """Held, because a node of lxml that nobody holds is another object the next time."""
        self._spans = dict(zip(self._nodes, _spans(self._content), strict=True))
        self._changes: dict[etree._Element, _Change] = {}
        self._gone: set[etree._Element] = set()

    def nodes(self) -> Iterator[etree._Element]:
        yield from self._nodes

    def drop(self, node: etree._Element) -> None:
        """Take an element out with everything in it."""
        self._gone.add(node)

    def dropped(self, node: etree._Element) -> bool:
        return node in self._gone

    def drop_attribute(self, node: etree._Element, name: str) -> None:
        """Take out an attribute, by its name as lxml has it (`{namespace}name`)."""
        prefixes = {f"{{{uri}}}": prefix for prefix, uri in _scope(node).items() if prefix}
        space, _, bare = name.rpartition("}")
        written = f"{prefixes[space + '}']}:{bare}" if space else bare
        self._change(node).dropped.add(written)

    def add_attribute(self, node: etree._Element, name: str, value: str) -> None:
        """Add an attribute, by its name as it is to be written."""
        self._change(node).added[name] = value

    def put_text(self, node: etree._Element, text: str) -> None:
        """Replace all that an element holds by a text."""
        self._change(node).text = escape(text, quote=False)

    def append(self, node: etree._Element, xml: str) -> None:
        """Put something last into an element."""
        self._change(node).last.append(xml)

    def prepend(self, node: etree._Element, xml: str) -> None:
        """Put something first into an element, but for its documentation."""
        self._change(node).first.append(xml)

    def written(self) -> bytes:
        """The document with every change made; where there is none, the bytes that came."""
        edits = [edit for node, change in self._changes.items() if not self._is_gone(node) for edit in
                 self._edits(node, change)]  # fmt: skip
        edits += [self._without(node) for node in self._gone if not self._is_gone(node.getparent())]
        result = self._content
        for begin, end, replacement in sorted(edits, key=lambda edit: edit[:2], reverse=True):
            result = result[:begin] + replacement + result[end:]
        return result

    def _change(self, node: etree._Element) -> _Change:
        return self._changes.setdefault(node, _Change())

    def _is_gone(self, node: etree._Element | None) -> bool:
        while node is not None:
            if node in self._gone:
                return True
            node = node.getparent()
        return False

    def _without(self, node: etree._Element) -> tuple[int, int, bytes]:
        """From the end of what stands before the element, so that no empty line stays."""
        span = self._spans[node]
        before = self._content[: span.begin]
        kept = len(before.rstrip())
        return (kept if before[kept - 1 : kept] == b">" else span.begin), span.end, b""

    def _edits(self, node: etree._Element, change: _Change) -> Iterator[tuple[int, int, bytes]]:
        span = self._spans[node]
        tag = self._content[span.begin : span.opened]
        for found in _ATTRIBUTE.finditer(tag):
            if found[1].decode() in change.dropped:
                yield span.begin + found.start(), span.begin + found.end(), b""
        closes = span.opened - (2 if span.empty else 1)
        added = "".join(f' {name}="{_quoted(value)}"' for name, value in change.added.items()).encode()
        inside = "".join((*change.first, change.text or "", *change.last)).encode()
        if span.empty:
            name = tag[1:].split(None, 1)[0].rstrip(b"/>")
            shut = b">" + inside + b"</" + name + b">" if inside else b""
            if added or inside:
                yield (closes, span.opened, added + (shut or b"/>"))
            return
        if added:
            yield closes, closes, added
        if change.text is not None:
            yield span.opened, span.closing, inside
        else:
            if change.first:
                place = self._after_words(node)
                yield place, place, "".join(change.first).encode()
            if change.last:
                place = len(self._content[: span.closing].rstrip()) if len(node) else span.closing
                yield place, place, "".join(change.last).encode()

    def _after_words(self, node: etree._Element) -> int:
        words = [child for child in node.iterchildren() if child.tag == f"{BPMN}documentation"]
        return self._spans[words[-1]].end if words else self._spans[node].opened

    def indent(self, node: etree._Element) -> str:
        """The line break and the blanks that stand before an element; nothing where it begins no line."""
        before = self._content[: self._spans[node].begin]
        blanks = before[len(before.rstrip()) :].decode()
        return "\n" + blanks.rpartition("\n")[2] if "\n" in blanks else ""


def prefix(node: etree._Element, namespace: str) -> str | None:
    """The prefix under which a namespace is known there, with its colon; None when it is not."""
    for name, uri in sorted(_scope(node).items(), key=lambda entry: entry[0] is None):
        if uri == namespace:
            return f"{name}:" if name else ""
    return None


def tag_of(node: etree._Element) -> str:
    """The element's name as it is written."""
    return f"{node.prefix}:{local(node)}" if node.prefix else local(node)


def _scope(node: etree._Element) -> dict[str | None, str]:
    return {name: str(uri) for name, uri in node.nsmap.items()}


def _quoted(value: str) -> str:
    return escape(value).replace("\n", "&#10;").replace("\t", "&#9;").replace("\r", "&#13;")


def attributes(values: dict[str, str]) -> str:
    """Attributes as they are written, with a blank before each."""
    return "".join(f' {name}="{_quoted(value)}"' for name, value in values.items())


def _as_utf8(content: bytes, encoding: str) -> bytes:
    if encoding.upper() in ("UTF-8", "ASCII", "US-ASCII"):
        return content
    text = content.decode(encoding)
    return _DECLARED.sub('<?xml version="1.0" encoding="UTF-8"?>', text.lstrip("\ufeff"), count=1).encode()


def _spans(content: bytes) -> list[Span]:
    """A span for each element, in the order of the document."""
    spans: list[Span] = []
    open_: list[Span] = []
    parser = expat.ParserCreate()

    def start(_name: str, _attributes: object) -> None:
        begin = parser.CurrentByteIndex
        opened = _end_of_tag(content, begin)
        span = Span(begin, opened, empty=content[opened - 2 : opened] == b"/>")
        spans.append(span)
        open_.append(span)

    def end(_name: str) -> None:
        span = open_.pop()
        span.closing = span.opened if span.empty else parser.CurrentByteIndex
        span.end = span.opened if span.empty else content.index(b">", span.closing) + 1

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(content, True)
    return spans


def _end_of_tag(content: bytes, begin: int) -> int:
    """Behind the `>` of a start tag; one inside quotes is none."""
    place, quote = begin, 0
    while True:
        byte = content[place]
        if quote:
            quote = 0 if byte == quote else quote
        elif byte in b"\"'":
            quote = byte
        elif byte == ord(">"):
            return place + 1
        place += 1
