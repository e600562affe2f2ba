"""Reading to billing end to end without pages: nothing is billed without a named clerk's decision (S002-15)."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from akta.subjects import Door
from heating import billing
from heating.queries import invoices
from heating.tables.metering import LedgerEntry, Meter
from storage.cases import Incident
from tasks.claims import Taken
from tasks.desk import Unacceptable
from tests.journeys.office import Office

pytestmark = pytest.mark.slow


def reading(office: Office, **changed: str) -> dict[str, str]:
    """A plausible reading of the walkthrough's meter: the last value was 862.200 on 28 February."""
    with office.uow.view() as tx:
        meter = tx.session.scalars(select(Meter.id).where(Meter.serial == "74210")).one()
    return {"meter": str(meter), "value": "862,5", "read_at": "2026-03-02", **changed}


def from_office(received_by: str = "counter", **changed: str) -> dict[str, str]:
    """The same reading as a clerk enters it."""
    return {"received_by": received_by, "meter": "74210", "value": "862,5", "read_at": "2026-03-02", **changed}


def entries(office: Office) -> list[LedgerEntry]:
    with office.uow.view() as tx:
        return list(tx.session.scalars(select(LedgerEntry)))


def bill(office: Office) -> None:
    by = office.signed_in("billing").acting(Door.PAGE)
    billing.run(office.uow, office.akta.runtime, date(2026, 3, 31), by, office.now)
    office.settle()


def test_an_accepted_reading_becomes_a_line_of_an_invoice_the_customer_sees(uka: Office) -> None:
    customer = uka.signed_in("zu0001")
    case = uka.start("meter-reading", reading(uka, photo=uka.upload("photo")), customer)
    assert uka.open_tasks(case) == ["verify-reading"]
    assert entries(uka) == []
    uka.do(case, "verify-reading", "metering", {"decision": "accept"})
    (entry,) = entries(uka)
    assert (entry.value, entry.submitter_name) == (Decimal("862.500"), "Zákazník Ukázka")
    assert entry.verifier_id == uka.signed_in("metering").account
    bill(uka)
    assert (uka.case(case).state, uka.case(case).outcome) == ("closed", "billed")
    with uka.uow.view() as tx:
        newest = invoices.mine(tx, customer, date(2026, 3, 2))[0]
        view = invoices.one(tx, customer, newest.id, date(2026, 3, 2))
    assert {item.quantity for item in view.items} == {entry.consumption}


def test_a_corrected_reading_is_billed_with_the_corrected_value_and_its_reason(uka: Office) -> None:
    case = uka.start("meter-reading", reading(uka, value="1862.5"), uka.signed_in("zu0001"))
    corrected = {"decision": "correct", "corrected_value": "862.5", "reason": "The photo shows 862,5."}
    uka.do(case, "verify-reading", "metering", corrected)
    assert [entry.value for entry in entries(uka)] == [Decimal("862.500")]
    assert "The photo shows 862,5." in uka.mails[0].body


def test_a_reading_asked_for_again_is_verified_anew(uka: Office) -> None:
    customer = uka.signed_in("zu0001")
    case = uka.start("meter-reading", reading(uka, value="900"), customer)
    uka.do(case, "verify-reading", "metering", {"decision": "ask_again", "reason": "Is it 900 or 860?"})
    assert "Is it 900 or 860?" in uka.mails[0].body
    uka.do(case, "correct-reading", customer, {"value": "862,6", "read_at": "2026-03-02"})
    assert entries(uka) == []
    uka.do(case, "verify-reading", "metering", {"decision": "accept"})
    assert [entry.value for entry in entries(uka)] == [Decimal("862.600")]


def test_the_photo_that_stands_in_the_form_again_is_sent_with_it(uka: Office) -> None:
    customer = uka.signed_in("zu0001")
    case = uka.start("meter-reading", {**reading(uka, value="900"), "photo": uka.upload("photo")}, customer)
    uka.do(case, "verify-reading", "metering", {"decision": "ask_again", "reason": "Is it 900 or 860?"})
    (photo,) = uka.documents(case)
    uka.do(case, "correct-reading", customer, {"value": "862,6", "read_at": "2026-03-02", "photo": str(photo.id)})
    assert uka.open_tasks(case) == ["verify-reading"]
    assert [row.id for row in uka.documents(case)] == [photo.id]


def test_a_question_nobody_answers_sets_the_reading_aside(uka: Office) -> None:
    case = uka.start("meter-reading", reading(uka), uka.signed_in("zu0001"))
    uka.do(case, "verify-reading", "metering", {"decision": "ask_again", "reason": "Send a photo."})
    uka.wait(days=5, minutes=1)
    assert uka.case(case).outcome == "lapsed"
    assert entries(uka) == []


def test_a_rejected_reading_never_reaches_the_ledger(uka: Office) -> None:
    case = uka.start("meter-reading", reading(uka), uka.signed_in("zu0001"))
    uka.do(case, "verify-reading", "metering", {"decision": "reject", "reason": "This is another meter."})
    bill(uka)
    assert uka.case(case).outcome == "rejected"
    assert entries(uka) == []


def test_a_reading_below_the_last_one_comes_back_to_the_clerk_who_accepts_it(uka: Office) -> None:
    case = uka.start("meter-reading", from_office(value="816"), uka.signed_in("front-desk"))
    uka.do(case, "verify-reading", "metering", {"decision": "accept"})
    assert uka.open_tasks(case) == ["verify-reading"]
    assert entries(uka) == []
    with uka.uow.view() as tx:
        assert tx.session.scalars(select(Incident)).all() == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"value": "twelve"}, "value"),
        ({"value": ""}, "value"),
        ({"value": "0"}, "value"),
        ({"value": "-3"}, "value"),
        ({"value": "816"}, "value"),
        ({"value": "123456789"}, "value"),
        ({"read_at": "2026-03-03"}, "read_at"),
        ({"read_at": "2025-12-01"}, "read_at"),
        ({"meter": "00000000-0000-0000-0000-000000000000"}, "meter"),
    ],
)
def test_what_no_meter_can_show_is_told_at_once(uka: Office, changed: dict[str, str], field: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        uka.start("meter-reading", reading(uka, **changed), uka.signed_in("zu0001"))
    assert list(refused.value.fields) == [field]


def test_two_clerks_cannot_take_one_reading(uka: Office) -> None:
    case = uka.start("meter-reading", reading(uka), uka.signed_in("zu0001"))
    uka.claim(case, "verify-reading", "metering")
    with pytest.raises(Taken):
        uka.claim(case, "verify-reading", "supervision")


def test_a_second_billing_run_bills_nothing_twice(uka: Office) -> None:
    case = uka.start("meter-reading", reading(uka), uka.signed_in("zu0001"))
    uka.do(case, "verify-reading", "metering", {"decision": "accept"})
    bill(uka)
    numbers = _numbers(uka)
    bill(uka)
    assert _numbers(uka) == numbers


def _numbers(office: Office) -> list[str]:
    with office.uow.view() as tx:
        return [line.number for line in invoices.mine(tx, office.signed_in("zu0001"), date(2026, 3, 2))]
