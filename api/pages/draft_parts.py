"""The parts of a draft: what each file is called, in which group it stands, and in which editor it opens."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from akta.languages import N_, NAMES, Language
from api import editor_words
from api.pages.parts import Group
from api.render import Link
from api.visits import Visit
from documents import letters

Files = Mapping[str, bytes]


def _nothing(_visit: Visit, _content: bytes, _files: Files) -> dict[str, Any]:
    return {}


def _words(visit: Visit, _content: bytes, _files: Files) -> dict[str, Any]:
    return {"words": editor_words.translated(visit.language)}


def _form(visit: Visit, _content: bytes, files: Files) -> dict[str, Any]:
    """The languages in which the process has texts, the reader's first."""
    written = [PurePosixPath(path).stem for path in files if path.startswith("i18n/")]
    codes = sorted((code for code in written if code in NAMES), key=lambda code: (code != visit.language.code, code))
    return {**_words(visit, _content, files), "offered": [(code, NAMES[code]) for code in codes]}


def _text(_visit: Visit, content: bytes, _files: Files) -> dict[str, Any]:
    return {"text": content.decode(errors="replace")}


def _letter(_visit: Visit, content: bytes, _files: Files) -> dict[str, Any]:
    return {"placeholders": sorted(letters.placeholders(content))}


@dataclass(frozen=True)
class Editor:
    """How files of one kind are shown; `data` gives the template what it needs beside the content's address."""

    group: str
    icon: str
    label: str
    template: str
    data: Callable[[Visit, bytes, Files], dict[str, Any]] = _nothing


DIAGRAM = Editor("", "workflow", N_("Diagram"), "draft_bpmn.html", _words)
TEXT = Editor(N_("Other files"), "file-text", "%(name)s", "draft_text.html", _text)
EDITORS: Mapping[str, Editor] = {
    ".bpmn": DIAGRAM,
    ".dmn": Editor(N_("Tables"), "table", "%(name)s", "draft_dmn.html", _words),
    ".form": Editor(N_("Forms"), "list-checks", "%(name)s", "draft_form.html", _form),
    ".docx": Editor(N_("Letters"), "file-text", "%(name)s", "draft_letter.html", _letter),
    ".yaml": Editor(N_("Scenarios"), "play", "%(name)s", "draft_text.html", _text),
}
TEXTS = Editor(N_("Texts"), "languages", "%(name)s", "draft_text.html", _text)
SETTINGS = Editor("", "settings", N_("Settings"), "draft_text.html", _text)


def part_of(path: str) -> Editor:
    if path == "bundle.toml":
        return SETTINGS
    if path.startswith("i18n/"):
        return TEXTS
    return EDITORS.get(PurePosixPath(path).suffix, TEXT)


def label(path: str, words: Language) -> str:
    """What a file is called: a language by its name, everything else by that of the file."""
    name = PurePosixPath(path).stem if PurePosixPath(path).suffix != ".md" else path
    if path.startswith("i18n/"):
        return NAMES.get(name, name)
    return words.gettext(part_of(path).label) % {"name": name}


def groups(paths: Iterable[str], url: str, current: str, words: Language) -> list[Group]:
    """The tree of a draft's files."""
    found: dict[str, tuple[Editor, list[Link]]] = {}
    for path in sorted(paths, key=_order):
        editor = part_of(path)
        link = Link(f"{url}/edit?path={quote(path)}", label(path, words), editor.icon, current=path == current)
        found.setdefault(editor.group, (editor, []))[1].append(link)
    return [Group(words.gettext(name) if name else "", editor.icon, links) for name, (editor, links) in found.items()]


_ORDER = [".bpmn", "bundle.toml", ".dmn", ".form", ".docx", ".toml", ".yaml"]


def _order(path: str) -> tuple[int, str]:
    suffix = path if path in _ORDER else PurePosixPath(path).suffix
    return (_ORDER.index(suffix) if suffix in _ORDER else len(_ORDER), path)
