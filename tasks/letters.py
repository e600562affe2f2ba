"""The handler `generate-letter`: a letter of the case's own bundle, filled from its variables, kept as a document."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from akta.languages import N_, SOURCE_LANGUAGE
from akta.subjects import Door
from bpmn.values import Value, plain
from documents import letters, store
from documents.store import Made
from storage.documents import DocumentRow
from storage.files import Files
from storage.unit_of_work import Transaction
from tasks import correspondence
from tasks.correspondence import Matter, NoSuchText
from workflows import queries
from workflows.definitions import Definitions
from workflows.handlers import CallContext, Handler

NAME = "generate-letter"
TAKES = {
    "type": "object",
    "properties": {
        "letter": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,60}$"},
        "data": {"type": ["object", "null"]},
    },
    "required": ["letter"],
}
GIVES = {
    "type": "object",
    "properties": {
        "document": {
            "type": "object",
            "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
            "required": ["id", "name"],
        }
    },
    "required": ["document"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Template:
    """A letter's template and the language it is written in."""

    name: str
    language: str
    content: bytes


@dataclass(frozen=True)
class Writer:
    """Writes the letters of one case: its words and its variables as they stand now."""

    files: Files
    about: Matter
    variables: Mapping[str, Value]
    context: CallContext

    @classmethod
    def of(cls, tx: Transaction, files: Files, definitions: Definitions, context: CallContext) -> "Writer":
        about = correspondence.matter(tx, definitions, context.case)
        return cls(files, about, queries.variables(tx, definitions, context.case), context)

    def write(
        self,
        tx: Transaction,
        name: str,
        languages: Sequence[str],
        data: Mapping[str, Value] | None = None,
        kind: str = "",
    ) -> DocumentRow:
        """The letter in the first of these languages that it has, else in English.

        Raises:
            NoSuchText: the case's bundle has no such letter.
        """
        template = self._template(name, languages)
        about = self.about.speaking(template.language)
        filled = _data(about, self.variables, data or {}, self.context.now)
        return _keep(tx, self.files, about, template, filled, self.context, kind)

    def has(self, name: str, language: str) -> bool:
        return f"{name}.{language}" in self.about.bundles[0].letters

    def _template(self, name: str, languages: Sequence[str]) -> Template:
        for language in (*languages, SOURCE_LANGUAGE):
            content = self.about.bundles[0].letters.get(f"{name}.{language}")
            if content is not None:
                return Template(name, language, content)
        raise NoSuchText(f"the bundle {self.about.bundles[0].key} has no letter {name}")


def handler(files: Files, definitions: Definitions) -> Handler:
    """`generate-letter` {letter, data?} -> {document: {id, name}}.

    Fills `letters/<letter>.<language>.docx` of the bundle the case was started on: in the language of the case, else
    in the utility's. The template sees the case's variables, over them `data`, and `utility`, `case`, `applicant` and
    `today`.
    """

    def generate(tx: Transaction, context: CallContext, values: Mapping[str, Value]) -> Mapping[str, Value]:
        writer = Writer.of(tx, files, definitions, context)
        data = values.get("data")
        languages = (writer.about.case.language, writer.about.tenant.language)
        row = writer.write(tx, str(values["letter"]), languages, data if isinstance(data, dict) else None)
        return {"document": {"id": str(row.id), "name": row.name}}

    return Handler(NAME, N_("Generate a letter"), TAKES, GIVES, local=generate)


def _data(about: Matter, variables: Mapping[str, Value], extra: Mapping[str, Value], now: datetime) -> dict[str, Any]:
    merged = {**variables, **extra}
    data = {key: _printed(about, value) for key, value in merged.items()}
    tenant = about.tenant
    data.setdefault("courtesy", False)
    data["utility"] = {"name": tenant.name, "phone": tenant.phone, "email": tenant.email}
    data["today"] = about.language.day(now)
    return data


def _printed(about: Matter, value: Value) -> Any:
    """A value as a letter prints it, in the language of the case; truth values stay for conditions."""
    match value:
        case None:
            return ""
        case bool():
            return value
        case str():
            return about.sentence(value)
        case Decimal():
            return about.language.number(value)
        case datetime() | date():
            return about.language.day(value)
        case list():
            return [_printed(about, item) for item in value]
        case dict():
            return {key: _printed(about, item) for key, item in value.items()}
    return str(plain(value))


def _keep(
    tx: Transaction,
    files: Files,
    about: Matter,
    template: Template,
    data: Mapping[str, Any],
    context: CallContext,
    kind: str,
) -> DocumentRow:
    """Fill the template, store the file, and note from which template and which data it was made."""
    title = next((found for texts in about.texts() if (found := texts.letter(template.name))), template.name)
    made = Made(
        content=letters.fill(template.content, data, made_at=context.now),
        name=f"{title} {about.case.reference}.docx",
        kind=kind or template.name,
        media_type=letters.MEDIA_TYPE,
        language=template.language,
        data={"template": _hash(template.content), "data": _hash(json.dumps(data, sort_keys=True).encode())},
    )
    by = context.subject.acting(Door.JOB)
    return store.add_made(tx, files, context.case, made, context.now, by)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
