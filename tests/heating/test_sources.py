"""What forms offer for choice."""

from akta.subjects import Kind, Subject
from heating import sources
from storage.unit_of_work import UnitOfWork
from tests.heating.office import LAST, LAST_ON, Office


def test_a_customer_chooses_among_the_meters_of_their_contracts(office: Office) -> None:
    contract = office.contract()
    meter = office.meter(contract)
    office.meter(office.contract())
    subject = office.customer_subject(office.holder(contract))
    with office.uow.view() as tx:
        found = sources.own_meters(tx, subject, office.now)["own-meters"]
    assert isinstance(found, list)
    [option] = found
    assert isinstance(option, dict)
    assert option["value"] == str(meter.id)
    assert meter.serial in str(option["label"])
    assert "400 00 Ukázkov Ukázková" in str(option["label"])
    assert (option["last_value"], option["last_date"]) == (LAST, LAST_ON)


def test_a_customer_chooses_among_their_contracts(office: Office) -> None:
    contract = office.contract()
    office.contract()
    subject = office.customer_subject(office.holder(contract))
    with office.uow.view() as tx:
        found = sources.own_contracts(tx, subject, office.now)["own-contracts"]
    assert isinstance(found, list)
    [option] = found
    assert isinstance(option, dict)
    assert option["value"] == contract.number


def test_nobody_else_is_offered_anything(office: Office, uow: UnitOfWork) -> None:
    contract = office.contract()
    office.meter(contract)
    office.holder(contract, state="closed")
    anonymous = Subject(tenant=uow.tenant, kind=Kind.ANONYMOUS)
    staff = office.staff_subject(office.account("Přepážka", "front-desk"), "front-desk")
    with office.uow.view() as tx:
        for subject in (anonymous, staff):
            assert sources.own_meters(tx, subject, office.now) == {"own-meters": []}
            assert sources.own_contracts(tx, subject, office.now) == {"own-contracts": []}
