"""The words of the editors that come from bpmn.io, for the catalogues; what has no translation stays English there."""

from collections.abc import Mapping

from akta.languages import Language

WORDS: tuple[str, ...] = ()


def translated(language: Language) -> Mapping[str, str]:
    """The editors' words that are otherwise in this language."""
    found = {word: language.gettext(word) for word in WORDS}
    return {word: said for word, said in found.items() if said != word}
