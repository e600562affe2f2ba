"""A bundle: everything a process owner owns of one process, immutable, known by the hash of its content."""

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from akta.errors import Invalid
from bpmn import forms, model, texts
from bpmn.bundle import _archive, _settings
from bpmn.bundle._errors import BundleError
from bpmn.bundle._settings import Settings
from bpmn.texts import BASE_LANGUAGE, Texts, Tree

T = TypeVar("T")


@dataclass(frozen=True)
class Bundle:
    """The files of one process, by path. What they say is read on first use and kept."""

    files: Mapping[str, bytes]

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over every path and content, sorted by path, as hexadecimal text."""
        digest = hashlib.sha256()
        for path in sorted(self.files):
            for part in (path.encode(), self.files[path]):
                digest.update(len(part).to_bytes(8, "big"))
                digest.update(part)
        return digest.hexdigest()

    @cached_property
    def settings(self) -> Settings:
        return _settings.read(self.files["bundle.toml"])

    @property
    def key(self) -> str:
        return self.settings.key

    @property
    def process(self) -> bytes:
        return self.files["process.bpmn"]

    @cached_property
    def model(self) -> model.Process:
        return _named("process.bpmn", lambda: model.read(self.process))

    @property
    def process_id(self) -> str:
        return self.model.id

    @property
    def calls(self) -> frozenset[str]:
        """Ids of the processes called; each is the key of a bundle."""
        return self.model.calls

    @cached_property
    def decisions(self) -> Mapping[str, bytes]:
        """DMN documents by file name."""
        return {path: content for path, content in sorted(self.files.items()) if path.endswith(".dmn")}

    @cached_property
    def forms(self) -> Mapping[str, forms.Form]:
        """Forms by their id, which is also the name of their file."""
        found: dict[str, forms.Form] = {}
        for path, name in self._folder("forms", ".form"):
            form = _named(path, lambda path=path: forms.read(self.files[path]))  # type: ignore[misc]
            if form.id != name:
                raise BundleError(f"{path}: the id of the form is {form.id}; it must be {name}, like its file")
            found[name] = form
        return found

    @cached_property
    def letters(self) -> Mapping[str, bytes]:
        """Letter templates by name and language, as "agreement.cs"."""
        return {name: self.files[path] for path, name in self._folder("letters", ".docx")}

    @cached_property
    def _trees(self) -> Mapping[str, Tree]:
        return {language: _read_texts(path, self.files[path]) for path, language in self._folder("i18n", ".toml")}

    @cached_property
    def _base(self) -> Tree:
        """English: the texts, and below them the words that stand in the forms themselves."""
        written = {"forms": {id_: _words_of(form) for id_, form in self.forms.items()}}
        return texts.merged(self._trees[BASE_LANGUAGE], written)

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages in which every text is there; English first. Others are not to be offered."""
        others = (language for language in sorted(self._trees) if language != BASE_LANGUAGE)
        return (BASE_LANGUAGE, *(language for language in others if not self.missing(language)))

    @property
    def written_languages(self) -> tuple[str, ...]:
        """The languages that have a file, complete or not."""
        return tuple(sorted(self._trees))

    def texts(self, language: str) -> Texts:
        """The texts in a language, falling back to English key by key."""
        return Texts(language, self._trees.get(language, {}), self._base)

    def missing(self, language: str) -> tuple[str, ...]:
        """Dotted keys that English has and the language lacks; all of them when it has no file."""
        if language == BASE_LANGUAGE:
            return ()
        return texts.missing(self._trees.get(language, {}), self._base)

    def text_keys(self, language: str) -> frozenset[tuple[str, ...]]:
        """The paths of the texts written for a language itself."""
        return frozenset(texts.paths(self._trees.get(language, {})))

    def to_archive(self) -> bytes:
        """One ZIP file; the same content gives the same bytes."""
        return _archive.write(self.files)

    def _folder(self, folder: str, ending: str) -> list[tuple[str, str]]:
        """Path and bare name of the files of one folder, sorted."""
        paths = sorted(p for p in self.files if p.startswith(f"{folder}/") and p.endswith(ending))
        return [(path, path.removeprefix(f"{folder}/").removesuffix(ending)) for path in paths]


def from_folder(folder: Path) -> Bundle:
    """Read the bundle in a folder; files whose name starts with a dot are left out.

    Raises:
        BundleError: a file is missing, does not belong, is a link, or cannot be read.
    """
    files: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_symlink():
            raise BundleError(f"{inside.as_posix()} is a link")
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            files[inside.as_posix()] = path.read_bytes()
    return from_files(files)


def overlaid(base: Bundle, folder: Path) -> Bundle:
    """A bundle with the files of a folder in the place of its own, or beside them: one utility's version of it.

    Scenarios of the base stay behind: they tell what its own tables decide. The folder may bring others.

    Raises:
        BundleError: what comes out is no bundle, or another one.
    """
    own = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    kept = {path: content for path, content in base.files.items() if not path.startswith("scenarios/")}
    bundle = from_files({**kept, **own})
    if bundle.key != base.key:
        raise BundleError(f"{folder.name} would make {base.key} another process")
    return bundle


def from_archive(source: bytes) -> Bundle:
    """Read the bundle in a ZIP file from whoever sends it.

    Raises:
        BundleError: the archive is broken, hostile or too large, or no bundle.
    """
    return from_files(_archive.read(source))


def packed(files: Mapping[str, bytes]) -> bytes:
    """Files as one ZIP, whether they make a bundle or not."""
    return _archive.write(files)


def unpacked(source: bytes) -> Mapping[str, bytes]:
    """The files of a bundle that was packed by `to_archive`, without reading what they say."""
    return _archive.read(source)


def from_files(files: Mapping[str, bytes]) -> Bundle:
    """The bundle these files make, each of them read once so that later use cannot fail.

    Raises:
        BundleError: a file is missing, does not belong, or cannot be read.
    """
    bundle = Bundle(MappingProxyType(_archive.allowed(dict(files))))
    _ = (bundle.settings, bundle.forms, bundle.model, bundle.texts(BASE_LANGUAGE))
    return bundle


def closure(bundle: Bundle, find: Callable[[str], Bundle | None]) -> dict[str, Bundle]:
    """Every bundle called from here, directly or not, by key; what `find` does not know is left out."""
    found: dict[str, Bundle] = {}
    wanted = sorted(bundle.calls)
    while wanted:
        key = wanted.pop()
        known = None if key in found or key == bundle.key else find(key)
        if known is not None:
            found[key] = known
            wanted += sorted(known.calls)
    return found


def _named(path: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except Invalid as error:
        raise BundleError(f"{path}: {error.detail}") from error


def _read_texts(path: str, source: bytes) -> Tree:
    try:
        tree = tomllib.loads(source.decode())
        texts.validate(tree)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, texts.TextsError) as error:
        raise BundleError(f"{path}: {error}") from error
    return tree


def _words_of(form: forms.Form) -> dict[str, Any]:
    """The words written in a form's schema, as texts; units before and after an input are the same everywhere."""
    found: dict[str, Any] = {}
    for component in form.all_components:
        said = {
            "label": component.label,
            "description": component.description,
            "text": component.text,
        }
        entry: dict[str, Any] = {key: text for key, text in said.items() if text}
        options = {option.value: option.label for option in component.options}
        columns = {column.key: column.label for column in component.columns}
        if options:
            entry["options"] = options
        if columns:
            entry["columns"] = columns
        if entry:
            found[component.key or component.id] = entry
    return found
