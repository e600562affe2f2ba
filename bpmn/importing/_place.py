"""One element of the model: what its extensions become, and the changes this makes in the text."""

from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from akta.languages import N_
from bpmn.importing import _juel
from bpmn.importing._notes import Report
from bpmn.importing._source import Source, attributes, prefix, tag_of
from bpmn.xml import BPMN, ZEEBE, local


@dataclass
class Extensions:
    """`zeebe:` extensions to write: attributes by extension, and the lists that have entries."""

    single: dict[str, dict[str, str]] = field(default_factory=dict)
    inputs: list[dict[str, str]] = field(default_factory=list)
    outputs: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    properties: list[dict[str, str]] = field(default_factory=list)

    def written(self) -> list[str]:
        found = [f"<zeebe:{name}{attributes(values)}/>" for name, values in self.single.items()]
        lines = [f"<zeebe:input{attributes(line)}/>" for line in self.inputs]
        lines += [f"<zeebe:output{attributes(line)}/>" for line in self.outputs]
        for name, inner in (
            ("ioMapping", lines),
            ("taskHeaders", [f"<zeebe:header{attributes(line)}/>" for line in self.headers]),
            ("properties", [f"<zeebe:property{attributes(line)}/>" for line in self.properties]),
        ):
            if inner:
                found.append(f"<zeebe:{name}>{''.join(inner)}</zeebe:{name}>")
        return found


class Place:
    """An element while it is translated.

    Each method that takes a `name` speaks of the foreign thing by the name under which the model has it.
    """

    def __init__(self, node: etree._Element, source: Source, report: Report, forms: dict[str, dict[str, Any]]) -> None:
        self.node = node
        self.source = source
        self.report = report
        self.forms = forms
        self.extensions = Extensions()
        owner = node
        while (owner.get("id") is None or local(owner).endswith("Definition")) and owner.getparent() is not None:
            owner = owner.getparent()  # type: ignore[assignment]
        self.id = owner.get("id", "")
        self.kind = local(node)

    def translated(self, name: str, text: str = "") -> None:
        self.report.note("translated", self.id, N_("%(name)s is %(now)s now."), name=name, now=text or "zeebe")

    def dropped(self, name: str) -> None:
        self.report.note("dropped", self.id, N_("%(name)s means nothing here and is left out."), name=name)

    def left(self, text: str, /, **params: object) -> None:
        self.report.note("left", self.id, text, **params)

    def value(self, name: str, text: str) -> str | None:
        """Text or FEEL for a text of the other engine; None, and a note, where it is not translated."""
        try:
            return _juel.value(text)
        except _juel.NotTranslated as reason:
            self._untranslated(name, text, reason)
            return None

    def condition(self, name: str, text: str) -> str | None:
        """FEEL for a condition of the other engine; None, and a note, where it is not translated."""
        try:
            return _juel.condition(text)
        except _juel.NotTranslated as reason:
            self._untranslated(name, text, reason)
            return None

    def _untranslated(self, name: str, text: str, reason: _juel.NotTranslated) -> None:
        said = N_("%(name)s is not translated: “%(text)s”: %(reason)s.")
        short = text if len(text) <= 80 else f"{text[:79]}…"
        self.left(said, name=name, text=" ".join(short.split()), reason=reason.why)

    def put(self, extension: str, **values: str) -> None:
        self.extensions.single.setdefault(extension, {}).update(values)

    def has_zeebe(self, name: str) -> bool:
        return self.node.find(f"{BPMN}extensionElements/{ZEEBE}{name}") is not None

    def finish(self) -> bool:
        """Write what the extensions became, if anything; what the model says already in `zeebe:` stands."""
        self._keep_own()
        written = self.extensions.written()
        if not written:
            return False
        box = self.node.find(f"{BPMN}extensionElements")
        indent = self.source.indent(self.node)
        step = "  " if indent else ""
        lines = "".join(f"{indent}{step * 2}{line}" for line in written)
        if box is not None:
            self.source.append(box, lines if len(box) or not indent else f"{lines}{indent}{step}")
            return True
        name = f"{prefix(self.node, BPMN[1:-1]) or ''}extensionElements"
        end = "" if len(self.node) else indent
        self.source.prepend(self.node, f"{indent}{step}<{name}>{lines}{indent}{step}</{name}>{end}")
        return True

    def _keep_own(self) -> None:
        for name in [name for name in self.extensions.single if self.has_zeebe(name)]:
            del self.extensions.single[name]
            self._twice(name)
        if (self.extensions.inputs or self.extensions.outputs) and self.has_zeebe("ioMapping"):
            self.extensions.inputs, self.extensions.outputs = [], []
            self._twice("ioMapping")

    def _twice(self, name: str) -> None:
        self.left(N_("zeebe:%(name)s is there already; what the other engine says of it is left out."), name=name)


def name_of(node: etree._Element, attribute: str = "") -> str:
    """How a sentence calls an extension or an attribute of one: with the prefix the model has for it."""
    if not attribute:
        return tag_of(node)
    space, _, bare = attribute.rpartition("}")
    return f"{prefix(node, space[1:]) or ''}{bare}" if space else bare
