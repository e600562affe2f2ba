"""A small house around one database: runtime, handlers, people; jobs are performed when a test says so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from akta.ids import AccountId, CaseId, JobId, PersonId, TaskId, TenantId, TokenId, new_id
from akta.subjects import Actor, Door, Kind, Subject
from bpmn.bundle import Bundle
from bpmn.values import Value
from people.groups import SEE_EVERY_CASE
from storage.bundles import Deployment
from storage.cases import Case
from storage.database import Database
from storage.people import Account, Membership, Person
from storage.tasks import Task
from storage.tenants import Tenant
from storage.unit_of_work import Transaction, UnitOfWork
from storage.visibility import Visibility
from workflows import cases, deployments
from workflows.definitions import Definitions
from workflows.engine.commands import CompleteTask
from workflows.handlers import CallContext, Handler, Handlers
from workflows.runtime import Runtime

ANY = {"type": "object"}
BY = Actor(kind=Kind.SYSTEM, door=Door.CLI, name="Test")


def no_findings(_bundle: Bundle, _called: Mapping[str, Bundle]) -> list[object]:
    return []


@dataclass
class Calls:
    """What the toy handlers were called with, and what they do next."""

    made: list[tuple[str, Mapping[str, Value]]] = field(default_factory=list)
    then: Callable[[], Mapping[str, Value]] = dict

    def local(self, _tx: Transaction, context: CallContext, values: Mapping[str, Value]) -> Mapping[str, Value]:
        self.made.append((context.key, values))
        return self.then()

    def remote(self, context: CallContext, values: Mapping[str, Value]) -> Mapping[str, Value]:
        self.made.append((context.key, values))
        return self.then()


class House:
    """Everything for one tenant; `sent` are the jobs that were sent after a commit."""

    def __init__(self, database: Database, tenant: Tenant, *handlers: Handler) -> None:
        self.database = database
        self.tenant = TenantId(tenant.id)
        self.stamps, self.flaky = Calls(then=lambda: {"stamp": "ok"}), Calls(then=lambda: {"got": True})
        own = {handler.name for handler in handlers}
        toys = (
            Handler("stamp", "Stamp", ANY, ANY, local=self.stamps.local),
            Handler("flaky", "Flaky", ANY, ANY, remote=self.flaky.remote),
            Handler("near", "Near", ANY, ANY, local=self.flaky.local),
            Handler("notify", "Tell", ANY, ANY, remote=self.flaky.remote),
        )
        self.handlers = Handlers(*handlers, *(toy for toy in toys if toy.name not in own))
        self.sent: list[tuple[TenantId, JobId]] = []
        self.runtime = Runtime(Definitions(), self.handlers, lambda tenant_id, job: self.sent.append((tenant_id, job)))
        self.visibility = Visibility(SEE_EVERY_CASE)

    @property
    def uow(self) -> UnitOfWork:
        """A fresh unit of work: threads must not share one."""
        return self.database.unit_of_work(self.tenant)

    def deploy(self, *bundles: Bundle, now: datetime) -> Deployment:
        """Deploy and activate, in this order; gives the last deployment."""
        for bundle in bundles:
            with self.uow.begin() as tx:
                last = deployments.deploy(tx, bundle, BY, now, gate=lambda _b, _c: [], activated=True)
        return last

    def start(self, key: str, now: datetime, person: PersonId | None = None, **variables: Value) -> CaseId:
        new = cases.NewCase(
            bundle=key,
            channel="web",
            language="en",
            submission_key=new_id().hex,
            received_at=now,
            variables=variables,
            person=person,
            title=f"A {key}",
        )
        with self.uow.begin() as tx:
            return CaseId(cases.start(tx, self.runtime, new, BY, now).id)

    def complete(self, case: CaseId, now: datetime, **variables: Value) -> None:
        """Complete the one open task of a case, past claims and forms."""
        task = self.task(case)
        with self.uow.begin() as tx:
            cases.advance(tx, self.runtime, case, CompleteTask(TokenId(task.token), variables), BY, now)

    def case(self, case_id: CaseId) -> Case:
        with self.uow.view() as tx:
            return tx.get(Case, case_id)

    def tasks(self, case_id: CaseId, state: str = "open") -> list[Task]:
        with self.uow.view() as tx:
            found = select(Task).where(Task.case_id == case_id, Task.state == state).order_by(Task.token)
            return list(tx.session.scalars(found))

    def task(self, case_id: CaseId) -> Task:
        (found,) = self.tasks(case_id)
        return found

    def task_id(self, case_id: CaseId) -> TaskId:
        return TaskId(self.task(case_id).id)

    def person(self, name: str, email: str = "") -> PersonId:
        with self.uow.begin() as tx:
            person = Person(id=new_id(), name=name, email=email, language="en")
            tx.add(person)
            return PersonId(person.id)

    def subject(self, name: str, now: datetime, *groups: str, kind: Kind = Kind.STAFF) -> Subject:
        """Somebody with an account."""
        person = self.person(name, f"{name.split()[0].lower()}@example.org")
        account = Account(
            id=new_id(), person_id=person, login=new_id().hex, kind=kind.value, state="active", created_at=now
        )
        with self.uow.begin() as tx:
            tx.add(account)
            tx.add(*(Membership(account_id=account.id, group=group) for group in groups))
        return Subject(
            tenant=self.tenant,
            kind=kind,
            name=name,
            account=AccountId(account.id),
            person=person,
            groups=frozenset(groups),
        )


def link_holder(house: House, case: CaseId, person: PersonId | None = None) -> Subject:
    """Somebody who came by a case link."""
    return Subject(tenant=house.tenant, kind=Kind.CASE_LINK, case=case, person=person)


def anonymous(house: House) -> Subject:
    return Subject(tenant=house.tenant, kind=Kind.ANONYMOUS)


def job_ids(house: House) -> list[UUID]:
    return [job for _, job in house.sent]
