"""Drawn papers of the demo's cases: a photo of a meter and a power of attorney, in the typeface of the pages."""

import io
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from api.assets import FOLDER

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

INK, DIAL, WALL, PAPER, RED = "#1c1b19", "#f7f5ef", "#b9b2a4", "#fdfcf8", "#b3261e"
DIGITS, PLACES = 5, 3
_LATIN, _LATIN_EXTENDED = "source-sans-3-latin.woff2", "source-sans-3-latin-ext.woff2"
"""The pages' typeface comes in two files: Western letters, and those with the marks of Czech, Hungarian and Polish."""


def meter_photo(serial: str, value: Decimal) -> bytes:
    """The dial of a hot-water meter that shows a value in m³, as JPEG."""
    picture, draw = _sheet((960, 720), WALL)
    draw.ellipse((180, 60, 780, 660), fill=DIAL, outline="#6b665c", width=14)
    digits = f"{value:0{DIGITS + 1 + PLACES}.{PLACES}f}".replace(".", "")
    for place, digit in enumerate(digits):
        left = 250 + 58 * place
        draw.rectangle((left, 250, left + 50, 330), fill=INK if place < DIGITS else RED)
        _write(draw, (left + 25, 312), digit, 60, "white", weight=600)
    _write(draw, (480, 410), "m³", 48)
    _write(draw, (480, 520), f"No. {serial}", 44)
    return _jpeg(picture)


def power_of_attorney(title: str, lines: Sequence[str]) -> bytes:
    """A scanned sheet with a title, some lines, and a signature below the last one, as JPEG."""
    picture, draw = _sheet((840, 1188), PAPER)
    _write(draw, (420, 190), title, 58, weight=600)
    for number, line in enumerate(lines):
        _write(draw, (420, 330 + 70 * number), line, 34)
    foot = 460 + 70 * len(lines)
    draw.line([(480 + 12 * step, foot - 14 - 22 * (step % 2)) for step in range(18)], fill="#27408b", width=5)
    draw.line((460, foot + 12, 740, foot + 12), fill=INK, width=2)
    return _jpeg(picture)


def _sheet(size: tuple[int, int], colour: str) -> tuple["Image", "ImageDraw"]:
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", size, colour)
    return picture, ImageDraw.Draw(picture)


def _write(
    draw: "ImageDraw", middle: tuple[float, float], text: str, size: int, colour: str = INK, weight: int = 400
) -> None:
    """Text centred on a point of its base line, each letter from the file that has it."""
    fonts = [_font(_LATIN if ord(letter) < 0x100 else _LATIN_EXTENDED, size, weight) for letter in text]
    widths = [font.getlength(letter) for letter, font in zip(text, fonts, strict=True)]
    left = middle[0] - sum(widths) / 2
    for letter, font, width in zip(text, fonts, widths, strict=True):
        draw.text((left, middle[1]), letter, colour, font, anchor="ls")
        left += width


@cache
def _font(name: str, size: int, weight: int) -> "FreeTypeFont":
    from PIL import ImageFont

    font = ImageFont.truetype(FOLDER / "vendor" / name, size)
    font.set_variation_by_axes([weight])
    return font


def _jpeg(picture: "Image") -> bytes:
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=88)
    return content.getvalue()
