"""Tables as people send them, CSV or XLSX, as rows of text: bounded in every way, formulas named and never run."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from lxml import etree

from akta.errors import Invalid
from akta.languages import N_

MOST_ROWS = 10_000
MOST_COLUMNS = 50
LONGEST_CELL = 200
MOST_UNPACKED = 64 * 1024 * 1024
"""Bytes of one part of a workbook once it is unpacked."""

FORMULA = "\0formula"
"""What stands in place of a cell that holds a formula: its result is whatever its author wants it to be."""

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_EPOCH = date(1899, 12, 30)


class NoTable(Invalid):
    """The file is no table that can be read."""

    title = N_("This file cannot be read as a table. Save it as CSV or XLSX and send it again.")


class TooLong(Invalid):
    """The file has more rows than are taken at once."""

    title = N_("The file has more than %(rows)s rows. Send it in parts.")


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its number in the file, counted from 1."""

    number: int
    cells: tuple[str, ...]


def rows(content: bytes) -> list[Row]:
    """The rows of a table that are not empty.

    Raises:
        NoTable: neither CSV nor XLSX, broken, or larger inside than any table needs.
        TooLong: more than 10 000 rows.
    """
    found: list[Row] = []
    for row in _workbook(content) if content.startswith(b"PK\x03\x04") else _text(content):
        if len(found) == MOST_ROWS + 1:
            raise TooLong(rows=MOST_ROWS)
        if any(row.cells):
            found.append(row)
    if not found:
        raise NoTable("there is no row")
    return found


def serial_day(text: str) -> date | None:
    """The day a workbook means by a number of days."""
    if not re.fullmatch(r"[1-9]\d{0,5}(\.\d+)?", text):
        return None
    return _EPOCH + timedelta(days=int(float(text)))


def _text(content: bytes) -> Iterator[Row]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1250", errors="replace")
    if "\0" in text:
        raise NoTable("it is no text")
    first = text.partition("\n")[0]
    delimiter = max(";\t,", key=first.count)
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
            yield Row(number, tuple(_cell(cell) for cell in cells[:MOST_COLUMNS]))
    except csv.Error as broken:
        raise NoTable(str(broken)) from broken


def _cell(text: str) -> str:
    trimmed = text.strip()[:LONGEST_CELL]
    return FORMULA if trimmed.startswith("=") else trimmed


def _workbook(content: bytes) -> Iterator[Row]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            shared = _strings(archive) if "xl/sharedStrings.xml" in names else []
            sheets = sorted(name for name in names if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name))
            if not sheets:
                raise NoTable("there is no sheet")
            yield from _sheet(_part(archive, sheets[0]), shared)
    except (
        zipfile.BadZipFile,
        etree.XMLSyntaxError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
    ) as broken:
        raise NoTable(type(broken).__name__) from broken


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """One part, unpacked no further than a table can need, whatever its header says of its size."""
    with archive.open(name) as packed:
        content = packed.read(MOST_UNPACKED + 1)
    if len(content) > MOST_UNPACKED:
        raise NoTable(f"{name} is too large")
    if b"<!DOCTYPE" in content[:4096]:
        raise NoTable(f"{name} declares entities")
    return content


def _strings(archive: zipfile.ZipFile) -> list[str]:
    found: list[str] = []
    for _, entry in _elements(_part(archive, "xl/sharedStrings.xml"), "si"):
        found.append("".join(part.text or "" for part in entry.iter(f"{_MAIN}t"))[:LONGEST_CELL])
        entry.clear()
    return found


def _sheet(content: bytes, shared: list[str]) -> Iterator[Row]:
    for counted, (_, row) in enumerate(_elements(content, "row"), start=1):
        cells: dict[int, str] = {}
        for place, cell in enumerate(row.iter(f"{_MAIN}c")):
            column = _column(cell.get("r", ""), place)
            if column < MOST_COLUMNS:
                cells[column] = _value(cell, shared)
        number = int(row.get("r") or counted)
        yield Row(number, tuple(cells.get(column, "") for column in range(max(cells, default=-1) + 1)))
        row.clear()


def _elements(content: bytes, name: str) -> Iterator[tuple[str, "etree._Element"]]:
    return etree.iterparse(
        io.BytesIO(content),
        events=("end",),
        tag=f"{_MAIN}{name}",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )


def _column(reference: str, place: int) -> int:
    letters = re.match(r"[A-Z]{1,3}", reference)
    if letters is None:
        return place
    column = 0
    for letter in letters.group():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def _value(cell: "etree._Element", shared: list[str]) -> str:
    if cell.find(f"{_MAIN}f") is not None:
        return FORMULA
    if cell.get("t") == "inlineStr":
        return _cell("".join(part.text or "" for part in cell.iter(f"{_MAIN}t")))
    written = cell.findtext(f"{_MAIN}v") or ""
    if cell.get("t") == "s":
        index = int(written)
        return _cell(shared[index]) if 0 <= index < len(shared) else ""
    return _cell(written)
