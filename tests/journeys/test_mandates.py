"""The life of a mandate: reminders before its end, and what happens at once when it expires or is revoked."""

from collections.abc import Callable, Iterator, Mapping
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from akta.ids import CaseId
from akta.subjects import Door
from api import app
from heating import mandates
from heating.mandates import EndedAlready, NotPrincipal
from heating.tables.contracts import ContractAccount
from people import accounts
from people.accounts import SignInFailed
from storage.cases import Case, CaseRelation, HistoryEntry
from tests.journeys import applicants
from tests.journeys.applicants import OWN_PASSWORD, Numbers, application, confirm, new_contract, sign_on_paper
from tests.journeys.office import Office

pytestmark = pytest.mark.slow


@pytest.fixture
def uka(sqlite_office: Callable[[str], Office]) -> Office:
    return sqlite_office("UKA")


def proxy(uka: Office, numbers: Numbers, **changed: str | list[str]) -> tuple[str, UUID]:
    """Somebody with an account that rests on a mandate: login and mandate."""
    case = uka.start("portal-access", application(uka, numbers, "proxy", **changed))
    confirm(uka, case)
    sign_on_paper(uka, case)
    login = applicants.first_sign_in(uka)
    with uka.uow.view() as tx:
        mandate = mandates.of_case(tx, case)
    assert mandate is not None
    return login, mandate.id


def state(uka: Office, login: str) -> tuple[str, str]:
    """Of the account and of its slot."""
    found = applicants.account(uka, login)
    with uka.uow.view() as tx:
        slot = tx.session.scalars(select(ContractAccount.state).where(ContractAccount.account_id == found.id)).one()
    return found.state, slot


def life(uka: Office, mandate: UUID) -> Case:
    """The case that follows a mandate."""
    with uka.uow.view() as tx:
        about = select(CaseRelation.case_id).where(CaseRelation.kind == "mandate", CaseRelation.object_id == mandate)
        return tx.session.scalars(select(Case).where(Case.id.in_(about), Case.bundle == "mandate-life")).one()


def subjects_since(uka: Office, before: int) -> Mapping[str, str]:
    """Subjects by address of the mails since then."""
    return {mail.to: mail.subject for mail in uka.mails[: len(uka.mails) - before]}


def test_agent_and_customer_are_reminded_twice_and_on_expiry_the_account_is_locked(uka: Office) -> None:
    numbers = new_contract(uka)
    login, mandate = proxy(uka, numbers, mandate_valid_to="2026-05-31")
    agent = f"proxy-{numbers.contract.lower()}@example.org"
    customer = f"{numbers.customer.lower()}@example.org"
    for days in (61, 23):
        before = len(uka.mails)
        uka.wait(days=days)
        assert set(subjects_since(uka, before)) == {agent, customer}
        told = subjects_since(uka, before)
        assert "expires on" in told[agent]
        assert "končí" in told[customer]
    assert state(uka, login) == ("active", "active")
    uka.wait(days=8)
    assert state(uka, login) == ("locked", "locked")
    assert life(uka, mandate).outcome == "mandate-over"
    with pytest.raises(SignInFailed):
        accounts.sign_in(uka.uow, uka.akta.hasher, login, OWN_PASSWORD, uka.now)
    with uka.uow.view() as tx:
        assert applicants.live_slots(tx, numbers.contract) == 1


def test_a_revocation_locks_at_once_flags_open_cases_and_ends_the_life(uka: Office) -> None:
    numbers = new_contract(uka)
    login, mandate = proxy(uka, numbers)
    clerk = uka.signed_in("front-desk")
    mandates.revoke(uka.uow, uka.akta.runtime, clerk, Door.PAGE, mandate, "By letter of 1 March.", uka.now)
    assert state(uka, login) == ("locked", "locked")
    uka.settle()
    assert life(uka, mandate).outcome == "mandate-over"
    with pytest.raises(EndedAlready):
        mandates.revoke(uka.uow, uka.akta.runtime, clerk, Door.PAGE, mandate, "Again.", uka.now)


def test_an_open_application_that_rests_on_a_revoked_mandate_ends(uka: Office) -> None:
    case = uka.start("portal-access", application(uka, new_contract(uka), "proxy"))
    confirm(uka, case)
    assert uka.open_tasks(case) == ["return-signed"]
    with uka.uow.view() as tx:
        mandate = mandates.of_case(tx, case)
    assert mandate is not None
    clerk = uka.signed_in("supervision")
    mandates.revoke(uka.uow, uka.akta.runtime, clerk, Door.PAGE, mandate.id, "By telephone.", uka.now)
    uka.settle()
    assert uka.case(case).outcome == "mandate-lost-end"
    assert flags(uka, case) == 1


def flags(uka: Office, case: CaseId) -> int:
    with uka.uow.view() as tx:
        related = select(CaseRelation.id).where(CaseRelation.case_id == case, CaseRelation.kind == mandates.ENDED)
        told = select(HistoryEntry.id).where(HistoryEntry.case_id == case, HistoryEntry.kind == mandates.ENDED)
        assert tx.session.scalars(told).all()
        return len(tx.session.scalars(related).all())


@pytest.fixture
def client(uka: Office) -> Iterator[TestClient]:
    with TestClient(app.create(uka.akta.services), follow_redirects=False) as client:
        yield client


def test_office_customer_and_agent_are_told_their_part_of_a_mandate_and_the_office_can_revoke_it(
    uka: Office, client: TestClient
) -> None:
    numbers = new_contract(uka)
    login, mandate = proxy(uka, numbers, acts=["sign"], mandate_valid_to="2026-03-20")
    rest = f"/api/v1/uka/mandates/{mandate}"
    uka.sign_in(client, login, OWN_PASSWORD)
    told = client.get(rest).json()
    assert (told["acts"], told["state"], told["own"], told["accounts"]) == (["sign"], "expiring", False, 1)
    assert (told["verified_by"], told["documents"], told["case_id"]) == ("", [], None)
    assert client.get("/api/v1/uka/contracts").json() == [], "the mandate does not cover seeing them"
    assert client.post(f"{rest}/revocation", json={}).status_code == 403
    assert numbers.contract not in client.get("/uka/my/access").text
    for stranger in ("zu0001", "metering"):
        uka.sign_in(client, stranger)
        assert client.get(rest).status_code == client.post(f"{rest}/revocation", json={}).status_code
        assert client.get(rest).status_code in (403, 404)
    uka.sign_in(client, "front-desk")
    (row,) = client.get("/api/v1/uka/mandates", params={"state": "expiring", "search": numbers.contract}).json()
    assert row["id"] == str(mandate)
    assert row["verified_by"]
    assert client.get("/api/v1/uka/mandates", params={"state": "ended"}).json() == []
    assert numbers.contract in client.get("/uka/mandates").text
    page = client.get(f"/uka/mandates/{mandate}").text
    (paper,) = row["documents"]
    assert f"/uka/documents/{paper}" in page, "what it rests on"
    assert client.post(f"{rest}/revocation", json={"reason": " "}).status_code == 422
    assert client.post(f"{rest}/revocation", json={"reason": "By letter of 1 March."}).status_code == 204
    assert client.post(f"{rest}/revocation", json={"reason": "Again."}).status_code == 409
    assert client.get(rest).json()["state"] == "revoked"
    assert client.get("/api/v1/min/mandates").status_code == 401, "another utility's"
    assert state(uka, login) == ("locked", "locked")


def test_an_agent_cannot_revoke_for_the_customer(uka: Office) -> None:
    login, mandate = proxy(uka, new_contract(uka))
    with pytest.raises(NotPrincipal):
        mandates.revoke(uka.uow, uka.akta.runtime, uka.signed_in(login), Door.PAGE, mandate, "", uka.now)
