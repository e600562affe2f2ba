"""A language is offered when it is complete: every msgid of code and templates has its words."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from akta.languages import CATALOGUES, NAMES, SOURCE_LANGUAGE

ROOT = Path(__file__).parents[3]
KEYWORDS = ("-k", "N_", "-k", "_", "-k", "ngettext:1,2")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The msgids as they stand in the code now."""
    target = tmp_path_factory.mktemp("words") / "akta.pot"
    options = ["-q", "extract", "-F", str(ROOT / "babel.cfg"), *KEYWORDS, "-o", str(target), str(ROOT)]
    CommandLineInterface().run(["pybabel", *options])  # type: ignore[no-untyped-call]
    return _read(target)


def test_the_template_of_catalogues_is_up_to_date(written: Catalog) -> None:
    kept = _read(CATALOGUES / "akta.pot")
    assert _ids(kept) == _ids(written), "extract anew, see CONTRIBUTING"


@pytest.mark.parametrize("code", sorted(set(NAMES) - {SOURCE_LANGUAGE}))
def test_every_offered_language_is_complete(code: str, written: Catalog) -> None:
    words = _read(CATALOGUES / code / "LC_MESSAGES" / "akta.po", code)
    without = [message.id for message in words if message.id and not _complete(message.string)]
    assert not without
    assert not _ids(written) - _ids(words)
    wrong = [(message.id, str(error)) for message in words for error in message.check()]
    assert not wrong, "places like %(name)s differ"


def _read(path: Path, locale: str | None = None) -> Catalog:
    with path.open("rb") as source:
        return read_po(source, locale=locale)


def _complete(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def _ids(catalog: Catalog) -> set[object]:
    return {message.id for message in catalog if message.id}
