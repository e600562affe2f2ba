"""Names of uploaded files, made safe to keep, to show and to save again."""

import re
import unicodedata
from pathlib import PurePosixPath

LONGEST = 120
"""Characters of a kept name, its extension included."""

NAMELESS = "document"

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories of what cannot be seen: control characters, writing-direction and zero-width tricks."""

_RESERVED = re.compile(r'[<>:"|?*%]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def cleaned(name: str) -> str:
    """The name without path, hidden characters and what some system reserves; never empty, never too long."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(character for character in last if unicodedata.category(character) not in _HIDDEN)
    plain = " ".join(_RESERVED.sub("_", visible).split()).strip(". ")
    path = PurePosixPath(plain or NAMELESS)
    stem, suffix = (path.stem, path.suffix) if len(path.suffix) <= 10 else (path.name, "")
    stem = stem[: LONGEST - len(suffix)].strip(". ") or NAMELESS
    return f"_{stem}{suffix}" if _DEVICES.fullmatch(stem) else f"{stem}{suffix}"


def extension(name: str) -> str:
    """The extension of a cleaned name, in small letters without its dot; empty if it has none."""
    return PurePosixPath(name).suffix.lower().removeprefix(".")
