"""Rows for tests of storage: the smallest case with everything it needs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from storage.bundles import Deployment
from storage.cases import Case
from storage.people import Person
from storage.tasks import Task
from storage.unit_of_work import Transaction


def add_deployment(tx: Transaction, now: datetime) -> Deployment:
    row = Deployment(
        key="demo", version=1, content_hash="a" * 64, closure={}, closure_hash="b" * 64, deployed_at=now, deployed_by=""
    )
    tx.add(row)
    return row


def add_person(tx: Transaction, name: str = "Minta Ügyfél") -> Person:
    row = Person(name=name, email="minta@example.org")
    tx.add(row)
    return row


def add_case(tx: Transaction, now: datetime, reference: str = "UKA-1", person: UUID | None = None) -> Case:
    deployment = tx.session.scalars(select(Deployment)).first() or add_deployment(tx, now)
    row = Case(
        reference=reference,
        deployment_id=deployment.id,
        bundle="demo",
        channel="web",
        language="cs",
        submission_key=reference,
        person_id=person,
        received_at=now,
    )
    tx.add(row)
    return row


def add_task(
    tx: Transaction,
    case: Case,
    now: datetime,
    *,
    groups: tuple[str, ...] = (),
    assignee: UUID | None = None,
    audience: str = "staff",
    token: int = 1,
) -> Task:
    row = Task(
        case_id=case.id,
        token=token,
        element="check",
        bundle="demo",
        bundle_hash="a" * 64,
        name="Check",
        audience=audience,
        groups=groups,
        assignee_id=assignee,
        created_at=now,
    )
    tx.add(row)
    return row
