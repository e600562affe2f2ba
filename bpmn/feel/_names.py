"""Names of several words: known ones are found in the tokens, longest first."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from bpmn.feel._errors import FeelSyntaxError
from bpmn.feel._lexer import Token, tokens


class Names:
    """A growing set of names on top of another; a name of a single token needs no help and is not kept."""

    def __init__(self, names: Iterable[str] = (), base: "Names | None" = None) -> None:
        self._base = base
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Know this name from here on."""
        pieces = _pieces(name)
        if len(pieces) < 2:
            return
        known = self._by_first.setdefault(pieces[0], [])
        if (pieces, name) not in known:
            known.append((pieces, name))
            known.sort(key=lambda entry: -len(entry[0]))

    def longest(self, found: Sequence[Token], index: int) -> tuple[str, int] | None:
        """The longest known name that starts at this token, and how many tokens it takes."""
        below = self._base.longest(found, index) if self._base else None
        own = self._own(found, index)
        return below if own is None or (below and below[1] > own[1]) else own

    def _own(self, found: Sequence[Token], index: int) -> tuple[str, int] | None:
        for pieces, name in self._by_first.get(found[index].text, ()):
            taken = tuple(token.text for token in found[index : index + len(pieces)])
            if taken == pieces:
                return name, len(pieces)
        return None

    def near(self, text: str) -> str | None:
        """The known name of several words that looks most like this one."""
        known = [name for entries in self._by_first.values() for _, name in entries]
        found = get_close_matches(text, known, n=1)
        if found:
            return found[0]
        return self._base.near(text) if self._base else None


def _pieces(name: str) -> tuple[str, ...]:
    try:
        return tuple(token.text for token in tokens(name)[:-1])
    except FeelSyntaxError:
        return ()


PROPERTIES = Names(("time offset", "start included", "end included"))
TYPES = Names(("date and time", "days and time duration", "years and months duration"))
