"""A bundle as one ZIP file: written the same way every time, read as if it came from an enemy."""

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Mapping
from typing import IO

from bpmn.bundle._errors import BundleError

MAX_ARCHIVE = 20_000_000
MAX_TOTAL = 40_000_000
MAX_FILE = 10_000_000
MAX_FILES = 500
"""Bytes, and number of entries. A bundle in earnest has some fifty files and two megabytes."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
_LANGUAGE = r"[a-z]{2}(?:-[A-Z]{2})?"
_NAME = r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}"
_ALLOWED = re.compile(
    rf"bundle\.toml|process\.bpmn|README\.md|{_NAME}\.dmn|forms/{_NAME}\.form|letters/{_NAME}\.{_LANGUAGE}\.docx"
    rf"|i18n/{_LANGUAGE}\.toml|scenarios/{_NAME}\.yaml"
)
NEEDED = ("bundle.toml", "process.bpmn", "i18n/en.toml")
"""Files without which there is no bundle."""


def write(files: Mapping[str, bytes]) -> bytes:
    """The files as a ZIP, sorted and without dates: the same files give the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.create_system, entry.external_attr, entry.compress_type = 3, 0o644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[path])
    return target.getvalue()


def read(source: bytes) -> dict[str, bytes]:
    """The files of a ZIP; a single folder around them all is taken off.

    Raises:
        BundleError: no ZIP, too large packed or unpacked, too many files, names twice, paths that lead out, links,
            passwords, or a file a bundle does not have.
    """
    if len(source) > MAX_ARCHIVE:
        raise BundleError(f"the archive is larger than {MAX_ARCHIVE // 1_000_000} MB")
    if source.lstrip()[:1] == b"<":
        raise BundleError("this is a bare model, and a bundle has more files; “akta import” takes over a model")
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as archive:
            files = _unpack(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise BundleError(f"the archive cannot be unpacked: {error}") from error
    return allowed(_without_folder(files))


def _unpack(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = archive.infolist()
    if len(entries) > MAX_FILES:
        raise BundleError(f"the archive has more than {MAX_FILES} entries")
    files: dict[str, bytes] = {}
    left = MAX_TOTAL
    for entry in entries:
        if entry.is_dir() or entry.filename.startswith("__MACOSX/"):
            continue
        _refuse_odd(entry)
        if entry.filename.lower() in {name.lower() for name in files}:
            raise BundleError(f"{entry.filename} is in the archive twice")
        with archive.open(entry) as packed:
            files[entry.filename] = _bounded(packed, min(MAX_FILE, left), entry.filename)
        left -= len(files[entry.filename])
    return files


def _refuse_odd(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    if name.startswith("/") or "\\" in name or ":" in name or any(part in ("", ".", "..") for part in name.split("/")):
        raise BundleError(f"{name!r} is not a path inside the bundle")
    if entry.flag_bits & 0x1:
        raise BundleError(f"{name} is locked with a password")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise BundleError(f"{name} is a link")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BundleError(f"{name} is packed in a way that is not read")


def _bounded(packed: IO[bytes], limit: int, name: str) -> bytes:
    """Read no further than the limit, whatever size the archive claims."""
    content = packed.read(limit + 1)
    if len(content) > limit:
        raise BundleError(f"{name} is too large when unpacked")
    return content


def _without_folder(files: dict[str, bytes]) -> dict[str, bytes]:
    if "bundle.toml" in files:
        return files
    tops = {name.partition("/")[0] for name in files}
    if len(tops) == 1:
        return {name.partition("/")[2]: content for name, content in files.items()}
    return files


def allowed(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files, if a bundle has files of these names.

    Raises:
        BundleError: names the first that does not belong, or that is missing.
    """
    for name in sorted(files):
        refuse_foreign(name, len(files[name]))
    for needed in NEEDED:
        if needed not in files:
            raise BundleError(f"{needed} is missing")
    return files


def refuse_foreign(name: str, size: int) -> None:
    """
    Raises:
        BundleError: a bundle has no file of this name, or none of this many bytes.
    """
    if not _ALLOWED.fullmatch(name):
        raise BundleError(f"{name!r} is not a file of a bundle")
    if size > MAX_FILE:
        raise BundleError(f"{name} is larger than {MAX_FILE // 1_000_000} MB")
