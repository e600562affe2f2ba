"""The colours of the look, read from its tokens."""

import re
from collections.abc import Mapping

from api.assets import FOLDER
from api.colours import Oklch

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
    return Oklch(*(float(number) for number in text.split()))
