"""The part of the Unified Expression Language that FEEL says as well; all the rest is refused with its reason."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from akta.languages import N_, Sentence, sentence
from bpmn import feel

_LONGEST, _DEEPEST = 5_000, 40
_WHOLE = re.compile(r"\s*[$#]\{(.*)\}\s*", re.DOTALL)
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?|\.\d+)(?![\w.])|(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>&&|\|\||[=!<>]=|[-+*/%<>!?:.()\[\],]))",
    re.DOTALL,
)
_WORDS = {
    **{"and": "&&", "or": "||", "not": "!", "eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">="},
    **{"div": "/", "mod": "%"},
}
_OF_THE_ENGINE = frozenset(
    {"execution", "task", "caseExecution", "connector", "authenticatedUserId", "authenticatedUserGroups"}
    | {"loopCounter", "processEngine", "externalTask", "userOperationId", "spiff"}
)
"""Objects that the other engine puts in; here nothing has these names, or it counts otherwise (`loopCounter`)."""
_CHOICE, _OR, _AND, _COMPARED, _SUM, _PRODUCT, _SIGNED, _PLAIN = range(8)
"""How tightly a piece of FEEL binds."""


class NotTranslated(Exception):
    """The text has no meaning in FEEL that is certainly the same; `why` is the sentence."""

    def __init__(self, text: str, **params: object) -> None:
        self.why: Sentence = sentence(text, **params)
        super().__init__(str(self.why))


def has_juel(text: str) -> bool:
    return "${" in text or "#{" in text


def value(text: str) -> str:
    """The text for a place that takes a plain text or, behind `=`, FEEL.

    Raises:
        NotTranslated: it holds an expression that is not translated.
    """
    if has_juel(text):
        return f"={_feel(text, boolean=False)}"
    return f"={_feel_text(text)}" if text.lstrip().startswith("=") else text


def condition(text: str) -> str:
    """The FEEL, behind `=`, that is true when this condition is.

    Raises:
        NotTranslated: it is no expression, or one that is not translated.
    """
    if text.lstrip().startswith("="):
        return text
    if not has_juel(text):
        raise NotTranslated(N_("it is no expression of the form ${…}"))
    return f"={_feel(text, boolean=True)}"


def _feel(text: str, *, boolean: bool) -> str:
    if len(text) > _LONGEST:
        raise NotTranslated(N_("it is too long"))
    whole = _WHOLE.fullmatch(text)
    if whole is None or has_juel(whole[1]) or "}" in re.sub(r"'[^']*'|\"[^\"]*\"", "", whole[1]):
        raise NotTranslated(N_("text and expressions are mixed"))
    parsed = _Reader(whole[1]).whole()
    found = parsed.truth().text if boolean else parsed.text
    try:
        feel.compile(found)
    except feel.FeelSyntaxError as error:
        raise NotTranslated(N_("FEEL has no such name (%(reason)s)"), reason=error) from error
    return found


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some FEEL, how tightly it binds, and whether it can only be true or false."""

    text: str
    binds: int
    certain: bool = False

    def within(self, binds: int) -> str:
        return self.text if self.binds >= binds else f"({self.text})"

    def truth(self) -> "_Piece":
        """As a condition: what is missing is not true."""
        return self if self.certain else _Piece(f"{self.within(_SUM)} = true", _COMPARED, certain=True)


class _Reader:
    """Reads one expression by descent; each method is a level of precedence of the language."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.place = 0
        self.depth = 0

    def whole(self) -> _Piece:
        found = self._choice()
        if self._kind() != "end":
            raise self._unexpected()
        return found

    def _kind(self) -> str:
        return self.tokens[self.place][0] if self.place < len(self.tokens) else "end"

    def _sign(self, *signs: str) -> str:
        """The sign that stands here if it is one of these, taken."""
        if self._kind() == "sign" and self.tokens[self.place][1] in signs:
            self.place += 1
            return self.tokens[self.place - 1][1]
        return ""

    def _unexpected(self) -> NotTranslated:
        found = self.tokens[self.place][1] if self.place < len(self.tokens) else "…"
        return NotTranslated(N_("“%(found)s” is not understood there"), found=found)

    def _expect(self, sign: str) -> None:
        if not self._sign(sign):
            raise self._unexpected()

    def _choice(self) -> _Piece:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise NotTranslated(N_("it is nested too deeply"))
        test = self._either()
        if self._sign("?"):
            then = self._choice()
            self._expect(":")
            other = self._choice()
            test = _Piece(
                f"if {test.truth().within(_OR)} then {then.within(_OR)} else {other.within(_CHOICE)}",
                _CHOICE,
                then.certain and other.certain,
            )
        self.depth -= 1
        return test

    def _either(self) -> _Piece:
        return self._logical(("||",), "or", _OR, self._both)

    def _both(self) -> _Piece:
        return self._logical(("&&",), "and", _AND, self._equality)

    def _logical(self, signs: tuple[str, ...], word: str, binds: int, inner: Callable[[], _Piece]) -> _Piece:
        found = inner()
        while self._sign(*signs):
            text = f"{found.truth().within(binds)} {word} {inner().truth().within(binds + 1)}"
            found = _Piece(text, binds, certain=True)
        return found

    def _equality(self) -> _Piece:
        return self._compared({"==": "=", "!=": "!="}, self._order)

    def _order(self) -> _Piece:
        return self._compared({sign: sign for sign in ("<=", ">=", "<", ">")}, self._sum)

    def _compared(self, signs: dict[str, str], inner: Callable[[], _Piece]) -> _Piece:
        found = inner()
        while sign := self._sign(*signs):
            text = f"{found.within(_SUM)} {signs[sign]} {inner().within(_SUM)}"
            found = _Piece(text, _COMPARED, certain=True)
        return found

    def _sum(self) -> _Piece:
        return self._reckoned(("+", "-"), _SUM, self._product)

    def _product(self) -> _Piece:
        return self._reckoned(("*", "/", "%"), _PRODUCT, self._signed)

    def _reckoned(self, signs: tuple[str, ...], binds: int, inner: Callable[[], _Piece]) -> _Piece:
        found = inner()
        while sign := self._sign(*signs):
            if sign == "%":
                raise NotTranslated(N_("the remainder of a negative number is another one in FEEL"))
            found = _Piece(f"{found.within(binds)} {sign} {inner().within(binds + 1)}", binds)
        return found

    def _signed(self) -> _Piece:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise NotTranslated(N_("it is nested too deeply"))
        try:
            if self._sign("!"):
                return _Piece(f"not({self._signed().truth().text})", _PLAIN, certain=True)
            if self._sign("-"):
                return _Piece(f"-{self._signed().within(_SIGNED)}", _SIGNED)
            if self._kind() == "name" and self.tokens[self.place][1] == "empty":
                self.place += 1
                return _Piece(f'list contains([null, "", [], {{}}], {self._signed().text})', _PLAIN, certain=True)
            return self._path()
        finally:
            self.depth -= 1

    def _path(self) -> _Piece:
        found = self._plain()
        while sign := self._sign(".", "[", "("):
            if sign == "(":
                raise NotTranslated(N_("it calls a method"))
            kind, text = self.tokens[self.place] if self.place < len(self.tokens) else ("end", "")
            entry = _unquoted(text) if sign == "[" and kind == "text" else text
            if kind != ("name" if sign == "." else "text") or not entry.isidentifier():
                raise NotTranslated(N_("it takes an item out of a list, or an entry whose name is computed"))
            self.place += 1
            if sign == "[":
                self._expect("]")
            found = _Piece(f"{found.within(_PLAIN)}.{entry}", _PLAIN)
        return found

    def _plain(self) -> _Piece:
        kind, text = self.tokens[self.place] if self.place < len(self.tokens) else ("end", "")
        if self._sign("("):
            found = self._choice()
            self._expect(")")
            return found
        self.place += 1
        match kind:
            case "number":
                return _Piece(text, _PLAIN)
            case "text":
                return _Piece(_feel_text(_unquoted(text)), _PLAIN)
            case "name" if text in ("true", "false"):
                return _Piece(text, _PLAIN, certain=True)
            case "name" if text in _OF_THE_ENGINE:
                raise NotTranslated(N_("%(name)s is something of the other engine"), name=text)
            case "name" if text != "instanceof":
                return _Piece(text, _PLAIN)
        self.place -= 1
        raise self._unexpected()


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    place = 0
    end = len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None:
            raise NotTranslated(N_("“%(found)s” is not understood there"), found=text[place : place + 10].strip())
        kind = match.lastgroup or ""
        word = match[kind]
        place = match.end()
        after_dot = bool(found) and found[-1] == ("sign", ".")
        if kind == "name" and word in _WORDS and not after_dot:
            kind, word = "sign", _WORDS[word]
        found.append((kind, word))
    return found


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)


def _feel_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
