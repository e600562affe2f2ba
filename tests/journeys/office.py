"""A whole customer office without its pages: the samples installed, people who act, and jobs performed at once."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from fastapi.testclient import TestClient
from PIL import Image
from pydantic import SecretStr
from sqlalchemy import func, select

from akta import bootstrap
from akta.bootstrap import Akta
from akta.clock import SetClock
from akta.ids import AccountId, CaseId, PersonId, TaskId, TenantId
from akta.settings import Settings
from akta.subjects import Door, Kind, Subject, system
from documents import uploads
from heating import samples
from people import accounts
from storage.cases import Case
from storage.documents import DocumentRow
from storage.jobs import Job
from storage.people import Account, Membership
from storage.tasks import Task
from storage.unit_of_work import UnitOfWork
from tasks import claims, jobs, submissions, tick
from tasks.claims import Submitted
from tasks.mailer import Kept, Outbox
from tasks.submissions import Submission

PASSWORD = "ukazka2026"
Answers = Mapping[str, str | Sequence[str]]


def picture() -> bytes:
    """A small photo."""
    content = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(content, "JPEG")
    return content.getvalue()


def build(database_url: str, folder: Path, clock: SetClock) -> Akta:
    """An installation with cheap password hashes, nobody waiting at the broker, and mails in memory."""
    settings = Settings(
        database_url=database_url,
        files_folder=folder,
        secret_key=SecretStr("k" * 40),
        public_url="http://office.test",
        argon2_memory=64,
        argon2_time=1,
    )
    return bootstrap.build(
        settings, send=lambda _tenant, _job: None, clock=clock, mailer=Outbox(), register=samples.register()
    )


@dataclass
class Office:
    """The utility of the samples. `clock` can be turned; everything due is done by `settle`."""

    akta: Akta
    clock: SetClock
    tenant: TenantId
    _sent: int = field(default=0)

    @classmethod
    def opened(cls, akta: Akta, clock: SetClock, code: str = "UKA") -> "Office":
        installed = samples.install(akta.database, akta.hasher, PASSWORD, clock.now())
        tenant = next(each.tenant for each in installed if each.code == code)
        akta.deploy_shipped(tenant)
        return cls(akta, clock, tenant)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @property
    def uow(self) -> UnitOfWork:
        return self.akta.database.unit_of_work(self.tenant)

    @property
    def mails(self) -> Sequence[Kept]:
        assert isinstance(self.akta.mailer, Outbox)
        return self.akta.mailer.mails(self.tenant)

    def anonymous(self, language: str = "en") -> Subject:
        return Subject(self.tenant, Kind.ANONYMOUS, language=language)

    def signed_in(self, login: str) -> Subject:
        """The subject of an account, as its session would give it."""
        with self.uow.view() as tx:
            account = tx.session.scalars(select(Account).where(Account.login == login)).one()
            groups = tx.session.scalars(select(Membership.group).where(Membership.account_id == account.id)).all()
        return Subject(
            self.tenant,
            Kind(account.kind),
            name=login,
            account=AccountId(account.id),
            person=PersonId(account.person_id),
            groups=frozenset(groups),
        )

    def person(self, login: str) -> PersonId:
        """Who an account belongs to."""
        found = self.signed_in(login).person
        assert found is not None
        return found

    def sign_in(self, client: TestClient, login: str, password: str = PASSWORD) -> TestClient:
        """The client, signed in with this login from here on."""
        opened = accounts.sign_in(self.uow, self.akta.hasher, login, password, self.now)
        client.headers["authorization"] = f"Bearer {opened.token}"
        return client

    def holder(self, case: CaseId) -> Subject:
        """The applicant who came by the link in a mail."""
        return Subject(self.tenant, Kind.CASE_LINK, case=case, person=PersonId(self.case(case).person_id or case))

    def upload(self, field_name: str, name: str = "scan.jpg", key: str = "upload-key") -> str:
        """A picture waiting to be attached; gives its id."""
        received = uploads.receive(self.akta.files, [picture()], name)
        with self.uow.begin() as tx:
            by = system(self.tenant).acting(Door.PAGE)
            return str(uploads.keep(tx, received, field_name, key, self.now, by).id)

    def start(self, bundle: str, answers: Answers, subject: Subject | None = None, key: str = "") -> CaseId:
        """Send a start form."""
        self._sent += 1
        sent = Submission(bundle, _lists(answers), key or f"submission-{self._sent:03}-of-the-test", "upload-key", "en")
        subject = subject or self.anonymous()
        received = submissions.submit(self.uow, self.akta.desk, subject, Door.PAGE, sent, self.now)
        self.settle()
        return received.case_id

    def settle(self) -> None:
        """Do everything that is due. What follows a call that took whole seconds is due as much later, and the clock
        goes with it: a busy machine leaves nothing undone."""
        while jobs.run_due(self.akta.database, self.akta.runtime, self.now):
            with self.akta.database.across_tenants() as session:
                untried = select(func.min(Job.run_at)).where(Job.state == "waiting", Job.attempts == 0)
                due = session.scalar(untried.where(Job.run_at <= self.now + jobs.LEASE))
            if due is not None:
                self.clock.at = max(self.now, due)

    def wait(self, **period: float) -> None:
        """Let time pass; timers fire and what they lead to is done."""
        self.clock.at = self.clock.at + timedelta(**period)
        tick.once(self.akta.database, self.akta.runtime, "test", self.now)
        self.settle()

    def open_tasks(self, case: CaseId) -> list[str]:
        with self.uow.view() as tx:
            found = select(Task.element).where(Task.case_id == case, Task.state == "open").order_by(Task.element)
            return list(tx.session.scalars(found))

    def task(self, case: CaseId, element: str) -> TaskId:
        with self.uow.view() as tx:
            found = select(Task.id).where(Task.case_id == case, Task.element == element, Task.state == "open")
            return TaskId(tx.session.scalars(found).one())

    def do(self, case: CaseId, element: str, subject: Subject | str, answers: Answers) -> None:
        """Complete a task; a clerk (given by login) claims it first."""
        task = self.task(case, element)
        if isinstance(subject, str):
            subject = self.claim(case, element, subject)
        sent = Submitted(_lists(answers), "upload-key")
        claims.complete(self.uow, self.akta.desk, subject, Door.PAGE, task, sent, self.now)
        self.settle()

    def claim(self, case: CaseId, element: str, login: str) -> Subject:
        """A clerk takes a task; gives the clerk."""
        subject = self.signed_in(login)
        claims.claim(self.uow, self.akta.desk, subject, Door.PAGE, self.task(case, element), self.now)
        return subject

    def case(self, case: CaseId) -> Case:
        with self.uow.view() as tx:
            return tx.get(Case, case)

    def documents(self, case: CaseId) -> list[DocumentRow]:
        with self.uow.view() as tx:
            found = select(DocumentRow).where(DocumentRow.case_id == case).order_by(DocumentRow.id)
            return list(tx.session.scalars(found))


def _lists(answers: Answers) -> dict[str, Sequence[str]]:
    return {key: [value] if isinstance(value, str) else value for key, value in answers.items()}
