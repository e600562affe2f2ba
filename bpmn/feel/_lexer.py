"""Text into tokens, each with its place."""

import re
from dataclasses import dataclass

from akta.languages import N_
from bpmn.feel._errors import FeelSyntaxError
from bpmn.feel._run import MAX_TEXT

_CONTROL = ("if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "function", "external")
_WORDS = ("instance", "of", "between", "and", "or", "true", "false", "null")
KEYWORDS = frozenset((*_CONTROL, *_WORDS))

_TOKEN = re.compile(
    r"""
      (?P<space>(?:\s|\u200b|\ufeff)+|//[^\n]*|/\*.*?\*/)
    | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<at>@\s*"(?:[^"\\]|\\.)*")
    | (?P<name>\?|(?:[^\W\d]|[\U00010000-\U000EFFFF])(?:[\w\u00b7\u203f\u2040]|[\U00010000-\U000EFFFF])*)
    | (?P<op>\.\.|\*\*|->|!=|<=|>=|[-+*/=<>()\[\]{}:,.'])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
_PAIR = re.compile("([\ud800-\udbff])([\udc00-\udfff])")
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text: its kind, the text (of a string: what it means), where it starts and ends."""

    kind: str
    text: str
    start: int
    end: int


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def fail(text: str, offset: int, message: str, /, **params: object) -> FeelSyntaxError:
    """The error for a place in the text; the message is a msgid, `params` fill its places."""
    return FeelSyntaxError(message, *place(text, offset), **params)


def tokens(text: str) -> list[Token]:
    """All tokens, the last one of kind `end`.

    Raises:
        FeelSyntaxError: a character that means nothing, or a text without its closing quote.
    """
    if len(text) > MAX_TEXT:
        raise FeelSyntaxError(N_("the expression is longer than %(most)s characters"), 1, 1, most=MAX_TEXT)
    found: list[Token] = []
    offset = 0
    while offset < len(text):
        match = _TOKEN.match(text, offset)
        if match is None:
            raise _unknown(text, offset)
        kind = match.lastgroup or ""
        if kind != "space":
            found.append(_token(kind, match, text))
        offset = match.end()
    found.append(Token("end", "", len(text), len(text)))
    return found


def _token(kind: str, match: re.Match[str], text: str) -> Token:
    content = match.group()
    if kind in ("string", "at"):
        content = _unescape(content[content.index('"') + 1 : -1], text, match.start())
    elif kind == "name" and content in KEYWORDS:
        kind = "keyword"
    return Token(kind, content, match.start(), match.end())


def _unescape(content: str, text: str, offset: int) -> str:
    if "\\" not in content:
        return content
    content = _PAIR.sub(_joined, _ESCAPE.sub(_character, content))
    if any("\ud800" <= character <= "\udfff" for character in content):
        raise fail(text, offset, N_("this text holds half of a character (a lone surrogate)"))
    return content


def _character(match: re.Match[str]) -> str:
    short, long, plain = match.groups()
    if plain is not None:
        return _PLAIN.get(plain, "\\" + plain)
    code = int(short or long, 16)
    return chr(code) if code <= 0x10FFFF else "\ufffd"


def _joined(match: re.Match[str]) -> str:
    high, low = ord(match.group(1)), ord(match.group(2))
    return chr(0x10000 + (high - 0xD800) * 0x400 + (low - 0xDC00))


def _unknown(text: str, offset: int) -> FeelSyntaxError:
    character = text[offset]
    if character == '"':
        return fail(text, offset, N_("the text that starts here has no closing quote"))
    if character == "@":
        return fail(text, offset, N_('after @ a quoted date, time or duration is expected, such as @"2026-01-31"'))
    if text.startswith("/*", offset):
        return fail(text, offset, N_("the comment that starts here has no closing */"))
    if character == "!":
        return fail(text, offset, N_('"!" means nothing alone; write != or not(…)'))
    return fail(text, offset, N_('the character "%(character)s" means nothing here'), character=character)
