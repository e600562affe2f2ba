"""Colours as the look computes with them: OKLCH to light on a screen, contrast as WCAG 2.1 counts it."""

import math
from dataclasses import dataclass

from akta.errors import Invalid
from akta.languages import N_

READABLE = 4.5
"""The least contrast of text (WCAG 2.1 AA)."""


@dataclass(frozen=True, slots=True)
class Oklch:
    """Lightness 0 to 1, chroma, hue in degrees."""

    lightness: float
    chroma: float
    hue: float

    def css(self) -> str:
        return f"oklch({self.lightness:g} {self.chroma:g} {self.hue:g})"

    def linear(self) -> tuple[float, float, float]:
        """Linear sRGB, outside of 0 to 1 where a screen cannot show the colour."""
        a, b = self.chroma * math.cos(math.radians(self.hue)), self.chroma * math.sin(math.radians(self.hue))
        long = (self.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
        middle = (self.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
        short = (self.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
        return (
            4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
        )


class Unreadable(Invalid):
    """Text on this accent, or in it, could not be read."""

    title = N_("Text could not be read on this colour. Choose a darker or a greyer one.")


def contrast(one: Oklch, other: Oklch) -> float:
    """The ratio of WCAG 2.1, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Oklch) -> float:
    red, green, blue = (min(1.0, max(0.0, part)) for part in colour.linear())
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# The grounds an accent meets (`--ground` and `--well` of the tokens, light and dark) and the ink on it.
_PAPER, _NIGHT = Oklch(0.945, 0.006, 85), Oklch(0.272, 0.007, 85)
_ON_LIGHT, _ON_DARK = Oklch(0.99, 0.004, 200), Oklch(0.2, 0.03, 212)


def readable(accent: Oklch) -> bool:
    """Whether text in this accent and on it reaches 4.5 : 1 in both themes."""
    bright = _bright(accent)
    pairs = ((accent, _PAPER), (_ON_LIGHT, accent), (bright, _NIGHT), (_ON_DARK, bright))
    return all(contrast(text, ground) >= READABLE for text, ground in pairs)


def _bright(accent: Oklch) -> Oklch:
    """The accent at night."""
    return Oklch(0.78, min(accent.chroma, 0.09), accent.hue)


def accent_sheet(accent: Oklch) -> str:
    """The stylesheet that gives a utility its own accent in both themes; everything else stays.

    Raises:
        Unreadable: text in it or on it would fall below 4.5 : 1.
    """
    deep = Oklch(max(accent.lightness - 0.08, 0), accent.chroma, accent.hue)
    bright, brighter = _bright(accent), Oklch(0.85, min(accent.chroma, 0.07), accent.hue)
    if not readable(accent):
        raise Unreadable(accent.css())
    pairs = {
        "--accent": (accent, bright),
        "--accent-strong": (deep, brighter),
        "--on-accent": (_ON_LIGHT, _ON_DARK),
        "--accent-text": (accent, brighter),
        "--accent-soft": (Oklch(0.945, 0.02, accent.hue), Oklch(0.305, 0.03, accent.hue)),
        "--accent-line": (Oklch(0.56, min(accent.chroma, 0.09), accent.hue), Oklch(0.66, 0.08, accent.hue)),
    }
    lines = (f"  {name}: light-dark({light.css()}, {dark.css()});" for name, (light, dark) in pairs.items())
    return ":root {\n" + "\n".join(lines) + "\n}\n"
