"""Walks along the tokens: names, types, and the words of complaints."""

from collections.abc import Iterator

from akta.languages import N_, sentence
from bpmn.feel import _nodes as n
from bpmn.feel._errors import FeelSyntaxError
from bpmn.feel._lexer import Token, fail, tokens
from bpmn.feel._names import PROPERTIES, TYPES, Names

_NAME_WORDS = frozenset(("and", "or", "of", "for", "in"))
"""Keywords that a name of several words may hold."""
_NAME_SIGNS = frozenset("+-*/.'")
_NO_NAME = frozenset("()[]{}<>=,:;!@")
"""Signs that a quoted key may have, but that would tear an expression apart as part of a name."""


class Reader:
    """The tokens of one text. `names` holds known names of several words (`Monthly Salary`)."""

    def __init__(self, text: str, names: Names) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._index = 0
        self._nesting = 0
        self._names = Names(base=names)

    # reading tokens

    def _peek(self) -> Token:
        return self._tokens[self._index]

    def _next(self) -> Token:
        token = self._tokens[self._index]
        if token.kind != "end":
            self._index += 1
        return token

    def _at(self, *texts: str) -> bool:
        token = self._peek()
        return token.text in texts and token.kind in ("op", "keyword")

    def _take(self, text: str) -> bool:
        if self._at(text):
            self._index += 1
            return True
        return False

    def _expect(self, text: str, otherwise: str, /, **params: object) -> None:
        """Take this text, or say what was expected (a msgid) and what stands there."""
        if not self._take(text):
            raise self._wrong(otherwise, **params)

    def _series(self, close: str) -> Iterator[None]:
        """One round for each part of a series with commas between, up to what closes it (which is left)."""
        if self._at(close):
            return
        yield
        while self._take(","):
            yield

    def _finish(self) -> None:
        token = self._peek()
        if token.kind == "end":
            return
        before = self._tokens[self._index - 1]
        if token.kind != "name" or before.kind != "name":
            raise self._wrong(N_("expected an operator or the end of the expression"))
        name = f"{before.text} {token.text}"
        near = self._names.near(name)
        if near:
            text = N_('expected an operator or the end of the expression; did you mean "%(near)s"')
            raise self._wrong(text, near=near)
        raise self._wrong(
            N_('expected an operator or the end of the expression; "%(name)s" is no known name'), name=name
        )

    def _wrong(self, message: str, /, **params: object) -> FeelSyntaxError:
        """The error for where the reader stands: what was expected (a msgid), and what stands there instead."""
        token = self._peek()
        expected = sentence(message, **params)
        if token.kind == "end":
            text = N_("%(expected)s, but the expression ends here")
            return fail(self._text, token.start, text, expected=expected)
        here = self._text[token.start : token.end][:30]
        return fail(self._text, token.start, N_("%(expected)s, but found %(found)s"), expected=expected, found=here)

    # names and types

    def _name(self) -> str:
        known = self._names.longest(self._tokens, self._index)
        if known is not None:
            name, count = known
            self._index += count
            return name
        return self._next().text

    def _segment(self) -> str:
        known = self._names.longest(self._tokens, self._index) or PROPERTIES.longest(self._tokens, self._index)
        if known is not None:
            self._index += known[1]
            return known[0]
        if self._peek().kind not in ("name", "keyword"):
            raise self._wrong(N_('expected a name after "."'))
        return self._next().text

    def _declared(self, *ends: str) -> str:
        """A name given here: everything up to what must follow it; quoted, anything."""
        if self._peek().kind == "string":
            name = self._next().text
            if not _NO_NAME.intersection(name):
                self._names.add(name)
            return name
        first = self._index
        while not self._at(*ends) and self._peek().kind != "end":
            token = self._peek()
            if token.kind == "keyword" and token.text not in _NAME_WORDS:
                break
            if token.kind not in ("name", "keyword", "number") and token.text not in _NAME_SIGNS:
                break
            self._index += 1
        if first == self._index or self._tokens[first].kind == "number":
            self._index = first
            raise self._wrong(N_("expected a name"))
        start, end = self._tokens[first].start, self._tokens[self._index - 1].end
        name = " ".join(self._text[start:end].split())
        self._names.add(name)
        return name

    def _type(self) -> n.Type:
        known = TYPES.longest(self._tokens, self._index) or self._names.longest(self._tokens, self._index)
        if known is not None:
            name = known[0]
            self._index += known[1]
        elif self._peek().kind in ("name", "keyword"):
            name = self._next().text
        else:
            raise self._wrong(N_("expected the name of a type, such as number or list<string>"))
        while self._take("."):
            name += "." + self._segment()
        if not self._take("<"):
            return n.Type(name)
        made = self._fields(name) if name == "context" else n.Type(name, self._types())
        if name == "function" and self._take("->"):
            return n.Type(name, (*made.parts, self._type()))
        return made

    def _types(self) -> tuple[n.Type, ...]:
        found: list[n.Type] = []
        for _ in self._series(">"):
            found.append(self._type())
        self._expect(">", N_('expected ">" after the type'))
        return tuple(found)

    def _fields(self, name: str) -> n.Type:
        found: list[tuple[str, n.Type]] = []
        for _ in self._series(">"):
            key = self._declared(":")
            self._expect(":", N_('expected ":" after the name "%(name)s"'), name=key)
            found.append((key, self._type()))
        self._expect(">", N_('expected ">" after the type'))
        return n.Type(name, fields=tuple(found))
