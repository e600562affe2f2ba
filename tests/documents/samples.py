"""Small real files for tests: pictures with camera data, PDF, Word documents, and hostile ones."""

import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO

from PIL import Image

from documents.kinds import DOCX

SIZE = (40, 20)
"""Pixels of a sample picture: left half red, right half blue."""


def picture() -> Image.Image:
    made = Image.new("RGB", SIZE, "red")
    made.paste("blue", (SIZE[0] // 2, 0, *SIZE))
    return made


def jpeg(*, taken: str = "", zone: str = "", orientation: int = 1, size: tuple[int, int] | None = None) -> bytes:
    """A JPEG with what a phone writes into it: owner, place, device."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F], exif[0x013B] = "Secret Device", "Secret Owner"
    exif.get_ifd(0x8825)[1] = "N"
    if taken:
        exif.get_ifd(0x8769)[0x9003] = taken
    if zone:
        exif.get_ifd(0x8769)[0x9011] = zone
    target = BytesIO()
    made = picture() if size is None else Image.new("RGB", size)
    made.save(target, "JPEG", exif=exif, comment=b"Secret Comment", quality=95)
    return target.getvalue()


def png(mode: str = "RGB", size: tuple[int, int] | None = None) -> bytes:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Author", "Secret Owner")
    target = BytesIO()
    made = picture().convert(mode) if size is None else Image.new("RGBA", size)
    made.save(target, "PNG", pnginfo=info)
    return target.getvalue()


def pdf(pages: int = 2) -> bytes:
    target = BytesIO()
    first, *others = [picture().resize((300, 200)) for _ in range(pages)]
    first.save(target, "PDF", save_all=True, append_images=others)
    return target.getvalue()


def docx(*paragraphs: str, header: str = "", table: Sequence[Sequence[str]] = (), title: str = "") -> bytes:
    from docx import Document

    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    if table:
        made = document.add_table(0, len(table[0]))
        for cells in table:
            for cell, text in zip(made.add_row().cells, cells, strict=True):
                cell.text = text
    document.core_properties.title = title
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def with_part(archive: bytes, name: str, content: bytes) -> bytes:
    """A ZIP with one more file in it."""
    target = BytesIO(archive)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(name, content)
    return target.getvalue()


def macro_docx() -> bytes:
    return with_part(docx("text"), "word/vbaProject.bin", b"x")


def zip_bomb() -> bytes:
    return with_part(docx("text"), "word/media/large.bin", bytes(101 * 1024 * 1024))


WHOLE: dict[str, Callable[[], bytes]] = {"pdf": pdf, "jpg": jpeg, "png": png, "docx": lambda: docx("text")}
MEDIA_TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png", "docx": DOCX}
