"""Colours of the look as a test needs them: read from the tokens, turned to light, compared."""

import math
import re
from collections.abc import Mapping

from api.assets import FOLDER

Oklch = tuple[float, float, float]

_PAIR = re.compile(r"(--[\w-]+):\s*light-dark\(oklch\(([\d. ]+)\),\s*oklch\(([\d. ]+)\)\)")
THEMES = ("light", "dark")


def tokens(*, contrast: bool = False) -> Mapping[str, Mapping[str, Oklch]]:
    """Every plain colour token by theme; `contrast` gives those of a reader who asked for more of it."""
    text = (FOLDER / "css" / "tokens.css").read_text()
    plain, _, more = text.partition("@media (prefers-contrast: more)")
    found: dict[str, dict[str, Oklch]] = {theme: {} for theme in THEMES}
    for part in (plain, more) if contrast else (plain,):
        for name, light, dark in _PAIR.findall(part):
            found["light"][name], found["dark"][name] = _numbers(light), _numbers(dark)
    return found


def _numbers(text: str) -> Oklch:
    lightness, chroma, hue = (float(number) for number in text.split())
    return lightness, chroma, hue


def linear(colour: Oklch) -> tuple[float, float, float]:
    """Linear sRGB, outside of 0 to 1 where a screen cannot show the colour."""
    lightness, chroma, hue = colour
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def contrast(one: Oklch, other: Oklch) -> float:
    """The ratio of WCAG 2.1."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Oklch) -> float:
    red, green, blue = (min(1.0, max(0.0, part)) for part in linear(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
