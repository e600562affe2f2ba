"""Item definitions into types."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bpmn import feel
from bpmn.dmn import _model as m
from bpmn.feel.machine import PLAIN, Type, resolve

ANYTHING = Type("Any")
Tests = Callable[[m.Text], feel.UnaryTests]


class Types:
    """The types of one file: its own, and those of imported files under `import.name`."""

    def __init__(self, model: m.Model, imported: Mapping[str, Mapping[str, Type]], tests: Tests) -> None:
        self._definitions = {item.name: item for item in model.types}
        self._tests = tests
        self.known: dict[str, Type] = {}
        for prefix, types in imported.items():
            self.known |= {f"{prefix}.{name}" if prefix else name: found for name, found in types.items()}
        self._imported = dict(self.known)
        self._open: list[str] = []
        for name in self._definitions:
            self._named(name)

    @property
    def own(self) -> dict[str, Type]:
        """Those declared in this file."""
        return {name: self.known[name] for name in self._definitions}

    def of(self, name: str) -> Type | None:
        """The type of that name; None for one that is not known."""
        found = resolve(Type(name), self.known)
        if name in self.known or found.name in PLAIN:
            return found
        # DMN 1.1 wrote qualified names, with a prefix of the XML file.
        prefix, _, local = name.partition(":")
        return self.of(local) if prefix and local else None

    def _named(self, name: str) -> Type:
        if name in self.known:
            return self.known[name]
        definition = self._definitions.get(name) or self._definitions.get(name.rpartition(":")[2])
        if definition is None:
            return resolve(Type(name), {})
        if name in self._open:
            # A type inside itself (a tree) is checked one level deep.
            return ANYTHING
        self._open.append(name)
        made = self.known[name] = self._item(definition)
        self._open.pop()
        return made

    def _item(self, item: m.ItemDefinition) -> Type:
        if item.function is not None:
            parameters, result = item.function
            made = Type("function", tuple(self._reference(each) for each in (*(p.type for p in parameters), result)))
        elif item.components:
            made = Type("context", fields=tuple((part.name, self._item(part)) for part in item.components))
        else:
            made = self._reference(item.type)
        made = self._limited(made, item.allowed)
        return self._limited(Type("list", (made,)) if item.collection else made, item.constraint)

    def _limited(self, made: Type, allowed: m.Text | None) -> Type:
        if allowed is None or not allowed.text:
            return made
        return replace(made, allowed=(*made.allowed, self._tests(allowed)))

    def _reference(self, name: str) -> Type:
        return self._named(name) if name else ANYTHING
