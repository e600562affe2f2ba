"""The kinds of file that are taken, told by their content: what a name or a browser claims is only compared."""

import zipfile
from dataclasses import dataclass
from typing import BinaryIO

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_MOST_PARTS = 2000
_MOST_UNPACKED = 100 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: the first extension is the one a name without any is given."""

    media_type: str
    extensions: tuple[str, ...]
    signature: bytes


KINDS = (
    Kind(PDF, ("pdf",), b"%PDF-"),
    Kind(JPEG, ("jpg", "jpeg", "jpe", "jfif"), b"\xff\xd8\xff"),
    Kind(PNG, ("png",), b"\x89PNG\r\n\x1a\n"),
    Kind(DOCX, ("docx",), b"PK\x03\x04"),
)


def recognised(content: BinaryIO) -> Kind | None:
    """The kind of the content, or None if it is none that is taken. Leaves the stream at its beginning."""
    content.seek(0)
    head = content.read(16)
    kind = next((kind for kind in KINDS if head.startswith(kind.signature)), None)
    if kind is not None and kind.media_type == DOCX and not is_plain_docx(content):
        kind = None
    content.seek(0)
    return kind


def is_plain_docx(content: BinaryIO) -> bool:
    """Whether a ZIP is a Word document without macros that unpacks to a sane size."""
    try:
        with zipfile.ZipFile(content) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
                return False
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                return False
            if "[Content_Types].xml" not in names:
                return False
            with archive.open("[Content_Types].xml") as types:
                return _MAIN in types.read(1024 * 1024)
    except Exception:  # a damaged archive fails in zipfile, zlib and codecs in many ways
        return False
