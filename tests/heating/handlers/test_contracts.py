"""Calls of the portal application."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from akta.errors import Invalid
from akta.ids import CaseId
from bpmn.values import Value
from documents.signatures import NotSignedYet
from heating import mandates, slots
from heating.clerks import NoClerkDecided
from heating.mandates import OwnMandate
from heating.slots import NoSlot
from heating.tables.contracts import Contract, ContractAccount, Customer, Mandate
from storage.database import Database
from storage.people import Account, Person, Session
from storage.tenants import Tenant
from tests.heating.office import Office
from workflows.handlers import BpmnError


def match(office: Office, contract: str, customer: str, now: datetime | None = None) -> dict[str, Value]:
    given: dict[str, Value] = {"contract_no": contract, "customer_no": customer}
    found = office.call("match-contract", office.case(), given, now)["contract"]
    assert isinstance(found, dict)
    return found


def customer_of(office: Office, contract: Contract) -> Customer:
    with office.uow.view() as tx:
        return tx.get(Customer, contract.customer_id)


def applied(office: Office, contract: Contract) -> tuple[CaseId, str, str]:
    """A case whose application has come to its pending account: case, account id, login."""
    case = office.case()
    office.call("reserve-slot", case, {"contract_id": str(contract.id)})
    office.signed(case)
    given: dict[str, Value] = {"name": "Žadatel", "email": "a@example.org", "contract_id": str(contract.id)}
    account = office.call("create-account", case, given)["account"]
    assert isinstance(account, dict)
    return case, str(account["id"]), str(account["login"])


def slot(office: Office, case: CaseId) -> ContractAccount:
    with office.uow.view() as tx:
        found = slots.latest_of_case(tx, case)
    assert found is not None
    return found


def test_a_contract_is_found_by_both_numbers_however_they_are_typed(office: Office) -> None:
    contract = office.contract()
    customer = customer_of(office, contract)
    found = match(office, f" {contract.number.lower()} ", customer.number.lower())
    assert (found["found"], found["id"], found["customer_name"]) == (True, str(contract.id), customer.name)
    assert (found["valid"], found["effective"], found["live_accounts"], found["limit"]) == (True, True, 0, 3)


def test_somebody_elses_customer_number_tells_nothing(office: Office) -> None:
    contract, other = office.contract(), office.contract()
    assert match(office, contract.number, customer_of(office, other).number) == match(office, "none", "none")


def test_every_live_account_is_counted(office: Office) -> None:
    contract = office.contract()
    for number, state in ((1, "active"), (2, "locked")):
        office.holder(contract, number, state)
    office.call("reserve-slot", office.case(), {"contract_id": str(contract.id)})
    assert match(office, contract.number, customer_of(office, contract).number)["live_accounts"] == 3


def test_valid_and_effective_are_two_tests_on_the_utilitys_own_day(office: Office) -> None:
    contract = office.contract(since=date(2026, 3, 2), until=date(2026, 3, 3))
    with office.uow.begin() as tx:
        tx.get(Contract, contract.id).effective_from = date(2026, 3, 3)
    number = customer_of(office, contract).number

    def standing(moment: datetime) -> tuple[Value, Value]:
        found = match(office, contract.number, number, moment)
        return found["valid"], found["effective"]

    before_midnight_in_prague = datetime(2026, 3, 1, 22, 59, tzinfo=UTC)
    assert standing(before_midnight_in_prague) == (False, False)
    assert standing(before_midnight_in_prague + timedelta(minutes=2)) == (True, False)
    assert standing(before_midnight_in_prague + timedelta(days=1, minutes=2)) == (True, True)
    assert standing(before_midnight_in_prague + timedelta(days=2, minutes=2)) == (False, False)


def test_a_full_contract_is_an_error_the_model_can_handle(office: Office) -> None:
    contract = office.contract()
    for number in (1, 2, 3):
        office.holder(contract, number)
    with pytest.raises(BpmnError) as full:
        office.call("reserve-slot", office.case(), {"contract_id": str(contract.id)})
    assert full.value.code == "CONTRACT_FULL"


def test_an_application_becomes_a_pending_account_with_the_customers_number_as_login(office: Office) -> None:
    contract = office.contract()
    case, account_id, login = applied(office, contract)
    assert login == customer_of(office, contract).number.lower()
    held = slot(office, case)
    assert (held.state, str(held.account_id)) == ("pending", account_id)
    with office.uow.view() as tx:
        account = tx.session.scalars(select(Account).where(Account.login == login)).one()
        assert (account.state, account.kind, account.password_hash) == ("pending", "customer", "")


def test_the_second_account_of_a_customer_has_a_login_of_its_own(office: Office) -> None:
    contract = office.contract()
    logins = [applied(office, contract)[2] for _ in range(3)]
    number = customer_of(office, contract).number.lower()
    assert logins == [number, f"{number}-2", f"{number}-3"]


def test_making_the_account_again_gives_the_same_one(office: Office) -> None:
    contract = office.contract()
    case, account_id, login = applied(office, contract)
    given: dict[str, Value] = {"name": "Žadatel", "email": "a@example.org", "contract_id": str(contract.id)}
    assert office.call("create-account", case, given) == {"account": {"id": account_id, "login": login}}


def test_the_account_belongs_to_the_person_the_case_is_about(office: Office) -> None:
    contract = office.contract()
    person = Person(name="Žadatel", email="A@example.org")
    office.keep(person)
    case = office.case(person=person.id)
    office.call("reserve-slot", case, {"contract_id": str(contract.id)})
    office.signed(case)
    given: dict[str, Value] = {"name": "Žadatel", "email": "a@example.org", "contract_id": str(contract.id)}
    office.call("create-account", case, given)
    with office.uow.view() as tx:
        assert tx.session.scalars(select(Account.person_id)).one() == person.id


def test_no_account_is_made_without_a_reserved_slot(office: Office) -> None:
    contract = office.contract()
    given: dict[str, Value] = {"name": "Žadatel", "email": "a@example.org", "contract_id": str(contract.id)}
    with pytest.raises(NoSlot):
        office.call("create-account", office.case(), given)


def test_no_account_is_made_before_every_document_is_signed(office: Office) -> None:
    contract, case = office.contract(), office.case()
    office.call("reserve-slot", case, {"contract_id": str(contract.id)})
    given: dict[str, Value] = {"name": "Žadatel", "email": "a@example.org", "contract_id": str(contract.id)}
    with pytest.raises(NotSignedYet):
        office.call("create-account", case, given)


def test_nobody_gets_an_account_for_somebody_else_without_a_mandate(office: Office) -> None:
    contract, case = office.contract(), office.case()
    office.call("reserve-slot", case, {"contract_id": str(contract.id)})
    office.signed(case)
    given: dict[str, Value] = {"name": "Žadatel", "email": "a@example.org", "contract_id": str(contract.id)}
    with pytest.raises(BpmnError, match=str(case)):
        office.call("create-account", case, {**given, "capacity": "proxy"})


def test_no_account_is_made_when_the_contract_ended_meanwhile(office: Office) -> None:
    contract, case = office.contract(), office.case()
    office.call("reserve-slot", case, {"contract_id": str(contract.id)})
    office.signed(case)
    with office.uow.begin() as tx:
        tx.get(Contract, contract.id).valid_to = date(2026, 1, 1)
    given: dict[str, Value] = {"name": "Žadatel", "email": "a@example.org", "contract_id": str(contract.id)}
    with pytest.raises(BpmnError, match=contract.number):
        office.call("create-account", case, given)


def test_the_first_login_activates_the_slot_and_again_changes_nothing(office: Office) -> None:
    case, account_id, _ = applied(office, office.contract())
    for _ in range(2):
        office.call("activate-slot", case, {"account_id": account_id})
    assert slot(office, case).state == "active"


def test_another_cases_account_cannot_be_activated_or_closed(office: Office) -> None:
    contract = office.contract()
    case, _, _ = applied(office, contract)
    _, other, _ = applied(office, contract)
    for handler in ("activate-slot", "close-account"):
        with pytest.raises(NoSlot):
            office.call(handler, case, {"account_id": other})


def test_a_withdrawn_application_frees_its_slot_and_ends_the_pending_account(office: Office) -> None:
    case, _, login = applied(office, office.contract())
    for _ in range(2):
        office.call("release-slot", case, {})
    assert slot(office, case).state == "closed"
    with office.uow.view() as tx:
        assert tx.session.scalars(select(Account.state).where(Account.login == login)).one() == "closed"


def test_releasing_never_takes_an_account_away_from_its_user(office: Office) -> None:
    case, account_id, _ = applied(office, office.contract())
    office.call("activate-slot", case, {"account_id": account_id})
    office.call("release-slot", case, {})
    assert slot(office, case).state == "active"


def test_a_closed_account_has_no_session_and_no_slot(office: Office) -> None:
    case, account_id, login = applied(office, office.contract())
    with office.uow.view() as tx:
        account = tx.session.scalars(select(Account).where(Account.login == login)).one()
    session = Session(
        seen_at=office.now,
        proved_at=office.now,
        account_id=account.id,
        token_hash=b"0" * 32,
        csrf="",
        created_at=office.now,
        expires_at=office.now + timedelta(hours=1),
    )
    office.keep(session)
    for _ in range(2):
        office.call("close-account", case, {"account_id": account_id})
    with office.uow.view() as tx:
        assert tx.get(Session, session.id).ended_at == office.now
        assert tx.get(Account, account.id).state == "closed"
    assert slot(office, case).state == "closed"


def mandate(office: Office, case: CaseId, contract: Contract, **given: Value) -> None:
    asked: dict[str, Value] = {
        "contract_id": str(contract.id),
        "agent_name": "Žadatel",
        "acts": ["view", "sign"],
        "valid_from": date(2026, 1, 1),
        "valid_to": None,
        **given,
    }
    office.call("record-mandate", case, asked)


def test_a_mandate_names_the_verifier_found_in_the_case(office: Office) -> None:
    contract, case = office.contract(), office.case()
    clerk = office.account("Ověření", "mandate-verification")
    task = office.decided(case, clerk, "decide-mandate")
    mandate(office, case, contract)
    with office.uow.view() as tx:
        row = tx.session.scalars(select(Mandate)).one()
        acts = mandates.acts_of(tx, [row.id])
    assert (row.verified_by, row.task_id, acts[row.id]) == (clerk.id, task.id, ("view", "sign"))


def test_a_later_round_of_the_same_case_replaces_the_mandate(office: Office) -> None:
    contract, case = office.contract(), office.case()
    clerk = office.account("Ověření", "mandate-verification")
    office.decided(case, clerk, "decide-mandate")
    mandate(office, case, contract)
    mandate(office, case, contract)
    office.decided(case, clerk, "decide-mandate", after=9)
    mandate(office, case, contract, acts=["view"])
    with office.uow.view() as tx:
        rows = tx.session.scalars(select(Mandate).order_by(Mandate.id)).all()
        acts = mandates.acts_of(tx, [row.id for row in rows])
    assert [(acts[row.id], row.revoked_at is None) for row in rows] == [(("view", "sign"), False), (("view",), True)]


@pytest.mark.parametrize("groups", [(), ("metering",), ("front-desk",)])
def test_nobody_else_verifies_a_mandate(office: Office, groups: tuple[str, ...]) -> None:
    contract, case = office.contract(), office.case()
    office.decided(case, office.account("Jiný", *groups), "decide-mandate")
    with pytest.raises(NoClerkDecided):
        mandate(office, case, contract)


def test_whoever_brought_the_papers_does_not_decide_on_them(office: Office) -> None:
    clerk = office.account("Ověření", "mandate-verification")
    case = office.case(starter=clerk)
    office.decided(case, clerk, "decide-mandate")
    with pytest.raises(OwnMandate):
        mandate(office, case, office.contract())


def test_a_mandate_without_a_decision_is_none(office: Office) -> None:
    with pytest.raises(NoClerkDecided):
        mandate(office, office.case(), office.contract())


@pytest.mark.parametrize(
    "given", [{"acts": []}, {"acts": ["view", "fly"]}, {"valid_to": date(2025, 12, 31)}, {"acts": "all"}]
)
def test_a_mandate_for_nothing_or_no_time_is_refused(office: Office, given: dict[str, Value]) -> None:
    case = office.case()
    office.decided(case, office.account("Ověření", "mandate-verification"), "decide-mandate")
    with pytest.raises(Invalid):
        mandate(office, case, office.contract(), **given)


def test_another_utilitys_contract_is_not_found(office: Office, database: Database, other_tenant: Tenant) -> None:
    from akta.ids import TenantId

    contract = office.contract()
    other = Office(database.unit_of_work(TenantId(other_tenant.id)), office.now)
    assert match(other, contract.number, customer_of(office, contract).number)["found"] is False
