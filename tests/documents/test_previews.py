"""Previews show what a file looks like and carry nothing else of it."""

import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO

import pytest
from PIL import Image

from documents import previews
from documents.kinds import DOCX, JPEG, PDF, PNG
from documents.previews import NoPreview
from tests.documents import samples


def _opened(content: bytes) -> Image.Image:
    picture = Image.open(BytesIO(content))
    assert picture.format == "PNG"
    return picture


def test_a_page_of_a_pdf_becomes_a_picture_of_the_width_asked() -> None:
    picture = _opened(previews.image(samples.pdf(), PDF, page=2, width=400))
    assert picture.width in (400, 401)
    red, _, blue = picture.convert("RGB").getpixel((20, 20))  # type: ignore[misc]  # a pixel of RGB is three numbers
    assert red > 200 > blue


def test_pages_are_counted() -> None:
    assert previews.pages(samples.pdf(3), PDF) == 3
    assert previews.pages(samples.jpeg(), JPEG) == 1
    assert previews.pages(samples.docx("text"), DOCX) == 0


def test_a_photo_is_shown_upright_smaller_and_without_its_data() -> None:
    content = previews.image(samples.jpeg(orientation=6), JPEG, width=16)
    assert b"Secret" not in content
    assert _opened(content).size == (8, 16)


def test_a_small_picture_is_not_blown_up() -> None:
    assert _opened(previews.image(samples.png(), PNG, width=2000)).size == samples.SIZE


@pytest.mark.parametrize(
    ("content", "media_type", "page"),
    [
        (samples.pdf(), PDF, 3),
        (samples.pdf(), PDF, 0),
        (samples.pdf()[:200], PDF, 1),
        (b"", PDF, 1),
        (samples.jpeg(), JPEG, 2),
        (samples.jpeg()[:200], JPEG, 1),
        (samples.jpeg(), PNG, 1),
        (samples.docx("text"), DOCX, 1),
        (b"<svg/>", "image/svg+xml", 1),
    ],
)
def test_what_cannot_be_shown_says_so(content: bytes, media_type: str, page: int) -> None:
    with pytest.raises(NoPreview):
        previews.image(content, media_type, page)


def test_a_width_beyond_reason_is_brought_back() -> None:
    assert _opened(previews.image(samples.pdf(1), PDF, width=10**9)).width <= previews.WIDEST + 1
    assert _opened(previews.image(samples.pdf(1), PDF, width=-5)).width >= 16


def test_a_page_a_mile_long_is_bounded() -> None:
    target = BytesIO()
    Image.new("L", (10, 4000)).save(target, "PDF")
    assert _opened(previews.image(target.getvalue(), PDF, width=1000)).height <= 3001


def test_many_threads_may_ask_at_once() -> None:
    content = samples.pdf()
    with ThreadPoolExecutor(4) as pool:
        shown = list(pool.map(lambda number: previews.image(content, PDF, page=1 + number % 2, width=50), range(12)))
    assert len({len(picture) for picture in shown}) == 1


def test_a_word_document_is_shown_as_its_paragraphs_and_rows() -> None:
    content = samples.docx("First <b>", "", "Second", table=[("a", "b"), ("c", "d")])
    assert previews.paragraphs(content) == ("First <b>", "Second", "a\tb", "c\td")


@pytest.mark.parametrize("content", [b"", samples.pdf(), samples.docx("text")[:500], samples.macro_docx()])
def test_what_is_no_word_document_has_no_paragraphs(content: bytes) -> None:
    with pytest.raises(NoPreview):
        previews.paragraphs(content)


def _with_body(xml: str, before: str = "") -> bytes:
    """A Word document with this XML as its text."""
    plain = zipfile.ZipFile(BytesIO(samples.docx("text")))
    target = BytesIO()
    with plain, zipfile.ZipFile(target, "w") as archive:
        for part in plain.infolist():
            namespace = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
            text = f"<?xml version='1.0'?>{before}<w:document {namespace}><w:body>{xml}</w:body></w:document>"
            archive.writestr(part.filename, text if part.filename == "word/document.xml" else plain.read(part))
    return target.getvalue()


def test_entities_are_not_followed() -> None:
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 100}">' for n in range(12))
    doctype = f"<!DOCTYPE d [{bomb}<!ENTITY file SYSTEM 'file:///etc/hostname'>]>"
    content = _with_body("<w:p><w:r><w:t>a&e11;&file;b</w:t></w:r></w:p>", doctype)
    with suppress(NoPreview):
        assert len("".join(previews.paragraphs(content))) < 100


def test_a_table_that_claims_to_be_a_billion_cells_wide_is_read_as_it_is() -> None:
    wide = '<w:tc><w:tcPr><w:gridSpan w:val="1000000000"/></w:tcPr><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc>'
    assert previews.paragraphs(_with_body(f"<w:tbl><w:tr>{wide}{wide}</w:tr></w:tbl>")) == ("a\ta",)


def test_an_endless_document_is_shown_from_its_beginning() -> None:
    content = _with_body("<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t></w:r></w:p>" * 5000)
    assert previews.paragraphs(content) == ("a\tb",) * 2000
