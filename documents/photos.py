"""Photos: re-encoded without anything a camera wrote beside the picture (place, owner, device)."""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, BinaryIO, cast

from documents.kinds import JPEG, PNG

if TYPE_CHECKING:
    from PIL.Image import Exif, Image

SPOOLED = 1024 * 1024
"""Bytes of a file kept in memory before it goes to disk."""

_MOST_PIXELS = 50_000_000
"""What the largest phone cameras make; more would be an attack on memory."""

_MOST_DECODED = 100_000_000
"""Bytes of a decoded PNG, which cannot be decoded at a fraction of its size; resizing takes twice as much again."""

_DECODED_SIDE = 2500
"""A JPEG at least twice as large both ways is decoded at a fraction of its size."""

_LONGEST_SIDE = 5000
"""Pixels; a page of A4 scanned at 400 dpi still fits."""

_AT_ONCE = threading.BoundedSemaphore(2)
"""Decoded pictures are large; so many are in memory at a time."""

_FORMATS = {JPEG: "JPEG", PNG: "PNG"}
_TAKEN_AT, _ZONE = 0x9003, 0x9011  # DateTimeOriginal, OffsetTimeOriginal
_EXIF = 0x8769


class NoPicture(ValueError):
    """The content is no picture that can be decoded, or one too large to."""


def reencoded(content: BinaryIO, media_type: str, zone: tzinfo = UTC) -> tuple[BinaryIO, datetime | None]:
    """The picture alone, upright, as a new temporary file, and when it was taken if the camera said so.

    Args:
        zone: the zone of a camera that wrote none.

    Raises:
        NoPicture: it cannot be decoded.
    """
    target = cast("BinaryIO", tempfile.SpooledTemporaryFile(SPOOLED))  # noqa: SIM115
    try:
        with opened(content, media_type) as picture:
            taken_at = _taken_at(picture.getexif(), zone)
            _save(upright(picture, _LONGEST_SIDE), _FORMATS[media_type], target)
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return target, taken_at


@contextmanager
def opened(content: BinaryIO, media_type: str) -> Iterator["Image"]:
    """A picture of exactly this type, its size checked before a pixel is decoded; what breaks inside is NoPicture."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # our own limit is stricter, and Pillow's would only warn
    with _AT_ONCE:
        try:
            with Image.open(content, formats=(_FORMATS[media_type],)) as picture:
                _check_size(picture)
                yield picture
        except NoPicture:
            raise
        except Exception as broken:  # hostile content breaks decoders in every way there is
            raise NoPicture(str(broken)) from broken


def _check_size(picture: "Image") -> None:
    pixels = picture.width * picture.height
    decoded = pixels * len(picture.getbands()) if picture.format == "PNG" else 0
    if pixels > _MOST_PIXELS or decoded > _MOST_DECODED:
        raise NoPicture(f"{picture.width} x {picture.height} pixels")


def upright(picture: "Image", longest_side: int) -> "Image":
    """The first frame, turned as it was held, no larger than asked, without any information beside the pixels."""
    from PIL import ImageOps

    picture.draft(None, (_DECODED_SIDE, _DECODED_SIDE))
    picture.thumbnail((longest_side, longest_side), reducing_gap=None)
    turned = ImageOps.exif_transpose(picture)
    plain = turned.convert(_plain_mode(picture))
    plain.info = {}
    return plain


def _plain_mode(picture: "Image") -> str:
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        return "RGBA"
    return "L" if picture.mode in ("1", "L", "I", "I;16", "F") else "RGB"


def _save(picture: "Image", form: str, target: BinaryIO) -> None:
    if form == "JPEG":
        picture.save(target, form, quality=90)
    else:
        picture.save(target, form)


def _taken_at(exif: "Exif", zone: tzinfo) -> datetime | None:
    fields = exif.get_ifd(_EXIF)
    written, offset = str(fields.get(_TAKEN_AT, "")), str(fields.get(_ZONE, ""))
    try:
        taken = datetime.strptime(written.strip("\0 "), "%Y:%m:%d %H:%M:%S").replace(tzinfo=zone)
    except ValueError:
        return None
    with suppress(ValueError):
        taken = taken.replace(tzinfo=datetime.strptime(offset.strip("\0 "), "%z").tzinfo)
    return taken.astimezone(UTC)
