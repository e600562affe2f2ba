"""Previews: pages of a PDF and photos as PNG, Word documents as plain paragraphs."""

import threading
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, Any

from akta.errors import NotFound
from akta.languages import N_
from documents import photos
from documents.kinds import DOCX, JPEG, PDF, PNG, is_plain_docx

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH = 1000
"""Pixels of a preview, unless asked otherwise."""

WIDEST = 2400
_TALLEST = 3  # times the width: a page a mile long is shown from its top
_MOST_PAGES = 500

_MOST_PARAGRAPHS = 2000
_LONGEST_PARAGRAPH = 10_000

_PDFIUM = threading.Lock()
"""PDFium knows no threads."""


class NoPreview(NotFound):
    """The file cannot be shown: another kind, damaged, locked by a password, or without that page."""

    title = N_("There is no preview of this file. Download it to look at it.")


def pages(content: bytes, media_type: str) -> int:
    """How many pages can be shown: of a PDF its own (500 at most), of a picture one, of anything else none."""
    if media_type in (JPEG, PNG):
        return 1
    if media_type != PDF:
        return 0
    with _PDFIUM, _Pdf(content) as document:
        return min(len(document), _MOST_PAGES)


def image(content: bytes, media_type: str, page: int = 1, width: int = WIDTH) -> bytes:
    """One page as PNG, `width` pixels wide at most, with nothing of the file's own information in it.

    Raises:
        NoPreview: it cannot be shown.
    """
    width = max(16, min(width, WIDEST))
    if media_type == PDF:
        return _png(_pdf_page(content, page, width))
    if media_type not in (JPEG, PNG) or page != 1:
        raise NoPreview(f"page {page} of {media_type}")
    try:
        with photos.opened(BytesIO(content), media_type) as picture:
            return _png(photos.upright(picture, width))
    except photos.NoPicture as broken:
        raise NoPreview(str(broken)) from broken


def paragraphs(content: bytes, media_type: str = DOCX) -> tuple[str, ...]:
    """The text of a Word document, paragraph by paragraph; a table row is one, its cells parted by tabs.

    Raises:
        NoPreview: it cannot be read.
    """
    if media_type != DOCX or not is_plain_docx(BytesIO(content)):
        raise NoPreview(media_type)
    from documents import _word_text

    try:
        texts = islice((text for text in _word_text.blocks(content) if text.strip()), _MOST_PARAGRAPHS)
        return tuple(text[:_LONGEST_PARAGRAPH] for text in texts)
    except _word_text.Unreadable as broken:
        raise NoPreview(str(broken)) from broken


def _pdf_page(content: bytes, number: int, width: int) -> "Image":
    with _PDFIUM, _Pdf(content) as document:
        if not 1 <= number <= min(len(document), _MOST_PAGES):
            raise NoPreview(f"page {number}")
        page = document[number - 1]
        across, down = page.get_size()
        if across <= 0 or down <= 0:
            raise NoPreview(f"page {number} has no size")
        scale = min(width / across, width * _TALLEST / down)
        bitmap = page.render(scale=scale, may_draw_forms=False)
        try:
            picture: Image = bitmap.to_pil().convert("RGB")
            return picture
        finally:
            bitmap.close()
            page.close()


class _Pdf:
    """An open PDF; what PDFium cannot read is NoPreview."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __enter__(self) -> Any:
        import pypdfium2

        try:
            self._document = pypdfium2.PdfDocument(self._content)
        except pypdfium2.PdfiumError as broken:
            raise NoPreview(str(broken)) from broken
        return self._document

    def __exit__(self, *_exception: object) -> None:
        self._document.close()


def _png(picture: "Image") -> bytes:
    target = BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()
