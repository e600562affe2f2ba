"""Every route declares its right, and enforces it for every kind of visitor."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select, update

from akta.ids import CaseId, TenantId
from akta.subjects import Door, Kind, Subject, system
from api.ports import Services
from api.visits import LIVE
from documents import store
from documents.store import Made
from people import accounts, case_links, groups, rights
from people.passwords import Hasher
from storage.bundles import Deployment
from storage.cases import Case, Incident
from storage.database import Database
from storage.people import Account, Person
from storage.tasks import Task
from storage.tenants import Tenant
from storage.unit_of_work import UnitOfWork
from tests.api.conftest import ASKED, KINDS, NewAccount, Visitor
from tests.api.routes import Route, routes
from tests.api.test_objects import BODIES
from tests.api.toy import TOY
from workflows import deployments

DENIED = ("urn:akta:Forbidden", "urn:akta:SignInNeeded")
"""What the table of rights refuses with; refusals of use cases have types of their own."""


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Rights are read from one table and need no second database to prove."""
    return sqlite_database


def test_every_route_declares_its_right(app: FastAPI) -> None:
    found = list(routes(app))
    assert len(found) > 40
    assert [route for route in found if route.acts is None] == []


def test_only_addresses_of_no_utility_are_public(app: FastAPI) -> None:
    public = [route for route in routes(app) if route.acts == ()]
    assert all("{tenant}" not in route.path for route in public)
    assert all(route.method == "GET" for route in public)


def test_every_act_is_asked_for_somewhere(app: FastAPI) -> None:
    asked = {act for route in routes(app) for act in route.acts or ()}
    assert set(rights.Act) - asked == set()


WHOSE = ("own", "foreign", "other utility's")


@dataclass(frozen=True)
class Things:
    """What has an address, of each owner."""

    ids: Mapping[str, Mapping[str, UUID]]

    def address(self, route: Route, whose: str) -> str:
        path = route.path.replace("{tenant}", "uka").replace("bundles/{key}", "bundles/question")
        for name, key in self.ids[whose].items():
            path = path.replace(f"{{{name}}}", str(key))
        for name, value in NAMES.items():
            path = path.replace(f"{{{name}}}", value)
        return re.sub(r"{\w+}", str(uuid4()), path)


THINGS = {"case", "task", "document", "deployment", "incident", "account"}
"""Parts of addresses that are somebody's, or one utility's."""
NAMES = {
    **{
        name: str(uuid4())
        for name in (
            "view",
            "invoice",
            "meter",
            "run",
            "session",
            "session_id",
            "factor",
            "reading_list",
            "contract",
            "holder",
            "other",
            "mandate",
        )
    },
    **{
        name: str(uuid4())
        for name in ("key", "code", "draft", "path", "request", "request_id", "preview", "token", "job", "clock", "act")
    },
    **{name: str(uuid4()) for name in ("choice", "parcel", "schedule")},
    **{"service": "question", "bundle": "question", "group": "metering", "number": "1", "page": "1", "step": "1"},
}
"""Other parts of addresses: what they name is one's own or nobody's, and has tests of its own."""


BUNDLES_SAY = ("start_page",)
"""Pages to which the bundle adds who may start it; by REST that refusal has a type of its own."""
ENDING = {"close_account": 1, "revoke_links": 2, "end_session": 3}
"""Routes after which others would answer differently, asked last."""
PARTS = (
    "/compare",
    "/compare/{other}",
    "/corrected",
    "/differences",
    "/draft",
    "/draft/removal",
    "/pages/{number}",
    "/sheets/{number}",
)
"""Parts of a thing that need not be there; whose they are has tests of its own."""


@pytest.fixture
def make_case(services: Services, new_client: Callable[[], TestClient]) -> Callable[..., dict[str, UUID]]:
    """A case with a document and an incident, whose task is for one group."""

    def make(uow: UnitOfWork, by: TestClient, code: str, group: str, now: datetime) -> dict[str, UUID]:
        sent = {"service": "question", "answers": {name: values[0] for name, values in ASKED.items()}}
        answer = by.post(f"/api/v1/{code}/cases", json=sent, headers={"idempotency-key": uuid4().hex})
        assert answer.status_code == 201, answer.text
        case = UUID(answer.json()["case_id"])
        with uow.begin() as tx:
            letter = Made(b"A letter", "letter.docx", "letter", "application/octet-stream")
            document = store.add_made(
                tx, services.files, CaseId(case), letter, now, system(uow.tenant).acting(Door.JOB)
            )
            document.for_applicant = True
            incident = Incident(case_id=case, token=0, element="answer", cause="a test", created_at=now)
            tx.add(incident)
            task = tx.session.scalars(select(Task).where(Task.case_id == case)).one()
            tx.session.execute(update(Task).where(Task.id == task.id).values(groups=[group]))
            return {"case": case, "task": task.id, "document": document.id, "incident": incident.id}

    return make


@pytest.fixture
def other_uow(database: Database, other_tenant: Tenant, services: Services, now: datetime) -> UnitOfWork:
    """A second utility that has the toy process too."""
    uow = database.unit_of_work(TenantId(other_tenant.id))
    with uow.begin() as tx:
        by = system(uow.tenant).acting(Door.CLI)
        deployments.deploy(tx, TOY, by, now, gate=services.gate, activated=True)
    return uow


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_each_route_answers_each_role_as_the_table_says_about_whatever_thing(
    kind: str,
    app: FastAPI,
    visitor: Visitor,
    uow: UnitOfWork,
    other_uow: UnitOfWork,
    make_case: Callable[..., dict[str, UUID]],
    new_client: Callable[[], TestClient],
    new_account: NewAccount,
    hasher: Hasher,
    now: datetime,
) -> None:
    things = _things(kind, visitor, uow, other_uow, make_case, new_client, new_account, now)
    client, subject = visitor(kind), _subject(kind, uow)
    if kind == "case-link":
        _follow(client, uow, things.ids["own"]["case"], now)
    if kind == "customer":
        _give(uow, things.ids["own"]["case"], "customer")
    wrong = []
    for route in sorted(routes(app), key=lambda route: ENDING.get(route.name, 0)):
        if not route.acts or (not route.is_rest and route.method != "GET") or route.name in BUNDLES_SAY:
            continue
        about = "" if route.path.endswith(PARTS) else _about(route)
        held = any(rights.allowed(subject, act) for act in route.acts)
        for whose in WHOSE if about else WHOSE[:1]:
            address = things.address(route, whose) + ("?once=true" if route.path.endswith(LIVE) else "")
            answer = client.request(route.method, address, json=BODIES.get(route.name))
            reached = not about or _reaches(kind, about, whose)
            if not _as_expected(route, answer, held, reached):
                wrong.append((route.method, route.path, whose, answer.status_code, held, reached))
    assert not wrong, "\n".join(str(each) for each in wrong)


def _things(
    kind: str,
    visitor: Visitor,
    uow: UnitOfWork,
    other_uow: UnitOfWork,
    make_case: Callable[..., dict[str, UUID]],
    new_client: Callable[[], TestClient],
    new_account: NewAccount,
    now: datetime,
) -> Things:
    somebody = new_client()
    other_group = "metering" if kind != "metering" else "billing"
    own = make_case(uow, somebody, "UKA", kind if kind in groups.GROUPS else "front-desk", now)
    foreign = make_case(uow, new_client(), "UKA", other_group, now)
    others = make_case(other_uow, new_client(), "MIN", kind if kind in groups.GROUPS else "front-desk", now)
    account = new_account("somebody", Kind.STAFF, "metering")
    for ids, unit in ((own, uow), (foreign, uow), (others, other_uow)):
        with unit.view() as tx:
            ids["deployment"] = tx.session.scalars(select(Deployment.id)).first() or uuid4()
    with other_uow.begin() as tx:
        person = Person(name="Minta Másik")
        tx.add(person)
        theirs = accounts.create(tx, person, "theirs", Kind.STAFF, now, groups=("metering",), password_hash="-").id
    return Things({
        "own": {**own, "account": account},
        "foreign": {**foreign, "account": account},
        "other utility's": {**others, "account": theirs},
    })  # fmt: skip


def _follow(client: TestClient, uow: UnitOfWork, case: UUID, now: datetime) -> None:
    with uow.begin() as tx:
        token = case_links.issue(tx, CaseId(case), None, now)
    client.headers["authorization"] = f"Bearer {case_links.open(uow, token, now).session.token}"


def _give(uow: UnitOfWork, case: UUID, login: str) -> None:
    with uow.begin() as tx:
        account = tx.session.scalars(select(Account).where(Account.login == login)).one()
        tx.locked(Case, case).person_id = account.person_id


def _reaches(kind: str, thing: str, whose: str) -> bool:
    """Whether a thing of the utility is this role's to see, by the rules of docs/rights.md."""
    if whose == "other utility's":
        return False
    if thing in ("deployment", "account", "incident"):
        return True
    sees_every_case = kind in groups.SEE_EVERY_CASE or kind == "machine"
    if thing in ("case", "document"):
        return sees_every_case or whose == "own"
    return (whose == "own" and kind in groups.GROUPS) or kind == groups.SUPERVISION


def _as_expected(route: Route, answer: Response, held: bool, reached: bool) -> bool:
    if answer.status_code >= 500:
        return False
    if not held or _denied(route, answer):
        return not held and _denied(route, answer)
    if not reached:
        # What is wrong with a body is said before anybody looks for the thing.
        return answer.status_code in (403, 404) or (answer.status_code == 422 and route.method != "GET")
    return answer.status_code != 404 or route.method != "GET" or route.path.endswith(PARTS) or not _about(route)


def _about(route: Route) -> str:
    return next((name for name in THINGS if f"{{{name}}}" in route.path), "")


def _denied(route: Route, answer: Response) -> bool:
    """Whether the table's right was refused, and not something a use case says."""
    if route.is_rest:
        problem = answer.headers.get("content-type") == "application/problem+json"
        return problem and answer.json()["type"] in DENIED
    to_sign_in = answer.headers.get("location", "").partition("?")[0].endswith("/sign-in")
    return answer.status_code == 403 or to_sign_in


def test_a_thing_with_an_address_is_known_to_the_walk(app: FastAPI) -> None:
    parts = {name for route in routes(app) if route.acts for name in re.findall(r"{(\w+)", route.path)}
    assert parts - {"tenant"} - THINGS - NAMES.keys() == set(), "say in THINGS or NAMES what this is"


def test_every_writing_page_route_reads_its_form_or_is_refused_without_a_token(
    app: FastAPI, client: TestClient, tenant: Tenant
) -> None:
    open_to_all = [route for route in routes(app) if not route.is_rest and route.method != "GET"]
    for route in open_to_all:
        answer = client.request(route.method, route.address("UKA"), data={"a": "b"})
        assert answer.status_code in (303, 403), route
        assert "sign-in" in answer.headers.get("location", "sign-in"), route


def _subject(kind: str, uow: UnitOfWork) -> Subject:
    if kind in groups.GROUPS:
        return Subject(tenant=uow.tenant, kind=Kind.STAFF, groups=frozenset({kind}))
    scopes = frozenset(act.value for act in rights.SCOPES) if kind == "machine" else frozenset()
    return Subject(tenant=uow.tenant, kind=Kind(kind), scopes=scopes)
