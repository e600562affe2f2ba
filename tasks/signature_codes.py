"""One-time codes: an applicant signs at a distance by typing a code that was sent to their verified address."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy import func, select

from akta.errors import Conflict, Forbidden, Invalid
from akta.ids import CaseId, PersonId, TaskId
from akta.languages import N_
from akta.subjects import Door, Kind, Subject
from bpmn.values import Value
from documents import signatures
from documents.signatures import CUSTOMER, SIMPLE, Signed
from people import case_links
from people.passwords import Hasher
from storage.cases import Case
from storage.people import Person
from storage.signatures import SignatureCode, Signing
from storage.unit_of_work import Transaction, UnitOfWork
from tasks import _doors, claims, correspondence
from tasks._doors import Part
from tasks.claims import Completed, Submitted
from tasks.desk import Desk
from tasks.notices import Post
from tasks.signing import ANSWER, CLICK, CODE
from workflows import messages
from workflows.handlers import CallContext, CannotSucceed, Handler

NAME = "send-signature-code"
MAIL = "signature-code"
WANTED = "signature-code-wanted"
"""The message with which a signer asks for a code; the process sends it."""
LASTING = timedelta(minutes=10)
TRIES = 5
"""Wrong codes after which the code is dead."""
IN_AN_HOUR = 5
"""Codes for one set of documents; six digits, five tries each: one guess in forty thousand succeeds within an hour."""
DIGITS = 6


class NoCodes(Conflict):
    """These documents are not signed with a code."""

    title: ClassVar[str] = N_("These documents need your signature on paper.")


class NotVerified(Forbidden):
    """The address of the signer has not been proved to be theirs."""

    title: ClassVar[str] = N_("Open the link in our mail first, so that we know the address is yours.")


class WrongSigner(Forbidden):
    """Somebody else is expected to sign."""

    title: ClassVar[str] = N_("These documents are signed by somebody else.")


class TooManyCodes(Conflict):
    """Codes were asked for too often."""

    title: ClassVar[str] = N_("We have sent you several codes already. Try again in an hour.")


class WrongCode(Invalid):
    """The code is wrong, used, expired, or was tried too often; which of them is not said."""

    title: ClassVar[str] = N_("This code is not right or no longer valid. Check it, or ask for another one.")


@dataclass(frozen=True)
class _Signer:
    """Who stands at the task, and what they have to sign."""

    case: CaseId
    person: PersonId
    name: str
    signing: Signing


def ask(uow: UnitOfWork, desk: Desk, subject: Subject, door: Door, task_id: TaskId, now: datetime) -> None:
    """Ask for a code: it is mailed to the signer within seconds, and the one before stops working.

    Raises:
        NotFound, NotYours: the task is not this subject's.
        NothingToSign, NoCodes, NotVerified, WrongSigner, TooManyCodes: no code can be had.
    """
    with uow.begin() as tx:
        signer = _signer(tx, desk, subject, task_id)
        recent = select(func.count()).select_from(SignatureCode)
        recent = recent.where(SignatureCode.signing_id == signer.signing.id)
        if (tx.session.scalar(recent.where(SignatureCode.created_at > now - timedelta(hours=1))) or 0) >= IN_AN_HOUR:
            raise TooManyCodes(f"signing {signer.signing.id}")
        variables: Mapping[str, Value] = {"code_for": str(signer.person)}
        if not messages.deliver(tx, desk.runtime, signer.case, WANTED, variables, subject.acting(door), now):
            raise NoCodes(f"signing {signer.signing.id}")


def enter(
    uow: UnitOfWork,
    desk: Desk,
    hasher: Hasher,
    subject: Subject,
    door: Door,
    task_id: TaskId,
    code: str,
    now: datetime,
    language: str = "",
) -> Completed:
    """Sign every document of the set with a code; the task is then done.

    The try is counted before the code is looked at, and the counting outlasts the refusal.

    Raises:
        NotFound, NotYours: the task is not this subject's.
        NothingToSign, NoCodes, NotVerified, WrongSigner: nothing can be signed with a code.
        WrongCode: the code is not this signer's for these documents, was used, is too old, or was tried too often.
        Unacceptable: somebody else has to sign as well.
    """
    with uow.begin() as tx:
        signer = _signer(tx, desk, subject, task_id)
        stored = _try(tx, signer, now)
    if not hasher.verify(stored.code_hash if stored else "", code.strip().replace(" ", "")) or stored is None:
        raise WrongCode(fields={"code": WrongCode.title})
    with uow.begin() as tx:
        signer = _signer(tx, desk, subject, task_id)
        _use(tx, stored.id, signer, now)
        by = Signed(CUSTOMER, signer.name, CODE, signer.person)
        signatures.sign(tx, signer.signing, by, now)
    answers = Submitted({ANSWER: [CLICK]}, language=language)
    return claims.complete(uow, desk, subject, door, task_id, answers, now)


def offered(tx: Transaction, desk: Desk, subject: Subject, task_id: TaskId) -> bool:
    """Whether this subject may sign what waits at the task with a code: the documents allow it, and they are asked to.

    Raises:
        NotFound, NotYours: the task is not this subject's.
    """
    reached = _doors.reach(tx, desk.visibility, subject, task_id)
    if reached.part is not Part.APPLICANT or subject.person is None or reached.task.state != "open":
        return False
    case = CaseId(reached.case.id)
    signing = signatures.find_open(tx, case)
    if signing is None or signing.level != SIMPLE or not messages.awaits(tx, case, WANTED):
        return False
    return tx.get(Person, subject.person).name in signatures.missing(tx, signing)


def _signer(tx: Transaction, desk: Desk, subject: Subject, task_id: TaskId) -> _Signer:
    reached = _doors.reach(tx, desk.visibility, subject, task_id)
    if reached.part is not Part.APPLICANT or subject.person is None or reached.task.state != "open":
        raise _doors.NotYours(str(task_id))
    case = tx.locked(Case, reached.case.id)
    signing = signatures.opened(tx, CaseId(case.id))
    if signing.level != SIMPLE:
        raise NoCodes(f"signing {signing.id} needs {signing.level}")
    person = tx.get(Person, subject.person)
    known = subject.kind is Kind.CUSTOMER or case_links.was_opened(tx, CaseId(case.id), PersonId(person.id))
    if not known:
        raise NotVerified(f"person {person.id}")
    if person.name not in signatures.missing(tx, signing):
        raise WrongSigner(f"person {person.id}")
    return _Signer(CaseId(case.id), PersonId(person.id), person.name, signing)


def _latest(tx: Transaction, signer: _Signer) -> SignatureCode | None:
    mine = select(SignatureCode).where(SignatureCode.signing_id == signer.signing.id)
    mine = mine.where(SignatureCode.person_id == signer.person).order_by(SignatureCode.id.desc()).limit(1)
    return tx.session.scalar(mine)


def _try(tx: Transaction, signer: _Signer, now: datetime) -> SignatureCode | None:
    """The newest code of this signer, if it may still be tried; one try is used up."""
    found = _latest(tx, signer)
    if found is None or not _live(found, signer, now):
        return None
    found.tries += 1
    tx.session.flush()
    tx.session.expunge(found)
    return found


def _live(code: SignatureCode, signer: _Signer, now: datetime) -> bool:
    fresh = code.used_at is None and now < code.expires_at and code.tries < TRIES
    return fresh and code.digest == signer.signing.digest


def _use(tx: Transaction, code_id: UUID, signer: _Signer, now: datetime) -> None:
    """Use the code up, once: a second use at the same time finds it used."""
    code = tx.locked(SignatureCode, code_id)
    latest = _latest(tx, signer)
    if latest is None or latest.id != code.id or code.used_at is not None or code.digest != signer.signing.digest:
        raise WrongCode(fields={"code": WrongCode.title})
    code.used_at = now
    tx.session.flush()


# The handler


def handler(post: Post, hasher: Hasher) -> Handler:
    """`send-signature-code` {person} -> {}: a new code for the open documents of the case, of which only the hash is
    kept; sent again, it is another code, and the one before stops working."""
    takes = {"type": "object", "properties": {"person": {"type": "string"}}, "required": ["person"]}
    gives = {"type": "object", "properties": {}, "additionalProperties": False}

    def send(context: CallContext, values: Mapping[str, Value]) -> Mapping[str, Value]:
        _send(post, hasher, context, UUID(str(values["person"])))
        return {}

    return Handler(NAME, N_("Send a code for signing"), takes, gives, remote=send)


def _send(post: Post, hasher: Hasher, context: CallContext, person_id: UUID) -> None:
    uow = post.database.unit_of_work(context.subject.tenant)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    hashed = hasher.hash(code)
    with uow.begin() as tx:
        signing = signatures.find_open(tx, context.case)
        person = tx.get(Person, person_id)
        if signing is None or not person.email:
            raise CannotSucceed("nothing waits for a signature, or the signer has no e-mail address")
        about = correspondence.matter(tx, post.definitions, context.case)
        tx.add(
            SignatureCode(
                signing_id=signing.id,
                person_id=person.id,
                code_hash=hashed,
                digest=signing.digest,
                created_at=context.now,
                expires_at=context.now + LASTING,
            )
        )
        key = f"{context.key}:{context.now.isoformat()}"
        values = {"code": f"{code[:3]} {code[3:]}", "digest": signing.digest[:12]}
        mail = correspondence.compose(about, about.mail(MAIL), values, post.links, key=key, to=person.email)
    post.mailer.send(mail, context.now)
    with uow.begin() as tx:
        if not correspondence.sent_before(tx, mail.key):
            correspondence.keep(tx, about, mail, MAIL, context.now, secret=True)
