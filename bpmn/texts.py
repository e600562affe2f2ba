"""The words of a bundle in one language: titles, labels and sentences, falling back to English key by key."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

BASE_LANGUAGE = "en"

Tree = Mapping[str, Any]
"""Nested tables whose leaves are strings (and one list of strings), as TOML gives them."""


class TextsError(ValueError):
    """A file of texts has a table or a key that nothing reads, or a value that is no text."""


@dataclass(frozen=True, slots=True)
class ElementText:
    """What an element is called, what happens there for the applicant, and what usually comes next. `sign_in` says
    what the applicant has to do by signing in, `elsewhere` what outside these pages, where the case waits for just that
    and no task of theirs is open."""

    name: str = ""
    applicant: str = ""
    next: str = ""
    sign_in: str = ""
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class OutcomeText:
    title: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class FieldText:
    """The words of a form's field; `invalid` says how a right answer looks, `text` is that of a text block."""

    label: str = ""
    description: str = ""
    help: str = ""
    invalid: str = ""
    text: str = ""
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class MailText:
    """A mail's subject and body; {placeholders} are filled where it is sent."""

    subject: str = ""
    body: str = ""


_KINDS: Mapping[str, frozenset[str]] = {
    "elements": frozenset({"name", "applicant", "next", "sign_in", "elsewhere"}),
    "outcomes": frozenset({"title", "text"}),
    "mails": frozenset({"subject", "body"}),
    "letters": frozenset({"title"}),
}
_FIELD = frozenset({"label", "description", "help", "invalid", "text", "prefix", "suffix"})


@dataclass(frozen=True)
class Texts:
    """Typed look-ups over one language's texts; what it lacks is read in English, and what both lack is empty."""

    language: str
    tree: Tree
    fallback: Tree

    def text_at(self, *path: str) -> str:
        """The text at `path`, in this language or in English, or an empty string."""
        for tree in (self.tree, self.fallback):
            found = _at(tree, path)
            if isinstance(found, str) and found:
                return found
        return ""

    @property
    def title(self) -> str:
        return self.text_at("title")

    @property
    def summary(self) -> str:
        return self.text_at("summary")

    @property
    def before_you_start(self) -> tuple[str, ...]:
        """What to have at hand before the start form, point by point."""
        own = self.tree.get("before_you_start") or self.fallback.get("before_you_start") or ()
        return tuple(own)

    def element(self, element: str) -> ElementText:
        here = ("elements", element)
        keys = ("name", "applicant", "next", "sign_in", "elsewhere")
        return ElementText(*(self.text_at(*here, key) for key in keys))

    def outcome(self, end: str) -> OutcomeText:
        return OutcomeText(self.text_at("outcomes", end, "title"), self.text_at("outcomes", end, "text"))

    def field(self, form: str, key: str) -> FieldText:
        here = ("forms", form, key)
        keys = ("label", "description", "help", "invalid", "text", "prefix", "suffix")
        return FieldText(*(self.text_at(*here, name) for name in keys))

    def option(self, form: str, key: str, value: str) -> str:
        return self.text_at("forms", form, key, "options", value)

    def column(self, form: str, table: str, key: str) -> str:
        """The heading of a table's column."""
        return self.text_at("forms", form, table, "columns", key)

    def button(self, form: str, name: str = "submit") -> str:
        return self.text_at("forms", form, "buttons", name)

    def mail(self, name: str) -> MailText:
        return MailText(self.text_at("mails", name, "subject"), self.text_at("mails", name, "body"))

    def letter(self, name: str) -> str:
        """The title of a letter."""
        return self.text_at("letters", name, "title")

    def text(self, key: str) -> str:
        """A sentence that tables and handlers name by key, such as a reason."""
        return self.text_at("texts", key)


def _at(tree: Tree, path: tuple[str, ...]) -> Any:
    found: Any = tree
    for key in path:
        if not isinstance(found, Mapping):
            return None
        found = found.get(key)
    return found


def paths(tree: Tree) -> Iterator[tuple[str, ...]]:
    """The path of every text that is not empty."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            for rest in paths(value):
                yield (key, *rest)
        elif value:
            yield (key,)


def missing(tree: Tree, base: Tree) -> tuple[str, ...]:
    """Dotted keys that `base` has and `tree` lacks, in order."""
    have = set(paths(tree))
    return tuple(sorted(".".join(path) for path in paths(base) if path not in have))


def merged(over: Tree, under: Tree) -> dict[str, Any]:
    """`over` with what only `under` has."""
    result = dict(under)
    for key, value in over.items():
        below = result.get(key)
        result[key] = merged(value, below) if isinstance(value, Mapping) and isinstance(below, Mapping) else value
    return result


def validate(tree: Tree) -> None:
    """Refuse what no look-up would ever read: a mistyped key is a text that silently never appears.

    Raises:
        TextsError: names the first wrong key.
    """
    for key, value in tree.items():
        if key in ("title", "summary"):
            _string((key,), value)
        elif key == "before_you_start":
            if not isinstance(value, list) or not all(isinstance(line, str) for line in value):
                raise TextsError("before_you_start must be a list of texts")
        elif key == "texts":
            for name, text in _table((key,), value).items():
                _string((key, name), text)
        elif key == "forms":
            _forms(_table((key,), value))
        elif key in _KINDS:
            for name, entry in _table((key,), value).items():
                _strings((key, name), entry, _KINDS[key])
        else:
            raise TextsError(f"nothing reads the key {key}")


def _forms(tables: Tree) -> None:
    for form, fields in tables.items():
        for field, entry in _table(("forms", form), fields).items():
            here = ("forms", form, field)
            if field == "buttons":
                _strings(here, entry, None)
                continue
            own = dict(_table(here, entry))
            for inner in ("options", "columns"):
                _strings((*here, inner), own.pop(inner, {}), None)
            _strings(here, own, _FIELD)


def _strings(path: tuple[str, ...], value: Any, allowed: frozenset[str] | None) -> None:
    for key, text in _table(path, value).items():
        if allowed is not None and key not in allowed:
            raise TextsError(f"nothing reads the key {'.'.join((*path, key))}")
        _string((*path, key), text)


def _table(path: tuple[str, ...], value: Any) -> Tree:
    if not isinstance(value, dict):
        raise TextsError(f"{'.'.join(path)} must be a table")
    return value


def _string(path: tuple[str, ...], value: Any) -> None:
    if not isinstance(value, str):
        raise TextsError(f"{'.'.join(path)} must be a text")
