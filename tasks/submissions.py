"""Start forms: what a person fills in, or a clerk enters from paper, becomes a case; sent twice it is one case."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import ClassVar

from sqlalchemy.exc import IntegrityError

from akta import languages
from akta.errors import Forbidden, Invalid, SignInNeeded
from akta.ids import CaseId, PersonId, new_id
from akta.languages import N_
from akta.subjects import Door, Kind, Subject
from bpmn.bundle import Bundle
from bpmn.forms import Answers, FieldView, Form
from bpmn.values import Value
from people import throttle
from people.throttle import Limit
from storage.bundles import Deployment
from storage.cases import Case
from storage.people import Person
from storage.tenants import Tenant
from storage.unit_of_work import Transaction, UnitOfWork
from tasks import _attachments
from tasks.desk import Desk, Unacceptable, speaking
from workflows import cases, deployments, history
from workflows.cases import Evidence, NewCase

START = "start"
WEB = "web"
PAPER = "paper"
"""How a clerk enters what does not say in which other way it came."""
AT_ONCE = frozenset({"counter", "phone"})
"""Channels in which an application is received when it is entered; the others have a stamp or a delivery time."""


PER_PLACE = Limit("applications from", 60, timedelta(hours=1))
"""What people without an account may send from one address: enough for a street behind one, too little to guess by."""


class NotStartable(Forbidden):
    """This subject may not start this process."""

    title: ClassVar[str] = N_("You cannot start this here.")


class NoKey(Invalid):
    """A submission without a key cannot be told from its repetition."""

    title: ClassVar[str] = N_("The submission has no key; open the form again.")


class TooLate(Invalid):
    """The day of receipt lies ahead."""

    title: ClassVar[str] = N_("The day of receipt cannot be in the future.")


@dataclass(frozen=True)
class StartForm:
    """A start form to be drawn. `submission_key` goes into the page, so that sending it twice makes one case."""

    bundle: Bundle
    deployment: Deployment
    form: Form
    fields: tuple[FieldView, ...]
    submission_key: str
    from_paper: bool


@dataclass(frozen=True)
class Submission:
    """A filled start form. `submission_key` is the sender's own."""

    bundle: str
    answers: Mapping[str, Sequence[str]]
    submission_key: str
    upload_key: str = ""
    language: str = ""
    place: str = ""
    """The network address it was sent from."""


@dataclass(frozen=True)
class Received:
    """The case a submission became; `again` when it was sent before."""

    case_id: CaseId
    reference: str
    title: str
    again: bool


def offered(tx: Transaction, desk: Desk, subject: Subject) -> list[tuple[Deployment, Bundle]]:
    """The active bundles this subject may start, in order of their keys. Anonymous visitors are shown also what
    asks for signing in."""
    found = []
    for deployment in deployments.actives(tx):
        bundle = desk.runtime.definitions.bundle(tx, deployment.content_hash)
        if _form_id(bundle, subject) or (subject.kind is Kind.ANONYMOUS and _for_applicants(bundle)):
            found.append((deployment, bundle))
    return found


def begin(
    tx: Transaction,
    desk: Desk,
    subject: Subject,
    key: str,
    now: datetime,
    *,
    language: str = "",
    shown: Mapping[str, Value] | None = None,
    errors: Mapping[str, str] | None = None,
    submission_key: str = "",
) -> StartForm:
    """The start form of a bundle as this subject fills it in; `shown` and `errors` draw it again after a mistake.

    Raises:
        NotActive: no version of the bundle is active.
        SignInNeeded, NotStartable: this subject may not start it.
    """
    deployment, bundle, form = _startable(tx, desk, subject, key)
    speech = speaking(tx, language or subject.language)
    sources = desk.sourced(tx, bundle, START, subject, now)
    fields = form.view(shown or {}, bundle.texts(speech.code), errors or {}, sources, now=now, language=speech)
    return StartForm(
        bundle=bundle,
        deployment=deployment,
        form=form,
        fields=fields,
        submission_key=submission_key or secrets.token_urlsafe(24),
        from_paper=subject.kind is Kind.STAFF,
    )


def in_steps(start: StartForm) -> bool:
    """Whether the form is filled in screen by screen: an applicant's with several groups of questions is."""
    return not start.from_paper and len(start.form.steps) > 1


def redraw(
    tx: Transaction,
    desk: Desk,
    subject: Subject,
    start: StartForm,
    sent: Submission,
    now: datetime,
    errors: Mapping[str, str] | None = None,
) -> StartForm:
    """The form with the answers as they were typed, wrong ones too, and what is wrong with them beside each."""
    speech = speaking(tx, sent.language or subject.language)
    sources = desk.sourced(tx, start.bundle, START, subject, now)
    texts = start.bundle.texts(speech.code)
    shown: Mapping[str, Value] = {}
    if sent.answers:
        read = start.form.accept(sent.answers, {}, texts=texts, language=speech, now=now, sources=sources)
        shown = read.shown
    fields = start.form.view(shown, texts, errors or {}, sources, now=now, language=speech)
    return replace(start, fields=fields)


def errors(
    tx: Transaction, desk: Desk, subject: Subject, start: StartForm, sent: Submission, now: datetime
) -> Mapping[str, str]:
    """Which answers would need another look if this were sent now, by field; where none, what to send is complete."""
    try:
        _answers(tx, desk, start.bundle, start.form, subject, sent, now)
    except Unacceptable as refusal:
        return refusal.fields
    return {}


def submit(uow: UnitOfWork, desk: Desk, subject: Subject, door: Door, sent: Submission, now: datetime) -> Received:
    """Start a case from a filled form, or give the case the same submission became before.

    Raises:
        NotActive: no version of the bundle is active.
        SignInNeeded, NotStartable: this subject may not start it.
        Unacceptable: `fields` says which answers need another look.
        NotUploaded: a file named in the answers did not arrive.
        TooOften: very many were sent from this address within the hour.
    """
    if not sent.submission_key:
        raise NoKey
    key = _key(subject, sent)
    try:
        with uow.begin() as tx:
            return _submit(tx, desk, subject, door, sent, key, now)
    except IntegrityError:
        with uow.begin() as tx:
            found = cases.find_submitted(tx, key)
            if found is None:
                raise
            return _received(found, again=True)


def sent_before(tx: Transaction, subject: Subject, sent: Submission) -> Received | None:
    """The case that the same submission became before, if it did."""
    found = cases.find_submitted(tx, _key(subject, sent)) if sent.submission_key else None
    return None if found is None else _received(found, again=True)


def _submit(
    tx: Transaction, desk: Desk, subject: Subject, door: Door, sent: Submission, key: str, now: datetime
) -> Received:
    earlier = cases.find_submitted(tx, key)
    if earlier is not None:
        return _received(earlier, again=True)
    _, bundle, form = _startable(tx, desk, subject, sent.bundle)
    if sent.place and subject.kind in (Kind.ANONYMOUS, Kind.CASE_LINK):
        throttle.require(tx, PER_PLACE, sent.place, now)
    answers = _answers(tx, desk, bundle, form, subject, sent, now)
    channel = _channel(bundle, subject, answers)
    language = _case_language(bundle, answers, sent, subject)
    person = _person(tx, bundle, answers, subject, language)
    new = NewCase(
        bundle=bundle.key,
        channel=channel,
        language=language,
        submission_key=key,
        received_at=_received_at(tx, bundle, subject, answers, channel, now),
        person=person,
        title=bundle.texts(tx.get(Tenant, tx.tenant).language).title or bundle.key,
        words=_words(form, answers),
    )
    case = cases.register(tx, new, now)
    values = {**answers.values, **_attachments.attach(tx, CaseId(case.id), answers.files, sent.upload_key)}
    by = subject.acting(door, on_behalf_of=person if subject.kind is Kind.STAFF else None)
    evidence = Evidence({"form": form.id}, history.answers(values))
    cases.run(tx, desk.runtime, case, values, by, now, evidence=evidence)
    return _received(case, again=False)


def _words(form: Form, answers: Answers) -> list[str]:
    """What a case is found by: every short text that was written, such as names, numbers and addresses."""
    short = (component.key for component in form.fields if component.type == "textfield")
    return [text for key in short if isinstance(text := answers.values.get(key), str)]


def _startable(tx: Transaction, desk: Desk, subject: Subject, key: str) -> tuple[Deployment, Bundle, Form]:
    deployment = deployments.active(tx, key)
    bundle = desk.runtime.definitions.bundle(tx, deployment.content_hash)
    form_id = _form_id(bundle, subject)
    if form_id:
        return deployment, bundle, bundle.forms[form_id]
    if subject.kind is Kind.ANONYMOUS and _for_applicants(bundle):
        raise SignInNeeded(key)
    raise NotStartable(key)


def _for_applicants(bundle: Bundle) -> bool:
    return bundle.settings.start is not None and bool(bundle.settings.start.by)


def _form_id(bundle: Bundle, subject: Subject) -> str:
    """The form with which this subject may start the bundle, or nothing."""
    start = bundle.settings.start
    if start is None:
        return ""
    if subject.kind is Kind.STAFF:
        return start.staff.form if start.staff is not None and subject.groups & set(start.staff.by) else ""
    kind = Kind.ANONYMOUS if subject.kind is Kind.CASE_LINK else subject.kind
    return start.form if kind in start.by else ""


def _answers(
    tx: Transaction, desk: Desk, bundle: Bundle, form: Form, subject: Subject, sent: Submission, now: datetime
) -> Answers:
    """The answers, checked by the form and then against the utility's data; sentences in the sender's language."""
    language = speaking(tx, sent.language or subject.language)
    sources = desk.sourced(tx, bundle, START, subject, now)
    texts = bundle.texts(language.code)
    answers = form.accept(sent.answers, {}, texts=texts, language=language, now=now, sources=sources)
    errors = dict(answers.errors)
    if not errors:
        errors |= desk.complaints(tx, bundle, START, subject, answers.values, language, now)
    if errors:
        raise Unacceptable(errors, answers.shown)
    return answers


def _channel(bundle: Bundle, subject: Subject, answers: Answers) -> str:
    """By which way it came: the web, or what the clerk who entered it says."""
    if subject.kind is not Kind.STAFF:
        return WEB
    staff = bundle.settings.start.staff if bundle.settings.start is not None else None
    said = answers.values.get(staff.channel) if staff is not None else None
    return said[:20] if isinstance(said, str) and said else PAPER


def _case_language(bundle: Bundle, answers: Answers, sent: Submission, subject: Subject) -> str:
    """The language in which the case speaks to its applicant: as answered, else that of the page, else their own."""
    key = bundle.settings.start.language_key if bundle.settings.start is not None else ""
    wished = (str(answers.values.get(key) or ""), sent.language, subject.language)
    return next((code for code in wished if code and languages.offered(code)), languages.SOURCE_LANGUAGE)


def _person(tx: Transaction, bundle: Bundle, answers: Answers, subject: Subject, language: str) -> PersonId | None:
    """Whom the case is about and who follows it: the customer who is signed in, else who the answers name."""
    if subject.kind is Kind.CUSTOMER:
        return subject.person
    keys = bundle.settings.applicant
    if keys is None:
        return None
    person = Person(
        id=new_id(),
        name=str(answers.values.get(keys.name) or "")[:200],
        email=str(answers.values.get(keys.email) or "")[:254],
        language=language,
    )
    tx.add(person)
    return PersonId(person.id)


def _received_at(
    tx: Transaction, bundle: Bundle, subject: Subject, answers: Answers, channel: str, now: datetime
) -> datetime:
    """By channel (domain.md, C1): web and counter the moment of sending or entry; post the day of its stamp; e-mail
    and data box the moment of delivery, which only the clerk who enters it can say."""
    staff = bundle.settings.start.staff if bundle.settings.start is not None else None
    if subject.kind is not Kind.STAFF or staff is None or channel in AT_ONCE:
        return now
    day = answers.values.get(staff.received)
    if not isinstance(day, date) or isinstance(day, datetime):
        return now
    language = speaking(tx, subject.language)
    stamped = datetime.combine(day, _time(answers.values.get(staff.received_time)), language.zone)
    if stamped > now:
        raise TooLate(fields={staff.received: language.gettext(TooLate.title)})
    return stamped


def _time(said: Value) -> time:
    """A time of day as HH:MM; midnight where none is said (the form's pattern refuses what is no time)."""
    try:
        return time.fromisoformat(str(said)) if said else time()
    except ValueError:
        return time()


def _key(subject: Subject, sent: Submission) -> str:
    """The stored submission key: the sender's key, within what is the sender's own, so that no one meets another's."""
    own = str(subject.account or subject.case or "")
    parts = (sent.bundle, subject.kind.value, own, sent.submission_key)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _received(case: Case, *, again: bool) -> Received:
    return Received(CaseId(case.id), case.reference, case.title, again)
