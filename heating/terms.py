"""The terms of use: published in versions, announced before they hold, accepted by whoever has an account (S000-13)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import func, select

from akta.errors import Conflict, Invalid, NotFound
from akta.ids import PersonId
from akta.languages import N_, Language
from akta.subjects import Actor, Door, Kind, Subject
from bpmn.values import Value
from heating import profile
from heating.profile import Profile
from heating.tables.terms import TermsAcceptance, TermsVersion
from storage.cases import Case
from storage.people import Account, Person
from storage.unit_of_work import Transaction, UnitOfWork
from workflows import cases, deployments, messages
from workflows.cases import NewCase
from workflows.runtime import Runtime

CHANGE, NOTICE = "terms-change", "terms-notice"
"""The process that tells everybody, and the one that follows each account until it has accepted."""
ACCEPTED = "terms-accepted"
"""Message to the notice of an account; correlates on the key of `notice_key`."""
APPLICATION = "application"
"""The door of who accepted the terms when they applied."""
AT_ONCE = 100
"""Accounts told in one step of the process."""
REMIND = timedelta(days=7)
LONGEST = 60_000
TEXT, CHANGES = "text", "changes"

Start = Callable[[Transaction, NewCase, Actor, datetime], Case]
"""Starts a case, in the transaction it is called in."""
Words = Mapping[str, Mapping[str, str]]


class NoSuchTerms(NotFound):
    """There is no version with this number."""

    title = N_("There is no such version of the terms.")


class Outdated(Conflict):
    """A later version has been published, and that one is to be accepted."""

    title = N_("There is a newer version of the terms. Read and accept that one.")


TOO_SOON = N_("The terms hold from %(day)s at the earliest, so that everybody can be told before.")
NO_TEXT = N_("Write the terms in the utility's own language.")
NO_CHANGES = N_("Say in the utility's own language what is different.")
TOO_LONG = N_("This text is too long.")


@dataclass(frozen=True, slots=True)
class Version:
    """A version as people read it, in the language asked for or, where it lacks that, the utility's own."""

    number: int
    effective_from: date
    published_at: datetime
    language: str
    text: str
    changes: str
    accepted_by: int = 0


@dataclass(frozen=True, slots=True)
class Owed:
    """A version that the owner of an account has not accepted yet; `due` once they cannot go on without."""

    number: int
    effective_from: date
    due: bool


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What is to be published: from when it holds, and its words by language."""

    effective_from: date
    words: Words


def notice_key(account: UUID, number: int) -> str:
    return f"{account}/{number}"


def versions(tx: Transaction, language: str) -> list[Version]:
    """Every published version, the newest first, with how many accounts accepted it."""
    counted = (
        select(TermsVersion, func.count(TermsAcceptance.id))
        .outerjoin(TermsAcceptance, TermsAcceptance.version_id == TermsVersion.id)
        .group_by(TermsVersion.id)
        .order_by(TermsVersion.number.desc())
    )
    own = profile.of(tx).language
    return [_read(row, language, own, accepted) for row, accepted in tx.session.execute(counted)]


def in_force(found: list[Version], today: date) -> Version | None:
    """Which of the versions holds today."""
    return next((each for each in found if each.effective_from <= today), None)


def owed(tx: Transaction, account: UUID | None, today: date) -> Owed | None:
    """What the owner of an account has still to accept."""
    if account is None:
        return None
    newest = _newest(tx)
    accepted = tx.session.scalar(
        select(func.max(TermsVersion.number))
        .join(TermsAcceptance, TermsAcceptance.version_id == TermsVersion.id)
        .where(TermsAcceptance.account_id == account)
    )
    if newest is None or (accepted or 0) >= newest.number:
        return None
    holding = select(func.max(TermsVersion.number)).where(TermsVersion.effective_from <= today)
    due = (tx.session.scalar(holding) or 0) > (accepted or 0)
    return Owed(newest.number, newest.effective_from, due)


def accept(uow: UnitOfWork, runtime: Runtime, subject: Subject, door: Door, number: int, now: datetime) -> None:
    """Accept the newest version for one's own account; accepting again changes nothing.

    Raises:
        NoSuchTerms: there is no such version.
        Outdated: a later one was published.
    """
    with uow.begin() as tx:
        version = tx.session.scalar(select(TermsVersion).where(TermsVersion.number == number))
        if version is None or subject.account is None:
            raise NoSuchTerms(str(number))
        newest = _newest(tx)
        if newest is not None and newest.number != number:
            raise Outdated(str(number))
        tx.locked(Account, subject.account)
        if keep(tx, subject.account, version, door.value, now):
            key = notice_key(subject.account, number)
            messages.correlate(tx, runtime, ACCEPTED, key, {}, subject.acting(door), now)


def accepted_in_application(tx: Transaction, account: UUID, at: datetime) -> None:
    """Keep what an applicant accepted: the version that was the newest when their application came."""
    known = select(TermsVersion).where(TermsVersion.published_at <= at).order_by(TermsVersion.number.desc()).limit(1)
    version = tx.session.scalar(known)
    if version is not None:
        keep(tx, account, version, APPLICATION, at)


def keep(tx: Transaction, account: UUID, version: TermsVersion, door: str, at: datetime) -> bool:
    """Note an acceptance; whether it is the first of this version."""
    known = select(TermsAcceptance.id).where(
        TermsAcceptance.account_id == account, TermsAcceptance.version_id == version.id
    )
    if tx.session.scalar(known) is not None:
        return False
    tx.add(TermsAcceptance(account_id=account, version_id=version.id, accepted_at=at, door=door))
    return True


def publish(
    uow: UnitOfWork, runtime: Runtime, subject: Subject, door: Door, new: NewVersion, language: Language, now: datetime
) -> int:
    """Publish a version and begin the case that tells everybody; gives its number.

    Raises:
        Invalid: it would hold too soon, or lacks words in the utility's own language, by field.
    """
    with uow.begin() as tx:
        settings, before = profile.of(tx), _newest(tx)
        _check(settings, before, new, language, now)
        version = TermsVersion(
            number=1 if before is None else before.number + 1,
            effective_from=new.effective_from,
            words={code: dict(said) for code, said in new.words.items() if said.get(TEXT, "").strip()},
            published_at=now,
            published_by=subject.account,
        )
        tx.add(version)
        tx.session.flush()
        bundle = runtime.definitions.bundle(tx, deployments.active(tx, CHANGE).content_hash)
        told = NewCase(
            bundle=CHANGE,
            channel="system",
            language=settings.language,
            submission_key=sha256(f"{CHANGE}\n{version.id}".encode()).hexdigest(),
            received_at=now,
            variables={"version_id": str(version.id)},
            title=bundle.texts(settings.language).title,
        )
        cases.start(tx, runtime, told, subject.acting(door), now)
        return version.number


def announce(
    tx: Transaction, start: Start, version_id: UUID, after: UUID | None, by: Actor, now: datetime
) -> dict[str, Value]:
    """Begin the notices of the next accounts: a case each, once for each version."""
    version = tx.get(TermsVersion, version_id)
    wanted = (
        select(Account, Person)
        .join(Person, Person.id == Account.person_id)
        .where(Account.kind == Kind.CUSTOMER.value, Account.state == "active")
        .order_by(Account.id)
        .limit(AT_ONCE)
    )
    if after is not None:
        wanted = wanted.where(Account.id > after)
    found = tx.session.execute(wanted).all()
    for account, person in found:
        start(tx, _notice(profile.of(tx), version, account, person, now), by, now)
    return {"after": str(found[-1][0].id) if found else None, "done": len(found) < AT_ONCE}


def _notice(settings: Profile, version: TermsVersion, account: Account, person: Person, now: datetime) -> NewCase:
    holds = datetime.combine(version.effective_from, time(), settings.zone)
    key = notice_key(account.id, version.number)
    said = _read(version, person.language, settings.language)
    return NewCase(
        bundle=NOTICE,
        channel="system",
        language=person.language,
        submission_key=sha256(f"{NOTICE}\n{key}".encode()).hexdigest(),
        received_at=now,
        person=PersonId(person.id),
        variables={
            "notice_key": key,
            "version": str(version.number),
            "changes": said.changes,
            "effective_from": version.effective_from,
            "remind_at": max(now, holds - REMIND),
            "holds_at": max(now, holds),
        },
    )


def _check(settings: Profile, before: TermsVersion | None, new: NewVersion, language: Language, now: datetime) -> None:
    earliest = settings.today(now)
    if before is not None:
        earliest = max(earliest + timedelta(days=settings.terms_notice_days), before.effective_from)
    problems: dict[str, str] = {}
    if new.effective_from < earliest:
        problems["effective_from"] = language.gettext(TOO_SOON) % {"day": language.day(earliest)}
    own = new.words.get(settings.language, {})
    if not own.get(TEXT, "").strip():
        problems[f"{TEXT}_{settings.language}"] = language.gettext(NO_TEXT)
    if before is not None and not own.get(CHANGES, "").strip():
        problems[f"{CHANGES}_{settings.language}"] = language.gettext(NO_CHANGES)
    for code, said in new.words.items():
        problems |= {
            f"{part}_{code}": language.gettext(TOO_LONG) for part, written in said.items() if len(written) > LONGEST
        }
    if problems:
        raise Invalid(fields=problems)


def _newest(tx: Transaction) -> TermsVersion | None:
    return tx.session.scalar(select(TermsVersion).order_by(TermsVersion.number.desc()).limit(1))


def _read(row: TermsVersion, language: str, own: str, accepted_by: int = 0) -> Version:
    code = next((code for code in (language, own) if code in row.words), next(iter(row.words), ""))
    said = row.words.get(code, {})
    return Version(
        number=row.number,
        effective_from=row.effective_from,
        published_at=row.published_at,
        language=code,
        text=str(said.get(TEXT, "")),
        changes=str(said.get(CHANGES, "")),
        accepted_by=accepted_by,
    )
