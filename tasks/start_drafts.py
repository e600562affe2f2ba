"""Drafts of start forms: kept with us while somebody fills one in, for whoever holds a key of theirs, for two weeks."""

import hashlib
import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from akta.errors import Conflict, NotFound
from akta.ids import DocumentId
from akta.languages import N_
from akta.subjects import Door, Subject
from documents import uploads
from storage.desk import DraftKey, StartDraft
from storage.unit_of_work import Transaction, UnitOfWork
from tasks import submissions
from tasks.desk import Desk
from tasks.drafts import LONGEST, TooLong
from tasks.submissions import Received, Submission

LASTS = timedelta(days=14)
"""After the last change."""
MOST_FIELDS = 500

Answers = Mapping[str, Sequence[str]]


class NoDraft(NotFound):
    """There is no draft under this key, or it has expired or become a case; which of them is not said."""

    title = N_("There is no such draft: it was sent, thrown away, or kept for longer than 14 days.")


class ChangedElsewhere(Conflict):
    """The same answers were changed in another window since this one was drawn; `kept` is how they stand there."""

    title = N_("You have changed these answers in another window meanwhile.")

    def __init__(self, kept: Answers) -> None:
        super().__init__("the draft was changed meanwhile")
        self.kept = kept


@dataclass(frozen=True, slots=True)
class Holder:
    """Who asks: the `key` only they have, and under which their uploads wait."""

    key: str
    upload_key: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft as it stands. `done` are the steps that were gone through without a mistake."""

    id: UUID
    bundle: str
    answers: Mapping[str, list[str]]
    done: frozenset[str]
    upload_key: str
    submission_key: str
    saved_at: datetime
    expires_at: datetime

    def mark(self, keys: Collection[str]) -> str:
        """A print of how these answers stand: what a page drew is compared with it."""
        return mark(self.answers, keys)


@dataclass(frozen=True, slots=True)
class Change:
    """New answers to the questions `keys`. `seen` is the mark of what its sender had before their eyes.

    `step` was gone through if `done`; without a step all that was is kept.
    """

    answers: Answers
    keys: Collection[str]
    seen: str
    step: str = ""
    done: bool = False


def mark(answers: Answers, keys: Collection[str]) -> str:
    """A print of the answers to these questions; unanswered ones count like empty ones."""
    written = json.dumps([[key, list(answers.get(key, ()))] for key in sorted(keys)])
    return hashlib.sha256(written.encode()).hexdigest()[:32]


def find(tx: Transaction, holder: Holder, bundle: str, now: datetime) -> Kept | None:
    """The draft of this start form that the holder has begun."""
    row = _row(tx, _key_of(holder, bundle), now)
    return None if row is None else _kept(row)


def save(uow: UnitOfWork, holder: Holder, bundle: str, change: Change, now: datetime) -> Kept:
    """Keep new answers beside the others; the first ones begin a draft. Files sent ahead of them wait with it.

    Raises:
        ChangedElsewhere: the same answers were changed in another window.
        TooLong: it is more than a form can hold.
    """
    try:
        with uow.begin() as tx:
            return _save(tx, holder, bundle, change, now)
    except IntegrityError:  # two windows began it at once: the later one goes on with what the other has begun
        with uow.begin() as tx:
            return _save(tx, holder, bundle, change, now)


def drop(uow: UnitOfWork, holder: Holder, bundle: str, now: datetime) -> None:
    """Throw a draft away, with every key to it; where there is none, nothing happens."""
    with uow.begin() as tx:
        row = _row(tx, _key_of(holder, bundle), now)
        if row is not None:
            _forget(tx, [row.id])


def send(
    uow: UnitOfWork, desk: Desk, subject: Subject, door: Door, holder: Holder, wanted: Submission, now: datetime
) -> Received:
    """Send the draft: it becomes a case, once. `wanted` says of what, in which language, and under which key a draft
    was sent that may be gone.

    Raises:
        NoDraft: there is none, and none was sent under this key.
        Unacceptable: `fields` says which answers need another look; the draft stays.
    """
    with uow.view() as tx:
        kept = find(tx, holder, wanted.bundle, now)
    if kept is None:
        return _sent_before(uow, subject, wanted)
    sent = Submission(wanted.bundle, kept.answers, kept.submission_key, kept.upload_key, wanted.language, wanted.place)
    received = submissions.submit(uow, desk, subject, door, sent, now)
    with uow.begin() as tx:
        _forget(tx, [kept.id])
    return received


def new_link(tx: Transaction, draft_id: UUID, now: datetime) -> str:
    """A token that opens the draft in another browser, as long as the draft is kept; only its hash stays here.

    Raises:
        NoDraft: it is gone.
    """
    row = tx.find(StartDraft, draft_id)
    if row is None or row.expires_at <= now:
        raise NoDraft
    token = secrets.token_urlsafe(32)
    tx.add(DraftKey(draft_id=row.id, key_hash=_hash("link", token)))
    return token


def behind(tx: Transaction, token: str, now: datetime) -> Kept:
    """The draft a link leads to.

    Raises:
        NoDraft: the link is not or no longer good.
    """
    row = _row(tx, _hash("link", token), now)
    if row is None:
        raise NoDraft
    return _kept(row)


def take_up(uow: UnitOfWork, holder: Holder, token: str, now: datetime) -> Kept:
    """Let the holder go on with the draft behind a link. Another one of theirs stays with its own keys.

    Raises:
        NoDraft: the link is not or no longer good.
    """
    with uow.begin() as tx:
        kept = behind(tx, token, now)
        tx.session.execute(delete(DraftKey).where(DraftKey.key_hash == _key_of(holder, kept.bundle)))
        tx.add(DraftKey(draft_id=kept.id, key_hash=_key_of(holder, kept.bundle)))
        return kept


def sweep(uow: UnitOfWork, now: datetime) -> int:
    """Forget drafts nobody went on with; how many there were."""
    with uow.begin() as tx:
        stale = tx.session.scalars(select(StartDraft.id).where(StartDraft.expires_at <= now)).all()
        _forget(tx, stale)
        return len(stale)


def _save(tx: Transaction, holder: Holder, bundle: str, change: Change, now: datetime) -> Kept:
    begun = _row(tx, _key_of(holder, bundle), now) or _begin(tx, holder, bundle, now)
    row = tx.locked(StartDraft, begun.id)
    kept = _kept(row)
    given = {key: list(change.answers.get(key, ())) for key in change.keys}
    if kept.mark(change.keys) not in (change.seen, mark(given, change.keys)):
        raise ChangedElsewhere(kept.answers)
    answers = {key: values for key, values in {**kept.answers, **given}.items() if any(values)}
    _refuse_too_much(answers)
    done = kept.done | {change.step} if change.done else kept.done - {change.step}
    row.content = {"answers": answers, "done": sorted(done - {""})}
    row.saved_at, row.expires_at = now, now + LASTS
    uploads.hand_over(tx, _files(given), holder.upload_key, row.upload_key)
    tx.session.flush()
    return _kept(row)


def _begin(tx: Transaction, holder: Holder, bundle: str, now: datetime) -> StartDraft:
    _forget(tx, _expired(tx, _key_of(holder, bundle)))
    row = StartDraft(
        bundle=bundle,
        content={"answers": {}, "done": []},
        upload_key=secrets.token_urlsafe(32),
        submission_key=secrets.token_urlsafe(32),
        saved_at=now,
        expires_at=now + LASTS,
    )
    tx.add(row)
    tx.session.flush()
    tx.add(DraftKey(draft_id=row.id, key_hash=_key_of(holder, bundle)))
    tx.session.flush()
    return row


def _row(tx: Transaction, key_hash: bytes, now: datetime) -> StartDraft | None:
    found = select(StartDraft).join(DraftKey, DraftKey.draft_id == StartDraft.id)
    return tx.session.scalar(found.where(DraftKey.key_hash == key_hash, StartDraft.expires_at > now))


def _expired(tx: Transaction, key_hash: bytes) -> Sequence[UUID]:
    return tx.session.scalars(select(DraftKey.draft_id).where(DraftKey.key_hash == key_hash)).all()


def _forget(tx: Transaction, drafts: Sequence[UUID]) -> None:
    tx.session.execute(delete(DraftKey).where(DraftKey.draft_id.in_(drafts)))
    tx.session.execute(delete(StartDraft).where(StartDraft.id.in_(drafts)))


def _sent_before(uow: UnitOfWork, subject: Subject, wanted: Submission) -> Received:
    """What a draft became that was sent a moment ago: a button pressed twice leads to the same case."""
    with uow.view() as tx:
        received = submissions.sent_before(tx, subject, wanted)
    if received is None:
        raise NoDraft
    return received


def _kept(row: StartDraft) -> Kept:
    content = row.content
    return Kept(
        id=row.id,
        bundle=row.bundle,
        answers=content["answers"],
        done=frozenset(content["done"]),
        upload_key=row.upload_key,
        submission_key=row.submission_key,
        saved_at=row.saved_at,
        expires_at=row.expires_at,
    )


def _refuse_too_much(answers: Answers) -> None:
    size = sum(len(name) + sum(map(len, values)) for name, values in answers.items())
    if size > LONGEST or len(answers) > MOST_FIELDS:
        raise TooLong


def _files(given: Mapping[str, Sequence[str]]) -> list[DocumentId]:
    """Whatever among the answers could be the id of an upload; whose it is decides the key it waits under."""
    found = []
    for text in (value for values in given.values() for value in values):
        try:
            found.append(DocumentId(UUID(text)))
        except ValueError:
            continue
    return found


def _key_of(holder: Holder, bundle: str) -> bytes:
    return _hash(f"holder of {bundle}", holder.key)


def _hash(purpose: str, secret: str) -> bytes:
    return hashlib.sha256(f"{purpose}\0{secret}".encode()).digest()
