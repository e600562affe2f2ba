"""The parts of a bundle on the process owner's page: forms as they look, tables as tables, letters."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from lxml import etree

from akta.errors import NotFound
from akta.languages import N_
from api.pages.wording import Wording, of_deployment
from api.render import Link
from api.visits import Visit
from bpmn import xml
from bpmn.bundle import Bundle
from bpmn.forms import FieldView
from documents import letters
from storage.bundles import Deployment
from storage.unit_of_work import Transaction

Known = TypeVar("Known")

HIT = N_("Of the rules that fit: %(policy)s")
LETTER = N_("A Word document. Download the version to edit it; upload it again as a new version.")


@dataclass(frozen=True)
class Table:
    title: str
    words: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rules: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Part:
    """The part in the middle of the page; `kind` is form, table or letter."""

    kind: str
    key: str
    title: str
    fields: tuple[FieldView, ...] = ()
    tables: tuple[Table, ...] = ()
    words: str = ""
    placeholders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    label: str
    icon: str
    links: Sequence[Link] = field(default_factory=tuple)


def chosen(
    tx: Transaction, visit: Visit, row: Deployment, *, form: str = "", table: str = "", letter: str = ""
) -> Part | None:
    """The part that is asked for; None for the diagram.

    Raises:
        NotFound: the bundle has no such part.
    """
    words = of_deployment(tx, visit, row)
    bundle, texts, _ = words.bundles[row.key], words.texts[row.key], visit.language.gettext
    if form:
        fields = _known(bundle.forms, form).view({}, texts, now=visit.now, language=visit.language)
        return Part("form", form, form, fields=fields)
    if table:
        content = _known(bundle.decisions, table)
        return Part("table", table, table, tables=tuple(_tables(content, visit)))
    if letter:
        template = _known(bundle.letters, letter)
        title = texts.letter(letter.partition(".")[0]) or letter
        return Part(
            "letter", letter, title, words=_(LETTER), placeholders=tuple(sorted(letters.placeholders(template)))
        )
    return None


def groups(words: Wording, row: Deployment, url: str, part: Part | None) -> list[Group]:
    """The tree beside the diagram."""
    bundle: Bundle = words.bundles[row.key]
    _ = words.language.gettext

    def links(kind: str, keys: Sequence[str]) -> list[Link]:
        return [
            Link(f"{url}?{kind}={key}", key, current=part is not None and (part.kind, part.key) == (kind, key))
            for key in keys
        ]

    return [
        Group(_(N_("Tables")), "table", links("table", tuple(bundle.decisions))),
        Group(_(N_("Forms")), "list-checks", links("form", tuple(bundle.forms))),
        Group(_(N_("Letters")), "file-text", links("letter", tuple(bundle.letters))),
    ]


def _known(found: Mapping[str, Known], key: str) -> Known:
    if key not in found:
        raise NotFound(key)
    return found[key]


def _tables(content: bytes, visit: Visit) -> Iterator[Table]:
    """The decision tables of a DMN file, cell by cell as they are written."""
    for decision in xml.parse(content).iter("{*}decision"):
        table = decision.find("{*}decisionTable")
        if table is None:
            continue
        inputs = tuple(
            column.get("label") or _text(column, "{*}inputExpression") for column in table.findall("{*}input")
        )
        outputs = tuple(column.get("label") or column.get("name") or "" for column in table.findall("{*}output"))
        rules = tuple(
            tuple(_text(cell) for cell in (*rule.findall("{*}inputEntry"), *rule.findall("{*}outputEntry")))
            for rule in table.findall("{*}rule")
        )
        policy = table.get("hitPolicy", "UNIQUE")
        words = visit.language.gettext(HIT) % {"policy": policy}
        yield Table(decision.get("name") or decision.get("id") or "", words, inputs, outputs, rules)


def _text(node: etree._Element, inside: str = "") -> str:
    holder = node.find(inside) if inside else node
    found = holder.find("{*}text") if holder is not None else None
    return (found.text or "").strip() if found is not None else ""
