"""Mails: what one is, safe plain text and HTML for it, and the demo's outbox that keeps mails in memory."""

import html
import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Protocol

from akta.ids import TenantId
from workflows.handlers import CannotSucceed

KEPT = 200
"""Mails the demo's outbox keeps, per utility."""

_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


class NoValue(CannotSucceed):
    """A mail's text has a place that nothing fills."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to hand over. `key` becomes its Message-ID, so that sending it again can be told from another mail.

    Only addresses under `own_site` can be followed in its HTML: values come from people, and a utility's mail must
    not carry a stranger's links.
    """

    tenant: TenantId
    key: str
    from_name: str
    from_address: str
    to: str
    subject: str
    body: str
    language: str
    own_site: str = ""

    @property
    def message_id(self) -> str:
        left = re.sub(r"[^A-Za-z0-9.-]", ".", self.key)
        return f"<{left}@{self.from_address.rpartition('@')[2] or 'localhost'}>"

    @property
    def html(self) -> str:
        return as_html(self.body, self.language, self.own_site)


class Mailer(Protocol):
    """Hands a mail over to whoever carries it; raises when they do not take it."""

    def send(self, mail: Mail, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail in the demo's outbox."""

    to: str
    subject: str
    body: str
    sent_at: datetime
    message_id: str


class Outbox:
    """The demo's mailer: keeps the last mails of each utility in memory, newest first, and sends none."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._mails: dict[TenantId, deque[Kept]] = {}
        self._lock = Lock()

    def send(self, mail: Mail, now: datetime) -> None:
        kept = Kept(mail.to, mail.subject, mail.body, now, mail.message_id)
        with self._lock:
            self._mails.setdefault(mail.tenant, deque(maxlen=self._kept)).appendleft(kept)

    def mails(self, tenant: TenantId) -> Sequence[Kept]:
        with self._lock:
            return tuple(self._mails.get(tenant, ()))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values into the {places} of a text; what stands in a value is never read as a place.

    Raises:
        NoValue: a place has no value.
    """

    def put(found: re.Match[str]) -> str:
        if found[1] not in values:
            raise NoValue(f"nothing fills {{{found[1]}}}")
        return values[found[1]]

    return _PLACE.sub(put, text)


def one_line(text: str) -> str:
    """A subject: no line ends, with which further headers could be smuggled in."""
    return " ".join(text.split())


def tidy(text: str) -> str:
    """A body: no spaces at line ends, at most one empty line in a row."""
    lines = (line.rstrip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def as_html(body: str, language: str, own_site: str) -> str:
    """The body as simple HTML: paragraphs, line breaks, and the own site's addresses to follow; all else escaped."""
    paragraphs = "\n".join(f"<p>{_linked(part, own_site)}</p>" for part in body.strip().split("\n\n"))
    head = f'<!doctype html><html lang="{html.escape(language)}"><head><meta charset="utf-8"></head>'
    return f"{head}<body>\n{paragraphs}\n</body></html>\n"


def _linked(text: str, own_site: str) -> str:
    """Escaped text with the own site's addresses made links."""
    parts: list[str] = []
    end = 0
    for found in _ADDRESS.finditer(text):
        if not own_site or not found[0].startswith(f"{own_site}/"):
            continue
        address = html.escape(found[0])
        parts += [html.escape(text[end : found.start()]), f'<a href="{address}">{address}</a>']
        end = found.end()
    parts.append(html.escape(text[end:]))
    return "".join(parts).replace("\n", "<br>\n")
