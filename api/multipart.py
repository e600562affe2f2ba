"""A multipart body read as it comes: small fields in memory, each file handed on chunk by chunk."""

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser

from akta.errors import Invalid
from akta.languages import N_

LONGEST_FIELD = 256 * 1024
MOST_PARTS = 1000


class Unreadable(Invalid):
    """The body is not the form it says it is, or has more in it than any of our forms."""

    title = N_("What was sent cannot be read.")


@dataclass(frozen=True, slots=True)
class Field:
    """A finished field that is no file."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class FileBegins:
    name: str
    file_name: str


@dataclass(frozen=True, slots=True)
class FileChunk:
    content: bytes


@dataclass(frozen=True, slots=True)
class FileEnds:
    pass


Part = Field | FileBegins | FileChunk | FileEnds


class PartReader:
    """Feed it chunks of a body; it gives back what has become known.

    Raises:
        Unreadable: from `feed` and `finish`: broken, too many parts, or a field too long.
    """

    def __init__(self, content_type: str) -> None:
        boundary = _parameters("content-type", content_type).get("boundary", "")
        if not boundary:
            raise Unreadable("no boundary")
        self._ready: list[Part] = []
        self._headers: dict[str, str] = {}
        self._header_name = bytearray()
        self._header_value = bytearray()
        self._name = ""
        self._is_file = False
        self._value = bytearray()
        self._parts = 0
        self._ended = False
        self._parser = self._new_parser(boundary)

    def feed(self, chunk: bytes) -> Iterator[Part]:
        try:
            self._parser.write(chunk)
        except FormParserError as broken:
            raise Unreadable(str(broken)) from broken
        ready, self._ready = self._ready, []
        yield from ready

    def finish(self) -> None:
        if not self._ended:
            raise Unreadable("the body breaks off")

    def _new_parser(self, boundary: str) -> MultipartParser:
        callbacks = {
            "on_part_begin": self._part_begins,
            "on_header_field": self._header_field,
            "on_header_value": self._header_part,
            "on_header_end": self._header_ends,
            "on_headers_finished": self._headers_end,
            "on_part_data": self._data,
            "on_part_end": self._part_ends,
            "on_end": self._body_ends,
        }
        try:
            return MultipartParser(boundary.encode("latin-1"), callbacks)  # type: ignore[arg-type]
        except (FormParserError, UnicodeEncodeError) as broken:
            raise Unreadable(str(broken)) from broken

    def _part_begins(self) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise Unreadable("too many parts")
        self._headers = {}
        self._value = bytearray()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _header_part(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _header_ends(self) -> None:
        name = self._header_name.decode("latin-1").lower()
        self._headers[name] = self._header_value.decode("utf-8", "replace")
        self._header_name, self._header_value = bytearray(), bytearray()

    def _headers_end(self) -> None:
        parameters = _parameters("content-disposition", self._headers.get("content-disposition", ""))
        self._name = parameters.get("name", "")
        self._is_file = "filename" in parameters
        if self._is_file:
            self._ready.append(FileBegins(self._name, parameters["filename"]))

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._ready.append(FileChunk(data[start:end]))
            return
        self._value += data[start:end]
        if len(self._value) > LONGEST_FIELD:
            raise Unreadable("a field is too long")

    def _part_ends(self) -> None:
        if self._is_file:
            self._ready.append(FileEnds())
        else:
            self._ready.append(Field(self._name, self._value.decode("utf-8", "replace")))

    def _body_ends(self) -> None:
        self._ended = True


def _parameters(name: str, value: str) -> dict[str, str]:
    """The parameters of a structured header, quoting undone."""
    message = Message()
    message[name] = value.replace("\r", " ").replace("\n", " ")
    found = message.get_params(header=name) or []
    return {key.lower(): text for key, text in found[1:]}
