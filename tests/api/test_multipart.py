"""The reader of multipart bodies understands them however they are cut, and refuses what is none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.multipart import LONGEST_FIELD, MOST_PARTS, Field, FileBegins, FileChunk, FileEnds, PartReader, Unreadable

TYPE = 'multipart/form-data; boundary="-x-"'


def body(*parts: tuple[str, str | None, bytes]) -> bytes:
    out = b""
    for name, file_name, content in parts:
        disposition = f'form-data; name="{name}"' + (f'; filename="{file_name}"' if file_name is not None else "")
        out += b"---x-\r\nContent-Disposition: " + disposition.encode() + b"\r\n\r\n" + content + b"\r\n"
    return out + b"---x---\r\n"


def read(content: bytes, size: int) -> list[tuple[str, str, bytes]]:
    """Fields and whole files, from a body fed in pieces of `size`."""
    reader, found, name, file_name, gathered = PartReader(TYPE), [], "", "", b""
    for start in range(0, len(content), size):
        for part in reader.feed(content[start : start + size]):
            if isinstance(part, Field):
                found.append((part.name, "", part.value.encode()))
            elif isinstance(part, FileBegins):
                name, file_name, gathered = part.name, part.file_name, b""
            elif isinstance(part, FileChunk):
                gathered += part.content
            elif isinstance(part, FileEnds):
                found.append((name, file_name, gathered))
    reader.finish()
    return found


@settings(deadline=None)
@given(
    st.integers(1, 40), st.binary(max_size=200), st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]))
)
def test_it_reads_the_same_however_the_body_is_cut(size: int, content: bytes, text: str) -> None:
    whole = body(("text", None, text.encode()), ("file", "měřidlo.png", content), ("last", None, b""))
    assert read(whole, size) == [("text", "", text.encode()), ("file", "měřidlo.png", content), ("last", "", b"")]


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_rubbish_is_refused_or_read_but_never_breaks(content: bytes) -> None:
    try:
        read(content, 7)
    except Unreadable:
        return


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; x=y"])
def test_a_body_without_a_boundary_is_refused(kind: str) -> None:
    with pytest.raises(Unreadable):
        PartReader(kind)


def test_a_field_too_long_and_parts_too_many_are_refused() -> None:
    with pytest.raises(Unreadable):
        read(body(("a", None, b"x" * (LONGEST_FIELD + 1))), 65_536)
    with pytest.raises(Unreadable):
        read(body(*[("a", None, b"")] * (MOST_PARTS + 1)), 65_536)


def test_a_body_that_breaks_off_is_refused() -> None:
    with pytest.raises(Unreadable):
        read(body(("a", "a.pdf", b"x" * 100))[:-60], 10)
