"""The row of a new case, and what its process may know about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select

from akta.alphabets import folded
from akta.ids import PersonId, new_id
from bpmn.values import Value
from storage.bundles import Deployment
from storage.cases import Case
from storage.people import Person
from storage.tenants import Tenant
from storage.unit_of_work import Transaction
from workflows import _record, deployments, numbers
from workflows.definitions import Definitions
from workflows.engine import StartPoint
from workflows.sent import Sent


@dataclass(frozen=True)
class NewCase:
    """What a case is started with. `submission_key` names the submission: the same key again is the same case.

    `words` are texts it is to be found by, beside its reference, its title and its person's name.
    """

    bundle: str
    channel: str
    language: str
    submission_key: str
    received_at: datetime
    variables: Mapping[str, Value] = field(default_factory=dict)
    person: PersonId | None = None
    title: str = ""
    words: Sequence[str] = ()


MOST_WORDS = 4_000
"""Characters a case is found by; what a hostile form says beyond is left out."""


def found_by(known: str, words: Sequence[str]) -> str:
    """Each text once, folded, on a line of its own, so that no search runs from one into the next."""
    lines = dict.fromkeys([*known.splitlines(), *(folded(text) for text in words)])
    return "\n".join(line for line in lines if line)[:MOST_WORDS]


def find_submitted(tx: Transaction, submission_key: str) -> Case | None:
    """The case an earlier submission with this key became."""
    return tx.session.scalar(select(Case).where(Case.submission_key == submission_key))


def register(tx: Transaction, new: NewCase, now: datetime) -> Case:
    """The row of a new case with its reference, before its process runs: documents can be attached to it.

    Two transactions that register the same submission at once: the later one fails on the unique key
    (IntegrityError), and finds the case when it is tried again.

    Raises:
        NotActive: no version of the bundle is active.
    """
    deployment = deployments.active(tx, new.bundle)
    reference = numbers.next_reference(tx, now)
    person = None if new.person is None else tx.find(Person, new.person)
    case = Case(
        id=new_id(),
        reference=reference,
        deployment_id=deployment.id,
        bundle=new.bundle,
        state="received",
        title=new.title[:300],
        channel=new.channel,
        language=new.language,
        submission_key=new.submission_key,
        person_id=new.person,
        words=found_by("", (reference, new.title, "" if person is None else person.name, *new.words)),
        received_at=new.received_at,
    )
    tx.add(case, _record.before_start(case))
    return case


def given(tx: Transaction, case: Case) -> Mapping[str, Value]:
    """What every process may read about its case; whoever starts it cannot set these."""
    person = None if case.person_id is None else tx.find(Person, case.person_id)
    applicant: dict[str, Value] = {
        "person": None if person is None else str(person.id),
        "name": "" if person is None else person.name,
        "email": "" if person is None else person.email,
    }
    return {
        "case": {"reference": case.reference, "id": str(case.id)},
        "channel": case.channel,
        "language": case.language,
        "applicant": applicant,
    }


def by_event(
    tx: Transaction, definitions: Definitions, deployment: Deployment, point: StartPoint, sent: Sent, now: datetime
) -> NewCase:
    """The case that a message or signal begins: with a correlation key one for ever, else one for each message."""
    # Two messages at once: the second waits here, and then finds the case of the first.
    tenant = tx.session.get_one(Tenant, tx.tenant, with_for_update={"key_share": True}, populate_existing=True)
    own = sent.correlation or sent.message_id or new_id().hex
    told = "\n".join((deployment.key, point.place.element, sent.kind, sent.message, own))
    return NewCase(
        bundle=deployment.key,
        channel=sent.kind,
        language=tenant.language,
        submission_key=f"event:{sha256(told.encode()).hexdigest()}",
        received_at=now,
        variables=sent.variables,
        title=definitions.bundle(tx, deployment.content_hash).texts(tenant.language).title,
    )
