"""Which cases a customer sees through their contracts."""

from uuid import UUID

from akta.subjects import Subject
from heating.acts import MandateAct
from heating.tables.contracts import Contract, ContractAccount
from heating.visibility import contract_rule, contracts_of
from storage.visibility import Visibility
from tests.heating.office import Office

DOOR = Visibility(see_all=frozenset({"supervision"}), rules=(contract_rule,))


def seen(office: Office, subject: Subject) -> list[UUID]:
    with office.uow.view() as tx:
        return [case.id for case in tx.session.scalars(DOOR.cases(subject))]


def reported(office: Office, contract: Contract) -> UUID:
    case, _ = office.report(office.meter(contract), "1077", office.holder(contract, 1))
    return case


def test_every_holder_of_the_contract_sees_its_reading(office: Office) -> None:
    contract = office.contract()
    case = reported(office, contract)
    assert seen(office, office.customer_subject(office.holder(contract, 2))) == [case]


def test_a_holder_of_another_contract_sees_nothing(office: Office) -> None:
    reported(office, office.contract())
    assert seen(office, office.customer_subject(office.holder(office.contract()))) == []


def test_whose_place_was_closed_sees_nothing_any_more(office: Office) -> None:
    contract = office.contract()
    reported(office, contract)
    assert seen(office, office.customer_subject(office.holder(contract, 2, "closed"))) == []


def test_an_application_for_an_account_is_not_shown_to_other_holders(office: Office) -> None:
    """It has the applicant's papers; it is theirs alone until they hold an account themselves."""
    contract = office.contract()
    office.call("reserve-slot", office.case(), {"contract_id": str(contract.id)})
    assert seen(office, office.customer_subject(office.holder(contract, 2))) == []


def test_the_rule_says_nothing_about_staff(office: Office) -> None:
    clerk = office.account("Odečty", "metering")
    assert contract_rule(office.staff_subject(clerk, "metering")) is None


def test_an_agent_may_do_what_the_mandate_covers_and_nothing_else(office: Office) -> None:
    """Golden rule G2: out of scope is as good as no mandate at all."""
    contract, agent = office.contract(), office.account("Zmocněnec")
    mandate = office.mandate(contract, agent, MandateAct.READINGS)
    slot = ContractAccount(contract_id=contract.id, slot_no=1, slot_limit=3, state="active", reserved_at=office.now)
    slot.account_id, slot.mandate_id = agent.id, mandate.id
    office.keep(slot)
    customer, subject = office.customer_subject(office.holder(contract, 2)), office.customer_subject(agent)
    with office.uow.view() as tx:
        may = {act for act in MandateAct if tx.session.scalars(contracts_of(subject, act)).all()}
        own = {act for act in MandateAct if tx.session.scalars(contracts_of(customer, act)).all()}
    assert (may, own) == ({MandateAct.READINGS}, set(MandateAct))
