"""What happened in a case in plain words, for whom it is about: who did what, and no name that only the model knows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from akta.languages import N_
from akta.subjects import Kind
from api.pages.wording import Wording
from storage.documents import DocumentRow, MessageRow
from workflows.queries import Line

SENT, ENTERED = N_("You sent it to us"), N_("We received it and entered it for you")
YOU_DID, WE_DID = N_("You did: %(step)s"), N_("We did: %(step)s")
HAPPENED, CLOSED = N_("It happened: %(step)s"), N_("Closed: %(outcome)s")
YOU_GAVE, WE_MADE, WROTE = N_("You sent: %(title)s"), N_("We made: %(title)s"), N_("We wrote to you: %(subject)s")
_EVENTS = frozenset({"event-happened", "message-received", "signal-received"})


@dataclass(frozen=True)
class Happening:
    """One thing that happened, as a sentence."""

    at: datetime
    icon: str
    words: str


def told(
    words: Wording, lines: Sequence[Line], documents: Sequence[DocumentRow], messages: Sequence[MessageRow]
) -> list[Happening]:
    """Everything that is the applicant's to know, the newest first."""
    found = [*_lines(words, lines), *_documents(words, documents), *_messages(words, messages)]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _lines(words: Wording, lines: Sequence[Line]) -> Iterator[Happening]:
    _ = words.language.gettext
    for line in lines:
        ours = line.actor_kind in (Kind.STAFF, Kind.SYSTEM)
        if line.kind == "case-started":
            yield Happening(line.at, "inbox", _(ENTERED if ours else SENT))
        elif line.kind == "case-ended":
            outcome = words.outcome(line.element).title
            yield Happening(line.at, "circle-check", _(CLOSED) % {"outcome": outcome} if outcome else _(N_("Closed")))
        elif line.kind == "task-completed":
            said = {"step": words.step(line.process, line.element, str(line.data.get("name") or ""))}
            yield Happening(line.at, "check", _(WE_DID if ours else YOU_DID) % said)
        elif line.kind in _EVENTS and (name := words.element(line.process, line.element).name):
            yield Happening(line.at, "circle-dot", _(HAPPENED) % {"step": name})


def _documents(words: Wording, rows: Sequence[DocumentRow]) -> Iterator[Happening]:
    for row in rows:
        made = row.origin == "generated"
        sentence = words.language.gettext(WE_MADE if made else YOU_GAVE) % {"title": words.document(row)}
        yield Happening(row.created_at, "file-text", sentence)


def _messages(words: Wording, rows: Sequence[MessageRow]) -> Iterator[Happening]:
    for row in rows:
        yield Happening(row.sent_at, "mail", words.language.gettext(WROTE) % {"subject": row.subject})
