"""A running application on real parts, and clients of every kind of visitor."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from akta.clock import SetClock
from akta.ids import AccountId, CaseId, PersonId
from akta.subjects import Door, Kind, Subject, system
from api import app as application
from api.ports import Services
from heating.visibility import contract_rule
from people import accounts, api_keys, case_links, groups, rights
from people.passwords import Cost, Hasher
from storage.bundles import Deployment
from storage.cases import Case
from storage.database import Database
from storage.files import Files
from storage.people import Person
from storage.tenants import Tenant
from storage.unit_of_work import UnitOfWork
from storage.visibility import Visibility
from tasks import submissions
from tasks.desk import Desk
from tasks.gate import gate
from tasks.mailer import Outbox
from tasks.submissions import Submission
from tests.api.toy import TOY
from tests.workflows import toys
from workflows import cases, deployments
from workflows.definitions import Definitions
from workflows.handlers import Handlers
from workflows.runtime import Runtime

PASSWORD = "correct horse 7"
ADDRESS = "http://testserver"
ASKED = {"name": ["Minta Ügyfél"], "email": ["ugyfel@example.org"], "text": ["Why is it cold?"]}

NewAccount = Callable[..., AccountId]
Visitor = Callable[[str], TestClient]

STAFF = sorted(groups.GROUPS)
KINDS = ["anonymous", "case-link", "customer", "machine", *STAFF]
"""Every kind of visitor: those who are not staff, and each group of staff."""


@pytest.fixture(scope="session")
def hasher() -> Hasher:
    """Real Argon2 at the lowest cost."""
    return Hasher(Cost(passes=1, memory=8, lanes=1))


@pytest.fixture
def services(database: Database, files: Files, clock: SetClock, hasher: Hasher) -> Services:
    """What the application stands on; the jobs of its cases are not performed."""
    runtime = Runtime(Definitions(), Handlers(), send=lambda tenant, job: None)
    desk = Desk.of(runtime, Visibility(groups.SEE_EVERY_CASE, (contract_rule,)))
    return Services(
        database=database,
        files=files,
        desk=desk,
        gate=gate(desk),
        clock=clock,
        hasher=hasher,
        secret_key=b"only for tests, 32 bytes of key..",
        public_url=ADDRESS,
        outbox=Outbox(),
        upload_limit=200_000,
        uploads_limit=1_000_000,
    )


@pytest.fixture(scope="session")
def routed() -> list[FastAPI]:
    """The application whose routes the tests share: preparing three hundred of them takes longer than most tests."""
    return []


@pytest.fixture
def app(services: Services, routed: list[FastAPI]) -> Iterator[FastAPI]:
    """The application on these services; routes a test adds are gone after it."""
    if routed:
        application.stand_on(routed[0], services)
    else:
        routed.append(application.create(services))
    routes = list(routed[0].router.routes)
    yield routed[0]
    routed[0].router.routes[:] = routes


@pytest.fixture
def new_client(app: FastAPI) -> Iterator[Callable[[], TestClient]]:
    """Browsers, or other clients, that know nothing of each other."""
    made: list[TestClient] = []

    def make() -> TestClient:
        client = TestClient(app, base_url=ADDRESS, follow_redirects=False, headers={"accept-language": "en"})
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(new_client: Callable[[], TestClient], tenant: Tenant) -> TestClient:
    """Somebody unknown, at a utility that is there."""
    return new_client()


@pytest.fixture
def new_account(uow: UnitOfWork, hasher: Hasher, now: datetime) -> NewAccount:
    """Makes accounts: active with `PASSWORD`, or pending without one."""

    def make(login: str, kind: Kind = Kind.CUSTOMER, *member_of: str, password: str = PASSWORD) -> AccountId:
        hashed = hasher.hash(password) if password else ""
        with uow.begin() as tx:
            person = Person(name="Minta Ügyfél", email=f"{login}@example.org", language="en")
            tx.add(person)
            made = accounts.create(tx, person, login, kind, now, groups=member_of, password_hash=hashed)
            return AccountId(made.id)

    return make


@pytest.fixture
def toy(uow: UnitOfWork, services: Services, now: datetime) -> Deployment:
    """The toy process, deployed and active."""
    with uow.begin() as tx:
        by = system(uow.tenant).acting(Door.CLI)
        return deployments.deploy(tx, TOY, by, now, gate=services.gate, activated=True)


@pytest.fixture
def case(uow: UnitOfWork, services: Services, toy: Deployment, now: datetime) -> Case:
    """A case of somebody without an account, in which a question waits for the front desk."""
    nobody = Subject(tenant=uow.tenant, kind=Kind.ANONYMOUS, language="en")
    sent = Submission(toy.key, ASKED, "the first question", language="en")
    made = submissions.submit(uow, services.desk, nobody, Door.PAGE, sent, now)
    with uow.view() as tx:
        return tx.get(Case, made.case_id)


@pytest.fixture
def open_case(uow: UnitOfWork, services: Services, now: datetime) -> CaseId:
    """A case in which somebody decides what is done: parts for metering, for who works on it, for nobody."""
    by = system(uow.tenant).acting(Door.CLI)
    new = cases.NewCase(
        bundle="choosy", channel="web", language="en", submission_key="k", received_at=now, variables={"crew": []}
    )
    with uow.begin() as tx:
        deployments.deploy(tx, toys.choosy(), by, now, gate=lambda _b, _c: [], activated=True)
        return CaseId(cases.start(tx, services.runtime, new, by, now).id)


@pytest.fixture
def visitor(
    new_client: Callable[[], TestClient],
    new_account: NewAccount,
    uow: UnitOfWork,
    hasher: Hasher,
    now: datetime,
    case: Case,
) -> Visitor:
    """A client of one of `KINDS`, signed in with a Bearer token. The case link is to `case`."""

    def make(kind: str) -> TestClient:
        client = new_client()
        if kind == "case-link":
            with uow.begin() as tx:
                token = case_links.issue(tx, CaseId(case.id), PersonId(case.person_id) if case.person_id else None, now)
            _bear(client, case_links.open(uow, token, now).session.token)
        elif kind == "machine":
            admin = new_account("keys", Kind.STAFF, groups.ADMINISTRATION)
            with uow.begin() as tx:
                _bear(client, api_keys.make(tx, "A machine", rights.SCOPES, timedelta(days=1), admin, now).key)
        elif kind != "anonymous":
            is_staff = kind in groups.GROUPS
            new_account(kind, Kind.STAFF if is_staff else Kind.CUSTOMER, *([kind] if is_staff else []))
            _bear(client, accounts.sign_in(uow, hasher, kind, PASSWORD, now).token)
        return client

    return make


def _bear(client: TestClient, token: str) -> None:
    client.headers["authorization"] = f"Bearer {token}"
