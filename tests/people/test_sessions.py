"""Sessions end when they should, and a case link opens exactly one case."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from akta.errors import NotFound
from akta.ids import CaseId, PersonId
from akta.subjects import Kind
from people import accounts, case_links, sessions
from people.accounts import Source
from people.passwords import Hasher
from storage.bundles import Deployment
from storage.cases import Case
from storage.people import Person
from storage.unit_of_work import UnitOfWork
from tests.people.conftest import PASSWORD, NewAccount


@pytest.mark.parametrize(("kind", "lasting"), [(Kind.STAFF, 10), (Kind.CUSTOMER, 2)])
def test_a_session_ends_at_its_hour_whatever_happens_in_it(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount, kind: Kind, lasting: int
) -> None:
    new_account(kind=kind)
    token = accounts.sign_in(uow, hasher, "ukazka", PASSWORD, now).token
    end = now + timedelta(hours=lasting)
    for minutes in range(0, lasting * 60, 50):
        assert sessions.lookup(uow, token, now + timedelta(minutes=minutes)) is not None
    assert sessions.lookup(uow, token, end - timedelta(seconds=1)) is not None
    assert sessions.lookup(uow, token, end) is None


@pytest.mark.parametrize("kind", [Kind.STAFF, Kind.CUSTOMER])
def test_a_session_left_unused_ends(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount, kind: Kind
) -> None:
    new_account(kind=kind)
    token = accounts.sign_in(uow, hasher, "ukazka", PASSWORD, now).token
    assert sessions.lookup(uow, token, now + sessions.IDLE[kind] - timedelta(seconds=1)) is not None
    last = now + sessions.IDLE[kind] - timedelta(seconds=1)
    assert sessions.lookup(uow, token, last + sessions.IDLE[kind]) is None


def test_ones_sessions_are_listed_and_each_can_be_ended_by_its_owner_only(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    mine, other = new_account("mine"), new_account("other")
    here, there = (
        accounts.sign_in(uow, hasher, "mine", PASSWORD, now + timedelta(minutes=minute), Source(client=client))
        for minute, client in enumerate(("Firefox", "Safari"))
    )
    later = now + timedelta(minutes=5)
    current = sessions.lookup(uow, here.token, later)
    assert current is not None
    with uow.view() as tx:
        shown = sessions.listed(tx, mine, current.id, later)
    assert [(one.client, one.current) for one in shown] == [("Firefox", True), ("Safari", False)]
    with pytest.raises(NotFound):
        sessions.revoke(uow, other, shown[1].id, later)
    sessions.revoke(uow, mine, shown[1].id, later)
    assert sessions.lookup(uow, there.token, later) is None
    assert sessions.lookup(uow, here.token, later) is not None


def test_signing_out_ends_one_session_and_leaves_the_others(
    uow: UnitOfWork, hasher: Hasher, now: datetime, new_account: NewAccount
) -> None:
    new_account()
    here, there = (accounts.sign_in(uow, hasher, "ukazka", PASSWORD, now).token for _ in range(2))
    session = sessions.lookup(uow, here, now)
    assert session is not None
    sessions.end(uow, session.id, now)
    assert sessions.lookup(uow, here, now) is None
    assert sessions.lookup(uow, there, now) is not None
    sessions.end_token(uow, there, now)
    assert sessions.lookup(uow, there, now) is None


def test_an_unknown_token_opens_nothing(uow: UnitOfWork, now: datetime) -> None:
    assert sessions.lookup(uow, "", now) is None
    assert sessions.lookup(uow, "x" * 43, now) is None


@pytest.fixture
def case(uow: UnitOfWork, now: datetime) -> tuple[CaseId, PersonId]:
    """A case of a person without an account."""
    with uow.begin() as tx:
        person = Person(name="Minta Ügyfél", language="cs")
        deployment = Deployment(
            key="k",
            version=1,
            content_hash="0" * 64,
            closure={},
            closure_hash="0" * 64,
            deployed_at=now,
            deployed_by="",
        )
        tx.add(person, deployment)
        row = Case(
            reference="UKA-1",
            deployment_id=deployment.id,
            bundle="k",
            channel="web",
            language="cs",
            submission_key="1",
            person_id=person.id,
            received_at=now,
        )
        tx.add(row)
        return CaseId(row.id), PersonId(UUID(str(person.id)))


def test_a_case_link_is_exchanged_for_a_session_bound_to_its_case(
    uow: UnitOfWork, now: datetime, case: tuple[CaseId, PersonId]
) -> None:
    case_id, person_id = case
    with uow.begin() as tx:
        token = case_links.issue(tx, case_id, person_id, now)
    opened = case_links.open(uow, token, now)
    session = sessions.lookup(uow, opened.session.token, now)
    assert session is not None
    assert opened.case == case_id
    assert session.subject.kind is Kind.CASE_LINK
    assert (session.subject.case, session.subject.person, session.subject.account) == (case_id, person_id, None)
    assert session.subject.language == "cs"
    assert opened.session.token != token


def test_a_revoked_or_old_link_opens_nothing_and_its_sessions_end(
    uow: UnitOfWork, now: datetime, case: tuple[CaseId, PersonId]
) -> None:
    with uow.begin() as tx:
        token = case_links.issue(tx, *case, now)
    opened = case_links.open(uow, token, now)
    with pytest.raises(case_links.LinkGone):
        case_links.open(uow, token, now + case_links.LASTING)
    with uow.begin() as tx:
        case_links.revoke(tx, case[0], now)
    with pytest.raises(case_links.LinkGone):
        case_links.open(uow, token, now)
    assert sessions.lookup(uow, opened.session.token, now) is None


def test_a_newer_link_leaves_older_mails_working(uow: UnitOfWork, now: datetime, case: tuple[CaseId, PersonId]) -> None:
    with uow.begin() as tx:
        first = case_links.issue(tx, *case, now)
        case_links.issue(tx, *case, now)
    assert case_links.open(uow, first, now).case == case[0]


def test_a_link_of_another_utility_opens_nothing_here(
    uow: UnitOfWork, other_uow: UnitOfWork, now: datetime, case: tuple[CaseId, PersonId]
) -> None:
    with uow.begin() as tx:
        token = case_links.issue(tx, *case, now)
    with pytest.raises(case_links.LinkGone):
        case_links.open(other_uow, token, now)
