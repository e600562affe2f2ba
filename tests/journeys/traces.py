"""Where a secret could have left a trace: rows, the database's own bytes, and objects, looked into."""

import io
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pypdfium2

from storage.base import Base
from tests.journeys.office import Office


def everything_kept(house: Office) -> bytes:
    """All rows of every table, the database's own bytes, and every object, unpacked where it is a document."""
    kept = b"".join(_unpacked(path) for path in house.akta.settings.files_folder.rglob("*") if path.is_file())
    with house.akta.database.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            kept += repr(connection.execute(table.select()).fetchall()).encode()
    path = Path(str(house.akta.database.engine.url.database))
    return kept + b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))


def _unpacked(path: Path) -> bytes:
    content = path.read_bytes()
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return content + b"".join(archive.read(name) for name in archive.namelist())
    if content.startswith(b"%PDF"):
        pages = pypdfium2.PdfDocument(content)
        return content + "".join(page.get_textpage().get_text_bounded() for page in pages).encode()
    return content


def of(secrets: Iterable[str], kept: bytes) -> list[str]:
    """The secrets that are in there. A code is looked for with and without its space; six digits inside a longer
    word, such as a hash, are not one."""
    return [secret for secret in secrets if _is_in(secret, kept)]


def _is_in(secret: str, kept: bytes) -> bool:
    digits = secret.replace(" ", "")
    if not digits.isdigit():
        return secret.encode() in kept
    form = rf"(?<![0-9A-Za-z])(?:{secret}|{digits})(?![0-9A-Za-z])"
    return re.search(form.encode(), kept) is not None
