"""The cells of decision tables by their ids: shown to be changed one by one, without drawing the whole table anew."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from bpmn.dmn._errors import DmnError
from bpmn.xml import local, parse

ANY = "-"
LONGEST = 500


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell: of which decision and rule, under which heading, and its FEEL text. `asks` is a condition."""

    id: str
    decision: str
    rule: int
    about: str
    """The rule's annotation."""
    heading: str
    text: str
    type: str
    """The declared type of its column, or empty."""
    asks: bool


def cells(xml: bytes) -> list[TableCell]:
    """The cells of every table in the file, rule by rule.

    Raises:
        DmnError: the file cannot be read.
    """
    return list(_cells(_root(xml)))


def changed(xml: bytes, texts: Mapping[str, str]) -> bytes:
    """The same file with other texts in these cells; an empty text means any.

    Raises:
        DmnError: the file cannot be read, or has no such cell, or a text is too long.
    """
    root = _root(xml)
    wanted = dict(texts)
    for entry in root.iter():
        if local(entry) in ("inputEntry", "outputEntry") and entry.get("id") in wanted:
            text = wanted.pop(entry.get("id", "")).strip() or ANY
            if len(text) > LONGEST:
                raise DmnError("the text of a cell is too long", entry.get("id", ""))
            place = next((child for child in entry if local(child) == "text"), None)
            if place is None:
                raise DmnError("the cell has no text", entry.get("id", ""))
            place.text = text
    if wanted:
        raise DmnError("there is no such cell in the file", next(iter(wanted)))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _root(xml: bytes) -> etree._Element:
    try:
        return parse(xml)
    except ValueError as error:
        raise DmnError(f"the file {error}") from error


def _cells(root: etree._Element) -> Iterator[TableCell]:
    for decision in root.iter():
        if local(decision) != "decision":
            continue
        for table in (child for child in decision if local(child) == "decisionTable"):
            columns = {kind: [one for one in table if local(one) == kind] for kind in ("input", "output")}
            rules = [one for one in table if local(one) == "rule"]
            for number, rule in enumerate(rules, start=1):
                yield from _of_rule(decision.get("id", ""), number, rule, columns)


def _of_rule(
    decision: str, number: int, rule: etree._Element, columns: Mapping[str, list[etree._Element]]
) -> Iterator[TableCell]:
    about = next((one.text or "" for one in rule if local(one) == "description"), "")
    for kind in ("input", "output"):
        entries = [one for one in rule if local(one) == f"{kind}Entry"]
        for entry, column in zip(entries, columns[kind], strict=False):
            text = next((one.text or "" for one in entry if local(one) == "text"), "")
            yield TableCell(
                entry.get("id", ""), decision, number, about, _heading(column), text, _type(column), kind == "input"
            )


def _type(column: etree._Element) -> str:
    """An input's type stands at its expression."""
    typed = next((one for one in column if local(one) == "inputExpression"), column)
    return typed.get("typeRef") or ""


def _heading(column: etree._Element) -> str:
    return column.get("label") or column.get("name") or ""
