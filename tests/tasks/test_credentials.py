"""Credentials: two mails, one secret at a time, nothing kept; the first login lets the case go on."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from akta import languages, subjects
from akta.ids import AccountId, CaseId, new_id
from akta.subjects import Door, Kind, Subject
from bpmn.values import Value
from people import accounts
from people.accounts import PasswordEntry
from people.passwords import Cost, Hasher
from storage.cases import HistoryEntry
from storage.database import Database
from storage.documents import MessageRow
from storage.jobs import Job
from storage.people import Account, Person
from storage.tenants import Tenant
from tasks import credentials, first_login, jobs
from tasks.correspondence import Links
from tasks.first_login import Changing
from tasks.mailer import Mail, Outbox
from tasks.notices import Post
from tests.workflows import toys
from tests.workflows.engine.models import Model, message
from tests.workflows.house import BY, House
from workflows import cases, queries
from workflows.cases import NewCase
from workflows.definitions import Definitions
from workflows.handlers import CallContext

HASHER = Hasher(Cost(passes=1, memory=8))


class Losing(Outbox):
    """Loses the line at the mails whose number is named."""

    def __init__(self, *losing: int) -> None:
        super().__init__()
        self._losing, self._number = losing, 0

    def send(self, mail: Mail, now: datetime) -> None:
        self._number += 1
        if self._number in self._losing:
            raise OSError("the line is dead")
        super().send(mail, now)


class Office:
    """A house that issues credentials for one pending account."""

    def __init__(self, database: Database, tenant: Tenant, outbox: Outbox, now: datetime) -> None:
        links = Links("https://akta.example.org")
        post = Post(database, Definitions(), outbox, links)
        self.outbox, self.house = outbox, House(database, tenant, credentials.handler(post, HASHER))
        model = Model("issue", **{"first-login": "=account_id"})
        model.start().service("send", "send-credentials").catch("wait", message("first-login")).end("active")
        self.house.deploy(toys.toy(model.path("start", "send", "wait", "active")), now=now)
        with self.house.uow.begin() as tx:
            person = Person(id=new_id(), name="Jana Ukázková", email="jana@example.org", language="en")
            tx.add(person)
            self.account = AccountId(accounts.create(tx, person, "jana", Kind.CUSTOMER, now).id)
        self.case_id = self.house.start("issue", now, account_id=str(self.account))

    def run(self, now: datetime) -> None:
        jobs.run_due(self.house.database, self.house.runtime, now)

    def bodies(self) -> list[str]:
        return [mail.body for mail in reversed(self.outbox.mails(self.house.tenant))]

    def secret(self) -> str:
        found = re.search(r"portal is (\S+)", self.bodies()[-1])
        assert found is not None
        return found[1]

    @property
    def subject(self) -> Subject:
        return Subject(self.house.tenant, Kind.CUSTOMER, name="Jana Ukázková", account=self.account)


@pytest.fixture
def office(database: Database, tenant: Tenant, now: datetime) -> Office:
    return Office(database, tenant, Outbox(), now)


def test_login_and_password_go_in_two_mails(office: Office, now: datetime) -> None:
    office.run(now)
    login, password = office.bodies()
    assert "jana" in login
    assert "https://akta.example.org/uka/sign-in" in login
    assert office.secret() not in login
    assert "jana" not in password
    opened = accounts.sign_in(office.house.uow, HASHER, "jana", office.secret(), now)
    assert opened.must_change


def test_neither_the_text_nor_the_secret_is_kept_anywhere(office: Office, now: datetime) -> None:
    office.run(now)
    with office.house.uow.view() as tx:
        sent = tx.session.scalars(select(MessageRow).order_by(MessageRow.id)).all()
        assert [(row.template, row.personal) for row in sent] == [
            ("credentials-login", None),
            ("credentials-password", None),
        ]
        rows = [*sent, *tx.session.scalars(select(HistoryEntry)), *tx.session.scalars(select(Job))]
        everything = str([vars(row) for row in rows]) + str(
            queries.variables(tx, office.house.runtime.definitions, office.case_id)
        )
        assert office.secret() not in everything
        account = tx.get(Account, office.account)
        assert office.secret() not in str(vars(account))


@pytest.mark.parametrize(("losing", "mails"), [((1,), 2), ((2,), 2)])
def test_a_lost_mail_is_sent_again_with_a_new_secret(
    database: Database, tenant: Tenant, now: datetime, losing: tuple[int, ...], mails: int
) -> None:
    office = Office(database, tenant, Losing(*losing), now)
    office.run(now)
    office.run(now + timedelta(minutes=1))
    assert len(office.bodies()) == mails
    accounts.sign_in(office.house.uow, HASHER, "jana", office.secret(), now)


def test_the_same_call_made_again_changes_nothing(office: Office, now: datetime) -> None:
    office.run(now)
    handler = office.house.handlers["send-credentials"]
    with office.house.uow.view() as tx:
        key = tx.session.scalars(select(Job.key)).one()
    assert handler.remote is not None
    context = CallContext(office.case_id, key, now, subjects.system(office.house.tenant), "en")
    values: Mapping[str, Value] = {"account_id": str(office.account)}
    handler.remote(context, values)
    assert len(office.bodies()) == 2
    accounts.sign_in(office.house.uow, HASHER, "jana", office.secret(), now)


def test_the_first_own_password_lets_the_case_go_on(office: Office, now: datetime) -> None:
    office.run(now)
    desk = Changing(office.house.runtime, HASHER)
    english = languages.language("en")
    entry = PasswordEntry(office.secret(), "correct horse 1", "correct horse 1")
    assert first_login.change_password(office.house.uow, desk, office.subject, Door.PAGE, entry, english, now)
    assert office.house.case(office.case_id).outcome == "active"
    with office.house.uow.view() as tx:
        told = [line for line in queries.history(tx, office.case_id) if line.kind == "message-received"]
        assert [(line.actor, line.door) for line in told] == [("Jana Ukázková", "page")]
    again = PasswordEntry("correct horse 1", "another horse 2", "another horse 2")
    assert not first_login.change_password(office.house.uow, desk, office.subject, Door.PAGE, again, english, now)


def test_a_case_about_somebody_else_does_not_go_on(office: Office, now: datetime) -> None:
    office.run(now)
    new = NewCase("issue", "web", "en", "other", now, {"account_id": str(office.account)[:-1] + "x"})
    with office.house.uow.begin() as tx:
        other = CaseId(cases.start(tx, office.house.runtime, new, BY, now).id)
    desk = Changing(office.house.runtime, HASHER)
    entry = PasswordEntry(office.secret(), "correct horse 1", "correct horse 1")
    first_login.change_password(office.house.uow, desk, office.subject, Door.PAGE, entry, languages.language("en"), now)
    assert office.house.case(other).state != "closed"
